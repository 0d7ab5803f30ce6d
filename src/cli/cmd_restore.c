/* SPDX-License-Identifier: Apache-2.0
 * cmd_restore.c - tocsin restore: a backup becomes a data directory again. Depends on:
 * base, db, core, cli.
 *
 * Until the last step there is no tocsin.conf, so nothing takes the directory for one.
 * The file UNFINISHED says from which backup it is being made; the last step gives it
 * its final content and then its final name, at once. */
#include "cli/backup.h"
#include "cli/out.h"

#include "base/date.h"
#include "base/fd.h"
#include "core/audit.h"
#include "core/file.h"
#include "core/outbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>

#define UNFINISHED "restore.unfinished"
#define MARK	   "# Restored from the backup "

/* clang-format off */
const struct cli_option cmd_restore_options[] = {
	{ "key", 0, OPT_TEXT, "FILE", 0, 0, "Where the private key of a sealed backup is" },
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object" },
	{ 0 },
};
/* clang-format on */

struct restore {
	struct cli *cli;
	struct backup *b;
	const char *path;
	int dir;
	struct str mark; /* the first line of UNFINISHED, and then of tocsin.conf */
	int64_t missing;
	struct backup_left left; /* that did not come back */
	int64_t faults;
	size_t counted;
	struct outbox_restored sending;
};

/* ---- the directory ---- */

static int is_empty(struct restore *o, bool *ret)
{
	DIR *d = fdopendir(dup(o->dir));
	if (d == NULL)
		return fail(&o->cli->why, E_SYS, "cannot list '%s'", o->path);
	rewinddir(d);
	*ret = true;
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			*ret = false;
	(void)closedir(d);
	return 0;
}

/* A restore that was cut off goes on; but only that of the same backup. */
static int take_dir(struct restore *o)
{
	struct why *why = &o->cli->why, none = { 0 };
	struct str text;
	bool empty = false;
	if (mkdir(o->path, 0700) < 0 && errno != EEXIST)
		return fail(why, E_SYS, "cannot make '%s'", o->path);
	int r = dir_open(AT_FDCWD, o->path, false, why, &o->dir);
	if (r == 0 && flock(o->dir, LOCK_EX | LOCK_NB) < 0)
		r = fail(why, E_BUSY, "another restore is at work in '%s'", o->path);
	if (r == 0)
		r = is_empty(o, &empty);
	if (r < 0)
		return r;
	if (empty)
		return file_replace(o->dir, UNFINISHED, o->mark, why);
	if (faccessat(o->dir, CONF_FILE, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return fail(why, E_EXISTS, "'%s' is a data directory already", o->path);
	r = file_read(
		o->dir, UNFINISHED, &o->cli->arena, 2 * CONF_SIZE_MAX, &none, &text);
	if (r == E_NOT_FOUND && faccessat(o->dir, UNFINISHED ".new", F_OK, 0) == 0)
		return file_replace(o->dir, UNFINISHED, o->mark, why);
	if (r < 0)
		return fail(why, E_EXISTS, "'%s' is not empty", o->path);
	if (!str_starts(text, o->mark))
		return fail(why, E_EXISTS,
			"'%s' holds part of another backup: remove it first", o->path);
	return 0;
}

static void remove_old(struct restore *o)
{
	static const char *const names[] = { "tocsin.db", "tocsin.db-wal",
		"tocsin.db-shm", "tocsin.db-journal" };
	for (size_t i = 0; i < N(names); i++)
		(void)unlinkat(o->dir, names[i], 0);
}

/* ---- the database ---- */

static void on_fault(void *ctx, struct str line)
{
	struct restore *o = ctx;
	if (o->faults++ < 20)
		(void)fprintf(
			stderr, "tocsin: %.*s\n", STR(out_safe(&o->cli->arena, line)));
}

static int on_count(void *ctx, struct str table, int64_t n)
{
	struct restore *o = ctx;
	const struct backup *b = o->b;
	size_t i = o->counted++;
	if (i < b->n_counts && str_eq(b->counts[i].table, table) && b->counts[i].n == n)
		return 0;
	return fail(&o->cli->why, E_DB, "table %.*s has not the rows that are listed",
		STR(table));
}

static int on_original(void *ctx, const struct sha256 *sha)
{
	struct restore *o = ctx;
	char path[ORIGINAL_PATH_MAX];
	if (faccessat(o->dir, original_path(sha, path), F_OK, 0) != 0)
		o->missing++;
	return 0;
}

static int check_db(struct restore *o, struct ctx *x)
{
	struct audit_head audit;
	const struct manifest_head *h = &o->b->head;
	int r = db_check(x->db, on_fault, o);
	if (r > 0)
		r = fail(&x->why, E_DB, "%d faults in the database", r);
	if (r == 0)
		r = audit_verify(x, &audit);
	if (r == 0 &&
		(audit.rows != h->audit_rows ||
			memcmp(&audit.hash, &h->audit_sha, sizeof(audit.hash)) != 0))
		r = fail(&x->why, E_DB, "the audit trail does not end as listed");
	/* Tables of an older schema were just brought up to date. */
	if (r == 0 && h->schema == db_schema_version()) {
		r = db_count_tables(x->db, on_count, o);
		if (r == 0 && o->counted != o->b->n_counts)
			r = fail(&x->why, E_DB, "tables are missing");
	}
	if (r == 0)
		r = backup_left_out(x, &o->left);
	if (o->b->has_secret)
		o->left.people = 0;
	if (o->b->has_keys)
		o->left.team_key = false;
	return r < 0 ? r : backup_originals(x, on_original, o);
}

/* What happened since the backup is not known here: no mail leaves, and nobody is signed
 * in, before a person says so. */
static int rest(struct restore *o, struct ctx *x, struct str name)
{
	char text[100];
	int r = outbox_restored(x, &o->sending);
	if (r == 0)
		r = backup_sign_out(x);
	(void)snprintf(text, sizeof(text),
		"sending is off, %" PRId64 " notices uncertain, %" PRId64 " held",
		o->sending.uncertain, o->sending.held);
	return r < 0 ? r : audit_add(x, S("restore"), name, str_c(text));
}

static int note(struct restore *o, struct ctx *x)
{
	struct tx t;
	const struct backup_mark m = { x->now, str_to(o->b->name, 200), o->b->manifest };
	int r = tx_begin(&t, x->db, TX_WRITE);
	if (r < 0)
		return r;
	r = rest(o, x, m.name);
	if (r == 0)
		r = backup_note(x, BACKUP_PROVEN, &m);
	return tx_end(&t, r);
}

/* No service can run here yet: the command is the one that writes. */
static int adopt_db(struct restore *o)
{
	char actor[32], before[64];
	AUTO_ARENA a = arena_new(MIB(64), "restore");
	struct ctx x = { .arena = &a, .now = clock_now(&o->cli->clock) };
	(void)snprintf(actor, sizeof(actor), "cli:%u", (unsigned)geteuid());
	x.actor = str_c(actor);
	int r = db_open(o->dir, DB_ADOPT, x.now, &x.why, &x.db);
	if (r == 0)
		db_set_why(x.db, &x.why);
	if (r == 0)
		r = check_db(o, &x);
	if (r == 0)
		r = note(o, &x);
	if (r == 0)
		r = db_checkpoint(x.db, true);
	db_close(&x.db);
	/* What was copied before an older schema was changed: the backup is it. */
	(void)snprintf(
		before, sizeof(before), "tocsin.db.before-%d", db_schema_version());
	(void)unlinkat(o->dir, before, 0);
	if (r < 0 && o->cli->why.err == 0)
		o->cli->why = x.why;
	return r;
}

/* ---- the end ---- */

static int finish(struct restore *o, struct str conf)
{
	struct why *why = &o->cli->why;
	struct conf read;
	struct buf b = buf_in(&o->cli->arena, 2 * CONF_SIZE_MAX);
	if (str_starts(conf, S(MARK))) /* of an earlier restore */
		conf = str_from(conf, str_find(conf, '\n') + 1);
	int r = conf_parse(conf, &o->cli->arena, why, &read);
	if (r == 0)
		r = buf_add(&b, o->mark);
	if (r == 0)
		r = buf_add(&b, conf);
	if (r == 0 && syncfs(o->dir) < 0)
		r = fail(why, E_SYNC, "the disk did not keep what was restored: %s",
			strerror(errno));
	if (r == 0)
		r = file_replace(o->dir, UNFINISHED, buf_str(&b), why);
	if (r == 0 && renameat(o->dir, UNFINISHED, o->dir, CONF_FILE) < 0)
		r = fail(why, E_SYS, "cannot put '%s' in place", CONF_FILE);
	return r < 0 ? r : fd_sync(o->dir, "the data directory", why);
}

static int64_t count_of(const struct backup *b, const char *table)
{
	for (size_t i = 0; i < b->n_counts; i++)
		if (str_eq(b->counts[i].table, str_c(table)))
			return b->counts[i].n;
	return 0;
}

static int print_json(struct restore *o)
{
	const struct backup *b = o->b;
	struct buf buf = buf_in(&o->cli->arena, KIB(64));
	struct json j = json_new(&buf);
	json_open(&j, NULL, '{');
	json_text(&j, "directory", str_c(o->path));
	json_time(&j, "made", b->head.made);
	if (b->head.last_day.has)
		json_day(&j, "last_day", (int32_t)b->head.last_day.v);
	else
		json_null(&j, "last_day");
	json_int(&j, "files", (int64_t)b->n_files);
	json_int(&j, "originals_missing", o->missing);
	json_int(&j, "enrol_again", o->left.people);
	json_bool(&j, "team_key_left_out", o->left.team_key);
	json_int(&j, "audit_rows", b->head.audit_rows);
	json_bool(&j, "sending_was_on", o->sending.was_on);
	json_int(&j, "notices_uncertain", o->sending.uncertain);
	json_int(&j, "notices_held", o->sending.held);
	json_open(&j, "counts", '{');
	for (size_t i = 0; i < b->n_counts; i++) {
		const char *z;
		j.err = j.err ? j.err : str_z(&o->cli->arena, b->counts[i].table, &z);
		if (j.err == 0)
			json_int(&j, z, b->counts[i].n);
	}
	json_close(&j, '{');
	json_close(&j, '{');
	return out_json(&j, &o->cli->why);
}

static void print_sending(const struct restore *o)
{
	if (o->sending.was_on)
		printf("Sending was on; here it is off: tocsin -d '%s' sending\n",
			o->path);
	if (o->sending.uncertain)
		printf("%" PRId64
		       " notices were on their way and may have gone out since: "
		       "they are uncertain, and each is a task\n",
			o->sending.uncertain);
	if (o->sending.held)
		printf("%" PRId64 " notices were approved and may have gone out since: "
		       "they are held\n",
			o->sending.held);
}

static void print_text(struct restore *o)
{
	const struct backup *b = o->b;
	char when[DATE_TEXT_MAX], day[DATE_TEXT_MAX];
	printf("'%s' is as it was at %s UTC:\n", o->path,
		time_text_plain(b->head.made, when));
	printf("  %" PRId64 " organisations, %" PRId64 " findings, %" PRId64
	       " notices, %" PRId64 " feed files\n",
		count_of(b, "organisation"), count_of(b, "finding"),
		count_of(b, "notice"), count_of(b, "file"));
	if (b->head.last_day.has)
		printf("  the latest report is of %s\n",
			day_text((int32_t)b->head.last_day.v, day));
	printf("  the audit trail is whole: %" PRId64 " rows\n", b->head.audit_rows);
	if (o->missing)
		printf("  %" PRId64 " originals were missing already: evidence from "
		       "them cannot be shown\n",
			o->missing);
	print_sending(o);
	backup_tell_left_out(&o->left, "Now");
}

static int restore(struct restore *o)
{
	struct backup *b = o->b;
	struct str conf;
	char hex[SHA256_HEX + 1];
	struct buf mark = buf_in(&o->cli->arena, KIB(1));
	int r = backup_check(b);
	if (r == 0 && b->faults > 0)
		r = fail(&o->cli->why, E_SYNTAX,
			"the backup is damaged; nothing was restored");
	if (r == 0 && b->head.schema > db_schema_version())
		r = fail(&o->cli->why, E_NEWER,
			"the backup is of tocsin %s: use that or a newer one",
			b->head.program);
	if (r == 0)
		r = buf_addf(&mark, MARK "%s\n", sha256_text(&b->manifest, hex));
	o->mark = buf_str(&mark);
	if (r == 0)
		r = take_dir(o);
	if (r < 0)
		return r;
	remove_old(o);
	r = backup_unpack(b, o->dir, &conf);
	if (r == 0)
		r = adopt_db(o);
	return r < 0 ? r : finish(o, conf);
}

int cmd_restore(struct cli *cli)
{
	struct restore o = { .cli = cli, .dir = -1 };
	o.b = arena_alloc(&cli->arena, sizeof(*o.b));
	int r = backup_open(cli, cli->args[0], o.b);
	if (r == 0)
		r = str_z(&cli->arena, cli->args[1], &o.path);
	if (r == 0)
		r = meter_begin(cli);
	if (r == 0)
		r = restore(&o);
	if (r == 0 && cli_flag(cli, "json"))
		r = print_json(&o);
	else if (r == 0)
		print_text(&o);
	backup_close(o.b);
	fd_close(&o.dir);
	return r;
}

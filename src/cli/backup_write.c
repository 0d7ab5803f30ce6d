/* SPDX-License-Identifier: Apache-2.0
 * backup_write.c - a backup is written: see backup.h. Depends on: base, sys, db, fmt,
 * core, libzstd.
 *
 * Work makes a consistent copy of the database; everything that the copy points to was
 * kept before it, and originals are never changed or taken away. So files are copied
 * after it, while the service goes on. */
#include "cli/backup_pack.h"

#include "base/date.h"
#include "cli/client.h"
#include "core/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>

#define COPY_PLAIN  "tocsin.db"
#define COPY_PACKED "tocsin.db.zst"
#define COPY_LIST   "MANIFEST"

/* ---- the folder where the copy is made ---- */

static void clear_folder(struct pack *p)
{
	static const char *const names[] = { COPY_PLAIN, COPY_PLAIN "-wal",
		COPY_PLAIN "-shm", COPY_PLAIN "-journal", COPY_PACKED, COPY_LIST };
	for (size_t i = 0; i < N(names); i++)
		(void)unlinkat(p->folder, names[i], 0);
}

/* Work, under the directory's owner, must be able to write in it. */
static int make_folder(struct pack *p)
{
	struct stat st;
	struct why *why = &p->cli->why;
	int r = dir_open(p->cli->datadir, BACKUP_FOLDER, true, why, &p->folder);
	if (r < 0)
		return r;
	if (flock(p->folder, LOCK_EX | LOCK_NB) < 0) {
		fd_close(&p->folder); /* another's: not to be cleared */
		return fail(why, errno == EWOULDBLOCK ? E_BUSY : E_SYS,
			"another backup is being made");
	}
	if (fstat(p->cli->datadir, &st) < 0 ||
		(geteuid() == 0 && fchown(p->folder, st.st_uid, st.st_gid) < 0))
		return fail(why, E_SYS, "cannot give away '%s'", BACKUP_FOLDER);
	clear_folder(p);
	return 0;
}

static void remove_folder(struct pack *p)
{
	if (p->folder < 0)
		return;
	clear_folder(p);
	(void)unlinkat(p->cli->datadir, BACKUP_FOLDER, AT_REMOVEDIR);
	fd_close(&p->folder);
}

/* ---- the copy of the database ---- */

static int on_copy(void *ctx, struct str record)
{
	struct pack *p = ctx;
	p->made->head.made = record_int(record, "at");
	return 0;
}

static int copy_db(struct pack *p)
{
	struct act_request q;
	struct act_answer answer = {
		.ctx = p, .record = on_copy, .quiet = cli_flag(p->cli, "json")
	};
	request_begin(p->cli, &q, ACT_BACKUP_COPY);
	return request_send(p->cli, &q, &answer);
}

static int on_count(void *ctx, struct str table, int64_t n)
{
	return manifest_count_write(table, n, ctx);
}

static int on_original(void *ctx, const struct sha256 *sha)
{
	struct pack *p = ctx;
	char path[ORIGINAL_PATH_MAX];
	if (faccessat(p->cli->datadir, original_path(sha, path), F_OK, 0) == 0)
		return 0;
	if (p->made->missing++ < 5)
		(void)fprintf(stderr, "tocsin: %s is missing\n", path);
	return 0;
}

/* What the copy holds, from the copy itself: it is opened, and its audit trail walked,
 * before it is called a backup. */
static int read_facts(struct pack *p, struct buf *counts)
{
	struct manifest_head *h = &p->made->head;
	struct audit_head audit;
	AUTO_ARENA a = arena_new(MIB(16), "facts");
	struct ctx x = { .arena = &a, .actor = S("cli"), .now = h->made };
	int r = db_open(p->folder, DB_READ, h->made, &x.why, &x.db);
	if (r == 0)
		db_set_why(x.db, &x.why);
	if (r == 0)
		r = audit_verify(&x, &audit);
	if (r == 0)
		r = backup_last_day(&x, &h->last_day);
	if (r == 0)
		r = backup_originals(&x, on_original, p);
	if (r == 0)
		r = backup_left_out(&x, &p->made->left);
	if (r == 0)
		r = db_count_tables(x.db, on_count, counts);
	db_close(&x.db);
	if (r < 0)
		return fail(&p->cli->why, r, "the copy of the database is not whole: %s",
			x.why.text);
	(void)snprintf(h->program, sizeof(h->program), "%s", TOCSIN_VERSION);
	h->schema = db_schema_version();
	h->audit_rows = audit.rows;
	h->audit_sha = audit.hash;
	return 0;
}

static int pack_db(struct pack *p)
{
	struct manifest_head *h = &p->made->head;
	struct why *why = &p->cli->why;
	AUTO_FD int in = openat(p->folder, COPY_PLAIN, O_RDONLY | O_CLOEXEC);
	AUTO_FD int out = openat(
		p->folder, COPY_PACKED, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (in < 0 || out < 0)
		return fail(why, E_SYS, "cannot open the copy of the database");
	int r = pack_compress(p, in, out, &h->db_sha, &h->db_bytes);
	if (r < 0)
		return r;
	(void)unlinkat(p->folder, COPY_PLAIN, 0);
	return pack_put(p, S(BACKUP_DB), out);
}

/* ---- the whole ---- */

static int put_conf(struct pack *p)
{
	AUTO_FD int fd = openat(p->cli->datadir, CONF_FILE, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(&p->cli->why, E_SYS, "cannot open '%s'", CONF_FILE);
	return pack_put(p, S(CONF_FILE), fd);
}

/* Lines of the files were collected in a file of their own: there may be many. The head,
 * known by now, goes before them. */
static int put_list(struct pack *p, struct buf *head)
{
	struct sha256 sum;
	AUTO_ARENA a = arena_new(MIB(2), "list");
	struct buf end = buf_in(&a, KIB(1));
	AUTO_FD int fd = openat(
		p->folder, COPY_LIST, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(&p->cli->why, E_SYS, "cannot make the backup's list");
	AUTO_HASHER h = hasher_new();
	int r = pack_list_write(p, fd, buf_str(head), h);
	sum = hasher_end(h);
	if (r == 0)
		r = manifest_end_write(&sum, &end);
	if (r == 0)
		r = fd_write_all(fd, buf_str(&end), &p->cli->why);
	p->in_list = false;
	return r < 0 ? r : pack_put(p, S(BACKUP_LIST), fd);
}

static int pack_all(struct pack *p)
{
	AUTO_ARENA a = arena_new(MIB(2), "head");
	struct buf counts = buf_in(&a, KIB(64)), head = buf_in(&a, KIB(128));
	int r = copy_db(p);
	if (r == 0)
		r = read_facts(p, &counts);
	if (r == 0)
		r = pack_measure(p);
	if (r == 0)
		r = put_conf(p);
	if (r == 0)
		r = pack_db(p);
	if (r == 0)
		r = pack_keys(p); /* the order of names */
	if (r == 0)
		r = pack_originals(p);
	if (r == 0)
		r = pack_secret(p);
	if (r == 0)
		r = manifest_head_write(&p->made->head, &head);
	if (r == 0)
		r = buf_add(&head, buf_str(&counts));
	if (r == 0)
		r = put_list(p, &head);
	if (r == 0)
		r = pack_close(p);
	meter_end(&p->meter);
	return r;
}

static int note(struct pack *p)
{
	struct act_request q;
	struct act_answer answer = { .quiet = true };
	char hex[SHA256_HEX + 1];
	request_begin(p->cli, &q, ACT_BACKUP_NOTE);
	rec_text(&q.w, "what", S(BACKUP_MADE));
	rec_text(&q.w, "name", str_c(p->name));
	rec_text(&q.w, "manifest", str_c(sha256_text(&p->made->manifest, hex)));
	return request_send(p->cli, &q, &answer);
}

/* ---- where it goes ---- */

static int choose_place(struct pack *p, struct str to)
{
	char when[DATE_TEXT_MAX], name[64];
	const char *path = ".";
	struct stat st;
	struct arena *a = &p->cli->arena;
	int r = to.p ? str_z(a, to, &path) : 0;
	if (r < 0)
		return r;
	bool folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	bool sealed = !str_empty(p->cli->conf.backup_key);
	p->made->sealed = sealed;
	/* What lies beside it would not be sealed. */
	p->beside = to.p && folder && !sealed;
	const char *t = time_text(clock_now(&p->cli->clock), when);
	(void)snprintf(name, sizeof(name), "tocsin-%.4s%.2s%.2sT%.2s%.2s%.2sZ.%s", t,
		t + 5, t + 8, t + 11, t + 14, t + 17, sealed ? "sealed" : "tar");
	size_t slash = str_rfind(to, '/');
	struct str base = folder ? str_c(name)
		: slash < to.n	 ? str_from(to, slash + 1)
				 : to;
	struct str dir = folder ? str_c(path) : slash == 0 ? S("/") : str_to(to, slash);
	if (!folder && slash == to.n)
		dir = S(".");
	if (base.n == 0 || base.n > 200)
		return fail(
			&p->cli->why, E_USAGE, "--to: '%s' is no name for a file", path);
	r = str_z(a, base, &p->name);
	if (r == 0)
		r = str_z(a, dir, &path);
	if (r == 0)
		r = dir_open(AT_FDCWD, path, false, &p->cli->why, &p->target);
	struct buf full = buf_in(a, KIB(8));
	if (r == 0)
		r = str_eq(dir, S("."))
			? buf_add(&full, base)
			: buf_addf(&full, "%.*s%s%.*s", STR(dir),
				  str_ends(dir, S("/")) ? "" : "/", STR(base));
	p->made->path = buf_str(&full);
	return r;
}

int backup_write(struct cli *cli, struct str to, struct backup_made *ret)
{
	struct backup_made made = { 0 };
	struct pack p = { .cli = cli, .made = &made, .in_list = true };
	p.folder = p.target = p.out = p.lines = p.store = -1;
	p.arena = arena_new(MIB(512), "backup");
	p.piece = arena_alloc(&p.arena, BACKUP_PIECE);
	int r = cli_conf(cli);
	if (r == 0)
		r = choose_place(&p, to);
	if (r == 0)
		r = meter_begin(cli);
	if (r == 0) /* before it waits: two backups shall not wait for each other */
		r = make_folder(&p);
	if (r == 0)
		r = backup_service(cli);
	if (r == 0)
		r = pack_open(&p);
	if (r == 0)
		r = pack_all(&p);
	if (r < 0)
		pack_drop(&p);
	remove_folder(&p);
	if (r == 0)
		r = note(&p);
	pack_free(&p);
	if (r < 0)
		return r;
	*ret = made;
	return 0;
}

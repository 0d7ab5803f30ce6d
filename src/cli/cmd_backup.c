/* SPDX-License-Identifier: Apache-2.0
 * cmd_backup.c - tocsin backup, backup verify: a copy that can be carried away, and
 * whether one is whole. Depends on: base, db, core, cli. */
#include "cli/backup.h"
#include "cli/client.h"
#include "cli/view.h"

#include "base/date.h"

#include <inttypes.h>
#include <stdio.h>

/* clang-format off */
const struct cli_option cmd_backup_options[] = {
	{ "to", 0, OPT_TEXT, "FILE|FOLDER", 0, 0, "Where to; a folder keeps each original once" },
	{ "wait", 0, OPT_INT, "SECONDS", 1, 1000000, "Give up when the service has no time for so long; else wait" },
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object" },
	{ 0 },
};
const struct cli_option cmd_backup_key_options[] = {
	{ "again", 0, OPT_FLAG, NULL, 0, 0, "Replace the key that there is" },
	{ 0 },
};
const struct cli_option cmd_backup_verify_options[] = {
	{ "key", 0, OPT_TEXT, "FILE", 0, 0, "Where the private key of a sealed backup is" },
	{ "wait", 0, OPT_INT, "SECONDS", 1, 1000000, "Give up when the service has no time for so long; else wait" },
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object" },
	{ 0 },
};
/* clang-format on */

static int print_json(struct cli *cli, const struct backup_made *m)
{
	char hex[SHA256_HEX + 1];
	struct buf b = buf_in(&cli->arena, KIB(64));
	struct json j = json_new(&b);
	json_open(&j, NULL, '{');
	json_text(&j, "file", m->path);
	json_time(&j, "made", m->head.made);
	json_int(&j, "bytes", m->bytes);
	json_int(&j, "files", m->files);
	json_int(&j, "originals_copied", m->copied);
	json_int(&j, "originals_missing", m->missing);
	json_bool(&j, "secrets", m->sealed);
	json_int(&j, "schema", m->head.schema);
	json_int(&j, "audit_rows", m->head.audit_rows);
	json_text(&j, "manifest", str_c(sha256_text(&m->manifest, hex)));
	json_close(&j, '{');
	return out_json(&j, &cli->why);
}

static void print_text(struct cli *cli, const struct backup_made *m)
{
	char hex[SHA256_HEX + 1];
	struct str path = out_safe(&cli->arena, m->path);
	printf("%.*s: %" PRId64 " files, %.1f MB\n", STR(path), m->files,
		(double)m->bytes / 1e6);
	printf("Its number, to be written down elsewhere:\n%s\n",
		sha256_text(&m->manifest, hex));
	printf("Carry it away, and prove it: tocsin backup verify %.*s\n", STR(path));
	if (!m->sealed)
		backup_tell_left_out(&m->left, "After a restore");
	if (m->missing)
		printf("%" PRId64 " originals that findings point to are missing: they "
		       "are in no backup from now on.\n",
			m->missing);
}

int cmd_backup(struct cli *cli)
{
	struct backup_made made;
	int r = backup_write(cli, cli_text(cli, "to"), &made);
	if (r < 0)
		return r;
	if (cli_flag(cli, "json"))
		r = print_json(cli, &made);
	else
		print_text(cli, &made);
	return r < 0 ? r : made.missing > 0;
}

/* ---- backup key ---- */

/* The private part is shown once and kept nowhere: who steals the machine must not be
 * able to read its backups. */
int cmd_backup_key(struct cli *cli)
{
	struct seal_key public_key, private_key;
	char hex[SEAL_KEY_TEXT + 1];
	int r = cli_conf(cli);
	if (r < 0)
		return r;
	if (!str_empty(cli->conf.backup_key) && !cli_flag(cli, "again"))
		return fail(&cli->why, E_EXISTS,
			"there is a key already; with --again it is replaced, and older "
			"backups still need the older private key");
	seal_key_new(&public_key, &private_key);
	cli->conf.backup_key = str_c(seal_key_text(&public_key, hex));
	r = conf_save(cli->datadir, &cli->conf, &cli->why);
	if (r < 0)
		return r;
	printf("Backups are sealed from now on. This private key opens them; it is kept "
	       "nowhere on\nthis machine. Print it, put it where the backups are not. "
	       "Without it they are lost.\n\n%s\n",
		seal_key_text(&private_key, hex));
	explicit_bzero(&private_key, sizeof(private_key));
	explicit_bzero(hex, sizeof(hex));
	return 0;
}

/* ---- backup verify ---- */

/* Only a backup of this directory proves anything about it. */
static int is_ours(struct cli *cli, const struct backup *b)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = backup_is_ours(&v.x, b->head.audit_rows, &b->head.audit_sha);
	return view_close(&v, r);
}

static int note(struct cli *cli, const struct backup *b)
{
	struct act_request q;
	struct act_answer answer = { .quiet = true };
	char hex[SHA256_HEX + 1];
	int r = is_ours(cli, b);
	if (r == 0)
		r = backup_service(cli);
	if (r < 0)
		return r;
	request_begin(cli, &q, ACT_BACKUP_NOTE);
	rec_text(&q.w, "what", S(BACKUP_PROVEN));
	rec_text(&q.w, "name", str_to(b->name, 200));
	rec_text(&q.w, "manifest", str_c(sha256_text(&b->manifest, hex)));
	return request_send(cli, &q, &answer);
}

static int verified_json(struct cli *cli, const struct backup *b, int r)
{
	char hex[SHA256_HEX + 1];
	bool whole = r == 0 && b->faults == 0;
	struct buf buf = buf_in(&cli->arena, KIB(64));
	struct json j = json_new(&buf);
	json_open(&j, NULL, '{');
	json_bool(&j, "whole", whole);
	json_int(&j, "damaged_files", b->faults);
	json_text(&j, "why", r < 0 ? str_c(cli->why.text) : str_c(NULL));
	if (r == 0) {
		json_time(&j, "made", b->head.made);
		json_text(&j, "program", str_c(b->head.program));
		json_int(&j, "schema", b->head.schema);
		json_int(&j, "files", (int64_t)b->n_files);
		json_bool(&j, "secrets", b->has_secret);
		json_int(&j, "audit_rows", b->head.audit_rows);
		json_text(&j, "audit_hash", str_c(sha256_text(&b->head.audit_sha, hex)));
		json_text(&j, "manifest", str_c(sha256_text(&b->manifest, hex)));
	}
	json_close(&j, '{');
	int w = out_json(&j, &cli->why);
	return w < 0 ? w : !whole;
}

static int verified_text(struct cli *cli, const struct backup *b)
{
	char when[DATE_TEXT_MAX], hex[SHA256_HEX + 1];
	struct str name = out_safe(&cli->arena, b->name);
	if (b->faults) {
		printf("%.*s is damaged: %" PRId64 " files. Do not trust it; make a new "
		       "one, on another medium.\n",
			STR(name), b->faults);
		return 1;
	}
	printf("%.*s is whole: %zu files, made %s UTC by tocsin %s, schema %" PRId64
	       ".\n",
		STR(name), b->n_files, time_text_plain(b->head.made, when),
		b->head.program, b->head.schema);
	printf("Its number is the one written down when it was made?\n%s\n",
		sha256_text(&b->manifest, hex));
	if (cli->datadir < 0)
		printf("With -d DIR, doctor will know of it.\n");
	return 0;
}

int cmd_backup_verify(struct cli *cli)
{
	struct backup *b = arena_alloc(&cli->arena, sizeof(*b));
	int r = backup_open(cli, cli->args[0], b);
	bool opened = r == 0;
	if (r == 0)
		r = meter_begin(cli);
	if (r == 0)
		r = backup_check(b);
	if (r == 0 && b->faults == 0)
		r = backup_check_db(b);
	if (r == 0 && b->faults == 0 && cli->datadir >= 0)
		r = note(cli, b);
	bool damaged = r == E_SYNTAX || r == E_TOO_BIG;
	if (opened && cli_flag(cli, "json") && (r == 0 || damaged))
		r = verified_json(cli, b, r);
	else if (r == 0)
		r = verified_text(cli, b);
	backup_close(b);
	return r;
}

/* SPDX-License-Identifier: Apache-2.0
 * cmd_key.c - tocsin key: the team's OpenPGP key and those of contacts. Depends on: base,
 * core/act, cli. */
#include "cli/client.h"
#include "cli/out.h"

#include "base/auto.h"
#include "base/date.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

/* clang-format off */
const struct cli_option cmd_key_make_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print the key as JSON" },
	{ "days", 0, OPT_INT, "N", 0, 7300, "It ends after so many days; 0: never. Standard: 730" },
	{ "replace", 0, OPT_FLAG, NULL, 0, 0, "Put it in the place of the one there is" },
	{ 0 },
};
const struct cli_option cmd_key_import_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a key" },
	{ "team", 0, OPT_FLAG, NULL, 0, 0, "The file holds the team's own secret key" },
	{ "contact", 0, OPT_TEXT, "MAIL", 0, 0, "Tie it to this contact, whatever addresses it names" },
	{ "replace", 0, OPT_FLAG, NULL, 0, 0, "Also in the place of another key" },
	{ 0 },
};
const struct cli_option cmd_key_list_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a key" },
	{ 0 },
};
const struct cli_option cmd_key_export_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print the key inside a JSON object" },
	{ 0 },
};
/* clang-format on */

struct listing {
	struct cli *cli;
	struct out_table table;
	int64_t n;
};

static struct str day_of_record(struct arena *a, struct str record, const char *name)
{
	struct value v;
	char day[DATE_TEXT_MAX];
	if (!record_find(record, name, &v) || v.type != VALUE_INT)
		return S("never");
	return str_dup(a, str_c(day_text(day_of(v.n), day)));
}

static void add_row(struct listing *l, struct str record)
{
	struct arena *a = &l->cli->arena;
	struct str state = record_text(record, "state");
	struct str contact = record_text(record, "contact");
	bool good = str_eq(state, S("good"));
	bool missing = str_eq(state, S("missing"));
	l->n++;
	table_add(&l->table, record_text(record, "kind"), OUT_PLAIN);
	table_add(&l->table, state, good ? OUT_PLAIN : OUT_WARN);
	table_add(&l->table, missing ? S("-") : day_of_record(a, record, "expires"),
		OUT_PLAIN);
	table_add(&l->table, contact.n ? contact : record_text(record, "user_id"),
		OUT_PLAIN);
	table_add(&l->table, record_text(record, "organisation"), OUT_PLAIN);
	table_add(&l->table, record_text(record, "fingerprint"), OUT_FAINT);
}

static struct out_table new_table(struct cli *cli)
{
	static const struct out_column columns[] = { { "KEY OF", 0, false },
		{ "STATE", 0, false }, { "ENDS", 0, false }, { "WHO", 10, false },
		{ "ORGANISATION", 10, false }, { "FINGERPRINT", 0, false } };
	return table_new(&cli->arena, columns, N(columns));
}

static void print_counts(struct listing *l, struct str record)
{
	static const struct {
		const char *name, *words;
	} counts[] = { { "expired", "expired" }, { "revoked", "revoked" },
		{ "not_yet_valid", "not yet valid" }, { "unfit", "cannot encrypt" },
		{ "missing", "not here" } };
	int64_t contacts = record_int(record, "contacts");
	if (l->n == 0)
		printf("No key. Make the team's with: tocsin key make\n");
	else
		table_print(&l->table);
	if (contacts > 0)
		printf("\n%" PRId64 " of %" PRId64 " contacts' keys can be used",
			record_int(record, "good"), contacts);
	for (size_t i = 0; i < N(counts) && contacts > 0; i++)
		if (record_int(record, counts[i].name) > 0)
			printf(", %" PRId64 " of %" PRId64 " %s",
				record_int(record, counts[i].name), contacts,
				counts[i].words);
	if (contacts > 0)
		printf(".\n");
}

static int on_record(void *ctx, struct str record)
{
	struct listing *l = ctx;
	struct value v;
	if (cli_flag(l->cli, "json"))
		return record_print_json(l->cli, record);
	if (record_find(record, "kind", &v))
		add_row(l, str_dup(&l->cli->arena, record));
	else if (record_find(record, "contacts", &v))
		print_counts(l, record);
	return 0;
}

int cmd_key_list(struct cli *cli)
{
	struct listing l = { .cli = cli, .table = new_table(cli) };
	struct act_answer answer = { &l, on_record, true };
	struct act_request q;
	request_begin(cli, &q, ACT_KEY_LIST);
	return request_send(cli, &q, &answer);
}

/* One key that was made or taken. */
static int on_key(void *ctx, struct str record)
{
	struct cli *cli = ctx;
	struct value v;
	struct arena *a = &cli->arena;
	if (cli_flag(cli, "json"))
		return record_print_json(cli, record);
	if (!record_find(record, "kind", &v)) {
		int64_t kept = record_int(record, "other_key_kept");
		if (kept > 0)
			printf("%" PRId64 " contacts keep another key; --replace\n",
				kept);
		return 0;
	}
	struct str contact = record_text(record, "contact");
	struct str state = record_text(record, "state");
	printf("%.*s  %.*s, ends: %.*s\n", STR(record_text(record, "fingerprint")),
		STR(out_safe(a, contact.n ? contact : record_text(record, "user_id"))),
		STR(day_of_record(a, record, "expires")));
	if (!str_eq(state, S("good")))
		printf("%s  It is %.*s and is not used.%s\n", out_on(OUT_WARN),
			STR(state), out_off(OUT_WARN));
	return 0;
}

int cmd_key_make(struct cli *cli)
{
	struct act_answer answer = { cli, on_key, true };
	struct act_request q;
	request_begin(cli, &q, ACT_KEY_MAKE);
	if (cli_value(cli, "days")->given)
		rec_int(&q.w, "days", cli_int(cli, "days", 0));
	if (cli_flag(cli, "replace"))
		rec_bool(&q.w, "replace", true);
	return request_send(cli, &q, &answer);
}

static int import_one(struct cli *cli, struct str path)
{
	struct act_answer answer = { cli, on_key, true };
	struct act_request q;
	const char *z;
	int r = str_z(&cli->arena, path, &z);
	if (r < 0)
		return r;
	AUTO_FD int fd = open(z, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fail(&cli->why, errno == ENOENT ? E_NOT_FOUND : E_SYS,
			"cannot open '%s'%s", z, errno == ENOENT ? ": no such file" : "");
	request_begin(cli, &q, ACT_KEY_IMPORT);
	if (cli_flag(cli, "team"))
		rec_bool(&q.w, "team", true);
	if (cli_value(cli, "contact")->given)
		rec_text(&q.w, "contact", cli_text(cli, "contact"));
	if (cli_flag(cli, "replace"))
		rec_bool(&q.w, "replace", true);
	q.fd = fd;
	return request_send(cli, &q, &answer);
}

int cmd_key_import(struct cli *cli)
{
	int r = 0;
	if (cli_flag(cli, "team") && cli->n_args != 1)
		return fail(&cli->why, E_USAGE, "the team has one key: name one file");
	for (uint32_t i = 0; i < cli->n_args && r == 0; i++)
		r = import_one(cli, cli->args[i]);
	return r;
}

static int on_text(void *ctx, struct str record)
{
	struct cli *cli = ctx;
	struct str text = record_text(record, "text");
	if (cli_flag(cli, "json"))
		return record_print_json(cli, record);
	return fwrite(text.p, 1, text.n, stdout) == text.n
		? 0
		: fail(&cli->why, E_SYS, "cannot print");
}

int cmd_key_export(struct cli *cli)
{
	struct act_answer answer = { cli, on_text, true };
	struct act_request q;
	request_begin(cli, &q, ACT_KEY_EXPORT);
	if (cli->n_args)
		rec_text(&q.w, "who", cli->args[0]);
	return request_send(cli, &q, &answer);
}

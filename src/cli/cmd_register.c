/* SPDX-License-Identifier: Apache-2.0
 * cmd_register.c - tocsin register import, remove: whose network, whose domain, whom to
 * write to. * Depends on: base, sys, core, cli. */
#include "base/auto.h"
#include "cli/out.h"
#include "cli/register.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

/* clang-format off */
const struct cli_option cmd_register_import_options[] = {
	{ "dry-run", 'n', OPT_FLAG, NULL, 0, 0, "Say what would change, change nothing" },
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object per line" },
	{ "country", 0, OPT_TEXT, "CC", 0, 0, "For a registry's delegation file or libloc's database" },
	{ 0 },
};
const struct cli_option cmd_register_remove_options[] = {
	{ "dry-run", 'n', OPT_FLAG, NULL, 0, 0, "Say what would change, change nothing" },
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object per line" },
	{ "organisation", 'o', OPT_TEXT, "NAME", 0, 0, "Whose contact, when several have it" },
	{ 0 },
};
/* clang-format on */

static int show_summary(struct str record)
{
	bool dry = record_int(record, "dry_run");
	printf("%.*s: %" PRId64 " rows; %s%" PRId64 " new, %" PRId64 " changed, %" PRId64
	       " the same",
		STR(record_text(record, "file")), record_int(record, "rows"),
		dry ? "would be " : "", record_int(record, "added"),
		record_int(record, "changed"), record_int(record, "same"));
	int64_t moved = record_int(record, "findings_moved");
	if (moved)
		printf("; %" PRId64 " findings %s another organisation", moved,
			dry ? "would get" : "got");
	int64_t asns = record_int(record, "as_numbers_left_out");
	if (asns)
		printf("; %" PRId64 " AS numbers left out, as the file does not say "
		       "whose they are",
			asns);
	printf("\n");
	return 0;
}

/* Whose data it was is said whenever it is used: its licence asks for that. */
static void show_seed(const struct register_seed *s)
{
	printf("  %" PRId64 " networks, %" PRId64
	       " AS numbers; data of %.*s of %.*s, %.*s\n",
		s->networks, s->as_numbers, STR(s->vendor), STR(s->data_of),
		STR(s->licence));
}

/* Row 0 is what stands before the rows. */
static void show_problem(struct arena *a, struct str record, struct str problem)
{
	struct str value = out_safe(a, record_text(record, "value"));
	struct str column = out_safe(a, record_text(record, "column"));
	int64_t row = record_int(record, "row");
	if (str_eq(value, column)) /* the column itself is the problem */
		value = S("");
	if (row)
		printf("  row %" PRId64, row);
	else
		printf("  header");
	printf("%s%.*s%s%.*s%s: %.*s. %.*s\n", column.n ? ", " : "", STR(column),
		value.n ? " '" : "", STR(value), value.n ? "'" : "", STR(problem),
		STR(record_text(record, "todo")));
}

struct shown {
	struct cli *cli;
	struct register_seed *seed;
	bool json, quiet;
};

static int show(void *ctx, struct str record)
{
	struct shown *s = ctx;
	struct arena *a = &s->cli->arena;
	struct value v;
	if (s->json)
		return record_print_json(s->cli, record);
	if (record_find(record, "change", &v)) {
		if (!s->quiet)
			printf("  %.*s\n", STR(out_safe(a, v.text)));
		return 0;
	}
	if (record_find(record, "problem", &v)) {
		show_problem(a, record, v.text);
		return 0;
	}
	if (record_find(record, "data_of", &v)) {
		struct register_seed seed = { .data_of = str_dup(a, v.text) };
		seed.vendor = out_safe(a, str_dup(a, record_text(record, "vendor")));
		seed.licence = out_safe(a, str_dup(a, record_text(record, "licence")));
		seed.networks = record_int(record, "networks");
		seed.as_numbers = record_int(record, "as_numbers");
		seed.prefixes = record_int(record, "country_prefixes");
		if (s->seed)
			*s->seed = seed;
		else
			show_seed(&seed);
		return 0;
	}
	if (s->seed) {
		s->seed->rows = record_int(record, "rows");
		s->seed->as_numbers_left_out = record_int(record, "as_numbers_left_out");
	}
	return s->quiet ? 0 : show_summary(record);
}

int register_send(
	struct cli *cli, struct str name, int fd, const struct register_how *how)
{
	struct shown s = {
		.cli = cli, .seed = how->seed, .json = how->json, .quiet = how->quiet
	};
	struct act_answer answer = { &s, show, how->json };
	struct act_request q;
	request_begin(cli, &q, ACT_REGISTER_IMPORT);
	rec_text(&q.w, "name", name);
	if (how->dry_run)
		rec_bool(&q.w, "dry_run", true);
	if (how->imported)
		rec_bool(&q.w, "imported", true);
	if (how->country.n)
		rec_text(&q.w, "country", how->country);
	q.fd = fd;
	return request_send(cli, &q, &answer);
}

int cmd_register_import(struct cli *cli)
{
	struct register_how how = { .dry_run = cli_flag(cli, "dry-run"),
		.json = cli_flag(cli, "json"),
		.country = cli_text(cli, "country") };
	how.imported = how.country.n > 0;
	for (uint32_t i = 0; i < cli->n_args; i++) {
		struct str path = cli->args[i];
		size_t slash = str_rfind(path, '/');
		const char *z;
		int r = str_z(&cli->arena, path, &z);
		if (r < 0)
			return r;
		AUTO_FD int fd = open(z, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (fd < 0)
			return fail(&cli->why, errno == ENOENT ? E_NOT_FOUND : E_SYS,
				"cannot open '%s'%s", z,
				errno == ENOENT ? ": no such file" : "");
		r = register_send(
			cli, slash < path.n ? str_from(path, slash + 1) : path, fd, &how);
		(void)fflush(stdout);
		if (r < 0)
			return r;
	}
	return 0;
}

static int show_removal(void *ctx, struct str record)
{
	struct cli *cli = ctx;
	struct value v;
	if (cli_flag(cli, "json"))
		return record_print_json(cli, record);
	if (record_find(record, "change", &v)) {
		printf("%s%.*s\n", cli_flag(cli, "dry-run") ? "would be " : "",
			STR(out_safe(&cli->arena, v.text)));
		return 0;
	}
	int64_t moved = record_int(record, "findings_moved");
	if (moved)
		printf("%" PRId64 " open finding%s %s another organisation, or none\n",
			moved, moved == 1 ? "" : "s",
			cli_flag(cli, "dry-run") ? "would get" : "got");
	return 0;
}

int cmd_register_remove(struct cli *cli)
{
	struct act_answer answer = { cli, show_removal, cli_flag(cli, "json") };
	int r = 0;
	for (uint32_t i = 0; r == 0 && i < cli->n_args; i++) {
		struct act_request q;
		request_begin(cli, &q, ACT_REGISTER_REMOVE);
		rec_text(&q.w, "key", cli->args[i]);
		if (cli_value(cli, "organisation")->given)
			rec_text(&q.w, "organisation", cli_text(cli, "organisation"));
		if (cli_flag(cli, "dry-run"))
			rec_bool(&q.w, "dry_run", true);
		r = request_send(cli, &q, &answer);
	}
	return r;
}

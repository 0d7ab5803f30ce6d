/* SPDX-License-Identifier: Apache-2.0
 * cmd_types.c - tocsin types: which reports came on which days, which fell silent, and
 * what in them the catalogue does not know. Depends on: base, core, cli. */
#include "cli/types.h"
#include "core/arrival.h"
#include "core/overdue.h"
#include "db/sql_file.h"

#include "base/date.h"

#include <inttypes.h>
#include <stdio.h>

#define BAR_DAYS 28

/* clang-format off */
const struct cli_option cmd_types_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ "silent", 0, OPT_FLAG, NULL, 0, 0, "Only types that fell silent" },
	{ 0 },
};
/* clang-format on */

struct column {
	struct str type, name, file;
};
struct types {
	struct view *v;
	struct arrivals arrivals;
	struct overdue overdue;
	struct overdue_parts parts;
	int32_t latest; /* day of any report; yesterday, when none comes any more */
	struct column *columns;
	size_t n, cap;
};

static int on_column(void *ctx, const struct sql_unknown_column_list_row *q)
{
	struct types *t = ctx;
	struct arena *a = t->v->x.arena;
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 64;
		struct column *more = arena_array(a, t->cap, sizeof(*more));
		if (t->n)
			memcpy(more, t->columns, t->n * sizeof(*more));
		t->columns = more;
	}
	t->columns[t->n++] = (struct column){ str_dup(a, q->type_name),
		str_dup(a, q->name), str_dup(a, q->file_name) };
	return 0;
}

static int32_t silent_days(const struct types *t, const struct report_type *type)
{
	return type->n_days ? t->latest - arrivals_latest(type) : 0;
}

/* Days without a report between its first and the latest of any. */
static int64_t missing_days(const struct types *t, const struct report_type *type)
{
	return type->n_days
		? (int64_t)t->latest - type->days[0] + 1 - (int64_t)type->n_days
		: 0;
}

static int type_json(const struct types *t, const struct report_type *type)
{
	struct json *j = &t->v->json;
	json_open(j, NULL, '{');
	json_text(j, "type", type->name);
	json_bool(j, "known", type->known);
	json_int(j, "reports", (int64_t)type->n_days);
	if (type->n_days) {
		json_day(j, "first_day", type->days[0]);
		json_day(j, "last_day", arrivals_latest(type));
	} else {
		json_null(j, "first_day");
		json_null(j, "last_day");
	}
	json_int(j, "silent_days", silent_days(t, type));
	json_int(j, "missing_days", missing_days(t, type));
	json_int(j, "quiet_reports", type->quiet);
	json_open(j, "unknown_columns", '[');
	for (size_t i = 0; i < t->n; i++)
		if (str_eq(t->columns[i].type, type->name))
			json_text(j, NULL, t->columns[i].name);
	json_close(j, '[');
	json_close(j, '{');
	return out_json(j, &t->v->cli->why);
}

/* One character for each of the last days: a block when the report came, a dot when
 * not. */
static struct str bar(const struct types *t, const struct report_type *type)
{
	struct buf b = buf_in(t->v->x.arena, KIB(1));
	int r = 0;
	size_t at = 0;
	int32_t day = t->latest - BAR_DAYS + 1;
	while (at < type->n_days && type->days[at] < day)
		at++;
	for (; r == 0 && day <= t->latest; day++) {
		bool came = at < type->n_days && type->days[at] == day;
		r = buf_add(&b, came ? S("\xe2\x96\xa0") : S("\xc2\xb7"));
		at += came;
	}
	return r < 0 ? S("") : buf_str(&b);
}

static void add_row(
	const struct types *t, struct out_table *out, const struct report_type *type)
{
	char day[DATE_TEXT_MAX];
	int32_t silent = silent_days(t, type);
	table_addf(out, "%.*s%s", STR(type->name), type->known ? "" : " ?");
	table_addf(out, "%zu", type->n_days);
	table_add(out,
		type->n_days ? str_c(day_text(arrivals_latest(type), day)) : S("never"),
		OUT_PLAIN);
	if (silent > 0)
		table_addf(out, silent == 1 ? "%d day" : "%d days", silent);
	else
		table_add(out, S(""), OUT_PLAIN);
	table_add(out, bar(t, type), OUT_PLAIN);
}

static void print_columns(const struct types *t)
{
	static const struct out_column columns[] = { { "TYPE", 12, false },
		{ "COLUMN", 12, false }, { "FIRST MET IN", 16, false } };
	struct out_table out = table_new(t->v->x.arena, columns, N(columns));
	for (size_t i = 0; i < t->n; i++) {
		table_add(&out, t->columns[i].type, OUT_PLAIN);
		table_add(&out, t->columns[i].name, OUT_PLAIN);
		table_add(&out, t->columns[i].file, OUT_PLAIN);
	}
	if (t->n == 0)
		return;
	printf("\nColumns that the catalogue does not know; their values are kept:\n");
	table_print(&out);
}

/* As the morning judges them. */
static void print_overdue(const struct types *t)
{
	char day[DATE_TEXT_MAX];
	const struct overdue *o = &t->overdue;
	if (o->none)
		printf("No report has come since %s.\n", day_text(o->latest, day));
	else if (o->n == 1)
		printf("%.*s usually comes, and did not.\n",
			STR(out_safe(t->v->x.arena, o->v[0].name)));
	else if (o->n > 1)
		printf("%zu types usually come, and did not, such as %.*s.\n", o->n,
			STR(out_safe(t->v->x.arena, o->v[0].name)));
}

static void print_parts(const struct types *t)
{
	char day[DATE_TEXT_MAX];
	for (size_t i = 0; i < t->parts.n; i++) {
		const struct overdue_part *p = &t->parts.v[i];
		printf("%sDAY-%.*s: no file with rows since %s, though others of its "
		       "type come. What it held becomes fixed by silence.\n",
			i ? "" : "\n", STR(out_safe(t->v->x.arena, p->name)),
			day_text(p->last, day));
	}
}

static int print_types(struct types *t, bool only_silent)
{
	static const struct out_column columns[] = { { "TYPE", 16, false },
		{ "REPORTS", 0, true }, { "LATEST", 0, false }, { "SILENT", 0, false },
		{ "LAST 28 DAYS", 0, false } };
	struct out_table out = table_new(t->v->x.arena, columns, N(columns));
	bool unknown = false;
	size_t silent = 0;
	int r = 0;
	for (size_t i = 0; r == 0 && i < t->arrivals.n; i++) {
		const struct report_type *type = &t->arrivals.types[i];
		bool is_silent = silent_days(t, type) > 0;
		silent += is_silent;
		if (only_silent && !is_silent)
			continue;
		unknown = unknown || !type->known;
		if (t->v->as_json)
			r = type_json(t, type);
		else
			add_row(t, &out, type);
	}
	if (r < 0 || t->v->as_json)
		return r;
	if (out.n)
		table_print(&out);
	if (unknown)
		out_entry(t->v->x.arena, "?",
			S("the catalogue does not know this type; its rows are "
			  "kept and counted all the same."));
	if (t->arrivals.n == 0)
		printf("No report came yet: tocsin -d DIR import FILE...\n");
	else
		printf("%zu types; of %zu the latest day is missing. "
		       "What is missing fixes nothing.\n",
			t->arrivals.n, silent);
	print_overdue(t);
	print_parts(t);
	print_columns(t);
	return 0;
}

int types_show(struct view *v, bool only_silent)
{
	struct types t = { .v = v };
	int r = arrivals_load(&v->x, v->x.arena, &t.arrivals);
	if (r == 0)
		r = sql_unknown_column_list_each(v->db, on_column, &t);
	if (r == 0)
		r = overdue_read(&v->x, &t.overdue);
	if (r == 0)
		r = overdue_parts(&v->x, &t.parts);
	if (r < 0)
		return r;
	t.latest = t.overdue.none ? day_of(v->x.now) - 1 : t.overdue.latest;
	return print_types(&t, only_silent);
}

int cmd_types(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = types_show(&v, cli_flag(cli, "silent"));
	return view_close(&v, r);
}

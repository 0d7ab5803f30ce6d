/* SPDX-License-Identifier: Apache-2.0
 * cmd_finding.c - tocsin finding ID: everything that is known about one of them.
 * Depends on: base, core, cli. */
#include "cli/finding_out.h"
#include "cli/view.h"
#include "core/file.h"

#include "base/date.h"

#include <inttypes.h>
#include <stdio.h>

#define BAR_DAYS 60

/* clang-format off */
const struct cli_option cmd_finding_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object" },
	{ 0 },
};
/* clang-format on */

static void days_json(struct json *j, const struct finding_full *f)
{
	json_open(j, "sightings", '[');
	for (size_t i = 0; i < f->n_days; i++) {
		json_open(j, NULL, '{');
		json_day(j, "day", f->days[i].day);
		json_int(j, "count", f->days[i].count);
		json_time(j, "first", f->days[i].first);
		json_time(j, "last", f->days[i].last);
		json_close(j, '{');
	}
	json_close(j, '[');
}

static struct str move_reason(struct arena *a, const struct finding_move *m)
{
	struct buf b = buf_in(a, KIB(4));
	struct attrib at = { .basis = m->basis, .ref = m->ref };
	return attrib_reason(&at, &b) < 0 ? S("") : buf_str(&b);
}

static void moves_json(struct json *j, struct arena *a, const struct finding_full *f)
{
	json_open(j, "history", '[');
	for (size_t i = 0; i < f->n_moves; i++) {
		json_open(j, NULL, '{');
		json_time(j, "at", f->moves[i].at);
		json_text(j, "from", f->moves[i].from);
		json_text(j, "to", f->moves[i].to);
		json_text(j, "reason", move_reason(a, &f->moves[i]));
		json_close(j, '{');
	}
	json_close(j, '[');
}

static void notices_json(struct json *j, const struct finding_full *f)
{
	json_open(j, "notices", '[');
	for (size_t i = 0; i < f->n_notices; i++) {
		const struct finding_notice *n = &f->notices[i];
		json_open(j, NULL, '{');
		json_int(j, "notice", n->id);
		json_time(j, "at", n->at);
		json_text(j, "state", str_c(notice_state_text(n->state)));
		json_text(j, "why", str_c(notice_why_text(n->why)));
		json_text(j, "organisation", n->organisation);
		json_text(j, "recipient", n->recipient);
		json_close(j, '{');
	}
	json_close(j, '[');
}

static void sources_json(struct json *j, const struct finding_full *f)
{
	char path[ORIGINAL_PATH_MAX];
	json_open(j, "files", '[');
	for (size_t i = 0; i < f->n_sources; i++) {
		const struct finding_source *s = &f->sources[i];
		json_open(j, NULL, '{');
		json_int(j, "file", s->file);
		json_text(j, "name", s->name);
		json_day(j, "day", s->day);
		json_int(j, "first_row", s->row);
		json_int(j, "count", s->count);
		json_text(j, "kept_as", str_c(original_path(&s->sha, path)));
		json_close(j, '{');
	}
	json_close(j, '[');
}

static int print_json(struct view *v, const struct finding_full *f)
{
	struct json *j = &v->json;
	const struct finding_row *row = &f->row;
	struct finding_concerned also[FINDING_CONCERNED];
	size_t n = finding_also_concerned(row, also);
	json_open(j, NULL, '{');
	finding_json(j, v->x.arena, row);
	json_some(j, "transport", row->transport);
	json_number(j, "feed_asn", row->feed_asn);
	if (row->claimed_day.has)
		json_day(j, "claimed_fixed", (int32_t)row->claimed_day.v);
	else
		json_null(j, "claimed_fixed");
	json_open(j, "concerned", '[');
	for (size_t i = 0; i < n; i++) {
		json_open(j, NULL, '{');
		json_text(j, "organisation", also[i].name);
		json_text(j, "why", str_c(also[i].why));
		json_close(j, '{');
	}
	json_close(j, '[');
	days_json(j, f);
	moves_json(j, v->x.arena, f);
	notices_json(j, f);
	sources_json(j, f);
	json_close(j, '{');
	return out_json(j, &v->cli->why);
}

/* A field whose text is made here. */
static void field(struct view *v, const char *name, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
static void field(struct view *v, const char *name, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	out_field(v->x.arena, name, str_c(text));
}

static void print_who(struct view *v, const struct finding_row *f)
{
	struct finding_concerned also[FINDING_CONCERNED];
	size_t n = finding_also_concerned(f, also);
	struct buf b = buf_in(v->x.arena, KIB(4));
	out_field(v->x.arena, "Organisation",
		f->org_name.p ? f->org_name : S("nobody is registered"));
	if (finding_reason(f, &b) == 0)
		out_field(v->x.arena, "Why them", buf_str(&b));
	for (size_t i = 0; i < n; i++)
		field(v, "Also concerned", "%.*s: %s", STR(also[i].name), also[i].why);
	if (f->asn)
		field(v, "AS number", "AS%" PRIu32, f->asn);
	else if (f->feed_asn)
		field(v, "AS number", "AS%" PRIu32 " as the feed says", f->feed_asn);
	out_field(v->x.arena, "Country", f->cc.n ? f->cc : (struct str){ NULL, 0 });
}

static void print_what(struct view *v, const struct finding_row *f)
{
	struct arena *a = v->x.arena;
	char room[IP_TEXT_MAX], first[DATE_TEXT_MAX], last[DATE_TEXT_MAX];
	printf("%sFinding %" PRId64 ": %.*s on %.*s%s\n\n", out_on(OUT_TITLE), f->id,
		STR(out_safe(a, finding_what(a, f))),
		STR(out_safe(a, finding_place(a, f))), out_off(OUT_TITLE));
	field(v, "Severity", "%s", severity_text(f->severity));
	field(v, "State", "%.*s, since %s", STR(finding_state_words(a, f)),
		day_text(f->state_day, first));
	if (f->claimed_day.has)
		field(v, "Said to be fixed", "%s",
			day_text((int32_t)f->claimed_day.v, first));
	out_field(a, "Type", f->type);
	if (f->has_net)
		field(v, "Address", "%s", net_text(&f->net, room));
	if (f->name.n)
		out_field(a, "Name", f->name);
	if (f->hostname.n)
		out_field(a, "Host name", f->hostname);
	if (f->detail.n)
		out_field(a, "Detail", f->detail);
	if (f->transport.n)
		out_field(a, "Protocol", f->transport);
	print_who(v, f);
	field(v, "First seen", "%s UTC", time_text_plain(f->first_seen, first));
	field(v, "Last seen", "%s UTC", time_text_plain(f->last_seen, last));
	field(v, "Seen", "%" PRId64 " times on %" PRId64 " days, last in %.*s", f->count,
		f->days_seen, STR(f->report_type));
}

/* One character a day: a dot for a day without, else a bar by the share of the
 * fullest. */
static void print_bars(const struct finding_full *f)
{
	static const char *const bars[] = { "\xe2\x96\x81", "\xe2\x96\x82",
		"\xe2\x96\x83", "\xe2\x96\x84", "\xe2\x96\x85", "\xe2\x96\x86",
		"\xe2\x96\x87", "\xe2\x96\x88" };
	if (f->n_days == 0)
		return;
	int32_t last = f->days[f->n_days - 1].day, first = f->days[0].day;
	if (last - first >= BAR_DAYS)
		first = last - BAR_DAYS + 1;
	int64_t most = 1;
	size_t at = f->n_days;
	while (at > 0 && f->days[at - 1].day >= first) {
		at--;
		if (f->days[at].count > most)
			most = f->days[at].count;
	}
	char from[DATE_TEXT_MAX], to[DATE_TEXT_MAX];
	printf("\n%s ", day_text(first, from));
	for (int32_t day = first; day <= last; day++) {
		if (f->days[at].day != day) {
			printf("\xc2\xb7");
			continue;
		}
		size_t level = (size_t)((f->days[at].count * (int64_t)N(bars) - 1) /
			most);
		printf("%s", bars[level < N(bars) ? level : N(bars) - 1]);
		at++;
	}
	printf(" %s  at most %" PRId64 " a day\n", day_text(last, to), most);
}

static void print_moves(struct view *v, const struct finding_full *f)
{
	static const struct out_column columns[] = { { "SINCE", 0, false },
		{ "IT WAS WITH", 12, false }, { "AND CAME TO", 12, false },
		{ "WHY", 12, false } };
	struct out_table t = table_new(v->x.arena, columns, N(columns));
	char day[DATE_TEXT_MAX];
	for (size_t i = 0; i < f->n_moves; i++) {
		const struct finding_move *m = &f->moves[i];
		table_add(&t, str_c(time_text_plain(m->at, day)), OUT_PLAIN);
		table_add(&t, m->from.p ? m->from : S("nobody"), OUT_PLAIN);
		table_add(&t, m->to.p ? m->to : S("nobody"), OUT_PLAIN);
		table_add(&t, move_reason(v->x.arena, m), OUT_PLAIN);
	}
	if (f->n_moves) {
		printf("\n");
		table_print(&t);
	}
}

static void print_notices(struct view *v, const struct finding_full *f)
{
	static const struct out_column columns[] = { { "NOTICE", 0, true },
		{ "OF", 0, false }, { "STATE", 0, false }, { "AS", 0, false },
		{ "ORGANISATION", 12, false }, { "TO", 12, false } };
	struct out_table t = table_new(v->x.arena, columns, N(columns));
	char day[DATE_TEXT_MAX];
	for (size_t i = 0; i < f->n_notices; i++) {
		const struct finding_notice *n = &f->notices[i];
		table_addf(&t, "%" PRId64, n->id);
		table_add(&t, str_c(time_text_plain(n->at, day)), OUT_PLAIN);
		table_add(&t, str_c(notice_state_text(n->state)), OUT_PLAIN);
		table_add(&t, str_c(notice_why_text(n->why)), OUT_PLAIN);
		table_add(&t, n->organisation, OUT_PLAIN);
		table_add(&t, n->recipient.n ? n->recipient : S("nobody"), OUT_PLAIN);
	}
	if (f->n_notices) {
		printf("\n");
		table_print(&t);
	}
}

static void print_sources(struct view *v, const struct finding_full *f)
{
	static const struct out_column columns[] = { { "FILE", 0, true },
		{ "NAME", 20, false }, { "LAST DAY", 0, false }, { "FIRST ROW", 0, true },
		{ "TIMES", 0, true } };
	struct out_table t = table_new(v->x.arena, columns, N(columns));
	char day[DATE_TEXT_MAX];
	for (size_t i = 0; i < f->n_sources; i++) {
		const struct finding_source *s = &f->sources[i];
		table_addf(&t, "%" PRId64, s->file);
		table_add(&t, s->name, OUT_PLAIN);
		table_add(&t, str_c(day_text(s->day, day)), OUT_PLAIN);
		table_addf(&t, "%" PRId64, s->row);
		table_addf(&t, "%" PRId64, s->count);
	}
	printf("\n");
	table_print(&t);
	if (f->n_sources == FINDING_SOURCES)
		printf("Only the latest %d files are shown.\n", FINDING_SOURCES);
	printf("\nThe rows themselves: tocsin -d DIR evidence %" PRId64 "\n", f->row.id);
}

static int run(struct view *v)
{
	int64_t id;
	struct finding_full f;
	if (!str_int(v->cli->args[0], 1, INT64_MAX, &id))
		return fail(&v->cli->why, E_USAGE,
			"finding needs a number, as tocsin findings shows it, not '%.*s'",
			STR(str_to(v->cli->args[0], 40)));
	int r = finding_get_full(&v->x, id, &f);
	if (r < 0)
		return r;
	if (v->as_json)
		return print_json(v, &f);
	print_what(v, &f.row);
	print_bars(&f);
	print_moves(v, &f);
	print_notices(v, &f);
	print_sources(v, &f);
	return 0;
}

int cmd_finding(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = run(&v);
	return view_close(&v, r);
}

/* SPDX-License-Identifier: Apache-2.0
 * cmd_findings.c - tocsin findings: lists by what a person looks for.
 * Depends on: base, core, cli. */
#include "cli/finding_out.h"
#include "base/query.h"
#include "cli/view.h"
#include "core/org.h"

#include "base/date.h"

#include <inttypes.h>
#include <stdio.h>

#define PEOPLE_LIMIT	 50
#define PEOPLE_LIMIT_MAX 10000
#define LIMIT_MAX	 10000000

/* clang-format off */
const struct cli_option cmd_findings_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line, by id" },
	{ "state", 0, OPT_TEXT, "STATES", 0, 0,
		"open, claimed-fixed, fixed, relapsed, not-theirs; live; any" },
	{ "severity", 's', OPT_TEXT, "WORD", 0, 0,
		"At least: info, low, medium, high or critical" },
	{ "type", 't', OPT_TEXT, "TYPE", 0, 0, "Of this type, such as infected-system" },
	{ "identifier", 'i', OPT_TEXT, "NAME", 0, 0, "With it, such as ssl-poodle" },
	{ "family", 0, OPT_TEXT, "NAME", 0, 0, "Of this malware family" },
	{ "organisation", 'o', OPT_TEXT, "NAME", 0, 0,
		"Of this organisation: its name, a part of it, or its number" },
	{ "network-holder", 0, OPT_TEXT, "NAME", 0, 0, "In networks of this operator" },
	{ "unattributed", 0, OPT_FLAG, NULL, 0, 0, "Only those that are nobody's" },
	{ "address", 'a', OPT_TEXT, "NET", 0, 0, "At this address or in this network" },
	{ "name", 'n', OPT_TEXT, "NAME", 0, 0, "At exactly this host name" },
	{ "port", 'p', OPT_INT, "PORT", 1, 65535, "Of a service on this port" },
	{ "since", 0, OPT_DAY, "DATE", 0, 0, "Last seen on this day or later" },
	{ "until", 0, OPT_DAY, "DATE", 0, 0, "Last seen on this day or earlier" },
	{ "new-since", 0, OPT_DAY, "DATE", 0, 0, "First seen on this day or later" },
	{ "relapsed", 0, OPT_FLAG, NULL, 0, 0, "Only those that came back once fixed" },
	{ "report", 0, OPT_TEXT, "TYPE", 0, 0, "Last seen in it, such as scan_rdp" },
	{ "limit", 'l', OPT_INT, "N", 1, LIMIT_MAX,
		"At most so many. Standard: 50; with --json all" },
	{ "after", 0, OPT_INT, "ID", 0, INT64_MAX, "Go on behind this id, by id" },
	{ 0 },
};
/* clang-format on */

static int add_state(struct cli *cli, struct str word, unsigned *states)
{
	enum finding_state s;
	if (str_eq(word, S("live")))
		*states |= 1u << STATE_OPEN | 1u << STATE_CLAIMED | 1u << STATE_RELAPSED;
	else if (str_eq(word, S("any")))
		*states |= (1u << STATE_N) - 1;
	else if (state_read(word, &s) == 0)
		*states |= 1u << s;
	else
		return fail(&cli->why, E_USAGE,
			"--state knows open, claimed-fixed, fixed, relapsed, not-theirs, "
			"live and any, not '%.*s'",
			STR(str_to(word, 40)));
	return 0;
}

static int read_states(struct cli *cli, bool as_json, unsigned *ret)
{
	struct str text = cli_text(cli, "state"), word;
	unsigned states = 0;
	if (text.p == NULL)
		text = as_json ? S("any") : S("live");
	while (str_split(&text, ',', &word)) {
		int r = add_state(cli, str_trim(word), &states);
		if (r < 0)
			return r;
	}
	*ret = states;
	return 0;
}

static int read_severity(struct cli *cli, enum severity *ret)
{
	struct str text = cli_text(cli, "severity");
	if (text.p == NULL || severity_read(text, ret) == 0)
		return 0;
	return fail(&cli->why, E_USAGE,
		"--severity knows info, low, medium, high and critical, not '%.*s'",
		STR(str_to(text, 40)));
}

static int read_place(struct cli *cli, struct finding_filter *f)
{
	struct str address = cli_text(cli, "address"), name = cli_text(cli, "name");
	struct query q;
	if (address.p) {
		if (query_read(&cli->arena, address, &q) < 0 || q.kind != QUERY_NET)
			return fail(&cli->why, E_USAGE,
				"--address needs an address or a network such as "
				"192.0.2.0/24, not '%.*s'",
				STR(str_to(address, 60)));
		f->has_net = true;
		f->net = q.net;
	}
	if (name.p) {
		if (query_read(&cli->arena, name, &q) < 0 || q.kind != QUERY_NAME)
			return fail(&cli->why, E_USAGE,
				"--name needs a host name, not '%.*s'",
				STR(str_to(name, 60)));
		f->name = q.name;
	}
	return 0;
}

static struct opt_int day_option(const struct cli *cli, const char *name, int32_t plus)
{
	const struct cli_value *v = cli_value(cli, name);
	return v->given ? SOME(day_start((int32_t)v->number + plus)) : NONE;
}

/* What needs the database to be understood. */
static int resolve(struct view *v, struct finding_filter *f)
{
	static const char *const options[] = { "organisation", "network-holder" };
	int64_t *const to[] = { &f->org, &f->network_org };
	for (size_t i = 0; i < N(options); i++) {
		struct str text = cli_text(v->cli, options[i]);
		struct org_ref org;
		int r = text.p ? org_find(&v->x, text, &org) : 0;
		if (r < 0)
			return r;
		if (text.p)
			*to[i] = org.id;
	}
	struct str report = cli_text(v->cli, "report");
	return report.p ? finding_report_type(&v->x, report, &f->report_type) : 0;
}

static int read_filter(struct view *v, struct finding_filter *f)
{
	struct cli *cli = v->cli;
	*f = (struct finding_filter){
		.type = cli_text(cli, "type"),
		.identifier = cli_text(cli, "identifier"),
		.family = cli_text(cli, "family"),
		.unattributed = cli_flag(cli, "unattributed"),
		.relapsed = cli_flag(cli, "relapsed"),
		.since = day_option(cli, "since", 0),
		.until = day_option(cli, "until", 1),
		.new_since = day_option(cli, "new-since", 0),
		.after = cli_int(cli, "after", 0),
		.limit = (size_t)cli_int(cli, "limit", v->as_json ? 0 : PEOPLE_LIMIT),
	};
	if (cli_flag(cli, "port"))
		f->port = SOME(cli_int(cli, "port", 0));
	bool by_id = v->as_json || cli_flag(cli, "after");
	f->order = by_id ? FINDING_BY_ID : FINDING_WORST;
	if (!v->as_json && f->limit > PEOPLE_LIMIT_MAX)
		return fail(&cli->why, E_USAGE,
			"a table of more than %d rows: use --json", PEOPLE_LIMIT_MAX);
	if (f->unattributed && cli_flag(cli, "organisation"))
		return fail(&cli->why, E_USAGE,
			"--unattributed and --organisation exclude each other");
	int r = read_states(cli, v->as_json, &f->states);
	if (r == 0)
		r = read_severity(cli, &f->severity);
	if (r == 0)
		r = read_place(cli, f);
	return r < 0 ? r : resolve(v, f);
}

static int print_json(struct view *v, const struct finding_list *list)
{
	int r = 0;
	AUTO_ARENA scratch = arena_new(MIB(1), "finding");
	struct arena *outer = v->x.arena; /* holds the list */
	v->x.arena = &scratch;
	for (size_t i = 0; r == 0 && i < list->n; i++) {
		struct finding_row f;
		arena_reset(&scratch);
		r = finding_get(&v->x, list->ids[i], &f);
		if (r < 0)
			break;
		json_open(&v->json, NULL, '{');
		finding_json(&v->json, &scratch, &f);
		json_close(&v->json, '{');
		r = out_json(&v->json, &v->cli->why);
	}
	v->x.arena = outer;
	return r;
}

static void add_row(struct view *v, struct out_table *t, const struct finding_row *f)
{
	struct arena *a = v->x.arena;
	char day[DATE_TEXT_MAX];
	table_addf(t, "%" PRId64, f->id);
	table_add(t, str_c(severity_text(f->severity)), severity_style(f->severity));
	table_add(t, str_c(state_text(f->state)),
		f->state == STATE_RELAPSED ? OUT_WARN : OUT_PLAIN);
	table_add(t, str_c(day_text(day_of(f->last_seen), day)), OUT_PLAIN);
	table_add(t, finding_place(a, f), OUT_PLAIN);
	table_add(t, finding_what(a, f), OUT_PLAIN);
	table_add(t, f->org_name.p ? f->org_name : S("(nobody)"), OUT_PLAIN);
}

static void print_rest(const struct view *v, const struct finding_filter *f,
	const struct finding_list *list)
{
	bool live = !cli_flag(v->cli, "state");
	if (list->n == 0)
		printf("No %sfinding matches.\n", live ? "live " : "");
	else if (f->order == FINDING_BY_ID && list->matched > list->n)
		printf("There are more: go on with --after %" PRId64 ".\n",
			list->ids[list->n - 1]);
	else if (list->matched > list->n)
		printf("%zu more: use --limit, or filters (tocsin help findings).\n",
			list->matched - list->n);
	if (live)
		printf("Fixed ones and those not theirs are left out: --state any.\n");
}

static int print_people(
	struct view *v, const struct finding_filter *f, const struct finding_list *list)
{
	static const struct out_column columns[] = { { "ID", 0, true },
		{ "SEVERITY", 0, false }, { "STATE", 9, false },
		{ "LAST SEEN", 0, false }, { "WHERE", 15, false }, { "WHAT", 8, false },
		{ "ORGANISATION", 8, false } };
	struct out_table t = table_new(&v->cli->arena, columns, N(columns));
	for (size_t i = 0; i < list->n; i++) {
		struct finding_row row;
		int r = finding_get(&v->x, list->ids[i], &row);
		if (r < 0)
			return r;
		add_row(v, &t, &row);
	}
	if (list->n)
		table_print(&t);
	print_rest(v, f, list);
	return 0;
}

static int run(struct view *v)
{
	struct finding_filter f;
	struct finding_list list;
	int r = read_filter(v, &f);
	if (r == 0)
		r = finding_find(&v->x, &f, &list);
	if (r < 0)
		return r;
	return v->as_json ? print_json(v, &list) : print_people(v, &f, &list);
}

int cmd_findings(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = run(&v);
	return view_close(&v, r);
}

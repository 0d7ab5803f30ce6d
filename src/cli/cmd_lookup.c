/* SPDX-License-Identifier: Apache-2.0
 * cmd_lookup.c - tocsin lookup: who is responsible for an address, a name, a network?
 * Depends on: base, core, cli. */
#include "base/query.h"
#include "cli/view.h"
#include "core/attrib.h"

#include <inttypes.h>
#include <stdio.h>

/* clang-format off */
const struct cli_option cmd_lookup_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ 0 },
};
/* clang-format on */

#define LINE_LIMIT 8192

struct answer {
	struct str query;
	struct str holder, network_holder, country; /* absent: none */
	uint32_t asn;
	struct str reason;
};
struct lookup {
	struct view *v;
	struct arena table_arena; /* the register, for as long as the command runs */
	struct attrib_table *table;
	struct out_table out;
	bool many;
	bool unread; /* something asked for could not be understood */
};

static struct str some(struct str s)
{
	return s.n ? s : (struct str){ NULL, 0 };
}

static struct attrib find(const struct lookup *l, const struct query *q)
{
	switch (q->kind) {
	case QUERY_NET:
		return attrib_find(l->table, &q->net, S(""), false, 0);
	case QUERY_NAME:
		return attrib_find(l->table, NULL, q->name, true, 0);
	case QUERY_ASN:
	default:
		return attrib_find(l->table, NULL, S(""), false, q->asn);
	}
}

static int reason_of(const struct query *q, const struct attrib *at, struct buf *out)
{
	if (q->kind == QUERY_ASN)
		return buf_add(out,
			at->org ? S("AS number of the register")
				: S("AS number that is not in the register"));
	if (q->kind == QUERY_NAME && at->basis == BASIS_NONE && at->imitates == 0)
		return buf_add(out, S("no domain of the register"));
	return attrib_reason(at, out);
}

static int answer_of(struct lookup *l, struct str text, struct answer *ret)
{
	struct arena *a = l->v->x.arena;
	struct query q;
	struct answer w = { .query = str_trim(text) };
	if (query_read(a, text, &q) < 0) {
		l->unread = true;
		w.reason = S("not an address, network, name, URL or AS number");
		*ret = w;
		return 0;
	}
	struct attrib at = find(l, &q);
	struct buf b = buf_in(a, KIB(4));
	int r = reason_of(&q, &at, &b);
	if (r < 0)
		return r;
	w.holder = some(attrib_org_name(l->table, at.org));
	w.network_holder = some(attrib_org_name(l->table, at.network_org));
	w.country = some(at.cc);
	w.asn = q.kind == QUERY_ASN ? q.asn : at.asn;
	w.reason = buf_str(&b);
	*ret = w;
	return 0;
}

static int print_json(struct view *v, const struct answer *w)
{
	struct json *j = &v->json;
	json_open(j, NULL, '{');
	json_text(j, "query", w->query);
	json_text(j, "holder", w->holder);
	json_text(j, "network_holder", w->network_holder);
	json_number(j, "asn", w->asn);
	json_text(j, "country", w->country);
	json_text(j, "reason", w->reason);
	json_close(j, '{');
	return out_json(j, &v->cli->why);
}

static void add_row(struct lookup *l, const struct answer *w)
{
	char asn[16] = "";
	if (w->asn)
		(void)snprintf(asn, sizeof(asn), "AS%" PRIu32, w->asn);
	table_add(&l->out, w->query, OUT_PLAIN);
	table_add(&l->out, w->holder.p ? w->holder : S("-"), OUT_PLAIN);
	table_add(&l->out, w->network_holder.p ? w->network_holder : S("-"), OUT_PLAIN);
	table_add(&l->out, str_c(asn), OUT_PLAIN);
	table_add(&l->out, w->country.p ? w->country : S("-"), OUT_PLAIN);
	table_add(&l->out, w->reason, OUT_PLAIN);
}

static void print_one(struct arena *a, const struct answer *w)
{
	char asn[16];
	(void)snprintf(asn, sizeof(asn), "AS%" PRIu32, w->asn);
	out_field(a, "Query", w->query);
	out_field(a, "Holder", w->holder.p ? w->holder : S("nobody is registered"));
	out_field(a, "Network holder", w->network_holder);
	if (w->asn)
		out_field(a, "AS number", str_c(asn));
	out_field(a, "Country", w->country);
	out_field(a, "Why", w->reason);
}

static int ask(struct lookup *l, struct str text)
{
	struct answer w;
	view_next(l->v);
	int r = answer_of(l, text, &w);
	if (r < 0)
		return r;
	if (l->v->as_json)
		return print_json(l->v, &w);
	if (l->many)
		add_row(l, &w);
	else
		print_one(l->v->x.arena, &w);
	return 0;
}

/* A line each; empty ones and comments are passed over. */
static int ask_lines(struct lookup *l)
{
	char line[LINE_LIMIT];
	while (fgets(line, sizeof(line), stdin)) {
		struct str s = str_trim(str_c(line));
		int r = s.n == 0 || s.p[0] == '#' ? 0 : ask(l, s);
		if (r < 0)
			return r;
	}
	return ferror(stdin) ? fail(&l->v->cli->why, E_SYS, "cannot read standard input")
			     : 0;
}

static int ask_all(struct lookup *l)
{
	struct cli *cli = l->v->cli;
	int r = attrib_load(&l->v->x, &l->table_arena, &l->table);
	for (uint32_t i = 0; r == 0 && i < cli->n_args; i++)
		r = str_eq(cli->args[i], S("-")) ? ask_lines(l) : ask(l, cli->args[i]);
	if (r == 0 && l->many && !l->v->as_json)
		table_print(&l->out);
	return r == 0 && l->unread ? 1 : r;
}

int cmd_lookup(struct cli *cli)
{
	static const struct out_column columns[] = { { "QUERY", 15, false },
		{ "HOLDER", 12, false }, { "NETWORK HOLDER", 8, false },
		{ "ASN", 0, false }, { "CC", 0, false }, { "WHY", 12, false } };
	struct view v;
	int r = view_open(cli, &v);
	struct lookup l = { .v = &v };
	l.table_arena = arena_new(GIB(1), "register");
	l.out = table_new(&cli->arena, columns, N(columns));
	l.many = cli->n_args > 1 || str_eq(cli->args[0], S("-"));
	if (r == 0)
		r = ask_all(&l);
	arena_free(&l.table_arena);
	return view_close(&v, r);
}

/* SPDX-License-Identifier: Apache-2.0
 * report.c - the report types of the demo country: see report.h. Depends on: demo/files.
 * Columns: column.c. */
#include "demo/report_part.h"
#include "demo/files.h"

/* "0.96" as a fixed-point number. */
static bool read_share(struct str s, uint64_t *ret)
{
	uint32_t whole, cents;
	if (!scan_u32(&s, 1, &whole) || !scan_char(&s, '.') ||
		!scan_digits(&s, 2, &cents) || s.n > 0)
		return false;
	*ret = fx_div(whole * 100 + cents, 100);
	return true;
}

/* "7547*12 30005*3 5678": ports and their weights. */
static bool read_ports(struct str s, struct demo_report *t)
{
	uint32_t sum = 0, port, weight;
	if (str_eq(s, S("-")))
		return true;
	while (s.n > 0) {
		weight = 1;
		if (t->n_ports == DEMO_PORTS || !scan_u32(&s, 65535, &port))
			return false;
		if (scan_char(&s, '*') && !scan_u32(&s, 1000, &weight))
			return false;
		sum += weight;
		t->ports[t->n_ports] = (uint16_t)port;
		t->port_sums[t->n_ports++] = sum;
		if (s.n > 0 && !scan_char(&s, ' '))
			return false;
	}
	return true;
}

static int choice(struct str s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(s, str_c(words[i])))
			return (int)i;
	return -1;
}

enum {
	T_TYPE,
	T_RSIT,
	T_IDENTIFIER,
	T_PLACE,
	T_PORT,
	T_PROTOCOL,
	T_PORTS,
	T_NAMES,
	T_IN,
	T_SPREAD,
	T_TAG,
	T_COLUMNS
};

static bool read_type(struct arena *a, const struct str *f, struct demo_report *t)
{
	static const char *const abouts[] = { "address", "host", "mail", "site" };
	static const char *const ins[] = { "-", "infection", "family", "both", "tag" };
	static const char *const spreads[] = { "plain", "hosting", "vulnerable",
		"mobile" };
	int about = choice(f[T_PLACE], abouts, N(abouts)),
	    in = choice(f[T_IN], ins, N(ins));
	int spread = choice(f[T_SPREAD], spreads, N(spreads));
	if (about < 0 || in < 0 || spread < 0 || !read_ports(f[T_PORTS], t))
		return false;
	t->rsit = f[T_RSIT];
	t->identifier = f[T_IDENTIFIER];
	t->about = (enum demo_about)about;
	t->name_in = (enum demo_name_in)in;
	t->spread = (enum demo_spread)spread;
	t->weekly = t->spread ==
		SPREAD_MOBILE; /* infected machines rest when their people do */
	t->port_in_key = str_eq(f[T_PORT], S("yes"));
	t->protocol = str_eq(f[T_PROTOCOL], S("-")) ? S("") : f[T_PROTOCOL];
	t->tag = str_eq(f[T_TAG], S("-")) ? S("") : f[T_TAG];
	if (t->name_in != NAME_NOWHERE)
		t->names = demo_words(a, f[T_NAMES], &t->n_names);
	return (t->name_in == NAME_NOWHERE) == (t->names == NULL) &&
		(t->names != NULL || !str_eq(t->identifier, S("@"))) &&
		(!t->port_in_key || t->n_ports > 0);
}

/* The line of that type in a table whose first column is the type. */
static bool find_line(struct arena *a, const char *file, struct str type, char sep,
	struct str *f, size_t n)
{
	struct str rest = demo_file(file), line;
	while (demo_line(&rest, &line))
		if (demo_fields(a, line, sep, f, n) == n && str_eq(f[0], type))
			return true;
	return false;
}

static bool read_mix(const struct str *f, uint32_t divisor, struct demo_report *t)
{
	int64_t events, life;
	if (!str_int(f[4], 1, 1000000, &events) || !read_share(f[5], &t->distinct) ||
		!str_int(f[6], 1, 1000, &life))
		return false;
	t->type = f[1];
	t->severity = f[3];
	t->mean = fx_div((uint64_t)events, divisor);
	t->death = FX_ONE - fx_exp2_neg(fx_div(1, (uint64_t)life));
	return true;
}

/* One row in twenty is IPv6; as only types with a twin can have it, those have more. */
static uint64_t v6_share(const struct demo_reports *t)
{
	uint64_t all = 0, twins = 0;
	for (uint32_t i = 0; i < t->n; i++) {
		all += t->v[i].mean >> 8;
		twins += t->v[i].twin.n > 0 ? t->v[i].mean >> 8 : 0;
	}
	return all * 1000 / 20 / twins * (FX_ONE / 1000);
}

int demo_reports_load(
	struct arena *a, uint32_t divisor, struct why *why, struct demo_reports *ret)
{
	struct str rest = demo_file("report-mix.csv"), line, f[7], c[3], y[T_COLUMNS];
	struct demo_reports t = { .v = arena_array(a, 64, sizeof(*t.v)) };
	struct demo_rule *rules;
	uint32_t n_rules;
	int r = demo_rules_load(a, why, &rules, &n_rules);
	if (r < 0)
		return r;
	(void)demo_line(&rest, &line);
	while (demo_line(&rest, &line)) {
		struct demo_report *v = &t.v[t.n];
		if (t.n == 64 || demo_fields(a, line, ',', f, N(f)) != N(f) ||
			!read_mix(f, divisor, v))
			return fail(why, E_SYNTAX, "report-mix.csv: '%.*s'", STR(line));
		if (!find_line(a, "report-types.tsv", v->type, '\t', y, N(y)) ||
			!read_type(a, y, v))
			return fail(why, E_SYNTAX,
				"report-types.tsv: no good line for '%.*s'",
				STR(v->type));
		if (!find_line(a, "report-columns.tsv", v->type, '\t', c, N(c)))
			return fail(why, E_SYNTAX,
				"report-columns.tsv: no line for '%.*s'", STR(v->type));
		v->twin = str_eq(c[1], S("-")) ? S("") : c[1];
		demo_columns_make(a, v, c[2], rules, n_rules);
		t.n++;
	}
	t.v6 = v6_share(&t);
	*ret = t;
	return 0;
}

const struct demo_report *demo_report_find(const struct demo_reports *t, struct str type)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (str_eq(t->v[i].type, type) ||
			(t->v[i].twin.n > 0 && str_eq(t->v[i].twin, type)))
			return &t->v[i];
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0
 * column.c - which column of a report holds what: see report.h. Depends on:
 * demo/files. */
#include "demo/files.h"
#include "demo/report_part.h"

/* A copy in which \n is a line end. */
static struct str unescape(struct arena *a, struct str s)
{
	if (str_find(s, '\\') == s.n)
		return s;
	char *to = arena_alloc(a, s.n + 1);
	size_t n = 0;
	while (s.n > 0) {
		bool line_end = scan_lit(&s, "\\n");
		to[n++] = line_end ? '\n' : s.p[0];
		if (!line_end)
			s = str_from(s, 1);
	}
	return (struct str){ to, n };
}

static void read_items(struct arena *a, struct str s, struct demo_rule *r)
{
	struct str *items, item;
	r->n_items = 1;
	for (size_t i = 0; i < s.n; i++)
		r->n_items += s.p[i] == '|';
	items = arena_array(a, r->n_items, sizeof(*items));
	if (s.n == 0)
		items[0] = S("");
	for (uint32_t i = 0; str_split(&s, '|', &item) && i < r->n_items; i++)
		items[i] = unescape(a, item);
	r->items = items;
}

static bool read_range(struct str s, uint32_t *ret_lo, uint32_t *ret_hi)
{
	return scan_u32(&s, UINT32_MAX, ret_lo) && scan_char(&s, ' ') &&
		scan_u32(&s, UINT32_MAX, ret_hi) && s.n == 0 && *ret_lo <= *ret_hi;
}

static bool read_word(struct arena *a, struct str s, struct demo_rule *r)
{
	struct str list;
	(void)str_split(&s, ' ', &list);
	r->items = demo_words(a, list, &r->n_items);
	return r->items != NULL &&
		(s.p == NULL || (scan_u32(&s, 100000, &r->hi) && s.n == 0));
}

static bool read_rule(struct arena *a, struct str s, struct demo_rule *r)
{
	static const struct {
		const char *word;
		enum demo_rule_kind kind;
	} words[] = {
		{ "text", RULE_TEXT },
		{ "word", RULE_WORD },
		{ "pick", RULE_PICK },
		{ "num", RULE_NUM },
		{ "rnum", RULE_RNUM },
		{ "hex", RULE_HEX },
		{ "fp", RULE_FP },
		{ "past", RULE_PAST },
		{ "future", RULE_FUTURE },
		{ "mac", RULE_MAC },
		{ "stamp", RULE_STAMP },
	};
	struct str word, name;
	(void)str_split(&s, ' ', &word);
	(void)str_split(&word, '@', &name);
	r->group = word.p != NULL ? mix_text(word.p, word.n)
				  : mix_text(r->column.p, r->column.n);
	for (size_t i = 0; i < N(words); i++)
		if (str_eq(name, str_c(words[i].word)))
			r->kind = words[i].kind;
	switch (r->kind) {
	case RULE_TEXT:
		r->items = memcpy(arena_alloc(a, sizeof(s)), &s, sizeof(s));
		r->n_items = 1;
		return s.p != NULL;
	case RULE_PICK:
		read_items(a, s, r);
		return s.p != NULL;
	case RULE_WORD:
		return read_word(a, s, r);
	case RULE_NUM:
	case RULE_RNUM:
		return read_range(s, &r->lo, &r->hi);
	case RULE_HEX:
	case RULE_FP:
		return scan_u32(&s, 128, &r->lo) && s.n == 0;
	case RULE_PAST:
	case RULE_FUTURE:
	case RULE_MAC:
	case RULE_STAMP:
		return s.p == NULL;
	case RULE_EMPTY:
	default:
		return false;
	}
}

int demo_rules_load(
	struct arena *a, struct why *why, struct demo_rule **ret, uint32_t *ret_n)
{
	enum { MOST = 400 };
	struct demo_rule *rules = arena_array(a, MOST, sizeof(*rules));
	struct str rest = demo_file("column-values.tsv"), line, f[2];
	uint32_t n = 0;
	(void)demo_line(&rest, &line);
	while (demo_line(&rest, &line)) {
		struct demo_rule r = { 0 };
		size_t colon;
		if (n == MOST || demo_fields(a, line, '\t', f, N(f)) != N(f))
			return fail(
				why, E_SYNTAX, "column-values.tsv: '%.*s'", STR(line));
		colon = str_find(f[0], ':');
		r.column = colon < f[0].n ? str_from(f[0], colon + 1) : f[0];
		r.type = colon < f[0].n ? str_to(f[0], colon) : (struct str){ NULL, 0 };
		if (!read_rule(a, f[1], &r))
			return fail(
				why, E_SYNTAX, "column-values.tsv: '%.*s'", STR(line));
		rules[n++] = r;
	}
	*ret = rules;
	*ret_n = n;
	return 0;
}

static const struct demo_rule *find_rule(
	struct str type, struct str column, const struct demo_rule *rules, uint32_t n)
{
	const struct demo_rule *common = NULL;
	for (uint32_t i = 0; i < n; i++) {
		if (!str_eq(rules[i].column, column))
			continue;
		if (rules[i].type.p == NULL)
			common = &rules[i];
		else if (str_eq(rules[i].type, type))
			return &rules[i];
	}
	return common;
}

/* Columns that stand for the row itself, in one type or in all; the first that fits. The
 * other side of a sinkhole's row, and the relay of a spam mail, are abroad. */
static const struct {
	const char *name;
	enum demo_column_kind kind;
} own_columns[] = {
	{ "spam_url:hostname", COL_NAME },
	{ "malware_url:hostname", COL_NAME },
	{ "phish_url:host", COL_NAME },
	{ "compromised_website:http_host", COL_NAME },
	{ "compromised_account:email", COL_NAME },
	{ "spam_url:url", COL_URL },
	{ "malware_url:url", COL_URL },
	{ "phish_url:url", COL_URL },
	{ "compromised_website:url", COL_PATH },
	{ "spam_url:src_ip", COL_OUT_IP },
	{ "spam_url:src_asn", COL_OUT_ASN },
	{ "spam_url:src_geo", COL_OUT_GEO },
	{ "spam_url:src_region", COL_RULE },
	{ "spam_url:src_city", COL_RULE },
	{ "spam_url:src_naics", COL_RULE },
	{ "spam_url:src_sector", COL_RULE },
	{ "dst_ip", COL_OUT_IP },
	{ "dst_port", COL_OUT_PORT },
	{ "dst_asn", COL_OUT_ASN },
	{ "dst_geo", COL_OUT_GEO },
	{ "timestamp", COL_TIME },
	{ "severity", COL_SEVERITY },
	{ "protocol", COL_PROTOCOL },
	{ "infection", COL_INFECTION },
	{ "family", COL_FAMILY },
	{ "tag", COL_TAG },
	{ "ip", COL_IP },
	{ "src_ip", COL_IP },
	{ "port", COL_PORT },
	{ "src_port", COL_PORT },
	{ "asn", COL_ASN },
	{ "src_asn", COL_ASN },
	{ "geo", COL_GEO },
	{ "src_geo", COL_GEO },
	{ "region", COL_REGION },
	{ "src_region", COL_REGION },
	{ "city", COL_CITY },
	{ "src_city", COL_CITY },
	{ "naics", COL_NAICS },
	{ "src_naics", COL_NAICS },
	{ "sector", COL_SECTOR },
	{ "src_sector", COL_SECTOR },
	{ "hostname", COL_PTR },
	{ "src_hostname", COL_PTR },
};

static enum demo_column_kind kind_of(const struct demo_report *t, struct str name)
{
	for (size_t i = 0; i < N(own_columns); i++) {
		struct str own = str_c(own_columns[i].name);
		size_t colon = str_find(own, ':');
		if (colon < own.n && !str_eq(str_to(own, colon), t->type))
			continue;
		if (str_eq(colon < own.n ? str_from(own, colon + 1) : own, name))
			return own_columns[i].kind;
	}
	return COL_RULE;
}

void demo_columns_make(struct arena *a, struct demo_report *t, struct str names,
	const struct demo_rule *rules, uint32_t n_rules)
{
	struct str name;
	uint32_t n = 1;
	for (size_t i = 0; i < names.n; i++)
		n += names.p[i] == ' ';
	t->columns = arena_array(a, n, sizeof(*t->columns));
	t->n_columns = 0;
	t->geo_column = t->text_column = -1;
	while (str_split(&names, ' ', &name)) {
		struct demo_column *c = &t->columns[t->n_columns];
		c->name = name;
		c->kind = kind_of(t, name);
		if (c->kind == COL_RULE)
			c->rule = find_rule(t->type, name, rules, n_rules);
		if (c->kind == COL_GEO)
			t->geo_column = (int32_t)t->n_columns;
		if (c->kind == COL_CITY ||
			(t->text_column < 0 && str_eq(name, S("detail"))))
			t->text_column = (int32_t)t->n_columns;
		t->n_columns++;
	}
}

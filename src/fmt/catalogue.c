/* SPDX-License-Identifier: Apache-2.0
 * catalogue.c - report types and columns of feeds: see catalogue.h. Depends on: base. */
#include "fmt/catalogue.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "fmt/catalogue_data.h"

#include <stdlib.h>

/* --- tables of text: tabs, comments, a header line --- */

struct table {
	const char *what; /* for messages */
	struct str rest;
	struct str line;
	unsigned line_no;
	struct arena *arena;
	struct why *why;
};

#define CELLS_MAX 32

/* The next line that says something. */
static bool table_next(struct table *t)
{
	while (str_split(&t->rest, '\n', &t->line)) {
		t->line_no++;
		if (t->line.n > 0 && t->line.p[t->line.n - 1] == '\r')
			t->line.n--;
		if (!str_empty(str_trim(t->line)) && t->line.p[0] != '#')
			return true;
	}
	return false;
}

static int wrong(const struct table *t, const char *what, struct str at)
{
	return fail(t->why, E_SYNTAX, "%s, line %u: %s '%.*s'", t->what, t->line_no, what,
		STR(str_to(at, 60)));
}

static int table_cells(struct table *t, struct str ret[CELLS_MAX], size_t *ret_n)
{
	struct str rest = t->line;
	size_t n = 0;
	for (struct str cell; str_split(&rest, '\t', &cell);) {
		if (n == CELLS_MAX)
			return wrong(t, "too many cells in", t->line);
		ret[n++] = str_trim(cell);
	}
	*ret_n = n;
	return 0;
}

/* Finds the wanted names in the header line: ret[i] is the cell of names[i]. */
static int table_header(struct table *t, const char *const *names, size_t n, size_t *ret,
	size_t *ret_width)
{
	struct str cells[CELLS_MAX];
	size_t width;
	if (!table_next(t))
		return wrong(t, "there is no header line", t->line);
	int r = table_cells(t, cells, &width);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		ret[i] = 0;
		while (ret[i] < width && !str_eq(cells[ret[i]], str_c(names[i])))
			ret[i]++;
		if (ret[i] == width)
			return wrong(t, "the header line lacks", str_c(names[i]));
	}
	*ret_width = width;
	return 0;
}

/* The line's cells in the order of the wanted names; "-" becomes absent. */
static int table_row(
	struct table *t, const size_t *at, size_t n, size_t width, struct str *ret)
{
	struct str cells[CELLS_MAX];
	size_t found;
	int r = table_cells(t, cells, &found);
	if (r < 0)
		return r;
	if (found != width)
		return wrong(t, "another number of cells than the header in", t->line);
	for (size_t i = 0; i < n; i++) {
		ret[i] = cells[at[i]];
		if (str_empty(ret[i]))
			return wrong(
				t, "an empty cell (write - for nothing) in", t->line);
		if (str_eq(ret[i], S("-")))
			ret[i] = (struct str){ NULL, 0 };
	}
	return 0;
}

static size_t count_lines(struct str text)
{
	struct table t = { .rest = text };
	size_t n = 0;
	while (table_next(&t))
		n++;
	return n;
}

/* --- cells --- */

static bool is_word(struct str s, const char *also)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		if (!plain && (c == '\0' || strchr(also, c) == NULL))
			return false;
	}
	return s.n > 0;
}

/* "a|b" into words. An absent cell is an empty list. */
static int read_list(
	struct table *t, struct str cell, char separator, struct str_list *ret)
{
	struct str words[CATALOGUE_LIST_MAX], word;
	size_t n = 0;
	while (str_split(&cell, separator, &word)) {
		if (!is_word(word, "_-."))
			return wrong(t, "not a name:", word);
		if (n == N(words))
			return wrong(t, "too many names up to", word);
		words[n++] = word;
	}
	struct str *p = arena_array(t->arena, n, sizeof(*p));
	if (n)
		memcpy(p, words, n * sizeof(*p));
	*ret = (struct str_list){ p, n };
	return 0;
}

/* "@a|@b|word". */
static int read_choice(struct table *t, struct str cell, struct choice *ret)
{
	struct str columns = cell;
	struct choice c = { 0 };
	size_t bar = str_rfind(cell, '|');
	struct str tail = bar < cell.n ? str_from(cell, bar + 1) : cell;
	if (cell.p && !str_starts(tail, S("@"))) {
		if (!is_word(tail, "-"))
			return wrong(t, "not a word:", tail);
		c.word = tail;
		columns = bar < cell.n ? str_to(cell, bar) : (struct str){ NULL, 0 };
	}
	char *names = arena_alloc(t->arena, columns.n + 1), *to = names;
	struct str part;
	for (struct str rest = columns; str_split(&rest, '|', &part);) {
		if (!scan_char(&part, '@'))
			return wrong(t, "a column begins with @, here not:", part);
		if (to != names)
			*to++ = '|';
		if (part.n)
			memcpy(to, part.p, part.n);
		to += part.n;
	}
	struct str list = { columns.p ? names : NULL, (size_t)(to - names) };
	int r = read_list(t, list, '|', &c.columns);
	if (r < 0)
		return r;
	*ret = c;
	return 0;
}

static int read_overrides(struct table *t, struct str cell, struct report_type *ret)
{
	struct column_override list[CATALOGUE_LIST_MAX];
	struct str part;
	size_t n = 0;
	while (str_split(&cell, ',', &part)) {
		size_t eq = str_find(part, '=');
		struct column_override o = { str_to(part, eq), str_from(part, eq + 1) };
		if (!is_word(o.column, "_") || !is_word(o.field, "._"))
			return wrong(t, "not COLUMN=FIELD:", part);
		if (n == N(list))
			return wrong(t, "too many overrides up to", part);
		list[n++] = o;
	}
	struct column_override *p = arena_array(t->arena, n, sizeof(*p));
	if (n)
		memcpy(p, list, n * sizeof(*p));
	ret->overrides = p;
	ret->n_overrides = n;
	return 0;
}

static int read_yes(
	struct table *t, struct str cell, const char *yes, const char *no, bool *ret)
{
	if (!str_eq(cell, str_c(yes)) && !str_eq(cell, str_c(no)))
		return wrong(t, "neither of the two words possible here:", cell);
	*ret = str_eq(cell, str_c(yes));
	return 0;
}

/* "address" or "name:a|b". */
static int read_place(struct table *t, struct str cell, struct report_type *ret)
{
	ret->by_name = scan_lit(&cell, "name:");
	if (ret->by_name)
		return read_list(t, cell, '|', &ret->names);
	return str_eq(cell, S("address")) ? 0 : wrong(t, "not a place:", cell);
}

/* --- types --- */

enum {
	T_TYPE,
	T_NAME,
	T_CLASS,
	T_RSIT,
	T_IDENTIFIER,
	T_SEVERITY,
	T_SIDE,
	T_PLACE,
	T_PORT,
	T_APPLICATION,
	T_TRANSPORT,
	T_KIND,
	T_TWIN,
	T_FAMILY,
	T_QUIET,
	T_OVERRIDES,
	T_ALIASES,
	T_N
};
static const char *const type_cells[T_N] = { "type", "name", "class", "rsit_type",
	"identifier", "severity", "side", "place", "service_port", "application",
	"transport", "kind", "twin", "family", "quiet", "overrides", "aliases" };

static int read_type_words(
	struct table *t, const struct str cell[T_N], struct report_type *ret)
{
	static const int words[] = { T_TYPE, T_CLASS, T_RSIT };
	for (size_t i = 0; i < N(words); i++)
		if (!is_word(cell[words[i]], words[i] == T_TYPE ? "_" : "-"))
			return wrong(t, "not a name:", cell[words[i]]);
	static const int perhaps[] = { T_SIDE, T_TRANSPORT, T_TWIN };
	for (size_t i = 0; i < N(perhaps); i++)
		if (cell[perhaps[i]].p && !is_word(cell[perhaps[i]], "_-"))
			return wrong(t, "not a name:", cell[perhaps[i]]);
	if (!utf8_valid(cell[T_NAME]) || cell[T_NAME].n > LIMIT_NAME)
		return wrong(t, "not a name for people:", cell[T_NAME]);
	int64_t quiet;
	if (severity_read(cell[T_SEVERITY], &ret->severity) < 0)
		return wrong(t, "not a severity:", cell[T_SEVERITY]);
	if (!str_int(cell[T_QUIET], 1, 255, &quiet))
		return wrong(t, "not a number from 1 to 255:", cell[T_QUIET]);
	ret->type = cell[T_TYPE];
	ret->name = cell[T_NAME];
	ret->class = cell[T_CLASS];
	ret->rsit_type = cell[T_RSIT];
	ret->side = cell[T_SIDE];
	ret->transport = cell[T_TRANSPORT];
	ret->twin = cell[T_TWIN];
	ret->quiet = (uint8_t)quiet;
	return 0;
}

static int read_type(struct table *t, const struct str cell[T_N], struct report_type *ret)
{
	int r = read_type_words(t, cell, ret);
	ret->exchange = str_eq(cell[T_IDENTIFIER], S("@exchange"));
	if (r == 0 && cell[T_IDENTIFIER].p == NULL)
		r = wrong(t, "a type needs an identifier:", ret->type);
	if (r == 0 && !ret->exchange)
		r = read_choice(t, cell[T_IDENTIFIER], &ret->identifier);
	if (r == 0)
		r = read_place(t, cell[T_PLACE], ret);
	if (r == 0)
		r = read_yes(t, cell[T_PORT], "yes", "no", &ret->port_in_key);
	if (r == 0)
		r = read_choice(t, cell[T_APPLICATION], &ret->application);
	if (r == 0)
		r = read_yes(t, cell[T_KIND], "event", "scan", &ret->is_act);
	if (r == 0)
		r = read_list(t, cell[T_FAMILY], '|', &ret->family);
	if (r == 0)
		r = read_overrides(t, cell[T_OVERRIDES], ret);
	if (r == 0)
		r = read_list(t, cell[T_ALIASES], ',', &ret->aliases);
	return r;
}

static int by_type_name(const void *a, const void *b)
{
	return str_cmp(
		((const struct type_name *)a)->name, ((const struct type_name *)b)->name);
}

/* Names and aliases in one sorted table; one name may not stand for two types. */
static int index_types(struct arena *a, struct why *why, struct catalogue *c)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n_types; i++)
		n += 1 + c->types[i].aliases.n;
	struct type_name *list = arena_array(a, n, sizeof(*list));
	n = 0;
	for (size_t i = 0; i < c->n_types; i++) {
		const struct report_type *t = &c->types[i];
		list[n++] = (struct type_name){ t->type, t };
		for (size_t k = 0; k < t->aliases.n; k++)
			list[n++] = (struct type_name){ t->aliases.p[k], t };
	}
	qsort(list, n, sizeof(*list), by_type_name);
	for (size_t i = 1; i < n; i++)
		if (str_eq(list[i].name, list[i - 1].name))
			return fail(why, E_SYNTAX, "types: '%.*s' stands there twice",
				STR(list[i].name));
	c->by_name = list;
	c->n_by_name = n;
	return 0;
}

static int read_types(
	struct arena *a, struct str text, struct why *why, struct catalogue *ret)
{
	struct table t = { .what = "types", .rest = text, .arena = a, .why = why };
	size_t at[T_N], width, lines = count_lines(text), n = 0;
	if (lines > CATALOGUE_LINES_MAX)
		return fail(why, E_TOO_BIG, "types: over %d lines", CATALOGUE_LINES_MAX);
	struct report_type *types = arena_array(a, lines, sizeof(*types));
	int r = table_header(&t, type_cells, T_N, at, &width);
	while (r == 0 && table_next(&t)) {
		struct str cell[T_N];
		r = table_row(&t, at, T_N, width, cell);
		if (r == 0)
			r = read_type(&t, cell, &types[n++]);
	}
	if (r < 0)
		return r;
	ret->types = types;
	ret->n_types = n;
	return index_types(a, why, ret);
}

/* --- columns --- */

static const char *const kinds[KIND_N] = { "text", "int", "port", "asn", "ip", "time",
	"cc", "host", "url", "email", "severity", "tags", "bool" };

const char *column_kind_text(enum column_kind k)
{
	return kinds[k];
}

static int read_column(struct table *t, const struct str cell[3], struct column *ret)
{
	if (!is_word(cell[0], "_-. ") || !is_word(cell[1], "._"))
		return wrong(t, "not a column and a field:", t->line);
	int k = 0;
	while (k < KIND_N && !str_eq(cell[2], str_c(kinds[k])))
		k++;
	if (k == KIND_N)
		return wrong(t, "not a kind:", cell[2]);
	*ret = (struct column){ cell[0], cell[1], (enum column_kind)k };
	return 0;
}

static int by_column_name(const void *a, const void *b)
{
	return str_cmp((*(const struct column *const *)a)->name,
		(*(const struct column *const *)b)->name);
}

static int read_columns(
	struct arena *a, struct str text, struct why *why, struct catalogue *ret)
{
	static const char *const names[3] = { "column", "field", "kind" };
	struct table t = { .what = "columns", .rest = text, .arena = a, .why = why };
	size_t at[3], width, lines = count_lines(text), n = 0;
	if (lines > CATALOGUE_LINES_MAX)
		return fail(
			why, E_TOO_BIG, "columns: over %d lines", CATALOGUE_LINES_MAX);
	struct column *columns = arena_array(a, lines, sizeof(*columns));
	const struct column **sorted = arena_array(a, lines, sizeof(*sorted));
	int r = table_header(&t, names, 3, at, &width);
	while (r == 0 && table_next(&t)) {
		struct str cell[3];
		r = table_row(&t, at, 3, width, cell);
		sorted[n] = &columns[n];
		if (r == 0)
			r = read_column(&t, cell, &columns[n++]);
	}
	if (r < 0)
		return r;
	qsort(sorted, n, sizeof(*sorted), by_column_name);
	for (size_t i = 1; i < n; i++)
		if (str_eq(sorted[i]->name, sorted[i - 1]->name))
			return fail(why, E_SYNTAX, "columns: '%.*s' stands there twice",
				STR(sorted[i]->name));
	ret->columns = columns;
	ret->n_columns = n;
	ret->by_column = sorted;
	return 0;
}

int catalogue_read(struct arena *a, struct str types, struct str columns, struct why *why,
	struct catalogue *ret)
{
	struct catalogue c = { 0 };
	if (types.n > CATALOGUE_TEXT_MAX || columns.n > CATALOGUE_TEXT_MAX)
		return fail(why, E_TOO_BIG, "a table of the catalogue is over 4 MiB");
	int r = read_types(a, types, why, &c);
	if (r == 0)
		r = read_columns(a, columns, why, &c);
	if (r < 0)
		return r;
	*ret = c;
	return 0;
}

int catalogue_default(struct arena *a, struct why *why, struct catalogue *ret)
{
	struct str types = { (const char *)embed_types, embed_types_len };
	struct str columns = { (const char *)embed_columns, embed_columns_len };
	return catalogue_read(a, types, columns, why, ret);
}

/* --- questions --- */

const struct report_type *catalogue_type(const struct catalogue *c, struct str name)
{
	struct type_name key = { .name = name };
	const struct type_name *at = bsearch(
		&key, c->by_name, c->n_by_name, sizeof(key), by_type_name);
	return at ? at->type : NULL;
}

const struct column *catalogue_column(const struct catalogue *c, struct str name)
{
	const struct column column = { .name = name }, *key = &column;
	const struct column *const *at = bsearch(
		&key, c->by_column, c->n_columns, sizeof(key), by_column_name);
	return at ? *at : NULL;
}

struct str catalogue_field(
	const struct catalogue *c, const struct report_type *t, struct str column)
{
	for (size_t i = 0; t && i < t->n_overrides; i++)
		if (str_eq(t->overrides[i].column, column))
			return t->overrides[i].field;
	const struct column *known = catalogue_column(c, column);
	return known ? known->field : (struct str){ NULL, 0 };
}

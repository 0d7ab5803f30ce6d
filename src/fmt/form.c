/* SPDX-License-Identifier: Apache-2.0
 * form.c - forms and queries: see form.h. Depends on: base. */
#include "fmt/form.h"

#include "base/utf8.h"

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 32) >= 'a' && (c | 32) <= 'f')
		return (c | 32) - 'a' + 10;
	return -1;
}

static bool allowed(unsigned char c)
{
	return (c >= ' ' && c != 0x7f) || c == '\n' || c == '\t';
}

/* One character off the front of *s, decoded; -1 when the escape is broken. */
static int take(struct str *s, bool plus)
{
	char c = s->p[0];
	if (c == '+' && plus)
		c = ' ';
	if (c == '%') {
		int high = s->n > 2 ? hex(s->p[1]) : -1;
		int low = s->n > 2 ? hex(s->p[2]) : -1;
		if (high < 0 || low < 0)
			return -1;
		c = (char)(high << 4 | low);
		*s = str_from(*s, 2);
	}
	*s = str_from(*s, 1);
	return (unsigned char)c;
}

int form_decode(struct str text, bool plus, struct arena *a, struct str *ret)
{
	char *out = arena_alloc(a, text.n + 1);
	size_t n = 0;
	bool after_cr = false;
	while (text.n > 0) {
		int c = take(&text, plus);
		if (after_cr && c != '\n')
			return E_SYNTAX;
		after_cr = c == '\r';
		if (after_cr)
			continue;
		if (c < 0 || !allowed((unsigned char)c))
			return E_SYNTAX;
		out[n++] = (char)c;
	}
	struct str done = { out, n };
	if (after_cr || !utf8_valid(done))
		return E_SYNTAX;
	*ret = done;
	return 0;
}

static bool name_like(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		if (!letter && c != '_' && c != '-')
			return false;
	}
	return s.n > 0 && s.n <= 40;
}

int form_read(struct str text, struct arena *a, struct form *ret)
{
	struct form f = { 0 };
	struct str one;
	size_t most = text.n > 0;
	for (size_t i = 0; i < text.n; i++)
		most += text.p[i] == '&';
	if (most > FORM_FIELDS_MAX)
		return E_TOO_BIG;
	f.v = arena_array(a, most + 1, sizeof(*f.v));
	while (text.n > 0 && str_split(&text, '&', &one)) {
		size_t eq = str_find(one, '=');
		struct form_field *field = &f.v[f.n];
		if (eq == one.n)
			return E_SYNTAX;
		field->name = str_to(one, eq);
		int r = form_decode(str_from(one, eq + 1), true, a, &field->value);
		if (r < 0 || !name_like(field->name))
			return E_SYNTAX;
		f.n++;
	}
	if (text.p && text.n == 0 && most > f.n)
		return E_SYNTAX; /* an "&" at the end */
	*ret = f;
	return 0;
}

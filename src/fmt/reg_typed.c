/* SPDX-License-Identifier: Apache-2.0
 * reg_typed.c - one value of the register, typed: see reg_typed.h. Depends on: base. */
#include "fmt/reg_typed.h"

#include "base/utf8.h"
#include "fmt/reg_int.h"

static int done(enum reg_fault f)
{
	return f == REG_OK ? 0 : E_SYNTAX;
}

int reg_typed_net(struct str s, struct net *ret)
{
	struct ip first, last;
	s = str_trim(s);
	if (str_find(s, '-') < s.n || reg_read_place(s, &first, &last) != REG_OK)
		return E_SYNTAX;
	return net_read(s, ret);
}

int reg_typed_asn(struct str s, uint32_t *ret)
{
	return done(reg_read_asn(str_trim(s), ret));
}

int reg_typed_domain(struct arena *a, struct str s, struct str *ret)
{
	return done(reg_read_domain(a, str_trim(s), ret));
}

int reg_typed_email(struct arena *a, struct str s, struct str *ret)
{
	return done(reg_read_email(a, str_trim(s), ret));
}

/* Absent is empty. */
static bool is_empty(struct str *s, struct str *ret)
{
	*s = str_trim(s->p ? *s : S(""));
	if (s->n == 0)
		*ret = S("");
	return s->n == 0;
}

int reg_typed_phone(struct str s, struct str *ret)
{
	return is_empty(&s, ret) ? 0 : done(reg_read_phone(s, ret));
}

int reg_typed_pgp(struct arena *a, struct str s, struct str *ret)
{
	return is_empty(&s, ret) ? 0 : done(reg_read_pgp(a, s, ret));
}

int reg_typed_language(struct str s, struct str *ret)
{
	return is_empty(&s, ret) ? 0 : done(reg_read_language(s, ret));
}

int reg_typed_words(struct arena *a, struct str s, size_t max, struct str *ret)
{
	if (is_empty(&s, ret))
		return 0;
	if (!utf8_valid(s) || s.n > max)
		return E_SYNTAX;
	struct str clean = reg_clean(a, s);
	if (clean.n > max)
		return E_SYNTAX;
	*ret = clean;
	return 0;
}

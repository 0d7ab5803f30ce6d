/* SPDX-License-Identifier: Apache-2.0
 * reg_cell.c - what stands in one cell of a register file. Depends on: base,
 * fmt/reg_int. */
#include "base/lang.h"
#include "base/utf8.h"
#include "fmt/mime_out.h"
#include "fmt/reg_int.h"

/* What a person means as a blank: also line ends, NBSP and the spaces of typesetting. */
static bool is_blank(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0 || c == 0x1680 ||
		(c >= 0x2000 && c <= 0x200b) || c == 0x2028 || c == 0x2029 ||
		c == 0x202f || c == 0x205f || c == 0x3000 || c == 0xfeff;
}

struct str reg_clean(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;
	bool blank = false;
	while (s.n > 0) {
		uint32_t c = 0;
		int k = utf8_next(s, &c);
		size_t take = k ? (size_t)k : 1;
		if (k && is_blank(c)) {
			blank = n > 0;
		} else {
			if (blank)
				out[n++] = ' ';
			blank = false;
			memcpy(out + n, s.p, take);
			n += take;
		}
		s = str_from(s, take);
	}
	return utf8_escape(a, (struct str){ out, n });
}

struct str reg_close_up(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;
	while (s.n > 0) {
		bool spaced = s.p[0] == ' ';
		struct str t = spaced ? str_from(s, 1) : s;
		char mark = 0;
		if (scan_lit(&t, "\xe2\x80\x93") || scan_lit(&t, "\xe2\x80\x94") ||
			scan_char(&t, '-'))
			mark = '-';
		else if (scan_char(&t, '/'))
			mark = '/';
		if (mark) {
			out[n++] = mark;
			(void)scan_char(&t, ' ');
			s = t;
			continue;
		}
		out[n++] = s.p[0];
		s = str_from(s, 1);
	}
	return (struct str){ out, n };
}

static bool is_separator(char c)
{
	return c == ' ' || c == ';' || c == ',' || c == '|' || c == '\t' || c == '\n' ||
		c == '\r';
}

bool reg_piece(struct str *s, struct str *ret)
{
	while (s->n > 0 && is_separator(s->p[0]))
		*s = str_from(*s, 1);
	size_t n = 0;
	while (n < s->n && !is_separator(s->p[n]))
		n++;
	*ret = str_to(*s, n);
	*s = str_from(*s, n);
	return n > 0;
}

/* False when a was the last address there is. */
static bool next_ip(struct ip *a)
{
	for (int i = 15; i >= 0; i--)
		if (++a->b[i] != 0)
			return true;
	return false;
}

int reg_split_range(struct ip first, const struct ip *last, const struct reg_nets *out,
	struct why *why)
{
	for (;;) {
		struct net n = net_of(&first, 128);
		while (n.len > 0) {
			struct net wider = net_of(&first, n.len - 1u);
			struct ip end = net_last(&wider);
			if (ip_cmp(&wider.ip, &first) != 0 || ip_cmp(&end, last) > 0)
				break;
			n = wider;
		}
		int r = out->net(out->ctx, &n, why);
		first = net_last(&n);
		if (r < 0 || ip_cmp(&first, last) >= 0 || !next_ip(&first))
			return r;
	}
}

static bool too_wide(const struct net *n)
{
	bool four = n->len >= 96 && ip_is4(&n->ip);
	return four ? n->len < 96 + 8 : n->len < 16;
}

static enum reg_fault check_range(const struct ip *first, const struct ip *last)
{
	struct net n = net_of(first, 128);
	if (ip_is4(first) != ip_is4(last) || ip_cmp(first, last) > 0)
		return REG_BAD_PREFIX;
	while (n.len > 0 && !net_has(&n, last))
		n = net_of(first, n.len - 1u);
	return too_wide(&n) ? REG_WIDE_PREFIX : REG_OK;
}

enum reg_fault reg_read_place(struct str s, struct ip *ret_first, struct ip *ret_last)
{
	struct net n;
	struct ip first, last;
	size_t dash = str_find(s, '-');
	if (dash < s.n) {
		if (ip_read(str_to(s, dash), &first) < 0 ||
			ip_read(str_from(s, dash + 1), &last) < 0)
			return REG_BAD_PREFIX;
		enum reg_fault f = check_range(&first, &last);
		if (f == REG_OK) {
			*ret_first = first;
			*ret_last = last;
		}
		return f;
	}
	if (net_read(s, &n) < 0 || ip_read(str_to(s, str_find(s, '/')), &first) < 0)
		return REG_BAD_PREFIX;
	if (n.len == 128 && ip_is_zero(&n.ip))
		return REG_BAD_PREFIX;
	if (too_wide(&n))
		return REG_WIDE_PREFIX;
	*ret_first = n.ip;
	*ret_last = net_last(&n);
	return ip_cmp(&first, &n.ip) == 0 ? REG_OK : REG_HOST_BITS;
}

enum reg_fault reg_read_asn(struct str s, uint32_t *ret)
{
	uint32_t asn;
	if (s.n > 2 &&
		(str_starts(s, S("AS")) || str_starts(s, S("as")) ||
			str_starts(s, S("As"))))
		s = str_trim(str_from(s, 2));
	if (asn_read(s, &asn) < 0 || asn == 0 || asn == UINT32_MAX)
		return REG_BAD_ASN;
	*ret = asn;
	return REG_OK;
}

enum reg_fault reg_read_email(struct arena *a, struct str s, struct str *ret)
{
	struct str domain;
	if (s.n > 7 && str_eq_nocase(str_to(s, 7), S("mailto:")))
		s = str_from(s, 7);
	if (s.n > 2 && s.p[0] == '<' && s.p[s.n - 1] == '>')
		s = (struct str){ s.p + 1, s.n - 2 };
	size_t at = str_rfind(s, '@');
	if (at == s.n || domain_read(a, str_from(s, at + 1), &domain) < 0)
		return REG_BAD_EMAIL;
	struct buf b = buf_in(a, LIMIT_KEY_FIELD);
	if (buf_addf(&b, "%.*s@%.*s", (int)at, s.p, STR(domain)) < 0 ||
		!mime_address_ok(buf_str(&b)))
		return REG_BAD_EMAIL;
	*ret = buf_str(&b);
	return REG_OK;
}

/* Digits with the marks people put between them; a plus only in front. What a spreadsheet
 * made of a long number, 9.99E+11, is none. */
enum reg_fault reg_read_phone(struct str s, struct str *ret)
{
	size_t digits = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool digit = c >= '0' && c <= '9';
		bool plus = c == '+' && digits == 0;
		if (!digit && !plus && memchr(" ()-./ext", c, 9) == NULL)
			return REG_BAD_PHONE;
		digits += digit;
	}
	if (digits < 3 || s.n > 40)
		return REG_BAD_PHONE;
	*ret = s;
	return REG_OK;
}

enum reg_fault reg_read_pgp(struct arena *a, struct str s, struct str *ret)
{
	char *out = arena_alloc(a, 65);
	size_t n = 0;
	if (!scan_lit(&s, "0x"))
		(void)scan_lit(&s, "0X");
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == ' ' || c == ':')
			continue;
		if (c >= 'a' && c <= 'f')
			c = (char)(c - 'a' + 'A');
		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F')) || n == 64)
			return REG_BAD_PGP;
		out[n++] = c;
	}
	if (n != 40 && n != 64) /* shorter key ids can be made to collide */
		return REG_BAD_PGP;
	*ret = (struct str){ out, n };
	return REG_OK;
}

enum reg_fault reg_read_domain(struct arena *a, struct str s, struct str *ret)
{
	if (!scan_lit(&s, "*."))
		(void)(scan_char(&s, '.') || scan_char(&s, '@'));
	if (str_find(s, '/') < s.n)
		s = url_host(s);
	return domain_read(a, s, ret) < 0 ? REG_BAD_DOMAIN : REG_OK;
}

enum reg_fault reg_read_country(struct arena *a, struct str s, struct str *ret)
{
	if (s.n == 0 || str_eq(s, S("-"))) {
		*ret = S("ZZ");
		return REG_OK;
	}
	char *out = arena_alloc(a, 3);
	if (s.n != 2)
		return REG_BAD_COUNTRY;
	for (size_t i = 0; i < 2; i++) {
		char c = s.p[i];
		out[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
		if (out[i] < 'A' || out[i] > 'Z')
			return REG_BAD_COUNTRY;
	}
	*ret = (struct str){ out, 2 };
	return REG_OK;
}

enum reg_fault reg_read_language(struct str s, struct str *ret)
{
	static const char *const english[LANG_N] = { "English", "French", "Spanish",
		"Arabic", "Russian", "Chinese" };
	enum lang l;
	bool found = lang_parse(s, &l) == 0;
	for (int i = 0; !found && i < LANG_N; i++) {
		l = (enum lang)i;
		found = str_eq_nocase(s, str_c(english[i])) ||
			str_eq_nocase(s, str_c(lang_name(l)));
	}
	if (!found)
		return REG_BAD_LANGUAGE;
	*ret = str_c(lang_code(l));
	return REG_OK;
}

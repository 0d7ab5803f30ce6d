/* SPDX-License-Identifier: Apache-2.0
 * pgp_mime.c - a mail signed or encrypted: see pgp_mime.h. Depends on: base. */
#include "fmt/pgp_mime.h"

#include "base/hash.h"

#include <stdio.h>

#define LINE_MAX_BYTES 998

/* Cuts one header field off *rest: its line and the folded ones after it. */
static bool take_field(struct str *rest, struct str *ret)
{
	size_t n = 0;
	do {
		struct str tail = str_from(*rest, n);
		size_t end = str_search(tail, S("\r\n"));
		if (end == tail.n)
			return false;
		n += end + 2;
	} while (n < rest->n && (rest->p[n] == ' ' || rest->p[n] == '\t'));
	*ret = str_to(*rest, n);
	*rest = str_from(*rest, n);
	return true;
}

static bool name_is(struct str name, const char *want)
{
	return str_eq_nocase(name, str_c(want));
}

static bool is_copied(struct str name)
{
	static const char *const copied[] = { "From", "Reply-To", "To", "Date", "Subject",
		"Message-ID" };
	bool found = false;
	for (size_t i = 0; i < N(copied); i++)
		found = found || name_is(name, copied[i]);
	return found;
}

struct heads {
	struct buf outer, content, copy;
	bool typed;
};

static int put_field(struct heads *h, struct str field)
{
	size_t colon = str_find(field, ':');
	struct str name = str_to(field, colon);
	if (colon == field.n || colon == 0 || str_find(name, ' ') < colon ||
		str_find(name, '\r') < colon)
		return E_SYNTAX;
	if (name_is(name, "MIME-Version"))
		return 0;
	if (name_is(str_to(name, 8), "Content-")) {
		bool type = name_is(name, "Content-Type");
		if (type && h->typed)
			return E_SYNTAX;
		h->typed = h->typed || type;
		int r = buf_add(&h->content, type ? str_to(field, field.n - 2) : field);
		return r == 0 && type
			? buf_add(&h->content, S(";\r\n protected-headers=\"v1\"\r\n"))
			: r;
	}
	int r = buf_add(&h->outer, field);
	return r == 0 && is_copied(name) ? buf_add(&h->copy, field) : r;
}

/* What the signature covers must arrive as it left. */
static bool canonical(struct str s)
{
	while (s.n > 0) {
		size_t end = str_find(s, '\n');
		if (end == s.n || end == 0 || s.p[end - 1] != '\r' ||
			end > LINE_MAX_BYTES + 1)
			return false;
		for (size_t i = 0; i + 1 < end; i++) {
			unsigned char c = (unsigned char)s.p[i];
			if (c >= 0x7f || (c < ' ' && c != '\t'))
				return false;
		}
		if (end > 1 && (s.p[end - 2] == ' ' || s.p[end - 2] == '\t'))
			return false;
		s = str_from(s, end + 1);
	}
	return true;
}

static int choose_boundary(struct pgp_mime *m, struct why *why)
{
	char hex[SHA256_HEX + 1];
	struct sha256 h = sha256_of(m->part);
	(void)snprintf(
		m->boundary, sizeof(m->boundary), "=_pgp_%.32s", sha256_text(&h, hex));
	if (str_search(m->part, str_c(m->boundary)) < m->part.n)
		return fail(why, E_SYNTAX, "the mail holds its own boundary");
	return 0;
}

int pgp_mime_split(
	struct arena *a, struct str mail, struct why *why, struct pgp_mime *ret)
{
	size_t max = mail.n + KIB(64);
	struct heads h = {
		.outer = buf_in(a, max), .content = buf_in(a, max), .copy = buf_in(a, max)
	};
	struct pgp_mime m = { 0 };
	struct str rest = mail, field;
	int r = 0;
	while (r == 0 && !str_starts(rest, S("\r\n"))) {
		if (!take_field(&rest, &field))
			return fail(why, E_SYNTAX, "the mail's headers do not end");
		r = put_field(&h, field);
	}
	if (r < 0 || !h.typed)
		return fail(why, E_SYNTAX, "the mail has headers that cannot be signed");
	r = buf_add(&h.content, buf_str(&h.copy));
	if (r == 0)
		r = buf_add(&h.content, rest);
	if (r < 0)
		return fail(why, r, "the mail is too large to be signed");
	m.outer = buf_str(&h.outer);
	m.part = buf_str(&h.content);
	if (!canonical(m.part) || !canonical(m.outer))
		return fail(why, E_SYNTAX, "the mail would be changed on its way");
	r = choose_boundary(&m, why);
	if (r == 0)
		*ret = m;
	return r;
}

/* gpg's armour in lines of CRLF; nothing but armour. */
static int put_armour(struct str s, const char *kind, struct why *why, struct buf *out)
{
	char head[60];
	struct str line;
	(void)snprintf(head, sizeof(head), "-----BEGIN PGP %s-----\n", kind);
	if (!str_starts(s, str_c(head)))
		return fail(why, E_SYNTAX, "gpg's answer is no %s", kind);
	int r = 0;
	while (r == 0 && s.n > 0 && str_split(&s, '\n', &line)) {
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		for (size_t i = 0; i < line.n; i++)
			if (line.p[i] < ' ' || line.p[i] > '~')
				return fail(why, E_SYNTAX, "gpg's answer is no armour");
		r = buf_add(out, line);
		if (r == 0)
			r = buf_add(out, S("\r\n"));
	}
	return r < 0 ? fail(why, r, "the sealed mail is too large") : 0;
}

static int put_head(const struct pgp_mime *m, const char *type, struct buf *out)
{
	int r = buf_add(out, m->outer);
	return r < 0
		? r
		: buf_addf(out,
			  "MIME-Version: 1.0\r\nContent-Type: %s;\r\n boundary=\"%s\"\r\n"
			  "\r\n--%s\r\n",
			  type, m->boundary, m->boundary);
}

int pgp_mime_signed(const struct pgp_mime *m, struct str signature, struct str micalg,
	struct why *why, struct buf *out)
{
	char type[120];
	(void)snprintf(type, sizeof(type),
		"multipart/signed; micalg=%.*s;\r\n "
		"protocol=\"application/pgp-signature\"",
		STR(str_to(micalg, 20)));
	int r = put_head(m, type, out);
	if (r == 0)
		r = buf_add(out, m->part);
	if (r == 0)
		r = buf_addf(out,
			"\r\n--%s\r\nContent-Type: application/pgp-signature; "
			"name=\"signature.asc\"\r\n"
			"Content-Description: OpenPGP digital signature\r\n\r\n",
			m->boundary);
	if (r == 0)
		r = put_armour(signature, "SIGNATURE", why, out);
	if (r == 0)
		r = buf_addf(out, "\r\n--%s--\r\n", m->boundary);
	return r < 0 ? fail(why, r, "the sealed mail is too large") : 0;
}

int pgp_mime_encrypted(
	const struct pgp_mime *m, struct str message, struct why *why, struct buf *out)
{
	int r = put_head(m,
		"multipart/encrypted;\r\n protocol=\"application/pgp-encrypted\"", out);
	if (r == 0)
		r = buf_addf(out,
			"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
			"\r\n--%s\r\n"
			"Content-Type: application/octet-stream; "
			"name=\"encrypted.asc\"\r\n"
			"Content-Disposition: inline; filename=\"encrypted.asc\"\r\n\r\n",
			m->boundary);
	if (r == 0)
		r = put_armour(message, "MESSAGE", why, out);
	if (r == 0)
		r = buf_addf(out, "\r\n--%s--\r\n", m->boundary);
	return r < 0 ? fail(why, r, "the sealed mail is too large") : 0;
}

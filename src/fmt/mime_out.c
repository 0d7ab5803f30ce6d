/* SPDX-License-Identifier: Apache-2.0
 * mime_out.c - writing one mail message: see mime_out.h. Here: headers and the frame; how
 * text and bytes are encoded is in mime_body.c. Depends on: base, fmt/mime_int. */
#include "base/date.h"
#include "base/net.h"
#include "base/utf8.h"
#include "fmt/mime_int.h"

#define FILE_NAME_MAX 255
#define SEGMENT	      54 /* of a percent-encoded file name on one line */

static bool is_atext(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') ||
		(c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool is_dot_atom(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool inner_dot = s.p[i] == '.' && i > 0 && i + 1 < s.n &&
			s.p[i - 1] != '.';
		if (!is_atext(s.p[i]) && !inner_dot)
			return false;
	}
	return s.n > 0;
}

bool mime_address_ok(struct str s)
{
	size_t at = str_rfind(s, '@');
	if (at == s.n || at > 64 || s.n > 254 || !is_dot_atom(str_to(s, at)))
		return false;
	/* "=?x?=" is a dot-atom and an encoded word as well. */
	return str_search(s, S("=?")) == s.n && domain_is_plain(str_from(s, at + 1));
}

static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((uint8_t)s.p[i] >= 0x80)
			return false;
	return true;
}

bool mime_text_ok(struct str s)
{
	uint32_t c;
	if (s.n > MIME_VALUE_MAX || str_search(s, S("=?")) < s.n)
		return false;
	while (s.n > 0) {
		int n = utf8_next(s, &c);
		if (n == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 ||
			c == 0x2029)
			return false;
		s = str_from(s, (size_t)n);
	}
	return true;
}

void mime_put(struct mime_writer *w, struct str s)
{
	if (w->err < 0)
		return;
	int r = buf_add(w->out, s);
	if (r < 0)
		w->err = fail(w->why, r, "the message is larger than %zu bytes",
			w->out->ceiling);
	size_t end = str_rfind(s, '\n');
	w->col = end < s.n ? s.n - end - 1 : w->col + s.n;
}

static void put_c(struct mime_writer *w, const char *z)
{
	mime_put(w, str_c(z));
}

static void refuse(struct mime_writer *w, const char *what, struct str value)
{
	if (w->err == 0)
		w->err = fail(w->why, E_SYNTAX, "%s cannot be written in a mail: '%.*s'",
			what, STR(utf8_escape(w->out->arena, str_to(value, 80))));
}

/* RFC 2047: as many encoded words as are needed, never cutting a character. */
static void put_encoded(struct mime_writer *w, struct str s)
{
	while (s.n > 0 && w->err == 0) {
		if (w->col > MIME_LINE - 24)
			put_c(w, "\r\n ");
		size_t room = (MIME_LINE - w->col - 12) / 4 * 3;
		struct str piece = utf8_cut(s, room);
		put_c(w, "=?UTF-8?B?");
		mime_put_base64(w, piece, false);
		put_c(w, "?=");
		s = str_from(s, piece.n);
		if (s.n > 0)
			put_c(w, "\r\n ");
	}
}

/* Breaks lines before blanks, which stay where they were. */
static void put_folded(struct mime_writer *w, struct str s)
{
	bool first = true;
	while (s.n > 0) {
		struct str tail = str_from(s, 1);
		size_t n = s.p[0] == ' ' ? 1 + str_find(tail, ' ') : str_find(s, ' ');
		if (!first && w->col + n > MIME_LINE)
			put_c(w, "\r\n");
		mime_put(w, str_to(s, n));
		s = str_from(s, n);
		first = false;
	}
}

static void put_text(struct mime_writer *w, struct str s)
{
	bool blanks = s.n > 0 &&
		(s.p[0] == ' ' || s.p[s.n - 1] == ' ' || str_search(s, S("  ")) < s.n);
	if (is_ascii(s) && !blanks)
		put_folded(w, s);
	else
		put_encoded(w, s);
}

static void put_header(struct mime_writer *w, struct str name, struct str value)
{
	if (!mime_text_ok(value)) {
		refuse(w, "this header value", value);
		return;
	}
	mime_put(w, name);
	put_c(w, ": ");
	put_text(w, value);
	put_c(w, "\r\n");
}

static void put_address(struct mime_writer *w, const struct mime_address *a)
{
	if (!mime_address_ok(a->address))
		refuse(w, "this mail address", a->address);
	if (!mime_text_ok(a->name))
		refuse(w, "this name", a->name);
	if (w->err < 0)
		return;
	if (a->name.n == 0) {
		mime_put(w, a->address);
		return;
	}
	if (is_ascii(a->name) && a->name.n <= 50) {
		put_c(w, "\"");
		for (size_t i = 0; i < a->name.n; i++) {
			if (a->name.p[i] == '"' || a->name.p[i] == '\\')
				put_c(w, "\\");
			mime_put(w, (struct str){ a->name.p + i, 1 });
		}
		put_c(w, "\"");
	} else {
		put_encoded(w, a->name);
	}
	put_c(w, w->col + a->address.n + 3 > MIME_LINE ? "\r\n <" : " <");
	mime_put(w, a->address);
	put_c(w, ">");
}

static void put_addresses(struct mime_writer *w, const char *header,
	const struct mime_address *list, size_t n)
{
	put_c(w, header);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			put_c(w, ",\r\n ");
		put_address(w, &list[i]);
	}
	put_c(w, "\r\n");
}

static void put_date(struct mime_writer *w, int64_t date)
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat",
		"Sun" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	int year, month, day;
	int32_t d = day_of(date);
	int64_t s = date - day_start(d);
	day_split(d, &year, &month, &day);
	if (w->err == 0)
		w->err = buf_addf(w->out, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n",
			days[day_weekday(d)], day, months[month - 1], year,
			(int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}

static void put_message_id(struct mime_writer *w, struct str id)
{
	size_t at = str_find(id, '@');
	if (at == id.n || id.n > 200 || !is_dot_atom(str_to(id, at)) ||
		!is_dot_atom(str_from(id, at + 1)))
		refuse(w, "this Message-ID", id);
	put_c(w, "Message-ID: <");
	mime_put(w, id);
	put_c(w, ">\r\n");
}

static bool is_token(struct str s, const char *more)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9');
		if (!word && (c == '\0' || strchr(more, c) == NULL))
			return false;
	}
	return s.n > 0;
}

static void put_extra(struct mime_writer *w, const struct mime_header *h)
{
	if (!is_token(h->name, "-") || h->name.n > 60)
		refuse(w, "this header name", h->name);
	put_header(w, h->name, h->value);
}

/* RFC 2231: the characters that may stand as they are; all others as %XX, in segments. */
static void put_file_name(struct mime_writer *w, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";
	char line[SEGMENT + 4];
	bool many = false;
	int segment = 0;
	while (s.n > 0 && w->err == 0) {
		size_t n = 0;
		while (s.n > 0 && n < SEGMENT) {
			uint8_t b = (uint8_t)s.p[0];
			if (is_token(str_to(s, 1), "-._~")) {
				line[n++] = (char)b;
			} else {
				line[n++] = '%';
				line[n++] = hex[b >> 4];
				line[n++] = hex[b & 15];
			}
			s = str_from(s, 1);
		}
		many = many || s.n > 0;
		if (!many)
			w->err = buf_addf(
				w->out, ";\r\n filename*=UTF-8''%.*s", (int)n, line);
		else
			w->err = buf_addf(w->out, ";\r\n filename*%d*=%s%.*s", segment,
				segment == 0 ? "UTF-8''" : "", (int)n, line);
		segment++;
	}
}

static void put_attachment(struct mime_writer *w, const struct mime_attachment *a)
{
	struct str name = a->file_name;
	if (!mime_text_ok(name) || name.n == 0 || name.n > FILE_NAME_MAX ||
		str_find(name, '/') < name.n || str_find(name, '\\') < name.n)
		refuse(w, "this file name", name);
	if (!is_ascii(a->type) || str_find(a->type, '/') == a->type.n)
		refuse(w, "this media type", a->type);
	put_header(w, S("Content-Type"), a->type);
	put_c(w, "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment");
	if (is_token(name, "-._+ ()") && name.n <= 60) {
		put_c(w, ";\r\n filename=\"");
		mime_put(w, name);
		put_c(w, "\"");
	} else {
		put_file_name(w, name);
	}
	put_c(w, "\r\n\r\n");
	mime_put_base64(w, a->bytes, true);
}

static void put_parts(struct mime_writer *w, const struct mime_message *m)
{
	struct str b = m->boundary;
	if (!is_token(b, "=_-.") || b.n > 60)
		refuse(w, "this boundary", b);
	put_c(w, "Content-Type: multipart/mixed;\r\n boundary=\"");
	mime_put(w, b);
	put_c(w, "\"\r\n\r\n--");
	mime_put(w, b);
	put_c(w, "\r\n");
	size_t from = w->out->n;
	mime_put_text_part(w, m->text, m->language);
	struct str part = str_from(buf_str(w->out), from);
	while (w->err == 0 && part.n > 0) {
		size_t at = str_search(part, S("--"));
		part = str_from(part, at + 2);
		if (str_starts(part, b))
			refuse(w, "this boundary, which the text holds,", b);
	}
	for (size_t i = 0; i < m->n_attachments; i++) {
		put_c(w, "\r\n--");
		mime_put(w, b);
		put_c(w, "\r\n");
		put_attachment(w, &m->attachments[i]);
	}
	put_c(w, "\r\n--");
	mime_put(w, b);
	put_c(w, "--\r\n");
}

int mime_write(const struct mime_message *m, struct why *why, struct buf *out)
{
	struct mime_writer w = { .out = out, .why = why };
	if (m->n_to == 0)
		return fail(why, E_SYNTAX, "a mail needs someone to go to");
	if (m->language.n && !is_token(m->language, "-"))
		refuse(&w, "this language", m->language);
	put_date(&w, m->date);
	put_addresses(&w, "From: ", &m->from, 1);
	if (m->reply_to.address.n)
		put_addresses(&w, "Reply-To: ", &m->reply_to, 1);
	put_addresses(&w, "To: ", m->to, m->n_to);
	put_header(&w, S("Subject"), m->subject);
	put_message_id(&w, m->message_id);
	for (size_t i = 0; i < m->n_extra; i++)
		put_extra(&w, &m->extra[i]);
	put_c(&w, "MIME-Version: 1.0\r\n");
	if (m->n_attachments)
		put_parts(&w, m);
	else
		mime_put_text_part(&w, m->text, m->language);
	return w.err;
}

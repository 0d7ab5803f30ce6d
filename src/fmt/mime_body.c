/* SPDX-License-Identifier: Apache-2.0
 * mime_body.c - text and bytes in mail: base64 and quoted-printable (RFC 2045), and which
 * of them a text wants. Depends on: base, fmt/mime_int. */
#include "base/utf8.h"
#include "fmt/mime_int.h"

/* fuzz: writer only */

void mime_put_base64(struct mime_writer *w, struct str s, bool lines)
{
	static const char abc[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char line[MIME_LINE];
	size_t n = 0;
	for (size_t i = 0; i < s.n; i += 3) {
		size_t k = s.n - i < 3 ? s.n - i : 3;
		uint32_t v = 0;
		for (size_t j = 0; j < 3; j++)
			v = v << 8 | (j < k ? (uint8_t)s.p[i + j] : 0u);
		line[n++] = abc[v >> 18];
		line[n++] = abc[v >> 12 & 63];
		line[n++] = k > 1 ? abc[v >> 6 & 63] : '=';
		line[n++] = k > 2 ? abc[v & 63] : '=';
		if (n == MIME_LINE) {
			mime_put(w, (struct str){ line, n });
			if (lines)
				mime_put(w, S("\r\n"));
			n = 0;
		}
	}
	mime_put(w, (struct str){ line, n });
	if (lines && n > 0)
		mime_put(w, S("\r\n"));
}

/* What a text needs. */
struct shape {
	bool bad;	/* controls, a bare CR or no UTF-8: not to be written at all */
	bool simple;	/* ASCII in short lines that no mail program touches */
	size_t escaped; /* bytes that quoted-printable writes as three */
};

static bool touches(struct str line)
{
	return line.n > MIME_LINE || str_starts(line, S("From ")) ||
		str_starts(line, S(".")) ||
		(line.n > 0 && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\t'));
}

static struct shape shape_of(struct str text)
{
	struct shape s = { .bad = !utf8_valid(text), .simple = true };
	struct str line;
	while (text.n > 0 && str_split(&text, '\n', &line)) {
		if (touches(line))
			s.simple = false;
		for (size_t i = 0; i < line.n; i++) {
			uint8_t b = (uint8_t)line.p[i];
			if ((b < 0x20 && b != '\t') || b == 0x7f)
				s.bad = true;
			if (b >= 0x80)
				s.simple = false;
			s.escaped += b >= 0x80 || b == '=';
		}
	}
	return s;
}

static void put_simple(struct mime_writer *w, struct str text)
{
	struct str line;
	while (text.n > 0 && str_split(&text, '\n', &line)) {
		mime_put(w, line);
		mime_put(w, S("\r\n"));
	}
}

/* One character of a line, as quoted-printable writes it: up to 12 bytes. */
static size_t quote(struct str c, bool plain, char to[12])
{
	static const char hex[] = "0123456789ABCDEF";
	size_t n = 0;
	if (plain) {
		to[0] = c.p[0];
		return 1;
	}
	for (size_t i = 0; i < c.n; i++) {
		to[n++] = '=';
		to[n++] = hex[(uint8_t)c.p[i] >> 4];
		to[n++] = hex[(uint8_t)c.p[i] & 15];
	}
	return n;
}

static void put_quoted_line(struct mime_writer *w, struct str line)
{
	struct str whole = line;
	while (line.n > 0) {
		uint32_t c = 0;
		char room[12];
		struct str one = str_to(line, (size_t)utf8_next(line, &c));
		bool first = line.n == whole.n, last = line.n == one.n;
		bool plain = c >= 0x21 && c < 0x7f && c != '=';
		if (c == ' ' || c == '\t')
			plain = !last;
		/* Old mailboxes mark "From ", SMTP doubles a dot: neither at the front of
		 * a line. */
		if (first && (c == '.' || str_starts(whole, S("From "))))
			plain = false;
		size_t n = quote(one, plain, room);
		if (w->col + n > MIME_LINE - (last ? 0 : 1))
			mime_put(w, S("=\r\n"));
		mime_put(w, (struct str){ room, n });
		line = str_from(line, one.n);
	}
	mime_put(w, S("\r\n"));
}

static void put_quoted(struct mime_writer *w, struct str text)
{
	struct str line;
	while (text.n > 0 && str_split(&text, '\n', &line))
		put_quoted_line(w, line);
}

/* Base64 keeps line ends as they are in the bytes: they must be CRLF in there. */
static void put_text_base64(struct mime_writer *w, struct str text)
{
	struct mime_writer crlf = { .why = w->why };
	struct buf b = buf_in(w->out->arena, 2 * text.n + 2);
	crlf.out = &b;
	put_simple(&crlf, text);
	if (w->err == 0)
		w->err = crlf.err;
	mime_put_base64(w, buf_str(&b), true);
}

void mime_put_text_part(struct mime_writer *w, struct str text, struct str language)
{
	struct shape s = shape_of(text);
	size_t quoted = text.n + 2 * s.escaped, base64 = (text.n + 2) / 3 * 4;
	if (s.bad && w->err == 0)
		w->err = fail(w->why, E_SYNTAX,
			"the text holds control characters or is not UTF-8");
	if (w->err < 0)
		return;
	mime_put(w, S("Content-Type: text/plain; charset=utf-8\r\n"));
	if (language.n) {
		mime_put(w, S("Content-Language: "));
		mime_put(w, language);
		mime_put(w, S("\r\n"));
	}
	mime_put(w, S("Content-Transfer-Encoding: "));
	if (s.simple) {
		mime_put(w, S("7bit\r\n\r\n"));
		put_simple(w, text);
	} else if (quoted / 5 * 4 <=
		base64) { /* a bit longer, but it can be read as it is */
		mime_put(w, S("quoted-printable\r\n\r\n"));
		put_quoted(w, text);
	} else {
		mime_put(w, S("base64\r\n\r\n"));
		put_text_base64(w, text);
	}
}

/* SPDX-License-Identifier: Apache-2.0
 * test_mime_out.c - a message to the byte, and what may not be written. That other
 * programs read it as it was meant, in six languages, is tried by
 * test/tools/test_out.py. */
#include "fmt/mime_out.h"
#include "tap.h"

#include <stdlib.h>

static const struct mime_address somebody = { { "", 0 }, { "abuse@b.example", 15 } };
static const struct mime_attachment table = { { "a.csv", 5 }, { "text/csv", 8 },
	{ "a,b\r\n", 5 } };

static struct mime_message simple(void)
{
	return (struct mime_message){ .from = { S("CIRT XT"), S("cirt@xt.example") },
		.to = &somebody,
		.n_to = 1,
		.subject = S("[TLP:AMBER] Two findings"),
		.date = 1780309230,
		.message_id = S("n7@xt.example"),
		.text = S("Hello.\n"),
		.boundary = S("=_n7") };
}

static int write(
	struct arena *a, const struct mime_message *m, size_t ceiling, const char **ret)
{
	struct buf b = buf_in(a, ceiling);
	struct why why = { 0 };
	int r = mime_write(m, &why, &b);
	ok((r < 0) == (why.err < 0) && r == why.err, "%d: %s", r, why.text);
	*ret = str_dup(a, buf_str(&b)).p;
	return r;
}

static void test_bytes(struct arena *a)
{
	struct mime_message m = simple();
	const char *got;
	ok(write(a, &m, KIB(4), &got) == 0, "a message");
	is(got,
		"Date: Mon, 1 Jun 2026 10:20:30 +0000\r\n"
		"From: \"CIRT XT\" <cirt@xt.example>\r\n"
		"To: abuse@b.example\r\n"
		"Subject: [TLP:AMBER] Two findings\r\n"
		"Message-ID: <n7@xt.example>\r\n"
		"MIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n"
		"Content-Transfer-Encoding: 7bit\r\n"
		"\r\n"
		"Hello.\r\n",
		"to the byte");
	struct mime_header extra = { S("Auto-Submitted"), S("auto-generated") };
	m.extra = &extra;
	m.n_extra = 1;
	m.language = S("fr");
	m.reply_to.address = S("reply@xt.example");
	m.subject = S("\xd8\xa8\xd9\x84\xd8\xa7\xd8\xba");
	m.text = S("d\xc3\xa9j\xc3\xa0 vu, d\xc3\xa9j\xc3\xa0 dit, et pourtant: a = b\n");
	m.attachments = &table;
	m.n_attachments = 1;
	ok(write(a, &m, KIB(4), &got) == 0, "a message with everything");
	is(got,
		"Date: Mon, 1 Jun 2026 10:20:30 +0000\r\n"
		"From: \"CIRT XT\" <cirt@xt.example>\r\n"
		"Reply-To: reply@xt.example\r\n"
		"To: abuse@b.example\r\n"
		"Subject: =?UTF-8?B?2KjZhNin2Lo=?=\r\n"
		"Message-ID: <n7@xt.example>\r\n"
		"Auto-Submitted: auto-generated\r\n"
		"MIME-Version: 1.0\r\n"
		"Content-Type: multipart/mixed;\r\n boundary=\"=_n7\"\r\n"
		"\r\n"
		"--=_n7\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n"
		"Content-Language: fr\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n"
		"\r\n"
		"d=C3=A9j=C3=A0 vu, d=C3=A9j=C3=A0 dit, et pourtant: a =3D b\r\n"
		"\r\n"
		"--=_n7\r\n"
		"Content-Type: text/csv\r\n"
		"Content-Transfer-Encoding: base64\r\n"
		"Content-Disposition: attachment;\r\n filename=\"a.csv\"\r\n"
		"\r\n"
		"YSxiDQo=\r\n"
		"\r\n"
		"--=_n7--\r\n",
		"to the byte");
	size_t n = strlen(got);
	ok(write(a, &m, n, &got) == 0, "fits a buffer of its size");
	ok(write(a, &m, n - 1, &got) == E_TOO_BIG, "and no smaller one");
}

static void test_text(void)
{
	char text[MIME_VALUE_MAX + 1];
	memset(text, 'x', sizeof(text));
	ok(mime_text_ok((struct str){ text, MIME_VALUE_MAX }), "a value of the limit");
	ok(!mime_text_ok((struct str){ text, MIME_VALUE_MAX + 1 }), "and one byte more");
	static const struct {
		struct str s;
		bool want;
	} t[] = {
		{ { "", 0 }, true },
		{ { "a = ? b", 7 }, true },
		{ { "a\tb", 3 }, false },
		{ { "a\rb", 3 }, false },
		{ { "a\nb", 3 }, false },
		{ { "a\0b", 3 }, false },
		{ { "a\x7f", 2 }, false },
		{ { "\xc2\x85", 2 }, false },
		{ { "\xe2\x80\xa8", 3 }, false },
		{ { "\xe2\x80\xa9", 3 }, false },
		{ { "\xff", 1 }, false },
		{ { "=?utf-8?q?a?=", 13 }, false },
		{ { "\xd8\xa8 \xe9\x93\xb6", 6 }, true },
	};
	for (size_t i = 0; i < N(t); i++)
		ok(mime_text_ok(t[i].s) == t[i].want, "text %zu", i);
}

static void test_addresses(void)
{
	static const struct {
		const char *s;
		bool want;
	} t[] = {
		{ "abuse@b.example", true },
		{ "a.b+c_d=e@x-y.b.example", true },
		{ "a@xn--bcher-kva.example", true },
		{ "", false },
		{ "a", false },
		{ "@b.example", false },
		{ "a@", false },
		{ "a@b", false },
		{ "a b@c.example", false },
		{ "a@b.example\r\nX: y", false },
		{ "a@b.example,c@d.example", false },
		{ "<a@b.example>", false },
		{ "a..b@c.example", false },
		{ ".a@c.example", false },
		{ "a.@c.example", false },
		{ "\"a\"@c.example", false },
		{ "a@C.example", false },
		{ "a@[192.0.2.1]", false },
		{ "\xc3\xa9@c.example", false },
		{ "=?u?q?a?=@c.example", false },
		{ "a(b)@c.example", false },
		{ "a@b@c.example", false },
	};
	for (size_t i = 0; i < N(t); i++)
		ok(mime_address_ok(str_c(t[i].s)) == t[i].want, "address %zu", i);
}

static void test_refused(struct arena *a)
{
	const char *got;
	for (int i = 0; i < 7; i++) {
		struct mime_message m = simple();
		struct str bad = S("x\r\nBcc: y@z.example");
		struct mime_header extra = { S("X-A"), bad };
		struct mime_attachment part = table;
		if (i == 0)
			m.subject = bad;
		if (i == 1)
			m.from.name = bad;
		if (i == 2)
			m.message_id = bad;
		if (i == 3)
			m.n_to = 0;
		m.extra = &extra;
		m.n_extra = i == 4;
		part.file_name = i == 5 ? bad : S("../a");
		m.attachments = &part;
		m.n_attachments = i == 5 || i == 6;
		ok(write(a, &m, KIB(4), &got) == E_SYNTAX, "refused: %d", i);
	}
	struct mime_message m = simple();
	m.attachments = &table;
	m.n_attachments = 1;
	m.text = S("a\n--=_n7\nb\n");
	ok(write(a, &m, KIB(4), &got) == E_SYNTAX, "a text that holds the boundary");
}

int main(void)
{
	AUTO_ARENA a = arena_new(MIB(4), "test_mime_out");
	test_bytes(&a);
	test_text();
	test_addresses();
	test_refused(&a);
	return tap_end();
}

/* SPDX-License-Identifier: Apache-2.0
 * fuzz_smtp.c - any bytes as a reply, a command, a relay's name, an xtext, a mail for
 * DATA. The first byte chooses. Depends on: fmt/smtp. */
#include "base/utf8.h"
#include "fmt/mime_out.h"
#include "fmt/smtp.h"
#include "fuzz.h"

static void reply(struct arena *a, struct str s)
{
	struct smtp_reply r, part;
	int got = smtp_reply_read(s, &r);
	if (got != 1)
		return;
	must(r.code >= 200 && r.code <= 599 && r.used <= s.n && r.used == r.lines.n);
	struct str text = smtp_reply_text(a, &r, 100);
	must(text.n <= 100 && utf8_clean(text));
	(void)smtp_reply_has(&r, "DSN");
	/* A reply that is not all there is never taken for one. */
	must(smtp_reply_read(str_to(s, r.used - 1), &part) == 0);
}

static void command(struct str s)
{
	struct smtp_command c;
	if (smtp_command_read(s, &c) < 0)
		return;
	if (c.verb == SMTP_RCPT || (c.verb == SMTP_MAIL && c.address.n))
		must(mime_address_ok(c.address));
	must(str_find(c.address, '\r') == c.address.n);
}

static void xtext(struct arena *a, struct str s)
{
	struct str back;
	struct buf b = buf_in(a, MIB(1));
	must(smtp_xtext(&b, s) == 0);
	must(smtp_xtext_read(a, buf_str(&b), &back) == 0 && str_eq(back, s));
	(void)!smtp_xtext_read(a, s, &back);
}

/* Nothing in a mail can end it early, or look like another one. */
static void content(struct arena *a, struct str s)
{
	struct buf b = buf_in(a, MIB(4));
	while (s.n > 0)
		must(smtp_data(&b, &s) == 0);
	struct str all = buf_str(&b), line;
	must(all.n == 0 || str_ends(all, S("\r\n")));
	while (all.n > 0 && str_split(&all, '\n', &line)) {
		must(line.n > 0 && line.p[line.n - 1] == '\r');
		line.n--;
		must(str_find(line, '\r') == line.n && !str_eq(line, S(".")));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct smtp_relay relay;
	if (n == 0 || n > KIB(60))
		return 0;
	AUTO_ARENA a = arena_new(MIB(64), "fuzz_smtp");
	struct str s = { (const char *)data + 1, n - 1 };
	switch (data[0] % 5) {
	case 0:
		reply(&a, s);
		break;
	case 1:
		command(s);
		break;
	case 2:
		xtext(&a, s);
		break;
	case 3:
		content(&a, s);
		break;
	default:
		if (smtp_relay_read(s, &relay) == 0)
			must(relay.host.n > 0 && relay.port > 0);
	}
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 * fuzz_mail_report.c - any bytes as a delivery report, as a bounce in words, as headers:
 * what is read is clean and bounded. Depends on: fmt/mail_report. */
#include "base/utf8.h"
#include "fmt/mail_report.h"
#include "fuzz.h"

static void look_at(const struct mail_recipient *r)
{
	must(r->action < ACTION_N && r->status.n <= 9);
	must(r->text.n <= MAIL_TEXT && utf8_clean(r->text));
	must(r->address.n <= MAIL_ID && utf8_clean(r->address));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str s = { (const char *)data, n };
	struct mail_facts m = { .envid = S("") };
	struct mail_recipient r;
	if (n > KIB(64))
		return 0;
	AUTO_ARENA a = arena_new(MIB(64), "fuzz_mail_report");
	mail_status_read(&a, s, &m);
	must(m.n <= MAIL_RECIPIENTS && m.envid.n <= MAIL_ID && utf8_clean(m.envid));
	for (uint32_t i = 0; i < m.n; i++)
		look_at(&m.v[i]);
	mail_bounce_read(&a, s, &r);
	look_at(&r);
	struct str id = mail_id_in(&a, s);
	must(id.n <= MAIL_ID && (id.n == 0 || str_find(id, '@') < id.n));
	struct str value = mail_header(&a, s, "Message-ID");
	must(utf8_clean(value) && str_find(value, '\n') == value.n);
	return 0;
}

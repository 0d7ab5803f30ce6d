/* SPDX-License-Identifier: Apache-2.0
 * test_contact_check.c - contacts are asked: who, in which words, how often, and what
 * counts as asked. Depends on: core, exchange, SQLite. */
#include "core/outbox.h"
#include "exchange/check.h"

#include "notice_kit.h"

#include <sodium.h>

#define YEAR 365

static struct digest_team team = { { "CIRT", 4 }, { "cirt@cirt.xt.example", 20 },
	{ "+999 1", 6 }, { "https://cirt.example", 20 } };
static const struct outbox_rules rules = {
	.undo_s = 600, .hours = { 0, 1440, DAYS_ALL }, .zone = { "UTC", 3 }
};

static struct check_result draft(struct kit *k, int day)
{
	struct check_opts o = { .lang = LANG_RU,
		.mail_domain = digest_domain(&team),
		.ctx = &team,
		.write = check_write };
	struct check_result res = { .run = -1 };
	k->x.now = KIT_DAY0 + (int64_t)day * DAY_SECONDS;
	k->x.why = (struct why){ 0 };
	if (contact_checks_draft(&k->x, &o, &res) < 0)
		printf("# draft: %s\n", k->x.why.text);
	return res;
}

static bool has(struct str s, const char *z)
{
	return str_search(s, str_c(z)) < s.n;
}

static void country(struct kit *k)
{
	kit_new(k);
	kit_org(k, 1, "Bank `=?x?= of\tXT", "es");
	kit_org(k, 2, "Mill", "");
	kit_contact(k, 1, "soc@bank.xt.example", "security", "ar");
	kit_contact(k, 1, "noc@bank.xt.example", "noc", "");
	kit_contact(k, 2, "it@mill.xt.example", "", "");
	kit_contact(k, 2, "", "telephone only", "");
	kit_contact(k, 2, "gone@mill.xt.example", "", "");
	kit_sql(k, "UPDATE contact SET ended_at = 1 WHERE id = 5");
}

static int64_t count(struct kit *k, const char *what)
{
	char sql[200];
	(void)snprintf(sql, sizeof(sql),
		"SELECT count(*) FROM notice WHERE kind = 2 AND %s", what);
	return kit_int(k, sql);
}

static int collect(void *ctx, const struct contact_row *row)
{
	struct contact_row *rows = ctx;
	if (row->id < 8)
		rows[row->id] = *row;
	return 0;
}

static struct contact_row contact(struct kit *k, int id)
{
	struct contact_row rows[8] = { 0 };
	ok(contacts_each(&k->x, 0, collect, rows) == 0, "contacts");
	return rows[id];
}

static void test_words(struct kit *k)
{
	static const enum lang langs[] = { LANG_AR, LANG_ES, LANG_RU };
	struct check_result r = draft(k, 0);
	struct str mail;
	ok(r.notices == 3 && str_eq(r.held_why, S(HELD_FIRST_RUNS)),
		"three have a mailbox and are no longer gone: held, as a first run is");
	for (int i = 0; i < 3; i++) {
		struct notice_full n = { .body = S("") };
		ok(notice_get(&k->x, i + 1, &n) == 0 && n.row.lang == langs[i] &&
				n.row.kind == NOTICE_CHECK && n.row.findings == 0 &&
				n.row.state == NOTICE_HELD && n.row.tlp == TLP_AMBER,
			"%d: the contact's language, its organisation's, the team's", i);
		ok(has(n.body, "\n" ANSWER_PLACE "\n") &&
				has(n.body, "cirt@cirt.xt.example\n+999 1\nTLP:AMBER\n"),
			"the place for its link, and who writes");
	}
	struct notice_full n = { .body = S(""), .row.subject = S("") };
	ok(notice_get(&k->x, 2, &n) == 0 && has(n.row.subject, "Bank ' ?x?= of XT") &&
			has(n.row.subject, "[TOCSIN-2]"),
		"an odd name cannot break the subject: %.*s", STR(n.row.subject));
	ok(digest_eml(&k->x, &team, 1, &mail) == 0 &&
			has(mail, "\r\nAuto-Submitted: auto-generated\r\n") &&
			has(mail, "Content-Language: ar\r\n") && !has(mail, "multipart"),
		"a mail without a table");
}

static void test_no_page(struct kit *k)
{
	struct notice_full n = { .body = S("") };
	team.web_url = S("");
	country(k);
	ok(draft(k, 0).notices == 3 && notice_get(&k->x, 3, &n) == 0 &&
			!has(n.body, "answer-link") && has(n.body, "[TOCSIN-3]"),
		"without pages it is answered by mail");
	team.web_url = S("https://cirt.example");
	kit_free(k);
}

static int decide(struct kit *k, int64_t id, bool cancel)
{
	struct notice_pick p = { .ids = &id, .n = 1 };
	struct notice_change c = { 0 };
	k->x.why = (struct why){ 0 };
	return cancel ? notice_cancel(&k->x, &p, S("known to be right"), false, &c)
		      : notice_approve(&k->x, &p, true, &c);
}

/* The text of a mail without attachments, when it is written in base64. */
static struct str text_of(struct kit *k, struct str mail)
{
	size_t at = str_search(mail, S("\r\n\r\n")), n = 0;
	char *out = arena_alloc(k->x.arena, mail.n);
	struct str body = str_from(mail, at);
	if (!has(str_to(mail, at), "base64"))
		return mail;
	if (sodium_base642bin((unsigned char *)out, mail.n, body.p, body.n, "\r\n", &n,
		    NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		return S("");
	return (struct str){ out, n };
}

/* As work does it: its link, its mail, the outbox. */
static int send(struct kit *k, int64_t id, char token[ANSWER_TOKEN_MAX])
{
	struct tx t;
	int64_t next;
	struct str mail = S("");
	int r = tx_begin(&t, k->x.db, TX_WRITE);
	if (r < 0)
		return r;
	r = answer_link_issue(&k->x, id, token);
	if (r == 0)
		r = digest_eml_link(&k->x, &team, id, token, &mail, NULL);
	struct str text = r == 0 ? text_of(k, mail) : S("");
	if (r == 0 && (!has(text, "https://cirt.example/c/") || !has(text, token)))
		r = E_DB;
	const struct outbox_mail out = {
		.sender = S("cirt@cirt.xt.example"), .mail = mail, .copy = S("")
	};
	if (r == 0)
		r = outbox_queue(&k->x, &rules, id, &out, false, &next);
	return tx_end(&t, r);
}

static int goes(struct kit *k, enum outbox_end end)
{
	struct outbox_item item = { 0 };
	struct opt_int next;
	k->x.now += 601;
	int r = outbox_take(&k->x, &rules, &item, &next);
	return r == 1 ? outbox_land(&k->x, item.notice, end, S("said so")) : E_STATE;
}

static void test_out(struct kit *k)
{
	char token[ANSWER_TOKEN_MAX] = "";
	struct answer_link link = { 0 };
	struct notice_pick all = { .run = 1 };
	struct notice_change c = { 0 };
	ok(sending_set(&k->x, true) == 0 && draft(k, 0).notices == 0,
		"who is being asked is not asked again");
	ok(decide(k, 1, false) == 0 && decide(k, 2, false) == 0 &&
			decide(k, 3, true) == 0,
		"two approved, one cancelled");
	ok(send(k, 1, token) == 0, "the mail has a link to /c/");
	ok(answer_link_find(&k->x, str_c(token), &link) == 0 &&
			link.kind == LINK_CONTACT && link.contact == 1 &&
			link.notice == 0,
		"which asks the contact, and opens no notice");
	ok(outbox_undo(&k->x, &all, false, S(""), &c) == 0 && c.changed == 1 &&
			!contact(k, 1).facts.checked_at.has,
		"taken back: it was not asked");
	ok(send(k, 1, token) == 0 && !contact(k, 1).facts.checked_at.has &&
			contact(k, 1).facts.asking.v == 1,
		"waiting: not yet");
	ok(goes(k, OUTBOX_LATER) == 0 && !contact(k, 1).facts.checked_at.has,
		"refused for now: not yet");
	k->x.now += OUTBOX_FIRST_RETRY;
	ok(goes(k, OUTBOX_ACCEPTED) == 0 && contact(k, 1).facts.checked_at.v == k->x.now,
		"handed over: asked at this second");
	ok(send(k, 2, token) == 0 && goes(k, OUTBOX_REFUSED) == 0 &&
			contact(k, 2).why == DOUBT_BOUNCED &&
			!contact(k, 2).facts.checked_at.has,
		"an address that takes no mail is in doubt, and was not asked");
	ok(contact(k, 1).facts.sent == 0 && contact(k, 1).facts.silent == 0,
		"questions are no unanswered notices");
	ok(kit_int(k, "SELECT count(*) FROM task") == 0, "nothing here is critical");
}

static void test_silence(struct kit *k)
{
	struct tx t;
	int64_t asked = contact(k, 1).facts.checked_at.v;
	k->x.now = asked + 30 * DAY_SECONDS;
	ok(contact(k, 1).trust == TRUST_UNKNOWN, "thirty days");
	k->x.now++;
	ok(contact(k, 1).why == DOUBT_CHECK, "and a second: in doubt");
	ok(tx_begin(&t, k->x.db, TX_WRITE) == 0 &&
			tx_end(&t, contact_confirm(&k->x, 1, false, S("no"))) == 0 &&
			contact(k, 1).why == DOUBT_WRONG,
		"a no is an answer");
	k->x.now++;
	ok(tx_begin(&t, k->x.db, TX_WRITE) == 0 &&
			tx_end(&t, contact_confirm(&k->x, 1, true, S("yes"))) == 0 &&
			contact(k, 1).trust == TRUST_GOOD,
		"a yes is good");
	ok(draft(k, YEAR + 29).notices == 1 && count(k, "contact = 3") == 2,
		"a year later who cancelled the first time; in doubt: a person's");
	ok(draft(k, YEAR + 32).notices == 1 && count(k, "contact = 1") == 2 &&
			count(k, "contact = 2") == 1,
		"and who confirmed, a year after that");
	ok(count(k, "message_id LIKE 'tocsin.%@cirt.xt.example'") == 5 &&
			kit_int(k, "SELECT count(DISTINCT message_id) FROM notice") == 5,
		"each with a Message-ID of its own");
	ok(count(k, "instr(message_id, lower(substr(hex(content), 1, 16))) > 0") == 0,
		"that nobody can work out from whom is asked");
	ok(kit_int(k, "SELECT count(*) FROM audit WHERE action = 'contact.check'") == 3,
		"each run in the trail");
}

/* The usual size is that of earlier questions, not of digests. */
static void test_sizes(struct kit *k)
{
	country(k);
	kit_sql(k,
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
		"WHERE i < 9) INSERT INTO notice_run "
		"SELECT NULL, 1, 1, 900, 900, '', 1 FROM n");
	ok(str_eq(draft(k, 0).held_why, S(HELD_FIRST_RUNS)), "digests do not count");
	kit_sql(k, "UPDATE notice_run SET kind = 2, notices = 1");
	for (int i = 0; i < 60; i++) {
		char mail[40];
		(void)snprintf(mail, sizeof(mail), "c%d@mill.xt.example", i);
		kit_contact(k, 2, mail, "", "");
	}
	struct check_result r = draft(k, 0);
	ok(r.notices == 60 && r.usual == 1 && str_eq(r.held_why, S(HELD_BATCH_SIZE)),
		"sixty where one is usual: held");
	ok(kit_int(k, "SELECT count(*) FROM notice WHERE state <> 1") == 0,
		"all of them");
	kit_free(k);
}

/* Nothing of it stays when one cannot be written. */
static int fails(
	void *ctx, struct ctx *x, const struct check_draft *d, struct notice_words *ret)
{
	return d->contact == 3 ? E_TOO_BIG : check_write(ctx, x, d, ret);
}

static void test_whole(struct kit *k)
{
	struct check_opts o = { .lang = LANG_EN,
		.mail_domain = S("x.example"),
		.ctx = &team,
		.write = fails };
	struct check_result res = { .run = -1 };
	country(k);
	ok(contact_checks_draft(&k->x, &o, &res) == E_TOO_BIG && res.run == -1 &&
			count(k, "1") == 0 &&
			kit_int(k, "SELECT count(*) FROM notice_run") == 0,
		"all of them or none");
	kit_free(k);
}

int main(void)
{
	struct kit k;
	country(&k);
	test_words(&k);
	test_out(&k);
	test_silence(&k);
	kit_free(&k);
	test_no_page(&k);
	test_sizes(&k);
	test_whole(&k);
	return tap_end();
}

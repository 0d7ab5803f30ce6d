/* SPDX-License-Identifier: Apache-2.0
 * test_outbox.c - the outbox: what may happen to a notice on its way out, and what may
 * not. Depends on: core, SQLite. */
#include "core/outbox.h"

#include "base/secret.h"

#include "notice_kit.h"

static const struct outbox_rules rules = { .undo_s = 600,
	.hours = { 0, 1440, DAYS_ALL },
	.zone = { "UTC", 3 },
	.critical_at_once = true };

static void add_notice(struct kit *k, int id, int critical)
{
	kit_sql(k, "INSERT OR IGNORE INTO notice_run VALUES(1, 1, 1, 1, 1, '', 1)");
	kit_sql(k,
		"INSERT INTO notice(id, run, org, contact, recipient, language, tlp, "
		"state, state_why, at, content, message_id, findings, critical, new, "
		"relapsed, reminded, subject, body) SELECT %d, 1, 1, c.id, c.email, "
		"'en', 0, 2, '', 1, randomblob(32), 'n%d@cirt.xt.example', 1, %d, 1, 0, "
		"0, 's', 'b' FROM contact c WHERE c.id = %d",
		id, id, critical, id);
}

static void start(struct kit *k, int n)
{
	kit_new(k);
	kit_org(k, 1, "Alderquist Bank", "en");
	for (int i = 1; i <= n; i++) {
		char mail[40];
		(void)snprintf(mail, sizeof(mail), "c%d@alderquist.xt.example", i);
		kit_contact(k, 1, mail, "", "");
		add_notice(k, i, i == 1);
	}
	ok(sending_set(&k->x, true) == 0, "sending is switched on");
}

static int64_t state(struct kit *k, int id)
{
	char sql[80];
	(void)snprintf(sql, sizeof(sql), "SELECT state FROM notice WHERE id = %d", id);
	return kit_int(k, sql);
}

static int queue(struct kit *k, int id, bool again)
{
	struct tx t;
	int64_t next;
	k->x.why = (struct why){ 0 };
	const struct outbox_mail mail = { .sender = S("cirt@cirt.xt.example"),
		.mail = S("the mail"),
		.copy = S("its copy") };
	if (tx_begin(&t, k->x.db, TX_WRITE) < 0)
		abort();
	return tx_end(&t, outbox_queue(&k->x, &rules, id, &mail, again, &next));
}

static int on_copy(void *ctx, const struct outbox_copy *c)
{
	struct sha256 sha = sha256_of(S("the mail"));
	bool right = memcmp(sha.b, c->sha256.b, SHA256_LEN) == 0 && c->bytes == 8 &&
		str_eq(c->mail, S("its copy")) && !c->is_encrypted;
	*(int *)ctx += right ? 1 : 1000;
	return 0;
}

/* How many of a notice are kept; over 999 when one of them is not as it must be. */
static int copies(struct kit *k, int id)
{
	int n = 0;
	return outbox_copies_each(&k->x, id, on_copy, &n) == 0 ? n : -1;
}

static int take(struct kit *k, struct outbox_item *item)
{
	struct opt_int next;
	return outbox_take(&k->x, &rules, item, &next);
}

static int64_t told(struct kit *k, enum report_kind kind, const char *id)
{
	struct outbox_report rep = { .kind = kind,
		.message_id = str_c(id),
		.status = S("5.1.1"),
		.text = S("no") };
	struct tx t;
	int64_t notice = 0;
	if (tx_begin(&t, k->x.db, TX_WRITE) < 0)
		abort();
	int r = tx_end(&t, outbox_report(&k->x, &rep, &notice));
	return r < 0 ? r : notice;
}

static void test_way(void)
{
	struct kit k;
	struct outbox_item item;
	start(&k, 2);
	ok(queue(&k, 1, false) == 0 && state(&k, 1) == NOTICE_WAITING,
		"queued: it waits");
	ok(queue(&k, 1, false) == E_STATE, "not twice");
	ok(queue(&k, 99, false) == E_NOT_FOUND, "what is not there is not");
	ok(take(&k, &item) == 0, "in the time for undo nothing is taken");
	k.x.now += 600;
	ok(take(&k, &item) == 1 && item.notice == 1 && str_eq(item.mail, S("the mail")),
		"then it is");
	ok(state(&k, 1) == NOTICE_UNCERTAIN,
		"on disk it is uncertain before a byte goes");
	ok(take(&k, &item) == 0, "what flies is not taken again");
	ok(outbox_land(&k.x, 1, OUTBOX_ACCEPTED, S("250")) == 0 &&
			state(&k, 1) == NOTICE_HANDED,
		"accepted: handed over");
	ok(outbox_land(&k.x, 1, OUTBOX_LATER, S("x")) == 0 &&
			state(&k, 1) == NOTICE_HANDED,
		"a late second answer changes nothing");
	ok(told(&k, REPORT_RELAYED, "n1@cirt.xt.example") == 1 &&
			state(&k, 1) == NOTICE_HANDED,
		"relayed is not delivered");
	ok(told(&k, REPORT_DELIVERED, "n1@cirt.xt.example") == 1 &&
			state(&k, 1) == NOTICE_DELIVERED,
		"a positive report is");
	ok(told(&k, REPORT_FAILED, "n1@cirt.xt.example") == 1 &&
			state(&k, 1) == NOTICE_BOUNCED,
		"a failure after it is the last word");
	ok(told(&k, REPORT_DELIVERED, "n1@cirt.xt.example") == 1 &&
			state(&k, 1) == NOTICE_BOUNCED,
		"and stays it");
	ok(kit_int(&k, "SELECT count(*) FROM contact_doubt") == 1,
		"the contact is in doubt");
	ok(kit_int(&k, "SELECT count(*) FROM task WHERE kind = 'bounced'") == 1,
		"a critical one is a task");
	ok(told(&k, REPORT_FAILED, "n2@cirt.xt.example") == E_NOT_FOUND &&
			state(&k, 2) == NOTICE_APPROVED,
		"what never went out cannot come back");
	ok(queue(&k, 2, false) == 0 &&
			told(&k, REPORT_DELIVERED, "n2@cirt.xt.example") == E_NOT_FOUND,
		"also while it waits");
	kit_free(&k);
}

static void test_back_off(void)
{
	static const int64_t want[] = { 300, 600, 1200, 2400, 4000, 4000 };
	for (size_t i = 0; i < N(want); i++)
		ok(outbox_back_off((int64_t)i + 1) == want[i], "try %zu: %d s", i + 1,
			(int)want[i]);
	ok(outbox_back_off(1000) == 4000, "and no more");
}

static void test_kill(void)
{
	struct kit k;
	struct outbox_item item;
	start(&k, 1);
	ok(queue(&k, 1, false) == 0, "queued");
	k.x.now += 600;
	ok(take(&k, &item) == 1, "it flies");
	kit_close(&k); /* as a kill leaves it */
	int64_t now = k.x.now;
	kit_open(&k, DB_WRITE);
	k.x.now = now;
	ok(outbox_recover(&k.x) == 1 && state(&k, 1) == NOTICE_UNCERTAIN,
		"after a kill it is uncertain");
	ok(outbox_recover(&k.x) == 0, "once");
	ok(take(&k, &item) == 0, "not tried again at once");
	struct notice_pick pick = { .ids = &(int64_t){ 1 }, .n = 1 };
	struct notice_change change;
	ok(outbox_undo(&k.x, &pick, false, S(""), &change) == E_STATE,
		"what may be out cannot be taken back");
	k.x.now += 300;
	ok(take(&k, &item) == 1, "tried once more, after a while");
	ok(outbox_land(&k.x, 1, OUTBOX_LATER, S("451")) == 0 &&
			state(&k, 1) == NOTICE_UNCERTAIN,
		"a refusal for now does not take the doubt away");
	k.x.now += 4000;
	ok(take(&k, &item) == 1 && outbox_land(&k.x, 1, OUTBOX_UNCERTAIN, S("")) == 0,
		"uncertain again");
	k.x.now += 14 * DAY_SECONDS;
	ok(take(&k, &item) == 0, "it is not tried a third time");
	ok(kit_int(&k,
		   "SELECT count(*) FROM task WHERE kind = 'uncertain' AND done_at IS "
		   "NULL") == 1,
		"a person is asked");
	ok(queue(&k, 1, false) == E_STATE && queue(&k, 1, true) == 0,
		"who sends it again by saying so");
	ok(copies(&k, 1) == 2, "of each sending a copy is kept");
	ok(outbox_undo(&k.x, &pick, false, S("no"), &change) == 0 &&
			change.changed == 1 && state(&k, 1) == NOTICE_UNCERTAIN &&
			kit_int(&k,
				"SELECT count(*) FROM task WHERE kind = 'uncertain' "
				"AND done_at IS NULL") == 1,
		"and may take that back: then it is as uncertain as before");
	ok(copies(&k, 1) == 1, "and only what may be out is kept");
	k.x.now += 600;
	ok(take(&k, &item) == 0 && queue(&k, 1, true) == 0, "nothing went; again, then");
	k.x.now += 600;
	ok(take(&k, &item) == 1, "it flies once more");
	ok(told(&k, REPORT_DELIVERED, "n1@cirt.xt.example") == 1 &&
			state(&k, 1) == NOTICE_DELIVERED,
		"a report of an earlier try ends it in the air");
	ok(outbox_land(&k.x, 1, OUTBOX_UNCERTAIN, S("")) == 0 &&
			state(&k, 1) == NOTICE_DELIVERED,
		"and how it lands is no news");
	ok(kit_int(&k, "SELECT count(*) FROM outbox_mail") == 0 && copies(&k, 1) == 2,
		"the mail with the token is gone, the copies without it are not");
	kit_free(&k);
}

static void test_caps(void)
{
	struct kit k;
	struct outbox_item item;
	struct opt_int next;
	struct outbox_rules few = rules;
	start(&k, 3);
	for (int i = 1; i <= 3; i++)
		ok(queue(&k, i, false) == 0, "%d queued", i);
	k.x.now += 600;
	few.per_hour = 2;
	for (int i = 0; i < 2; i++)
		ok(outbox_take(&k.x, &few, &item, &next) == 1 &&
				outbox_land(&k.x, item.notice, OUTBOX_ACCEPTED, S("")) ==
					0,
			"%d of two an hour", i + 1);
	ok(outbox_take(&k.x, &few, &item, &next) == 0 && next.has &&
			next.v == k.x.now + 3601,
		"the third must wait for an hour");
	ok(sending_set(&k.x, false) == 0 &&
			outbox_take(&k.x, &rules, &item, &next) == 0 && !next.has,
		"switched off, nothing goes, whatever waits");
	ok(sending_set(&k.x, false) == E_STATE && sending_set(&k.x, true) == 0,
		"on again");
	for (int i = 2; i <= 4; i++)
		kit_sql(&k, "INSERT INTO notice_run VALUES(%d, 1, 1, 1, 1, '', 1)", i);
	kit_sql(&k, "UPDATE notice SET run = id");
	kit_sql(&k, "UPDATE outbox SET recipient = 'c1@alderquist.xt.example'");
	few.per_hour = 0;
	few.per_recipient_day = 2;
	ok(outbox_take(&k.x, &few, &item, &next) == 0 && next.has &&
			next.v == k.x.now + DAY_SECONDS + 1,
		"of two runs a day to one address, and no more");
	kit_sql(&k, "UPDATE outbox SET next_at = due_at WHERE next_at IS NOT NULL");
	kit_sql(&k, "UPDATE notice SET run = 2 WHERE id = 3");
	ok(outbox_take(&k.x, &few, &item, &next) == 1 && item.notice == 3,
		"but all of one run: an operator gets one for each customer");
	kit_free(&k);
}

/* The clock was a year ahead for a moment; a contact left; a report never came. */
static void test_time_and_people(void)
{
	struct kit k;
	struct outbox_item item;
	struct opt_int next;
	struct outbox_rules few = rules;
	struct str why;
	start(&k, 3);
	for (int i = 1; i <= 3; i++)
		ok(queue(&k, i, false) == 0, "%d queued", i);
	few.per_hour = few.per_recipient_day = 1;
	kit_sql(&k, "UPDATE outbox SET out_at = %lld WHERE notice = 3",
		(long long)k.x.now + 366 * DAY_SECONDS);
	kit_sql(&k,
		"UPDATE outbox SET recipient = (SELECT recipient FROM outbox WHERE "
		"notice = 1), next_at = NULL WHERE notice = 3");
	k.x.now += 600;
	ok(outbox_take(&k.x, &few, &item, &next) == 1 && item.notice == 1 &&
			outbox_land(&k.x, 1, OUTBOX_ACCEPTED, S("")) == 0,
		"what went out in the future counts for no cap");
	kit_sql(&k,
		"UPDATE contact SET ended_at = 1 WHERE id = (SELECT contact FROM "
		"notice WHERE id = 2)");
	ok(outbox_unfit(&k.x, 2, &why) == 0 && str_starts(why, S("its contact is none")),
		"a contact is none any more");
	ok(outbox_unfit(&k.x, 1, &why) == 0 && why.n == 0, "another one is one");
	ok(take(&k, &item) == 0 && state(&k, 2) == NOTICE_HELD &&
			kit_int(&k, "SELECT count(*) FROM outbox WHERE notice = 2") == 0,
		"what waited for it is held, and does not go to where nobody is");
	ok(kit_int(&k,
		   "SELECT count(*) FROM task WHERE notice = 2 AND done_at IS NULL") == 1,
		"and a person is told");
	ok(kit_int(&k, "SELECT count(*) FROM outbox_mail WHERE notice = 1") == 0,
		"a mail that the relay took is not kept: no second try can come");
	ok(copies(&k, 1) == 1 && copies(&k, 2) == 0,
		"what is kept stays, of what was out");
	kit_free(&k);
}

static int undo(struct kit *k, int64_t id)
{
	struct notice_pick pick = { .ids = &id, .n = 1 };
	struct notice_change change;
	return outbox_undo(&k->x, &pick, false, S("no"), &change);
}

/* Queued, and on its way: it lands like that. */
static void flight(struct kit *k, int id, bool again, enum outbox_end end)
{
	struct outbox_item item;
	ok(queue(k, id, again) == 0, "notice %d is queued", id);
	k->x.now += 600;
	ok(take(k, &item) == 1 && item.notice == id &&
			outbox_land(&k->x, id, end, S("reply")) == 0,
		"and has its flight");
}

/* Sent once more and taken back: it is what it was before. */
static void test_undo_again(void)
{
	struct kit k;
	struct outbox_item item;
	start(&k, 3);
	flight(&k, 1, false, OUTBOX_ACCEPTED);
	ok(told(&k, REPORT_FAILED, "n1@cirt.xt.example") == 1 &&
			state(&k, 1) == NOTICE_BOUNCED,
		"it bounced");
	int64_t end = kit_int(&k, "SELECT final_at FROM outbox WHERE notice = 1");
	int64_t out = kit_int(&k, "SELECT out_at FROM outbox WHERE notice = 1");
	k.x.now += DAY_SECONDS;
	ok(queue(&k, 1, true) == 0 && state(&k, 1) == NOTICE_WAITING, "sent again");
	ok(undo(&k, 1) == 0 && state(&k, 1) == NOTICE_BOUNCED, "taken back: bounced");
	ok(kit_int(&k, "SELECT final_at FROM outbox WHERE notice = 1") == end &&
			kit_int(&k, "SELECT final_why = 'no' FROM outbox") == 1,
		"since when, and why, as before");
	ok(kit_int(&k, "SELECT out_at FROM outbox WHERE notice = 1") == out &&
			copies(&k, 1) == 1,
		"that it was out is not forgotten");
	ok(told(&k, REPORT_FAILED, "n1@cirt.xt.example") == 1,
		"a second report of it is still its own");
	ok(queue(&k, 1, false) == E_STATE, "nor does it go without a word");
	flight(&k, 1, true, OUTBOX_LATER);
	ok(kit_int(&k, "SELECT out_at FROM outbox WHERE notice = 1") == out,
		"one that is not taken was out when it was before");
	kit_sql(&k, "UPDATE outbox SET next_at = NULL WHERE notice = 1");
	flight(&k, 2, false, OUTBOX_REFUSED);
	ok(queue(&k, 2, true) == 0, "a refused one, sent again");
	kit_sql(&k, "UPDATE contact SET ended_at = 1 WHERE id = 2");
	k.x.now += 600;
	ok(take(&k, &item) == 0 && state(&k, 2) == NOTICE_REFUSED &&
			kit_int(&k,
				"SELECT count(*) FROM task WHERE notice = 2 AND kind = "
				"'undelivered' AND done_at IS NULL") == 1,
		"whose contact leaves before it goes: refused, and a person is told");
	kit_free(&k);
}

static void test_give_up(void)
{
	struct kit k;
	struct outbox_item item;
	start(&k, 1);
	ok(queue(&k, 1, false) == 0, "queued, and then nobody sends");
	k.x.now += 20 * DAY_SECONDS;
	ok(take(&k, &item) == 1 && outbox_land(&k.x, 1, OUTBOX_LATER, S("451")) == 0 &&
			state(&k, 1) == NOTICE_WAITING,
		"after twenty days the first try is the first");
	k.x.now += 14 * DAY_SECONDS - 1;
	ok(take(&k, &item) == 1 && outbox_land(&k.x, 1, OUTBOX_LATER, S("451")) == 0 &&
			state(&k, 1) == NOTICE_WAITING,
		"it goes on for fourteen days");
	k.x.now += 4000;
	ok(take(&k, &item) == 1 && outbox_land(&k.x, 1, OUTBOX_LATER, S("451")) == 0 &&
			state(&k, 1) == NOTICE_REFUSED,
		"and no longer");
	kit_free(&k);
}

/* A finding of the notice, whose organisation changes. */
static void test_moved(void)
{
	struct kit k;
	struct outbox_item item;
	struct str why;
	start(&k, 2);
	kit_org(&k, 2, "Cordell College", "en");
	for (int i = 1; i <= 2; i++) {
		struct kit_finding f = { .org = 1, .net = "192.0.2.1", .severity = 4 };
		kit_finding(&k, &f);
		kit_sql(&k,
			"INSERT INTO notice_finding(notice, n, finding, why, "
			"before_file, before_relapses) VALUES(%d, 1, %d, 1, 0, 0)",
			i, i);
		ok(queue(&k, i, false) == 0, "notice %d is queued", i);
	}
	ok(outbox_unfit(&k.x, 1, &why) == 0 && why.n == 0, "its finding is its own");
	kit_sql(&k, "UPDATE finding SET org = 2 WHERE id = 1");
	ok(outbox_unfit(&k.x, 1, &why) == 0 && str_starts(why, S("1 of its findings")),
		"the register gives it to another organisation");
	k.x.now += 600;
	ok(take(&k, &item) == 1 && item.notice == 2, "it does not go; another one does");
	ok(state(&k, 1) == NOTICE_HELD &&
			kit_int(&k,
				"SELECT count(*) FROM task WHERE notice = 1 AND kind = "
				"'undelivered'") == 1,
		"it is held, and a person is told");
	ok(outbox_land(&k.x, 2, OUTBOX_UNCERTAIN, S("")) == 0, "the other is uncertain");
	kit_sql(&k, "UPDATE finding SET org = NULL WHERE id = 2");
	k.x.now += 300;
	ok(take(&k, &item) == 1 && item.notice == 2,
		"what may be out already is tried on as it is");
	kit_free(&k);
}

static struct outbox_restored restored(struct kit *k)
{
	struct outbox_restored o = { 0 };
	struct tx t;
	if (tx_begin(&t, k->x.db, TX_WRITE) < 0 ||
		tx_end(&t, outbox_restored(&k->x, &o)) < 0)
		abort();
	return o;
}

static void test_restored(void)
{
	struct kit k;
	struct outbox_item item;
	bool on = true;
	start(&k, 4);
	flight(&k, 1, false, OUTBOX_ACCEPTED);
	flight(&k, 3, false, OUTBOX_UNCERTAIN);
	ok(queue(&k, 2, false) == 0, "one waits");
	struct outbox_restored o = restored(&k);
	ok(o.was_on && o.uncertain == 2 && o.held == 1 && sending_get(&k.x, &on) == 0 &&
			!on,
		"restored: sending is off");
	ok(state(&k, 1) == NOTICE_HANDED && state(&k, 2) == NOTICE_UNCERTAIN &&
			state(&k, 3) == NOTICE_UNCERTAIN && state(&k, 4) == NOTICE_HELD,
		"what was on its way is uncertain, what was approved is held");
	ok(sending_set(&k.x, true) == 0, "switched on again by a person");
	k.x.now += 30 * DAY_SECONDS;
	ok(take(&k, &item) == 0, "nothing goes by itself");
	ok(kit_int(&k,
		   "SELECT count(*) FROM task WHERE kind = 'uncertain' AND done_at IS "
		   "NULL") == 2,
		"each is a task");
	ok(kit_int(&k, "SELECT count(*) FROM outbox_mail") == 0, "no mail is kept");
	ok(told(&k, REPORT_DELIVERED, "n2@cirt.xt.example") == 2 &&
			state(&k, 2) == NOTICE_DELIVERED,
		"a report of the mail that left after the backup is heard");
	ok(queue(&k, 3, true) == 0, "a person sends the other again");
	o = restored(&k);
	ok(o.uncertain == 1 && o.held == 0, "and the next restore finds that one");
	kit_free(&k);
}

static int close_task(struct kit *k, int notice, struct opt_int went)
{
	char sql[120];
	struct tx t;
	k->x.why = (struct why){ 0 };
	(void)snprintf(sql, sizeof(sql),
		"SELECT id FROM task WHERE notice = %d AND done_at IS NULL", notice);
	if (tx_begin(&t, k->x.db, TX_WRITE) < 0)
		abort();
	return tx_end(
		&t, outbox_task_done(&k->x, kit_int(k, sql), S("in the log"), went));
}

/* The relay's log says it. */
static void test_known(void)
{
	struct kit k;
	struct outbox_item item;
	start(&k, 2);
	for (int i = 1; i <= 2; i++) {
		flight(&k, i, false, OUTBOX_UNCERTAIN);
		k.x.now += 300;
		ok(take(&k, &item) == 1 &&
				outbox_land(&k.x, i, OUTBOX_UNCERTAIN, S("")) == 0,
			"notice %d is uncertain, and a task", i);
	}
	ok(close_task(&k, 1, NONE) == E_USAGE && state(&k, 1) == NOTICE_UNCERTAIN,
		"who closes that must say whether it went out");
	int64_t out = kit_int(&k, "SELECT out_at FROM outbox WHERE notice = 1");
	ok(close_task(&k, 1, SOME(1)) == 0 && state(&k, 1) == NOTICE_HANDED &&
			kit_int(&k, "SELECT handed_at FROM outbox WHERE notice = 1") ==
				out,
		"it did: handed over, when it was");
	ok(close_task(&k, 2, SOME(0)) == 0 && state(&k, 2) == NOTICE_REFUSED &&
			kit_int(&k, "SELECT final_at FROM outbox WHERE notice = 2") ==
				k.x.now,
		"it did not: that is its end");
	ok(queue(&k, 2, true) == 0, "and it can be sent again");
	kit_free(&k);
}

/* Who reads the database reads no token. */
static void test_seal(void)
{
	struct kit k;
	struct outbox_item item;
	struct opt_int next;
	struct tx t;
	int64_t at;
	const struct seal_key key = { { 1 } }, other = { { 2 } };
	struct outbox_rules sealing = rules;
	const struct outbox_mail mail = { .sender = S("cirt@cirt.xt.example"),
		.mail = S("the mail"),
		.copy = S("its copy") };
	start(&k, 2);
	sealing.key = &key;
	for (int i = 1; i <= 2; i++)
		ok(tx_begin(&t, k.x.db, TX_WRITE) == 0 &&
				tx_end(&t,
					outbox_queue(&k.x, &sealing, i, &mail, false,
						&at)) == 0,
			"queued, and sealed");
	ok(kit_int(&k,
		   "SELECT count(*) FROM outbox_mail WHERE instr(mail, 'mail') > 0") == 0,
		"its words are not in the database");
	ok(copies(&k, 1) == 1, "the digest is of what goes out");
	k.x.now += 600;
	ok(outbox_take(&k.x, &sealing, &item, &next) == 1 &&
			str_eq(item.mail, S("the mail")),
		"what goes out is as it was");
	sealing.key = &other;
	ok(outbox_take(&k.x, &sealing, &item, &next) == 0 && state(&k, 2) == NOTICE_HELD,
		"with another secret.key it cannot be opened: held");
	kit_free(&k);
}

/* A bounce says more of a contact than a mail that went out before it. */
static void test_doubt(void)
{
	struct kit k;
	start(&k, 2);
	kit_sql(&k, "UPDATE notice SET contact = 1");
	flight(&k, 1, false, OUTBOX_ACCEPTED);
	flight(&k, 2, false, OUTBOX_ACCEPTED);
	k.x.now += 60;
	ok(told(&k, REPORT_FAILED, "n2@cirt.xt.example") == 2 &&
			kit_int(&k, "SELECT count(*) FROM contact_doubt") == 1,
		"the second one bounces");
	k.x.now += 60;
	ok(told(&k, REPORT_DELIVERED, "n1@cirt.xt.example") == 1 &&
			kit_int(&k, "SELECT count(*) FROM contact_doubt") == 1,
		"a late report of the first does not clear the contact");
	flight(&k, 2, true, OUTBOX_ACCEPTED);
	ok(told(&k, REPORT_DELIVERED, "n2@cirt.xt.example") == 2 &&
			kit_int(&k, "SELECT count(*) FROM contact_doubt") == 0,
		"one that went out since does");
	kit_free(&k);
}

int main(void)
{
	test_undo_again();
	test_give_up();
	test_moved();
	test_restored();
	test_known();
	test_seal();
	test_doubt();
	test_time_and_people();
	test_way();
	test_back_off();
	test_kill();
	test_caps();
	return tap_end();
}

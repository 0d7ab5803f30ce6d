/* SPDX-License-Identifier: Apache-2.0
 * test_outbox.c - the outbox: what may happen to a notice on its way out, and what may
 * not. Depends on: core, SQLite. */
#include "core/outbox.h"

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
	kit_sql(&k, "UPDATE outbox SET recipient = 'c1@alderquist.xt.example'");
	few.per_hour = 0;
	few.per_recipient_day = 2;
	ok(outbox_take(&k.x, &few, &item, &next) == 0 && next.has &&
			next.v == k.x.now + DAY_SECONDS + 1,
		"two a day to one address, and no more");
	kit_free(&k);
}

/* The clock was a year ahead for a moment; a contact left; a report never came. */
static void test_time_and_people(void)
{
	struct kit k;
	struct outbox_item item;
	struct opt_int next;
	struct outbox_rules few = rules;
	bool gone = false;
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
	ok(outbox_gone(&k.x, 2, &gone) == 0 && gone, "a contact is none any more");
	ok(take(&k, &item) == 0 && state(&k, 2) == NOTICE_HELD &&
			kit_int(&k, "SELECT count(*) FROM outbox WHERE notice = 2") == 0,
		"what waited for it is held, and does not go to where nobody is");
	ok(kit_int(&k,
		   "SELECT count(*) FROM task WHERE notice = 2 AND done_at IS NULL") == 1,
		"and a person is told");
	ok(kit_int(&k, "SELECT count(*) FROM outbox_mail WHERE notice = 1") == 1,
		"the copy of a mail that is out is kept for a while");
	k.x.now += 29 * DAY_SECONDS;
	struct tx t;
	ok(tx_begin(&t, k.x.db, TX_WRITE) == 0 && tx_end(&t, outbox_tidy(&k.x)) == 0 &&
			kit_int(&k,
				"SELECT count(*) FROM outbox_mail WHERE notice = 1") == 0,
		"and not for ever: it has a link's token");
	ok(copies(&k, 1) == 1 && copies(&k, 2) == 0,
		"what is kept stays, of what was out");
	kit_free(&k);
}

int main(void)
{
	test_time_and_people();
	test_way();
	test_back_off();
	test_kill();
	test_caps();
	return tap_end();
}

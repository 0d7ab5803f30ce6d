/* SPDX-License-Identifier: Apache-2.0
 * test_notice_back.c - notices that came back, or were refused: who is told instead.
 * Depends on: core, SQLite. */
#include "core/outbox.h"

#include "notice_kit.h"

static const struct outbox_rules rules = { .undo_s = 600,
	.hours = { 0, 1440, DAYS_ALL },
	.zone = { "UTC", 3 },
	.critical_at_once = true };

static int no_words(
	void *ctx, struct ctx *x, const struct notice_draft *d, struct notice_words *ret)
{
	(void)ctx;
	(void)x;
	(void)d;
	*ret = (struct notice_words){ S("s"), S("b") };
	return 0;
}

/* How many notices; all of them are approved. */
static int64_t draft(struct kit *k, int day)
{
	struct notice_opts o = { .mail_domain = S("x.example"),
		.writer = { NULL, no_words } };
	struct notice_result res = { .notices = -1 };
	k->x.now = KIT_DAY0 + (int64_t)day * DAY_SECONDS + 7 * 3600;
	k->x.why = (struct why){ 0 };
	if (notice_draft_run(&k->x, &o, &res) < 0)
		printf("# draft: %s\n", k->x.why.text);
	kit_sql(k, "UPDATE notice SET state = 2, state_why = '' WHERE state IN (0, 1)");
	return res.notices;
}

static bool queue(struct kit *k, int64_t id, bool again)
{
	const struct outbox_mail mail = { .sender = S("t@cirt.example"),
		.mail = S("the mail"),
		.copy = S("its copy") };
	struct tx t;
	int64_t next;
	k->x.why = (struct why){ 0 };
	return tx_begin(&t, k->x.db, TX_WRITE) == 0 &&
		tx_end(&t, outbox_queue(&k->x, &rules, id, &mail, again, &next)) == 0;
}

static bool fly(struct kit *k, int64_t id, enum outbox_end end)
{
	struct outbox_item item;
	struct opt_int next;
	k->x.now += 600;
	return outbox_take(&k->x, &rules, &item, &next) == 1 && item.notice == id &&
		outbox_land(&k->x, id, end, S("words")) == 0;
}

static bool send(struct kit *k, int64_t id, bool again, enum outbox_end end)
{
	return queue(k, id, again) && fly(k, id, end);
}

static bool bounce(struct kit *k, int64_t id)
{
	struct notice_row row;
	struct tx t;
	int64_t notice;
	if (notice_row_get(&k->x, id, &row) < 0)
		return false;
	struct outbox_report rep = { .kind = REPORT_FAILED,
		.message_id = row.message_id,
		.status = S("5.1.1"),
		.text = S("no such user") };
	return tx_begin(&t, k->x.db, TX_WRITE) == 0 &&
		tx_end(&t, outbox_report(&k->x, &rep, &notice)) == 0 && notice == id;
}

static const char *recipient(struct kit *k, int64_t id)
{
	struct notice_row row;
	if (notice_row_get(&k->x, id, &row) < 0)
		return "";
	return str_eq(row.recipient, S("soc@a.xt.example"))   ? "soc"
		: str_eq(row.recipient, S("it@a.xt.example")) ? "it"
							      : "?";
}

static int64_t tasks(struct kit *k, const char *kind)
{
	char sql[80];
	(void)snprintf(
		sql, sizeof(sql), "SELECT count(*) FROM task WHERE kind = '%s'", kind);
	return kit_int(k, sql);
}

/* One medium finding of an organisation with so many contacts, drafted on day 0. */
static void start(struct kit *k, int contacts)
{
	kit_new(k);
	kit_org(k, 1, "Ministry of Finance", "fr");
	kit_contact(k, 1, "soc@a.xt.example", "security", "");
	if (contacts > 1)
		kit_contact(k, 1, "it@a.xt.example", "it", "");
	kit_finding(k,
		&(struct kit_finding){
			.org = 1, .severity = SEV_MEDIUM, .net = "192.0.2.1" });
	ok(sending_set(&k->x, true) == 0 && draft(k, 0) == 1, "drafted");
	is(recipient(k, 1), "soc", "to the security contact");
}

static void test_bounced(void)
{
	struct kit k;
	start(&k, 2);
	ok(send(&k, 1, false, OUTBOX_ACCEPTED) && draft(&k, 1) == 0, "out: told");
	ok(bounce(&k, 1) && bounce(&k, 1) && draft(&k, 2) == 1,
		"it came back: the next run tells another");
	is(recipient(&k, 2), "it", "the other contact");
	ok(kit_int(&k, "SELECT new FROM notice WHERE id = 2") == 1, "as new");
	ok(tasks(&k, "bounced") == 0 && draft(&k, 3) == 0, "once, and without a person");
	ok(send(&k, 2, false, OUTBOX_ACCEPTED) && send(&k, 1, true, OUTBOX_ACCEPTED) &&
			draft(&k, 30) == 0,
		"the first sent once more changes nothing");
	ok(draft(&k, 33) == 1, "it has its reminder");
	is(recipient(&k, 3), "it", "which goes where mail arrives");
	kit_free(&k);
}

static void test_sent_again(void)
{
	struct kit k;
	start(&k, 2);
	ok(send(&k, 1, false, OUTBOX_ACCEPTED) && bounce(&k, 1), "it came back");
	ok(queue(&k, 1, true) && draft(&k, 1) == 0,
		"to be sent once more, it is being told");
	ok(fly(&k, 1, OUTBOX_ACCEPTED) && draft(&k, 2) == 0, "and then it is told");
	ok(kit_int(&k, "SELECT noticed_at FROM finding") == KIT_DAY0 + 7 * 3600 &&
			kit_int(&k, "SELECT noticed_org FROM finding") == 1 &&
			kit_int(&k, "SELECT noticed_file FROM finding") == 1,
		"by that notice");
	ok(bounce(&k, 1), "a late second report of the first try");
	ok(draft(&k, 3) == 1, "gives it back again");
	kit_free(&k);
}

static void test_refused(void)
{
	struct kit k;
	start(&k, 1);
	ok(send(&k, 1, false, OUTBOX_REFUSED) && draft(&k, 1) == 0,
		"refused, and nobody else is known: not the same every day");
	ok(tasks(&k, "bounced") == 1, "a person is asked");
	ok(draft(&k, 30) == 1, "until its reminder");
	kit_free(&k);
	start(&k, 2);
	ok(send(&k, 1, false, OUTBOX_REFUSED) && draft(&k, 1) == 1 &&
			tasks(&k, "bounced") == 0,
		"refused, and somebody else is known");
	is(recipient(&k, 2), "it", "who is told");
	kit_free(&k);
	start(&k, 2);
	ok(send(&k, 1, false, OUTBOX_UNWANTED) && draft(&k, 1) == 0 &&
			tasks(&k, "undelivered") == 1,
		"a mail that nobody would take is a person's");
	kit_free(&k);
}

static void test_gave_up(void)
{
	struct kit k;
	start(&k, 1);
	ok(send(&k, 1, false, OUTBOX_LATER) && draft(&k, 7) == 0, "tried on: being told");
	k.x.now += 8 * (int64_t)DAY_SECONDS;
	ok(fly(&k, 1, OUTBOX_LATER) &&
			kit_int(&k, "SELECT state FROM notice") == NOTICE_REFUSED,
		"given up after two weeks");
	ok(draft(&k, 16) == 1 && kit_int(&k, "SELECT max(new) FROM notice") == 1,
		"it was told nobody: drafted anew");
	kit_free(&k);
}

/* An earlier try may have gone out: nobody is told the same by another notice. */
static void test_gave_up_uncertain(void)
{
	struct kit k;
	start(&k, 1);
	ok(send(&k, 1, false, OUTBOX_UNCERTAIN), "nobody knows whether it went out");
	k.x.now += 15 * (int64_t)DAY_SECONDS;
	ok(fly(&k, 1, OUTBOX_LATER) &&
			kit_int(&k, "SELECT state FROM notice") == NOTICE_UNCERTAIN &&
			kit_int(&k, "SELECT next_at IS NULL FROM outbox") == 1,
		"after two weeks it is tried no more, and as uncertain as before");
	ok(tasks(&k, "uncertain") == 1 && tasks(&k, "undelivered") == 0,
		"a person finds it out");
	ok(draft(&k, 16) == 0, "its findings rest until then");
	kit_free(&k);
}

static int apply(struct kit *k, int r)
{
	if (r < 0)
		printf("# %d %s\n", r, k->x.why.text);
	return r;
}

static void test_sent_again_and_undone(void)
{
	struct kit k;
	int64_t id = 1;
	struct notice_pick pick = { .ids = &id, .n = 1 };
	struct notice_change change;
	start(&k, 2);
	ok(send(&k, 1, false, OUTBOX_ACCEPTED) && bounce(&k, 1) &&
			send(&k, 1, true, OUTBOX_LATER) && draft(&k, 1) == 0,
		"it came back, and is on its way once more");
	ok(apply(&k, outbox_undo(&k.x, &pick, false, S("no"), &change)) == 0,
		"that is taken back");
	ok(draft(&k, 2) == 1, "the other contact is told");
	kit_free(&k);
}

static void test_did_not_go_out(void)
{
	struct kit k;
	struct tx t;
	start(&k, 1);
	ok(send(&k, 1, false, OUTBOX_UNCERTAIN) && fly(&k, 1, OUTBOX_UNCERTAIN) &&
			draft(&k, 1) == 0,
		"uncertain: it may have been told");
	int64_t task = kit_int(&k, "SELECT id FROM task WHERE kind = 'uncertain'");
	int r = tx_begin(&t, k.x.db, TX_WRITE);
	ok(apply(&k,
		   r < 0 ? r
			 : tx_end(&t, outbox_task_done(&k.x, task, S("w"), SOME(0)))) ==
			0,
		"a person says that it did not go out");
	ok(draft(&k, 2) == 1, "drafted anew");
	kit_free(&k);
}

int main(void)
{
	test_bounced();
	test_sent_again();
	test_refused();
	test_gave_up();
	test_gave_up_uncertain();
	test_sent_again_and_undone();
	test_did_not_go_out();
	return tap_end();
}

/* SPDX-License-Identifier: Apache-2.0
 * test_outgoing.c - the pump of the outbox, and the schedule that drives it: the test is
 * the role net. Depends on: work, SQLite. */
#include "fmt/net_job.h"
#include "work/inbox.h"
#include "work/schedule.h"

#include "notice_kit.h"

struct house {
	struct kit k;
	struct work w;
	struct conf conf;
	struct chan *ours, *theirs; /* net's end, work's end */
	bool absent;		    /* net does not start */
	int dropped;
};

static int net(void *role, enum helper_id id, struct chan **ret, struct why *why)
{
	ok(id == HELPER_NET, "it is net that is asked");
	struct house *h = role;
	int ends[2];
	if (h->absent)
		return fail(why, E_STATE, "net does not start");
	if (h->theirs == NULL) {
		if (chan_pair(why, ends) < 0 || chan_new(ends[0], "work", &h->ours) < 0 ||
			chan_new(ends[1], "net", &h->theirs) < 0)
			abort();
		chan_patience(h->ours, 2000);
	}
	*ret = h->theirs;
	return 0;
}

static void drop_net(void *role, enum helper_id id)
{
	(void)id;
	struct house *h = role;
	h->dropped++;
	chan_free(&h->ours);
	chan_free(&h->theirs);
}

static struct work_host host_of(struct house *h)
{
	return (struct work_host){ .role = h, .helper = net, .drop_helper = drop_net };
}

static struct work_host host;

static void start(struct house *h, int n)
{
	*h = (struct house){ .absent = false };
	kit_new(&h->k);
	kit_org(&h->k, 1, "Alderquist Bank", "en");
	conf_init(&h->conf);
	h->conf.mail_relay = S("smtp://127.0.0.1:25");
	h->conf.mail_per_recipient_day = 0;
	host = host_of(h);
	h->w = (struct work){ .host = &host,
		.conf = &h->conf,
		.datadir = h->k.dir,
		.db = h->k.x.db,
		.scheduled = true };
	kit_contact(&h->k, 1, "soc@alderquist.xt.example", "", "");
	kit_sql(&h->k, "INSERT INTO notice_run VALUES(1, 1, 1, 1, 1, '', 1)");
	if (sending_set(&h->k.x, true) < 0)
		abort();
	for (int i = 1; i <= n; i++) {
		kit_sql(&h->k,
			"INSERT INTO notice(id, run, org, contact, recipient, language, "
			"tlp, state, state_why, at, content, message_id, findings, "
			"critical, new, relapsed, reminded, subject, body) VALUES(%d, 1, "
			"1, 1, 'soc@alderquist.xt.example', 'en', 0, 2, '', 1, "
			"randomblob(32), 'n%d@cirt.xt.example', 1, 0, 1, 0, 0, 's', 'b')",
			i, i);
		struct outbox_rules rules;
		struct tx t;
		int64_t next;
		const struct outbox_mail mail = { .sender = S("a@b.example"),
			.mail = S("Subject: x\r\n\r\nx\r\n"),
			.copy = S("Subject: x\r\n\r\nx\r\n") };
		outgoing_rules(&h->conf, &h->w.seal, &rules);
		rules.undo_s = 0;
		if (tx_begin(&t, h->k.x.db, TX_WRITE) < 0 ||
			tx_end(&t,
				outbox_queue(&h->k.x, &rules, i, &mail, false, &next)) <
				0)
			abort();
	}
}

static void finish(struct house *h)
{
	chan_free(&h->ours);
	chan_free(&h->theirs);
	inbox_free(&h->w.inbox);
	kit_free(&h->k);
}

static void tick(struct house *h)
{
	struct why why = { 0 };
	int r = schedule_tick(&h->w, h->k.x.now, &why);
	if (r < 0)
		printf("# tick: %d\n", r); /* why holds a statement of many lines */
}

static int64_t state(struct house *h, int id)
{
	char sql[80];
	(void)snprintf(sql, sizeof(sql), "SELECT state FROM notice WHERE id = %d", id);
	return kit_int(&h->k, sql);
}

/* Reads the job and the mail, as net does; false when none came. */
static bool hear_job(struct house *h, struct net_send *ret)
{
	struct frame f;
	static char body[2000];
	uint32_t n = 0;
	if (h->ours == NULL || chan_recv(h->ours, NULL, &f) < 0 || f.type != NET_SEND ||
		f.body.n > sizeof(body))
		return false;
	memcpy(body, f.body.p, f.body.n);
	if (net_send_read((struct str){ body, f.body.n }, ret) < 0)
		return false;
	while (n < ret->bytes && chan_recv(h->ours, NULL, &f) == 0 && f.type == NET_BYTES)
		n += (uint32_t)f.body.n;
	return n == ret->bytes;
}

static void answer(struct house *h, enum net_outcome o)
{
	AUTO_ARENA a = arena_new(KIB(64), "test");
	struct buf b = buf_in(&a, KIB(1));
	struct writer w = wr_new(&b);
	struct net_done d = { o, S("said") };
	net_done_write(&w, &d);
	if (w.err < 0 || chan_send(h->ours, NET_DONE, buf_str(&b), -1, NULL) < 0)
		abort();
}

static void test_schedule(void)
{
	struct house h;
	struct net_send job;
	start(&h, 2);
	h.w.scheduled = false;
	tick(&h);
	ok(outgoing_fd(&h.w) < 0 && state(&h, 1) == NOTICE_WAITING,
		"a service that does not stay sends nothing by itself");
	h.w.scheduled = true;
	tick(&h);
	ok(outgoing_fd(&h.w) >= 0 && state(&h, 1) == NOTICE_UNCERTAIN,
		"one that stays hands over what is due, marked before");
	ok(hear_job(&h, &job) && str_eq(job.to, S("soc@alderquist.xt.example")) &&
			str_eq(job.envid, S("n1@cirt.xt.example")),
		"net gets the mail and its envelope");
	tick(&h);
	ok(state(&h, 2) == NOTICE_WAITING, "one at a time, and without waiting for it");
	answer(&h, NET_ACCEPTED);
	tick(&h);
	ok(state(&h, 1) == NOTICE_HANDED && state(&h, 2) == NOTICE_UNCERTAIN,
		"its answer lands, and the next one flies");
	ok(hear_job(&h, &job), "to the same net");
	answer(&h, NET_UNREACHABLE);
	tick(&h);
	ok(state(&h, 2) == NOTICE_WAITING, "nobody there: it waits");
	h.k.x.now += 400;
	tick(&h);
	ok(outgoing_fd(&h.w) < 0, "and a while nobody is asked");
	h.w.out.paused_ms = 0;
	tick(&h);
	ok(outgoing_fd(&h.w) >= 0 && hear_job(&h, &job), "then again");
	chan_free(&h.ours);
	tick(&h);
	ok(state(&h, 2) == NOTICE_UNCERTAIN && outgoing_fd(&h.w) < 0 && h.dropped > 0 &&
			kit_int(&h.k, "SELECT uncertain FROM outbox WHERE notice = 2") ==
				1,
		"net dies with the mail in hand: uncertain");
	finish(&h);
}

static void test_lies(void)
{
	struct house h;
	struct net_send job;
	start(&h, 1);
	tick(&h);
	ok(hear_job(&h, &job), "a mail flies");
	if (chan_send(h.ours, NET_DONE, S("\x63nonsense"), -1, NULL) < 0)
		abort();
	tick(&h);
	ok(state(&h, 1) == NOTICE_UNCERTAIN && h.dropped == 1,
		"a net that talks nonsense is dropped, and the mail is uncertain");
	finish(&h);

	start(&h, 1);
	tick(&h);
	ok(hear_job(&h, &job), "a mail flies");
	h.w.out.until_ms = clock_ms() - 1;
	tick(&h);
	ok(kit_int(&h.k, "SELECT uncertain FROM outbox") == 1 && h.dropped == 1,
		"a net that says nothing is given up");
	finish(&h);

	start(&h, 1);
	h.absent = true;
	tick(&h);
	ok(state(&h, 1) == NOTICE_WAITING && outgoing_fd(&h.w) < 0 &&
			kit_int(&h.k, "SELECT uncertain FROM outbox") == 0,
		"where net does not start, nothing went out");
	finish(&h);
}

/* What the mail server said is known, and the disk takes nothing just then. */
static void test_full_disk(void)
{
	struct house h;
	struct net_send job;
	start(&h, 2);
	tick(&h);
	ok(hear_job(&h, &job), "a mail flies");
	kit_sql(&h.k,
		"CREATE TRIGGER full BEFORE UPDATE ON outbox BEGIN SELECT "
		"RAISE(ABORT, 'full'); END");
	answer(&h, NET_ACCEPTED);
	tick(&h);
	tick(&h);
	ok(state(&h, 1) == NOTICE_UNCERTAIN && outgoing_fd(&h.w) < 0,
		"its end cannot be written");
	kit_sql(&h.k, "DROP TRIGGER full");
	tick(&h);
	ok(state(&h, 1) == NOTICE_HANDED &&
			kit_int(&h.k,
				"SELECT flying = 0 AND uncertain = 0 AND reply = "
				"'said' FROM outbox WHERE notice = 1") == 1,
		"there is room again: it is not forgotten, and nothing is doubted");
	ok(hear_job(&h, &job) && str_eq(job.envid, S("n2@cirt.xt.example")),
		"and the next one goes");
	finish(&h);
}

/* A line of 64 kbit/s and a digest with great tables. */
static void test_slow_line(void)
{
	struct house h;
	start(&h, 1);
	kit_sql(&h.k, "UPDATE outbox_mail SET mail = zeroblob(100000), sealed = 0");
	tick(&h);
	ok(h.w.out.until_ms - clock_ms() > 12000 * h.conf.mail_timeout + 20000,
		"a long mail gets the time that it takes");
	finish(&h);
}

int main(void)
{
	test_schedule();
	test_full_disk();
	test_slow_line();
	test_lies();
	return tap_end();
}

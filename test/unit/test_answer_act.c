/* SPDX-License-Identifier: Apache-2.0
 * test_answer_act.c - who may answer what: the acts of answers as a link, a person or
 * nobody sends them, applied by work to a database of its own. */
#include "notice_kit.h"

#include "base/auto.h"
#include "work/work.h"

struct place {
	struct kit k;
	struct conf conf;
	struct work w;
	struct chan *to, *from;
};

static int no_words(
	void *ctx, struct ctx *x, const struct notice_draft *d, struct notice_words *ret)
{
	(void)ctx;
	(void)x;
	(void)d;
	*ret = (struct notice_words){ S("s"), S("b") };
	return 0;
}

static int keep_up(void *ctx)
{
	(void)ctx;
	return 0;
}

/* Two organisations with a notice each, sent. */
static void begin(struct place *p)
{
	struct notice_opts o = { .mail_domain = S("x.example"),
		.writer = { NULL, no_words } };
	struct notice_result res;
	struct why why = { 0 };
	int ends[2];
	kit_new(&p->k);
	for (int i = 1; i <= 2; i++) {
		char text[40];
		(void)snprintf(text, sizeof(text), "soc@org%d.xt.example", i);
		kit_org(&p->k, i, text, "en");
		kit_contact(&p->k, i, text, "security", "");
		(void)snprintf(text, sizeof(text), "192.0.2.%d", i);
		kit_finding(&p->k,
			&(struct kit_finding){
				.org = i, .severity = SEV_CRITICAL, .net = text });
	}
	bool good = notice_draft_run(&p->k.x, &o, &res) == 0 && res.notices == 2;
	kit_sql(&p->k, "UPDATE notice SET state = 2");
	db_close(&p->k.x.db);
	conf_init(&p->conf);
	p->w = (struct work){ .conf = &p->conf, .datadir = p->k.dir };
	good = good && work_open(&p->w, KIT_DAY0, &why) == 0 &&
		chan_pair(&why, ends) == 0 && chan_new(ends[0], "client", &p->to) == 0 &&
		chan_new(ends[1], "work", &p->from) == 0;
	ok(good, "two notices, and work: %s", why.text);
}

static int item_body(struct arena *a, int64_t finding, struct str *ret)
{
	struct answer_item item = {
		.finding = finding, .kind = ANSWER_FIXED, .whose = S(""), .comment = S("")
	};
	struct buf b = buf_in(a, KIB(4));
	struct writer w = wr_new(&b);
	wr_u32(&w, 1);
	answer_item_write(&w, &item);
	*ret = buf_str(&b);
	return w.err;
}

/* One act with at most one number and one text. */
struct ask {
	enum act_id id;
	enum actor_kind who;
	const struct answer_link *link;
	const char *number, *text;
	int64_t n;
	struct str s;
	int file; /* 0: none */
};

static int apply(struct place *p, const struct ask *q)
{
	AUTO_ARENA job = arena_new(MIB(64), "job");
	struct buf b = buf_in(&job, KIB(16));
	struct writer w = wr_new(&b);
	struct call c = { .w = &p->w,
		.x = { .db = p->w.db,
			.arena = &job,
			.now = KIT_DAY0 + 7 * 3600,
			.actor = S("test") },
		.link = q->link,
		.keep = arena_new(MIB(8), "keep"),
		.fd = q->file ? q->file : -1,
		.to = p->to,
		.keep_up = keep_up };
	act_begin(&w, q->id);
	if (q->number && q->id == ACT_CONTACT_CONFIRM)
		rec_bool(&w, q->number, q->n > 0);
	else if (q->number)
		rec_int(&w, q->number, q->n);
	if (q->text)
		rec_text(&w, q->text, q->s);
	int r = work_apply(&c, buf_str(&b), q->who);
	arena_free(&c.keep);
	return r;
}

static void test_give(struct place *p)
{
	AUTO_ARENA a = arena_new(KIB(64), "items");
	struct answer_link link = {
		.id = 0, .kind = LINK_NOTICE, .notice = 1, .contact = 1
	};
	struct answer_link other = { .kind = LINK_CONTACT, .contact = 1 };
	struct str mine = S(""), theirs = S("");
	ok(item_body(&a, 1, &mine) == 0 && item_body(&a, 2, &theirs) == 0, "items");
	struct ask q = { ACT_ANSWER_GIVE, ACTOR_LINK, NULL, NULL, "items", 0, mine, 0 };
	ok(apply(p, &q) == E_NOT_FOUND, "without a link: not found");
	q.link = &other;
	ok(apply(p, &q) == E_NOT_FOUND, "with a contact's link: not found");
	q.link = &link;
	q.number = "notice";
	q.n = 2;
	ok(apply(p, &q) == E_NOT_FOUND, "another's notice: not found");
	q.number = NULL;
	q.s = theirs;
	ok(apply(p, &q) == 0 && kit_int(&p->k, "SELECT count(*) FROM answer") == 0,
		"another's finding is not taken");
	q.s = str_to(mine, mine.n - 1);
	ok(apply(p, &q) == E_USAGE, "items that are damaged");
	q.s = mine;
	ok(apply(p, &q) == 0 && kit_int(&p->k, "SELECT count(*) FROM answer") == 1 &&
			kit_int(&p->k, "SELECT state FROM finding WHERE id = 1") ==
				STATE_CLAIMED,
		"its own: taken, and claimed");
	static const enum actor_kind strangers[] = { ACTOR_WEB, ACTOR_READER,
		ACTOR_KEEPER, ACTOR_SCHEDULE };
	for (size_t i = 0; i < N(strangers); i++) {
		q.who = strangers[i];
		ok(apply(p, &q) == E_DENIED, "kind of actor %u may not",
			(unsigned)strangers[i]);
	}
	q.who = ACTOR_OWNER;
	q.link = NULL;
	ok(apply(p, &q) == E_USAGE, "the owner must say which notice");
	q.number = "notice";
	q.s = theirs;
	ok(apply(p, &q) == 0 &&
			kit_int(&p->k, "SELECT state FROM finding WHERE id = 2") ==
				STATE_CLAIMED,
		"and may answer any");
}

static void test_others(struct place *p)
{
	struct answer_link link = { .kind = LINK_CONTACT, .contact = 2 };
	struct answer_link notice = { .kind = LINK_NOTICE, .notice = 1, .contact = 2 };
	struct ask opened = { .id = ACT_ANSWER_OPENED, .who = ACTOR_LINK };
	struct ask confirm = { ACT_CONTACT_CONFIRM, ACTOR_LINK, NULL, "right", NULL, 1,
		S(""), 0 };
	struct ask revoke = { ACT_ANSWER_REVOKE, ACTOR_LINK, &link, "notice", NULL, 1,
		S(""), 0 };
	struct ask set = { ACT_RULE_SET, ACTOR_ANALYST, NULL, "value", "name", 9,
		S("link-days"), 0 };
	ok(apply(p, &opened) == E_NOT_FOUND, "opened, but what?");
	opened.who = ACTOR_OWNER;
	ok(apply(p, &opened) == E_DENIED, "only a link is opened");
	ok(apply(p, &confirm) == E_NOT_FOUND, "confirmed without a link");
	confirm.link = &notice;
	ok(apply(p, &confirm) == E_NOT_FOUND,
		"by the link of a notice to the same contact");
	confirm.link = &link;
	ok(apply(p, &confirm) == 0 &&
			kit_int(&p->k,
				"SELECT contact FROM contact_word "
				"WHERE confirmed_at > 0") == 2,
		"a contact confirms itself");
	ok(apply(p, &revoke) == E_DENIED, "who holds a link ends none");
	revoke.who = ACTOR_ANALYST;
	ok(apply(p, &revoke) == 0, "an analyst does");
	ok(apply(p, &set) == E_DENIED, "an analyst changes no rule");
	set.who = ACTOR_HEAD;
	ok(apply(p, &set) == 0 &&
			kit_int(&p->k,
				"SELECT value FROM answer_rule WHERE "
				"name = 'link-days'") == 9,
		"the head does");
	struct ask link_act = { ACT_ANSWER_LINK, ACTOR_OWNER, NULL, "notice", NULL, 1,
		S(""), 0 };
	ok(apply(p, &link_act) == E_STATE, "no web.url, no link");
	p->conf.web_url = S("https://cirt.example");
	ok(apply(p, &link_act) == 0 &&
			kit_int(&p->k, "SELECT count(*) FROM answer_link") == 1,
		"a link to pass on");
}

/* A web role that was taken over sends what is no file; without a link it comes no
 * further than that. */
static void test_file(struct place *p)
{
	struct ask q = {
		.id = ACT_ANSWER_FILE, .who = ACTOR_LINK, .text = "name", .s = S("a.csv")
	};
	int ends[2] = { -1, -1 };
	int file = openat(p->k.dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	ok(pipe2(ends, O_CLOEXEC) == 0 && file >= 0, "a pipe and a file");
	q.file = file;
	ok(apply(p, &q) == E_NOT_FOUND, "a file is looked at no further");
	ok(ftruncate(file, (off_t)LIMIT_ANSWER_FILE + 1) == 0 &&
			apply(p, &q) == E_TOO_BIG,
		"but for its size");
	q.file = ends[0];
	ok(apply(p, &q) == E_USAGE, "a pipe is none");
	q.file = p->k.dir;
	ok(apply(p, &q) == E_USAGE, "nor is a folder");
	q.file = 0;
	ok(apply(p, &q) == E_USAGE, "and nothing is nothing");
	(void)close(file);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

int main(void)
{
	struct place p = { 0 };
	struct why why = { 0 };
	begin(&p);
	test_give(&p);
	test_others(&p);
	test_file(&p);
	ok(work_close(&p.w, true, &why) == 0, "closed");
	chan_free(&p.to);
	chan_free(&p.from);
	(void)unlinkat(p.k.dir, "originals", AT_REMOVEDIR);
	kit_free(&p.k);
	return tap_end();
}

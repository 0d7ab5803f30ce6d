/* SPDX-License-Identifier: Apache-2.0
 * test_answer.c - answers: links, what is taken, what follows, what rests, who is asked
 * next, whom to trust; and the rules behind it. Claims are only written down here: work
 * makes them (story_answer). */
#include "notice_kit.h"

#include "core/preview.h"
#include "core/task.h"
#include "core/trust.h"

static int no_words(
	void *ctx, struct ctx *x, const struct notice_draft *d, struct notice_words *ret)
{
	(void)ctx;
	(void)x;
	(void)d;
	*ret = (struct notice_words){ S("s"), S("b") };
	return 0;
}

/* A run of that day, all of it sent at once. */
static struct notice_result draft(struct kit *k, int day)
{
	struct notice_opts o = { .mail_domain = S("x.example"),
		.writer = { NULL, no_words } };
	struct notice_result res = { .run = -1 };
	k->x.now = KIT_DAY0 + (int64_t)day * DAY_SECONDS + 7 * 3600;
	k->x.why = (struct why){ 0 };
	if (notice_draft_run(&k->x, &o, &res) < 0)
		printf("# draft: %s\n", k->x.why.text);
	kit_send(k, k->x.now);
	return res;
}

static struct rules rules_of(struct kit *k)
{
	struct rules rules = { 0 };
	if (rules_load(&k->x, &rules) < 0)
		printf("# %s\n", k->x.why.text);
	return rules;
}

/* ---- hooks that remember ---- */

struct seen {
	int claims, unclaims, refused;
	int64_t last;
	const char *why;
};

static int claim(void *ctx, int64_t finding, bool fixed)
{
	struct seen *s = ctx;
	s->claims += fixed;
	s->unclaims += !fixed;
	s->last = finding;
	return 0;
}

static int refused(void *ctx, const struct answer_item *item, const char *why)
{
	struct seen *s = ctx;
	(void)item;
	s->refused++;
	s->why = why;
	return 0;
}

static struct answer_item item(int64_t finding, enum answer_kind kind)
{
	return (struct answer_item){
		.finding = finding, .kind = kind, .whose = S(""), .comment = S("")
	};
}

static int give(struct kit *k, int64_t notice, const struct answer_item *items, size_t n,
	struct seen *seen, struct answer_result *res)
{
	struct answer_given g = { notice, 0, ANSWER_BY_HAND, items, n };
	struct answer_hooks h = { seen, claim, refused };
	struct tx t;
	*seen = (struct seen){ .why = "" };
	*res = (struct answer_result){ 0 };
	k->x.why = (struct why){ 0 };
	int r = tx_begin(&t, k->x.db, TX_WRITE);
	return r < 0 ? r : tx_end(&t, answer_give(&k->x, &g, &h, res));
}

static int give_one(struct kit *k, struct answer_item one, struct answer_result *res)
{
	struct seen seen;
	return give(k, 1, &one, 1, &seen, res);
}

/* ---- items ---- */

static void test_items(void)
{
	static const struct {
		const char *in;
		int rc;
		enum answer_kind kind;
	} words[] = { { "fixed", 0, ANSWER_FIXED }, { " FIXED ", 0, ANSWER_FIXED },
		{ "Not Mine", 0, ANSWER_NOT_MINE }, { "not_ours", 0, ANSWER_NOT_MINE },
		{ "working on it", 0, ANSWER_WORKING }, { "help", 0, ANSWER_HELP },
		{ "wrong-contact", 0, ANSWER_WRONG_CONTACT }, { "", E_SYNTAX, 0 },
		{ "fix", E_SYNTAX, 0 }, { "fixed!", E_SYNTAX, 0 } };
	for (size_t i = 0; i < N(words); i++) {
		enum answer_kind kind = ANSWER_NONE;
		int r = answer_kind_read(str_c(words[i].in), &kind);
		ok(r == words[i].rc && kind == words[i].kind, "'%s'", words[i].in);
	}
	struct answer_item a = item(1, ANSWER_FIXED);
	char big[ANSWER_COMMENT_MAX + 1];
	memset(big, 'x', sizeof(big));
	ok(answer_item_fault(&a) == NULL, "nothing is wrong with it");
	a.comment = S("one\ntwo");
	ok(answer_item_fault(&a) == NULL, "a comment of two lines");
	a.comment = (struct str){ big, sizeof(big) };
	ok(answer_item_fault(&a) != NULL, "a comment that is too long");
	a.comment.n--;
	ok(answer_item_fault(&a) == NULL, "and one byte less");
	static const char *const bad[] = { "bell \a", "\xff", "esc \x1b[1m",
		"c1 \xc2\x9b" };
	for (size_t i = 0; i < N(bad); i++) {
		a.comment = str_c(bad[i]);
		ok(answer_item_fault(&a) != NULL, "refused: comment %zu", i);
	}
	a.comment = S("");
	a.whose = S("two\nlines");
	ok(answer_item_fault(&a) != NULL, "whose is one line");
	a = item(1, ANSWER_FIXED);
	a.until = SOME(20700);
	ok(answer_item_fault(&a) != NULL, "fixed has no day");
	a.kind = ANSWER_KINDS;
	ok(answer_item_fault(&a) != NULL, "no such answer");
}

/* ---- links ---- */

static int issue(struct kit *k, int64_t notice, char token[ANSWER_TOKEN_MAX])
{
	struct tx t;
	k->x.why = (struct why){ 0 };
	int r = tx_begin(&t, k->x.db, TX_WRITE);
	return r < 0 ? r : tx_end(&t, answer_link_issue(&k->x, notice, token));
}

static bool is_found(struct kit *k, const char *token)
{
	struct answer_link l = { .id = -1 };
	k->x.why = (struct why){ 0 };
	int r = answer_link_find(&k->x, str_c(token), &l);
	bool silent = r == E_NOT_FOUND && k->x.why.err == 0 && l.id == -1;
	if (r != 0 && !silent)
		printf("# find: %d '%s'\n", r, k->x.why.text);
	return r == 0 || !silent;
}

static void test_links(struct kit *k)
{
	char a[ANSWER_TOKEN_MAX], b[ANSWER_TOKEN_MAX], upper[ANSWER_TOKEN_MAX];
	struct answer_link l = { 0 };
	struct tx t;
	int64_t n = 0, made = k->x.now;
	ok(issue(k, 1, a) == 0 && issue(k, 1, b) == 0 && strlen(a) == 26 &&
			strcmp(a, b) != 0,
		"two links, two tokens");
	ok(strspn(a, "abcdefghijklmnopqrstuvwxyz234567") == 26, "letters and digits");
	ok(answer_link_find(&k->x, str_c(a), &l) == 0 && l.notice == 1 &&
			l.contact == 1 && l.kind == LINK_NOTICE,
		"found: the notice and who it was sent to");
	memcpy(upper, a, sizeof(a));
	for (char *p = upper; *p; p++)
		*p = *p >= 'a' ? (char)(*p - 32) : *p;
	ok(is_found(k, upper), "in capitals too");
	sqlite3_stmt *s = NULL;
	sqlite3_prepare_v2(k->raw,
		"SELECT count(*) FROM answer_link WHERE instr(hash, ?1)", -1, &s, NULL);
	sqlite3_bind_text(s, 1, a, -1, SQLITE_STATIC);
	ok(sqlite3_step(s) == SQLITE_ROW && sqlite3_column_int(s, 0) == 0,
		"the token is not in the table");
	sqlite3_finalize(s);
	static const char *const wrong[] = { "", "a", "aaaaaaaaaaaaaaaaaaaaaaaaaa",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaa", "' OR 1=1 --" };
	for (size_t i = 0; i < N(wrong); i++)
		ok(!is_found(k, wrong[i]), "no such link, and not a word more: '%s'",
			wrong[i]);
	int64_t life = rules_of(k).number[RULE_LINK_DAYS] * DAY_SECONDS;
	k->x.now = made + life - 1;
	ok(is_found(k, a), "good to its last second");
	k->x.now = made + life;
	ok(!is_found(k, a), "then expired");
	k->x.now = made;
	for (int i = 0; i < 2; i++)
		ok(tx_begin(&t, k->x.db, TX_WRITE) == 0 &&
				tx_end(&t, answer_link_opened(&k->x, &l)) == 0,
			"opened");
	ok(kit_int(k, "SELECT opened FROM answer_link WHERE id = 1") == 2 &&
			kit_int(k,
				"SELECT count(*) FROM audit WHERE action = "
				"'answer.opened'") == 1,
		"counted twice, one row in the trail");
	kit_sql(k, "UPDATE notice SET state = 1 WHERE id = 1");
	ok(!is_found(k, a), "a notice that is held is shown to nobody");
	kit_sql(k, "UPDATE notice SET state = 4 WHERE id = 1");
	ok(tx_begin(&t, k->x.db, TX_WRITE) == 0 &&
			tx_end(&t, answer_link_revoke(&k->x, 1, &n)) == 0 && n == 2,
		"revoked: both");
	ok(!is_found(k, a) && !is_found(k, b), "and gone");
	ok(issue(k, 77, a) == E_NOT_FOUND, "no link for a notice that is not");
}

static void test_place(struct kit *k)
{
	struct str out;
	static const struct {
		const char *in, *out;
	} t[] = {
		{ "a\n{answer-link}\nb", "a\nX\nb" },
		{ "{answer-link}", "X" },
		{ "a {answer-link}\nb", "a {answer-link}\nb" },
		{ "{answer-link} b\n", "{answer-link} b\n" },
		{ "{answer-link}\nfoot\n{answer-link}\n", "{answer-link}\nfoot\nX\n" },
		{ "", "" },
	};
	for (size_t i = 0; i < N(t); i++)
		ok(answer_place(&k->arena, str_c(t[i].in), S("X"), &out) == 0 &&
				str_eq(out, str_c(t[i].out)),
			"place %zu", i);
	struct buf url = buf_in(&k->arena, ANSWER_URL_MAX);
	ok(answer_url_masked(S("https://x.example"), &url) == 0 &&
			str_starts(buf_str(&url), S("https://x.example/a/****")),
		"masked");
}

/* ---- giving ---- */

static void test_give(struct kit *k)
{
	struct answer_result res;
	struct seen seen;
	struct answer_item all = item(0, ANSWER_WORKING);
	all.until = SOME(day_of(k->x.now) + 10);
	ok(give_one(k, all, &res) == 0 && res.taken == 1 && res.findings == 3,
		"one answer about all three");
	ok(give_one(k, all, &res) == 0 && res.taken == 0 && res.unchanged == 1,
		"the same again changes nothing");
	ok(kit_int(k, "SELECT count(*) FROM answer") == 1, "and is kept once");
	struct answer_item some[] = { item(1, ANSWER_FIXED), item(0, ANSWER_HELP),
		item(9, ANSWER_FIXED), item(4, ANSWER_FIXED), item(1, ANSWER_HELP),
		item(1, ANSWER_FIXED) };
	ok(give(k, 1, some, N(some), &seen, &res) == 0 && res.taken == 2 &&
			res.findings == 3 && res.refused == 3,
		"one fixed, the others need help; another's, unknown, twice: refused");
	ok(seen.claims == 1 && seen.last == 1 && seen.refused == 3, "one claim");
	ok(kit_int(k, "SELECT count(*) FROM answer_now WHERE kind = 5") == 2 &&
			kit_int(k, "SELECT kind FROM answer_now WHERE finding = 1") == 1,
		"the latest counts");
	ok(kit_int(k, "SELECT count(*) FROM answer") == 3, "all is kept");
	ok(kit_int(k,
		   "SELECT count(*) FROM task WHERE kind = 'need-help' AND subject = "
		   "'notice 1'") == 1,
		"a task for the notice");
	kit_sql(k, "UPDATE finding SET state = 1 WHERE id = 1");
	struct answer_item again = item(1, ANSWER_FIXED);
	k->x.now += 2 * DAY_SECONDS;
	ok(give(k, 1, &again, 1, &seen, &res) == 0 && res.unchanged == 1 &&
			seen.claims == 0,
		"fixed again while the claim stands: nothing");
	kit_sql(k, "UPDATE finding SET state = 3, relapses = 1 WHERE id = 1");
	ok(give(k, 1, &again, 1, &seen, &res) == 0 && res.taken == 1 && seen.claims == 1,
		"fixed again after it came back: a new claim");
	kit_sql(k, "UPDATE finding SET state = 1 WHERE id = 1");
	struct answer_item other = item(1, ANSWER_WORKING);
	ok(give(k, 1, &other, 1, &seen, &res) == 0 && seen.unclaims == 1,
		"working on it after all: the claim is taken back");
	kit_sql(k, "UPDATE finding SET state = 0 WHERE id = 1");
	k->x.now -= 2 * DAY_SECONDS;
}

/* The same word about the same finding, but to a reminder: that is answered too. */
static void test_other_notice(struct kit *k)
{
	struct answer_result res;
	struct seen seen;
	struct answer_item working = item(3, ANSWER_WORKING);
	kit_sql(k,
		"INSERT INTO notice(id, run, org, recipient, language, tlp, state, "
		"state_why, at, content, message_id, findings, critical, new, "
		"relapsed, reminded, subject, body) "
		"SELECT 900, run, org, recipient, language, tlp, state, '', at, x'90', "
		"'other', findings, critical, new, relapsed, reminded, subject, body "
		"FROM notice WHERE id = 1");
	kit_sql(k,
		"INSERT INTO notice_finding SELECT 900, n, finding, why, before_at, "
		"before_org, before_file, before_relapses FROM notice_finding "
		"WHERE notice = 1");
	ok(give(k, 1, &working, 1, &seen, &res) == 0 && res.taken == 1, "said to one");
	ok(give(k, 900, &working, 1, &seen, &res) == 0 && res.taken == 1 &&
			res.unchanged == 0,
		"the same said to another notice is an answer to that");
	ok(give(k, 900, &working, 1, &seen, &res) == 0 && res.unchanged == 1,
		"and said once more it is not");
	kit_sql(k, "DELETE FROM answer_now WHERE finding = 3");
	kit_sql(k, "DELETE FROM answer WHERE notice = 900");
	kit_sql(k, "DELETE FROM notice_finding WHERE notice = 900");
	kit_sql(k, "DELETE FROM notice WHERE id = 900");
}

/* All its findings moved to another organisation. */
static void test_all_moved(struct kit *k)
{
	struct answer_result res;
	struct answer_item fixed = item(0, ANSWER_FIXED), mine = item(0, ANSWER_NOT_MINE);
	int64_t tasks = kit_int(k, "SELECT count(*) FROM task");
	int64_t answers = kit_int(k, "SELECT count(*) FROM answer");
	kit_sql(k, "UPDATE finding SET org = 2 WHERE org = 1");
	ok(give_one(k, fixed, &res) == 0 && res.refused == 1 && res.taken == 0 &&
			res.unchanged == 0,
		"fixed, all of them, but they are another's by now: refused");
	mine.comment = S("moved to Other");
	ok(give_one(k, mine, &res) == 0 && res.taken == 1 && res.findings == 0 &&
			kit_int(k, "SELECT count(*) FROM task") == tasks &&
			kit_int(k, "SELECT count(*) FROM answer") == answers + 1,
		"not ours: right, and what they wrote is kept");
	ok(give_one(k, mine, &res) == 0 && res.taken == 0 && res.unchanged == 1,
		"once a day");
	kit_sql(k,
		"UPDATE finding SET org = 1 WHERE id IN (SELECT finding FROM "
		"notice_finding WHERE notice = 1)");
}

static void test_tasks(struct kit *k)
{
	struct answer_result res;
	struct answer_item mine = item(2, ANSWER_NOT_MINE);
	mine.whose = S("ACME");
	mine.comment = S("sold in May");
	ok(give_one(k, mine, &res) == 0 && res.tasks == 1, "not mine: a task");
	ok(kit_int(k,
		   "SELECT count(*) FROM task WHERE kind = 'not-mine' AND subject = "
		   "'finding 2' AND detail = 'ACME: sold in May' AND finding = 2") == 1,
		"with what they wrote");
	ok(kit_int(k, "SELECT org FROM finding WHERE id = 2") == 1,
		"and the finding stays where it is");
	struct answer_item wrong = item(0, ANSWER_WRONG_CONTACT);
	wrong.whose = S("noc@uni.xt.example");
	ok(give_one(k, wrong, &res) == 0 && res.taken == 1 && res.tasks == 1,
		"wrong contact: a task");
	ok(give_one(k, wrong, &res) == 0 && res.unchanged == 1, "said once a day");
	ok(kit_int(k,
		   "SELECT count(*) FROM task WHERE kind = 'wrong-contact' AND "
		   "subject = 'contact 1'") == 1,
		"about the contact");
	ok(kit_int(k, "SELECT kind FROM answer_now WHERE finding = 2") == ANSWER_NOT_MINE,
		"what was said of the findings stays");
	kit_sql(k, "UPDATE finding SET org = 2 WHERE id = 3");
	ok(give_one(k, item(3, ANSWER_FIXED), &res) == 0 && res.refused == 1,
		"a finding that went to another organisation is not theirs to answer");
	kit_sql(k, "UPDATE finding SET org = 1 WHERE id = 3");
	struct answer_item late = item(3, ANSWER_WORKING);
	late.until = SOME(day_of(k->x.now) - 1);
	ok(give_one(k, late, &res) == 0 && res.refused == 1, "until yesterday: refused");
	kit_sql(k, "UPDATE notice SET state = 9 WHERE id = 1");
	ok(give_one(k, item(1, ANSWER_FIXED), &res) == E_STATE,
		"a notice that was cancelled cannot be answered");
	kit_sql(k, "UPDATE notice SET state = 4 WHERE id = 1");
}

static int by_link(struct kit *k, const struct answer_given *g, struct answer_result *res)
{
	struct seen seen = { .why = "" };
	struct answer_hooks h = { &seen, claim, refused };
	struct tx t;
	*res = (struct answer_result){ 0 };
	int r = tx_begin(&t, k->x.db, TX_WRITE);
	return r < 0 ? r : tx_end(&t, answer_give(&k->x, g, &h, res));
}

/* Somebody says something else again and again, by link. */
static void test_kept(struct kit *k)
{
	int64_t findings = kit_int(
		k, "SELECT count(*) FROM notice_finding WHERE notice = 1");
	int64_t before = kit_int(k, "SELECT count(*) FROM answer WHERE notice = 1"),
		kept = 0;
	char token[ANSWER_TOKEN_MAX], text[40];
	struct answer_item items[2] = { item(1, ANSWER_HELP), item(2, ANSWER_WORKING) };
	struct answer_given g = { 1, 0, ANSWER_BY_PAGE, items, 2 };
	struct answer_result res;
	struct tx t;
	k->x.why = (struct why){ 0 };
	int r = tx_begin(&t, k->x.db, TX_WRITE), acts = 0;
	if (r == 0)
		r = tx_end(&t, answer_link_issue(&k->x, 1, token));
	ok(r == 0, "a link");
	g.link = kit_int(k, "SELECT max(id) FROM answer_link");
	for (; acts < 500 && r == 0; acts++) {
		(void)snprintf(text, sizeof(text), "and also %d", acts);
		items[0].comment = items[1].comment = str_c(text);
		r = by_link(k, &g, &res);
		kept += r == 0 ? res.taken : 0;
	}
	ok(r == E_BUSY && kept == (5 * findings + 50) / 2 * 2,
		"by link %d of a day are kept: %s", (int)kept, k->x.why.text);
	ok(kit_int(k, "SELECT count(*) FROM answer WHERE notice = 1") == before + kept,
		"an act is kept whole, or not at all");
	ok(kit_int(k,
		   "SELECT count(*) FROM audit WHERE action = 'answer.give' AND "
		   "detail = 'working: 1, need-help: 1'") == acts - 1,
		"each act is one row in the trail");
	k->x.why = (struct why){ 0 };
	items[0].comment = S("by telephone");
	ok(give_one(k, items[0], &res) == 0 && res.taken == 1, "the team goes on");
	k->x.now += DAY_SECONDS;
	ok(by_link(k, &g, &res) == 0 && res.taken > 0, "and so does the link tomorrow");
}

/* ---- what rests, who is asked next ---- */

static const char *recipient(struct kit *k, int64_t run, char ret[64])
{
	char sql[128];
	sqlite3_stmt *s = NULL;
	(void)snprintf(sql, sizeof(sql),
		"SELECT recipient FROM notice WHERE run = %" PRId64 " AND org = 1", run);
	sqlite3_prepare_v2(k->raw, sql, -1, &s, NULL);
	bool found = sqlite3_step(s) == SQLITE_ROW;
	(void)snprintf(ret, 64, "%s",
		found ? (const char *)sqlite3_column_text(s, 0) : "nobody");
	sqlite3_finalize(s);
	return ret;
}

static void test_escalation(void)
{
	struct kit k;
	char to[64];
	kit_new(&k);
	kit_org(&k, 1, "University", "en");
	kit_contact(&k, 1, "soc@uni.xt.example", "security", "");
	kit_contact(&k, 1, "noc@uni.xt.example", "noc", "");
	kit_contact(&k, 1, "it@uni.xt.example", "it", "");
	kit_finding(&k,
		&(struct kit_finding){
			.org = 1, .severity = SEV_CRITICAL, .net = "192.0.2.1" });
	static const struct {
		int day;
		int64_t notices;
		const char *to;
		int64_t tasks;
	} t[] = { { 0, 1, "soc@uni.xt.example", 0 }, { 2, 0, "nobody", 0 },
		{ 3, 1, "soc@uni.xt.example", 0 }, { 6, 1, "soc@uni.xt.example", 0 },
		{ 9, 1, "noc@uni.xt.example", 0 }, { 12, 1, "noc@uni.xt.example", 0 },
		{ 15, 1, "noc@uni.xt.example", 1 } };
	for (size_t i = 0; i < N(t); i++) {
		struct notice_result res = draft(&k, t[i].day);
		ok(res.notices == t[i].notices &&
				strcmp(recipient(&k, res.run, to), t[i].to) == 0 &&
				res.person_tasks == t[i].tasks,
			"day %d: %" PRId64 " notices, to %s, %" PRId64 " tasks", t[i].day,
			res.notices, to, res.person_tasks);
	}
	ok(kit_int(&k,
		   "SELECT count(*) FROM task WHERE kind = 'no-answer' AND subject = "
		   "'organisation 1' AND done_at IS NULL") == 1,
		"on a person's list, once");
	struct answer_result res;
	struct answer_item working = item(0, ANSWER_WORKING);
	working.until = SOME(day_of(k.x.now) + 10);
	ok(give_one(&k, working, &res) == 0 && res.taken == 1, "an answer at last");
	ok(kit_int(&k, "SELECT count(*) FROM task WHERE done_at IS NULL") == 0,
		"the task is settled");
	ok(draft(&k, 24).notices == 0, "reminders rest until the day they named");
	struct notice_result after = draft(&k, 25);
	ok(after.notices == 1 &&
			strcmp(recipient(&k, after.run, to), "soc@uni.xt.example") == 0,
		"then the first contact again: %s", to);
	struct answer_item wrong = item(0, ANSWER_WRONG_CONTACT);
	ok(give_one(&k, wrong, &res) == 0, "wrong contact");
	after = draft(&k, 28);
	ok(strcmp(recipient(&k, after.run, to), "noc@uni.xt.example") == 0,
		"one of whom it was said is written to last: %s", to);
	working.until = SOME(day_of(k.x.now) + 300);
	ok(give_one(&k, working, &res) == 0, "working for 300 days");
	ok(draft(&k, 28 + 59).notices == 0 && draft(&k, 28 + 60).notices == 1,
		"reminders rest 60 days at most");
	kit_free(&k);
}

/* The first contact left three notices unanswered, the second one answers. */
static void test_who_answers(void)
{
	struct kit k;
	struct notice_result res = { 0 };
	struct answer_result got;
	struct seen seen;
	char to[64];
	kit_new(&k);
	kit_org(&k, 1, "University", "en");
	kit_contact(&k, 1, "soc@uni.xt.example", "security", "");
	kit_contact(&k, 1, "noc@uni.xt.example", "noc", "");
	kit_finding(&k,
		&(struct kit_finding){
			.org = 1, .severity = SEV_CRITICAL, .net = "192.0.2.1" });
	for (int day = 0; day <= 9; day += 3)
		res = draft(&k, day);
	struct answer_item working = item(0, ANSWER_WORKING);
	working.until = SOME(day_of(k.x.now) + 5);
	ok(strcmp(recipient(&k, res.run, to), "noc@uni.xt.example") == 0 &&
			give(&k, kit_int(&k, "SELECT max(id) FROM notice"), &working, 1,
				&seen, &got) == 0 &&
			got.taken == 1,
		"the second contact answers");
	res = draft(&k, 14);
	ok(res.notices == 1 &&
			strcmp(recipient(&k, res.run, to), "noc@uni.xt.example") == 0,
		"and is written to from now on: %s", to);
	kit_free(&k);
}

/* A person closed the task: they are asked after as many reminders more, not at once. */
static void test_asked_again(void)
{
	struct kit k;
	int64_t tasks = 0;
	kit_new(&k);
	kit_org(&k, 1, "University", "en");
	kit_contact(&k, 1, "soc@uni.xt.example", "security", "");
	kit_finding(&k,
		&(struct kit_finding){
			.org = 1, .severity = SEV_CRITICAL, .net = "192.0.2.1" });
	for (int day = 0; day <= 15; day += 3)
		tasks += draft(&k, day).person_tasks;
	k.x.now += 3600;
	struct tx t;
	ok(tasks == 1 && tx_begin(&t, k.x.db, TX_WRITE) == 0 &&
			tx_end(&t, task_done(&k.x, 1, S("rang them"))) == 0,
		"nobody answers: a person rings them");
	for (int day = 18; day <= 27; day += 3)
		tasks += draft(&k, day).person_tasks;
	ok(tasks == 1, "which is not asked for again the day after");
	ok(draft(&k, 30).person_tasks == 1, "but after four reminders more");
	kit_free(&k);
}

/* ---- trust ---- */

static void test_trust(struct kit *k)
{
	struct rules rules = rules_of(k);
	int64_t now = 1000 * (int64_t)DAY_SECONDS, day = DAY_SECONDS;
	unsigned why;
	static const struct {
		const char *what;
		int confirmed, wrong, answered, checked; /* days ago; -1 never */
		int64_t silent;
		enum trust trust;
		unsigned why;
	} t[] = {
		{ "nothing is known", -1, -1, -1, -1, 0, TRUST_UNKNOWN, 0 },
		{ "confirmed", 10, -1, -1, -1, 0, TRUST_GOOD, 0 },
		{ "answered", -1, -1, 365, -1, 4, TRUST_GOOD, 0 },
		{ "long ago", -1, -1, 366, -1, 0, TRUST_UNKNOWN, 0 },
		{ "silent", -1, -1, 100, -1, 5, TRUST_DOUBT, DOUBT_SILENT },
		{ "said to be wrong", -1, 5, 1, -1, 0, TRUST_DOUBT, DOUBT_WRONG },
		{ "wrong, then confirmed", 4, 5, -1, -1, 0, TRUST_GOOD, 0 },
		{ "asked, in grace", -1, -1, -1, 30, 0, TRUST_UNKNOWN, 0 },
		{ "asked, silent", -1, -1, -1, 31, 0, TRUST_DOUBT, DOUBT_CHECK },
		{ "asked, answered since", -1, -1, 20, 31, 0, TRUST_GOOD, 0 },
	};
	for (size_t i = 0; i < N(t); i++) {
		struct trust_facts f = { .silent = t[i].silent,
			.silent_at = SOME(now - 40 * day) };
		f.confirmed_at = t[i].confirmed < 0 ? NONE
						    : SOME(now - t[i].confirmed * day);
		f.wrong_at = t[i].wrong < 0 ? NONE : SOME(now - t[i].wrong * day);
		f.answered_at = t[i].answered < 0 ? NONE
						  : SOME(now - t[i].answered * day);
		f.checked_at = t[i].checked < 0 ? NONE : SOME(now - t[i].checked * day);
		enum trust got = trust_of(&f, &rules, now, &why);
		ok(got == t[i].trust && why == t[i].why, "%s: %s", t[i].what,
			trust_text(got));
	}
	struct trust_facts never = { 0 }, asked = { .checked_at = SOME(now - day) };
	ok(trust_check_due(&never, &rules, now), "never heard of: time to ask");
	ok(!trust_check_due(&asked, &rules, now), "asked yesterday: not again");
	struct trust_facts lately = { .silent = 9, .silent_at = SOME(now - 29 * day) };
	ok(trust_of(&lately, &rules, now, &why) == TRUST_UNKNOWN,
		"nine without an answer, but in a month: not silent yet");
	struct trust_facts mute = { .checked_at = SOME(now - 366 * day) };
	ok(trust_of(&mute, &rules, now, &why) == TRUST_DOUBT && why == DOUBT_CHECK &&
			trust_check_due(&mute, &rules, now),
		"it did not confirm a year ago: in doubt, and asked again");
	mute.bounced_at = SOME(now - day);
	ok(!trust_check_due(&mute, &rules, now), "not when its address does not work");
}

static int count_contact(void *ctx, const struct contact_row *row)
{
	struct contact_row *last = ctx;
	*last = *row;
	return 0;
}

static int confirm(struct kit *k, int64_t contact, bool right)
{
	struct tx t;
	k->x.why = (struct why){ 0 };
	int r = tx_begin(&t, k->x.db, TX_WRITE);
	return r < 0 ? r : tx_end(&t, contact_confirm(&k->x, contact, right, S("c")));
}

static void test_contacts(struct kit *k)
{
	struct contact_row row = { 0 };
	char token[ANSWER_TOKEN_MAX];
	struct answer_link l = { 0 };
	struct tx t;
	ok(contacts_each(&k->x, 0, count_contact, &row) == 0 && row.id == 1 &&
			row.trust == TRUST_DOUBT && (row.why & DOUBT_WRONG) &&
			row.facts.sent == 1,
		"the contact that was said to be wrong is in doubt");
	ok(confirm(k, 1, true) == 0 &&
			contacts_each(&k->x, 0, count_contact, &row) == 0 &&
			row.trust == TRUST_UNKNOWN + (row.facts.confirmed_at.v > 0),
		"confirmed");
	k->x.now++;
	ok(confirm(k, 1, false) == 0 &&
			contacts_each(&k->x, 0, count_contact, &row) == 0 &&
			row.trust == TRUST_DOUBT,
		"and not");
	ok(confirm(k, 99, true) == E_NOT_FOUND, "no such contact");
	ok(tx_begin(&t, k->x.db, TX_WRITE) == 0 &&
			tx_end(&t, contact_check_issue(&k->x, 1, token)) == 0 &&
			answer_link_find(&k->x, str_c(token), &l) == 0 &&
			l.kind == LINK_CONTACT && l.contact == 1 && l.notice == 0,
		"a link that asks the contact");
}

/* ---- rules ---- */

static int count_rule(void *ctx, const struct rule_row *row)
{
	int *n = ctx;
	*n += row->value >= row->min && row->value <= row->max && row->help != NULL;
	return 0;
}

static int set(struct kit *k, const char *name, int64_t value)
{
	struct tx t;
	k->x.why = (struct why){ 0 };
	int r = tx_begin(&t, k->x.db, TX_WRITE);
	return r < 0 ? r : tx_end(&t, rule_set(&k->x, str_c(name), value));
}

static void test_rules(struct kit *k)
{
	struct rules rules = rules_of(k);
	int n = 0;
	ok(rules_each(&rules, count_rule, &n) == 0 && n == 4 * SEV_N + RULE_NUMBERS,
		"%d rules, all within their range", n);
	ok(set(k, "remind-critical", 2) == 0 && set(k, "second-high", 7) == 0 &&
			set(k, "person-low", 8) == 0 && set(k, "notify-info", 1) == 0 &&
			set(k, "link-days", 90) == 0,
		"five of them changed");
	rules = rules_of(k);
	ok(rules.notice.of[SEV_CRITICAL].remind_days == 2 &&
			rules.escalate[SEV_HIGH].second_after == 7 &&
			rules.escalate[SEV_HIGH].person_after == 4 &&
			rules.escalate[SEV_LOW].person_after == 8 &&
			rules.notice.of[SEV_INFO].notify &&
			rules.number[RULE_LINK_DAYS] == 90,
		"and they are");
	ok(kit_int(k, "SELECT count(*) FROM audit WHERE action = 'rule.set'") == 5 &&
			kit_int(k,
				"SELECT count(*) FROM audit WHERE object = "
				"'remind-critical' AND detail = '2, before 3'") == 1,
		"in the trail, with what was before");
	ok(set(k, "remind-", 1) == E_NOT_FOUND && set(k, "remind", 1) == E_NOT_FOUND &&
			set(k, "x-critical", 1) == E_NOT_FOUND &&
			set(k, "", 1) == E_NOT_FOUND,
		"no such rules");
	ok(set(k, "notify-low", 2) == E_USAGE && set(k, "link-days", 0) == E_USAGE,
		"out of their range");
}

int main(void)
{
	struct kit k;
	kit_new(&k);
	kit_org(&k, 1, "University", "en");
	kit_org(&k, 2, "Other", "en");
	kit_contact(&k, 1, "soc@uni.xt.example", "security", "");
	for (int i = 1; i <= 3; i++) {
		char net[20];
		(void)snprintf(net, sizeof(net), "192.0.2.%d", i);
		kit_finding(&k,
			&(struct kit_finding){
				.org = 1, .severity = SEV_CRITICAL, .net = net });
	}
	kit_finding(&k,
		&(struct kit_finding){
			.org = 2, .severity = SEV_LOW, .net = "192.0.2.9" });
	draft(&k, 0);
	test_items();
	test_links(&k);
	test_place(&k);
	test_give(&k);
	test_all_moved(&k);
	test_tasks(&k);
	test_other_notice(&k);
	test_trust(&k);
	test_contacts(&k);
	test_rules(&k);
	test_kept(&k);
	kit_free(&k);
	test_escalation();
	test_who_answers();
	test_asked_again();
	return tap_end();
}

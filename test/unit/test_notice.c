/* SPDX-License-Identifier: Apache-2.0
 * test_notice.c - who is told what and when; runs that are held, cut off, decided on. */
#include "notice_kit.h"

#include "core/audit.h"

#include <signal.h>
#include <sys/wait.h>

/* ---- a writer without words ---- */

struct plain {
	int calls;
	int fail_at;   /* the call that fails; 0 none */
	int die_at;    /* the call that kills the process; 0 none */
	bool die_late; /* at its end, not its beginning */
	struct notice_draft last;
	char recipient[64], via[64];
};

static int write_plain(
	void *ctx, struct ctx *x, const struct notice_draft *d, struct notice_words *ret)
{
	struct plain *p = ctx;
	p->calls++;
	p->last = *d;
	snprintf(p->recipient, sizeof(p->recipient), "%.*s", STR(d->recipient));
	snprintf(p->via, sizeof(p->via), "%.*s", STR(d->via_name));
	if (p->calls == p->die_at && !p->die_late)
		raise(SIGKILL);
	if (p->calls == p->fail_at)
		return E_NO_SPACE;
	int r = notice_add_part(x, d->id, 1, S("a.csv"), S("text/csv"), S("a,b\r\n"));
	if (p->calls == p->die_at)
		raise(SIGKILL);
	*ret = (struct notice_words){ S("subject"), S("body") };
	return r;
}

static struct notice_result draft(struct kit *k, struct plain *p, int day)
{
	struct notice_opts o = { .lang = LANG_EN,
		.tlp = TLP_AMBER,
		.mail_domain = S("cirt.xt.example"),
		.writer = { p, write_plain } };
	struct notice_result res = { .run = -1 };
	k->x.now = KIT_DAY0 + (int64_t)day * DAY_SECONDS + 7 * 3600;
	k->x.why = (struct why){ 0 };
	int r = notice_draft_run(&k->x, &o, &res);
	if (r < 0)
		printf("# draft: %d %s\n", r, k->x.why.text);
	return res;
}

static int64_t at_day(int day)
{
	return KIT_DAY0 + (int64_t)day * DAY_SECONDS + 9 * 3600;
}

/* It leaves the house two hours later. */
static struct notice_result draft_sent(struct kit *k, struct plain *p, int day)
{
	struct notice_result res = draft(k, p, day);
	kit_send(k, at_day(day));
	return res;
}

/* ---- rules ---- */

static void test_rules(void)
{
	const struct notice_rules rules = { .of = { [SEV_CRITICAL] = { true, 3 },
						    [SEV_HIGH] = { true, 7 },
						    [SEV_MEDIUM] = { true, 0 },
						    [SEV_INFO] = { false, 1 } } };
	const int64_t now = KIT_DAY0 + 10 * DAY_SECONDS + 100;
	static const struct {
		const char *what;
		enum severity severity;
		enum finding_state state;
		int64_t relapses, noticed_org; /* org is 1; 0 never noticed */
		int ago_days, ago_more;	       /* since the last notice */
		int64_t noticed_relapses;
		enum notice_why want;
	} t[] = {
		{ "never told", SEV_HIGH, STATE_OPEN, 0, 0, 0, 0, 0, WHY_NEW },
		{ "never told, relapsed before", SEV_HIGH, STATE_RELAPSED, 2, 0, 0, 0, 0,
			WHY_NEW },
		{ "told to another", SEV_HIGH, STATE_OPEN, 0, 2, 1, 0, 0, WHY_NEW },
		{ "told yesterday", SEV_HIGH, STATE_OPEN, 0, 1, 1, 0, 0, WHY_NOT },
		{ "6 days ago", SEV_HIGH, STATE_OPEN, 0, 1, 6, 0, 0, WHY_NOT },
		{ "7 days ago", SEV_HIGH, STATE_OPEN, 0, 1, 7, 0, 0, WHY_REMINDER },
		{ "7 days ago, later that day", SEV_HIGH, STATE_OPEN, 0, 1, 7, -3600, 0,
			WHY_REMINDER },
		{ "critical, 3 days", SEV_CRITICAL, STATE_OPEN, 0, 1, 3, 0, 0,
			WHY_REMINDER },
		{ "no reminders", SEV_MEDIUM, STATE_OPEN, 0, 1, 500, 0, 0, WHY_NOT },
		{ "relapsed since", SEV_MEDIUM, STATE_RELAPSED, 1, 1, 1, 0, 0,
			WHY_RELAPSED },
		{ "relapse told", SEV_MEDIUM, STATE_RELAPSED, 1, 1, 1, 0, 1, WHY_NOT },
		{ "relapse told, reminder", SEV_HIGH, STATE_RELAPSED, 1, 1, 8, 0, 1,
			WHY_REMINDER },
		{ "relapsed and fixed again", SEV_HIGH, STATE_FIXED, 1, 1, 9, 0, 0,
			WHY_NOT },
		{ "info", SEV_INFO, STATE_OPEN, 0, 0, 0, 0, 0, WHY_NOT },
		{ "info, old", SEV_INFO, STATE_OPEN, 0, 1, 9, 0, 0, WHY_NOT },
		{ "claimed", SEV_HIGH, STATE_CLAIMED, 0, 0, 0, 0, 0, WHY_NOT },
		{ "fixed", SEV_HIGH, STATE_FIXED, 0, 1, 9, 0, 0, WHY_NOT },
		{ "not theirs", SEV_HIGH, STATE_NOT_THEIRS, 0, 0, 0, 0, 0, WHY_NOT },
	};
	for (size_t i = 0; i < N(t); i++) {
		struct notice_case c = { .severity = t[i].severity,
			.state = t[i].state,
			.relapses = t[i].relapses,
			.org = 1,
			.noticed_relapses = t[i].noticed_relapses };
		if (t[i].noticed_org) {
			c.noticed_org = SOME(t[i].noticed_org);
			c.noticed_at = SOME(
				now - t[i].ago_days * DAY_SECONDS - t[i].ago_more);
		}
		ok(notice_why_of(&rules, &c, now) == t[i].want, "rule: %s", t[i].what);
	}
}

static void test_roles(void)
{
	static const struct {
		const char *role;
		int rank;
	} t[] = { { "security", 0 }, { "Security officer", 0 }, { "CSIRT", 0 },
		{ "abuse", 1 }, { "abuse,noc", 1 }, { "noc", 2 }, { "it", 3 },
		{ "IT-admin", 3 }, { "director", 4 }, { "", 4 }, { "facility", 4 } };
	for (size_t i = 0; i < N(t); i++)
		ok(notice_role_rank(str_c(t[i].role)) == t[i].rank, "role '%s'",
			t[i].role);
}

static void test_hold(void)
{
	static const struct {
		int64_t notices, sizes[8];
		size_t n;
		int64_t usual;
		const char *want;
	} t[] = {
		{ 0, { 0 }, 0, 0, "" },
		{ 1, { 0 }, 0, 0, HELD_FIRST_RUNS },
		{ 5, { 4, 4 }, 2, 4, HELD_FIRST_RUNS },
		{ 5, { 4, 4, 4 }, 3, 4, "" },
		{ 49, { 1, 1, 1 }, 3, 1, "" },
		{ 50, { 1, 1, 1 }, 3, 1, HELD_BATCH_SIZE },
		{ 50, { 5, 5, 5 }, 3, 5, "" },
		{ 51, { 5, 5, 5 }, 3, 5, HELD_BATCH_SIZE },
		{ 55, { 5, 6, 5, 6 }, 4, 5, "" },
		{ 56, { 5, 6, 5, 6 }, 4, 5, HELD_BATCH_SIZE },
		{ 90, { 9, 1, 9, 1, 9, 1, 9 }, 7, 9, "" },
		{ 91, { 9, 1, 9, 1, 9, 1, 9, 500 }, 8, 9, HELD_BATCH_SIZE },
	};
	for (size_t i = 0; i < N(t); i++) {
		int64_t usual = -1;
		const char *why = notice_hold_why(
			t[i].notices, t[i].sizes, t[i].n, &usual);
		ok(strcmp(why, t[i].want) == 0 && usual == t[i].usual,
			"hold: %" PRId64 " after %zu runs", t[i].notices, t[i].n);
	}
}

/* ---- runs ---- */

static void test_first(struct kit *k)
{
	struct plain p = { 0 };
	kit_org(k, 1, "Ministry of Finance", "fr");
	kit_org(k, 2, "Zelvora Mobile", "ar");
	kit_contact(k, 1, "info@finance.gov.xt.example", "director", "en");
	kit_contact(k, 1, "soc@finance.gov.xt.example", "security", "");
	kit_contact(k, 2, "abuse@zelvora.xt.example", "abuse", "ar");
	kit_finding(k,
		&(struct kit_finding){ .org = 1,
			.network_org = 2,
			.severity = SEV_HIGH,
			.net = "192.0.2.1" });
	kit_finding(k,
		&(struct kit_finding){
			.org = 1, .severity = SEV_CRITICAL, .net = "192.0.2.2" });
	kit_finding(k,
		&(struct kit_finding){
			.org = 1, .severity = SEV_INFO, .net = "192.0.2.3" });
	kit_finding(k,
		&(struct kit_finding){
			.org = 0, .severity = SEV_CRITICAL, .net = "192.0.2.4" });
	struct notice_result res = draft(k, &p, 0);
	ok(res.notices == 1 && res.findings == 2, "one notice with two findings");
	ok(str_eq(res.held_why, S(HELD_FIRST_RUNS)), "the first run is held");
	is(p.recipient, "soc@finance.gov.xt.example", "the security contact goes first");
	ok(p.last.lang == LANG_FR,
		"without a language of its own it is the organisation's");
	ok(p.last.new == 2 && p.last.by_severity[SEV_CRITICAL] == 1 && p.last.via == 0,
		"counts");
	ok(p.last.act_days[SEV_CRITICAL] == 3,
		"critical: act before the reminder, whenever it is sent");
	ok(kit_int(k, "SELECT finding FROM notice_finding WHERE notice = 1 AND n = 1") ==
			2,
		"the worst stands first");
	ok(kit_int(k, "SELECT count(*) FROM finding WHERE noticed_at IS NOT NULL") == 2,
		"only what was told is marked");
	ok(kit_int(k, "SELECT noticed_file FROM finding WHERE id = 1") == 1,
		"told up to file 1");
	ok(kit_int(k,
		   "SELECT message_id GLOB 'tocsin.1.????????????????@cirt.xt.example' "
		   "FROM notice") == 1,
		"the Message-ID");
	ok(kit_int(k,
		   "SELECT instr(message_id, lower(substr(hex(content), 1, 16))) "
		   "FROM notice") == 0,
		"which nobody can work out from what is told");
	ok(kit_int(k, "SELECT state FROM notice") == NOTICE_HELD, "its notice is held");
	ok(draft(k, &p, 0).notices == 0 && draft(k, &p, 1).notices == 0, "told once");
	kit_sql(k, "INSERT INTO sighting VALUES(1, 20606, 1, 0, 9, 5, %d, %d)",
		KIT_DAY0 + DAY_SECONDS, KIT_DAY0 + DAY_SECONDS);
	kit_send(k, at_day(0));
	ok(draft(k, &p, 2).notices == 0, "more of the same is nothing new");
	res = draft_sent(k, &p, 3);
	ok(res.notices == 1 && res.findings == 1 && p.last.reminded == 1 &&
			p.last.new == 0,
		"critical is reminded after 3 days");
	ok(p.last.open_before == 2 && p.last.oldest_open == KIT_DAY0 + 60,
		"2 are still open");
	res = draft_sent(k, &p, 7);
	ok(res.findings == 2, "high after 7 days, and critical again");
}

static void test_relapse(struct kit *k)
{
	struct plain p = { 0 };
	kit_sql(k, "UPDATE finding SET state = 2 WHERE id = 1");
	ok(draft_sent(k, &p, 30).findings == 1, "what is fixed gets no reminder");
	kit_sql(k, "UPDATE finding SET state = 3, relapses = 1 WHERE id = 1");
	struct notice_result res = draft_sent(k, &p, 31);
	ok(res.findings == 1 && p.last.relapsed == 1, "a relapse is said at once");
	kit_sql(k, "UPDATE finding SET state = 1 WHERE id = 1");
	ok(draft(k, &p, 32).findings == 0, "what is claimed to be fixed is not told");
	kit_sql(k, "UPDATE finding SET state = 3, relapses = 2 WHERE id = 1");
	ok(draft_sent(k, &p, 32).findings == 1 && p.last.relapsed == 1,
		"a second relapse is another");
	kit_sql(k, "UPDATE finding SET state = 4 WHERE id = 1");
	ok(draft_sent(k, &p, 90).findings == 1, "not theirs: never");
}

static void test_moved(struct kit *k)
{
	struct plain p = { 0 };
	kit_sql(k, "UPDATE finding SET state = 2 WHERE id <= 3");
	int64_t id = kit_finding(k,
		&(struct kit_finding){
			.org = 1, .severity = SEV_LOW, .net = "192.0.2.9" });
	ok(draft_sent(k, &p, 100).findings == 1, "told to the first organisation");
	kit_sql(k, "UPDATE finding SET org = 2 WHERE id = %lld", (long long)id);
	struct notice_result res = draft_sent(k, &p, 100);
	ok(res.findings == 1 && p.last.org == 2 && p.last.new == 1,
		"moved: new for the second");
	kit_sql(k, "UPDATE finding SET org = 1 WHERE id = %lld", (long long)id);
	int calls = p.calls;
	res = draft(k, &p, 100);
	ok(res.notices == 0 && res.repeated == 1 && p.calls == calls,
		"moved back: the same was drafted already");
	ok(draft(k, &p, 101).repeated == 0, "and counts as told then");
	ok(draft_sent(k, &p, 190).findings == 1 && p.last.reminded == 1,
		"with its reminder");
	kit_sql(k, "UPDATE finding SET state = 2 WHERE id = %lld", (long long)id);
}

static int on_orphan(void *ctx, const struct notice_orphan *o)
{
	*(struct notice_orphan *)ctx = *o;
	return 0;
}

static void test_contacts(struct kit *k)
{
	struct plain p = { 0 };
	struct notice_orphan o = { 0 };
	kit_org(k, 10, "City of Sarrowick", "ar");
	kit_finding(k,
		&(struct kit_finding){
			.org = 10, .severity = SEV_CRITICAL, .net = "192.0.2.181" });
	kit_org(k, 11, "Quandish Telecom", "fr");
	struct notice_result res = draft(k, &p, 200);
	ok(res.notices == 0 && res.no_contact_orgs == 1 && res.no_contact_findings == 1,
		"nobody to tell: counted");
	ok(notice_no_contact_each(&k->x, on_orphan, &o) == 0 && o.org == 10 &&
			o.findings == 1 && o.critical == 1,
		"and listed");
	ok(kit_int(k,
		   "SELECT count(*) FROM finding WHERE org = 10 AND noticed_at IS "
		   "NULL") == 1,
		"and not marked as told");
	kit_finding(k,
		&(struct kit_finding){ .org = 10,
			.network_org = 11,
			.severity = SEV_HIGH,
			.net = "192.0.2.182" });
	kit_finding(k,
		&(struct kit_finding){ .org = 10,
			.network_org = 11,
			.severity = SEV_HIGH,
			.net = "192.0.2.183" });
	kit_finding(k,
		&(struct kit_finding){ .org = 10,
			.network_org = 2,
			.severity = SEV_LOW,
			.net = "192.0.2.180" });
	res = draft_sent(k, &p, 200);
	ok(res.notices == 1 && res.findings == 4 && p.last.via == 2,
		"the operator is told");
	is(p.recipient, "abuse@zelvora.xt.example", "of the network that has a contact");
	is(p.via, "Zelvora Mobile", "by its name");
	ok(p.last.org == 10 && p.last.lang == LANG_AR,
		"about the organisation, in its language");
	o.org = 0;
	ok(notice_no_contact_each(&k->x, on_orphan, &o) == 0 && o.org == 0,
		"not listed any more");
	kit_contact(k, 10, "it@sarrowick.xt.example", "it", "zh");
	res = draft_sent(k, &p, 203);
	ok(p.last.via == 0 && p.last.lang == LANG_ZH,
		"an own contact goes before the operator");
}

static void test_repeat_after_error(struct kit *k)
{
	struct plain p = { .fail_at = 1 };
	for (int i = 20; i < 24; i++) {
		char name[32], mail[32];
		snprintf(name, sizeof(name), "Agency %d", i);
		snprintf(mail, sizeof(mail), "it@a%d.xt.example", i);
		kit_org(k, i, name, "en");
		kit_contact(k, i, mail, "it", "en");
		kit_finding(k,
			&(struct kit_finding){
				.org = i, .severity = SEV_LOW, .net = "192.0.2.200" });
	}
	kit_sql(k, "UPDATE finding SET state = 2 WHERE org < 20");
	int64_t before = kit_int(k, "SELECT count(*) FROM notice");
	p.fail_at = 3;
	struct notice_result res = draft(k, &p, 210);
	ok(res.run == -1 && kit_int(k, "SELECT count(*) FROM notice") == before + 2,
		"an error ends the run after two notices");
	ok(kit_int(k, "SELECT count(*) FROM notice WHERE state_why = 'unfinished-run'") ==
			2,
		"they wait");
	int64_t first = kit_int(
		k, "SELECT min(id) FROM notice WHERE state_why = 'unfinished-run'");
	struct notice_change c;
	struct notice_pick pick = { .ids = &first, .n = 1 };
	k->x.why = (struct why){ 0 };
	ok(notice_approve(&k->x, &pick, true, &c) == E_STATE, "and cannot be approved");
	p = (struct plain){ 0 };
	res = draft(k, &p, 210);
	ok(res.notices == 4 && p.calls == 2,
		"the next call drafts the rest into the same run");
	ok(kit_int(k, "SELECT count(*) FROM notice WHERE state_why = 'unfinished-run'") ==
				0 &&
			kit_int(k,
				"SELECT count(DISTINCT run) FROM notice WHERE org >= "
				"20") == 1,
		"and finishes it");
	ok(res.held_why.n == 0 &&
			kit_int(k, "SELECT state FROM notice ORDER BY id DESC") ==
				NOTICE_DRAFT,
		"with enough earlier runs it is a draft");
}

static void test_file_being_read(struct kit *k)
{
	struct plain p = { 0 };
	kit_sql(k,
		"INSERT INTO file SELECT 2, x'00', 'g', '', 1, 20606, 1, 1, 0, 1, 1, "
		"1, 0, 0, "
		"0, 0, 0, NULL, ''");
	kit_sql(k,
		"INSERT INTO file SELECT 3, x'01', 'h', '', 1, 20606, 1, 1, 1, 1, 1, "
		"1, 0, 0, "
		"0, 0, 0, NULL, ''");
	int64_t id = kit_finding(k,
		&(struct kit_finding){
			.org = 20, .severity = SEV_HIGH, .net = "192.0.2.77" });
	ok(draft(k, &p, 211).findings == 1 &&
			kit_int(k, "SELECT noticed_file FROM finding ORDER BY id DESC") ==
				1,
		"a file still being read does not count as told");
	kit_sql(k,
		"UPDATE file SET state = 1; DELETE FROM notice_part WHERE notice = "
		"(SELECT "
		"max(id) FROM notice); DELETE FROM notice_finding WHERE finding = %lld",
		(long long)id);
	kit_sql(k,
		"DELETE FROM sighting WHERE finding = %lld; DELETE FROM notice WHERE "
		"id = "
		"(SELECT max(id) FROM notice); DELETE FROM finding WHERE id = %lld; "
		"DELETE FROM notice_run WHERE id = (SELECT max(id) FROM notice_run)",
		(long long)id, (long long)id);
	ok(notice_held_text(S(HELD_BATCH_SIZE)) != NULL &&
			notice_held_text(S("wait")) == NULL,
		"our own reasons have a sentence");
}

/* ---- deciding ---- */

static int64_t state_of(struct kit *k, int64_t id)
{
	char sql[80];
	snprintf(sql, sizeof(sql), "SELECT state FROM notice WHERE id = %" PRId64, id);
	return kit_int(k, sql);
}

/* Holding, and saying why later. */
static void test_reasons(struct kit *k, const struct notice_pick *p)
{
	struct notice_change c = { 0 };
	ok(notice_hold(&k->x, p, S("wait"), &c) == 0 && c.changed == 2, "draft -> held");
	ok(notice_hold(&k->x, p, S("wait for the minister"), &c) == 0 && c.changed == 2 &&
			kit_int(k,
				"SELECT count(*) FROM notice WHERE state_why = "
				"'wait for the minister'") == 2 &&
			kit_int(k,
				"SELECT count(*) FROM audit WHERE action = 'notice.hold'"
				" AND detail = 'wait for the minister'") == 2,
		"held for another reason: it is kept, and in the trail");
	ok(notice_hold(&k->x, p, S(""), &c) == 0 && c.changed == 0 && c.unchanged == 2 &&
			c.held == 0 &&
			kit_int(k,
				"SELECT count(*) FROM notice WHERE state_why = "
				"'wait for the minister'") == 2,
		"held once more without one: nothing changes");
}

static void test_states(struct kit *k)
{
	struct notice_change c = { 0 };
	int64_t id = kit_int(k, "SELECT max(id) FROM notice");
	int64_t run = kit_int(k, "SELECT max(run) FROM notice");
	int64_t ids[] = { id, id - 1 };
	struct notice_pick both = { .ids = ids, .n = 2 }, all = { .run = run };
	struct notice_pick none = { .ids = (int64_t[]){ 9999 }, .n = 1 },
			   no_run = { .run = 9999 };
	test_reasons(k, &both);
	ok(notice_approve(&k->x, &both, false, &c) == E_STATE &&
			state_of(k, id) == NOTICE_HELD,
		"held is not approved by the way");
	ok(notice_approve(&k->x, &all, false, &c) == 0 && c.changed == 2 &&
			c.unchanged == 2 && c.held == 2,
		"a run: the drafts are approved, the held are not");
	ok(notice_approve(&k->x, &all, true, &c) == 0 && c.changed == 2,
		"held -> approved");
	ok(notice_approve(&k->x, &all, true, &c) == 0 && c.changed == 0 &&
			c.unchanged == 4,
		"approved stays approved");
	ok(notice_hold(&k->x, &both, S(HELD_UNFINISHED), &c) == 0 &&
			kit_int(k,
				"SELECT count(*) FROM notice WHERE state_why = "
				"'unfinished-run'") == 0,
		"approved -> held; our own words are not a reason");
	ok(notice_cancel(&k->x, &both, S("wrong list"), false, &c) == 0 && c.changed == 2,
		"held -> cancelled");
	ok(notice_approve(&k->x, &both, true, &c) == E_STATE &&
			notice_hold(&k->x, &both, S(""), &c) == E_STATE,
		"cancelled is the end");
	ids[1] = id - 2;
	ok(notice_approve(&k->x, &both, true, &c) == E_STATE &&
			notice_hold(&k->x, &(struct notice_pick){ .ids = ids, .n = 2 },
				S(""), &c) == E_STATE &&
			state_of(k, id - 2) == NOTICE_APPROVED,
		"a list is changed whole or not at all");
	ok(notice_cancel(&k->x, &none, S(""), false, &c) == E_NOT_FOUND &&
			notice_hold(&k->x, &no_run, S(""), &c) == E_NOT_FOUND,
		"no such notice, no such run");
	struct plain p = { 0 };
	ok(draft_sent(k, &p, 210).notices == 0,
		"a cancelled notice is not drafted again");
	ok(draft(k, &p, 300).findings == 4, "its findings wait for their reminder");
}

static void test_again(struct kit *k)
{
	struct plain p = { 0 };
	struct notice_change c;
	int64_t run = kit_int(k, "SELECT max(run) FROM notice");
	struct notice_pick all = { .run = run };
	for (int i = 0; i < 2; i++) {
		all.run = run + i;
		ok(notice_cancel(&k->x, &all, S("wrong contacts"), true, &c) == 0 &&
				c.changed == 4,
			"cancelled to be drafted again (%d)", i);
		ok(kit_int(k,
			   "SELECT count(*) FROM finding WHERE org >= 20 AND "
			   "noticed_at >= "
			   "1780272000 + 86400 * 250") == 0,
			"the findings are as before");
		struct notice_result res = draft(k, &p, 300);
		ok(res.notices == 4 && p.last.reminded == 1,
			"and are drafted for the same reason");
	}
	struct audit_head head;
	ok(audit_verify(&k->x, &head) == 0 && head.rows > 0, "the audit trail is whole");
	ok(kit_int(k,
		   "SELECT count(*) FROM audit WHERE action = 'notice.cancel-again'") ==
			8,
		"each decision is in it");
}

/* ---- being told ---- */

static int cancel_run(struct kit *k, int64_t run, bool again)
{
	struct notice_pick pick = { .run = run };
	struct notice_change c;
	return notice_cancel(&k->x, &pick, S("no"), again, &c);
}

/* Nobody approves for weeks: it is drafted once, and counts from when it left. */
static void test_in_house(void)
{
	static const enum notice_state in_house[] = { NOTICE_HELD, NOTICE_DRAFT,
		NOTICE_APPROVED, NOTICE_WAITING };
	struct plain p = { 0 };
	struct kit k;
	kit_new(&k);
	kit_org(&k, 1, "Ministry of Finance", "fr");
	kit_org(&k, 2, "Ministry of Health", "fr");
	kit_contact(&k, 1, "soc@finance.gov.xt.example", "security", "");
	kit_contact(&k, 2, "soc@health.gov.xt.example", "security", "");
	kit_finding(&k,
		&(struct kit_finding){
			.org = 1, .severity = SEV_CRITICAL, .net = "192.0.2.1" });
	draft(&k, &p, 0);
	for (size_t i = 0; i < N(in_house); i++) {
		kit_sql(&k, "UPDATE notice SET state = %d, state_why = ''", in_house[i]);
		ok(draft(&k, &p, 10 + (int)i).notices == 0,
			"a notice that is %s is not reminded of",
			notice_state_text(in_house[i]));
	}
	kit_sql(&k, "UPDATE finding SET state = 3, relapses = 1");
	ok(draft(&k, &p, 20).notices == 0, "nor is a relapse told meanwhile");
	kit_sql(&k,
		"UPDATE finding SET org = 2, noticed_at = NULL, noticed_relapses = 0");
	ok(draft(&k, &p, 20).notices == 1 && p.last.org == 2,
		"but another organisation is told");
	kit_sql(&k, "UPDATE finding SET org = 1, noticed_at = NULL");
	ok(draft(&k, &p, 21).notices == 0, "and back at the first, it is being told");
	kit_sql(&k,
		"UPDATE finding SET state = 0, relapses = 0, noticed_at = %lld, "
		"noticed_org = 1",
		(long long)KIT_DAY0 + 7 * 3600);
	kit_send(&k, at_day(31));
	ok(draft(&k, &p, 33).notices == 0, "out on day 31: nothing on day 33");
	kit_finding(&k,
		&(struct kit_finding){
			.org = 1, .severity = SEV_HIGH, .net = "192.0.2.2" });
	int64_t next = draft(&k, &p, 33).run;
	ok(p.last.findings == 1 && p.last.open_before == 1, "one is open from before");
	struct notice_result res = draft(&k, &p, 34);
	ok(res.findings == 1 && p.last.reminded == 1 && p.last.open_before == 1,
		"the reminder on day 34; what waits here is not open from before");
	ok(cancel_run(&k, next, true) == 0 && draft(&k, &p, 34).findings == 1 &&
			p.last.new == 1,
		"cancelled with again: told anew");
	ok(cancel_run(&k, res.run, true) == 0 && draft(&k, &p, 35).findings == 1 &&
			p.last.reminded == 1,
		"a reminder cancelled with again: by the day the first went out");
	ok(draft(&k, &p, 80).notices == 0, "and then it waits");
	kit_free(&k);
}

/* ---- reading ---- */

struct seen {
	int n;
	int64_t last, parts;
	bool ordered;
};

static int on_row(void *ctx, const struct notice_row *row)
{
	struct seen *s = ctx;
	s->ordered &= s->n == 0 || row->id < s->last;
	s->last = row->id;
	s->n++;
	return 0;
}

static int on_part(void *ctx, const struct notice_part *part)
{
	struct seen *s = ctx;
	s->parts += part->n == 1 && str_eq(part->content, S("a,b\r\n"));
	return 0;
}

static int on_run(void *ctx, const struct notice_run_row *row)
{
	struct seen *s = ctx;
	s->n += row->finished;
	return 0;
}

static int count_list(struct kit *k, struct notice_filter f)
{
	struct seen s = { .ordered = true };
	int r = notice_list_each(&k->x, &f, on_row, &s);
	return r < 0 || !s.ordered ? -1 : s.n;
}

static void test_lists(struct kit *k)
{
	int64_t total = kit_int(k, "SELECT count(*) FROM notice");
	int64_t max = kit_int(k, "SELECT max(id) FROM notice");
	ok(count_list(k, (struct notice_filter){ .n = 1000 }) == total,
		"all, newest first");
	ok(count_list(k, (struct notice_filter){ .n = 3 }) == 3, "at most n");
	ok(count_list(k, (struct notice_filter){ .n = 1000, .before = max }) == total - 1,
		"below");
	ok(count_list(k, (struct notice_filter){ .n = 1000, .org = 20 }) ==
			kit_int(k, "SELECT count(*) FROM notice WHERE org = 20"),
		"of an organisation");
	ok(count_list(k, (struct notice_filter){ .n = 1000, .run = 1 }) == 1, "of a run");
	ok(count_list(k, (struct notice_filter){ .n = 1000, .run = 1, .org = 20 }) == 0,
		"of both");
	ok(count_list(k,
		   (struct notice_filter){
			   .n = 1000, .state = SOME(NOTICE_CANCELLED) }) == 10,
		"in a state");
	struct notice_full full;
	ok(notice_get(&k->x, 1, &full) == 0 && str_eq(full.body, S("body")) &&
			str_eq(full.row.org_name, S("Ministry of Finance")) &&
			full.row.tlp == TLP_AMBER && full.row.lang == LANG_FR,
		"one notice");
	k->x.why = (struct why){ 0 };
	ok(notice_get(&k->x, 99999, &full) == E_NOT_FOUND, "no such notice");
	struct seen s = { 0 };
	ok(notice_parts_each(&k->x, 1, on_part, &s) == 0 && s.parts == 1, "its parts");
	ok(notice_runs_each(&k->x, 0, 1000, on_run, &s) == 0 &&
			s.n == kit_int(k, "SELECT count(*) FROM notice_run"),
		"all runs, all finished");
}

/* ---- killed ---- */

#define KILL_ORGS 12

static void many_orgs(struct kit *k)
{
	for (int i = 1; i <= KILL_ORGS; i++) {
		char name[32], mail[32];
		snprintf(name, sizeof(name), "Agency %d", i);
		snprintf(mail, sizeof(mail), "it@a%d.xt.example", i);
		kit_org(k, i, name, "en");
		kit_contact(k, i, mail, "it", "en");
		for (int j = 0; j < i; j++)
			kit_finding(k,
				&(struct kit_finding){ .org = i,
					.severity = SEV_HIGH,
					.net = "192.0.2.200" });
	}
}

/* Drafts in a child that dies at the given point; -1: by the clock, after us
 * microseconds. */
static void draft_and_die(struct kit *k, int at, bool late, useconds_t us)
{
	kit_close(k);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		struct plain p = { .die_at = at, .die_late = late };
		kit_open(k, DB_WRITE);
		draft(k, &p, 1);
		_exit(0);
	}
	if (us > 0) {
		usleep(us);
		kill(child, SIGKILL);
	}
	waitpid(child, NULL, 0);
	kit_open(k, DB_WRITE);
}

static bool all_once(struct kit *k)
{
	int64_t want = KILL_ORGS * (KILL_ORGS + 1) / 2;
	return kit_int(k, "SELECT count(*) FROM notice") == KILL_ORGS &&
		kit_int(k, "SELECT count(DISTINCT org) FROM notice") == KILL_ORGS &&
		kit_int(k, "SELECT sum(findings) FROM notice") == want &&
		kit_int(k, "SELECT count(*) FROM notice_finding") == want &&
		kit_int(k, "SELECT count(DISTINCT finding) FROM notice_finding") ==
		want &&
		kit_int(k, "SELECT count(*) FROM notice_part") == KILL_ORGS &&
		kit_int(k, "SELECT count(*) FROM finding WHERE noticed_at IS NULL") ==
		0 &&
		kit_int(k,
			"SELECT count(*) FROM notice WHERE body = '' OR message_id = "
			"''") == 0 &&
		kit_int(k, "SELECT count(*) FROM notice_run WHERE finished IS NULL") ==
		0 &&
		kit_int(k, "SELECT count(*) FROM notice_run WHERE notices > 0") == 1 &&
		kit_int(k, "SELECT count(*) FROM audit") ==
		kit_int(k, "SELECT count(*) FROM notice_run");
}

/* Between kills: what is there is whole, and nothing is there twice. */
static bool half_is_whole(struct kit *k)
{
	return kit_int(k,
		       "SELECT count(*) FROM notice n WHERE n.findings <> (SELECT "
		       "count(*) FROM "
		       "notice_finding f WHERE f.notice = n.id)") == 0 &&
		kit_int(k,
			"SELECT count(*) FROM finding WHERE (noticed_at IS NOT NULL) "
			"<> (id IN (SELECT finding FROM notice_finding))") == 0 &&
		kit_int(k,
			"SELECT count(*) FROM notice WHERE state <> 1 AND run IN "
			"(SELECT id FROM notice_run WHERE finished IS NULL)") == 0;
}

static void test_killed(void)
{
	int whole = 0, points = 0, once = 0, runs = 0;
	for (int at = 1; at <= KILL_ORGS; at += 2) {
		struct kit k;
		struct plain p = { 0 };
		kit_new(&k);
		many_orgs(&k);
		for (int again = at; again > 0; again /= 2, points++) {
			draft_and_die(&k, again, at % 4 == 1, 0);
			whole += half_is_whole(&k);
		}
		for (useconds_t us = 500; us < 20000; us = us * 2, points++) {
			draft_and_die(&k, 0, false, us);
			whole += half_is_whole(&k);
		}
		draft(&k, &p, 1);
		runs++;
		once += all_once(&k);
		kit_free(&k);
	}
	ok(whole == points, "killed at %d points: what is there is whole", points);
	ok(once == runs, "then every finding is told once (%d of %d)", once, runs);
}

int main(void)
{
	struct kit k;
	test_rules();
	test_roles();
	test_hold();
	kit_new(&k);
	test_first(&k);
	test_relapse(&k);
	test_moved(&k);
	test_contacts(&k);
	test_repeat_after_error(&k);
	test_file_being_read(&k);
	test_states(&k);
	test_again(&k);
	test_lists(&k);
	kit_free(&k);
	test_in_house();
	test_killed();
	return tap_end();
}

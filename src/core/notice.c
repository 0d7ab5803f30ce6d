/* SPDX-License-Identifier: Apache-2.0
 * notice.c - a run of drafting: see notice.h. Depends on: base, db. */
#include "core/notice.h"

#include "base/date.h"
#include "core/audit.h"
#include "core/rule.h"
#include "core/setting.h"
#include "core/task.h"
#include "db/sql_fold.h"
#include "db/sql_notice.h"
#include "db/sql_trust.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* One finding that is due, as much as sorting and hashing need: 50,000 of them are 6
 * MB. */
struct due {
	int64_t id, kind;
	enum severity severity;
	enum notice_why why;
	int64_t number; /* the notice before it: see add_content
			 */
	bool has_net;
	struct ip ip;
	int64_t port;
	struct opt_int before_at, before_org;
	int64_t before_file, before_relapses;
};
struct operator_count {
	int64_t org, findings;
};
struct recipient {
	int64_t contact, via;
	bool second;
	struct str email, via_name;
	enum lang lang;
};

struct run {
	struct ctx x; /* the caller's, with an arena that is emptied after each
			 organisation */
	const struct notice_opts *opts;
	struct rules rules;
	struct notice_result res;
	int64_t told_file;
	struct arena *keep;		       /* for the run */
	struct sql_notice_in_house_rows house; /* what is being told, in order */
	struct sql_notice_asked_rows asked;
	/* The organisation at hand. */
	struct notice_draft draft;
	struct str org_language;
	struct due *due;
	size_t n, cap;
	struct operator_count operators[64];
	size_t n_operators;
	bool second;	/* nobody answers: the second contact is written to */
	int64_t silent; /* findings for a person's list, for the same reason */
	struct sha256 content;
};

static void count_operator(struct run *run, struct opt_int org)
{
	size_t i = 0;
	if (!org.has || org.v == run->draft.org)
		return;
	while (i < run->n_operators && run->operators[i].org != org.v)
		i++;
	if (i == N(run->operators))
		return; /* in the networks of more than 64 operators: the first ones will
			   do */
	if (i == run->n_operators)
		run->operators[run->n_operators++] = (struct operator_count){ org.v, 0 };
	run->operators[i].findings++;
}

static void count_due(struct notice_draft *d, const struct due *due)
{
	d->findings++;
	d->by_severity[due->severity]++;
	d->new += due->why == WHY_NEW;
	d->relapsed += due->why == WHY_RELAPSED;
	d->reminded += due->why == WHY_REMINDER;
}

static int by_org(const void *pa, const void *pb)
{
	const struct sql_notice_in_house_row *a = pa, *b = pb;
	if (a->org != b->org)
		return a->org < b->org ? -1 : 1;
	return a->finding < b->finding ? -1 : a->finding > b->finding;
}

/* Does it stand in a notice to this organisation that has not left the house? */
static bool is_being_told(const struct run *run, int64_t finding)
{
	const struct sql_notice_in_house_row key = { run->draft.org, finding };
	return run->house.n > 0 &&
		bsearch(&key, run->house.v, run->house.n, sizeof(key), by_org);
}

/* A reminder counts from the day on which the notice went out. */
static int wait_for(struct run *run, struct notice_case *c, int64_t finding)
{
	struct sql_notice_out_in in = { finding, c->org };
	struct sql_notice_out_row out;
	int r = sql_notice_out(run->x.db, &in, &out);
	if (r == 0 && out.at.has && out.at.v > c->noticed_at.v)
		c->noticed_at = out.at;
	return r;
}

static int64_t asked_at(const struct run *run)
{
	for (size_t i = 0; i < run->asked.n; i++)
		if (run->asked.v[i].org == run->draft.org)
			return run->asked.v[i].at;
	return 0;
}

/* How often was it reminded of in vain? */
static int escalate(struct run *run, const struct sql_notice_open_row *row)
{
	const struct escalation *e = &run->rules.escalate[row->severity];
	struct sql_notice_reminders_in in = {
		.finding = row->id, .org = run->draft.org, .since = row->answered_at.v
	};
	struct sql_notice_reminders_row reminders;
	if (e->second_after == 0 && e->person_after == 0)
		return 0;
	int r = sql_notice_reminders(run->x.db, &in, &reminders);
	if (r < 0)
		return r;
	run->second |= e->second_after && reminders.n >= e->second_after;
	if (e->person_after == 0 || reminders.n < e->person_after)
		return 0;
	/* A person who has just rung them is asked after as many more. */
	in.since = asked_at(run) > in.since ? asked_at(run) : in.since;
	r = sql_notice_reminders(run->x.db, &in, &reminders);
	run->silent += r == 0 && reminders.n >= e->person_after;
	return r;
}

static int on_open(void *ctx, const struct sql_notice_open_row *row)
{
	struct run *run = ctx;
	struct notice_draft *d = &run->draft;
	if (row->severity < 0 || row->severity >= SEV_N)
		return fail(&run->x.why, E_DB, "finding %" PRId64 " has no severity",
			row->id);
	struct notice_case c = { .severity = (enum severity)row->severity,
		.state = (enum finding_state)row->state,
		.relapses = row->relapses,
		.org = d->org,
		.noticed_at = row->noticed_at,
		.noticed_org = row->noticed_org,
		.noticed_relapses = row->noticed_relapses,
		.rest_until = (int32_t)row->rest_until.v };
	bool told = row->noticed_at.has && row->noticed_org.has &&
		row->noticed_org.v == d->org;
	if (is_being_told(run, row->id))
		return 0;
	if (told && run->rules.notice.of[c.severity].notify) {
		if (d->open_before++ == 0 || row->first_seen < d->oldest_open)
			d->oldest_open = row->first_seen;
	}
	enum notice_why why = notice_why_of(&run->rules.notice, &c, run->x.now);
	if (why == WHY_REMINDER) {
		int r = wait_for(run, &c, row->id);
		if (r < 0)
			return r;
		why = notice_why_of(&run->rules.notice, &c, run->x.now);
	}
	if (why == WHY_NOT)
		return 0;
	if (run->n == run->cap) {
		size_t cap = run->cap ? 2 * run->cap : 64;
		struct due *more = arena_array(run->x.arena, cap, sizeof(*more));
		if (run->n > 0)
			memcpy(more, run->due, run->n * sizeof(*more));
		run->due = more;
		run->cap = cap;
	}
	struct due *due = &run->due[run->n++];
	*due = (struct due){ .id = row->id,
		.kind = row->kind,
		.severity = c.severity,
		.why = why,
		.has_net = row->net.n == sizeof(due->ip),
		.port = row->port,
		.before_at = row->noticed_at,
		.before_org = row->noticed_org,
		.before_file = row->noticed_file,
		.before_relapses = row->noticed_relapses };
	due->number = why == WHY_NEW ? 0 : row->noticed_at.v;
	if (due->has_net)
		memcpy(&due->ip, row->net.p, sizeof(due->ip));
	count_operator(run, row->network_org);
	count_due(d, due);
	return why == WHY_REMINDER ? escalate(run, row) : 0;
}

static int by_id(const void *pa, const void *pb)
{
	const struct due *a = pa, *b = pb;
	return a->id < b->id ? -1 : a->id > b->id;
}

/* The table's order: worst first, then same by same, then along the addresses. */
static int by_table(const void *pa, const void *pb)
{
	const struct due *a = pa, *b = pb;
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->has_net != b->has_net)
		return a->has_net ? -1 : 1;
	int c = a->has_net ? ip_cmp(&a->ip, &b->ip) : 0;
	if (c != 0)
		return c;
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	return by_id(pa, pb);
}

static void add_number(struct hasher *h, int64_t n)
{
	uint64_t v = (uint64_t)n;
	uint8_t b[8];
	for (size_t i = 0; i < sizeof(b); i++)
		b[i] = (uint8_t)(v >> (8 * i));
	hasher_add(h, (struct str){ (const char *)b, sizeof(b) });
}

/* What the notice is about: the organisation and, by finding, why and which time. A
 * reminder and a relapse are numbered by the notice before it. */
static void add_content(struct run *run)
{
	AUTO_HASHER h = hasher_new();
	add_number(h, run->draft.org);
	for (size_t i = 0; i < run->n; i++) {
		add_number(h, run->due[i].id);
		add_number(h, run->due[i].why);
		add_number(h, run->due[i].number);
	}
	run->content = hasher_end(h);
}

/* ---- who gets it ---- */

#define RANK_WRONG 100 /* one of whom it was said comes behind all others */
#define LEFT_MOST  3   /* notices left unanswered: behind one who answers */

struct contact {
	int64_t id;
	int rank;
	struct str email, language;
};
struct contact_pick {
	struct arena *arena;
	struct contact first, second; /* id 0: none */
	struct contact answers;	      /* the first of those who answered lately */
	bool first_answers;
};

static int on_contact(void *ctx, const struct sql_notice_contacts_row *row)
{
	struct contact_pick *p = ctx;
	int rank = notice_role_rank(row->role) + (row->wrong > 0 ? RANK_WRONG : 0);
	struct contact c = { row->id, rank, str_dup(p->arena, row->email),
		str_dup(p->arena, row->language) };
	bool answers = row->answered > 0 && row->wrong == 0;
	if (answers && (p->answers.id == 0 || rank < p->answers.rank))
		p->answers = c;
	if (p->first.id == 0 || rank < p->first.rank) {
		p->second = p->first;
		p->first = c;
		p->first_answers = answers;
	} else if (p->second.id == 0 || rank < p->second.rank) {
		p->second = c;
	}
	return 0;
}

/* Who answers goes before one who leaves what he gets unanswered. */
static int prefer_answers(struct run *run, struct contact_pick *p, int64_t since)
{
	struct sql_trust_silent_in in = { p->first.id, since, since, LEFT_MOST };
	struct sql_trust_silent_row left;
	if (p->first.id == 0 || p->first_answers || p->answers.id == 0)
		return 0;
	int r = sql_trust_silent(run->x.db, &in, &left);
	if (r == 0 && left.n >= LEFT_MOST) {
		p->second = p->first;
		p->first = p->answers;
	}
	return r;
}

/* 1: found, 0: the organisation has no contact. */
static int find_contact(
	struct run *run, int64_t org, struct str org_language, struct recipient *ret)
{
	struct contact_pick p = { .arena = run->x.arena };
	int64_t since = run->x.now - run->rules.number[RULE_CHECK_DAYS] * DAY_SECONDS;
	struct sql_notice_contacts_in in = { .org = org, .since = since };
	int r = sql_notice_contacts_each(run->x.db, &in, on_contact, &p);
	if (r == 0)
		r = prefer_answers(run, &p, since);
	if (r < 0 || p.first.id == 0)
		return r;
	bool second = run->second && p.second.id != 0 && p.second.rank < RANK_WRONG;
	const struct contact *c = second ? &p.second : &p.first;
	enum lang lang;
	if (lang_parse(c->language, &lang) < 0 && lang_parse(org_language, &lang) < 0)
		lang = run->opts->lang;
	*ret = (struct recipient){
		.contact = c->id, .second = second, .email = c->email, .lang = lang
	};
	return 1;
}

static int by_findings(const void *pa, const void *pb)
{
	const struct operator_count *a = pa, *b = pb;
	if (a->findings != b->findings)
		return a->findings > b->findings ? -1 : 1;
	return a->org < b->org ? -1 : a->org > b->org;
}

/* The operator of the network that most of the findings lie in, of those with a
 * contact. */
static int find_operator(struct run *run, struct recipient *ret)
{
	if (run->n_operators > 0)
		qsort(run->operators, run->n_operators, sizeof(*run->operators),
			by_findings);
	for (size_t i = 0; i < run->n_operators; i++) {
		struct sql_notice_org_in in = { .id = run->operators[i].org };
		struct sql_notice_org_row org;
		int r = sql_notice_org(run->x.db, run->x.arena, &in, &org);
		if (r == 0)
			r = find_contact(run, in.id, org.language, ret);
		if (r < 0)
			return r;
		if (r > 0) {
			ret->via = in.id;
			ret->via_name = org.name;
			return r;
		}
	}
	return 0;
}

/* ---- one organisation ---- */

static int insert_notice(struct run *run, const struct recipient *to)
{
	struct notice_draft *d = &run->draft;
	struct sql_notice_insert_in in = { .run = run->res.run,
		.org = d->org,
		.via = to->via ? SOME(to->via) : NONE,
		.contact = SOME(to->contact),
		.recipient = to->email,
		.language = str_c(lang_code(to->lang)),
		.tlp = d->tlp,
		.why = S(HELD_UNFINISHED),
		.at = d->at,
		.content = { (const char *)run->content.b, SHA256_LEN },
		.findings = d->findings,
		.critical = d->by_severity[SEV_CRITICAL],
		.new = d->new,
		.relapsed = d->relapsed,
		.reminded = d->reminded };
	struct sql_notice_insert_row row;
	int r = sql_notice_insert(run->x.db, &in, &row);
	if (r < 0)
		return r;
	d->id = row.id;
	d->via = to->via;
	d->via_name = to->via_name.p ? to->via_name : S("");
	d->recipient = to->email;
	d->lang = to->lang;
	for (size_t i = 0; i < run->n && r == 0; i++) {
		const struct due *due = &run->due[i];
		struct sql_notice_finding_insert_in f = { .notice = d->id,
			.n = (int64_t)i + 1,
			.finding = due->id,
			.why = due->why,
			.before_at = due->before_at,
			.before_org = due->before_org,
			.before_file = due->before_file,
			.before_relapses = due->before_relapses };
		r = sql_notice_finding_insert(run->x.db, &f);
	}
	return r;
}

static int message_id(struct ctx *x, int64_t notice, const struct sha256 *content,
	struct str domain, struct buf *out)
{
	struct str key = S("");
	char once[16], hex[SHA256_HEX + 1];
	AUTO_HASHER h = hasher_new();
	int r = setting_get(x, SETTING_FINDING_KEY, &key);
	if (r < 0 && r != E_NOT_FOUND)
		return r;
	if (key.n == 0) { /* a database that work has not opened yet */
		random_bytes(once, sizeof(once));
		key = (struct str){ once, sizeof(once) };
	}
	hasher_add(h, S("Message-ID"));
	hasher_add(h, key);
	add_number(h, notice);
	hasher_add(h, (struct str){ (const char *)content->b, SHA256_LEN });
	struct sha256 sum = hasher_end(h);
	return buf_addf(out, "tocsin.%" PRId64 ".%.16s@%.*s", notice,
		sha256_text(&sum, hex), STR(domain));
}

int notice_store_words(struct ctx *x, int64_t notice, const struct sha256 *content,
	struct str domain, const struct notice_words *words)
{
	struct buf id = buf_in(x->arena, KIB(1));
	int r = message_id(x, notice, content, domain, &id);
	if (r < 0)
		return r;
	struct sql_notice_set_words_in in = { .id = notice,
		.message_id = buf_str(&id),
		.subject = words->subject,
		.body = words->body };
	return sql_notice_set_words(x->db, &in);
}

static int write_words(struct run *run)
{
	const struct notice_draft *d = &run->draft;
	const struct notice_writer *w = &run->opts->writer;
	struct notice_words words = { S(""), S("") };
	int r = w->write(w->ctx, &run->x, d, &words);
	return r < 0 ? r
		     : notice_store_words(&run->x, d->id, &run->content,
			       run->opts->mail_domain, &words);
}

static int mark(struct run *run, int64_t at, int64_t file)
{
	int r = 0;
	for (size_t i = 0; i < run->n && r == 0; i++) {
		struct sql_notice_mark_in in = { .finding = run->due[i].id,
			.at = at,
			.org = run->draft.org,
			.file = file };
		r = sql_notice_mark(run->x.db, &in);
	}
	return r;
}

/* The same findings for the same reasons were drafted before; this happens when a finding
 * went to another organisation and came back. It counts as told then. */
static int drafted_before(struct run *run, bool *ret)
{
	struct sql_notice_by_content_in in = { { (const char *)run->content.b,
		SHA256_LEN } };
	struct sql_notice_by_content_row row;
	int r = sql_notice_by_content(run->x.db, &in, &row);
	*ret = r == 0;
	if (r == E_NOT_FOUND)
		return 0;
	return r < 0 ? r : mark(run, row.at, run->told_file);
}

/* Reminders and the second contact led to nothing. */
static int ask_person(struct run *run)
{
	char subject[40], detail[64];
	struct task_new t = { .kind = TASK_NO_ANSWER,
		.org = SOME(run->draft.org),
		.notice = SOME(run->draft.id) };
	(void)snprintf(subject, sizeof(subject), "organisation %" PRId64, run->draft.org);
	(void)snprintf(detail, sizeof(detail), "%" PRId64 " findings", run->silent);
	t.subject = str_c(subject);
	t.detail = str_c(detail);
	run->res.person_tasks++;
	return task_add(&run->x, &t);
}

static int draft_org(struct run *run)
{
	struct notice_draft *d = &run->draft;
	struct recipient to = { 0 };
	struct sql_notice_open_in open = { .org = d->org, .state = STATE_OPEN };
	int r = sql_notice_open_each(run->x.db, &open, on_open, run);
	open.state = STATE_RELAPSED;
	if (r == 0)
		r = sql_notice_open_each(run->x.db, &open, on_open, run);
	if (r < 0 || run->n == 0)
		return r;
	r = find_contact(run, d->org, run->org_language, &to);
	if (r == 0)
		r = find_operator(run, &to);
	if (r < 0)
		return r;
	if (r == 0) {
		run->res.no_contact_orgs++;
		run->res.no_contact_findings += d->findings;
		return 0;
	}
	qsort(run->due, run->n, sizeof(*run->due), by_id);
	add_content(run);
	bool is_repeated;
	r = drafted_before(run, &is_repeated);
	if (r < 0 || is_repeated) {
		run->res.repeated += is_repeated;
		return r;
	}
	qsort(run->due, run->n, sizeof(*run->due), by_table);
	run->res.second_contacts += to.second;
	r = insert_notice(run, &to);
	if (r == 0)
		r = write_words(run);
	if (r == 0 && run->silent > 0)
		r = ask_person(run);
	return r < 0 ? r : mark(run, d->at, run->told_file);
}

static void begin_org(struct run *run, const struct sql_notice_next_org_row *org)
{
	run->draft = (struct notice_draft){ .run = run->res.run,
		.at = run->x.now,
		.org = org->id,
		.org_name = org->name,
		.tlp = run->opts->tlp };
	for (int s = 0; s < SEV_N; s++)
		run->draft.act_days[s] = run->rules.notice.of[s].remind_days;
	run->org_language = org->language;
	run->due = NULL;
	run->n = run->cap = run->n_operators = 0;
	run->second = false;
	run->silent = 0;
}

/* 1: there was one more organisation, 0: that was the last. */
static int next_org(struct run *run, int64_t *after)
{
	struct sql_notice_next_org_in in = { .after = *after };
	struct sql_notice_next_org_row org;
	struct notice_result before = run->res;
	struct tx t;
	arena_reset(run->x.arena);
	int r = sql_notice_next_org(run->x.db, run->x.arena, &in, &org);
	if (r == E_NOT_FOUND)
		return 0;
	if (r == 0)
		r = tx_begin(&t, run->x.db, TX_WRITE);
	if (r < 0)
		return r;
	begin_org(run, &org);
	r = tx_end(&t, draft_org(run));
	if (r < 0) {
		run->res = before;
		return fail(&run->x.why, r, "the notice to %.*s", STR(org.name));
	}
	*after = org.id;
	return 1;
}

/* ---- the run ---- */

static int told_file(struct ctx *x, int64_t *ret)
{
	struct sql_notice_file_reading_row reading;
	struct sql_notice_file_last_row last;
	int r = sql_notice_file_reading(x->db, &reading);
	if (r == 0) {
		*ret = reading.id - 1;
		return 0;
	}
	if (r == E_NOT_FOUND)
		r = sql_notice_file_last(x->db, &last);
	if (r == 0)
		*ret = last.id;
	return r;
}

/* The run that was cut off, or a new one. */
static int begin_run(struct run *run)
{
	struct sql_notice_run_unfinished_row cut;
	int r = sql_notice_run_unfinished(run->x.db, &cut);
	if (r == 0)
		run->res.run = cut.id;
	if (r != E_NOT_FOUND)
		return r;
	struct sql_notice_run_insert_in in = { .at = run->x.now };
	struct sql_notice_run_insert_row row;
	struct tx t;
	r = tx_begin(&t, run->x.db, TX_WRITE);
	if (r < 0)
		return r;
	r = tx_end(&t, sql_notice_run_insert(run->x.db, &in, &row));
	if (r == 0)
		run->res.run = row.id;
	return r;
}

static int judge(struct run *run)
{
	struct sql_notice_run_sizes_in in = {
		.kind = NOTICE_FINDINGS, .before = run->res.run, .n = NOTICE_RUNS_JUDGED
	};
	struct sql_notice_run_sizes_rows rows;
	int64_t sizes[NOTICE_RUNS_JUDGED];
	int r = sql_notice_run_sizes(run->x.db, run->x.arena, &in, &rows);
	if (r < 0)
		return r;
	for (size_t i = 0; i < rows.n && i < N(sizes); i++)
		sizes[i] = rows.v[i].notices;
	run->res.held_why = str_c(
		notice_hold_why(run->res.notices, sizes, rows.n, &run->res.usual));
	return 0;
}

static int finish_in_tx(struct run *run)
{
	struct ctx *x = &run->x;
	struct notice_result *res = &run->res;
	struct sql_notice_run_count_in count_in = { .run = res->run };
	struct sql_notice_run_count_row count;
	int r = sql_notice_run_count(x->db, &count_in, &count);
	if (r < 0)
		return r;
	res->notices = count.notices;
	res->findings = count.findings;
	r = judge(run);
	if (r < 0)
		return r;
	struct sql_notice_run_finish_in fin = { .id = res->run,
		.finished = x->now,
		.notices = res->notices,
		.usual = res->usual,
		.held_why = res->held_why };
	r = sql_notice_run_finish(x->db, &fin);
	if (r < 0)
		return r;
	struct sql_notice_run_release_in out = { .run = res->run,
		.waiting = S(HELD_UNFINISHED),
		.state = res->held_why.n > 0 ? NOTICE_HELD : NOTICE_DRAFT,
		.why = res->held_why };
	r = sql_notice_run_release(x->db, &out);
	if (r < 0)
		return r;
	struct buf object = buf_in(x->arena, KIB(1)), detail = buf_in(x->arena, KIB(1));
	r = buf_addf(&object, "run %" PRId64, res->run);
	if (r == 0)
		r = buf_addf(&detail, "%" PRId64 " notices, %" PRId64 " findings%s%.*s",
			res->notices, res->findings, res->held_why.n ? ", held: " : "",
			STR(res->held_why));
	return r < 0
		? r
		: audit_add(x, S("notice.draft"), buf_str(&object), buf_str(&detail));
}

static int all_orgs(struct run *run)
{
	const struct notice_opts *o = run->opts;
	int64_t after = 0, done = 0;
	struct tx t;
	int r = rules_load(&run->x, &run->rules);
	if (r == 0)
		r = told_file(&run->x, &run->told_file);
	if (r == 0)
		r = sql_notice_in_house(run->x.db, run->keep, &run->house);
	if (r == 0)
		r = sql_notice_asked(run->x.db, run->keep, &run->asked);
	if (r == 0)
		r = begin_run(run);
	if (r < 0)
		return r;
	while ((r = next_org(run, &after)) > 0) {
		int heard = o->keep_up ? o->keep_up(o->keep_up_ctx, ++done) : 0;
		if (heard < 0)
			return heard;
	}
	if (r == 0)
		r = tx_begin(&t, run->x.db, TX_WRITE);
	return r < 0 ? r : tx_end(&t, finish_in_tx(run));
}

int notice_draft_run(
	struct ctx *x, const struct notice_opts *o, struct notice_result *ret)
{
	AUTO_ARENA scratch = arena_new(GIB(1), "notices"),
		   keep = arena_new(MIB(256), "findings being told");
	struct run *run = arena_alloc(x->arena, sizeof(*run));
	*run = (struct run){ .x = *x, .opts = o, .res.held_why = S("") };
	run->x.arena = &scratch;
	run->keep = &keep;
	int r = all_orgs(run);
	if (r < 0 && x->why.err == 0)
		x->why = run->x.why;
	if (r == 0)
		*ret = run->res;
	return r;
}

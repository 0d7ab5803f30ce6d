/* SPDX-License-Identifier: Apache-2.0
 * answer.c - what was said, and what follows from it: see answer.h. Depends on: base,
 * db. */
#include "core/answer.h"

#include "base/date.h"
#include "core/answer_int.h"
#include "core/audit.h"
#include "core/lifetime.h"
#include "core/task.h"
#include "db/sql_answer.h"
#include "db/sql_trust.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define TASKS_SINGLE 20 /* findings with a task each; more make one for the notice */
/* What is kept of a notice's links in a day: for ever, so it has an end. */
#define KEPT_EACH 5 /* for each finding */
#define KEPT_MORE 50

static const char *const ways[ANSWER_WAYS] = { "", "page", "file", "hand" };

const char *answer_way_text(enum answer_way w)
{
	return ways[w];
}

struct named {
	int64_t finding;
	size_t item;
};
/* A finding that an answer is news about. */
struct fresh {
	int64_t finding, state;
	enum answer_kind was; /* what was said before */
};
struct give {
	struct ctx *x;
	const struct answer_given *g;
	const struct answer_hooks *h;
	struct rules rules;
	struct answer_result res;
	int64_t org, contact;
	int64_t room; /* answers that may still be kept today */
	int32_t today;
	int64_t kept[ANSWER_KINDS];	/* of this act, by kind */
	const struct answer_item *last; /* of those */
	struct named *named;		/* ascending by finding, then by place */
	size_t n_named;
	/* Items about one finding each that ask for a person, by kind. */
	const struct answer_item **ask[ANSWER_KINDS];
	size_t n_ask[ANSWER_KINDS];
};

static int by_finding(const void *pa, const void *pb)
{
	const struct named *a = pa, *b = pb;
	if (a->finding != b->finding)
		return a->finding < b->finding ? -1 : 1;
	return a->item < b->item ? -1 : a->item > b->item;
}

/* The first item about this finding, or NULL. */
static const struct named *find_named(const struct give *v, int64_t finding)
{
	size_t lo = 0, hi = v->n_named;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (v->named[mid].finding < finding)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < v->n_named && v->named[lo].finding == finding ? &v->named[lo] : NULL;
}

static int refuse(struct give *v, const struct answer_item *item, const char *why)
{
	v->res.refused++;
	return v->h->refused ? v->h->refused(v->h->ctx, item, why) : 0;
}

static bool is_open(int64_t state)
{
	return state == STATE_OPEN || state == STATE_RELAPSED;
}

/* Said before to this notice, and nothing has changed since that would make it news. */
static bool is_old(const struct give *v, const struct answer_item *item,
	const struct sql_answer_finding_row *f)
{
	bool same = f->at.has && f->notice.v == v->g->notice && f->kind.v == item->kind &&
		f->until.has == item->until.has && f->until.v == item->until.v &&
		str_eq(f->whose, item->whose) && str_eq(f->comment, item->comment);
	if (!same)
		return false;
	if (day_of(f->at.v) == v->today || item->kind == ANSWER_WORKING)
		return true;
	return item->kind == ANSWER_FIXED && !is_open(f->state);
}

/* 1: news, 0: not, E_NOT_FOUND: of another notice, E_STATE: another's by now. */
static int look(struct give *v, const struct answer_item *item, int64_t finding,
	struct fresh *ret)
{
	struct sql_answer_finding_in in = { .notice = v->g->notice, .finding = finding };
	struct sql_answer_finding_row f;
	AUTO_ARENA a = arena_new(KIB(64), "an answer");
	int r = sql_answer_finding(v->x->db, &a, &in, &f);
	if (r < 0)
		return r;
	if (!f.org.has || f.org.v != v->org)
		return E_STATE;
	if (is_old(v, item, &f))
		return 0;
	*ret = (struct fresh){ finding, f.state, (enum answer_kind)f.kind.v };
	return 1;
}

static int32_t rest_until(const struct give *v, const struct answer_item *item)
{
	int64_t most = v->today + v->rules.number[RULE_REST_MAX];
	int64_t asked = v->today + v->rules.number[RULE_REST_ASKED];
	if (item->kind == ANSWER_FIXED)
		return 0;
	if (item->kind != ANSWER_WORKING || !item->until.has)
		return (int32_t)asked;
	return (int32_t)(item->until.v < most ? item->until.v : most);
}

static int keep(struct give *v, const struct answer_item *item, int64_t *ret_id)
{
	struct sql_answer_insert_in in = { .notice = v->g->notice,
		.link = v->g->link ? SOME(v->g->link) : NONE,
		.finding = item->finding ? SOME(item->finding) : NONE,
		.at = v->x->now,
		.kind = item->kind,
		.until = item->until,
		.whose = item->whose,
		.comment = item->comment,
		.way = v->g->way,
		.actor = v->x->actor };
	struct sql_answer_insert_row row;
	if (v->g->link && v->room-- <= 0)
		return fail(&v->x->why, E_BUSY,
			"more answers by link than notice %" PRId64 " takes in a day",
			v->g->notice);
	int r = sql_answer_insert(v->x->db, &in, &row);
	if (r < 0)
		return r;
	v->res.taken++;
	v->kept[item->kind]++;
	v->last = item;
	*ret_id = row.id;
	return 0;
}

/* One row of the trail for all that was said at once; each answer is a row of its own
 * table. */
static int note(struct give *v)
{
	struct buf detail = buf_in(v->x->arena, 320);
	char object[40];
	int r = 0;
	(void)snprintf(object, sizeof(object), "notice %" PRId64, v->g->notice);
	if (v->res.taken == 1 && v->last->finding)
		r = buf_addf(&detail, "finding %" PRId64 ": %s", v->last->finding,
			answer_kind_text(v->last->kind));
	else if (v->res.taken == 1)
		r = buf_addf(&detail, "all: %s", answer_kind_text(v->last->kind));
	for (int k = 0; k < ANSWER_KINDS && v->res.taken > 1 && r == 0; k++)
		if (v->kept[k] > 0)
			r = buf_addf(&detail, "%s%s: %" PRId64, detail.n ? ", " : "",
				answer_kind_text((enum answer_kind)k), v->kept[k]);
	if (r < 0)
		return r;
	return audit_add(v->x, S("answer.give"), str_c(object), buf_str(&detail));
}

/* It counts from now on; a claim is made, or taken back by who made it. */
static int follow(struct give *v, const struct answer_item *item, const struct fresh *f,
	int64_t answer)
{
	struct sql_answer_now_put_in in = { .finding = f->finding,
		.answer = answer,
		.org = v->org,
		.at = v->x->now,
		.kind = item->kind,
		.rest_until = rest_until(v, item) };
	int r = sql_answer_now_put(v->x->db, &in);
	v->res.findings++;
	if (r < 0)
		return r;
	if (item->kind == ANSWER_FIXED && is_open(f->state)) {
		v->res.claimed++;
		return v->h->claim(v->h->ctx, f->finding, true);
	}
	if (item->kind != ANSWER_FIXED && f->was == ANSWER_FIXED &&
		f->state == STATE_CLAIMED)
		return v->h->claim(v->h->ctx, f->finding, false);
	return 0;
}

/* ---- tasks ---- */

static const char *task_kind(enum answer_kind k)
{
	return k == ANSWER_NOT_MINE ? TASK_NOT_MINE
		: k == ANSWER_HELP  ? TASK_HELP
				    : TASK_CONTACT;
}

static bool asks(enum answer_kind k)
{
	return k == ANSWER_NOT_MINE || k == ANSWER_HELP;
}

/* What they wrote: whose it is, and the comment. */
static int add_task(struct give *v, const struct answer_item *item, const char *subject,
	int64_t finding, size_t n)
{
	bool contact = item->kind == ANSWER_WRONG_CONTACT && v->contact > 0;
	struct buf detail = buf_in(v->x->arena, KIB(4));
	struct task_new t = { .kind = task_kind(item->kind),
		.subject = str_c(subject),
		.org = SOME(v->org),
		.notice = SOME(v->g->notice),
		.finding = finding ? SOME(finding) : NONE,
		.contact = contact ? SOME(v->contact) : NONE };
	int r = n > 1 ? buf_addf(&detail, "%zu findings. ", n) : 0;
	if (r == 0)
		r = buf_addf(&detail, "%.*s%s%.*s", STR(item->whose),
			item->whose.n && item->comment.n ? ": " : "", STR(item->comment));
	if (r < 0)
		return r;
	t.detail = buf_str(&detail);
	v->res.tasks++;
	return task_add(v->x, &t);
}

static int add_tasks(struct give *v)
{
	char subject[40];
	int r = 0;
	for (int k = 0; k < ANSWER_KINDS && r == 0; k++) {
		size_t n = v->n_ask[k];
		(void)snprintf(subject, sizeof(subject), "notice %" PRId64, v->g->notice);
		if (n > TASKS_SINGLE) {
			r = add_task(v, v->ask[k][0], subject, 0, n);
			continue;
		}
		for (size_t i = 0; i < n && r == 0; i++) {
			const struct answer_item *item = v->ask[k][i];
			(void)snprintf(subject, sizeof(subject), "finding %" PRId64,
				item->finding);
			r = add_task(v, item, subject, item->finding, 1);
		}
	}
	return r;
}

/* ---- one item ---- */

/* 0: the same words, today; then it is counted. E_NOT_FOUND: they are new. */
static int said_today(struct give *v, const struct answer_item *item)
{
	struct sql_answer_same_in same = { .notice = v->g->notice,
		.finding = item->finding ? SOME(item->finding) : NONE,
		.kind = item->kind,
		.whose = item->whose,
		.comment = item->comment,
		.since = day_start(v->today) };
	struct sql_answer_same_row row;
	int r = sql_answer_same(v->x->db, &same, &row);
	v->res.unchanged += r == 0;
	return r;
}

static int wrong_contact(struct give *v, const struct answer_item *item)
{
	char subject[40];
	int64_t id;
	int r = said_today(v, item);
	if (r == 0)
		return 0;
	if (r == E_NOT_FOUND)
		r = keep(v, item, &id);
	if (r < 0)
		return r;
	(void)snprintf(subject, sizeof(subject), "%s %" PRId64,
		v->contact ? "contact" : "notice",
		v->contact ? v->contact : v->g->notice);
	if (v->contact) {
		struct sql_trust_wrong_in in = { v->contact, v->x->now,
			item->whose.n ? item->whose : item->comment };
		r = sql_trust_wrong(v->x->db, &in);
	}
	return r < 0 ? r : add_task(v, item, subject, 0, 1);
}

static int about_one(struct give *v, const struct answer_item *item)
{
	struct fresh f;
	int64_t id;
	int r = look(v, item, item->finding, &f);
	if (r == E_NOT_FOUND)
		return refuse(v, item, "this finding is not in the notice");
	if (r == E_STATE)
		return refuse(
			v, item, "this finding belongs to another organisation by now");
	if (r == 0)
		v->res.unchanged++;
	if (r <= 0)
		return r;
	if (item->kind == ANSWER_WRONG_CONTACT)
		return wrong_contact(v, item);
	if (asks(item->kind)) {
		const struct answer_item ***list = &v->ask[item->kind];
		if (*list == NULL)
			*list = arena_array(v->x->arena, v->g->n, sizeof(**list));
		(*list)[v->n_ask[item->kind]++] = item;
	}
	r = keep(v, item, &id);
	return r < 0 ? r : follow(v, item, &f, id);
}

static int about_all(struct give *v, const struct answer_item *item)
{
	struct sql_answer_findings_in in = { .notice = v->g->notice };
	struct sql_answer_findings_rows rows;
	char subject[40];
	int64_t id;
	size_t n = 0, moved = 0;
	int r = sql_answer_findings(v->x->db, v->x->arena, &in, &rows);
	if (r < 0)
		return r;
	struct fresh *fresh = arena_array(v->x->arena, rows.n + 1, sizeof(*fresh));
	for (size_t i = 0; i < rows.n; i++) {
		if (find_named(v, rows.v[i].id))
			continue;
		r = look(v, item, rows.v[i].id, &fresh[n]);
		if (r < 0 && r != E_STATE)
			return r;
		n += r > 0;
		moved += r == E_STATE;
	}
	if (item->kind == ANSWER_WRONG_CONTACT)
		return wrong_contact(v, item);
	/* Whose they are by now is known; what they wrote is kept. */
	bool gone = n == 0 && moved > 0;
	if (gone && item->kind != ANSWER_NOT_MINE)
		return refuse(
			v, item, "the findings belong to another organisation by now");
	if (n == 0 && !gone) {
		v->res.unchanged++;
		return 0;
	}
	r = gone ? said_today(v, item) : E_NOT_FOUND;
	if (r == E_NOT_FOUND)
		r = keep(v, item, &id);
	if (gone)
		return r;
	for (size_t i = 0; i < n && r == 0; i++)
		r = follow(v, item, &fresh[i], id);
	(void)snprintf(subject, sizeof(subject), "notice %" PRId64, v->g->notice);
	return r == 0 && asks(item->kind) ? add_task(v, item, subject, 0, n) : r;
}

static int take(struct give *v, size_t at)
{
	struct answer_item item = v->g->items[at];
	const struct named *first = find_named(v, item.finding);
	const char *fault = answer_item_fault(&item);
	if (fault == NULL && item.until.has &&
		(item.until.v < v->today || item.until.v > v->today + 366))
		fault = "the day must lie within the next 366 days";
	if (fault == NULL && first && first->item != at) {
		struct answer_item other = v->g->items[first->item];
		if (answer_item_same(&item, &other))
			return 0; /* a sighting's line: the finding has several */
		fault = "another answer about the same finding stands before it";
	}
	if (fault)
		return refuse(v, &v->g->items[at], fault);
	return item.finding ? about_one(v, &v->g->items[at])
			    : about_all(v, &v->g->items[at]);
}

static void name_findings(struct give *v)
{
	v->named = arena_array(v->x->arena, v->g->n + 1, sizeof(*v->named));
	for (size_t i = 0; i < v->g->n; i++)
		v->named[v->n_named++] = (struct named){ v->g->items[i].finding, i };
	if (v->n_named > 0)
		qsort(v->named, v->n_named, sizeof(*v->named), by_finding);
}

static int begin(struct give *v)
{
	struct sql_answer_notice_in in = { .id = v->g->notice };
	struct sql_answer_notice_row n;
	int r = sql_answer_notice(v->x->db, &in, &n);
	if (r == E_NOT_FOUND)
		return fail(&v->x->why, r, "no notice %" PRId64, v->g->notice);
	if (r == 0 && !answer_was_sent(n.state))
		return fail(&v->x->why, E_STATE,
			"notice %" PRId64 " was not sent: it cannot be answered",
			v->g->notice);
	if (r == 0 && n.kind == NOTICE_CHECK)
		return fail(&v->x->why, E_STATE,
			"notice %" PRId64 " asks whether its contact is right: tocsin "
			"contact confirm",
			v->g->notice);
	v->org = n.org;
	v->contact = n.contact.v;
	v->today = day_of(v->x->now);
	struct sql_answer_room_in day = { v->g->notice, day_start(v->today) };
	struct sql_answer_room_row room = { 0 };
	if (r == 0)
		r = sql_answer_room(v->x->db, &day, &room);
	v->room = KEPT_EACH * room.findings + KEPT_MORE - room.kept;
	return r < 0 ? r : rules_load(v->x, &v->rules);
}

int answer_give(struct ctx *x, const struct answer_given *g, const struct answer_hooks *h,
	struct answer_result *ret)
{
	struct give *v = arena_alloc(x->arena, sizeof(*v));
	char subject[40];
	*v = (struct give){ .x = x, .g = g, .h = h };
	int r = begin(v);
	if (r < 0)
		return r;
	name_findings(v);
	for (size_t i = 0; i < g->n && r == 0; i++)
		r = take(v, i);
	if (r == 0 && v->res.taken > 0)
		r = note(v);
	if (r == 0)
		r = add_tasks(v);
	(void)snprintf(subject, sizeof(subject), "organisation %" PRId64, v->org);
	if (r == 0 && v->res.taken > 0)
		r = task_settle(x, TASK_NO_ANSWER, str_c(subject), S("answered"));
	if (r == 0)
		*ret = v->res;
	return r;
}

/* SPDX-License-Identifier: Apache-2.0
 * answer_act.c - answers, links, contacts confirmed, rules changed. See work.h.
 * Depends on: base, core. Files with answers: answer_file.c. */
#include "work/answer_act.h"

#include "core/audit.h"
#include "core/trust.h"

#include <inttypes.h>
#include <stdio.h>

/* Who holds a link answers the notice of that link and no other. */
int answer_notice_of(struct call *c, const struct act_value *named, int64_t *ret)
{
	bool by_link = c->who == ACTOR_LINK;
	if (by_link && (c->link == NULL || c->link->kind != LINK_NOTICE))
		return E_NOT_FOUND;
	if (by_link && named->has && named->n != c->link->notice)
		return E_NOT_FOUND;
	if (!by_link && !named->has)
		return fail(&c->x.why, E_USAGE, "which notice?");
	*ret = by_link ? c->link->notice : named->n;
	return 0;
}

struct applying {
	struct call *c;
	int64_t told; /* problems: no more than LIMIT_PROBLEMS of them */
};

static int claim(void *ctx, int64_t finding, bool fixed)
{
	struct applying *p = ctx;
	return call_claim(p->c, finding, fixed);
}

static int refused(void *ctx, const struct answer_item *item, const char *why)
{
	AUTO_ARENA a = arena_new(KIB(32), "refused answer");
	struct buf b = buf_in(&a, KIB(8));
	struct writer w = wr_new(&b);
	struct applying *p = ctx;
	if (p->told++ >= LIMIT_PROBLEMS)
		return 0;
	rec_text(&w, "problem", str_c(why));
	rec_int(&w, "row", item->row);
	rec_int(&w, "finding", item->finding);
	return call_record(p->c, &w);
}

int answer_apply(struct call *c, const struct answer_given *g, int64_t also_refused)
{
	struct applying p = { c, also_refused };
	const struct answer_hooks hooks = { &p, claim, refused };
	struct answer_result res = { 0 };
	struct buf b = buf_in(&c->keep, KIB(1));
	struct writer w = wr_new(&b);
	struct tx t;
	int r = work_ready(c);
	if (r == 0)
		r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	r = tx_end(&t, answer_give(&c->x, g, &hooks, &res));
	if (r < 0)
		return r;
	rec_int(&w, "notice", g->notice);
	rec_int(&w, "taken", res.taken);
	rec_int(&w, "unchanged", res.unchanged);
	rec_int(&w, "refused", res.refused + also_refused);
	rec_int(&w, "findings", res.findings);
	rec_int(&w, "claimed", res.claimed);
	rec_int(&w, "tasks", res.tasks);
	return call_record(c, &w);
}

int answer_items_read(struct call *c, struct reader *rd, struct answer_list *list)
{
	uint32_t n = rd_u32(rd);
	for (uint32_t i = 0; i < n && rd->err == 0; i++) {
		struct answer_item item;
		if (answer_item_read(rd, &item) < 0)
			break;
		list->bytes += item.whose.n + item.comment.n;
		if (list->n == LIMIT_ANSWERS || list->bytes > LIMIT_ANSWER_FILE)
			return E_TOO_BIG;
		if (list->n == list->cap) {
			size_t cap = list->cap ? 2 * list->cap : 16;
			struct answer_item *more = arena_array(
				&c->keep, cap, sizeof(*more));
			if (list->n > 0)
				memcpy(more, list->v, list->n * sizeof(*more));
			list->v = more;
			list->cap = cap;
		}
		item.whose = str_dup(&c->keep, item.whose);
		item.comment = str_dup(&c->keep, item.comment);
		list->v[list->n++] = item;
	}
	return rd_end(rd);
}

int act_answer_give(struct call *c)
{
	struct reader rd = rd_new(act_get(&c->act, 1)->text);
	struct answer_list list = { 0 };
	struct answer_given g = { .link = c->link ? c->link->id : 0,
		.way = c->link ? ANSWER_BY_PAGE : ANSWER_BY_HAND };
	int r = answer_notice_of(c, act_get(&c->act, 0), &g.notice);
	if (r < 0)
		return r;
	r = answer_items_read(c, &rd, &list);
	if (r < 0)
		return fail(&c->x.why, E_USAGE, "answer.give: the items are damaged");
	g.items = list.v;
	g.n = list.n;
	return answer_apply(c, &g, 0);
}

int act_answer_opened(struct call *c)
{
	struct tx t;
	if (c->link == NULL)
		return E_NOT_FOUND;
	int r = tx_begin(&t, c->w->db, TX_WRITE);
	return r < 0 ? r : tx_end(&t, answer_link_opened(&c->x, c->link));
}

static int issue(struct call *c, int64_t notice, char token[ANSWER_TOKEN_MAX],
	enum notice_kind *ret_kind)
{
	struct notice_full n;
	char object[40];
	(void)snprintf(object, sizeof(object), "notice %" PRId64, notice);
	int r = notice_get(&c->x, notice, &n);
	if (r == 0)
		r = answer_link_issue(&c->x, notice, token);
	if (r == 0)
		*ret_kind = n.row.kind;
	return r < 0 ? r : audit_add(&c->x, S("answer.link"), str_c(object), S(""));
}

/* For who must be told by telephone or by another mail. */
int act_answer_link(struct call *c)
{
	struct str web = c->w->conf->web_url;
	struct buf url = buf_in(&c->keep, ANSWER_URL_MAX), b = buf_in(&c->keep, KIB(1));
	struct writer w = wr_new(&b);
	char token[ANSWER_TOKEN_MAX];
	enum notice_kind kind;
	struct tx t;
	if (web.n == 0)
		return fail(&c->x.why, E_STATE,
			"web.url is empty: there is no place where a link would lead");
	int r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	r = tx_end(&t, issue(c, act_get(&c->act, 0)->n, token, &kind));
	if (r == 0)
		r = (kind == NOTICE_CHECK ? contact_url : answer_url)(web, token, &url);
	if (r < 0)
		return r;
	rec_text(&w, "url", buf_str(&url));
	return call_record(c, &w);
}

int act_answer_revoke(struct call *c)
{
	struct buf b = buf_in(&c->keep, KIB(1));
	struct writer w = wr_new(&b);
	struct tx t;
	int64_t n = 0;
	int r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	r = tx_end(&t, answer_link_revoke(&c->x, act_get(&c->act, 0)->n, &n));
	if (r < 0)
		return r;
	rec_int(&w, "revoked", n);
	return call_record(c, &w);
}

static int confirm(struct call *c, int64_t contact, bool right, struct str comment)
{
	bool changed = act_get(&c->act, 3)->n > 0;
	return right && changed ? contact_changed(&c->x, contact, comment)
				: contact_confirm(&c->x, contact, right, comment);
}

int act_contact_confirm(struct call *c)
{
	const struct act_value *named = act_get(&c->act, 0);
	bool by_link = c->who == ACTOR_LINK, right = act_get(&c->act, 1)->n > 0;
	struct str comment = act_get(&c->act, 2)->text;
	struct tx t;
	if (by_link &&
		(c->link == NULL || c->link->kind != LINK_CONTACT ||
			(named->has && named->n != c->link->contact)))
		return E_NOT_FOUND;
	if (!by_link && !named->has)
		return fail(&c->x.why, E_USAGE, "which contact?");
	const char *fault = answer_text_fault(comment, ANSWER_COMMENT_MAX, true);
	if (fault)
		return fail(&c->x.why, E_USAGE, "comment: %s", fault);
	int r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	return tx_end(&t,
		confirm(c, by_link ? c->link->contact : named->n, right,
			comment.p ? comment : S("")));
}

int act_rule_set(struct call *c)
{
	struct tx t;
	int r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	return tx_end(
		&t, rule_set(&c->x, act_get(&c->act, 0)->text, act_get(&c->act, 1)->n));
}

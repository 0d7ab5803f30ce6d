/* SPDX-License-Identifier: Apache-2.0
 * notice_rule.c - when an organisation is told what: see notice.h. Depends on: base, db.
 * Everything but the loading is a function of its arguments only. */
#include "core/notice.h"

#include "base/date.h"
#include "base/tr.h"
#include "db/sql_notice.h"

#include <stdlib.h>

static int load_rule(void *ctx, const struct sql_notice_rules_row *row)
{
	struct notice_rules *rules = ctx;
	if (row->severity < 0 || row->severity >= SEV_N || row->remind_days < 0 ||
		row->remind_days > INT32_MAX)
		return E_DB;
	rules->of[row->severity] = (struct notice_rule){ row->notify > 0,
		(int32_t)row->remind_days };
	return 0;
}

int notice_rules_load(struct ctx *x, struct notice_rules *ret)
{
	struct notice_rules rules = { 0 };
	int r = sql_notice_rules_each(x->db, load_rule, &rules);
	if (r < 0)
		return fail(&x->why, r, "the rules for notices cannot be loaded");
	*ret = rules;
	return 0;
}

const char *notice_why_text(enum notice_why w)
{
	static const char *const texts[WHY_N] = { "", "new", "relapsed", "reminder" };
	return texts[w];
}

enum notice_why notice_why_of(
	const struct notice_rules *rules, const struct notice_case *c, int64_t now)
{
	const struct notice_rule *rule = &rules->of[c->severity];
	if (!rule->notify || (c->state != STATE_OPEN && c->state != STATE_RELAPSED))
		return WHY_NOT;
	if (!c->noticed_at.has || !c->noticed_org.has || c->noticed_org.v != c->org)
		return WHY_NEW;
	if (c->state == STATE_RELAPSED && c->relapses > c->noticed_relapses)
		return WHY_RELAPSED;
	/* Whole days: a run a minute earlier than the day before must not cost a day. */
	int32_t since = day_of(now) - day_of(c->noticed_at.v);
	if (day_of(now) < c->rest_until)
		return WHY_NOT;
	return rule->remind_days > 0 && since >= rule->remind_days ? WHY_REMINDER
								   : WHY_NOT;
}

static bool is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		(unsigned char)c >= 0x80;
}

static int word_rank(struct str word)
{
	static const struct {
		const char *word;
		int rank;
	} ranks[] = {
		{ "security", 0 },
		{ "cert", 0 },
		{ "csirt", 0 },
		{ "soc", 0 },
		{ "ciso", 0 },
		{ "abuse", 1 },
		{ "noc", 2 },
		{ "network", 2 },
		{ "operations", 2 },
		{ "ops", 2 },
		{ "it", 3 },
		{ "technical", 3 },
		{ "tech", 3 },
		{ "admin", 3 },
		{ "webmaster", 3 },
	};
	for (size_t i = 0; i < N(ranks); i++)
		if (str_eq_nocase(word, str_c(ranks[i].word)))
			return ranks[i].rank;
	return 4;
}

int notice_role_rank(struct str role)
{
	int best = 4;
	size_t at = 0;
	while (at < role.n) {
		size_t end = at;
		while (end < role.n && is_word_byte((char)(role.p[end] | 0x20)))
			end++;
		int rank = word_rank((struct str){ role.p + at, end - at });
		best = rank < best ? rank : best;
		at = end + 1;
	}
	return best;
}

static const struct {
	enum notice_state state;
	const char *text;
} states[] = {
	{ NOTICE_DRAFT, "draft" },
	{ NOTICE_HELD, "held" },
	{ NOTICE_APPROVED, "approved" },
	{ NOTICE_WAITING, "waiting" },
	{ NOTICE_HANDED, "handed-over" },
	{ NOTICE_UNCERTAIN, "uncertain" },
	{ NOTICE_DELIVERED, "delivered" },
	{ NOTICE_BOUNCED, "bounced" },
	{ NOTICE_REFUSED, "refused" },
	{ NOTICE_CANCELLED, "cancelled" },
};

const char *notice_state_text(enum notice_state s)
{
	for (size_t i = 0; i < N(states); i++)
		if (states[i].state == s)
			return states[i].text;
	return "?";
}

const char *notice_kind_text(enum notice_kind k)
{
	return k == NOTICE_CHECK ? "contact-check" : "findings";
}

int notice_state_read(struct str s, enum notice_state *ret)
{
	for (size_t i = 0; i < N(states); i++) {
		if (str_eq(s, str_c(states[i].text))) {
			*ret = states[i].state;
			return 0;
		}
	}
	return E_NOT_FOUND;
}

const char *notice_held_text(struct str why)
{
	if (str_eq(why, S(HELD_UNFINISHED)))
		return N_("The run of this notice was cut off. Draft again: it goes on "
			  "where it was.");
	if (str_eq(why, S(HELD_FIRST_RUNS)))
		return N_("One of the first runs: a person must look at it and approve "
			  "it.");
	if (str_eq(why, S(HELD_BATCH_SIZE)))
		return N_("This run made {notices} notices, where {usual} are usual: a "
			  "person must "
			  "look at it and approve it.");
	return NULL;
}

static int by_size(const void *pa, const void *pb)
{
	int64_t a = *(const int64_t *)pa, b = *(const int64_t *)pb;
	return a < b ? -1 : a > b;
}

const char *notice_hold_why(
	int64_t notices, const int64_t *sizes, size_t n, int64_t *ret_usual)
{
	int64_t sorted[NOTICE_RUNS_JUDGED];
	if (n > NOTICE_RUNS_JUDGED)
		n = NOTICE_RUNS_JUDGED;
	*ret_usual = 0;
	for (size_t i = 0; i < n; i++)
		sorted[i] = sizes[i];
	if (n > 0)
		qsort(sorted, n, sizeof(*sorted), by_size);
	/* Of an even number, the mean of the middle two: twice the median is a whole
	 * number. */
	int64_t twice = n > 0 ? sorted[(n - 1) / 2] + sorted[n / 2] : 0;
	*ret_usual = twice / 2;
	if (notices == 0)
		return "";
	if (n < NOTICE_RUNS_NEEDED)
		return HELD_FIRST_RUNS;
	bool is_big = 2 * notices > NOTICE_BATCH_FACTOR * twice;
	return is_big && notices >= NOTICE_BATCH_FLOOR ? HELD_BATCH_SIZE : "";
}

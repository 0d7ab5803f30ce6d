/* SPDX-License-Identifier: Apache-2.0
 * rule.c - the rules of the loop as data: see rule.h. Depends on: base, db. */
#include "core/rule.h"

#include "core/audit.h"
#include "db/sql_rule.h"

#include <inttypes.h>
#include <stdio.h>

static const struct {
	const char *name;
	int64_t min, max;
	const char *help;
} numbers[RULE_NUMBERS] = {
	[RULE_LINK_DAYS] = { "link-days", 1, 366, "days that an answer link is good" },
	[RULE_REST_MAX] = { "rest-max-days", 1, 366,
		"\"working on it\" rests reminders at most so many days" },
	[RULE_REST_ASKED] = { "rest-asked-days", 0, 366,
		"an answer that asks for a person, or names no day, rests them so many "
		"days" },
	[RULE_CHECK_DAYS] = { "check-days", 30, 3660,
		"a contact that was not heard of for so many days is asked to confirm" },
	[RULE_CHECK_GRACE] = { "check-grace-days", 1, 366,
		"and is in doubt when it does not confirm within so many" },
	[RULE_SILENT] = { "silent-notices", 1, 1000,
		"a contact is in doubt when so many notices in a row, in 30 days or "
		"more, went unanswered" },
	[RULE_CHECK_SELF] = { "check-by-itself", 0, 1,
		"1: the day's drafts also ask the contacts that are due; 0: a person "
		"asks for it" },
};

enum column { NOTIFY, REMIND, SECOND, PERSON, COLUMNS };
static const struct {
	const char *name;
	int64_t max;
	const char *help;
} columns[COLUMNS] = {
	[NOTIFY] = { "notify", 1, "1: organisations are told of these; 0: never" },
	[REMIND] = { "remind", 366, "days until a reminder; 0: never" },
	[SECOND] = { "second", 100,
		"reminders without an answer, then the second contact; 0: never" },
	[PERSON] = { "person", 100,
		"reminders without an answer, then a person's list; 0: never" },
};

static int64_t column_get(const struct rules *r, enum column c, int severity)
{
	switch (c) {
	case NOTIFY:
		return r->notice.of[severity].notify;
	case REMIND:
		return r->notice.of[severity].remind_days;
	case SECOND:
		return r->escalate[severity].second_after;
	case PERSON:
	case COLUMNS:
	default:
		return r->escalate[severity].person_after;
	}
}

static void column_set(struct rules *r, enum column c, int severity, int64_t value)
{
	switch (c) {
	case NOTIFY:
		r->notice.of[severity].notify = value > 0;
		break;
	case REMIND:
		r->notice.of[severity].remind_days = (int32_t)value;
		break;
	case SECOND:
		r->escalate[severity].second_after = value;
		break;
	case PERSON:
	case COLUMNS:
	default:
		r->escalate[severity].person_after = value;
	}
}

static int on_escalation(void *ctx, const struct sql_rule_escalations_row *row)
{
	struct rules *r = ctx;
	if (row->severity < 0 || row->severity >= SEV_N)
		return E_DB;
	r->escalate[row->severity] = (struct escalation){ row->second_after,
		row->person_after };
	return 0;
}

static int on_number(void *ctx, const struct sql_rule_numbers_row *row)
{
	struct rules *r = ctx;
	for (int i = 0; i < RULE_NUMBERS; i++)
		if (str_eq(row->name, str_c(numbers[i].name)))
			r->number[i] = row->value;
	return 0;
}

int rules_load(struct ctx *x, struct rules *ret)
{
	struct rules rules = { 0 };
	int r = notice_rules_load(x, &rules.notice);
	if (r == 0)
		r = sql_rule_escalations_each(x->db, on_escalation, &rules);
	if (r == 0)
		r = sql_rule_numbers_each(x->db, on_number, &rules);
	if (r < 0)
		return fail(&x->why, r, "the rules cannot be loaded");
	*ret = rules;
	return 0;
}

/* Which rule a name is: a number, or a column and a severity. */
struct place {
	int number; /* -1: the others */
	enum column column;
	int severity;
	int64_t min, max;
};

static bool find(struct str name, struct place *ret)
{
	for (int i = 0; i < RULE_NUMBERS; i++) {
		if (str_eq(name, str_c(numbers[i].name))) {
			*ret = (struct place){ i, COLUMNS, 0, numbers[i].min,
				numbers[i].max };
			return true;
		}
	}
	struct str rest = name, word;
	(void)str_split(&rest, '-', &word);
	for (int c = 0; c < COLUMNS; c++)
		for (int s = 0; s < SEV_N; s++)
			if (str_eq(word, str_c(columns[c].name)) &&
				str_eq(rest, str_c(severity_text((enum severity)s)))) {
				*ret = (struct place){ -1, (enum column)c, s, 0,
					columns[c].max };
				return true;
			}
	return false;
}

static int change(struct rules *r, struct str name, int64_t value, struct why *why,
	struct place *ret)
{
	if (!find(name, ret))
		return fail(why, E_NOT_FOUND,
			"'%.*s' is no rule; tocsin rules show lists them",
			STR(str_to(name, 40)));
	if (value < ret->min || value > ret->max)
		return fail(why, E_USAGE, "%.*s must be from %" PRId64 " to %" PRId64,
			STR(name), ret->min, ret->max);
	if (ret->number >= 0)
		r->number[ret->number] = value;
	else
		column_set(r, ret->column, ret->severity, value);
	return 0;
}

int rule_change(struct rules *r, struct str name, int64_t value, struct why *why)
{
	struct place at;
	return change(r, name, value, why, &at);
}

static int put(struct ctx *x, const struct rules *rules, const struct place *at)
{
	int s = at->severity;
	const struct notice_rule *n = &rules->notice.of[s];
	const struct escalation *e = &rules->escalate[s];
	if (at->number >= 0) {
		struct sql_rule_put_number_in in = { str_c(numbers[at->number].name),
			rules->number[at->number] };
		return sql_rule_put_number(x->db, &in);
	}
	if (at->column == NOTIFY || at->column == REMIND) {
		struct sql_rule_put_notice_in in = { s, n->notify, n->remind_days };
		return sql_rule_put_notice(x->db, &in);
	}
	struct sql_rule_put_escalation_in in = { s, e->second_after, e->person_after };
	return sql_rule_put_escalation(x->db, &in);
}

int rule_set(struct ctx *x, struct str name, int64_t value)
{
	struct rules rules;
	struct place at;
	char detail[64];
	int r = rules_load(x, &rules);
	if (r < 0)
		return r;
	if (!find(name, &at))
		return change(&rules, name, value, &x->why, &at);
	int64_t was = at.number >= 0 ? rules.number[at.number]
				     : column_get(&rules, at.column, at.severity);
	r = change(&rules, name, value, &x->why, &at);
	if (r == 0)
		r = put(x, &rules, &at);
	if (r < 0)
		return r;
	(void)snprintf(
		detail, sizeof(detail), "%" PRId64 ", before %" PRId64, value, was);
	return audit_add(x, S("rule.set"), name, str_c(detail));
}

int rules_each(const struct rules *rules, rule_row_fn *fn, void *ctx)
{
	char name[40];
	int r = 0;
	for (int c = 0; c < COLUMNS; c++) {
		for (int s = SEV_N - 1; s >= 0 && r == 0; s--) {
			(void)snprintf(name, sizeof(name), "%s-%s", columns[c].name,
				severity_text((enum severity)s));
			struct rule_row row = { name,
				column_get(rules, (enum column)c, s), 0, columns[c].max,
				columns[c].help };
			r = fn(ctx, &row);
		}
	}
	for (int i = 0; i < RULE_NUMBERS && r == 0; i++) {
		struct rule_row row = { numbers[i].name, rules->number[i], numbers[i].min,
			numbers[i].max, numbers[i].help };
		r = fn(ctx, &row);
	}
	return r;
}

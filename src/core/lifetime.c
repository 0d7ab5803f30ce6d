/* SPDX-License-Identifier: Apache-2.0
 * lifetime.c - what state a finding is in: see lifetime.h. Depends on: base. */
#include "core/lifetime.h"

#include <assert.h>

static const char *const texts[STATE_N] = { "open", "claimed-fixed", "fixed", "relapsed",
	"not-theirs" };

const char *state_text(enum finding_state s)
{
	return texts[s];
}

int state_read(struct str s, enum finding_state *ret)
{
	for (int i = 0; i < STATE_N; i++) {
		if (str_eq(s, str_c(texts[i]))) {
			*ret = (enum finding_state)i;
			return 0;
		}
	}
	return E_NOT_FOUND;
}

bool life_was_silent(const struct report_type *type, int32_t from, int32_t to)
{
	return arrivals_between(type, from, to) >= (size_t)type->quiet;
}

struct life life_of(const struct life_report *reports, size_t n, const struct claims *c)
{
	assert(n > 0);
	struct life l = { .state = STATE_OPEN, .state_day = reports[0].day };
	size_t claim = 0;
	for (size_t i = 1; i < n; i++) {
		const struct life_report *from = &reports[i - 1], *to = &reports[i];
		while (claim < c->n && c->days[claim] < from->day)
			claim++;
		bool was_claimed = claim < c->n && c->days[claim] < to->day;
		if (!was_claimed && !life_was_silent(from->type, from->day, to->day))
			continue;
		l.state = STATE_RELAPSED;
		l.state_day = to->day;
		l.relapses++;
	}
	const struct life_report *last = &reports[n - 1];
	bool is_claimed = c->n > 0 && c->days[c->n - 1] >= last->day;
	int32_t quiet_day = arrivals_nth_after(
		last->type, last->day, (size_t)last->type->quiet);
	if (quiet_day != INT32_MAX) {
		l.state = STATE_FIXED;
		l.state_day = quiet_day;
		l.fixed_by = is_claimed ? FIXED_BY_CLAIM : FIXED_BY_SILENCE;
	} else if (is_claimed) {
		l.state = STATE_CLAIMED;
		l.state_day = c->days[c->n - 1];
	}
	return l;
}

/* The spell that ends with report `last`; next: the day of the report that begins
 * another, INT32_MAX when there is none. */
static void end_spell(struct spell *s, const struct life_report *last, int32_t next,
	const struct claims *c, size_t *claim)
{
	int32_t quiet_day = arrivals_nth_after(
		last->type, last->day, (size_t)last->type->quiet);
	while (*claim < c->n && c->days[*claim] < last->day)
		(*claim)++;
	bool is_claimed = *claim < c->n && (next == INT32_MAX || c->days[*claim] < next);
	s->last_day = last->day;
	s->to_day = next;
	s->claim_day = is_claimed ? SOME(c->days[*claim]) : NONE;
	s->how = next == INT32_MAX ? SPELL_GOES_ON : SPELL_REFUTED;
	if (quiet_day < next) {
		s->how = is_claimed ? SPELL_BY_CLAIM : SPELL_BY_SILENCE;
		s->to_day = quiet_day;
	}
}

size_t life_spells(const struct life_report *reports, size_t n, const struct claims *c,
	struct spell *ret)
{
	assert(n > 0);
	size_t claim = 0, spells = 0;
	int32_t from_day = reports[0].day;
	for (size_t i = 0; i < n; i++) {
		const struct life_report *last = &reports[i];
		int32_t next = i + 1 < n ? reports[i + 1].day : INT32_MAX;
		struct spell s = { .from_day = from_day };
		end_spell(&s, last, next, c, &claim);
		bool goes_on = s.how == SPELL_REFUTED && !s.claim_day.has;
		if (goes_on)
			continue;
		ret[spells++] = s;
		from_day = next;
	}
	return spells;
}

size_t life_cut(struct spell *spells, size_t n, int32_t day)
{
	while (n > 0 && spells[n - 1].from_day > day)
		n--;
	if (n > 0 && (spells[n - 1].how == SPELL_GOES_ON || spells[n - 1].to_day > day)) {
		spells[n - 1].how = SPELL_NOT_THEIRS;
		spells[n - 1].to_day = day;
		if (spells[n - 1].last_day > day)
			spells[n - 1].last_day = day;
	}
	return n;
}

/* SPDX-License-Identifier: Apache-2.0
 * effect_data.c - the figures for programs: see effect_data.h. Depends on: base, fmt,
 * core/effect. */
#include "web/effect_data.h"

#include "base/date.h"
#include "fmt/csv_out.h"

/* What stands in a row besides its name, in the order of the table. */
enum { FIGURES = 21, NOTICES = 7 };
struct figure {
	const char *name;
	struct opt_int v;
};

static struct opt_int median_of(const struct effect_figures *f)
{
	struct opt_int median = effect_median(f);
	/* The longest step has no length of its own. */
	return median.has && median.v == INT32_MAX ? NONE : median;
}

static void figures_of(const struct effect_figures *f, struct figure ret[FIGURES])
{
	const struct figure all[FIGURES] = {
		{ "sent", SOME(f->sent) },
		{ "delivered", SOME(f->delivered) },
		{ "bounced", SOME(f->bounced) },
		{ "uncertain", SOME(f->uncertain) },
		{ "opened", SOME(f->opened) },
		{ "answered", SOME(f->answered) },
		{ "undelivered", SOME(f->undelivered) },
		{ "there", SOME(effect_there(f)) },
		{ "open", SOME(f->open) },
		{ "found", SOME(f->found) },
		{ "new", SOME(effect_new(f)) },
		{ "relapsed", SOME(f->relapsed) },
		{ "attributed", SOME(f->attributed) },
		{ "attributed_percent", effect_share(f->attributed, effect_new(f)) },
		{ "claimed_fixed", SOME(f->claimed) },
		{ "fixed_by_claim", SOME(f->by_claim) },
		{ "fixed_by_silence", SOME(f->by_silence) },
		{ "ended_otherwise", SOME(f->otherwise) },
		{ "critical", SOME(f->critical) },
		{ "critical_in_time", SOME(f->in_time) },
		{ "critical_in_time_percent", effect_share(f->in_time, f->critical) },
	};
	for (size_t i = 0; i < FIGURES; i++) {
		ret[i] = all[i];
		if (i < NOTICES && !f->has_notices)
			ret[i].v = NONE;
	}
}

/* ---- JSON ---- */

static void put_opt(struct json *j, const char *key, struct opt_int v)
{
	if (v.has)
		json_int(j, key, v.v);
	else
		json_null(j, key);
}

static void put_lengths(struct json *j, const struct effect_figures *f)
{
	put_opt(j, "median_days_open", median_of(f));
	json_open(j, "days_open", '[');
	for (int i = 0; i < EFFECT_LENGTHS; i++) {
		if (f->lengths[i] == 0)
			continue;
		json_open(j, NULL, '{');
		put_opt(j, "within",
			i + 1 < EFFECT_LENGTHS ? SOME(effect_length[i]) : NONE);
		json_int(j, "fixed", f->lengths[i]);
		json_close(j, '{');
	}
	json_close(j, '[');
}

void effect_json(
	struct json *j, const struct effect_of_table *of, const struct effect_row *row)
{
	struct figure all[FIGURES];
	figures_of(&row->f, all);
	json_open(j, NULL, '{');
	json_text(j, "by", str_c(effect_by_text(of->by)));
	json_some(j, "name", row->name);
	json_number(j, "organisation_id", row->org);
	json_day(j, "since", of->since);
	json_day(j, "until", of->until);
	for (size_t i = 0; i < FIGURES; i++)
		put_opt(j, all[i].name, all[i].v);
	put_lengths(j, &row->f);
	json_close(j, '{');
}

int effect_json_lines(
	struct buf *out, const struct effect_of_table *of, const struct effect_table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct json j = json_new(out);
		effect_json(&j, of, &t->v[i]);
		int r = j.err < 0 ? j.err : buf_add(out, S("\n"));
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- CSV ---- */

static void put_cell(struct csv_out *c, struct opt_int v)
{
	if (v.has)
		csv_out_int(c, v.v);
	else
		csv_out_text(c, S(""));
}

static void put_head(struct csv_out *c)
{
	static const char *const first[] = { "by", "name", "organisation_id", "since",
		"until" };
	const struct effect_figures none = { 0 };
	struct figure all[FIGURES];
	figures_of(&none, all);
	for (size_t i = 0; i < N(first); i++)
		csv_out_text(c, str_c(first[i]));
	for (size_t i = 0; i < FIGURES; i++)
		csv_out_text(c, str_c(all[i].name));
	csv_out_text(c, S("median_days_open"));
	csv_out_row(c);
}

int effect_csv(
	struct buf *out, const struct effect_of_table *of, const struct effect_table *t)
{
	char since[DATE_TEXT_MAX], until[DATE_TEXT_MAX];
	struct csv_out c = csv_out_new(out);
	struct figure all[FIGURES];
	put_head(&c);
	(void)day_text(of->since, since);
	(void)day_text(of->until, until);
	for (size_t i = 0; i < t->n; i++) {
		const struct effect_row *row = &t->v[i];
		figures_of(&row->f, all);
		csv_out_text(&c, str_c(effect_by_text(of->by)));
		csv_out_text(&c, row->name);
		put_cell(&c, row->org ? SOME(row->org) : NONE);
		csv_out_text(&c, str_c(since));
		csv_out_text(&c, str_c(until));
		for (size_t f = 0; f < FIGURES; f++)
			put_cell(&c, all[f].v);
		put_cell(&c, median_of(&row->f));
		csv_out_row(&c);
	}
	return c.err;
}

/* SPDX-License-Identifier: Apache-2.0
 * effect_grid.c - tables of figures: see effect_grid.h. Depends on: base, core/effect,
 * web/effect_pic. */
#include "web/effect_grid.h"

#include "base/date.h"
#include "base/number.h"
#include "web/effect_pic.h"
#include "web/url.h"

#define DAYS_SHOWN 9

struct str effect_number(const struct effect_reader *r, int64_t n)
{
	char text[NUMBER_TEXT_MAX];
	return str_dup(r->a, str_c(number_text(r->lang, n, text)));
}

struct str effect_percent(const struct effect_reader *r, struct opt_int n)
{
	char text[NUMBER_TEXT_MAX];
	return n.has ? str_dup(r->a, str_c(percent_text(r->lang, n.v, text))) : S("-");
}

struct str effect_median_short(
	const struct effect_reader *r, const struct effect_figures *f)
{
	struct opt_int median = effect_median(f);
	if (!median.has)
		return S("-");
	return median.v == INT32_MAX ? S(">365") : effect_number(r, median.v);
}

/* ---- a table being made ---- */

struct maker {
	const struct effect_reader *r;
	struct effect_grid *grid;
	struct effect_head *heads;
	struct effect_line *lines;
	struct effect_cell *cells; /* of the last line */
};

static struct maker grid_new(const struct effect_reader *r, const char *caption,
	const char *first, size_t heads, size_t lines)
{
	struct maker m = { .r = r, .grid = arena_alloc(r->a, sizeof(*m.grid)) };
	m.heads = arena_array(r->a, heads + 1, sizeof(*m.heads));
	m.lines = arena_array(r->a, lines + 1, sizeof(*m.lines));
	*m.grid = (struct effect_grid){ .caption = caption,
		.first = str_c(tr(r->lang, first)),
		.heads = { m.heads, 0 },
		.lines = { m.lines, 0 } };
	return m;
}

static void add_head(struct maker *m, const char *text)
{
	m->heads[m->grid->heads.n++].text = str_c(tr(m->r->lang, text));
}

static void add_line(struct maker *m, struct str name)
{
	size_t n = m->grid->heads.n;
	m->cells = arena_array(m->r->a, n + 1, sizeof(*m->cells));
	m->lines[m->grid->lines.n++] = (struct effect_line){ .name = name,
		.cells = { m->cells, 0 } };
}

static void add_cell(struct maker *m, struct str text)
{
	struct effect_line *line = &m->lines[m->grid->lines.n - 1];
	size_t at = line->cells.n++;
	m->cells[at] = (struct effect_cell){ m->heads[at].text, text };
}

static void add_number(struct maker *m, int64_t n)
{
	add_cell(m, effect_number(m->r, n));
}

static void add_share(struct maker *m, int64_t part, int64_t of)
{
	add_cell(m, effect_percent(m->r, effect_share(part, of)));
}

/* ---- beside the pictures ---- */

static int64_t others(const struct effect_days *d, const enum rsit_class *classes,
	size_t named, size_t n, size_t day)
{
	int64_t sum = 0;
	for (size_t c = named; c < n; c++)
		sum += d->open[classes[c]][day];
	return sum;
}

static void add_day(struct maker *m, const struct effect_days *d,
	const enum rsit_class *classes, size_t named, size_t n, size_t day)
{
	add_line(m, effect_day_text(m->r->a, m->r->lang, d->first + (int32_t)day));
	add_number(m, others(d, classes, 0, n, day));
	for (size_t c = 0; c < named; c++)
		add_number(m, d->open[classes[c]][day]);
	if (n > named)
		add_number(m, others(d, classes, named, n, day));
}

const struct effect_grid *effect_grid_open(
	const struct effect_reader *r, const struct effect_days *d)
{
	enum rsit_class classes[RSIT_N];
	size_t n, named = effect_pic_classes(d, classes, &n);
	struct maker m = grid_new(
		r, N_("Open at the end of the day"), N_("Day"), RSIT_N + 1, DAYS_SHOWN);
	add_head(&m, N_("All"));
	for (size_t c = 0; c < named; c++)
		add_head(&m, rsit_class_name(classes[c]));
	if (n > named)
		add_head(&m, N_("Others"));
	size_t shown = d->n < DAYS_SHOWN ? d->n : DAYS_SHOWN;
	for (size_t i = 0; i < shown; i++)
		add_day(&m, d, classes, named, n,
			shown > 1 ? i * (d->n - 1) / (shown - 1) : 0);
	return m.grid;
}

static void add_step(struct maker *m, const char *name, int64_t n, int64_t of)
{
	add_line(m, str_c(tr(m->r->lang, name)));
	add_number(m, n);
	add_share(m, n, of);
}

const struct effect_grid *effect_grid_funnel(
	const struct effect_reader *r, const struct effect_figures *f)
{
	int64_t there = effect_there(f);
	struct maker m = grid_new(
		r, N_("From notice to repair, in figures"), N_("Step"), 2, 15);
	add_head(&m, N_("Count"));
	add_head(&m, N_("Share"));
	add_step(&m, N_("Notices sent"), f->sent, f->sent);
	add_step(&m, N_("Delivered"), f->delivered, f->sent);
	add_step(&m, N_("Bounced"), f->bounced, f->sent);
	if (f->uncertain)
		add_step(
			&m, N_("Not known whether they went out"), f->uncertain, f->sent);
	add_step(&m, N_("Opened"), f->opened, f->sent);
	add_step(&m, N_("Answered"), f->answered, f->sent);
	if (f->undelivered)
		add_step(&m, N_("Besides: could not be handed over"), f->undelivered, 0);
	add_step(&m, N_("Findings that were there"), there, there);
	add_step(&m, N_("New findings"), effect_new(f), there);
	add_step(&m, N_("Relapsed"), f->relapsed, there);
	add_step(&m, N_("Claimed fixed"), f->claimed, there);
	add_step(&m, N_("Fixed by claim"), f->by_claim, there);
	add_step(&m, N_("Fixed by silence"), f->by_silence, there);
	add_step(&m, N_("Ended otherwise"), f->otherwise, there);
	add_step(&m, N_("Open now"), f->open, there);
	return m.grid;
}

const struct effect_grid *effect_grid_lengths(
	const struct effect_reader *r, const struct effect_figures *f)
{
	struct maker m = grid_new(r, N_("Days from the first report to the last"),
		N_("Days"), 2, EFFECT_BARS);
	int64_t all = 0;
	add_head(&m, N_("Fixed"));
	add_head(&m, N_("Share"));
	for (int i = 0; i < EFFECT_BARS; i++)
		all += effect_bar(f, i);
	for (int i = 0; i < EFFECT_BARS; i++) {
		add_line(&m, effect_bar_text(r->a, i));
		add_number(&m, effect_bar(f, i));
		add_share(&m, effect_bar(f, i), all);
	}
	return m.grid;
}

const struct effect_grid *effect_grid_sectors(
	const struct effect_reader *r, const struct effect_table *t)
{
	struct effect_table top = effect_pic_sector_rows(r->a, t);
	struct maker m = grid_new(
		r, N_("Fixed and open, by sector"), N_("Sector"), 4, top.n);
	add_head(&m, N_("Fixed by claim"));
	add_head(&m, N_("Fixed by silence"));
	add_head(&m, N_("Open"));
	add_head(&m, N_("Fixed in all"));
	for (size_t i = 0; i < top.n; i++) {
		const struct effect_figures *f = &top.v[i].f;
		add_line(&m, effect_sector_text(r->lang, top.v[i].name));
		add_number(&m, f->by_claim);
		add_number(&m, f->by_silence);
		add_number(&m, f->open);
		add_share(&m, effect_fixed(f), effect_fixed(f) + f->open);
	}
	return m.grid;
}

/* ---- all figures ---- */

static struct str name_of(
	const struct effect_reader *r, enum effect_by by, const struct effect_row *row)
{
	if (by == EFFECT_SECTOR)
		return effect_sector_text(r->lang, row->name);
	return row->name.n ? row->name : str_c(tr(r->lang, "nobody known"));
}

static void add_row(struct maker *m, const struct effect_row *row)
{
	const struct effect_figures *f = &row->f;
	add_number(m, f->open);
	add_number(m, effect_new(f));
	add_number(m, f->relapsed);
	add_number(m, f->claimed);
	add_number(m, f->by_claim);
	add_number(m, f->by_silence);
	add_cell(m, effect_median_short(m->r, f));
	add_share(m, f->in_time, f->critical);
	if (f->has_notices) {
		add_number(m, f->sent);
		add_number(m, f->answered);
	}
}

const struct effect_grid *effect_grid_rows(const struct effect_reader *r,
	enum effect_by by, const struct effect_table *t, size_t from, size_t n)
{
	static const char *const heads[] = { N_("Open"), N_("New findings"),
		N_("Relapsed"), N_("Claimed fixed"), N_("Fixed by claim"),
		N_("Fixed by silence"), N_("Median days"), N_("Critical in time"),
		N_("Sent"), N_("Answered") };
	static const char *const firsts[] = { [EFFECT_ALL] = N_("All"),
		[EFFECT_ORGANISATION] = N_("Organisation"),
		[EFFECT_SECTOR] = N_("Sector"),
		[EFFECT_NETWORK] = N_("Network of"),
		[EFFECT_TYPE] = N_("Type") };
	size_t columns = by <= EFFECT_SECTOR ? N(heads) : N(heads) - 2;
	struct maker m = grid_new(r, N_("Figures of this time"), firsts[by], N(heads), n);
	m.grid->cards = true;
	for (size_t i = 0; i < columns; i++)
		add_head(&m, heads[i]);
	for (size_t i = from; i < t->n && i < from + n; i++) {
		const struct effect_row *row = &t->v[i];
		add_line(&m, name_of(r, by, row));
		if (row->org)
			m.lines[m.grid->lines.n - 1].to = url_id(
				r->a, "/organisations/", row->org);
		add_row(&m, row);
	}
	return m.grid;
}

/* SPDX-License-Identifier: Apache-2.0
 * page_effect.c - the effect page: what the warnings led to, on the screen, on one sheet
 * of paper, and for programs. Depends on: base, core, web. */
#include "base/date.h"
#include "base/tr.h"
#include "core/effect.h"
#include "fmt/svg.h"
#include "tpl_effect.h"
#include "web/effect_data.h"
#include "web/effect_grid.h"
#include "web/effect_pic.h"
#include "web/effect_view.h"
#include "web/pages.h"
#include "web/visit.h"

#define PAGE_ROWS   20
#define YEARS_BACK  3660 /* days: what a picture can show, and an arena hold */
#define PICTURE_MAX KIB(256)
#define DATA_MAX                                                                         \
	MIB(8) /* it grows by doubling, and is packed, within a request's memory */

/* What was asked for. */
struct asked {
	enum effect_by by;
	int32_t since, today;
	size_t period; /* of periods; else a date of his own */
	bool own;
};
static const struct period {
	const char *word, *label;
	int32_t days; /* 0: since the year's first */
} periods[] = {
	{ "28", N_("28 days"), 28 },
	{ "90", N_("90 days"), 90 },
	{ "year", N_("This year"), 0 },
};

static int32_t period_start(const struct period *p, int32_t today)
{
	int year, month, day;
	day_split(today, &year, &month, &day);
	return p->days ? today - p->days + 1 : day_make(year, 1, 1);
}

static int read_asked(const struct visit *v, struct asked *ret)
{
	const struct field_value *since = visit_query(v, "since"),
				 *period = visit_query(v, "period"),
				 *by = visit_query(v, "by");
	struct asked q = { .by = EFFECT_ORGANISATION, .today = day_of(v->x.now) };
	if (by->has && effect_by_read(by->text, &q.by) < 0)
		return E_USAGE;
	while (period->has && q.period < N(periods) &&
		!str_eq(period->text, str_c(periods[q.period].word)))
		q.period++;
	if (q.period == N(periods))
		return E_USAGE;
	q.since = period_start(&periods[q.period], q.today);
	if (since->has) {
		q.own = true;
		if (day_read(since->text, &q.since) < 0 || q.since > q.today ||
			q.since < q.today - YEARS_BACK)
			return E_USAGE;
	}
	*ret = q;
	return 0;
}

/* The same period in another place, by something. */
static struct url same_period(
	const struct visit *v, const struct asked *q, struct url to, enum effect_by by)
{
	struct arena *a = v->req->arena;
	char text[DATE_TEXT_MAX];
	if (q->own)
		to = url_with(a, to, "since", str_c(day_text(q->since, text)));
	else if (q->period)
		to = url_with(a, to, "period", str_c(periods[q->period].word));
	return url_with(a, to, "by", str_c(effect_by_text(by)));
}

/* ---- what is read ---- */

struct figures {
	struct asked q;
	struct effect_table orgs, sectors;
	struct effect_figures all;
	struct effect_days days;
};

static int read_figures(struct visit *v, struct figures *ret)
{
	bool stale;
	int r = read_asked(v, &ret->q);
	if (r == 0)
		r = effect_is_stale(&v->x, &stale);
	if (r == 0 && stale) /* work makes them before its first act */
		return fail(&v->x.why, E_BUSY, "findings have no spells yet");
	if (r == 0)
		r = effect_read(&v->x, EFFECT_ORGANISATION, ret->q.since, &ret->orgs);
	if (r == 0)
		r = effect_days(&v->x, ret->q.since, &ret->days);
	if (r < 0)
		return r;
	ret->all = effect_total(&ret->orgs);
	ret->sectors = effect_by_sector(v->req->arena, &ret->orgs);
	return 0;
}

/* ---- words ---- */

static struct effect_part part_of(
	const struct effect_reader *r, int64_t part, int64_t all)
{
	struct opt_int share = effect_share(part, all);
	return (struct effect_part){ .has = share.has,
		.share = effect_percent(r, share),
		.of_100 = share.has ? share.v : 0,
		.part = effect_number(r, part),
		.all = effect_number(r, all) };
}

static int64_t open_at(const struct effect_days *d, size_t day)
{
	int64_t n = 0;
	for (int c = 0; c < RSIT_N; c++)
		n += d->open[c][day];
	return n;
}

static struct sentence trend_text(
	const struct effect_reader *r, const struct effect_days *d)
{
	int64_t then = open_at(d, 0), now = open_at(d, d->n - 1);
	int64_t less = then > now ? then - now : now - then;
	const struct text_arg args[] = { text_arg_str("now", effect_number(r, now)),
		text_arg_day("since", d->first),
		text_arg_str("then", effect_number(r, then)),
		text_arg_str("share", effect_percent(r, effect_share(less, then))) };
	const char *text = then == now || then == 0
		? N_("Open now: {now}. At the end of {since}: {then}.")
		: then > now ? N_("Open now: {now}. At the end of {since}: {then}. That "
				  "is {share} less.")
			     : N_("Open now: {now}. At the end of {since}: {then}. That "
				  "is {share} more.");
	return text_say(r->a, r->lang, true, text, args, N(args));
}

/* Of the sectors with a name that the picture shows. */
static void best_and_worst(
	const struct effect_reader *r, const struct figures *f, struct effect_view *view)
{
	struct effect_table top = effect_pic_sector_rows(r->a, &f->sectors);
	const struct effect_row *best = NULL, *worst = NULL;
	int64_t high = 0, low = 0;
	for (size_t i = 0; i < top.n; i++) {
		const struct effect_figures *g = &top.v[i].f;
		struct opt_int share = effect_share(
			effect_fixed(g), effect_fixed(g) + g->open);
		if (top.v[i].name.n == 0 || !share.has)
			continue;
		if (!best || share.v > high) {
			best = &top.v[i];
			high = share.v;
		}
		if (!worst || share.v < low) {
			worst = &top.v[i];
			low = share.v;
		}
	}
	if (!best || best == worst)
		return;
	view->best = effect_sector_text(r->lang, best->name);
	view->best_share = effect_percent(r, SOME(high));
	view->worst = effect_sector_text(r->lang, worst->name);
	view->worst_share = effect_percent(r, SOME(low));
}

static void fill_words(
	const struct effect_reader *r, const struct figures *f, struct effect_view *view)
{
	const struct effect_figures *all = &f->all;
	view->since = f->q.since;
	view->until = f->q.today;
	view->answered = part_of(r, all->answered, all->sent);
	view->fixed = part_of(r, effect_fixed(all), effect_there(all));
	view->in_time = part_of(r, all->in_time, all->critical);
	view->open = effect_number(r, all->open);
	view->open_then = effect_number(r, open_at(&f->days, 0));
	view->median = effect_median_short(r, all);
	view->median_says = effect_median_text(r->a, r->lang, all);
	view->trend = trend_text(r, &f->days);
	best_and_worst(r, f, view);
	struct effect_text *blind = arena_array(r->a, EFFECT_BLIND, sizeof(*blind));
	for (size_t i = 0; i < EFFECT_BLIND; i++)
		blind[i].text = effect_blind[i];
	view->blind = (struct effect_texts){ blind, EFFECT_BLIND };
}

static int draw(
	const struct effect_reader *r, const struct figures *f, struct effect_view *view)
{
	struct buf open = buf_in(r->a, PICTURE_MAX), funnel = buf_in(r->a, PICTURE_MAX),
		   lengths = buf_in(r->a, PICTURE_MAX),
		   sectors = buf_in(r->a, PICTURE_MAX);
	int e = effect_pic_open(&open, r->a, r->lang, &f->days);
	if (e == 0)
		e = effect_pic_funnel(&funnel, r->a, r->lang, &f->all);
	if (e == 0)
		e = effect_pic_lengths(&lengths, r->a, r->lang, &f->all);
	if (e == 0)
		e = effect_pic_sectors(&sectors, r->a, r->lang, &f->sectors);
	if (e < 0)
		return e;
	view->pic_open = svg_picture(&open);
	view->pic_funnel = svg_picture(&funnel);
	view->pic_lengths = svg_picture(&lengths);
	view->pic_sectors = svg_picture(&sectors);
	return 0;
}

/* ---- what can be chosen ---- */

static void fill_choices(
	const struct visit *v, const struct asked *q, struct effect_view *view)
{
	static const char *const groups[] = { [EFFECT_ORGANISATION] = N_("Organisation"),
		[EFFECT_SECTOR] = N_("Sector"),
		[EFFECT_NETWORK] = N_("Network"),
		[EFFECT_TYPE] = N_("Type") };
	static const char *const headings[] = { [EFFECT_ORGANISATION] = N_(
							"By organisation"),
		[EFFECT_SECTOR] = N_("By sector"),
		[EFFECT_NETWORK] = N_("By the network's operator"),
		[EFFECT_TYPE] = N_("By type") };
	struct arena *a = v->req->arena;
	struct effect_choice *c = arena_array(a, N(periods), sizeof(*c)),
			     *g = arena_array(a, N(groups), sizeof(*g));
	for (size_t i = 0; i < N(periods); i++) {
		struct asked other = { .by = q->by, .period = i };
		c[i] = (struct effect_choice){ same_period(
						       v, &other, URL("effect"), q->by),
			periods[i].label, !q->own && q->period == i };
	}
	for (size_t i = EFFECT_ORGANISATION; i < N(groups); i++) {
		struct url to = same_period(v, q, URL("effect"), (enum effect_by)i);
		g[i - 1] = (struct effect_choice){ url_mark(a, to, "table"), groups[i],
			q->by == i };
	}
	view->periods = (struct effect_choices){ c, N(periods) };
	view->groups = (struct effect_choices){ g, N(groups) - 1 };
	view->by = str_c(effect_by_text(q->by));
	view->by_heading = headings[q->by];
	view->csv = same_period(v, q, URL("effect/csv"), q->by);
	view->json = same_period(v, q, URL("effect/json"), q->by);
	view->print = same_period(v, q, URL("effect/print"), q->by);
	view->screen = same_period(v, q, URL("effect"), q->by);
}

static int table_of(struct visit *v, const struct asked *q, const struct figures *f,
	struct effect_table *ret)
{
	if (f && q->by == EFFECT_ORGANISATION)
		*ret = f->orgs;
	else if (f && q->by == EFFECT_SECTOR)
		*ret = f->sectors;
	else
		return effect_read(&v->x, q->by, q->since, ret);
	return 0;
}

static int fill_table(struct visit *v, const struct effect_reader *r,
	const struct figures *f, struct effect_view *view)
{
	struct effect_table t;
	size_t from = (size_t)visit_query(v, "row")->n;
	int e = table_of(v, &f->q, f, &t);
	if (e < 0)
		return e;
	view->grid = effect_grid_rows(r, f->q.by, &t, from, PAGE_ROWS);
	view->more = t.n > from + PAGE_ROWS;
	if (view->more)
		view->next = url_mark(r->a,
			url_with_int(
				r->a, view->screen, "row", (int64_t)(from + PAGE_ROWS)),
			"table");
	return 0;
}

/* ---- pages ---- */

static int fill(
	struct visit *v, const char *title, struct figures *f, struct effect_view *view)
{
	const struct effect_reader r = { v->req->arena, v->lang };
	int e = read_figures(v, f);
	if (e < 0)
		return e;
	fill_words(&r, f, view);
	fill_choices(v, &f->q, view);
	v->here = same_period(v, &f->q, (struct url){ v->req->path }, f->q.by);
	e = draw(&r, f, view);
	if (e == 0)
		view->frame = visit_frame(v, title);
	return e;
}

int effect_get(struct visit *v)
{
	const struct effect_reader r = { v->req->arena, v->lang };
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct figures f = { 0 };
	struct effect_view view = { 0 };
	int e = fill(v, N_("Effect"), &f, &view);
	if (e == 0)
		e = fill_table(v, &r, &f, &view);
	if (e < 0)
		return e;
	view.grid_open = effect_grid_open(&r, &f.days);
	view.grid_funnel = effect_grid_funnel(&r, &f.all);
	view.grid_lengths = effect_grid_lengths(&r, &f.all);
	view.grid_sectors = effect_grid_sectors(&r, &f.sectors);
	e = page_effect(&o, &view);
	return visit_send(v, 200, &page, e);
}

int effect_print_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct figures f = { 0 };
	struct effect_view view = { 0 };
	int e = fill(v, N_("What the warnings led to"), &f, &view);
	if (e < 0)
		return e;
	e = page_effect_sheet(&o, &view);
	return visit_send(v, 200, &page, e);
}

typedef int write_fn(
	struct buf *out, const struct effect_of_table *of, const struct effect_table *t);

static int send_data(struct visit *v, write_fn *write, enum file_type type)
{
	struct asked q;
	struct effect_table t;
	struct buf out = buf_in(v->req->arena, DATA_MAX);
	int r = read_asked(v, &q);
	if (r == 0)
		r = table_of(v, &q, NULL, &t);
	if (r < 0)
		return r;
	const struct effect_of_table of = { q.by, q.since, q.today };
	r = write(&out, &of, &t);
	return r < 0 ? r : visit_send_file(v, type, "effect", buf_str(&out));
}

int effect_csv_get(struct visit *v)
{
	return send_data(v, effect_csv, FILE_CSV);
}

int effect_json_get(struct visit *v)
{
	return send_data(v, effect_json_lines, FILE_JSONL);
}

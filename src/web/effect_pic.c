/* SPDX-License-Identifier: Apache-2.0
 * effect_pic.c - the pictures of the effect page: see effect_pic.h.
 * Depends on: base, fmt/svg, core/effect. */
#include "web/effect_pic.h"

#include "base/date.h"
#include "base/number.h"
#include "base/textout.h"
#include "fmt/svg.h"

#include <stdio.h>
#include <stdlib.h>

#define WIDTH	   4800 /* tenths of a unit */
#define NAMED_MAX  4	/* classes with an area of their own */
#define POINTS_MAX 120	/* along an edge: more nobody sees, and a page has to be small */

static const char *const fills[] = { "fill-1", "fill-2", "fill-3", "fill-4", "fill-5" };

/* ---- words ---- */

/* A translated sentence, its holes filled. */
static struct str words(struct arena *a, enum lang lang, const char *text,
	const struct text_arg *args, size_t n)
{
	return text_say(a, lang, false, text, args, n).text;
}

static struct str count_text(struct arena *a, enum lang lang, int64_t n)
{
	char text[NUMBER_TEXT_MAX];
	return str_dup(a, str_c(number_text(lang, n, text)));
}

static struct text_arg count_arg(
	struct arena *a, enum lang lang, const char *name, int64_t n)
{
	return text_arg_str(name, count_text(a, lang, n));
}

struct str effect_day_text(struct arena *a, enum lang lang, int32_t day)
{
	static const char *const months[] = { N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"),
		N_("May"), N_("Jun"), N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"),
		N_("Nov"), N_("Dec") };
	int year, month, of_month;
	day_split(day, &year, &month, &of_month);
	const struct text_arg args[] = { text_arg_int("day", of_month),
		text_arg_msg("month", months[month - 1]) };
	/* TRANSLATORS: a date on the axis of a picture, as in "14 Jun" */
	return words(a, lang, N_("{day} {month}"), args, N(args));
}

struct str effect_sector_text(enum lang lang, struct str sector)
{
	static const struct {
		const char *word, *name;
	} known[] = {
		{ "academic", N_("Universities and research") },
		{ "energy", N_("Energy") },
		{ "finance", N_("Banks and finance") },
		{ "government", N_("Government") },
		{ "health", N_("Health") },
		{ "hosting", N_("Hosting") },
		{ "infrastructure", N_("Infrastructure") },
		{ "isp", N_("Internet providers") },
		{ "media", N_("Media") },
		{ "municipality", N_("Municipalities") },
		{ "transport", N_("Transport") },
		{ "water", N_("Water") },
	};
	if (sector.n == 0)
		return str_c(tr(lang, "Sector not known"));
	for (size_t i = 0; i < N(known); i++)
		if (str_eq_nocase(sector, str_c(known[i].word)))
			return str_c(tr(lang, known[i].name));
	return sector;
}

static struct svg_frame frame(const char *id, enum lang lang, int32_t height, bool bars)
{
	return (struct svg_frame){ .id = id,
		.class = "pic",
		.width = WIDTH,
		.height = height,
		.rtl = lang_rtl(lang),
		.mirrored = bars && lang_rtl(lang) };
}

/* ---- open findings over time ---- */

enum { PLOT_X = 570, PLOT_Y = 120, PLOT_W = 2680, PLOT_H = 2000, OPEN_H = 2440 };

/* By the number open on the last day, or the most of any day; what has no class last. */
struct ranked {
	enum rsit_class class;
	int64_t last, most;
};

static int by_size(const void *pa, const void *pb)
{
	const struct ranked *a = pa, *b = pb;
	if ((a->class == RSIT_OTHER) != (b->class == RSIT_OTHER))
		return a->class == RSIT_OTHER ? 1 : -1;
	if (a->last != b->last)
		return a->last > b->last ? -1 : 1;
	if (a->most != b->most)
		return a->most > b->most ? -1 : 1;
	return (a->class > b->class) - (a->class < b->class);
}

size_t effect_pic_classes(
	const struct effect_days *d, enum rsit_class ret[RSIT_N], size_t *ret_n)
{
	struct ranked all[RSIT_N];
	size_t n = 0;
	for (int c = 0; c < RSIT_N; c++) {
		struct ranked r = { .class = (enum rsit_class)c };
		for (size_t i = 0; i < d->n; i++) {
			r.last = d->open[c][i];
			r.most = r.last > r.most ? r.last : r.most;
		}
		if (r.most > 0)
			all[n++] = r;
	}
	if (n > 1)
		qsort(all, n, sizeof(*all), by_size);
	for (size_t i = 0; i < n; i++)
		ret[i] = all[i].class;
	*ret_n = n;
	return n <= NAMED_MAX + 1 ? n : NAMED_MAX;
}

struct open_pic {
	struct svg s;
	struct arena *a;
	enum lang lang;
	const struct effect_days *d;
	enum rsit_class classes[RSIT_N];
	size_t named, n;
	int64_t top;
};

static int32_t plot_x(const struct open_pic *p, size_t day)
{
	size_t last = p->d->n > 1 ? p->d->n - 1 : 1;
	return PLOT_X + (int32_t)((int64_t)PLOT_W * (int64_t)day / (int64_t)last);
}

static int32_t plot_y(const struct open_pic *p, int64_t n)
{
	return PLOT_Y + PLOT_H - (int32_t)(PLOT_H * n / p->top);
}

/* Of a band: a class, or behind the named ones all others. */
static int64_t band_at(const struct open_pic *p, size_t band, size_t day)
{
	if (band < p->named)
		return p->d->open[p->classes[band]][day];
	int64_t sum = 0;
	for (size_t i = p->named; i < p->n; i++)
		sum += p->d->open[p->classes[i]][day];
	return sum;
}

static int64_t below_at(const struct open_pic *p, size_t band, size_t day)
{
	int64_t sum = 0;
	for (size_t b = 0; b < band; b++)
		sum += band_at(p, b, day);
	return sum;
}

/* Labels of the axes; the plot is not mirrored, its words have their own direction. */
static enum svg_anchor side(const struct open_pic *p, bool to_the_right)
{
	return p->s.rtl != to_the_right ? SVG_START : SVG_END;
}

static void draw_axes(struct open_pic *p)
{
	for (int i = 0; i <= 4; i++) {
		int64_t n = p->top * i / 4;
		int32_t y = plot_y(p, n);
		svg_line(&p->s, i ? "pic-grid" : "pic-base", PLOT_X, y, PLOT_X + PLOT_W,
			y);
		svg_text(&p->s, "pic-faint", PLOT_X - 50, y + 35, side(p, false),
			count_text(p->a, p->lang, n));
	}
	size_t ticks = p->d->n < 5 ? p->d->n : 4;
	for (size_t i = 0; i < ticks; i++) {
		size_t day = ticks > 1 ? (p->d->n - 1) * i / (ticks - 1) : 0;
		int32_t x = plot_x(p, day), y = PLOT_Y + PLOT_H;
		svg_line(&p->s, "pic-base", x, y, x, y + 40);
		svg_text(&p->s, "pic-faint", x, y + 150, SVG_MIDDLE,
			effect_day_text(p->a, p->lang, p->d->first + (int32_t)day));
	}
}

static struct str band_name(const struct open_pic *p, size_t band)
{
	return str_c(band < p->named ? tr(p->lang, rsit_class_name(p->classes[band]))
				     : tr(p->lang, "Other classes"));
}

static void draw_band(struct open_pic *p, size_t band)
{
	size_t last = p->d->n - 1, step = last / POINTS_MAX + 1, n = last / step + 1;
	struct svg_point *points = arena_array(p->a, 2 * n, sizeof(*points));
	/* From the last day back, so that the end is true. */
	for (size_t i = 0; i < n; i++) {
		size_t day = last - (n - 1 - i) * step;
		int64_t below = below_at(p, band, day);
		points[i] = (struct svg_point){ plot_x(p, i ? day : 0),
			plot_y(p, below + band_at(p, band, day)) };
		points[2 * n - 1 - i] = (struct svg_point){ plot_x(p, i ? day : 0),
			plot_y(p, below) };
	}
	svg_group(&p->s, "pic-band");
	svg_hint(&p->s, band_name(p, band));
	svg_path(&p->s, fills[band], points, 2 * n, true);
	svg_group_end(&p->s);
}

/* Beside the right end of each band its name and number; they give way to each other. */
static void draw_labels(struct open_pic *p, size_t bands)
{
	const int32_t apart = 270;
	int32_t at[NAMED_MAX + 1], x = PLOT_X + PLOT_W, low = PLOT_Y + PLOT_H + 170;
	size_t last = p->d->n - 1;
	for (size_t b = 0; b < bands; b++) {
		int64_t middle = below_at(p, b, last) + band_at(p, b, last) / 2;
		int32_t y = plot_y(p, middle);
		at[b] = y < low - apart ? y : low - apart;
		low = at[b];
	}
	/* What was pushed out at the top comes back. */
	int32_t high = PLOT_Y + 20 - apart;
	for (size_t b = bands; b-- > 0;) {
		at[b] = at[b] > high + apart ? at[b] : high + apart;
		high = at[b];
	}
	for (size_t b = 0; b < bands; b++) {
		int64_t n = band_at(p, b, last);
		int32_t y = plot_y(p, below_at(p, b, last) + n / 2);
		svg_line(&p->s, "pic-lead", x + 20, y, x + 80, at[b]);
		svg_rect(&p->s, fills[b], x + 100, at[b] - 70, 90, 90);
		svg_text(&p->s, "pic-text", x + 230, at[b] + 15, side(p, true),
			svg_fit(p->a, band_name(p, b), 1350));
		svg_text(&p->s, "pic-strong", x + 230, at[b] + 135, side(p, true),
			count_text(p->a, p->lang, n));
	}
}

int effect_pic_open(
	struct buf *out, struct arena *a, enum lang lang, const struct effect_days *d)
{
	struct open_pic p = { .a = a, .lang = lang, .d = d };
	struct svg_frame f = frame("pic-open", lang, OPEN_H, false);
	int64_t most = 0;
	p.named = effect_pic_classes(d, p.classes, &p.n);
	size_t bands = p.named + (p.named < p.n);
	for (size_t i = 0; i < d->n; i++) {
		int64_t sum = below_at(&p, bands, i);
		most = sum > most ? sum : most;
	}
	p.top = svg_ceiling(most);
	int64_t first = below_at(&p, bands, 0), last = below_at(&p, bands, d->n - 1);
	const struct text_arg args[] = { text_arg_day("since", d->first),
		text_arg_day("until", d->first + (int32_t)d->n - 1),
		count_arg(a, lang, "first", first), count_arg(a, lang, "last", last) };
	f.title = str_c(tr(lang, "Open findings over time"));
	f.desc = words(a, lang,
		N_("On {since} {first} findings were open, on {until} {last}. "
		   "Areas on top of "
		   "each other, one for each class."),
		args, N(args));
	p.s = svg_open(out, &f);
	for (size_t b = 0; b < bands; b++)
		draw_band(&p, b);
	draw_axes(&p);
	draw_labels(&p, bands);
	return svg_close(&p.s);
}

/* ---- the funnel ---- */

enum { ROW_H = 260, BAR_H = 170, BAR_X = 1650, BAR_W = 2000 };

struct bars {
	struct svg s;
	struct arena *a;
	enum lang lang;
	int32_t y;
};

static void bars_head(struct bars *b, const char *name)
{
	b->y += 190;
	svg_text(&b->s, "pic-head", 0, b->y, SVG_START, str_c(tr(b->lang, name)));
	b->y += 90;
}

static struct str with_share(const struct bars *b, int64_t n, int64_t of, bool is_first)
{
	char share[NUMBER_TEXT_MAX];
	struct opt_int percent = effect_share(n, of);
	struct str number = count_text(b->a, b->lang, n);
	if (is_first || !percent.has)
		return number;
	const struct text_arg args[] = { text_arg_str("n", number),
		text_arg_cstr("share", percent_text(b->lang, percent.v, share)) };
	/* TRANSLATORS: a number, and its share of the whole, as in "120 (45%)" */
	return words(b->a, b->lang, N_("{n} ({share})"), args, N(args));
}

static void bars_row(struct bars *b, const char *fill, const char *name, int64_t n,
	int64_t of, bool is_first)
{
	int32_t w = of > 0 ? (int32_t)(BAR_W * (n < of ? n : of) / of) : 0;
	if (n > 0 && w < 10)
		w = 10;
	svg_text(&b->s, "pic-text", BAR_X - 80, b->y + 125, SVG_END,
		svg_fit(b->a, str_c(tr(b->lang, name)), BAR_X - 80));
	svg_rect(&b->s, fill, BAR_X, b->y, w, BAR_H);
	svg_text(&b->s, "pic-strong", BAR_X + w + 60, b->y + 125, SVG_START,
		with_share(b, n, of, is_first));
	b->y += ROW_H;
}

int effect_pic_funnel(
	struct buf *out, struct arena *a, enum lang lang, const struct effect_figures *f)
{
	struct bars b = { .a = a, .lang = lang };
	struct svg_frame fr = frame("pic-funnel", lang, 2420, true);
	int64_t there = effect_there(f);
	const struct text_arg args[] = { count_arg(a, lang, "sent", f->sent),
		count_arg(a, lang, "answered", f->answered),
		count_arg(a, lang, "there", there),
		count_arg(a, lang, "fixed", effect_fixed(f)) };
	fr.title = str_c(tr(lang, "From notice to repair"));
	fr.desc = words(a, lang,
		N_("{sent} notices were sent and {answered} answered; of {there} "
		   "findings "
		   "{fixed} were fixed."),
		args, N(args));
	b.s = svg_open(out, &fr);
	bars_head(&b, N_("Notices"));
	bars_row(&b, "fill-2", N_("Sent"), f->sent, f->sent, true);
	bars_row(&b, "fill-2", N_("Delivered"), f->delivered, f->sent, false);
	bars_row(&b, "fill-2", N_("Opened"), f->opened, f->sent, false);
	bars_row(&b, "fill-2", N_("Answered"), f->answered, f->sent, false);
	b.y += 40;
	bars_head(&b, N_("Findings"));
	bars_row(&b, "fill-1", N_("There in this time"), there, there, true);
	bars_row(&b, "fill-1", N_("Claimed fixed"), f->claimed, there, false);
	bars_row(&b, "fill-1", N_("Fixed"), effect_fixed(f), there, false);
	return svg_close(&b.s);
}

/* ---- how long it took ---- */

static const int bar_last[EFFECT_BARS] = { 0, 2, 6, 8, 10, 12, 13, 14, 15, 16 };

int64_t effect_bar(const struct effect_figures *f, int i)
{
	int64_t n = 0;
	for (int l = i ? bar_last[i - 1] + 1 : 0; l <= bar_last[i]; l++)
		n += f->lengths[l];
	return n;
}

struct str effect_bar_text(struct arena *a, int i)
{
	char text[48];
	int32_t from = i ? effect_length[bar_last[i - 1]] + 1 : 1;
	int32_t to = effect_length[bar_last[i]];
	if (from == to)
		(void)snprintf(text, sizeof(text), "%d", (int)from);
	else if (to == INT32_MAX)
		(void)snprintf(text, sizeof(text), "%d+", (int)(from - 1));
	else
		(void)snprintf(
			text, sizeof(text), "%d\xe2\x80\x93%d", (int)from, (int)to);
	return str_dup(a, str_c(text));
}

struct str effect_median_text(
	struct arena *a, enum lang lang, const struct effect_figures *f)
{
	struct opt_int median = effect_median(f);
	if (!median.has)
		return str_c(tr(lang, "Nothing was fixed in this time."));
	if (median.v == INT32_MAX)
		return str_c(tr(lang, "Half of what was fixed took more than a year."));
	const struct text_arg args[] = { text_arg_int("n", median.v) };
	return words(a, lang,
		trn(lang, "Half of what was fixed was there for {n} day at most.",
			"Half of what was fixed was there for {n} days at most.",
			median.v),
		args, N(args));
}

static bool has_median(const struct effect_figures *f, int i)
{
	struct opt_int median = effect_median(f);
	int32_t from = i ? effect_length[bar_last[i - 1]] : 0;
	return median.has && median.v > from && median.v <= effect_length[bar_last[i]];
}

/* Nothing for none. */
static struct str share_text(struct arena *a, enum lang lang, int64_t n, int64_t of)
{
	char text[NUMBER_TEXT_MAX];
	struct opt_int percent = effect_share(n, of);
	if (n == 0 || !percent.has)
		return S("");
	return str_dup(a, str_c(percent_text(lang, percent.v, text)));
}

int effect_pic_lengths(
	struct buf *out, struct arena *a, enum lang lang, const struct effect_figures *f)
{
	enum { STEP = 480, COLUMN = 380, TOP = 260, TALL = 1400 };
	struct svg_frame fr = frame("pic-lengths", lang, 2060, false);
	int64_t most = 1, all = 0;
	for (int i = 0; i < EFFECT_BARS; i++) {
		most = effect_bar(f, i) > most ? effect_bar(f, i) : most;
		all += effect_bar(f, i);
	}
	fr.title = str_c(tr(lang, "How long it took until fixed"));
	fr.desc = effect_median_text(a, lang, f);
	struct svg s = svg_open(out, &fr);
	for (int i = 0; i < EFFECT_BARS; i++) {
		int64_t n = effect_bar(f, i);
		int32_t x = i * STEP + (STEP - COLUMN) / 2;
		int32_t h = (int32_t)(TALL * n / most);
		if (n > 0 && h < 10)
			h = 10;
		svg_rect(&s, has_median(f, i) ? "fill-on" : "fill-off", x, TOP + TALL - h,
			COLUMN, h);
		svg_text(&s, "pic-strong", x + COLUMN / 2, TOP + TALL - h - 50,
			SVG_MIDDLE, share_text(a, lang, n, all));
		svg_text(&s, "pic-faint", x + COLUMN / 2, TOP + TALL + 150, SVG_MIDDLE,
			effect_bar_text(a, i));
	}
	svg_line(&s, "pic-base", 0, TOP + TALL, WIDTH, TOP + TALL);
	svg_text(&s, "pic-faint", WIDTH / 2, TOP + TALL + 330, SVG_MIDDLE,
		str_c(tr(lang, "days from the first report to the last")));
	return svg_close(&s);
}

/* ---- sectors ---- */

enum { SECTORS_MAX = 10 };

static int by_there(const void *pa, const void *pb)
{
	const struct effect_row *a = pa, *b = pb;
	int64_t x = effect_there(&a->f), y = effect_there(&b->f);
	return x != y ? (x > y ? -1 : 1) : str_cmp(a->name, b->name);
}

static void draw_key(struct bars *b, const char *fill, const char *name, int32_t x)
{
	svg_rect(&b->s, fill, x, b->y - 85, 90, 90);
	svg_text(&b->s, "pic-text", x + 140, b->y, SVG_START,
		svg_fit(b->a, str_c(tr(b->lang, name)), 950));
}

/* Each bar is of the same length, so that sectors of any size can be compared. */
static void draw_shares(struct bars *b, const struct effect_figures *f)
{
	const int64_t parts[] = { f->by_claim, f->by_silence, f->open };
	const char *const of_part[] = { "fill-2", "fill-3", "fill-1" };
	int64_t all = parts[0] + parts[1] + parts[2], upto = 0;
	int32_t x = BAR_X;
	for (size_t i = 0; i < N(parts) && all > 0; i++) {
		upto += parts[i];
		int32_t to = BAR_X + (int32_t)(BAR_W * upto / all);
		svg_rect(&b->s, of_part[i], x, b->y, to - x, BAR_H);
		x = to;
	}
}

static struct str fixed_share(const struct bars *b, const struct effect_figures *f)
{
	char share[NUMBER_TEXT_MAX];
	int64_t all = effect_fixed(f) + f->open;
	struct opt_int percent = effect_share(effect_fixed(f), all);
	const struct text_arg args[] = { text_arg_cstr("share",
						 percent_text(b->lang, percent.v, share)),
		count_arg(b->a, b->lang, "n", all) };
	/* TRANSLATORS: so much of so many, as in "45% of 1,200" */
	return percent.has ? words(b->a, b->lang, N_("{share} of {n}"), args, N(args))
			   : S("");
}

struct effect_table effect_pic_sector_rows(struct arena *a, const struct effect_table *t)
{
	struct effect_table top = { arena_array(a, t->n + 1, sizeof(*top.v)),
		t->n < SECTORS_MAX ? t->n : SECTORS_MAX };
	if (t->n)
		memcpy(top.v, t->v, t->n * sizeof(*top.v));
	if (t->n > 1)
		qsort(top.v, t->n, sizeof(*top.v), by_there);
	return top;
}

int effect_pic_sectors(
	struct buf *out, struct arena *a, enum lang lang, const struct effect_table *t)
{
	struct bars b = { .a = a, .lang = lang, .y = 120 };
	struct effect_table top = effect_pic_sector_rows(a, t);
	size_t n = top.n;
	struct svg_frame f = frame(
		"pic-sectors", lang, 300 + ROW_H * (int32_t)(n ? n : 1), true);
	f.title = str_c(tr(lang, "How much was fixed, by sector"));
	f.desc = str_c(tr(lang,
		"For each sector what was fixed by claim, fixed by "
		"silence, and is open."));
	b.s = svg_open(out, &f);
	draw_key(&b, "fill-2", N_("By claim"), BAR_X);
	draw_key(&b, "fill-3", N_("By silence"), BAR_X + 1050);
	draw_key(&b, "fill-1", N_("Open"), BAR_X + 2200);
	b.y = 240;
	for (size_t i = 0; i < n; i++) {
		const struct effect_figures *g = &top.v[i].f;
		svg_text(&b.s, "pic-text", BAR_X - 80, b.y + 125, SVG_END,
			svg_fit(a, effect_sector_text(lang, top.v[i].name), BAR_X - 80));
		draw_shares(&b, g);
		svg_text(&b.s, "pic-strong", BAR_X + BAR_W + 60, b.y + 125, SVG_START,
			fixed_share(&b, g));
		b.y += ROW_H;
	}
	return svg_close(&b.s);
}

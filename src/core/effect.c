/* SPDX-License-Identifier: Apache-2.0
 * effect.c - the figures of the effect page: see effect.h. Depends on: base, db. */
#include "core/effect.h"

#include "base/date.h"
#include "base/map.h"
#include "base/tr.h"
#include "core/notice.h"
#include "core/workday.h"
#include "db/sql_effect.h"

#include <stdlib.h>

int64_t effect_new(const struct effect_figures *f)
{
	return f->found - f->relapsed;
}

int64_t effect_fixed(const struct effect_figures *f)
{
	return f->by_claim + f->by_silence;
}

int64_t effect_there(const struct effect_figures *f)
{
	return f->open + effect_fixed(f) + f->otherwise;
}

struct opt_int effect_median(const struct effect_figures *f)
{
	int64_t n = 0, upto = 0;
	for (int i = 0; i < EFFECT_LENGTHS; i++)
		n += f->lengths[i];
	for (int i = 0; n > 0 && i < EFFECT_LENGTHS; i++) {
		upto += f->lengths[i];
		if (2 * upto >= n)
			return SOME(effect_length[i]);
	}
	return NONE;
}

struct opt_int effect_share(int64_t part, int64_t n)
{
	int64_t near = n > 0 ? (200 * part + n) / (2 * n) : 0;
	if (near == 0 && part > 0)
		near = 1;
	if (near == 100 && part < n)
		near = 99;
	return n > 0 ? SOME(near) : NONE;
}

static const char *const by_words[] = { [EFFECT_ALL] = "all",
	[EFFECT_ORGANISATION] = "organisation",
	[EFFECT_SECTOR] = "sector",
	[EFFECT_NETWORK] = "network",
	[EFFECT_TYPE] = "type" };

int effect_by_read(struct str s, enum effect_by *ret)
{
	for (size_t i = EFFECT_ORGANISATION; i < N(by_words); i++) {
		if (str_eq(s, str_c(by_words[i]))) {
			*ret = (enum effect_by)i;
			return 0;
		}
	}
	return E_NOT_FOUND;
}

const char *effect_by_text(enum effect_by by)
{
	return by_words[by];
}

const char *const effect_blind[EFFECT_BLIND] = {
	N_("These figures count what reports say. What no report looks at is not "
	   "counted: "
	   "networks that nobody scans, devices behind a shared address, attacks that "
	   "reach no sensor."),
	N_("Fixed by silence means: no longer in the reports of its type. A system is "
	   "silent too when it is switched off, has moved, or shuts the scanner out."),
	N_("While a feed does not come, nothing of it counts as fixed; then more may be "
	   "shown as open than there is."),
	N_("Delivered counts only what the other side confirmed; many mail systems never "
	   "do."),
	N_("Opened counts visits to the link of a notice. Mail scanners open links too."),
	N_("A claim is the word of who answered. It counts as fixed only when later "
	   "reports do not contradict it."),
};

/* ---- the table ---- */

/* Numbers of notices: bits in pages, since those of a time stand close together. The
 * pages are found by open addressing, at most half full. */
#define PAGE_IDS 4096
struct ids_page {
	int64_t number;
	uint64_t bits[PAGE_IDS / 64];
};
struct ids {
	struct ids_page **v;
	size_t n, cap;
	struct ids_page *last; /* that was asked for */
};

struct table {
	struct arena *arena;
	enum effect_by by;
	struct map rows;  /* by name, or by number */
	struct map names; /* of keys: where in labels */
	struct label {
		struct str name, sector;
		int64_t org;
	} * labels;
	size_t n_labels, cap_labels;
	struct effect_row *v;
	size_t n, cap;
	struct ids opened, answered;
	struct ids out;	 /* went out in the period, */
	struct ids seen; /* and of these drafted in it */
};

static void *room(struct arena *a, void *old, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return old;
	*cap = *cap ? *cap * 2 : 64;
	void *more = arena_array(a, *cap, size);
	if (n)
		memcpy(more, old, n * size);
	return more;
}

static struct str bytes_of(const int64_t *key)
{
	return (struct str){ (const char *)key, sizeof(*key) };
}

static void add_label(
	struct table *t, int64_t key, struct str name, struct str sector, int64_t org)
{
	t->labels = room(
		t->arena, t->labels, t->n_labels, &t->cap_labels, sizeof(*t->labels));
	map_put(&t->names, bytes_of(&key), (int64_t)t->n_labels);
	t->labels[t->n_labels++] = (struct label){ str_dup(t->arena, name),
		str_dup(t->arena, sector), org };
}

static int on_org(void *ctx, const struct sql_effect_orgs_row *q)
{
	struct table *t = ctx;
	if (t->by == EFFECT_SECTOR)
		add_label(t, q->id, q->sector, S(""), 0);
	else
		add_label(t, q->id, q->name, q->sector, q->id);
	return 0;
}

static int on_kind(void *ctx, const struct sql_effect_kinds_row *q)
{
	add_label(ctx, q->id, q->type, S(""), 0);
	return 0;
}

static int load_labels(struct ctx *x, struct table *t)
{
	add_label(t, 0, S(""), S(""), 0);
	if (t->by == EFFECT_TYPE)
		return sql_effect_kinds_each(x->db, on_kind, t);
	return t->by == EFFECT_ALL ? 0 : sql_effect_orgs_each(x->db, on_org, t);
}

/* The row that a key's sums belong to. */
static struct effect_figures *figures(struct table *t, int64_t key)
{
	int64_t none = 0;
	if (t->by == EFFECT_ALL)
		key = 0;
	int64_t *at = map_get(&t->names, bytes_of(&key));
	struct label label = t->labels[at ? *at : none];
	struct str id = label.org ? bytes_of(&label.org) : label.name;
	at = map_get(&t->rows, id);
	if (at)
		return &t->v[*at].f;
	t->v = room(t->arena, t->v, t->n, &t->cap, sizeof(*t->v));
	map_put(&t->rows, id, (int64_t)t->n);
	t->v[t->n] = (struct effect_row){
		.name = label.name, .sector = label.sector, .org = label.org
	};
	t->v[t->n].f.has_notices = t->by <= EFFECT_SECTOR;
	return &t->v[t->n++].f;
}

static int on_sums(void *ctx, const struct sql_effect_sums_row *q)
{
	struct effect_figures *f = figures(ctx, q->key);
	const int64_t l[EFFECT_LENGTHS] = { q->l1, q->l2, q->l3, q->l4, q->l5, q->l6,
		q->l7, q->l8, q->l9, q->l10, q->l11, q->l12, q->l13, q->l14, q->l15,
		q->l16, q->l17 };
	f->found += q->begun;
	f->relapsed += q->relapsed;
	f->attributed += q->attributed;
	f->critical += q->critical;
	f->in_time += q->in_time;
	f->claimed += q->claimed;
	f->by_claim += q->by_claim;
	f->by_silence += q->by_silence;
	f->otherwise += q->otherwise;
	for (int i = 0; i < EFFECT_LENGTHS; i++)
		f->lengths[i] += l[i];
	return 0;
}

static int on_open(void *ctx, const struct sql_effect_open_row *q)
{
	figures(ctx, q->key)->open += q->open;
	return 0;
}

/* Begun so lately that it is not known yet. */
static int on_critical(void *ctx, const struct sql_effect_critical_row *q)
{
	struct effect_figures *f = figures(ctx, q->key);
	f->critical -= q->critical;
	f->in_time -= q->in_time;
	return 0;
}

static size_t page_slot(const struct ids *s, int64_t number)
{
	size_t i = (size_t)((uint64_t)number * UINT64_C(0x9e3779b97f4a7c15) >> 32);
	for (i &= s->cap - 1; s->v[i] && s->v[i]->number != number;)
		i = (i + 1) & (s->cap - 1);
	return i;
}

static struct ids_page *page_of(struct ids *s, int64_t id)
{
	int64_t number = id / PAGE_IDS;
	if (s->last && s->last->number == number)
		return s->last;
	struct ids_page *page = s->n ? s->v[page_slot(s, number)] : NULL;
	if (page)
		s->last = page;
	return page;
}

static bool ids_has(struct ids *s, int64_t id)
{
	const struct ids_page *page = page_of(s, id);
	size_t bit = (size_t)(id % PAGE_IDS);
	return page && page->bits[bit / 64] >> bit % 64 & 1;
}

static void more_pages(struct arena *a, struct ids *s)
{
	struct ids more = { .n = s->n, .cap = s->cap ? 2 * s->cap : 64 };
	more.v = arena_array(a, more.cap, sizeof(*more.v));
	for (size_t i = 0; i < s->cap; i++)
		if (s->v[i])
			more.v[page_slot(&more, s->v[i]->number)] = s->v[i];
	*s = more;
}

static void ids_add(struct arena *a, struct ids *s, int64_t id)
{
	struct ids_page *page = page_of(s, id);
	size_t bit = (size_t)(id % PAGE_IDS);
	if (!page) {
		if (2 * s->n >= s->cap)
			more_pages(a, s);
		page = arena_alloc(a, sizeof(*page));
		page->number = id / PAGE_IDS;
		s->v[page_slot(s, page->number)] = page;
		s->n++;
		s->last = page;
	}
	page->bits[bit / 64] |= UINT64_C(1) << bit % 64;
}

static int on_answered(void *ctx, const struct sql_effect_answered_row *q)
{
	struct table *t = ctx;
	ids_add(t->arena, &t->answered, q->notice);
	return 0;
}

static int on_opened(void *ctx, const struct sql_effect_opened_row *q)
{
	struct table *t = ctx;
	ids_add(t->arena, &t->opened, q->notice);
	return 0;
}

static int on_out(void *ctx, const struct sql_effect_out_row *q)
{
	struct table *t = ctx;
	ids_add(t->arena, &t->out, q->notice);
	return 0;
}

static void add_notice(struct table *t, const struct sql_effect_notice_row *q, bool out)
{
	struct effect_figures *f = figures(t, q->org);
	bool opened = ids_has(&t->opened, q->id), answered = ids_has(&t->answered, q->id);
	out = out && q->state != NOTICE_REFUSED; /* it was tried only */
	if (!out && !opened && !answered) {
		f->undelivered += q->state == NOTICE_REFUSED;
		return;
	}
	f->sent++;
	f->opened += opened;
	f->answered += answered;
	f->delivered += q->state == NOTICE_DELIVERED;
	f->bounced += q->state == NOTICE_BOUNCED;
	f->uncertain += q->state == NOTICE_UNCERTAIN;
}

static int on_notices(void *ctx, const struct sql_effect_notices_row *q)
{
	struct table *t = ctx;
	const struct sql_effect_notice_row row = { q->id, q->org, q->state,
		NOTICE_FINDINGS };
	bool out = ids_has(&t->out, q->id);
	if (out)
		ids_add(t->arena, &t->seen, q->id);
	add_notice(t, &row, out);
	return 0;
}

static int add_older(struct ctx *x, struct table *t, int64_t id)
{
	struct sql_effect_notice_in in = { id };
	struct sql_effect_notice_row row;
	int r = sql_effect_notice(x->db, &in, &row);
	if (r == 0 && row.kind == NOTICE_FINDINGS)
		add_notice(t, &row, true);
	return r;
}

/* Those that were drafted before the period, or ask a contact, which does not count:
 * few. */
static int read_older(struct ctx *x, struct table *t)
{
	int r = 0;
	for (size_t i = 0; i < t->out.cap; i++) {
		const struct ids_page *page = t->out.v[i];
		for (size_t w = 0; page && w < N(page->bits); w++) {
			int64_t first = page->number * PAGE_IDS + (int64_t)w * 64;
			uint64_t bits = page->bits[w];
			for (int64_t id = first; r == 0 && bits; bits >>= 1, id++)
				if ((bits & 1) && !ids_has(&t->seen, id))
					r = add_older(x, t, id);
		}
	}
	return r;
}

/* A notice of the period is opened and answered in it too, or later. */
static int read_notices(struct ctx *x, struct table *t, int64_t since)
{
	struct sql_effect_notices_in in = { since };
	struct sql_effect_out_in out = { since };
	struct sql_effect_opened_in opened = { since };
	struct sql_effect_answered_in answered = { since };
	int r = sql_effect_out_each(x->db, &out, on_out, t);
	if (r == 0)
		r = sql_effect_opened_each(x->db, &opened, on_opened, t);
	if (r == 0)
		r = sql_effect_answered_each(x->db, &answered, on_answered, t);
	if (r == 0)
		r = sql_effect_notices_each(x->db, &in, on_notices, t);
	return r == 0 ? read_older(x, t) : r;
}

static int by_open(const void *pa, const void *pb)
{
	const struct effect_row *a = pa, *b = pb;
	if (a->f.open != b->f.open)
		return a->f.open > b->f.open ? -1 : 1;
	int64_t x = effect_there(&a->f), y = effect_there(&b->f);
	if (x != y)
		return x > y ? -1 : 1;
	int c = str_cmp(a->name, b->name);
	return c != 0 ? c : (a->org > b->org) - (a->org < b->org);
}

/* The last day whose critical spells are decided by today. */
static int32_t last_known(const struct workdays *w, int32_t today)
{
	int32_t day = today;
	while (workday_after(w, day, EFFECT_IN_TIME) + EFFECT_KNOWN_AFTER > today)
		day--;
	return day;
}

static int32_t smaller(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

/* Days up to the first whole span, then spans. */
static int read_sums(struct ctx *x, struct table *t, int64_t dim, int32_t since)
{
	int32_t whole = (since + EFFECT_SPAN - 1) / EFFECT_SPAN * EFFECT_SPAN;
	struct workdays workdays;
	int r = workdays_load(x, x->arena, &workdays);
	if (r < 0)
		return r;
	int32_t known = last_known(&workdays, day_of(x->now));
	struct sql_effect_sums_in days = { dim, 1, since, whole - 1 };
	struct sql_effect_sums_in spans = { dim, EFFECT_SPAN, whole, INT32_MAX };
	struct sql_effect_critical_in late = { dim, known < since ? since - 1 : known };
	struct sql_effect_open_in open = { dim, EFFECT_SPAN };
	r = sql_effect_sums_each(x->db, &days, on_sums, t);
	if (r == 0)
		r = sql_effect_sums_each(x->db, &spans, on_sums, t);
	if (r == 0)
		r = sql_effect_critical_each(x->db, &late, on_critical, t);
	return r == 0 ? sql_effect_open_each(x->db, &open, on_open, t) : r;
}

static bool is_empty(const struct effect_figures *f)
{
	return effect_there(f) == 0 && f->found == 0 && f->claimed == 0 && f->sent == 0 &&
		f->undelivered == 0;
}

int effect_read(struct ctx *x, enum effect_by by, int32_t since, struct effect_table *ret)
{
	static const int64_t dims[] = { [EFFECT_ALL] = EFFECT_BY_KIND,
		[EFFECT_ORGANISATION] = EFFECT_BY_ORG,
		[EFFECT_SECTOR] = EFFECT_BY_ORG,
		[EFFECT_NETWORK] = EFFECT_BY_NETWORK,
		[EFFECT_TYPE] = EFFECT_BY_KIND };
	struct table t = { .arena = x->arena, .by = by };
	t.rows = map_in(x->arena);
	t.names = map_in(x->arena);
	int r = load_labels(x, &t);
	if (r == 0 && by == EFFECT_ALL)
		(void)figures(&t, 0);
	if (r == 0)
		r = read_sums(x, &t, dims[by], since);
	if (r == 0 && by <= EFFECT_SECTOR)
		r = read_notices(x, &t, day_start(since));
	if (r < 0)
		return r;
	size_t n = 0;
	for (size_t i = 0; i < t.n; i++)
		if (by == EFFECT_ALL || !is_empty(&t.v[i].f))
			t.v[n++] = t.v[i];
	if (n > 1)
		qsort(t.v, n, sizeof(*t.v), by_open);
	*ret = (struct effect_table){ t.v, n };
	return 0;
}

static void add_figures(struct effect_figures *sum, const struct effect_figures *f)
{
	sum->sent += f->sent;
	sum->delivered += f->delivered;
	sum->bounced += f->bounced;
	sum->uncertain += f->uncertain;
	sum->undelivered += f->undelivered;
	sum->opened += f->opened;
	sum->answered += f->answered;
	sum->found += f->found;
	sum->relapsed += f->relapsed;
	sum->attributed += f->attributed;
	sum->claimed += f->claimed;
	sum->by_claim += f->by_claim;
	sum->by_silence += f->by_silence;
	sum->otherwise += f->otherwise;
	sum->open += f->open;
	sum->critical += f->critical;
	sum->in_time += f->in_time;
	for (int l = 0; l < EFFECT_LENGTHS; l++)
		sum->lengths[l] += f->lengths[l];
}

struct effect_figures effect_total(const struct effect_table *t)
{
	struct effect_figures sum = { .has_notices = true };
	for (size_t i = 0; i < t->n; i++)
		add_figures(&sum, &t->v[i].f);
	return sum;
}

struct effect_table effect_by_sector(struct arena *a, const struct effect_table *t)
{
	struct map rows = map_in(a);
	struct effect_table by = { .v = arena_array(a, t->n + 1, sizeof(*by.v)) };
	for (size_t i = 0; i < t->n; i++) {
		struct str sector = t->v[i].sector;
		int64_t *at = map_get(&rows, sector);
		size_t row = at ? (size_t)*at : by.n++;
		if (!at)
			map_put(&rows, sector, (int64_t)row);
		by.v[row].name = sector;
		by.v[row].f.has_notices = true;
		add_figures(&by.v[row].f, &t->v[i].f);
	}
	if (by.n > 1)
		qsort(by.v, by.n, sizeof(*by.v), by_open);
	return by;
}

/* ---- open, day by day ---- */

struct days {
	struct effect_days d;
	struct map classes;
	int64_t now[RSIT_N];
};

static int on_kind_class(void *ctx, const struct sql_effect_kinds_row *q)
{
	struct days *d = ctx;
	map_put(&d->classes, bytes_of(&q->id), rsit_class_of(q->type));
	return 0;
}

static int64_t class_of(const struct days *d, int64_t kind)
{
	const int64_t *at = map_get(&d->classes, bytes_of(&kind));
	return at ? *at : RSIT_OTHER;
}

static int on_class_open(void *ctx, const struct sql_effect_open_row *q)
{
	struct days *d = ctx;
	d->now[class_of(d, q->key)] += q->open;
	return 0;
}

/* First the changes of each day; what a later day than today brings is taken back. */
static int on_change(void *ctx, const struct sql_effect_changes_row *q)
{
	struct days *d = ctx;
	int64_t at = q->day - d->d.first, class = class_of(d, q->key);
	if (at >= (int64_t)d->d.n)
		d->now[class] -= q->change;
	else
		d->d.open[class][at] += q->change;
	return 0;
}

int effect_days(struct ctx *x, int32_t since, struct effect_days *ret)
{
	int32_t today = day_of(x->now);
	struct days d = { .d = { .first = smaller(since, today) } };
	struct sql_effect_open_in open = { EFFECT_BY_KIND, EFFECT_SPAN };
	struct sql_effect_changes_in changes = { d.d.first };
	d.d.n = (size_t)(today - d.d.first + 1);
	d.classes = map_in(x->arena);
	for (int c = 0; c < RSIT_N; c++)
		d.d.open[c] = arena_array(x->arena, d.d.n, sizeof(*d.d.open[c]));
	int r = sql_effect_kinds_each(x->db, on_kind_class, &d);
	if (r == 0)
		r = sql_effect_open_each(x->db, &open, on_class_open, &d);
	if (r == 0)
		r = sql_effect_changes_each(x->db, &changes, on_change, &d);
	if (r < 0)
		return r;
	for (int c = 0; c < RSIT_N; c++) {
		int64_t at_end = d.now[c];
		for (size_t i = d.d.n; i-- > 0;) {
			int64_t change = d.d.open[c][i];
			d.d.open[c][i] = at_end;
			at_end -= change;
		}
	}
	*ret = d.d;
	return 0;
}

int effect_is_stale(struct ctx *x, bool *ret)
{
	struct sql_effect_stale_row row;
	int r = sql_effect_stale(x->db, &row);
	if (r < 0 && r != E_NOT_FOUND)
		return r;
	*ret = r == 0;
	return 0;
}

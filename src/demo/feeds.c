/* SPDX-License-Identifier: Apache-2.0
 * feeds.c - a day of the demo country's feeds: see feeds.h. Depends on: demo/row,
 * demo/truth. */
#include "demo/feeds.h"
#include "base/date.h"
#include "demo/answers.h"
#include "demo/row.h"
#include "demo/truth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

struct day_files {
	struct arena *a; /* for one report; emptied after it */
	const struct demo_population *p;
	struct demo_out truth;
	struct demo_sum sum;
	int dir;
	int32_t date;
	struct why *why;
};

static const char *file_name(int32_t date, struct str type, char ret[LIMIT_NAME + 1])
{
	char day[DATE_TEXT_MAX];
	(void)snprintf(ret, LIMIT_NAME + 1, "%s-%.*s-talmeria-xt.csv",
		day_text(date, day), STR(type));
	return ret;
}

static void count_row(struct day_files *f, const struct demo_sighting *s)
{
	f->sum.rows++;
	f->sum.broken += s->dirt == DIRT_BROKEN;
	f->sum.unattributed += s->dirt != DIRT_BROKEN && f->p->keys[s->key].holder < 0;
}

/* The rows of one address family. Without any there is no file; one of an earlier run
 * goes. */
static int write_file(struct day_files *f, uint32_t report, bool v6,
	const struct demo_sighting *rows, size_t n)
{
	const struct demo_report *t = &f->p->reports->v[report];
	char name[LIMIT_NAME + 1];
	struct demo_out o;
	struct demo_rows w;
	uint32_t row = 0;
	size_t mine = 0;
	file_name(f->date, v6 ? t->twin : t->type, name);
	for (size_t i = 0; i < n; i++)
		mine += f->p->keys[rows[i].key].v6 == v6;
	if (mine == 0) {
		if (unlinkat(f->dir, name, 0) < 0 && errno != ENOENT)
			return fail(f->why, E_SYS, "cannot remove '%s' of an earlier run",
				name);
		return 0;
	}
	int r = demo_out_new(f->a, f->dir, name, f->why, &o);
	if (r < 0)
		return r;
	demo_rows_begin(f->a, f->p, report, v6, f->date, &o, &w);
	demo_rows_head(&w);
	for (size_t i = 0; i < n; i++) {
		const struct demo_key *k = &f->p->keys[rows[i].key];
		if (k->v6 != v6)
			continue;
		demo_rows_add(&w, k, rows[i].dirt);
		demo_truth_add(&f->truth, f->p, str_c(name), ++row, &rows[i]);
		count_row(f, &rows[i]);
	}
	r = demo_out_end(&o);
	f->sum.files++;
	f->sum.bytes += o.bytes;
	return r;
}

static int write_report(
	void *me, uint32_t report, const struct demo_sighting *rows, size_t n)
{
	struct day_files *f = me;
	int r = write_file(f, report, false, rows, n);
	if (r == 0 && f->p->reports->v[report].twin.n > 0)
		r = write_file(f, report, true, rows, n);
	arena_reset(f->a);
	return r;
}

static int play(struct arena *a, const struct demo_run *run, struct demo_population *p,
	struct day_files *f)
{
	const struct demo_day_sink sink = { write_report, f };
	AUTO_ARENA piece = arena_new(MIB(16), "demo-feeds file");
	char day[DATE_TEXT_MAX];
	f->a = &piece;
	for (int32_t d = 0; d < run->day; d++) {
		int r = demo_population_play(p, NULL, f->why);
		if (r < 0)
			return r;
	}
	day_text(f->date, day);
	int r = demo_truth_begin(a, f->dir, str_c(day), f->why, &f->truth);
	if (r < 0)
		return r;
	r = demo_population_play(p, &sink, f->why);
	if (r < 0 && f->truth.err == 0)
		f->truth.err = r; /* the old one stays */
	return demo_out_end(&f->truth);
}

/* Gives the population the answers of the run's file. */
static int take_answers(struct arena *a, const struct demo_run *run, struct why *why,
	struct demo_population *p)
{
	struct demo_answers v;
	struct str text;
	if (run->answers == NULL)
		return 0;
	int r = file_read(AT_FDCWD, run->answers, a, MIB(64), why, &text);
	if (r == 0)
		r = demo_answers_read(a, text, why, &v);
	if (r == 0)
		demo_answers_give(p, &v);
	return r;
}

/* Without answers, outcomes of an earlier run would be wrong. */
static int write_outcomes(struct arena *a, const struct demo_run *run, int dir,
	const struct demo_population *p, struct why *why)
{
	if (run->answers != NULL)
		return demo_outcomes_write(a, p, dir, why);
	if (unlinkat(dir, "outcomes.csv", 0) < 0 && errno != ENOENT)
		return fail(why, E_SYS, "cannot remove 'outcomes.csv' of an earlier run");
	return 0;
}

int demo_feeds_make(struct arena *a, const struct demo_run *run, struct why *why,
	struct demo_sum *ret)
{
	struct demo_register g;
	struct demo_reports t;
	struct demo_places places;
	struct demo_population p;
	AUTO_FD int dir = -1;
	int r = dir_open(AT_FDCWD, run->out, true, why, &dir);
	if (r == 0)
		r = demo_register_make(a, run->scale, run->seed, why, &g);
	if (r == 0)
		r = demo_reports_load(a, demo_scale_divisor(run->scale), why, &t);
	if (r == 0)
		r = demo_places_make(a, &g, why, &places);
	if (r < 0)
		return r;
	demo_population_new(a, &t, &places, run->seed, run->day, &p);
	r = take_answers(a, run, why, &p);
	if (r < 0)
		return r;
	struct day_files f = {
		.p = &p, .dir = dir, .why = why, .date = day_make(2026, 6, 1) + run->day
	};
	r = play(a, run, &p, &f);
	if (r == 0)
		r = demo_keys_write(a, &p, dir, why);
	if (r == 0)
		r = write_outcomes(a, run, dir, &p, why);
	if (r == 0)
		r = demo_register_write(a, &g, dir, why);
	if (r < 0)
		return r;
	for (size_t i = 0; i < p.n_keys; i++)
		f.sum.keys += demo_key_seen(&p.keys[i], run->day);
	f.sum.new_keys = p.born;
	*ret = f.sum;
	return 0;
}

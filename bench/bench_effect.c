/* SPDX-License-Identifier: Apache-2.0
 * bench_effect.c - what the effect page costs: bench_effect DIR DAYS ROUNDS
 *
 * All that the page shows of the last DAYS days up to 2026-11-01: the figures, the same
 * by sector and organisation, open findings by day, four pictures; each round on a
 * connection of its own, as a page after a while has. Prints medians and the worst in
 * ms, and bytes. Depends on: core, web. */
#include "rows.h"

#include "base/date.h"
#include "core/effect.h"
#include "web/effect_pic.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#define LAST_DAY   20758
#define ROUNDS_MAX 1000

enum { ALL, SECTORS, ORGS, NETWORKS, TYPES, DAYS, PICTURES, PAGE, PARTS };
static const char *const names[] = { "figures", "by sector", "by organisation",
	"by network", "by type", "open by day", "pictures", "the page" };

static int by_time(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;
	return (a > b) - (a < b);
}

static double lap(double *since)
{
	double was = *since;
	*since = wall_seconds();
	return 1000 * (*since - was);
}

static size_t once(int dir, int32_t since, double ms[PARTS])
{
	AUTO_ARENA a = arena_new(MIB(256), "page");
	struct ctx x = {
		.arena = &a, .actor = S("bench"), .now = day_start(LAST_DAY) + 1
	};
	struct effect_table sectors, more;
	struct effect_days days;
	struct buf b = buf_in(&a, MIB(4));
	must(db_open(dir, DB_READ, 0, &x.why, &x.db), "open");
	double begin = wall_seconds(), t = begin;
	must(effect_read(&x, EFFECT_SECTOR, since, &sectors), names[SECTORS]);
	ms[SECTORS] = lap(&t);
	struct effect_figures all = effect_total(&sectors);
	must(effect_days(&x, since, &days), names[DAYS]);
	ms[DAYS] = lap(&t);
	must(effect_pic_open(&b, &a, LANG_EN, &days), "open");
	must(effect_pic_funnel(&b, &a, LANG_EN, &all), "funnel");
	must(effect_pic_lengths(&b, &a, LANG_EN, &all), "lengths");
	must(effect_pic_sectors(&b, &a, LANG_EN, &sectors), "sectors");
	ms[PICTURES] = lap(&t);
	ms[PAGE] = 1000 * (t - begin);
	must(effect_read(&x, EFFECT_ORGANISATION, since, &more), names[ORGS]);
	ms[ORGS] = lap(&t);
	must(effect_read(&x, EFFECT_NETWORK, since, &more), names[NETWORKS]);
	ms[NETWORKS] = lap(&t);
	must(effect_read(&x, EFFECT_TYPE, since, &more), names[TYPES]);
	ms[TYPES] = lap(&t);
	must(effect_read(&x, EFFECT_ALL, since, &more), names[ALL]);
	ms[ALL] = lap(&t);
	db_close(&x.db);
	return b.n;
}

int main(int argc, char **argv)
{
	static double ms[PARTS][ROUNDS_MAX];
	int64_t days, rounds;
	size_t bytes = 0;
	if (argc != 4)
		return 2;
	int dir = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(dir, argv[1]);
	must(str_int(str_c(argv[2]), 1, 10000, &days), argv[2]);
	must(str_int(str_c(argv[3]), 1, ROUNDS_MAX, &rounds), argv[3]);
	for (int64_t i = 0; i < rounds; i++) {
		double one[PARTS];
		bytes = once(dir, LAST_DAY - (int32_t)days + 1, one);
		for (int p = 0; p < PARTS; p++)
			ms[p][i] = one[p];
	}
	for (int p = 0; p < PARTS; p++) {
		qsort(ms[p], (size_t)rounds, sizeof(ms[p][0]), by_time);
		printf("  %-16s p50 %7.2f ms   p95 %7.2f ms\n", names[p],
			ms[p][rounds / 2], ms[p][rounds * 95 / 100]);
	}
	printf("  pictures: %zu bytes\n", bytes);
	return 0;
}

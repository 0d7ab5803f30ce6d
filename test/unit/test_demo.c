/* SPDX-License-Identifier: Apache-2.0
 * test_demo.c - the demo country: the same bytes each time, and the figures it promises.
 * What the rows say is checked against the catalogue by test/tools/test_demo_feeds.py. */
#include "demo/truth.h"
#include "demo_kit.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void test_chance(void)
{
	struct rng r = rng_new(69, 't', 0), again = rng_new(69, 't', 0);
	uint64_t sum = 0, squares = 0;
	uint32_t low = UINT32_MAX, high = 0;
	/* The published first output of splitmix64 from 0. */
	ok(mix64(0) == UINT64_C(0xe220a8397b1dcdaf), "splitmix64 as published");
	ok(rng_next(&r) == rng_next(&again), "the same stream from the same seed");
	struct rng other = rng_new(69, 't', 1);
	ok(rng_next(&r) != rng_next(&other), "another stream for another use");
	for (int i = 0; i < 100000; i++) {
		uint32_t x = rng_below(&r, 10);
		low = x < low ? x : low;
		high = x > high ? x : high;
	}
	ok(low == 0 && high == 9, "rng_below stays below");
	for (int i = 0; i < 20000; i++) {
		uint64_t x = rng_poisson(&r, fx_div(25, 4));
		sum += x;
		squares += x * x;
	}
	uint64_t variance = squares * 100 / 20000 - sum * sum / 20000 * 100 / 20000;
	ok(sum > 20000 * 6 && sum < 20000 * 6 + 10000,
		"Poisson 6.25 has that mean: %lu / 20000", sum);
	ok(variance > 590 && variance < 660, "and that variance: %lu / 100", variance);
	ok(fx_log2(8) == 3 * FX_ONE && fx_log2(1) == 0, "log2 of powers of two");
	ok(fx_exp2_neg(FX_ONE) == FX_ONE / 2 && fx_exp2_neg(0) == FX_ONE, "2^-1, 2^0");
	/* sqrt(1/2) x 2^32 */
	uint64_t half = fx_exp2_neg(FX_ONE / 2);
	ok(half > 3037000490 && half < 3037000510, "2^-0.5: %lu", half);
	uint64_t year = fx_growth(365) * 100 / FX_ONE;
	ok(fx_growth(0) == FX_ONE && (year == 109 || year == 108),
		"9 %% growth in a year");
}

static uint64_t addresses(const char *file, size_t column)
{
	AUTO_ARENA a = arena_new(MIB(1), "test plan");
	struct str rest = demo_file(file), line, f[8];
	struct net n;
	uint64_t sum = 0;
	while (demo_line(&rest, &line)) {
		demo_fields(&a, line, ',', f, N(f));
		if (net_read(f[column], &n) == 0 && ip_is4(&n.ip))
			sum += UINT64_C(1) << (128 - n.len);
	}
	return sum;
}

static void test_data(void)
{
	AUTO_ARENA a = arena_new(MIB(4), "test data");
	struct str rest = demo_file("report-mix.csv"), line, f[7];
	int64_t rows = 0, n = 0;
	while (demo_line(&rest, &line)) {
		demo_fields(&a, line, ',', f, N(f));
		rows += str_int(f[4], 0, 1000000, &n) ? n : 0;
	}
	ok(rows == 120000, "the mix has 120,000 rows: %ld", rows);
	ok(addresses("networks.csv", 4) == 768, "the demo plan has 768 addresses");
	ok(addresses("load-prefixes.csv", 0) == 131072, "the load plan has 131,072");
	ok(demo_file("nothing.csv").p == NULL, "no such file");
	demo_fields(&a, S("a,\"b, \"\"c\"\"\",,d"), ',', f, 4);
	ok(str_eq(f[1], S("b, \"c\"")) && f[2].n == 0 && str_eq(f[3], S("d")),
		"quoted fields");
	static const char *const lists[] = { "sinkhole", "sinkhole-http", "darknet",
		"ddos", "iot", "stealer", "defaced" };
	struct str seen[100];
	size_t all = 0, twice = 0;
	for (size_t i = 0; i < N(lists); i++) {
		uint32_t words;
		const struct str *w = demo_words(&a, str_c(lists[i]), &words);
		for (uint32_t k = 0; k < words && all < N(seen); k++) {
			for (size_t j = 0; j < all; j++)
				twice += str_eq(seen[j], w[k]);
			seen[all++] = w[k];
		}
	}
	ok(all > 40 && twice == 0, "no malware name stands in two lists");
}

static const struct {
	const char *name;
	enum demo_scale scale;
	const char *print;
	size_t orgs, prefixes;
} goldens[] = {
	{ "D", DEMO_D, "bcc8978c", 56, 50 },
	{ "L1", DEMO_L1, "601fbafe", 60, 90 },
	{ "L2", DEMO_L2, "c6a1ff81", 240, 290 },
};

/* How many prefixes the register files of the scale name; the demo plan counts IPv4
 * only. */
static size_t prefixes_in(const char *name, bool v4_only)
{
	AUTO_ARENA a = arena_new(MIB(64), "test register");
	struct str rest = slurp(&a, name, "networks.csv"), line, f[8];
	size_t n = count_lines(slurp(&a, name, "holders.csv"), S("")) - 1;
	struct net net;
	while (demo_line(&rest, &line)) {
		demo_fields(&a, line, ',', f, N(f));
		n += net_read(f[4], &net) == 0;
		n += !v4_only && net_read(f[5], &net) == 0;
	}
	return n;
}

static size_t organisations_in(const char *name)
{
	AUTO_ARENA a = arena_new(MIB(64), "test register");
	struct str rest = slurp(&a, name, "contacts.csv"), line, f[7], last = S("");
	size_t n = 0;
	(void)demo_line(&rest, &line);
	for (; demo_line(&rest, &line); last = f[0]) {
		demo_fields(&a, line, ',', f, N(f));
		n += !str_eq(f[0], last); /* an organisation's contacts stand together */
	}
	return n;
}

static void test_same_bytes(void)
{
	struct why why;
	struct demo_sum sum, again;
	char path[64], a[SHA256_HEX + 1], b[SHA256_HEX + 1];
	for (size_t i = 0; i < N(goldens); i++) {
		const char *name = goldens[i].name;
		ok(make(name, goldens[i].scale, 0, DEMO_SEED, &why, &sum) == 0,
			"scale %s, day 0 %s", name, why.text);
		fingerprint(path_of(name, path), a);
		is(a, goldens[i].print, "the bytes are those they were");
		ok(organisations_in(name) == goldens[i].orgs, "%zu organisations",
			organisations_in(name));
		ok(prefixes_in(name, i == 0) == goldens[i].prefixes, "%zu prefixes",
			prefixes_in(name, i == 0));
		if (goldens[i].scale == DEMO_L2) {
			clear(name);
			continue;
		}
		ok(make("again", goldens[i].scale, 0, DEMO_SEED, &why, &again) == 0,
			"again");
		is(fingerprint(path_of("again", path), b), a, "the same bytes");
		clear("again");
		ok(make("other", goldens[i].scale, 0, 70, &why, &again) == 0,
			"other seed");
		ok(strcmp(fingerprint(path_of("other", path), b), a) != 0, "other bytes");
		clear("other");
		clear(name);
	}
}

/* Another day in the same folder keeps the truth of the first; the same day replaces
 * it. */
static void test_days_together(void)
{
	AUTO_ARENA a = arena_new(MIB(64), "test days");
	struct why why;
	struct demo_sum one, two;
	char path[64], before[SHA256_HEX + 1], after[SHA256_HEX + 1];
	ok(make("two", DEMO_D, 3, DEMO_SEED, &why, &one) == 0, "day 3 %s", why.text);
	ok(make("two", DEMO_D, 4, DEMO_SEED, &why, &two) == 0, "day 4");
	struct str truth = slurp(&a, "two", "truth.csv");
	ok(count_lines(truth, S("2026-06-04-")) == one.rows &&
			count_lines(truth, S("2026-06-05-")) == two.rows,
		"truth.csv has both days");
	fingerprint(path_of("two", path), before);
	ok(make("two", DEMO_D, 4, DEMO_SEED, &why, &two) == 0, "day 4 again");
	is(fingerprint(path_of("two", path), after), before,
		"nothing doubled, nothing lost");
	struct str keys = slurp(&a, "two", "keys.csv"), line, f[6];
	size_t on_day = 0;
	(void)demo_line(&keys, &line);
	while (demo_line(&keys, &line)) {
		demo_fields(&a, line, ',', f, N(f));
		on_day += str_ends(f[5], S("4"));
	}
	ok(on_day == two.keys && two.keys > 900, "keys.csv knows who was seen on day 4");
	clear("two");
}

/* --- the population, without files --- */

struct play {
	struct arena arena;
	struct demo_register reg;
	struct demo_reports reports;
	struct demo_places places;
	struct demo_population p;
	uint64_t rows[64], distinct[64], broken, charset, geo, all;
	uint32_t wrong;
};

static int count_report(
	void *me, uint32_t report, const struct demo_sighting *rows, size_t n)
{
	struct play *y = me;
	uint64_t mean = demo_report_mean(&y->reports.v[report], y->p.day) >> 16;
	int64_t off = (int64_t)((uint64_t)n << 16) - (int64_t)mean;
	/* Five standard deviations and two rows: off^2 <= 25 mean. */
	off = off < 0 ? -off : off;
	off -= 2 << 16;
	if (off > 0 && (uint64_t)(off >> 8) * (uint64_t)(off >> 8) > 25 * mean)
		y->wrong++;
	y->rows[report] += n;
	for (size_t i = 0; i < n; i++) {
		y->all++;
		y->broken += rows[i].dirt == DIRT_BROKEN;
		y->charset += rows[i].dirt == DIRT_CHARSET;
		y->geo += rows[i].dirt == DIRT_GEO;
	}
	return 0;
}

static bool play_start(struct play *y, enum demo_scale scale, int32_t last)
{
	struct why why = { 0 };
	*y = (struct play){ .arena = arena_new(GIB(1), "test population") };
	int r = demo_register_make(&y->arena, scale, DEMO_SEED, &why, &y->reg);
	if (r == 0)
		r = demo_reports_load(
			&y->arena, demo_scale_divisor(scale), &why, &y->reports);
	if (r == 0)
		r = demo_places_make(&y->arena, &y->reg, &why, &y->places);
	if (r == 0)
		demo_population_new(
			&y->arena, &y->reports, &y->places, DEMO_SEED, last, &y->p);
	return ok(r == 0, "a population %s", why.text);
}

static void count_distinct(struct play *y, int32_t day)
{
	for (size_t i = 0; i < y->p.n_keys; i++)
		y->distinct[y->p.keys[i].report] += demo_key_seen(&y->p.keys[i], day);
}

static void check_shares(const struct play *y)
{
	for (uint32_t i = 0; i < y->reports.n; i++) {
		const struct demo_report *t = &y->reports.v[i];
		uint64_t want = t->distinct * 1000 / FX_ONE;
		uint64_t got = y->distinct[i] * 1000 / (y->rows[i] ? y->rows[i] : 1);
		/* Broken rows and halves of a key: one in a hundred, more for small
		 * types. */
		uint64_t slack = t->mean >> 32 > 1000 ? 10 : 30;
		if (t->mean >> 32 >= 80)
			ok(got <= want + slack && got + slack >= want,
				"%.*s: %lu of 1000 rows are another key, wanted %lu",
				STR(t->type), got, want);
	}
}

/* Rows a day, distinct shares, dirt and births at L2 in two weeks. */
static void test_figures(void)
{
	static struct play y;
	const struct demo_day_sink sink = { count_report, &y };
	uint32_t born = 0;
	if (!play_start(&y, DEMO_L2, 13))
		return;
	for (int32_t d = 0; d < 14; d++) {
		int r = demo_population_play(&y.p, &sink, NULL);
		count_distinct(&y, d);
		born += d > 0 && d < 8 ? y.p.born : 0;
		if (r < 0)
			break;
	}
	ok(y.p.day == 14 && y.wrong == 0, "rows of all reports on all days are Poisson");
	check_shares(&y);
	ok(born > 7 * 2750 && born < 7 * 3100, "new keys in a week before returns: %u",
		born);
	ok(y.broken * 10000 / y.all >= 4 && y.broken * 10000 / y.all <= 6,
		"0.05 %% broken");
	ok(y.charset * 1000 / y.all == 1 || y.charset * 1000 / y.all == 2,
		"0.2 %% charset");
	ok(y.geo * 1000 / y.all == 10 || y.geo * 1000 / y.all == 11, "1.1 %% geography");
	const struct demo_report *sink_hole = demo_report_find(
		&y.reports, S("event6_sinkhole"));
	uint64_t monday = demo_report_mean(sink_hole, 0),
		 saturday = demo_report_mean(sink_hole, 5);
	ok(monday >> 32 == 8200 && saturday * 100 / monday == 82,
		"infected machines rest");
	arena_free(&y.arena);
}

static bool lives(const struct demo_stock *s, uint32_t key)
{
	for (size_t i = 0; i < s->live.n; i++)
		if (s->live.v[i] == key)
			return true;
	return false;
}

/* Of the keys alive on day 0, how many are dead a half-life later and how many come
 * back. */
static void test_lives(void)
{
	static struct play y;
	uint32_t report = 0, gone = 0, back = 0, early = 0, n;
	if (!play_start(&y, DEMO_L2, 40))
		return;
	const struct demo_report *t = demo_report_find(&y.reports, S("event4_sinkhole"));
	report = (uint32_t)(t - y.reports.v);
	for (int32_t d = 0; d <= 6; d++)
		if (demo_population_play(&y.p, NULL, NULL) < 0)
			return;
	/* Six days are this report's half-life, and nobody returns so soon. */
	const struct demo_stock *s = &y.p.stock[report];
	uint32_t *dead = arena_array(&y.arena, s->all.n, sizeof(*dead));
	for (n = 0; n < s->all.n && y.p.keys[s->all.v[n]].serial < 3827; n++)
		if (!lives(s, s->all.v[n]))
			dead[gone++] = s->all.v[n];
	ok(gone > 1750 && gone < 2080, "%u of 3,827 are dead after their median life",
		gone);
	for (int32_t d = 7; d <= 40; d++)
		if (demo_population_play(&y.p, NULL, NULL) < 0)
			return;
	for (uint32_t i = 0; i < gone; i++) {
		int first = -1;
		for (int32_t d = 7; d <= 40 && first < 0; d++)
			first = demo_key_seen(&y.p.keys[dead[i]], d) ? d : -1;
		back += first >= 0;
		early += first == 7 || first == 8; /* the earliest death was on day 1 */
	}
	ok(back * 100 >= gone * 16 && back * 100 <= gone * 23, "%u of %u returned", back,
		gone);
	ok(early == 0, "none before 8 days are over");
	arena_free(&y.arena);
}

static void count_part(void *me, int dir, const char *name)
{
	(void)dir;
	*(int *)me += str_ends(str_c(name), S(".part"));
}

static void test_no_room(void)
{
	struct why why;
	struct demo_sum sum;
	struct rlimit was, small = { KIB(20), KIB(20) };
	char path[64];
	int parts = 0;
	ok(make("none/none", DEMO_D, 0, DEMO_SEED, &why, &sum) < 0, "%s", why.text);
	if (geteuid() != 0) {
		(void)mkdir(path_of("locked", path), 0500);
		ok(make("locked", DEMO_D, 0, DEMO_SEED, &why, &sum) == E_SYS, "%s",
			why.text);
		(void)rmdir(path);
	}
	ok(make("full", DEMO_D, 0, DEMO_SEED, &why, &sum) == 0, "a day");
	struct str old = S("");
	AUTO_ARENA a = arena_new(MIB(64), "test no room");
	old = slurp(&a, "full", "truth.csv");
	/* A file size limit is what a test may always set; the message is the disk's
	 * own. */
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)getrlimit(RLIMIT_FSIZE, &was);
	small.rlim_max = was.rlim_max;
	(void)setrlimit(RLIMIT_FSIZE, &small);
	int r = make("full", DEMO_D, 1, DEMO_SEED, &why, &sum);
	(void)setrlimit(RLIMIT_FSIZE, &was);
	ok(r == E_SYS && strstr(why.text, "cannot write") != NULL, "%s", why.text);
	(void)each_file(path_of("full", path), count_part, &parts);
	ok(parts == 0, "no half file is left");
	ok(str_eq(slurp(&a, "full", "truth.csv"), old), "the old truth is");
	clear("full");
	(void)mkdir(path_of("tmpfs", path), 0700);
	if (mount("tocsin", path, "tmpfs", 0, "size=256k") < 0) {
		tap_skip("a small tmpfs: mounting is not allowed here");
	} else {
		r = make("tmpfs", DEMO_D, 0, DEMO_SEED, &why, &sum);
		ok(r == E_NO_SPACE, "%s", why.text);
		(void)umount(path);
	}
	(void)rmdir(path);
}

int main(void)
{
	if (mkdtemp(root) == NULL)
		return 1;
	test_chance();
	test_data();
	test_same_bytes();
	test_days_together();
	test_figures();
	test_lives();
	test_no_room();
	(void)rmdir(root);
	return tap_end();
}

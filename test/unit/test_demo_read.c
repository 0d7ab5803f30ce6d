/* SPDX-License-Identifier: Apache-2.0
 * test_demo_read.c - the demo country's feeds as the program reads them: what
 * was meant to be one finding is one, what was meant to be broken is
 * quarantined, and nothing else. */
#include "base/hash.h"
#include "demo/feeds.h"
#include "demo/files.h"
#include "fmt/feed.h"
#include "tap.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

struct pair {
	uint64_t key, fold; /* what truth.csv calls it, and what the program folds on */
};
struct reading {
	struct arena arena, row; /* for all of it; for one row */
	struct catalogue catalogue;
	int dir;
	struct pair *pairs;
	size_t n, cap;
	struct csv *csv; /* of the file being read */
	struct feed *feed;
	struct arena file; /* holds it */
	struct str rest;
	uint32_t wrong_quarantine, wrong_asn, wrong_row, quarantined, unknown;
};

static void feed_bytes(struct reading *x)
{
	size_t room;
	char *to = csv_room(x->csv, &room);
	size_t n = x->rest.n < room ? x->rest.n : room;
	memcpy(to, x->rest.p, n);
	csv_wrote(x->csv, n);
	x->rest = str_from(x->rest, n);
	if (x->rest.n == 0)
		csv_end(x->csv);
}

static bool next_record(struct reading *x, struct csv_record *ret)
{
	int r;
	while ((r = csv_next(x->csv, ret)) == 0 && x->rest.n > 0)
		feed_bytes(x);
	return r > 0;
}

static bool open_feed(struct reading *x, struct str file)
{
	const char *z;
	struct csv_record head;
	struct feed_name name;
	arena_free(&x->file);
	x->file = arena_new(MIB(256), "test file");
	if (str_z(&x->file, file, &z) < 0 ||
		file_read(x->dir, z, &x->file, MIB(100), NULL, &x->rest) < 0)
		return false;
	x->csv = csv_new(&x->file);
	feed_bytes(x);
	feed_name_read(&x->file, &x->catalogue, file, &name);
	x->unknown += name.known == NULL;
	return next_record(x, &head) &&
		feed_open(&x->file, &x->catalogue, &name, &head, NULL, &x->feed) == 0;
}

/* The key of a finding, as core/fold has it. */
static uint64_t fold_of(struct arena *a, const struct event *e)
{
	char text[IP_TEXT_MAX];
	struct buf b = buf_in(a, KIB(16));
	bool named = e->flags & EVENT_BY_NAME;
	struct str place = named ? e->name : str_c(net_text(&e->net, text));
	unsigned port = e->flags & EVENT_PORT_IN_KEY ? e->port : 0;
	if (buf_addf(&b, "%.*s|%.*s|%.*s|%.*s|%u", STR(e->type), STR(e->identifier),
		    STR(place), STR(e->family), port) < 0)
		return 0;
	return mix_text(b.p, b.n);
}

enum { T_FILE, T_ROW, T_ASN, T_HOLDER, T_DIRTY, T_KEY, T_COLUMNS };

static void read_row(struct reading *x, const struct str *f)
{
	struct csv_record record;
	struct event e;
	int64_t asn = 0;
	arena_reset(&x->row);
	if (!next_record(x, &record)) {
		x->wrong_row++;
		return;
	}
	bool bad = feed_event(x->feed, &record, &x->row, &e) != QUARANTINE_NONE;
	x->quarantined += bad;
	x->wrong_quarantine += bad != str_eq(f[T_DIRTY], S("broken"));
	if (bad)
		return;
	(void)str_int(f[T_ASN], 0, UINT32_MAX, &asn);
	x->wrong_asn += e.asn != (uint32_t)asn;
	if (x->n < x->cap)
		x->pairs[x->n++] = (struct pair){ mix_text(f[T_KEY].p, f[T_KEY].n),
			fold_of(&x->row, &e) };
}

static int by_key(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	return x->key < y->key ? -1 : x->key > y->key;
}

static int by_fold(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	return x->fold < y->fold ? -1 : x->fold > y->fold;
}

static size_t differ(struct reading *x, bool keys)
{
	size_t n = 0;
	qsort(x->pairs, x->n, sizeof(*x->pairs), keys ? by_key : by_fold);
	for (size_t i = 1; i < x->n; i++) {
		bool key = x->pairs[i].key == x->pairs[i - 1].key;
		bool fold = x->pairs[i].fold == x->pairs[i - 1].fold;
		n += keys ? key && !fold : fold && !key;
	}
	return n;
}

static void read_all(struct reading *x)
{
	struct str text, line, f[T_COLUMNS], last = S("");
	uint32_t unreadable = 0;
	if (file_read(x->dir, "truth.csv", &x->arena, MIB(100), NULL, &text) < 0)
		return;
	(void)demo_line(&text, &line);
	while (demo_line(&text, &line)) {
		demo_fields(&x->arena, line, ',', f, N(f));
		if (!str_eq(f[T_FILE], last))
			unreadable += !open_feed(x, f[T_FILE]);
		last = f[T_FILE];
		read_row(x, f);
	}
	ok(unreadable == 0, "each file has a header that can be read");
}

static void remove_all(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	while (d != NULL && (e = readdir(d)) != NULL)
		(void)unlinkat(dirfd(d), e->d_name, 0);
	if (d != NULL)
		(void)closedir(d);
	(void)rmdir(path);
}

static void test_scale(
	enum demo_scale scale, const char *name, int32_t days, size_t at_least)
{
	char dir[] = "/tmp/tocsin-demo-XXXXXX";
	struct why why = { 0 };
	struct reading x = { .dir = -1, .cap = 100000 };
	struct demo_sum sum = { 0 };
	uint64_t broken = 0;
	int r = mkdtemp(dir) ? 0 : E_SYS;
	x.arena = arena_new(MIB(512), "test reading");
	x.row = arena_new(MIB(16), "test row");
	for (int32_t d = 0; r == 0 && d < days; d++) {
		AUTO_ARENA a = arena_new(GIB(1), "test demo");
		const struct demo_run run = {
			.scale = scale, .seed = DEMO_SEED, .day = d, .out = dir
		};
		r = demo_feeds_make(&a, &run, &why, &sum);
		broken += sum.broken;
	}
	if (r == 0)
		r = dir_open(AT_FDCWD, dir, false, &why, &x.dir);
	if (r == 0)
		r = catalogue_default(&x.arena, &why, &x.catalogue);
	if (!ok(r == 0, "%s: %d days %s", name, days, why.text))
		return;
	x.pairs = arena_array(&x.arena, x.cap, sizeof(*x.pairs));
	read_all(&x);
	ok(x.n > at_least, "%zu rows", x.n);
	ok(x.wrong_row == 0, "no row is missing");
	ok(x.unknown > 0, "phish_url is a type nobody knows");
	ok(x.wrong_quarantine == 0 && x.quarantined == broken && broken > 0,
		"%u rows are quarantined, those meant to be", x.quarantined);
	ok(x.wrong_asn == 0, "each event has the AS number of the truth");
	ok(differ(&x, true) == 0, "a key is never two findings");
	ok(differ(&x, false) == 0, "two keys are never one finding");
	fd_close(&x.dir);
	arena_free(&x.file);
	arena_free(&x.row);
	arena_free(&x.arena);
	remove_all(dir);
}

int main(void)
{
	test_scale(DEMO_D, "D", 10, 11000);
	test_scale(DEMO_L1, "L1", 3, 29000);
	return tap_end();
}

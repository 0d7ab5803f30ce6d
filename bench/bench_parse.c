/* SPDX-License-Identifier: Apache-2.0
 * bench_parse.c - how fast a feed file becomes records, and records become events, per
 * second of CPU time, on rows of 39 columns made here. Depends on: fmt, rows. Figures:
 * docs/performance.md. */
#include "fmt/feed.h"
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>

#define ROWS  200000u
#define TURNS 5

static struct str make_file(struct arena *a)
{
	struct buf b = buf_in(a, MIB(256));
	must(buf_add(&b, rows_header()), "header");
	for (uint32_t i = 0; i < ROWS; i++)
		must(rows_add(&b, i, ROWS), "row");
	return buf_str(&b);
}

enum depth { SPLIT_ONLY, TO_EVENTS, TO_MESSAGES };

struct work {
	enum depth depth;
	struct catalogue catalogue;
	struct arena arena, row;
	struct feed *feed;
	struct buf message;
	size_t fields, events;
};

static void on_record(struct work *w, const struct csv_record *r)
{
	struct event e;
	struct feed_name name;
	struct why why = { 0 };
	w->fields += r->n;
	if (w->depth == SPLIT_ONLY)
		return;
	if (r->number == 0) {
		feed_name_read(&w->arena, &w->catalogue, S(ROWS_NAME), &name);
		if (feed_open(&w->arena, &w->catalogue, &name, r, &why, &w->feed) < 0)
			abort();
		return;
	}
	if (feed_event(w->feed, r, &w->row, &e) != QUARANTINE_NONE)
		abort();
	w->events++;
	if (w->depth == TO_MESSAGES) {
		struct writer out = wr_new(&w->message);
		event_write(&out, &e);
		if (w->message.n > KIB(200))
			buf_clear(&w->message);
	}
	if (r->number % 64 == 0)
		arena_reset(&w->row);
}

/* Feeds the file in pieces as a decompressor would, 64 KiB at a time. */
static void read_file(struct work *w, struct str in)
{
	struct csv *c = csv_new(&w->arena);
	struct csv_record rec;
	for (bool end = false; !end;) {
		size_t room;
		char *to = csv_room(c, &room);
		size_t take = in.n < CSV_STEP ? in.n : CSV_STEP;
		memcpy(to, in.p, take);
		csv_wrote(c, take);
		in = str_from(in, take);
		end = take == 0;
		if (end)
			csv_end(c);
		while (csv_next(c, &rec) > 0)
			on_record(w, &rec);
	}
}

static double measure(struct str file, enum depth depth)
{
	double best = 1e9;
	for (int i = 0; i < TURNS; i++) {
		struct work w = { .depth = depth, .arena = arena_new(MIB(32), "bench") };
		struct why why = { 0 };
		w.row = arena_new(MIB(32), "bench row");
		w.message = buf_in(&w.arena, MIB(1));
		if (catalogue_default(&w.arena, &why, &w.catalogue) < 0)
			abort();
		double from = cpu_seconds();
		read_file(&w, file);
		double took = cpu_seconds() - from;
		if (w.fields != 39u * (ROWS + 1) ||
			(depth > SPLIT_ONLY && w.events != ROWS))
			abort();
		best = took < best ? took : best;
		arena_free(&w.arena);
		arena_free(&w.row);
	}
	return best;
}

static void report(const char *what, double seconds, size_t bytes)
{
	printf("%-28s %9.0f rows/s CPU, %6.0f MB/s, %5.0f ns a row\n", what,
		ROWS / seconds, (double)bytes / seconds / 1e6, seconds / ROWS * 1e9);
}

int main(void)
{
	AUTO_ARENA a = arena_new(GIB(1), "bench");
	struct str file = make_file(&a);
	printf("%u rows, 39 columns, %zu bytes a row; best of %d\n", ROWS, file.n / ROWS,
		TURNS);
	report("csv split", measure(file, SPLIT_ONLY), file.n);
	report("csv split, to events", measure(file, TO_EVENTS), file.n);
	report("the same, to messages", measure(file, TO_MESSAGES), file.n);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 * fuzz_feed.c - a feed file becomes events: the first line of the input is its name.
 * Events can be sent and come back the same, text is clean, cuts do not matter. Depends
 * on: fmt/feed. */
#include "base/utf8.h"
#include "fmt/feed.h"
#include "fuzz.h"

struct reading {
	struct arena arena, row;
	const struct catalogue *catalogue;
	struct feed_name name;
	struct feed *feed;
	struct buf out; /* all that came of it, as messages */
};

static void check_text(struct str s, size_t max)
{
	must(s.n <= max && utf8_valid(s));
}

static void check_event(
	struct reading *g, const struct event *e, const struct csv_record *r)
{
	struct event back;
	struct buf b = buf_in(&g->row, MIB(1)), again = buf_in(&g->row, MIB(1));
	struct writer w = wr_new(&b);
	event_write(&w, e);
	struct reader rd = rd_new(buf_str(&b));
	must(w.err == 0 && event_read(&rd, &back) == 0 && rd_end(&rd) == 0);
	w = wr_new(&again);
	event_write(&w, &back);
	must(str_eq(buf_str(&b), buf_str(&again)));
	must(e->row == r->number && e->time >= 0 && e->type.n > 0 && e->identifier.n > 0);
	must((e->flags & (EVENT_HAS_NET | EVENT_BY_NAME)) != 0);
	must(!(e->flags & EVENT_BY_NAME) || e->name.n > 0);
	must(!(e->flags & EVENT_PORT_IN_KEY) || e->port > 0);
	must(!(e->flags & EVENT_HAS_NET) || !ip_is_zero(&e->net.ip));
	check_text(e->cc, 16);
	check_text(e->name, LIMIT_KEY_FIELD);
	check_text(e->identifier, LIMIT_KEY_FIELD);
	check_text(e->family, LIMIT_KEY_FIELD);
	check_text(e->hostname, LIMIT_FIELD);
	check_text(e->transport, LIMIT_KEY_FIELD);
	must(buf_add(&g->out, buf_str(&b)) == 0);
}

static void check_row(struct reading *g, const struct csv_record *r)
{
	struct feed_cell *cells;
	size_t n = feed_row(g->feed, r, &g->row, &cells), sum = 0;
	for (size_t i = 0; i < n; i++) {
		check_text(cells[i].column, LIMIT_NAME);
		check_text(cells[i].value, LIMIT_FIELD);
		sum += cells[i].column.n + cells[i].field.n + cells[i].value.n + 12;
	}
	must(sum < LIMIT_FRAME);
}

/* False: the header cannot be used. */
static bool on_record(struct reading *g, const struct csv_record *r)
{
	struct why why = { 0 };
	struct event e;
	if (r->number == 0)
		return feed_open(&g->arena, g->catalogue, &g->name, r, &why, &g->feed) ==
			0;
	enum quarantine q = feed_event(g->feed, r, &g->row, &e);
	if (q == QUARANTINE_NONE)
		check_event(g, &e, r);
	else
		must(buf_addf(&g->out, "%u %s", r->number, quarantine_code(q)) == 0);
	check_row(g, r);
	arena_reset(&g->row);
	return true;
}

static struct str read_feed(struct reading *g, struct str in, size_t piece)
{
	struct csv *c = csv_new(&g->arena);
	struct csv_record r;
	g->out = buf_in(&g->arena, MIB(64));
	for (size_t n = 1; n > 0; in = str_from(in, n)) {
		size_t room;
		char *to = csv_room(c, &room);
		n = in.n < piece ? in.n : piece;
		n = n < room ? n : room;
		if (n > 0)
			memcpy(to, in.p, n);
		csv_wrote(c, n);
		if (n == 0)
			csv_end(c);
		while (csv_next(c, &r) > 0)
			if (!on_record(g, &r))
				return S("");
	}
	return buf_str(&g->out);
}

/* Read once for all inputs: it takes longer than most of them. */
static const struct catalogue *our_catalogue(void)
{
	static struct arena arena;
	static struct catalogue catalogue;
	struct why why = { 0 };
	if (catalogue.n_types == 0) {
		arena = arena_new(MIB(8), "fuzz_feed catalogue");
		must(catalogue_default(&arena, &why, &catalogue) == 0);
	}
	return &catalogue;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > KIB(64))
		return 0;
	struct reading g = { .arena = arena_new(MIB(512), "fuzz_feed"),
		.row = arena_new(MIB(64), "fuzz_feed row"),
		.catalogue = our_catalogue() };
	struct str in = { (const char *)data, n };
	size_t line = str_find(in, '\n');
	feed_name_read(&g.arena, g.catalogue, str_to(in, line), &g.name);
	must(g.name.type.n > 0 && g.name.type.n <= TYPE_NAME_MAX);
	for (size_t i = 0; i < g.name.type.n; i++)
		must(strchr("abcdefghijklmnopqrstuvwxyz0123456789_", g.name.type.p[i]) !=
			NULL);
	struct str whole = read_feed(&g, str_from(in, line + 1), SIZE_MAX);
	must(str_eq(whole, read_feed(&g, str_from(in, line + 1), 1 + n % 7)));
	arena_free(&g.row);
	arena_free(&g.arena);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 * digest_table.c - the attached table, part by part: see digest.h. Depends on: base, fmt,
 * core. Never more than one part is in memory, however many findings there are. */
#include "exchange/digest_int.h"

#include "base/date.h"
#include "base/limits.h"
#include "fmt/csv_out.h"
#include "fmt/zip_out.h"

#include <inttypes.h>

#define ANSWER_CELLS 4	      /* answer, until, whose, comment */
#define ROW_MAX	     KIB(128) /* some texts of LIMIT_FIELD, quoted */

struct table {
	struct ctx *x;
	struct arena scratch; /* of one line */
	const struct notice_draft *draft;
	struct digest_collect *collect;
	struct buf part, row;
	struct csv_out out; /* into row */
	struct digest_tables res;
	/* The line at hand. */
	const struct notice_line *line;
	struct digest_place *place;
	int64_t sightings;
};

static const char *const columns[] = { "first_seen_utc", "last_seen_utc", "count",
	"address", "transport", "port", "source_port", "host_name", "type", "identifier",
	"family", "severity", "state", "detail", "basis", "evidence", "finding", "answer",
	"until", "whose", "comment" };

/* ---- parts ---- */

static int zip_part(struct table *t, struct arena *a, struct str name, struct str *ret)
{
	struct buf zip = buf_in(a, LIMIT_CSV_PART + MIB(1));
	struct zip_entry entry = { name, buf_str(&t->part) };
	int r = zip_write(&entry, 1, &t->x->why, &zip);
	if (r == 0)
		*ret = buf_str(&zip);
	return r;
}

/* One table is "tocsin-12.csv"; of several the first is "tocsin-12-1.csv". */
static int flush_part(struct table *t, bool last)
{
	AUTO_ARENA a = arena_new(4 * LIMIT_CSV_PART, "a digest's table");
	struct buf name = buf_in(t->x->arena, 128);
	struct str content = buf_str(&t->part), type = S("text/csv");
	bool is_only = last && t->res.n == 0;
	int r = buf_addf(&name, "tocsin-%" PRId64, t->draft->id);
	if (r == 0 && !is_only)
		r = buf_addf(&name, "-%" PRId64, t->res.n + 1);
	if (r == 0)
		r = buf_add(&name, S(".csv"));
	if (r == 0 && content.n > LIMIT_CSV_ZIP) {
		r = zip_part(t, &a, buf_str(&name), &content);
		if (r == 0)
			r = buf_add(&name, S(".zip"));
		type = S("application/zip");
	}
	if (r == 0)
		r = notice_add_part(
			t->x, t->draft->id, t->res.n + 1, buf_str(&name), type, content);
	if (r < 0)
		return r;
	if (t->res.n++ == 0)
		t->res.first = buf_str(&name);
	buf_clear(&t->part);
	return 0;
}

static int add_header(struct table *t)
{
	struct csv_out out = csv_out_new(&t->part);
	for (size_t i = 0; i < N(columns); i++)
		csv_out_text(&out, str_c(columns[i]));
	csv_out_row(&out);
	return out.err;
}

/* The row that was written goes into the part, or opens the next one. */
static int take_row(struct table *t)
{
	struct str row = buf_str(&t->row);
	int r = t->out.err;
	if (r == 0 && t->part.n + row.n > LIMIT_CSV_PART) {
		r = flush_part(t, false);
		if (r == 0)
			r = add_header(t);
	}
	return r < 0 ? r : buf_add(&t->part, row);
}

/* ---- rows ---- */

static void put_time(struct csv_out *c, int64_t time)
{
	char text[DATE_TEXT_MAX];
	csv_out_text(c, str_c(time_text_plain(time, text)));
}

static void put_port(struct csv_out *c, uint16_t port)
{
	if (port > 0)
		csv_out_int(c, port);
	else
		csv_out_text(c, S(""));
}

static int put_row(struct table *t, int64_t first, int64_t last, int64_t count,
	uint16_t source_port, const struct notice_sighting *evidence)
{
	const struct notice_line *l = t->line;
	char net[IP_TEXT_MAX], hex[SHA256_HEX + 1];
	struct buf id = buf_in(&t->scratch, 64);
	int r = buf_addf(
		&id, "%.12s-%" PRId64, sha256_text(&evidence->sha, hex), evidence->row);
	if (r < 0)
		return r;
	struct csv_out *c = &t->out;
	buf_clear(&t->row);
	*c = csv_out_new(&t->row);
	put_time(c, first);
	put_time(c, last);
	csv_out_int(c, count);
	csv_out_text(c, l->has_net ? str_c(net_text(&l->net, net)) : S(""));
	csv_out_text(c, l->transport);
	put_port(c, l->port);
	put_port(c, source_port);
	csv_out_text(c, l->by_name ? l->name : l->hostname);
	csv_out_text(c, l->type);
	csv_out_text(c, l->identifier);
	csv_out_text(c, l->family);
	csv_out_text(c, str_c(severity_text(l->severity)));
	csv_out_text(c, str_c(notice_why_text(l->why)));
	csv_out_text(c, l->detail);
	csv_out_text(c, l->basis_ref);
	csv_out_text(c, buf_str(&id));
	csv_out_int(c, l->finding);
	for (int i = 0; i < ANSWER_CELLS; i++) /* for them to fill in */
		csv_out_text(c, S(""));
	csv_out_row(c);
	return take_row(t);
}

/* One line per sighting of an act; the body shows the latest. */
static int on_sighting(void *ctx, const struct notice_sighting *s)
{
	struct table *t = ctx;
	t->sightings++;
	if (t->place && s->last >= t->place->last) {
		t->place->last = s->last;
		t->place->source_port = s->port;
	}
	return put_row(t, s->first, s->last, s->count, s->port, s);
}

static int on_line(void *ctx, const struct notice_line *line)
{
	struct table *t = ctx;
	struct notice_sighting last;
	struct ctx y = *t->x;
	arena_reset(&t->scratch);
	y.arena = &t->scratch;
	t->line = line;
	t->sightings = 0;
	int r = digest_count(t->collect, line, &t->place);
	if (r == 0 && line->acts) {
		if (t->place)
			t->place->last = 0;
		r = notice_sightings_each(
			&y, line->finding, line->before_file, on_sighting, t);
		if (r < 0 || t->sightings > 0)
			return r;
	}
	/* A state, or an act that did not come again since: its latest sighting stands
	 * for it. */
	if (r == 0)
		r = notice_sighting_last(&y, line->finding, &last);
	if (r < 0)
		return r;
	if (line->acts)
		return on_sighting(t, &last);
	return put_row(t, line->first_seen, line->last_seen, line->count, 0, &last);
}

int digest_write_tables(struct ctx *x, const struct notice_draft *d,
	struct digest_collect *c, struct digest_tables *ret)
{
	struct table *t = arena_alloc(x->arena, sizeof(*t));
	*t = (struct table){ .x = x, .draft = d, .collect = c };
	t->scratch = arena_new(MIB(4), "a digest's line");
	t->part = buf_in(x->arena, LIMIT_CSV_PART + ROW_MAX);
	t->row = buf_in(x->arena, ROW_MAX);
	int r = add_header(t);
	if (r == 0)
		r = notice_lines_each(x, d->id, on_line, t);
	if (r == 0)
		r = flush_part(t, true);
	arena_free(&t->scratch);
	if (r < 0)
		return fail(&x->why, r, "the table of notice %" PRId64, d->id);
	*ret = t->res;
	return 0;
}

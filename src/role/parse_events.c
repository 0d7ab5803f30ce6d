/* SPDX-License-Identifier: Apache-2.0
 * parse_events.c - a kept original to events, or to the rows that are asked for again.
 * Depends on: base, fmt, role/parse_job.
 *
 * Events gather in batches and refused rows go at once, so within a chunk the two are not
 * in one order; a mark stands behind everything up to its row. */
#include "role/parse_job.h"

#include "base/utf8.h"
#include "fmt/feed.h"

#define CHUNK_ROWS  20000
#define CHUNK_BYTES MIB(8) /* of messages: rows with long texts make shorter chunks */
#define ROWS_MEMORY MIB(48)
#define ROWS_SOFT   MIB(1) /* give the memory of rows back past this */

struct events {
	struct parse_job *job;
	struct feed_name name;
	struct catalogue catalogue;
	struct csv *csv;
	struct feed *feed; /* NULL until the header came */
	struct arena rows; /* texts of rows that are not sent yet */
	uint32_t last;	   /* row */
	uint32_t skip, marked;
	uint64_t sent_before;	       /* the mark */
	const struct job_rows *wanted; /* JOB_ROWS; NULL for JOB_EVENTS */
	uint32_t next;		       /* of wanted */
	int member_err;
	struct why *why;
};

static int send_header(struct events *e)
{
	struct job_header h = { .type = e->name.type, .known = e->name.known != NULL };
	size_t n;
	const struct feed_column *columns = feed_columns(e->feed, &n);
	h.quiet = feed_type(e->feed)->quiet;
	if (e->name.known)
		h.type = e->name.known->type;
	if (e->name.has_day)
		h.day = SOME(e->name.day);
	h.n_columns = (uint32_t)n;
	h.columns = arena_array(&e->rows, n + 1, sizeof(*h.columns));
	for (size_t i = 0; i < n; i++)
		h.columns[i] = (struct job_column){ columns[i].name, columns[i].field };
	struct writer w = parse_frame(e->job);
	job_header_write(&w, &h);
	return parse_send_frame(e->job, JOB_HEADER, &w);
}

static int on_header(struct events *e, const struct csv_record *record)
{
	int r = feed_open(
		&e->job->me->job, &e->catalogue, &e->name, record, e->why, &e->feed);
	return r < 0 || e->wanted ? r : send_header(e);
}

static int send_mark(struct events *e)
{
	int r = parse_flush(e->job, JOB_EVENT_BATCH);
	struct writer w = parse_frame(e->job);
	wr_u32(&w, e->last);
	if (r == 0)
		r = parse_send_frame(e->job, JOB_MARK, &w);
	e->marked = e->last;
	e->sent_before = e->job->sent;
	return r;
}

static int send_refused(
	struct events *e, const struct csv_record *record, enum quarantine q)
{
	struct str text = utf8_escape(
		&e->rows, str_to(record->raw, LIMIT_QUARANTINE_TEXT));
	struct job_refused refused = { record->number, (uint8_t)q,
		str_c(quarantine_text(q)), utf8_cut(text, LIMIT_QUARANTINE_TEXT) };
	struct writer w = parse_frame(e->job);
	job_refused_write(&w, &refused);
	return parse_send_frame(e->job, JOB_REFUSED, &w);
}

static int on_row(struct events *e, const struct csv_record *record)
{
	struct event event;
	int r;
	enum quarantine q = feed_event(e->feed, record, &e->rows, &event);
	if (q == QUARANTINE_NONE) {
		struct writer w = parse_item(e->job);
		event_write(&w, &event);
		r = parse_item_added(e->job, JOB_EVENT_BATCH, &w);
	} else {
		r = send_refused(e, record, q);
	}
	return r;
}

static int on_wanted(struct events *e, const struct csv_record *record)
{
	if (record->number != e->wanted->rows[e->next])
		return 0;
	struct feed_cell *cells;
	size_t n = feed_row(e->feed, record, &e->rows, &cells);
	struct job_row row = { .row = record->number, .n = (uint32_t)n };
	row.fields = arena_array(&e->rows, n + 1, sizeof(*row.fields));
	for (size_t i = 0; i < n; i++)
		row.fields[i] = (struct job_field){ cells[i].column, cells[i].field,
			cells[i].value };
	struct writer w = parse_frame(e->job);
	job_row_write(&w, &row);
	int r = parse_send_frame(e->job, JOB_ROW, &w);
	e->next++;
	return r == 0 && e->next == e->wanted->n ? E_STOPPED : r;
}

/* CPU time is counted anew for each chunk, also for one that is only skipped. */
static int end_of_row(struct events *e)
{
	bool full = e->last - e->marked >= CHUNK_ROWS ||
		e->job->sent - e->sent_before >= CHUNK_BYTES;
	if (e->rows.used > ROWS_SOFT)
		arena_reset(&e->rows);
	if (!full)
		return 0;
	parse_chunk_done(e->job->me);
	if (!e->wanted && e->last > e->skip)
		return send_mark(e);
	e->marked = e->last;
	return 0;
}

static int drain(struct events *e)
{
	struct csv_record record;
	for (;;) {
		int r = csv_next(e->csv, &record);
		if (r == E_TOO_BIG)
			return fail(e->why, r, "more than %d rows", LIMIT_ROWS);
		if (r <= 0)
			return r;
		e->last = record.number;
		if (record.number == 0)
			r = on_header(e, &record);
		else if (e->wanted)
			r = on_wanted(e, &record);
		else
			r = record.number > e->skip ? on_row(e, &record) : 0;
		if (r == 0)
			r = end_of_row(e);
		if (r < 0)
			return r;
	}
}

static int on_begin(void *ctx, const struct unpack_member *m, struct why *why)
{
	(void)ctx;
	(void)m;
	(void)why;
	return 0;
}

static int on_bytes(void *ctx, struct str s, struct why *why)
{
	struct events *e = ctx;
	(void)why;
	while (s.n > 0) {
		size_t n;
		char *to = csv_room(e->csv, &n);
		if (n > s.n)
			n = s.n;
		memcpy(to, s.p, n);
		csv_wrote(e->csv, n);
		s = str_from(s, n);
		int r = drain(e);
		if (r < 0)
			return r;
	}
	return 0;
}

static int on_end(void *ctx, int err, struct str reason, struct why *why)
{
	struct events *e = ctx;
	(void)why;
	e->member_err = err;
	if (err < 0)
		(void)fail(e->why, err, "%.*s", STR(reason));
	return 0;
}

/* What a kept original may hold was decided when it was taken in; text that repeats
 * itself packs better here than in any bomb guard. */
static const struct unpack_limits kept_limits = { LIMIT_UNPACKED_FEED, 1, UINT32_MAX,
	LIMIT_UNPACKED_FEED };

static int read_original(struct events *e, struct str name)
{
	struct arena *a = &e->job->me->job;
	struct unpack_src src = parse_job_src(e->job);
	struct unpack_sink sink = { e, on_begin, on_bytes, on_end, NULL };
	int r = catalogue_default(a, e->why, &e->catalogue);
	if (r < 0)
		return r;
	feed_name_read(a, &e->catalogue, name, &e->name);
	e->csv = csv_new(a);
	r = unpack_run(a, &src, &sink, name, &kept_limits, e->why);
	if (r == 0)
		r = e->member_err;
	if (r == 0) {
		csv_end(e->csv);
		r = drain(e);
	}
	if (r == 0 && e->feed == NULL)
		r = fail(e->why, E_SYNTAX,
			"the file is empty: not even a line of column names");
	return r == E_STOPPED && e->wanted ? 0 : r;
}

static int finish(struct events *e, int r)
{
	arena_free(&e->rows);
	if (e->job->sent_err < 0)
		return e->job->sent_err;
	int flushed = parse_flush(e->job, JOB_EVENT_BATCH);
	if (flushed < 0)
		return flushed;
	return parse_send_end(e->job, JOB_DONE, r, e->last, str_c(e->why->text));
}

int parse_job_events(struct parse_job *j, struct str body)
{
	struct job_start start;
	struct why why = { 0 };
	int r = job_start_read(body, &start);
	if (r < 0)
		return r;
	struct events e = { .job = j, .why = &why, .skip = start.skip };
	e.rows = arena_new(ROWS_MEMORY, "parse rows");
	return finish(&e, read_original(&e, start.name));
}

int parse_job_rows(struct parse_job *j, struct str body)
{
	struct job_rows wanted;
	struct why why = { 0 };
	int r = job_rows_read(body, &j->me->job, &wanted);
	if (r < 0)
		return r;
	struct events e = { .job = j, .why = &why, .wanted = &wanted };
	e.rows = arena_new(ROWS_MEMORY, "parse rows");
	return finish(&e, wanted.n ? read_original(&e, wanted.name) : 0);
}

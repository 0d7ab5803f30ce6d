/* SPDX-License-Identifier: Apache-2.0
 * import.c - feed files in: kept, read, folded. See work.h. Depends on: base, sys, db,
 * fmt, core.
 *
 * First the file is unpacked by a parser and each member kept under its digest; a known
 * digest is a duplicate and changes nothing. Then a parser reads the kept original and
 * sends events; each chunk, its refused rows, the counts and the row reached are one
 * transaction. So a crash at any point loses nothing: reading goes on after the last row
 * that was committed. */
#include "work/work.h"

#include "base/auto.h"
#include "base/date.h"
#include "base/limits.h"
#include "core/audit.h"
#include "sys/clock.h"
#include "work/original.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define CHUNK_EVENTS 20000
#define CHUNK_BYTES  MIB(16)
#define ROW_BYTES    100 /* a guess, for the first room */
#define MEMBERS_MAX  LIMIT_ARCHIVE_ENTRIES

struct member {
	struct str name;
	struct sha256 sha;
	int64_t bytes;
	int err;
	struct str why;
};
struct members {
	struct member v[MEMBERS_MAX];
	size_t n;
};

/* A file being read: what has come since the last commit. */
struct reading {
	struct call *c;
	struct file_row file;
	struct arena head;	  /* what header points to */
	struct job_header header; /* no type: none came yet */
	bool added;		  /* the header's matter is in the database */
	bool empty_again;	  /* known content without rows, under another name */
	bool arrived;		  /* and that name's report had not arrived before */
	struct arena chunk;	  /* frames of this chunk, copied */
	size_t frames;		  /* their bytes: an honest parser sends a mark in time */
	struct event *events;
	size_t n_events, room;
	struct job_refused *refused;
	size_t n_refused;
	uint32_t reached; /* all rows up to this one are here */
	uint32_t top;	  /* the last row of which something is here */
};

/* ---- unpacking and keeping ---- */

struct unpacking {
	struct call *c;
	struct members *m;
	struct original *o; /* of the member that is coming; NULL between two */
	uint64_t left;	    /* bytes that all members together may still have */
};

static int begin_member(struct unpacking *u, struct str body)
{
	struct members *m = u->m;
	struct str name;
	int r = u->o ? E_SYNTAX : job_member_read(body, &name);
	if (r < 0)
		return r;
	if (m->n == MEMBERS_MAX)
		return fail(&u->c->x.why, E_TOO_BIG, "more than %d members", MEMBERS_MAX);
	m->v[m->n++] = (struct member){ .name = str_dup(&u->c->keep, name),
		.why = S("") };
	return original_begin(u->c->w->datadir, u->left, &u->c->x.why, &u->o);
}

static int add_bytes(struct unpacking *u, struct str body)
{
	int r = u->o ? original_add(u->o, body, &u->c->x.why) : E_SYNTAX;
	u->left -= r == 0 ? body.n : 0;
	return r;
}

static int end_member(struct unpacking *u, struct str body)
{
	struct job_end end;
	int r = u->o ? job_end_read(body, &end) : E_SYNTAX;
	if (r < 0)
		return r;
	struct member *last = &u->m->v[u->m->n - 1];
	last->err = end.err;
	last->why = str_dup(&u->c->keep, end.why);
	if (end.err == 0)
		r = original_end(u->o, &u->c->x.why, &last->sha, &last->bytes);
	original_free(&u->o);
	return r;
}

static int unpack_message(void *ctx, uint16_t type, struct str body)
{
	struct unpacking *u = ctx;
	switch (type) {
	case JOB_MEMBER:
		return begin_member(u, body);
	case JOB_BYTES:
		return add_bytes(u, body);
	case JOB_MEMBER_END:
		return end_member(u, body);
	default:
		return E_SYNTAX;
	}
}

static int unpack(struct call *c, struct str name, struct members *m)
{
	struct unpacking u = { .c = c, .m = m, .left = LIMIT_UNPACKED_FEED };
	const struct call_job job = { .type = JOB_UNPACK,
		.start = { .name = name, .country = S("") },
		.fd = c->fd,
		.take = unpack_message,
		.ctx = &u };
	struct job_end end;
	int r = call_job(c, &job, &end);
	bool whole = u.o == NULL;
	original_free(&u.o);
	return r < 0 || whole ? r : call_job_no_sense(c);
}

/* ---- reading the kept original ---- */

/* Nothing reports on a day that has not come; tomorrow is let through for clocks that are
 * a little slow. A demonstration without --now has no clock to hold it against. */
static bool has_not_come(const struct reading *rd, int64_t day)
{
	const struct call *c = rd->c;
	bool clock = !c->w->conf->demo || c->fixed_clock || c->w->played;
	return clock && day > day_of(c->x.now) + 1;
}

/* One such day would keep what it brings from ever being fixed. E_UNSUPPORTED is the
 * file's fault, and not the parser's. */
static int refuse_day(struct reading *rd, struct str what, int64_t day)
{
	char text[DATE_TEXT_MAX], today[DATE_TEXT_MAX];
	struct why *why = &rd->c->x.why;
	why->err = 0;
	return fail(why, E_UNSUPPORTED,
		"%.*s says %s, a day to come (today is %s): under its right name it can "
		"be taken again",
		STR(what), day_text((int32_t)day, text),
		day_text(day_of(rd->c->x.now), today));
}

static int take_header(struct reading *rd, struct str body)
{
	struct job_header h;
	if (rd->header.type.n > 0)
		return E_SYNTAX;
	int r = job_header_read(str_dup(&rd->head, body), &rd->head, &h);
	if (r < 0)
		return r;
	rd->header = h;
	if (!h.day.has || !has_not_come(rd, h.day.v))
		return 0;
	rd->header.day = NONE;
	return refuse_day(rd, S("its name"), h.day.v);
}

/* Without a day in the file's name its rows say when it is of. */
static int check_day(struct reading *rd, const struct event *e)
{
	char what[40];
	int32_t day = day_of(e->time);
	if (rd->header.day.has || !has_not_come(rd, day))
		return 0;
	(void)snprintf(what, sizeof(what), "its row %" PRIu32, e->row);
	return refuse_day(rd, str_c(what), day);
}

/* Writes what the header says, with the first chunk: small files are one transaction. A
 * file whose reading never began to make sense has no header and is kept and shown all
 * the same. */
static int add_file(struct reading *rd)
{
	static const struct job_header unreadable = { .type = { "unknown", 7 },
		.quiet = QUIET_DEFAULT };
	struct call *c = rd->c;
	struct file_row *f = &rd->file;
	const struct job_header *h = rd->header.type.n ? &rd->header : &unreadable;
	int64_t type;
	f->type_name = str_dup(&c->keep, h->type);
	int r = arrivals_add_type(
		&c->x, fold_arrivals(c->w->fold), h->type, h->known, h->quiet, &type);
	bool new = f->id == 0;
	/* An earlier try may not have known its type. */
	if (r == 0 && f->rows_done == 0) {
		f->type = type;
		f->day = h->day;
		r = new ? file_add(&c->x, f, &f->id) : file_set_type(&c->x, f);
	}
	if (r == 0 && new)
		r = audit_add(&c->x, S("file.import"), f->name, h->type);
	for (uint32_t i = 0; r == 0 && i < h->n_columns; i++)
		if (h->columns[i].field.n == 0)
			r = unknown_column_add(&c->x, type, h->columns[i].name, f->id);
	return r;
}

/* Room for one more: from the start about what the whole file needs. */
static int event_room(struct reading *rd)
{
	if (rd->n_events < rd->room)
		return 0;
	if (rd->room == CHUNK_EVENTS)
		return E_TOO_BIG;
	size_t room = rd->room ? 2 * rd->room : (size_t)rd->file.bytes / ROW_BYTES + 64;
	room = room < CHUNK_EVENTS ? room : CHUNK_EVENTS;
	struct event *more = arena_array(&rd->chunk, room, sizeof(*more));
	if (rd->n_events)
		memcpy(more, rd->events, rd->n_events * sizeof(*more));
	rd->events = more;
	rd->room = room;
	return 0;
}

/* A parser that never marks must not fill our memory. */
static int keep_frame(struct reading *rd, struct str body, struct str *ret)
{
	if (body.n > CHUNK_BYTES - rd->frames)
		return E_TOO_BIG;
	rd->frames += body.n;
	*ret = str_dup(&rd->chunk, body);
	return 0;
}

/* Of this chunk: behind what is done. */
static bool is_next_row(struct reading *rd, uint32_t row)
{
	rd->top = row > rd->top ? row : rd->top;
	return row > rd->file.rows_done;
}

/* Each row is there once, as an event or as a refused row, and none is there that is not
 * reached. */
static bool makes_sense(const struct reading *rd, uint32_t reached)
{
	return reached >= rd->reached && reached >= rd->top && reached <= LIMIT_ROWS &&
		rd->n_events + rd->n_refused <= reached - rd->reached;
}

static int take_events(struct reading *rd, struct str body)
{
	struct str kept;
	if (keep_frame(rd, body, &kept) < 0)
		return E_TOO_BIG;
	struct reader r = rd_new(kept);
	uint32_t n = rd_u32(&r);
	for (uint32_t i = 0; i < n; i++) {
		if (event_room(rd) < 0)
			return E_TOO_BIG;
		struct event *e = &rd->events[rd->n_events];
		if (event_read(&r, e) < 0)
			return r.err;
		if (!is_next_row(rd, e->row))
			return E_SYNTAX;
		int bad = check_day(rd, e);
		if (bad < 0)
			return bad;
		rd->n_events++;
	}
	return rd_end(&r);
}

static int take_refused(struct reading *rd, struct str body)
{
	if (rd->n_refused == CHUNK_EVENTS)
		return E_TOO_BIG;
	if (rd->refused == NULL)
		rd->refused = arena_array(&rd->chunk, CHUNK_EVENTS, sizeof(*rd->refused));
	struct job_refused *q = &rd->refused[rd->n_refused];
	struct str kept;
	int r = keep_frame(rd, body, &kept);
	if (r == 0)
		r = job_refused_read(kept, q);
	if (r == 0 && !is_next_row(rd, q->row))
		r = E_SYNTAX;
	rd->n_refused += r == 0;
	return r;
}

static void begin_chunk(struct reading *rd)
{
	arena_reset(&rd->chunk);
	rd->frames = 0;
	arena_reset(rd->c->x.arena);
	rd->events = NULL;
	rd->refused = NULL;
	rd->n_events = rd->room = rd->n_refused = 0;
}

/* In one transaction, perhaps with other small files: findings, sightings, refused rows,
 * the counts, how far we got; at the end also that the report arrived. */
static int commit_chunk(struct reading *rd, bool last)
{
	struct call *c = rd->c;
	struct file_row was = rd->file, f;
	struct group *g = &c->w->group;
	int r = group_begin(g);
	if (r == 0 && !rd->added)
		r = add_file(rd);
	f = rd->file;
	f.events += (int64_t)rd->n_events;
	f.quarantined += (int64_t)rd->n_refused;
	f.rows = f.events + f.quarantined;
	f.rows_done = rd->reached;
	if (r == 0)
		r = fold_chunk(
			c->w->fold, &c->x, c->w->table, &f, rd->events, rd->n_events);
	for (size_t i = 0; r == 0 && i < rd->n_refused; i++) {
		const struct job_refused *q = &rd->refused[i];
		r = quarantine_add(&c->x, f.id, q->row, q->reason, q->why, q->text);
	}
	if (r == 0 && last) {
		f.state = FILE_READ;
		r = fold_finish(c->w->fold, &c->x, &f);
		if (r == 0)
			r = file_aside_same(&c->x, &f);
	}
	if (r == 0)
		r = file_update(&c->x, &f);
	int64_t rows = (int64_t)(rd->n_events + rd->n_refused);
	if (r < 0 || !last || !group_may_grow(g, rows))
		r = group_end(g, r, &c->x.why);
	rd->file = r < 0 ? was : f;
	if (r < 0)
		return r;
	rd->added = true;
	begin_chunk(rd);
	return g->open ? 0 : work_checkpoint(c->w, false, &c->x.why);
}

/* Reports without a row hold the same line of column names day after day: one content,
 * but as many reports that arrived, and silence is counted in these. */
static int commit_arrival(struct reading *rd)
{
	struct call *c = rd->c;
	struct arrivals *v = fold_arrivals(c->w->fold);
	const struct job_header *h = &rd->header;
	struct file_row f = rd->file;
	struct group *g = &c->w->group;
	f.day = h->day;
	if (!h->day.has)
		return 0;
	int r = group_begin(g);
	if (r == 0)
		r = arrivals_add_type(&c->x, v, h->type, h->known, h->quiet, &f.type);
	if (r == 0 && arrivals_has(arrivals_type(v, f.type), (int32_t)f.day.v))
		return 0;
	if (r == 0)
		r = fold_finish(c->w->fold, &c->x, &f);
	if (r == 0)
		r = audit_add(&c->x, S("file.import"), f.name, h->type);
	if (r < 0 || !group_may_grow(g, 0))
		r = group_end(g, r, &c->x.why);
	if (r == 0) {
		rd->file.type_name = str_dup(&c->keep, h->type);
		rd->arrived = true;
	}
	return r;
}

static int take_mark(struct reading *rd, struct str body)
{
	struct reader r = rd_new(body);
	uint32_t row = rd_u32(&r);
	if (rd_end(&r) < 0 || row == rd->reached || !makes_sense(rd, row))
		return E_SYNTAX;
	rd->reached = row;
	int e = commit_chunk(rd, false);
	return e < 0 ? e : call_progress(rd->c, row, NONE, rd->file.name);
}

static int read_message(void *ctx, uint16_t type, struct str body)
{
	struct reading *rd = ctx;
	if (type == JOB_HEADER)
		return take_header(rd, body);
	if (rd->header.type.n == 0 || rd->empty_again)
		return E_SYNTAX;
	switch (type) {
	case JOB_EVENT_BATCH:
		return take_events(rd, body);
	case JOB_REFUSED:
		return take_refused(rd, body);
	case JOB_MARK:
		return take_mark(rd, body);
	default:
		return E_SYNTAX;
	}
}

static int read_messages(struct reading *rd)
{
	struct call *c = rd->c;
	struct job_end end;
	AUTO_FD int fd = -1;
	int r = original_open(c->w->datadir, &rd->file.sha, &c->x.why, &fd);
	if (r < 0)
		return r;
	const struct call_job job = { .type = JOB_EVENTS,
		.start = { .name = rd->file.name,
			.skip = (uint32_t)rd->file.rows_done,
			.country = S("") },
		.fd = fd,
		.take = read_message,
		.ctx = rd };
	r = call_job(c, &job, &end);
	if (r < 0)
		return r;
	if (!makes_sense(rd, end.rows))
		return call_job_no_sense(c);
	rd->reached = end.rows;
	return rd->empty_again ? commit_arrival(rd) : commit_chunk(rd, true);
}

/* Failures that say something about the file, not about us: the rest of an import goes
 * on. */
static bool is_the_files_fault(int r)
{
	return r == E_SYNTAX || r == E_TOO_BIG || r == E_UNSUPPORTED;
}

static int note_failure(struct reading *rd, int r)
{
	struct call *c = rd->c;
	struct str why = str_dup(&c->keep, str_c(c->x.why.text));
	c->x.why = (struct why){ 0 };
	work_stale(c->w);
	int e = work_ready(c);
	if (e == 0)
		e = group_begin(&c->w->group);
	if (e == 0 && rd->file.id == 0)
		e = add_file(rd);
	rd->file.state = FILE_FAILED;
	rd->file.why = why;
	if (e == 0)
		e = file_update(&c->x, &rd->file);
	e = group_end(&c->w->group, e, &c->x.why);
	return e < 0 ? e : r;
}

static int run_reading(struct reading *rd)
{
	rd->reached = (uint32_t)rd->file.rows_done;
	rd->head = arena_new(MIB(4), "header");
	rd->chunk = arena_new(MIB(48), "chunk");
	int r = work_ready(rd->c);
	begin_chunk(rd);
	if (r == 0)
		r = read_messages(rd);
	if (is_the_files_fault(r) && !rd->empty_again)
		r = note_failure(rd, r);
	arena_free(&rd->chunk);
	arena_free(&rd->head);
	return is_the_files_fault(r) ? 0 : r;
}

/* Reads a file to its end. What is wrong with it stands in file.why and state; a negative
 * answer means that the whole act must end. */
static int read_file(struct call *c, struct file_row *file)
{
	struct reading rd = { .c = c, .file = *file };
	int r = run_reading(&rd);
	*file = rd.file;
	return r;
}

/* Content without rows that is known under another name, of another day or type. */
static int read_empty_again(
	struct call *c, struct str name, struct file_row *file, bool *ret_arrived)
{
	struct reading rd = { .c = c, .file = *file, .empty_again = true };
	rd.file.name = name;
	rd.file.rows_done = 0;
	int r = run_reading(&rd);
	c->x.why = r < 0 ? c->x.why : (struct why){ 0 };
	file->type_name = rd.file.type_name;
	*ret_arrived = rd.arrived;
	return r;
}

/* ---- answers ---- */

static int answer(struct call *c, struct str name, const struct file_row *f,
	bool duplicate, int64_t began)
{
	AUTO_ARENA a = arena_new(KIB(64), "answer");
	struct buf b = buf_in(&a, KIB(16));
	struct writer w = wr_new(&b);
	int64_t once = duplicate ? 0 : 1; /* a duplicate found nothing */
	rec_text(&w, "file", name);
	rec_text(&w, "type", f->type_name);
	rec_int(&w, "rows", f->rows);
	rec_int(&w, "events", f->events);
	rec_int(&w, "quarantined", f->quarantined);
	rec_int(&w, "new_findings", once * f->new_findings);
	rec_int(&w, "seen_again", once * f->seen_again);
	rec_int(&w, "relapsed", once * f->relapsed);
	rec_int(&w, "unattributed", once * f->unattributed);
	rec_bool(&w, "duplicate_file", duplicate);
	rec_real(&w, "seconds", (double)(clock_ms() - began) / 1000);
	rec_text(&w, "error", f->state == FILE_FAILED ? f->why : (struct str){ NULL, 0 });
	return call_record(c, &w);
}

static int resume_all(struct call *c)
{
	for (;;) {
		struct file_row file;
		int64_t began = clock_ms();
		arena_reset(c->x.arena);
		int r = file_unread(&c->x, &file);
		if (r == E_NOT_FOUND)
			return 0;
		if (r == 0) {
			file.name = str_dup(&c->keep, file.name);
			file.feed = str_dup(&c->keep, file.feed);
			file.type_name = str_dup(&c->keep, file.type_name);
			r = read_file(c, &file);
		}
		if (r == 0 && c->act.id == ACT_FILE_IMPORT)
			r = answer(c, file.name, &file, false, began);
		if (r < 0)
			return r;
	}
}

int import_resume(struct call *c)
{
	int r = resume_all(c);
	/* Only an import's own files may join the group; another act has a transaction of
	 * its own. */
	return c->act.id == ACT_FILE_IMPORT ? r : group_end(&c->w->group, r, &c->x.why);
}

static struct str base_name(struct str path)
{
	size_t slash = str_rfind(path, '/');
	return slash < path.n ? str_from(path, slash + 1) : path;
}

/* The name in answers: the file's as given, and the member's when it is one of an
 * archive. */
static struct str shown_name(
	struct call *c, struct str given, const struct members *m, size_t i)
{
	struct str member = m->v[i].name, base = base_name(given);
	if (m->n == 1 && str_starts(base, member))
		return given;
	struct buf b = buf_in(&c->keep, 2 * LIMIT_NAME + 2);
	int r = buf_add(&b, given);
	if (r == 0)
		r = buf_addc(&b, '/');
	if (r == 0)
		r = buf_add(&b, member);
	return r == 0 ? buf_str(&b) : member;
}

static int import_member(
	struct call *c, struct str given, const struct members *m, size_t i)
{
	const struct member *member = &m->v[i];
	const struct act_value *feed = act_get(&c->act, 1);
	struct str shown = shown_name(c, given, m, i);
	struct file_row file;
	int64_t began = clock_ms();
	if (member->err < 0) {
		file = (struct file_row){
			.state = FILE_FAILED, .type_name = { NULL, 0 }, .why = member->why
		};
		return answer(c, shown, &file, false, began);
	}
	arena_reset(c->x.arena);
	int r = file_by_sha(&c->x, &member->sha, &file);
	file.type_name = r == 0 ? str_dup(&c->keep, file.type_name) : S("");
	bool known = r == 0 && file.state != FILE_FAILED && file.state != FILE_ASIDE;
	bool arrived = false;
	if (known && file.rows == 0)
		r = read_empty_again(c, base_name(member->name), &file, &arrived);
	if (known && r == 0)
		return answer(c, shown, &file, !arrived, began);
	if (r < 0 && r != E_NOT_FOUND)
		return r;
	if (r == E_NOT_FOUND)
		file = (struct file_row){ .sha = member->sha, .type_name = S("") };
	file.why = S(""); /* of a failure before: it would die with the chunk, too */
	file.name = base_name(member->name);
	file.feed = feed->has ? feed->text : S("shadowserver");
	file.bytes = member->bytes;
	file.state = FILE_READING;
	r = read_file(c, &file);
	return r < 0 ? r : answer(c, shown, &file, false, began);
}

int act_file_import(struct call *c)
{
	struct str given = act_get(&c->act, 0)->text;
	struct members *m = arena_alloc(&c->keep, sizeof(*m));
	int r = import_resume(c);
	if (r == 0)
		r = unpack(c, base_name(given), m);
	if (r < 0)
		return r;
	if (m->n == 0)
		return fail(&c->x.why, E_SYNTAX, "'%.*s' holds no file", STR(given));
	for (size_t i = 0; r == 0 && i < m->n; i++)
		r = import_member(c, given, m, i);
	return r;
}

int act_file_aside(struct call *c)
{
	return file_aside(&c->x, act_get(&c->act, 0)->n);
}

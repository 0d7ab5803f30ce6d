/* SPDX-License-Identifier: Apache-2.0
 * job.c - what work and parse say to each other: see job.h. Batches: job_batch.c.
 * Depends on: base, fmt/job_int. */
#include "base/utf8.h"
#include "fmt/job_int.h"

#define CATALOGUE_SHARE (LIMIT_FRAME / 2 - 64)

struct buf job_buf(struct arena *a)
{
	return buf_in(a, LIMIT_FRAME);
}

static bool is_clean(struct str s, bool lines)
{
	uint32_t c;
	while (s.n > 0) {
		int n = utf8_next(s, &c);
		bool line_end = lines && (c == '\n' || c == '\r');
		if (n == 0 || (c < 0x20 && c != '\t' && !line_end) || (c >= 0x7f && c < 0xa0))
			return false;
		s = str_from(s, (size_t)n);
	}
	return true;
}

static struct str rd_clean(struct reader *r, size_t max, bool lines)
{
	struct str s = rd_str(r);
	if (r->err == 0 && s.n > max)
		r->err = E_TOO_BIG;
	if (r->err == 0 && !is_clean(s, lines))
		r->err = E_SYNTAX;
	return s.p && r->err == 0 ? s : S("");
}

bool job_text_ok(struct str s)
{
	return is_clean(s, false);
}

struct str job_rd_text(struct reader *r, size_t max)
{
	return rd_clean(r, max, false);
}

uint32_t job_rd_below(struct reader *r, uint32_t n)
{
	uint32_t v = rd_u32(r);
	if (r->err == 0 && v >= n)
		r->err = E_SYNTAX;
	return r->err == 0 ? v : 0;
}

int job_unpack_write(struct buf *out, const struct job_unpack *j)
{
	struct writer w = wr_new(out);
	wr_str(&w, j->name);
	return w.err;
}

int job_unpack_read(struct str body, struct job_unpack *ret)
{
	struct reader r = rd_new(body);
	struct job_unpack j;
	j.name = job_rd_text(&r, LIMIT_NAME);
	if (rd_end(&r) < 0)
		return r.err;
	*ret = j;
	return 0;
}

int job_events_write(struct buf *out, const struct job_events *j)
{
	struct writer w = wr_new(out);
	wr_str(&w, j->name);
	wr_u32(&w, j->skip_rows);
	return w.err;
}

int job_events_read(struct str body, struct job_events *ret)
{
	struct reader r = rd_new(body);
	struct job_events j;
	j.name = job_rd_text(&r, LIMIT_NAME);
	j.skip_rows = job_rd_below(&r, LIMIT_ROWS + 1);
	if (rd_end(&r) < 0)
		return r.err;
	*ret = j;
	return 0;
}

int job_rows_write(struct buf *out, const struct job_rows *j)
{
	struct writer w = wr_new(out);
	wr_str(&w, j->name);
	wr_u32(&w, (uint32_t)j->n);
	for (size_t i = 0; i < j->n; i++)
		wr_u32(&w, j->rows[i]);
	return w.err;
}

int job_rows_read(struct arena *a, struct str body, struct job_rows *ret)
{
	struct reader r = rd_new(body);
	struct job_rows j;
	j.name = job_rd_text(&r, LIMIT_NAME);
	j.n = job_rd_below(&r, JOB_ROWS_MAX + 1);
	uint32_t *rows = arena_array(a, j.n, sizeof(*rows));
	for (size_t i = 0; i < j.n && r.err == 0; i++) {
		rows[i] = job_rd_below(&r, LIMIT_ROWS + 1);
		if (rows[i] == 0 || (i > 0 && rows[i] <= rows[i - 1]))
			r.err = r.err ? r.err : E_SYNTAX;
	}
	j.rows = rows;
	if (rd_end(&r) < 0)
		return r.err;
	*ret = j;
	return 0;
}

int job_register_write(struct buf *out, const struct job_register *j)
{
	struct writer w = wr_new(out);
	wr_str(&w, j->name);
	wr_str(&w, j->country);
	return w.err;
}

int job_register_read(struct str body, struct job_register *ret)
{
	struct reader r = rd_new(body);
	struct job_register j;
	j.name = job_rd_text(&r, LIMIT_NAME);
	j.country = job_rd_text(&r, 2);
	if (rd_end(&r) < 0)
		return r.err;
	*ret = j;
	return 0;
}

int job_catalogue_write(struct buf *out, const struct job_catalogue *j)
{
	struct writer w = wr_new(out);
	if (j->types.n > CATALOGUE_SHARE || j->columns.n > CATALOGUE_SHARE)
		return E_TOO_BIG;
	wr_str(&w, j->types);
	wr_str(&w, j->columns);
	return w.err;
}

int job_catalogue_read(struct str body, struct job_catalogue *ret)
{
	struct reader r = rd_new(body);
	struct job_catalogue j;
	j.types = rd_clean(&r, CATALOGUE_SHARE, true);
	j.columns = rd_clean(&r, CATALOGUE_SHARE, true);
	if (rd_end(&r) < 0)
		return r.err;
	*ret = j;
	return 0;
}

int job_member_write(struct buf *out, const struct unpack_member *m)
{
	struct writer w = wr_new(out);
	wr_str(&w, m->name);
	wr_str(&w, m->path);
	wr_u32(&w, (uint32_t)m->kind);
	return w.err;
}

int job_member_read(struct str body, struct unpack_member *ret)
{
	struct reader r = rd_new(body);
	struct unpack_member m;
	m.name = job_rd_text(&r, LIMIT_NAME);
	m.path = job_rd_text(&r, UNPACK_PATH_MAX);
	m.kind = (enum unpack_kind)job_rd_below(&r, UNPACK_KIND_N);
	if (rd_end(&r) < 0)
		return r.err;
	if (m.name.n == 0)
		return E_SYNTAX;
	*ret = m;
	return 0;
}

int job_end_write(struct buf *out, const struct job_end *e)
{
	struct writer w = wr_new(out);
	wr_u32(&w, (uint32_t)-e->err);
	wr_u32(&w, e->rows);
	wr_str(&w, e->why);
	return w.err;
}

int job_end_read(struct str body, struct job_end *ret)
{
	struct reader r = rd_new(body);
	struct job_end e;
	e.err = -(int)job_rd_below(&r, -E_END);
	e.rows = job_rd_below(&r, LIMIT_ROWS + 1);
	e.why = job_rd_text(&r, JOB_TEXT_MAX);
	if (rd_end(&r) < 0)
		return r.err;
	*ret = e;
	return 0;
}

int job_header_write(struct buf *out, const struct job_header *h)
{
	struct writer w = wr_new(out);
	wr_str(&w, h->type);
	wr_u32(&w, h->known);
	wr_u32(&w, h->has_day);
	wr_u32(&w, (uint32_t)h->day);
	wr_u32(&w, (uint32_t)h->n_columns);
	for (size_t i = 0; i < h->n_columns; i++) {
		wr_str(&w, h->columns[i].name);
		wr_str(&w, h->columns[i].field);
	}
	return w.err;
}

int job_header_read(struct arena *a, struct str body, struct job_header *ret)
{
	struct reader r = rd_new(body);
	struct job_header h;
	h.type = job_rd_text(&r, TYPE_NAME_MAX);
	h.known = job_rd_below(&r, 2);
	h.has_day = job_rd_below(&r, 2);
	h.day = (int32_t)job_rd_below(&r, (uint32_t)JOB_DAY_MAX + 1);
	h.n_columns = job_rd_below(&r, LIMIT_COLUMNS + 1);
	struct feed_column *columns = arena_array(a, h.n_columns, sizeof(*columns));
	for (size_t i = 0; i < h.n_columns && r.err == 0; i++) {
		columns[i].name = job_rd_text(&r, LIMIT_FIELD);
		columns[i].field = job_rd_text(&r, LIMIT_FIELD);
	}
	h.columns = columns;
	if (rd_end(&r) < 0)
		return r.err;
	*ret = h;
	return 0;
}

int job_quarantine_write(struct buf *out, const struct job_quarantine *q)
{
	struct writer w = wr_new(out);
	wr_u32(&w, q->row);
	wr_u32(&w, (uint32_t)q->reason);
	wr_str(&w, q->text);
	return w.err;
}

int job_quarantine_read(struct str body, struct job_quarantine *ret)
{
	struct reader r = rd_new(body);
	struct job_quarantine q;
	q.row = job_rd_below(&r, LIMIT_ROWS + 1);
	q.reason = (enum quarantine)job_rd_below(&r, QUARANTINE_N);
	q.text = job_rd_text(&r, LIMIT_QUARANTINE_TEXT);
	if (rd_end(&r) < 0)
		return r.err;
	if (q.row == 0 || q.reason == QUARANTINE_NONE)
		return E_SYNTAX;
	*ret = q;
	return 0;
}

int job_mark_write(struct buf *out, uint32_t rows)
{
	struct writer w = wr_new(out);
	wr_u32(&w, rows);
	return w.err;
}

int job_mark_read(struct str body, uint32_t *ret)
{
	struct reader r = rd_new(body);
	uint32_t rows = job_rd_below(&r, LIMIT_ROWS + 1);
	if (rd_end(&r) < 0)
		return r.err;
	*ret = rows;
	return 0;
}

int job_row_write(struct buf *out, const struct job_row *row)
{
	struct writer w = wr_new(out);
	wr_u32(&w, row->row);
	wr_u32(&w, (uint32_t)row->n);
	for (size_t i = 0; i < row->n; i++) {
		wr_str(&w, row->cells[i].column);
		wr_str(&w, row->cells[i].field);
		wr_str(&w, row->cells[i].value);
	}
	return w.err;
}

int job_row_read(struct arena *a, struct str body, struct job_row *ret)
{
	struct reader r = rd_new(body);
	struct job_row row;
	row.row = job_rd_below(&r, LIMIT_ROWS + 1);
	row.n = job_rd_below(&r, LIMIT_COLUMNS + 1);
	struct feed_cell *cells = arena_array(a, row.n, sizeof(*cells));
	for (size_t i = 0; i < row.n && r.err == 0; i++) {
		cells[i].column = job_rd_text(&r, LIMIT_FIELD);
		cells[i].field = job_rd_text(&r, LIMIT_FIELD);
		cells[i].value = job_rd_text(&r, LIMIT_FRAME);
	}
	row.cells = cells;
	if (rd_end(&r) < 0)
		return r.err;
	if (row.row == 0)
		return E_SYNTAX;
	*ret = row;
	return 0;
}

int job_problem_write(struct buf *out, const struct reg_problem *p)
{
	struct writer w = wr_new(out);
	wr_u32(&w, p->row);
	wr_u32(&w, (uint32_t)p->weight);
	wr_u32(&w, (uint32_t)p->fault);
	wr_str(&w, p->column);
	wr_str(&w, p->value);
	return w.err;
}

int job_problem_read(struct str body, struct reg_problem *ret)
{
	struct reader r = rd_new(body);
	struct reg_problem p;
	p.row = job_rd_below(&r, LIMIT_ROWS + 1);
	p.weight = (enum reg_weight)job_rd_below(&r, REG_WEIGHT_N);
	p.fault = (enum reg_fault)job_rd_below(&r, REG_FAULT_N);
	p.column = job_rd_text(&r, LIMIT_FIELD);
	p.value = job_rd_text(&r, LIMIT_FIELD);
	if (rd_end(&r) < 0)
		return r.err;
	*ret = p;
	return 0;
}

int job_note_write(struct buf *out, struct str text)
{
	struct writer w = wr_new(out);
	wr_str(&w, text);
	return w.err;
}

int job_note_read(struct str body, struct str *ret)
{
	struct reader r = rd_new(body);
	struct str text = job_rd_text(&r, JOB_TEXT_MAX);
	if (rd_end(&r) < 0)
		return r.err;
	*ret = text;
	return 0;
}

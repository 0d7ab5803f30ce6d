/* SPDX-License-Identifier: Apache-2.0
 * job.c - the messages between work and parse: see job.h. Depends on: base. */
#include "fmt/job.h"

#include "base/date.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "fmt/mime_out.h"

/* Text of at most max bytes; a longer one, or one with strange bytes in it, spoils the
 * message. */
static struct str text(struct reader *r, size_t max)
{
	struct str s = rd_str(r);
	if (r->err == 0 && s.n > max)
		r->err = E_TOO_BIG;
	if (r->err == 0 && !utf8_clean(s))
		r->err = E_SYNTAX;
	return s.p ? s : S("");
}

/* A row of a file; the first after the header is 1. least 0: the header or the file as
 * well. */
static uint32_t row_number(struct reader *r, uint32_t least)
{
	uint32_t row = rd_u32(r);
	if (r->err == 0 && (row < least || row > LIMIT_ROWS))
		r->err = E_SYNTAX;
	return row;
}

int job_member_read(struct str body, struct str *ret)
{
	if (body.n > LIMIT_NAME)
		return E_TOO_BIG;
	if (body.n == 0 || !utf8_clean(body))
		return E_SYNTAX;
	*ret = body;
	return 0;
}

void job_start_write(struct writer *w, const struct job_start *s)
{
	wr_str(w, s->name);
	wr_u32(w, s->skip);
	wr_str(w, s->country);
}

int job_start_read(struct str body, struct job_start *ret)
{
	struct reader r = rd_new(body);
	struct job_start s;
	s.name = text(&r, LIMIT_NAME);
	s.skip = row_number(&r, 0);
	s.country = text(&r, 2);
	if (rd_end(&r) < 0)
		return r.err;
	*ret = s;
	return 0;
}

void job_rows_write(struct writer *w, const struct job_rows *s)
{
	wr_str(w, s->name);
	wr_u32(w, s->n);
	for (uint32_t i = 0; i < s->n; i++)
		wr_u32(w, s->rows[i]);
}

int job_rows_read(struct str body, struct arena *a, struct job_rows *ret)
{
	struct reader r = rd_new(body);
	struct job_rows s;
	s.name = text(&r, LIMIT_NAME);
	s.n = rd_u32(&r);
	if (s.n > JOB_ROWS_MAX)
		return E_TOO_BIG;
	s.rows = arena_array(a, s.n + 1, sizeof(*s.rows));
	for (uint32_t i = 0; i < s.n && r.err == 0; i++) {
		s.rows[i] = row_number(&r, 1);
		if (i > 0 && s.rows[i] <= s.rows[i - 1])
			return E_SYNTAX;
	}
	if (rd_end(&r) < 0)
		return r.err;
	*ret = s;
	return 0;
}

void job_end_write(struct writer *w, const struct job_end *e)
{
	wr_u32(w, (uint32_t)-e->err);
	wr_u32(w, e->rows);
	wr_str(w, e->why);
}

int job_end_read(struct str body, struct job_end *ret)
{
	struct reader r = rd_new(body);
	struct job_end e;
	uint32_t err = rd_u32(&r);
	e.rows = row_number(&r, 0);
	e.why = text(&r, 1000);
	if (rd_end(&r) < 0)
		return r.err;
	if (err >= (uint32_t)-E_END)
		return E_SYNTAX;
	e.err = -(int)err;
	*ret = e;
	return 0;
}

void job_header_write(struct writer *w, const struct job_header *h)
{
	wr_str(w, h->type);
	wr_u8(w, h->known);
	wr_u8(w, h->quiet);
	wr_u8(w, h->day.has);
	wr_i64(w, h->day.v);
	wr_u32(w, h->n_columns);
	for (uint32_t i = 0; i < h->n_columns; i++) {
		wr_str(w, h->columns[i].name);
		wr_str(w, h->columns[i].field);
	}
}

int job_header_read(struct str body, struct arena *a, struct job_header *ret)
{
	struct reader r = rd_new(body);
	struct job_header h = { 0 };
	h.type = text(&r, LIMIT_KEY_FIELD);
	uint8_t known = rd_u8(&r);
	h.quiet = rd_u8(&r);
	uint8_t has_day = rd_u8(&r);
	h.day.v = rd_i64(&r);
	h.n_columns = rd_u32(&r);
	if (r.err < 0)
		return r.err;
	if (known > 1 || has_day > 1 || h.quiet == 0 || h.type.n == 0 || h.day.v < 0 ||
		h.day.v > INT32_MAX || h.n_columns > LIMIT_COLUMNS)
		return E_SYNTAX;
	h.known = known > 0;
	h.day.has = has_day > 0;
	h.columns = arena_array(a, h.n_columns + 1, sizeof(*h.columns));
	for (uint32_t i = 0; i < h.n_columns && r.err == 0; i++) {
		h.columns[i].name = text(&r, LIMIT_FIELD);
		h.columns[i].field = text(&r, LIMIT_KEY_FIELD);
	}
	if (rd_end(&r) < 0)
		return r.err;
	*ret = h;
	return 0;
}

void job_refused_write(struct writer *w, const struct job_refused *q)
{
	wr_u32(w, q->row);
	wr_u8(w, q->reason);
	wr_str(w, q->why);
	wr_str(w, q->text);
}

int job_refused_read(struct str body, struct job_refused *ret)
{
	struct reader r = rd_new(body);
	struct job_refused q;
	q.row = row_number(&r, 1);
	q.reason = rd_u8(&r);
	q.why = text(&r, 1000);
	q.text = text(&r, 4 * LIMIT_QUARANTINE_TEXT);
	if (rd_end(&r) < 0)
		return r.err;
	*ret = q;
	return 0;
}

void job_row_write(struct writer *w, const struct job_row *row)
{
	wr_u32(w, row->row);
	wr_u32(w, row->n);
	for (uint32_t i = 0; i < row->n; i++) {
		wr_str(w, row->fields[i].column);
		wr_str(w, row->fields[i].field);
		wr_str(w, row->fields[i].value);
	}
}

int job_row_read(struct str body, struct arena *a, struct job_row *ret)
{
	struct reader r = rd_new(body);
	struct job_row row;
	row.row = row_number(&r, 1);
	row.n = rd_u32(&r);
	if (row.n > LIMIT_COLUMNS)
		return E_TOO_BIG;
	row.fields = arena_array(a, row.n + 1, sizeof(*row.fields));
	for (uint32_t i = 0; i < row.n && r.err == 0; i++) {
		row.fields[i].column = text(&r, LIMIT_FIELD);
		row.fields[i].field = text(&r, LIMIT_KEY_FIELD);
		row.fields[i].value = text(&r, LIMIT_RECORD);
	}
	if (rd_end(&r) < 0)
		return r.err;
	*ret = row;
	return 0;
}

void reg_row_write(struct writer *w, const struct reg_row *row)
{
	wr_u8(w, (uint8_t)row->what);
	wr_u32(w, row->row);
	wr_u8(w, row->has_net);
	wr_raw(w, row->net.ip.b, sizeof(row->net.ip.b));
	wr_u8(w, row->net.len);
	wr_u32(w, row->asn);
	wr_u32(w, row->inside_asn);
	wr_str(w, row->organisation);
	wr_str(w, row->name);
	wr_str(w, row->sector);
	wr_str(w, row->kind);
	wr_str(w, row->role);
	wr_str(w, row->language);
	wr_str(w, row->email);
	wr_str(w, row->phone);
	wr_str(w, row->pgp);
	wr_str(w, row->domain);
	wr_str(w, row->cc);
}

static bool all_of(struct str s, const char *chars)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr(chars, s.p[i]) == NULL)
			return false;
	return true;
}

/* The values that later code relies on, as fmt/register writes them. */
static bool reg_row_sane(const struct reg_row *row)
{
	bool named = row->what <= REG_DOMAIN;
	bool must_place = row->what == REG_HOLDER || row->what == REG_PREFIX;
	bool whole_key = row->pgp.n == 0 || row->pgp.n == 40 || row->pgp.n == 64;
	if ((named && row->organisation.n == 0) || (must_place && !row->has_net))
		return false;
	if (!whole_key || !all_of(row->pgp, "0123456789ABCDEF"))
		return false;
	if (row->cc.n == 1 || !all_of(row->cc, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
		return false;
	if (row->email.n && !mime_address_ok(row->email))
		return false;
	return row->what == REG_DOMAIN ? domain_is_plain(row->domain)
				       : row->domain.n == 0;
}

int reg_row_read(struct reader *r, struct reg_row *ret)
{
	struct reg_row row = { 0 };
	uint8_t what = rd_u8(r);
	row.row = row_number(r, 1);
	uint8_t has_net = rd_u8(r);
	struct net net = { .len = 0 };
	rd_raw(r, net.ip.b, sizeof(net.ip.b));
	net.len = rd_u8(r);
	row.asn = rd_u32(r);
	row.inside_asn = rd_u32(r);
	row.organisation = text(r, LIMIT_KEY_FIELD);
	row.name = text(r, LIMIT_KEY_FIELD);
	row.sector = text(r, LIMIT_KEY_FIELD);
	row.kind = text(r, LIMIT_KEY_FIELD);
	row.role = text(r, LIMIT_KEY_FIELD);
	row.language = text(r, LIMIT_KEY_FIELD);
	row.email = text(r, LIMIT_KEY_FIELD);
	row.phone = text(r, LIMIT_KEY_FIELD);
	row.pgp = text(r, LIMIT_KEY_FIELD);
	row.domain = text(r, LIMIT_KEY_FIELD);
	row.cc = text(r, 2);
	if (r->err < 0)
		return r->err;
	if (what >= REG_KIND_N || has_net > 1 || net.len > 128)
		return r->err = E_SYNTAX;
	row.what = (enum reg_kind)what;
	row.has_net = has_net > 0;
	row.net = net_of(&net.ip, net.len);
	if (!reg_row_sane(&row))
		return r->err = E_SYNTAX;
	*ret = row;
	return 0;
}

void job_problem_write(struct writer *w, const struct job_problem *p)
{
	wr_u32(w, p->row);
	wr_u8(w, p->weight);
	wr_str(w, p->column);
	wr_str(w, p->value);
	wr_str(w, p->why);
	wr_str(w, p->todo);
}

int job_problem_read(struct str body, struct job_problem *ret)
{
	struct reader r = rd_new(body);
	struct job_problem p;
	p.row = row_number(&r, 0);
	p.weight = rd_u8(&r);
	p.column = text(&r, LIMIT_FIELD);
	p.value = text(&r, LIMIT_FIELD);
	p.why = text(&r, 1000);
	p.todo = text(&r, 1000);
	if (rd_end(&r) < 0)
		return r.err;
	*ret = p;
	return 0;
}

void job_about_write(struct writer *w, const struct job_about *about)
{
	wr_i64(w, about->created);
	wr_str(w, about->vendor);
	wr_str(w, about->licence);
	wr_u32(w, about->entries);
	wr_u32(w, about->prefixes);
	wr_u32(w, about->networks);
	wr_u32(w, about->asns);
}

int job_about_read(struct str body, struct job_about *ret)
{
	struct reader r = rd_new(body);
	struct job_about about;
	about.created = rd_i64(&r);
	about.vendor = text(&r, LIMIT_KEY_FIELD);
	about.licence = text(&r, LIMIT_KEY_FIELD);
	about.entries = rd_u32(&r);
	about.prefixes = rd_u32(&r);
	about.networks = rd_u32(&r);
	about.asns = rd_u32(&r);
	int e = rd_end(&r);
	if (e < 0)
		return e;
	if (about.created < 0 || about.created >= day_start(day_make(9999, 12, 31)))
		return E_SYNTAX;
	*ret = about;
	return 0;
}

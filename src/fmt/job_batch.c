/* SPDX-License-Identifier: Apache-2.0
 * job_batch.c - many events or register rows in one message: see job.h.
 * Depends on: base, fmt/job_int, fmt/mime_out (what a mail address is). */
#include "fmt/job_int.h"
#include "fmt/mime_out.h"

int job_batch_begin(struct job_batch *b, struct buf *out)
{
	struct writer w = wr_new(out);
	buf_clear(out);
	*b = (struct job_batch){ out, 0 };
	wr_u32(&w, 0);
	return w.err;
}

/* An item that does not fit is not left in the buffer by half. */
static int added(struct job_batch *b, const struct writer *w, size_t before)
{
	if (w->err < 0) {
		b->out->n = before;
		return w->err;
	}
	b->n++;
	return 0;
}

int job_batch_event(struct job_batch *b, const struct event *e)
{
	struct writer w = wr_new(b->out);
	size_t before = b->out->n;
	event_write(&w, e);
	return added(b, &w, before);
}

int job_batch_reg(struct job_batch *b, const struct reg_row *row)
{
	struct writer w = wr_new(b->out);
	size_t before = b->out->n;
	wr_u32(&w, (uint32_t)row->what);
	wr_u32(&w, row->row);
	wr_u32(&w, row->has_net);
	wr_raw(&w, row->net.ip.b, sizeof(row->net.ip.b));
	wr_u32(&w, row->net.len);
	wr_u32(&w, row->asn);
	wr_u32(&w, row->inside_asn);
	wr_str(&w, row->organisation);
	wr_str(&w, row->name);
	wr_str(&w, row->sector);
	wr_str(&w, row->kind);
	wr_str(&w, row->role);
	wr_str(&w, row->language);
	wr_str(&w, row->email);
	wr_str(&w, row->phone);
	wr_str(&w, row->pgp);
	wr_str(&w, row->domain);
	wr_str(&w, row->cc);
	return added(b, &w, before);
}

void job_batch_end(struct job_batch *b)
{
	memcpy(b->out->p, &b->n, sizeof(b->n));
}

int job_items_begin(struct str body, struct job_items *ret)
{
	struct job_items it = { .r = rd_new(body) };
	it.left = rd_u32(&it.r);
	if (it.r.err < 0)
		return it.r.err;
	*ret = it;
	return 0;
}

/* True when there is one more; else *ret_end is 0 or why the message is not whole. */
static bool another(struct job_items *it, int *ret_end)
{
	if (it->r.err == 0 && it->left > 0) {
		it->left--;
		return true;
	}
	*ret_end = rd_end(&it->r);
	return false;
}

static bool net_is_whole(const struct net *n)
{
	struct net same = net_of(&n->ip, n->len);
	return ip_cmp(&same.ip, &n->ip) == 0;
}

int job_items_event(struct job_items *it, struct event *ret)
{
	struct event e;
	int r;
	if (!another(it, &r))
		return r;
	r = event_read(&it->r, &e);
	if (r < 0)
		return r;
	const struct str texts[] = { e.cc, e.name, e.type, e.identifier, e.family, e.hostname,
		e.transport };
	for (size_t i = 0; i < N(texts); i++)
		if (!job_text_ok(texts[i]))
			return it->r.err = E_SYNTAX;
	const unsigned flags = EVENT_HAS_NET | EVENT_BY_NAME | EVENT_PORT_IN_KEY | EVENT_IS_ACT;
	if ((e.flags & ~flags) || e.time > JOB_TIME_MAX || e.row > LIMIT_ROWS || !net_is_whole(&e.net))
		return it->r.err = E_SYNTAX;
	*ret = e;
	return 1;
}

static bool all_of(struct str s, const char *chars)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\0' || strchr(chars, s.p[i]) == NULL)
			return false;
	return true;
}

static bool row_is_sane(const struct reg_row *row)
{
	static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	bool fingerprint = row->pgp.n == 0 || row->pgp.n == 40 || row->pgp.n == 64;
	if (row->row == 0 || !fingerprint || !all_of(row->pgp, "0123456789ABCDEF"))
		return false;
	if ((row->cc.n != 0 && row->cc.n != 2) || !all_of(row->cc, upper))
		return false;
	if (row->email.n && !mime_address_ok(row->email))
		return false;
	if (row->what == REG_DOMAIN ? !domain_is_plain(row->domain) : row->domain.n > 0)
		return false;
	return !row->has_net || net_is_whole(&row->net);
}

int job_items_reg(struct job_items *it, struct reg_row *ret)
{
	struct reg_row row = { 0 };
	struct reader *r = &it->r;
	int end;
	if (!another(it, &end))
		return end;
	row.what = (enum reg_kind)job_rd_below(r, REG_KIND_N);
	row.row = job_rd_below(r, LIMIT_ROWS + 1);
	row.has_net = job_rd_below(r, 2);
	rd_raw(r, row.net.ip.b, sizeof(row.net.ip.b));
	row.net.len = (uint8_t)job_rd_below(r, 129);
	row.asn = rd_u32(r);
	row.inside_asn = rd_u32(r);
	row.organisation = job_rd_text(r, LIMIT_KEY_FIELD);
	row.name = job_rd_text(r, LIMIT_KEY_FIELD);
	row.sector = job_rd_text(r, LIMIT_KEY_FIELD);
	row.kind = job_rd_text(r, LIMIT_KEY_FIELD);
	row.role = job_rd_text(r, LIMIT_KEY_FIELD);
	row.language = job_rd_text(r, 8);
	row.email = job_rd_text(r, LIMIT_KEY_FIELD);
	row.phone = job_rd_text(r, LIMIT_KEY_FIELD);
	row.pgp = job_rd_text(r, 64);
	row.domain = job_rd_text(r, DOMAIN_MAX);
	row.cc = job_rd_text(r, 2);
	if (r->err == 0 && !row_is_sane(&row))
		r->err = E_SYNTAX;
	if (r->err < 0)
		return r->err;
	*ret = row;
	return 1;
}

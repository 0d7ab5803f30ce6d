/* SPDX-License-Identifier: Apache-2.0
 * mail_act.c - a mail that came in: kept, read by parse, given to what it is about.
 * See work.h. Depends on: base, sys, fmt, core. */
#include "work/work.h"

#include "base/fd.h"
#include "core/audit.h"
#include "core/outbox.h"
#include "fmt/mail_facts.h"
#include "work/original.h"

#include <errno.h>
#include <unistd.h>

#define READ_MAX KIB(256)

/* The bytes as they came, durable before anybody looks at them. */
static int keep(struct call *c, struct sha256 *ret_sha, int64_t *ret_bytes)
{
	AUTO_ORIGINAL o = NULL;
	char *piece = arena_alloc(&c->keep, READ_MAX);
	int64_t at = 0;
	int r = original_begin(c->w->datadir, LIMIT_MAIL_KEPT, &c->x.why, &o);
	while (r == 0) {
		ssize_t n = pread(c->fd, piece, READ_MAX, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			r = fail(&c->x.why, E_SYS, "cannot read the mail");
		if (n <= 0)
			break;
		at += n;
		if (at > (int64_t)LIMIT_MAIL_KEPT)
			r = fail(&c->x.why, E_TOO_BIG, "the mail is over %zu MiB",
				LIMIT_MAIL_KEPT >> 20);
		else
			r = original_add(o, (struct str){ piece, (size_t)n }, &c->x.why);
	}
	if (r == 0 && at == 0)
		r = fail(&c->x.why, E_USAGE, "the mail is empty");
	return r < 0 ? r : original_end(o, &c->x.why, ret_sha, ret_bytes);
}

struct asking {
	struct arena *keep;
	struct mail_facts *facts;
	bool has;
};

static int take_facts(void *ctx, uint16_t type, struct str body)
{
	struct asking *q = ctx;
	if (type != JOB_MAIL_FACTS || q->has)
		return E_SYNTAX;
	q->has = true;
	return mail_facts_read(str_dup(q->keep, body), q->keep, q->facts);
}

/* What parse says of it. A parser that gives up is a fact about the mail too. */
static int ask_parse(struct call *c, struct mail_facts *ret)
{
	struct asking q = { &c->keep, ret, false };
	const struct call_job job = { .type = JOB_MAIL,
		.start = { .name = act_get(&c->act, 0)->text, .country = S("") },
		.fd = c->fd,
		.take = take_facts,
		.ctx = &q };
	struct job_end end;
	int r = call_job(c, &job, &end);
	return r < 0 || q.has ? r : call_job_no_sense(c);
}

static enum report_kind kind_of(
	const struct mail_facts *m, const struct mail_recipient *r)
{
	if (m->kind == MAIL_OTHER || m->kind == MAIL_AUTO)
		return REPORT_OTHER;
	switch (r->action) {
	case ACTION_DELIVERED:
		return REPORT_DELIVERED;
	case ACTION_RELAYED:
	case ACTION_EXPANDED:
		return REPORT_RELAYED;
	case ACTION_DELAYED:
		return REPORT_DELAYED;
	case ACTION_FAILED:
		return REPORT_FAILED;
	case ACTION_NONE:
	case ACTION_N:
		break;
	}
	return REPORT_OTHER;
}

/* Our mails go to one address each, so a report has one recipient; of more, the worst
 * counts. */
static const struct mail_recipient *worst(const struct mail_facts *m)
{
	static const struct mail_recipient none = { .action = ACTION_NONE,
		.status = { "", 0 },
		.address = { "", 0 },
		.text = { "", 0 } };
	const struct mail_recipient *w = &none;
	for (uint32_t i = 0; i < m->n; i++)
		if (w == &none || m->v[i].action > w->action)
			w = &m->v[i];
	return w;
}

static int give(struct call *c, const struct mail_facts *m, struct mail_in_row *row)
{
	const struct mail_recipient *one = worst(m);
	struct outbox_report rep = { .kind = kind_of(m, one),
		.message_id = m->about.n ? m->about : m->envid,
		.status = one->status,
		.text = one->text.n ? one->text : m->subject,
		.mail = row->id };
	int64_t notice;
	int r = E_NOT_FOUND;
	if (rep.message_id.n)
		r = outbox_report(&c->x, &rep, &notice);
	if (r == E_NOT_FOUND && m->envid.n && m->about.n) {
		rep.message_id = m->envid;
		r = outbox_report(&c->x, &rep, &notice);
	}
	row->state = 1;
	row->kind = str_c(mail_kind_text(m->kind));
	if (r == 0)
		row->notice = SOME(notice);
	if (r == 0 && m->kind != MAIL_OTHER && m->kind != MAIL_AUTO)
		row->kind = str_c(mail_action_text(one->action));
	return r == E_NOT_FOUND ? 0 : r;
}

static int finish(
	struct call *c, const struct mail_facts *m, int failed, struct mail_in_row *row)
{
	struct tx t;
	struct str why = str_dup(&c->keep, str_c(c->x.why.text));
	c->x.why = (struct why){ 0 };
	db_set_why(c->w->db, &c->x.why);
	int r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	if (failed < 0) {
		row->state = 2;
		row->kind = S("unreadable");
		row->why = why;
	} else {
		r = give(c, m, row);
	}
	if (r == 0)
		r = mail_in_done(&c->x, row);
	if (r == 0)
		r = audit_add(
			&c->x, S("mail.receive"), act_get(&c->act, 0)->text, row->kind);
	return tx_end(&t, r);
}

static int take_row(struct call *c, const struct sha256 *sha, int64_t bytes,
	struct mail_in_row *row, bool *ret_new)
{
	struct tx t;
	int r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r == 0)
		r = tx_end(&t,
			mail_in_take(&c->x, sha, act_get(&c->act, 0)->text, bytes, row,
				ret_new));
	if (r == 0) {
		row->kind = str_dup(&c->keep, row->kind);
		row->why = str_dup(&c->keep, row->why);
	}
	return r;
}

int act_mail_receive(struct call *c)
{
	struct sha256 sha;
	int64_t bytes;
	struct mail_in_row row;
	struct mail_facts facts = { 0 };
	bool is_new;
	int r = keep(c, &sha, &bytes);
	if (r == 0)
		r = take_row(c, &sha, bytes, &row, &is_new);
	if (r < 0)
		return r;
	bool read = row.state != 0;
	if (!read) {
		int asked = bytes > (int64_t)LIMIT_MAIL
			? fail(&c->x.why, E_TOO_BIG, "it is kept, but too big to be read")
			: ask_parse(c, &facts);
		r = finish(c, &facts, asked, &row);
	}
	if (r < 0)
		return r;
	char hex[SHA256_HEX + 1];
	struct buf b = buf_in(&c->keep, KIB(8));
	struct writer w = wr_new(&b);
	rec_text(&w, "name", act_get(&c->act, 0)->text);
	rec_text(&w, "sha256", str_c(sha256_text(&sha, hex)));
	rec_bool(&w, "known_before", read);
	rec_text(&w, "kind", row.kind);
	rec_opt(&w, "notice", row.notice);
	rec_text(&w, "error", row.state == 2 ? row.why : (struct str){ NULL, 0 });
	return call_record(c, &w);
}

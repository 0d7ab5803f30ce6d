/* SPDX-License-Identifier: Apache-2.0
 * net_job.c - the messages between work and net: see net_job.h. Depends on: base. */
#include "fmt/net_job.h"

#include "base/utf8.h"
#include "fmt/mime_out.h"
#include "fmt/smtp.h"

static struct str text(struct reader *r, size_t max)
{
	struct str s = rd_str(r);
	if (r->err == 0 && s.n > max)
		r->err = E_TOO_BIG;
	if (r->err == 0 && !utf8_clean(s))
		r->err = E_SYNTAX;
	return s.p ? s : S("");
}

void net_send_write(struct writer *w, const struct net_send *s)
{
	wr_str(w, s->relay);
	wr_str(w, s->user);
	wr_str(w, s->password);
	wr_str(w, s->ca);
	wr_str(w, s->from);
	wr_str(w, s->to);
	wr_str(w, s->envid);
	wr_u32(w, s->timeout_s);
	wr_u32(w, s->bytes);
}

int net_send_read(struct str body, struct net_send *ret)
{
	struct reader r = rd_new(body);
	struct net_send s;
	struct smtp_relay relay;
	s.relay = text(&r, 300);
	s.user = text(&r, 200);
	s.password = text(&r, 1000);
	s.ca = rd_str(&r);
	s.from = text(&r, 254);
	s.to = text(&r, 254);
	s.envid = text(&r, 300);
	s.timeout_s = rd_u32(&r);
	s.bytes = rd_u32(&r);
	if (rd_end(&r) < 0)
		return r.err;
	if (s.ca.p == NULL)
		s.ca = S("");
	if (s.ca.n > NET_CA_MAX || s.bytes > NET_MAIL_MAX)
		return E_TOO_BIG;
	if (smtp_relay_read(s.relay, &relay) < 0 || s.bytes == 0 || s.timeout_s == 0 ||
		s.timeout_s > 3600)
		return E_SYNTAX;
	if (!mime_address_ok(s.from) || !mime_address_ok(s.to))
		return E_SYNTAX;
	*ret = s;
	return 0;
}

void net_done_write(struct writer *w, const struct net_done *d)
{
	wr_u8(w, (uint8_t)d->outcome);
	wr_str(w, d->reply);
}

int net_done_read(struct str body, struct net_done *ret)
{
	struct reader r = rd_new(body);
	struct net_done d;
	uint8_t outcome = rd_u8(&r);
	d.reply = text(&r, NET_REPLY_MAX);
	if (rd_end(&r) < 0)
		return r.err;
	if (outcome >= NET_OUTCOMES)
		return E_SYNTAX;
	d.outcome = (enum net_outcome)outcome;
	*ret = d;
	return 0;
}

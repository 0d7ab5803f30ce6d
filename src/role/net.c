/* SPDX-License-Identifier: Apache-2.0
 * net.c - net: what leaves the house. Depends on: base, sys, fmt, exchange.
 *
 * It has no database, no files and no keys; work gives it one mail at a time, with the
 * envelope, and hears what became of it. It ends with its channel to work. */
#include "role/role.h"

#include "base/auto.h"
#include "base/wire.h"
#include "exchange/smtp_out.h"

/* The mail that comes after its envelope. */
static int hear_mail(struct role *me, uint32_t bytes, struct str *ret)
{
	char *p = arena_alloc(&me->job, bytes);
	size_t n = 0;
	while (n < bytes) {
		struct frame f;
		int r = chan_recv(me->peer, &me->why, &f);
		if (r < 0)
			return r;
		fd_close(&f.fd);
		if (f.type != NET_BYTES || f.body.n == 0 || f.body.n > bytes - n)
			return fail(&me->why, E_SYNTAX, "work sent a broken mail");
		memcpy(p + n, f.body.p, f.body.n);
		n += f.body.n;
	}
	*ret = (struct str){ p, n };
	return 0;
}

static int on_send(struct role *me, struct smtp_out *out, const struct frame *f)
{
	struct net_send job;
	struct net_done done;
	struct str mail;
	/* The frame's body dies with the next one. */
	struct str body = str_dup(&me->job, f->body);
	if (f->type != NET_SEND || net_send_read(body, &job) < 0)
		return fail(&me->why, E_SYNTAX, "work sent message type %u", f->type);
	int r = hear_mail(me, job.bytes, &mail);
	if (r < 0)
		return r;
	smtp_out_send(out, &me->job, &job, mail, &done);
	struct buf b = buf_in(&me->job, KIB(2));
	struct writer w = wr_new(&b);
	net_done_write(&w, &done);
	return w.err < 0 ? w.err
			 : chan_send(me->peer, NET_DONE, buf_str(&b), -1, &me->why);
}

int role_net(struct role *me)
{
	struct smtp_out *out = NULL;
	int r = smtp_out_new(&me->why, &out); /* our own files, before the door closes */
	if (r == 0 && me->one_process)
		me->state = sandbox_none();
	else if (r == 0)
		r = sandbox_enter(sandbox_plan("net"), -1, &me->why, &me->state);
	if (r == 0)
		r = role_tell_ready(me);
	while (r == 0) {
		struct frame f;
		r = chan_recv(me->peer, &me->why, &f);
		if (r < 0)
			break;
		fd_close(&f.fd);
		arena_reset(&me->job);
		r = on_send(me, out, &f);
	}
	smtp_out_free(&out);
	return r == E_PEER ? 0 : r; /* work is gone, or needs us no more */
}

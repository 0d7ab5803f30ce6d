/* SPDX-License-Identifier: Apache-2.0
 * ask.c - acts, sent to work: see ask.h. Depends on: base, sys, core. */
#include "web/ask.h"

#include "base/auto.h"
#include "sys/frames.h"
#include "web/visit.h"

#include <assert.h>
#include <pthread.h>

#define PASSWORDS_MOST	2 /* checked or waiting at once: each takes 64 MiB and 140 ms */
#define PASSWORDS_BURST 20
#define PASSWORD_MS	500 /* then one in so many, from all of the world together */

struct web_asks {
	pthread_mutex_t talk; /* one act at a time: its answer follows it */
	struct chan *work;
	pthread_mutex_t lock;
	int passwords;
	int64_t tokens_ms; /* time that passwords may still take */
	int64_t last_ms;
};

struct web_asks *asks_new(struct arena *a, struct chan *work)
{
	struct web_asks *s = arena_alloc(a, sizeof(*s));
	(void)pthread_mutex_init(&s->talk, NULL);
	(void)pthread_mutex_init(&s->lock, NULL);
	s->work = work;
	s->tokens_ms = (int64_t)PASSWORDS_BURST * PASSWORD_MS;
	s->last_ms = clock_ms();
	return s;
}

/* A flood at the door must not eat the machine: it is turned away here. */
static bool password_begin(struct web_asks *s)
{
	int64_t now = clock_ms();
	(void)pthread_mutex_lock(&s->lock);
	s->tokens_ms += now - s->last_ms;
	s->last_ms = now;
	if (s->tokens_ms > (int64_t)PASSWORDS_BURST * PASSWORD_MS)
		s->tokens_ms = (int64_t)PASSWORDS_BURST * PASSWORD_MS;
	bool may = s->passwords < PASSWORDS_MOST && s->tokens_ms >= PASSWORD_MS;
	if (may) {
		s->passwords++;
		s->tokens_ms -= PASSWORD_MS;
	}
	(void)pthread_mutex_unlock(&s->lock);
	return may;
}

static void password_end(struct web_asks *s)
{
	(void)pthread_mutex_lock(&s->lock);
	s->passwords--;
	(void)pthread_mutex_unlock(&s->lock);
}

void ask_begin(struct visit *v, struct ask *a, enum act_id id)
{
	assert((int)id == v->route->act || id == ACT_SESSION_TOUCH);
	a->id = id;
	a->body = buf_in(v->req->arena, KIB(64));
	a->w = wr_new(&a->body);
	a->fd = -1;
	act_begin(&a->w, id);
}

static int hear(struct web_asks *s, struct why *why, ask_record_fn *fn, void *ctx)
{
	int result = 0;
	for (;;) {
		struct frame f;
		int r = chan_recv(s->work, why, &f);
		if (r < 0)
			return r;
		fd_close(&f.fd);
		if (f.type == FRAME_ERROR)
			return frame_read_error(&f, why);
		if (f.type == FRAME_ACT_DONE)
			return result;
		if (f.type == FRAME_ACT_RECORD && fn && result == 0)
			result = fn(ctx, f.body);
	}
}

static int talk(struct visit *v, struct ask *a, ask_record_fn *fn, void *ctx)
{
	struct web_asks *s = v->web->asks;
	struct buf b = buf_in(v->req->arena, KIB(80));
	struct writer w = wr_new(&b);
	wr_str(&w, v->linked ? S("link") : v->signed_in ? S("session") : S("none"));
	wr_str(&w, v->linked ? v->word : v->signed_in ? v->token : S(""));
	wr_str(&w, buf_str(&a->body));
	if (a->w.err < 0 || w.err < 0)
		return fail(&v->x.why, E_TOO_BIG, "what was given is too long");
	(void)pthread_mutex_lock(&s->talk);
	int r = chan_send(s->work, FRAME_ACT_FOR, buf_str(&b), a->fd, &v->x.why);
	if (r == 0)
		r = hear(s, &v->x.why, fn, ctx);
	(void)pthread_mutex_unlock(&s->talk);
	return r;
}

int ask_send(struct visit *v, struct ask *a, ask_record_fn *fn, void *ctx)
{
	bool password = a->id == ACT_SESSION_BEGIN || a->id == ACT_ENROL_FINISH ||
		a->id == ACT_PERSON_PASSWORD;
	if (password && !password_begin(v->web->asks))
		return fail(&v->x.why, E_BUSY, "too many passwords to check");
	int r = talk(v, a, fn, ctx);
	if (password)
		password_end(v->web->asks);
	return r;
}

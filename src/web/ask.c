/* SPDX-License-Identifier: Apache-2.0
 * ask.c - acts, sent to work: see ask.h. Depends on: base, sys, core. */
#include "web/ask.h"

#include "sys/frames.h"
#include "web/job.h"
#include "web/visit.h"

#include <assert.h>
#include <pthread.h>

#define PASSWORDS_MOST	2 /* checked or waiting at once in a line: each takes 140 ms */
#define PASSWORDS_BURST 20
#define PASSWORD_MS	500 /* then one in so many, in each of the two lines */

/* Who sends a form need not wait for a long import: after this it is in the line, and he
 * is shown that. */
#define LATER_MS 2000
/* What cannot be shown later waits so long, and is then not done at all. */
#define PATIENCE_MS 20000
#define LOOK_MS	    8000  /* a page that only looks */
#define ONCE_MS	    60000 /* once it has begun */
#define CROWD_MS    500	  /* both, for strangers when enough of them wait already */
/* A link's opening is written down before its page leaves when work has time, so that a
 * service which ends right then knows of it; longer nobody waits. */
#define NOTE_MS 200

/* Passwords of one line. */
struct turns {
	int now, most;
	int64_t left_ms; /* time that they may still take */
	int64_t last_ms;
};
struct web_asks {
	struct jobs *jobs;
	pthread_mutex_t lock;
	struct turns strangers, known;
	int64_t guests, guests_most; /* who wait without being signed in */
};

static struct turns turns_new(int most)
{
	return (struct turns){ .most = most,
		.left_ms = (int64_t)PASSWORDS_BURST * PASSWORD_MS,
		.last_ms = clock_ms() };
}

int asks_new(struct arena *a, const struct web_options *o, struct why *why,
	struct web_asks **ret)
{
	struct web_asks *s = arena_alloc(a, sizeof(*s));
	(void)pthread_mutex_init(&s->lock, NULL);
	s->strangers = turns_new(PASSWORDS_MOST);
	s->known = turns_new(PASSWORDS_MOST);
	s->guests_most = o->conf->web_threads / 2;
	int r = jobs_new(o->work, &o->clock, why, &s->jobs);
	if (r == 0)
		*ret = s;
	return r;
}

void asks_end(struct web_asks *s)
{
	if (s)
		jobs_free(&s->jobs);
}

struct jobs *asks_jobs(struct web_asks *s)
{
	return s->jobs;
}

/* A flood at the door must not eat the machine: it is turned away here. */
static bool password_begin(struct web_asks *s, struct turns *t)
{
	int64_t now = clock_ms(), most = (int64_t)PASSWORDS_BURST * PASSWORD_MS;
	(void)pthread_mutex_lock(&s->lock);
	t->left_ms += now - t->last_ms;
	t->last_ms = now;
	if (t->left_ms > most)
		t->left_ms = most;
	bool may = t->now < t->most && t->left_ms >= PASSWORD_MS;
	if (may) {
		t->now++;
		t->left_ms -= PASSWORD_MS;
	}
	(void)pthread_mutex_unlock(&s->lock);
	return may;
}

/* used: it took its time. */
static void password_end(struct web_asks *s, struct turns *t, bool used)
{
	(void)pthread_mutex_lock(&s->lock);
	t->now--;
	t->left_ms += used ? 0 : PASSWORD_MS;
	(void)pthread_mutex_unlock(&s->lock);
}

/* Who waits takes a thread: half of them stay for the team, whatever strangers do. */
static bool guest_begin(struct web_asks *s)
{
	(void)pthread_mutex_lock(&s->lock);
	bool room = s->guests < s->guests_most;
	s->guests += room;
	(void)pthread_mutex_unlock(&s->lock);
	return room;
}

static void guest_end(struct web_asks *s)
{
	(void)pthread_mutex_lock(&s->lock);
	s->guests--;
	(void)pthread_mutex_unlock(&s->lock);
}

void ask_begin(struct visit *v, struct ask *a, enum act_id id)
{
	assert((int)id == v->route->act || id == ACT_SESSION_TOUCH);
	a->id = id;
	a->body = buf_in(v->req->arena, KIB(64));
	a->w = wr_new(&a->body);
	a->fd = -1;
	a->keep = false;
	a->known = v->signed_in;
	act_begin(&a->w, id);
}

/* Links, codes and sessions are given to who asked, at once or not at all. */
static bool may_come_later(const struct visit *v, const struct ask *a)
{
	static const enum act_id at_once[] = { ACT_PERSON_ADD, ACT_PERSON_RESET,
		ACT_PERSON_ROLE, ACT_PERSON_PASSWORD, ACT_ENROL_LOOK, ACT_ENROL_FINISH,
		ACT_SESSION_BEGIN, ACT_SESSION_END, ACT_EVIDENCE, ACT_ANSWER_LINK };
	for (size_t i = 0; i < N(at_once); i++)
		if (a->id == at_once[i])
			return false;
	return v->signed_in && v->req->method == METHOD_POST;
}

static int begin(struct visit *v, struct ask *a, struct job **ret)
{
	struct buf b = buf_in(v->req->arena, KIB(80));
	struct writer w = wr_new(&b);
	wr_str(&w, v->linked ? S("link") : v->signed_in ? S("session") : S("none"));
	wr_str(&w, v->linked ? v->word : v->signed_in ? v->token : S(""));
	wr_str(&w, buf_str(&a->body));
	if (a->w.err < 0 || w.err < 0)
		return fail(&v->x.why, E_TOO_BIG, "what was given is too long");
	struct job_info info = { .act = a->id,
		.person = v->signed_in ? v->session.person.id : 0,
		.who = v->signed_in ? v->session.person.name : S("") };
	int r = job_begin(v->web->asks->jobs, &info, buf_str(&b), a->fd, ret);
	return r < 0 ? fail(&v->x.why, r, "work takes nothing more now") : 0;
}

/* It has ended: its records, then what it came to. */
static int finish(struct visit *v, const struct job *job, ask_record_fn *fn, void *ctx)
{
	const struct job_info *i = job_info(job);
	struct str rest = i->records, record;
	int r = 0;
	/* What only looks has nothing else to tell. */
	if (i->cut && i->err == 0 && !act_table[i->act].audited)
		return fail(&v->x.why, E_TOO_BIG, "the answer is too long");
	while (fn && r == 0 && job_record_next(&rest, &record))
		r = fn(ctx, str_dup(v->req->arena, record));
	if (i->err < 0) {
		v->x.why = i->why;
		r = i->err;
	}
	return r;
}

static int talk(struct visit *v, struct ask *a, bool crowd, ask_record_fn *fn, void *ctx)
{
	struct jobs *jobs = v->web->asks->jobs;
	bool later = may_come_later(v, a);
	bool look = v->req->method != METHOD_POST;
	int first = crowd ? CROWD_MS : later ? LATER_MS : look ? LOOK_MS : PATIENCE_MS;
	struct job *job;
	int r = begin(v, a, &job);
	if (r < 0)
		return r;
	int64_t id = job_info(job)->id;
	bool ended = job_wait(jobs, job, first);
	if (!ended && !later && job_withdraw(jobs, job))
		return fail(&v->x.why, E_BUSY, "work does something that takes long");
	if (!ended && !later)
		ended = job_wait(jobs, job, crowd ? CROWD_MS : look ? LOOK_MS : ONCE_MS);
	if (a->keep || (!ended && later))
		v->later = id;
	r = ended ? finish(v, job, fn, ctx) : fail(&v->x.why, E_BUSY, "it is being done");
	job_leave(jobs, job, v->later == id);
	return r;
}

/* Nobody waits for its end, or hardly. */
static int only_send(struct visit *v, struct ask *a)
{
	struct web_asks *s = v->web->asks;
	struct job *job;
	int r = begin(v, a, &job);
	if (r < 0)
		return r;
	if (a->id == ACT_ANSWER_OPENED && guest_begin(s)) {
		(void)job_wait(s->jobs, job, NOTE_MS);
		guest_end(s);
	}
	job_leave(s->jobs, job, false);
	return 0;
}

int ask_send(struct visit *v, struct ask *a, ask_record_fn *fn, void *ctx)
{
	if (a->id == ACT_SESSION_TOUCH || a->id == ACT_ANSWER_OPENED)
		return only_send(v, a);
	bool password = a->id == ACT_SESSION_BEGIN || a->id == ACT_ENROL_FINISH ||
		a->id == ACT_PERSON_PASSWORD;
	struct web_asks *s = v->web->asks;
	struct turns *turns = a->known ? &s->known : &s->strangers;
	if (password && !password_begin(s, turns))
		return fail(&v->x.why, E_BUSY, "too many passwords to check");
	bool guest = !v->signed_in && !a->known, room = guest && guest_begin(s);
	int r = talk(v, a, guest && !room, fn, ctx);
	if (room)
		guest_end(s);
	/* Work looks whether he is known, and may be tried, before it begins. */
	if (password)
		password_end(s, turns, !a->known || (r != E_NOT_FOUND && r != E_BUSY));
	return r;
}

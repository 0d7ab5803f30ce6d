/* SPDX-License-Identifier: Apache-2.0
 * job.c - acts on their way to work: see job.h. Depends on: base, sys. */
#include "web/job.h"

#include "base/fd.h"
#include "sys/frames.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>

#define ANSWER_MAX MIB(8)  /* of one job */
#define LAST_MAX   KIB(64) /* of a long answer's last record, which has the counts */
#define SILENT_MS  15000   /* then what work said that it does counts no longer */

struct job {
	struct job *next;
	struct arena arena; /* its own: it outlives the request */
	struct job_info info;
	struct str frame;
	int fd;
	struct buf records, last;
	bool watched, keep;
	bool begun; /* work told of it */
};
struct jobs {
	pthread_mutex_t lock;
	pthread_cond_t change;
	pthread_t thread;
	struct arena arena;
	struct chan *work;
	struct clock clock;
	int wake;
	struct job *line, *running, *ended; /* ended: the latest first */
	size_t n_line;
	int64_t last_id;
	bool stop, broken;
	struct job_doing doing;
	int64_t told_ms; /* when work last told what it does */
};

static void lock(struct jobs *j)
{
	(void)pthread_mutex_lock(&j->lock);
}

static void unlock(struct jobs *j)
{
	(void)pthread_mutex_unlock(&j->lock);
}

static void job_free(struct job *job)
{
	struct arena a = job->arena;
	fd_close(&job->fd);
	arena_free(&a);
}

static void wake(struct jobs *j)
{
	uint64_t one = 1;
	(void)!write(j->wake, &one, sizeof(one));
}

/* ---- the thread that speaks with work ---- */

static void drop_oldest(struct jobs *j)
{
	size_t n = 0;
	struct job **at = &j->ended;
	while (*at && ++n <= JOBS_KEPT)
		at = &(*at)->next;
	while (*at) {
		struct job *old = *at;
		*at = old->next;
		job_free(old);
	}
}

/* Nobody watches it any more and it has ended. */
static void settle(struct jobs *j, struct job *job)
{
	if (!job->keep) {
		job_free(job);
		return;
	}
	job->next = j->ended;
	j->ended = job;
	drop_oldest(j);
}

static void end_job(struct jobs *j, struct job *job, int err, const struct why *why)
{
	job->info.state = JOB_ENDED;
	job->info.ended_at = clock_now(&j->clock);
	if (job->info.err == 0) {
		job->info.err = err;
		if (why)
			job->info.why = *why;
	}
	if (buf_add(&job->records, buf_str(&job->last)) < 0)
		job->info.cut = true;
	job->info.records = buf_str(&job->records);
	fd_close(&job->fd);
	if (!job->watched)
		settle(j, job);
	(void)pthread_cond_broadcast(&j->change);
}

static void take_text(char *to, size_t room, struct str s)
{
	s = str_to(s, room - 1);
	if (s.n)
		memcpy(to, s.p, s.n);
	to[s.n] = '\0';
}

static struct opt_int opt_of(struct str record, const char *name)
{
	struct value v;
	bool has = record_find(record, name, &v) && v.type == VALUE_INT;
	return has ? SOME(v.n) : NONE;
}

static void on_doing(struct jobs *j, struct str record)
{
	struct job_doing d = { .has = record.n > 0 };
	if (d.has) {
		take_text(d.act, sizeof(d.act), record_text(record, "act"));
		take_text(d.who, sizeof(d.who), record_text(record, "who"));
		take_text(d.text, sizeof(d.text), record_text(record, "text"));
		d.since = record_int(record, "since");
		d.done = record_int(record, "done");
		d.total = opt_of(record, "total");
	}
	j->doing = d;
	j->told_ms = clock_ms();
}

/* Work has done what it tells of: an answer that is too long to keep makes nothing
 * undone. */
static void add_record(struct job *job, struct str record)
{
	if (job->records.n + record.n + LAST_MAX > ANSWER_MAX)
		job->info.cut = true;
	buf_clear(&job->last);
	if (job->info.cut && record.n > LAST_MAX - 4)
		return;
	struct writer w = wr_new(job->info.cut ? &job->last : &job->records);
	wr_str(&w, record);
}

static void on_frame(struct jobs *j, const struct frame *f)
{
	struct job *job = j->running;
	struct why why = { 0 };
	if (f->type == FRAME_DOING) {
		on_doing(j, f->body);
		return;
	}
	if (job == NULL)
		return;
	switch (f->type) {
	case FRAME_ACT_RECORD:
		job->begun = true;
		add_record(job, f->body);
		break;
	case FRAME_ACT_PROGRESS:
		job->begun = true;
		job->info.done = record_int(f->body, "done");
		job->info.total = opt_of(f->body, "total");
		break;
	case FRAME_ACT_DONE:
		j->running = NULL;
		end_job(j, job, 0, NULL);
		break;
	case FRAME_ERROR:
		j->running = NULL;
		end_job(j, job, frame_read_error(f, &why), &why);
		break;
	default:
		break;
	}
}

/* Work does something that takes long for somebody else. What is not sent to it yet can
 * still be taken back. */
static bool is_busy(struct jobs *j)
{
	if (j->doing.has && clock_ms() - j->told_ms > SILENT_MS)
		j->doing.has = false; /* its end was not told */
	return j->doing.has;
}

/* The next of the line, unless one is being done. Sent without the lock. */
static int start_next(struct jobs *j)
{
	struct job *job = j->line;
	if (j->running || job == NULL || is_busy(j))
		return 0;
	j->line = job->next;
	j->n_line--;
	j->running = job;
	job->next = NULL;
	job->info.state = JOB_RUNS;
	job->info.began_at = clock_now(&j->clock);
	unlock(j);
	int r = chan_send(j->work, FRAME_ACT_FOR, job->frame, job->fd, NULL);
	lock(j);
	return r;
}

static int hear(struct jobs *j)
{
	struct frame f;
	int r = chan_fill(j->work, NULL);
	while (r == 0) {
		int got = chan_next(j->work, &f);
		if (got != 1)
			return got;
		fd_close(&f.fd);
		on_frame(j, &f);
	}
	return r;
}

static void give_up(struct jobs *j)
{
	struct why why = { 0 };
	(void)fail(&why, E_PEER, "work is gone");
	j->broken = true;
	j->doing = (struct job_doing){ 0 };
	struct job *job = j->running;
	j->running = NULL;
	if (job)
		end_job(j, job, E_PEER, &why);
	while ((job = j->line)) {
		j->line = job->next;
		j->n_line--;
		end_job(j, job, E_PEER, &why);
	}
}

static void *speak(void *ctx)
{
	struct jobs *j = ctx;
	int r = 0;
	lock(j);
	while (!j->stop && r == 0) {
		struct pollfd p[] = { { .fd = chan_fd(j->work), .events = POLLIN },
			{ .fd = j->wake, .events = POLLIN } };
		uint64_t n;
		r = start_next(j);
		if (r < 0)
			break;
		int wait_ms = j->doing.has ? 1000 : -1;
		unlock(j);
		(void)poll(p, N(p), wait_ms);
		if (p[1].revents)
			(void)!read(j->wake, &n, sizeof(n));
		lock(j);
		if (p[0].revents)
			r = hear(j);
	}
	give_up(j);
	unlock(j);
	return NULL;
}

int jobs_new(
	struct chan *work, const struct clock *clock, struct why *why, struct jobs **ret)
{
	struct arena a = arena_new(KIB(64), "jobs");
	struct jobs *j = arena_alloc(&a, sizeof(*j));
	pthread_condattr_t attr;
	j->arena = a;
	j->work = work;
	j->clock = *clock;
	/* After a restart other numbers: an old page never shows somebody else's job. */
	j->last_id = clock_now(clock);
	(void)pthread_mutex_init(&j->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&j->change, &attr);
	j->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (j->wake < 0 || pthread_create(&j->thread, NULL, speak, j) != 0) {
		fd_close(&j->wake);
		a = j->arena;
		arena_free(&a);
		return fail(why, E_SYS, "cannot begin to speak with work");
	}
	*ret = j;
	return 0;
}

void jobs_free(struct jobs **p)
{
	struct jobs *j = *p;
	*p = NULL;
	if (j == NULL)
		return;
	lock(j);
	j->stop = true;
	unlock(j);
	wake(j);
	(void)pthread_join(j->thread, NULL);
	while (j->ended) {
		struct job *job = j->ended;
		j->ended = job->next;
		job_free(job);
	}
	fd_close(&j->wake);
	struct arena a = j->arena;
	arena_free(&a);
}

/* ---- who asks ---- */

int job_begin(struct jobs *j, const struct job_info *info, struct str frame, int fd,
	struct job **ret)
{
	lock(j);
	/* Who does not wait leaves room for those who do. */
	size_t most = info->act == ACT_SESSION_TOUCH ? JOBS_TOUCHES
		: info->act == ACT_ANSWER_OPENED     ? JOBS_OPENED
						     : JOBS_WAITING;
	int r = j->broken || j->stop ? E_PEER : j->n_line >= most ? E_BUSY : 0;
	if (r < 0) {
		unlock(j);
		return r;
	}
	struct arena a = arena_new(4 * ANSWER_MAX, "job");
	struct job *job = arena_alloc(&a, sizeof(*job));
	job->arena = a;
	job->info = *info;
	job->info.id = ++j->last_id;
	job->info.who = str_dup(&job->arena, info->who);
	job->info.state = JOB_WAITS;
	job->info.asked_at = clock_now(&j->clock);
	job->frame = str_dup(&job->arena, frame);
	job->fd = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
	job->records = buf_in(&job->arena, ANSWER_MAX);
	job->last = buf_in(&job->arena, LAST_MAX);
	job->watched = true;
	if (fd >= 0 && job->fd < 0) {
		job_free(job);
		unlock(j);
		return E_SYS;
	}
	struct job **at = &j->line;
	while (*at)
		at = &(*at)->next;
	*at = job;
	j->n_line++;
	unlock(j);
	wake(j);
	*ret = job;
	return 0;
}

bool job_wait(struct jobs *j, struct job *job, int ms)
{
	struct timespec until;
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	lock(j);
	int r = 0;
	while (job->info.state != JOB_ENDED && r == 0)
		r = pthread_cond_timedwait(&j->change, &j->lock, &until);
	bool ended = job->info.state == JOB_ENDED;
	unlock(j);
	return ended;
}

bool job_withdraw(struct jobs *j, struct job *job)
{
	lock(j);
	struct job **at = &j->line;
	while (*at && *at != job)
		at = &(*at)->next;
	bool found = *at != NULL;
	if (found) {
		*at = job->next;
		j->n_line--;
	}
	unlock(j);
	if (found)
		job_free(job);
	return found;
}

void job_leave(struct jobs *j, struct job *job, bool keep)
{
	lock(j);
	job->watched = false;
	job->keep = keep;
	if (job->info.state == JOB_ENDED)
		settle(j, job);
	unlock(j);
}

const struct job_info *job_info(const struct job *job)
{
	return &job->info;
}

/* ---- looking ---- */

static struct job_info copy(
	struct jobs *j, struct arena *a, const struct job *job, bool records)
{
	struct job_info i = job->info;
	/* It was sent just before work began with something else. */
	if (i.state == JOB_RUNS && !job->begun && is_busy(j))
		i.state = JOB_WAITS;
	i.who = str_dup(a, i.who);
	i.records = records ? str_dup(a, i.records) : S("");
	return i;
}

int job_find(struct jobs *j, struct arena *a, int64_t id, struct job_info *ret)
{
	int r = E_NOT_FOUND;
	lock(j);
	for (size_t i = 0; i < 3 && r < 0; i++) {
		struct job *job = i == 0 ? j->running : i == 1 ? j->line : j->ended;
		while (job && job->info.id != id)
			job = job->next;
		if (job == NULL)
			continue;
		*ret = copy(j, a, job, job->info.state == JOB_ENDED);
		r = 0;
	}
	unlock(j);
	return r;
}

static size_t add_list(
	struct jobs *j, struct arena *a, const struct job *job, struct job_info *to)
{
	size_t n = 0;
	for (; job; job = job->next)
		to[n++] = copy(j, a, job, false);
	return n;
}

void job_list(struct jobs *j, struct arena *a, struct job_list *ret,
	struct job_doing *ret_doing)
{
	struct job_info *v = arena_array(a, 1 + JOBS_WAITING + JOBS_KEPT + 1, sizeof(*v));
	size_t n = 0;
	lock(j);
	if (j->running)
		v[n++] = copy(j, a, j->running, false);
	n += add_list(j, a, j->line, v + n);
	n += add_list(j, a, j->ended, v + n);
	*ret_doing = j->doing;
	unlock(j);
	*ret = (struct job_list){ v, n };
}

bool job_record_next(struct str *records, struct str *ret)
{
	struct reader rd = rd_new(*records);
	if (records->n == 0)
		return false;
	*ret = rd_str(&rd);
	if (rd.err < 0)
		return false;
	*records = str_from(*records, ret->n + 4);
	return true;
}

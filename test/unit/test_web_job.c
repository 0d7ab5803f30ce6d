/* SPDX-License-Identifier: Apache-2.0
 * test_web_job.c - acts on their way from web to work: this test is work, and answers
 * more than is kept. */
#include "sys/frames.h"
#include "web/job.h"

#include "tap.h"

struct ends {
	struct chan *work, *web;
	struct jobs *jobs;
};

static void begin(struct ends *e)
{
	struct why why = { 0 };
	struct clock clock = { 0 };
	int fd[2];
	ok(chan_pair(&why, fd) == 0 && chan_new(fd[0], "web", &e->work) == 0 &&
			chan_new(fd[1], "work", &e->web) == 0 &&
			jobs_new(e->web, &clock, &why, &e->jobs) == 0,
		"a line to work: %s", why.text);
}

static struct job *ask(struct ends *e)
{
	struct job_info info = { .act = ACT_ANSWER_FILE, .who = S("") };
	struct job *job = NULL;
	struct frame f;
	int r = job_begin(e->jobs, &info, S("act"), -1, &job);
	if (r == 0)
		r = chan_recv(e->work, NULL, &f);
	ok(r == 0 && f.type == FRAME_ACT_FOR && str_eq(f.body, S("act")), "an act comes");
	return job;
}

static int answer(struct ends *e, size_t n, size_t size, struct arena *a)
{
	struct str record = { arena_alloc(a, size), size };
	int r = 0;
	for (size_t i = 0; i < n && r == 0; i++)
		r = chan_send(e->work, FRAME_ACT_RECORD, record, -1, NULL);
	return r;
}

/* What came of it: how many records, and whether the last one is there. */
static void test_answer(struct ends *e, struct arena *a, size_t n, bool cut)
{
	struct str rest, record = S("");
	size_t got = 0;
	struct job *job = ask(e);
	int r = answer(e, n, KIB(300), a);
	if (r == 0)
		r = chan_send(e->work, FRAME_ACT_RECORD, S("the counts"), -1, NULL);
	if (r == 0)
		r = chan_send(e->work, FRAME_ACT_DONE, S(""), -1, NULL);
	bool ended = job_wait(e->jobs, job, 20000);
	const struct job_info *i = job_info(job);
	rest = ended ? i->records : S("");
	while (job_record_next(&rest, &record))
		got++;
	ok(r == 0 && ended && i->err == 0, "%zu records: it was done", n);
	ok(i->cut == cut && (cut ? got > 20 && got <= n : got == n + 1),
		"%zu of them are kept", got);
	ok(str_eq(record, S("the counts")) && rest.n == 0, "the last one among them");
	job_leave(e->jobs, job, false);
}

int main(void)
{
	struct arena a = arena_new(MIB(16), "test");
	struct ends e = { 0 };
	begin(&e);
	test_answer(&e, &a, 3, false);
	test_answer(&e, &a, 40, true);
	test_answer(&e, &a, 0, false);
	jobs_free(&e.jobs);
	chan_free(&e.web);
	chan_free(&e.work);
	arena_free(&a);
	return tap_end();
}

/* SPDX-License-Identifier: Apache-2.0
 * test_liar.c - a parser that was taken over: each of its frames is good, together they
 * are a lie. Work finds it out, drops that parser and goes on. Depends on: work, SQLite.
 * The test forks the parser, which lies as it is told. */
#include "notice_kit.h"

#include "base/auto.h"
#include "base/fd.h"
#include "work/original.h"
#include "work/work.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum lie {
	HONEST,
	BEGIN_TWICE,
	END_TWICE,
	NO_END,
	BYTES_BETWEEN,
	MARK_STANDS,
	TWO_OF_A_ROW,
	ROW_BEHIND,
	TOO_FEW_ROWS,
	ROW_TWICE,
	ROW_UNASKED,
	ABOUT_OFTEN,
	FOREVER,
	DRIBBLE
};

struct place {
	struct kit k;
	struct conf conf;
	struct work w;
	struct chan *parser;
	pid_t pid;
	enum lie lie;
	int dropped;
	bool failed; /* a record told of an error */
};

/* ---- the parser ---- */

static struct buf room;

static struct writer say(void)
{
	buf_clear(&room);
	return wr_new(&room);
}

static void send_it(struct chan *c, enum job_type type)
{
	if (chan_send(c, (uint16_t)type, buf_str(&room), -1, NULL) < 0)
		_exit(0);
}

static void text(struct chan *c, enum job_type type, const char *s)
{
	if (chan_send(c, (uint16_t)type, str_c(s), -1, NULL) < 0)
		_exit(0);
}

static void number(struct chan *c, enum job_type type, uint32_t n)
{
	struct writer w = say();
	wr_u32(&w, n);
	send_it(c, type);
}

static void end(struct chan *c, enum job_type type, uint32_t rows)
{
	struct job_end e = { 0, rows, S("") };
	struct writer w = say();
	job_end_write(&w, &e);
	send_it(c, type);
}

static void unpack(struct chan *c, enum lie lie)
{
	char content[20];
	(void)snprintf(content, sizeof(content), "content %u", lie);
	if (lie == BYTES_BETWEEN)
		text(c, JOB_BYTES, "x");
	text(c, JOB_MEMBER, "2026-06-01-scan_rdp-xt.csv");
	if (lie == BEGIN_TWICE)
		text(c, JOB_MEMBER, "2026-06-02-scan_rdp-xt.csv");
	text(c, JOB_BYTES, content);
	if (lie != NO_END)
		end(c, JOB_MEMBER_END, 0);
	if (lie == END_TWICE)
		end(c, JOB_MEMBER_END, 0);
	end(c, JOB_DONE, 0);
}

static void event(struct writer *w, uint32_t row)
{
	struct event e = { .row = row,
		.severity = SEV_HIGH,
		.time = KIT_DAY0,
		.cc = S(""),
		.name = S("a.example"),
		.flags = EVENT_BY_NAME,
		.type = S("vulnerable-system"),
		.identifier = S("open-rdp"),
		.family = S(""),
		.hostname = S(""),
		.transport = S("tcp"),
		.detail = S("") };
	event_write(w, &e);
}

static void events(struct chan *c, enum lie lie)
{
	struct job_header h = {
		.type = S("scan_rdp"), .known = true, .quiet = 7, .day = SOME(20605)
	};
	struct writer w = say();
	job_header_write(&w, &h);
	send_it(c, JOB_HEADER);
	w = say();
	wr_u32(&w, lie == TWO_OF_A_ROW ? 2 : 1);
	event(&w, lie == ROW_BEHIND ? 5 : 1);
	if (lie == TWO_OF_A_ROW)
		event(&w, 1);
	send_it(c, JOB_EVENT_BATCH);
	for (int i = 0; lie == MARK_STANDS && i < 2; i++)
		number(c, JOB_MARK, 1);
	end(c, JOB_DONE, lie == TOO_FEW_ROWS ? 0 : 1);
}

static void rows(struct chan *c, enum lie lie)
{
	struct job_row row = { .row = lie == ROW_UNASKED ? 2 : 1 };
	struct writer w = say();
	job_row_write(&w, &row);
	for (int i = 0; i < (lie == ROW_TWICE ? 2 : 1); i++)
		send_it(c, JOB_ROW);
	end(c, JOB_DONE, 1);
}

static void abouts(struct chan *c, enum lie lie)
{
	struct job_about about = {
		.created = KIT_DAY0, .vendor = S("v"), .licence = S("l")
	};
	struct writer w = say();
	job_about_write(&w, &about);
	for (int i = 0; i < (lie == ABOUT_OFTEN ? 200 : 1); i++)
		send_it(c, JOB_REG_ABOUT);
	end(c, JOB_DONE, 0);
}

static void forever(struct chan *c, enum lie lie)
{
	char zeros[100] = { 0, 1 }; /* a frame of 256 bytes that never comes whole */
	for (size_t i = 0; lie == DRIBBLE; i++) {
		(void)!send(chan_fd(c), zeros + (i < 99 ? i : 99), 1, MSG_NOSIGNAL);
		clock_sleep_ms(10);
	}
	while (lie == FOREVER)
		number(c, JOB_MARK, 1);
}

static _Noreturn void parse(struct chan *c, enum lie lie)
{
	struct frame f;
	struct arena a = arena_new(MIB(1), "parser");
	room = buf_in(&a, KIB(64));
	while (chan_recv(c, NULL, &f) == 0) {
		fd_close(&f.fd);
		switch ((int)f.type) {
		case JOB_UNPACK:
			unpack(c, lie);
			break;
		case JOB_EVENTS:
			events(c, lie);
			break;
		case JOB_ROWS:
			rows(c, lie);
			break;
		case JOB_REGISTER:
			abouts(c, lie);
			break;
		default:
			forever(c, lie);
		}
	}
	_exit(0);
}

static void drop_parser(void *role)
{
	struct place *p = role;
	p->dropped++;
	chan_free(&p->parser);
	if (p->pid > 1) {
		(void)kill(p->pid, SIGKILL);
		(void)waitpid(p->pid, NULL, 0);
	}
	p->pid = 0;
}

static int parser(void *role, struct chan **ret, struct why *why)
{
	struct place *p = role;
	int ends[2];
	*ret = p->parser;
	if (p->parser)
		return 0;
	if (chan_pair(why, ends) < 0 || chan_new(ends[0], "parse", &p->parser) < 0)
		return E_SYS;
	(void)fflush(stdout);
	p->pid = fork();
	if (p->pid == 0) {
		struct chan *c;
		chan_free(&p->parser);
		(void)alarm(60);
		if (chan_new(ends[1], "work", &c) == 0)
			parse(c, p->lie);
		_exit(1);
	}
	fd_close(&ends[1]);
	*ret = p->parser;
	return 0;
}

/* ---- work ---- */

static int keep_up(void *ctx)
{
	(void)ctx;
	return 0;
}

static int heard(void *ctx, struct str record)
{
	struct place *p = ctx;
	p->failed |= str_search(record, S("makes no sense")) < record.n;
	return 0;
}

static void begin_lying(struct place *p, enum lie lie)
{
	drop_parser(p);
	p->lie = lie;
	p->dropped = 0;
	p->failed = false;
}

static struct call new_call(struct place *p, struct arena *job)
{
	return (struct call){ .w = &p->w,
		.x = { .db = p->w.db,
			.arena = job,
			.now = KIT_DAY0 + 7 * 3600,
			.actor = S("test") },
		.keep = arena_new(MIB(8), "keep"),
		.fd = memfd_create("file", MFD_CLOEXEC),
		.heard = heard,
		.heard_ctx = p,
		.keep_up = keep_up };
}

static int apply(struct place *p, enum act_id id, enum lie lie)
{
	AUTO_ARENA job = arena_new(MIB(256), "job");
	struct buf b = buf_in(&job, KIB(16));
	struct writer w = wr_new(&b);
	struct call c = new_call(p, &job);
	begin_lying(p, lie);
	act_begin(&w, id);
	if (id == ACT_EVIDENCE) {
		fd_close(&c.fd);
		rec_int(&w, "finding", 1);
	} else {
		rec_text(&w, "name", S("2026-06-01-scan_rdp-xt.csv"));
	}
	db_set_why(p->w.db, &c.x.why);
	int r = work_apply(&c, buf_str(&b), ACTOR_OWNER);
	int settled = work_settle(&p->w, NULL, &c.x.why);
	db_set_why(p->w.db, NULL);
	arena_free(&c.keep);
	fd_close(&c.fd);
	return r < 0 ? r : settled;
}

static int count_frames(void *ctx, uint16_t type, struct str body)
{
	int *n = ctx;
	(void)type;
	(void)body;
	(*n)++;
	return 0;
}

static void test_time(struct place *p, enum lie lie, const char *what)
{
	AUTO_ARENA job = arena_new(MIB(1), "job");
	struct call c = new_call(p, &job);
	int frames = 0;
	const struct call_job j = { .type = JOB_MAIL,
		.start = { .name = S("mail"), .country = S("") },
		.fd = c.fd,
		.take = count_frames,
		.ctx = &frames,
		.most_ms = 300 };
	struct job_end e;
	begin_lying(p, lie);
	int64_t from = clock_ms();
	int r = call_job(&c, &j, &e);
	ok(r == E_SYNTAX && p->dropped == 1 && clock_ms() - from < 5000,
		"%s: its time is over", what);
	is(c.x.why.text, "the parser took too long on it", "in words");
	arena_free(&c.keep);
	fd_close(&c.fd);
}

/* As many rows of one file as may be asked for at once. */
static void test_many_rows(struct place *p)
{
	AUTO_ARENA job = arena_new(MIB(1), "job");
	struct call c = new_call(p, &job);
	int frames = 0;
	struct job_rows which = { .name = S("f"), .n = JOB_ROWS_MAX };
	which.rows = arena_array(&job, which.n, sizeof(*which.rows));
	for (uint32_t i = 0; i < which.n; i++)
		which.rows[i] = i + 1;
	const struct call_job j = { .type = JOB_ROWS,
		.rows = &which,
		.fd = c.fd,
		.take = count_frames,
		.ctx = &frames };
	struct job_end e;
	begin_lying(p, HONEST);
	ok(call_job(&c, &j, &e) == 0 && frames == 1, "%d rows are asked for: %s",
		JOB_ROWS_MAX, c.x.why.text);
	arena_free(&c.keep);
	fd_close(&c.fd);
}

static void test_unpacking(struct place *p)
{
	static const struct {
		enum lie lie;
		const char *what;
	} t[] = {
		{ BEGIN_TWICE, "a member begins in a member" },
		{ END_TWICE, "a member ends twice" },
		{ NO_END, "a member never ends" },
		{ BYTES_BETWEEN, "bytes of no member" },
	};
	for (size_t i = 0; i < N(t); i++)
		ok(apply(p, ACT_FILE_IMPORT, t[i].lie) == E_SYNTAX && p->dropped == 1,
			"%s", t[i].what);
	AUTO_ORIGINAL o = NULL;
	struct why why = { 0 };
	ok(original_begin(p->k.dir, 10, &why, &o) == 0 &&
			original_add(o, S("01234"), &why) == 0 &&
			original_add(o, S("56789"), &why) == 0 &&
			original_add(o, S("x"), &why) == E_TOO_BIG,
		"no more bytes than may be: %s", why.text);
}

static void test_reading(struct place *p)
{
	static const struct {
		enum lie lie;
		const char *what;
	} t[] = {
		{ MARK_STANDS, "a mark without a row" },
		{ TWO_OF_A_ROW, "two events of a row" },
		{ ROW_BEHIND, "a row behind the end" },
		{ TOO_FEW_ROWS, "an end before the row" },
	};
	for (size_t i = 0; i < N(t); i++)
		ok(apply(p, ACT_FILE_IMPORT, t[i].lie) == 0 && p->failed &&
				p->dropped == 1,
			"%s", t[i].what);
	ok(apply(p, ACT_FILE_IMPORT, HONEST) == 0 && !p->failed && p->dropped == 0,
		"an honest one is believed");
}

int main(void)
{
	struct place p = { .pid = 0 };
	struct why why = { 0 };
	const struct work_host host = {
		.role = &p, .parser = parser, .drop_parser = drop_parser
	};
	kit_new(&p.k);
	db_close(&p.k.x.db);
	conf_init(&p.conf);
	p.w = (struct work){ .host = &host, .conf = &p.conf, .datadir = p.k.dir };
	kit_sql(&p.k, "DELETE FROM file");
	if (!ok(work_open(&p.w, KIT_DAY0, &why) == 0, "work: %s", why.text))
		return tap_end();
	test_unpacking(&p);
	test_reading(&p);
	ok(apply(&p, ACT_EVIDENCE, HONEST) == 0 && p.dropped == 0, "a row is shown");
	ok(apply(&p, ACT_EVIDENCE, ROW_TWICE) == E_SYNTAX && p.dropped == 1,
		"but not twice");
	ok(apply(&p, ACT_EVIDENCE, ROW_UNASKED) == E_SYNTAX && p.dropped == 1,
		"nor one that nobody asked for");
	ok(apply(&p, ACT_REGISTER_IMPORT, HONEST) == 0 && p.dropped == 0,
		"a maker of data");
	ok(apply(&p, ACT_REGISTER_IMPORT, ABOUT_OFTEN) == E_SYNTAX && p.dropped == 1,
		"but not two hundred");
	test_many_rows(&p);
	test_time(&p, FOREVER, "good frames without end");
	test_time(&p, DRIBBLE, "a frame byte by byte");
	drop_parser(&p);
	(void)!work_close(&p.w, true, &why);
	char rm[100];
	(void)snprintf(rm, sizeof(rm), "%s", p.k.path);
	kit_free(&p.k);
	char *const argv[] = { (char *)(uintptr_t) "rm", (char *)(uintptr_t) "-rf", rm,
		NULL };
	if (fork() == 0) {
		(void)execv("/bin/rm", argv);
		_exit(127);
	}
	(void)wait(NULL);
	return tap_end();
}

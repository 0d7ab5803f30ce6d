/* SPDX-License-Identifier: Apache-2.0
 * test_parse.c - the parse role in its real sandbox, asked as work asks it: every job,
 * files of every format, resuming, hostile messages. */
#include "base/auto.h"
#include "fmt/csv_out.h"
#include "fmt/zip_out.h"
#include "role/parse_job.h"
#include "tap.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

struct parse_role {
	struct chan *chan;
	pid_t pid;
};

static void start(struct parse_role *p)
{
	struct why why = { 0 };
	struct frame f;
	int ends[2];
	if (chan_pair(&why, ends) < 0)
		abort();
	p->pid = fork();
	if (p->pid == 0) {
		struct role me = {
			.name = "parse", .datadir = -1, .listen_fd = -1, .lock_fd = -1
		};
		me.arena = arena_new(MIB(1), "parse");
		me.job = arena_new(MIB(128), "parse job");
		(void)close(ends[0]);
		int r = chan_new(ends[1], "work", &me.peer);
		if (r == 0)
			r = role_parse(&me);
		if (r < 0)
			fprintf(stderr, "# parse ended: %s\n", me.why.text);
		chan_free(&me.peer);
		arena_free(&me.job);
		arena_free(&me.arena);
		_exit(r < 0);
	}
	(void)close(ends[1]);
	if (chan_new(ends[0], "parse", &p->chan) < 0)
		abort();
	chan_patience(p->chan, 20000);
	ok(chan_recv(p->chan, &why, &f) == 0 && f.type == ROLE_READY, "parse is ready %s",
		why.text);
}

static int stop(struct parse_role *p)
{
	int status = -1;
	chan_free(&p->chan);
	(void)waitpid(p->pid, &status, 0);
	return status;
}

static int file_of(struct str s)
{
	int fd = memfd_create("test", MFD_CLOEXEC);
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);
		if (n <= 0)
			abort();
		s = str_from(s, (size_t)n);
	}
	return fd;
}

static struct str gz(struct arena *a, struct str s)
{
	z_stream z = { 0 };
	size_t room = s.n + 1024;
	char *p = arena_alloc(a, room), *from = arena_alloc(a, s.n + 1);
	memcpy(from, s.p, s.n);
	(void)deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
	z.next_in = (Bytef *)from;
	z.avail_in = (uInt)s.n;
	z.next_out = (Bytef *)p;
	z.avail_out = (uInt)room;
	(void)deflate(&z, Z_FINISH);
	size_t n = room - z.avail_out;
	(void)deflateEnd(&z);
	return (struct str){ p, n };
}

static struct str zst(struct arena *a, struct str s)
{
	size_t room = ZSTD_compressBound(s.n);
	char *p = arena_alloc(a, room);
	return (struct str){ p, ZSTD_compress(p, room, s.p, s.n, 3) };
}

/* What came back, as text: one word or line a message. */
struct answer {
	struct buf log;
	uint32_t events, refused, marks, last_mark, reg_rows, problems, rows;
	uint64_t bytes;
	struct job_end done;
	char why[240];
};

static void add(struct answer *x, const char *before, struct str s, const char *after)
{
	if (x->log.n < KIB(4) && buf_addf(&x->log, "%s%.*s%s", before, STR(s), after) < 0)
		abort();
}

static int take_events(struct answer *x, struct str body)
{
	struct reader r = rd_new(body);
	uint32_t n = rd_u32(&r);
	for (uint32_t i = 0; i < n; i++) {
		struct event e;
		char text[IP_TEXT_MAX];
		if (event_read(&r, &e) < 0)
			return r.err;
		x->events++;
		add(x, "", str_c(net_text(&e.net, text)), " ");
	}
	return rd_end(&r);
}

static int take_reg(struct answer *x, struct str body)
{
	struct reader r = rd_new(body);
	uint32_t n = rd_u32(&r);
	for (uint32_t i = 0; i < n; i++) {
		struct reg_row row;
		if (reg_row_read(&r, &row) < 0)
			return r.err;
		x->reg_rows++;
		add(x, "", row.organisation, " ");
	}
	return rd_end(&r);
}

static int take_row(struct answer *x, struct arena *a, struct str body)
{
	struct job_row row;
	int r = job_row_read(body, a, &row);
	if (r < 0)
		return r;
	x->rows++;
	for (uint32_t i = 0; i < row.n; i++)
		add(x, "", row.fields[i].value, " ");
	return 0;
}

static int take_small(struct answer *x, struct arena *a, const struct frame *f)
{
	struct job_header h;
	struct job_refused q;
	struct job_problem p;
	struct reader rd = rd_new(f->body);
	int r = E_SYNTAX;
	if (f->type == JOB_HEADER) {
		r = job_header_read(f->body, a, &h);
		add(x, "type=", r == 0 ? h.type : S("?"), " ");
	} else if (f->type == JOB_REFUSED) {
		r = job_refused_read(f->body, &q);
		x->refused++;
	} else if (f->type == JOB_MARK) {
		x->last_mark = rd_u32(&rd);
		x->marks++;
		r = rd_end(&rd);
	} else if (f->type == JOB_REG_PROBLEM) {
		r = job_problem_read(f->body, &p);
		x->problems++;
		add(x, "[", r == 0 ? p.why : S("?"), "] ");
	}
	return r;
}

static int take(struct answer *x, struct arena *a, const struct frame *f)
{
	struct job_end end;
	int r;
	switch (f->type) {
	case JOB_MEMBER:
		x->bytes = 0;
		add(x, "", f->body, " ");
		return 0;
	case JOB_BYTES:
		x->bytes += f->body.n;
		return 0;
	case JOB_MEMBER_END:
		r = job_end_read(f->body, &end);
		if (r == 0 && buf_addf(&x->log, "%d/%" PRIu64 " ", end.err, x->bytes) < 0)
			abort();
		return r;
	case JOB_EVENT_BATCH:
		return take_events(x, f->body);
	case JOB_REG_BATCH:
		return take_reg(x, f->body);
	case JOB_ROW:
		return take_row(x, a, f->body);
	default:
		return take_small(x, a, f);
	}
}

static int ask(struct parse_role *p, struct arena *a, enum job_type type, struct str body,
	int fd, struct answer *ret)
{
	struct why why = { 0 };
	*ret = (struct answer){ .log = buf_in(a, KIB(16)) };
	int r = chan_send(p->chan, (uint16_t)type, body, fd, &why);
	if (fd >= 0)
		(void)close(fd);
	while (r == 0) {
		struct frame f;
		r = chan_recv(p->chan, &why, &f);
		if (r < 0)
			return r;
		if (f.type == JOB_DONE) {
			r = job_end_read(f.body, &ret->done);
			memcpy(ret->why, ret->done.why.p, ret->done.why.n);
			return r < 0 ? r : ret->done.err;
		}
		r = take(ret, a, &f);
	}
	return r;
}

static int ask_file(struct parse_role *p, struct arena *a, enum job_type type,
	const char *name, struct str file, uint32_t skip, struct answer *ret)
{
	struct buf b = buf_in(a, KIB(4));
	struct writer w = wr_new(&b);
	struct job_start s = { str_c(name), skip, S("") };
	job_start_write(&w, &s);
	return ask(p, a, type, buf_str(&b), file_of(file), ret);
}

static const char *log_of(const struct answer *x)
{
	return x->log.p ? x->log.p : "";
}

static void test_unpack(struct parse_role *p, struct arena *a)
{
	struct answer x;
	struct zip_entry two[] = { { S("a.csv"), S("1,2\n") },
		{ S("b.csv.gz"), gz(a, S("3\n")) } };
	struct buf zip = buf_in(a, MIB(1));
	struct why why = { 0 };
	ok(ask_file(p, a, JOB_UNPACK, "x/a.csv", S("1,2\n"), 0, &x) == 0, "plain");
	is(log_of(&x), "a.csv 0/4 ", "plain");
	ok(ask_file(p, a, JOB_UNPACK, "a.csv.gz", gz(a, S("1,2\n")), 0, &x) == 0, "gzip");
	is(log_of(&x), "a.csv 0/4 ", "gzip");
	ok(ask_file(p, a, JOB_UNPACK, "a.csv.zst", zst(a, S("1,2\n")), 0, &x) == 0,
		"zstd");
	is(log_of(&x), "a.csv 0/4 ", "zstd");
	ok(zip_write(two, 2, &why, &zip) == 0 &&
			ask_file(p, a, JOB_UNPACK, "a.zip", buf_str(&zip), 0, &x) == 0,
		"zip");
	is(log_of(&x), "a.csv 0/4 b.csv.gz -15/0 ", "zip");
	ok(ask_file(p, a, JOB_UNPACK, "a.zip", S("PK\x03\x04nothing"), 0, &x) ==
				E_SYNTAX &&
			x.why[0],
		"a broken zip: %s", x.why);
	ok(ask_file(p, a, JOB_UNPACK, "a.gz", str_to(gz(a, S("1,2\n")), 15), 0, &x) == 0,
		"cut short");
	is(log_of(&x), "a -2/0 ", "cut short");
}

#define HEADER "\"timestamp\",\"ip\",\"protocol\",\"port\",\"hostname\",\"asn\",\"geo\"\n"

static struct str rdp(struct arena *a, uint32_t rows)
{
	struct buf b = buf_in(a, MIB(32));
	int r = buf_add(&b, S(HEADER));
	for (uint32_t i = 0; i < rows && r == 0; i++)
		r = buf_addf(&b,
			"\"2026-06-01 00:%02u:%02u\",\"192.0.2.%u\",\"tcp\",3389,"
			"\"h.example\",64496,"
			"\"XT\"\n",
			i / 60 % 60, i % 60, i % 250 + 1);
	if (r < 0)
		abort();
	return buf_str(&b);
}

static void test_events(struct parse_role *p, struct arena *a)
{
	struct answer x;
	const char *name = "2026-06-01-scan_rdp-xt.csv";
	struct str small = S(HEADER
		"2026-06-01 10:00:00,192.0.2.7,tcp,3389,,,\n"
		"never,192.0.2.8,tcp,3389,,,\n2026-06-01 10:00:02,192.0.2.9,tcp,3389,,,"
		"\n");
	ok(ask_file(p, a, JOB_EVENTS, name, zst(a, small), 0, &x) == 0 &&
			x.done.rows == 3 && x.events == 2 && x.refused == 1,
		"two events and a refused row: %s", x.why);
	is(log_of(&x), "type=scan_rdp 192.0.2.7 192.0.2.9 ", "in order");
	ok(ask_file(p, a, JOB_EVENTS, name, zst(a, small), 2, &x) == 0 &&
			x.done.rows == 3,
		"resumed");
	is(log_of(&x), "type=scan_rdp 192.0.2.9 ", "only what is new");
	struct str large = zst(a, rdp(a, 50001));
	ok(ask_file(p, a, JOB_EVENTS, name, large, 0, &x) == 0 && x.events == 50001 &&
			x.marks == 2 && x.last_mark == 40000 && x.done.rows == 50001,
		"marks every 20,000 rows: %s", x.why);
	ok(ask_file(p, a, JOB_EVENTS, name, large, 40000, &x) == 0 && x.events == 10001,
		"resumed at a mark: %" PRIu32, x.events);
	ok(ask_file(p, a, JOB_EVENTS, name, large, 50001, &x) == 0 && x.events == 0 &&
			x.done.rows == 50001,
		"resumed at the end");
	ok(ask_file(p, a, JOB_EVENTS, name, zst(a, S("")), 0, &x) == E_SYNTAX && x.why[0],
		"empty: %s", x.why);
	ok(ask_file(p, a, JOB_EVENTS, name, str_to(large, 3000), 0, &x) == E_SYNTAX &&
			x.why[0],
		"cut short: %s", x.why);
}

static void test_rows(struct parse_role *p, struct arena *a)
{
	struct answer x;
	uint32_t rows[] = { 1, 3, 99 };
	struct buf b = buf_in(a, KIB(4));
	struct writer w = wr_new(&b);
	struct job_rows ask_for = { S("2026-06-01-scan_rdp-xt.csv"), 3, rows };
	job_rows_write(&w, &ask_for);
	struct str file = zst(a, rdp(a, 5));
	ok(ask(p, a, JOB_ROWS, buf_str(&b), file_of(file), &x) == 0 && x.rows == 2,
		"rows again: %s", x.why);
	is(log_of(&x),
		"2026-06-01 00:00:00 192.0.2.1 tcp 3389 h.example 64496 XT "
		"2026-06-01 00:00:02 192.0.2.3 tcp 3389 h.example 64496 XT ",
		"as they were");
}

static void test_register(struct parse_role *p, struct arena *a)
{
	struct answer x;
	struct str holders = S(
		"\xef\xbb\xbfprefix;holder\r\n192.0.2.0/25;Minist\xe8re\r\nx;B\r\n");
	ok(ask_file(p, a, JOB_REGISTER, "holders.csv", holders, 0, &x) == 0 &&
			x.done.rows == 2 && x.reg_rows == 1 && x.problems == 2,
		"a register: %s", x.why);
	struct zip_entry two[] = { { S("h.csv"), holders },
		{ S("d.csv"), S("domain,organisation\na.example,A\n") } };
	struct buf zip = buf_in(a, MIB(1));
	struct why why = { 0 };
	ok(zip_write(two, 2, &why, &zip) == 0 &&
			ask_file(p, a, JOB_REGISTER, "all.zip", buf_str(&zip), 0, &x) ==
				0 &&
			x.reg_rows == 2 && x.done.rows == 3,
		"a zip of two tables: %s", x.why);
	ok(ask_file(p, a, JOB_REGISTER, "h.csv.gz", gz(a, holders), 0, &x) == 0 &&
			x.reg_rows == 1,
		"packed");
	ok(ask_file(p, a, JOB_REGISTER, "a", S("a,b\n1,2\n"), 0, &x) == E_UNSUPPORTED &&
			x.why[0],
		"not a register: %s", x.why);
	ok(ask_file(p, a, JOB_REGISTER, "a.xz",
		   S("\xfd"
		     "7zXZ\0..."),
		   0, &x) == E_UNSUPPORTED,
		"not a format we read: %s", x.why);
}

static void test_protocol(struct arena *a)
{
	static const struct {
		enum job_type type;
		const char *body;
	} t[] = { { JOB_UNPACK, "" }, { JOB_EVENTS, "\x01" }, { JOB_DONE, "" },
		{ (enum job_type)9999, "" } };
	for (size_t i = 0; i < N(t); i++) {
		struct parse_role p;
		struct answer x;
		start(&p);
		ok(ask(&p, a, t[i].type, str_c(t[i].body), file_of(S("x")), &x) == E_PEER,
			"a message that makes no sense ends the parser");
		ok(WEXITSTATUS(stop(&p)) == 1, "with an error");
	}
}

int main(void)
{
	AUTO_ARENA a = arena_new(MIB(512), "test_parse");
	struct parse_role p;
	(void)fflush(stdout);
	start(&p);
	test_unpack(&p, &a);
	test_events(&p, &a);
	test_rows(&p, &a);
	test_register(&p, &a);
	ok(stop(&p) == 0, "and ends when work goes");
	test_protocol(&a);
	return tap_end();
}

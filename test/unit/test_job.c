/* SPDX-License-Identifier: Apache-2.0
 * test_job.c - messages between work and parse: whole ones come through, all others are
 * refused: cut short, with something left over, out of range, with strange bytes. */
#include "base/limits.h"
#include "job_echo.h"
#include "tap.h"

#include <inttypes.h>
#include <stdlib.h>

/* Comes through whole; not when cut anywhere, nor with a byte more, nor with a control or
 * a stray byte in place of the letter that *at shows. */
static void check(struct arena *a, const char *what, echo_fn *echo, const struct buf *in)
{
	struct str body = buf_str(in);
	struct buf out = buf_in(a, LIMIT_FRAME);
	struct writer w = wr_new(&out);
	ok(echo(body, a, &w) == 0 && w.err == 0 && str_eq(buf_str(&out), body),
		"%s: as it was", what);
	char *copy = arena_alloc(a, body.n + 1);
	memcpy(copy, body.p, body.n);
	bool refused = true;
	for (size_t n = 0; n < body.n; n++) {
		char *exact = arena_alloc(a, n);
		memcpy(exact, body.p, n);
		if (echo((struct str){ exact, n }, a, &w) >= 0)
			refused = false;
	}
	ok(refused, "%s: refused wherever it is cut", what);
	ok(echo((struct str){ copy, body.n + 1 }, a, &w) < 0,
		"%s: refused with a byte more", what);
	static const char strange[] = { '\0', '\n', '\x1b', '\x7f', '\xff', '\xc0' };
	for (size_t i = 0; i < sizeof(strange); i++) {
		char *q = memchr(copy, 'Q', body.n);
		for (; q; q = memchr(q + 1, 'Q', body.n - (size_t)(q + 1 - copy))) {
			*q = strange[i];
			if (echo((struct str){ copy, body.n }, a, &w) >= 0)
				refused = false;
			*q = 'Q';
		}
	}
	ok(refused, "%s: refused with strange bytes in its texts", what);
}

static struct buf fresh(struct arena *a)
{
	return buf_in(a, LIMIT_FRAME);
}

static void test_small(struct arena *a)
{
	uint32_t rows[] = { 1, 7, LIMIT_ROWS };
	struct buf b = fresh(a);
	struct writer w = wr_new(&b);
	job_start_write(&w, &(struct job_start){ S("Q.csv"), 7, S("XT") });
	check(a, "start", echo_start, &b);
	b = fresh(a);
	job_rows_write(&w, &(struct job_rows){ S("Q.csv"), 3, rows });
	check(a, "rows", echo_rows, &b);
	b = fresh(a);
	job_end_write(&w, &(struct job_end){ E_TOO_BIG, 7, S("Q \xd8\xa8") });
	check(a, "end", echo_end, &b);
	struct job_column columns[] = { { S("Qip"), S("source.ip") },
		{ S("Qx"), S("") } };
	b = fresh(a);
	job_header_write(&w,
		&(struct job_header){ S("scan_Q"), true, 7, SOME(20605), 2, columns });
	check(a, "header", echo_header, &b);
	b = fresh(a);
	job_refused_write(&w, &(struct job_refused){ 3, 2, S("Q"), S("a,Q\tb") });
	check(a, "refused", echo_refused, &b);
	struct job_field fields[] = { { S("Q"), S("Q"), S("Q1") },
		{ S("b"), S(""), S("") } };
	b = fresh(a);
	job_row_write(&w, &(struct job_row){ 3, 2, fields });
	check(a, "row", echo_row, &b);
	b = fresh(a);
	job_problem_write(
		&w, &(struct job_problem){ 0, 1, S("Q"), S("Q"), S("Q"), S("Q") });
	check(a, "problem", echo_problem, &b);
	b = fresh(a);
	job_about_write(
		&w, &(struct job_about){ 1667023194, S("Q"), S("Q"), 4, 3, 2, 1 });
	check(a, "about", echo_about, &b);
}

static struct reg_row holder(void)
{
	struct reg_row row = { .what = REG_HOLDER, .row = 1, .has_net = true };
	if (net_read(S("192.0.2.0/25"), &row.net) < 0)
		abort();
	row.organisation = S("Q");
	row.name = row.sector = row.kind = row.role = row.language = row.phone = S("");
	row.email = row.pgp = row.domain = row.cc = S("");
	return row;
}

static struct event one_event(void)
{
	struct event e = { .row = 1, .flags = EVENT_HAS_NET, .time = 1780309230 };
	if (net_read(S("192.0.2.7"), &e.net) < 0)
		abort();
	e.cc = e.name = e.family = e.hostname = e.transport = S("");
	e.type = S("scanner-Q");
	e.identifier = S("rdp");
	return e;
}

static void test_items(struct arena *a)
{
	struct buf b = fresh(a);
	struct writer w = wr_new(&b);
	struct reg_row row = holder();
	row.email = S("Q@b.example");
	row.phone = S("+999 1");
	row.pgp = S("0123456789ABCDEF0123456789ABCDEF01234567");
	row.cc = S("XT");
	reg_row_write(&w, &row);
	check(a, "register row", echo_reg, &b);
	b = fresh(a);
	struct event e = one_event();
	event_write(&w, &e);
	check(a, "event", echo_event, &b);
}

static int reg_answer(struct arena *a, const struct reg_row *row)
{
	struct buf b = fresh(a), out = fresh(a);
	struct writer w = wr_new(&b), again = wr_new(&out);
	reg_row_write(&w, row);
	return w.err < 0 ? 1 : echo_reg(buf_str(&b), a, &again);
}

static int event_answer(struct arena *a, const struct event *e)
{
	struct buf b = fresh(a), out = fresh(a);
	struct writer w = wr_new(&b), again = wr_new(&out);
	event_write(&w, e);
	return w.err < 0 ? 1 : echo_event(buf_str(&b), a, &again);
}

/* One field each that no honest sender writes; the first of each is as it should be. */
static void test_items_out_of_range(struct arena *a)
{
	struct reg_row row[14];
	struct event e[9];
	for (size_t i = 0; i < N(row); i++)
		row[i] = holder();
	row[1].row = 0;
	row[2].row = LIMIT_ROWS + 1;
	row[3].what = REG_KIND_N;
	row[4].what = REG_DOMAIN;
	row[5].has_net = false;
	row[6].net.len = 129;
	row[7].email = S("a@b.example\nX: y");
	row[8].email = S("a b@c.example");
	row[9].pgp = S("0123");
	row[10].cc = S("xt");
	row[11].cc = S("X");
	row[12].domain = S("a.example");
	row[13].organisation = S("");
	for (size_t i = 0; i < N(row); i++)
		ok(i == 0 ? reg_answer(a, &row[i]) == 0 : reg_answer(a, &row[i]) < 0,
			"register row %zu", i);
	for (size_t i = 0; i < N(e); i++)
		e[i] = one_event();
	e[1].row = 0;
	e[2].row = LIMIT_ROWS + 1;
	e[3].flags = 0;
	e[4].flags = 0x80 | EVENT_HAS_NET;
	e[5].net.len = 129;
	e[6].net.len = 120; /* a host bit is set */
	e[7].time = -1;
	e[8].time = 253402300800;
	for (size_t i = 0; i < N(e); i++)
		ok(i == 0 ? event_answer(a, &e[i]) == 0 : event_answer(a, &e[i]) < 0,
			"event %zu", i);
}

static void test_out_of_range(struct arena *a)
{
	char *large = arena_alloc(a, LIMIT_NAME + 1);
	uint32_t falling[] = { 7, 7 },
		 *many = arena_array(a, JOB_ROWS_MAX + 1, sizeof(*many));
	memset(large, 'n', LIMIT_NAME + 1);
	for (uint32_t i = 0; i <= JOB_ROWS_MAX; i++)
		many[i] = i + 1;
	for (size_t i = 0; i < 2; i++) {
		struct buf b = fresh(a), out = fresh(a);
		struct writer w = wr_new(&b), again = wr_new(&out);
		struct str name = { large, LIMIT_NAME + i };
		job_start_write(&w, &(struct job_start){ name, 0, S("") });
		ok((echo_start(buf_str(&b), a, &again) < 0) == (i > 0),
			"a name of the limit and %zu", i);
		struct str got;
		ok((job_member_read(name, &got) < 0) == (i > 0),
			"a member's name as well");
		b = fresh(a);
		job_rows_write(&w,
			&(struct job_rows){ S("a"), (uint32_t)(JOB_ROWS_MAX + i), many });
		ok((echo_rows(buf_str(&b), a, &again) < 0) == (i > 0),
			"rows of the limit and %zu", i);
	}
	struct buf b = fresh(a), out = fresh(a);
	struct writer w = wr_new(&b), again = wr_new(&out);
	struct str got;
	job_rows_write(&w, &(struct job_rows){ S("a"), 2, falling });
	ok(echo_rows(buf_str(&b), a, &again) < 0, "rows that do not rise");
	b = fresh(a);
	job_end_write(&w, &(struct job_end){ E_END, 0, S("") });
	ok(echo_end(buf_str(&b), a, &again) < 0, "an error that does not exist");
	b = fresh(a);
	wr_u32(&w, UINT32_MAX);
	ok(echo_rows(buf_str(&b), a, &again) < 0, "a length that is a lie");
	ok(job_member_read(S(""), &got) < 0 && job_member_read(S("a\nb"), &got) < 0,
		"a member without a name, or with two lines of it");
}

int main(void)
{
	AUTO_ARENA a = arena_new(MIB(64), "test_job");
	test_small(&a);
	test_items(&a);
	test_items_out_of_range(&a);
	test_out_of_range(&a);
	return tap_end();
}

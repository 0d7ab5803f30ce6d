/* SPDX-License-Identifier: Apache-2.0
 * bench_null.c - what the parse role and the reading half of work cost together when
 * nothing is stored: bench_null DIR. One process runs the role's own code from bytes to
 * messages, the other takes the messages, reads the events and finds who is responsible
 * by the register in DIR. Depends on: role, core. */
#include "rows.h"

#include "base/event.h"
#include "core/attrib.h"
#include "role/parse_job.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROWS  400000u
#define TURNS 5

/* The file in memory: how fast the disk is, is another question. */
static int make_file(size_t *ret_bytes)
{
	AUTO_ARENA a = arena_new(MIB(2), "rows");
	struct buf b = buf_in(&a, MIB(1));
	int fd = memfd_create("rows", MFD_CLOEXEC);
	size_t bytes = 0;
	must(fd, "memfd");
	must(buf_add(&b, rows_header()), "header");
	for (uint32_t i = 0; i <= ROWS; i++) {
		if (i < ROWS)
			must(rows_add(&b, i, ROWS), "row");
		if (i < ROWS && b.n < KIB(256))
			continue;
		must(write(fd, b.p, b.n) == (ssize_t)b.n ? 0 : E_SYS, "write");
		bytes += b.n;
		buf_clear(&b);
	}
	*ret_bytes = bytes;
	return fd;
}

static _Noreturn void be_parse(int sock, int input)
{
	struct role me = { .name = "parse", .one_process = true };
	struct parse_job j;
	me.job = arena_new(MIB(64), "job");
	AUTO_ARENA a = arena_new(KIB(64), "start");
	struct buf b = buf_in(&a, KIB(4));
	struct writer w = wr_new(&b);
	struct job_start start = { .name = S(ROWS_NAME), .country = S("") };
	must(chan_new(sock, "work", &me.peer), "channel");
	job_start_write(&w, &start);
	parse_job_begin(&j, &me, input);
	must(parse_job_events(&j, buf_str(&b)), "parse");
	_exit(0);
}

struct sink {
	const struct attrib_table *table;
	uint32_t events, found;
};

static void take_batch(struct sink *s, struct str body)
{
	struct reader r = rd_new(body);
	uint32_t n = rd_u32(&r);
	for (uint32_t i = 0; i < n; i++) {
		struct event e;
		must(event_read(&r, &e), "event");
		bool by_name = (e.flags & EVENT_BY_NAME) != 0;
		struct attrib at = attrib_find(s->table,
			e.flags & EVENT_HAS_NET ? &e.net : NULL, e.name, by_name, e.asn);
		s->events++;
		s->found += at.org != 0;
	}
}

static void be_work(struct sink *s, int sock)
{
	struct chan *from;
	struct frame f = { 0 };
	must(chan_new(sock, "parse", &from), "channel");
	while (f.type != JOB_DONE) {
		must(chan_recv(from, NULL, &f), "receive");
		if (f.type == JOB_EVENT_BATCH)
			take_batch(s, f.body);
		must(f.type == JOB_REFUSED ? E_SYNTAX : 0, "a row was refused");
	}
	chan_free(&from);
}

struct turn {
	double parse, work, wall;
};

static struct turn measure(struct sink *s, int input)
{
	int ends[2];
	must(chan_pair(NULL, ends), "pair");
	double before = children_seconds();
	pid_t child = fork();
	must(child, "fork");
	if (child == 0) {
		(void)close(ends[0]);
		be_parse(ends[1], input);
	}
	(void)close(ends[1]);
	double cpu = cpu_seconds(), wall = wall_seconds();
	be_work(s, ends[0]);
	struct turn t = { .work = cpu_seconds() - cpu, .wall = wall_seconds() - wall };
	int status;
	(void)waitpid(child, &status, 0);
	must(status == 0 ? 0 : E_PEER, "parse");
	t.parse = children_seconds() - before;
	return t;
}

static int by_cpu(const void *pa, const void *pb)
{
	const struct turn *a = pa, *b = pb;
	double d = a->parse + a->work - b->parse - b->work;
	return (d > 0) - (d < 0);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	AUTO_ARENA a = arena_new(MIB(512), "bench");
	struct ctx x = { .arena = &a, .actor = S("bench") };
	struct attrib_table *table;
	struct turn turns[TURNS];
	size_t bytes;
	int dir = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(dir, argv[1]);
	must(db_open(dir, DB_READ, 0, &x.why, &x.db), argv[1]);
	must(attrib_load(&x, &a, &table), "register");
	int input = make_file(&bytes);
	for (int i = 0; i < TURNS; i++) {
		struct sink s = { .table = table };
		turns[i] = measure(&s, input);
		must(s.events == ROWS && s.found == ROWS ? 0 : E_STATE, "events");
	}
	qsort(turns, TURNS, sizeof(turns[0]), by_cpu);
	struct turn m = turns[TURNS / 2];
	printf("null sink: %.0f rows per CPU second of both (parse %.0f ns, work %.0f "
	       "ns a row); %.0f rows/s wall; %u rows of %zu bytes, median of %d\n",
		ROWS / (m.parse + m.work), m.parse / ROWS * 1e9, m.work / ROWS * 1e9,
		ROWS / m.wall, ROWS, bytes / ROWS, TURNS);
	db_close(&x.db);
	return 0;
}

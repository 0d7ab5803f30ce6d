/* SPDX-License-Identifier: Apache-2.0
 * parse_loc.c - one country of libloc's database to typed rows. Depends on: base, fmt,
 * role/parse_job. */
#include "role/parse_job.h"

#include "fmt/loc_rows.h"

#define CPU_STEP_ROWS 20000

struct locating {
	struct parse_job *job;
	struct unpack_src in;
	uint32_t rows;
};

static int read_exactly(void *ctx, uint64_t at, void *to, size_t n, struct why *why)
{
	struct locating *g = ctx;
	size_t done = 0;
	int r = g->in.seek(g->in.ctx, (int64_t)at, why);
	while (r == 0 && done < n) {
		int64_t got = g->in.read(g->in.ctx, (char *)to + done, n - done, why);
		if (got < 0)
			return (int)got;
		if (got == 0)
			return fail(why, E_SYNTAX,
				"the file became shorter while it was read");
		done += (size_t)got;
	}
	return r;
}

static int on_row(void *ctx, const struct reg_row *row, struct why *why)
{
	struct locating *g = ctx;
	(void)why;
	struct writer w = parse_item(g->job);
	reg_row_write(&w, row);
	if (++g->rows % CPU_STEP_ROWS == 0)
		parse_chunk_done(g->job->me);
	return parse_item_added(g->job, JOB_REG_BATCH, &w);
}

static int send_about(
	struct parse_job *j, const struct loc_about *about, const struct loc_count *n)
{
	struct job_about out = { .created = about->created,
		.vendor = about->vendor,
		.licence = about->licence,
		.entries = n->entries,
		.prefixes = n->prefixes,
		.networks = n->networks,
		.asns = n->asns };
	int r = parse_flush(j, JOB_REG_BATCH);
	if (r < 0)
		return r;
	struct writer w = parse_frame(j);
	job_about_write(&w, &out);
	return parse_send_frame(j, JOB_REG_ABOUT, &w);
}

bool parse_is_loc(struct parse_job *j)
{
	char head[LOC_MAGIC_LEN];
	struct why why = { 0 };
	struct locating g = { .job = j, .in = parse_job_src(j) };
	bool is = g.in.size >= LOC_MAGIC_LEN &&
		read_exactly(&g, 0, head, sizeof(head), &why) == 0 &&
		memcmp(head, LOC_MAGIC, sizeof(head)) == 0;
	j->pos = 0;
	return is;
}

int parse_register_loc(struct parse_job *j, const struct job_start *start)
{
	struct why why = { 0 };
	struct locating g = { .job = j, .in = parse_job_src(j) };
	struct loc_src src = { &g, (uint64_t)g.in.size, read_exactly };
	struct loc_rows out = { &g, on_row };
	struct loc_count n;
	struct loc *l;
	int r = start->country.n
		? 0
		: fail(&why, E_UNSUPPORTED,
			  "it holds the whole world: --country says whose "
			  "networks are wanted");
	AUTO_ARENA memory = arena_new(MIB(24), "location database");
	if (r == 0)
		r = loc_open(&memory, &src, &why, &l);
	if (r == 0)
		r = loc_read(l, start->country, &out, &why, &n);
	if (r == 0)
		r = send_about(j, loc_about(l), &n);
	if (j->sent_err < 0)
		return j->sent_err;
	int flushed = parse_flush(j, JOB_REG_BATCH);
	if (flushed < 0)
		return flushed;
	return parse_send_end(j, JOB_DONE, r, g.rows, str_c(why.text));
}

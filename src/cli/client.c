/* SPDX-License-Identifier: Apache-2.0
 * client.c - sending acts: see client.h. Depends on: base, sys, core. */
#include "cli/client.h"

#include "base/auto.h"
#include "base/utf8.h"
#include "sys/frames.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

void request_begin(struct cli *cli, struct act_request *q, enum act_id id)
{
	q->body = buf_in(&cli->arena, KIB(16));
	q->w = wr_new(&q->body);
	q->fd = -1;
	act_begin(&q->w, id);
}

static void show_progress(struct cli *cli, struct str record)
{
	struct value total;
	struct str text = safe_text(&cli->arena, record_text(record, "text"));
	int64_t done = record_int(record, "done");
	if (record_find(record, "total", &total) && total.type == VALUE_INT)
		fprintf(stderr, "\r\033[K%" PRId64 " of %" PRId64 "  %.*s", done, total.n, STR(text));
	else
		fprintf(stderr, "\r\033[K%" PRId64 "  %.*s", done, STR(text));
	fflush(stderr);
}

int request_send(struct cli *cli, struct act_request *q, const struct act_answer *answer)
{
	bool line = isatty(2) && !answer->quiet, shown = false;
	int r = q->w.err < 0 ? q->w.err : cli_service(cli);
	if (r == 0)
		r = chan_send(cli->service.chan, FRAME_ACT, buf_str(&q->body), q->fd, &cli->why);
	while (r == 0) {
		struct frame f;
		r = chan_recv(cli->service.chan, &cli->why, &f);
		if (r < 0)
			break;
		fd_close(&f.fd);
		if (f.type == FRAME_ACT_DONE)
			break;
		if (f.type == FRAME_ERROR)
			r = frame_read_error(&f, &cli->why);
		else if (f.type == FRAME_ACT_PROGRESS && line)
			show_progress(cli, f.body);
		else if (f.type == FRAME_ACT_RECORD && shown)
			fputs("\r\033[K", stderr);
		shown = f.type == FRAME_ACT_PROGRESS && line;
		if (f.type == FRAME_ACT_RECORD && answer->record)
			r = answer->record(answer->ctx, f.body);
	}
	if (shown)
		fputs("\r\033[K", stderr);
	return r;
}

bool record_find(struct str record, const char *name, struct value *ret)
{
	struct reader rd = rd_new(record);
	while (rec_next(&rd, ret) == 1)
		if (str_eq(ret->name, str_c(name)))
			return true;
	return false;
}

int64_t record_int(struct str record, const char *name)
{
	struct value v;
	bool found = record_find(record, name, &v) && (v.type == VALUE_INT || v.type == VALUE_BOOL);
	return found ? v.n : 0;
}

struct str record_text(struct str record, const char *name)
{
	struct value v;
	return record_find(record, name, &v) && v.type == VALUE_TEXT ? v.text : S("");
}

int record_print_json(struct cli *cli, struct str record)
{
	struct buf b = buf_in(&cli->arena, MIB(2));
	int r = rec_json(record, &b);
	if (r == 0)
		r = buf_addc(&b, '\n');
	if (r < 0)
		return fail(&cli->why, r, "an answer cannot be shown");
	struct str s = buf_str(&b);
	return fwrite(s.p, 1, s.n, stdout) == s.n ? 0 : fail(&cli->why, E_SYS, "cannot print");
}

struct str safe_text(struct arena *a, struct str s)
{
	s = utf8_escape(a, s);
	struct buf b = buf_in(a, 12 * s.n + 16);
	while (s.n > 0) {
		uint32_t c;
		int n = utf8_next(s, &c);
		int r = utf8_is_trick(c) ? buf_addf(&b, "[U+%04X]", c)
					 : buf_add(&b, str_to(s, (size_t)n));
		if (n <= 0 || r < 0)
			break;
		s = str_from(s, (size_t)n);
	}
	return buf_str(&b);
}

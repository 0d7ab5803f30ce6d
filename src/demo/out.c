/* SPDX-License-Identifier: Apache-2.0
 * out.c - a large file written in pieces: see out.h. Depends on: base/fd. */
#include "demo/out.h"

#include <fcntl.h>
#include <stdio.h>

static const char *part_name(const struct demo_out *o, char ret[LIMIT_NAME + 8])
{
	(void)snprintf(ret, LIMIT_NAME + 8, "%s.part", o->name);
	return ret;
}

int demo_out_new(
	struct arena *a, int dir, const char *name, struct why *why, struct demo_out *ret)
{
	char part[LIMIT_NAME + 8];
	struct demo_out o = { .dir = dir, .fd = -1, .why = why };
	if (strlen(name) > LIMIT_NAME - 5)
		return fail(why, E_TOO_BIG, "the file name '%s' is too long", name);
	memcpy(o.name, name, strlen(name) + 1);
	o.fd = openat(dir, part_name(&o, part),
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (o.fd < 0)
		return fail(why, E_SYS, "cannot create '%s'", part);
	o.room = arena_alloc(a, DEMO_OUT_ROOM);
	*ret = o;
	return 0;
}

static void flush(struct demo_out *o)
{
	if (o->err == 0 && fd_write_all(o->fd, (struct str){ o->room, o->n }, NULL) < 0)
		o->err = fail(o->why, E_SYS, "cannot write '%s'", o->name);
	o->bytes += o->n;
	o->n = 0;
}

void demo_out_str(struct demo_out *o, struct str s)
{
	while (s.n > 0) {
		size_t n = DEMO_OUT_ROOM - o->n < s.n ? DEMO_OUT_ROOM - o->n : s.n;
		memcpy(o->room + o->n, s.p, n);
		o->n += n;
		s = str_from(s, n);
		if (o->n == DEMO_OUT_ROOM)
			flush(o);
	}
}

void demo_out_char(struct demo_out *o, char c)
{
	o->room[o->n++] = c;
	if (o->n == DEMO_OUT_ROOM)
		flush(o);
}

void demo_out_num(struct demo_out *o, uint64_t v)
{
	char digits[20];
	size_t at = sizeof(digits);
	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	demo_out_str(o, (struct str){ digits + at, sizeof(digits) - at });
}

void demo_out_quoted(struct demo_out *o, struct str s)
{
	demo_out_char(o, '"');
	while (s.n > 0) {
		size_t at = str_find(s, '"');
		demo_out_str(o, str_to(s, at));
		if (at < s.n)
			demo_out_str(o, S("\"\""));
		s = str_from(s, at + 1);
	}
	demo_out_char(o, '"');
}

void demo_out_csv(struct demo_out *o, struct str s)
{
	bool plain = true;
	for (size_t i = 0; i < s.n; i++)
		plain = plain && s.p[i] != '"' && s.p[i] != ',' && s.p[i] != '\n' &&
			s.p[i] != '\r';
	if (plain)
		demo_out_str(o, s);
	else
		demo_out_quoted(o, s);
}

int demo_out_end(struct demo_out *o)
{
	char part[LIMIT_NAME + 8];
	part_name(o, part);
	flush(o);
	if (close(o->fd) < 0 && o->err == 0)
		o->err = fail(o->why, E_SYS, "cannot close '%s'", o->name);
	o->fd = -1;
	if (o->err == 0 && renameat(o->dir, part, o->dir, o->name) < 0)
		o->err = fail(o->why, E_SYS, "cannot put '%s' in place", o->name);
	if (o->err < 0)
		(void)unlinkat(o->dir, part, 0);
	return o->err;
}

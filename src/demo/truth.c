/* SPDX-License-Identifier: Apache-2.0
 * truth.c - what is true about the generated rows: see truth.h. Depends on:
 * demo/population. */
#include "demo/truth.h"
#include "demo/files.h"

#include <fcntl.h>

static const char truth_head[] = "file,row,asn,holder,dirty,key\n";

/* Copies the whole lines in s that are not about the day; returns how many bytes are
 * done. */
static size_t copy_lines(struct demo_out *o, struct str s, struct str day)
{
	size_t done = 0;
	while (done < s.n) {
		struct str rest = str_from(s, done);
		size_t end = str_find(rest, '\n');
		if (end == rest.n)
			break;
		struct str line = str_to(rest, end + 1);
		if (!str_starts(line, day) && !str_eq(line, str_c(truth_head)))
			demo_out_str(o, line);
		done += line.n;
	}
	return done;
}

static int copy_old(
	struct arena *a, int fd, struct str day, struct why *why, struct demo_out *o)
{
	const size_t room = MIB(1);
	char *p = arena_alloc(a, room);
	size_t have = 0;
	for (;;) {
		ssize_t n = read(fd, p + have, room - have);
		if (n < 0)
			return fail(why, E_SYS, "cannot read 'truth.csv'");
		if (n == 0)
			return have == 0
				? 0
				: fail(why, E_SYNTAX, "'truth.csv' ends inside a line");
		have += (size_t)n;
		size_t done = copy_lines(o, (struct str){ p, have }, day);
		if (done == 0 && have == room)
			return fail(why, E_TOO_BIG, "'truth.csv' has a line above 1 MiB");
		memmove(p, p + done, have - done);
		have -= done;
	}
}

int demo_truth_begin(
	struct arena *a, int dir, struct str day, struct why *why, struct demo_out *ret)
{
	int r = demo_out_new(a, dir, "truth.csv", why, ret);
	if (r < 0)
		return r;
	demo_out_str(ret, str_c(truth_head));
	AUTO_FD int fd = openat(dir, "truth.csv", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return 0; /* the first day */
	r = copy_old(a, fd, day, why, ret);
	if (r < 0 && ret->err == 0)
		ret->err = r;
	return r < 0 ? demo_out_end(ret) : 0;
}

void demo_truth_key(
	struct demo_out *o, const struct demo_population *p, const struct demo_key *k)
{
	demo_out_str(o, p->reports->v[k->report].type);
	demo_out_char(o, '-');
	demo_out_num(o, k->serial);
}

void demo_truth_add(struct demo_out *o, const struct demo_population *p, struct str file,
	uint32_t row, const struct demo_sighting *s)
{
	static const char *const dirt[] = { "", "charset", "geo", "broken" };
	const struct demo_key *k = &p->keys[s->key];
	bool broken = s->dirt == DIRT_BROKEN;
	demo_out_str(o, file);
	demo_out_char(o, ',');
	demo_out_num(o, row);
	demo_out_char(o, ',');
	if (!broken && k->asn > 0)
		demo_out_num(o, k->asn);
	demo_out_char(o, ',');
	if (!broken && k->holder >= 0)
		demo_out_csv(o, p->places->reg->orgs[k->holder].name);
	demo_out_char(o, ',');
	demo_out_str(o, str_c(dirt[s->dirt]));
	demo_out_char(o, ',');
	if (!broken)
		demo_truth_key(o, p, k);
	demo_out_char(o, '\n');
}

static void write_key(
	struct demo_out *o, const struct demo_population *p, const struct demo_key *k)
{
	const struct demo_report *t = &p->reports->v[k->report];
	char text[IP_TEXT_MAX];
	struct demo_identity d = demo_key_identity(p, k, text);
	bool first = true;
	demo_truth_key(o, p, k);
	demo_out_char(o, ',');
	demo_out_str(o, k->v6 ? t->twin : t->type);
	demo_out_char(o, ',');
	demo_out_str(o, d.identifier);
	demo_out_char(o, ',');
	demo_out_str(o, d.place);
	demo_out_char(o, ',');
	if (d.port > 0)
		demo_out_num(o, d.port);
	demo_out_char(o, ',');
	for (int32_t day = 0; day < p->day; day++) {
		if (!demo_key_seen(k, day))
			continue;
		if (!first)
			demo_out_char(o, ' ');
		demo_out_num(o, (uint64_t)day);
		first = false;
	}
	demo_out_char(o, '\n');
}

static bool ever_seen(const struct demo_key *k, int32_t last)
{
	for (int32_t i = 0; i <= last / 64; i++)
		if (k->days[i] != 0)
			return true;
	return false;
}

int demo_keys_write(
	struct arena *a, const struct demo_population *p, int dir, struct why *why)
{
	struct demo_out o;
	int r = demo_out_new(a, dir, "keys.csv", why, &o);
	if (r < 0)
		return r;
	demo_out_str(&o, S("key,type,identifier,address,port,days\n"));
	for (size_t i = 0; i < p->n_keys; i++)
		if (ever_seen(&p->keys[i], p->last))
			write_key(&o, p, &p->keys[i]);
	return demo_out_end(&o);
}

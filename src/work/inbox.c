/* SPDX-License-Identifier: Apache-2.0
 * inbox.c - what appears in DIR/in is taken in: see inbox.h. Depends on: base, sys, work.
 */
#include "work/inbox.h"

#include "base/fd.h"
#include "base/log.h"
#include "base/map.h"
#include "base/utf8.h"
#include "sys/clock.h"
#include "work/own_act.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#define TURN_MS	     1000
#define PAUSE_MS     60000 /* after a failure that is not the file's */
#define TRIES	     1000  /* of a free name in done */
#define FOLDERS_TOLD 50
#define NAME_CUT     230 /* so that what is put before or behind it has room */

/* What a file looked like, and since when. */
struct seen {
	struct str name;
	int64_t size, mtime_ns, since_ms;
	bool stuck; /* it could not be opened or moved */
};
struct inbox {
	struct arena arena;
	struct arena looks[2]; /* this look's and the last one's */
	int now;
	struct seen *files;
	size_t n;
	int64_t paused_ms;
	struct str told[FOLDERS_TOLD]; /* folders that are left alone */
	size_t n_told;
};

int inbox_ready(int datadir, struct why *why)
{
	static const char *const folders[] = { "in", "in/done", "in/failed", "spool" };
	int r = 0;
	for (size_t i = 0; i < N(folders) && r == 0; i++) {
		AUTO_FD int fd = -1;
		r = dir_open(datadir, folders[i], true, why, &fd);
	}
	return r;
}

void inbox_free(struct inbox **p)
{
	struct inbox *in = *p;
	*p = NULL;
	if (in == NULL)
		return;
	arena_free(&in->looks[0]);
	arena_free(&in->looks[1]);
	struct arena a = in->arena;
	arena_free(&a);
}

static bool left_alone(struct str name)
{
	return name.p[0] == '.' || str_ends(name, S(".part")) ||
		str_ends(name, S(".tmp"));
}

static const struct seen *find(const struct seen *v, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(v[i].name, name))
			return &v[i];
	return NULL;
}

/* Download scripts make folders, and wait for ever: said once. */
static void tell_folder(struct inbox *in, struct str name)
{
	if (name.p[0] == '.' || str_eq(name, S("done")) || str_eq(name, S("failed")) ||
		in->n_told == FOLDERS_TOLD)
		return;
	for (size_t i = 0; i < in->n_told; i++)
		if (str_eq(in->told[i], name))
			return;
	in->told[in->n_told++] = str_dup(&in->arena, name);
	log_line(LOG_WARNING, "work",
		"in/%.*s is a folder: what lies in it is not taken in",
		STR(utf8_escape(&in->arena, name)));
}

/* One entry of the folder, as it is now. */
static void note(struct inbox *in, int dir, const char *name, const struct seen *before,
	size_t n_before)
{
	struct stat st;
	if (left_alone(str_c(name)) || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (S_ISDIR(st.st_mode))
		tell_folder(in, str_c(name));
	if (!S_ISREG(st.st_mode) || in->n == INBOX_FILES)
		return;
	struct seen s = { .name = str_dup(&in->looks[in->now], str_c(name)),
		.size = st.st_size,
		.mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec,
		.since_ms = clock_ms() };
	const struct seen *was = find(before, n_before, s.name);
	if (was && was->size == s.size && was->mtime_ns == s.mtime_ns)
		s.since_ms = was->since_ms;
	s.stuck = was && was->stuck;
	in->files[in->n++] = s;
}

/* The folder as it is, with what is known of its files from the last look. */
static int look(struct inbox *in, int dir, struct why *why)
{
	const struct seen *before = in->files;
	size_t n_before = in->n;
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	if (d == NULL) {
		fd_close(&copy);
		return fail(why, E_SYS, "cannot read the folder in");
	}
	in->now = !in->now;
	arena_reset(&in->looks[in->now]);
	in->files = arena_array(&in->looks[in->now], INBOX_FILES, sizeof(*in->files));
	in->n = 0;
	const struct dirent *e;
	while ((e = readdir(d)) != NULL)
		note(in, dir, e->d_name, before, n_before);
	(void)closedir(d);
	return 0;
}

/* The first settled one by name, so that days come in their order. */
static struct seen *next_settled(const struct inbox *in, struct str after)
{
	struct seen *best = NULL;
	int64_t now = clock_ms();
	for (size_t i = 0; i < in->n; i++) {
		struct seen *s = &in->files[i];
		bool settled = now - s->since_ms >= INBOX_SETTLE_MS;
		if (!settled || (after.p && str_cmp(s->name, after) <= 0))
			continue;
		if (best == NULL || str_cmp(s->name, best->name) < 0)
			best = s;
	}
	return best;
}

/* What the act said was wrong with the file or one of its members. */
struct verdict {
	struct buf text;
};

static int heard(void *ctx, struct str record)
{
	struct verdict *v = ctx;
	struct str error = record_text(record, "error");
	if (error.n == 0)
		return 0;
	return buf_addf(
		&v->text, "%.*s: %.*s\n", STR(record_text(record, "file")), STR(error));
}

bool inbox_same(int dir, const char *name, int fd, const struct stat *then)
{
	struct stat now, named;
	return fstat(fd, &now) == 0 &&
		fstatat(dir, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
		named.st_dev == now.st_dev && named.st_ino == now.st_ino &&
		now.st_size == then->st_size &&
		now.st_mtim.tv_sec == then->st_mtim.tv_sec &&
		now.st_mtim.tv_nsec == then->st_mtim.tv_nsec;
}

/* Into done or failed, under a name that is free there. */
static int move(int dir, const char *name, const char *folder, struct arena *a,
	struct why *why, const char **ret_name)
{
	for (int i = 0; i < TRIES; i++) {
		char *to = arena_alloc(a, NAME_MAX + 32);
		if (i == 0)
			(void)snprintf(
				to, NAME_MAX + 32, "%s/%.*s", folder, NAME_CUT, name);
		else
			(void)snprintf(to, NAME_MAX + 32, "%s/%d-%.*s", folder, i,
				NAME_CUT, name);
		if (renameat2(dir, name, dir, to, 1 /* RENAME_NOREPLACE */) == 0) {
			*ret_name = to;
			return 0;
		}
		if (errno != EEXIST)
			break;
	}
	return fail(why, E_SYS, "cannot move '%s' to in/%s", name, folder);
}

static int put_aside(
	int dir, const char *name, struct str reason, struct arena *a, struct why *why)
{
	const char *to;
	bool failed = reason.n > 0;
	int r = move(dir, name, failed ? "failed" : "done", a, why, &to);
	if (r < 0 || !failed)
		return r;
	char *beside = arena_alloc(a, NAME_MAX + 40);
	(void)snprintf(beside, NAME_MAX + 40, "%s.why", to);
	return file_replace(dir, beside, reason, why);
}

/* Failures that say nothing about the file: it stays, and is tried again. */
static bool not_its_fault(int r)
{
	return r == E_NO_SPACE || r == E_STOPPED || r == E_PEER || r == E_DB ||
		r == E_BUSY || r == E_SYS || r == E_SYNC || r == E_STATE;
}

static int take_file(struct work *w, struct ctx *x, int dir, const struct seen *s)
{
	struct own_act o;
	struct verdict v = { .text = buf_in(x->arena, KIB(64)) };
	const char *name;
	struct why why = { 0 };
	int r = str_z(x->arena, s->name, &name);
	if (r < 0)
		return r;
	AUTO_FD int fd = openat(
		dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 && errno != EACCES)
		return fail(&x->why, E_SYS, "cannot open in/%s", name);
	if (fd < 0)
		return put_aside(dir, name, S("the service's user may not read it\n"),
			x->arena, &x->why);
	struct stat then;
	if (fstat(fd, &then) < 0)
		return fail(&x->why, E_SYS, "cannot look at in/%s", name);
	own_begin(&o, x->arena, ACT_FILE_IMPORT);
	rec_text(&o.w, "name", utf8_escape(x->arena, s->name));
	o.fd = fd;
	o.heard = heard;
	o.ctx = &v;
	r = own_apply(w, &o, x->now, &why);
	if (r < 0 && not_its_fault(r))
		return fail(&x->why, r, "in/%s: %s", name, why.text);
	if (r < 0)
		r = buf_addf(&v.text, "%s\n", why.text[0] ? why.text : err_text(r));
	struct str reason = buf_str(&v.text);
	if (r == 0 && !inbox_same(dir, name, fd, &then)) {
		log_line(LOG_NOTICE, "work", "in/%s changed while it was read", name);
		return 0; /* it is taken in again when it has settled */
	}
	if (r == 0)
		r = put_aside(dir, name, reason, x->arena, &x->why);
	if (r == 0)
		log_line(reason.n ? LOG_WARNING : LOG_NOTICE, "work", "in/%s was %s",
			name, reason.n ? "put into in/failed" : "taken in");
	return r;
}

static struct inbox *inbox_new(void)
{
	struct arena a = arena_new(MIB(4), "inbox");
	struct inbox *in = arena_alloc(&a, sizeof(*in));
	in->arena = a;
	in->looks[0] = arena_new(MIB(4), "inbox");
	in->looks[1] = arena_new(MIB(4), "inbox");
	return in;
}

bool inbox_waits(const struct inbox *in)
{
	for (size_t i = 0; in && i < in->n; i++)
		if (!in->files[i].stuck)
			return true;
	return false;
}

int inbox_tick(struct work *w, struct ctx *x)
{
	AUTO_FD int dir = -1;
	struct str last = { NULL, 0 };
	int64_t began = clock_ms();
	if (!w->scheduled)
		return 0;
	if (w->inbox == NULL)
		w->inbox = inbox_new();
	if (began < w->inbox->paused_ms)
		return 0;
	int r = dir_open(w->datadir, "in", false, &x->why, &dir);
	if (r == 0)
		r = look(w->inbox, dir, &x->why);
	/* One that cannot be opened or moved must not keep the others out. */
	for (int e = r; (e == 0 || e == E_SYS) && clock_ms() - began < TURN_MS;) {
		struct seen *s = next_settled(w->inbox, last);
		if (s == NULL)
			break;
		last = s->name;
		e = take_file(w, x, dir, s);
		s->stuck = e == E_SYS;
		r = e < 0 && (r == 0 || e != E_SYS) ? e : r;
	}
	if (r < 0)
		w->inbox->paused_ms = clock_ms() + PAUSE_MS;
	return r == E_STOPPED ? 0 : r;
}

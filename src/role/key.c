/* SPDX-License-Identifier: Apache-2.0
 * key.c - key: what needs the team's OpenPGP key, or a contact's. Depends on: base, sys,
 * exchange/gpg. It may execute gpg and its agent, write its key home, and nothing else:
 * no database, no network. */
#include "role/role.h"

#include "base/fd.h"
#include "base/wire.h"
#include "exchange/gpg.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#define KEY_HOME       "keys"
#define PASSPHRASE_MAX 1024

struct keys {
	struct role *me;
	struct gpg gpg;
	struct why no_passphrase; /* why what tocsin.conf names cannot be used */
};

/* ---- before the sandbox ---- */

/* The first line of the file, which nobody but its owner may read. */
static int read_passphrase(struct keys *k, struct str name)
{
	struct role *me = k->me;
	struct why *why = &k->no_passphrase;
	const char *z;
	struct str all, line;
	if (name.n == 0)
		return 0;
	int r = str_z(&me->arena, name, &z);
	if (r < 0)
		return fail(why, r, "key.passphrase-file cannot be read");
	AUTO_FD int fd = openat(me->datadir, z, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return fail(why, E_SYS, "cannot open the passphrase file '%s'", z);
	if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0)
		return fail(why, E_DENIED,
			"others may read the passphrase file '%s': chmod 600 it", z);
	r = fd_read_all(fd, &me->arena, PASSPHRASE_MAX, why, &all);
	if (r == 0 && str_split(&all, '\n', &line))
		k->gpg.passphrase = str_trim(line);
	return r;
}

static int find_home(struct keys *k)
{
	struct role *me = k->me;
	char link[64], *path = arena_alloc(&me->arena, PATH_MAX + 16);
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", me->datadir);
	ssize_t n = readlink(link, path, PATH_MAX);
	if (n <= 0 || n >= PATH_MAX)
		return fail(&me->why, E_SYS, "cannot find the data directory");
	memcpy(path + n, "/" KEY_HOME, sizeof("/" KEY_HOME));
	k->gpg.path = path;
	return dir_open(me->datadir, KEY_HOME, true, &me->why, &k->gpg.dir);
}

/* gpg gets no environment of ours. */
static int set_environment(struct role *me)
{
	bool set = clearenv() == 0 && setenv("PATH", "/usr/bin", 1) == 0 &&
		setenv("LC_ALL", "C.UTF-8", 1) == 0 && setenv("TZ", "UTC", 1) == 0;
	return set ? 0 : fail(&me->why, E_SYS, "cannot set the environment");
}

static int enter(struct keys *k)
{
	struct role *me = k->me;
	const struct sandbox_plan *plan = sandbox_plan("key");
	int r = 0;
	if (!me->one_process)
		r = sandbox_user(plan, me->datadir, &me->why);
	if (r == 0)
		r = conf_load(me->datadir, &me->arena, &me->why, &me->conf);
	if (r == 0)
		r = find_home(k);
	if (r < 0)
		return r;
	(void)!read_passphrase(k, me->conf.key_passphrase_file);
	r = gpg_library(&me->why);
	if (r < 0)
		return r;
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (me->one_process) {
		me->state = sandbox_none();
		return 0;
	}
	fd_close(&me->datadir); /* from here on only the key home */
	r = set_environment(me);
	return r < 0 ? r : sandbox_close(plan, k->gpg.dir, &me->why, &me->state);
}

/* ---- one job ---- */

struct answer {
	struct keys *k;
	struct key_done done;
	int in, out; /* descriptors; -1 none */
};

static int tell_key(void *ctx, const struct key_info *i)
{
	struct answer *a = ctx;
	struct role *me = a->k->me;
	AUTO_ARENA room = arena_new(KIB(64), "key");
	struct buf b = buf_in(&room, KIB(16));
	struct writer w = wr_new(&b);
	key_info_write(&w, i);
	return w.err < 0 ? w.err
			 : chan_send(me->peer, FRAME_KEY_ONE, buf_str(&b), -1, &me->why);
}

static bool needs_data(enum key_op op)
{
	return op != KEY_LIST && op != KEY_MAKE && op != KEY_EXPORT;
}
static bool needs_secret(const struct key_job *j)
{
	return j->op == KEY_SIGN || j->op == KEY_DECRYPT || j->op == KEY_MAKE ||
		j->op == KEY_IMPORT_SECRET || (j->op == KEY_ENCRYPT && j->team.n > 0);
}

static int check_data(const struct key_job *j, int fd, struct why *why)
{
	struct stat st;
	bool keys = j->op == KEY_LOOK || j->op == KEY_IMPORT ||
		j->op == KEY_IMPORT_SECRET;
	if (needs_data(j->op) != (fd >= 0))
		return fail(why, E_SYNTAX, "a job of the wrong shape");
	if (fd < 0)
		return 0;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return fail(why, E_SYNTAX, "what came is no file");
	if ((uint64_t)st.st_size > (keys ? KEY_IMPORT_MAX : KEY_DATA_MAX))
		return fail(why, E_TOO_BIG, "more than %zu MiB",
			(keys ? KEY_IMPORT_MAX : KEY_DATA_MAX) >> 20);
	return 0;
}

static int perform(struct answer *a, const struct key_job *j, struct why *why)
{
	struct gpg *g = &a->k->gpg;
	switch (j->op) {
	case KEY_LIST:
		return gpg_list(g, j, why, tell_key, a);
	case KEY_LOOK:
		return gpg_look(g, j, a->in, why, tell_key, a);
	case KEY_IMPORT:
	case KEY_IMPORT_SECRET:
		return gpg_import(g, j, a->in, why, tell_key, a);
	case KEY_MAKE:
		return gpg_make(g, j, why, tell_key, a);
	case KEY_EXPORT:
		return gpg_export(g, j, a->out, why);
	case KEY_SIGN:
		return gpg_sign(g, j, a->in, a->out, why, &a->done);
	case KEY_ENCRYPT:
		return gpg_encrypt(g, j, a->in, a->out, why, &a->done);
	case KEY_VERIFY:
		return gpg_verify(g, j, a->in, &a->k->me->job, why, &a->done);
	case KEY_DECRYPT:
		return gpg_decrypt(g, a->in, a->out, &a->k->me->job, why, &a->done);
	case KEY_OP_END:
	default:
		return fail(why, E_SYNTAX, "no such job");
	}
}

static int run_job(struct answer *a, const struct key_job *j, struct why *why)
{
	struct keys *k = a->k;
	int r = check_data(j, a->in, why);
	if (r == 0 && needs_secret(j) && k->no_passphrase.err) {
		*why = k->no_passphrase;
		return why->err;
	}
	bool out = j->op == KEY_EXPORT || j->op == KEY_SIGN || j->op == KEY_ENCRYPT ||
		j->op == KEY_DECRYPT;
	if (r == 0 && out) {
		a->out = memfd_create("answer", MFD_CLOEXEC);
		if (a->out < 0)
			r = fail(why, E_SYS, "no room for the answer");
	}
	if (r == 0)
		r = gpg_begin(&k->gpg, j->now, why);
	if (r == 0)
		r = perform(a, j, why);
	gpg_end(&k->gpg);
	return r;
}

static int tell_done(struct answer *a)
{
	struct role *me = a->k->me;
	struct buf b = buf_in(&me->job, KIB(1));
	struct writer w = wr_new(&b);
	key_done_write(&w, &a->done);
	return w.err < 0
		? w.err
		: chan_send(me->peer, FRAME_KEY_DONE, buf_str(&b), a->out, &me->why);
}

static int on_frame(struct keys *k, struct frame *f)
{
	struct role *me = k->me;
	struct answer a = { .k = k, .in = f->fd, .out = -1 };
	struct key_job j;
	struct why why = { 0 };
	if (f->type == FRAME_PING)
		return chan_send(me->peer, FRAME_PONG, f->body, -1, &me->why);
	if (f->type != FRAME_KEY_JOB || key_job_read(f->body, &j) < 0)
		return fail(&me->why, E_SYNTAX, "work sent what is no job");
	int r = run_job(&a, &j, &why);
	if (r == E_PEER)
		return r;
	r = r < 0 ? frame_send_error(me->peer, r, &why, &me->why) : tell_done(&a);
	fd_close(&a.out);
	return r;
}

int role_key(struct role *me)
{
	struct keys k = { .me = me, .gpg = { .dir = -1 } };
	int r = enter(&k);
	if (r == 0)
		r = gpg_home(&k.gpg, &me->why);
	if (r == 0)
		r = role_tell_ready(me);
	while (r == 0) {
		struct frame f;
		r = chan_recv(me->peer, &me->why, &f);
		if (r < 0)
			break;
		arena_reset(&me->job);
		r = on_frame(&k, &f);
		fd_close(&f.fd);
	}
	gpg_agent_end(&k.gpg);
	fd_close(&k.gpg.dir);
	return r == E_PEER ? 0 : r;
}

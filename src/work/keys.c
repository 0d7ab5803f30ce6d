/* SPDX-License-Identifier: Apache-2.0
 * keys.c - what work asks the role key: see keys.h. Depends on: base, sys,
 * fmt/key_job. */
#include "work/keys.h"

#include "base/fd.h"

#include <sys/mman.h>
#include <sys/stat.h>

/* The bytes as a file that has no name and that nobody can change any more. */
static int file_of(struct str data, struct why *why, int *ret)
{
	AUTO_FD int fd = memfd_create("job", MFD_CLOEXEC);
	if (fd < 0)
		return fail(why, E_SYS, "no memory for a mail");
	int r = fd_write_all(fd, data, why);
	if (r == 0)
		*ret = take_fd(&fd);
	return r;
}

static int read_answer(int fd, struct arena *a, struct why *why, struct str *ret)
{
	struct stat st;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
		(uint64_t)st.st_size > KEY_DATA_MAX || lseek(fd, 0, SEEK_SET) != 0)
		return fail(why, E_SYNTAX, "the key role answered with no file");
	return fd_read_all(fd, a, KEY_DATA_MAX, why, ret);
}

static struct key_info keep(struct arena *a, const struct key_info *k)
{
	struct key_info i = *k;
	i.fingerprint = str_dup(a, k->fingerprint);
	i.uid = str_dup(a, k->uid);
	i.mails = str_dup(a, k->mails);
	return i;
}

static int add_key(struct keys_answer *to, size_t *room, struct str body, struct arena *a,
	struct why *why)
{
	struct key_info k;
	if (key_info_read(body, &k) < 0 || to->n >= KEY_LIST_MAX)
		return fail(why, E_SYNTAX, "the key role answered with no key");
	if (to->n == *room) {
		*room = *room ? *room * 2 : 16;
		struct key_info *more = arena_array(a, *room, sizeof(*more));
		if (to->n)
			memcpy(more, to->keys, to->n * sizeof(*more));
		to->keys = more;
	}
	to->keys[to->n++] = keep(a, &k);
	return 0;
}

static int take_done(
	struct keys_answer *to, const struct frame *f, struct arena *a, struct why *why)
{
	int r = key_done_read(str_dup(a, f->body), &to->done);
	if (r < 0)
		return fail(why, r, "the key role broke off");
	return f->fd < 0 ? 0 : read_answer(f->fd, a, why, &to->data);
}

/* To the end of the answer. *ret_broken: the role died or lied. */
static int hear(struct chan *c, struct arena *a, struct why *why, struct keys_answer *ret,
	bool *ret_broken)
{
	struct keys_answer to = { 0 };
	size_t room = 0;
	*ret_broken = true;
	for (;;) {
		struct frame f;
		int r = chan_recv(c, why, &f);
		if (r < 0)
			return r;
		if (f.type == FRAME_ERROR) {
			fd_close(&f.fd);
			*ret_broken = false;
			return frame_read_error(&f, why);
		}
		if (f.type == FRAME_KEY_ONE)
			r = f.fd >= 0 ? E_SYNTAX : add_key(&to, &room, f.body, a, why);
		else if (f.type == FRAME_KEY_DONE)
			r = take_done(&to, &f, a, why);
		else
			r = E_SYNTAX;
		bool done = r == 0 && f.type == FRAME_KEY_DONE;
		fd_close(&f.fd);
		if (r < 0)
			return fail(why, r, "the key role broke the protocol");
		if (done) {
			*ret_broken = false;
			*ret = to;
			return 0;
		}
	}
}

static int ask(struct work *w, const struct key_job *j, int fd, struct arena *a,
	struct why *why, struct keys_answer *ret, bool *ret_broken)
{
	const struct work_host *h = w->host;
	struct buf b = buf_in(a, KEY_SIG_MAX + KIB(4));
	struct writer out = wr_new(&b);
	struct chan *c;
	*ret_broken = false;
	if (h->helper == NULL)
		return fail(why, E_UNSUPPORTED, "there is no key role here");
	key_job_write(&out, j);
	int r = out.err < 0 ? out.err : h->helper(h->role, HELPER_KEY, &c, why);
	if (r < 0)
		return r;
	r = chan_send(c, FRAME_KEY_JOB, buf_str(&b), fd, why);
	*ret_broken = r < 0;
	if (r == 0)
		r = hear(c, a, why, ret, ret_broken);
	if (*ret_broken)
		h->drop_helper(h->role, HELPER_KEY);
	return r;
}

int keys_ask(struct work *w, const struct key_job *j, struct str data, struct arena *a,
	struct why *why, struct keys_answer *ret)
{
	AUTO_FD int made = -1;
	bool lasting = j->op == KEY_MAKE || j->op == KEY_IMPORT_SECRET;
	int r = data.p ? file_of(data, why, &made) : 0;
	if (r < 0)
		return r;
	for (int tries = 0;; tries++) {
		struct why own = { 0 };
		bool broken;
		r = ask(w, j, made, a, &own, ret, &broken);
		if (r == 0 || !broken || lasting || tries > 0) {
			if (r < 0 && why && why->err == 0)
				*why = own;
			return r < 0 && broken ? E_PEER : r;
		}
	}
}

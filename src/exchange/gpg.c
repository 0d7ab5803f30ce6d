/* SPDX-License-Identifier: Apache-2.0
 * gpg.c - what is done with keys and mails: see gpg.h. Depends on: base, fmt/key_job. */
#include "exchange/gpg.h"

#include "base/lib.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <gpgme.h>
#include <unistd.h>

#define CALLS(X)                                                                         \
	X(gpgme_data_new_from_cbs)                                                       \
	X(gpgme_data_new_from_fd)                                                        \
	X(gpgme_data_new_from_mem)                                                       \
	X(gpgme_data_release)                                                            \
	X(gpgme_get_key)                                                                 \
	X(gpgme_key_unref)                                                               \
	X(gpgme_op_createkey)                                                            \
	X(gpgme_op_decrypt_verify)                                                       \
	X(gpgme_op_encrypt)                                                              \
	X(gpgme_op_encrypt_sign)                                                         \
	X(gpgme_op_export)                                                               \
	X(gpgme_op_genkey_result)                                                        \
	X(gpgme_op_import)                                                               \
	X(gpgme_op_import_result)                                                        \
	X(gpgme_op_keylist_end)                                                          \
	X(gpgme_op_keylist_from_data_start)                                              \
	X(gpgme_op_keylist_next)                                                         \
	X(gpgme_op_keylist_start)                                                        \
	X(gpgme_op_sign)                                                                 \
	X(gpgme_op_sign_result)                                                          \
	X(gpgme_op_verify)                                                               \
	X(gpgme_op_verify_result)                                                        \
	X(gpgme_signers_add)                                                             \
	X(gpgme_signers_clear)
LIB_FIND(CALLS);

int gpg_ready(struct why *why)
{
	return lib_open(GPG_LIBRARY, calls, N(calls), why);
}

/* ---- bytes in and out ---- */

static ssize_t out_write(void *handle, const void *p, size_t n)
{
	const int *fd = handle;
	off_t at = lseek(*fd, 0, SEEK_CUR);
	if (at < 0 || (size_t)at > KEY_DATA_MAX || n > KEY_DATA_MAX - (size_t)at) {
		errno = EFBIG; /* such as a small mail that unpacks to all there is */
		return -1;
	}
	return write(*fd, p, n);
}
static struct gpgme_data_cbs out_cbs = { .write = out_write };

struct ends {
	gpgme_data_t in, out;
	int out_fd;
};

static void ends_free(struct ends *e)
{
	lib.gpgme_data_release(e->in);
	lib.gpgme_data_release(e->out);
}

/* in or out may be -1. */
static int ends_open(struct ends *e, int in, int out, struct why *why)
{
	gpgme_error_t err = 0;
	*e = (struct ends){ .out_fd = out };
	if (in >= 0 && lseek(in, 0, SEEK_SET) < 0)
		return fail(why, E_SYS, "cannot read what was given");
	if (in >= 0)
		err = lib.gpgme_data_new_from_fd(&e->in, in);
	if (err == 0 && out >= 0)
		err = lib.gpgme_data_new_from_cbs(&e->out, &out_cbs, &e->out_fd);
	return err ? gpg_fail(why, err, "no memory for gpg") : 0;
}

/* ---- keys ---- */

static struct str uid_text(struct arena *a, const char *uid)
{
	struct str s = utf8_cut(
		utf8_escape(a, str_to(str_c(uid ? uid : ""), 4 * KEY_UID_MAX)),
		KEY_UID_MAX);
	char *p = arena_alloc(a, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		p[i] = s.p[i] == '\t' ? ' ' : s.p[i];
	return (struct str){ p, s.n };
}

static bool mail_plain(struct str m)
{
	for (size_t i = 0; i < m.n; i++)
		if (m.p[i] <= ' ' || m.p[i] >= 0x7f)
			return false;
	return m.n > 2 && m.n <= 254;
}

/* A revoked key has only revoked user ids; it is still known whose it was. */
static struct str mails_of(struct arena *a, gpgme_user_id_t u, bool revoked)
{
	struct buf b = buf_in(a, KEY_MAILS_MAX * 256);
	for (int n = 0; u && n < KEY_MAILS_MAX; u = u->next) {
		struct str mail = str_lower(a, str_c(u->email ? u->email : ""));
		if ((u->revoked && !revoked) || u->invalid || !mail_plain(mail))
			continue;
		if (buf_add(&b, mail) < 0 || buf_addc(&b, '\n') < 0)
			break;
		n++;
	}
	return b.n ? buf_str(&b) : S("");
}

static bool over(int64_t expires, int64_t now)
{
	return expires > 0 && expires <= now;
}

/* What gpg makes has the second in which it was ready, which is after the job's. */
#define JUST_MADE 60

/* The state of one subkey for its use; GOOD beats all others. */
static enum key_state subkey_state(gpgme_subkey_t s, int64_t now)
{
	if (s->revoked)
		return KEY_REVOKED;
	if (s->expired || over(s->expires, now))
		return KEY_EXPIRED;
	if (s->timestamp > now + JUST_MADE)
		return KEY_NOT_YET;
	return s->disabled || s->invalid ? KEY_UNFIT : KEY_GOOD;
}

/* The later of two ends; 0 is never. */
static int64_t later(int64_t a, int64_t b)
{
	return a == 0 || b <= 0 ? 0 : a > b ? a : b;
}

/* The best of the subkeys for the use, and until when one of them can be used. */
static enum key_state best_subkey(
	gpgme_subkey_t s, bool sign, int64_t now, int64_t *ret_until)
{
	enum key_state best = KEY_UNFIT;
	bool any = false, good = false;
	for (; s; s = s->next) {
		if (!(sign ? s->can_sign : s->can_encrypt))
			continue;
		enum key_state state = subkey_state(s, now);
		if (!any || state == KEY_GOOD)
			best = state;
		if (state == KEY_GOOD)
			*ret_until = later(good ? *ret_until : 1, s->expires);
		good = good || state == KEY_GOOD;
		any = true;
	}
	return best;
}

/* The whole key's word goes before its subkeys'. */
static enum key_state whole_state(gpgme_key_t k, int64_t now, enum key_state subkey)
{
	enum key_state first = subkey_state(k->subkeys, now);
	if (k->revoked)
		return KEY_REVOKED;
	if (k->expired)
		return KEY_EXPIRED;
	if (first != KEY_GOOD)
		return first;
	return k->disabled || k->invalid ? KEY_UNFIT : subkey;
}

static void info_of(
	gpgme_key_t k, int64_t now, bool secret, struct arena *a, struct key_info *ret)
{
	gpgme_subkey_t first = k->subkeys;
	int64_t until = 0;
	enum key_state subkey = best_subkey(first, secret, now, &until);
	struct key_info i = { .fingerprint = str_c(first->fpr),
		.created = first->timestamp > 0 ? first->timestamp : 0,
		.expires = first->expires > 0 ? first->expires : 0,
		.state = whole_state(k, now, subkey),
		.secret = secret,
		.uid = uid_text(a, k->uids ? k->uids->uid : ""),
		.mails = mails_of(a, k->uids, k->revoked) };
	if (until > 0 && (i.expires == 0 || until < i.expires))
		i.expires = until;
	*ret = i;
}

static size_t count_uids(gpgme_key_t k)
{
	size_t n = 0;
	for (gpgme_user_id_t u = k->uids; u; u = u->next)
		n++;
	return n;
}

struct walk {
	const struct key_job *j;
	gpg_key_fn *fn;
	void *ctx;
	size_t most;
	bool look; /* strangers' keys: their limits */
	size_t n;
};

static int on_key(struct walk *w, gpgme_key_t k, struct why *why)
{
	AUTO_ARENA a = arena_new(MIB(8), "key");
	struct key_info i;
	if (k->subkeys == NULL || !key_fingerprint_ok(str_c(k->subkeys->fpr)))
		return 0; /* of a version that nobody uses any more */
	if (++w->n > w->most)
		return fail(why, E_TOO_BIG, "more than %zu keys", w->most);
	if (w->look && count_uids(k) > KEY_UIDS_MAX)
		return fail(why, E_TOO_BIG, "key %s has more than %d user ids",
			k->subkeys->fpr, KEY_UIDS_MAX);
	if (w->look && (k->secret || k->subkeys->secret))
		return fail(why, E_SYNTAX,
			"this is a secret key; the team's own is taken with --team, "
			"and nobody else's should be here");
	bool secret = w->j->op == KEY_IMPORT_SECRET || w->j->op == KEY_MAKE ||
		str_eq(w->j->team, str_c(k->subkeys->fpr));
	info_of(k, w->j->now, secret, &a, &i);
	return w->fn(w->ctx, &i);
}

/* After a start of a list: to its end, whatever happens. */
static int walk_keys(struct gpg *g, struct walk *w, struct why *why)
{
	gpgme_key_t k;
	gpgme_error_t e;
	int r = 0;
	while (r == 0 && (e = lib.gpgme_op_keylist_next(g->ctx, &k)) == 0) {
		r = on_key(w, k, why);
		lib.gpgme_key_unref(k);
	}
	if (r == 0 && gpgme_err_code(e) != GPG_ERR_EOF)
		r = gpg_fail(why, e, "the keys cannot be read");
	gpgme_error_t ended = lib.gpgme_op_keylist_end(g->ctx);
	if (r == 0 && ended)
		r = gpg_fail(why, ended, "the keys cannot be read");
	return r;
}

/* Found or not; a NUL-ended fingerprint for the library's door. */
static int pattern_of(struct arena *a, struct str s, const char **ret)
{
	*ret = NULL;
	return s.n ? str_z(a, s, ret) : 0;
}

int gpg_list(struct gpg *g, const struct key_job *j, struct why *why, gpg_key_fn *fn,
	void *ctx)
{
	AUTO_ARENA a = arena_new(KIB(64), "list");
	struct walk w = { .j = j, .fn = fn, .ctx = ctx, .most = KEY_LIST_MAX };
	const char *pattern;
	int r = pattern_of(&a, j->who, &pattern);
	if (r < 0)
		return r;
	gpgme_error_t e = lib.gpgme_op_keylist_start(g->ctx, pattern, 0);
	return e ? gpg_fail(why, e, "the keys cannot be listed") : walk_keys(g, &w, why);
}

int gpg_look(struct gpg *g, const struct key_job *j, int in, struct why *why,
	gpg_key_fn *fn, void *ctx)
{
	struct walk w = {
		.j = j, .fn = fn, .ctx = ctx, .most = KEY_KEYS_MAX, .look = true
	};
	struct ends e;
	int r = ends_open(&e, in, -1, why);
	gpgme_error_t err = r == 0 ? lib.gpgme_op_keylist_from_data_start(g->ctx, e.in, 0)
				   : 0;
	if (err)
		r = gpg_fail(why, err, "this is no file of keys");
	if (r == 0)
		r = walk_keys(g, &w, why);
	if (r == 0 && w.n == 0)
		r = fail(why, E_SYNTAX, "there is no OpenPGP key in it");
	ends_free(&e);
	return r;
}

/* The keys of an import, listed from the home. */
static int tell_imported(struct gpg *g, const struct key_job *j,
	gpgme_import_result_t res, struct why *why, gpg_key_fn *fn, void *ctx)
{
	AUTO_ARENA a = arena_new(KIB(256), "imported");
	struct str seen[KEY_KEYS_MAX];
	size_t n = 0;
	int r = 0;
	for (gpgme_import_status_t s = res->imports; s && n < KEY_KEYS_MAX; s = s->next) {
		bool twice = s->result != 0 || s->fpr == NULL;
		for (size_t i = 0; i < n && !twice; i++)
			twice = str_eq(seen[i], str_c(s->fpr));
		if (!twice)
			seen[n++] = str_dup(&a, str_c(s->fpr));
	}
	for (size_t i = 0; i < n && r == 0; i++) {
		struct key_job one = *j;
		one.who = seen[i];
		r = gpg_list(g, &one, why, fn, ctx);
	}
	if (r == 0 && n == 0)
		r = fail(why, E_SYNTAX, "gpg took none of the keys");
	return r;
}

int gpg_import(struct gpg *g, const struct key_job *j, int in, struct why *why,
	gpg_key_fn *fn, void *ctx)
{
	bool secret = j->op == KEY_IMPORT_SECRET;
	struct ends e;
	int r = ends_open(&e, in, -1, why);
	if (r == 0 && secret)
		r = gpg_agent_start(g, why);
	gpgme_error_t err = r == 0 ? lib.gpgme_op_import(g->ctx, e.in) : 0;
	if (err)
		r = gpg_fail(why, err,
			secret ? "the secret key cannot be taken: perhaps its passphrase"
			       : "the keys cannot be taken");
	gpgme_import_result_t res = r == 0 ? lib.gpgme_op_import_result(g->ctx) : NULL;
	if (r == 0 && secret && res->secret_imported + res->secret_unchanged != 1)
		r = fail(why, E_SYNTAX,
			"the file must hold one secret key that can be opened");
	if (r == 0)
		r = tell_imported(g, j, res, why, fn, ctx);
	ends_free(&e);
	return r;
}

int gpg_make(struct gpg *g, const struct key_job *j, struct why *why, gpg_key_fn *fn,
	void *ctx)
{
	AUTO_ARENA a = arena_new(KIB(64), "make");
	const char *uid;
	unsigned flags = GPGME_CREATE_FORCE |
		(g->passphrase.p ? 0 : GPGME_CREATE_NOPASSWD) |
		(j->days == 0 ? GPGME_CREATE_NOEXPIRE : 0);
	int r = str_z(&a, j->text, &uid);
	if (r == 0)
		r = gpg_agent_start(g, why);
	if (r < 0)
		return r;
	gpgme_error_t e = lib.gpgme_op_createkey(
		g->ctx, uid, "default", 0, (unsigned long)(j->days * 86400), NULL, flags);
	gpgme_genkey_result_t made = e ? NULL : lib.gpgme_op_genkey_result(g->ctx);
	if (e || made->fpr == NULL)
		return gpg_fail(why, e, "the key cannot be made");
	struct key_job one = *j;
	one.who = str_dup(&a, str_c(made->fpr));
	return gpg_list(g, &one, why, fn, ctx);
}

int gpg_export(struct gpg *g, const struct key_job *j, int out, struct why *why)
{
	AUTO_ARENA a = arena_new(KIB(64), "export");
	const char *pattern;
	struct ends e;
	int r = pattern_of(&a, j->who, &pattern);
	if (r == 0)
		r = ends_open(&e, -1, out, why);
	if (r < 0)
		return r;
	gpgme_error_t err = lib.gpgme_op_export(
		g->ctx, pattern, GPGME_EXPORT_MODE_MINIMAL, e.out);
	if (err)
		r = gpg_fail(why, err, "the key cannot be exported");
	else if (lseek(out, 0, SEEK_CUR) <= 0)
		r = fail(why, E_NOT_FOUND, "there is no such key here");
	ends_free(&e);
	return r;
}

/* ---- mails ---- */

static int get_key(struct gpg *g, struct str fingerprint, bool secret, struct why *why,
	gpgme_key_t *ret)
{
	AUTO_ARENA a = arena_new(KIB(64), "key");
	const char *z;
	int r = str_z(&a, fingerprint, &z);
	if (r < 0)
		return r;
	gpgme_error_t e = lib.gpgme_get_key(g->ctx, z, ret, secret);
	return e ? gpg_fail(why, e, secret ? "the team's key" : "the recipient's key")
		 : 0;
}

static int signer(struct gpg *g, struct str team, struct why *why)
{
	gpgme_key_t k;
	int r = gpg_agent_start(g, why);
	if (r == 0)
		r = get_key(g, team, true, why, &k);
	if (r < 0)
		return r;
	lib.gpgme_signers_clear(g->ctx);
	gpgme_error_t e = lib.gpgme_signers_add(g->ctx, k);
	lib.gpgme_key_unref(k);
	return e ? gpg_fail(why, e, "the team's key") : 0;
}

static struct str micalg_of(gpgme_hash_algo_t algo)
{
	switch ((int)algo) {
	case GPGME_MD_SHA224:
		return S("pgp-sha224");
	case GPGME_MD_SHA256:
		return S("pgp-sha256");
	case GPGME_MD_SHA384:
		return S("pgp-sha384");
	case GPGME_MD_SHA512:
		return S("pgp-sha512");
	default:
		return S("");
	}
}

static int signed_by(struct gpg *g, struct str team, struct why *why, struct key_done *d)
{
	gpgme_sign_result_t res = lib.gpgme_op_sign_result(g->ctx);
	if (res == NULL || res->signatures == NULL)
		return fail(why, E_STATE, "gpg made no signature");
	d->micalg = micalg_of(res->signatures->hash_algo);
	d->verdict = KEY_SIGNED;
	d->signer = team;
	return d->micalg.n ? 0 : fail(why, E_STATE, "gpg signed with a weak digest");
}

int gpg_sign(struct gpg *g, const struct key_job *j, int in, int out, struct why *why,
	struct key_done *ret)
{
	struct key_done d = { 0 };
	struct ends e;
	int r = ends_open(&e, in, out, why);
	if (r == 0)
		r = signer(g, j->team, why);
	gpgme_error_t err = r == 0
		? lib.gpgme_op_sign(g->ctx, e.in, e.out, GPGME_SIG_MODE_DETACH)
		: 0;
	if (err)
		r = gpg_fail(why, err, "cannot sign");
	if (r == 0)
		r = signed_by(g, j->team, why, &d);
	ends_free(&e);
	if (r == 0)
		*ret = d;
	return r;
}

int gpg_encrypt(struct gpg *g, const struct key_job *j, int in, int out, struct why *why,
	struct key_done *ret)
{
	gpgme_key_t to[2] = { NULL, NULL };
	struct key_done d = { 0 };
	struct ends e;
	gpgme_encrypt_flags_t flags = GPGME_ENCRYPT_ALWAYS_TRUST |
		GPGME_ENCRYPT_NO_ENCRYPT_TO;
	int r = ends_open(&e, in, out, why);
	if (r == 0)
		r = get_key(g, j->who, false, why, &to[0]);
	if (r == 0 && j->team.n)
		r = signer(g, j->team, why);
	gpgme_error_t err = r < 0 ? 0
		: j->team.n ? lib.gpgme_op_encrypt_sign(g->ctx, to, flags, e.in, e.out)
			    : lib.gpgme_op_encrypt(g->ctx, to, flags, e.in, e.out);
	if (err)
		r = gpg_fail(why, err, "cannot encrypt");
	if (r == 0 && j->team.n)
		r = signed_by(g, j->team, why, &d);
	if (to[0])
		lib.gpgme_key_unref(to[0]);
	ends_free(&e);
	if (r == 0)
		*ret = d;
	return r;
}

/* The worst of what was found. */
static void judge(struct gpg *g, struct arena *a, struct key_done *d)
{
	gpgme_verify_result_t res = lib.gpgme_op_verify_result(g->ctx);
	gpgme_signature_t s = res ? res->signatures : NULL;
	*d = (struct key_done){ .verdict = s ? KEY_SIGNED : KEY_NO_SIGNATURE };
	for (; s; s = s->next) {
		gpgme_err_code_t code = gpgme_err_code(s->status);
		enum key_verdict v = code == GPG_ERR_NO_ERROR ? KEY_SIGNED
			: code == GPG_ERR_NO_PUBKEY	      ? KEY_SIGNED_UNKNOWN
							      : KEY_SIGNED_BAD;
		if (d->verdict != KEY_SIGNED_BAD && v != KEY_SIGNED)
			d->verdict = v;
		if (s->fpr && key_fingerprint_ok(str_c(s->fpr)))
			d->signer = str_dup(a, str_c(s->fpr));
	}
}

int gpg_verify(struct gpg *g, const struct key_job *j, int in, struct arena *a,
	struct why *why, struct key_done *ret)
{
	struct ends e;
	gpgme_data_t sig = NULL;
	int r = ends_open(&e, in, -1, why);
	gpgme_error_t err = r == 0
		? lib.gpgme_data_new_from_mem(&sig, j->text.p, j->text.n, 0)
		: 0;
	if (r == 0 && err == 0)
		err = lib.gpgme_op_verify(g->ctx, sig, e.in, NULL);
	if (err)
		r = gpg_fail(why, err, "this is no signature");
	if (r == 0)
		judge(g, a, ret);
	lib.gpgme_data_release(sig);
	ends_free(&e);
	return r;
}

int gpg_decrypt(struct gpg *g, int in, int out, struct arena *a, struct why *why,
	struct key_done *ret)
{
	struct ends e;
	int r = ends_open(&e, in, out, why);
	if (r == 0)
		r = gpg_agent_start(g, why);
	gpgme_error_t err = r == 0 ? lib.gpgme_op_decrypt_verify(g->ctx, e.in, e.out) : 0;
	if (err)
		r = gpg_fail(why, err, "cannot decrypt");
	if (r == 0)
		judge(g, a, ret);
	ends_free(&e);
	return r;
}

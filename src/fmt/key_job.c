/* SPDX-License-Identifier: Apache-2.0
 * key_job.c - messages between work and key: see key_job.h. Depends on: base. */
#include "fmt/key_job.h"

#include "base/utf8.h"

const char *key_state_text(enum key_state s)
{
	static const char *const text[KEY_STATES] = { [KEY_GOOD] = "good",
		[KEY_EXPIRED] = "expired",
		[KEY_REVOKED] = "revoked",
		[KEY_NOT_YET] = "not yet valid",
		[KEY_UNFIT] = "unfit",
		[KEY_MISSING] = "missing" };
	return text[s];
}

bool key_fingerprint_ok(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr("0123456789ABCDEF", s.p[i]) == NULL || s.p[i] == '\0')
			return false;
	return s.n == 40 || s.n == 64;
}

static struct str fingerprint(struct reader *r, bool needed)
{
	struct str s = rd_str(r);
	bool empty = s.p && s.n == 0;
	if (r->err == 0 && !(empty && !needed) && !key_fingerprint_ok(s))
		r->err = E_SYNTAX;
	return s;
}

static struct str text(struct reader *r, size_t max)
{
	struct str s = rd_str(r);
	if (r->err == 0 && (s.p == NULL || s.n > max))
		r->err = E_SYNTAX;
	return s;
}

/* UTF-8 without controls. */
static struct str line(struct reader *r, size_t max)
{
	struct str s = text(r, max);
	if (r->err == 0 && !utf8_clean(s))
		r->err = E_SYNTAX;
	return s;
}

static struct str mails(struct reader *r)
{
	struct str s = text(r, KEY_MAILS_MAX * 256), rest = s, one;
	if (r->err < 0 || s.n == 0)
		return s;
	if (!str_ends(s, S("\n")))
		r->err = E_SYNTAX;
	rest.n--;
	for (int n = 0; r->err == 0 && str_split(&rest, '\n', &one); n++) {
		bool plain = one.n > 2 && one.n <= 254;
		for (size_t i = 0; i < one.n && plain; i++)
			plain = one.p[i] > ' ' && one.p[i] < 0x7f;
		if (!plain || n >= KEY_MAILS_MAX)
			r->err = E_SYNTAX;
	}
	return s;
}

static int64_t between(struct reader *r, int64_t min, int64_t max)
{
	int64_t v = rd_i64(r);
	if (r->err == 0 && (v < min || v > max))
		r->err = E_SYNTAX;
	return v;
}

#define TIME_MAX INT64_C(253402300799) /* the end of the year 9999 */

int key_job_read(struct str body, struct key_job *ret)
{
	struct reader r = rd_new(body);
	struct key_job j;
	uint8_t op = rd_u8(&r);
	if (op < KEY_LIST || op >= KEY_OP_END)
		return E_SYNTAX;
	j.op = (enum key_op)op;
	j.now = between(&r, 0, TIME_MAX);
	j.team = fingerprint(&r, op == KEY_SIGN);
	j.who = fingerprint(&r, op == KEY_ENCRYPT || op == KEY_EXPORT);
	j.text = op == KEY_VERIFY ? text(&r, KEY_SIG_MAX) : line(&r, KEY_UID_MAX);
	j.days = between(&r, 0, KEY_DAYS_MAX);
	if (r.err == 0 && op == KEY_MAKE && j.text.n == 0)
		return E_SYNTAX;
	int end = rd_end(&r);
	if (end == 0)
		*ret = j;
	return end;
}

void key_job_write(struct writer *w, const struct key_job *j)
{
	wr_u8(w, (uint8_t)j->op);
	wr_i64(w, j->now);
	wr_str(w, j->team.p ? j->team : S(""));
	wr_str(w, j->who.p ? j->who : S(""));
	wr_str(w, j->text.p ? j->text : S(""));
	wr_i64(w, j->days);
}

int key_info_read(struct str body, struct key_info *ret)
{
	struct reader r = rd_new(body);
	struct key_info k;
	k.fingerprint = fingerprint(&r, true);
	k.created = between(&r, 0, TIME_MAX);
	k.expires = between(&r, 0, TIME_MAX);
	uint8_t state = rd_u8(&r);
	uint8_t secret = rd_u8(&r);
	k.uid = line(&r, KEY_UID_MAX);
	k.mails = mails(&r);
	if (state >= KEY_STATES || secret > 1)
		return E_SYNTAX;
	k.state = (enum key_state)state;
	k.secret = secret == 1;
	int end = rd_end(&r);
	if (end == 0)
		*ret = k;
	return end;
}

void key_info_write(struct writer *w, const struct key_info *k)
{
	wr_str(w, k->fingerprint);
	wr_i64(w, k->created);
	wr_i64(w, k->expires);
	wr_u8(w, (uint8_t)k->state);
	wr_u8(w, k->secret);
	wr_str(w, k->uid);
	wr_str(w, k->mails);
}

int key_done_read(struct str body, struct key_done *ret)
{
	static const char *const known[] = { "", "pgp-sha1", "pgp-sha224", "pgp-sha256",
		"pgp-sha384", "pgp-sha512" };
	struct reader r = rd_new(body);
	struct key_done d;
	d.micalg = line(&r, 20);
	uint8_t verdict = rd_u8(&r);
	d.signer = fingerprint(&r, false);
	bool micalg = false;
	for (size_t i = 0; i < N(known); i++)
		micalg = micalg || str_eq(d.micalg, str_c(known[i]));
	if (!micalg || verdict > KEY_SIGNED_UNKNOWN)
		return E_SYNTAX;
	d.verdict = (enum key_verdict)verdict;
	int end = rd_end(&r);
	if (end == 0)
		*ret = d;
	return end;
}

void key_done_write(struct writer *w, const struct key_done *d)
{
	wr_str(w, d->micalg.p ? d->micalg : S(""));
	wr_u8(w, (uint8_t)d->verdict);
	wr_str(w, d->signer.p ? d->signer : S(""));
}

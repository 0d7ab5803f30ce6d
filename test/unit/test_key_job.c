/* SPDX-License-Identifier: Apache-2.0
 * test_key_job.c - messages between work and key: what is written is read again, and each
 * field that is wrong refuses the whole. */
#include "fmt/key_job.h"
#include "key_echo.h"
#include "tap.h"

#define FPR "0123456789ABCDEF0123456789ABCDEF01234567"

static const struct key_job good_job = { .op = KEY_ENCRYPT,
	.now = 1780309230,
	.team = { FPR, 40 },
	.who = { FPR FPR, 64 },
	.text = { "x", 1 },
	.days = 7 };
static const struct key_info good_info = { .fingerprint = { FPR, 40 },
	.created = 5,
	.expires = 0,
	.state = KEY_REVOKED,
	.secret = true,
	.uid = { "A <a@b.example>", 15 },
	.mails = { "a@b.example\nc@d.example\n", 24 } };

static int job(struct key_job j)
{
	AUTO_ARENA a = arena_new(MIB(1), "test");
	struct buf b = buf_in(&a, KIB(256));
	struct writer w = wr_new(&b);
	key_job_write(&w, &j);
	return w.err < 0 ? w.err : key_job_read(buf_str(&b), &j);
}

static int info(struct key_info k)
{
	AUTO_ARENA a = arena_new(MIB(1), "test");
	struct buf b = buf_in(&a, KIB(256));
	struct writer w = wr_new(&b);
	key_info_write(&w, &k);
	return w.err < 0 ? w.err : key_info_read(buf_str(&b), &k);
}

static int done(const char *micalg, int verdict, const char *signer)
{
	AUTO_ARENA a = arena_new(MIB(1), "test");
	struct buf b = buf_in(&a, KIB(4));
	struct writer w = wr_new(&b);
	struct key_done d = { str_c(micalg), (enum key_verdict)verdict, str_c(signer) };
	key_done_write(&w, &d);
	return w.err < 0 ? w.err : key_done_read(buf_str(&b), &d);
}

static void test_jobs(void)
{
	static char long_text[KEY_SIG_MAX + 1];
	memset(long_text, 'x', sizeof(long_text));
	struct key_job j = good_job;
	ok(job(j) == 0, "a job");
	j.op = (enum key_op)0;
	ok(job(j) == E_SYNTAX, "no such job: 0");
	j.op = KEY_OP_END;
	ok(job(j) == E_SYNTAX, "no such job: one past the last");
	j = good_job;
	j.now = -1;
	ok(job(j) == E_SYNTAX, "a time before all times");
	j = good_job;
	j.who = S("0123456789abcdef0123456789abcdef01234567");
	ok(job(j) == E_SYNTAX, "a fingerprint in lower case");
	j.who = S("--output=/tmp/x");
	ok(job(j) == E_SYNTAX, "a fingerprint that is an option");
	j.who = S("");
	ok(job(j) == E_SYNTAX, "nobody to encrypt to");
	j = good_job;
	j.text = S("a\nb");
	ok(job(j) == E_SYNTAX, "a user id in two lines");
	j.text = (struct str){ long_text, KEY_UID_MAX + 1 };
	ok(job(j) == E_SYNTAX, "one that is too long");
	j.op = KEY_VERIFY;
	j.text = (struct str){ long_text, KEY_SIG_MAX };
	ok(job(j) == 0, "a long signature");
	j.text.n++;
	ok(job(j) == E_SYNTAX, "one that is too long");
	j = good_job;
	j.op = KEY_MAKE;
	j.text = S("");
	ok(job(j) == E_SYNTAX, "a key for nobody");
	j = good_job;
	j.days = KEY_DAYS_MAX + 1;
	ok(job(j) == E_SYNTAX, "for more than twenty years");
}

static void test_infos(void)
{
	static const char *const bad[] = { "a@b.example", "a b@c.example\n", "\n",
		"a@b.example\n\n", "\xc3\xa4@b.example\n" };
	struct key_info k = good_info;
	ok(info(k) == 0, "a key");
	k.state = KEY_STATES;
	ok(info(k) == E_SYNTAX, "a state that is none");
	k = good_info;
	k.fingerprint = S("");
	ok(info(k) == E_SYNTAX, "a key without fingerprint");
	k = good_info;
	k.uid = S("\x1b[31m");
	ok(info(k) == E_SYNTAX, "a user id with controls");
	k.uid = S("\xff");
	ok(info(k) == E_SYNTAX, "one that is not UTF-8");
	for (size_t i = 0; i < N(bad); i++) {
		k = good_info;
		k.mails = str_c(bad[i]);
		ok(info(k) == E_SYNTAX, "addresses '%s'", bad[i]);
	}
	char many[2 * (KEY_MAILS_MAX + 1) * 3] = "";
	size_t n = 0;
	for (int i = 0; i <= KEY_MAILS_MAX; i++, n += 4)
		memcpy(many + n, "a@b\n", 4);
	k.mails = (struct str){ many, n - 4 };
	ok(info(k) == 0, "as many addresses as may be");
	k.mails.n += 4;
	ok(info(k) == E_SYNTAX, "one more");
}

static void test_rest(void)
{
	ok(done("pgp-sha512", KEY_SIGNED, FPR) == 0 && done("", 0, "") == 0, "ends");
	ok(done("pgp-md5", KEY_SIGNED, FPR) == E_SYNTAX, "a digest nobody should use");
	ok(done("\";x=\"", KEY_SIGNED, FPR) == E_SYNTAX, "no digest");
	ok(done("", KEY_SIGNED_UNKNOWN + 1, "") == E_SYNTAX, "no verdict");
	ok(done("", 0, "me") == E_SYNTAX, "no signer");
	static key_echo_fn *const all[] = { key_echo_job, key_echo_info, key_echo_done };
	for (size_t i = 0; i < N(all); i++) {
		AUTO_ARENA a = arena_new(MIB(1), "test");
		struct buf b = buf_in(&a, KIB(4)), none = buf_in(&a, KIB(4));
		struct writer w = wr_new(&b), no = wr_new(&none);
		struct key_done d = { S("pgp-sha256"), KEY_SIGNED, S(FPR) };
		if (i == 0)
			key_job_write(&w, &good_job);
		else if (i == 1)
			key_info_write(&w, &good_info);
		else
			key_done_write(&w, &d);
		struct str body = buf_str(&b);
		bool refused = true;
		for (size_t n = 0; n < body.n; n++)
			refused = refused && all[i](str_to(body, n), &no) < 0;
		ok(refused && none.n == 0, "message %zu: cut anywhere it is refused", i);
		ok(buf_addc(&b, 0) == 0 && all[i](buf_str(&b), &no) < 0,
			"message %zu: with a byte more too", i);
	}
}

int main(void)
{
	test_jobs();
	test_infos();
	test_rest();
	return tap_end();
}

/* SPDX-License-Identifier: Apache-2.0
 * test_http_fmt.c - what a request is made of: forms, multipart, cookies, Accept-*. */
#include "fmt/accept.h"
#include "fmt/cookie.h"
#include "fmt/form.h"
#include "fmt/multipart.h"

#include "tap.h"

static void test_form(struct arena *a)
{
	static const struct {
		const char *in, *out; /* name=value|..., NULL: refused */
	} t[] = {
		{ "", "" },
		{ "a=1", "a=1|" },
		{ "a=1&b=", "a=1|b=|" },
		{ "a=x+y%2Bz", "a=x y+z|" },
		{ "a=%C3%A9&a=2", "a=\303\251|a=2|" },
		{ "a=1%0D%0A2", "a=1\n2|" },
		{ "a=1%0A", "a=1\n|" },
		{ "a", NULL },
		{ "a=1&", NULL },
		{ "&a=1", NULL },
		{ "a=%", NULL },
		{ "a=%4", NULL },
		{ "a=%zz", NULL },
		{ "a=%00", NULL },
		{ "a=%01", NULL },
		{ "a=%7f", NULL },
		{ "a=%0D", NULL },
		{ "a=%0Dx", NULL },
		{ "a=%ff", NULL },
		{ "a=%C0%AF", NULL },
		{ "A=1", NULL },
		{ "a%62=1", NULL },
		{ "=1", NULL },
		{ "a=1;b=2", "a=1;b=2|" },
	};
	for (size_t i = 0; i < N(t); i++) {
		struct form f = { 0 };
		struct buf b = buf_in(a, KIB(1));
		int r = form_read(str_c(t[i].in), a, &f), added = 0;
		for (size_t k = 0; k < f.n && r == 0; k++)
			added |= buf_addf(
				&b, "%.*s=%.*s|", STR(f.v[k].name), STR(f.v[k].value));
		bool as_wanted = t[i].out ? r == 0 && str_eq(buf_str(&b), str_c(t[i].out))
					  : r == E_SYNTAX;
		ok(as_wanted && added == 0, "form '%s'", t[i].in);
	}
	struct buf many = buf_in(a, KIB(64));
	struct form f;
	int r = buf_add(&many, S("a=1"));
	for (int i = 1; i < FORM_FIELDS_MAX; i++)
		r |= buf_add(&many, S("&a=1"));
	ok(r == 0 && form_read(buf_str(&many), a, &f) == 0 && f.n == FORM_FIELDS_MAX,
		"as many fields as may be");
	ok(buf_add(&many, S("&a=1")) == 0 &&
			form_read(buf_str(&many), a, &f) == E_TOO_BIG,
		"one more is refused");
}

static void test_cookie(void)
{
	static const struct {
		const char *in;
		int rc;
		const char *out;
	} t[] = {
		{ "tocsin=abc", 0, "abc" },
		{ "x=1; tocsin=abc; y=2", 0, "abc" },
		{ "xtocsin=1", E_NOT_FOUND, NULL },
		{ "tocsinx=1", E_NOT_FOUND, NULL },
		{ "tocsin", E_NOT_FOUND, NULL },
		{ "tocsin=", 0, "" },
		{ "", E_NOT_FOUND, NULL },
		{ "tocsin=a; tocsin=b", E_SYNTAX, NULL },
		{ "tocsin=a;tocsin=a", E_SYNTAX, NULL },
	};
	for (size_t i = 0; i < N(t); i++) {
		struct str v = { NULL, 0 };
		int r = cookie_find(str_c(t[i].in), S("tocsin"), &v);
		ok(r == t[i].rc && (r < 0 || str_eq(v, str_c(t[i].out))), "cookie '%s'",
			t[i].in);
	}
}

static void test_accept(void)
{
	static const struct {
		const char *in;
		int rc;
		enum lang lang;
	} t[] = {
		{ "fr", 0, LANG_FR },
		{ "fr-CH, fr;q=0.9, en;q=0.8", 0, LANG_FR },
		{ "en;q=0.3,ar;q=0.8", 0, LANG_AR },
		{ "de, ru;q=0.1", 0, LANG_RU },
		{ "zh-Hant", 0, LANG_ZH },
		{ "es;q=0", E_NOT_FOUND, LANG_EN },
		{ "es;q=2", E_NOT_FOUND, LANG_EN },
		{ "es;q=0.0001", E_NOT_FOUND, LANG_EN },
		{ "de,*", E_NOT_FOUND, LANG_EN },
		{ "", E_NOT_FOUND, LANG_EN },
		{ ",,;q=,es", 0, LANG_ES },
	};
	for (size_t i = 0; i < N(t); i++) {
		enum lang l = LANG_EN;
		int r = accept_language(str_c(t[i].in), &l);
		ok(r == t[i].rc && l == t[i].lang, "Accept-Language: %s", t[i].in);
	}
	ok(accept_gzip(S("gzip, deflate, br")), "gzip");
	ok(accept_gzip(S("br;q=1.0, gzip;q=0.8")), "gzip with a weight");
	ok(!accept_gzip(S("gzip;q=0, br")), "gzip refused");
	ok(!accept_gzip(S("identity")) && !accept_gzip(S("")), "no gzip");
}

struct got {
	struct buf all;
	int err;
};

static int on_part(void *ctx, const struct multipart_part *p)
{
	struct got *g = ctx;
	return buf_addf(&g->all, "[%.*s%s%.*s]", STR(p->name), p->is_file ? ":" : "",
		STR(p->file_name));
}

static int on_data(void *ctx, struct str bytes)
{
	struct got *g = ctx;
	return buf_add(&g->all, bytes);
}

/* Fed in pieces of so many bytes. */
static int read_parts(
	struct arena *a, const char *type, struct str body, size_t piece, struct str *ret)
{
	struct got g = { .all = buf_in(a, MIB(1)) };
	const struct multipart_sink sink = { &g, on_part, on_data };
	struct multipart *m;
	int r = multipart_new(a, str_c(type), &sink, &m);
	while (r == 0 && body.n > 0) {
		r = multipart_feed(m, str_to(body, piece));
		body = str_from(body, piece);
	}
	if (r == 0)
		r = multipart_end(m);
	*ret = buf_str(&g.all);
	return r;
}

#define TYPE "multipart/form-data; boundary=XyZ"
#define FILE_HEAD                                                                        \
	"--XyZ\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a b.csv\"\r\n"  \
	"Content-Type: text/csv\r\n\r\n"
#define TEXT_HEAD "--XyZ\r\nContent-Disposition: form-data; name=\"t\"\r\n\r\n"

static void test_multipart(struct arena *a)
{
	static const struct {
		const char *type, *in;
		const char *out; /* NULL: refused */
	} t[] = {
		{ TYPE, TEXT_HEAD "v\r\n" FILE_HEAD "one\r\ntwo\r\n--Xy\r\n--XyZ--\r\n",
			"[t]v[f:a b.csv]one\r\ntwo\r\n--Xy" },
		{ TYPE, FILE_HEAD "\r\n--XyZ--", "[f:a b.csv]" },
		{ TYPE, FILE_HEAD "--XyZ--", "[f:a b.csv]" },
		{ TYPE, FILE_HEAD "x\r\n--XyZ--\r\n\r\n", NULL },
		{ TYPE, FILE_HEAD "x\r\n--XyZ-", NULL },
		{ TYPE, FILE_HEAD "x\r\n--XyZ", NULL },
		{ TYPE, FILE_HEAD "x\r\n--XyZx\r\n", NULL },
		{ TYPE, FILE_HEAD "x", NULL },
		{ TYPE, "x" TEXT_HEAD "v\r\n--XyZ--\r\n", NULL },
		{ TYPE, "--XyZ\r\n\r\nv\r\n--XyZ--\r\n", NULL },
		{ TYPE, "--XyZ\r\nContent-Type: x\r\n\r\nv\r\n--XyZ--\r\n", NULL },
		{ TYPE,
			"--XyZ\r\nContent-Disposition: attachment; name=\"t\"\r\n\r\n"
			"v\r\n--XyZ--",
			NULL },
		{ TYPE,
			"--XyZ\r\nContent-Disposition: form-data; name=t\r\n\r\n"
			"v\r\n--XyZ--",
			NULL },
		{ TYPE, "", NULL },
		{ "multipart/form-data", TEXT_HEAD "v\r\n--XyZ--\r\n", NULL },
		{ "multipart/form-data; boundary=X Z", TEXT_HEAD "v\r\n--XyZ--\r\n",
			NULL },
		{ "multipart/mixed; boundary=XyZ", TEXT_HEAD "v\r\n--XyZ--\r\n", NULL },
		{ "multipart/form-data; boundary=\"XyZ\"", TEXT_HEAD "v\r\n--XyZ--\r\n",
			"[t]v" },
	};
	for (size_t i = 0; i < N(t); i++) {
		bool same = true;
		for (size_t piece = 1; piece < 200; piece += piece < 8 ? 1 : 37) {
			struct str got;
			int r = read_parts(a, t[i].type, str_c(t[i].in), piece, &got);
			same = same &&
				(t[i].out ? r == 0 && str_eq(got, str_c(t[i].out))
					  : r < 0);
		}
		ok(same, "multipart %zu, however it is cut", i);
	}
	char *big = arena_alloc(a, 300000);
	memset(big, '\r', 300000);
	struct buf b = buf_in(a, MIB(1));
	struct str got;
	int r = buf_add(&b, S(FILE_HEAD));
	r |= buf_add(&b, (struct str){ big, 300000 });
	r |= buf_add(&b, S("\r\n--XyZ--"));
	ok(r == 0 && read_parts(a, TYPE, buf_str(&b), 9999, &got) == 0 && got.n == 300011,
		"larger than the window");
	b.n = 0;
	memset(big, 'a', 300000);
	r = buf_add(&b, S("--XyZ\r\n"));
	r |= buf_add(&b, (struct str){ big, 100000 });
	ok(r == 0 && read_parts(a, TYPE, buf_str(&b), 4096, &got) == E_TOO_BIG,
		"an endless head");
}

int main(void)
{
	struct arena a = arena_new(MIB(256), "test");
	test_form(&a);
	test_cookie();
	test_accept();
	test_multipart(&a);
	arena_free(&a);
	return tap_end();
}

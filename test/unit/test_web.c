/* SPDX-License-Identifier: Apache-2.0
 * test_web.c - the small parts of the console: URLs, the table of routes, limits,
 * deadlines, compression. */
#include "base/hash.h"
#include "tap.h"
#include "web/http.h"
#include "web/http_time.h"
#include "web/limit.h"
#include "web/route.h"
#include "web/url.h"
#include "web/web.h"

#include <zlib.h>

static void test_url(struct arena *a)
{
	struct url u = url_word(a, "/a/", S("x y&z/\xc3\xa9\n\"<"));
	ok(str_eq(u.path, S("/a/x%20y%26z%2F%C3%A9%0A%22%3C")), "escaped: %.*s",
		STR(u.path));
	u = url_with_int(a, url_with(a, url_id(a, "/f/", 12), "q", S("a=b?")), "n", -3);
	ok(str_eq(u.path, S("/f/12?q=a%3Db%3F&n=-3")), "fields: %.*s", STR(u.path));
	ok(str_eq(url_below(a, URL("x"), "/end").path, S("/x/end")), "below");
	ok(str_eq(URL("").path, S("/")), "the first page");
}

static void test_table(void)
{
	for (const struct route *r = web_routes; r->name; r++) {
		bool post = r->method == METHOD_POST;
		ok(r->who != 0 && r->run && r->query && r->form, "%s: whole", r->name);
		ok(post == (r->csrf != CSRF_NONE), "%s: what changes proves itself",
			r->name);
		ok(post == (r->body_max > 0), "%s: only forms have a body", r->name);
		ok(!(post && r->who & WHO_ANYONE) || r->rate != RATE_PAGE,
			"%s: strangers' forms are limited", r->name);
		bool link = r->who & WHO_LINK; /* its token says which object */
		ok(link || !(r->who & WHO_ANYONE) || r->kind == OBJECT_NONE,
			"%s: nobody opens an object", r->name);
		/* A job is not in the database: who asked may look, page_jobs.c sees to
		 * it. */
		bool job = strcmp(r->name, "job") == 0;
		bool id = strstr(r->pattern, "{id}") != NULL && !job;
		ok((id || link) == (r->kind != OBJECT_NONE), "%s: a number is an object",
			r->name);
		ok(link || r->kind == OBJECT_NONE ||
				(r->who & ~auth_who(r->kind, r->action)) == 0,
			"%s: who may is no more than auth says", r->name);
		ok(r->act == NO_ACT || (r->who & WHO_ANYONE) ||
				(r->who & ~act_table[r->act].who) == 0,
			"%s: nor than the act says", r->name);
		for (const struct route *q = r + 1; q->name; q++)
			if (strcmp(q->name, r->name) == 0 ||
				(q->method == r->method &&
					strcmp(q->pattern, r->pattern) == 0))
				ok(false, "%s stands twice", r->name);
		size_t n = 0;
		while (r->form[n].name)
			n++;
		ok(n <= FIELDS_MAX, "%s: its fields fit", r->name);
	}
}

static void test_find(void)
{
	static const struct {
		enum method method;
		const char *path;
		int rc;
		const char *name;
		int64_t id;
	} t[] = {
		{ METHOD_GET, "/", 0, "morning", 0 },
		{ METHOD_HEAD, "/", 0, "morning", 0 },
		{ METHOD_POST, "/", E_UNSUPPORTED, NULL, 0 },
		{ METHOD_GET, "", E_NOT_FOUND, NULL, 0 },
		{ METHOD_GET, "//", E_NOT_FOUND, NULL, 0 },
		{ METHOD_GET, "/people", 0, "people", 0 },
		{ METHOD_GET, "/people/", E_NOT_FOUND, NULL, 0 },
		{ METHOD_GET, "/People", E_NOT_FOUND, NULL, 0 },
		{ METHOD_GET, "/people/7", 0, "person", 7 },
		{ METHOD_GET, "/people/07", E_NOT_FOUND, NULL, 0 },
		{ METHOD_GET, "/people/+7", E_NOT_FOUND, NULL, 0 },
		{ METHOD_GET, "/people/-7", E_NOT_FOUND, NULL, 0 },
		{ METHOD_GET, "/people/0", E_NOT_FOUND, NULL, 0 },
		{ METHOD_GET, "/people/7x", E_NOT_FOUND, NULL, 0 },
		{ METHOD_GET, "/people/9223372036854775807", 0, "person", INT64_MAX },
		{ METHOD_GET, "/people/9223372036854775808", E_NOT_FOUND, NULL, 0 },
		{ METHOD_POST, "/people/7/role", 0, "person.role", 7 },
		{ METHOD_GET, "/people/7/role", E_UNSUPPORTED, NULL, 0 },
		{ METHOD_GET, "/people/7/role/x", E_NOT_FOUND, NULL, 0 },
		{ METHOD_GET, "/enrol/abc", 0, "enrol", 0 },
		{ METHOD_GET, "/enrol/a%62c", E_NOT_FOUND, NULL, 0 },
		{ METHOD_GET, "/enrol/", E_NOT_FOUND, NULL, 0 },
		{ METHOD_GET, "/enrol/../people", E_NOT_FOUND, NULL, 0 },
	};
	for (size_t i = 0; i < N(t); i++) {
		const struct route *r = NULL;
		int64_t id = 0;
		struct str word = S("");
		int rc = route_find(t[i].method, str_c(t[i].path), &r, &id, &word);
		ok(rc == t[i].rc && (rc < 0 || strcmp(r->name, t[i].name) == 0) &&
				(rc < 0 || t[i].id == 0 || id == t[i].id),
			"%s", t[i].path);
	}
}

static void test_limit(struct arena *a)
{
	struct limit *l = limit_new(a);
	int n = 0;
	for (int i = 0; i < 100; i++)
		n += limit_take(l, RATE_DOOR, S("192.0.2.7"), 1000);
	ok(n == 20, "twenty at the door");
	ok(!limit_take(l, RATE_DOOR, S("192.0.2.200"), 2000),
		"a neighbour counts as the same");
	ok(limit_take(l, RATE_DOOR, S("192.0.3.7"), 2000), "another network does not");
	ok(limit_take(l, RATE_LINK, S("192.0.2.7"), 2000), "nor another matter");
	ok(!limit_take(l, RATE_DOOR, S("192.0.2.7"), 1000 + 899999),
		"a quarter of an hour");
	ok(limit_take(l, RATE_DOOR, S("192.0.2.7"), 1000 + 900000), "and then again");
	n = 0;
	for (unsigned i = 0; i < 40; i++) {
		char ip[40];
		(void)snprintf(ip, sizeof(ip), "2001:db8:1:%x::%x", i, i);
		n += limit_take(l, RATE_DOOR, str_c(ip), 5000);
	}
	ok(n == 20, "a /48 is one source");
	ok(limit_take(l, RATE_DOOR, S("2001:db8:2::1"), 5000), "the next one is another");
	n = 0;
	for (int i = 0; i < 1000; i++)
		n += limit_take(l, RATE_PAGE, S("192.0.2.7"), 1000);
	ok(n == 1000, "pages have no limit here");
	n = 0;
	for (int i = 0; i < 30; i++)
		n += limit_take(l, RATE_DOOR, S("unix"), 1000);
	ok(n == 20, "what is no address is one source");
	for (int i = 0; i < 100000; i++) { /* many others: the memory is fixed */
		char ip[24];
		(void)snprintf(ip, sizeof(ip), "10.%d.%d.1", i >> 8 & 255, i & 255);
		(void)limit_take(l, RATE_DOOR, str_c(ip), 6000 + i);
	}
	ok(limit_take(l, RATE_DOOR, S("198.51.100.1"), 200000),
		"a flood keeps nobody out");
}

static void test_late(void)
{
	static const struct {
		enum http_phase phase;
		int64_t ms;
		uint64_t bytes;
		bool late;
	} t[] = {
		{ PHASE_FREE, 1 << 30, 0, false },
		{ PHASE_HEAD, 10000, 0, false },
		{ PHASE_HEAD, 10001, 0, true },
		{ PHASE_IDLE, 75000, 0, false },
		{ PHASE_IDLE, 75001, 0, true },
		{ PHASE_BODY, 10001, 0, true },
		{ PHASE_BODY, 10001, 1024, false },
		{ PHASE_BODY, 110000, 102400, false },
		{ PHASE_BODY, 110001, 102400, true },
		{ PHASE_RUN, 1 << 30, 0, false },
		{ PHASE_WRITE, 50000, 40960, false },
		{ PHASE_WRITE, 50001, 40960, true },
	};
	for (size_t i = 0; i < N(t); i++)
		ok(http_late(t[i].phase, t[i].ms, t[i].bytes) == t[i].late,
			"deadline %zu", i);
}

static void test_pack(struct arena *a)
{
	char *text = arena_alloc(a, 20000), *out = arena_alloc(a, 20001);
	for (int i = 0; i < 20000; i++)
		text[i] = (char)('a' + i % 7);
	struct str packed = web_pack(a, (struct str){ text, 20000 });
	ok(packed.p && packed.n < 2000, "packed to %zu", packed.n);
	z_stream z = { .next_in = (Bytef *)(uintptr_t)packed.p,
		.avail_in = (uInt)packed.n,
		.next_out = (Bytef *)out,
		.avail_out = 20001 };
	int r = inflateInit2(&z, 15 + 16);
	if (r == Z_OK)
		r = inflate(&z, Z_FINISH);
	ok(r == Z_STREAM_END && z.total_out == 20000 && memcmp(out, text, 20000) == 0,
		"and back, as gzip");
	(void)inflateEnd(&z);
	random_bytes(text, 1000);
	ok(web_pack(a, (struct str){ text, 1000 }).p == NULL,
		"what cannot be made smaller");
	ok(web_pack(a, S("short")).p == NULL, "what need not be");
}

int main(void)
{
	struct arena a = arena_new(MIB(16), "test");
	test_url(&a);
	test_table();
	test_find();
	test_limit(&a);
	test_late();
	test_pack(&a);
	arena_free(&a);
	return tap_end();
}

/* SPDX-License-Identifier: Apache-2.0
 * test_web_link.c - pages by link, without a request: how often somebody may ask, paths,
 * which row of the table a path has. */
#include "web/limit.h"
#include "web/route.h"
#include "web/url.h"

#include "tap.h"

static int taken(struct limit *l, enum rate class, const char *source, int64_t now)
{
	int n = 0;
	while (n < 1000 && limit_take(l, class, str_c(source), now))
		n++;
	return n;
}

static void test_limit(struct arena *a)
{
	struct limit *l = limit_new(a);
	int64_t window = LIMIT_WAIT_S * 1000;
	ok(taken(l, RATE_LINK, "192.0.2.1", 1) == 120, "120 by one source");
	ok(taken(l, RATE_LINK, "192.0.2.200", 1) == 0, "its network is the same source");
	ok(taken(l, RATE_LINK, "192.0.3.1", 1) == 120, "another one is not");
	ok(taken(l, RATE_LINK, "2001:db8:1::1", 1) == 120, "120 by a /48");
	ok(taken(l, RATE_LINK, "2001:db8:1:ff::2", 1) == 0, "which is one source");
	ok(taken(l, RATE_DOOR, "192.0.2.1", 1) == 20, "each class counts by itself");
	ok(taken(l, RATE_TOKEN, "abcdefghijklmnopqrstuvwxyz", 1) == 300, "300 by a link");
	ok(taken(l, RATE_TOKEN, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1) == 0,
		"capitals make no other link");
	ok(taken(l, RATE_TOKEN, "abcdefghijklmnopqrstuvwxya", 1) == 300,
		"another one is another");
	ok(taken(l, RATE_LINK, "192.0.2.1", window) == 0, "not yet");
	ok(taken(l, RATE_LINK, "192.0.2.1", window + 1) == 120, "and then again");
	ok(taken(l, RATE_PAGE, "192.0.2.1", 1) == 1000, "a class without a limit");
}

static void test_url(struct arena *a)
{
	static const char *const want[] = { "/a/x?lang=ar", "?lang=ar",
		"?after=25&lang=ar", "/a/x?after=25&lang=ar" };
	struct url path = url_word(a, "/a/", S("x")), here = URL_HERE;
	struct url in[] = { path, here, url_with_int(a, here, "after", 25),
		url_with_int(a, path, "after", 25) };
	for (size_t i = 0; i < N(want); i++) {
		struct url u = url_with(a, in[i], "lang", S("ar"));
		ok(str_eq(u.path, str_c(want[i])), "%s", want[i]);
	}
	struct url odd = url_with(a, here, "q", S("a&b=\"<"));
	ok(str_eq(odd.path, S("?q=a%26b%3D%22%3C")),
		"a value cannot be more than a value");
}

static void test_route(void)
{
	static const struct {
		enum method m;
		const char *path, *name; /* NULL: none */
	} t[] = {
		{ METHOD_GET, "/a/abc", "answer" },
		{ METHOD_HEAD, "/a/abc", "answer" },
		{ METHOD_POST, "/a/abc", "answer.give" },
		{ METHOD_GET, "/a/abc/csv", "answer.table" },
		{ METHOD_POST, "/a/abc/json", "answer.json" },
		{ METHOD_GET, "/c/abc", "contact" },
		{ METHOD_GET, "/a/", NULL },
		{ METHOD_GET, "/a/a%20b", NULL },
		{ METHOD_GET, "/a/abc/", NULL },
		{ METHOD_GET, "/a/abc/json", NULL },
		{ METHOD_GET, "/a/../c/abc", NULL },
	};
	for (size_t i = 0; i < N(t); i++) {
		const struct route *r = NULL;
		int64_t id = 0;
		struct str word;
		int err = route_find(t[i].m, str_c(t[i].path), &r, &id, &word);
		ok(t[i].name ? err == 0 && strcmp(r->name, t[i].name) == 0 : err < 0,
			"%s", t[i].path);
	}
}

/* What stands in no other place: a row by link opens an object, reads no form token. */
static void test_links(void)
{
	for (const struct route *r = web_routes; r->name; r++) {
		if (!(r->who & WHO_LINK))
			continue;
		ok(r->kind == OBJECT_NOTICE || r->kind == OBJECT_CONTACT,
			"%s opens a notice or a contact", r->name);
		ok(r->csrf != CSRF_FORM && r->rate != RATE_PAGE && r->nav == NULL,
			"%s: no session, a rate, not in the menu", r->name);
		ok(r->act == NO_ACT || act_table[r->act].who & ACTOR_LINK,
			"%s: its act is for who holds a link", r->name);
	}
}

int main(void)
{
	struct arena a = arena_new(MIB(4), "test");
	test_limit(&a);
	test_url(&a);
	test_route();
	test_links();
	arena_free(&a);
	return tap_end();
}

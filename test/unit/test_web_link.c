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
	ok(taken(l, RATE_TOKEN_FILE, "abcdefghijklmnopqrstuvwxyz", 1) == 20,
		"20 files by a link");
	ok(taken(l, RATE_TOKEN, "abcdefghijklmnopqrstuvwxyz", 1) == 300, "300 by a link");
	ok(taken(l, RATE_TOKEN, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1) == 0,
		"capitals make no other link");
	ok(taken(l, RATE_TOKEN, "abcdefghijklmnopqrstuvwxya", 1) == 300,
		"another one is another");
	ok(taken(l, RATE_LINK, "192.0.2.1", window) == 0, "not yet");
	ok(taken(l, RATE_LINK, "192.0.2.1", window + 100) == 120, "and then again");
	ok(taken(l, RATE_PAGE, "192.0.2.1", 1) == 1000, "a class without a limit");
}

/* All networks together get what each may, and not more: whoever has many addresses makes
 * nobody be forgotten. */
static void test_crowd(struct arena *a, unsigned networks)
{
	static const enum rate classes[] = { RATE_LINK, RATE_DOOR };
	struct limit *l = limit_new(a);
	size_t took[N(classes)] = { 0 };
	for (unsigned round = 0; round < 1000; round++)
		for (unsigned n = 0; n < networks * N(classes); n++) {
			char ip[40];
			(void)snprintf(
				ip, sizeof(ip), "10.%u.%u.1", n / 2 / 250, n / 2 % 250);
			bool may = limit_take(l, classes[n % 2], str_c(ip), 1000 + round);
			took[n % 2] += may;
			(void)snprintf(ip, sizeof(ip), "%u-%u", round, n);
			if (may)
				(void)limit_take(l, RATE_TOKEN, str_c(ip), 1000 + round);
		}
	ok(took[0] == networks * (size_t)120, "%u networks at links: %zu", networks,
		took[0]);
	ok(took[1] == networks * (size_t)20, "%u at the door: %zu", networks, took[1]);
}

static void test_flood(struct arena *a)
{
	struct limit *l = limit_new(a);
	size_t took = 0, networks = 150000;
	for (size_t round = 0; round < 21; round++)
		for (size_t n = 0; n < networks; n++) {
			char ip[40];
			(void)snprintf(
				ip, sizeof(ip), "2001:%zx:%zx::1", n / 65536, n % 65536);
			took += limit_take(l, RATE_DOOR, str_c(ip), 1000);
		}
	ok(took <= 5 * 8192 * 20 && took > 4 * 8192 * 19,
		"more than there are places: no more pass than those, %zu", took);
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
	struct arena a = arena_new(MIB(8), "test");
	test_limit(&a);
	arena_reset(&a);
	test_crowd(&a, 40);
	arena_reset(&a);
	test_crowd(&a, 100);
	arena_reset(&a);
	test_flood(&a);
	arena_reset(&a);
	test_url(&a);
	test_route();
	test_links();
	arena_free(&a);
	return tap_end();
}

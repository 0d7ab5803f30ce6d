/* SPDX-License-Identifier: Apache-2.0
 * test_seal.c - sealed backups: only the private key opens them, and nothing in them can
 * be changed, moved, left out or cut off. Depends on: fmt/seal. */
#include "fmt/seal.h"
#include "tap.h"

#include <stdlib.h>

#define PIECES 3 /* two whole ones and a shorter */

struct made {
	struct seal_key private_key, public_key;
	struct str sealed, plain;
};

static struct made make(struct arena *a)
{
	struct made m;
	struct seal *s = NULL;
	struct buf out = buf_in(a, MIB(1));
	char *plain = arena_alloc(a, 2 * SEAL_PIECE + 5);
	for (size_t i = 0; i < 2 * SEAL_PIECE + 5; i++)
		plain[i] = (char)(i * 7 + i / 251);
	m.plain = (struct str){ plain, 2 * SEAL_PIECE + 5 };
	seal_key_new(&m.public_key, &m.private_key);
	int r = seal_begin(a, &m.public_key, &out, &s);
	for (size_t i = 0; r == 0 && i < PIECES; i++)
		r = seal_piece(s, str_to(str_from(m.plain, i * SEAL_PIECE), SEAL_PIECE),
			i == PIECES - 1, &out);
	ok(r == 0 && seal_is(buf_str(&out)), "sealed");
	ok(seal_piece(s, S(""), true, &out) == E_STATE,
		"nothing comes after the last piece");
	seal_end(&s);
	m.sealed = buf_str(&out);
	return m;
}

static struct str piece_of(struct str sealed, size_t i)
{
	return str_to(str_from(sealed, SEAL_HEAD + i * SEAL_PIECE_OUT), SEAL_PIECE_OUT);
}

/* The pieces in this order; the error, or 0 when the last one came. */
static int open_order(struct arena *a, const struct made *m, struct str sealed,
	const size_t *order, size_t n, struct buf *plain)
{
	struct seal *s = NULL;
	bool last = false;
	int r = seal_open(a, &m->private_key, str_to(sealed, SEAL_HEAD), NULL, &s);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = seal_open_piece(s, piece_of(sealed, order[i]), NULL, plain, &last);
	if (r == 0 && last)
		ok(seal_open_piece(s, piece_of(sealed, 0), NULL, plain, &last) < 0,
			"nothing is taken after the last");
	seal_end(&s);
	return r < 0 ? r : last ? 0 : E_SYNTAX;
}

static void test_order(const struct made *m)
{
	static const struct {
		size_t order[3], n;
		bool good;
	} t[] = { { { 0, 1, 2 }, 3, true }, { { 1, 0, 2 }, 3, false },
		{ { 0, 2, 0 }, 2, false }, { { 0, 0, 1 }, 3, false },
		{ { 0, 1, 0 }, 2, false }, { { 2, 0, 0 }, 1, false } };
	for (size_t i = 0; i < N(t); i++) {
		AUTO_ARENA a = arena_new(MIB(8), "order");
		struct buf plain = buf_in(&a, MIB(1));
		int r = open_order(&a, m, m->sealed, t[i].order, t[i].n, &plain);
		ok((r == 0) == t[i].good &&
				(!t[i].good || str_eq(buf_str(&plain), m->plain)),
			"pieces %zu %zu %zu, %zu of them: %d", t[i].order[0],
			t[i].order[1], t[i].order[2], t[i].n, r);
	}
}

static void test_damage(const struct made *m)
{
	static const size_t order[] = { 0, 1, 2 };
	bool found = true;
	for (size_t at = 0; at < m->sealed.n; at += at < SEAL_HEAD + 40 ? 1 : 1999) {
		AUTO_ARENA a = arena_new(MIB(8), "damage");
		struct buf plain = buf_in(&a, MIB(1));
		char *bad = arena_alloc(&a, m->sealed.n);
		memcpy(bad, m->sealed.p, m->sealed.n);
		bad[at] = (char)(bad[at] ^ 4);
		struct str s = { bad, m->sealed.n };
		if (open_order(&a, m, s, order, 3, &plain) == 0)
			found = false;
	}
	ok(found, "no bit turns over unseen");
}

static void test_keys(struct arena *a, const struct made *m)
{
	struct seal_key other, other_public, back;
	struct seal *s = NULL;
	struct why why = { 0 };
	struct buf out = buf_in(a, KIB(1));
	char hex[SEAL_KEY_TEXT + 1];
	const struct seal_key none = { { 0 } };
	seal_key_new(&other_public, &other);
	ok(seal_open(a, &other, str_to(m->sealed, SEAL_HEAD), &why, &s) == E_DENIED,
		"another key does not open it: %s", why.text);
	ok(seal_open(a, &m->public_key, str_to(m->sealed, SEAL_HEAD), NULL, &s) < 0,
		"nor does the public one");
	ok(seal_open(a, &m->private_key, str_to(m->sealed, SEAL_HEAD - 1), NULL, &s) < 0,
		"a head that is cut is none");
	ok(seal_key_read(str_c(seal_key_text(&m->public_key, hex)), &back) == 0 &&
			memcmp(&back, &m->public_key, sizeof(back)) == 0,
		"a key as text and back");
	ok(seal_key_public(&m->private_key, &back) == 0 &&
			memcmp(&back, &m->public_key, sizeof(back)) == 0,
		"the public key is in the private one");
	ok(seal_key_read(S("12"), &back) < 0 &&
			seal_key_read(str_to(str_c(hex), 63), &back) < 0,
		"a short key is none");
	ok(seal_begin(a, &none, &out, &s) < 0, "a key of zeros seals nothing");
}

int main(void)
{
	AUTO_ARENA a = arena_new(MIB(8), "test");
	struct made m = make(&a);
	test_order(&m);
	test_damage(&m);
	test_keys(&a, &m);
	return tap_end();
}

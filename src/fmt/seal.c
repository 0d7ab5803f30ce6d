/* SPDX-License-Identifier: Apache-2.0
 * seal.c - sealed backups: see seal.h. Depends on: base, libsodium. */
#include "fmt/seal.h"

#include <sodium.h>

#define MAGIC "tocsin-sealed 1\n"
#define BOX   (crypto_secretstream_xchacha20poly1305_KEYBYTES + crypto_box_SEALBYTES)
#define EXTRA crypto_secretstream_xchacha20poly1305_ABYTES
_Static_assert(SEAL_HEAD ==
		sizeof(MAGIC) - 1 + BOX +
			crypto_secretstream_xchacha20poly1305_HEADERBYTES,
	"the head is as long as seal.h says");
_Static_assert(SEAL_PIECE_OUT == SEAL_PIECE + EXTRA, "and a piece too");
_Static_assert(sizeof(struct seal_key) == crypto_box_PUBLICKEYBYTES, "and a key");

struct seal {
	crypto_secretstream_xchacha20poly1305_state state;
	bool last;
};

void seal_key_new(struct seal_key *ret_public, struct seal_key *ret_private)
{
	(void)crypto_box_keypair(ret_public->b, ret_private->b);
}

int seal_key_read(struct str hex, struct seal_key *ret)
{
	struct seal_key k;
	size_t n = 0;
	if (hex.n != SEAL_KEY_TEXT ||
		sodium_hex2bin(k.b, sizeof(k.b), hex.p, hex.n, NULL, &n, NULL) != 0 ||
		n != sizeof(k.b))
		return E_SYNTAX;
	*ret = k;
	return 0;
}

const char *seal_key_text(const struct seal_key *k, char ret[SEAL_KEY_TEXT + 1])
{
	return sodium_bin2hex(ret, SEAL_KEY_TEXT + 1, k->b, sizeof(k->b));
}

int seal_key_public(const struct seal_key *private_key, struct seal_key *ret)
{
	return crypto_scalarmult_base(ret->b, private_key->b) == 0 ? 0 : E_SYNTAX;
}

bool seal_is(struct str head)
{
	return str_starts(head, S(MAGIC));
}

int seal_begin(struct arena *a, const struct seal_key *public_key, struct buf *out,
	struct seal **ret)
{
	unsigned char key[crypto_secretstream_xchacha20poly1305_KEYBYTES], box[BOX];
	unsigned char head[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
	struct seal *s = arena_alloc(a, sizeof(*s));
	crypto_secretstream_xchacha20poly1305_keygen(key);
	int r = crypto_box_seal(box, key, sizeof(key), public_key->b) == 0 ? 0 : E_SYNTAX;
	if (r == 0 &&
		crypto_secretstream_xchacha20poly1305_init_push(&s->state, head, key) !=
			0)
		r = E_SYNTAX;
	sodium_memzero(key, sizeof(key));
	if (r == 0)
		r = buf_add(out, S(MAGIC));
	if (r == 0)
		r = buf_add(out, (struct str){ (char *)box, sizeof(box) });
	if (r == 0)
		r = buf_add(out, (struct str){ (char *)head, sizeof(head) });
	if (r == 0)
		*ret = s;
	return r;
}

int seal_piece(struct seal *s, struct str plain, bool last, struct buf *out)
{
	char *to;
	unsigned long long n = 0;
	if (s->last || plain.n > SEAL_PIECE || (!last && plain.n != SEAL_PIECE))
		return E_STATE;
	int r = buf_room(out, plain.n + EXTRA, &to);
	if (r < 0)
		return r;
	const unsigned char *from = (const unsigned char *)(plain.n ? plain.p : "");
	if (crypto_secretstream_xchacha20poly1305_push(&s->state, (unsigned char *)to, &n,
		    from, plain.n, NULL, 0,
		    last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0) != 0)
		return E_STATE;
	s->last = last;
	buf_wrote(out, (size_t)n);
	return 0;
}

int seal_open(struct arena *a, const struct seal_key *private_key, struct str head,
	struct why *why, struct seal **ret)
{
	unsigned char key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
	struct seal_key public_key;
	struct seal *s = arena_alloc(a, sizeof(*s));
	if (head.n != SEAL_HEAD || !seal_is(head))
		return fail(why, E_SYNTAX, "this is no sealed backup");
	const unsigned char *box = (const unsigned char *)head.p + sizeof(MAGIC) - 1;
	int r = seal_key_public(private_key, &public_key);
	if (r < 0 ||
		crypto_box_seal_open(key, box, BOX, public_key.b, private_key->b) != 0)
		return fail(
			why, E_DENIED, "it was sealed for another key, or is damaged");
	r = crypto_secretstream_xchacha20poly1305_init_pull(&s->state, box + BOX, key);
	sodium_memzero(key, sizeof(key));
	if (r != 0)
		return fail(why, E_SYNTAX, "the seal is damaged");
	*ret = s;
	return 0;
}

int seal_open_piece(struct seal *s, struct str sealed, struct why *why, struct buf *out,
	bool *ret_last)
{
	char *to;
	unsigned long long n = 0;
	unsigned char tag = 0;
	if (s->last || sealed.n < EXTRA || sealed.n > SEAL_PIECE_OUT)
		return fail(why, E_SYNTAX, "the seal is broken: it is cut off");
	int r = buf_room(out, sealed.n - EXTRA + 1, &to);
	if (r < 0)
		return r;
	r = crypto_secretstream_xchacha20poly1305_pull(&s->state, (unsigned char *)to, &n,
		&tag, (const unsigned char *)sealed.p, sealed.n, NULL, 0);
	if (r != 0)
		return fail(why, E_SYNTAX, "the seal is broken: damaged");
	s->last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
	if (!s->last && n != SEAL_PIECE)
		return fail(why, E_SYNTAX, "the seal is broken: a short piece");
	buf_wrote(out, (size_t)n);
	*ret_last = s->last;
	return 0;
}

void seal_end(struct seal **p)
{
	if (*p)
		sodium_memzero(*p, sizeof(**p));
	*p = NULL;
}

/* SPDX-License-Identifier: Apache-2.0
 * door.c - sessions, cookies, form tokens: see door.h. Depends on: base, fmt, core. */
#include "web/door.h"

#include "base/hash.h"
#include "fmt/cookie.h"

#include <sodium.h>
#include <stdio.h>

#define MASK	   16
#define FORM_TOKEN (4 * MASK)
#define YEAR	   31536000

/* With TLS the name itself makes browsers keep it to this host and to TLS. */
static const char *session_cookie(const struct visit *v)
{
	return v->secure ? "__Host-tocsin" : "tocsin";
}

static const char *known_cookie(const struct visit *v)
{
	return v->secure ? "__Host-known" : "known";
}

int door_session(struct visit *v)
{
	struct str token, code;
	enum lang own;
	if (v->req->cookie.p == NULL ||
		cookie_find(v->req->cookie, str_c(session_cookie(v)), &token) < 0)
		return 0;
	int r = session_find(&v->x, token, &v->session);
	if (r == E_NOT_FOUND)
		return 0;
	if (r < 0)
		return r;
	v->signed_in = true;
	v->token = token;
	if (cookie_find(v->req->cookie, S("lang"), &code) < 0 &&
		lang_parse(v->session.person.language, &own) == 0)
		v->lang = own;
	return 0;
}

int door_who(struct visit *v)
{
	unsigned who = v->route->who;
	if (who & WHO_ANYONE)
		return 0;
	if (!v->signed_in)
		return v->req->method == METHOD_POST ? 403 : 303;
	return who & visit_actor(v) ? 0 : 404;
}

int door_link(struct visit *v)
{
	const struct route *r = v->route;
	bool contact = r->kind == OBJECT_CONTACT;
	int err = answer_link_find(&v->x, v->word, &v->link);
	if (err < 0)
		return err;
	if (v->link.kind != (contact ? LINK_CONTACT : LINK_NOTICE))
		return E_NOT_FOUND;
	v->object = (struct object){ r->kind, r->action,
		contact ? v->link.contact : v->link.notice };
	v->linked = true;
	return 0;
}

/* Bound to the session, known to nobody who lacks its cookie. */
static void form_secret(const struct visit *v, uint8_t ret[MASK])
{
	char text[16 + TOKEN_HEX];
	memcpy(text, "tocsin form v1: ", 16);
	memcpy(text + 16, v->token.p, TOKEN_HEX);
	struct sha256 h = sha256_of((struct str){ text, sizeof(text) });
	memcpy(ret, h.b, MASK);
}

/* Compressed pages give away by their length what is the same in each: it is masked. */
struct str door_token(struct visit *v)
{
	uint8_t secret[MASK], both[2 * MASK];
	char *out = arena_alloc(v->req->arena, FORM_TOKEN + 1);
	if (!v->signed_in)
		return S("");
	form_secret(v, secret);
	random_bytes(both, MASK);
	for (size_t i = 0; i < MASK; i++)
		both[MASK + i] = both[i] ^ secret[i];
	(void)sodium_bin2hex(out, FORM_TOKEN + 1, both, sizeof(both));
	return (struct str){ out, FORM_TOKEN };
}

bool door_form(struct visit *v)
{
	uint8_t secret[MASK], both[2 * MASK];
	size_t n = 0;
	struct str given = v->frame.form;
	if (!v->signed_in || given.n != FORM_TOKEN ||
		sodium_hex2bin(both, sizeof(both), given.p, given.n, NULL, &n, NULL) !=
			0 ||
		n != sizeof(both))
		return false;
	form_secret(v, secret);
	for (size_t i = 0; i < MASK; i++)
		both[i] ^= both[MASK + i];
	return sodium_memcmp(both, secret, MASK) == 0;
}

void door_touch(struct visit *v)
{
	struct ask a;
	if (!v->signed_in || v->route->act == ACT_SESSION_END ||
		v->x.now - v->session.used_at < SESSION_TOUCH)
		return;
	ask_begin(v, &a, ACT_SESSION_TOUCH);
	(void)!ask_send(v, &a, NULL, NULL); /* it may have ended just now */
}

static void set_cookie(struct visit *v, const char *name, struct str value, int64_t life)
{
	char *c = arena_alloc(v->req->arena, 240);
	(void)snprintf(c, 240, "%s=%.*s; Path=/; HttpOnly; SameSite=Strict%s%s", name,
		STR(str_to(value, KNOWN_HEX)), v->secure ? "; Secure" : "",
		life < 0       ? "; Max-Age=0"
			: life ? "; Max-Age=31536000"
			       : "");
	res_header(v->res, "Set-Cookie", c);
}

void visit_set_session(struct visit *v, struct str token)
{
	set_cookie(v, session_cookie(v), token, token.n ? 0 : -1);
}

struct str visit_known(const struct visit *v)
{
	struct str known;
	bool has = v->req->cookie.p &&
		cookie_find(v->req->cookie, str_c(known_cookie(v)), &known) == 0;
	return has && known.n == KNOWN_HEX ? known : S("");
}

void visit_set_known(struct visit *v, struct str known)
{
	if (known.n == KNOWN_HEX)
		set_cookie(v, known_cookie(v), known, YEAR);
}

void visit_set_language(struct visit *v, enum lang l)
{
	v->lang = l;
	set_cookie(v, "lang", str_c(lang_code(l)), YEAR);
}

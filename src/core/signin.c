/* SPDX-License-Identifier: Apache-2.0
 * signin.c - enrolling, and the check at the door: see person.h. Depends on: base, db. */
#include "core/person.h"

#include "core/setting.h"
#include "db/sql_person.h"

#include <sodium.h>

#define FREE_TRIES  5
#define WAIT_FIRST  30
#define WAIT_MOST   900
#define FORGET_SECS 86400
#define SEAL_USE    S("totp")
#define KNOWN_USE   "known browser of "

static struct str hash_text(const struct sha256 *h)
{
	return (struct str){ (const char *)h->b, sizeof(h->b) };
}

static int open_totp(
	struct ctx *x, const struct seal_key *k, struct str sealed, struct totp *ret)
{
	struct str plain;
	int r = unseal(x->arena, k, SEAL_USE, sealed, &plain);
	if (r < 0 || plain.n != sizeof(ret->secret))
		return fail(&x->why, E_STATE,
			"a secret cannot be opened: is secret.key the one it was made "
			"with?");
	memcpy(ret->secret, plain.p, plain.n);
	return 0;
}

/* ---- enrolling ---- */

int enrol_make(struct ctx *x, const struct seal_key *k, const struct person *p,
	char ret_token[TOKEN_HEX + 1])
{
	struct totp t = totp_make();
	struct str secret = { (const char *)t.secret, sizeof(t.secret) };
	struct sha256 h = token_hash(str_c(token_make(ret_token)));
	struct sql_enrolment_clear_in clear = { .person = p->id };
	struct sql_enrolment_insert_in in = { .hash = hash_text(&h),
		.person = p->id,
		.at = x->now,
		.expires = x->now + ENROL_LIFE,
		.totp = seal(x->arena, k, SEAL_USE, secret) };
	int r = sql_enrolment_clear(x->db, &clear);
	return r == 0 ? sql_enrolment_insert(x->db, &in) : r;
}

static int find_link(struct ctx *x, struct str token, struct sql_enrolment_find_row *ret,
	struct person *ret_person)
{
	if (!token_like(token))
		return E_NOT_FOUND;
	struct sha256 h = token_hash(token);
	struct sql_enrolment_find_in in = { .hash = hash_text(&h) };
	int r = sql_enrolment_find(x->db, x->arena, &in, ret);
	if (r == 0)
		r = person_by_id(x, ret->person, ret_person);
	if (r < 0)
		return r;
	return x->now >= ret->expires_at || ret_person->revoked_at.has ? E_NOT_FOUND : 0;
}

int enrol_there(struct ctx *x, struct str token)
{
	struct sql_enrolment_find_row row;
	struct person person;
	return find_link(x, token, &row, &person);
}

int enrol_look(
	struct ctx *x, const struct seal_key *k, struct str token, struct enrolment *ret)
{
	struct enrolment e = { 0 };
	struct sql_enrolment_find_row row;
	int r = find_link(x, token, &row, &e.person);
	if (r == 0)
		r = open_totp(x, k, row.totp, &e.totp);
	if (r < 0)
		return r;
	e.expires_at = row.expires_at;
	*ret = e;
	return 0;
}

/* What is hashed of a recovery code: without the dash, in small letters. */
static struct sha256 recovery_hash(struct ctx *x, struct str code)
{
	char *out = arena_alloc(x->arena, code.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < code.n; i++) {
		char c = code.p[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c | 32);
		if (c != '-' && c != ' ')
			out[n++] = c;
	}
	return sha256_of((struct str){ out, n });
}

/* 50 bits; letters that are not taken for each other. */
static void recovery_make(char ret[RECOVERY_TEXT])
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789x";
	uint8_t b[RECOVERY_TEXT];
	random_bytes(b, sizeof(b));
	for (size_t i = 0; i < RECOVERY_TEXT - 1; i++)
		ret[i] = i == 5 ? '-' : letters[b[i] & 31];
	ret[RECOVERY_TEXT - 1] = '\0';
}

int enrol_finish(struct ctx *x, const struct seal_key *k, const struct enrolment *e,
	const char *password, int64_t step, char ret_codes[RECOVERY_CODES][RECOVERY_TEXT])
{
	struct str secret = { (const char *)e->totp.secret, sizeof(e->totp.secret) };
	struct sql_person_set_secrets_in in = { .id = e->person.id,
		.password = str_c(password),
		.totp = seal(x->arena, k, SEAL_USE, secret),
		.step = step };
	int r = person_forget(x, &e->person, false);
	if (r == 0)
		r = sql_person_set_secrets(x->db, &in);
	for (int i = 0; i < RECOVERY_CODES && r == 0; i++) {
		recovery_make(ret_codes[i]);
		struct sha256 h = recovery_hash(x, str_c(ret_codes[i]));
		struct sql_recovery_insert_in code = { .person = e->person.id,
			.hash = hash_text(&h) };
		r = sql_recovery_insert(x->db, &code);
	}
	return r;
}

/* ---- the check at the door ---- */

int64_t signin_wait(int64_t failures)
{
	if (failures < FREE_TRIES)
		return 0;
	int64_t doubled = failures - FREE_TRIES;
	return doubled >= 5 ? WAIT_MOST : (int64_t)WAIT_FIRST << doubled;
}

static struct str known_use(struct ctx *x, struct str name)
{
	size_t head = sizeof(KNOWN_USE) - 1;
	char *p = arena_alloc(x->arena, head + name.n + 1);
	memcpy(p, KNOWN_USE, head);
	if (name.n)
		memcpy(p + head, name.p, name.n);
	return (struct str){ p, head + name.n };
}

/* For who cannot open seals: that we made this one, for that name. */
static int known_tag(struct ctx *x, struct str name, const uint8_t sealed[SEAL_EXTRA],
	struct key128 *ret)
{
	struct str value, use = known_use(x, name);
	struct key128 key;
	int r = setting_get(x, SETTING_FINDING_KEY, &value);
	if (r == 0 && value.n != sizeof(key.b))
		r = E_DB;
	if (r < 0)
		return r;
	memcpy(key.b, value.p, sizeof(key.b));
	char *text = arena_alloc(x->arena, use.n + SEAL_EXTRA);
	memcpy(text, use.p, use.n);
	memcpy(text + use.n, sealed, SEAL_EXTRA);
	*ret = siphash(&key, (struct str){ text, use.n + SEAL_EXTRA });
	return 0;
}

const char *known_make(
	struct ctx *x, const struct seal_key *k, struct str name, char ret[KNOWN_HEX + 1])
{
	struct str sealed = seal(x->arena, k, known_use(x, name), S(""));
	uint8_t both[KNOWN_SIZE];
	struct key128 tag;
	memcpy(both, sealed.p, SEAL_EXTRA);
	if (known_tag(x, name, both, &tag) < 0)
		return "";
	memcpy(both + SEAL_EXTRA, tag.b, sizeof(tag.b));
	return sodium_bin2hex(ret, KNOWN_HEX + 1, both, sizeof(both));
}

static bool known_read(struct str known, uint8_t ret[KNOWN_SIZE])
{
	size_t n = 0;
	return known.n == KNOWN_HEX &&
		sodium_hex2bin(ret, KNOWN_SIZE, known.p, known.n, NULL, &n, NULL) == 0 &&
		n == KNOWN_SIZE;
}

bool known_seems(struct ctx *x, struct str name, struct str known)
{
	uint8_t b[KNOWN_SIZE];
	struct key128 tag;
	return known_read(known, b) && known_tag(x, name, b, &tag) == 0 &&
		sodium_memcmp(tag.b, b + SEAL_EXTRA, sizeof(tag.b)) == 0;
}

/* What failures are counted for: the name, whoever tries it; or this one browser, which
 * was let in under it before. */
static int counted(struct ctx *x, const struct seal_key *k, const struct signin_given *g,
	struct sha256 *ret)
{
	uint8_t b[KNOWN_SIZE];
	struct str plain;
	if (g->known.n == 0) {
		*ret = sha256_of(g->name);
		return 0;
	}
	struct str sealed = { (char *)b, SEAL_EXTRA };
	bool good = known_read(g->known, b) &&
		unseal(x->arena, k, known_use(x, g->name), sealed, &plain) == 0;
	if (!good)
		return fail(&x->why, E_NOT_FOUND, "no browser that came in by this name");
	*ret = sha256_of(sealed);
	return 0;
}

static int failures_of(
	struct ctx *x, const struct sha256 *name, struct sql_signin_failed_row *ret)
{
	struct sql_signin_failed_in in = { .name = hash_text(name) };
	*ret = (struct sql_signin_failed_row){ 0 };
	int r = sql_signin_failed(x->db, &in, ret);
	return r == E_NOT_FOUND ? 0 : r;
}

/* Password and code; both are looked at, whichever is wrong. */
static int check_both(struct ctx *x, const struct seal_key *k, struct signin *s,
	struct str password, struct str code)
{
	struct sql_person_secrets_in in = { .id = s->person.id };
	struct sql_person_secrets_row row;
	struct totp totp;
	const char *hash;
	int r = sql_person_secrets(x->db, x->arena, &in, &row);
	if (r == 0 && (row.password.p == NULL || row.totp.p == NULL))
		r = E_NOT_FOUND;
	if (r == 0)
		r = str_z(x->arena, row.password, &hash);
	if (r < 0)
		return r;
	/* Restored without its secret.key: then recovery codes are what is left. */
	struct why quiet = x->why;
	r = open_totp(x, k, row.totp, &totp);
	x->why = quiet;
	bool good = password_check(hash, password);
	if (r == 0)
		r = totp_check(&totp, code, x->now, row.totp_step, &s->step);
	if (r == 0)
		return good ? 0 : E_DENIED;
	s->code = recovery_hash(x, code);
	struct sql_recovery_find_in find = { .person = s->person.id,
		.hash = hash_text(&s->code) };
	struct sql_recovery_find_row found;
	r = sql_recovery_find(x->db, &find, &found);
	if (r < 0 && r != E_NOT_FOUND)
		return r;
	s->recovery = r == 0 && !found.used_at.has;
	return good && s->recovery ? 0 : E_DENIED;
}

int signin_check(struct ctx *x, const struct seal_key *k, const struct signin_given *g,
	struct signin *ret)
{
	struct sql_signin_failed_row before;
	struct why quiet = x->why;
	*ret = (struct signin){ 0 };
	int r = counted(x, k, g, &ret->counted);
	if (r == 0)
		r = failures_of(x, &ret->counted, &before);
	if (r < 0)
		return r;
	/* The word of a clock that was wrong: it would lock for as long as it was. */
	if (before.at > x->now + WAIT_MOST)
		before.failures = 0;
	int64_t since = x->now > before.at ? x->now - before.at : 0;
	ret->wait = signin_wait(before.failures) - since;
	if (before.failures > 0 && ret->wait > 0)
		return fail(&x->why, E_BUSY, "too many failures; wait %lld seconds",
			(long long)ret->wait);
	r = person_by_name(x, g->name, &ret->person);
	ret->known = r == 0;
	if (r == 0 && ret->person.revoked_at.has)
		r = E_NOT_FOUND;
	if (r == 0)
		r = check_both(x, k, ret, g->password, g->code);
	if (r == E_NOT_FOUND) {
		password_waste(g->password);
		r = E_DENIED;
	}
	if (r == E_DENIED) {
		x->why = quiet;
		return fail(&x->why, r, "name, password or code is wrong");
	}
	return r;
}

static int use_code(struct ctx *x, const struct signin *s)
{
	if (s->recovery) {
		struct sql_recovery_use_in in = {
			.person = s->person.id, .hash = hash_text(&s->code), .at = x->now
		};
		return sql_recovery_use(x->db, &in);
	}
	struct sql_person_set_step_in in = { .id = s->person.id, .step = s->step };
	return sql_person_set_step(x->db, &in);
}

int signin_done(struct ctx *x, const struct signin *s, int r, struct str agent,
	char ret_token[TOKEN_HEX + 1])
{
	struct str key = hash_text(&s->counted);
	struct sql_signin_fail_in failed = { .name = key, .at = x->now };
	struct sql_signin_succeed_in fine = { .name = key };
	struct sql_signin_forget_in old = { .before = x->now - FORGET_SECS,
		.after = x->now + WAIT_MOST };
	int w = sql_signin_forget(x->db, &old);
	if (w == 0)
		w = r < 0 ? sql_signin_fail(x->db, &failed)
			  : sql_signin_succeed(x->db, &fine);
	if (w == 0 && r == 0)
		w = use_code(x, s);
	if (w == 0 && r == 0)
		w = session_begin(x, &s->person, agent, ret_token);
	return w;
}

int person_check_password(struct ctx *x, const struct person *p, struct str password)
{
	struct sql_person_secrets_in in = { .id = p->id };
	struct sql_person_secrets_row row;
	const char *hash;
	int r = sql_person_secrets(x->db, x->arena, &in, &row);
	if (r == 0)
		r = str_z(x->arena, row.password.p ? row.password : S(""), &hash);
	if (r == 0 && !password_check(hash, password))
		return fail(&x->why, E_DENIED, "that is not the password");
	return r;
}

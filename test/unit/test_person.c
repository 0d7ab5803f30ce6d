/* SPDX-License-Identifier: Apache-2.0
 * test_person.c - people, links, signing in, sessions, and who may open what. */
#include "core/auth.h"
#include "core/person.h"
#include "core_kit.h"

#define PASSWORD S("correct horse battery")

static const struct seal_key key = { { 7 } };

static struct person add(struct kit *k, const char *name, enum person_role role)
{
	struct tx t;
	struct person p;
	int64_t id;
	kit_tx(k, &t);
	kit_must(k, person_add(&k->x, str_c(name), role, &id), name);
	kit_end(k, &t);
	kit_must(k, person_by_id(&k->x, id, &p), name);
	return p;
}

/* Through a link, with a password and a code. */
static struct totp enrol(
	struct kit *k, const struct person *p, char codes[][RECOVERY_TEXT])
{
	char token[TOKEN_HEX + 1], hash[PASSWORD_HASH];
	struct enrolment e;
	struct tx t;
	kit_tx(k, &t);
	kit_must(k, enrol_make(&k->x, &key, p, token), "link");
	kit_end(k, &t);
	kit_must(k, enrol_look(&k->x, &key, str_c(token), &e), "look");
	kit_must(k, password_hash(PASSWORD, hash) ? 0 : E_SYS, "hash");
	kit_tx(k, &t);
	kit_must(k, enrol_finish(&k->x, &key, &e, hash, 0, codes), "finish");
	kit_end(k, &t);
	ok(enrol_look(&k->x, &key, str_c(token), &e) == E_NOT_FOUND, "a link works once");
	return e.totp;
}

static int come_in(
	struct kit *k, const struct signin_given *given, char token[TOKEN_HEX + 1])
{
	struct signin s;
	struct tx t;
	int r = signin_check(&k->x, &key, given, &s);
	k->x.why = (struct why){ 0 };
	if (r < 0 && r != E_DENIED)
		return r;
	kit_tx(k, &t);
	kit_must(k, signin_done(&k->x, &s, r, S("test"), token), "done");
	kit_end(k, &t);
	return r;
}

static int sign_in(struct kit *k, const char *name, struct str password, const char *code,
	char token[TOKEN_HEX + 1])
{
	struct signin_given given = {
		.name = str_c(name), .password = password, .code = str_c(code)
	};
	return come_in(k, &given, token);
}

static const char *code_now(
	struct kit *k, const struct totp *t, char ret[TOTP_DIGITS + 1])
{
	return totp_code(t, k->x.now / TOTP_STEP, ret);
}

static void test_names(void)
{
	static const struct {
		const char *name;
		bool good;
	} t[] = { { "ann", true }, { "a", true }, { "a.b-c_1", true }, { "", false },
		{ "1ann", false }, { "Ann", false }, { "a b", false }, { ".a", false },
		{ "a/b", false }, { "a\n", false }, { "\xc3\xa9va", false } };
	char most[PERSON_NAME_MAX + 1];
	memset(most, 'a', sizeof(most));
	for (size_t i = 0; i < N(t); i++)
		ok(person_name_like(str_c(t[i].name)) == t[i].good, "name '%s'",
			t[i].name);
	ok(person_name_like((struct str){ most, PERSON_NAME_MAX }) &&
			!person_name_like((struct str){ most, PERSON_NAME_MAX + 1 }),
		"the longest name");
	for (int r = PERSON_READER; r <= PERSON_ROLES; r++) {
		enum person_role back = PERSON_READER;
		const char *word = person_role_word((enum person_role)r);
		ok(person_role_read(str_c(word), &back) == 0 && (int)back == r, "role %s",
			word);
	}
}

static void test_link(struct kit *k)
{
	struct person p = add(k, "late", PERSON_READER);
	char first[TOKEN_HEX + 1], second[TOKEN_HEX + 1];
	struct seal_key other = { { 8 } };
	struct enrolment e;
	struct tx t;
	int64_t now = k->x.now;
	kit_tx(k, &t);
	kit_must(k, enrol_make(&k->x, &key, &p, first), "link");
	kit_must(k, enrol_make(&k->x, &key, &p, second), "link");
	kit_end(k, &t);
	ok(enrol_look(&k->x, &key, str_c(first), &e) == E_NOT_FOUND,
		"a new link ends the old");
	ok(enrol_look(&k->x, &other, str_c(second), &e) == E_STATE, "another secret.key");
	k->x.why = (struct why){ 0 };
	k->x.now = now + ENROL_LIFE - 1;
	ok(enrol_look(&k->x, &key, str_c(second), &e) == 0, "it lasts three days");
	k->x.now = now + ENROL_LIFE;
	ok(enrol_look(&k->x, &key, str_c(second), &e) == E_NOT_FOUND, "and no longer");
	k->x.now = now;
	kit_tx(k, &t);
	kit_must(k, person_forget(&k->x, &p, true), "forget");
	kit_end(k, &t);
	ok(enrol_look(&k->x, &key, str_c(second), &e) == E_NOT_FOUND,
		"a person shut out");
}

static void test_door(struct kit *k)
{
	struct person p = add(k, "ann", PERSON_ANALYST);
	char codes[RECOVERY_CODES][RECOVERY_TEXT], c[TOTP_DIGITS + 1],
		token[TOKEN_HEX + 1];
	struct totp totp = enrol(k, &p, codes);
	struct session s;
	ok(sign_in(k, "ann", PASSWORD, code_now(k, &totp, c), token) == 0, "signed in");
	ok(session_find(&k->x, str_c(token), &s) == 0 && s.person.id == p.id &&
			s.person.role == PERSON_ANALYST,
		"a session of that person");
	ok(sign_in(k, "ann", PASSWORD, code_now(k, &totp, c), token) == E_DENIED,
		"the same code again");
	k->x.now += 60;
	ok(sign_in(k, "ann", S("wrong"), code_now(k, &totp, c), token) == E_DENIED &&
			sign_in(k, "ann", PASSWORD, code_now(k, &totp, c), token) == 0,
		"a wrong password does not use a code up");
	k->x.now += 60;
	ok(sign_in(k, "ann", PASSWORD, codes[0], token) == 0 &&
			sign_in(k, "ann", PASSWORD, codes[0], token) == E_DENIED,
		"a recovery code works once");
	char loud[] = "XXXXX XXXXX";
	for (int i = 0; i < 11; i++)
		loud[i] = i == 5 ? ' '
			: codes[1][i] >= 'a' && codes[1][i] <= 'z'
			? (char)(codes[1][i] - 32)
			: codes[1][i];
	ok(sign_in(k, "ann", S("wrong"), codes[1], token) == E_DENIED &&
			sign_in(k, "ann", PASSWORD, loud, token) == 0,
		"in capitals and with a blank; a wrong password leaves it");
	ok(sign_in(k, "nobody", PASSWORD, "123456", token) == E_DENIED,
		"nobody of that name");
	struct signin by;
	struct seal_key other = { { 9 } };
	k->x.now += 60;
	struct str now = str_c(code_now(k, &totp, c));
	struct signin_given given = {
		.name = S("ann"), .password = PASSWORD, .code = now
	};
	ok(signin_check(&k->x, &other, &given, &by) == E_DENIED,
		"without its secret.key no code opens");
	given.code = str_c(codes[2]);
	ok(signin_check(&k->x, &other, &given, &by) == 0, "but a recovery code");
	k->x.why = (struct why){ 0 };
	struct tx t;
	kit_tx(k, &t);
	kit_must(k, person_forget(&k->x, &p, true), "forget");
	kit_end(k, &t);
	ok(session_find(&k->x, str_c(token), &s) == E_NOT_FOUND, "shut out: no session");
	k->x.now += 60;
	ok(sign_in(k, "ann", PASSWORD, code_now(k, &totp, c), token) == E_DENIED,
		"and no way in");
}

static void test_waiting(struct kit *k)
{
	static const int64_t want[] = { 0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900,
		900 };
	char token[TOKEN_HEX + 1];
	struct signin s;
	for (size_t i = 0; i < N(want); i++)
		ok(signin_wait((int64_t)i) == want[i], "%zu failures: %d seconds", i,
			(int)want[i]);
	ok(signin_wait(INT64_MAX) == 900, "never for good");
	for (int i = 0; i < 5; i++)
		ok(sign_in(k, "ghost", S("x"), "1", token) == E_DENIED, "failure %d",
			i + 1);
	ok(sign_in(k, "ghost", S("x"), "1", token) == E_BUSY, "then it waits");
	struct signin_given ghost = {
		.name = S("ghost"), .password = S("x"), .code = S("1")
	};
	ok(signin_check(&k->x, &key, &ghost, &s) == E_BUSY && s.wait == 30,
		"half a minute");
	k->x.why = (struct why){ 0 };
	k->x.now -= 900;
	ok(sign_in(k, "ghost", S("x"), "1", token) == E_BUSY,
		"a clock set back a little helps nobody");
	k->x.now += 900 + 30;
	ok(sign_in(k, "ghost", S("x"), "1", token) == E_DENIED,
		"and then it may be tried");
	ok(sign_in(k, "ghost", S("x"), "1", token) == E_BUSY, "and waits longer");
	k->x.now += 2 * 86400;
	ok(sign_in(k, "other", S("x"), "1", token) == E_DENIED,
		"another name is another matter");
	ok(sign_in(k, "ghost", S("x"), "1", token) == E_DENIED,
		"days later it is forgotten");
}

/* A clock that was ten years ahead while somebody failed locks nobody for ten years. */
static void test_wrong_clock(struct kit *k)
{
	struct person p = add(k, "eve", PERSON_ANALYST);
	char codes[RECOVERY_CODES][RECOVERY_TEXT], token[TOKEN_HEX + 1],
		c[TOTP_DIGITS + 1];
	struct totp totp = enrol(k, &p, codes);
	struct tx t;
	const int64_t years = INT64_C(10) * 365 * 86400;
	k->x.now += years;
	for (int i = 0; i < 6; i++)
		ok(sign_in(k, "eve", S("x"), "1", token) == (i < 5 ? E_DENIED : E_BUSY),
			"failure %d of a wrong clock", i + 1);
	k->x.now -= years - 60;
	ok(sign_in(k, "eve", PASSWORD, code_now(k, &totp, c), token) == 0,
		"she comes in when the clock is right again");
	k->x.now += 60;
	for (int i = 0; i < 5; i++)
		ok(sign_in(k, "eve", S("x"), "1", token) == E_DENIED, "failure %d",
			i + 1);
	ok(sign_in(k, "eve", S("x"), "1", token) == E_BUSY, "now she waits");
	kit_tx(k, &t);
	kit_must(k, person_forget(&k->x, &p, false), "reset");
	kit_end(k, &t);
	ok(sign_in(k, "eve", S("x"), "1", token) == E_DENIED,
		"but not when her account was set back");
}

/* Somebody fails on purpose in her name, for ever: she comes in all the same. */
static void test_known(struct kit *k)
{
	struct person p = add(k, "kim", PERSON_ANALYST);
	char codes[RECOVERY_CODES][RECOVERY_TEXT], token[TOKEN_HEX + 1],
		c[TOTP_DIGITS + 1];
	char own[KNOWN_HEX + 1], others[KNOWN_HEX + 1];
	struct totp totp = enrol(k, &p, codes);
	struct signin_given given = { .name = S("kim"), .password = PASSWORD };
	for (int i = 0; i < 12; i++) {
		ok(sign_in(k, "kim", S("x"), "1", token) == E_DENIED, "failure %d",
			i + 1);
		k->x.now += 900;
	}
	k->x.now -= 60;
	given.code = str_c(code_now(k, &totp, c));
	ok(come_in(k, &given, token) == E_BUSY, "a browser that nobody knows waits");
	given.known = str_c(known_make(&k->x, &key, S("sue"), others));
	ok(come_in(k, &given, token) == E_NOT_FOUND,
		"one that another came in by is not known for this name");
	given.known = S("00");
	ok(come_in(k, &given, token) == E_NOT_FOUND, "nor is one that makes it up");
	given.known = str_c(known_make(&k->x, &key, S("kim"), own));
	ok(known_seems(&k->x, S("kim"), given.known) &&
			!known_seems(&k->x, S("sue"), given.known) &&
			!known_seems(&k->x, S("kim"), str_to(given.known, 80)) &&
			!known_seems(&k->x, S("kim"), str_c(others)),
		"which is seen without the key");
	own[100] = own[100] == '0' ? '1' : '0';
	ok(!known_seems(&k->x, S("kim"), given.known), "and a made-up one, too");
	own[100] = own[100] == '0' ? '1' : '0';
	ok(come_in(k, &given, token) == 0, "her own does not");
	given.password = S("x");
	for (int i = 0; i < 5; i++)
		ok(come_in(k, &given, token) == E_DENIED, "failure %d of her own", i + 1);
	given.password = PASSWORD;
	ok(come_in(k, &given, token) == E_BUSY, "which count as well");
	k->x.why = (struct why){ 0 };
}

static void test_sessions(struct kit *k)
{
	struct person p = add(k, "sue", PERSON_HEAD);
	char a[TOKEN_HEX + 1], b[TOKEN_HEX + 1];
	struct session s, other;
	struct tx t;
	int64_t now = k->x.now;
	kit_tx(k, &t);
	kit_must(k, session_begin(&k->x, &p, S("a"), a), "begin");
	kit_must(k, session_begin(&k->x, &p, S("b"), b), "begin");
	kit_end(k, &t);
	ok(session_find(&k->x, S("0123456789abcdef0123456789abcdef"), &s) ==
				E_NOT_FOUND &&
			session_find(&k->x, S("x"), &s) == E_NOT_FOUND,
		"a token of nobody");
	k->x.now = now + SESSION_IDLE - 1;
	ok(session_find(&k->x, str_c(a), &s) == 0, "half an hour idle");
	k->x.now = now + SESSION_IDLE;
	ok(session_find(&k->x, str_c(a), &s) == E_NOT_FOUND, "and no longer");
	k->x.now = now - 86400;
	ok(session_find(&k->x, str_c(a), &s) == E_NOT_FOUND, "nor in the past");
	for (int64_t at = now; at < now + SESSION_LIFE; at += 1200) {
		k->x.now = at;
		kit_must(k, session_find(&k->x, str_c(a), &s), "find");
		kit_tx(k, &t);
		kit_must(k, session_touch(&k->x, &s), "touch");
		kit_end(k, &t);
	}
	k->x.now = now + SESSION_LIFE;
	ok(session_find(&k->x, str_c(a), &s) == E_NOT_FOUND,
		"twelve hours, however busy");
	k->x.now = now;
	kit_must(k, session_find(&k->x, str_c(b), &other), "find");
	kit_tx(k, &t);
	ok(session_end(&k->x, p.id + 1, other.id) == E_NOT_FOUND, "somebody else's");
	k->x.why = (struct why){ 0 };
	kit_must(k, session_end(&k->x, p.id, other.id), "end");
	kit_end(k, &t);
	ok(session_find(&k->x, str_c(b), &s) == E_NOT_FOUND, "ended");
}

static void test_heads(struct kit *k)
{
	struct person p;
	kit_must(k, person_by_name(&k->x, S("sue"), &p), "sue");
	ok(person_not_last_head(&k->x, &p) == E_STATE, "the only head");
	k->x.why = (struct why){ 0 };
	struct person second = add(k, "max", PERSON_HEAD);
	ok(person_not_last_head(&k->x, &p) == 0 &&
			person_not_last_head(&k->x, &second) == 0,
		"one of two");
	int64_t id;
	struct tx t;
	kit_tx(k, &t);
	ok(person_add(&k->x, S("max"), PERSON_READER, &id) == E_EXISTS, "a name twice");
	k->x.why = (struct why){ 0 };
	kit_end(k, &t);
}

static void test_auth(struct kit *k)
{
	struct person p;
	struct object o;
	kit_must(k, person_by_name(&k->x, S("max"), &p), "max");
	for (int role = PERSON_READER; role <= PERSON_ROLES; role++) {
		struct person who = { .id = p.id, .role = (enum person_role)role };
		bool may = role == PERSON_HEAD || role == PERSON_KEEPER;
		for (int kind = OBJECT_NONE; kind <= OBJECT_KINDS; kind++)
			for (int action = 0; action < OBJECT_ACTIONS; action++) {
				int r = auth_open(&k->x, &who, (enum object_kind)kind,
					999, (enum object_action)action, &o);
				if (r != E_NOT_FOUND)
					ok(false, "kind %d: what is not there", kind);
			}
		ok((auth_open(&k->x, &who, OBJECT_PERSON, p.id, OBJECT_CHANGE, &o) ==
			   0) == may,
			"%s and people", person_role_word(who.role));
	}
	struct person who = { .id = p.id, .role = PERSON_HEAD };
	char token[TOKEN_HEX + 1];
	struct session s;
	struct tx t;
	kit_tx(k, &t);
	kit_must(k, session_begin(&k->x, &p, S("x"), token), "begin");
	kit_end(k, &t);
	kit_must(k, session_find(&k->x, str_c(token), &s), "find");
	ok(auth_open(&k->x, &who, OBJECT_SESSION, s.id, OBJECT_CHANGE, &o) == 0 &&
			o.id == s.id,
		"his own session");
	who.id++;
	ok(auth_open(&k->x, &who, OBJECT_SESSION, s.id, OBJECT_CHANGE, &o) == E_NOT_FOUND,
		"a head opens no other's session");
	ok(auth_who(OBJECT_NOTICE, OBJECT_CHANGE) == (ACTOR_ANALYST | ACTOR_HEAD) &&
			!(auth_who(OBJECT_FINDING, OBJECT_READ) & ACTOR_KEEPER),
		"the keeper sees no cases");
}

int main(void)
{
	struct kit k;
	kit_new(&k);
	test_names();
	test_link(&k);
	test_door(&k);
	test_waiting(&k);
	test_wrong_clock(&k);
	test_known(&k);
	test_sessions(&k);
	test_heads(&k);
	test_auth(&k);
	kit_free(&k);
	return tap_end();
}

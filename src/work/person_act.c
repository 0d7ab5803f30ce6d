/* SPDX-License-Identifier: Apache-2.0
 * person_act.c - people, enrolling, signing in and out. See work.h.
 * Depends on: base, sys, db, core. Who may change whom is decided here and nowhere
 * else. */
#include "work/work.h"

#include "base/fd.h"
#include "core/audit.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define SECRET_FILE "secret.key"

int work_secret(struct work *w, struct why *why)
{
	AUTO_ARENA a = arena_new(KIB(64), "secret");
	struct why none = { 0 };
	struct str text;
	int r = file_read(w->datadir, SECRET_FILE, &a, sizeof(w->seal.b), &none, &text);
	if (r == E_NOT_FOUND) {
		random_bytes(&w->seal, sizeof(w->seal));
		struct str key = { (const char *)w->seal.b, sizeof(w->seal.b) };
		return file_replace(w->datadir, SECRET_FILE, key, why);
	}
	if (r == 0 && text.n != sizeof(w->seal.b))
		r = fail(&none, E_SYNTAX, "it has %zu bytes", text.n);
	if (r < 0)
		return fail(why, r, "%s: %s", SECRET_FILE, none.text);
	memcpy(w->seal.b, text.p, text.n);
	return 0;
}

static int audit_person(
	struct call *c, const char *act, struct str name, struct str detail)
{
	char object[PERSON_NAME_MAX + 16];
	(void)snprintf(object, sizeof(object), "person %.*s",
		STR(str_to(name, PERSON_NAME_MAX)));
	return audit_add(&c->x, str_c(act), str_c(object), detail);
}

static int answer_text(struct call *c, const char *name, const char *text)
{
	struct buf b = buf_in(&c->keep, KIB(1));
	struct writer w = wr_new(&b);
	rec_text(&w, name, str_c(text));
	return call_record(c, &w);
}

/* ---- people ---- */

/* The keeper looks after the system: he does not make or unmake heads. */
static int may_change(struct call *c, enum person_role role)
{
	if (c->who == ACTOR_KEEPER && role == PERSON_HEAD)
		return fail(&c->x.why, E_DENIED, "only a head may change a head");
	return 0;
}

static int role_of(struct call *c, struct str word, enum person_role *ret)
{
	if (person_role_read(word, ret) < 0)
		return fail(&c->x.why, E_USAGE,
			"a role is head, analyst, keeper or reader, not '%.*s'",
			STR(str_to(word, 20)));
	return may_change(c, *ret);
}

static int add_person(struct call *c)
{
	char token[TOKEN_HEX + 1];
	struct str name = act_text(&c->act, 0);
	enum person_role role;
	struct person p = { .name = name };
	struct tx t;
	if (!person_name_like(name))
		return fail(&c->x.why, E_USAGE,
			"a name has small letters, digits, and . _ - after the first");
	int r = role_of(c, act_text(&c->act, 1), &role);
	if (r == 0)
		r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	r = person_add(&c->x, name, role, &p.id);
	if (r == 0)
		r = enrol_make(&c->x, &c->w->seal, &p, token);
	if (r == 0)
		r = audit_person(c, "person.add", name, act_text(&c->act, 1));
	r = tx_end(&t, r);
	return r < 0 ? r : answer_text(c, "token", token);
}

/* Whoever has a link for somebody comes in as he: what the link was made for must not
 * grow in a stranger's hand. Who still needs one gets another, from who changed it. */
static int change_role(struct call *c, const struct person *p, char *token)
{
	enum person_role to;
	int r = role_of(c, act_text(&c->act, 1), &to);
	if (r == 0)
		r = person_set_role(&c->x, p, to);
	if (r == 0 && !p->enrolled && !p->revoked_at.has)
		r = enrol_make(&c->x, &c->w->seal, p, token);
	return r;
}

/* reset, revoke, role: on somebody who is there. *token: of a new link, or empty. */
static int change(struct call *c, const struct person *p, char *token)
{
	struct str role = S("");
	int r = 0;
	if (c->act.id == ACT_PERSON_ROLE && c->session.person.id == p->id)
		return fail(&c->x.why, E_DENIED, "nobody changes the own role");
	/* The owner of the directory may leave a team without a head. */
	if (c->who != ACTOR_OWNER && c->act.id != ACT_PERSON_RESET)
		r = person_not_last_head(&c->x, p);
	if (r < 0)
		return r;
	if (c->act.id == ACT_PERSON_ROLE) {
		role = act_text(&c->act, 1);
		r = change_role(c, p, token);
	} else {
		r = person_forget(&c->x, p, c->act.id == ACT_PERSON_REVOKE);
	}
	if (r == 0 && c->act.id == ACT_PERSON_RESET)
		r = enrol_make(&c->x, &c->w->seal, p, token);
	return r == 0 ? audit_person(c, act_table[c->act.id].name, p->name, role) : r;
}

static int change_person(struct call *c)
{
	char token[TOKEN_HEX + 1] = "";
	struct person p;
	struct tx t;
	int r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	r = person_by_name(&c->x, act_text(&c->act, 0), &p);
	if (r == 0)
		r = may_change(c, p.role);
	if (r == 0)
		r = change(c, &p, token);
	r = tx_end(&t, r);
	if (r == 0 && token[0])
		r = answer_text(c, "token", token);
	return r;
}

static int set_language(struct call *c)
{
	const struct person *p = &c->session.person;
	enum lang l;
	struct tx t;
	if (lang_parse(act_text(&c->act, 0), &l) < 0)
		return fail(&c->x.why, E_USAGE, "that is none of our languages");
	int r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	r = person_set_language(&c->x, p, str_c(lang_code(l)));
	if (r == 0)
		r = audit_person(c, "person.language", p->name, str_c(lang_code(l)));
	return tx_end(&t, r);
}

/* The sentence goes to the person: web translates it by its English text. */
static int check_new_password(struct call *c, struct str password, struct str name)
{
	const char *fault = password_fault(password, name);
	return fault ? fail(&c->x.why, E_USAGE, "%s", fault) : 0;
}

static int set_password(struct call *c)
{
	const struct person *p = &c->session.person;
	char hash[PASSWORD_HASH];
	struct tx t;
	int r = check_new_password(c, act_text(&c->act, 1), p->name);
	if (r == 0)
		r = person_check_password(&c->x, p, act_text(&c->act, 0));
	if (r == 0 && !password_hash(act_text(&c->act, 1), hash))
		r = fail(&c->x.why, E_SYS, "no memory for the password");
	if (r == 0)
		r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	r = person_set_password(&c->x, p, hash);
	if (r == 0) /* whoever else was in with the old one is out */
		r = session_end_all(&c->x, p->id, c->session.id);
	if (r == 0)
		r = audit_person(c, "person.password", p->name, S(""));
	return tx_end(&t, r);
}

/* ---- enrolling ---- */

/* A demonstration's visitor needs no telephone: he is shown the code, and told why. */
static int look(struct call *c)
{
	struct enrolment e;
	char secret[TOTP_BASE32], code[TOTP_DIGITS + 1];
	struct buf b = buf_in(&c->keep, KIB(1));
	struct writer w = wr_new(&b);
	int r = enrol_look(&c->x, &c->w->seal, act_text(&c->act, 0), &e);
	if (r < 0)
		return r;
	rec_text(&w, "name", e.person.name);
	rec_text(&w, "role", str_c(person_role_word(e.person.role)));
	rec_text(&w, "secret", str_c(totp_base32(&e.totp, secret)));
	rec_int(&w, "expires", e.expires_at);
	if (c->w->conf->demo)
		rec_text(&w, "code",
			str_c(totp_code(&e.totp, c->x.now / TOTP_STEP, code)));
	return call_record(c, &w);
}

static int answer_enrolled(struct call *c, struct str name, const char *token,
	char codes[RECOVERY_CODES][RECOVERY_TEXT])
{
	char known[KNOWN_HEX + 1];
	struct buf b = buf_in(&c->keep, KIB(2));
	struct writer w = wr_new(&b);
	rec_text(&w, "token", str_c(token));
	rec_text(&w, "known", str_c(known_make(&c->x, &c->w->seal, name, known)));
	for (int i = 0; i < RECOVERY_CODES; i++)
		rec_text(&w, "recovery", str_c(codes[i]));
	return call_record(c, &w);
}

static int finish(struct call *c)
{
	char hash[PASSWORD_HASH], token[TOKEN_HEX + 1],
		codes[RECOVERY_CODES][RECOVERY_TEXT];
	struct enrolment e;
	struct tx t;
	int64_t step = 0;
	int r = enrol_look(&c->x, &c->w->seal, act_text(&c->act, 0), &e);
	if (r == 0)
		r = check_new_password(c, act_text(&c->act, 1), e.person.name);
	if (r == 0 && totp_check(&e.totp, act_text(&c->act, 2), c->x.now, 0, &step) < 0)
		r = fail(&c->x.why, E_DENIED, "the code is wrong");
	if (r == 0 && !password_hash(act_text(&c->act, 1), hash))
		r = fail(&c->x.why, E_SYS, "no memory for the password");
	if (r == 0)
		r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	r = enrol_finish(&c->x, &c->w->seal, &e, hash, step, codes);
	if (r == 0)
		r = session_begin(&c->x, &e.person, act_text(&c->act, 3), token);
	if (r == 0)
		r = audit_person(c, "enrol.finish", e.person.name, S(""));
	r = tx_end(&t, r);
	return r < 0 ? r : answer_enrolled(c, e.person.name, token, codes);
}

int act_person(struct call *c)
{
	switch ((int)c->act.id) {
	case ACT_PERSON_ADD:
		return add_person(c);
	case ACT_PERSON_LANGUAGE:
		return set_language(c);
	case ACT_PERSON_PASSWORD:
		return set_password(c);
	case ACT_ENROL_LOOK:
		return look(c);
	case ACT_ENROL_FINISH:
		return finish(c);
	default:
		return change_person(c);
	}
}

/* ---- sessions ---- */

/* A refusal is written down too, but never a name that is nobody's: people type their
 * password there by mistake. */
static int begin(struct call *c)
{
	char token[TOKEN_HEX + 1], known[KNOWN_HEX + 1];
	struct signin_given given = { .name = act_text(&c->act, 0),
		.password = act_text(&c->act, 1),
		.code = act_text(&c->act, 2),
		.known = act_text(&c->act, 4) };
	struct signin s;
	struct tx t;
	int r = signin_check(&c->x, &c->w->seal, &given, &s);
	if (r < 0 && r != E_DENIED)
		return r;
	struct why said = c->x.why;
	int w = tx_begin(&t, c->w->db, TX_WRITE);
	if (w < 0)
		return w;
	w = signin_done(&c->x, &s, r, act_text(&c->act, 3), token);
	if (w == 0 && s.known)
		w = audit_person(c, r < 0 ? "session.refuse" : "session.begin",
			s.person.name,
			s.recovery && r == 0 ? S("by a recovery code") : S(""));
	w = tx_end(&t, w);
	if (w < 0)
		return w;
	c->x.why = said;
	if (r == 0)
		r = answer_text(c, "token", token);
	return r < 0 ? r
		     : answer_text(c, "known",
			       known_make(&c->x, &c->w->seal, given.name, known));
}

static int end(struct call *c)
{
	const struct act_value *which = act_get(&c->act, 0);
	struct tx t;
	int r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	r = session_end(
		&c->x, c->session.person.id, which->has ? which->n : c->session.id);
	if (r == 0)
		r = audit_person(c, "session.end", c->session.person.name,
			which->has ? S("another one") : S(""));
	return tx_end(&t, r);
}

static int touch(struct call *c)
{
	struct tx t;
	int r = tx_begin(&t, c->w->db, TX_WRITE);
	return r < 0 ? r : tx_end(&t, session_touch(&c->x, &c->session));
}

int act_session(struct call *c)
{
	switch ((int)c->act.id) {
	case ACT_SESSION_BEGIN:
		return begin(c);
	case ACT_SESSION_END:
		return end(c);
	default:
		return touch(c);
	}
}

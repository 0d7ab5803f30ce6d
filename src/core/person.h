/* SPDX-License-Identifier: Apache-2.0
 * person.h - people of the team: who they are, how they come in, their sessions.
 * Depends on: base, db.
 *
 * What is stored of a token is its SHA-256; of a password its Argon2id; the secret of
 * one-time codes is sealed with a key that only work can read. Functions with a seal_key
 * and those that change something are work's, each inside a writing transaction unless
 * it says otherwise. Reading a session is for web too. */
#pragma once
#include "base/opt.h"
#include "base/secret.h"
#include "base/totp.h"
#include "core/act.h"
#include "core/ctx.h"

enum person_role { PERSON_READER = 1, PERSON_ANALYST, PERSON_HEAD, PERSON_KEEPER };
#define PERSON_ROLES 4
/* "reader" ...; also the word on the wire. */
const char *person_role_word(enum person_role r);
MUST int person_role_read(struct str s, enum person_role *ret);
/* The bit of act.h. */
enum actor_kind person_actor(enum person_role r);

#define PERSON_NAME_MAX 40
/* Small letters, digits, . _ - beginning with a letter. */
bool person_name_like(struct str s);

struct person {
	int64_t id, created_at;
	struct str name;
	enum person_role role;
	struct str language; /* empty: none of his own */
	struct opt_int revoked_at;
	bool enrolled;
	int64_t sessions, links; /* person_each only */
};
/* E_NOT_FOUND, with a sentence. */
MUST int person_by_name(struct ctx *x, struct str name, struct person *ret);
MUST int person_by_id(struct ctx *x, int64_t id, struct person *ret);
/* Views for the call. */
typedef int person_fn(void *ctx, const struct person *p);
MUST int person_each(struct ctx *x, person_fn *fn, void *ctx);

/* Makes one, or E_EXISTS. */
MUST int person_add(struct ctx *x, struct str name, enum person_role role, int64_t *ret);
/* What the person may has changed: sessions and one-time links end. */
MUST int person_set_role(struct ctx *x, const struct person *p, enum person_role role);
MUST int person_set_language(struct ctx *x, const struct person *p, struct str language);
/* Password, codes, links and sessions are gone; with revoked he may not enrol again. */
MUST int person_forget(struct ctx *x, const struct person *p, bool revoked);
/* E_STATE when he is the only head left. */
MUST int person_not_last_head(struct ctx *x, const struct person *p);

/* ---- enrolling by a one-time link ---- */

#define ENROL_LIFE     (72 * 3600)
#define RECOVERY_CODES 8
#define RECOVERY_TEXT  12 /* "abcde-fghij" and a NUL */
struct enrolment {
	struct person person;
	struct totp totp;
	int64_t expires_at;
};
/* A new link; older ones of the person end. */
MUST int enrol_make(struct ctx *x, const struct seal_key *k, const struct person *p,
	char ret_token[TOKEN_HEX + 1]);
/* Whether there is such a link, for who has no key: E_NOT_FOUND when not. */
MUST int enrol_there(struct ctx *x, struct str token);
/* Outside a transaction too. E_NOT_FOUND: no such link, used, or too old. */
MUST int enrol_look(
	struct ctx *x, const struct seal_key *k, struct str token, struct enrolment *ret);
/* Sets password (a hash) and codes, and uses the link up. step: of the code given. */
MUST int enrol_finish(struct ctx *x, const struct seal_key *k, const struct enrolment *e,
	const char *password, int64_t step,
	char ret_codes[RECOVERY_CODES][RECOVERY_TEXT]);

/* ---- signing in ---- */

/* Not inside a transaction: it takes 140 ms. 0 and what to write with signin_done.
 * E_DENIED: name, password or code is wrong, and it is not said which; E_BUSY: too many
 * failures, wait *ret_wait seconds. */
struct signin {
	struct person person;
	bool known;    /* there is such a person */
	int64_t step;  /* of the code that was used */
	bool recovery; /* a recovery code was used */
	struct sha256 code;
	struct sha256 counted; /* what failures are counted for */
	int64_t wait;
};
/* What a browser keeps for a year after its person came in: its failures are counted for
 * themselves, so that nobody else's keep the person out. Opens nothing by itself. */
#define KNOWN_SIZE (SEAL_EXTRA + 16)
#define KNOWN_HEX  (2 * KNOWN_SIZE)
const char *known_make(struct ctx *x, const struct seal_key *k, struct str name,
	char ret[KNOWN_HEX + 1]);
/* Made here for that name, as far as one can tell without the key of secret.key: good
 * enough for who need not stand in the line of strangers. */
bool known_seems(struct ctx *x, struct str name, struct str known);
/* What somebody brought to the door. known may be absent; one that is not good for that
 * name is E_NOT_FOUND at once, before any work is done. */
struct signin_given {
	struct str name, password, code, known;
};
MUST int signin_check(struct ctx *x, const struct seal_key *k,
	const struct signin_given *g, struct signin *ret);
/* Notes the failure, or uses the code up and begins a session. r: what check said. */
MUST int signin_done(struct ctx *x, const struct signin *s, int r, struct str agent,
	char ret_token[TOKEN_HEX + 1]);
/* Seconds to wait after so many failures in a row: none at first, never for good. */
int64_t signin_wait(int64_t failures);
/* For a person who is in: is this his password? Not inside a transaction. */
MUST int person_check_password(
	struct ctx *x, const struct person *p, struct str password);
MUST int person_set_password(struct ctx *x, const struct person *p, const char *hash);
/* Recovery codes that still work. */
MUST int recovery_left(struct ctx *x, int64_t person, int64_t *ret);

/* ---- sessions ---- */

#define SESSION_IDLE  (30 * 60)
#define SESSION_LIFE  (12 * 3600)
#define SESSION_TOUCH 120 /* used_at may lag so far */
struct session {
	int64_t id, created_at, used_at;
	struct person person;
};
/* The session of a token, if it and its person are in force now; E_NOT_FOUND else. */
MUST int session_find(struct ctx *x, struct str token, struct session *ret);
MUST int session_begin(struct ctx *x, const struct person *p, struct str agent,
	char ret_token[TOKEN_HEX + 1]);
MUST int session_touch(struct ctx *x, const struct session *s);
/* E_NOT_FOUND when it is not that person's. */
MUST int session_end(struct ctx *x, int64_t person, int64_t session);
/* All of a person but one (0: all). */
MUST int session_end_all(struct ctx *x, int64_t person, int64_t but);
struct session_row {
	int64_t id, created_at, used_at;
	struct str agent;
};
typedef int session_fn(void *ctx, const struct session_row *s);
MUST int session_each(struct ctx *x, int64_t person, session_fn *fn, void *ctx);

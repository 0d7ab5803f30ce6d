/* SPDX-License-Identifier: Apache-2.0
 * person.c - people of the team and their sessions: see person.h.
 * Depends on: base, db. */
#include "core/person.h"

#include "db/sql_person.h"

#define PEOPLE_MAX   1000
#define SESSIONS_MAX 100
#define AGENT_MAX    120

static const struct {
	const char *word;
	enum actor_kind actor;
} roles[] = {
	[PERSON_READER] = { "reader", ACTOR_READER },
	[PERSON_ANALYST] = { "analyst", ACTOR_ANALYST },
	[PERSON_HEAD] = { "head", ACTOR_HEAD },
	[PERSON_KEEPER] = { "keeper", ACTOR_KEEPER },
};

const char *person_role_word(enum person_role r)
{
	return roles[r].word;
}

int person_role_read(struct str s, enum person_role *ret)
{
	for (int i = PERSON_READER; i <= PERSON_ROLES; i++) {
		if (str_eq(s, str_c(roles[i].word))) {
			*ret = (enum person_role)i;
			return 0;
		}
	}
	return E_NOT_FOUND;
}

enum actor_kind person_actor(enum person_role r)
{
	return roles[r].actor;
}

bool person_name_like(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter = c >= 'a' && c <= 'z';
		bool other = (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
		if (!letter && (i == 0 || !other))
			return false;
	}
	return s.n > 0 && s.n <= PERSON_NAME_MAX;
}

/* ---- reading ---- */

int person_by_name(struct ctx *x, struct str name, struct person *ret)
{
	struct sql_person_by_name_in in = { .name = name };
	struct sql_person_by_name_row row;
	int r = sql_person_by_name(x->db, x->arena, &in, &row);
	if (r == E_NOT_FOUND)
		return fail(&x->why, r, "there is no person '%.*s'",
			STR(str_to(name, PERSON_NAME_MAX)));
	if (r < 0)
		return r;
	*ret = (struct person){ .id = row.id,
		.created_at = row.created_at,
		.name = row.name,
		.role = (enum person_role)row.role,
		.language = row.language,
		.revoked_at = row.revoked_at,
		.enrolled = row.enrolled != 0 };
	return 0;
}

int person_by_id(struct ctx *x, int64_t id, struct person *ret)
{
	struct sql_person_by_id_in in = { .id = id };
	struct sql_person_by_id_row row;
	int r = sql_person_by_id(x->db, x->arena, &in, &row);
	if (r == E_NOT_FOUND)
		return fail(&x->why, r, "there is no such person");
	if (r < 0)
		return r;
	*ret = (struct person){ .id = row.id,
		.created_at = row.created_at,
		.name = row.name,
		.role = (enum person_role)row.role,
		.language = row.language,
		.revoked_at = row.revoked_at,
		.enrolled = row.enrolled != 0 };
	return 0;
}

struct people {
	person_fn *fn;
	void *ctx;
};

static int one_person(void *ctx, const struct sql_person_list_row *row)
{
	const struct people *w = ctx;
	struct person p = { .id = row->id,
		.created_at = row->created_at,
		.name = row->name,
		.role = (enum person_role)row->role,
		.language = row->language,
		.revoked_at = row->revoked_at,
		.enrolled = row->enrolled != 0,
		.sessions = row->sessions,
		.links = row->links };
	return w->fn(w->ctx, &p);
}

int person_each(struct ctx *x, person_fn *fn, void *ctx)
{
	struct sql_person_list_in in = { .after = 0, .n = PEOPLE_MAX };
	struct people w = { fn, ctx };
	return sql_person_list_each(x->db, &in, one_person, &w);
}

/* ---- changing ---- */

int person_add(struct ctx *x, struct str name, enum person_role role, int64_t *ret)
{
	struct sql_person_by_name_in have = { .name = name };
	struct sql_person_by_name_row row;
	struct sql_person_insert_in in = {
		.name = name, .role = role, .language = S(""), .at = x->now
	};
	struct sql_person_insert_row made;
	int r = sql_person_by_name(x->db, x->arena, &have, &row);
	if (r == 0)
		return fail(
			&x->why, E_EXISTS, "there is a person '%.*s' already", STR(name));
	if (r == E_NOT_FOUND)
		r = sql_person_insert(x->db, &in, &made);
	if (r == 0)
		*ret = made.id;
	return r;
}

int person_set_role(struct ctx *x, const struct person *p, enum person_role role)
{
	struct sql_person_set_role_in in = { .id = p->id, .role = role };
	struct sql_enrolment_clear_in links = { .person = p->id };
	int r = sql_person_set_role(x->db, &in);
	if (r == 0)
		r = sql_enrolment_clear(x->db, &links);
	return r == 0 ? session_end_all(x, p->id, 0) : r;
}

int person_set_language(struct ctx *x, const struct person *p, struct str language)
{
	struct sql_person_set_language_in in = { .id = p->id, .language = language };
	return sql_person_set_language(x->db, &in);
}

int person_forget(struct ctx *x, const struct person *p, bool revoked)
{
	struct sql_person_set_secrets_in none = {
		.id = p->id, .password = { NULL, 0 }, .totp = { NULL, 0 }
	};
	struct sql_person_set_revoked_in end = { .id = p->id,
		.at = revoked ? SOME(x->now) : NONE };
	struct sql_recovery_clear_in codes = { .person = p->id };
	struct sql_enrolment_clear_in links = { .person = p->id };
	struct sha256 name = sha256_of(p->name);
	struct sql_signin_succeed_in failures = { .name = { (const char *)name.b,
							  sizeof(name.b) } };
	int r = sql_person_set_secrets(x->db, &none);
	if (r == 0)
		r = sql_signin_succeed(x->db, &failures);
	if (r == 0)
		r = sql_person_set_revoked(x->db, &end);
	if (r == 0)
		r = sql_recovery_clear(x->db, &codes);
	if (r == 0)
		r = sql_enrolment_clear(x->db, &links);
	return r == 0 ? session_end_all(x, p->id, 0) : r;
}

int person_not_last_head(struct ctx *x, const struct person *p)
{
	struct sql_person_heads_row heads;
	if (p->role != PERSON_HEAD || p->revoked_at.has)
		return 0;
	int r = sql_person_heads(x->db, &heads);
	if (r == 0 && heads.n < 2)
		return fail(
			&x->why, E_STATE, "'%.*s' is the only head left", STR(p->name));
	return r;
}

int person_set_password(struct ctx *x, const struct person *p, const char *hash)
{
	struct sql_person_set_password_in in = { .id = p->id, .password = str_c(hash) };
	return sql_person_set_password(x->db, &in);
}

int recovery_left(struct ctx *x, int64_t person, int64_t *ret)
{
	struct sql_recovery_left_in in = { .person = person };
	struct sql_recovery_left_row row;
	int r = sql_recovery_left(x->db, &in, &row);
	if (r == 0)
		*ret = row.n;
	return r;
}

/* ---- sessions ---- */

static struct str hash_text(const struct sha256 *h)
{
	return (struct str){ (const char *)h->b, sizeof(h->b) };
}

/* A clock that was set back revives nothing: what lies in the future is over too. */
static bool in_force(int64_t now, int64_t created, int64_t used)
{
	return created <= now + SESSION_TOUCH && used <= now + SESSION_TOUCH &&
		now - used < SESSION_IDLE && now - created < SESSION_LIFE;
}

int session_find(struct ctx *x, struct str token, struct session *ret)
{
	if (!token_like(token))
		return E_NOT_FOUND;
	struct sha256 h = token_hash(token);
	struct sql_session_by_hash_in in = { .hash = hash_text(&h) };
	struct sql_session_by_hash_row row;
	int r = sql_session_by_hash(x->db, x->arena, &in, &row);
	if (r < 0)
		return r;
	if (row.revoked_at.has || !in_force(x->now, row.created_at, row.used_at))
		return E_NOT_FOUND;
	*ret = (struct session){ .id = row.id,
		.created_at = row.created_at,
		.used_at = row.used_at,
		.person = { .id = row.person,
			.name = row.name,
			.role = (enum person_role)row.role,
			.language = row.language,
			.enrolled = true } };
	return 0;
}

int session_begin(struct ctx *x, const struct person *p, struct str agent,
	char ret_token[TOKEN_HEX + 1])
{
	struct sha256 h = token_hash(str_c(token_make(ret_token)));
	struct sql_session_insert_in in = { .hash = hash_text(&h),
		.person = p->id,
		.at = x->now,
		.agent = str_to(agent.p ? agent : S(""), AGENT_MAX) };
	struct sql_session_insert_row row;
	struct sql_session_expire_in old = { .idle = x->now - SESSION_IDLE };
	int r = sql_session_expire(x->db, &old);
	return r == 0 ? sql_session_insert(x->db, &in, &row) : r;
}

int session_touch(struct ctx *x, const struct session *s)
{
	struct sql_session_use_in in = { .id = s->id, .at = x->now };
	return sql_session_use(x->db, &in);
}

int session_end(struct ctx *x, int64_t person, int64_t session)
{
	struct sql_session_get_in get = { .id = session };
	struct sql_session_get_row row;
	struct sql_session_delete_in in = { .id = session };
	int r = sql_session_get(x->db, &get, &row);
	if (r == E_NOT_FOUND || (r == 0 && row.person != person))
		return fail(&x->why, E_NOT_FOUND, "there is no such session");
	return r == 0 ? sql_session_delete(x->db, &in) : r;
}

int session_end_all(struct ctx *x, int64_t person, int64_t but)
{
	struct sql_session_clear_in in = { .person = person, .but = but };
	return sql_session_clear(x->db, &in);
}

struct sessions {
	session_fn *fn;
	void *ctx;
	int64_t now;
};

static int one_session(void *ctx, const struct sql_session_list_row *row)
{
	const struct sessions *w = ctx;
	struct session_row s = { row->id, row->created_at, row->used_at, row->agent };
	return in_force(w->now, row->created_at, row->used_at) ? w->fn(w->ctx, &s) : 0;
}

int session_each(struct ctx *x, int64_t person, session_fn *fn, void *ctx)
{
	struct sql_session_list_in in = {
		.person = person, .since = x->now - SESSION_IDLE, .n = SESSIONS_MAX
	};
	struct sessions w = { fn, ctx, x->now };
	return sql_session_list_each(x->db, &in, one_session, &w);
}

/* SPDX-License-Identifier: Apache-2.0
 * answer_link.c - links to answer by: see answer.h. Depends on: base, db. */
#include "core/answer.h"

#include "base/date.h"
#include "core/answer_int.h"
#include "core/audit.h"
#include "db/sql_answer.h"

#include <inttypes.h>
#include <stdio.h>

/* Small letters and digits that a person can read out and type. */
static void make_token(char ret[ANSWER_TOKEN_MAX])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	uint8_t b[16];
	uint32_t bits = 0;
	int have = 0;
	size_t n = 0;
	random_bytes(b, sizeof(b));
	for (size_t i = 0; i < sizeof(b); i++) {
		bits = bits << 8 | b[i];
		for (have += 8; have >= 5; have -= 5)
			ret[n++] = letters[bits >> (have - 5) & 31];
	}
	ret[n++] = letters[bits << (5 - have) & 31];
	ret[n] = '\0';
}

int answer_link_make(struct ctx *x, enum link_kind kind, struct opt_int notice,
	struct opt_int contact, char ret_token[ANSWER_TOKEN_MAX])
{
	struct rules rules;
	char token[ANSWER_TOKEN_MAX];
	int r = rules_load(x, &rules);
	if (r < 0)
		return r;
	make_token(token);
	struct sha256 hash = sha256_of(str_c(token));
	struct sql_answer_link_insert_in in = { .kind = kind,
		.notice = notice,
		.contact = contact,
		.hash = { (const char *)hash.b, SHA256_LEN },
		.at = x->now,
		.expires = x->now + rules.number[RULE_LINK_DAYS] * DAY_SECONDS };
	struct sql_answer_link_insert_row row;
	r = sql_answer_link_insert(x->db, &in, &row);
	if (r == 0)
		memcpy(ret_token, token, sizeof(token));
	return r;
}

int answer_link_issue(struct ctx *x, int64_t notice, char ret_token[ANSWER_TOKEN_MAX])
{
	struct sql_answer_notice_in in = { .id = notice };
	struct sql_answer_notice_row n;
	int r = sql_answer_notice(x->db, &in, &n);
	if (r == E_NOT_FOUND)
		return fail(&x->why, r, "no notice %" PRId64, notice);
	if (r < 0)
		return r;
	return answer_link_make(x, n.kind == NOTICE_CHECK ? LINK_CONTACT : LINK_NOTICE,
		SOME(notice), n.contact, ret_token);
}

/* Drafts, what is held and what was cancelled were shown to nobody. */
bool answer_was_sent(int64_t state)
{
	return state != NOTICE_DRAFT && state != NOTICE_HELD && state != NOTICE_CANCELLED;
}

/* The same work for each token, good or not: one digest, one look-up. */
int answer_link_find(struct ctx *x, struct str token, struct answer_link *ret)
{
	char small[ANSWER_TOKEN_MAX] = "";
	struct sql_answer_link_by_hash_row row;
	bool whole = token.n == sizeof(small) - 1;
	for (size_t i = 0; whole && i < token.n; i++) {
		char c = token.p[i];
		small[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
	}
	struct sha256 hash = sha256_of((struct str){ small, sizeof(small) - 1 });
	struct sql_answer_link_by_hash_in in = { { (const char *)hash.b, SHA256_LEN } };
	int r = sql_answer_link_by_hash(x->db, &in, &row);
	if (r < 0)
		return r;
	bool by_hand = row.kind == LINK_CONTACT && !row.notice.has;
	bool sent = by_hand || (row.state.has && answer_was_sent(row.state.v));
	if (!whole || row.revoked_at.has || row.expires_at <= x->now || !sent)
		return E_NOT_FOUND;
	*ret = (struct answer_link){ .id = row.id,
		.kind = (enum link_kind)row.kind,
		.notice = row.kind == LINK_NOTICE ? row.notice.v : 0,
		.contact = row.contact.v,
		.made_at = row.made_at,
		.expires_at = row.expires_at,
		.last_opened = row.last_opened };
	return 0;
}

static const char *link_object(const struct answer_link *l, char ret[40])
{
	bool notice = l->kind == LINK_NOTICE;
	(void)snprintf(ret, 40, "%s %" PRId64, notice ? "notice" : "contact",
		notice ? l->notice : l->contact);
	return ret;
}

int answer_link_opened(struct ctx *x, const struct answer_link *link)
{
	struct sql_answer_link_open_in in = { .id = link->id, .at = x->now };
	struct sql_answer_link_open_row row;
	char object[40];
	/* Noted by who came before, while this one waited. */
	if (link->last_opened.has && x->now - link->last_opened.v < ANSWER_VISIT)
		return 0;
	int r = sql_answer_link_open(x->db, &in, &row);
	if (r < 0 || row.opened > 1)
		return r;
	return audit_add(x, S("answer.opened"), str_c(link_object(link, object)), S(""));
}

int answer_link_revoke(struct ctx *x, int64_t notice, int64_t *ret_n)
{
	struct sql_answer_notice_in key = { .id = notice };
	struct sql_answer_notice_row n;
	struct sql_answer_link_alive_in in = { .notice = notice, .now = x->now };
	struct sql_answer_link_alive_rows rows;
	char object[40], detail[40];
	int r = sql_answer_notice(x->db, &key, &n);
	if (r == E_NOT_FOUND)
		return fail(&x->why, r, "no notice %" PRId64, notice);
	if (r == 0)
		r = sql_answer_link_alive(x->db, x->arena, &in, &rows);
	if (r < 0)
		return r;
	for (size_t i = 0; i < rows.n && r == 0; i++) {
		struct sql_answer_link_end_in end = { .id = rows.v[i].id, .at = x->now };
		r = sql_answer_link_end(x->db, &end);
	}
	(void)snprintf(object, sizeof(object), "notice %" PRId64, notice);
	(void)snprintf(detail, sizeof(detail), "%zu links", rows.n);
	if (r == 0)
		r = audit_add(x, S("answer.revoke"), str_c(object), str_c(detail));
	if (r == 0)
		*ret_n = (int64_t)rows.n;
	return r;
}

/* ---- where it stands in the body ---- */

int answer_url(struct str web_url, const char *token, struct buf *out)
{
	return buf_addf(out, "%.*s/a/%s", STR(web_url), token);
}

int contact_url(struct str web_url, const char *token, struct buf *out)
{
	return buf_addf(out, "%.*s/c/%s", STR(web_url), token);
}

int answer_url_masked(struct str web_url, struct buf *out)
{
	return answer_url(web_url, ANSWER_MASK, out);
}

/* The last such line: behind it stands nothing but the team's own words. */
static bool find_place(struct str body, size_t *ret)
{
	size_t n = sizeof(ANSWER_PLACE) - 1;
	for (size_t at = body.n; at-- > 0;) {
		bool begins = at == 0 || body.p[at - 1] == '\n';
		struct str rest = str_from(body, at);
		if (begins && str_starts(rest, S(ANSWER_PLACE)) &&
			(rest.n == n || rest.p[n] == '\n')) {
			*ret = at;
			return true;
		}
	}
	return false;
}

int answer_place(struct arena *a, struct str body, struct str text, struct str *ret)
{
	struct buf out = buf_in(a, body.n + text.n + 1);
	size_t at;
	if (!find_place(body, &at)) {
		*ret = body;
		return 0;
	}
	int r = buf_add(&out, str_to(body, at));
	if (r == 0)
		r = buf_add(&out, text);
	if (r == 0)
		r = buf_add(&out, str_from(body, at + sizeof(ANSWER_PLACE) - 1));
	if (r == 0)
		*ret = buf_str(&out);
	return r;
}

/* ---- lists ---- */

struct walk {
	link_row_fn *fn;
	void *ctx;
};

static int on_link(void *ctx, const struct sql_answer_links_row *q)
{
	const struct walk *w = ctx;
	struct link_row row = { .id = q->id,
		.made_at = q->made_at,
		.expires_at = q->expires_at,
		.opened = q->opened,
		.kind = (enum link_kind)q->kind,
		.notice = q->notice,
		.contact = q->contact,
		.revoked_at = q->revoked_at,
		.first_opened = q->first_opened,
		.last_opened = q->last_opened,
		.email = q->email.p ? q->email : S(""),
		.org_name = q->org_name.p ? q->org_name : S("") };
	return w->fn(w->ctx, &row);
}

static int on_link_of(void *ctx, const struct sql_answer_links_of_row *q)
{
	struct sql_answer_links_row row = { q->id, q->kind, q->notice, q->contact,
		q->email, q->org_name, q->made_at, q->expires_at, q->revoked_at,
		q->opened, q->first_opened, q->last_opened };
	return on_link(ctx, &row);
}

int answer_links_each(struct ctx *x, int64_t notice, int64_t before, int64_t n,
	link_row_fn *fn, void *ctx)
{
	struct walk w = { fn, ctx };
	before = before > 0 ? before : INT64_MAX;
	if (notice > 0) {
		struct sql_answer_links_of_in of = { notice, before, n };
		return sql_answer_links_of_each(x->db, &of, on_link_of, &w);
	}
	struct sql_answer_links_in in = { before, n };
	return sql_answer_links_each(x->db, &in, on_link, &w);
}

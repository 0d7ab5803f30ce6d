/* SPDX-License-Identifier: Apache-2.0
 * contact_check.c - contacts are asked: see contact_check.h. Depends on: base, db. */
#include "core/contact_check.h"

#include "core/audit.h"
#include "db/sql_contact_check.h"
#include "db/sql_notice.h"

#include <inttypes.h>
#include <stdio.h>

/* It has the link of one person or mailbox: for their house, and not to be passed on. */
#define CHECK_TLP TLP_AMBER

struct due {
	int64_t id, org;
	struct str org_name, email;
	enum lang lang;
	struct due *next;
};
struct asking {
	struct ctx x; /* the caller's, with an arena that is emptied after each contact */
	struct arena *keep;
	const struct check_opts *opts;
	struct rules rules;
	struct due *first, **last;
	struct check_result res;
};

static int on_contact(void *ctx, const struct contact_row *row)
{
	struct asking *a = ctx;
	bool this = row->id == a->opts->contact && !row->facts.asking.has;
	if (a->opts->contact ? !this : !row->check_due)
		return 0;
	struct due *d = arena_alloc(a->keep, sizeof(*d));
	*d = (struct due){ .id = row->id,
		.org = row->org,
		.org_name = str_dup(a->keep, row->org_name),
		.email = str_dup(a->keep, row->email),
		.lang = contact_lang(row, a->opts->lang) };
	*a->last = d;
	a->last = &d->next;
	a->res.notices++;
	return 0;
}

static int judge(struct asking *a)
{
	struct sql_notice_run_sizes_in in = {
		.kind = NOTICE_CHECK, .before = INT64_MAX, .n = NOTICE_RUNS_JUDGED
	};
	struct sql_notice_run_sizes_rows rows;
	int64_t sizes[NOTICE_RUNS_JUDGED];
	int r = sql_notice_run_sizes(a->x.db, a->keep, &in, &rows);
	if (r < 0)
		return r;
	for (size_t i = 0; i < rows.n && i < N(sizes); i++)
		sizes[i] = rows.v[i].notices;
	a->res.held_why = str_c(
		notice_hold_why(a->res.notices, sizes, rows.n, &a->res.usual));
	return 0;
}

static int begin_run(struct asking *a)
{
	struct sql_check_run_insert_in in = { .at = a->x.now };
	struct sql_check_run_insert_row row;
	int r = sql_check_run_insert(a->x.db, &in, &row);
	if (r < 0)
		return r;
	a->res.run = row.id;
	struct sql_notice_run_finish_in fin = { .id = row.id,
		.finished = a->x.now,
		.notices = a->res.notices,
		.usual = a->res.usual,
		.held_why = a->res.held_why };
	return sql_notice_run_finish(a->x.db, &fin);
}

/* Which question to which contact: the same is never drafted twice. */
static int content_of(struct asking *a, const struct due *d, struct sha256 *ret)
{
	struct sql_check_count_in in = { .contact = d->id };
	struct sql_check_count_row before;
	char text[80];
	int r = sql_check_count(a->x.db, &in, &before);
	(void)snprintf(text, sizeof(text), "contact.check %" PRId64 " %" PRId64, d->id,
		r == 0 ? before.n : 0);
	if (r == 0)
		*ret = sha256_of(str_c(text));
	return r;
}

static int write_words(
	struct asking *a, const struct check_draft *d, const struct sha256 *content)
{
	struct notice_words words = { S(""), S("") };
	int r = a->opts->write(a->opts->ctx, &a->x, d, &words);
	return r < 0
		? r
		: notice_store_words(&a->x, d->id, content, a->opts->mail_domain, &words);
}

static int ask_one(struct asking *a, const struct due *d)
{
	struct sha256 content;
	struct sql_check_insert_row row;
	int r = content_of(a, d, &content);
	if (r < 0)
		return r;
	struct sql_check_insert_in in = { .run = a->res.run,
		.org = d->org,
		.contact = d->id,
		.recipient = d->email,
		.language = str_c(lang_code(d->lang)),
		.tlp = CHECK_TLP,
		.state = a->res.held_why.n ? NOTICE_HELD : NOTICE_DRAFT,
		.why = a->res.held_why,
		.at = a->x.now,
		.content = { (const char *)content.b, SHA256_LEN } };
	r = sql_check_insert(a->x.db, &in, &row);
	struct check_draft draft = { .id = row.id,
		.at = a->x.now,
		.org = d->org,
		.contact = d->id,
		.org_name = d->org_name,
		.recipient = d->email,
		.lang = d->lang,
		.tlp = CHECK_TLP,
		.grace_days = a->rules.number[RULE_CHECK_GRACE] };
	return r < 0 ? r : write_words(a, &draft, &content);
}

static int ask_all(struct asking *a)
{
	char object[40], detail[64];
	int r = rules_load(&a->x, &a->rules);
	if (r == 0)
		r = contacts_each(&a->x, 0, on_contact, a);
	if (r == 0 && a->res.notices == 0 && a->opts->contact)
		return fail(&a->x.why, E_STATE,
			"contact %" PRId64 " cannot be written to, or is being asked",
			a->opts->contact);
	if (r < 0 || a->res.notices == 0)
		return r;
	r = judge(a);
	if (r == 0)
		r = begin_run(a);
	for (const struct due *d = a->first; d && r == 0; d = d->next) {
		arena_reset(a->x.arena);
		r = ask_one(a, d);
	}
	(void)snprintf(object, sizeof(object), "run %" PRId64, a->res.run);
	(void)snprintf(detail, sizeof(detail), "%" PRId64 " contacts%s%.*s",
		a->res.notices, a->res.held_why.n ? ", held: " : "",
		STR(a->res.held_why));
	return r < 0 ? r
		     : audit_add(&a->x, S("contact.check"), str_c(object), str_c(detail));
}

int contact_checks_draft(
	struct ctx *x, const struct check_opts *o, struct check_result *ret)
{
	AUTO_ARENA scratch = arena_new(MIB(256), "contacts asked");
	struct asking a = { .x = *x, .keep = x->arena, .opts = o };
	struct tx t;
	a.x.arena = &scratch;
	a.last = &a.first;
	a.res.held_why = S("");
	int r = tx_begin(&t, x->db, TX_WRITE);
	if (r == 0)
		r = tx_end(&t, ask_all(&a));
	if (r < 0 && x->why.err == 0)
		x->why = a.x.why;
	if (r == 0)
		*ret = a.res;
	return r;
}

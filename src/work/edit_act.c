/* SPDX-License-Identifier: Apache-2.0
 * edit_act.c - the register, changed by a person at a screen. See work.h. Depends on:
 * base, fmt, core. A dry run is the same, undone. */
#include "work/work.h"

#include "core/edit.h"
#include "core/register.h"
#include "fmt/reg_typed.h"

#define NAME_MAX_BYTES 300
#define WORD_MAX_BYTES 100

static int tell(void *ctx, const struct edit_line *line)
{
	struct call *c = ctx;
	struct buf b = buf_in(&c->keep, KIB(8));
	struct writer w = wr_new(&b);
	rec_text(&w, "what", str_c(line->what));
	rec_text(&w, "key", line->key);
	rec_text(&w, "old", line->old);
	rec_text(&w, "new", line->new);
	return call_record(c, &w);
}

static int bad(struct call *c, int r, const char *what)
{
	return r < 0 ? fail(&c->x.why, E_USAGE, "that is no %s", what) : 0;
}

static int words(struct call *c, int field, size_t max, const char *what, struct str *ret)
{
	return bad(
		c, reg_typed_words(&c->keep, act_text(&c->act, field), max, ret), what);
}

/* What the acts have in common: what they were asked, and what came of it. */
struct deed {
	struct edit e;
	int64_t org;
	int64_t contact;
	struct edit_entry entry;
	struct edit_was was;
	struct edit_org fields;
	struct edit_contact who;
	int64_t moved;
	bool moves; /* findings may get another organisation */
	bool dry_run;
};

static int summary(struct call *c, const struct deed *d)
{
	struct buf b = buf_in(&c->keep, KIB(1));
	struct writer w = wr_new(&b);
	rec_int(&w, "organisation", d->org);
	rec_int(&w, "contact", d->contact);
	rec_int(&w, "was", d->was.org);
	rec_bool(&w, "was_imported", d->was.imported);
	rec_int(&w, "was_in", d->was.in.has ? d->was.in.v : 0);
	rec_int(&w, "changed", d->e.changed);
	rec_int(&w, "findings_moved", d->moved);
	rec_bool(&w, "dry_run", d->dry_run);
	return call_record(c, &w);
}

static int one(struct call *c, struct deed *d)
{
	if (c->act.id == ACT_ORG_PUT)
		return edit_org(&d->e, d->org, &d->fields, &d->org);
	if (c->act.id == ACT_ENTRY_PUT)
		return edit_put(&d->e, d->org, &d->entry, &d->was);
	if (c->act.id == ACT_ENTRY_TAKE)
		return edit_take(&d->e, d->org, &d->entry, &d->was);
	if (c->act.id == ACT_CONTACT_PUT)
		return edit_contact(&d->e, d->org, &d->who, &d->contact);
	return edit_contact_end(&d->e, d->org, d->contact);
}

static int attribute(struct call *c, struct deed *d)
{
	struct register_job job = { .x = &c->x, .origin = ORIGIN_TEAM };
	int r = d->moves && d->e.changed ? register_finish(&job) : 0;
	d->moved = job.change.moved;
	return r;
}

static int apply(struct call *c, struct deed *d)
{
	struct arena *scratch = c->x.arena;
	struct tx t;
	int r = d->moves && !d->dry_run ? import_resume(c) : 0;
	if (r == 0)
		r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	d->e.x = &c->x;
	d->e.tell = tell;
	d->e.tell_ctx = c;
	c->x.arena = &c->keep;
	r = one(c, d);
	c->x.arena = scratch;
	if (r == 0)
		r = attribute(c, d);
	if (r == 0)
		r = summary(c, d);
	if (d->moves)
		work_stale(c->w);
	return d->dry_run ? tx_undo(&t, r) : tx_end(&t, r);
}

int act_org_put(struct call *c)
{
	struct deed d = { .org = act_get(&c->act, 0)->n,
		.dry_run = act_get(&c->act, 5)->n > 0 };
	int r = words(c, 1, NAME_MAX_BYTES, "name", &d.fields.name);
	if (r == 0)
		r = bad(c, d.fields.name.n ? 0 : E_SYNTAX, "name");
	if (r == 0)
		r = words(c, 2, WORD_MAX_BYTES, "kind", &d.fields.kind);
	if (r == 0)
		r = words(c, 3, WORD_MAX_BYTES, "sector", &d.fields.sector);
	if (r == 0)
		r = bad(c, reg_typed_language(act_text(&c->act, 4), &d.fields.language),
			"language");
	return r < 0 ? r : apply(c, &d);
}

int act_entry(struct call *c)
{
	struct deed d = { .moves = true,
		.org = act_get(&c->act, 0)->n,
		.dry_run = act_get(&c->act, 5)->n > 0 };
	struct edit_entry *n = &d.entry;
	struct str value = act_text(&c->act, 2);
	const struct act_value *in = act_get(&c->act, 4);
	n->imported = act_get(&c->act, 3)->n > 0;
	n->in = in->has ? SOME(in->n) : NONE;
	int r = bad(c, edit_kind_read(act_text(&c->act, 1), &n->kind), "kind of entry");
	if (r < 0)
		return r;
	if (n->kind == EDIT_ASN)
		r = bad(c, reg_typed_asn(value, &n->asn), "AS number");
	else if (n->kind == EDIT_DOMAIN)
		r = bad(c, reg_typed_domain(&c->keep, value, &n->domain), "domain");
	else
		r = bad(c, reg_typed_net(value, &n->net), "network");
	return r < 0 ? r : apply(c, &d);
}

int act_contact_put(struct call *c)
{
	struct deed d = { .org = act_get(&c->act, 0)->n,
		.dry_run = act_get(&c->act, 7)->n > 0 };
	struct edit_contact *who = &d.who;
	int r = bad(c, reg_typed_email(&c->keep, act_text(&c->act, 1), &who->email),
		"mail address");
	if (r == 0)
		r = words(c, 2, NAME_MAX_BYTES, "name", &who->name);
	if (r == 0)
		r = words(c, 3, WORD_MAX_BYTES, "role", &who->role);
	if (r == 0)
		r = bad(c, reg_typed_language(act_text(&c->act, 4), &who->language),
			"language");
	if (r == 0)
		r = bad(c, reg_typed_phone(act_text(&c->act, 5), &who->phone),
			"telephone");
	if (r == 0)
		r = bad(c, reg_typed_pgp(&c->keep, act_text(&c->act, 6), &who->pgp),
			"fingerprint of a key");
	return r < 0 ? r : apply(c, &d);
}

int act_contact_end(struct call *c)
{
	struct deed d = { .org = act_get(&c->act, 0)->n,
		.contact = act_get(&c->act, 1)->n,
		.dry_run = act_get(&c->act, 2)->n > 0 };
	return apply(c, &d);
}

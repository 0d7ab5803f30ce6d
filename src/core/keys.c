/* SPDX-License-Identifier: Apache-2.0
 * keys.c - whose OpenPGP key is which: see keys.h. Depends on: base, db. */
#include "core/keys.h"

#include "core/audit.h"
#include "core/setting.h"
#include "db/sql_keys.h"

#include <inttypes.h>
#include <stdio.h>

#define TEAM S("key.team")

int keys_team(struct ctx *x, struct str *ret)
{
	int r = setting_get(x, TEAM, ret);
	if (r != E_NOT_FOUND)
		return r;
	*ret = S("");
	return 0;
}

int keys_team_set(struct ctx *x, struct str fingerprint, struct str how)
{
	int r = setting_put(x, TEAM, fingerprint);
	return r < 0 ? r : audit_add(x, TEAM, fingerprint, how);
}

int keys_of_mail(struct ctx *x, struct str email, struct str **ret, size_t *ret_n)
{
	struct sql_keys_of_mail_in in = { .email = email, .n = KEYS_PER_MAIL };
	struct sql_keys_of_mail_rows rows;
	int r = sql_keys_of_mail(x->db, x->arena, &in, &rows);
	if (r < 0)
		return r;
	struct str *list = arena_array(x->arena, rows.n + 1, sizeof(*list));
	for (size_t i = 0; i < rows.n; i++)
		list[i] = rows.v[i].pgp;
	*ret = list;
	*ret_n = rows.n;
	return 0;
}

struct walk {
	keys_contact_fn *fn;
	void *ctx;
};

static int on_contact(void *ctx, const struct sql_keys_contacts_row *q)
{
	struct walk *w = ctx;
	struct keys_contact c = { q->id, q->org_name, q->email, q->pgp };
	return w->fn(w->ctx, &c);
}

int keys_contacts_each(struct ctx *x, keys_contact_fn *fn, void *ctx)
{
	struct walk w = { fn, ctx };
	return sql_keys_contacts_each(x->db, on_contact, &w);
}

int keys_contact_set(struct ctx *x, const struct keys_contact *c, struct str fingerprint)
{
	struct sql_keys_contact_set_in in = { .id = c->id, .pgp = fingerprint };
	char object[40];
	(void)snprintf(object, sizeof(object), "contact %" PRId64, c->id);
	struct buf b = buf_in(x->arena, KIB(2));
	int r = sql_keys_contact_set(x->db, &in);
	if (r == 0)
		r = buf_addf(
			&b, "%.*s: %.*s", STR(str_to(c->email, 300)), STR(fingerprint));
	return r < 0 ? r : audit_add(x, S("key.contact"), str_c(object), buf_str(&b));
}

/* SPDX-License-Identifier: Apache-2.0
 * key_act.c - acts on OpenPGP keys, and a notice as it would go out. See work.h.
 * Depends on: base, core, exchange, fmt/key_job, work/keys, work/seal. */
#include "work/keys.h"
#include "work/seal.h"

#include "base/fd.h"
#include "core/keys.h"
#include "core/notice.h"
#include "exchange/digest.h"

#define DAYS_USUAL 730
#define TEXT_STEP  KIB(48) /* of a long text in one record */

static const struct str no_data = { NULL, 0 };

static int ask(
	struct call *c, const struct key_job *j, struct str data, struct keys_answer *ret)
{
	return keys_ask(c->w, j, data, &c->keep, &c->x.why, ret);
}

/* ---- list ---- */

/* kind: "team", "contact", or "untied" for a key that is here for nobody. */
static int tell_key(struct call *c, const char *kind, const struct key_info *k,
	const struct keys_contact *of)
{
	AUTO_ARENA a = arena_new(KIB(64), "key");
	struct buf b = buf_in(&a, KIB(16));
	struct writer w = wr_new(&b);
	bool here = k->state != KEY_MISSING;
	rec_text(&w, "kind", str_c(kind));
	rec_text(&w, "fingerprint", k->fingerprint);
	rec_text(&w, "state", str_c(key_state_text(k->state)));
	rec_text(&w, "user_id", here ? k->uid : no_data);
	rec_opt(&w, "created", here ? SOME(k->created) : NONE);
	rec_opt(&w, "expires", here && k->expires ? SOME(k->expires) : NONE);
	rec_text(&w, "contact", of ? of->email : no_data);
	rec_text(&w, "organisation", of ? of->org_name : no_data);
	return call_record(c, &w);
}

struct listing {
	struct call *c;
	struct keys_answer keys;
	bool *tied;
	struct str team;
	int64_t contacts, good, by_state[KEY_STATES];
};

static struct key_info *find_key(
	struct keys_answer *a, struct str fingerprint, size_t *ret)
{
	for (size_t i = 0; i < a->n; i++)
		if (str_eq(a->keys[i].fingerprint, fingerprint)) {
			*ret = i;
			return &a->keys[i];
		}
	return NULL;
}

static int on_contact(void *ctx, const struct keys_contact *of)
{
	struct listing *l = ctx;
	size_t at;
	if (of->pgp.n == 0)
		return 0;
	struct key_info none = { .fingerprint = of->pgp, .state = KEY_MISSING };
	struct key_info *k = find_key(&l->keys, of->pgp, &at);
	if (k)
		l->tied[at] = true;
	else
		k = &none;
	l->contacts++;
	l->by_state[k->state]++;
	return tell_key(l->c, "contact", k, of);
}

static int tell_team(struct listing *l)
{
	size_t at;
	if (l->team.n == 0)
		return 0;
	struct key_info none = { .fingerprint = l->team, .state = KEY_MISSING };
	struct key_info *k = find_key(&l->keys, l->team, &at);
	if (k)
		l->tied[at] = true;
	return tell_key(l->c, "team", k ? k : &none, NULL);
}

static int tell_counts(struct listing *l)
{
	struct buf b = buf_in(&l->c->keep, KIB(1));
	struct writer w = wr_new(&b);
	rec_int(&w, "contacts", l->contacts);
	rec_int(&w, "good", l->by_state[KEY_GOOD]);
	rec_int(&w, "expired", l->by_state[KEY_EXPIRED]);
	rec_int(&w, "revoked", l->by_state[KEY_REVOKED]);
	rec_int(&w, "not_yet_valid", l->by_state[KEY_NOT_YET]);
	rec_int(&w, "unfit", l->by_state[KEY_UNFIT]);
	rec_int(&w, "missing", l->by_state[KEY_MISSING]);
	return call_record(l->c, &w);
}

static int key_list(struct call *c)
{
	struct listing l = { .c = c };
	int r = keys_team(&c->x, &l.team);
	struct key_job j = { .op = KEY_LIST, .now = c->x.now, .team = l.team };
	if (r == 0)
		r = ask(c, &j, no_data, &l.keys);
	if (r < 0)
		return r;
	l.tied = arena_array(&c->keep, l.keys.n + 1, sizeof(*l.tied));
	r = tell_team(&l);
	if (r == 0)
		r = keys_contacts_each(&c->x, on_contact, &l);
	for (size_t i = 0; i < l.keys.n && r == 0; i++)
		if (!l.tied[i])
			r = tell_key(c, "untied", &l.keys.keys[i], NULL);
	return r < 0 ? r : tell_counts(&l);
}

/* ---- the team's key ---- */

static int refuse_second(struct call *c, bool replace)
{
	struct str team;
	int r = keys_team(&c->x, &team);
	if (r == 0 && team.n && !replace)
		r = fail(&c->x.why, E_EXISTS,
			"the team has a key, %.*s; --replace puts another in its place",
			STR(team));
	return r;
}

static int set_team(struct call *c, const struct keys_answer *a, const char *how)
{
	struct tx t;
	if (a->n != 1)
		return fail(&c->x.why, E_PEER, "the key role told of %zu keys", a->n);
	int r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	r = tx_end(&t, keys_team_set(&c->x, a->keys[0].fingerprint, str_c(how)));
	return r < 0 ? r : tell_key(c, "team", &a->keys[0], NULL);
}

/* "Name <mail>", as gpg takes it: no brackets or controls inside. */
static struct str user_id(struct call *c)
{
	const struct conf *conf = c->w->conf;
	struct buf b = buf_in(&c->keep, KIB(4));
	struct str name = str_to(conf->team_name, 100);
	int r = 0;
	for (size_t i = 0; i < name.n && r == 0; i++)
		r = buf_addc(&b, strchr("<>()\"", name.p[i]) ? ' ' : name.p[i]);
	if (r == 0)
		r = buf_addf(
			&b, " <%.*s>", STR(str_to(conf->team_mail, KEY_UID_MAX - 104)));
	return r == 0 ? buf_str(&b) : S("");
}

static int key_make(struct call *c)
{
	const struct act_value *days = act_get(&c->act, 0);
	struct keys_answer a;
	struct key_job j = { .op = KEY_MAKE,
		.now = c->x.now,
		.text = user_id(c),
		.days = days->has ? days->n : DAYS_USUAL };
	int r = import_resume(c);
	if (r == 0)
		r = refuse_second(c, act_get(&c->act, 1)->n > 0);
	if (r == 0)
		r = ask(c, &j, no_data, &a);
	return r < 0 ? r : set_team(c, &a, "made");
}

static int import_team(struct call *c, struct str file)
{
	struct keys_answer a;
	struct key_job j = { .op = KEY_IMPORT_SECRET, .now = c->x.now };
	int r = refuse_second(c, act_get(&c->act, 2)->n > 0);
	if (r == 0)
		r = ask(c, &j, file, &a);
	return r < 0 ? r : set_team(c, &a, "imported");
}

/* ---- contacts' keys ---- */

struct tying {
	struct call *c;
	const struct keys_answer *keys;
	struct str only; /* this contact, whatever addresses the key has; or empty */
	bool replace, write;
	int64_t tied, same, kept;
};

static bool has_mail(const struct key_info *k, struct str mail)
{
	struct str rest = k->mails, one;
	while (rest.n > 0 && str_split(&rest, '\n', &one))
		if (str_eq_nocase(one, mail))
			return true;
	return false;
}

/* The key among the new ones that is this contact's. */
static const struct key_info *key_of(const struct tying *t, const struct keys_contact *c)
{
	for (size_t i = 0; i < t->keys->n; i++) {
		const struct key_info *k = &t->keys->keys[i];
		bool meant = t->only.n
			? str_eq_nocase(t->only, c->email)
			: str_eq(k->fingerprint, c->pgp) || has_mail(k, c->email);
		if (meant)
			return k;
	}
	return NULL;
}

static int tie(void *ctx, const struct keys_contact *of)
{
	struct tying *t = ctx;
	const struct key_info *k = key_of(t, of);
	if (k == NULL)
		return 0;
	bool same = str_eq(of->pgp, k->fingerprint);
	if (of->pgp.n && !same && !t->replace) {
		t->kept++;
		return 0;
	}
	t->tied += !same;
	t->same += same;
	if (!t->write)
		return 0;
	int r = same ? 0 : keys_contact_set(&t->c->x, of, k->fingerprint);
	return r < 0 ? r : tell_key(t->c, "contact", k, of);
}

/* Tied to nobody is a mistake that is told before anything is taken. */
static int check_ties(struct tying *t)
{
	struct why *why = &t->c->x.why;
	int r = keys_contacts_each(&t->c->x, tie, t);
	if (r < 0)
		return r;
	if (t->only.n && t->keys->n != 1)
		return fail(why, E_USAGE, "%zu keys for one contact", t->keys->n);
	if (t->tied + t->same == 0 && t->kept > 0)
		return fail(why, E_EXISTS,
			"the contact has another key already; --replace puts this one in "
			"its place");
	if (t->tied + t->same == 0)
		return fail(why, E_NOT_FOUND,
			"no contact of the register has %s; --contact names one",
			t->only.n ? "that address" : "an address of this key");
	t->tied = t->same = t->kept = 0;
	t->write = true;
	return 0;
}

static int tie_all(struct tying *t)
{
	struct tx x;
	int r = tx_begin(&x, t->c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	return tx_end(&x, keys_contacts_each(&t->c->x, tie, t));
}

static int tell_ties(struct tying *t)
{
	struct buf b = buf_in(&t->c->keep, KIB(1));
	struct writer w = wr_new(&b);
	rec_int(&w, "tied", t->tied);
	rec_int(&w, "unchanged", t->same);
	rec_int(&w, "other_key_kept", t->kept);
	return call_record(t->c, &w);
}

static int key_import(struct call *c)
{
	struct keys_answer seen, taken;
	struct key_job look = { .op = KEY_LOOK, .now = c->x.now };
	struct key_job take = { .op = KEY_IMPORT, .now = c->x.now };
	struct str file;
	int r = import_resume(c);
	if (r == 0) /* once: what is looked at is what is taken */
		r = fd_read_all(c->fd, &c->keep, KEY_IMPORT_MAX, &c->x.why, &file);
	if (r == 0 && act_get(&c->act, 0)->n > 0)
		return import_team(c, file);
	struct tying t = { .c = c,
		.keys = &seen,
		.only = act_text(&c->act, 1),
		.replace = act_get(&c->act, 2)->n > 0 };
	if (r == 0)
		r = ask(c, &look, file, &seen);
	if (r == 0)
		r = check_ties(&t);
	if (r == 0)
		r = ask(c, &take, file, &taken);
	t.keys = &taken;
	if (r == 0)
		r = tie_all(&t);
	return r < 0 ? r : tell_ties(&t);
}

/* ---- export, and a notice as it goes out ---- */

static int tell_text(struct call *c, struct str text)
{
	int r = 0;
	while (r == 0 && text.n > 0) {
		AUTO_ARENA a = arena_new(KIB(256), "text");
		struct buf b = buf_in(&a, KIB(64));
		struct writer w = wr_new(&b);
		rec_text(&w, "text", str_to(text, TEXT_STEP));
		r = call_record(c, &w);
		text = str_from(text, TEXT_STEP);
	}
	return r;
}

static int whose(struct call *c, struct str who, struct str *ret)
{
	struct str *list;
	size_t n;
	int r;
	if (who.n == 0 || str_eq(who, S("team"))) {
		r = keys_team(&c->x, ret);
		return r == 0 && ret->n == 0
			? fail(&c->x.why, E_NOT_FOUND, "the team has no key")
			: r;
	}
	if (key_fingerprint_ok(who)) {
		*ret = who;
		return 0;
	}
	r = keys_of_mail(&c->x, who, &list, &n);
	if (r == 0 && n == 0)
		r = fail(&c->x.why, E_NOT_FOUND, "no contact %.*s with a key",
			STR(str_to(who, 80)));
	if (r == 0)
		*ret = list[0];
	return r;
}

static int key_export(struct call *c)
{
	struct key_job j = { .op = KEY_EXPORT, .now = c->x.now };
	struct keys_answer a;
	int r = whose(c, act_get(&c->act, 0)->text, &j.who);
	if (r == 0)
		r = ask(c, &j, no_data, &a);
	return r < 0 ? r : tell_text(c, a.data);
}

static int notice_sealed(struct call *c)
{
	const struct conf *conf = c->w->conf;
	const struct digest_team team = digest_team_of(conf);
	int64_t id = act_get(&c->act, 0)->n;
	struct notice_full n;
	struct str mail;
	struct sealed_mail s;
	int r = notice_get(&c->x, id, &n);
	if (r == 0)
		r = digest_eml(&c->x, &team, id, &mail);
	if (r == 0)
		r = seal_mail(c->w, &c->x, mail, n.row.recipient, n.row.tlp, &s);
	if (r < 0)
		return r;
	struct buf b = buf_in(&c->keep, KIB(4));
	struct writer w = wr_new(&b);
	rec_bool(&w, "signed", s.is_signed);
	rec_bool(&w, "encrypted", s.is_encrypted);
	rec_text(&w, "note", s.note.n ? s.note : no_data);
	r = call_record(c, &w);
	return r < 0 ? r : tell_text(c, s.mail);
}

int act_key(struct call *c)
{
	if (c->act.id == ACT_KEY_LIST)
		return key_list(c);
	if (c->act.id == ACT_KEY_MAKE)
		return key_make(c);
	if (c->act.id == ACT_KEY_IMPORT)
		return key_import(c);
	return c->act.id == ACT_KEY_EXPORT ? key_export(c) : notice_sealed(c);
}

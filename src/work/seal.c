/* SPDX-License-Identifier: Apache-2.0
 * seal.c - the final bytes of a mail: see seal.h. Depends on: base, core, fmt. */
#include "work/seal.h"

#include "core/keys.h"
#include "fmt/pgp_mime.h"
#include "work/keys.h"

struct sealing {
	struct work *w;
	struct ctx *x;
	struct str team; /* to sign with; empty: not */
	struct str who;	 /* to encrypt to; empty: not */
	struct buf note;
};

static int add_note(struct sealing *s, const char *what, const char *why)
{
	return buf_addf(&s->note, "%s%s%s", s->note.n ? "; " : "", what, why);
}

/* The state of one key today. */
static int look_up(
	struct sealing *s, struct str fingerprint, struct str team, enum key_state *ret)
{
	struct key_job j = {
		.op = KEY_LIST, .now = s->x->now, .team = team, .who = fingerprint
	};
	struct keys_answer a;
	struct why why = { 0 };
	int r = keys_ask(s->w, &j, (struct str){ NULL, 0 }, s->x->arena, &why, &a);
	if (r < 0 && r != E_NOT_FOUND)
		return fail(&s->x->why, r, "%s", why.text);
	bool found = r == 0 && a.n == 1 && str_eq(a.keys[0].fingerprint, fingerprint);
	*ret = found ? a.keys[0].state : KEY_MISSING;
	return 0;
}

static int choose_team(struct sealing *s)
{
	struct str team;
	enum key_state state = KEY_MISSING;
	int r = keys_team(s->x, &team);
	if (r < 0 || team.n == 0)
		return r;
	if (!key_fingerprint_ok(team))
		return fail(&s->x->why, E_DB, "the team's fingerprint is damaged");
	r = look_up(s, team, team, &state);
	if (r == 0 && state == KEY_GOOD)
		s->team = team;
	else if (r == 0)
		r = add_note(s, "not signed: the team's key is ", key_state_text(state));
	return r;
}

/* The first good one of what the register has. */
static int choose_recipient(struct sealing *s, struct str recipient)
{
	struct str *list;
	size_t n;
	enum key_state state = KEY_MISSING;
	int r = keys_of_mail(s->x, recipient, &list, &n);
	for (size_t i = 0; i < n && r == 0 && s->who.n == 0; i++) {
		if (!key_fingerprint_ok(list[i]))
			continue;
		r = look_up(s, list[i], S(""), &state);
		if (r == 0 && state == KEY_GOOD)
			s->who = list[i];
	}
	if (r == 0 && n > 0 && s->who.n == 0)
		r = add_note(s, "not encrypted: the recipient's key is ",
			key_state_text(state));
	return r;
}

static int write_sealed(struct sealing *s, struct str mail, struct buf *out)
{
	struct why *why = &s->x->why;
	struct pgp_mime m;
	struct keys_answer a;
	struct key_job j = { .op = s->who.n ? KEY_ENCRYPT : KEY_SIGN,
		.now = s->x->now,
		.team = s->team,
		.who = s->who };
	int r = pgp_mime_split(s->x->arena, mail, why, &m);
	if (r == 0)
		r = keys_ask(s->w, &j, m.part, s->x->arena, why, &a);
	if (r == 0 && a.data.p == NULL)
		r = fail(why, E_PEER, "the key role answered without a mail");
	if (r < 0)
		return r;
	return s->who.n ? pgp_mime_encrypted(&m, a.data, why, out)
			: pgp_mime_signed(&m, a.data, a.done.micalg, why, out);
}

int seal_mail(struct work *w, struct ctx *x, struct str mail, struct str recipient,
	enum tlp tlp, struct sealed_mail *ret)
{
	struct sealing s = { .w = w, .x = x, .note = buf_in(x->arena, KIB(1)) };
	struct why before = x->why;
	s.team = s.who = S("");
	int r = choose_team(&s);
	if (r == 0)
		r = choose_recipient(&s, recipient);
	if (r == E_UNSUPPORTED) { /* no gpg: as if there were no keys, and said so */
		struct why no_gpg = x->why;
		x->why = before;
		s.team = s.who = S("");
		buf_clear(&s.note);
		r = add_note(&s, "neither signed nor encrypted: ", no_gpg.text);
	}
	if (r < 0)
		return r;
	struct str note = s.note.n ? buf_str(&s.note) : S("no OpenPGP key is known");
	if (!tlp_may_leave(tlp, TLP_BY_MAIL, s.who.n > 0))
		return fail(&x->why, E_DENIED, "%s must not go to %.*s in clear: %.*s",
			tlp_text(tlp), STR(str_to(recipient, 80)), STR(note));
	struct sealed_mail done = { .mail = mail,
		.is_signed = s.team.n > 0,
		.is_encrypted = s.who.n > 0,
		.note = s.note.n ? note : S("") };
	if (done.is_signed || done.is_encrypted) {
		struct buf out = buf_in(x->arena, 2 * mail.n + KIB(256));
		r = write_sealed(&s, mail, &out);
		done.mail = r == 0 ? buf_str(&out) : mail;
	}
	if (r == 0)
		*ret = done;
	return r;
}

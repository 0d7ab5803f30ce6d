/* SPDX-License-Identifier: Apache-2.0
 * mail_facts.c - what a mail that came in says: see mail_facts.h. Depends on: base. */
#include "fmt/mail_facts.h"

#include "base/utf8.h"

static const char *const kinds[] = { "mail", "auto-reply", "bounce", "report" };
static const char *const actions[] = { "unknown", "delivered", "expanded", "relayed",
	"delayed", "failed" };

const char *mail_kind_text(enum mail_kind k)
{
	return k < MAIL_KINDS ? kinds[k] : "?";
}

const char *mail_action_text(enum mail_action a)
{
	return a < ACTION_N ? actions[a] : "?";
}

static struct str text(struct reader *r, size_t max)
{
	struct str s = rd_str(r);
	if (r->err == 0 && s.n > max)
		r->err = E_TOO_BIG;
	if (r->err == 0 && !utf8_clean(s))
		r->err = E_SYNTAX;
	return s.p ? s : S("");
}

void mail_facts_write(struct writer *w, const struct mail_facts *m)
{
	wr_u8(w, (uint8_t)m->kind);
	wr_str(w, m->from);
	wr_str(w, m->subject);
	wr_str(w, m->message_id);
	wr_str(w, m->about);
	wr_str(w, m->envid);
	wr_u32(w, m->n);
	for (uint32_t i = 0; i < m->n; i++) {
		wr_u8(w, (uint8_t)m->v[i].action);
		wr_str(w, m->v[i].status);
		wr_str(w, m->v[i].address);
		wr_str(w, m->v[i].text);
	}
}

int mail_facts_read(struct str body, struct arena *a, struct mail_facts *ret)
{
	struct reader r = rd_new(body);
	struct mail_facts m;
	uint8_t kind = rd_u8(&r);
	m.from = text(&r, MAIL_TEXT);
	m.subject = text(&r, MAIL_TEXT);
	m.message_id = text(&r, MAIL_ID);
	m.about = text(&r, MAIL_ID);
	m.envid = text(&r, MAIL_ID);
	m.n = rd_u32(&r);
	if (r.err < 0)
		return r.err;
	if (kind >= MAIL_KINDS || m.n > MAIL_RECIPIENTS)
		return E_SYNTAX;
	m.kind = (enum mail_kind)kind;
	m.v = arena_array(a, m.n + 1, sizeof(*m.v));
	for (uint32_t i = 0; i < m.n && r.err == 0; i++) {
		uint8_t action = rd_u8(&r);
		m.v[i].status = text(&r, 16);
		m.v[i].address = text(&r, MAIL_ID);
		m.v[i].text = text(&r, MAIL_TEXT);
		if (action >= ACTION_N)
			return E_SYNTAX;
		m.v[i].action = (enum mail_action)action;
	}
	if (rd_end(&r) < 0)
		return r.err;
	*ret = m;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 * digest.c - a notice in words, and its mail: see digest.h. Depends on: base, fmt,
 * core. */
#include "exchange/digest_int.h"

#include "base/date.h"
#include "base/limits.h"
#include "base/tr.h"
#include "base/utf8.h"
#include "core/answer.h"
#include "exchange/wrap.h"
#include "fmt/mime_out.h"
#include "tpl_digest.h"

#include <inttypes.h>

#define PIECE_MAX   KIB(64) /* one page of the template, before it is cut to fit */
#define SUBJECT_MAX 800	    /* what mime_out takes, and room to spare */
#define ORG_SHOWN   150
#define EML_MAX	    MIB(256)

/* ---- the parts of the body ---- */

struct piece {
	struct str full, line; /* of a family: in full, or named */
};
struct body {
	struct arena *arena;
	const struct notice_draft *draft;
	struct digest_view view;
	struct str head, also, foot;
	struct piece *pieces;
	size_t n;
};

/* TRANSLATORS: what the marking of the Traffic Light Protocol (TLP,
 * version 2.0) allows. */
static const char *const tlp_means[TLP_N] = {
	[TLP_CLEAR] = N_("This may be passed on without limit."),
	[TLP_GREEN] = N_(
		"This may be passed on within your community, but not in public."),
	[TLP_AMBER] = N_(
		"This may be passed on, to those who need to know it, within your "
		"organisation and to its clients."),
	[TLP_AMBER_STRICT] = N_(
		"This may be passed on, to those who need to know it, within your "
		"organisation only."),
	[TLP_RED] = N_("This is for you alone and may not be passed on."),
};

const char *digest_tlp_means(enum tlp tlp)
{
	return tlp_means[tlp];
}

struct str digest_one_line(struct arena *a, struct str s)
{
	struct str cut = utf8_cut(s, ORG_SHOWN);
	char *p = arena_alloc(a, cut.n + 1);
	for (size_t i = 0; i < cut.n; i++) {
		unsigned char c = (unsigned char)cut.p[i];
		bool encoded = c == '=' && i + 1 < cut.n && cut.p[i + 1] == '?';
		p[i] = c < 0x20 || c == 0x7f || encoded ? ' '
			: c == '`'			? '\''
							: cut.p[i];
	}
	return (struct str){ p, cut.n };
}

typedef int view_page(struct textout *o, const struct digest_view *v);
typedef int group_page(struct textout *o, const struct digest_group *g);

static struct textout text_into(struct buf *b, enum lang lang)
{
	return (struct textout){ .out = b, .lang = lang };
}

/* A page, wrapped. */
static int view_text(struct body *b, view_page *page, struct str *ret)
{
	struct buf raw = buf_in(b->arena, PIECE_MAX), out = buf_in(b->arena, PIECE_MAX);
	struct textout o = text_into(&raw, b->draft->lang);
	int r = page(&o, &b->view);
	if (r == 0)
		r = wrap_text(buf_str(&raw), b->draft->lang, &out);
	if (r == 0)
		*ret = buf_str(&out);
	return r;
}

static int group_text(
	struct body *b, group_page *page, const struct digest_group *g, struct str *ret)
{
	struct buf raw = buf_in(b->arena, PIECE_MAX), out = buf_in(b->arena, PIECE_MAX);
	struct textout o = text_into(&raw, b->draft->lang);
	int r = page(&o, g);
	if (r == 0)
		r = wrap_text(buf_str(&raw), b->draft->lang, &out);
	if (r == 0)
		*ret = buf_str(&out);
	return r;
}

static int foot_text(struct body *b, struct str *ret)
{
	struct str table, answer, signature;
	struct buf out = buf_in(b->arena, PIECE_MAX);
	int r = view_text(b, digest_foot, &table);
	if (r == 0)
		r = view_text(b, digest_answer, &answer);
	if (r == 0)
		r = view_text(b, digest_signature, &signature);
	if (r == 0)
		r = buf_add(&out, table);
	if (r == 0)
		r = buf_add(&out, answer);
	if (r == 0)
		r = buf_add(&out, signature);
	if (r == 0)
		*ret = buf_str(&out);
	return r;
}

static int make_pieces(struct body *b, const struct digest_collect *c)
{
	b->pieces = arena_array(b->arena, c->n + 1, sizeof(*b->pieces));
	b->n = c->n;
	int r = 0;
	for (size_t i = 0; i < c->n && r == 0; i++) {
		struct digest_group g;
		r = digest_group_of(
			b->arena, b->draft->lang, c->families[i], (int64_t)i + 1, &g);
		if (r == 0)
			r = group_text(b, digest_family, &g, &b->pieces[i].full);
		if (r == 0)
			r = group_text(b, digest_line, &g, &b->pieces[i].line);
	}
	return r;
}

/* ---- fitting ---- */

/* How long it may get: the link that is put in later needs its place. */
static size_t body_max(const struct body *b)
{
	return LIMIT_BODY - (b->view.answer_link.n ? ANSWER_URL_MAX : 0);
}

/* Bytes of the body with the first n families in full and the others named. */
static size_t size_with(const struct body *b, size_t n)
{
	size_t size = b->head.n + b->foot.n + (n < b->n ? b->also.n : 0);
	for (size_t i = 0; i < b->n; i++)
		size += i < n ? b->pieces[i].full.n : b->pieces[i].line.n;
	return size;
}

/* Families named in one line each, as many as there is room for, then how many more. */
static int add_lines(struct body *b, size_t from, struct buf *out)
{
	size_t room = body_max(b) - out->n - b->foot.n, used = b->also.n, i = from,
	       all = 0;
	struct str more = S("");
	for (size_t k = from; k < b->n; k++)
		all += b->pieces[k].line.n;
	bool fits = used + all <= room;
	int r = 0;
	if (!fits) { /* the greatest number of kinds has the longest line */
		b->view.kinds_more = (int64_t)(b->n - from);
		r = view_text(b, digest_more, &more);
	}
	if (r == 0)
		r = buf_add(out, b->also);
	while (i < b->n && r == 0 && used + b->pieces[i].line.n + more.n <= room) {
		used += b->pieces[i].line.n;
		r = buf_add(out, b->pieces[i++].line);
	}
	if (r < 0 || i == b->n)
		return r;
	b->view.kinds_more = (int64_t)(b->n - i);
	r = view_text(b, digest_more, &more);
	return r < 0 ? r : buf_add(out, more);
}

static int fit(struct body *b, struct str *ret)
{
	struct buf out = buf_in(b->arena, LIMIT_BODY);
	size_t n = b->n;
	while (n > 0 && size_with(b, n) > body_max(b))
		n--;
	if (n == 0 && b->n > 0 &&
		b->head.n + b->foot.n + b->also.n + b->pieces[0].full.n + KIB(1) <=
			body_max(b))
		n = 1; /* the worst is explained, even if not all others can be named */
	int r = buf_add(&out, b->head);
	for (size_t i = 0; i < n && r == 0; i++)
		r = buf_add(&out, b->pieces[i].full);
	if (r == 0 && n < b->n)
		r = add_lines(b, n, &out);
	if (r == 0)
		r = buf_add(&out, b->foot);
	if (r == 0)
		*ret = buf_str(&out);
	return r;
}

/* ---- the writer ---- */

static int fill_view(struct body *b, const struct digest_team *team,
	const struct digest_collect *c, const struct digest_tables *tables)
{
	const struct notice_draft *d = b->draft;
	struct digest_view *v = &b->view;
	struct buf reference = buf_in(b->arena, 64);
	int r = buf_addf(&reference, "[TOCSIN-%" PRId64 "]", d->id);
	if (r < 0)
		return r;
	*v = (struct digest_view){ .tlp = tlp_text(d->tlp),
		.tlp_means = digest_tlp_means(d->tlp),
		.org = digest_one_line(b->arena, d->org_name),
		.via = digest_one_line(b->arena, d->via_name),
		.notice = d->id,
		.reference = buf_str(&reference),
		.n = d->findings,
		.critical = d->by_severity[SEV_CRITICAL],
		.high = d->by_severity[SEV_HIGH],
		.medium = d->by_severity[SEV_MEDIUM],
		.new = d->new,
		.relapsed = d->relapsed,
		.reminded = d->reminded,
		.open_before = d->open_before,
		.oldest_day = day_of(d->oldest_open),
		.answer_link = team->web_url.n ? S(ANSWER_PLACE) : S(""),
		.team = digest_one_line(b->arena, team->name),
		.mail = digest_one_line(b->arena, team->mail),
		.phone = digest_one_line(b->arena, team->phone),
		.n_tables = tables->n,
		.table = tables->first };
	v->lower = v->n - v->critical - v->high - v->medium;
	if (c->n > 0) {
		const struct digest_family *first = c->families[0];
		v->first_title = first->advice->title;
		v->first_n = first->n;
		v->act_days = d->act_days[first->severity];
	}
	return 0;
}

static int write_subject(const struct body *b, struct str *ret)
{
	struct buf out = buf_in(b->arena, SUBJECT_MAX);
	struct textout o = text_into(&out, b->draft->lang);
	int r = digest_subject(&o, &b->view);
	if (r == 0)
		*ret = buf_str(&out);
	return r;
}

static int digest_write(
	void *ctx, struct ctx *x, const struct notice_draft *d, struct notice_words *ret)
{
	const struct digest_team *team = ctx;
	struct digest_collect *c = arena_alloc(x->arena, sizeof(*c));
	struct digest_tables tables;
	struct body b = { .arena = x->arena, .draft = d };
	struct notice_words words;
	c->arena = x->arena;
	int r = digest_write_tables(x, d, c, &tables);
	if (r < 0)
		return r;
	digest_sort(c);
	r = fill_view(&b, team, c, &tables);
	if (r == 0)
		r = make_pieces(&b, c);
	if (r == 0)
		r = view_text(&b, digest_head, &b.head);
	if (r == 0)
		r = view_text(&b, digest_also, &b.also);
	if (r == 0)
		r = foot_text(&b, &b.foot);
	if (r == 0)
		r = fit(&b, &words.body);
	if (r == 0)
		r = write_subject(&b, &words.subject);
	if (r < 0)
		return fail(&x->why, r, "the text of notice %" PRId64, d->id);
	*ret = words;
	return 0;
}

struct notice_writer digest_writer(const struct digest_team *team)
{
	/* The writer only reads it. */
	union {
		const struct digest_team *in;
		void *out;
	} u = { .in = team };
	return (struct notice_writer){ .ctx = u.out, .write = digest_write };
}

struct str digest_domain(const struct digest_team *team)
{
	size_t at = str_rfind(team->mail, '@');
	struct str domain = str_from(team->mail, at < team->mail.n ? at + 1 : at);
	return domain.n > 0 ? domain : S("invalid");
}

/* ---- the mail ---- */

struct attach {
	struct arena *arena;
	struct mime_attachment *v;
	size_t n, cap, bytes;
};

static int on_part(void *ctx, const struct notice_part *part)
{
	struct attach *l = ctx;
	if (part->content.n > EML_MAX || l->bytes + part->content.n > EML_MAX / 2)
		return E_TOO_BIG;
	l->bytes += part->content.n;
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 4;
		struct mime_attachment *more = arena_array(l->arena, cap, sizeof(*more));
		if (l->n > 0)
			memcpy(more, l->v, l->n * sizeof(*more));
		l->v = more;
		l->cap = cap;
	}
	l->v[l->n++] = (struct mime_attachment){ .file_name = str_dup(
							 l->arena, part->name),
		.type = str_dup(l->arena, part->type),
		.bytes = str_dup(l->arena, part->content) };
	return 0;
}

/* In place of its tables a copy that is kept has their digests, as sha256sum prints them:
 * the tables themselves are kept with the notice. */
static int sums_only(struct attach *l)
{
	struct buf sums = buf_in(l->arena, KIB(64));
	char hex[SHA256_HEX + 1];
	int r = 0;
	for (size_t i = 0; r == 0 && i < l->n; i++) {
		struct sha256 sha = sha256_of(l->v[i].bytes);
		r = buf_addf(&sums, "%s  %.*s\n", sha256_text(&sha, hex),
			STR(l->v[i].file_name));
	}
	if (r == 0 && l->n > 0) {
		l->v[0] = (struct mime_attachment){ .file_name = S("SHA256SUMS"),
			.type = S("text/plain"),
			.bytes = buf_str(&sums) };
		l->n = 1;
	}
	return r;
}

/* With that token in its link. */
static int write_mail(struct ctx *x, const struct digest_team *team,
	const struct notice_full *n, const char *token, const struct attach *parts,
	struct str *ret)
{
	struct buf out = buf_in(x->arena, EML_MAX), boundary = buf_in(x->arena, 64);
	struct buf link = buf_in(x->arena, ANSWER_URL_MAX);
	struct str body;
	int r = (n->row.kind == NOTICE_CHECK ? contact_url : answer_url)(
		team->web_url, token, &link);
	if (r == 0)
		r = answer_place(x->arena, n->body, buf_str(&link), &body);
	if (r == 0)
		r = buf_addf(
			&boundary, "=_tocsin_%" PRId64 "_%" PRId64, n->row.id, n->row.at);
	if (r < 0)
		return r;
	struct mime_address to = { .name = S(""), .address = n->row.recipient };
	struct mime_header extra[] = { { S("Auto-Submitted"), S("auto-generated") } };
	struct mime_message m = { .from = { digest_one_line(x->arena, team->name),
					  team->mail },
		.to = &to,
		.n_to = 1,
		.subject = n->row.subject,
		.date = n->row.at,
		.message_id = n->row.message_id,
		.language = str_c(lang_code(n->row.lang)),
		.extra = extra,
		.n_extra = N(extra),
		.text = body,
		.attachments = parts->v,
		.n_attachments = parts->n,
		.boundary = buf_str(&boundary) };
	r = mime_write(&m, &x->why, &out);
	if (r == 0)
		*ret = buf_str(&out);
	return r;
}

int digest_eml(
	struct ctx *x, const struct digest_team *team, int64_t notice, struct str *ret)
{
	return digest_eml_link(x, team, notice, NULL, ret, NULL);
}

int digest_eml_link(struct ctx *x, const struct digest_team *team, int64_t notice,
	const char *token, struct str *ret, struct str *ret_copy)
{
	struct notice_full n;
	struct attach parts = { .arena = x->arena };
	struct str mail, copy;
	int r = notice_get(x, notice, &n);
	if (r == 0)
		r = notice_parts_each(x, notice, on_part, &parts);
	if (r < 0)
		return r;
	r = write_mail(x, team, &n, token ? token : ANSWER_MASK, &parts, &mail);
	if (r == 0 && ret_copy)
		r = sums_only(&parts);
	if (r == 0 && ret_copy)
		r = write_mail(x, team, &n, ANSWER_MASK, &parts, &copy);
	if (r < 0)
		return fail(&x->why, r, "the mail of notice %" PRId64, notice);
	*ret = mail;
	if (ret_copy)
		*ret_copy = copy;
	return 0;
}

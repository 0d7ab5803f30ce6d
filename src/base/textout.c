/* SPDX-License-Identifier: Apache-2.0
 * textout.c - writing for compiled text templates: see textout.h. Depends on: base. */
#include "base/textout.h"

#include "base/date.h"
#include "base/utf8.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#define SENTENCE_MAX KIB(8)

static void raw(struct textout *o, struct str s)
{
	if (o->err == 0 && s.n > 0)
		o->err = buf_add(o->out, s);
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

static bool is_markup(const struct textout *o, uint32_t c)
{
	return o->html && (c == '<' || c == '>' || c == '&' || c == '"' || c == '\'');
}

static struct str entity(uint32_t c)
{
	switch (c) {
	case '<':
		return S("&lt;");
	case '>':
		return S("&gt;");
	case '&':
		return S("&amp;");
	case '"':
		return S("&quot;");
	default:
		return S("&#39;");
	}
}

/* How many bytes at the front need no change. */
static size_t clean_run(const struct textout *o, struct str s)
{
	size_t i = 0;
	uint32_t c;
	while (i < s.n) {
		int n = utf8_next(str_from(s, i), &c);
		bool kept = !is_control(c) || (c == '\n' && !o->header);
		if (n == 0 || !kept || utf8_is_trick(c) || is_markup(o, c))
			break;
		i += (size_t)n;
	}
	return i;
}

/* In a header a run of controls is one blank, so that words do not grow together. */
static struct str skip_controls(struct textout *o, struct str s)
{
	uint32_t c;
	int n;
	while ((n = utf8_next(s, &c)) > 0 && is_control(c)) {
		if (c == '\n' && !o->header)
			break;
		if (c == '\t' && !o->header)
			raw(o, S(" "));
		s = str_from(s, (size_t)n);
	}
	if (o->header)
		raw(o, S(" "));
	return s;
}

static void filtered(struct textout *o, struct str s)
{
	while (s.n > 0 && o->err == 0) {
		size_t clean = clean_run(o, s);
		uint32_t c = 0;
		raw(o, str_to(s, clean));
		s = str_from(s, clean);
		if (s.n == 0)
			break;
		int n = utf8_next(s, &c);
		if (n == 0) {
			raw(o, S("\xef\xbf\xbd"));
			s = str_from(s, 1);
		} else if (is_control(c)) {
			s = skip_controls(o, s);
		} else if (is_markup(o, c)) {
			raw(o, entity(c));
			s = str_from(s, 1);
		} else {
			if (o->err == 0)
				o->err = buf_addf(o->out, "[U+%04" PRIX32 "]", c);
			s = str_from(s, (size_t)n);
		}
	}
}

void text_lit(struct textout *o, const char *p, size_t n)
{
	raw(o, (struct str){ p, n });
}

void text_str(struct textout *o, struct str s)
{
	filtered(o, s);
}

void text_cstr(struct textout *o, const char *z)
{
	filtered(o, str_c(z));
}

void text_int(struct textout *o, int64_t n)
{
	if (o->err == 0)
		o->err = buf_addf(o->out, "%" PRId64, n);
}

void text_date(struct textout *o, int64_t time)
{
	char b[DATE_TEXT_MAX];
	raw(o, str_c(time_text_plain(time, b)));
	raw(o, S(" UTC"));
}

void text_minute(struct textout *o, int64_t time)
{
	char b[DATE_TEXT_MAX];
	raw(o, str_to(str_c(time_text_plain(time, b)), sizeof("2026-06-01 10:20") - 1));
}

void text_day(struct textout *o, int64_t day)
{
	char b[DATE_TEXT_MAX];
	raw(o, str_c(day_text((int32_t)day, b)));
}

void text_addr(struct textout *o, struct ip ip)
{
	char b[IP_TEXT_MAX];
	raw(o, str_c(ip_text(&ip, b)));
}

void text_net(struct textout *o, struct net net)
{
	char b[IP_TEXT_MAX];
	raw(o, str_c(net_text(&net, b)));
}

void text_url(struct textout *o, struct url url)
{
	filtered(o, url.path);
}

void text_picture(struct textout *o, struct picture p)
{
	assert(o->html && !o->bare);
	if (o->err == 0 && p.markup.n)
		o->err = buf_add(o->out, p.markup);
}

/* What a translator wrote in a page: its direction marks stay, its markup does not. */
static void escaped(struct textout *o, struct str s)
{
	while (s.n > 0) {
		size_t i = 0;
		while (i < s.n && !is_markup(o, (unsigned char)s.p[i]))
			i++;
		raw(o, str_to(s, i));
		if (i < s.n)
			raw(o, entity((unsigned char)s.p[i]));
		s = str_from(s, i + 1);
	}
}

/* A translation is ours, but a header must stay one line even so. */
static void words(struct textout *o, struct str s)
{
	if (o->html)
		escaped(o, s);
	else if (o->header)
		filtered(o, s);
	else
		raw(o, s);
}

void text_msg(struct textout *o, const char *msgid)
{
	text_tr(o, msgid, NULL, 0);
}

/* Its direction must not turn the sentence around. */
static void put_foreign(struct textout *o, struct str s)
{
	bool apart = o->html && !o->bare;
	if (apart)
		raw(o, S("<bdi>"));
	text_str(o, s);
	if (apart)
		raw(o, S("</bdi>"));
}

static bool is_time(const struct text_arg *a)
{
	return a->kind == TEXT_MINUTE || a->kind == TEXT_DAY;
}

/* Among letters that are written from the right the parts of a date or address would
 * change places. A browser breaks lines at a date's hyphens, unless style.css knows that
 * it is one. */
static void put_figures(struct textout *o, const struct text_arg *a)
{
	bool apart = o->html && !o->bare, rtl = lang_rtl(o->lang);
	if (apart && is_time(a))
		raw(o, rtl ? S("<time dir=\"ltr\">") : S("<time>"));
	else if (apart && rtl)
		raw(o, S("<bdi dir=\"ltr\">"));
	if (a->kind == TEXT_DATE)
		text_date(o, a->n);
	else if (a->kind == TEXT_MINUTE)
		text_minute(o, a->n);
	else if (a->kind == TEXT_DAY)
		text_day(o, a->n);
	else if (a->kind == TEXT_ADDR)
		text_addr(o, a->net.ip);
	else
		text_net(o, a->net);
	if (apart && is_time(a))
		raw(o, S("</time>"));
	else if (apart && rtl)
		raw(o, S("</bdi>"));
}

static void put_arg(struct textout *o, const struct text_arg *a)
{
	switch (a->kind) {
	case TEXT_STR:
		put_foreign(o, a->s);
		break;
	case TEXT_MSG:
		text_msg(o, a->s.p);
		break;
	case TEXT_INT:
		text_int(o, a->n);
		break;
	case TEXT_DATE:
	case TEXT_MINUTE:
	case TEXT_DAY:
	case TEXT_ADDR:
	case TEXT_NET:
		put_figures(o, a);
		break;
	}
}

static const struct text_arg *find_arg(
	const struct text_arg *args, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(str_c(args[i].name), name))
			return &args[i];
	return NULL;
}

/* A hole is filled once: braces inside an argument are not looked at again. */
static void sentence(
	struct textout *o, const char *text, const struct text_arg *args, size_t n)
{
	struct str s = str_c(text);
	while (s.n > 0) {
		size_t open = str_find(s, '{');
		words(o, str_to(s, open));
		s = str_from(s, open);
		size_t close = str_find(s, '}');
		if (close == s.n) {
			words(o, s);
			return;
		}
		struct str name = str_from(str_to(s, close), 1);
		const struct text_arg *a = find_arg(args, n, name);
		if (a)
			put_arg(o, a);
		else
			words(o, str_to(s, close + 1));
		s = str_from(s, close + 1);
	}
}

void text_tr(
	struct textout *o, const char *msgid, const struct text_arg *args, size_t n_args)
{
	if (msgid && *msgid)
		sentence(o, tr(o->lang, msgid), args, n_args);
}

void text_trc(struct textout *o, const char *ctx, const char *msgid,
	const struct text_arg *args, size_t n_args)
{
	sentence(o, trc(o->lang, ctx, msgid), args, n_args);
}

void text_trn(struct textout *o, const char *msgid, const char *plural, int64_t n,
	const struct text_arg *args, size_t n_args)
{
	sentence(o, trn(o->lang, msgid, plural, n), args, n_args);
}

struct sentence text_say(struct arena *a, enum lang lang, bool html, const char *msgid,
	const struct text_arg *args, size_t n_args)
{
	struct buf b = buf_in(a, SENTENCE_MAX);
	struct textout o = { .out = &b, .lang = lang, .header = !html, .html = html };
	text_tr(&o, msgid, args, n_args);
	return (struct sentence){ o.err == 0 ? buf_str(&b) : S(""), html };
}

struct sentence text_both(struct arena *a, struct sentence first, struct sentence then)
{
	struct buf b = buf_in(a, 2 * SENTENCE_MAX);
	assert(first.html == then.html);
	int r = buf_addf(&b, "%.*s %.*s", STR(first.text), STR(then.text));
	return r < 0 ? first : (struct sentence){ buf_str(&b), first.html };
}

struct sentence text_plain(struct str s)
{
	return (struct sentence){ s, false };
}

void text_sentence(struct textout *o, struct sentence s)
{
	assert(!s.html || (o->html && !o->bare));
	if (s.html)
		raw(o, s.text);
	else
		text_str(o, s.text);
}

struct text_arg text_arg_str(const char *name, struct str s)
{
	return (struct text_arg){ .name = name, .kind = TEXT_STR, .s = s };
}

struct text_arg text_arg_cstr(const char *name, const char *z)
{
	return text_arg_str(name, str_c(z));
}

struct text_arg text_arg_msg(const char *name, const char *msgid)
{
	return (struct text_arg){ .name = name, .kind = TEXT_MSG, .s = str_c(msgid) };
}

struct text_arg text_arg_int(const char *name, int64_t n)
{
	return (struct text_arg){ .name = name, .kind = TEXT_INT, .n = n };
}

struct text_arg text_arg_date(const char *name, int64_t time)
{
	return (struct text_arg){ .name = name, .kind = TEXT_DATE, .n = time };
}

struct text_arg text_arg_minute(const char *name, int64_t time)
{
	return (struct text_arg){ .name = name, .kind = TEXT_MINUTE, .n = time };
}

struct text_arg text_arg_day(const char *name, int64_t day)
{
	return (struct text_arg){ .name = name, .kind = TEXT_DAY, .n = day };
}

struct text_arg text_arg_addr(const char *name, struct ip ip)
{
	return (struct text_arg){ .name = name, .kind = TEXT_ADDR, .net.ip = ip };
}

struct text_arg text_arg_net(const char *name, struct net net)
{
	return (struct text_arg){ .name = name, .kind = TEXT_NET, .net = net };
}

/* SPDX-License-Identifier: Apache-2.0
 * textout.h - what compiled templates (tools/htmlc.py) write with: mail bodies and
 * subjects, and pages. Depends on: base/buf, base/tr, base/date, base/net, base/utf8.
 *
 * Text of the template and of translators is written as it is. What comes through a
 * hole may be a stranger's: control characters are dropped (TAB is a blank), malformed
 * UTF-8 becomes U+FFFD, characters that reorder or hide text become their name, as
 * "[U+202E]". A body keeps line feeds. A header is one line whatever is in it: each run
 * of controls becomes one blank. Numbers and dates look the same in all languages:
 * Western digits, ISO dates, UTC. The first error sticks; later calls do nothing, and
 * the page returns it.
 *
 * In a page (html) all of it, translations too, is escaped so that it is one text or one
 * quoted value; strangers' words inside a sentence stand in <bdi>. */
#pragma once
#include "base/buf.h"
#include "base/net.h"
#include "base/opt.h"
#include "base/tr.h"

struct textout {
	struct buf *out;
	enum lang lang;
	bool header;
	bool html;
	bool bare; /* html: a sentence stands where no markup can */
	int err;
};

/* Where a link or form leads: a path of ours. Made by the functions of web/url.h only. */
struct url {
	struct str path;
};

/* An <svg>, whole and escaped. Made by svg_picture of fmt/svg.h only. */
struct picture {
	struct str markup;
};

/* A sentence that was made before its place was known. Made by text_say, text_both and
 * text_plain only. */
struct sentence {
	struct str text;
	bool html; /* it is escaped: for the text of a page */
};

enum text_kind {
	TEXT_STR,
	TEXT_MSG,
	TEXT_INT,
	TEXT_DATE,
	TEXT_MINUTE,
	TEXT_DAY,
	TEXT_ADDR,
	TEXT_NET
};

/* One {name} of a translated sentence. */
struct text_arg {
	const char *name;
	enum text_kind kind;
	struct str s;	/* TEXT_STR, TEXT_MSG */
	int64_t n;	/* TEXT_INT, TEXT_DATE, TEXT_DAY */
	struct net net; /* TEXT_ADDR, TEXT_NET */
};

/* n bytes of the template itself. */
void text_lit(struct textout *o, const char *p, size_t n);
/* Holes. NULL or absent writes nothing. */
void text_str(struct textout *o, struct str s);
void text_cstr(struct textout *o, const char *z);
void text_int(struct textout *o, int64_t n);
void text_date(struct textout *o, int64_t time);   /* "2026-06-01 10:20:30 UTC" */
void text_minute(struct textout *o, int64_t time); /* "2026-06-01 10:20" */
void text_day(struct textout *o, int64_t day);	   /* days since 1970: "2026-06-01" */
void text_addr(struct textout *o, struct ip ip);
void text_net(struct textout *o, struct net net);
void text_url(struct textout *o, struct url url);
/* Of a page only. An absent one writes nothing. */
void text_picture(struct textout *o, struct picture p);
/* A text that a table marks with N_(), in the reader's language. */
void text_msg(struct textout *o, const char *msgid);

/* Translated sentences; {name} is replaced by the argument of that name. */
void text_tr(
	struct textout *o, const char *msgid, const struct text_arg *args, size_t n_args);
void text_trc(struct textout *o, const char *ctx, const char *msgid,
	const struct text_arg *args, size_t n_args);
void text_trn(struct textout *o, const char *msgid, const char *plural, int64_t n,
	const struct text_arg *args, size_t n_args);

/* In the arena, for the text of a page or as one line of plain text. */
struct sentence text_say(struct arena *a, enum lang lang, bool html, const char *msgid,
	const struct text_arg *args, size_t n_args);
/* One behind the other, made for the same place. */
struct sentence text_both(struct arena *a, struct sentence first, struct sentence then);
/* Anybody's words, as they are. */
struct sentence text_plain(struct str s);
void text_sentence(struct textout *o, struct sentence s);

struct text_arg text_arg_str(const char *name, struct str s);
struct text_arg text_arg_cstr(const char *name, const char *z);
struct text_arg text_arg_msg(const char *name, const char *msgid);
struct text_arg text_arg_int(const char *name, int64_t n);
struct text_arg text_arg_date(const char *name, int64_t time);
struct text_arg text_arg_minute(const char *name, int64_t time);
struct text_arg text_arg_day(const char *name, int64_t day);
struct text_arg text_arg_addr(const char *name, struct ip ip);
struct text_arg text_arg_net(const char *name, struct net net);

/* A hole without a formatter takes text, in either of its two forms; else gcc says no. */
#define text_put(o, x)                                                                   \
	_Generic((x), struct str : text_str, const char * : text_cstr)(o, x)
#define text_arg_put(name, x)                                                            \
	_Generic((x), struct str : text_arg_str, const char * : text_arg_cstr)(name, x)

/* For {% show %}: where the struct is, whether x is it or leads to it. */
#define text_at(type, x)                                                                 \
	_Generic((x), type: &(x), default: (x))

/* What {% if %} means: a number not 0, a text not empty, a value that is there. */
static inline bool text_true_int(int64_t n)
{
	return n != 0;
}
static inline bool text_true_uint(uint64_t n)
{
	return n != 0;
}
static inline bool text_true_str(struct str s)
{
	return s.n != 0;
}
static inline bool text_true_cstr(const char *z)
{
	return z && *z;
}
static inline bool text_true_opt(struct opt_int o)
{
	return o.has;
}
/* clang-format off */
#define text_true(x) _Generic((x), \
	bool: text_true_uint, uint8_t: text_true_uint, uint16_t: text_true_uint, \
	unsigned: text_true_uint, unsigned long: text_true_uint, \
	int: text_true_int, long: text_true_int, \
	struct str: text_true_str, const char *: text_true_cstr, \
	struct opt_int: text_true_opt)(x)
/* clang-format on */

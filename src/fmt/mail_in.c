/* SPDX-License-Identifier: Apache-2.0
 * mail_in.c - reads a mail as it came: see mail_in.h. Depends on: base, GMime.
 *
 * GMime finds the parts and undoes their encoding; what they say is read in
 * mail_report.c. It reads lists of addresses by recursion and ends with a full stack in
 * a deep one, and takes much memory for many headers: such mails are refused before. */
#include "fmt/mail_in.h"

#include "base/lib.h"

#include "fmt/mail_report.h"

#include <gmime/gmime.h>

#define CALLS(X)                                                                         \
	X(g_mime_content_type_is_type)                                                   \
	X(g_mime_data_wrapper_get_stream)                                                \
	X(g_mime_data_wrapper_write_to_stream)                                           \
	X(g_mime_header_get_raw_value)                                                   \
	X(g_mime_header_list_get_header)                                                 \
	X(g_mime_init)                                                                   \
	X(g_mime_message_get_message_id)                                                 \
	X(g_mime_message_get_mime_part)                                                  \
	X(g_mime_message_part_get_message)                                               \
	X(g_mime_message_part_get_type)                                                  \
	X(g_mime_multipart_get_count)                                                    \
	X(g_mime_multipart_get_part)                                                     \
	X(g_mime_multipart_get_type)                                                     \
	X(g_mime_object_get_content_type)                                                \
	X(g_mime_object_get_header_list)                                                 \
	X(g_mime_parser_construct_message)                                               \
	X(g_mime_parser_new_with_stream)                                                 \
	X(g_mime_part_get_content)                                                       \
	X(g_mime_part_get_type)                                                          \
	X(g_mime_stream_length)                                                          \
	X(g_mime_stream_mem_get_byte_array)                                              \
	X(g_mime_stream_mem_new)                                                         \
	X(g_mime_stream_mem_new_with_buffer)                                             \
	X(g_object_unref)                                                                \
	X(g_type_check_instance_is_a)
LIB_FIND(CALLS);

#define COLONS_MAX 500	   /* of an address header: groups in groups */
#define FIELDS_MAX 2000	   /* headers of a mail */
#define WORDS_MAX  KIB(64) /* of a bounce that is looked at */
#define PART_MAX   MIB(1)  /* a part that is looked into */

int mail_in_begin(struct why *why)
{
	int r = lib_open("libgmime-3.0.so.0", calls, N(calls), why);
	if (r == 0)
		lib.g_mime_init();
	return r;
}

/* GMime's own macros would call the library by name. */
static bool is_a(GMimeObject *o, GType type)
{
	return lib.g_type_check_instance_is_a((GTypeInstance *)o, type);
}

/* ---- what GMime must not see ---- */

static bool is_address_header(struct str line)
{
	static const char *const names[] = { "to", "cc", "bcc", "from", "sender",
		"reply-to", "resent-to", "resent-cc", "resent-bcc", "resent-from",
		"resent-sender", "disposition-notification-to", "mail-followup-to" };
	struct str name = str_trim(str_to(line, str_find(line, ':')));
	for (size_t i = 0; i < N(names); i++)
		if (str_eq_nocase(name, str_c(names[i])))
			return true;
	return false;
}

static size_t colons(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == ':';
	return n;
}

/* The whole mail, because mails stand in mails. A line that begins with a blank may be
 * more of the header before it. */
static int refuse_bombs(struct str mail, struct why *why)
{
	struct str line;
	size_t header = 0, fields = 0, all = 0, deep = 0;
	bool top = true, address = false;
	while (mail.n > 0 && str_split(&mail, '\n', &line)) {
		bool more = line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t');
		header = more ? header + line.n : line.n;
		address = more ? address : is_address_header(line);
		deep = address ? (more ? deep : 0) + colons(line) : 0;
		top = top && str_trim(line).n > 0;
		fields += top && !more;
		all += top ? line.n : 0;
		if (deep > COLONS_MAX)
			return fail(why, E_TOO_BIG, "addresses in groups in groups");
		if (top &&
			(header > LIMIT_MAIL_HEADER || all > LIMIT_MAIL_HEADERS ||
				fields > FIELDS_MAX))
			return fail(why, E_TOO_BIG, "too many headers, or too long ones");
	}
	return 0;
}

/* ---- parts ---- */

struct walk {
	struct arena *a;
	struct mail_facts *m;
	struct buf words; /* plain text, for bounces in words */
	bool status;	  /* there was a message/delivery-status */
	bool disposition; /* or a note that somebody read it */
	int parts;
};

/* What a part holds, decoded; empty when there is too much. */
static struct str content_of(struct arena *a, GMimePart *part)
{
	GMimeDataWrapper *c = lib.g_mime_part_get_content(part);
	GMimeStream *raw = c ? lib.g_mime_data_wrapper_get_stream(c) : NULL;
	gint64 n = raw ? lib.g_mime_stream_length(raw) : -1;
	if (n < 0 || n > (gint64)PART_MAX)
		return S("");
	GMimeStream *to = lib.g_mime_stream_mem_new();
	struct str s = S("");
	if (lib.g_mime_data_wrapper_write_to_stream(c, to) >= 0) {
		GByteArray *b = lib.g_mime_stream_mem_get_byte_array(
			(GMimeStreamMem *)to);
		if (b->len > 0)
			s = str_dup(a, (struct str){ (const char *)b->data, b->len });
	}
	lib.g_object_unref(to);
	return s;
}

static void take_words(struct walk *w, struct str text)
{
	size_t room = WORDS_MAX - w->words.n;
	(void)!buf_add(&w->words, str_to(text, room));
}

static void about(struct walk *w, struct str id)
{
	if (w->m->about.n == 0 && id.n)
		w->m->about = id;
}

static void on_part(struct walk *w, GMimeObject *o)
{
	GMimeContentType *t = lib.g_mime_object_get_content_type(o);
	GMimePart *part = (GMimePart *)o;
	if (lib.g_mime_content_type_is_type(t, "message", "delivery-status")) {
		w->status = true;
		mail_status_read(w->a, content_of(w->a, part), w->m);
	} else if (lib.g_mime_content_type_is_type(
			   t, "message", "disposition-notification")) {
		struct str of = mail_header(
			w->a, content_of(w->a, part), "Original-Message-ID");
		w->disposition = true;
		about(w, mail_id(w->a, of.p ? of : S("")));
	} else if (lib.g_mime_content_type_is_type(t, "text", "rfc822-headers")) {
		struct str id = mail_header(w->a, content_of(w->a, part), "Message-ID");
		about(w, mail_id(w->a, id.p ? id : S("")));
	} else if (lib.g_mime_content_type_is_type(t, "text", "plain")) {
		take_words(w, content_of(w->a, part));
	}
}

static int visit(struct walk *w, GMimeObject *o, int depth, struct why *why)
{
	int r = 0;
	if (o == NULL)
		return 0;
	if (++w->parts > LIMIT_MAIL_PARTS)
		return fail(why, E_TOO_BIG, "over %d parts", LIMIT_MAIL_PARTS);
	if (depth > LIMIT_MAIL_DEPTH)
		return fail(why, E_TOO_BIG, "parts in parts, %d deep", LIMIT_MAIL_DEPTH);
	if (is_a(o, lib.g_mime_multipart_get_type())) {
		GMimeMultipart *m = (GMimeMultipart *)o;
		int n = lib.g_mime_multipart_get_count(m);
		for (int i = 0; i < n && r == 0; i++)
			r = visit(w, lib.g_mime_multipart_get_part(m, i), depth + 1, why);
	} else if (is_a(o, lib.g_mime_message_part_get_type())) {
		/* The mail that came back: its name is enough. */
		GMimeMessage *m = lib.g_mime_message_part_get_message(
			(GMimeMessagePart *)o);
		const char *id = m ? lib.g_mime_message_get_message_id(m) : NULL;
		about(w, mail_id(w->a, id ? str_c(id) : S("")));
	} else if (is_a(o, lib.g_mime_part_get_type())) {
		on_part(w, o);
	}
	return r;
}

/* ---- the mail ---- */

static struct str head_of(struct arena *a, GMimeMessage *m, const char *name)
{
	GMimeHeader *h = lib.g_mime_header_list_get_header(
		lib.g_mime_object_get_header_list((GMimeObject *)m), name);
	const char *raw = h ? lib.g_mime_header_get_raw_value(h) : NULL;
	return raw ? mail_clean(a, str_c(raw), MAIL_TEXT) : S("");
}

static bool holds(struct str s, const char *word)
{
	struct str w = str_c(word);
	for (size_t i = 0; i + w.n <= s.n; i++)
		if (str_eq_nocase((struct str){ s.p + i, w.n }, w))
			return true;
	return false;
}

static bool by_a_mail_server(struct arena *a, GMimeMessage *m, const struct mail_facts *f)
{
	struct str path = head_of(a, m, "Return-Path");
	return holds(f->from, "mailer-daemon") || holds(f->from, "postmaster") ||
		holds(f->from, "mail delivery sub") || str_eq(path, S("<>")) ||
		head_of(a, m, "X-Failed-Recipients").n > 0;
}

static int read_message(
	struct arena *a, GMimeMessage *msg, struct why *why, struct mail_facts *m)
{
	struct walk w = { .a = a, .m = m, .words = buf_in(a, WORDS_MAX + 1) };
	struct str id = head_of(a, msg, "Message-ID");
	struct str automatic = head_of(a, msg, "Auto-Submitted");
	m->from = head_of(a, msg, "From");
	m->subject = head_of(a, msg, "Subject");
	m->message_id = mail_id(a, id);
	m->about = m->envid = S("");
	int r = visit(&w, lib.g_mime_message_get_mime_part(msg), 0, why);
	if (r < 0)
		return r;
	bool answered = w.disposition || holds(automatic, "auto-replied") ||
		holds(head_of(a, msg, "Precedence"), "auto_reply") ||
		head_of(a, msg, "X-Autoreply").n > 0;
	if (w.status && m->n > 0)
		m->kind = MAIL_REPORT;
	else if (!w.disposition && by_a_mail_server(a, msg, m))
		m->kind = MAIL_BOUNCE;
	else if (answered)
		m->kind = MAIL_AUTO;
	if (m->kind == MAIL_BOUNCE) {
		m->v = arena_array(a, 1, sizeof(*m->v));
		m->n = 1;
		mail_bounce_read(a, buf_str(&w.words), &m->v[0]);
	}
	if (m->kind != MAIL_OTHER && m->kind != MAIL_AUTO)
		about(&w, mail_id_in(a, buf_str(&w.words)));
	else
		about(&w, mail_id(a, head_of(a, msg, "In-Reply-To")));
	return 0;
}

int mail_in_read(
	struct arena *a, struct str bytes, struct why *why, struct mail_facts *ret)
{
	struct mail_facts m = { 0 };
	if (bytes.n > LIMIT_MAIL)
		return fail(why, E_TOO_BIG, "the mail is over %zu MiB", LIMIT_MAIL >> 20);
	int r = refuse_bombs(bytes, why);
	if (r < 0)
		return r;
	GMimeStream *s = lib.g_mime_stream_mem_new_with_buffer(bytes.p, bytes.n);
	GMimeParser *parser = lib.g_mime_parser_new_with_stream(s);
	GMimeMessage *msg = lib.g_mime_parser_construct_message(parser, NULL);
	r = msg ? read_message(a, msg, why, &m) : fail(why, E_SYNTAX, "this is no mail");
	if (msg)
		lib.g_object_unref(msg);
	lib.g_object_unref(parser);
	lib.g_object_unref(s);
	if (r == 0)
		*ret = m;
	return r;
}

/* SPDX-License-Identifier: Apache-2.0
 * unpack.c - what is inside a received file: see unpack.h. Here: telling formats apart,
 * the limits, plain files. Depends on: fmt/unpack_int. */
#include "base/utf8.h"
#include "fmt/unpack_int.h"

#include <inttypes.h>
#include <stdio.h>

#define SNIFF_BYTES 512

const struct unpack_limits unpack_limits_feed = { LIMIT_UNPACKED_FEED,
	LIMIT_ARCHIVE_ENTRIES, 200, MIB(8) };

static const struct magic {
	const char *bytes;
	uint8_t n, at;
	uint8_t format; /* enum unpack_format */
	const char *what;
} magics[] = {
	{ "\x1f\x8b\x08", 3, 0, UNPACK_GZIP, "gzip" },
	{ "\x28\xb5\x2f\xfd", 4, 0, UNPACK_ZSTD, "zstd" },
	{ "PK\x03\x04", 4, 0, UNPACK_ZIP, "zip" },
	{ "PK\x05\x06", 4, 0, UNPACK_ZIP, "zip" },
	{ "PK\x07\x08PK", 6, 0, UNPACK_ZIP, "zip" },
	{ "\xfd\x37zXZ\x00", 6, 0, UNPACK_FOREIGN, "xz" },
	{ "7z\xbc\xaf\x27\x1c", 6, 0, UNPACK_FOREIGN, "7z" },
	{ "Rar!\x1a\x07", 6, 0, UNPACK_FOREIGN, "rar" },
	{ "\x04\x22\x4d\x18", 4, 0, UNPACK_FOREIGN, "lz4" },
	{ "\x1f\x9d\x90", 3, 0, UNPACK_FOREIGN, "compress" },
	{ "%PDF-", 5, 0, UNPACK_FOREIGN, "PDF" },
	{ "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, 0, UNPACK_FOREIGN, "old Excel or Word" },
	{ "1AY&SY", 6, 4, UNPACK_FOREIGN, "bzip2" },
	{ "ustar", 5, 0, UNPACK_PLAIN,
		"" }, /* a text that begins so; tar has it at 257 */
};

enum unpack_format unpack_sniff(struct str first, const char **ret_what)
{
	*ret_what = "";
	for (size_t i = 0; i < N(magics); i++) {
		const struct magic *m = &magics[i];
		if (str_starts(str_from(first, m->at), (struct str){ m->bytes, m->n })) {
			*ret_what = m->what;
			return (enum unpack_format)m->format;
		}
	}
	/* Skippable frames may come before zstd's first real one. */
	if (first.n >= 4 && ((uint8_t)first.p[0] & 0xf0) == 0x50 &&
		str_starts(str_from(first, 1), S("\x2a\x4d\x18"))) {
		*ret_what = "zstd";
		return UNPACK_ZSTD;
	}
	if (str_starts(str_from(first, 257), S("ustar"))) {
		*ret_what = "tar";
		return UNPACK_FOREIGN;
	}
	return UNPACK_PLAIN;
}

int unpack_fill(struct unpack *u, size_t n)
{
	if (u->in_n - u->in_at >= n || u->in_end)
		return 0;
	memmove(u->in, u->in + u->in_at, u->in_n - u->in_at);
	u->in_n -= u->in_at;
	u->in_at = 0;
	while (u->in_n < n && !u->in_end) {
		int64_t got = u->src->read(
			u->src->ctx, u->in + u->in_n, UNPACK_CHUNK - u->in_n, u->why);
		if (got < 0) {
			u->stopped = true;
			return (int)got;
		}
		u->in_end = got == 0;
		u->in_n += (size_t)got;
		u->in_bytes += (uint64_t)got;
	}
	return 0;
}

struct str unpack_window(const struct unpack *u)
{
	return (struct str){ u->in + u->in_at, u->in_n - u->in_at };
}

int unpack_seek(struct unpack *u, int64_t to)
{
	int r = u->src->seek(u->src->ctx, to, u->why);
	u->stopped = u->stopped || r < 0;
	u->in_at = u->in_n = 0;
	u->in_end = false;
	return r;
}

void unpack_note(struct unpack *u, const char *fmt, ...)
{
	char text[240];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n > 0 && u->sink->note)
		u->sink->note(u->sink->ctx, str_c(text));
}

/* The part after the last slash of either kind; folders end with one, which does not
 * count. */
static struct str base_name(struct str path)
{
	while (path.n > 0 && (path.p[path.n - 1] == '/' || path.p[path.n - 1] == '\\'))
		path.n--;
	size_t slash = str_rfind(path, '/');
	if (slash < path.n)
		path = str_from(path, slash + 1);
	slash = str_rfind(path, '\\');
	return slash < path.n ? str_from(path, slash + 1) : path;
}

static struct str shown(struct unpack *u, struct str s, size_t max)
{
	return str_dup(u->arena, utf8_cut(utf8_escape(u->arena, str_to(s, max)), max));
}

int unpack_begin(struct unpack *u, struct str path, enum unpack_kind kind)
{
	struct unpack_member m = { .kind = kind };
	if (u->entries++ >= u->limits->entries)
		return fail(u->why, E_TOO_BIG,
			"more than %" PRIu32 " members: the rest was not read",
			u->limits->entries);
	m.name = shown(u, base_name(path), LIMIT_NAME);
	m.path = shown(u, path, UNPACK_PATH_MAX);
	if (str_empty(m.name)) {
		char number[24];
		(void)snprintf(number, sizeof(number), "member-%" PRIu32, u->entries);
		m.name = str_dup(u->arena, str_c(number));
	}
	u->member = 0;
	u->member_in = u->in_bytes -
		u->in_n; /* the decoder may not have used its last block */
	int r = u->sink->begin(u->sink->ctx, &m, u->why);
	u->stopped = u->stopped || r < 0;
	return r;
}

static int check_limits(struct unpack *u, struct why *m)
{
	const struct unpack_limits *l = u->limits;
	uint64_t in = u->in_bytes - (u->in_n - u->in_at) - u->member_in;
	if (u->src->size >= 0 && in > (uint64_t)u->src->size)
		in = (uint64_t)u->src
			     ->size; /* a zip may send us over the same bytes again */
	if (u->member > l->bytes || u->total > l->bytes) {
		u->whole_limit = u->total > l->bytes;
		return fail(
			m, E_TOO_BIG, "unpacks to more than %" PRIu64 " bytes", l->bytes);
	}
	if (u->member > l->ratio_free && u->member / l->ratio > in)
		return fail(m, E_TOO_BIG,
			"unpacks to more than %" PRIu32 " times its size", l->ratio);
	return 0;
}

int unpack_bytes(struct unpack *u, struct why *m, struct str bytes)
{
	const char *what;
	if (bytes.n == 0)
		return 0;
	if (u->member == 0 && unpack_sniff(bytes, &what) != UNPACK_PLAIN)
		return fail(m, E_UNSUPPORTED,
			"holds a %s file, which is not opened: unpack it first", what);
	u->member += bytes.n;
	u->total += bytes.n;
	int r = check_limits(u, m);
	if (r < 0)
		return r;
	r = u->sink->bytes(u->sink->ctx, bytes, u->why);
	u->stopped = u->stopped || r < 0;
	return r;
}

int unpack_end(struct unpack *u, int err, const struct why *m)
{
	if (u->stopped)
		return err;
	int r = u->sink->end(u->sink->ctx, err, err < 0 ? str_c(m->text) : S(""), u->why);
	u->stopped = r < 0;
	return r;
}

static int unpack_plain(struct unpack *u, struct why *m)
{
	for (;;) {
		int r = unpack_fill(u, SNIFF_BYTES);
		struct str s = unpack_window(u);
		if (r < 0 || s.n == 0)
			return r;
		u->in_at = u->in_n;
		r = unpack_bytes(u, m, s);
		if (r < 0)
			return r;
	}
}

static struct str without_suffix(struct str name)
{
	static const char *const suffixes[] = { ".gz", ".gzip", ".zst", ".zstd" };
	for (size_t i = 0; i < N(suffixes); i++) {
		struct str end = str_c(suffixes[i]);
		if (name.n > end.n && str_eq_nocase(str_from(name, name.n - end.n), end))
			return str_to(name, name.n - end.n);
	}
	return name;
}

static int unpack_single(struct unpack *u, struct str name, enum unpack_format format)
{
	struct why m = { 0 };
	int r = unpack_begin(u, without_suffix(base_name(name)), UNPACK_FILE);
	if (r < 0)
		return r;
	if (format == UNPACK_GZIP)
		r = unpack_gzip(u, &m);
	else if (format == UNPACK_ZSTD)
		r = unpack_zstd(u, &m);
	else
		r = unpack_plain(u, &m);
	return unpack_end(u, r, &m);
}

static bool ends_nocase(struct str s, struct str end)
{
	return s.n >= end.n && str_eq_nocase(str_from(s, s.n - end.n), end);
}

int unpack_run(struct arena *a, const struct unpack_src *src,
	const struct unpack_sink *sink, struct str name,
	const struct unpack_limits *limits, struct why *why)
{
	struct unpack u = {
		.arena = a, .src = src, .sink = sink, .limits = limits, .why = why
	};
	const char *what;
	u.in = arena_alloc(a, UNPACK_CHUNK);
	u.out = arena_alloc(a, UNPACK_CHUNK);
	int r = unpack_fill(&u, SNIFF_BYTES);
	if (r < 0)
		return r;
	enum unpack_format format = unpack_sniff(unpack_window(&u), &what);
	if (format == UNPACK_PLAIN && ends_nocase(name, S(".zip"))) {
		/* Something before the archive, such as a program that unpacks it. Only a
		 * name lets us look: else a table that ends in such bytes would lose its
		 * rows. */
		bool zip;
		r = unpack_zip_tail(&u, &zip);
		if (r < 0)
			return r;
		format = zip ? UNPACK_ZIP : UNPACK_PLAIN;
	}
	return format == UNPACK_ZIP ? unpack_zip(&u) : unpack_single(&u, name, format);
}

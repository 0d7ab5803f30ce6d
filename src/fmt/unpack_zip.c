/* SPDX-License-Identifier: Apache-2.0
 * unpack_zip.c - the members of a zip file. Depends on: fmt/unpack_int, libarchive.
 *
 * Read by its index where the source can seek: the index knows links, survives bytes
 * before the first member, and steps over a member that is too big without unpacking it.
 * Else, or when the index is damaged, from front to back. */
#include "fmt/unpack_int.h"

#include "base/lib.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>

#define CALLS(X)                                                                         \
	X(archive_entry_filetype)                                                        \
	X(archive_entry_hardlink)                                                        \
	X(archive_entry_is_encrypted)                                                    \
	X(archive_entry_pathname)                                                        \
	X(archive_error_string)                                                          \
	X(archive_format_name)                                                           \
	X(archive_read_data)                                                             \
	X(archive_read_free)                                                             \
	X(archive_read_new)                                                              \
	X(archive_read_next_header)                                                      \
	X(archive_read_open1)                                                            \
	X(archive_read_set_callback_data)                                                \
	X(archive_read_set_read_callback)                                                \
	X(archive_read_set_seek_callback)                                                \
	X(archive_read_support_format_zip_seekable)                                      \
	X(archive_read_support_format_zip_streamable)                                    \
	X(archive_set_error)
LIB_FIND(CALLS);

#define END_RECORD 22 /* the shortest end of central directory record */

struct zip {
	struct unpack *u;
	struct archive *a;
	int64_t pos; /* where the source stands */
	bool indexed;
	bool any; /* a member was found */
	int err;  /* of the source */
};

static la_ssize_t on_read(struct archive *a, void *ctx, const void **ret)
{
	struct zip *z = ctx;
	struct unpack *u = z->u;
	/* Whole blocks: some of the library's decoders fail on what trickles in. */
	z->err = unpack_fill(u, UNPACK_CHUNK);
	if (z->err < 0) {
		lib.archive_set_error(a, EIO, "the source failed");
		return -1;
	}
	struct str s = unpack_window(u);
	u->in_at = u->in_n;
	z->pos += (int64_t)s.n;
	*ret = s.p;
	return (la_ssize_t)s.n;
}

static la_int64_t on_seek(struct archive *a, void *ctx, la_int64_t offset, int whence)
{
	struct zip *z = ctx;
	int64_t from = whence == SEEK_SET ? 0
		: whence == SEEK_CUR	  ? z->pos
					  : z->u->src->size;
	int64_t to;
	if (__builtin_add_overflow(from, offset, &to) || to < 0 || to > z->u->src->size) {
		lib.archive_set_error(a, EINVAL, "a place outside the file");
		return ARCHIVE_FATAL;
	}
	z->err = unpack_seek(z->u, to);
	if (z->err < 0) {
		lib.archive_set_error(a, EIO, "the source failed");
		return ARCHIVE_FATAL;
	}
	z->pos = to;
	return to;
}

static const char *text_of(struct archive *a)
{
	const char *text = lib.archive_error_string(a);
	return text ? text : "no reason given";
}

static int copy_member(struct zip *z, struct why *m)
{
	struct unpack *u = z->u;
	for (;;) {
		la_ssize_t n = lib.archive_read_data(z->a, u->out, UNPACK_CHUNK);
		if (z->err < 0)
			return z->err;
		if (n < 0)
			return fail(m, E_SYNTAX, "cannot be unpacked: %s", text_of(z->a));
		if (n == 0)
			return 0;
		int r = unpack_bytes(u, m, (struct str){ u->out, (size_t)n });
		if (r < 0)
			return r;
	}
}

static enum unpack_kind kind_of(struct archive_entry *e)
{
	__LA_MODE_T type = lib.archive_entry_filetype(e);
	if (lib.archive_entry_hardlink(e) || type == AE_IFLNK)
		return UNPACK_LINK;
	if (type == AE_IFDIR)
		return UNPACK_FOLDER;
	return type == AE_IFREG || type == 0 ? UNPACK_FILE : UNPACK_OTHER;
}

/* Why this member is not opened, or NULL when it is. */
static const char *not_opened(
	struct archive_entry *e, struct str path, enum unpack_kind kind)
{
	if (kind == UNPACK_FOLDER)
		return "a folder";
	if (kind == UNPACK_LINK)
		return "a link: links are not followed";
	if (kind != UNPACK_FILE)
		return "not a regular file";
	if (str_starts(path, S("__MACOSX/")))
		return "a side file of macOS, without rows";
	if (lib.archive_entry_is_encrypted(e))
		return "encrypted: unpack it with its password and import what is inside";
	return NULL;
}

/* Stored or deflated, as nearly all zip files are. The other decoders take as much memory
 * as five bytes of the file ask for (lzma, ppmd), or are code that no feed needs. */
static bool is_ordinary(struct archive *a)
{
	struct str format = str_c(lib.archive_format_name(a)); /* "ZIP 2.0 (deflation)" */
	return str_ends(format, S("(uncompressed)")) ||
		str_ends(format, S("(deflation)"));
}

static int read_member(struct zip *z, struct archive_entry *e)
{
	struct unpack *u = z->u;
	struct why m = { 0 };
	struct str path = str_c(lib.archive_entry_pathname(e));
	enum unpack_kind kind = kind_of(e);
	/* Workbooks and text documents are zip files too; their parts are no tables. */
	if (!z->any &&
		(str_eq(path, S("[Content_Types].xml")) || str_eq(path, S("mimetype"))))
		return fail(u->why, E_UNSUPPORTED,
			"this is an office document, not an archive: save the sheet as "
			"CSV");
	z->any = true;
	int r = unpack_begin(u, path, kind);
	if (r < 0)
		return r;
	const char *no = not_opened(e, path, kind);
	bool odd = no == NULL && !is_ordinary(z->a);
	if (odd)
		no = "packed in a way that is not opened: make an ordinary zip";
	r = no ? fail(&m, E_UNSUPPORTED, "%s", no) : copy_member(z, &m);
	if (u->stopped)
		return r;
	int ended = unpack_end(u, r, &m);
	if (ended < 0)
		return ended;
	/* Without an index the next member is found only by unpacking this one to its
	 * end. */
	if ((r == E_TOO_BIG && (u->whole_limit || !z->indexed)) || (odd && !z->indexed))
		return fail(u->why, r, "%s; the rest was not read", m.text);
	return 0;
}

static int walk(struct zip *z)
{
	struct unpack *u = z->u;
	struct archive_entry *e;
	for (;;) {
		int ar = lib.archive_read_next_header(z->a, &e);
		if (u->stopped)
			return z->err;
		if (ar == ARCHIVE_EOF)
			return 0;
		if (ar < ARCHIVE_WARN)
			return fail(z->any ? u->why : NULL, E_SYNTAX,
				"the zip file is damaged: %s", text_of(z->a));
		int r = read_member(z, e);
		if (r < 0)
			return r;
	}
}

static int open_and_walk(struct zip *z)
{
	struct archive *a = z->a;
	int ar = z->indexed ? lib.archive_read_support_format_zip_seekable(a)
			    : lib.archive_read_support_format_zip_streamable(a);
	if (ar == ARCHIVE_OK)
		ar = lib.archive_read_set_read_callback(a, on_read);
	if (ar == ARCHIVE_OK && z->indexed)
		ar = lib.archive_read_set_seek_callback(a, on_seek);
	if (ar == ARCHIVE_OK)
		ar = lib.archive_read_set_callback_data(a, z);
	if (ar == ARCHIVE_OK)
		ar = lib.archive_read_open1(a);
	if (z->u->stopped)
		return z->err;
	return ar == ARCHIVE_OK ? walk(z) : E_SYNTAX;
}

/* E_SYNTAX with *ret_any false: not one member was found, u->why is not set. */
static int pass(struct unpack *u, bool indexed, bool *ret_any)
{
	struct zip z = { .u = u, .indexed = indexed };
	if (u->src->size >= 0) {
		int r = unpack_seek(u, 0);
		if (r < 0)
			return r;
	}
	z.a = lib.archive_read_new();
	if (z.a == NULL)
		return fail(u->why, E_SYS, "no memory for zip");
	int r = open_and_walk(&z);
	*ret_any = z.any;
	(void)lib.archive_read_free(z.a);
	return r;
}

int unpack_ready(struct why *why)
{
	return lib_open("libarchive.so.13", calls, N(calls), why);
}

int unpack_zip(struct unpack *u)
{
	bool any = false;
	int r = unpack_ready(u->why);
	if (r < 0)
		return r;
	r = E_SYNTAX;
	if (u->src->size >= 0)
		r = pass(u, true, &any);
	if (r != E_SYNTAX || any || u->stopped)
		return r;
	if (u->src->size >= 0)
		unpack_note(
			u, "the zip file's index is damaged: read from front to back");
	r = pass(u, false, &any);
	if (r == E_SYNTAX && !any && !u->stopped)
		return fail(u->why, E_SYNTAX, "the zip file is damaged or cut short");
	return r;
}

static uint32_t le(const char *p, int bytes)
{
	uint32_t v = 0;
	for (int i = bytes; i-- > 0;)
		v = v << 8 | (uint8_t)p[i];
	return v;
}

/* Where in the file's last bytes the last end record stands, or tail.n. Junk may follow
 * it. */
static size_t end_record(struct str tail)
{
	for (size_t at = tail.n >= END_RECORD ? tail.n - END_RECORD + 1 : 0; at-- > 0;) {
		struct str s = str_from(tail, at);
		if (str_starts(s, S("PK\x05\x06")) && le(s.p + 20, 2) <= s.n - END_RECORD)
			return at;
	}
	return tail.n;
}

int unpack_zip_tail(struct unpack *u, bool *ret)
{
	*ret = false;
	int64_t size = u->src->size;
	if (size < END_RECORD)
		return 0;
	int64_t from = size > (int64_t)UNPACK_CHUNK ? size - (int64_t)UNPACK_CHUNK : 0;
	int r = unpack_seek(u, from);
	if (r == 0)
		r = unpack_fill(u, UNPACK_CHUNK);
	if (r < 0)
		return r;
	struct str tail = unpack_window(u);
	size_t at = end_record(tail);
	int64_t index = -1;
	if (at < tail.n)
		index = from + (int64_t)at - (int64_t)le(tail.p + at + 12, 4);
	if (index >= 0) {
		r = unpack_seek(u, index);
		if (r == 0)
			r = unpack_fill(u, 4);
		if (r < 0)
			return r;
		*ret = str_starts(unpack_window(u), S("PK\x01\x02"));
	}
	return unpack_seek(u, 0);
}

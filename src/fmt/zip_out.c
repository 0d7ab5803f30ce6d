/* SPDX-License-Identifier: Apache-2.0
 * zip_out.c - a zip file in memory: see zip_out.h. Depends on: base, libarchive. */
/* fuzz: writer only */
#include "fmt/zip_out.h"

#include "base/lib.h"
#include "base/limits.h"

#include <archive.h>
#include <archive_entry.h>

#define CALLS(X)                                                                         \
	X(archive_entry_clear)                                                           \
	X(archive_entry_free)                                                            \
	X(archive_entry_new)                                                             \
	X(archive_entry_set_filetype)                                                    \
	X(archive_entry_set_pathname)                                                    \
	X(archive_entry_set_perm)                                                        \
	X(archive_entry_set_size)                                                        \
	X(archive_error_string)                                                          \
	X(archive_write_close)                                                           \
	X(archive_write_data)                                                            \
	X(archive_write_finish_entry)                                                    \
	X(archive_write_free)                                                            \
	X(archive_write_header)                                                          \
	X(archive_write_new)                                                             \
	X(archive_write_open)                                                            \
	X(archive_write_set_bytes_per_block)                                             \
	X(archive_write_set_format_zip)
LIB_FIND(CALLS);

struct sink {
	struct buf *out;
	int err;
};

/* Never fails: libarchive leaks when its output does. What does not fit is dropped, and
 * zip_write says so. */
static la_ssize_t on_write(struct archive *a, void *ctx, const void *p, size_t n)
{
	struct sink *s = ctx;
	(void)a;
	if (s->err == 0)
		s->err = buf_add(s->out, (struct str){ p, n });
	return (la_ssize_t)n;
}

static bool name_ok(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9');
		if (!word && c != '-' && c != '_' && (c != '.' || i == 0))
			return false;
	}
	return s.n > 0 && s.n <= LIMIT_NAME;
}

static int put_entry(
	struct archive *a, const struct zip_entry *e, struct archive_entry *ae)
{
	char name[LIMIT_NAME + 1];
	memcpy(name, e->name.p, e->name.n);
	name[e->name.n] = '\0';
	lib.archive_entry_clear(ae);
	lib.archive_entry_set_pathname(ae, name);
	lib.archive_entry_set_filetype(ae, AE_IFREG);
	lib.archive_entry_set_perm(ae, 0644);
	lib.archive_entry_set_size(ae, (la_int64_t)e->bytes.n);
	int r = lib.archive_write_header(a, ae);
	struct str s = e->bytes;
	while (r == ARCHIVE_OK && s.n > 0) {
		la_ssize_t n = lib.archive_write_data(a, s.p, s.n);
		if (n <= 0)
			return ARCHIVE_FATAL;
		s = str_from(s, (size_t)n);
	}
	return r == ARCHIVE_OK ? lib.archive_write_finish_entry(a) : r;
}

static int put_all(
	struct archive *a, const struct zip_entry *entries, size_t n, struct sink *s)
{
	struct archive_entry *ae = lib.archive_entry_new();
	int r = ae ? lib.archive_write_set_format_zip(a) : ARCHIVE_FATAL;
	if (r == ARCHIVE_OK)
		r = lib.archive_write_set_bytes_per_block(a, 0);
	if (r == ARCHIVE_OK)
		r = lib.archive_write_open(a, s, NULL, on_write, NULL);
	for (size_t i = 0; i < n && r == ARCHIVE_OK; i++)
		r = put_entry(a, &entries[i], ae);
	if (r == ARCHIVE_OK)
		r = lib.archive_write_close(a);
	lib.archive_entry_free(ae);
	return r;
}

int zip_ready(struct why *why)
{
	return lib_open("libarchive.so.13", calls, N(calls), why);
}

int zip_write(const struct zip_entry *entries, size_t n, struct why *why, struct buf *out)
{
	struct sink s = { .out = out };
	for (size_t i = 0; i < n; i++)
		if (!name_ok(entries[i].name))
			return fail(why, E_SYNTAX, "a zip entry cannot have this name");
	int r = zip_ready(why);
	if (r < 0)
		return r;
	struct archive *a = lib.archive_write_new();
	if (a == NULL)
		return fail(why, E_SYS, "no memory for zip");
	r = put_all(a, entries, n, &s);
	if (s.err < 0)
		(void)fail(why, s.err, "the zip file is larger than %zu bytes",
			out->ceiling);
	else if (r != ARCHIVE_OK)
		s.err = fail(why, E_SYNTAX, "cannot write the zip file: %s",
			lib.archive_error_string(a));
	(void)lib.archive_write_free(a);
	return s.err;
}

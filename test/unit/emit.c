/* SPDX-License-Identifier: Apache-2.0
 * emit.c - not a test by itself: `emit mime` and `emit zip` read a description on stdin
 * and write what the program would, for other people's readers to check. See
 * test/tools/test_out.py.
 *
 * The description is texts as in base/wire (u32 length, bytes) and u32 counts. Ends with
 * 1 and the reason on stderr when the program refuses. */
#include "base/fd.h"
#include "base/wire.h"
#include "fmt/mime_out.h"
#include "fmt/zip_out.h"

#include <stdio.h>
#include <stdlib.h>

static int emit_zip(struct arena *a, struct reader *r, struct why *why, struct buf *out)
{
	uint32_t n = rd_u32(r);
	struct zip_entry *e = arena_array(a, n + 1, sizeof(*e));
	for (uint32_t i = 0; i < n; i++) {
		e[i].name = rd_str(r);
		e[i].bytes = rd_str(r);
	}
	return rd_end(r) < 0 ? E_USAGE : zip_write(e, n, why, out);
}

static struct mime_address address(struct reader *r)
{
	struct mime_address m;
	m.name = rd_str(r);
	m.address = rd_str(r);
	return m;
}

static int emit_mime(struct arena *a, struct reader *r, struct why *why, struct buf *out)
{
	struct mime_message m = { .from = address(r) };
	m.reply_to = address(r);
	m.n_to = rd_u32(r);
	struct mime_address *to = arena_array(a, m.n_to + 1, sizeof(*to));
	for (size_t i = 0; i < m.n_to; i++)
		to[i] = address(r);
	m.to = to;
	m.subject = rd_str(r);
	m.date = rd_i64(r);
	m.message_id = rd_str(r);
	m.language = rd_str(r);
	m.n_extra = rd_u32(r);
	struct mime_header *extra = arena_array(a, m.n_extra + 1, sizeof(*extra));
	for (size_t i = 0; i < m.n_extra; i++) {
		extra[i].name = rd_str(r);
		extra[i].value = rd_str(r);
	}
	m.extra = extra;
	m.text = rd_str(r);
	m.n_attachments = rd_u32(r);
	struct mime_attachment *parts = arena_array(
		a, m.n_attachments + 1, sizeof(*parts));
	for (size_t i = 0; i < m.n_attachments; i++) {
		parts[i].file_name = rd_str(r);
		parts[i].type = rd_str(r);
		parts[i].bytes = rd_str(r);
	}
	m.attachments = parts;
	m.boundary = rd_str(r);
	return rd_end(r) < 0 ? E_USAGE : mime_write(&m, why, out);
}

int main(int argc, char **argv)
{
	AUTO_ARENA a = arena_new(MIB(256), "emit");
	struct buf out = buf_in(&a, MIB(32));
	struct why why = { 0 };
	struct str in;
	int r = fd_read_all(0, &a, MIB(16), &why, &in);
	if (r == 0) {
		struct reader rd = rd_new(in);
		bool zip = argc == 2 && strcmp(argv[1], "zip") == 0;
		r = zip ? emit_zip(&a, &rd, &why, &out) : emit_mime(&a, &rd, &why, &out);
	}
	if (r == 0)
		r = fd_write_all(1, buf_str(&out), &why);
	if (r < 0)
		fprintf(stderr, "%s: %s\n", err_text(r), why.text);
	return r < 0;
}

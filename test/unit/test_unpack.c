/* SPDX-License-Identifier: Apache-2.0
 * test_unpack.c - plain, gzip, zstd and zip: what comes out, what is refused, the limits
 * from both sides. The hostile archives are read in place. */
#include "fmt/unpack.h"
#include "shared.h"
#include "tap.h"

#include <inttypes.h>
#include <locale.h>
#include <openssl/evp.h>
#include <zlib.h>
#include <zstd.h>

struct memory {
	struct str s;
	size_t at, step; /* step: the most one read gives */
};

static int64_t memory_read(void *ctx, char *to, size_t n, struct why *why)
{
	struct memory *m = ctx;
	(void)why;
	if (n > m->step)
		n = m->step;
	if (n > m->s.n - m->at)
		n = m->s.n - m->at;
	memcpy(to, m->s.p + m->at, n);
	m->at += n;
	return (int64_t)n;
}

static int memory_seek(void *ctx, int64_t to, struct why *why)
{
	struct memory *m = ctx;
	(void)why;
	m->at = (size_t)to;
	return 0;
}

/* Writes "name kind err bytes;" for each member, the first bytes as they are. */
struct seen {
	struct buf log;
	uint64_t bytes, most;
	uint32_t sum; /* of all bytes of the member */
	struct str first;
	struct arena *a;
	int notes, refuse_after;
};

static int seen_begin(void *ctx, const struct unpack_member *m, struct why *why)
{
	struct seen *s = ctx;
	(void)why;
	s->bytes = 0;
	s->sum = 0;
	s->first = S("");
	return buf_addf(&s->log, "%.*s %d ", STR(m->name), (int)m->kind);
}

static int seen_bytes(void *ctx, struct str bytes, struct why *why)
{
	struct seen *s = ctx;
	if (s->bytes == 0)
		s->first = str_dup(s->a, str_to(bytes, 12));
	s->bytes += bytes.n;
	s->sum = (uint32_t)crc32(s->sum, (const Bytef *)bytes.p, (uInt)bytes.n);
	if (bytes.n > s->most)
		s->most = bytes.n;
	if (s->refuse_after && s->bytes > (uint64_t)s->refuse_after)
		return fail(why, E_STOPPED, "enough");
	return 0;
}

static int seen_end(void *ctx, int err, struct str reason, struct why *why)
{
	struct seen *s = ctx;
	(void)why;
	if ((err < 0) != (reason.n > 0))
		return buf_add(&s->log, S("REASON? "));
	return buf_addf(&s->log, "%d %" PRIu64 " %.*s;", err, s->bytes, STR(s->first));
}

static void seen_note(void *ctx, struct str text)
{
	struct seen *s = ctx;
	(void)text;
	s->notes++;
}

struct how {
	const char *name;
	bool pipe;
	size_t step;
	const struct unpack_limits *limits;
	int refuse_after;
};

static int run(struct arena *a, struct str file, struct how how, struct seen *ret,
	struct why *why)
{
	struct memory m = { file, 0, how.step ? how.step : KIB(64) };
	*ret = (struct seen){
		.log = buf_in(a, MIB(1)), .a = a, .refuse_after = how.refuse_after
	};
	struct unpack_src src = { &m, how.pipe ? -1 : (int64_t)file.n, memory_read,
		memory_seek };
	struct unpack_sink sink = { ret, seen_begin, seen_bytes, seen_end, seen_note };
	int r = unpack_run(a, &src, &sink, str_c(how.name ? how.name : "a.csv"),
		how.limits ? how.limits : &unpack_limits_feed, why);
	return r;
}

static struct str gz(struct arena *a, struct str s)
{
	z_stream z = { 0 };
	(void)deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
	size_t room = s.n + s.n / 100 + 1024;
	char *p = arena_alloc(a, room), *from = arena_alloc(a, s.n + 1);
	if (s.n)
		memcpy(from, s.p, s.n);
	z.next_in = (Bytef *)from;
	z.avail_in = (uInt)s.n;
	z.next_out = (Bytef *)p;
	z.avail_out = (uInt)room;
	(void)deflate(&z, Z_FINISH);
	size_t n = room - z.avail_out;
	(void)deflateEnd(&z);
	return (struct str){ p, n };
}

static struct str zst(struct arena *a, struct str s)
{
	size_t room = ZSTD_compressBound(s.n);
	char *p = arena_alloc(a, room);
	return (struct str){ p, ZSTD_compress(p, room, s.p, s.n, 3) };
}

static struct str join(struct arena *a, struct str x, struct str y)
{
	struct buf b = buf_in(a, MIB(64));
	if (buf_add(&b, x) < 0 || buf_add(&b, y) < 0)
		abort();
	return buf_str(&b);
}

/* Text that packs about as a feed does, and differs at every place. */
static struct str table(struct arena *a, int rows)
{
	struct buf b = buf_in(a, MIB(64));
	for (int i = 0; i < rows; i++)
		if (buf_addf(&b, "2026-06-01 10:%02d:%02d,192.0.2.%d,%u\n", i / 60 % 60,
			    i % 60, i % 256, (unsigned)i * 2654435761u) < 0)
			abort();
	return buf_str(&b);
}

static void check(struct arena *a, const char *what, struct str file, struct how how,
	int rc, const char *want)
{
	struct seen s;
	struct why why = { 0 };
	int r = run(a, file, how, &s, &why);
	ok(r == rc && (r == 0) == (why.err == 0), "%s: %d (%s)", what, r, why.text);
	is(s.log.p ? s.log.p : "", want, what);
}

static void test_single(struct arena *a)
{
	struct str hello = S("hello,world\n");
	struct str packed = gz(a, hello), zpacked = zst(a, hello);
	check(a, "plain", hello, (struct how){ 0 }, 0, "a.csv 0 0 12 hello,world\n;");
	check(a, "empty", S(""), (struct how){ 0 }, 0, "a.csv 0 0 0 ;");
	check(a, "one byte a read", packed,
		(struct how){ .step = 1, .name = "in/b.csv.GZ" }, 0,
		"b.csv 0 0 12 hello,world\n;");
	check(a, "gzip that is not called so", packed, (struct how){ .name = "b.csv" }, 0,
		"b.csv 0 0 12 hello,world\n;");
	check(a, "plain that is called gzip", hello, (struct how){ .name = "b.csv.gz" },
		0, "b.csv 0 0 12 hello,world\n;");
	check(a, "joined gzip", join(a, packed, packed), (struct how){ .step = 7 }, 0,
		"a.csv 0 0 24 hello,world\n;");
	check(a, "gzip of nothing", gz(a, S("")), (struct how){ 0 }, 0, "a.csv 0 0 0 ;");
	check(a, "gzip cut short", str_to(packed, packed.n - 3), (struct how){ 0 }, 0,
		"a.csv 0 -2 0 ;");
	check(a, "gzip cut in its header", str_to(packed, 5), (struct how){ 0 }, 0,
		"a.csv 0 -2 0 ;");
	check(a, "zstd", zpacked, (struct how){ .name = "C:\\x\\b.csv.zst", .step = 3 },
		0, "b.csv 0 0 12 hello,world\n;");
	check(a, "joined zstd", join(a, zpacked, zpacked), (struct how){ 0 }, 0,
		"a.csv 0 0 24 hello,world\n;");
	check(a, "skippable frame first",
		join(a, S("\x5a\x2a\x4d\x18\x02\0\0\0ab"), zpacked), (struct how){ 0 }, 0,
		"a.csv 0 0 12 hello,world\n;");
	check(a, "zstd cut short", str_to(zpacked, zpacked.n - 1), (struct how){ 0 }, 0,
		"a.csv 0 -2 0 ;");
	check(a, "control bytes in the name", hello,
		(struct how){ .name = "a\n\x1b[31m.csv" }, 0,
		"a\\x0A\\x1B[31m.csv 0 0 12 hello,world\n;");
	char *flipped = arena_alloc(a, packed.n);
	memcpy(flipped, packed.p, packed.n);
	flipped[packed.n - 6] ^= 1;
	check(a, "gzip with a wrong sum", (struct str){ flipped, packed.n },
		(struct how){ 0 }, 0, "a.csv 0 -2 0 ;");
	check(a, "xz",
		S("\xfd"
		  "7zXZ\0..."),
		(struct how){ 0 }, 0, "a.csv 0 -15 0 ;");
	check(a, "gzip in gzip", gz(a, packed), (struct how){ 0 }, 0, "a.csv 0 -15 0 ;");
	struct seen s;
	struct why why = { 0 };
	ok(run(a, join(a, packed, S("\0\0\0\0junk")), (struct how){ 0 }, &s, &why) == 0 &&
			s.notes == 1 && s.bytes == 12,
		"junk behind gzip is noted");
	ok(run(a, hello, (struct how){ .refuse_after = 3 }, &s, &why) == E_STOPPED &&
			why.err == E_STOPPED,
		"a sink that says no stops it");
	is(s.log.p, "a.csv 0 ", "and hears nothing more");
}

static void test_sizes(struct arena *a)
{
	struct str rows = table(a, 100000);
	uint32_t sum = (uint32_t)crc32(0, (const Bytef *)rows.p, (uInt)rows.n);
	struct str packed[] = { rows, gz(a, rows), zst(a, rows) };
	for (size_t i = 0; i < N(packed); i++) {
		for (size_t step = 1000; step <= 70000; step += 23000) {
			struct seen s;
			struct why why = { 0 };
			int r = run(a, packed[i],
				(struct how){ .step = step, .pipe = i == 1 }, &s, &why);
			ok(r == 0 && s.sum == sum && s.bytes == rows.n &&
					s.most <= KIB(64),
				"format %zu in steps of %zu: the same bytes", i, step);
		}
	}
	struct unpack_limits tight = unpack_limits_feed;
	tight.bytes = rows.n;
	for (int less = 0; less < 2; less++) {
		struct seen s;
		struct why why = { 0 };
		int r = run(a, packed[1], (struct how){ .limits = &tight }, &s, &why);
		ok(r == 0 && (less ? strstr(s.log.p, " -3 ") != NULL : s.bytes == rows.n),
			"byte limit, %d below", less);
		tight.bytes--;
	}
	char *zeros = arena_alloc(a, MIB(9));
	struct seen s;
	struct why why = { 0 };
	ok(run(a, gz(a, (struct str){ zeros, MIB(9) }), (struct how){ 0 }, &s, &why) ==
				0 &&
			strstr(s.log.p, " -3 ") && s.bytes <= MIB(8),
		"nine MiB of zeros: a bomb");
	ok(run(a, gz(a, (struct str){ zeros, MIB(8) }), (struct how){ 0 }, &s, &why) ==
				0 &&
			s.bytes == MIB(8),
		"eight MiB of zeros: small enough to be harmless");
}

/* A zip member, stored or deflated by hand, so that any field can lie. */
struct part {
	const char *name;
	struct str bytes;
	uint16_t flags;
	uint32_t mode;	   /* Unix mode for the index */
	uint32_t lie_size; /* instead of the true size */
	uint16_t method;   /* 0: stored */
};

static void put(struct buf *b, uint64_t v, int n)
{
	for (int i = 0; i < n; i++)
		if (buf_addc(b, (char)(v >> (8 * i))) < 0)
			abort();
}

static void zip_header(struct buf *b, const struct part *p, bool index, uint64_t at)
{
	uint32_t crc = (uint32_t)crc32(0, (const Bytef *)p->bytes.p, (uInt)p->bytes.n);
	uint32_t size = p->lie_size ? p->lie_size : (uint32_t)p->bytes.n;
	put(b, index ? 0x02014b50 : 0x04034b50, 4);
	if (index)
		put(b, 3 << 8 | 20, 2);
	put(b, 20, 2);
	put(b, p->flags, 2);
	put(b, p->method, 2);
	put(b, 0x21 << 16, 4);
	put(b, crc, 4);
	put(b, size, 4);
	put(b, size, 4);
	put(b, strlen(p->name), 2);
	put(b, 0, 2);
	if (index) {
		put(b, 0, 6);
		put(b, p->mode << 16, 4);
		put(b, at, 4);
	}
	if (buf_add(b, str_c(p->name)) < 0)
		abort();
}

static struct str zip_of(struct arena *a, const struct part *parts, size_t n)
{
	struct buf b = buf_in(a, MIB(64)), index = buf_in(a, MIB(16));
	for (size_t i = 0; i < n; i++) {
		zip_header(&index, &parts[i], true, b.n);
		zip_header(&b, &parts[i], false, 0);
		if (buf_add(&b, parts[i].bytes) < 0)
			abort();
	}
	size_t at = b.n;
	if (buf_add(&b, buf_str(&index)) < 0)
		abort();
	put(&b, 0x06054b50, 4);
	put(&b, 0, 4);
	put(&b, n, 2);
	put(&b, n, 2);
	put(&b, index.n, 4);
	put(&b, at, 4);
	put(&b, 0, 2);
	return buf_str(&b);
}

static void test_zip(struct arena *a)
{
	struct part parts[] = {
		{ "x/a.csv", S("1,2\n"), 0, 0100644, 0, 0 },
		{ "x/", S(""), 0, 040755, 0, 0 },
		{ "lock.csv", S("????????????"), 1, 0100644, 0, 0 },
		{ "link", S("/etc/passwd"), 0, 0120777, 0, 0 },
		{ "../../etc/b.csv", S("3\n"), 0, 0100644, 0, 0 },
		{ "c.csv.gz", gz(a, S("4\n")), 0, 0100644, 0, 0 },
		{ "__MACOSX/._a.csv", S("\0\5\x16\7"), 0, 0100644, 0, 0 },
		{ "d.csv", S("5\n"), 0, 0100644, 0, 0 },
	};
	struct str zip = zip_of(a, parts, N(parts));
	const char *want =
		"a.csv 0 0 4 1,2\n;x 1 -15 0 ;lock.csv 0 -15 0 ;link 2 -15 0 ;"
		"b.csv 0 0 2 3\n;c.csv.gz 0 -15 0 ;._a.csv 0 -15 0 ;d.csv 0 0 2 5\n;";
	check(a, "a zip of everything", zip, (struct how){ .name = "all.zip" }, 0, want);
	check(a, "in small steps", zip, (struct how){ .step = 11 }, 0, want);
	const char *blind =
		"a.csv 0 0 4 1,2\n;x 1 -15 0 ;lock.csv 0 -15 0 ;link 0 0 11 /etc/passwd;"
		"b.csv 0 0 2 3\n;c.csv.gz 0 -15 0 ;._a.csv 0 -15 0 ;d.csv 0 0 2 5\n;";
	check(a, "through a pipe", zip, (struct how){ .pipe = true }, 0, blind);
	check(a, "with a prefix", join(a, S("#!/bin/sh\nexit\n"), zip),
		(struct how){ .name = "A.ZIP" }, 0, want);
	check(a, "no members", zip_of(a, NULL, 0), (struct how){ 0 }, 0, "");
	char *flipped = arena_alloc(a, zip.n);
	memcpy(flipped, zip.p, zip.n);
	flipped[30 + 7] ^= 1; /* the first byte of the first member */
	check(a, "a damaged member does not stop the others",
		(struct str){ flipped, zip.n }, (struct how){ 0 }, 0,
		"a.csv 0 -2 0 ;x 1 -15 0 ;lock.csv 0 -15 0 ;link 2 -15 0 ;"
		"b.csv 0 0 2 3\n;c.csv.gz 0 -15 0 ;._a.csv 0 -15 0 ;d.csv 0 0 2 5\n;");
	struct part odd[] = { { "m.csv", S("\x09\x04\x05\0]\0\0\x80vxx"), 0, 0100644, 0,
				      14 },
		{ "bz.csv", S("BZh9xx"), 0, 0100644, 0, 12 },
		{ "d.csv", S("5\n"), 0, 0100644, 0, 0 } };
	check(a, "lzma and bzip2 in a zip", zip_of(a, odd, 3), (struct how){ 0 }, 0,
		"m.csv 0 -15 0 ;bz.csv 0 -15 0 ;d.csv 0 0 2 5\n;");
	check(a, "and through a pipe", zip_of(a, odd, 3), (struct how){ .pipe = true },
		E_UNSUPPORTED, "m.csv 0 -15 0 ;");
	struct part book[] = { { "[Content_Types].xml", S("<?xml?>"), 0, 0100644, 0,
		0 } };
	check(a, "a workbook", zip_of(a, book, 1), (struct how){ 0 }, E_UNSUPPORTED, "");
	check(a, "a zip in a zip",
		zip_of(a, &(struct part){ "i.zip", zip, 0, 0100644, 0, 0 }, 1),
		(struct how){ 0 }, 0, "i.zip 0 -15 0 ;");
	check(a, "cut short", str_to(zip, 60), (struct how){ 0 }, E_SYNTAX,
		"a.csv 0 0 4 1,2\n;");
	check(a, "cut in its first header", str_to(zip, 20), (struct how){ 0 }, E_SYNTAX,
		"");
}

static void test_zip_limits(struct arena *a)
{
	enum { MANY = LIMIT_ARCHIVE_ENTRIES + 1 };
	struct part *many = arena_array(a, MANY, sizeof(*many));
	for (size_t i = 0; i < MANY; i++)
		many[i] = (struct part){ "n.csv", S("1\n"), 0, 0100644, 0, 0 };
	struct seen s;
	struct why why = { 0 };
	ok(run(a, zip_of(a, many, MANY - 1), (struct how){ 0 }, &s, &why) == 0,
		"as many members as may be");
	ok(run(a, zip_of(a, many, MANY), (struct how){ 0 }, &s, &why) == E_TOO_BIG,
		"one more: %s", why.text);
	struct part two[] = {
		{ "a.csv", table(a, 1000), 0, 0100644, 0, 0 },
		{ "b.csv", S("1\n"), 0, 0100644, 0, 0 },
	};
	struct unpack_limits l = unpack_limits_feed;
	struct str zip = zip_of(a, two, 2);
	l.bytes = two[0].bytes.n + 2;
	why = (struct why){ 0 };
	ok(run(a, zip, (struct how){ .limits = &l }, &s, &why) == 0 && s.bytes == 2,
		"all together");
	l.bytes--;
	ok(run(a, zip, (struct how){ .limits = &l }, &s, &why) == E_TOO_BIG,
		"one byte less");
}

static const struct {
	const char *file, *want;
	int rc;
} hostile[] = {
	{ "archive/go-zip/crc32-not-streamed.zip",
		"foo.txt 0 0 4 foo\n;bar.txt 0 0 4 bar\n;", 0 },
	{ "archive/go-zip/dd.zip", "filename 0 0 25 This is a te;", 0 },
	{ "archive/go-zip/dupdir.zip", "a 1 -15 0 ;b 0 0 0 ;b 1 -15 0 ;c 0 0 0 ;", 0 },
	{ "archive/go-zip/go-with-datadesc-sig.zip",
		"foo.txt 0 0 4 foo\n;bar.txt 0 0 4 bar\n;", 0 },
	{ "archive/go-zip/go-no-datadesc-sig.zip.base64",
		"foo.txt 0 0 4 foo\n;bar.txt 0 0 4 bar\n;", 0 },
	{ "archive/go-zip/readme.zip", "README 0 0 1096 ", 0 },
	{ "archive/go-zip/readme.notzip", "readme.notzip 0 ", 0 },
	{ "archive/go-zip/subdir.zip", "a 1 -15 0 ;b 1 -15 0 ;c 0 0 0 ;", 0 },
	{ "archive/go-zip/symlink.zip", "symlink 2 -15 0 ;", 0 },
	{ "archive/go-zip/test-baddirsz.zip", "test.txt 0 0 26 ", 0 },
	{ "archive/go-zip/test-prefix.zip", "test.txt 0 0 26 ", 0 },
	{ "archive/go-zip/test-trailing-junk.zip", "test.txt 0 0 26 ", 0 },
	{ "archive/go-zip/test.zip", "test.txt 0 0 26 ", 0 },
	{ "archive/go-zip/time-22738.zip", "file 0 0 0 ;", 0 },
	{ "archive/go-zip/time-7zip.zip", "test.txt 0 0 0 ;", 0 },
	{ "archive/go-zip/time-win7.zip", "test.txt 0 0 0 ;", 0 },
	{ "archive/go-zip/unix.zip",
		"hello 0 0 8 world \r\n;bar 0 0 6 foo \r\n;empty 1 -15 0 ;", 0 },
	{ "archive/go-zip/utf8-7zip.zip", "\xe4\xb8\x96\xe7\x95\x8c 0 0 0 ;", 0 },
	{ "archive/go-zip/utf8-osx.zip", "\xe4\xb8\x96\xe7\x95\x8c 0 0 0 ;", 0 },
	{ "archive/go-zip/utf8-winrar.zip", "\xe4\xb8\x96\xe7\x95\x8c 0 0 0 ;", 0 },
	{ "archive/go-zip/winxp.zip", "hello 0 0 8 ", 0 },
	{ "archive/go-zip/zip64.zip", "README 0 0 36 ", 0 },
	{ "archive/go-zip/zip64-2.zip", "README 0 0 36 ", 0 },
	{ "own/archive/zip_20MB_of_zeros.zip", "zeros.bin 0 -3 ", 0 },
	{ "own/archive/zip_nested_8.zip", "n7.zip 0 -15 0 ;", 0 },
	{ "own/archive/zip_traversal.zip", "x 0 0 1 1;abs 0 0 1 2;b 0 0 1 3;", 0 },
};

/* One of them stands there in base64. */
static struct str plain_of(struct str file, const char *path, struct arena *a)
{
	if (file.p == NULL || !str_ends(str_c(path), S(".base64")))
		return file;
	uint8_t *out = arena_alloc(a, file.n), *in = arena_alloc(a, file.n);
	size_t n = 0;
	for (size_t i = 0; i < file.n; i++)
		if (file.p[i] != '\n')
			in[n++] = (uint8_t)file.p[i];
	int got = EVP_DecodeBlock(out, in, (int)n);
	return (struct str){ (char *)out, got < 0 ? 0 : (size_t)got };
}

static void test_hostile(struct arena *a)
{
	AUTO_FD int shared = shared_open();
	if (shared < 0) {
		tap_skip("no shared test data: no hostile archives here");
		return;
	}
	for (size_t i = 0; i < N(hostile); i++) {
		char path[256];
		struct why why = { 0 };
		struct seen s;
		(void)snprintf(path, sizeof(path), "hostile/%s", hostile[i].file);
		struct str file = plain_of(shared_read(shared, path, a), path, a);
		if (file.p == NULL) {
			tap_skip(path);
			continue;
		}
		int r = run(a, file, (struct how){ .name = path }, &s, &why);
		ok(r == hostile[i].rc, "%s: %d (%s)", hostile[i].file, r, why.text);
		struct str got = str_to(buf_str(&s.log), strlen(hostile[i].want));
		is(str_dup(a, got).p, hostile[i].want, hostile[i].file);
		r = run(a, file, (struct how){ .name = path, .pipe = true }, &s, &why);
		ok(r <= 0, "%s through a pipe: %d", hostile[i].file, r);
	}
}

int main(void)
{
	AUTO_ARENA a = arena_new(MIB(512), "test_unpack");
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	test_single(&a);
	arena_reset(&a);
	test_sizes(&a);
	arena_reset(&a);
	test_zip(&a);
	test_zip_limits(&a);
	arena_reset(&a);
	test_hostile(&a);
	return tap_end();
}

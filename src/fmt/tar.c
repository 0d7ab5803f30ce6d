/* SPDX-License-Identifier: Apache-2.0
 * tar.c - our own tar files: see tar.h. Depends on: base. */
#include "fmt/tar.h"

/* Places in a header, as POSIX has them. */
enum {
	AT_NAME = 0,
	AT_MODE = 100,
	AT_UID = 108,
	AT_GID = 116,
	AT_SIZE = 124,
	AT_TIME = 136,
	AT_SUM = 148,
	AT_TYPE = 156,
	AT_MAGIC = 257,
	AT_MAJOR = 329,
	AT_MINOR = 337
};
#define NUMBER_WIDTH 12

static bool word_ok(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool tar_name_ok(struct str name)
{
	bool first = true; /* of a folder or of the file */
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		if (c == '/' ? first : !word_ok(c) && (c != '.' || first))
			return false;
		first = c == '/';
	}
	return name.n > 0 && name.n <= TAR_NAME_MAX && !first;
}

/* width - 1 octal digits and a NUL. */
static void put_octal(char *to, int width, uint64_t v)
{
	for (int i = width - 2; i >= 0; i--) {
		to[i] = (char)('0' + (v & 7));
		v >>= 3;
	}
	to[width - 1] = '\0';
}

static void put_size(char *to, int64_t size)
{
	uint64_t v = (uint64_t)size;
	if (v >> 33 == 0) {
		put_octal(to, NUMBER_WIDTH, v);
		return;
	}
	for (int i = NUMBER_WIDTH - 1; i > 0; i--) {
		to[i] = (char)(v & 0xff);
		v >>= 8;
	}
	to[0] = (char)0x80;
}

int tar_header(struct str name, int64_t size, int64_t time, char ret[TAR_BLOCK])
{
	if (!tar_name_ok(name) || size < 0 || size > TAR_SIZE_MAX || time < 0 ||
		time >> 33 != 0)
		return E_SYNTAX;
	memset(ret, 0, TAR_BLOCK);
	memcpy(ret + AT_NAME, name.p, name.n);
	put_octal(ret + AT_MODE, 8, 0600);
	put_octal(ret + AT_UID, 8, 0);
	put_octal(ret + AT_GID, 8, 0);
	put_size(ret + AT_SIZE, size);
	put_octal(ret + AT_TIME, NUMBER_WIDTH, (uint64_t)time);
	ret[AT_TYPE] = '0';
	memcpy(ret + AT_MAGIC, "ustar\00000", 8);
	put_octal(ret + AT_MAJOR, 8, 0);
	put_octal(ret + AT_MINOR, 8, 0);
	memset(ret + AT_SUM, ' ', 8);
	unsigned sum = 0;
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)ret[i];
	put_octal(ret + AT_SUM, 7, sum);
	return 0;
}

struct tar_reader tar_new(const struct tar_sink *sink)
{
	return (struct tar_reader){ .sink = *sink };
}

/* Whatever is there as a number; what is no number does not come out the same again. */
static int64_t number_at(const char *p)
{
	uint64_t v = 0;
	bool binary = (unsigned char)p[0] == 0x80;
	for (int i = binary ? 4 : 0; i < NUMBER_WIDTH - (binary ? 0 : 1); i++)
		v = binary ? v << 8 | (unsigned char)p[i] : v << 3 | (uint64_t)(p[i] & 7);
	return v > (uint64_t)TAR_SIZE_MAX ? -1 : (int64_t)v;
}

static bool all_zero(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\0')
			return false;
	return true;
}

static int damaged(const struct tar_reader *t, struct why *why, const char *what)
{
	if (t->name[0] == '\0')
		return fail(why, E_SYNTAX, "%s at the very beginning", what);
	return fail(why, E_SYNTAX, "%s behind '%s'", what, t->name);
}

static int on_header(struct tar_reader *t, struct why *why)
{
	char again[TAR_BLOCK];
	const char *b = t->block;
	if (all_zero((struct str){ b, TAR_BLOCK })) {
		t->zero_blocks++;
		return 0;
	}
	if (t->zero_blocks > 0)
		return damaged(t, why, "a file after the end,");
	struct str name = { b, strnlen(b, TAR_NAME_MAX + 1) };
	int64_t size = number_at(b + AT_SIZE), time = number_at(b + AT_TIME);
	if (!tar_name_ok(name))
		return damaged(t, why, "a name that a backup does not have,");
	if (b[AT_TYPE] != '0')
		return damaged(t, why, "something that is no plain file,");
	if (tar_header(name, size, time, again) < 0 || memcmp(b, again, TAR_BLOCK) != 0)
		return damaged(t, why, "a damaged or foreign header");
	memcpy(t->name, name.p, name.n);
	t->name[name.n] = '\0';
	t->left = size;
	t->padding = tar_padding(size);
	t->inside = true;
	return t->sink.begin(t->sink.ctx, str_c(t->name), size, why);
}

static int take_data(struct tar_reader *t, struct str *bytes, struct why *why)
{
	size_t n = (int64_t)bytes->n < t->left ? bytes->n : (size_t)t->left;
	int r = n > 0 ? t->sink.data(t->sink.ctx, str_to(*bytes, n), why) : 0;
	t->left -= (int64_t)n;
	*bytes = str_from(*bytes, n);
	if (r == 0 && t->left == 0) {
		t->inside = false;
		r = t->sink.end(t->sink.ctx, why);
	}
	return r;
}

static int take_padding(struct tar_reader *t, struct str *bytes, struct why *why)
{
	size_t n = bytes->n < t->padding ? bytes->n : t->padding;
	if (!all_zero(str_to(*bytes, n)))
		return damaged(t, why, "bytes that belong to nothing");
	t->padding -= n;
	*bytes = str_from(*bytes, n);
	return 0;
}

static int take_header(struct tar_reader *t, struct str *bytes, struct why *why)
{
	size_t room = TAR_BLOCK - t->have, n = bytes->n < room ? bytes->n : room;
	if (t->zero_blocks == 2)
		return damaged(t, why, "bytes after the end,");
	memcpy(t->block + t->have, bytes->p, n);
	t->have += n;
	*bytes = str_from(*bytes, n);
	if (t->have < TAR_BLOCK)
		return 0;
	t->have = 0;
	return on_header(t, why);
}

int tar_bytes(struct tar_reader *t, struct str bytes, struct why *why)
{
	int r = 0;
	while (r == 0 && (bytes.n > 0 || (t->inside && t->left == 0))) {
		if (t->inside)
			r = take_data(t, &bytes, why);
		else if (t->padding > 0)
			r = take_padding(t, &bytes, why);
		else
			r = take_header(t, &bytes, why);
	}
	return r;
}

int tar_end(const struct tar_reader *t, struct why *why)
{
	if (t->zero_blocks == 2 && t->have == 0)
		return 0;
	return damaged(t, why, "it is cut off");
}

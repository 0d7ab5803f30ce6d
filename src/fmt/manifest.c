/* SPDX-License-Identifier: Apache-2.0
 * manifest.c - the list of a backup: see manifest.h. Depends on: base, fmt/tar. */
#include "fmt/manifest.h"

#include "base/date.h"

#include <inttypes.h>

enum stage {
	AT_MAGIC,
	AT_PROGRAM,
	AT_MADE,
	AT_SCHEMA,
	AT_DATABASE,
	AT_AUDIT,
	AT_LAST_DAY,
	AT_COUNT,
	AT_FILE,
	AT_BESIDE,
	AT_END
};

struct manifest_reader {
	struct manifest_sink sink;
	struct manifest_head head;
	struct hasher *hasher;
	struct arena *arena;
	enum stage stage; /* the next line may be of this stage, or of a later one */
	bool head_told;
	size_t counts;
	char line[MANIFEST_LINE_MAX];
	size_t have;
	struct buf again; /* the line as we would write it */
};

static bool program_ok(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~')
			return false;
	return s.n > 0 && s.n < sizeof(((struct manifest_head *)0)->program);
}

static bool table_ok(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') &&
			!(s.p[i] >= '0' && s.p[i] <= '9') && s.p[i] != '_')
			return false;
	return s.n > 0 && s.n <= 60;
}

/* ---- writing, a line at a time ---- */

static int write_sized(struct buf *out, const char *word, const struct sha256 *sha,
	int64_t bytes, struct str name)
{
	char hex[SHA256_HEX + 1];
	return buf_addf(out, "%s %s %" PRId64 "%s%.*s\n", word, sha256_text(sha, hex),
		bytes, name.n ? " " : "", STR(name));
}

static int write_line(const struct manifest_head *h, enum stage stage, struct buf *out)
{
	char text[SHA256_HEX + 1];
	switch ((int)stage) {
	case AT_MAGIC:
		return buf_add(out, S("tocsin-backup 1\n"));
	case AT_PROGRAM:
		return buf_addf(out, "program %s\n", h->program);
	case AT_MADE:
		return buf_addf(out, "made %s\n", time_text(h->made, text));
	case AT_SCHEMA:
		return buf_addf(out, "schema %" PRId64 "\n", h->schema);
	case AT_DATABASE:
		return write_sized(out, "database", &h->db_sha, h->db_bytes, S(""));
	case AT_AUDIT:
		return buf_addf(out, "audit %" PRId64 " %s\n", h->audit_rows,
			sha256_text(&h->audit_sha, text));
	case AT_LAST_DAY:
		return buf_addf(
			out, "last-day %s\n", day_text((int32_t)h->last_day.v, text));
	default:
		return E_SYNTAX;
	}
}

int manifest_head_write(const struct manifest_head *h, struct buf *out)
{
	int r = program_ok(str_c(h->program)) ? 0 : E_SYNTAX;
	for (int stage = AT_MAGIC; r == 0 && stage <= AT_LAST_DAY; stage++)
		if (stage != AT_LAST_DAY || h->last_day.has)
			r = write_line(h, (enum stage)stage, out);
	return r;
}

int manifest_count_write(struct str table, int64_t n, struct buf *out)
{
	return !table_ok(table)
		? E_SYNTAX
		: buf_addf(out, "count %.*s %" PRId64 "\n", STR(table), n);
}

int manifest_file_write(const struct manifest_file *f, struct buf *out)
{
	if (!tar_name_ok(f->name))
		return E_SYNTAX;
	return write_sized(
		out, f->beside ? "beside" : "file", &f->sha, f->bytes, f->name);
}

int manifest_end_write(const struct sha256 *before, struct buf *out)
{
	char hex[SHA256_HEX + 1];
	return buf_addf(out, "end %s\n", sha256_text(before, hex));
}

/* ---- reading ---- */

struct manifest_reader *manifest_new(struct arena *a, const struct manifest_sink *sink)
{
	struct manifest_reader *m = arena_alloc(a, sizeof(*m));
	m->sink = *sink;
	m->hasher = hasher_new();
	m->again = buf_in(a, 2 * MANIFEST_LINE_MAX);
	return m;
}

void manifest_free(struct manifest_reader **p)
{
	if (*p)
		hasher_free(&(*p)->hasher);
	*p = NULL;
}

static bool read_number(struct str *s, int64_t *ret)
{
	uint64_t v;
	if (!scan_u64(s, INT64_MAX, &v))
		return false;
	*ret = (int64_t)v;
	return true;
}

static bool read_sha(struct str *s, struct sha256 *ret)
{
	if (s->n < SHA256_HEX || sha256_read(str_to(*s, SHA256_HEX), ret) < 0)
		return false;
	*s = str_from(*s, SHA256_HEX);
	return true;
}

static bool read_day(struct str s, struct opt_int *ret)
{
	int32_t day;
	if (day_read(s, &day) < 0)
		return false;
	*ret = SOME(day);
	return true;
}

static bool read_program(struct str s, struct manifest_head *h)
{
	if (!program_ok(s))
		return false;
	memset(h->program, 0, sizeof(h->program));
	memcpy(h->program, s.p, s.n);
	return true;
}

static bool read_head(struct manifest_head *h, enum stage stage, struct str s)
{
	switch ((int)stage) {
	case AT_MAGIC:
		return str_eq(s, S("1"));
	case AT_PROGRAM:
		return read_program(s, h);
	case AT_MADE:
		return time_read(s, &h->made) == 0 && h->made >= 0;
	case AT_SCHEMA:
		return read_number(&s, &h->schema) && s.n == 0 && h->schema > 0;
	case AT_DATABASE:
		return read_sha(&s, &h->db_sha) && scan_char(&s, ' ') &&
			read_number(&s, &h->db_bytes);
	case AT_AUDIT:
		return read_number(&s, &h->audit_rows) && scan_char(&s, ' ') &&
			read_sha(&s, &h->audit_sha);
	case AT_LAST_DAY:
		return read_day(s, &h->last_day);
	default:
		return false;
	}
}

static const struct {
	const char *word;
	enum stage from, next; /* allowed when the reader stands at from or later */
} words[] = {
	[AT_MAGIC] = { "tocsin-backup ", AT_MAGIC, AT_PROGRAM },
	[AT_PROGRAM] = { "program ", AT_PROGRAM, AT_MADE },
	[AT_MADE] = { "made ", AT_MADE, AT_SCHEMA },
	[AT_SCHEMA] = { "schema ", AT_SCHEMA, AT_DATABASE },
	[AT_DATABASE] = { "database ", AT_DATABASE, AT_AUDIT },
	[AT_AUDIT] = { "audit ", AT_AUDIT, AT_LAST_DAY },
	[AT_LAST_DAY] = { "last-day ", AT_LAST_DAY, AT_COUNT },
	[AT_COUNT] = { "count ", AT_LAST_DAY, AT_COUNT },
	[AT_FILE] = { "file ", AT_LAST_DAY, AT_FILE },
	[AT_BESIDE] = { "beside ", AT_FILE, AT_BESIDE },
	[AT_END] = { "end ", AT_FILE, AT_END },
};

static int tell_head(struct manifest_reader *m, struct why *why)
{
	if (m->head_told)
		return 0;
	m->head_told = true;
	return m->sink.head(m->sink.ctx, &m->head, why);
}

static int on_count(struct manifest_reader *m, struct str s, struct why *why)
{
	int64_t n;
	size_t blank = str_find(s, ' ');
	struct str table = str_to(s, blank), number = str_from(s, blank + 1);
	if (blank == s.n || !table_ok(table) || !read_number(&number, &n) ||
		number.n > 0 || m->counts++ >= MANIFEST_COUNTS)
		return E_SYNTAX;
	int r = manifest_count_write(table, n, &m->again);
	return r < 0 ? r : m->sink.count(m->sink.ctx, table, n, why);
}

static int on_file(struct manifest_reader *m, bool beside, struct str s, struct why *why)
{
	struct manifest_file f = { .beside = beside };
	if (!read_sha(&s, &f.sha) || !scan_char(&s, ' ') || !read_number(&s, &f.bytes) ||
		!scan_char(&s, ' ') || !tar_name_ok(s))
		return E_SYNTAX;
	f.name = s;
	int r = manifest_file_write(&f, &m->again);
	return r < 0 ? r : m->sink.file(m->sink.ctx, &f, why);
}

static int on_end(struct manifest_reader *m, struct str s)
{
	struct sha256 want, have = hasher_end(m->hasher);
	if (!read_sha(&s, &want) || s.n > 0 || memcmp(&want, &have, sizeof(want)) != 0)
		return E_SYNTAX;
	return manifest_end_write(&want, &m->again);
}

static int take_value(
	struct manifest_reader *m, enum stage stage, struct str s, struct why *why)
{
	int r = stage > AT_LAST_DAY ? tell_head(m, why) : 0;
	if (r < 0)
		return r;
	switch ((int)stage) {
	case AT_COUNT:
		return on_count(m, s, why);
	case AT_FILE:
	case AT_BESIDE:
		return on_file(m, stage == AT_BESIDE, s, why);
	case AT_END:
		return on_end(m, s);
	default:
		return read_head(&m->head, stage, s)
			? write_line(&m->head, stage, &m->again)
			: E_SYNTAX;
	}
}

static int on_line(struct manifest_reader *m, struct why *why)
{
	struct str line = { m->line, m->have }, s = line;
	int stage = AT_MAGIC;
	while (stage < AT_END && !scan_lit(&s, words[stage].word))
		stage++;
	if (stage == AT_END && !scan_lit(&s, words[stage].word))
		return fail(why, E_SYNTAX, "the list (MANIFEST) is damaged");
	bool in_order = m->stage >= words[stage].from && m->stage <= (enum stage)stage;
	if (!in_order || m->stage == AT_END + 1)
		return fail(why, E_SYNTAX, "the list (MANIFEST) is out of order");
	if (stage == AT_MAGIC && !str_eq(s, S("1\n")))
		return fail(why, E_NEWER,
			"this backup is of a later kind: use the newer "
			"program");
	buf_clear(&m->again);
	int r = take_value(m, (enum stage)stage, str_to(s, s.n - 1), why);
	if (r < 0 || !str_eq(buf_str(&m->again), line))
		return fail(why, r < 0 ? r : E_SYNTAX, "the list (MANIFEST) is damaged");
	if (stage != AT_END)
		hasher_add(m->hasher, line);
	m->stage = stage == AT_END ? AT_END + 1 : words[stage].next;
	return 0;
}

int manifest_bytes(struct manifest_reader *m, struct str bytes, struct why *why)
{
	for (size_t i = 0; i < bytes.n; i++) {
		if (m->have == MANIFEST_LINE_MAX)
			return fail(why, E_SYNTAX, "the list (MANIFEST) is damaged");
		m->line[m->have++] = bytes.p[i];
		if (bytes.p[i] != '\n')
			continue;
		int r = on_line(m, why);
		if (r < 0)
			return r;
		m->have = 0;
	}
	return 0;
}

int manifest_end(struct manifest_reader *m, struct why *why)
{
	if ((int)m->stage == AT_END + 1 && m->have == 0)
		return 0;
	return fail(why, E_SYNTAX, "the list (MANIFEST) is cut off");
}

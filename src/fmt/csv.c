/* SPDX-License-Identifier: Apache-2.0
 * csv.c - reading comma-separated values in pieces: see csv.h. Depends on: base.
 *
 * Every decision depends only on the bytes of the file, never on how many of them have
 * come: where the bytes at hand do not decide, csv_next asks for more and begins the
 * record anew. */
#include "fmt/csv.h"

#include "fmt/scan64.h"

#include <assert.h>

/* scan64 reads whole blocks, so up to this many bytes past the last one that counts. */
#define SLACK	     64
#define FIRST_WINDOW KIB(128)

/* Trying a record over several lines and failing costs a second look at these bytes. A
 * file made to fail at each line would cost LIMIT_RECORD per line; so a failure takes
 * from this account, reading fills it again at PATIENCE_RATE, and a record may go on
 * behind its first line only as far as the account reaches. Real files never notice. */
#define PATIENCE_MAX  (4 * LIMIT_RECORD)
#define PATIENCE_MIN  KIB(4)
#define PATIENCE_RATE 16

struct csv {
	struct arena *arena;
	char *window;
	size_t cap;   /* bytes that may be used, without the slack */
	size_t at, n; /* the window's bytes from at to n are not yet read */
	size_t wait;  /* bytes that must be there before it is worth trying again */
	size_t patience;
	size_t width;	 /* fields of the header */
	uint32_t number; /* of the next record */
	bool ended;	 /* nothing comes after n */
	bool begun;	 /* delimiter and line end are known */
	bool skipping;	 /* inside a line over the limit */
	bool bare_cr;	 /* lines end with CR alone (or with LF too) */
	char delimiter;
	char *scratch; /* fields whose quotes had to be undone */
	size_t scratch_cap, scratch_n;
	struct str *fields;
	uint16_t *odd; /* which fields these are */
	size_t n_odd;
};

struct csv *csv_new(struct arena *a)
{
	struct csv *c = arena_alloc(a, sizeof(*c));
	c->arena = a;
	c->cap = FIRST_WINDOW;
	c->window = arena_alloc(a, c->cap + SLACK);
	c->fields = arena_array(a, LIMIT_COLUMNS, sizeof(*c->fields));
	c->odd = arena_array(a, LIMIT_COLUMNS, sizeof(*c->odd));
	c->patience = PATIENCE_MAX;
	c->delimiter = ',';
	return c;
}

char csv_delimiter(const struct csv *c)
{
	return c->delimiter;
}

char *csv_room(struct csv *c, size_t *ret_n)
{
	size_t rest = c->n - c->at;
	assert(rest <= LIMIT_RECORD); /* csv_next was not called until it answered 0 */
	if (c->cap - rest < CSV_STEP) {
		c->cap *= 2;
		char *wider = arena_alloc(c->arena, c->cap + SLACK);
		memcpy(wider, c->window + c->at, rest);
		c->window = wider;
	} else if (c->at > 0) {
		memmove(c->window, c->window + c->at, rest);
	}
	c->at = 0;
	c->n = rest;
	*ret_n = c->cap - rest;
	return c->window + rest;
}

void csv_wrote(struct csv *c, size_t n)
{
	assert(!c->ended && n <= c->cap - c->n);
	c->n += n;
}

void csv_end(struct csv *c)
{
	c->ended = true;
}

/* --- one record --- */

enum outcome { SPLIT_DONE, SPLIT_OPEN, SPLIT_WRONG };

struct split {
	const char *p;			  /* the record's first byte */
	size_t n;			  /* bytes that may be looked at */
	bool last;			  /* nothing comes behind them */
	bool cut;			  /* n was made smaller for want of patience */
	char delimiter, line, other_line; /* with the quote, all that split stops at */
	size_t block;			  /* the 64 bytes from here were looked at */
	uint64_t bits;			  /* stops in them that were not yet taken */
	size_t patience;
	size_t line_end; /* the first line end inside quotes, SIZE_MAX without one */
	size_t fields;
	size_t end;  /* where the record ends, or how far it was tried, and */
	size_t next; /* where the next may begin */
};

static uint64_t stops_in(const struct split *s, size_t block)
{
	const char *p = s->p + block;
	return scan64(p, s->delimiter) | scan64(p, '"') | scan64(p, s->line) |
		scan64(p, s->other_line);
}

/* The next delimiter, quote or line end; s->n when there is none. */
static size_t next_stop(struct split *s)
{
	while (s->bits == 0) {
		if (s->n - s->block <= 64)
			return s->n;
		s->block += 64;
		s->bits = stops_in(s, s->block);
	}
	size_t at = s->block + (size_t)__builtin_ctzll(s->bits);
	s->bits &= s->bits - 1;
	return at < s->n ? at : s->n;
}

/* As next_stop, but a quote is an ordinary byte. */
static size_t next_end(struct split *s)
{
	size_t at;
	do
		at = next_stop(s);
	while (at < s->n && s->p[at] == '"');
	return at;
}

static struct split split_begin(const struct csv *c, const char *p, size_t n, bool last)
{
	struct split s = { .p = p, .n = n, .last = last, .patience = c->patience };
	s.delimiter = c->delimiter;
	s.line = '\n';
	s.other_line = c->bare_cr ? '\r' : '\n';
	s.line_end = SIZE_MAX;
	return s;
}

/* The record goes on behind its first line: how far may it? */
static void over_the_line(struct split *s, size_t at)
{
	s->line_end = at;
	if (s->patience < s->n - at) {
		s->n = at + s->patience;
		s->last = false;
		s->cut = true;
	}
}

/* What a quoted field is like. */
struct quoted {
	bool odd;  /* there is more to do than to take the quotes off */
	bool open; /* it is not closed */
	bool torn; /* goes over lines and has text behind: another row's quote */
};

/* From an opening quote to the end of its field, which is returned; s->n when it does not
 * end. */
static size_t quoted_end(struct split *s, struct str *ret, struct quoted *ret_how)
{
	size_t open = next_stop(s), close;
	bool lines = false;
	for (;;) {
		close = next_stop(s);
		if (close >= s->n) {
			*ret = (struct str){ s->p + open + 1, s->n - open - 1 };
			ret_how->open = true;
			return s->n;
		}
		if (s->p[close] != '"') {
			lines = lines || s->p[close] != s->delimiter;
			if (lines && s->line_end == SIZE_MAX)
				over_the_line(s, close);
			continue;
		}
		if (close + 1 >= s->n || s->p[close + 1] != '"')
			break;
		(void)next_stop(s);
		ret_how->odd = true;
	}
	size_t end = next_end(s);
	bool crlf = end == close + 2 && s->p[close + 1] == '\r' &&
		(end == s->n || s->p[end] != s->delimiter);
	if (end != close + 1 && !crlf) {
		ret_how->odd = true;
		ret_how->torn = lines;
	}
	*ret = (struct str){ s->p + open + 1, (ret_how->odd ? end : close) - open - 1 };
	return end;
}

/* Puts the field that begins at from into c->fields; returns where it ends. */
static size_t take_field(
	struct csv *c, struct split *s, size_t from, struct quoted *ret_how)
{
	struct str field;
	size_t at;
	if (from < s->n && s->p[from] == '"') {
		at = quoted_end(s, &field, ret_how);
	} else {
		at = next_end(s);
		field = (struct str){ s->p + from, at - from };
	}
	s->end = at;
	s->next = at < s->n ? at + 1 : at;
	/* The CR of CRLF; also at the end of the file, where the LF was cut off. */
	bool ends = at >= s->n || s->p[at] != c->delimiter;
	if (ends && at > from && s->p[at - 1] == '\r' && !c->bare_cr) {
		s->end--;
		if (field.n > 0 && field.p + field.n == s->p + at)
			field.n--;
	}
	if (s->fields < LIMIT_COLUMNS) {
		if (ret_how->odd)
			c->odd[c->n_odd++] = (uint16_t)s->fields;
		c->fields[s->fields] = field;
	}
	s->fields++;
	return at;
}

/* Takes one record apart into c->fields. SPLIT_OPEN: its end is not among the bytes at
 * hand, or with s->last: a quote is not closed before them. width 0: any number of
 * fields. SPLIT_WRONG: it goes over several lines and is not what it seems. */
static enum outcome split(struct csv *c, struct split *s, size_t width)
{
	size_t at = 0;
	c->n_odd = 0;
	s->bits = s->n ? stops_in(s, 0) : 0;
	for (size_t from = 0;; from = at + 1) {
		struct quoted how = { 0 };
		at = take_field(c, s, from, &how);
		if (at >= s->n && (how.open || !s->last))
			return SPLIT_OPEN;
		if (how.torn)
			return SPLIT_WRONG;
		if (at >= s->n || s->p[at] != c->delimiter)
			break;
		if (s->line_end != SIZE_MAX && width && s->fields > width)
			return SPLIT_WRONG;
	}
	bool several = s->line_end != SIZE_MAX && width;
	return several && s->fields != width ? SPLIT_WRONG : SPLIT_DONE;
}

/* One block of split_plain: what 64 bytes mean, one bit a byte. */
struct block {
	uint64_t ends; /* fields end here */
	uint64_t last; /* at most one bit: the line ends here */
	uint64_t odd;  /* here something is not plain */
};

/* What a block hands to the next. */
struct carry {
	uint64_t inside; /* all bits: it begins inside quotes */
	uint64_t begins; /* bit 0: a field begins with it */
	uint64_t closed; /* bit 0: the byte before it was a closing quote */
};

static inline struct block look_at(const char *p, char delimiter, struct carry *carry)
{
	uint64_t quotes = scan64(p, '"'), lf = scan64(p, '\n'),
		 between = scan64(p, delimiter);
	uint64_t crlf = scan64(p, '\r') & lf >> 1;
	/* From each opening quote to just before its closing one. */
	uint64_t in = odd_so_far(quotes) ^ carry->inside;
	uint64_t last = lf & ~in & -(lf & ~in);
	uint64_t ends = (between | last) & ~in;
	uint64_t closing = quotes & ~in;
	struct block b = { .ends = ends, .last = last };
	b.odd = (quotes & in & ~(ends << 1 | carry->begins)) | (lf & in) |
		((closing << 1 | carry->closed) & ~(between | lf | crlf));
	uint64_t up_to_last = last ^ (last - 1); /* all bits when there is none */
	b.ends &= up_to_last;
	b.odd &= up_to_last;
	*carry = (struct carry){ 0 - (in >> 63), ends >> 63, closing >> 63 };
	return b;
}

/* The fast way for what nearly all records are: one line that ends among the bytes at
 * hand, and each quote either opens a field right behind a delimiter or closes it right
 * before one. Then 64 bytes are decided at once. False: take split, which gives the same
 * where both can. */
static bool split_plain(struct csv *c, struct split *s)
{
	struct carry carry = { .begins = 1 };
	struct block b = { 0 };
	size_t from = 0, n = 0;
	c->n_odd = 0;
	for (size_t at = 0; b.last == 0; at += 64) {
		if (s->n - at < 64)
			return false;
		b = look_at(s->p + at, s->delimiter, &carry);
		if (b.odd)
			return false;
		for (; b.ends; b.ends &= b.ends - 1) {
			size_t end = at + (size_t)__builtin_ctzll(b.ends);
			size_t quoted = s->p[from] == '"';
			if (n == LIMIT_COLUMNS)
				return false;
			c->fields[n].p = s->p + from + quoted;
			c->fields[n++].n = end - from - 2 * quoted;
			from = end + 1;
		}
	}
	bool cr = from > 1 && s->p[from - 2] == '\r';
	c->fields[n - 1].n -= cr;
	s->fields = n;
	s->end = from - 1 - cr;
	s->next = from;
	return true;
}

/* Undoes doubled quotes and joins what stands behind a closing quote: from "a ""b"" c"d
 * to a "b" ccd. s begins behind the opening quote. */
static struct str unquote(char *to, struct str s)
{
	char *p = to;
	bool inside = true;
	while (s.n > 0) {
		size_t quote = inside ? str_find(s, '"') : s.n;
		if (quote > 0)
			memcpy(p, s.p, quote);
		p += quote;
		if (quote == s.n)
			break;
		s = str_from(s, quote + 1);
		if (s.n > 0 && s.p[0] == '"') {
			*p++ = '"';
			s = str_from(s, 1);
		} else {
			inside = false;
		}
	}
	return (struct str){ to, (size_t)(p - to) };
}

static void undo_quotes(struct csv *c, size_t raw_n)
{
	if (c->n_odd == 0)
		return;
	if (c->scratch_cap < raw_n) {
		c->scratch_cap = raw_n * 2 < FIRST_WINDOW / 8 ? FIRST_WINDOW / 8
							      : raw_n * 2;
		c->scratch = arena_alloc(c->arena, c->scratch_cap);
	}
	char *to = c->scratch;
	for (size_t i = 0; i < c->n_odd; i++) {
		struct str *f = &c->fields[c->odd[i]];
		*f = unquote(to, *f);
		to += f->n;
	}
}

/* --- the stream --- */

static bool is_line_end(char b)
{
	return b == '\n' || b == '\r';
}

/* Ends one header line: 0 when the bytes at hand hold no line end (outside quotes or
 * not). */
static size_t header_length(struct str s, bool quotes)
{
	bool inside = false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' && quotes)
			inside = !inside;
		else if (!inside && is_line_end(s.p[i]))
			return i;
	}
	return s.n;
}

/* The delimiter that stands most often outside quotes; of equals the first in the
 * list. */
static char most_frequent(struct str header, bool quotes)
{
	static const char choices[] = { ',', ';', '\t', '|' };
	size_t count[N(choices)] = { 0 }, best = 0;
	bool inside = false;
	for (size_t i = 0; i < header.n; i++) {
		if (header.p[i] == '"' && quotes)
			inside = !inside;
		for (size_t k = 0; k < N(choices); k++)
			count[k] += !inside && header.p[i] == choices[k];
	}
	for (size_t k = 1; k < N(choices); k++)
		if (count[k] > count[best])
			best = k;
	return choices[best];
}

/* BOM, delimiter and line end, from the first line with something on it. False: wait. */
static bool begin(struct csv *c)
{
	static const struct str bom = { "\xef\xbb\xbf", 3 };
	struct str s = { c->window + c->at, c->n - c->at };
	if (s.n < bom.n && str_starts(bom, s) && !c->ended)
		return false;
	size_t skip = str_starts(s, bom) ? bom.n : 0;
	while (skip < s.n && is_line_end(s.p[skip]))
		skip++;
	struct str view = str_to(str_from(s, skip), LIMIT_RECORD);
	bool all = c->ended || s.n - skip > LIMIT_RECORD, quotes = true;
	size_t end = header_length(view, quotes);
	/* A CR as the last byte at hand may be half of a CRLF. */
	if (!all && (end == view.n || (view.p[end] == '\r' && end + 1 == view.n)))
		return false;
	if (end == view.n) {
		quotes = false;
		end = header_length(view, quotes);
	}
	c->bare_cr = end + 1 < view.n && view.p[end] == '\r' && view.p[end + 1] != '\n';
	c->delimiter = most_frequent(str_to(view, end), quotes);
	c->at += skip;
	c->begun = true;
	return true;
}

/* Steps over line ends with nothing before them. False: the bytes at hand do not
 * decide. */
static bool skip_blank(struct csv *c)
{
	while (c->at < c->n && is_line_end(c->window[c->at])) {
		bool lf = c->bare_cr || c->window[c->at] == '\n';
		if (!lf && c->at + 1 == c->n && !c->ended)
			return false;
		/* Outside CR files a CR alone is data, unless the file ends there. */
		if (!lf && c->at + 1 < c->n && c->window[c->at + 1] != '\n')
			return true;
		c->at++;
	}
	return true;
}

static void skip_line(struct csv *c)
{
	while (c->at < c->n && c->skipping) {
		struct str s = { c->window + c->at, c->n - c->at };
		size_t lf = str_find(s, '\n'), cr = c->bare_cr ? str_find(s, '\r') : s.n;
		size_t end = lf < cr ? lf : cr;
		c->skipping = end == s.n;
		c->at += c->skipping ? s.n : end + 1;
	}
}

static void emit(struct csv *c, const struct split *s, enum csv_fault fault,
	struct csv_record *ret)
{
	ret->raw = (struct str){ s->p, s->end };
	undo_quotes(c, s->end);
	ret->fields = c->fields;
	ret->found = s->fields;
	ret->n = s->fields < LIMIT_COLUMNS ? s->fields : LIMIT_COLUMNS;
	ret->number = c->number;
	ret->fault = fault;
	if (c->number == 0)
		c->width = s->fields;
	if (fault == CSV_FINE && s->fields != c->width)
		ret->fault = CSV_WIDTH;
	if (fault == CSV_FINE && c->number == 0 && s->fields > LIMIT_COLUMNS)
		ret->fault = CSV_COLUMNS;
	c->number++;
	c->at += s->next;
	c->wait = 0;
	c->patience += s->next * PATIENCE_RATE;
	if (c->patience > PATIENCE_MAX)
		c->patience = PATIENCE_MAX;
}

/* The first line of what began as a record over several lines, or of what is too big for
 * one. */
static void emit_broken(struct csv *c, const struct split *tried, struct csv_record *ret)
{
	bool too_big = tried->line_end == SIZE_MAX && !tried->last;
	size_t line = tried->line_end == SIZE_MAX ? tried->n : tried->line_end;
	if (tried->line_end != SIZE_MAX) {
		size_t cost = tried->end - line;
		c->patience = c->patience > cost + PATIENCE_MIN ? c->patience - cost
								: PATIENCE_MIN;
	}
	struct split s = split_begin(c, tried->p, line, true);
	/* Open or not: the field goes up to the end of the line. */
	(void)split(c, &s, 0);
	s.end = line;
	s.next = tried->line_end == SIZE_MAX ? line : line + 1;
	if (s.end > 0 && s.p[s.end - 1] == '\r' && !c->bare_cr && !too_big)
		s.end--;
	c->skipping = too_big;
	emit(c, &s, too_big ? CSV_TOO_BIG : CSV_QUOTE, ret);
}

int csv_next(struct csv *c, struct csv_record *ret)
{
	if (c->n - c->at < c->wait && !c->ended)
		return 0;
	skip_line(c);
	if (!c->begun && !begin(c))
		goto more;
	if (c->skipping || !skip_blank(c) || c->at == c->n)
		return 0;
	if (c->number > LIMIT_ROWS)
		return E_TOO_BIG;
	size_t have = c->n - c->at, n = have < LIMIT_RECORD ? have : LIMIT_RECORD;
	struct split s = split_begin(c, c->window + c->at, n, c->ended && have == n);
	enum outcome o = !c->bare_cr && split_plain(c, &s) ? SPLIT_DONE
							   : split(c, &s, c->width);
	if (o == SPLIT_OPEN && !s.cut && !c->ended && have <= LIMIT_RECORD)
		goto more;
	if (o == SPLIT_DONE)
		emit(c, &s, CSV_FINE, ret);
	else
		emit_broken(c, &s, ret);
	return 1;
more:
	/* Twice as many: a record that comes byte by byte is looked at log n times. */
	c->wait = 2 * (c->n - c->at);
	if (c->wait > LIMIT_RECORD + 1)
		c->wait = LIMIT_RECORD + 1;
	return 0;
}

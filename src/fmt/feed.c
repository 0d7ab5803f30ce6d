/* SPDX-License-Identifier: Apache-2.0
 * feed.c - records of a feed file become events: see feed.h. Depends on: base,
 * fmt/catalogue, fmt/csv, fmt/value. */
#include "fmt/feed.h"

#include "base/tr.h"
#include "base/date.h"
#include "base/utf8.h"
#include "fmt/value.h"

/* Cells that may give one thing, in the order in which they are tried. */
#define TRIES 8
struct tries {
	uint16_t at[TRIES];
	uint8_t n;
};

/* How the text of a name column is read. */
enum name_kind { NAME_HOST, NAME_MAILBOX, NAME_TEXT };
struct name_tries {
	struct tries cells;
	enum name_kind kind[TRIES];
};

struct feed {
	const struct report_type *type;
	struct str identifier; /* when it does not come from data */
	struct feed_column *columns;
	size_t width;
	struct tries time, severity, address, port, asn, cc, hostname, transport, tag,
		detail;
	struct tries word, family;
	bool word_is_tag[TRIES];
	struct name_tries place;    /* what the catalogue calls the place */
	struct name_tries name;	    /* other names of the concerned side, for show */
	struct name_tries fallback; /* what is a place when there is no other */
	char day_text[10];	    /* the last row's day: nearly always this row's too */
	int64_t day_at;
};

/* --- the plan, from the header --- */

struct planner {
	struct arena *arena;
	const struct catalogue *catalogue;
	struct feed *feed;
	struct str *lower; /* the header's names in lower case, trimmed */
};

static void add_try(struct tries *t, size_t column)
{
	if (t->n < TRIES)
		t->at[t->n++] = (uint16_t)column;
}

/* All columns of that name; publishers have doubled one before. */
static void plan_column(const struct planner *p, struct str name, struct tries *to)
{
	for (size_t i = 0; i < p->feed->width; i++)
		if (str_eq(p->lower[i], name))
			add_try(to, i);
}

static bool fills(const struct planner *p, size_t column, struct str field)
{
	return str_eq(p->feed->columns[column].field, field);
}

/* The side's own columns come first ("src_ip" of side "src"), then the catalogue's in its
 * order, then what only an override of the type names. */
static size_t rank(const struct planner *p, size_t column)
{
	struct str side = p->feed->type->side, name = p->lower[column];
	if (side.n > 0 && !str_eq(side, S("ip")) && str_starts(name, side))
		return 0;
	const struct column *known = catalogue_column(p->catalogue, name);
	return known ? 1 + (size_t)(known - p->catalogue->columns) : SIZE_MAX;
}

static void plan_field(const struct planner *p, struct str field, struct tries *to)
{
	size_t ranks[TRIES], from = to->n;
	for (size_t i = 0; i < p->feed->width; i++) {
		if (!fills(p, i, field) || to->n == TRIES)
			continue;
		size_t r = rank(p, i), at = to->n++;
		for (; at > from && ranks[at - 1] > r; at--) {
			ranks[at] = ranks[at - 1];
			to->at[at] = to->at[at - 1];
		}
		ranks[at] = r;
		to->at[at] = (uint16_t)i;
	}
}

/* "ip" is source.ip, or destination.ip where the attacked side is the one concerned. */
static struct str concerned(const struct planner *p, const char *field, char room[64])
{
	bool dst = str_eq(p->feed->type->side, S("dst"));
	struct str side = dst ? S("destination.") : S("source.");
	size_t n = strlen(field);
	memcpy(room, side.p, side.n);
	memcpy(room + side.n, field, n);
	return (struct str){ room, side.n + n };
}

static void plan_side(const struct planner *p, const char *field, struct tries *to)
{
	char room[64];
	plan_field(p, concerned(p, field, room), to);
}

/* How a column's names are read depends on the field it fills. */
static enum name_kind name_kind(const struct planner *p, size_t column)
{
	struct str field = p->feed->columns[column].field;
	if (str_ends(field, S(".account")))
		return NAME_MAILBOX;
	if (str_ends(field, S(".fqdn")) || str_ends(field, S(".url")) ||
		str_ends(field, S(".reverse_dns")))
		return NAME_HOST;
	const struct column *known = catalogue_column(p->catalogue, p->lower[column]);
	bool host = known && (known->kind == KIND_HOST || known->kind == KIND_URL);
	bool mail = known && known->kind == KIND_EMAIL;
	return host ? NAME_HOST : mail ? NAME_MAILBOX : NAME_TEXT;
}

static void plan_name_kinds(const struct planner *p, struct name_tries *names)
{
	for (size_t i = 0; i < names->cells.n; i++)
		names->kind[i] = name_kind(p, names->cells.at[i]);
}

static void plan_names(const struct planner *p)
{
	struct feed *f = p->feed;
	for (size_t i = 0; i < f->type->names.n; i++)
		plan_column(p, f->type->names.p[i], &f->place.cells);
	plan_side(p, "fqdn", &f->name.cells);
	plan_side(p, "url", &f->name.cells);
	plan_side(p, "account", &f->name.cells);
	f->fallback.cells = f->name.cells;
	plan_side(p, "reverse_dns", &f->fallback.cells);
	plan_name_kinds(p, &f->place);
	plan_name_kinds(p, &f->name);
	plan_name_kinds(p, &f->fallback);
}

/* A file without a time column of the catalogue may have another; never both, since a
 * certificate's date must not stand in for a row's. */
static void plan_time(const struct planner *p)
{
	static const char *const others[] = { "time", "datetime", "date", "last_seen",
		"last_seen_time", "first_seen", "first_seen_time", "detected_since",
		"start_time" };
	struct tries *t = &p->feed->time;
	plan_field(p, S("time.source"), t);
	for (size_t i = 0; i < N(others) && t->n == 0; i++)
		plan_column(p, str_c(others[i]), t);
}

static void plan_words(const struct planner *p)
{
	struct feed *f = p->feed;
	const struct str_list *family = &f->type->family,
			      *word = &f->type->identifier.columns;
	for (size_t i = 0; i < family->n; i++)
		plan_column(p, family->p[i], &f->family);
	for (size_t i = 0; i < word->n; i++)
		plan_column(p, word->p[i], &f->word);
	for (size_t i = 0; i < f->word.n; i++) {
		const struct column *c = catalogue_column(
			p->catalogue, p->lower[f->word.at[i]]);
		f->word_is_tag[i] = c && c->kind == KIND_TAGS;
	}
	if (f->type->exchange)
		plan_column(p, S("tag"), &f->tag);
	f->identifier = f->type->identifier.word;
	if (f->type->exchange)
		f->identifier = S("vulnerable-exchange-server");
	if (str_empty(f->identifier))
		f->identifier = f->type->type;
}

/* How rows of a type that the catalogue does not know are read. The port may be
 * ephemeral, so it is no part of the key. */
static const struct report_type *unknown_type(struct arena *a, struct str name)
{
	struct report_type *t = arena_alloc(a, sizeof(*t));
	char *word = arena_alloc(a, name.n + 1);
	for (size_t i = 0; i < name.n; i++)
		word[i] = name.p[i] == '_' ? '-' : name.p[i];
	t->type = name;
	t->name = name;
	t->class = S("other");
	t->rsit_type = S("undetermined");
	t->identifier.word = (struct str){ word, name.n };
	t->severity = SEV_MEDIUM;
	t->side = S("ip");
	t->quiet = 7;
	return t;
}

static void read_header(const struct planner *p, const struct csv_record *header)
{
	struct feed *f = p->feed;
	for (size_t i = 0; i < f->width; i++) {
		struct str name = str_trim(header->fields[i]);
		name = str_dup(p->arena, value_text(p->arena, name, LIMIT_NAME));
		p->lower[i] = str_lower(p->arena, name);
		f->columns[i].name = name;
		f->columns[i].field = catalogue_field(p->catalogue, f->type, p->lower[i]);
	}
}

/* What a technician asks first; the row itself, by its evidence id, has all. */
static void plan_detail(const struct planner *p)
{
	static const char *const fields[] = { "source.url", "product.vulnerabilities",
		"extra.tag", "event_description.text", "extra.detail", "extra.reason",
		"status", "product.vendor", "product.name" };
	for (size_t i = 0; i < N(fields); i++)
		plan_field(p, str_c(fields[i]), &p->feed->detail);
}

/* A text, a page or a JSON document has a first line too. Without a column for the time
 * or for a place no row of it could ever become an event: it is no feed. */
static int judge(const struct feed *f, struct why *why)
{
	bool place = f->address.n > 0 || f->fallback.cells.n > 0 ||
		(f->type->by_name && f->place.cells.n > 0);
	if (f->time.n == 0)
		return fail(why, E_UNSUPPORTED,
			"the header has no column with a time, such as timestamp: is "
			"this a feed?");
	if (!place)
		return fail(why, E_UNSUPPORTED,
			"the header has no column with an address or name of whom it "
			"concerns, such as ip: is this a feed?");
	return 0;
}

int feed_open(struct arena *a, const struct catalogue *c, const struct feed_name *name,
	const struct csv_record *header, struct why *why, struct feed **ret)
{
	if (header->fault == CSV_TOO_BIG)
		return fail(why, E_TOO_BIG, "the header is longer than a record may be");
	if (header->found > LIMIT_COLUMNS)
		return fail(why, E_TOO_BIG,
			"the header has %zu columns; at most %d are read", header->found,
			LIMIT_COLUMNS);
	struct feed *f = arena_alloc(a, sizeof(*f));
	struct planner p = { a, c, f, arena_array(a, header->n, sizeof(struct str)) };
	f->type = name->known ? name->known : unknown_type(a, name->type);
	f->width = header->n;
	f->columns = arena_array(a, header->n, sizeof(*f->columns));
	read_header(&p, header);
	plan_time(&p);
	plan_field(&p, S("severity"), &f->severity);
	plan_side(&p, "ip", &f->address);
	plan_side(&p, "network", &f->address);
	plan_side(&p, "port", &f->port);
	plan_side(&p, "asn", &f->asn);
	plan_side(&p, "geolocation.cc", &f->cc);
	plan_side(&p, "reverse_dns", &f->hostname);
	plan_field(&p, S("protocol.transport"), &f->transport);
	plan_detail(&p);
	plan_names(&p);
	plan_words(&p);
	int r = judge(f, why);
	if (r == 0)
		*ret = f;
	return r;
}

const struct feed_column *feed_columns(const struct feed *f, size_t *ret_n)
{
	*ret_n = f->width;
	return f->columns;
}

const struct report_type *feed_type(const struct feed *f)
{
	return f->type;
}

/* --- one row --- */

/* The first cell that is not empty. */
static inline struct str first(const struct csv_record *r, const struct tries *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct str s = value_trim(r->fields[t->at[i]]);
		if (s.n > 0)
			return s;
	}
	return (struct str){ NULL, 0 };
}

static int two_digits(const char *p)
{
	unsigned tens = (unsigned)(p[0] - '0'), ones = (unsigned)(p[1] - '0');
	return tens > 9 || ones > 9 ? 99 : (int)(tens * 10 + ones);
}

/* "2026-06-01 10:20:30" on the day of the row before, which nearly all are; else
 * time_read. */
static bool read_time(struct feed *f, struct str s, int64_t *ret)
{
	bool plain = s.n == 19 && s.p[10] == ' ' && s.p[13] == ':' && s.p[16] == ':';
	if (plain && memcmp(s.p, f->day_text, 10) == 0) {
		int h = two_digits(s.p + 11), m = two_digits(s.p + 14),
		    sec = two_digits(s.p + 17);
		if (h < 24 && m < 60 && sec < 60) {
			*ret = f->day_at + h * 3600 + m * 60 + sec;
			return true;
		}
	}
	int64_t time;
	if (time_read(s, &time) < 0 || time < 0)
		return false;
	if (plain) {
		memcpy(f->day_text, s.p, 10);
		f->day_at = day_start(day_of(time));
	}
	*ret = time;
	return true;
}

static enum quarantine row_time(struct feed *f, const struct csv_record *r, int64_t *ret)
{
	struct str s = first(r, &f->time);
	if (s.n == 0)
		return QUARANTINE_NO_TIME;
	return read_time(f, s, ret) ? QUARANTINE_NONE : QUARANTINE_BAD_TIME;
}

/* The first name that can be read. An address in a name's place is handed out as
 * address. */
static bool row_name(const struct csv_record *r, const struct name_tries *names,
	struct arena *a, bool text_too, struct event *e)
{
	for (size_t i = 0; i < names->cells.n; i++) {
		struct str s = value_trim(r->fields[names->cells.at[i]]);
		enum name_kind kind = names->kind[i];
		struct net net;
		uint16_t port;
		if (s.n == 0)
			continue;
		if (kind == NAME_MAILBOX && value_mailbox(a, s, &e->name))
			return true;
		if (kind == NAME_HOST && value_host(a, s, &e->name))
			return true;
		if (kind == NAME_HOST) {
			struct str host = url_host(s);
			bool numeric = value_address(host, &net, &port);
			if (numeric && !(e->flags & EVENT_HAS_NET)) {
				e->net = net;
				e->flags |= EVENT_HAS_NET;
			}
			continue;
		}
		if (text_too) {
			e->name = value_text(a, s, LIMIT_KEY_FIELD);
			return e->name.n > 0;
		}
	}
	return false;
}

static void row_address(const struct feed *f, const struct csv_record *r, struct event *e)
{
	for (size_t i = 0; i < f->address.n; i++) {
		uint16_t port;
		if (!value_address(r->fields[f->address.at[i]], &e->net, &port))
			continue;
		e->flags |= EVENT_HAS_NET;
		if (e->port == 0)
			e->port = port;
		return;
	}
}

/* Address and name, and which of them is the finding's place. */
static bool row_place(const struct feed *f, const struct csv_record *r, struct arena *a,
	struct event *e)
{
	row_address(f, r, e);
	if (f->type->by_name && row_name(r, &f->place, a, true, e)) {
		e->flags |= EVENT_BY_NAME;
		return true;
	}
	if (e->flags & EVENT_HAS_NET) {
		if (f->name.cells.n > 0)
			(void)row_name(r, &f->name, a, false, e);
		return true;
	}
	if (row_name(r, &f->fallback, a, false, e))
		e->flags |= EVENT_BY_NAME;
	else
		for (size_t i = 0; i < f->address.n && e->name.n == 0; i++)
			if (value_host(a, r->fields[f->address.at[i]], &e->name))
				e->flags |= EVENT_BY_NAME;
	return (e->flags & (EVENT_HAS_NET | EVENT_BY_NAME)) != 0;
}

/* "word;webshell-x": somebody is in already. */
static bool says_webshell(struct arena *a, struct str tag)
{
	struct str low = str_lower(a, str_to(tag, LIMIT_FIELD));
	return str_search(low, S("webshell")) < low.n;
}

static void row_words(const struct feed *f, const struct csv_record *r, struct arena *a,
	struct event *e)
{
	e->type = f->type->rsit_type;
	e->identifier = f->identifier;
	for (size_t i = 0; i < f->word.n; i++) {
		struct str s = value_trim(r->fields[f->word.at[i]]);
		if (f->word_is_tag[i])
			s = value_first_tag(s);
		if (s.n > 0) {
			e->identifier = value_word(a, s, LIMIT_KEY_FIELD);
			break;
		}
	}
	if (f->type->exchange && says_webshell(a, first(r, &f->tag))) {
		e->type = S("system-compromise");
		e->identifier = S("exchange-server-webshell");
	}
	e->family = value_word(a, first(r, &f->family), LIMIT_KEY_FIELD);
}

/* False: it does not fit whole. */
static bool add_detail(struct buf *b, struct str name, struct str value)
{
	size_t between = b->n ? 2 : 0, n = between + name.n + 1 + value.n;
	char *to;
	if (buf_room(b, n, &to) < 0)
		return false;
	memcpy(to, "; ", between);
	memcpy(to + between, name.p, name.n);
	to[between + name.n] = '=';
	memcpy(to + between + name.n + 1, value.p, value.n);
	buf_wrote(b, n);
	return true;
}

/* "tag=ssl; url=http://..." of the columns that say something, as many as fit whole. */
static struct str row_detail(
	const struct feed *f, const struct csv_record *r, struct arena *a)
{
	struct buf b = { 0 };
	for (size_t i = 0; i < f->detail.n; i++) {
		size_t column = f->detail.at[i];
		struct str s = value_trim(r->fields[column]);
		if (s.n == 0)
			continue;
		if (b.ceiling == 0)
			b = buf_in(a, LIMIT_KEY_FIELD);
		struct str value = value_text(a, s, LIMIT_KEY_FIELD);
		if (!add_detail(&b, f->columns[column].name, value))
			break;
	}
	return b.n ? buf_str(&b) : S("");
}

static enum quarantine fault_of(const struct feed *f, const struct csv_record *r)
{
	switch (r->fault) {
	case CSV_FINE:
		return r->n == f->width ? QUARANTINE_NONE : QUARANTINE_WIDTH;
	case CSV_WIDTH:
		return QUARANTINE_WIDTH;
	case CSV_QUOTE:
		return QUARANTINE_QUOTE;
	case CSV_TOO_BIG:
	case CSV_COLUMNS:
		break;
	}
	return QUARANTINE_TOO_BIG;
}

enum quarantine feed_event(
	struct feed *f, const struct csv_record *r, struct arena *a, struct event *ret)
{
	struct event e = { .row = r->number };
	enum quarantine q = fault_of(f, r);
	if (q == QUARANTINE_NONE)
		q = row_time(f, r, &e.time);
	if (q != QUARANTINE_NONE)
		return q;
	e.port = value_port(first(r, &f->port));
	if (!row_place(f, r, a, &e))
		return QUARANTINE_NO_PLACE;
	row_words(f, r, a, &e);
	if (severity_read(first(r, &f->severity), &e.severity) < 0)
		e.severity = f->type->severity;
	e.asn = value_asn(first(r, &f->asn));
	e.cc = value_cc(a, first(r, &f->cc));
	e.hostname = value_text(a, first(r, &f->hostname), LIMIT_FIELD);
	struct str transport = first(r, &f->transport);
	e.transport = transport.n ? value_word(a, transport, LIMIT_KEY_FIELD)
				  : f->type->transport;
	e.detail = row_detail(f, r, a);
	if (f->type->port_in_key && e.port != 0)
		e.flags |= EVENT_PORT_IN_KEY;
	if (f->type->is_act)
		e.flags |= EVENT_IS_ACT;
	*ret = e;
	return QUARANTINE_NONE;
}

size_t feed_row(const struct feed *f, const struct csv_record *r, struct arena *a,
	struct feed_cell **ret)
{
	size_t n = 0, width = r->n < f->width ? f->width : r->n;
	/* Half a message for all values: names and fields have the other. */
	size_t each = LIMIT_FRAME / 2 / (width ? width : 1);
	if (each > LIMIT_FIELD)
		each = LIMIT_FIELD;
	struct feed_cell *cells = arena_array(a, r->n, sizeof(*cells));
	for (size_t i = 0; i < r->n; i++) {
		static const struct feed_column extra = { { "", 0 }, { NULL, 0 } };
		const struct feed_column *c = i < f->width ? &f->columns[i] : &extra;
		if (str_empty(r->fields[i]))
			continue;
		cells[n++] = (struct feed_cell){ c->name, c->field,
			value_text(a, r->fields[i], each) };
	}
	*ret = cells;
	return n;
}

static const struct {
	const char *code, *text;
} reasons[QUARANTINE_N] = {
	[QUARANTINE_NONE] = { "", "" },
	[QUARANTINE_NO_TIME] = { "no-time",
		N_("The row does not say when: its time is empty. Ask the "
		   "sender, or import a corrected file.") },
	[QUARANTINE_BAD_TIME] = { "bad-time",
		N_("The row's time cannot be read; it should look like "
		   "2026-06-01 10:20:30. Ask the sender, or import a corrected "
		   "file.") },
	[QUARANTINE_NO_PLACE] = { "no-place",
		N_("The row has neither an address nor a name, so nobody can "
		   "be found for it. If one stands in another column, write to "
		   "the sender.") },
	[QUARANTINE_WIDTH] = { "wrong-fields",
		N_("The row has another number of fields than the header. It "
		   "may have been cut off, or a text with the delimiter in it "
		   "lacks its quotes.") },
	[QUARANTINE_QUOTE] = { "open-quote",
		N_("A quote opens in this row and is not closed. The rows "
		   "behind it were read as if it ended with its line. Import a "
		   "corrected file to have it read.") },
	[QUARANTINE_TOO_BIG] = { "too-big",
		N_("The row is larger than a record may be. Only its start is "
		   "shown here; the file is kept whole.") },
};

const char *quarantine_code(enum quarantine q)
{
	return reasons[q].code;
}

const char *quarantine_text(enum quarantine q)
{
	return reasons[q].text;
}

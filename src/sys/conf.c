/* SPDX-License-Identifier: Apache-2.0
 * conf.c - tocsin.conf: see conf.h. Depends on: base. */
#include "sys/conf.h"

#include "base/fd.h"
#include "base/host.h"
#include "base/hours.h"
#include "base/utf8.h"

#include <assert.h>
#include <inttypes.h>
#include <stddef.h>

#define AT(member) offsetof(struct conf, member)

/* clang-format off */
const struct conf_item conf_items[] = {
	{ "team.name",     C_TEXT,    AT(team_name),     1, 200, "",
		"The team's name, as it stands in notices" },
	{ "team.mail",     C_MAIL,    AT(team_mail),     1, 254, "",
		"Where answers to notices go" },
	{ "team.phone",    C_TEXT,    AT(team_phone),    0, 60, "",
		"Telephone with country code" },
	{ "team.language", C_LANG,    AT(team_language), 0, 0, "en",
		"Language for those whose own is not known: en fr es ar ru zh" },
	{ "team.timezone", C_ZONE,    AT(team_timezone), 1, 60, "UTC",
		"Time zone of the working hours that sending keeps to, as in Europe/Paris; all else is UTC" },
	{ "team.tlp",      C_TLP,     AT(team_tlp),      0, 0, "TLP:AMBER",
		"Marking of a notice that has no other" },
	{ "team.hour",     C_INT,     AT(team_hour),     0, 23, "7",
		"The hour at which a service that runs drafts notices, in team.timezone" },
	{ "team.days",     C_DAYS,    AT(team_days),     0, 60, "mon-fri",
		"The team's working days: mon-fri, or sun-thu; with its holidays they count what is fixed in time" },
	{ "country",       C_COUNTRY, AT(country),       0, 2, "",
		"The country the team answers for: two letters, as in ISO 3166" },
	{ "web.url",       C_URL,     AT(web_url),       0, 200, "",
		"Where others reach the pages, as in https://cirt.example; empty: notices carry no link" },
	{ "demo",          C_BOOL,    AT(demo),          0, 1, "no",
		"A demonstration: the clock may be set with --now, nothing is real" },
	{ "data.cache",    C_SIZE,    AT(data_cache),    (int64_t)KIB(256), (int64_t)GIB(1), "6M",
		"Memory for database pages in the process that writes" },
	{ "backup.key",    C_TEXT,    AT(backup_key),    0, 64, "",
		"Backups are sealed for this public key: see tocsin backup key" },
	{ "role.parsers",  C_INT,     AT(role_parsers),  1, 8, "1",
		"How many processes read foreign files at the same time" },
	{ "mail.relay",    C_RELAY,   AT(mail_relay),    0, 300, "",
		"The mail server that takes notices: smtp://host:port or smtps://host:port" },
	{ "mail.user",     C_TEXT,    AT(mail_user),     0, 200, "",
		"User at the mail server; nothing when it asks for none" },
	{ "mail.password-file", C_FILE, AT(mail_password_file), 0, 100, "",
		"File in the data directory whose first line is the password" },
	{ "mail.ca-file",  C_FILE,    AT(mail_ca_file),  0, 100, "",
		"File in the data directory with the mail server's CA; else the system's" },
	{ "mail.from",     C_MAIL,    AT(mail_from),     0, 254, "",
		"Envelope sender: where delivery reports go; else team.mail" },
	{ "mail.undo-minutes", C_INT, AT(mail_undo_minutes), 0, 1440, "10",
		"Minutes in which a notice that was sent can be taken back" },
	{ "mail.per-hour", C_INT,     AT(mail_per_hour), 0, 1000000, "300",
		"At most so many mails an hour; 0: no cap" },
	{ "mail.per-recipient-day", C_INT, AT(mail_per_recipient_day), 0, 1000, "5",
		"To one address mail of at most so many runs in 24 hours; 0: no cap" },
	{ "mail.hours",    C_HOURS,   AT(mail_hours),    0, 11, "any",
		"When mail may go, in team.timezone: 08:00-17:00, or any" },
	{ "mail.days",     C_DAYS,    AT(mail_days),     0, 60, "any",
		"On which days: mon-fri, sun-thu, or any" },
	{ "mail.critical-at-once", C_BOOL, AT(mail_critical_at_once), 0, 1, "yes",
		"Notices with critical findings go at any hour of any day" },
	{ "mail.timeout",  C_INT,     AT(mail_timeout),  1, 3600, "120",
		"Seconds that the mail server gets for each of its answers" },
	{ "web.proxy",     C_BOOL,    AT(web_proxy),     0, 1, "no",
		"All requests come through the proxy that tocsin proxy-config describes" },
	{ "web.threads",   C_INT,     AT(web_threads),   1, 16, "4",
		"How many requests are answered at the same time" },
	{ "key.passphrase-file", C_TEXT, AT(key_passphrase_file), 0, 400, "",
		"File of mode 0600 with the passphrase of the team's OpenPGP key; empty: it has none" },
	{ 0 },
};
/* clang-format on */

static int text_check(const struct conf_item *i, struct str v, struct why *why)
{
	if ((int64_t)v.n < i->min)
		return fail(why, E_SYNTAX, "%s needs a value", i->name);
	if ((int64_t)v.n > i->max)
		return fail(why, E_TOO_BIG, "%s is longer than %" PRId64 " bytes",
			i->name, i->max);
	for (size_t k = 0; k < v.n; k++)
		if ((unsigned char)v.p[k] < ' ' || v.p[k] == 0x7f)
			return fail(
				why, E_SYNTAX, "%s holds a control character", i->name);
	if (!utf8_valid(v))
		return fail(why, E_SYNTAX, "%s is not UTF-8", i->name);
	return 0;
}

/* Enough to catch a slip of the hand; whether mail arrives only mail can tell. */
static bool mail_like(struct str v)
{
	size_t at = str_find(v, '@');
	if (at == 0 || at + 1 >= v.n || str_rfind(v, '@') != at)
		return false;
	for (size_t k = 0; k < v.n; k++)
		if (memchr(" <>,;\"()[]\\", v.p[k], 11))
			return false;
	return str_find(str_from(v, at + 1), '.') < v.n - at - 1;
}

static bool country_like(struct str v)
{
	return v.n == 2 && v.p[0] >= 'A' && v.p[0] <= 'Z' && v.p[1] >= 'A' &&
		v.p[1] <= 'Z';
}

static bool zone_like(struct str v)
{
	for (size_t k = 0; k < v.n; k++) {
		char c = v.p[k];
		bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';
		bool digit = c >= '0' && c <= '9';
		if (!letter && !digit && c != '/' && c != '_' && c != '-' && c != '+')
			return false;
	}
	return v.n > 0 && v.p[0] != '/';
}

static bool relay_like(struct str v)
{
	struct host h;
	return (scan_lit(&v, "smtps://") || scan_lit(&v, "smtp://")) &&
		host_read(v, &h) == 0;
}

static bool file_like(struct str v)
{
	return v.p[0] != '.' && str_find(v, '/') == v.n;
}

/* What the types of text add to being one line. */
static int shape_check(const struct conf_item *i, struct str v, struct why *why)
{
	int from, to;
	uint8_t days;
	if (v.n == 0)
		return 0;
	if (i->type == C_RELAY && !relay_like(v))
		return fail(why, E_SYNTAX,
			"%s: '%.*s' is not smtp://host:port or smtps://host:port",
			i->name, STR(v));
	if (i->type == C_FILE && !file_like(v))
		return fail(why, E_SYNTAX,
			"%s: '%.*s' is no name of a file in the data directory", i->name,
			STR(v));
	if (i->type == C_HOURS && hours_read(v, &from, &to) < 0)
		return fail(why, E_SYNTAX, "%s: '%.*s' is not like 08:00-17:00 or any",
			i->name, STR(v));
	if (i->type == C_DAYS && days_read(v, &days) < 0)
		return fail(why, E_SYNTAX, "%s: '%.*s' is not like mon-fri or any",
			i->name, STR(v));
	return 0;
}

/* https, or http on this machine; a plain path may follow the host. */
static bool url_like(struct str v)
{
	bool secure = scan_lit(&v, "https://");
	if (!secure && !scan_lit(&v, "http://"))
		return false;
	struct str host = str_to(v, str_find(v, '/')), path = str_from(v, host.n);
	for (size_t k = 0; k < path.n; k++) {
		char c = path.p[k], small = (char)(c | 32);
		bool plain = (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') ||
			c == '-' || c == '_' || c == '.' || c == '~';
		bool slash = c == '/' && (k == 0 || path.p[k - 1] != '/');
		if (!plain && !slash)
			return false;
	}
	struct host h;
	return host_read(host, &h) == 0 && (secure || h.loopback) && !str_ends(v, S("/"));
}

static int set_text(const struct conf_item *i, struct str v, struct arena *a,
	struct why *why, struct str *to)
{
	int r = text_check(i, v, why);
	if (r < 0)
		return r;
	if (i->type == C_MAIL && v.n && !mail_like(v))
		return fail(
			why, E_SYNTAX, "%s: '%.*s' is no mail address", i->name, STR(v));
	if (i->type == C_COUNTRY && v.n && !country_like(v))
		return fail(why, E_SYNTAX, "%s: '%.*s' is not two capital letters",
			i->name, STR(v));
	if (i->type == C_URL && v.n && !url_like(v))
		return fail(why, E_SYNTAX,
			"%s: '%.*s' is not like https://cirt.example; http only on this "
			"machine, no / at the end, no query",
			i->name, STR(v));
	if (i->type == C_ZONE && !zone_like(v))
		return fail(why, E_SYNTAX, "%s: '%.*s' is no time zone's name", i->name,
			STR(v));
	r = shape_check(i, v, why);
	if (r < 0)
		return r;
	*to = str_dup(a, v);
	return 0;
}

static bool is_text(enum conf_type t)
{
	return t == C_TEXT || t == C_MAIL || t == C_COUNTRY || t == C_ZONE ||
		t == C_URL || t == C_RELAY || t == C_FILE || t == C_HOURS || t == C_DAYS;
}

static bool size_read(struct str v, int64_t *ret)
{
	uint64_t n, unit = 1;
	if (!scan_u64(&v, INT64_MAX >> 30, &n))
		return false;
	if (scan_char(&v, 'K'))
		unit = KIB(1);
	else if (scan_char(&v, 'M'))
		unit = MIB(1);
	else if (scan_char(&v, 'G'))
		unit = GIB(1);
	*ret = (int64_t)(n * unit);
	return v.n == 0;
}

static int set_number(
	const struct conf_item *i, struct str v, struct why *why, int64_t *to)
{
	int64_t n;
	bool good = i->type == C_SIZE ? size_read(v, &n)
				      : str_int(v, INT64_MIN, INT64_MAX, &n);
	if (!good)
		return fail(why, E_SYNTAX, "%s: '%.*s' is no number", i->name, STR(v));
	if (n < i->min || n > i->max)
		return fail(why, E_SYNTAX, "%s must be from %" PRId64 " to %" PRId64,
			i->name, i->min, i->max);
	*to = n;
	return 0;
}

static int set_bool(const struct conf_item *i, struct str v, struct why *why, bool *to)
{
	bool yes = str_eq(v, S("yes"));
	if (!yes && !str_eq(v, S("no")))
		return fail(why, E_SYNTAX, "%s must be yes or no", i->name);
	*to = yes;
	return 0;
}

static int set_item(struct conf *c, const struct conf_item *i, struct str v,
	struct arena *a, struct why *why)
{
	void *to = (char *)c + i->offset;
	switch (i->type) {
	case C_TEXT:
	case C_MAIL:
	case C_COUNTRY:
	case C_ZONE:
	case C_RELAY:
	case C_FILE:
	case C_HOURS:
	case C_DAYS:
	case C_URL:
		return set_text(i, v, a, why, to);
	case C_LANG:
		if (lang_parse(v, to) < 0)
			return fail(why, E_SYNTAX,
				"%s: '%.*s' is not one of en fr es ar ru zh", i->name,
				STR(v));
		return 0;
	case C_TLP:
		if (tlp_read(v, to) < 0)
			return fail(why, E_SYNTAX, "%s: '%.*s' is no TLP marking",
				i->name, STR(v));
		return 0;
	case C_BOOL:
		return set_bool(i, v, why, to);
	case C_INT:
	case C_SIZE:
		return set_number(i, v, why, to);
	}
	return E_STATE;
}

static const struct conf_item *find_item(struct str name)
{
	for (const struct conf_item *i = conf_items; i->name; i++)
		if (str_eq(str_c(i->name), name))
			return i;
	return NULL;
}

void conf_init(struct conf *ret)
{
	*ret = (struct conf){ 0 };
	for (const struct conf_item *i = conf_items; i->name; i++) {
		/* A constant: no arena needed, and it may be empty until set. */
		if (is_text(i->type)) {
			*(struct str *)(void *)((char *)ret + i->offset) = str_c(
				i->standard);
			continue;
		}
		int r = set_item(ret, i, str_c(i->standard), NULL, NULL);
		assert(r == 0); /* the table's own value must fit the table */
		(void)r;
	}
}

int conf_set(struct conf *c, struct str name, struct str value, struct arena *a,
	struct why *why)
{
	const struct conf_item *i = find_item(name);
	if (i == NULL)
		return fail(why, E_NOT_FOUND, "'%.*s' is no option", STR(name));
	return set_item(c, i, value, a, why);
}

static int parse_line(
	struct str line, struct conf *c, struct arena *a, struct why *why, uint64_t *seen)
{
	line = str_trim(line);
	if (line.n == 0 || line.p[0] == '#')
		return 0;
	size_t eq = str_find(line, '=');
	if (eq == line.n)
		return fail(why, E_SYNTAX, "neither 'name = value' nor a comment");
	struct str name = str_trim(str_to(line, eq));
	const struct conf_item *i = find_item(name);
	if (i == NULL)
		return fail(why, E_SYNTAX, "'%.*s' is no option", STR(str_to(name, 60)));
	uint64_t bit = UINT64_C(1) << (i - conf_items);
	if (*seen & bit)
		return fail(why, E_SYNTAX, "%s stands there twice", i->name);
	*seen |= bit;
	return set_item(c, i, str_trim(str_from(line, eq + 1)), a, why);
}

_Static_assert(N(conf_items) <= 64, "one bit per option");

int conf_parse(struct str text, struct arena *a, struct why *why, struct conf *ret)
{
	struct conf c;
	conf_init(&c);
	uint64_t seen = 0;
	if (text.n > CONF_SIZE_MAX)
		return fail(why, E_TOO_BIG, "larger than %zu bytes", CONF_SIZE_MAX);
	struct str line;
	for (unsigned n = 1; str_split(&text, '\n', &line); n++) {
		struct why inner = { 0 };
		int r = parse_line(line, &c, a, &inner, &seen);
		if (r < 0)
			return fail(why, r, "line %u: %s", n, inner.text);
	}
	for (const struct conf_item *i = conf_items; i->name; i++) {
		bool needed = (i->type == C_TEXT || i->type == C_MAIL) && i->min > 0;
		const struct str *v = (const void *)((const char *)&c + i->offset);
		if (needed && v->n == 0)
			return fail(why, E_SYNTAX, "%s is missing", i->name);
	}
	*ret = c;
	return 0;
}

int conf_value(const struct conf *c, const struct conf_item *i, struct buf *out)
{
	const void *from = (const char *)c + i->offset;
	int64_t n;
	switch (i->type) {
	case C_TEXT:
	case C_MAIL:
	case C_COUNTRY:
	case C_ZONE:
	case C_RELAY:
	case C_FILE:
	case C_HOURS:
	case C_DAYS:
	case C_URL:
		return buf_add(out, *(const struct str *)from);
	case C_LANG:
		return buf_add(out, str_c(lang_code(*(const enum lang *)from)));
	case C_TLP:
		return buf_add(out, str_c(tlp_text(*(const enum tlp *)from)));
	case C_BOOL:
		return buf_add(out, *(const bool *)from ? S("yes") : S("no"));
	case C_INT:
		return buf_addf(out, "%" PRId64, *(const int64_t *)from);
	case C_SIZE:
		n = *(const int64_t *)from;
		if (n % (int64_t)MIB(1) == 0)
			return buf_addf(out, "%" PRId64 "M", n / (int64_t)MIB(1));
		if (n % (int64_t)KIB(1) == 0)
			return buf_addf(out, "%" PRId64 "K", n / (int64_t)KIB(1));
		return buf_addf(out, "%" PRId64, n);
	}
	return E_STATE;
}

int conf_write(const struct conf *c, struct buf *out)
{
	int r = buf_add(out, S("# Tocsin's options: see tocsin.conf(5).\n"));
	for (const struct conf_item *i = conf_items; i->name && r == 0; i++) {
		r = buf_addf(out, "\n# %s.\n%s = ", i->help, i->name);
		if (r == 0)
			r = conf_value(c, i, out);
		if (r == 0)
			r = buf_addc(out, '\n');
	}
	return r;
}

int conf_load(int datadir, struct arena *a, struct why *why, struct conf *ret)
{
	struct str text;
	struct why inner = { 0 };
	int r = file_read(datadir, CONF_FILE, a, CONF_SIZE_MAX, &inner, &text);
	if (r == E_NOT_FOUND)
		return fail(
			why, r, "not a data directory: there is no %s in it", CONF_FILE);
	if (r == 0)
		r = conf_parse(text, a, &inner, ret);
	return r < 0 ? fail(why, r, "%s: %s", CONF_FILE, inner.text) : 0;
}

int conf_save(int datadir, const struct conf *c, struct why *why)
{
	AUTO_ARENA a = arena_new(KIB(256), "conf");
	struct buf b = buf_in(&a, CONF_SIZE_MAX);
	int r = conf_write(c, &b);
	if (r < 0)
		return fail(why, r, "%s would be too big", CONF_FILE);
	return file_replace(datadir, CONF_FILE, buf_str(&b), why);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_hostile_csv.c - CSV, UTF-8 and addresses of others, and real feed files, read in
 * place. */
#include "base/utf8.h"
#include "csv_walk.h"
#include "fmt/feed.h"
#include "shared.h"
#include "tap.h"

#include <dirent.h>

/* Names in a folder that end so, sorted. */
static size_t list(
	int dir, const char *path, const char *ending, struct arena *a, struct str **ret)
{
	int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct str *names = arena_array(a, 1000, sizeof(*names));
	size_t n = 0;
	for (struct dirent *e; d && n < 1000 && (e = readdir(d)) != NULL;) {
		struct str name = str_c(e->d_name);
		if (str_ends(name, str_c(ending)))
			names[n++] = str_dup(a, name);
	}
	if (d)
		closedir(d);
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && str_cmp(names[k], names[k - 1]) < 0; k--) {
			struct str swap = names[k];
			names[k] = names[k - 1];
			names[k - 1] = swap;
		}
	*ret = names;
	return n;
}

static struct str in_folder(int dir, const char *folder, struct str name, struct arena *a)
{
	char path[512];
	(void)snprintf(path, sizeof(path), "%s/%.*s", folder, STR(name));
	return shared_read(dir, path, a);
}

/* --- csv-spectrum: a file of strings and objects of strings beside each CSV --- */

/* The next "string" of a JSON text, unescaped as far as these files need it. */
static bool next_string(struct str *json, struct arena *a, struct str *ret)
{
	size_t open = str_find(*json, '"'), n = 0;
	if (open == json->n)
		return false;
	struct str s = str_from(*json, open + 1);
	char *p = arena_alloc(a, s.n + 1);
	size_t i = 0;
	for (; i < s.n && s.p[i] != '"'; i++) {
		char c = s.p[i];
		if (c == '\\' && i + 1 < s.n) {
			c = s.p[++i];
			c = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
		}
		p[n++] = c;
	}
	*json = str_from(s, i + 1);
	*ret = (struct str){ p, n };
	return true;
}

/* What the JSON holds, written as walk_csv writes the CSV. */
static struct str json_as_walk(struct arena *a, struct str json)
{
	struct buf names = buf_in(a, KIB(64)), rows = buf_in(a, KIB(64));
	struct str key, value, first = { NULL, 0 };
	unsigned row = 0;
	int r = buf_add(&names, S("0 "));
	while (r == 0 && next_string(&json, a, &key) && next_string(&json, a, &value)) {
		if (first.p == NULL)
			first = key;
		bool begins = str_eq(key, first);
		if (begins)
			r = row++ ? buf_addf(&rows, "\n%u ", row)
				  : buf_addf(&rows, "%u ", row);
		if (r == 0 && row == 1)
			r = buf_addf(&names, "[%.*s]", STR(key));
		if (r == 0)
			r = buf_addf(&rows, "[%.*s]", STR(value));
	}
	if (r == 0)
		r = buf_addf(&names, "\n%.*s\n", STR(buf_str(&rows)));
	return r == 0 ? buf_str(&names) : S("too big");
}

/* These two files were saved with other line ends than their JSON says. */
static struct str without_cr(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\r')
			p[n++] = s.p[i];
	return (struct str){ p, n };
}

static void test_spectrum(int dir)
{
	AUTO_ARENA a = arena_new(MIB(64), "test");
	struct str *names;
	size_t n = list(dir, "hostile/csv/csv-spectrum/csvs", ".csv", &a, &names);
	ok(n == 12, "csv-spectrum has %zu files", n);
	for (size_t i = 0; i < n; i++) {
		char path[512];
		struct str stem = str_to(names[i], names[i].n - 4);
		(void)snprintf(path, sizeof(path),
			"hostile/csv/csv-spectrum/json/%.*s.json", STR(stem));
		struct str in = in_folder(
			dir, "hostile/csv/csv-spectrum/csvs", names[i], &a);
		struct str got = without_cr(&a, walk_csv(&a, in, piece_all, 0, false));
		struct str want = without_cr(
			&a, json_as_walk(&a, shared_read(dir, path, &a)));
		/* Its JSON names another telephone number than the CSV and has no
		 * array. */
		if (str_eq(stem, S("location_coordinates"))) {
			ok(str_search(got, S("1 [2095257564][")) < got.n &&
					str_search(got, S("'37.8\"N 121")) < got.n,
				"%.*s", STR(stem));
			continue;
		}
		if (!ok(str_eq(got, want), "csv-spectrum %.*s", STR(stem)))
			printf("# got\n%.*s\n# want\n%.*s\n", STR(got), STR(want));
	}
}

static void test_own_csv(int dir)
{
	static const struct {
		const char *file, *want;
	} t[] = {
		{ "bom_semicolon.csv", "0 [a][b]\n1 [1][2]\n" },
		{ "nul_and_cr.csv", "0 [a][b]\n1 [x\\0][y]\n" },
		{ "quote_in_unquoted.csv", "0 [a][b\"c][d]\n1 WIDTH [x\"y][z]\n" },
		{ "ragged.csv", "0 [a][b][c]\n1 WIDTH [1][2]\n2 WIDTH [1][2][3][4]\n" },
		{ "unterminated.csv", "0 [a][b]\n1 QUOTE [x,y]\n" },
	};
	AUTO_ARENA a = arena_new(MIB(64), "test");
	for (size_t i = 0; i < N(t); i++) {
		struct str in = in_folder(dir, "hostile/own/csv", str_c(t[i].file), &a);
		is(walk_csv(&a, in, piece_all, 0, false).p, t[i].want, t[i].file);
	}
	struct str in = in_folder(dir, "hostile/own/csv", S("one_field_300k.csv"), &a);
	struct str got = walk_csv(&a, in, piece_all, 0, false);
	ok(got.n > 300000 && str_starts(got, S("0 [a]\n1 [xxx")),
		"one field of 300,000 bytes");
}

/* --- UTF-8 --- */

/* Lines of number:valid:bytes and number:invalid:bytes. */
static void test_utf8(int dir)
{
	AUTO_ARENA a = arena_new(MIB(64), "test");
	struct str rest = shared_read(dir, "hostile/utf8/utf8tests/utf8tests.bin", &a),
		   line;
	unsigned n = 0, wrong = 0;
	while (str_split(&rest, '\n', &line)) {
		struct str number, verdict, bytes = line;
		if (!str_split(&bytes, ':', &number) || !str_split(&bytes, ':', &verdict))
			continue;
		bool valid = str_eq(verdict, S("valid"));
		struct str kept = utf8_escape(&a, bytes);
		n++;
		if (utf8_valid(bytes) == valid && utf8_valid(kept))
			continue;
		wrong++;
		printf("# %.*s should be %.*s\n", STR(number), STR(verdict));
	}
	ok(n > 200 && wrong == 0, "%u texts of utf8tests are judged as they say", n);
}

/* --- addresses --- */

/* What the strict readers say, and where these refuse and may, the loose one. */
static struct str address_verdict(
	struct str s, bool loose, char room[IP_TEXT_MAX], struct str *ret_text)
{
	struct ip ip;
	struct net net;
	uint16_t port;
	*ret_text = S("");
	if (ip_read(s, &ip) == 0) {
		*ret_text = str_c(ip_text(&ip, room));
		return S("ok");
	}
	if (net_read(s, &net) == 0) {
		*ret_text = str_c(net_text(&net, room));
		return S("ok-cidr");
	}
	if (loose && ip_read_loose(s, &ip, &port) == 0) {
		*ret_text = str_c(ip_text(&ip, room));
		return port ? S("ok-with-port") : S("ok-defanged");
	}
	return S("reject");
}

/* \uXXXX as the list of addresses uses it. */
static struct str unescape_u(struct arena *a, struct str s)
{
	struct buf b = buf_in(a, KIB(4));
	int r = 0;
	while (s.n > 0 && r == 0) {
		uint32_t c = 0;
		if (s.n < 6 || s.p[0] != '\\' || s.p[1] != 'u') {
			r = buf_addc(&b, s.p[0]);
			s = str_from(s, 1);
			continue;
		}
		for (int i = 2; i < 6; i++)
			c = c * 16 +
				(uint32_t)(s.p[i] <= '9' ? s.p[i] - '0'
							 : (s.p[i] | 32) - 'a' + 10);
		char utf8[3] = { (char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 63)),
			(char)(0x80 | (c & 63)) };
		r = c < 0x80 ? buf_addc(&b, (char)c)
			     : buf_add(&b, (struct str){ utf8, 3 });
		s = str_from(s, 6);
	}
	return buf_str(&b);
}

static void test_addresses(int dir)
{
	AUTO_ARENA a = arena_new(MIB(64), "test");
	struct str rest = shared_read(dir, "hostile/own/ip_literals.tsv", &a), line;
	unsigned n = 0;
	while (str_split(&rest, '\n', &line)) {
		struct str json, verdict, canonical, text = line, got_text;
		char room[IP_TEXT_MAX];
		if (str_starts(line, S("#")) || !str_split(&text, '\t', &json) ||
			!str_split(&text, '\t', &verdict))
			continue;
		canonical = text.p ? text : S("");
		struct str in = json;
		/* \u first: the reader of strings below knows only one-letter escapes. */
		in = unescape_u(&a, json);
		if (!next_string(&in, &a, &in))
			continue;
		bool loose = str_eq(verdict, S("ok-defanged")) ||
			str_eq(verdict, S("ok-with-port"));
		struct str got = address_verdict(in, loose, room, &got_text);
		/* A mapped address is its IPv4 address, cleared host bits are fine, a
		 * zone is none. */
		bool same = str_starts(verdict, S("reject")) ? str_eq(got, S("reject"))
			: str_eq(verdict, S("ok-mapped"))    ? str_eq(got, S("ok"))
							     : str_starts(verdict, got);
		n++;
		ok(same && str_eq(got_text, canonical), "%.*s is %.*s '%.*s'", STR(json),
			STR(verdict), STR(canonical));
	}
	ok(n >= 30, "%u addresses", n);
}

/* --- real feed files --- */

struct counts {
	uint32_t rows, events, quarantined;
	uint32_t narrow; /* of the quarantined: fewer fields than the header */
};

static void on_row(struct feed *f, const struct csv_record *r, struct arena *a,
	struct str file, struct counts *n)
{
	struct event e;
	enum quarantine q = feed_event(f, r, a, &e);
	n->rows++;
	if (q == QUARANTINE_NONE) {
		struct buf b = buf_in(a, KIB(64));
		struct writer w = wr_new(&b);
		struct event back;
		event_write(&w, &e);
		struct reader rd = rd_new(buf_str(&b));
		bool same = event_read(&rd, &back) == 0 && rd_end(&rd) == 0 &&
			back.row == r->number;
		n->events += same;
		if (!same)
			printf("# %.*s row %u cannot be sent\n", STR(file), r->number);
		return;
	}
	n->quarantined++;
	n->narrow += q == QUARANTINE_WIDTH;
	printf("# %.*s row %u: %s: %.*s\n", STR(file), r->number, quarantine_code(q),
		STR(utf8_escape(a, r->raw)));
}

static struct counts read_feed(
	const struct catalogue *cat, struct str file, struct str in, struct arena *a)
{
	struct csv *c = csv_new(a);
	struct csv_record r;
	struct feed *f = NULL;
	struct feed_name name;
	struct counts n = { 0 };
	struct why why = { 0 };
	feed_name_read(a, cat, file, &name);
	if (!name.known)
		printf("# %.*s: unknown type %.*s\n", STR(file), STR(name.type));
	for (bool end = false; !end;) {
		size_t room;
		char *to = csv_room(c, &room);
		size_t take = in.n < 1000 ? in.n : 1000;
		if (take)
			memcpy(to, in.p, take);
		csv_wrote(c, take);
		in = str_from(in, take);
		end = take == 0;
		if (end)
			csv_end(c);
		while (csv_next(c, &r) > 0) {
			if (r.number > 0)
				on_row(f, &r, a, file, &n);
			else if (feed_open(a, cat, &name, &r, &why, &f) < 0)
				return n;
		}
	}
	return n;
}

static void test_feeds(int dir, const char *folder, size_t at_least)
{
	AUTO_ARENA a = arena_new(MIB(256), "test");
	struct catalogue cat;
	struct why why = { 0 };
	struct str *names;
	size_t n = list(dir, folder, ".csv", &a, &names);
	ok(n >= at_least, "%s has %zu files", folder, n);
	if (!ok(catalogue_default(&a, &why, &cat) == 0, "catalogue"))
		return;
	struct counts all = { 0 };
	for (size_t i = 0; i < n; i++) {
		AUTO_ARENA own = arena_new(MIB(64), "test");
		struct str in = in_folder(dir, folder, names[i], &own);
		struct counts c = read_feed(&cat, names[i], in, &own);
		/* Nothing but rows that lack fields, where nobody can say which. */
		ok(c.rows > 0 && c.rows == c.events + c.quarantined &&
				c.quarantined == c.narrow,
			"%.*s: %u rows, %u events, %u quarantined", STR(names[i]), c.rows,
			c.events, c.quarantined);
		all.rows += c.rows;
		all.events += c.events;
	}
	ok(all.rows - all.events <= 4, "%u rows, %u events", all.rows, all.events);
}

int main(void)
{
	AUTO_FD int dir = shared_open();
	if (dir < 0) {
		tap_skip("no shared test data");
		return tap_end();
	}
	test_spectrum(dir);
	test_own_csv(dir);
	test_utf8(dir);
	test_addresses(dir);
	test_feeds(dir, "feeds/shadowserver", 48);
	return tap_end();
}

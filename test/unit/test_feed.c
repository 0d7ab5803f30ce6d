/* SPDX-License-Identifier: Apache-2.0
 * test_feed.c - what rows of feeds become: one table of types, headers, rows and
 * events. */
#include "base/date.h"
#include "base/utf8.h"
#include "fmt/feed.h"
#include "tap.h"

struct fixture {
	struct arena arena;
	struct catalogue catalogue;
};

static int add_words(struct buf *b, const struct event *e)
{
	int r = 0;
	if (e->cc.n)
		r = buf_addf(b, " %.*s", STR(e->cc));
	if (r == 0 && e->family.n)
		r = buf_addf(b, " family=%.*s", STR(e->family));
	if (r == 0 && e->hostname.n)
		r = buf_addf(b, " host=%.*s", STR(e->hostname));
	if (r == 0 && e->transport.n)
		r = buf_addf(b, " %.*s", STR(e->transport));
	return r;
}

/* The event in one line, in the order of what matters; what is absent is left out. */
static struct str event_line(struct arena *a, const struct event *e)
{
	char text[IP_TEXT_MAX], time[DATE_TEXT_MAX];
	struct buf b = buf_in(a, KIB(64));
	int r = buf_addf(&b, "%s %s %.*s/%.*s", time_text_plain(e->time, time),
		severity_text(e->severity), STR(e->type), STR(e->identifier));
	if (r == 0 && e->flags & EVENT_HAS_NET)
		r = buf_addf(&b, " %s", net_text(&e->net, text));
	if (r == 0 && e->name.n)
		r = buf_addf(&b, " %s=%.*s", e->flags & EVENT_BY_NAME ? "NAME" : "name",
			STR(e->name));
	if (r == 0 && e->port)
		r = buf_addf(&b, " %s=%u", e->flags & EVENT_PORT_IN_KEY ? "PORT" : "port",
			e->port);
	if (r == 0 && e->asn)
		r = buf_addf(&b, " AS%u", e->asn);
	if (r == 0)
		r = add_words(&b, e);
	if (r == 0 && e->flags & EVENT_IS_ACT)
		r = buf_add(&b, S(" act"));
	return r == 0 ? buf_str(&b) : S("too long");
}

/* The first row of a file, as event_line or as the code of its quarantine. */
static struct str first_row(struct fixture *x, const char *file, struct str text)
{
	struct csv *c = csv_new(&x->arena);
	struct csv_record r;
	struct feed *f;
	struct feed_name name;
	struct event e;
	struct why why = { 0 };
	size_t room;
	char *to = csv_room(c, &room);
	memcpy(to, text.p, text.n);
	csv_wrote(c, text.n);
	csv_end(c);
	feed_name_read(&x->arena, &x->catalogue, str_c(file), &name);
	if (csv_next(c, &r) <= 0)
		return S("no header");
	if (feed_open(&x->arena, &x->catalogue, &name, &r, &why, &f) < 0)
		return str_dup(&x->arena, str_c(why.text));
	if (csv_next(c, &r) <= 0)
		return S("no row");
	enum quarantine q = feed_event(f, &r, &x->arena, &e);
	return q ? str_c(quarantine_code(q)) : event_line(&x->arena, &e);
}

#define NO_TIME "the header has no column with a time, such as timestamp: is this a feed?"
#define NO_PLACE                                                                         \
	"the header has no column with an address or name of whom it concerns, such as " \
	"ip: is this a feed?"
#define T	      "2026-06-01 10:20:30"
#define RDP(severity) T " " severity " potentially-unwanted-accessible/open-rdp "
#define WEBSITE	      T " critical " CHANGED "/compromised-website "
#define CHANGED	      "unauthorised-information-modification"
static const struct {
	const char *file, *header, *row, *want;
} rows[] = {
	/* the address */
	{ "scan_rdp", "timestamp,ip,port,asn,geo,severity",
		T ",192.0.2.1,3389,64496,XT,high",
		RDP("high") "192.0.2.1 PORT=3389 AS64496 XT tcp" },
	{ "scan_rdp", "GEO;Severity;ASN;\"IP\";Timestamp;port",
		"xt;CRITICAL;AS64496;2001:DB8::1;2026-06-01T10:20:30Z;3389",
		RDP("critical") "2001:db8::1 PORT=3389 AS64496 XT tcp" },
	{ "scan_rdp", "timestamp,ip", T ",192[.]0[.]2[.]1:3389",
		RDP("high") "192.0.2.1 PORT=3389 tcp" },
	{ "scan_rdp", "timestamp,ip", T ",198.51.100.77/24",
		RDP("high") "198.51.100.0/24 tcp" },
	{ "scan_rdp", "timestamp,ip", T ",::ffff:192.0.2.1",
		RDP("high") "192.0.2.1 tcp" },
	{ "scan_rdp", "timestamp,ip,port", T ",192.0.2.1,0",
		RDP("high") "192.0.2.1 tcp" },
	{ "scan_rdp", "timestamp,ip,port", T ",192.0.2.1,65536",
		RDP("high") "192.0.2.1 tcp" },
	{ "scan_rdp", "timestamp,ip,ip", T ",,192.0.2.1", RDP("high") "192.0.2.1 tcp" },
	{ "scan_rdp", "timestamp,ip", T ",0.0.0.0", "no-place" },
	{ "scan_rdp", "timestamp,ip", T ",::", "no-place" },
	{ "scan_rdp", "timestamp,ip", T ",0", "no-place" },
	{ "scan_rdp", "timestamp,ip", T ",unknown", "no-place" },
	{ "scan_rdp", "timestamp,ip", T ",192.0.2.01", "no-place" },
	{ "scan_rdp", "timestamp,ip", T ",0.0.0.0/0", "no-place" },
	{ "scan_rdp", "timestamp,ip,hostname", T ",,Host.Example",
		RDP("high") "NAME=host.example host=Host.Example tcp" },
	{ "scan_rdp", "timestamp,ip,hostname", T ",192.0.2.1,host.example",
		RDP("high") "192.0.2.1 host=host.example tcp" },
	{ "scan_rdp", "timestamp,ip,protocol", T ",host.example,UDP",
		RDP("high") "NAME=host.example udp" },
	{ "event4_sinkhole", "timestamp,dst_ip,src_ip,src_port,infection,family,severity",
		T ",192.0.2.9,192.0.2.1,40001,  Big Bad  Bot ,x,",
		T " critical infected-system/big-bad-bot 192.0.2.1 port=40001 "
		  "family=big-bad-bot act" },
	{ "event4_sinkhole", "timestamp,src_ip,infection,family",
		T ",192.0.2.1,,Andromeda",
		T " critical infected-system/andromeda 192.0.2.1 family=andromeda act" },
	{ "event4_sinkhole", "timestamp,src_ip,infection,family", T ",192.0.2.1,,",
		T " critical infected-system/sinkhole 192.0.2.1 act" },
	{ "event4_sinkhole", "timestamp,dst_ip", T ",192.0.2.9", NO_PLACE },
	{ "event4_honeypot_ddos_target",
		"timestamp,src_ip,src_port,dst_ip,dst_port,dst_geo",
		T ",192.0.2.1,5,192.0.2.9,80,XT",
		T " info ddos/honeypot-ddos-target 192.0.2.9 port=80"
		  " XT act" },
	{ "event4_sinkhole_http", "timestamp,src_ip,http_host", T ",,c2.example",
		"no-place" },
	{ "event4_sinkhole_http_referer",
		"timestamp,http_referer,http_referer_ip,http_referer_port",
		T ",https://Site.example/x?y,192.0.2.5,443",
		T " critical infected-system/sinkhole-http-referer 192.0.2.5 "
		  "NAME=site.example port=443 tcp" },
	/* names */
	{ "compromised_website", "timestamp,ip,http_host,url",
		T ",192.0.2.1,WWW.Example.:8080,/x",
		WEBSITE "192.0.2.1 NAME=www.example tcp" },
	{ "compromised_website", "timestamp,ip,http_host,url",
		T ",192.0.2.1,localhost,/x", WEBSITE "192.0.2.1 tcp" },
	{ "compromised_website", "timestamp,ip,http_host,url",
		T ",192.0.2.1,Web.Site.example:80,/x",
		WEBSITE "192.0.2.1 NAME=web.site.example tcp" },
	{ "compromised_website", "timestamp,ip,http_host,url",
		T ",,,http://a@site.example:80/x.php",
		T " critical unauthorised-information-modification/compromised-website"
		  " NAME=site.example tcp" },
	{ "malware_url", "timestamp,url,host,ip",
		T ",http://192.0.2.7:50008/m,192.0.2.7,",
		T " critical malware-distribution/malware-url 192.0.2.7 tcp" },
	{ "malware_url", "timestamp,url,host,ip",
		T ",http://b\xc3\xbc"
		  "cher.example/m,,192.0.2.7",
		T " critical malware-distribution/malware-url 192.0.2.7 "
		  "NAME=xn--bcher-kva.example tcp" },
	{ "compromised_account", "timestamp,email,username", T ",Ann@Mail.Example,x",
		T " critical data-leak/compromised-account NAME=ann@mail.example" },
	{ "compromised_account", "timestamp,email,username", T ",,ann 1",
		T " critical data-leak/compromised-account NAME=ann 1" },
	{ "ransomware_victim", "timestamp,website,entity_name", T ",,Ministry of X",
		T " info system-compromise/ransomware-victim NAME=Ministry of X" },
	{ "sandbox_dns", "timestamp,request", T ",bad.example",
		T " info other/sandbox-dns NAME=bad.example" },
	/* identifiers */
	{ "special", "timestamp,ip,tag", T ",192.0.2.1,\" ; Big-News, more\"",
		T " high vulnerable-system/big-news 192.0.2.1" },
	{ "scan_exchange", "timestamp,ip,tag", T ",192.0.2.1,\"exchange;WebShell-2\"",
		T " critical system-compromise/exchange-server-webshell 192.0.2.1 tcp" },
	{ "scan_exchange", "timestamp,ip,tag", T ",192.0.2.1,exchange",
		T
		" critical vulnerable-system/vulnerable-exchange-server 192.0.2.1 tcp" },
	{ "new_thing", "timestamp,ip,port,hostname,tag", T ",192.0.2.1,80,h.example,x",
		T " medium undetermined/new-thing 192.0.2.1 port=80 host=h.example" },
	{ "new_thing", "timestamp,src_ip,severity", T ",192.0.2.1,low",
		T " low undetermined/new-thing 192.0.2.1" },
	{ "new_thing", "timestamp,url", T ",https://a.example/",
		T " medium undetermined/new-thing NAME=a.example" },
	{ "new_thing", "first_seen,ip", T ",192.0.2.1",
		T " medium undetermined/new-thing 192.0.2.1" },
	/* time */
	{ "scan_rdp", "timestamp,ip", "2026-06-01 10:20:30.987,192.0.2.1",
		RDP("high") "192.0.2.1 tcp" },
	{ "scan_rdp", "timestamp,ip", "2026-06-01 12:20+02,192.0.2.1",
		"2026-06-01 10:20:00 high potentially-unwanted-accessible/open-rdp "
		"192.0.2.1 tcp" },
	{ "scan_rdp", "timestamp,ip", ",192.0.2.1", "no-time" },
	{ "scan_rdp", "ip", "192.0.2.1", NO_TIME },
	/* no feed at all */
	{ "letter", "Dear colleagues,", "please find attached the list.", NO_TIME },
	{ "scan_rdp", "{\"timestamp\":\"" T "\",\"ip\":\"192.0.2.1\"}", "{}", NO_TIME },
	{ "scan_rdp", "<!DOCTYPE html>", "<p>Log in", NO_TIME },
	{ "minutes", "date,who,what", T ",Ann,spoke", NO_PLACE },
	{ "scan_rdp", "timestamp,ip", "yesterday,192.0.2.1", "bad-time" },
	{ "scan_rdp", "timestamp,ip", "2026-02-30 00:00:00,192.0.2.1", "bad-time" },
	{ "scan_rdp", "timestamp,ip", "1970-01-01 00:00:00+01,192.0.2.1", "bad-time" },
	{ "scan_rdp", "timestamp,ip,last_seen", ",192.0.2.1," T, "no-time" },
	/* shape */
	{ "scan_rdp", "timestamp,ip", T ",192.0.2.1,", "wrong-fields" },
	{ "scan_rdp", "timestamp,ip", T, "wrong-fields" },
	{ "scan_rdp", "timestamp,ip", T ",\"192.0.2.1", "open-quote" },
	/* text */
	{ "scan_rdp", "timestamp,ip,hostname,geo", T ",192.0.2.1,a\xff\x01\xc3\xa9,\xff",
		RDP("high") "192.0.2.1 \\xFF"
			    " host=a\\xFF\\x01\xc3\xa9 tcp" },
};

static void test_rows(struct fixture *x)
{
	for (size_t i = 0; i < N(rows); i++) {
		struct buf b = buf_in(&x->arena, KIB(4));
		if (buf_addf(&b, "%s\n%s\n", rows[i].header, rows[i].row) < 0)
			continue;
		char file[64];
		(void)snprintf(file, sizeof(file), "2026-06-01-%s-xt.csv", rows[i].file);
		struct str got = first_row(x, file, buf_str(&b));
		is(str_dup(&x->arena, got).p, rows[i].want, rows[i].row);
	}
}

static void test_names(struct fixture *x)
{
	static const struct {
		const char *file, *type, *day;
		bool known;
	} t[] = {
		{ "2026-06-01-scan_rdp-talmeria-geo.csv", "scan_rdp", "2026-06-01",
			true },
		{ "2026-06-01-scan_rdp-4711-talmeria-geo-delayed.csv.gz", "scan_rdp",
			"2026-06-01", true },
		{ "20260601-Scan_RDP-XT.CSV.ZST", "scan_rdp", "2026-06-01", true },
		{ "hub-20260601-compromised_website-XT.csv", "compromised_website",
			"2026-06-01", true },
		{ "hub_2026-06-01_scan_rdp.csv.zip", "scan_rdp", "2026-06-01", true },
		{ "/in/2025-12-31/2026-06-01-event4_sinkhole_http-xt.csv",
			"event4_sinkhole_http", "2026-06-01", true },
		{ "2026-06-01-event4_sinkhole-xt.csv", "event4_sinkhole", "2026-06-01",
			true },
		{ "2015-01-01-dns_openresolver-xt.csv", "scan_dns", "2015-01-01", true },
		{ "scan_rdp.csv", "scan_rdp", "", true },
		{ "scan_rdp (1).csv", "scan_rdp", "", true },
		{ "scan_rdp-2026-06-01.csv", "scan_rdp", "2026-06-01", true },
		{ "weekly-scan_rdp-xt.csv", "scan_rdp", "", true },
		{ "2026-06-01-phish_url-special-xt.csv", "phish_url", "2026-06-01",
			false },
		{ "2026-06-31-scan_rdp-xt.csv", "scan_rdp", "", true },
		{ "2026-06-01-Pr\xc3\xbc"
		  "fung.csv",
			"pr__fung", "2026-06-01", false },
		{ "my-report-20260601.csv", "my_report", "2026-06-01", false },
		{ "My report, new.csv", "my_report__new", "", false },
		{ "2026-06-01-.csv", "unknown", "2026-06-01", false },
		{ ".csv", "unknown", "", false },
		{ "", "unknown", "", false },
	};
	for (size_t i = 0; i < N(t); i++) {
		struct feed_name n;
		char day[DATE_TEXT_MAX];
		feed_name_read(&x->arena, &x->catalogue, str_c(t[i].file), &n);
		is(str_dup(&x->arena, n.type).p, t[i].type, t[i].file);
		is(n.has_day ? day_text(n.day, day) : "", t[i].day, "and its day");
		ok((n.known != NULL) == t[i].known, "and whether it is known");
	}
}

/* Long text is cut between characters, and feed_row shows what the event leaves out. */
static void test_long(struct fixture *x)
{
	struct buf b = buf_in(&x->arena, KIB(64));
	int r = buf_add(&b, S("timestamp,ip,hostname,New Column,tag\n" T ",192.0.2.1,"));
	for (int i = 0; i < 3000 && r == 0; i++)
		r = buf_add(&b, S("\xc3\xa9"));
	if (r == 0)
		r = buf_add(&b, S(",=new\x01,\n"));
	struct str got = first_row(x, "scan_rdp.csv", buf_str(&b));
	size_t at = str_search(got, S("host="));
	struct str host = str_to(str_from(got, at + 5), LIMIT_FIELD);
	ok(r == 0 && utf8_valid(got) && host.n == LIMIT_FIELD && str_ends(got, S(" tcp")),
		"a long host name is cut at the limit");

	struct csv *c = csv_new(&x->arena);
	struct csv_record rec;
	struct feed_name name;
	struct feed *f = NULL;
	struct feed_cell *cells;
	struct why why = { 0 };
	size_t room, n;
	char *to = csv_room(c, &room);
	memcpy(to, b.p, b.n);
	csv_wrote(c, b.n);
	csv_end(c);
	feed_name_read(&x->arena, &x->catalogue, S("scan_rdp.csv"), &name);
	bool open = csv_next(c, &rec) > 0 &&
		feed_open(&x->arena, &x->catalogue, &name, &rec, &why, &f) == 0 &&
		csv_next(c, &rec) > 0;
	if (!ok(open, "it opens"))
		return;
	const struct feed_column *columns = feed_columns(f, &n);
	ok(n == 5 && str_eq(columns[1].field, S("source.ip")) &&
			str_eq(columns[3].name, S("New Column")) &&
			columns[3].field.p == NULL,
		"columns, known and not");
	n = feed_row(f, &rec, &x->arena, &cells);
	ok(n == 4 && str_eq(cells[3].column, S("New Column")) &&
			str_eq(cells[3].value, S("=new\\x01")) &&
			cells[2].value.n == LIMIT_FIELD,
		"a row for people: without the empty, made safe, cut");
}

int main(void)
{
	struct fixture x = { .arena = arena_new(MIB(128), "test_feed") };
	struct why why = { 0 };
	if (!ok(catalogue_default(&x.arena, &why, &x.catalogue) == 0, "catalogue"))
		return tap_end();
	test_names(&x);
	test_rows(&x);
	test_long(&x);
	for (int q = 1; q < QUARANTINE_N; q++)
		ok(*quarantine_code((enum quarantine)q) &&
				*quarantine_text((enum quarantine)q),
			"reason %d has words", q);
	arena_free(&x.arena);
	return tap_end();
}

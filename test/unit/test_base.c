/* SPDX-License-Identifier: Apache-2.0
 * test_base.c - the ground layer: addresses, days, text, messages. */
#include "base/date.h"
#include "base/event.h"
#include "base/hash.h"
#include "base/lang.h"
#include "base/lib.h"
#include "base/tlp.h"
#include "base/utf8.h"
#include "tap.h"

static void test_addresses(void)
{
	static const struct {
		const char *in, *want;
	} t[] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "192.0.2.01", "" },
		{ "192.0.2.0x1", "" },
		{ "3221225985", "" },
		{ "192.0.513", "" },
		{ "192.0.2.256", "" },
		{ "192.0.2.1.", "" },
		{ " 192.0.2.1", "" },
		{ "192.0.2.1\n", "" },
		{ "2001:DB8::1", "2001:db8::1" },
		{ "2001:db8:0:0:0:0:0:1", "2001:db8::1" },
		{ "2001:db8::0:1::2", "" },
		{ "1:2:3:4:5:6:7", "" },
		{ "1:2:3:4:5:6:7:8:9", "" },
		{ "::ffff:192.0.2.1", "192.0.2.1" },
		{ "fe80::1%eth0", "" },
		{ "[2001:db8::1]", "" },
		{ "12345::", "" },
		{ "::", "::" },
		{ "1::2:3:4:5:6:7:8", "" },
		{ "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0" },
		{ ":1", "" },
		{ "1:", "" },
		{ "", "" },
		{ "1:2:3:4:5:6:7:192.0.2.1", "" },
		{ "64:ff9b::192.0.2.33", "64:ff9b::c000:221" },
		{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
	};
	char text[IP_TEXT_MAX];
	for (size_t i = 0; i < N(t); i++) {
		struct ip ip;
		int r = ip_read(str_c(t[i].in), &ip);
		is(r < 0 ? "" : ip_text(&ip, text), t[i].want, t[i].in);
	}
	struct ip ip;
	uint16_t port;
	ok(ip_read_loose(S("192[.]0[.]2[.]1"), &ip, &port) == 0 && port == 0, "defanged");
	ok(ip_read_loose(S("192.0.2.1:8080"), &ip, &port) == 0 && port == 8080,
		"with a port");
	ok(ip_read_loose(S("[2001:db8::1]:53"), &ip, &port) == 0 && port == 53,
		"IPv6 with a port");
	ok(ip_read_loose(S("192.0.2.1:808080"), &ip, &port) < 0, "a port past 65535");
}

static void test_networks(void)
{
	static const struct {
		const char *in, *want;
	} t[] = {
		{ "192.0.2.1/24", "192.0.2.0/24" },
		{ "192.0.2.0/33", "" },
		{ "192.0.2.0/-1", "" },
		{ "192.0.2.0/024", "" },
		{ "0.0.0.0/0", "0.0.0.0/0" },
		{ "2001:db8::/129", "" },
		{ "2001:db8::1/32", "2001:db8::/32" },
		{ "192.0.2.7", "192.0.2.7" },
	};
	char text[IP_TEXT_MAX];
	for (size_t i = 0; i < N(t); i++) {
		struct net n;
		int r = net_read(str_c(t[i].in), &n);
		is(r < 0 ? "" : net_text(&n, text), t[i].want, t[i].in);
	}
	struct net n;
	struct ip ip;
	ok(net_read(S("192.0.2.128/29"), &n) == 0 &&
			ip_read(S("192.0.2.135"), &ip) == 0 && net_has(&n, &ip),
		"last address is inside");
	struct ip last = net_last(&n);
	is(ip_text(&last, text), "192.0.2.135", "net_last");
}

static void test_names(void)
{
	static const struct {
		const char *in, *want;
	} t[] = {
		{ "Portal.Finance.gov.xt.example", "portal.finance.gov.xt.example" },
		{ "example.org.", "example.org" },
		{ "192.0.2.1", "" },
		{ "localhost", "" },
		{ "a..b", "" },
		{ "-a.example", "" },
		{ "a-.example", "" },
		{ "b\xc3\xbc"
		  "cher.example",
			"xn--bcher-kva.example" },
		{ "a b.example", "" },
		{ "_dmarc.x.example", "_dmarc.x.example" },
	};
	AUTO_ARENA a = arena_new(MIB(1), "test");
	for (size_t i = 0; i < N(t); i++) {
		struct str name = { NULL, 0 };
		int r = domain_read(&a, str_c(t[i].in), &name);
		ok(r < 0 ? t[i].want[0] == '\0' : str_eq(name, str_c(t[i].want)),
			"name '%s'", t[i].in);
	}
	ok(domain_under(S("a.b.example"), S("b.example")), "below");
	ok(!domain_under(S("ab.example"), S("b.example")), "a longer label is not below");
	ok(str_eq(url_host(S("http://u:p@Host.example:8080/x?y#z")), S("Host.example")),
		"url host");
	ok(str_eq(url_host(S("https://[2001:db8::1]:443/")), S("2001:db8::1")),
		"url with IPv6");
	ok(url_host(S("/only/path")).p == NULL, "no host");
}

static void test_days(void)
{
	static const struct {
		const char *in;
		int64_t want;
	} t[] = {
		{ "1970-01-01 00:00:00", 0 },
		{ "2026-06-01 10:20:30", 1780309230 },
		{ "2026-06-01T10:20:30Z", 1780309230 },
		{ "2026-06-01T11:20:30+01:00", 1780309230 },
		{ "2026-06-01 10:20:30.123456", 1780309230 },
		{ "2026-06-01 10:20:30 UTC", 1780309230 },
		{ "2026-06-31 00:00:00", -1 },
		{ "2026-06-01 24:00:00", -1 },
		{ "yesterday", -1 },
		{ "", -1 },
		{ "2026-06-01 10:20:30 pm", -1 },
		{ "2024-02-29", 1709164800 },
		{ "2023-02-29", -1 },
	};
	char text[DATE_TEXT_MAX];
	for (size_t i = 0; i < N(t); i++) {
		int64_t v = -1;
		int r = time_read(str_c(t[i].in), &v);
		ok((r < 0 ? -1 : v) == t[i].want, "time '%s'", t[i].in);
	}
	is(time_text(1780309230, text), "2026-06-01T10:20:30Z", "time_text");
	ok(day_weekday(day_make(2026, 6, 1)) == 0, "2026-06-01 is a Monday");
	int wrong = 0;
	for (int32_t d = 0; d < 365 * 400; d++) {
		int y, m, dd;
		day_split(d, &y, &m, &dd);
		wrong += day_make(y, m, dd) != d;
	}
	ok(wrong == 0, "400 years of days split and made again");
}

static void test_text(void)
{
	AUTO_ARENA a = arena_new(MIB(1), "test");
	ok(str_eq(utf8_escape(&a, S("caf\xe9\x01")), S("caf\\xE9\\x01")),
		"bad bytes are escaped");
	ok(utf8_valid(S("\xd8\xb9\xd8\xb1\xd8\xa8")), "Arabic is valid");
	ok(!utf8_valid(S("\xc0\xaf")) && !utf8_valid(S("\xed\xa0\x80")),
		"overlong and surrogate");
	ok(utf8_cut(S("a\xd8\xb9"), 2).n == 1, "a cut never splits a character");
	int64_t v;
	ok(str_int(S("-5"), -10, 10, &v) && v == -5, "str_int");
	ok(!str_int(S("99999999999999999999"), 0, INT64_MAX, &v), "str_int overflow");
	enum tlp tlp;
	ok(tlp_read(S("tlp:amber+strict"), &tlp) == 0 && tlp == TLP_AMBER_STRICT, "TLP");
	for (int t = TLP_CLEAR; t < TLP_N; t++)
		for (int way = TLP_TO_TEAM; way <= TLP_BY_LINK; way++) {
			bool clear = way == TLP_TO_TEAM || t <= TLP_AMBER;
			ok(tlp_may_leave((enum tlp)t, (enum tlp_way)way, true) &&
					tlp_may_leave((enum tlp)t, (enum tlp_way)way,
						false) == clear,
				"%s by way %d", tlp_text((enum tlp)t), way);
		}
	ok(!tlp_may_leave(TLP_N, TLP_TO_TEAM, true), "what is no marking stays");
	enum lang lang;
	ok(lang_parse(S("zh_CN"), &lang) == 0 && lang == LANG_ZH, "language");
	struct buf b = buf_in(&a, 5);
	ok(buf_add(&b, S("12345")) == 0 && buf_addc(&b, '6') == E_TOO_BIG,
		"a buffer's ceiling");
	AUTO_ARENA small = arena_new(KIB(64), "small");
	struct buf large = buf_in(&small, MIB(1));
	size_t n = 0;
	while (n < MIB(1) && buf_addc(&large, 'x') == 0)
		n++;
	ok(n > KIB(8) && n < KIB(64) && large.n == n && large.p[n] == '\0',
		"nor does a buffer end the process when its arena is full");
	char hex[SHA256_HEX + 1];
	struct sha256 h = sha256_of(S("abc"));
	is(sha256_text(&h, hex),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"SHA-256 of abc (FIPS 180-4)");
}

/* The vectors that SipHash's authors publish for 128 bits: key 00 01 .. 0f, message of n
 * bytes 00 01 .. */
static void test_siphash(void)
{
	static const struct {
		size_t n;
		const char *hex;
	} t[] = {
		{ 0, "a3817f04ba25a8e66df67214c7550293" },
		{ 1, "da87c1d86b99af44347659119b22fc45" },
		{ 8, "3b62a9ba6258f5610f83e264f31497b4" },
		{ 15, "5493e99933b0a8117e08ec0f97cfc3d9" },
		{ 63, "5150d1772f50834a503e069a973fbd7c" },
	};
	struct key128 key;
	char message[64];
	for (size_t i = 0; i < sizeof(message); i++)
		message[i] = (char)i;
	memcpy(key.b, message, sizeof(key.b));
	for (size_t i = 0; i < N(t); i++) {
		struct key128 h = siphash(&key, (struct str){ message, t[i].n });
		char hex[33];
		for (size_t k = 0; k < sizeof(h.b); k++)
			(void)snprintf(hex + 2 * k, 3, "%02x", h.b[k]);
		is(hex, t[i].hex, "SipHash-2-4-128");
	}
}

static void test_messages(void)
{
	AUTO_ARENA a = arena_new(MIB(1), "test");
	struct buf b = buf_in(&a, KIB(4));
	struct writer w = wr_new(&b);
	struct event e = { .row = 7,
		.flags = EVENT_HAS_NET,
		.severity = SEV_HIGH,
		.time = 1780309230,
		.port = 3389,
		.type = S("infected-system"),
		.identifier = S("x"),
		.name = S("n.example") };
	event_write(&w, &e);
	struct reader r = rd_new(buf_str(&b));
	struct event back;
	ok(w.err == 0 && event_read(&r, &back) == 0 && rd_end(&r) == 0,
		"an event there and back");
	ok(back.row == 7 && back.port == 3389 && str_eq(back.type, e.type),
		"is the same");
	int accepted = 0;
	for (size_t n = 0; n < b.n; n++) {
		struct reader cut = rd_new(str_to(buf_str(&b), n));
		accepted += event_read(&cut, &back) == 0;
	}
	ok(accepted == 0, "no cut event is taken");
	b.p[5] = (char)99;
	r = rd_new(buf_str(&b));
	ok(event_read(&r, &back) == E_SYNTAX, "an unknown severity is refused");
}

/* Functions of a library that is always there, but not linked to this test by name. */
static void test_library(void)
{
	static struct {
		unsigned long (*zlibCompileFlags)(void);
		const char *(*zlibVersion)(void);
	} lib;
	static const struct lib_call good[] = { LIB_CALL(zlibCompileFlags)
			LIB_CALL(zlibVersion) };
	const struct lib_call bad[] = { good[0], { "no_such_function", good[1].to } };
	struct why why = { 0 };
	ok(lib_open("libnowhere.so.9", good, 2, &why) == E_STATE &&
			str_search(str_c(why.text), S("libnowhere.so.9")) == 0,
		"a library that is not there is named: %s", why.text);
	why = (struct why){ 0 };
	ok(lib_open("libz.so.1", bad, 2, &why) == E_STATE && lib.zlibCompileFlags == NULL,
		"one without a function is not used: %s", why.text);
	ok(lib_open("libz.so.1", good, 2, NULL) == 0 && lib.zlibVersion()[0] == '1' &&
			lib.zlibCompileFlags() != 0,
		"its functions can be called");
	ok(lib_open("libnowhere.so.9", good, 2, NULL) == 0, "opened once");
}

int main(void)
{
	test_addresses();
	test_networks();
	test_names();
	test_days();
	test_text();
	test_siphash();
	test_messages();
	test_library();
	return tap_end();
}

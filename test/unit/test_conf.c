/* SPDX-License-Identifier: Apache-2.0
 * test_conf.c - tocsin.conf and the clock. Depends on: sys/conf, sys/clock. */
#include "sys/clock.h"
#include "sys/conf.h"
#include "tap.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define NEEDED "team.name = CIRT Talmeria\nteam.mail = cirt@talmeria.example\n"

static void test_read(struct arena *a)
{
	struct conf c;
	struct why why = { 0 };
	struct str text = S(
		"# ours\r\n\n team.name =  CIRT = Talmeria # 1 \r\n"
		"team.mail=cirt@talmeria.example\nteam.language = ar\nteam.tlp = GREEN\n"
		"demo = yes\ndata.cache = 512K\nrole.parsers = 2\ncountry = TM\n"
		"team.timezone = America/Argentina/Buenos_Aires\n");
	ok(conf_parse(text, a, &why, &c) == 0, "a file is read (%s)", why.text);
	ok(str_eq(c.team_name, S("CIRT = Talmeria # 1")),
		"a value is the whole rest of the line");
	ok(c.team_language == LANG_AR && c.team_tlp == TLP_GREEN && c.demo,
		"typed values");
	ok(c.data_cache == 524288 && c.role_parsers == 2, "sizes and numbers");
	ok(conf_parse(S(NEEDED), a, NULL, &c) == 0 && c.team_tlp == TLP_AMBER &&
			!c.demo && c.data_cache == (int64_t)MIB(6) &&
			str_eq(c.team_timezone, S("UTC")),
		"what is not said is at its standard");
}

#define URL                                                                              \
	" is not like https://cirt.example; http only on this machine, no / at the "     \
	"end, no query"

#define RELAY " is not smtp://host:port or smtps://host:port"

static void test_urls(struct arena *a)
{
	static const char *const good[] = { "", "https://cirt.example",
		"https://cirt.example:8443", "https://www.xt.example/cirt",
		"http://localhost", "http://127.0.0.1:8069", "http://[::1]:8069",
		"https://[2001:db8::1]/x" };
	for (size_t i = 0; i < N(good); i++) {
		struct conf c;
		conf_init(&c);
		ok(conf_set(&c, S("web.url"), str_c(good[i]), a, NULL) == 0 &&
				str_eq(c.web_url, str_c(good[i])),
			"web.url = %s", good[i]);
	}
}

static void test_refusals(struct arena *a)
{
	static const struct {
		const char *text, *says;
	} t[] = {
		{ "", "team.name is missing" },
		{ "team.name = x\n", "team.mail is missing" },
		{ NEEDED "colour = red\n", "line 3: 'colour' is no option" },
		{ NEEDED "demo\n", "line 3: neither 'name = value' nor a comment" },
		{ NEEDED "demo = maybe\n", "line 3: demo must be yes or no" },
		{ NEEDED "demo = no\ndemo = no\n", "line 4: demo stands there twice" },
		{ NEEDED "role.parsers = 9\n",
			"line 3: role.parsers must be from 1 to 8" },
		{ NEEDED "role.parsers = two\n",
			"line 3: role.parsers: 'two' is no number" },
		{ NEEDED "data.cache = 5X\n", "line 3: data.cache: '5X' is no number" },
		{ NEEDED "data.cache = 99999999999999999999G\n",
			"line 3: data.cache: '99999999999999999999G' is no number" },
		{ NEEDED "team.language = tlh\n",
			"line 3: team.language: 'tlh' is not one of en fr es ar ru zh" },
		{ NEEDED "team.tlp = PURPLE\n",
			"line 3: team.tlp: 'PURPLE' is no TLP marking" },
		{ NEEDED "country = tm\n",
			"line 3: country: 'tm' is not two capital letters" },
		{ NEEDED "team.timezone = ../etc/passwd\n",
			"line 3: team.timezone: '../etc/passwd' is no time zone's name" },
		{ NEEDED "web.url = cirt.example\n",
			"line 3: web.url: 'cirt.example'" URL },
		{ NEEDED "web.url = http://cirt.example\n",
			"line 3: web.url: 'http://cirt.example'" URL },
		{ NEEDED "web.url = http://127.0.0.1.example\n",
			"line 3: web.url: 'http://127.0.0.1.example'" URL },
		{ NEEDED "web.url = https://cirt.example/\n",
			"line 3: web.url: 'https://cirt.example/'" URL },
		{ NEEDED "web.url = https://cirt.example/a?b\n",
			"line 3: web.url: 'https://cirt.example/a?b'" URL },
		{ NEEDED "web.url = https://a@cirt.example\n",
			"line 3: web.url: 'https://a@cirt.example'" URL },
		{ NEEDED "web.url = https://cirt.example:99999\n",
			"line 3: web.url: 'https://cirt.example:99999'" URL },
		{ NEEDED "web.url = https://[::1\n",
			"line 3: web.url: 'https://[::1'" URL },
		{ NEEDED "mail.relay = smtp://[::1\n",
			"line 3: mail.relay: 'smtp://[::1'" RELAY },
		{ NEEDED "mail.relay = smtp://mail.example:0\n",
			"line 3: mail.relay: 'smtp://mail.example:0'" RELAY },
		{ NEEDED "web.url = https://\n", "line 3: web.url: 'https://'" URL },
		{ NEEDED "team.phone = +1\x01\n",
			"line 3: team.phone holds a control character" },
		{ NEEDED "team.phone = \xff\n", "line 3: team.phone is not UTF-8" },
		{ "team.name = x\nteam.mail = a@b@c.example\n",
			"line 2: team.mail: 'a@b@c.example' is no mail address" },
		{ "team.name = x\nteam.mail = a@b\n",
			"line 2: team.mail: 'a@b' is no mail address" },
		{ "team.name = x\nteam.mail = a@b.example, c@d\n",
			"line 2: team.mail: 'a@b.example, c@d' is no mail address" },
	};
	for (size_t i = 0; i < N(t); i++) {
		struct conf c;
		memset(&c, 0x5a, sizeof(c));
		struct conf before = c;
		struct why why = { 0 };
		int r = conf_parse(str_c(t[i].text), a, &why, &c);
		ok(r < 0 && memcmp(&c, &before, sizeof(c)) == 0,
			"refused, and nothing is changed");
		is(why.text, t[i].says, "it says why");
	}
}

static void test_write(struct arena *a)
{
	struct conf c, back;
	conf_init(&c);
	int r = conf_set(&c, S("team.name"), S("ЦРКИ"), a, NULL);
	r |= conf_set(&c, S("team.mail"), S("x@y.example"), a, NULL);
	r |= conf_set(&c, S("data.cache"), S("1000000"), a, NULL);
	r |= conf_set(&c, S("demo"), S("yes"), a, NULL);
	ok(r == 0 && conf_set(&c, S("nothing"), S("1"), a, NULL) == E_NOT_FOUND,
		"options are set");
	struct buf b = buf_in(a, CONF_SIZE_MAX);
	ok(conf_write(&c, &b) == 0 && conf_parse(buf_str(&b), a, NULL, &back) == 0 &&
			str_eq(back.team_name, c.team_name) &&
			back.data_cache == 1000000 && back.demo,
		"what is written is read back");
	int named = 0, items = 0;
	for (const struct conf_item *i = conf_items; i->name; i++, items++)
		named += str_search(buf_str(&b), str_c(i->help)) < b.n;
	ok(named == items && items > 5, "each option stands under its help");
	char dir[] = "/tmp/tocsin-conf-XXXXXX";
	struct why why = { 0 };
	if (mkdtemp(dir) == NULL)
		abort();
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ok(conf_load(fd, a, &why, &back) == E_NOT_FOUND, "no file: not a data directory");
	ok(conf_save(fd, &c, NULL) == 0 && conf_load(fd, a, NULL, &back) == 0 &&
			back.demo,
		"kept in the directory");
	(void)unlinkat(fd, CONF_FILE, 0);
	(void)close(fd);
	(void)rmdir(dir);
}

static void test_clock(void)
{
	struct clock c = { 0 };
	int64_t real = clock_now(&c);
	struct why why = { 0 };
	ok(real > 1700000000, "the real clock");
	ok(clock_fix(&c, false, 86400, &why) == E_DENIED && clock_now(&c) >= real,
		"not fixed in a real directory");
	ok(str_search(str_c(why.text), S("demonstration")) < strlen(why.text),
		"and it says so");
	ok(clock_fix(&c, true, 86400, NULL) == 0 && clock_now(&c) == 86400,
		"fixed in a demo");
	int64_t ms = clock_ms();
	clock_sleep_ms(3);
	ok(clock_ms() >= ms + 3, "waiting");
}

int main(void)
{
	AUTO_ARENA a = arena_new(MIB(4), "test");
	test_read(&a);
	test_refusals(&a);
	test_urls(&a);
	test_write(&a);
	test_clock();
	return tap_end();
}

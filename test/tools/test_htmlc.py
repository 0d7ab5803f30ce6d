#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# test_htmlc.py - htmlc.py makes C that writes what the template shows, and refuses the rest.
import unittest

import kit

SRC = kit.ROOT + "/src"
BASE = [f"{SRC}/base/{x}.c" for x in ("textout", "tr", "buf", "str", "arena", "utf8", "date",
                                      "net", "domain", "lang", "err")]
VIEW = """\
#pragma once
#include "base/net.h"
#include "base/opt.h"
struct family { const char *what; };
struct row { struct ip ip; struct net net; int64_t seen; int day; struct str title;
	struct { struct row *v; size_t n; } kids; };
struct rows { struct row *v; size_t n; };
struct view { struct str name, note; const char *place; size_t n; int64_t big;
	struct rows rows; struct family family; const char *help; struct opt_int day; bool urgent; };
"""
GOOD = """\
{# SPDX-License-Identifier: Apache-2.0 #}
{% use "view.h" %}

{% page body(const struct view *v) %}
{# TRANSLATORS: the name of an organisation #}
{{ _("Dear {name},", name=v->name) }} 100%
{% if v->urgent %}
  URGENT {{ v->place }}
{% else %}
calm
{% end %}
{% if not v->note %}no note{% end %}{% if v->note %}note: {{ v->note }}{% end %}

{% each row in v->rows %}
- {{ row->ip|addr }} {{ row->net|net }} {{ row->seen|date }} {{ row->day|day }} {{ row->title }}
{% each kid in row->kids %}
  * {{ kid->title }} of {{ row->title }}{% if v->day %} {{ v->day.v|int }}{% end %}
x
{% end %}
{% end %}
{{ _n("{n} finding from {a}", "{n} findings from {a}", n=v->n, a=v->place) }}
{{ _c("finding state", "Open") }} {{ v->family.what|msg }} {{ v->help|msg(port=v->big|int, a=v->place) }} {{ _("a \\"b\\"\\n" "c\\\\d") }}
{{ _("{b} on {d} from {t}",
     b=v->big|int,
     d=v->day.v|day, t=v->big|date) }}
{% end %}

{% header subject(const struct view *v) %}
{% if v->urgent %}
[!]\x20
{% end %}
{{ _("About {name}", name=v->name) }}
{% end %}
"""
MAIN = r"""
#include "tpl_good.h"
#include "view.h"
#include <stdio.h>

static const struct tr_key keys[] = { { NULL, "Dear {name}," }, { NULL, "open resolver" },
	{ NULL, "{n} finding from {a}" }, { "finding state", "Open" } };
static const char *const fr[] = { "{name}, bonjour {nobody} {", NULL, "r\303\251solveur", NULL,
	"{n} cas, {a}", "{n} cas (pl), {a}", "Ouvert", NULL };
static unsigned form(uint64_t n) { return n > 1; }
const struct tr_tables tr_tables = { keys, 4, { [LANG_FR] = { fr, 2, form } } };

int main(void)
{
	struct arena a = arena_new(MIB(1), "test");
	struct buf b = buf_in(&a, KIB(8));
	struct row kid = { .title = S("kid\xe2\x80\xae!\x01\xff.") };
	struct row rows[2] = { { .title = S("{name} \r\n <b>"), .day = 20605, .seen = 1780309230 },
		{ .title = S("two") } };
	if (net_read(S("192.0.2.0/24"), &rows[0].net) < 0 || ip_read(S("2001:db8::1"), &rows[0].ip) < 0)
		return 1;
	rows[0].kids.v = &kid;
	rows[0].kids.n = 1;
	struct view v = { .name = S("A\r\nBcc: x\xc2\x85y{n}"), .place = "here", .n = 2, .big = -5,
		.rows = { rows, 2 }, .family = { "open resolver" }, .help = "try {port}", .day = SOME(3) };
	for (int l = LANG_EN; l <= LANG_FR; l++) {
		struct textout o = { .out = &b, .lang = (enum lang)l };
		v.urgent = l == LANG_FR;
		v.note = l == LANG_FR ? S("x") : S("");
		if (subject(&o, &v) < 0 || buf_addc(&b, '\n') < 0 || body(&o, &v) < 0)
			return 1;
	}
	printf("%.*s", STR(buf_str(&b)));
	b.ceiling = b.n + 10;
	struct textout o = { .out = &b };
	if (body(&o, &v) != E_TOO_BIG || subject(&o, &v) != E_TOO_BIG)
		return 1;
	arena_free(&a);
	return 0;
}
"""
WANT = """\
About A Bcc: x y{n}
Dear A
Bcc: xy{n}, 100%
calm
no note

- 2001:db8::1 192.0.2.0/24 2026-06-01 10:20:30 UTC 2026-06-01 {name}\x20
 <b>
  * kid[U+202E]!\ufffd. of {name}\x20
 <b> 3
x
- :: ::/0 1970-01-01 00:00:00 UTC 1970-01-01 two
2 findings from here
Open open resolver try -5 a "b"
c\\d
-5 on 1970-01-04 from 1969-12-31 23:59:55 UTC
"""
WANT_FR = """\
[!] About A Bcc: x y{n}
A
Bcc: xy{n}, bonjour {nobody} { 100%
  URGENT here
note: x
"""


class Htmlc(kit.ToolTest):
    def compile(self, text, why=None, name="good.txt"):
        self.put(name, text)
        args = ("htmlc.py", "--out", "out", name)
        return self.refuse(why, *args) if why else self.accept(*args)

    def gcc(self, *args, why=None):
        self.put("view.h", VIEW)
        self.cc("-Iout", "-I.", "-I" + SRC, "-D_GNU_SOURCE", *args, why=why)

    def test_runs(self):
        self.compile(GOOD)
        self.put("main.c", MAIN)
        self.gcc("main.c", "out/tpl_good.c", *BASE, "-lidn2", "-o", "t")
        out = self.run_program("./t")
        en, fr = out[:len(WANT)], out[len(WANT):]
        self.assertEqual(en, WANT)
        self.assertEqual(fr[:len(WANT_FR)], WANT_FR)
        self.assertIn("\n2 cas (pl), here\nOuvert résolveur try -5 a", fr)

    def body(self, text):
        return '{% use "view.h" %}\n{% page p(const struct view *v) %}\n' + text + \
            "\n{% end %}\n"

    def test_gcc_points_at_the_template(self):
        for hole, why in [
            ("{{ v->nam }}", "x.txt:4:"), ("{% if v->urgnt %}\n{% end %}", "x.txt:4:"),
            ("{{ v->name|int }}", "x.txt:4:"), ("{{ v->big }}", "x.txt:4:"),
            ("{{ v->place|int }}", "x.txt:4:"), ("{{ v->name|addr }}", "x.txt:4:"),
            ("{% each r in v->name %}\n{% end %}", "x.txt:4:"),
            ("{{ v->name|msg }}", "x.txt:4:"), ("{{ v->n|date }}", "x.txt:4:"),
            ('{{ _("a {b}",\n b=v->rows) }}', "x.txt:4:"),
        ]:
            with self.subTest(hole=hole):
                self.compile(self.body("text\n" + hole), name="x.txt")
                self.gcc("-c", "out/tpl_x.c", why=why)

    def test_refusals(self):
        for text, why in [
            ("{{ f(v->name) }}", "x.txt:3: "), ("{{ v->name + 1 }}", "no C"),
            ("{{ v->f(1) }}", "no calls"), ("{{ v->a[0] }}", "no C"), ("{{ v }}", "a field path"),
            ("{{ *v->x }}", "a field path"), ("{{ v->name; }}", "no C"), ("{{ }}", "a field path"),
            ("{{ w->name }}", "'w' is not known"), ("{{ v->name|raw }}", "there is no raw"),
            ("{{ v->x|msg() }}", "expected a name"), ("{{ v->x|int(n=v->n) }}", "no calls"),
            ("{{ w->x|msg(n=v->n) }}", "'w' is not known"),
            ("{{ v->x|msg(n=w->n) }}", "'w' is not known"),
            ("{{ v->name|upper }}", "unknown formatter"), ("{{ v->x|int|date }}", "one formatter"),
            ('{{ "text" }}', "a field path"),
            ("{{ _(v->msgid) }}", 'only a literal'), ('{{ _("") }}', "empty text"),
            ('{{ _("a {b}") }}', "{b} has no argument"),
            ('{{ _("a", b=v->b) }}', "'b' has no placeholder"),
            ('{{ _("a {b}", b="x") }}', "a field path"), ('{{ _("a {b", b=v->b) }}', "a brace"),
            ('{{ _("{b}", b=v->b, b=v->c) }}', "twice"), ('{{ _("a\\x") }}', "unknown escape"),
            ('{{ _n("{n} a", n=v->n) }}', "takes 2 texts"),
            ('{{ _n("a", "b") }}', "number first"), ('{{ _c("Open") }}', "takes 2 texts"),
            ('{{ _n("a", "{m} b", n=v->n) }}', "{m} has no argument"),
            ('{{ _("a", "b") }}', "takes 1 text"), ('{{ _("a" }}', "expected ')'"),
            ("{{ v->name", "without }}"), ("a }} b", "closing brace"), ("{% if v->a", "without %}"),
            ("\n{% if v->a %}\nx", "x.txt:2: {% page %} without"),
            ("{% else %}", "without its"), ("{% end %}\n{% end %}", "{% end %} outside a page"),
            ("{% if v->a %}{% else %}{% else %}{% end %}", "without its"),
            ("{% each v in v->rows %}{% end %}", "cannot be the name"),
            ("{% each o in v->rows %}{% end %}", "cannot be the name"),
            ("{% each r in v->rows %}{% end %}{{ r->x }}", "'r' is not known"),
            ("{% if v->a == 1 %}{% end %}", "a condition is"), ("{% if f(v) %}{% end %}", "a condition"),
            ("{% each r in f(v) %}{% end %}", "a loop is"), ("{% c int x; %}", "unknown tag"),
            ("{% %}", "unknown tag"), ("{% end if %}", "takes nothing"),
            ("{% if v->a %}\n{% page q(const struct view *v) %}", "x.txt:4: a page inside 'if'"),
            ("{% page q(const struct view *v) %}\n{% end %}", "a page inside 'page'"),
            ('{% use "x.h" %}', "before the pages"),
        ]:
            with self.subTest(text=text):
                self.compile(self.body(text), why=why, name="x.txt")
                self.assertFalse(kit.os.path.exists(self.dir + "/out/tpl_x.c"))

    def test_refused_outside(self):
        for text, why in [
            ("\nhello\n", "x.txt:2: text outside"), ("{{ v->x }}", "outside a page"),
            ("{% if v->x %}", "outside a page"), ("{% page p(struct view *v) %}", "a page begins"),
            ("{% page p(const struct view *v, int n) %}", "a page begins"),
            ("{% use <stdio.h> %}", "{% use"),
            (self.body("a") + "{% page p(const struct view *v) %}\n{% end %}", "second page"),
        ]:
            with self.subTest(text=text):
                self.compile(text, why=why, name="x.txt")
        self.compile("", why="STEM.txt", name="X.txt")
        self.compile("", why="STEM.txt", name="x.htm")

    def test_control_in_quotes(self):
        """A closing brace inside a string does not end the hole."""
        self.compile(self.body('{{ _("100%}} and {a}", a=v->name) }}'), why="a brace", name="x.txt")


if __name__ == "__main__":
    unittest.main()

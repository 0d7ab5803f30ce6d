#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# test_htmlpage.py - htmlc.py's pages: each hole is escaped for its place, and what could run a
# script, load from elsewhere or leave markup open is refused. An HTML reader nobody here wrote
# sees a hostile value as one text or one attribute, whatever is in it.
import html.parser
import unittest

import kit
from test_htmlc import BASE, SRC

VIEW = """\
#pragma once
#include "base/textout.h"
struct row { struct str title; int64_t n; bool chosen; struct url link; };
struct rows { const struct row *v; size_t n; };
struct frame { struct str title; };
struct view { const struct frame *frame; struct str s; const char *z; int64_t n;
	struct url link; struct picture pic; struct sentence says; struct rows rows; bool yes; };
"""
LAYOUT = """\
{# SPDX-License-Identifier: Apache-2.0 #}
{% use "view.h" %}
{% page frame(const struct frame *f) %}
<!DOCTYPE html>
<html lang="en"><head><title>{{ f->title }} &ndash; {{ _("{a} here", a=f->title) }}</title></head>
<body><main>
{% content %}
</main></body></html>
{% end %}
{% page list(const struct rows *v) %}
<ul>
{% each r in v %}
{% show one(r) %}
{% end %}
</ul>
{% end %}
{% page one(const struct row *r) %}
<li><a href="{{ r->link }}"><bdi>{{ r->title }}</bdi></a></li>
{% end %}
"""
PAGE = """\
{% use "view.h" %}
{% page p(const struct view *v) %}
{% wrap frame(v->frame) %}
<h1>{{ _("Dear {name}", name=v->s) }}</h1>
<p class="a" title="{{ _("For {name}", name=v->s) }}">{{ v->s }}<br></p>
{% show list(v->rows) %}
<form method="post" action="{{ v->link }}">
<select name="x">
{% each r in v->rows %}
<option value="{{ r->n|int }}"{% if r->chosen %} selected{% end %}>{{ r->title }}</option>
{% end %}
</select>
<textarea name="t">{{ v->s }}</textarea></form>
<svg viewBox="0 0 10 10"><rect x="1" y="{{ v->n|int }}" width="5" height="5"/></svg>
{% end %}
{% end %}
"""
MAIN = r"""
#include "tpl_p.h"
#include "tpl_layout.h"
#include "view.h"
#include <stdio.h>
const struct tr_tables tr_tables = { 0 };
int main(int argc, char **argv)
{
	struct arena a = arena_new(MIB(1), "test");
	struct buf b = buf_in(&a, KIB(64));
	struct str s = str_c(argc > 1 ? argv[1] : "");
	struct frame f = { s };
	struct row rows[2] = { { s, 3, true, { S("/a?b=1&c=2") } }, { S("two"), 4, false, { s } } };
	struct view v = { .frame = &f, .s = s, .n = -7, .link = { S("/post") }, .rows = { rows, 2 } };
	struct textout o = { .out = &b };
	if (p(&o, &v) < 0)
		return 1;
	printf("%.*s", STR(buf_str(&b)));
	arena_free(&a);
	return 0;
}
"""
HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=y>', "' onclick='x", "&lt;b&gt;", "</title>"
           "</textarea><b>", "<!--", "]]>", "a\u202eb", "javascript:x", "{name}", "\x01\t<"]


class Seen(html.parser.HTMLParser):
    """Elements, attributes and texts as a browser would see them."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.texts, self.open, self.bad = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("br", "rect"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.bad.append(tag)

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else "", data.strip()))

    def handle_comment(self, data):
        self.bad.append("comment")


def clean(s):
    """What a hole shows of s: see base/textout.h."""
    return s.replace("\t", " ").replace("\x01", "").replace("\u202e", "[U+202E]")


class HtmlPage(kit.ToolTest):
    def compile(self, text, why=None, layout=LAYOUT):
        self.put("p.html", text)
        self.put("layout.html", layout)
        args = ("htmlc.py", "--out", "out", "p.html", "layout.html")
        return self.refuse(why, *args) if why else self.accept(*args)

    def gcc(self, *args, why=None):
        self.put("view.h", VIEW)
        self.cc("-Iout", "-I.", "-I" + SRC, "-D_GNU_SOURCE", *args, why=why)

    def test_hostile_values(self):
        self.compile(PAGE)
        self.put("main.c", MAIN)
        self.gcc("main.c", "out/tpl_p.c", "out/tpl_layout.c", *BASE, "-lidn2", "-o", "t")
        plain = Seen(self.run_program("./t", "plain"))
        self.assertEqual(plain.bad, [])
        self.assertEqual([t for t, _ in plain.tags if t == "bdi"], ["bdi"] * 3)
        for s in HOSTILE:
            with self.subTest(value=s):
                seen, want = Seen(self.run_program("./t", s)), clean(s)
                self.assertEqual(seen.bad, [])
                self.assertEqual([t for t, _ in seen.tags], [t for t, _ in plain.tags])
                self.assertEqual([sorted(a) for _, a in seen.tags],
                                 [sorted(a) for _, a in plain.tags])
                attrs = [a for _, a in seen.tags]
                self.assertIn({"class": "a", "title": "For " + want}, attrs)
                self.assertIn({"href": "/a?b=1&c=2"}, attrs)
                self.assertIn(("p", want.strip()), seen.texts)
                self.assertIn(("textarea", want.strip()), seen.texts)
                self.assertIn(("title", f"{want} – {want} here".strip()), seen.texts)
                self.assertEqual([t for at, t in seen.texts if at == "bdi"][0], want.strip())

    def page(self, text):
        return '{% use "view.h" %}\n{% page p(const struct view *v) %}\n' + text + "\n{% end %}\n"

    def test_white_space(self):
        self.compile(self.page("<p>\n\t\ta  b\n</p>\n<pre>\n  x\n</pre>"))
        with open(self.dir + "/out/tpl_p.c", encoding="utf-8") as f:
            text = f.read()
        self.assertIn('"<p>\\n"', text)
        self.assertIn('"a  b\\n"', text)
        self.assertIn('"  x\\n"', text)

    def test_gcc_points_at_the_page(self):
        for hole, why in [
            ('<a href="{{ v->s }}">x</a>', "p.html:4:"), ('<a href="{{ v->z }}">x</a>', "p.html:4:"),
            ("<p>{{ v->link }}</p>", "p.html:4:"), ("<p>{{ v->misspelt }}</p>", "p.html:4:"),
            ("{% show one(v->frame) %}", "p.html:4:"), ("<p>{{ v->s|int }}</p>", "p.html:4:"),
            ("{% wrap frame(v) %}x{% end %}", "p.html:4:"), ("{% show one(v->rows) %}", "p.html:4:"),
            ("{% each r in v %}{{ r->title }}{% end %}", "p.html:4:"),
            ("<p>{{ v->s|sentence }}</p>", "struct sentence"),
        ]:
            with self.subTest(hole=hole):
                self.compile(self.page("text\n" + hole))
                self.gcc("-c", "out/tpl_p.c", why=why)

    def test_refusals(self):
        for text, why in [
            ("<script>{{ v->s }}</script>", "<script> is not"), ("<script></script>", "<script>"),
            ("<style>p{}</style>", "<style> is not"), ("<iframe></iframe>", "<iframe>"),
            ('<p onclick="{{ v->s }}"></p>', "onclick= is not"), ('<p onclick="x"></p>', "onclick="),
            ('<p style="{{ v->s }}"></p>', "style= is not"), ('<p srcdoc="{{ v->s }}"></p>', "srcdoc="),
            ("<p class={{ v->s }}></p>", '"double quotes"'), ("<p class='{{ v->s }}'></p>", '"double'),
            ("<p class=x></p>", '"double quotes"'), ("<p {{ v->s }}></p>", "a hole in a tag"),
            ("<p cl{{ v->s }}></p>", "a hole in a tag"), ("<{{ v->s }}>", "name of an element"),
            ("<p{{ v->s }}></p>", "name of an element"), ("<!-- {{ v->s }} -->", "a comment"),
            ("<!-- x -->", "a comment"), ('<a href="/x?{{ v->s }}">x</a>', "one hole with a struct url"),
            ('<a href="{{ v->link }}#x">x</a>', "one hole with a struct url"),
            ('<a href="{{ v->link }}{{ v->link }}">x</a>', "one hole with a struct url"),
            ('<a href="{% if v->yes %}{{ v->link }}{% end %}">x</a>', "takes no blocks"),
            ('<a href="{{ v->link|int }}">x</a>', "without a formatter"),
            ('<a href="{{ _("x") }}">x</a>', "without a formatter"),
            ('<a href="https://example.com/">x</a>', "another host"),
            ('<img src="data:x">', "another host"), ("<a href>x</a>", "without a value"),
            ('<form action="javascript:x"></form>', "another host"),
            ('<meta http-equiv="refresh">', "http-equiv= is not"), ('<p class="a" class="b"></p>', "twice"),
            ("<p>", "ends inside <p>"), ("</p>", "closes nothing"), ("<p><b></p></b>", "<b> is open"),
            ("{% if v->yes %}<p>{% end %}</p>", "closed in it"),
            ("{% if v->yes %}<p>{% else %}<p>{% end %}</p>", "closed in it"),
            ("{% each r in v->rows %}<ul>{% end %}", "closed in it"),
            ('<p class="{% if v->yes %}a"{% end %}></p>', "closed in it"),
            ("<p class=\"a{% if v->yes %}", "without {% end %}"), ("<p", "ends inside <p"),
            ('<p class="x', "ends inside"), ("a < b", "a bare '<'"), ("a > b", "in text"), ("a & b", "in text"),
            ("<div/>", "close themselves"), ('<rect x="1">', "ends with />"),
            ("<title><b>x</b></title>", "holds text only"), ("{{ v->s|raw }}", "there is no raw"),
            ("{{ f(v->s) }}", "a field path"), ("{% if v->yes %}", "without {% end %}"),
            ("{% show nobody(v->frame) %}", "there is no page 'nobody'"),
            ("{% show frame(v->frame) %}", "is for {% wrap %}"),
            ("{% wrap one(v->frame) %}{% end %}", "is for {% wrap %}"),
            ("{% wrap frame(v->frame) %}<p>{% end %}", "closed in it"),
            ("<p {% show one(v->frame) %}></p>", "in text only"), ("{% show one(f(v)) %}", "another page is"),
            ("{% if v->yes %}{% content %}{% end %}", "in no block"),
            ("{% content %}{% content %}", "once in a page"),
            ("<p {% content %}></p>", "in text only"),
            ('<p cl{% if v->yes %}ass="x"{% end %}></p>', "in two pieces"),
            ('<p title="{{ v->pic|picture }}"></p>', "in the text of a page only"),
            ('<p title="{{ v->says|sentence }}"></p>', "in the text of a page only"),
            ("<title>{{ v->pic|picture }}</title>", "in the text of a page only"),
            ('{{ _("a {b}", b=v->pic|picture) }}', "in the text of a page only"),
        ]:
            with self.subTest(text=text):
                self.compile(self.page("x\n" + text), why=why)
                self.assertFalse(kit.os.path.exists(self.dir + "/out/tpl_p.c"))

    def test_pictures(self):
        self.compile(self.page("<p>{{ v->pic|picture }}</p>"))
        self.gcc("-c", "out/tpl_p.c", "-o", "p.o")
        self.compile(self.page("<p>{{ v->s|picture }}</p>"))
        self.gcc("-c", "out/tpl_p.c", "-o", "p.o", why="struct picture")
        self.compile(self.page("<p>{{ v->pic }}</p>"))
        self.gcc("-c", "out/tpl_p.c", "-o", "p.o", why="struct picture")

    def test_place_of_the_fault(self):
        self.compile(self.page("<p>\na\n</p>\n<script>"), why="p.html:6: <script>")
        self.compile("{% header h(const struct view *v) %}\n{% end %}\n", why="a header is for mail")


if __name__ == "__main__":
    unittest.main()

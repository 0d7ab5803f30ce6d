#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# test_poc.py - poc.py extracts, merges, checks and compiles; GNU msgfmt agrees with it.
import shutil
import subprocess
import unittest

import kit
import poc

SRC = kit.ROOT + "/src"
C = r"""
#define N_(text) text
/* tr(l, "in a comment") */
static const char *const t[] = { N_("two " "parts"), "N_(not code)" };
/* TRANSLATORS: the traffic light
 * protocol */
const char *x = tr(l, "Open \"it\"\n");
y = trc(l, "case state", "Open");
z = trn(x->lang, "%d notice queued", "%d notices queued", count(a, b));
w = tr(l, item->name);
const char *tr(enum lang l, const char *msgid);
"""
TXT = """\
{% page p(const struct v *v) %}
{# TRANSLATORS: an organisation #}
{{ _("Dear {name}, 100% of {n}", name=v->name, n=v->n|int) }}
{{ _n("{n} finding", "{n} findings", n=v->n) }} {{ _("two parts") }}
{% end %}
"""
ADVICE = """\
# SPDX
[other]
title: A thing
what: What it
  is
why: Why
check: Run `ls -l` here
fix: Fix
"""
FR = {
    "two parts": ["deux parties"], 'Open "it"\n': ["Ouvrez « le »\n"], "Open": ["Ouvert"],
    "%d notice queued": ["%d avis", "%d avis (pl.)"],
    "Dear {name}, 100% of {n}": ["{n}: 100 % de {name}"],
    "{n} finding": ["{n} constat", "{n} constats"], "A thing": ["Une chose"],
    "What it is": ["Ce que c’est " + "et long " * 20 + "fin"], "Why": ["Pourquoi"],
    "Run `ls -l` here": ["Ici, `ls -l`"], "Fix": ["Réparer"],
}
AR = {"{n} finding": ["لا شيء", "واحد", "اثنان", "{n} نتائج", "{n} نتيجة", "\u200f{n} نتيجة"]}
MAIN = r"""
#include "base/tr.h"
#include <stdio.h>
int main(void)
{
	printf("%s|%s|%s|", tr(LANG_FR, "two parts"), tr(LANG_EN, "two parts"), tr(LANG_ES, "Why"));
	printf("%s|%s|", trc(LANG_FR, "case state", "Open"), tr(LANG_FR, "Open"));
	printf("%s|%s\n", tr(LANG_FR, "no such"), tr(LANG_FR, "Why"));
	for (int n = 0; n < 3; n++)
		printf("%s,%s,%s|", trn(LANG_FR, "{n} finding", "{n} findings", n),
			trn(LANG_EN, "{n} finding", "{n} findings", n),
			trn(LANG_ES, "{n} finding", "{n} findings", -n));
	printf("\n%s|%s\n", trn(LANG_AR, "{n} finding", "{n} findings", 2),
		trn(LANG_AR, "{n} finding", "{n} findings", 103));
	const unsigned n[] = { 0, 1, 2, 5, 11, 21, 22, 25, 99, 100, 101, 111 };
	for (int l = LANG_FR; l < LANG_N; l++)
		for (size_t i = 0; i < N(n) && tr_tables.lang[l].form; i++)
			printf("%u%s", tr_tables.lang[l].form(n[i]), i + 1 == N(n) ? "\n" : " ");
	return 0;
}
"""
WANT = """\
deux parties|two parts|Why|Ouvert|Open|no such|Pourquoi
{n} constat,{n} findings,{n} findings|{n} constat,{n} finding,{n} finding|{n} constats,{n} findings,{n} findings|
اثنان|{n} نتائج
0 0 1 1 1 1 1 1 1 1 1 1
1 0 1 1 1 1 1 1 1 1 1 1
0 1 2 3 4 4 4 4 4 5 5 4
2 0 1 2 2 0 1 2 2 2 0 2
0 0 0 0 0 0 0 0 0 0 0 0
"""


class Poc(kit.ToolTest):
    def extract(self, c=C, txt=TXT, advice=ADVICE):
        self.put("a.c", c)
        self.put("m.txt", txt)
        self.put("types.txt", advice)
        p = self.accept("poc.py", "extract", "a.c", "m.txt", "types.txt")
        self.put("po/tocsin.pot", p.stdout)
        return p.stdout

    def fill(self, lang, words):
        """Writes translations into a fresh .po, through poc's own writer."""
        path = f"po/{lang}.po"
        self.accept("poc.py", "update", path, "po/tocsin.pot")
        entries = poc.read_po(self.dir + "/" + path)
        for (ctx, text), e in entries.items():
            if text in words and (text != "Open" or ctx):
                e.strs = words[text]
        self.put(path, "\n".join(map(poc.po_entry, entries.values())))

    def msgfmt(self, path, good=True):
        p = subprocess.run(["msgfmt", "--check", "-o", "/dev/null", path], cwd=self.dir,
                           capture_output=True, text=True)
        self.assertEqual(p.returncode == 0, good, p.stderr)

    def test_extract(self):
        pot = self.extract()
        for part in ['#. TRANSLATORS: the traffic light protocol\n#: a.c:7\n'
                     'msgid "Open \\"it\\"\\n"\nmsgstr ""\n',
                     '#: a.c:4\n#: m.txt:4\nmsgid "two parts"\n',
                     'msgctxt "case state"\nmsgid "Open"\n',
                     '#, c-format\nmsgid "%d notice queued"\nmsgid_plural "%d notices queued"\n'
                     'msgstr[0] ""\nmsgstr[1] ""\n',
                     '#. TRANSLATORS: an organisation\n#: m.txt:3\n'
                     'msgid "Dear {name}, 100% of {n}"\n',
                     '#. advice: other, what\n#: types.txt:4\nmsgid "What it is"\n']:
            self.assertIn(part, pot)
        self.assertNotIn("comment", pot)
        self.assertNotIn("not code", pot)
        self.assertEqual(pot.count("\nmsgid "), 12)

    def test_current(self):
        """A text in a source that the .pot does not know, and one that is gone."""
        self.put("src/a.c", C)
        self.put("src/m.txt", TXT)
        pot = self.accept("poc.py", "extract", "src/a.c", "src/m.txt").stdout
        self.put("po/tocsin.pot", pot)
        self.accept("poc.py", "current", "po/tocsin.pot", ".")
        self.put("src/b.c", 'const char *x = tr(l, "brand new");')
        self.refuse("brand new", "poc.py", "current", "po/tocsin.pot", ".")
        self.put("src/b.c", "")
        self.put("src/m.txt", TXT.replace("two parts", "three parts").replace("Dear", "Dearest"))
        self.refuse("Dear {name}", "poc.py", "current", "po/tocsin.pot", ".")

    def test_extract_agrees_with_xgettext(self):
        if not shutil.which("xgettext"):
            self.skipTest("no xgettext")
        self.extract()
        p = subprocess.run(["xgettext", "-o", "-", "-kN_", "-ktr:2", "-ktrc:2c,3", "-ktrn:2,3",
                            "a.c"], cwd=self.dir, capture_output=True, text=True, check=True)
        self.put("x.pot", p.stdout.replace("CHARSET", "UTF-8"))
        theirs = {k for k in poc.read_po(self.dir + "/x.pot") if k[1]}
        ours = {(ctx, text) for _, ctx, text, _, _ in poc.c_messages(self.dir + "/a.c")}
        self.assertEqual(ours, theirs)

    def test_extract_refusals(self):
        for c, why in [('f(tr(l, a ? "x" : "y"));', "literal text"), ("N_(x);", "literal text"),
                       ('tr(l, "%" PRId64 "x");', "literal text"), ('N_("");', "empty text"),
                       ('N_("a\\x41");', "a text to translate"),
                       ('trn(l, "a", "b", n); trn(l, "a", "c", n);', "another plural")]:
            with self.subTest(c=c):
                self.put("b.c", "\n" + c + "\n")
                self.refuse("b.c:2: ", "poc.py", "extract", "b.c")
                self.refuse(why, "poc.py", "extract", "b.c")

    def test_tables(self):
        self.extract()
        for lang in ("fr", "es", "ar", "ru", "zh_CN"):
            self.fill(lang, {"fr": FR, "ar": AR}.get(lang, {}))
            self.msgfmt(f"po/{lang}.po")
        self.accept("poc.py", "--out", "out", "po/fr.po", "po/es.po", "po/ar.po", "po/ru.po",
                    "po/zh_CN.po")
        self.put("main.c", MAIN)
        self.cc("-I" + SRC, "-D_GNU_SOURCE", "main.c", "out/tr_tables.c", SRC + "/base/tr.c",
                "-o", "t")
        self.assertEqual(self.run_program("./t"), WANT)

    def test_tables_empty(self):
        self.accept("poc.py", "--out", "out")
        self.put("main.c", MAIN)
        self.cc("-I" + SRC, "-D_GNU_SOURCE", "main.c", "out/tr_tables.c", SRC + "/base/tr.c",
                "-o", "t")
        self.assertTrue(self.run_program("./t").startswith("two parts|two parts|Why|Open|Open|"))

    def test_plural_rules(self):
        """The parser's reading is gettext's: tried against msgfmt and by value."""
        for rule, why in [
            ("nplurals=2; plural=(n != 1", "is missing"), ("nplurals=2; plural=n;", "gives form"),
            ("nplurals=2; plural=0;", "never gives form 1"), ("nplurals=1; plural=n%0;", "zero"),
            ("nplurals=1; plural=system(n);", "plural rule"), ("plural=n != 1;", "no header"),
            ("nplurals=2; plural=n != 1 n;", "'n'"), ("nplurals=2; plural=n ? 1;", "':' is missing"),
            ("nplurals=2; plural=(n,1);", "plural rule"), ("nplurals=1; plural=n-n-1;", "below zero"),
            ("nplurals=2; plural=" + "(" * 60 + "n" + ")" * 60, "too deep"),
        ]:
            with self.subTest(rule=rule):
                e = poc.header_entry("fr")
                e.strs[0] = e.strs[0].replace("nplurals=2; plural=(n > 1);", rule) \
                    if "nplurals" in rule else e.strs[0].replace("nplurals=2; ", "")
                self.put("po/fr.po", poc.po_entry(e))
                self.refuse(why, "poc.py", "--out", "out", "po/fr.po")

        def forms(text):
            p = poc.Plural("x", 1, "Plural-Forms: " + text + "\n")
            return [p.value(p.tree, n) for n in (0, 1, 2, 3)]
        self.assertEqual(forms("nplurals=3; plural=!n?2:n==1||n-1==2?0:1"), [2, 0, 1, 0])
        self.assertEqual(forms("nplurals=3; plural=n%3*2/2+0"), [0, 1, 2, 0])

    def test_update(self):
        self.extract()
        self.fill("fr", FR)
        text = self.get("po/fr.po").replace('#: a.c:4\n', '# to be reviewed\n# by Aïcha\n#: a.c:4\n')
        self.put("po/fr.po", text)
        self.extract(C.replace('trc(l, "case state", "Open")', "0"),
                     TXT.replace("Dear", "Hello"))
        self.accept("poc.py", "update", "po/fr.po", "po/tocsin.pot")
        po = self.get("po/fr.po")
        self.assertIn('# to be reviewed\n# by Aïcha\n#: a.c:4\n', po)
        self.assertIn('#~ msgctxt "case state"\n#~ msgid "Open"\n#~ msgstr "Ouvert"\n', po)
        self.assertIn('msgid "Hello {name}, 100% of {n}"\nmsgstr ""\n', po)
        self.assertIn('msgstr "deux parties"', po)
        self.msgfmt("po/fr.po")
        self.accept("poc.py", "update", "po/fr.po", "po/tocsin.pot")
        self.assertEqual(self.get("po/fr.po"), po, "a second update changes nothing")
        self.extract()                  # what comes back brings its translation
        self.accept("poc.py", "update", "po/fr.po", "po/tocsin.pot")
        self.assertIn('\nmsgctxt "case state"\nmsgid "Open"\nmsgstr "Ouvert"\n', self.get("po/fr.po"))
        self.assertNotIn("#~ msgctxt", self.get("po/fr.po"))

    def test_writer_and_reader_agree(self):
        for text in ["", "a", "\n", "a\n", "\na\nb", "x " * 100, " lead", 'q"\\n\\"' * 30,
                     "long" * 50, "tab\t" * 30, "a\n\n\nb  c   \n"]:
            e = poc.Entry()
            e.id, e.strs = "k", [text]
            self.put("po/fr.po", poc.po_entry(poc.header_entry("fr")) + "\n" + poc.po_entry(e))
            with self.subTest(text=text):
                self.assertEqual(poc.read_po(self.dir + "/po/fr.po")[(None, "k")].strs, [text])

    def test_check(self):
        self.extract()
        self.fill("fr", FR)
        args = ("poc.py", "check", "po/fr.po", "po/tocsin.pot")
        good = self.get("po/fr.po")
        self.put("po/fr.po", good.replace("#: a.c:4\n", "# to be reviewed\n#: a.c:4\n"))
        self.assertIn("po/fr.po: 11 texts, 1 to be reviewed", self.accept(*args).stdout)
        self.msgfmt("po/fr.po")
        for old, new, why in [
            ("deux parties", "", "no translation"), ("{n} constats", "constats", "placeholders differ"),
            ("{n} constat\"", "un constat\"", "placeholders differ"),
            ("{n}: 100 % de {name}", "{n}: {nom}", "placeholders differ"),
            ("{n}: 100 % de {name}", "{n} {n} {name}", "placeholders differ"),
            ("%d avis (pl.)", "%s avis", "placeholders differ"),
            ("%d avis (pl.)", "les avis", "placeholders differ"),
            ("« le »\\n", "« le »", "line feeds"), ("deux parties", "deux\\n", "line feeds"),
            ("deux", "de\u202eux", "U+202E"), ("deux", "de\u2066ux", "U+2066"),
            ("deux", "de\u2068ux", "in pairs"), ("deux", "de\x07ux", "U+0007"),
            ("Ici, `ls -l`", "Ici, `ls -a`", "backquotes"), ("Ici, `ls -l`", "Ici, ls -l", "backquotes"),
            ("deux", "de{ux", "a brace"), ('msgid "two parts"', 'msgid "two part"', "is missing"),
            ('msgid "two parts"', 'msgid "two part"', "not in the .pot"),
            ('msgstr[1] "{n} constats"', "", "1 forms of 2"),
            ('msgid_plural "{n} findings"', 'msgid_plural "{n} found"', "another plural"),
            ("#, c-format", "#, c-format, fuzzy", "fuzzy"), ("charset=UTF-8", "charset=X", "charset"),
            ("Plural-Forms", "Plural", "no header"), ("msgstr[1]", "msgstr[2]", "expected msgstr[1]"),
            ('msgid "Why"', 'msgid "Fix"', "twice"), ('msgid "Why"', "msgid Why", "not a line"),
        ]:
            with self.subTest(new=new, why=why):
                self.assertIn(old, good)
                self.put("po/fr.po", good.replace(old, new))
                self.refuse(why, *args)
        self.put("po/fr.po", good.replace("deux", "d\u200ee\u2068ux\u2069"))
        self.accept(*args)

    def test_check_arabic(self):
        """Forms for one number may say it in words; the others may not."""
        self.extract(c="", advice="[other]\ntitle: {port}\nwhat: {port}\nwhy: {port}\n"
                     "check: {port}\nfix: {port}\n",
                     txt=TXT.replace('{{ _("two parts") }}', "").replace("100% of ", ""))
        both = dict(AR, **{"Dear {name}, {n}": ["{name} {n}"], "{port}": ["{port}"]})
        self.fill("ar", both)
        self.accept("poc.py", "check", "po/ar.po", "po/tocsin.pot")
        self.msgfmt("po/ar.po")
        self.put("po/ar.po", self.get("po/ar.po").replace("{n} نتائج", "نتائج"))
        self.refuse("placeholders differ", "poc.py", "check", "po/ar.po", "po/tocsin.pot")

    def test_other_languages_refused(self):
        self.put("po/de.po", poc.po_entry(poc.header_entry("fr")))
        self.refuse("not a language", "poc.py", "--out", "out", "po/de.po")


if __name__ == "__main__":
    unittest.main()

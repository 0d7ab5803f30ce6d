#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# test_advicec.py - advice texts become tables that find the right text; faults are refused.
import unittest

import kit

SRC = kit.ROOT + "/src"
FAMILIES = """\
# SPDX-License-Identifier: Apache-2.0
# Families.

[open-dns]
identifiers: zz-dns dns-open
   dns.2
title: Open "resolver"
what: Anybody may ask
  it, at any time.
why:
  Because.
check: Look.
fix: Close it.
fix.dns.2: Close it twice.

[mail]
identifiers: smtp
title: Mail
what: w
why: y
check: c
fix: f
"""
TYPES = """\
[other]
title: Something
what: w
why: y
check: c
fix: general

[vulnerable-system]
title: Weak
what: w
why: y
check: c
fix: f
"""
MAIN = r"""
#include "advice.h"
#include <stdio.h>
int main(void)
{
	const char *t[][2] = { { "dns.2", "x" }, { "zz-dns", "other" }, { "smtp", "" },
		{ "none", "vulnerable-system" }, { "none", "none" }, { "", "" } };
	for (size_t i = 0; i < N(t); i++) {
		const struct advice *a = advice_of(str_c(t[i][0]), str_c(t[i][1]));
		printf("%s,%s,%s\n", a->id, a->what, advice_fix(a, str_c(t[i][0])) ? advice_fix(a, str_c(t[i][0])) : "-");
	}
	const struct advice *o = advice_of((struct str){ 0 }, (struct str){ 0 });
	printf("%s|%s|%s|%s\n", o->title, o->why, o->check, o->fix);
	return 0;
}
"""
WANT = """\
open-dns,Anybody may ask it, at any time.,Close it twice.
open-dns,Anybody may ask it, at any time.,-
mail,w,-
vulnerable-system,w,-
other,w,-
other,w,-
Something|y|c|general
"""


class Advicec(kit.ToolTest):
    ARGS = ("advicec.py", "--out", "out", "families.txt", "types.txt")

    def both(self, families=FAMILIES, types=TYPES):
        self.put("families.txt", families)
        self.put("types.txt", types)

    def test_tables(self):
        self.both()
        self.accept(*self.ARGS)
        self.put("main.c", MAIN)
        self.cc("-Iout", "-I" + SRC, "-D_GNU_SOURCE", "main.c", "out/advice.c",
                SRC + "/base/str.c", SRC + "/base/arena.c", "-o", "t")
        self.assertEqual(self.run_program("./t"), WANT)

    def test_refusals(self):
        for old, new, why in [
            ("check: Look.\n", "", "families.txt:4: [open-dns] has no check:"),
            ("check: Look.", "test: Look.", "families.txt:12: unknown field 'test'"),
            ("fix.dns.2:", "fix.dns.3:", "not among the identifiers"),
            ("fix.dns.2:", "why.dns.2:", "unknown field 'why.dns.2'"),
            ("fix.dns.2:", "fix:", "'fix' twice"), ("check: Look.", "check:", "an empty text"),
            ("check: Look.", "check: " + "x" * 701, "701 characters"),
            ("check: Look.", "check: at {host}", "only {address} and {port}"),
            ("check: Look.", "check: at {port", "only {address} and {port}"),
            ("check: Look.", "check: `ls", "a backquote"),
            ("identifiers: smtp", "identifiers: dns-open", "belongs to [open-dns]"),
            ("identifiers: smtp\n", "", "[mail] has no identifiers"),
            ("identifiers: smtp", "identifiers: SMTP!", "not an identifier"),
            ("identifiers: smtp", "identifiers:", "no identifiers"),
            ("[mail]", "[open-dns]", "a second [open-dns]"), ("[mail]", "[Mail]", "in lower case"),
            ("[mail]", "[mail", "in lower case"), ("check: Look.", "Look at this", "wanted field"),
            ("[open-dns]\n", "", "before the first"), ("title: Mail\n", "title: Mail\n\n  more\n", "indented"),
        ]:
            with self.subTest(new=new, why=why):
                self.assertIn(old, FAMILIES)
                self.both(FAMILIES.replace(old, new, 1))
                self.refuse(why, *self.ARGS)
                self.assertFalse(kit.os.path.exists(self.dir + "/out/advice.c"))
        self.both(types=TYPES.replace("[other]", "[others]"))
        self.refuse("no [other]", *self.ARGS)
        self.both(types=TYPES.replace("title: Weak", "identifiers: a\ntitle: Weak"))
        self.refuse("types have no identifiers", *self.ARGS)
        self.both(FAMILIES.replace("check: Look.", "check: `a { b; }; {port}` {address} " + "x" * 671))
        self.accept(*self.ARGS)


if __name__ == "__main__":
    unittest.main()

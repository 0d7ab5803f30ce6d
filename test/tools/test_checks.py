#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# test_checks.py - check_deps, check_style and check_size find what is planted, and only that.
import os
import unittest

import kit

HEAD = "/* SPDX-License-Identifier: Apache-2.0\n * x.c - a test. Depends on: nothing. */\n"


class Deps(kit.ToolTest):
    def plant(self, name, include, why=None):
        path = self.put(name, HEAD + "#include " + include + "\n")
        with self.subTest(name=name, include=include):
            if why:
                self.refuse(f"{name}:3: ", "check_deps.py", ".")
                self.refuse(why, "check_deps.py", ".")
            else:
                self.accept("check_deps.py", ".")
        os.remove(path)

    def test_layers(self):
        for name, include in [
            ("src/base/x.c", '"base/str.h"'), ("src/core/x.c", '"db/stmt.h"'),
            ("src/core/x.c", '"sql_case.h"'), ("src/db/x.c", "<sqlite3.h>"),
            ("src/db/x.c", '"sql_all.h"'), ("src/work/x.c", '"exchange/mail.h"'),
            ("src/role/x.c", '"web/http.h"'), ("src/cli/x.h", '"core/case.h"'),
            ("src/main.c", '"role/role.h"'), ("src/main.c", "<stdio.h>"),
            ("src/web/x.c", "<microhttpd.h>"), ("src/core/x.c", '"advice.h"'),
            ("src/exchange/x.c", '"fmt/csv.h"'), ("src/work/x.c", '"tpl_notice.h"'),
        ]:
            self.plant(name, include)

    def test_refusals(self):
        for name, include, why in [
            ("src/base/x.c", '"sys/loop.h"', "src/base may not include"),
            ("src/base/x.c", '"advice.h"', "src/base may not include"),
            ("src/sys/x.c", '"db/db.h"', "src/sys may not"), ("src/db/x.c", '"core/x.h"', "src/db"),
            ("src/fmt/x.h", '"sys/fd.h"', "src/fmt may not"), ("src/core/x.c", '"fmt/csv.h"', "src/core"),
            ("src/core/x.c", '"web/http.h"', "src/core may not"),
            ("src/exchange/x.c", '"db/stmt.h"', "src/exchange may not"),
            ("src/exchange/x.c", '"sql_case.h"', "src/exchange may not"),
            ("src/web/x.c", '"work/job.h"', "src/web may not"),
            ("src/work/x.c", '"web/http.h"', "src/work may not"),
            ("src/role/x.c", '"cli/cmd.h"', "src/role may not"),
            ("src/main.c", '"core/case.h"', "may not include"),
            ("src/core/x.c", "<sqlite3.h>", "src/db only"), ("src/core/x.c", '"sqlite3.h"', "src/db only"),
            ("src/core/x.c", '"case.h"', "write the folder"), ("src/core/x.c", '"../base/x.h"', "from src/"),
            ("src/core/x.c", '"misc/x.h"', "not in the table"), ("src/core/x.c", '"base/../web/x.h"', "from src/"),
        ]:
            self.plant(name, include, why)
        self.put("src/misc/x.c", HEAD)
        self.refuse("src/misc is not in the table", "check_deps.py", ".")

    def test_fuzz_targets(self):
        self.put("src/fmt/csv.c", HEAD)
        self.refuse("src/fmt/csv.c:1: reads foreign bytes but fuzz/fuzz_csv.c", "check_deps.py", ".")
        self.put("fuzz/fuzz_csv.c", HEAD)
        self.accept("check_deps.py")
        self.put("src/fmt/csv_out.c", HEAD + "/* fuzz: writer only */\n")
        self.put("src/fmt/csv.h", HEAD)
        self.accept("check_deps.py")


class Style(kit.ToolTest):
    def check(self, text, why, name="src/core/x.c", line=3, head=HEAD):
        path = self.put(name, head + text)
        with self.subTest(text=text):
            if why:
                self.refuse(f"{name}:{line}: {why}", "check_style.py", ".")
            else:
                self.accept("check_style.py", ".")
        os.remove(path)

    def test_c(self):
        for f in ("strcpy strcat sprintf strtok strncpy atoi strtol sscanf alloca gets system "
                  "popen").split():
            self.check(f"\t{f} (x);\n", f"{f}() is banned")
        for f in "malloc calloc realloc free".split():
            self.check(f"\t{f}(x);\n", f"{f}() outside src/base")
            self.check(f"\t{f}(x);\n", None, name="src/base/x.c")
        for text, why in [
            ('f("SELECT id FROM t");\n', "SQL in C"), ('f("  INSERT INTO t");\n', "SQL in C"),
            ('f("update t set a = 1");\n', "SQL in C"), ('f("DELETE");\n', "SQL in C"),
            ("int x; // no\n", "a // comment"), ("typedef struct x x;\n", "structs and enums"),
            ("\tf();  \n", "blanks at the end"), ("/* a \n */\n", "blanks at the end"),
            ("    f();\n", "indented by blanks"), (" \tf();\n", "a blank before a tab"),
            ("\t" * 10 + "x" * 11 + "\n", "91 columns"), ("/* " + "x" * 88 + " */\n", "94 columns"),
        ]:
            self.check(text, why)
        self.check("int x;\n", "the file does not begin", line=1, head="/* SPDX-License-Identifier: "
                   "Apache-2.0 */\n")
        self.check("int x;\n", "no SPDX", line=1, head="/* x.c - a test. */\n")
        self.check("int x;\n", "the file does not begin", line=1, name="src/core/y.c")

    def test_c_good(self):
        for text in [
            '/* strcpy(x), malloc(x) and "SELECT" // here\n   and so on */\n', 'f("https://x");\n',
            'f("strcpy(x)");\n', "x->free(y); o.system(z); my_free(x); arena_free(x);\n",
            'f("Delete this contact");\n', 'f("Select a language");\n', "\tf(a,\n\t\tb);\n",
            "\t" * 10 + "x" * 10 + "\n", "c = '\"'; d = '\"';\n", 'f("a\\"", "SELECTED");\n',
        ]:
            self.check(text, None)
        self.check('f("SELECT 1");\n', None, name="src/db/x.c")

    def test_css(self):
        head = "/* SPDX-License-Identifier: Apache-2.0 */\n"
        for text in ["p { margin-left: 1em }", "p { left:0; }", "p { float: left; }",
                     "p { text-align:right}", "p { border-left-width: 1px }", "p {\n left : 0}",
                     "p { border-top-left-radius: 0 }", "p { background-position: right top }"]:
            with self.subTest(text=text):
                path = self.put("src/web/x.css", head + text + "\n")
                self.refuse("in CSS; use inline-start", "check_style.py", ".")
        self.put("src/web/x.css", head + ".left-box { margin-inline-start: 1em }\n/* left: 0 */\n"
                 ".copyright, .nav-left { text-align: start }\n")
        self.accept("check_style.py", ".")
        os.remove(path)

    def test_other_sources(self):
        for name in ("a.py", "b.sql", "c.sh", "meson.build", "Makefile", "x.html"):
            self.check("x\n", "no SPDX-License-Identifier", name=name, line=1, head="")
            self.check("x\n", None, name=name, head="# SPDX-License-Identifier: Apache-2.0\n")
        self.check("x \n", None, name="test/data/mail.eml", head="")

    def test_git_ignored_files_are_not_ours(self):
        kit.subprocess.run(["git", "init", "-q", self.dir], check=True)
        self.put("build/x.c", "int x; // made\n")
        self.refuse("build/x.c:1: a // comment", "check_style.py", ".")
        self.put(".gitignore", "build/\n")
        self.accept("check_style.py", ".")

    def test_without_git_what_make_builds_is_not_ours(self):
        for name in ("build/x.c", "build-san/a/x.c", "demo/x.c"):
            self.put(name, "int x; // made\n")
        self.accept("check_style.py", ".")
        self.put("src/demo/x.c", "int x; // ours\n")
        self.refuse("src/demo/x.c:1: a // comment", "check_style.py", ".")


class Size(kit.ToolTest):
    def test_limits(self):
        def function(lines, ifs):
            return ("int f(int a)\n{\n" + "\tif (a)\n\t\ta++;\n" * ifs + "\ta++;\n" *
                    (lines - 3 - 2 * ifs) + "}\n")
        self.put("src/x.c", function(100, 19))
        self.accept("check_size.py", ".")
        self.put("src/x.c", "\n\n" + function(101, 0))
        self.refuse("src/x.c:3: f: 101 lines", "check_size.py", ".")
        self.put("src/x.c", function(60, 20))
        self.refuse("src/x.c:1: f: complexity 21", "check_size.py", ".")
        self.put("src/x.c", "int x;\n" * 801)
        self.refuse("src/x.c:801: 801 lines", "check_size.py", ".")
        self.put("src/x.c", "")
        self.put("fuzz/x.h", "int x;\n" * 801)
        self.refuse("fuzz/x.h:801: 801 lines", "check_size.py", ".")

    def test_without_pmccabe(self):
        p = kit.subprocess.run(["/usr/bin/python3", kit.TOOLS + "/check_size.py", "."],
                               cwd=self.dir, capture_output=True, text=True, env={"PATH": "/none"})
        self.assertEqual(p.returncode, 1)
        self.assertIn("apt-get install pmccabe", p.stderr)


if __name__ == "__main__":
    unittest.main()

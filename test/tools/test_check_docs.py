#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# test_check_docs.py - check_docs finds what is planted in a small tree, and only that.
import os
import unittest

import kit

TREE = {
    "README.md": "See `src/a.c`, `src/{a,b}.c`, `src/NAME.c`, `docs/adr/NNNN-x.md`, [A](ARCHITECTURE.md).\n"
                 "Shown by `story_one`, `test_csv`, `tool_sqlc`, `check_deps`, `fuzz_csv`.\n"
                 "```\n`src/not/looked/at.c`\ntocsin -d x find --limit 3\ntocsin -d x find mark 3 fixed\n```\n",
    "ARCHITECTURE.md": "| `thing.do` | `name`, `run` |\n`src/fmt/csv`\n",
    "docs/adr/0001-x.md": "[up](../../README.md), [out](https://www.example.org/x)\n",
    "docs/formats/f.md": "`src/fmt/csv.c`\n",
    "src/a.c": "", "src/b.c": "", "src/fmt/csv.c": "",
    "test/story/story_one.py": "", "test/unit/test_csv.c": "", "test/tools/test_sqlc.py": "",
    "tools/check_deps.py": "", "fuzz/fuzz_csv.c": "",
    "src/core/act.c": 'const struct act_def act_table[ACT_N] = {\n'
                      '\t[ACT_DO] = { "thing.do", OWNER, "t", {\n\t\t{ "name", ACT_TEXT },\n'
                      '\t\t{ "run", ACT_INT } } },\n};\n',
    "src/sys/conf.c": '\t{ "team.name", C_TEXT, AT(team_name), 1, 200, "",\n\t\t"The name" },\n'
                      '\t{ "data.cache", C_SIZE, AT(c), 1, 2, "8M", "Memory" },\n',
    "src/cli/commands.c": 'const struct command cli_commands[] = {\n'
                          '\t{ "find", cmd_find, "Finds",\n\t\t"ID", 1, 1, X, cmd_find_options },\n'
                          '\t{ "find mark", cmd_mark, "Marks",\n\t\tNULL, 0, 0, X, NULL },\n'
                          '\t{ 0 },\n};\n',
    "src/cli/cmd_find.c": 'const struct cli_option cmd_find_options[] = {\n'
                          '\t{ "json", 0, OPT_FLAG },\n\t{ "limit", \'l\', OPT_INT },\n\t{ 0 },\n};\n',
    "src/cli/options.c": 'const struct cli_option cli_global[] = {\n\t{ "help", \'h\', OPT_FLAG },\n};\n',
    "man/tocsin.1": ".Sh OPTIONS\n.It Fl h , Fl -help\n.Sh COMMANDS\n.Ss find\n.It Fl -json\n"
                    ".It Fl l , Fl -limit Ar N\n.Ss find mark\nMarks.\n",
    "man/tocsin.conf.5": ".It Ic team.name\nThe name.\n.It Ic data.cache\nMemory.\nStandard: 8M.\n",
}


class Docs(kit.ToolTest):
    def setUp(self):
        super().setUp()
        for name, text in TREE.items():
            self.put(name, text)

    def planted(self, name, old, new, why):
        with self.subTest(why=why):
            self.assertIn(old, TREE[name])
            self.put(name, TREE[name].replace(old, new))
            self.refuse(why, "check_docs.py")
            self.put(name, TREE[name])

    def test_good(self):
        self.accept("check_docs.py")

    def test_paths(self):
        for old, new, why in [
            ("src/a.c", "src/gone.c", "README.md:1: there is no src/gone.c"),
            ("{a,b}", "{a,c}", "there is no src/{a,c}.c"),
            ("src/NAME.c", "src/cli/other_NAME.c", "there is no src/cli/other_NAME.c"),
            ("NNNN-x", "NNNN-y", "there is no docs/adr/NNNN-y.md"),
            ("(ARCHITECTURE.md)", "(MISSING.md)", "there is no MISSING.md"),
            ("`src/a.c`", "`MISSING.md`", "there is no MISSING.md"),
        ]:
            self.planted("README.md", old, new, why)
        self.planted("docs/adr/0001-x.md", "../../README.md", "../README.md", "there is no docs/README.md")

    def test_tests(self):
        for old, new in [("story_one", "story_two"), ("test_csv", "test_tsv"), ("tool_sqlc", "tool_sqlx"),
                         ("check_deps", "check_dips"), ("fuzz_csv", "fuzz_tsv")]:
            self.planted("README.md", old, new, f"README.md:2: there is no test {new}")

    def test_examples(self):
        self.planted("README.md", "x find --limit", "x find --most", "README.md:5: 'find' has no option --most")
        self.planted("README.md", "x find mark", "x seek mark", "README.md:6: there is no command 'seek mark'")
        self.planted("README.md", "x find mark 3 fixed", "x find mark --limit", "'find mark' has no option --limit")

    def test_commands(self):
        man = "man/tocsin.1"
        self.planted(man, ".Ss find mark\n", "", "the command 'find mark' has no section")
        self.planted(man, ".It Fl -json\n", "", "'find' does not explain --json")
        self.planted(man, ".It Fl -json", ".It Fl -gone\n.It Fl -json", "'find' has no option --gone")
        self.planted(man, ".Ss find mark", ".Ss find gone\n.Ss find mark", "there is no command 'find gone'")
        self.planted(man, ".It Fl h , Fl -help\n", "", "'OPTIONS' does not explain --help")
        self.planted("src/cli/commands.c", '"find mark"', '"find"', "the command 'find' stands twice")
        self.planted("src/cli/commands.c", "cmd_find_options", "cmd_lost_options", "were not found")

    def test_conf(self):
        man = "man/tocsin.conf.5"
        self.planted(man, ".It Ic team.name\n", "", "the option team.name is not explained")
        self.planted(man, "8M", "9M", "data.cache: its standard is 8M")
        self.planted(man, ".It Ic data.cache", ".It Ic gone\n.It Ic data.cache", "there is no option gone")

    def test_acts(self):
        self.planted("ARCHITECTURE.md", "thing.do", "thing.did", "the act thing.do has no row")
        self.planted("ARCHITECTURE.md", ", `run`", "", "its field run is not named")

    def test_formats(self):
        self.planted("docs/formats/f.md", "csv.c", "tsv.c", "src/fmt/csv.c:1: no page of docs/formats")

    def test_lost_tables(self):
        for name in ("src/cli/commands.c", "src/core/act.c", "src/sys/conf.c"):
            self.put(name, "")
            self.refuse("was not found", "check_docs.py")
            self.put(name, TREE[name])
        os.remove(os.path.join(self.dir, "man/tocsin.1"))
        self.refuse("man/tocsin.1:1: ", "check_docs.py")


if __name__ == "__main__":
    unittest.main()

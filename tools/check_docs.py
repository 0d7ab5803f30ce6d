#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# check_docs.py - what the documents name exists, and what exists has its document.
# Depends on: the Python 3 standard library.
"""check_docs.py [ROOT]     the current folder if not given

Documents are *.md at the top, below docs/, and the README.md of data/, po/ and so on.
- A path in `backquotes` or in a link exists. NAME, NNNN and * stand for anything, {a,b} for
  both; a module may be named without .c and .h. Fenced blocks are not looked at.
- A command line in a fenced block (`tocsin ...`, also of the manual) has a command and options
  that exist.
- A test in backquotes (story_import, test_csv, fuzz_csv, tool_sqlc, check_deps) exists.
- Each command has its section in man/tocsin.1, and each of its options stands there; no other
  does. The same holds for the options of all commands.
- Each option of tocsin.conf has its item, with its standard, in man/tocsin.conf.5.
- Each act has a row in ARCHITECTURE.md that names its fields.
- Each src/fmt/NAME.c is named in a page of docs/formats.
"""

import glob
import os
import re
import sys

from toolbox import Fault, read_text, report

FOLDERS = "src tools test data docs fuzz bench man po .ci".split()
PATH = re.compile(r"(?:%s)/[\w./{},*-]*\Z" % "|".join(re.escape(f) for f in FOLDERS))
PAGE = re.compile(r"[A-Z][A-Za-z]*\.md\Z")
TEST = re.compile(r"(story|test|fuzz|tool|check)_[a-z0-9_]+\Z")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`]+)`")
TESTS = {"story": "test/story/{}.py", "test": "test/*/{}.[cp]*", "fuzz": "fuzz/{}.c",
         "tool": "test/tools/test_{}.py", "check": "tools/{}.py"}


def documents(root):
    found = glob.glob("*.md", root_dir=root) + glob.glob("docs/**/*.md", root_dir=root, recursive=True)
    for folder in FOLDERS:
        found += glob.glob(folder + "/**/README.md", root_dir=root, recursive=True)
    return sorted(set(found))


def lines_of(root, path, want_fenced):
    """(number, line) of what is inside fenced blocks, or outside."""
    fenced = False
    for no, line in enumerate(read_text(os.path.join(root, path)).split("\n"), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif fenced == want_fenced:
            yield no, line


def spread(path):
    """{a,b} becomes both."""
    m = re.search(r"\{([^{}]*)\}", path)
    if not m:
        return [path]
    return [p for part in m[1].split(",") for p in spread(path[:m.start()] + part + path[m.end():])]


def exists(root, path):
    for one in spread(path.rstrip("/")):
        pattern = re.sub(r"NAME|NNNN|LANG|\*", "*", one)
        if not any(glob.glob(pattern + end, root_dir=root) for end in ("", ".c", ".h")):
            return False
    return True


def test_exists(root, name):
    kind = name.split("_")[0]
    stem = name[len("tool_"):] if kind == "tool" else name
    return bool(glob.glob(TESTS[kind].format(stem), root_dir=root))


def check_line(root, path, no, line, faults):
    here = os.path.dirname(path)
    for code in CODE.findall(line):
        word = code.split()[0] if code.split() else ""
        if word.startswith("./"):
            word = word[2:]
        if PATH.match(word) and not exists(root, word):
            faults.append(Fault(path, no, f"there is no {word}"))
        if PAGE.match(word) and not exists(root, word) and not exists(root, os.path.join(here, word)):
            faults.append(Fault(path, no, f"there is no {word}"))
        if TEST.match(code) and not test_exists(root, code):
            faults.append(Fault(path, no, f"there is no test {code}"))
    for to in LINK.findall(CODE.sub("", line)):
        to = to.split("#")[0]
        if to and not re.match(r"[a-z]+:", to):
            full = os.path.normpath(os.path.join(here, to))
            if not os.path.exists(os.path.join(root, full)):
                faults.append(Fault(path, no, f"there is no {full}"))


def check_example(path, no, line, table, everywhere, faults):
    """A line such as: tocsin -d DIR notices list --run 1"""
    m = re.match(r"\s*(?:flock \S+ )?(?:build/)?tocsin ((?:-d \S+ |--now \S+ )*)(.*)", line)
    if not m:
        return
    words = m[2].split("#")[0].split()
    name = next((n for n in (" ".join(words[:2]), words[0] if words else "") if n in table), None)
    if name is None:
        faults.append(Fault(path, no, f"there is no command '{' '.join(words[:2])}'"))
        return
    for option in re.findall(r"(?:^|\s)--([a-z-]+)", m[2]):
        if option not in table[name] + everywhere:
            faults.append(Fault(path, no, f"'{name}' has no option --{option}"))


def check_examples(root, faults):
    table, everywhere = commands(root, [])
    for path in documents(root):
        for no, line in lines_of(root, path, True):
            check_example(path, no, line, table, everywhere, faults)
    page = "man/tocsin.1"
    for no, line in enumerate(read_text(os.path.join(root, page)).split("\n"), 1):
        check_example(page, no, line, table, everywhere, faults)


# ---- the tables of the program -----------------------------------------------------------

def option_tables(root):
    """Name of the table -> its options."""
    tables = {}
    for path in glob.glob(os.path.join(root, "src/cli/*.c")):
        text = read_text(path)
        for m in re.finditer(r"const struct cli_option (\w+)\[\] = \{(.*?)\n\};", text, re.S):
            tables[m[1]] = re.findall(r'^\s*\{\s*"([a-z-]+)"', m[2], re.M)
    return tables


def commands(root, faults):
    """Name -> its options, from the table of commands."""
    path = "src/cli/commands.c"
    text = read_text(os.path.join(root, path))
    tables, found = option_tables(root), {}
    rows = text.partition("cli_commands[] = {")[2].partition("\n};")[0]
    for m in re.finditer(r'\{\s*"([a-z -]+)",\s*cmd_\w+,(.*?)(\w+)\s*\}', rows, re.S):
        if m[1] in found:
            faults.append(Fault(path, 1, f"the command '{m[1]}' stands twice"))
        if m[3] != "NULL" and m[3] not in tables:
            faults.append(Fault(path, 1, f"the options {m[3]} of '{m[1]}' were not found"))
        found[m[1]] = tables.get(m[3], [])
    if not found:
        faults.append(Fault(path, 1, "the table of commands was not found"))
    return found, tables.get("cli_global", [])


def sections(text):
    """Heading of a .Sh or .Ss -> (its line, what stands under it)."""
    found, name = {}, None
    for no, line in enumerate(text.split("\n"), 1):
        m = re.match(r'\.S([hs]) "?(.*?)"?\Z', line)
        if m:
            name = m[2]
            found[name] = [m[1], no, ""]
        elif name is not None:
            found[name][2] += line + "\n"
    return found


def check_options(path, title, section, options, faults):
    there = {o for line in re.findall(r"^\.It (Fl .*)", section[2], re.M)
             for o in re.findall(r"Fl -([a-z][a-z-]*)", line)}
    for o in options:
        if o not in there:
            faults.append(Fault(path, section[1], f"'{title}' does not explain --{o}"))
    for o in sorted(there - set(options)):
        faults.append(Fault(path, section[1], f"'{title}' has no option --{o}"))


def check_commands(root, faults):
    path = "man/tocsin.1"
    table, everywhere = commands(root, faults)
    found = sections(read_text(os.path.join(root, path)))
    for name, options in table.items():
        if name not in found:
            faults.append(Fault(path, 1, f"the command '{name}' has no section"))
        else:
            check_options(path, name, found[name], options, faults)
    for title, (kind, no, _) in found.items():
        if kind == "s" and title not in table:
            faults.append(Fault(path, no, f"there is no command '{title}'"))
    if "OPTIONS" in found:
        check_options(path, "OPTIONS", found["OPTIONS"], everywhere, faults)
    else:
        faults.append(Fault(path, 1, "the options of all commands have no section"))


def check_conf(root, faults):
    path, source = "man/tocsin.conf.5", "src/sys/conf.c"
    rows = re.findall(r'\{ "([a-z.-]+)",\s*C_\w+,[^"]*"([^"]*)"', read_text(os.path.join(root, source)))
    items = re.split(r"^\.It Ic ", read_text(os.path.join(root, path)), flags=re.M)[1:]
    there = {i.split(None, 1)[0]: i for i in items}
    if not rows:
        faults.append(Fault(source, 1, "the table of options was not found"))
    for name, standard in rows:
        if name not in there:
            faults.append(Fault(path, 1, f"the option {name} is not explained"))
        elif standard not in there[name]:
            faults.append(Fault(path, 1, f"{name}: its standard is {standard}"))
    for name in there:
        if name not in [r[0] for r in rows]:
            faults.append(Fault(path, 1, f"there is no option {name}"))


def check_acts(root, faults):
    path, source = "ARCHITECTURE.md", "src/core/act.c"
    text = read_text(os.path.join(root, path))
    table = read_text(os.path.join(root, source)).partition("act_table[ACT_N] = {")[2]
    acts = re.findall(r'\[ACT_\w+\] = \{ "([a-z.]+)"(.*?)(?=\n\t\[ACT_|\n\};)', table, re.S)
    if not acts:
        faults.append(Fault(source, 1, "the table of acts was not found"))
    for name, rest in acts:
        row = re.search(r"^\| `%s` \|.*" % re.escape(name), text, re.M)
        if not row:
            faults.append(Fault(path, 1, f"the act {name} has no row"))
            continue
        for field in re.findall(r'\{ "([a-z_]+)", ACT_', rest):
            if f"`{field}`" not in row[0]:
                faults.append(Fault(path, 1, f"the act {name}: its field {field} is not named"))


def check_formats(root, faults):
    pages = glob.glob("docs/formats/*.md", root_dir=root)
    text = "".join(read_text(os.path.join(root, p)) for p in pages)
    for path in sorted(glob.glob("src/fmt/*.c", root_dir=root)):
        if not re.search(r"\b%s(?:\.[ch])?(?![\w/])" % re.escape(path[:-2]), text):
            faults.append(Fault(path, 1, "no page of docs/formats names it"))


def main(argv):
    root, faults = os.path.normpath(argv[0] if argv else "."), []
    for path in documents(root):
        for no, line in lines_of(root, path, False):
            check_line(root, path, no, line, faults)
    for check in (check_examples, check_commands, check_conf, check_acts, check_formats):
        try:
            check(root, faults)
        except Fault as f:
            faults.append(f)
    return report(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

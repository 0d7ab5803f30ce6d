#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# check_style.py - what a machine can see of our conventions; see CONTRIBUTING.md.
# Depends on: the Python 3 standard library.
"""check_style.py [ROOT]     checks what git tracks, or every file when ROOT is no repository

C: banned functions, malloc outside src/base, SQL outside .sql files, // comments, typedef'd
structs, lines over 90 columns (tabs of 8), indentation, the header comment of a file.
CSS: left and right. Everything that is source: SPDX line, no blanks at line ends.
There are no exceptions to list.
"""

import os
import re
import subprocess
import sys

from toolbox import Fault, read_text, report

BANNED = ("strcpy strcat sprintf vsprintf strtok strncpy strncat atoi atol strtol scanf sscanf "
          "fscanf alloca gets system popen").split()
MEMORY = "malloc calloc realloc free strdup strndup".split()
SOURCE = (".c", ".h", ".py", ".sql", ".sh", ".css", ".js", ".html", ".build")
COLUMNS = 90
COLUMNS_OF_TABLES = 120
# Words that SQL text begins with, as opposed to an English sentence in capitals.
SQL = re.compile(r'"\s*(?:(?:SELECT|INSERT|UPDATE|DELETE)\b|(?i:select\b.*\sfrom\s|insert\s+into\s|'
                 r'update\b.*\sset\s|delete\s+from\s))')
CSS_SIDE = re.compile(r"(?:^|[;{\s-])(left|right)(?=\s*:|-(?:width|style|color|radius)\b|\s*[;}])|"
                      r"(?::(?:[^;{}]*\s)?)(left|right)(?=\s*(?:[;}!\s]|$))")


def files_of(root):
    """Tracked and new files; what .gitignore names is not ours."""
    try:
        p = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z"],
                           capture_output=True, check=True)
        names = [n for n in p.stdout.decode("utf-8").split("\0") if n]
    except (OSError, subprocess.CalledProcessError):
        names = []
        for folder, below, files in os.walk(root):
            if folder == root:  # what make builds, as in .gitignore
                below[:] = [b for b in below if not re.match(r"(build(-.*)?|demo|\.git)\Z", b)]
            names += [os.path.relpath(os.path.join(folder, f), root) for f in files]
    return sorted(n for n in set(names) if os.path.isfile(os.path.join(root, n)))


C_PART = re.compile(r"""(?P<comment>/\*.*?\*/) | (?P<line>//[^\n]*)
    | (?P<string>"(?:[^"\\\n]|\\.)*") | (?P<char>'(?:[^'\\\n]|\\.)*')""", re.X | re.S)


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def split_c(text):
    """(code without comments and strings, code with strings, places of // comments)."""
    slashes = []

    def bare(m):
        if m.lastgroup == "line":
            slashes.append(text.count("\n", 0, m.start()) + 1)
        return blank(m[0])

    def strings(m):
        return m[0] if m.lastgroup == "string" else blank(m[0])
    return C_PART.sub(bare, text), C_PART.sub(strings, text), slashes


def lines(text):
    return enumerate(text.split("\n"), 1)


def check_c(rel, text, say):
    code, with_strings, slashes = split_c(text)
    for no in slashes:
        say(no, "a // comment; write /* */")
    for no, line in lines(code):
        check_calls(rel, no, line, say)
        if re.match(r"\s*typedef\s+(struct|enum|union)\b", line):
            say(no, "structs and enums are not typedef'd")
    if rel.startswith("src/") and not rel.startswith("src/db/"):
        for no, line in lines(with_strings):
            if SQL.search(line):
                say(no, "SQL in C; it belongs into a .sql file")
    most = COLUMNS
    for no, line in lines(text):
        # A table keeps one row on one line.
        if "/* clang-format o" in line:
            most = COLUMNS_OF_TABLES if "format off" in line else COLUMNS
        width = len(line.expandtabs(8))
        if width > most:
            say(no, f"{width} columns; at most {most}")
        indent = re.match(r"[ \t]*", line)[0]
        if " \t" in indent:
            say(no, "a blank before a tab")
        if indent.startswith("  ") and line.strip() and not in_comment(code, no):
            say(no, "indented by blanks; use tabs")
    name = os.path.basename(rel)
    if rel.startswith("src/") and not re.match(
            rf"/\* SPDX-License-Identifier: Apache-2\.0\n \* {re.escape(name)} - \S", text):
        say(1, f"the file does not begin: /* SPDX-License-Identifier: Apache-2.0, "
            f"newline, * {name} - what it is")


def in_comment(code, no):
    """A line whose code is all blanked out is comment (or the rest of one)."""
    return code.split("\n")[no - 1].strip() == ""


def check_calls(rel, no, line, say):
    for word in re.findall(r"(?<![\w.>])([a-z_]\w*)\s*\(", line):
        if word in BANNED:
            say(no, f"{word}() is banned")
        if word in MEMORY and not rel.startswith("src/base/") and rel.startswith("src/"):
            say(no, f"{word}() outside src/base; use the arena")


def check_css(text, say):
    code = re.sub(r"/\*.*?\*/", lambda m: blank(m[0]), text, flags=re.S)
    for no, line in lines(code):
        m = CSS_SIDE.search(line)
        if m:
            say(no, f"'{m[1] or m[2]}' in CSS; use inline-start and inline-end")


def check_any(text, say):
    for no, line in lines(text):
        if line != line.rstrip():
            say(no, "blanks at the end of the line")
    head = "\n".join(text.split("\n")[:3])
    if text.strip() and "SPDX-License-Identifier: Apache-2.0" not in head:
        say(1, "no SPDX-License-Identifier: Apache-2.0 in the first three lines")


def is_source(rel):
    return rel.endswith(SOURCE) or os.path.basename(rel) in ("Makefile", "meson_options.txt")


def main(argv):
    root, faults = argv[0] if argv else ".", []
    for rel in files_of(root):
        if not is_source(rel):
            continue
        path = os.path.normpath(os.path.join(root, rel))
        try:
            text = read_text(path)
        except Fault as f:
            faults.append(f)
            continue

        def say(no, why, path=path):
            faults.append(Fault(path, no, why))
        check_any(text, say)
        if rel.endswith((".c", ".h")):
            check_c(rel, text, say)
        if rel.endswith(".css"):
            check_css(text, say)
    return report(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# check_deps.py - the layers: which folder of src/ may include what.
# Depends on: the Python 3 standard library.
"""check_deps.py [ROOT]     ROOT holds src/ and fuzz/; the current folder if not given

The tables below are the rule; whoever adds to them writes down why in docs/adr. Also: each
src/fmt/NAME.c has fuzz/fuzz_NAME.c, or says `/* fuzz: writer only */`.
"""

import os
import re
import sys

from toolbox import Fault, read_text, report

# Folder -> the folders it may include from, besides itself.
ALLOWED = {
    "base": "",
    "sys": "base",
    "db": "base",
    "fmt": "base",
    "core": "base db",
    "demo": "base",                     # a generator knows nothing of what it tests
    "exchange": "base sys fmt core",
    "work": "base sys db fmt core exchange",
    "web": "base sys fmt db core exchange",  # docs/adr/0008
    "role": "base sys db fmt core exchange work web",
    "cli": "base sys db fmt core demo exchange work web",
    "": "base role cli",                # main.c
}
# System headers that belong to one folder.
OWNED = {"sqlite3.h": "db", "libpq-fe.h": "db", "expat.h": "fmt", "jansson.h": "fmt",
         "gmime/gmime.h": "fmt", "curl/curl.h": "exchange", "gpgme.h": "exchange",
         "microhttpd.h": "web"}
# What the generators make: name -> the folder it counts as; None: any folder may include it.
MADE = [(r"sql_all\.h\Z", "db"), (r"sql_\w+\.h\Z", "db"), (r"tpl_\w+\.h\Z", "core"),
        (r"advice\.h\Z", "core"), (r"style_data\.h\Z", "core"), (r"tr_tables\.h\Z", "base")]
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')


def folder_of(name):
    """The folder an #include "name" is in, None when it is not a path into src/."""
    if "/" in name:
        return name.split("/")[0]
    for pattern, folder in MADE:
        if re.match(pattern, name):
            return folder
    return None


def check_include(path, line, folder, kind, name):
    if kind == "<" or name in OWNED:
        owner = OWNED.get(name)
        if owner is not None and owner != folder:
            return Fault(path, line, f"<{name}> is included in src/{owner} only")
        return None
    to = folder_of(name)
    if ".." in name.split("/"):
        return Fault(path, line, f'"{name}": write the path from src/')
    if to is None:
        return Fault(path, line, f'"{name}": write the folder, as in "base/str.h"')
    if to not in ALLOWED:
        return Fault(path, line, f'"{name}": src/{to} is not in the table of check_deps.py')
    if to != folder and to not in ALLOWED[folder].split():
        return Fault(path, line, f'src/{folder or "main.c"} may not include "{name}"')
    return None


def check_file(root, path, faults):
    rel = os.path.relpath(path, os.path.join(root, "src"))
    folder = rel.split(os.sep)[0] if os.sep in rel else ""
    if folder not in ALLOWED:
        faults.append(Fault(path, 1, f"src/{folder} is not in the table of check_deps.py"))
        return
    text = read_text(path)
    for no, line in enumerate(text.split("\n"), 1):
        m = INCLUDE.match(line)
        fault = m and check_include(path, no, folder, m[1], m[2])
        if fault:
            faults.append(fault)
    name = os.path.basename(path)
    if folder == "fmt" and name.endswith(".c") and "/* fuzz: writer only */" not in text:
        fuzz = os.path.join(root, "fuzz", "fuzz_" + name)
        if not os.path.exists(fuzz):
            faults.append(Fault(path, 1, f"reads foreign bytes but fuzz/fuzz_{name} is missing"))


def main(argv):
    root, faults = os.path.normpath(argv[0] if argv else "."), []
    for base, _, names in os.walk(os.path.join(root, "src")):
        for name in sorted(names):
            if name.endswith((".c", ".h")):
                check_file(root, os.path.normpath(os.path.join(base, name)), faults)
    return report(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

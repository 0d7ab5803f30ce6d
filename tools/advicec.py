#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# advicec.py - compiles the advice texts (what a finding means, how to fix it) into C tables.
# Depends on: the Python 3 standard library.
"""advicec.py --out DIR families.txt types.txt     makes advice.c and advice.h

    # a remark
    [open-dns]                              a family; in types.txt an RSIT type
    identifiers: dns-open-resolver dns      feed identifiers of the family; families.txt only
    title: Open DNS resolver
    what: Anybody can use this server
      to look up names.
    why: ...
    check: ...
    fix: ...
    fix.dns: ...                            shown after fix, for this identifier

Indented lines continue a field and are joined by a blank. All but fix.X must be there.
types.txt must have [other]. A text has at most 700 characters; a command stands between
backquotes, and outside of commands only {address} and {port} may stand in braces.
"""

import argparse
import os
import re
import sys

from toolbox import Fault, c_string, read_text, report, write_if_changed

TEXTS = ("title", "what", "why", "check", "fix")
LONGEST = 700
HOLES = re.compile(r"\{address\}|\{port\}|`[^`]*`")
ID = re.compile(r"[a-z0-9][a-z0-9._-]*\Z")


class Block:
    """One family or type. texts: field -> (line, text); fixes: identifier -> (line, text)."""

    def __init__(self, path, line, name):
        self.path, self.line, self.name = path, line, name
        self.identifiers, self.texts, self.fixes = None, {}, {}


def parse(path):
    """The blocks of a file, each complete; raises the first fault."""
    blocks, field = [], None
    lines = read_text(path).split("\n")
    for no, line in enumerate(lines, 1):
        if not line.strip():
            field = None
        elif line.startswith("#"):
            continue
        elif line[0] in " \t":
            if field is None:
                raise Fault(path, no, "an indented line continues a field, but there is none")
            field[1] += " " + line.strip()
        elif line.startswith("["):
            blocks.append(begin(path, no, line, blocks))
            field = None
        elif not blocks:
            raise Fault(path, no, "a field before the first [name]")
        else:
            field = begin_field(path, no, line, blocks[-1])
    for b in blocks:
        finish(b)
    return blocks


def begin(path, no, line, blocks):
    name = line.strip()[1:-1]
    if not line.rstrip().endswith("]") or not ID.match(name):
        raise Fault(path, no, "a block begins with [name], in lower case")
    if name in [b.name for b in blocks]:
        raise Fault(path, no, f"a second [{name}]")
    return Block(path, no, name)


def begin_field(path, no, line, block):
    m = re.match(r"([a-z]+)(?:\.(\S+?))?:(?:\s+(.*\S))?\s*\Z", line)
    if not m:
        raise Fault(path, no, "wanted field: text, or an indented line")
    name, of, text = m[1], m[2], m[3] or ""
    value = [no, text]
    if name == "identifiers" and of is None and block.identifiers is None:
        block.identifiers = value
    elif name in TEXTS and of is None and name not in block.texts:
        block.texts[name] = value
    elif name == "fix" and of is not None and of not in block.fixes:
        block.fixes[of] = value
    else:
        known = name in TEXTS + ("identifiers",) and (of is None or name == "fix")
        raise Fault(path, no, f"'{line.split(':')[0]}' twice in [{block.name}]" if known
                    else f"unknown field '{line.split(':')[0]}'")
    return value


def finish(b):
    for name in TEXTS:
        if name not in b.texts:
            raise Fault(b.path, b.line, f"[{b.name}] has no {name}:")
    for no, text in list(b.texts.values()) + list(b.fixes.values()):
        if not text.strip():
            raise Fault(b.path, no, "an empty text")
        if len(text.strip()) > LONGEST:
            raise Fault(b.path, no, f"{len(text.strip())} characters; at most {LONGEST}")
        if re.search("[{}]", HOLES.sub("", text)):
            raise Fault(b.path, no, "only {address} and {port} may stand in braces")
        if text.count("`") % 2:
            raise Fault(b.path, no, "a backquote without its second")
    if b.identifiers is not None:
        no, text = b.identifiers
        b.identifiers = text.split()
        for x in b.identifiers:
            if not ID.match(x):
                raise Fault(b.path, no, f"'{x}' is not an identifier")
        if not b.identifiers:
            raise Fault(b.path, no, "no identifiers")
    for x, (no, _) in b.fixes.items():
        if x not in (b.identifiers or []):
            raise Fault(b.path, no, f"'{x}' is not among the identifiers of [{b.name}]")


def check_families(blocks):
    """Each family has identifiers, and no identifier has two families."""
    owner = {}
    for b in blocks:
        if b.identifiers is None:
            raise Fault(b.path, b.line, f"[{b.name}] has no identifiers:")
        for x in b.identifiers:
            if x in owner:
                raise Fault(b.path, b.line, f"identifier '{x}' of [{b.name}] belongs to "
                            f"[{owner[x]}] already")
            owner[x] = b.name


def check_types(path, blocks):
    for b in blocks:
        if b.identifiers is not None:
            raise Fault(b.path, b.line, f"[{b.name}] is a type; types have no identifiers")
    if "other" not in [b.name for b in blocks]:
        raise Fault(path, 1, "no [other]: the advice for what has none of its own")


def messages(path):
    """What is to be translated: (line, text, remark)."""
    out = []
    for b in parse(path):
        for name in TEXTS:
            no, text = b.texts[name]
            out.append((no, text.strip(), f"advice: {b.name}, {name}"))
        for x, (no, text) in b.fixes.items():
            out.append((no, text.strip(), f"advice: {b.name}, fix.{x}"))
    return sorted(out)


NOTE = "/* Made by tools/advicec.py from data/advice. Do not edit. */\n"
HEADER = NOTE + """\
#pragma once
#include "base/str.h"

/* What a kind of finding means and how it is fixed. All texts are msgids: show them by tr().
 * {address} and {port} stand for those of the finding; `commands` are not translated. */
struct advice_fix {
	const char *identifier, *fix;
};
struct advice {
	const char *id, *title, *what, *why, *check, *fix;
	const struct advice_fix *fixes; /* more than fix, for some identifiers */
	size_t n_fixes;
};

/* By the feed's identifier, else by the RSIT type, else the advice for anything. */
const struct advice *advice_of(struct str identifier, struct str type);
/* What to add to fix for this identifier, or NULL. */
const char *advice_fix(const struct advice *a, struct str identifier);
"""
LOOKUP = """\
/* By name, sorted; NULL when not there. */
static const struct advice *find(const struct advice_name *t, size_t n, struct str name)
{
	size_t from = 0;
	while (from < n) {
		size_t mid = from + (n - from) / 2;
		int c = str_cmp(name, str_c(t[mid].name));
		if (c == 0)
			return t[mid].advice;
		if (c < 0)
			n = mid;
		else
			from = mid + 1;
	}
	return NULL;
}

const struct advice *advice_of(struct str identifier, struct str type)
{
	const struct advice *a = find(identifiers, N_IDENTIFIERS, identifier);
	if (!a)
		a = find(types, N_TYPES, type);
	return a ? a : &all[OTHER];
}

const char *advice_fix(const struct advice *a, struct str identifier)
{
	for (size_t i = 0; i < a->n_fixes; i++)
		if (str_eq(identifier, str_c(a->fixes[i].identifier)))
			return a->fixes[i].fix;
	return NULL;
}
"""


def emit_c(families, types):
    out = [NOTE + '#include "advice.h"\n']
    blocks = families + types
    for i, b in enumerate(blocks):
        if b.fixes:
            rows = "".join(f"\t{{ {c_string(x)},\n\t\t{c_string(t.strip())} }},\n"
                           for x, (_, t) in b.fixes.items())
            out.append(f"static const struct advice_fix fixes_{i}[] = {{\n{rows}}};\n")
    rows = []
    for i, b in enumerate(blocks):
        texts = ",\n\t\t".join(c_string(b.texts[t][1].strip()) for t in TEXTS)
        fixes = f"fixes_{i}, {len(b.fixes)}" if b.fixes else "NULL, 0"
        rows.append(f"\t{{ {c_string(b.name)},\n\t\t{texts},\n\t\t{fixes} }},\n")
    out.append(f"static const struct advice all[] = {{\n{''.join(rows)}}};\n")
    names = sorted((x, i) for i, b in enumerate(families) for x in b.identifiers)
    typed = sorted((b.name, i) for i, b in enumerate(types, len(families)))
    out.append("struct advice_name {\n\tconst char *name;\n\tconst struct advice *advice;\n};\n")
    for var, table in (("identifiers", names), ("types", typed)):
        rows = "".join(f"\t{{ {c_string(x)}, &all[{i}] }},\n" for x, i in table)
        out.append(f"static const struct advice_name {var}[] = {{\n{rows}}};\n")
    other = dict(typed)["other"]
    out.append(LOOKUP.replace("N_IDENTIFIERS", str(len(names)))
               .replace("N_TYPES", str(len(typed))).replace("OTHER", str(other)))
    return "\n".join(out)


def main(argv):
    p = argparse.ArgumentParser(description="compile advice texts into C tables")
    p.add_argument("--out", required=True, help="folder for advice.c and advice.h")
    p.add_argument("families")
    p.add_argument("types")
    a = p.parse_args(argv)
    try:
        families, types = parse(a.families), parse(a.types)
        check_families(families)
        check_types(a.types, types)
        if not families:
            raise Fault(a.families, 1, "no families")
    except Fault as f:
        return report([f])
    write_if_changed(os.path.join(a.out, "advice.h"), HEADER)
    write_if_changed(os.path.join(a.out, "advice.c"), emit_c(families, types))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# sqlc.py - compiles .sql files into typed C functions, checked against the migrated schema.
# Depends on: the Python 3 standard library, schema_db.py (libsqlite3).
"""sqlc.py --schema DIR --out DIR FILE.sql...

A statement:

    -- What it is for; becomes the comment of the C function.
    --: finding_by_key(key blob, day int?) -> one(id int, title text, note text?)
    SELECT id, title, note FROM findings WHERE key = :key AND day = :day;

Shapes: exec, one(...), many(...), each(...). Types: int text blob real, with ? if NULL may
be meant. A header goes on over several lines if each begins with `--:`. The line `--! scan ok:
REASON`, above or below the header, lets a statement read a whole table. Where engines must
differ, one name has two bodies, introduced by `--@sqlite` and `--@pg`.

All files of the program are given in one run: a statement's slot is its place in sql_all.
Only the header of a statement may say `--:`; parameters are written `:name`.
"""

import argparse
import os
import re
import sys

from schema_db import Sqlite, migrate
from toolbox import C_KEYWORDS, Fault, c_lines, c_string, read_text, report, write_if_changed

TYPES = ("int", "text", "blob", "real")
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


# ---- the file ----------------------------------------------------------------------------

class Field:
    """A parameter or a column: its name, type, and whether NULL may be meant."""

    def __init__(self, name, typ, nullable):
        self.name, self.type, self.nullable = name, typ, nullable

    def is_text(self):
        return self.type in ("text", "blob")


class Body:
    """SQL text of one engine; line is where it begins."""

    def __init__(self, line):
        self.line, self.text, self.tokens = line, "", []


class Stmt:
    """One named statement of a file."""

    def __init__(self, path, line, comment):
        self.path, self.line, self.comment = path, line, comment
        self.name = self.shape = ""
        self.params, self.cols = [], []
        self.scan_ok, self.scan_line = None, 0
        self.bodies = {}                # "both", or "sqlite" and "pg"
        self.writes = False

    def fault(self, reason, line=None):
        return Fault(self.path, line or self.line, reason)

    def sqlite(self):
        return self.bodies.get("both") or self.bodies["sqlite"]


def parse_file(path, faults):
    """The statements of one file; what is wrong goes into faults."""
    out, cur, key, comment, marks = [], None, "", [], []
    lines = read_text(path).split("\n")
    i = 0
    while i < len(lines):
        line, no = lines[i], i + 1
        i += 1
        if line.startswith("--:"):
            head = line[3:]
            while head.count("(") > head.count(")") and i < len(lines) \
                    and lines[i].startswith("--:"):
                head += " " + lines[i][3:]
                i += 1
            cur, key = Stmt(path, no, comment), "both"
            comment = []
            try:
                parse_header(cur, head)
                out.append(cur)
                for mark, at in marks:
                    parse_mark(cur, mark, at)
            except Fault as f:
                faults.append(f)
            marks = []
            continue
        if line.startswith("-- "):
            comment = comment + [line[2:].strip()]
        elif not line.startswith("--!"):
            comment = []
        try:
            if line.startswith("--@"):
                key = start_body(cur, path, line, no)
            elif line.startswith("--!"):
                if cur is None or any(ends(b) for b in cur.bodies.values()):
                    marks.append((line, no))
                else:
                    parse_mark(cur, line, no)
            elif cur is None and line.strip() and not line.startswith("--"):
                raise Fault(path, no, "SQL before the first header (--: name(...) -> shape)")
            elif cur is not None:
                body = cur.bodies.get(key)
                if body is None and line.strip() and not line.startswith("--"):
                    body = cur.bodies[key] = Body(no)
                if body is not None:
                    body.text += line + "\n"
        except Fault as f:
            faults.append(f)
    faults += [Fault(path, at, "a mark without a header below it") for _, at in marks]
    return out


def ends(body):
    """Did the statement end, so that what follows belongs to the next header?"""
    return re.sub(r"--[^\n]*", "", body.text).rstrip().endswith(";")


def start_body(cur, path, line, no):
    """`--@sqlite` or `--@pg`: the body that follows is for that engine only."""
    key = line[3:].strip()
    if cur is None:
        raise Fault(path, no, "--@ before any header")
    if key not in ("sqlite", "pg"):
        raise Fault(path, no, f"unknown engine '{key}'; there are --@sqlite and --@pg")
    if "both" in cur.bodies or key in cur.bodies:
        raise Fault(path, no, f"a second body for '{key}'")
    cur.bodies[key] = Body(no)
    return key


def parse_mark(cur, line, no):
    """`--! scan ok: REASON`."""
    m = re.match(r"--!\s*scan ok:\s*(.*?)\s*\Z", line)
    if not m:
        raise cur.fault("the only mark is: --! scan ok: REASON", no)
    if not m[1]:
        raise cur.fault("'scan ok' needs a reason", no)
    if cur.scan_ok is not None:
        raise cur.fault("'scan ok' twice", no)
    cur.scan_ok, cur.scan_line = m[1], no


def parse_header(s, head):
    """name(params) -> shape or name(params) -> shape(columns)."""
    m = re.match(r"\s*(\S+?)\s*\(([^()]*)\)\s*->\s*(\w+)\s*(?:\(([^()]*)\))?\s*\Z", head)
    if not m:
        raise s.fault("header is not: --: name(a int, b text?) -> exec|one(...)|many(...)|"
                      "each(...)")
    s.name, s.shape = m[1], m[3]
    if not NAME.match(s.name):
        raise s.fault(f"'{s.name}' is not a lower-case C name")
    if s.shape not in ("exec", "one", "many", "each"):
        raise s.fault(f"unknown shape '{s.shape}'")
    if s.shape == "exec" and m[4] is not None:
        raise s.fault("exec has no columns")
    if s.shape != "exec" and not (m[4] or "").strip():
        raise s.fault(f"{s.shape} needs its columns: {s.shape}(id int, ...)")
    s.params = parse_fields(s, m[2])
    s.cols = parse_fields(s, m[4] or "")


def parse_fields(s, text):
    out = []
    for part in text.split(",") if text.strip() else []:
        words = part.split()
        if len(words) != 2:
            raise s.fault(f"'{part.strip()}' is not: name type")
        name, typ = words[0], words[1].removesuffix("?")
        if not NAME.match(name) or name in C_KEYWORDS:
            raise s.fault(f"'{name}' cannot be the name of a C field")
        if typ not in TYPES:
            raise s.fault(f"unknown type '{words[1]}'; there are {' '.join(TYPES)}, with ?")
        if name in [f.name for f in out]:
            raise s.fault(f"'{name}' twice")
        out.append(Field(name, typ, words[1].endswith("?")))
    return out


# ---- SQL text ----------------------------------------------------------------------------

TOKEN = re.compile(r"""
      (?P<space>\s+) | (?P<comment>--[^\n]*|/\*.*?\*/)
    | (?P<string>'(?:[^']|'')*') | (?P<quoted>"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\])
    | (?P<param>:[A-Za-z_]\w*) | (?P<word>[A-Za-z_]\w*) | (?P<number>\d[\w.]*)
    | (?P<op>->>|->|\|\||<=|>=|<>|!=|==|::|.)
    """, re.X | re.S)


class Token:
    def __init__(self, kind, text, line):
        self.kind, self.text, self.line = kind, text, line
        self.up = text.upper()


def tokenize(s, body):
    """Splits a body into tokens without space and comments, and ends it at its `;`."""
    line, ended = body.line, False
    for m in TOKEN.finditer(body.text):
        kind, text = m.lastgroup, m[0]
        if kind not in ("space", "comment"):
            if ended:
                raise s.fault("more than one statement under a header", line)
            if kind == "op" and text == ";":
                ended = True
            elif kind == "op" and text in "'\"/":
                if text != "/":
                    raise s.fault("a string that does not end", line)
                body.tokens.append(Token(kind, text, line))
            else:
                body.tokens.append(Token(kind, text, line))
        line += text.count("\n")
    if not body.tokens:
        raise s.fault("no SQL under this header")
    if not ended:
        raise s.fault("no ; at the end of the statement", body.tokens[-1].line)


# What SQLite has and PostgreSQL does not, as word or as function, and what to do instead.
SQLITE_WORDS = {
    "ROWID": "name the key column", "_ROWID_": "name the key column",
    "OID": "name the key column", "GLOB": "use LIKE or two bodies",
    "PRAGMA": "that is the engine's business (src/db)", "AUTOINCREMENT": "not needed",
}
SQLITE_CALLS = {
    "IFNULL": "COALESCE", "IIF": "CASE", "PRINTF": "format it in C",
    "TOTAL": "COALESCE(SUM(x), 0)", "GROUP_CONCAT": "join in C",
    "DATETIME": "times are integers", "STRFTIME": "times are integers",
    "JULIANDAY": "times are integers", "UNIXEPOCH": "times are integers",
    "LAST_INSERT_ROWID": "RETURNING id", "CHANGES": "RETURNING", "TYPEOF": "two bodies",
    "INSTR": "two bodies", "HEX": "format it in C",
}
IS_MAY_PRECEDE = {"NULL", "NOT", "TRUE", "FALSE", "DISTINCT"}


def check_text(s, key, body):
    """Refuses what the other engine or our rules do not take."""
    t = body.tokens
    if t[0].up not in ("SELECT", "WITH", "VALUES", "INSERT", "UPDATE", "DELETE", "REPLACE"):
        raise s.fault(f"a statement may not begin with {t[0].up}", t[0].line)
    for i, tok in enumerate(t):
        if tok.kind == "op" and tok.text in "?$@#" or tok.kind == "param" and i and \
                t[i - 1].text == ":":
            raise s.fault("parameters are written :name", tok.line)
        if tok.kind == "quoted":
            # In SQLite "x" silently means the text x when there is no such column.
            raise s.fault(f"quoted name {tok.text}: use plain names, and ' for text", tok.line)
        if key == "both":
            why = not_portable(t, i)
            if why:
                raise s.fault(f"{why} (or write --@sqlite and --@pg bodies)", tok.line)


def not_portable(t, i):
    """Why PostgreSQL would refuse the token at i; None if it would not."""
    up = t[i].up
    after = [x.up for x in t[i + 1:i + 4]] + ["", "", ""]
    if t[i].text in ("==", "::"):
        return f"'{t[i].text}' is not in both engines"
    if t[i].kind != "word":
        return None
    if up in SQLITE_WORDS and (i == 0 or t[i - 1].up != "AS"):
        return f"{up} is SQLite's: {SQLITE_WORDS[up]}"
    if after[0] == "(" and up in SQLITE_CALLS:
        return f"{up.lower()}() is SQLite's: {SQLITE_CALLS[up]}"
    if up in ("MIN", "MAX") and after[0] == "(" and count_args(t, i + 1) > 1:
        return f"{up.lower()}(a, b) is SQLite's: CASE WHEN a > b THEN a ELSE b END"
    if up == "INDEXED" and after[0] == "BY":
        return "INDEXED BY is SQLite's"
    if up == "REPLACE" and after[0] != "(" or up in ("INSERT", "UPDATE") and after[0] == "OR":
        return f"{up} {after[0]} is SQLite's: ON CONFLICT"
    if up == "IS" and after[0] not in IS_MAY_PRECEDE or \
            up == "IS" and after[0] == "NOT" and after[1] not in IS_MAY_PRECEDE:
        return "IS between values is SQLite's: IS [NOT] DISTINCT FROM"
    return None


def count_args(t, i):
    """How many arguments stand in the parentheses that open at i."""
    depth, n = 0, 1
    for tok in t[i:]:
        depth += (tok.text == "(") - (tok.text == ")")
        if depth == 0:
            break
        n += tok.text == "," and depth == 1
    return n


def check_params(s, body):
    """Declared parameters and used ones must be the same."""
    names = [p.name for p in s.params]
    used = {}
    for tok in body.tokens:
        if tok.kind == "param":
            used.setdefault(tok.text[1:], tok.line)
    for name, line in used.items():
        if name not in names:
            raise s.fault(f":{name} is used but not declared", line)
    for name in names:
        if name not in used:
            raise s.fault(f"parameter '{name}' is declared but not used")


def numbered(s, body, mark="?"):
    """The body as the engine gets it: parameters numbered by declaration, no comments."""
    number = {":" + p.name: f"{mark}{i}" for i, p in enumerate(s.params, 1)}
    out = TOKEN.sub(lambda m: "" if m.lastgroup == "comment" else
                    number.get(m[0], m[0]) if m.lastgroup == "param" else m[0], body.text)
    out = "\n".join(x.strip() for x in out.split("\n") if x.strip())
    return out.rstrip().removesuffix(";")


# ---- the database ------------------------------------------------------------------------

SQL_TYPES = {"INTEGER": "int", "INT": "int", "TEXT": "text", "BLOB": "blob", "REAL": "real"}


def check_engine(s, db, tables):
    """Prepares the statement on the migrated schema: columns, writing, plan."""
    body = s.sqlite()
    sql = numbered(s, body)
    st = db.prepare(sql)
    if st is None:
        raise s.fault(f"{s.name}: {db.error()}", place_of(body, db.error()))
    cols, s.writes = db.shape(st)
    db.finalize(st)
    if s.shape == "exec" and cols:
        raise s.fault(f"{s.name}: exec, but the statement returns rows")
    if s.shape != "exec" and not cols:
        raise s.fault(f"{s.name}: {s.shape}, but the statement returns no rows"
                      + (" (a write needs RETURNING)" if s.writes else ""))
    if s.shape == "exec" and not s.writes:
        raise s.fault(f"{s.name}: exec, but the statement changes nothing")
    have = [c for c, _ in cols]
    want = [c.name for c in s.cols]
    if have != want:
        raise s.fault(f"{s.name}: declared columns ({', '.join(want)}) are not those of the "
                      f"statement ({', '.join(have)}); name them with AS")
    for (_, decl), col in zip(cols, s.cols):
        real = SQL_TYPES.get(decl.upper())
        if real and real != col.type:
            raise s.fault(f"{s.name}: column '{col.name}' is declared {col.type}, but the "
                          f"schema says {decl}")
    check_plan(s, db, sql, tables)


def place_of(body, message):
    """The line of the word that an error message names, else where the body begins."""
    m = re.search(r'(?:near "|no such \w+: |has no column named )(?:\w+\.)?(\w+)', message)
    for tok in body.tokens:
        if m and tok.up == m[1].upper():
            return tok.line
    return body.tokens[0].line


def check_plan(s, db, sql, tables):
    # Of an INSERT the plan also shows who refers to the table, but SQLite only looks there
    # while a deferred violation is pending. Of a DELETE it really does.
    inserts = first_verb(s.sqlite().tokens) == "INSERT"
    db.run(f"PRAGMA foreign_keys = {'OFF' if inserts else 'ON'}")
    rows = db.run("EXPLAIN QUERY PLAN " + sql)
    db.run("PRAGMA foreign_keys = ON")
    if rows is None:
        raise s.fault(f"{s.name}: {db.error()}")
    plan = [row[3] for row in rows]
    tokens = s.sqlite().tokens
    scans = [d for d in plan if is_scan(d, tokens, tables)]
    if scans and s.scan_ok is None and not (len(plan) == 1 and stops_early(tokens)):
        raise s.fault(f"{s.name}: reads a whole table ({'; '.join(scans)}): add an index, or "
                      "the line --! scan ok: REASON")
    if s.scan_ok is not None and not any(d.startswith("SCAN") for d in plan):
        raise s.fault("'scan ok' is not needed: the statement scans nothing", s.scan_line)


def first_verb(tokens):
    """What a statement does after its WITH clauses."""
    depth = 0
    for t in tokens:
        depth += (t.text == "(") - (t.text == ")")
        if depth == 0 and t.up in ("SELECT", "INSERT", "UPDATE", "DELETE", "VALUES"):
            return t.up
    return ""


def stops_early(tokens):
    """ORDER BY ... LIMIT with nothing between that skips, groups or counts rows: when the
    plan has no sorting either, only the rows asked for are read."""
    words = {t.up for t in tokens}
    return {"ORDER", "LIMIT"} <= words and not words & {"(", "WHERE", "GROUP", "DISTINCT"}


def is_scan(detail, tokens, tables):
    """Does this line of a query plan read a whole table of the schema?"""
    m = re.match(r"(SCAN|SEARCH) (\w+)(.*)", detail)
    if not m or not is_table(m[2], tokens, tables):
        return False
    if m[1] == "SEARCH":                # an index made for this one query is a scan, too
        return "USING AUTOMATIC" in m[3]
    virtual = re.search(r"VIRTUAL TABLE INDEX \d+:(.*)", m[3])
    if virtual:
        return virtual[1] == ""
    return not re.search(r"USING (COVERING )?INDEX", m[3])


def is_table(name, tokens, tables):
    """Plans name a table by its alias. An alias of a common table expression, a subquery or
    a function such as json_each is not a table; what is not found in the text (a foreign
    key's or a trigger's work) must be one."""
    up, known = name.upper(), False
    ctes = {t.up for t, n in zip(tokens, tokens[1:] + tokens[-1:])
            if t.kind == "word" and is_cte(tokens, t, n)}
    if up in tables and up not in ctes:
        return True
    for i, tok in enumerate(tokens):
        if tok.up != up or i == 0:
            continue
        before = tokens[i - 2 if tokens[i - 1].up == "AS" and i > 1 else i - 1]
        if before.up in tables and before.up not in ctes:
            return True
        known = True
    return not known and up != "CONSTANT" and not name.isdigit()


def is_cte(tokens, tok, after):
    i = tokens.index(tok)
    if i == 0 or tokens[i - 1].up not in ("WITH", "RECURSIVE", ","):
        return False
    if after.text == "(":               # WITH name(a, b) AS (
        while i < len(tokens) and tokens[i].text != ")":
            i += 1
    rest = [t.up for t in tokens[i + 1:i + 5]]
    return rest[:2] == ["AS", "("] or rest[:3] == ["AS", "MATERIALIZED", "("] or \
        rest[:4] == ["AS", "NOT", "MATERIALIZED", "("]


# ---- C -----------------------------------------------------------------------------------

CONTRACT = """\
/* Made by tools/sqlc.py from {src}. Do not edit.
 *
 * Uses only this (db/stmt.h):
 *   struct sql_def {{ const char *name; const char *sqlite; unsigned slot; }};
 *   MUST int stmt_get(struct db *, const struct sql_def *, struct stmt **ret);
 *       prepared once per connection, reset, unbound
 *   void stmt_int|stmt_real|stmt_text|stmt_blob|stmt_null(struct stmt *, int i, ...);
 *       i from 1; the bytes live until stmt_done; p == NULL binds NULL
 *   MUST int stmt_step(struct db *, struct stmt *);      1 a row, 0 done, negative E_*
 *   stmt_is_null, stmt_col_int|real|text|blob(struct stmt *, int col)
 *       col from 0; views until the next step; p != NULL for what is not NULL
 *   void stmt_done(struct stmt *);                       always called, also on error
 * and arena_alloc, str_dup, struct opt_int, struct opt_real of base. */
"""


def c_type(f):
    if f.is_text():
        return "struct str "
    if f.type == "int":
        return "struct opt_int " if f.nullable else "int64_t "
    return "struct opt_real " if f.nullable else "double "


def c_struct(name, fields):
    out = [f"struct {name} {{"]
    for f in fields:
        note = "  /* p == NULL: NULL */" if f.is_text() and f.nullable else ""
        out.append(f"\t{c_type(f)}{f.name};{note}")
    return "\n".join(out + ["};"]) + "\n"


def needs_arena(s):
    return s.shape == "many" or s.shape == "one" and any(c.is_text() for c in s.cols)


def prototype(s):
    args = ["struct db *db"]
    if needs_arena(s):
        args.append("struct arena *a")
    if s.params:
        args.append(f"const struct sql_{s.name}_in *in")
    if s.shape == "one":
        args.append(f"struct sql_{s.name}_row *ret")
    elif s.shape == "many":
        args.append(f"struct sql_{s.name}_rows *ret")
    elif s.shape == "each":
        args.append(f"int (*fn)(void *ctx, const struct sql_{s.name}_row *row)")
        args.append("void *ctx")
    name = f"sql_{s.name}_each" if s.shape == "each" else f"sql_{s.name}"
    line = f"int {name}("
    out, width = line, len("MUST " + line)
    for i, a in enumerate(args):
        piece = a + (", " if i + 1 < len(args) else ")")
        if width + len(piece) > 88 and i:
            out, width = out.rstrip() + "\n\t", 8
        out, width = out + piece, width + len(piece)
    return out


SHAPE_NOTE = {
    "exec": "",
    "one": "E_NOT_FOUND if there is no row.",
    "many": "Rows live in the arena.",
    "each": "Strings live for the call only; a negative answer of fn ends it and is "
            "returned. fn must not run this statement.",
}


def c_comment(s):
    lines = [x.replace("*/", "* /") for x in s.comment]
    if SHAPE_NOTE[s.shape]:
        lines.append(SHAPE_NOTE[s.shape])
    return "/* " + "\n * ".join(lines or [s.name + "."]) + " */\n"


def emit_h(stem, src, stmts):
    out = [CONTRACT.format(src=src), "#pragma once\n",
           '#include "base/arena.h"\n#include "base/err.h"\n#include "base/opt.h"\n'
           '#include "base/str.h"\n#include "db/stmt.h"\n']
    for s in stmts:
        if s.params:
            out.append(c_struct(f"sql_{s.name}_in", s.params))
        if s.cols:
            out.append(c_struct(f"sql_{s.name}_row", s.cols))
        if s.shape == "many":
            out.append(f"struct sql_{s.name}_rows {{\n\tstruct sql_{s.name}_row *v;\n"
                       "\tsize_t n;\n};\n")
        out.append(c_comment(s) + f"MUST {prototype(s)};\n")
        out.append(f"extern const struct sql_def sql_def_{s.name};\n")
    return "\n".join(out)


def emit_bind(s):
    out = [f"static void bind_{s.name}(struct stmt *s, const struct sql_{s.name}_in *in)\n{{"]
    for i, p in enumerate(s.params, 1):
        value, test = f"in->{p.name}", None
        if p.nullable:
            test = f"in->{p.name}.p" if p.is_text() else f"in->{p.name}.has"
            value += "" if p.is_text() else ".v"
        tab = "\t\t" if test else "\t"
        if test:
            out.append(f"\tif ({test})")
        out.append(f"{tab}stmt_{p.type}(s, {i}, {value});")
        if test:
            out.append(f"\telse\n\t\tstmt_null(s, {i});")
    return "\n".join(out + ["}\n"])


def emit_read(s):
    """The current row as a struct; with an arena, text is copied into it."""
    copy = s.shape != "each" and any(c.is_text() for c in s.cols)
    arg = ", struct arena *a" if copy else ""
    out = [f"static struct sql_{s.name}_row row_{s.name}(struct stmt *s{arg})\n{{",
           f"\tstruct sql_{s.name}_row row = {{ 0 }};"]
    for i, c in enumerate(s.cols):
        value = f"stmt_col_{c.type}(s, {i})"
        if copy and c.is_text():
            value = f"str_dup(a, {value})"
        tab, dest = "\t", f"row.{c.name}"
        if c.nullable:
            out.append(f"\tif (!stmt_is_null(s, {i}))" + ("" if c.is_text() else " {"))
            tab = "\t\t"
            if not c.is_text():
                out.append(f"\t\t{dest}.has = true;")
                dest += ".v"
        out.append(f"{tab}{dest} = {value};")
        if c.nullable and not c.is_text():
            out.append("\t}")
    return "\n".join(out + ["\treturn row;", "}\n"])


BODY = {
    "exec": "\tr = stmt_step(db, s);\n",
    # A write is run to its end: what it violates is only known there.
    "one": """\
	struct sql_NAME_row row = { 0 };
	bool found = false;
	r = stmt_step(db, s);
	if (r > 0) {
		row = row_NAME(sARENA);
		found = true;
REST	}
""",
    "many": """\
	struct sql_NAME_rows rows = { 0 };
	size_t room = 0;
	while ((r = stmt_step(db, s)) > 0) {
		if (rows.n == room) {
			struct sql_NAME_row *old = rows.v;
			room = room ? room * 2 : 16;
			rows.v = arena_alloc(a, room * sizeof(*rows.v));
			if (old)
				memcpy(rows.v, old, rows.n * sizeof(*rows.v));
		}
		rows.v[rows.n++] = row_NAME(sARENA);
	}
""",
    "each": """\
	while ((r = stmt_step(db, s)) > 0) {
		struct sql_NAME_row row = row_NAME(s);
		r = fn(ctx, &row);
		if (r < 0)
			break;
	}
""",
}
TAIL = {
    "exec": "\treturn r;\n",
    "one": "\tif (r < 0)\n\t\treturn r;\n\tif (!found)\n\t\treturn E_NOT_FOUND;\n"
           "\t*ret = row;\n\treturn 0;\n",
    "many": "\tif (r < 0)\n\t\treturn r;\n\t*ret = rows;\n\treturn 0;\n",
    "each": "\treturn r;\n",
}
TO_END = "\t\twhile (r > 0)\n\t\t\tr = stmt_step(db, s);\n"


def emit_function(s, slot):
    copies = any(c.is_text() for c in s.cols)
    body = BODY[s.shape].replace("NAME", s.name) \
        .replace("sARENA", "s, a" if copies else "s") \
        .replace("REST", TO_END if s.writes else "")
    sql = c_lines(numbered(s, s.sqlite()), "\t\t")
    out = [f"const struct sql_def sql_def_{s.name} = {{\n\t.name = {c_string(s.name)},\n"
           f"\t.slot = {slot},\n\t.sqlite =\n\t\t{sql},\n}};\n"]
    if s.params:
        out.append(emit_bind(s))
    if s.cols:
        out.append(emit_read(s))
    bind = f"\tbind_{s.name}(s, in);\n" if s.params else ""
    out.append(f"{prototype(s)}\n{{\n\tstruct stmt *s;\n"
               f"\tint r = stmt_get(db, &sql_def_{s.name}, &s);\n"
               f"\tif (r < 0)\n\t\treturn r;\n{bind}{body}\tstmt_done(s);\n"
               f"{TAIL[s.shape]}}}\n")
    return "\n".join(out)


# ISO C promises 4095 characters in a literal; gcc and clang have no such limit.
PEDANTIC = '#pragma GCC diagnostic ignored "-Woverlength-strings"\n'


def emit_c(stem, src, stmts, first_slot):
    out = [CONTRACT.format(src=src), f'#include <string.h>\n\n#include "sql_{stem}.h"\n',
           PEDANTIC]
    out += [emit_function(s, first_slot + i) for i, s in enumerate(stmts)]
    return "\n".join(out)


def emit_all(files):
    names = [s.name for _, stmts in files for s in stmts]
    includes = "".join(f'#include "sql_{stem}.h"\n' for (_, stem), _ in files)
    rows = "".join(f"\t&sql_def_{n},\n" for n in names) or "\tNULL,\n"
    head = "/* Made by tools/sqlc.py. Do not edit. Every statement, by slot. */\n"
    c = (f'{head}#include <stddef.h>\n\n#include "sql_all.h"\n{includes}\n'
         f"const struct sql_def *const sql_all[] = {{\n{rows}}};\n"
         f"const unsigned sql_n_all = {len(names)};\n")
    h = (f'{head}#pragma once\n\n#include "db/stmt.h"\n\n'
         "extern const struct sql_def *const sql_all[];\nextern const unsigned sql_n_all;\n")
    return c, h


# ---- the run -----------------------------------------------------------------------------

def check_stmt(s, db, tables, seen):
    if s.name in seen:
        raise s.fault(f"a second statement named '{s.name}'; the first is at {seen[s.name]}")
    seen[s.name] = f"{s.path}:{s.line}"
    if not s.bodies:
        raise s.fault("no SQL under this header")
    if "both" not in s.bodies and "sqlite" not in s.bodies:
        raise s.fault("--@pg without --@sqlite")
    for key, body in s.bodies.items():
        tokenize(s, body)
        check_text(s, key, body)
        check_params(s, body)
    check_engine(s, db, tables)


def compile_files(schema, paths, faults):
    """[((path, stem), [Stmt])]; what is wrong goes into faults."""
    db, seen, stems, files = Sqlite(), {}, set(), []
    migrate(db, schema)
    tables = {r[0].upper() for r in
              db.run("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    for path in paths:
        stem = os.path.basename(path).removesuffix(".sql")
        if not NAME.match(stem) or stem == "all" or stem in stems:
            faults.append(Fault(path, 1, f"'{stem}' is not a file name of its own"))
        stems.add(stem)
        stmts = parse_file(path, faults)
        for s in stmts:
            try:
                check_stmt(s, db, tables, seen)
            except Fault as f:
                faults.append(f)
        files.append(((path, stem), stmts))
    return files


def main(argv):
    p = argparse.ArgumentParser(description="compile .sql files into typed C functions")
    p.add_argument("--schema", required=True, help="folder of NNNN_name.sql")
    p.add_argument("--out", required=True, help="folder for the C files")
    p.add_argument("files", nargs="*")
    a = p.parse_args(argv)
    faults = []
    try:
        files = compile_files(a.schema, a.files, faults)
    except Fault as f:
        faults.append(f)
    if faults:
        return report(faults)
    slot = 0
    for (path, stem), stmts in files:
        base = os.path.join(a.out, "sql_" + stem)
        src = os.path.basename(path)
        write_if_changed(base + ".h", emit_h(stem, src, stmts))
        write_if_changed(base + ".c", emit_c(stem, src, stmts, slot))
        slot += len(stmts)
    c, h = emit_all(files)
    write_if_changed(os.path.join(a.out, "sql_all.c"), c)
    write_if_changed(os.path.join(a.out, "sql_all.h"), h)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

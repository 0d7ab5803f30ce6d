#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# poc.py - translations: .po files into C tables, extraction, merging, checking.
# Depends on: the Python 3 standard library; htmlc.py and advicec.py for extraction.
"""poc.py --out DIR po/*.po             makes tr_tables.c (see src/base/tr.h)
poc.py extract FILES... > po/tocsin.pot   from C, templates (.txt) and data/advice/*.txt
poc.py update po/xx.po po/tocsin.pot      keeps translations, adds and retires texts
poc.py check po/*.po po/tocsin.pot        refuses what would show wrongly
poc.py current po/tocsin.pot TOP          refuses a .pot that is not what TOP's sources say

File format and conventions are those of GNU gettext. `# to be reviewed` above a text is
allowed and counted. A plural form for exactly one number may leave {n} or %d out. `Commands`
in backquotes stay as they are.
"""

import glob
import os
import re
import sys

import advicec
import htmlc
from toolbox import Fault, c_string, read_text, report, write_if_changed

# enum lang of base/lang.h, and the rule a new .po begins with.
LANGS = {
    "en": None,
    "fr": ("LANG_FR", "nplurals=2; plural=(n > 1);"),
    "es": ("LANG_ES", "nplurals=2; plural=(n != 1);"),
    "ar": ("LANG_AR", "nplurals=6; plural=(n == 0 ? 0 : n == 1 ? 1 : n == 2 ? 2 : "
                      "n % 100 >= 3 && n % 100 <= 10 ? 3 : n % 100 >= 11 ? 4 : 5);"),
    "ru": ("LANG_RU", "nplurals=3; plural=(n % 10 == 1 && n % 100 != 11 ? 0 : n % 10 >= 2 && "
                      "n % 10 <= 4 && (n % 100 < 10 || n % 100 >= 20) ? 1 : 2);"),
    "zh": ("LANG_ZH", "nplurals=1; plural=0;"),
}


def lang_of(path):
    lang = os.path.basename(path).removesuffix(".po").split("_")[0]
    if not LANGS.get(lang):
        raise Fault(path, 1, f"'{lang}' is not a language of base/lang.h to translate into")
    return lang


# ---- .po files ---------------------------------------------------------------------------

class Entry:
    """One text: translator's comments, extracted remarks, places, flags, forms."""

    def __init__(self, line=0):
        self.line, self.obsolete = line, False
        self.comments, self.auto, self.refs, self.flags = [], [], [], []
        self.ctx = self.plural = None
        self.id, self.strs = "", []

    def key(self):
        return (self.ctx, self.id)

    def translated(self):
        return "fuzzy" not in self.flags and all(self.strs)


ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
FIELD = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[(\d+)\])?)?\s*"(.*)"\s*\Z')


def po_unquote(path, no, text):
    def one(m):
        if m[1] not in ESCAPES:
            raise Fault(path, no, f"unknown escape \\{m[1]}")
        return ESCAPES[m[1]]
    if re.search(r'(?<!\\)(?:\\\\)*"', text):
        raise Fault(path, no, 'a " inside a text is written \\"')
    return re.sub(r"\\(.?)", one, text)


class PoReader:
    """Reads a .po or .pot; entries keep the file's order, the header entry has id ""."""

    def __init__(self, path):
        self.path, self.out, self.cur, self.field = path, {}, None, None
        for no, line in enumerate(read_text(path).split("\n"), 1):
            self.line(no, line)
        self.end()

    def line(self, no, line):
        if not line.strip():
            return self.end()
        obsolete = line.startswith("#~")
        if obsolete:
            line = line[2:].strip()
        if line.startswith("#"):
            if self.cur and self.cur.strs:
                self.end()
            return self.comment(no, line)
        m = FIELD.match(line)
        if not m:
            raise Fault(self.path, no, "not a line of a .po file")
        self.string(no, m, obsolete)

    def entry(self, no):
        if self.cur is None:
            self.cur = Entry(no)
        return self.cur

    def comment(self, no, line):
        e, mark, text = self.entry(no), line[:2], line[2:].strip()
        if mark == "#.":
            e.auto.append(text)
        elif mark == "#:":
            e.refs += text.split()
        elif mark == "#,":
            e.flags += [f.strip() for f in text.split(",")]
        elif mark != "#|":
            e.comments.append(line[1:].strip())

    def string(self, no, m, obsolete):
        name, text = m[1], po_unquote(self.path, no, m[3])
        if name in ("msgctxt", "msgid") and self.cur and self.cur.strs:
            self.end()
        e = self.entry(no)
        e.obsolete |= obsolete
        if name is None:
            if self.field is None:
                raise Fault(self.path, no, "a text that belongs to nothing")
        elif name.startswith("msgstr"):
            if int(m[2] or 0) != len(e.strs):
                raise Fault(self.path, no, f"expected msgstr[{len(e.strs)}]")
            e.strs.append("")
            self.field = "msgstr"
        else:
            self.field = {"msgctxt": "ctx", "msgid": "id", "msgid_plural": "plural"}[name]
            if name == "msgid":
                e.line = no
            else:
                setattr(e, self.field, "")
        if self.field == "msgstr":
            e.strs[-1] += text
        else:
            setattr(e, self.field, getattr(e, self.field) + text)

    def end(self):
        e, self.cur, self.field = self.cur, None, None
        if e is None:
            return
        if not e.strs:
            if e.id or e.ctx is not None:
                raise Fault(self.path, e.line, "a msgid without msgstr")
            return                      # a comment that stands alone
        if e.key() in self.out:
            if e.obsolete:
                return
            if not self.out[e.key()].obsolete:
                raise Fault(self.path, e.line, f"{c_string(e.id)} twice")
            del self.out[e.key()]
        self.out[e.key()] = e


def read_po(path):
    """key -> Entry, in the order of the file."""
    return PoReader(path).out


def po_string(prefix, name, text):
    """name "text", over several lines when it is long or has line feeds."""
    quote = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
    escaped = "".join(quote.get(c, c) for c in text)
    if len(name) + len(escaped) < 76 and "\n" not in text[:-1]:
        return f'{prefix}{name} "{escaped}"\n'
    out, line = [f'{prefix}{name} ""\n'], ""
    for word in re.findall(r"\\n|(?:[^ \\]|\\[^n])*(?: +|(?=\\n)|\Z)", escaped):
        if len(line) + len(word) > 76 and line and word != "\\n":
            out.append(f'{prefix}"{line}"\n')
            line = ""
        line += word
        if word == "\\n":
            out.append(f'{prefix}"{line}"\n')
            line = ""
    if line:
        out.append(f'{prefix}"{line}"\n')
    return "".join(out)


def po_entry(e):
    p = "#~ " if e.obsolete else ""
    out = [("# " + c).rstrip() + "\n" for c in e.comments]
    if not e.obsolete:
        out += [f"#. {x}\n" for x in e.auto] + [f"#: {x}\n" for x in e.refs]
    if e.flags:
        out.append("#, " + ", ".join(e.flags) + "\n")
    if e.ctx is not None:
        out.append(po_string(p, "msgctxt", e.ctx))
    out.append(po_string(p, "msgid", e.id))
    if e.plural is not None:
        out.append(po_string(p, "msgid_plural", e.plural))
        out += [po_string(p, f"msgstr[{i}]", s) for i, s in enumerate(e.strs)]
    else:
        out.append(po_string(p, "msgstr", e.strs[0]))
    return "".join(out)


HEADER = ("Project-Id-Version: tocsin\nReport-Msgid-Bugs-To: \nPO-Revision-Date: {date}\n"
          "Last-Translator: {who}\nLanguage-Team: {lang}\nLanguage: {lang}\nMIME-Version: 1.0\n"
          "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n")


def header_entry(lang):
    e = Entry()
    e.comments = ["SPDX-License-Identifier: Apache-2.0"]
    text = HEADER.format(lang=lang, date="2026-01-01 00:00+0000", who="the Tocsin authors")
    if lang:
        text += f"Plural-Forms: {LANGS[lang][1]}\n"
    e.strs = [text]
    return e


# ---- plural rules ------------------------------------------------------------------------

PLURAL_TOKEN = re.compile(r"\s*(\d+|n|\|\||&&|[=!<>]=|[<>?:+*/%()!-])")
LEVELS = [["||"], ["&&"], ["==", "!="], ["<", ">", "<=", ">="], ["+", "-"], ["*", "/", "%"]]


class Plural:
    """The C expression of a Plural-Forms header: parsed, tried on numbers, written as C."""

    def __init__(self, path, line, header):
        self.path, self.line = path, line
        m = re.search(r"^Plural-Forms:\s*nplurals\s*=\s*(\d)\s*;\s*plural\s*=\s*(.*?)\s*;?\s*$",
                      header, re.M)
        if not m:
            raise self.fault("no header Plural-Forms: nplurals=N; plural=EXPRESSION;")
        self.n = int(m[1])
        self.tokens, at = [], 0
        while at < len(m[2]):
            t = PLURAL_TOKEN.match(m[2], at)
            if not t:
                raise self.fault(f"in the plural rule: '{m[2][at:].strip()}'")
            self.tokens.append(t[1])
            at = t.end()
        self.tokens.append("")
        self.at = 0
        self.tree = self.choice(0)
        if self.tokens[self.at]:
            raise self.fault(f"in the plural rule: '{self.tokens[self.at]}'")
        self.try_out()

    def fault(self, reason):
        return Fault(self.path, self.line, reason)

    def took(self, *texts):
        if self.tokens[self.at] in texts:
            self.at += 1
            return self.tokens[self.at - 1]
        return None

    def want(self, text):
        if not self.took(text):
            raise self.fault(f"in the plural rule: '{text}' is missing")

    def choice(self, depth):
        if depth > 20:
            raise self.fault("the plural rule is too deep")
        cond = self.binary(0, depth)
        if not self.took("?"):
            return cond
        yes = self.choice(depth + 1)
        self.want(":")
        return ("?", cond, yes, self.choice(depth + 1))

    def binary(self, level, depth):
        if level == len(LEVELS):
            return self.atom(depth)
        left = self.binary(level + 1, depth)
        while op := self.took(*LEVELS[level]):
            left = (op, left, self.binary(level + 1, depth))
        return left

    def atom(self, depth):
        if self.took("("):
            out = self.choice(depth + 1)
            self.want(")")
            return out
        if self.took("!"):
            if depth > 20:
                raise self.fault("the plural rule is too deep")
            return ("!", self.atom(depth + 1))
        text = self.tokens[self.at]
        if text != "n" and not text.isdigit() or len(text) > 6:
            raise self.fault(f"in the plural rule: '{text or 'the end'}'")
        self.at += 1
        return text

    def value(self, t, n):
        if isinstance(t, str):
            return n if t == "n" else int(t)
        op, a = t[0], self.value(t[1], n)
        if op == "!":
            return int(not a)
        if op == "?":
            return self.value(t[2 if a else 3], n)
        if op in ("||", "&&"):
            return int(bool(a or self.value(t[2], n)) if op == "||" else
                       bool(a and self.value(t[2], n)))
        b = self.value(t[2], n)
        if op in "/%" and b == 0:
            raise self.fault("the plural rule divides by zero")
        v = {"==": a == b, "!=": a != b, "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b,
             "+": a + b, "-": a - b, "*": a * b, "/": a // (b or 1), "%": a % (b or 1)}[op]
        if v < 0:
            raise self.fault("the plural rule goes below zero")
        return int(v)

    def try_out(self):
        """numbers[form] = the numbers below 1000 that take it."""
        self.numbers = [[] for _ in range(self.n)]
        for n in range(1000):
            form = self.value(self.tree, n)
            if form >= self.n:
                raise self.fault(f"the plural rule gives form {form} of {self.n} for {n}")
            self.numbers[form].append(n)
        for form, numbers in enumerate(self.numbers):
            if not numbers:
                raise self.fault(f"the plural rule never gives form {form}")

    def c(self, t=None):
        t = self.tree if t is None else t
        if isinstance(t, str):
            return t if t == "n" else t.lstrip("0") + "u" if t.strip("0") else "0u"
        if t[0] == "?":
            return f"({self.c(t[1])} ? {self.c(t[2])} : {self.c(t[3])})"
        if t[0] == "!":
            return f"(uint64_t)(!{self.c(t[1])})"
        text = f"({self.c(t[1])} {t[0]} {self.c(t[2])})"
        return text if t[0] in "+-*/%" else "(uint64_t)" + text


def plural_of(path, entries):
    head = entries.get((None, ""))
    if head is None:
        raise Fault(path, 1, "no header entry")
    if "charset=UTF-8" not in head.strs[0]:
        raise Fault(path, head.line, "the header does not say charset=UTF-8")
    return Plural(path, head.line, head.strs[0])


# ---- C tables ----------------------------------------------------------------------------

def sort_key(key):
    return ((key[0] is not None), (key[0] or "").encode(), key[1].encode())


def emit_tables(files):
    """files: lang -> (entries, Plural)."""
    keys = {k for entries, _ in files.values() for k, e in entries.items()
            if k[1] and not e.obsolete and e.translated()}
    keys = sorted(keys, key=sort_key)
    out = ["/* Made by tools/poc.py from po/. Do not edit. See base/tr.h. */",
           '#include "base/tr.h"\n']
    if keys:
        out.append("static const struct tr_key keys[] = {")
        out += [f"\t{{ {'NULL' if c is None else c_string(c)}, {c_string(i)} }}," for c, i in keys]
        out.append("};\n")
    for lang, (entries, plural) in files.items() if keys else ():
        out.append(f"static const char *const text_{lang}[] = {{")
        for k in keys:
            e = entries.get(k)
            strs = e.strs if e and not e.obsolete and e.translated() else []
            for form in range(plural.n):
                out.append("\t" + (c_string(strs[form]) if form < len(strs) else "NULL") + ",")
        out.append("};\n")
        out.append(f"static unsigned form_{lang}(uint64_t n)\n{{\n\t(void)n;\n"
                   f"\treturn (unsigned){plural.c()};\n}}\n")
    out.append("const struct tr_tables tr_tables = {")
    if keys:
        out.append(f"\t.keys = keys,\n\t.n = {len(keys)},")
        out += [f"\t.lang[{LANGS[lang][0]}] = {{ text_{lang}, {p.n}, form_{lang} }},"
                for lang, (_, p) in files.items()]
    else:
        out.append("\t.n = 0,")
    return "\n".join(out) + "\n};\n"


def cmd_build(out, paths):
    files, faults = {}, []
    for path in paths:
        try:
            lang = lang_of(path)
            if lang in files:
                raise Fault(path, 1, f"a second file for '{lang}'")
            entries = read_po(path)
            plural = plural_of(path, entries)
            for e in entries.values():
                if e.plural is not None and not e.obsolete and len(e.strs) != plural.n:
                    raise Fault(path, e.line, f"{len(e.strs)} plural forms of {plural.n}")
            files[lang] = (entries, plural)
        except Fault as f:
            faults.append(f)
    if not faults:
        write_if_changed(os.path.join(out, "tr_tables.c"), emit_tables(files))
    return report(faults)


# ---- extraction --------------------------------------------------------------------------

C_TOKEN = re.compile(r"""
      (?P<comment>/\*.*?\*/|//[^\n]*) | (?P<define>^[ \t]*\#[ \t]*define[ \t]+(?:N_|trn?c?)\b[^\n]*)
    | (?P<string>"(?:[^"\\\n]|\\.)*") | (?P<char>'(?:[^'\\\n]|\\.)*')
    | (?P<word>[A-Za-z_]\w*) | (?P<space>\s+) | (?P<op>.)""", re.X | re.S | re.M)
# Function -> which arguments are texts: (context, msgid, plural), counted from 0.
C_CALLS = {"N_": (None, 0, None), "tr": (None, 1, None), "trc": (1, 2, None), "trn": (None, 1, 2)}
C_ESCAPES = dict(ESCAPES, a="\a")
DIRECTIVE = re.compile(r"%[-+#0]*[0-9*]*(?:\.[0-9*]+)?(?:hh|h|ll|l|j|z|t)?[diouxXcspfgeE]")


def c_unquote(path, no, text):
    def one(m):
        if m[1] in C_ESCAPES:
            return C_ESCAPES[m[1]]
        raise Fault(path, no, f"\\{m[1]} in a text to translate")
    return re.sub(r"\\(.)", one, text[1:-1])


def c_messages(path):
    """(line, context, text, plural, remark) of the marked texts of a C file."""
    tokens, line, remark, out = [], 1, None, []
    remarks = {}
    source = read_text(path)
    for m in C_TOKEN.finditer(source):
        if m.lastgroup == "comment" and "TRANSLATORS:" in m[0]:
            text = re.sub(r"\s*\n\s*\*?\s*", " ", m[0].strip("/* \n"))
            remark = text[text.index("TRANSLATORS:"):]
            end = line + m[0].count("\n")
            remarks[end] = remarks[end + 1] = remark
        elif m.lastgroup not in ("comment", "space", "define", "char"):
            tokens.append((m.lastgroup, m[0], line))
        line += m[0].count("\n")
    for i, (kind, text, no) in enumerate(tokens[:-1]):
        if kind == "word" and text in C_CALLS and tokens[i + 1][1] == "(":
            found = c_call(path, tokens, i)
            if found:
                out.append((no, *found, remarks.get(no)))
    return out


def c_call(path, tokens, i):
    """The texts of one call; None when its text is a variable (marked elsewhere)."""
    name, no = tokens[i][1], tokens[i][2]
    args, depth, at = [[]], 0, i + 1
    while at < len(tokens):
        text = tokens[at][1]
        depth += (text in "([{") - (text in ")]}") if len(text) == 1 else 0
        if depth == 0:
            break
        if text == "," and depth == 1:
            args.append([])
        elif at > i + 1:
            args[-1].append(tokens[at])
        at += 1
    texts = []
    for where in C_CALLS[name]:
        if where is None or where >= len(args):
            texts.append(None)
            continue
        kinds = {t[0] for t in args[where]}
        if kinds == {"string"}:
            texts.append("".join(c_unquote(path, no, t[1]) for t in args[where]))
        elif "string" in kinds or name == "N_":
            raise Fault(path, no, f"{name}() takes a literal text, nothing mixed with it")
        else:
            return None
    if texts[1] is None:
        return None
    if not texts[1]:
        raise Fault(path, no, "an empty text cannot be translated")
    return texts


def is_advice(path):
    for line in read_text(path).split("\n"):
        if line.strip() and not line.startswith("#"):
            return line.startswith("[")
    return False


def messages_of(path):
    if path.endswith((".c", ".h")):
        return c_messages(path), True
    if is_advice(path):
        return [(no, None, text, None, note) for no, text, note in advicec.messages(path)], False
    return htmlc.messages(path), False


def texts_of(paths):
    """All texts of these sources by their key, and what is wrong with them."""
    entries, faults = {}, []
    for path in paths:
        try:
            found, is_c = messages_of(path)
        except Fault as f:
            faults.append(f)
            continue
        for no, ctx, text, plural, remark in found:
            e = entries.setdefault((ctx, text), Entry(no))
            if e.plural is not None and plural is not None and e.plural != plural:
                faults.append(Fault(path, no, f"{c_string(text)} has another plural at "
                                    f"{e.refs[0]}"))
            e.ctx, e.id, e.plural = ctx, text, e.plural if plural is None else plural
            e.strs = [""] * (1 if e.plural is None else 2)
            e.refs.append(f"{path}:{no}")
            if remark and remark not in e.auto:
                e.auto.append(remark)
            if is_c and DIRECTIVE.search(text + (plural or "")) and not e.flags:
                e.flags = ["c-format"]
    return entries, faults


def cmd_extract(paths):
    entries, faults = texts_of(paths)
    if not faults:
        head = header_entry("")
        sys.stdout.write("\n".join(map(po_entry, [head, *entries.values()])))
    return report(faults)


# ---- merging -----------------------------------------------------------------------------

def cmd_update(po, pot):
    try:
        lang, new = lang_of(po), read_po(pot)
        old = read_po(po) if os.path.exists(po) else {(None, ""): header_entry(lang)}
        forms = plural_of(po, old).n
    except Fault as f:
        return report([f])
    out = [old.pop((None, ""))]
    for key, e in new.items():
        if not key[1]:
            continue
        had = old.pop(key, None)
        want = 1 if e.plural is None else forms
        e.strs = had.strs if had and len(had.strs) == want else [""] * want
        if had:
            e.comments = had.comments
            e.flags = e.flags + [f for f in had.flags if f not in e.flags and f != "c-format"]
        out.append(e)
    for e in old.values():
        if any(e.strs):                 # an empty translation is not worth keeping
            e.obsolete = True
            out.append(e)
    write_if_changed(po, "\n".join(map(po_entry, out)))
    return 0


def sources(top):
    """Every file that may hold a text for people, below a source tree."""
    found = sorted(glob.glob(f"{top}/data/advice/*.txt"))
    for kind in ("txt", "html", "c", "h"):
        found += sorted(glob.glob(f"{top}/src/**/*.{kind}", recursive=True))
    return found


def cmd_current(pot, top):
    entries, faults = texts_of(sources(top))
    have = read_po(pot)
    for key, e in entries.items():
        if key not in have:
            faults.append(Fault(pot, 1, f"is older than the sources: no {c_string(e.id)}, which "
                                        f"stands at {os.path.relpath(e.refs[0], top)}"))
    for key, e in have.items():
        if key[1] and key not in entries:
            faults.append(Fault(pot, e.line, f"no source says {c_string(e.id)} any more"))
    return report(faults)


# ---- checking ----------------------------------------------------------------------------

# LRM, RLM, FSI and PDI help mixed text; what else reorders or hides has no place in it.
REFUSED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u202a-\u202e\u2066\u2067\u2028"
                     "\u2029\ufeff]")


def placeholders(text, is_c):
    return sorted(re.findall(r"\{\w+\}", text)), DIRECTIVE.findall(text) if is_c else []


def check_form(e, text, source, alone):
    """Why this translation of source is wrong; None when it is not. alone: the form stands
    for one number only, so the number may be said in words."""
    is_c = "c-format" in e.flags
    if not text:
        return "no translation"
    if source.startswith("\n") != text.startswith("\n") or \
            source.endswith("\n") != text.endswith("\n"):
        return "line feeds at the ends differ"
    bad = REFUSED.search(text)
    if bad:
        return f"U+{ord(bad[0]):04X} does not belong in a text"
    if text.count("\u2068") != text.count("\u2069"):
        return "FSI and PDI (U+2068, U+2069) are not in pairs"
    want, have = placeholders(source, is_c), placeholders(text, is_c)
    if alone and have != want:
        want = ([p for p in want[0] if p != "{n}"], [p for p in want[1] if p != "%d"])
    if have != want:
        return (f"placeholders differ: {' '.join(want[0] + want[1]) or 'none'} expected, "
                f"{' '.join(have[0] + have[1]) or 'none'} found")
    if sorted(re.findall(r"`[^`]*`", text)) != sorted(re.findall(r"`[^`]*`", source)) or \
            text.count("`") != source.count("`"):
        return "what stands in `backquotes` is not translated"
    if re.search(r"[{}]", re.sub(r"\{\w+\}", "", text)) and \
            not re.search(r"[{}]", re.sub(r"\{\w+\}", "", source)):
        return "a brace that is not a {placeholder}"
    return None


def check_po(path, pot):
    """Faults of one file, and how many texts are to be reviewed."""
    faults, reviewed = [], 0
    lang_of(path)
    entries = read_po(path)
    plural = plural_of(path, entries)
    for key, want in pot.items():
        e = entries.get(key)
        if not key[1]:
            continue
        if e is None or e.obsolete:
            faults.append(Fault(path, 1, f"{c_string(key[1])} is missing (poc.py update)"))
            continue
        e.flags += [f for f in want.flags if f not in e.flags]
        reviewed += any("to be reviewed" in c for c in e.comments)
        n_forms = 1 if want.plural is None else plural.n
        if e.plural != want.plural or len(e.strs) != n_forms:
            faults.append(Fault(path, e.line, f"{len(e.strs)} forms of {n_forms}, or another "
                                "plural"))
            continue
        if "fuzzy" in e.flags:
            faults.append(Fault(path, e.line, "fuzzy: nobody has confirmed it"))
        for form, text in enumerate(e.strs):
            why = check_form(e, text, want.plural or want.id,
                             want.plural is not None and len(plural.numbers[form]) == 1)
            if why:
                faults.append(Fault(path, e.line, f"{why}: {c_string(e.id)}"))
    for key, e in entries.items():
        if key not in pot and not e.obsolete:
            faults.append(Fault(path, e.line, "not in the .pot (poc.py update)"))
    return faults, reviewed


def cmd_check(paths):
    pots = [p for p in paths if p.endswith(".pot")]
    if len(pots) != 1:
        return usage()
    faults, said = [], []
    try:
        pot = read_po(pots[0])
        if (None, "") not in pot:
            raise Fault(pots[0], 1, "no header entry")
    except Fault as f:
        return report([f])
    for path in paths:
        if path == pots[0]:
            continue
        try:
            more, reviewed = check_po(path, pot)
            faults += more
            said.append(f"{path}: {len(pot) - 1} texts, {reviewed} to be reviewed")
        except Fault as f:
            faults.append(f)
    if not faults:
        print("\n".join(said))
    return report(faults)


def usage():
    print(__doc__, file=sys.stderr)
    return 2


def main(argv):
    if len(argv) >= 2 and argv[0] == "--out":
        return cmd_build(argv[1], argv[2:])
    if len(argv) >= 2 and argv[0] == "extract":
        return cmd_extract(argv[1:])
    if len(argv) == 3 and argv[0] == "update":
        return cmd_update(argv[1], argv[2])
    if len(argv) == 3 and argv[0] == "current":
        return cmd_current(argv[1], argv[2])
    if len(argv) >= 2 and argv[0] == "check":
        return cmd_check(argv[1:])
    return usage()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

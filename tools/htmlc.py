#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# htmlc.py - compiles templates (mail bodies and subjects, .txt; pages, .html) into C functions.
# Depends on: the Python 3 standard library. The C it makes calls src/base/textout.h only.
"""htmlc.py --out DIR FILE...     each STEM.txt or STEM.html becomes tpl_STEM.c and tpl_STEM.h

    {# a remark; TRANSLATORS: remarks go to the .pot #}
    {% use "core/notice.h" %}                     the header with the structs, before pages
    {% page notice_body(const struct notice_view *v) %}
    {{ _("Dear {name},", name=v->name) }}
    {% each row in v->rows %}
    {{ row->ip|addr }}  {{ row->seen|date }}
    {% end %}
    {{ _n("{n} finding", "{n} findings", n=v->n) }}  {{ _c("finding state", "Open") }}
    {% if v->note %} ... {% else %} ... {% end %}   also {% if not v->note %}
    {{ v->advice->fix|msg(address=v->ip|addr) }}    a field holding a msgid, its {holes} filled
    {% end %}

`header` instead of `page` makes one line (a mail subject): line ends are dropped, and
controls in holes become blanks. A hole takes a field path, with a formatter or without; no
calls, no C. A line with nothing but a {% %} or {# #} tag vanishes. Outside pages only tags
may stand. `#line` makes gcc name the template's line when a field does not exist.

A page (.html) is written the same way. Holes stand in text and in "quoted values" only and are
escaped for their place; href=, src= and action= take one hole with a struct url. In the text
of a page a stranger's words inside a sentence are put into <bdi> by themselves. |picture takes
a struct picture, which fmt/svg alone makes, |sentence a struct sentence, which textout makes; both
stand in text only. What else a page may hold says htmlplace.py. Pages use each other, also over files given in one run:

    {% show row(r) %}                       another page, here; also of a member: {% show row(v->row) %}
    {% each r in v %}                       where the page's own struct is the list
    {% wrap frame(v->frame) %} ... {% end %}    what stands before and behind {% content %} there
"""

import argparse
import os
import re
import sys

from htmlplace import Places
from toolbox import C_KEYWORDS, Fault, c_string, read_text, report, write_if_changed

# Formatter -> how its argument is written in C. The function is text_NAME or text_arg_NAME.
# The unary plus makes gcc refuse what is not a number.
FORMATTERS = {"int": "(int64_t)+({})", "date": "+({})", "minute": "+({})", "day": "+({})",
              "addr": "({})", "net": "({})", "msg": "({})", "picture": "({})",
              "sentence": "({})"}
MADE = ("picture", "sentence")      # escaped already, for the text of a page
PATH = r"[A-Za-z_]\w*(?:(?:->|\.)[A-Za-z_]\w*)+"
NAME = r"[A-Za-z_]\w*"


# ---- reading -----------------------------------------------------------------------------

class Piece:
    """Text, a tag ({% %}), a hole ({{ }}) or a remark ({# #}) and its line."""

    def __init__(self, kind, text, line):
        self.kind, self.text, self.line = kind, text, line


OPENERS = {"{%": ("tag", "%}"), "{{": ("hole", "}}"), "{#": ("remark", "#}")}


def pieces_of(path, source):
    """Cuts a template at its braces."""
    out, at, line = [], 0, 1
    for m in re.finditer(r"\{[%{#]", source):
        if m.start() < at:
            continue                    # inside a tag that began before
        out.append(Piece("text", source[at:m.start()], line))
        line += source.count("\n", at, m.start())
        kind, closer = OPENERS[m[0]]
        end = end_of(source, m.end(), closer)
        if end < 0 or kind == "tag" and "\n" in source[m.end():end]:
            raise Fault(path, line, f"{m[0]} without {closer}")
        out.append(Piece(kind, source[m.end():end].strip(), line))
        line += source.count("\n", m.start(), end)
        at = end + 2
    out.append(Piece("text", source[at:], line))
    for p in out:
        if p.kind == "text" and re.search(r"[%}#]\}", p.text):
            raise Fault(path, p.line, "a closing brace without its opening one")
    drop_tag_lines(out)
    return out


def end_of(source, at, closer):
    """Where closer stands outside "strings"."""
    pattern = re.compile(r'"(?:[^"\\]|\\.)*"|' + re.escape(closer), re.S) \
        if closer != "#}" else re.compile(re.escape(closer))
    for m in pattern.finditer(source, at):
        if m[0] == closer:
            return m.start()
    return -1


def drop_tag_lines(pieces):
    """A line holding only a tag or a remark vanishes, with its line end."""
    starts = [p.text.rpartition("\n")[2].strip(" \t") == "" for p in pieces]
    for i, p in enumerate(pieces):
        if p.kind not in ("tag", "remark"):
            continue
        before, after = pieces[i - 1], pieces[i + 1]
        head, nl, rest = after.text.partition("\n")
        begins = starts[i - 1] and ("\n" in before.text or i == 1 or
                                    getattr(pieces[i - 2], "alone", False))
        p.alone = begins and nl == "\n" and head.strip(" \t") == ""
        if not p.alone:
            continue
        cut = before.text.rfind("\n") + 1
        before.text = before.text[:cut]
        after.text, after.line = rest, after.line + 1
        starts[i + 1] = rest.rpartition("\n")[2].strip(" \t") == ""


class Arg:
    """name=path|formatter of a translated sentence, or a plain hole (name None)."""

    def __init__(self, name, path, fmt):
        self.name, self.path, self.fmt = name, path, fmt


class Words:
    """A translated text: kind _, _n, _c, or |msg with a field path instead of strings."""

    def __init__(self, kind, strings, args):
        self.kind, self.strings, self.args = kind, strings, args


HOLE_TOKEN = re.compile(r'\s*(?:("(?:[^"\\\n]|\\.)*")|(' + PATH + r')|(' + NAME + r')|(.))',
                        re.S)


class HoleParser:
    """The small grammar inside {{ }}."""

    def __init__(self, path, piece):
        self.path, self.line = path, piece.line
        self.tokens = [(m.lastindex, m[m.lastindex])
                       for m in HOLE_TOKEN.finditer(piece.text)] + [(0, "")]
        self.at = 0

    def fault(self, reason):
        return Fault(self.path, self.line, reason)

    def peek(self):
        return self.tokens[self.at][1]

    def take(self, text):
        if self.peek() != text:
            raise self.fault(f"expected '{text}', found '{self.peek() or 'the end'}'")
        self.at += 1

    def take_kind(self, kind, what):
        k, text = self.tokens[self.at]
        if k != kind:
            raise self.fault(f"expected {what}, found '{text or 'the end'}'")
        self.at += 1
        return text

    def hole(self):
        if self.peek() in ("_", "_n", "_c") and self.tokens[self.at + 1][1] == "(":
            out = self.words()
        else:
            out = self.value(None)
            if out.fmt == "msg" and self.peek() == "(":
                self.take("(")
                out = Words("|msg", [out.path], [self.named()])
                while self.peek() == ",":
                    self.take(",")
                    out.args.append(self.named())
                self.take(")")
        if self.peek():
            more = self.tokens[self.at][1]
            raise self.fault("a hole takes a field path and one formatter, no calls and no C: "
                             f"'{more}'")
        return out

    def named(self):
        name = self.take_kind(3, "a name")
        self.take("=")
        value = self.value(name)
        if value.fmt in MADE:
            raise self.fault(f"a {value.fmt} stands in the text of a page only")
        return value

    def value(self, name):
        path = self.take_kind(2, "a field path such as v->name")
        fmt = None
        if self.peek() == "|":
            self.take("|")
            fmt = self.take_kind(3, "a formatter")
            if fmt == "raw":
                raise self.fault("there is no raw output")
            if fmt not in FORMATTERS:
                raise self.fault(f"unknown formatter '{fmt}'; there are {' '.join(FORMATTERS)}")
        return Arg(name, path, fmt)

    def string(self):
        if self.tokens[self.at][0] != 1:
            raise self.fault("only a literal \"...\" can be translated here (a field holding a "
                             "marked text is {{ v->field|msg }})")
        text = ""
        while self.tokens[self.at][0] == 1:
            text += unescape(self, self.take_kind(1, "a string")[1:-1])
        if not text:
            raise self.fault("an empty text cannot be translated")
        return text

    def words(self):
        kind = self.take_kind(3, "_")
        self.take("(")
        strings, args = [self.string()], []
        while self.peek() == ",":
            self.take(",")
            if self.tokens[self.at][0] == 3:
                args.append(self.named())
            elif args:
                raise self.fault("texts come before arguments")
            else:
                strings.append(self.string())
        self.take(")")
        w = Words(kind, strings, args)
        self.check_words(w)
        return w

    def check_words(self, w):
        want = 1 if w.kind == "_" else 2
        if len(w.strings) != want:
            raise self.fault(f"{w.kind}() takes {want} text{'s' * (want > 1)}")
        if w.kind == "_n" and (not w.args or w.args[0].fmt not in (None, "int")):
            raise self.fault("_n() needs its number first: n=v->n")
        names = [a.name for a in w.args]
        if len(set(names)) != len(names):
            raise self.fault("an argument twice")
        used = set()
        for s in w.strings[w.kind == "_c":]:
            found = re.findall(r"\{(\w+)\}", s)
            if re.search(r"[{}]", re.sub(r"\{\w+\}", "", s)):
                raise self.fault("a brace that is not a {placeholder}")
            for f in found:
                if f not in names:
                    raise self.fault(f"placeholder {{{f}}} has no argument")
            used |= set(found)
        # A plural's number chooses the form even where no form shows it.
        for name in names[w.kind == "_n":]:
            if name not in used:
                raise self.fault(f"argument '{name}' has no placeholder")


def unescape(parser, text):
    def one(m):
        if m[1] not in 'n"\\':
            raise parser.fault(f"unknown escape \\{m[1]}")
        return "\n" if m[1] == "n" else m[1]
    return re.sub(r"\\(.)", one, text)


# ---- the tree ----------------------------------------------------------------------------

class Node:
    """kind: page, header, each, if, text, hole. kids and other (after else) are Nodes."""

    def __init__(self, kind, line, **more):
        self.kind, self.line, self.kids, self.other = kind, line, [], None
        self.__dict__.update(more)


PAGE = re.compile(rf"(page|header)\s+({NAME})\s*\(\s*const\s+struct\s+({NAME})\s*\*\s*({NAME})"
                  r"\s*\)\Z")
EACH = re.compile(rf"each\s+({NAME})\s+in\s+({PATH}|{NAME})\Z")
IF = re.compile(rf"if\s+(not\s+)?({PATH})\Z")
SHOW = re.compile(rf"(show|wrap)\s+({NAME})\s*\(\s*({NAME}|{PATH})\s*\)\Z")
USE = re.compile(r'use\s+"([a-z0-9_/]+\.h)"\Z')


class Template:
    """One parsed file: headers to include, and pages."""

    def __init__(self, path):
        self.path, self.uses, self.pages, self.remarks = path, [], [], []
        self.stack, self.scope = [], []
        self.is_page = path.endswith(".html")
        for piece in pieces_of(path, read_text(path)):
            getattr(self, "on_" + piece.kind)(piece)
        if self.stack:
            top = self.stack[-1]
            raise Fault(path, top.line, f"{{% {top.kind} %}} without {{% end %}}")
        if self.is_page:
            for page in self.pages:
                Places(path).page(page)

    def fault(self, piece, reason):
        return Fault(self.path, piece.line, reason)

    def add(self, node):
        top = self.stack[-1]
        (top.kids if top.other is None else top.other).append(node)

    def on_remark(self, piece):
        if piece.text.startswith("TRANSLATORS:"):
            self.remarks.append((piece.line, " ".join(piece.text.split())))

    def on_text(self, piece):
        if not self.stack:
            if piece.text.strip():
                line = piece.line + len(piece.text[:len(piece.text) -
                                                   len(piece.text.lstrip())].split("\n")) - 1
                raise Fault(self.path, line, "text outside a page")
            return
        text = piece.text.replace("\n", "") if self.stack[0].kind == "header" else piece.text
        if text:
            self.add(Node("text", piece.line, text=text))

    def on_hole(self, piece):
        if not self.stack:
            raise self.fault(piece, "a hole outside a page")
        hole = HoleParser(self.path, piece).hole()
        for arg in hole.args if isinstance(hole, Words) else [hole]:
            self.check_path(piece, arg.path)
        if isinstance(hole, Words) and hole.kind == "|msg":
            self.check_path(piece, hole.strings[0])
        self.add(Node("hole", piece.line, hole=hole))

    def check_path(self, piece, path):
        first = re.match(NAME, path)[0]
        if first not in self.scope:
            raise self.fault(piece, f"'{first}' is not known here; known: "
                             f"{' '.join(self.scope)}")

    def on_tag(self, piece):
        word = piece.text.split()[0] if piece.text else ""
        if word in ("page", "header"):
            self.begin_page(piece)
        elif word == "use":
            m = USE.match(piece.text)
            if not m or self.pages:
                raise self.fault(piece, '{% use "folder/name.h" %} stands before the pages')
            self.uses.append(m[1])
        elif word not in ("each", "if", "else", "end") and \
                not (self.is_page and word in ("show", "wrap", "content")):
            raise self.fault(piece, f"unknown tag '{word}'")
        elif not self.stack:
            raise self.fault(piece, f"{{% {word} %}} outside a page")
        else:
            getattr(self, "tag_" + word)(piece)

    def begin_page(self, piece):
        m = PAGE.match(piece.text)
        if not m:
            raise self.fault(piece, "a page begins {% page NAME(const struct T *v) %}")
        if m[1] == "header" and self.is_page:
            raise self.fault(piece, "a header is for mail")
        if self.stack:
            raise self.fault(piece, f"a page inside '{self.stack[-1].kind}' of line "
                             f"{self.stack[-1].line}: {{% end %}} is missing")
        if m[2] in [p.name for p in self.pages]:
            raise self.fault(piece, f"a second page '{m[2]}'")
        self.new_name(piece, m[4])
        page = Node(m[1], piece.line, name=m[2], type=m[3], var=m[4])
        self.pages.append(page)
        self.stack.append(page)

    def new_name(self, piece, name):
        if name in self.scope or name == "o" or name in C_KEYWORDS:
            raise self.fault(piece, f"'{name}' cannot be the name of a new variable")
        self.scope.append(name)

    def tag_each(self, piece):
        m = EACH.match(piece.text)
        if not m:
            raise self.fault(piece, "a loop is {% each row in v->rows %}")
        self.check_path(piece, m[2])
        self.new_name(piece, m[1])
        node = Node("each", piece.line, var=m[1], path=m[2])
        self.add(node)
        self.stack.append(node)

    def tag_if(self, piece):
        m = IF.match(piece.text)
        if not m:
            raise self.fault(piece, "a condition is {% if v->field %} or {% if not v->field %}")
        self.check_path(piece, m[2])
        node = Node("if", piece.line, negated=bool(m[1]), path=m[2])
        self.add(node)
        self.stack.append(node)

    def tag_show(self, piece):
        m = SHOW.match(piece.text)
        if not m:
            raise self.fault(piece, "another page is {% show NAME(v->part) %} or {% wrap "
                             "NAME(v->part) %}")
        self.check_path(piece, m[3])
        node = Node(m[1], piece.line, name=m[2], path=m[3])
        self.add(node)
        if m[1] == "wrap":
            self.stack.append(node)

    tag_wrap = tag_show

    def tag_content(self, piece):
        page = self.stack[0]
        if piece.text != "content" or len(self.stack) > 1 or \
                any(n.kind == "content" for n in page.kids):
            raise self.fault(piece, "{% content %} stands once in a page, in no block")
        self.add(Node("content", piece.line))

    def tag_else(self, piece):
        top = self.stack[-1]
        if piece.text != "else" or top.kind != "if" or top.other is not None:
            raise self.fault(piece, "{% else %} without its {% if %}")
        top.other = []

    def tag_end(self, piece):
        if piece.text != "end":
            raise self.fault(piece, "{% end %} takes nothing")
        top = self.stack.pop()
        if top.kind in ("each", "page", "header"):
            self.scope.pop()


def messages(path):
    """What is to be translated in a template: (line, context, text, plural, remark)."""
    t, out = Template(path), []

    def walk(nodes):
        for n in nodes:
            if n.kind == "hole" and isinstance(n.hole, Words) and n.hole.kind != "|msg":
                w = n.hole
                remark = next((r for line, r in t.remarks
                               if 0 < n.line - line <= 1 + r.count("\n")), None)
                ctx = w.strings[0] if w.kind == "_c" else None
                plural = w.strings[1] if w.kind == "_n" else None
                out.append((n.line, ctx, w.strings[w.kind == "_c"], plural, remark))
            walk(n.kids)
            walk(n.other or [])
    walk(t.pages)
    return out


# ---- C -----------------------------------------------------------------------------------

NOTE = """\
/* Made by tools/htmlc.py from {src}. Do not edit.
 *
 * Each page writes into o->out and returns o->err: 0, or E_TOO_BIG when the ceiling of the
 * buffer was met. It calls only base/textout.h: text_lit; text_put (struct str or const char
 * pointer) and text_int|date|day|addr|net|msg|picture|sentence for holes; text_tr|trc|trn with text_arg for
 * translated sentences; text_true for conditions. */
"""


class Emitter:
    def __init__(self, path, home):
        self.path, self.home, self.out, self.loops = path, home, [], 0

    def put(self, depth, line, code):
        self.out.append(f"#line {line} {c_string(self.path)}")
        self.out.append("\t" * depth + code)

    def nodes(self, nodes, depth):
        for n in nodes:
            getattr(self, "emit_" + n.kind)(n, depth)

    def emit_text(self, n, depth):
        line = n.line
        for part in n.text.splitlines(keepends=True):
            size = len(part.encode("utf-8"))
            self.put(depth, line, f"text_lit(o, {c_string(part)}, {size});")
            line += 1

    def emit_each(self, n, depth):
        self.loops += 1
        i = f"i{self.loops}_"
        # A variable is a pointer, a member the list itself.
        part = n.path + ("." if re.search(r"\W", n.path) else "->")
        self.put(depth, n.line, f"for (size_t {i} = 0; {i} < {part}n; {i}++) {{")
        self.put(depth + 1, n.line,
                 f"const __typeof__(*{part}v) *{n.var} = &{part}v[{i}];")
        self.put(depth + 1, n.line, f"(void){n.var};")
        self.nodes(n.kids, depth + 1)
        self.out.append("\t" * depth + "}")

    def emit_if(self, n, depth):
        self.put(depth, n.line, f"if ({'!' * n.negated}text_true({n.path})) {{")
        self.nodes(n.kids, depth + 1)
        if n.other:
            self.out.append("\t" * depth + "} else {")
            self.nodes(n.other, depth + 1)
        self.out.append("\t" * depth + "}")

    def emit_hole(self, n, depth):
        h = n.hole
        place = getattr(n, "place", None)
        if place == "url":
            if isinstance(h, Words) or h.fmt is not None:
                raise Fault(self.path, n.line, "a URL is a struct url, without a formatter")
            return self.put(depth, n.line, f"text_url(o, {h.path});")
        if isinstance(h, Words):
            bare = place == "bare" and h.args
            if bare:
                self.put(depth, n.line, "o->bare = true;")
            self.emit_words(n.line, h, depth)
            if bare:
                self.put(depth, n.line, "o->bare = false;")
            return None
        if h.fmt in MADE and place != "text":
            raise Fault(self.path, n.line, f"a {h.fmt} stands in the text of a page only")
        if h.fmt is None:
            return self.put(depth, n.line, f"text_put(o, {h.path});")
        return self.put(depth, n.line, f"text_{h.fmt}(o, {FORMATTERS[h.fmt].format(h.path)});")

    def argument(self, n):
        """A member may be the struct itself or lead to it; a variable leads to it."""
        if not re.search(r"\W", n.path):
            return n.path
        return f"text_at(struct {self.home[n.name][2]}, {n.path})"

    def emit_show(self, n, depth):
        self.put(depth, n.line, f"(void)!{n.name}(o, {self.argument(n)});")

    def emit_wrap(self, n, depth):
        self.put(depth, n.line, f"(void)!{n.name}_top(o, {self.argument(n)});")
        self.nodes(n.kids, depth)
        self.put(depth, n.line, f"(void)!{n.name}_bottom(o, {self.argument(n)});")

    def emit_words(self, line, w, depth):
        """The sentence, with its arguments as an array in a block of its own."""
        count = ""
        if w.kind == "_n":
            w.args[0].fmt = "int"
            count = ", " + FORMATTERS["int"].format(w.args[0].path)
        call = {"_n": "text_trn", "_c": "text_trc"}.get(w.kind, "text_tr")
        texts = ", ".join(s if w.kind == "|msg" else c_string(s) for s in w.strings)
        if not w.args:
            return self.put(depth, line, f"{call}(o, {texts}{count}, NULL, 0);")
        self.put(depth, line, "{")
        self.put(depth + 1, line, "const struct text_arg args_[] = {")
        for a in w.args:
            func = f"text_arg_{a.fmt}" if a.fmt else "text_arg_put"
            value = FORMATTERS[a.fmt].format(a.path) if a.fmt else a.path
            self.put(depth + 2, line, f"{func}({c_string(a.name)}, {value}),")
        self.put(depth + 1, line, "};")
        self.put(depth + 1, line, f"{call}(o, {texts}{count}, args_, {len(w.args)});")
        self.put(depth, line, "}")


def functions(page):
    """(name, nodes) of what a page becomes: one function, or two around its content."""
    at = next((i for i, n in enumerate(page.kids) if n.kind == "content"), None)
    if at is None:
        return [(page.name, page.kids)]
    return [(page.name + "_top", page.kids[:at]), (page.name + "_bottom", page.kids[at + 1:])]


def prototype(page, name):
    return f"int {name}(struct textout *o, const struct {page.type} *{page.var})"


def emit_h(t):
    types = sorted({p.type for p in t.pages})
    return "\n".join([NOTE.format(src=os.path.basename(t.path)), "#pragma once\n",
                      '#include "base/textout.h"\n']
                     + [f"struct {x};" for x in types] + [""]
                     + [f"MUST {prototype(p, name)};" for p in t.pages
                        for name, _ in functions(p)]) + "\n"


def emit_c(t, stem, others, home):
    e = Emitter(t.path, home)
    e.out = [NOTE.format(src=os.path.basename(t.path)), f'#include "tpl_{stem}.h"\n']
    e.out += [f'#include "{u}"' for u in t.uses] + [f'#include "tpl_{u}.h"' for u in others]
    for page in t.pages:
        for name, nodes in functions(page):
            e.out.append("")
            e.put(0, page.line, prototype(page, name))
            e.out.append("{")
            e.out.append("\t(void)" + page.var + ";")
            e.out.append(f"\to->header = {'true' if page.kind == 'header' else 'false'};")
            if t.is_page:
                e.out.append("\to->html = true;")
            e.nodes(nodes, 1)
            e.out.append("\treturn o->err;\n}")
    return "\n".join(e.out) + "\n"


def shown(t, home):
    """The other files whose pages t uses. home: page -> (stem, whether it has content,
    the struct that it shows)."""
    out = set()

    def walk(nodes):
        for n in nodes:
            if n.kind in ("show", "wrap"):
                if n.name not in home:
                    raise Fault(t.path, n.line, f"there is no page '{n.name}' in the files given")
                if home[n.name][1] != (n.kind == "wrap"):
                    raise Fault(t.path, n.line, f"'{n.name}' with {{% content %}} is for {{% wrap "
                                "%}, others for {% show %}")
                out.add(home[n.name][0])
            walk(n.kids)
            walk(n.other or [])
    walk(t.pages)
    return sorted(out - {stem_of(t.path)})


def stem_of(path):
    return os.path.splitext(os.path.basename(path))[0]


def main(argv):
    p = argparse.ArgumentParser(description="compile templates into C functions")
    p.add_argument("--out", required=True, help="folder for the C files")
    p.add_argument("files", nargs="+")
    a = p.parse_args(argv)
    faults, done = [], {}
    for path in a.files:
        stem, ext = os.path.splitext(os.path.basename(path))
        try:
            if ext not in (".txt", ".html") or not re.match(r"[a-z][a-z0-9_]*\Z", stem) or stem in done:
                raise Fault(path, 1, "a template is named STEM.txt or STEM.html, each STEM "
                            "once")
            done[stem] = Template(path)
        except Fault as f:
            faults.append(f)
    home = {p.name: (stem, len(functions(p)) == 2, p.type)
            for stem, t in done.items() for p in t.pages}
    made = {}
    for stem, t in done.items():
        try:
            made["tpl_" + stem + ".c"] = emit_c(t, stem, shown(t, home), home)
            made["tpl_" + stem + ".h"] = emit_h(t)
        except Fault as f:
            faults.append(f)
    if faults:
        return report(faults)
    for name, text in made.items():
        write_if_changed(os.path.join(a.out, name), text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

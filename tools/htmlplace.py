# SPDX-License-Identifier: Apache-2.0
# htmlplace.py - where a hole of a page stands: text, a quoted attribute, a URL; or nowhere.
# Depends on: toolbox.
"""Follows the HTML of a page mode template through its text, in the order of the tree.

Elements and attributes are those of the lists below; each element is closed where it was
opened, in the same block; values stand in double quotes. What could run a script or load from
elsewhere is a fault: script, style, on*, style=, srcdoc=, comments, http-equiv.
"""

import re

from toolbox import Fault

VOID = set("br col hr img input link meta wbr".split())
SVG = set("circle ellipse line path polygon polyline rect use".split())
ELEMENTS = VOID | SVG | set("""
    a abbr article aside b bdi bdo blockquote body button caption cite code colgroup dd del
    desc details dfn div dl dt em fieldset figcaption figure footer form g h1 h2 h3 h4 h5 h6
    head header html i ins kbd label legend li main mark meter nav ol optgroup option output p
    pre progress q s samp section select small span strong sub summary sup svg table tbody td
    text textarea tfoot th thead time title tr tspan u ul var""".split())
# Their content is text only: no markup may be written into them.
BARE = set("title textarea option".split())
# White space counts.
VERBATIM = set("pre textarea".split())
URLS = set("action cite data formaction href poster src xlink:href".split())
REFUSED = re.compile(r"(on.*|style|srcdoc|srcset|ping|http-equiv|background|manifest|nonce|"
                     r"target|is|slot)\Z")
LOCAL = re.compile(r"[/#?][^\s]*\Z|\Z")
NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9:_-]*")


class Places:
    """The state of the reader: .kind is text, tag (inside a start tag) or value."""

    def __init__(self, path):
        self.path = path
        self.kind, self.tag, self.attrs = "text", None, []
        self.attr, self.value, self.holes = None, "", 0
        self.stack, self.line, self.glued = [], 0, False

    def fault(self, reason, line=None):
        return Fault(self.path, line or self.line, reason)

    def state(self):
        return (self.kind, self.tag, tuple(self.stack))

    # ---- the tree ----

    def page(self, page):
        self.line = page.line
        self.nodes(page.kids)
        if self.state() != ("text", None, ()):
            raise self.fault(f"'{page.name}' ends inside " +
                             (f"<{self.stack[-1]}>" if self.stack else f"<{self.tag}"))

    def nodes(self, nodes):
        for n in nodes:
            self.line = n.line
            getattr(self, "on_" + n.kind)(n)

    def on_text(self, n):
        n.text = self.feed(n.text)

    def on_hole(self, n):
        if self.kind == "tag":
            raise self.fault("a hole in a tag: only text and \"quoted values\" take one")
        if self.kind == "text":
            n.place = "bare" if self.stack and self.stack[-1] in BARE else "text"
            return
        self.holes += 1
        if self.attr in URLS:
            n.place = "url"
            if self.value or self.holes > 1:
                raise self.fault(f"{self.attr}= takes one hole with a struct url, and no more")
        else:
            n.place = "bare"
        self.value += "\0"

    def on_each(self, n):
        self.block(n, n.kids)

    def on_if(self, n):
        self.block(n, n.kids)
        self.block(n, n.other or [])

    def on_wrap(self, n):
        if self.kind != "text":
            raise self.fault("{% wrap %} stands in text only")
        self.block(n, n.kids)

    def on_show(self, _):
        if self.kind != "text":
            raise self.fault("{% show %} stands in text only")

    def on_content(self, _):
        if self.kind != "text":
            raise self.fault("{% content %} stands in text only")

    def block(self, n, kids):
        before, attrs, value = self.state(), list(self.attrs), self.value
        self.nodes(kids)
        if self.state() != before:
            self.line = n.line
            raise self.fault(f"{{% {n.kind} %}}: what is opened in a block is closed in it, and "
                             "the other way round")
        if self.kind == "tag":
            self.attrs = attrs + [a for a in self.attrs if a not in attrs]
        if self.kind == "value" and self.attr in URLS and self.value != value:
            raise self.fault(f"{self.attr}= takes no blocks")

    # ---- text ----

    def feed(self, text):
        """Reads a literal piece; answers it with needless white space taken out."""
        out, at = [], 0
        if self.glued and text[:1] not in tuple(" \t\n>/"):
            raise self.fault("the name of an attribute in two pieces")
        self.glued = False
        while at < len(text):
            start, kind = at, self.kind
            at = getattr(self, "in_" + kind)(text, at)
            part = text[start:at]
            verbatim = any(s in VERBATIM for s in self.stack) or kind == "value"
            out.append(part if verbatim else re.sub(r"[ \t]*\n\s*", "\n", part))
            self.line += part.count("\n")
        return "".join(out)

    def in_text(self, text, at):
        less = text.find("<", at)
        if less < 0:
            self.plain(text[at:])
            return len(text)
        if less > at:
            self.plain(text[at:less])
            return less
        if text.startswith("<!--", at):
            raise self.fault("a comment goes to everybody; write {# #}")
        if text.lower().startswith("<!doctype html>", at):
            return at + len("<!doctype html>")
        m = re.compile(r"</([a-zA-Z0-9]+)\s*>").match(text, at)
        if m:
            self.close(m[1].lower())
            return m.end()
        m = NAME.match(text, at + 1)
        if not m:
            raise self.fault("a bare '<' (write &lt;), or a hole in the name of an element")
        self.open(m[0].lower(), text, m.end())
        return m.end()

    def plain(self, text):
        bad = re.search(r"&(?!(?:[a-z]+|#\d+);)|>", text)
        if bad:
            raise self.fault(f"'{bad[0]}' in text: write &amp; or &gt;")

    def open(self, name, text, end):
        if end >= len(text):
            raise self.fault("a hole in the name of an element")
        if name not in ELEMENTS:
            raise self.fault(f"<{name}> is not an element of our pages")
        if self.stack and self.stack[-1] in BARE:
            raise self.fault(f"<{self.stack[-1]}> holds text only")
        self.kind, self.tag, self.attrs = "tag", name, []

    def close(self, name):
        if not self.stack or self.stack[-1] != name:
            top = f"<{self.stack[-1]}> is open" if self.stack else "nothing is open"
            raise self.fault(f"</{name}> closes nothing: {top}")
        self.stack.pop()

    def in_tag(self, text, at):
        if text[at].isspace():
            return at + 1
        if text.startswith("/>", at):
            if self.tag not in SVG | VOID:
                raise self.fault(f"<{self.tag}/>: only <br> and the like and SVG close themselves")
            self.kind, self.tag = "text", None
            return at + 2
        if text[at] == ">":
            if self.tag in SVG:
                raise self.fault(f"<{self.tag}> ends with />")
            if self.tag not in VOID:
                self.stack.append(self.tag)
            self.kind, self.tag = "text", None
            return at + 1
        m = NAME.match(text, at)
        if not m:
            raise self.fault(f"'{text[at]}' in a tag")
        return self.attribute(m[0], text, m.end())

    def attribute(self, name, text, at):
        name = name.lower()
        if REFUSED.match(name):
            raise self.fault(f"{name}= is not allowed in our pages")
        if name in self.attrs:
            raise self.fault(f"{name}= twice")
        self.attrs.append(name)
        if text[at:at + 1] != "=":
            if name in URLS:
                raise self.fault(f"{name} without a value")
            self.glued = at >= len(text)
            return at
        if text[at + 1:at + 2] != '"':
            raise self.fault(f"{name}=: a value stands in \"double quotes\"")
        self.kind, self.attr, self.value, self.holes = "value", name, "", 0
        return at + 2

    def in_value(self, text, at):
        quote = text.find('"', at)
        part = text[at:quote if quote >= 0 else len(text)]
        if "<" in part or re.search(r"&(?!(?:[a-z]+|#\d+);)", part):
            raise self.fault(f"{self.attr}=: write &lt; and &amp;")
        if part and self.attr in URLS and self.holes:
            raise self.fault(f"{self.attr}= takes one hole with a struct url, and no more")
        self.value += part
        if quote < 0:
            return len(text)
        if self.attr in URLS and not self.holes and not LOCAL.match(self.value):
            raise self.fault(f"{self.attr}=\"{self.value}\" leads to another host")
        self.kind, self.attr = "tag", None
        return quote + 1

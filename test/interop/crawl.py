# SPDX-License-Identifier: Apache-2.0
# crawl.py - every page that there is: found by links, held against the authorisation spec.
# Depends on: Python 3, story, web.
import html.parser
import os
import re
import urllib.parse

import story

# So many pages of one route; lists with other filters count as other pages.
EACH = 2
# Links that a form would follow are not followed; these end what the crawl needs.
ENDS = re.compile(r"^/(sign-out|account/sessions)")
SKIP = re.compile(r"[?&]lang=")


def spec():
    """(name, method, pattern, role -> cell) of test/web/authz.tsv."""
    path = os.path.join(story.SOURCE, "test/web/authz.tsv")
    with open(path, encoding="utf-8") as f:
        lines = [line.rstrip("\n") for line in f]
    roles = next(l for l in lines if l.startswith("# route\t")).split("\t")[3:]
    for line in lines:
        if line and not line.startswith("#"):
            name, method, pattern, *cells = line.split("\t")
            yield name, method, pattern, dict(zip(roles, cells, strict=True))


def matcher(pattern):
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(pattern)) + r"\Z")


class Forms(html.parser.HTMLParser):
    """The forms of a page as they stand there: method, action, what each would send."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.select = [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form":
            self.forms.append({"method": (a.get("method") or "get").lower(), "upload":
                               "enctype" in a, "action": a.get("action") or "", "fields": {}})
        if not self.forms:
            return
        fields, name, value = self.forms[-1]["fields"], a.get("name"), a.get("value", "")
        if tag == "input" and name and not (a.get("type") in ("checkbox", "radio") and
                                            "checked" not in a and name in fields):
            fields[name] = value
        elif tag == "textarea" and name:
            fields[name] = ""
        elif tag == "button" and name and name not in fields:
            fields[name] = value
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and (self.select not in fields or "selected" in a):
            fields[self.select] = value

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None


class Crawl:
    """Pages that one visitor sees: path -> (route's name, web.Page)."""

    def __init__(self, visitor, role):
        self.visitor, self.pages, self.kinds = visitor, {}, {}
        self.posts = {}         # shape -> (action, form): one of each that would change something
        self.routes = [(name, matcher(pattern), pattern) for name, method, pattern, cells in spec()
                       if method == "GET" and cells[role] == "yes"]
        self.all = [matcher(pattern) for _, method, pattern, _ in spec() if method == "GET"]
        self.strange = []       # links that no route answers

    def route_of(self, path):
        bare = path.partition("?")[0]
        plain = [n for n, m, p in self.routes if p == bare]
        return plain[0] if plain else next((n for n, m, p in self.routes if m.match(bare)), None)

    def wanted(self, name, path):
        """A few of each kind: same route, same names in the query."""
        query = sorted({k for k, _ in urllib.parse.parse_qsl(path.partition("?")[2])})
        kind = (name, *query)
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        limit = EACH if not query else 1
        return self.kinds[kind] <= limit and sum(k[0] == name for k in self.kinds) <= 8

    def visit(self, *starts):
        todo = list(starts)
        while todo:
            path = todo.pop(0).partition("#")[0]
            if path in self.pages or SKIP.search(path) or ENDS.match(path):
                continue
            name = self.route_of(path)
            if name is None:
                if not any(m.match(path.partition("?")[0]) for m in self.all):
                    self.strange.append(path)
                continue
            if not self.wanted(name, path):
                continue
            page = self.visitor.get(path)
            self.pages[path] = (name, page)
            todo += [l for l in page.links + self.asked(path, page)
                     if l and l.startswith("/") and not l.startswith("//")]
        return self

    def asked(self, path, page):
        """Pages that forms ask for which change nothing; the others are kept for later."""
        found = []
        for form in Forms(page.text).forms:
            action = form["action"] or path.partition("?")[0]
            if form["method"] == "get":
                found.append(action + "?" + urllib.parse.urlencode(form["fields"]))
            else:
                shape = re.sub(r"\d+|[0-9a-z]{26,}", "N", action), *sorted(form["fields"])
                self.posts.setdefault(shape, (action, form))
        return found

    def fill(self, words):
        """Routes that no link led to, by trying: the first numbers, and given words."""
        for name, _, pattern in self.routes:
            if any(n == name for n, _ in self.pages.values()):
                continue
            tries = words.get(name, []) + \
                ([pattern.replace("{id}", str(i)) for i in range(1, 40)] if "{id}" in pattern else
                 [pattern] if "{" not in pattern else [])
            for path in tries:
                page = self.visitor.get(path)
                if page.status == 200:
                    self.pages[path] = (name, page)
                    break

    def missing(self):
        have = {n for n, p in self.pages.values() if p.status == 200}
        return [n for n, _, _ in self.routes if n not in have]

    def html(self):
        return {path: (n, p) for path, (n, p) in self.pages.items()
                if "text/html" in (p.header("Content-Type") or "")}

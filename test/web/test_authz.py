#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# test_authz.py - every route, as each role and as nobody, against test/web/authz.tsv, which was
# written by hand; with planted words that must never be seen by who may not see them.
# Depends on: Python 3, the built program (TOCSIN), story.
"""A route without a line in authz.tsv fails, and so does a line without a route. Each cell is
asked for the object in question, for one that is somebody else's and for one that does not
exist; what is not there and what may not be seen are the same bytes. All methods that a row
does not name are refused."""

import datetime
import hashlib
import os
import re
import sqlite3
import urllib.parse

import story
import web
from story import ok, same

ROLES = ["anonymous", "reader", "analyst", "head", "keeper"]
HERE = os.path.dirname(os.path.abspath(__file__))
CANARY = "canary-{}-9f3a"           # planted in what a role may not see
STATUS = {"door": 303, "no": 403, "none": 404}
# What a form needs to get past the check of its fields; its effect is not wanted.
FORMS = {
    "sign-in.do": {"name": "nobody", "password": "x", "code": "1"},
    "enrol.do": {"password": "x", "again": "x", "code": "1"},
    "people.add": {"name": "Not A Name", "role": "reader"},
    "person.role": {"role": "nonsense"},
    "finding.mark": {"state": "nonsense"},
    "account.language": {"language": "xx"},
    "org.add": {"name": "No Such Place"},
    "org.change": {"name": "No Such Place"},
    "org.entry": {"what": "asn", "value": "AS64511"},
    "org.entry-take": {"what": "asn", "value": "no number"},
    "org.contact": {"email": "nobody@xt.example"},
    "rule.set": {"name": "silent-notices", "value": "5"},
    "account.password": {"old": "x", "password": "x", "again": "x"},
}
# What goes to a link, if it is not an empty form.
BODIES = {
    "answer.file": ("no table", {"Content-Type": "text/csv"}),
    "answer.json": ("{}", {"Content-Type": "application/json"}),
}
HOLDERS = ("prefix,holder,sector,language,contact,inside_asn\n"
           "192.0.2.0/28,University,academia,en,,\n192.0.2.16/28,City,government,en,,\n")
CONTACTS = ("organisation,name,role,language,email,phone,pgp\n"
            "University,,security,en,soc@uni.xt.example,,\n"
            "City,canary-contact-9f3a,security,en,soc@city.xt.example,,\n")
# Rows that would end what the matrix still needs: only those who may not are asked.
ENDS = {"sign-out.do", "person.reset", "person.revoke"}


def spec():
    rows = {}
    with open(os.path.join(HERE, "authz.tsv"), encoding="utf-8") as f:
        for line in f:
            if line.startswith("#"):
                continue
            name, method, path, *cells = line.rstrip("\n").split("\t")
            rows[name] = (method, path, dict(zip(ROLES, cells, strict=True)))
    return rows


def table():
    """The program's own table, from its source."""
    with open(os.path.join(story.SOURCE, "src/web/route.c"), encoding="utf-8") as f:
        text = f.read().partition("web_routes[] = {")[2]
    return {m[1]: (m[2], m[3]) for m in
            re.finditer(r'\{\s*"([a-z.-]+)",\s*METHOD_(\w+),\s*"([^"]+)"', text)}


class Matrix:
    def __init__(self, place, service):
        self.place, self.s, self.rows, self.second = place, service, spec(), None
        self.people = {"anonymous": web.Browser(service)}
        for role in ROLES[1:]:
            self.people[role] = service.enrol(role)
        self.plant()

    def plant(self):
        """Words that only some may see, and the objects that they stand in."""
        head = self.people["head"]
        for name in ("people",):
            self.place.tocsin("user", "add", CANARY.format(name), "--role", "reader")
        path = self.place.write("2026-06-01-event4_sinkhole-xt.csv",
                                "timestamp,src_ip,infection\n2026-06-01 01:00:00,233.252.0.7,"
                                f"{CANARY.format('finding')}\n,,{CANARY.format('refused')}\n")
        self.place.import_files([path])
        self.finding = str(self.place.findings()[0]["id"])
        page = head.get("/people")
        self.person = next(l for l in page.links if l and l.startswith("/people/") and
                           CANARY.format("people") in head.get(l).words).rpartition("/")[2]
        self.style = re.search(r"/style/([\w.]+)", page.text)[1]
        self.link = self.s.link("spare", "reader").rpartition("/")[2]
        self.plant_links()
        # What {id} is, by the first word of the path; and what {word} is, by the route.
        self.ids = {"people": self.person, "findings": self.finding, **self.plant_cases(head)}
        self.words = {"style": self.style, "notice.part": "1"}

    def plant_cases(self, head):
        """An organisation with a finding, a notice, an answer and a task: not the keeper's."""
        place, name = self.place, CANARY.format("org")
        today = datetime.date.today() - datetime.timedelta(1)
        place.tocsin("register", "import", place.write(
            "holders.csv", f"prefix,holder,sector,language,contact,inside_asn\n198.51.100.0/28,{name},,en,,\n"),
            place.write("contacts.csv", "organisation,name,role,language,email,phone,pgp\n"
                        f"{name},,security,en,{CANARY.format('contact')}@uni.xt.example,,\n"))
        place.import_files([place.write(
            f"{today}-scan_telnet-other-xt.csv", "timestamp,severity,ip,protocol,port,hostname\n"
            f"{today} 10:00:00,critical,198.51.100.1,tcp,2323,{CANARY.format('host')}.xt.example\n")])
        run = place.json_lines("notices", "draft", "--json")[0]["run"]
        place.tocsin("notices", "approve", "--run", str(run), "--held")
        notice = next(str(n["id"]) for n in place.json_lines("notices", "list", "--json")
                      if n["organisation"] == name)
        place.tocsin("answer", notice, "--answer", "need-help", "-c", CANARY.format("answer"))
        page = head.get("/organisations?word=canary").text
        org = re.search(r"/organisations/(\d+)", page)[1]
        edit = head.get(f"/organisations/{org}/edit").text
        FORMS["org.contact-end"] = {"contact": re.search(r'name="contact" value="(\d+)"', edit)[1]}
        contact = next(str(c["id"]) for c in place.json_lines("contacts", "--json")
                       if c["organisation"] == name)
        place.tocsin("import", place.write(f"{CANARY.format('file')}.csv", "no feed\n"), check=False)
        file = next(str(f["id"]) for f in place.json_lines("files", "--json") if f["state"] == "failed")
        return {"files": file, "organisations": org, "notices": notice, "contacts": contact,
                "tasks": re.search(r"/tasks/(\d+)/done", head.get("/tasks").text)[1]}

    def plant_links(self):
        """A notice and a contact that links open; another notice, that these must not show."""
        place, day = self.place, datetime.date.today() - datetime.timedelta(1)
        place.tocsin("register", "import", place.write("holders.csv", HOLDERS),
                     place.write("contacts.csv", CONTACTS))
        place.import_files([place.write(
            f"{day}-scan_telnet-test-xt.csv", "timestamp,severity,ip,protocol,port,hostname\n"
            f"{day} 10:00:00,critical,192.0.2.1,tcp,23,\n"
            f"{day} 10:00:00,critical,192.0.2.17,tcp,23,{CANARY.format('notice')}\n")])
        run = place.json_lines("notices", "draft", "--json")[0]["run"]
        place.tocsin("notices", "approve", "--run", str(run), "--held")
        mine = next(n["id"] for n in place.json_lines("notices", "list", "--json")
                    if n["organisation"] == "University")
        self.answer = re.search(r"/a/([a-z2-7]{26})",
                                place.tocsin("answer", "link", str(mine)).stdout)[1]
        self.check = "c" * 25 + "a"  # as the mail of the yearly question would carry
        with sqlite3.connect(place.dir + "/tocsin.db") as db:
            db.execute("INSERT INTO answer_link(kind, contact, hash, made_at, expires_at, opened) "
                       "SELECT 2, id, ?, 0, 9000000000, 0 FROM contact WHERE email LIKE 'soc@uni%'",
                       (hashlib.sha256(self.check.encode()).digest(),))
        db.close()

    def paths(self, name, pattern, role):
        """(path, whether it exists for this role) of a route."""
        if "{id}" in pattern and name == "session.end":
            own = self.people[role].get("/account") if role != "anonymous" else None
            other = next(f["action"] for f in self.second.get("/account").forms
                         if "/end" in f["action"]) if self.second else None
            return [(pattern.replace("{id}", "999999"), False)] + ([(other, False)] if other else [])
        if name == "job":
            return [(self.job(), role in ("analyst", "head")), ("/jobs/999999", False)]
        if "{id}" in pattern:
            number = self.ids[pattern.split("/")[1]]
            pattern = pattern.replace("{word}", self.words.get(name, self.link))
            return [(pattern.replace("{id}", number), True),
                    (pattern.replace("{id}", "999999"), False)]
        if "{word}" in pattern:
            word = (self.answer if pattern.startswith("/a/") else
                    self.check if pattern.startswith("/c/") else self.words.get(name, self.link))
            return [(pattern.replace("{word}", word), True),
                    (pattern.replace("{word}", "0" * 32), False)]
        return [(pattern, True)]

    def job(self):
        """What an analyst gave and what came of it: his, and the head's to see."""
        b = self.people["analyst"]
        form = b.get("/upload").form("/upload")["fields"]["form"]
        name = f"2026-06-01-scan_rdp-{CANARY.format('job')}.csv"
        return b.upload("/upload", form, name, b"timestamp,ip\n").header("Location")

    def ask(self, role, name, method, path):
        b = self.people[role]
        if method == "GET":
            return b.request("GET", path)
        if path.startswith(("/a/", "/c/")):
            return b.post(path, *BODIES.get(name, ({},)), follow=False)
        fields = dict(FORMS.get(name, {}))
        if role != "anonymous":
            fields["form"] = b.get("/account").form("/account/language")["fields"]["form"]
        if name in ("sign-in.do", "enrol.do"):
            fields.pop("form", None)
        if name == "upload.do":
            return b.upload(path, fields.get("form", ""), "nothing.csv", b"no feed\n")
        return b.post(path, fields, follow=False)

    def cell(self, name, role):
        method, pattern, cells = self.rows[name]
        want = cells[role]
        if want == "yes" and name in ENDS:
            return []
        bad = []
        for path, there in self.paths(name, pattern, role):
            page = self.ask(role, name, method, path)
            refused = (page.status in (303, 403, 404, 405) and
                       not (page.status == 303 and "sign-in" not in (page.header("Location") or "")) and
                       not (name == "sign-in.do" and page.status == 403) and
                       not (name in ("people.add", "person.role") and page.status == 403))
            if want == "yes" and there and refused:
                bad.append(f"{path}: {page.status}")
            if want == "yes" and not there and name != "enrol.do" and page.status != 404:
                bad.append(f"{path}: {page.status}, though it is not there")
            if want != "yes" and page.status != STATUS[want]:
                bad.append(f"{path}: {page.status}, not {STATUS[want]}")
            if (want != "yes" or path.startswith(("/a/", "/c/"))) and "canary-" in page.text:
                bad.append(f"{path}: a planted word is seen")
            if page.status >= 500 or page.status == 429:
                bad.append(f"{path}: {page.status}")
        return bad

    def move(self, service):
        """Sessions outlive the service; its count of tries at the door does not."""
        self.s = service
        for b in self.people.values():
            b.service = service

    def names(self):
        mine, theirs = self.rows, table()
        same(sorted(mine), sorted(theirs), "each route stands in authz.tsv, and no other")
        same({n: mine[n][:2] for n in mine if n in theirs}, {n: theirs[n] for n in theirs if n in mine},
             "with its method and path")

    def run(self, name):
        for role in ROLES:
            bad = self.cell(name, role)
            ok(not bad, f"{name} as {role}: {self.rows[name][2][role]} {'; '.join(bad)}")

    def equal_bytes(self):
        """A stranger cannot tell what is not his from what is not there."""
        for role in ("reader", "analyst"):
            b = self.people[role]
            pages = [b.get(p).text.replace(p, "") for p in ("/people/" + self.person, "/people/999999",
                                                            "/audit", "/people")]
            strip = [re.sub(r'value="[0-9a-f]{64}"|/[\w/]*\?lang=', "", p) for p in pages]
            ok(len(set(strip)) == 1, f"{role}: not there and not his are the same bytes")

    def methods(self):
        """Each path with each method that its rows do not name."""
        bad = []
        for pattern in {p for _, p, _ in self.rows.values()}:
            have = {m for m, p, _ in self.rows.values() if p == pattern}
            have |= {"HEAD"} if "GET" in have else set()
            path = pattern.replace("{id}", self.person).replace("{word}", self.link)
            for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
                if method in have:
                    continue
                for role in ("anonymous", "head"):
                    headers = {"X-HTTP-Method-Override": "POST"} if method == "GET" else {}
                    status = self.people[role].request(method, path, headers=headers).status
                    if status not in (404, 405):
                        bad.append(f"{method} {path} as {role}: {status}")
        ok(not bad, f"no other method does anything {bad}")

    def foreign_session(self):
        """Nobody ends somebody else's session by its number."""
        head = self.people["head"]
        second = web.Browser(self.s)
        second.user, second.secret, second.used = "head", head.secret, head.used
        second.sign_in()
        end = next(f["action"] for f in head.get("/account").forms if "/end" in f["action"])
        for role in ("reader", "analyst", "keeper"):
            b = self.people[role]
            form = b.get("/account").form("/account/language")["fields"]["form"]
            same(b.post(end, {"form": form}).status, 404, f"{role} does not end a head's session")
        same(second.get("/").status, 200, "which lives on")

    def keeper_and_head(self):
        """The keeper makes no head and unmakes none."""
        keeper, head = self.people["keeper"], self.people["head"]
        page = head.get("/people")
        me = next(l for l in page.links if l and l.startswith("/people/") and
                  re.search(r"\bhead\b", head.get(l).text.split("<h1>")[1].split("</h1>")[0]))
        form = keeper.get("/people").form("/people")["fields"]["form"]
        for path, fields in ((me + "/reset", {}), (me + "/revoke", {}), (me + "/role", {"role": "reader"}),
                             ("/people", {"name": "boss", "role": "head"})):
            status = keeper.post(path, {"form": form, **fields}).status
            ok(status in (400, 403, 404), f"the keeper: {path} {status}")
        same(head.get("/").status, 200, "the head is still in")
        ok("boss" not in head.get("/people").words, "and no second one was made")


def main():
    with story.Place() as place:
        place.init_demo()
        conf = open(place.dir + "/tocsin.conf", encoding="utf-8").read()
        place.write("data/tocsin.conf", conf.replace("web.url = \n", "web.url = https://cirt.example\n"))
        with web.Service(place) as s:
            m = Matrix(place, s)
            m.names()
        for name in m.rows:
            with web.Service(place) as s:
                m.move(s)
                m.run(name)
        for part in (m.equal_bytes, m.methods, m.foreign_session, m.keeper_and_head):
            with web.Service(place) as s:
                m.move(s)
                part()
            ok("failed" not in s.read_log(), "nothing failed that should not " + s.read_log()[-300:])
    story.end()


main()

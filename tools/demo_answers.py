#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demonstration country's constituents: they read their mail and answer it through the
public door, as tocsin demo-answers decides.

What they know is what is in their mailbox: the link of each notice and its attached table.
Small notices are answered on the page as a person would, large ones by sending the table
back, banks' ones by a program of theirs. Depends on Python's standard library alone."""

import csv
import email
import email.policy
import http.client
import io
import json
import os
import re
import subprocess
import urllib.parse
import zipfile
import zlib
from html.parser import HTMLParser

LINK = re.compile(r"https?://[^\s<>\"]+/a/[a-z0-9]{26}")
REFERENCE = re.compile(r"\[TOCSIN-(\d+)\]")
ARRIVALS = ["day", "notice", "organisation", "sector", "reminder", "identifier", "address", "port"]
ANSWERS = ["day", "notice", "organisation", "identifier", "address", "port", "answer", "true"]
LOOKS = 35  # of a hundred who read a mail open its link at once
BY_PAGE = 12  # findings; with more of them the table goes back
# What people write beside it, by language.
WORDS = {
    "fixed": {"fr": "Corrigé ce matin.", "ar": "تم الإصلاح هذا الصباح.", "en": "Fixed this morning."},
    "working": {"fr": "Intervention prévue avec le fournisseur.", "ar": "نعمل على ذلك مع المورّد.",
                "en": "The supplier comes next week."},
    "not-mine": {"fr": "Cette adresse n’est plus à nous.", "ar": "هذا العنوان لم يعد لنا.",
                 "en": "This address is not ours any more."},
    "wrong-contact": {"fr": "Je ne m’occupe pas de cela.", "ar": "لست المسؤول عن ذلك.",
                      "en": "I do not look after this."},
    "need-help": {"fr": "Pouvez-vous nous appeler ?", "ar": "هل يمكنكم الاتصال بنا؟",
                  "en": "Could you call us, please?"},
}


class Mail:
    """One notice in somebody's mailbox."""

    def __init__(self, data):
        m = email.message_from_bytes(data, policy=email.policy.default)
        self.fate = str(m["X-Sink-Fate"])
        self.to = str(m["Delivered-To"])
        self.subject = str(m["Subject"])
        self.date = m["Date"].datetime.date()
        self.language = str(m.get("Content-Language") or "")
        found = REFERENCE.search(self.subject)
        self.notice = int(found[1]) if found else None
        self.link, self.table = None, []
        for part in m.walk():
            if part.is_multipart():
                continue
            name, body = part.get_filename() or "", part.get_payload(decode=True) or b""
            if not name and part.get_content_type() == "text/plain" and self.link is None:
                self.language = str(part.get("Content-Language") or self.language)
                found = LINK.search(body.decode("utf-8"))
                self.link = found[0] if found else None
            elif name.endswith(".zip"):
                with zipfile.ZipFile(io.BytesIO(body)) as z:
                    for inner in z.namelist():
                        self.add_table(z.read(inner))
            elif name.endswith(".csv"):
                self.add_table(body)

    @property
    def is_read(self):
        """By those it is for: not bounced, not in a spam folder, not at strangers."""
        return self.fate == "delivered"

    def add_table(self, data):
        self.table += list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))

    def findings(self):
        """One row of the table per finding: acts have a row per sighting."""
        seen = {}
        for row in self.table:
            seen.setdefault(row["finding"], row)
        return list(seen.values())


def words_for(word, mail):
    return WORDS[word].get(mail.language, WORDS[word]["en"])


def read_mail(path):
    with open(path, "rb") as f:
        return Mail(f.read())


class Country:
    """Who has which mailbox, and what the generator calls things."""

    def __init__(self, folder):
        """folder: of the feeds, with the register beside them."""
        self.owner, self.sector = {}, {}
        for r in rows(os.path.join(folder, "contacts.csv")):
            self.owner.setdefault(r["email"], r["organisation"])
        for r in rows(os.path.join(folder, "networks.csv")):
            self.sector.setdefault(r["name"], r["sector"])
        for r in rows(os.path.join(folder, "holders.csv")):
            self.sector.setdefault(r["holder"], r["sector"])
        self.keys = {(k["identifier"], k["address"], k["port"])
                     for k in rows(os.path.join(folder, "keys.csv"))}

    def identity(self, row):
        """A table's row as keys.csv names it: an address or a name, with or without port."""
        for place in (row["address"], row["host_name"]):
            for port in (row["port"], ""):
                if (row["identifier"], place, port) in self.keys:
                    return row["identifier"], place, port
        raise SystemExit(f"demo_answers: no key is {row}")


def rows(path):
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def write_rows(path, head, lines):
    with open(path, "w", newline="", encoding="utf-8") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(head)
        out.writerows(lines)


class People:
    """All who read, over the days. Keeps arrivals.csv and answers.csv in place."""

    def __init__(self, program, place, seed=69):
        self.program, self.place, self.seed = program, place, seed
        self.arrivals, self.reminders = [], {}
        self.mails, self.sectors = {}, {}  # by notice
        self.opened, self.answered = set(), set()  # notices
        self.numbers = {}  # of those who write
        self.where = {}  # (notice, identity) -> finding's number
        self.answers = os.path.join(place, "answers.csv")
        write_rows(self.answers, ANSWERS, [])

    def receive(self, day, country, mails):
        """What came that day, by those who read it."""
        for mail in mails:
            who = country.owner[mail.to]
            self.mails[mail.notice] = mail
            self.sectors[mail.notice] = country.sector[who]
            for row in mail.findings():
                identity = country.identity(row)
                n = 0
                if row["state"] == "reminder":
                    n = self.reminders[who, identity] = self.reminders.get((who, identity), 0) + 1
                else:
                    self.reminders[who, identity] = 0
                self.where[mail.notice, identity] = row["finding"]
                self.arrivals.append([day, mail.notice, who, country.sector[who], n, *identity])

    def decide(self, day):
        """The answers of that day, by notice: {notice: [(finding, word)]}."""
        arrivals = os.path.join(self.place, "arrivals.csv")
        write_rows(arrivals, ARRIVALS, self.arrivals)
        subprocess.run([self.program, "demo-answers", "--day", str(day), "--seed", str(self.seed),
                        "--notices", arrivals, "--out", self.answers],
                       check=True, stdout=subprocess.DEVNULL)
        today = {}
        for r in rows(self.answers):
            if int(r["day"]) == day:
                notice = int(r["notice"])
                identity = r["identifier"], r["address"], r["port"]
                today.setdefault(notice, []).append((self.where[notice, identity], r["answer"]))
        return today

    def looks(self, day, mail):
        """Does its reader open the link that day, without an answer?"""
        return zlib.crc32(f"{self.seed} {day} {mail.to}".encode()) % 100 < LOOKS

    def visit(self, todo, only_look):
        """All who come that day: todo as decide gives it, and those who only look."""
        for mail in only_look:
            if mail.notice not in todo:
                self.door(mail).open()
                self.opened.add(mail.notice)
        for notice, answers in todo.items():
            mail = self.mails[notice]
            door = self.door(mail)
            self.answered.add(notice)
            if self.sectors[notice] == "finance":
                door.by_program(answers)
                continue
            self.opened.add(notice)
            if len(mail.findings()) > BY_PAGE:
                door.by_table(mail, answers)
            else:
                door.by_page(mail, answers)

    def door(self, mail):
        if mail.link is None:
            raise SystemExit(f"demo_answers: notice {mail.notice} has no link")
        return Door(mail.link, self.numbers.setdefault(mail.to, len(self.numbers)))


# ---- the door ----

class Form(HTMLParser):
    """The forms of a page: where they go, and their fields as they stand."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.forms, self.select, self.area = [], None, False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form":
            self.forms.append({"action": a.get("action", ""), "method": a.get("method", "get"),
                               "type": a.get("enctype", ""), "fields": [], "choices": {}})
        if not self.forms or not a.get("name") and tag != "option":
            return
        form = self.forms[-1]
        if tag == "input":
            kind = a.get("type", "text")
            if kind in ("radio", "checkbox"):
                form["choices"].setdefault(a["name"], []).append(a.get("value", "on"))
                if "checked" not in a:
                    return
            if kind not in ("submit", "file"):
                form["fields"].append([a["name"], a.get("value", "")])
        elif tag in ("textarea", "select"):
            form["fields"].append([a["name"], ""])
            self.select = a["name"] if tag == "select" else None
            self.area = tag == "textarea"
        elif tag == "option" and self.select:
            form["choices"].setdefault(self.select, []).append(a.get("value", ""))
            if "selected" in a:
                form["fields"][-1][1] = a.get("value", "")

    def handle_data(self, data):
        if self.area:
            self.forms[-1]["fields"][-1][1] += data.removeprefix("\n")

    def handle_endtag(self, tag):
        self.area = False
        if tag == "select":
            self.select = None


class Door:
    """One constituent's browser, at an address of its own as it would have one."""

    def __init__(self, link, number):
        self.link = link
        self.url = urllib.parse.urlsplit(link)
        self.source = f"127.{1 + number // 250 % 250}.{number % 250}.1"

    def ask(self, method, where, body=None, headers=None):
        """where: as a link on the page has it."""
        to = urllib.parse.urlsplit(urllib.parse.urljoin(self.link, where))
        path = to.path + (f"?{to.query}" if to.query else "")
        c = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=60,
                                       source_address=(self.source, 0))
        own = f"{self.url.scheme}://{self.url.netloc}"
        more = {"Origin": own, "Sec-Fetch-Site": "same-origin"} if body is not None else {}
        try:
            c.request(method, path, body, {**more, **(headers or {})})
            answer = c.getresponse()
            return answer.status, answer.getheader("Location"), answer.read().decode()
        finally:
            c.close()

    def must(self, method, where, body=None, headers=None):
        status, where, text = self.ask(method, where, body, headers)
        if status >= 400:
            raise SystemExit(f"demo_answers: {method} {self.link}: {status}\n{text[:2000]}")
        return where, text

    def open(self):
        return self.must("GET", "")[1]

    def by_page(self, mail, answers):
        """The form as a person fills it in: once for all where one answer fits all."""
        form = next(f for f in Form(self.open()).forms
                    if f["method"] == "post" and "multipart" not in f["type"])
        fields, said = dict(form["fields"]), dict(answers)
        words = set(said.values())
        if "answer" in fields and len(words) == 1 and len(said) == len(mail.findings()):
            for_all = words.pop()
            fields.update({"answer": for_all, "comment": words_for(for_all, mail)})
        else:
            for n, (finding, word) in enumerate(answers):
                if word not in form["choices"][f"a-{finding}"]:
                    raise SystemExit(f"demo_answers: {self.link} does not take {word}")
                fields[f"a-{finding}"] = word
                fields[f"c-{finding}"] = words_for(word, mail) if n == 0 else ""
        body = urllib.parse.urlencode(fields).encode()
        where, text = self.must("POST", form["action"], body,
                                {"Content-Type": "application/x-www-form-urlencoded"})
        self.taken(self.must("GET", where)[1] if where else text)

    def taken(self, text):
        if not re.search('class="done"', text) or re.search('class="error"', text):
            raise SystemExit(f"demo_answers: {self.link} does not say thank you:\n{text[:3000]}")

    def by_table(self, mail, answers):
        """The notice's own table with the answers filled in."""
        said = dict(answers)
        names = list(mail.table[0])
        out = io.StringIO()
        table = csv.DictWriter(out, names + [n for n in ("answer",) if n not in names])
        table.writeheader()
        for row in mail.table:
            table.writerow({**row, "answer": said.get(row["finding"], "")})
        form = next(f for f in Form(self.open()).forms if "multipart" in f["type"])
        edge = "table-of-answers"
        body = (f"--{edge}\r\nContent-Disposition: form-data; name=\"file\"; "
                f"filename=\"answers.csv\"\r\nContent-Type: text/csv\r\n\r\n"
                f"{out.getvalue()}\r\n--{edge}--\r\n")
        where, text = self.must("POST", form["action"], body.encode(),
                                {"Content-Type": f"multipart/form-data; boundary={edge}"})
        self.taken(self.must("GET", where)[1] if where else text)

    def by_program(self, answers):
        body = {"answers": [{"finding": int(f), "answer": w} for f, w in answers]}
        text = self.must("POST", self.url.path + "/json", json.dumps(body).encode(),
                         {"Content-Type": "application/json"})[1]
        if json.loads(text.splitlines()[-1])["refused"]:
            raise SystemExit(f"demo_answers: {self.link} refuses: {text[:2000]}")

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_effect.py - weeks of the demonstration country, with answers, late files and relapses:
# every figure of `tocsin effect` equals a computation of its own from the generator's truth
# and the answers given; rebuild gives what was kept. Depends on: story.
import bisect
import collections
import csv
import os
import random
import re
import sqlite3

import post
import story
from effect_truth import difference, expected, number_of, other_days, shown, spells

DAYS = 60 if story.LONG else 34
ANSWERS = ["day", "notice", "organisation", "identifier", "address", "port", "answer", "true"]
LATE = {3: 9, 12: 20}  # what is held back of a day, and when it comes


# ---- what the program says ----

def kept(place):
    """Spells and sums as they are stored."""
    db = sqlite3.connect(f"file:{place.dir}/tocsin.db?mode=ro", uri=True)
    try:
        return [sorted(db.execute(q)) for q in (
            "SELECT * FROM finding_spell", "SELECT * FROM effect_sum",
            "SELECT id, coalesce(spell_from, 0), coalesce(spell_claim, 0) FROM finding")]
    finally:
        db.close()


# ---- the country's weeks ----

class Country:
    def __init__(self, place):
        self.place, self.random = place, random.Random(69)
        self.arrived, self.held, self.answers = collections.defaultdict(list), {}, []
        self.claims, self.disowned = collections.defaultdict(set), {}
        self.folder, self.keys = None, []
        self.out, self.fates = {}, {}  # Message-ID -> day it went out, what became of it

    def day(self, day):
        place = self.place
        folder = place.path(f"feeds-{day}")
        with open(place.path("answers.csv"), "w", encoding="utf-8", newline="") as f:
            csv.writer(f, lineterminator="\n").writerows([ANSWERS, *self.answers])
        story.run("demo-feeds", "--scale", "D", "--day", str(day), "--out", folder,
                  "--answers", place.path("answers.csv"))
        files = story.feed_files(folder)
        if day == 0:
            place.register(folder)
        if day in LATE:
            self.held[LATE[day]] = [(day, f) for f in files[::7]]
            files = [f for i, f in enumerate(files) if i % 7]
        place.now = f"{story.day_text(day + 1)}T07:00:00Z"
        late = self.held.pop(day, [])
        for at, path in [(day, f) for f in files] + late:
            kind = re.match(r"\d{4}-\d\d-\d\d-([a-z0-9_]+)-", os.path.basename(path))[1]
            bisect.insort(self.arrived[kind], at)
        place.import_files(files + [f for _, f in late])
        self.folder, self.keys = folder, story.rows(os.path.join(folder, "keys.csv"))

    def mark(self, finding, word):
        """A person's answer, on the morning after the day's reports."""
        place, key = self.place, story.place_of(finding)
        today = number_of(place.now[:10])
        place.tocsin("finding", "mark", str(finding["id"]), word)
        last = number_of(finding["last_seen"][:10])
        if word == "fixed":
            self.claims[key].add(today)
        if word == "open":
            self.claims[key] -= {c for c in self.claims[key] if c >= last}
        if word == "not-theirs":
            self.disowned.setdefault(key, today)
        else:
            self.disowned.pop(key, None)

    def answer(self, day):
        """Some say fixed, and half of these tell the truth; some say it is not theirs."""
        live = self.place.findings("--state", "live")
        for finding in self.random.sample(live, 9):
            true = self.random.random() < 0.5
            self.mark(finding, "fixed")
            self.answers.append([day + 1, "", finding["organisation"], *story.place_of(finding),
                                 "fixed", "yes" if true else "no"])
        critical = self.place.findings("--state", "live", "--severity", "critical")
        for finding in self.random.sample(critical, min(2, len(critical))):
            self.mark(finding, "not-theirs")

    def notices(self, sink):
        """A run that goes out, but for two; answers to some of its notices: one twice, one with
        a claim, one that did not go out. The sink's reports come back."""
        place, began = self.place, self.place.now
        run = place.json_lines("notices", "draft", "--json")[0]["run"]
        place.tocsin("notices", "approve", "--run", str(run), "--held")
        told = place.json_lines("notices", "list", "--json", "--run", str(run), "--limit", "999")
        told.sort(key=lambda n: n["id"])
        sent = told[:-2]
        place.tocsin("notices", "send", *[str(n["id"]) for n in sent])
        place.now = began.replace("T07:", "T08:")
        place.tocsin("notices", "deliver")
        place.json_lines("mail", "--json", *sink.files("dsn"))
        for mail in sink.mails():
            self.out.setdefault(mail["Message-ID"].strip("<>"), place.now[:10])
            self.fates[mail["Message-ID"].strip("<>")] = mail["X-Sink-Fate"]
        some = self.random.sample(sent, 5) + told[-1:]
        for notice in some + some[:1]:
            place.tocsin("answer", str(notice["id"]), "--answer", "working")
        db = sqlite3.connect(f"file:{place.dir}/tocsin.db?mode=ro", uri=True)
        ids = {i for i, in db.execute("SELECT finding FROM notice_finding WHERE notice = ?",
                                      (some[0]["id"],))}
        db.close()
        place.tocsin("answer", str(some[0]["id"]), "--answer", "fixed")
        for finding in place.findings("--limit", "10000000"):
            if finding["id"] in ids:
                self.claims[story.place_of(finding)].add(number_of(place.now[:10]))
        place.now = began

    def take_back(self):
        for state in ("claimed-fixed", "not-theirs"):
            for finding in self.place.findings("--state", state)[:2]:
                self.mark(finding, "open")

    def lives(self):
        """Each finding with its spells, by the truth."""
        findings = {story.place_of(f): f for f in self.place.findings("--limit", "10000000")}
        out = []
        for k in self.keys:
            key = (k["identifier"], k["address"], k["port"])
            days = [int(d) for d in k["days"].split()]
            out.append((findings[key], spells(days, self.arrived[k["type"]],
                                              self.claims[key], self.disowned.get(key))))
        return out


def compare(place, lives, groups, since, what):
    today = number_of(place.now[:10])
    for by, group in groups.items():
        got, want = shown(place, since, by), expected(lives, group, since, today)
        wrong = difference(got, want)
        story.same(wrong, {}, f"{what}, by {by or 'nothing'}: {len(want)} rows as recomputed")


def compare_notices(country, since):
    """Notices, from the lists that people see and the sink's mailbox."""
    place = country.place
    fates = {"delivered": 1, "wrong": 1, "bounced": 2, "full": 2}
    answered = {a["notice"] for a in place.json_lines("answers", "--json", "--limit", "1000000")}
    told = place.json_lines("notices", "list", "--json", "--limit", "1000000")
    want = collections.defaultdict(lambda: [0, 0, 0, 0, 0])
    for n in told:
        day = country.out.get(n["message_id"])
        if number_of(day or n["at"][:10]) < since or not (day or n["id"] in answered):
            continue
        for name in ("all", n["organisation"]):
            want[name][0] += 1
            want[name][4] += n["id"] in answered
            if fate := fates.get(country.fates.get(n["message_id"])):
                want[name][fate] += 1
    got = {}
    for by in ([], ["--by", "organisation"]):
        for r in place.json_lines("effect", "--json", "--since", story.day_text(since), *by):
            got[r["name"] if by else "all"] = [r["sent"], r["delivered"], r["bounced"],
                                               r["opened"], r["answered"]]
    wrong = {n: (got.get(n), w) for n, w in want.items() if got.get(n, [0] * 5) != w}
    story.same(wrong, {}, f"notices since day {since}: {want['all']} as the mailbox holds them")


with story.Place() as place, post.Sink(place.path("sink")) as sink:
    place.init_demo()
    post.configure(place.dir, mail_relay=sink.url)
    post.switch_on(place)
    country = Country(place)
    for day in range(DAYS):
        country.day(day)
        if day % 4 == 2:
            country.answer(day)
        if day == 14:
            country.take_back()
        if day in (16, 25):
            country.notices(sink)
    sectors = {}
    for r in story.rows(os.path.join(country.folder, "networks.csv")):
        sectors[r["name"]] = r["sector"]
    for r in story.rows(os.path.join(country.folder, "holders.csv")):
        sectors.setdefault(r["holder"], r["sector"])
    groups = {None: None, "organisation": lambda f: f["organisation"],
              "sector": lambda f: sectors.get(f["organisation"]),
              "network": lambda f: f["network_holder"], "type": lambda f: f["type"]}
    lives = country.lives()
    hows = collections.Counter(s[3] for _, life in lives for s in life)
    story.ok(all(hows[h] for h in ("claim", "silence", "refuted", "disowned", None)),
             f"spells end in each way: {dict(hows)}")
    story.ok(sum(len(life) > 1 for _, life in lives) > 20, "some have relapsed")
    for since in (0, 9, DAYS - 7, DAYS + 3):
        compare(place, lives, groups, since, f"since day {since}")
    for since in (0, 20, DAYS):
        compare_notices(country, since)
    in_time = [f["critical_in_time"] for f in shown(place, 0).values()]
    for weekdays, holidays in ((range(5), {3, 4, 9, 17}), ((0, 1, 2, 3, 6), {3, 9, 10}),
                               ((2,), set()), (range(5), set())):
        other_days(place, weekdays, holidays)
        compare(place, lives, groups, 0, f"working days {[*weekdays]} but {sorted(holidays)}")
        in_time += [f["critical_in_time"] for f in shown(place, 0).values()]
    story.ok(len(set(in_time)) > 2 and in_time[0] == in_time[-1],
             f"in time, by calendar: {in_time}; with the first one again as it was")
    before = kept(place)
    place.tocsin("rebuild")
    for name, a, b in zip(("spells", "sums", "open spells"), before, kept(place)):
        story.same(a == b, True, f"rebuild makes the same {name} ({len(a)})")
    text = place.tocsin("effect", "--language", "en").stdout
    story.ok("What these figures do not see" in text and "Mail scanners" in text,
             "it says what it does not see")
    for wrong in (["--by", "colour"], ["--language", "tlh"]):
        done = place.tocsin("effect", *wrong, check=False)
        story.ok(done.returncode == 2 and wrong[1] in done.stderr, f"{wrong}: refused")
story.end()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_effect_demo.py - the whole loop, played as `make demo` plays it: feeds, notices, a mail
# server with delivery reports, people who answer through the public door, and repair. Then
# every figure of `tocsin effect` equals a computation from the generator's truth, from what
# was answered, and from the mails that arrived; the database is not looked at.
# Depends on: story, tools/demo.py.
import collections
import os
import re
import socket
import sys

import story
from effect_truth import QUIET, difference, expected, number_of, other_days, shown, spells

sys.path.insert(0, os.path.join(story.SOURCE, "tools"))
import demo  # noqa: E402

DAYS = 40 if story.LONG else 16
FILE = re.compile(r"(\d{4}-\d\d-\d\d)-([a-z0-9_]+)-talmeria-xt\.csv")
NOTICES = ("sent", "delivered", "bounced", "opened", "answered")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Truth:
    """What happened, from the files beside the program alone."""

    def __init__(self, player):
        self.player, folder = player, player.feeds
        self.keys = story.rows(os.path.join(folder, "keys.csv"))
        self.holder = {r["key"]: r["holder"] or None
                       for r in story.rows(os.path.join(folder, "truth.csv")) if r["key"]}
        self.sector = {r["name"]: r["sector"]
                       for r in story.rows(os.path.join(folder, "networks.csv"))}
        for r in story.rows(os.path.join(folder, "holders.csv")):
            self.sector.setdefault(r["holder"], r["sector"])
        self.arrived, self.severity = collections.defaultdict(list), {}
        usual = self.usual_severity()
        for name in sorted(os.listdir(folder)):
            if found := FILE.fullmatch(name):
                day, kind = number_of(found[1]), found[2]
                self.arrived[kind].append(day)
                if kind not in self.severity:
                    self.severity[kind] = self.severity_of(os.path.join(folder, name)) or \
                        usual.get(kind, "medium")
        self.claims = self.read_claims()

    @staticmethod
    def usual_severity():
        """The catalogue's, for types whose rows say none."""
        path = os.path.join(story.SOURCE, "data/catalogue/types.tsv")
        with open(path, encoding="utf-8") as f:
            lines = [line.rstrip("\n").split("\t") for line in f if not line.startswith("#")]
        return {r[0]: r[lines[0].index("severity")] for r in lines[1:]}

    @staticmethod
    def severity_of(path):
        with open(path, encoding="latin-1") as f:
            head, row = f.readline(), f.readline()
        names = [n.strip('"') for n in head.strip().split(",")]
        if "severity" not in names:
            return None
        cells = re.findall(r'(?:^|,)("(?:[^"]|"")*"|[^,]*)', row.strip())
        return cells[names.index("severity")].strip('"')

    def read_claims(self):
        """identity -> days on which it was said to be fixed and not taken back."""
        seen = {(k["identifier"], k["address"], k["port"]):
                (k["type"], [int(d) for d in k["days"].split()]) for k in self.keys}
        claims = collections.defaultdict(set)
        for r in story.rows(self.player.people.answers):
            key, day = (r["identifier"], r["address"], r["port"]), int(r["day"])
            if day > self.player.days:
                continue
            last = max(d for d in seen[key][1] if d < day)
            quiet = [d for d in self.arrived[seen[key][0]] if last < d < day]
            if r["answer"] != "fixed":
                claims[key] -= {c for c in claims[key] if c >= last}
            elif len(quiet) < QUIET:  # else silence has said it before
                claims[key].add(day)
        return claims

    def lives(self):
        out = []
        for k in self.keys:
            finding = {"organisation": self.holder[k["key"]], "severity": self.severity[k["type"]]}
            days = [int(d) for d in k["days"].split()]
            claims = self.claims[k["identifier"], k["address"], k["port"]]
            out.append((finding, spells(days, self.arrived[k["type"]], claims, None)))
        return out

    def notices(self, since):
        """organisation or "all" -> the five numbers, from the mailbox and the visits."""
        people = self.player.people
        country = demo.demo_answers.Country(self.player.feeds)
        out = collections.defaultdict(lambda: dict.fromkeys(NOTICES, 0))
        for mail in map(demo.demo_answers.read_mail, self.player.new_files("mail", 0)):
            if number_of(mail.date.isoformat()) < since:
                continue
            for name in ("all", country.owner[mail.to]):
                f = out[name]
                f["sent"] += 1
                f["delivered"] += mail.fate in ("delivered", "wrong")
                f["bounced"] += mail.fate in ("bounced", "full")
                f["opened"] += mail.notice in people.opened
                f["answered"] += mail.notice in people.answered
        return out


def compare(place, truth, since):
    lives, today = truth.lives(), truth.player.days
    groups = {None: None, "organisation": lambda f: f["organisation"],
              "sector": lambda f: truth.sector.get(f["organisation"])}
    for by, group in groups.items():
        want = expected(lives, group, since, today)
        story.same(difference(shown(place, since, by), want), {},
                   f"since day {since}, by {by or 'nothing'}: {len(want)} rows as recomputed")


def compare_notices(place, truth, since):
    want, got = truth.notices(since), {}
    for by in (None, "organisation"):
        words = ["--by", by] if by else []
        for r in place.json_lines("effect", "--json", "--since", story.day_text(since), *words):
            got[r["name"] if by else "all"] = {k: r[k] for k in NOTICES}
    none = dict.fromkeys(NOTICES, 0)
    got = {n: f for n, f in got.items() if f != none}
    story.same(difference(got, want), {}, f"notices since day {since}: {want['all']}")


def check_outcomes(truth):
    """The loop did something, and the feeds kept to it."""
    days = {k["key"]: [int(d) for d in k["days"].split()] for k in truth.keys}
    outcomes = story.rows(os.path.join(truth.player.feeds, "outcomes.csv"))
    died = [r for r in outcomes if r["outcome"] == "died"]
    story.ok(len(died) > 20 and not any(max(days[r["key"]]) > int(r["day"]) for r in died),
             f"{len(died)} things were repaired, and no later feed has them")
    again = [r for r in outcomes if r["outcome"] == "again" and int(r["again"]) < DAYS]
    fixed = {r["key"] for r in outcomes if r["answer"] == "fixed" and r["true"] == "yes"}
    story.ok(len(again) > 3 and all(int(r["again"]) in days[r["key"]] or r["key"] in fixed
                                    for r in again),
             f"{len(again)} were only said to be, and are seen again")


with story.Place() as place:
    player = demo.Player(story.TOCSIN, place.path("demo"), free_port())
    try:
        player.begin()
        figures = [player.day(day) for day in range(DAYS)]
    finally:
        player.end()
    place.dir, place.now = player.data, f"{player.now}T09:00:00Z"
    mails = [demo.demo_answers.read_mail(p) for p in player.new_files("mail", 0)]
    story.ok(len(mails) == sum(f["notices"] for f in figures) == len({m.notice for m in mails}),
             f"{len(mails)} notices went out, each once")
    answered = sum(f["answered"] for f in figures)
    story.ok(answered > 20 and len(player.people.opened) > answered / 2,
             f"{answered} were answered, {len(player.people.opened)} opened")
    truth = Truth(player)
    check_outcomes(truth)
    hows = collections.Counter(s[3] for _, life in truth.lives() for s in life)
    story.ok(all(hows[h] for h in ("claim", "silence", "refuted", None)),
             f"spells end in each way: {dict(hows)}")
    for since in (0, 6, DAYS - 3):
        compare(place, truth, since)
        compare_notices(place, truth, since)
    other_days(place, (0, 1, 2, 3, 6), {1, 5, 6})
    compare(place, truth, 0)
story.end()

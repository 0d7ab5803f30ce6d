#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_lifetime.py - thirty days of feeds: findings, lifetimes, states and relapses equal an
# independent computation from the generator's side files; shuffled and doubled files give
# the same end. Depends on: story.
import bisect
import os
import random
import re

import story

SCALE = "L2" if story.LONG else "L1"
DAYS = 30
QUIET = 7


def expected(keys, arrived):
    """What keys.csv and the files that exist say, key place -> (days, state, relapses)."""
    want = {}
    for k in keys:
        days = [int(d) for d in k["days"].split()]
        reports = arrived[k["type"]]
        relapses = 0
        for a, b in zip(days, days[1:]):
            between = bisect.bisect_left(reports, b) - bisect.bisect_right(reports, a)
            relapses += between >= QUIET
        after = len(reports) - bisect.bisect_right(reports, days[-1])
        state = "fixed" if after >= QUIET else "relapsed" if relapses else "open"
        if state == "relapsed" and not relapses:
            state = "open"
        want[(k["identifier"], k["address"], k["port"])] = (
            story.day_text(days[0]), story.day_text(days[-1]), len(days), state, relapses)
    return want


def got(place):
    return {story.place_of(f): (f["first_seen"][:10], f["last_seen"][:10], f["days_seen"],
                                f["state"], f["relapses"])
            for f in place.findings("--limit", "10000000")}


def compare(got, want, what):
    story.same(len(got), len(want), f"{what}: as many findings")
    wrong = [(k, got.get(k), w) for k, w in want.items() if got.get(k) != w]
    story.same(wrong[:3], [], f"{what}: each has its days, state and relapses ({len(want)})")


with story.Place() as place:
    place.init_demo()
    place.now = "2026-07-01T06:00:00Z"
    arrived, all_files, keys = {}, [], []
    for day in range(DAYS):
        folder, files = place.feeds(SCALE, day)
        if day == 0:
            place.register(folder)
        for f in files:
            kind = re.match(r"\d{4}-\d\d-\d\d-([a-z0-9_]+)-", os.path.basename(f))[1]
            arrived.setdefault(kind, []).append(day)
        all_files += files
        keys = story.rows(os.path.join(folder, "keys.csv"))
        answers = place.import_files(files)
        bad = [a for a in answers if a["rows"] != a["events"] + a["quarantined"]]
        if bad:
            story.same(bad, [], f"day {day}: rows = events + quarantined")
    want = expected(keys, arrived)
    in_order = got(place)
    compare(in_order, want, f"{DAYS} days of {SCALE} in order")
    states = {s: sum(1 for w in want.values() if w[3] == s) for s in ("open", "fixed", "relapsed")}
    story.ok(all(states.values()), f"all states occur: {states}")
    place.tocsin("rebuild")
    story.ok(got(place) == in_order, "rebuild changes nothing")
    story.ok("rows" in place.tocsin("audit", "verify").stdout, "the audit trail verifies")

    with story.Place() as other:
        other.init_demo()
        other.register(os.path.dirname(all_files[0]))
        shuffled = all_files[:] if not story.LONG else all_files[:600]
        random.Random(69).shuffle(shuffled)
        other.import_files(shuffled + shuffled[:50])
        if not story.LONG:
            compare(got(other), want, "shuffled, some twice")
story.end()

# SPDX-License-Identifier: Apache-2.0
# effect_truth.py - the figures of `tocsin effect` computed anew, from the days on which keys
# were seen, the reports that arrived, and what was claimed: for the stories that compare.
# Nothing here asks the program. Depends on: Python, story.
import bisect
import collections
import datetime

import post
import story

QUIET = 7
STEPS = [1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 28, 42, 56, 91, 182, 365]
FIRST = datetime.date.fromisoformat(story.DAY0)
FIGURES = ("there", "open", "found", "new", "relapsed", "attributed", "claimed_fixed",
           "fixed_by_claim", "fixed_by_silence", "ended_otherwise", "critical",
           "critical_in_time")
ALL = FIGURES + ("median_days_open", "days_open", "attributed_percent",
                 "critical_in_time_percent")


def number_of(text):
    """The day of a date, from 0."""
    return (datetime.date.fromisoformat(text) - FIRST).days


def spells(days, reports, claims, disowned):
    """(first, last, end, how, claim) of each; end is None while it goes on."""
    out, start = [], days[0]
    for i, last in enumerate(days):
        then = days[i + 1] if i + 1 < len(days) else None
        before = len(reports) if then is None else bisect.bisect_left(reports, then)
        quiet = reports[bisect.bisect_right(reports, last):before][:QUIET]
        said = [c for c in sorted(claims) if c >= last and (then is None or c < then)]
        if len(quiet) == QUIET:
            end, how = quiet[-1], "claim" if said else "silence"
        elif then is None:
            end, how = None, None
        elif said:
            end, how = then, "refuted"
        else:
            continue
        out.append((start, last, end, how, said[0] if said else None))
        start = then
    if disowned is not None:
        out = [s for s in out if s[0] <= disowned]
        if out and (out[-1][2] is None or out[-1][2] > disowned):
            out[-1] = (out[-1][0], out[-1][1], disowned, "disowned", out[-1][4])
    return out


class Calendar:
    """The team's: days of the week, 0 is Monday, and holidays as days from 0."""
    week, holidays = frozenset(range(5)), frozenset()


def working(day, n):
    """The n-th working day after a day."""
    while n:
        day += 1
        weekday = (FIRST + datetime.timedelta(day)).weekday()
        n -= weekday in Calendar.week and day not in Calendar.holidays
    return day


def other_days(place, weekdays, holidays):
    """Has the team other holidays and other working days: the program is told, and we are."""
    names = "mon tue wed thu fri sat sun".split()
    post.configure(place.dir, team_days=",".join(names[d] for d in sorted(weekdays)))
    for day in sorted({*holidays, 999}):  # the option holds when the service starts again
        place.tocsin("holidays", "set", story.day_text(day), "Holiday")
    for day in sorted(Calendar.holidays - set(holidays)):
        place.tocsin("holidays", "set", story.day_text(day), "--remove")
    Calendar.week, Calendar.holidays = frozenset(weekdays), frozenset(holidays)


def add(f, spell, is_first, finding, since, today):
    first, last, end, how, claim = spell
    fixed = how in ("claim", "silence")
    f["open"] += end is None
    f["there"] += end is None or end >= since
    if first >= since:
        f["found"] += 1
        f["new"] += is_first
        f["relapsed"] += not is_first
        f["attributed"] += is_first and finding["organisation"] is not None
        in_five = working(first, 5)
        if finding["severity"] == "critical" and how != "disowned" and in_five + 7 <= today:
            f["critical"] += 1
            f["critical_in_time"] += fixed and last <= in_five
    f["claimed_fixed"] += claim is not None and claim >= since
    if end is not None and end >= since:
        f["fixed_by_claim"] += how == "claim"
        f["fixed_by_silence"] += how == "silence"
        f["ended_otherwise"] += not fixed
        if fixed:
            f["lengths"].append(last - first + 1)


def finished(f):
    """As the program says it."""
    lengths = f.pop("lengths")
    steps = [next((s for s in STEPS if n <= s), None) for n in sorted(lengths)]
    f["median_days_open"] = steps[(len(steps) - 1) // 2] if steps else None
    f["days_open"] = [{"within": s, "fixed": steps.count(s)} for s in STEPS + [None]
                      if s in steps]
    f["attributed_percent"] = share(f["attributed"], f["new"])
    f["critical_in_time_percent"] = share(f["critical_in_time"], f["critical"])
    return f


def share(part, of):
    if of == 0:
        return None
    near = (200 * part + of) // (2 * of)
    return min(near, 99) if part < of and part else max(near, 1) if part else 0


def expected(lives, group, since, today):
    """name -> figures."""
    rows = collections.defaultdict(lambda: {**dict.fromkeys(FIGURES, 0), "lengths": []})
    if group is None:
        rows[None]  # also with nothing in it
    for finding, life in lives:
        f = rows[group(finding) if group else None]
        for i, spell in enumerate(life):
            add(f, spell, i == 0, finding, since, today)
    return {name: finished(f) for name, f in rows.items()
            if group is None or f["there"] or f["found"] or f["claimed_fixed"]}


def shown(place, since, by=None):
    """What the program says: name -> figures."""
    words = ["--by", by] if by else []
    rows = place.json_lines("effect", "--json", "--since", story.day_text(since), *words)
    return {r["name"]: {k: r[k] for k in ALL} for r in rows}


def difference(got, want):
    """name -> figure -> (got, want), where they differ."""
    return {n: {k: (got.get(n, {}).get(k), v) for k, v in want.get(n, {}).items()
                if got.get(n, {}).get(k) != v} or "not there"
            for n in set(got) | set(want) if got.get(n) != want.get(n)}

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_send_kill.py - kill -9 of every process while mail goes out, at points counted over all
# that its processes write, sync, name and send, to a mail server that refuses, delays, hangs
# and hangs up. Afterwards nothing is lost, and nothing is there twice without the mark.
import collections
import contextlib
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import fault
import post
import story
import whole

NOTICES = 8
CHECKS = 3  # of them ask a contact
PLAYS = ["ok", "later", "delay", "hang", "drop", "refuse", "later-data", "ok"]
POINTS = 400 if story.LONG else 104


def base(place):
    post.approved(place, "smtp://127.0.0.1:1")
    keep = NOTICES - CHECKS
    for n in post.notices(place)[:-keep]:
        place.tocsin("notices", "cancel", str(n["id"]))
    run = place.json_lines("contacts", "check", "--draft", "--json")[0]["run"]
    asked = [str(n["id"]) for n in post.notices(place) if n["run"] == run]
    place.tocsin("notices", "approve", "--held", *asked[:CHECKS])
    place.tocsin("notices", "cancel", *asked[CHECKS:])
    post.configure(place.dir, mail_timeout=1)
    post.switch_on(place)
    place.tocsin("notices", "send")
    place.now = post.at(10)


def sink_for(copy):
    plays = ",".join(PLAYS + ["ok"] * (32 - len(PLAYS)))
    sink = post.Sink(os.path.join(copy.folder, "sink"), "--all-delivered", "--delay", "100",
                     "--play", plays)
    post.configure(copy.dir, mail_relay=sink.url)
    return sink


def rows_of(copy):
    """Notice -> (state, uncertain, flying, Message-ID), straight from the tables."""
    db = sqlite3.connect(f"file:{copy.dir}/tocsin.db?mode=ro", uri=True)
    try:
        return {n: (state, uncertain, flying, f"<{i}>") for n, state, uncertain, flying, i in
                db.execute("SELECT o.notice, n.state, o.uncertain, o.flying, o.message_id"
                           " FROM outbox o JOIN notice n ON n.id = o.notice")}
    finally:
        db.close()


def kept_wrong(copy):
    """The mail with its token is there while it is tried, and not after; what is kept always."""
    with contextlib.closing(sqlite3.connect(f"file:{copy.dir}/tocsin.db?mode=ro", uri=True)) as db:
        n, = db.execute("""SELECT count(*) FROM outbox o WHERE
            (o.next_at IS NOT NULL OR o.flying = 1) <>
            EXISTS (SELECT 1 FROM outbox_mail m WHERE m.notice = o.notice)
            OR (SELECT count(*) FROM outbox_copy c WHERE c.notice = o.notice) <> 1""").fetchone()
    return f"of {n} notices the wrong mails are kept" if n else None


def wrong_now(copy, sink, said):
    """Right after the blow: what the mail server has is known as gone out, or as uncertain."""
    rows, have = rows_of(copy), collections.Counter(sink.ids())
    if len(rows) != NOTICES:
        return f"{len(rows)} notices in the outbox"
    for n, (state, uncertain, flying, i) in rows.items():
        if have[i] and state not in (4, 5):
            return f"notice {n} is at the mail server and in state {state}"
        if state == 4 and not have[i]:
            return f"notice {n} is handed over and not at the mail server"
        if flying and state != 5:
            return f"notice {n} flies and is in state {state}"
    if '"end":"handed-over"' in said.replace(" ", "") and 4 not in [r[0] for r in rows.values()]:
        return "what was answered is not there"
    return kept_wrong(copy) or whole.checks(copy)


def wrong_after(copy, sink):
    """After it was started again, and again as time goes by."""
    for minutes in (10, 16, 27, 60, 120, 300):
        copy.now = post.at(minutes)
        for _ in range(NOTICES + 1):    # each time the server is away ends a run
            done = copy.json_lines("notices", "deliver", "--json")
            if not done[-1]["unreachable"]:
                break
    rows, have = rows_of(copy), collections.Counter(sink.ids())
    tasks = {t["notice"] for t in copy.json_lines("tasks", "--json")}
    for n, (state, uncertain, flying, i) in rows.items():
        if flying or state == 3:
            return f"notice {n} never came to an end: {rows[n]}"
        if state == 4 and not have[i]:
            return f"notice {n} is lost"
        if state == 5 and n not in tasks:
            return f"notice {n} is uncertain and nobody is told"
        if have[i] > 1 + uncertain or (have[i] > 1 and not uncertain):
            return f"notice {n} is there {have[i]} times, marked {uncertain} times"
    strangers = set(have) - {r[3] for r in rows.values()}
    if strangers:
        return f"strange mails: {strangers}"
    return kept_wrong(copy) or whole.checks(copy)


def count(home):
    with whole.Copy(home, "count") as copy, sink_for(copy):
        with fault.Run(copy.dir, copy.args("notices", "deliver", "--json"), mask=31) as run:
            return run.finish().count


def kill_at(home, at):
    """(was the point met, what is wrong or None, marks)"""
    with whole.Copy(home, f"kill-{at}") as copy, sink_for(copy) as sink:
        with fault.Run(copy.dir, copy.args("notices", "deliver", "--json"), fault.STOP, at, 31,
                       torn=at % 2 == 1) as run:
            run.finish()
        wrong = wrong_now(copy, sink, run.stdout) or wrong_after(copy, sink)
        twice = sum(n > 1 for n in collections.Counter(sink.ids()).values())
        return run.met, wrong and f"at {at}, {run.what}: {wrong}", twice


with story.Place(fault.fast_folder()) as home:
    base(home)
    total = min(count(home) for _ in range(2))
    print(f"# {total} calls", flush=True)
    points = sorted({1 + i * (total - 1) // (POINTS - 1) for i in range(POINTS)})
    with ThreadPoolExecutor(max_workers=4) as pool:     # most of the time they wait
        results = list(pool.map(lambda at: kill_at(home, at), points))
    met = sum(m for m, _, _ in results)
    story.ok(met >= min(100, len(points) - 4), f"everything killed at {met} points of a send run")
    whole.report([w for _, w, _ in results if w],
                 "nothing lost, nothing there twice without being marked uncertain")
    print(f"# {sum(t for _, _, t in results)} mails came twice, each marked", flush=True)
story.end()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_backup_sending.py - a directory that was restored sends nothing by itself: what waited when
# the backup was made may have left the house since.
import contextlib
import json
import sqlite3
import subprocess
import time

import backup_kit
import post
import story
import web


def restored(place, archive, name):
    to = place.path(name)
    said = story.run("restore", archive, to, "--json").stdout
    return backup_kit.Restored(to, place.now), json.loads(said)


def backed_up(place, sink):
    """One notice is approved and the rest wait; then the backup; then all that waits leaves."""
    post.configure(place.dir, mail_relay=sink.url)
    post.switch_on(place)
    ids = [n["id"] for n in post.notices(place)]
    place.tocsin("notices", "send", *map(str, ids[1:]))
    place.tocsin("user", "add", "second", "--role", "analyst")
    archive = place.path("night.tar")
    place.now = post.at(1)
    place.tocsin("backup", "--to", archive)
    answers = post.deliver(place, 10)
    story.same(answers[-1]["handed_over"], len(ids) - 1, "after the backup all that waited leaves")
    return ids, archive


def nothing_leaves(copy, sink, before):
    """Neither by a command nor by the service, which would take the first one within seconds."""
    done = copy.tocsin("notices", "deliver", check=False)
    story.ok(done.returncode == 1 and "sending is off" in done.stderr, "sending is off")
    service = subprocess.Popen([story.TOCSIN, "-d", copy.dir, "--now", post.at(60 * 30), "serve",
                                "--socket", copy.dir + "/web.sock"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 6
        while time.monotonic() < until and sink.ids() == before:
            time.sleep(0.2)
    finally:
        service.terminate()
        service.wait(30)
    story.same(sink.ids(), before, "the service sends nothing, either")


def told(copy, facts, ids):
    n = len(ids) - 1
    story.same((facts["sending_was_on"], facts["notices_uncertain"], facts["notices_held"]),
               (True, n, 1), "restore says what it stopped")
    story.same(post.states(copy), {"uncertain": n, "held": 1},
               "what was on its way is uncertain, what was approved is held")
    story.same({(t["kind"], t["notice"]) for t in copy.json_lines("tasks", "--json")},
               {("uncertain", i) for i in ids[1:]}, "each that may be out is a task")
    morning, = copy.json_lines("morning", "--json")
    story.same((morning["sending"], morning["uncertain"], morning["held"], morning["waiting"]),
               (False, n, 1, 0), "the morning has them")
    said = copy.tocsin("morning", "--language", "en").stdout
    story.ok("restored from a backup: it may have gone out since" in said.partition("What is")[0],
             "and says why")
    with contextlib.closing(sqlite3.connect(f"file:{copy.dir}/tocsin.db?mode=ro", uri=True)) as db:
        n, = db.execute("SELECT (SELECT count(*) FROM enrolment) + "
                        "(SELECT count(*) FROM session)").fetchone()
    story.same(n, 0, "no session and no link to enrol is good any more")


def in_the_console(copy, notice):
    task, = [t["id"] for t in copy.json_lines("tasks", "--json") if t["notice"] == notice]
    room, done = f"/tasks?after={task - 1}", f"/tasks/{task}/done"
    with web.Service(copy) as s:
        head = s.enrol("chief", "head")
        page = head.get(room)
        story.ok("Did it go out?" in page.words and not page.bad, "the console asks, too")
        page = head.send(room, done, {"why": "rang", "went": ""})
        story.same((page.status, post.status(copy)[notice]["state"]), (400, "uncertain"),
                   "and closes nothing without an answer")
        head.send(room, done, {"why": "not in the log", "went": "0"})
    row = post.status(copy)[notice]
    story.same((row["state"], row["why"]), ("refused", "a person says that it did not go out"),
               "it did not: the notice is refused, and can be sent again")


def a_person_decides(copy, sink, ids):
    copy.tocsin("sending", "on", "--yes-mail-leaves-the-house")
    copy.now = post.at(60 * 24)
    answers = copy.json_lines("notices", "deliver", "--json")
    story.same((answers[-1]["handed_over"], answers[-1]["next"]), (0, None),
               "switched on, nothing of that goes by itself")
    tasks = {t["notice"]: t["id"] for t in copy.json_lines("tasks", "--json")}
    copy.tocsin("task", "done", str(tasks[ids[1]]), "--went-out", "yes", "--why", "in the log")
    copy.tocsin("notices", "send", "--again", str(ids[2]))
    copy.tocsin("notices", "approve", "--held", str(ids[0]))
    copy.tocsin("notices", "send", str(ids[0]))
    copy.now = post.at(60 * 24 + 10)
    answers = copy.json_lines("notices", "deliver", "--json")
    story.same(answers[-1]["handed_over"], 2, "what a person sends goes")
    rows = post.status(copy)
    story.same([rows[i]["state"] for i in ids[:3]], ["handed-over"] * 3, "one is known to be out")
    copy.tocsin("mail", *sink.files("dsn")[:len(ids) - 1])
    story.same(post.status(copy)[ids[3]]["state"], "delivered",
               "and a report knows better than a person")
    story.same(set(post.states(copy)), {"delivered", "handed-over"},
               "and reports of what left after the backup are heard")


with story.Place() as home:
    post.approved(home)
    with post.Sink(home.path("sink"), "--all-delivered") as SINK:
        IDS, ARCHIVE = backed_up(home, SINK)
        COPY, FACTS = restored(home, ARCHIVE, "restored")
        nothing_leaves(COPY, SINK, SINK.ids())
        told(COPY, FACTS, IDS)
        COPY.path = home.path
        in_the_console(COPY, IDS[3])
        a_person_decides(COPY, SINK, IDS)
        story.same(COPY.tocsin("audit", "verify", check=False).returncode, 0, "the trail is whole")
story.end()

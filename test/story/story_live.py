#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_live.py - things that happen while an import runs: Ctrl-C, a second import, people who
# read, roles that die; and databases that are not ours to write.
import fcntl
import hashlib
import json
import os
import signal
import sqlite3
import struct
import subprocess
import threading
import time

import fault
import story
import whole
from watch import role, until

ROWS, PLACES = 240000, 60000
F_OFD_GETLK = 36  # Python 3.11 has no name for it


def rows_done(place):
    """How far the database is, read beside the running service."""
    db = sqlite3.connect(f"file:{place.dir}/tocsin.db?mode=ro", uri=True, timeout=10)
    try:
        return db.execute("SELECT COALESCE(max(rows_done), 0), COALESCE(min(state), 9)"
                          " FROM file").fetchone()
    finally:
        db.close()


def in_the_middle(place):
    done, state = rows_done(place)
    return 0 < done < ROWS and state == 0


def is_free(place):
    """Nobody holds the directory: all roles are gone."""
    with open(os.path.join(place.dir, "lock"), "rb") as f:
        asked = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 1, 0)
        return struct.unpack("hhqqi4x", fcntl.fcntl(f, F_OFD_GETLK, asked))[0] == fcntl.F_UNLCK


def importing(place, *files):
    return fault.Run(place.dir, ["-d", place.dir, "import", "--json", *files])


def resumes(place, path, what):
    """The same import again, and everything is there once."""
    answers = place.import_files([path])
    story.ok(any(a["rows"] == ROWS and not a["error"] for a in answers), f"{what}: goes on")
    story.same(whole.totals(place), (PLACES, ROWS), f"{what}: every row is counted once")
    story.same(whole.checks(place), None, f"{what}: the database is whole")


def ctrl_c(path):
    with story.Place(fault.fast_folder()) as place:
        place.init_demo()
        with importing(place, path) as run:
            story.ok(until(lambda: in_the_middle(place)), "an import is in the middle of a file")
            os.killpg(run.process.pid, signal.SIGINT)
            began = time.monotonic()
            run.finish(timeout=30)
            took = time.monotonic() - began
        story.ok(run.code == 1 and "stopped" in run.stderr and "goes on" in run.stderr,
                 f"Ctrl-C: says so: exit {run.code}, {run.stderr.strip()}")
        story.ok(took < 5, f"Ctrl-C: over after {took:.1f} s")
        story.ok(in_the_middle(place), "Ctrl-C: in the middle it was")
        story.ok(until(lambda: is_free(place), 5), "Ctrl-C: no role stays behind")
        resumes(place, path, "Ctrl-C")


def role_dies(path, name):
    """One process is killed; the others notice, the command says so, the next one goes on."""
    with story.Place(fault.fast_folder()) as place:
        place.init_demo()
        with importing(place, path) as run:
            until(lambda: in_the_middle(place))
            os.kill(run.process.pid if name == "command" else role(run.process.pid, name),
                    signal.SIGKILL)
            until(lambda: run.process.poll() is not None, 20)
            free = until(lambda: is_free(place), 20)
            run.finish()
        story.ok(run.code != 0 and (name == "command" or "tocsin: " in run.stderr),
                 f"{name} killed: exit {run.code}, {run.stderr.strip()[-120:]}")
        story.ok(free and not any(map(fault.of_the_program, run.pids())),
                 f"{name} killed: the others end too")
        resumes(place, path, f"{name} killed")


def parser_dies(path, small):
    """The file at hand has failed, visibly; the rest goes on, with a new parser."""
    with story.Place(fault.fast_folder()) as place:
        place.init_demo()
        with importing(place, path, small) as run:
            until(lambda: in_the_middle(place))
            os.kill(role(run.process.pid, "parse"), signal.SIGKILL)
            run.process.wait(60)
            run.finish()
        answers = [json.loads(line) for line in run.stdout.splitlines()]
        story.ok(run.code == 1 and len(answers) == 2 and answers[0]["error"],
                 f"parse killed: its file has failed: {answers and answers[0]['error']}")
        story.ok(answers and answers[-1]["events"] > 0 and not answers[-1]["error"],
                 "parse killed: the next file is read")
        kept = {f["file"]: f["state"] for f in place.json_lines("files", "--json")}
        story.same(sorted(kept.values()), ["failed", "read"], "parse killed: shown as it is")
        before = len(place.findings("--limit", "1000000", "--identifier", "open-rdp"))
        story.ok(0 < before < PLACES, "parse killed: what was read before stays")
        answers = place.import_files([path])
        story.ok(answers[-1]["rows"] == ROWS and not answers[-1]["error"],
                 "parse killed: importing the file again reads the rest")
        story.same([(f["state"], f["type"], f["why"])
                    for f in place.json_lines("files", "--json") if "scan_rdp" in f["file"]],
                   [("read", "scan_rdp", None)], "parse killed: the failure is history")
        found = place.findings("--limit", "1000000", "--identifier", "open-rdp")
        story.same((len(found), sum(f["count"] for f in found)), (PLACES, ROWS),
                   "parse killed: every row is counted once")


def at_once(path, small):
    """Two imports and people who read, at the same time."""
    with story.Place(fault.fast_folder()) as place:
        place.init_demo()
        started = [subprocess.Popen([story.TOCSIN, "-d", place.dir, "import", "--json", *files],
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                   for files in ([small, path], [path, small])]
        seen, bad, stop = [], [], threading.Event()

        def read():
            while not stop.is_set():
                done = place.tocsin("findings", "--json", "--limit", "1000000", check=False)
                if done.returncode != 0:
                    bad.append(done.stderr)
                seen.append(sum(json.loads(line)["count"] for line in done.stdout.splitlines()))

        reader = threading.Thread(target=read)
        reader.start()
        out = [p.communicate(timeout=120) for p in started]
        stop.set()
        reader.join()
        story.same([p.returncode for p in started], [0, 0], f"two imports at once: {out[0][1]}")
        answers = [json.loads(line) for text, _ in out for line in text.splitlines()]
        story.same(sorted(a["duplicate_file"] for a in answers), [False, False, True, True],
                   "each file is taken once")
        story.ok(not bad, f"{len(seen)} readers meanwhile: {bad[:1]}")
        story.ok(seen == sorted(seen) and len(set(seen)) > 1, "they see it grow, never shrink")
        story.same(sum(f["count"] for f in place.findings("--limit", "1000000")),
                   sum(a["events"] for a in answers if not a["duplicate_file"]),
                   "every row is counted once")
        story.same(whole.checks(place), None, "the database is whole")


def image(place):
    """Every byte of the database, with its log."""
    h = hashlib.sha256()
    for name in ("tocsin.db", "tocsin.db-wal"):
        with open(os.path.join(place.dir, name), "rb") as f:
            h.update(f.read())
    return h.hexdigest(), sorted(os.listdir(place.dir))


def edit(place, sql):
    db = sqlite3.connect(os.path.join(place.dir, "tocsin.db"))
    db.execute(sql)
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    open(os.path.join(place.dir, "tocsin.db-wal"), "ab").close()  # as the program leaves it


def refuses(place, small, what, word):
    before = image(place)
    for args in (["import", small], ["findings"], ["notices", "draft"], ["db", "check"]):
        done = place.tocsin(*args, check=False)
        story.ok(done.returncode == 1 and word in done.stderr,
                 f"{what}: {args[0]}: {done.stderr.strip().splitlines()[:1]}")
    after = image(place)
    story.same(after[0], before[0], f"{what}: not a byte is changed")


def strange_databases(small):
    """There is one schema so far, so no older one to migrate from can exist; newer and foreign
    ones can."""
    for what, sql, word in (
            ("a newer schema", "PRAGMA user_version = 99", "newer"),
            ("another program's database", "PRAGMA application_id = 77", "not a database of"),
            ("an unknown history", "UPDATE migration SET sha256 = 'x'", "step 1")):
        with story.Place(fault.fast_folder()) as place:
            place.init_demo()
            edit(place, sql)
            refuses(place, small, what, word)


with story.Place(fault.fast_folder()) as home:
    LONG_FILE = whole.long_file(home, ROWS, PLACES)
    SMALL = whole.find(home.feeds("D", 1)[0], "event4_sinkhole")
    ctrl_c(LONG_FILE)
    for one in ("work", "master", "command"):
        role_dies(LONG_FILE, one)
    parser_dies(LONG_FILE, SMALL)
    at_once(LONG_FILE, SMALL)
    strange_databases(SMALL)
story.end()

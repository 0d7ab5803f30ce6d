#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_serve.py - the service that stays: what appears in DIR/in is taken in, the day's notices
# are drafted and never approved, roles that die are started again, and it ends in order.
# Depends on: Python 3, the built program.
import os
import shutil
import signal
import sqlite3
import time

import story
import watch
import web
from story import ok, same
from watch import until


def roles(service):
    """Role -> its process."""
    return {name: found[0] for name, found in watch.roles(service.p.pid).items()}


def inbox(place, s):
    folder = os.path.join(place.dir, "in")
    _, feeds = place.feeds("D", 0)
    for n, path in enumerate(feeds):
        shutil.copy(path, os.path.join(folder, os.path.basename(path)))
        if n == 0:
            shutil.copy(path, os.path.join(folder, "again-" + os.path.basename(path)))
    place_bad = os.path.join(folder, "2026-06-01-scan_dns-talmeria.csv.gz")
    with open(place_bad, "wb") as f:
        f.write(b"\x1f\x8b\x08\x00 this is no gzip")
    shutil.copy(place_bad, os.path.join(folder, "9" * 244 + "-bad.csv.gz"))
    for name in (".hidden.csv", "coming.csv.part"):
        shutil.copy(feeds[0], os.path.join(folder, name))
    os.mkdir(os.path.join(folder, "folder"))
    os.symlink(feeds[0], os.path.join(folder, "2026-06-01-link.csv"))
    growing = os.path.join(folder, "growing.csv")
    began = time.time()
    while time.time() - began < 9:
        with open(growing, "ab") as f:
            f.write(b"x")
        time.sleep(0.5)
    ok(os.path.exists(growing), "a file that grows is left alone")
    os.unlink(growing)
    done, failed = os.path.join(folder, "done"), os.path.join(folder, "failed")
    ok(until(lambda: len(os.listdir(done)) >= len(feeds) + 1), "settled files are taken in")
    same(sorted(os.listdir(done)), sorted([os.path.basename(f) for f in feeds] +
                                          ["again-" + os.path.basename(feeds[0])]),
         "all of them are in done, also the one whose content is known")
    ok(until(lambda: len(os.listdir(failed)) == 4),
       "those that cannot be read are in failed, however long their names")
    why = [n for n in os.listdir(failed) if n.endswith(".why")]
    ok(len(why) == 2 and all(open(os.path.join(failed, n), encoding="utf-8").read().strip()
                             for n in why), "with the reason beside them")
    same(sorted(n for n in os.listdir(folder) if n not in ("done", "failed")),
         [".hidden.csv", "2026-06-01-link.csv", "coming.csv.part", "folder"],
         "what is hidden, partial, a folder or a link stays where it is")
    files = place.json_lines("files", "--json")
    same(sum(1 for f in files if f["state"] == "read"), len(feeds), "each content is kept once")
    return len(feeds)


def daily(place, s):
    def drafted():
        return [l for l in place.json_lines("audit", "list", "--json") if l["action"] == "notice.draft"]
    ok(until(drafted), "the day's notices are drafted")
    notices = place.json_lines("notices", "list", "--json")
    ok(notices and all(n["state"] in ("draft", "held") for n in notices), "and none is approved")
    audit = drafted()
    ok(audit and audit[0]["actor"] == "schedule", "by the schedule, says the trail")
    time.sleep(7)
    same((len(place.json_lines("notices", "list", "--json")), len(drafted())), (len(notices), 1), "once a day")


def days_pass(place):
    """The hour comes on three more days while the service runs: each time it drafts, and a contact
    that is new is asked; and a service that begins later that day knows it."""
    def done(action):
        return sum(1 for l in place.json_lines("audit", "list", "--json")
                   if l["action"] == action and l["actor"] == "schedule")
    place.tocsin("rules", "set", "check-by-itself", "1")
    holder = story.rows(os.path.join(place.feeds("D", 0)[0], "holders.csv"))[0]["holder"]
    drafts, asked = done("notice.draft"), done("contact.check")
    for n, day in enumerate((3, 4, 5), 1):
        place.now = f"2026-06-0{day}T05:59:56Z"     # four seconds before seven in Talmeria
        place.tocsin("register", "import", place.write(
            "contacts.csv", "organisation,name,role,language,email,phone,pgp\n"
            f"{holder},,noc,en,noc{day}@new.xt.example,,\n"))
        with web.Service(place) as s:
            ok(until(lambda: done("contact.check") > asked + n - 1, 15),
               f"day {day}: contacts are asked")
            same((done("notice.draft"), done("contact.check")), (drafts + n, asked + n),
                 f"day {day}: drafted once, asked once")
        stopped, log = s.stop(), s.read_log()
        ok(stopped == 0 and "schedule" not in log, f"day {day}: nothing failed: {log[-300:]}")
    place.now = "2026-06-05T06:10:00Z"
    with web.Service(place) as s:
        time.sleep(7)
    same((done("notice.draft"), done("contact.check")), (drafts + 3, asked + 3),
         "that it was done today is noted")
    place.tocsin("rules", "set", "check-by-itself", "0")


def deaths(place, s):
    b = web.Browser(s)
    same(b.get("/sign-in").status, 200, "it answers")
    before = roles(s)
    same(sorted(before), ["master", "parse", "web", "work"], "four roles run")
    os.kill(before["web"], signal.SIGKILL)
    def answers():
        try:
            return b.get("/sign-in").status == 200
        except OSError:
            return False
    ok(until(answers, 10), "a web role that was killed is started again")
    ok(roles(s).get("web") not in (None, before["web"]), "as another process")
    same(place.tocsin("findings", "--json").returncode, 0, "other commands join the service")
    os.kill(before["parse"], signal.SIGKILL)
    same(place.tocsin("import", *place.feeds("D", 1)[1][:1]).returncode, 0, "so does a parser")
    report = place.tocsin("doctor", "--json", check=False).stdout
    ok('"section":"web"' in report.replace(" ", ""), "doctor shows the web role too")
    os.kill(before["work"], signal.SIGKILL)
    same(s.p.wait(20), 1, "without work there is no service: it ends, and says so")
    ok("work" in s.read_log(), "with the reason: " + s.read_log()[-200:])
    ok(until(lambda: not any(os.path.exists(f"/proc/{p}") for p in before.values()), 10),
       "and nothing stays behind")


def taken(place, names):
    """Those of the files that are out of in/, read beside the service."""
    return names & set(os.listdir(os.path.join(place.dir, "in", "done")))


def in_database(place, names):
    db = sqlite3.connect(f"file:{place.dir}/tocsin.db?mode=ro", uri=True, timeout=10)
    try:
        return names & {n for n, in db.execute("SELECT name FROM file")}
    finally:
        db.close()


def kill_while_taking(place):
    """kill -9 of everything while files are being taken, each time later: once the database
    knows some more of them. The next start finishes."""
    folder = os.path.join(place.dir, "in")
    _, feeds = place.feeds("D", 2)
    names = {os.path.basename(f) for f in feeds}
    for path in feeds:
        shutil.copy(path, folder)
    met = []
    for more in (1, 8, 16, 24):
        s = web.Service(place)
        s.__enter__()
        until(lambda: len(in_database(place, names)) >= more, 60, 0)
        for pid in [s.p.pid, *watch.below(s.p.pid)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        s.p.wait(10)
        time.sleep(0.3)
        met.append((len(taken(place, names)), len(in_database(place, names))))
    ok(met[0][1] > 0 and met[-1][0] < len(names),
       f"killed while files are being taken: {met} of {len(names)} are in done, in the database")
    with web.Service(place) as s:
        ok(until(lambda: taken(place, names) == names, 60, 0.1), "after four kills all are in done")
        same(place.tocsin("db", "check", check=False).returncode, 0, "the database is whole")
        by_day = [f for f in place.json_lines("files", "--json", "--limit", "1000") if f["file"] in names]
        same(sorted(f["file"] for f in by_day), sorted(names), "each file is there once")


def main():
    with story.Place() as place:
        place.init_demo()
        place.now = "2026-06-02T05:30:00Z"      # half past six in Talmeria
        with web.Service(place) as s:
            inbox(place, s)
            time.sleep(6)
            same(place.json_lines("notices", "list", "--json"), [], "before the hour nothing is drafted")
        same(s.stop(), 0, "SIGTERM ends it in order")
        ok(not os.path.exists(os.path.join(place.dir, "control.sock")), "and leaves no socket")
        place.now = "2026-06-02T06:10:00Z"
        with web.Service(place) as s:
            daily(place, s)
            deaths(place, s)
        days_pass(place)
        kill_while_taking(place)
        for args, why in ((["--listen", "0.0.0.0:8069"], "loopback"), (["--listen", "127.0.0.1"], "port"),
                          (["--listen", "127.0.0.1:1", "--socket", "x"], "either"),
                          (["--one-process"], "processes")):
            r = place.tocsin("serve", *args, check=False)
            ok(r.returncode == 2 and why in r.stderr, f"serve {' '.join(args)}: {r.stderr.strip()}")
    with story.Place() as place:
        story.run("init", "--name", "T", "--mail", "t@example.org", place.dir)
        r = story.run("-d", place.dir, "--now", "2026-06-01T00:00:00Z", "serve", check=False)
        ok(r.returncode == 1 and "demonstration" in r.stderr, "a real directory's clock cannot be set")
    story.end()


main()

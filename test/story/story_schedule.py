#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_schedule.py - weeks in which things go wrong around the daily draft: a service that was
# away, clocks and zones, reports that stop. Depends on: Python 3, the built program.
import datetime
import os
import time

import post
import story
import web
from story import ok, same
from watch import until

HEAD = '"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo"\n'
FIRST = datetime.date(2026, 1, 2)


def day(n):
    return (FIRST + datetime.timedelta(n)).isoformat()


def report(n, *addresses, type="scan_rdp", folder=None, place=None):
    """The report of day n, in a folder."""
    path = os.path.join(folder or place.root, f"{day(n)}-{type}.csv")
    with open(path, "w", encoding="utf-8") as f:
        f.write(HEAD + "".join(f'"{day(n)} 03:00:00","","{a}","tcp",3389,"","rdp",64496,"XT"\n'
                               for a in addresses))
    return path


def came(place, n, *addresses, **more):
    """The report of day n is taken in on the next morning."""
    place.now = day(n + 1) + "T06:00:00Z"
    return place.import_files([report(n, *addresses, place=place, **more)])


def country(place):
    place.init_demo()
    conf(place, "team.language", "en")
    place.now = day(0) + "T00:00:00Z"
    place.tocsin("register", "import",
                 place.write("networks.csv", "asn,name,kind,sector,ipv4,language,contact\n"
                             "64496,Zel ISP,isp,isp,192.0.2.0/24,en,abuse@zel.example\n"
                             "64497,Bet ISP,isp,isp,198.51.100.0/24,en,abuse@bet.example\n"),
                 place.write("holders.csv", "prefix,holder,sector,language,contact,inside_asn\n"
                             "192.0.2.128/29,Ministry A,government,en,it@a.example,64496\n"
                             "198.51.100.0/28,Ministry B,government,en,it@b.example,64497\n"))


def drafted(place):
    return [l for l in place.json_lines("audit", "list", "--json")
            if l["action"] == "notice.draft" and l["actor"] == "schedule"]


def outage(place):
    """Eleven reports lie in in/ when the service comes back: they come before the draft."""
    for n in range(8):
        came(place, n, "192.0.2.129", "192.0.2.130")
    place.tocsin("notices", "draft")
    same([n["organisation"] for n in place.json_lines("notices", "list", "--json")], ["Ministry A"],
         "one is told before the outage")
    for n in range(8, 19):
        report(n, "192.0.2.130", "198.51.100.3", folder=os.path.join(place.dir, "in"))
    place.now = day(19) + "T14:00:00Z"
    with web.Service(place) as s:
        ok(until(lambda: drafted(place), 60), "the service that was away drafts")
        log = s.read_log()
    ok(0 < log.rfind("was taken in") < log.find("are drafted"), f"after the files in in/: {log[-400:]}")
    same(sorted({n["organisation"] for n in place.json_lines("notices", "list", "--json")}),
         ["Ministry A", "Ministry B"], "what is new in them is told")


def conf(place, option, value):
    path = os.path.join(place.dir, "tocsin.conf")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(f"{option} = {value}\n" if line.startswith(option) else line
                     for line in text.splitlines(True))


def serve_until_drafted(place, now, seconds):
    """Did it draft by itself, and the log."""
    place.now, before = now, len(drafted(place))
    with web.Service(place) as s:
        done = until(lambda: len(drafted(place)) > before, seconds, 0.2)
        return done, s.read_log()


def far_east(place):
    """Seven in the morning in Fiji is 19:00 UTC of the day before: the reports of the UTC day
    that is over are there, and one that is not over is not waited for."""
    conf(place, "team.timezone", "Pacific/Fiji")
    for n in range(10):
        came(place, n, "192.0.2.129")
    done, log = serve_until_drafted(place, day(10) + "T19:10:00Z", 15)
    ok(done and "drafting without" not in log, f"no report is waited for: {log[-300:]}")
    done, log = serve_until_drafted(place, day(11) + "T19:10:00Z", 8)
    ok(not done, "what is late is waited for")
    done, log = serve_until_drafted(place, day(11) + "T22:10:00Z", 15)
    ok(done and "drafting without 1 reports" in log, f"three hours: {log[-300:]}")


def zones(place):
    """A zone that does not exist is no UTC in disguise."""
    for args in (["hours", "set", "--organisation", "Ministry A", "--zone", "Pacific/Aukland"],
                 ["hours", "set", "--organisation", "Ministry A", "--zone", "../../../etc/passwd"],
                 ["hours", "set", "--organisation", "Ministry A", "--zone", "Pacific"]):
        r = place.tocsin(*args, check=False)
        ok(r.returncode == 2 and "knows no time zone" in r.stderr, f"{args[-1]}: {r.stderr.strip()}")
    for name in ("Pacific/Auckland", "UTC"):
        place.tocsin("hours", "set", "--organisation", "Ministry A", "--zone", name)
    conf(place, "team.timezone", "Pacific/Aukland")
    r = place.tocsin("sending", check=False)
    ok(r.returncode == 2 and "tocsin.conf: team.timezone: this machine knows no time zone" in r.stderr,
       f"nothing runs with it: {r.stderr.strip()}")
    new = place.path("new")
    r = story.run("init", "--name", "T", "--mail", "t@example.org", "--timezone", "Pacific/Aukland", new,
                  check=False)
    ok(r.returncode == 2 and "Aukland" in r.stderr and not os.path.exists(os.path.join(new, "tocsin.conf")),
       f"init refuses it: {r.stderr.strip()}")


def state(place, finding):
    return {f["id"]: f["state"] for f in place.findings()}.get(finding)


def far_future(place):
    """A date that was mistyped, and a clock that was wrong, silence nothing for good."""
    came(place, 0, "192.0.2.129")
    place.now = day(2) + "T06:00:00Z"
    good = report(1, "192.0.2.129", "192.0.2.130", place=place)
    bad = place.path("2062-01-03-scan_rdp.csv")
    os.rename(good, bad)
    r = place.tocsin("import", bad, check=False)
    ok(r.returncode == 1 and "its name says 2062-01-03, a day to come" in r.stdout + r.stderr,
       f"a report of 2062 is refused: {r.stdout} {r.stderr}")
    same(len(place.findings()), 1, "and nothing of it is counted")
    os.rename(bad, good)
    done = place.import_files([good])[0]
    same((done["duplicate_file"], done["events"], done["error"] if "error" in done else None), (False, 2, None),
         "under its right name it is taken")
    same([(f["file"], f["state"]) for f in place.json_lines("files", "--json")][0],
         (os.path.basename(good), "read"), "and known by it")
    undated = place.write("scan_rdp.csv", open(good, encoding="utf-8").read().replace("2026-01-03 03", "2062-01-03 03"))
    r = place.tocsin("import", undated, check=False)
    ok(r.returncode == 1 and "its row 1 says 2062-01-03" in r.stdout + r.stderr,
       f"nor do rows of a file without a day: {r.stdout} {r.stderr}")
    place.now = "2036-01-04T06:00:00Z"
    place.tocsin("finding", "mark", "1", "fixed")
    came(place, 2, "192.0.2.129", "192.0.2.130")
    came(place, 3, "192.0.2.129", "192.0.2.130")
    same(state(place, 1), "open", "a claim of 2036 does not hold against what is seen")
    place.tocsin("finding", "mark", "1", "fixed")
    same(state(place, 1), "claimed-fixed", "one of today does")
    came(place, 5, "192.0.2.129", "192.0.2.130")
    same(state(place, 1), "relapsed", "until it is seen again")
    before = place.findings()
    place.tocsin("rebuild")
    same(place.findings(), before, "computed anew it is the same")


def all_dead(place):
    """The publisher stops for good: that is never fine."""
    for n in range(10):
        came(place, n, "192.0.2.129")
    said = f"No report has come since {day(9)}."
    for now, missing in ((day(10), False), (day(12), True), (day(40), True), (day(100), True)):
        place.now = now + "T06:00:00Z"
        morning, types = place.tocsin("morning").stdout, place.tocsin("types").stdout
        same((said in morning, said in types), (missing, missing), f"{now}: it is said")
        same("of 0 the latest day" in types, not missing, f"{now}: the latest day is missing")
    needs = place.tocsin("morning").stdout.split("fine")[0]
    ok(said in needs, "as something for hands")
    same(place.json_lines("morning", "--json")[0]["no_report_since"], day(9), "for programs, too")


def failed_files(place):
    """What failed is told until somebody looked at it, or until it came mended."""
    place.now = day(1) + "T06:00:00Z"
    bad = [place.write(n, "no feed, and no table\n" * k) for k, n in
           enumerate((f"{day(0)}-scan_rdp.csv", "notes.md"), 1)]
    place.tocsin("import", *bad, check=False)
    failed = place.json_lines("morning", "--json")[0]["files_failed"]
    same(failed, 2, "two failed")
    came(place, 0, "192.0.2.129")
    files = {f["id"]: (f["file"], f["state"]) for f in place.json_lines("files", "--json")}
    same(sorted(files.values()), [(f"{day(0)}-scan_rdp.csv", "aside"), (f"{day(0)}-scan_rdp.csv", "read"),
                                  ("notes.md", "failed")], "the mended one replaces that of its name")
    notes = next(str(i) for i, f in files.items() if f[0] == "notes.md")
    read = next(str(i) for i, f in files.items() if f[1] == "read")
    place.tocsin("files", "aside", notes)
    same(place.json_lines("morning", "--json")[0]["files_failed"], 0, "the other is put aside by hand")
    r = place.tocsin("files", "aside", read, check=False)
    ok(r.returncode != 0 and "did not fail" in r.stderr, f"what was read is not: {r.stderr.strip()}")
    same(place.json_lines("quarantine", "--json"), [], "quarantine does not list them")
    r = place.tocsin("import", bad[1], check=False)
    same((r.returncode, place.json_lines("morning", "--json")[0]["files_failed"]), (1, 1),
         "given again it fails again, and is told again")
    with web.Service(place) as s:
        b = s.finish("ann", s.link("ann", "analyst"))
        page = b.get("/quarantine")
        ok("notes.md" in page.text, "the page has it")
        page = b.post(f"/files/{notes}/aside", page.form(f"/files/{notes}/aside")["fields"])
        ok(page.status == 200 and "notes.md" not in page.text, "and its button puts it aside")


def tidy(place):
    """What is kept in originals leaves in/done after two weeks, and mails of a dry run after a
    month; the folder's own clock is the machine's, so these days are real ones."""
    at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(1)
    today = (at.date() - FIRST).days
    inbox, done = os.path.join(place.dir, "in"), os.path.join(place.dir, "in", "done")
    names = [os.path.basename(report(today - n, "192.0.2.129", folder=inbox)) for n in (3, 2, 1)]
    place.now = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    with web.Service(place):
        ok(until(lambda: set(names) <= set(os.listdir(done)), 30, 0.2), "three files are taken in")
    with open(os.path.join(done, names[1]), "a", encoding="utf-8") as f:
        f.write("more\n")
    same(place.tocsin("evidence", "1").returncode, 0, "their rows are there")
    for name in ("notice-1.eml", "mine.txt"):
        os.makedirs(os.path.join(place.dir, "dry-run"), exist_ok=True)
        place.write(os.path.join("data", "dry-run", name), "x")
    dry = os.path.join(place.dir, "dry-run")
    for days, left, mails in ((10, names, 2), (16, names[1:2], 2), (33, names[1:2], 1)):
        place.now = (at + datetime.timedelta(days)).strftime("%Y-%m-%dT%H:%M:%SZ")
        with web.Service(place) as s:
            until(lambda: len(os.listdir(done)) == len(left) and len(os.listdir(dry)) == mails, 15, 0.2)
            if days == 10:
                time.sleep(12)
        same((sorted(os.listdir(done)), len(os.listdir(dry))), (sorted(left), mails),
             f"after {days} days: what is not kept elsewhere stays")
    same(place.tocsin("evidence", "1").returncode, 0, "rows can be shown as before")


def folders(place):
    """Files in a folder below in/ wait for ever: that is said."""
    os.makedirs(os.path.join(place.dir, "in", "2026", "01"))
    report(0, "192.0.2.129", folder=os.path.join(place.dir, "in", "2026", "01"))
    place.now = day(1) + "T05:00:00Z"
    with web.Service(place) as s:
        until(lambda: "2026 is a folder" in s.read_log(), 15, 0.2)
        time.sleep(3)
        same(s.read_log().count("in/2026 is a folder: what lies in it is not taken in"), 1, "once in the log")
    room = {r["item"]: r for r in place.json_lines("doctor", "--json", check=False)[0]["rows"]
            if r["section"] == "room"}
    ok(room["in"]["state"] == "warning" and "1 folder in it" in room["in"]["value"], f"by doctor: {room['in']}")
    ok("MiB in 0 files" in room["originals"]["value"], f"with what takes room: {room['originals']}")


def handed(place, now):
    place.now = now
    return place.json_lines("notices", "deliver", "--json")[-1]["handed_over"]


def switched_on(place):
    """What waited while sending was off does not leave in the second in which it is on again; nor
    does a clock that was ahead for a day put a mail off by years."""
    sure = ("sending", "on", "--yes-mail-leaves-the-house")
    with post.Sink(place.path("sink"), "--all-delivered") as sink:
        conf(place, "mail.relay", sink.url)
        came(place, 0, "192.0.2.129", "198.51.100.3")
        place.now = day(1) + "T07:00:00Z"
        ok("wait" not in place.tocsin(*sure).stdout, "nothing waits when it is switched on first")
        run = place.json_lines("notices", "draft", "--json")[0]["run"]
        place.tocsin("notices", "approve", "--run", str(run), "--held")
        place.tocsin("notices", "send")
        place.tocsin("sending", "off")
        place.now = day(8) + "T07:00:00Z"
        said = place.tocsin(*sure).stdout
        ok(f"2 notices wait, the oldest since {day(1)} 07:00:00" in said and
           f"From {day(8)} 07:10:00 UTC on they leave" in said, f"it says what leaves, and when: {said}")
        same(handed(place, day(8) + "T07:00:01Z"), 0, "nothing leaves at once")
        ok("1 " in place.tocsin("notices", "undo", "1").stdout, "one is taken back")
        same(handed(place, day(8) + "T07:10:00Z"), 1, "the other goes when the time is over")
        place.now = "2036-01-04T07:00:00Z"
        place.tocsin("notices", "send")
        place.now = day(9) + "T07:00:00Z"
        same(handed(place, place.now), 0, "a mail of 2036 is given its time")
        same(handed(place, day(9) + "T07:10:00Z"), 1, "and goes")


def subscriptions(place):
    """Of two files a day of one type one stops: its findings become fixed by silence, and that is
    not hidden."""
    for n in range(12):
        place.now = day(n + 1) + "T06:00:00Z"
        for k, net in enumerate(("192.0.2.129", "198.51.100.3")):
            if k == 1 and n >= 5:
                continue
            path = report(n, net, place=place)
            os.rename(path, path.replace(".csv", f"-as6449{k}.csv"))
            place.import_files([path.replace(".csv", f"-as6449{k}.csv")])
        if n == 4:
            ok("by silence" not in place.tocsin("types").stdout, "while both come nothing is said")
    said = place.tocsin("types").stdout
    ok(f"DAY-scan_rdp-as64491.csv: no file with rows since {day(4)}" in said, f"types says it: {said[-300:]}")
    ok("as64490" not in said, "and not of the other")
    rows = place.json_lines("doctor", "--json", check=False)[0]["rows"]
    ok([r for r in rows if r["section"] == "reports" and "as64491" in r["value"]], "doctor warns")
    place.now = day(40) + "T06:00:00Z"
    ok("as64490" not in place.tocsin("types").stdout, "when none comes it is no matter of one file")


def main():
    for part in (outage, subscriptions, switched_on, tidy, folders, far_east, zones, far_future, all_dead, failed_files):
        with story.Place() as place:
            country(place)
            part(place)
    story.end()


if __name__ == "__main__":
    main()

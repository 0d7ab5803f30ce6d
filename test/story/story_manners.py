#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_manners.py - how the program answers what goes wrong or is asked oddly: files that are no
# feed, long paths, reasons given late, a seed that fails, failures told once. Depends on: story.
import json
import os
import shutil
import sqlite3

import story

FEED = "timestamp,ip,port,protocol\n2026-06-01 10:00:00,192.0.2.9,3389,tcp\n"
TEAM = ["--name", "Test team", "--mail", "cirt@cirt.example", "--country", "XT"]
DELEGATED = ("2.3|newnic|20260601|4|19700101|20260601|+0000\n"
             "newnic|*|ipv4|*|2|summary\n"
             "newnic|XT|ipv4|192.0.2.0|256|20100101|allocated|A1\n"
             "newnic|XT|ipv6|2001:db8::|32|20100101|allocated|A1\n"
             "newnic|XT|asn|64496|3|20100101|allocated|A1\n"
             "newnic|YY|ipv4|198.51.100.0|256|20100101|allocated|A2\n")


def no_feeds(place):
    texts = {
        "2026-06-01-letter-xt.csv": "Dear colleagues, please find the list attached.\n",
        "2026-06-01-scan_json-xt.csv": '{"timestamp": "2026-06-01 10:00:00", "ip": "192.0.2.1"}\n',
        "2026-06-01-login-xt.csv": "<!DOCTYPE html>\n<html><p>Log in first</p></html>\n",
        "2026-06-01-scan_rdp-xt.csv": "",
        "2026-06-02-scan_rdp-xt.csv": "ip,port\n192.0.2.1,3389\n",
        "2026-06-03-scan_rdp-xt.csv": "timestamp,port\n2026-06-01 10:00:00,3389\n",
    }
    before = {t["type"]: t for t in place.json_lines("types", "--json")}
    done = place.tocsin("import", "--json", *[place.write(n, t) for n, t in texts.items()],
                        check=False)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    story.same(done.returncode, 1, "a file that is no feed: exit 1")
    story.same([a["rows"] for a in answers], [0] * len(texts), "none has rows")
    for a, says in zip(answers, ["with a time"] * 3 + ["is empty", "with a time", "address or name"]):
        story.ok(a["error"] and says in a["error"], f"{os.path.basename(a['file'])}: {a['error']}")
    after = {t["type"]: t for t in place.json_lines("types", "--json")}
    story.same(set(after) - set(before), {"unknown"}, "no type is named after it")
    story.same({n: t for n, t in after.items() if n != "unknown"}, before, "no report arrived by it")
    failed = [q for q in place.json_lines("quarantine", "--json") if q["reason"] == "failed-file"]
    story.same([q["file"] for q in failed], list(texts), "all are kept, and listed")
    again = place.tocsin("import", place.path("2026-06-01-letter-xt.csv"), check=False)
    story.ok(again.returncode == 1 and "is this a feed?" in again.stdout, "so they are once more")


def long_path(place):
    folder = place.root
    for _ in range(4):
        folder = os.path.join(folder, "f" * 100)
        os.mkdir(folder)
    path = os.path.join(folder, "2026-06-04-scan_rdp-xt.csv")
    with open(path, "w", encoding="utf-8") as f:
        f.write(FEED)
    answer = place.import_files([path])[0]
    story.same((answer["file"], answer["rows"], answer["error"]), (path, 1, None),
               "a path of 500 bytes is taken, and shown as it was given")
    packed = shutil.make_archive(os.path.join(folder, "day"), "zip", folder,
                                 "2026-06-04-scan_rdp-xt.csv")
    answer = place.import_files([packed])[0]
    story.same((answer["file"], answer["duplicate_file"]),
               (packed + "/2026-06-04-scan_rdp-xt.csv", True), "a member behind its archive")
    listed = place.tocsin("files").stdout
    story.ok("2026-06-04-scan_rdp-xt.csv" in listed and "\u2026" not in listed,
             "a table on a pipe is not cut")


def reasons(place):
    run = place.json_lines("notices", "draft", "--json")[0]
    number = str(run["run"])
    said = place.tocsin("notices", "approve", "--run", number).stdout
    story.ok(f"0 notices changed, {run['notices']} left held." in said and "--held" in said,
             "what is held needs --held, and that is said")
    first = place.json_lines("notices", "list", "--json")[0]["id"]
    place.tocsin("notices", "hold", str(first), "--why", "the minister reads it first")
    story.ok("the minister reads it first" in place.tocsin("notices", "show", str(first)).stdout,
             "a reason for what is held already is kept")
    trail = place.json_lines("audit", "list", "--json", "--limit", "1")[0]
    story.same((trail["action"], trail["object"], trail["detail"]),
               ("notice.hold", f"notice {first}", "the minister reads it first"), "in the trail")
    wrong = place.tocsin("notices", "approve", "99999", check=False)
    story.same((wrong.returncode, wrong.stderr), (1, "tocsin: no notice 99999\n"),
               "a failure is told once")


def words(place):
    known = [line.split()[:2] for line in story.run("help").stdout.splitlines()
             if line.startswith("  ")]
    for first in ("audit", "register", "notices"):
        seconds = [w[1] for w in known if w[:1] == [first]]
        done = place.tocsin(first, check=False)
        story.ok(len(seconds) > 1 and done.returncode == 2 and done.stderr == f"tocsin: {first} "
                 f"needs one more word: {', '.join(seconds)}\n", f"{first} alone says what may follow")
    done = story.run("-d", place.path("nowhere"), "files", check=False)
    story.ok(done.returncode == 1 and "no such folder" in done.stderr, "why a folder does not open")
    header = place.write("domains.csv", "domain,organisation,colour\na.example,A,red\n")
    said = place.tocsin("register", "import", "--dry-run", header).stdout
    story.ok("  header, colour: " in said and "row 0" not in said, "the header is no row 0")
    doctor = place.tocsin("doctor", check=False).stdout
    story.ok("at most 256 MiB" in doctor or "AddressSanitizer" in doctor, "memory in MiB")


def history(place):
    db = sqlite3.connect(os.path.join(place.dir, "tocsin.db"))
    db.execute("UPDATE migration SET sha256 = 'x' || sha256 WHERE version = 1")
    db.commit()
    db.close()
    for command in (["findings"], ["rebuild"]):
        done = place.tocsin(*command, check=False)
        story.ok(done.returncode == 1 and "step 1 of the schema" in done.stderr,
                 f"{command[0]}: another history of the schema is refused")


def seeds(place):
    there = place.path("new")
    lost = story.run("init", *TEAM, "--delegated", place.path("lost"), there, check=False)
    story.ok(lost.returncode == 1 and "cannot open" in lost.stderr, "a seed that is not there")
    bad = place.write("bad.csv", "colour,taste\nred,sweet\n")
    wrong = story.run("init", *TEAM, "--delegated", bad, there, check=False)
    story.same(wrong.returncode, 1, "a seed that is none")
    path = place.write("delegated.txt", DELEGATED)
    good = story.run("init", *TEAM, "--delegated", path, there, check=False)
    story.ok(good.returncode == 0 and "Took 2 networks of XT" in good.stdout and
             "3 AS numbers" in good.stdout, "the same init goes on, and says what it took")
    story.same(story.run("init", *TEAM, there, check=False).returncode, 1, "once; not twice")
    said = story.run("-d", there, "register", "import", "--country", "XT", path).stdout
    story.ok("2 rows" in said and "2 the same" in said and "3 AS numbers left out" in said,
             "AS numbers are no rows")


with story.Place() as place:
    place.init_demo()
    place.import_files(place.feeds("D", 0)[1])
    no_feeds(place)
    long_path(place)
    reasons(place)
    words(place)
    seeds(place)
    history(place)
story.end()

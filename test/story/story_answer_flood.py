#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_answer_flood.py - whoever holds one answer link wants to stop the team's work or to fill
# its disk: millions of rows that are wrong, a parser that does not come back, thousands of
# refusals. The team's own acts go on, and what was taken is told.
# Depends on: Python 3, the built program.
import json
import os
import re
import signal
import threading
import time

import story
import web
from story import ok, same
from watch import role, until

HOLDERS = "prefix,holder,sector,language,contact,inside_asn\n192.0.2.0/28,University,academia,en,,\n"
CONTACTS = ("organisation,name,role,language,email,phone,pgp\n"
            "University,,security,en,soc@uni.xt.example,,\n")
HEAD = b"finding,answer,comment\n"


def prepare(place):
    """One notice that was sent."""
    place.init_demo()
    conf = open(place.dir + "/tocsin.conf", encoding="utf-8").read()
    with open(place.dir + "/tocsin.conf", "w", encoding="utf-8") as f:
        f.write(conf.replace("web.url = \n", "web.url = https://cirt.example\n"))
    place.now = "2026-06-02T06:00:00Z"
    place.tocsin("register", "import", place.write("holders.csv", HOLDERS),
                 place.write("contacts.csv", CONTACTS))
    rows = "".join(f"2026-06-01 10:00:00,critical,192.0.2.{n},tcp,23,\n" for n in (1, 2, 3))
    place.import_files([place.write("2026-06-01-scan_telnet-test-xt.csv",
                                    "timestamp,severity,ip,protocol,port,hostname\n" + rows)])
    run = place.json_lines("notices", "draft", "--json")[0]
    place.tocsin("notices", "approve", "--run", str(run["run"]), "--held")
    return place.json_lines("notices", "list", "--json")[0]["id"]


def link(place, notice):
    """/a/TOKEN"""
    return re.search(r"/a/[a-z2-7]{26}", place.tocsin("answer", "link", str(notice)).stdout)[0]


def send(s, path, table):
    return web.Browser(s).request("POST", path + "/csv", table, {"Content-Type": "text/csv"})


def beside(fn, act):
    """What fn and act, begun while fn runs, answered, and how long each took."""
    seen = {}

    def timed(name, f):
        began = time.monotonic()
        seen[name] = f(), time.monotonic() - began
    t = threading.Thread(target=timed, args=("fn", fn))
    t.start()
    time.sleep(0.5)
    timed("act", act)
    t.join()
    return seen["fn"], seen["act"]


def wrong_rows(s, place, notice, path):
    table = HEAD + b"x,y\n" * 3900000
    (page, took), (_, waited) = beside(lambda: send(s, path, table), lambda: link(place, notice))
    same((page.status, "100000" in page.text), (413, True), "millions of wrong rows are too many")
    ok(took < 8 and waited < 4, f"an act beside it waits {waited:.1f} s, the file takes {took:.1f} s")


def slow_parser(s, place, notice, path):
    """A file that the parser never ends with: here it is stopped."""
    until(lambda: role(s.p.pid, "parse"))
    os.kill(role(s.p.pid, "parse"), signal.SIGSTOP)
    (page, took), (_, waited) = beside(lambda: send(s, path, HEAD + b"all,working,slow\n"),
                                       lambda: link(place, notice))
    ok(page.status == 400 and 4 < took < 15, f"a parser that is silent is given up: {page.status}, {took:.1f} s")
    ok(waited < 10, f"an act beside it waits {waited:.1f} s")
    same(json.loads(send(s, path, HEAD + b"all,working,again\n").text)["taken"], 1, "another one reads on")


def counted(s, path):
    page = send(s, path, HEAD + b"".join(b"all,working,%d\n" % n for n in range(99000)))
    got = json.loads(page.text)
    same((page.status, got.get("taken"), got.get("refused"), len(got.get("problems", []))),
         (200, 1, 98999, 5000), "what was taken is told, and of what was refused enough")
    got = json.loads(send(s, path, HEAD + b"x,y\n" * 60000 + b"77777,fixed\n" * 100).text)
    same((got["taken"], got["refused"], len(got["problems"])), (0, 60001, 5000),
         "all that cannot be read is counted")


def kept(s, place, path):
    """Another comment, again and again: what is kept for ever has an end."""
    b, codes = web.Browser(s), []
    for n in range(80):
        codes.append(b.post(path, {"answer": "need-help", "comment": f"help {n}"}, follow=False).status)
    rows = place.json_lines("answers", "--limit", "1000", "--json")
    ok(codes[0] == 303 and codes[-1] == 503 and codes.count(303) < 65 and len(rows) == 65,
       f"65 answers a day by the links of three findings: {codes.count(303)}, {len(rows)} in all")
    same(send(s, path, HEAD + b"all,working,more\n").status, 503, "in a file, too")


def main():
    with story.Place() as place:
        notice = prepare(place)
        path = link(place, notice)
        with web.Service(place) as s:
            wrong_rows(s, place, notice, path)
            counted(s, path)
            slow_parser(s, place, notice, path)
            kept(s, place, path)
    story.end()


main()

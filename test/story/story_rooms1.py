#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_rooms1.py - the rooms of what was found, from outside: lists against the command
# line's, one finding, its original rows, marking; files, quarantine, giving a file; what is
# asked for while work is busy. Depends on: Python 3, the built program.
import csv
import io
import json
import os
import re
import subprocess
import time
import urllib.parse

import story
import web
from story import ok, same

DAYS = 12
LIVE = "open,claimed-fixed,relapsed"


def ids(page):
    return [int(i) for i in re.findall(r'<th scope="row"><a href="/findings/(\d+)">', page.text)]


def walk(b, query):
    """All pages of a list; their ids."""
    path, got, pages = "/findings?" + query, [], 0
    while path and pages < 200:
        page = b.get(path)
        if page.status != 200 or page.bad:
            return page.status, page.bad
        got += ids(page)
        pages += 1
        rest = re.search(r'rel="next" href="([^"]*)"', page.text)
        path = rest and rest[1].replace("&amp;", "&")
    return got


def lists(place, b):
    worst = {"critical": 5, "high": 4, "medium": 3, "low": 2, "info": 1}
    some = place.findings("--state", LIVE)
    org = next(f["organisation"] for f in some if f["organisation"])
    family = next(f["family"] for f in some if f["family"])
    address = next(f["address"] for f in some if f["address"] and ":" not in f["address"])
    network = ".".join(address.split(".")[:3]) + ".0/24"
    report = some[0]["report_type"]
    operator = next(f["network_holder"] for f in some if f["network_holder"])
    for query, args in [
            ({}, ["--state", LIVE]),
            ({"state": "any"}, ["--state", "any"]),
            ({"state": "fixed"}, ["--state", "fixed"]),
            ({"state": "relapsed"}, ["--state", "relapsed"]),
            ({"severity": "high"}, ["--state", LIVE, "--severity", "high"]),
            ({"organisation": org}, ["--state", LIVE, "--organisation", org]),
            ({"network": operator}, ["--state", LIVE, "--network-holder", operator]),
            ({"type": "infected-system", "state": "any"},
             ["--type", "infected-system", "--state", "any"]),
            ({"identifier": some[0]["identifier"]},
             ["--state", LIVE, "--identifier", some[0]["identifier"]]),
            ({"family": family}, ["--state", LIVE, "--family", family]),
            ({"where": address}, ["--state", LIVE, "--address", address]),
            ({"where": network, "state": "any"}, ["--address", network, "--state", "any"]),
            ({"new": story.day_text(DAYS - 2)},
             ["--state", LIVE, "--new-since", story.day_text(DAYS - 2)]),
            ({"report": report}, ["--state", LIVE, "--report", report]),
            ({"nobody": "1"}, ["--state", LIVE, "--unattributed"]),
            ({"relapsed": "1", "state": "any"}, ["--relapsed", "--state", "any"])]:
        want = place.findings(*args)
        want.sort(key=lambda f: (worst.get(f["severity"], 0), f["last_seen"], f["id"]),
                  reverse=True)
        same(walk(b, urllib.parse.urlencode(query)), [f["id"] for f in want],
             f"{query}: the {len(want)} that the command finds, the worst first")
    want = sorted(some, key=lambda f: (f["last_seen"], f["id"]))
    same(walk(b, "order=oldest"), [f["id"] for f in want], "what was not seen for longest first")
    same(walk(b, "order=newest"), [f["id"] for f in reversed(want)], "what was seen last first")
    same(walk(b, "order=id"), sorted(f["id"] for f in some), "by number")
    for query, status, words in [
            ("state=new", 400, ""), ("severity=bad", 400, ""), ("order=up", 400, ""),
            ("after=1-2", 400, ""), ("after=9-1-1", 400, ""), ("more=1", 400, ""),
            ("organisation=nobody-of-that-name", 400, "No organisation is called"),
            ("where=%3Cb%3E", 400, "is no address"), ("new=yesterday", 400, "is no date"),
            ("report=none", 400, "came yet"), ("family=none", 200, "No finding fits")]:
        page = b.get("/findings?" + query)
        ok(page.status == status and words in page.words and not page.bad, f"?{query}: {status}")
    ok("<b>" not in b.get("/findings?where=%3Cb%3E").text.split("</form>")[1][:600],
       "what was typed is text")
    page = b.get("/findings?state=any&relapsed=1&where=192.0.2.0%2F24")
    ok("/findings?state=any&where=192.0.2.0%2F24&relapsed=1&lang=ar" in page.links,
       "another language of a list is the same list")


def files(place, b):
    """The same list to keep."""
    args = ["--state", "any", "--severity", "high"]
    want = {f["id"]: f for f in place.findings(*args)}
    page = b.get("/findings/jsonl?state=any&severity=high")
    got = [json.loads(line) for line in page.text.splitlines()]
    same({f["id"]: f for f in got}, want, "JSON Lines: what the command says, member by member")
    ok("TLP-AMBER.jsonl" in page.header("Content-Disposition") and
       page.header("X-Content-Type-Options") == "nosniff", "its name says the TLP")
    page = b.get("/findings/csv?state=any&severity=high")
    rows = list(csv.DictReader(io.StringIO(page.text)))
    same(sorted(int(r["id"]) for r in rows), sorted(want), "CSV: the same")
    ok(all(not v[:1] in "=+-@" for r in rows for v in r.values() if v),
       "no cell that a spreadsheet would calculate")
    ok(any(r["identifier"].startswith("'=") for r in rows), "a formula of a feed is text")


def one(place, people):
    head, analyst, reader = people["head"], people["analyst"], people["reader"]
    fid = next(f["id"] for f in place.findings("--state", "relapsed"))
    told = place.json_lines("finding", str(fid), "--json")[0]
    page = reader.get(f"/findings/{fid}")
    same((page.status, page.bad), (200, []), "one finding is a whole page")
    for what in ("type", "identifier", "organisation", "report_type", "address"):
        ok(told[what] is None or told[what] in page.words, f"it says {what}")
    ok(all(s["day"] in page.words for s in told["sightings"]), "each day")
    ok(all(s["name"] in page.words for s in told["files"]), "each file")
    ok(all(n["recipient"] in page.words for n in told["notices"]) and
       page.text.count('href="/notices/') == len(told["notices"]), "each notice")
    same(page.text.count('width="4"'), len(told["sightings"]), "a bar for each day")
    ok(page.form(f"/findings/{fid}/mark") is None, "a reader has no form to mark it")
    rows = list(place.json_lines("evidence", str(fid), "--json"))
    page = reader.get(f"/findings/{fid}/evidence")
    ok(page.status == 200 and not page.bad and page.text.count('class="original"') ==
       min(len(rows), 50), f"{len(rows)} original rows")
    ok(all(v in page.words for k, v in rows[0].items() if isinstance(v, str) and "://" not in v),
       "with each of their cells")
    path = f"/findings/{fid}/mark"
    page = analyst.send(f"/findings/{fid}", path, {"state": "fixed", "comment": "they =called\nus"})
    ok("marked as said to be fixed" in page.words and "claimed fixed" in page.words,
       "an analyst marks it, and it is said what that means")
    same(place.json_lines("finding", str(fid), "--json")[0]["state"], "claimed-fixed",
         "the command sees the same")
    audit = head.get("/audit").words
    ok("user:analyst" in audit and "they =called" in audit, "who did it and why is in the trail")
    page = analyst.send(f"/findings/{fid}", path, {"state": "open"})
    ok("is taken back" in page.words, "and takes it back")
    form = analyst.get(f"/findings/{fid}").form(path)["fields"]
    same(analyst.post(path, {**form, "state": "gone"}).status, 400, "no such state")
    same(reader.post(path, {"form": "0" * 64, "state": "fixed"}).status, 404, "a reader may not")
    same(people["keeper"].get(f"/findings/{fid}").status, 404, "nor may the keeper look")
    same([head.get(p).status for p in ("/findings/99999999", "/findings/0", "/findings/01",
                                       "/findings/99999999/evidence")], [404] * 4,
         "what is not there")


def huge(place, reader):
    """Rows of which each cell grows threefold when its links are written so that they lead nowhere."""
    fid = next(f["id"] for f in place.findings("--state", "any") if f["family"] == "large")
    page = reader.get(f"/findings/{fid}/evidence")
    same((page.status, page.bad), (200, []), "original rows of 8 MB: a page is shown")
    ok("x[://][.][.]" in page.text and "\u2026" in page.text and 1 <= page.text.count('class="original"') < 17,
       "with as much of them as a page takes, and it says so")
    ok("is shown." in page.words or "are shown." in page.words, "in words")


def links(b, place):
    """A link in a feed leads nowhere."""
    fid = next(f["id"] for f in place.findings("--state", "any", "--report", "phish_url"))
    page = b.get(f"/findings/{fid}/evidence")
    ok("hxxp" in page.words and "://" not in page.words.replace("[://]", ""),
       "addresses in original rows do not work")


def refused(place, b):
    page = b.get("/quarantine")
    ok(page.status == 200 and not page.bad and "&lt;script&gt;" in page.text and
       "<script" not in page.text, "a refused row is shown, as text")
    ok("its time is empty" in page.words and "stray_column" in page.words,
       "why it was refused, and a column that nobody knows")
    page = b.get("/files")
    rows = place.json_lines("quarantine", "--json")
    for name in ("stray", "empty-time"):
        fid = next(r["file_id"] for r in rows if r["file"].endswith(f"-{name}.csv"))
        ok(f'href="/quarantine?file={fid}"' in page.text, f"the list of files leads to {name}'s")
        words = b.get(f"/quarantine?file={fid}").words
        ok(("-stray.csv" in words, "-empty-time.csv" in words) == (name == "stray", name != "stray"),
           "those of one file, and of no other")
    same([b.get(p).status for p in ("/quarantine?after=1", "/quarantine?after=1:x",
                                    "/quarantine?file=0")], [400] * 3, "a place that is none")
    page = b.get("/feeds")
    ok(page.status == 200 and not page.bad and "scan_rdp" in page.words and
       'class="came"' in page.text, "which report types arrive")


def give(b, name, data, fields=None, page="/upload"):
    form = b.get(page).form("/upload")["fields"]
    edge = "----edge7M"
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
             for k, v in {"form": form["form"], **(fields or {})}.items()]
    parts += [f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
              f'Content-Type: text/csv\r\n\r\n'.encode() + data + b"\r\n", f"--{edge}--\r\n".encode()]
    return b.request("POST", "/upload", b"".join(parts), {
        "Content-Type": f"multipart/form-data; boundary={edge}", "Origin": "http://" + b.service.host,
        "Sec-Fetch-Site": "same-origin"}, follow=True)


def upload(place, people):
    analyst = people["analyst"]
    rows = [f'"{story.day_text(DAYS)} 03:00:0{i}",192.0.2.{i + 1},tcp,3389' for i in range(4)]
    data = ("timestamp,ip,protocol,port\n" + "\n".join(rows) + '\n,192.0.2.9,tcp,3389\n').encode()
    name = f"{story.day_text(DAYS)}-scan_rdp-given.csv"
    page = give(analyst, name, data)
    ok(page.status == 200 and "It is done and kept" in page.words and not page.bad,
       "a file is given and taken")
    last = place.json_lines("files", "--json", "--limit", "1")[0]
    same((last["file"], last["rows"], last["quarantined"]), (name, 5, 1), "it is there")
    ok(re.search(r"Rows\s*5\s", page.words) and re.search(r"In quarantine\s*1\s", page.words) and
       re.search(rf"New findings\s*{last['new_findings']}\s", page.words), "its counts are shown")
    page = give(analyst, name, data)
    ok("taken before" in page.words, "the same again changes nothing")
    page = give(analyst, "x.csv", b"\x00\xff\x00" * 500)
    ok("could not be read to its end: the header has no column with a time" in page.words and
       "It is done" not in page.words and
       place.json_lines("files", "--json", "--limit", "1")[0]["state"] == "failed",
       "what is no feed says so")
    page = give(analyst, "y.csv", b"")
    ok(page.status == 400 and "No file was chosen" in page.words, "an empty one")
    same(people["reader"].get("/upload").status, 404, "a reader gives none")
    same(people["head"].get("/jobs/1").status, 404, "a job that is none")
    job = re.search(r'href="(/jobs/\d+)"', analyst.get("/jobs").text)[1]
    same([people[p].get(job).status for p in ("analyst", "head", "reader", "keeper")],
         [200, 200, 404, 404], "what came of it is for who asked, and for the head")
    return job


def after_a_restart(place, analyst, job):
    """What came of a job is forgotten then; what it did is not, and its page says where that is."""
    with web.Service(place) as s:
        analyst.service = s
        page = analyst.get(job)
        ok(page.status == 404 and "Not known any more" in page.words and "/files" in page.links,
           "an old job's page leads on")
        ok("scan_rdp-given.csv" in analyst.get("/files").words, "to the file that was taken")
        ok("scan_rdp-given.csv" in analyst.get("/jobs").words, "which stands among what ended lately")


def busy(place, people):
    """A long import: pages go on, what is asked for waits in a line and is done."""
    analyst, head = people["analyst"], people["head"]
    path = place.path(f"{story.day_text(DAYS)}-scan_telnet-long.csv")
    with open(path, "w", encoding="utf-8") as f:
        f.write("timestamp,ip,protocol,port\n")
        for i in range(400000):
            f.write(f"{story.day_text(DAYS)} 04:00:00,10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255},"
                    "tcp,23\n")
    fid = place.findings("--state", "open")[0]["id"]
    with subprocess.Popen([story.TOCSIN, "-d", place.dir, "--now", place.now, "import", path],
                          stdout=subprocess.DEVNULL) as p:
        deadline, page = time.time() + 30, None
        while time.time() < deadline and p.poll() is None:
            page = head.get("/jobs")
            if "So far" in page.words:
                break
            time.sleep(0.02)
        ok(re.search(r"Now\s+What\s*Read a feed file\s+Who\s*cli:\d+\s+Since.*So far\s*\d+", page.words,
                     re.S) and page.header("Refresh"), "what work does now, and the page looks again by itself")
        form = analyst.get(f"/findings/{fid}").form(f"/findings/{fid}/mark")["fields"]
        began = time.time()
        page = analyst.post(f"/findings/{fid}/mark", {**form, "state": "fixed"}, follow=False)
        took, running = time.time() - began, p.poll() is None
        job = page.header("Location") or ""
        ok(took < 4 and running and job.startswith("/jobs/"),
           f"a mark meanwhile is in the line after {took:.1f} s: {job}")
        page = analyst.get(job)
        ok("It waits" in page.words and page.header("Refresh"), "and its page says that it waits")
        began = time.time()
        same(analyst.get("/findings").status, 200, "pages go on meanwhile")
        ok(time.time() - began < 2, "without waiting")
        p.wait(600)
    deadline = time.time() + 30
    while time.time() < deadline and "It is done and kept" not in page.words:
        time.sleep(0.1)
        page = analyst.get(job)
    ok("It is done and kept" in page.words and not page.header("Refresh"), "then it is done")
    same(place.json_lines("finding", str(fid), "--json")[0]["state"], "claimed-fixed",
         "and the finding is marked")


def lookup(place, b):
    for what in ("192.0.2.7", "hxxps://finance[.]gov[.]xt[.]example/x", "AS64496", "203.0.113.0/24"):
        want = place.json_lines("lookup", "--json", what)[0]
        page = b.get("/lookup?" + urllib.parse.urlencode({"what": what}))
        ok(page.status == 200 and not page.bad and
           (want["holder"] or "nobody is registered") in page.words, f"{what}: {want['holder']}")
    page = b.get("/lookup?what=%3Cscript%3E")
    ok(page.status == 400 and "<script" not in page.text, "what is none of these")
    head, place_of = "prefix,holder,sector,language,contact,inside_asn\n", "198.18.7.9"
    for name in ("Lighthouse", "Windmill"):
        place.tocsin("register", "import",
                     place.write("holders.csv", f"{head}198.18.7.0/28,{name},,en,,\n"))
        ok(name in b.get(f"/lookup?what={place_of}").words, f"the register as it is now: {name}")
    place.tocsin("register", "remove", "198.18.7.0/28")
    ok("Windmill" not in b.get(f"/lookup?what={place_of}").words, "and what left it is not there")


def main():
    with story.Place() as place:
        place.init_demo()
        for day in range(DAYS):
            place.now = story.day_text(day + 1) + "T07:00:00Z"
            place.import_files(place.feeds("D", day)[1])
        place.json_lines("notices", "draft", "--json")
        place.now = story.day_text(DAYS) + "T08:00:00Z"
        stray = place.write(f"{story.day_text(DAYS - 1)}-scan_rdp-stray.csv",
                            "timestamp,ip,port,stray_column\n,192.0.2.1,80,<script>alert(1)</script>\n")
        formula = place.write(f"{story.day_text(DAYS - 1)}-event4_sinkhole-formula.csv",
                              "timestamp,src_ip,infection,severity\n"
                              f"{story.day_text(DAYS - 1)} 01:00:00,192.0.2.77,=cmd,critical\n")
        day, wide = story.day_text(DAYS - 1), 110
        large = place.write(f"{day}-event4_sinkhole-large.csv",
                            "timestamp,src_ip,src_port,infection," + ",".join(f"zz{i}" for i in range(wide)) + "\n" +
                            "".join(f"{day} 01:00:{i},192.0.2.78,{3000 + i},large" +
                                    (",x://" + "." * 4080) * wide + "\n" for i in range(10, 27)))
        other = place.write(f"{story.day_text(DAYS - 1)}-scan_rdp-empty-time.csv",
                            "timestamp,ip,port\n,192.0.2.2,81\n")
        place.import_files([stray, formula, large, other])
        with web.Service(place) as s:
            people = {r: s.enrol(r) for r in ("head", "analyst", "reader", "keeper")}
            lists(place, people["reader"])
            files(place, people["reader"])
            one(place, people)
            huge(place, people["reader"])
            links(people["reader"], place)
            refused(place, people["reader"])
            lookup(place, people["reader"])
            job = upload(place, people)
            busy(place, people)
            log = s.read_log()
            ok("failed" not in log.replace("sign-in", ""), "nothing failed that should not: " + log[-300:])
        place.now = story.day_text(DAYS) + "T08:20:00Z"  # later than the first service, before sessions idle out
        after_a_restart(place, people["analyst"], job)
        same(place.tocsin("audit", "verify").returncode, 0, "the audit trail is whole")
    story.end()


main()

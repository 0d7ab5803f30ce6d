#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_answer_page.py - the public door: who was sent a notice opens its link and answers, for
# one finding, for all, in a table, by a program; a contact says whether it is right. Links that
# lead nowhere, tries without end, forms that no browser sends, and work killed in between.
# Depends on: Python 3, the built program.
import csv
import gzip
import hashlib
import io
import json
import os
import re
import signal
import socket
import sqlite3
import statistics
import threading
import time

import story
import web
from story import ok, same
from watch import role

HOLDERS = ("prefix,holder,sector,language,contact,inside_asn\n"
           "192.0.2.0/28,University,academia,en,,\n192.0.2.16/28,City,government,en,,\n"
           "198.19.250.0/24,Provider,telecom,en,,\n")
CONTACTS = ("organisation,name,role,language,email,phone,pgp\n"
            "University,Ms Kestan,security,en,soc@uni.xt.example,+999 1,\n"
            "City,,security,en,soc@city.xt.example,,\n"
            "Provider,,security,ar,noc@isp.xt.example,,\n")
UNI = [f"192.0.2.{n}" for n in (1, 2, 3, 4)]
CANARY = "canary-city-5d1c.xt.example"
MANY = 130


def feed(place, name, rows):
    text = "timestamp,severity,ip,protocol,port,hostname\n" + "".join(
        f"2026-06-01 10:00:00,{s},{a},tcp,{p},{h}\n" for s, a, p, h in rows)
    place.import_files([place.write(f"2026-06-01-{name}-test-xt.csv", text)])


def prepare(place):
    """Three notices that were sent; their numbers by organisation."""
    place.init_demo()
    conf = open(place.dir + "/tocsin.conf", encoding="utf-8").read()
    with open(place.dir + "/tocsin.conf", "w", encoding="utf-8") as f:
        f.write(conf.replace("web.url = \n", "web.url = https://cirt.example\n"))
    place.now = "2026-06-02T06:00:00Z"
    place.tocsin("register", "import", place.write("holders.csv", HOLDERS),
                 place.write("contacts.csv", CONTACTS))
    feed(place, "scan_telnet", [("critical", a, 23, "") for a in UNI[:3]] +
         [("critical", "192.0.2.17", 23, CANARY)] +
         [("high", f"198.19.250.{n}", 23, "") for n in range(1, MANY + 1)])
    feed(place, "scan_ftp", [("medium", UNI[3], 21, "")])
    run = place.json_lines("notices", "draft", "--json")[0]
    place.tocsin("notices", "approve", "--run", str(run["run"]), "--held")
    return {n["organisation"]: n["id"] for n in place.json_lines("notices", "list", "--json")}


def link(place, notice):
    """/a/TOKEN"""
    out = place.tocsin("answer", "link", str(notice)).stdout
    return re.search(r"/a/[a-z2-7]{26}", out)[0]


def opened(place, notice):
    rows = place.json_lines("answer", "links", str(notice), "--json")
    return sum(r["opened"] for r in rows)


def ids(place, addresses):
    found = {f["place"]: f["id"] for f in place.findings("--limit", "500")}
    return [found[a] for a in addresses]


def state(place, finding):
    return next(f["state"] for f in place.findings("--limit", "500") if f["id"] == finding)


def latest(place, notice):
    return place.json_lines("answers", "--notice", str(notice), "--json")


def look(s, place, notices, path):
    b = web.Browser(s)
    same(b.request("HEAD", path).status, 200, "who only asks for the head")
    same(opened(place, notices["University"]), 0, "is no visit")
    page = b.get(path)
    same((page.status, page.bad, page.header("Set-Cookie")), (200, [], None),
         "the link opens a whole page, without a cookie")
    for name, value in {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
                        "X-Robots-Tag": "noindex, nofollow", "X-Frame-Options": "DENY"}.items():
        same(page.header(name), value, name)
    ok("noindex" in page.text and "<script" not in page.text and "style=" not in page.text,
       "nothing to find, nothing to run")
    for words in UNI + ["TLP:AMBER", "4 findings: University", "critical"]:
        ok(words in page.words, f"it shows {words}")
    ok(page.words.index(UNI[0]) < page.words.index(UNI[3]), "the worst first")
    ok(CANARY not in page.text and "City" not in page.words and "198.19.250" not in page.text,
       "and nothing of another notice")
    ok("/sign-in" not in page.text and 'href="/"' not in page.text, "nothing leads inside")
    packed = b.request("GET", path, headers={"Accept-Encoding": "gzip"})
    ok(gzip.decompress(packed.raw) and len(packed.raw) < 12 * 1024,
       f"four findings: {len(packed.raw)} bytes compressed")
    style = re.search(r'/style/[\w.]+', page.text)[0]
    weight = len(b.request("GET", style, headers={"Accept-Encoding": "gzip"}).raw)
    ok(len(packed.raw) + weight < 40 * 1024, f"first visit {len(packed.raw) + weight} bytes")
    same(b.get(path + "?lang=fr").status, 200, "in another language")
    same(opened(place, notices["University"]), 1, "opened once, however often within a visit")
    return b


def languages(s, path):
    b = web.Browser(s)
    page = b.get(path, Accept_Language="ru")
    ok('lang="en"' in page.text.split("<body")[0], "the notice's language, not the browser's")
    for code in ("fr", "es", "ar", "ru", "zh"):
        page = b.get(path + "?lang=" + code)
        head = page.text.split("<body")[0]
        ok(f'<html lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}"' in head and
           page.bad == [] and page.header("Set-Cookie") is None, f"switched to {code}")
        ok(any(f["action"] == f"?lang={code}" for f in page.forms), "and its form stays in it")
    same(b.get(path + "?lang=xx").status, 400, "a language that we do not speak")


def answers(s, place, notices, path):
    b, one = web.Browser(s), ids(place, UNI)
    number = notices["University"]
    page = b.post(path, {f"a-{one[0]}": "fixed", f"c-{one[0]}": "telnet is off\nsince noon",
                         f"a-{one[1]}": "working", f"u-{one[1]}": "2026-07-01",
                         f"a-{one[2]}": "not-mine", f"w-{one[2]}": "the City <b>",
                         f"a-{one[3]}": "", f"w-{one[3]}": "", "answer": ""}, follow=False)
    where = page.header("Location")
    same((page.status, where), (303, path + "?done=1"), "three answers in one form")
    page = b.get(where)
    ok("We received your answer on 2026-06-02" in page.words and page.bad == [], "a plain thank you")
    for words in ("It is fixed", "telnet is off", "until 2026-07-01", "the City <b>"):
        ok(words in page.words, f"what was said is shown: {words}")
    same([state(place, i) for i in one], ["claimed-fixed", "open", "open", "open"],
         "fixed is a claim; the others stay where they are")
    said = {a["finding"]: a for a in latest(place, number)}
    same([(said[i]["answer"], said[i]["way"]) for i in one[:3]],
         [("fixed", "page"), ("working", "page"), ("not-mine", "page")], "as tocsin answers shows")
    with sqlite3.connect(f"file:{place.dir}/tocsin.db?mode=ro", uri=True) as db:
        tasks = db.execute("SELECT kind, detail FROM task").fetchall()
    same([d for k, d in tasks if "mine" in k], ["the City <b>"], "not mine: a task for a person")
    page = b.post(path, {f"a-{one[0]}": "working"})
    same((page.status, state(place, one[0])), (200, "open"), "changed: the claim is taken back")
    page = b.post(path, {"answer": "fixed", "comment": "all of it", f"a-{one[1]}": "need-help"})
    same([state(place, i) for i in one], ["claimed-fixed", "open", "claimed-fixed", "claimed-fixed"],
         "for all, but those that are named")
    before = len(latest(place, number))
    b.post(path, {"answer": "fixed", "comment": "all of it", f"a-{one[1]}": "need-help"})
    same(len(latest(place, number)), before, "the same again is nothing new")
    trail = place.tocsin("audit", "list").stdout
    token = path.rpartition("/")[2]
    ok(token not in trail, "no token in the audit trail")


def announced(s, path, kind, length):
    """The status for a body of that length, before it is sent."""
    head = (f"POST {path} HTTP/1.1\r\nHost: {s.host}\r\nContent-Type: {kind}\r\n"
            f"Content-Length: {length}\r\n\r\n")
    with socket.create_connection(("127.0.0.1", s.port), timeout=10) as c:
        c.sendall(head.encode())
        return int(c.recv(100).split()[1])


def whoever(s, place, path, contact_path):
    """As test/web/authz.tsv has it: the link counts, not who is signed in; and it is the link
    that asks, never the person."""
    one, token = ids(place, UNI)[0], path.rpartition("/")[2]
    people = {"anonymous": web.Browser(s), "reader": s.enrol("reader"), "head": s.enrol("head")}
    gone = "/a/" + "y" * 26
    for role, b in people.items():
        for good, wrong in ((path, gone), (path + "/csv", gone + "/csv"),
                            (contact_path, "/c/" + "y" * 26)):
            page = b.get(good)
            same((page.status, b.get(wrong).status), (200, 404), f"{role}: {good.replace(token, '')}")
            ok("/sign-out" not in page.text and CANARY not in page.text and "City" not in page.words,
               "nobody's name, no way inside, nothing of another notice")
        for at, fields in (("", {}), ("/json", "{}"), ("/csv", "x")):
            kind = {"/json": "application/json", "/csv": "text/csv"}.get(at)
            head = {"Content-Type": kind} if kind else {}
            same([b.post(p + at, fields, head).status for p in (path, gone)], [400, 404],
                 f"{role}: POST {at or 'of the form'}")
        same(b.post("/c/" + token, {"right": "yes"}).status, 404, f"{role}: no contact by a notice's link")
    people["head"].post(path, {f"a-{one}": "need-help", f"c-{one}": "by a head?"})
    with sqlite3.connect(f"file:{place.dir}/tocsin.db?mode=ro", uri=True) as db:
        said = db.execute("SELECT comment, actor FROM answer ORDER BY id DESC LIMIT 1").fetchone()
    db.close()
    ok(said[0] == "by a head?" and said[1].startswith("link:"),
       f"a head who opens a link answers as the link {said}")
    for other in ("/", "/people", "/account", "/audit"):
        ok(people["anonymous"].get(other).status == 303, f"a link opens nothing else: {other}")


def mistakes(s, place, path, number):
    b, one = web.Browser(s), ids(place, UNI)
    before = len(latest(place, number))
    for fields, words in [
            ({f"a-{one[0]}": "working", f"u-{one[0]}": "24/12/2026", f"c-{one[0]}": "keep-me"},
             "Write the day like"),
            ({f"a-{one[0]}": "working", f"u-{one[0]}": "2020-01-01", f"c-{one[0]}": "keep-me"},
             "within a year"),
            ({f"a-{one[0]}": "fixed", f"c-{one[0]}": "keep-me" + "ب" * 1500}, "too long"),
            ({f"a-{one[0]}": "not-mine", f"w-{one[0]}": "keep-me" + "x" * 200}, "too long"),
            ({f"c-{one[0]}": "keep-me"}, "Choose an answer"),
            ({"comment": "keep-me"}, "Choose an answer"),
            ({f"a-{one[0]}": "fixed", f"c-{one[0]}": "keep-me\u0085"}, "cannot be kept"),
            ({f"a-{one[0]}": "fixed", f"c-{one[0]}": "keep-me", "answer": "working",
              "until": "2020-01-01"}, "must be mended"),
            ({}, "choose at least one")]:
        page = b.post(path, fields)
        kept = not fields or "keep-me" in page.text
        ok(page.status == 400 and words in page.words and kept and page.bad == [],
           f"what to mend is said, and what was typed is kept: {words} {page.status}")
    for body, status, what in [
            ({f"a-{one[0]}": "burnt"}, 400, "an answer nobody gives"),
            ({"a-0": "fixed"}, 400, "no such number"), ({"a-01": "fixed"}, 400, "another spelling"),
            ({"a-": "fixed"}, 400, "no number"), ({"b-1": "fixed"}, 400, "an unknown field"),
            (f"a-{one[0]}=fixed&a-{one[0]}=working", 400, "a field twice"),
            ("answer=fixed&answer=fixed", 400, "the one for all twice"),
            ("answer=%ff", 400, "no UTF-8"), ("answer=fixed%00", 400, "a NUL"),
            ("&".join(f"a-{n}=fixed" for n in range(1, 60)), 413, "more than a page has"),
            ("&".join(f"a-{n}=fixed" for n in range(1, 3000)), 413, "thousands of fields"),
            ("comment=" + "x" * 9000, 400, "a comment past all limits")]:
        same(b.post(path, body).status, status, "refused: " + what)
    same(b.post(path, "answer=fixed", {"Content-Type": "text/plain"}).status, 415, "another type")
    same(announced(s, path, "application/x-www-form-urlencoded", 600000), 413, "half a megabyte")
    other = ids(place, ["192.0.2.17"])[0]
    page = b.post(path, {f"a-{other}": "fixed"})
    same((page.status, state(place, other)), (200, "open"), "nobody answers for another notice")
    ok(CANARY not in page.text, "nor learns of it")
    same(len(latest(place, number)), before, "none of it was kept")


def dead(s, place, notices, path):
    b = web.Browser(s)
    revoked = link(place, notices["City"])
    ok(CANARY in b.get(revoked).text, "a link to the other notice")
    place.tocsin("answer", "revoke", str(notices["City"]))
    token = path.rpartition("/")[2]
    wrong = token[:-2] + ("aa" if token[-2:] != "aa" else "ba")
    paths = [revoked, "/a/" + wrong, "/a/x", "/a/" + "z" * 90, "/c/" + token, "/c/" + wrong,
             revoked + "/csv"]
    pages = [b.get(p) for p in paths] + [b.post(p, {"answer": "fixed"}) for p in paths[:3]]
    pages += [b.post(revoked + "/json", "{}", {"Content-Type": "application/json"})]
    same({p.status for p in pages}, {404}, "revoked, wrong, of another kind: 404")
    same(len({p.raw for p in pages}), 1, "each the same bytes")
    plain = [sorted((k, v) for k, v in p.headers if k not in ("Date", "Connection"))
             for p in pages]
    same(len({str(h) for h in plain}), 1, "and the same headers")
    ok("does not lead anywhere" in pages[0].words and "@" in pages[0].words and
       token not in pages[0].text and pages[0].bad == [], "which says whom to write to")
    # In turns, so that what else the machine does strikes both; their difference each time.
    taken = []
    for _ in range(31):
        begin = time.perf_counter()
        b.get(revoked)
        middle = time.perf_counter()
        b.get("/a/" + wrong)
        taken.append(2 * middle - begin - time.perf_counter())
    ok(abs(statistics.median(taken)) < 0.002, f"in the same time: {statistics.median(taken):.4f} s apart")
    same(b.get(path.replace(token, token.upper())).status, 200, "capitals are taken as small letters")


def multipart(text, name="back.csv"):
    edge = "----story"
    body = (f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            f"Content-Type: text/csv\r\n\r\n").encode() + text + f"\r\n--{edge}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={edge}"}


def files(s, place, notices, path):
    b, one = web.Browser(s), ids(place, UNI)
    page = b.get(path + "/csv")
    ok(page.status == 200 and "attachment" in page.header("Content-Disposition") and
       page.header("Referrer-Policy") == "no-referrer", "the notice's table")
    same(page.header("Content-Disposition"),
         f'attachment; filename="tocsin-{notices["University"]}-TLP-AMBER.csv"', "its name says the marking")
    ok(CANARY not in page.text and UNI[0] in page.text, "of that notice alone")
    same(b.get(path + "/csv?part=2").status, 404, "which has one part")
    rows = list(csv.DictReader(io.StringIO(page.text)))
    same(len(rows), 4, "with its four findings")
    for row in rows:
        row["answer"] = {UNI[1]: "fixed", UNI[2]: "fixt"}.get(row["address"], "")
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    table = out.getvalue().encode()
    body, head = multipart(table)
    page = b.request("POST", path + "/csv", body, head)
    ok(page.status == 200 and "Answers taken: 1" in page.words and "fixt" in page.words and
       page.bad == [], "sent back: what was taken, and what was not and why")
    same(state(place, one[1]), "claimed-fixed", "and it counts")
    page = b.request("POST", path + "/csv", table, {"Content-Type": "text/csv"})
    got = json.loads(page.text)
    same((page.status, got["taken"], got["unchanged"], got["refused"], got["problems"][0]["value"]),
         (200, 0, 1, 1, "fixt"), "a program sends the same: told in JSON")
    body, head = multipart(b"")
    same(b.request("POST", path + "/csv", body, head).status, 400, "an empty file")
    body, head = multipart(b"\x00\x01\x02 no table")
    page = b.request("POST", path + "/csv", body, head)
    ok(page.status == 400 and "could not be read" in page.words, "no table at all")
    text = json.dumps({"answers": [{"finding": one[2], "answer": "need-help", "comment": "how?"},
                                   {"finding": 999999, "answer": "fixed"},
                                   {"finding": ids(place, ["192.0.2.17"])[0], "answer": "fixed"}]})
    kind = {"Content-Type": "application/json; charset=utf-8"}
    page = b.request("POST", path + "/json", text, kind)
    got = json.loads(page.text)
    same((page.status, got["taken"], got["refused"], len(got["problems"])), (200, 1, 2, 2),
         "JSON: taken, and refused one by one")
    for text, what in [('{"answers":[],"answers":[]}', "a member twice"), ("{", "a torn one"),
                       ("[" * 5000, "a deep one"), ('{"answers":[{"finding":1}]}', "no answer in it")]:
        page = b.request("POST", path + "/json", text, kind)
        ok(page.status in (200, 400) and page.header("Content-Type") == "application/json" and
           ("error" in page.text or '"taken":0' in page.text), f"JSON, {what}: {page.status}")
    same(announced(s, path + "/json", "application/json", (4 << 20) + 1), 413, "too much JSON")
    same(announced(s, path + "/csv", "text/csv", 17 << 20), 413, "too much of a table")
    same(announced(s, "/a/" + "y" * 26 + "/csv", "text/csv", 9 << 20), 404,
         "a megabyte by a link that leads nowhere is not even taken")
    same(b.request("POST", path + "/json", "{}", {"Content-Type": "text/csv"}).status, 415,
         "a table is no JSON")
    same(b.request("POST", path + "/csv", "{}", kind).status, 415, "nor the other way round")


def many(s, place, notices):
    b, path = web.Browser(s), link(place, notices["Provider"])
    page = b.get(path)
    ok('lang="ar" dir="rtl"' in page.text, "Arabic, from right to left, as its contact reads")
    seen, hop, here = set(), 0, "?lang=en"
    while here and hop < 20:
        page = b.get(path + here)
        hop += 1
        seen |= set(re.findall(r'name="a-(\d+)"', page.text))
        ok(page.bad == [] and len(page.raw) < 200000, f"page {hop}")
        here = next((l for l in page.links if l and "Further" in page.text and l.startswith("?after")
                     and int(re.search(r"after=(\d+)", l)[1]) >= 25 * hop), None)
    same((len(seen), hop), (MANY, 6), "all of many findings, in pages")
    same(b.get(path + "?after=4000").status, 404, "behind the last one there is nothing")
    page = b.post(path + "?after=50&lang=en", {"answer": "fixed"}, follow=False)
    same(page.header("Location"), path + "?after=50&done=1&lang=en", "the form leads back to its page")
    done = [f for f in place.findings("--limit", "500") if f["place"].startswith("198.19.250.")]
    same({f["state"] for f in done}, {"claimed-fixed"}, "and for all means those of all pages")


def contact(s, place, contact_path):
    b = web.Browser(s)
    page = b.get(contact_path)
    same((page.status, page.bad), (200, []), "a contact is asked")
    for words in ("University", "Ms Kestan", "soc@uni.xt.example", "+999 1"):
        ok(words in page.words, f"whether this is right: {words}")
    ok(CANARY not in page.text and "City" not in page.words, "and sees nobody else")
    same(b.post(contact_path, {}).status, 400, "yes or no?")
    page = b.post(contact_path, {"right": "changed", "name": "Ms Kestan", "role": "security",
                                 "email": "soc@uni.xt.example", "phone": "+999 1", "language": "en"})
    ok(page.status == 400 and "write what has changed" in page.words, "changed, but what?")
    fields = {"right": "changed", "name": "Mr Odun", "role": "security", "language": "fr",
              "email": "soc@uni.xt.example", "phone": "+999 2", "comment": "since May"}
    page = b.post(contact_path, fields)
    ok(page.status == 200 and "We received your answer" in page.words, "what has changed is taken")
    db = sqlite3.connect(f"file:{place.dir}/tocsin.db?mode=ro", uri=True)
    detail = db.execute("SELECT detail FROM task WHERE subject LIKE 'contact%' AND done_at IS NULL"
                        ).fetchall()
    ok(any("name: Mr Odun\nphone: +999 2\nlanguage: fr\nsince May" in d for d, in detail),
       f"as a task for a person {detail}")
    word = db.execute("SELECT confirmed_at, wrong_at FROM contact_word").fetchall()
    ok(any(c and not w for c, w in word), "the address is confirmed")
    same(db.execute("SELECT name FROM contact WHERE email LIKE 'soc@uni%'").fetchone()[0], "Ms Kestan",
         "the register is a person's to change")
    time.sleep(1.1)  # the later word counts, by the second
    page = b.post(contact_path, {"right": "no", "comment": "she left"})
    same(page.status, 200, "no longer right")
    listed = place.json_lines("contacts", "--in-doubt", "--json")
    ok(any(c.get("email") == "soc@uni.xt.example" for c in listed), f"it is in doubt {listed}")
    page = b.post(contact_path, {"right": "yes"})
    same(page.status, 200, "right after all")
    same(b.post(contact_path, {"right": "perhaps"}).status, 400, "no such answer")
    same(b.get(contact_path.replace("/c/", "/a/")).status, 404, "it opens no notice")
    db.close()


def plant_contact_link(place):
    """A link of the yearly check, as the mail of it would carry."""
    token = "b" * 25 + "a"
    with sqlite3.connect(place.dir + "/tocsin.db") as db:
        number = db.execute("SELECT id FROM contact WHERE email = 'soc@uni.xt.example'").fetchone()[0]
        db.execute("INSERT INTO answer_link(kind, contact, hash, made_at, expires_at, opened) "
                   "VALUES (2, ?, ?, 1780000000, 1900000000, 0)",
                   (number, hashlib.sha256(token.encode()).digest()))
    db.close()
    return "/c/" + token


def too_often(place, path):
    with web.Service(place) as s:
        b = web.Browser(s)
        codes = [b.get("/a/" + "y" * 26).status for _ in range(125)]
        same((codes[0], codes.index(429)), (404, 120), "120 guesses in a quarter of an hour")
        page = b.get(path)
        same((page.status, page.header("Retry-After")), (429, "900"), "then the source must wait")
        ok(page.bad == [] and path not in page.text, "and is told so")
        ok(path.rpartition("/")[2] not in s.read_log(), "no token in the log")
    conf = open(place.dir + "/tocsin.conf", encoding="utf-8").read()
    with open(place.dir + "/tocsin.conf", "w", encoding="utf-8") as f:
        f.write(re.sub(r"web.proxy = .*", "web.proxy = yes", conf)
                if "web.proxy" in conf else conf + "\nweb.proxy = yes\n")
    with web.Service(place) as s:
        b, codes = web.Browser(s), []
        for n in range(310):
            head = {"Host": "cirt.example", "Tocsin-Client": f"203.0.{n % 250}.7"}
            codes.append(b.request("HEAD", path, headers=head).status)
        same((codes[0], codes.index(429)), (200, 300), "one link from everywhere: 300")
        head = {"Host": "cirt.example", "Tocsin-Client": "203.0.113.200"}
        same(b.request("GET", "/a/" + "y" * 26, headers=head).status, 404, "others go on")
        codes = [b.request("POST", path + "/json", "{}", {
            "Host": "cirt.example", "Tocsin-Client": f"203.1.{n}.7",
            "Content-Type": "application/json"}).status for n in range(25)]
        same((codes[0], codes.index(429)), (400, 20), "files by one link from everywhere: 20")
    with open(place.dir + "/tocsin.conf", "w", encoding="utf-8") as f:
        f.write(conf)


def expired(place, path):
    then = place.now
    place.now = "2026-09-02T06:00:00Z"
    with web.Service(place) as s:
        b = web.Browser(s)
        late, wrong = b.get(path), b.get("/a/" + "y" * 26)
        same((late.status, late.raw == wrong.raw), (404, True), "after 60 days it leads nowhere")
    place.now = then


def not_kept(place, path):
    """Somebody holds the database: nothing can be written. The page is there all the same."""
    one = ids(place, UNI)[0]
    with sqlite3.connect(place.dir + "/tocsin.db") as db:
        db.execute("UPDATE answer_link SET last_opened = NULL")
    db.close()
    with web.Service(place) as s:
        b, db = web.Browser(s), sqlite3.connect(place.dir + "/tocsin.db", isolation_level=None)
        db.execute("BEGIN IMMEDIATE")
        same(b.get(path).status, 200, "a visit that cannot be noted is a visit")
        page = b.post(path, {f"a-{one}": "need-help", f"c-{one}": "keep-me"})
        ok(page.status == 503 and "keep-me" in page.text and "send it again" in page.words,
           f"an answer that cannot be kept is not thanked for, and stands there still {page.status}")
        db.execute("ROLLBACK")
        db.close()
        page = b.post(path, {f"a-{one}": "need-help", f"c-{one}": "keep-me"}, follow=False)
        same(page.status, 303, "a minute later it is taken")
        log = s.read_log()
    ok(path.rpartition("/")[2] not in log, "no token in the log of what failed")


def killed(place, notices, path):
    """Answers in a stream; work dies in the middle. What was confirmed is there."""
    one, confirmed, rounds = ids(place, UNI)[0], [], 3
    for turn in range(rounds):
        with web.Service(place) as s:
            stop = threading.Event()

            def visitor(s=s, turn=turn, stop=stop):
                b, n = web.Browser(s), 0
                while not stop.is_set() and n < 60:
                    n += 1
                    words = f"turn {turn} number {n}"
                    try:
                        page = b.post(path, {f"a-{one}": "working", f"c-{one}": words}, follow=False)
                    except OSError:
                        return
                    except Exception:
                        return
                    if page.status == 303:
                        confirmed.append(words)
            t = threading.Thread(target=visitor)
            t.start()
            time.sleep(0.15 + 0.1 * turn)
            os.kill(role(s.p.pid, "work"), signal.SIGKILL)
            time.sleep(0.5)
            stop.set()
            t.join()
    said = {a["comment"] for a in latest(place, notices["University"])} | {
        a["comment"] for a in place.json_lines("answers", "--limit", "1000", "--json", check=False)}
    ok(len(confirmed) > rounds, f"{len(confirmed)} were confirmed")
    same([w for w in confirmed if w not in said], [], "kill -9: nothing that was confirmed is lost")


def main():
    with story.Place() as place:
        notices = prepare(place)
        contact_path = plant_contact_link(place)
        path = link(place, notices["University"])
        logs = ""
        for part in (lambda s: look(s, place, notices, path), lambda s: languages(s, path),
                     lambda s: answers(s, place, notices, path),
                     lambda s: whoever(s, place, path, contact_path),
                     lambda s: mistakes(s, place, path, notices["University"]),
                     lambda s: dead(s, place, notices, path),
                     lambda s: files(s, place, notices, path),
                     lambda s: many(s, place, notices),
                     lambda s: contact(s, place, contact_path)):
            with web.Service(place) as s:
                part(s)
                logs += s.read_log()
        token = path.rpartition("/")[2]
        ok(token not in logs and contact_path[3:] not in logs, "no token in any log line")
        ok("failed" not in logs, "nothing failed that should not: " + logs[-300:])
        too_often(place, path)
        expired(place, path)
        not_kept(place, path)
        killed(place, notices, path)
    story.end()


main()

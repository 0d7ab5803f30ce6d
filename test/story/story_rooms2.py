#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_rooms2.py - the console's rooms for organisations, notices, tasks, answers and settings:
# the register changed with preview and way back, a run looked at and decided, sent and taken
# back, what people answered, rules played before they are set. Depends on: story, web.
import html
import os
import re
import sqlite3

import story
import web
from story import ok, same

HOLDERS = ("prefix,holder,sector,language,contact,inside_asn\n"
           "192.0.2.0/28,University,academia,en,,\n192.0.2.16/28,City <i>of</i> Sarrowick,government,ar,,\n"
           "198.51.100.0/28,Forgotten,energy,en,,\n")
CONTACTS = ("organisation,name,role,language,email,phone,pgp\n"
            "University,,security,en,soc@uni.xt.example,,\n"
            "City <i>of</i> Sarrowick,,security,ar,soc@city.xt.example,,\n")
CITY = "City <i>of</i> Sarrowick"


def fill(place):
    place.tocsin("register", "import", place.write("holders.csv", HOLDERS),
                 place.write("contacts.csv", CONTACTS))
    text = "timestamp,severity,ip,protocol,port,hostname\n" + "".join(
        f"{story.day_text(0)} 10:00:00,critical,{a},tcp,23,\n"
        for a in ("192.0.2.1", "192.0.2.2", "192.0.2.17", "198.51.100.1"))
    place.now = story.day_text(1) + "T06:00:00Z"
    place.import_files([place.write(f"{story.day_text(0)}-scan_telnet-test-xt.csv", text)])


def org_path(b, name):
    """The page of an organisation, by its link in the list."""
    page = b.get("/organisations")
    m = re.search(r'href="(/organisations/\d+)"><bdi>' + re.escape(html.escape(name)), page.text)
    return m[1] if m else None


def owner(place, address):
    return next(f for f in place.findings("--limit", "100") if f["place"] == address)["organisation"]


def the_list(place, b):
    page = b.get("/organisations")
    same((page.status, page.bad), (200, []), "organisations: a whole page")
    ok("<i>of" not in page.text and "&lt;i&gt;of" in page.text, "a name is no markup")
    for query, want in [("word=univ", ["University"]), ("sector=energy", ["Forgotten"]),
                        ("language=ar", [CITY]), ("only=no-contact", ["Forgotten"]),
                        ("only=in-doubt", []), ("only=open", [CITY, "Forgotten", "University"]), ("word=nobody", []),
                        ("word=%25", []), ("word=_", []),
                        ("after=City+%3Ci%3Eof%3C%2Fi%3E+Sarrowick", ["Forgotten", "University"])]:
        words = b.get("/organisations?" + query).text
        found = re.findall(r'/organisations/\d+"><bdi>([^<]*)</bdi>', words)
        mine = [n for n in map(html.unescape, found) if n in ("University", CITY, "Forgotten")]
        same(mine, want, "list: " + query)
    same(b.get("/organisations?language=xxx").status, 400, "a language that is none")


def networks(place, b):
    page = b.send("/organisations/new", "/organisations", {"name": "Hospital", "sector": "health"})
    ok("Before" in page.words and org_path(b, "Hospital") is None, "a new one is first only shown")
    page = b.post("/organisations", page.form("/organisations")["fields"])
    ok("It is done" in page.words, "then it is done")
    here = org_path(b, "Hospital")
    page = b.send("/organisations/new", "/organisations", {"name": "Hospital"})
    same(page.status, 400, "a name twice is refused")
    edit, entry = here + "/edit", here + "/entry"
    for what, value, why in [("holder", "192.0.2.17/28", "no network"), ("holder", "1.2.3", "no network"),
                             ("holder", "10.0.0.0/4", "no network"), ("asn", "ASx", "no AS number"),
                             ("holder", "192.0.2.1-192.0.2.3", "no network"), ("domain", "10.1.2.3", "no domain")]:
        page = b.send(edit, entry, {"what": what, "value": value})
        ok(page.status == 400 and why in page.words, f"refused: {what} {value}")
    page = b.send(edit, entry, {"what": "holder", "value": " 192.0.2.16/29 "})
    ok("This moves 1 open finding" in page.words, "the preview says what moves")
    same(owner(place, "192.0.2.17"), CITY, "and moves nothing")
    page = b.post(entry, page.form(entry)["fields"])
    ok("1 open finding moved" in page.words, "done: one moved")
    same(owner(place, "192.0.2.17"), "Hospital", "it is the other's now")
    ok("192.0.2.16/29" in b.get(here).words, "the page shows the network")
    back = page.form(here + "/entry/take")
    page = b.post(here + "/entry/take", back["fields"])
    same((page.status, owner(place, "192.0.2.17")), (200, CITY), "put back: it is where it was")
    # An entry of another organisation: to it, and back to whom it was.
    page = b.send(edit, entry, {"what": "holder", "value": "192.0.2.16/28"})
    ok(CITY in page.words, "the preview names who had it")
    page = b.post(entry, page.form(entry)["fields"])
    same(owner(place, "192.0.2.17"), "Hospital", "moved with its network")
    city = org_path(b, CITY)
    page = b.post(city + "/entry", page.form(city + "/entry")["fields"])
    same(owner(place, "192.0.2.17"), CITY, "and back to the one before")
    page = b.send(edit, entry, {"what": "domain", "value": "Hospital.XT.example"})
    b.post(entry, page.form(entry)["fields"])
    ok("hospital.xt.example" in b.get(here).words, "a domain, in its plain form")
    same(b.post(here + "/entry/take", {**page.form(entry)["fields"], "value": "uni.xt.example"}).status, 404,
         "what it has not cannot be taken out")
    audit = place.tocsin("audit", "list", check=False).stdout + b.get("/audit").words
    ok(f'holder 192.0.2.16/28: "{CITY}" -> "Hospital"' in audit, "the trail has the old and the new")
    ok("user:head" in b.get("/audit").words, "and who did it")
    return here


def the_fields(b, here):
    page = b.send(here + "/edit", here + "/edit", {"sector": "energy", "language": "fr"})
    ok("health" in page.words and "energy" in page.words, "a changed sector is shown with the old one")
    page = b.post(here + "/edit", page.form(here + "/edit")["fields"])
    ok("energy" in b.get(here).words, "done")
    b.post(here + "/edit", page.form(here + "/edit")["fields"])
    ok("health" in b.get(here).words, "and put back")


def contacts(b, here):
    form = here + "/contact"
    for fields, why in [({"email": "no address"}, "no mail address"),
                        ({"email": "a@hospital.xt.example", "pgp": "12345678"}, "no fingerprint"),
                        ({"email": "a@hospital.xt.example", "phone": "call me"}, "no telephone")]:
        page = b.send(here + "/edit", form, fields)
        ok(page.status == 400 and why in page.words, f"refused: {fields}")
        ok(fields["email"] in page.text, "what was typed is still there")
    good = {"email": "<IT@Hospital.XT.example>", "role": "it", "name": "Ms\u00a0Kestan", "pgp": "ab " * 20}
    page = b.send(here + "/edit", form, good)
    page = b.post(form, page.form(form)["fields"])
    text = b.get(here).words
    ok("IT@hospital.xt.example" in text and "Ms Kestan" in text, "a contact is there")
    number = page.form(here + "/contact/end")["fields"]["contact"]
    one = f"{here}/edit?contact={number}"
    page = b.send(one, form, {"role": "security"})
    ok("security" in page.words and "Role" in page.words, "a changed role is shown")
    b.post(form, page.form(form)["fields"])
    page = b.send(here + "/edit", here + "/contact/end", {"contact": number})
    page = b.post(here + "/contact/end", page.form(here + "/contact/end")["fields"])
    ok("IT@hospital" not in b.get(here).words, "taken out")
    b.post(form, page.form(form)["fields"])
    text = b.get(here).words
    ok("IT@hospital.xt.example" in text and "security" in text, "and put back, with all it had")


def notices(place, b, reader):
    page = b.send("/notices", "/notices/draft")
    ok("Drafted: 3" in page.words and "dry run" in page.words, "drafted from the console; sending is off")
    run = "/notices?run=1"
    page = b.get("/notices")
    numbers = re.findall(r'name="notice" value="(\d+)"', page.text)
    same(len(numbers), 3, "all can be ticked: one goes to the operator of a network")
    numbers.sort(key=lambda n: "soc@uni" not in b.get("/notices/" + n).text)
    ok("name=\"notice\"" not in reader.get("/notices").text, "a reader ticks nothing")
    one = "/notices/" + numbers[0]
    page = b.get(one)
    shown = place.tocsin("notices", "show", numbers[0]).stdout
    line = next(l for l in shown.splitlines() if "192.0.2" in l)
    place_of = re.search(r"192\.0\.2\.\d+(:\d+/\w+)?", line)[0]
    ok(place_of in page.words and page.bad == [], "the notice as it goes out")
    ok(place_of in page.words.partition("Findings in it")[2], f"and its table in the same words: {place_of}")
    part = next(l for l in page.links if l and "/part/" in l)
    got = b.get(part)
    ok(got.status == 200 and "-TLP-AMBER.csv" in got.header("Content-Disposition") and b"192.0.2." in got.raw,
       "its table is saved, not shown")
    same(b.get(one + "/part/99").status, 404, "no such part")
    page = b.send("/notices", "/notices/approve", {"notice": numbers[0]})
    ok("Approve notices" in page.words and "never" in page.words, "first a look at it: never told before")
    other = next(to for to in page.links if to and "lang=fr" in to)
    same(b.get(other, Cookie=f"tocsin={b.cookies['tocsin']}").status, 200,
         f"other languages lead to a page, not to where the form went: {other}")
    b.cookies.pop("lang", None)
    fields = page.form("/notices/approve")["fields"]
    same(b.post("/notices/approve", {k: v for k, v in fields.items() if k != "held"}).status, 409,
         "what is held is not approved in passing")
    page = b.post("/notices/approve", {**fields, "held": "1"})
    ok("Approved: 1" in page.words, "one approved")
    page = b.send(run, "/notices/approve", {"run": "1"})
    ok("1 notice is not in a state" in page.words, "the whole run: one is approved already")
    page = b.post("/notices/approve", {**page.form("/notices/approve")["fields"], "held": "1"})
    ok("Approved: 2" in page.words, "the rest of the run")
    form = b.get(run).form("/notices/approve")["fields"]["form"]
    page = b.post("/notices/hold", {"form": form, "list": numbers[0]})
    page = b.post("/notices/hold", {**page.form("/notices/hold")["fields"], "why": "wait <b>for</b> Ann"})
    ok("Held: 1" in page.words and "&lt;b&gt;for" in b.get(one).text, "held again, with a reason that is no markup")
    page = b.post("/notices/approve", {"form": form, "list": numbers[0], "sure": "1", "held": "1"})
    ok("Approved: 1" in page.words, "and approved again")
    page = b.post("/notices/send", {"form": form, "run": "1"})
    ok("dry-run" in page.words, "sending, while it is off, says so")
    page = b.post("/notices/send", page.form("/notices/send")["fields"])
    ok("not sent: 3" in page.words and len(os.listdir(place.dir + "/dry-run")) == 3, "three mails are written")
    same(b.get("/notices?state=2").text.count('name="notice"'), 3, "they stay approved")
    return numbers, form


def a_large_run(place, b):
    """Of a whole country: more notices than a form could name."""
    with sqlite3.connect(place.dir + "/tocsin.db") as db:
        for table, change in (("notice_run", {"id": "900", "finished": "1780000000"}),
                              ("notice", {"id": "9000 + n", "run": "900", "state": "0",
                                         "content": "randomblob(32)"})):
            names = [r[1] for r in db.execute(f"PRAGMA table_info({table})")]
            values = ", ".join(change.get(name, name) for name in names)
            db.execute(f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ?) "
                       f"INSERT INTO {table}({', '.join(names)}) SELECT {values} FROM c, "
                       f"(SELECT * FROM {table} ORDER BY id LIMIT 1)", (1200 if table == "notice" else 1,))
    db.close()
    form = b.get("/account").form("/account/language")["fields"]["form"]
    page = b.post("/notices/hold", {"form": form, "run": "900"})
    ok(page.status == 200 and "1200 Notices" in " ".join(page.words.split()), f"a run of 1,200 notices can be decided on: {page.status}")
    page = b.post("/notices/hold", {**page.form("/notices/hold")["fields"], "why": "all"})
    ok("Held: 1200" in page.words, "and is")


def sending(place, b, analyst, numbers, form):
    same(analyst.get("/notices/sending").status, 404, "an analyst has no switch")
    page = b.get("/notices/sending")
    page = b.post("/notices/sending", {**page.form("/notices/sending")["fields"], "word": "send"})
    same(page.status, 400, "the word must be typed as it is asked for")
    page = b.post("/notices/sending", {"form": form, "on": "1", "word": "SEND"})
    ok("The switch is set" in page.words and "Sending is on" in page.words, "the head switches it on")
    page = b.post("/notices/send", {"form": form, "list": numbers[0]})
    ok("real mails" in page.words, "it says that they are real")
    page = b.post("/notices/send", page.form("/notices/send")["fields"])
    ok("On their way" in page.words and "1 notice waits" in page.words, "one waits to go out")
    same(b.get("/notices?state=3").text.count('name="notice"'), 1, "its state says so")
    page = b.post("/notices/undo", {"form": form, "list": numbers[0]})
    fields = page.form("/notices/undo")["fields"]
    page = b.post("/notices/undo", {k: v for k, v in fields.items() if k != "held"})
    ok("Taken back: 1" in page.words, "it is taken back")
    ok("taken back" in b.get("/notices/" + numbers[0]).words, "which its history shows")
    page = b.send("/notices/sending", "/notices/sending")
    ok("Sending is off" in page.words, "and the switch goes back")


def answers(place, b, reader, numbers):
    finding = str(next(f for f in place.findings("--limit", "100") if f["place"] == "192.0.2.1")["id"])
    uni = next(n for n in numbers if "University" in b.get("/notices/" + n).words)
    place.tocsin("answer", uni, "--answer", "need-help", "--finding", finding, "-c", "please <b>call</b>")
    page = reader.get("/answers")
    ok("need help" in page.words and "please <b>call</b>" in page.words and "<b>call" not in page.text,
       "the answer stands there, and is no markup")
    same("please" in reader.get("/answers?kind=1").words, False, "not among the fixed ones")
    ok("please" in reader.get("/answers?notice=" + uni).words, "but with its notice")
    ok("please" in b.get("/notices/" + uni).words, "and in it")
    page = b.get("/tasks")
    ok("Somebody asks for help" in page.words and "please" in page.words, "it made a task")
    done = next(f["action"] for f in page.forms if f["action"].endswith("/done"))
    ok(not any(f["action"].endswith("/done") for f in reader.get("/tasks").forms), "a reader closes none")
    page = b.send("/tasks", done, {"why": "called them"})
    ok("Nothing waits" in page.words, "closed, with a reason")
    same(b.post(done, {"form": b.get("/account").form("/account/language")["fields"]["form"]}).status, 409,
         "it is closed once")


def settings(b):
    page = b.get("/settings")
    ok(page.status == 200 and "mail.relay" in page.words and "tocsin.conf" in page.words, "options are shown")
    ok("hush.txt" not in page.text and "set, and not shown" in page.words, "where a password is, is not")
    page = b.get("/settings/rule?name=notify-critical&value=0")
    ok("would be 0" in page.words and "Notices" in page.words, "a changed rule is played")
    ok("remind-critical" in b.get("/settings").words, "rules have names")
    b.post("/settings/rule", page.form("/settings/rule")["fields"])
    ok("nothing would change" in b.get("/settings/rule?name=notify-critical&value=0").words, "and set")
    same(b.get("/settings/rule?name=nonsense&value=1").status, 404, "no such rule")
    same(b.get("/settings/rule?name=notify-critical&value=7").status, 400, "nor such a value")


def main():
    with story.Place() as place:
        place.init_demo()
        conf = place.dir + "/tocsin.conf"
        with open(conf, encoding="utf-8") as f:
            text = f.read()
        for name, value in (("mail.relay", "smtp://127.0.0.1:9"), ("mail.password-file", "hush.txt"),
                            ("team.hour", "23")):  # nothing is drafted by itself
            text = re.sub(rf"^{name} *=.*$", f"{name} = {value}", text, flags=re.M)
        place.write("data/tocsin.conf", text)
        fill(place)
        with web.Service(place) as s:
            head, analyst, reader = s.enrol("head"), s.enrol("ann", "analyst"), s.enrol("rita", "reader")
            the_list(place, reader)
            here = networks(place, head)
            the_fields(head, here)
            contacts(head, here)
            same([reader.get(p).status for p in ("/organisations/new", here + "/edit", "/settings")],
                 [404, 404, 404], "what a reader may not is not there")
            numbers, form = notices(place, head, reader)
            sending(place, head, analyst, numbers, form)
            answers(place, analyst, reader, numbers)
            settings(head)
            a_large_run(place, head)
            pages = ["/organisations", here, here + "/edit", "/organisations/new", "/notices", "/notices/runs",
                     "/notices/1", "/notices/sending", "/tasks", "/answers", "/settings"]
            for lang in ("en", "ar", "ru", "zh"):
                same([head.get(f"{p}?lang={lang}").bad for p in pages], [[]] * len(pages), f"whole pages: {lang}")
            ok("failed" not in s.read_log(), "nothing failed that should not: " + s.read_log()[-300:])
        same(place.tocsin("audit", "verify").returncode, 0, "the audit trail is whole")
    story.end()


main()

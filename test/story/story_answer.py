#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_answer.py - three weeks of notices and what was answered: by telephone, by the table sent
# back, by JSON; claims, a claim that was wrong, reminders that rest, the second contact, a
# person's list; links made, revoked, expired; rules previewed against what was done.
# Depends on: story, post.
import csv
import email
import email.policy
import io
import json

import post
import story

WEB = "https://cirt.example/x"
HOLDERS = ("prefix,holder,sector,language,contact,inside_asn\n"
           "192.0.2.0/28,University,academia,en,,\n192.0.2.16/28,City,government,en,,\n")
CONTACTS = ("organisation,name,role,language,email,phone,pgp\n"
            "University,,security,en,soc@uni.xt.example,,\n"
            "City,,security,en,soc@city.xt.example,,\nCity,,noc,en,noc@city.xt.example,,\n")
SICK, LIAR, FOREIGN, SLOW, SILENT = (f"192.0.2.{n}" for n in (1, 2, 3, 4, 17))


def feed(place, day, addresses):
    """One day's report, and the morning after."""
    text = "timestamp,severity,ip,protocol,port,hostname\n" + "".join(
        f"{story.day_text(day)} 10:00:00,critical,{a},tcp,23,\n" for a in addresses)
    place.now = story.day_text(day + 1) + "T06:00:00Z"
    place.import_files([place.write(f"{story.day_text(day)}-scan_telnet-test-xt.csv", text)])


def morning(place, totals):
    """Drafts, approves and sends; the notices of that run by organisation."""
    run = place.json_lines("notices", "draft", "--json")[0]
    for key in ("notices", "findings", "second_contacts", "person_tasks"):
        totals[key] += run[key]
    if run["notices"] == 0:
        return {}
    place.tocsin("notices", "approve", "--run", str(run["run"]), "--held")
    place.tocsin("notices", "send")
    place.tocsin("notices", "deliver")
    listed = place.json_lines("notices", "list", "--json", "--run", str(run["run"]))
    totals["reminded"] += sum(n["reminded"] for n in listed)
    totals["relapsed"] += sum(n["relapsed"] for n in listed)
    return {n["organisation"]: n for n in listed}


def finding(place, address):
    return next(f for f in place.findings("--limit", "100") if f["place"] == address)


def last(place, *args):
    """The counts, behind the problems."""
    return place.json_lines("answer", *args, "--json")[-1]


def table_back(mail, words, dialect):
    """The attached table as a spreadsheet saves it, with some cells filled in."""
    part = next(p for p in mail.walk() if p.get_filename())
    rows = list(csv.DictReader(io.StringIO(part.get_payload(decode=True).decode())))
    for row in rows:
        row.update(words.get(row["address"], {}))
    columns = list(reversed(rows[0]))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, **dialect)
    writer.writeheader()
    writer.writerows(rows)
    return "\ufeff" + out.getvalue()


def first_answers(place, notice):
    number = str(notice["id"])
    sick = finding(place, SICK)["id"]
    by_phone = ["--answer", "fixed", "--finding", str(sick), "-c", "closed, says Ms Kestan"]
    counts = last(place, number, *by_phone)
    story.same((counts["taken"], counts["claimed"]), (1, 1), "fixed, by telephone: a claim")
    story.same(finding(place, SICK)["state"], "claimed-fixed", "which shows in its state")
    counts = last(place, number, *by_phone)
    story.same((counts["taken"], counts["unchanged"]), (0, 1), "the same again changes nothing")

    mail = email.message_from_string(place.tocsin("notices", "show", "--eml", number).stdout,
                                     policy=email.policy.default)
    body = mail.get_body().get_content().replace("\r\n", "\n")
    story.ok(f"\n{WEB}/a/**************************\n" in body, "the mail shows a masked link")
    shown = place.tocsin("notices", "show", number).stdout
    story.ok("\n{answer-link}\n" in shown and WEB not in shown, "the notice shows its place")
    back = table_back(mail, {LIAR: {"answer": "Fixed", "comment": "=done"},
                             FOREIGN: {"answer": "not mine", "whose": "City"},
                             SICK: {"answer": "fixt"}},
                      {"delimiter": ";", "lineterminator": "\r\n"})
    lines = place.json_lines("answer", number, "--file", place.write("back.csv", back), "--json")
    story.same([(q["column"], q["value"]) for q in lines[:-1]], [("answer", "fixt")],
               "the table back: what cannot be read is told")
    story.same([lines[-1][k] for k in ("taken", "refused", "claimed", "tasks")], [2, 1, 1, 1],
               "the rest is taken: one claim, one task")
    story.same(finding(place, LIAR)["state"], "claimed-fixed", "claimed by the table")
    story.same(finding(place, FOREIGN)["organisation"], "University",
               "not mine: it stays where it is")
    lines = place.json_lines("answer", number, "--file", place.write("back.csv", back), "--json")
    story.same((lines[-1]["taken"], lines[-1]["unchanged"]), (0, 2), "the table twice: nothing")
    return body


def by_program(place, notice, until):
    number, slow = str(notice["id"]), finding(place, SLOW)["id"]
    other = finding(place, SILENT)["id"]
    text = json.dumps({"answers": [
        {"finding": slow, "answer": "working", "until": until, "comment": "new router"},
        {"finding": other, "answer": "fixed"}, {"finding": 4711, "answer": "fixed"}]})
    lines = place.json_lines("answer", number, "--file", place.write("a.json", text), "--json")
    story.same([q["finding"] for q in lines[:-1]], [other, 4711],
               "JSON: what is not of this notice is refused, one by one")
    story.same((lines[-1]["taken"], lines[-1]["refused"]), (1, 2), "the rest is taken")
    story.same(finding(place, SILENT)["state"], "open", "nobody answers for others")
    twice = place.write("b.json", '{"answers":[],"answers":[]}')
    done = place.tocsin("answer", number, "--file", twice, check=False)
    story.ok(done.returncode == 1 and "twice" in done.stderr, "a member twice is refused")
    done = place.tocsin("answer", "77", "--answer", "fixed", check=False)
    story.ok(done.returncode == 1 and "no notice 77" in done.stderr, "no such notice")


def links(place, notice):
    number = str(notice["id"])
    url = place.json_lines("answer", "link", number, "--json")[0]["url"]
    story.ok(url.startswith(WEB + "/a/") and len(url) == len(WEB) + 29, "a link to pass on")
    token = url.rsplit("/", 1)[1].encode()
    for name in ("tocsin.db", "tocsin.db-wal"):
        try:
            with open(f"{place.dir}/{name}", "rb") as f:
                story.ok(token not in f.read(), f"its token is not in {name}")
        except FileNotFoundError:
            pass
    state = lambda: [q["state"] for q in place.json_lines("answer", "links", number, "--json")]
    story.same(state(), ["good"] * 2, "it is good, beside the mail's own")
    story.ok("2 links revoked" in place.tocsin("answer", "revoke", number).stdout, "revoked")
    place.tocsin("rules", "set", "link-days", "5")
    place.tocsin("answer", "link", number)
    story.same(state(), ["good"] + ["revoked"] * 2, "a new one")
    now, place.now = place.now, story.day_text(40) + "T00:00:00Z"
    story.same(state(), ["expired"] + ["revoked"] * 2, "which expires")
    place.now = now


def contacts(place, notice):
    doubt = lambda: [(c["email"], c["why"]) for c in
                     place.json_lines("contacts", "--in-doubt", "--json")]
    story.same(doubt(), [], "nobody is in doubt")
    last(place, str(notice["id"]), "--answer", "wrong-contact", "--whose", "it@uni.xt.example")
    story.same(doubt(), [("soc@uni.xt.example", ["said-wrong"])], "but who was said to be wrong")
    contact = place.json_lines("contacts", "--in-doubt", "--json")[0]["id"]
    place.now = place.now.replace("06:00:00", "07:00:00")
    place.tocsin("contact", "confirm", str(contact), "-c", "asked by telephone")
    story.same(doubt(), [], "until it is confirmed")


def weeks(place):
    totals = {"notices": 0, "findings": 0, "second_contacts": 0, "person_tasks": 0,
              "reminded": 0, "relapsed": 0}
    went, body = {}, ""
    for day in range(20):
        sick = [SICK] if day == 0 else []
        liar = [LIAR] if day != 1 else []
        feed(place, day, sick + liar + [FOREIGN, SLOW, SILENT])
        sent = morning(place, totals)
        if "City" in sent:
            went[day] = sent["City"]["recipient"].split("@")[0]
        if day == 0:
            first = sent["University"]
            story.same((first["findings"], first["new"]), (4, 4), "the first notice")
            body = first_answers(place, first)
            by_program(place, first, story.day_text(12))
            links(place, first)
        if day == 2:
            text = place.tocsin("notices", "show", str(sent["University"]["id"])).stdout
            story.same((sent["University"]["relapsed"], sent["University"]["findings"]), (1, 1),
                       "the claim was wrong: back, and alone; what was answered rests")
            story.ok("- Back: 192.0.2.2:23/tcp" in text, "the relapse is said")
            story.ok(f"We were told on {story.day_text(1)} that this is fixed; it was seen again "
                     f"on {story.day_text(2)}." in " ".join(text.split()),
                     "and what was claimed, and when it was seen again")
            contacts(place, first)
        if day == 10:
            story.same(finding(place, SICK)["state"], "fixed", "fixed, as nobody saw it again")
        if day in (9, 10, 11):
            told = sent.get("University", {"id": 0})["id"]
            text = place.tocsin("notices", "show", str(told)).stdout if told else ""
            story.same(f"Reminder: {SLOW}:23" in text, day == 11,
                       f"morning of day {day + 1}: working on it until {story.day_text(12)}")
    story.same(went, {0: "soc", 3: "soc", 6: "soc", 9: "noc", 12: "noc", 15: "noc", 18: "noc"},
               "nobody answers: two reminders, then the second contact")
    story.same((totals["second_contacts"], totals["person_tasks"]), (4, 3),
               "then a person's list: twice the City, once who only claimed")
    return totals, body


def previews(place, totals):
    preview = lambda *change: place.json_lines("rules", "preview", "--days", "21", "--json",
                                               *change)[0]
    now = preview()["now"]
    story.same([now[k] for k in ("notices", "findings", "reminded", "relapsed", "second_contact")],
               [totals[k] for k in ("notices", "findings", "reminded", "relapsed",
                                    "second_contacts")],
               "the preview of the rules as they are is what was done")
    story.same(now["person_tasks"], 2, "and two organisations on a person's list")
    changed = preview("remind-critical=1", "second-critical=0", "person-critical=0")
    story.ok(changed["now"] == now and changed["changed"]["reminded"] > 2 * now["reminded"] and
             changed["changed"]["second_contact"] == changed["changed"]["person_tasks"] == 0,
             "other rules: more reminders, no second contact, no task")
    story.same(preview("notify-critical=0")["changed"]["notices"], 0, "told of nothing: no notice")
    story.same(preview()["now"], now, "a preview changes nothing")
    done = place.tocsin("rules", "preview", "remind-x=1", check=False)
    story.ok(done.returncode == 1 and "is no rule" in done.stderr, "no such rule")


with story.Place() as place:
    place.init_demo()
    conf = open(place.dir + "/tocsin.conf", encoding="utf-8").read()
    with open(place.dir + "/tocsin.conf", "w", encoding="utf-8") as f:
        f.write(conf.replace("web.url = \n", f"web.url = {WEB}\n"))
    place.now = story.day_text(0) + "T00:00:00Z"
    place.tocsin("register", "import", place.write("holders.csv", HOLDERS),
                 place.write("contacts.csv", CONTACTS))
    with post.Sink(place.path("sink"), "--all-delivered") as sink:
        post.configure(place.dir, mail_relay=sink.url, mail_undo_minutes=0)
        post.switch_on(place)
        done, mail_body = weeks(place)
    previews(place, done)
    listed = place.json_lines("answers", "--json", "--organisation", "University")
    story.same(sorted(q["way"] for q in listed), ["file"] * 3 + ["hand"] * 2,
               "all answers are kept, with their way")
    story.ok(all(q["comment"] == "=done" for q in listed if q["finding"] ==
                 finding(place, LIAR)["id"]), "with what was said")
    before = finding(place, LIAR)
    place.tocsin("rebuild")
    story.same(finding(place, LIAR), before, "rebuild changes nothing")
    story.ok("rows" in place.tocsin("audit", "verify").stdout, "the audit trail verifies")
    bare = conf.replace("web.url = \n", "")
    with open(place.dir + "/tocsin.conf", "w", encoding="utf-8") as f:
        f.write(bare)
    refused = place.tocsin("answer", "link", "1", check=False)
    story.ok(refused.returncode == 1 and "web.url" in refused.stderr, "no pages, no link")
story.end()

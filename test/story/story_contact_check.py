#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_contact_check.py - contacts are asked whether they are right: who is due, drafts that a
# person approves, the one way out with dry run and undo, the page behind the link, bounces,
# silence, and the next year. Depends on: Python 3, the built program.
import datetime
import email.policy
import os
import re

import post
import story
import web
from story import ok, same

URL = "https://cirt.xt.example"
HOLDERS = ("prefix,holder,sector,language,contact,inside_asn\n"
           "192.0.2.0/28,University,academia,en,,\n192.0.2.16/28,City,government,fr,,\n"
           "192.0.2.32/28,Bank,finance,es,,\n192.0.2.48/28,Clinic,health,ar,,\n"
           "192.0.2.64/28,Port,transport,ru,,\n192.0.2.80/28,Mill,industry,zh,,\n"
           "192.0.2.96/28,Silent,industry,en,,\n")
CONTACTS = ("organisation,name,role,language,email,phone,pgp\n"
            "University,Ms Kestan,security,,soc@uni.xt.example,,\n"
            "City,,security,,soc@city.xt.example,,\nBank,,security,,soc@bank.xt.example,,\n"
            "Clinic,,security,,soc@clinic.xt.example,,\nPort,,security,,soc@port.xt.example,,\n"
            "Mill,,security,zh,soc@mill.xt.example,,\nMill,,noc,fr,noc@mill.xt.example,,\n"
            "Silent,,security,,phone@only.xt.example,,\n")
LANGUAGES = {"soc@uni.xt.example": "en", "soc@city.xt.example": "fr", "soc@bank.xt.example": "es",
             "soc@clinic.xt.example": "ar", "soc@port.xt.example": "ru",
             "soc@mill.xt.example": "zh", "noc@mill.xt.example": "fr",
             "phone@only.xt.example": "en"}
ALL = len(LANGUAGES)


def contacts(place, *args):
    return {c["email"]: c for c in place.json_lines("contacts", "--json", *args)}


def checks(place):
    return {n["recipient"]: n for n in post.notices(place) if n["kind"] == "contact-check"}


def prepare(place):
    story.run("init", "--name", "Talmeria CERT", "--mail", "cert@cirt.xt.example", "--phone",
              "+999 20 112 112", "--language", "en", "--timezone", "UTC", "--tlp", "AMBER",
              "--country", "XT", place.dir)
    post.configure(place.dir, web_url=URL, demo="yes")  # for the clock
    place.now = post.NOW
    place.tocsin("register", "import", place.write("holders.csv", HOLDERS),
                 place.write("contacts.csv", CONTACTS))
    text = ("timestamp,severity,ip,protocol,port,hostname\n"
            "2026-06-01 10:00:00,critical,192.0.2.1,tcp,23,\n")
    place.import_files([place.write("2026-06-01-scan_telnet-test-xt.csv", text)])
    place.tocsin("notices", "draft")


def who_is_due(place):
    before = len(post.notices(place))
    rows = place.json_lines("contacts", "check", "--json")
    same({r["email"]: r["language"] for r in rows}, LANGUAGES,
         "a new register: all are due, each in the contact's language, or its organisation's")
    said = place.tocsin("contacts", "check").stdout
    ok(f"{ALL} contacts would be asked" in said and "contacts check --draft" in said, "in words")
    same(len(post.notices(place)), before, "looking changes nothing")
    run = place.json_lines("contacts", "check", "--draft", "--json")[0]
    same((run["notices"], run["held"]), (ALL, "first-runs"), "drafted, and held: a person looks")
    same({n["recipient"]: n["language"] for n in checks(place).values()}, LANGUAGES, "one each")
    same({n["state"] for n in checks(place).values()}, {"held"}, "none goes by itself")
    same(place.json_lines("contacts", "check", "--json"), [], "who is being asked is not due")
    same(place.json_lines("contacts", "check", "--draft", "--json")[0]["notices"], 0,
         "drafting again drafts nothing")
    uni = checks(place)["soc@uni.xt.example"]
    shown = place.tocsin("notices", "show", str(uni["id"])).stdout
    for words in ("University", "soc@uni.xt.example", f"[TOCSIN-{uni['id']}]", "\n{answer-link}\n",
                  "30 days"):
        ok(words in shown, f"the mail says {words.strip()}")
    done = place.tocsin("answer", str(uni["id"]), "--answer", "fixed", check=False)
    ok(done.returncode == 1, "it has no findings, and is not answered as if")
    return run["run"]


def dry_run(place, run):
    place.tocsin("notices", "approve", "--run", "1", "--held")
    place.tocsin("notices", "approve", "--run", str(run), "--held")
    rows = place.json_lines("notices", "send", "--preview", "--json")
    same([sum(r["kind"] == k for r in rows) for k in ("findings", "contact-check")], [1, ALL],
         "the preview tells the kinds apart")
    ok(f"1 notices about 1 findings, 1 critical. {ALL} mails that ask" in
       place.tocsin("notices", "send", "--preview").stdout, "and counts them apart")
    place.tocsin("notices", "send")
    uni = checks(place)["soc@uni.xt.example"]
    with open(os.path.join(place.dir, "dry-run", f"notice-{uni['id']}.eml"), "rb") as f:
        mail = email.message_from_binary_file(f, policy=email.policy.default)
    ok(f"\n{URL}/c/" + 26 * "*" in mail.get_content().replace("\r\n", "\n"),
       "sending is off: a file, with a masked link")
    same(place.json_lines("answer", "links", "--json"), [], "no link was made")
    ok(all(c["checked_at"] is None for c in contacts(place).values()), "and nobody was asked")


def goes_out(place, sink):
    post.configure(place.dir, mail_relay=sink.url)
    post.switch_on(place)
    place.tocsin("notices", "send")
    undone = checks(place)["phone@only.xt.example"]["id"]
    place.tocsin("notices", "undo", str(undone), "--hold", "--why", "has no mailbox")
    same(post.deliver(place, 9)[-1]["handed_over"], 0, "the undo window")
    same(post.deliver(place, 10)[-1]["handed_over"], ALL, "then they go: all but the one")
    ids = {n["message_id"]: n for n in checks(place).values()}
    mails = {m["Delivered-To"]: m for m in sink.mails() if m["Message-ID"].strip("<>") in ids}
    same(sorted(mails), sorted(set(LANGUAGES) - {"phone@only.xt.example"}), "each at its address")
    same({a: m["Content-Language"] for a, m in mails.items()},
         {a: LANGUAGES[a] for a in mails}, "in its language")
    found = {a: path_of(m) for a, m in mails.items()}
    ok(all(found.values()) and len(set(found.values())) == len(found), "each with a link of its own")
    asked = {a for a, c in contacts(place).items() if c["checked_at"]}
    same(asked, set(mails), "they count as asked; who was taken back does not")
    said = place.tocsin("notices", "status").stdout
    ok(f"{ALL - 1} of them ask a contact" in said, "the status tells the kinds apart")
    rows = place.json_lines("notices", "status", "--all", "--json")
    same(sorted(r["kind"] for r in rows), ["contact-check"] * (ALL - 1) + ["findings"], "in JSON, too")
    effect = place.json_lines("effect", "--json", "--since", "2026-06-01")[0]
    same(find(effect, "sent"), 1, "the effect counts notices about findings alone")
    same({c["notices"] for a, c in contacts(place).items() if a != "soc@uni.xt.example"}, {0},
         "and so does a contact's silence")
    return found


def find(value, key):
    """The first number of that name."""
    if isinstance(value, dict):
        if isinstance(value.get(key), int):
            return value[key]
        value = list(value.values())
    found = [find(v, key) for v in value] if isinstance(value, list) else []
    return next((f for f in found if f is not None), None)


def path_of(mail):
    body = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default).get_content()
    m = re.search(re.escape(URL) + r"(/c/[a-z2-7]{26})\s", body)
    return m and m[1]


def answers(place, links):
    place.now = post.at(60)
    with web.Service(place) as s:
        b = web.Browser(s)
        page = b.get(links["soc@uni.xt.example"])
        ok(page.status == 200 and "University" in page.words, "the link opens the question")
        same(b.get(links["soc@uni.xt.example"].replace("/c/", "/a/")).status, 404, "and no notice")
        same(b.post(links["soc@uni.xt.example"], {"right": "yes"}).status, 200, "yes, by the page")
        same(b.post(links["soc@city.xt.example"], {"right": "no", "comment": "she left"}).status,
             200, "no, by the page")
    bank = contacts(place)["soc@bank.xt.example"]
    place.tocsin("contact", "confirm", str(bank["id"]), "-c", "said so by telephone")
    now = contacts(place)
    same([now[f"soc@{n}.xt.example"]["trust"] for n in ("uni", "bank", "city", "port")],
         ["good", "good", "in-doubt", "unknown"], "confirmed is good, no is doubt, silence nothing yet")
    ok(any(t["kind"] == "wrong-contact" and t["detail"] == "she left"
           for t in place.json_lines("tasks", "--json")), "a no is a task for a person")
    trail = place.tocsin("audit", "list", "--limit", "1000").stdout
    ok(not any(p.rpartition("/")[2] in trail for p in links.values()), "no token in the trail")


def comes_back(place, sink):
    place.now = post.at(90)
    told = place.json_lines("mail", "--json", *sink.files("dsn"))
    ok(told and all(m["notice"] for m in told), "delivery reports find them by the Message-ID")
    fate = {m["Delivered-To"]: m["X-Sink-Fate"] for m in sink.mails()}
    bounced = {a for a, f in fate.items() if f in ("bounced", "full")}
    print(f"# fates: {fate}", flush=True)
    ok(bounced, f"some addresses did not take it: {bounced}")
    same({a for a, c in contacts(place).items() if "bounced" in c["why"]}, bounced,
         "those are in doubt")
    same({n["recipient"] for n in checks(place).values() if n["state"] == "bounced"},
         bounced, "and their notices say so")
    return bounced


def silence(place, bounced):
    words = {"soc@uni.xt.example", "soc@bank.xt.example", "soc@city.xt.example",
             "phone@only.xt.example"}
    place.now = story.day_text(30) + "T08:00:00Z"
    ok(not any("not-confirmed" in c["why"] for c in contacts(place).values()),
       "28 days of silence mean nothing")
    place.now = story.day_text(32) + "T08:30:00Z"
    quiet = {a for a, c in contacts(place, "--in-doubt").items() if "not-confirmed" in c["why"]}
    same(quiet, set(LANGUAGES) - words - bounced, "after thirty days who was asked is in doubt")
    place.tocsin("rules", "set", "check-grace-days", "60")
    ok(not any("not-confirmed" in c["why"] for c in contacts(place).values()), "by a rule that is data")
    place.tocsin("rules", "set", "check-grace-days", "30")
    place.now = story.day_text(360) + "T08:00:00Z"
    same(place.json_lines("contacts", "check", "--json"), [], "nobody is asked twice in a year")
    place.now = story.day_text(370) + "T08:00:00Z"
    same({r["email"] for r in place.json_lines("contacts", "check", "--json")},
         set(LANGUAGES) - bounced - {"soc@city.xt.example", "phone@only.xt.example"},
         "a year later who confirmed or was silent is due again; who is in doubt otherwise is not")


def by_itself(place):
    """With the rule, the day's run asks, too; and approves nothing."""
    before = len(checks(place))
    place.tocsin("rules", "set", "check-by-itself", "1")
    with web.Service(place) as s:
        until = s.now() + 20
        while len(post.notices(place)) <= before + 1 and s.now() < until:
            s.place.tocsin("notices", "status")
    new = [n for n in post.notices(place) if n["at"] > "2027"]
    ok(new and {n["kind"] for n in new if n["findings"] == 0} == {"contact-check"} and
       {n["state"] for n in new} <= {"draft", "held"}, f"drafts, by itself: {len(new)}")


def listed(page):
    """{address: its row's text} of the list of contacts."""
    return {m[1]: " ".join(re.sub("<[^>]*>", " ", row).split())
            for row in re.sub("</?time[^>]*>", "", page.text).partition("<tbody>")[2].split("</tr>")
            if (m := re.search(r'<th scope="row"><bdi dir="ltr">([^<]*)<', row))}


def console(place):
    """The list of contacts in doubt: why, since when; a question to one; who is right after all."""
    doubt = contacts(place, "--in-doubt")
    with web.Service(place) as s:
        head, reader = s.enrol("head"), s.enrol("reader")
        for path in ("/", "/organisations"):
            ok("/contacts" in head.get(path).links, f"a way there from {path}")
        page = head.get("/contacts")
        rows = listed(page)
        same((page.status, page.bad, set(rows)), (200, [], set(doubt)), "exactly those in doubt")
        for address, c in doubt.items():
            days = [c[k][:10] for k, why in (("wrong_at", "said-wrong"), ("bounced_at", "bounced"))
                    if why in c["why"]]
            ok(days + c["why"] and all(f"Since {d}." in rows[address] for d in days) and
               rows[address].count("Since ") == len(c["why"]), f"{address}: why, and since when")
        asked = next(a for a, c in doubt.items() if c["why"] == ["not-confirmed"])
        day = datetime.date.fromisoformat(doubt[asked]["checked_at"][:10]) + datetime.timedelta(30)
        ok(f"Since {day}." in rows[asked], "in doubt from the end of the time to confirm on")
        same(set(listed(head.get("/contacts?only=all"))), set(LANGUAGES), "all of them")
        ok("not time to ask" in head.get("/contacts?only=due").words, "those due are being asked")
        same(head.get("/contacts?only=some").status, 400, "no such list")
        cancel(place, asked)
        page = reader.get("/contacts")
        ok(set(listed(page)) == set(doubt) and not any("/contacts/" in f["action"] for f in page.forms),
           "who only reads sees them, and can do nothing")
        question(place, head, asked, str(doubt[asked]["id"]))
        city = doubt["soc@city.xt.example"]
        page = head.send("/contacts", f"/contacts/{city['id']}/confirm", {"comment": "I called them"})
        ok("is right" in page.words and "soc@city.xt.example" not in listed(page), "right after all")
        same(contacts(place)["soc@city.xt.example"]["trust"], "good", "it counts")


def cancel(place, address):
    """The question that is on its way to it."""
    number = next(n["id"] for n in post.notices(place) if n["recipient"] == address and
                  n["state"] in ("draft", "held"))
    place.tocsin("notices", "cancel", str(number))


def question(place, head, asked, number):
    before = {n["id"] for n in post.notices(place)}
    page = head.get("/contacts")
    fields = next(f["fields"] for f in page.forms if f["fields"].get("contact") == number)
    page = head.post("/contacts/check", fields)
    new = [n for n in post.notices(place) if n["id"] not in before]
    same([(n["recipient"], n["kind"], n["findings"]) for n in new], [(asked, "contact-check", 0)],
         "one question, to it alone, though it is not due")
    ok("Drafted: 1." in page.words and f"/notices/{new[0]['id']}" in page.links, "which is shown, to approve")
    row = listed(head.get("/contacts"))[asked]
    ok("a question is on its way" in row and "Draft a question" not in row, "and is not drafted twice")
    same(head.post("/contacts/check", fields).status, 409, "not by an old page, either")


def main():
    with story.Place() as place:
        prepare(place)
        dry_run(place, who_is_due(place))
        with post.Sink(place.path("sink"), "--seed", "2") as sink:
            links = goes_out(place, sink)
            answers(place, links)
            bounced = comes_back(place, sink)
        silence(place, bounced)
        by_itself(place)
        console(place)
        same(place.tocsin("audit", "verify", check=False).returncode, 0, "the audit trail is whole")
    story.end()


main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_send.py - approved notices on their way: dry run, both eyes open, undo, the mail server,
# reports that come back, and a mail server that is away for a week.
import collections
import contextlib
import email
import hashlib
import os
import re
import sqlite3
import subprocess
import time

import post
import story


def dry_run(place, count):
    said = place.tocsin("notices", "send").stdout
    story.ok(f"{count} mails written" in said and "nothing left the house" in said,
             f"sending is off: mails become files: {said.splitlines()[0]}")
    folder = os.path.join(place.dir, "dry-run")
    story.same(len(os.listdir(folder)), count, "one file a notice")
    one = post.notices(place)[0]
    with open(os.path.join(folder, f"notice-{one['id']}.eml"), "rb") as f:
        written = f.read()
    shown = subprocess.run([story.TOCSIN, "-d", place.dir, "notices", "show", "--eml",
                            str(one["id"])], capture_output=True, check=True).stdout
    story.ok(written == shown, "the file is the exact mail")
    story.same(post.states(place), {"approved": count}, "the notices are still only approved")
    done = place.tocsin("notices", "deliver", check=False)
    story.ok(done.returncode == 1 and "sending is off" in done.stderr, "nothing is delivered")
    done = place.tocsin("sending", "on", check=False)
    story.ok(done.returncode == 2 and "--yes-mail" in done.stderr, "the switch wants a clear word")
    done = place.tocsin("sending", "on", "--yes-mail-leaves-the-house", check=False)
    story.ok(done.returncode == 2 and "mail.relay" in done.stderr, "and a mail server")


def preview(place, count):
    rows = place.json_lines("notices", "send", "--preview", "--json")
    story.same(len(rows), count, "the preview names every approved notice")
    have = {n["id"]: (n["findings"], n["recipient"]) for n in post.notices(place)}
    story.same({r["notice"]: (r["findings"], r["recipient"]) for r in rows}, have,
               "with recipient and count")
    story.ok(all(r["last_time"] is None for r in rows), "nobody was sent anything before")
    text = place.tocsin("notices", "send", "--preview").stdout
    story.ok("first time" in text and "Sending is off" in text, "in words, too")


def undo(place, sink, count):
    place.tocsin("notices", "send")
    story.same(post.states(place), {"waiting": count}, "sent: they wait")
    place.tocsin("notices", "undo", "1", "--hold", "--why", "wrong week")
    place.tocsin("notices", "undo", "2", "3")
    story.same(post.states(place), {"waiting": count - 3, "held": 1, "approved": 2},
               "three are taken back, one of them is held")
    done = place.tocsin("notices", "undo", "2", check=False)
    story.ok(done.returncode == 1 and "not waiting" in done.stderr, "what does not wait cannot be")
    done = place.tocsin("notices", "show", "--sent", "2", check=False)
    story.ok(done.returncode == 1 and "not sent" in done.stderr, "and of it nothing is kept")
    answers = post.deliver(place, 9)
    story.same((answers[-1]["handed_over"], sink.ids()), (0, []),
               "before ten minutes are over nothing goes")
    place.now = post.NOW
    place.tocsin("notices", "send", "2", "3")
    place.tocsin("notices", "approve", "1", "--held")
    place.tocsin("notices", "send")
    story.same(post.states(place), {"waiting": count}, "sent again")


def goes_out(place, sink, count):
    answers = post.deliver(place, 10)
    story.same(answers[-1]["handed_over"], count, "after ten minutes all are handed over")
    mails = sink.mails()
    want = {f"<{n['message_id']}>": n["recipient"] for n in post.notices(place)}
    story.same({m["Message-ID"]: m["Delivered-To"] for m in mails}, want,
               "each mail is there, once, with its Message-ID, at its recipient")
    story.same(len(mails), count, "and no other")
    folder = os.path.join(place.dir, "dry-run")
    with open(os.path.join(folder, "notice-5.eml"), "rb") as f:
        wanted = f.read()
    message_id = post.status(place)[5]["message_id"]
    for path in sink.files("mail"):
        with open(path, "rb") as f:
            got = f.read()
        if message_id.encode() in got:
            story.ok(got.split(b"X-Sink-Fate")[1].split(b"\r\n", 1)[1] == wanted,
                     "byte by byte what was seen in the dry run")
    story.same(post.states(place), {"handed-over": count}, "handed over is not delivered")
    story.same(post.deliver(place, 200)[-1]["handed_over"], 0, "nothing goes twice")


def reports(place, sink):
    place.now = post.at(20)
    fates = {m["Message-ID"].strip("<>"): m["X-Sink-Fate"] for m in sink.mails()}
    story.ok(set(fates.values()) >= {"delivered", "bounced"}, f"fates: {set(fates.values())}")
    answers = place.json_lines("mail", "--json", *sink.files("dsn"))
    story.ok(all(a["notice"] for a in answers), "every report finds its notice")
    story.ok(len(answers) == sum(f != "lost" for f in fates.values()), "as many as there must be")
    want = {"delivered": "delivered", "wrong": "delivered", "bounced": "bounced",
            "full": "bounced", "lost": "handed-over"}
    rows = post.status(place)
    story.same({r["message_id"]: r["state"] for r in rows.values()},
               {i: want[f] for i, f in fates.items()},
               "delivered means a report; a bounce is one; silence is neither")
    again = place.json_lines("mail", "--json", *sink.files("dsn"))
    story.ok(all(a["known_before"] for a in again), "the same reports again change nothing")
    doubt = {d["email"] for d in place.json_lines("contacts", "--in-doubt", "--json")
             if "bounced" in d["why"]}
    story.same(doubt, {r["recipient"] for r in rows.values() if r["state"] == "bounced"},
               "whose mail bounced is in doubt")
    tasks = place.json_lines("tasks", "--json")
    critical = {i for i, r in rows.items() if r["state"] == "bounced" and r["critical"]}
    known = place.json_lines("contacts", "--json")
    alone = {n["id"] for n in post.notices(place) if n["state"] == "bounced" and not
             any(c["organisation"] == n["organisation"] and c["email"] != n["recipient"]
                 for c in known)}
    story.same({t["notice"] for t in tasks if t["kind"] == "bounced"}, critical | alone,
               f"a task: what bounced and is critical, or nobody else is known: {alone}")
    if tasks:
        place.tocsin("task", "done", str(tasks[0]["id"]), "--why", "telephoned")
        story.same(len(place.json_lines("tasks", "--json")), len(tasks) - 1, "which is closed")
        done = [t for t in place.json_lines("tasks", "--all", "--json") if t["done_at"]]
        story.same([t["done_why"] for t in done], ["telephoned"], "and stays to be seen")
    forged = place.write("forged.eml", "From: mailer-daemon@evil.example\nMessage-ID: <a@b.c>\n"
                         "\n550 5.1.1 user unknown\nMessage-ID: <nobody@nowhere.example>\n")
    story.same(place.json_lines("mail", "--json", forged)[0]["notice"], None,
               "a report on what was never sent belongs to nothing")
    person = place.write("person.eml", "From: soc@bank.example\nIn-Reply-To: "
                         f"<{rows[5]['message_id']}>\nSubject: 550 5.1.1\n\n550 user unknown\n")
    answer = place.json_lines("mail", "--json", person)[0]
    story.same((answer["kind"], answer["notice"], post.status(place)[5]["state"]),
               ("mail", 5, rows[5]["state"]), "what a person writes is no bounce")
    with open(sink.files("dsn")[0], encoding="utf-8") as f:
        piped = place.tocsin("mail", "--json", stdin=f.read().replace("Delivery", "Xelivery", 1))
    story.ok('"known_before":false' in piped.stdout.replace(" ", ""), "mail comes by a pipe, too")


def hostile(place):
    """Mails made to break readers, and other people's bounces: nothing of ours is touched."""
    top = story.shared()
    if not top:
        story.skip("no shared data")
        return
    paths = [os.path.join(base, name)
             for part in ("hostile/mime", "hostile/own/mime", "reports/dsn", "reports/mime-odd",
                          "reports/abuse-mail", "reports/arf")
             for base, _, names in os.walk(os.path.join(top, "data", part)) for name in names
             if os.path.getsize(os.path.join(base, name)) > 0]
    before = {i: r["state"] for i, r in post.status(place).items()}
    answers = place.json_lines("mail", "--json", *paths)
    story.same(len(answers), len(paths), f"{len(paths)} strange mails: each has its answer")
    story.same([a for a in answers if a["notice"]], [], "none belongs to a notice")
    bad = [(a["name"], a["error"]) for a in answers if a["error"]]
    print(f"# cannot be read: {bad}", flush=True)
    story.ok(0 < len(bad) < 0.05 * len(paths), f"{len(bad)} cannot be read, and say why")
    story.ok(not any("gave up" in e for _, e in bad), "none breaks the reader")
    kinds = collections.Counter(a["kind"] for a in answers)
    dsn = [a for a in answers if a["name"].startswith("bounceparser__")]
    print(f"# kinds: {dict(kinds)}; of bounces: {collections.Counter(a['kind'] for a in dsn)}")
    story.ok(sum(a["kind"] in ("failed", "delayed", "bounce", "report") for a in dsn)
             > 0.8 * len(dsn), "most of other people's bounces are seen as such")
    story.same({i: r["state"] for i, r in post.status(place).items()}, before,
               "and no notice changed")


def refusals():
    """Servers that one meets, one mail after the other."""
    with story.Place() as place:
        count = post.approved(place)
        plays = "refuse,later,later-data,ok,delay"
        with post.Sink(place.path("sink"), "--all-delivered", "--play", plays,
                       "--delay", "100") as sink:
            post.configure(place.dir, mail_relay=sink.url)
            post.switch_on(place)
            place.tocsin("notices", "send")
            for minute in (10, 12, 16, 27, 60, 120, 300, 600):
                for _ in range(40):
                    if not post.deliver(place, minute)[-1]["unreachable"]:
                        break
            found = post.states(place)
            refused = found.pop("refused", 0)
            story.same(found, {"handed-over": count - refused}, "all the others got through")
            story.ok(refused > 0, f"{refused} were refused for good")
            ids = sink.ids()
            story.same((len(ids), len(set(ids))), (count - refused, count - refused), "once each")
            tries = [r["tries"] for r in post.status(place).values()]
            story.ok(max(tries) > 2, f"some took {max(tries)} tries")
            doubt = [d for d in place.json_lines("contacts", "--in-doubt", "--json")
                     if "bounced" in d["why"]]
            story.same(len(doubt), len({r["recipient"] for r in post.status(place).values()
                                        if r["state"] == "refused"}), "who was refused is in doubt")


def uncertain():
    with story.Place() as place:
        post.approved(place)
        for n in post.notices(place)[2:]:
            place.tocsin("notices", "cancel", str(n["id"]))
        with post.Sink(place.path("sink"), "--all-delivered", "--play", "drop,hang,ok,drop") as sink:
            post.configure(place.dir, mail_relay=sink.url, mail_timeout=1)
            post.switch_on(place)
            place.tocsin("notices", "send")
            a, b = sorted(post.status(place))
            answers = post.deliver(place, 10)
            story.same(answers[-1]["uncertain"], 2, "dropped after the dot, and hung: uncertain")
            story.same(post.states(place)["uncertain"], 2, "they are marked so")
            post.deliver(place, 14)
            story.same(len(sink.ids()), 1, "and not tried again before their time")
            answers = post.deliver(place, 15)
            story.same((answers[-1]["handed_over"], answers[-1]["uncertain"]), (1, 1),
                       "once more, with the mark: one is taken, one is dropped again")
            rows = post.status(place)
            story.same([rows[i]["uncertain"] for i in (a, b)], [1, 2], "the marks stay")
            story.same([len(sink.ids()), len(set(sink.ids()))], [3, 2], "with the same Message-ID")
            story.same([t["kind"] for t in place.json_lines("tasks", "--json")], ["uncertain"],
                       "after the second time a person is asked")
            story.same(post.deliver(place, 60 * 24)[-1]["next"], None, "and nobody tries again")
            place.tocsin("notices", "send", "--again", str(b))
            story.same(place.json_lines("tasks", "--json"), [], "the person sends it again")
            place.tocsin("notices", "undo", str(b))
            task, = place.json_lines("tasks", "--json")
            story.same((task["kind"], post.status(place)[b]["state"]), ("uncertain", "uncertain"),
                       "or takes that back, and looks into the mail server's log")
            done = place.tocsin("task", "done", str(task["id"]), "--why", "rang", check=False)
            story.ok(done.returncode == 2 and "--went-out" in done.stderr,
                     f"who closes that must say what is there: {done.stderr.strip()}")
            place.tocsin("task", "done", str(task["id"]), "--went-out", "yes", "--why", "in the log")
            story.same(post.status(place)[b]["state"], "handed-over", "then it is known")
            place.tocsin("mail", *sink.files("dsn"))
            story.same(post.status(place)[a]["state"], "delivered", "a report ends the doubt")


def by_itself():
    """A service that stays sends what is due, without being asked; others use it meanwhile."""
    with story.Place() as place:
        count = post.approved(place)
        with post.Sink(place.path("sink"), "--all-delivered", "--play", "ok,delay", "--delay",
                       "200") as sink:
            post.configure(place.dir, mail_relay=sink.url)
            post.switch_on(place)
            place.tocsin("notices", "send")
            service = subprocess.Popen(
                [story.TOCSIN, "-d", place.dir, "--now", post.at(9.95), "serve", "--socket",
                 place.path("web.sock")], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            try:
                until = time.monotonic() + 90
                while len(sink.ids()) < count and time.monotonic() < until:
                    time.sleep(0.2)
                    place.now = None
                    place.tocsin("notices", "status")
                story.same(len(sink.ids()), count, "all goes out when its time has come")
                story.same(len(set(sink.ids())), count, "once each")
                until = time.monotonic() + 10
                while post.states(place) != {"handed-over": count} and time.monotonic() < until:
                    time.sleep(0.2)
                story.same(post.states(place), {"handed-over": count}, "and is known as handed over")
                place.now = post.at(30)
                answers = place.json_lines("mail", "--json", *sink.files("dsn")[:3])
                story.same([a["kind"] for a in answers], ["delivered"] * 3, "reports go to it")
            finally:
                service.terminate()
                _, said = service.communicate(timeout=30)
            story.same(service.returncode, 0, f"it ends in good order: {said.decode()[-200:]}")


def others_meanwhile():
    """While a mail server takes its time, what others want done is done."""
    with story.Place() as place:
        post.approved(place)
        for n in post.notices(place)[2:]:
            place.tocsin("notices", "cancel", str(n["id"]))
        with post.Sink(place.path("sink"), "--all-delivered", "--play", "delay", "--delay",
                       "4000") as sink:
            post.configure(place.dir, mail_relay=sink.url, mail_timeout=20)
            post.switch_on(place)
            place.tocsin("notices", "send")
            place.now = post.at(10)
            waits = subprocess.Popen([story.TOCSIN, "-d", place.dir, "--now", place.now, "notices",
                                      "deliver", "--json"], stdout=subprocess.PIPE, text=True)
            until = time.monotonic() + 30
            while not flying(place) and time.monotonic() < until:
                time.sleep(0.02)
            began = time.monotonic()
            place.tocsin("holidays", "set", "2026-12-24", "Founders' Day")
            done = place.tocsin("holidays", "set", "2026-12-24", "", check=False)
            took = time.monotonic() - began
            story.ok(took < 2.5 and waits.poll() is None and flying(place),
                     f"a mail is on its way for four seconds, and after {took:.1f} two acts are done")
            story.ok(done.returncode != 0, "one that is wrong is told so")
            said, _ = waits.communicate(timeout=60)
            story.ok('"handed_over":2' in said.replace(" ", ""),
                     f"then both mails are handed over: {said.splitlines()[-1]}")
            story.same(len(set(sink.ids())), 2, "once each")


def flying(place):
    with contextlib.closing(sqlite3.connect(f"file:{place.dir}/tocsin.db?mode=ro", uri=True)) as db:
        return db.execute("SELECT count(*) FROM outbox WHERE flying = 1").fetchone()[0]


def odd_one():
    """One mail that cannot be written keeps no other one back."""
    with story.Place() as place:
        count = post.approved(place, "smtp://127.0.0.1:1")
        post.switch_on(place)
        with sqlite3.connect(os.path.join(place.dir, "tocsin.db")) as db:
            db.execute("UPDATE notice SET recipient = 'a\nb' WHERE id = 2")
        said = place.tocsin("notices", "send").stdout
        story.same(post.states(place), {"waiting": count - 1, "held": 1},
                   f"it is held, the others wait: {said.splitlines()[0]}")
        story.same([t["notice"] for t in place.json_lines("tasks", "--json")], [2],
                   "and a person is told")


def links():
    """The link to answer by is good in the mail, and nowhere else."""
    with story.Place() as place:
        place.now = post.NOW
        place.init_demo()
        post.configure(place.dir, web_url="https://cirt.xt.example")
        place.import_files(place.feeds("D", 0)[1][:6])
        place.tocsin("notices", "draft")
        place.tocsin("notices", "approve", "--run", "1", "--held")
        place.tocsin("notices", "send")
        with open(os.path.join(place.dir, "dry-run", "notice-1.eml"), "rb") as f:
            masked = link_of(email.message_from_bytes(f.read()))
        with post.Sink(place.path("sink"), "--all-delivered") as sink:
            post.configure(place.dir, mail_relay=sink.url)
            post.switch_on(place)
            place.tocsin("notices", "send")
            waiting = mails_in_database(place)
            post.deliver(place, 10)
            found = [link_of(m) for m in sink.mails()]
            story.ok(all(found) and len(set(found)) == len(found), "each mail has its own link")
            story.ok(masked and masked not in found, f"the dry run has none that is good: {masked}")
            tokens = [link.rpartition("/")[2].encode() for link in found]
            story.same([b"Message-ID" in m for m in waiting], [False] * len(found),
                       "who reads the database while they wait reads no mail")
            story.same((mails_in_database(place), in_files(place, tokens)), ([], 0),
                       "nor does one stay when the mail server has taken them")
            place.tocsin("mail", *sink.files("dsn"))
            story.same(post.states(place), {"delivered": len(found)}, "they arrive")
            kept(place, sink)
            rows = place.json_lines("answer", "links", "--json")
            story.same(len(rows), len(found), "a link a notice")


def in_files(place, tokens):
    """How many tokens stand in clear in a file of the directory."""
    found = set()
    for base, _, names in os.walk(place.dir):
        for name in names:
            if name.endswith(".sock"):
                continue
            with open(os.path.join(base, name), "rb") as f:
                data = f.read()
            found |= {t for t in tokens if t in data}
    return len(found)


def kept(place, sink):
    """What went out is shown, but for the token; and proven by digests."""
    ids = {n["message_id"]: n["id"] for n in post.notices(place)}
    wrong, tables = [], 0
    for path in sink.files("mail"):
        with open(path, "rb") as f:
            raw = f.read().split(b"X-Sink-Fate")[1].split(b"\r\n", 1)[1]
        out = email.message_from_bytes(raw)
        notice = str(ids[out["Message-ID"].strip("<>")])
        shown = subprocess.run([story.TOCSIN, "-d", place.dir, "notices", "show", "--sent", notice],
                               capture_output=True, check=True).stdout
        copy = email.message_from_bytes(shown)
        row, = place.json_lines("notices", "show", "--sent", "--json", notice)
        link = link_of(out)
        token = link.rpartition("/")[2]
        texts = [m.get_payload()[0] if m.is_multipart() else m for m in (out, copy)]
        said, says = (t.get_payload(decode=True).decode() for t in texts)
        sums = "".join(f"{hashlib.sha256(p.get_payload(decode=True)).hexdigest()}  "
                       f"{p.get_filename()}\n" for p in out.get_payload()[1:])
        tables += len(out.get_payload()) - 1
        same = (row["sha256"] == copy["X-Tocsin-Sent-SHA256"] == hashlib.sha256(raw).hexdigest(),
                row["bytes"] == int(copy["X-Tocsin-Sent-Bytes"]) == len(raw),
                copy["X-Tocsin-Sent-As"] == "it is", copy["Subject"] == out["Subject"],
                copy["To"] == out["To"], copy["Date"] == out["Date"],
                says == said.replace(token, "*" * len(token)), says != said,
                copy.get_payload()[1].get_payload(decode=True).decode() == sums,
                shown.split(b"\r\n", 4)[4] == row["mail"].encode())
        if not all(same):
            wrong.append((notice, same))
    story.same(wrong, [], "each mail is shown as it was, with a mask over its token")
    story.ok(tables >= len(ids), f"with the digests of {tables} tables")
    trail = place.json_lines("audit", "list", "--json", "--limit", "10000")
    story.ok(any(row["sha256"] in str(a) for a in trail), "the trail has the mail's digest too")


def link_of(mail):
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            m = re.search(r"https://cirt\.xt\.example/\S+", part.get_payload(decode=True).decode())
            return m and m[0]
    return None


def mails_in_database(place):
    with contextlib.closing(sqlite3.connect(f"file:{place.dir}/tocsin.db?mode=ro", uri=True)) as db:
        return [m for m, in db.execute("SELECT mail FROM outbox_mail")]


def moved():
    """What the register has given to another organisation since the draft does not go."""
    with story.Place() as place:
        count = post.approved(place)
        with post.Sink(place.path("sink"), "--all-delivered") as sink:
            post.configure(place.dir, mail_relay=sink.url)
            post.switch_on(place)
            a, b = [n["id"] for n in post.notices(place)[:2]]
            place.tocsin("notices", "send", str(a))
            with sqlite3.connect(os.path.join(place.dir, "tocsin.db")) as db:
                db.execute("UPDATE finding SET org = (SELECT max(id) FROM organisation) WHERE id IN "
                           "(SELECT finding FROM notice_finding WHERE notice IN (?, ?) AND n = 1)",
                           (a, b))
            said = place.tocsin("notices", "send").stdout
            story.ok(said.startswith("1 may not go out"), f"one is held at once: {said[:70]}")
            answers = post.deliver(place, 10)
            story.same((answers[-1]["handed_over"], post.states(place)),
                       (count - 2, {"held": 2, "handed-over": count - 2}),
                       "the one that waited is held, too, and all others go")
            tasks = place.json_lines("tasks", "--json")
            story.same({t["notice"]: "another organisation's" in t["detail"] for t in tasks},
                       {a: True, b: True}, "a person is told why")


def many_to_one():
    """An operator has customers without contacts: no pile grows for it."""
    with story.Place() as place:
        count = post.approved(place)
        with sqlite3.connect(os.path.join(place.dir, "tocsin.db")) as db:
            db.execute("UPDATE notice SET recipient = 'abuse@zel.xt.example'")
        with post.Sink(place.path("sink"), "--all-delivered") as sink:
            post.configure(place.dir, mail_relay=sink.url, mail_per_recipient_day=1)
            post.switch_on(place)
            place.tocsin("notices", "send")
            story.same(post.deliver(place, 10)[-1]["handed_over"], count,
                       "what was drafted together counts as one for its address")


def waits_long():
    """What waits for over a day is a thing for hands."""
    with story.Place() as place:
        count = post.approved(place, "smtp://127.0.0.1:1")
        post.switch_on(place)
        place.tocsin("notices", "send")
        place.tocsin("sending", "off")
        for hours, want in ((24, 0), (25, count)):
            place.now = post.at(60 * hours)
            morning, = place.json_lines("morning", "--json")
            story.same(morning["stuck"], want, f"after {hours} hours: {want}")
        said = place.tocsin("morning", "--language", "en").stdout
        hands, _, fine = said.partition("What is fine")
        story.ok(f"the house. {count} notices have waited for more than a day" in hands
                 and "on their way" not in fine, "and stands with what needs hands")


def week():
    """A week without the mail server: everything goes once, later."""
    with story.Place() as place:
        count = post.approved(place)
        with post.Sink(place.path("sink"), "--all-delivered") as sink:
            url = sink.url
            sink.stop()
            post.configure(place.dir, mail_relay=url)
            post.switch_on(place)
            place.tocsin("notices", "send")
            for hour in range(1, 7 * 24, 4):
                last = post.deliver(place, 60 * hour)[-1]
                if last["handed_over"] or not last["unreachable"]:
                    break
            story.same(hour, 165, "for a week nobody takes the mail")
            story.same(post.states(place), {"waiting": count}, "all of it waits")
        with post.Sink(place.path("sink"), "--all-delivered", "--port",
                       url.rpartition(":")[2]) as sink:
            handed = sum(post.deliver(place, 60 * 24 * 7 + 70 * i)[-1]["handed_over"]
                         for i in range(4))
            story.same(handed, count, "then all is taken")
            story.same(len(sink.ids()), len(set(sink.ids())), "each once")
            story.same(post.states(place), {"handed-over": count}, "and nothing is left")


def gives_up():
    with story.Place() as place:
        post.approved(place, "smtp://127.0.0.1:1")
        for n in post.notices(place)[1:]:
            place.tocsin("notices", "cancel", str(n["id"]))
        post.switch_on(place)
        place.tocsin("notices", "send")
        for day in range(14):
            post.deliver(place, 60 * 24 * day + 60)
        story.same(post.states(place)["waiting"], 1, "13 days of trying")
        last = post.deliver(place, 60 * 24 * 14 + 60)
        story.ok("waiting" not in post.states(place), f"after 14 days it is given up: {last[0]}")
        story.same([t["kind"] for t in place.json_lines("tasks", "--json")], ["undelivered"],
                   "and a person is told")


def hours_and_caps():
    with story.Place() as place:
        count = post.approved(place)
        with post.Sink(place.path("sink"), "--all-delivered") as sink:
            post.configure(place.dir, mail_relay=sink.url, mail_per_hour=10, mail_hours="09:00-17:00",
                           mail_days="mon-fri", team_timezone="Europe/Paris",
                           mail_critical_at_once="no")
            post.switch_on(place)
            place.tocsin("holidays", "set", "2026-06-03", "Founders' Day")
            one = post.notices(place)[0]
            place.tocsin("hours", "set", "--contact", one["recipient"], "--hours", "20:00-21:00",
                         "--days", "any", "--zone", "UTC")
            place.now = "2026-06-02T16:00:00Z"      # 18:00 in Paris, a Tuesday
            place.tocsin("notices", "send")
            nexts = {i: r["next_try"] for i, r in post.status(place).items()}
            story.same(nexts.pop(one["id"]), "2026-06-02T20:00:00Z", "a contact's own hours")
            story.same(set(nexts.values()), {"2026-06-04T07:00:00Z"},
                       "not in the evening, not on the holiday: Thursday at nine in Paris")
            for hour in range(7, 12):
                place.now = f"2026-06-04T{hour:02d}:00:01Z"
                answers = place.json_lines("notices", "deliver", "--json")
                place.now = f"2026-06-04T{hour:02d}:00:30Z"
                more = place.json_lines("notices", "deliver", "--json")
                want = min(10, count - 1 - 10 * (hour - 7))
                story.same((answers[-1]["handed_over"], more[-1]["handed_over"]), (want, 0),
                           f"hour {hour}: ten and no more")
            story.same(len(sink.ids()), len(set(sink.ids())), "none twice")


with story.Place() as home:
    COUNT = post.approved(home)
    dry_run(home, COUNT)
    preview(home, COUNT)
    with post.Sink(home.path("sink")) as SINK:
        post.configure(home.dir, mail_relay=SINK.url)
        post.switch_on(home)
        undo(home, SINK, COUNT)
        goes_out(home, SINK, COUNT)
        reports(home, SINK)
    story.same(SINK.code, 0, "the sink ends in good order")
    hostile(home)
    story.same(home.tocsin("audit", "verify", check=False).returncode, 0, "the trail is whole")
    story.same(home.tocsin("db", "check", check=False).returncode, 0, "the database is whole")
refusals()
uncertain()
by_itself()
others_meanwhile()
odd_one()
links()
moved()
many_to_one()
waits_long()
week()
gives_up()
hours_and_caps()
story.end()

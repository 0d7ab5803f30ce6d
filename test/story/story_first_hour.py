#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_first_hour.py - from an empty machine to an effect that can be shown: a data directory, the
# team's register, the first day's files, digests drafted, approved and sent to a mail server, one
# of them answered through the link in its mail, and the effect page that shows it. As a team
# does it: its own options, the machine's clock, nothing planted. The program has 60 seconds.
# Depends on: Python 3, the built program.
import datetime
import email
import email.policy
import json
import os
import re
import time

import post
import story
import web
from story import ok, same

LIMIT = 60
URL = "https://cirt.xt.example"
REGISTER = ["networks", "holders", "contacts", "domains", "country"]


class Watch:
    """The seconds that somebody waits for the program; what the story itself does is not in it."""

    def __init__(self):
        self.steps = {}

    def __call__(self, name):
        self.name, self.began = name, None
        return self

    def __enter__(self):
        self.began = time.monotonic()

    def __exit__(self, *exc):
        self.steps[self.name] = self.steps.get(self.name, 0) + time.monotonic() - self.began

    def total(self):
        return sum(self.steps.values())


def first_day(place):
    """Yesterday's files of the demonstration's country, and its register, as a team has them."""
    day = (datetime.datetime.now(datetime.timezone.utc).date()
           - datetime.date.fromisoformat(story.DAY0)).days - 1
    folder, files = place.feeds("D", day)
    return [os.path.join(folder, n + ".csv") for n in REGISTER], files


def begin(place, watch, register, files):
    ok(not os.path.exists(place.dir), "an empty machine")
    with watch("init"):
        story.run("init", "--country", "XT", "--name", "Talmeria CERT", "--mail",
                  "cert@cert.xt.example", "--phone", "+999 20 112 112", "--language", "fr",
                  "--timezone", "Africa/Algiers", "--tlp", "AMBER", place.dir)
    with watch("register"):
        place.tocsin("register", "import", *register)
    with watch("import"):
        rows = place.import_files(files)
    ok(sum(r["new_findings"] for r in rows) > 100 and len(rows) == len(files),
       f"{len(files)} files: {sum(r['new_findings'] for r in rows)} findings")


def digests(place, watch):
    with watch("draft"):
        run = place.json_lines("notices", "draft", "--json")[0]
    same(run["held"], "first-runs", f"{run['notices']} digests, held: a person looks first")
    with watch("look"):
        place.tocsin("notices", "list", "--run", str(run["run"]))
        place.tocsin("notices", "show", "1")
        place.tocsin("notices", "approve", "--run", str(run["run"]), "--held")
        preview = place.json_lines("notices", "send", "--preview", "--json")
    same(len(preview), run["notices"], "approved; the preview has all of them")
    with watch("dry run"):
        place.tocsin("notices", "send")
    same(len(os.listdir(os.path.join(place.dir, "dry-run"))), run["notices"],
         "sending is off: files to look at")
    return run["notices"]


def delivered(place, sink, watch, count):
    """The service sends what is due by itself; nobody asks it to."""
    with watch("send"):
        place.tocsin("sending", "on", "--yes-mail-leaves-the-house")
        place.tocsin("notices", "send")
        until = time.monotonic() + 2 * LIMIT
        while len(sink.files("mail")) < count and time.monotonic() < until:
            time.sleep(0.05)
    same(len(sink.ids()), count, "both eyes open: each digest is at the mail server, once")
    return sink.mails()


def link_in(mail):
    whole = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    body = whole.get_body(("plain",)).get_content()
    found = re.search(re.escape(URL) + r"(/a/[a-z2-7]{26})\s", body)
    return found and found[1]


def answer(service, watch, mails):
    """Whoever got the first of them opens the link and says: fixed, all of it."""
    mail = next(m for m in mails if link_in(m))
    path, reader = link_in(mail), web.Browser(service)
    with watch("answer"):
        page = reader.get(path)
        done = reader.post(path, {"answer": "fixed", "comment": "closed today"})
    ok(page.status == 200 and "Talmeria CERT" in page.words, "the link in the mail opens its page")
    ok(done.status == 200 and done.bad == [], "it is answered: fixed")

def figures(place):
    return place.json_lines("effect", "--json")[0]


def shown(service, place, watch, count, before):
    path = re.search(r"/enrol/[0-9a-f]{32}", place.tocsin("user", "reset", "head").stdout)[0]
    with watch("enrol"):
        head = service.finish("head", path)
    head.cookies["lang"] = "en"  # the team's own language is French
    with watch("page"):
        page = head.get("/effect")
        rows = [json.loads(line) for line in head.get("/effect/json").text.splitlines()]
    same((page.status, page.bad), (200, []),
         "the head is in, by link, password and code; the effect is a whole page")
    with watch("effect"):
        now = figures(place)
    same((now["sent"], now["opened"], now["answered"]), (count, 1, 1),
         "the effect has it: all sent, one opened, one answered")
    same((before["answered"], before["claimed_fixed"]), (0, 0), "which it had not before")
    ok(now["claimed_fixed"] > 0, f"{now['claimed_fixed']} findings are claimed to be fixed")
    keys = ("sent", "opened", "answered", "claimed_fixed")
    same([sum(r[k] for r in rows) for k in keys], [now[k] for k in keys],
         "the page's table by organisation adds up to the same")
    ok(f"1 of {count} sent" in page.words, f"and says so: 1 of {count} sent")


def main():
    watch = Watch()
    with story.Place() as place:
        register, files = first_day(place)
        begin(place, watch, register, files)
        with post.Sink(place.path("sink"), "--all-delivered") as sink:
            post.configure(place.dir, mail_relay=sink.url, mail_undo_minutes=0, web_url=URL)
            count = digests(place, watch)
            with watch("serve"):
                service = web.Service(place).__enter__()
            try:
                mails = delivered(place, sink, watch, count)
                before = figures(place)
                answer(service, watch, mails)
                shown(service, place, watch, count, before)
            finally:
                service.__exit__()
        with watch("trail"):
            same(place.tocsin("audit", "verify", check=False).returncode, 0, "the trail is whole")
    for name, seconds in watch.steps.items():
        print(f"# {name}: {seconds:.2f} s", flush=True)
    ok(watch.total() < LIMIT, f"the first hour took {watch.total():.1f} s of the program's time")
    story.end()


main()

# SPDX-License-Identifier: Apache-2.0
# post.py - what the stories of sending share: a mail sink, and what it kept. Depends on:
# Python 3, the built program.
import email
import glob
import os
import re
import signal
import subprocess

import story

NOW = "2026-06-02T08:00:00Z"


def at(minutes):
    """NOW and so many minutes."""
    import datetime
    t = datetime.datetime(2026, 6, 2, 8, 0) + datetime.timedelta(minutes=minutes)
    return t.strftime("%Y-%m-%dT%H:%M:%SZ")


class Sink:
    """tocsin mail-sink, for as long as it is needed."""

    def __init__(self, folder, *args):
        self.folder = folder
        self.process = subprocess.Popen([story.TOCSIN, "mail-sink", "--dir", folder, *args],
                                        stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            raise SystemExit("Bail out! the mail sink does not start")

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.code = self.stop()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        self.process.stdout.close()
        return code

    def files(self, what):
        return sorted(glob.glob(os.path.join(self.folder, what, "*.eml")))

    def mails(self):
        found = []
        for path in self.files("mail"):
            with open(path, "rb") as f:
                found.append(email.message_from_bytes(f.read()))
        return found

    def ids(self):
        return [m["Message-ID"] for m in self.mails()]


def configure(directory, **options):
    """Sets options of tocsin.conf: mail_relay for mail.relay."""
    path = os.path.join(directory, "tocsin.conf")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for name, value in options.items():
        name = name.replace("_", ".", 1).replace("_", "-")
        text, n = re.subn(rf"(?m)^{re.escape(name)} = .*$", f"{name} = {value}", text)
        if n != 1:
            raise SystemExit(f"Bail out! no option {name}")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def approved(place, relay=""):
    """A demonstration with a day's notices, all approved. How many."""
    place.now = NOW
    place.init_demo()
    folder, files = place.feeds("D", 0)
    place.import_files(files)
    place.tocsin("notices", "draft")
    place.tocsin("notices", "approve", "--run", "1", "--held")
    configure(place.dir, mail_relay=relay, mail_timeout=5)
    return len(notices(place))


def notices(place):
    return place.json_lines("notices", "list", "--json", "--limit", "1000000")


def states(place):
    """State -> how many."""
    found = {}
    for n in notices(place):
        found[n["state"]] = found.get(n["state"], 0) + 1
    return found


def status(place):
    return {r["notice"]: r for r in place.json_lines("notices", "status", "--json", "--all",
                                                     "--limit", "1000000")}


def switch_on(place):
    place.tocsin("sending", "on", "--yes-mail-leaves-the-house")


def deliver(place, minutes, check=True):
    place.now = at(minutes)
    return place.json_lines("notices", "deliver", "--json", check=check)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Four weeks of the demonstration country, played: each morning its feeds come in, digests go
out to a mail server that keeps everything on this machine, some constituents answer by the
link in their mail and repair things, and later feeds show it. Then the console is served
until Ctrl-C.

    demo.py PROGRAM [--days N] [--port N] [--place DIR]

Everything is in DIR (demo/), to be looked at. Depends on Python's standard library alone."""

import argparse
import datetime
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import demo_answers

FIRST = datetime.date(2026, 6, 1)
HEAD = "asha"  # who signs in first
BOLD, PLAIN = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")


def title(text):
    print(f"\n{BOLD}{text}{PLAIN}\n", flush=True)


def date_of(day):
    return FIRST + datetime.timedelta(day)


class Child:
    """A part of ours that runs beside: it ends when we say so."""

    def __init__(self, args, log, said):
        """Waits until its first line that begins with said, and keeps it."""
        self.log = open(log, "a", encoding="utf-8")
        # A session of its own: Ctrl-C is for us, and we tell the others.
        self.process = subprocess.Popen(args, stdout=subprocess.PIPE, stderr=self.log, text=True,
                                        stdin=subprocess.DEVNULL, start_new_session=True)
        self.line = self.process.stdout.readline().strip()
        if not self.line.startswith(said):
            code = self.process.wait()
            with open(log, encoding="utf-8") as f:
                raise SystemExit(f"{' '.join(args)}: exit {code}\n{f.read()[-2000:]}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self.process.stdout.close()
        self.log.close()
        return code


class Player:
    """The team's days. place: a folder for all of it."""

    def __init__(self, program, place, port=8069, scale="D", seed=69):
        self.program, self.place, self.scale, self.seed = program, place, scale, seed
        self.data = os.path.join(place, "talmeria")
        self.sink = os.path.join(place, "mailbox")
        self.feeds = os.path.join(place, "feeds")
        self.log = os.path.join(place, "service.log")
        self.url = f"http://127.0.0.1:{port}"
        self.port = port
        self.people, self.days = None, 0
        self.mails = self.reports = 0  # numbers of the last ones seen
        self.now = self.server = self.service = None

    # ---- the program ----

    def run(self, *args, check=True):
        done = subprocess.run([self.program, *args], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        if check and done.returncode != 0:
            raise SystemExit(f"tocsin {' '.join(args)}: exit {done.returncode}\n"
                             f"{done.stdout[-1000:]}{done.stderr[-1000:]}")
        return done.stdout

    def at(self, clock, *args, **more):
        """A command of this morning, at that time of the day."""
        return self.run("-d", self.data, "--now", f"{self.now}T{clock}:00Z", *args, **more)

    def json(self, clock, *args):
        return [json.loads(line) for line in self.at(clock, *args).splitlines()]

    # ---- beginning and end ----

    def begin(self):
        os.makedirs(self.feeds)
        said = self.run("init", "--demo", self.data)
        self.server = Child([self.program, "mail-sink", "--dir", self.sink], self.log, "smtp://")
        # Days are played by us, not by the service's own calendar.
        self.configure({"mail.relay": self.server.line, "web.url": self.url, "team.hour": 23})
        self.run("-d", self.data, "sending", "on", "--yes-mail-leaves-the-house")
        self.people = demo_answers.People(self.program, self.place, self.seed)
        return said

    def configure(self, values):
        path = os.path.join(self.data, "tocsin.conf")
        with open(path, encoding="utf-8") as f:
            lines = f.read().splitlines()
        for name, value in values.items():
            where = [i for i, line in enumerate(lines) if line.split(" = ")[0] == name]
            lines[where[0]] = f"{name} = {value}"
        with open(path, "w", encoding="utf-8") as f:
            f.write("\n".join(lines) + "\n")

    def serve(self, clock):
        """The service with its pages, from that time of this day on."""
        self.service = Child([self.program, "-d", self.data, "--now", f"{self.now}T{clock}:00Z",
                              "serve", "--listen", f"127.0.0.1:{self.port}"], self.log, "Serving")

    def stop_serving(self):
        if self.service:
            self.service.stop()
        self.service = None

    def end(self):
        self.stop_serving()
        if self.server:
            self.server.stop()
        self.server = None

    # ---- one day ----

    def day(self, day):
        """What the feeds saw on that day, and the team's morning after it."""
        self.days = day + 1
        self.now = date_of(day + 1).isoformat()
        seen = self.import_feeds(day)
        run = self.json("07:00", "notices", "draft", "--json")[0]
        sent = self.send(run["run"]) if run["notices"] else 0
        back = self.read_reports()
        said = self.answer(day + 1)
        return {**seen, "notices": sent, **back, **said}

    def last_morning(self, day):
        """The service itself drafts, as it does daily; the rest is left to who looks at it."""
        self.days = day + 1
        self.now = date_of(day + 1).isoformat()
        seen = self.import_feeds(day)
        self.configure({"team.hour": 7, "mail.undo-minutes": 1})
        self.serve("09:00")
        self.await_log("the day's notices are drafted")
        drafts = [n for n in self.json("09:01", "notices", "list", "--json", "--limit", "1000")
                  if n["state"] in ("draft", "held")]
        return {**dict.fromkeys(("delivered", "bounced", "answered", "fixed"), 0), **seen,
                "notices": len(drafts)}

    def await_log(self, words):
        for _ in range(600):
            with open(self.log, encoding="utf-8") as f:
                if words in f.read():
                    return
            time.sleep(0.1)
        raise SystemExit(f"The service did not say '{words}'.")

    def import_feeds(self, day):
        self.run("demo-feeds", "--scale", self.scale, "--day", str(day), "--seed", str(self.seed),
                 "--answers", self.people.answers, "--out", self.feeds)
        date = date_of(day).isoformat()
        files = sorted(os.path.join(self.feeds, n) for n in os.listdir(self.feeds)
                       if n.startswith(date))
        took = self.json("07:00", "import", "--json", *files)
        return {"rows": sum(f["rows"] for f in took),
                "new": sum(f["new_findings"] for f in took),
                "relapsed": sum(f["relapsed"] for f in took)}

    def send(self, run):
        """A person looks at what is held, approves it, and it goes after the undo window."""
        self.at("07:02", "notices", "approve", "--run", str(run), "--held")
        self.at("07:05", "notices", "send", "--run", str(run))
        self.at("07:16", "notices", "deliver")
        return len(self.new_files("mail", self.mails))

    def do_tasks(self, day):
        """The team gets to what is three days old, but for every sixth thing."""
        for task in self.json("08:30", "tasks", "--json", "--limit", "1000"):
            since = (date_of(day) - datetime.date.fromisoformat(task["at"][:10])).days
            if since >= 3 and task["id"] % 6:
                self.at("08:30", "task", "done", str(task["id"]), "--why", "Rang them.")

    def new_files(self, folder, after):
        path = os.path.join(self.sink, folder)
        names = sorted(os.listdir(path)) if os.path.isdir(path) else []
        return [os.path.join(path, n) for n in names
                if n.endswith(".eml") and int(n.split(".")[0]) > after]

    def read_reports(self, clock="07:20"):
        files = self.new_files("dsn", self.reports)
        kinds = [r["kind"] for r in self.json(clock, "mail", "--json", *files)] if files else []
        if files:
            self.reports = int(os.path.basename(files[-1]).split(".")[0])
        return {"delivered": kinds.count("delivered"), "bounced": kinds.count("failed")}

    def answer(self, day):
        """Those who read their mail do, and on the day that is theirs they answer."""
        country = demo_answers.Country(self.feeds)
        files = self.new_files("mail", self.mails)
        if files:
            self.mails = int(os.path.basename(files[-1]).split(".")[0])
        mails = [m for m in map(demo_answers.read_mail, files) if m.is_read]
        self.people.receive(day, country, mails)
        todo = self.people.decide(day)
        looks = [m for m in mails if self.people.looks(day, m)]
        works = date_of(day).weekday() < 5
        if todo or looks or works:
            self.serve("08:00")
            self.people.visit(todo, looks)
            if works:
                self.do_tasks(day)
            self.stop_serving()
        return {"answered": len(todo), "fixed": sum(w == "fixed" for a in todo.values()
                                                    for _, w in a)}


# ---- the show ----

COLUMNS = (("rows", 9), ("new", 7), ("relapsed", 6), ("notices", 9), ("delivered", 11),
           ("bounced", 10), ("answered", 10), ("fixed", 7))
NAMES = {"rows": "reports", "relapsed": "back", "bounced": "returned"}


def show_head():
    print(f"  {'morning':10}" + "".join(f"{NAMES.get(k, k):>{w}}" for k, w in COLUMNS))


def show_day(day, figures):
    cells = "".join(f"{figures[k] or '-':>{w},}" if figures[k] else f"{'-':>{w}}"
                    for k, w in COLUMNS)
    print(f"  {date_of(day + 1):%a %d %b}{cells}", flush=True)


def show_effect(player):
    """The figures; what they do not see is a page of words, and not for this screen."""
    text = player.at("09:01", "effect", "--language", "en", "--since", FIRST.isoformat())
    text = text.partition("\nWhat these figures do not see")[0]
    print(text.partition("\n\n")[2].rstrip())


def link_to_show(player):
    """A notice of the last days that somebody could answer now: English, and not too long."""
    good = [m for m in player.people.mails.values()
            if m.language == "en" and 3 <= len(m.findings()) <= BY_EYE
            and m.notice not in player.people.answered]
    return max(good or player.people.mails.values(), key=lambda m: m.notice).link


BY_EYE = 8  # findings


def play(player, days):
    title("Talmeria, a country that does not exist, gets its response team")
    print(player.begin().splitlines()[0])
    print("Its feeds come in each morning. Notices go to a mail server that keeps all mail on this\n"
          "machine; some who get them answer by the link in their mail, and repair things.")
    title(f"{days} mornings")
    show_head()
    for day in range(days - 1):
        show_day(day, player.day(day))
    show_day(days - 1, player.last_morning(days - 1))
    print("\nThe last morning's notices are drafts: they wait for somebody who looks at them.")
    title("What became of it")
    show_effect(player)


def open_doors(player):
    """Two links: the team's way in, and that of a notice's reader."""
    said = player.at("09:01", "user", "add", HEAD, "--role", "head")
    enrol = next(w for w in said.split() if w.startswith(player.url))
    return enrol, link_to_show(player)


def show_doors(player, enrol, answer):
    title(f"It is {date_of(player.days):%A, %d %B %Y} in Talmeria. Open in a browser")
    print(f"  the team's console           {enrol}\n"
          f"  what a constituent gets      {answer}\n\n"
          f"  or a terminal                {player.program} -d {player.data} findings\n")
    print(f"All of it lies in {player.place}/. Ctrl-C ends the demonstration.", flush=True)


def take_terminal():
    """Ctrl-C comes to us alone: make, which began us, would call it a failure."""
    try:
        old = os.tcgetpgrp(0)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpgrp())
        return old
    except OSError:
        return None


def give_terminal(old):
    if old is not None:
        os.tcsetpgrp(0, old)


def wait(player):
    """Until Ctrl-C, or until the service ends by itself, which it should not. What was sent
    from the console comes back: its reports are read."""
    began = time.monotonic()
    while (code := player.service.process.poll()) is None:
        time.sleep(1)
        minutes = 1 + int(time.monotonic() - began) // 60
        player.read_reports(f"{9 + minutes // 60:02}:{minutes % 60:02}")
    with open(player.log, encoding="utf-8") as f:
        raise SystemExit(f"The service ended: exit {code}\n{f.read()[-2000:]}")


def on_term(_number, _frame):
    raise KeyboardInterrupt


def is_free(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def main():
    p = argparse.ArgumentParser(description="Four weeks of the demonstration country.")
    p.add_argument("program")
    p.add_argument("--days", type=int, choices=range(3, 1000), default=28, metavar="N")
    p.add_argument("--port", type=int, default=8069)
    p.add_argument("--place", default="demo")
    o = p.parse_args()
    if not is_free(o.port):
        raise SystemExit(f"Port {o.port} is taken: make demo PORT=8070")
    if os.path.exists(o.place):
        shutil.rmtree(o.place)
    player = Player(o.program, o.place, o.port)
    terminal = take_terminal()
    signal.signal(signal.SIGTERM, on_term)
    try:
        play(player, o.days)
        show_doors(player, *open_doors(player))
        wait(player)
    except KeyboardInterrupt:
        print("\nStopping.", flush=True)
    finally:
        player.end()
        give_terminal(terminal)


if __name__ == "__main__":
    main()

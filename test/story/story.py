# SPDX-License-Identifier: Apache-2.0
# story.py - what stories share: a throw-away data directory, the program driven as its user
# would, and TAP lines. Depends on: Python 3, the built program (TOCSIN).
"""A story is a small program that uses Tocsin from outside and says what held:

    with story.Place() as place:
        place.init_demo()
        answers = place.import_files(paths)
        story.ok(answers[0]["new_findings"] == 3, "three findings are new")
    story.end()
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile

TOCSIN = os.environ.get("TOCSIN", os.path.join(os.path.dirname(__file__), "../../build/tocsin"))
SOURCE = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
LONG = bool(os.environ.get("TOCSIN_LONG"))
DAY0 = "2026-06-01"

_count = 0
_failed = 0


def ok(held, what):
    """One line of the report, whatever text is in it."""
    global _count, _failed
    _count += 1
    if not held:
        _failed += 1
    print(f"{'ok' if held else 'not ok'} {_count} - {' '.join(str(what).split())}", flush=True)
    return held


def same(got, want, what):
    """Equal, or shows both."""
    if not ok(got == want, what):
        print(f"#   got  {str(got)[:600]}\n#   want {str(want)[:600]}", flush=True)


def skip(why):
    global _count
    _count += 1
    print(f"ok {_count} # skip {why}", flush=True)


def end():
    print(f"1..{_count}")
    sys.exit(1 if _failed else 0)


def shared():
    """The folder of shared test data, or None."""
    path = os.environ.get("TOCSIN_SHARED", os.path.join(SOURCE, "../shared"))
    return path if os.path.isdir(os.path.join(path, "data")) else None


def run(*args, check=True, stdin=None, env=None, timeout=600):
    """Runs the program; its output as text. A failure ends the story loudly."""
    done = subprocess.run([TOCSIN, *args], input=stdin, capture_output=True, text=True,
                          env={**os.environ, **(env or {})}, timeout=timeout)
    if check and done.returncode != 0:
        raise SystemExit(f"Bail out! tocsin {' '.join(args)}: exit {done.returncode}\n"
                         f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done


def day_text(n):
    """Day n of the demonstration as a date."""
    import datetime
    return (datetime.date.fromisoformat(DAY0) + datetime.timedelta(n)).isoformat()


class Place:
    """A data directory that goes away."""

    def __init__(self, base=None):
        self.root = tempfile.mkdtemp(prefix="tocsin-story-", dir=base)
        self.dir = os.path.join(self.root, "data")
        self.now = None

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        shutil.rmtree(self.root, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.root, name)

    def init_demo(self):
        run("init", "--demo", self.dir)

    def tocsin(self, *args, **more):
        now = ["--now", self.now] if self.now else []
        return run("-d", self.dir, *now, *args, **more)

    def json_lines(self, *args, **more):
        return [json.loads(line) for line in self.tocsin(*args, **more).stdout.splitlines()]

    def import_files(self, paths, **more):
        return self.json_lines("import", "--json", *paths, **more) if paths else []

    def register(self, folder):
        names = ["networks", "holders", "contacts", "domains", "country"]
        self.tocsin("register", "import", *[os.path.join(folder, n + ".csv") for n in names])

    def feeds(self, scale, day, seed=69):
        """Makes one day's feeds; the folder they are in, and its feed files."""
        folder = self.path(f"feeds-{scale}-{day}")
        run("demo-feeds", "--scale", scale, "--day", str(day), "--seed", str(seed),
            "--out", folder)
        return folder, feed_files(folder)

    def findings(self, *filters):
        return self.json_lines("findings", "--json", *filters)

    def write(self, name, text):
        path = self.path(name)
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return path


def feed_files(folder):
    return sorted(os.path.join(folder, n) for n in os.listdir(folder)
                  if n[:2] == "20" and n.endswith(".csv"))


def rows(path):
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def place_of(finding):
    """Identity of a finding as the generator's keys.csv writes it."""
    return (finding["identifier"], finding["place"], str(finding["port"] or ""))

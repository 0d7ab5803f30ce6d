#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_backup_busy.py - backups while the service has other things to do: they wait, say so, and
# hold one moment; an import goes on after the restore where the backup was made. Depends on:
# Python 3, the shim (for process numbers).
import os
import pty
import signal
import subprocess
import threading
import time

import fault
import story
import whole
from backup_kit import Restored
from watch import role, until

ROWS, PLACES = 120000, 30000


def progress(place):
    """(rows so far, state) of each file."""
    return sorted((r["rows"], r["state"]) for r in
                  place.json_lines("files", "--json", "--limit", "100"))


def half(rows):
    return any(0 < n < ROWS and state == "reading" for n, state in rows)


class Screen:
    """A command whose stderr is a terminal."""

    def __init__(self, args):
        mine, theirs = pty.openpty()
        self.p = subprocess.Popen([story.TOCSIN, *args], stdout=subprocess.PIPE, stderr=theirs,
                                  text=True)
        os.close(theirs)
        self.seen, self.fd = b"", mine
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        try:
            while more := os.read(self.fd, 4096):
                self.seen += more
        except OSError:
            pass  # the other side is closed

    def end(self, timeout=120):
        out = self.p.communicate(timeout=timeout)[0]
        self.reader.join()
        os.close(self.fd)
        return self.p.returncode, out


def goes_on(archive, place, name, files):
    """The backup, restored, takes in the files as if nothing had been."""
    to = place.path(name)
    story.run("restore", archive, to)
    copy = Restored(to, place.now)
    wrong = whole.checks(copy) or whole.originals(copy, complete=False)
    story.ok(wrong is None, f"{name}: is whole: {wrong}")
    before = progress(copy)
    copy.tocsin("import", "--json", *files)
    story.same(whole.totals(copy), (len(files) * PLACES, len(files) * ROWS),
               f"{name}: every row is counted once, though {before} were there")
    wrong = whole.checks(copy) or whole.originals(copy)
    story.ok(wrong is None, f"{name}: and is whole again: {wrong}")


def in_the_middle(place, files):
    """A backup asked for in the middle of an import of two long files: it has its turn when work
    has time, and the import is not harmed."""
    args = ["-d", place.dir, "--now", place.now]
    with fault.Run(place.dir, [*args, "import", "--json", *files]) as run:
        story.ok(until(lambda: half(progress(place)), 60), "an import is in the middle of a file")
        archive = place.path("middle.tar")
        began = time.monotonic()
        done = place.tocsin("backup", "--to", archive, check=False)
        story.ok(done.returncode == 0, f"a backup meanwhile, after {time.monotonic() - began:.1f} "
                                       f"s: {done.stderr}")
        run.process.wait(120)
        run.finish()
    story.same((run.code, whole.totals(place)), (0, (2 * PLACES, 2 * ROWS)), "the import ends well")
    goes_on(archive, place, "middle", files)


def half_read(place, files):
    """The import is killed in the middle of its second file; the backup holds that middle."""
    with fault.Run(place.dir, ["-d", place.dir, "--now", place.now, "import", *files]) as run:
        until(lambda: half(progress(place)) and len(progress(place)) == 2, 60)
        run.kill()
        run.finish()
    at = progress(place)
    story.ok(half(at) and len(at) == 2, f"an import was killed in the middle of a file: {at}")
    archive = place.path("half.tar")
    place.tocsin("backup", "--to", archive)
    story.same(progress(place), at, "the backup does not go on with it")
    goes_on(archive, place, "half", files)


def waits(place, files):
    """A service that does nothing for a while: the backup waits, and says so."""
    args = ["-d", place.dir, "--now", place.now]
    with fault.Run(place.dir, [*args, "import", "--json", *files]) as run:
        story.ok(until(lambda: half(progress(place)), 60), "the service is at work")
        work = role(run.process.pid, "work")
        os.kill(work, signal.SIGSTOP)
        try:
            archive = place.path("waited.tar")
            done = place.tocsin("backup", "--wait", "2", "--to", archive, check=False)
            story.ok(done.returncode == 1 and "no time for 2 s" in done.stderr
                     and done.stderr.count("waiting until") == 1,
                     f"--wait: it gives up: {done.stderr}")
            stopped = Screen([*args, "backup", "--to", archive])
            until(lambda: b"waiting" in stopped.seen, 20)
            began = time.monotonic()
            stopped.p.send_signal(signal.SIGINT)
            code, _ = stopped.end()
            story.ok(code == 1 and b"stopped" in stopped.seen and time.monotonic() - began < 2,
                     f"Ctrl-C ends the waiting: {stopped.seen[-120:]}")
            first = Screen([*args, "backup", "--to", archive])
            until(lambda: b"has time  2 s" in first.seen, 20)
            story.ok(b"waiting until the service has time" in first.seen,
                     f"it waits, and says so: {first.seen[-60:]}")
            second = place.tocsin("backup", "--to", place.path("b.tar"), check=False)
            story.ok(second.returncode == 1 and "another backup" in second.stderr,
                     "a second one does not wait behind it")
            time.sleep(35 if story.LONG else 0)
        finally:
            os.kill(work, signal.SIGCONT)
        code, _ = first.end()
        story.ok(code == 0, f"and is made once the service has time: {first.seen[-200:]}")
        run.process.wait(120)
        run.finish()
    story.same(run.code, 0, "the import ends well")
    goes_on(archive, place, "waited", files)
    left = sorted(n for n in os.listdir(place.root) if n.endswith(".part"))
    story.same(left, [], "nothing unfinished is left")


with story.Place(fault.fast_folder()) as home:
    FILES = [whole.long_file(home, ROWS, PLACES, day, net) for day, net in ((1, 10), (2, 11))]
    for step in (in_the_middle, half_read, waits):
        with story.Place(fault.fast_folder()) as one:
            one.now = whole.NOW
            one.init_demo()
            step(one, FILES if step is not waits else FILES[:1])
story.end()

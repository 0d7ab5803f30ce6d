#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_full.py - a disk that is full, and a disk that does not keep what it was given, at
# every point of a small import. A full disk is said so, loses nothing, and the same command
# goes on when there is room. A failed sync is never passed over.
import errno
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import fault
import story
import whole

ROOM = fault.WRITE | fault.NAME  # what a full disk refuses


class Command:
    """A command under each fault, and how its whole end looks."""

    def __init__(self, name, args, start, check, mask, err):
        self.name, self.args, self.start, self.check = name, args, start, check
        self.mask, self.err = mask, err
        with self.fresh("whole") as copy:
            with fault.Run(copy.dir, copy.args(*args), mask=mask) as run:
                self.count = run.finish().count
            self.stored = whole.stored(copy)

    def fresh(self, name):
        return whole.Copy(self.start, f"{self.name}-{name}")

    def fault_at(self, at, **how):
        return {"action": fault.FAIL, "at": at, "mask": self.mask, "err": self.err, **how}

    def again(self, copy):
        """The same command without the fault ends as if nothing had been."""
        copy.tocsin(*self.args)
        return (whole.checks(copy) or whole.originals(copy)
                or whole.difference(whole.stored(copy), self.stored))

    def each(self, what, one):
        """Runs one(at) for every point; says what was wrong."""
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            results = list(pool.map(one, range(1, self.count + 1)))
        wrong = [f"at {at}: {w}" for at, w in enumerate(results, 1) if w]
        for w in wrong[:5]:
            print(f"# {w[:900]}", flush=True)
        story.ok(self.count > 10 and not wrong,
                 f"{self.name}: {what}: {self.count} points, {len(wrong)} wrong")


def full(command):
    def one(at):
        with command.fresh(f"full-{at}") as copy:
            how = command.fault_at(at, lasting=True, torn=at % 2 == 1)
            with fault.Run(copy.dir, copy.args(*command.args), **how) as run:
                run.finish()
            where = f"{run.what}: exit {run.code}: {run.stderr}: "
            # What is committed needs no room: the log is copied into the database later.
            done = run.code == 0 and run.what.endswith("/tocsin.db")
            failed = run.code == 1 and "make room" in run.stderr
            if "disk is full" not in run.stderr or not (done or failed):
                return where
            wrong = (whole.checks(copy) or whole.originals(copy, complete=False)
                     or command.check(copy, run.stdout) or command.again(copy))
            return wrong and where + wrong
    command.each("the disk is full from there on", one)


def lost(command, lasting):
    def one(at):
        with command.fresh(f"lost-{at}") as copy:
            how = command.fault_at(at, lasting=lasting)
            with fault.Run(copy.dir, copy.args(*command.args), **how) as run:
                run.finish()
            where = (f"{run.what}: exit {run.code}: {run.stderr}: {run.later_syncs} syncs and "
                     f"{run.later_writes} writes after it: ")
            if run.code != 1 or "did not keep" not in run.stderr:
                return where
            if run.later_syncs or run.later_writes:
                return where
            wrong = (whole.checks(copy) or whole.originals(copy, complete=False)
                     or command.check(copy, run.stdout) or command.again(copy))
            return wrong and where + wrong
    command.each(f"a sync fails {'from there on' if lasting else 'once'}", one)


def imports(place):
    files = whole.base(place)
    args = ["import", "--json", *[f for f in files if "scan_rdp" not in f]]
    full(Command("import", args, place, whole.acknowledged, ROOM, errno.ENOSPC))
    command = Command("import", args, place, whole.acknowledged, fault.SYNC, errno.EIO)
    lost(command, False)
    lost(command, True)


with story.Place(fault.fast_folder()) as home:
    imports(home)
story.end()

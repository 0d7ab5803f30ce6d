#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_kill.py - kill -9 of every process of a command, at points counted over all that its
# processes write, sync, name and send. The same command again must end where it would have
# ended; what had been answered must be there even before.
import os
from concurrent.futures import ThreadPoolExecutor

import fault
import story
import whole

STORE = fault.WRITE | fault.SYNC | fault.NAME | fault.DROP
ALL = STORE | fault.SEND


def spread(total, n):
    """n different points among 1..total, the first and the last too."""
    n = min(n, total)
    return sorted({1 + i * (total - 1) // max(n - 1, 1) for i in range(n)})


class Command:
    """A command that is killed, and how its whole end looks."""

    def __init__(self, place, name, args, start, check):
        self.place, self.name, self.args, self.start = place, name, args, start
        self.check = check
        with self.fresh("whole") as copy:
            copy.tocsin(*args)
            self.shown, self.stored = whole.shown(copy), whole.stored(copy)
        self.count = {mask: min(self.measure(mask) for _ in range(2)) for mask in (STORE, ALL)}

    def fresh(self, name):
        return whole.Copy(self.start, f"{self.name}-{name}")

    def measure(self, mask):
        with self.fresh("count") as copy:
            with fault.Run(copy.dir, copy.args(*self.args), mask=mask) as run:
                return run.finish().count

    def points(self, store, every):
        found = [(STORE, at) for at in spread(self.count[STORE], store)]
        return found + [(ALL, at) for at in spread(self.count[ALL], every)]

    def kill_at(self, point):
        """(was it met, what is wrong or None)."""
        mask, at = point
        with self.fresh(f"{mask}-{at}") as copy:
            with fault.Run(copy.dir, copy.args(*self.args), fault.STOP, at, mask,
                           torn=at % 2 == 1) as run:
                run.finish()
                where = f"at {at} of mask {mask}, {run.what}"
            wrong = (whole.checks(copy) or whole.originals(copy, complete=False)
                     or self.check(copy, run.stdout))
            if wrong is None:
                copy.tocsin(*self.args)
                wrong = (whole.checks(copy) or whole.originals(copy)
                         or whole.difference(whole.shown(copy), self.shown)
                         or whole.difference(whole.stored(copy), self.stored))
            return run.met, wrong and f"{where}: {wrong}"

    def kill(self, store, every):
        points = self.points(store, every)
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            results = list(pool.map(self.kill_at, points))
        met = sum(m for m, _ in results)
        wrong = [w for _, w in results if w]
        for w in wrong[:5]:
            print(f"# {w[:900]}", flush=True)
        story.ok(met * 20 >= len(points) * 19,
                 f"{self.name}: killed at {met} of {len(points)} points")
        story.ok(not wrong, f"{self.name}: nothing lost, nothing doubled ({len(wrong)} wrong)")
        return met


def imports(place):
    files = whole.base(place)
    command = Command(place, "import", ["import", "--json", *files], place, whole.acknowledged)
    print(f"# an import: {command.count[STORE]} calls that store, {command.count[ALL]} in all")
    met = command.kill(*((1000, 600) if story.LONG else (80, 40)))
    story.ok(met >= 100, "an import at 100 points or more")


with story.Place(fault.fast_folder()) as home:
    imports(home)
story.end()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_kill.py - kill -9 of every process of a command, at points counted over all that its
# processes write, sync, name and send. The same command again must end where it would have
# ended; what had been answered must be there even before.
import fault
import story
import whole

STORE = fault.WRITE | fault.SYNC | fault.NAME | fault.DROP
ALL = STORE | fault.SEND


def spread(total, n):
    """n different points among 1..total, the first and the last too."""
    n = min(n, total)
    return sorted({1 + i * (total - 1) // max(n - 1, 1) for i in range(n)})


def measure(case, mask):
    with case.fresh("count") as copy:
        with fault.Run(copy.dir, case.argv(copy), mask=mask) as run:
            return run.finish().count


def kill_at(case, mask, at):
    """(was the point met, what is wrong or None). Odd ones tear the write they meet."""
    with case.fresh(f"{mask}-{at}") as copy:
        with fault.Run(copy.dir, case.argv(copy), fault.STOP, at, mask,
                       torn=at % 2 == 1) as run:
            run.finish()
        wrong = case.wrong_now(copy, run.stdout) or case.wrong_after(copy)
        return run.met, wrong and f"at {at} of mask {mask}, {run.what}: {wrong}"


def kill(case, store, every):
    """At points among the calls that store, and among all."""
    points = []
    for mask, n in ((STORE, store), (ALL, every)):
        total = min(measure(case, mask) for _ in range(2))
        points += [(mask, at) for at in spread(total, n)]
        print(f"# {case.name}: {total} calls of mask {mask}", flush=True)
    results = case.each(points, lambda point: kill_at(case, *point))
    met = sum(m for m, _ in results)
    # Timing moves some calls; the last ones may not come.
    story.ok(met >= min(len(points) - 5, 100 if store + every > 100 else 0) and met > 0,
             f"{case.name}: everything killed at {met} points")
    whole.report([w for _, w in results if w],
                 f"{case.name}: nothing lost, nothing doubled, nothing left behind")


with story.Place(fault.fast_folder()) as home:
    kill(whole.init_case(home), *((60, 20) if story.LONG else (15, 5)))
with story.Place(fault.fast_folder()) as home:
    kill(whole.import_case(home, whole.base(home)),
         *((300, 128) if story.LONG else (74, 32)))
    kill(whole.draft_case(home), *((360, 64) if story.LONG else (90, 16)))
story.end()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_full.py - a disk that is full, and a disk that does not keep what it was given, at
# every point of an import and of drafting. A full disk is said so, loses nothing, and the
# same command goes on when there is room. A failed sync is never passed over.
import errno
import os
import subprocess
import tempfile

import fault
import story
import whole

ROOM = fault.WRITE | fault.NAME  # what a full disk refuses


def points(case, mask, most):
    """All of the calls there are, or that many of them."""
    with case.fresh("count") as copy:
        with fault.Run(copy.dir, case.argv(copy), mask=mask) as run:
            total = run.finish().count
    return [at for at in range(1, total + 1) if at * most // total != (at - 1) * most // total
            or total <= most]


def full_at(case, at):
    with case.fresh(f"full-{at}") as copy:
        with fault.Run(copy.dir, case.argv(copy), fault.FAIL, at, ROOM, errno.ENOSPC,
                       lasting=True, torn=at % 2 == 1) as run:
            run.finish()
        where = f"at {at}, {run.what}: exit {run.code}: {run.stderr}: "
        # What is committed needs no room: the log is copied into the database later.
        done = run.code == 0 and run.what.endswith("/tocsin.db")
        failed = run.code == 1 and "make room" in run.stderr
        if "disk is full" not in run.stderr or not (done or failed):
            return where
        wrong = case.wrong_now(copy, run.stdout) or case.wrong_after(copy)
        return wrong and where + wrong


def full(case, most=10000):
    every = points(case, ROOM, most)
    wrong = case.each(every, lambda at: full_at(case, at))
    whole.report([w for w in wrong if w],
                 f"{case.name}: the disk is full from {len(every)} points on")


def lost_at(case, at, lasting):
    with case.fresh(f"lost-{at}") as copy:
        with fault.Run(copy.dir, case.argv(copy), fault.FAIL, at, fault.SYNC, errno.EIO,
                       lasting) as run:
            run.finish()
        where = (f"at {at}, {run.what}: exit {run.code}: {run.stderr}: {run.later_syncs} syncs "
                 f"and {run.later_writes} writes after it: ")
        if run.code != 1 or "did not keep" not in run.stderr:
            return where
        # A database that never got its name is thrown away; SQLite tidies up in it before.
        if (run.later_syncs or run.later_writes) and "tocsin.db.new" not in run.what:
            return where
        wrong = case.wrong_now(copy, run.stdout) or case.wrong_after(copy)
        return wrong and where + wrong


def lost(case, most=10000):
    """Once is the worse: a second try seems to work."""
    for lasting in (False, True):
        every = points(case, fault.SYNC, most)
        wrong = case.each(every, lambda at: lost_at(case, at, lasting))
        whole.report([w for w in wrong if w], f"{case.name}: {len(every)} syncs fail "
                     + ("and all later ones" if lasting else "once"))


def log_waits(case):
    """A full disk stops only the copying of the log: what is committed stands."""
    with case.fresh("waits") as copy:
        with fault.Run(copy.dir, case.argv(copy), fault.FAIL, 1, ROOM, errno.ENOSPC,
                       lasting=True, only="/tocsin.db") as run:
            run.finish()
        story.ok(run.met and run.code == 0 and "disk is full" in run.stderr,
                 f"{case.name}: the log cannot be copied, the act is done all the same")
        whole.report([w for w in [case.wrong_now(copy, run.stdout) or case.wrong_after(copy)]
                      if w], f"{case.name}: and nothing is lost")


def grown_log(place):
    """Files with so many findings that the log is copied in the middle of the import."""
    files = []
    for n in range(2):
        rows = [f"2026-06-02 00:00:00,10.{n}.{i >> 8}.{i & 255},3389,tcp,h.example,rdp,64496,XT,\n"
                for i in range(45000)]
        files.append(place.write(f"2026-06-02-scan_{'rdp' if n else 'ssh'}-talmeria-xt.csv",
                                 whole.HEAD + "".join(rows)))
    case = whole.import_case(place, files)
    with case.fresh("count") as copy:
        with fault.Run(copy.dir, case.argv(copy), mask=fault.WRITE, only="/tocsin.db") as run:
            run.finish()
    print(f"# {run.count} writes into the database itself", flush=True)
    log_waits(case)


def small_disk(size):
    """A place on a file system of its own, really small; None where mounting is not allowed."""
    folder = tempfile.mkdtemp(prefix="tocsin-disk-")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder],
                          capture_output=True)
    if done.returncode == 0:
        return folder
    os.rmdir(folder)
    return None


def on_a_small_disk():
    """A real one: filled up by somebody else, then cleared."""
    disk = small_disk("16m")
    if disk is None:
        return story.skip("a small tmpfs: mounting is not allowed here")
    try:
        with story.Place(fault.fast_folder()) as place:
            case = whole.import_case(place, whole.base(place))
            case.below = disk
            for free in range(0, 4001, 40 if story.LONG else 400):
                real_full(case, os.path.join(disk, "ballast"), disk, free)
    finally:
        subprocess.run(["umount", disk], check=True)
        os.rmdir(disk)


def fill(ballast, disk, free):
    """Leaves so many KiB."""
    s = os.statvfs(disk)
    with open(ballast, "wb") as f:
        f.write(b"\0" * max(s.f_bavail * s.f_frsize - free * 1024, 0))


def real_full(case, ballast, disk, free):
    with case.fresh(f"small-{free}") as copy:
        fill(ballast, disk, free)
        done = case.do(copy)
        read = copy.tocsin("findings", "--json", check=False)
        os.unlink(ballast)
        said = done.returncode == 0 or ("disk is full" in done.stderr
                                        and "make room" in done.stderr)
        wrong = None
        if not said:
            wrong = f"exit {done.returncode}: {done.stderr}"
        elif read.returncode != 0:
            wrong = f"cannot be read when full: {read.stderr}"
        wrong = wrong or case.wrong_now(copy, done.stdout) or case.wrong_after(copy)
        whole.report([wrong] if wrong else [], f"{free} KiB left: exit {done.returncode}; then "
                     "room again")


with story.Place(fault.fast_folder()) as home:
    init = whole.init_case(home)
    full(init, 100 if story.LONG else 12)
    lost(init, 100 if story.LONG else 12)
with story.Place(fault.fast_folder()) as home:
    small = whole.import_case(home, whole.small_base(home))
    full(small)
    lost(small)
    grown_log(home)
    home.import_files(small.args[2:])
    draft = whole.draft_case(home)
    full(draft, 200 if story.LONG else 40)
    lost(draft, 100 if story.LONG else 12)
on_a_small_disk()
story.end()

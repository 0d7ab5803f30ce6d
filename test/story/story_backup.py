#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_backup.py - a backup is made, carried away, proven and brought back. Every
# flipped byte is found; a hostile archive writes nothing outside; kill -9 and a full disk leave nothing that looks like a backup or a data directory.
# TOCSIN_LONG=1 hurts them at five times as many points. The secrets and the waiting have stories of their own.
import errno
import hashlib
import os
import shutil
import signal
import subprocess
import tarfile
import time

import fault
import story
import whole
from backup_kit import (Restored, build, come_back, doctor, flip, header, parts_of, relist, shown,
                        with_db, without_backup, zstd)

STORE = fault.WRITE | fault.SYNC | fault.NAME | fault.DROP
ROOM = fault.WRITE | fault.NAME


def spread(total, n):
    n = min(n, total)
    return sorted({1 + i * (total - 1) // max(n - 1, 1) for i in range(n)})


def there_and_back(place):
    archive = place.path("a.tar")
    want = shown(place)
    made = place.json_lines("backup", "--json", "--to", archive)[0]
    story.ok(made["files"] == 2 + len(want["files"]) and made["originals_missing"] == 0,
             f"all originals are in it: {made['files']}")
    copy = come_back(place, archive, want, "back")
    listed = subprocess.run(["tar", "-tf", archive], capture_output=True, text=True, check=True)
    names = listed.stdout.split()
    story.ok(names[:2] == ["tocsin.conf", "tocsin.db.zst"] and names[-1] == "MANIFEST",
             "any tar program lists it")
    finding = copy.json_lines("findings", "--json")[0]["id"]
    story.ok(copy.tocsin("evidence", str(finding)).stdout, "evidence can be shown there")
    done = story.run("restore", archive, copy.dir, check=False)
    story.ok(done.returncode == 1 and "data directory already" in done.stderr,
             "a data directory is not overwritten")
    full = place.path("full")
    os.mkdir(full)
    open(os.path.join(full, "x"), "w").close()
    done = story.run("restore", archive, full, check=False)
    story.ok(done.returncode == 1 and "not empty" in done.stderr and os.listdir(full) == ["x"],
             "nor a folder that is not empty")
    done = place.tocsin("backup", "--to", archive, check=False)
    story.ok(done.returncode == 1 and "there already" in done.stderr,
             "a backup that is there is left as it is")
    return archive


def proven(place, archive):
    rows = doctor(place)
    story.ok("a.tar" in rows["made"] and "never proven" in rows["proven"],
             "doctor: made, and never proven")
    place.tocsin("backup", "verify", archive)
    story.ok("a.tar" in doctor(place)["proven"], "doctor: proven once it was verified")
    with story.Place() as other:
        other.init_demo()
        rows = doctor(other)
        story.ok("never" in rows["made"], "doctor: never made")
        done = other.tocsin("backup", "verify", archive, check=False)
        story.ok(done.returncode == 1 and "another directory" in done.stderr
                 and "never" in doctor(other)["proven"],
                 "another directory's backup proves nothing here")


def one_copy_of_each(place):
    """In a folder, originals are kept once."""
    folder = place.path("disk")
    os.mkdir(folder)
    first = place.json_lines("backup", "--json", "--to", folder)[0]
    place.now = "2026-06-03T07:00:00Z"
    second = place.json_lines("backup", "--json", "--to", folder)[0]
    place.now = whole.NOW
    story.ok(first["originals_copied"] > 0 and second["originals_copied"] == 0,
             "originals are copied once")
    come_back(place, second["file"], shown(place), "back-from-disk")
    some = sorted(os.listdir(os.path.join(folder, "originals")))[0]
    path = os.path.join(folder, "originals", some)
    path = os.path.join(path, os.listdir(path)[0])
    flip(path, os.path.getsize(path) // 2)
    done = story.run("backup", "verify", second["file"], check=False)
    story.ok(done.returncode == 1 and os.path.basename(path) in done.stderr,
             "a damaged original beside it is named")
    os.unlink(path)
    done = story.run("backup", "verify", second["file"], check=False)
    story.ok(done.returncode == 1 and os.path.basename(path) in done.stderr, "a missing one too")
    done = story.run("restore", second["file"], place.path("no"), check=False)
    story.ok(done.returncode == 1 and not os.path.exists(place.path("no")),
             "and nothing is restored")


def flipped(place, archive):
    """Bytes all over the archive, the name of whose file is known."""
    copy, wrong, n = place.path("flipped.tar"), [], 0
    shutil.copyfile(archive, copy)
    with tarfile.open(archive) as t:
        members = t.getmembers()
    step = 1 if story.LONG else 4
    points = [(m.offset_data + i * max(m.size - 1, 0) // 2, m.name)
              for m in members[:2] + members[2::step] + members[-1:] for i in range(3)]
    points += [(m.offset + i, None) for m in members[::9 * step] for i in (0, 100, 130, 150, 156, 511)]
    points += [(m.offset_data + m.size, None) for m in members[::9] if m.size % 512]
    points += [(os.path.getsize(archive) - i, None) for i in (1, 1024)]
    for at, name in points:
        flip(copy, at, 1 << at % 8)
        done = story.run("backup", "verify", copy, check=False)
        flip(copy, at, 1 << at % 8)
        n += 1
        if done.returncode != 1 or (name and name not in done.stderr):
            wrong.append(f"byte {at} of {name}: exit {done.returncode}: {done.stderr}")
    whole.report(wrong, f"{n} flipped bytes are found, and their file named")
    wrong = []
    size = os.path.getsize(archive)
    for keep in [0, 1, 511, 512, 5000, size // 2, size - 1025, size - 1024, size - 1]:
        with open(archive, "rb") as f, open(copy, "wb") as g:
            g.write(f.read(keep))
        done = story.run("backup", "verify", copy, check=False)
        again = story.run("restore", copy, place.path("cut"), check=False)
        if done.returncode != 1 or again.returncode != 1 or os.path.exists(place.path("cut")):
            wrong.append(f"{keep} bytes: {done.stderr}")
    whole.report(wrong, "a backup that was cut off is none")


# ---- archives that were made to harm ----

def hostile_db(place, parts, sql):
    """The database changed, and all digests made to fit."""
    import sqlite3
    path = place.write("evil.db", subprocess.run(
        ["zstd", "-dqc"], input=dict(parts)["tocsin.db.zst"], capture_output=True,
        check=True).stdout)
    db = sqlite3.connect(path)
    db.executescript(sql)
    db.commit()
    db.close()
    with open(path, "rb") as f:
        plain = f.read()
    return with_db(parts, plain, len(plain))


def hostile(place, archive):
    parts = parts_of(archive)
    at = len(parts) - 1
    evil = b"evil\n"
    conf = [p for p in parts if p[0] == "tocsin.conf"]
    link = header("originals/aa/" + "a" * 62 + ".zst", 0, kind=tarfile.SYMTYPE, link="/etc")
    hard = header("originals/aa/" + "a" * 62 + ".zst", 0, kind=tarfile.LNKTYPE, link="/etc/passwd")
    empty = zstd(b"\0" * (64 << 20))
    cases = {
        "a path upwards": parts[:at] + [("../evil", evil)] + parts[at:],
        "a path upwards within": parts[:at] + [("originals/../../evil", evil)] + parts[at:],
        "an absolute path": parts[:at] + [("/tmp/evil", evil)] + parts[at:],
        "an unknown name": parts[:at] + [("evil.conf", evil)] + parts[at:],
        "a symbolic link": parts[:at] + [link] + parts[at:],
        "a hard link": parts[:at] + [hard] + parts[at:],
        "a file twice": parts[:3] + [parts[2]] + parts[3:],
        "a second list": parts + [parts[-1]],
        "a file after the list": parts + [parts[2]],
        "no database": conf + parts[2:],
        "no list": parts[:-1],
        "a file that is not listed": parts[:-2] + parts[-1:],
        "a settings file of a gigabyte": [header("tocsin.conf", 1 << 30)] + parts[1:],
        "a list that names a file upwards": relist(
            parts, lambda t: t + "beside " + "0" * 64 + " 1 ../evil\n"),
        "a list that names a file elsewhere": relist(
            parts, lambda t: t + "beside " + "0" * 64 + " 1 evil\n"),
        "a bomb for a database": relist([(n, empty if n == "tocsin.db.zst" else d)
                                         for n, d in parts]),
        # Rubbish that ends where the unpacker's room does, and beside it.
        **{f"rubbish of {n} bytes": with_db(parts, os.urandom(n // 2) + b"x" * (n - n // 2), n)
           for n in (131071, 131072, 131073, 262144)},
        "rubbish for a database": with_db(parts, b"rubbish" * 1000, 7000),
    }
    wrong = []
    for name, content in cases.items():
        path = build(place.path("hostile.tar"), content)
        target = place.path("target")
        checked = story.run("backup", "verify", path, check=False)
        done = story.run("restore", path, target, check=False)
        told = checked.returncode == (0 if name.startswith("rubbish") else 1)
        if not told or done.returncode != 1 \
                or os.path.exists(os.path.join(target, "tocsin.conf")) \
                or os.path.exists(place.path("evil")) or os.path.exists("/tmp/evil"):
            wrong.append(f"{name}: verify {checked.returncode}, restore {done.returncode}: "
                         f"{checked.stderr} {done.stderr}")
        shutil.rmtree(target, ignore_errors=True)
    whole.report(wrong, f"{len(cases)} hostile archives are refused")
    same = build(place.path("same.tar"), relist(parts))
    story.ok(story.run("backup", "verify", same).returncode == 0,
             "the same archive without malice, made by the test, is taken")
    changed = {
        "a trigger more": "CREATE TRIGGER evil AFTER INSERT ON audit BEGIN DELETE FROM finding; "
                          "END;",
        "a view more": "CREATE VIEW evil AS SELECT 1 AS x;",
        "a lost trigger": "DROP TRIGGER audit_no_update;",
        "a changed audit row": "DROP TRIGGER audit_no_update; UPDATE audit SET actor = 'x' WHERE "
                               "seq = 2; CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit\n"
                               "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;",
        "a lost finding": "PRAGMA foreign_keys=OFF; DELETE FROM quarantine;",
    }
    wrong = []
    for name, sql in changed.items():
        path = build(place.path("hostile.tar"), hostile_db(place, parts, sql))
        done = story.run("restore", path, place.path("target"), check=False)
        if done.returncode != 1 or os.path.exists(place.path("target/tocsin.conf")):
            wrong.append(f"{name}: exit {done.returncode}: {done.stderr}")
        print(f"# {name}: {done.stderr.strip()}", flush=True)
        shutil.rmtree(place.path("target"), ignore_errors=True)
    whole.report(wrong, f"{len(changed)} changed databases with true digests are refused")


# ---- kill -9, a full disk, a power cut ----

def durable(place):
    """What has its name is on the disk: a power cut takes nothing of it."""
    folder, archive = place.path("durable-disk"), place.path("durable.tar")
    os.mkdir(folder)
    args = ["-d", place.dir, "--now", place.now]
    for what, command in (("a backup", [*args, "backup", "--to", archive]),
                          ("one in a folder", [*args, "backup", "--to", folder]),
                          ("a restored directory", ["restore", archive, place.path("durable")])):
        with fault.Run(place.dir, command, mask=fault.SYNC) as run:
            run.finish()
        story.same((run.code, run.late, run.late_path, run.loose), (0, 0, "", 0),
                   f"{what}: all is synced, after {run.count} syncs, before it has its name")
        if what == "a restored directory":
            story.same(run.at_name, 0, "and all of it before the last file has its name")



class Backup(whole.Case):
    """Whatever happens, what has the name of a backup is one; and the next one is made."""

    def archive(self, copy):
        return os.path.join(copy.folder, "out.tar")

    def wrong_now(self, copy, output):
        path = self.archive(copy)
        if os.path.exists(path):
            done = story.run("backup", "verify", path, check=False)
            if done.returncode != 0:
                return f"an unfinished backup has its name: {done.stderr}"
        return whole.checks(copy)

    def wrong_after(self, copy):
        if os.path.exists(self.archive(copy)):
            os.unlink(self.archive(copy))
        done = self.do(copy)
        left = [n for n in os.listdir(copy.dir) if n.startswith("backup")] \
            + [n for n in os.listdir(copy.folder) if n.endswith(".part")]
        if done.returncode != 0 or left:
            return f"again: exit {done.returncode}: {done.stderr}; left behind {left}"
        return self.wrong_now(copy, "") or whole.originals(copy)


class Restore(whole.Case):
    """No data directory before it is whole; the same command again makes it so."""

    def target(self, copy):
        return os.path.join(copy.folder, "new")

    def wrong_now(self, copy, output):
        to = self.target(copy)
        if os.path.exists(os.path.join(to, "tocsin.conf")):
            return whole.checks(Restored(to, copy.now))
        done = story.run("-d", to, "findings", check=False)
        return None if done.returncode == 1 else "it is taken for a data directory"

    def wrong_after(self, copy):
        done = self.do(copy)
        if done.returncode != 0 and "is a data directory already" not in done.stderr:
            return f"again: exit {done.returncode}: {done.stderr}"
        back = Restored(self.target(copy), copy.now)
        return whole.checks(back) or whole.originals(back) \
            or whole.difference(self.end(copy), self.whole)


def tables(path, now):
    stored = whole.stored(Restored(path, now))
    del stored["audit"], stored["setting"]  # with the time of the restore
    return stored


def hurt(case, name, kills, fulls):
    with case.fresh("count") as copy:
        with fault.Run(copy.dir, case.argv(copy), mask=STORE) as run:
            total = run.finish().count
    print(f"# {name}: {total} calls", flush=True)

    def kill_at(at):
        with case.fresh(f"kill-{at}") as copy:
            with fault.Run(copy.dir, case.argv(copy), fault.STOP, at, STORE,
                           torn=at % 2 == 1) as run:
                run.finish()
            wrong = case.wrong_now(copy, run.stdout) or case.wrong_after(copy)
            return run.met, wrong and f"at {at}, {run.what}: {wrong}"
    results = case.each(spread(total, kills), kill_at)
    met = sum(m for m, _ in results)
    story.ok(met > min(kills, total) * 9 // 10, f"{name}: everything killed at {met} points")
    whole.report([w for _, w in results if w], f"{name}: killed")

    def full_at(at):
        with case.fresh(f"full-{at}") as copy:
            with fault.Run(copy.dir, case.argv(copy), fault.FAIL, at, ROOM, errno.ENOSPC,
                           lasting=True, torn=at % 2 == 1) as run:
                run.finish()
            where = f"at {at}, {run.what}: exit {run.code}: {run.stderr}: "
            if run.code != 0 and "disk is full" not in run.stderr:
                return where
            wrong = case.wrong_now(copy, run.stdout) or case.wrong_after(copy)
            return wrong and where + wrong
    with case.fresh("count") as copy:
        with fault.Run(copy.dir, case.argv(copy), mask=ROOM) as run:
            total = run.finish().count
    wrong = case.each(spread(total, fulls), full_at)
    whole.report([w for w in wrong if w], f"{name}: the disk is full")

    def lost_at(at):
        with case.fresh(f"lost-{at}") as copy:
            with fault.Run(copy.dir, case.argv(copy), fault.FAIL, at, fault.SYNC,
                           errno.EIO) as run:
                run.finish()
            where = f"at {at}, {run.what}: exit {run.code}: {run.stderr}: "
            if run.code != 1 or "did not keep" not in run.stderr:
                return where
            wrong = case.wrong_now(copy, run.stdout) or case.wrong_after(copy)
            return wrong and where + wrong
    with case.fresh("count") as copy:
        with fault.Run(copy.dir, case.argv(copy), mask=fault.SYNC) as run:
            total = run.finish().count
    wrong = case.each(spread(total, fulls), lost_at)
    whole.report([w for w in wrong if w], f"{name}: {total} syncs, one of them fails")


def faults():
    with story.Place(fault.fast_folder()) as place:
        place.now = whole.NOW
        place.import_files(whole.small_base(place))
        backup = Backup("backup", lambda copy: copy.args(
            "backup", "--to", os.path.join(copy.folder, "out.tar")), place,
            lambda copy: {}, None)
        hurt(backup, "backup", *((120, 40) if story.LONG else (24, 8)))
        archive = place.path("start.tar")
        place.tocsin("backup", "--to", archive)
        restore = Restore("restore", lambda copy: [
            "restore", archive, os.path.join(copy.folder, "new")], place,
            lambda copy: tables(os.path.join(copy.folder, "new"), copy.now), None)
        hurt(restore, "restore", *((100, 40) if story.LONG else (16, 8)))


def stopped(place):
    """Ctrl-C: it ends, and leaves nothing. Tried until it comes before the backup is there."""
    for n in range(20):
        archive = place.path(f"stopped-{n}.tar")
        done = subprocess.Popen([story.TOCSIN, "-d", place.dir, "--now", place.now, "backup", "--to",
                                 archive], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while not os.path.exists(archive + ".part") and done.poll() is None:
            time.sleep(0.0005)
        done.send_signal(signal.SIGINT)
        _, said = done.communicate()
        if done.returncode != 0:
            break
    story.ok(done.returncode == 1 and "stopped" in said and not os.path.exists(archive)
             and not os.path.exists(archive + ".part"),
             f"Ctrl-C at the {n + 1}. try: exit {done.returncode}: {said}")
    story.ok(whole.originals(Restored(place.dir, place.now)) is None, "and nothing is left behind")


with story.Place() as home:
    home.now = whole.NOW
    home.init_demo()
    home.import_files(home.feeds("D", 0)[1])
    home.import_files(home.feeds("D", 1)[1])
    home.tocsin("notices", "draft")
    kept = there_and_back(home)
    proven(home, kept)
    one_copy_of_each(home)
    flipped(home, kept)
    hostile(home, kept)
    stopped(home)
    durable(home)
faults()
story.end()

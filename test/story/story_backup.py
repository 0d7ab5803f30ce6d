#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_backup.py - a backup is made, carried away, proven and brought back. It holds one moment
# even while files are taken in; every flipped byte is found; a hostile archive writes nothing
# outside; kill -9 and a full disk leave nothing that looks like a backup or a data directory.
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

STORE = fault.WRITE | fault.SYNC | fault.NAME | fault.DROP
ROOM = fault.WRITE | fault.NAME


def spread(total, n):
    n = min(n, total)
    return sorted({1 + i * (total - 1) // max(n - 1, 1) for i in range(n)})


class Restored:
    """A directory as whole.py looks at it."""

    def __init__(self, path, now):
        self.dir, self.now = path, now

    args, tocsin, json_lines = whole.Copy.args, whole.Copy.tocsin, whole.Copy.json_lines


def shown(place):
    """What must come back: findings, notices, files, refused rows, the trail."""
    copy = Restored(place.dir, place.now)
    return {**whole.shown(copy), "notices": whole.without(
        copy.json_lines("notices", "list", "--json", "--limit", "1000"))}


def without_backup(audit):
    return [row for row in audit if '"action": "backup.' not in row
            and '"action": "restore"' not in row]


def come_back(place, archive, want, name):
    to = place.path(name)
    story.run("restore", archive, to)
    copy = Restored(to, place.now)
    wrong = whole.checks(copy) or whole.originals(copy)
    story.ok(wrong is None, f"{name}: whole: {wrong}")
    got = shown(copy)
    for part in (got, want):
        part["audit"] = without_backup(part["audit"])
    wrong = whole.difference(got, want)
    story.ok(wrong is None, f"{name}: the same findings, notices and trail: {wrong}")
    return copy


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


def doctor(place):
    done = place.tocsin("doctor", "--json", check=False)
    import json
    return {row["item"]: row["value"] for row in json.loads(done.stdout)["rows"]
            if row["section"] == "backup"}


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


def flip(path, at, bit=1):
    with open(path, "r+b") as f:
        f.seek(at)
        byte = f.read(1)[0]
        f.seek(at)
        f.write(bytes([byte ^ bit]))


def flipped(place, archive):
    """Bytes all over the archive, the name of whose file is known."""
    copy, wrong, n = place.path("flipped.tar"), [], 0
    shutil.copyfile(archive, copy)
    with tarfile.open(archive) as t:
        members = t.getmembers()
    points = [(m.offset_data + i * max(m.size - 1, 0) // 2, m.name)
              for m in members for i in range(3)]
    points += [(m.offset + i, None) for m in members[::9] for i in (0, 100, 130, 150, 156, 511)]
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

def parts_of(archive):
    with tarfile.open(archive) as t:
        return [(m.name, t.extractfile(m).read()) for m in t.getmembers()]


def info(name, size, kind=tarfile.REGTYPE, link=""):
    i = tarfile.TarInfo(name)
    i.size, i.type, i.linkname, i.mode, i.mtime = size, kind, link, 0o600, 1780000000
    return i


def header(name, size, **more):
    raw = bytearray(info(name, size, **more).tobuf(tarfile.USTAR_FORMAT))
    raw[329:345] = b"0000000\0" * 2
    raw[148:156] = b" " * 8
    raw[148:156] = b"%06o\0 " % sum(raw)
    return bytes(raw)


def build(path, parts):
    """A tar as the program writes it; parts are (name, bytes) or raw bytes."""
    with open(path, "wb") as f:
        for part in parts:
            if isinstance(part, bytes):
                f.write(part)
                continue
            name, data = part
            f.write(header(name, len(data)) + data + b"\0" * (-len(data) % 512))
        f.write(b"\0" * 1024)
    return path


def relist(parts, change=lambda text: text):
    """The list again, true for these parts."""
    old = dict(parts)["MANIFEST"].decode().split("\n")
    head = [line for line in old if line and line.split()[0] not in ("file", "end")]
    files = [f"file {hashlib.sha256(d).hexdigest()} {len(d)} {n}" for n, d in parts
             if n != "MANIFEST"]
    text = change("\n".join(head + files) + "\n")
    text += f"end {hashlib.sha256(text.encode()).hexdigest()}\n"
    return [p for p in parts if p[0] != "MANIFEST"] + [("MANIFEST", text.encode())]


def zstd(data):
    return subprocess.run(["zstd", "-qc"], input=data, capture_output=True, check=True).stdout


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


def with_db(parts, plain, size):
    packed = zstd(plain)
    sha = hashlib.sha256(plain).hexdigest()

    def change(text):
        lines = [f"database {sha} {size}" if line.startswith("database ") else line
                 for line in text.split("\n")]
        return "\n".join(lines)
    return relist([(n, packed if n == "tocsin.db.zst" else d) for n, d in parts], change)


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
        "rubbish for a database": with_db(parts, b"rubbish" * 1000, 7000),
    }
    wrong = []
    for name, content in cases.items():
        path = build(place.path("hostile.tar"), content)
        target = place.path("target")
        checked = story.run("backup", "verify", path, check=False)
        done = story.run("restore", path, target, check=False)
        told = checked.returncode == 1 or name.startswith("rubbish")
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


def sealed(place):
    """With a key, only who has the private one reads a backup; it is not on the machine."""
    said = place.tocsin("backup", "key").stdout
    private = said.split("\n\n")[1].strip()
    key, wrong_key = place.write("key", said), place.write("wrong", "1" * 64 + "\n")
    with open(os.path.join(place.dir, "tocsin.conf"), encoding="utf-8") as f:
        conf = f.read()
    story.ok(len(private) == 64 and private not in conf and "backup.key = " in conf,
             "a key is made; the private part is only shown")
    done = place.tocsin("backup", "key", check=False)
    story.ok(done.returncode == 1 and "a key already" in done.stderr, "and not made twice")
    archive = place.path("a.sealed")
    want = shown(place)
    place.tocsin("backup", "--to", archive)
    with open(archive, "rb") as f:
        raw = f.read()
    story.ok(raw.startswith(b"tocsin-sealed 1\n") and b"tocsin.conf" not in raw
             and b"MANIFEST" not in raw, "nothing of it can be read")
    for args, says in (([], "--key"), (["--key", wrong_key], "another key")):
        done = story.run("backup", "verify", *args, archive, check=False)
        story.ok(done.returncode == 1 and says in done.stderr, f"refused: {done.stderr}")
        done = story.run("restore", *args, archive, place.path("sealed-no"), check=False)
        story.ok(done.returncode == 1 and not os.path.exists(place.path("sealed-no")),
                 "and not restored")
    place.tocsin("backup", "verify", "--key", key, archive)
    story.ok("a.sealed" in doctor(place)["proven"], "with the private key it is proven")
    to = place.path("unsealed")
    story.run("restore", "--key", "-", archive, to, stdin=private + "\n")
    got = shown(Restored(to, place.now))
    for part in (got, want):
        part["audit"] = without_backup(part["audit"])
    story.ok(whole.difference(got, want) is None, "and comes back the same")
    wrong, copy = [], place.path("flipped.sealed")
    shutil.copyfile(archive, copy)
    for at in [0, 20, 100, 119, 120, 5000, 70000, len(raw) - 1]:
        flip(copy, at)
        if story.run("backup", "verify", "--key", key, copy, check=False).returncode != 1:
            wrong.append(f"byte {at}")
        flip(copy, at)
    for keep in [0, 16, 119, 120, 65673, len(raw) - 1, len(raw) - 17]:
        with open(copy, "wb") as f:
            f.write(raw[:keep])
        if story.run("backup", "verify", "--key", key, copy, check=False).returncode != 1:
            wrong.append(f"cut at {keep}")
    whole.report(wrong, "flipped bytes and cuts of it are found")
    folder = place.path("sealed-disk")
    os.mkdir(folder)
    place.tocsin("backup", "--to", folder)
    story.ok([n.split(".")[-1] for n in os.listdir(folder)] == ["sealed"],
             "in a folder, nothing lies beside it unsealed")


def while_importing(place):
    """Files are taken in all the time; each backup is one moment of it."""
    files = place.feeds("D", 3)[1]
    importing = subprocess.Popen(
        [story.TOCSIN, "-d", place.dir, "--now", place.now, "import", "--json", *files,
         whole.big_file(place)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    archives = []
    while importing.poll() is None and len(archives) < 6:
        archives.append(place.path(f"live-{len(archives)}.tar"))
        place.tocsin("backup", "--to", archives[-1])
    importing.communicate()
    story.ok(importing.returncode == 0 and archives, f"{len(archives)} backups during an import")
    wrong = []
    for i, archive in enumerate(archives):
        to = place.path(f"live-back-{i}")
        done = story.run("restore", archive, to, check=False)
        copy = Restored(to, place.now)
        wrong.append(done.stderr if done.returncode else whole.checks(copy)
                     or whole.originals(copy, complete=False))
    whole.report([w for w in wrong if w], "each comes back whole")


# ---- kill -9, a full disk ----

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
    story.ok(met > min(kills, total) - 5, f"{name}: everything killed at {met} points")
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
        hurt(backup, "backup", *((1000, 400) if story.LONG else (60, 14)))
        archive = place.path("start.tar")
        place.tocsin("backup", "--to", archive)
        restore = Restore("restore", lambda copy: [
            "restore", archive, os.path.join(copy.folder, "new")], place,
            lambda copy: tables(os.path.join(copy.folder, "new"), copy.now), None)
        hurt(restore, "restore", *((1000, 400) if story.LONG else (40, 14)))


def stopped(place):
    """Ctrl-C: it ends, and leaves nothing."""
    archive = place.path("stopped.tar")
    done = subprocess.Popen([story.TOCSIN, "-d", place.dir, "--now", place.now, "backup", "--to",
                             archive], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not os.path.exists(archive + ".part") and done.poll() is None:
        time.sleep(0.0005)
    done.send_signal(signal.SIGINT)
    _, said = done.communicate()
    story.ok(done.returncode == 0 or ("stopped" in said and not os.path.exists(archive)
                                      and not os.path.exists(archive + ".part")),
             f"Ctrl-C: exit {done.returncode}: {said}")
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
    while_importing(home)
    sealed(home)
faults()
story.end()

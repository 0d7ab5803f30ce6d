#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_backup_secrets.py - what people sign in with and the team's OpenPGP key: in sealed backups,
# and in no other; who restores is told. Sealed archives that were made to harm write nothing
# outside. A backup of an older schema comes back. Depends on: Python 3, gpg, libsodium.
import os
import re
import shutil
import sqlite3
import stat

import backup_kit as kit
import story
import web
import whole
from backup_kit import Restored, build, doctor, flip, header, relist, shown, without_backup

PRIVATE = r"keys/private-keys-v1\.d/[0-9A-F]{40}\.key"
REVOKE = r"keys/openpgp-revocs\.d/[0-9A-F]{40}\.rev"


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
    return private


def names(parts):
    return [name for name, _ in parts]


def read(*path):
    with open(os.path.join(*path), "rb") as f:
        return f.read()


def plain(place):
    """Before there is a key: none of the secrets, and both commands say so."""
    os.makedirs(os.path.join(place.dir, "in"), exist_ok=True)
    waiting = os.path.join(place.dir, "in", "not-yet.csv")
    with open(waiting, "w", encoding="utf-8") as f:
        f.write("waits\n")
    archive = place.path("plain.tar")
    said = place.tocsin("backup", "--to", archive).stdout
    story.ok("Not sealed" in said and "tocsin user reset" in said and "OpenPGP" in said
             and "tocsin key import --team" in said, "a plain backup says what it does not hold")
    os.unlink(waiting)
    parts = kit.parts_of(archive)
    story.ok(all(n in ("tocsin.conf", "tocsin.db.zst", "MANIFEST") or n.startswith("originals/")
                 for n in names(parts)), "no secret is in it, and nothing that waits in in/")
    secret = read(place.dir, "secret.key")
    story.ok(secret not in read(archive), "not even as bytes")
    to = place.path("plain-back")
    said = story.run("restore", archive, to).stdout
    story.ok("Not sealed" in said and "tocsin user reset" in said and "OpenPGP" in said,
             "and so does restore")
    copy = Restored(to, place.now)
    out = copy.tocsin("user", "reset", "head").stdout
    story.ok("/enrol/" in out and read(to, "secret.key") != secret,
             "there people enrol again, under a new secret")
    copy.root, copy.path = place.root, place.path
    with web.Service(copy) as s:
        again = s.finish("head", re.search(r"/enrol/[0-9a-f]{32}", out)[0])
        story.same(again.get("/").status, 200, "and come in")
    again = place.json_lines("backup", "--json", "--to", place.path("plain2.tar"))[0]
    story.ok(again["secrets"] is False, "in JSON too")
    with story.Place() as other:
        other.init_demo()
        said = other.tocsin("backup", "--to", other.path("a.tar")).stdout
        story.ok("OpenPGP" not in said, "nothing is said of a key that there is not")


def modes(top):
    wrong = []
    for folder, folders, files in os.walk(top):
        for name in folders + files:
            path = os.path.join(folder, name)
            want = 0o700 if name in folders else 0o600
            if not os.path.islink(path) and stat.S_IMODE(os.lstat(path).st_mode) != want:
                wrong.append(path)
    return wrong


def comes_back(place, private, head):
    """The person signs in as before, and the team's key signs."""
    archive, to = place.path("secrets.sealed"), place.path("secrets-back")
    said = place.tocsin("backup", "--to", archive).stdout
    story.ok("Not sealed" not in said, "a sealed backup leaves nothing out")
    key = place.write("key", private + "\n")
    parts = kit.sealed_parts(place, archive, private)
    secrets = [n for n in names(parts) if not n.startswith(("originals/", "tocsin.", "MANIFEST"))]
    kinds = [re.sub(PRIVATE, "private", re.sub(REVOKE, "revocation", n)) for n in secrets]
    story.same(sorted(set(kinds)), ["keys/pubring.kbx", "private", "revocation", "secret.key"],
               "it holds secret.key and gpg's keys, and nothing that gpg makes anew")
    said = story.run("restore", "--key", key, archive, to).stdout
    story.ok("Not sealed" not in said, "restore misses nothing")
    story.ok(all(read(to, n) == read(place.dir, n) for n in secrets), "each byte for byte")
    story.same(modes(to), [], "folders are 0700 and files 0600")
    copy = Restored(to, place.now)
    team = [r for r in copy.json_lines("key", "list", "--json") if r.get("kind") == "team"]
    story.ok(team and team[0]["state"] == "good", f"the team's key is there: {team}")
    notice = copy.json_lines("notices", "list", "--json")[0]["id"]
    mail = copy.tocsin("notices", "show", str(notice), "--sealed", check=False)
    story.ok("PGP" in mail.stdout, f"and signs: {mail.stderr}")
    copy.root, copy.path = place.root, place.path
    copy.now = "2026-06-03T08:00:00Z"
    with web.Service(copy) as s:
        b = web.Browser(s)
        b.user, b.secret, b.used = "head", head.secret, None
        story.same(b.sign_in().status, 200, "who was enrolled before signs in with the same code")
    return archive, parts


def hostile(place, archive, parts, private):
    """Each with true digests, sealed for the right key: anybody who has the public key can."""
    key = place.write("key", private + "\n")
    content = {n: d for n, d in parts}
    first = next(i for i, n in enumerate(names(parts)) if n.startswith("keys/private"))
    mine = names(parts)[first]
    folder = os.path.dirname(mine) + "/"
    low = "a" * 40

    def more(name, data=b"x"):
        """One file more, where its name puts it."""
        rest = [p for p in parts if p[0] != "MANIFEST" and p[0] != name]
        inner = sorted(rest[2:] + [(name, data)])
        return relist(rest[:2] + inner + [("MANIFEST", content["MANIFEST"])])

    def raw(block):
        return parts[:first] + [block] + parts[first:]

    many = relist(parts[:first] + [(f"{folder}{i:040X}.key", b"") for i in range(1001)]
                  + parts[-1:])
    cases = {
        "upwards from keys": more("keys/../evil"),
        "upwards from a folder of keys": more(folder + "../../evil"),
        "a folder that no key home has": more("keys/evil/" + "A" * 40 + ".key"),
        "gpg's options": more("keys/gpg.conf", b"keyserver evil\n"),
        "gpg's common options": more("keys/common.conf"),
        "the agent's options": more("keys/gpg-agent.conf", b"pinentry-program /tmp/evil\n"),
        "small letters": more(folder + low + ".key"),
        "a name too short": more(folder + "A" * 39 + ".key"),
        "a name too long": more(folder + "A" * 41 + ".key"),
        "another ending": more(folder + "A" * 40 + ".kex"),
        "a revocation among keys": more(folder + "A" * 40 + ".rev"),
        "a folder for a key": more(mine + "/x"),
        "a hidden name": more("keys/.gnupg"),
        "a key above its size": more(folder + "A" * 40 + ".key", b"x" * 65537),
        "a ring above its size": raw(header("keys/pubring.kbx", (256 << 20) + 1)),
        "a secret too short": more("secret.key", b"x" * 31),
        "a secret too long": more("secret.key", b"x" * 33),
        "a secret that is empty": more("secret.key", b""),
        "a secret elsewhere": more("keys/secret.key", b"x" * 32),
        "a symbolic link for a key": raw(header(folder + "0" * 40 + ".key", 0, kind=b"2",
                                                link="/etc/passwd")),
        "a link for the folder": raw(header("keys/private-keys-v1.d", 0, kind=b"2", link="/tmp")),
        "a folder as such": raw(header("keys/", 0, kind=b"5")),
        "a key twice": parts[:first] + [parts[first]] + parts[first:],
        "out of order": relist(parts[:2] + [("secret.key", content["secret.key"])]
                               + [p for p in parts[2:] if p[0] != "secret.key"]),
        "a thousand keys and one": many,
        "keys beside it": relist(parts, lambda t: t + "beside " + "0" * 64 + " 1 keys/pubring.kbx\n"),
        "originals beside it": relist([p for p in parts if not p[0].startswith(("secret", "orig"))],
                                      lambda t: t + "beside " + "0" * 64 + " 1 originals/aa/"
                                      + "a" * 62 + ".zst\n"),
        "a key not listed": parts[:-1] + relist([p for i, p in enumerate(parts) if i != first])[-1:],
    }
    wrong = []
    for name, made in cases.items():
        path = kit.seal_file(build(place.path("hostile.sealed"), made), private)
        target = place.path("target")
        checked = story.run("backup", "verify", "--key", key, path, check=False)
        done = story.run("restore", "--key", key, path, target, check=False)
        if checked.returncode != 1 or done.returncode != 1 or os.path.exists(target) \
                or any(os.path.exists(p) for p in (place.path("evil"), "/tmp/evil")):
            wrong.append(f"{name}: verify {checked.returncode}, restore {done.returncode}: "
                         f"{checked.stderr} {done.stderr}")
        shutil.rmtree(target, ignore_errors=True)
    whole.report(wrong, f"{len(cases)} hostile sealed archives are refused")
    same = kit.seal_file(build(place.path("same.sealed"), relist(parts)), private)
    story.ok(story.run("backup", "verify", "--key", key, same).returncode == 0,
             "the same without malice, sealed by the test, is taken")
    rest = [p for p in parts if not p[0].startswith(("secret", "keys/"))]
    wrong = []
    for name in ("secret.key", "keys/pubring.kbx", mine):
        made = sorted(rest[2:-1] + [(name, content[name])])
        path = build(place.path("hostile.tar"), relist(rest[:2] + made + rest[-1:]))
        for args in (["backup", "verify", path], ["restore", path, place.path("target")]):
            if story.run(*args, check=False).returncode != 1:
                wrong.append(f"{name}: {args[:2]}")
        shutil.rmtree(place.path("target"), ignore_errors=True)
    whole.report(wrong, "a plain archive with a secret is none of ours")
    bare = kit.seal_file(build(place.path("bare.sealed"), relist(rest)), private)
    said = story.run("restore", "--key", key, bare, place.path("bare")).stdout
    story.ok("user reset" in said and "OpenPGP" in said, "one without secrets is told")


# ---- an older schema ----

def old_db(place, steps):
    """The database as the first steps would have made it, with all that they can hold."""
    folder = os.path.join(story.SOURCE, "src/db/schema")
    texts = [read(folder, n).decode() for n in sorted(os.listdir(folder))[:steps]]
    path = place.path(f"old-{steps}.db")
    db = sqlite3.connect("file:" + path, isolation_level=None, uri=True)
    for pragma in ("application_id", "page_size"):
        with sqlite3.connect(f"file:{place.dir}/tocsin.db?mode=ro", uri=True) as now:
            value = now.execute(f"PRAGMA {pragma}").fetchone()[0]
        db.execute(f"PRAGMA {pragma} = {value}")
    db.executescript("".join(texts) + f"PRAGMA user_version = {steps};")
    db.execute(f"ATTACH 'file:{place.dir}/tocsin.db?mode=ro' AS now")
    tables = [t for t, in db.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' "
                                     "AND name NOT LIKE 'sqlite%'")]
    counts = []
    for table in sorted(tables):
        columns = ", ".join(f'"{c[1]}"' for c in db.execute(f'PRAGMA main.table_info("{table}")'))
        where = f"WHERE version <= {steps}" if table == "migration" else ""
        db.execute(f'DELETE FROM main."{table}"')
        db.execute(f'INSERT INTO main."{table}"({columns}) SELECT {columns} FROM now."{table}" '
                   f'{where}')
        n = db.execute(f'SELECT count(*) FROM main."{table}"').fetchone()[0]
        counts.append(f"count {table} {n}")
    db.execute("DETACH now")
    db.close()
    return read(path), counts


def older(place):
    """A backup that the first program would have made, restored by this one."""
    archive = place.path("now.tar")
    place.tocsin("backup", "--to", archive)
    parts = kit.parts_of(archive)
    want = shown(place)
    for steps in (1, 3):
        plain_db, counts = old_db(place, steps)
        old = kit.with_db(parts, plain_db, len(plain_db))

        def change(text):
            lines = [line for line in text.split("\n") if line and line.split()[0] != "count"]
            at = next(i for i, line in enumerate(lines) if line.startswith("file "))
            lines = [f"schema {steps}" if line.startswith("schema ") else line for line in lines]
            sha = kit.hashlib.sha256(plain_db).hexdigest()
            lines = [f"database {sha} {len(plain_db)}" if line.startswith("database ") else
                     audit if line.startswith("audit ") else line for line in lines]
            return "\n".join(lines[:at] + counts + lines[at:]) + "\n"
        with sqlite3.connect(place.path(f"old-{steps}.db")) as db:
            n, last = db.execute("SELECT seq, lower(hex(hash)) FROM audit ORDER BY seq DESC "
                                 "LIMIT 1").fetchone()
        audit = f"audit {n} {last}"
        path = build(place.path(f"old-{steps}.tar"), relist(old, change))
        done = story.run("backup", "verify", path, check=False)
        story.ok(done.returncode == 0 and f"schema {steps}" in done.stdout,
                 f"a backup of schema {steps} is proven: {done.stderr}")
        to = place.path(f"old-{steps}-back")
        done = story.run("restore", path, to, check=False)
        if not story.ok(done.returncode == 0, f"and comes back: {done.stderr}"):
            continue
        copy = Restored(to, place.now)
        wrong = whole.checks(copy) or whole.originals(copy)
        story.ok(wrong is None, f"and is whole: {wrong}")
        got, now = shown(copy), dict(want)
        for part in (got, now):
            part["audit"] = without_backup(part["audit"])
        wrong = whole.difference(got, now)
        story.ok(wrong is None, f"with the same findings, notices and trail: {wrong}")
        with sqlite3.connect(os.path.join(to, "tocsin.db")) as db:
            have = db.execute("PRAGMA user_version").fetchone()[0]
        story.ok(have == len(os.listdir(os.path.join(story.SOURCE, "src/db/schema"))),
                 f"in today's schema: {have}")
        story.ok(not [n for n in os.listdir(to) if "before" in n], "and nothing is left of the old")
    evil, _ = old_db(place, 2)
    place.write("evil.db", evil)
    with sqlite3.connect(place.path("evil.db")) as db:
        db.execute("CREATE TRIGGER evil AFTER INSERT ON audit BEGIN DELETE FROM finding; END")
    evil = read(place.path("evil.db"))
    path = build(place.path("evil.tar"), kit.with_db(parts, evil, len(evil)))
    done = story.run("restore", path, place.path("evil-back"), check=False)
    story.ok(done.returncode == 1 and "tables" in done.stderr
             and not os.path.exists(place.path("evil-back/tocsin.conf")),
             f"an older one with a trigger more is refused: {done.stderr}")


with story.Place() as home:
    home.now = whole.NOW
    home.init_demo()
    home.import_files(home.feeds("D", 0)[1][:8])
    home.tocsin("notices", "draft")
    older(home)
    home.tocsin("key", "make")
    with web.Service(home) as service:
        HEAD = service.enrol("head")
        story.same(HEAD.get("/").status, 200, "a person is enrolled")
    plain(home)
    PRIVATE_KEY = sealed(home)
    ARCHIVE, PARTS = comes_back(home, PRIVATE_KEY, HEAD)
    hostile(home, ARCHIVE, PARTS, PRIVATE_KEY)
story.end()

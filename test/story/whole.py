# SPDX-License-Identifier: Apache-2.0
# whole.py - is everything there, once, and right? What the fault stories compare before and
# after. Depends on: Python 3 with sqlite3, the built program, zstd.
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from concurrent.futures import ThreadPoolExecutor

import story

BIG_ROWS = 60500  # several chunks of 20,000
HEAD = "timestamp,ip,port,protocol,hostname,tag,asn,geo,severity\n"
FILES = ["scan_cwmp", "device_id", "event4_sinkhole", "compromised_account"]
ARCHIVED = ["scan_ssh", "spam_url", "event4_honeypot_darknet"]
NOW = "2026-06-03T06:00:00Z"


def base(place):
    """A directory that knows one day of reports; the files of the next day to import."""
    place.now = NOW
    place.init_demo()
    place.import_files(place.feeds("D", 0)[1])
    folder = place.feeds("D", 1)[0]
    wanted = [find(folder, name) for name in FILES]
    archive = archived(place, folder, ARCHIVED)
    return [wanted[0], big_file(place), *wanted[1:3], archive, *wanted[3:]]


def small_base(place):
    """An empty directory, and two files to import, one of them an archive."""
    place.now = NOW
    place.init_demo()
    folder = place.feeds("D", 1)[0]
    return [find(folder, FILES[2]), archived(place, folder, ARCHIVED[:2])]


def archived(place, folder, names):
    archive = place.path("archive.zip")
    subprocess.run(["zip", "-qj", archive] + [find(folder, name) for name in names], check=True)
    return archive


def find(folder, name):
    return next(p for p in story.feed_files(folder) if f"-{name}-" in p)


def big_file(place):
    rows = [f"2026-06-02 {i // 3600 % 24:02d}:{i // 60 % 60:02d}:{i % 60:02d},192.0.2.{i % 250},"
            f"3389,tcp,h{i % 250}.example,rdp,64496,XT,high\n" for i in range(BIG_ROWS)]
    for i in range(7, BIG_ROWS, 9973):
        rows[i] = f"yesterday,192.0.2.{i % 250},3389,tcp,,rdp,64496,XT,high\n"
    return place.write("2026-06-02-scan_rdp-talmeria-xt.csv", HEAD + "".join(rows))


def long_file(place, rows, places, day=2, net=10):
    """Some seconds of import, in several chunks: so many rows about so many places."""
    lines = [f"2026-06-0{day} {i // 3600 % 24:02d}:{i // 60 % 60:02d}:{i % 60:02d},"
             f"{net}.1.{i % places >> 8}.{i % places & 255},3389,tcp,,rdp,64496,XT,high\n"
             for i in range(rows)]
    return place.write(f"2026-06-0{day}-scan_rdp-talmeria-xt.csv", HEAD + "".join(lines))


def totals(place):
    """How many findings there are, and how often they were seen."""
    found = place.findings("--limit", "1000000")
    return len(found), sum(f["count"] for f in found)


class Copy:
    """The same directory again, to be hurt."""

    def __init__(self, place, name, below=None):
        self.folder = os.path.join(below or place.root, name)
        self.dir = os.path.join(self.folder, "data")
        self.now = place.now
        shutil.copytree(place.dir, self.dir, ignore=shutil.ignore_patterns("control.sock"))

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        shutil.rmtree(self.folder, ignore_errors=True)

    def args(self, *args):
        return ["-d", self.dir, *(["--now", self.now] if self.now else []), *args]

    def tocsin(self, *args, **more):
        return story.run(*self.args(*args), **more)

    def json_lines(self, *args):
        return [json.loads(line) for line in self.tocsin(*args).stdout.splitlines()]


def without(rows, *names):
    """What must be equal, in an order of its own."""
    return sorted(json.dumps({k: v for k, v in row.items() if k not in names}, sort_keys=True)
                  for row in rows)


def shown(copy):
    """What the program shows: findings, refused rows, files, what was done."""
    return {
        "findings": without(copy.json_lines("findings", "--json"), "id"),
        "quarantine": without(copy.json_lines("quarantine", "--json"), "file_id"),
        "files": without(copy.json_lines("files", "--json", "--limit", "1000"), "id"),
        "audit": without(copy.json_lines("audit", "list", "--json", "--limit", "10000"), "seq"),
    }


def stored(copy):
    """All tables, row by row."""
    db = sqlite3.connect(f"file:{copy.dir}/tocsin.db?mode=ro", uri=True)
    try:
        names = [n for n, in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'"
                                        " ORDER BY name")]
        return {n: sorted(map(repr, db.execute(f'SELECT * FROM "{n}"'))) for n in names}
    finally:
        db.close()


def difference(got, want):
    """The first thing that differs, for a person; None when all is equal."""
    for name in want:
        if got[name] != want[name]:
            more = [r for r in got[name] if r not in want[name]][:2]
            less = [r for r in want[name] if r not in got[name]][:2]
            return f"{name}: {len(got[name])} for {len(want[name])}; too much {more}; lost {less}"
    return None


def checks(copy):
    """db check and audit verify; None, or what they say."""
    for args in (("db", "check"), ("audit", "verify")):
        done = copy.tocsin(*args, check=False)
        if done.returncode != 0:
            return f"{' '.join(args)}: {done.stdout}{done.stderr}"
    return None


# What a data directory holds when nobody is at work in it.
PLACES = {"lock", "originals", "tocsin.conf", "tocsin.db", "tocsin.db-shm", "tocsin.db-wal",
          "control.sock", "secret.key", "in", "spool", "keys", "dry-run"}


def folder(copy, name):
    path = os.path.join(copy.dir, name)
    return sorted(os.listdir(path)) if os.path.isdir(path) else []


_seen = {}


def content_digest(path):
    with open(path, "rb") as f:
        kept = hashlib.sha256(f.read()).digest()
    if kept not in _seen:
        content = subprocess.run(["zstd", "-dcq", path], check=True, capture_output=True).stdout
        _seen[kept] = hashlib.sha256(content).hexdigest()
    return _seen[kept]


def originals(copy, complete=True):
    """Every kept original stands under its content's digest, each file's is there, and
    nothing else lies about; None, or what is wrong."""
    top = os.path.join(copy.dir, "originals")
    names = set()
    for start in sorted(os.listdir(top)):
        if not os.path.isdir(os.path.join(top, start)):
            if complete:
                return f"left behind: originals/{start}"
            continue
        for name in os.listdir(os.path.join(top, start)):
            digest = content_digest(os.path.join(top, start, name))
            if digest + ".zst" != start + name:
                return f"originals/{start}/{name} holds {digest}"
            names.add(digest)
    db = sqlite3.connect(f"file:{copy.dir}/tocsin.db?mode=ro", uri=True)
    wanted = {h for h, in db.execute("SELECT lower(hex(sha256)) FROM file")}
    db.close()
    if not wanted <= names:
        return f"no original of {sorted(wanted - names)[:3]}"
    left = sorted(set(os.listdir(copy.dir)) - PLACES)
    left += [f"spool/{name}" for name in folder(copy, "spool")]
    left += [f"in/{name}" for name in folder(copy, "in") if name not in ("done", "failed")]
    if complete and left:
        return f"left behind: {left}"
    return f"orphans: {sorted(names - wanted)}" if complete and names != wanted else None


def acknowledged(copy, output):
    """What a command answered before it ended is in the database; None, or what is not."""
    said = []
    for line in output.splitlines(keepends=True):
        if line.endswith("}\n"):
            said.append(json.loads(line))
    have = {row["file"]: row for row in copy.json_lines("files", "--json", "--limit", "1000")}
    for a in said:
        row = have.get(os.path.basename(a["file"]))
        keys = ("rows", "events", "quarantined", "new_findings", "seen_again", "relapsed")
        if row is None or row["state"] != "read" or any(row[k] != a[k] for k in keys):
            return f"answered {a}, kept {row}"
    return None


class Case:
    """A command that will be hurt: where it starts, and what its whole end must be like.
    end(copy) is that end as a dict of sorted lists; answered(copy, output) says what an answer
    promised and the database does not hold."""

    def __init__(self, name, args, start, end, answered):
        self.name, self.args, self.start = name, args, start
        self.end, self.answered = end, answered
        self.below = None  # where copies are made, if not beside the start
        with self.fresh("whole") as copy:
            self.do(copy)
            self.whole = end(copy)

    def fresh(self, name):
        return Copy(self.start, f"{self.name}-{name}", self.below)

    def argv(self, copy):
        return self.args(copy) if callable(self.args) else copy.args(*self.args)

    def do(self, copy):
        return story.run(*self.argv(copy), check=False)

    def wrong_now(self, copy, output):
        """What is wrong right after the blow, or None."""
        return checks(copy) or originals(copy, complete=False) or self.answered(copy, output)

    def wrong_after(self, copy):
        """The same command again ends as if nothing had been; None, or what differs."""
        done = self.do(copy)
        if done.returncode != 0:
            return f"again: exit {done.returncode}: {done.stdout[-300:]}{done.stderr}"
        return checks(copy) or originals(copy) or difference(self.end(copy), self.whole)

    def each(self, points, one):
        """one(point) for all, on all processors; their results."""
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            return list(pool.map(one, points))


def report(wrong, what):
    for w in wrong[:5]:
        print("# " + w[:900].replace("\n", "\n# "), flush=True)
    story.ok(not wrong, f"{what}: {len(wrong)} wrong")


def import_case(place, files):
    """All that is shown and all that is stored."""
    return Case("import", ["import", "--json", *files], place,
                lambda copy: {**shown(copy), **stored(copy)}, acknowledged)


class Init(Case):
    """Before it is done there need be no database; once it is, it says so."""

    def wrong_now(self, copy, output):
        return None

    def do(self, copy):
        done = super().do(copy)
        if "is a data directory already" in done.stderr:
            done.returncode = 0
        return done


def init_case(place):
    """The demonstration's directory: its register. Keys, times and the trail are each run's."""
    tables = ["organisation", "prefix", "asn", "domain", "contact"]
    os.mkdir(place.dir)
    return Init("init", lambda copy: ["init", "--demo", copy.dir], place,
                lambda copy: {t: rows for t, rows in stored(copy).items() if t in tables},
                lambda copy, output: None)


def draft_case(place):
    """Notices and their marks. A run after the last answer finds nothing to tell, rightly."""
    def end(copy):
        tables = stored(copy)
        del tables["audit"], tables["notice_run"]
        return {"notices": without(copy.json_lines("notices", "list", "--json", "--limit",
                                                   "1000")), **tables}

    def answered(copy, output):
        said = [json.loads(line) for line in output.splitlines(keepends=True)
                if line.endswith("}\n")]
        n = len(copy.json_lines("notices", "list", "--json", "--limit", "1000"))
        return None if not said or said[0]["notices"] == n else f"answered {said}, there are {n}"

    return Case("draft", ["notices", "draft", "--json"], place, end, answered)

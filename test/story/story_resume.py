#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_resume.py - an import was killed in the middle of a file; then comes not the import again
# but something else. It finishes the reading first and does its own work; a dry run does not.
import os
import sqlite3

import fault
import story
import whole


def reading(copy):
    """Rows done of the file that is being read, or None."""
    db = sqlite3.connect(f"file:{copy.dir}/tocsin.db?mode=ro", uri=True)
    row = db.execute("SELECT rows_done FROM file WHERE state = 0").fetchone()
    db.close()
    return row and row[0]


def cut_off(place, files):
    """A copy whose import was killed after some chunks of the big file, not all."""
    args = ["import", "--json", *files]
    with whole.Copy(place, "count") as copy:
        with fault.Run(copy.dir, copy.args(*args), mask=fault.WRITE) as run:
            total = run.finish().count
    for at in range(total // 8, total, max(total // 40, 1)):
        copy = whole.Copy(place, f"cut-{at}")
        with fault.Run(copy.dir, copy.args(*args), fault.STOP, at, fault.WRITE) as run:
            run.finish()
        if reading(copy):
            return copy
        copy.__exit__()
    raise SystemExit("Bail out! no kill left a file half read")


def goes_on(cut, name, *args):
    """The act succeeds, and the file has been read to its end before."""
    with whole.Copy(cut, name) as copy:
        done = copy.tocsin(*args, check=False)
        story.ok(done.returncode == 0, f"{name} after a cut-off import: exit {done.returncode} "
                 f"{done.stderr.strip()[:200]}")
        files = {f["file"]: f for f in copy.json_lines("files", "--json")}
        big = files["2026-06-02-scan_rdp-talmeria-xt.csv"]
        story.same((big["state"], big["rows"]), ("read", whole.BIG_ROWS),
                   f"{name}: the file is read to its end first")
        story.same(whole.checks(copy), None, f"{name}: database and trail are whole")
        return copy.json_lines("findings", "--json", "--report", "scan_rdp")


with story.Place(fault.fast_folder()) as place:
    files = whole.base(place)[1:2]
    register = place.write("domains.csv", "domain,organisation\nnew.xt.example,Customs Service\n")
    cut = cut_off(place, files)
    story.ok(0 < reading(cut) < whole.BIG_ROWS, f"cut off after {reading(cut)} rows")
    cut.root = cut.folder
    with whole.Copy(cut, "dry") as copy:
        before = whole.stored(copy)
        done = copy.tocsin("register", "import", "--dry-run", register)
        story.ok("would be 1 new" in done.stdout, "a dry run says what would change")
        story.same(whole.difference(whole.stored(copy), before), None, "and changes nothing")
    ends = [goes_on(cut, "draft", "notices", "draft", "--json"),
            goes_on(cut, "register", "register", "import", register),
            goes_on(cut, "rebuild", "rebuild"),
            goes_on(cut, "import", "import", "--json", *files)]
    keys = [sorted((f["place"], f["count"], f["days_seen"]) for f in e) for e in ends]
    story.ok(keys[0] and keys[1:] == keys[:1] * 3, "whatever came next, the findings are the same")
story.end()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_doctor.py - tocsin doctor says what is in force, and warns when something is not.
# Depends on: Python 3, the built program.

import json
import os

import story

ROLES = ["master", "work", "parse", "key", "net"]


def doctor(*args):
    """Exit status, the report as {section: {item: (state, value)}}, and standard error."""
    done = story.run(*args, "doctor", "--json", check=False)
    report = json.loads(done.stdout) if done.stdout else {"rows": [], "ok": False}
    sections = {}
    for row in report["rows"]:
        sections.setdefault(row["section"], {})[row["item"]] = (row["state"], row["value"])
    return done.returncode, report, sections, done.stderr


def warnings(section):
    return [item for item, (state, _) in section.items() if state == "warning"]


status, report, alone, _ = doctor()
story.ok("parse" in alone and "work" not in alone, "without a directory parse alone is asked")
story.ok((status == 0) == report["ok"], "the exit status says whether all is in force")
kernel = {item for item in ("landlock", "seccomp") if alone["machine"][item][0] == "ok"}

with story.Place() as place:
    place.init_demo()
    status, report, seen, _ = doctor("-d", place.dir)
    for role in ROLES:
        story.ok(role in seen, f"{role} is asked")
        if kernel == {"landlock", "seccomp"}:
            story.same(warnings(seen.get(role, {})), [], f"{role}: all is in force")
        else:
            story.ok(warnings(seen.get(role, {})), f"{role}: what the kernel lacks is said")
    story.same(seen["parse"]["capabilities"][1], "none", "parse has no capabilities")
    story.same(seen["work"]["capabilities"][1], "none", "neither has work")
    story.same(seen["net"]["capabilities"][1], "none", "nor net")
    story.ok("connects only" in seen["net"]["network"][1] or not kernel, "net cannot listen")
    if os.geteuid() == 0:
        story.same(seen["parse"]["user"][1], "65534", "parse is nobody")
        story.same(seen["net"]["user"][1], "65534", "and so is net")
    pids = {seen[role]["process"][1] for role in ROLES}
    story.ok(len(pids) == len(ROLES), "each a process of its own")
    story.ok(not any(os.path.exists(f"/proc/{pid}/exe") for pid in pids), "which have ended")
    story.ok("rights" not in warnings(seen["directory"]), "the directory is its owner's alone")

    os.chmod(place.dir, 0o755)
    status, report, seen, _ = doctor("-d", place.dir)
    story.ok(status == 1 and not report["ok"] and "rights" in warnings(seen["directory"]),
             "a directory that others can look into is a warning, and the exit status 1")
    text = story.run("-d", place.dir, "doctor", check=False).stdout
    story.ok("!!   rights" in text and "755" in text, "also for people")
    os.chmod(place.dir, 0o700)

    status, report, seen, err = doctor("-d", place.dir, "--one-process")
    story.ok(status == 1 and all(warnings(seen[role]) for role in ROLES),
             "--one-process: nothing is in force, and that is said of each role")
    story.ok("WITHOUT A SANDBOX" in err, "and loudly")

    done = story.run("-d", place.path("none"), "doctor", check=False)
    story.ok(done.returncode == 1 and "none" in done.stderr, "no such directory")
    os.mkdir(place.path("empty"))
    done = story.run("-d", place.path("empty"), "doctor", check=False)
    story.ok(done.returncode == 1 and "not a data directory" in done.stderr,
             "a folder that is no data directory")
story.end()

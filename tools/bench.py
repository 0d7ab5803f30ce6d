# SPDX-License-Identifier: Apache-2.0
"""bench.py BUILD [PART...]    the measurements of `make bench`

Parts: store null lookup digest growth effect findings pages parse memory; without any, all of
them. Figures that are compared come from the same run, in turns, so that what else the
machine does strikes both. Each figure is a median unless it says otherwise.
docs/performance.md says what the bars are and what was measured.
"""
import glob
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import bench_pages

SEED = "69"
ROUNDS = 5
YEAR = (1100000, 365, 61111)  # findings, days, notices
MONTH = (450000, 30, 5000)
MEMORY_BAR = 64000000 // 1024  # KiB
REGISTER = ("networks", "holders", "contacts", "domains", "country")


class Sampler(threading.Thread):
    """The largest sum of resident memory over a process and all below it."""

    pause = 0.01  # seconds between two looks

    def __init__(self, root):
        super().__init__(daemon=True)
        self.root, self.rss, self.pss, self.each, self.pids = root, 0, 0, {}, {}
        self.over = threading.Event()

    def run(self):
        while not self.over.is_set():
            sums = [self.look(pid) for pid in self.tree()]
            self.rss = max(self.rss, sum(s[0] for s in sums))
            self.pss = max(self.pss, sum(s[1] for s in sums))
            self.over.wait(self.pause)

    def tree(self):
        found, todo = [], [self.root]
        while todo:
            pid = todo.pop()
            found.append(pid)
            try:
                with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
                    todo += f.read().split()
            except OSError:
                pass
        return found

    def look(self, pid):
        rss = pss = 0
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
                for line in f:
                    word = line.split()
                    if word[0] == "Rss:":
                        rss = int(word[1])
                    elif word[0] == "Pss:":
                        pss = int(word[1])
            with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as f:
                words = f.read().split("\0")
        except OSError:
            return 0, 0
        name = words[2] if words[1:2] == ["role"] else "command"
        self.pids[name] = pid
        self.each[name] = max(self.each.get(name, 0), rss)
        return rss, pss


class Bench:
    def __init__(self, build, place):
        self.build, self.place = os.path.abspath(build), place
        self.tocsin = os.path.join(self.build, "tocsin")
        self.missed = []

    def path(self, name):
        return os.path.join(self.place, name)

    def run(self, *words, sample=False):
        """Output, seconds, seconds of CPU of all processes, and the sampler."""
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as p:
            sampler = Sampler(p.pid) if sample else None
            if sampler:
                sampler.start()
            out = p.communicate()[0]
        wall = time.monotonic() - start
        if sampler:
            sampler.over.set()
            sampler.join()
        if p.returncode != 0:
            raise SystemExit(f"{' '.join(words)}: exit status {p.returncode}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return out, wall, cpu, sampler

    def program(self, name, *words):
        return self.run(os.path.join(self.build, "bench", name), *words)

    def fresh(self, name, like=None):
        """An empty folder, or a copy of one; on the disk before the clocks start."""
        path = self.path(name)
        shutil.rmtree(path, ignore_errors=True)
        if like:
            shutil.copytree(self.path(like), path)
        else:
            os.mkdir(path)
        os.sync()
        return path

    def feeds(self, scale, day):
        path = self.path(f"{scale}-{day}")
        if not os.path.isdir(path):
            self.run(self.tocsin, "demo-feeds", "--scale", scale, "--day", str(day),
                     "--seed", SEED, "--out", path)
        return path

    def files(self, scale, day):
        return sorted(glob.glob(os.path.join(self.feeds(scale, day), "2*.csv")))

    def register(self, scale):
        """A directory with that scale's register and nothing else."""
        name = f"register-{scale}"
        if not os.path.isdir(self.path(name)):
            path = self.path(name)
            self.run(self.tocsin, "init", "--demo", path)
            feeds = self.feeds(scale, 0)
            self.run(self.tocsin, "-d", path, "register", "import",
                     *[os.path.join(feeds, f"{r}.csv") for r in REGISTER])
        return name

    def take(self, name, files, sample=False):
        """Imports; rows, new findings, and what run answers."""
        out, wall, cpu, sampler = self.run(
            self.tocsin, "-d", self.path(name), "import", "--json", *files, sample=sample)
        answers = [json.loads(line) for line in out.splitlines()]
        if len(answers) != len(files) or any(a["error"] for a in answers):
            raise SystemExit("a file was not taken")
        rows = sum(a["rows"] for a in answers)
        return rows, sum(a["new_findings"] for a in answers), wall, cpu, sampler

    def day0(self):
        """A directory with the first day of L2."""
        if not os.path.isdir(self.path("day0")):
            self.fresh("day0", self.register("L2"))
            self.take("day0", self.files("L2", 0))
        return "day0"

    def bar(self, what, good):
        if not good:
            self.missed.append(what)
        return "met" if good else "MISSED"

    # ---- parts ----

    def bare(self, same):
        out = self.program("bench_store", self.path("day0"), self.fresh("bare"), "20000",
                           "1" if same else "0")[0].split()
        return float(out[0]), float(out[1]), [int(n) for n in out[2:]]

    def store(self):
        """Import against a bare loop that inserts the same rows."""
        self.day0()
        files, mine, big, same = self.files("L2", 0), [], [], []
        for _ in range(ROUNDS):
            self.fresh("now", self.register("L2"))
            rows, new, wall, cpu, _ = self.take("now", files)
            mine.append((wall, cpu))
            big.append(self.bare(False))
            same.append(self.bare(True))
        n = big[0][2]
        print(f"one L2 day, {rows} rows in {len(files)} files, {new} findings; "
              f"the bare loop: {n[1]} findings, {n[2]} sightings; median of {ROUNDS}")
        figures = (("import", mine), (f"bare loop, {n[3]} commits", big),
                   (f"bare loop, {same[0][2][3]} commits", same))
        for name, turns in figures:
            wall = statistics.median(t[0] for t in turns)
            cpu = statistics.median(t[1] for t in turns)
            print(f"  {name:<28} {rows / wall:>9.0f} rows/s   {wall:6.2f} s   "
                  f"{rows / cpu:>9.0f} rows/s CPU   {cpu:6.2f} s CPU")
        for name, turns in figures[1:]:
            wall = statistics.median(t[0] / m[0] for t, m in zip(turns, mine))
            cpu = statistics.median(t[1] / m[1] for t, m in zip(turns, mine))
            judged = self.bar("import with storage", wall >= 0.5) if turns is big else ""
            print(f"  import / {name:<26} {wall:6.0%} of its rows/s, {cpu:.0%} by CPU   "
                  f"{judged}")
        again = []
        for _ in range(3):
            self.fresh("now", "day0")
            rows, new, wall, cpu, _ = self.take("now", self.files("L2", 1))
            again.append((wall, cpu))
        wall, cpu = (statistics.median(t[i] for t in again) for i in (0, 1))
        print(f"  the day after: {rows} rows, {new} new findings: {rows / wall:.0f} rows/s, "
              f"{wall:.2f} s, {rows / cpu:.0f} rows/s CPU; median of 3")
        budget = statistics.median(m[0] for m in mine)
        print(f"  budget of a day, 10 s: {self.bar('a day in 10 s', budget < 10)}")

    def memory_of(self, megabytes, distinct):
        name = self.path("2026-06-02-event4_sinkhole_http-xt.csv")
        with open(name, "wb") as f:
            subprocess.run([os.path.join(self.build, "bench", "bench_rows"),
                            str(megabytes), str(distinct)], stdout=f, check=True)
        self.fresh("now", self.register("L2"))
        rows, new, wall, cpu, s = self.take("now", [name], sample=True)
        os.remove(name)
        shutil.rmtree(self.path("now"))
        each = ", ".join(f"{k} {v / 1024:.1f}" for k, v in sorted(s.each.items()))
        print(f"  {megabytes:>5} MB, {rows:>7} rows, {new:>7} findings: RSS "
              f"{s.rss / 1024:5.1f} MiB, PSS {s.pss / 1024:5.1f} MiB ({each}); "
              f"{rows / wall:.0f} rows/s, {rows / cpu:.0f} rows/s CPU")
        return s.rss

    def memory(self):
        """Resident memory of all processes while one file is imported."""
        print("peak resident memory, summed over processes (RSS counts shared pages once "
              "per process, PSS once)")
        small, big = self.memory_of(100, 200000), self.memory_of(1000, 200000)
        self.memory_of(100, 4000000000)
        same = abs(big - small) < 4096
        print(f"  RSS, at most 64 MB: {self.bar('memory', max(small, big) <= MEMORY_BAR)}; "
              f"the same for both: {self.bar('memory of big files', same)}")

    def null(self):
        """Parse and attribute, nothing stored."""
        out = self.program("bench_null", self.path(self.register("L2")))[0]
        print(out, end="")
        rows = float(out.split()[2])
        print(f"  at least 500,000: {self.bar('null sink', rows >= 500000)}")

    def lookup(self):
        """Look-ups in a register of 300,000 prefixes."""
        out = self.program("bench_lookup", self.fresh("bare"))[0]
        print(out, end="")
        rate = float(out.split()[1])
        print(f"  at least 1,000,000: {self.bar('look-ups', rate >= 1e6)}")

    def draft(self, name):
        out, wall, cpu, s = self.run(self.tocsin, "-d", self.path(name), "notices", "draft",
                                     sample=True)
        return out.splitlines()[0], wall, cpu, s

    def digest(self):
        """The digest run of one L2 day."""
        self.day0()
        turns = []
        for _ in range(3):
            self.fresh("now", "day0")
            turns.append(self.draft("now"))
        wall, cpu = (statistics.median(t[i] for t in turns) for i in (1, 2))
        rss, pss = (statistics.median(m) / 1024 for m in
                    zip(*((t[3].rss, t[3].pss) for t in turns)))
        print(f"digest run of one L2 day: {wall:.2f} s, {cpu:.2f} s CPU, peak RSS {rss:.1f} MiB, "
              f"PSS {pss:.1f} MiB; median of 3\n  {turns[0][0]}")

    def growth(self):
        """Ten and a hundred times the rows."""
        print("growth: a first day, and its digests (single runs)")
        for scale in ("D", "L1", "L2"):
            self.fresh("now", self.register(scale))
            rows, _, wall, cpu, _ = self.take("now", self.files(scale, 0))
            _, draft, draft_cpu, _ = self.draft("now")
            print(f"  {scale:<2} {rows:>7} rows: import {wall:6.2f} s, "
                  f"{cpu / rows * 1e6:6.1f} us CPU a row; digests {draft:6.2f} s, "
                  f"{draft_cpu / rows * 1e6:6.1f} us CPU a row")

    def filled(self, findings, days, notices):
        """A directory with findings of so many days, and all that belongs to them."""
        name = f"filled-{findings}-{days}"
        if not os.path.isdir(self.path(name)):
            path = self.fresh(name, self.register("L2"))
            self.program("bench_fill", path, str(findings), str(days), str(notices))
        return self.path(name)

    def effect(self):
        """The effect page with a year of findings."""
        for findings in (11000, 110000, 1100000):
            path = self.filled(findings, 365, findings // 18)
            for days in ("28", "365"):
                print(f"effect page, {findings} findings of a year, the last {days} days")
                out = self.program("bench_effect", path, days, "40")[0]
                print(out, end="")
                page = next(line for line in out.splitlines() if "the page" in line)
                worst = float(page.split("p95")[1].split()[0])
                print(f"  under 50 ms: {self.bar('effect page', worst < 50)}")

    def findings(self):
        """Pages of the list of findings with a year of them."""
        for findings in (11000, 110000, 1100000):
            path = self.filled(findings, 365, findings // 18)
            print(f"pages of the list of findings, {findings} findings of a year")
            out = self.program("bench_findings", path, "40")[0]
            print(out, end="")
            worst = float(out.splitlines()[-1].split("p95")[1].split()[0])
            print(f"  under 50 ms: {self.bar('list of findings', worst < 50)}")

    def pages(self):
        """The service from outside: each page, many visitors, slow ones, memory."""
        print("pages over HTTP, signed in; a client on the same machine")
        files = self.files("L2", 0)
        for what, (findings, days, notices), rounds in (
                ("30 days", MONTH, 10), ("one year", YEAR, 20)):
            path = self.filled(findings, days, notices)
            bench_pages.Pages(self, Sampler).run(
                path, what, findings, notices, rounds, files if days > 30 else None)

    def parse(self):
        """Reading alone, step by step."""
        print(self.program("bench_parse")[0], end="")


PARTS = ("store", "null", "lookup", "digest", "growth", "effect", "findings", "pages", "parse",
         "memory")


def main(build, *parts):
    for part in parts:
        if part not in PARTS:
            raise SystemExit(f"no part {part!r}: {' '.join(PARTS)}")
    load = os.getloadavg()
    print(f"{time.strftime('%Y-%m-%d')}, {platform.machine()}, {os.cpu_count()} processors, "
          f"Linux {platform.release()}, load before {load[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as place:
        bench = Bench(build, place)
        for part in parts or PARTS:
            print()
            getattr(bench, part)()
            sys.stdout.flush()
    print()
    print("missed: " + ", ".join(bench.missed) if bench.missed else "all bars met")


if __name__ == "__main__":
    main(*sys.argv[1:])

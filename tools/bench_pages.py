# SPDX-License-Identifier: Apache-2.0
"""The part `pages` of bench.py: the service from outside, over HTTP.

Times are a client's on the same machine: from the first byte sent to the last one read,
on a connection that stays open, so they are a little more than the server's own. The
client and the service share the processors. CPU is that of the web role for the page; it
tells what a page costs on a machine that does other things, too.
"""
import collections
import datetime
import gzip
import multiprocessing
import os
import random
import re
import resource
import shutil
import socket
import sqlite3
import statistics
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../test/story"))
import story  # noqa: E402
import web    # noqa: E402

NOW = "2026-11-02T04:00:00Z"  # the morning after the last day of bench_fill, before the draft
HOST = "cirt.example"
PAGE_BAR = 0.050
FIRST_BAR, NEXT_BAR = 40 * 1024, 12 * 1024
REST_BAR, LOAD_BAR = 80000000 // 1024, 256000000 // 1024  # KiB
IDLE = 5000
SLOW = 200
NOTICE0, FINDING0 = 900000000, 1000000000
DOWNLOADS = ("findings.csv", "findings.jsonl", "finding.evidence", "effect.csv", "effect.json",
             "answer.table", "notice.part")
NOT_SIGNED_IN = ("answer", "answer.table", "contact", "enrol", "sign-in")
ROUTE = re.compile(r'\{ "([\w.-]+)", METHOD_GET, "([^"]+)"')


def token(notice):
    return f"t{notice:025}"


class Line:
    """A connection that stays open; requests are bytes."""

    def __init__(self, port):
        self.port, self.s = port, None

    def open(self):
        self.s = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request):
        """Status, seconds, head, body."""
        if self.s is None:
            self.open()
        start = time.perf_counter()
        self.s.sendall(request)
        got = b""
        while b"\r\n\r\n" not in got:
            more = self.s.recv(262144)
            if not more:
                raise SystemExit("bench: the service hung up")
            got += more
        head, _, body = got.partition(b"\r\n\r\n")
        low = head.lower()
        at = low.find(b"content-length: ")
        length = int(low[at + 16:].split(b"\r\n", 1)[0]) if at >= 0 else 0
        parts, have = [body], len(body)
        while have < length:
            more = self.s.recv(262144)
            if not more:
                raise SystemExit("bench: an answer ended early")
            parts.append(more)
            have += len(more)
        took = time.perf_counter() - start
        if b"connection: close" in low:
            self.s.close()
            self.s = None
        return int(head.split(None, 2)[1]), took, head, b"".join(parts)

    def close(self):
        if self.s:
            self.s.close()
        self.s = None


def request(path, cookie="", client="192.0.2.1", body=None):
    lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", f"Host: {HOST}",
             "User-Agent: bench", "Accept-Encoding: gzip", f"Tocsin-Client: {client}"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    if body is not None:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Origin: https://{HOST}",
                  "Sec-Fetch-Site: same-origin", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + (body or "")).encode()


class Visitor(web.Browser):
    """A browser that comes through the proxy of https://cirt.example."""

    def request(self, method, path, body=None, headers=None, follow=False):
        return super().request(method, path, body, {
            **(headers or {}), "Host": HOST, "Origin": f"https://{HOST}",
            "Tocsin-Client": "192.0.2.1"}, follow)


class Place:
    """What web.Service needs of a story's place."""

    def __init__(self, path):
        self.dir, self.now = path, NOW

    def path(self, name):
        return self.dir + "." + name

    def tocsin(self, *words, **more):
        return story.run("-d", self.dir, "--now", NOW, *words, **more)


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def clients():
    """Addresses of many networks, since each has its own limit."""
    n = 0
    while True:
        n += 1
        yield f"10.{n >> 8 & 255}.{n & 255}.1"


def ask_many(port, requests, seconds, good, out):
    """A process: one connection, one request after the other."""
    line, n, odd, times = Line(port), 0, [], []
    until = time.monotonic() + seconds
    for r in requests:
        if time.monotonic() > until:
            break
        status, took, _, _ = line.ask(r)
        n += 1
        if status != good:
            odd.append(status)
        times.append(took)
    line.close()
    out.put((n, odd, times))


def cpu_of(pid):
    """Seconds of CPU of a process, of all its threads that live."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as f:
            total += int(f.read().split()[0])
    return total / 1e9


class Pages:
    def __init__(self, bench, sampler):
        self.bench, self.sampler = bench, sampler
        self.random = random.Random(69)
        self.client = clients()

    # ---- the service ----

    def start(self, path):
        conf = os.path.join(path, "tocsin.conf")
        with open(conf, encoding="utf-8") as f:
            text = f.read()
        text = re.sub(r"(?m)^#?\s*web\.url =.*$", f"web.url = https://{HOST}", text)
        text = re.sub(r"(?m)^#?\s*web\.proxy =.*$", "web.proxy = yes", text)
        if "web.proxy = yes" not in text:
            text += "web.proxy = yes\n"
        with open(conf, "w", encoding="utf-8") as f:
            f.write(text)
        story.TOCSIN = self.bench.tocsin
        self.service = web.Service(Place(path))
        self.service.__enter__()
        self.port = self.service.port

    def sign_in(self):
        b = Visitor(self.service)
        b.user, b.used = "bench-head", None
        link = self.service.link("bench-head", "head")
        b.secret = b.get(link).codes[0]
        b.post(link, {"password": web.PASSWORD, "again": web.PASSWORD, "code": b.code()})
        self.cookie = "; ".join(f"{k}={v}" for k, v in b.cookies.items())
        page = b.get("/")
        if page.status != 200:
            raise SystemExit(f"bench: not signed in: {page.status}")
        self.memory()
        self.web = self.pids["web"]
        self.style = re.search(r"/style/[\w.-]+", page.text)[0]

    # ---- each page ----

    def plan(self, path, notices):
        """Addresses of each GET route: what people open, some by chance, and the extremes."""
        pick = self.random
        db = sqlite3.connect(f"file:{path}/tocsin.db?mode=ro", uri=True)
        findings = db.execute("SELECT count(*) FROM finding").fetchone()[0]
        orgs = [r[0] for r in db.execute("SELECT id FROM organisation LIMIT 400")]
        file = db.execute("SELECT max(file) FROM quarantine").fetchone()[0]
        kind = db.execute("SELECT type FROM kind LIMIT 1").fetchone()[0]
        name = db.execute("SELECT name FROM organisation WHERE id = ?", (orgs[7],)).fetchone()[0]
        person = db.execute("SELECT max(id) FROM person").fetchone()[0]
        db.close()
        some = [pick.randrange(findings) + FINDING0 for _ in range(20)]
        told = [NOTICE0 + pick.randrange(notices) for _ in range(15)] + [NOTICE0 + notices] * 5
        linked = self.sent[:20] + [NOTICE0 + notices]
        return {
            "style": [self.style], "icon": ["/icon.svg"], "sign-in": ["/sign-in"],
            "enrol": [self.service.link("bench-other", "reader")],
            "answer": [f"/a/{token(n)}" for n in linked] +
                      [f"/a/{token(NOTICE0 + notices)}?after=2500"],
            "answer.table": [f"/a/{token(n)}/csv" for n in linked[:5]],
            "contact": ["/c/c" + 25 * "0"],
            "morning": ["/"],
            "findings": ["/findings", "/findings?state=any", "/findings?order=newest",
                         "/findings?severity=critical", f"/findings?type={kind}",
                         f"/findings?organisation={orgs[7]}", "/findings?where=198.18.7.0/24",
                         "/findings?nobody=1", "/findings?relapsed=1", "/findings?new=2026-10-28",
                         "/findings?family=nowhere&state=any",
                         "/findings?where=0.0.0.0/0&state=any", "/findings?relapsed=1&state=any&new=2025-01-01"],
            "finding": [f"/findings/{n}" for n in some],
            "feeds": ["/feeds"], "files": ["/files"],
            "quarantine": ["/quarantine", f"/quarantine?file={file}"],
            "orgs": ["/organisations", "/organisations?word=net", "/organisations?only=in-doubt",
                     "/organisations?only=no-contact", "/organisations?only=open"],
            "contacts": ["/contacts", "/contacts?only=due", "/contacts?only=all"],
            "org.new": ["/organisations/new"],
            "org": [f"/organisations/{pick.choice(orgs)}" for _ in range(20)],
            "org.edit": [f"/organisations/{pick.choice(orgs)}/edit" for _ in range(10)],
            "notices": ["/notices", "/notices?state=0", "/notices?state=6", "/notices?state=8",
                        f"/notices?organisation={orgs[7]}", f"/notices?run={NOTICE0}",
                        f"/notices?run={NOTICE0 + 1}"],
            "notices.runs": ["/notices/runs"], "sending": ["/notices/sending"],
            "notice": [f"/notices/{n}" for n in told],
            "notice.part": [f"/notices/{n}/part/1" for n in told[:5]],
            "answers": ["/answers", "/answers?kind=1", "/answers?kind=4",
                        f"/answers?organisation={orgs[7]}", f"/answers?notice={told[0]}"],
            "tasks": ["/tasks"], "upload": ["/upload"], "jobs": ["/jobs"],
            "lookup": ["/lookup", "/lookup?what=198.18.7.7", "/lookup?what=AS64496",
                       "/lookup?what=www.bench-7.example"],
            "effect": ["/effect", "/effect?period=year", f"/effect?period=year&by=organisation"],
            "effect.print": ["/effect/print?period=year"],
            "effect.csv": ["/effect/csv?period=year"], "effect.json": ["/effect/json?period=year"],
            "findings.csv": [f"/findings/csv?organisation={orgs[7]}&severity=critical"],
            "people": ["/people"], "person": [f"/people/{person}"], "audit": ["/audit"],
            "settings": ["/settings"], "rule": ["/settings/rule?name=notify-low&value=0"],
            "account": ["/account"],
        }

    def cookie_for(self, route):
        return "" if route in NOT_SIGNED_IN else self.cookie

    def measure(self, path, notices, rounds):
        """Each address in turn, so that what else the machine does strikes all alike."""
        plan, line = self.plan(path, notices), Line(self.port)
        seen = collections.defaultdict(lambda: ([], [], [], [], []))
        for turn in range(rounds + 1):
            for route, paths in plan.items():
                for p in paths if len(paths) < 12 and turn < 9 else [paths[turn % len(paths)]]:
                    r = request(p, self.cookie_for(route), next(self.client))
                    before = cpu_of(self.web)
                    status, took, head, body = line.ask(r)
                    cpu = cpu_of(self.web) - before
                    if status != 200:
                        raise SystemExit(f"bench: {p}: {status}")
                    packed = b"gzip" in head.lower()
                    times, raw, sent, each, cpus = seen[route]
                    raw.append(len(gzip.decompress(body)) if packed else len(body))
                    sent.append(len(body))
                    if turn > 0:
                        times.append(took)
                        cpus.append(cpu)
                        each.append((took, p))
        line.close()
        return seen

    def print_pages(self, what, seen):
        print(f"  {what}\n    {'page':<16}{'p50 ms':>8}{'p95 ms':>8}{'CPU p50':>9}{'p95':>7}{'bytes':>9}"
              f"{'compressed':>12}  the slowest address")
        slow, heavy = [], []
        style = seen["style"][2][0]
        for route, (times, raw, sent, each, cpus) in seen.items():
            p50, p95 = statistics.median(times), percentile(times, 0.95)
            by = collections.defaultdict(list)
            for took, p in each:
                by[p].append(took)
            worst = max(by, key=lambda p: statistics.median(by[p]))
            print(f"    {route:<16}{p50 * 1e3:>8.1f}{p95 * 1e3:>8.1f}"
                  f"{statistics.median(cpus) * 1e3:>9.1f}{percentile(cpus, 0.95) * 1e3:>7.1f}"
                  f"{max(raw):>9}{max(sent):>12}  {worst[:44]} "
                  f"{statistics.median(by[worst]) * 1e3:.1f}")
            if p95 >= PAGE_BAR:
                slow.append(route)
            if route not in DOWNLOADS and max(sent) > NEXT_BAR or max(sent) + style > FIRST_BAR:
                heavy.append(route)
        print(f"    under 50 ms at p95: {self.bench.bar('page time, ' + what, not slow)} "
              f"{' '.join(slow)}")
        print(f"    12 KiB, with the stylesheet 40 KiB: "
              f"{self.bench.bar('page weight, ' + what, not heavy)} {' '.join(heavy)}")
        with open(os.path.join(story.SOURCE, "src/web/route.c"), encoding="utf-8") as f:
            missing = [n for n, _ in ROUTE.findall(f.read()) if n not in seen]
        print(f"    not measured: {', '.join(missing)}")

    # ---- many at once ----

    def rate(self, name, requests, seconds, good):
        """Four visitors, each on a connection of his own."""
        out, n = multiprocessing.Queue(), 4
        start = time.monotonic()
        procs = [multiprocessing.Process(target=ask_many, args=(
            self.port, requests[i::n], seconds, good, out)) for i in range(n)]
        for p in procs:
            p.start()
        got = [out.get() for _ in procs]
        for p in procs:
            p.join()
        took = time.monotonic() - start
        times = [t for g in got for t in g[2]]
        if any(g[1] for g in got):
            raise SystemExit(f"bench: {name}: {[g[1] for g in got]}")
        print(f"  {name}: {len(times) / took:.0f} requests/s, p50 "
              f"{statistics.median(times) * 1e3:.1f} ms, p95 {percentile(times, 0.95) * 1e3:.1f}, longest "
              f"{max(times) * 1e3:.0f} ms (4 visitors, {len(times)} requests)")

    def answer_page(self):
        get = [request(f"/a/{token(n)}", "", next(self.client)) for n in self.sent * 4]
        until = (datetime.date.fromisoformat(NOW[:10]) + datetime.timedelta(20)).isoformat()
        post = [request(f"/a/{token(n)}", "", next(self.client),
                        f"answer=working&until={until}&comment=bench") for n in self.sent]
        self.rate("answer page, GET", get, 5, 200)
        self.rate("answer page, POST", post, 5, 303)

    def some_pages(self, n=60):
        """The morning, the list of findings and an answer page, in turns."""
        line, times = Line(self.port), []
        for i in range(n):
            path = ("/", "/findings", f"/a/{token(self.sent[i % 50])}")[i % 3]
            r = request(path, self.cookie if i % 3 < 2 else "", next(self.client))
            status, took, _, _ = line.ask(r)
            if status != 200:
                raise SystemExit(f"bench: {path}: {status}")
            times.append(took)
        line.close()
        return times

    def print_times(self, what, before, during):
        a, b = statistics.median(before), statistics.median(during)
        print(f"  {what}: p50 {b * 1e3:.1f} ms, p95 {percentile(during, 0.95) * 1e3:.1f} ms; "
              f"without them {a * 1e3:.1f} and {percentile(before, 0.95) * 1e3:.1f}: "
              f"{b / a:.2f} times")
        return b / a

    def idle(self):
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, IDLE + 500), most))
        before, lines = self.some_pages(), []
        r = request("/icon.svg")
        for _ in range(IDLE):
            line = Line(self.port)
            if line.ask(r)[0] != 200:
                raise SystemExit("bench: a connection was refused")
            lines.append(line)
        during = self.some_pages()
        rss, pss = self.memory()
        alive = sum(line.ask(r)[0] == 200 for line in lines[::10])
        good = alive == len(lines[::10])
        ratio = self.print_times(f"{IDLE} idle connections", before, during)
        print(f"    all still open: {self.bench.bar('idle connections', good and ratio < 2)}; "
              f"memory then: RSS {rss:.1f} MiB, PSS {pss:.1f} MiB")
        for line in lines:
            line.close()

    def drip(self, over):
        """Heads a byte a second, and pages that nobody reads."""
        head, page = request("/sign-in"), request("/findings", self.cookie)
        held = []
        while not over.wait(1):
            while len(held) < SLOW:
                s = socket.socket()
                if len(held) % 2:
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
                s.connect(("127.0.0.1", self.port))
                held.append([s, 0 if len(held) % 2 == 0 else None])
                if held[-1][1] is None:
                    s.sendall(page)
            for h in held[:]:
                try:
                    if h[1] is not None:
                        h[0].sendall(head[h[1]:h[1] + 1])
                        h[1] += 1
                except OSError:
                    h[0].close()
                    held.remove(h)
        for s, _ in held:
            s.close()

    def slow(self):
        before, over = self.some_pages(), threading.Event()
        t = threading.Thread(target=self.drip, args=(over,), daemon=True)
        t.start()
        time.sleep(3)
        during = self.some_pages()
        over.set()
        t.join()
        ratio = self.print_times(f"{SLOW} slow clients", before, during)
        print(f"    others are not slower: {self.bench.bar('slow clients', ratio < 1.5)}")

    # ---- memory ----

    def memory(self):
        s = self.sampler(self.service.p.pid)
        sums = [s.look(pid) for pid in s.tree()]
        self.each, self.pids = s.each, s.pids
        return sum(x[0] for x in sums) / 1024, sum(x[1] for x in sums) / 1024

    def at_rest(self):
        time.sleep(2)
        rss, pss = self.memory()
        each = ", ".join(f"{k} {v / 1024:.1f}" for k, v in sorted(self.each.items()))
        print(f"  at rest: RSS {rss:.1f} MiB, PSS {pss:.1f} MiB ({each})")
        print(f"    RSS, at most 80 MB: {self.bench.bar('memory at rest', rss * 1024 <= REST_BAR)}")

    def load(self, path, files):
        """A day comes in while pages are asked for."""
        s = self.sampler(self.service.p.pid)
        s.pause = 0.1
        s.start()
        for f in files:
            shutil.copy(f, os.path.join(path, "in"))
        start, times = time.monotonic(), []
        while time.monotonic() < start + 12:
            times += self.some_pages(30)
        self.answer_page()
        s.over.set()
        s.join()
        left = len([n for n in os.listdir(os.path.join(path, "in")) if n.endswith(".csv")])
        each = ", ".join(f"{k} {v / 1024:.1f}" for k, v in sorted(s.each.items()))
        print(f"  while a day's {len(files)} files come in ({left} left) and the above: pages p50 "
              f"{statistics.median(times) * 1e3:.1f} ms, p95 {percentile(times, 0.95) * 1e3:.1f} ms; "
              f"RSS {s.rss / 1024:.1f} MiB, PSS {s.pss / 1024:.1f} MiB ({each})")
        print(f"    RSS, at most 256 MB: {self.bench.bar('memory under load', s.rss <= LOAD_BAR)}")

    # ---- all ----

    def links(self, path):
        db = sqlite3.connect(f"file:{path}/tocsin.db?mode=ro", uri=True)
        rows = db.execute("SELECT id FROM notice WHERE state BETWEEN 2 AND 8 AND at > ? AND "
                          "id >= ? AND findings = 10 ORDER BY id DESC LIMIT 3000",
                          (1793581200 - 50 * 86400, NOTICE0))
        self.sent = [r[0] for r in rows]
        db.close()

    def run(self, path, what, findings, notices, rounds, files=None):
        self.start(path)
        try:
            self.sign_in()
            self.links(path)
            print(f"  {what}: {findings} findings, {notices} notices")
            if files:
                self.at_rest()
            self.print_pages(what, self.measure(path, notices, rounds))
            if files:
                self.answer_page()
                self.slow()
                self.idle()
                self.load(path, files)
        finally:
            self.service.__exit__()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_reading.py - what people and programs read: findings in every form, evidence, marks,
# quarantine, files, types, the audit trail; on a pipe, on a terminal, and interrupted.
import json
import os
import pty
import signal
import sqlite3
import subprocess
import time

import story

FINDING = ["id", "type", "identifier", "family", "place", "address", "name", "port", "organisation",
           "network_holder", "also_concerned", "first_seen", "last_seen", "days_seen", "count",
           "severity", "state", "state_since", "fixed_by", "relapses", "asn", "country", "reason",
           "report_type", "hostname"]
LOOKUP = ["query", "holder", "network_holder", "asn", "country", "reason"]
HEADER = "timestamp,ip,port,protocol,hostname,tag,severity,brand_new_column\n"


def terminal(place, *args, columns=80, lines=24):
    """Runs the program on a terminal of its own; what it wrote there."""
    import fcntl
    import struct
    import termios
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    env = {**os.environ, "TERM": "xterm"}
    env.pop("NO_COLOR", None)
    p = subprocess.Popen([story.TOCSIN, "-d", place.dir, *args], stdin=side, stdout=side,
                         stderr=side, env=env)
    os.close(side)
    out = b""
    while True:
        try:
            piece = os.read(main, 65536)
        except OSError:
            break
        if not piece:
            break
        out += piece
    p.wait()
    os.close(main)
    return out.decode("utf-8", "replace").replace("\r\n", "\n")


def bare(text):
    """Without the colours that we write ourselves."""
    for code in ("0", "1", "1;31", "33", "32", "2"):
        text = text.replace(f"\033[{code}m", "")
    return text


def lists(place):
    found = place.findings()
    story.ok(len(found) > 1000, f"{len(found)} findings of two days")
    story.same([list(f) for f in found if list(f) != FINDING][:1], [], "all members, in order")
    story.same([f["id"] for f in found], sorted(f["id"] for f in found), "by id")
    first = place.findings("--limit", "400")
    rest = place.findings("--after", str(first[-1]["id"]))
    story.same(first + rest, found, "two pages are the whole")
    critical = place.findings("--severity", "critical")
    story.same(critical, [f for f in found if f["severity"] == "critical"], "--severity")
    org = next(f["organisation"] for f in found if f["organisation"])
    story.same(place.findings("-o", org), [f for f in found if f["organisation"] == org], "-o")
    story.same(place.findings("--unattributed"), [f for f in found if not f["organisation"]],
               "--unattributed")
    kind = found[5]["type"]
    story.same(place.findings("--type", kind), [f for f in found if f["type"] == kind], "--type")
    address = next(f["address"] for f in found if f["address"])
    story.same(place.findings("-a", address), [f for f in found if f["address"] == address], "-a")
    name = next(f["name"] for f in found if f["name"] and "@" not in f["name"])
    story.ok(place.findings("-n", name) == [f for f in found if f["name"] == name], "-n")
    story.same(place.findings("--new-since", "2026-06-02"),
               [f for f in found if f["first_seen"] >= "2026-06-02"], "--new-since")
    story.same(place.findings("--until", "2026-06-01"),
               [f for f in found if f["last_seen"] < "2026-06-02"], "--until")
    story.same(place.findings("--report", "scan_rdp"),
               [f for f in found if f["report_type"] == "scan_rdp"], "--report")


def one(place):
    f = next(f for f in place.findings() if f["days_seen"] == 2 and f["port"])
    full = place.json_lines("finding", "--json", str(f["id"]))[0]
    story.same({k: full[k] for k in FINDING}, f, "finding says what findings says")
    story.same(sum(d["count"] for d in full["sightings"]), f["count"], "sightings add up")
    story.ok(all(os.path.exists(os.path.join(place.dir, s["kept_as"])) for s in full["files"]),
             "the originals are where it says")
    text = place.tocsin("finding", str(f["id"])).stdout
    story.ok(all(w in text for w in (f["severity"], "First seen", "2026-06-01", f["organisation"]
                                     or "nobody")), "for people, too")
    rows = place.json_lines("evidence", "--json", str(f["id"]))
    story.ok(len(rows) == 2 and all(r["columns"]["ip"] == f["address"] for r in rows),
             "its original rows")
    story.same(len(place.json_lines("evidence", "--json", "--limit", "1", str(f["id"]))), 1,
               "no more than asked for")
    none = place.tocsin("finding", "99999999", check=False)
    story.ok(none.returncode == 1 and "no finding" in none.stderr, "no such finding")
    story.same(place.tocsin("evidence", "99999999", check=False).returncode, 1, "nor evidence")
    return f


def marks(place, f):
    ident = str(f["id"])
    got = place.json_lines("finding", "mark", "--json", ident, "not-theirs")[0]
    story.same(got["state"], "not-theirs", "marked as not theirs")
    place.tocsin("finding", "mark", ident, "open", "--comment", "they looked again")
    story.same(place.json_lines("finding", "--json", ident)[0]["state"], "open", "open again")
    text = place.tocsin("finding", "mark", ident, "fixed").stdout
    story.ok("claimed-fixed" in text, "said to be fixed")
    wrong = place.tocsin("finding", "mark", ident, "gone", check=False)
    story.ok(wrong.returncode == 2 and "not-theirs" in wrong.stderr, "another word is refused")
    trail = place.json_lines("audit", "list", "--json", "--limit", "3")
    story.same([(t["action"], t["object"], t["detail"]) for t in trail],
               [("finding.mark", f"finding {ident}", d) for d in
                ("fixed", "open: they looked again", "not-theirs")], "all in the trail")


def look_ups(place):
    asked = "192.0.2.130\n# a comment\n\nhxxp://portal[.]finance.gov.xt.example/x\nAS64496\n"
    got = place.json_lines("lookup", "--json", "-", stdin=asked)
    story.same([list(g) for g in got], [LOOKUP] * 3, "members of a look-up")
    story.same([g["holder"] for g in got],
               ["Ministry of Finance", "Ministry of Finance", "Zelvora Mobile"], "from a pipe")
    wide, narrow = place.json_lines("lookup", "--json", "192.0.2.128/25", "192.0.2.128/30")
    story.same((wide["holder"], narrow["holder"]), ("Zelvora Mobile", "Ministry of Finance"),
               "a network belongs to who holds all of it")
    bad = place.tocsin("lookup", "--json", "no idea", "192.0.2.130", check=False)
    lines = [json.loads(x) for x in bad.stdout.splitlines()]
    story.ok(bad.returncode == 1 and lines[0]["holder"] is None and
             lines[1]["holder"] == "Ministry of Finance", "what cannot be read stops nothing")


def strange(place):
    """What strangers wrote must not reach the terminal as it came."""
    evil = '"\x1b]0;owned\x07\u202egnp.exe"'
    path = place.write("2026-06-02-scan_telnet-strange-xt.csv", (
        HEADER +
        f'"2026-06-02 10:00:00",192.0.2.9,23,tcp,{evil},telnet,high,x\n' +
        f'"yesterday",192.0.2.9,23,tcp,{evil},telnet,high,x\n'))
    place.import_files([path])
    f = place.findings("-a", "192.0.2.9", "--identifier", "open-telnet")
    story.ok(f and "\x1b" not in json.dumps(f), "escaped where it is kept")
    shown = terminal(place, "finding", str(f[0]["id"])) + terminal(place, "quarantine") + \
        terminal(place, "evidence", str(f[0]["id"]))
    shown = bare(shown)
    story.ok("\x1b" not in shown and "\x07" not in shown and "\u202e" not in shown,
             "no control or bidirectional character on the terminal")
    story.ok("[U+202E]" in shown and "\\x1B" in shown, "they are made visible")
    refused = [r for r in place.json_lines("quarantine", "--json") if r["file"].endswith(
        "strange-xt.csv")]
    story.same([(r["row"], r["reason"]) for r in refused], [(2, "bad-time")], "the bad row")
    story.same(refused, place.json_lines("quarantine", "--json", "--file",
                                         str(refused[0]["file_id"])), "--file")
    types = {t["type"]: t for t in place.json_lines("types", "--json")}
    story.ok("brand_new_column" in types["scan_telnet"]["unknown_columns"], "a new column is shown")
    story.same([t["type"] for t in place.json_lines("files", "--types", "--json")], list(types),
               "files --types is types")


def on_screen(place):
    wide = terminal(place, "findings", "--limit", "20", columns=80)
    lines = bare(wide).splitlines()
    story.ok(lines and max(len(x) for x in lines[:21]) <= 80, "a table of 80 columns")
    story.ok("\033[" in wide, "with colours")
    order = [x.split()[1] for x in lines[1:21]]
    rank = ["critical", "high", "medium", "low", "info"]
    story.same(order, sorted(order, key=rank.index), "the worst first, and said in words")
    piped = place.tocsin("findings", "--limit", "20").stdout
    story.ok("\033[" not in piped and "more: use --limit" in piped, "no colours on a pipe")
    for command in ("files", "types", "quarantine", "audit list"):
        text = terminal(place, *command.split(), columns=80)
        over = [x for x in bare(text).splitlines() if len(x) > 80]
        story.same(over[:1], [], f"{command} fits")


def wrong_calls(place):
    for args in (["findings", "--state", "gone"], ["findings", "--severity", "awful"],
                 ["findings", "-a", "nowhere"], ["findings", "--limit", "0"],
                 ["findings", "--unattributed", "-o", "Zelvora Mobile"], ["finding"],
                 ["finding", "x"], ["lookup"], ["quarantine", "--after", "7"], ["finding", "mark", "1"]):
        done = place.tocsin(*args, check=False)
        story.ok(done.returncode == 2 and done.stderr.startswith("tocsin: ") and not done.stdout,
                 " ".join(args))
    none = place.tocsin("findings", "-o", "No Such Bank", check=False)
    story.ok(none.returncode == 1 and "No Such Bank" in none.stderr, "an organisation nobody knows")


def trail(place):
    whole = place.json_lines("audit", "verify", "--json")[0]
    story.ok(whole["whole"] and whole["rows"] > 50 and len(whole["hash"]) == 64, "the trail is whole")
    checked = place.json_lines("db", "check", "--json")[0]
    story.same((checked["whole"], checked["faults"]), (True, []), "the database is whole")
    db = sqlite3.connect(os.path.join(place.dir, "tocsin.db"))
    db.execute("DROP TRIGGER audit_no_update")
    db.execute("UPDATE audit SET detail = 'nothing happened' WHERE seq = 7")
    db.commit()
    db.close()
    broken = place.tocsin("audit", "verify", check=False)
    story.ok(broken.returncode == 1 and "row 7" in broken.stderr, "a changed row is found")
    said = place.tocsin("audit", "verify", "--json", check=False)
    story.ok(said.returncode == 1 and json.loads(said.stdout)["whole"] is False, "in JSON, too")


def interrupted(place):
    """Ctrl-C in an import: it ends soon and in order, and the same command goes on."""
    _, files = place.feeds("L2", 3)
    big = max(files, key=os.path.getsize)
    p = subprocess.Popen([story.TOCSIN, "-d", place.dir, "import", "--json", big],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


    path = os.path.join(place.dir, "tocsin.db")
    for _ in range(400):
        time.sleep(0.005)
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
        begun = db.execute("SELECT count(*) FROM file WHERE state = 0 AND rows_done > 0").fetchone()
        db.close()
        if begun[0] or p.poll() is not None:
            break
    p.send_signal(signal.SIGINT)
    _, err = p.communicate(timeout=60)
    if p.returncode == 0:
        story.skip("the import was faster than Ctrl-C")
    else:
        story.ok(p.returncode == 1 and "stopped" in err, "Ctrl-C says that it stopped")
    a = place.import_files([big])[0]
    with open(big, encoding="utf-8", errors="replace") as f:
        rows = sum(1 for _ in f) - 1
    again = place.import_files([big])[0]
    story.ok(again["duplicate_file"] and a["error"] is None, "the same command goes on and ends it")
    kept = next(f for f in place.json_lines("files", "--json")
                if f["file"] == os.path.basename(big) or f["file"] == big)
    story.same((kept["state"], kept["rows"]), ("read", rows), "with all its rows")


with story.Place() as place:
    place.init_demo()
    for day in (0, 1):
        place.import_files(place.feeds("D", day)[1])
    lists(place)
    marks(place, one(place))
    look_ups(place)
    strange(place)
    on_screen(place)
    wrong_calls(place)
    interrupted(place)
    trail(place)
story.end()

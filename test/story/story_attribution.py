#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_attribution.py - who is responsible: each row of a load-scale day as truth.csv says, the
# table of look-ups of the demonstration country, and a register that changes.
import os
import signal
import sqlite3
import subprocess
import time

import story


def by_place(findings):
    return {story.place_of(f): f for f in findings}


def day_of_truth(place):
    folder, files = place.feeds("L2", 0)
    place.register(folder)
    answers = place.import_files(files)
    story.same([a for a in answers if a["rows"] != a["events"] + a["quarantined"]], [],
               "rows = events + quarantined in every file")
    keys = {k["key"]: k for k in story.rows(os.path.join(folder, "keys.csv"))}
    findings = place.findings("--limit", "10000000")
    story.same(len(findings), len(keys), "as many findings as keys")
    found = by_place(findings)
    truth = [t for t in story.rows(os.path.join(folder, "truth.csv")) if t["dirty"] == ""]
    wrong, seen = [], set()
    for t in truth:
        k = keys[t["key"]]
        f = found.get((k["identifier"], k["address"], k["port"]))
        seen.add(t["key"])
        if f is None or (f["organisation"] or "") != t["holder"] or \
                (t["asn"] and str(f["asn"]) != t["asn"]):
            wrong.append((t, f))
    story.same(wrong[:2], [], f"{len(truth)} clean rows have the holder and AS number of truth.csv")
    story.ok(len(truth) > 100000, "which is a load-scale day")
    again = place.import_files(files)
    story.ok(all(a["duplicate_file"] and a["new_findings"] == a["seen_again"] == 0
                 for a in again), "imported again, nothing changes")
    story.same(len(place.findings("--limit", "10000000")), len(findings),
               "and no finding is added")


def removals(place):
    """A wrong entry is taken out: looked at first, then done, and its findings move."""
    place.init_demo()
    place.tocsin("register", "import", place.write("holders.csv",
                 "prefix,holder,sector,language,contact,inside_asn\n"
                 "192.0.2.0/26,Wrong House,other,fr,it@wrong.xt.example,64496\n"))
    place.tocsin("register", "import", place.write("domains.csv",
                 "domain,organisation\nwrong.xt.example,Wrong House\n"))
    place.import_files([place.write("2026-06-01-scan_rdp-talmeria-xt.csv",
        "timestamp,ip,port\n2026-06-01 04:05:06,192.0.2.13,3389\n")])
    holder = lambda: [f["organisation"] for f in place.findings()]
    dry = place.tocsin("register", "remove", "-n", "192.0.2.0/26").stdout
    story.ok("would be removed holder's prefix 192.0.2.0/26: Wrong House" in dry and
             "1 open finding would get" in dry, "a dry run says what would go and move")
    story.same(holder(), ["Wrong House"], "and changes nothing")
    gone = place.json_lines("register", "remove", "--json", "192.0.2.0/26")
    story.same(gone[-1], {"key": "192.0.2.0/26", "dry_run": False, "removed": 1,
                          "findings_moved": 1}, "a network is taken out")
    story.same(holder(), ["Zelvora Mobile"], "its finding is the operator's now")
    place.tocsin("register", "remove", "wrong.xt.example", "it@wrong.xt.example", "AS65551")
    asked = place.json_lines("lookup", "--json", "x.wrong.xt.example", "AS65551")
    story.same([a["holder"] for a in asked], [None, None], "so are a domain, an AS number")
    for key, why in (("it@wrong.xt.example", "no contact"), ("192.0.2.0/26", "no 192.0.2.0/26"),
                     ("not a key", "is no network")):
        done = place.tocsin("register", "remove", key, check=False)
        story.ok(done.returncode != 0 and why in done.stderr, f"{key}: {done.stderr.strip()}")
    trail = [a for a in place.json_lines("audit", "list", "--json", "--limit", "100")
             if a["action"] == "register.remove"]
    story.ok(len(trail) == 4 and "Wrong House" in trail[-1]["detail"],
             "the trail keeps what the entries said")
    place.tocsin("register", "import", place.path("holders.csv"))
    story.same(holder(), ["Wrong House"], "importing it again brings it back")


def drafting_stops(place):
    """A long run of drafts hears Ctrl-C; the next call goes on with the same run."""
    p = subprocess.Popen([story.TOCSIN, "-d", place.dir, "notices", "draft", "--json"],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    count = 0
    while p.poll() is None and count < 20:
        time.sleep(0.01)
        db = sqlite3.connect(f"file:{place.dir}/tocsin.db?mode=ro", uri=True)
        count = db.execute("SELECT count(*) FROM notice").fetchone()[0]
        db.close()
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=60)
    if p.returncode == 0:
        return story.skip("the run was faster than Ctrl-C")
    story.ok("stopped" in err and out == "", f"Ctrl-C after {count} notices: {err.strip()[:100]}")
    begun = place.json_lines("notices", "list", "--json", "--limit", "1000")
    run = place.json_lines("notices", "draft", "--json")[0]
    all_of = place.json_lines("notices", "list", "--json", "--limit", "1000")
    story.ok(0 < len(begun) < len(all_of) == run["notices"], f"{len(begun)}, then the rest of "
             f"{run['notices']} in the same run")
    story.same((len({n["organisation"] for n in all_of}), {n["run"] for n in all_of}),
               (len(all_of), {run["run"]}), "one for each organisation, all of one run")


# Section 11 of the demonstration country.
LOOKUPS = [
    ("192.0.2.130", "Ministry of Finance", "Zelvora Mobile", 64496, "XT", "prefix 192.0.2.128/29"),
    ("192.0.2.183", "City of Sarrowick", "Zelvora Mobile", 64496, "XT", None),
    ("192.0.2.184", "Zelvora Mobile", "Zelvora Mobile", 64496, "XT", None),
    ("198.51.100.66", "Water Authority", "Quandish Telecom", 64497, "XT", None),
    ("198.51.100.255", "Nordakis Net", "Nordakis Net", 64502, "XT", None),
    ("203.0.113.150", "Ministry of Foreign Affairs", "GovNet-XT", 64508, "XT", None),
    ("203.0.113.160", "GovNet-XT", "GovNet-XT", 64508, "XT", None),
    ("2001:db8:1305::1", "Drimmo Wallet", "Drimmo Wallet", 65538, "XT", None),
    ("2001:db8:2100::1", None, None, None, "XT", None),
    ("198.19.200.1", None, None, None, "XT", None),
    ("233.252.0.5", None, None, None, None, "abroad"),
    ("portal.finance.gov.xt.example", "Ministry of Finance", None, None, None, "domain"),
    ("login.alderquist.xt.example.phish.example", None, None, None, None,
     "imitates alderquist.xt.example"),
]


def look_ups(place):
    for query, holder, network, asn, country, reason in LOOKUPS:
        got = place.json_lines("lookup", "--json", query)[0]
        story.same((got["query"], got["holder"], got["network_holder"], got["asn"]),
                   (query, holder, network, asn), f"lookup {query}")
        if country or reason == "abroad":
            story.same(got["country"], country, f"country of {query}")
        if reason:
            story.ok(reason in got["reason"], f"reason of {query}: {got['reason']}")


def register_changes(place):
    feed = place.write("2026-06-03-scan_rdp-talmeria-xt.csv",
                       "timestamp,ip,port\n2026-06-03 10:00:00,192.0.2.130,3389\n"
                       "2026-06-03 10:00:00,192.0.2.200,3389\n")
    place.import_files([feed])
    change = place.write("holders.csv", b"\xef\xbb\xbfPrefix;Holder;Sector;Language;Contact\r\n"
                         b"192.0.2.128/30;Treasury;government;fr;it@treasury.gov.xt.example\r\n"
                         b"not-a-prefix;Nobody;;;\r\n")
    dry = place.tocsin("register", "import", "--dry-run", change).stdout
    story.ok("Treasury" in dry and "would be" in dry and "row 2" in dry,
             "a dry run says what would change, and what is wrong")
    f = place.findings("--address", "192.0.2.130")[0]
    story.same(f["organisation"], "Ministry of Finance", "and changes nothing")
    place.tocsin("register", "import", change)
    f = place.findings("--address", "192.0.2.130")[0]
    story.same(f["organisation"], "Treasury", "after the import the finding has moved")
    shown = place.tocsin("finding", str(f["id"])).stdout
    story.ok("Ministry of Finance" in shown, "and its history keeps where it was")


with story.Place() as place:
    place.init_demo()
    look_ups(place)
    register_changes(place)
    place.now = "2026-06-02T06:00:00Z"
with story.Place() as place:
    removals(place)
with story.Place() as place:
    place.init_demo()
    day_of_truth(place)
    drafting_stops(place)
story.end()

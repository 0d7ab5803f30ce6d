#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_attribution.py - who is responsible: each row of a load-scale day as truth.csv says, the
# table of look-ups of the demonstration country, and a register that changes.
import os

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
    place.init_demo()
    day_of_truth(place)
story.end()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_import.py - feed files in every wrapping and condition: one content is one file, what a
# person could read is read, what cannot be is shown with its reason.
import gzip
import json
import os
import random
import subprocess
import zipfile

import story

CSV = ("timestamp,ip,port,protocol,hostname,tag,asn,geo,severity\n"
       "2026-06-01 04:05:06,192.0.2.130,3389,tcp,host.example,rdp,64496,XT,high\n"
       "2026-06-01 04:05:07,203.0.113.5,3389,tcp,,rdp,64503,XT,\n")
NAME = "2026-06-01-scan_rdp-talmeria-xt.csv"
FIELDS = ["file", "type", "rows", "events", "quarantined", "new_findings", "seen_again",
          "relapsed", "unattributed", "duplicate_file", "seconds"]


def wrappings(place):
    plain = place.write(NAME, CSV)
    gz = place.path(NAME + ".gz")
    with gzip.open(gz, "wb") as f:
        f.write(CSV.encode())
    z = place.path("both.zip")
    with zipfile.ZipFile(z, "w", zipfile.ZIP_DEFLATED) as f:
        f.writestr(NAME, CSV)
        f.writestr("2026-06-01-scan_ssh-talmeria-xt.csv", CSV.replace("3389", "22"))
    first = place.import_files([gz])[0]
    story.ok(all(k in first for k in FIELDS), "an answer has all its fields")
    story.same((first["type"], first["rows"], first["events"], first["new_findings"],
                first["duplicate_file"]), ("scan_rdp", 2, 2, 2, False), "gzip is read")
    again = place.import_files([plain])[0]
    story.same((again["duplicate_file"], again["new_findings"], again["seen_again"]),
               (True, 0, 0), "the same content plain is the same file")
    zipped = place.import_files([z])
    story.same([(a["type"], a["duplicate_file"], a["new_findings"]) for a in zipped],
               [("scan_rdp", True, 0), ("scan_ssh", False, 2)], "each member of a zip is a file")
    if subprocess.run(["which", "zstd"], capture_output=True).returncode == 0:
        subprocess.run(["zstd", "-q", plain], check=True)
        story.ok(place.import_files([plain + ".zst"])[0]["duplicate_file"], "and zstd too")
    else:
        story.skip("zstd is not installed")
    later = place.write("2026-06-02-scan_rdp-talmeria-xt.csv",
                        CSV.replace("2026-06-01", "2026-06-02"))
    second = place.import_files([later])[0]
    story.same((second["new_findings"], second["seen_again"]), (0, 2), "next day: seen again")
    f = place.findings("--address", "192.0.2.130", "--port", "3389")[0]
    story.same((f["days_seen"], f["count"], f["severity"], f["first_seen"]),
               (2, 2, "high", "2026-06-01T04:05:06Z"), "one finding with two days")


def hard_rows(place):
    feed = place.write("2026-06-05-scan_telnet-talmeria-xt.csv", (
        b"\xef\xbb\xbf\"timestamp\",\"ip\",\"port\",\"hostname\",\"brand_new_column\"\r\n"
        b"\"2026-06-05 00:00:01\",\"192.0.2.7\",23,\"caf\xe9.example\",\"x\"\r\n"   # bad byte
        b"\"2026-06-05 00:00:02\",\"192.0.2.64/26\",23,,\r\n"                       # a network
        b"\"yesterday\",\"192.0.2.8\",23,,\r\n"                                     # no time
        b"\"2026-06-05 00:00:03\",,23,,\r\n"                                        # no place
        b"\"2026-06-05 00:00:04\",\"192.0.2.9\",23\r\n"                             # short
        b"\"2026-06-05 00:00:05\",\"192.0.2.10\",23,\"never closed,\r\n"            # open quote
        b"\"2026-06-05 00:00:06\",\"192.0.2.11\",23,\"two\nlines\",\r\n"))
    a = place.import_files([feed])[0]
    story.same((a["rows"], a["events"], a["quarantined"]), (7, 3, 4), "three of seven are readable")
    refused = place.json_lines("quarantine", "--json")
    story.same([q["row"] for q in refused], [3, 4, 5, 6], "the others are shown with their rows")
    story.ok(all(q["reason"] and q["file"].endswith("xt.csv") for q in refused),
             "with file and reason")
    story.same(len(place.findings("--address", "192.0.2.64/26")), 1, "a network is a finding")
    shown = place.tocsin("files").stdout + place.tocsin("types").stdout
    story.ok("brand_new_column" in shown, "an unknown column is shown")
    new = place.write("2026-06-05-scan_marsrover-talmeria-xt.csv",
                      CSV.replace("2026-06-01", "2026-06-05"))
    a = place.import_files([new])[0]
    story.same((a["type"], a["events"], a["new_findings"]), ("scan_marsrover", 2, 2),
               "an unknown type is taken")
    f = place.findings("--identifier", "scan-marsrover")
    story.ok(len(f) == 2 and f[0]["type"] in ("other", "undetermined"), "under its own name")
    evidence = place.json_lines("evidence", "--json", str(f[0]["id"]))
    story.ok(evidence and evidence[0]["columns"]["port"] == "3389",
             "its original row can be shown")


def empty_reports(place):
    """A report without a row is the same bytes every day; each day it has arrived all the same."""
    def named(day, kind="scan_ard", text=CSV.splitlines(True)[0]):
        return place.write(f"2026-07-{day:02d}-{kind}-talmeria-xt.csv", text)

    place.import_files([named(1, text=CSV.replace("2026-06-01", "2026-07-01"))])
    seen = place.findings("--report", "scan_ard")
    answers = place.import_files([named(day) for day in range(2, 8)])
    story.same([a["duplicate_file"] for a in answers], [False] * 6, "six empty reports arrive")
    again = place.import_files([named(7)])[0]
    story.same((again["duplicate_file"], again["rows"]), (True, 0), "the same day's again does not")
    story.same({f["state"] for f in place.findings("--report", "scan_ard")}, {"open"},
               "six reports of silence fix nothing")
    other = place.import_files([named(8, "scan_afp")])[0]
    story.same((other["type"], other["duplicate_file"]), ("scan_afp", False),
               "the same bytes as another type's report are that report")
    story.same({f["state"] for f in place.findings("--report", "scan_ard")}, {"open"},
               "and silence counts per type")
    place.import_files([named(8)])
    story.same([(f["state"], f["fixed_by"]) for f in place.findings("--report", "scan_ard")],
               [("fixed", "silence")] * len(seen), f"the seventh fixes all {len(seen)}")
    place.tocsin("rebuild")
    story.same({f["state"] for f in place.findings("--report", "scan_ard")}, {"fixed"},
               "and so says rebuild")


def not_feeds(place):
    no_time = "no column with a time"
    cases = [("empty.csv", b"", "the file is empty"),
             ("noise.csv", random.Random(69).randbytes(5000), no_time),
             ("text.csv", b"hello\n", no_time),
             ("cut.csv.gz", gzip.compress(CSV.encode())[:40], "the gzip file is cut short"),
             ("header-2026.csv", b"a,b,c\n1,2,3\n", no_time)]
    before = len(place.findings("--state", "any"))
    for name, content, why in cases:
        done = place.tocsin("import", "--json", place.write(name, content), check=False)
        a = json.loads(done.stdout)
        story.ok(done.returncode == 1 and why in a["error"] and a["rows"] == 0,
                 f"{name}: exit {done.returncode}: {a['error']}")
    story.same(len(place.findings("--state", "any")), before, "nothing is found in them")
    done = place.tocsin("import", place.path("missing.csv"), check=False)
    story.ok(done.returncode == 1 and "no such file" in done.stderr, "a missing file is named")
    f = place.write("2026-06-06-scan_rdp-talmeria-xt.csv", CSV.replace("06-01", "06-06"))
    story.same(place.import_files([f])[0]["seen_again"], 2, "after all that the service still works")


def real_files(place):
    base = story.shared()
    if base is None:
        return story.skip("no shared data")
    folder = os.path.join(base, "data/feeds/shadowserver")
    files = [os.path.join(folder, n) for n in sorted(os.listdir(folder)) if n.endswith(".csv")]
    answers = place.import_files(files)
    bad = [a for a in answers if a["rows"] != a["events"] + a["quarantined"]]
    story.same(bad, [], f"{len(files)} files of the publisher: rows = events + quarantined")
    refused = [q for q in place.json_lines("quarantine", "--json")
               if os.path.join(folder, q["file"]) in files]
    story.same([q for q in refused if "fields" not in q["reason"]], [],
               f"only rows with missing fields are refused ({len(refused)})")
    story.ok(sum(a["events"] for a in answers) > 300, "hundreds of them")


with story.Place() as place:
    place.init_demo()
    wrappings(place)
    hard_rows(place)
    empty_reports(place)
    not_feeds(place)
    real_files(place)
story.end()

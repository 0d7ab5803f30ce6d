#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `tocsin demo-feeds` writes is what it says it is: each row is read again by its header,
its place looked up in the register files and its key made by the catalogue's rules, all anew
here, and compared with truth.csv and keys.csv.

    test_demo_feeds.py TOCSIN [SCALE:DAY,DAY...]...

Depends on Python's standard library, the program, and data/catalogue/types.tsv."""

import collections
import csv
import ipaddress
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RUNS = ["D:0,1,9,27", "L1:0,12"]


def table(path, sep):
    """Rows of one of our own tables, as dicts; lines with # are comments."""
    with open(path, encoding="utf-8", newline="") as f:
        rows = [line for line in f if not line.startswith("#")]
    quoting = csv.QUOTE_MINIMAL if sep == "," else csv.QUOTE_NONE
    return list(csv.DictReader(rows, delimiter=sep, quoting=quoting))


CATALOGUE = {r["type"]: r for r in table(ROOT / "data" / "catalogue" / "types.tsv", "\t")}
UNKNOWN = {"rsit_type": "undetermined", "identifier": "phish-url", "place": "address",
           "service_port": "no", "family": "-", "side": "ip"}


class Register:
    """Longest prefix and longest domain suffix, from the files beside the feeds."""

    def __init__(self, folder):
        self.nets, self.sector, self.kind = {}, {}, {}
        for n in table(folder / "networks.csv", ","):
            self.sector[n["name"]] = n["sector"]
            self.kind[n["asn"]] = n["kind"]
            for text in (n["demo_ipv4"], n["demo_ipv6"]):
                self.add(text, n["name"], n["asn"])
        for h in table(folder / "holders.csv", ","):
            self.sector[h["holder"]] = h["sector"]
            self.add(h["prefix"], h["holder"], h["inside_asn"])
        self.domains = {d["domain"]: d["organisation"]
                        for d in table(folder / "domains.csv", ",")}
        self.lengths = {v: sorted({n.prefixlen for n in self.nets if n.version == v},
                                  reverse=True) for v in (4, 6)}
        self.cache = {}

    def add(self, text, name, asn):
        if not text:
            return
        net = ipaddress.ip_network(text)
        assert net not in self.nets, f"{net} has two holders"
        self.nets[net] = (name, asn)

    def find(self, text):
        if text not in self.cache:
            ip = ipaddress.ip_address(text)
            nets = (ipaddress.ip_network((ip, n), strict=False)
                    for n in self.lengths[ip.version])
            self.cache[text] = next((self.nets[n] for n in nets if n in self.nets), ("", ""))
        return self.cache[text]

    def owner(self, name):
        parts = name.split(".")
        tails = (".".join(parts[i:]) for i in range(len(parts)))
        return next((self.domains[t] for t in tails if t in self.domains), None)


def first(row, columns):
    return next((row[c] for c in columns.split("|") if row.get(c)), "")


def key_of(cat, row, ip):
    """(type, identifier, place, family, port): what the program folds on."""
    identifier = cat["identifier"]
    if identifier == "@exchange":
        identifier = "vulnerable-exchange-server"
    elif identifier.startswith("@"):
        columns, word = identifier.rsplit("|", 1)
        identifier = first(row, columns.replace("@", "")).lower() or word
    place = ip
    if cat["place"].startswith("name:"):
        place = first(row, cat["place"][5:])
    family = "" if cat["family"] == "-" else first(row, cat["family"])
    port = row["port"] if cat["service_port"] == "yes" else ""
    return cat["rsit_type"], identifier, place, family, port


class Day:
    def __init__(self, test, folder, day):
        self.test, self.folder, self.day = test, folder, day
        self.register = Register(folder)
        self.keys = {k["key"]: k for k in table(folder / "keys.csv", ",")}
        said = {(k["identifier"], k["address"], k["port"]) for k in self.keys.values()}
        test.assertEqual(len(said), len(self.keys), "keys.csv tells all keys apart")
        self.by_key, self.by_identity = {}, {}
        self.rows = self.v6 = self.unattributed = 0
        self.share = collections.defaultdict(collections.Counter)

    def check_broken(self, where, row, extra):
        wrong = extra or None in row.values() or row.get("timestamp") == "yesterday"
        self.test.assertTrue(wrong, f"{where} is said to be broken")

    def check_dirt(self, where, row, dirty, geo):
        raw = " ".join(v for v in row.values() if v)
        try:
            raw.encode("latin-1").decode("utf-8")
            good = True
        except UnicodeDecodeError:
            good = False
        self.test.assertEqual(good, dirty != "charset", where)
        if geo is not None:
            self.test.assertEqual(geo == "XT", dirty != "geo", where)

    def check_row(self, where, kind, row, truth):
        cat = CATALOGUE.get(kind, UNKNOWN)
        prefix = "src_" if cat["side"] == "src" else ""
        ip, asn = row.get(prefix + "ip", ""), row.get(prefix + "asn", "")
        self.check_dirt(where, row, truth["dirty"], row.get(prefix + "geo"))
        self.test.assertRegex(row["timestamp"], self.date + r" [0-2]\d:[0-5]\d:[0-5]\d$")
        holder, network = self.register.find(ip) if ip else ("", "")
        identity = key_of(cat, row, ip)
        if cat["place"].startswith("name:"):
            owner = self.register.owner(identity[2].split("@")[-1])
            holder = owner or ("" if "@" in identity[2] else holder)
        self.test.assertEqual((asn, asn, holder), (network, truth["asn"], truth["holder"]), where)
        self.check_key(where, kind, truth["key"], identity)
        self.count(kind, ip, network)
        self.unattributed += not holder

    def check_key(self, where, kind, name, identity):
        key = self.keys[name]
        self.test.assertEqual(self.by_key.setdefault(name, identity), identity,
                              f"{where}: one key, two things")
        self.test.assertEqual(self.by_identity.setdefault(identity, name), name,
                              f"{where}: two keys, one thing")
        said = (key["type"], key["identifier"], key["address"], key["port"])
        self.test.assertEqual(said, (kind, identity[1], identity[2], identity[4]), where)
        self.test.assertIn(str(self.day), key["days"].split(), where)

    def count(self, kind, ip, network):
        self.rows += 1
        self.v6 += ":" in ip
        one = self.share[re.sub(r"6?_", "_", kind, count=1)]
        one["all"] += 1
        one["government"] += self.register.sector.get(self.register.find(ip)[0]
                                                      if ip else "") == "government"
        one["hosting"] += self.register.kind.get(network) == "hosting"

    def check(self):
        files = collections.defaultdict(dict)
        for t in table(self.folder / "truth.csv", ","):
            files[t["file"]][int(t["row"])] = t
        self.date = f"2026-06-{1 + self.day:02}"
        mine = [f for f in files if f.startswith(self.date)]
        here = {p.name for p in self.folder.glob(self.date + "-*.csv")}
        self.test.assertEqual(set(mine), here, "files of the day")
        for name in mine:
            kind = name[11:].split("-")[0]
            with open(self.folder / name, encoding="latin-1", newline="") as f:
                rows = list(csv.DictReader(f, restkey="?"))
            self.test.assertEqual(len(rows), len(files[name]), name)
            for n, row in enumerate(rows, 1):
                truth, extra = files[name][n], row.pop("?", None)
                if truth["dirty"] == "broken":
                    self.check_broken(f"{name} row {n}", row, extra)
                else:
                    self.test.assertIsNone(extra, f"{name} row {n}")
                    self.check_row(f"{name} row {n}", kind, row, truth)
        today = {k for k, v in self.keys.items() if str(self.day) in v["days"].split()}
        self.test.assertEqual(today, set(self.by_key), "keys.csv knows who was seen")


class DemoFeeds(unittest.TestCase):
    def run_scale(self, scale, days):
        with tempfile.TemporaryDirectory() as tmp:
            folder = pathlib.Path(tmp) / "feeds"
            for day in days:
                p = subprocess.run([TOCSIN, "demo-feeds", "--scale", scale, "--day", str(day),
                                    "--out", folder], capture_output=True, text=True)
                self.assertEqual(p.returncode, 0, p.stderr)
                one = Day(self, folder, day)
                one.check()
                self.check_shares(scale, one)

    def check_shares(self, scale, day):
        self.assertAlmostEqual(day.v6 / day.rows, 0.05, delta=0.02)
        if scale == "D":
            self.assertLess(day.unattributed / day.rows, 0.02)
        else:
            self.assertAlmostEqual(day.unattributed / day.rows, 0.12, delta=0.02)
        rest = [day.share[t] for t in ("scan_cwmp", "device_id", "scan_ssl_poodle", "scan_ssh")]
        rows, government = (sum(s[k] for s in rest) for k in ("all", "government"))
        self.assertAlmostEqual(government / rows, 0.01, delta=0.01)

    def test_usage(self):
        for words in ([], ["--scale", "D"], ["--scale", "X", "--day", "0", "--out", "x"],
                      ["--scale", "D", "--day", "x", "--out", "x"]):
            p = subprocess.run([TOCSIN, "demo-feeds", *words], capture_output=True, text=True)
            self.assertEqual(p.returncode, 2, words)
            self.assertIn("--", p.stderr)


def add_tests(runs):
    for run in runs:
        scale, days = run.split(":")
        days = [int(d) for d in days.split(",")]
        setattr(DemoFeeds, f"test_{scale}",
                lambda self, s=scale, d=tuple(days): self.run_scale(s, d))


if __name__ == "__main__":
    TOCSIN = sys.argv[1]
    add_tests(sys.argv[2:] or RUNS)
    unittest.main(argv=sys.argv[:1])

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the feed catalogue (data/catalogue) against itself and, when asked, against the
publisher's schema and against sample files. Depends on Python's standard library only; reads
files and prints, changes nothing. Exit 0 when nothing is wrong, 1 when something is, 2 on misuse.

  check_catalogue.py [--data DIR] [--schema DIR]... [--severity FILE] [--samples DIR]

A directory or file of the publisher that is not there is skipped, and the skip is said."""

import argparse
import csv
import json
import pathlib
import re
import sys

COLUMN_HEAD = ["column", "field", "kind"]
TYPE_HEAD = ["type", "name", "class", "rsit_type", "identifier", "severity", "side", "place",
             "service_port", "application", "transport", "kind", "twin", "family", "quiet",
             "overrides", "aliases"]
KINDS = {"text", "int", "port", "asn", "ip", "time", "cc", "host", "url", "email", "severity",
         "tags", "bool"}

# What a field demands of the kind of the column that fills it. Other fields take any text.
FIELD_KIND = {"time.source": "time", "severity": "severity"}
for _side in ("source", "destination"):
    FIELD_KIND.update({f"{_side}.ip": "ip", f"{_side}.port": "port", f"{_side}.asn": "asn",
                       f"{_side}.geolocation.cc": "cc"})

# The fields of IntelMQ's data format that a feed column may fill.
FIELDS = set(FIELD_KIND) | {
    "source.geolocation.region", "source.geolocation.city", "source.reverse_dns",
    "source.local_hostname", "source.fqdn", "source.url", "source.account", "source.network",
    "destination.geolocation.region", "destination.geolocation.city", "destination.reverse_dns",
    "destination.fqdn", "destination.url", "destination.account", "destination.network",
    "protocol.transport", "protocol.application", "malware.name", "malware.version",
    "malware.hash.md5", "malware.hash.sha1", "malware.hash.sha256", "event_description.text",
    "status", "product.vendor", "product.name", "product.version", "product.vulnerabilities",
}
NAME_FIELDS = {"source.fqdn", "source.url", "source.account"}

# RSIT 1003, class -> types. blacklist is IntelMQ's own word for a listed address.
RSIT = {
    "abusive-content": {"spam", "harmful-speech", "violence"},
    "malicious-code": {"infected-system", "c2-server", "malware-distribution",
                       "malware-configuration"},
    "information-gathering": {"scanner", "sniffing", "social-engineering"},
    "intrusion-attempts": {"ids-alert", "brute-force", "exploit"},
    "intrusions": {"privileged-account-compromise", "unprivileged-account-compromise",
                   "application-compromise", "system-compromise", "burglary"},
    "availability": {"dos", "ddos", "misconfiguration", "sabotage", "outage"},
    "information-content-security": {"unauthorised-information-access",
                                     "unauthorised-information-modification", "data-loss",
                                     "data-leak"},
    "fraud": {"unauthorised-use-of-resources", "copyright", "masquerade", "phishing"},
    "vulnerable": {"weak-crypto", "ddos-amplifier", "potentially-unwanted-accessible",
                   "information-disclosure", "vulnerable-system"},
    "other": {"other", "undetermined", "blacklist"},
    "test": {"test"},
}
ENUMS = {"severity": {"critical", "high", "medium", "low", "info"},
         "side": {"-", "ip", "src", "dst", "http_referer"},
         "service_port": {"yes", "no"}, "transport": {"-", "tcp", "udp"},
         "kind": {"scan", "event"}}

# Identifiers that a rule of the program makes; docs/formats/shadowserver.md describes them.
SPECIAL = {"@exchange"}

TYPE_RE = re.compile(r"[a-z][a-z0-9_]*\Z")
COLUMN_RE = re.compile(r"[a-z][a-z0-9_]*\Z")
WORD_RE = re.compile(r"[a-z0-9][a-z0-9-]*\Z")
EXTRA_RE = re.compile(r"extra(\.[a-z0-9_]+)+\Z")
FILE_RE = re.compile(r"(?:\d{4}-?\d\d-?\d\d-)?([A-Za-z0-9_]+)")


class Report:
    """Collects what is wrong, so that one run shows all of it."""

    def __init__(self):
        self.problems = []
        self.notes = []

    def bad(self, where, text):
        self.problems.append(f"{where}: {text}")

    def note(self, text):
        self.notes.append(text)


def read_table(path, head, report):
    """Lines of a table as dicts with "line" added; broken lines are reported and left out."""
    rows = []
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as e:
        report.bad(path.name, f"cannot be read: {e}")
        return rows
    if "\r" in text or "\ufeff" in text or not text.endswith("\n"):
        report.bad(path.name, "wants LF line ends, no BOM and a newline at the end")
    if not text.startswith("# SPDX-License-Identifier: Apache-2.0\n"):
        report.bad(path.name, "does not begin with the SPDX line")
    seen_head = False
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{path.name}:{number}"
        if line.startswith("#"):
            continue
        cells = line.split("\t")
        if not seen_head:
            seen_head = True
            if cells != head:
                report.bad(where, f"the header line is not {' '.join(head)}")
                return rows
        elif len(cells) != len(head):
            report.bad(where, f"{len(cells)} cells, not {len(head)}")
        elif any(c != c.strip() or not c for c in cells):
            report.bad(where, 'a cell is empty or has blanks at its ends ("-" means nothing)')
        else:
            rows.append(dict(zip(head, cells), line=where))
    if not seen_head:
        report.bad(path.name, "has no header line")
    return rows


def listed(cell, separator):
    return [] if cell == "-" else cell.split(separator)


def check_field(where, column, field, kind, report):
    if field not in FIELDS and not EXTRA_RE.match(field):
        report.bad(where, f"{column}: no such field: {field}")
    elif FIELD_KIND.get(field, kind) != kind:
        report.bad(where, f"{column}: {field} wants kind {FIELD_KIND[field]}, not {kind}")


def check_columns(rows, report):
    """-> column name -> row."""
    columns = {}
    for r in rows:
        if not COLUMN_RE.match(r["column"]):
            report.bad(r["line"], f"not a column name in lower case: {r['column']}")
        if r["column"] in columns:
            report.bad(r["line"], f"column {r['column']} stands here twice")
        if r["kind"] not in KINDS:
            report.bad(r["line"], f"no such kind: {r['kind']}")
        check_field(r["line"], r["column"], r["field"], r["kind"], report)
        columns[r["column"]] = r
    for need in ("timestamp", "severity"):
        if need not in columns:
            report.bad("columns.tsv", f"the column {need} is missing")
    return columns


def overrides_of(r, columns, report):
    """-> column -> field of this type; faults are reported."""
    result = {}
    for item in listed(r["overrides"], ","):
        column, equals, field = item.partition("=")
        if not equals or column in result:
            report.bad(r["line"], f"override is not a new column=field: {item}")
        elif column not in columns:
            report.bad(r["line"], f"override of an unknown column: {column}")
        elif columns[column]["field"] == field:
            report.bad(r["line"], f"override says what columns.tsv says: {item}")
        else:
            check_field(r["line"], column, field, columns[column]["kind"], report)
            result[column] = field
    return result


def check_words(r, columns, report):
    """identifier and application: a fixed word, or columns in turn and then a word."""
    for key in ("identifier", "application"):
        cell = r[key]
        if cell == "-" and key == "application" or cell in SPECIAL and key == "identifier":
            continue
        parts = cell.split("|")
        for part in parts:
            if part.startswith("@"):
                if part[1:] not in columns:
                    report.bad(r["line"], f"{key} from an unknown column: {part[1:]}")
            elif not WORD_RE.match(part) or part != parts[-1]:
                report.bad(r["line"], f"{key} is not [@column|...]word: {cell}")
        if key == "identifier" and parts[-1].startswith("@"):
            report.bad(r["line"], f"identifier {cell} can stay empty: end it with a word")


def side_column(side):
    return "ip" if side == "ip" else side + "_ip"


def check_place(r, columns, overrides, report):
    """side, place, family: the columns exist and fill the fields that the program reads."""
    def field(column):
        if column not in columns:
            report.bad(r["line"], f"unknown column: {column}")
            return None
        return overrides.get(column, columns[column]["field"])

    if r["side"] != "-":
        want = "destination.ip" if r["side"] == "dst" else "source.ip"
        if field(side_column(r["side"])) not in (want, None):
            report.bad(r["line"], f"side {r['side']}: {side_column(r['side'])} is not {want}")
    if r["place"].startswith("name:"):
        for nth, column in enumerate(r["place"][5:].split("|")):
            if field(column) not in NAME_FIELDS | {None} and nth == 0:
                report.bad(r["line"], f"place: {column} fills no name, url or account")
    elif r["place"] != "address":
        report.bad(r["line"], f"place is address or name:COLUMN|..., not {r['place']}")
    elif r["side"] == "-":
        report.bad(r["line"], "a type without a side needs place name:...")
    for column in listed(r["family"], "|"):
        if field(column) not in ("malware.name", None):
            report.bad(r["line"], f"family: {column} does not fill malware.name")


def check_type(r, columns, report):
    if not TYPE_RE.match(r["type"]):
        report.bad(r["line"], f"not a type name: {r['type']}")
    for key, allowed in ENUMS.items():
        if r[key] not in allowed:
            report.bad(r["line"], f"no such {key}: {r[key]}")
    if r["class"] not in RSIT:
        report.bad(r["line"], f"no such RSIT class: {r['class']}")
    elif r["rsit_type"] not in RSIT[r["class"]]:
        report.bad(r["line"], f"RSIT class {r['class']} has no type {r['rsit_type']}")
    if not re.match(r"[1-9][0-9]?\Z", r["quiet"]):
        report.bad(r["line"], f"quiet is a number of reports from 1 to 99, not {r['quiet']}")
    if r["kind"] == "event" and (r["side"] not in ("src", "dst") or r["service_port"] == "yes"):
        report.bad(r["line"], "an event has side src or dst and no service port in its key")
    if r["service_port"] == "yes" and r["side"] == "-":
        report.bad(r["line"], "a service port needs a side")
    check_words(r, columns, report)
    check_place(r, columns, overrides_of(r, columns, report), report)


def check_twins(types, report):
    for r in types.values():
        if r["twin"] == "-":
            continue
        twin = types.get(r["twin"])
        if twin is None or twin["twin"] != r["type"] or twin is r:
            report.bad(r["line"], f"twin {r['twin']} does not name {r['type']} as its own")
            continue
        for key in TYPE_HEAD[2:-1]:
            if key != "twin" and r[key] != twin[key]:
                report.bad(r["line"], f"{key} differs from that of its twin {r['twin']}")
        if ("6" in r["type"]) == ("6" in twin["type"]):
            report.bad(r["line"], f"neither or both of {r['type']}, {r['twin']} are IPv6")


def check_types(rows, columns, report):
    """-> type name -> row; then aliases -> row as second value."""
    types, names, aliases, meaning = {}, {}, {}, {}
    for r in rows:
        check_type(r, columns, report)
        for key, seen in (("type", types), ("name", names)):
            if r[key] in seen:
                report.bad(r["line"], f"{key} stands here twice: {r[key]}")
            seen[r[key]] = r
        for alias in listed(r["aliases"], ","):
            if not TYPE_RE.match(alias) or alias in aliases:
                report.bad(r["line"], f"alias is no name or stands here twice: {alias}")
            aliases[alias] = r
        if not r["identifier"].startswith("@"):
            first = meaning.setdefault(r["identifier"], r)
            if (first["class"], first["rsit_type"]) != (r["class"], r["rsit_type"]):
                report.bad(r["line"], f"identifier {r['identifier']} has another class or type"
                           f" in {first['type']}: advice is found by identifier")
    for alias in aliases:
        if alias in types:
            report.bad(aliases[alias]["line"], f"alias {alias} is a type")
    check_twins(types, report)
    return types, aliases


def check_schema(directory, columns, types, aliases, report):
    """Every type and every column of one edition of the publisher's schema is known."""
    try:
        reports = json.loads((directory / "reports.json").read_text("utf-8"))
        mapping = json.loads((directory / "intelmq.json").read_text("utf-8"))
    except (OSError, ValueError) as e:
        report.note(f"schema {directory}: skipped, {e}")
        return
    used = {name: set(t["fields"]) for name, t in reports.items()}
    for key, t in mapping.items():
        if key != "_meta":
            used.setdefault(t["file_name"], set()).update(
                rule[1] for rule in t["required_fields"] + t["optional_fields"])
    for name in sorted(used):
        for column in sorted(used[name]):
            if column.lower() not in columns:
                report.bad(f"schema {directory.name}", f"{name}: unknown column {column}")
        r = types.get(name) or aliases.get(name)
        if r is None:
            report.bad(f"schema {directory.name}", f"unknown type {name}")
            continue
        if r["side"] != "-" and side_column(r["side"]) not in used[name]:
            report.bad(r["line"], f"side {r['side']}: the schema has no such column")
        if r["place"].startswith("name:") and not used[name] & set(r["place"][5:].split("|")):
            report.bad(r["line"], f"{r['place']}: the schema has none of these columns")
    report.note(f"schema {directory.name}: {len(used)} types, "
                f"{len(set().union(*used.values()))} columns looked up")


def check_severity(path, types, report):
    """The publisher's default severities are ours."""
    try:
        lines = path.read_text("utf-8").splitlines()[1:]
    except OSError as e:
        report.note(f"severities: skipped, {e}")
        return
    for line in lines:
        name, severity = line.split("\t")
        if name not in types:
            report.bad(path.name, f"unknown type {name}")
        elif types[name]["severity"] != severity:
            report.bad(types[name]["line"], f"{name}: the publisher's default is {severity}")
    report.note(f"severities: {len(lines)} compared")


def type_of_file(name):
    """The type that a file name says: what follows the date, up to the next '-' or '.'."""
    m = FILE_RE.match(name)
    return m.group(1).lower() if m else ""


def check_samples(directory, columns, types, aliases, report):
    files = sorted(directory.glob("*.csv")) if directory.is_dir() else []
    if not files:
        report.note(f"samples: skipped, no CSV files in {directory}")
        return
    for path in files:
        name = type_of_file(path.name)
        if name not in types and name not in aliases:
            report.bad(path.name, f"unknown type {name}")
        with path.open(encoding="utf-8", errors="replace", newline="") as f:
            for column in next(csv.reader(f), []):
                if column.lower() not in columns:
                    report.bad(path.name, f"unknown column {column}")
    report.note(f"samples: {len(files)} files looked up")


def check(args):
    report = Report()
    columns = check_columns(read_table(args.data / "columns.tsv", COLUMN_HEAD, report), report)
    rows = read_table(args.data / "types.tsv", TYPE_HEAD, report)
    types, aliases = check_types(rows, columns, report)
    report.note(f"catalogue: {len(types)} types, {len(columns)} columns")
    for directory in args.schema:
        check_schema(directory, columns, types, aliases, report)
    if args.severity:
        check_severity(args.severity, types, report)
    if args.samples:
        check_samples(args.samples, columns, types, aliases, report)
    return report


def main(argv):
    here = pathlib.Path(__file__).resolve().parent.parent
    p = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    p.add_argument("--data", type=pathlib.Path, default=here / "data" / "catalogue")
    p.add_argument("--schema", type=pathlib.Path, action="append", default=[])
    p.add_argument("--severity", type=pathlib.Path)
    p.add_argument("--samples", type=pathlib.Path)
    report = check(p.parse_args(argv))
    for line in report.notes + report.problems:
        print(line)
    print(f"{len(report.problems)} problems")
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

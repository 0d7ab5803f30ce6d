#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tools/check_catalogue.py finds what it promises to find: each test plants one fault in a copy
of the catalogue, or in a small schema made here, and wants it refused with the right words.
Depends on Python's standard library and the repository's data/catalogue; the last tests read
the publisher's files beside the repository (TOCSIN_SHARED, else ../shared) when they are there."""

import contextlib
import io
import json
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import check_catalogue as cc  # noqa: E402  (the path must be set first)

SHARED = pathlib.Path(os.environ.get("TOCSIN_SHARED", ROOT.parent / "shared")) / "data" / "feeds"


class Planted(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.dir)
        for name in ("columns.tsv", "types.tsv"):
            shutil.copy(ROOT / "data" / "catalogue" / name, self.dir / name)

    def run_check(self, *args):
        """-> exit code and what was printed."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = cc.main(["--data", str(self.dir), *map(str, args)])
        return code, out.getvalue()

    def refused(self, words, *args):
        code, out = self.run_check(*args)
        self.assertEqual(code, 1, out)
        self.assertIn(words, out)

    def change(self, name, first, key, value):
        """Sets one cell of the line that begins with first."""
        head = cc.TYPE_HEAD if name == "types.tsv" else cc.COLUMN_HEAD
        lines = (self.dir / name).read_text("utf-8").splitlines()
        hits = [n for n, l in enumerate(lines) if l.split("\t")[0] == first]
        self.assertEqual(len(hits), 1, first)
        cells = lines[hits[0]].split("\t")
        self.assertNotEqual(cells[head.index(key)], value)
        cells[head.index(key)] = value
        lines[hits[0]] = "\t".join(cells)
        (self.dir / name).write_text("\n".join(lines) + "\n", "utf-8")

    def type_fault(self, name, key, value, words):
        self.change("types.tsv", name, key, value)
        self.refused(words)

    def append(self, name, line):
        with (self.dir / name).open("a", encoding="utf-8") as f:
            f.write(line + "\n")

    # -- the catalogue as it is --

    def test_catalogue_has_no_fault(self):
        code, out = self.run_check()
        self.assertEqual(code, 0, out)
        self.assertIn("170 types", out)

    def test_one_line_adds_a_type(self):
        line = ("scan_new\tNew thing\tvulnerable\tvulnerable-system\topen-new\thigh\tip\taddress"
                "\tyes\tnew\ttcp\tscan\t-\t-\t7\t-\t-")
        self.append("types.tsv", line)
        code, out = self.run_check()
        self.assertEqual(code, 0, out)
        self.assertIn("171 types", out)

    # -- shape of the files --

    def test_spaces_for_tabs(self):
        text = (self.dir / "types.tsv").read_text("utf-8")
        (self.dir / "types.tsv").write_text(text.replace("scan_afp\t", "scan_afp "), "utf-8")
        self.refused("16 cells, not 17")

    def test_empty_cell(self):
        self.type_fault("scan_afp", "overrides", "", "a cell is empty")

    def test_crlf(self):
        data = (self.dir / "columns.tsv").read_bytes().replace(b"\n", b"\r\n")
        (self.dir / "columns.tsv").write_bytes(data)
        self.refused("wants LF line ends")

    def test_header_reordered(self):
        text = (self.dir / "columns.tsv").read_text("utf-8")
        text = text.replace("column\tfield\tkind", "field\tcolumn\tkind")
        (self.dir / "columns.tsv").write_text(text, "utf-8")
        self.refused("the header line is not")

    def test_missing_table(self):
        (self.dir / "columns.tsv").unlink()
        self.refused("cannot be read")

    def test_not_utf8(self):
        with (self.dir / "types.tsv").open("ab") as f:
            f.write(b"# \xff\n")
        self.refused("cannot be read")

    # -- columns --

    def test_column_twice(self):
        self.append("columns.tsv", "ip\tsource.ip\tip")
        self.refused("column ip stands here twice")

    def test_column_kind(self):
        self.change("columns.tsv", "banner", "kind", "blob")
        self.refused("no such kind: blob")

    def test_column_field_unknown(self):
        self.change("columns.tsv", "banner", "field", "source.banner")
        self.refused("no such field: source.banner")

    def test_column_field_wants_other_kind(self):
        self.change("columns.tsv", "asn", "kind", "text")
        self.refused("source.asn wants kind asn")

    def test_column_upper_case(self):
        self.append("columns.tsv", "issuer_serialNumber\textra.x\ttext")
        self.refused("not a column name in lower case")

    # -- types --

    def test_type_twice(self):
        self.append("types.tsv", next(l for l in (self.dir / "types.tsv").read_text("utf-8")
                                      .splitlines() if l.startswith("scan_afp\t")))
        self.refused("type stands here twice: scan_afp")

    def test_type_with_dash_could_not_be_found_in_a_file_name(self):
        self.type_fault("scan_afp", "type", "scan-afp", "not a type name")

    def test_name_twice(self):
        self.type_fault("scan_afp", "name", "Reachable Telnet", "name stands here twice")

    def test_enums(self):
        for key, value in (("severity", "grave"), ("side", "both"), ("service_port", "maybe"),
                           ("transport", "sctp"), ("kind", "thing")):
            with self.subTest(key):
                self.setUp()
                self.type_fault("scan_afp", key, value, f"no such {key}: {value}")

    def test_rsit_names(self):
        self.type_fault("scan_afp", "class", "vulnerability", "no such RSIT class")

    def test_rsit_type_of_another_class(self):
        self.type_fault("scan_afp", "rsit_type", "ddos", "class vulnerable has no type ddos")

    def test_rsit_type_unknown(self):
        self.type_fault("scan_afp", "rsit_type", "open-service", "has no type open-service")

    def test_identifier_from_unknown_column(self):
        self.type_fault("special", "identifier", "@nothere|special", "unknown column: nothere")

    def test_identifier_may_not_stay_empty(self):
        self.type_fault("special", "identifier", "@tag", "end it with a word")

    def test_identifier_word(self):
        self.type_fault("scan_afp", "identifier", "Open AFP", "identifier is not")

    def test_identifier_of_another_class(self):
        self.type_fault("scan_afp", "identifier", "open-redis", "advice is found by identifier")

    def test_unknown_special(self):
        self.type_fault("scan_afp", "identifier", "@exchnge", "unknown column: exchnge")

    def test_application_from_unknown_column(self):
        self.type_fault("scan_ics", "application", "@nothere", "application from an unknown")

    def test_side_column_missing(self):
        lines = (self.dir / "columns.tsv").read_text("utf-8").splitlines(True)
        (self.dir / "columns.tsv").write_text(
            "".join(l for l in lines if not l.startswith("dst_ip\t")), "utf-8")
        self.refused("unknown column: dst_ip")

    def test_side_column_means_another_field(self):
        self.type_fault("scan_afp", "side", "http_referer", "http_referer_ip is not source.ip")

    def test_place_column_missing(self):
        self.type_fault("malware_url", "place", "name:nothere|url", "unknown column: nothere")

    def test_place_column_fills_no_name(self):
        self.type_fault("malware_url", "place", "name:banner", "banner fills no name")

    def test_place_words(self):
        self.type_fault("scan_afp", "place", "hostname", "place is address or name:")

    def test_no_side_no_name(self):
        self.type_fault("sandbox_dns", "place", "address", "without a side needs place name")

    def test_family_column(self):
        self.type_fault("scan_afp", "family", "banner", "family: banner does not fill")

    def test_family_overridden_away(self):
        self.type_fault("event4_honeypot_adb_scan", "family", "infection",
                        "family: infection does not fill malware.name")

    def test_event_with_service_port(self):
        self.type_fault("event4_ddos_participant", "service_port", "yes", "no service port")

    def test_quiet(self):
        self.type_fault("scan_afp", "quiet", "0", "quiet is a number of reports")

    def test_override_of_unknown_column(self):
        self.type_fault("scan_afp", "overrides", "nothere=source.fqdn", "override of an unknown")

    def test_override_to_unknown_field(self):
        self.type_fault("scan_afp", "overrides", "banner=source.banner", "no such field")

    def test_override_that_changes_nothing(self):
        self.type_fault("scan_afp", "overrides", "ip=source.ip", "says what columns.tsv says")

    def test_override_twice(self):
        self.type_fault("scan_afp", "overrides", "host=source.fqdn,host=source.fqdn",
                        "not a new column=field")

    def test_alias_is_a_type(self):
        self.type_fault("scan_afp", "aliases", "scan_rdp", "alias scan_rdp is a type")

    def test_alias_twice(self):
        self.type_fault("scan_afp", "aliases", "dns_openresolver", "stands here twice")

    # -- twins --

    def test_twin_missing(self):
        self.type_fault("scan_afp", "twin", "scan6_afp", "does not name scan_afp as its own")

    def test_twin_names_another(self):
        self.type_fault("scan6_rdp", "twin", "scan_smb", "twin scan6_rdp does not name scan_rdp")

    def test_twin_differs(self):
        self.type_fault("scan6_rdp", "severity", "low", "severity differs from that of its twin")

    def test_twins_of_one_family(self):
        self.change("types.tsv", "scan_afp", "twin", "scan_ard")
        self.type_fault("scan_ard", "twin", "scan_afp", "neither or both of")

    # -- the publisher's files --

    def schema(self, types):
        """Writes a schema of our own making: type -> columns."""
        d = self.dir / "schema"
        d.mkdir()
        (d / "reports.json").write_text(json.dumps({t: {"fields": c} for t, c in types.items()}))
        (d / "intelmq.json").write_text(json.dumps({"_meta": {}}))
        return d

    def test_schema_known(self):
        d = self.schema({"scan_afp": ["timestamp", "ip", "banner"]})
        code, out = self.run_check("--schema", d)
        self.assertEqual(code, 0, out)
        self.assertIn("1 types, 3 columns looked up", out)

    def test_schema_new_type(self):
        self.refused("unknown type scan_new", "--schema",
                     self.schema({"scan_new": ["timestamp", "ip"]}))

    def test_schema_new_column(self):
        self.refused("scan_afp: unknown column novelty", "--schema",
                     self.schema({"scan_afp": ["timestamp", "ip", "novelty"]}))

    def test_schema_type_known_by_other_file_name(self):
        d = self.schema({})
        (d / "intelmq.json").write_text(json.dumps({"event_x": {
            "file_name": "event4_x", "required_fields": [["source.ip", "src_ip"]],
            "optional_fields": []}}))
        self.refused("unknown type event4_x", "--schema", d)

    def test_schema_moved_address(self):
        self.refused("side ip: the schema has no such column", "--schema",
                     self.schema({"scan_afp": ["timestamp", "src_ip"]}))

    def test_schema_lost_name(self):
        self.refused("the schema has none of these columns", "--schema",
                     self.schema({"ransomware_victim": ["timestamp"]}))

    def test_schema_missing_is_said(self):
        code, out = self.run_check("--schema", self.dir / "none")
        self.assertEqual(code, 0)
        self.assertIn("skipped", out)

    def test_severity(self):
        f = self.dir / "severity.tsv"
        f.write_text("report_type\tdefault_severity\nscan_afp\tinfo\n")
        self.refused("scan_afp: the publisher's default is info", "--severity", f)

    def test_samples(self):
        (self.dir / "2026-06-01-scan_new-talmeria-geo.csv").write_text('"timestamp","novelty"\n')
        code, out = self.run_check("--samples", self.dir)
        self.assertEqual(code, 1)
        self.assertIn("unknown type scan_new", out)
        self.assertIn("unknown column novelty", out)

    def test_type_of_file(self):
        for name, want in (("2026-06-01-scan_rdp-talmeria-geo.csv", "scan_rdp"),
                           ("20260601-compromised_website-AA.csv", "compromised_website"),
                           ("2026-06-01-event4_sinkhole-7-x-asn-delayed.csv.gz", "event4_sinkhole"),
                           ("scan_rdp.csv", "scan_rdp"), ("2026-06-01-Scan_RDP.csv", "scan_rdp"),
                           ("-.csv", "")):
            self.assertEqual(cc.type_of_file(name), want, name)

    # -- the publisher's own, when they lie beside the repository --

    @unittest.skipUnless(SHARED.is_dir(), "the publisher's files are not beside the repository")
    def test_publisher(self):
        schemas = sorted(p.parent for p in SHARED.glob("shadowserver-schema/*/reports.json"))
        args = [a for s in schemas for a in ("--schema", s)]
        code, out = self.run_check(
            *args, "--severity", SHARED / "shadowserver-schema" / "default-severity.tsv",
            "--samples", SHARED / "shadowserver")
        self.assertEqual(code, 0, out)
        self.assertNotIn("skipped", out)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# test_out.py - what we write, others read: mail by Python's email package, zip by its zipfile.
# Depends on: the program emit of test/unit, named in TOCSIN_EMIT. Shared test data is read where
# it is there: TOCSIN_SHARED, or ../shared beside the source tree.
import email
import email.header
import email.policy
import email.utils
import io
import json
import os
import random
import re
import struct
import subprocess
import unittest
import zipfile

EMIT = os.environ.get("TOCSIN_EMIT", "")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.environ.get("TOCSIN_SHARED", os.path.join(ROOT, os.pardir, "shared"))
REFUSE = os.path.join(SHARED, "data", "hostile", "own", "header_values_refuse.tsv")

TEXTS = {
    "en": "A tocsin is the bell that calls a town together. Please check 192.0.2.7.",
    "fr": "Nous avons constaté des problèmes « graves » sur vos réseaux : répondez, s’il vous "
          "plaît, à l’équipe.",
    "es": "¿Ha comprobado su servidor? Más información aquí: añada un cortafuegos mañana.",
    "ar": "لاحظنا أن بعض أجهزتكم مفتوحة على الإنترنت. يرجى التحقق من العنوان 192.0.2.7 اليوم.",
    "ru": "Мы заметили открытые службы в вашей сети. Проверьте, пожалуйста, адрес 192.0.2.7.",
    "zh": "我们发现贵单位的网络中有对外开放的服务，请尽快检查地址 192.0.2.7 并回复本小组。",
}
NAMES = {
    "en": 'Bank of "Somewhere", Ltd. (\\o/)', "fr": "Ministère de l’Économie",
    "es": "Dirección General de Añil", "ar": "وزارة المالية والاقتصاد الوطني",
    "ru": "Министерство цифрового развития и связи", "zh": "国家计算机网络应急技术处理协调中心",
}


def text(s):
    b = s if isinstance(s, bytes) else s.encode("utf-8")
    return struct.pack("<I", len(b)) + b


def pairs(items):
    return struct.pack("<I", len(items)) + b"".join(text(t) for item in items for t in item)


def describe(**m):
    m = {"from": ("", "cirt@cirt.xt.example"), "reply": ("", ""), "to": [("", "a@b.example")],
         "subject": "s", "date": 1780309230, "id": "n1@cirt.xt.example", "language": "en",
         "extra": [], "text": "t\n", "parts": [], "boundary": "=_b1", **m}
    return (pairs([m["from"]])[4:] + pairs([m["reply"]])[4:] + pairs(m["to"]) +
            text(m["subject"]) + struct.pack("<q", m["date"]) + text(m["id"]) +
            text(m["language"]) + pairs(m["extra"]) + text(m["text"]) + pairs(m["parts"]) +
            text(m["boundary"]))


def display_names(raw, header):
    """By the older of the two parsers: the newer one, up to Python 3.12 at least, leaves the
    blanks between encoded words of a name, which RFC 2047 (6.2) takes out."""
    m = email.message_from_bytes(raw, policy=email.policy.compat32)
    return [str(email.header.make_header(email.header.decode_header(name)))
            for name, _ in email.utils.getaddresses([m[header]])]


def emit(what, description):
    return subprocess.run([EMIT, what], input=description, capture_output=True, timeout=60)


@unittest.skipUnless(EMIT, "TOCSIN_EMIT is not set")
class Mail(unittest.TestCase):
    def write(self, **m):
        p = emit("mime", describe(**m))
        self.assertEqual(p.returncode, 0, p.stderr)
        raw = p.stdout
        self.assertEqual(raw.replace(b"\r\n", b"").count(b"\n"), 0, "bare line feeds")
        self.assertEqual(raw.replace(b"\r\n", b"").count(b"\r"), 0, "bare returns")
        self.assertTrue(all(b < 128 for b in raw), "bytes that are not ASCII")
        return raw, email.message_from_bytes(raw, policy=email.policy.default)

    def refused(self, **m):
        p = emit("mime", describe(**m))
        self.assertEqual(p.returncode, 1, f"taken: {m!r}")
        self.assertTrue(p.stderr.startswith(b"syntax error: "), p.stderr)
        self.assertEqual(p.stdout, b"")

    def same_text(self, part, want):
        self.assertEqual(part.get_content(), want.replace("\n", "\r\n"))
        self.assertEqual(part.get_content_type(), "text/plain")
        self.assertEqual(part.get_content_charset(), "utf-8")

    def test_six_languages(self):
        for lang, body in TEXTS.items():
            for repeat in (1, 7, 60):
                long = "\n".join([body] * 3 + [" ".join([body] * repeat)] + ["", "-- ", "=3D ", ""])
                subject = (f"[TLP:AMBER] {NAMES[lang]}: " + body)[:200]
                raw, m = self.write(
                    language=lang, text=long, subject=subject, to=[(NAMES[lang], "a@b.example")],
                    **{"from": (NAMES[lang], "cirt@cirt.xt.example")})
                self.assertTrue(all(len(x) <= 76 for x in raw.split(b"\r\n")), lang)
                self.same_text(m, long)
                self.assertEqual(m["Subject"], subject)
                self.assertEqual(m["Content-Language"], lang)
                for header in ("From", "To"):
                    self.assertEqual(display_names(raw, header), [NAMES[lang]])
                self.assertEqual(m["From"].addresses[0].addr_spec, "cirt@cirt.xt.example")
                self.assertEqual(m.defects, [])

    def test_encoding_suits_the_text(self):
        for body, want in (("plain\n", "7bit"), ("From here\n", "quoted-printable"),
                           ("a\n.\nb\n", "quoted-printable"), ("end \n", "quoted-printable"),
                           ("x" * 77 + "\n", "quoted-printable"),
                           (TEXTS["fr"] + "\n", "quoted-printable"),
                           (TEXTS["zh"] + "\n", "base64"), (TEXTS["ar"] + "\n", "base64")):
            raw, m = self.write(text=body)
            self.assertEqual(m["Content-Transfer-Encoding"], want, body)
            self.same_text(m, body)
            self.assertNotIn(b"\r\nFrom here", raw)
            self.assertNotIn(b"\r\n.\r\n", raw)

    def test_every_width(self):
        for n in range(60, 90):
            for tail in ("", "é", "=", " x", "\t", "字"):
                body = "a" * n + tail + "\n" + "b" * n + " " + tail + "\n"
                _, m = self.write(text=body, subject="a" * (n - 20) + " " + "b" * n + tail.strip())
                self.same_text(m, body)
                self.assertEqual(m["Subject"], "a" * (n - 20) + " " + "b" * n + tail.strip())

    def test_random_text(self):
        rng = random.Random(1)
        chars = "abc =.\tFrom é字ب🔔\u200f\\\"?_&\n"
        for _ in range(150):
            body = "".join(rng.choice(chars) for _ in range(rng.randrange(400))) + "\n"
            subject = re.sub(r"[\n\t]|=\?", " ", body[:120]).strip()
            raw, m = self.write(text=body, subject=subject)
            self.same_text(m, body)
            self.assertEqual(m["Subject"], subject)
            self.assertTrue(all(len(x) <= 76 for x in raw.split(b"\r\n")))

    def test_headers(self):
        raw, m = self.write(
            reply=("Team", "reply+n1@cirt.xt.example"),
            to=[("", "a@b.example"), ("Ann", "ann@b.example"), ("名前", "n@b.example")] * 3,
            extra=[("Auto-Submitted", "auto-generated"), ("X-Tocsin-Notice", "7 " * 60 + "end")])
        self.assertEqual(str(m["Date"]), "Mon, 01 Jun 2026 10:20:30 +0000")
        self.assertEqual(m["Message-ID"], "<n1@cirt.xt.example>")
        self.assertEqual(m["Auto-Submitted"], "auto-generated")
        self.assertEqual(m["X-Tocsin-Notice"], "7 " * 60 + "end")
        self.assertEqual(m["Reply-To"].addresses[0].addr_spec, "reply+n1@cirt.xt.example")
        self.assertEqual([a.addr_spec for a in m["To"].addresses],
                         ["a@b.example", "ann@b.example", "n@b.example"] * 3)
        self.assertEqual(display_names(raw, "To"), ["", "Ann", "名前"] * 3)
        self.assertTrue(all(len(x) <= 76 for x in raw.split(b"\r\n")))
        self.assertEqual(raw, self.write(
            reply=("Team", "reply+n1@cirt.xt.example"),
            to=[("", "a@b.example"), ("Ann", "ann@b.example"), ("名前", "n@b.example")] * 3,
            extra=[("Auto-Submitted", "auto-generated"),
                   ("X-Tocsin-Notice", "7 " * 60 + "end")])[0], "the same bytes again")

    def test_attachments(self):
        data = bytes(range(256)) * 41
        names = ["events-2026-06-01.csv", "a b (1).zip", 'quote".csv', "Résumé.csv",
                 "تقرير-الشبكة.csv", "报告.zip", "x" * 251 + ".csv", "отчёт" * 20 + ".csv"]
        for lang, body in TEXTS.items():
            raw, m = self.write(text=body + "\n", language=lang, parts=[
                (n, "text/csv; charset=utf-8" if n.endswith("csv") else "application/zip",
                 data[:1 + 97 * i]) for i, n in enumerate(names)])
            self.assertEqual(m.get_content_type(), "multipart/mixed")
            self.same_text(m.get_body(("plain",)), body + "\n")
            parts = list(m.iter_attachments())
            self.assertEqual([p.get_filename() for p in parts], names)
            for i, p in enumerate(parts):
                self.assertEqual(p.get_payload(decode=True), data[:1 + 97 * i])
                self.assertEqual(p.get_content_disposition(), "attachment")
            self.assertTrue(all(len(x) <= 998 for x in raw.split(b"\r\n")))
            self.assertEqual(m.defects, [])

    def test_boundary(self):
        part = [("a.csv", "text/csv", b"x")]
        self.refused(parts=part, boundary="")
        self.refused(parts=part, boundary='a"b')
        self.refused(parts=part, boundary="x" * 61)
        self.refused(parts=part, boundary="=_b1", text="one\n--=_b1\ntwo\n")
        self.write(parts=part, boundary="=_b2", text="one\n--=_b1\ntwo\n")

    def test_refused(self):
        bad = ["a\r\nBcc: x@example.org", "a\nX: y", "a\rb", "a\u2028b", "a\x85b", "a\0b", "a\x7fb",
               "a\tb", "=?utf-8?q?a?=", "x" * 901, b"\xff", b"\xc3"]
        if os.path.exists(REFUSE):
            with open(REFUSE, encoding="utf-8") as f:
                bad += [json.loads(x) for x in f if not x.startswith("#")]
        for v in bad:
            self.refused(subject=v)
            self.refused(**{"from": (v, "a@b.example")})
            self.refused(to=[("", "ok@b.example"), (v, "a@b.example")])
            self.refused(extra=[("X-Tocsin", v)])
            self.refused(parts=[(v, "text/csv", b"")])
            self.refused(parts=[("a.csv", v, b"")])
            self.refused(id=v)
            self.refused(extra=[(v, "x")])
            for header in ("reply", "from"):
                self.refused(**{header: ("", v)})
        for v in ("a", "a@", "@b.example", "a b@b.example", "a@b", "a@b.example>", "a@B.example",
                  "a..b@b.example", ".a@b.example", "a.@b.example", "é@b.example", "a@é.example",
                  "a,b@c.example", "=?u?q?a?=@b.example", '"a"@b.example', "a@[192.0.2.1]",
                  "x" * 65 + "@b.example"):
            self.refused(to=[("", v)])
        for v in ("a\0b\n", "a\x07\n", b"\xff\n", "a\rb\n", "a\r\nb\n"):
            self.refused(text=v)
        for v in ("", "../x.csv", "a/b", "a\\b", "x" * 256):
            self.refused(parts=[(v, "text/csv", b"")])
        self.refused(to=[])
        self.refused(language="en\r\nX: y")

    def test_limits(self):
        self.write(subject="x " * 449 + "yy")
        self.refused(subject="x " * 450 + "y")
        self.write(to=[("", "x" * 64 + "@b.example")])


@unittest.skipUnless(EMIT, "TOCSIN_EMIT is not set")
class Zip(unittest.TestCase):
    def test_read_by_another(self):
        data = {"a.csv": b"a,b\r\n1,2\r\n", "b.bin": random.Random(2).randbytes(300000),
                "c-long.csv": b"line\r\n" * 100000, "empty.csv": b""}
        p = emit("zip", pairs(list(data.items())))
        self.assertEqual(p.returncode, 0, p.stderr)
        with zipfile.ZipFile(io.BytesIO(p.stdout)) as z:
            self.assertIsNone(z.testzip())
            self.assertEqual({n: z.read(n) for n in z.namelist()}, data)
            for i in z.infolist():
                self.assertEqual(i.date_time, (1980, 1, 1, 0, 0, 0))
        self.assertLess(len(p.stdout), 310000)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# interop_mail.py - notices in six languages through Postfix into mailboxes, read back with
# Python's mail library; Postfix's reports come back; signed and encrypted mails opened by gpg and
# by Sequoia. Depends on: Python 3, Postfix (postfix.py), gpg, PyPI's pysequoia, the program.
import collections
import csv
import datetime
import email
import email.policy
import email.utils
import io
import os
import re
import subprocess

import postfix
import post
import story
from story import ok, same

try:
    import pysequoia
except ImportError:
    pysequoia = None

LANGUAGES = "en fr es ar ru zh".split()
TEAM = "cirt@cirt.xt.example"
LINK = re.compile(r"https://cirt\.xt\.example/a/[\w-]+")
# Raises where a mail is not what the standards say, instead of making the best of it.
STRICT = email.policy.default.clone(raise_on_defect=True)


def parse(path):
    with open(path, "rb") as f:
        mail = email.message_from_binary_file(f, policy=STRICT)
    for part in mail.walk():    # the library reads headers and contents when asked
        list(part.items())
        if not part.is_multipart():
            part.get_content()
    return mail


def languages(place):
    """The demonstration's register with as many contacts in each language."""
    rows = story.rows(os.path.join(story.SOURCE, "data/demo/contacts.csv"))
    text = io.StringIO()
    out = csv.DictWriter(text, rows[0].keys())
    out.writeheader()
    for i, row in enumerate(rows):
        out.writerow({**row, "language": LANGUAGES[i % len(LANGUAGES)]})
    place.tocsin("register", "import", place.write("contacts.csv", text.getvalue()))
    return [row["email"] for row in rows]


def drafted(place, day):
    """The notices of one more day, approved."""
    place.now = post.at(24 * 60 * day)
    place.import_files(place.feeds("D", day)[1])
    run = place.json_lines("notices", "draft", "--json")[-1]["run"]
    place.tocsin("notices", "approve", "--run", str(run), "--held")
    return place.json_lines("notices", "list", "--json", "--run", str(run), "--limit", "5000")


def sent(place, day):
    place.tocsin("notices", "send")
    return post.deliver(place, 24 * 60 * day + 10)[-1]["handed_over"]


def eml(place, notice):
    done = subprocess.run([story.TOCSIN, "-d", place.dir, "notices", "show", "--eml",
                           str(notice["id"])], capture_output=True, check=True)
    return done.stdout.replace(b"\r\n", b"\n")


def text_of(mail):
    """The text with a placeholder for the link; how many links there were."""
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    return LINK.sub("{answer-link}", text).rstrip("\n"), len(LINK.findall(text))


def headers(mails, notices):
    """Whoever reads mail finds what he needs, in the place where the standards put it."""
    found = collections.Counter()
    for mail, n in zip(mails, notices):
        texts = [p for p in mail.walk() if p.get_content_type() == "text/plain"]
        date = email.utils.parsedate_to_datetime(mail["Date"])
        said = datetime.datetime.fromisoformat(n["at"].replace("Z", "+00:00"))
        found["Message-ID"] += mail["Message-ID"] == f"<{n['message_id']}>"
        found["Date"] += date == said
        found["From"] += mail["From"].addresses[0].addr_spec == TEAM
        found["To"] += [a.addr_spec for a in mail["To"].addresses] == [n["recipient"]]
        found["Subject"] += mail["Subject"] == n["subject"]
        found["TLP in subject and first line"] += (
            n["tlp"] in mail["Subject"] and texts[0].get_content().startswith(n["tlp"]))
        found["Content-Language"] += texts[0]["Content-Language"] == n["language"]
        found["Auto-Submitted"] += mail["Auto-Submitted"] == "auto-generated"
        found["Return-Path"] += mail["Return-Path"] == f"<{TEAM}>"
        found["utf-8"] += texts[0].get_content_charset() == "utf-8"
        found["one text"] += len(texts) == 1
    for name, n in found.items():
        same(n, len(notices), f"each mail: {name}")


def same_tables(mails, notices, place):
    wrong = [], [], []
    for mail, n in zip(mails, notices):
        name = f"notice {n['id']}"
        original = email.message_from_bytes(eml(place, n), policy=STRICT)
        tables = [[(p.get_filename(), p.get_content_type(), p.get_payload(decode=True))
                   for p in m.iter_attachments()] for m in (mail, original)]
        if tables[0] != tables[1] or not tables[0]:
            wrong[0].append(name)
        named = {r["finding"] for _, kind, data in tables[0] if kind == "text/csv"
                 for r in csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""))}
        if len(named) != n["findings"]:
            wrong[1].append((name, len(named), n["findings"]))
        if any(p.get_content().encode("utf-8") != p.get_payload(decode=True)
               for p in mail.iter_attachments() if p.get_content_maintype() == "text"):
            wrong[2].append(name)
    same(wrong[0], [], "attachments are byte by byte the parts that were sent")
    same(wrong[1], [], "their tables name each finding")
    same(wrong[2], [], "a mail library reads their text right without guessing")


def into_mailboxes(place, relay, notices, known):
    """Each language arrives as it was written."""
    good = [n for n in notices if n["recipient"] in known]
    mails = []
    for n in good:
        paths = relay.files(n["recipient"])
        if len(paths) != 1:
            ok(False, f"one mail for notice {n['id']}: {len(paths)}")
            continue
        mails.append(parse(paths[0]))
    same(len(mails), len(good), "each notice is in its mailbox once; a strict reader reads it")
    headers(mails, good)
    same_tables(mails, good, place)
    for language in LANGUAGES:
        pairs = [(m, n) for m, n in zip(mails, good) if n["language"] == language]
        bad = []
        for mail, n in pairs:
            body = place.json_lines("notices", "show", "--json", str(n["id"]))[0]["body"]
            text, links = text_of(mail)
            if text != body.rstrip("\n") or links != 1:
                bad.append(n["id"])
        ok(pairs and not bad, f"{language}: {len(pairs)} bodies and subjects arrive as they "
           f"were written, with one link to answer by {bad or ''}")
    return mails


def bytes_kept(place, relay, notices, known):
    """The relay adds its lines in front and changes nothing: needs no encoding that it must."""
    wrong = []
    for n in notices:
        if n["recipient"] in known:
            with open(relay.files(n["recipient"])[0], "rb") as f:
                got = f.read()
            own = got[got.index(b"\nDate: ") + 1:]
            masked = re.sub(rb"(?s)\n--.*", b"", own)
            if masked != re.sub(rb"(?s)\n--.*", b"", eml(place, n)):
                wrong.append(n["id"])
            if max(map(len, got.split(b"\n"))) > 998 or not got.isascii():
                wrong.append((n["id"], "long or 8-bit lines"))
    same(wrong, [], "header bytes are unchanged; nothing has long lines or 8-bit bytes")


def reports(place, relay, notices, known):
    """Postfix's own reports, of success and of failure, find their notices."""
    place.now = post.at(20)
    paths = relay.files(TEAM)
    same(len(paths), len(notices), "Postfix reports on each mail")
    answers = place.json_lines("mail", "--json", *paths)
    same({a["notice"] for a in answers}, {n["id"] for n in notices},
         "each report finds its notice")
    want = {n["id"]: "delivered" if n["recipient"] in known else "bounced" for n in notices}
    rows = post.status(place)
    same({i: rows[i]["state"] for i in want}, want,
         "in a mailbox: delivered; of an unknown name: bounced")
    ok(set(want.values()) == {"delivered", "bounced"}, "both happened")
    doubt = {d["email"] for d in place.json_lines("contacts", "--in-doubt", "--json")
             if "bounced" in d["why"]}
    same(doubt, {n["recipient"] for n in notices} - set(known), "whose mail bounced is in doubt")


class Gpg:
    """The recipient's gpg."""

    def __init__(self, home):
        self.home = home
        os.mkdir(home, 0o700)

    def run(self, *args, data=None):
        return subprocess.run(["gpg", "--homedir", self.home, "--batch", "--pinentry-mode",
                               "loopback", "--passphrase", "", "--trust-model", "always",
                               "--status-fd", "2", *args], input=data, capture_output=True,
                              timeout=120)

    def end(self):
        subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "all"], check=False)


def signed_part(path):
    """The bytes that were signed, with the line ends that mail has, and the signature."""
    with open(path, "rb") as f:
        text = f.read()
    mail = email.message_from_bytes(text)
    mark = b"\n--" + mail.get_boundary().encode() + b"\n"
    return (text.split(mark)[1].replace(b"\n", b"\r\n"),
            mail.get_payload(1).get_payload(decode=True))


def opened_by_sequoia(team, secret, part, signature, sealed):
    if pysequoia is None:
        story.skip("Sequoia: " + (os.environ.get("INTEROP_PYTHON_WHY") or "no pysequoia"))
        return None
    cert = pysequoia.Cert.from_bytes(team)
    try:
        checked = pysequoia.verify(part, lambda ids: [cert],
                                   signature=pysequoia.Sig.from_bytes(signature))
        held = [s.certificate for s in checked.valid_sigs]
    except Exception as e:      # whatever the library raises is the answer
        held = str(e)
    same(held, [cert.fingerprint], "Sequoia verifies the signed mail")
    try:
        pysequoia.verify(part + b"x", lambda ids: [cert],
                         signature=pysequoia.Sig.from_bytes(signature))
        ok(False, "Sequoia refuses it with a byte more")
    except Exception:           # the library has no class of its own for this
        ok(True, "Sequoia refuses it with a byte more")
    try:
        # Without looking at the signature inside: this binding does not verify what gpg compressed.
        return pysequoia.decrypt(sealed,
                                 decryptor=pysequoia.Tsk.from_bytes(secret).decryptor()).bytes
    except Exception as e:
        return str(e)


def pgp(place, relay, known):
    """A key of ours, a key of theirs; the next day's mails go signed, one of them encrypted."""
    made = place.json_lines("key", "make", "--json")[0]["fingerprint"]
    them = Gpg(place.path("gpg"))
    notices = drafted(place, 1)
    good = [n for n in notices if n["recipient"] in known]
    plain, secret = good[0], next(n for n in good if n["recipient"] != good[0]["recipient"])
    them.run("--faked-system-time", "20260501T000000", "--quick-gen-key",
             f"Them <{secret['recipient']}>", "future-default", "default", "never")
    key = them.run("--armor", "--export", secret["recipient"]).stdout
    place.tocsin("key", "import", "--replace", place.write("them.asc", key))
    team = place.tocsin("key", "export").stdout.encode()
    them.run("--import", data=team)
    before = {n["recipient"]: set(relay.files(n["recipient"])) for n in good}
    count = relay.count()
    same(sent(place, 1), len(notices), "the next day's notices are handed over, with a key")
    relay.wait(count + len(good) + len(notices))
    path, locked = [(set(relay.files(n["recipient"])) - before[n["recipient"]]).pop()
                    for n in (plain, secret)]
    mail = parse(path)
    same((mail.get_content_type(), mail["Subject"]), ("multipart/signed", plain["subject"]),
         "a mail came signed, its subject as it was written")
    part, signature = signed_part(path)
    part_at, signature_at = place.write("part", part), place.write("signature", signature)
    said = them.run("--verify", signature_at, part_at)
    ok(said.returncode == 0 and f"VALIDSIG {made}".encode() in said.stderr, "gpg verifies it")
    sealed = parse(locked)
    same(sealed.get_content_type(), "multipart/encrypted", "a mail came encrypted")
    data = sealed.get_payload(1).get_payload(decode=True)
    opened = them.run("--decrypt", data=data)
    ok(opened.returncode == 0 and f"VALIDSIG {made}".encode() in opened.stderr,
       "its recipient's gpg opens it and finds the team's signature in it")
    inner = email.message_from_bytes(opened.stdout, policy=STRICT)
    body = place.json_lines("notices", "show", "--json", str(secret["id"]))[0]["body"]
    same(text_of(inner), (body.rstrip("\n"), 1), "the text inside is the notice's")
    other = opened_by_sequoia(team, them.run("--export-secret-keys", secret["recipient"]).stdout,
                              part, signature, data)
    if other is not None:
        same(other, opened.stdout, "Sequoia opens the encrypted mail, to the same bytes as gpg")
    them.end()


def main():
    why = postfix.why_not()
    if why:
        story.skip(f"mail through Postfix: {why}")
        story.end()
    with story.Place() as place:
        place.now = post.NOW
        place.init_demo()
        everybody = languages(place)
        known = [m for i, m in enumerate(everybody) if i % 7 != 3]
        with postfix.Postfix([TEAM, *known]) as relay:
            post.configure(place.dir, mail_relay=relay.url, web_url="https://cirt.xt.example")
            post.switch_on(place)
            notices = drafted(place, 0)
            same({n["language"] for n in notices}, set(LANGUAGES), "notices in six languages")
            same(sent(place, 0), len(notices), "Postfix takes them all")
            arrived = sum(n["recipient"] in known for n in notices)
            same(relay.wait(arrived + len(notices)), arrived + len(notices),
                 "so many mails and reports lie in mailboxes")
            into_mailboxes(place, relay, notices, known)
            bytes_kept(place, relay, notices, known)
            reports(place, relay, notices, known)
            pgp(place, relay, known)
        same(place.tocsin("audit", "verify", check=False).returncode, 0, "the trail is whole")
    story.end()


main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_key.py - the team's OpenPGP key and those of contacts: made, taken, listed; mails
# signed and encrypted so that gpg itself and Python's mail library can read them; and what
# happens when the role that has the keys is killed, when gpg is gone, and with hostile keys.
# Depends on: Python 3, gpg, the built program.

import email
import email.policy
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time

import story
from watch import role, until

SOC = "soc@gov.xt.example"
BANK = "ciso@estervane.xt.example"
FOREIGN = "chiffre@foreign.gov.xt.example"
FINANCE = "soc@finance.gov.xt.example"


class Gpg:
    """Somebody else's gpg: a contact's, or a peer's who checks what we send."""

    def __init__(self, path):
        self.home = path
        os.mkdir(path, 0o700)

    def run(self, *args, data=None, check=True, fake=None):
        words = ["gpg", "--homedir", self.home, "--batch", "--quiet", "--pinentry-mode",
                 "loopback", "--passphrase", "", "--trust-model", "always", "--status-fd", "2"]
        if fake:
            words += ["--faked-system-time", fake]
        done = subprocess.run([*words, *args], input=data, capture_output=True, timeout=120)
        if check and done.returncode != 0:
            raise SystemExit(f"Bail out! gpg {args}: {done.stderr.decode()[-800:]}")
        return done

    def make(self, uid, expires="never", fake=None):
        self.run("--quick-gen-key", uid, "future-default", "default", expires, fake=fake)
        lines = self.run("--with-colons", "-k", uid).stdout.decode().splitlines()
        return [line.split(":")[9] for line in lines if line.startswith("fpr")][0]

    def export(self, who, secret=False):
        return self.run("--armor", "--export-secret-keys" if secret else "--export", who).stdout

    def end(self):
        subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "gpg-agent"], check=False)


def keys_of(place):
    rows = place.json_lines("key", "list", "--json")
    counts = rows.pop()
    team = [r for r in rows if r["kind"] == "team"]
    return (team[0] if team else None), {r["contact"]: r for r in rows if r["contact"]}, counts


def mail_of(done):
    return email.message_from_string(done.stdout, policy=email.policy.default)


def exact_part(mail):
    """The bytes that were signed: between the first two boundaries."""
    text = mail.encode()
    boundary = email.message_from_bytes(text).get_boundary().encode()
    return text.split(b"\r\n--" + boundary + b"\r\n")[1]


def sealed(place, notice, **more):
    """As bytes: line ends are what this is about."""
    now = ["--now", place.now] if place.now else []
    done = subprocess.run([story.TOCSIN, "-d", place.dir, *now, "notices", "show", str(notice),
                           "--sealed"], capture_output=True, timeout=120, **more)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def agents(place):
    """Processes that have the key home in their arguments."""
    seen = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                if (place.dir + "/keys").encode() in f.read():
                    seen.append(int(pid))
        except OSError:
            pass
    return seen


def set_option(place, name, value):
    path = os.path.join(place.dir, "tocsin.conf")
    with open(path, encoding="utf-8") as f:
        lines = [line for line in f if not line.startswith(name + " ")]
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(lines + [f"{name} = {value}\n"])


def notice_to(place, mail):
    return next(n["id"] for n in place.json_lines("notices", "list", "--json", "--limit", "5000")
                if n["recipient"] == mail)


def check_signed(peer, text, fingerprint, what):
    signed = email.message_from_string(text)
    part, signature = signed.get_payload()
    story.ok(signed.get_content_type() == "multipart/signed" and
             signed.get_param("protocol") == "application/pgp-signature" and
             signed.get_param("micalg") == "pgp-sha512", f"{what}: RFC 3156's headers")
    with open(peer.home + "/part", "wb") as f:
        f.write(exact_part(text))
    with open(peer.home + "/sig", "wb") as f:
        f.write(signature.get_payload(decode=True))
    done = peer.run("--verify", peer.home + "/sig", peer.home + "/part", check=False)
    story.ok(done.returncode == 0 and f"VALIDSIG {fingerprint}".encode() in done.stderr,
             f"{what}: gpg verifies it")
    with open(peer.home + "/part", "ab") as f:
        f.write(b"x")
    story.ok(peer.run("--verify", peer.home + "/sig", peer.home + "/part",
                      check=False).returncode != 0, f"{what}: and not with a byte more")
    return part


def same_content(plain, part, what):
    plain = email.message_from_string(plain, policy=email.policy.default)
    leaves = [[(p.get_content_type(), p.get_filename(), p.get_content())
               for p in m.walk() if not p.is_multipart()] for m in (plain, part)]
    story.same(leaves[1], leaves[0], f"{what}: Python reads the same texts and tables from it")
    story.same(part["Subject"], plain["Subject"], f"{what}: the subject is protected too")


with story.Place() as place:
    if shutil.which("gpg") is None:
        story.skip("gpg is not installed")
        story.end()
    place.init_demo()
    them, peer = Gpg(place.path("them")), Gpg(place.path("peer"))
    for day in range(2):
        folder, files = place.feeds("D", day)
        place.now = story.day_text(day) + "T06:00:00Z"
        place.import_files(files)
    place.tocsin("notices", "draft")
    first = notice_to(place, SOC)
    plain = subprocess.run([story.TOCSIN, "-d", place.dir, "notices", "show", str(first), "--eml"],
                           capture_output=True, check=True).stdout.decode()

    # ---- no key yet ----
    team, contacts, counts = keys_of(place)
    story.ok(team is None and counts["missing"] == counts["contacts"] > 0,
             "fingerprints of the register whose keys nobody gave us are missing")
    status, text, _ = sealed(place, first)
    story.ok(status == 0 and text == plain, "without any key a mail stays as it is")
    done = place.tocsin("key", "export", check=False)
    story.ok(done.returncode == 1 and "no key" in done.stderr, "nothing to export")

    # ---- the team's key ----
    made = place.json_lines("key", "make", "--json")[0]
    story.ok(made["state"] == "good" and "cirt@" in made["user_id"], "a key is made")
    keys = os.path.join(place.dir, "keys")
    story.ok(stat.S_IMODE(os.stat(keys).st_mode) == 0o700, "its home is its owner's alone")
    story.ok(place.tocsin("key", "make", check=False).returncode == 1, "a second one is refused")
    again = place.json_lines("key", "make", "--json", "--replace", "--days", "100")[0]
    story.ok(again["fingerprint"] != made["fingerprint"] and keys_of(place)[0]["fingerprint"] ==
             again["fingerprint"], "but --replace puts it in its place")
    peer.run("--import", data=place.tocsin("key", "export").stdout.encode())
    story.ok(agents(place) == [], "no agent is left behind")

    # ---- signed ----
    status, text, err = sealed(place, first)
    story.ok(status == 0 and "missing" in err, "signed only, as the recipient's key is missing")
    part = check_signed(peer, text, again["fingerprint"], "signed")
    same_content(plain, email.message_from_bytes(exact_part(text), policy=email.policy.default),
                 "signed")
    for name in ("Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted"):
        story.ok(email.message_from_string(text)[name] == email.message_from_string(plain)[name],
                 f"{name} is the same outside")

    # ---- contacts' keys ----
    fpr = them.make(f"GovNet SOC <{SOC}>", fake="20260501T000000")
    pub = place.write("soc.asc", them.export(fpr))
    done = place.tocsin("key", "import", pub, check=False)
    story.ok(done.returncode == 1 and "another key" in done.stderr,
             "the register's fingerprint is not replaced by whoever writes a name into a key")
    place.tocsin("key", "import", pub, "--replace")
    team, contacts, counts = keys_of(place)
    story.ok(contacts[SOC]["fingerprint"] == fpr and contacts[SOC]["state"] == "good",
             "--replace ties it to the contact")
    trail = place.tocsin("audit", "list", "--json").stdout
    story.ok("key.contact" in trail and "key.team" in trail, "the trail has both")
    status, text, err = sealed(place, first)
    sec = email.message_from_string(text)
    story.ok(status == 0 and sec.get_content_type() == "multipart/encrypted" and
             sec.get_param("protocol") == "application/pgp-encrypted" and
             sec.get_payload(0).get_payload().strip() == "Version: 1", "now it is encrypted")
    story.ok("Content-Type: text/csv" not in text and err == "", "nothing of it is in clear")
    them.run("--import", data=place.tocsin("key", "export").stdout.encode())
    opened = them.run("--decrypt", data=sec.get_payload(1).get_payload().encode())
    story.ok(f"VALIDSIG {again['fingerprint']}".encode() in opened.stderr,
             "the recipient's gpg opens it, and finds the team's signature inside")
    same_content(plain, email.message_from_bytes(opened.stdout, policy=email.policy.default),
                 "encrypted")
    story.ok(peer.run("--decrypt", data=sec.get_payload(1).get_payload().encode(),
                      check=False).returncode != 0, "nobody else opens it")

    # ---- keys that are over ----
    old = them.make(f"Bank <{BANK}>", expires="20260515T000000", fake="20260501T000000")
    future = them.make(f"Cipher <{FOREIGN}>", fake="20270101T000000")
    gone = them.make(f"Finance <{FINANCE}>", fake="20260501T000000")
    revoke = os.path.join(them.home, "openpgp-revocs.d", gone + ".rev")
    with open(revoke, encoding="utf-8") as f:
        them.run("--import", data=f.read().replace(":---", "---").encode())
    for name, key in (("old", old), ("future", future), ("gone", gone)):
        place.tocsin("key", "import", "--replace", place.write(name, them.export(key)))
    team, contacts, counts = keys_of(place)
    story.same([contacts[m]["state"] for m in (SOC, BANK, FOREIGN, FINANCE)],
               ["good", "expired", "not yet valid", "revoked"], "keys that cannot be used")
    text = place.tocsin("key", "list").stdout
    story.ok("1 of 4 expired" in text and "1 of 4 contacts' keys can be used" in text,
             "the reader of the list is told how many")
    status, text, err = sealed(place, notice_to(place, BANK))
    story.ok(status == 0 and "expired" in err and "multipart/signed" in text,
             "an expired key is never used; the mail says so to who sends it")

    # ---- TLP ----
    set_option(place, "team.tlp", "TLP:AMBER+STRICT")
    folder, files = place.feeds("D", 2)
    place.now = story.day_text(2) + "T06:00:00Z"
    place.import_files(files)
    place.tocsin("notices", "draft")
    for mail, want in ((SOC, 0), (BANK, 1)):
        strict = notice_to(place, mail)
        status, text, err = sealed(place, strict)
        story.ok(status == want and (text == "") == (want == 1),
                 f"AMBER+STRICT to {mail}: {'encrypted' if want == 0 else 'refused'}")
    story.ok("clear" in err and "expired" in err, "the refusal says why")

    # ---- doctor ----
    rows = json.loads(story.run("-d", place.dir, "--now", place.now, "doctor", "--json",
                                check=False).stdout)["rows"]
    seen = {r["item"]: (r["state"], r["value"]) for r in rows if r["section"] == "keys"}
    story.ok(seen["team's key"][1].startswith("expires in 9"), "doctor: the team key's days")
    story.same(seen["contacts' keys"][0], "warning", "doctor: keys that are over")

    # ---- a passphrase ----
    secret = place.write("passphrase", "correct horse\n")
    os.chmod(secret, 0o644)
    set_option(place, "key.passphrase-file", secret)
    done = place.tocsin("key", "make", "--replace", check=False)
    story.ok(done.returncode == 1 and "600" in done.stderr, "one that others can read is refused")
    os.chmod(secret, 0o600)
    third = place.json_lines("key", "make", "--replace", "--json")[0]
    peer.run("--import", data=place.tocsin("key", "export").stdout.encode())
    set_option(place, "team.tlp", "TLP:AMBER")
    status, text, err = sealed(place, strict)
    story.ok(status == 1 and text == "" and "clear" in err,
             "a notice keeps the marking it was drafted with")
    lone = place.json_lines("notices", "list", "--json", "--limit", "5000")
    amber = next(n["id"] for n in lone if n["tlp"] == "TLP:AMBER" and n["recipient"] == BANK)
    status, text, err = sealed(place, amber)
    check_signed(peer, text, third["fingerprint"], "with a passphrase")
    with open(secret, "w", encoding="utf-8") as f:
        f.write("wrong\n")
    status, text, err = sealed(place, amber)
    story.ok(status == 1 and "sign" in err, "with a wrong passphrase nothing goes out")
    with open(secret, "w", encoding="utf-8") as f:
        f.write("correct horse\n")

    # ---- the team's own key from elsewhere ----
    set_option(place, "key.passphrase-file", "")
    own = them.make("Our CIRT <cirt@cirt.xt.example>", fake="20260501T000000")
    done = place.tocsin("key", "import", place.write("own", them.export(own, secret=True)),
                        check=False)
    story.ok(done.returncode == 1 and "secret" in done.stderr,
             "a secret key is not taken for a contact's")
    row = place.json_lines("key", "import", "--team", "--replace", "--json", place.path("own"))[0]
    story.same(row["fingerprint"], own, "with --team it is")
    peer.run("--import", data=place.tocsin("key", "export").stdout.encode())
    status, text, err = sealed(place, amber)
    check_signed(peer, text, own, "with an imported key")

    # ---- kill -9 of the role in the middle ----
    killed = 0
    for n in range(12):
        p = subprocess.Popen([story.TOCSIN, "-d", place.dir, "--now", place.now, "notices",
                              "show", str(amber), "--sealed"], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        until(lambda: p.poll() is not None or role(p.pid, "key"), 10, 0)
        if key := role(p.pid, "key"):
            time.sleep(0.004 * n)
            try:
                os.kill(key, signal.SIGKILL)
                killed += 1
            except ProcessLookupError:
                pass
        out, err = p.communicate(timeout=60)
        if p.returncode == 0:
            ok = b"multipart/signed" in out
        else:
            ok = out == b"" and err != b""
        if not ok:
            story.ok(False, f"after a kill: {p.returncode} {out[:200]} {err[:200]}")
    story.ok(killed >= 6, f"the role was killed {killed} times: the mail is whole, or there is "
             "none and an error")
    time.sleep(0.2)
    story.same(agents(place), [], "and no agent or gpg outlived it")
    status, text, err = sealed(place, amber)
    check_signed(peer, text, own, "after the kills")

    # ---- hostile keys ----
    binary = them.run("--export", fpr).stdout
    uid = b"\xb4\x14" + b"A <aaaaaaaa@b.examp>"
    began = time.monotonic()
    done = place.tocsin("key", "import", place.write("hostile", binary + b"".join(
        uid[:2] + b"%07d" % i + uid[9:] for i in range(20000))))
    story.ok(time.monotonic() - began < 25 and fpr in done.stdout,
             "twenty thousand user ids that the key never signed fall away")
    for i in range(101):
        them.run("--quick-add-uid", fpr, f"Soc {i} <soc{i}@gov.xt.example>",
                 fake="20260502T000000")
    crowd = them.run("--export", fpr).stdout
    hostile = {
        "more user ids than a key may have": crowd,
        "a megabyte of nothing": b"\0" * 1000000,
        "more than a file of keys may be": binary * 3000,
        "a packet longer than the file": b"\xc6\xff\x7f\xff\xff\xff" + b"x" * 1000,
        "packets in packets": b"\xc8\xff\x00\x00\x10\x00\x00" * 10000,
        "armour without end": b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n" + b"mQGN" * 200000,
        "no key": b"hello\n",
        "nothing": b"",
    }
    for what, data in hostile.items():
        began = time.monotonic()
        done = place.tocsin("key", "import", place.write("hostile", data), check=False)
        took = time.monotonic() - began
        story.ok(done.returncode == 1 and took < 25 and done.stderr.startswith("tocsin: "),
                 f"{what}: refused in {took:.1f} s: {done.stderr.strip()[:120]}")
    story.ok(keys_of(place)[1][SOC]["state"] == "good", "the keys that were here still are")

    # ---- gpg missing ----
    probe = subprocess.run(["unshare", "-m", "mount", "--bind", "/dev/null", "/usr/bin/gpg"],
                           capture_output=True)
    if probe.returncode != 0:
        story.skip("gpg cannot be hidden here")
    else:
        def without(*args):
            script = 'mount --bind /dev/null /usr/bin/gpg && exec "$@"'
            return subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", story.TOCSIN, "-d",
                                   place.dir, "--now", place.now, *args], capture_output=True,
                                  text=True, timeout=120)
        done = without("key", "list")
        story.ok(done.returncode == 1 and "gpg is not installed" in done.stderr,
                 "without gpg: a clear error")
        done = without("notices", "show", str(amber), "--sealed")
        story.ok(done.returncode == 0 and "multipart/signed" not in done.stdout and
                 "neither signed" in done.stderr and "gpg is not installed" in done.stderr,
                 "AMBER goes on unsigned and says so")
        done = without("notices", "show", str(strict), "--sealed")
        story.ok(done.returncode == 1 and done.stdout == "" and "clear" in done.stderr,
                 "AMBER+STRICT does not")
    story.same(agents(place), [], "no agent is left behind")
    them.end()
    peer.end()
story.end()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_send_sealed.py - signed and encrypted mails through the outbox, as their recipients get
# them; what must not go in clear is held with a task, and the others go; so is the one mail that
# the role with the keys broke on; and when that role is gone for good, nothing is done. Ctrl-C
# is heard between two mails.
# Depends on: Python 3, gpg, the built program.
import email
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import time

import post
import story
from story import ok, same
from watch import roles



def feed(houses):
    return ("timestamp,severity,ip,protocol,port,hostname\n" +
            "".join(f"2026-06-01 10:00:00,critical,192.0.2.{4 * n + 1},tcp,23,\n"
                    for n in range(houses)))


def holders(houses):
    return ("prefix,holder,sector,language,contact,inside_asn\n" +
            "".join(f"192.0.2.{4 * n}/30,House {n},other,en,soc{n}@house.xt.example,\n"
                    for n in range(houses)))


def start(place, tlp, houses=12):
    story.run("init", "--country", "XT", "--name", "CERT", "--mail", "cert@cirt.xt.example",
              "--phone", "+999 1", "--language", "en", "--timezone", "UTC", "--tlp", tlp, place.dir)
    post.configure(place.dir, demo="yes", web_url="https://cirt.xt.example")  # demo: for the clock
    place.now = post.NOW
    place.tocsin("register", "import", place.write("holders.csv", holders(houses)))
    place.import_files([place.write("2026-06-01-scan_telnet-test-xt.csv", feed(houses))])
    place.tocsin("notices", "draft")
    place.tocsin("notices", "approve", "--run", "1", "--held")
    place.tocsin("key", "make")


class Gpg:
    def __init__(self, path):
        self.home = path
        os.mkdir(path, 0o700)

    def run(self, *args, data=None):
        return subprocess.run(["gpg", "--homedir", self.home, "--batch", "--quiet", "--passphrase",
                               "", "--pinentry-mode", "loopback", "--trust-model", "always",
                               "--status-fd", "2", *args], input=data, capture_output=True,
                              timeout=120, check=False)

    def key(self, mail):
        self.run("--faked-system-time", "20260501T000000", "--quick-gen-key", mail,
                 "future-default", "default", "never")
        return self.run("--armor", "--export", mail).stdout

    def end(self):
        subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "gpg-agent"], check=False)


def valid(peer, raw):
    """Is it signed, and does gpg say that the signature is good?"""
    mail = email.message_from_bytes(raw)
    if mail.get_content_type() != "multipart/signed":
        return False
    boundary = b"\r\n--" + mail.get_boundary().encode() + b"\r\n"
    with open(peer.home + "/part", "wb") as f:
        f.write(raw.split(boundary)[1])
    with open(peer.home + "/sig", "wb") as f:
        f.write(mail.get_payload()[1].get_payload(decode=True))
    return b"VALIDSIG" in peer.run("--verify", peer.home + "/sig", peer.home + "/part").stderr


def text_of(raw):
    for part in email.message_from_bytes(raw).walk():
        if part.get_content_type() == "text/plain":
            return part.get_payload(decode=True)
    return b""


def strict(tlp):
    """Only who has a key gets it."""
    with story.Place() as place, post.Sink(place.path("sink"), "--all-delivered") as sink:
        start(place, tlp)
        them = Gpg(place.path("them"))
        for n in (3, 7):
            key = place.write(f"{n}.asc", them.key(f"soc{n}@house.xt.example"))
            place.tocsin("key", "import", key)
        post.configure(place.dir, mail_relay=sink.url)
        post.switch_on(place)
        said = place.tocsin("notices", "send").stdout
        ok("10 may not go out as they are, and are held" in said, f"{tlp}: ten are held, and said so")
        same(post.states(place), {"held": 10, "waiting": 2}, "those with a key go")
        tasks = place.json_lines("tasks", "--json")
        held = {n["id"] for n in post.notices(place) if n["state"] == "held"}
        same({t["notice"] for t in tasks if t["kind"] == "undelivered"}, held, "a task for each")
        ok(all(tlp in t["detail"] and "clear" in t["detail"] for t in tasks), "which says why")
        post.deliver(place, 10)
        mails = {m["Delivered-To"]: m for m in sink.mails()}
        same(sorted(mails), ["soc3@house.xt.example", "soc7@house.xt.example"], "two arrive")
        same({m.get_content_type() for m in mails.values()}, {"multipart/encrypted"}, "encrypted")
        opened = them.run("--decrypt", data=mails["soc3@house.xt.example"].get_payload(1)
                          .get_payload().encode())
        ok(b"House 3" in opened.stdout and b"House 7" not in opened.stdout, "gpg opens its own")
        ok(not any(b"House" in open(f, "rb").read().split(b"\r\n\r\n", 1)[1]
                   for f in sink.files("mail")), "no body is in clear")
        token = re.search(rb"/a/(\w{26})", text_of(opened.stdout))[1]
        mine, = (n["id"] for n in post.notices(place) if n["recipient"].startswith("soc3@"))
        copy = place.json_lines("notices", "show", "--sent", "--json", str(mine))[0]
        same((copy["signed"], copy["encrypted"]), (True, True), "what is kept says: encrypted")
        text = text_of(copy["mail"].encode())
        ok(b"House 3" in text and b"/a/" + 26 * b"*" in text and token not in text,
           "and can be read, but for the token")
        place.tocsin("mail", *sink.files("dsn"))
        same(post.states(place), {"held": 10, "delivered": 2}, "when they have arrived")
        with open(os.path.join(place.dir, "tocsin.db"), "rb") as f:
            data = f.read()
        ok(token not in data and b"BEGIN PGP MESSAGE" not in data,
           "not even he who has the recipient's key finds the token")
        them.end()


def signed():
    with story.Place() as place, post.Sink(place.path("sink"), "--all-delivered") as sink:
        start(place, "AMBER")
        peer = Gpg(place.path("peer"))
        peer.run("--import", data=place.tocsin("key", "export").stdout.encode())
        post.configure(place.dir, mail_relay=sink.url)
        post.switch_on(place)
        place.tocsin("notices", "send")
        same(post.deliver(place, 10)[-1]["handed_over"], 12, "twelve go out")
        good = 0
        for path in sink.files("mail"):
            with open(path, "rb") as f:
                raw = f.read().split(b"X-Sink-Fate")[1].split(b"\r\n", 1)[1]
            good += valid(peer, raw)
        same(good, 12, "gpg finds each signature good, as the mail server got it")
        copy = place.json_lines("notices", "show", "--sent", "--json", "1")[0]
        same((copy["signed"], copy["encrypted"]), (True, False), "what is kept says: signed")
        peer.end()


def send_and_kill(place, delays):
    """notices send, while its role key is killed: each time so long after it is seen."""
    killed, dead = 0, set()
    p = subprocess.Popen([story.TOCSIN, "-d", place.dir, "--now", place.now, "notices", "send"],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    reader = threading.Thread(target=lambda: setattr(p, "said", p.communicate()))
    reader.start()
    while p.poll() is None:
        for pid in roles(p.pid).get("key", []):
            if pid in dead or killed == len(delays):
                continue
            time.sleep(delays[killed])
            try:
                dead.add(pid)
                os.kill(pid, signal.SIGKILL)
                killed += 1
            except ProcessLookupError:
                pass
        time.sleep(0.002)
    reader.join()
    return p.returncode, p.said, killed


def broken():
    with story.Place() as place:
        start(place, "AMBER")
        post.configure(place.dir, mail_relay="smtp://127.0.0.1:1")
        post.switch_on(place)
        code, said, killed = send_and_kill(place, [0] * 1000)
        ok(code == 1 and killed >= 3, f"the role is killed whenever it appears: {killed} times {said}")
        same(post.states(place), {"approved": 12}, "nothing is done: all may be sent later")
        same(place.json_lines("tasks", "--json"), [], "and no task is made of it")
        # Killed once it is just started again; twice in one mail is that mail's end.
        for n in range(60):
            code, said, killed = send_and_kill(place, [0.1, 0.004 * (n % 20)])
            states = post.states(place)
            if "held" in states or states not in ({"waiting": 12}, {"approved": 12}):
                break
            if code == 0:
                place.tocsin("notices", "undo")
        ok(code == 0 and killed == 2, f"killed in the middle, at the {n + 1}. try: {said}")
        same(post.states(place), {"held": 1, "waiting": 11}, "one mail is held, the others go")
        tasks = place.json_lines("tasks", "--json")
        held = [n["id"] for n in post.notices(place) if n["state"] == "held"]
        same([(t["kind"], t["notice"]) for t in tasks], [("undelivered", held[0])],
             f"with a task: {tasks and tasks[0]['detail']}")
        ok(tasks[0]["detail"].startswith("could not be signed or encrypted: "), "which says why")
        place.tocsin("notices", "approve", "--held", str(held[0]))
        place.tocsin("notices", "send")
        same(post.states(place), {"waiting": 12}, "a person sends it after all")


def waiting(place):
    db = sqlite3.connect(f"file:{place.dir}/tocsin.db?mode=ro", uri=True)
    try:
        return db.execute("SELECT count(*) FROM notice WHERE state = 3").fetchone()[0]
    finally:
        db.close()


def stopped():
    """Many mails to sign take long: Ctrl-C is heard in between, and the rest can go later."""
    with story.Place() as place:
        start(place, "AMBER", 60)
        post.configure(place.dir, mail_relay="smtp://127.0.0.1:1")
        post.switch_on(place)
        p = subprocess.Popen([story.TOCSIN, "-d", place.dir, "--now", place.now, "notices", "send"],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while p.poll() is None and waiting(place) == 0:
            time.sleep(0.005)
        began = time.monotonic()
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=120)
        took = time.monotonic() - began
        ok(p.returncode == 1 and "stopped" in err, f"it says that it stopped: {err.strip()[:100]}")
        ok(took < 5, f"after {took:.1f} s")
        states = post.states(place)
        ok(states.keys() == {"waiting", "approved"}, f"what was committed stays: {states}")
        place.tocsin("notices", "send")
        same(post.states(place), {"waiting": 60}, "the rest is sent by the next command")
        rows = post.status(place)
        same((len(rows), len({r["message_id"] for r in rows.values()})), (60, 60), "each once")
        same(place.tocsin("audit", "verify", check=False).returncode, 0, "the trail is whole")


if shutil.which("gpg") is None:
    story.skip("gpg is not installed")
else:
    signed()
    strict("TLP:AMBER+STRICT")
    strict("TLP:RED")
    broken()
    stopped()
story.end()

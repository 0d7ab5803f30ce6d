# SPDX-License-Identifier: Apache-2.0
# country.py - a demonstration in which something of everything is there to be seen: for tests
# that look at each page. Depends on: Python 3, story, post.
"""Notices in many states, answers, bounces, tasks, a file that could not be read, keys, people."""

import hashlib
import os
import re
import sqlite3

import post
import story


FEED = (b"timestamp,severity,ip,protocol,port,hostname\n"
        b"2026-06-02 10:00:00,high,192.0.2.77,tcp,3389,host.xt.example\n")


def play(place, sink, url):
    """Two days of it. Links to answer by, the first not yet opened."""
    place.now = post.NOW
    place.init_demo()
    post.configure(place.dir, mail_relay=sink.url, web_url=url)
    place.import_files(place.feeds("D", 0)[1])
    place.tocsin("notices", "draft")
    place.tocsin("notices", "approve", "--run", "1", "--held")
    place.tocsin("notices", "hold", "1", "--why", "ask the bank first")
    place.tocsin("notices", "cancel", "2", "--why", "they know")
    place.tocsin("key", "make")
    post.switch_on(place)
    place.tocsin("notices", "send")
    place.tocsin("notices", "undo", "3")
    post.deliver(place, 10)
    place.tocsin("mail", *sink.files("dsn"))
    links = [m for path in sink.files("mail") for m in _links(path)]
    place.now = post.at(60 * 5)
    for n, (answer, *more) in enumerate([
            ("fixed",), ("working", "--until", "2026-06-20"), ("not-mine", "--whose", "Nordakis Net"),
            ("need-help", "--comment", "<b>How?</b> \u202eelse")]):
        place.tocsin("answer", "--answer", answer, *more, str(10 + n), check=False)
    place.now = post.at(60 * 24)
    place.import_files(place.feeds("D", 1)[1])
    broken = place.write("2026-06-02-scan_telnet-test-xt.csv",
                         "timestamp,severity,ip,protocol,port\n2026-06-02 10:00:00,high,x,tcp,23\n"
                         "2026-06-02 10:00:00,high,<i>y</i>,tcp,\"\n")
    place.tocsin("import", broken, check=False)
    place.tocsin("import", place.write("2026-06-02-nonsense.bin", os.urandom(2000)), check=False)
    place.tocsin("notices", "draft")
    place.now = post.at(60 * 25)
    return links


def _links(path):
    import email
    import email.policy
    with open(path, "rb") as f:
        mail = email.message_from_binary_file(f, policy=email.policy.default)
    part = mail.get_body(("plain",))
    return re.findall(r"/a/[\w-]+", part.get_content()) if part else []


def contact_link(place):
    """A link of the yearly check of a contact, as its mail would carry it."""
    token = "k" * 25 + "a"
    db = sqlite3.connect(os.path.join(place.dir, "tocsin.db"), timeout=20)
    with db:
        contact = db.execute("SELECT id FROM contact WHERE ended_at IS NULL").fetchone()[0]
        db.execute("INSERT INTO answer_link(kind, contact, hash, made_at, expires_at, opened) "
                   "VALUES (2, ?, ?, 1780000000, 1900000000, 0)",
                   (contact, hashlib.sha256(token.encode()).digest()))
    db.close()
    return "/c/" + token

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_web_stuck.py - work does something that takes long, and strangers knock: whoever opens a
# link sees his page at once, guesses get no turn, and the team's pages stay open. Nor does who
# fails in somebody's name keep that person out.
# Depends on: Python 3, the built program.
import hashlib
import http.client
import os
import signal
import socket
import sqlite3
import struct
import threading
import time

import story
import web
from story import ok, same
from watch import role, until

CONTACTS = ("organisation,name,role,language,email,phone,pgp\n"
            "University,,security,en,soc@uni.xt.example,,\n")
TOKEN = "b" * 25 + "a"


def plant_link(place):
    """A link of the yearly check, as the mail of it would carry."""
    with sqlite3.connect(place.dir + "/tocsin.db") as db:
        db.execute("INSERT INTO answer_link(kind, contact, hash, made_at, expires_at, opened) "
                   "VALUES (2, (SELECT min(id) FROM contact), ?, 1780000000, 1900000000, 0)",
                   (hashlib.sha256(TOKEN.encode()).digest(),))
    db.close()
    return "/c/" + TOKEN


def opened(place):
    with sqlite3.connect(place.dir + "/tocsin.db") as db:
        n = db.execute("SELECT opened FROM answer_link").fetchone()[0]
    db.close()
    return n


def timed(fn):
    began = time.monotonic()
    got = fn()
    return got, time.monotonic() - began


def answered(fn):
    try:
        return fn().status
    except (OSError, http.client.HTTPException):
        return 0


def knock(s, n, fn):
    """n strangers at once; how each fared (0: got no answer), and for how long."""
    seen = []

    def one():
        seen.append(timed(lambda: answered(lambda: fn(web.Browser(s)))))
    threads = [threading.Thread(target=one) for _ in range(n)]
    for t in threads:
        t.start()
    return threads, seen


def goes_away(s, path):
    """A visitor who sends a form and is gone before the answer."""
    c = socket.create_connection(("127.0.0.1", s.port), timeout=10)
    c.sendall(f"POST {path} HTTP/1.1\r\nHost: {s.host}\r\nContent-Length: 9\r\n"
              "Content-Type: application/x-www-form-urlencoded\r\n\r\nright=yes".encode())
    time.sleep(0.5)
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    c.close()


def floods(s):
    """Requests that are none, one after the other."""
    for _ in range(200):
        with socket.create_connection(("127.0.0.1", s.port), timeout=10) as c:
            c.sendall(b"GET / HTTP/1.1\r\nno header\r\n\r\n")
            c.recv(1000)
    ok(s.read_log().count("\n") < 100, f"the log stays short: {s.read_log().count(chr(10))} lines")


def stuck(place, s, ann, path):
    # A page that only looks asks work for nothing: it tells whether a thread is left.
    page, took = timed(lambda: ann.get("/account"))
    ok(page.status == 200 and took < 3, f"the team's page {took:.1f} s")
    page, took = timed(lambda: web.Browser(s).get(path))
    ok(page.status == 200 and took < 3, f"an opened link does not wait for being noted {took:.1f} s")
    threads, seen = knock(s, 12, lambda b: b.get("/enrol/" + "0" * 32))
    for t in threads:
        t.join()
    ok(all(r == 404 and took < 5 for r, took in seen), f"guesses get no turn {seen}")
    goes_away(s, path)
    # Answers that wait: most of them are told soon to come again.
    threads, seen = knock(s, 12, lambda b: b.post(path, {"right": "yes"}))
    time.sleep(2)
    slow = [timed(lambda: answered(lambda: ann.get("/account"))) for _ in range(8)]
    ok(sum(r == 200 and took < 3 for r, took in slow) >= 6, f"strangers who wait leave room for the team {slow}")
    until(lambda: len(seen) >= 6, 15)
    return threads, seen


def shut_out(s, ann):
    """Somebody fails in her name on purpose: her own browser lets her in all the same."""
    ok("known" in ann.cookies, "a browser by which somebody came in is known")
    other = web.Browser(s)
    wrong = {"name": "ann", "password": "wrong wrong wrong", "code": "1"}
    same([other.post("/sign-in", wrong).status for _ in range(6)], [403] * 5 + [429], "five tries, then a wait")
    right = {"name": "ann", "password": web.PASSWORD, "code": ann.code()}
    same(web.Browser(s).post("/sign-in", right).status, 429, "for every browser that nobody knows")
    same(ann.post("/sign-in", right).status, 200, "but not for hers")


def main():
    with story.Place() as place:
        place.init_demo()
        place.now = "2026-06-02T06:00:00Z"
        place.tocsin("register", "import", place.write("contacts.csv", CONTACTS))
        path = plant_link(place)
        with web.Service(place) as s:
            ann = s.enrol("ann", "analyst")
            work = role(s.p.pid, "work")
            os.kill(work, signal.SIGSTOP)
            try:
                threads, seen = stuck(place, s, ann, path)
            finally:
                os.kill(work, signal.SIGCONT)
            for t in threads:
                t.join()
            soon = sum(r == 503 and took < 12 for r, took in seen)
            ok(soon >= 4, f"{soon} of 12 answers were not kept waiting {seen}")
            until(lambda: opened(place) != 0, 10, 0.1)
            same(opened(place), 1, "the opened link is noted as soon as there is time, once")
            same(web.Browser(s).post(path, {"right": "yes"}).status, 200, "then answers are taken")
            shut_out(s, ann)
            ok("Failed to send" in s.read_log() and TOKEN not in s.read_log(),
               "the log tells of who went away, and has no token")
            floods(s)
    story.end()


main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_web_crowd.py - the door behind a proxy, and a crowd from many networks that signs in with
# made-up names, or pretends to be a browser that was let in before: who was, comes in.
# Depends on: Python 3, the built program.
import itertools
import os
import re
import threading
import time

import story
import web
from story import ok, same

HOST = "cirt.example"
KNOWN = "__Host-known"  # its name over TLS
network = itertools.count(1)


def sign_in(b, name, password, code):
    n = next(network)
    return b.post("/sign-in", {"name": name, "password": password, "code": code},
                  {"Host": HOST, "Origin": "https://" + HOST, "Tocsin-Client": f"10.{n // 250}.{n % 250}.7"},
                  follow=False).status


class Crowd:
    """Sign-ins by made-up names, 30 a second; pretend: with a cookie of the right shape."""

    def __init__(self, s, pretend):
        self.s, self.pretend, self.stop, self.seen = s, pretend, threading.Event(), []
        self.threads = [threading.Thread(target=self.run) for _ in range(3)]

    def run(self):
        while not self.stop.is_set():
            b = web.Browser(self.s)
            if self.pretend:
                b.cookies[KNOWN] = os.urandom(self.pretend // 2).hex()
            try:
                self.seen.append(sign_in(b, f"u{next(network)}", "x" * 20, "123456"))
            except OSError:
                self.seen.append(0)
            time.sleep(0.1)

    def __enter__(self):
        for t in self.threads:
            t.start()
        time.sleep(3)
        return self

    def __exit__(self, *exc):
        self.stop.set()
        for t in self.threads:
            t.join()


def crowd(s, head, pretend, what):
    with Crowd(s, pretend) as c:
        ok(429 in c.seen[-20:], f"{what}: a crowd is turned away")
        stranger = [sign_in(web.Browser(s), head.user, web.PASSWORD, "1") for _ in range(4)]
        same([sign_in(head, head.user, "wrong wrong wrong", "1") for _ in range(4)], [403] * 4,
             f"{what}: a browser that was let in before is looked at")
        same(sign_in(head, head.user, web.PASSWORD, head.code()), 303, f"{what}: and comes in")
        ok(429 in stranger, f"{what}: one that is new waits with the crowd {stranger}")


def another(s, head, other):
    """A browser by which two of the team come in: the cookie is the last one's."""
    b = web.Browser(s)
    b.cookies[KNOWN] = head.cookies[KNOWN]
    same(sign_in(b, other.user, web.PASSWORD, other.code()), 303, "a cookie of another's shuts nobody out")


def main():
    with story.Place() as place:
        place.init_demo()
        place.now = "2026-06-02T06:00:00Z"
        with web.Service(place) as s:
            head, other = s.enrol("head"), s.enrol("ann", "analyst")
        conf = open(place.dir + "/tocsin.conf", encoding="utf-8").read()
        with open(place.dir + "/tocsin.conf", "w", encoding="utf-8") as f:
            f.write(re.sub(r"web\.(url|proxy) = .*\n", "", conf) +
                    f"\nweb.url = https://{HOST}\nweb.proxy = yes\n")
        place.now = "2026-06-02T07:00:00Z"
        with web.Service(place) as s:
            for b in (head, other):
                b.service, b.cookies = s, {KNOWN: b.cookies["known"]}
            another(s, head, other)
            length = len(head.cookies[KNOWN])
            crowd(s, head, 0, "made-up names")
            crowd(s, head, length, "made-up cookies")
    story.end()


main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_web.py - the console's door, from outside: enrolling, signing in and out, forms that
# are not ours, odd requests, slow clients, people and their rights. No script is needed
# anywhere, since nothing here runs one. Depends on: Python 3, the built program.
import http.client
import json
import os
import socket
import time
import urllib.parse

import story
import web
from story import ok, same

HEADERS = {
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin"}


def raw(service, text, wait=5):
    """Bytes as they are; the status line of each answer."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=wait) as s:
        s.sendall(text if isinstance(text, bytes) else text.encode())
        got = b""
        try:
            s.shutdown(socket.SHUT_WR)
            while more := s.recv(65536):
                got += more
        except OSError:
            pass
    return [int(line.split()[1]) for line in got.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


def door(s):
    stranger = web.Browser(s)
    page = stranger.get("/")
    same((page.status, page.header("Location")), (303, "/sign-in"), "a stranger is led to the door")
    page = stranger.get("/sign-in")
    same((page.status, page.bad), (200, []), "which is a whole page")
    for name, value in HEADERS.items():
        same(page.header(name), value, name)
    csp = page.header("Content-Security-Policy")
    ok("default-src 'none'" in csp and "script" not in csp.split("require")[0],
       "no script may run, and nothing comes from elsewhere")
    ok("<script" not in page.text and "style=" not in page.text and "http" not in
       page.text.replace("http-equiv", ""), "there is none, and no address of another host")
    same(stranger.get("/nowhere").status, 404, "what is not there")
    same(stranger.post("/people", {"name": "x", "role": "head"}).status, 403,
         "a stranger's form for people")
    same(stranger.get("/enrol/" + "0" * 32).status, 404, "a link that nobody made")


def enrolment(s, place):
    path = s.link("head", "head")
    b = web.Browser(s)
    page = b.get(path)
    same((page.status, page.bad), (200, []), "the link opens the page to enrol")
    ok("This is a demonstration" in page.words, "a demonstration says why it shows the code")
    secret = page.codes[0]
    ok(web.totp(secret, s.now()) in page.words, "which is the code of the secret shown")
    for fields, why in [
            ({"password": "short", "again": "short"}, "at least 12"),
            ({"password": "x" * 20, "again": "x" * 20}, "repeats a few"),
            ({"password": "password1234", "again": "password1234"}, "too common"),
            ({"password": web.PASSWORD, "again": web.PASSWORD + "x"}, "differ"),
            ({"password": web.PASSWORD, "again": web.PASSWORD, "code": "000000"}, "code is wrong")]:
        page = b.post(path, {"code": web.totp(secret, s.now()), **fields})
        ok(why in page.words and page.form(path), f"refused: {why}")
    head = s.finish("head", path)
    page = head.page
    same(page.status, 200, "enrolled")
    recovery = [c for c in page.codes if len(c) == 11 and c[5] == "-"]
    same(len(recovery), 8, "eight recovery codes are shown")
    same(head.get("/").status, 200, "and he is in")
    same(b.get(path).status, 404, "the link works once")
    with open(place.dir + "/tocsin.db", "rb") as f:
        wal = place.dir + "/tocsin.db-wal"
        data = f.read() + (open(wal, "rb").read() if os.path.exists(wal) else b"")
    import base64
    ok(base64.b32decode(secret) not in data and secret.encode() not in data,
       "the secret does not lie open in the database")
    ok(path.split("/")[-1].encode() not in data, "nor does the link's token")
    ok(head.cookies["tocsin"].encode() not in data, "nor the session's")
    return head, recovery


def signing_in(s, head, recovery):
    cookie = [v for k, v in head.page.headers if k.lower() == "set-cookie"][0]
    ok("HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie and
       "Secure" not in cookie and cookie.startswith("tocsin="),
       "the cookie's flags, as on plain loopback")
    old = dict(head.cookies)
    page = head.send("/account", "/sign-out")
    ok(page.status == 200 and "tocsin" not in head.cookies, "signed out")
    back = web.Browser(s)
    back.cookies = old
    same(back.get("/").status, 303, "the old cookie opens nothing")
    for recovery_code in recovery[:1]:
        page = head.sign_in(recovery_code.upper())
        ok("tocsin" in head.cookies and page.status == 200, "a recovery code in place of the code")
        page = web.Browser(s)
        page.user = "head"
        same(page.sign_in(recovery_code).status, 403, "it works once")
    code = head.code()
    page = head.sign_in(code)
    same(page.status, 200, "signed in with a code")
    other = web.Browser(s)
    other.user = "head"
    same(other.sign_in(code).status, 403, "the same code again is refused")
    ok(head.get("/").status == 200, "who was in stays in")
    wrong = other.post("/sign-in", {"name": "head", "password": "wrong wrong wrong", "code": "123456"})
    nobody = other.post("/sign-in", {"name": "nobody", "password": "wrong wrong wrong", "code": "123456"})
    strip = [p.text.replace("nobody", "head") for p in (wrong, nobody)]
    same((wrong.status, strip[0]), (nobody.status, strip[1]), "who exists is not told")


def forms(s, head):
    page = head.get("/people")
    token = page.form("/people")["fields"]["form"]
    again = head.get("/people").form("/people")["fields"]["form"]
    ok(token != again and len(token) == 64, "each page has a token of its own")
    good = {"form": token, "name": "eve", "role": "reader"}
    origin = "http://" + s.host
    for fields, headers, status, what in [
            ({**good, "form": ""}, {}, 403, "no token"),
            ({"name": "eve", "role": "reader"}, {}, 403, "not even its field"),
            ({**good, "form": "0" * 64}, {}, 403, "another token"),
            ({**good, "form": token[:-2] + "zz"}, {}, 403, "no hex"),
            (good, {"Origin": "http://evil.example"}, 403, "another origin"),
            (good, {"Origin": "null"}, 403, "a hidden origin"),
            (good, {"Sec-Fetch-Site": "cross-site"}, 403, "from another site"),
            (good, {"Sec-Fetch-Site": "same-site"}, 403, "from a neighbour"),
            (good, {"Origin": None, "Sec-Fetch-Site": None}, 403, "a browser that says neither"),
            ({**good, "more": "1"}, {}, 400, "a field that nobody knows"),
            (urllib.parse.urlencode(good) + "&name=adam", {}, 400, "a field twice"),
            ({**good, "name": "a" * 41}, {}, 400, "a field too long"),
            ({**good, "name": "a\nb"}, {}, 400, "a line end in a name"),
            ({"form": token, "role": "reader"}, {}, 400, "a field missing"),
            (urllib.parse.urlencode(good) + "&x=%00", {}, 400, "a NUL"),
            (urllib.parse.urlencode(good) + "&x=%zz", {}, 400, "a broken escape"),
            (good, {"Content-Type": "text/plain"}, 415, "another type"),
            (json.dumps(good), {"Content-Type": "application/json"}, 415, "JSON"),
            ("x=" + "a" * 9000, {}, 413, "too large a body")]:
        same(head.post("/people", fields, headers).status, status, "refused: " + what)
    same(head.get("/people?more=1").status, 400, "a query that nobody knows")
    same(head.get("/audit?before=x").status, 400, "a number that is none")
    same(head.get("/audit?before=0").status, 400, "a number out of range")
    ok("eve" not in head.get("/people").words, "none of these did anything")
    ok(head.post("/people", good, {"Origin": origin, "Sec-Fetch-Site": None}).status == 200,
       "without Sec-Fetch-Site the origin is enough")
    same(head.post("/people", good).status, 409, "a name twice")
    other = s.enrol("keeper")
    same(other.post("/people", {**good, "name": "mallory"}).status, 403,
         "the token of another session")


def requests(s):
    host = f"Host: {s.host}\r\n"
    for text, status, what in [
            (f"GET /sign-in HTTP/1.1\r\n{host}\r\n", [200], "a plain one"),
            ("GET /sign-in HTTP/1.1\r\nHost: evil.example\r\n\r\n", [400], "another host"),
            ("GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\n\r\n", [400], "like ours"),
            (f"GET /sign-in HTTP/1.1\r\n{host}{host}\r\n", [400], "Host twice"),
            (f"PUT /sign-in HTTP/1.1\r\n{host}\r\n", [405], "another method"),
            (f"POST / HTTP/1.1\r\n{host}Content-Length: 0\r\n\r\n", [405], "a form for a page"),
            (f"GET /sign-in%2f HTTP/1.1\r\n{host}\r\n", [404], "an escape in the path"),
            (f"GET /../etc/passwd HTTP/1.1\r\n{host}\r\n", [404], "a path upwards"),
            (f"GET http://evil.example/ HTTP/1.1\r\n{host}\r\n", [400], "a whole address"),
            (f"GET /\u00e9 HTTP/1.1\r\n{host}\r\n", [400], "bytes that are no path"),
            (f"GET /sign-in HTTP/1.1\r\n{host}Content-Length: 5\r\n\r\nhello", [400], "a GET with a body"),
            (f"POST /sign-in HTTP/1.1\r\n{host}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
             [400], "Content-Length twice"),
            (f"POST /sign-in HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", [400],
             "a chunked body"),
            (f"POST /sign-in HTTP/1.1\r\n{host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
             f"0\r\n\r\nGET /sign-in HTTP/1.1\r\n{host}\r\n", [400], "two lengths, and one answer"),
            (f"GET /sign-in HTTP/1.1\r\n{host}X: {'a' * 9000}\r\n\r\n", [431], "too large a head")]:
        got = raw(s, text)
        ok(got == status or (got and got[0] == status[0] == 400 and len(got) == 1) or
           (status == [431] and got in ([], [400], [413], [431])), f"{what}: {got}")


def people(s, head):
    reader, analyst = s.enrol("rita", "reader"), s.enrol("ann", "analyst")
    keeper = web.Browser(s)
    for who, name in ((reader, "a reader"), (analyst, "an analyst")):
        same([who.get(p).status for p in ("/", "/account", "/people", "/audit")],
             [200, 200, 404, 404], f"{name}: what is not his is not there")
    lines = head.get("/people")
    ann = next(l for l in lines.links if l and l.startswith("/people/") and
               "ann" in head.get(l).words)
    page = head.send(ann, ann + "/role", {"role": "reader"})
    ok("The role was changed" in page.words, "another role")
    same(analyst.get("/").status, 303, "who gets another role signs in anew")
    analyst.sign_in()
    same(analyst.get("/").status, 200, "and is in again")
    old = head.send("/people", "/people", {"name": "boss", "role": "analyst"}).codes[0].rpartition("/")[2]
    boss = next(l for l in head.get("/people").links if l and l.startswith("/people/") and
                "boss" in head.get(l).words)
    new = head.send(boss, boss + "/role", {"role": "keeper"}).codes[0].rpartition("/")[2]
    same([web.Browser(s).get("/enrol/" + t).status for t in (old, new)], [404, 200],
         "another role: a link that was made before is over, and there is a new one")
    me = next(l for l in head.get("/people").links if l and l.startswith("/people/") and
              "Nobody changes their own role." in head.get(l).words)
    form = head.get("/people").form("/people")["fields"]["form"]
    same(head.post(me + "/role", {"form": form, "role": "reader"}).status, 403, "but not one's own role")
    page = head.send(ann, ann + "/revoke")
    same(analyst.get("/").status, 303, "shut out: dead on the next request")
    ok(analyst.sign_in().status == 403, "and cannot come back")
    page = head.send(ann, ann + "/reset")
    new = s.finish("ann", "/enrol/" + page.codes[0].rpartition("/")[2])
    same(new.get("/").status, 200, "until he gets a new link")
    page = head.send(next(l for l in lines.links if l and l.startswith("/people/") and
                          "head" == head.get(l).words.split("Role")[0].split()[-1]), "/sign-out")
    return reader, keeper


def account(s, reader):
    page = reader.send("/account", "/account/language", {"language": "ar"})
    ok('lang="ar" dir="rtl"' in page.text, "another language, from the other side")
    reader.send("/account", "/account/language", {"language": "en"})
    second = web.Browser(s)
    second.user, second.secret, second.used = reader.user, reader.secret, reader.used
    second.sign_in()
    end = next(f["action"] for f in reader.get("/account").forms if "/end" in f["action"])
    same(second.get("/").status, 200, "a second browser is in")
    page = reader.send("/account", end)
    ok("has ended" in page.words and second.get("/").status == 303, "its session is ended from the first")
    page = reader.send("/account", "/account/password",
                       {"old": "not the one it was", "password": "another long sentence",
                        "again": "another long sentence"})
    ok("not your password" in page.words, "the old password is asked for")
    page = reader.send("/account", "/account/password",
                       {"old": web.PASSWORD, "password": "another long sentence",
                        "again": "another long sentence"})
    ok("was changed" in page.words, "another password")


def languages(s):
    b = web.Browser(s)
    for code, direction in (("en", "ltr"), ("fr", "ltr"), ("ar", "rtl"), ("zh", "ltr")):
        page = b.request("GET", "/sign-in", headers={"Accept-Language": f"{code};q=0.9,de"})
        ok(f'<html lang="{code}" dir="{direction}">' in page.text, f"Accept-Language: {code}")
    page = b.get("/sign-in?lang=ru")
    ok('lang="ru"' in page.text and b.cookies.get("lang") == "ru", "?lang= is kept in a cookie")
    ok('<html lang="ru"' in b.get("/sign-in", Accept_Language="fr").text, "which goes first")
    same(b.get("/sign-in?lang=xx").status, 400, "no such language")


def weight(s, head):
    first = head.request("GET", "/people", headers={"Accept-Encoding": "gzip"})
    same(first.header("Content-Encoding"), "gzip", "pages are compressed")
    import gzip
    text = gzip.decompress(first.raw).decode()
    style = text.split('rel="stylesheet" href="')[1].split('"')[0]
    css = head.request("GET", style, headers={"Accept-Encoding": "gzip"})
    ok("immutable" in css.header("Cache-Control"), "the stylesheet is kept for ever")
    ok(len(first.raw) + len(css.raw) < 40000 and len(first.raw) < 12000,
       f"first visit {len(first.raw) + len(css.raw)} bytes, next {len(first.raw)}")
    same(head.request("GET", style, headers={"If-None-Match": css.header("ETag")}).status, 304,
         "the same stylesheet is not sent again")
    same(head.get("/style/000000000000.css").status, 404, "another one is not there")
    page = head.request("HEAD", "/people")
    ok(page.status == 200 and page.raw == b"", "HEAD has no body")


def slow(s):
    """A head that comes byte by byte is cut off after ten seconds, whatever comes."""
    began, cut = time.time(), None
    with socket.create_connection(("127.0.0.1", s.port)) as c, \
            socket.create_connection(("127.0.0.1", s.port)) as body:
        body.sendall((f"POST /sign-in HTTP/1.1\r\nHost: {s.host}\r\nOrigin: http://{s.host}\r\n"
                      "Content-Type: application/x-www-form-urlencoded\r\n"
                      "Content-Length: 8000\r\n\r\n").encode())
        ends = {}
        text = b"GET /sign-in HTTP/1.1\r\nX: " + b"a" * 200
        for i in range(60):
            for name, conn, byte in (("head", c, text[i:i + 1]), ("body", body, b"a")):
                if name in ends:
                    continue
                try:
                    conn.settimeout(0.2)
                    conn.sendall(byte)
                    if conn.recv(1) == b"":
                        ends[name] = time.time() - began
                except TimeoutError:
                    pass
                except OSError:
                    ends[name] = time.time() - began
            if len(ends) == 2:
                break
    for name in ("head", "body"):
        ok(9 < ends.get(name, 99) < 14, f"a slow {name} is cut off after {ends.get(name, 99):.1f} s")


def uploads(s, place, head):
    """A feed file by the browser: spooled, handed on, answered; and what is refused before."""
    form = head.get("/upload").form("/upload")["fields"]["form"]
    _, feeds = place.feeds("D", 0)
    name = os.path.basename(feeds[0])
    with open(feeds[0], "rb") as f:
        content = f.read()
    def give(*args):
        return head.get(head.upload("/upload", form, *args).header("Location"))
    page = give(name, content)
    ok(page.status == 200 and "It is done and kept" in page.words and name in page.words,
       "a feed file is taken in")
    ok(place.json_lines("files", "--json")[0]["file"] == name, "as any other")
    page = give("C:\\x\\" + name, content)
    ok("was taken before" in page.words, "the same again changes nothing, whatever its folder")
    page = give("2026-06-01-scan_dns-xt.csv.gz", b"\x1f\x8b\x08\0 no gzip")
    ok("could not be read to its end: the gzip file is cut short" in page.words and
       "It is done" not in page.words, "one that cannot be read is said to be so")
    same(head.upload("/upload", "0" * 64, name, content).status, 403, "a form that is not ours")
    same(head.upload("/upload", form, name, content, field="other").status, 400, "another field")
    same(head.upload("/upload", form, name, content, {"Content-Type": "multipart/form-data"}).status, 400,
         "no boundary")
    same(head.post("/upload", {"form": form}).status, 415, "a form without a file")
    same(head.connect_head("/upload", 50 * 1024 * 1024 + 1), 413, "50 MB and a byte are refused before they come")
    same(web.Browser(s).connect_head("/upload", 40 * 1024 * 1024), 403, "and all from a stranger")
    same(os.listdir(place.dir + "/spool"), [], "nothing is left in the spool")


def limits(s):
    """One source has twenty tries in a quarter of an hour."""
    b = web.Browser(s)
    seen = set()
    for i in range(30):
        seen.add(b.post("/sign-in", {"name": f"n{i}", "password": "wrong wrong wrong",
                                     "code": "1"}, {"Sec-Fetch-Site": "same-origin"}).status)
    ok(429 in seen, "too many tries at the door are turned away")
    same(b.get("/sign-in").status, 200, "but not from reading")


def main():
    with story.Place() as place:
        place.init_demo()
        with web.Service(place) as s:
            door(s)
            head, recovery = enrolment(s, place)
            head_ok = head.get("/").status
            same(head_ok, 200, "the first page")
            languages(s)
            requests(s)
            weight(s, head)
            audit = head.get("/audit")
            ok("enrol.finish" in audit.words and "user:" not in audit.words.split("enrol.finish")[0][:0],
               "the audit trail is shown")
        same(s.stop(), 0, "SIGTERM ends it in order")
        with web.Service(place) as s:
            head.service = s
            same(head.get("/").status, 200, "a session outlives the service")
            signing_in(s, head, recovery)
        with web.Service(place) as s:
            head.service = s
            forms(s, head)
        with web.Service(place) as s:
            head.service = s
            reader, _ = people(s, head)
            account(s, reader)
        with web.Service(place) as s:
            head.service = s
            head.sign_in()
            uploads(s, place, head)
            slow(s)
            limits(s)
        log = s.read_log()
        ok("failed" not in log, "nothing failed that should not: " + log[-300:])
        same(place.tocsin("audit", "verify").returncode, 0, "the audit trail is whole")
    story.end()


main()

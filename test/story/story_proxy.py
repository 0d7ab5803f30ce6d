#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_proxy.py - the console behind a real nginx with the configuration that the program writes:
# TLS, cookies that are for TLS only, strict framing, and the visitor's own address.
# Depends on: Python 3, nginx, openssl, the built program.
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import time

import story
import web
from story import ok, same


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Proxied(web.Service):
    """The service on a socket, nginx in front of it."""

    def __init__(self, place):
        super().__init__(place)
        self.tls = free_port()
        self.host = f"localhost:{self.tls}"
        self.dir = place.path("nginx")
        os.mkdir(self.dir)
        os.chmod(place.root, 0o755)
        self.sock = os.path.join(self.dir, "http.sock")
        self.args = ("--socket", self.sock)
        conf = os.path.join(place.dir, "tocsin.conf")
        with open(conf, encoding="utf-8") as f:
            text = f.read()
        text = text.replace("web.url = \n", f"web.url = https://{self.host}\n")
        text = text.replace("web.proxy = no", "web.proxy = yes")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(text)
        self.context = ssl.create_default_context()
        self.make_certificate()

    def make_certificate(self):
        self.cert, self.key = os.path.join(self.dir, "cert.pem"), os.path.join(self.dir, "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost", "-keyout", self.key, "-out", self.cert],
                       check=True, capture_output=True)
        self.context = ssl.create_default_context(cafile=self.cert)

    def __enter__(self):
        now = []
        self.began = time.time()
        self.log = open(self.place.path("serve.log"), "w+", encoding="utf-8")
        self.p = subprocess.Popen([story.TOCSIN, "-d", self.place.dir, *now, "serve", *self.args],
                                  stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.p.stdout.readline()
        if "Serving" not in line:
            raise SystemExit(f"Bail out! serve said {line!r}: {self.read_log()}")
        self.start_nginx()
        return self

    def start_nginx(self):
        server = self.place.tocsin("proxy-config", "--to", self.sock, "--port", str(self.tls),
                                   "--certificate", self.cert, "--key", self.key).stdout
        d = self.dir
        with open(os.path.join(d, "nginx.conf"), "w", encoding="utf-8") as f:
            f.write(f"{'user root;' if os.geteuid() == 0 else ''}\npid {d}/pid;\nerror_log {d}/error.log;\n"
                    "worker_processes 1;\nevents {}\n"
                    f"http {{\nclient_body_temp_path {d}/body;\nproxy_temp_path {d}/proxy;\n"
                    f"fastcgi_temp_path {d}/f;\nuwsgi_temp_path {d}/u;\nscgi_temp_path {d}/s;\n"
                    f"{server}\n}}\n")
        test = subprocess.run(["nginx", "-t", "-c", d + "/nginx.conf", "-p", d], capture_output=True,
                              text=True)
        ok(test.returncode == 0, "nginx takes the configuration " + test.stderr[-300:])
        self.nginx = subprocess.Popen(["nginx", "-c", d + "/nginx.conf", "-p", d, "-g", "daemon off;"],
                                      stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while self.nginx.poll() is None and time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.tls), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("Bail out! nginx does not come up: " + self.nginx_said())

    def nginx_said(self):
        with open(os.path.join(self.dir, "error.log"), encoding="utf-8") as f:
            return f.read()[-1000:]

    def __exit__(self, *exc):
        self.nginx.terminate()
        self.nginx.wait(10)
        super().__exit__(*exc)

    def connect(self):
        return http.client.HTTPSConnection("localhost", self.tls, context=self.context, timeout=30)


class Browser(web.Browser):
    def post(self, path, fields, headers=None, follow=True):
        return super().post(path, fields, {"Origin": "https://" + self.service.host, **(headers or {})},
                            follow)


def raw(s, text):
    """Status of each answer to these bytes, over TLS."""
    with socket.create_connection(("127.0.0.1", s.tls), timeout=10) as c, \
            s.context.wrap_socket(c, server_hostname="localhost") as t:
        t.sendall(text.encode())
        got = b""
        t.settimeout(2)
        try:
            while more := t.recv(65536):
                got += more
        except OSError:
            pass
    return [int(line.split()[1]) for line in got.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


def main():
    if not shutil.which("nginx"):
        story.skip("nginx is not here")
        story.end()
    with story.Place() as place:
        place.init_demo()
        r = place.tocsin("proxy-config", check=False)
        ok(r.returncode == 1 and "web.url" in r.stderr, "without web.url there is nothing to write")
        with Proxied(place) as s:
            plain = place.tocsin("proxy-config").stdout.split("\nserver {")[1:]
            same([("access_log off;" in p, "error_log /dev/null" in p) for p in plain], [(True, True)] * 2,
                 "what comes without TLS is logged as little: a path may be a token")
            b = Browser(s)
            page = b.get("/sign-in")
            same(page.status, 200, "the door, over TLS")
            ok("max-age=" in (page.header("Strict-Transport-Security") or ""), "HSTS")
            ok(page.header("Server") in (None, "nginx"), "no version is told")
            path = s.link("ann", "analyst")
            ann = Browser(s)
            ann.user, ann.used = "ann", None
            ann.secret = ann.get(path).codes[0]
            page = ann.post(path, {"password": web.PASSWORD, "again": web.PASSWORD, "code": ann.code()})
            same(page.status, 200, "enrolled through the proxy")
            cookie = [v for k, v in page.headers if k.lower() == "set-cookie"][0]
            ok(cookie.startswith("__Host-tocsin=") and "Secure" in cookie and "HttpOnly" in cookie and
               "SameSite=Strict" in cookie and "Path=/" in cookie, "the cookie is for TLS and this host only")
            same(ann.get("/").status, 200, "and opens the first page")
            same(ann.post("/account/language", {"language": "fr"},
                          {"Origin": "http://" + s.host}).status, 403, "the origin without TLS is another")
            host = f"Host: {s.host}\r\n"
            same(raw(s, f"GET /sign-in HTTP/1.1\r\n{host}Connection: close\r\n\r\n"), [200], "a plain one")
            for text, what in [
                    (f"POST /sign-in HTTP/1.1\r\n{host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"
                     f"\r\n0\r\n\r\nGET /sign-in HTTP/1.1\r\n{host}\r\n", "two kinds of length"),
                    (f"POST /sign-in HTTP/1.1\r\n{host}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                     "two lengths"),
                    (f"POST /sign-in HTTP/1.1\r\n{host}Content-Length : 5\r\n\r\nhello", "a blank before the colon"),
                    (f"GET /sign-in HTTP/1.1\r\n{host}X: a\r\n b\r\n\r\n", "a folded header"),
                    (f"GET /sign-in HTTP/1.1\r\n{host}{host}\r\n", "two hosts"),
                    ("GET /sign-in HTTP/1.1\r\n\r\n", "no host")]:
                got = raw(s, text)
                ok(len(got) <= 1 and all(x == 400 for x in got), f"refused: {what} {got}")
            same(raw(s, f"DELETE /sign-in HTTP/1.1\r\n{host}Connection: close\r\n\r\n"), [405],
                 "another method")
            same(raw(s, "GET /sign-in HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"), [400],
                 "another host")
            # The proxy says who it is; what a visitor says of himself does not count.
            seen = set()
            for i in range(25):
                seen.add(b.post("/sign-in", {"name": f"n{i}", "password": "wrong wrong wrong", "code": "1"},
                                {"Tocsin-Client": f"198.51.{i}.1", "X-Forwarded-For": f"198.51.{i}.1"}).status)
            ok(429 in seen, "nobody hides behind an address of his own making")
            # What nginx complains of names the path, and there the token stands.
            secret = "/a/" + "s3cr3t" * 4 + "aa"
            s.stop()
            same(b.get(secret).status, 502, "the program is not there")
            raw(s, f"GET {secret} HTTP/1.1\r\nHost: {s.host}\r\n\r\n" * 200)
            with open(os.path.join(s.dir, "error.log"), encoding="utf-8", errors="replace") as f:
                ok(secret not in f.read(), "nginx's log of errors has no token")
        for bad in ("a;b", "a b", "x{", "$host"):
            r = place.tocsin("proxy-config", "--certificate", bad, check=False)
            ok(r.returncode == 2, f"no file is called {bad}")
    story.end()


main()

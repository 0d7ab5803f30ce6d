# SPDX-License-Identifier: Apache-2.0
# web.py - what stories of the console share: the service, a browser without scripts, codes.
# Depends on: Python 3, story.
"""A browser as a story needs it: cookies, forms, redirects, nothing else.

    with story.Place() as place:
        place.init_demo()
        with web.Service(place) as s:
            head = s.enrol("head")
            page = head.get("/people")
"""

import base64
import hashlib
import hmac
import html.parser
import http.client
import os
import re
import signal
import socket
import struct
import subprocess
import time
import urllib.parse

import story

PASSWORD = "a sentence that is long enough"


def totp(secret, at):
    key = base64.b32decode(secret)
    mac = hmac.new(key, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    o = mac[19] & 15
    return f"{(struct.unpack('>I', mac[o:o + 4])[0] & 0x7fffffff) % 1000000:06}"


class Page(html.parser.HTMLParser):
    """Status, headers, text; forms with their fields; links; whether the markup is whole."""

    VOID = set("br col hr img input link meta wbr circle ellipse line path polygon polyline rect "
               "use".split())

    def __init__(self, status, headers, body):
        super().__init__()
        self.status, self.headers, self.raw = status, headers, body
        self.text = body.decode("utf-8", "replace")
        self.forms, self.links, self.open, self.bad, self.codes = [], [], [], [], []
        self.words = ""
        if "html" in (self.header("Content-Type") or ""):
            self.feed(self.text)
            self.close()
            self.bad += self.open

    def header(self, name):
        found = [v for k, v in self.headers if k.lower() == name.lower()]
        return found[0] if found else None

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form":
            self.forms.append({"action": a.get("action"), "fields": {}})
        if tag == "input" and self.forms and "name" in a:
            self.forms[-1]["fields"][a["name"]] = a.get("value", "")
        if tag == "a":
            self.links.append(a.get("href"))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.bad.append("/" + tag)

    def handle_data(self, data):
        self.words += data
        if self.open and self.open[-1] == "code":
            self.codes.append(data)

    def form(self, action):
        return next((f for f in self.forms if f["action"] == action), None)


class Browser:
    """One visitor. Sends Origin and Sec-Fetch-Site with forms, as browsers do."""

    def __init__(self, service):
        self.service, self.cookies, self.user, self.secret = service, {}, None, None

    def request(self, method, path, body=None, headers=None, follow=False):
        c = self.service.connect()
        h = {"Host": self.service.host, "User-Agent": "story", "Accept-Encoding": "identity",
             "Accept-Language": "en",
             **({"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
                if self.cookies else {}), **(headers or {})}
        c.request(method, path, body=body, headers={k: v for k, v in h.items() if v is not None})
        r = c.getresponse()
        page = Page(r.status, r.getheaders(), r.read())
        c.close()
        for k, v in page.headers:
            if k.lower() == "set-cookie":
                name, _, value = v.split(";")[0].partition("=")
                self.cookies[name] = value
                if "Max-Age=0" in v:
                    del self.cookies[name]
        if follow and r.status == 303:
            return self.get(page.header("Location"))
        return page

    def get(self, path, **headers):
        return self.request("GET", path, headers={k.replace("_", "-"): v
                                                  for k, v in headers.items()})

    def post(self, path, fields, headers=None, follow=True):
        body = fields if isinstance(fields, str) else urllib.parse.urlencode(fields)
        h = {"Content-Type": "application/x-www-form-urlencoded",
             "Origin": "http://" + self.service.host, "Sec-Fetch-Site": "same-origin"}
        return self.request("POST", path, body, {**h, **(headers or {})}, follow)

    def upload(self, path, form, name, content, headers=None, field="file"):
        """A file in a form, as browsers write it."""
        b = "----story" + os.urandom(8).hex()
        body = (f'--{b}\r\nContent-Disposition: form-data; name="form"\r\n\r\n{form}\r\n'
                f'--{b}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
                "Content-Type: application/octet-stream\r\n\r\n").encode() + content + \
            f"\r\n--{b}--\r\n".encode()
        h = {"Content-Type": f"multipart/form-data; boundary={b}", "Origin": self.origin(),
             "Sec-Fetch-Site": "same-origin"}
        return self.request("POST", path, body, {**h, **(headers or {})})

    def connect_head(self, path, length):
        """The status for a body that is announced and does not come."""
        c = self.service.connect()
        c.putrequest("POST", path, skip_host=True, skip_accept_encoding=True)
        for k, v in {"Host": self.service.host, "Origin": self.origin(), "Sec-Fetch-Site": "same-origin",
                     "Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(length),
                     "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}.items():
            c.putheader(k, v)
        c.endheaders()
        status = c.getresponse().status
        c.close()
        return status

    def origin(self):
        return "http://" + self.service.host

    def send(self, page_path, action, fields=None, **more):
        """Fills the form of a page and sends it, with its hidden fields."""
        form = self.get(page_path).form(action)
        if form is None:
            raise SystemExit(f"Bail out! {page_path} has no form for {action}")
        return self.post(action, {**form["fields"], **(fields or {})}, **more)

    def code(self):
        """The next code that was not used: waits for it, since a code works once. The one
        before and the one after the code of this moment are good, too."""
        while True:
            step = int(self.service.now()) // 30
            last = self.used if self.used is not None else step - 2
            if last <= step:
                self.used = max(last + 1, step - 1)
                return totp(self.secret, self.used * 30)
            time.sleep(0.2)

    def sign_in(self, code=None):
        return self.post("/sign-in", {"name": self.user, "password": PASSWORD,
                                      "code": code or self.code()})


class Service:
    """tocsin serve on a free port."""

    def __init__(self, place, *args, env=None):
        self.place, self.args, self.env = place, args, env
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"

    def __enter__(self):
        now = ["--now", self.place.now] if self.place.now else []
        self.began = time.time()
        self.log = open(self.place.path("serve.log"), "w+", encoding="utf-8")
        self.p = subprocess.Popen(
            [story.TOCSIN, "-d", self.place.dir, *now, "serve", "--listen", self.host, *self.args],
            stdout=subprocess.PIPE, stderr=self.log, text=True,
            env={**os.environ, **(self.env or {})})
        line = self.p.stdout.readline()
        if "Serving" not in line:
            raise SystemExit(f"Bail out! serve said {line!r}: {self.read_log()}")
        return self

    def __exit__(self, *exc):
        self.stop()
        self.log.close()

    def read_log(self):
        with open(self.log.name, encoding="utf-8") as f:
            return f.read()

    def stop(self):
        """The exit status after SIGTERM."""
        if self.p.poll() is None:
            self.p.send_signal(signal.SIGTERM)
        return self.p.wait(30)

    def now(self):
        """The service's clock."""
        if not self.place.now:
            return time.time()
        import datetime
        start = datetime.datetime.fromisoformat(self.place.now.replace("Z", "+00:00"))
        return start.timestamp() + time.time() - self.began

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def link(self, name, role):
        done = self.place.tocsin("user", "add", name, "--role", role, check=False)
        out = done.stdout or self.place.tocsin("user", "reset", name).stdout
        return re.search(r"/enrol/([0-9a-f]{32})", out)[0]

    def finish(self, name, path):
        """Enrols by that link; a browser that is signed in."""
        b = Browser(self)
        b.user, b.used = name, None
        page = b.get(path)
        b.secret = page.codes[0]
        b.page = b.post(path, {"password": PASSWORD, "again": PASSWORD, "code": b.code()})
        return b

    def enrol(self, name, role=None):
        return self.finish(name, self.link(name, role or name))

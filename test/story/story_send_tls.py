#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_send_tls.py - the mail server's certificate is checked, TLS is needed unless it is on this
# machine, and it hears the user and password. The server here is not ours: Python's ssl.
import base64
import os
import socket
import ssl
import subprocess
import threading

import post
import story


def certificate(folder, names):
    """A CA, and a certificate of it for these names: (ca, chain, key)."""
    def run(*args):
        subprocess.run(["openssl", *args], check=True, capture_output=True, cwd=folder)
    run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem",
        "-subj", "/CN=A test's CA", "-days", "2")
    run("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "srv.key", "-out", "srv.csr",
        "-subj", "/CN=mail")
    with open(os.path.join(folder, "ext"), "w", encoding="ascii") as f:
        f.write("subjectAltName=" + ",".join(names))
    run("x509", "-req", "-in", "srv.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
        "-out", "srv.pem", "-days", "2", "-extfile", "ext")
    return [os.path.join(folder, n) for n in ("ca.pem", "srv.pem", "srv.key")]


class Server:
    """SMTP as far as one mail needs it. tls: None, "start" or "first"."""

    def __init__(self, address, tls, chain, key, password="secret"):
        self.tls, self.password = tls, password
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(chain, key)
        self.listener = socket.create_server((address, 0))
        self.port = self.listener.getsockname()[1]
        self.mails, self.users, self.plain = [], [], []
        threading.Thread(target=self.serve, daemon=True).start()

    def close(self):
        self.listener.close()

    def serve(self):
        while True:
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            try:
                conn.settimeout(10)
                self.talk(conn)
            except (OSError, ValueError):
                pass
            finally:
                conn.close()

    def talk(self, conn):
        secure = self.tls == "first"
        if secure:
            conn = self.context.wrap_socket(conn, server_side=True)
        f = conn.makefile("rwb")

        def say(text):
            f.write(text.encode() + b"\r\n")
            f.flush()
        say("220 other.example")
        while True:
            line = f.readline()
            if not line:
                return
            word = line[:4].upper()
            if word in (b"EHLO", b"HELO"):
                more = ["250-other.example"]
                if self.tls == "start" and not secure:
                    more.append("250-STARTTLS")
                if secure:
                    more.append("250-AUTH PLAIN LOGIN")
                say("\r\n".join(more + ["250 8BITMIME"]))
            elif word == b"STAR":
                say("220 go")
                conn = self.context.wrap_socket(conn, server_side=True)
                f, secure = conn.makefile("rwb"), True
            elif word == b"AUTH":
                words = line.split()
                if len(words) < 3:
                    say("334 ")
                    words.append(f.readline().strip())
                _, user, password = base64.b64decode(words[2]).split(b"\0")
                self.users.append((user.decode(), password.decode()))
                say("235 yes" if password.decode() == self.password else "535 5.7.8 no")
            elif word == b"DATA":
                say("354 go")
                mail = b""
                while not mail.endswith(b"\r\n.\r\n"):
                    mail += f.readline()
                self.mails.append(mail)
                say("250 taken")
            elif word == b"QUIT":
                say("221 bye")
                return
            else:
                if word in (b"MAIL", b"RCPT"):
                    self.plain.append((secure, line.strip().decode()))
                say("250 ok")


def own_address():
    """An address of this machine that is not loopback, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect(("192.0.2.1", 9))
            address = s.getsockname()[0]
            return None if address.startswith("127.") else address
        except OSError:
            return None


def deliver(place, server, url, **conf):
    """One notice more; what the last try said."""
    post.configure(place.dir, mail_relay=url.format(server.port), **conf)
    place.minutes += 300
    answers = post.deliver(place, place.minutes)
    return answers[0].get("reply", ""), answers[-1]["handed_over"]


with story.Place() as place:
    post.approved(place, "smtp://127.0.0.1:1")
    for n in post.notices(place)[5:]:
        place.tocsin("notices", "cancel", str(n["id"]))
    post.switch_on(place)
    place.tocsin("notices", "send")
    place.minutes = 10
    outside = own_address()
    ca, chain, key = certificate(place.root, ["DNS:localhost"] +
                                 ([f"IP:{outside}"] if outside else []))
    with open(ca, "rb") as f:
        ca_text = f.read()

    server = Server("127.0.0.1", "first", chain, key)
    said, n = deliver(place, server, "smtps://localhost:{}")
    story.ok(n == 0 and "certificate" in said.lower(), f"an unknown CA: not sent: {said}")
    place.write("data/ca.pem", ca_text)
    said, n = deliver(place, server, "smtps://127.0.0.1:{}", mail_ca_file="ca.pem")
    story.ok(n == 0 and server.mails == [], f"another name than in the certificate: {said}")
    place.write("data/password", "wrong\n")
    said, n = deliver(place, server, "smtps://localhost:{}", mail_ca_file="ca.pem",
                      mail_user="tocsin", mail_password_file="password")
    story.ok(n == 0 and "uncertain" not in post.states(place),
             f"a wrong password: nothing is lost: {said}")
    story.same(server.users[-1:], [("tocsin", "wrong")], "which the server heard")
    place.write("data/password", "secret\nmore\n")
    said, n = deliver(place, server, "smtps://localhost:{}")
    story.ok(n == 5 and len(server.mails) == 5, f"the right one: sent: {said}")
    story.ok(all(secure for secure, _ in server.plain), "all of it inside TLS")
    story.ok("RCPT TO:<" in server.plain[1][1] and "NOTIFY" not in server.plain[1][1],
             "no report is asked of a server that offers none")
    server.close()

with story.Place() as place:
    post.approved(place, "smtp://127.0.0.1:1")
    for n in post.notices(place)[2:]:
        place.tocsin("notices", "cancel", str(n["id"]))
    post.switch_on(place)
    place.tocsin("notices", "send")
    place.minutes = 10
    if outside is None:
        story.skip("this machine has no address but loopback")
    else:
        ca, chain, key = certificate(place.root, [f"IP:{outside}"])
        with open(ca, "rb") as f:
            place.write("data/ca.pem", f.read())
        server = Server(outside, None, chain, key)
        said, n = deliver(place, server, f"smtp://{outside}:{{}}", mail_ca_file="ca.pem")
        story.ok(n == 0 and server.mails == [] and server.plain == [],
                 f"a server elsewhere that offers no TLS gets nothing: {said}")
        server.close()
        server = Server(outside, "start", chain, key)
        said, n = deliver(place, server, f"smtp://{outside}:{{}}")
        story.ok(n == 2 and all(secure for secure, _ in server.plain),
                 f"with STARTTLS it does, all inside TLS: {said}")
        server.close()
story.end()

# SPDX-License-Identifier: Apache-2.0
# postfix.py - Debian's Postfix as a mail server of the tests: unpacked, not installed; its own
# configuration and queue; on 127.0.0.1 only. Depends on: Python 3, root, story.
"""Everything it has lies in one folder below /tmp, which goes away: its processes give up their
rights, so they could not reach a folder below somebody's home.

    with Postfix(mailboxes) as relay:
        relay.url, relay.mails("soc@gov.xt.example")
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

UNPACKED = os.environ.get("INTEROP_POSTFIX", "")
MAILBOXES_OWNER = 7007

MAIN = """
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
command_directory = {unpacked}/usr/sbin
daemon_directory = {unpacked}/usr/lib/postfix/sbin
shlib_directory = {unpacked}/usr/lib/postfix
mail_owner = nobody
setgid_group = mail
default_privs = daemon
import_environment = MAIL_CONFIG LD_LIBRARY_PATH={unpacked}/usr/lib/postfix
maillog_file = {root}/mail.log
maillog_file_prefixes = {root}
myhostname = relay.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_banner = $myhostname ESMTP
smtpd_relay_restrictions = permit_mynetworks, reject
# Unknown mailboxes are accepted and come back as a report, as they do behind a relay.
smtpd_reject_unlisted_recipient = no
virtual_mailbox_domains = static:all
virtual_mailbox_base = {root}/mail
virtual_mailbox_maps = inline:{{ {boxes} }}
virtual_uid_maps = static:{owner}
virtual_gid_maps = static:{owner}
local_recipient_maps =
alias_maps =
alias_database =
local_transport = error:no local mail
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
notify_classes =
bounce_queue_lifetime = 0
biff = no
"""

MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix n - n 60  1 pickup
cleanup   unix n - n -   0 cleanup
qmgr      unix n - n 300 1 qmgr
rewrite   unix - - n -   - trivial-rewrite
bounce    unix - - n -   0 bounce
defer     unix - - n -   0 bounce
trace     unix - - n -   0 bounce
verify    unix - - n -   1 verify
error     unix - - n -   - error
virtual   unix - n n -   - virtual
anvil     unix - - n -   1 anvil
postlog   unix-dgram n - n - 1 postlogd
"""

QUEUES = "active bounce corrupt defer deferred flush hold incoming private saved trace".split()


def why_not():
    """Why it cannot run here, or None."""
    if not os.path.exists(os.path.join(UNPACKED, "usr/lib/postfix/sbin/master")):
        return os.environ.get("INTEROP_POSTFIX_WHY") or "Postfix is not unpacked"
    if os.getuid() != 0:
        return "Postfix runs for root only"
    return None


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Postfix:
    """A relay that knows some mailboxes; any other name at any domain is unknown to it."""

    def __init__(self, mailboxes):
        self.root = tempfile.mkdtemp(prefix="tocsin-postfix-")
        os.chmod(self.root, 0o755)
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        boxes = " ".join("{ %s = %s/ }" % (m, m) for m in mailboxes)
        fill = {"root": self.root, "unpacked": os.path.realpath(UNPACKED), "port": self.port,
                "boxes": boxes, "owner": MAILBOXES_OWNER}
        for name, text in (("main.cf", MAIN), ("master.cf", MASTER)):
            self.write("etc/" + name, text.format(**fill))
        for name in [*QUEUES, "maildrop", "public", "pid"]:
            os.makedirs(self.path("queue", name), mode=0o700)
            os.chown(self.path("queue", name), 0 if name == "pid" else 65534, 0)
        for name, owner in (("data", 65534), ("mail", MAILBOXES_OWNER)):
            os.mkdir(self.path(name), 0o700)
            os.chown(self.path(name), owner, owner)
        os.chmod(self.path("queue/pid"), 0o755)
        os.chmod(self.path("queue/public"), 0o755)
        self.process = None

    def path(self, *parts):
        return os.path.join(self.root, *parts)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)

    def __enter__(self):
        sbin = os.path.join(UNPACKED, "usr/lib/postfix/sbin")
        library = os.path.realpath(os.path.join(UNPACKED, "usr/lib/postfix"))
        self.process = subprocess.Popen(
            [os.path.join(sbin, "master"), "-c", self.path("etc"), "-d"],
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "MAIL_CONFIG": self.path("etc"),
                 "LD_LIBRARY_PATH": library},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        until = time.monotonic() + 30
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as s:
                    if s.recv(100).startswith(b"220"):
                        return self
            except OSError:
                time.sleep(0.1)
        said = self.log()
        self.stop()
        raise SystemExit(f"Bail out! Postfix does not start: {said[-2000:]}")

    def __exit__(self, *exc):
        self.stop()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
        shutil.rmtree(self.root, ignore_errors=True)

    def log(self):
        try:
            with open(self.path("mail.log"), encoding="utf-8", errors="replace") as f:
                return f.read()
        except OSError:
            return self.process.stdout.read().decode() if self.process.poll() is not None else ""

    def files(self, mailbox):
        """Mails of a mailbox as paths, in the order of their names."""
        folder = self.path("mail", mailbox, "new")
        return sorted(os.path.join(folder, n) for n in os.listdir(folder)) \
            if os.path.isdir(folder) else []

    def count(self):
        return sum(len(names) for base, _, names in os.walk(self.path("mail"))
                   if base.endswith("/new"))

    def wait(self, mails, seconds=60):
        """Until so many mails lie in all mailboxes; how many do."""
        until = time.monotonic() + seconds
        while self.count() < mails and time.monotonic() < until:
            time.sleep(0.2)
        return self.count()

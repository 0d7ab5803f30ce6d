# SPDX-License-Identifier: Apache-2.0
# fault.py - runs the program under test/shim/fault.c: counts what it changes, stops it or lets
# a call fail, ends what is left of it. Depends on: Python 3, the built shim (TOCSIN_SHIM).
"""One run:

    with fault.Run(place, ["import", path], action=fault.STOP, at=17) as run:
        run.finish()            # ends everybody once the 17th call is met
    run.met, run.what, run.stdout, run.stderr, run.code

What a power cut would take, at its end: run.loose files and folders that are not synced;
run.at_name of them when the last file got another name; run.late files were not synced
when they got theirs, run.late_path the first.
"""

import mmap
import os
import signal
import struct
import subprocess
import time

import story

SHIM = os.environ.get("TOCSIN_SHIM", os.path.join(story.SOURCE, "build/test/shim/fault.so"))
WRITE, SYNC, NAME, DROP, SEND = 1, 2, 4, 8, 16
COUNT, STOP, FAIL = 0, 1, 2
PIDS = 512
HEAD = struct.Struct("<6IQQ4I")
ONLY = HEAD.size + 4 * PIDS + 32 + 216
LOOSE = struct.Struct("<6I216s")  # behind it a table of what is not synced
SIZE = ONLY + 32 + LOOSE.size + 16 * 4096


def fast_folder():
    """Where files cost no disk: kill -9 does not ask for one. None: the usual place."""
    try:
        s = os.statvfs("/dev/shm")
        return "/dev/shm" if s.f_bavail * s.f_frsize > 1 << 29 else None
    except OSError:
        return None


def of_the_program(pid):
    """Does the process still run, and is it ours? Its number may be another's by now."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as f:
            words = f.read().split(b"\0")
        with open(f"/proc/{pid}/stat", "rb") as f:
            dead = f.read().rpartition(b")")[2].split()[0] in (b"Z", b"X")
        return not dead and (words[:2] == [b"tocsin", b"role"]
                             or words[0] == story.TOCSIN.encode())
    except (OSError, IndexError):
        return False


class Run:
    """One command under the shim. The folder of its data must be there."""

    def __init__(self, folder, args, action=COUNT, at=0, mask=31, err=0, lasting=False,
                 torn=False, only=""):
        self.map_path = os.path.join(folder, "fault.map")
        with open(self.map_path, "wb") as f:
            f.write(HEAD.pack(action, mask, err, lasting, torn, 0, at, 0, 0, 0, 0, 0)
                    .ljust(ONLY, b"\0") + only.encode().ljust(SIZE - ONLY, b"\0"))
        with open(self.map_path, "r+b") as f:
            self.map = mmap.mmap(f.fileno(), SIZE)
        # By name: a blank in LD_PRELOAD would end the path, which may have one.
        env = {**os.environ, "LD_PRELOAD": os.path.basename(SHIM),
               "LD_LIBRARY_PATH": os.path.dirname(SHIM), "TOCSIN_FAULT": self.map_path}
        if "ASAN_OPTIONS" in env:
            env["ASAN_OPTIONS"] += ":verify_asan_link_order=0"
        self.process = subprocess.Popen([story.TOCSIN, *args], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env=env,
                                        start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.kill()
        self.known = self.pids()
        self.map.close()
        if os.path.exists(self.map_path):
            os.unlink(self.map_path)

    def head(self):
        return HEAD.unpack_from(self.map, 0)

    def was_met(self):
        return bool(self.head()[5])

    def pids(self):
        if self.map.closed:
            return self.known
        n = min(self.head()[11], PIDS)
        return struct.unpack_from(f"<{n}I", self.map, HEAD.size)

    def kill(self):
        """Ends everybody the run started, at once; born late ones too."""
        while True:
            left = [p for p in self.pids() if of_the_program(p)]
            if not left:
                break
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.process.poll()
            time.sleep(0.0005)

    def finish(self, timeout=120):
        """Waits for the command's own end, or for the stop, and ends all of it."""
        until = time.monotonic() + timeout
        while self.process.poll() is None and not (self.was_met() and self.head()[0] == STOP):
            if time.monotonic() > until:
                self.kill()
                raise SystemExit(f"Bail out! {self.process.args}: no end after {timeout} s")
            time.sleep(0.0005)
        self.kill()
        self.stdout, self.stderr = (t.decode(errors="replace")
                                    for t in self.process.communicate())
        self.code = self.process.returncode
        head = self.head()
        self.met = self.was_met()
        self.count, self.later_syncs, self.later_writes = head[7], head[9], head[10]
        text = self.map[HEAD.size + 4 * PIDS:]
        self.late, self.at_name, self.loose, *_, late = LOOSE.unpack_from(self.map, ONLY + 32)
        self.late_path = late.split(b"\0")[0].decode()
        self.what = " ".join(t.split(b"\0")[0].decode() for t in (text[:32], text[32:248]))
        return self

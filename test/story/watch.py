# SPDX-License-Identifier: Apache-2.0
# watch.py - what stories share that watch the program at work: which processes are its roles,
# and waiting until something holds. Depends on: Linux's /proc.
import time


def until(held, seconds=30, pause=0.01):
    """Waits until held() is true; the last answer."""
    end = time.monotonic() + seconds
    while not held() and time.monotonic() < end:
        time.sleep(pause)
    return held()


def words(pid):
    """The arguments of a process; none when it has ended."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as f:
            return f.read().decode(errors="replace").split("\0")[:-1]
    except OSError:
        return []


def below(pid):
    """The processes below one, its children first."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            kids = [int(p) for p in f.read().split()]
    except OSError:
        return []
    return kids + [g for k in kids for g in below(k)]


def roles(pid):
    """Role -> its processes, of all that runs below a command."""
    found = {}
    for p in below(pid):
        w = words(p)
        if w[:2] == ["tocsin", "role"] and len(w) > 2:
            found.setdefault(w[2], []).append(p)
    return found


def role(pid, name):
    """The process of the one role of that name below a command; None when there is none."""
    return roles(pid).get(name, [None])[0]

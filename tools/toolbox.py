# SPDX-License-Identifier: Apache-2.0
# toolbox.py - what the build tools share: faults with a place, C literals, writing files.
# Depends on: the Python 3 standard library.
"""Helpers of the build tools. A tool collects faults, prints each as FILE:LINE: reason,
and writes nothing when there is one."""

import os
import sys


class Fault(Exception):
    """Something wrong at a place in a source file."""

    def __init__(self, path, line, reason):
        super().__init__(f"{path}:{line}: {reason}")
        self.path, self.line, self.reason = path, line, reason


def report(faults):
    """Prints faults in order of place; returns the exit status."""
    for f in sorted(faults, key=lambda f: (str(f.path), f.line)):
        print(f, file=sys.stderr)
    return 1 if faults else 0


def read_text(path):
    """A source file as text; bytes that are not UTF-8 are a fault."""
    try:
        with open(path, "rb") as f:
            return f.read().decode("utf-8")
    except OSError as e:
        raise Fault(path, 1, e.strerror) from None
    except UnicodeDecodeError as e:
        raise Fault(path, e.object[: e.start].count(b"\n") + 1, "not UTF-8") from None


def write_if_changed(path, text):
    """Writes a generated file, but leaves it (and its time) alone when nothing changed,
    so that ninja does not rebuild what includes it."""
    try:
        with open(path, encoding="utf-8") as f:
            if f.read() == text:
                return
    except OSError:
        pass
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path + ".new", "w", encoding="utf-8") as f:
        f.write(text)
    os.replace(path + ".new", path)


def c_string(text):
    """One C string literal. UTF-8 stays readable; control characters become octal, which,
    unlike hex, cannot swallow the digit that follows."""
    out = []
    for ch in text:
        if ch in '"\\':
            out.append("\\" + ch)
        elif ch == "\n":
            out.append("\\n")
        elif ch == "\t":
            out.append("\\t")
        elif ch == "?" and out and out[-1] in ("?", "\\?"):
            out.append("\\?")           # two in a row could be read as a trigraph
        elif ord(ch) < 32 or ord(ch) == 127:
            out.append(f"\\{ord(ch):03o}")
        elif ch in BIDI:
            out.append("".join(f"\\{b:03o}" for b in ch.encode("utf-8")))
        else:
            out.append(ch)
    return '"' + "".join(out) + '"'


# Characters that reorder text. Legitimate in Arabic translations, but gcc's -Wbidi-chars
# refuses them in source text, where they could hide code.
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def c_lines(text, indent="\t"):
    """A long text as adjacent C literals, one per source line."""
    parts = text.splitlines(keepends=True) or [""]
    return ("\n" + indent).join(c_string(p) for p in parts)


C_KEYWORDS = frozenset(
    """auto break case char const continue default do double else enum extern float for
    goto if inline int long register restrict return short signed sizeof static struct
    switch typedef union unsigned void volatile while bool true false asm typeof""".split())

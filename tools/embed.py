#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# embed.py - files as C arrays, so that the program needs none of them at run time.
# Depends on: the Python 3 standard library.
"""embed.py OUT.c OUT.h NAME=FILE...     makes embed_NAME[] and embed_NAME_len

After the bytes comes a NUL that embed_NAME_len does not count, so that a text may be handed
to what wants one, and an empty file is no array without elements.
"""

import os
import re
import sys

from toolbox import Fault, report, write_if_changed

NOTE = "/* Made by tools/embed.py. Do not edit. */\n"


def c_bytes(data):
    data += b"\0"
    rows = (data[i:i + 24] for i in range(0, len(data), 24))
    return ",\n".join("\t" + ",".join(map(str, row)) for row in rows)


def load(pairs):
    out = {}
    for pair in pairs:
        name, eq, path = pair.partition("=")
        if not eq or not re.match(r"[a-z][a-z0-9_]*\Z", name) or name in out:
            raise Fault(path or pair, 1, "wanted NAME=FILE, each NAME (a C name) once")
        try:
            with open(path, "rb") as f:
                out[name] = f.read()
        except OSError as e:
            raise Fault(path, 1, e.strerror) from None
    return out


def main(argv):
    if len(argv) < 2 or not (argv[0].endswith(".c") and argv[1].endswith(".h")):
        print(__doc__, file=sys.stderr)
        return 2
    out_c, out_h = argv[:2]
    try:
        files = load(argv[2:])
    except Fault as f:
        return report([f])
    h = [NOTE + "#pragma once\n#include <stddef.h>\n"]
    c = [NOTE + f'#include "{os.path.basename(out_h)}"\n']
    for name, data in files.items():
        h.append(f"extern const unsigned char embed_{name}[];\n"
                 f"extern const size_t embed_{name}_len;\n")
        c.append(f"const unsigned char embed_{name}[] = {{\n{c_bytes(data)}\n}};\n"
                 f"const size_t embed_{name}_len = {len(data)};\n")
    write_if_changed(out_h, "\n".join(h))
    write_if_changed(out_c, "\n".join(c))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

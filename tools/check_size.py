#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# check_size.py - functions and files stay small: 100 lines, complexity 20, 800 lines a file.
# Depends on: the Python 3 standard library, pmccabe.
"""check_size.py [ROOT]     checks the C files of src/, fuzz/, test/ and bench/ below ROOT

The list of exceptions is empty, and there is no way to write one.
"""

import os
import shutil
import subprocess
import sys

from toolbox import Fault, read_text, report

FUNCTION_LINES = 100
COMPLEXITY = 20
FILE_LINES = 800
FOLDERS = ("src", "fuzz", "test", "bench")


def c_files(root):
    for folder in FOLDERS:
        for base, _, names in os.walk(os.path.join(root, folder)):
            for name in sorted(names):
                if name.endswith((".c", ".h")):
                    yield os.path.normpath(os.path.join(base, name))


def check_functions(paths, faults):
    """pmccabe prints: modified and traditional complexity, statements, first line, lines,
    FILE(DEFINITION LINE): NAME. A `switch` counts once in the modified figure."""
    p = subprocess.run(["pmccabe", *paths], capture_output=True, text=True)
    if p.returncode or p.stderr:
        raise Fault("pmccabe", 1, p.stderr.strip() or f"exit status {p.returncode}")
    for row in p.stdout.splitlines():
        modified, _, _, first, n, place, name = row.split(None, 6)
        path = place.rpartition("(")[0]
        if int(n) > FUNCTION_LINES:
            faults.append(Fault(path, int(first), f"{name}: {n} lines; at most {FUNCTION_LINES}"))
        if int(modified) > COMPLEXITY:
            faults.append(Fault(path, int(first),
                                f"{name}: complexity {modified}; at most {COMPLEXITY}"))


def main(argv):
    root, faults = os.path.normpath(argv[0] if argv else "."), []
    if not shutil.which("pmccabe"):
        print("check_size.py: pmccabe is missing: apt-get install pmccabe", file=sys.stderr)
        return 1
    paths = list(c_files(root))
    try:
        for path in paths:
            n = read_text(path).count("\n")
            if n > FILE_LINES:
                faults.append(Fault(path, n, f"{n} lines; at most {FILE_LINES}"))
        if paths:
            check_functions(paths, faults)
    except Fault as f:
        faults.append(f)
    return report(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

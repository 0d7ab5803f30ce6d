#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# schemac.py - the numbered steps of src/db/schema as a C table. Depends on: Python 3, toolbox.
"""schemac.py --out FILE.c STEP.sql...   steps are NNNN_name.sql, numbered from 1 without gaps"""

import argparse
import os
import re
import sys

from toolbox import Fault, c_string, report, write_if_changed


def step(path, number):
    m = re.match(r"(\d{4})_([a-z0-9_]+)\.sql\Z", os.path.basename(path))
    if not m or int(m[1]) != number:
        raise Fault(path, 1, f"expected the step {number:04d}_NAME.sql")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    if re.search(r"^\s*(BEGIN|COMMIT)\s*;", text, re.M | re.I):
        raise Fault(path, 1, "a step is one transaction already: no BEGIN or COMMIT")
    if not text.startswith("-- SPDX-License-Identifier: Apache-2.0"):
        raise Fault(path, 1, "no SPDX line")
    lines = "\n".join("\t\t" + c_string(part) for part in text.splitlines(True))
    return f"\t{{ {number}, \"{m[2]}\",\n{lines} }},\n"


def main(argv):
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--out", required=True)
    p.add_argument("steps", nargs="+")
    a = p.parse_args(argv)
    try:
        rows = "".join(step(path, i) for i, path in enumerate(sorted(a.steps), 1))
    except Fault as fault:
        return report([fault])
    write_if_changed(a.out, "/* Made by tools/schemac.py from src/db/schema. */\n"
                     '#include "db/schema.h"\n\n#pragma GCC diagnostic ignored "-Woverlength-strings"\n\nconst struct schema_step schema_steps[] = {\n' + rows +
                     f"}};\nconst unsigned schema_n_steps = {len(a.steps)};\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

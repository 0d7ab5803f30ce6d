# SPDX-License-Identifier: Apache-2.0
# kit.py - what the tests of the build tools share: a folder of their own, running, compiling.
# Depends on: gcc, libsqlite3. Tools are run as the build runs them, as programs.
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TOOLS = os.path.join(ROOT, "tools")
STUB = os.path.join(HERE, "stub")
sys.path.insert(0, TOOLS)
WARNINGS = ("-std=gnu17 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion "
            "-Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual "
            "-Wwrite-strings -Wundef -Wbidi-chars=any -Wno-maybe-uninitialized -Werror -g "
            "-fsanitize=address,undefined").split()


class ToolTest(unittest.TestCase):
    """Each test works in a new folder, which is self.dir."""

    def setUp(self):
        tmp = tempfile.TemporaryDirectory()
        self.addCleanup(tmp.cleanup)
        self.dir = tmp.name

    def put(self, name, text):
        path = os.path.join(self.dir, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.write(text)
        return path

    def get(self, name):
        with open(os.path.join(self.dir, name), encoding="utf-8") as f:
            return f.read()

    def run_tool(self, tool, *args):
        return subprocess.run(["/usr/bin/python3", os.path.join(TOOLS, tool), *args],
                              cwd=self.dir, capture_output=True, text=True)

    def accept(self, tool, *args):
        p = self.run_tool(tool, *args)
        self.assertEqual(p.returncode, 0, p.stderr + p.stdout)
        return p

    def refuse(self, why, tool, *args):
        """The tool must fail and say `why` (a part of its message)."""
        p = self.run_tool(tool, *args)
        self.assertNotEqual(p.returncode, 0, "accepted what it should refuse")
        self.assertNotIn("Traceback", p.stderr)
        self.assertIn(why, p.stderr + p.stdout)
        return p

    def cc(self, *args, why=None):
        """Compiles with the project's warnings; with `why`, it must fail and say so."""
        p = subprocess.run(["gcc", *WARNINGS, *args], cwd=self.dir,
                           capture_output=True, text=True)
        if why:
            self.assertNotEqual(p.returncode, 0, "gcc accepted what it should refuse")
            self.assertIn(why, p.stderr)
        else:
            self.assertEqual(p.returncode, 0, p.stderr)

    def run_program(self, *argv):
        env = dict(os.environ, ASAN_OPTIONS="detect_leaks=0")
        p = subprocess.run(argv, cwd=self.dir, capture_output=True, text=True, env=env)
        self.assertEqual(p.returncode, 0, p.stderr + p.stdout)
        return p.stdout

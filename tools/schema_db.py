# SPDX-License-Identifier: Apache-2.0
# schema_db.py - a fresh database in memory, made by our own migrations, for build-time checks.
# Depends on: the Python 3 standard library and libsqlite3 (the library the program uses).
import ctypes
import os
import re

from toolbox import Fault, read_text


class Sqlite:
    """As much of libsqlite3 as is needed to prepare statements without running them (which
    Python's own module cannot), with the settings the program uses."""

    def __init__(self):
        self.lib = lib = ctypes.CDLL("libsqlite3.so.0")
        for name in ("errmsg", "column_name", "column_decltype", "column_text"):
            getattr(lib, "sqlite3_" + name).restype = ctypes.c_char_p
        self.db = ctypes.c_void_p()
        if lib.sqlite3_open(b":memory:", ctypes.byref(self.db)):
            raise RuntimeError("cannot open a database in memory")
        for option in (1013, 1014):     # DQS_DML, DQS_DDL: "x" never means the text x
            lib.sqlite3_db_config(self.db, option, 0, None)
        self.run("PRAGMA foreign_keys = ON")

    def error(self):
        return self.lib.sqlite3_errmsg(self.db).decode("utf-8", "replace")

    def prepare(self, sql):
        """Returns a statement, or None with the reason in error()."""
        st = ctypes.c_void_p()
        raw = sql.encode("utf-8")
        rc = self.lib.sqlite3_prepare_v2(self.db, raw, len(raw), ctypes.byref(st), None)
        return None if rc else st

    def run(self, sql):
        """Runs one statement; returns its rows as text, or None with the reason in error()."""
        st = self.prepare(sql)
        if st is None:
            return None
        rows, lib = [], self.lib
        while (rc := lib.sqlite3_step(st)) == 100:
            rows.append([(lib.sqlite3_column_text(st, i) or b"").decode("utf-8", "replace")
                         for i in range(lib.sqlite3_column_count(st))])
        lib.sqlite3_finalize(st)
        return rows if rc == 101 else None

    def complete(self, sql):
        return bool(self.lib.sqlite3_complete(sql.encode("utf-8")))

    def shape(self, st):
        """(name, declared type) of each column, and whether the statement writes."""
        lib = self.lib
        cols = [(lib.sqlite3_column_name(st, i).decode("utf-8", "replace"),
                 (lib.sqlite3_column_decltype(st, i) or b"").decode("utf-8", "replace"))
                for i in range(lib.sqlite3_column_count(st))]
        return cols, not lib.sqlite3_stmt_readonly(st)

    def finalize(self, st):
        self.lib.sqlite3_finalize(st)


def migrate(db, folder):
    """Runs every migration, in order, as the program does on a fresh database."""
    names = sorted(n for n in os.listdir(folder) if n.endswith(".sql"))
    if not names:
        raise Fault(folder, 1, "no migrations here")
    for i, name in enumerate(names, 1):
        path = os.path.join(folder, name)
        if not re.match(r"\d{4}_[a-z0-9_]+\.sql\Z", name):
            raise Fault(path, 1, "a migration is named NNNN_name.sql")
        if int(name[:4]) != i:
            raise Fault(path, 1, f"migration number {name[:4]}, expected {i:04d}")
        run_script(db, path)


def run_script(db, path):
    pending, start = "", 1
    for no, line in enumerate(read_text(path).split("\n"), 1):
        if not pending.strip():
            pending, start = "", no
        pending += line + "\n"
        if db.complete(pending):
            if db.run(pending) is None:
                raise Fault(path, start, db.error())
            pending = ""
    if re.sub(r"--[^\n]*|\s", "", pending):
        raise Fault(path, start, "a statement without ; at the end")

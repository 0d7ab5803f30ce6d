# SPDX-License-Identifier: Apache-2.0
# backup_kit.py - what the stories of backups share: a directory that came back, archives taken
# apart and made by the test, sealed ones too. Depends on: Python 3, story, whole, zstd, libsodium.
import ctypes
import ctypes.util
import hashlib
import json
import subprocess
import tarfile

import story
import whole


class Restored:
    """A directory as whole.py looks at it."""

    def __init__(self, path, now):
        self.dir, self.now = path, now

    args, tocsin, json_lines = whole.Copy.args, whole.Copy.tocsin, whole.Copy.json_lines
    findings = story.Place.findings


def shown(place):
    """What must come back: findings, notices, files, refused rows, the trail."""
    copy = Restored(place.dir, place.now)
    return {**whole.shown(copy), "notices": whole.without(
        copy.json_lines("notices", "list", "--json", "--limit", "1000"))}


def without_backup(audit):
    return [row for row in audit if '"action": "backup.' not in row
            and '"action": "restore"' not in row]


def come_back(place, archive, want, name):
    to = place.path(name)
    story.run("restore", archive, to)
    copy = Restored(to, place.now)
    wrong = whole.checks(copy) or whole.originals(copy)
    story.ok(wrong is None, f"{name}: whole: {wrong}")
    got = shown(copy)
    for part in (got, want):
        part["audit"] = without_backup(part["audit"])
    wrong = whole.difference(got, want)
    story.ok(wrong is None, f"{name}: the same findings, notices and trail: {wrong}")
    return copy


def flip(path, at, bit=1):
    with open(path, "r+b") as f:
        f.seek(at)
        byte = f.read(1)[0]
        f.seek(at)
        f.write(bytes([byte ^ bit]))


def doctor(place):
    done = place.tocsin("doctor", "--json", check=False)
    return {row["item"]: row["value"] for row in json.loads(done.stdout)["rows"]
            if row["section"] == "backup"}


def parts_of(archive):
    with tarfile.open(archive) as t:
        return [(m.name, t.extractfile(m).read()) for m in t.getmembers()]


def info(name, size, kind=tarfile.REGTYPE, link=""):
    i = tarfile.TarInfo(name)
    i.size, i.type, i.linkname, i.mode, i.mtime = size, kind, link, 0o600, 1780000000
    return i


def header(name, size, **more):
    raw = bytearray(info(name, size, **more).tobuf(tarfile.USTAR_FORMAT))
    raw[329:345] = b"0000000\0" * 2
    raw[148:156] = b" " * 8
    raw[148:156] = b"%06o\0 " % sum(raw)
    return bytes(raw)


def build(path, parts):
    """A tar as the program writes it; parts are (name, bytes) or raw bytes."""
    with open(path, "wb") as f:
        for part in parts:
            if isinstance(part, bytes):
                f.write(part)
                continue
            name, data = part
            f.write(header(name, len(data)) + data + b"\0" * (-len(data) % 512))
        f.write(b"\0" * 1024)
    return path


def relist(parts, change=lambda text: text):
    """The list again, true for these parts."""
    old = dict(parts)["MANIFEST"].decode().split("\n")
    head = [line for line in old if line and line.split()[0] not in ("file", "end")]
    files = [f"file {hashlib.sha256(d).hexdigest()} {len(d)} {n}" for n, d in parts
             if n != "MANIFEST"]
    text = change("\n".join(head + files) + "\n")
    text += f"end {hashlib.sha256(text.encode()).hexdigest()}\n"
    return [p for p in parts if p[0] != "MANIFEST"] + [("MANIFEST", text.encode())]


def zstd(data):
    return subprocess.run(["zstd", "-qc"], input=data, capture_output=True, check=True).stdout


def with_db(parts, plain, size):
    packed = zstd(plain)
    sha = hashlib.sha256(plain).hexdigest()

    def change(text):
        lines = [f"database {sha} {size}" if line.startswith("database ") else line
                 for line in text.split("\n")]
        return "\n".join(lines)
    return relist([(n, packed if n == "tocsin.db.zst" else d) for n, d in parts], change)


# ---- sealed archives ----

PIECE = 65536
MAGIC = b"tocsin-sealed 1\n"


def sodium():
    lib = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
    lib.sodium_init()
    return lib


def opened(raw, private):
    """The tar in a sealed backup; private: 64 hexadecimal digits."""
    lib, secret = sodium(), bytes.fromhex(private)
    public, key = ctypes.create_string_buffer(32), ctypes.create_string_buffer(32)
    lib.crypto_scalarmult_base(public, secret)
    if lib.crypto_box_seal_open(key, raw[16:96], ctypes.c_ulonglong(80), public, secret) != 0:
        raise SystemExit("Bail out! the test cannot open a sealed backup")
    state, out = ctypes.create_string_buffer(64), b""
    lib.crypto_secretstream_xchacha20poly1305_init_pull(state, raw[96:120], key)
    for at in range(120, len(raw), PIECE + 17):
        piece = raw[at:at + PIECE + 17]
        plain, n = ctypes.create_string_buffer(PIECE + 17), ctypes.c_ulonglong()
        tag = ctypes.c_ubyte()
        if lib.crypto_secretstream_xchacha20poly1305_pull(
                state, plain, ctypes.byref(n), ctypes.byref(tag), piece,
                ctypes.c_ulonglong(len(piece)), None, ctypes.c_ulonglong(0)) != 0:
            raise SystemExit("Bail out! the test cannot read a sealed backup")
        out += plain.raw[:n.value]
    return out


def seal(tar, private):
    """A sealed backup of any bytes: whoever has the public key can make one."""
    lib, secret = sodium(), bytes.fromhex(private)
    public, key = ctypes.create_string_buffer(32), ctypes.create_string_buffer(32)
    box, head = ctypes.create_string_buffer(80), ctypes.create_string_buffer(24)
    state = ctypes.create_string_buffer(64)
    lib.crypto_scalarmult_base(public, secret)
    lib.randombytes_buf(key, ctypes.c_size_t(32))
    lib.crypto_box_seal(box, key.raw, ctypes.c_ulonglong(32), public)
    lib.crypto_secretstream_xchacha20poly1305_init_push(state, head, key)
    out = MAGIC + box.raw + head.raw
    for at in range(0, len(tar), PIECE):
        piece = tar[at:at + PIECE]
        sealed, n = ctypes.create_string_buffer(PIECE + 17), ctypes.c_ulonglong()
        lib.crypto_secretstream_xchacha20poly1305_push(
            state, sealed, ctypes.byref(n), piece, ctypes.c_ulonglong(len(piece)), None,
            ctypes.c_ulonglong(0), ctypes.c_ubyte(3 if at + PIECE >= len(tar) else 0))
        out += sealed.raw[:n.value]
    return out


def sealed_parts(place, archive, private):
    with open(archive, "rb") as f:
        path = place.write("opened.tar", opened(f.read(), private))
    return parts_of(path)


def seal_file(path, private):
    """What lies there, sealed in its place."""
    with open(path, "rb") as f:
        tar = f.read()
    with open(path, "wb") as f:
        f.write(seal(tar, private))
    return path

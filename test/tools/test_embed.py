#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# test_embed.py - embedded bytes are the file's bytes; wrong names and files are refused.
import unittest

import kit

MAIN = r"""
#include "e.h"
#include <stdio.h>
int main(void)
{
	fwrite(embed_all, 1, embed_all_len, stdout);
	return embed_none_len == 0 && embed_none[0] == 0 && embed_all[embed_all_len] == 0 ? 0 : 1;
}
"""


class Embed(kit.ToolTest):
    def test_bytes(self):
        with open(self.dir + "/all.bin", "wb") as f:
            f.write(bytes(range(256)) * 3)
        self.put("none", "")
        self.put("main.c", MAIN)
        self.accept("embed.py", "out/e.c", "out/e.h", "all=all.bin", "none=none")
        self.cc("-Iout", "main.c", "out/e.c", "-o", "t")
        out = kit.subprocess.run([self.dir + "/t"], capture_output=True, check=True).stdout
        self.assertEqual(out, bytes(range(256)) * 3)

    def test_refusals(self):
        self.put("x", "x")
        for args, why in [(["a=nofile"], "No such file"), (["A=x"], "wanted NAME=FILE"),
                          (["a=x", "a=x"], "once"), (["a"], "wanted NAME=FILE")]:
            with self.subTest(args=args):
                self.refuse(why, "embed.py", "e.c", "e.h", *args)
        self.refuse("OUT.c", "embed.py", "x", "e.h")


if __name__ == "__main__":
    unittest.main()

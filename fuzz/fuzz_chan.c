/* SPDX-License-Identifier: Apache-2.0
 * fuzz_chan.c - any bytes from a peer, in one piece or in many: the same frames
 * come out, and together they are what came in, up to where the peer lied.
 * Depends on: sys/chan. */
#include "fuzz.h"
#include "sys/chan.h"

#include <sys/socket.h>
#include <unistd.h>

struct seen {
	size_t frames, bytes;
	bool lied;
};

static struct seen read_all(const uint8_t *data, size_t n, size_t step)
{
	struct seen s = { 0 };
	struct chan *c;
	struct why why = { 0 };
	int ends[2];
	must(chan_pair(&why, ends) == 0 && chan_new(ends[0], "fuzz", &c) == 0);
	for (size_t at = 0; at < n && !s.lied; at += step) {
		size_t piece = n - at < step ? n - at : step;
		must(write(ends[1], data + at, piece) == (ssize_t)piece);
		must(chan_fill(c, &why) == 0);
		struct frame f;
		int r;
		while ((r = chan_next(c, &f)) == 1) {
			must(f.fd == -1);
			s.frames++;
			s.bytes += 8 + f.body.n;
		}
		s.lied = r < 0;
	}
	must(s.bytes <= n);
	close(ends[1]);
	chan_free(&c);
	return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > 16384)
		return 0;
	struct seen whole = read_all(data, n, 4096), cut = read_all(data, n, 7);
	must(whole.frames == cut.frames && whole.bytes == cut.bytes);
	must(whole.lied == cut.lied);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 * fuzz_net_job.c - any bytes as a message between work and net: refused, or what was read
 * can be written and read again without change. The first byte chooses the message.
 * Depends on: fmt/net_job. */
#include "fmt/net_job.h"
#include "fuzz.h"

static int echo(bool job, struct str body, struct writer *w)
{
	struct net_send s;
	struct net_done d;
	int r = job ? net_send_read(body, &s) : net_done_read(body, &d);
	if (r == 0 && job) {
		must(s.bytes > 0 && s.bytes <= NET_MAIL_MAX);
		net_send_write(w, &s);
	} else if (r == 0) {
		must(d.outcome < NET_OUTCOMES && d.reply.n <= NET_REPLY_MAX);
		net_done_write(w, &d);
	}
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n == 0 || n > KIB(64))
		return 0;
	AUTO_ARENA a = arena_new(MIB(16), "fuzz_net_job");
	struct buf once = buf_in(&a, LIMIT_FRAME), twice = buf_in(&a, LIMIT_FRAME);
	struct writer w = wr_new(&once), again = wr_new(&twice);
	bool job = data[0] & 1;
	if (echo(job, (struct str){ (const char *)data + 1, n - 1 }, &w) < 0) {
		must(once.n == 0);
		return 0;
	}
	must(w.err == 0 && echo(job, buf_str(&once), &again) == 0 && again.err == 0);
	must(str_eq(buf_str(&once), buf_str(&twice)));
	return 0;
}

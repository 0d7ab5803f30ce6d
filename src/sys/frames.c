/* SPDX-License-Identifier: Apache-2.0
 * frames.c - the small frames: see frames.h. Depends on: base, sys/chan. */
#include "sys/frames.h"

#include "base/wire.h"

int frame_send_error(struct chan *c, int err, const struct why *sent, struct why *why)
{
	AUTO_ARENA a = arena_new(KIB(32), "error frame");
	struct buf b = buf_in(&a, KIB(1));
	struct writer w = wr_new(&b);
	wr_u32(&w, (uint32_t)-err);
	wr_str(&w, str_c(sent && sent->text[0] ? sent->text : err_text(err)));
	if (w.err < 0)
		return w.err;
	return chan_send(c, FRAME_ERROR, buf_str(&b), -1, why);
}

int frame_read_error(const struct frame *f, struct why *why)
{
	struct reader r = rd_new(f->body);
	uint32_t code = rd_u32(&r);
	struct str text = rd_str(&r);
	if (rd_end(&r) < 0 || code == 0 || code >= (uint32_t)-E_END)
		return fail(why, E_SYNTAX, "an error message that is none");
	char clean[sizeof(why->text)];
	size_t n = text.n < sizeof(clean) - 1 ? text.n : sizeof(clean) - 1;
	for (size_t i = 0; i < n; i++) {
		unsigned char b = (unsigned char)text.p[i];
		clean[i] = b < ' ' || b == 0x7f ? '?' : text.p[i];
	}
	clean[n] = '\0';
	/* errno has nothing to do with another process's failure: keep fail from adding
	 * it. */
	int err = -(int)code;
	if (why && why->err == 0) {
		why->err = err;
		memcpy(why->text, clean, n + 1);
	}
	return err;
}

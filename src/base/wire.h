/* SPDX-License-Identifier: Apache-2.0
 * wire.h - numbers and text in messages between roles. Depends on: base/buf.
 *
 * Little-endian, fixed widths, text as u32 length and bytes (length UINT32_MAX: absent).
 * Both sides have a sticky error: after the first, a reader yields zeros and a writer
 * writes nothing, so code stays straight and checks once, at the end. One read per
 * statement: C leaves the order inside an initializer open. */
#pragma once
#include "base/buf.h"

struct reader {
	const char *p, *end;
	int err;
};
static inline struct reader rd_new(struct str s)
{
	return (struct reader){ s.p, s.p + s.n, 0 };
}
uint8_t rd_u8(struct reader *r);
uint16_t rd_u16(struct reader *r);
uint32_t rd_u32(struct reader *r);
uint64_t rd_u64(struct reader *r);
int64_t rd_i64(struct reader *r);
/* A view into the message. */
struct str rd_str(struct reader *r);
/* n raw bytes; zeroes them on failure. */
void rd_raw(struct reader *r, void *to, size_t n);
/* The error so far, or E_SYNTAX when bytes are left over. */
MUST int rd_end(struct reader *r);

struct writer {
	struct buf *out;
	int err;
};
static inline struct writer wr_new(struct buf *out)
{
	return (struct writer){ out, 0 };
}
void wr_u8(struct writer *w, uint8_t v);
void wr_u16(struct writer *w, uint16_t v);
void wr_u32(struct writer *w, uint32_t v);
void wr_u64(struct writer *w, uint64_t v);
void wr_i64(struct writer *w, int64_t v);
void wr_str(struct writer *w, struct str s);
void wr_raw(struct writer *w, const void *p, size_t n);

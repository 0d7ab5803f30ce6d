/* SPDX-License-Identifier: Apache-2.0
 * wrap.h - long lines of a mail's plain text into short ones. Depends on: base.
 *
 * Lines end after at most WRAP_COLUMNS columns (a Chinese character takes two), between
 * words, in Chinese also between characters, never inside a `command`; a longer command
 * or address stands over. What continues a "- " item is indented. In a language written
 * from right to left, a line that holds its letters begins with a right-to-left mark, and
 * what is written in Latin letters or is a date or an address stands between
 * left-to-right marks, so that every mail program shows both in their direction; lines
 * without such letters get no mark at all and can be copied as they are. */
#pragma once
#include "base/buf.h"
#include "base/lang.h"

#define WRAP_COLUMNS 72
MUST int wrap_text(struct str text, enum lang lang, struct buf *out);

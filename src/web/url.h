/* SPDX-License-Identifier: Apache-2.0
 * url.h - paths of our own pages: the only makers of struct url. Depends on: base. */
#pragma once
#include "base/textout.h"

/* A path of the program's own text, as "/people". */
#define URL(literal) ((struct url){ S("/" literal) })
/* prefix is the program's own text and ends with "/". */
struct url url_id(struct arena *a, const char *prefix, int64_t id);
struct url url_word(struct arena *a, const char *prefix, struct str word);
/* The page it stands on, for url_with: so that the page need not say its own secret. */
#define URL_HERE ((struct url){ S("?") })
/* Below that path: more is the program's own text, as "/end". */
struct url url_below(struct arena *a, struct url u, const char *more);
/* The same with one more field in the query; the value is escaped. name is ours. */
struct url url_with(struct arena *a, struct url u, const char *name, struct str value);
struct url url_with_int(struct arena *a, struct url u, const char *name, int64_t value);
/* A place in that page: mark is an id of its. The last step. */
struct url url_mark(struct arena *a, struct url u, const char *mark);

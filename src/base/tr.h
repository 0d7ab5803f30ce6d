/* SPDX-License-Identifier: Apache-2.0
 * tr.h - words for people, by language. Depends on: base/lang, tables of tools/poc.py.
 *
 * The msgid is the English text, whole sentences with {named} holes. What has no
 * translation is shown in English. Logs, API fields and file formats are not translated.
 * All strings returned are constants. */
#pragma once
#include "base/lang.h"

/* Marks a text in a table for extraction; it is translated where it is shown. */
#define N_(text) text

const char *tr(enum lang l, const char *msgid);
/* The same word in another sense: ctx says which, for the translator. */
const char *trc(enum lang l, const char *ctx, const char *msgid);
/* The form for the number n. */
const char *trn(enum lang l, const char *msgid, const char *plural, int64_t n);

/* What tools/poc.py makes. Keys are sorted by context (NULL first), then msgid. */
struct tr_key {
	const char *ctx, *msgid;
};
struct tr_lang {
	const char *const *text; /* n_forms for each key; NULL where not translated */
	unsigned n_forms;	 /* 0: no such .po, everything is in English */
	unsigned (*form)(uint64_t n); /* below n_forms */
};
struct tr_tables {
	const struct tr_key *keys;
	size_t n;
	struct tr_lang lang[LANG_N]; /* LANG_EN stays empty: English is the key */
};
extern const struct tr_tables tr_tables;

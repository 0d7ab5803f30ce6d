/* SPDX-License-Identifier: Apache-2.0
 * tr.c - look-up of translations: see tr.h. Depends on: base/lang and the made tables. */
#include "base/tr.h"

#include <string.h>

static int key_cmp(const char *ctx, const char *msgid, const struct tr_key *k)
{
	if (!ctx || !k->ctx) {
		if (ctx || k->ctx)
			return ctx ? 1 : -1;
	} else {
		int c = strcmp(ctx, k->ctx);
		if (c != 0)
			return c;
	}
	return strcmp(msgid, k->msgid);
}

/* The forms of a text in a language, or NULL. */
static const char *const *forms_of(
	const struct tr_lang *t, const char *ctx, const char *msgid)
{
	size_t from = 0, to = t->n_forms ? tr_tables.n : 0;
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int c = key_cmp(ctx, msgid, &tr_tables.keys[mid]);
		if (c == 0)
			return t->text + mid * t->n_forms;
		if (c < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return NULL;
}

const char *trc(enum lang l, const char *ctx, const char *msgid)
{
	const char *const *forms = forms_of(&tr_tables.lang[l], ctx, msgid);
	return forms && forms[0] ? forms[0] : msgid;
}

const char *tr(enum lang l, const char *msgid)
{
	return trc(l, NULL, msgid);
}

const char *trn(enum lang l, const char *msgid, const char *plural, int64_t n)
{
	const struct tr_lang *t = &tr_tables.lang[l];
	const char *const *forms = forms_of(t, NULL, msgid);
	uint64_t size = n < 0 ? -(uint64_t)n : (uint64_t)n;
	if (forms) {
		const char *text = forms[t->form(size)];
		if (text)
			return text;
	}
	return size == 1 ? msgid : plural;
}

/* SPDX-License-Identifier: Apache-2.0
 * fuzz_act.c - any bytes as an act: read against the table or refused, and what was
 * read can be written again and reads the same. Depends on: core/act. */
#include "core/act.h"
#include "fuzz.h"

static void write_again(struct writer *w, const struct act *a)
{
	const struct act_def *d = &act_table[a->id];
	act_begin(w, a->id);
	for (int i = 0; d->fields[i].name; i++) {
		const struct act_value *v = act_get(a, i);
		if (!v->has)
			must(!d->fields[i].required);
		else if (d->fields[i].type == ACT_TEXT)
			rec_text(w, d->fields[i].name, v->text);
		else if (d->fields[i].type == ACT_INT)
			rec_int(w, d->fields[i].name, v->n);
		else
			rec_bool(w, d->fields[i].name, v->n != 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	AUTO_ARENA a = arena_new(MIB(16), "fuzz_act");
	struct str body = { (const char *)data, n };
	struct act act, again;
	struct why why = { 0 };
	struct buf json = buf_in(&a, MIB(8)), b = buf_in(&a, MIB(4));
	struct writer w = wr_new(&b);
	int printed = rec_json(body, &json);
	int r = act_read(body, &why, &act);
	must(r < 0 || printed == 0);
	if (r < 0)
		return 0;
	write_again(&w, &act);
	must(w.err == 0 && act_read(buf_str(&b), &why, &again) == 0);
	must(again.id == act.id);
	for (int i = 0; i < ACT_FIELDS; i++) {
		must(again.values[i].has == act.values[i].has);
		must(again.values[i].n == act.values[i].n);
		must(str_eq(again.values[i].text, act.values[i].text));
	}
	return 0;
}

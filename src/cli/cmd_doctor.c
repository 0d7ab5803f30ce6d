/* SPDX-License-Identifier: Apache-2.0
 * cmd_doctor.c - tocsin doctor: what protects the data, as it is and not as it should be.
 * Depends on: base, cli. A sandbox that can be silently absent will be. */
#include "cli/doctor.h"

#include "base/json.h"

#include <stdio.h>
#include <unistd.h>

/* clang-format off */
const struct cli_option cmd_doctor_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object" },
	{ 0 },
};
/* clang-format on */

/* The checks in the order of the report. Another layer adds its own here. */
static int (*const checks[])(struct doctor *d) = { doctor_machine, doctor_roles,
	doctor_backup, doctor_space, doctor_keys };

static const char *const state_text[] = { "ok", "info", "warning" };

void doctor_row(struct doctor *d, const char *section, const char *item,
	enum doctor_state state, const char *fmt, ...)
{
	char text[400];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (d->n < DOCTOR_ROWS)
		d->rows[d->n++] = (struct doctor_row){ section, item, state,
			str_dup(&d->cli->arena, str_c(text)) };
}

static size_t warnings(const struct doctor *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n; i++)
		n += d->rows[i].state == DOCTOR_WARN;
	return n;
}

static int print_text(const struct doctor *d)
{
	const char *section = "";
	for (size_t i = 0; i < d->n; i++) {
		const struct doctor_row *r = &d->rows[i];
		if (strcmp(section, r->section) != 0 || strcmp(r->item, "process") == 0)
			printf("%s%s\n", i ? "\n" : "", r->section);
		section = r->section;
		printf("  %-4s %-16s %.*s\n", r->state == DOCTOR_WARN ? "!!" : "",
			r->item, STR(r->value));
	}
	size_t n = warnings(d);
	if (n == 0)
		printf("\nAll protections are in force.\n");
	else
		printf("\n%zu %s, marked !! above.\n", n,
			n == 1 ? "warning" : "warnings");
	return 0;
}

static int print_json(struct doctor *d)
{
	struct buf b = buf_in(&d->cli->arena, KIB(256));
	struct json j = json_new(&b);
	json_open(&j, NULL, '{');
	json_bool(&j, "ok", warnings(d) == 0);
	json_int(&j, "warnings", (int64_t)warnings(d));
	json_open(&j, "rows", '[');
	for (size_t i = 0; i < d->n; i++) {
		json_open(&j, NULL, '{');
		json_text(&j, "section", str_c(d->rows[i].section));
		json_text(&j, "item", str_c(d->rows[i].item));
		json_text(&j, "state", str_c(state_text[d->rows[i].state]));
		json_text(&j, "value", d->rows[i].value);
		json_close(&j, '{');
	}
	json_close(&j, '[');
	json_close(&j, '{');
	if (j.err < 0)
		return j.err;
	printf("%.*s\n", STR(buf_str(&b)));
	return 0;
}

int cmd_doctor(struct cli *cli)
{
	struct doctor *d = arena_alloc(&cli->arena, sizeof(*d));
	d->cli = cli;
	int r = 0;
	for (size_t i = 0; i < N(checks) && r == 0; i++)
		r = checks[i](d);
	if (r < 0)
		return r;
	r = cli_flag(cli, "json") ? print_json(d) : print_text(d);
	return r < 0 ? r : warnings(d) > 0;
}

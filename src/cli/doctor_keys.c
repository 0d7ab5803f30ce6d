/* SPDX-License-Identifier: Apache-2.0
 * doctor_keys.c - tocsin doctor: OpenPGP keys that end, or have ended. Depends on: base,
 * core/act, cli/doctor. */
#include "cli/client.h"
#include "cli/doctor.h"

#include <inttypes.h>

#define SOON_DAYS 30

static void say_team(struct doctor *d, struct str record)
{
	struct str state = record_text(record, "state");
	struct value v;
	int64_t now = clock_now(&d->cli->clock);
	if (!str_eq(state, S("good"))) {
		doctor_row(d, "keys", "team's key", DOCTOR_WARN,
			"%.*s: nothing is signed; tocsin key make --replace", STR(state));
		return;
	}
	if (!record_find(record, "expires", &v) || v.type != VALUE_INT) {
		doctor_row(d, "keys", "team's key", DOCTOR_OK, "does not expire");
		return;
	}
	int64_t days = (v.n - now) / 86400;
	doctor_row(d, "keys", "team's key", days < SOON_DAYS ? DOCTOR_WARN : DOCTOR_OK,
		"expires in %" PRId64 " day%s%s", days, days == 1 ? "" : "s",
		days < SOON_DAYS ? ": tocsin key make --replace, and tell your peers"
				 : "");
}

static void say_contacts(struct doctor *d, struct str record)
{
	int64_t n = record_int(record, "contacts"), good = record_int(record, "good");
	int64_t missing = record_int(record, "missing");
	enum doctor_state state = good == n ? DOCTOR_OK
		: good + missing == n	    ? DOCTOR_INFO
					    : DOCTOR_WARN;
	if (n == 0)
		doctor_row(d, "keys", "contacts' keys", DOCTOR_INFO, "none");
	else
		doctor_row(d, "keys", "contacts' keys", state,
			"%" PRId64 " of %" PRId64 " can be used, %" PRId64
			" expired, %" PRId64 " not here%s",
			good, n, record_int(record, "expired"), missing,
			good < n ? ": tocsin key list" : "");
}

struct seen {
	struct doctor *d;
	bool team;
};

static int on_record(void *ctx, struct str record)
{
	struct seen *s = ctx;
	struct value v;
	if (record_find(record, "contacts", &v)) {
		if (!s->team)
			doctor_row(s->d, "keys", "team's key", DOCTOR_INFO,
				"none: notices go out unsigned; tocsin key make");
		say_contacts(s->d, record);
	} else if (str_eq(record_text(record, "kind"), S("team"))) {
		s->team = true;
		say_team(s->d, record);
	}
	return 0;
}

int doctor_keys(struct doctor *d)
{
	struct seen s = { .d = d };
	struct act_answer answer = { &s, on_record, true };
	struct act_request q;
	if (d->cli->datadir < 0)
		return 0;
	request_begin(d->cli, &q, ACT_KEY_LIST);
	int r = request_send(d->cli, &q, &answer);
	if (r == E_UNSUPPORTED || r == E_STATE) { /* no gpg: the rest is worth showing */
		doctor_row(d, "keys", "gpg", DOCTOR_WARN, "%s", d->cli->why.text);
		d->cli->why = (struct why){ 0 };
		r = 0;
	}
	return r;
}

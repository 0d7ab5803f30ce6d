/* SPDX-License-Identifier: Apache-2.0
 * finding_text.c - how a finding looks: see finding_text.h. Depends on: base, core. */
#include "core/finding_text.h"

#include "base/limits.h"

#include <inttypes.h>

#define TEXT_MAX KIB(4)

static struct str address_of(const struct finding_row *f, char room[IP_TEXT_MAX])
{
	return f->has_net ? str_c(net_text(&f->net, room)) : (struct str){ NULL, 0 };
}

static struct str reason_of(struct arena *a, const struct finding_row *f)
{
	struct buf b = buf_in(a, TEXT_MAX);
	return finding_reason(f, &b) < 0 ? S("") : buf_str(&b);
}

static void concerned_json(struct json *j, const struct finding_row *f)
{
	struct finding_concerned also[FINDING_CONCERNED];
	size_t n = finding_also_concerned(f, also);
	json_open(j, "also_concerned", '[');
	for (size_t i = 0; i < n; i++)
		json_text(j, NULL, also[i].name);
	json_close(j, '[');
}

void finding_json(struct json *j, struct arena *a, const struct finding_row *f)
{
	char room[IP_TEXT_MAX];
	json_int(j, "id", f->id);
	json_text(j, "type", f->type);
	json_text(j, "identifier", f->identifier);
	json_some(j, "family", f->family);
	json_text(j, "place", f->by_name && f->name.n ? f->name : address_of(f, room));
	json_text(j, "address", address_of(f, room));
	/* A name that only came with an address stands under hostname. */
	json_some(j, "name", f->by_name ? f->name : S(""));
	json_number(j, "port", f->port);
	json_text(j, "organisation", f->org_name);
	json_text(j, "network_holder", f->network_name);
	concerned_json(j, f);
	json_time(j, "first_seen", f->first_seen);
	json_time(j, "last_seen", f->last_seen);
	json_int(j, "days_seen", f->days_seen);
	json_int(j, "count", f->count);
	json_text(j, "severity", str_c(severity_text(f->severity)));
	json_text(j, "state", str_c(state_text(f->state)));
	json_day(j, "state_since", f->state_day);
	json_text(j, "fixed_by", str_c(fixed_by_text(f->fixed_by)));
	json_int(j, "relapses", f->relapses);
	json_number(j, "asn", f->asn);
	json_some(j, "country", f->cc);
	json_text(j, "reason", reason_of(a, f));
	json_text(j, "report_type", f->report_type);
	json_some(j, "hostname", f->hostname.n || f->by_name ? f->hostname : f->name);
}

struct str finding_place(struct arena *a, const struct finding_row *f)
{
	char room[IP_TEXT_MAX];
	struct buf b = buf_in(a, TEXT_MAX);
	bool by_name = f->by_name && f->name.n;
	struct str place = by_name ? f->name : address_of(f, room);
	bool six = !by_name && f->has_net && !ip_is4(&f->net.ip) && f->port;
	int r = buf_addf(&b, six ? "[%.*s]" : "%.*s", STR(place));
	if (r == 0 && f->port)
		r = buf_addf(&b, ":%u", (unsigned)f->port);
	return r < 0 ? place : buf_str(&b);
}

struct str finding_what(struct arena *a, const struct finding_row *f)
{
	struct str what = f->identifier.n ? f->identifier : f->type;
	if (f->family.n == 0 || str_eq(f->family, what))
		return what;
	struct buf b = buf_in(a, TEXT_MAX);
	int r = buf_addf(&b, "%.*s (%.*s)", STR(what), STR(f->family));
	return r < 0 ? what : buf_str(&b);
}

struct str finding_state_words(struct arena *a, const struct finding_row *f)
{
	struct buf b = buf_in(a, TEXT_MAX);
	const char *by = fixed_by_text(f->fixed_by);
	int r = buf_add(&b, str_c(state_text(f->state)));
	if (r == 0 && f->state == STATE_FIXED && by)
		r = buf_addf(&b, " by %s", by);
	if (r == 0 && f->relapses > 1 && f->state == STATE_RELAPSED)
		r = buf_addf(&b, " %" PRId64 " times", f->relapses);
	else if (r == 0 && f->relapses > 1)
		r = buf_addf(&b, ", relapsed %" PRId64 " times", f->relapses);
	else if (r == 0 && f->relapses == 1 && f->state != STATE_RELAPSED)
		r = buf_add(&b, S(", relapsed once"));
	return r < 0 ? str_c(state_text(f->state)) : buf_str(&b);
}

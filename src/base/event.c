/* SPDX-License-Identifier: Apache-2.0
 * event.c - one normalised observation: see event.h. Depends on: base/wire. */
#include "base/event.h"

#include "base/limits.h"
#include "base/utf8.h"

#define TIME_END 253402300800 /* the year 10000 */

static const char *const severities[SEV_N] = { "unknown", "info", "low", "medium", "high",
	"critical" };

int severity_read(struct str s, enum severity *ret)
{
	for (int i = SEV_INFO; i < SEV_N; i++) {
		if (str_eq_nocase(s, str_c(severities[i]))) {
			*ret = (enum severity)i;
			return 0;
		}
	}
	return E_NOT_FOUND;
}

const char *severity_text(enum severity s)
{
	return severities[s];
}

void event_write(struct writer *w, const struct event *e)
{
	wr_u32(w, e->row);
	wr_u8(w, e->flags);
	wr_u8(w, (uint8_t)e->severity);
	wr_i64(w, e->time);
	wr_raw(w, e->net.ip.b, sizeof(e->net.ip.b));
	wr_u8(w, e->net.len);
	wr_u16(w, e->port);
	wr_u32(w, e->asn);
	wr_str(w, e->cc);
	wr_str(w, e->name);
	wr_str(w, e->type);
	wr_str(w, e->identifier);
	wr_str(w, e->family);
	wr_str(w, e->hostname);
	wr_str(w, e->transport);
	wr_str(w, e->detail);
}

static struct str rd_text(struct reader *r, size_t max)
{
	struct str s = rd_str(r);
	if (r->err == 0 && s.n > max)
		r->err = E_TOO_BIG;
	if (r->err == 0 && !utf8_clean(s))
		r->err = E_SYNTAX;
	return s;
}

int event_read(struct reader *r, struct event *ret)
{
	struct event e = { 0 };
	e.row = rd_u32(r);
	e.flags = rd_u8(r);
	uint8_t severity = rd_u8(r);
	e.time = rd_i64(r);
	rd_raw(r, e.net.ip.b, sizeof(e.net.ip.b));
	e.net.len = rd_u8(r);
	e.port = rd_u16(r);
	e.asn = rd_u32(r);
	e.cc = rd_text(r, 16);
	e.name = rd_text(r, LIMIT_KEY_FIELD);
	e.type = rd_text(r, LIMIT_KEY_FIELD);
	e.identifier = rd_text(r, LIMIT_KEY_FIELD);
	e.family = rd_text(r, LIMIT_KEY_FIELD);
	e.hostname = rd_text(r, LIMIT_FIELD);
	e.transport = rd_text(r, LIMIT_KEY_FIELD);
	e.detail = rd_text(r, LIMIT_KEY_FIELD);
	if (r->err < 0)
		return r->err;
	const unsigned flags = EVENT_HAS_NET | EVENT_BY_NAME | EVENT_PORT_IN_KEY |
		EVENT_IS_ACT;
	bool placed = (e.flags & EVENT_HAS_NET) || e.name.n > 0;
	if (severity >= SEV_N || e.net.len > 128 || e.row == 0 || e.row > LIMIT_ROWS ||
		!placed || e.time < 0 || e.time >= TIME_END || (e.flags & ~flags))
		return r->err = E_SYNTAX;
	struct net whole = net_of(&e.net.ip, e.net.len);
	if (ip_cmp(&whole.ip, &e.net.ip) != 0)
		return r->err = E_SYNTAX;
	e.severity = (enum severity)severity;
	*ret = e;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 * row.c - a sighting as a row: see row.h. Depends on: demo/population, base/date. */
#include "demo/row.h"
#include "base/date.h"
#include "demo/files.h"

#include <stdio.h>

struct one_row {
	struct demo_rows *w;
	const struct demo_key *k;
	const struct demo_report *t;
	const struct demo_org *org; /* at the address; NULL for nobody's */
	enum demo_dirt dirt;
	int64_t time;
};

void demo_rows_begin(struct arena *a, const struct demo_population *p, uint32_t report,
	bool v6, int32_t date, struct demo_out *out, struct demo_rows *ret)
{
	const struct demo_report *t = &p->reports->v[report];
	uint16_t *order = arena_array(a, t->n_columns, sizeof(*order));
	struct demo_rows w = { .report = t,
		.reg = p->places->reg,
		.out = out,
		.order = order,
		.day = date };
	/* The day has been played: p->day is the next one. */
	w.rng = rng_new(p->seed + (uint64_t)p->day, v6 ? '6' : '4', report);
	w.cities = demo_words(a, S("city"), &w.n_cities);
	w.regions = demo_words(a, S("region"), &w.n_regions);
	w.rooms = demo_words(a, S("room"), &w.n_rooms);
	for (uint32_t i = 0; i < t->n_columns; i++) {
		uint32_t k = rng_below(&w.rng, i + 1);
		order[i] = order[k];
		order[k] = (uint16_t)i;
	}
	*ret = w;
}

void demo_rows_head(struct demo_rows *w)
{
	for (uint32_t i = 0; i < w->report->n_columns; i++) {
		if (i > 0)
			demo_out_char(w->out, ',');
		demo_out_quoted(w->out, w->report->columns[w->order[i]].name);
	}
	demo_out_char(w->out, '\n');
}

static void add_hex(struct demo_out *o, uint64_t seed, uint32_t n, bool colons)
{
	static const char digit[] = "0123456789ABCDEF";
	uint64_t h = 0;
	demo_out_char(o, '"');
	for (uint32_t i = 0; i < n; i++) {
		if (i % 16 == 0)
			h = mix64(seed + i);
		if (colons && i > 0 && i % 2 == 0)
			demo_out_char(o, ':');
		demo_out_char(o, digit[h >> (4 * (i % 16)) & 15]);
	}
	demo_out_char(o, '"');
}

static void add_time(struct demo_out *o, int64_t time)
{
	char text[DATE_TEXT_MAX];
	demo_out_quoted(o, str_c(time_text_plain(time, text)));
}

/* Two years back to ten years on, never the same for two keys. */
static int64_t away_from(int32_t day, uint64_t h, bool future)
{
	int32_t days = (int32_t)(h % (future ? 3000 : 700)) + 1;
	/* From the country's first day, so that the value stays as the days go by. */
	int32_t first = day_make(2026, 6, 1);
	(void)day;
	return day_start(future ? first + days : first - days) +
		(int64_t)(h >> 32) % DAY_SECONDS;
}

static void add_word(struct demo_out *o, const struct demo_rule *r, uint64_t h)
{
	demo_out_char(o, '"');
	demo_out_str(o, r->items[h % r->n_items]);
	if (r->hi > 0) {
		demo_out_char(o, '-');
		demo_out_num(o, (h >> 32) % r->hi);
	}
	demo_out_char(o, '"');
}

static void add_by_rule(struct one_row *x, const struct demo_rule *r)
{
	struct demo_out *o = x->w->out;
	uint64_t h;
	char text[DATE_TEXT_MAX];
	if (r == NULL)
		return;
	h = mix64(x->k->hash ^ r->group);
	switch (r->kind) {
	case RULE_TEXT:
	case RULE_PICK: {
		struct str s = r->items[h % r->n_items];
		if (s.n > 0)
			demo_out_quoted(o, s);
		break;
	}
	case RULE_WORD:
		add_word(o, r, h);
		break;
	case RULE_NUM:
		demo_out_num(o, r->lo + h % (r->hi - r->lo + 1));
		break;
	case RULE_RNUM:
		demo_out_num(o, r->lo + rng_below(&x->w->rng, r->hi - r->lo + 1));
		break;
	case RULE_HEX:
		add_hex(o, h, r->lo, false);
		break;
	case RULE_FP:
	case RULE_MAC:
		add_hex(o, h, r->kind == RULE_MAC ? 12 : 2 * r->lo, true);
		break;
	case RULE_PAST:
	case RULE_FUTURE:
		add_time(o, away_from(x->w->day, h, r->kind == RULE_FUTURE));
		break;
	case RULE_STAMP:
		demo_out_quoted(o, str_c(time_text(x->time, text)));
		break;
	case RULE_EMPTY:
	default:
		break;
	}
}

/* Text whose bytes are not UTF-8: French in Latin-1, Russian in CP1251. */
static void add_bad_text(struct one_row *x)
{
	static const char *const bad[] = { "Quartier de l'\xc9glise", "Montfr\xe9val",
		"H\xf4tel de ville", "\xc3\xee\xf0\xee\xe4", "\xd1\xe5\xe2\xe5\xf0" };
	demo_out_quoted(x->w->out, str_c(bad[rng_below(&x->w->rng, N(bad))]));
}

static void add_geo(struct one_row *x, bool outside)
{
	char code[3] = "XT";
	if (outside || x->dirt == DIRT_GEO)
		code[1] = (char)('A' +
			rng_below(&x->w->rng, 14)); /* a partner's country */
	demo_out_quoted(x->w->out, str_c(code));
}

static void add_sector(struct one_row *x, bool number)
{
	static const struct {
		const char *sector, *text;
		uint32_t naics;
	} t[] = {
		{ "isp", "Communications", 517311 },
		{ "hosting", "Hosting", 518210 },
		{ "government", "Government", 921190 },
		{ "finance", "Finance", 522110 },
		{ "academic", "Education", 611310 },
		{ "health", "Health", 622110 },
		{ "municipality", "Government", 921190 },
		{ "energy", "Energy", 221118 },
		{ "water", "Water", 221310 },
		{ "transport", "Transport", 488190 },
		{ "media", "Media", 515120 },
	};
	for (size_t i = 0; x->org != NULL && i < N(t); i++) {
		if (!str_eq(x->org->sector, str_c(t[i].sector)))
			continue;
		if (number)
			demo_out_num(x->w->out, t[i].naics);
		else
			demo_out_quoted(x->w->out, str_c(t[i].text));
	}
}

/* A name from the reverse zone: four in ten addresses of those who have a domain. */
static void add_ptr(struct one_row *x)
{
	struct demo_out *o = x->w->out;
	uint64_t h = mix64(x->k->hash ^ 'n');
	const uint8_t *b = x->k->ip.b;
	if (x->org == NULL || x->org->domain.n == 0 || h % 10 >= 4 || x->k->v6)
		return;
	demo_out_char(o, '"');
	demo_out_str(o, x->w->rooms[(h >> 8) % x->w->n_rooms]);
	for (int i = 12; i < 16; i++) {
		demo_out_char(o, '-');
		demo_out_num(o, b[i]);
	}
	demo_out_char(o, '.');
	demo_out_str(o, x->org->domain);
	demo_out_char(o, '"');
}

static void add_ip(struct one_row *x)
{
	char text[IP_TEXT_MAX];
	demo_out_quoted(x->w->out, str_c(ip_text(&x->k->ip, text)));
}

static void add_name(struct one_row *x, enum demo_name_in in)
{
	static const struct str act = { "ddos-participant", 16 };
	const struct demo_report *t = x->t;
	struct str s = S("");
	if (x->k->name_item >= 0 &&
		(t->name_in == in || (t->name_in == NAME_BOTH && in != NAME_TAG)))
		s = t->names[x->k->name_item];
	else if (in == NAME_TAG)
		s = t->tag;
	else if (in == NAME_INFECTION && str_eq(t->type, S("event4_ddos_participant")))
		s = act; /* in this report the column repeats the kind of act */
	if (s.n > 0)
		demo_out_quoted(x->w->out, s);
}

static struct str path_of(const struct demo_key *k)
{
	static const char *const paths[] = { "/", "/login/", "/wp-content/a.php",
		"/update/setup.bin", "/compte?id=7", "/index.html" };
	return str_c(paths[mix64(k->hash ^ 'u') % N(paths)]);
}

static void add_url(struct one_row *x)
{
	struct demo_out *o = x->w->out;
	demo_out_char(o, '"');
	demo_out_str(o, x->k->port == 443 ? S("https://") : S("http://"));
	demo_out_str(o, x->k->name);
	demo_out_str(o, path_of(x->k));
	demo_out_char(o, '"');
}

/* The other side of an act: sinkholes, honeypots and relays are abroad. */
static void add_outside(struct one_row *x, enum demo_column_kind kind)
{
	static const uint16_t ports[] = { 22, 23, 80, 443, 445, 8080 };
	struct demo_out *o = x->w->out;
	uint32_t roll = rng_below(&x->w->rng, 6);
	if (kind == COL_OUT_IP) {
		demo_out_str(o, S("\"233.252.0."));
		demo_out_num(o, 1 + mix64(x->k->hash ^ (uint64_t)'o') % 254);
		demo_out_char(o, '"');
	} else if (kind == COL_OUT_PORT) {
		demo_out_num(o, ports[roll]);
	} else if (kind == COL_OUT_ASN) {
		demo_out_num(o, UINT64_C(4200000000) + roll);
	} else {
		add_geo(x, true);
	}
}

/* Ports of acts are the moment's; those of services stay. */
static void add_port(struct one_row *x)
{
	if (x->k->port > 0)
		demo_out_num(x->w->out, x->k->port);
	else
		demo_out_num(x->w->out, 1024 + rng_below(&x->w->rng, 64512));
}

static void add_where(struct one_row *x, enum demo_column_kind kind)
{
	const struct demo_rows *w = x->w;
	/* Neighbours in the address plan are neighbours in the country. */
	uint64_t h = mix_text((const char *)x->k->ip.b, x->k->v6 ? 6 : 15);
	if (kind == COL_CITY)
		demo_out_quoted(w->out, w->cities[h % w->n_cities]);
	else
		demo_out_quoted(w->out, w->regions[(h >> 32) % w->n_regions]);
}

static void add_column(struct one_row *x, const struct demo_column *c)
{
	struct demo_out *o = x->w->out;
	switch (c->kind) {
	case COL_TIME:
		if (x->dirt == DIRT_BROKEN)
			demo_out_quoted(o, S("yesterday"));
		else
			add_time(o, x->time);
		break;
	case COL_SEVERITY:
		demo_out_quoted(o, x->t->severity);
		break;
	case COL_PROTOCOL:
		demo_out_quoted(o, x->t->protocol);
		break;
	case COL_IP:
		add_ip(x);
		break;
	case COL_PORT:
		add_port(x);
		break;
	case COL_ASN:
		if (x->k->asn > 0)
			demo_out_num(o, x->k->asn);
		break;
	case COL_GEO:
		add_geo(x, false);
		break;
	case COL_REGION:
	case COL_CITY:
		add_where(x, c->kind);
		break;
	case COL_NAICS:
	case COL_SECTOR:
		add_sector(x, c->kind == COL_NAICS);
		break;
	case COL_PTR:
		add_ptr(x);
		break;
	case COL_INFECTION:
	case COL_FAMILY:
	case COL_TAG:
		add_name(x,
			c->kind == COL_TAG		? NAME_TAG
				: c->kind == COL_FAMILY ? NAME_FAMILY
							: NAME_INFECTION);
		break;
	case COL_NAME:
		demo_out_quoted(o, x->k->name);
		break;
	case COL_URL:
		add_url(x);
		break;
	case COL_PATH:
		demo_out_quoted(o, path_of(x->k));
		break;
	case COL_OUT_IP:
	case COL_OUT_PORT:
	case COL_OUT_ASN:
	case COL_OUT_GEO:
		add_outside(x, c->kind);
		break;
	case COL_RULE:
	default:
		add_by_rule(x, c->rule);
		break;
	}
}

void demo_rows_add(struct demo_rows *w, const struct demo_key *k, enum demo_dirt dirt)
{
	struct one_row x = { .w = w, .k = k, .t = w->report, .dirt = dirt };
	uint32_t n = w->report->n_columns,
		 breaking = dirt == DIRT_BROKEN ? rng_below(&w->rng, 3) : 0;
	x.org = k->unit < w->reg->n_orgs ? &w->reg->orgs[k->unit] : NULL;
	x.time = day_start(w->day) + rng_below(&w->rng, DAY_SECONDS);
	/* A broken row: an unreadable time, three fields too few, or one too many. */
	if (dirt == DIRT_BROKEN && breaking > 0)
		x.dirt = DIRT_NONE;
	if (breaking == 1)
		n -= 3;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t c = w->order[i];
		if (i > 0)
			demo_out_char(w->out, ',');
		if (dirt == DIRT_CHARSET && (int32_t)c == w->report->text_column)
			add_bad_text(&x);
		else
			add_column(&x, &w->report->columns[c]);
	}
	demo_out_str(w->out, breaking == 2 ? S(",\"stray\"\n") : S("\n"));
}

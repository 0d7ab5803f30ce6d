/* SPDX-License-Identifier: Apache-2.0
 * digest_family.c - findings by identifier family: see digest_int.h. Depends on: base,
 * core. */
#include "exchange/digest_int.h"

#include "base/date.h"
#include "base/tr.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdlib.h>

#define NAME_SHOWN                                                                       \
	120 /* bytes of a stranger's name in the body; the table has all of it */
#define NAMES_MAX KIB(1)

const char *digest_severity(enum severity s)
{
	/* TRANSLATORS: the severity of a finding, from here to "critical". */
	static const char *const words[SEV_N] = { N_("not known"), N_("for information"),
		N_("low"), N_("medium"), N_("high"), N_("critical") };
	return words[s];
}

const char *digest_why(enum notice_why w)
{
	/* TRANSLATORS: new since the last notice; seen again after it was fixed; told
	 * before. */
	static const char *const words[WHY_N] = { "", N_("New"), N_("Back"),
		N_("Reminder") };
	return words[w];
}

/* A stranger's name in one line: no controls, no backquotes (they mark commands), not
 * long. */
static struct str shown(struct arena *a, struct str s)
{
	struct str cut = utf8_cut(s, NAME_SHOWN);
	char *p = arena_alloc(a, cut.n + 4);
	for (size_t i = 0; i < cut.n; i++) {
		unsigned char c = (unsigned char)cut.p[i];
		p[i] = c < 0x20 || c == 0x7f ? ' ' : c == '`' ? '\'' : cut.p[i];
	}
	size_t n = cut.n;
	if (cut.n < s.n) {
		memcpy(p + n, "...", 3);
		n += 3;
	}
	return (struct str){ p, n };
}

/* ---- places ---- */

/* "192.0.2.1:80/tcp (host.example)", "[2001:db8::1]:443/tcp",
 * "host.example (192.0.2.1)". */
int digest_where(struct arena *a, const struct notice_line *l, struct str *ret)
{
	char net[IP_TEXT_MAX] = "";
	struct buf b = buf_in(a, KIB(1));
	if (l->has_net)
		net_text(&l->net, net);
	struct str host = l->by_name ? shown(a, l->name) : str_c(net);
	struct str other = l->by_name ? str_c(net) : shown(a, l->hostname);
	bool brackets = !l->by_name && l->has_net && !ip_is4(&l->net.ip) && l->port > 0;
	int r = buf_addf(&b, brackets ? "[%.*s]" : "%.*s", STR(host));
	if (r == 0 && l->port > 0)
		r = buf_addf(&b, ":%u", l->port);
	if (r == 0 && l->port > 0 && l->transport.n > 0 && l->transport.n <= 8)
		r = buf_addf(&b, "/%.*s", STR(shown(a, l->transport)));
	if (r == 0 && other.n > 0)
		r = buf_addf(&b, " (%.*s)", STR(other));
	if (r == 0)
		*ret = buf_str(&b);
	return r;
}

static int add_place(struct arena *a, struct digest_family *f,
	const struct notice_line *l, struct digest_place **ret)
{
	struct digest_place *p = &f->places[f->n_places];
	*p = (struct digest_place){ .why = digest_why(l->why),
		.is_act = l->acts,
		.first_day = day_of(l->first_seen),
		.last_day = day_of(l->last_seen),
		.last = l->last_seen,
		.count = l->count };
	if (l->claimed_day.has && l->seen_again_day.has) {
		p->claimed_day = (int32_t)l->claimed_day.v;
		p->seen_again_day = (int32_t)l->seen_again_day.v;
	}
	int r = digest_where(a, l, &p->where);
	if (r < 0)
		return r;
	f->n_places++;
	*ret = p;
	return 0;
}

/* How well a finding suits as the example for commands: an address with a port does
 * best. */
static int target_rank(const struct digest_target *t)
{
	if (t->host.n == 0)
		return 0;
	return 1 + (t->port > 0) + 2 * str_eq(t->host, t->net);
}

static void set_target(
	struct arena *a, struct digest_family *f, const struct notice_line *l)
{
	char text[IP_TEXT_MAX];
	struct digest_target t = { .port = l->port };
	/* A name goes into commands only when it can hold nothing that a shell would act
	 * on. */
	if (l->by_name && domain_is_plain(l->name))
		t.host = t.net = l->name;
	else if (!l->by_name && l->has_net) {
		t.host = str_dup(a, str_c(ip_text(&l->net.ip, text)));
		t.net = l->net.len == 128 ? t.host
					  : str_dup(a, str_c(net_text(&l->net, text)));
		t.is_v6 = !ip_is4(&l->net.ip);
	}
	if (target_rank(&t) <= target_rank(&f->target))
		return;
	t.host = str_dup(a, t.host);
	t.net = str_dup(a, t.net);
	f->target = t;
}

/* ---- counting ---- */

static void count_name(
	struct arena *a, struct digest_family *f, const struct notice_line *l)
{
	struct str name = l->family.n > 0 ? l->family : l->identifier;
	for (size_t i = 0; i < f->n_names; i++) {
		if (str_eq(f->names[i].name, name) &&
			str_eq(f->names[i].identifier, l->identifier)) {
			f->names[i].n++;
			return;
		}
	}
	if (f->n_names == DIGEST_NAMES) {
		f->more_names = true;
		return;
	}
	f->names[f->n_names++] = (struct digest_name){ str_dup(a, name),
		str_dup(a, l->identifier), 1 };
}

static int family_of(
	struct digest_collect *c, const struct notice_line *l, struct digest_family **ret)
{
	const struct advice *advice = advice_of(l->identifier, l->type);
	for (size_t i = 0; i < c->n; i++) {
		if (c->families[i]->advice == advice) {
			*ret = c->families[i];
			return 0;
		}
	}
	if (c->n == DIGEST_FAMILIES)
		return E_TOO_BIG;
	struct digest_family *f = arena_alloc(c->arena, sizeof(*f));
	f->advice = advice;
	c->families[c->n++] = f;
	*ret = f;
	return 0;
}

int digest_count(struct digest_collect *c, const struct notice_line *line,
	struct digest_place **ret_place)
{
	struct digest_family *f;
	struct digest_place *place = NULL;
	int r = family_of(c, line, &f);
	if (r < 0)
		return r;
	f->n++;
	f->by_why[line->why]++;
	f->acts |= line->acts;
	if (line->severity > f->severity)
		f->severity = line->severity;
	count_name(c->arena, f, line);
	if (f->n_places < DIGEST_PLACES) {
		set_target(c->arena, f, line);
		r = add_place(c->arena, f, line, &place);
	}
	if (r == 0)
		*ret_place = place;
	return r;
}

static int by_weight(const void *pa, const void *pb)
{
	const struct digest_family *a = *(struct digest_family *const *)pa;
	const struct digest_family *b = *(struct digest_family *const *)pb;
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return strcmp(a->advice->id, b->advice->id);
}

void digest_sort(struct digest_collect *c)
{
	if (c->n > 0)
		qsort(c->families, c->n, sizeof(*c->families), by_weight);
}

/* ---- showing ---- */

static int by_count(const void *pa, const void *pb)
{
	const struct digest_name *a = pa, *b = pb;
	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return str_cmp(a->name, b->name);
}

static int names_text(struct arena *a, const struct digest_family *f,
	const struct digest_name *names, struct str *ret)
{
	struct buf b = buf_in(a, NAMES_MAX * DIGEST_NAMES);
	int r = 0;
	for (size_t i = 0; i < f->n_names && r == 0; i++)
		r = buf_addf(&b, "%s%.*s (%" PRId64 ")", i ? ", " : "",
			STR(shown(a, names[i].name)), names[i].n);
	if (r == 0 && f->more_names)
		r = buf_add(&b, S(", ..."));
	if (r == 0)
		*ret = buf_str(&b);
	return r;
}

static int add_fixes(struct arena *a, enum lang lang, const struct digest_family *f,
	const struct digest_name *names, struct digest_group *g)
{
	struct digest_fix *fixes = arena_array(a, DIGEST_FIXES, sizeof(*fixes));
	size_t n = 0;
	int r = 0;
	for (size_t i = 0; i < f->n_names && n < DIGEST_FIXES && r == 0; i++) {
		const char *fix = advice_fix(f->advice, names[i].identifier);
		bool known = fix == NULL;
		for (size_t k = 0; k < n; k++)
			known |= str_eq(fixes[k].identifier, names[i].identifier);
		if (known)
			continue;
		fixes[n].identifier = names[i].identifier;
		r = digest_advice(a, lang, fix, &f->target, &fixes[n].text);
		n++;
	}
	g->fixes.v = fixes;
	g->fixes.n = n;
	return r;
}

int digest_group_of(struct arena *a, enum lang lang, const struct digest_family *f,
	int64_t number, struct digest_group *ret)
{
	const struct advice *advice = f->advice;
	struct digest_name names[DIGEST_NAMES];
	memcpy(names, f->names, sizeof(names));
	qsort(names, f->n_names, sizeof(*names), by_count);
	struct digest_group g = { .number = number,
		.title = advice->title,
		.severity = digest_severity(f->severity),
		.n = f->n,
		.new = f->by_why[WHY_NEW],
		.relapsed = f->by_why[WHY_RELAPSED],
		.reminded = f->by_why[WHY_REMINDER],
		.what = advice->what,
		.why = advice->why,
		.acts = f->acts };
	g.places.v = f->places;
	g.places.n = f->n_places;
	g.more = f->n - (int64_t)f->n_places;
	int r = names_text(a, f, names, &g.names);
	if (r == 0)
		r = digest_advice(a, lang, advice->check, &f->target, &g.check);
	if (r == 0)
		r = digest_advice(a, lang, advice->fix, &f->target, &g.fix);
	if (r == 0)
		r = add_fixes(a, lang, f, names, &g);
	if (r == 0)
		*ret = g;
	return r;
}

int digest_words_of(struct arena *a, enum lang lang, const struct notice_line *line,
	struct digest_words *ret)
{
	const struct advice *advice = advice_of(line->identifier, line->type);
	const char *more = advice_fix(advice, line->identifier);
	struct digest_family f = { .advice = advice };
	struct digest_words w = { .id = advice->id,
		.title = advice->title,
		.severity = digest_severity(line->severity),
		.what = advice->what,
		.why = advice->why,
		.more = S("") };
	set_target(a, &f, line);
	int r = digest_advice(a, lang, advice->check, &f.target, &w.check);
	if (r == 0)
		r = digest_advice(a, lang, advice->fix, &f.target, &w.fix);
	if (r == 0 && more)
		r = digest_advice(a, lang, more, &f.target, &w.more);
	if (r == 0)
		*ret = w;
	return r;
}

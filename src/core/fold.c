/* SPDX-License-Identifier: Apache-2.0
 * fold.c - events into findings: see fold.h. Depends on: base, db. */
#include "core/fold.h"

#include "base/date.h"
#include "base/limits.h"
#include "base/map.h"
#include "core/reattrib.h"
#include "core/setting.h"
#include "db/sql_fold.h"

#include <stdlib.h>

struct fold {
	struct arena arena;
	struct key128 secret;
	struct arrivals arrivals;
	struct map kinds;
	struct effect_sums *sums; /* of the changes since they were written */
	int64_t next_id;
};

/* One event on its way: sorted by key, so that the index is walked and not jumped in. */
struct item {
	struct key128 key;
	const struct event *e;
	int32_t day;
	uint16_t port; /* of the sighting: the source port of acts, else 0 */
};

/* Events of one finding in this chunk, boiled down. */
struct group {
	const struct item *items;
	size_t n;
	const struct event *latest;
	int64_t rank; /* of the latest */
	int64_t first_seen;
	int32_t first_day, last_day;
	int32_t first_report, last_report;
};

/* What a chunk needs beside its events. */
struct job {
	struct fold *f;
	struct ctx *x;
	const struct attrib_table *t;
	struct file_row *file;
	const struct report_type *type;
	uint64_t file_mark;	  /* of its digest: makes ranks differ between files */
	const struct event *last; /* the event asked for last, */
	int64_t last_kind;	  /* and its kind: most files are of one */
};

static struct str kind_key(struct arena *a, struct str type, struct str identifier)
{
	struct buf b = buf_in(a, 2 * LIMIT_KEY_FIELD + 2);
	int r = buf_add(&b, type);
	if (r == 0)
		r = buf_addc(&b, '\n');
	if (r == 0)
		r = buf_add(&b, identifier);
	return r == 0 ? buf_str(&b) : S("");
}

static int load_kind(void *ctx, const struct sql_fold_kinds_row *row)
{
	struct fold *f = ctx;
	AUTO_ARENA a = arena_new(KIB(64), "kind");
	map_put(&f->kinds, kind_key(&a, row->type, row->identifier), row->id);
	return 0;
}

static int load_secret(struct ctx *x, struct fold *f)
{
	struct str value;
	int r = setting_get(x, SETTING_FINDING_KEY, &value);
	if (r < 0)
		return fail(&x->why, r, "the database has no key for findings");
	if (value.n != sizeof(f->secret))
		return fail(&x->why, E_DB, "the key for findings is damaged");
	memcpy(&f->secret, value.p, sizeof(f->secret));
	return 0;
}

int fold_open(struct ctx *x, struct fold **ret)
{
	struct arena a = arena_new(MIB(64), "fold");
	struct fold *f = arena_alloc(&a, sizeof(*f));
	struct sql_fold_next_id_row next;
	f->arena = a;
	f->kinds = map_in(&f->arena);
	int r = load_secret(x, f);
	if (r == 0)
		r = effect_sums_open(x, &f->arena, &f->sums);
	if (r == 0)
		r = arrivals_load(x, &f->arena, &f->arrivals);
	if (r == 0)
		r = sql_fold_kinds_each(x->db, load_kind, f);
	if (r == 0)
		r = sql_fold_next_id(x->db, &next);
	if (r < 0) {
		fold_free(&f);
		return r;
	}
	f->next_id = next.id;
	*ret = f;
	return 0;
}

void fold_free(struct fold **p)
{
	struct fold *f = *p;
	*p = NULL;
	if (f) {
		effect_sums_free(f->sums);
		struct arena a = f->arena;
		arena_free(&a);
	}
}

struct arrivals *fold_arrivals(struct fold *f)
{
	return &f->arrivals;
}

int fold_write(struct fold *f, struct ctx *x)
{
	return effect_sums_write(f->sums, x);
}

struct effect_sums *fold_sums(struct fold *f)
{
	return f->sums;
}

static bool is_by_name(const struct event *e)
{
	return (e->flags & EVENT_BY_NAME) || !(e->flags & EVENT_HAS_NET);
}

static size_t put(char *to, size_t at, const void *p, size_t n)
{
	if (n)
		memcpy(to + at, p, n);
	to[at + n] = '\0';
	return at + n + 1;
}

struct key128 fold_key(const struct fold *f, const struct event *e)
{
	char text[4 * (LIMIT_KEY_FIELD + 1) + 24];
	size_t at = put(text, 0, e->type.p, e->type.n);
	at = put(text, at, e->identifier.p, e->identifier.n);
	at = put(text, at, e->family.p, e->family.n);
	uint16_t port = e->flags & EVENT_PORT_IN_KEY ? e->port : 0;
	at = put(text, at, &port, sizeof(port));
	if (is_by_name(e)) {
		at = put(text, at, e->name.p, e->name.n);
	} else {
		memcpy(text + at, e->net.ip.b, 16);
		text[at + 16] = (char)e->net.len;
		at += 17;
	}
	return siphash(&f->secret, (struct str){ text, at });
}

/* A number that any two events of different file or row are unlikely to share. */
static int64_t rank_of(const struct job *j, const struct event *e)
{
	uint64_t z = j->file_mark + e->row * UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (int64_t)((z ^ z >> 31) >> 1);
}

static int by_key(const void *pa, const void *pb)
{
	const struct item *a = pa, *b = pb;
	int c = memcmp(a->key.b, b->key.b, sizeof(a->key.b));
	if (c != 0)
		return c;
	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	if (a->e->time != b->e->time)
		return a->e->time < b->e->time ? -1 : 1;
	return a->e->row < b->e->row ? -1 : a->e->row > b->e->row;
}

static struct group group_of(const struct job *j, const struct item *items, size_t n)
{
	struct group g = { .items = items, .n = n, .first_seen = INT64_MAX };
	for (size_t i = 0; i < n; i++) {
		const struct event *e = items[i].e;
		int64_t rank = rank_of(j, e);
		if (e->time < g.first_seen)
			g.first_seen = e->time;
		if (g.latest == NULL || e->time > g.latest->time ||
			(e->time == g.latest->time && rank > g.rank)) {
			g.latest = e;
			g.rank = rank;
		}
	}
	g.first_day = items[0].day;
	g.last_day = items[n - 1].day;
	g.first_report = j->file->day.has ? (int32_t)j->file->day.v : g.first_day;
	g.last_report = j->file->day.has ? (int32_t)j->file->day.v : g.last_day;
	return g;
}

/* Writes the group's sightings, one per day and port. fresh: none of this file is there
 * yet. *ret_days: days on which the finding had not been seen before; known_day: the
 * latest one known so far, INT32_MIN when the finding is new. */
static int add_sightings(struct job *j, int64_t finding, const struct group *g,
	bool fresh, int32_t known_day, int64_t *ret_days)
{
	int64_t days = 0;
	int r = 0;
	for (size_t i = 0, next; r == 0 && i < g->n; i = next) {
		const struct item *from = &g->items[i];
		for (next = i + 1; next < g->n && g->items[next].day == from->day &&
			g->items[next].port == from->port;)
			next++;
		bool new_day = i == 0 || from->day != g->items[i - 1].day;
		if (new_day && from->day < known_day) {
			struct sql_fold_day_known_in in = { .finding = finding,
				.day = from->day };
			struct sql_fold_day_known_row row;
			r = sql_fold_day_known(j->x->db, &in, &row);
			if (r < 0 && r != E_NOT_FOUND)
				return r;
			days += r == E_NOT_FOUND;
		} else if (new_day && from->day > known_day) {
			days++;
		}
		struct sql_fold_insert_sighting_in in = { .finding = finding,
			.day = from->day,
			.file = j->file->id,
			.port = from->port,
			.row = from->e->row,
			.count = (int64_t)(next - i),
			.first = from->e->time,
			.last = g->items[next - 1].e->time };
		struct sql_fold_add_sighting_in again = { in.finding, in.day, in.file,
			in.port, in.row, in.count, in.first, in.last };
		r = fresh ? sql_fold_insert_sighting(j->x->db, &in)
			  : sql_fold_add_sighting(j->x->db, &again);
	}
	if (r == 0)
		*ret_days = days;
	return r;
}

static struct opt_int maybe(int64_t id)
{
	return id ? SOME(id) : NONE;
}

static struct str net_blob(const struct event *e)
{
	if (!(e->flags & EVENT_HAS_NET))
		return (struct str){ NULL, 0 };
	return (struct str){ (const char *)e->net.ip.b, 16 };
}

static struct attrib attribute(const struct job *j, const struct event *e)
{
	const struct net *net = e->flags & EVENT_HAS_NET ? &e->net : NULL;
	return attrib_find(j->t, net, e->name, is_by_name(e), e->asn);
}

static int kind_of(struct job *j, const struct event *e, int64_t *ret)
{
	if (j->last && str_eq(j->last->type, e->type) &&
		str_eq(j->last->identifier, e->identifier)) {
		*ret = j->last_kind;
		return 0;
	}
	struct str key = kind_key(j->x->arena, e->type, e->identifier);
	int64_t *known = map_get(&j->f->kinds, key);
	if (known) {
		j->last = e;
		*ret = j->last_kind = *known;
		return 0;
	}
	struct sql_fold_insert_kind_in in = { .type = e->type,
		.identifier = e->identifier };
	struct sql_fold_insert_kind_row row;
	int r = sql_fold_insert_kind(j->x->db, &in, &row);
	if (r < 0)
		return r;
	map_put(&j->f->kinds, key, row.id);
	*ret = row.id;
	return 0;
}

static struct str present(struct str s)
{
	return s.p ? s : S("");
}

static int insert_finding(struct job *j, const struct group *g, int64_t id, int64_t kind)
{
	const struct event *e = g->latest;
	struct attrib at = attribute(j, e);
	int64_t days;
	struct sql_fold_insert_in in = { .id = id,
		.key = { (const char *)g->items[0].key.b, sizeof(g->items[0].key.b) },
		.kind = kind,
		.net = net_blob(e),
		.len = e->net.len,
		.name = present(e->name),
		.by_name = is_by_name(e),
		.family = present(e->family),
		.port = e->flags & EVENT_PORT_IN_KEY ? e->port : 0,
		.acts = (e->flags & EVENT_IS_ACT) != 0,
		.hostname = present(e->hostname),
		.transport = present(e->transport),
		.detail = present(e->detail),
		.severity = e->severity,
		.org = maybe(at.org),
		.network_org = maybe(at.network_org),
		.imitates = maybe(at.imitates),
		.asn = at.asn,
		.feed_asn = e->asn,
		.cc = at.cc,
		.basis = at.basis,
		.basis_ref = at.ref,
		.first_seen = g->first_seen,
		.last_seen = e->time,
		.rank = g->rank,
		.days_seen = 0,
		.count = (int64_t)g->n,
		.report = g->last_report,
		.day = g->last_day,
		.type = j->type->id,
		.file = j->file->id };
	for (size_t i = 0; i < g->n; i++)
		in.days_seen += i == 0 || g->items[i].day != g->items[i - 1].day;
	int r = sql_fold_insert(j->x->db, &in);
	if (r == 0)
		r = add_sightings(j, id, g, true, INT32_MIN, &days);
	j->file->new_findings++;
	j->file->unattributed += at.org == 0;
	const struct effect_of of = { at.org, at.network_org, kind,
		e->severity == SEV_CRITICAL };
	const struct spell spell = { .from_day = g->last_report };
	effect_sum_add(j->f->sums, &of, &spell, 1, true, 1);
	/* Late, or of several days: where it stands today must be computed. */
	if (r == 0 &&
		(g->first_report != g->last_report ||
			g->last_report < arrivals_latest(j->type)))
		r = fold_state_again(j->f, j->x, id, NULL);
	return r;
}

/* A name may have another address by now, and an address another name. */
static int move(struct job *j, const struct event *e, const struct sql_fold_find_row *old)
{
	struct str net = net_blob(e), name = present(e->name);
	if (str_eq(net, old->net) && e->net.len == old->len && str_eq(name, old->name))
		return 0;
	struct sql_fold_move_in in = {
		.id = old->id, .net = net, .len = e->net.len, .name = name
	};
	return sql_fold_move(j->x->db, &in);
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* It is critical now, or no longer: its spells count otherwise. */
static int see_severity(struct job *j, const struct sql_fold_see_latest_in *in)
{
	int r = effect_sum_finding(j->f->sums, j->x, in->id, -1);
	if (r == 0)
		r = sql_fold_see_latest(j->x->db, in);
	return r == 0 ? effect_sum_finding(j->f->sums, j->x, in->id, 1) : r;
}

/* before: how often it had relapsed before this file. */
static int update_row(struct job *j, const struct group *g,
	const struct sql_fold_find_row *old, bool latest, int64_t days, int64_t before)
{
	const struct event *e = g->latest;
	/* A file that failed and is read on is older than what came between. */
	bool newest_file = j->file->id >= old->last_file;
	struct sql_fold_see_latest_in in = { .id = old->id,
		.hostname = present(e->hostname),
		.transport = present(e->transport),
		.detail = present(e->detail),
		.severity = e->severity,
		.feed_asn = e->asn,
		.first_seen = smaller(g->first_seen, old->first_seen),
		.last_seen = e->time,
		.rank = g->rank,
		.days = days,
		.count = (int64_t)g->n,
		.first_report = smaller(g->first_report, old->first_report),
		.last_report = larger(g->last_report, old->last_report),
		.last_day = larger(g->last_day, old->last_day),
		.file = newest_file ? j->file->id : old->last_file,
		.file_relapses = newest_file ? before : old->file_relapses };
	if (latest && (old->severity == SEV_CRITICAL) != (e->severity == SEV_CRITICAL))
		return see_severity(j, &in);
	if (latest)
		return sql_fold_see_latest(j->x->db, &in);
	struct sql_fold_see_older_in older = { .id = old->id,
		.first_seen = in.first_seen,
		.days = days,
		.count = in.count,
		.first_report = in.first_report,
		.last_report = in.last_report,
		.last_day = in.last_day,
		.file = in.file,
		.file_relapses = in.file_relapses };
	return sql_fold_see_older(j->x->db, &older);
}

/* The state after this sighting: at once when files come in order, else from all
 * sightings. */
static int update_state(struct job *j, const struct group *g,
	const struct sql_fold_find_row *old, struct life *ret)
{
	bool in_order = old->last_type == j->type->id && !old->mixed &&
		g->first_report == g->last_report && g->last_report >= old->last_report &&
		g->last_report >= arrivals_latest(j->type);
	bool claimed = old->claimed_day.has && old->claimed_day.v >= old->last_report;
	bool silent = life_was_silent(j->type, (int32_t)old->last_report, g->last_report);
	/* Fixed by a report of this very day, of which this is another part: not
	 * fixed. */
	bool undone = (old->state == STATE_FIXED) != silent;
	if (!in_order || claimed || undone || old->state == STATE_NOT_THEIRS)
		return fold_state_again(j->f, j->x, old->id, ret);
	*ret = (struct life){ .state = (enum finding_state)old->state,
		.relapses = (int)old->relapses };
	if (!silent)
		return 0;
	ret->state = STATE_RELAPSED;
	ret->relapses++;
	struct sql_fold_relapse_in in = {
		.id = old->id, .day = g->last_report, .relapses = ret->relapses
	};
	int r = effect_sum_finding(j->f->sums, j->x, old->id, -1);
	if (r == 0)
		r = sql_fold_relapse(j->x->db, &in);
	return r == 0 ? effect_sum_finding(j->f->sums, j->x, old->id, 1) : r;
}

/* Whose it is may change with a name's address, with a feed's AS number where that
 * decides, and with the register while it was closed. */
static int attribute_again(struct job *j, const struct group *g,
	const struct sql_fold_find_row *old, bool latest, struct life *now,
	int64_t *ret_org)
{
	const struct event *e = g->latest;
	bool moved = latest && is_by_name(e) &&
		(!str_eq(net_blob(e), old->net) || e->net.len != old->len);
	bool renumbered = latest && e->asn != old->feed_asn &&
		(old->basis < BASIS_DOMAIN || old->basis == BASIS_ASN);
	bool opened = (old->state == STATE_FIXED && now->state != STATE_FIXED) ||
		old->state == STATE_NOT_THEIRS;
	struct reattrib whose;
	*ret_org = old->org.v;
	if (!moved && !renumbered && !opened)
		return 0;
	int r = reattrib_one(j->x, j->t, j->f->sums, old->id, &whose);
	if (r == 0)
		*ret_org = whose.org;
	return r == 0 && whose.opened ? fold_state_again(j->f, j->x, old->id, now) : r;
}

/* Did an earlier chunk of this file hold the finding? Files are read one after the other,
 * but one that failed may be read on after others. */
static int was_touched(struct job *j, const struct sql_fold_find_row *old, bool *ret)
{
	*ret = old->last_file == j->file->id;
	if (old->last_file <= j->file->id)
		return 0;
	struct sql_fold_seen_in_in in = { .finding = old->id, .file = j->file->id };
	struct sql_fold_seen_in_row row;
	int r = sql_fold_seen_in(j->x->db, &in, &row);
	*ret = r == 0;
	return r == E_NOT_FOUND ? 0 : r;
}

enum counted { AS_NEW, AS_SEEN_AGAIN, AS_RELAPSED };

static enum counted counted_as(int64_t before, int64_t relapses, int64_t state)
{
	if (before < 0)
		return AS_NEW;
	return relapses > before && state != STATE_NOT_THEIRS ? AS_RELAPSED
							      : AS_SEEN_AGAIN;
}

static void count_as(struct file_row *file, enum counted as, int64_t by)
{
	file->new_findings += as == AS_NEW ? by : 0;
	file->seen_again += as == AS_SEEN_AGAIN ? by : 0;
	file->relapsed += as == AS_RELAPSED ? by : 0;
}

/* A finding counts once per file, as what the whole file made of it: what an earlier
 * chunk counted is taken back. */
static void count_finding(struct job *j, const struct sql_fold_find_row *old,
	bool touched, int64_t before, const struct life *now, int64_t org)
{
	bool known = !touched || old->last_file == j->file->id;
	if (touched && known)
		count_as(j->file, counted_as(before, old->relapses, old->state), -1);
	if (known)
		count_as(j->file, counted_as(before, now->relapses, now->state), 1);
	j->file->unattributed += (org == 0) - (touched && !old->org.has);
}

static int see_finding(
	struct job *j, const struct group *g, const struct sql_fold_find_row *old)
{
	const struct event *e = g->latest;
	bool latest = e->time > old->last_seen ||
		(e->time == old->last_seen && g->rank > old->rank);
	bool touched;
	int64_t days, org = 0;
	struct life now = { 0 };
	int r = was_touched(j, old, &touched);
	if (r < 0)
		return r;
	int64_t before = touched ? old->file_relapses : old->relapses;
	r = add_sightings(j, old->id, g, !touched, (int32_t)old->last_day, &days);
	if (r == 0)
		r = update_row(j, g, old, latest, days, before);
	if (r == 0 && latest)
		r = move(j, e, old);
	if (r == 0)
		r = update_state(j, g, old, &now);
	if (r == 0)
		r = attribute_again(j, g, old, latest, &now, &org);
	if (r == 0)
		count_finding(j, old, touched, before, &now, org);
	return r;
}

static int fold_group(struct job *j, const struct group *g)
{
	struct sql_fold_find_in in = { .key = { (const char *)g->items[0].key.b,
					       sizeof(g->items[0].key.b) } };
	struct sql_fold_find_row old;
	int64_t kind;
	int r = sql_fold_find(j->x->db, j->x->arena, &in, &old);
	if (r == 0)
		return see_finding(j, g, &old);
	if (r != E_NOT_FOUND)
		return r;
	r = kind_of(j, g->latest, &kind);
	return r == 0 ? insert_finding(j, g, j->f->next_id++, kind) : r;
}

int fold_chunk(struct fold *f, struct ctx *x, const struct attrib_table *t,
	struct file_row *file, const struct event *events, size_t n)
{
	struct job j = { .f = f,
		.x = x,
		.t = t,
		.file = file,
		.type = arrivals_type(&f->arrivals, file->type) };
	struct item *items = arena_array(x->arena, n + 1, sizeof(*items));
	if (j.type == NULL)
		return fail(&x->why, E_DB, "file %lld has no report type",
			(long long)file->id);
	memcpy(&j.file_mark, file->sha.b, sizeof(j.file_mark));
	for (size_t i = 0; i < n; i++) {
		const struct event *e = &events[i];
		items[i] = (struct item){ fold_key(f, e), e, day_of(e->time),
			e->flags & EVENT_IS_ACT ? e->port : 0 };
		if (!file->last_day.has || items[i].day > file->last_day.v)
			file->last_day = SOME(items[i].day);
	}
	qsort(items, n, sizeof(*items), by_key);
	int r = 0;
	for (size_t i = 0, next; r == 0 && i < n; i = next) {
		for (next = i + 1; next < n &&
			memcmp(items[next].key.b, items[i].key.b,
				sizeof(items[i].key.b)) == 0;)
			next++;
		struct group g = group_of(&j, items + i, next - i);
		r = fold_group(&j, &g);
		if (r == 0 && effect_sums_many(f->sums))
			r = fold_write(f, x);
	}
	return r;
}

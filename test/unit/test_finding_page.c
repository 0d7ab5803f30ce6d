/* SPDX-License-Identifier: Apache-2.0
 * test_finding_page.c - pages of findings against the whole list: every filter, every
 * order, every size of a page, each finding once and in its place. Compiled twice: as the
 * program is, and with so few looks that no way in ends by itself. */
#include "core/finding.h"
#include "core_kit.h"
#include "db/engine.h"

#include <inttypes.h>

#define FINDINGS 3000

static void run(struct kit *k, const char *sql)
{
	char *why = NULL;
	if (sqlite3_exec(k->x.db->lite, sql, NULL, NULL, &why) != SQLITE_OK) {
		printf("Bail out! %s\n", why);
		exit(1);
	}
}

/* Every value from the number itself, so that each run is the same. */
static void make_findings(struct kit *k)
{
	struct tx t;
	kit_tx(k, &t);
	run(k,
		"INSERT INTO organisation(id, name, kind, sector, language, "
		"origin) VALUES (1, 'A', '', '', 'en', 1), (2, 'B', '', '', "
		"'en', 1), (3, 'C', '', '', 'en', 1)");
	run(k,
		"INSERT INTO report_type(id, name, known, quiet) VALUES (1, "
		"'one', 1, 7), (2, 'two', 1, 7)");
	run(k,
		"INSERT INTO file(id, sha256, name, feed, type, bytes, "
		"taken_at, state, rows_done, rows, events, quarantined, "
		"new_findings, seen_again, relapsed, unattributed, why) "
		"VALUES (1, x'00', 'f', '', 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, "
		"0, 0, '')");
	run(k,
		"INSERT INTO kind(id, type, identifier) VALUES (1, 'scan', "
		"'rdp'), (2, 'scan', 'dns'), (3, 'bot', 'zeus')");
	run(k,
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
		"FROM n WHERE i < 3000), m(i, h) AS (SELECT i, abs(i * "
		"2654435761 % 1000003) FROM n) INSERT INTO finding(id, key, "
		"kind, net, len, name, by_name, family, port, acts, "
		"hostname, transport, detail, severity, org, network_org, "
		"asn, feed_asn, cc, basis, basis_ref, first_seen, "
		"last_seen, rank, days_seen, count, first_report, "
		"last_report, last_day, last_type, last_file, "
		"file_relapses, mixed, state, state_day, fixed_by, "
		"relapses, noticed_file, noticed_relapses) SELECT i, CAST(i "
		"AS BLOB), CASE WHEN h % 50 = 1 THEN 2 WHEN h % 7 = 3 THEN "
		"3 ELSE 1 END, CASE WHEN h % 11 THEN unhex_net(h % 256) "
		"END, 128, CASE WHEN h % 11 THEN '' ELSE 'n' || (h % 4) "
		"END, h % 11 = 0, CASE h % 13 WHEN 0 THEN 'x' ELSE '' END, "
		"0, 0, '', '', '', h / 7 % 6, nullif(h / 3 % 4, 0), NULL, "
		"0, 0, '', 0, '', 1000 + h / 5 % 300, 2000 + h / 11 % 400, "
		"0, 1, 1, 0, 0, 0, 1 + (h % 9 = 0), 1, 0, 0, CASE WHEN h % "
		"40 = 1 THEN 1 WHEN h % 40 = 2 THEN 3 WHEN h % 90 = 3 THEN "
		"4 WHEN h % 3 THEN 2 ELSE 0 END, 0, 0, h % 5 = 0, 0, 0 FROM "
		"m");
	kit_end(k, &t);
}

/* ::ffff:192.0.2.n, as the program stores an address. */
static void net_of_number(sqlite3_context *c, int n, sqlite3_value **v)
{
	static unsigned char b[16] = { [10] = 255, 255, 192, 0, 2 };
	(void)n;
	b[15] = (unsigned char)sqlite3_value_int(v[0]);
	sqlite3_result_blob(c, b, sizeof(b), SQLITE_TRANSIENT);
}

/* ---- the order that is asked for ---- */

static enum finding_order sort_order;
static int by_order(const void *pa, const void *pb)
{
	const struct finding_key *a = pa, *b = pb;
	if (sort_order == FINDING_BY_ID)
		return a->id < b->id ? -1 : 1;
	if (sort_order == FINDING_WORST && a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	bool up = sort_order == FINDING_OLDEST;
	if (a->last_seen != b->last_seen)
		return (a->last_seen < b->last_seen) == up ? -1 : 1;
	return (a->id < b->id) == up ? -1 : 1;
}

/* What finding_find finds, in that order. */
static size_t whole(struct kit *k, const struct finding_filter *f, struct finding_key *to)
{
	struct finding_filter all = *f;
	struct finding_list list;
	all.limit = 0;
	all.order = FINDING_BY_ID;
	kit_must(k, finding_find(&k->x, &all, &list), "finding_find");
	for (size_t i = 0; i < list.n; i++) {
		struct finding_row row;
		kit_must(k, finding_get(&k->x, list.ids[i], &row), "finding_get");
		to[i] = (struct finding_key){ row.severity, row.last_seen, row.id };
	}
	sort_order = f->order;
	qsort(to, list.n, sizeof(*to), by_order);
	return list.n;
}

/* All pages, one after the other. */
static size_t paged(struct kit *k, const struct finding_filter *f, int64_t *to,
	size_t *ret_pages, bool *ret_partial)
{
	struct finding_page page;
	struct finding_key after, *from = NULL;
	size_t n = 0;
	*ret_pages = 0;
	*ret_partial = false;
	do {
		kit_must(k, finding_page(&k->x, f, from, &page), "finding_page");
		for (size_t i = 0; i < page.n && n < FINDINGS; i++)
			to[n++] = page.ids[i];
		*ret_partial |= page.partial;
		if (page.n > f->limit || (!page.more && page.partial) ||
			(page.n < f->limit && page.more && !page.partial))
			return SIZE_MAX;
		after = page.next;
		from = &after;
		++*ret_pages;
	} while (page.more && *ret_pages < 10000);
	return n;
}

static void compare(struct kit *k, struct finding_filter f, const char *what)
{
	static struct finding_key want[FINDINGS];
	static int64_t got[FINDINGS];
	static const size_t sizes[] = { 5, 50, 5000 };
	bool same = true, ends = true;
	size_t n = 0, pages = 0;
	for (int order = FINDING_BY_ID; order <= FINDING_OLDEST && same; order++)
		for (size_t s = 0; s < N(sizes) && same; s++) {
			bool partial;
			f.order = (enum finding_order)order;
			f.limit = sizes[s];
			n = whole(k, &f, want);
			size_t m = paged(k, &f, got, &pages, &partial);
			same = m == n;
			for (size_t i = 0; i < n && same; i++)
				same = want[i].id == got[i];
			ends = ends && (partial || pages <= n / f.limit + 1);
			if (!same)
				printf("# order %d, pages of %zu: %zu of %zu\n", order,
					f.limit, m, n);
			arena_reset(&k->arena);
		}
	ok(same, "%s: %zu findings, each once and in its place", what, n);
	ok(ends, "%s: in no more pages than that takes", what);
}

#define LIVE (1u << STATE_OPEN | 1u << STATE_CLAIMED | 1u << STATE_RELAPSED)

static void test_all(struct kit *k)
{
	struct net net, wide;
	kit_must(k, net_read(S("192.0.2.64/28"), &net), "net");
	kit_must(k, net_read(S("192.0.2.0/24"), &wide), "net");
	const struct {
		const char *what;
		struct finding_filter f;
	} t[] = {
		{ "all", { 0 } },
		{ "live", { .states = LIVE } },
		{ "fixed", { .states = 1u << STATE_FIXED } },
		{ "relapsed", { .states = 1u << STATE_RELAPSED } },
		{ "claimed or not theirs",
			{ .states = 1u << STATE_CLAIMED | 1u << STATE_NOT_THEIRS } },
		{ "open or fixed", { .states = 1u << STATE_OPEN | 1u << STATE_FIXED } },
		{ "at least high", { .states = LIVE, .severity = SEV_HIGH } },
		{ "critical, any state", { .severity = SEV_CRITICAL } },
		{ "of an organisation", { .states = LIVE, .org = 2 } },
		{ "of it, any state", { .org = 2 } },
		{ "of none", { .states = LIVE, .unattributed = true } },
		{ "of a type", { .states = LIVE, .type = S("scan") } },
		{ "of a rare identifier", { .states = LIVE, .identifier = S("dns") } },
		{ "of a type, any state", { .type = S("bot") } },
		{ "of a type that never came", { .type = S("none") } },
		{ "of a family", { .states = LIVE, .family = S("x") } },
		{ "in a network", { .has_net = true, .net = net } },
		{ "in a wide one", { .states = LIVE, .has_net = true, .net = wide } },
		{ "at a name", { .name = S("n2") } },
		{ "back at least once", { .states = LIVE, .relapsed = true } },
		{ "new since", { .states = LIVE, .new_since = SOME(1250) } },
		{ "seen since", { .since = SOME(2300), .until = SOME(2350) } },
		{ "of a report type", { .states = LIVE, .report_type = 2 } },
		{ "many of these",
			{ .states = LIVE,
				.org = 3,
				.type = S("scan"),
				.severity = SEV_MEDIUM,
				.since = SOME(2100) } },
	};
	for (size_t i = 0; i < N(t); i++)
		compare(k, t[i].f, t[i].what);
}

int main(void)
{
	struct kit k;
	kit_new(&k);
	(void)sqlite3_create_function(k.x.db->lite, "unhex_net", 1, SQLITE_UTF8, NULL,
		net_of_number, NULL, NULL);
	make_findings(&k);
	test_all(&k);
	kit_free(&k);
	return tap_end();
}

/* SPDX-License-Identifier: Apache-2.0
 * bench_findings.c - what a page of the list of findings costs: bench_findings DIR PAGES
 *
 * Each list is read from its beginning, page by page, PAGES pages of fifty, as the room
 * findings reads it, on a connection with the web role's memory. Prints for each list the
 * median, the 95th percentile and the worst of its pages in ms, how many pages there
 * were, and how many findings they held. Depends on: core. */
#include "rows.h"

#include "base/date.h"
#include "core/finding.h"
#include "db/db.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#define LAST_DAY  20758 /* 2026-11-01 */
#define PAGE	  50
#define PAGES_MAX 2000
#define LIVE	  (1u << STATE_OPEN | 1u << STATE_CLAIMED | 1u << STATE_RELAPSED)

static int by_time(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;
	return (a > b) - (a < b);
}

static double all_ms[200 * PAGES_MAX];
static size_t n_all;

static void list(struct ctx *x, const char *what, struct finding_filter f, size_t pages)
{
	static double ms[PAGES_MAX];
	struct finding_key after, *from = NULL;
	struct finding_page page = { .more = true };
	size_t n = 0, found = 0, partial = 0;
	f.limit = PAGE;
	while (n < pages && page.more) {
		struct tx t;
		double begin = wall_seconds();
		arena_reset(x->arena);
		must(tx_begin(&t, x->db, TX_READ), "begin");
		must(finding_page(x, &f, from, &page), what);
		for (size_t i = 0; i < page.n; i++) {
			struct finding_row row;
			must(finding_get(x, page.ids[i], &row), what);
		}
		must(tx_end(&t, 0), "end");
		ms[n++] = 1000 * (wall_seconds() - begin);
		found += page.n;
		partial += page.partial;
		after = page.next;
		from = &after;
	}
	memcpy(all_ms + n_all, ms, n * sizeof(*ms));
	n_all += n;
	qsort(ms, n, sizeof(*ms), by_time);
	printf("  %-36s p50 %7.2f  p95 %7.2f  worst %7.2f ms  %4zu pages, "
	       "%zu not full, %zu findings\n",
		what, ms[n / 2], ms[n * 95 / 100], ms[n - 1], n, partial, found);
}

static void lists(struct ctx *x, size_t pages)
{
	struct net net, wide;
	must(net_read(S("192.0.2.0/28"), &net), "net");
	must(net_read(S("0.0.0.0/0"), &wide), "net");
	struct opt_int week = SOME(day_start(LAST_DAY - 7));
	const struct {
		const char *what;
		struct finding_filter f;
	} t[] = {
		{ "open, worst first", { .states = LIVE } },
		{ "any state, worst first", { 0 } },
		{ "fixed, worst first", { .states = 1u << STATE_FIXED } },
		{ "relapsed", { .states = 1u << STATE_RELAPSED } },
		{ "claimed fixed", { .states = 1u << STATE_CLAIMED } },
		{ "not theirs", { .states = 1u << STATE_NOT_THEIRS } },
		{ "critical", { .states = LIVE, .severity = SEV_CRITICAL } },
		{ "of organisation 1", { .states = LIVE, .org = 1 } },
		{ "of organisation 100", { .states = LIVE, .org = 100 } },
		{ "of organisation 1, any state", { .org = 1 } },
		{ "of nobody", { .states = LIVE, .unattributed = true } },
		{ "of a common type", { .states = LIVE, .type = S("infected-system") } },
		{ "of a type, any state", { .type = S("infected-system") } },
		{ "of a family that is not there",
			{ .states = LIVE, .family = S("nothing") } },
		{ "the same, any state", { .family = S("nothing") } },
		{ "in a small network", { .has_net = true, .net = net } },
		{ "in all of IPv4", { .has_net = true, .net = wide } },
		{ "at a name that is not there", { .name = S("nothing.example") } },
		{ "new this week", { .states = LIVE, .new_since = week } },
		{ "came back once, any state", { .relapsed = true } },
		{ "of an operator", { .states = LIVE, .network_org = 1 } },
		{ "of a report type", { .states = LIVE, .report_type = 1 } },
	};
	for (size_t i = 0; i < N(t); i++)
		list(x, t[i].what, t[i].f, pages);
	list(x, "open, latest first",
		(struct finding_filter){ .states = LIVE, .order = FINDING_NEWEST },
		pages);
	list(x, "any, longest not seen first",
		(struct finding_filter){ .order = FINDING_OLDEST }, pages);
	list(x, "open, by number",
		(struct finding_filter){ .states = LIVE, .order = FINDING_BY_ID }, pages);
}

int main(int argc, char **argv)
{
	int64_t pages;
	if (argc != 3)
		return 2;
	AUTO_ARENA a = arena_new(MIB(64), "page");
	struct ctx x = { .arena = &a, .actor = S("bench"), .now = day_start(LAST_DAY) };
	int dir = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(dir, argv[1]);
	must(str_int(str_c(argv[2]), 1, PAGES_MAX, &pages), argv[2]);
	must(db_open(dir, DB_READ, 0, &x.why, &x.db), "open");
	must(db_set_cache(x.db, MIB(2)), "cache");
	lists(&x, (size_t)pages);
	qsort(all_ms, n_all, sizeof(*all_ms), by_time);
	printf("  %-36s p50 %7.2f  p95 %7.2f  worst %7.2f ms\n", "all pages",
		all_ms[n_all / 2], all_ms[n_all * 95 / 100], all_ms[n_all - 1]);
	db_close(&x.db);
	return 0;
}

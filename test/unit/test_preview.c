/* SPDX-License-Identifier: Apache-2.0
 * test_preview.c - what rules would have done: several in one pass, and of a part only.
 * Depends on: core, SQLite (findings are put straight into the tables). What was really
 * done is compared in test/story/story_answer.py. */
#include "core/preview.h"
#include "notice_kit.h"

static void fill(struct kit *k)
{
	static const struct {
		int64_t org;
		int n, severity;
		int64_t network;
	} t[] = { { 1, 10, SEV_HIGH, 0 }, { 2, 5, SEV_CRITICAL, 0 },
		{ 3, 2, SEV_CRITICAL, 1 }, { 4, 3, SEV_CRITICAL, 0 },
		{ 5, 0, SEV_HIGH, 0 } };
	char name[40];
	for (size_t i = 0; i < N(t); i++) {
		(void)snprintf(name, sizeof(name), "Organisation %zu", i);
		kit_org(k, t[i].org, name, "en");
		if (t[i].org != 3)
			kit_contact(k, t[i].org, "soc@one.example", "security", "en");
		for (int n = 0; n < t[i].n; n++)
			kit_finding(k,
				&(struct kit_finding){ .org = t[i].org,
					.network_org = t[i].network,
					.severity = t[i].severity,
					.net = "192.0.2.1",
					.port = n });
	}
	kit_sql(k, "UPDATE finding SET state = 2, state_day = 20000 WHERE org = 4");
	k->x.now = KIT_DAY0 + 5 * DAY_SECONDS;
}

static bool is_like(
	const struct preview *p, int64_t notices, int64_t new, int64_t reminded)
{
	if (p->notices == notices && p->new == new && p->reminded == reminded &&
		p->told == new + reminded && p->unreached == 0)
		return true;
	printf("# notices %" PRId64 ", new %" PRId64 ", reminded %" PRId64 "\n",
		p->notices, p->new, p->reminded);
	return false;
}

int main(void)
{
	struct kit k;
	struct rules now, then;
	const struct rules *const both[] = { &now, &then };
	struct preview p[2], one;
	struct preview_part part;
	kit_new(&k);
	fill(&k);
	ok(rules_load(&k.x, &now) == 0, "rules");
	then = now;
	ok(rule_change(&then, S("notify-high"), 0, &k.x.why) == 0, "one is changed");
	int r = preview_run(&k.x, both, 2, PREVIEW_DAYS, 0, p, &part);
	ok(r == 0 && is_like(&p[0], 5, 17, 7),
		"as it is: new the day after, critical "
		"ones again after three days");
	ok(r == 0 && is_like(&p[1], 4, 7, 7), "as it would be, in the same pass");
	ok(part.counted == 3 && part.all == 3,
		"whose findings were fixed long ago, or who has none, does not count");
	r = preview_run(&k.x, both + 1, 1, PREVIEW_DAYS, 0, &one, NULL);
	ok(r == 0 && is_like(&one, 4, 7, 7), "alone it is the same");
	static const struct {
		int64_t most, counted, notices, new, reminded;
	} t[] = { { 1, 0, 0, 0, 0 }, { 2, 1, 2, 2, 2 }, { 5, 1, 2, 5, 5 },
		{ 7, 2, 4, 7, 7 },
		{ 17, 3, 5, 17, 7 } };
	for (size_t i = 0; i < N(t); i++) {
		r = preview_run(&k.x, both, 1, PREVIEW_DAYS, t[i].most, p, &part);
		ok(r == 0 && part.all == 3 && part.counted == t[i].counted,
			"up to %" PRId64 " findings: %" PRId64 " organisations",
			t[i].most, part.counted);
		ok(is_like(&p[0], t[i].notices, t[i].new, t[i].reminded),
			"each of them whole");
	}
	ok(preview_run(&k.x, both, 2, 0, 0, p, NULL) == E_USAGE, "no days");
	kit_free(&k);
	return tap_end();
}

/* SPDX-License-Identifier: Apache-2.0
 * notice_act.c - notices drafted and decided, contacts asked. See work.h.
 * Depends on: base, core, exchange. */
#include "work/work.h"

#include "exchange/check.h"

#define IDS_MAX 1000

static int answer_run(struct call *c, const struct notice_result *n)
{
	struct buf b = buf_in(&c->keep, KIB(4));
	struct writer w = wr_new(&b);
	rec_int(&w, "run", n->run);
	rec_int(&w, "notices", n->notices);
	rec_int(&w, "findings", n->findings);
	rec_int(&w, "told_before", n->repeated);
	rec_int(&w, "no_contact_organisations", n->no_contact_orgs);
	rec_int(&w, "no_contact_findings", n->no_contact_findings);
	rec_int(&w, "second_contacts", n->second_contacts);
	rec_int(&w, "person_tasks", n->person_tasks);
	rec_int(&w, "usual", n->usual);
	rec_text(&w, "held", n->held_why.n ? n->held_why : (struct str){ NULL, 0 });
	return call_record(c, &w);
}

static int keep_up(void *ctx, int64_t done)
{
	return call_progress(ctx, done, NONE, S("organisations looked at"));
}

int act_notice_draft(struct call *c)
{
	const struct conf *conf = c->w->conf;
	const struct digest_team team = digest_team_of(conf);
	const struct notice_opts opts = { .lang = conf->team_language,
		.tlp = conf->team_tlp,
		.mail_domain = digest_domain(&team),
		.writer = digest_writer(&team),
		.keep_up = keep_up,
		.keep_up_ctx = c };
	struct notice_result result;
	int r = import_resume(c); /* what was received must be told */
	if (r == 0)
		r = notice_draft_run(&c->x, &opts, &result);
	return r < 0 ? r : answer_run(c, &result);
}

int act_contact_check(struct call *c)
{
	const struct conf *conf = c->w->conf;
	struct digest_team team = digest_team_of(conf);
	const struct check_opts opts = { .lang = conf->team_language,
		.mail_domain = digest_domain(&team),
		.contact = act_get(&c->act, 0)->n,
		.ctx = &team,
		.write = check_write };
	struct check_result n;
	struct buf b = buf_in(&c->keep, KIB(4));
	struct writer w = wr_new(&b);
	int r = contact_checks_draft(&c->x, &opts, &n);
	if (r < 0)
		return r;
	rec_int(&w, "run", n.run);
	rec_int(&w, "notices", n.notices);
	rec_int(&w, "usual", n.usual);
	rec_text(&w, "held", n.held_why.n ? n.held_why : (struct str){ NULL, 0 });
	return call_record(c, &w);
}

int call_pick(struct call *c, struct notice_pick *ret)
{
	const struct act_value *list = act_get(&c->act, 0), *run = act_get(&c->act, 1);
	int64_t *ids = arena_array(&c->keep, IDS_MAX, sizeof(*ids));
	struct str rest = list->text, one;
	size_t n = 0;
	if (list->has && run->has)
		return fail(&c->x.why, E_USAGE, "name notices, or a run");
	while (list->has && str_split(&rest, ',', &one)) {
		if (n == IDS_MAX)
			return fail(
				&c->x.why, E_TOO_BIG, "more than %d notices", IDS_MAX);
		if (!str_int(one, 1, INT64_MAX, &ids[n++]))
			return fail(&c->x.why, E_USAGE, "'%.*s' is no notice's number",
				STR(str_to(one, 20)));
	}
	*ret = (struct notice_pick){ .ids = ids, .n = n, .run = run->n };
	return 0;
}

int act_notice_decide(struct call *c)
{
	struct str why = act_text(&c->act, 2);
	struct notice_pick pick;
	struct notice_change change = { 0 };
	struct buf b = buf_in(&c->keep, KIB(1));
	struct writer w = wr_new(&b);
	int r = call_pick(c, &pick);
	if (r == 0 && pick.n == 0 && pick.run == 0)
		return fail(&c->x.why, E_USAGE, "name notices, or a run");
	if (r < 0)
		return r;
	if (c->act.id == ACT_NOTICE_APPROVE)
		r = notice_approve(&c->x, &pick, act_get(&c->act, 2)->n > 0, &change);
	else if (c->act.id == ACT_NOTICE_HOLD)
		r = notice_hold(&c->x, &pick, why, &change);
	else
		r = notice_cancel(&c->x, &pick, why, act_get(&c->act, 3)->n > 0, &change);
	if (r < 0)
		return r;
	rec_int(&w, "changed", change.changed);
	rec_int(&w, "unchanged", change.unchanged);
	rec_int(&w, "held", change.held);
	return call_record(c, &w);
}

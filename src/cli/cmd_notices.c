/* SPDX-License-Identifier: Apache-2.0
 * cmd_notices.c - tocsin notices draft, approve, hold, cancel: what a person decides.
 * Depends on: base, core, cli. Showing them: cmd_notices_show.c. */
#include "cli/client.h"
#include "core/notice.h"

#include <inttypes.h>
#include <stdio.h>

/* clang-format off */
const struct cli_option cmd_notices_draft_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object" },
	{ 0 },
};
const struct cli_option cmd_notices_approve_options[] = {
	{ "run", 0, OPT_INT, "RUN", 1, INT64_MAX, "All drafts of this run instead of single notices" },
	{ "held", 0, OPT_FLAG, NULL, 0, 0, "Also those that were held: you have looked at them" },
	{ 0 },
};
const struct cli_option cmd_notices_hold_options[] = {
	{ "run", 0, OPT_INT, "RUN", 1, INT64_MAX, "All of this run instead of single notices" },
	{ "why", 0, OPT_TEXT, "TEXT", 0, 0, "The reason, for your colleagues and the audit trail" },
	{ 0 },
};
const struct cli_option cmd_notices_cancel_options[] = {
	{ "run", 0, OPT_INT, "RUN", 1, INT64_MAX, "All of this run instead of single notices" },
	{ "why", 0, OPT_TEXT, "TEXT", 0, 0, "The reason, for your colleagues and the audit trail" },
	{ "again", 0, OPT_FLAG, NULL, 0, 0, "Their findings may be drafted anew in the next run" },
	{ 0 },
};
/* clang-format on */

struct told {
	struct cli *cli;
	bool json;
};

void notices_say_next(
	struct cli *cli, struct str held, int64_t run, int64_t notices, int64_t usual)
{
	struct str dir = cli_text(cli, "directory");
	if (str_eq(held, S(HELD_FIRST_RUNS)))
		printf("They are held: with fewer than %d runs before, look first.\n",
			NOTICE_RUNS_NEEDED);
	else if (str_eq(held, S(HELD_BATCH_SIZE)))
		printf("They are held: %" PRId64 " notices, where %" PRId64
		       " are usual.\n",
			notices, usual);
	printf("Look: tocsin -d %.*s notices list --run %" PRId64 "\n", STR(dir), run);
	printf("Then: tocsin -d %.*s notices approve --run %" PRId64 "%s\n", STR(dir),
		run, held.n ? " --held" : "");
}

static int on_run(void *ctx, struct str record)
{
	struct told *t = ctx;
	int64_t notices = record_int(record, "notices"), run = record_int(record, "run");
	if (t->json)
		return record_print_json(t->cli, record);
	int64_t findings = record_int(record, "findings");
	int64_t orphans = record_int(record, "no_contact_organisations");
	if (notices == 0)
		printf("Nothing is due: no notice was drafted.\n");
	else
		printf("Run %" PRId64 ": %" PRId64 " notice%s about %" PRId64
		       " finding%s.\n",
			run, notices, notices == 1 ? "" : "s", findings,
			findings == 1 ? "" : "s");
	if (orphans)
		printf("%" PRId64 " organisations cannot be told, they have no contact: "
		       "tocsin -d %.*s notices no-contact\n",
			orphans, STR(cli_text(t->cli, "directory")));
	if (notices)
		notices_say_next(t->cli, record_text(record, "held"), run, notices,
			record_int(record, "usual"));
	return 0;
}

int cmd_notices_draft(struct cli *cli)
{
	struct told told = { cli, cli_flag(cli, "json") };
	struct act_answer answer = { &told, on_run, told.json };
	struct act_request q;
	request_begin(cli, &q, ACT_NOTICE_DRAFT);
	return request_send(cli, &q, &answer);
}

static int on_change(void *ctx, struct str record)
{
	(void)ctx;
	int64_t held = record_int(record, "held");
	int64_t left = record_int(record, "unchanged") - held;
	int64_t changed = record_int(record, "changed");
	printf("%" PRId64 " notice%s changed", changed, changed == 1 ? "" : "s");
	if (left)
		printf(", %" PRId64 " left as %s", left,
			left == 1 ? "it was" : "they were");
	if (held)
		printf(", %" PRId64 " left held", held);
	printf(".\n");
	if (held)
		printf("When you have looked at what is held, approve it with --held.\n");
	return 0;
}

static int decide(struct cli *cli, enum act_id id)
{
	struct act_answer answer = { NULL, on_change, false };
	struct act_request q;
	request_begin(cli, &q, id);
	int r = request_notices(cli, &q);
	if (r < 0)
		return r;
	if (id == ACT_NOTICE_APPROVE && cli_flag(cli, "held"))
		rec_bool(&q.w, "held", true);
	if (id != ACT_NOTICE_APPROVE && cli_value(cli, "why")->given)
		rec_text(&q.w, "why", cli_text(cli, "why"));
	if (id == ACT_NOTICE_CANCEL && cli_flag(cli, "again"))
		rec_bool(&q.w, "again", true);
	return request_send(cli, &q, &answer);
}

int cmd_notices_approve(struct cli *cli)
{
	return decide(cli, ACT_NOTICE_APPROVE);
}

int cmd_notices_hold(struct cli *cli)
{
	return decide(cli, ACT_NOTICE_HOLD);
}

int cmd_notices_cancel(struct cli *cli)
{
	return decide(cli, ACT_NOTICE_CANCEL);
}

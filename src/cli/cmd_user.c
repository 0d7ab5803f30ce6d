/* SPDX-License-Identifier: Apache-2.0
 * cmd_user.c - tocsin user: the people of the team, by whoever owns the data directory.
 * Depends on: base, core, cli. */
#include "cli/cmd_user.h"
#include "cli/view.h"
#include "core/person.h"

#include <stdio.h>

/* clang-format off */
const struct cli_option cmd_user_add_options[] = {
	{ "role", 'r', OPT_TEXT, "ROLE", 0, 0, "head, analyst, keeper or reader" },
	{ 0 },
};
const struct cli_option cmd_user_list_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ 0 },
};
/* clang-format on */

static int keep_token(void *ctx, struct str record)
{
	struct cli *cli = ctx;
	struct str token = record_text(record, "token");
	return token_like(token) ? user_print_link(cli, token) : 0;
}

int user_print_link(struct cli *cli, struct str token)
{
	struct str url = cli->conf.web_url;
	if (url.n == 0)
		url = S("http://" CLI_LISTEN);
	printf("  %.*s/enrol/%.*s\n", STR(url), STR(token));
	return 0;
}

static int send_named(struct cli *cli, enum act_id id, struct str role)
{
	struct act_request q;
	struct act_answer answer = { .ctx = cli, .record = keep_token, .quiet = true };
	request_begin(cli, &q, id);
	rec_text(&q.w, "name", cli->args[0]);
	if (role.p)
		rec_text(&q.w, "role", role);
	return request_send(cli, &q, &answer);
}

int cmd_user_add(struct cli *cli)
{
	struct str role = cli_text(cli, "role");
	if (role.p == NULL)
		return fail(&cli->why, E_USAGE,
			"--role is missing: head, analyst, keeper or reader");
	int r = send_named(cli, ACT_PERSON_ADD, role);
	if (r == 0)
		printf("Give this link to %.*s. It works once, within 72 hours.\n",
			STR(cli->args[0]));
	return r;
}

int cmd_user_reset(struct cli *cli)
{
	int r = send_named(cli, ACT_PERSON_RESET, (struct str){ NULL, 0 });
	if (r == 0)
		printf("Password, codes and sessions of %.*s have ended. Give him this "
		       "link; it works once, within 72 hours.\n",
			STR(cli->args[0]));
	return r;
}

int cmd_user_revoke(struct cli *cli)
{
	int r = send_named(cli, ACT_PERSON_REVOKE, (struct str){ NULL, 0 });
	if (r == 0)
		printf("%.*s is shut out.\n", STR(cli->args[0]));
	return r;
}

/* ---- list ---- */

static const char *state_of(const struct person *p)
{
	if (p->revoked_at.has)
		return "shut out";
	return p->enrolled ? "enrolled" : p->links ? "has a link" : "needs a link";
}

static int show(void *ctx, const struct person *p)
{
	struct view *v = ctx;
	if (!v->as_json) {
		printf("%-20.*s %-8s %-12s %lld\n", STR(p->name),
			person_role_word(p->role), state_of(p), (long long)p->sessions);
		return 0;
	}
	json_open(&v->json, NULL, '{');
	json_text(&v->json, "name", p->name);
	json_text(&v->json, "role", str_c(person_role_word(p->role)));
	json_text(&v->json, "state", str_c(state_of(p)));
	json_int(&v->json, "sessions", p->sessions);
	json_close(&v->json, '{');
	return out_json(&v->json, &v->cli->why);
}

int cmd_user_list(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0 && !v.as_json)
		printf("%-20s %-8s %-12s %s\n", "NAME", "ROLE", "STATE", "SESSIONS");
	if (r == 0)
		r = person_each(&v.x, show, &v);
	return view_close(&v, r);
}

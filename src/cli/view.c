/* SPDX-License-Identifier: Apache-2.0
 * view.c - commands that only read: see view.h. Depends on: base, db, core. */
#include "cli/view.h"

#define LINE_MAX_BYTES MIB(16)

int view_open(struct cli *cli, struct view *v)
{
	*v = (struct view){ .cli = cli, .as_json = cli_flag(cli, "json") };
	v->scratch = arena_new(MIB(256), "view");
	v->line = buf_in(&cli->arena, LINE_MAX_BYTES);
	v->json = json_new(&v->line);
	v->x.arena = &v->scratch;
	v->x.actor = S("cli");
	int r = cli_conf(cli);
	if (r < 0)
		return r;
	v->x.now = clock_now(&cli->clock);
	r = db_open(cli->datadir, DB_READ, v->x.now, &v->x.why, &v->db);
	if (r < 0)
		return r;
	db_set_why(v->db, &v->x.why);
	v->x.db = v->db;
	return 0;
}

void view_next(struct view *v)
{
	arena_reset(&v->scratch);
}

int view_close(struct view *v, int r)
{
	if (r < 0 && v->cli->why.err == 0 && v->x.why.err)
		v->cli->why = v->x.why;
	if (v->db)
		db_set_why(v->db, NULL);
	db_close(&v->db);
	arena_free(&v->scratch);
	return r;
}

/* SPDX-License-Identifier: Apache-2.0
 * test_task.c - tasks: asked once, done once, in the audit trail. */
#include "core/audit.h"
#include "core/task.h"
#include "core_kit.h"

struct seen {
	int n;
	int64_t id;
	char kind[32];
};

static int on_task(void *ctx, const struct task_row *row)
{
	struct seen *s = ctx;
	s->n++;
	s->id = row->id;
	(void)snprintf(s->kind, sizeof(s->kind), "%.*s", STR(row->kind));
	return 0;
}

static struct seen open_now(struct kit *k)
{
	struct seen s = { 0 };
	kit_must(k, task_open_each(&k->x, 0, 10, on_task, &s), "list");
	return s;
}

static void add(struct kit *k, const char *kind, const char *subject)
{
	struct task_new t = { .kind = kind, .subject = str_c(subject), .detail = S("x") };
	struct tx tx;
	kit_tx(k, &tx);
	kit_must(k, task_add(&k->x, &t), "add");
	kit_end(k, &tx);
}

int main(void)
{
	struct kit k;
	struct tx tx;
	struct audit_head before, after;
	struct seen all = { 0 };
	kit_new(&k);
	add(&k, TASK_BOUNCED, "notice 1");
	add(&k, TASK_BOUNCED, "notice 1");
	add(&k, TASK_HELP, "notice 1");
	ok(open_now(&k).n == 2, "the same is asked once, another kind apart");
	kit_must(&k, audit_verify(&k.x, &before), "verify");
	kit_tx(&k, &tx);
	kit_must(&k, task_settle(&k.x, TASK_HELP, S("notice 1"), S("")), "settle");
	kit_must(&k, task_settle(&k.x, TASK_HELP, S("notice 9"), S("")), "no such");
	kit_end(&k, &tx);
	struct seen left = open_now(&k);
	ok(left.n == 1 && strcmp(left.kind, TASK_BOUNCED) == 0, "settled by its subject");
	kit_tx(&k, &tx);
	ok(task_done(&k.x, 77, S("")) == E_NOT_FOUND, "no such task");
	k.x.why = (struct why){ 0 };
	kit_must(&k, task_done(&k.x, left.id, S("called them")), "done");
	ok(task_done(&k.x, left.id, S("")) == E_STATE, "done once");
	k.x.why = (struct why){ 0 };
	kit_end(&k, &tx);
	kit_must(&k, audit_verify(&k.x, &after), "verify");
	ok(after.rows == before.rows + 2, "each closing is in the trail");
	add(&k, TASK_BOUNCED, "notice 1");
	ok(open_now(&k).n == 1, "when it happens again it is asked again");
	kit_must(&k, task_each(&k.x, 0, 10, on_task, &all), "all");
	ok(all.n == 3, "what is done stays");
	kit_free(&k);
	return tap_end();
}

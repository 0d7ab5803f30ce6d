/* SPDX-License-Identifier: Apache-2.0
 * cmd_notices_show.c - tocsin notices list, show, no-contact. Depends on: base, db, core,
 * exchange, cli. */
#include "base/date.h"
#include "cli/client.h"
#include "cli/view.h"
#include "core/outbox.h"
#include "exchange/digest.h"

#include <inttypes.h>
#include <stdio.h>

#define LIST_LIMIT 50

/* clang-format off */
const struct cli_option cmd_notices_list_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ "state", 0, OPT_TEXT, "STATE", 0, 0, "draft, held, approved, waiting, handed-over, delivered ..." },
	{ "run", 0, OPT_INT, "RUN", 1, INT64_MAX, "Only this run's" },
	{ "before", 0, OPT_INT, "ID", 1, INT64_MAX, "Only notices before this one" },
	{ "limit", 'l', OPT_INT, "N", 1, 10000000, "At most so many. Standard: 50" },
	{ 0 },
};
const struct cli_option cmd_notices_show_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object" },
	{ "eml", 0, OPT_FLAG, NULL, 0, 0, "Print the exact mail, as yet unsigned" },
	{ "sealed", 0, OPT_FLAG, NULL, 0, 0, "Print it signed and encrypted, as it would go out" },
	{ "sent", 0, OPT_FLAG, NULL, 0, 0, "Print the copy that was kept when it was last sent" },
	{ 0 },
};
const struct cli_option cmd_notices_no_contact_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ 0 },
};
/* clang-format on */

struct listing {
	struct view *v;
	struct out_table table;
	int64_t n, last;
};

static void row_json(struct json *j, const struct notice_row *q)
{
	json_int(j, "id", q->id);
	json_int(j, "run", q->run);
	json_text(j, "kind", str_c(notice_kind_text(q->kind)));
	json_time(j, "at", q->at);
	json_text(j, "organisation", q->org_name);
	json_text(j, "recipient", q->recipient);
	json_text(j, "language", str_c(lang_code(q->lang)));
	json_text(j, "tlp", str_c(tlp_text(q->tlp)));
	json_text(j, "state", str_c(notice_state_text(q->state)));
	json_some(j, "why", q->state_why);
	json_text(j, "subject", q->subject);
	json_text(j, "message_id", q->message_id);
	json_int(j, "findings", q->findings);
	json_int(j, "critical", q->critical);
	json_int(j, "new", q->new);
	json_int(j, "relapsed", q->relapsed);
	json_int(j, "reminded", q->reminded);
}

static int on_notice(void *ctx, const struct notice_row *q)
{
	struct listing *l = ctx;
	struct json *j = &l->v->json;
	l->n++;
	l->last = q->id;
	if (l->v->as_json) {
		json_open(j, NULL, '{');
		row_json(j, q);
		json_close(j, '{');
		return out_json(j, &l->v->cli->why);
	}
	table_addf(&l->table, "%" PRId64, q->id);
	table_add(&l->table, str_c(notice_state_text(q->state)),
		q->state == NOTICE_HELD ? OUT_WARN : OUT_PLAIN);
	table_add(&l->table, q->org_name, OUT_PLAIN);
	table_add(&l->table, q->recipient, OUT_PLAIN);
	table_add(&l->table, str_c(lang_code(q->lang)), OUT_PLAIN);
	if (q->kind == NOTICE_CHECK)
		table_add(&l->table, S("check"), OUT_FAINT);
	else
		table_addf(&l->table, "%" PRId64, q->findings);
	if (q->critical)
		table_addf(&l->table, "%" PRId64, q->critical);
	else
		table_add(&l->table, S("-"), OUT_FAINT);
	table_addf(&l->table, "%" PRId64 "/%" PRId64 "/%" PRId64, q->new, q->relapsed,
		q->reminded);
	return 0;
}

static int list(struct view *v)
{
	static const struct out_column columns[] = { { "ID", 0, true },
		{ "STATE", 0, false }, { "ORGANISATION", 12, false }, { "TO", 10, false },
		{ "LANG", 0, false }, { "FINDINGS", 0, true }, { "CRITICAL", 0, true },
		{ "NEW/BACK/REMIND", 0, true } };
	struct listing l = { .v = v };
	struct notice_filter f = { .run = cli_int(v->cli, "run", 0),
		.before = cli_int(v->cli, "before", 0),
		.n = cli_int(v->cli, "limit", LIST_LIMIT) };
	enum notice_state state;
	l.table = table_new(v->x.arena, columns, N(columns));
	if (cli_value(v->cli, "state")->given) {
		if (notice_state_read(cli_text(v->cli, "state"), &state) < 0)
			return fail(&v->cli->why, E_USAGE,
				"--state is draft, held, approved, waiting, handed-over, "
				"uncertain, delivered, bounced, refused or cancelled");
		f.state = SOME(state);
	}
	int r = notice_list_each(&v->x, &f, on_notice, &l);
	if (r < 0 || v->as_json)
		return r;
	if (l.n == 0)
		printf("No notice. Draft them with: tocsin notices draft\n");
	else
		table_print(&l.table);
	if (l.n == f.n)
		printf("Older ones: --before %" PRId64 "\n", l.last);
	return 0;
}

int cmd_notices_list(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = list(&v);
	return view_close(&v, r);
}

/* ---- show ---- */

static int on_part_json(void *ctx, const struct notice_part *part)
{
	struct json *j = ctx;
	json_open(j, NULL, '{');
	json_text(j, "name", part->name);
	json_text(j, "type", part->type);
	json_int(j, "bytes", (int64_t)part->content.n);
	json_close(j, '{');
	return 0;
}

static int on_part(void *ctx, const struct notice_part *part)
{
	struct view *v = ctx;
	printf("[%.*s, %zu bytes]\n", STR(out_safe(v->x.arena, part->name)),
		part->content.n);
	return 0;
}

static int show_json(struct view *v, const struct notice_full *n)
{
	struct json *j = &v->json;
	json_open(j, NULL, '{');
	row_json(j, &n->row);
	json_text(j, "body", n->body);
	json_open(j, "parts", '[');
	int r = notice_parts_each(&v->x, n->row.id, on_part_json, j);
	json_close(j, '[');
	json_close(j, '{');
	return r < 0 ? r : out_json(j, &v->cli->why);
}

static int show_mail(struct view *v, int64_t id)
{
	struct str mail;
	int r = cli_conf(v->cli);
	if (r < 0)
		return r;
	const struct conf *c = &v->cli->conf;
	const struct digest_team team = digest_team_of(c);
	r = digest_eml(&v->x, &team, id, &mail);
	if (r < 0)
		return r;
	return fwrite(mail.p, 1, mail.n, stdout) == mail.n
		? 0
		: fail(&v->cli->why, E_SYS, "cannot print");
}

static int on_sealed(void *ctx, struct str record)
{
	struct cli *cli = ctx;
	struct value note;
	struct str text = record_text(record, "text");
	if (record_find(record, "note", &note) && note.type == VALUE_TEXT)
		(void)fprintf(
			stderr, "tocsin: %.*s\n", STR(out_safe(&cli->arena, note.text)));
	return text.n == 0 || fwrite(text.p, 1, text.n, stdout) == text.n
		? 0
		: fail(&cli->why, E_SYS, "cannot print");
}

/* The keys are in the key role, so work makes it. */
static int show_sealed(struct cli *cli, int64_t id)
{
	struct act_answer answer = { cli, on_sealed, true };
	struct act_request q;
	request_begin(cli, &q, ACT_NOTICE_SEALED);
	rec_int(&q.w, "notice", id);
	return request_send(cli, &q, &answer);
}

struct sent {
	struct view *v;
	struct outbox_copy last; /* its mail in v->x.arena */
};

static int on_copy(void *ctx, const struct outbox_copy *c)
{
	struct sent *s = ctx;
	struct json *j = &s->v->json;
	char sha[SHA256_HEX + 1];
	s->last = *c;
	if (!s->v->as_json) {
		s->last.mail = str_dup(s->v->x.arena, c->mail);
		return 0;
	}
	json_open(j, NULL, '{');
	json_time(j, "queued", c->at);
	json_text(j, "sha256", str_c(sha256_text(&c->sha256, sha)));
	json_int(j, "bytes", c->bytes);
	json_bool(j, "signed", c->is_signed);
	json_bool(j, "encrypted", c->is_encrypted);
	json_text(j, "mail", c->mail);
	json_close(j, '{');
	return out_json(j, &s->v->cli->why);
}

/* A mail again, that a mail program opens: what is known of it stands in headers. */
static void print_copy(const struct outbox_copy *c)
{
	char sha[SHA256_HEX + 1], when[DATE_TEXT_MAX];
	printf("X-Tocsin-Queued: %s\r\n", time_text(c->at, when));
	printf("X-Tocsin-Sent-As: %s%s%s\r\n",
		c->is_signed || c->is_encrypted ? "" : "it is",
		c->is_signed ? "signed" : "",
		c->is_encrypted ? (c->is_signed ? " and encrypted" : "encrypted") : "");
	printf("X-Tocsin-Sent-Bytes: %" PRId64 "\r\n", c->bytes);
	printf("X-Tocsin-Sent-SHA256: %s\r\n", sha256_text(&c->sha256, sha));
}

static int show_sent(struct view *v, int64_t id)
{
	struct sent s = { .v = v };
	struct str *mail = &s.last.mail;
	int r = outbox_copies_each(&v->x, id, on_copy, &s);
	if (r == 0 && s.last.bytes == 0)
		r = fail(&v->cli->why, E_NOT_FOUND,
			"no copy of notice %" PRId64 " is kept: it was not sent", id);
	if (r < 0 || v->as_json)
		return r;
	print_copy(&s.last);
	return fwrite(mail->p, 1, mail->n, stdout) == mail->n
		? 0
		: fail(&v->cli->why, E_SYS, "cannot print");
}

static int show(struct view *v)
{
	int64_t id;
	struct notice_full n;
	if (!str_int(v->cli->args[0], 1, INT64_MAX, &id))
		return fail(&v->cli->why, E_USAGE, "a notice is named by its number");
	if (cli_flag(v->cli, "sealed"))
		return show_sealed(v->cli, id);
	if (cli_flag(v->cli, "eml"))
		return show_mail(v, id);
	if (cli_flag(v->cli, "sent"))
		return show_sent(v, id);
	int r = notice_get(&v->x, id, &n);
	if (r < 0)
		return r;
	if (v->as_json)
		return show_json(v, &n);
	struct arena *a = v->x.arena;
	const char *held = notice_held_text(n.row.state_why);
	struct str why = out_safe(a, held ? str_c(held) : n.row.state_why);
	printf("%sNotice %" PRId64 ", %s%s\n", out_on(OUT_TITLE), n.row.id,
		notice_state_text(n.row.state), out_off(OUT_TITLE));
	if (why.n && !str_eq(n.row.state_why, S(HELD_BATCH_SIZE)))
		out_field(a, "Why", why);
	else if (why.n)
		out_field(a, "Why",
			S("Many more notices than usual: a person must approve."));
	out_field(a, "To", n.row.recipient);
	out_field(a, "Subject", n.row.subject);
	printf("\n%.*s\n", STR(n.body));
	return notice_parts_each(&v->x, id, on_part, v);
}

int cmd_notices_show(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = show(&v);
	return view_close(&v, r);
}

/* ---- no-contact ---- */

static int on_orphan(void *ctx, const struct notice_orphan *o)
{
	struct listing *l = ctx;
	struct json *j = &l->v->json;
	l->n++;
	if (l->v->as_json) {
		json_open(j, NULL, '{');
		json_text(j, "organisation", o->name);
		json_text(j, "sector", o->sector);
		json_int(j, "findings", o->findings);
		json_int(j, "critical", o->critical);
		json_close(j, '{');
		return out_json(j, &l->v->cli->why);
	}
	table_add(&l->table, o->name, OUT_PLAIN);
	table_add(&l->table, o->sector, OUT_PLAIN);
	table_addf(&l->table, "%" PRId64, o->findings);
	table_addf(&l->table, "%" PRId64, o->critical);
	return 0;
}

static int no_contact(struct view *v)
{
	static const struct out_column columns[] = { { "ORGANISATION", 12, false },
		{ "SECTOR", 8, false }, { "FINDINGS", 0, true },
		{ "CRITICAL", 0, true } };
	struct listing l = { .v = v };
	l.table = table_new(v->x.arena, columns, N(columns));
	int r = notice_no_contact_each(&v->x, on_orphan, &l);
	if (r < 0 || v->as_json)
		return r;
	if (l.n == 0)
		printf("Everybody who has findings can be told.\n");
	else
		table_print(&l.table);
	return 0;
}

int cmd_notices_no_contact(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = no_contact(&v);
	return view_close(&v, r);
}

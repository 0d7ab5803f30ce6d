/* SPDX-License-Identifier: Apache-2.0
 * cmd_sending.c - tocsin sending, hours, holidays, mail: how mail leaves and comes in.
 * Depends on: base, db, core, cli. */
#include "base/date.h"
#include "base/fd.h"
#include "base/limits.h"
#include "cli/client.h"
#include "cli/view.h"
#include "core/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define SURE "yes-mail-leaves-the-house"

/* clang-format off */
const struct cli_option cmd_sending_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object" },
	{ 0 },
};
const struct cli_option cmd_sending_on_options[] = {
	{ "yes-mail-leaves-the-house", 0, OPT_FLAG, NULL, 0, 0, "You know that approved notices will really be sent" },
	{ 0 },
};
const struct cli_option cmd_hours_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ 0 },
};
const struct cli_option cmd_hours_set_options[] = {
	{ "organisation", 0, OPT_TEXT, "NAME", 0, 0, "Whose hours: an organisation's" },
	{ "contact", 0, OPT_TEXT, "ADDRESS", 0, 0, "Or one address's" },
	{ "hours", 0, OPT_TEXT, "HOURS", 0, 0, "08:00-17:00 in their time zone, or any" },
	{ "days", 0, OPT_TEXT, "DAYS", 0, 0, "mon-fri, sun-thu, or any" },
	{ "zone", 0, OPT_TEXT, "ZONE", 0, 0, "Their time zone; else the team's" },
	{ "calendar", 0, OPT_TEXT, "NAME", 0, 0, "Whose holidays they have; else the team's" },
	{ "as-team", 0, OPT_FLAG, NULL, 0, 0, "Back to what tocsin.conf says" },
	{ 0 },
};
const struct cli_option cmd_holidays_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ 0 },
};
const struct cli_option cmd_holidays_set_options[] = {
	{ "calendar", 0, OPT_TEXT, "NAME", 0, 0, "Of another country or group; else the team's" },
	{ "remove", 0, OPT_FLAG, NULL, 0, 0, "It is no holiday" },
	{ 0 },
};
const struct cli_option cmd_mail_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ 0 },
};
/* clang-format on */

/* ---- the switch ---- */

static int show_switch(struct view *v)
{
	bool on;
	int r = sending_get(&v->x, &on);
	if (r == 0)
		r = cli_conf(v->cli);
	if (r < 0)
		return r;
	struct str relay = v->cli->conf.mail_relay, dir = cli_text(v->cli, "directory");
	if (v->as_json) {
		json_open(&v->json, NULL, '{');
		json_bool(&v->json, "on", on);
		json_some(&v->json, "relay", relay);
		json_close(&v->json, '{');
		return out_json(&v->json, &v->cli->why);
	}
	printf("Sending is %s.\n",
		on ? "ON: approved notices leave the house"
		   : "off: notices are written to files only");
	printf("Mail server: %.*s\n", STR(relay.n ? relay : S("none in tocsin.conf")));
	printf("Switch: tocsin -d %.*s sending %s\n", STR(dir),
		on ? "off" : "on --" SURE);
	return 0;
}

int cmd_sending(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = show_switch(&v);
	return view_close(&v, r);
}

/* What waited while it was off. */
struct waits {
	int64_t n, oldest, first;
};

static int on_waits(void *ctx, struct str record)
{
	struct waits *w = ctx;
	*w = (struct waits){ record_int(record, "waiting"), record_int(record, "oldest"),
		record_int(record, "first") };
	return 0;
}

static void print_waits(struct cli *cli, const struct waits *w)
{
	char oldest[DATE_TEXT_MAX], first[DATE_TEXT_MAX];
	if (w->n == 0)
		return;
	printf("%" PRId64 " %s, the oldest since %s UTC. From %s UTC on they leave; "
	       "until then they can be taken back: tocsin -d %.*s notices undo\n",
		w->n, w->n == 1 ? "notice waits" : "notices wait",
		time_text_plain(w->oldest, oldest), time_text_plain(w->first, first),
		STR(cli_text(cli, "directory")));
}

static int turn(struct cli *cli, bool on)
{
	struct waits w = { 0 };
	struct act_answer answer = { .ctx = &w, .record = on_waits, .quiet = true };
	struct act_request q;
	request_begin(cli, &q, ACT_SENDING_SWITCH);
	rec_bool(&q.w, "on", on);
	if (on)
		rec_bool(&q.w, "sure", true);
	int r = request_send(cli, &q, &answer);
	if (r == 0)
		printf("Sending is %s.\n",
			on ? "ON: approved notices leave the house"
			   : "off: what waits waits on");
	if (r == 0)
		print_waits(cli, &w);
	return r;
}

int cmd_sending_on(struct cli *cli)
{
	if (!cli_flag(cli, SURE))
		return fail(&cli->why, E_USAGE,
			"from then on mail really goes to organisations. Look at "
			"'notices send --preview' and at the files in dry-run first; "
			"then say --" SURE);
	return turn(cli, true);
}

int cmd_sending_off(struct cli *cli)
{
	return turn(cli, false);
}

/* ---- hours ---- */

struct listing {
	struct view *v;
	int64_t n;
};

static struct str days_text(struct arena *a, uint8_t days)
{
	static const char *const names[] = { "mon", "tue", "wed", "thu", "fri", "sat",
		"sun" };
	struct buf b = buf_in(a, 64);
	int r = 0;
	for (size_t i = 0; i < N(names) && r == 0; i++)
		if (days >> i & 1)
			r = buf_addf(&b, "%s%s", b.n ? "," : "", names[i]);
	return days == DAYS_ALL ? S("any") : buf_str(&b);
}

static int on_hours(void *ctx, const struct hours_row *q)
{
	struct listing *l = ctx;
	struct json *j = &l->v->json;
	struct arena *a = l->v->x.arena;
	char hours[16];
	l->n++;
	(void)snprintf(hours, sizeof(hours), "%02d:%02d-%02d:%02d",
		q->hours.from / 60 % 100, q->hours.from % 60, q->hours.to / 60 % 100,
		q->hours.to % 60);
	struct str days = days_text(a, q->hours.days);
	if (!l->v->as_json) {
		printf("%.*s: %s, %.*s, %.*s%s%.*s\n",
			STR(out_safe(a, q->org_name.n ? q->org_name : q->email)), hours,
			STR(days), STR(q->zone), q->calendar.n ? ", holidays of " : "",
			STR(out_safe(a, q->calendar)));
		return 0;
	}
	json_open(j, NULL, '{');
	json_some(j, "organisation", q->org_name);
	json_some(j, "contact", q->email);
	json_text(j, "hours", str_c(hours));
	json_text(j, "days", days);
	json_text(j, "zone", q->zone);
	json_some(j, "calendar", q->calendar);
	json_close(j, '{');
	return out_json(j, &l->v->cli->why);
}

int cmd_hours(struct cli *cli)
{
	struct view v;
	struct listing l = { &v, 0 };
	int r = view_open(cli, &v);
	if (r == 0 && !v.as_json)
		printf("The team's standard: %.*s, %.*s, %.*s\n",
			STR(cli->conf.mail_hours), STR(cli->conf.mail_days),
			STR(cli->conf.team_timezone));
	if (r == 0)
		r = hours_each(&v.x, on_hours, &l);
	return view_close(&v, r);
}

int cmd_hours_set(struct cli *cli)
{
	static const char *const names[] = { "organisation", "contact", "hours", "days",
		"zone", "calendar" };
	struct act_answer answer = { .quiet = true };
	struct act_request q;
	request_begin(cli, &q, ACT_HOURS_SET);
	for (size_t i = 0; i < N(names); i++)
		if (cli_value(cli, names[i])->given)
			rec_text(&q.w, names[i], cli_text(cli, names[i]));
	if (cli_flag(cli, "as-team"))
		rec_bool(&q.w, "as_team", true);
	return request_send(cli, &q, &answer);
}

/* ---- holidays ---- */

static int on_holiday(void *ctx, struct str calendar, int32_t day, struct str name)
{
	struct listing *l = ctx;
	struct json *j = &l->v->json;
	struct arena *a = l->v->x.arena;
	char text[DATE_TEXT_MAX];
	l->n++;
	if (!l->v->as_json) {
		printf("%s  %.*s%s%.*s\n", day_text(day, text), STR(out_safe(a, name)),
			calendar.n ? ", of " : "", STR(out_safe(a, calendar)));
		return 0;
	}
	json_open(j, NULL, '{');
	json_day(j, "day", day);
	json_text(j, "name", name);
	json_some(j, "calendar", calendar);
	json_close(j, '{');
	return out_json(j, &l->v->cli->why);
}

int cmd_holidays(struct cli *cli)
{
	struct view v;
	struct listing l = { &v, 0 };
	int r = view_open(cli, &v);
	if (r == 0)
		r = holiday_each(&v.x, day_of(v.x.now), on_holiday, &l);
	if (r == 0 && !v.as_json && l.n == 0)
		printf("No holiday is known from today on.\n");
	return view_close(&v, r);
}

int cmd_holidays_set(struct cli *cli)
{
	struct act_answer answer = { .quiet = true };
	struct act_request q;
	int32_t day;
	bool remove = cli_flag(cli, "remove");
	if (day_read(cli->args[0], &day) < 0)
		return fail(&cli->why, E_USAGE, "a day is like 2026-07-14");
	if (remove != (cli->n_args == 1))
		return fail(&cli->why, E_USAGE, "say its name, or --remove");
	request_begin(cli, &q, ACT_HOLIDAY_SET);
	rec_int(&q.w, "day", day);
	if (!remove)
		rec_text(&q.w, "name", cli->args[1]);
	if (cli_value(cli, "calendar")->given)
		rec_text(&q.w, "calendar", cli_text(cli, "calendar"));
	return request_send(cli, &q, &answer);
}

/* ---- mail ---- */

static int on_mail(void *ctx, struct str record)
{
	struct cli *cli = ctx;
	struct value v;
	if (cli_flag(cli, "json"))
		return record_print_json(cli, record);
	printf("%.*s: %.*s", STR(out_safe(&cli->arena, record_text(record, "name"))),
		STR(record_text(record, "kind")));
	if (record_find(record, "notice", &v) && v.type == VALUE_INT)
		printf(", notice %" PRId64, v.n);
	if (record_int(record, "known_before"))
		printf(", known already");
	if (record_find(record, "error", &v) && v.type == VALUE_TEXT)
		printf(": kept, but cannot be read: %.*s",
			STR(out_safe(&cli->arena, v.text)));
	printf("\n");
	return 0;
}

/* Standard input may be a pipe, which can be read only once, and not from a place. */
static int spool(struct cli *cli, int *ret)
{
	AUTO_FD int fd = memfd_create("mail", MFD_CLOEXEC);
	char piece[8192];
	size_t all = 0;
	ssize_t n;
	if (fd < 0)
		return fail(&cli->why, E_SYS, "cannot make room for the mail");
	while ((n = read(STDIN_FILENO, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(&cli->why, E_SYS, "cannot read standard input");
		all += (size_t)n;
		if (all > LIMIT_MAIL_KEPT)
			return fail(&cli->why, E_TOO_BIG, "the mail is too big");
		int r = fd_write_all(fd, (struct str){ piece, (size_t)n }, &cli->why);
		if (r < 0)
			return r;
	}
	*ret = take_fd(&fd);
	return 0;
}

static int send_mail(struct cli *cli, struct str name, int fd)
{
	struct act_answer answer = { cli, on_mail, cli_flag(cli, "json") };
	struct act_request q;
	request_begin(cli, &q, ACT_MAIL_RECEIVE);
	name = str_from(
		name, str_rfind(name, '/') == name.n ? 0 : str_rfind(name, '/') + 1);
	rec_text(&q.w, "name", name);
	q.fd = fd;
	return request_send(cli, &q, &answer);
}

int cmd_mail(struct cli *cli)
{
	int r = 0;
	if (cli->n_args == 0) {
		AUTO_FD int in = -1;
		r = spool(cli, &in);
		return r < 0 ? r : send_mail(cli, S("standard input"), in);
	}
	for (uint32_t i = 0; i < cli->n_args && r == 0; i++) {
		const char *path;
		r = str_z(&cli->arena, cli->args[i], &path);
		if (r < 0)
			return r;
		AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
		r = fd < 0 ? fail(&cli->why, E_SYS, "cannot open '%s'", path)
			   : send_mail(cli, cli->args[i], fd);
	}
	return r;
}

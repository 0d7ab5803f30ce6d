/* SPDX-License-Identifier: Apache-2.0
 * cmd_effect.c - tocsin effect: what became of it. Depends on: base, core, cli. */
#include "cli/view.h"
#include "core/effect.h"

#include "base/date.h"
#include "base/number.h"
#include "base/textout.h"
#include "web/effect_data.h"
#include "web/effect_pic.h"

#include <stdio.h>

#define STANDARD_DAYS 28
#define BAR_COLUMNS   40

/* clang-format off */
const struct cli_option cmd_effect_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ "since", 0, OPT_DAY, "DATE", 0, 0, "From this day on. Standard: the last 28 days" },
	{ "by", 0, OPT_TEXT, "WHAT", 0, 0, "organisation, sector, network or type" },
	{ "svg", 0, OPT_TEXT, "NAME", 0, 0,
		"Print one picture: open, funnel, lengths or sectors" },
	{ "language", 0, OPT_TEXT, "LANG", 0, 0, "en, fr, es, ar, ru or zh. Standard: the team's" },
	{ 0 },
};
/* clang-format on */

struct show {
	struct view *v;
	enum effect_by by;
	enum lang lang;
	int32_t since, today;
};

static int row_json(struct show *s, const struct effect_row *row)
{
	const struct effect_of_table of = { s->by, s->since, s->today };
	effect_json(&s->v->json, &of, row);
	return out_json(&s->v->json, &s->v->cli->why);
}

/* ---- for people ---- */

static void bar(int64_t n, int64_t of)
{
	static const char *const eighths[] = { "", "\xe2\x96\x8f", "\xe2\x96\x8e",
		"\xe2\x96\x8d", "\xe2\x96\x8c", "\xe2\x96\x8b", "\xe2\x96\x8a",
		"\xe2\x96\x89" };
	int64_t parts = of > 0 ? (n * BAR_COLUMNS * 8 + of - 1) / of : 0;
	for (int64_t i = 0; i < parts / 8; i++)
		printf("\xe2\x96\x88");
	printf("%s", eighths[parts % 8]);
}

/* A line of the funnel: words, number, share of the whole, bar. */
static void step(const struct show *s, const char *words, int64_t n, int64_t of)
{
	char number[NUMBER_TEXT_MAX], share[NUMBER_TEXT_MAX] = "";
	struct str text = str_c(tr(s->lang, words));
	size_t used = out_columns(text), n_used;
	struct opt_int percent = effect_share(n, of);
	(void)number_text(s->lang, n, number);
	if (percent.has)
		(void)percent_text(s->lang, percent.v, share);
	n_used = out_columns(str_c(number));
	printf("  %.*s%*s  %*s%s  %*s%s  ", STR(text), used < 24 ? (int)(24 - used) : 0,
		"", n_used < 9 ? (int)(9 - n_used) : 0, "", number,
		(int)(6 - out_columns(str_c(share))), "", share);
	bar(n, of);
	printf("\n");
}

static void heading(const struct show *s, const char *words)
{
	printf("\n%s%s%s\n", out_on(OUT_TITLE), tr(s->lang, words), out_off(OUT_TITLE));
}

static int say(
	const struct show *s, const char *msgid, const struct text_arg *args, size_t n)
{
	struct buf b = buf_in(s->v->x.arena, KIB(8));
	struct textout o = { .out = &b, .lang = s->lang };
	text_tr(&o, msgid, args, n);
	if (o.err == 0)
		out_entry(s->v->x.arena, "", buf_str(&b));
	return o.err;
}

static int say_share(const struct show *s, const char *msgid, int64_t part, int64_t of)
{
	char share[NUMBER_TEXT_MAX], a[NUMBER_TEXT_MAX], b[NUMBER_TEXT_MAX];
	struct opt_int percent = effect_share(part, of);
	if (!percent.has)
		return 0;
	const struct text_arg args[] = {
		text_arg_cstr("share", percent_text(s->lang, percent.v, share)),
		text_arg_cstr("part", number_text(s->lang, part, a)),
		text_arg_cstr("all", number_text(s->lang, of, b)),
	};
	return say(s, msgid, args, N(args));
}

static int say_median(const struct show *s, const struct effect_figures *f)
{
	struct opt_int median = effect_median(f);
	if (!median.has)
		return say(s, N_("Nothing was fixed in this time."), NULL, 0);
	if (median.v == INT32_MAX)
		return say(
			s, N_("Half of what was fixed took more than a year."), NULL, 0);
	const struct text_arg args[] = { text_arg_int("n", median.v) };
	return say(s,
		trn(s->lang, "Half of what was fixed was there for {n} day at most.",
			"Half of what was fixed was there for {n} days at most.",
			median.v),
		args, N(args));
}

static int show_all(const struct show *s, const struct effect_figures *f)
{
	int64_t there = effect_there(f);
	heading(s, N_("Notices"));
	step(s, N_("Sent"), f->sent, f->sent);
	step(s, N_("Delivered"), f->delivered, f->sent);
	step(s, N_("Opened"), f->opened, f->sent);
	step(s, N_("Answered"), f->answered, f->sent);
	step(s, N_("Bounced"), f->bounced, f->sent);
	if (f->uncertain)
		step(s, N_("Not known whether sent"), f->uncertain, f->sent);
	if (f->undelivered)
		step(s, N_("Besides: not handed over"), f->undelivered, 0);
	heading(s, N_("Findings"));
	step(s, N_("There in this time"), there, there);
	step(s, N_("New findings"), effect_new(f), there);
	step(s, N_("Relapsed"), f->relapsed, there);
	step(s, N_("Claimed fixed"), f->claimed, there);
	step(s, N_("Fixed by claim"), f->by_claim, there);
	step(s, N_("Fixed by silence"), f->by_silence, there);
	step(s, N_("Ended otherwise"), f->otherwise, there);
	step(s, N_("Open now"), f->open, there);
	printf("\n");
	int r = say_median(s, f);
	if (r == 0)
		r = say_share(s,
			N_("Of the critical findings {share} were fixed within five "
			   "working days: {part} of {all}."),
			f->in_time, f->critical);
	if (r == 0)
		r = say_share(s,
			N_("For {share} of the new findings it is known who is "
			   "responsible: {part} of {all}."),
			f->attributed, effect_new(f));
	return r;
}

static void number_cell(const struct show *s, struct out_table *t, int64_t n)
{
	char text[NUMBER_TEXT_MAX];
	table_add(t, str_c(number_text(s->lang, n, text)), OUT_PLAIN);
}

static void share_cell(const struct show *s, struct out_table *t, struct opt_int n)
{
	char text[NUMBER_TEXT_MAX];
	table_add(t, n.has ? str_c(percent_text(s->lang, n.v, text)) : S("-"), OUT_PLAIN);
}

static void add_row(
	const struct show *s, struct out_table *t, const struct effect_row *row)
{
	const struct effect_figures *f = &row->f;
	struct opt_int median = effect_median(f);
	table_add(t, row->name.n ? row->name : str_c(tr(s->lang, "nobody known")),
		row->name.n ? OUT_PLAIN : OUT_FAINT);
	number_cell(s, t, f->open);
	number_cell(s, t, effect_new(f));
	number_cell(s, t, f->relapsed);
	number_cell(s, t, f->claimed);
	number_cell(s, t, f->by_claim);
	number_cell(s, t, f->by_silence);
	if (median.has && median.v < INT32_MAX)
		number_cell(s, t, median.v);
	else
		table_add(t, median.has ? S(">365") : S("-"), OUT_PLAIN);
	share_cell(s, t, effect_share(f->in_time, f->critical));
	if (f->has_notices) {
		number_cell(s, t, f->sent);
		number_cell(s, t, f->answered);
	}
}

static void show_table(const struct show *s, const struct effect_table *table)
{
	const char *first = s->by == EFFECT_ORGANISATION ? N_("ORGANISATION")
		: s->by == EFFECT_SECTOR		 ? N_("SECTOR")
		: s->by == EFFECT_NETWORK		 ? N_("NETWORK")
							 : N_("TYPE");
	const struct out_column columns[] = { { tr(s->lang, first), 16, false },
		{ tr(s->lang, "OPEN"), 0, true }, { tr(s->lang, "NEW"), 0, true },
		{ tr(s->lang, "RELAPSED"), 0, true }, { tr(s->lang, "CLAIMED"), 0, true },
		{ tr(s->lang, "FIXED BY CLAIM"), 0, true },
		{ tr(s->lang, "BY SILENCE"), 0, true },
		{ tr(s->lang, "MEDIAN DAYS"), 0, true },
		{ tr(s->lang, "CRITICAL IN TIME"), 0, true },
		{ tr(s->lang, "SENT"), 0, true }, { tr(s->lang, "ANSWERED"), 0, true } };
	size_t n = s->by <= EFFECT_SECTOR ? N(columns) : N(columns) - 2;
	struct out_table out = table_new(s->v->x.arena, columns, n);
	for (size_t i = 0; i < table->n; i++)
		add_row(s, &out, &table->v[i]);
	if (table->n)
		table_print(&out);
	else
		printf("%s\n", tr(s->lang, "There is nothing to show yet."));
}

static int show_text(const struct show *s, const struct effect_table *table)
{
	const struct text_arg days[] = { text_arg_day("since", s->since),
		text_arg_day("until", s->today) };
	int r = say(s, N_("What became of it, from {since} to {until}"), days, N(days));
	if (r == 0 && s->by == EFFECT_ALL)
		r = show_all(s, &table->v[0].f);
	else if (r == 0)
		show_table(s, table);
	heading(s, N_("What these figures do not see"));
	for (size_t i = 0; r == 0 && i < EFFECT_BLIND; i++)
		r = say(s, effect_blind[i], NULL, 0);
	return r;
}

static int show_json(struct show *s, const struct effect_table *table)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < table->n; i++)
		r = row_json(s, &table->v[i]);
	return r;
}

static int show_picture(struct show *s, struct str name)
{
	struct ctx *x = &s->v->x;
	struct buf b = buf_in(x->arena, MIB(1));
	struct effect_table table = { 0 };
	struct effect_days days;
	bool sectors = str_eq(name, S("sectors"));
	int r = effect_read(x, sectors ? EFFECT_SECTOR : EFFECT_ALL, s->since, &table);
	if (r == 0 && str_eq(name, S("open"))) {
		r = effect_days(x, s->since, &days);
		if (r == 0)
			r = effect_pic_open(&b, x->arena, s->lang, &days);
	} else if (r == 0 && str_eq(name, S("funnel"))) {
		r = effect_pic_funnel(&b, x->arena, s->lang, &table.v[0].f);
	} else if (r == 0 && str_eq(name, S("lengths"))) {
		r = effect_pic_lengths(&b, x->arena, s->lang, &table.v[0].f);
	} else if (r == 0 && sectors) {
		r = effect_pic_sectors(&b, x->arena, s->lang, &table);
	} else if (r == 0) {
		return fail(&s->v->cli->why, E_USAGE,
			"--svg knows open, funnel, lengths and sectors, not '%.*s'",
			STR(str_to(name, 40)));
	}
	struct str all = buf_str(&b);
	if (r == 0 && fwrite(all.p, 1, all.n, stdout) != all.n)
		r = fail(&s->v->cli->why, E_SYS, "cannot write");
	return r;
}

static int run(struct view *v)
{
	struct cli *cli = v->cli;
	struct show s = { .v = v, .lang = cli->conf.team_language };
	struct str by = cli_text(cli, "by"), lang = cli_text(cli, "language");
	struct effect_table table;
	bool stale;
	s.today = day_of(v->x.now);
	s.since = (int32_t)cli_int(cli, "since", s.today - STANDARD_DAYS + 1);
	if (by.p && effect_by_read(by, &s.by) < 0)
		return fail(&cli->why, E_USAGE,
			"--by knows organisation, sector, network and type, not '%.*s'",
			STR(str_to(by, 40)));
	if (lang.p && lang_parse(lang, &s.lang) < 0)
		return fail(&cli->why, E_USAGE,
			"--language knows en, fr, es, ar, ru and zh, not '%.*s'",
			STR(str_to(lang, 40)));
	int r = effect_is_stale(&v->x, &stale);
	if (r == 0 && stale)
		return fail(&cli->why, E_STATE,
			"an older program left findings without spells: tocsin rebuild");
	if (r == 0 && cli_text(cli, "svg").p)
		return show_picture(&s, cli_text(cli, "svg"));
	if (r == 0)
		r = effect_read(&v->x, s.by, s.since, &table);
	if (r < 0)
		return r;
	return v->as_json ? show_json(&s, &table) : show_text(&s, &table);
}

int cmd_effect(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	struct tx t;
	if (r == 0)
		r = tx_begin(&t, v.db, TX_READ);
	if (r == 0)
		r = tx_end(&t, run(&v));
	return view_close(&v, r);
}

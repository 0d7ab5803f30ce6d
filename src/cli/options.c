/* SPDX-License-Identifier: Apache-2.0
 * options.c - from argv to values by the tables, and help from the same tables.
 * Depends on: base, sys. */
#include "cli/cli.h"

#include "base/date.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

/* clang-format off */
const struct cli_option cli_global[] = {
	{ "directory",   'd', OPT_TEXT, "DIR",  0, 0, "The data directory" },
	{ "now",          0,  OPT_TIME, "TIME", 0, 0,
		"Take this as the present, in a demonstration directory" },
	{ "one-process",  0,  OPT_FLAG, NULL,   0, 0,
		"Run all roles in this process without a sandbox, for a debugger" },
	{ "help",        'h', OPT_FLAG, NULL,   0, 0, "Explain this command" },
	{ 0 },
};
/* clang-format on */

/* Walks the global options, then the command's: their order is that of cli->values. */
static const struct cli_option *option_at(const struct command *cmd, size_t i)
{
	size_t n = 0;
	for (const struct cli_option *o = cli_global; o->name; o++, n++)
		if (n == i)
			return o;
	if (cmd && cmd->options)
		for (const struct cli_option *o = cmd->options; o->name; o++, n++)
			if (n == i)
				return o;
	return NULL;
}

static const struct cli_option *option_find(
	const struct command *cmd, struct str name, char letter, size_t *ret_at)
{
	const struct cli_option *o;
	for (size_t i = 0; (o = option_at(cmd, i)) != NULL; i++) {
		assert(i < CLI_OPTIONS_MAX);
		if (letter ? o->letter == letter : str_eq(str_c(o->name), name)) {
			*ret_at = i;
			return o;
		}
	}
	return NULL;
}

const struct cli_value *cli_value(const struct cli *cli, const char *name)
{
	size_t at = 0;
	const struct cli_option *o = option_find(cli->command, str_c(name), 0, &at);
	assert(o != NULL); /* the command asks for an option its table does not have */
	return &cli->values[at];
}

bool cli_flag(const struct cli *cli, const char *name)
{
	return cli_value(cli, name)->given;
}

struct str cli_text(const struct cli *cli, const char *name)
{
	const struct cli_value *v = cli_value(cli, name);
	return v->given ? v->text : (struct str){ NULL, 0 };
}

int64_t cli_int(const struct cli *cli, const char *name, int64_t otherwise)
{
	const struct cli_value *v = cli_value(cli, name);
	return v->given ? v->number : otherwise;
}

static int read_number(
	const struct cli_option *o, struct str text, struct why *why, int64_t *ret)
{
	bool any = o->min == 0 && o->max == 0;
	if (!str_int(text, INT64_MIN, INT64_MAX, ret))
		return fail(why, E_USAGE, "--%s needs a number, not '%.*s'", o->name,
			STR(text));
	if (!any && (*ret < o->min || *ret > o->max))
		return fail(why, E_USAGE, "--%s must be from %" PRId64 " to %" PRId64,
			o->name, o->min, o->max);
	return 0;
}

static int set_value(
	const struct cli_option *o, struct str text, struct cli_value *v, struct why *why)
{
	int32_t day;
	if (v->given && o->type != OPT_FLAG)
		return fail(why, E_USAGE, "--%s is given twice", o->name);
	struct cli_value new = { .given = true, .text = text };
	int r = 0;
	switch (o->type) {
	case OPT_FLAG:
	case OPT_TEXT:
		break;
	case OPT_INT:
		r = read_number(o, text, why, &new.number);
		break;
	case OPT_DAY:
		if (day_read(text, &day) < 0)
			return fail(why, E_USAGE, "--%s needs a day such as 2026-06-01",
				o->name);
		new.number = day;
		break;
	case OPT_TIME:
		if (time_read(text, &new.number) < 0)
			return fail(why, E_USAGE,
				"--%s needs a time such as 2026-06-01T10:20:30Z",
				o->name);
		break;
	}
	if (r == 0)
		*v = new;
	return r;
}

struct words {
	int argc, at;
	char **argv;
};

/* One option; its value may be in the same word or in the next. */
static int take_option(struct cli *cli, struct words *w)
{
	struct str word = str_c(w->argv[w->at++]);
	struct str name = word, value = { NULL, 0 };
	char letter = 0;
	if (scan_lit(&name, "--")) {
		size_t eq = str_find(name, '=');
		if (eq < name.n)
			value = str_from(name, eq + 1);
		name = str_to(name, eq);
	} else {
		letter = word.p[1];
		if (word.n > 2)
			value = str_from(word, 2);
	}
	size_t at = 0;
	const struct cli_option *o = option_find(cli->command, name, letter, &at);
	if (o == NULL)
		return fail(&cli->why, E_USAGE, "tocsin%s%s has no option '%.*s'",
			cli->command ? " " : "", cli->command ? cli->command->name : "",
			STR(str_to(word, 60)));
	if (o->type == OPT_FLAG && value.p)
		return fail(&cli->why, E_USAGE, "--%s takes no value", o->name);
	if (o->type != OPT_FLAG && value.p == NULL) {
		if (w->at >= w->argc)
			return fail(&cli->why, E_USAGE, "--%s needs a value: %s", o->name,
				o->arg);
		value = str_c(w->argv[w->at++]);
	}
	return set_value(o, value, &cli->values[at], &cli->why);
}

static int take_command(struct cli *cli, struct words *w)
{
	struct str first = str_c(w->argv[w->at]);
	struct str second = w->at + 1 < w->argc ? str_c(w->argv[w->at + 1]) : S("");
	int words = 0;
	cli->command = cli_find(first, second, &words);
	if (cli->command == NULL)
		return cli_no_command(first, &cli->why);
	w->at += words;
	return 0;
}

static int check_args(struct cli *cli)
{
	const struct command *c = cli->command;
	if (c == NULL || cli_flag(cli, "help"))
		return 0;
	if (cli->n_args < c->min_args)
		return fail(&cli->why, E_USAGE, "%s needs %s", c->name, c->args);
	if (cli->n_args > c->max_args)
		return fail(&cli->why, E_USAGE, "%s takes no '%.*s'", c->name,
			STR(str_to(cli->args[c->max_args], 60)));
	if (c->dir == DIR_NEEDED && !cli_flag(cli, "directory"))
		return fail(&cli->why, E_USAGE, "%s needs the data directory: -d DIR",
			c->name);
	return 0;
}

int cli_parse(struct cli *cli, int argc, char **argv)
{
	struct words w = { argc, 1, argv };
	bool only_args = false;
	int r = 0;
	cli->args = arena_array(
		&cli->arena, (size_t)(argc > 0 ? argc : 1), sizeof(*cli->args));
	while (r == 0 && w.at < w.argc) {
		struct str word = str_c(w.argv[w.at]);
		if (!only_args && str_eq(word, S("--"))) {
			only_args = true;
			w.at++;
		} else if (!only_args && word.n > 1 && word.p[0] == '-') {
			r = take_option(cli, &w);
		} else if (cli->command == NULL) {
			r = take_command(cli, &w);
		} else {
			cli->args[cli->n_args++] = word;
			w.at++;
		}
	}
	return r < 0 ? r : check_args(cli);
}

static int help_option(struct buf *out, const struct cli_option *o)
{
	char left[48];
	char letter[8] = "";
	if (o->letter)
		(void)snprintf(letter, sizeof(letter), "-%c, ", o->letter);
	(void)snprintf(left, sizeof(left), "%s--%s%s%s", letter, o->name,
		o->arg ? " " : "", o->arg ? o->arg : "");
	int r = buf_addf(out, "  %-24s %s", left, o->help);
	if (r == 0 && o->type == OPT_INT && (o->min || o->max))
		r = buf_addf(out, " (%" PRId64 " to %" PRId64 ")", o->min, o->max);
	return r < 0 ? r : buf_addc(out, '\n');
}

static int help_options(struct buf *out, const char *title, const struct cli_option *o)
{
	int r = 0;
	if (o && o->name)
		r = buf_addf(out, "\n%s:\n", title);
	for (; r == 0 && o && o->name; o++)
		r = help_option(out, o);
	return r;
}

int cli_help(struct buf *out, const struct command *cmd)
{
	int r;
	if (cmd) {
		r = buf_addf(out, "Usage: tocsin %s%s%s%s%s\n%s.\n",
			cmd->dir == DIR_NEEDED		? "-d DIR "
				: cmd->dir == DIR_MAYBE ? "[-d DIR] "
							: "",
			cmd->name, cmd->options ? " [OPTIONS]" : "", cmd->args ? " " : "",
			cmd->args ? cmd->args : "", cmd->summary);
		if (r == 0)
			r = help_options(out, "Options", cmd->options);
	} else {
		r = buf_add(out,
			S("Usage: tocsin [-d DIR] COMMAND [OPTIONS] [ARGUMENTS]\n\n"
			  "Commands:\n"));
		for (const struct command *c = cli_commands; c->name && r == 0; c++)
			r = buf_addf(out, "  %-24s %s\n", c->name, c->summary);
	}
	if (r == 0)
		r = help_options(out, "Options of all commands", cli_global);
	return r;
}

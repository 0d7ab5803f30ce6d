/* SPDX-License-Identifier: Apache-2.0
 * test_options.c - words after the program's name become values, or a sentence.
 * Depends on: cli. */
#include "cli/cli.h"
#include "tap.h"

#define WORDS 8

static int parse(struct cli *cli, struct arena *a, const char *const *words)
{
	char *argv[WORDS + 1] = { (char *)(uintptr_t) "tocsin" };
	int n = 1;
	for (; n <= WORDS && words[n - 1]; n++)
		argv[n] = (char *)(uintptr_t)words[n - 1];
	*cli = (struct cli){ .datadir = -1, .arena = *a };
	int r = cli_parse(cli, n, argv);
	*a = cli->arena;
	return r;
}
#define PARSE(...) parse(&cli, a, (const char *const[]){ __VA_ARGS__, NULL })

static void test_values(struct arena *a)
{
	struct cli cli;
	ok(PARSE("doctor") == 0 && cli.command->run == cmd_doctor, "a command");
	ok(!cli_flag(&cli, "json") && cli_text(&cli, "directory").p == NULL,
		"nothing is given");
	ok(PARSE("-d", "DIR", "doctor", "--json") == 0 && cli_flag(&cli, "json") &&
			str_eq(cli_text(&cli, "directory"), S("DIR")),
		"options before and after");
	ok(PARSE("doctor", "-dDIR") == 0 && str_eq(cli_text(&cli, "directory"), S("DIR")),
		"a letter with its value");
	ok(PARSE("doctor", "--directory=a=b") == 0 &&
			str_eq(cli_text(&cli, "directory"), S("a=b")),
		"a name with its value");
	ok(PARSE("doctor", "--directory=") == 0 && cli_text(&cli, "directory").p != NULL,
		"an empty value is a value");
	ok(PARSE("--now", "2026-06-01T10:20:30Z", "doctor") == 0 &&
			cli_value(&cli, "now")->number == 1780309230,
		"a time");
	ok(PARSE("-d", "D", "register", "import", "a", "-") == 0 &&
			strcmp(cli.command->name, "register import") == 0 &&
			cli.n_args == 2 && str_eq(cli.args[1], S("-")),
		"two words, then arguments");
	ok(PARSE("-d", "D", "import", "--", "--json") == 0 && cli.n_args == 1 &&
			str_eq(cli.args[0], S("--json")),
		"after -- all are arguments");
	ok(PARSE("import", "--help") == 0, "help asks for nothing else");
	ok(PARSE("--help") == 0 && cli.command == NULL, "help of the whole");
}

static void test_refusals(struct arena *a)
{
	static const struct {
		const char *words[WORDS];
		const char *says;
	} t[] = {
		{ { "dance" }, "there is no command 'dance'; see tocsin help" },
		{ { "register" }, "register needs one more word: import, remove" },
		{ { "audit", "-d", "x" }, "audit needs one more word: list, verify" },
		{ { "doctor", "--loud" }, "tocsin doctor has no option '--loud'" },
		{ { "doctor", "-x" }, "tocsin doctor has no option '-x'" },
		{ { "--json", "doctor" }, "tocsin has no option '--json'" },
		{ { "doctor", "--json=yes" }, "--json takes no value" },
		{ { "doctor", "-d" }, "--directory needs a value: DIR" },
		{ { "-d", "a", "doctor", "-d", "b" }, "--directory is given twice" },
		{ { "--now", "tomorrow", "doctor" },
			"--now needs a time such as 2026-06-01T10:20:30Z" },
		{ { "doctor", "well" }, "doctor takes no 'well'" },
		{ { "import", "file" }, "import needs the data directory: -d DIR" },
		{ { "-d", "D", "import" }, "import needs FILE..." },
	};
	for (size_t i = 0; i < N(t); i++) {
		struct cli cli;
		ok(parse(&cli, a, t[i].words) == E_USAGE, "called wrongly: %s",
			t[i].words[0]);
		is(cli.why.text, t[i].says, "it says how");
	}
}

/* The tables themselves. */
static void test_tables(struct arena *a)
{
	int globals = 0, twice = 0, unfit = 0, unsaid = 0;
	for (const struct cli_option *o = cli_global; o->name; o++)
		globals++;
	for (const struct command *c = cli_commands; c->name; c++) {
		int words, n = globals;
		struct str first, rest = str_c(c->name);
		(void)str_split(&rest, ' ', &first);
		twice += cli_find(first, rest.p ? rest : S(""), &words) != c;
		for (const struct cli_option *o = c->options; o && o->name; o++, n++) {
			unsaid += o->help == NULL ||
				(o->type != OPT_FLAG) != (o->arg != NULL);
			for (const struct cli_option *g = cli_global; g->name; g++)
				twice += strcmp(g->name, o->name) == 0 ||
					(o->letter && g->letter == o->letter);
			for (const struct cli_option *p = c->options; p != o; p++)
				twice += strcmp(p->name, o->name) == 0 ||
					(o->letter && p->letter == o->letter);
		}
		unfit += n > CLI_OPTIONS_MAX || c->min_args > c->max_args ||
			(c->max_args > 0) != (c->args != NULL);
		struct buf b = buf_in(a, KIB(64));
		unfit += cli_help(&b, c) < 0 ||
			str_search(buf_str(&b), str_c(c->summary)) == b.n;
		for (const struct cli_option *o = c->options; o && o->name; o++)
			unsaid += str_search(buf_str(&b), str_c(o->help)) == b.n;
	}
	ok(twice == 0, "no command and no option stands there twice");
	ok(unfit == 0, "each command fits");
	ok(unsaid == 0, "each option is explained by help");
}

int main(void)
{
	AUTO_ARENA a = arena_new(MIB(16), "test");
	test_values(&a);
	test_refusals(&a);
	test_tables(&a);
	return tap_end();
}

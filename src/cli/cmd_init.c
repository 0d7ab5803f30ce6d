/* SPDX-License-Identifier: Apache-2.0
 * cmd_init.c - tocsin init: a new data directory with its team. Depends on: base, sys,
 * core, cli. What options do not say is asked for on a terminal. */
#include "base/auto.h"
#include "base/fd.h"
#include "cli/cmd_user.h"
#include "cli/register.h"
#include "demo/demo_data.h"
#include "sys/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCATION_FILE "/usr/share/libloc-location/location.db"

/* There until all is done: an init that was cut off may be given again. */
#define UNFINISHED "init.unfinished"

/* clang-format off */
const struct cli_option cmd_init_options[] = {
	{ "demo", 0, OPT_FLAG, NULL, 0, 0, "The demonstration country Talmeria and its team" },
	{ "country", 0, OPT_TEXT, "CC", 0, 0, "Two letters: also seeds the country's networks" },
	{ "delegated", 0, OPT_TEXT, "FILE", 0, 0, "A regional registry's delegation file" },
	{ "name", 0, OPT_TEXT, "TEXT", 0, 0, "The team's name" },
	{ "mail", 0, OPT_TEXT, "ADDRESS", 0, 0, "The team's mail address" },
	{ "phone", 0, OPT_TEXT, "NUMBER", 0, 0, "The team's telephone, with country code" },
	{ "language", 0, OPT_TEXT, "CODE", 0, 0, "Default language: en fr es ar ru zh" },
	{ "timezone", 0, OPT_TEXT, "ZONE", 0, 0, "Such as Africa/Algiers" },
	{ "tlp", 0, OPT_TEXT, "TLP", 0, 0, "Default marking (AMBER)" },
	{ "head", 0, OPT_TEXT, "NAME", 0, 0, "The name of the first head (head)" },
	{ 0 },
};

/* The questions, in this order: option, tocsin.conf's name, what the
 * demonstration answers. */
static const struct {
	const char *option, *item, *question, *demo;
} questions[] = {
	{ "name", "team.name", "Name of the team", "TalCIRT" },
	{ "mail", "team.mail", "Mail address of the team", "cirt@cirt.xt.example" },
	{ "phone", "team.phone", "Telephone (may stay empty)", "+999 22 0069" },
	{ "language", "team.language", "Default language (en fr es ar ru zh)", "fr" },
	{ "timezone", "team.timezone", "Time zone (such as Africa/Algiers)", "Etc/GMT-1" },
	{ "tlp", "team.tlp", "Default marking of notices", "TLP:AMBER" },
	{ "country", "country", "Country (two letters, may stay empty)", "XT" },
};
/* clang-format on */

/* The answer typed, or the standard when it is an empty line. */
static int ask(
	struct cli *cli, const char *question, struct str standard, struct str *ret)
{
	char line[256];
	printf("%s%s%.*s%s: ", question, standard.n ? " [" : "", STR(standard),
		standard.n ? "]" : "");
	(void)fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return fail(
			&cli->why, E_USAGE, "no answer; options can say it too: --help");
	struct str typed = str_trim(str_c(line));
	*ret = typed.n ? str_dup(&cli->arena, typed) : standard;
	return 0;
}

static const struct conf_item *item_of(const char *name)
{
	const struct conf_item *i = conf_items;
	while (strcmp(i->name, name) != 0)
		i++;
	return i;
}

static int fill_conf(struct cli *cli, struct conf *conf)
{
	bool demo = cli_flag(cli, "demo");
	conf_init(conf);
	int r = demo ? conf_set(conf, S("demo"), S("yes"), &cli->arena, &cli->why) : 0;
	for (size_t i = 0; r == 0 && i < N(questions); i++) {
		const struct conf_item *item = item_of(questions[i].item);
		struct str answer = cli_text(cli, questions[i].option);
		if (answer.p == NULL && demo)
			answer = str_c(questions[i].demo);
		else if (answer.p == NULL && isatty(0))
			r = ask(cli, questions[i].question, str_c(item->standard),
				&answer);
		else if (answer.p == NULL && item->min > 0 && item->standard[0] == '\0')
			return fail(&cli->why, E_USAGE, "--%s is missing",
				questions[i].option);
		if (r == 0 && answer.p)
			r = conf_set(
				conf, str_c(item->name), answer, &cli->arena, &cli->why);
		if (r == 0 && item->type == C_ZONE && !zone_known(conf->team_timezone))
			r = fail(&cli->why, E_USAGE, ZONE_UNKNOWN,
				STR(conf->team_timezone));
	}
	return r;
}

static int make_dir(struct cli *cli, const char *path)
{
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return fail(&cli->why, E_SYS, "cannot make '%s'", path);
	int r = dir_open(AT_FDCWD, path, false, &cli->why, &cli->datadir);
	if (r < 0)
		return r;
	bool begun = faccessat(cli->datadir, UNFINISHED, F_OK, 0) == 0;
	if (!begun && faccessat(cli->datadir, CONF_FILE, F_OK, 0) == 0)
		return fail(
			&cli->why, E_EXISTS, "'%s' is a data directory already", path);
	AUTO_FD int mark = openat(
		cli->datadir, UNFINISHED, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (mark < 0)
		return fail(&cli->why, E_SYS, "cannot write in '%s'", path);
	return 0;
}

static int finish_dir(struct cli *cli)
{
	if (unlinkat(cli->datadir, UNFINISHED, 0) < 0)
		return fail(&cli->why, E_SYS, "cannot remove '%s'", UNFINISHED);
	return fd_sync(cli->datadir, "the data directory", &cli->why);
}

/* The demonstration's register is inside the program; work gets it as an unnamed file. */
static int import_embedded(struct cli *cli)
{
	const struct {
		const char *name;
		const unsigned char *text;
		size_t n;
	} files[] = {
		{ "networks.csv", embed_demo_networks, embed_demo_networks_len },
		{ "holders.csv", embed_demo_holders, embed_demo_holders_len },
		{ "load-prefixes.csv", embed_demo_load_prefixes,
			embed_demo_load_prefixes_len },
		{ "contacts.csv", embed_demo_contacts, embed_demo_contacts_len },
		{ "domains.csv", embed_demo_domains, embed_demo_domains_len },
		{ "country.csv", embed_demo_country, embed_demo_country_len },
	};
	struct register_how how = { .quiet = true };
	for (size_t i = 0; i < N(files); i++) {
		AUTO_FD int fd = memfd_create(files[i].name, MFD_CLOEXEC);
		if (fd < 0)
			return fail(&cli->why, E_SYS, "cannot make a file in memory");
		struct str text = { (const char *)files[i].text, files[i].n };
		int r = fd_write_all(fd, text, &cli->why);
		if (r == 0 && lseek(fd, 0, SEEK_SET) < 0)
			r = fail(&cli->why, E_SYS, "cannot rewind");
		if (r == 0)
			r = register_send(cli, str_c(files[i].name), fd, &how);
		if (r < 0)
			return r;
	}
	return 0;
}

static int import_delegated(struct cli *cli, struct str path)
{
	struct register_seed seed = { 0 };
	struct register_how how = { .imported = true,
		.quiet = true,
		.country = cli->conf.country,
		.seed = &seed };
	struct str cc = cli->conf.country;
	const char *z;
	int r = str_z(&cli->arena, path, &z);
	if (r < 0)
		return r;
	AUTO_FD int fd = open(z, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fail(&cli->why, E_SYS, "cannot open '%s'", z);
	size_t slash = str_rfind(path, '/');
	r = register_send(
		cli, slash < path.n ? str_from(path, slash + 1) : path, fd, &how);
	if (r < 0)
		return r;
	printf("Took %" PRId64 " networks of %.*s from %s.\n", seed.rows, STR(cc), z);
	if (seed.as_numbers_left_out)
		printf("Its %" PRId64
		       " AS numbers of %.*s are left out: it does not say whose "
		       "they are.\n",
			seed.as_numbers_left_out, STR(cc));
	if (seed.rows == 0)
		printf("It knows no networks of %.*s: is that the country's code?\n",
			STR(cc));
	return 0;
}

/* Where Debian's packages have the location database: the one that `location update`
 * keeps, else the one of the package. */
static const char *const location_files[] = { "/var/lib/location/database.db",
	LOCATION_FILE };

static int open_location(const char **ret_path)
{
	for (size_t i = 0; i < N(location_files); i++) {
		int fd = open(location_files[i], O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (fd >= 0) {
			*ret_path = location_files[i];
			return fd;
		}
	}
	return -1;
}

static void advise_seed(const struct cli *cli)
{
	const char *dir = cli->args[0].p;
	int n = (int)cli->args[0].n, cc = (int)cli->conf.country.n;
	const char *country = cli->conf.country.p;
	printf("No networks yet: there is no location database on this machine. Either\n"
	       "  apt-get install libloc-database\n"
	       "  tocsin -d %.*s register import --country %.*s %s\n"
	       "or take your regional registry's file delegated-...-extended-latest:\n"
	       "  tocsin -d %.*s register import --country %.*s FILE\n",
		n, dir, cc, country, LOCATION_FILE, n, dir, cc, country);
}

static int import_location(struct cli *cli)
{
	struct register_seed seed = { 0 };
	struct register_how how = { .imported = true,
		.quiet = true,
		.country = cli->conf.country,
		.seed = &seed };
	const char *path;
	AUTO_FD int fd = open_location(&path);
	if (fd < 0) {
		int r = cli_service(cli); /* makes the database */
		if (r == 0)
			advise_seed(cli);
		return r;
	}
	int r = register_send(cli, str_c(path), fd, &how);
	if (r < 0)
		return r;
	struct str cc = cli->conf.country;
	printf("Seeded %" PRId64 " networks and %" PRId64 " AS numbers of %.*s from "
	       "libloc-database (%s);\nits data is of %.*s: %.*s, %.*s.\n",
		seed.networks, seed.as_numbers, STR(cc), path, STR(seed.data_of),
		STR(seed.vendor), STR(seed.licence));
	if (seed.prefixes == 0)
		printf("It knows no networks of %.*s: is that the country's code?\n",
			STR(cc));
	printf("Bring it up to date with your regional registry's file "
	       "delegated-...-extended-latest:\n"
	       "  tocsin -d %.*s register import --country %.*s FILE\n"
	       "and with your own register, which goes before both.\n",
		STR(cli->args[0]), STR(cc));
	return 0;
}

static int seed(struct cli *cli)
{
	struct str delegated = cli_text(cli, "delegated");
	if (cli_flag(cli, "demo"))
		return import_embedded(cli);
	if (delegated.p)
		return import_delegated(cli, delegated);
	if (cli->conf.country.n)
		return import_location(cli);
	return cli_service(cli); /* makes the database */
}

static int keep_token(void *ctx, struct str record)
{
	struct cli *cli = ((void **)ctx)[0];
	struct str *link = ((void **)ctx)[1];
	*link = str_dup(&cli->arena, record_text(record, "token"));
	return 0;
}

/* Somebody must be able to come in, and there is no password that everybody knows. Given
 * again after it was cut off: the person is there, and gets a new link. */
static int first_head(struct cli *cli, struct str *ret_link)
{
	struct act_request q;
	struct str name = cli_text(cli, "head");
	void *ctx[2] = { cli, ret_link };
	struct act_answer answer = { .ctx = ctx, .record = keep_token, .quiet = true };
	request_begin(cli, &q, ACT_PERSON_ADD);
	rec_text(&q.w, "name", name.p ? name : S("head"));
	rec_text(&q.w, "role", S("head"));
	int r = request_send(cli, &q, &answer);
	if (r != E_EXISTS)
		return r;
	cli->why = (struct why){ 0 };
	request_begin(cli, &q, ACT_PERSON_RESET);
	rec_text(&q.w, "name", name.p ? name : S("head"));
	return request_send(cli, &q, &answer);
}

int cmd_init(struct cli *cli)
{
	const char *path;
	struct conf conf;
	int r = str_z(&cli->arena, cli->args[0], &path);
	if (r == 0)
		r = make_dir(cli, path);
	if (r == 0)
		r = fill_conf(cli, &conf);
	if (r == 0)
		r = conf_save(cli->datadir, &conf, &cli->why);
	if (r == 0)
		r = cli_conf(cli);
	if (r == 0)
		r = seed(cli);
	struct str link = { NULL, 0 };
	if (r == 0)
		r = first_head(cli, &link);
	if (r == 0)
		r = finish_dir(cli);
	if (r < 0)
		return r;
	printf("'%s' is ready for %.*s.\n", path, STR(cli->conf.team_name));
	printf("Next: tocsin -d %s %s\n", path,
		cli->conf.demo ? "import FILE..."
			       : "register import networks.csv holders.csv ...");
	printf("The first head enrols here while `tocsin -d %s serve` runs; the link "
	       "works once, within 72 hours:\n",
		path);
	return user_print_link(cli, link);
}

/* SPDX-License-Identifier: Apache-2.0
 * cli.h - what a command is, and what it gets. Depends on: base, sys.
 *
 * A command is one row of the table in commands.c and one file cmd_NAME.c. Its options
 * stand in a table beside it; parsing, the checks of type and range, and all help text
 * are made from the tables. Nothing else looks at argv. */
#pragma once
#include "sys/clock.h"
#include "sys/conf.h"
#include "sys/service.h"

enum cli_type {
	OPT_FLAG,
	OPT_TEXT,
	OPT_INT,  /* min to max */
	OPT_DAY,  /* 2026-06-01; the number is the day */
	OPT_TIME, /* 2026-06-01T10:20:30Z; the number is the instant */
};

struct cli_option {
	const char *name; /* without the dashes */
	char letter;	  /* 0: none */
	enum cli_type type;
	const char *arg;  /* what stands for the value in help: "FILE"; NULL for a flag */
	int64_t min, max; /* OPT_INT; both 0: any */
	const char *help;
};

struct cli_value {
	bool given;
	struct str text;
	int64_t number;
};

enum cli_dir { DIR_NONE, DIR_MAYBE, DIR_NEEDED };
#define CLI_MANY	10000000u
#define CLI_LISTEN	"127.0.0.1:8069" /* where serve listens, unless it is told */
#define CLI_OPTIONS_MAX 40

struct cli;
struct command {
	const char *name; /* one or two words: "import", "register import" */
	/* 0 or an exit status, or a negative E_* with the sentence in cli->why. */
	int (*run)(struct cli *cli);
	const char *summary;
	const char
		*args; /* what follows, for help: "FILE..."; NULL: nothing may follow */
	uint32_t min_args, max_args;
	enum cli_dir dir;
	const struct cli_option *options; /* ends with a row without a name; NULL: none */
};

struct cli {
	const struct command *command;
	struct cli_value
		values[CLI_OPTIONS_MAX]; /* the global options, then the command's */
	struct str *args;
	uint32_t n_args;
	struct arena arena; /* for the life of the command */
	struct why why;
	int datadir; /* open when -d was given or needed; else -1 */
	struct clock clock;
	struct conf conf; /* after cli_conf or cli_service */
	bool has_conf;
	struct service service;
	/* While work has no time, called several times a second, with the cli and how
	 * long that is; only its negative answer ends the waiting. NULL: 30 s to reach
	 * work, any time for the answer. */
	int (*waiting)(void *cli, int64_t ms, struct why *why);
	int64_t told_ms; /* when it was last said that the command waits */
	const struct service_inside *inside; /* how --one-process runs */
};

/* The value of an option of this command or a global one, by its name. Asserts that the
 * table has it. */
const struct cli_value *cli_value(const struct cli *cli, const char *name);
bool cli_flag(const struct cli *cli, const char *name);
/* Absent (p == NULL) when not given. */
struct str cli_text(const struct cli *cli, const char *name);
int64_t cli_int(const struct cli *cli, const char *name, int64_t otherwise);

/* Reads tocsin.conf and, for --now, fixes the clock. Called by cli_service too. */
MUST int cli_conf(struct cli *cli);
/* Reaches work, starting the roles when none run; cli->service.chan is then the channel.
 * main closes it. */
MUST int cli_service(struct cli *cli);

extern const struct cli_option cli_global[];
extern const struct command cli_commands[];
/* The command whose one or two words these are, or NULL. *ret_words: how many they
 * are. */
const struct command *cli_find(struct str first, struct str second, int *ret_words);
/* E_USAGE: there is none, or which second words this first one has. */
int cli_no_command(struct str first, struct why *why);

/* Fills cli from the words after the program's name. E_USAGE with the sentence in why.
 * cli->command is NULL when only global options were given. */
MUST int cli_parse(struct cli *cli, int argc, char **argv);
/* Runs what main was called with; answers the exit status: 0 done, 1 failed, 2 called
 * wrongly. */
int cli_main(int argc, char **argv, const struct service_inside *inside);

/* Help, made from the tables. cmd NULL: of the whole program. */
MUST int cli_help(struct buf *out, const struct command *cmd);

int cmd_answer(struct cli *cli);
int cmd_answer_link(struct cli *cli);
int cmd_answer_links(struct cli *cli);
int cmd_answer_revoke(struct cli *cli);
int cmd_answers(struct cli *cli);
int cmd_contact_confirm(struct cli *cli);
int cmd_contacts(struct cli *cli);
int cmd_contacts_check(struct cli *cli);
int cmd_morning(struct cli *cli);
int cmd_rules_preview(struct cli *cli);
int cmd_rules_set(struct cli *cli);
int cmd_rules_show(struct cli *cli);
int cmd_audit_list(struct cli *cli);
int cmd_audit_verify(struct cli *cli);
int cmd_backup(struct cli *cli);
int cmd_backup_key(struct cli *cli);
int cmd_backup_verify(struct cli *cli);
int cmd_db_check(struct cli *cli);
int cmd_demo_answers(struct cli *cli);
int cmd_demo_feeds(struct cli *cli);
int cmd_doctor(struct cli *cli);
int cmd_effect(struct cli *cli);
int cmd_evidence(struct cli *cli);
int cmd_files(struct cli *cli);
int cmd_files_aside(struct cli *cli);
int cmd_finding(struct cli *cli);
int cmd_findings(struct cli *cli);
int cmd_help(struct cli *cli);
int cmd_import(struct cli *cli);
int cmd_init(struct cli *cli);
int cmd_key_export(struct cli *cli);
int cmd_key_import(struct cli *cli);
int cmd_key_list(struct cli *cli);
int cmd_key_make(struct cli *cli);
int cmd_lookup(struct cli *cli);
int cmd_mark(struct cli *cli);
int cmd_quarantine(struct cli *cli);
int cmd_notices_draft(struct cli *cli);
int cmd_notices_list(struct cli *cli);
int cmd_notices_show(struct cli *cli);
int cmd_notices_approve(struct cli *cli);
int cmd_notices_hold(struct cli *cli);
int cmd_notices_cancel(struct cli *cli);
int cmd_notices_no_contact(struct cli *cli);
int cmd_rebuild(struct cli *cli);
int cmd_notices_send(struct cli *cli);
int cmd_notices_undo(struct cli *cli);
int cmd_notices_deliver(struct cli *cli);
int cmd_notices_status(struct cli *cli);
int cmd_tasks(struct cli *cli);
int cmd_task_done(struct cli *cli);
int cmd_sending(struct cli *cli);
int cmd_sending_on(struct cli *cli);
int cmd_sending_off(struct cli *cli);
int cmd_hours(struct cli *cli);
int cmd_hours_set(struct cli *cli);
int cmd_holidays(struct cli *cli);
int cmd_holidays_set(struct cli *cli);
int cmd_mail(struct cli *cli);
int cmd_mail_sink(struct cli *cli);
int cmd_register_import(struct cli *cli);
int cmd_proxy(struct cli *cli);
int cmd_restore(struct cli *cli);
int cmd_register_remove(struct cli *cli);
int cmd_serve(struct cli *cli);
int cmd_types(struct cli *cli);
int cmd_user_add(struct cli *cli);
int cmd_user_list(struct cli *cli);
int cmd_user_reset(struct cli *cli);
int cmd_user_revoke(struct cli *cli);
int cmd_version(struct cli *cli);
extern const struct cli_option cmd_answer_options[];
extern const struct cli_option cmd_answer_link_options[];
extern const struct cli_option cmd_answer_links_options[];
extern const struct cli_option cmd_answer_revoke_options[];
extern const struct cli_option cmd_answers_options[];
extern const struct cli_option cmd_contact_confirm_options[];
extern const struct cli_option cmd_contacts_options[];
extern const struct cli_option cmd_contacts_check_options[];
extern const struct cli_option cmd_morning_options[];
extern const struct cli_option cmd_rules_preview_options[];
extern const struct cli_option cmd_rules_show_options[];
extern const struct cli_option cmd_audit_list_options[];
extern const struct cli_option cmd_audit_verify_options[];
extern const struct cli_option cmd_backup_options[];
extern const struct cli_option cmd_backup_key_options[];
extern const struct cli_option cmd_backup_verify_options[];
extern const struct cli_option cmd_db_check_options[];
extern const struct cli_option cmd_demo_answers_options[];
extern const struct cli_option cmd_demo_feeds_options[];
extern const struct cli_option cmd_doctor_options[];
extern const struct cli_option cmd_effect_options[];
extern const struct cli_option cmd_evidence_options[];
extern const struct cli_option cmd_files_options[];
extern const struct cli_option cmd_finding_options[];
extern const struct cli_option cmd_findings_options[];
extern const struct cli_option cmd_import_options[];
extern const struct cli_option cmd_init_options[];
extern const struct cli_option cmd_key_export_options[];
extern const struct cli_option cmd_key_import_options[];
extern const struct cli_option cmd_key_list_options[];
extern const struct cli_option cmd_key_make_options[];
extern const struct cli_option cmd_lookup_options[];
extern const struct cli_option cmd_mark_options[];
extern const struct cli_option cmd_quarantine_options[];
extern const struct cli_option cmd_notices_draft_options[];
extern const struct cli_option cmd_notices_list_options[];
extern const struct cli_option cmd_notices_show_options[];
extern const struct cli_option cmd_notices_approve_options[];
extern const struct cli_option cmd_notices_hold_options[];
extern const struct cli_option cmd_notices_cancel_options[];
extern const struct cli_option cmd_notices_no_contact_options[];
extern const struct cli_option cmd_rebuild_options[];
extern const struct cli_option cmd_notices_send_options[];
extern const struct cli_option cmd_notices_undo_options[];
extern const struct cli_option cmd_notices_deliver_options[];
extern const struct cli_option cmd_notices_status_options[];
extern const struct cli_option cmd_tasks_options[];
extern const struct cli_option cmd_task_done_options[];
extern const struct cli_option cmd_sending_options[];
extern const struct cli_option cmd_sending_on_options[];
extern const struct cli_option cmd_hours_options[];
extern const struct cli_option cmd_hours_set_options[];
extern const struct cli_option cmd_holidays_options[];
extern const struct cli_option cmd_holidays_set_options[];
extern const struct cli_option cmd_mail_options[];
extern const struct cli_option cmd_mail_sink_options[];
extern const struct cli_option cmd_register_import_options[];
extern const struct cli_option cmd_proxy_options[];
extern const struct cli_option cmd_restore_options[];
extern const struct cli_option cmd_register_remove_options[];
extern const struct cli_option cmd_serve_options[];
extern const struct cli_option cmd_types_options[];
extern const struct cli_option cmd_user_add_options[];
extern const struct cli_option cmd_user_list_options[];

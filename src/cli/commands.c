/* SPDX-License-Identifier: Apache-2.0
 * commands.c - the table of commands, and the smallest ones. Depends on: base, sys. A
 * new command: its row here, its file cmd_NAME.c, its declaration in cli.h, its test. */
#include "cli/cli.h"

#include <stdio.h>

/* clang-format off */
const struct command cli_commands[] = {
	{ "init", cmd_init, "Makes a data directory for a team",
		"DIR", 1, 1, DIR_NONE, cmd_init_options },
	{ "register import", cmd_register_import, "Takes in networks, contacts, domains",
		"FILE...", 1, CLI_MANY, DIR_NEEDED, cmd_register_import_options },
	{ "register remove", cmd_register_remove, "Takes wrong entries out of the register",
		"NETWORK|AS|DOMAIN|MAIL...", 1, CLI_MANY, DIR_NEEDED, cmd_register_remove_options },
	{ "import", cmd_import, "Takes in feed files: plain, .gz, .zst or .zip",
		"FILE...", 1, CLI_MANY, DIR_NEEDED, cmd_import_options },
	{ "files", cmd_files, "Lists the feed files that were taken, the latest first",
		NULL, 0, 0, DIR_NEEDED, cmd_files_options },
	{ "files aside", cmd_files_aside, "A failed file was looked at: it is told no more",
		"ID...", 1, CLI_MANY, DIR_NEEDED, NULL },
	{ "types", cmd_types, "Lists the report types, and which fell silent",
		NULL, 0, 0, DIR_NEEDED, cmd_types_options },
	{ "quarantine", cmd_quarantine, "Lists what could not be read, and why",
		NULL, 0, 0, DIR_NEEDED, cmd_quarantine_options },
	{ "findings", cmd_findings, "Lists findings, the worst first",
		NULL, 0, 0, DIR_NEEDED, cmd_findings_options },
	{ "finding", cmd_finding, "Shows everything that is known about one finding",
		"ID", 1, 1, DIR_NEEDED, cmd_finding_options },
	{ "finding mark", cmd_mark, "Says it is fixed, not theirs, or open",
		"ID fixed|not-theirs|open", 2, 2, DIR_NEEDED, cmd_mark_options },
	{ "evidence", cmd_evidence, "Shows the original rows behind a finding",
		"FINDING", 1, 1, DIR_NEEDED, cmd_evidence_options },
	{ "key make", cmd_key_make, "Makes the team's OpenPGP key",
		NULL, 0, 0, DIR_NEEDED, cmd_key_make_options },
	{ "key import", cmd_key_import, "Takes in keys of contacts, or the team's own",
		"FILE...", 1, CLI_MANY, DIR_NEEDED, cmd_key_import_options },
	{ "key list", cmd_key_list, "Lists the keys, and which cannot be used",
		NULL, 0, 0, DIR_NEEDED, cmd_key_list_options },
	{ "key export", cmd_key_export, "Prints a public key: the team's, or a contact's",
		"[MAIL|FINGERPRINT]", 0, 1, DIR_NEEDED, cmd_key_export_options },
	{ "lookup", cmd_lookup, "Says who is responsible for an address or name",
		"ADDRESS|NETWORK|DOMAIN|URL|AS|-...", 1, CLI_MANY, DIR_NEEDED, cmd_lookup_options },
	{ "notices draft", cmd_notices_draft, "Drafts what organisations must be told today",
		NULL, 0, 0, DIR_NEEDED, cmd_notices_draft_options },
	{ "notices list", cmd_notices_list, "Lists notices, the latest first",
		NULL, 0, 0, DIR_NEEDED, cmd_notices_list_options },
	{ "notices show", cmd_notices_show, "Shows a notice, or with --eml the exact mail",
		"ID", 1, 1, DIR_NEEDED, cmd_notices_show_options },
	{ "notices approve", cmd_notices_approve, "Approves notices: a person has seen them",
		"[ID...]", 0, CLI_MANY, DIR_NEEDED, cmd_notices_approve_options },
	{ "notices hold", cmd_notices_hold, "Holds notices back",
		"[ID...]", 0, CLI_MANY, DIR_NEEDED, cmd_notices_hold_options },
	{ "notices cancel", cmd_notices_cancel, "Cancels notices for good",
		"[ID...]", 0, CLI_MANY, DIR_NEEDED, cmd_notices_cancel_options },
	{ "notices no-contact", cmd_notices_no_contact, "Lists who cannot be told",
		NULL, 0, 0, DIR_NEEDED, cmd_notices_no_contact_options },
	{ "notices send", cmd_notices_send, "Sends what is approved, after the time for undo",
		"[ID...]", 0, CLI_MANY, DIR_NEEDED, cmd_notices_send_options },
	{ "notices undo", cmd_notices_undo, "Takes back what still waits to be sent",
		"[ID...]", 0, CLI_MANY, DIR_NEEDED, cmd_notices_undo_options },
	{ "notices deliver", cmd_notices_deliver, "Hands over what is due to the mail server",
		NULL, 0, 0, DIR_NEEDED, cmd_notices_deliver_options },
	{ "notices status", cmd_notices_status, "Shows what became of what was sent",
		NULL, 0, 0, DIR_NEEDED, cmd_notices_status_options },
	{ "sending", cmd_sending, "Says whether mail really leaves the house",
		NULL, 0, 0, DIR_NEEDED, cmd_sending_options },
	{ "sending on", cmd_sending_on, "From now on mail really leaves the house",
		NULL, 0, 0, DIR_NEEDED, cmd_sending_on_options },
	{ "sending off", cmd_sending_off, "From now on mail is written to files only",
		NULL, 0, 0, DIR_NEEDED, NULL },
	{ "mail", cmd_mail, "Takes in a mail: a delivery report, a bounce, an answer",
		"[FILE...]", 0, CLI_MANY, DIR_NEEDED, cmd_mail_options },
	{ "tasks", cmd_tasks, "Lists what a person must look at",
		NULL, 0, 0, DIR_NEEDED, cmd_tasks_options },
	{ "task done", cmd_task_done, "Closes a task",
		"ID", 1, 1, DIR_NEEDED, cmd_task_done_options },
	{ "hours", cmd_hours, "Lists when mail may go to whom",
		NULL, 0, 0, DIR_NEEDED, cmd_hours_options },
	{ "hours set", cmd_hours_set, "Says when mail may go to an organisation or contact",
		NULL, 0, 0, DIR_NEEDED, cmd_hours_set_options },
	{ "holidays", cmd_holidays, "Lists days on which no mail goes",
		NULL, 0, 0, DIR_NEEDED, cmd_holidays_options },
	{ "holidays set", cmd_holidays_set, "Makes a day a holiday",
		"DATE [NAME]", 1, 2, DIR_NEEDED, cmd_holidays_set_options },
	{ "answer", cmd_answer, "Takes down an answer to a notice, or reads a file of them",
		"NOTICE", 1, 1, DIR_NEEDED, cmd_answer_options },
	{ "answers", cmd_answers, "Lists what was answered, the latest first",
		NULL, 0, 0, DIR_NEEDED, cmd_answers_options },
	{ "answer link", cmd_answer_link, "Makes a link by which a notice can be answered",
		"NOTICE", 1, 1, DIR_NEEDED, cmd_answer_link_options },
	{ "answer links", cmd_answer_links, "Lists answer links, the latest first",
		"[NOTICE]", 0, 1, DIR_NEEDED, cmd_answer_links_options },
	{ "answer revoke", cmd_answer_revoke, "Ends the answer links of a notice",
		"NOTICE", 1, 1, DIR_NEEDED, cmd_answer_revoke_options },
	{ "contacts", cmd_contacts, "Lists contacts, and which may be wrong",
		NULL, 0, 0, DIR_NEEDED, cmd_contacts_options },
	{ "contacts check", cmd_contacts_check, "Shows which contacts would be asked whether they are right",
		NULL, 0, 0, DIR_NEEDED, cmd_contacts_check_options },
	{ "contact confirm", cmd_contact_confirm, "Says that a contact is right, or wrong",
		"ID", 1, 1, DIR_NEEDED, cmd_contact_confirm_options },
	{ "rules show", cmd_rules_show, "Shows who is told, reminded and asked again, and when",
		NULL, 0, 0, DIR_NEEDED, cmd_rules_show_options },
	{ "rules set", cmd_rules_set, "Changes one rule",
		"RULE VALUE", 2, 2, DIR_NEEDED, NULL },
	{ "rules preview", cmd_rules_preview, "Says what rules would have done in the last days",
		"[RULE=VALUE...]", 0, CLI_MANY, DIR_NEEDED, cmd_rules_preview_options },
	{ "effect", cmd_effect, "Shows what became of it: sent, answered, fixed, open",
		NULL, 0, 0, DIR_NEEDED, cmd_effect_options },
	{ "morning", cmd_morning, "Says what needs hands today, and what is fine",
		NULL, 0, 0, DIR_NEEDED, cmd_morning_options },
	{ "audit list", cmd_audit_list, "Lists what was done, the latest first",
		NULL, 0, 0, DIR_NEEDED, cmd_audit_list_options },
	{ "audit verify", cmd_audit_verify, "Checks that the audit trail is whole",
		NULL, 0, 0, DIR_NEEDED, cmd_audit_verify_options },
	{ "db check", cmd_db_check, "Checks every page and reference of the database",
		NULL, 0, 0, DIR_NEEDED, cmd_db_check_options },
	{ "backup", cmd_backup, "Makes a copy that can be carried away",
		NULL, 0, 0, DIR_NEEDED, cmd_backup_options },
	{ "backup key", cmd_backup_key, "Makes a key: backups are sealed from then on",
		NULL, 0, 0, DIR_NEEDED, cmd_backup_key_options },
	{ "backup verify", cmd_backup_verify, "Says whether a backup is whole",
		"FILE", 1, 1, DIR_MAYBE, cmd_backup_verify_options },
	{ "restore", cmd_restore, "Makes a data directory from a backup",
		"FILE DIR", 2, 2, DIR_NONE, cmd_restore_options },
	{ "rebuild", cmd_rebuild, "Computes the state of every finding again",
		NULL, 0, 0, DIR_NEEDED, cmd_rebuild_options },
	{ "serve", cmd_serve, "Runs the service with its console until it is stopped",
		NULL, 0, 0, DIR_NEEDED, cmd_serve_options },
	{ "proxy-config", cmd_proxy, "Writes nginx's configuration for this installation",
		NULL, 0, 0, DIR_NEEDED, cmd_proxy_options },
	{ "user add", cmd_user_add, "Adds a person and prints a one-time link",
		"NAME", 1, 1, DIR_NEEDED, cmd_user_add_options },
	{ "user reset", cmd_user_reset, "Ends a person's password and codes, makes a new link",
		"NAME", 1, 1, DIR_NEEDED, NULL },
	{ "user revoke", cmd_user_revoke, "Shuts a person out",
		"NAME", 1, 1, DIR_NEEDED, NULL },
	{ "user list", cmd_user_list, "Lists the people of the team",
		NULL, 0, 0, DIR_NEEDED, cmd_user_list_options },
	{ "doctor", cmd_doctor, "Says what protects the data: sandbox, limits, disk",
		NULL, 0, 0, DIR_MAYBE, cmd_doctor_options },
	{ "demo-feeds", cmd_demo_feeds, "Writes a day of the demo country's feeds",
		NULL, 0, 0, DIR_NONE, cmd_demo_feeds_options },
	{ "mail-sink", cmd_mail_sink, "A mail server for demonstrations that keeps all mail",
		NULL, 0, 0, DIR_NONE, cmd_mail_sink_options },
	{ "demo-answers", cmd_demo_answers, "Writes what that country's organisations answer",
		NULL, 0, 0, DIR_NONE, cmd_demo_answers_options },
	{ "help", cmd_help, "Explains a command",
		"[COMMAND]", 0, 2, DIR_NONE, NULL },
	{ "version", cmd_version, "Prints the version",
		NULL, 0, 0, DIR_NONE, NULL },
	{ 0 },
};
/* clang-format on */

const struct command *cli_find(struct str first, struct str second, int *ret_words)
{
	const struct command *found = NULL;
	for (const struct command *c = cli_commands; c->name; c++) {
		struct str rest = str_c(c->name);
		struct str one;
		(void)str_split(&rest, ' ', &one);
		if (!str_eq(one, first))
			continue;
		if (rest.p == NULL && found == NULL) {
			found = c;
			*ret_words = 1;
		}
		if (rest.p != NULL && str_eq(rest, second)) {
			found = c;
			*ret_words = 2;
		}
	}
	return found;
}

static bool is_first_word(
	const struct command *c, struct str word, struct str *ret_second)
{
	*ret_second = str_c(c->name);
	struct str one;
	(void)str_split(ret_second, ' ', &one);
	return str_eq(one, word) && ret_second->p != NULL;
}

int cli_no_command(struct str first, struct why *why)
{
	char list[160];
	size_t n = 0;
	struct str second;
	for (const struct command *c = cli_commands; c->name; c++) {
		if (!is_first_word(c, first, &second) || second.n + 3 > sizeof(list) - n)
			continue;
		n += (size_t)snprintf(
			list + n, sizeof(list) - n, "%s%.*s", n ? ", " : "", STR(second));
	}
	if (n == 0)
		return fail(why, E_USAGE, "there is no command '%.*s'; see tocsin help",
			STR(str_to(first, 60)));
	return fail(why, E_USAGE, "%.*s needs one more word: %s", STR(first), list);
}

int cmd_version(struct cli *cli)
{
	(void)cli;
	return printf("tocsin %s\n", TOCSIN_VERSION) < 0 ? 1 : 0;
}

int cmd_help(struct cli *cli)
{
	const struct command *cmd = NULL;
	int words;
	if (cli->n_args > 0) {
		struct str second = cli->n_args > 1 ? cli->args[1] : S("");
		cmd = cli_find(cli->args[0], second, &words);
		if (cmd == NULL)
			return cli_no_command(cli->args[0], &cli->why);
	}
	struct buf b = buf_in(&cli->arena, KIB(64));
	int r = cli_help(&b, cmd);
	if (r < 0)
		return r;
	struct str s = buf_str(&b);
	return fwrite(s.p, 1, s.n, stdout) == s.n ? 0 : 1;
}

/* SPDX-License-Identifier: Apache-2.0
 * route.c - the table of routes, and finding a row: see route.h. Depends on: base, core.
 * To add a page: CONTRIBUTING.md. */
#include "web/route.h"

#include "base/limits.h"
#include "base/tr.h"
#include "web/finding_query.h"
#include "web/pages.h"

/* clang-format off */
#define DECIDE	  ACTOR_HANDLES
#define ALL	  ACTOR_PERSON
#define NO_OBJECT OBJECT_NONE, OBJECT_READ

static const struct field none[] = { { 0 } };
static const struct field f_sign_in[] = {
	{ "name", FIELD_TEXT, true, 1, 40 },
	{ "password", FIELD_TEXT, true, 1, 1000 },
	{ "code", FIELD_TEXT, true, 1, 20 },
	{ 0 } };
static const struct field f_enrol[] = {
	{ "password", FIELD_TEXT, true, 1, 1000 },
	{ "again", FIELD_TEXT, true, 1, 1000 },
	{ "code", FIELD_TEXT, true, 1, 20 },
	{ 0 } };
static const struct field f_password[] = {
	{ "old", FIELD_TEXT, true, 1, 200 },
	{ "password", FIELD_TEXT, true, 1, 1000 },
	{ "again", FIELD_TEXT, true, 1, 1000 },
	{ 0 } };
static const struct field f_language[] = { { "language", FIELD_TEXT, true, 2, 2 }, { 0 } };
static const struct field f_person[] = {
	{ "name", FIELD_TEXT, true, 1, 40 },
	{ "role", FIELD_TEXT, true, 1, 10 },
	{ 0 } };
static const struct field f_role[] = { { "role", FIELD_TEXT, true, 1, 10 }, { 0 } };
static const struct field q_cursor[] = { { "before", FIELD_INT, false, 1, INT64_MAX }, { 0 } };
static const struct field q_fault[] = { { "fault", FIELD_INT, false, 1, 20 }, { 0 } };
static const struct field q_account[] = {
	{ "done", FIELD_INT, false, 1, 20 },
	{ "fault", FIELD_INT, false, 1, 20 },
	{ 0 } };
static const struct field f_mark[] = {
	{ "state", FIELD_TEXT, true, 1, 16 },
	{ "comment", FIELD_AREA, false, 0, 2000 },
	{ 0 } };
static const struct field f_upload[] = {
	{ "file", FIELD_FILE, true, 1, 0 },
	{ "feed", FIELD_TEXT, false, 1, 64 },
	{ 0 } };
static const struct field q_quarantine[] = {
	{ "file", FIELD_INT, false, 1, INT64_MAX },
	{ "after", FIELD_TEXT, false, 1, 44 },
	{ 0 } };
static const struct field q_lookup[] = { { "what", FIELD_TEXT, false, 1, 500 }, { 0 } };
#define LONG_TEXT 8000 /* more than is kept: the page says so, and keeps what was typed */
static const struct field q_answer[] = {
	{ "after", FIELD_INT, false, 1, INT64_MAX },
	{ "done", FIELD_INT, false, 1, 20 },
	{ 0 } };
/* answer: about all; a-ID, u-ID, w-ID, c-ID: about one finding. */
static const struct field f_answer[] = {
	{ "answer", FIELD_TEXT, false, 0, 20 },
	{ "until", FIELD_TEXT, false, 0, 40 },
	{ "whose", FIELD_TEXT, false, 0, LONG_TEXT },
	{ "comment", FIELD_AREA, false, 0, LONG_TEXT },
	{ "a", FIELD_EACH, false, 0, 20 },
	{ "u", FIELD_EACH, false, 0, 40 },
	{ "w", FIELD_EACH, false, 0, LONG_TEXT },
	{ "c", FIELD_EACH, false, 0, LONG_TEXT },
	{ 0 } };
static const struct field q_part[] = { { "part", FIELD_INT, false, 1, 10000 }, { 0 } };
static const struct field f_table[] = {
	{ "file", FIELD_FILE, false, 0, 0 },
	{ "text/csv", FIELD_BODY, false, 0, 0 },
	{ 0 } };
static const struct field f_json[] = { { "application/json", FIELD_BODY, false, 0, 0 }, { 0 } };
static const struct field f_contact[] = {
	{ "right", FIELD_TEXT, false, 0, 10 },
	{ "name", FIELD_TEXT, false, 0, LONG_TEXT },
	{ "role", FIELD_TEXT, false, 0, LONG_TEXT },
	{ "email", FIELD_TEXT, false, 0, LONG_TEXT },
	{ "phone", FIELD_TEXT, false, 0, LONG_TEXT },
	{ "language", FIELD_TEXT, false, 2, 2 },
	{ "comment", FIELD_AREA, false, 0, LONG_TEXT },
	{ 0 } };
static const struct field q_effect[] = {
	{ "period", FIELD_TEXT, false, 1, 4 },
	{ "since", FIELD_TEXT, false, 10, 10 },
	{ "by", FIELD_TEXT, false, 1, 12 },
	{ "row", FIELD_INT, false, 0, 10000000 },
	{ 0 } };
static const struct field q_done[] = { { "done", FIELD_INT, false, 1, 20 }, { 0 } };

static const struct field q_orgs[] = {
	{ "word", FIELD_TEXT, false, 0, 100 },
	{ "sector", FIELD_TEXT, false, 0, 100 },
	{ "language", FIELD_TEXT, false, 0, 2 },
	{ "only", FIELD_TEXT, false, 0, 10 },
	{ "after", FIELD_TEXT, false, 0, 512 },
	{ 0 } };
static const struct field q_contact[] = { { "contact", FIELD_INT, false, 1, INT64_MAX }, { 0 } };
static const struct field f_org[] = {
	{ "name", FIELD_TEXT, true, 1, 300 },
	{ "kind", FIELD_TEXT, false, 0, 100 },
	{ "sector", FIELD_TEXT, false, 0, 100 },
	{ "language", FIELD_TEXT, false, 0, 2 },
	{ "sure", FIELD_TICK, false, 0, 1 },
	{ 0 } };
static const struct field f_entry[] = {
	{ "what", FIELD_TEXT, true, 1, 10 },
	{ "value", FIELD_TEXT, true, 1, 300 },
	{ "imported", FIELD_TICK, false, 0, 1 },
	{ "in", FIELD_INT, false, 1, UINT32_MAX },
	{ "sure", FIELD_TICK, false, 0, 1 },
	{ 0 } };
static const struct field f_org_contact[] = {
	{ "email", FIELD_TEXT, true, 3, 254 },
	{ "name", FIELD_TEXT, false, 0, 300 },
	{ "role", FIELD_TEXT, false, 0, 100 },
	{ "language", FIELD_TEXT, false, 0, 2 },
	{ "phone", FIELD_TEXT, false, 0, 60 },
	{ "pgp", FIELD_TEXT, false, 0, 120 },
	{ "sure", FIELD_TICK, false, 0, 1 },
	{ 0 } };
static const struct field f_contact_end[] = {
	{ "contact", FIELD_INT, true, 1, INT64_MAX },
	{ "sure", FIELD_TICK, false, 0, 1 },
	{ 0 } };

static const struct field q_contacts[] = {
	{ "only", FIELD_TEXT, false, 1, 10 },
	{ "after", FIELD_INT, false, 1, INT64_MAX },
	{ "done", FIELD_INT, false, 1, 20 },
	{ 0 } };
static const struct field f_check[] = { { "contact", FIELD_INT, false, 1, INT64_MAX }, { 0 } };
static const struct field f_confirm[] = { { "comment", FIELD_TEXT, false, 0, 500 }, { 0 } };

static const struct field q_notices[] = {
	{ "state", FIELD_INT, false, 0, 9 },
	{ "run", FIELD_INT, false, 1, INT64_MAX },
	{ "organisation", FIELD_INT, false, 1, INT64_MAX },
	{ "before", FIELD_INT, false, 1, INT64_MAX },
	{ "done", FIELD_INT, false, 1, 20 },
	{ "n", FIELD_INT, false, 0, INT64_MAX },
	{ 0 } };
static const struct field f_sending[] = {
	{ "on", FIELD_TICK, false, 0, 1 },
	{ "word", FIELD_TEXT, false, 0, 10 },
	{ 0 } };
static const struct field q_tasks[] = {
	{ "after", FIELD_INT, false, 1, INT64_MAX },
	{ "done", FIELD_INT, false, 1, 20 },
	{ 0 } };
static const struct field f_task[] = { { "why", FIELD_TEXT, false, 0, 500 },
	{ "went", FIELD_INT, false, 0, 1 }, { 0 } };
static const struct field q_answers[] = {
	{ "kind", FIELD_INT, false, 1, 5 },
	{ "organisation", FIELD_INT, false, 1, INT64_MAX },
	{ "notice", FIELD_INT, false, 1, INT64_MAX },
	{ "before", FIELD_INT, false, 1, INT64_MAX },
	{ 0 } };
static const struct field f_rule[] = {
	{ "name", FIELD_TEXT, true, 1, 64 },
	{ "value", FIELD_INT, true, 0, 100000 },
	{ 0 } };
static const struct field f_play[] = {
	{ "name", FIELD_TEXT, true, 1, 64 },
	{ "value", FIELD_INT, true, 0, 100000 },
	{ "all", FIELD_TICK, false, 0, 0 },
	{ 0 } };
/* Which: ticked ones, or a list of numbers, or all of a run. */
static const struct field f_decide[] = {
	{ "notice", FIELD_MANY, false, 1, INT64_MAX },
	{ "list", FIELD_TEXT, false, 0, 20000 },
	{ "run", FIELD_INT, false, 1, INT64_MAX },
	{ "why", FIELD_TEXT, false, 0, 500 },
	{ "held", FIELD_TICK, false, 0, 1 },
	{ "again", FIELD_TICK, false, 0, 1 },
	{ "sure", FIELD_TICK, false, 0, 1 },
	{ 0 } };

/* Name, method, path | who, what proves a form, how often, largest body | object and what
 * for, act | fields of the query, of the form | place in the menu, function. */
const struct route web_routes[] = {
	{ "style", METHOD_GET, "/style/{word}", WHO_ANYONE, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, none, none, NULL, style_get },
	{ "icon", METHOD_GET, "/icon.svg", WHO_ANYONE, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, none, none, NULL, icon_get },
	{ "sign-in", METHOD_GET, "/sign-in", WHO_ANYONE, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, none, none, NULL, sign_in_get },
	{ "sign-in.do", METHOD_POST, "/sign-in", WHO_ANYONE, CSRF_ORIGIN, RATE_DOOR, KIB(8),
		NO_OBJECT, ACT_SESSION_BEGIN, none, f_sign_in, NULL, sign_in_post },
	{ "sign-out.do", METHOD_POST, "/sign-out", ALL, CSRF_FORM, RATE_PAGE, KIB(8),
		NO_OBJECT, ACT_SESSION_END, none, none, NULL, sign_out_post },
	{ "enrol", METHOD_GET, "/enrol/{word}", WHO_ANYONE, CSRF_NONE, RATE_LINK, 0,
		NO_OBJECT, ACT_ENROL_LOOK, q_fault, none, NULL, enrol_get },
	{ "enrol.do", METHOD_POST, "/enrol/{word}", WHO_ANYONE, CSRF_ORIGIN, RATE_DOOR, KIB(8),
		NO_OBJECT, ACT_ENROL_FINISH, none, f_enrol, NULL, enrol_post },
	{ "answer", METHOD_GET, "/a/{word}", WHO_ANYONE | WHO_LINK, CSRF_NONE, RATE_LINK, 0,
		OBJECT_NOTICE, OBJECT_READ, ACT_ANSWER_OPENED, q_answer, none, NULL, answer_get },
	{ "answer.give", METHOD_POST, "/a/{word}", WHO_ANYONE | WHO_LINK, CSRF_PATH, RATE_LINK,
		KIB(512), OBJECT_NOTICE, OBJECT_CHANGE, ACT_ANSWER_GIVE, q_answer, f_answer, NULL,
		answer_post },
	{ "answer.table", METHOD_GET, "/a/{word}/csv", WHO_ANYONE | WHO_LINK, CSRF_NONE, RATE_LINK,
		0, OBJECT_NOTICE, OBJECT_READ, NO_ACT, q_part, none, NULL, answer_table_get },
	{ "answer.file", METHOD_POST, "/a/{word}/csv", WHO_ANYONE | WHO_LINK, CSRF_PATH, RATE_FILE,
		LIMIT_ANSWER_FILE + KIB(64), OBJECT_NOTICE, OBJECT_CHANGE, ACT_ANSWER_FILE, none,
		f_table, NULL, answer_table_post },
	{ "answer.json", METHOD_POST, "/a/{word}/json", WHO_ANYONE | WHO_LINK, CSRF_PATH, RATE_FILE,
		LIMIT_ANSWER_JSON, OBJECT_NOTICE, OBJECT_CHANGE, ACT_ANSWER_FILE, none, f_json,
		NULL, answer_json_post },
	{ "contact", METHOD_GET, "/c/{word}", WHO_ANYONE | WHO_LINK, CSRF_NONE, RATE_LINK, 0,
		OBJECT_CONTACT, OBJECT_READ, ACT_ANSWER_OPENED, q_done, none, NULL, contact_get },
	{ "contact.confirm", METHOD_POST, "/c/{word}", WHO_ANYONE | WHO_LINK, CSRF_PATH, RATE_LINK,
		KIB(128), OBJECT_CONTACT, OBJECT_CHANGE, ACT_CONTACT_CONFIRM, none, f_contact, NULL,
		contact_post },
	{ "morning", METHOD_GET, "/", ALL, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, none, none, N_("Morning"), morning_get },
	{ "findings", METHOD_GET, "/findings", WHO_CASES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, finding_query_fields, none, N_("Findings"), findings_get },
	{ "findings.csv", METHOD_GET, "/findings/csv", WHO_CASES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, finding_query_fields, none, NULL, findings_csv },
	{ "findings.jsonl", METHOD_GET, "/findings/jsonl", WHO_CASES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, finding_query_fields, none, NULL, findings_jsonl },
	{ "finding", METHOD_GET, "/findings/{id}", WHO_CASES, CSRF_NONE, RATE_PAGE, 0,
		OBJECT_FINDING, OBJECT_READ, NO_ACT, q_done, none, NULL, finding_one_get },
	{ "finding.evidence", METHOD_GET, "/findings/{id}/evidence", WHO_CASES, CSRF_NONE,
		RATE_PAGE, 0, OBJECT_FINDING, OBJECT_READ, ACT_EVIDENCE, none, none, NULL,
		finding_evidence },
	{ "finding.mark", METHOD_POST, "/findings/{id}/mark", ACTOR_HANDLES, CSRF_FORM, RATE_PAGE,
		KIB(16), OBJECT_FINDING, OBJECT_CHANGE, ACT_FINDING_MARK, none, f_mark, NULL,
		finding_mark },
	{ "feeds", METHOD_GET, "/feeds", ALL, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, none, none, N_("Feeds"), feeds_get },
	{ "files", METHOD_GET, "/files", ALL, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, q_cursor, none, NULL, files_get },
	{ "file.aside", METHOD_POST, "/files/{id}/aside", ACTOR_HANDLES, CSRF_FORM, RATE_PAGE, KIB(8),
		OBJECT_FILE, OBJECT_CHANGE, ACT_FILE_ASIDE, none, none, NULL, file_aside_post },
	{ "quarantine", METHOD_GET, "/quarantine", WHO_CASES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, q_quarantine, none, N_("Quarantine"), quarantine_get },
	{ "orgs", METHOD_GET, "/organisations", WHO_CASES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, q_orgs, none, N_("Organisations"), orgs_get },
	{ "org.new", METHOD_GET, "/organisations/new", ACTOR_HANDLES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, none, none, NULL, org_new_get },
	{ "org.add", METHOD_POST, "/organisations", ACTOR_HANDLES, CSRF_FORM, RATE_PAGE, KIB(8),
		NO_OBJECT, ACT_ORG_PUT, none, f_org, NULL, org_new_post },
	{ "org", METHOD_GET, "/organisations/{id}", WHO_CASES, CSRF_NONE, RATE_PAGE, 0,
		OBJECT_ORG, OBJECT_READ, NO_ACT, none, none, NULL, org_get },
	{ "org.edit", METHOD_GET, "/organisations/{id}/edit", ACTOR_HANDLES, CSRF_NONE, RATE_PAGE, 0,
		OBJECT_ORG, OBJECT_CHANGE, NO_ACT, q_contact, none, NULL, org_edit_get },
	{ "org.change", METHOD_POST, "/organisations/{id}/edit", ACTOR_HANDLES, CSRF_FORM, RATE_PAGE,
		KIB(8), OBJECT_ORG, OBJECT_CHANGE, ACT_ORG_PUT, none, f_org, NULL, org_edit_post },
	{ "org.entry", METHOD_POST, "/organisations/{id}/entry", ACTOR_HANDLES, CSRF_FORM, RATE_PAGE,
		KIB(8), OBJECT_ORG, OBJECT_CHANGE, ACT_ENTRY_PUT, none, f_entry, NULL, org_entry_put },
	{ "org.entry-take", METHOD_POST, "/organisations/{id}/entry/take", ACTOR_HANDLES, CSRF_FORM,
		RATE_PAGE, KIB(8), OBJECT_ORG, OBJECT_CHANGE, ACT_ENTRY_TAKE, none, f_entry, NULL,
		org_entry_take },
	{ "org.contact", METHOD_POST, "/organisations/{id}/contact", ACTOR_HANDLES, CSRF_FORM,
		RATE_PAGE, KIB(8), OBJECT_ORG, OBJECT_CHANGE, ACT_CONTACT_PUT, none, f_org_contact, NULL,
		org_contact_put },
	{ "org.contact-end", METHOD_POST, "/organisations/{id}/contact/end", ACTOR_HANDLES, CSRF_FORM,
		RATE_PAGE, KIB(8), OBJECT_ORG, OBJECT_CHANGE, ACT_CONTACT_END, none, f_contact_end, NULL,
		org_contact_end },
	{ "contacts", METHOD_GET, "/contacts", WHO_CASES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, q_contacts, none, NULL, contacts_get },
	{ "contacts.check", METHOD_POST, "/contacts/check", ACTOR_HANDLES, CSRF_FORM, RATE_PAGE,
		KIB(8), NO_OBJECT, ACT_CONTACT_CHECK, none, f_check, NULL, contacts_check },
	{ "contacts.confirm", METHOD_POST, "/contacts/{id}/confirm", ACTOR_HANDLES, CSRF_FORM,
		RATE_PAGE, KIB(8), OBJECT_CONTACT, OBJECT_CHANGE, ACT_CONTACT_CONFIRM, none, f_confirm,
		NULL, contacts_confirm },
	{ "notices", METHOD_GET, "/notices", WHO_CASES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, q_notices, none, N_("Notices"), notices_get },
	{ "notices.runs", METHOD_GET, "/notices/runs", WHO_CASES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, q_cursor, none, NULL, runs_get },
	{ "notices.draft", METHOD_POST, "/notices/draft", DECIDE, CSRF_FORM, RATE_PAGE, KIB(8),
		NO_OBJECT, ACT_NOTICE_DRAFT, none, none, NULL, notices_draft },
	{ "notices.approve", METHOD_POST, "/notices/approve", DECIDE, CSRF_FORM, RATE_PAGE, KIB(32),
		NO_OBJECT, ACT_NOTICE_APPROVE, none, f_decide, NULL, notices_decide },
	{ "notices.hold", METHOD_POST, "/notices/hold", DECIDE, CSRF_FORM, RATE_PAGE, KIB(32),
		NO_OBJECT, ACT_NOTICE_HOLD, none, f_decide, NULL, notices_decide },
	{ "notices.cancel", METHOD_POST, "/notices/cancel", DECIDE, CSRF_FORM, RATE_PAGE, KIB(32),
		NO_OBJECT, ACT_NOTICE_CANCEL, none, f_decide, NULL, notices_decide },
	{ "notices.send", METHOD_POST, "/notices/send", DECIDE, CSRF_FORM, RATE_PAGE, KIB(32),
		NO_OBJECT, ACT_NOTICE_SEND, none, f_decide, NULL, notices_decide },
	{ "notices.undo", METHOD_POST, "/notices/undo", DECIDE, CSRF_FORM, RATE_PAGE, KIB(32),
		NO_OBJECT, ACT_NOTICE_UNDO, none, f_decide, NULL, notices_decide },
	{ "sending", METHOD_GET, "/notices/sending", ACTOR_HEAD, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, none, none, NULL, sending_page_get },
	{ "sending.switch", METHOD_POST, "/notices/sending", ACTOR_HEAD, CSRF_FORM, RATE_PAGE, KIB(8),
		NO_OBJECT, ACT_SENDING_SWITCH, none, f_sending, NULL, sending_page_post },
	{ "notice", METHOD_GET, "/notices/{id}", WHO_CASES, CSRF_NONE, RATE_PAGE, 0,
		OBJECT_NOTICE, OBJECT_READ, NO_ACT, none, none, NULL, notice_page_get },
	{ "notice.part", METHOD_GET, "/notices/{id}/part/{word}", WHO_CASES, CSRF_NONE, RATE_PAGE, 0,
		OBJECT_NOTICE, OBJECT_READ, NO_ACT, none, none, NULL, notice_part_page_get },
	{ "answers", METHOD_GET, "/answers", WHO_CASES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, q_answers, none, N_("Answers"), answers_get },
	{ "tasks", METHOD_GET, "/tasks", WHO_CASES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, q_tasks, none, N_("Tasks"), tasks_get },
	{ "task.done", METHOD_POST, "/tasks/{id}/done", ACTOR_HANDLES, CSRF_FORM, RATE_PAGE, KIB(8),
		OBJECT_TASK, OBJECT_CHANGE, ACT_TASK_DONE, none, f_task, NULL, task_done_post },
	{ "upload", METHOD_GET, "/upload", ACTOR_HANDLES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, none, none, NULL, upload_get },
	{ "upload.do", METHOD_POST, "/upload", ACTOR_HANDLES, CSRF_FORM, RATE_PAGE, UPLOAD_MAX,
		NO_OBJECT, ACT_FILE_IMPORT, none, f_upload, NULL, upload_post },
	{ "jobs", METHOD_GET, "/jobs", ALL, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, none, none, N_("Jobs"), jobs_get },
	{ "job", METHOD_GET, "/jobs/{id}", ALL, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, none, none, NULL, job_get },
	{ "lookup", METHOD_GET, "/lookup", WHO_CASES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, q_lookup, none, N_("Look up"), lookup_get },
	{ "effect", METHOD_GET, "/effect", WHO_CASES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, q_effect, none, N_("Effect"), effect_get },
	{ "effect.csv", METHOD_GET, "/effect/csv", WHO_CASES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, q_effect, none, NULL, effect_csv_get },
	{ "effect.json", METHOD_GET, "/effect/json", WHO_CASES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, q_effect, none, NULL, effect_json_get },
	{ "effect.print", METHOD_GET, "/effect/print", WHO_CASES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, q_effect, none, NULL, effect_print_get },
	{ "people", METHOD_GET, "/people", ACTOR_MANAGES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, q_done, none, N_("People"), people_get },
	{ "people.add", METHOD_POST, "/people", ACTOR_MANAGES, CSRF_FORM, RATE_PAGE, KIB(8),
		NO_OBJECT, ACT_PERSON_ADD, none, f_person, NULL, people_post },
	{ "person", METHOD_GET, "/people/{id}", ACTOR_MANAGES, CSRF_NONE, RATE_PAGE, 0,
		OBJECT_PERSON, OBJECT_READ, NO_ACT, none, none, NULL, person_get },
	{ "person.reset", METHOD_POST, "/people/{id}/reset", ACTOR_MANAGES, CSRF_FORM, RATE_PAGE,
		KIB(8), OBJECT_PERSON, OBJECT_CHANGE, ACT_PERSON_RESET, none, none, NULL,
		person_reset },
	{ "person.revoke", METHOD_POST, "/people/{id}/revoke", ACTOR_MANAGES, CSRF_FORM, RATE_PAGE,
		KIB(8), OBJECT_PERSON, OBJECT_CHANGE, ACT_PERSON_REVOKE, none, none, NULL,
		person_revoke },
	{ "person.role", METHOD_POST, "/people/{id}/role", ACTOR_MANAGES, CSRF_FORM, RATE_PAGE,
		KIB(8), OBJECT_PERSON, OBJECT_CHANGE, ACT_PERSON_ROLE, none, f_role, NULL,
		person_role },
	{ "audit", METHOD_GET, "/audit", ACTOR_MANAGES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, q_cursor, none, N_("Audit trail"), audit_get },
	{ "settings", METHOD_GET, "/settings", ACTOR_MANAGES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, q_done, none, N_("Settings"), settings_get },
	{ "rule", METHOD_GET, "/settings/rule", ACTOR_MANAGES, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, f_play, none, NULL, rule_page_get },
	{ "rule.set", METHOD_POST, "/settings/rule", ACTOR_MANAGES, CSRF_FORM, RATE_PAGE, KIB(8),
		NO_OBJECT, ACT_RULE_SET, none, f_rule, NULL, rule_page_post },
	{ "account", METHOD_GET, "/account", ALL, CSRF_NONE, RATE_PAGE, 0,
		NO_OBJECT, NO_ACT, q_account, none, NULL, account_get },
	{ "account.language", METHOD_POST, "/account/language", ALL, CSRF_FORM, RATE_PAGE, KIB(8),
		NO_OBJECT, ACT_PERSON_LANGUAGE, none, f_language, NULL, account_language },
	{ "account.password", METHOD_POST, "/account/password", ALL, CSRF_FORM, RATE_DOOR, KIB(8),
		NO_OBJECT, ACT_PERSON_PASSWORD, none, f_password, NULL, account_password },
	{ "session.end", METHOD_POST, "/account/sessions/{id}/end", ALL, CSRF_FORM, RATE_PAGE,
		KIB(8), OBJECT_SESSION, OBJECT_CHANGE, ACT_SESSION_END, none, none, NULL,
		account_session_end },
	{ 0 },
};
/* clang-format on */

/* A token or a name: letters, digits, . _ - */
static bool word_like(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!letter && !(c >= '0' && c <= '9') && !memchr("._-", c, 3))
			return false;
	}
	return s.n > 0 && s.n <= 100;
}

static bool match(
	const char *pattern, struct str path, int64_t *ret_id, struct str *ret_word)
{
	struct str want = str_c(pattern), part, piece;
	while (str_split(&want, '/', &part)) {
		if (!str_split(&path, '/', &piece))
			return false;
		bool good;
		if (str_eq(part, S("{id}"))) /* one spelling of each number */
			good = piece.n > 0 && piece.p[0] >= '1' && piece.p[0] <= '9' &&
				str_int(piece, 1, INT64_MAX, ret_id);
		else if (str_eq(part, S("{word}"))) {
			good = word_like(piece);
			*ret_word = piece;
		} else
			good = str_eq(part, piece);
		if (!good)
			return false;
	}
	return path.p == NULL;
}

int route_find(enum method m, struct str path, const struct route **ret, int64_t *ret_id,
	struct str *ret_word)
{
	bool other = false;
	unsigned asked = m == METHOD_HEAD ? METHOD_GET : m;
	for (const struct route *r = web_routes; r->name; r++) {
		if (!match(r->pattern, path, ret_id, ret_word))
			continue;
		if (r->method == asked) {
			*ret = r;
			return 0;
		}
		other = true;
	}
	return other ? E_UNSUPPORTED : E_NOT_FOUND;
}

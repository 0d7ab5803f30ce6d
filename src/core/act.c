/* SPDX-License-Identifier: Apache-2.0
 * act.c - the table of acts and its reader: see act.h. Depends on: base. */
#include "core/act.h"

#include "base/limits.h"

/* clang-format off */
const struct act_def act_table[ACT_N] = {
	[ACT_FILE_IMPORT] = { "file.import", ACTOR_OWNER | ACTOR_SCHEDULE | ACTOR_HANDLES, true, true,
		"file report_type report finding sighting quarantine kind", {
		{ "name", ACT_TEXT, true, 1, LIMIT_NAME },
		{ "feed", ACT_TEXT, false, 1, 64 } } },
	[ACT_REGISTER_IMPORT] = { "register.import", ACTOR_OWNER | ACTOR_HANDLES, true, true,
		"organisation prefix asn domain contact finding attribution_history", {
		{ "name", ACT_TEXT, true, 1, LIMIT_NAME },
		{ "dry_run", ACT_BOOL, false, 0, 1 },
		{ "imported", ACT_BOOL, false, 0, 1 },
		{ "country", ACT_TEXT, false, 2, 2 } } },
	[ACT_REGISTER_REMOVE] = { "register.remove", ACTOR_OWNER, false, true,
		"prefix asn domain contact finding attribution_history", {
		{ "key", ACT_TEXT, true, 1, 300 },
		{ "organisation", ACT_TEXT, false, 1, 300 },
		{ "dry_run", ACT_BOOL, false, 0, 1 } } },
	[ACT_FINDING_MARK] = { "finding.mark", ACTOR_OWNER | ACTOR_HANDLES, false, true, "finding", {
		{ "finding", ACT_INT, true, 1, INT64_MAX },
		{ "state", ACT_TEXT, true, 1, 16 },
		{ "comment", ACT_TEXT, false, 0, 2000 } } },
	[ACT_NOTICE_DRAFT] = { "notice.draft", ACTOR_OWNER | ACTOR_SCHEDULE | ACTOR_HANDLES, false, true,
		"notice notice_finding notice_part notice_run finding", { { 0 } } },
	[ACT_NOTICE_APPROVE] = { "notice.approve", ACTOR_OWNER | ACTOR_HANDLES, false, true, "notice", {
		{ "notices", ACT_TEXT, false, 1, 20000 },
		{ "run", ACT_INT, false, 1, INT64_MAX },
		{ "held", ACT_BOOL, false, 0, 1 } } },
	[ACT_NOTICE_HOLD] = { "notice.hold", ACTOR_OWNER | ACTOR_HANDLES, false, true, "notice", {
		{ "notices", ACT_TEXT, false, 1, 20000 },
		{ "run", ACT_INT, false, 1, INT64_MAX },
		{ "why", ACT_TEXT, false, 0, 500 } } },
	[ACT_NOTICE_CANCEL] = { "notice.cancel", ACTOR_OWNER | ACTOR_HANDLES, false, true, "notice", {
		{ "notices", ACT_TEXT, false, 1, 20000 },
		{ "run", ACT_INT, false, 1, INT64_MAX },
		{ "why", ACT_TEXT, false, 0, 500 },
		{ "again", ACT_BOOL, false, 0, 1 } } },
	[ACT_EVIDENCE] = { "evidence", ACTOR_OWNER | ACTOR_READER | ACTOR_HANDLES, false, false, "", {
		{ "finding", ACT_INT, true, 1, INT64_MAX },
		{ "limit", ACT_INT, false, 1, 100000 } } },
	[ACT_NOTICE_SEND] = { "notice.send", ACTOR_OWNER | ACTOR_ANALYST | ACTOR_HEAD, false, true,
		"outbox outbox_mail outbox_copy delivery notice task", {
		{ "notices", ACT_TEXT, false, 1, 20000 },
		{ "run", ACT_INT, false, 1, INT64_MAX },
		{ "again", ACT_BOOL, false, 0, 1 } } },
	[ACT_NOTICE_UNDO] = { "notice.undo", ACTOR_OWNER | ACTOR_ANALYST | ACTOR_HEAD, false, true,
		"outbox outbox_mail outbox_copy delivery notice task", {
		{ "notices", ACT_TEXT, false, 1, 20000 },
		{ "run", ACT_INT, false, 1, INT64_MAX },
		{ "why", ACT_TEXT, false, 0, 500 },
		{ "hold", ACT_BOOL, false, 0, 1 } } },
	[ACT_OUTBOX_DELIVER] = { "outbox.deliver", ACTOR_OWNER, false, true,
		"outbox outbox_mail outbox_copy delivery notice task contact_doubt", {
		{ "wait", ACT_BOOL, false, 0, 1 } } },
	[ACT_SENDING_SWITCH] = { "sending.switch", ACTOR_OWNER | ACTOR_HEAD, false, true, "setting", {
		{ "on", ACT_BOOL, true, 0, 1 },
		{ "sure", ACT_BOOL, false, 0, 1 } } },
	[ACT_MAIL_RECEIVE] = { "mail.receive", ACTOR_OWNER, true, true,
		"mail_in outbox delivery notice task contact_doubt", {
		{ "name", ACT_TEXT, true, 1, LIMIT_NAME } } },
	[ACT_TASK_DONE] = { "task.done", ACTOR_OWNER | ACTOR_ANALYST | ACTOR_HEAD, false, true,
		"task outbox delivery notice", {
		{ "task", ACT_INT, true, 1, INT64_MAX },
		{ "why", ACT_TEXT, false, 0, 500 },
		{ "went_out", ACT_BOOL, false, 0, 1 } } },
	[ACT_HOURS_SET] = { "hours.set", ACTOR_OWNER | ACTOR_ANALYST | ACTOR_HEAD, false, true, "send_hours", {
		{ "organisation", ACT_TEXT, false, 1, 512 },
		{ "contact", ACT_TEXT, false, 3, 254 },
		{ "hours", ACT_TEXT, false, 1, 11 },
		{ "days", ACT_TEXT, false, 1, 60 },
		{ "zone", ACT_TEXT, false, 1, 60 },
		{ "calendar", ACT_TEXT, false, 0, 60 },
		{ "as_team", ACT_BOOL, false, 0, 1 } } },
	[ACT_HOLIDAY_SET] = { "holiday.set", ACTOR_OWNER | ACTOR_ANALYST | ACTOR_HEAD, false, true, "holiday", {
		{ "day", ACT_INT, true, 0, INT32_MAX },
		{ "name", ACT_TEXT, false, 1, 200 },
		{ "calendar", ACT_TEXT, false, 0, 60 } } },
	[ACT_BACKUP_COPY] = { "backup.copy", ACTOR_OWNER, false, true, "", { { 0 } } },
	[ACT_BACKUP_NOTE] = { "backup.note", ACTOR_OWNER, false, true, "setting", {
		{ "what", ACT_TEXT, true, 1, 16 },
		{ "name", ACT_TEXT, true, 1, LIMIT_NAME },
		{ "manifest", ACT_TEXT, true, 64, 64 } } },
	/* notice: who holds a link answers its own. items: u32 n, then base/answer.h. */
	[ACT_ANSWER_GIVE] = { "answer.give", ACTOR_OWNER | ACTOR_LINK, false, true,
		"answer answer_now claim finding task contact_word", {
		{ "notice", ACT_INT, false, 1, INT64_MAX },
		{ "items", ACT_TEXT, true, 4, LIMIT_ANSWER_ITEMS } } },
	[ACT_ANSWER_FILE] = { "answer.file", ACTOR_OWNER | ACTOR_LINK, true, true,
		"answer answer_now claim finding task contact_word", {
		{ "notice", ACT_INT, false, 1, INT64_MAX },
		{ "name", ACT_TEXT, true, 1, LIMIT_NAME } } },
	[ACT_ANSWER_OPENED] = { "answer.opened", ACTOR_LINK, false, true, "answer_link",
		{ { 0 } } },
	[ACT_ANSWER_LINK] = { "answer.link", ACTOR_OWNER | ACTOR_ANALYST | ACTOR_HEAD,
		false, true, "answer_link", {
		{ "notice", ACT_INT, true, 1, INT64_MAX } } },
	[ACT_ANSWER_REVOKE] = { "answer.revoke", ACTOR_OWNER | ACTOR_ANALYST | ACTOR_HEAD,
		false, true, "answer_link", {
		{ "notice", ACT_INT, true, 1, INT64_MAX } } },
	[ACT_CONTACT_CONFIRM] = { "contact.confirm", ACTOR_OWNER | ACTOR_HANDLES | ACTOR_LINK, false, true,
		"contact_word answer_link task", {
		{ "contact", ACT_INT, false, 1, INT64_MAX },
		{ "right", ACT_BOOL, true, 0, 1 },
		{ "comment", ACT_TEXT, false, 0, 2000 },
		{ "changed", ACT_BOOL, false, 0, 1 } } },
	[ACT_RULE_SET] = { "rule.set", ACTOR_OWNER | ACTOR_HEAD | ACTOR_KEEPER, false, true,
		"notice_rule escalation_rule answer_rule", {
		{ "name", ACT_TEXT, true, 1, 64 },
		{ "value", ACT_INT, true, 0, 100000 } } },
	[ACT_REBUILD] = { "rebuild", ACTOR_OWNER | ACTOR_KEEPER, false, true, "finding", { { 0 } } },
	[ACT_PERSON_ADD] = { "person.add", ACTOR_OWNER | ACTOR_MANAGES, false, true,
		"person enrolment", {
		{ "name", ACT_TEXT, true, 1, 40 },
		{ "role", ACT_TEXT, true, 1, 10 } } },
	[ACT_PERSON_RESET] = { "person.reset", ACTOR_OWNER | ACTOR_MANAGES, false, true,
		"person enrolment session recovery_code", {
		{ "name", ACT_TEXT, true, 1, 40 } } },
	[ACT_PERSON_REVOKE] = { "person.revoke", ACTOR_OWNER | ACTOR_MANAGES, false, true,
		"person enrolment session recovery_code", {
		{ "name", ACT_TEXT, true, 1, 40 } } },
	[ACT_PERSON_ROLE] = { "person.role", ACTOR_OWNER | ACTOR_MANAGES, false, true,
		"person session enrolment", {
		{ "name", ACT_TEXT, true, 1, 40 },
		{ "role", ACT_TEXT, true, 1, 10 } } },
	[ACT_PERSON_LANGUAGE] = { "person.language", ACTOR_PERSON, false, true, "person", {
		{ "language", ACT_TEXT, true, 2, 2 } } },
	[ACT_PERSON_PASSWORD] = { "person.password", ACTOR_PERSON, false, true, "person session", {
		{ "old", ACT_TEXT, true, 1, 200 },
		{ "password", ACT_TEXT, true, 1, 1000 } } },
	[ACT_ENROL_LOOK] = { "enrol.look", ACTOR_WEB, false, false, "", {
		{ "token", ACT_TEXT, true, 1, 64 } } },
	[ACT_ENROL_FINISH] = { "enrol.finish", ACTOR_WEB, false, true,
		"person enrolment session recovery_code", {
		{ "token", ACT_TEXT, true, 1, 64 },
		{ "password", ACT_TEXT, true, 1, 1000 },
		{ "code", ACT_TEXT, true, 1, 20 },
		{ "agent", ACT_TEXT, false, 0, 200 } } },
	[ACT_SESSION_BEGIN] = { "session.begin", ACTOR_WEB, false, true, "session signin_failure", {
		{ "name", ACT_TEXT, true, 1, 40 },
		{ "password", ACT_TEXT, true, 1, 1000 },
		{ "code", ACT_TEXT, true, 1, 20 },
		{ "agent", ACT_TEXT, false, 0, 200 },
		{ "known", ACT_TEXT, false, 0, 120 } } },
	[ACT_SESSION_END] = { "session.end", ACTOR_PERSON, false, true, "session", {
		{ "session", ACT_INT, false, 1, INT64_MAX } } },
	[ACT_SESSION_TOUCH] = { "session.touch", ACTOR_PERSON, false, false, "session", { { 0 } } },
	/* organisation 0, or absent: a new one. */
	[ACT_ORG_PUT] = { "organisation.put", ACTOR_OWNER | ACTOR_HANDLES, false, true,
		"organisation", {
		{ "organisation", ACT_INT, false, 0, INT64_MAX },
		{ "name", ACT_TEXT, true, 1, 300 },
		{ "kind", ACT_TEXT, false, 0, 100 },
		{ "sector", ACT_TEXT, false, 0, 100 },
		{ "language", ACT_TEXT, false, 0, 20 },
		{ "dry_run", ACT_BOOL, false, 0, 1 } } },
	/* what: operator, holder (networks), asn, domain. in: a network's AS number. */
	[ACT_ENTRY_PUT] = { "register.put", ACTOR_OWNER | ACTOR_HANDLES, false, true,
		"prefix asn domain finding attribution_history", {
		{ "organisation", ACT_INT, true, 1, INT64_MAX },
		{ "what", ACT_TEXT, true, 1, 10 },
		{ "value", ACT_TEXT, true, 1, 300 },
		{ "imported", ACT_BOOL, false, 0, 1 },
		{ "in", ACT_INT, false, 1, UINT32_MAX },
		{ "dry_run", ACT_BOOL, false, 0, 1 } } },
	[ACT_ENTRY_TAKE] = { "register.take", ACTOR_OWNER | ACTOR_HANDLES, false, true,
		"prefix asn domain finding attribution_history", {
		{ "organisation", ACT_INT, true, 1, INT64_MAX },
		{ "what", ACT_TEXT, true, 1, 10 },
		{ "value", ACT_TEXT, true, 1, 300 },
		{ "imported", ACT_BOOL, false, 0, 1 },
		{ "in", ACT_INT, false, 1, UINT32_MAX },
		{ "dry_run", ACT_BOOL, false, 0, 1 } } },
	[ACT_CONTACT_PUT] = { "contact.put", ACTOR_OWNER | ACTOR_HANDLES, false, true, "contact", {
		{ "organisation", ACT_INT, true, 1, INT64_MAX },
		{ "email", ACT_TEXT, true, 3, 254 },
		{ "name", ACT_TEXT, false, 0, 300 },
		{ "role", ACT_TEXT, false, 0, 100 },
		{ "language", ACT_TEXT, false, 0, 20 },
		{ "phone", ACT_TEXT, false, 0, 60 },
		{ "pgp", ACT_TEXT, false, 0, 120 },
		{ "dry_run", ACT_BOOL, false, 0, 1 } } },
	[ACT_CONTACT_END] = { "contact.end", ACTOR_OWNER | ACTOR_HANDLES, false, true, "contact", {
		{ "organisation", ACT_INT, true, 1, INT64_MAX },
		{ "contact", ACT_INT, true, 1, INT64_MAX },
		{ "dry_run", ACT_BOOL, false, 0, 1 } } },
	[ACT_KEY_LIST] = { "key.list", ACTOR_OWNER, false, false, "", { { 0 } } },
	[ACT_KEY_MAKE] = { "key.make", ACTOR_OWNER, false, true, "setting", {
		{ "days", ACT_INT, false, 0, 7300 },
		{ "replace", ACT_BOOL, false, 0, 1 } } },
	[ACT_KEY_IMPORT] = { "key.import", ACTOR_OWNER, true, true, "setting contact", {
		{ "team", ACT_BOOL, false, 0, 1 },
		{ "contact", ACT_TEXT, false, 3, 254 },
		{ "replace", ACT_BOOL, false, 0, 1 } } },
	[ACT_KEY_EXPORT] = { "key.export", ACTOR_OWNER, false, false, "", {
		{ "who", ACT_TEXT, false, 1, 254 } } },
	[ACT_NOTICE_SEALED] = { "notice.sealed", ACTOR_OWNER, false, false, "", {
		{ "notice", ACT_INT, true, 1, INT64_MAX } } },
	[ACT_CONTACT_CHECK] = { "contact.check", ACTOR_OWNER | ACTOR_SCHEDULE | ACTOR_HANDLES, false, true,
		"notice notice_run", {
		{ "contact", ACT_INT, false, 1, INT64_MAX } } },
	[ACT_FILE_ASIDE] = { "file.aside", ACTOR_OWNER | ACTOR_HANDLES, false, true, "file", {
		{ "file", ACT_INT, true, 1, INT64_MAX } } },
};
/* clang-format on */

void act_begin(struct writer *w, enum act_id id)
{
	rec_text(w, "act", str_c(act_table[id].name));
}

static int find_act(struct str name, struct why *why, enum act_id *ret)
{
	for (int i = 0; i < ACT_N; i++) {
		if (str_eq(name, str_c(act_table[i].name))) {
			*ret = (enum act_id)i;
			return 0;
		}
	}
	return fail(why, E_USAGE, "there is no act '%.*s'", STR(str_to(name, 40)));
}

static int take_field(
	const struct act_def *d, const struct value *v, struct why *why, struct act *ret)
{
	int i = 0;
	while (d->fields[i].name && !str_eq(v->name, str_c(d->fields[i].name)))
		i++;
	const struct act_field *f = &d->fields[i];
	if (f->name == NULL)
		return fail(why, E_USAGE, "%s has no field '%.*s'", d->name,
			STR(str_to(v->name, 40)));
	if (ret->values[i].has)
		return fail(why, E_USAGE, "%s: %s stands twice", d->name, f->name);
	static const enum value_type wire_type[] = { VALUE_TEXT, VALUE_INT, VALUE_BOOL };
	if (v->type != wire_type[f->type])
		return fail(why, E_USAGE, "%s: %s has the wrong type", d->name, f->name);
	int64_t size = f->type == ACT_TEXT ? (int64_t)v->text.n : v->n;
	if (size < f->min || size > f->max)
		return fail(why, E_USAGE, "%s: %s is out of range", d->name, f->name);
	ret->values[i] = (struct act_value){ true, v->text, v->n };
	return 0;
}

int act_read(struct str body, struct why *why, struct act *ret)
{
	struct reader rd = rd_new(body);
	struct value v;
	struct act a = { 0 };
	int r = rec_next(&rd, &v);
	if (r <= 0 || !str_eq(v.name, S("act")) || v.type != VALUE_TEXT)
		return fail(why, E_SYNTAX, "not an act");
	r = find_act(v.text, why, &a.id);
	if (r < 0)
		return r;
	const struct act_def *d = &act_table[a.id];
	while ((r = rec_next(&rd, &v)) == 1) {
		r = take_field(d, &v, why, &a);
		if (r < 0)
			return r;
	}
	if (r < 0)
		return fail(why, r, "%s: the message is damaged", d->name);
	for (int i = 0; d->fields[i].name; i++)
		if (d->fields[i].required && !a.values[i].has)
			return fail(why, E_USAGE, "%s: %s is missing", d->name,
				d->fields[i].name);
	*ret = a;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 * act.h - every change is an act: the one table of them. Depends on: base.
 *
 * The command line, and later console, API, answer links and peers, all change things by
 * sending an act to work over the control socket. Work decodes it by this table: a field
 * that is not in the act's row, stands twice, or is out of range refuses the whole act.
 * Then it checks who may, applies, writes the audit event in the same transaction, and
 * answers with records. */
#pragma once
#include "base/record.h"

enum act_id {
	ACT_FILE_IMPORT,
	ACT_REGISTER_IMPORT,
	ACT_REGISTER_REMOVE,
	ACT_FINDING_MARK,
	ACT_NOTICE_DRAFT,
	ACT_NOTICE_APPROVE,
	ACT_NOTICE_HOLD,
	ACT_NOTICE_CANCEL,
	ACT_EVIDENCE,
	ACT_REBUILD,
	ACT_NOTICE_SEND,
	ACT_NOTICE_UNDO,
	ACT_OUTBOX_DELIVER,
	ACT_SENDING_SWITCH,
	ACT_MAIL_RECEIVE,
	ACT_TASK_DONE,
	ACT_HOURS_SET,
	ACT_HOLIDAY_SET,
	ACT_BACKUP_COPY,
	ACT_BACKUP_NOTE,
	ACT_ANSWER_GIVE,
	ACT_ANSWER_FILE,
	ACT_ANSWER_OPENED,
	ACT_ANSWER_LINK,
	ACT_ANSWER_REVOKE,
	ACT_CONTACT_CONFIRM,
	ACT_RULE_SET,
	ACT_PERSON_ADD,
	ACT_PERSON_RESET,
	ACT_PERSON_REVOKE,
	ACT_PERSON_ROLE,
	ACT_PERSON_LANGUAGE,
	ACT_PERSON_PASSWORD,
	ACT_ENROL_LOOK,
	ACT_ENROL_FINISH,
	ACT_SESSION_BEGIN,
	ACT_SESSION_END,
	ACT_SESSION_TOUCH,
	ACT_ORG_PUT,
	ACT_ENTRY_PUT,
	ACT_ENTRY_TAKE,
	ACT_CONTACT_PUT,
	ACT_CONTACT_END,
	ACT_KEY_LIST,
	ACT_KEY_MAKE,
	ACT_KEY_IMPORT,
	ACT_KEY_EXPORT,
	ACT_NOTICE_SEALED,
	ACT_CONTACT_CHECK,
	ACT_FILE_ASIDE,
	ACT_N,
};

/* Who asks: bits, so that a row of the table names several. */
enum actor_kind {
	ACTOR_OWNER = 1,    /* a command of the data directory's owner */
	ACTOR_SCHEDULE = 2, /* work itself, when it is time */
	ACTOR_WEB = 4,	    /* the web role for nobody: a sign-in, an opened link */
	ACTOR_LINK = 8,	    /* who holds an answer link */
	ACTOR_READER = 16,  /* people of the team, by their role */
	ACTOR_ANALYST = 32,
	ACTOR_HEAD = 64,
	ACTOR_KEEPER = 128, /* the system keeper: settings and people, not cases */
};
#define ACTOR_MANAGES (ACTOR_HEAD | ACTOR_KEEPER)  /* people */
#define ACTOR_HANDLES (ACTOR_ANALYST | ACTOR_HEAD) /* findings and notices */
#define ACTOR_PERSON  (ACTOR_READER | ACTOR_ANALYST | ACTOR_HEAD | ACTOR_KEEPER)

enum act_type { ACT_TEXT, ACT_INT, ACT_BOOL };
struct act_field {
	const char *name; /* NULL ends the list */
	enum act_type type;
	bool required;
	int64_t min, max; /* INT: range; TEXT: length in bytes */
};
#define ACT_FIELDS 8
struct act_def {
	const char *name;    /* on the wire and in the audit trail */
	unsigned who;	     /* actor_kind bits */
	bool takes_fd;	     /* a file comes with it */
	bool audited;	     /* false: it changes nothing */
	const char *touches; /* tables, for the reader of this table */
	struct act_field fields[ACT_FIELDS + 1];
};
extern const struct act_def act_table[ACT_N];

struct act_value {
	bool has;
	struct str text;
	int64_t n;
};
struct act {
	enum act_id id;
	struct act_value values[ACT_FIELDS]; /* in the row's order */
};

/* A record "act" name, then the fields. Views into body. Names the fault in *why. */
MUST int act_read(struct str body, struct why *why, struct act *ret);
/* Begins an act's body; the caller adds the fields with rec_text, rec_int, rec_bool. */
void act_begin(struct writer *w, enum act_id id);
/* The value of a field by its place in the row; required ones are always there. */
static inline const struct act_value *act_get(const struct act *a, int field)
{
	return &a->values[field];
}
/* Its text; empty when the field was left out. */
static inline struct str act_text(const struct act *a, int field)
{
	const struct act_value *v = act_get(a, field);
	return v->has && v->text.p ? v->text : S("");
}

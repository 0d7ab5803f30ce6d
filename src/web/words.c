/* SPDX-License-Identifier: Apache-2.0
 * words.c - the program's words as people read them: see words.h. Depends on: core. */
#include "web/words.h"

#include "base/tr.h"
#include "core/task.h"

const char *word_notice_state(int64_t state)
{
	static const char *const words[] = { N_("draft"), N_("held"), N_("approved"),
		N_("waiting to go out"), N_("handed over"), N_("uncertain"),
		N_("delivered"), N_("came back"), N_("refused"), N_("cancelled") };
	return state >= 0 && state < (int64_t)N(words) ? words[state] : N_("unknown");
}

const char *word_answer(enum answer_kind k)
{
	static const char *const words[ANSWER_KINDS] = { N_("nothing"), N_("fixed"),
		N_("working on it"), N_("not mine"), N_("wrong contact"),
		N_("need help") };
	return k < ANSWER_KINDS ? words[k] : N_("unknown");
}

const char *word_answer_way(enum answer_way w)
{
	static const char *const words[ANSWER_WAYS] = { N_("unknown"), N_("by the link"),
		N_("by a file"), N_("written down by the team") };
	return w < ANSWER_WAYS ? words[w] : N_("unknown");
}

const char *word_trust(enum trust t)
{
	static const char *const words[TRUST_N] = { N_("in doubt"), N_("not known yet"),
		N_("good") };
	return t < TRUST_N ? words[t] : N_("unknown");
}

const char *word_doubt(unsigned bit)
{
	switch (bit) {
	case DOUBT_WRONG:
		return N_("Somebody said that it is the wrong contact.");
	case DOUBT_SILENT:
		return N_("The last notices went unanswered.");
	case DOUBT_CHECK:
		return N_("It was asked to confirm, and did not.");
	default:
		return N_("A notice to this address came back.");
	}
}

const char *word_severity(enum severity s)
{
	static const char *const words[SEV_N] = { N_("not known"), N_("for information"),
		N_("low"), N_("medium"), N_("high"), N_("critical") };
	return s < SEV_N ? words[s] : N_("not known");
}

const char *word_notice_why(enum notice_why w)
{
	static const char *const words[WHY_N] = { "", N_("New"), N_("Back"),
		N_("Reminder") };
	return w < WHY_N ? words[w] : "";
}

const char *word_finding_state(enum finding_state s)
{
	static const char *const words[STATE_N] = { [STATE_OPEN] = N_("open"),
		[STATE_CLAIMED] = N_("claimed fixed"),
		[STATE_FIXED] = N_("fixed"),
		[STATE_RELAPSED] = N_("relapsed"),
		[STATE_NOT_THEIRS] = N_("not theirs") };
	return words[s];
}

const char *word_basis(enum basis b)
{
	static const char *const words[BASIS_N] = {
		[BASIS_NONE] = N_("abroad: in no network of the register"),
		[BASIS_COUNTRY] = N_("inside the country, no holder registered"),
		[BASIS_DOMAIN] = N_("it stands under their domain {ref}"),
		[BASIS_PREFIX] = N_("it lies in their network {ref}"),
		[BASIS_NETWORK] = N_("it lies in {ref}, a network that they operate"),
		[BASIS_ASN] = N_("the feed gave their AS number"),
	};
	return words[b];
}

const char *word_act(enum act_id id)
{
	static const char *const words[ACT_N] = {
		[ACT_FILE_IMPORT] = N_("Read a feed file"),
		[ACT_REGISTER_IMPORT] = N_("Read a file of the register"),
		[ACT_REGISTER_REMOVE] = N_("Take something from the register"),
		[ACT_FINDING_MARK] = N_("Mark a finding"),
		[ACT_EVIDENCE] = N_("Read original rows"),
		[ACT_NOTICE_DRAFT] = N_("Draft notices"),
		[ACT_NOTICE_APPROVE] = N_("Approve notices"),
		[ACT_NOTICE_HOLD] = N_("Hold notices back"),
		[ACT_NOTICE_CANCEL] = N_("Cancel notices"),
		[ACT_REBUILD] = N_("Compute all states again"),
		[ACT_CONTACT_CHECK] = N_("Draft a question"),
		[ACT_FILE_ASIDE] = N_("Put aside"),
		[ACT_BACKUP_COPY] = N_("Copy the database for a backup"),
	};
	return words[id];
}

const char *word_role(enum person_role r)
{
	static const char *const words[] = {
		[PERSON_READER] = N_("reader"),
		[PERSON_ANALYST] = N_("analyst"),
		[PERSON_HEAD] = N_("head"),
		[PERSON_KEEPER] = N_("system keeper"),
	};
	return words[r];
}

static const struct {
	const char *kind, *what, *next;
} tasks[] = {
	{ TASK_UNDELIVERED, N_("A notice could not be handed over"),
		N_("Look at the mail server's words in the notice. Correct the address, "
		   "or send it once more.") },
	{ TASK_BOUNCED, N_("A notice came back"),
		N_("Find another contact, by telephone if need be, and write it into the "
		   "register.") },
	{ TASK_UNCERTAIN, N_("Nobody knows whether a notice went out"),
		N_("Ask the recipient or look into the mail server's log. Then say here "
		   "whether it went out, or send it once more.") },
	{ TASK_NOT_MINE, N_("An answer says: this is not ours"),
		N_("Look whose it is and correct the register; the finding moves with "
		   "it. Or mark the finding as not theirs.") },
	{ TASK_CONTACT, N_("Somebody says that a contact is wrong"),
		N_("Ask the organisation for the right one and change the register.") },
	{ TASK_HELP, N_("Somebody asks for help"),
		N_("Call or write to them; what they said stands above.") },
	{ TASK_NO_ANSWER, N_("Nobody answers"),
		N_("Reminders and the second contact led to nothing: call the "
		   "organisation.") },
};

struct task_words word_task(struct str kind)
{
	for (size_t i = 0; i < N(tasks); i++)
		if (str_eq(kind, str_c(tasks[i].kind)))
			return (struct task_words){ tasks[i].what, tasks[i].next };
	return (struct task_words){ N_("Something for a person"),
		N_("Look at it, and close it.") };
}

const char *word_language(struct str code)
{
	enum lang l;
	return code.n && lang_parse(code, &l) == 0 ? lang_name(l) : NULL;
}

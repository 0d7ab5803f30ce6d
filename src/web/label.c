/* SPDX-License-Identifier: Apache-2.0
 * label.c - words of the core as pages show them: see label.h. Depends on: base, core. */
#include "web/label.h"

#include "base/answer.h"
#include "base/tr.h"

const char *severity_label(enum severity s)
{
	static const char *const labels[SEV_N] = { [SEV_UNKNOWN] = N_("not given"),
		[SEV_INFO] = N_("info"),
		[SEV_LOW] = N_("low"),
		[SEV_MEDIUM] = N_("medium"),
		[SEV_HIGH] = N_("high"),
		[SEV_CRITICAL] = N_("critical") };
	return labels[s];
}

const char *finding_state_label(enum finding_state s)
{
	static const char *const labels[STATE_N] = { [STATE_OPEN] = N_("open"),
		[STATE_CLAIMED] = N_("claimed fixed"),
		[STATE_FIXED] = N_("fixed"),
		[STATE_RELAPSED] = N_("relapsed"),
		[STATE_NOT_THEIRS] = N_("not theirs") };
	return labels[s];
}

const char *answer_label(int64_t kind)
{
	static const char *const labels[ANSWER_KINDS] = { [ANSWER_NONE] = N_("none"),
		[ANSWER_FIXED] = N_("It is fixed"),
		[ANSWER_WORKING] = N_("We are working on it"),
		[ANSWER_NOT_MINE] = N_("It is not ours"),
		[ANSWER_WRONG_CONTACT] = N_("You wrote to the wrong contact"),
		[ANSWER_HELP] = N_("We need help") };
	return labels[kind > 0 && kind < ANSWER_KINDS ? kind : 0];
}

const char *act_label(enum act_id id)
{
	static const char *const labels[ACT_N] = {
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
		[ACT_BACKUP_COPY] = N_("Copy the database for a backup"),
	};
	return labels[id];
}

const char *basis_label(enum basis b)
{
	static const char *const labels[BASIS_N] = {
		[BASIS_NONE] = N_("abroad: in no network of the register"),
		[BASIS_COUNTRY] = N_("inside the country, no holder registered"),
		[BASIS_DOMAIN] = N_("it stands under their domain {ref}"),
		[BASIS_PREFIX] = N_("it lies in their network {ref}"),
		[BASIS_NETWORK] = N_("it lies in {ref}, a network that they operate"),
		[BASIS_ASN] = N_("the feed gave their AS number"),
	};
	return labels[b];
}

/* The words that core answers are an interface; these are for people. */
static const struct {
	const char *word, *label;
} notice_words[] = {
	{ "draft", N_("draft") },
	{ "held", N_("held back") },
	{ "approved", N_("approved") },
	{ "waiting", N_("waiting") },
	{ "handed over", N_("handed over") },
	{ "uncertain", N_("uncertain") },
	{ "delivered", N_("delivered") },
	{ "bounced", N_("bounced") },
	{ "refused", N_("refused") },
	{ "cancelled", N_("cancelled") },
	{ "new", N_("new") },
	{ "relapsed", N_("relapsed") },
	{ "reminder", N_("reminder") },
};

const char *notice_word_label(const char *word)
{
	for (size_t i = 0; i < N(notice_words); i++)
		if (strcmp(notice_words[i].word, word) == 0)
			return notice_words[i].label;
	return word;
}

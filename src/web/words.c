/* SPDX-License-Identifier: Apache-2.0
 * words.c - the program's words as people read them: see words.h. Depends on: core. */
#include "web/words.h"

#include "base/tr.h"

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

const char *word_language(struct str code)
{
	enum lang l;
	return code.n && lang_parse(code, &l) == 0 ? lang_name(l) : NULL;
}

/* SPDX-License-Identifier: Apache-2.0
 * rsit.c - classes of incidents: see rsit.h. Depends on: base. */
#include "core/rsit.h"

#include "base/tr.h"

static const struct {
	const char *word, *name;
} classes[RSIT_N] = {
	[RSIT_ABUSIVE] = { "abusive-content", N_("Abusive content") },
	[RSIT_MALICIOUS] = { "malicious-code", N_("Malicious code") },
	[RSIT_GATHERING] = { "information-gathering", N_("Information gathering") },
	[RSIT_ATTEMPTS] = { "intrusion-attempts", N_("Intrusion attempts") },
	[RSIT_INTRUSIONS] = { "intrusions", N_("Intrusions") },
	[RSIT_AVAILABILITY] = { "availability", N_("Availability") },
	[RSIT_CONTENT] = { "information-content-security",
		N_("Information content security") },
	[RSIT_FRAUD] = { "fraud", N_("Fraud") },
	[RSIT_VULNERABLE] = { "vulnerable", N_("Vulnerable") },
	[RSIT_OTHER] = { "other", N_("Other") },
};

static const struct {
	const char *type;
	enum rsit_class class;
} types[] = {
	{ "spam", RSIT_ABUSIVE },
	{ "harmful-speech", RSIT_ABUSIVE },
	{ "violence", RSIT_ABUSIVE },
	{ "infected-system", RSIT_MALICIOUS },
	{ "c2-server", RSIT_MALICIOUS },
	{ "malware-distribution", RSIT_MALICIOUS },
	{ "malware-configuration", RSIT_MALICIOUS },
	{ "scanner", RSIT_GATHERING },
	{ "sniffing", RSIT_GATHERING },
	{ "social-engineering", RSIT_GATHERING },
	{ "ids-alert", RSIT_ATTEMPTS },
	{ "brute-force", RSIT_ATTEMPTS },
	{ "exploit", RSIT_ATTEMPTS },
	{ "privileged-account-compromise", RSIT_INTRUSIONS },
	{ "unprivileged-account-compromise", RSIT_INTRUSIONS },
	{ "application-compromise", RSIT_INTRUSIONS },
	{ "system-compromise", RSIT_INTRUSIONS },
	{ "burglary", RSIT_INTRUSIONS },
	{ "dos", RSIT_AVAILABILITY },
	{ "ddos", RSIT_AVAILABILITY },
	{ "misconfiguration", RSIT_AVAILABILITY },
	{ "sabotage", RSIT_AVAILABILITY },
	{ "outage", RSIT_AVAILABILITY },
	{ "unauthorised-information-access", RSIT_CONTENT },
	{ "unauthorised-information-modification", RSIT_CONTENT },
	{ "data-loss", RSIT_CONTENT },
	{ "data-leak", RSIT_CONTENT },
	{ "unauthorised-use-of-resources", RSIT_FRAUD },
	{ "copyright", RSIT_FRAUD },
	{ "masquerade", RSIT_FRAUD },
	{ "phishing", RSIT_FRAUD },
	{ "weak-crypto", RSIT_VULNERABLE },
	{ "ddos-amplifier", RSIT_VULNERABLE },
	{ "potentially-unwanted-accessible", RSIT_VULNERABLE },
	{ "information-disclosure", RSIT_VULNERABLE },
	{ "vulnerable-system", RSIT_VULNERABLE },
};

enum rsit_class rsit_class_of(struct str type)
{
	for (size_t i = 0; i < N(types); i++)
		if (str_eq(type, str_c(types[i].type)))
			return types[i].class;
	return RSIT_OTHER;
}

const char *rsit_class_word(enum rsit_class c)
{
	return classes[c].word;
}

const char *rsit_class_name(enum rsit_class c)
{
	return classes[c].name;
}

/* SPDX-License-Identifier: Apache-2.0
 * digest.h - a notice in words: subject, body, table, and the mail they make.
 * Depends on: base, sys/conf, fmt, core.
 *
 * The body is plain text in the reader's language, at most LIMIT_BODY bytes: a summary of
 * five lines, then what was found, by family of identifiers, worst first; where there is
 * too much, the least severe families are named in one line each, and the table has them
 * all. The table is CSV in English, whatever the language, with one line per finding, or
 * per sighting where the finding is an act; it is zipped over LIMIT_CSV_ZIP and cut into
 * parts of LIMIT_CSV_PART. The same notice gives the same bytes. */
#pragma once
#include "core/notice.h"
#include "sys/conf.h"

struct digest_team {
	struct str name, mail, phone; /* phone may be empty */
	struct str web_url;	      /* of the pages; empty: no link to answer by */
};
static inline struct digest_team digest_team_of(const struct conf *c)
{
	return (struct digest_team){ c->team_name, c->team_mail, c->team_phone,
		c->web_url };
}
/* For notice_draft_run; team must live as long as the writer. */
struct notice_writer digest_writer(const struct digest_team *team);
/* The part of the team's address after the @, for message ids; "invalid" without one. */
struct str digest_domain(const struct digest_team *team);

/* What the digest says about a finding, for a page. Texts in the arena; title, severity,
 * what and why are texts to translate, check and fix are translated, with `commands`. */
struct digest_words {
	const char *id; /* findings with the same one stand together */
	const char *title, *severity, *what, *why;
	struct str check, fix, more; /* more: to fix, for this identifier; or empty */
};
MUST int digest_words_of(struct arena *a, enum lang lang, const struct notice_line *line,
	struct digest_words *ret);
/* "192.0.2.1:80/tcp (host.example)" */
MUST int digest_where(struct arena *a, const struct notice_line *line, struct str *ret);
/* What the marking allows: a text to translate. */
const char *digest_tlp_means(enum tlp tlp);
/* New, back, reminder: a text to translate. */
const char *digest_why(enum notice_why why);

/* The exact mail of a notice, in x->arena: RFC 5322 with its tables attached. Its
 * Message-ID was fixed with the draft; its date is that of the draft. The link to answer
 * by is masked: only the outbox has one that is good. E_SYNTAX when an address cannot
 * stand in a mail. */
MUST int digest_eml(
	struct ctx *x, const struct digest_team *team, int64_t notice, struct str *ret);
/* The same with a link that is good: for the outbox. token NULL: masked. ret_copy, which
 * may be NULL: what is kept of it when it is out, docs/formats/mail.md. */
MUST int digest_eml_link(struct ctx *x, const struct digest_team *team, int64_t notice,
	const char *token, struct str *ret, struct str *ret_copy);

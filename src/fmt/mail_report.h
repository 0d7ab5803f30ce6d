/* SPDX-License-Identifier: Apache-2.0
 * mail_report.h - what delivery reports say: RFC 3464, and machines that write in words.
 * Depends on: base, fmt/mail_facts. Texts in the arena. */
#pragma once
#include "fmt/mail_facts.h"

/* One line of clean text of at most max bytes, blanks and line ends run together. */
struct str mail_clean(struct arena *a, struct str s, size_t max);
/* The value of the first header of that name in a block of headers, unfolded; absent
 * when there is none. */
struct str mail_header(struct arena *a, struct str headers, const char *name);
/* "<a@b>" among other text: a@b; empty when there is none that could be ours. */
struct str mail_id(struct arena *a, struct str s);
/* The id of the last "Message-ID:" at the beginning of a line in a text. */
struct str mail_id_in(struct arena *a, struct str text);
/* The content of a message/delivery-status part: envid, recipients. */
void mail_status_read(struct arena *a, struct str text, struct mail_facts *m);
/* A bounce in words: failed, delayed or unknown, with its status if there is one. */
void mail_bounce_read(struct arena *a, struct str text, struct mail_recipient *ret);

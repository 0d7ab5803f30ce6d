/* SPDX-License-Identifier: Apache-2.0
 * orgs_view.h - what the room organisations shows. Depends on: base, web/frame_view. */
#pragma once
#include "web/choice_view.h"
#include "web/frame_view.h"

struct org_line {
	struct url to;
	struct str name, sector;
	const char *language; /* its own name; NULL: not known */
	int64_t open, contacts;
};
struct org_lines {
	const struct org_line *v;
	size_t n;
};
struct orgs_view {
	const struct frame_view *frame;
	struct str word;
	struct choices sectors, languages, only;
	struct org_lines lines;
	bool more, may_edit;
	struct url next;
};

struct entry_line {
	struct str text;
	const char *role; /* to translate; NULL: none */
	struct str in;	  /* "AS64500", or empty */
	bool imported;
	struct str what, form; /* of the form that takes it out */
	struct url take;
};
struct entry_lines {
	const struct entry_line *v;
	size_t n;
};
struct doubt_line {
	const char *text;
};
struct doubt_lines {
	const struct doubt_line *v;
	size_t n;
};
struct contact_line {
	int64_t id;
	struct str email, name, role, phone, pgp;
	const char *language;
	const char *trust; /* to translate */
	bool doubt;
	struct doubt_lines why;
	int64_t sent;
	bool may_edit;
	struct url edit;
};
struct contact_lines {
	const struct contact_line *v;
	size_t n;
};
struct org_notice_line {
	struct url to;
	int64_t id, at, findings;
	const char *state; /* to translate */
};
struct org_notice_lines {
	const struct org_notice_line *v;
	size_t n;
};
struct org_answer_line {
	int64_t at;
	const char *kind; /* to translate */
	struct str comment;
	struct url notice;
	int64_t number;
};
struct org_answer_lines {
	const struct org_answer_line *v;
	size_t n;
};
struct org_view {
	const struct frame_view *frame;
	int64_t id;
	struct str name, kind, sector;
	const char *language;
	bool imported, may_edit;
	int64_t open, sent, answered;
	struct url edit, findings, notices, answers;
	struct entry_lines nets, asns, domains;
	struct contact_lines contacts;
	struct org_notice_lines last_notices;
	struct org_answer_lines last_answers;
};

/* The forms that change one, or make one. */
struct org_edit_view {
	const struct frame_view *frame;
	const char *error; /* to translate */
	bool new;
	struct str name, kind, sector; /* in the fields */
	struct str title;	       /* its name as it is */
	struct choices languages;
	struct url here, entry, take, contact, end, back;
	struct entry_lines nets, asns, domains;
	struct contact_lines contacts;
	/* the contact in the form */
	bool known; /* it is one already */
	struct str email, person, role, phone, pgp;
	struct choices contact_languages;
};

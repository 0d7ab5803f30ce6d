/* SPDX-License-Identifier: Apache-2.0
 * people_view.h - what the rooms people, account and audit show. Depends on: base,
 * web/frame_view. */
#pragma once
#include "web/choice_view.h"
#include "web/frame_view.h"

struct person_line {
	struct url to;
	struct str name;
	const char *role, *state; /* to translate */
	int64_t sessions, created;
};
struct person_lines {
	const struct person_line *v;
	size_t n;
};
struct people_view {
	const struct frame_view *frame;
	const char *done, *error; /* to translate */
	struct person_lines people;
	struct choices roles;
};
struct person_view {
	const struct frame_view *frame;
	struct str name;
	const char *role, *state;
	int64_t created;
	bool may_change; /* he is no head, or a head asks */
	bool own;	 /* it is who asks: his role is for others to change */
	struct url reset, revoke, set_role;
	struct choices roles;
};
struct link_view { /* a one-time link, shown once */
	const struct frame_view *frame;
	struct str name, link;
	int64_t hours;
};

struct session_line {
	struct str agent;
	int64_t created, used;
	bool here;
	struct url end;
};
struct session_lines {
	const struct session_line *v;
	size_t n;
};
struct account_view {
	const struct frame_view *frame;
	const char *done, *error;
	const char *role;
	int64_t recovery;
	struct session_lines sessions;
	struct choices languages;
};

struct audit_line {
	int64_t seq, at;
	struct str actor, action, object, detail;
};
struct audit_lines {
	const struct audit_line *v;
	size_t n;
};
struct audit_view {
	const struct frame_view *frame;
	struct audit_lines lines;
	bool older;
	struct url next;
};

/* SPDX-License-Identifier: Apache-2.0
 * confirm_view.h - what is about to be changed, or was. Depends on: web/frame_view. */
#pragma once
#include "web/frame_view.h"

struct confirm_change {
	const char *what; /* to translate */
	struct str key, old, new;
};
struct confirm_changes {
	const struct confirm_change *v;
	size_t n;
};
struct confirm_field {
	const char *name;
	struct str value;
};
struct confirm_fields {
	const struct confirm_field *v;
	size_t n;
};
struct confirm_view {
	const struct frame_view *frame;
	const char *title; /* to translate, as all that follows here */
	struct str about;  /* what it is done to; may be empty */
	bool done;	   /* it was done: the form is the way back */
	const char *lead, *note, *warning;
	struct confirm_changes changes;
	int64_t more; /* changes that are not listed */
	bool counts;  /* it may move findings */
	int64_t moved;
	bool sure; /* the form says so by itself */
	struct confirm_fields fields;
	struct url action; /* no path: no form */
	const char *button;
	bool danger;
	struct url back;
	const char *back_label;
};

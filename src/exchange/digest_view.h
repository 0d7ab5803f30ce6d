/* SPDX-License-Identifier: Apache-2.0
 * digest_view.h - what the templates of digest.txt show. Depends on: base.
 * Members that are `const char *` are msgids or constants. */
#pragma once
#include "base/str.h"

struct digest_view {
	const char *tlp, *tlp_means;
	struct str org; /* whom it is about */
	struct str via; /* the operator it is sent to instead, or empty */
	int64_t notice;
	struct str reference; /* "[TOCSIN-12]" */
	int64_t n, critical, high, medium, lower;
	int64_t new, relapsed, reminded;
	int64_t open_before; /* told earlier and still open */
	int32_t oldest_day;
	const char *first_title; /* what to do first */
	int64_t first_n;
	int64_t act_days;	/* 0: none */
	bool acts;		/* some are events at a second and a port */
	int64_t kinds_more;	/* kinds that are not even named */
	struct str answer_link; /* the line that the link will stand in, or empty */
	struct str team, mail, phone;
	int64_t n_tables;
	struct str table; /* the name of the only, or first, attachment */
};

struct digest_place {
	const char *why; /* new, back, reminder */
	struct str where;
	bool is_act;
	uint16_t source_port;
	int32_t first_day, last_day;
	int64_t last, count;
	int32_t claimed_day, seen_again_day; /* said to be fixed, and was not; 0: none */
};
struct digest_fix {
	struct str identifier, text;
};
struct digest_group {
	int64_t number;
	const char *title, *severity;
	int64_t n, new, relapsed, reminded;
	struct str names; /* "open-dns (12), ..." */
	const char *what, *why;
	struct str check, fix;
	struct {
		const struct digest_place *v;
		size_t n;
	} places;
	int64_t more; /* places that only the table has */
	bool acts;
	struct {
		const struct digest_fix *v;
		size_t n;
	} fixes;
};

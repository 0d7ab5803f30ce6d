/* SPDX-License-Identifier: Apache-2.0
 * frame_view.h - what stands around every page. Depends on: base. */
#pragma once
#include "base/textout.h"

struct frame_link {
	const char *label; /* a text to translate */
	const char *word;  /* or a word as it is: a language's own name */
	const char *code;  /* its language, for the browser */
	struct url to;
	bool here;
};
struct frame_links {
	const struct frame_link *v;
	size_t n;
};
struct frame_view {
	const char *title; /* a text to translate */
	const char *lang, *dir;
	struct url style;
	struct str team;
	bool demo;
	bool guest; /* somebody from outside, by a link: nothing here leads inside */
	struct frame_links nav, languages;
	struct str person; /* empty: nobody is signed in */
	struct str form;   /* the token of each form of this page */
};

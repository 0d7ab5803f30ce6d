/* SPDX-License-Identifier: Apache-2.0
 * answer_page.h - what the pages behind an answer link share. Depends on: web/visit,
 * exchange/digest, core/notice. */
#pragma once
#include "core/notice.h"
#include "web/answer_view.h"
#include "web/visit.h"

/* The notice of the link, in the language that the page then speaks. */
MUST int answer_open_notice(struct visit *v, struct notice_row *ret);
/* Notes in the link's name that it was opened, once a visit. A page is shown whether that
 * could be noted or not. */
void answer_note_opened(struct visit *v);
/* "/a/TOKEN", more behind it; with the language when it was asked for. */
struct url answer_url_of(struct visit *v, const char *prefix, const char *more);
/* With the language when it was asked for. */
struct url answer_with_lang(struct visit *v, struct url u);

/* SPDX-License-Identifier: Apache-2.0
 * check.c - the mail that asks a contact, in words: see check.h. Depends on: base,
 * core. */
#include "exchange/check.h"

#include "base/textout.h"
#include "exchange/check_view.h"
#include "exchange/digest_int.h"
#include "exchange/wrap.h"
#include "tpl_check.h"

#include <inttypes.h>

#define TEXT_MAX    KIB(16)
#define SUBJECT_MAX 800

int check_write(
	void *ctx, struct ctx *x, const struct check_draft *d, struct notice_words *ret)
{
	const struct digest_team *team = ctx;
	struct arena *a = x->arena;
	struct buf reference = buf_in(a, 64), subject = buf_in(a, SUBJECT_MAX);
	struct buf raw = buf_in(a, TEXT_MAX), body = buf_in(a, TEXT_MAX);
	struct textout head = { .out = &subject, .lang = d->lang };
	struct textout text = { .out = &raw, .lang = d->lang };
	int r = buf_addf(&reference, "[TOCSIN-%" PRId64 "]", d->id);
	struct check_view v = { .tlp = tlp_text(d->tlp),
		.tlp_means = digest_tlp_means(d->tlp),
		.org = digest_one_line(a, d->org_name),
		.address = digest_one_line(a, d->recipient),
		.reference = buf_str(&reference),
		.link = team->web_url.n ? S(ANSWER_PLACE) : S(""),
		.grace_days = d->grace_days,
		.team = digest_one_line(a, team->name),
		.mail = digest_one_line(a, team->mail),
		.phone = digest_one_line(a, team->phone) };
	if (r == 0)
		r = check_subject(&head, &v);
	if (r == 0)
		r = check_body(&text, &v);
	if (r == 0)
		r = wrap_text(buf_str(&raw), d->lang, &body);
	if (r < 0)
		return fail(&x->why, r, "the text of notice %" PRId64, d->id);
	*ret = (struct notice_words){ buf_str(&subject), buf_str(&body) };
	return 0;
}

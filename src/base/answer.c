/* SPDX-License-Identifier: Apache-2.0
 * answer.c - one thing that somebody answered: see answer.h. Depends on: base. */
#include "base/answer.h"

#include "base/utf8.h"

static const char *const texts[ANSWER_KINDS] = { "", "fixed", "working", "not-mine",
	"wrong-contact", "need-help" };

const char *answer_kind_text(enum answer_kind k)
{
	return texts[k];
}

/* "Not_Mine" is "not-mine". */
static bool same_word(struct str s, const char *word)
{
	struct str w = str_c(word);
	if (s.n != w.n)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c | 0x20);
		if (c == ' ' || c == '_')
			c = '-';
		if (c != w.p[i])
			return false;
	}
	return true;
}

int answer_kind_read(struct str s, enum answer_kind *ret)
{
	static const struct {
		const char *word;
		enum answer_kind kind;
	} words[] = {
		{ "fixed", ANSWER_FIXED },
		{ "working", ANSWER_WORKING },
		{ "working-on-it", ANSWER_WORKING },
		{ "not-mine", ANSWER_NOT_MINE },
		{ "not-ours", ANSWER_NOT_MINE },
		{ "wrong-contact", ANSWER_WRONG_CONTACT },
		{ "need-help", ANSWER_HELP },
		{ "help", ANSWER_HELP },
	};
	s = str_trim(s);
	for (size_t i = 0; i < N(words); i++) {
		if (same_word(s, words[i].word)) {
			*ret = words[i].kind;
			return 0;
		}
	}
	return E_SYNTAX;
}

static bool has_control(struct str s, bool lines)
{
	uint32_t c;
	while (s.n > 0) {
		int n = utf8_next(s, &c);
		if (n == 0 || (c < 0x20 && !(lines && c == '\n')) ||
			(c >= 0x7f && c < 0xa0))
			return true;
		s = str_from(s, (size_t)n);
	}
	return false;
}

const char *answer_text_fault(struct str s, size_t max, bool lines)
{
	if (s.n > max)
		return "too long";
	if (!utf8_valid(s))
		return "not UTF-8";
	return has_control(s, lines) ? "holds a control character" : NULL;
}

const char *answer_item_fault(const struct answer_item *item)
{
	if (item->kind <= ANSWER_NONE || item->kind >= ANSWER_KINDS)
		return "not one of fixed, working, not-mine, wrong-contact, need-help";
	if (item->finding < 0)
		return "not the number of a finding";
	if (item->until.has && (item->until.v < 0 || item->until.v > INT32_MAX))
		return "not a day";
	if (item->until.has && item->kind != ANSWER_WORKING)
		return "only \"working\" has a day until when";
	if (item->whose.n > ANSWER_WHOSE_MAX)
		return "whose: longer than 200 bytes";
	if (item->comment.n > ANSWER_COMMENT_MAX)
		return "comment: longer than 2000 bytes";
	const char *fault = answer_text_fault(item->whose, ANSWER_WHOSE_MAX, false);
	return fault ? fault : answer_text_fault(item->comment, ANSWER_COMMENT_MAX, true);
}

bool answer_item_same(const struct answer_item *a, const struct answer_item *b)
{
	return a->finding == b->finding && a->kind == b->kind &&
		a->until.has == b->until.has && a->until.v == b->until.v &&
		str_eq(a->whose, b->whose) && str_eq(a->comment, b->comment);
}

void answer_item_write(struct writer *w, const struct answer_item *item)
{
	wr_u32(w, item->row);
	wr_i64(w, item->finding);
	wr_u8(w, (uint8_t)item->kind);
	wr_u8(w, item->until.has);
	wr_i64(w, item->until.v);
	wr_str(w, item->whose.p ? item->whose : S(""));
	wr_str(w, item->comment.p ? item->comment : S(""));
}

int answer_item_read(struct reader *r, struct answer_item *ret)
{
	struct answer_item item = { 0 };
	item.row = rd_u32(r);
	item.finding = rd_i64(r);
	uint8_t kind = rd_u8(r);
	uint8_t has = rd_u8(r);
	item.until.v = rd_i64(r);
	item.whose = rd_str(r);
	item.comment = rd_str(r);
	if (r->err < 0)
		return r->err;
	item.kind = kind < ANSWER_KINDS ? (enum answer_kind)kind : ANSWER_NONE;
	item.until.has = has > 0;
	if (has > 1 || item.whose.p == NULL || item.comment.p == NULL ||
		(!has && item.until.v != 0) || answer_item_fault(&item) != NULL)
		return r->err = E_SYNTAX;
	*ret = item;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 * answer_json.c - answers of a program: see answer_file.h. Depends on: base, jansson. */
#include "fmt/answer_file.h"

#include "base/date.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <jansson.h>

#define VALUE_SHOWN 100

static void json_free(json_t **j)
{
	json_decref(*j);
}
#define AUTO_JSON __attribute__((cleanup(json_free))) json_t *

static struct str text_of(const json_t *j)
{
	return (struct str){ json_string_value(j), json_string_length(j) };
}

static bool is_absent(const json_t *j)
{
	return j == NULL || json_is_null(j);
}

/* One fault of one object. */
struct fault {
	const char *member, *why;
	struct str value;
};

static bool take_text(json_t *object, const char *name, struct str *to, struct fault *f)
{
	const json_t *j = json_object_get(object, name);
	if (is_absent(j))
		return true;
	*f = (struct fault){ name, "not a text", S("") };
	if (!json_is_string(j))
		return false;
	*to = text_of(j);
	return true;
}

static bool take_finding(const json_t *j, struct answer_item *item)
{
	if (json_is_string(j))
		return str_eq(text_of(j), S("all"));
	if (!json_is_integer(j) || json_integer_value(j) < 1)
		return false;
	item->finding = json_integer_value(j);
	return true;
}

static bool known_members(json_t *object, struct fault *f)
{
	static const char *const known[] = { "finding", "answer", "until", "whose",
		"comment" };
	const char *name;
	json_t *value;
	json_object_foreach(object, name, value)
	{
		bool found = false;
		for (size_t i = 0; i < N(known); i++)
			found = found || strcmp(name, known[i]) == 0;
		if (!found) {
			*f = (struct fault){ "", "a member that nobody knows",
				str_c(name) };
			return false;
		}
	}
	return true;
}

static bool take(json_t *object, struct answer_item *item, struct fault *f)
{
	struct str until = S(""), word = S("");
	int32_t day;
	item->whose = item->comment = S("");
	if (!json_is_object(object)) {
		*f = (struct fault){ "", "not an object", S("") };
		return false;
	}
	if (!known_members(object, f) || !take_text(object, "answer", &word, f) ||
		!take_text(object, "until", &until, f) ||
		!take_text(object, "whose", &item->whose, f) ||
		!take_text(object, "comment", &item->comment, f))
		return false;
	*f = (struct fault){ "finding", "not the number of a finding, nor \"all\"",
		S("") };
	if (!take_finding(json_object_get(object, "finding"), item))
		return false;
	*f = (struct fault){ "answer",
		"not one of fixed, working, not-mine, wrong-contact, need-help", word };
	if (answer_kind_read(word, &item->kind) < 0)
		return false;
	*f = (struct fault){ "until", "not a day: write it like 2026-12-24", until };
	if (until.n > 0 && day_read(until, &day) < 0)
		return false;
	if (until.n > 0)
		item->until = SOME(day);
	*f = (struct fault){ "", answer_item_fault(item), S("") };
	return f->why == NULL;
}

static int read_list(const json_t *list, const struct answer_sink *sink, struct why *why)
{
	AUTO_ARENA a = arena_new(MIB(1), "an answer's fault");
	int r = 0;
	if (json_array_size(list) > LIMIT_ANSWERS)
		return fail(why, E_TOO_BIG, "more than %d answers", LIMIT_ANSWERS);
	for (size_t i = 0; i < json_array_size(list) && r == 0; i++) {
		struct answer_item item = { .row = (uint32_t)i + 1 };
		struct fault f;
		arena_reset(&a);
		if (take(json_array_get(list, i), &item, &f)) {
			r = sink->item(sink->ctx, &item, why);
			continue;
		}
		struct answer_problem p = { item.row, str_c(f.member),
			utf8_cut(utf8_escape(&a, str_to(f.value, VALUE_SHOWN)),
				VALUE_SHOWN),
			f.why };
		r = sink->problem(sink->ctx, &p, why);
	}
	return r;
}

int answer_json_read(struct str text, const struct answer_sink *sink, struct why *why)
{
	static bool seeded; /* jansson's own, once a process: it would open a file */
	json_error_t error;
	if (text.n > LIMIT_ANSWER_JSON)
		return fail(why, E_TOO_BIG, "larger than %zu bytes", LIMIT_ANSWER_JSON);
	if (!seeded) {
		size_t seed;
		random_bytes(&seed, sizeof(seed));
		json_object_seed(seed | 1);
		seeded = true;
	}
	AUTO_JSON root = json_loadb(
		text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL)
		return fail(why, E_SYNTAX, "not JSON: line %d, column %d%s", error.line,
			error.column,
			json_error_code(&error) == json_error_duplicate_key
				? ": a member stands twice"
				: "");
	const json_t *list = json_object_get(root, "answers");
	if (!json_is_array(list) || json_object_size(root) != 1)
		return fail(why, E_UNSUPPORTED,
			"not an object with the one member \"answers\", a list");
	return read_list(list, sink, why);
}

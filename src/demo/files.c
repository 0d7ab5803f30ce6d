/* SPDX-License-Identifier: Apache-2.0
 * files.c - the demo country's data: see files.h. Depends on: base/str, the embedded
 * bytes. */
#include "demo/files.h"

#include "demo/demo_data.h"

#define FILE_ROW(file, embedded)                                                         \
	{                                                                                \
		file, embed_demo_##embedded, &embed_demo_##embedded##_len                \
	}

struct str demo_file(const char *name)
{
	static const struct {
		const char *name;
		const unsigned char *p;
		const size_t *n;
	} files[] = {
		FILE_ROW("networks.csv", networks),
		FILE_ROW("holders.csv", holders),
		FILE_ROW("load-prefixes.csv", load_prefixes),
		FILE_ROW("country.csv", country),
		FILE_ROW("contacts.csv", contacts),
		FILE_ROW("domains.csv", domains),
		FILE_ROW("holder-kinds.csv", holder_kinds),
		FILE_ROW("report-mix.csv", report_mix),
		FILE_ROW("report-types.tsv", report_types),
		FILE_ROW("words.txt", words),
		FILE_ROW("report-columns.tsv", report_columns),
		FILE_ROW("column-values.tsv", column_values),
	};
	for (size_t i = 0; i < N(files); i++)
		if (strcmp(files[i].name, name) == 0)
			return (struct str){ (const char *)files[i].p, *files[i].n };
	return (struct str){ NULL, 0 };
}

bool demo_line(struct str *rest, struct str *ret_line)
{
	struct str line;
	while (str_split(rest, '\n', &line)) {
		if (str_ends(line, S("\r")))
			line.n--;
		if (line.n > 0 && line.p[0] != '#') {
			*ret_line = line;
			return true;
		}
	}
	return false;
}

/* A quoted field at the front of *rest, without its quotes. */
static struct str quoted(struct arena *a, struct str *rest)
{
	char *to = arena_alloc(a, rest->n + 1);
	size_t n = 0;
	struct str s = str_from(*rest, 1);
	while (s.n > 0) {
		if (s.p[0] == '"' && !(s.n > 1 && s.p[1] == '"'))
			break;
		if (s.p[0] == '"')
			s = str_from(s, 1);
		to[n++] = s.p[0];
		s = str_from(s, 1);
	}
	*rest = str_from(s, 1);
	return (struct str){ to, n };
}

size_t demo_fields(struct arena *a, struct str line, char sep, struct str *f, size_t max)
{
	size_t n = 0;
	for (size_t i = 0; i < max; i++)
		f[i] = S("");
	while (line.p != NULL && n < max) {
		if (sep == ',' && line.n > 0 && line.p[0] == '"') {
			f[n++] = quoted(a, &line);
			if (line.n == 0)
				break;
			line = str_from(line, 1);
			continue;
		}
		if (str_split(&line, sep, &f[n]))
			n++;
	}
	return n;
}

const struct str *demo_words(struct arena *a, struct str name, uint32_t *ret_n)
{
	struct str rest = demo_file("words.txt"), line;
	struct str all = { NULL, 0 };
	uint32_t n = 1;
	*ret_n = 0;
	while (demo_line(&rest, &line)) {
		size_t colon = str_search(line, S(": "));
		if (all.p != NULL && line.p[0] != ' ')
			break;
		if (line.p[0] == ' ' || !str_eq(str_to(line, colon), name)) {
			if (all.p != NULL)
				all.n = (size_t)(line.p + line.n - all.p);
			continue;
		}
		all = str_from(line, colon + 2);
	}
	if (all.p == NULL)
		return NULL;
	for (size_t i = 0; i < all.n; i++)
		n += all.p[i] == '|';
	struct str *words = arena_array(a, n, sizeof(*words));
	for (uint32_t i = 0; i < n; i++) {
		(void)str_split(&all, '|', &words[i]);
		words[i] = str_trim(words[i]); /* the line end before a bar */
	}
	*ret_n = n;
	return words;
}

/* SPDX-License-Identifier: Apache-2.0
 * fuzz_domains.c - host names: what was read is plain, is read as itself, in capitals
 * too, and is the host of a URL made with it. Depends on: base/net, fmt/value. */
#include "base/limits.h"
#include "base/utf8.h"
#include "fmt/value.h"
#include "fuzz.h"

static void check_domain(struct arena *a, struct str in, struct str name)
{
	struct str again, found;
	struct buf url = buf_in(a, KIB(4));
	must(domain_is_plain(name) && name.n <= DOMAIN_MAX);
	must(domain_read(a, name, &again) == 0 && str_eq(name, again));
	must(domain_under(name, name) && !domain_under(name, S("x.invalid.")));
	char *upper = arena_alloc(a, in.n + 1);
	for (size_t i = 0; i < in.n; i++)
		upper[i] = in.p[i] >= 'a' && in.p[i] <= 'z' ? (char)(in.p[i] - 32)
							    : in.p[i];
	must(domain_read(a, (struct str){ upper, in.n }, &again) == 0 &&
		str_eq(name, again));
	must(buf_addf(&url, "http://u:p@%.*s:80/a?b@c", STR(name)) == 0);
	must(str_eq(url_host(buf_str(&url)), name));
	must(value_host(a, buf_str(&url), &found) && str_eq(found, name));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > KIB(16))
		return 0;
	AUTO_ARENA a = arena_new(MIB(16), "fuzz_domains");
	struct str in = { (const char *)data, n }, name, word;
	if (domain_read(&a, in, &name) == 0)
		check_domain(&a, in, name);
	if (value_host(&a, in, &name))
		must(domain_is_plain(name));
	struct str host = url_host(in);
	must(host.n <= in.n);
	if (value_mailbox(&a, in, &name))
		must(utf8_valid(name) && name.n <= LIMIT_KEY_FIELD &&
			str_find(name, '@') < name.n);
	word = value_word(&a, in, 64);
	must(utf8_valid(word) && word.n <= 64 && str_eq(value_word(&a, word, 64), word));
	must(utf8_valid(value_text(&a, in, 64)) && value_text(&a, in, 64).n <= 64);
	return 0;
}

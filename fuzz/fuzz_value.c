/* SPDX-License-Identifier: Apache-2.0
 * fuzz_value.c - single cells: what comes out is clean, within its limit, and the same
 * when it is read again. Depends on: fmt/value. */
#include "fmt/value.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "fuzz.h"

static void check_address(struct str in)
{
	char text[IP_TEXT_MAX];
	struct net net, again;
	uint16_t port;
	if (!value_address(in, &net, &port))
		return;
	must(!ip_is_zero(&net.ip));
	must(value_address(str_c(net_text(&net, text)), &again, &port) && port == 0);
	must(net.len == again.len && ip_cmp(&net.ip, &again.ip) == 0);
}

static void check_names(struct arena *a, struct str in)
{
	struct str name, again;
	if (value_host(a, in, &name)) {
		must(domain_is_plain(name));
		must(value_host(a, name, &again) && str_eq(name, again));
	}
	if (value_mailbox(a, in, &name)) {
		must(utf8_valid(name) && name.n <= LIMIT_KEY_FIELD);
		must(str_find(name, '@') < name.n);
	}
}

static void check_text(struct arena *a, struct str in, size_t max)
{
	struct str text = value_text(a, in, max), word = value_word(a, in, max);
	must(utf8_valid(text) && text.n <= max);
	must(str_eq(value_text(a, text, max), text));
	must(utf8_valid(word) && word.n <= max);
	must(str_eq(value_word(a, word, max), word));
	for (size_t i = 0; i < word.n; i++)
		must(word.p[i] != ' ' && !(word.p[i] >= 'A' && word.p[i] <= 'Z'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > KIB(16))
		return 0;
	AUTO_ARENA a = arena_new(MIB(16), "fuzz_value");
	struct str in = { (const char *)data, n };
	check_address(in);
	check_names(&a, in);
	check_text(&a, in, 64);
	check_text(&a, in, LIMIT_KEY_FIELD);
	struct str cc = value_cc(&a, in), tag = value_first_tag(in);
	must(utf8_valid(cc) && cc.n <= 16);
	must(str_find(tag, ',') == tag.n && str_find(tag, ';') == tag.n);
	must(str_eq(tag, str_trim(tag)));
	uint16_t port = value_port(in);
	char digits[8];
	(void)snprintf(digits, sizeof(digits), "%u", port);
	must(port == 0 || value_port(str_c(digits)) == port);
	return 0;
}

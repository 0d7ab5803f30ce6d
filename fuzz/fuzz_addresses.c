/* SPDX-License-Identifier: Apache-2.0
 * fuzz_addresses.c - addresses, networks and AS numbers: the text of what was read is
 * read as the same, the loose reader takes all that the strict one does. Depends on:
 * base/net, fmt/value. */
#include "fmt/value.h"
#include "fuzz.h"

static void check_ip(struct str in, const struct ip *ip)
{
	char text[IP_TEXT_MAX], again[IP_TEXT_MAX];
	struct ip back;
	struct net net;
	uint16_t port;
	must(ip_read(str_c(ip_text(ip, text)), &back) == 0 && ip_cmp(ip, &back) == 0);
	must(strcmp(text, ip_text(&back, again)) == 0);
	must(ip_read_loose(in, &back, &port) == 0 && ip_cmp(ip, &back) == 0 && port == 0);
	must(net_read(in, &net) == 0 && net.len == 128 && ip_cmp(ip, &net.ip) == 0);
}

static void check_net(const struct net *net)
{
	char text[IP_TEXT_MAX];
	struct net back;
	struct ip last = net_last(net);
	must(net_read(str_c(net_text(net, text)), &back) == 0);
	must(back.len == net->len && ip_cmp(&back.ip, &net->ip) == 0);
	must(net_has(net, &net->ip) && net_has(net, &last) &&
		ip_cmp(&net->ip, &last) <= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str in = { (const char *)data, n };
	struct ip ip;
	struct net net;
	uint32_t asn;
	uint16_t port;
	if (n > KIB(4))
		return 0;
	if (ip_read(in, &ip) == 0)
		check_ip(in, &ip);
	if (net_read(in, &net) == 0)
		check_net(&net);
	if (ip_read_loose(in, &ip, &port) == 0) {
		char text[IP_TEXT_MAX];
		ip_text(&ip, text);
		check_ip(str_c(text), &ip);
	}
	if (value_address(in, &net, &port)) {
		must(!ip_is_zero(&net.ip));
		check_net(&net);
	}
	if (asn_read(in, &asn) == 0 && in.n <= 10)
		must(value_asn(in) == asn);
	return 0;
}

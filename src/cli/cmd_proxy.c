/* SPDX-License-Identifier: Apache-2.0
 * cmd_proxy.c - tocsin proxy-config: nginx's server block for this installation.
 * Depends on: base, sys, cli. */
#include "cli/cli.h"

#include <stdio.h>

/* clang-format off */
const struct cli_option cmd_proxy_options[] = {
	{ "certificate", 0, OPT_TEXT, "FILE", 0, 0, "TLS certificate chain" },
	{ "key", 0, OPT_TEXT, "FILE", 0, 0, "Its private key" },
	{ "to", 0, OPT_TEXT, "WHERE", 0, 0, "Where serve listens: 127.0.0.1:8069 or a socket's path" },
	{ "port", 0, OPT_INT, "N", 1, 65535, "For TLS (443); then no port 80 is opened" },
	{ 0 },
};

/* The library behind is lax: what is ambiguous must not come through. nginx refuses folded
 * headers, blanks before colons, two lengths; the rest is said here. */
static const char block[] =
"# nginx's configuration for Tocsin, made by `tocsin proxy-config`. Put it into\n"
"# /etc/nginx/conf.d/tocsin.conf; it belongs into the http block.\n"
"# In tocsin.conf: web.url = https://%s and web.proxy = yes.\n"
"limit_conn_zone $binary_remote_addr zone=tocsin_conn:10m;\n"
"limit_req_zone $binary_remote_addr zone=tocsin_req:10m rate=20r/s;\n"
"\n"
"upstream tocsin {\n"
"	server %s;\n"
"	keepalive 16;\n"
"}\n"
"\n"
"%s"
"server {\n"
"	listen %d ssl http2;\n"
"	listen [::]:%d ssl http2;\n"
"	server_name %s;\n"
"	server_tokens off;\n"
"\n"
"	ssl_certificate %s;\n"
"	ssl_certificate_key %s;\n"
"	ssl_protocols TLSv1.2 TLSv1.3;\n"
"	ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;\n"
"	ssl_prefer_server_ciphers off;\n"
"	ssl_session_cache shared:tocsin_tls:10m;\n"
"	ssl_session_timeout 1d;\n"
"	ssl_session_tickets off;\n"
"	add_header Strict-Transport-Security \"max-age=63072000\" always;\n"
"\n"
"	# Slow clients, large ones, and too many of one address.\n"
"	client_header_timeout 10s;\n"
"	client_body_timeout 30s;\n"
"	send_timeout 30s;\n"
"	keepalive_timeout 65s;\n"
"	large_client_header_buffers 4 8k;\n"
"	client_max_body_size 51m;\n"
"	limit_conn tocsin_conn 50;\n"
"	limit_req zone=tocsin_req burst=100 nodelay;\n"
"	limit_conn_status 429;\n"
"	limit_req_status 429;\n"
"\n"
"	# Strict framing: whole bodies with their length, no header that is none.\n"
"	ignore_invalid_headers on;\n"
"	underscores_in_headers off;\n"
"	merge_slashes off;\n"
"	if ($request_method !~ ^(GET|HEAD|POST)$) { return 405; }\n"
"\n"
"	# Secrets stand in paths: they are kept in neither log. An error's line names the path.\n"
"	access_log off;\n"
"	error_log /dev/null emerg;\n"
"\n"
"	location / {\n"
"		proxy_pass http://tocsin;\n"
"		proxy_http_version 1.1;\n"
"		proxy_request_buffering on;\n"
"		proxy_set_header Connection \"\";\n"
"		proxy_set_header Host $host%s;\n"
"		proxy_set_header Tocsin-Client $remote_addr;\n"
"		proxy_set_header Transfer-Encoding \"\";\n"
"		proxy_set_header Upgrade \"\";\n"
"		proxy_set_header Expect \"\";\n"
"		proxy_read_timeout 120s;\n"
"		proxy_redirect off;\n"
"	}\n"
"}\n";

static const char plain[] =
"# Everything to TLS.\n"
"server {\n"
"	listen 80;\n"
"	listen [::]:80;\n"
"	server_name %s;\n"
"	server_tokens off;\n"
"	access_log off;\n"
"	error_log /dev/null emerg;\n"
"	return 301 https://%s$request_uri;\n"
"}\n"
"\n";
/* clang-format on */

/* It goes into a file that root's nginx reads: nothing that could end a value. */
static int plain_word(struct cli *cli, const char *name, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i], small = (char)(c | 32);
		bool good = (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') ||
			memchr("._-/:[]", c, 7);
		if (!good)
			return fail(&cli->why, E_USAGE,
				"%s may hold letters, digits and . _ - / : [ ] only",
				name);
	}
	return s.n > 0 ? 0 : fail(&cli->why, E_USAGE, "%s is empty", name);
}

/* The option, or what is usual. */
static int word(struct cli *cli, const char *name, const char *usual, const char **ret)
{
	struct str s = cli_text(cli, name);
	if (s.p == NULL)
		s = str_c(usual);
	int r = plain_word(cli, name, s);
	return r < 0 ? r : str_z(&cli->arena, s, ret);
}

static int host_of(struct cli *cli, const char **ret_host, const char **ret_name)
{
	struct str url = cli->conf.web_url;
	if (!scan_lit(&url, "https://"))
		return fail(&cli->why, E_STATE,
			"web.url in tocsin.conf must be the console's https:// address "
			"first");
	struct str host = str_to(url, str_find(url, '/'));
	struct str name = str_to(host, str_find(host, ':'));
	int r = plain_word(cli, "web.url", host);
	if (r == 0)
		r = str_z(&cli->arena, host, ret_host);
	return r < 0 ? r : str_z(&cli->arena, name, ret_name);
}

int cmd_proxy(struct cli *cli)
{
	const char *host, *name, *to, *certificate, *key, *upstream;
	char usual[2][300], redirect[1000] = "", suffix[16] = "", path[320];
	const struct cli_value *port = cli_value(cli, "port");
	int n = port->given ? (int)port->number : 443;
	int r = cli_conf(cli);
	if (r == 0)
		r = host_of(cli, &host, &name);
	if (r < 0)
		return r;
	(void)snprintf(usual[0], sizeof(usual[0]),
		"/etc/letsencrypt/live/%.200s/fullchain.pem", name);
	(void)snprintf(usual[1], sizeof(usual[1]),
		"/etc/letsencrypt/live/%.200s/privkey.pem", name);
	r = word(cli, "certificate", usual[0], &certificate);
	if (r == 0)
		r = word(cli, "key", usual[1], &key);
	if (r == 0)
		r = word(cli, "to", CLI_LISTEN, &to);
	if (r < 0)
		return r;
	upstream = to;
	if (to[0] == '/') {
		(void)snprintf(path, sizeof(path), "unix:%.300s", to);
		upstream = path;
	}
	if (!port->given)
		(void)snprintf(redirect, sizeof(redirect), plain, name, name);
	if (strcmp(host, name) != 0) /* a port of its own in web.url */
		(void)snprintf(suffix, sizeof(suffix), "%.10s", host + strlen(name));
	printf(block, host, upstream, redirect, n, n, name, certificate, key, suffix);
	return 0;
}

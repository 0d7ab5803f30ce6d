/* SPDX-License-Identifier: Apache-2.0
 * rows.c - rows made for measuring: see rows.h. Depends on: base. */
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static const char header[] =
	"timestamp,protocol,src_ip,src_port,src_asn,src_geo,src_region,src_city,"
	"src_hostname,src_naics,src_sector,device_vendor,device_type,device_model,"
	"severity,dst_ip,dst_port,dst_asn,dst_geo,dst_region,dst_city,dst_hostname,"
	"dst_naics,dst_sector,public_source,infection,family,tag,application,version,"
	"event_id,http_url,http_host,http_agent,forwarded_by,ssl_cipher,http_referer,"
	"domain,request\n";

struct str rows_header(void)
{
	return (struct str){ header, sizeof(header) - 1 };
}

/* A row like those of event4_sinkhole_http: text quoted, numbers bare, a third of the
 * columns empty. The addresses lie in 198.18.0.0/15, networks of the demo country. */
int rows_add(struct buf *to, uint32_t i, uint32_t distinct)
{
	static const char *const bots[] = { "andromeda", "Avalanche Nymaim", "ranbyus",
		"m0yv" };
	uint32_t key = i % distinct, hour = i / distinct % 24;
	uint32_t mixed = (key + 1) * 2654435761u;
	uint32_t place = key & 0x1ffff; /* the /15; what is above it is in the family */
	return buf_addf(to,
		"\"2026-06-01 %02u:%02u:%02u\",\"tcp\",\"198.%u.%u.%u\",%u,%u,\"XT\","
		"\"CAPITAL\",\"VELLACOURT\",\"host-%u.pool.zelvora.xt.example\","
		"517311,,,,,\"critical\",\"233.252.0.%u\",80,65551,\"XA\",,\"\",,"
		"518210,,,\"%s-%u\",,\"sinkhole,http\",\"http\",,,"
		"\"/gate.php?id=%08x\",\"c2-%u.bad.example\","
		"\"Mozilla/5.0 (Windows NT 10.0; Win64; x64)\",,,,,\n",
		hour, (mixed >> 8) % 60, (mixed >> 16) % 60, 18 + (place >> 16),
		place >> 8 & 255, place & 255, 1024 + (mixed >> 7) % 60000,
		64496 + (mixed >> 9) % 16, key, key % 256, bots[key % 4], key >> 17,
		mixed, (mixed >> 5) % 500);
}

double wall_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double used(int who)
{
	struct rusage u;
	getrusage(who, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
		(double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

double cpu_seconds(void)
{
	return used(RUSAGE_SELF);
}

double children_seconds(void)
{
	return used(RUSAGE_CHILDREN);
}

void must(int r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "%s: %s\n", what, err_text(r));
	exit(1);
}

/* SPDX-License-Identifier: Apache-2.0
 * bench_parse.c - how fast a feed file becomes records, and records become events, per second of
 * CPU time, on rows of 39 columns made here. Depends on: fmt. Figures: docs/performance.md. */
#include "base/buf.h"
#include "fmt/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROWS 200000u
#define TURNS 5

static double cpu_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static const char header[] =
	"timestamp,protocol,src_ip,src_port,src_asn,src_geo,src_region,src_city,src_hostname,"
	"src_naics,src_sector,device_vendor,device_type,device_model,severity,dst_ip,dst_port,"
	"dst_asn,dst_geo,dst_region,dst_city,dst_hostname,dst_naics,dst_sector,public_source,"
	"infection,family,tag,application,version,event_id,http_url,http_host,http_agent,"
	"forwarded_by,ssl_cipher,http_referer,domain,request\n";

/* A file like event4_sinkhole_http: text quoted, numbers bare, a third of the columns empty. */
static struct str make_file(struct arena *a)
{
	static const char *const bots[] = { "andromeda", "Avalanche Nymaim", "ranbyus", "m0yv" };
	struct buf b = buf_in(a, MIB(256));
	uint64_t x = 69;
	int r = buf_add(&b, (struct str){ header, sizeof(header) - 1 });
	for (uint32_t i = 0; i < ROWS && r == 0; i++) {
		x = x * 6364136223846793005ull + 1442695040888963407ull;
		unsigned v = (unsigned)(x >> 33);
		r = buf_addf(&b,
			"\"2026-06-01 %02u:%02u:%02u\",\"tcp\",\"198.%u.%u.%u\",%u,%u,\"XT\","
			"\"CAPITAL\",\"VELLACOURT\",\"host-%u.pool.zelvora.xt.example\",517311,,,,,"
			"\"critical\",\"233.252.0.%u\",80,65551,\"XA\",,\"\",,518210,,,\"%s\",,"
			"\"sinkhole,http\",\"http\",,,\"/gate.php?id=%08x\",\"c2-%u.bad.example\","
			"\"Mozilla/5.0 (Windows NT 10.0; Win64; x64)\",,,,,\n",
			i % 24, v % 60, v / 60 % 60, 18 + (v >> 30), v >> 8 & 255, v & 255,
			1024 + v % 60000, 64496 + v % 16, v % 100000, v % 256, bots[v % 4], v, v % 500);
	}
	if (r < 0)
		abort();
	return buf_str(&b);
}

/* Feeds the file in pieces as a decompressor would; returns the number of records. */
static uint32_t split_all(struct str in, size_t *ret_fields)
{
	AUTO_ARENA a = arena_new(8 * LIMIT_RECORD, "bench");
	struct csv *c = csv_new(&a);
	struct csv_record rec;
	uint32_t n = 0;
	*ret_fields = 0;
	for (;;) {
		size_t room;
		char *to = csv_room(c, &room);
		size_t take = in.n < room ? in.n : room;
		memcpy(to, in.p, take);
		csv_wrote(c, take);
		in = str_from(in, take);
		if (take == 0)
			csv_end(c);
		while (csv_next(c, &rec) > 0) {
			n++;
			*ret_fields += rec.n;
		}
		if (take == 0)
			return n;
	}
}

static void report(const char *what, double seconds, size_t bytes)
{
	printf("%-28s %9.0f rows/s CPU, %6.0f MB/s, %5.0f ns a row\n", what, ROWS / seconds,
		(double)bytes / seconds / 1e6, seconds / ROWS * 1e9);
}

int main(void)
{
	AUTO_ARENA a = arena_new(GIB(1), "bench");
	struct str file = make_file(&a);
	printf("%u rows, 39 columns, %zu bytes a row; best of %d\n", ROWS, file.n / ROWS, TURNS);
	double best = 1e9;
	for (int i = 0; i < TURNS; i++) {
		size_t fields;
		double from = cpu_seconds();
		if (split_all(file, &fields) != ROWS + 1 || fields != 39u * (ROWS + 1))
			abort();
		double took = cpu_seconds() - from;
		best = took < best ? took : best;
	}
	report("csv split", best, file.n);
	return 0;
}

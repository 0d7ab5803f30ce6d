/* SPDX-License-Identifier: Apache-2.0
 * notice_kit.h - a database with organisations and findings, for the tests of notices.
 * Depends on: base, core, SQLite (findings are put straight into the tables). */
#pragma once
#include "base/date.h"
#include "base/fd.h"
#include "core/notice.h"
#include "tap.h"

#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#define KIT_DAY0 1780272000 /* 2026-06-01 00:00:00 UTC */

struct kit {
	char path[64];
	int dir;
	struct arena arena;
	struct ctx x;
	sqlite3 *raw;
	int64_t findings;
};

__attribute__((unused)) static void kit_sql(struct kit *k, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *text = sqlite3_vmprintf(fmt, ap);
	va_end(ap);
	char *why = NULL;
	if (sqlite3_exec(k->raw, text, NULL, NULL, &why) != SQLITE_OK) {
		printf("Bail out! %s: %s\n", text, why);
		exit(1);
	}
	sqlite3_free(text);
}

__attribute__((unused)) static int64_t kit_int(struct kit *k, const char *sql)
{
	sqlite3_stmt *s = NULL;
	if (sqlite3_prepare_v2(k->raw, sql, -1, &s, NULL) != SQLITE_OK) {
		printf("Bail out! %s: %s\n", sql, sqlite3_errmsg(k->raw));
		exit(1);
	}
	int64_t v = sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int64(s, 0)
						  : INT64_MIN;
	sqlite3_finalize(s);
	return v;
}

static void kit_open(struct kit *k, enum db_mode mode)
{
	char file[96];
	struct why why = { 0 };
	k->x = (struct ctx){ .arena = &k->arena, .actor = S("test"), .now = KIT_DAY0 };
	if (db_open(k->dir, mode, k->x.now, &why, &k->x.db) < 0) {
		printf("Bail out! %s\n", why.text);
		exit(1);
	}
	snprintf(file, sizeof(file), "%s/tocsin.db", k->path);
	if (sqlite3_open(file, &k->raw) != SQLITE_OK)
		exit(1);
	sqlite3_busy_timeout(k->raw, 10000);
	kit_sql(k, "PRAGMA foreign_keys=ON; PRAGMA synchronous=OFF");
}

static void kit_close(struct kit *k)
{
	sqlite3_close(k->raw);
	db_close(&k->x.db);
}

/* One report type, one kept file of day 0 with id 1. */
__attribute__((unused)) static void kit_new(struct kit *k)
{
	*k = (struct kit){ .arena = arena_new(GIB(1), "kit") };
	snprintf(k->path, sizeof(k->path), "/tmp/tocsin-notice-XXXXXX");
	if (mkdtemp(k->path) == NULL)
		exit(1);
	k->dir = open(k->path, O_RDONLY | O_DIRECTORY);
	kit_open(k, DB_CREATE);
	kit_sql(k, "INSERT INTO report_type VALUES(1, 'scan_rdp', 1, 7)");
	kit_sql(k,
		"INSERT INTO file SELECT 1, zeroblob(32), 'f', '', 1, 20605, 1, 1, "
		"1, 1, 1, 1, 0, 0, 0, 0, 0, NULL, ''");
}

__attribute__((unused)) static void kit_free(struct kit *k)
{
	char file[96];
	static const char *const names[] = { "tocsin.db", "tocsin.db-wal",
		"tocsin.db-shm" };
	kit_close(k);
	for (size_t i = 0; i < N(names); i++) {
		snprintf(file, sizeof(file), "%s/%s", k->path, names[i]);
		unlink(file);
	}
	close(k->dir);
	rmdir(k->path);
	arena_free(&k->arena);
}

__attribute__((unused)) static void kit_org(
	struct kit *k, int64_t id, const char *name, const char *lang)
{
	kit_sql(k, "INSERT INTO organisation VALUES(%lld, %Q, '', 'government', %Q, 1)",
		(long long)id, name, lang);
}

__attribute__((unused)) static void kit_contact(
	struct kit *k, int64_t org, const char *email, const char *role, const char *lang)
{
	kit_sql(k,
		"INSERT INTO contact(org, email, name, role, language, phone, pgp) "
		"VALUES(%lld, %Q, '', %Q, %Q, '', '')",
		(long long)org, email, role, lang);
}

struct kit_finding {
	int64_t org;
	int64_t network_org; /* 0 none */
	int severity;
	const char *type, *identifier;
	const char *net;  /* "192.0.2.1"; NULL none */
	const char *name; /* by name when not NULL */
	const char *host, *family;
	int port;
	bool acts;
};

/* Seen on day 0 in file 1, three times; an act twice, from two source ports. Its id. */
__attribute__((unused)) static int64_t kit_finding(
	struct kit *k, const struct kit_finding *f)
{
	int64_t id = ++k->findings;
	struct net net = { 0 };
	char hex[33] = "";
	if (f->net && net_read(str_c(f->net), &net) < 0)
		exit(1);
	for (int i = 0; i < 16; i++)
		snprintf(hex + 2 * i, 3, "%02x", net.ip.b[i]);
	const char *type = f->type ? f->type : "potentially-unwanted-accessible";
	const char *identifier = f->identifier ? f->identifier : "open-telnet";
	kit_sql(k,
		"INSERT INTO kind(type, identifier) VALUES(%Q, %Q) ON CONFLICT DO "
		"NOTHING",
		type, identifier);
	char *blob = f->net ? sqlite3_mprintf("x'%s'", hex) : sqlite3_mprintf("NULL");
	kit_sql(k,
		"INSERT INTO finding(id, key, kind, net, len, name, by_name, family, "
		"port, acts, hostname, transport, detail, severity, org, "
		"network_org, asn, "
		"feed_asn, cc, basis, basis_ref, first_seen, last_seen, rank, "
		"days_seen, count, first_report, last_report, last_day, last_type, "
		"last_file, file_relapses, mixed, state, state_day, fixed_by, relapses, "
		"noticed_file, noticed_relapses) SELECT %lld, randomblob(16), k.id, "
		"%s, %d, %Q, %d, %Q, %d, %d, %Q, 'tcp', 'tag=kit', %d, nullif(%lld, 0), "
		"nullif(%lld, 0), 0, 0, 'XT', 3, '192.0.2.0/24', %d, %d, 0, 1, 3, "
		"20605, 20605, 20605, 1, 1, -1, 0, 0, 20605, 0, 0, 0, 0 FROM kind k "
		"WHERE k.type = %Q AND k.identifier = %Q",
		(long long)id, blob, net.len, f->name ? f->name : "", f->name != NULL,
		f->family ? f->family : "", f->port, f->acts, f->host ? f->host : "",
		f->severity, (long long)f->org, (long long)f->network_org, KIT_DAY0 + 60,
		KIT_DAY0 + 3600, type, identifier);
	sqlite3_free(blob);
	kit_sql(k, "INSERT INTO sighting VALUES(%lld, 20605, 1, %d, %lld, 2, %d, %d)",
		(long long)id, f->acts ? 40001 : 0, (long long)id, KIT_DAY0 + 60,
		KIT_DAY0 + 1800);
	if (f->acts)
		kit_sql(k,
			"INSERT INTO sighting VALUES(%lld, 20605, 1, 40002, %lld, 1, "
			"%d, %d)",
			(long long)id, (long long)id + 1, KIT_DAY0 + 3600,
			KIT_DAY0 + 3600);
	return id;
}

/* All that is in the house leaves it, as if approved and sent at that time. */
__attribute__((unused)) static void kit_send(struct kit *k, int64_t at)
{
	kit_sql(k,
		"INSERT OR IGNORE INTO outbox(notice, message_id, sender, recipient, "
		"critical, queued_at, due_at, next_at, tries, flying, uncertain, reply, "
		"out_at, handed_at, final_at, final_why) "
		"SELECT id, message_id, 't@cirt.example', "
		"recipient, critical, %lld, %lld, NULL, 1, 0, 0, '250 ok', %lld, %lld, "
		"NULL, '' FROM notice WHERE state IN (0, 1, 2, 3); "
		"UPDATE notice SET state = 4, state_why = '' WHERE state IN (0, 1, 2, 3)",
		(long long)at, (long long)at, (long long)at, (long long)at);
}

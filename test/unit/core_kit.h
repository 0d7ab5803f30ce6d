/* SPDX-License-Identifier: Apache-2.0
 * core_kit.h - a database of its own for a test of core, and register rows in one line.
 * Depends on: core. */
#pragma once
#include "base/date.h"
#include "core/fold.h"
#include "core/register.h"
#include "core/setting.h"
#include "tap.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define DAY0 20605 /* 2026-06-01 */

struct kit {
	char path[64];
	int dir;
	struct arena arena, table_arena;
	struct ctx x;
	struct fold *fold;
	struct attrib_table *table;
};

static void kit_must(struct kit *k, int r, const char *what)
{
	if (r >= 0)
		return;
	printf("Bail out! %s: %d %s\n", what, r, k->x.why.text);
	exit(1);
}

static void kit_tx(struct kit *k, struct tx *t)
{
	kit_must(k, tx_begin(t, k->x.db, TX_WRITE), "begin");
}

static void kit_end(struct kit *k, struct tx *t)
{
	kit_must(k, tx_end(t, 0), "commit");
}

/* The key for findings is the same in all kits: so are the findings' keys. */
static void kit_new(struct kit *k)
{
	static const char secret[16] = "0123456789abcde";
	struct str key = { secret, sizeof(secret) };
	struct tx t;
	*k = (struct kit){ .arena = arena_new(MIB(256), "test"),
		.table_arena = arena_new(MIB(64), "register") };
	(void)snprintf(k->path, sizeof(k->path), "/tmp/tocsin-test-XXXXXX");
	kit_must(k, mkdtemp(k->path) ? 0 : E_SYS, "mkdtemp");
	k->dir = open(k->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	k->x = (struct ctx){ .arena = &k->arena, .actor = S("test") };
	k->x.now = day_start(DAY0);
	kit_must(k, db_open(k->dir, DB_CREATE, k->x.now, &k->x.why, &k->x.db), "open");
	db_set_why(k->x.db, &k->x.why);
	kit_tx(k, &t);
	kit_must(k, setting_put(&k->x, SETTING_FINDING_KEY, key), "key");
	kit_end(k, &t);
	kit_must(k, fold_open(&k->x, &k->fold), "fold");
	kit_must(k, attrib_load(&k->x, &k->table_arena, &k->table), "register");
}

static void kit_free(struct kit *k)
{
	static const char *const names[] = { "tocsin.db", "tocsin.db-wal",
		"tocsin.db-shm" };
	fold_free(&k->fold);
	db_set_why(k->x.db, NULL);
	db_close(&k->x.db);
	for (size_t i = 0; i < N(names); i++)
		(void)unlinkat(k->dir, names[i], 0);
	(void)close(k->dir);
	(void)rmdir(k->path);
	arena_free(&k->arena);
	arena_free(&k->table_arena);
}

/* A row of a register file; net, domain, cc and organisation may be NULL. */
__attribute__((unused)) static struct reg_row kit_row(struct kit *k, enum reg_kind what,
	const char *organisation, const char *net, uint32_t asn, const char *other)
{
	struct reg_row row = { .what = what,
		.organisation = organisation ? str_c(organisation) : S(""),
		.asn = asn,
		.name = S(""),
		.sector = S(""),
		.kind = S(""),
		.role = S(""),
		.language = S(""),
		.email = S(""),
		.phone = S(""),
		.pgp = S(""),
		.domain = what == REG_DOMAIN ? str_c(other) : S(""),
		.cc = what == REG_COUNTRY ? str_c(other) : S("") };
	if (net) {
		kit_must(k, net_read(str_c(net), &row.net), net);
		row.has_net = true;
	}
	return row;
}

/* Rows of one file, and the look-ups anew. */
__attribute__((unused)) static struct register_change kit_register(
	struct kit *k, enum origin origin, const struct reg_row *rows, size_t n)
{
	struct register_job j = { .x = &k->x, .origin = origin };
	struct tx t;
	kit_tx(k, &t);
	for (size_t i = 0; i < n; i++)
		kit_must(k, register_apply(&j, &rows[i]), "register_apply");
	kit_must(k, register_finish(&j), "register_finish");
	kit_end(k, &t);
	arena_reset(&k->table_arena);
	kit_must(k, attrib_load(&k->x, &k->table_arena, &k->table), "attrib_load");
	return j.change;
}

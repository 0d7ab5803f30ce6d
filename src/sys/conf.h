/* SPDX-License-Identifier: Apache-2.0
 * conf.h - tocsin.conf: every option in one table. Depends on: base.
 *
 * The file has lines "name = value"; a line that starts with # is a comment. The table
 * makes the reader, the writer, the check and the manual page; an option outside it
 * cannot exist. */
#pragma once
#include "base/buf.h"
#include "base/lang.h"
#include "base/tlp.h"

#define CONF_FILE     "tocsin.conf"
#define CONF_SIZE_MAX KIB(64)

struct conf {
	struct str team_name, team_mail, team_phone, team_timezone;
	enum lang team_language;
	enum tlp team_tlp;
	struct str country, key_passphrase_file;
	bool demo;
	struct str backup_key; /* the public one, in hex; empty: backups are not sealed */
	struct str mail_relay, mail_user, mail_password_file, mail_ca_file, mail_from;
	struct str mail_hours, mail_days, team_days;
	bool mail_critical_at_once;
	int64_t mail_undo_minutes, mail_per_hour, mail_per_recipient_day, mail_timeout;
	int64_t data_cache, role_parsers, team_hour, web_threads;
	struct str web_url;
	bool web_proxy;
};

enum conf_type {
	C_TEXT,	   /* one line; min and max are its length in bytes */
	C_MAIL,	   /* an address, or nothing when min is 0 */
	C_COUNTRY, /* two capital letters, or nothing */
	C_ZONE,	   /* a name as in the time zone database: Europe/Paris */
	C_RELAY,   /* smtp://host:port, smtps://host:port, or nothing */
	C_FILE,	   /* a file's name in the data directory, or nothing */
	C_HOURS,   /* as in base/hours.h */
	C_DAYS,
	C_URL,	   /* where the pages are seen from outside, or nothing */
	C_LANG,
	C_TLP,
	C_BOOL, /* yes or no */
	C_INT,
	C_SIZE, /* bytes, with K, M or G after it */
};

struct conf_item {
	const char *name;
	enum conf_type type;
	size_t offset; /* of the member of struct conf */
	int64_t min, max;
	const char *standard; /* the value when the file says nothing */
	const char *help;
};
/* Ends with an item without a name. */
extern const struct conf_item conf_items[];

/* All options at their standard. */
void conf_init(struct conf *ret);
/* Sets one; E_NOT_FOUND for a name that is no option, E_SYNTAX or E_TOO_BIG for the
 * value. */
MUST int conf_set(struct conf *c, struct str name, struct str value, struct arena *a,
	struct why *why);
/* Reads a file's text. Text in *ret lives in the arena. Says which line is wrong. */
MUST int conf_parse(struct str text, struct arena *a, struct why *why, struct conf *ret);
/* One option's value as the file would have it. */
MUST int conf_value(const struct conf *c, const struct conf_item *item, struct buf *out);
/* The whole file, each option under its help. */
MUST int conf_write(const struct conf *c, struct buf *out);
/* Reads DIR/tocsin.conf; E_NOT_FOUND says that DIR is no data directory. */
MUST int conf_load(int datadir, struct arena *a, struct why *why, struct conf *ret);
/* Puts it in place durably. */
MUST int conf_save(int datadir, const struct conf *c, struct why *why);

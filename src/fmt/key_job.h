/* SPDX-License-Identifier: Apache-2.0
 * key_job.h - messages between work and key. Depends on: base.
 *
 * Work sends one job; key answers with the keys it is about (FRAME_KEY_ONE), then with
 * FRAME_KEY_DONE, or with FRAME_ERROR. Bytes of any size travel as a descriptor with the
 * job or with the end: a file in memory, read whole and never trusted to stay as it is.
 * Both sides read the other's messages as a stranger's: field by field, with limits. */
#pragma once
#include "base/wire.h"

#define KEY_DATA_MAX   MIB(64) /* a mail to sign, to encrypt or to open */
#define KEY_IMPORT_MAX MIB(1)  /* a file of keys */
#define KEY_KEYS_MAX   20      /* keys in such a file */
#define KEY_UIDS_MAX   100     /* user ids of one key in it */
#define KEY_UID_MAX    200     /* bytes of a user id that are kept */
#define KEY_MAILS_MAX  20      /* addresses of a key that are kept */
#define KEY_LIST_MAX   20000   /* keys in one answer */
#define KEY_SIG_MAX    KIB(64) /* a detached signature */
#define KEY_DAYS_MAX   7300    /* a team key lives at most twenty years */

enum key_op {
	KEY_LIST = 1,	   /* all keys; `who`: only this one */
	KEY_LOOK,	   /* the keys in data, which are not taken */
	KEY_IMPORT,	   /* takes the public keys in data */
	KEY_IMPORT_SECRET, /* takes one secret key in data */
	KEY_MAKE,	   /* a secret key for user id `text`, which ends after `days` */
	KEY_EXPORT,	   /* the public key `who`, as text */
	KEY_SIGN,	   /* a detached signature of data by `team` */
	KEY_ENCRYPT,	   /* data for `who`, signed by `team` unless that is empty */
	KEY_VERIFY,	   /* data against the detached signature `text` */
	KEY_DECRYPT,	   /* data, and who signed it if somebody did */
	KEY_OP_END,
};

struct key_job {
	enum key_op op;
	int64_t now;	 /* the clock of who asks */
	struct str team; /* fingerprints: 40 or 64 hex digits in upper case, or empty */
	struct str who;
	struct str text;
	int64_t days; /* 0: never */
};

enum key_state {
	KEY_GOOD,
	KEY_EXPIRED,
	KEY_REVOKED,
	KEY_NOT_YET, /* made in the future */
	KEY_UNFIT,   /* cannot encrypt, or sign, what it is wanted for */
	KEY_MISSING, /* the register names it, but nobody gave us the key itself */
	KEY_STATES,
};
const char *key_state_text(enum key_state s);

/* What key knows of one key. state: for encryption to it, or for signing where it is a
 * secret key's. */
struct key_info {
	struct str fingerprint;
	int64_t created, expires; /* expires 0: never */
	enum key_state state;
	bool secret;
	struct str uid;	  /* the first, UTF-8 in one line */
	struct str mails; /* its addresses in lower case, each ended by LF */
};

enum key_verdict { KEY_NO_SIGNATURE, KEY_SIGNED, KEY_SIGNED_BAD, KEY_SIGNED_UNKNOWN };
struct key_done {
	struct str micalg;	  /* "pgp-sha256": of the signature made */
	enum key_verdict verdict; /* of VERIFY and DECRYPT */
	struct str signer;	  /* fingerprint; may be empty */
};

/* 40 or 64 hex digits in upper case. */
bool key_fingerprint_ok(struct str s);
/* Reads and tells the first thing that is wrong by E_SYNTAX. Views into body. */
MUST int key_job_read(struct str body, struct key_job *ret);
MUST int key_info_read(struct str body, struct key_info *ret);
MUST int key_done_read(struct str body, struct key_done *ret);
void key_job_write(struct writer *w, const struct key_job *j);
void key_info_write(struct writer *w, const struct key_info *k);
void key_done_write(struct writer *w, const struct key_done *d);

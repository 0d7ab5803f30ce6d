/* SPDX-License-Identifier: Apache-2.0
 * limits.h - how big a thing from outside may be, in one place. Depends on: base/err. */
#pragma once
#include "base/err.h"

#define LIMIT_RECORD	      MIB(1)   /* one CSV record; a real row is below 64 KiB */
#define LIMIT_COLUMNS	      512      /* the widest known report has 92 */
#define LIMIT_ROWS	      10000000 /* rows of one feed file */
#define LIMIT_UNPACKED_FEED   GIB(4)   /* bytes of one unpacked feed file */
#define LIMIT_ARCHIVE_ENTRIES 1000
#define LIMIT_NAME	      255  /* a file's or archive member's name */
#define LIMIT_FIELD	      4096 /* a text field of an event; the row has all */
#define LIMIT_KEY_FIELD	      512  /* what makes a finding's key */
#define LIMIT_REGISTER_FILE                                                              \
	MIB(64)		   /* a register file: 300,000 prefixes are about 10 MB */
#define LIMIT_FRAME MIB(1) /* one message between roles */
#define LIMIT_QUARANTINE_TEXT                                                            \
	2048 /* of a refused row, kept for the eye; the file has it all */
#define LIMIT_MAIL	   MIB(50)  /* a mail that came in and is read */
#define LIMIT_MAIL_KEPT	   MIB(200) /* and one that is only kept */
#define LIMIT_MAIL_HEADER  KIB(100) /* one header of it */
#define LIMIT_MAIL_HEADERS MIB(1)   /* all of them */
#define LIMIT_MAIL_PARTS   1000
#define LIMIT_MAIL_DEPTH   30
#define LIMIT_ANSWERS	   100000  /* lines of one machine answer that say something */
#define LIMIT_PROBLEMS	   5000	   /* told of such a file; the rest is only counted */
#define LIMIT_ANSWER_ITEMS 500000  /* bytes of the answers of one form */
#define LIMIT_ANSWER_FILE  MIB(16) /* a table sent back */
#define LIMIT_ANSWER_JSON  MIB(4)  /* the same as JSON: it is read whole */
#define LIMIT_BODY	   KIB(20) /* a digest's body */
#define LIMIT_CSV_ZIP	   MIB(1)  /* a digest's table above this is zipped */
#define LIMIT_CSV_PART	   MIB(5)  /* and above this is split */
#define LIMIT_BACKUP_FILES 2000000 /* a country's feeds of twenty years are 1,200,000 */
#define LIMIT_BACKUP_KEYS  1000 /* private keys and revocations */
#define LIMIT_BACKUP_DB	   GIB(256)

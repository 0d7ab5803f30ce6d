/* SPDX-License-Identifier: Apache-2.0
 * backup_place.c - what a backup may hold, by name: see backup.h. Depends on: base,
 * core/keys. */
#include "cli/backup.h"

#include "base/limits.h"

#include <stdio.h>

#define ORIGINAL_MAX ((int64_t)LIMIT_UNPACKED_FEED + (int64_t)MIB(64))
#define KEYRING_MAX  ((int64_t)MIB(256)) /* a contact's key is about 5 KB */
#define KEY_MAX	     ((int64_t)KIB(64))
#define SECRET_BYTES 32
#define ORIGINAL_HEX (SHA256_HEX + 1) /* with the slash in it */
#define KEY_HEX	     40

static bool all_hex(struct str s, char first_letter)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!(c >= '0' && c <= '9') &&
			!(c >= first_letter && c <= first_letter + 5))
			return false;
	}
	return true;
}

/* "ab/cdef....zst" */
static bool original_like(struct str s)
{
	return s.n == ORIGINAL_HEX + 4 && s.p[2] == '/' && all_hex(str_to(s, 2), 'a') &&
		all_hex(str_to(str_from(s, 3), ORIGINAL_HEX - 3), 'a') &&
		str_ends(s, S(".zst"));
}

/* "7DD7....key" */
static bool key_like(struct str s, struct str ending)
{
	return s.n == KEY_HEX + ending.n && all_hex(str_to(s, KEY_HEX), 'A') &&
		str_ends(s, ending);
}

enum backup_place backup_place(struct str name)
{
	struct str s = name;
	if (scan_lit(&s, BACKUP_ORIGINALS))
		return original_like(s) ? BACKUP_ORIGINAL : BACKUP_NOWHERE;
	if (str_eq(s, S(BACKUP_SECRET)))
		return BACKUP_SEAL_KEY;
	if (!scan_lit(&s, BACKUP_KEYS "/"))
		return BACKUP_NOWHERE;
	if (str_eq(s, S(BACKUP_KEYRING)))
		return BACKUP_RING;
	if (scan_lit(&s, BACKUP_PRIVATE "/"))
		return key_like(s, S(".key")) ? BACKUP_KEY : BACKUP_NOWHERE;
	if (scan_lit(&s, BACKUP_REVOCS "/"))
		return key_like(s, S(".rev")) ? BACKUP_KEY : BACKUP_NOWHERE;
	return BACKUP_NOWHERE;
}

bool backup_place_fits(enum backup_place place, int64_t bytes)
{
	switch (place) {
	case BACKUP_ORIGINAL:
		return bytes <= ORIGINAL_MAX;
	case BACKUP_SEAL_KEY:
		return bytes == SECRET_BYTES;
	case BACKUP_RING:
		return bytes <= KEYRING_MAX;
	case BACKUP_KEY:
		return bytes <= KEY_MAX;
	case BACKUP_NOWHERE:
	default:
		return false;
	}
}

void backup_tell_left_out(const struct backup_left *l, const char *when)
{
	static const char people[] = "what people sign in with",
			  key[] = "the team's OpenPGP key";
	static const char
		enrol[] = "each person enrols again (tocsin user reset NAME)",
		take[] = "the team's key is taken from where you keep it (tocsin "
			 "key import --team --replace FILE)";
	bool both = l->people > 0 && l->team_key;
	if (l->people == 0 && !l->team_key)
		return;
	printf("Not sealed, so it does not hold %s%s%s. %s, %s%s%s.\n",
		l->people > 0 ? people : "", both ? " and " : "", l->team_key ? key : "",
		when, l->people > 0 ? enrol : "", both ? ", and " : "",
		l->team_key ? take : "");
}

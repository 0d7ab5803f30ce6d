/* SPDX-License-Identifier: Apache-2.0
 * files.h - the demo country's data, carried in the program. Depends on: base/str.
 *
 * What is in data/demo/: for `init --demo`, which imports the register files as they are,
 * and for the generator. All of it is invented. */
#pragma once
#include "base/str.h"

/* The bytes of "networks.csv", "words.txt" ...; absent when there is no such file. */
struct str demo_file(const char *name);

/* Lines and fields of our own files: no line end inside quotes, "" is a quote. */
bool demo_line(struct str *rest, struct str *ret_line);
/* Cuts a line at sep into f[max]; fields that are not there are empty. Returns how many
 * there were. Text with doubled quotes is copied into the arena. */
size_t demo_fields(struct arena *a, struct str line, char sep, struct str *f, size_t max);
/* The list called name in words.txt; *ret_n is 0 when there is none. */
const struct str *demo_words(struct arena *a, struct str name, uint32_t *ret_n);

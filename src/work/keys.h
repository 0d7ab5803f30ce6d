/* SPDX-License-Identifier: Apache-2.0
 * keys.h - what work asks the role key. Depends on: base, sys, fmt/key_job, work. The
 * role starts with the first question; what it answers is checked like anything
 * foreign. */
#pragma once
#include "fmt/key_job.h"
#include "work/work.h"

struct keys_answer {
	struct key_info *keys; /* in the arena */
	size_t n;
	struct key_done done;
	struct str data; /* in the arena; absent when none came */
};
/* One job. data: absent when it needs none. E_UNSUPPORTED when there is no gpg. A job
 * that makes nothing lasting is tried again when the role died. */
MUST int keys_ask(struct work *w, const struct key_job *j, struct str data,
	struct arena *a, struct why *why, struct keys_answer *ret);

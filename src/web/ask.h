/* SPDX-License-Identifier: Apache-2.0
 * ask.h - changing something: an act, sent to work in the visitor's name.
 * Depends on: base, sys, core/act.
 *
 * Work looks the credential up itself; this role can ask for nobody who is not there. */
#pragma once
#include "core/act.h"

struct visit;
struct ask {
	enum act_id id;
	struct buf body;
	struct writer w; /* add the fields with rec_text and the like */
	int fd;		 /* a file that goes with it; -1 none */
	bool keep;	 /* its end is looked at under /jobs, however soon it comes */
	bool known;	 /* who asks is no stranger: not in their line */
};
/* id: the act of the visit's row; no other can be asked for, but to note its use. */
void ask_begin(struct visit *v, struct ask *a, enum act_id id);
/* Called for each record of the answer: a view for the call. */
typedef int ask_record_fn(void *ctx, struct str record);
/* The act's own failure comes back as its E_*, with its sentence in v->x.why. fn may be
 * NULL. E_BUSY when too many passwords are being checked already, or when work does
 * something that takes long: then nothing was done; but when v->later is set, it is in
 * the line and will be done, and the visitor is led to its page under /jobs. With
 * a->keep v->later is set whenever work has taken it. */
MUST int ask_send(struct visit *v, struct ask *a, ask_record_fn *fn, void *ctx);

/* SPDX-License-Identifier: Apache-2.0
 * fold.h - events into findings: the same thing in the same place is one finding.
 * Depends on: base, db.
 *
 * Key: classification.type, classification.identifier, address (or network, or name),
 * malware family, and the service port where the catalogue says so; never an ephemeral
 * source port. What a finding shows besides its key (severity, host name, ...) is from
 * its latest event; among events of one second the one with the greatest rank, a number
 * made of file and row. So the end does not depend on the order in which files came.
 *
 * A struct fold remembers what is in the database. After a transaction that failed it is
 * stale: fold_free it and open a new one. */
#pragma once
#include "base/event.h"
#include "core/arrival.h"
#include "core/attrib.h"
#include "core/effect_sum.h"
#include "core/file.h"
#include "core/lifetime.h"

struct fold;
MUST int fold_open(struct ctx *x, struct fold **ret);
void fold_free(struct fold **f);
struct arrivals *fold_arrivals(struct fold *f);
struct effect_sums *fold_sums(struct fold *f);

/* Folds n events of one file, in any order, and adds to the file's counts. Inside a
 * writing transaction; the caller writes the file row back in the same one, and calls
 * fold_write before its end. */
MUST int fold_chunk(struct fold *f, struct ctx *x, const struct attrib_table *t,
	struct file_row *file, const struct event *events, size_t n);
/* The file is read to its end: its report has arrived, and what was not in it may be
 * fixed by that. Inside a writing transaction, with fold_write before its end. */
MUST int fold_finish(struct fold *f, struct ctx *x, struct file_row *file);
/* Writes the sums of what was folded since. Before the end of the transaction. */
MUST int fold_write(struct fold *f, struct ctx *x);
/* Computes one finding's state and spells again from its sightings and claims. ret may be
 * NULL. Inside a writing transaction. */
MUST int fold_state_again(
	struct fold *f, struct ctx *x, int64_t finding, struct life *ret);

/* The finding's key under this installation's secret. For tests and benchmarks too. */
struct key128 fold_key(const struct fold *f, const struct event *e);

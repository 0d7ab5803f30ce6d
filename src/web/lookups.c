/* SPDX-License-Identifier: Apache-2.0
 * lookups.c - the register in memory, for look-ups: see lookups.h. Depends on: base,
 * core. */
#include "web/lookups.h"

#include "core/attrib.h"

#include <pthread.h>

struct lookups {
	pthread_mutex_t lock;
	struct arena arena; /* of the table */
	struct attrib_table *table;
	int64_t seen; /* the trail's last row when it was read */
};

struct lookups *lookups_new(struct arena *a)
{
	struct lookups *l = arena_alloc(a, sizeof(*l));
	*l = (struct lookups){ 0 };
	(void)pthread_mutex_init(&l->lock, NULL);
	return l;
}

void lookups_free(struct lookups *l)
{
	if (l == NULL)
		return;
	l->table = NULL;
	arena_free(&l->arena);
}

static int load(struct lookups *l, struct ctx *x, int64_t last)
{
	l->table = NULL;
	arena_free(&l->arena);
	l->arena = arena_new(MIB(256), "register look-ups");
	l->seen = last;
	return attrib_load(x, &l->arena, &l->table);
}

int lookups_take(struct lookups *l, struct ctx *x, const struct attrib_table **ret)
{
	int64_t changes, last;
	(void)pthread_mutex_lock(&l->lock);
	int r = attrib_changes(x, l->seen, &changes, &last);
	if (r == 0 && (l->table == NULL || changes > 0))
		r = load(l, x, last);
	if (r < 0) {
		lookups_back(l);
		return r;
	}
	l->seen = last;
	*ret = l->table;
	return 0;
}

void lookups_back(struct lookups *l)
{
	(void)pthread_mutex_unlock(&l->lock);
}

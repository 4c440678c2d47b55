/* distinct.h: how many different records there were, by their eventIDs, in bounded memory.
 *
 * Threads:   distinct_add from any worker at once; the rest from one thread.
 *
 * Example:   struct distinct *distinct = distinct_new(jobs, 16 << 20);
 *            ... distinct_add(distinct, worker, id, &err) ...
 *            ok = distinct_count(distinct, &count, &err);
 *            distinct_free(distinct); */
#ifndef TRAIL_DISTINCT_H
#define TRAIL_DISTINCT_H

#include "trail/scan.h"

struct distinct;

struct distinct *distinct_new(unsigned jobs, size_t memory_max);
void distinct_free(struct distinct *distinct); /* NULL is fine */

/* One record; NULL: without an eventID, so it is like no other. */
MUST_USE bool distinct_add(struct distinct *distinct, unsigned worker,
                           const struct trail_record_id *id, struct err *err);
/* After the last; once. */
MUST_USE bool distinct_count(struct distinct *distinct, uint64_t *count, struct err *err);

#endif

/* timeline.h: the root use that a scan comes upon, account by account, as a file that the study
 * reads (source/timeline.h).
 *
 * What counts as root's: userIdentity.type is Root, it is no event of a service, and no service
 * made the call. A call that reached a resource of another account is recorded in both: it is told
 * under the account whose root user it was, once, by the id that the two records share.
 *
 * Memory is bounded: what does not fit is sorted on disk (sorter.h).
 *
 * Ownership: timeline_new/timeline_free; events are copied.
 * Threads:   timeline_add from any worker at once; the rest from one thread.
 *
 * Example:   struct root_timeline *timeline = root_timeline_new(64 << 20);
 *            // In the scan: a silent rule of root_timeline_program, and of each of its matches:
 *            ok = root_timeline_add(timeline, match->event, &err);
 *            // Behind it:
 *            ok = root_timeline_write(timeline, write, shared, &err);
 *            root_timeline_free(timeline); */
#ifndef TRAIL_TIMELINE_H
#define TRAIL_TIMELINE_H

#include "rule/event.h"
#include "rule/program.h"

struct root_timeline;

/* The program that matches what a timeline is of. */
MUST_USE bool root_timeline_program(struct arena *arena, struct rule_program *out, struct err *err);

struct root_timeline *root_timeline_new(size_t memory_max);
void root_timeline_free(struct root_timeline *timeline); /* NULL is fine */

MUST_USE bool root_timeline_add(struct root_timeline *timeline, const struct event *event,
                                struct err *err);

/* After the last event: the header and a row for each, by account, time and event. */
MUST_USE bool root_timeline_write(struct root_timeline *timeline,
                                  bool (*write)(void *shared, struct str bytes, struct err *err),
                                  void *shared, struct err *err);
/* Rows written. */
uint64_t root_timeline_count(const struct root_timeline *timeline);

#endif

/* timeline.h: a timeline of root use, as `trail scan --timeline` writes it: CSV with the columns
 * account, time, event_id, kind and mfa, in any order, others passed over.
 *
 * Events come out by account and time, each once: rows of an account with the same event_id are one
 * event. Files that were put together under one header are fine, and so is any order of rows.
 *
 * Ownership: the timeline owns its events until timeline_release.
 * Threads:   immutable once read.
 *
 * Example:   if (!timeline_read(&timeline, path, &text, &err)) { ... }
 *            size_t count = 0;
 *            const struct timeline_event *events = timeline_of(&timeline, account, &count); */
#ifndef SOURCE_TIMELINE_H
#define SOURCE_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/err.h"
#include "model/root_use.h"

enum timeline_mfa { TIMELINE_MFA_UNKNOWN, TIMELINE_MFA_NO, TIMELINE_MFA_YES };

struct timeline_event {
    uint64_t account; /* the number of 12 digits */
    int64_t at;
    uint64_t id[2]; /* a hash of event_id; 0, 0: none was given, and it is like no other */
    uint8_t kind;   /* enum root_use_kind */
    uint8_t mfa;    /* enum timeline_mfa */
};

struct timeline {
    struct timeline_event *events;
    size_t count, capacity;
    uint64_t copies; /* rows that were an event again */
};

void timeline_release(struct timeline *timeline); /* a zeroed struct is fine */

/* Takes quotes out of the text in place. Errors name `file` and the line. */
MUST_USE bool timeline_read(struct timeline *timeline, struct str file, struct buf *text,
                            struct err *err);

/* An account's events by time; NULL and 0 where there are none. */
const struct timeline_event *timeline_of(const struct timeline *timeline, uint64_t account,
                                         size_t *count);

#endif

/* layout.h: what the name of an object in a trail's bucket tells of the events in it, so that a
 * bucket of ten thousand accounts need not be listed for one day of one of them.
 *
 *     [PREFIX/]AWSLogs/[o-ORGANIZATION/]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/FILE
 *
 * The date is that of delivery: the day of the event, or the day after it. A name that does not
 * follow the layout tells nothing and is wanted.
 *
 * Ownership: texts are borrowed.
 * Threads:   pure functions.
 *
 * Example:   if (layout_is_wanted(&filter, key)) { ... fetch it ... } */
#ifndef TRAIL_LAYOUT_H
#define TRAIL_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "model/control.h"

struct layout_filter {
    struct str_list accounts, regions; /* none: all */
    int64_t since, until;              /* of events; INSTANT_MIN and INSTANT_MAX: all */
    bool wants_digests;
};

/* Whether a key, or a folder (it ends with a slash), may hold something that is asked for. */
bool layout_is_wanted(const struct layout_filter *filter, struct str key);

/* How to list what is below a prefix. */
enum layout_listing {
    LAYOUT_ALL,     /* every key below it may be wanted */
    LAYOUT_FOLDERS, /* folder by folder: some of them are not */
    LAYOUT_NAMED,   /* the folders that are wanted are known by name */
};
/* For LAYOUT_NAMED the folders are appended to `names`, each behind a NUL. */
enum layout_listing layout_plan(const struct layout_filter *filter, struct str prefix,
                                struct buf *names);

#endif

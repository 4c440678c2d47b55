/* number.h: numbers and spans of time as people read them.
 *
 * Example:   number_grouped(&out, 12478);      // "12,478"
 *            number_duration(&out, 3 * 3600);  // "3 hours" */
#ifndef RENDER_NUMBER_H
#define RENDER_NUMBER_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

void number_grouped(struct buf *out, uint64_t value);

/* "1 user", "12,478 users": the plural is the noun with an s. */
void number_counted(struct buf *out, uint64_t value, struct str noun);

/* The largest unit of which there are at least two, rounded down; negative spans count as 0. */
void number_duration(struct buf *out, int64_t seconds);

/* part / whole as "12%"; "<1%" and ">99%" rather than a wrong 0% or 100%. */
void number_percent(struct buf *out, uint64_t part, uint64_t whole);

#endif

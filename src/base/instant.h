/* instant.h: points in time as whole seconds since 1970-01-01T00:00:00Z, and their text.
 *
 * The calendar is the proleptic Gregorian one, years 1 to 9999, no leap seconds (60 is refused):
 * what AWS writes and what Python's datetime reads.
 *
 * Threads: pure functions.
 *
 * Example:   int64_t at;
 *            if (instant_parse(STR("2026-09-11T13:14:52Z"), &at)) { ... at == 1789132492 ... } */
#ifndef BASE_INSTANT_H
#define BASE_INSTANT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/str.h"

#define SECONDS_PER_DAY INT64_C(86400)

/* Every instant of years 1 to 9999 lies between these. */
#define INSTANT_MIN INT64_C(-62135596800)
#define INSTANT_MAX INT64_C(253402300799)

/* Reads YYYY-MM-DDThh:mm:ss[.digits](Z|+00:00), all of s. A fraction is dropped. False on anything
 * else: another offset, an impossible date, lower-case letters, blanks. */
MUST_USE bool instant_parse(struct str s, int64_t *out);

/* What people type: instant_parse's form, or a bare YYYY-MM-DD (its first second, UTC). */
MUST_USE bool instant_parse_human(struct str s, int64_t *out);

/* Appends YYYY-MM-DDThh:mm:ssZ. */
void instant_write(struct buf *out, int64_t at);

/* Days from 1970-01-01 to a civil date; the date must be valid. */
int64_t days_from_civil(int year, int month, int day);

struct civil {
    int year, month, day; /* from 1 */
};

/* The way back. */
struct civil civil_from_days(int64_t day_number);

#endif

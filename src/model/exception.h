/* exception.h: who answers for a finding that stays as it is, why, and until when.
 *
 * What an exception covers is the business of audit/exceptions.h; this is what a reader is told.
 *
 * Ownership: texts belong to whoever read the exceptions.
 * Threads:   immutable once read.
 *
 * Example:   if (as_of >= exception->expires) { ... it holds no more ... } */
#ifndef MODEL_EXCEPTION_H
#define MODEL_EXCEPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct exception {
    struct str id; /* may be empty */
    struct str owner, reason;
    struct str ticket;      /* may be empty */
    struct str expires_day; /* as written: 2026-12-31 */
    int64_t expires;        /* the first second of the day after */
    struct str file;
    uint32_t line;
};

/* What came of an exception in one audit. */
struct exception_use {
    const struct exception *exception;
    uint64_t covered; /* findings it covers */
    uint64_t expired; /* findings it would cover, had it not expired */
    bool is_expired;  /* at the time of the findings, or of the whole audit where there are none */
    bool is_used;     /* its scope met a finding, though an earlier exception may cover it */
};

/* Whether somebody should look at it: it has expired, or met no finding. */
bool exception_use_is_odd(const struct exception_use *use);
/* What came of an odd one, in half a sentence without its place. */
void exception_use_write(struct buf *out, const struct exception_use *use);

#endif

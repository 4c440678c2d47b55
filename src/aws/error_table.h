/* error_table.h: what every error code of AWS means for who called: try again, give up, or go on.
 *
 * Threads:   a constant table.
 *
 * Example:   if (aws_error_class(STR("Throttling"), 400) == AWS_RETRY_SLOWER) { ... } */
#ifndef AWS_ERROR_TABLE_H
#define AWS_ERROR_TABLE_H

#include <stddef.h>

#include "base/str.h"

enum aws_class {
    /* Retry. */
    AWS_RETRY,        /* the service's trouble; it passes */
    AWS_RETRY_SLOWER, /* too many requests */
    AWS_RETRY_CLOCK,  /* our clock is wrong: once, with theirs */
    AWS_RETRY_LOGIN,  /* the session is over: once, with new credentials */
    /* Skip: an answer of its own. The caller goes on without what it asked for. */
    AWS_SKIP_DENIED, /* not allowed: what it would have told is unknown */
    AWS_SKIP_ABSENT, /* there is no such thing: that is what it tells */
    AWS_SKIP_STATE,  /* not now or not here: the caller knows what to make of it */
    /* Fail. */
    AWS_FAIL,       /* the request is wrong, or nobody knows better */
    AWS_FAIL_LOGIN, /* the credentials are no good and will not get better */
};

struct aws_error_row {
    struct str code;
    enum aws_class class;
};

/* By the code or, where it is not in the table (or there is none), by the status: 429 and 5xx are
 * tried again, 401 is a login, 403 a denial, 404 an absence, all else fails. */
enum aws_class aws_error_class(struct str code, unsigned status);

/* The table, for who checks it. */
const struct aws_error_row *aws_error_rows(size_t *count);

#endif

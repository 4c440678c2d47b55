/* exceptions.h: files that say which findings are accepted, by whom, why, and until when.
 *
 * A file is a YAML list (docs/exceptions.md). A control and a principal are named exactly or by
 * globs. Of the exceptions that cover a finding, the first in the order of the files that has not
 * expired counts.
 *
 * Ownership: the set owns its texts; findings point into it, so it must outlive the posture.
 * Threads:   read and bound by one; then matched by many at once, the counts being atomic.
 *
 * Example:   exceptions_init(&set);
 *            exceptions_add_text(&set, path, text, &sink);      // each problem goes to the sink
 *            exceptions_bind(&set, &rules, &err);
 *            scan = exception_scan_new(&set);                   // one for each thread
 *            exception = exceptions_match(scan, control, &principal, as_of, true); */
#ifndef AUDIT_EXCEPTIONS_H
#define AUDIT_EXCEPTIONS_H

#include <stdatomic.h>

#include "audit/pack.h"
#include "base/arena.h"
#include "base/err.h"
#include "codec/yaml.h"
#include "model/control.h"
#include "model/exception.h"
#include "model/user_batch.h"

/* What a condition may ask of a principal, and how conditions are put together. */
enum scope_field { SCOPE_ARN, SCOPE_ACCOUNT, SCOPE_USER };
enum scope_group { SCOPE_AND, SCOPE_OR, SCOPE_NOT };
enum { SCOPE_FIELD_COUNT = 3, SCOPE_GROUP_COUNT = 3, SCOPE_DEPTH_MAX = 8 };

/* All that is given must hold: one of the patterns of each field, every member of `and`, one of
 * `or`, none of `not`. */
struct scope {
    struct str_list fields[SCOPE_FIELD_COUNT];
    struct scope_list {
        const struct scope *items;
        size_t count;
    } groups[SCOPE_GROUP_COUNT];
};

struct exception_rule {
    struct exception exception;
    struct str_list controls; /* patterns */
    struct scope scope;
    const struct yaml_node *node; /* the whole entry, for places in messages */
    uint64_t *control_bits;       /* after exceptions_bind */
    atomic_ullong covered, expired;
    atomic_bool is_used;
};

struct exceptions {
    struct arena arena;
    struct exception_rule *rules;
    size_t count, capacity;
};

/* Where problems of a file go: errors make it unusable, warnings do not. */
struct exception_sink {
    void (*tell)(void *shared, bool is_error, const struct err *err);
    void *shared;
    size_t error_count, warning_count;
};

void exceptions_init(struct exceptions *set);
void exceptions_release(struct exceptions *set);

/* Adds a file's exceptions (copied). False when there was an error; all of them are told. */
MUST_USE bool exceptions_add_text(struct exceptions *set, struct str file, struct str text,
                                  struct exception_sink *sink);
/* Finds out which controls each exception speaks of. Before matching. */
MUST_USE bool exceptions_bind(struct exceptions *set, const struct ruleset *rules, struct err *err);

/* What is right in form and wrong in substance: controls that are not among `ids`, exceptions that
 * have expired at `as_of`, that cover everything, or that an earlier one makes idle. */
void exceptions_lint(const struct exceptions *set, const struct str_list *ids, int64_t as_of,
                     struct exception_sink *sink);

/* One thread's way through the exceptions: keeps at hand those that may concern its account. */
struct exception_scan;

struct exception_scan *exception_scan_new(struct exceptions *set);
void exception_scan_free(struct exception_scan *scan);

/* The exception that covers this failure or unknown as of then, or NULL. With `is_counted` the
 * exceptions' counts are kept: once for each finding. */
const struct exception *exceptions_match(struct exception_scan *scan, size_t control,
                                         const struct row_principal *principal, int64_t as_of,
                                         bool is_counted);

/* Another audit with the same exceptions comes: findings are counted anew. What covered something
 * before stays known to have. */
void exceptions_count_anew(struct exceptions *set);

/* What came of each exception so far, for an audit whose latest as-of time this is. The array is
 * the caller's: mem_free it. */
MUST_USE struct exception_use *exceptions_uses(const struct exceptions *set, int64_t as_of);

/* For exceptions_read.c and exceptions_lint.c. */
void exception_tell(struct exception_sink *sink, bool is_error, struct str file,
                    const struct yaml_node *node, const char *hint, const char *format, ...)
    PRINTF(6, 7);

#endif

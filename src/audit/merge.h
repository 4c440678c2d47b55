/* merge.h: results of tasks, in order, into the posture, the output and the messages.
 *
 * What depends on the whole of a report happens here: line numbers, duplicate users, the missing
 * root row, rules about the account.
 *
 * Ownership: the merger owns its tables; everything else is borrowed.
 * Threads:   one thread at a time.
 *
 * Example:   merge_verdict(merger, verdict, &err); */
#ifndef AUDIT_MERGE_H
#define AUDIT_MERGE_H

#include "audit/judge.h"

enum { DUPLICATE_ROWS_MAX = 1000000, FILE_ERRORS_TOLD_MAX = 20 };

struct merger;

struct merger *merger_new(const struct audit_config *config, struct posture *posture);
void merger_free(struct merger *merger);

MUST_USE bool merger_begin(struct merger *merger, struct err *err);
/* What of a verdict must not wait: the pieces before the one at `index`, which is being judged, and
 * the findings of that one so far. merge_verdict goes on from there; the caller empties `out`. */
MUST_USE bool merge_part(struct merger *merger, struct verdict *verdict, size_t index,
                         struct err *err);
MUST_USE bool merge_verdict(struct merger *merger, struct verdict *verdict, struct err *err);
MUST_USE bool merger_end(struct merger *merger, struct err *err);

#endif

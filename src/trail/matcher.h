/* matcher.h: one record through the filters and through rules, to the sink.
 *
 * Ownership: borrows the configuration; owns its scratch until matcher_free.
 * Threads:   one thread at a time per struct; one for each worker.
 *
 * Example:   struct matcher *matcher = matcher_new(config, worker);
 *            if (!matcher_take(matcher, file, record, rules, &damage, &err)) { ... stop ... }
 *            matcher_free(matcher); */
#ifndef TRAIL_MATCHER_H
#define TRAIL_MATCHER_H

#include "trail/scan.h"

struct matcher;

struct matcher *matcher_new(const struct trail_scan_config *config, unsigned worker);
void matcher_free(struct matcher *matcher);

/* Reads the record in full, asks the rules of this set about it (a bit for each rule of the
 * configuration) and hands on what comes of it. False when the sink stops the scan. A record that
 * cannot be read fills *damage. */
MUST_USE bool matcher_take(struct matcher *matcher, struct str file, struct str record,
                           const uint64_t *rules, struct err *damage, struct err *err);

/* Who the record is; *has_id: it has an eventID. False, with *damage, when it cannot be read. */
MUST_USE bool matcher_identify(struct matcher *matcher, struct str record,
                               struct trail_record_id *id, bool *has_id, struct err *damage);

/* Whether a record says of itself that it is CloudTrail Insights, which is no event. */
bool matcher_is_insight(struct matcher *matcher, struct str record);

/* Records that were read in full. */
uint64_t matcher_parsed(const struct matcher *matcher);

#endif

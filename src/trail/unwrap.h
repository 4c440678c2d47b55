/* unwrap.h: the CloudTrail records inside what other services wrap around them.
 *
 *   {"detail": {..}}                       EventBridge; a detail that is no record is passed over
 *   {"Events": [{"CloudTrailEvent": ".."}]}  LookupEvents
 *   {"logEvents": [{"message": ".."}]}     CloudWatch Logs; a message that is no object likewise
 *   {"QueryResultRows": [[{"eventJson": ".."}]]}   CloudTrail Lake
 *   {"Records": [..]}                      where it is not the first member (records.h)
 *
 * A record is an object with a member "eventVersion" or "eventName". A digest file is told apart;
 * anything else is an error.
 *
 * Ownership: records point into the object or, where they stood in a string, into the struct,
 *            until the next unwrap.
 * Threads:   one thread at a time per struct.
 *
 * Example:   if (!unwrap(&arena, object, take, shared, &is_digest, &err)) { ... } */
#ifndef TRAIL_UNWRAP_H
#define TRAIL_UNWRAP_H

#include "base/arena.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

/* False ends the unwrapping. */
typedef bool (*unwrap_fn)(void *shared, struct str record);

/* Calls `take` for each record in the object, itself if it is one. Strings are resolved in the
 * arena, which is reset before. False with err set for what is no record, and without when `take`
 * ended it. */
MUST_USE bool unwrap(struct arena *arena, struct str object, unwrap_fn take, void *shared,
                     bool *is_digest, struct err *err);

#endif

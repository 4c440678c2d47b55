/* asset.h: how much an account holds, and what that does to the severity of what is wrong in it.
 *
 * The class is that of the sum of an account's IAM users, RDS instances, S3 buckets, EC2 instances
 * and trails: small up to 49, medium up to 250, large beyond.
 *
 * Threads:   pure functions.
 *
 * Example:   finding.severity = asset_severity(control->severity, ASSET_LARGE); */
#ifndef MODEL_ASSET_H
#define MODEL_ASSET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "model/control.h"

enum asset_class {
    ASSET_NONE,    /* nobody asked */
    ASSET_UNKNOWN, /* the account or a count of it is not known */
    ASSET_SMALL,
    ASSET_MEDIUM,
    ASSET_LARGE,
};

enum { ASSET_MEDIUM_FIRST = 50, ASSET_LARGE_FIRST = 251 };

/* The class of a sum of counts; `is_whole`: all five are in it. */
enum asset_class asset_class_of(uint64_t sum, bool is_whole);

/* "unknown", "small", "medium", "large"; empty for ASSET_NONE. */
struct str asset_class_name(enum asset_class asset_class);

/* One level up in a large account, one down in a small one, within the levels there are. */
enum severity asset_severity(enum severity declared, enum asset_class asset_class);

#endif

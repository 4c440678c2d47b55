/* alert.h: one rule that one event of CloudTrail matched, as a person is told of it.
 *
 * Texts are what stands in the record. A text that is not there is empty.
 *
 * Ownership: an alert borrows everything; who keeps one copies it.
 * Threads:   plain values.
 *
 * Example:   format->alert(&out, &alert, &options); */
#ifndef MODEL_ALERT_H
#define MODEL_ALERT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "model/control.h"

/* What a scan asked, of whatever language. */
struct alert_rule {
    struct str id, title, description;
    enum severity severity;
    struct str_list tags, references, falsepositives;
    struct str file; /* that it stands in; empty for a pack's */
    bool is_correlation;
};

struct alert {
    const struct alert_rule *rule;
    struct str time;    /* eventTime as written */
    struct str account; /* recipientAccountId, else the caller's */
    struct str region;  /* awsRegion */
    struct str event_name;
    struct str principal; /* userIdentity.arn, else the best name there is */
    struct str source_ip; /* sourceIPAddress */
    struct str event_id;  /* eventID */
    /* From here for formats that have more room. */
    struct str event_source, principal_type, access_key_id, user_agent, error_code, error_message;
    struct str mfa; /* additionalEventData.MFAUsed */
    struct str file;
    struct str group; /* of a correlation: what its matches have in common */
    uint64_t count;   /* of a correlation: what it counted; 0 for other rules */
};

/* What `level` says: Sigma's names, "informational" to "critical". */
struct str alert_level_name(enum severity severity);

/* Whether the root user of an account did it. */
static inline bool alert_is_root(const struct alert *alert)
{
    return str_eq(alert->principal_type, STR("Root"));
}

#endif

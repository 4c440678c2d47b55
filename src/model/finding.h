/* finding.h: one verdict of one control on one principal, with the values that decided it.
 *
 * Ownership: a finding borrows everything; who keeps one copies it (posture.h does).
 * Threads:   plain values.
 *
 * Example:   csv_finding_write(&out, &finding); */
#ifndef MODEL_FINDING_H
#define MODEL_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "model/asset.h"
#include "model/control.h"
#include "model/exception.h"

enum status { STATUS_FAIL, STATUS_UNKNOWN, STATUS_EXCEPTED, STATUS_NOT_APPLICABLE, STATUS_PASS };
enum { STATUS_COUNT = 5 };

/* "fail", "unknown", "excepted", "not-applicable", "pass". */
struct str status_name(enum status status);

/* Why a verdict is unknown. */
enum gap {
    GAP_NONE,
    GAP_NOT_COLLECTED, /* a credential report never says it: collect it */
    GAP_INPUT,         /* the input given should say it: missing column, unreadable or odd value */
};

/* One deciding value: a column (or attribute) and what stood there. */
struct evidence {
    struct str name;
    struct str value;
    enum gap gap; /* GAP_NONE for a plain value; else `value` says why it is unknown */
};

enum { EVIDENCE_COUNT_MAX = 24, KEY_SLOTS = 2 };

/* What the row says of a key slot, as it stands in the report; empty where it says nothing. */
struct key_slot {
    struct str active, rotated;
};

struct finding {
    const struct control *control;
    enum status status;
    enum severity severity; /* the control's, raised or lowered by asset_class */
    enum gap gap;
    enum asset_class asset_class; /* of the account; ASSET_NONE without --accounts */
    struct str account;           /* 12 digits, or empty */
    struct str user;              /* as in the report; empty for account-level rules */
    struct str arn;               /* may be empty */
    struct str partition;         /* "aws", "aws-cn", ...; empty where no arn of the report tells */
    struct str path;              /* of the report, as it was named or found */
    int64_t as_of;                /* what time the report was judged as of */
    struct key_slot keys[KEY_SLOTS]; /* only for formats that ask for them (report.h) */
    const struct evidence *evidence;
    size_t evidence_count;
    struct str organization;           /* of the account; may be empty */
    const struct exception *exception; /* of an excepted finding: who answers for it; else NULL */
    bool was_unknown;                  /* of an excepted finding: unknown without it, not fail */
};

#endif

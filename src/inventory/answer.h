/* answer.h: one answer of AWS as it was kept, or why there is none.
 *
 * What an account answered is kept as it came, and everything else is made of that: the inventory,
 * and whatever a later version will want to know of it.
 *
 * Ownership: plain slices; the texts live as long as their maker says.
 * Threads:   plain values.
 *
 * Example:   struct answer answer = {.action = STR("iam:GetAccountSummary"), .body = body}; */
#ifndef INVENTORY_ANSWER_H
#define INVENTORY_ANSWER_H

#include <stdint.h>

#include "base/str.h"

enum answer_outcome {
    ANSWER_GIVEN,
    ANSWER_ABSENT, /* there is no such thing */
    ANSWER_DENIED,
    ANSWER_FAILED,
};

struct answer {
    struct str action;  /* the permission the call takes: "iam:ListVirtualMFADevices" */
    struct str region;  /* empty: of a global service */
    struct str subject; /* whom it was about: a user's name, the id of an access key (root's too),
                         * an ARN; in a session of root "<root_account>"; empty: the account */
    uint32_t page;      /* 0 is the first */
    enum answer_outcome outcome;
    struct str code; /* AWS's error code; empty for what was given */
    struct str body; /* as it came, XML or JSON */
};

#endif

/* inventory.h: what the answers of one account say, as entities of the rule language.
 *
 * Each row is one entity as JSON, as value_from_json reads it. What no answer tells is left out of
 * it, so that a rule finds it missing and says unknown; nothing is guessed. An attribute that needs
 * an answer which was denied or failed, be it one page or one region of it, is left out, and the
 * others stay. A list that breaks off (a page is missing) is a missing list.
 *
 * Rows are of these kinds; their names say which one they are:
 *
 *   AWS, IAMPasswordPolicy                        one each, without a name
 *   IAMUser                                       name as in the report, "<root_account>" too
 *                                                 "*": every user without a row of its own
 *   IAMGroup, IAMPolicy, IAMRole, ServerCertificate   ARN
 *   Region                                        its name
 *   EC2Instance                                   its id
 *
 * Nothing is said twice. A list of AWS whose entities have rows of their own (IAMGroups, IAMRoles,
 * IAMPolicies, ServerCertificates, Regions, EC2Instances) is `[]` in the row AWS where the rows are
 * all there are, and is not there where nobody knows. Inside other rows such an entity is no more
 * than {"id":...,"Name":...}, and the row that bears its id as name has the rest. Whoever judges
 * joins them.
 *
 * Of a user only what was collected is there; the credential report has the rest. AccessKey holds
 * all keys, each with its id; where nobody asked for the last use of one, the slot of the report
 * with the same LastRotatedTime has it. Of root, ToldBy says which call told what.
 *
 * Ownership: everything lives in the arena; nothing points into the answers.
 * Threads:   pure functions.
 *
 * Example:   struct inventory inventory;
 *            if (!inventory_read(&arena, STR("111122223333"), answers, count, &inventory, &err)) {
 *                return false;
 *            } */
#ifndef INVENTORY_INVENTORY_H
#define INVENTORY_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"
#include "inventory/answer.h"

struct entity_row {
    struct str kind; /* an entity of the rule language */
    struct str name; /* which one; empty for the one of the account */
    struct str json;
};

/* What was asked and not told. Each once, however many pages it has. */
struct inventory_gap {
    struct str action, region, subject;
    struct str code;             /* of AWS; empty for an answer that nobody could read */
    enum answer_outcome outcome; /* ANSWER_DENIED or ANSWER_FAILED */
};

struct inventory {
    struct entity_row *rows; /* by kind, then by name */
    size_t row_count;
    struct inventory_gap *gaps; /* by action, subject and region */
    size_t gap_count;
};

/* How many of each the account has. */
struct inventory_count {
    bool is_known;
    uint64_t count;
};
struct inventory_assets {
    struct inventory_count iam_users, rds, s3, ec2, cloudtrail;
};

/* The answers may come in any order; those of another page of the same call belong together.
 * An answer that cannot be read counts as failed and is a gap of its own. Fails (ERR_INPUT) only
 * when the arena is full. */
MUST_USE bool inventory_read(struct arena *arena, struct str account, const struct answer *answers,
                             size_t count, struct inventory *out, struct err *err);

/* What the answers of `--assets` add up to; a region that did not answer makes its sum unknown.
 * Fails (ERR_INPUT) only when an answer is larger than any account's. */
MUST_USE bool inventory_assets(const struct answer *answers, size_t count,
                               struct inventory_assets *out, struct err *err);

#endif

/* account_rule.h: a rule about the account, judged by what was collected: one answer for all the
 * entities that it is about.
 *
 * It fails when one of them fails; else it is unknown when one is, or when nobody knows whether
 * there are others; else it passes when one does, and is not applicable when it asks about none.
 *
 * Ownership: the answer's evidence lives until the next one is asked for.
 * Threads:   one thread at a time per judge.
 *
 * Example:   account_rule_answer(judge, set, &program, as_of, &answer);
 *            if (answer.status == STATUS_FAIL) { ... answer.evidence ... } */
#ifndef AUDIT_ACCOUNT_RULE_H
#define AUDIT_ACCOUNT_RULE_H

#include "audit/entity_set.h"
#include "model/finding.h"

struct account_answer {
    enum status status;
    enum gap gap;
    struct evidence evidence[EVIDENCE_COUNT_MAX];
    size_t evidence_count;
};

struct account_judge;

struct account_judge *account_judge_new(void);
void account_judge_free(struct account_judge *judge); /* NULL is fine */

void account_rule_answer(struct account_judge *judge, const struct entity_set *set,
                         const struct rule_program *program, int64_t as_of,
                         struct account_answer *out);

#endif

/* trail_rules.h: --pack, --rules, --placeholders and --min-level as what a scan asks.
 *
 * Sigma rules of packs and files come first, then filter patterns of CloudWatch and rules of the
 * audit language about CloudTrailEvent; behind all rules stand the correlations of Sigma.
 *
 * Ownership: owns everything that its rules point to.
 * Threads:   immutable once loaded.
 *
 * Example:   struct trail_rules rules;
 *            trail_rules_init(&rules);
 *            if (trail_rules_load(&rules, args, &err)) { ... rules.scanned ... }
 *            trail_rules_release(&rules); */
#ifndef CLI_TRAIL_RULES_H
#define CLI_TRAIL_RULES_H

#include "audit/pack.h"
#include "base/buf.h"
#include "cli/opt.h"
#include "model/alert.h"
#include "rule/sigma.h"
#include "trail/scan.h"

struct trail_rules {
    struct sigma_set set;
    struct ruleset others;
    struct trail_rule *scanned; /* `count` of them */
    struct alert_rule *alerts;  /* the same, and the correlations behind */
    bool *is_silent;            /* as long as `alerts` */
    size_t count, alert_count;
    struct buf names; /* of packs and files, for people */
};

void trail_rules_init(struct trail_rules *rules);
void trail_rules_release(struct trail_rules *rules);

/* Errors name file, line and column. */
MUST_USE bool trail_rules_load(struct trail_rules *rules, const struct args *args, struct err *err);

/* Says on standard error which rules can never match, and what was left out. */
void trail_rules_tell(const struct trail_rules *rules);

#endif

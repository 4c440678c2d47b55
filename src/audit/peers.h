/* peers.h: the checks of other tools as rules of ours, each beside the control it is held against.
 *
 * rules/compare/SYSTEM.yaml is a list of {id, compares: OUR CONTROL, with: {OUR PARAMETER: n},
 * narrowed: OUR RULE, rule, joins: namesakes, why: [{ours, theirs, text}], source, version}. A
 * check's rule answers on a row of a report what the tool's published code answers; not applicable
 * is what it says nothing about. A check that `joins` namesakes is asked again, at the end of a
 * report, about each user whom its tool gives the keys of others (namesakes.h). Where a tool splits
 * what one control of ours asks, `narrowed` is the part of our rule that the check asks too: nobody
 * is blamed for leaving to one check what another of theirs does.
 *
 * Ownership: peers own all that their checks point to.
 * Threads:   immutable once loaded.
 *
 * Example:   struct peers peers;
 *            if (!peers_load(&peers, STR("prowler,steampipe"), &err)) { ... }
 *            ... peers.pairs[i].theirs is the rule of peers.checks[i] ...
 *            peers_release(&peers); */
#ifndef AUDIT_PEERS_H
#define AUDIT_PEERS_H

#include "audit/engine.h"
#include "audit/pack.h"
#include "model/difference.h"

struct peers {
    struct ruleset catalogue; /* where controls of ours come from */
    struct ruleset rules;     /* compiled: theirs and ours */
    struct arena arena;
    struct peer_check *checks;
    struct audit_pair *pairs; /* of each check, its rules */
    size_t count, capacity;
    size_t joining; /* the check that joins namesakes; `count` where none does */
};

/* Loads the systems of a list parted by commas; an unknown name is ERR_USAGE with those there are.
 * Release it in either case. */
MUST_USE bool peers_load(struct peers *peers, struct str systems, struct err *err);
void peers_release(struct peers *peers);

#endif

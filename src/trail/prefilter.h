/* prefilter.h: which rules may match a record, told from its bytes without reading it as JSON.
 *
 * Compiled from what rule/literals.h says that each rule needs. Two ways lead from bytes to rules:
 *
 *   a name   of a member, such as "eventName", is found; its value is looked up among the values
 *            that rules need there. One look, however many rules there are
 *   a text   that some value holds is found, whatever it belongs to
 *
 * It never leaves out a rule that matches or would be unknown:
 *
 *   letters     JSON may write any character as an escape. A record in which an escape stands for
 *               a character of some name or text may match every rule
 *   case        ASCII letters are compared without case, but for names of members
 *   places      a name counts wherever it stands, in other objects and in arrays too, each time
 *               it stands there; white space around the colon is passed over
 *   values      an array as a value may match all rules that ask about the name
 *   open rules  those of which nothing is known may match every record
 *
 * On the way it may watch for one name more, which costs nothing: where records say who they are.
 *
 * Ownership: prefilter_new/prefilter_free; it borrows nothing.
 * Threads:   immutable; one struct prefilter_scratch for each thread.
 *
 * Example:   if (prefilter_ask(prefilter, &scratch, record, bits)) { ... read the record ... } */
#ifndef TRAIL_PREFILTER_H
#define TRAIL_PREFILTER_H

#include "base/compiler.h"
#include "base/err.h"
#include "trail/needles.h"
#include "trail/scan.h"

struct prefilter;

struct prefilter_scratch {
    uint32_t hits[NEEDLES_TEXT_MAX];
    /* Of the record asked about last: the watched name stands in front of this offset, and not
     * behind it; 0: nowhere. But escapes may hide one more. */
    size_t watched_end;
    bool watched_may_hide;
};

/* `watched` is the name of a member, in plain ASCII, whose place is wanted, or empty. NULL with
 * err set when the rules need more memory than they should. */
struct prefilter *prefilter_new(const struct trail_rule *rules, size_t rule_count,
                                struct str watched, enum simd_level simd, struct err *err);
void prefilter_free(struct prefilter *prefilter);

/* 64-bit words that a set of rules takes: one at least, and more bits than rules. */
size_t prefilter_words(const struct prefilter *prefilter);

/* Fills the set of rules that may match; false when it is empty. */
bool prefilter_ask(const struct prefilter *prefilter, struct prefilter_scratch *scratch,
                   struct str record, uint64_t *rules);

/* Rules of which nothing is known. */
size_t prefilter_open_count(const struct prefilter *prefilter);

#endif

/* literals.h: what a rule needs to find in an event's bytes: a necessary condition for prefilters.
 *
 * For each program: alternatives, one of which must hold in any event that the program matches or
 * is unknown about; or none at all, when nothing of the kind is known and every event must be
 * looked at.
 *
 * An alternative says: a value at `path` is `text`, or holds it, in any letter case of ASCII. The
 * texts hold no quote, no backslash and no control character, so that in JSON without backslashes
 * they stand as they are; JSON may write any character as an escape, so an event with a backslash
 * in the value looked at needs its escapes resolved, or a full look. A path is loose: arrays on the
 * way count element by element.
 *
 * Chosen is what is rarest in real trails: names of calls before kinds of callers before services.
 *
 * Ownership: lives in the arena and in the program.
 * Threads:   immutable.
 *
 * Example:   if (literals_find(&arena, &program, &literals) && !literals.is_open) { ... } */
#ifndef RULE_LITERALS_H
#define RULE_LITERALS_H

#include "rule/event_match.h"
#include "rule/program.h"

struct literal {
    const struct event_path *path; /* no steps: any value of the event */
    struct str text;               /* in lower case */
    bool is_whole;                 /* the value is the text; else it holds it somewhere */
};

struct literals {
    const struct literal *items;
    size_t count; /* 0 and not open: no event can match */
    bool is_open; /* nothing is known: look at every event */
};

/* False only when the arena is full. */
MUST_USE bool literals_find(struct arena *arena, const struct rule_program *program,
                            struct literals *out);

/* Whether an event fulfils them: the plain meaning, for tests and for those who parse anyway. */
bool literals_hold(struct match_context *context, const struct literals *literals,
                   const struct event *event);

#endif

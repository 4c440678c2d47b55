/* value.h: what an attribute can hold, absence in all its kinds included, and three-valued truth.
 *
 * Never used, none (no such credential), not supported, missing and unreadable are different
 * things; only the first two are answers.
 *
 * Ownership: lists, structs and strings live in the arena of whoever built them.
 * Threads:   plain values.
 *
 * Example:   struct value at = {.kind = VALUE_TIME, .number = 1789132492}; */
#ifndef RULE_VALUE_H
#define RULE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"
#include "rule/schema.h"

/* Kleene's three values, ordered: and is the minimum, or the maximum, not the mirror. */
enum truth { TRUTH_FALSE, TRUTH_UNKNOWN, TRUTH_TRUE };

static inline enum truth truth_not(enum truth a)
{
    return (enum truth)(TRUTH_TRUE - a);
}

static inline enum truth truth_and(enum truth a, enum truth b)
{
    return a < b ? a : b;
}

static inline enum truth truth_or(enum truth a, enum truth b)
{
    return a > b ? a : b;
}

static inline enum truth truth_of(bool b)
{
    return b ? TRUTH_TRUE : TRUTH_FALSE;
}

enum value_kind {
    VALUE_MISSING,       /* nobody said: a column not there, a call not made */
    VALUE_UNREADABLE,    /* something stood there that is no value of the type */
    VALUE_NOT_SUPPORTED, /* the source says it cannot tell */
    VALUE_NEVER,         /* a time: it never happened */
    VALUE_NONE,          /* there is no such credential */
    VALUE_BOOL,
    VALUE_NUMBER,
    VALUE_STRING,
    VALUE_TIME,     /* number: seconds since 1970 */
    VALUE_DURATION, /* number: seconds */
    VALUE_IP,       /* string: as written */
    VALUE_LIST,
    VALUE_STRUCT,
};

struct value {
    enum value_kind kind;
    bool maybe_absent; /* element of a list: whether it is there at all is unknown */
    bool boolean;
    uint8_t found; /* an enum value_kind. VALUE_UNREADABLE: a JSON value of that kind stood there */
    int64_t number;    /* of an element made of a report's slot: which, from 1 */
    struct str string; /* for VALUE_UNREADABLE: what stood there */
    /* LIST: its elements. STRUCT: one value per attribute of `entity`, in schema order; for an open
     * struct, values whose names are in `names`. */
    struct value *items;
    size_t count;
    const struct schema_entity *entity;
    const struct str *names;
};

static inline bool value_is_unknown(const struct value *value)
{
    return value->kind <= VALUE_NOT_SUPPORTED;
}

/* An entity from JSON, as `rule test` and `rule explain` take it: attribute names in any case,
 * times as ISO text or seconds (0: never) or the words of the report (N/A: none, no_information:
 * never, not_supported); null or no member: missing. A name that the schema lacks is an error with
 * a hint. */
MUST_USE bool value_from_json(struct arena *arena, struct str json,
                              const struct schema_entity *entity, struct value *out,
                              struct err *err);

#endif

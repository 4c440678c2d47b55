/* correlation.h: rules about several matches in a span of time, as data; trail/correlate runs them.
 *
 * A correlation refers to members: rules, or other correlations. Each match of a member belongs to
 * a group: the texts of its `group_by` fields. An event that lacks one of them takes no part.
 *
 * Ownership: lives in the arena of the set it was read into.
 * Threads:   immutable.
 *
 * Example:   for (size_t i = 0; i < correlation->member_count; i++) { ... } */
#ifndef RULE_CORRELATION_H
#define RULE_CORRELATION_H

#include "model/control.h"
#include "rule/event.h"

enum correlation_kind {
    CORRELATE_EVENT_COUNT,
    CORRELATE_VALUE_COUNT,
    CORRELATE_TEMPORAL,
    CORRELATE_TEMPORAL_ORDERED,
    CORRELATE_FIRST_SEEN, /* ours: a group without a match in the timespan before */
};

enum { CORRELATION_MEMBERS_MAX = 64, CORRELATION_FIELDS_MAX = 16, CORRELATION_COUNT_MAX = 100000 };

struct correlation_member {
    struct str reference; /* as written */
    uint32_t line, col;
    bool is_correlation;
    size_t index; /* of the rule or correlation in its set */
    /* Where this member's events hold each field of group_by. */
    const struct event_path *group_by;
};

/* least <= count <= most. */
struct correlation {
    struct str id, name, title, status, description, author;
    enum severity severity;
    bool has_level;
    struct str_list tags, references, falsepositives;
    enum correlation_kind kind;
    struct correlation_member *members;
    size_t member_count;
    struct str_list group_by; /* fields or aliases */
    struct event_path field;  /* VALUE_COUNT */
    int64_t timespan;         /* seconds */
    uint32_t least, most;
    bool generates; /* its rules alert on their own too */
    bool is_silent; /* a member of another that does not generate */
    struct str file, source;
    uint32_t line;
};

#endif

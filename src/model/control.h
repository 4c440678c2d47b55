/* control.h: one control of a pack: what it asks, how bad a failure is, what to do about it.
 *
 * Ownership: texts belong to the pack that the control was loaded from.
 * Threads:   immutable once loaded.
 *
 * Example:   if (control->severity >= fail_on) { ... } */
#ifndef MODEL_CONTROL_H
#define MODEL_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };
enum { SEVERITY_COUNT = 5 };

/* "info" ... "critical". */
struct str severity_name(enum severity severity);
bool severity_parse(struct str name, enum severity *out);

struct str_list {
    const struct str *items;
    size_t count;
};

/* The id a control has in another system: {"cis-7.0", "2.4"}. */
struct control_map {
    struct str system, id;
};

struct control_param {
    struct str name;
    int64_t value;
};

struct control {
    struct str id;
    struct str extends; /* id of the control whose fields it took over; empty for most */
    struct str title;   /* the id where the pack gives none */
    enum severity severity;
    struct str rule; /* rule text */
    struct str description, impact, rationale;
    struct str_list audit;       /* steps that reproduce the finding */
    struct str_list remediation; /* steps that mend it */
    struct str cli; /* AWS CLI line; {user} {account} {arn} {partition} are filled in */
    struct str_list references;
    const struct control_map *maps;
    size_t map_count;
    struct control_param *params;
    size_t param_count;
};

#endif

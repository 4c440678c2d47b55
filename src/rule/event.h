/* event.h: one CloudTrail record as a flat tree, and the values that a path reaches in it.
 *
 * Nodes stand in the order of the text, a container before what is in it. Strings without escapes
 * point into the text; the others are resolved into an arena that is used again for the next
 * record, as the nodes are: after the first records, parsing allocates nothing.
 *
 * Of members of one object with the same name the last counts, as for most readers of JSON; the
 * others are marked and no path, no search and no text form shows them.
 *
 * Ownership: the text must outlive the event; the struct owns nodes and resolved strings until the
 *            next event_parse or event_release.
 * Threads:   one thread at a time.
 *
 * Example:   struct event event;
 *            event_init(&event);
 *            if (event_parse(&event, json, &err)) { event_visit(&event, &path, visit, &shared); }
 *            event_release(&event); */
#ifndef RULE_EVENT_H
#define RULE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

enum {
    EVENT_SIZE_MAX = 16 << 20,
    EVENT_NODE_COUNT_MAX = 1 << 20,
    EVENT_PATH_STEPS_MAX = 32,
};

enum event_kind {
    EVENT_OBJECT,
    EVENT_ARRAY,
    EVENT_STRING,
    EVENT_NUMBER,
    EVENT_TRUE,
    EVENT_FALSE,
    EVENT_NULL,
};

struct event_node {
    enum event_kind kind;
    bool is_shadowed; /* a later member of the same object has its name */
    uint32_t end;     /* index behind its last descendant, where its next sibling is, if any */
    struct str key;   /* of a member, escapes resolved */
    struct str text;  /* STRING: escapes resolved; NUMBER, TRUE, FALSE: as written */
};

struct event {
    struct event_node *nodes; /* [0] is the record */
    uint32_t count, capacity;
    struct arena arena;
    uint32_t *sorted; /* scratch of event_parse */
    uint32_t sorted_capacity;
};

void event_init(struct event *event);
void event_release(struct event *event);

/* Fails on anything that is no JSON object, and past the limits above; errors have line and column
 * in `json`. */
MUST_USE bool event_parse(struct event *event, struct str json, struct err *err);

/* A step by name, or with a name that is empty by index. */
struct event_step {
    struct str name;
    uint32_t index;
};

/* Loose (Sigma): a step by name goes through arrays into every element, and an array at the end
 * stands for its elements. Strict (CloudWatch): a step fits or there is nothing. */
struct event_path {
    struct str text; /* as the rule writes it */
    const struct event_step *steps;
    uint32_t step_count;
    bool is_strict;
};

/* The loose path that a dotted name says; false past the limits or with an empty step. */
MUST_USE bool event_path_parse(struct arena *arena, struct str text, struct event_path *out,
                               struct err *err);

/* Calls `visit` for each value the path reaches, nulls included, until one answers true; says
 * whether one did. A loose path visits no array. */
typedef bool (*event_visit_fn)(void *shared, const struct event *event,
                               const struct event_node *node);
bool event_visit(const struct event *event, const struct event_path *path, event_visit_fn visit,
                 void *shared);
/* The same for every string, number and boolean of the record. */
bool event_visit_all(const struct event *event, event_visit_fn visit, void *shared);

/* Whether there is such a member at all, whatever it holds. */
bool event_has(const struct event *event, const struct event_path *path);

/* The first value there that is not null, as text; false when there is none. An object's text form
 * is built in `scratch`. */
bool event_text(const struct event *event, const struct event_path *path, struct buf *scratch,
                struct str *out);

/* A node as text: of a string what it says, of a number or boolean what is written, of an object or
 * array its text form, built in `scratch`: compact JSON in the order of the record, but with the
 * escapes in its strings resolved, so that a policy inside a string reads as it was given. */
struct str event_node_text(const struct event *event, const struct event_node *node,
                           struct buf *scratch);

/* Reads what JSON calls a number, all of it. */
MUST_USE bool event_number(struct str text, double *out);

#endif

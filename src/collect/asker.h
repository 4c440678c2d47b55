/* asker.h: calls in a row, whose answers and warnings belong together.
 *
 * Of an account, or of the organization. What is denied or fails for good is noted twice, as an
 * answer that says so and as a warning for people, and who asks goes on. Names on one page that the
 * next calls are about are gathered while the page is there.
 *
 * Ownership: the asker owns answers, warnings and names until asker_release.
 * Threads:   one thread at a time.
 *
 * Example:   struct asker asker;
 *            struct ask ask = {.session = &session};
 *            asker_init(&asker);
 *            if (!asker_ask(&asker, &ask, CALL_GET_SUMMARY, NULL, &err)) { return false; }
 *            asker_release(&asker); */
#ifndef COLLECT_ASKER_H
#define COLLECT_ASKER_H

#include "collect/page.h"

/* Something that could not be had: its attributes are unknown, and nothing else. */
struct collect_warning {
    const char *action; /* the permission, "iam:ListVirtualMFADevices" */
    char code[64];      /* of AWS; empty for what is no answer of AWS */
    bool is_denied;
    struct err err;
};

struct asker {
    struct answers answers;
    struct collect_warning *warnings;
    size_t warning_count, warning_capacity;
    struct arena arena; /* of names and whatever else lives as long */
};

void asker_init(struct asker *asker);
void asker_release(struct asker *asker); /* a zeroed struct is fine */

/* Sets the call and asks. False, with *err, when there is no going on. `end` may be NULL. */
MUST_USE bool asker_ask(struct asker *asker, struct ask *ask, enum call_id id, enum ask_end *end,
                        struct err *err);
void asker_warn(struct asker *asker, const char *action, const struct aws_failure *failure,
                const struct err *err);

struct gathered {
    struct str *items;
    size_t count, capacity;
};

void gathered_release(struct gathered *names); /* a zeroed struct is fine */
/* Adds a copy, once. False when the arena is full. */
MUST_USE bool gathered_add(struct gathered *names, struct arena *arena, struct str name);
bool gathered_have(const struct gathered *names, struct str name);

/* For pages that are looked at for the names on them. */
struct gather {
    struct asker *asker;
    struct gathered *to;
    const char *list;                          /* path in the result */
    const char *field;                         /* path in an element of it */
    bool (*takes)(const struct tree *element); /* NULL: each */
};
/* A page_fn over a struct gather. */
bool gather_page(void *gather, const struct tree *result, struct err *err);

#endif

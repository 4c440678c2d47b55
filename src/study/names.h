/* names.h: names of organizations and units, each once, by number; number 0 is the empty one.
 *
 * Ownership: names_release frees the texts, too.
 * Threads:   one while names are added; any number once no more are.
 *
 * Example:   if (!names_intern(&names, STR("Larkspur"), &number)) { ... too many ... } */
#ifndef STUDY_NAMES_H
#define STUDY_NAMES_H

#include "base/arena.h"

struct names {
    struct str *list;
    size_t count, capacity;
    uint32_t *slots; /* number of a name, 0 for an empty slot */
    size_t slot_count;
    struct arena arena;
};

void names_init(struct names *names);
void names_release(struct names *names);
/* False when all names together are too long. */
MUST_USE bool names_intern(struct names *names, struct str name, uint32_t *out);

#endif

/* value_random.h: random entities with every kind of value and absence, and their refinements.
 *
 * Ownership: values live in the arena.
 * Threads:   one thread at a time.
 *
 * Example:   struct value user;
 *            value_random(&arena, &random, schema_entity_find(STR("IAMUser")), &user); */
#ifndef SUPPORT_VALUE_RANDOM_H
#define SUPPORT_VALUE_RANDOM_H

#include "rule/value.h"
#include "support/random.h"

/* The instant that random times are around: judge as of then. */
#define VALUE_RANDOM_NOW INT64_C(1793491200) /* 2026-11-01 */

void value_random(struct arena *arena, struct random *random, const struct schema_entity *entity,
                  struct value *out);

/* The same entity with some of what was unknown (all of it, when `whole`) made known: a missing,
 * unreadable or unsupported value becomes some value, an element that may be absent is there or is
 * not. */
void value_refine(struct arena *arena, struct random *random, const struct value *value, bool whole,
                  struct value *out);

#endif

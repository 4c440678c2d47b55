/* event_value.h: an event as an entity of the rule language.
 *
 * The schema says which members a record may have and their types. Unlike an entity that was
 * collected call by call, a record is complete: what is not in it, or is null there, is `none`, not
 * unknown. A member of another type than the schema says is unreadable, and so unknown.
 *
 * Ownership: values live in the arena; their texts point into the event.
 * Threads:   pure function.
 *
 * Example:   if (value_from_event(&arena, &event, program->entity, &entity)) { ... } */
#ifndef RULE_EVENT_VALUE_H
#define RULE_EVENT_VALUE_H

#include "rule/event.h"
#include "rule/value.h"

/* False only when the arena is full. */
MUST_USE bool value_from_event(struct arena *arena, const struct event *event,
                               const struct schema_entity *entity, struct value *out);

#endif

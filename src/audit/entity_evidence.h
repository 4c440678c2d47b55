/* entity_evidence.h: which values of an entity decided a rule's verdict on it.
 *
 * What the report says is called by its columns, everything else by its attributes.
 *
 * Ownership: evidence points into the entity, the row and the arena.
 * Threads:   as the context's.
 *
 * Example:   struct entity_evidence all = {.context = &context, .arena = &arena, .set = set};
 *            entity_evidence_gather(&all, &program, &entity);
 *            ... all.items, all.count, all.gap ... */
#ifndef AUDIT_ENTITY_EVIDENCE_H
#define AUDIT_ENTITY_EVIDENCE_H

#include "audit/entity_set.h"
#include "base/buf.h"
#include "model/finding.h"
#include "model/user_batch.h"
#include "rule/eval.h"

struct entity_evidence {
    struct eval_context *context;
    struct arena *arena;          /* of the texts */
    const struct entity_set *set; /* why something is missing; NULL: nothing was collected */
    /* Of a row of a report; else NULL: */
    const struct user_batch *batch;
    size_t row;
    struct str user;
    const struct value *collected; /* of that user; NULL: nothing */

    struct evidence *items; /* EVIDENCE_COUNT_MAX of them */
    size_t count;
    enum gap gap;
    const struct node *lists[FRAME_COUNT_MAX]; /* private: what each frame is an element of */
};

/* An element of a list of keys or certificates that the report only says is there. */
enum { SLOT_UNSEEN = -1 };

/* Adds what decided. */
void entity_evidence_gather(struct entity_evidence *all, const struct rule_program *program,
                            const struct value *entity);
/* Adds one item; its texts stay. */
void entity_evidence_add(struct entity_evidence *all, struct str name, struct str value,
                         enum gap gap);
/* A copy in the arena; empty where it is full. */
struct str entity_evidence_keep(struct entity_evidence *all, const struct buf *text);

#endif

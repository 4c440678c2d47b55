/* entity_set.h: what was collected beside one report, as rules see it: entities that know each
 * other.
 *
 * Lists of an entity whose elements have rows of their own hold those rows: a group its policies, a
 * user its groups, the account all of them. What was collected stands before what the report says,
 * member by member.
 *
 * Ownership: a set owns all it hands out.
 * Threads:   one at a time; immutable but for the users that are added.
 *
 * Example:   if (!entity_set_new(&inventory, &set, &err)) { ... }
 *            entity_set_merge(set, &arena, STR("ann"), &row, &replaces);
 *            entity_set_free(set); */
#ifndef AUDIT_ENTITY_SET_H
#define AUDIT_ENTITY_SET_H

#include "inventory/inventory.h"
#include "rule/program.h"
#include "rule/value.h"

struct entity_set;

struct named_entity {
    struct str name;
    struct value value;
};

/* Copies all it needs. */
MUST_USE bool entity_set_new(const struct inventory *inventory, struct entity_set **out,
                             struct err *err);
void entity_set_free(struct entity_set *set); /* NULL is fine */

/* The entities of a kind, by name; *is_complete: there are no others. */
const struct named_entity *entity_set_kind(const struct entity_set *set,
                                           const struct schema_entity *kind, size_t *count,
                                           bool *is_complete);
/* What was collected of a user; NULL: nothing. */
const struct value *entity_set_user(const struct entity_set *set, struct str name);

/* Puts what was collected of a user into its row of the report, and the account beside it. True
 * when something that the report says as well was replaced. */
bool entity_set_merge(const struct entity_set *set, struct arena *arena, struct str name,
                      struct value *row);

/* Keeps a copy of a merged row for the account's list of users. */
void entity_set_add_user(struct entity_set *set, const struct value *row);
/* Some row of the report was lost: nobody knows all users. */
void entity_set_lose_user(struct entity_set *set);
/* Gives the account its list. */
void entity_set_end_users(struct entity_set *set);

/* Why an attribute is missing: "denied: iam:X", "failed: iam:X (code)" or "not collected: iam:X".
 * `user`: whose attribute it is; empty: the account's. */
void entity_set_why(const struct entity_set *set, const struct node *attr, struct str user,
                    struct buf *out);
/* The same for what one call of that user tells. */
void entity_set_why_call(const struct entity_set *set, struct str action, struct str user,
                         struct buf *out);
/* The same for a whole kind of entities. */
void entity_set_why_kind(const struct entity_set *set, const struct rule_program *program,
                         struct buf *out);

#endif

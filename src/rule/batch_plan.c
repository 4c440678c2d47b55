/* Lowering: typed trees to columnar operations, equal parts once.
 *
 * A quantifier over a slot list becomes and/or over its two slots, with "something is in the slot"
 * beside each body. Every comparison of times becomes "number > limit" or its negation, the limit
 * being now * 0|1 + offset. */
#include "rule/batch.h"

#include <string.h>

#include "rule/eval.h"

#define NO_OP UINT32_MAX

/* Which slot the frames of enclosing quantifiers stand for. */
struct slot {
    enum report_binding list; /* KEYS, SLOTS, CERTS */
    unsigned index;           /* 0 or 1 */
};

struct lowering {
    struct batch_plan *plan;
    struct slot slots[FRAME_COUNT_MAX];
    bool is_full;
};

static uint32_t lower_bool(struct lowering *lowering, const struct node *node);

void batch_plan_init(struct batch_plan *plan, struct arena *arena)
{
    *plan = (struct batch_plan){.arena = arena};
}

/* ---- interning ------------------------------------------------------------------------------ */

static void *grow(struct arena *arena, void *items, uint32_t count, uint32_t *capacity, size_t size)
{
    uint32_t wanted = *capacity == 0 ? 64 : *capacity * 2;
    void *grown = arena_array(arena, wanted, size);

    if (grown != NULL && count > 0) {
        memcpy(grown, items, count * size);
    }
    if (grown != NULL) {
        *capacity = wanted;
    }
    return grown;
}

static bool op_equal(const struct batch_op *a, const struct batch_op *b)
{
    return a->kind == b->kind && a->truth == b->truth && a->column == b->column && a->a == b->a &&
           a->b == b->b && a->what == b->what && a->is_exists == b->is_exists &&
           a->is_never_none == b->is_never_none && a->never == b->never && a->offset == b->offset &&
           a->now_factor == b->now_factor && a->node == b->node &&
           str_eq(a->open_name, b->open_name) && a->text_binding == b->text_binding;
}

static uint64_t op_hash(const struct batch_op *op)
{
    uint64_t h = (uint64_t)op->kind * 31 + (uint64_t)op->column;

    h = h * UINT64_C(0x9e3779b97f4a7c15) + op->a;
    h = h * UINT64_C(0x9e3779b97f4a7c15) + op->b;
    h = h * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)op->offset;
    h = h * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)(uintptr_t)op->node;
    return h ^ h >> 29;
}

static bool table_grow(struct batch_plan *plan)
{
    uint32_t size = plan->op_table_size == 0 ? 256 : plan->op_table_size * 2;
    uint32_t *table = arena_array(plan->arena, size, sizeof *table);

    if (table == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < plan->op_count; i++) {
        uint64_t at = op_hash(&plan->ops[i]) & (size - 1);
        while (table[at] != 0) {
            at = (at + 1) & (size - 1);
        }
        table[at] = i + 1;
    }
    plan->op_table = table;
    plan->op_table_size = size;
    return true;
}

static uint32_t add_op(struct lowering *lowering, struct batch_op op)
{
    struct batch_plan *plan = lowering->plan;

    if (plan->op_count * 2 >= plan->op_table_size && !table_grow(plan)) {
        lowering->is_full = true;
        return NO_OP;
    }
    uint64_t at = op_hash(&op) & (plan->op_table_size - 1);
    for (; plan->op_table[at] != 0; at = (at + 1) & (plan->op_table_size - 1)) {
        if (op_equal(&plan->ops[plan->op_table[at] - 1], &op)) {
            return plan->op_table[at] - 1;
        }
    }
    if (plan->op_count == plan->op_capacity) {
        struct batch_op *ops =
            grow(plan->arena, plan->ops, plan->op_count, &plan->op_capacity, sizeof *ops);
        if (ops == NULL) {
            lowering->is_full = true;
            return NO_OP;
        }
        plan->ops = ops;
    }
    plan->op_table[at] = plan->op_count + 1;
    plan->ops[plan->op_count] = op;
    return plan->op_count++;
}

static uint32_t add_number(struct lowering *lowering, struct batch_number number)
{
    struct batch_plan *plan = lowering->plan;

    for (uint32_t i = 0; i < plan->number_count; i++) {
        const struct batch_number *known = &plan->numbers[i];
        if (known->kind == number.kind && known->column == number.column && known->a == number.a &&
            known->b == number.b) {
            return i;
        }
    }
    if (plan->number_count == plan->number_capacity) {
        struct batch_number *numbers = grow(plan->arena, plan->numbers, plan->number_count,
                                            &plan->number_capacity, sizeof *numbers);
        if (numbers == NULL) {
            lowering->is_full = true;
            return NO_OP;
        }
        plan->numbers = numbers;
    }
    plan->numbers[plan->number_count] = number;
    return plan->number_count++;
}

static void want(struct lowering *lowering, enum report_column column)
{
    lowering->plan->columns |= 1U << column;
}

static uint32_t op_truth(struct lowering *lowering, enum truth truth)
{
    return add_op(lowering, (struct batch_op){.kind = BATCH_CONST, .truth = truth});
}

static bool op_is(const struct lowering *lowering, uint32_t op, enum truth truth)
{
    const struct batch_op *it = &lowering->plan->ops[op];

    return it->kind == BATCH_CONST && it->truth == truth;
}

static uint32_t op_not(struct lowering *lowering, uint32_t a)
{
    if (a == NO_OP) {
        return NO_OP;
    }
    const struct batch_op *op = &lowering->plan->ops[a];
    if (op->kind == BATCH_NOT) {
        return op->a;
    }
    if (op->kind == BATCH_CONST) {
        return op_truth(lowering, truth_not(op->truth));
    }
    return add_op(lowering, (struct batch_op){.kind = BATCH_NOT, .a = a});
}

static uint32_t op_pair(struct lowering *lowering, enum batch_op_kind kind, uint32_t a, uint32_t b)
{
    enum truth absorbing = kind == BATCH_AND ? TRUTH_FALSE : TRUTH_TRUE;

    if (a == NO_OP || b == NO_OP) {
        return NO_OP;
    }
    if (a == b || op_is(lowering, b, truth_not(absorbing)) || op_is(lowering, a, absorbing)) {
        return a;
    }
    if (op_is(lowering, a, truth_not(absorbing)) || op_is(lowering, b, absorbing)) {
        return b;
    }
    return add_op(lowering, (struct batch_op){.kind = kind, .a = a, .b = b});
}

static uint32_t op_and(struct lowering *lowering, uint32_t a, uint32_t b)
{
    return op_pair(lowering, BATCH_AND, a, b);
}

static uint32_t op_or(struct lowering *lowering, uint32_t a, uint32_t b)
{
    return op_pair(lowering, BATCH_OR, a, b);
}

/* ---- attributes ----------------------------------------------------------------------------- */

/* Where an attribute is on a row. */
struct place {
    enum report_binding binding;
    enum report_column column;
    bool is_key_used; /* N/A there means never, not none */
    struct str open_name;
};

static bool is_slot_list(enum report_binding binding)
{
    return binding == BIND_KEYS || binding == BIND_SLOTS || binding == BIND_CERTS;
}

static enum report_column slot_column(struct slot slot, enum report_column of_slot_1)
{
    int stride = slot.list == BIND_CERTS ? CERT_SLOT_STRIDE : KEY_SLOT_STRIDE;

    return (enum report_column)((int)of_slot_1 + (int)slot.index * stride);
}

static struct place place_of(const struct lowering *lowering, const struct node *attr)
{
    struct place place = {.binding = BIND_NONE};

    if (attr->chain_count == 0) {
        return place;
    }
    for (uint32_t i = 0; i + 1 < attr->chain_count; i++) {
        enum report_binding binding = attr->chain[i]->binding;
        if (binding != BIND_GROUP && binding != BIND_COLUMNS) {
            return place;
        }
    }
    const struct schema_attr *last = attr->chain[attr->chain_count - 1];
    place.binding = last->binding;
    place.column = last->column;
    place.open_name = attr->open_name;
    if (attr->frame > 0) {
        struct slot slot = lowering->slots[attr->frame];
        if (place.binding != BIND_COLUMN || slot.list == BIND_NONE) {
            place.binding = BIND_NONE;
            return place;
        }
        place.is_key_used = last->none_is_never;
        place.column = slot_column(slot, place.column);
    }
    return place;
}

static uint32_t op_not_known(struct lowering *lowering, const struct node *attr)
{
    return add_op(lowering, (struct batch_op){.kind = BATCH_NOT_KNOWN, .node = attr});
}

static uint32_t op_slot_exists(struct lowering *lowering, struct slot slot)
{
    enum report_column column =
        slot_column(slot, slot.list == BIND_CERTS ? COLUMN_CERT_1_ACTIVE : COLUMN_KEY_1_ACTIVE);

    if (slot.list == BIND_SLOTS) {
        return op_truth(lowering, TRUTH_TRUE);
    }
    want(lowering, column);
    want(lowering, (enum report_column)(column + 1)); /* its last_rotated */
    return add_op(lowering, (struct batch_op){.kind = BATCH_SLOT_EXISTS, .column = column});
}

/* ---- numbers: sign * number + now * now_factor + offset ------------------------------------- */

struct affine {
    bool has_number;
    uint32_t number;
    int sign, now_factor;
    int64_t offset;
    bool is_strict;   /* arithmetic was done: never makes it unknown */
    bool is_constant; /* a plain number written in the rule */
    bool is_unknown;  /* rests on what no report tells */
    const struct node *unknown_node;
};

static bool lower_number(struct lowering *lowering, const struct node *node, struct affine *out);

/* The value itself, where it is one number and nothing else. */
static bool as_number(const struct affine *affine)
{
    return affine->has_number && affine->sign == 1 && affine->now_factor == 0 &&
           affine->offset == 0;
}

static bool lower_attr_number(struct lowering *lowering, const struct node *node,
                              struct affine *out)
{
    struct place place = place_of(lowering, node);

    *out = (struct affine){.sign = 1};
    if (place.binding == BIND_NONE) {
        out->is_unknown = true;
        out->unknown_node = node;
        return true;
    }
    if (place.binding != BIND_COLUMN || node->type != TYPE_TIME) {
        return false;
    }
    want(lowering, place.column);
    out->has_number = true;
    out->number =
        add_number(lowering, (struct batch_number){.kind = NUMBER_COLUMN, .column = place.column});
    return out->number != NO_OP;
}

static bool lower_sum(struct lowering *lowering, const struct node *node, struct affine *out)
{
    struct affine a, b;
    bool minus = node->op.arithmetic == OP_SUB;

    if (node->op.arithmetic != OP_ADD && !minus) {
        return false;
    }
    if (!lower_number(lowering, node->a, &a) || !lower_number(lowering, node->b, &b)) {
        return false;
    }
    if (a.is_unknown || b.is_unknown) {
        *out = a.is_unknown ? a : b;
        return true;
    }
    if (a.has_number && b.has_number) {
        if (!minus || !as_number(&a) || !as_number(&b)) {
            return false;
        }
        *out = (struct affine){.has_number = true, .sign = 1, .is_strict = true};
        out->number = add_number(
            lowering,
            (struct batch_number){.kind = NUMBER_DIFFERENCE, .a = a.number, .b = b.number});
        return out->number != NO_OP;
    }
    *out = a;
    if (b.has_number) {
        out->has_number = true;
        out->number = b.number;
        out->sign = minus ? -b.sign : b.sign;
    }
    out->now_factor += minus ? -b.now_factor : b.now_factor;
    out->offset += minus ? -b.offset : b.offset;
    out->is_strict = true;
    out->is_constant = false;
    return true;
}

static bool lower_number(struct lowering *lowering, const struct node *node, struct affine *out)
{
    struct affine a, b;

    switch (node->kind) {
    case NODE_CONST:
        *out = (struct affine){.offset = node->constant.number,
                               .is_constant = node->constant.kind == VALUE_NUMBER};
        return node->type == TYPE_TIME || node->type == TYPE_DURATION || node->type == TYPE_NUMBER;
    case NODE_NOW:
        *out = (struct affine){.now_factor = 1};
        return true;
    case NODE_ATTR:
        return lower_attr_number(lowering, node, out);
    case NODE_ARITHMETIC:
        return lower_sum(lowering, node, out);
    case NODE_AGE:
    case NODE_NEGATE:
        if (!lower_number(lowering, node->a, out)) {
            return false;
        }
        out->sign = -out->sign;
        out->now_factor = (node->kind == NODE_AGE ? 1 : 0) - out->now_factor;
        out->offset = -out->offset;
        out->is_strict = true;
        out->is_constant = false;
        return true;
    case NODE_ABS:
        if (!lower_number(lowering, node->a, &a)) {
            return false;
        }
        *out = a;
        if (a.is_unknown) {
            return true;
        }
        if (!as_number(&a)) {
            return false;
        }
        out->number =
            add_number(lowering, (struct batch_number){.kind = NUMBER_ABS, .a = a.number});
        return out->number != NO_OP;
    case NODE_FIRST_TIME:
        if (!lower_number(lowering, node->a, &a) || !lower_number(lowering, node->b, &b)) {
            return false;
        }
        if (a.is_unknown) {
            *out = a;
            return true;
        }
        if (!as_number(&a) || !as_number(&b)) {
            return false;
        }
        *out = a;
        out->number = add_number(
            lowering,
            (struct batch_number){.kind = NUMBER_FIRST_TIME, .a = a.number, .b = b.number});
        return out->number != NO_OP;
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
    case NODE_COMPARE:
    case NODE_LIKE:
    case NODE_IN:
    case NODE_HAS:
    case NODE_IS:
    case NODE_EXISTS:
    case NODE_QUANTIFY:
    case NODE_LEN:
    case NODE_NUMHOSTS:
    case NODE_IS_PRIVATE:
    case NODE_IS_PUBLIC:
    case NODE_DIVISIBLE:
    case NODE_MATCH:
        return false;
    }
    return false;
}

/* ---- comparisons ---------------------------------------------------------------------------- */

/* number > limit as one operation; `never` is what never and none answer. */
static uint32_t op_greater(struct lowering *lowering, const struct affine *left,
                           const struct affine *right, int64_t shift, enum truth never)
{
    struct batch_op op = {.kind = BATCH_TIME_GREATER, .a = left->number, .never = never};

    op.now_factor = right->now_factor - left->now_factor;
    op.offset = right->offset - left->offset;
    if (left->sign < 0) {
        op.now_factor = -op.now_factor;
        op.offset = -op.offset;
    }
    op.offset += shift;
    return add_op(lowering, op);
}

static enum compare_op mirrored(enum compare_op op)
{
    static const enum compare_op mirror[] = {
        [OP_EQ] = OP_EQ,   [OP_NEQ] = OP_NEQ, [OP_GT] = OP_LT,
        [OP_GTE] = OP_LTE, [OP_LT] = OP_GT,   [OP_LTE] = OP_GTE,
    };

    return mirror[op];
}

/* left op right, where left holds the only number. never and none: unknown behind arithmetic; else
 * what value_compare says of them. */
static uint32_t lower_affine_compare(struct lowering *lowering, enum compare_op op,
                                     const struct affine *left, const struct affine *right)
{
    bool equals_never = right->is_constant && right->offset == 0 && !left->is_strict;
    bool reflexive = op == OP_EQ || op == OP_GTE || op == OP_LTE;
    enum truth never = left->is_strict ? TRUTH_UNKNOWN
                       : op == OP_NEQ  ? truth_of(!equals_never)
                       : reflexive     ? truth_of(equals_never)
                                       : TRUTH_FALSE;
    enum truth other = truth_not(never);

    if (left->sign < 0) {
        op = mirrored(op);
    }
    switch (op) {
    case OP_GT:
        return op_greater(lowering, left, right, 0, never);
    case OP_GTE:
        return op_greater(lowering, left, right, -1, never);
    case OP_LT:
        return op_not(lowering, op_greater(lowering, left, right, -1, other));
    case OP_LTE:
        return op_not(lowering, op_greater(lowering, left, right, 0, other));
    case OP_EQ:
        return op_and(lowering, op_greater(lowering, left, right, -1, never),
                      op_not(lowering, op_greater(lowering, left, right, 0, other)));
    case OP_NEQ:
        return op_or(lowering, op_greater(lowering, left, right, 0, never),
                     op_not(lowering, op_greater(lowering, left, right, -1, other)));
    }
    return NO_OP;
}

static bool constant_holds(enum compare_op op, int64_t a, int64_t b)
{
    struct value x = {.kind = VALUE_NUMBER, .number = a}, y = {.kind = VALUE_NUMBER, .number = b};

    return value_compare(op, &x, &y) == TRUTH_TRUE;
}

/* len() of a slot list against a constant: a condition on which of two slots are filled. */
static uint32_t lower_len_compare(struct lowering *lowering, enum compare_op op,
                                  const struct node *list, int64_t n)
{
    struct place place = place_of(lowering, list);
    uint32_t filled[2], result = NO_OP;

    if (!list->is_list || list->frame != 0 || !is_slot_list(place.binding)) {
        return list->is_list && place.binding == BIND_NONE && list->frame == 0
                   ? op_not_known(lowering, list)
                   : NO_OP;
    }
    for (unsigned i = 0; i < 2; i++) {
        filled[i] = op_slot_exists(lowering, (struct slot){place.binding, i});
    }
    uint32_t both = op_and(lowering, filled[0], filled[1]);
    uint32_t some = op_or(lowering, filled[0], filled[1]);
    unsigned counts = (constant_holds(op, 0, n) ? 1U : 0) | (constant_holds(op, 1, n) ? 2U : 0) |
                      (constant_holds(op, 2, n) ? 4U : 0);
    uint32_t one = op_and(lowering, some, op_not(lowering, both));
    switch (counts) {
    case 0:
        return op_truth(lowering, TRUTH_FALSE);
    case 1:
        return op_not(lowering, some);
    case 2:
        return one;
    case 3:
        return op_not(lowering, both);
    case 4:
        return both;
    case 5:
        return op_not(lowering, one);
    case 6:
        return some;
    case 7:
        return op_truth(lowering, TRUTH_TRUE);
    }
    return result;
}

/* A predicate on one text cell, or on a part of the ARN. */
static uint32_t lower_text(struct lowering *lowering, const struct node *node)
{
    const struct node *attr = node->a;

    if (attr->kind != NODE_ATTR || attr->is_list || attr->type != TYPE_STRING) {
        return NO_OP;
    }
    struct place place = place_of(lowering, attr);
    if (place.binding == BIND_NONE) {
        return op_not_known(lowering, attr);
    }
    if (place.binding == BIND_COLUMN) {
        want(lowering, place.column);
    }
    return add_op(lowering, (struct batch_op){.kind = BATCH_TEXT,
                                              .node = node,
                                              .column = place.column,
                                              .open_name = place.open_name,
                                              .text_binding = place.binding});
}

static uint32_t lower_compare(struct lowering *lowering, const struct node *node)
{
    struct affine a, b;

    if (node->a->kind == NODE_LEN && node->b->kind == NODE_CONST) {
        return lower_len_compare(lowering, node->op.compare, node->a->a, node->b->constant.number);
    }
    if (node->a->type == TYPE_STRING && node->b->kind == NODE_CONST) {
        return lower_text(lowering, node);
    }
    if (node->a->type == TYPE_BOOL || !lower_number(lowering, node->a, &a) ||
        !lower_number(lowering, node->b, &b)) {
        return NO_OP;
    }
    if (a.is_unknown || b.is_unknown) {
        return op_not_known(lowering, a.is_unknown ? a.unknown_node : b.unknown_node);
    }
    if (a.has_number && !b.has_number) {
        return lower_affine_compare(lowering, node->op.compare, &a, &b);
    }
    if (b.has_number && !a.has_number) {
        return lower_affine_compare(lowering, mirrored(node->op.compare), &b, &a);
    }
    if (!a.has_number && !b.has_number && a.now_factor == b.now_factor) {
        return op_truth(lowering, truth_of(constant_holds(node->op.compare, a.offset, b.offset)));
    }
    return NO_OP;
}

static uint32_t lower_is(struct lowering *lowering, const struct node *node)
{
    const struct node *attr = node->a;
    bool is_exists = node->kind == NODE_EXISTS;
    struct place place = place_of(lowering, attr);

    if (is_exists && attr->is_list && attr->frame == 0 && is_slot_list(place.binding)) {
        return op_or(lowering, op_slot_exists(lowering, (struct slot){place.binding, 0}),
                     op_slot_exists(lowering, (struct slot){place.binding, 1}));
    }
    if (attr->is_list || attr->type == TYPE_ENTITY) {
        return NO_OP;
    }
    if (place.binding == BIND_NONE) {
        return is_exists || node->op.is == IS_NEVER
                   ? op_not_known(lowering, attr)
                   : op_truth(lowering, truth_of(node->op.is == IS_UNKNOWN));
    }
    if (place.binding != BIND_COLUMN) {
        return NO_OP;
    }
    want(lowering, place.column);
    if (attr->type == TYPE_TIME) {
        uint32_t number = add_number(
            lowering, (struct batch_number){.kind = NUMBER_COLUMN, .column = place.column});
        return number == NO_OP
                   ? NO_OP
                   : add_op(lowering, (struct batch_op){.kind = BATCH_TIME_IS,
                                                        .a = number,
                                                        .what = node->op.is,
                                                        .is_exists = is_exists,
                                                        .is_never_none = place.is_key_used});
    }
    if (attr->type == TYPE_BOOL && !is_exists && node->op.is != IS_NEVER) {
        return add_op(
            lowering,
            (struct batch_op){.kind = BATCH_FLAG_IS, .column = place.column, .what = node->op.is});
    }
    return NO_OP;
}

static uint32_t lower_flag(struct lowering *lowering, const struct node *attr)
{
    struct place place = place_of(lowering, attr);

    if (place.binding == BIND_IS_ROOT) {
        return add_op(lowering, (struct batch_op){.kind = BATCH_ROOT});
    }
    if (place.binding == BIND_COLUMN) {
        want(lowering, place.column);
        return add_op(lowering, (struct batch_op){.kind = BATCH_FLAG, .column = place.column});
    }
    return place.binding == BIND_NONE ? op_not_known(lowering, attr) : NO_OP;
}

/* ---- quantifiers ---------------------------------------------------------------------------- */

static uint32_t lower_counted(struct lowering *lowering, const struct node *node,
                              const uint32_t *holds, bool is_exact)
{
    uint32_t some = op_or(lowering, holds[0], holds[1]);
    uint32_t both = op_and(lowering, holds[0], holds[1]);
    int64_t n = node->number;

    if (n > 2) {
        return op_truth(lowering, TRUTH_FALSE);
    }
    if (n <= 0) {
        return is_exact && n == 0 ? op_not(lowering, some)
                                  : op_truth(lowering, truth_of(!is_exact));
    }
    if (n == 2) {
        return both;
    }
    return is_exact ? op_and(lowering, some, op_not(lowering, both)) : some;
}

static uint32_t lower_quantify(struct lowering *lowering, const struct node *node)
{
    struct place place = place_of(lowering, node->args[0]);
    uint32_t exists[2], holds[2], bodies[2];
    /* A let is typed at the rule's entity, so the frames of its lists may be those around it. */
    struct slot outer = lowering->slots[node->frame];

    if (place.binding == BIND_NONE) {
        return op_not_known(lowering, node->args[0]);
    }
    if (node->arg_count != 1 || !is_slot_list(place.binding)) {
        return NO_OP;
    }
    for (unsigned i = 0; i < 2; i++) {
        struct slot slot = {place.binding, i};
        lowering->slots[node->frame] = slot;
        exists[i] = op_slot_exists(lowering, slot);
        bodies[i] = lower_bool(lowering, node->b);
        holds[i] = op_and(lowering, exists[i], bodies[i]);
        lowering->slots[node->frame] = outer;
        if (holds[i] == NO_OP) {
            return NO_OP;
        }
    }
    switch (node->op.quantifier) {
    case QUANTIFY_ANY:
        return op_or(lowering, holds[0], holds[1]);
    case QUANTIFY_NO:
        return op_not(lowering, op_or(lowering, holds[0], holds[1]));
    case QUANTIFY_EVERY: {
        uint32_t first = op_or(lowering, op_not(lowering, exists[0]), bodies[0]);
        uint32_t second = op_or(lowering, op_not(lowering, exists[1]), bodies[1]);
        return op_and(lowering, op_or(lowering, exists[0], exists[1]),
                      op_and(lowering, first, second));
    }
    case QUANTIFY_ATLEAST:
        return lower_counted(lowering, node, holds, false);
    case QUANTIFY_EXACTLY:
        return lower_counted(lowering, node, holds, true);
    }
    return NO_OP;
}

/* ---- conditions ----------------------------------------------------------------------------- */

static uint32_t lower_columns(struct lowering *lowering, const struct node *node)
{
    switch (node->kind) {
    case NODE_AND:
        return op_and(lowering, lower_bool(lowering, node->a), lower_bool(lowering, node->b));
    case NODE_OR:
        return op_or(lowering, lower_bool(lowering, node->a), lower_bool(lowering, node->b));
    case NODE_NOT:
        return op_not(lowering, lower_bool(lowering, node->a));
    case NODE_CONST:
        return op_truth(lowering, truth_of(node->constant.boolean));
    case NODE_ATTR:
        return lower_flag(lowering, node);
    case NODE_COMPARE:
        return lower_compare(lowering, node);
    case NODE_LIKE:
    case NODE_IN:
    case NODE_IS_PRIVATE:
    case NODE_IS_PUBLIC:
        return lower_text(lowering, node);
    case NODE_IS:
    case NODE_EXISTS:
        return lower_is(lowering, node);
    case NODE_QUANTIFY:
        return lower_quantify(lowering, node);
    case NODE_HAS:
    case NODE_NOW:
    case NODE_LEN:
    case NODE_ARITHMETIC:
    case NODE_NEGATE:
    case NODE_AGE:
    case NODE_ABS:
    case NODE_FIRST_TIME:
    case NODE_NUMHOSTS:
    case NODE_DIVISIBLE:
    case NODE_MATCH:
        return NO_OP;
    }
    return NO_OP;
}

/* True when the node stands on frame 0 alone, so that eval can run it on a row. */
static bool is_free(const struct lowering *lowering)
{
    for (int i = 0; i < FRAME_COUNT_MAX; i++) {
        if (lowering->slots[i].list != BIND_NONE) {
            return false;
        }
    }
    return true;
}

static uint32_t lower_bool(struct lowering *lowering, const struct node *node)
{
    uint32_t op = lower_columns(lowering, node);

    if (op != NO_OP || lowering->is_full || !is_free(lowering)) {
        return op;
    }
    /* A row as an entity holds every column. */
    lowering->plan->columns = (1U << COLUMN_COUNT) - 1;
    lowering->plan->has_tree = true;
    return add_op(lowering, (struct batch_op){.kind = BATCH_TREE, .node = node});
}

bool batch_plan_add(struct batch_plan *plan, const struct rule_program *program, struct err *err)
{
    struct lowering lowering = {.plan = plan};
    struct batch_rule rule = {.program = program, .is_report_row = program->entity->is_report_row};

    plan->columns |= 1U << COLUMN_USER;
    if (rule.is_report_row) {
        rule.where = program->where == NULL ? op_truth(&lowering, TRUTH_TRUE)
                                            : lower_bool(&lowering, program->where);
        rule.holds = lower_bool(&lowering, program->have);
        if (program->is_not) {
            rule.holds = op_not(&lowering, rule.holds);
        }
    }
    if (plan->rule_count == plan->rule_capacity && !lowering.is_full) {
        struct batch_rule *rules =
            grow(plan->arena, plan->rules, plan->rule_count, &plan->rule_capacity, sizeof *rules);
        lowering.is_full = rules == NULL;
        plan->rules = rules;
    }
    if (lowering.is_full) {
        return err_set(err, ERR_INPUT, "the rules are too large together");
    }
    plan->rules[plan->rule_count++] = rule;
    return true;
}

#include "rule/eval.h"

#include "rule/address.h"
#include "rule/event_value.h"

enum { EVENT_ARENA_MAX = 64 << 20 };

struct str verdict_name(enum verdict verdict)
{
    static const struct str names[] = {
        [VERDICT_PASS] = STR_LIT("pass"),
        [VERDICT_FAIL] = STR_LIT("fail"),
        [VERDICT_NOT_APPLICABLE] = STR_LIT("not-applicable"),
        [VERDICT_UNKNOWN] = STR_LIT("unknown"),
    };

    return names[verdict];
}

void eval_init(struct eval_context *context, int64_t now)
{
    *context = (struct eval_context){.now = now};
    match_context_init(&context->match);
    arena_init(&context->arena, EVENT_ARENA_MAX);
}

void eval_release(struct eval_context *context)
{
    match_context_release(&context->match);
    arena_release(&context->arena);
}

/* ---- values --------------------------------------------------------------------------------- */

static const struct value missing = {.kind = VALUE_MISSING}, none = {.kind = VALUE_NONE};

static const struct value *attr_value(const struct eval_context *context, const struct node *node)
{
    const struct value *at = context->frames[node->frame];

    for (uint32_t i = 0; i < node->chain_count; i++) {
        if (at == NULL || at->kind != VALUE_STRUCT) {
            break;
        }
        at = &at->items[node->chain[i] - at->entity->attrs];
    }
    if (at != NULL && node->open_name.n > 0 && at->kind == VALUE_STRUCT) {
        for (size_t i = 0; i < at->count; i++) {
            if (str_eq_nocase(at->names[i], node->open_name)) {
                return &at->items[i];
            }
        }
        return at->entity->is_complete ? &none : &missing;
    }
    return at == NULL ? &missing : at;
}

static struct value number_value(enum value_kind kind, int64_t number)
{
    return (struct value){.kind = kind, .number = number};
}

static enum value_kind kind_of_type(enum rule_type type)
{
    return type == TYPE_TIME ? VALUE_TIME : type == TYPE_DURATION ? VALUE_DURATION : VALUE_NUMBER;
}

/* Anything but a plain number, time or duration makes arithmetic unknown. */
static bool is_quantity(const struct value *value)
{
    return value->kind == VALUE_NUMBER || value->kind == VALUE_TIME ||
           value->kind == VALUE_DURATION;
}

static struct value arithmetic_value(struct eval_context *context, const struct node *node)
{
    struct value a = eval_value(context, node->a), b = eval_value(context, node->b);
    int64_t result = 0;
    bool overflow = false;

    if (!is_quantity(&a) || !is_quantity(&b)) {
        return missing;
    }
    switch (node->op.arithmetic) {
    case OP_ADD:
        overflow = __builtin_add_overflow(a.number, b.number, &result);
        break;
    case OP_SUB:
        overflow = __builtin_sub_overflow(a.number, b.number, &result);
        break;
    case OP_MUL:
        overflow = __builtin_mul_overflow(a.number, b.number, &result);
        break;
    case OP_DIV:
        overflow = b.number == 0 || (a.number == INT64_MIN && b.number == -1);
        result = overflow ? 0 : a.number / b.number;
        break;
    }
    return overflow ? missing : number_value(kind_of_type(node->type), result);
}

static struct value unary_value(struct eval_context *context, const struct node *node)
{
    struct value a = eval_value(context, node->a);
    int64_t result = 0;

    if (!is_quantity(&a)) {
        return missing;
    }
    if (node->kind == NODE_AGE) {
        return __builtin_sub_overflow(context->now, a.number, &result)
                   ? missing
                   : number_value(VALUE_DURATION, result);
    }
    if (node->kind == NODE_ABS && a.number >= 0) {
        return a;
    }
    return __builtin_sub_overflow((int64_t)0, a.number, &result) ? missing
                                                                 : number_value(a.kind, result);
}

static struct value first_time_value(struct eval_context *context, const struct node *node)
{
    struct value a = eval_value(context, node->a);

    return a.kind == VALUE_NEVER || a.kind == VALUE_NONE ? eval_value(context, node->b) : a;
}

/* The number of elements is a range where some may be absent. */
static bool len_range(struct eval_context *context, const struct node *node, int64_t *least,
                      int64_t *most)
{
    struct value list = eval_value(context, node->a);

    if (list.kind == VALUE_STRING) {
        *least = *most = (int64_t)list.string.n;
        return true;
    }
    if (list.kind == VALUE_NONE || list.kind == VALUE_NEVER) {
        *least = *most = 0;
        return true;
    }
    if (list.kind != VALUE_LIST) {
        return false;
    }
    *most = (int64_t)list.count;
    *least = 0;
    for (size_t i = 0; i < list.count; i++) {
        *least += list.items[i].maybe_absent ? 0 : 1;
    }
    return true;
}

static struct value len_value(struct eval_context *context, const struct node *node)
{
    int64_t least = 0, most = 0;

    return len_range(context, node, &least, &most) && least == most
               ? number_value(VALUE_NUMBER, least)
               : missing;
}

struct value eval_value(struct eval_context *context, const struct node *node)
{
    struct value a;
    int64_t hosts = 0;

    switch (node->kind) {
    case NODE_CONST:
        return node->constant;
    case NODE_NOW:
        return number_value(VALUE_TIME, context->now);
    case NODE_ATTR:
        return *attr_value(context, node);
    case NODE_ARITHMETIC:
        return arithmetic_value(context, node);
    case NODE_NEGATE:
    case NODE_AGE:
    case NODE_ABS:
        return unary_value(context, node);
    case NODE_FIRST_TIME:
        return first_time_value(context, node);
    case NODE_LEN:
        return len_value(context, node);
    case NODE_NUMHOSTS:
        a = eval_value(context, node->a);
        return (a.kind == VALUE_STRING || a.kind == VALUE_IP) &&
                       address_host_count(a.string, &hosts)
                   ? number_value(VALUE_NUMBER, hosts)
                   : missing;
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
    case NODE_IS_PRIVATE:
    case NODE_IS_PUBLIC:
    case NODE_DIVISIBLE:
    case NODE_MATCH:
        switch (eval_truth(context, node)) {
        case TRUTH_TRUE:
            return (struct value){.kind = VALUE_BOOL, .boolean = true};
        case TRUTH_FALSE:
            return (struct value){.kind = VALUE_BOOL};
        case TRUTH_UNKNOWN:
            return missing;
        }
        return missing;
    }
    return missing;
}

/* ---- predicates ----------------------------------------------------------------------------- */

static bool order_holds(enum compare_op op, int64_t a, int64_t b)
{
    switch (op) {
    case OP_EQ:
        return a == b;
    case OP_NEQ:
        return a != b;
    case OP_GT:
        return a > b;
    case OP_GTE:
        return a >= b;
    case OP_LT:
        return a < b;
    case OP_LTE:
        return a <= b;
    }
    return false;
}

static bool is_no_time(const struct value *value)
{
    return value->kind == VALUE_NEVER || value->kind == VALUE_NONE;
}

/* never (and none) is neither earlier nor later than anything, and equals 0. */
static enum truth compare_never(enum compare_op op, const struct value *a, const struct value *b)
{
    bool equal = (is_no_time(a) && is_no_time(b)) ||
                 (is_no_time(a) && b->kind == VALUE_NUMBER && b->number == 0) ||
                 (is_no_time(b) && a->kind == VALUE_NUMBER && a->number == 0);

    switch (op) {
    case OP_EQ:
    case OP_GTE:
    case OP_LTE:
        return truth_of(equal);
    case OP_NEQ:
        return truth_of(!equal);
    case OP_GT:
    case OP_LT:
        return TRUTH_FALSE;
    }
    return TRUTH_FALSE;
}

static enum truth compare_text(enum compare_op op, const struct value *a, const struct value *b)
{
    bool equal = a->kind == VALUE_IP || b->kind == VALUE_IP ? address_equal(a->string, b->string)
                                                            : str_eq(a->string, b->string);

    return truth_of(equal == (op == OP_EQ));
}

enum truth value_compare(enum compare_op op, const struct value *a, const struct value *b)
{
    if (value_is_unknown(a) || value_is_unknown(b)) {
        return TRUTH_UNKNOWN;
    }
    if (is_quantity(a) && is_quantity(b)) {
        return truth_of(order_holds(op, a->number, b->number));
    }
    if (a->kind == VALUE_BOOL && b->kind == VALUE_BOOL) {
        return truth_of((a->boolean == b->boolean) == (op == OP_EQ));
    }
    if ((a->kind == VALUE_STRING || a->kind == VALUE_IP) &&
        (b->kind == VALUE_STRING || b->kind == VALUE_IP)) {
        return compare_text(op, a, b);
    }
    if ((is_no_time(a) || is_quantity(a)) && (is_no_time(b) || is_quantity(b))) {
        return compare_never(op, a, b);
    }
    /* A string or number that is none: there is nothing to compare. */
    return is_no_time(a) || is_no_time(b) ? truth_of(op == OP_NEQ) : TRUTH_UNKNOWN;
}

static enum truth in_truth(const struct node *node, const struct value *operand)
{
    enum truth truth = TRUTH_FALSE;

    for (uint32_t i = 0; i < node->arg_count; i++) {
        const struct value *arg = &node->args[i]->constant;
        bool block = arg->kind == VALUE_IP && operand->kind != VALUE_NUMBER;
        if (block && !value_is_unknown(operand)) {
            truth = truth_or(truth, truth_of(address_in(operand->string, arg->string)));
        } else {
            truth = truth_or(truth, value_compare(OP_EQ, operand, arg));
        }
    }
    return node->is_negated ? truth_not(truth) : truth;
}

static enum truth like_truth(struct eval_context *context, const struct node *node,
                             const struct value *operand)
{
    bool found = false;

    if (operand->kind == VALUE_NONE) {
        return truth_of(node->is_negated);
    }
    if (operand->kind != VALUE_STRING ||
        !pattern_search(node->pattern, operand->string, context->match.scratch, &found)) {
        return TRUTH_UNKNOWN;
    }
    return truth_of(found != node->is_negated);
}

static enum truth is_truth(enum is_what what, const struct value *value)
{
    switch (what) {
    case IS_NEVER:
        return value_is_unknown(value) ? TRUTH_UNKNOWN : truth_of(value->kind == VALUE_NEVER);
    case IS_UNKNOWN:
        return truth_of(value->kind == VALUE_MISSING || value->kind == VALUE_UNREADABLE);
    case IS_NOT_SUPPORTED:
        return truth_of(value->kind == VALUE_NOT_SUPPORTED);
    }
    return TRUTH_UNKNOWN;
}

/* Where elements may be absent, whether one exists may be unknown. */
static enum truth exists_truth(const struct value *value)
{
    enum truth truth = TRUTH_FALSE;

    if (value_is_unknown(value)) {
        return TRUTH_UNKNOWN;
    }
    if (value->kind != VALUE_LIST) {
        return truth_of(value->kind != VALUE_NONE);
    }
    for (size_t i = 0; i < value->count; i++) {
        truth = truth_or(truth, value->items[i].maybe_absent ? TRUTH_UNKNOWN : TRUTH_TRUE);
    }
    return truth;
}

static enum truth has_truth(const struct node *node, const struct value *list)
{
    enum truth all = TRUTH_TRUE;

    if (list->kind != VALUE_LIST) {
        return list->kind == VALUE_NONE ? TRUTH_FALSE : TRUTH_UNKNOWN;
    }
    for (uint32_t i = 0; i < node->arg_count; i++) {
        enum truth one = TRUTH_FALSE;
        for (size_t j = 0; j < list->count; j++) {
            const struct value *item = &list->items[j];
            enum truth exists = item->maybe_absent ? TRUTH_UNKNOWN : TRUTH_TRUE;
            enum truth equal = value_compare(OP_EQ, item, &node->args[i]->constant);
            one = truth_or(one, truth_and(exists, equal));
        }
        all = truth_and(all, one);
    }
    return all;
}

enum truth eval_on_value(struct eval_context *context, const struct node *node,
                         const struct value *operand)
{
    int64_t unused = 0;

    if (node->kind == NODE_LIKE) {
        return like_truth(context, node, operand);
    }
    if (node->kind == NODE_IN) {
        return in_truth(node, operand);
    }
    if (node->kind == NODE_HAS) {
        return has_truth(node, operand);
    }
    if (node->kind == NODE_IS) {
        return is_truth(node->op.is, operand);
    }
    if (node->kind == NODE_EXISTS) {
        return exists_truth(operand);
    }
    if (value_is_unknown(operand)) {
        return TRUTH_UNKNOWN;
    }
    if (node->kind == NODE_DIVISIBLE) {
        int64_t divisor = node->b->constant.number;
        return operand->kind != VALUE_NUMBER
                   ? TRUTH_UNKNOWN
                   : truth_of(divisor == -1 || operand->number % divisor == 0);
    }
    if ((operand->kind != VALUE_STRING && operand->kind != VALUE_IP) ||
        !address_host_count(operand->string, &unused)) {
        return TRUTH_UNKNOWN;
    }
    return truth_of(address_is_private(operand->string) == (node->kind == NODE_IS_PRIVATE));
}

static enum truth compare_truth(struct eval_context *context, const struct node *node)
{
    struct value a, b;
    int64_t least = 0, most = 0;
    enum truth truth = TRUTH_UNKNOWN;

    b = eval_value(context, node->b);
    if (node->a->kind == NODE_LEN && b.kind == VALUE_NUMBER) {
        if (!len_range(context, node->a, &least, &most)) {
            return TRUTH_UNKNOWN;
        }
        truth = truth_of(order_holds(node->op.compare, least, b.number));
        for (int64_t n = least + 1; n <= most; n++) {
            if (truth_of(order_holds(node->op.compare, n, b.number)) != truth) {
                return TRUTH_UNKNOWN;
            }
        }
        return truth;
    }
    a = eval_value(context, node->a);
    return value_compare(node->op.compare, &a, &b);
}

/* ---- quantifiers ---------------------------------------------------------------------------- */

struct tally {
    int64_t least, most;   /* how many elements hold: certainly, possibly */
    enum truth all, exist; /* of the elements that exist: all hold; whether there is one */
};

/* Enters list `step` and all behind it; the innermost elements are counted. An unknown list leaves
 * everything unknown; a list that is none is empty. */
static void quantify_step(struct eval_context *context, const struct node *node, uint32_t step,
                          enum truth outer_exists, struct tally *tally)
{
    struct value list = eval_value(context, node->args[step]);
    const struct value *saved = context->frames[node->frame + step];
    struct value single = list;
    struct value *items = list.items;
    size_t count = list.count;

    if (value_is_unknown(&list)) {
        tally->most = INT64_MAX;
        tally->all = truth_and(tally->all, TRUTH_UNKNOWN);
        tally->exist = truth_or(tally->exist, TRUTH_UNKNOWN);
        return;
    }
    if (list.kind != VALUE_LIST) {
        items = &single;
        count = list.kind == VALUE_NONE ? 0 : 1;
    }
    for (size_t i = 0; i < count; i++) {
        enum truth exists =
            truth_and(outer_exists, items[i].maybe_absent ? TRUTH_UNKNOWN : TRUTH_TRUE);
        context->frames[node->frame + step] = &items[i];
        if (step + 1 < node->arg_count) {
            quantify_step(context, node, step + 1, exists, tally);
            continue;
        }
        enum truth holds = eval_truth(context, node->b);
        enum truth counts = truth_and(exists, holds);
        tally->least += counts == TRUTH_TRUE;
        if (counts != TRUTH_FALSE && tally->most < INT64_MAX) {
            tally->most++;
        }
        tally->all = truth_and(tally->all, truth_or(truth_not(exists), holds));
        tally->exist = truth_or(tally->exist, exists);
    }
    context->frames[node->frame + step] = saved;
}

static enum truth quantify_truth(struct eval_context *context, const struct node *node)
{
    struct tally tally = {0, 0, TRUTH_TRUE, TRUTH_FALSE};

    quantify_step(context, node, 0, TRUTH_TRUE, &tally);
    enum truth any = tally.least > 0 ? TRUTH_TRUE : tally.most == 0 ? TRUTH_FALSE : TRUTH_UNKNOWN;
    switch (node->op.quantifier) {
    case QUANTIFY_ANY:
        return any;
    case QUANTIFY_NO:
        return truth_not(any);
    case QUANTIFY_EVERY:
        return truth_and(tally.all, tally.exist);
    case QUANTIFY_ATLEAST:
        return tally.least >= node->number ? TRUTH_TRUE
               : tally.most < node->number ? TRUTH_FALSE
                                           : TRUTH_UNKNOWN;
    case QUANTIFY_EXACTLY:
        if (node->number < tally.least || node->number > tally.most) {
            return TRUTH_FALSE;
        }
        return truth_or(truth_of(tally.least == tally.most), TRUTH_UNKNOWN);
    }
    return TRUTH_UNKNOWN;
}

enum truth eval_truth(struct eval_context *context, const struct node *node)
{
    struct value value;
    enum truth truth = TRUTH_UNKNOWN;

    switch (node->kind) {
    case NODE_AND:
        truth = eval_truth(context, node->a);
        return truth == TRUTH_FALSE ? truth : truth_and(truth, eval_truth(context, node->b));
    case NODE_OR:
        truth = eval_truth(context, node->a);
        return truth == TRUTH_TRUE ? truth : truth_or(truth, eval_truth(context, node->b));
    case NODE_NOT:
        return truth_not(eval_truth(context, node->a));
    case NODE_MATCH:
        return context->event == NULL
                   ? TRUTH_UNKNOWN
                   : event_match_truth(&context->match, node->match, context->event);
    case NODE_QUANTIFY:
        return quantify_truth(context, node);
    case NODE_COMPARE:
        return compare_truth(context, node);
    case NODE_LIKE:
    case NODE_IN:
    case NODE_HAS:
    case NODE_IS:
    case NODE_EXISTS:
    case NODE_IS_PRIVATE:
    case NODE_IS_PUBLIC:
    case NODE_DIVISIBLE:
        value = eval_value(context, node->a);
        return eval_on_value(context, node, &value);
    case NODE_CONST:
    case NODE_ATTR:
    case NODE_NOW:
    case NODE_LEN:
    case NODE_ARITHMETIC:
    case NODE_NEGATE:
    case NODE_AGE:
    case NODE_ABS:
    case NODE_FIRST_TIME:
    case NODE_NUMHOSTS:
        value = eval_value(context, node);
        /* A boolean of something that does not exist (a password that is none) is false. */
        return value.kind == VALUE_BOOL   ? truth_of(value.boolean)
               : value.kind == VALUE_NONE ? TRUTH_FALSE
                                          : TRUTH_UNKNOWN;
    }
    return TRUTH_UNKNOWN;
}

enum verdict eval_rule(struct eval_context *context, const struct rule_program *program,
                       const struct value *entity)
{
    enum truth applies = TRUTH_TRUE, holds = TRUTH_UNKNOWN;

    context->frames[0] = entity;
    if (program->where != NULL) {
        applies = eval_truth(context, program->where);
    }
    if (applies == TRUTH_FALSE) {
        return VERDICT_NOT_APPLICABLE;
    }
    if (applies == TRUTH_UNKNOWN) {
        return VERDICT_UNKNOWN;
    }
    holds = eval_truth(context, program->have);
    if (program->is_not) {
        holds = truth_not(holds);
    }
    return holds == TRUTH_TRUE    ? VERDICT_PASS
           : holds == TRUTH_FALSE ? VERDICT_FAIL
                                  : VERDICT_UNKNOWN;
}

enum truth eval_event(struct eval_context *context, const struct rule_program *program,
                      const struct event *event)
{
    struct value *entity = NULL;

    context->event = event;
    if (program->dialect != DIALECT_KEYWARDEN) {
        return eval_truth(context, program->have);
    }
    arena_reset(&context->arena);
    entity = arena_alloc(&context->arena, sizeof *entity);
    if (entity == NULL || !value_from_event(&context->arena, event, program->entity, entity)) {
        return TRUTH_UNKNOWN;
    }
    switch (eval_rule(context, program, entity)) {
    case VERDICT_FAIL:
        return TRUTH_TRUE;
    case VERDICT_UNKNOWN:
        return TRUTH_UNKNOWN;
    case VERDICT_PASS:
    case VERDICT_NOT_APPLICABLE:
        break;
    }
    return TRUTH_FALSE;
}

/* ---- decisions ------------------------------------------------------------------------------ */

struct decider {
    struct eval_context *context;
    decision_fn visit;
    void *shared;
    size_t indexes[FRAME_COUNT_MAX];
    unsigned depth;
};

static void decide(struct decider *decider, const struct node *node, enum truth truth);

/* The elements whose body had the truth that made the whole. */
static void decide_step(struct decider *decider, const struct node *node, uint32_t step)
{
    struct eval_context *context = decider->context;
    struct value list = eval_value(context, node->args[step]);
    const struct value *saved = context->frames[node->frame + step];
    struct value single = list;
    struct value *items = list.kind == VALUE_LIST ? list.items : &single;
    size_t count = list.kind == VALUE_LIST ? list.count : list.kind == VALUE_NONE ? 0 : 1;

    if (value_is_unknown(&list) || count == 0) {
        struct decision decision = {node->args[step],
                                    value_is_unknown(&list) ? TRUTH_UNKNOWN : TRUTH_FALSE,
                                    decider->depth, decider->indexes};
        decider->visit(decider->shared, context, &decision);
        return;
    }
    for (size_t i = 0; i < count && decider->depth < FRAME_COUNT_MAX; i++) {
        context->frames[node->frame + step] = &items[i];
        decider->indexes[decider->depth++] = i;
        if (step + 1 < node->arg_count) {
            decide_step(decider, node, step + 1);
        } else {
            decide(decider, node->b, eval_truth(context, node->b));
        }
        decider->depth--;
    }
    context->frames[node->frame + step] = saved;
}

static void decide_pair(struct decider *decider, const struct node *node, enum truth truth)
{
    const struct node *children[] = {node->a, node->b};
    enum truth truths[2];
    enum truth neutral = node->kind == NODE_AND ? TRUTH_TRUE : TRUTH_FALSE;

    for (int i = 0; i < 2; i++) {
        truths[i] = eval_truth(decider->context, children[i]);
    }
    for (int i = 0; i < 2; i++) {
        if (truths[i] == truth || (truth == neutral && truths[i] == neutral)) {
            decide(decider, children[i], truths[i]);
        }
    }
}

static void decide(struct decider *decider, const struct node *node, enum truth truth)
{
    if (node->kind == NODE_AND || node->kind == NODE_OR) {
        decide_pair(decider, node, truth);
    } else if (node->kind == NODE_NOT) {
        decide(decider, node->a, truth_not(truth));
    } else if (node->kind == NODE_QUANTIFY) {
        decide_step(decider, node, 0);
    } else if (node->kind != NODE_CONST) {
        struct decision decision = {node, truth, decider->depth, decider->indexes};
        decider->visit(decider->shared, decider->context, &decision);
    }
}

void eval_decide(struct eval_context *context, const struct node *node, decision_fn visit,
                 void *shared)
{
    struct decider decider = {.context = context, .visit = visit, .shared = shared};

    decide(&decider, node, eval_truth(context, node));
}

#include "rule/explain.h"

#include "base/instant.h"
#include "rule/check_parts.h"
#include "rule/event_value.h"

static const char *const compare_texts[] = {
    [OP_EQ] = "eq",   [OP_NEQ] = "neq", [OP_GT] = "gt",
    [OP_GTE] = "gte", [OP_LT] = "lt",   [OP_LTE] = "lte",
};

static void write_duration(struct buf *out, int64_t seconds)
{
    static const struct {
        const char *name;
        int64_t seconds;
    } units[] = {{"day", SECONDS_PER_DAY}, {"hour", 3600}, {"minute", 60}, {"second", 1}};

    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (seconds % units[i].seconds == 0 && (seconds != 0 || units[i].seconds == 1)) {
            int64_t n = seconds / units[i].seconds;
            buf_i64(out, n);
            buf_printf(out, " %s%s", units[i].name, n == 1 || n == -1 ? "" : "s");
            return;
        }
    }
}

static void write_value(struct buf *out, const struct value *value)
{
    switch (value->kind) {
    case VALUE_MISSING:
        buf_str(out, STR("missing"));
        return;
    case VALUE_UNREADABLE:
        buf_str(out, STR("unreadable"));
        return;
    case VALUE_NOT_SUPPORTED:
        buf_str(out, STR("not_supported"));
        return;
    case VALUE_NEVER:
        buf_str(out, STR("never"));
        return;
    case VALUE_NONE:
        buf_str(out, STR("none"));
        return;
    case VALUE_BOOL:
        buf_str(out, value->boolean ? STR("true") : STR("false"));
        return;
    case VALUE_NUMBER:
        buf_i64(out, value->number);
        return;
    case VALUE_TIME:
        instant_write(out, value->number);
        return;
    case VALUE_DURATION:
        write_duration(out, value->number);
        return;
    case VALUE_STRING:
    case VALUE_IP:
        buf_printf(out, "\"%.*s\"", STR_ARG(value->string));
        return;
    case VALUE_LIST:
        buf_printf(out, "a list of %zu", value->count);
        return;
    case VALUE_STRUCT:
        buf_printf(out, "%.*s", STR_ARG(value->entity->name));
        return;
    }
}

static void write_node(struct buf *out, const struct node *node, unsigned depth);

static const char *node_name(const struct node *node)
{
    static const char *const names[] = {
        [NODE_CONST] = "constant",
        [NODE_NOW] = "now",
        [NODE_ATTR] = "attribute",
        [NODE_AND] = "and",
        [NODE_OR] = "or",
        [NODE_NOT] = "not",
        [NODE_COMPARE] = "compare",
        [NODE_LIKE] = "like",
        [NODE_IN] = "in",
        [NODE_HAS] = "has",
        [NODE_IS] = "is",
        [NODE_EXISTS] = "exists",
        [NODE_QUANTIFY] = "quantify",
        [NODE_LEN] = "len",
        [NODE_ARITHMETIC] = "arithmetic",
        [NODE_NEGATE] = "negate",
        [NODE_AGE] = "age",
        [NODE_ABS] = "abs",
        [NODE_FIRST_TIME] = "first_time",
        [NODE_NUMHOSTS] = "numhosts",
        [NODE_IS_PRIVATE] = "isPrivate",
        [NODE_IS_PUBLIC] = "isPublic",
        [NODE_DIVISIBLE] = "divisibleby",
        [NODE_MATCH] = "match",
    };

    return names[node->kind];
}

static void write_attr(struct buf *out, const struct node *node)
{
    const struct schema_attr *last =
        node->chain_count == 0 ? NULL : node->chain[node->chain_count - 1];

    node_attr_write(out, node);
    if (last == NULL) {
        return;
    }
    buf_printf(out, "  (%s%.*s, ", node->is_list ? "list of " : "",
               STR_ARG(rule_type_name(node->type)));
    if (last->binding == BIND_COLUMN) {
        buf_printf(out, "report column %.*s)", STR_ARG(report_column_name(last->column)));
    } else {
        struct str obtain = node_attr_obtain(node);
        buf_printf(out, "from %.*s%s%.*s)", STR_ARG(schema_source_name(last->source)),
                   obtain.n > 0 ? ": " : "", STR_ARG(obtain));
    }
}

static void write_quantifier(struct buf *out, const struct node *node)
{
    static const char *const words[] = {
        [QUANTIFY_ANY] = "any",          [QUANTIFY_EVERY] = "every",     [QUANTIFY_NO] = "no",
        [QUANTIFY_ATLEAST] = "at least", [QUANTIFY_EXACTLY] = "exactly",
    };

    buf_printf(out, "%s ", words[node->op.quantifier]);
    if (node->op.quantifier == QUANTIFY_ATLEAST || node->op.quantifier == QUANTIFY_EXACTLY) {
        buf_i64(out, node->number);
        buf_char(out, ' ');
    }
    buf_str(out, STR("of"));
}

static void write_label(struct buf *out, const struct node *node)
{
    static const char *const whats[] = {
        [IS_NEVER] = "never", [IS_UNKNOWN] = "unknown", [IS_NOT_SUPPORTED] = "not_supported"};
    static const char signs[] = {[OP_ADD] = '+', [OP_SUB] = '-', [OP_MUL] = '*', [OP_DIV] = '/'};

    if (node->kind == NODE_CONST) {
        write_value(out, &node->constant);
    } else if (node->kind == NODE_ATTR) {
        write_attr(out, node);
    } else if (node->kind == NODE_MATCH) {
        event_match_write(out, node->match);
    } else if (node->kind == NODE_QUANTIFY) {
        write_quantifier(out, node);
    } else if (node->kind == NODE_COMPARE) {
        buf_str(out, str_from(compare_texts[node->op.compare]));
    } else if (node->kind == NODE_IS) {
        buf_printf(out, "is %s", whats[node->op.is]);
    } else if (node->kind == NODE_ARITHMETIC) {
        buf_char(out, signs[node->op.arithmetic]);
    } else {
        buf_printf(out, "%s%s", node->is_negated ? "not " : "", node_name(node));
        if (node->kind == NODE_LIKE) {
            buf_printf(out, "  %.*s", STR_ARG(node->text));
        }
    }
}

static void write_node(struct buf *out, const struct node *node, unsigned depth)
{
    buf_fill(out, ' ', depth * 2);
    write_label(out, node);
    buf_char(out, '\n');
    if (node->kind == NODE_QUANTIFY) {
        for (uint32_t i = 0; i < node->arg_count; i++) {
            write_node(out, node->args[i], depth + 1);
        }
        buf_fill(out, ' ', depth * 2);
        buf_str(out, STR("with\n"));
        write_node(out, node->b, depth + 1);
        return;
    }
    if (node->a != NULL) {
        write_node(out, node->a, depth + 1);
    }
    if (node->b != NULL) {
        write_node(out, node->b, depth + 1);
    }
    for (uint32_t i = 0; i < node->arg_count; i++) {
        write_node(out, node->args[i], depth + 1);
    }
}

void explain_program(struct buf *out, const struct rule_program *program)
{
    buf_printf(out, "%.*s", STR_ARG(program->entity->name));
    if (program->dialect != DIALECT_KEYWARDEN) {
        buf_str(out, STR("\nmatches where\n"));
        write_node(out, program->have, 1);
        return;
    }
    if (program->entity == &schema_cloudtrail_event) {
        buf_str(out, STR("  (judges events)"));
    } else if (program->entity->is_report_row) {
        buf_printf(out, "  (judges %s)",
                   !program->judges_root    ? "users"
                   : !program->judges_users ? "the root row"
                                            : "root and users");
    } else {
        buf_str(out, STR("  (about the account; collected by "));
        rule_obtain_write(out, program);
        buf_char(out, ')');
    }
    buf_char(out, '\n');
    if (program->where != NULL) {
        buf_str(out, STR("applies where\n"));
        write_node(out, program->where, 1);
    }
    buf_str(out, program->is_not ? STR("fails where\n") : STR("passes where\n"));
    write_node(out, program->have, 1);
}

/* ---- the columnar plan ---------------------------------------------------------------------- */

static void write_number(struct buf *out, const struct batch_plan *plan, uint32_t index)
{
    const struct batch_number *number = &plan->numbers[index];

    switch (number->kind) {
    case NUMBER_COLUMN:
        buf_str(out, report_column_name(number->column));
        return;
    case NUMBER_FIRST_TIME:
        buf_str(out, STR("first_time("));
        write_number(out, plan, number->a);
        buf_str(out, STR(", "));
        write_number(out, plan, number->b);
        buf_char(out, ')');
        return;
    case NUMBER_DIFFERENCE:
        buf_char(out, '(');
        write_number(out, plan, number->a);
        buf_str(out, STR(" - "));
        write_number(out, plan, number->b);
        buf_char(out, ')');
        return;
    case NUMBER_ABS:
        buf_str(out, STR("abs("));
        write_number(out, plan, number->a);
        buf_char(out, ')');
        return;
    }
}

static void write_op(struct buf *out, const struct batch_plan *plan, const struct batch_op *op)
{
    static const char *const truths[] = {
        [TRUTH_FALSE] = "false", [TRUTH_UNKNOWN] = "unknown", [TRUTH_TRUE] = "true"};
    static const char *const whats[] = {
        [IS_NEVER] = "never", [IS_UNKNOWN] = "unknown", [IS_NOT_SUPPORTED] = "not_supported"};
    struct str column = report_column_name(op->column);

    switch (op->kind) {
    case BATCH_CONST:
        buf_str(out, str_from(truths[op->truth]));
        return;
    case BATCH_NOT_KNOWN:
        buf_str(out, STR("not collected: "));
        node_attr_write(out, op->node);
        return;
    case BATCH_ROOT:
        buf_str(out, STR("user is root"));
        return;
    case BATCH_FLAG:
        buf_str(out, column);
        return;
    case BATCH_FLAG_IS:
        buf_printf(out, "%.*s is %s", STR_ARG(column), whats[op->what]);
        return;
    case BATCH_SLOT_EXISTS:
        buf_printf(out, "slot of %.*s is filled", STR_ARG(column));
        return;
    case BATCH_TIME_GREATER:
        write_number(out, plan, op->a);
        buf_str(out, op->now_factor == 0 ? STR(" > ") : STR(" > now + "));
        buf_i64(out, op->offset);
        buf_printf(out, " s  (never: %s)", truths[op->never]);
        return;
    case BATCH_TIME_IS:
        write_number(out, plan, op->a);
        buf_printf(out, "%s%s", op->is_exists ? " exists" : " is ",
                   op->is_exists ? "" : whats[op->what]);
        return;
    case BATCH_TEXT:
    case BATCH_TREE:
        buf_printf(out, "%s: %.*s", op->kind == BATCH_TEXT ? "text" : "row by row",
                   STR_ARG(op->node->text));
        return;
    case BATCH_AND:
    case BATCH_OR:
        buf_printf(out, "%%%u %s %%%u", op->a, op->kind == BATCH_AND ? "and" : "or", op->b);
        return;
    case BATCH_NOT:
        buf_printf(out, "not %%%u", op->a);
        return;
    }
}

void explain_plan(struct buf *out, const struct batch_plan *plan)
{
    for (uint32_t i = 0; i < plan->op_count; i++) {
        buf_printf(out, "  %%%-3u ", i);
        write_op(out, plan, &plan->ops[i]);
        buf_char(out, '\n');
    }
    for (uint32_t i = 0; i < plan->rule_count; i++) {
        if (plan->rules[i].is_report_row) {
            buf_printf(out, "  applies: %%%u, holds: %%%u\n", plan->rules[i].where,
                       plan->rules[i].holds);
        }
    }
}

/* ---- one entity ----------------------------------------------------------------------------- */

/* What stood in the JSON where a value of another type is wanted. */
static void write_mismatch(struct buf *out, const struct node *node, const struct value *value)
{
    if (value->found == VALUE_STRING) {
        buf_printf(out, "\"%.*s\" (expected %s, found a string)", STR_ARG(value->string),
                   node_type_text(node));
    } else if (value->found == VALUE_NUMBER) {
        buf_printf(out, "%.*s (expected %s, found a number)", STR_ARG(value->string),
                   node_type_text(node));
    } else {
        buf_printf(out, "%s (expected %s, found a boolean)", value->boolean ? "true" : "false",
                   node_type_text(node));
    }
}

static void write_attr_values(struct buf *out, struct eval_context *context,
                              const struct node *node, bool *is_first)
{
    if (node == NULL) {
        return;
    }
    if (node->kind == NODE_ATTR) {
        struct value value = eval_value(context, node);
        buf_str(out, *is_first ? STR("") : STR(", "));
        *is_first = false;
        node_attr_write(out, node);
        buf_str(out, STR(" = "));
        if (value.kind == VALUE_UNREADABLE && value.found != VALUE_MISSING) {
            write_mismatch(out, node, &value);
            return;
        }
        write_value(out, &value);
        if (value.kind == VALUE_MISSING) {
            struct str obtain = node_attr_obtain(node);
            if (obtain.n > 0) {
                buf_printf(out, ", obtained by %.*s", STR_ARG(obtain));
            }
        }
        return;
    }
    write_attr_values(out, context, node->a, is_first);
    write_attr_values(out, context, node->b, is_first);
}

static void write_decision(void *shared, struct eval_context *context,
                           const struct decision *decision)
{
    static const char *const truths[] = {
        [TRUTH_FALSE] = "false", [TRUTH_UNKNOWN] = "unknown", [TRUTH_TRUE] = "true"};
    struct buf *out = shared;
    bool is_first = true;

    buf_printf(out, "  %-7s  ", truths[decision->truth]);
    if (decision->node->kind == NODE_MATCH) {
        event_match_write(out, decision->node->match);
        buf_str(out, STR("\n           "));
        event_match_write_found(out, &context->match, decision->node->match, context->event);
        buf_char(out, '\n');
        return;
    }
    for (unsigned i = 0; i < decision->depth; i++) {
        buf_printf(out, "#%zu ", decision->element_indexes[i] + 1);
    }
    buf_str(out, decision->node->text);
    buf_str(out, STR("\n           "));
    write_attr_values(out, context, decision->node, &is_first);
    buf_char(out, '\n');
}

void explain_entity(struct buf *out, const struct rule_program *program, const struct value *entity,
                    int64_t as_of)
{
    struct eval_context context;

    eval_init(&context, as_of);
    enum verdict verdict = eval_rule(&context, program, entity);
    buf_printf(out, "%.*s as of ", STR_ARG(verdict_name(verdict)));
    instant_write(out, as_of);
    buf_char(out, '\n');
    if (program->where != NULL) {
        buf_str(out, STR("where:\n"));
        eval_decide(&context, program->where, write_decision, out);
    }
    if (verdict != VERDICT_NOT_APPLICABLE) {
        buf_str(out, program->is_not ? STR("should not have:\n") : STR("should have:\n"));
        eval_decide(&context, program->have, write_decision, out);
    }
    eval_release(&context);
}

void explain_event(struct buf *out, const struct rule_program *program, const struct event *event,
                   int64_t as_of)
{
    static const char *const answers[] = {
        [TRUTH_FALSE] = "no match", [TRUTH_UNKNOWN] = "unknown", [TRUTH_TRUE] = "match"};
    struct eval_context context;
    struct value entity;

    eval_init(&context, as_of);
    if (program->dialect == DIALECT_KEYWARDEN) {
        if (value_from_event(&context.arena, event, program->entity, &entity)) {
            explain_entity(out, program, &entity, as_of);
        }
    } else {
        buf_printf(out, "%s\n", answers[eval_event(&context, program, event)]);
        eval_decide(&context, program->have, write_decision, out);
    }
    eval_release(&context);
}

#include "rule/check_parts.h"

#include <stdio.h>

#include "base/instant.h"
#include "rule/lex.h"

struct node *checker_fail(struct checker *checker, uint32_t offset, const char *format, ...)
{
    uint64_t line = 0, col = 0;
    char text[400];
    va_list args;

    if (checker->err->kind != ERR_NONE) {
        return NULL;
    }
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    text_place(checker->rule->text, offset, &line, &col);
    (void)err_set(checker->err, ERR_INPUT, "%s", text);
    err_place(checker->err, (struct str){0}, line, col);
    return NULL;
}

struct node *checker_node(struct checker *checker, enum node_kind kind, enum rule_type type,
                          const struct ast *ast)
{
    struct node *node = arena_alloc(checker->arena, sizeof *node);

    if (node == NULL) {
        return checker_fail(checker, ast->offset, "the rule is too large");
    }
    node->kind = kind;
    node->type = type;
    node->text = str_sub(checker->rule->text, ast->offset, ast->end);
    return node;
}

struct node *checker_unary(struct checker *checker, enum node_kind kind, enum rule_type type,
                           const struct ast *ast, const struct node *a)
{
    struct node *node = a == NULL ? NULL : checker_node(checker, kind, type, ast);

    if (node != NULL) {
        node->a = a;
    }
    return node;
}

struct node *checker_binary(struct checker *checker, enum node_kind kind, enum rule_type type,
                            const struct ast *ast, const struct node *a, const struct node *b)
{
    struct node *node = b == NULL ? NULL : checker_unary(checker, kind, type, ast, a);

    if (node != NULL) {
        node->b = b;
    }
    return node;
}

struct node *checker_const(struct checker *checker, const struct ast *ast, struct value value,
                           enum rule_type type)
{
    struct node *node = checker_node(checker, NODE_CONST, type, ast);

    if (node != NULL) {
        node->constant = value;
    }
    return node;
}

bool node_is_const(const struct node *node)
{
    return node->kind == NODE_CONST;
}

bool checker_date(struct checker *checker, struct node *node, const struct ast *ast)
{
    if (!node_is_const(node) || node->type != TYPE_STRING) {
        return false;
    }
    if (!instant_parse_human(node->constant.string, &node->constant.number)) {
        (void)checker_fail(checker, ast->offset, "this is no date");
        err_hint(checker->err, "write \"2026-11-01\" or \"2026-11-01T00:00:00Z\"");
        return false;
    }
    node->constant.kind = VALUE_TIME;
    node->type = TYPE_TIME;
    return true;
}

const char *node_type_text(const struct node *node)
{
    if (node->is_list) {
        return "a list";
    }
    switch (node->type) {
    case TYPE_BOOL:
        return "a boolean";
    case TYPE_NUMBER:
        return "a number";
    case TYPE_STRING:
        return "a string";
    case TYPE_TIME:
        return "a time";
    case TYPE_DURATION:
        return "a duration";
    case TYPE_IP:
        return "an ip address";
    case TYPE_ENTITY:
        return "a struct";
    }
    return "a value";
}

/* ---- paths ---------------------------------------------------------------------------------- */

struct node *checker_attr(struct checker *checker, const struct ast *ast, uint32_t frame,
                          const struct schema_attr *const *chain, uint32_t chain_count)
{
    struct node *node = checker_node(checker, NODE_ATTR, TYPE_STRING, ast);
    const struct schema_attr **copy = NULL;

    if (node == NULL) {
        return NULL;
    }
    copy = arena_array(checker->arena, chain_count, sizeof(struct schema_attr *));
    if (copy == NULL) {
        return checker_fail(checker, ast->offset, "the rule is too large");
    }
    for (uint32_t i = 0; i < chain_count; i++) {
        copy[i] = chain[i];
    }
    node->frame = frame;
    node->chain = copy;
    node->chain_count = chain_count;
    if (chain_count > 0) {
        const struct schema_attr *last = chain[chain_count - 1];
        node->type = last->type;
        node->is_list = last->is_list;
        node->entity = last->entity;
    } else {
        node->entity = checker->frames[frame].entity;
        node->type = checker->frames[frame].is_string ? TYPE_STRING : TYPE_ENTITY;
    }
    return node;
}

bool checker_step_into(struct checker *checker, const struct node *list, const struct ast *ast)
{
    if (checker->frame_count == FRAME_COUNT_MAX) {
        (void)checker_fail(checker, ast->offset, "too many lists within each other");
        return false;
    }
    checker->steps[checker->step_count++] = list;
    checker->frames[checker->frame_count++] =
        (struct frame){list->type == TYPE_ENTITY ? list->entity : &schema_string_element,
                       list->type != TYPE_ENTITY};
    return true;
}

static struct node *fail_attr(struct checker *checker, const struct schema_entity *entity,
                              struct str name)
{
    struct str near = schema_attr_nearest(entity, name);

    (void)checker_fail(checker, (uint32_t)(name.p - checker->rule->text.p),
                       "%.*s has no attribute '%.*s'", STR_ARG(entity->name), STR_ARG(name));
    if (near.n > 0) {
        err_hint(checker->err, "did you mean '%.*s'?", STR_ARG(near));
    } else {
        err_hint(checker->err, "'keywarden rule schema %.*s' lists its attributes",
                 STR_ARG(entity->is_root ? entity->name : checker->rule->entity));
    }
    return NULL;
}

/* The let of that name, typed at the rule's entity wherever it is used. */
static struct node *check_let(struct checker *checker, const struct ast *ast, bool *is_let)
{
    *is_let = false;
    if (ast->ups > 0 || ast->name_count != 1) {
        return NULL;
    }
    for (const struct ast_let *let = checker->rule->lets; let != NULL; let = let->next) {
        if (!str_eq_nocase(let->name, ast->names[0])) {
            continue;
        }
        *is_let = true;
        if (let->offset >= ast->offset) {
            return checker_fail(checker, ast->offset, "'%.*s' is used before it is defined",
                                STR_ARG(let->name));
        }
        if (checker->let_depth == 16) {
            return checker_fail(checker, ast->offset, "lets are nested too deeply");
        }
        struct checker inner = *checker;
        inner.frame_count = 1;
        inner.lexical_count = 1;
        inner.step_count = 0;
        inner.let_depth++;
        struct node *node = check_value(&inner, let->value);
        if (node != NULL && inner.step_count > 0) {
            if (node->type != TYPE_BOOL) {
                return checker_fail(checker, let->offset,
                                    "the value of '%.*s' runs through a list: write a condition",
                                    STR_ARG(let->name));
            }
            inner.frame_count = 1;
            inner.step_count = 0;
            node = check_bool(&inner, let->value);
        }
        return node;
    }
    return NULL;
}

/* The names from `at` on as one, with dots between them. */
static bool join_names(struct checker *checker, const struct ast *ast, uint32_t at, struct str *out)
{
    struct buf joined;
    bool ok = false;

    buf_init(&joined, RULE_TEXT_SIZE_MAX);
    for (uint32_t i = at; i < ast->name_count; i++) {
        buf_str(&joined, i == at ? STR("") : STR("."));
        buf_str(&joined, ast->names[i]);
    }
    ok = arena_str(checker->arena, buf_text(&joined), out);
    buf_release(&joined);
    return ok;
}

/* A path into a part of an event: texts, as many as there are. */
static struct node *check_member(struct checker *checker, const struct ast *ast, uint32_t at,
                                 struct node *member)
{
    if (!join_names(checker, ast, at, &member->open_name)) {
        return checker_fail(checker, ast->offset, "the rule is too large");
    }
    member->type = TYPE_STRING;
    member->is_list = true;
    member->entity = &schema_string_element;
    return member;
}

/* A name behind an open struct: any column, as text. */
static struct node *check_column(struct checker *checker, const struct ast *ast, uint32_t frame,
                                 const struct schema_entity *entity,
                                 const struct schema_attr *const *chain, uint32_t chain_count,
                                 uint32_t at)
{
    struct node *column = checker_attr(checker, ast, frame, chain, chain_count);

    if (column == NULL) {
        return NULL;
    }
    if (entity->is_complete) {
        return check_member(checker, ast, at, column);
    }
    column->open_name = ast->names[at];
    column->type = TYPE_STRING;
    column->is_list = false;
    column->entity = NULL;
    return at + 1 == ast->name_count
               ? column
               : checker_fail(checker, ast->offset, "a column has no attributes");
}

struct node *check_path(struct checker *checker, const struct ast *ast)
{
    const struct schema_attr *chain[16];
    uint32_t chain_count = 0;
    bool is_let = false;
    struct node *let = check_let(checker, ast, &is_let);

    if (is_let) {
        return let;
    }
    if (ast->ups >= checker->lexical_count) {
        return checker_fail(checker, ast->offset, "'..' climbs above the rule's entity");
    }
    uint32_t frame = checker->lexical[checker->lexical_count - 1 - ast->ups];
    const struct schema_entity *entity = checker->frames[frame].entity;
    for (uint32_t i = 0; i < ast->name_count; i++) {
        struct str name = ast->names[i];
        if (entity != NULL && entity->is_open) {
            return check_column(checker, ast, frame, entity, chain, chain_count, i);
        }
        if (checker->frames[frame].is_string && chain_count == 0 &&
            str_eq_nocase(name, STR("value")) && i + 1 == ast->name_count) {
            return checker_attr(checker, ast, frame, chain, 0);
        }
        const struct schema_attr *attr = entity == NULL ? NULL : schema_attr_find(entity, name);
        if (attr == NULL) {
            return entity == NULL ? checker_fail(checker, ast->offset,
                                                 "'%.*s' is inside a plain value", STR_ARG(name))
                                  : fail_attr(checker, entity, name);
        }
        chain[chain_count++] = attr;
        entity = attr->type == TYPE_ENTITY ? attr->entity : NULL;
        if (attr->is_list && i + 1 < ast->name_count) {
            struct node *list = checker_attr(checker, ast, frame, chain, chain_count);
            if (list == NULL || !checker_step_into(checker, list, ast)) {
                return NULL;
            }
            frame = checker->frame_count - 1;
            entity = checker->frames[frame].entity;
            chain_count = 0;
        }
    }
    return checker_attr(checker, ast, frame, chain, chain_count);
}

/* A struct where one value is wanted stands for its `value`, else its `id`. */
static struct node *project(struct checker *checker, struct node *node, const struct ast *ast)
{
    const struct schema_attr *attr = NULL;
    const struct schema_attr *chain[17];

    if (node->type != TYPE_ENTITY) {
        return node;
    }
    attr = schema_attr_find(node->entity, STR("value"));
    if (attr == NULL) {
        attr = schema_attr_find(node->entity, STR("id"));
    }
    if (attr == NULL || node->kind != NODE_ATTR || node->chain_count == 16) {
        return checker_fail(checker, ast->offset, "a %.*s is no single value",
                            STR_ARG(node->entity->name));
    }
    for (uint32_t i = 0; i < node->chain_count; i++) {
        chain[i] = node->chain[i];
    }
    chain[node->chain_count] = attr;
    return checker_attr(checker, ast, node->frame, chain, node->chain_count + 1);
}

/* One value: a list becomes "any of its elements". */
struct node *check_scalar(struct checker *checker, const struct ast *ast)
{
    struct node *node = check_value(checker, ast);

    for (int i = 0; i < 3 && node != NULL && (node->is_list || node->type == TYPE_ENTITY); i++) {
        if (node->is_list) {
            if (!checker_step_into(checker, node, ast)) {
                return NULL;
            }
            node = checker_attr(checker, ast, checker->frame_count - 1, NULL, 0);
        } else {
            node = project(checker, node, ast);
        }
    }
    return node;
}

/* ---- values --------------------------------------------------------------------------------- */

static int64_t unit_seconds(struct str unit)
{
    static const struct {
        struct str name;
        int64_t seconds;
    } units[] = {{STR_LIT("second"), 1},
                 {STR_LIT("minute"), 60},
                 {STR_LIT("hour"), 3600},
                 {STR_LIT("day"), SECONDS_PER_DAY},
                 {STR_LIT("week"), 7 * SECONDS_PER_DAY}};

    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (str_eq_nocase(unit, units[i].name) ||
            (unit.n == units[i].name.n + 1 && (unit.p[unit.n - 1] | 0x20) == 's' &&
             str_eq_nocase(str_sub(unit, 0, unit.n - 1), units[i].name))) {
            return units[i].seconds;
        }
    }
    return 0;
}

static struct node *check_param(struct checker *checker, const struct ast *ast)
{
    for (size_t i = 0; i < checker->param_count; i++) {
        if (str_eq_nocase(checker->params[i].name, ast->text)) {
            struct value value = {.kind = VALUE_NUMBER, .number = checker->params[i].value};
            return checker_const(checker, ast, value, TYPE_NUMBER);
        }
    }
    (void)checker_fail(checker, ast->offset, "parameter '$%.*s' has no value", STR_ARG(ast->text));
    err_hint(checker->err, "declare it beside the rule: params: {%.*s: 90}", STR_ARG(ast->text));
    return NULL;
}

/* Beyond every span of the calendar, and far from the ends of 64 bits. */
#define DURATION_SECONDS_MAX (4 * (INSTANT_MAX - INSTANT_MIN))

static struct node *duration_const(struct checker *checker, const struct ast *ast, int64_t amount,
                                   int64_t seconds)
{
    struct value value = {.kind = VALUE_DURATION};

    if (__builtin_mul_overflow(amount, seconds, &value.number) ||
        value.number > DURATION_SECONDS_MAX || value.number < -DURATION_SECONDS_MAX) {
        return checker_fail(checker, ast->offset, "this duration is too long");
    }
    return checker_const(checker, ast, value, TYPE_DURATION);
}

static struct node *check_duration(struct checker *checker, const struct ast *ast)
{
    struct node *amount = check_value(checker, ast->a);

    return amount == NULL
               ? NULL
               : duration_const(checker, ast, amount->constant.number, unit_seconds(ast->text));
}

static struct node *check_negate(struct checker *checker, const struct ast *ast)
{
    struct node *a = check_scalar(checker, ast->a);
    struct node *node = NULL;

    if (a == NULL) {
        return NULL;
    }
    if (a->type != TYPE_NUMBER && a->type != TYPE_DURATION) {
        return checker_fail(checker, ast->offset, "'-' needs a number or a duration, not %s",
                            node_type_text(a));
    }
    node = checker_unary(checker, NODE_NEGATE, a->type, ast, a);
    if (node != NULL && node_is_const(a)) {
        struct value value = a->constant;
        if (__builtin_sub_overflow((int64_t)0, value.number, &value.number)) {
            return checker_fail(checker, ast->offset, "this number is too large");
        }
        return checker_const(checker, ast, value, a->type);
    }
    return node;
}

/* What may be computed, and the type of the result. */
static const struct arithmetic_rule {
    enum rule_type a;
    enum arithmetic_op op;
    enum rule_type b, result;
} arithmetic_rules[] = {
    {TYPE_NUMBER, OP_ADD, TYPE_NUMBER, TYPE_NUMBER},
    {TYPE_NUMBER, OP_SUB, TYPE_NUMBER, TYPE_NUMBER},
    {TYPE_NUMBER, OP_MUL, TYPE_NUMBER, TYPE_NUMBER},
    {TYPE_NUMBER, OP_DIV, TYPE_NUMBER, TYPE_NUMBER},
    {TYPE_DURATION, OP_ADD, TYPE_DURATION, TYPE_DURATION},
    {TYPE_DURATION, OP_SUB, TYPE_DURATION, TYPE_DURATION},
    {TYPE_DURATION, OP_MUL, TYPE_NUMBER, TYPE_DURATION},
    {TYPE_DURATION, OP_DIV, TYPE_NUMBER, TYPE_DURATION},
    {TYPE_NUMBER, OP_MUL, TYPE_DURATION, TYPE_DURATION},
    {TYPE_TIME, OP_ADD, TYPE_DURATION, TYPE_TIME},
    {TYPE_TIME, OP_SUB, TYPE_DURATION, TYPE_TIME},
    {TYPE_DURATION, OP_ADD, TYPE_TIME, TYPE_TIME},
    {TYPE_TIME, OP_SUB, TYPE_TIME, TYPE_DURATION},
};

static bool arithmetic_type(enum arithmetic_op op, enum rule_type a, enum rule_type b,
                            enum rule_type *out)
{
    for (size_t i = 0; i < sizeof arithmetic_rules / sizeof arithmetic_rules[0]; i++) {
        const struct arithmetic_rule *rule = &arithmetic_rules[i];
        if (rule->a == a && rule->op == op && rule->b == b) {
            *out = rule->result;
            return true;
        }
    }
    return false;
}

static bool is_of_time(const struct node *node)
{
    return node->type == TYPE_TIME || node->type == TYPE_DURATION;
}

/* As in comparisons, a string beside a time or a duration is a date: now - "2000-01-01". */
static bool dates_of_arithmetic(struct checker *checker, const struct ast *ast, struct node *a,
                                struct node *b)
{
    if (a->type == TYPE_STRING && is_of_time(b)) {
        return checker_date(checker, a, ast->a) || checker->err->kind == ERR_NONE;
    }
    if (b->type == TYPE_STRING && is_of_time(a)) {
        return checker_date(checker, b, ast->b) || checker->err->kind == ERR_NONE;
    }
    return true;
}

static struct node *check_arithmetic(struct checker *checker, const struct ast *ast)
{
    static const char *const words[] = {
        [OP_ADD] = "add", [OP_SUB] = "subtract", [OP_MUL] = "multiply", [OP_DIV] = "divide"};
    struct node *a = check_scalar(checker, ast->a);
    struct node *b = a == NULL ? NULL : check_scalar(checker, ast->b);
    enum rule_type type = TYPE_NUMBER;
    struct node *node = NULL;

    if (b == NULL) {
        return NULL;
    }
    if (!dates_of_arithmetic(checker, ast, a, b)) {
        return NULL;
    }
    if (!arithmetic_type(ast->op.arithmetic, a->type, b->type, &type)) {
        (void)checker_fail(checker, ast->offset, "cannot %s %s and %s", words[ast->op.arithmetic],
                           node_type_text(a), node_type_text(b));
        if (a->type == TYPE_TIME || b->type == TYPE_TIME) {
            err_hint(checker->err, "give a unit: 90 days");
        }
        return NULL;
    }
    node = checker_binary(checker, NODE_ARITHMETIC, type, ast, a, b);
    if (node != NULL) {
        node->op.arithmetic = ast->op.arithmetic;
    }
    return node;
}

static uint32_t arg_count_of(const struct ast *call)
{
    uint32_t count = 0;

    for (const struct ast *arg = call->args; arg != NULL; arg = arg->next) {
        count++;
    }
    return count;
}

static bool expect_args(struct checker *checker, const struct ast *ast, uint32_t count,
                        const char *usage)
{
    if (arg_count_of(ast) != count) {
        (void)checker_fail(checker, ast->offset, "wrong number of arguments: write %s", usage);
        return false;
    }
    return true;
}

static struct node *check_time_arg(struct checker *checker, const struct ast *arg,
                                   const char *function)
{
    struct node *node = check_scalar(checker, arg);

    if (node != NULL && node->type != TYPE_TIME) {
        return checker_fail(checker, arg->offset, "%s needs a time, not %s", function,
                            node_type_text(node));
    }
    return node;
}

/* isLaterThan(-1, "days") and isEarlierThan: a comparison with now + n units. */
static struct node *check_relative(struct checker *checker, const struct ast *ast, bool is_later)
{
    const char *name = is_later ? "isLaterThan" : "isEarlierThan";
    struct node *time = NULL, *amount = NULL, *now = NULL, *shift = NULL, *limit = NULL;

    if (!expect_args(checker, ast, 2, "isLaterThan(-90, \"days\")") ||
        (time = check_time_arg(checker, ast->a, name)) == NULL ||
        (amount = check_value(checker, ast->args)) == NULL) {
        return NULL;
    }
    const struct ast *unit = ast->args->next;
    if (unit->kind != AST_STRING || unit_seconds(unit->text) == 0) {
        (void)checker_fail(checker, unit->offset, "this is no unit of time");
        err_hint(checker->err, "use \"seconds\", \"minutes\", \"hours\", \"days\" or \"weeks\"");
        return NULL;
    }
    if (!node_is_const(amount) || amount->type != TYPE_NUMBER) {
        return checker_fail(checker, ast->args->offset, "%s needs a number", name);
    }
    shift = duration_const(checker, ast, amount->constant.number, unit_seconds(unit->text));
    now = checker_node(checker, NODE_NOW, TYPE_TIME, ast);
    limit = shift == NULL || now == NULL
                ? NULL
                : checker_binary(checker, NODE_ARITHMETIC, TYPE_TIME, ast, now, shift);
    if (limit == NULL) {
        return NULL;
    }
    limit->op.arithmetic = OP_ADD;
    struct node *compare = checker_binary(checker, NODE_COMPARE, TYPE_BOOL, ast, time, limit);
    if (compare != NULL) {
        compare->op.compare = is_later ? OP_GT : OP_LT;
    }
    return compare;
}

static struct node *check_len(struct checker *checker, const struct ast *ast)
{
    struct node *a = NULL;

    if (!expect_args(checker, ast, 0, "Path len()") || (a = check_value(checker, ast->a)) == NULL) {
        return NULL;
    }
    if (!a->is_list && a->type != TYPE_STRING) {
        return checker_fail(checker, ast->offset, "len() needs a list or a string, not %s",
                            node_type_text(a));
    }
    return checker_unary(checker, NODE_LEN, TYPE_NUMBER, ast, a);
}

struct node *check_const_list(struct checker *checker, const struct ast *first, enum rule_type type,
                              struct node *node)
{
    uint32_t count = 0;
    const struct node **args = NULL;

    for (const struct ast *arg = first; arg != NULL; arg = arg->next) {
        count++;
    }
    if (count == 0) {
        return checker_fail(checker, (uint32_t)(node->text.p - checker->rule->text.p),
                            "an empty list of values matches nothing");
    }
    args = arena_array(checker->arena, count, sizeof(struct node *));
    if (args == NULL) {
        return checker_fail(checker, first->offset, "the rule is too large");
    }
    count = 0;
    for (const struct ast *arg = first; arg != NULL; arg = arg->next) {
        struct node *value = check_value(checker, arg);
        if (value == NULL) {
            return NULL;
        }
        bool fits = value->type == type || (type == TYPE_IP && value->type == TYPE_STRING) ||
                    (type == TYPE_STRING && value->type == TYPE_IP);
        if (!node_is_const(value) || !fits) {
            return checker_fail(checker, arg->offset, "the list must hold constants of one type");
        }
        args[count++] = value;
    }
    node->args = args;
    node->arg_count = count;
    return node;
}

static struct node *check_has(struct checker *checker, const struct ast *ast)
{
    struct node *list = check_value(checker, ast->a);
    struct node *node = NULL;

    if (list == NULL) {
        return NULL;
    }
    if (!list->is_list || list->type == TYPE_ENTITY) {
        return checker_fail(checker, ast->offset, "has() needs a list of plain values, not %s",
                            node_type_text(list));
    }
    node = checker_unary(checker, NODE_HAS, TYPE_BOOL, ast, list);
    return node == NULL ? NULL : check_const_list(checker, ast->args, list->type, node);
}

static struct node *check_ip_function(struct checker *checker, const struct ast *ast,
                                      enum node_kind kind, enum rule_type type)
{
    struct node *a = NULL;

    if (!expect_args(checker, ast, 0, "Path isPrivate()") ||
        (a = check_scalar(checker, ast->a)) == NULL) {
        return NULL;
    }
    if (a->type != TYPE_IP && a->type != TYPE_STRING) {
        return checker_fail(checker, ast->offset, "this function needs an ip address, not %s",
                            node_type_text(a));
    }
    return checker_unary(checker, kind, type, ast, a);
}

static struct node *check_divisible(struct checker *checker, const struct ast *ast)
{
    struct node *a = NULL, *b = NULL;

    if (!expect_args(checker, ast, 1, "Path divisibleby(2)") ||
        (a = check_scalar(checker, ast->a)) == NULL ||
        (b = check_value(checker, ast->args)) == NULL) {
        return NULL;
    }
    if (a->type != TYPE_NUMBER || b->type != TYPE_NUMBER || !node_is_const(b) ||
        b->constant.number == 0) {
        return checker_fail(checker, ast->offset, "divisibleby needs numbers and no zero");
    }
    return checker_binary(checker, NODE_DIVISIBLE, TYPE_BOOL, ast, a, b);
}

static struct node *check_method(struct checker *checker, const struct ast *ast)
{
    struct str name = ast->text;

    if (str_eq_nocase(name, STR("len"))) {
        return check_len(checker, ast);
    }
    if (str_eq_nocase(name, STR("has"))) {
        return check_has(checker, ast);
    }
    if (str_eq_nocase(name, STR("isLaterThan"))) {
        return check_relative(checker, ast, true);
    }
    if (str_eq_nocase(name, STR("isEarlierThan"))) {
        return check_relative(checker, ast, false);
    }
    if (str_eq_nocase(name, STR("numhosts"))) {
        return check_ip_function(checker, ast, NODE_NUMHOSTS, TYPE_NUMBER);
    }
    if (str_eq_nocase(name, STR("isPrivate"))) {
        return check_ip_function(checker, ast, NODE_IS_PRIVATE, TYPE_BOOL);
    }
    if (str_eq_nocase(name, STR("isPublic"))) {
        return check_ip_function(checker, ast, NODE_IS_PUBLIC, TYPE_BOOL);
    }
    return check_divisible(checker, ast);
}

static struct node *check_function(struct checker *checker, const struct ast *ast)
{
    struct node *a = NULL, *b = NULL;

    if (str_eq_nocase(ast->text, STR("age"))) {
        return !expect_args(checker, ast, 1, "age(LastUsedTime)")
                   ? NULL
                   : checker_unary(checker, NODE_AGE, TYPE_DURATION, ast,
                                   check_time_arg(checker, ast->args, "age"));
    }
    if (str_eq_nocase(ast->text, STR("first_time"))) {
        if (!expect_args(checker, ast, 2, "first_time(LastUsedTime, LastRotatedTime)") ||
            (a = check_time_arg(checker, ast->args, "first_time")) == NULL ||
            (b = check_time_arg(checker, ast->args->next, "first_time")) == NULL) {
            return NULL;
        }
        return checker_binary(checker, NODE_FIRST_TIME, TYPE_TIME, ast, a, b);
    }
    if (str_eq_nocase(ast->text, STR("abs"))) {
        if (!expect_args(checker, ast, 1, "abs(LastRotatedTime - ..CreationDate)") ||
            (a = check_scalar(checker, ast->args)) == NULL) {
            return NULL;
        }
        if (a->type != TYPE_NUMBER && a->type != TYPE_DURATION) {
            return checker_fail(checker, ast->offset, "abs needs a number or a duration, not %s",
                                node_type_text(a));
        }
        return checker_unary(checker, NODE_ABS, a->type, ast, a);
    }
    (void)checker_fail(checker, ast->offset, "there is no function '%.*s'", STR_ARG(ast->text));
    err_hint(checker->err, "functions are age, abs, first_time and, behind a path, len, has, "
                           "isLaterThan, isEarlierThan, numhosts, isPrivate, isPublic, "
                           "divisibleby");
    return NULL;
}

struct node *check_value(struct checker *checker, const struct ast *ast)
{
    struct value value = {0};

    switch (ast->kind) {
    case AST_PATH:
        return check_path(checker, ast);
    case AST_CALL:
        return ast->a != NULL ? check_method(checker, ast) : check_function(checker, ast);
    case AST_NUMBER:
        value = (struct value){.kind = VALUE_NUMBER, .number = ast->number};
        return checker_const(checker, ast, value, TYPE_NUMBER);
    case AST_STRING:
        value = (struct value){.kind = VALUE_STRING, .string = ast->text};
        return checker_const(checker, ast, value, TYPE_STRING);
    case AST_BOOL:
        value = (struct value){.kind = VALUE_BOOL, .boolean = ast->is_true};
        return checker_const(checker, ast, value, TYPE_BOOL);
    case AST_IP:
        value = (struct value){.kind = VALUE_IP, .string = ast->text};
        return checker_const(checker, ast, value, TYPE_IP);
    case AST_NOW:
        return checker_node(checker, NODE_NOW, TYPE_TIME, ast);
    case AST_PARAM:
        return check_param(checker, ast);
    case AST_DURATION:
        return check_duration(checker, ast);
    case AST_NEGATE:
        return check_negate(checker, ast);
    case AST_ARITHMETIC:
        return check_arithmetic(checker, ast);
    case AST_OR:
    case AST_AND:
    case AST_NOT:
    case AST_COMPARE:
    case AST_LIKE:
    case AST_IN:
    case AST_IS:
    case AST_EXISTS:
    case AST_WITH:
    case AST_QUANTIFY:
        return check_bool(checker, ast);
    }
    return NULL;
}

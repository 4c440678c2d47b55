/* Types the tree against the schema and makes the program.
 *
 * A path that runs through a list means "any element": the lists it crosses are collected while a
 * predicate is typed, and the finished predicate is wrapped in one quantifier over them. */
#include "rule/program.h"

#include "base/instant.h"
#include "rule/lex.h"

#include <stdio.h>

struct frame {
    const struct schema_entity *entity;
    bool is_string; /* element of a list of strings */
};

struct checker {
    struct arena *arena;
    const struct ast_rule *rule;
    const struct control_param *params;
    size_t param_count;
    struct frame frames[FRAME_COUNT_MAX];
    uint32_t frame_count;
    uint32_t lexical[FRAME_COUNT_MAX]; /* frames that `with` opened, which `..` climbs */
    uint32_t lexical_count;
    const struct node *steps[FRAME_COUNT_MAX]; /* lists crossed by the predicate at hand */
    uint32_t step_count;
    uint32_t let_depth;
    struct err *err;
};

static struct node *check_bool(struct checker *checker, const struct ast *ast);
static struct node *check_value(struct checker *checker, const struct ast *ast);
static struct node *check_quantified(struct checker *checker, const struct ast *ast,
                                     enum quantifier quantifier, int64_t n);

static struct node *fail_at(struct checker *checker, uint32_t offset, const char *format, ...)
    PRINTF(3, 4);

static struct node *fail_at(struct checker *checker, uint32_t offset, const char *format, ...)
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

static struct node *node_new(struct checker *checker, enum node_kind kind, enum rule_type type,
                             const struct ast *ast)
{
    struct node *node = arena_alloc(checker->arena, sizeof *node);

    if (node == NULL) {
        return fail_at(checker, ast->offset, "the rule is too large");
    }
    node->kind = kind;
    node->type = type;
    node->text = str_sub(checker->rule->text, ast->offset, ast->end);
    return node;
}

static struct node *node_unary(struct checker *checker, enum node_kind kind, enum rule_type type,
                               const struct ast *ast, const struct node *a)
{
    struct node *node = a == NULL ? NULL : node_new(checker, kind, type, ast);

    if (node != NULL) {
        node->a = a;
    }
    return node;
}

static struct node *node_binary(struct checker *checker, enum node_kind kind, enum rule_type type,
                                const struct ast *ast, const struct node *a, const struct node *b)
{
    struct node *node = b == NULL ? NULL : node_unary(checker, kind, type, ast, a);

    if (node != NULL) {
        node->b = b;
    }
    return node;
}

static struct node *node_const(struct checker *checker, const struct ast *ast, struct value value,
                               enum rule_type type)
{
    struct node *node = node_new(checker, NODE_CONST, type, ast);

    if (node != NULL) {
        node->constant = value;
    }
    return node;
}

static bool is_const(const struct node *node)
{
    return node->kind == NODE_CONST;
}

/* What to call a node's type in a message: "list of strings", "Password struct". */
static const char *type_text(const struct node *node)
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

static struct node *attr_new(struct checker *checker, const struct ast *ast, uint32_t frame,
                             const struct schema_attr *const *chain, uint32_t chain_count)
{
    struct node *node = node_new(checker, NODE_ATTR, TYPE_STRING, ast);
    const struct schema_attr **copy = NULL;

    if (node == NULL) {
        return NULL;
    }
    copy = arena_array(checker->arena, chain_count, sizeof(struct schema_attr *));
    if (copy == NULL) {
        return fail_at(checker, ast->offset, "the rule is too large");
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

/* Crosses `list`: its elements get a frame of their own. */
static bool step_into(struct checker *checker, const struct node *list, const struct ast *ast)
{
    if (checker->frame_count == FRAME_COUNT_MAX) {
        (void)fail_at(checker, ast->offset, "too many lists within each other");
        return false;
    }
    checker->steps[checker->step_count++] = list;
    checker->frames[checker->frame_count++] = (struct frame){
        list->type == TYPE_ENTITY ? list->entity : &schema_string_element,
        list->type != TYPE_ENTITY};
    return true;
}

static struct node *fail_attr(struct checker *checker, const struct schema_entity *entity,
                              struct str name)
{
    struct str near = schema_attr_nearest(entity, name);

    (void)fail_at(checker, (uint32_t)(name.p - checker->rule->text.p),
                  "%.*s has no attribute '%.*s'", STR_ARG(entity->name), STR_ARG(name));
    if (near.n > 0) {
        err_hint(checker->err, "did you mean '%.*s'?", STR_ARG(near));
    } else {
        err_hint(checker->err, "'keywarden rule schema %.*s' lists its attributes",
                 STR_ARG(entity->name));
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
            return fail_at(checker, ast->offset, "'%.*s' is used before it is defined",
                           STR_ARG(let->name));
        }
        if (checker->let_depth == 16) {
            return fail_at(checker, ast->offset, "lets are nested too deeply");
        }
        struct checker inner = *checker;
        inner.frame_count = 1;
        inner.lexical_count = 1;
        inner.step_count = 0;
        inner.let_depth++;
        struct node *node = check_value(&inner, let->value);
        if (node != NULL && inner.step_count > 0) {
            if (node->type != TYPE_BOOL) {
                return fail_at(checker, let->offset,
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

static struct node *check_path(struct checker *checker, const struct ast *ast)
{
    const struct schema_attr *chain[16];
    uint32_t chain_count = 0;
    bool is_let = false;
    struct node *let = check_let(checker, ast, &is_let);

    if (is_let) {
        return let;
    }
    if (ast->ups >= checker->lexical_count) {
        return fail_at(checker, ast->offset, "'..' climbs above the rule's entity");
    }
    uint32_t frame = checker->lexical[checker->lexical_count - 1 - ast->ups];
    const struct schema_entity *entity = checker->frames[frame].entity;
    for (uint32_t i = 0; i < ast->name_count; i++) {
        struct str name = ast->names[i];
        if (entity != NULL && entity->is_open) {
            struct node *column = attr_new(checker, ast, frame, chain, chain_count);
            if (column != NULL) {
                column->open_name = name;
                column->type = TYPE_STRING;
                column->is_list = false;
                column->entity = NULL;
            }
            return i + 1 == ast->name_count || column == NULL
                       ? column
                       : fail_at(checker, ast->offset, "a column has no attributes");
        }
        if (checker->frames[frame].is_string && chain_count == 0 &&
            str_eq_nocase(name, STR("value")) && i + 1 == ast->name_count) {
            return attr_new(checker, ast, frame, chain, 0);
        }
        const struct schema_attr *attr = entity == NULL ? NULL : schema_attr_find(entity, name);
        if (attr == NULL) {
            return entity == NULL ? fail_at(checker, ast->offset, "'%.*s' is inside a plain value",
                                            STR_ARG(name))
                                  : fail_attr(checker, entity, name);
        }
        chain[chain_count++] = attr;
        entity = attr->type == TYPE_ENTITY ? attr->entity : NULL;
        if (attr->is_list && i + 1 < ast->name_count) {
            struct node *list = attr_new(checker, ast, frame, chain, chain_count);
            if (list == NULL || !step_into(checker, list, ast)) {
                return NULL;
            }
            frame = checker->frame_count - 1;
            entity = checker->frames[frame].entity;
            chain_count = 0;
        }
    }
    return attr_new(checker, ast, frame, chain, chain_count);
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
        return fail_at(checker, ast->offset, "a %.*s is no single value",
                       STR_ARG(node->entity->name));
    }
    for (uint32_t i = 0; i < node->chain_count; i++) {
        chain[i] = node->chain[i];
    }
    chain[node->chain_count] = attr;
    return attr_new(checker, ast, node->frame, chain, node->chain_count + 1);
}

/* One value: a list becomes "any of its elements". */
static struct node *check_scalar(struct checker *checker, const struct ast *ast)
{
    struct node *node = check_value(checker, ast);

    for (int i = 0; i < 3 && node != NULL && (node->is_list || node->type == TYPE_ENTITY); i++) {
        if (node->is_list) {
            if (!step_into(checker, node, ast)) {
                return NULL;
            }
            node = attr_new(checker, ast, checker->frame_count - 1, NULL, 0);
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
            return node_const(checker, ast, value, TYPE_NUMBER);
        }
    }
    (void)fail_at(checker, ast->offset, "parameter '$%.*s' has no value", STR_ARG(ast->text));
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
        return fail_at(checker, ast->offset, "this duration is too long");
    }
    return node_const(checker, ast, value, TYPE_DURATION);
}

static struct node *check_duration(struct checker *checker, const struct ast *ast)
{
    struct node *amount = check_value(checker, ast->a);

    return amount == NULL ? NULL
                          : duration_const(checker, ast, amount->constant.number,
                                           unit_seconds(ast->text));
}

static struct node *check_negate(struct checker *checker, const struct ast *ast)
{
    struct node *a = check_scalar(checker, ast->a);
    struct node *node = NULL;

    if (a == NULL) {
        return NULL;
    }
    if (a->type != TYPE_NUMBER && a->type != TYPE_DURATION) {
        return fail_at(checker, ast->offset, "'-' needs a number or a duration, not %s",
                       type_text(a));
    }
    node = node_unary(checker, NODE_NEGATE, a->type, ast, a);
    if (node != NULL && is_const(a)) {
        struct value value = a->constant;
        if (__builtin_sub_overflow((int64_t)0, value.number, &value.number)) {
            return fail_at(checker, ast->offset, "this number is too large");
        }
        return node_const(checker, ast, value, a->type);
    }
    return node;
}

/* The type of a <op> b; false when there is none. */
static bool arithmetic_type(enum arithmetic_op op, enum rule_type a, enum rule_type b,
                            enum rule_type *out)
{
    bool sum = op == OP_ADD || op == OP_SUB;

    if (a == TYPE_NUMBER && b == TYPE_NUMBER) {
        *out = TYPE_NUMBER;
    } else if (sum && a == TYPE_DURATION && b == TYPE_DURATION) {
        *out = TYPE_DURATION;
    } else if (sum && a == TYPE_TIME && b == TYPE_DURATION) {
        *out = TYPE_TIME;
    } else if (op == OP_ADD && a == TYPE_DURATION && b == TYPE_TIME) {
        *out = TYPE_TIME;
    } else if (op == OP_SUB && a == TYPE_TIME && b == TYPE_TIME) {
        *out = TYPE_DURATION;
    } else if (!sum && a == TYPE_DURATION && b == TYPE_NUMBER) {
        *out = TYPE_DURATION;
    } else if (op == OP_MUL && a == TYPE_NUMBER && b == TYPE_DURATION) {
        *out = TYPE_DURATION;
    } else {
        return false;
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
    if (!arithmetic_type(ast->op.arithmetic, a->type, b->type, &type)) {
        (void)fail_at(checker, ast->offset, "cannot %s %s and %s", words[ast->op.arithmetic],
                      type_text(a), type_text(b));
        if (a->type == TYPE_TIME || b->type == TYPE_TIME) {
            err_hint(checker->err, "give a unit: 90 days");
        }
        return NULL;
    }
    node = node_binary(checker, NODE_ARITHMETIC, type, ast, a, b);
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
        (void)fail_at(checker, ast->offset, "wrong number of arguments: write %s", usage);
        return false;
    }
    return true;
}

static struct node *check_time_arg(struct checker *checker, const struct ast *arg,
                                   const char *function)
{
    struct node *node = check_scalar(checker, arg);

    if (node != NULL && node->type != TYPE_TIME) {
        return fail_at(checker, arg->offset, "%s needs a time, not %s", function,
                       type_text(node));
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
        (void)fail_at(checker, unit->offset, "this is no unit of time");
        err_hint(checker->err, "use \"seconds\", \"minutes\", \"hours\", \"days\" or \"weeks\"");
        return NULL;
    }
    if (!is_const(amount) || amount->type != TYPE_NUMBER) {
        return fail_at(checker, ast->args->offset, "%s needs a number", name);
    }
    shift = duration_const(checker, ast, amount->constant.number, unit_seconds(unit->text));
    now = node_new(checker, NODE_NOW, TYPE_TIME, ast);
    limit = shift == NULL || now == NULL
                ? NULL
                : node_binary(checker, NODE_ARITHMETIC, TYPE_TIME, ast, now, shift);
    if (limit == NULL) {
        return NULL;
    }
    limit->op.arithmetic = OP_ADD;
    struct node *compare = node_binary(checker, NODE_COMPARE, TYPE_BOOL, ast, time, limit);
    if (compare != NULL) {
        compare->op.compare = is_later ? OP_GT : OP_LT;
    }
    return compare;
}

static struct node *check_len(struct checker *checker, const struct ast *ast)
{
    struct node *a = NULL;

    if (!expect_args(checker, ast, 0, "Path len()") ||
        (a = check_value(checker, ast->a)) == NULL) {
        return NULL;
    }
    if (!a->is_list && a->type != TYPE_STRING) {
        return fail_at(checker, ast->offset, "len() needs a list or a string, not %s",
                       type_text(a));
    }
    return node_unary(checker, NODE_LEN, TYPE_NUMBER, ast, a);
}

static struct node *check_const_list(struct checker *checker, const struct ast *first,
                                     enum rule_type type, struct node *node)
{
    uint32_t count = 0;
    const struct node **args = NULL;

    for (const struct ast *arg = first; arg != NULL; arg = arg->next) {
        count++;
    }
    if (count == 0) {
        return fail_at(checker, (uint32_t)(node->text.p - checker->rule->text.p),
                       "an empty list of values matches nothing");
    }
    args = arena_array(checker->arena, count, sizeof(struct node *));
    if (args == NULL) {
        return fail_at(checker, first->offset, "the rule is too large");
    }
    count = 0;
    for (const struct ast *arg = first; arg != NULL; arg = arg->next) {
        struct node *value = check_value(checker, arg);
        if (value == NULL) {
            return NULL;
        }
        bool fits = value->type == type || (type == TYPE_IP && value->type == TYPE_STRING) ||
                    (type == TYPE_STRING && value->type == TYPE_IP);
        if (!is_const(value) || !fits) {
            return fail_at(checker, arg->offset, "the list must hold constants of one type");
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
        return fail_at(checker, ast->offset, "has() needs a list of plain values, not %s",
                       type_text(list));
    }
    node = node_unary(checker, NODE_HAS, TYPE_BOOL, ast, list);
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
        return fail_at(checker, ast->offset, "this function needs an ip address, not %s",
                       type_text(a));
    }
    return node_unary(checker, kind, type, ast, a);
}

static struct node *check_divisible(struct checker *checker, const struct ast *ast)
{
    struct node *a = NULL, *b = NULL;

    if (!expect_args(checker, ast, 1, "Path divisibleby(2)") ||
        (a = check_scalar(checker, ast->a)) == NULL ||
        (b = check_value(checker, ast->args)) == NULL) {
        return NULL;
    }
    if (a->type != TYPE_NUMBER || b->type != TYPE_NUMBER || !is_const(b) ||
        b->constant.number == 0) {
        return fail_at(checker, ast->offset, "divisibleby needs numbers and no zero");
    }
    return node_binary(checker, NODE_DIVISIBLE, TYPE_BOOL, ast, a, b);
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
                   : node_unary(checker, NODE_AGE, TYPE_DURATION, ast,
                                check_time_arg(checker, ast->args, "age"));
    }
    if (str_eq_nocase(ast->text, STR("first_time"))) {
        if (!expect_args(checker, ast, 2, "first_time(LastUsedTime, LastRotatedTime)") ||
            (a = check_time_arg(checker, ast->args, "first_time")) == NULL ||
            (b = check_time_arg(checker, ast->args->next, "first_time")) == NULL) {
            return NULL;
        }
        return node_binary(checker, NODE_FIRST_TIME, TYPE_TIME, ast, a, b);
    }
    if (str_eq_nocase(ast->text, STR("abs"))) {
        if (!expect_args(checker, ast, 1, "abs(LastRotatedTime - ..CreationDate)") ||
            (a = check_scalar(checker, ast->args)) == NULL) {
            return NULL;
        }
        if (a->type != TYPE_NUMBER && a->type != TYPE_DURATION) {
            return fail_at(checker, ast->offset, "abs needs a number or a duration, not %s",
                           type_text(a));
        }
        return node_unary(checker, NODE_ABS, a->type, ast, a);
    }
    (void)fail_at(checker, ast->offset, "there is no function '%.*s'", STR_ARG(ast->text));
    err_hint(checker->err, "functions are age, abs, first_time and, behind a path, len, has, "
                           "isLaterThan, isEarlierThan, numhosts, isPrivate, isPublic, "
                           "divisibleby");
    return NULL;
}

static struct node *check_value(struct checker *checker, const struct ast *ast)
{
    struct value value = {0};

    switch (ast->kind) {
    case AST_PATH:
        return check_path(checker, ast);
    case AST_CALL:
        return ast->a != NULL ? check_method(checker, ast) : check_function(checker, ast);
    case AST_NUMBER:
        value = (struct value){.kind = VALUE_NUMBER, .number = ast->number};
        return node_const(checker, ast, value, TYPE_NUMBER);
    case AST_STRING:
        value = (struct value){.kind = VALUE_STRING, .string = ast->text};
        return node_const(checker, ast, value, TYPE_STRING);
    case AST_BOOL:
        value = (struct value){.kind = VALUE_BOOL, .boolean = ast->is_true};
        return node_const(checker, ast, value, TYPE_BOOL);
    case AST_IP:
        value = (struct value){.kind = VALUE_IP, .string = ast->text};
        return node_const(checker, ast, value, TYPE_IP);
    case AST_NOW:
        return node_new(checker, NODE_NOW, TYPE_TIME, ast);
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

/* ---- predicates ----------------------------------------------------------------------------- */

static struct node *negate(struct checker *checker, const struct ast *ast, struct node *a)
{
    return node_unary(checker, NODE_NOT, TYPE_BOOL, ast, a);
}

/* A string beside a time is a date. */
static bool date_const(struct checker *checker, struct node *node, const struct ast *ast)
{
    if (!is_const(node) || node->type != TYPE_STRING) {
        return false;
    }
    if (!instant_parse_human(node->constant.string, &node->constant.number)) {
        (void)fail_at(checker, ast->offset, "this is no date");
        err_hint(checker->err, "write \"2026-11-01\" or \"2026-11-01T00:00:00Z\"");
        return false;
    }
    node->constant.kind = VALUE_TIME;
    node->type = TYPE_TIME;
    return true;
}

static bool compare_types_fit(const struct node *a, const struct node *b, enum compare_op op)
{
    bool equality = op == OP_EQ || op == OP_NEQ;

    switch (a->type) {
    case TYPE_BOOL:
        return equality && b->type == TYPE_BOOL;
    case TYPE_STRING:
    case TYPE_IP:
        return equality && (b->type == TYPE_STRING || b->type == TYPE_IP);
    case TYPE_TIME:
        return b->type == TYPE_TIME || (b->type == TYPE_NUMBER && is_const(b));
    case TYPE_NUMBER:
        return b->type == TYPE_NUMBER;
    case TYPE_DURATION:
        return b->type == TYPE_DURATION;
    case TYPE_ENTITY:
        return false;
    }
    return false;
}

static struct node *check_compare(struct checker *checker, const struct ast *ast)
{
    struct node *a = check_scalar(checker, ast->a);
    struct node *b = a == NULL ? NULL : check_scalar(checker, ast->b);
    struct node *node = NULL;

    if (b == NULL) {
        return NULL;
    }
    if (a->type == TYPE_TIME && b->type == TYPE_STRING && !date_const(checker, b, ast->b)) {
        return checker->err->kind != ERR_NONE
                   ? NULL
                   : fail_at(checker, ast->offset, "a time is compared with a string");
    }
    if (!compare_types_fit(a, b, ast->op.compare)) {
        (void)fail_at(checker, ast->offset, "%s is compared with %s", type_text(a), type_text(b));
        if (a->type == TYPE_DURATION && b->type == TYPE_NUMBER) {
            err_hint(checker->err, "give a unit: 90 days");
        }
        return NULL;
    }
    if (a->type == TYPE_BOOL && is_const(b)) {
        bool same = b->constant.boolean == (ast->op.compare == OP_EQ);
        return same ? a : negate(checker, ast, a);
    }
    node = node_binary(checker, NODE_COMPARE, TYPE_BOOL, ast, a, b);
    if (node != NULL) {
        node->op.compare = ast->op.compare;
    }
    return node;
}

static struct node *check_like(struct checker *checker, const struct ast *ast)
{
    struct node *a = check_scalar(checker, ast->a);
    struct node *node = NULL;

    if (a == NULL) {
        return NULL;
    }
    if (a->type != TYPE_STRING) {
        return fail_at(checker, ast->offset, "like needs a string, not %s", type_text(a));
    }
    if (ast->b->kind != AST_STRING) {
        return fail_at(checker, ast->b->offset, "like needs a quoted regular expression");
    }
    node = node_unary(checker, NODE_LIKE, TYPE_BOOL, ast, a);
    if (node == NULL) {
        return NULL;
    }
    node->is_negated = ast->is_negated;
    if (!pattern_compile(checker->arena, ast->b->text, &node->pattern, checker->err)) {
        uint64_t line = 0, col = 0;
        text_place(checker->rule->text, ast->b->offset, &line, &col);
        err_place(checker->err, (struct str){0}, line, col);
        return NULL;
    }
    return node;
}

static struct node *check_in(struct checker *checker, const struct ast *ast)
{
    struct node *a = check_scalar(checker, ast->a);
    struct node *node = NULL;

    if (a == NULL || (node = node_unary(checker, NODE_IN, TYPE_BOOL, ast, a)) == NULL) {
        return NULL;
    }
    if (a->type != TYPE_STRING && a->type != TYPE_NUMBER && a->type != TYPE_IP) {
        return fail_at(checker, ast->offset, "in needs a string, number or ip address, not %s",
                       type_text(a));
    }
    node->is_negated = ast->is_negated;
    return check_const_list(checker, ast->args, a->type, node);
}

static struct node *check_with(struct checker *checker, const struct ast *ast)
{
    struct node *list = check_value(checker, ast->a);
    struct node *body = NULL;
    const struct node *steps[FRAME_COUNT_MAX];
    uint32_t step_count = 0;

    if (list == NULL) {
        return NULL;
    }
    if (list->kind != NODE_ATTR || (!list->is_list && list->type != TYPE_ENTITY)) {
        return fail_at(checker, ast->offset, "with [ ] needs a list or a struct, not %s",
                       type_text(list));
    }
    if (!step_into(checker, list, ast)) {
        return NULL;
    }
    /* The body's predicates collect steps of their own. */
    for (uint32_t i = 0; i < checker->step_count; i++) {
        steps[i] = checker->steps[i];
    }
    step_count = checker->step_count;
    checker->step_count = 0;
    checker->lexical[checker->lexical_count++] = checker->frame_count - 1;
    body = check_bool(checker, ast->b);
    checker->lexical_count--;
    for (uint32_t i = 0; i < step_count; i++) {
        checker->steps[i] = steps[i];
    }
    checker->step_count = step_count;
    return body;
}

static struct node *check_predicate(struct checker *checker, const struct ast *ast)
{
    struct node *a = NULL, *node = NULL;

    switch (ast->kind) {
    case AST_COMPARE:
        return check_compare(checker, ast);
    case AST_LIKE:
        return check_like(checker, ast);
    case AST_IN:
        return check_in(checker, ast);
    case AST_WITH:
        return check_with(checker, ast);
    case AST_IS:
    case AST_EXISTS:
        a = check_value(checker, ast->a);
        node = node_unary(checker, ast->kind == AST_IS ? NODE_IS : NODE_EXISTS, TYPE_BOOL, ast, a);
        if (node == NULL) {
            return NULL;
        }
        if (a->kind != NODE_ATTR) {
            return fail_at(checker, ast->offset, "'is' and 'exists' need an attribute");
        }
        if (ast->kind == AST_IS) {
            node->op.is = ast->op.is;
            return ast->is_negated ? negate(checker, ast, node) : node;
        }
        return node;
    case AST_OR:
    case AST_AND:
    case AST_NOT:
    case AST_QUANTIFY:
    case AST_ARITHMETIC:
    case AST_NEGATE:
    case AST_CALL:
    case AST_PATH:
    case AST_NUMBER:
    case AST_DURATION:
    case AST_STRING:
    case AST_BOOL:
    case AST_IP:
    case AST_PARAM:
    case AST_NOW:
        break;
    }
    node = check_value(checker, ast);
    if (node != NULL && node->is_list && node->type == TYPE_BOOL) {
        return step_into(checker, node, ast)
                   ? attr_new(checker, ast, checker->frame_count - 1, NULL, 0)
                   : NULL;
    }
    if (node != NULL && (node->type != TYPE_BOOL || node->is_list)) {
        (void)fail_at(checker, ast->offset, "%s is no condition", type_text(node));
        if (node->is_list) {
            err_hint(checker->err, "ask with [ ], len() or a quantifier such as 'any'");
        } else if (node->type == TYPE_TIME) {
            err_hint(checker->err, "compare it: isEarlierThan(-90, \"days\")");
        }
        return NULL;
    }
    return node;
}

/* `every` and the like over something that is no list: one element. */
static struct node *quantify_single(struct checker *checker, const struct ast *ast,
                                    struct node *node, enum quantifier quantifier, int64_t n)
{
    struct value no = {.kind = VALUE_BOOL};

    if (quantifier == QUANTIFY_NO || (quantifier == QUANTIFY_EXACTLY && n == 0)) {
        return negate(checker, ast, node);
    }
    if (quantifier == QUANTIFY_ATLEAST && n == 0) {
        no.boolean = true;
        return node_const(checker, ast, no, TYPE_BOOL);
    }
    if ((quantifier == QUANTIFY_ATLEAST || quantifier == QUANTIFY_EXACTLY) && n > 1) {
        return node_const(checker, ast, no, TYPE_BOOL);
    }
    return node;
}

/* A whole list behind a quantifier (`no AccessKey`): every element counts. */
static struct node *check_quantified_body(struct checker *checker, const struct ast *ast,
                                          bool is_explicit)
{
    struct value yes = {.kind = VALUE_BOOL, .boolean = true};

    if (is_explicit && ast->kind == AST_PATH) {
        struct node *node = check_path(checker, ast);
        if (node == NULL) {
            return NULL;
        }
        if (node->kind == NODE_ATTR && node->is_list && node->type != TYPE_BOOL) {
            return step_into(checker, node, ast) ? node_const(checker, ast, yes, TYPE_BOOL)
                                                 : NULL;
        }
        if (node->type == TYPE_BOOL && !node->is_list) {
            return node;
        }
    }
    return check_predicate(checker, ast);
}

static struct node *check_quantified(struct checker *checker, const struct ast *ast,
                                     enum quantifier quantifier, int64_t n)
{
    const struct ast *body_ast = ast->kind == AST_QUANTIFY ? ast->a : ast;
    uint32_t base = checker->frame_count;
    uint32_t outer_steps = checker->step_count;
    struct node *body = NULL, *node = NULL;
    const struct node **steps = NULL;

    body = check_quantified_body(checker, body_ast, ast->kind == AST_QUANTIFY);
    uint32_t count = checker->step_count - outer_steps;
    checker->step_count = outer_steps;
    checker->frame_count = base;
    if (body == NULL) {
        return NULL;
    }
    if (count == 0) {
        return quantify_single(checker, ast, body, quantifier, n);
    }
    node = node_new(checker, NODE_QUANTIFY, TYPE_BOOL, ast);
    steps = node == NULL ? NULL
                         : arena_array(checker->arena, count, sizeof(struct node *));
    if (steps == NULL) {
        return fail_at(checker, ast->offset, "the rule is too large");
    }
    for (uint32_t i = 0; i < count; i++) {
        steps[i] = checker->steps[outer_steps + i];
    }
    node->op.quantifier = quantifier;
    node->number = n;
    node->frame = base;
    node->args = steps;
    node->arg_count = count;
    node->b = body;
    return node;
}

static struct node *check_bool(struct checker *checker, const struct ast *ast)
{
    struct node *a = NULL;

    switch (ast->kind) {
    case AST_OR:
    case AST_AND:
        a = check_bool(checker, ast->a);
        return node_binary(checker, ast->kind == AST_OR ? NODE_OR : NODE_AND, TYPE_BOOL, ast, a,
                           a == NULL ? NULL : check_bool(checker, ast->b));
    case AST_NOT:
        return negate(checker, ast, check_bool(checker, ast->a));
    case AST_QUANTIFY:
        return check_quantified(checker, ast, ast->op.quantifier, ast->number);
    case AST_COMPARE:
    case AST_LIKE:
    case AST_IN:
    case AST_IS:
    case AST_EXISTS:
    case AST_WITH:
    case AST_ARITHMETIC:
    case AST_NEGATE:
    case AST_CALL:
    case AST_PATH:
    case AST_NUMBER:
    case AST_DURATION:
    case AST_STRING:
    case AST_BOOL:
    case AST_IP:
    case AST_PARAM:
    case AST_NOW:
        return check_quantified(checker, ast, QUANTIFY_ANY, 1);
    }
    return NULL;
}

/* ---- the rule ------------------------------------------------------------------------------- */

/* What `where` can be on a row when only RootUser is known. */
static enum truth truth_by_kind(const struct node *node, bool is_root)
{
    switch (node->kind) {
    case NODE_AND:
        return truth_and(truth_by_kind(node->a, is_root), truth_by_kind(node->b, is_root));
    case NODE_OR:
        return truth_or(truth_by_kind(node->a, is_root), truth_by_kind(node->b, is_root));
    case NODE_NOT:
        return truth_not(truth_by_kind(node->a, is_root));
    case NODE_CONST:
        return truth_of(node->constant.boolean);
    case NODE_ATTR:
        return node->frame == 0 && node->chain_count == 1 &&
                       node->chain[0]->binding == BIND_IS_ROOT
                   ? truth_of(is_root)
                   : TRUTH_UNKNOWN;
    case NODE_NOW:
    case NODE_COMPARE:
    case NODE_LIKE:
    case NODE_IN:
    case NODE_HAS:
    case NODE_IS:
    case NODE_EXISTS:
    case NODE_QUANTIFY:
    case NODE_LEN:
    case NODE_ARITHMETIC:
    case NODE_NEGATE:
    case NODE_AGE:
    case NODE_ABS:
    case NODE_FIRST_TIME:
    case NODE_NUMHOSTS:
    case NODE_IS_PRIVATE:
    case NODE_IS_PUBLIC:
    case NODE_DIVISIBLE:
        return TRUTH_UNKNOWN;
    }
    return TRUTH_UNKNOWN;
}

static bool check_lets(struct checker *checker)
{
    for (const struct ast_let *let = checker->rule->lets; let != NULL; let = let->next) {
        if (schema_attr_find(checker->frames[0].entity, let->name) != NULL) {
            (void)fail_at(checker, let->offset, "'%.*s' is already an attribute of %.*s",
                          STR_ARG(let->name), STR_ARG(checker->frames[0].entity->name));
            return false;
        }
    }
    return true;
}

bool rule_check(struct arena *arena, const struct ast_rule *rule,
                const struct control_param *params, size_t param_count, struct rule_program *out,
                struct err *err)
{
    struct checker checker = {.arena = arena,
                              .rule = rule,
                              .params = params,
                              .param_count = param_count,
                              .frame_count = 1,
                              .lexical_count = 1,
                              .err = err};
    struct rule_program program = {.text = rule->text, .is_not = rule->is_not};

    program.entity = schema_entity_find(rule->entity);
    if (program.entity == NULL) {
        struct str near = schema_entity_nearest(rule->entity);
        (void)fail_at(&checker, rule->entity_offset, "there is no entity '%.*s'",
                      STR_ARG(rule->entity));
        if (near.n > 0) {
            err_hint(err, "did you mean '%.*s'?", STR_ARG(near));
        } else {
            err_hint(err, "'keywarden rule schema' lists the entities");
        }
        return false;
    }
    checker.frames[0].entity = program.entity;
    if (!check_lets(&checker) ||
        (rule->where != NULL && (program.where = check_bool(&checker, rule->where)) == NULL) ||
        (program.have = check_bool(&checker, rule->have)) == NULL) {
        return false;
    }
    program.judges_root =
        program.where == NULL || truth_by_kind(program.where, true) != TRUTH_FALSE;
    program.judges_users =
        program.where == NULL || truth_by_kind(program.where, false) != TRUTH_FALSE;
    *out = program;
    return true;
}

bool rule_compile(struct arena *arena, struct str text, const struct control_param *params,
                  size_t param_count, struct rule_program *out, struct err *err)
{
    struct ast_rule rule;

    return rule_parse(arena, text, &rule, err) &&
           rule_check(arena, &rule, params, param_count, out, err);
}

void node_attr_write(struct buf *out, const struct node *attr)
{
    if (attr->chain_count == 0) {
        buf_str(out, STR("value"));
    }
    for (uint32_t i = 0; i < attr->chain_count; i++) {
        if (i > 0) {
            buf_char(out, '.');
        }
        buf_str(out, attr->chain[i]->name);
    }
    if (attr->open_name.n > 0) {
        buf_char(out, '.');
        buf_str(out, attr->open_name);
    }
}

struct str node_attr_obtain(const struct node *attr)
{
    for (uint32_t i = attr->chain_count; i > 0; i--) {
        const struct schema_attr *link = attr->chain[i - 1];
        if (link->obtain.n > 0) {
            return link->obtain;
        }
        if (link->entity != NULL && link->entity->obtain.n > 0) {
            return link->entity->obtain;
        }
    }
    return (struct str){0};
}

/* Types the tree against the schema and makes the program.
 *
 * A path that runs through a list means "any element": the lists it crosses are collected while a
 * predicate is typed, and the finished predicate is wrapped in one quantifier over them. */
#include "rule/check_parts.h"

#include "rule/filter_pattern.h"
#include "rule/lex.h"

static struct node *check_quantified(struct checker *checker, const struct ast *ast,
                                     enum quantifier quantifier, int64_t n);

/* ---- predicates ----------------------------------------------------------------------------- */

static struct node *negate(struct checker *checker, const struct ast *ast, struct node *a)
{
    return checker_unary(checker, NODE_NOT, TYPE_BOOL, ast, a);
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
        return b->type == TYPE_TIME || (b->type == TYPE_NUMBER && node_is_const(b));
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
    if (a->type == TYPE_TIME && b->type == TYPE_STRING && !checker_date(checker, b, ast->b)) {
        return checker->err->kind != ERR_NONE
                   ? NULL
                   : checker_fail(checker, ast->offset, "a time is compared with a string");
    }
    if (a->type == TYPE_TIME && b->type == TYPE_NUMBER && b->constant.number != 0) {
        (void)checker_fail(checker, ast->b->offset, "a time is compared with a number");
        err_hint(checker->err, "only 0, which means never, makes sense; use age(...) gt 90 days");
        return NULL;
    }
    if (!compare_types_fit(a, b, ast->op.compare)) {
        (void)checker_fail(checker, ast->offset, "%s is compared with %s", node_type_text(a),
                           node_type_text(b));
        if (a->type == TYPE_DURATION && b->type == TYPE_NUMBER) {
            err_hint(checker->err, "give a unit: 90 days");
        } else if (a->type == b->type) {
            err_hint(checker->err, "neither is the greater one: use eq or neq");
        }
        return NULL;
    }
    if (a->type == TYPE_BOOL && node_is_const(b)) {
        bool same = b->constant.boolean == (ast->op.compare == OP_EQ);
        return same ? a : negate(checker, ast, a);
    }
    node = checker_binary(checker, NODE_COMPARE, TYPE_BOOL, ast, a, b);
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
        return checker_fail(checker, ast->offset, "like needs a string, not %s", node_type_text(a));
    }
    if (ast->b->kind != AST_STRING) {
        return checker_fail(checker, ast->b->offset, "like needs a quoted regular expression");
    }
    node = checker_unary(checker, NODE_LIKE, TYPE_BOOL, ast, a);
    if (node == NULL) {
        return NULL;
    }
    node->is_negated = ast->is_negated;
    if (!pattern_compile(checker->arena, ast->b->text, 0, &node->pattern, checker->err)) {
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

    if (a == NULL || (node = checker_unary(checker, NODE_IN, TYPE_BOOL, ast, a)) == NULL) {
        return NULL;
    }
    if (a->type != TYPE_STRING && a->type != TYPE_NUMBER && a->type != TYPE_IP) {
        return checker_fail(checker, ast->offset, "in needs a string, number or ip address, not %s",
                            node_type_text(a));
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
        return checker_fail(checker, ast->offset, "with [ ] needs a list or a struct, not %s",
                            node_type_text(list));
    }
    if (!checker_step_into(checker, list, ast)) {
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
        node =
            checker_unary(checker, ast->kind == AST_IS ? NODE_IS : NODE_EXISTS, TYPE_BOOL, ast, a);
        if (node == NULL) {
            return NULL;
        }
        if (a->kind != NODE_ATTR) {
            return checker_fail(checker, ast->offset, "'is' and 'exists' need an attribute");
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
        return checker_step_into(checker, node, ast)
                   ? checker_attr(checker, ast, checker->frame_count - 1, NULL, 0)
                   : NULL;
    }
    if (node != NULL && (node->type != TYPE_BOOL || node->is_list)) {
        (void)checker_fail(checker, ast->offset, "%s is no condition", node_type_text(node));
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
        return checker_const(checker, ast, no, TYPE_BOOL);
    }
    if ((quantifier == QUANTIFY_ATLEAST || quantifier == QUANTIFY_EXACTLY) && n > 1) {
        return checker_const(checker, ast, no, TYPE_BOOL);
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
            return checker_step_into(checker, node, ast)
                       ? checker_const(checker, ast, yes, TYPE_BOOL)
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
    /* `atleast 0` holds of every list, even one that nobody knows. */
    if (count == 0 || (quantifier == QUANTIFY_ATLEAST && n == 0)) {
        return quantify_single(checker, ast, body, quantifier, n);
    }
    node = checker_node(checker, NODE_QUANTIFY, TYPE_BOOL, ast);
    steps = node == NULL ? NULL : arena_array(checker->arena, count, sizeof(struct node *));
    if (steps == NULL) {
        return checker_fail(checker, ast->offset, "the rule is too large");
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

struct node *check_bool(struct checker *checker, const struct ast *ast)
{
    struct node *a = NULL;

    switch (ast->kind) {
    case AST_OR:
    case AST_AND:
        a = check_bool(checker, ast->a);
        return checker_binary(checker, ast->kind == AST_OR ? NODE_OR : NODE_AND, TYPE_BOOL, ast, a,
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
        return node->frame == 0 && node->chain_count == 1 && node->chain[0]->binding == BIND_IS_ROOT
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
    case NODE_MATCH:
        return TRUTH_UNKNOWN;
    }
    return TRUTH_UNKNOWN;
}

static bool check_lets(struct checker *checker)
{
    for (const struct ast_let *let = checker->rule->lets; let != NULL; let = let->next) {
        if (schema_attr_find(checker->frames[0].entity, let->name) != NULL) {
            (void)checker_fail(checker, let->offset, "'%.*s' is already an attribute of %.*s",
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
        (void)checker_fail(&checker, rule->entity_offset, "there is no entity '%.*s'",
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

    if (filter_pattern_is_text(text)) {
        return filter_pattern_compile(arena, text, out, err);
    }
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

/* Prints the tree with as few parentheses as its meaning allows. */
#include "rule/ast.h"

enum precedence {
    LEVEL_OR = 1,
    LEVEL_AND,
    LEVEL_NOT,
    LEVEL_PREDICATE,
    LEVEL_SUM,
    LEVEL_PRODUCT,
    LEVEL_UNARY,
    LEVEL_PRIMARY,
};

enum { LINE_COLUMNS_MAX = 100 };

static void write_at(struct buf *out, const struct ast *ast, enum precedence level);

static enum precedence level_of(const struct ast *ast)
{
    switch (ast->kind) {
    case AST_OR:
        return LEVEL_OR;
    case AST_AND:
        return LEVEL_AND;
    case AST_NOT:
    case AST_QUANTIFY:
        return LEVEL_NOT;
    case AST_COMPARE:
    case AST_LIKE:
    case AST_IN:
    case AST_IS:
    case AST_EXISTS:
    case AST_WITH:
        return LEVEL_PREDICATE;
    case AST_ARITHMETIC:
        return ast->op.arithmetic == OP_ADD || ast->op.arithmetic == OP_SUB ? LEVEL_SUM
                                                                            : LEVEL_PRODUCT;
    case AST_NEGATE:
        return LEVEL_UNARY;
    case AST_CALL:
    case AST_PATH:
    case AST_NUMBER:
    case AST_DURATION:
    case AST_STRING:
    case AST_BOOL:
    case AST_IP:
    case AST_PARAM:
    case AST_NOW:
        return LEVEL_PRIMARY;
    }
    return LEVEL_PRIMARY;
}

static const char *compare_text(enum compare_op op)
{
    static const char *const texts[] = {
        [OP_EQ] = "eq",   [OP_NEQ] = "neq", [OP_GT] = "gt",
        [OP_GTE] = "gte", [OP_LT] = "lt",   [OP_LTE] = "lte",
    };

    return texts[op];
}

static void write_lower(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        buf_char(out, c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c);
    }
}

static void write_args(struct buf *out, const struct ast *first)
{
    buf_char(out, '(');
    for (const struct ast *arg = first; arg != NULL; arg = arg->next) {
        write_at(out, arg, LEVEL_OR);
        if (arg->next != NULL) {
            buf_str(out, STR(", "));
        }
    }
    buf_char(out, ')');
}

static void write_quantifier(struct buf *out, const struct ast *ast)
{
    switch (ast->op.quantifier) {
    case QUANTIFY_ANY:
        buf_str(out, STR("any "));
        return;
    case QUANTIFY_EVERY:
        buf_str(out, STR("every "));
        return;
    case QUANTIFY_NO:
        buf_str(out, STR("no "));
        return;
    case QUANTIFY_ATLEAST:
    case QUANTIFY_EXACTLY:
        buf_str(out, ast->op.quantifier == QUANTIFY_ATLEAST ? STR("atleast ") : STR("exactly "));
        if (ast->number == 1) {
            buf_str(out, STR("one"));
        } else {
            buf_i64(out, ast->number);
        }
        buf_char(out, ' ');
        return;
    }
}

static void write_predicate(struct buf *out, const struct ast *ast)
{
    static const char *const whats[] = {
        [IS_NEVER] = "never", [IS_UNKNOWN] = "unknown", [IS_NOT_SUPPORTED] = "not_supported"};

    write_at(out, ast->a, LEVEL_SUM);
    if (ast->kind == AST_COMPARE) {
        buf_printf(out, " %s ", compare_text(ast->op.compare));
        write_at(out, ast->b, LEVEL_SUM);
    } else if (ast->kind == AST_LIKE) {
        buf_str(out, ast->is_negated ? STR(" not like ") : STR(" like "));
        write_at(out, ast->b, LEVEL_SUM);
    } else if (ast->kind == AST_IN) {
        buf_str(out, ast->is_negated ? STR(" notin ") : STR(" in "));
        write_args(out, ast->args);
    } else if (ast->kind == AST_IS) {
        buf_printf(out, " is %s%s", ast->is_negated ? "not " : "", whats[ast->op.is]);
    } else if (ast->kind == AST_EXISTS) {
        buf_str(out, STR(" exists"));
    } else {
        buf_str(out, STR(" with [ "));
        write_at(out, ast->b, LEVEL_OR);
        buf_str(out, STR(" ]"));
    }
}

static void write_primary(struct buf *out, const struct ast *ast)
{
    switch (ast->kind) {
    case AST_PATH:
        for (uint32_t i = 0; i < ast->ups; i++) {
            buf_str(out, STR(".."));
        }
        for (uint32_t i = 0; i < ast->name_count; i++) {
            buf_str(out, i == 0 ? STR("") : STR("."));
            buf_str(out, ast->names[i]);
        }
        return;
    case AST_CALL:
        if (ast->a != NULL) {
            write_at(out, ast->a, LEVEL_PRIMARY);
            buf_char(out, ' ');
        }
        buf_str(out, ast->text);
        write_args(out, ast->args);
        return;
    case AST_NUMBER:
        buf_i64(out, ast->number);
        return;
    case AST_DURATION:
        write_at(out, ast->a, LEVEL_PRIMARY);
        buf_char(out, ' ');
        write_lower(out, ast->text);
        return;
    case AST_STRING:
        buf_char(out, '"');
        buf_str(out, ast->text);
        buf_char(out, '"');
        return;
    case AST_BOOL:
        buf_str(out, ast->is_true ? STR("true") : STR("false"));
        return;
    case AST_PARAM:
        buf_char(out, '$');
        buf_str(out, ast->text);
        return;
    case AST_NOW:
        buf_str(out, STR("now"));
        return;
    case AST_IP:
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
    case AST_ARITHMETIC:
    case AST_NEGATE:
        buf_str(out, ast->text);
        return;
    }
}

static void write_operators(struct buf *out, const struct ast *ast)
{
    static const char signs[] = {[OP_ADD] = '+', [OP_SUB] = '-', [OP_MUL] = '*', [OP_DIV] = '/'};

    switch (level_of(ast)) {
    case LEVEL_OR:
        write_at(out, ast->a, LEVEL_OR);
        buf_str(out, STR(" or "));
        write_at(out, ast->b, LEVEL_AND);
        return;
    case LEVEL_AND:
        write_at(out, ast->a, LEVEL_AND);
        buf_str(out, STR(" and "));
        write_at(out, ast->b, LEVEL_NOT);
        return;
    case LEVEL_NOT:
        if (ast->kind == AST_QUANTIFY) {
            write_quantifier(out, ast);
            write_at(out, ast->a, LEVEL_PREDICATE);
        } else {
            buf_str(out, STR("not "));
            write_at(out, ast->a, LEVEL_NOT);
        }
        return;
    case LEVEL_PREDICATE:
        write_predicate(out, ast);
        return;
    case LEVEL_SUM:
    case LEVEL_PRODUCT:
        write_at(out, ast->a, level_of(ast));
        buf_printf(out, " %c ", signs[ast->op.arithmetic]);
        write_at(out, ast->b, (enum precedence)(level_of(ast) + 1));
        return;
    case LEVEL_UNARY:
        buf_char(out, '-');
        write_at(out, ast->a, LEVEL_UNARY);
        return;
    case LEVEL_PRIMARY:
        write_primary(out, ast);
        return;
    }
}

/* Writes `ast` where an operand of at least `level` must stand. */
static void write_at(struct buf *out, const struct ast *ast, enum precedence level)
{
    bool parenthesised = level_of(ast) < level;

    if (parenthesised) {
        buf_char(out, '(');
    }
    write_operators(out, ast);
    if (parenthesised) {
        buf_char(out, ')');
    }
}

void ast_format(struct buf *out, const struct ast *ast)
{
    write_at(out, ast, LEVEL_OR);
}

/* ---- more than a line ----------------------------------------------------------------------- */

static void write_wrapped(struct buf *out, const struct ast *ast, enum precedence level,
                          size_t indent);

static void write_newline(struct buf *out, size_t indent)
{
    buf_char(out, '\n');
    buf_fill(out, ' ', indent);
}

static size_t column_of(const struct buf *out)
{
    size_t at = out->n;

    while (at > 0 && out->p[at - 1] != '\n') {
        at--;
    }
    return out->n - at;
}

/* a, then each further operand of the chain on a line that begins with the operator. */
static void write_wrapped_chain(struct buf *out, const struct ast *ast, size_t indent)
{
    enum precedence right = ast->kind == AST_OR ? LEVEL_AND : LEVEL_NOT;

    if (ast->a->kind == ast->kind) {
        write_wrapped_chain(out, ast->a, indent);
    } else {
        write_wrapped(out, ast->a, right, indent);
    }
    write_newline(out, indent);
    buf_str(out, ast->kind == AST_OR ? STR("or ") : STR("and "));
    write_wrapped(out, ast->b, right, indent);
}

/* On this line if it fits, else broken at its outermost and/or, or inside its brackets; what has
 * neither stays whole. Lines of its own begin at `indent`. */
static void write_wrapped(struct buf *out, const struct ast *ast, enum precedence level,
                          size_t indent)
{
    size_t begin = out->n;

    write_at(out, ast, level);
    if (column_of(out) <= LINE_COLUMNS_MAX || out->overflowed) {
        return;
    }
    out->n = begin;
    bool is_parenthesised = level_of(ast) < level;
    if (is_parenthesised) {
        buf_char(out, '(');
    }
    if (ast->kind == AST_OR || ast->kind == AST_AND) {
        write_wrapped_chain(out, ast, indent + (is_parenthesised ? 4 : 0));
    } else if (ast->kind == AST_NOT) {
        buf_str(out, STR("not "));
        write_wrapped(out, ast->a, LEVEL_NOT, indent);
    } else if (ast->kind == AST_QUANTIFY) {
        write_quantifier(out, ast);
        write_wrapped(out, ast->a, LEVEL_PREDICATE, indent);
    } else if (ast->kind == AST_WITH) {
        write_at(out, ast->a, LEVEL_SUM);
        buf_str(out, STR(" with ["));
        write_newline(out, indent + 4);
        write_wrapped(out, ast->b, LEVEL_OR, indent + 4);
        write_newline(out, indent);
        buf_char(out, ']');
    } else {
        write_operators(out, ast);
    }
    if (is_parenthesised) {
        buf_char(out, ')');
    }
}

/* A let whose value does not fit beside its name has it on the lines below. */
static void write_let(struct buf *out, const struct ast_let *let)
{
    buf_str(out, STR("let "));
    buf_str(out, let->name);
    buf_str(out, STR(" ="));
    size_t begin = out->n;
    buf_char(out, ' ');
    ast_format(out, let->value);
    if (column_of(out) > LINE_COLUMNS_MAX && !out->overflowed) {
        out->n = begin;
        write_newline(out, 4);
        write_wrapped(out, let->value, LEVEL_OR, 4);
    }
    buf_char(out, '\n');
}

static void write_clause(struct buf *out, struct str head, const struct ast *ast)
{
    write_newline(out, 4);
    buf_str(out, head);
    write_wrapped(out, ast, LEVEL_OR, 8);
}

void rule_format(struct buf *out, const struct ast_rule *rule)
{
    struct str have = rule->is_not ? STR("should not have ") : STR("should have ");
    size_t begin = 0;

    for (const struct ast_let *let = rule->lets; let != NULL; let = let->next) {
        write_let(out, let);
    }
    begin = out->n;
    buf_str(out, rule->entity);
    size_t after_entity = out->n;
    if (rule->where != NULL) {
        buf_str(out, STR(" where "));
        ast_format(out, rule->where);
    }
    size_t after_where = out->n;
    buf_char(out, ' ');
    buf_str(out, have);
    ast_format(out, rule->have);
    if (out->n - begin <= LINE_COLUMNS_MAX || out->overflowed) {
        return;
    }
    if (rule->where != NULL && after_where - begin > LINE_COLUMNS_MAX) {
        out->n = after_entity;
        write_clause(out, STR("where "), rule->where);
    } else {
        out->n = after_where;
    }
    write_clause(out, have, rule->have);
}

/* ---- equality ------------------------------------------------------------------------------- */

static bool names_equal(const struct ast *a, const struct ast *b)
{
    if (a->name_count != b->name_count || a->ups != b->ups) {
        return false;
    }
    for (uint32_t i = 0; i < a->name_count; i++) {
        if (!str_eq(a->names[i], b->names[i])) {
            return false;
        }
    }
    return true;
}

static bool ops_equal(const struct ast *a, const struct ast *b)
{
    switch (a->kind) {
    case AST_COMPARE:
        return a->op.compare == b->op.compare;
    case AST_ARITHMETIC:
        return a->op.arithmetic == b->op.arithmetic;
    case AST_IS:
        return a->op.is == b->op.is;
    case AST_QUANTIFY:
        return a->op.quantifier == b->op.quantifier && a->number == b->number;
    case AST_BOOL:
        return a->is_true == b->is_true;
    case AST_NUMBER:
        return a->number == b->number;
    case AST_DURATION:
        return str_eq_nocase(a->text, b->text);
    case AST_STRING:
    case AST_IP:
    case AST_PARAM:
    case AST_CALL:
        return str_eq(a->text, b->text);
    case AST_OR:
    case AST_AND:
    case AST_NOT:
    case AST_LIKE:
    case AST_IN:
    case AST_EXISTS:
    case AST_WITH:
    case AST_NEGATE:
    case AST_PATH:
    case AST_NOW:
        return true;
    }
    return true;
}

bool ast_equal(const struct ast *a, const struct ast *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    if (a->kind != b->kind || a->is_negated != b->is_negated || !ops_equal(a, b) ||
        !names_equal(a, b) || !ast_equal(a->a, b->a) || !ast_equal(a->b, b->b)) {
        return false;
    }
    const struct ast *x = a->args, *y = b->args;
    for (; x != NULL && y != NULL; x = x->next, y = y->next) {
        if (!ast_equal(x, y)) {
            return false;
        }
    }
    return x == y;
}

bool ast_rule_equal(const struct ast_rule *a, const struct ast_rule *b)
{
    const struct ast_let *x = a->lets, *y = b->lets;

    for (; x != NULL && y != NULL; x = x->next, y = y->next) {
        if (!str_eq(x->name, y->name) || !ast_equal(x->value, y->value)) {
            return false;
        }
    }
    return x == y && str_eq(a->entity, b->entity) && a->is_not == b->is_not &&
           ast_equal(a->where, b->where) && ast_equal(a->have, b->have);
}

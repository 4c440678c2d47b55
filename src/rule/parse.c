/* Recursive descent over the grammar in docs/rule-language.md, one function per level of
 * precedence, with a depth counter: or < and < not < comparison < + - < * / < unary < primary. */
#include "rule/ast.h"

#include "rule/lex.h"

struct parser {
    struct lexer lexer;
    struct arena *arena;
    struct token token; /* the one looked at */
    struct token ahead; /* the one after it */
    uint32_t depth;
    uint32_t last_end; /* where the token before `token` ended */
    struct err *err;
};

static struct ast *parse_or(struct parser *parser);

static bool fail_at(struct parser *parser, size_t offset, const char *text)
{
    uint64_t line = 0, col = 0;

    if (parser->err->kind == ERR_NONE) {
        text_place(parser->lexer.text, offset, &line, &col);
        (void)err_set(parser->err, ERR_INPUT, "%s", text);
        err_place(parser->err, (struct str){0}, line, col);
    }
    return false;
}

static bool fail_expected(struct parser *parser, const char *what)
{
    char text[160];
    struct buf buf = {.p = text, .capacity = sizeof text - 1, .size_max = sizeof text - 1};

    buf_printf(&buf, "expected %s", what);
    if (parser->token.kind == TOKEN_END) {
        buf_str(&buf, STR(", found the end of the rule"));
    } else {
        struct str token = str_sub(parser->lexer.text, parser->token.offset, parser->token.end);
        buf_str(&buf, STR(", found '"));
        buf_str(&buf, str_sub(token, 0, 40));
        buf_char(&buf, '\'');
    }
    text[buf.n] = '\0';
    return fail_at(parser, parser->token.offset, text);
}

static bool advance(struct parser *parser)
{
    parser->last_end = (uint32_t)parser->token.end;
    parser->token = parser->ahead;
    return lexer_next(&parser->lexer, &parser->ahead, parser->err);
}

static bool token_is_word(const struct token *token, const char *word)
{
    return token->kind == TOKEN_WORD && str_eq_nocase(token->text, str_from(word));
}

static bool token_is(const struct token *token, const char *punctuation)
{
    return token->kind == TOKEN_PUNCTUATION && str_eq(token->text, str_from(punctuation));
}

static bool at_word(const struct parser *parser, const char *word)
{
    return token_is_word(&parser->token, word);
}

static bool at(const struct parser *parser, const char *punctuation)
{
    return token_is(&parser->token, punctuation);
}

/* Consumes the word; an error with a hint when it is not there. */
static bool expect_word(struct parser *parser, const char *word)
{
    char what[48];
    struct buf buf = {.p = what, .capacity = sizeof what - 1, .size_max = sizeof what - 1};

    if (at_word(parser, word)) {
        return advance(parser);
    }
    buf_printf(&buf, "'%s'", word);
    what[buf.n] = '\0';
    (void)fail_expected(parser, what);
    if (parser->token.kind == TOKEN_WORD &&
        str_distance(parser->token.text, str_from(word), 4) <= 2) {
        err_hint(parser->err, "did you mean '%s'?", word);
    }
    return false;
}

static bool expect(struct parser *parser, const char *punctuation)
{
    char what[16];
    struct buf buf = {.p = what, .capacity = sizeof what - 1, .size_max = sizeof what - 1};

    if (at(parser, punctuation)) {
        return advance(parser);
    }
    buf_printf(&buf, "'%s'", punctuation);
    what[buf.n] = '\0';
    return fail_expected(parser, what);
}

static struct ast *ast_new(struct parser *parser, enum ast_kind kind, size_t offset)
{
    struct ast *ast = arena_alloc(parser->arena, sizeof *ast);

    if (ast == NULL) {
        (void)fail_at(parser, offset, "the rule is too large");
        return NULL;
    }
    ast->kind = kind;
    ast->offset = (uint32_t)offset;
    ast->end = parser->last_end;
    return ast;
}

static struct ast *ast_binary(struct parser *parser, enum ast_kind kind, struct ast *a,
                              struct ast *b)
{
    struct ast *ast = NULL;

    if (a == NULL || b == NULL || (ast = ast_new(parser, kind, a->offset)) == NULL) {
        return NULL;
    }
    ast->a = a;
    ast->b = b;
    ast->height = 1 + (a->height > b->height ? a->height : b->height);
    if (ast->height > RULE_HEIGHT_MAX) {
        (void)fail_at(parser, b->offset, "the rule has too many terms in a row");
        return NULL;
    }
    return ast;
}

/* Goes one level deeper; pairs with leave. */
static bool enter(struct parser *parser)
{
    if (parser->depth >= RULE_DEPTH_MAX) {
        return fail_at(parser, parser->token.offset, "the rule is nested too deeply");
    }
    parser->depth++;
    return true;
}

/* ---- primaries ------------------------------------------------------------------------------ */

static bool word_is_unit(struct str word)
{
    static const struct str units[] = {STR_LIT("second"), STR_LIT("minute"), STR_LIT("hour"),
                                       STR_LIT("day"), STR_LIT("week")};

    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (str_eq_nocase(word, units[i]) ||
            (word.n == units[i].n + 1 && (word.p[word.n - 1] | 0x20) == 's' &&
             str_eq_nocase(str_sub(word, 0, word.n - 1), units[i]))) {
            return true;
        }
    }
    return false;
}

/* Words that stand between a value and the next one, and so never begin a function or name. */
static bool word_is_function(struct str word)
{
    static const struct str functions[] = {STR_LIT("len"),         STR_LIT("numhosts"),
                                           STR_LIT("isPrivate"),   STR_LIT("isPublic"),
                                           STR_LIT("divisibleby"), STR_LIT("has"),
                                           STR_LIT("isLaterThan"), STR_LIT("isEarlierThan")};

    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (str_eq_nocase(word, functions[i])) {
            return true;
        }
    }
    return false;
}

/* "(" [ value { "," value } ] ")" into *first. */
static bool parse_args(struct parser *parser, struct ast **first)
{
    struct ast **tail = first;

    *first = NULL;
    if (!expect(parser, "(")) {
        return false;
    }
    while (!at(parser, ")")) {
        struct ast *arg = parse_or(parser);
        if (arg == NULL) {
            return false;
        }
        *tail = arg;
        tail = &arg->next;
        if (at(parser, ",")) {
            if (!advance(parser)) {
                return false;
            }
        } else if (!at(parser, ")")) {
            return fail_expected(parser, "',' or ')'");
        }
    }
    return advance(parser);
}

/* A number or parameter may be followed by a unit: 90 days, $days days. */
static struct ast *parse_unit(struct parser *parser, struct ast *amount)
{
    struct ast *duration = NULL;

    if (amount == NULL || parser->token.kind != TOKEN_WORD || !word_is_unit(parser->token.text)) {
        return amount;
    }
    duration = ast_new(parser, AST_DURATION, amount->offset);
    if (duration == NULL) {
        return NULL;
    }
    duration->a = amount;
    duration->text = parser->token.text;
    if (!advance(parser)) {
        return NULL;
    }
    duration->end = parser->last_end;
    return duration;
}

static struct ast *parse_literal(struct parser *parser, enum ast_kind kind)
{
    struct ast *ast = ast_new(parser, kind, parser->token.offset);

    if (ast == NULL) {
        return NULL;
    }
    ast->text = parser->token.text;
    if (kind == AST_NUMBER && !str_to_i64(ast->text, &ast->number)) {
        (void)fail_at(parser, ast->offset, "this number is too large");
        return NULL;
    }
    ast->is_true = at_word(parser, "true");
    if (!advance(parser)) {
        return NULL;
    }
    ast->end = parser->last_end;
    return ast;
}

static struct ast *parse_call(struct parser *parser, struct ast *receiver)
{
    struct ast *ast =
        ast_new(parser, AST_CALL, receiver != NULL ? receiver->offset : parser->token.offset);

    if (ast == NULL) {
        return NULL;
    }
    ast->text = parser->token.text;
    ast->a = receiver;
    ast->height = receiver == NULL ? 0 : receiver->height + 1;
    if (ast->height > RULE_HEIGHT_MAX) {
        (void)fail_at(parser, ast->offset, "the rule has too many terms in a row");
        return NULL;
    }
    if (!advance(parser) || !parse_args(parser, &ast->args)) {
        return NULL;
    }
    ast->end = parser->last_end;
    return ast;
}

/* {".."} Name { "." Name }; stops before ". len (" so that it may be a call. */
static struct ast *parse_path(struct parser *parser)
{
    enum { NAMES_MAX = 16 };
    struct str names[NAMES_MAX];
    uint32_t count = 0;
    struct ast *path = ast_new(parser, AST_PATH, parser->token.offset);
    struct str *copy = NULL;

    if (path == NULL) {
        return NULL;
    }
    while (at(parser, "..")) {
        path->ups++;
        if (!advance(parser)) {
            return NULL;
        }
    }
    for (;;) {
        if (parser->token.kind != TOKEN_WORD) {
            (void)fail_expected(parser, "an attribute");
            return NULL;
        }
        if (count == NAMES_MAX) {
            (void)fail_at(parser, parser->token.offset, "this path is too long");
            return NULL;
        }
        names[count++] = parser->token.text;
        if (!advance(parser)) {
            return NULL;
        }
        path->end = parser->last_end;
        if (!at(parser, ".")) {
            break;
        }
        if (!advance(parser)) {
            return NULL;
        }
        if (parser->token.kind == TOKEN_WORD && word_is_function(parser->token.text) &&
            token_is(&parser->ahead, "(")) {
            break;
        }
    }
    copy = arena_array(parser->arena, count, sizeof *copy);
    if (copy == NULL) {
        (void)fail_at(parser, path->offset, "the rule is too large");
        return NULL;
    }
    for (uint32_t i = 0; i < count; i++) {
        copy[i] = names[i];
    }
    path->names = copy;
    path->name_count = count;
    return path;
}

static struct ast *parse_parenthesised(struct parser *parser)
{
    struct ast *inner = NULL;

    if (!enter(parser) || !advance(parser)) {
        return NULL;
    }
    inner = parse_or(parser);
    parser->depth--;
    if (inner == NULL || !expect(parser, ")")) {
        return NULL;
    }
    return inner;
}

static struct ast *parse_primary(struct parser *parser)
{
    struct ast *value = NULL;

    switch (parser->token.kind) {
    case TOKEN_NUMBER:
        return parse_unit(parser, parse_literal(parser, AST_NUMBER));
    case TOKEN_PARAM:
        return parse_unit(parser, parse_literal(parser, AST_PARAM));
    case TOKEN_STRING:
        return parse_literal(parser, AST_STRING);
    case TOKEN_IP:
        return parse_literal(parser, AST_IP);
    case TOKEN_PUNCTUATION:
        if (at(parser, "(")) {
            value = parse_parenthesised(parser);
            break;
        }
        if (at(parser, "..")) {
            value = parse_path(parser);
            break;
        }
        (void)fail_expected(parser, "an attribute or a value");
        return NULL;
    case TOKEN_WORD:
        if (at_word(parser, "true") || at_word(parser, "false")) {
            return parse_literal(parser, AST_BOOL);
        }
        if (at_word(parser, "now") && !token_is(&parser->ahead, ".")) {
            return parse_literal(parser, AST_NOW);
        }
        value = token_is(&parser->ahead, "(") && !at_word(parser, "in") ? parse_call(parser, NULL)
                                                                        : parse_path(parser);
        break;
    case TOKEN_END:
        (void)fail_expected(parser, "an attribute or a value");
        return NULL;
    }
    while (value != NULL && parser->token.kind == TOKEN_WORD &&
           word_is_function(parser->token.text) && token_is(&parser->ahead, "(")) {
        value = parse_call(parser, value);
    }
    return value;
}

static struct ast *parse_unary(struct parser *parser)
{
    size_t offset = parser->token.offset;
    struct ast *value = NULL, *negated = NULL;

    if (!at(parser, "-")) {
        return parse_primary(parser);
    }
    if (!enter(parser) || !advance(parser)) {
        return NULL;
    }
    value = parse_unary(parser);
    parser->depth--;
    if (value == NULL || (negated = ast_new(parser, AST_NEGATE, offset)) == NULL) {
        return NULL;
    }
    negated->a = value;
    return negated;
}

static struct ast *parse_product(struct parser *parser)
{
    struct ast *left = parse_unary(parser);

    while (left != NULL && (at(parser, "*") || at(parser, "/"))) {
        enum arithmetic_op op = at(parser, "*") ? OP_MUL : OP_DIV;
        if (!advance(parser)) {
            return NULL;
        }
        left = ast_binary(parser, AST_ARITHMETIC, left, parse_unary(parser));
        if (left != NULL) {
            left->op.arithmetic = op;
        }
    }
    return left;
}

static struct ast *parse_sum(struct parser *parser)
{
    struct ast *left = parse_product(parser);

    while (left != NULL && (at(parser, "+") || at(parser, "-"))) {
        enum arithmetic_op op = at(parser, "+") ? OP_ADD : OP_SUB;
        if (!advance(parser)) {
            return NULL;
        }
        left = ast_binary(parser, AST_ARITHMETIC, left, parse_product(parser));
        if (left != NULL) {
            left->op.arithmetic = op;
        }
    }
    return left;
}

/* ---- predicates ----------------------------------------------------------------------------- */

static bool token_compare_op(const struct token *token, enum compare_op *op)
{
    static const struct {
        const char *text;
        enum compare_op op;
    } spellings[] = {{"eq", OP_EQ},   {"=", OP_EQ},   {"==", OP_EQ}, {"neq", OP_NEQ},
                     {"!=", OP_NEQ},  {"<>", OP_NEQ}, {"gt", OP_GT}, {">", OP_GT},
                     {"gte", OP_GTE}, {">=", OP_GTE}, {"lt", OP_LT}, {"<", OP_LT},
                     {"lte", OP_LTE}, {"<=", OP_LTE}};

    if (token->kind != TOKEN_WORD && token->kind != TOKEN_PUNCTUATION) {
        return false;
    }
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        if (str_eq_nocase(token->text, str_from(spellings[i].text))) {
            *op = spellings[i].op;
            return true;
        }
    }
    return false;
}

static struct ast *parse_is(struct parser *parser, struct ast *left)
{
    struct ast *is = ast_new(parser, AST_IS, left->offset);

    if (is == NULL || !advance(parser)) {
        return NULL;
    }
    is->a = left;
    if (at_word(parser, "not")) {
        is->is_negated = true;
        if (!advance(parser)) {
            return NULL;
        }
    }
    if (at_word(parser, "never")) {
        is->op.is = IS_NEVER;
    } else if (at_word(parser, "unknown")) {
        is->op.is = IS_UNKNOWN;
    } else if (at_word(parser, "not_supported")) {
        is->op.is = IS_NOT_SUPPORTED;
    } else {
        (void)fail_expected(parser, "'never', 'unknown' or 'not_supported'");
        return NULL;
    }
    if (!advance(parser)) {
        return NULL;
    }
    is->end = parser->last_end;
    return is;
}

static struct ast *parse_with(struct parser *parser, struct ast *left)
{
    struct ast *inner = NULL, *with = NULL;

    if (!enter(parser) || !advance(parser) || !expect(parser, "[")) {
        return NULL;
    }
    inner = parse_or(parser);
    parser->depth--;
    if (inner == NULL || !expect(parser, "]") ||
        (with = ast_binary(parser, AST_WITH, left, inner)) == NULL) {
        return NULL;
    }
    return with;
}

static struct ast *parse_like(struct parser *parser, struct ast *left, bool is_negated)
{
    struct ast *like = NULL;

    if (!advance(parser)) {
        return NULL;
    }
    like = ast_binary(parser, AST_LIKE, left, parse_sum(parser));
    if (like != NULL) {
        like->is_negated = is_negated;
    }
    return like;
}

static struct ast *parse_in(struct parser *parser, struct ast *left)
{
    struct ast *in = ast_new(parser, AST_IN, left->offset);

    if (in == NULL) {
        return NULL;
    }
    in->a = left;
    in->is_negated = at_word(parser, "notin");
    if (!advance(parser) || !parse_args(parser, &in->args)) {
        return NULL;
    }
    in->end = parser->last_end;
    return in;
}

/* value [ comparison ]: what may be behind a quantifier. */
static struct ast *parse_predicate(struct parser *parser)
{
    struct ast *left = parse_sum(parser);
    enum compare_op op = OP_EQ;

    if (left == NULL) {
        return NULL;
    }
    if (at_word(parser, "with") || at_word(parser, "contain")) {
        return parse_with(parser, left);
    }
    if (at_word(parser, "like")) {
        return parse_like(parser, left, false);
    }
    if (at_word(parser, "not") && token_is_word(&parser->ahead, "like")) {
        return advance(parser) ? parse_like(parser, left, true) : NULL;
    }
    if (at_word(parser, "in") || at_word(parser, "notin")) {
        return parse_in(parser, left);
    }
    if (at_word(parser, "is")) {
        return parse_is(parser, left);
    }
    if (at_word(parser, "exists")) {
        struct ast *exists = ast_new(parser, AST_EXISTS, left->offset);
        if (exists == NULL || !advance(parser)) {
            return NULL;
        }
        exists->a = left;
        exists->end = parser->last_end;
        return exists;
    }
    if (token_compare_op(&parser->token, &op)) {
        if (!advance(parser)) {
            return NULL;
        }
        left = ast_binary(parser, AST_COMPARE, left, parse_sum(parser));
        if (left != NULL) {
            left->op.compare = op;
        }
    }
    return left;
}

/* True at `any`, `every`, `no`, `atleast`, `exactly` used as quantifiers: a path follows. */
static bool at_quantifier(const struct parser *parser)
{
    bool word_follows = parser->ahead.kind == TOKEN_WORD || token_is(&parser->ahead, "..");

    if (at_word(parser, "any") || at_word(parser, "every") || at_word(parser, "no")) {
        enum compare_op op = OP_EQ;
        return word_follows && !token_compare_op(&parser->ahead, &op) &&
               !token_is_word(&parser->ahead, "and") && !token_is_word(&parser->ahead, "or");
    }
    return (at_word(parser, "atleast") || at_word(parser, "exactly")) &&
           (parser->ahead.kind == TOKEN_NUMBER || token_is_word(&parser->ahead, "one"));
}

static struct ast *parse_quantified(struct parser *parser)
{
    struct ast *quantified = ast_new(parser, AST_QUANTIFY, parser->token.offset);

    if (quantified == NULL) {
        return NULL;
    }
    quantified->number = 1;
    if (at_word(parser, "any")) {
        quantified->op.quantifier = QUANTIFY_ANY;
    } else if (at_word(parser, "every")) {
        quantified->op.quantifier = QUANTIFY_EVERY;
    } else if (at_word(parser, "no")) {
        quantified->op.quantifier = QUANTIFY_NO;
    } else {
        quantified->op.quantifier =
            at_word(parser, "atleast") ? QUANTIFY_ATLEAST : QUANTIFY_EXACTLY;
        if (parser->ahead.kind == TOKEN_NUMBER &&
            !str_to_i64(parser->ahead.text, &quantified->number)) {
            (void)fail_at(parser, parser->ahead.offset, "this number is too large");
            return NULL;
        }
        if (!advance(parser)) {
            return NULL;
        }
    }
    if (!advance(parser)) {
        return NULL;
    }
    quantified->a = parse_predicate(parser);
    quantified->end = parser->last_end;
    return quantified->a == NULL ? NULL : quantified;
}

static struct ast *parse_not(struct parser *parser)
{
    size_t offset = parser->token.offset;
    struct ast *inner = NULL, *negated = NULL;

    if (!at_word(parser, "not")) {
        return at_quantifier(parser) ? parse_quantified(parser) : parse_predicate(parser);
    }
    if (!enter(parser) || !advance(parser)) {
        return NULL;
    }
    inner = parse_not(parser);
    parser->depth--;
    if (inner == NULL || (negated = ast_new(parser, AST_NOT, offset)) == NULL) {
        return NULL;
    }
    negated->a = inner;
    return negated;
}

static struct ast *parse_and(struct parser *parser)
{
    struct ast *left = parse_not(parser);

    while (left != NULL && at_word(parser, "and")) {
        if (!advance(parser)) {
            return NULL;
        }
        left = ast_binary(parser, AST_AND, left, parse_not(parser));
    }
    return left;
}

static struct ast *parse_or(struct parser *parser)
{
    struct ast *left = NULL;

    if (!enter(parser)) {
        return NULL;
    }
    left = parse_and(parser);
    while (left != NULL && at_word(parser, "or")) {
        if (!advance(parser)) {
            left = NULL;
            break;
        }
        left = ast_binary(parser, AST_OR, left, parse_and(parser));
    }
    parser->depth--;
    return left;
}

/* ---- the rule ------------------------------------------------------------------------------- */

static bool parse_lets(struct parser *parser, struct ast_rule *rule)
{
    struct ast_let **tail = &rule->lets;

    while (at_word(parser, "let") && parser->ahead.kind == TOKEN_WORD) {
        struct ast_let *let = arena_alloc(parser->arena, sizeof *let);
        if (let == NULL) {
            return fail_at(parser, parser->token.offset, "the rule is too large");
        }
        if (!advance(parser)) {
            return false;
        }
        let->name = parser->token.text;
        let->offset = (uint32_t)parser->token.offset;
        if (!advance(parser) || !expect(parser, "=") || (let->value = parse_or(parser)) == NULL) {
            return false;
        }
        *tail = let;
        tail = &let->next;
    }
    return true;
}

static bool parse_rule(struct parser *parser, struct ast_rule *rule)
{
    if (!parse_lets(parser, rule)) {
        return false;
    }
    if (parser->token.kind != TOKEN_WORD) {
        return fail_expected(parser, "an entity such as IAMUser");
    }
    rule->entity = parser->token.text;
    rule->entity_offset = (uint32_t)parser->token.offset;
    if (!advance(parser)) {
        return false;
    }
    if (at_word(parser, "where")) {
        if (!advance(parser) || (rule->where = parse_or(parser)) == NULL) {
            return false;
        }
    }
    if (!expect_word(parser, "should")) {
        return false;
    }
    rule->is_not = at_word(parser, "not");
    if (rule->is_not && !advance(parser)) {
        return false;
    }
    if (!expect_word(parser, "have") || (rule->have = parse_or(parser)) == NULL) {
        return false;
    }
    if (parser->token.kind != TOKEN_END) {
        return fail_expected(parser, "'and', 'or' or the end of the rule");
    }
    return true;
}

bool rule_parse(struct arena *arena, struct str text, struct ast_rule *out, struct err *err)
{
    struct parser parser = {.lexer = {.text = text}, .arena = arena, .err = err};
    struct ast_rule rule = {.text = text};

    if (text.n > RULE_TEXT_SIZE_MAX) {
        return err_set(err, ERR_INPUT, "a rule may have at most %d bytes", RULE_TEXT_SIZE_MAX);
    }
    if (!lexer_next(&parser.lexer, &parser.token, err) ||
        !lexer_next(&parser.lexer, &parser.ahead, err) || !parse_rule(&parser, &rule)) {
        return false;
    }
    *out = rule;
    return true;
}

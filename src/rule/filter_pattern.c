#include "rule/filter_pattern.h"

#include <stdio.h>
#include <string.h>

#include "rule/lex.h"
#include "rule/match_node.h"

enum { DEPTH_MAX = 64, TERMS_MAX = 256, TEXT_SIZE_MAX = 4096, INDEX_MAX = 1000000 };

struct parser {
    struct arena *arena;
    struct str text;
    size_t at;
    unsigned depth;
    struct err *err;
};

/* NULL, so that failures pass through. */
PRINTF(3, 4)
static const struct node *fail(struct parser *parser, size_t at, const char *format, ...)
{
    uint64_t line = 0, col = 0;
    char text[256];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    (void)err_set(parser->err, ERR_INPUT, "%s", text);
    text_place(parser->text, at, &line, &col);
    err_place(parser->err, (struct str){0}, line, col);
    return NULL;
}

static const struct node *too_large(struct parser *parser)
{
    return fail(parser, 0, "the pattern is too large");
}

static void skip_blanks(struct parser *parser)
{
    while (parser->at < parser->text.n &&
           (parser->text.p[parser->at] == ' ' || parser->text.p[parser->at] == '\t' ||
            parser->text.p[parser->at] == '\n' || parser->text.p[parser->at] == '\r')) {
        parser->at++;
    }
}

static struct str rest_of(const struct parser *parser)
{
    return str_sub(parser->text, parser->at, parser->text.n);
}

static bool take(struct parser *parser, struct str token)
{
    skip_blanks(parser);
    if (!str_starts(rest_of(parser), token)) {
        return false;
    }
    parser->at += token.n;
    return true;
}

static bool is_word_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-';
}

/* A word of the pattern language, in any case, that ends there. */
static bool take_word(struct parser *parser, struct str word)
{
    struct str rest;

    skip_blanks(parser);
    rest = rest_of(parser);
    if (rest.n < word.n || !str_eq_nocase(str_sub(rest, 0, word.n), word) ||
        (rest.n > word.n && is_word_char(rest.p[word.n]))) {
        return false;
    }
    parser->at += word.n;
    return true;
}

/* ---- selectors ------------------------------------------------------------------------------ */

static bool take_step(struct parser *parser, struct event_step *step)
{
    struct str rest = rest_of(parser);
    uint64_t index = 0;
    size_t n = 1;

    if (rest.n > 0 && rest.p[0] == '[') {
        while (n < rest.n && rest.p[n] != ']') {
            n++;
        }
        if (!str_to_u64(str_sub(rest, 1, n), &index) || n == rest.n || index > INDEX_MAX) {
            (void)fail(parser, parser->at, "an index is a number in brackets: $.resources[0]");
            return false;
        }
        *step = (struct event_step){.index = (uint32_t)index};
        parser->at += n + 1;
        return true;
    }
    while (n < rest.n && is_word_char(rest.p[n])) {
        n++;
    }
    if (rest.n == 0 || rest.p[0] != '.' || n == 1) {
        (void)fail(parser, parser->at, "a selector goes on with '.' and a name: $.eventName");
        return false;
    }
    *step = (struct event_step){.name = str_sub(rest, 1, n)};
    parser->at += n;
    return true;
}

static bool take_selector(struct parser *parser, struct event_path *out)
{
    struct event_step steps[EVENT_PATH_STEPS_MAX];
    struct event_step *copy = NULL;
    size_t begin = 0;
    uint32_t count = 0;

    skip_blanks(parser);
    begin = parser->at;
    if (!take(parser, STR("$"))) {
        (void)fail(parser, begin, "expected '(' or a selector, which begins with '$.'");
        return false;
    }
    do {
        if (count == EVENT_PATH_STEPS_MAX) {
            (void)fail(parser, begin, "a selector has at most %d parts", EVENT_PATH_STEPS_MAX);
            return false;
        }
        if (!take_step(parser, &steps[count++])) {
            return false;
        }
    } while (parser->at < parser->text.n &&
             (parser->text.p[parser->at] == '.' || parser->text.p[parser->at] == '['));
    copy = arena_array(parser->arena, count, sizeof *copy);
    if (copy == NULL) {
        (void)too_large(parser);
        return false;
    }
    memcpy(copy, steps, count * sizeof *copy);
    *out = (struct event_path){str_sub(parser->text, begin, parser->at), copy, count, true};
    return true;
}

/* ---- values --------------------------------------------------------------------------------- */

struct value_text {
    struct str text;
    bool is_quoted, is_regex;
    size_t at;
};

/* In quotes; \" and \\ stand for what is behind the backslash. */
static bool take_quoted(struct parser *parser, struct value_text *out)
{
    size_t begin = parser->at, at = begin + 1, n = 0;
    char *copy = arena_alloc(parser->arena, parser->text.n - begin);

    if (copy == NULL) {
        (void)too_large(parser);
        return false;
    }
    for (; at < parser->text.n && parser->text.p[at] != '"'; at++) {
        bool is_escape = parser->text.p[at] == '\\' && at + 1 < parser->text.n &&
                         (parser->text.p[at + 1] == '"' || parser->text.p[at + 1] == '\\');
        at += is_escape ? 1 : 0;
        copy[n++] = parser->text.p[at];
    }
    if (at == parser->text.n) {
        (void)fail(parser, begin, "a text without its closing quote");
        return false;
    }
    parser->at = at + 1;
    *out = (struct value_text){.text = {copy, n}, .is_quoted = true, .at = begin};
    return true;
}

static bool take_regex(struct parser *parser, struct value_text *out)
{
    static const char allowed[] = ":_#=@/;,-^$?[]{}|\\*+.";
    size_t begin = parser->at, at = begin + 1;

    for (; at < parser->text.n && parser->text.p[at] != '%'; at++) {
        char c = parser->text.p[at];
        bool is_escaped = at > begin + 1 && parser->text.p[at - 1] == '\\';
        bool fits = (is_word_char(c) || strchr(allowed, c) != NULL || is_escaped) && c != '\0';
        if (!fits) {
            (void)fail(parser, at, "CloudWatch takes no '%c' in a regular expression", c);
            return false;
        }
    }
    if (at == parser->text.n) {
        (void)fail(parser, begin, "a regular expression without its closing '%%'");
        return false;
    }
    *out = (struct value_text){
        .text = str_sub(parser->text, begin + 1, at), .is_regex = true, .at = begin};
    parser->at = at + 1;
    return true;
}

/* A text without quotes ends at a blank or at what may come behind a value. */
static bool take_value(struct parser *parser, struct value_text *out)
{
    size_t begin = 0;

    skip_blanks(parser);
    begin = parser->at;
    if (begin < parser->text.n && parser->text.p[begin] == '"') {
        return take_quoted(parser, out);
    }
    if (begin < parser->text.n && parser->text.p[begin] == '%') {
        return take_regex(parser, out);
    }
    while (parser->at < parser->text.n &&
           strchr(" \t\r\n()&|{}\"=<>!", parser->text.p[parser->at]) == NULL) {
        parser->at++;
    }
    if (parser->at == begin) {
        (void)fail(parser, begin, "expected a value");
        return false;
    }
    *out = (struct value_text){.text = str_sub(parser->text, begin, parser->at), .at = begin};
    return true;
}

/* A number may have a sign in front. */
static bool value_number(const struct value_text *value, double *number)
{
    struct str text = value->text;

    if (text.n > 1 && text.p[0] == '+' && text.p[1] != '-') {
        text = str_sub(text, 1, text.n);
    }
    return !value->is_quoted && !value->is_regex && event_number(text, number);
}

static bool compile_text(struct parser *parser, const struct value_text *value,
                         struct event_match *match)
{
    struct text_match *text = arena_alloc(parser->arena, sizeof *text);
    uint16_t *codes = arena_array(parser->arena, value->text.n, sizeof *codes);

    if (text == NULL || codes == NULL) {
        (void)too_large(parser);
        return false;
    }
    for (size_t i = 0; i < value->text.n; i++) {
        bool is_end = i == 0 || i + 1 == value->text.n;
        codes[i] = value->text.p[i] == '*' && is_end ? TEXT_ANY : (unsigned char)value->text.p[i];
    }
    match->texts = text;
    match->text_count = 1;
    if (!text_match_compile(parser->arena, codes, value->text.n, true, text)) {
        (void)too_large(parser);
        return false;
    }
    return true;
}

/* ---- terms ---------------------------------------------------------------------------------- */

static const struct node *match_or_fail(struct parser *parser, const struct event_match *match)
{
    const struct node *node = match_node(parser->arena, match);

    return node == NULL ? too_large(parser) : node;
}

static const struct node *regex_node(struct parser *parser, struct event_match *match,
                                     const struct value_text *value, enum number_op op)
{
    uint64_t line = 0, col = 0;

    match->op = op == NUMBER_EQ ? MATCH_REGEX : MATCH_NO_REGEX;
    match->text = value->text;
    if (!pattern_compile(parser->arena, value->text, PATTERN_UTF, &match->pattern, parser->err)) {
        text_place(parser->text, value->at, &line, &col);
        err_place(parser->err, (struct str){0}, line, col);
        return NULL;
    }
    return match_or_fail(parser, match);
}

/* = and != of a number are also true of the number written otherwise, and of it as a string. */
static const struct node *equality_node(struct parser *parser, struct event_match *match,
                                        const struct value_text *value, enum number_op op)
{
    struct event_match number = *match;
    const struct node *nodes[2];

    match->op = op == NUMBER_EQ ? MATCH_TEXT : MATCH_DIFFERS;
    if (!compile_text(parser, value, match)) {
        return NULL;
    }
    if (!value_number(value, &number.number)) {
        return match_or_fail(parser, match);
    }
    number.op = MATCH_NUMBER;
    number.compare = NUMBER_EQ;
    nodes[0] = match_node(parser->arena, match);
    nodes[1] = match_node(parser->arena, &number);
    if (op == NUMBER_NEQ && nodes[1] != NULL) {
        nodes[1] = match_not(parser->arena, nodes[1]);
    }
    if (nodes[0] == NULL || nodes[1] == NULL) {
        return too_large(parser);
    }
    return match_join(parser->arena, op == NUMBER_EQ ? NODE_OR : NODE_AND, nodes, 2);
}

static const struct node *compare_node(struct parser *parser, struct event_match *match,
                                       enum number_op op)
{
    struct value_text value;

    if (!take_value(parser, &value)) {
        return NULL;
    }
    match->label = str_sub(match->label, 0, (size_t)(parser->text.p + parser->at - match->label.p));
    match->is_plain = true;
    if (value.text.n > TEXT_SIZE_MAX) {
        return fail(parser, value.at, "a value has at most %d bytes", TEXT_SIZE_MAX);
    }
    if (op == NUMBER_EQ || op == NUMBER_NEQ) {
        return value.is_regex ? regex_node(parser, match, &value, op)
                              : equality_node(parser, match, &value, op);
    }
    match->op = MATCH_NUMBER;
    match->compare = op;
    if (!value_number(&value, &match->number)) {
        return fail(parser, value.at, "<, <=, > and >= compare with a number");
    }
    return match_or_fail(parser, match);
}

static bool take_compare(struct parser *parser, enum number_op *op)
{
    static const struct {
        struct str text;
        enum number_op op;
    } ops[] = {
        {STR_LIT("!="), NUMBER_NEQ}, {STR_LIT("<="), NUMBER_LTE}, {STR_LIT(">="), NUMBER_GTE},
        {STR_LIT("="), NUMBER_EQ},   {STR_LIT("<"), NUMBER_LT},   {STR_LIT(">"), NUMBER_GT},
    };

    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        if (take(parser, ops[i].text)) {
            *op = ops[i].op;
            return true;
        }
    }
    return false;
}

static const struct node *term_node(struct parser *parser)
{
    struct event_match match = {.op = MATCH_EXISTS};
    enum number_op op = NUMBER_EQ;
    size_t begin = 0;

    skip_blanks(parser);
    begin = parser->at;
    if (!take_selector(parser, &match.path)) {
        return NULL;
    }
    match.label = str_sub(parser->text, begin, parser->text.n);
    if (take_compare(parser, &op)) {
        return compare_node(parser, &match, op);
    }
    match.label = match.path.text;
    if (take_word(parser, STR("NOT"))) {
        const struct node *exists = match_node(parser->arena, &match);
        if (!take_word(parser, STR("EXISTS"))) {
            return fail(parser, parser->at, "expected EXISTS behind NOT");
        }
        exists = match_not(parser->arena, exists);
        return exists == NULL ? too_large(parser) : exists;
    }
    if (!take_word(parser, STR("IS"))) {
        (void)fail(parser, parser->at,
                   "expected =, !=, <, <=, >, >=, IS or NOT EXISTS behind the selector");
        err_hint(parser->err, "a blank parts the selector from the words behind it");
        return NULL;
    }
    match.op = take_word(parser, STR("NULL"))    ? MATCH_IS_NULL
               : take_word(parser, STR("TRUE"))  ? MATCH_IS_TRUE
               : take_word(parser, STR("FALSE")) ? MATCH_IS_FALSE
                                                 : MATCH_EXISTS;
    return match.op == MATCH_EXISTS
               ? fail(parser, parser->at, "expected NULL, TRUE or FALSE behind IS")
               : match_or_fail(parser, &match);
}

/* ---- expressions ---------------------------------------------------------------------------- */

static const struct node *or_node(struct parser *parser);

static const struct node *primary_node(struct parser *parser)
{
    const struct node *node = NULL;

    if (!take(parser, STR("("))) {
        return term_node(parser);
    }
    if (++parser->depth > DEPTH_MAX) {
        return fail(parser, parser->at, "nested too deeply");
    }
    node = or_node(parser);
    parser->depth--;
    if (node != NULL && !take(parser, STR(")"))) {
        return fail(parser, parser->at, "expected ')', '&&' or '||'");
    }
    return node;
}

static const struct node *chain_node(struct parser *parser, struct str op, enum node_kind kind,
                                     const struct node *(*operand)(struct parser *))
{
    const struct node *nodes[TERMS_MAX];
    size_t count = 0;
    const struct node *node = NULL;

    do {
        if (count == TERMS_MAX) {
            return fail(parser, parser->at, "too many terms");
        }
        nodes[count] = operand(parser);
        if (nodes[count++] == NULL) {
            return NULL;
        }
    } while (take(parser, op));
    node = match_join(parser->arena, kind, nodes, count);
    return node == NULL ? too_large(parser) : node;
}

static const struct node *and_node(struct parser *parser)
{
    return chain_node(parser, STR("&&"), NODE_AND, primary_node);
}

static const struct node *or_node(struct parser *parser)
{
    return chain_node(parser, STR("||"), NODE_OR, and_node);
}

bool filter_pattern_is_text(struct str text)
{
    text = str_trim(text);
    return text.n > 0 && text.p[0] == '{';
}

bool filter_pattern_compile(struct arena *arena, struct str text, struct rule_program *out,
                            struct err *err)
{
    struct parser parser = {.arena = arena, .text = text, .err = err};
    const struct node *node = NULL;

    if (text.n > RULE_TEXT_SIZE_MAX) {
        return err_set(err, ERR_INPUT, "a pattern may have at most %d bytes", RULE_TEXT_SIZE_MAX);
    }
    if (!take(&parser, STR("{"))) {
        (void)fail(&parser, 0, "a pattern begins with '{'");
        return false;
    }
    node = or_node(&parser);
    if (node == NULL) {
        return false;
    }
    if (!take(&parser, STR("}"))) {
        (void)fail(&parser, parser.at, "expected '&&', '||' or '}'");
        return false;
    }
    skip_blanks(&parser);
    if (parser.at < text.n) {
        (void)fail(&parser, parser.at, "something stands behind the pattern's end");
        return false;
    }
    *out = match_program(text, DIALECT_FILTER_PATTERN, node);
    return true;
}

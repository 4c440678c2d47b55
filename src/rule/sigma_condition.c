/* Conditions: names of detections, `1 of` and `all of` patterns, joined by not, and, or. */
#include "rule/sigma_parts.h"

#include <limits.h>

#include "base/glob.h"

enum { DEPTH_MAX = 64, TERMS_MAX = 256 };

struct condition {
    struct sigma_reader *reader;
    const struct yaml_node *yaml;
    struct str text;
    size_t at;
    struct str token; /* what comes next; empty at the end */
    size_t token_at;
    unsigned depth;
};

static bool fail(const struct condition *condition, const char *what)
{
    size_t quote = condition->yaml->is_plain ? 0 : 1;

    if (condition->token.n == 0) {
        return sigma_fail(condition->reader, condition->yaml, condition->token_at + quote,
                          "condition: %s, but it ends here", what);
    }
    return sigma_fail(condition->reader, condition->yaml, condition->token_at + quote,
                      "condition: %s, not '%.*s'", what, STR_ARG(condition->token));
}

static bool is_name_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-' || c == '*' || c == '.' || c == '?';
}

static void advance(struct condition *condition)
{
    struct str text = condition->text;
    size_t at = condition->at, begin = 0;

    while (at < text.n &&
           (text.p[at] == ' ' || text.p[at] == '\t' || text.p[at] == '\n' || text.p[at] == '\r')) {
        at++;
    }
    begin = at;
    while (at < text.n && is_name_char(text.p[at])) {
        at++;
    }
    at += at == begin && at < text.n ? 1 : 0;
    condition->token = str_sub(text, begin, at);
    condition->token_at = begin;
    condition->at = at;
}

static bool take(struct condition *condition, struct str word)
{
    if (!str_eq_nocase(condition->token, word)) {
        return false;
    }
    advance(condition);
    return true;
}

static bool is_word(struct str token)
{
    return token.n > 0 && is_name_char(token.p[0]) && !str_eq_nocase(token, STR("and")) &&
           !str_eq_nocase(token, STR("or")) && !str_eq_nocase(token, STR("not")) &&
           !str_eq_nocase(token, STR("of"));
}

static struct sigma_detection *detection_find(struct sigma_reader *reader, struct str name)
{
    for (size_t i = 0; i < reader->detection_count; i++) {
        if (str_eq(reader->detections[i].yaml->key->text, name)) {
            return &reader->detections[i];
        }
    }
    return NULL;
}

static const struct node *name_node(struct condition *condition)
{
    struct sigma_reader *reader = condition->reader;
    struct sigma_detection *detection = detection_find(reader, condition->token);
    struct str near = {0};
    unsigned best = UINT_MAX;

    if (detection != NULL) {
        advance(condition);
        return sigma_detection_node(reader, detection);
    }
    for (size_t i = 0; i < reader->detection_count; i++) {
        struct str name = reader->detections[i].yaml->key->text;
        if (str_is_near(condition->token, name, &best)) {
            near = name;
        }
    }
    (void)sigma_fail(reader, condition->yaml,
                     condition->token_at + (condition->yaml->is_plain ? 0 : 1),
                     "there is no detection '%.*s'", STR_ARG(condition->token));
    if (near.n > 0) {
        err_hint(reader->err, "did you mean '%.*s'?", STR_ARG(near));
    }
    return NULL;
}

/* Names that begin with an underscore are only meant by patterns that do. */
static bool pattern_means(struct str pattern, bool is_them, struct str name)
{
    bool is_hidden = name.n > 0 && name.p[0] == '_';

    return is_them ? !is_hidden : glob_match(pattern, name) && (!is_hidden || pattern.p[0] == '_');
}

static const struct node *pattern_node(struct condition *condition, enum node_kind kind)
{
    struct sigma_reader *reader = condition->reader;
    const struct node *nodes[SIGMA_DETECTIONS_MAX];
    struct str pattern = condition->token;
    bool is_them = str_eq_nocase(pattern, STR("them"));
    size_t count = 0;

    if (!is_word(pattern)) {
        (void)fail(condition, "expected 'them' or the names of detections");
        return NULL;
    }
    for (size_t i = 0; i < reader->detection_count; i++) {
        if (!pattern_means(pattern, is_them, reader->detections[i].yaml->key->text)) {
            continue;
        }
        nodes[count] = sigma_detection_node(reader, &reader->detections[i]);
        if (nodes[count++] == NULL) {
            return NULL;
        }
    }
    if (count == 0) {
        (void)sigma_fail(reader, condition->yaml,
                         condition->token_at + (condition->yaml->is_plain ? 0 : 1),
                         "no detection is called '%.*s'", STR_ARG(pattern));
        return NULL;
    }
    advance(condition);
    return match_join(reader->arena, kind, nodes, count);
}

static const struct node *or_node(struct condition *condition);

static const struct node *primary_node(struct condition *condition)
{
    const struct node *node = NULL;
    struct condition ahead = *condition;

    if (take(condition, STR("("))) {
        node = or_node(condition);
        if (node != NULL && !take(condition, STR(")"))) {
            (void)fail(condition, "expected ')', 'and' or 'or'");
            return NULL;
        }
        return node;
    }
    if (!is_word(condition->token)) {
        (void)fail(condition, "expected the name of a detection");
        return NULL;
    }
    advance(&ahead);
    if (str_eq_nocase(ahead.token, STR("of"))) {
        bool is_all = str_eq_nocase(condition->token, STR("all"));
        if (!is_all && !str_eq(condition->token, STR("1")) &&
            !str_eq_nocase(condition->token, STR("any"))) {
            (void)fail(condition, "expected '1 of', 'any of' or 'all of'");
            return NULL;
        }
        advance(condition);
        advance(condition);
        return pattern_node(condition, is_all ? NODE_AND : NODE_OR);
    }
    return name_node(condition);
}

static const struct node *not_node(struct condition *condition)
{
    const struct node *node = NULL;

    if (++condition->depth > DEPTH_MAX) {
        (void)fail(condition, "nested too deeply");
        return NULL;
    }
    node = take(condition, STR("not")) ? match_not(condition->reader->arena, not_node(condition))
                                       : primary_node(condition);
    condition->depth--;
    return node;
}

static const struct node *chain_node(struct condition *condition, struct str word,
                                     enum node_kind kind,
                                     const struct node *(*operand)(struct condition *))
{
    const struct node *nodes[TERMS_MAX];
    size_t count = 0;

    do {
        if (count == TERMS_MAX) {
            (void)fail(condition, "too many parts");
            return NULL;
        }
        nodes[count] = operand(condition);
        if (nodes[count++] == NULL) {
            return NULL;
        }
    } while (take(condition, word));
    return match_join(condition->reader->arena, kind, nodes, count);
}

static const struct node *and_node(struct condition *condition)
{
    return chain_node(condition, STR("and"), NODE_AND, not_node);
}

static const struct node *or_node(struct condition *condition)
{
    return chain_node(condition, STR("or"), NODE_OR, and_node);
}

static const struct node *one_condition(struct sigma_reader *reader, const struct yaml_node *yaml)
{
    struct condition condition = {.reader = reader, .yaml = yaml, .text = yaml->text};
    const struct node *node = NULL;

    if (yaml->kind != YAML_SCALAR) {
        (void)sigma_fail(reader, yaml, 0, "a condition is a text or a list of texts");
        return NULL;
    }
    if (str_find(yaml->text, '|') < yaml->text.n) {
        (void)sigma_fail(reader, yaml, str_find(yaml->text, '|'),
                         "aggregations behind '|' are no longer part of Sigma");
        err_hint(reader->err, "write a correlation rule");
        return NULL;
    }
    advance(&condition);
    node = or_node(&condition);
    if (node != NULL && condition.token.n > 0) {
        (void)fail(&condition, "expected 'and' or 'or'");
        return NULL;
    }
    return node;
}

const struct node *sigma_condition(struct sigma_reader *reader, const struct yaml_node *node)
{
    const struct node *nodes[SIGMA_DETECTIONS_MAX];
    size_t count = 0;

    if (node->kind != YAML_SEQUENCE) {
        return one_condition(reader, node);
    }
    if (node->count == 0 || node->count > SIGMA_DETECTIONS_MAX) {
        (void)sigma_fail(reader, node, 0, "a list has 1 to %d conditions", SIGMA_DETECTIONS_MAX);
        return NULL;
    }
    for (const struct yaml_node *one = node->first; one != NULL; one = one->next) {
        nodes[count] = one_condition(reader, one);
        if (nodes[count++] == NULL) {
            return NULL;
        }
    }
    return match_join(reader->arena, NODE_OR, nodes, count);
}

/* The rule language: printing and reading are inverse, and its logic is Kleene's on entities of
 * every
 * kind. The property that matters most is soundness: what becomes known later never turns a pass
 * into a fail or the other way round. */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "rule/eval.h"
#include "support/property.h"
#include "support/rule_random.h"
#include "support/value_random.h"

enum { ARENA_MAX = 64 << 20, TEXT_MAX = 1 << 20, RULE_MAX = 60000 };

/* What a case works with; made anew for each. */
struct bench {
    struct property *property;
    struct arena arena;
    struct buf text; /* all texts of the case, one behind the other */
    struct rule_random rules;
    struct eval_context context;
    struct value entity;
};

static const struct schema_entity *some_entity(struct random *random)
{
    size_t count = 0;

    while (schema_entities[count] != NULL) {
        count++;
    }
    return schema_entities[random_below(random, count)];
}

static void bench_init(struct bench *bench, struct property *property)
{
    *bench = (struct bench){.property = property};
    arena_init(&bench->arena, ARENA_MAX);
    buf_init(&bench->text, TEXT_MAX);
    /* Texts must not move while programs point into them. */
    if (buf_reserve(&bench->text, TEXT_MAX - 1) == NULL) {
        abort();
    }
    bench->rules = (struct rule_random){
        .random = &property->random, .out = &bench->text, .depth = 3, .is_plain = true};
    eval_init(&bench->context, VALUE_RANDOM_NOW);
}

static void bench_release(struct bench *bench)
{
    arena_release(&bench->arena);
    buf_release(&bench->text);
    eval_release(&bench->context);
}

static void bench_entity(struct bench *bench, const struct schema_entity *entity)
{
    value_random(&bench->arena, &bench->property->random, entity, &bench->entity);
}

static struct str some_condition(struct bench *bench, const struct schema_entity *entity)
{
    size_t begin = bench->text.n;

    rule_random_begin(&bench->rules, entity);
    rule_random_condition(&bench->rules);
    return str_sub(buf_text(&bench->text), begin, bench->text.n);
}

static bool compile(struct bench *bench, struct str text, struct rule_program *program)
{
    struct err err = {0};

    if (text.n > RULE_MAX) {
        return false; /* larger than a rule may be: no case */
    }
    if (rule_compile(&bench->arena, text, rule_random_params, RULE_RANDOM_PARAM_COUNT, program,
                     &err)) {
        return true;
    }
    property_fail(bench->property, "%u:%u: %s\n%.*s", err.line, err.col, err.text, STR_ARG(text));
    return false;
}

/* The verdict of a rule given as a format with at most two texts. */
static bool verdict_of(struct bench *bench, const char *before, struct str a, const char *between,
                       struct str b, const char *after, enum verdict *verdict)
{
    struct rule_program program;
    size_t begin = bench->text.n;

    buf_str(&bench->text, bench->entity.entity->name);
    buf_str(&bench->text, str_from(before));
    buf_str(&bench->text, a);
    buf_str(&bench->text, str_from(between));
    buf_str(&bench->text, b);
    buf_str(&bench->text, str_from(after));
    if (!compile(bench, str_sub(buf_text(&bench->text), begin, bench->text.n), &program)) {
        return false;
    }
    *verdict = eval_rule(&bench->context, &program, &bench->entity);
    return true;
}

/* ---- text ----------------------------------------------------------------------------------- */

static void format_is_inverse(struct property *property)
{
    struct bench bench;
    struct ast_rule rule, again;
    struct rule_program program;
    struct buf first, second;
    struct err err = {0};

    bench_init(&bench, property);
    buf_init(&first, TEXT_MAX);
    buf_init(&second, TEXT_MAX);
    bench.rules.is_plain = random_chance(&property->random, 30);
    bench.rules.depth = 1 + (int)random_below(&property->random, 4);
    rule_random_rule(&bench.rules, some_entity(&property->random));
    struct str text = buf_text(&bench.text);
    if (text.n <= RULE_MAX && compile(&bench, text, &program)) {
        if (!rule_parse(&bench.arena, text, &rule, &err)) {
            property_fail(property, "compiles but does not parse:\n%.*s", STR_ARG(text));
        }
        rule_format(&first, &rule);
        if (!rule_parse(&bench.arena, buf_text(&first), &again, &err)) {
            property_fail(property, "%s\n%.*s\nbecame\n%.*s", err.text, STR_ARG(text),
                          STR_ARG(buf_text(&first)));
        } else if (!ast_rule_equal(&rule, &again)) {
            property_fail(property, "another tree:\n%.*s\nbecame\n%.*s", STR_ARG(text),
                          STR_ARG(buf_text(&first)));
        } else {
            rule_format(&second, &again);
            if (!str_eq(buf_text(&first), buf_text(&second))) {
                property_fail(property, "no fixed point:\n%.*s\nthen\n%.*s",
                              STR_ARG(buf_text(&first)), STR_ARG(buf_text(&second)));
            }
        }
    }
    buf_release(&first);
    buf_release(&second);
    bench_release(&bench);
}

/* ---- laws ----------------------------------------------------------------------------------- */

/* Two ways of writing a condition of A and B that mean the same. */
struct law {
    const char *name;
    const char *left[3], *right[3]; /* around A and B */
    bool right_swaps;               /* B stands first on the right */
};

static const struct law laws[] = {
    {"not not A is A",
     {" should have not (not (", ")) or (", ") and false"},
     {" should have (", ") or (", ") and false"},
     false},
    {"not (A and B) is not A or not B",
     {" should have not ((", ") and (", "))"},
     {" should have not (", ") or not (", ")"},
     false},
    {"not (A or B) is not A and not B",
     {" should have not ((", ") or (", "))"},
     {" should have not (", ") and not (", ")"},
     false},
    {"or commutes", {" should have (", ") or (", ")"}, {" should have (", ") or (", ")"}, true},
    {"and commutes", {" should have (", ") and (", ")"}, {" should have (", ") and (", ")"}, true},
    {"should not have is should have not",
     {" where ", " should not have ", ""},
     {" where ", " should have not (", ")"},
     false},
    {"or takes in and",
     {" should have (", ") or (", ") and true"},
     {" should have not (not (", ") and not (", "))"},
     false},
};

static void laws_hold(struct property *property)
{
    const struct law *law = &laws[random_below(&property->random, sizeof laws / sizeof laws[0])];
    const struct schema_entity *entity = some_entity(&property->random);
    enum verdict left = VERDICT_UNKNOWN, right = VERDICT_UNKNOWN;
    struct bench bench;

    bench_init(&bench, property);
    bench_entity(&bench, entity);
    struct str a = some_condition(&bench, entity), b = some_condition(&bench, entity);
    if (verdict_of(&bench, law->left[0], a, law->left[1], b, law->left[2], &left) &&
        verdict_of(&bench, law->right[0], law->right_swaps ? b : a, law->right[1],
                   law->right_swaps ? a : b, law->right[2], &right) &&
        left != right) {
        property_fail(property, "%s: %.*s, then %.*s\nA: %.*s\nB: %.*s", law->name,
                      STR_ARG(verdict_name(left)), STR_ARG(verdict_name(right)), STR_ARG(a),
                      STR_ARG(b));
    }
    bench_release(&bench);
}

/* `should not have A` turns pass into fail and back, and leaves the rest. */
static void negation_mirrors(struct property *property)
{
    static const enum verdict mirror[] = {
        [VERDICT_PASS] = VERDICT_FAIL,
        [VERDICT_FAIL] = VERDICT_PASS,
        [VERDICT_NOT_APPLICABLE] = VERDICT_NOT_APPLICABLE,
        [VERDICT_UNKNOWN] = VERDICT_UNKNOWN,
    };
    const struct schema_entity *entity = some_entity(&property->random);
    enum verdict have = VERDICT_UNKNOWN, have_not = VERDICT_UNKNOWN;
    struct bench bench;

    bench_init(&bench, property);
    bench_entity(&bench, entity);
    struct str where = some_condition(&bench, entity), a = some_condition(&bench, entity);
    if (verdict_of(&bench, " where ", where, " should have ", a, "", &have) &&
        verdict_of(&bench, " where ", where, " should not have ", a, "", &have_not) &&
        mirror[have] != have_not) {
        property_fail(property, "%.*s, and with not %.*s\nwhere %.*s\nhave %.*s",
                      STR_ARG(verdict_name(have)), STR_ARG(verdict_name(have_not)), STR_ARG(where),
                      STR_ARG(a));
    }
    bench_release(&bench);
}

/* The verdict is the Kleene value of its parts: where and have judged alone say what it must be. */
static void where_decides(struct property *property)
{
    const struct schema_entity *entity = some_entity(&property->random);
    enum verdict applies = VERDICT_UNKNOWN, holds = VERDICT_UNKNOWN, both = VERDICT_UNKNOWN;
    struct str none = {0};
    struct bench bench;

    bench_init(&bench, property);
    bench_entity(&bench, entity);
    struct str where = some_condition(&bench, entity), a = some_condition(&bench, entity);
    if (verdict_of(&bench, " should have ", where, "", none, "", &applies) &&
        verdict_of(&bench, " should have ", a, "", none, "", &holds) &&
        verdict_of(&bench, " where ", where, " should have ", a, "", &both)) {
        enum verdict expected = applies == VERDICT_FAIL      ? VERDICT_NOT_APPLICABLE
                                : applies == VERDICT_UNKNOWN ? VERDICT_UNKNOWN
                                                             : holds;
        if (both != expected) {
            property_fail(property, "%.*s, not %.*s\nwhere %.*s\nhave %.*s",
                          STR_ARG(verdict_name(both)), STR_ARG(verdict_name(expected)),
                          STR_ARG(where), STR_ARG(a));
        }
    }
    bench_release(&bench);
}

/* ---- quantifiers ---------------------------------------------------------------------------- */

/* A list of structs that stands at the entity itself, or NULL. */
static const struct schema_attr *some_list(struct random *random,
                                           const struct schema_entity *entity)
{
    const struct schema_attr *found = NULL;
    size_t seen = 0;

    for (size_t i = 0; i < entity->attr_count; i++) {
        const struct schema_attr *attr = &entity->attrs[i];
        if (attr->is_list && attr->type == TYPE_ENTITY && random_below(random, ++seen) == 0) {
            found = attr;
        }
    }
    return found;
}

/* <quantifier> List with [ <before> body <after> ], as truth: pass is true. */
static bool quantified(struct bench *bench, const char *quantifier, struct str list,
                       const char *before, struct str body, const char *after,
                       enum verdict *verdict)
{
    char head[96];

    (void)snprintf(head, sizeof head, " should have %s %.*s with [ %s", quantifier, STR_ARG(list),
                   before);
    return verdict_of(bench, head, body, after, (struct str){0}, "", verdict);
}

/* Truth in Kleene's order: false, unknown, true. */
static int rank(enum verdict verdict)
{
    return verdict == VERDICT_PASS ? 2 : verdict == VERDICT_FAIL ? 0 : 1;
}

static bool is_surely_some(const struct value *list)
{
    bool sure = list->kind == VALUE_LIST && list->count > 0;

    for (size_t i = 0; sure && i < list->count; i++) {
        sure = !list->items[i].maybe_absent;
    }
    return sure;
}

struct quantities {
    enum verdict any, no, not_any, every, not_any_not, exactly[4], atleast[4];
};

static bool quantities_of(struct bench *bench, struct str list, struct str body,
                          struct quantities *q)
{
    static const char *const exactly[] = {"exactly 0", "exactly 1", "exactly 2", "exactly 3"};
    static const char *const atleast[] = {"atleast 0", "atleast one", "atleast 2", "atleast 3"};
    bool ok = quantified(bench, "any", list, "", body, " ]", &q->any) &&
              quantified(bench, "no", list, "", body, " ]", &q->no) &&
              quantified(bench, "not any", list, "", body, " ]", &q->not_any) &&
              quantified(bench, "every", list, "", body, " ]", &q->every) &&
              quantified(bench, "not any", list, "not (", body, ") ]", &q->not_any_not);

    for (int n = 0; ok && n < 4; n++) {
        ok = quantified(bench, exactly[n], list, "", body, " ]", &q->exactly[n]) &&
             quantified(bench, atleast[n], list, "", body, " ]", &q->atleast[n]);
    }
    return ok;
}

static const char *broken_quantity(const struct quantities *q, bool is_surely_some_list)
{
    if (q->no != q->not_any) {
        return "no L is not any L";
    }
    if (q->any != q->atleast[1]) {
        return "any L is atleast one L";
    }
    if (q->no != q->exactly[0]) {
        return "no L is exactly 0 L";
    }
    if (q->atleast[0] != VERDICT_PASS) {
        return "atleast 0 L is true";
    }
    if (is_surely_some_list && q->every != q->not_any_not) {
        return "every L with A is not any L with not A, where L has elements";
    }
    /* every L may be unknown where no element can hold: sound, not complete. */
    if (q->every == VERDICT_PASS && q->any != VERDICT_PASS) {
        return "every L implies any L";
    }
    for (int n = 0; n < 4; n++) {
        if (rank(q->exactly[n]) > rank(q->atleast[n])) {
            return "exactly N implies atleast N";
        }
        if (n > 0 && rank(q->atleast[n]) > rank(q->atleast[n - 1])) {
            return "atleast N implies atleast N - 1";
        }
    }
    return NULL;
}

static void quantifiers_agree(struct property *property)
{
    const struct schema_entity *entity = NULL;
    const struct schema_attr *list = NULL;
    struct quantities q;
    struct bench bench;

    while (list == NULL) {
        entity = some_entity(&property->random);
        list = some_list(&property->random, entity);
    }
    bench_init(&bench, property);
    bench_entity(&bench, entity);
    struct str body = some_condition(&bench, list->entity);
    if (quantities_of(&bench, list->name, body, &q)) {
        const struct value *value = &bench.entity.items[list - entity->attrs];
        const char *broken = broken_quantity(&q, is_surely_some(value));
        if (broken != NULL) {
            property_fail(property, "%s: %.*s with [ %.*s ]", broken, STR_ARG(list->name),
                          STR_ARG(body));
        }
    }
    bench_release(&bench);
}

/* ---- soundness ------------------------------------------------------------------------------ */

/* Whatever the unknown turns out to be, a verdict that was given stands. Only asking whether
 * something is unknown may change its answer, so no rule here does. */
static void verdicts_stand(struct property *property)
{
    const struct schema_entity *entity = some_entity(&property->random);
    struct rule_program program;
    struct bench bench;

    bench_init(&bench, property);
    bench.rules.is_monotone = true;
    bench_entity(&bench, entity);
    rule_random_rule(&bench.rules, entity);
    struct str text = buf_text(&bench.text);
    if (compile(&bench, text, &program)) {
        enum verdict before = eval_rule(&bench.context, &program, &bench.entity);
        for (int i = 0; i < 8 && before != VERDICT_UNKNOWN; i++) {
            struct value refined;
            value_refine(&bench.arena, &property->random, &bench.entity, i >= 4, &refined);
            enum verdict after = eval_rule(&bench.context, &program, &refined);
            if (after != before) {
                property_fail(property, "%.*s became %.*s\n%.*s", STR_ARG(verdict_name(before)),
                              STR_ARG(verdict_name(after)), STR_ARG(text));
            }
        }
    }
    bench_release(&bench);
}

int main(void)
{
    struct property property = property_begin(3000);

    property_run(&property, "format then parse is identity", 1, format_is_inverse);
    property_run(&property, "laws of three-valued logic", 1, laws_hold);
    property_run(&property, "should not have mirrors should have", 2, negation_mirrors);
    property_run(&property, "where decides who is judged", 2, where_decides);
    property_run(&property, "quantifiers agree", 3, quantifiers_agree);
    property_run(&property, "verdicts stand when unknowns become known", 1, verdicts_stand);
    return property_end(&property);
}

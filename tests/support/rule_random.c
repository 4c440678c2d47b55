#include "support/rule_random.h"

#include <string.h>

const struct control_param rule_random_params[] = {{STR_LIT("days"), 90}, {STR_LIT("n"), 1}};

static bool chance(struct rule_random *rules, unsigned percent)
{
    return random_chance(rules->random, percent);
}

static size_t below(struct rule_random *rules, size_t n)
{
    return random_below(rules->random, n);
}

/* ---- words ---------------------------------------------------------------------------------- */

static void put(struct rule_random *rules, const char *text)
{
    buf_str(rules->out, str_from(text));
}

/* A word in some case. */
static void put_word(struct rule_random *rules, struct str word)
{
    bool is_odd = !rules->is_plain && chance(rules, 10);

    for (size_t i = 0; i < word.n; i++) {
        char c = word.p[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        buf_char(rules->out, is_odd && is_letter && chance(rules, 50) ? (char)(c ^ 0x20) : c);
    }
}

static void put_one_of(struct rule_random *rules, const struct str *choices, size_t count)
{
    put_word(rules, rules->is_plain ? choices[0] : random_pick(rules->random, choices, count));
}

#define PUT_ONE_OF(rules, choices)                                                                 \
    put_one_of((rules), (choices), sizeof(choices) / sizeof((choices)[0]))

static void put_keyword(struct rule_random *rules, const char *word)
{
    put(rules, !rules->is_plain && chance(rules, 5) ? "\n " : " ");
    put_word(rules, str_from(word));
    put(rules, !rules->is_plain && chance(rules, 3) ? " # aside\n" : " ");
}

static void put_equality(struct rule_random *rules)
{
    static const struct str equals[] = {STR_LIT("eq"), STR_LIT("="), STR_LIT("==")};
    static const struct str differs[] = {STR_LIT("neq"), STR_LIT("!="), STR_LIT("<>")};

    put(rules, " ");
    if (chance(rules, 60)) {
        PUT_ONE_OF(rules, equals);
    } else {
        PUT_ONE_OF(rules, differs);
    }
    put(rules, " ");
}

static void put_order(struct rule_random *rules)
{
    static const struct str orders[][2] = {{STR_LIT("gt"), STR_LIT(">")},
                                           {STR_LIT("gte"), STR_LIT(">=")},
                                           {STR_LIT("lt"), STR_LIT("<")},
                                           {STR_LIT("lte"), STR_LIT("<=")}};

    if (chance(rules, 20)) {
        put_equality(rules);
        return;
    }
    put(rules, " ");
    put_one_of(rules, orders[below(rules, 4)], 2);
    put(rules, " ");
}

static void put_number(struct rule_random *rules)
{
    static const char *const numbers[] = {
        "0",           "1",        "2",  "3",     "$n",       "-1",           "(1 + 1)",
        "2 * $n",      "4 / 2",    "90", "$days", "-(2 - 3)", "3 - (2 - $n)", "4 / (2 * 2)",
        "(1 + 2) * 3", "1 - 2 - 3"};

    put(rules, numbers[below(rules, sizeof numbers / sizeof numbers[0])]);
}

static void put_duration(struct rule_random *rules)
{
    static const char *const durations[] = {"10 seconds",  "1 day",
                                            "$days days",  "90 days",
                                            "2 weeks",     "-1 hour",
                                            "$n day",      "0 seconds",
                                            "2 * 1 day",   "1 minute + 30 seconds",
                                            "4 weeks / 2", "2 days - (1 day - 1 hour)"};

    put(rules, durations[below(rules, sizeof durations / sizeof durations[0])]);
}

static void put_string(struct rule_random *rules)
{
    static const char *const strings[] = {
        "\"ann\"",    "\"bob\"", "\"<root_account>\"", "\"us-east-1\"",
        "\"s3\"",     "\"\"",    "\"10.1.2.3\"",       "\"N/A\"",
        "\"Allow\"",  "\"/\"",   "\"123456789012\"",   "\"true\"",
        "\"a\\\"b\"", "\"*\""};

    put(rules, strings[below(rules, sizeof strings / sizeof strings[0])]);
}

/* ---- paths ---------------------------------------------------------------------------------- */

static bool is_offered(const struct rule_random *rules, const struct schema_attr *attr)
{
    return !rules->is_report_only || (attr->source == SOURCE_REPORT && attr->binding != BIND_NONE);
}

static const struct schema_attr *choose_attr(struct rule_random *rules,
                                             const struct schema_entity *entity)
{
    const struct schema_attr *attr = NULL;
    bool wants_list = chance(rules, 15);

    do {
        attr = &entity->attrs[below(rules, entity->attr_count)];
        wants_list = wants_list && chance(rules, 90);
    } while ((!is_offered(rules, attr) && !chance(rules, 5)) || (wants_list && !attr->is_list));
    return attr;
}

/* Entities in which a value of this type can be found at once. */
static bool has_type(const struct schema_entity *entity, enum rule_type type)
{
    for (size_t i = 0; i < entity->attr_count; i++) {
        if (entity->attrs[i].type == type && !entity->attrs[i].is_list) {
            return true;
        }
    }
    return false;
}

static void put_name(struct rule_random *rules, const struct schema_attr *attr)
{
    put_word(rules,
             attr->alias.n > 0 && !rules->is_plain && chance(rules, 20) ? attr->alias : attr->name);
}

static void put_dot(struct rule_random *rules)
{
    put(rules, !rules->is_plain && chance(rules, 5) ? " . " : ".");
}

/* `..` for each scope climbed; returns the entity that the path begins in. */
static const struct schema_entity *put_climb(struct rule_random *rules)
{
    int scope = rules->scope_count - 1;

    while (scope > 0 && (rules->scopes[scope] == NULL || chance(rules, 15))) {
        put(rules, "..");
        scope--;
    }
    return rules->scopes[scope];
}

static void put_column(struct rule_random *rules)
{
    static const struct str columns[] = {STR_LIT("user"), STR_LIT("mfa_active"), STR_LIT("team"),
                                         STR_LIT("access_key_1_last_used_region"),
                                         STR_LIT("no_such_column")};

    put_word(rules, RANDOM_PICK(rules->random, columns));
}

static const struct schema_attr column_attr = {.type = TYPE_STRING};

/* A path from the innermost scope, or one above it, to some attribute; what it ends in. Walks into
 * structs and, seldom, through lists. */
static const struct schema_attr *put_path(struct rule_random *rules)
{
    const struct schema_entity *entity = put_climb(rules);
    const struct schema_attr *attr = NULL;

    for (int steps = 0;; steps++) {
        if (entity->is_open) {
            put_column(rules);
            return &column_attr;
        }
        attr = choose_attr(rules, entity);
        put_name(rules, attr);
        if (attr->type != TYPE_ENTITY || steps == 4) {
            return attr;
        }
        if (!attr->entity->is_open && chance(rules, attr->is_list ? 70 : 20)) {
            return attr;
        }
        put_dot(rules);
        entity = attr->entity;
    }
}

/* A time attribute of the innermost scope or the nearest one above that has any, else `now`. */
static void put_time_path(struct rule_random *rules)
{
    const struct schema_attr *attr = NULL;
    int scope = rules->scope_count - 1;

    while (scope >= 0 &&
           (rules->scopes[scope] == NULL || !has_type(rules->scopes[scope], TYPE_TIME))) {
        scope--;
    }
    if (scope < 0) {
        put_word(rules, STR("now"));
        return;
    }
    for (int i = rules->scope_count - 1; i > scope; i--) {
        put(rules, "..");
    }
    do {
        attr = choose_attr(rules, rules->scopes[scope]);
    } while (attr->type != TYPE_TIME || attr->is_list);
    put_name(rules, attr);
}

static void put_time(struct rule_random *rules)
{
    switch (below(rules, 5)) {
    case 0:
        put(rules, "now - ");
        put_duration(rules);
        return;
    case 1:
        put_word(rules, STR("now"));
        return;
    case 2:
        put(rules, chance(rules, 50) ? "\"2026-10-31\"" : "\"2026-08-03T00:00:00Z\"");
        return;
    case 3:
        put_time_path(rules);
        put(rules, " + ");
        put_duration(rules);
        return;
    default:
        put_time_path(rules);
        return;
    }
}

/* ---- predicates ----------------------------------------------------------------------------- */

static void put_state(struct rule_random *rules)
{
    static const struct str states[] = {STR_LIT("never"), STR_LIT("unknown"),
                                        STR_LIT("not_supported")};

    put_keyword(rules, "is");
    if (chance(rules, 30)) {
        put_word(rules, STR("not"));
        put(rules, " ");
    }
    put_word(rules, rules->is_monotone ? states[0] : RANDOM_PICK(rules->random, states));
}

static void put_relative(struct rule_random *rules)
{
    static const char *const arguments[] = {"(-90, \"days\")", "( -1 , \"days\" )",
                                            "(0, \"seconds\")", "($n, \"weeks\")"};

    put(rules, " ");
    put_word(rules, chance(rules, 50) ? STR("isLaterThan") : STR("isEarlierThan"));
    put(rules, arguments[below(rules, 4)]);
}

/* What may stand behind a path to a time. */
static void put_time_test(struct rule_random *rules)
{
    switch (below(rules, 5)) {
    case 0:
        put_relative(rules);
        return;
    case 1:
        put_equality(rules);
        put(rules, "0");
        return;
    case 2:
        put(rules, " - ");
        put_time_path(rules);
        put_order(rules);
        put_duration(rules);
        return;
    default:
        put_order(rules);
        put_time(rules);
        return;
    }
}

static void put_constants(struct rule_random *rules, bool is_number)
{
    size_t count = 1 + below(rules, 3);

    put(rules, "(");
    for (size_t i = 0; i < count; i++) {
        put(rules, i == 0 ? "" : ", ");
        if (is_number) {
            put(rules, i == 0 ? "0" : i == 1 ? "$n" : "90");
        } else {
            put_string(rules);
        }
    }
    put(rules, ")");
}

static void put_string_test(struct rule_random *rules)
{
    static const char *const expressions[] = {"\"^a\"", "\"n$\"",     "\".\"",
                                              "\"^$\"", "\"(a|b)+\"", "\"\\\"\""};

    switch (below(rules, 7)) {
    case 0:
    case 1:
        put_keyword(rules, chance(rules, 70) ? "like" : "not like");
        put(rules, expressions[below(rules, sizeof expressions / sizeof expressions[0])]);
        return;
    case 2:
        put_keyword(rules, chance(rules, 60) ? "in" : "notin");
        put_constants(rules, false);
        return;
    case 3:
        put(rules, " len()");
        put_order(rules);
        put_number(rules);
        return;
    case 4:
        put(rules, chance(rules, 50) ? " isPrivate()" : " isPublic ( )");
        return;
    case 5:
        put(rules, " in (10.0.0.0/8, 2001:db8::/32)");
        return;
    default:
        put_equality(rules);
        put_string(rules);
        return;
    }
}

static void put_number_test(struct rule_random *rules)
{
    switch (below(rules, 4)) {
    case 0:
        put(rules, " divisibleby(2)");
        return;
    case 1:
        put_keyword(rules, "in");
        put_constants(rules, true);
        return;
    case 2:
        put(rules, " + 1");
        break;
    default:
        break;
    }
    put_order(rules);
    put_number(rules);
}

static void put_with(struct rule_random *rules, const struct schema_entity *entity)
{
    put_keyword(rules, chance(rules, 90) ? "with" : "contain");
    put(rules, "[ ");
    rules->scopes[rules->scope_count++] = entity;
    rules->depth--;
    if (entity == NULL) {
        put_word(rules, STR("value"));
        put_string_test(rules);
    } else {
        if (rules->let_count > 0 && chance(rules, 40)) {
            buf_printf(rules->out, "l%zu", below(rules, (size_t)rules->let_count));
            put_keyword(rules, "or");
        }
        rule_random_condition(rules);
    }
    rules->depth++;
    rules->scope_count--;
    put(rules, " ]");
}

static bool may_nest(const struct rule_random *rules)
{
    return rules->depth > 0 && rules->scope_count < RULE_SCOPES_MAX;
}

static void put_list_test(struct rule_random *rules, const struct schema_attr *attr)
{
    bool is_strings = attr->type == TYPE_STRING;

    if (is_strings && chance(rules, 60)) {
        if (chance(rules, 50)) {
            put(rules, chance(rules, 50) ? " has (\"ann\")" : " has (\"*\", \"s3\")");
        } else {
            put_equality(rules);
            put_string(rules);
        }
    } else if (may_nest(rules) && chance(rules, 80) &&
               !(attr->entity != NULL && attr->entity->is_open)) {
        put_with(rules, is_strings ? NULL : attr->entity);
    } else if (chance(rules, 50)) {
        put(rules, " len()");
        put_order(rules);
        put_number(rules);
    } else {
        put_keyword(rules, "exists");
    }
}

static void put_test(struct rule_random *rules, const struct schema_attr *attr)
{
    if (chance(rules, 8)) {
        put_state(rules);
    } else if (chance(rules, 5)) {
        put_keyword(rules, "exists");
    } else if (attr->is_list) {
        put_list_test(rules, attr);
    } else if (attr->type == TYPE_BOOL) {
        if (chance(rules, 40)) {
            put_equality(rules);
            put_word(rules, chance(rules, 50) ? STR("true") : STR("false"));
        }
    } else if (attr->type == TYPE_TIME) {
        put_time_test(rules);
    } else if (attr->type == TYPE_NUMBER) {
        put_number_test(rules);
    } else if (attr->type == TYPE_ENTITY) {
        if (may_nest(rules) && !attr->entity->is_open && chance(rules, 70)) {
            put_with(rules, attr->entity);
        } else {
            put_keyword(rules, "exists");
        }
    } else {
        put_string_test(rules);
    }
}

/* A predicate that begins with a function of a time. */
static void put_time_function(struct rule_random *rules)
{
    switch (below(rules, 3)) {
    case 0:
        put_word(rules, STR("age"));
        put(rules, "(");
        put_time_path(rules);
        put(rules, ")");
        break;
    case 1:
        put_word(rules, STR("abs"));
        put(rules, "(");
        put_time_path(rules);
        put(rules, " - ");
        put_time_path(rules);
        put(rules, ")");
        break;
    default:
        put_word(rules, STR("first_time"));
        put(rules, "(");
        put_time_path(rules);
        put(rules, ", ");
        put_time_path(rules);
        put(rules, ")");
        put_order(rules);
        put_time(rules);
        return;
    }
    put_order(rules);
    put_duration(rules);
}

static void put_predicate(struct rule_random *rules)
{
    if (chance(rules, 12)) {
        put_time_function(rules);
    } else if (chance(rules, 2)) {
        put_word(rules, chance(rules, 50) ? STR("true") : STR("false"));
    } else {
        put_test(rules, put_path(rules));
    }
}

/* Behind a quantifier a path must follow. */
static void put_quantified(struct rule_random *rules)
{
    static const char *const quantifiers[] = {"any",       "every",       "no",
                                              "atleast 2", "atleast one", "exactly 1",
                                              "exactly 0", "exactly one", "atleast 0"};

    put_word(rules, str_from(quantifiers[below(rules, 9)]));
    put(rules, " ");
    const struct schema_attr *attr = put_path(rules);
    if (!attr->is_list || attr->type != TYPE_ENTITY || chance(rules, 85)) {
        put_test(rules, attr);
    }
}

void rule_random_condition(struct rule_random *rules)
{
    size_t choice = below(rules, 10);

    if (rules->depth > 0 && choice < 5) {
        rules->depth--;
        if (choice == 0) {
            put_word(rules, STR("not"));
            put(rules, " ");
        }
        if (choice < 3) {
            put(rules, "(");
            rule_random_condition(rules);
            put(rules, ")");
        } else {
            rule_random_condition(rules);
            put_keyword(rules, chance(rules, 50) ? "and" : "or");
            rule_random_condition(rules);
        }
        rules->depth++;
    } else if (rules->let_count > 0 && chance(rules, rules->scope_count > 1 ? 40 : 20)) {
        buf_printf(rules->out, "l%zu", below(rules, (size_t)rules->let_count));
    } else if (chance(rules, 20)) {
        put_quantified(rules);
    } else {
        put_predicate(rules);
    }
}

void rule_random_begin(struct rule_random *rules, const struct schema_entity *entity)
{
    rules->scopes[0] = entity;
    rules->scope_count = 1;
    rules->let_count = 0;
}

void rule_random_rule(struct rule_random *rules, const struct schema_entity *entity)
{
    size_t lets = chance(rules, 40) ? 1 + below(rules, 2) : 0;

    rule_random_begin(rules, entity);
    for (size_t i = 0; i < lets; i++) {
        buf_printf(rules->out, "let l%zu = ", i);
        if (chance(rules, 60)) {
            put_quantified(rules);
        } else {
            rule_random_condition(rules);
        }
        put(rules, "\n");
        rules->let_count++;
    }
    put_word(rules, entity->name);
    if (chance(rules, 60)) {
        put_keyword(rules, "where");
        rule_random_condition(rules);
    }
    put_keyword(rules, chance(rules, 50) ? "should not have" : "should have");
    rule_random_condition(rules);
}

/* Correlations: their section of a document, and their rules by id or name. */
#include "rule/sigma_parts.h"

#include <limits.h>

enum { CHAIN_DEPTH_MAX = 16 };

static const struct str kind_names[] = {
    [CORRELATE_EVENT_COUNT] = STR_LIT("event_count"),
    [CORRELATE_VALUE_COUNT] = STR_LIT("value_count"),
    [CORRELATE_TEMPORAL] = STR_LIT("temporal"),
    [CORRELATE_TEMPORAL_ORDERED] = STR_LIT("temporal_ordered"),
    [CORRELATE_FIRST_SEEN] = STR_LIT("first_seen"),
};
enum { KIND_COUNT = sizeof kind_names / sizeof kind_names[0] };

static const struct str body_keys[] = {
    STR_LIT("aliases"), STR_LIT("condition"), STR_LIT("generate"), STR_LIT("group-by"),
    STR_LIT("rules"),   STR_LIT("timespan"),  STR_LIT("type"),
};
enum { BODY_KEY_COUNT = sizeof body_keys / sizeof body_keys[0] };

static struct str nearest(struct str word, const struct str *names, size_t count)
{
    struct str near = {0};
    unsigned best = UINT_MAX;

    for (size_t i = 0; i < count; i++) {
        if (str_is_near(word, names[i], &best)) {
            near = names[i];
        }
    }
    return near;
}

static bool fail_word(struct sigma_reader *reader, const struct yaml_node *at, const char *what,
                      const struct str *names, size_t count)
{
    struct str near = nearest(at->text, names, count);

    (void)sigma_fail(reader, at, 0, "%s '%.*s'", what, STR_ARG(str_sub(at->text, 0, 100)));
    if (near.n > 0) {
        err_hint(reader->err, "did you mean '%.*s'?", STR_ARG(near));
    }
    return false;
}

static bool check_keys(struct sigma_reader *reader, const struct yaml_node *body)
{
    for (const struct yaml_node *value = body->first; value != NULL; value = value->next) {
        size_t i = 0;
        while (i < BODY_KEY_COUNT && !str_eq(body_keys[i], value->key->text)) {
            i++;
        }
        if (i == BODY_KEY_COUNT) {
            return fail_word(reader, value->key, "a correlation has no", body_keys, BODY_KEY_COUNT);
        }
    }
    return true;
}

static bool read_kind(struct sigma_reader *reader, const struct yaml_node *body,
                      struct correlation *out)
{
    const struct yaml_node *type = yaml_get(body, STR("type"));

    if (type == NULL || type->kind != YAML_SCALAR) {
        return sigma_fail(reader, type == NULL ? body : type, 0, "a correlation has a type");
    }
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (str_eq(kind_names[i], type->text)) {
            out->kind = (enum correlation_kind)i;
            return true;
        }
    }
    return fail_word(reader, type, "there is no correlation type", kind_names, KIND_COUNT);
}

static bool read_timespan(struct sigma_reader *reader, const struct yaml_node *body,
                          struct correlation *out)
{
    static const struct {
        char letter;
        int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    const struct yaml_node *span = yaml_get(body, STR("timespan"));
    struct str digits;
    uint64_t count = 0;

    if (span == NULL) {
        return sigma_fail(reader, body, 0, "a correlation has a timespan");
    }
    digits = str_sub(span->text, 0, span->text.n == 0 ? 0 : span->text.n - 1);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (span->kind == YAML_SCALAR && span->text.n > 1 &&
            span->text.p[span->text.n - 1] == units[i].letter && str_to_u64(digits, &count) &&
            count > 0 && count <= 1000000) {
            out->timespan = (int64_t)count * units[i].seconds;
            return true;
        }
    }
    return sigma_fail(reader, span, 0, "a timespan is a number and s, m, h, d or w: 90m");
}

static bool read_members(struct sigma_reader *reader, const struct yaml_node *body,
                         struct correlation *out)
{
    const struct yaml_node *rules = yaml_get(body, STR("rules"));
    const struct yaml_node *one = rules;
    size_t count = rules == NULL ? 0 : rules->kind == YAML_SEQUENCE ? rules->count : 1;

    if (count == 0 || count > CORRELATION_MEMBERS_MAX || rules->kind == YAML_MAPPING) {
        return sigma_fail(reader, rules == NULL ? body : rules, 0,
                          "a correlation has a list of 1 to %d rules", CORRELATION_MEMBERS_MAX);
    }
    out->members = arena_array(reader->arena, count, sizeof *out->members);
    if (out->members == NULL) {
        return sigma_too_large(reader, body);
    }
    one = rules->kind == YAML_SEQUENCE ? rules->first : rules;
    for (; out->member_count < count; one = one->next) {
        if (one->kind != YAML_SCALAR || one->text.n == 0) {
            return sigma_fail(reader, one, 0, "a rule is named by its id or name");
        }
        out->members[out->member_count++] =
            (struct correlation_member){.reference = one->text, .line = one->line, .col = one->col};
    }
    return true;
}

/* Where the events of a member hold a field of group-by. */
static bool read_group_path(struct sigma_reader *reader, const struct yaml_node *at,
                            const struct yaml_node *alias, struct str field,
                            const struct correlation_member *member, struct event_path *out)
{
    const struct yaml_node *value = alias == NULL ? NULL : yaml_get(alias, member->reference);

    if (alias != NULL && (value == NULL || value->kind != YAML_SCALAR)) {
        return sigma_fail(reader, alias, 0, "the alias does not say where '%.*s' has it",
                          STR_ARG(member->reference));
    }
    if (!event_path_parse(reader->arena, value == NULL ? field : value->text, out, reader->err)) {
        err_place(reader->err, reader->file, at->line, at->col);
        return false;
    }
    return true;
}

static bool read_group_by(struct sigma_reader *reader, const struct yaml_node *body,
                          struct correlation *out)
{
    const struct yaml_node *group = yaml_get(body, STR("group-by"));
    const struct yaml_node *aliases = yaml_get(body, STR("aliases"));

    if (group != NULL && !sigma_texts(reader, group, &out->group_by)) {
        return false;
    }
    if (out->group_by.count > CORRELATION_FIELDS_MAX) {
        return sigma_fail(reader, group, 0, "group-by has at most %d fields",
                          CORRELATION_FIELDS_MAX);
    }
    for (size_t i = 0; i < out->member_count; i++) {
        struct correlation_member *member = &out->members[i];
        struct event_path *paths = arena_array(reader->arena, out->group_by.count, sizeof *paths);
        if (paths == NULL) {
            return sigma_too_large(reader, body);
        }
        for (size_t j = 0; j < out->group_by.count; j++) {
            struct str field = out->group_by.items[j];
            if (!read_group_path(reader, group == NULL ? body : group, yaml_get(aliases, field),
                                 field, member, &paths[j])) {
                return false;
            }
        }
        member->group_by = paths;
    }
    return true;
}

static bool read_bound(struct sigma_reader *reader, const struct yaml_node *value,
                       struct correlation *out)
{
    static const struct str names[] = {STR_LIT("gt"),  STR_LIT("gte"), STR_LIT("lt"),
                                       STR_LIT("lte"), STR_LIT("eq"),  STR_LIT("field")};
    struct str key = value->key->text;
    uint64_t n = 0;

    if (nearest(key, names, 6).n == 0 ||
        (!str_eq(key, STR("gt")) && !str_eq(key, STR("gte")) && !str_eq(key, STR("lt")) &&
         !str_eq(key, STR("lte")) && !str_eq(key, STR("eq")))) {
        return fail_word(reader, value->key, "a correlation's condition has no", names, 6);
    }
    if (value->kind != YAML_SCALAR || !str_to_u64(value->text, &n) || n > CORRELATION_COUNT_MAX) {
        return sigma_fail(reader, value, 0, "a count is a number up to %d", CORRELATION_COUNT_MAX);
    }
    if (key.p[0] != 'l') {
        out->least = (uint32_t)n + (str_eq(key, STR("gt")) ? 1 : 0);
    }
    if (key.p[0] != 'g') {
        if (n == 0) {
            return sigma_fail(reader, value, 0, "nothing is less than one match");
        }
        out->most = (uint32_t)n - (str_eq(key, STR("lt")) ? 1 : 0);
    }
    return true;
}

static bool read_condition(struct sigma_reader *reader, const struct yaml_node *body,
                           struct correlation *out)
{
    const struct yaml_node *condition = yaml_get(body, STR("condition"));
    bool is_temporal = out->kind == CORRELATE_TEMPORAL || out->kind == CORRELATE_TEMPORAL_ORDERED;
    bool has_field = false, has_bound = false;

    out->least = is_temporal ? (uint32_t)out->member_count : 1;
    out->most = UINT32_MAX;
    if (condition == NULL) {
        return is_temporal || out->kind == CORRELATE_FIRST_SEEN ||
               sigma_fail(reader, body, 0, "a correlation that counts has a condition");
    }
    if (condition->kind != YAML_MAPPING || out->kind == CORRELATE_FIRST_SEEN ||
        out->kind == CORRELATE_TEMPORAL_ORDERED) {
        return sigma_fail(reader, condition, 0,
                          condition->kind != YAML_MAPPING
                              ? "a correlation's condition is a mapping such as gte: 10"
                              : "this type of correlation has no condition");
    }
    for (const struct yaml_node *value = condition->first; value != NULL; value = value->next) {
        if (str_eq(value->key->text, STR("field")) && value->kind == YAML_SCALAR) {
            has_field = true;
            if (!event_path_parse(reader->arena, value->text, &out->field, reader->err)) {
                err_place(reader->err, reader->file, value->line, value->col);
                return false;
            }
        } else if (!read_bound(reader, value, out)) {
            return false;
        } else {
            has_bound = true;
        }
    }
    if (has_field != (out->kind == CORRELATE_VALUE_COUNT)) {
        return sigma_fail(reader, condition, 0,
                          has_field ? "only value_count has a field"
                                    : "value_count names the field whose values it counts");
    }
    return (has_bound && out->least <= out->most) ||
           sigma_fail(reader, condition, 0, "no count fits this condition");
}

bool sigma_correlation_read(struct sigma_reader *reader, const struct yaml_node *document,
                            const struct yaml_node *body, struct correlation *out)
{
    const struct yaml_node *generate = yaml_get(body, STR("generate"));
    double unused = 0;

    if (generate == NULL) {
        generate = yaml_get(document, STR("generate"));
    }
    if (body->kind != YAML_MAPPING) {
        return sigma_fail(reader, body, 0, "a correlation is a mapping");
    }
    if (generate != NULL &&
        (generate->kind != YAML_SCALAR ||
         sigma_scalar_kind(generate, &unused, &out->generates) != SCALAR_BOOL)) {
        return sigma_fail(reader, generate, 0, "generate is true or false");
    }
    return check_keys(reader, body) && read_kind(reader, body, out) &&
           read_timespan(reader, body, out) && read_members(reader, body, out) &&
           read_group_by(reader, body, out) && read_condition(reader, body, out);
}

/* ---- joining -------------------------------------------------------------------------------- */

static bool fail_member(const struct sigma_set *set, const struct correlation *one,
                        const struct correlation_member *member, struct err *err)
{
    struct str near = {0};
    unsigned best = UINT_MAX;

    for (size_t i = 0; i < set->rule_count; i++) {
        if (str_is_near(member->reference, set->rules[i].name, &best)) {
            near = set->rules[i].name;
        }
    }
    (void)err_set(err, ERR_INPUT, "there is no rule '%.*s' about CloudTrail",
                  STR_ARG(member->reference));
    if (near.n > 0) {
        err_hint(err, "did you mean '%.*s'?", STR_ARG(near));
    }
    err_place(err, one->file, member->line, member->col);
    return false;
}

static bool resolve_member(struct sigma_set *set, struct correlation *one,
                           struct correlation_member *member, struct err *err)
{
    size_t rule = sigma_rule_find(set, member->reference);
    size_t correlation = sigma_correlation_find(set, member->reference);

    if (rule == SIZE_MAX && correlation == SIZE_MAX) {
        return fail_member(set, one, member, err);
    }
    member->is_correlation = rule == SIZE_MAX;
    member->index = rule == SIZE_MAX ? correlation : rule;
    return true;
}

/* Counts the levels of correlations below each; beyond the limit there is a circle. */
static bool check_circles(const struct sigma_set *set, struct err *err)
{
    uint32_t *levels = mem_array(set->correlation_count, sizeof *levels);
    bool ok = true;

    for (unsigned pass = 0; ok && pass <= CHAIN_DEPTH_MAX; pass++) {
        for (size_t i = 0; ok && i < set->correlation_count; i++) {
            const struct correlation *one = &set->correlations[i];
            for (size_t j = 0; j < one->member_count; j++) {
                const struct correlation_member *member = &one->members[j];
                if (member->is_correlation && levels[i] <= levels[member->index]) {
                    levels[i] = levels[member->index] + 1;
                }
            }
            if (levels[i] > CHAIN_DEPTH_MAX) {
                ok = err_set(err, ERR_INPUT,
                             "the correlation '%.*s' is part of itself, or of a "
                             "chain of more than %d",
                             STR_ARG(one->id), CHAIN_DEPTH_MAX);
                err_place(err, one->file, one->line, 1);
            }
        }
    }
    mem_free(levels);
    return ok;
}

/* A member is silent unless one of its correlations lets it speak. */
static void silence(struct sigma_set *set)
{
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < set->correlation_count; i++) {
            const struct correlation *one = &set->correlations[i];
            for (size_t j = 0; one->generates == (pass == 1) && j < one->member_count; j++) {
                const struct correlation_member *member = &one->members[j];
                bool *is_silent = member->is_correlation
                                      ? &set->correlations[member->index].is_silent
                                      : &set->rules[member->index].is_silent;
                *is_silent = pass == 0;
            }
        }
    }
}

bool sigma_correlations_resolve(struct sigma_set *set, struct err *err)
{
    for (size_t i = 0; i < set->correlation_count; i++) {
        struct correlation *one = &set->correlations[i];
        for (size_t j = 0; j < one->member_count; j++) {
            if (!resolve_member(set, one, &one->members[j], err)) {
                return false;
            }
        }
    }
    if (!check_circles(set, err)) {
        return false;
    }
    silence(set);
    return true;
}

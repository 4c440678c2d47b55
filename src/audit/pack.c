/* Rulesets: built-in packs by name, parameters, and the programs of all rules. */
#include "audit/pack.h"

#include <limits.h>

#include "audit/embedded.h"
#include "rule/lex.h"

enum { RULESET_SIZE_MAX = 256 << 20 };

void ruleset_init(struct ruleset *rules)
{
    *rules = (struct ruleset){0};
    arena_init(&rules->arena, RULESET_SIZE_MAX);
}

void ruleset_release(struct ruleset *rules)
{
    if (rules->catalogue != NULL) {
        ruleset_release(rules->catalogue);
        mem_free(rules->catalogue);
    }
    arena_release(&rules->arena);
    mem_free(rules->controls);
    mem_free(rules->origins);
    mem_free(rules->programs);
    mem_free(rules->pointers);
    *rules = (struct ruleset){0};
}

/* The pack somebody may have meant: one whose name begins so, else the nearest; of equals the last,
 * which for numbered packs is the newest. */
static struct str nearest_pack(struct str name)
{
    struct str near = {0};
    unsigned best = UINT_MAX;
    size_t count = 0;

    while (embedded_packs[count].name.n > 0) {
        count++;
    }
    for (size_t i = count; i > 0; i--) {
        if (str_starts(embedded_packs[i - 1].name, name)) {
            return embedded_packs[i - 1].name;
        }
    }
    for (size_t i = count; i > 0; i--) {
        if (str_is_near(name, embedded_packs[i - 1].name, &best)) {
            near = embedded_packs[i - 1].name;
        }
    }
    return near;
}

bool ruleset_add_pack(struct ruleset *rules, struct str name, struct err *err)
{
    for (const struct embedded_pack *pack = embedded_packs; pack->name.n > 0; pack++) {
        if (str_eq(pack->name, name)) {
            return ruleset_add_text(rules, pack->name, pack->text, err);
        }
    }
    struct str near = nearest_pack(name);
    (void)err_set(err, ERR_USAGE, "there is no pack '%.*s'", STR_ARG(name));
    if (near.n > 0) {
        err_hint(err, "did you mean '%.*s'? 'keywarden rule list --packs' lists them",
                 STR_ARG(near));
    } else {
        err_hint(err, "'keywarden rule list --packs' lists them; a file is given with --rules");
    }
    return false;
}

/* ---- parameters and programs ---------------------------------------------------------------- */

static bool fail_param(struct ruleset *rules, struct str id, struct err *err)
{
    struct str near = {0};
    unsigned best = UINT_MAX;

    (void)err_set(err, ERR_USAGE, "no loaded control is called '%.*s'", STR_ARG(id));
    for (size_t i = 0; i < rules->count; i++) {
        if (str_is_near(id, rules->controls[i].id, &best)) {
            near = rules->controls[i].id;
        }
    }
    if (near.n > 0) {
        err_hint(err, "did you mean '%.*s'?", STR_ARG(near));
    }
    return false;
}

/* Whether the control's rule can be compiled with that value, which the parameter keeps. */
static bool param_fits(const struct control *control, struct control_param *param, int64_t value)
{
    struct arena arena;
    struct rule_program program;
    struct err err = {0};
    bool ok = false;

    arena_init(&arena, RULESET_SIZE_MAX);
    param->value = value;
    ok = rule_compile(&arena, control->rule, control->params, control->param_count, &program, &err);
    arena_release(&arena);
    return ok;
}

/* Of the values from `good`, which fits, to `bad`, which does not, the last that fits. */
static int64_t param_limit(const struct control *control, struct control_param *param, int64_t good,
                           int64_t bad)
{
    bool is_up = bad > good;
    uint64_t apart = is_up ? (uint64_t)bad - (uint64_t)good : (uint64_t)good - (uint64_t)bad;

    while (apart > 1) {
        uint64_t half = apart / 2;
        int64_t middle = (int64_t)(is_up ? (uint64_t)good + half : (uint64_t)good - half);
        if (param_fits(control, param, middle)) {
            good = middle;
            apart -= half;
        } else {
            apart = half;
        }
    }
    return good;
}

/* Sets the value. One that the rule cannot hold is told apart from a rule that is wrong anyway,
 * which ruleset_compile will place. */
static bool param_set(const struct control *control, struct control_param *param, int64_t value,
                      struct str assignment, struct err *err)
{
    int64_t before = param->value;

    if (param_fits(control, param, value) || !param_fits(control, param, before)) {
        param->value = value;
        return true;
    }
    (void)err_set(err, ERR_USAGE, "--param %.*s: this number is too %s for its rule",
                  STR_ARG(assignment), value > before ? "large" : "small");
    err_hint(err, "the %s it takes is %lld", value > before ? "largest" : "smallest",
             (long long)param_limit(control, param, before, value));
    return false;
}

bool ruleset_set_param(struct ruleset *rules, struct str assignment, struct err *err)
{
    struct str value = assignment, target;
    int64_t number = 0;
    size_t dot = 0;

    if (!str_cut(&value, '=', &target) || str_find(target, '.') == target.n ||
        !str_to_i64(value, &number)) {
        (void)err_set(err, ERR_USAGE, "--param wants ID.NAME=NUMBER, not '%.*s'",
                      STR_ARG(assignment));
        err_hint(err, "for example --param access-key-rotated.days=30");
        return false;
    }
    for (dot = target.n; dot > 0 && target.p[dot - 1] != '.'; dot--) {
    }
    struct str id = dot == 0 ? target : str_sub(target, 0, dot - 1);
    struct str name = str_sub(target, dot, target.n);
    for (size_t i = 0; i < rules->count; i++) {
        struct control *control = &rules->controls[i];
        if (!str_eq(control->id, id)) {
            continue;
        }
        for (size_t j = 0; j < control->param_count; j++) {
            if (str_eq(control->params[j].name, name)) {
                return param_set(control, &control->params[j], number, assignment, err);
            }
        }
        (void)err_set(err, ERR_USAGE, "control '%.*s' has no parameter '%.*s'", STR_ARG(id),
                      STR_ARG(name));
        if (control->param_count > 0) {
            err_hint(err, "it has '%.*s'", STR_ARG(control->params[0].name));
        }
        return false;
    }
    return fail_param(rules, id, err);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Where byte `offset` of a rule's text stands in its file: text and source are walked together,
 * blanks of either skipped where the other has none (indentation, folded lines, quotes). */
static size_t source_offset(const struct rule_origin *origin, struct str text, size_t offset)
{
    size_t at = origin->begin;
    struct str source = origin->source;

    while (at < origin->end && text.n > 0 && source.p[at] != text.p[0]) {
        at++;
    }
    /* A block scalar's indicator line may hold the text's first letter: start behind it. */
    if (origin->begin < origin->end &&
        (source.p[origin->begin] == '|' || source.p[origin->begin] == '>')) {
        at = origin->begin + str_find(str_sub(source, origin->begin, origin->end), '\n');
    }
    for (size_t i = 0; i < offset && i < text.n && at < origin->end; i++) {
        if (is_space(text.p[i])) {
            at += is_space(source.p[at]) ? 1 : 0;
            continue;
        }
        while (at < origin->end && source.p[at] != text.p[i]) {
            at++;
        }
        at++;
    }
    while (at < origin->end && offset < text.n && !is_space(text.p[offset]) &&
           source.p[at] != text.p[offset]) {
        at++;
    }
    return at;
}

static size_t text_offset(struct str text, uint32_t line, uint32_t col)
{
    size_t at = 0;

    for (uint32_t i = 1; i < line && at < text.n; i++) {
        at += str_find(str_sub(text, at, text.n), '\n') + 1;
    }
    return at + (col > 0 ? col - 1 : 0);
}

static void place_rule_error(const struct ruleset *rules, size_t index, struct err *err)
{
    const struct rule_origin *origin = &rules->origins[index];
    struct str text = rules->controls[index].rule;
    uint64_t line = 0, col = 0;

    if (err->line > 0) {
        size_t at = source_offset(origin, text, text_offset(text, err->line, err->col));
        text_place(origin->source, at, &line, &col);
    } else {
        text_place(origin->source, origin->begin, &line, &col);
    }
    err->line = (uint32_t)line;
    err->col = (uint32_t)col;
    err_place(err, origin->file, 0, 0);
}

static bool check_into(struct ruleset *rules, size_t index, struct rule_program *program,
                       struct err *err)
{
    const struct control *control = &rules->controls[index];

    if (rule_compile(&rules->arena, control->rule, control->params, control->param_count, program,
                     err)) {
        return true;
    }
    place_rule_error(rules, index, err);
    return false;
}

bool ruleset_check_one(struct ruleset *rules, size_t index, struct err *err)
{
    struct rule_program program;

    return check_into(rules, index, &program, err);
}

bool ruleset_compile(struct ruleset *rules, struct err *err)
{
    rules->programs = mem_array(rules->count, sizeof *rules->programs);
    rules->pointers = mem_array(rules->count, sizeof(struct control *));
    batch_plan_init(&rules->plan, &rules->arena);
    for (size_t i = 0; i < rules->count; i++) {
        rules->pointers[i] = &rules->controls[i];
        if (!check_into(rules, i, &rules->programs[i], err) ||
            !batch_plan_add(&rules->plan, &rules->programs[i], err)) {
            return false;
        }
    }
    return true;
}

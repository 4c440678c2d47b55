/* What is wrong with exceptions that read well. */
#include <limits.h>
#include <stdio.h>

#include "audit/exceptions.h"
#include "base/glob.h"

/* ---- controls ------------------------------------------------------------------------------- */

static bool names_some(struct str pattern, const struct str_list *ids)
{
    for (size_t i = 0; i < ids->count; i++) {
        if (glob_match(pattern, ids->items[i])) {
            return true;
        }
    }
    return false;
}

static void tell_unknown(const struct exception_rule *rule, const struct yaml_node *node,
                         const struct str_list *ids, struct exception_sink *sink)
{
    unsigned best = UINT_MAX;
    struct str near = STR("");
    char hint[200];

    for (size_t i = 0; i < ids->count && !glob_is_pattern(node->text); i++) {
        if (str_is_near(node->text, ids->items[i], &best)) {
            near = ids->items[i];
        }
    }
    (void)snprintf(hint, sizeof hint, "did you mean '%.*s'?", STR_ARG(near));
    exception_tell(sink, true, rule->exception.file, node,
                   near.n > 0 ? hint : "'keywarden rule list' lists the controls",
                   glob_is_pattern(node->text) ? "no control matches '%.*s'"
                                               : "there is no control '%.*s'",
                   STR_ARG(str_sub(node->text, 0, 100)));
}

static void lint_controls(const struct exception_rule *rule, const struct str_list *ids,
                          struct exception_sink *sink)
{
    const struct yaml_node *node = yaml_get(rule->node, STR("control"));
    bool is_list = node->kind == YAML_SEQUENCE;

    for (const struct yaml_node *item = is_list ? node->first : node; item != NULL;
         item = is_list ? item->next : NULL) {
        if (!names_some(item->text, ids)) {
            tell_unknown(rule, item, ids, sink);
        }
    }
}

/* ---- patterns that take in others ----------------------------------------------------------- */

/* Whether all that `narrow` matches is surely matched by `wide`; false where it is hard to say. */
static bool pattern_takes_in(struct str wide, struct str narrow)
{
    return str_eq(wide, narrow) || glob_is_all(wide) ||
           (!glob_is_pattern(narrow) && glob_match(wide, narrow));
}

static bool list_takes_in(const struct str_list *wide, const struct str_list *narrow)
{
    for (size_t i = 0; i < narrow->count; i++) {
        size_t k = 0;
        while (k < wide->count && !pattern_takes_in(wide->items[k], narrow->items[i])) {
            k++;
        }
        if (k == wide->count) {
            return false;
        }
    }
    return true;
}

static bool has_all(const struct str_list *patterns)
{
    for (size_t i = 0; i < patterns->count; i++) {
        if (glob_is_all(patterns->items[i])) {
            return true;
        }
    }
    return false;
}

/* Conditions beside plain fields make it too hard to say what a scope takes in. */
static bool is_simple(const struct scope *scope)
{
    return scope->groups[SCOPE_AND].count == 0 && scope->groups[SCOPE_OR].count == 0 &&
           scope->groups[SCOPE_NOT].count == 0;
}

static bool scope_is_all(const struct scope *scope)
{
    for (size_t i = 0; i < SCOPE_FIELD_COUNT; i++) {
        if (scope->fields[i].count > 0 && !has_all(&scope->fields[i])) {
            return false;
        }
    }
    return is_simple(scope);
}

static bool rule_takes_in(const struct exception_rule *wide, const struct exception_rule *narrow)
{
    if (!is_simple(&wide->scope) || wide->exception.expires < narrow->exception.expires ||
        !list_takes_in(&wide->controls, &narrow->controls)) {
        return false;
    }
    for (size_t i = 0; i < SCOPE_FIELD_COUNT; i++) {
        const struct str_list *fields = &wide->scope.fields[i];
        if (fields->count > 0 && !has_all(fields) &&
            (narrow->scope.fields[i].count == 0 ||
             !list_takes_in(fields, &narrow->scope.fields[i]))) {
            return false;
        }
    }
    return true;
}

static void lint_shadow(const struct exceptions *set, size_t index, struct exception_sink *sink)
{
    /* Every pair is looked at: beyond this many before it, an exception is not. */
    enum { BEFORE_MAX = 2000 };
    const struct exception_rule *rule = &set->rules[index];

    for (size_t i = index > BEFORE_MAX ? index - BEFORE_MAX : 0; i < index; i++) {
        const struct exception *before = &set->rules[i].exception;
        if (rule_takes_in(&set->rules[i], rule)) {
            exception_tell(sink, false, rule->exception.file, rule->node,
                           "remove one of the two, or put the narrower one first",
                           "the exception at %.*s:%u covers all that this one does",
                           STR_ARG(before->file), before->line);
            return;
        }
    }
}

/* ---- all of it ------------------------------------------------------------------------------ */

void exceptions_lint(const struct exceptions *set, const struct str_list *ids, int64_t as_of,
                     struct exception_sink *sink)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct exception_rule *rule = &set->rules[i];

        lint_controls(rule, ids, sink);
        if (as_of >= rule->exception.expires) {
            exception_tell(sink, true, rule->exception.file, yaml_get(rule->node, STR("expires")),
                           "mend the finding, or have its owner answer for it anew",
                           "this exception expired on %.*s", STR_ARG(rule->exception.expires_day));
        }
        if (has_all(&rule->controls) && scope_is_all(&rule->scope)) {
            exception_tell(sink, false, rule->exception.file, rule->node,
                           "name the controls, or whom it covers",
                           "this exception covers every finding there is");
        }
        lint_shadow(set, i, sink);
    }
}

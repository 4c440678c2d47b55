/* Exception files as YAML into checked exceptions. */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "audit/exceptions.h"
#include "base/glob.h"
#include "base/instant.h"

enum { EXCEPTIONS_MAX = 100000, ISO_DAY_SIZE = 10, ACCOUNT_SIZE = 12 };

struct loader {
    struct exceptions *set;
    struct str file;
    struct exception_sink *sink;
};

void exception_tell(struct exception_sink *sink, bool is_error, struct str file,
                    const struct yaml_node *node, const char *hint, const char *format, ...)
{
    struct err err = {0};
    char text[sizeof err.text];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    (void)err_set(&err, ERR_INPUT, "%s", text);
    if (hint != NULL) {
        err_hint(&err, "%s", hint);
    }
    err_place(&err, file, node == NULL ? 1 : node->line, node == NULL ? 1 : node->col);
    sink->error_count += is_error;
    sink->warning_count += !is_error;
    sink->tell(sink->shared, is_error, &err);
}

static bool too_large(const struct loader *loader, const struct yaml_node *node)
{
    exception_tell(loader->sink, true, loader->file, node, NULL,
                   "the exceptions are too large together");
    return false;
}

/* ---- values --------------------------------------------------------------------------------- */

static bool read_text(const struct loader *loader, const struct yaml_node *node, struct str *out)
{
    struct str text = node->kind == YAML_SCALAR ? str_trim(node->text) : (struct str){0};

    if (text.n == 0) {
        exception_tell(loader->sink, true, loader->file, node, NULL, "text is wanted for '%.*s'",
                       STR_ARG(node->key->text));
        return false;
    }
    *out = text;
    return true;
}

static bool read_expires(const struct loader *loader, const struct yaml_node *node,
                         struct exception *exception)
{
    int64_t day = 0;

    if (!read_text(loader, node, &exception->expires_day)) {
        return false;
    }
    if (exception->expires_day.n != ISO_DAY_SIZE ||
        !instant_parse_human(exception->expires_day, &day)) {
        exception_tell(loader->sink, true, loader->file, node,
                       "write the last day on which it holds: 2026-12-31", "'%.*s' is no day",
                       STR_ARG(str_sub(exception->expires_day, 0, 40)));
        return false;
    }
    exception->expires = day + SECONDS_PER_DAY;
    return true;
}

static bool is_account(struct str text)
{
    uint64_t number;

    return text.n == ACCOUNT_SIZE && str_to_u64(text, &number);
}

/* What has no star or question mark stands for itself, so it must be something that there is. */
static bool check_pattern(const struct loader *loader, const struct yaml_node *item,
                          struct str field)
{
    struct str text = item->text;

    if (glob_is_pattern(text)) {
        return true;
    }
    if (str_eq(field, STR("account")) && !is_account(text)) {
        exception_tell(loader->sink, true, loader->file, item,
                       "write its 12 digits, or a pattern with * or ?", "'%.*s' is no account",
                       STR_ARG(str_sub(text, 0, 60)));
        return false;
    }
    if (str_eq(field, STR("arn")) && !str_starts(text, STR("arn:"))) {
        exception_tell(loader->sink, true, loader->file, item,
                       "write the whole ARN, or a pattern with * or ?", "'%.*s' is no ARN",
                       STR_ARG(str_sub(text, 0, 100)));
        return false;
    }
    return true;
}

/* One pattern, or a list of them. */
static bool read_patterns(const struct loader *loader, const struct yaml_node *node,
                          struct str_list *out)
{
    struct str field = node->key->text;
    size_t count = node->kind == YAML_SEQUENCE ? node->count : 1, filled = 0;
    struct str *items = arena_array(&loader->set->arena, count, sizeof *items);

    if (items == NULL) {
        return too_large(loader, node);
    }
    for (const struct yaml_node *item = node->kind == YAML_SEQUENCE ? node->first : node;
         item != NULL; item = node->kind == YAML_SEQUENCE ? item->next : NULL) {
        if (item->kind != YAML_SCALAR || item->text.n == 0) {
            exception_tell(loader->sink, true, loader->file, item, NULL,
                           "a name or a pattern is wanted for '%.*s'", STR_ARG(field));
            return false;
        }
        if (!check_pattern(loader, item, field)) {
            return false;
        }
        items[filled++] = item->text;
    }
    if (filled == 0) {
        exception_tell(loader->sink, true, loader->file, node, NULL,
                       "the list of '%.*s' is empty: it would cover nothing", STR_ARG(field));
        return false;
    }
    *out = (struct str_list){items, filled};
    return true;
}

/* ---- fields --------------------------------------------------------------------------------- */

static const struct str field_names[SCOPE_FIELD_COUNT] = {
    [SCOPE_ARN] = STR_LIT("arn"),
    [SCOPE_ACCOUNT] = STR_LIT("account"),
    [SCOPE_USER] = STR_LIT("user"),
};
static const struct str group_names[SCOPE_GROUP_COUNT] = {
    [SCOPE_AND] = STR_LIT("and"),
    [SCOPE_OR] = STR_LIT("or"),
    [SCOPE_NOT] = STR_LIT("not"),
};
static const struct str entry_names[] = {STR_LIT("id"),     STR_LIT("control"), STR_LIT("owner"),
                                         STR_LIT("reason"), STR_LIT("ticket"),  STR_LIT("expires")};
enum { ENTRY_NAME_COUNT = sizeof entry_names / sizeof entry_names[0] };

static void find_near(struct str written, const struct str *names, size_t count, unsigned *best,
                      struct str *near)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is_near(written, names[i], best)) {
            *near = names[i];
        }
    }
}

static bool fail_field(const struct loader *loader, const struct yaml_node *node, bool is_entry)
{
    unsigned best = UINT_MAX;
    struct str near = STR(""), name = node->key->text;
    char hint[100];

    find_near(name, field_names, SCOPE_FIELD_COUNT, &best, &near);
    find_near(name, group_names, SCOPE_GROUP_COUNT, &best, &near);
    if (is_entry) {
        find_near(name, entry_names, ENTRY_NAME_COUNT, &best, &near);
    }
    (void)snprintf(hint, sizeof hint, "did you mean '%.*s'?", STR_ARG(near));
    exception_tell(loader->sink, true, loader->file, node->key,
                   near.n > 0 ? hint
                   : is_entry ? NULL
                              : "a condition has arn, account, user, and, or, not",
                   "unknown field '%.*s'", STR_ARG(str_sub(name, 0, 100)));
    return false;
}

static bool read_scope(const struct loader *loader, const struct yaml_node *mapping,
                       struct scope *out, unsigned depth);

/* A list of conditions under and, or, not. */
static bool read_group(const struct loader *loader, const struct yaml_node *node,
                       struct scope_list *out, unsigned depth)
{
    struct scope *items = NULL;
    size_t count = 0;
    bool ok = true;

    if (node->kind != YAML_SEQUENCE || node->count == 0) {
        exception_tell(loader->sink, true, loader->file, node,
                       "start each condition with a dash: - user: ci-*",
                       "a list of conditions is wanted for '%.*s'", STR_ARG(node->key->text));
        return false;
    }
    items = arena_array(&loader->set->arena, node->count, sizeof *items);
    if (items == NULL) {
        return too_large(loader, node);
    }
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        ok &= read_scope(loader, item, &items[count++], depth);
    }
    *out = (struct scope_list){items, count};
    return ok;
}

/* *is_known says whether the field is one of a condition. */
static bool read_scope_field(const struct loader *loader, const struct yaml_node *node,
                             struct scope *scope, unsigned depth, bool *is_known)
{
    *is_known = true;
    for (size_t i = 0; i < SCOPE_FIELD_COUNT; i++) {
        if (str_eq(node->key->text, field_names[i])) {
            return read_patterns(loader, node, &scope->fields[i]);
        }
    }
    for (size_t i = 0; i < SCOPE_GROUP_COUNT; i++) {
        if (str_eq(node->key->text, group_names[i])) {
            return read_group(loader, node, &scope->groups[i], depth + 1);
        }
    }
    *is_known = false;
    return true;
}

static bool read_scope(const struct loader *loader, const struct yaml_node *mapping,
                       struct scope *out, unsigned depth)
{
    bool ok = true, is_known = false;

    if (depth >= SCOPE_DEPTH_MAX) {
        exception_tell(loader->sink, true, loader->file, mapping, NULL,
                       "conditions are nested more than %d deep", SCOPE_DEPTH_MAX - 1);
        return false;
    }
    if (mapping->kind != YAML_MAPPING || mapping->count == 0) {
        exception_tell(loader->sink, true, loader->file, mapping, NULL,
                       "a condition is a mapping with arn, account, user, and, or, not");
        return false;
    }
    for (const struct yaml_node *node = mapping->first; node != NULL; node = node->next) {
        ok &= read_scope_field(loader, node, out, depth, &is_known);
        if (!is_known) {
            ok = fail_field(loader, node, false);
        }
    }
    return ok;
}

static bool read_field(const struct loader *loader, const struct yaml_node *node,
                       struct exception_rule *rule)
{
    struct exception *exception = &rule->exception;
    bool is_known = false;
    bool ok = read_scope_field(loader, node, &rule->scope, 0, &is_known);
    struct str name = node->key->text;

    if (is_known) {
        return ok;
    }
    if (str_eq(name, STR("control"))) {
        return read_patterns(loader, node, &rule->controls);
    }
    if (str_eq(name, STR("expires"))) {
        return read_expires(loader, node, exception);
    }
    if (str_eq(name, STR("id"))) {
        return read_text(loader, node, &exception->id);
    }
    if (str_eq(name, STR("owner"))) {
        return read_text(loader, node, &exception->owner);
    }
    if (str_eq(name, STR("reason"))) {
        return read_text(loader, node, &exception->reason);
    }
    if (str_eq(name, STR("ticket"))) {
        return read_text(loader, node, &exception->ticket);
    }
    return fail_field(loader, node, true);
}

/* ---- entries -------------------------------------------------------------------------------- */

static bool has_scope(const struct yaml_node *entry)
{
    bool has = false;

    for (size_t i = 0; i < SCOPE_FIELD_COUNT; i++) {
        has |= yaml_get(entry, field_names[i]) != NULL;
    }
    for (size_t i = 0; i < SCOPE_GROUP_COUNT; i++) {
        has |= yaml_get(entry, group_names[i]) != NULL;
    }
    return has;
}

static bool check_complete(const struct loader *loader, const struct yaml_node *entry)
{
    static const struct str needed[] = {STR_LIT("control"), STR_LIT("owner"), STR_LIT("reason"),
                                        STR_LIT("expires")};
    bool ok = true;

    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (yaml_get(entry, needed[i]) == NULL) {
            exception_tell(loader->sink, true, loader->file, entry, NULL,
                           "this exception has no '%.*s'", STR_ARG(needed[i]));
            ok = false;
        }
    }
    if (!has_scope(entry)) {
        exception_tell(loader->sink, true, loader->file, entry,
                       "give it arn, account, user, and, or, not; or arn: \"*\" for everybody",
                       "this exception does not say whom it covers");
        ok = false;
    }
    if (yaml_get(entry, STR("ticket")) == NULL) {
        exception_tell(loader->sink, false, loader->file, entry, NULL,
                       "this exception has no 'ticket'");
    }
    return ok;
}

static bool id_is_new(const struct loader *loader, const struct yaml_node *entry, struct str id)
{
    for (size_t i = 0; i < loader->set->count && id.n > 0; i++) {
        if (str_eq(loader->set->rules[i].exception.id, id)) {
            exception_tell(loader->sink, true, loader->file, yaml_get(entry, STR("id")), NULL,
                           "two exceptions are called '%.*s'", STR_ARG(str_sub(id, 0, 100)));
            return false;
        }
    }
    return true;
}

static bool load_entry(const struct loader *loader, const struct yaml_node *entry)
{
    struct exceptions *set = loader->set;
    struct exception_rule *rule = NULL;
    bool ok = true;

    if (entry->kind != YAML_MAPPING) {
        exception_tell(
            loader->sink, true, loader->file, entry, NULL,
            "an exception is a mapping with control, owner, reason, expires and a scope");
        return false;
    }
    if (set->count == EXCEPTIONS_MAX) {
        exception_tell(loader->sink, true, loader->file, entry, NULL, "more than %d exceptions",
                       EXCEPTIONS_MAX);
        return false;
    }
    if (set->count == set->capacity) {
        set->capacity = set->capacity == 0 ? 32 : set->capacity * 2;
        set->rules = mem_resize(set->rules, set->capacity * sizeof *set->rules);
    }
    rule = &set->rules[set->count];
    memset(rule, 0, sizeof *rule);
    rule->node = entry;
    rule->exception.file = loader->file;
    rule->exception.line = entry->line;
    for (const struct yaml_node *node = entry->first; node != NULL; node = node->next) {
        ok &= read_field(loader, node, rule);
    }
    ok &= check_complete(loader, entry);
    ok = ok && id_is_new(loader, entry, rule->exception.id);
    set->count += ok;
    return ok;
}

/* A star begins an alias in YAML, which nobody means in a pattern. */
static const char *hint_of(struct str text, const struct err *err)
{
    struct str line = {0};

    for (uint32_t i = 0; i < err->line; i++) {
        (void)str_cut(&text, '\n', &line);
    }
    return err->hint[0] != '\0'           ? err->hint
           : str_find(line, '*') < line.n ? "quote what begins with a star: \"*\""
                                          : NULL;
}

bool exceptions_add_text(struct exceptions *set, struct str file, struct str text,
                         struct exception_sink *sink)
{
    struct loader loader = {.set = set, .sink = sink};
    const struct yaml_node *root = NULL;
    struct err err = {0};
    bool ok = true;

    if (!arena_str(&set->arena, file, &loader.file)) {
        return too_large(&loader, NULL);
    }
    if (!yaml_parse(&set->arena, text, &root, &err)) {
        struct yaml_node place = {.line = err.line, .col = err.col};
        exception_tell(sink, true, loader.file, &place, hint_of(text, &err), "%s", err.text);
        return false;
    }
    if (root->kind != YAML_SEQUENCE) {
        exception_tell(sink, true, loader.file, root, "start each with '- control: NAME'",
                       "an exception file is a list");
        return false;
    }
    for (const struct yaml_node *entry = root->first; entry != NULL; entry = entry->next) {
        ok &= load_entry(&loader, entry);
    }
    return ok;
}

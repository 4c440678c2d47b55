#include "rule/literals.h"

#include <string.h>

/* NAME_PART_MIN: a beginning or end of a call's name that is as rare as a name; shorter ones are as
 * common as "Get" and "List". */
enum { ALTERNATIVES_MAX = 20000, SHORT_MAX = 2, NAME_PART_MIN = 9 };

/* Higher is rarer. */
enum rank {
    RANK_OPEN,
    RANK_TEXT,
    RANK_SOURCE,
    RANK_COMMON,
    RANK_FIELD,
    RANK_TYPE,
    RANK_NAME,
    RANK_NEVER
};

struct found {
    struct literal *items;
    size_t count;
    enum rank rank;
};

struct search {
    struct arena *arena;
    bool is_full;
};

static const struct found open_found = {.rank = RANK_OPEN};

/* ---- ranks ---------------------------------------------------------------------------------- */

static bool is_path(const struct literal *literal, struct str name)
{
    struct str path = literal->path->text;

    return str_eq(path, name) ||
           (str_starts(path, STR("$.")) && str_eq(str_sub(path, 2, path.n), name));
}

static enum rank rank_of(const struct literal *literal)
{
    bool is_name = is_path(literal, STR("eventName"));

    if (!literal->is_whole) {
        return is_name && literal->text.n >= NAME_PART_MIN ? RANK_NAME : RANK_TEXT;
    }
    if (is_name) {
        return RANK_NAME;
    }
    if (is_path(literal, STR("userIdentity.type"))) {
        /* Nearly every record is of these. */
        return str_eq(literal->text, STR("assumedrole")) || str_eq(literal->text, STR("iamuser")) ||
                       str_eq(literal->text, STR("awsservice"))
                   ? RANK_COMMON
                   : RANK_TYPE;
    }
    return is_path(literal, STR("eventSource")) ? RANK_SOURCE : RANK_FIELD;
}

static enum rank rarest(enum rank a, enum rank b)
{
    return a > b ? a : b;
}

static enum rank commonest(enum rank a, enum rank b)
{
    return a < b ? a : b;
}

/* ---- texts ---------------------------------------------------------------------------------- */

/* Whole values must be such that JSON shows them as they are: no quote, no backslash, no control
 * character; and no text form of an object, which JSON may write with blanks. */
static bool is_plain(struct str text)
{
    if (text.n == 0 || text.p[0] == '{' || text.p[0] == '[') {
        return false;
    }
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c < 0x20 || c == '"' || c == '\\') {
            return false;
        }
    }
    return true;
}

/* In the text form of an object these may have blanks around them in the record. A colon between a
 * name and a value has a quote before it and the beginning of a value behind; where one of the two
 * is something else, it is part of a string, and stands as it is. */
static bool is_structure(struct str text, size_t at)
{
    char c = text.p[at];

    if (c != ':') {
        return (unsigned char)c < 0x20 || strchr("\"\\{}[],", c) != NULL;
    }
    return (at == 0 || text.p[at - 1] == '"') &&
           (at + 1 == text.n || strchr("\"{[-0123456789tfn", text.p[at + 1]) != NULL);
}

static struct str longest_run(struct str text)
{
    size_t best = 0, best_size = 0, begin = 0;

    for (size_t i = 0; i <= text.n; i++) {
        if (i < text.n && !is_structure(text, i)) {
            continue;
        }
        if (i - begin > best_size) {
            best = begin;
            best_size = i - begin;
        }
        begin = i + 1;
    }
    return str_sub(text, best, best + best_size);
}

static bool lower_copy(struct arena *arena, struct str text, struct str *out)
{
    char *copy = arena_alloc(arena, text.n);

    if (copy == NULL) {
        return false;
    }
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        copy[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    *out = (struct str){copy, text.n};
    return true;
}

static bool keep_run(struct search *search, struct str run, struct literal *out)
{
    search->is_full = search->is_full || !lower_copy(search->arena, run, &out->text);
    return !search->is_full && (out->is_whole || run.n > SHORT_MAX);
}

static bool literal_of(struct search *search, const struct event_match *match,
                       const struct text_match *text, struct literal *out)
{
    struct str run;

    *out = (struct literal){.path = &match->path};
    out->is_whole = text->shape == TEXT_IS && match->path.step_count > 0 && is_plain(text->literal);
    if (out->is_whole) {
        return keep_run(search, text->literal, out);
    }
    if (!text_match_run(search->arena, text, &run)) {
        search->is_full = true;
        return false;
    }
    return keep_run(search, longest_run(run), out);
}

/* An expression is unknown only on a text that holds what it needs. */
static struct found regex_found(struct search *search, const struct event_match *match)
{
    struct found found = {.items = arena_alloc(search->arena, sizeof *found.items), .count = 1};

    search->is_full = search->is_full || found.items == NULL;
    if (search->is_full) {
        return open_found;
    }
    found.items[0] = (struct literal){.path = &match->path};
    if (!keep_run(search, longest_run(pattern_needed(match->pattern)), &found.items[0])) {
        return open_found;
    }
    found.rank = rank_of(&found.items[0]);
    return found;
}

static struct found match_found(struct search *search, const struct event_match *match)
{
    struct found found = {.rank = RANK_NEVER};

    if (match->op == MATCH_REGEX) {
        return regex_found(search, match);
    }
    if (match->op != MATCH_TEXT) {
        return open_found;
    }
    found.items = arena_array(search->arena, match->text_count, sizeof *found.items);
    search->is_full = search->is_full || found.items == NULL;
    for (uint32_t i = 0; found.items != NULL && i < match->text_count; i++) {
        if (!literal_of(search, match, &match->texts[i], &found.items[i])) {
            return open_found;
        }
        found.rank = commonest(found.rank, rank_of(&found.items[i]));
        found.count++;
    }
    return found;
}

/* ---- trees ---------------------------------------------------------------------------------- */

static struct found either(struct search *search, struct found a, struct found b)
{
    struct found both = {.count = a.count + b.count, .rank = commonest(a.rank, b.rank)};

    if (a.rank == RANK_OPEN || b.rank == RANK_OPEN || both.count > ALTERNATIVES_MAX) {
        return open_found;
    }
    both.items = arena_array(search->arena, both.count, sizeof *both.items);
    if (both.items == NULL) {
        search->is_full = true;
        return open_found;
    }
    if (a.count > 0) {
        memcpy(both.items, a.items, a.count * sizeof *a.items);
    }
    if (b.count > 0) {
        memcpy(both.items + a.count, b.items, b.count * sizeof *b.items);
    }
    return both;
}

/* Of two conditions that must both hold either is necessary: the rarer one, or the shorter. */
static struct found rarer(struct found a, struct found b)
{
    if (a.rank != b.rank) {
        return a.rank == rarest(a.rank, b.rank) ? a : b;
    }
    return a.count <= b.count ? a : b;
}

static struct found found_of(struct search *search, const struct node *node)
{
    struct found a, b;

    if (node->kind == NODE_MATCH) {
        return match_found(search, node->match);
    }
    if (node->kind == NODE_CONST) {
        return node->constant.boolean ? open_found : (struct found){.rank = RANK_NEVER};
    }
    if (node->kind != NODE_AND && node->kind != NODE_OR) {
        return open_found;
    }
    a = found_of(search, node->a);
    b = found_of(search, node->b);
    return node->kind == NODE_AND ? rarer(a, b) : either(search, a, b);
}

bool literals_find(struct arena *arena, const struct rule_program *program, struct literals *out)
{
    struct search search = {.arena = arena};
    struct found found = open_found;

    if (program->dialect != DIALECT_KEYWARDEN) {
        found = found_of(&search, program->have);
    }
    *out = (struct literals){found.items, found.count, found.rank == RANK_OPEN};
    return !search.is_full;
}

/* ---- plain meaning -------------------------------------------------------------------------- */

struct holder {
    struct match_context *context;
    const struct literal *literal;
};

static bool visit_value(void *shared, const struct event *event, const struct event_node *node)
{
    const struct holder *holder = shared;
    struct str text = event_node_text(event, node, &holder->context->text);

    return holder->literal->is_whole ? str_eq_nocase(text, holder->literal->text)
                                     : text_contains(text, holder->literal->text, false);
}

bool literals_hold(struct match_context *context, const struct literals *literals,
                   const struct event *event)
{
    for (size_t i = 0; i < literals->count; i++) {
        struct holder holder = {context, &literals->items[i]};
        const struct event_path *path = literals->items[i].path;
        bool holds = path->step_count == 0 ? event_visit_all(event, visit_value, &holder)
                                           : event_visit(event, path, visit_value, &holder);
        if (holds) {
            return true;
        }
    }
    return literals->is_open;
}

/* One item of a detection: a field, its modifiers and its values become predicates. */
#include "rule/sigma_item.h"

#include <limits.h>

#include "rule/address.h"

enum { MODIFIERS_MAX = 12 };

/* ---- modifiers ------------------------------------------------------------------------------ */

enum modifier {
    MOD_ALL,
    MOD_BASE64,
    MOD_BASE64OFFSET,
    MOD_CASED,
    MOD_CIDR,
    MOD_CONTAINS,
    MOD_DAY,
    MOD_ENDSWITH,
    MOD_EXISTS,
    MOD_EXPAND,
    MOD_FIELDREF,
    MOD_GT,
    MOD_GTE,
    MOD_HOUR,
    MOD_I,
    MOD_LT,
    MOD_LTE,
    MOD_M,
    MOD_MINUTE,
    MOD_MONTH,
    MOD_NEQ,
    MOD_RE,
    MOD_S,
    MOD_STARTSWITH,
    MOD_UTF16,
    MOD_UTF16BE,
    MOD_UTF16LE,
    MOD_WEEK,
    MOD_WIDE,
    MOD_WINDASH,
    MOD_YEAR,
    MOD_COUNT,
};

static const struct str modifier_names[MOD_COUNT] = {
    [MOD_ALL] = STR_LIT("all"),
    [MOD_BASE64] = STR_LIT("base64"),
    [MOD_BASE64OFFSET] = STR_LIT("base64offset"),
    [MOD_CASED] = STR_LIT("cased"),
    [MOD_CIDR] = STR_LIT("cidr"),
    [MOD_CONTAINS] = STR_LIT("contains"),
    [MOD_DAY] = STR_LIT("day"),
    [MOD_ENDSWITH] = STR_LIT("endswith"),
    [MOD_EXISTS] = STR_LIT("exists"),
    [MOD_EXPAND] = STR_LIT("expand"),
    [MOD_FIELDREF] = STR_LIT("fieldref"),
    [MOD_GT] = STR_LIT("gt"),
    [MOD_GTE] = STR_LIT("gte"),
    [MOD_HOUR] = STR_LIT("hour"),
    [MOD_I] = STR_LIT("i"),
    [MOD_LT] = STR_LIT("lt"),
    [MOD_LTE] = STR_LIT("lte"),
    [MOD_M] = STR_LIT("m"),
    [MOD_MINUTE] = STR_LIT("minute"),
    [MOD_MONTH] = STR_LIT("month"),
    [MOD_NEQ] = STR_LIT("neq"),
    [MOD_RE] = STR_LIT("re"),
    [MOD_S] = STR_LIT("s"),
    [MOD_STARTSWITH] = STR_LIT("startswith"),
    [MOD_UTF16] = STR_LIT("utf16"),
    [MOD_UTF16BE] = STR_LIT("utf16be"),
    [MOD_UTF16LE] = STR_LIT("utf16le"),
    [MOD_WEEK] = STR_LIT("week"),
    [MOD_WIDE] = STR_LIT("wide"),
    [MOD_WINDASH] = STR_LIT("windash"),
    [MOD_YEAR] = STR_LIT("year"),
};

static bool modifier_find(struct str name, enum modifier *out)
{
    for (int i = 0; i < MOD_COUNT; i++) {
        if (str_eq(modifier_names[i], name)) {
            *out = (enum modifier)i;
            return true;
        }
    }
    return false;
}

static bool set_part(struct item *item, enum time_part part)
{
    item->has_part = true;
    item->part = part;
    return true;
}

static bool set_compare(struct item *item, enum number_op compare)
{
    item->has_compare = true;
    item->compare = compare;
    return true;
}

static bool set_flag(struct item *item, unsigned flag)
{
    item->regex_flags |= flag;
    return item->is_regex || sigma_fail(item->reader, item->key_at, 0,
                                        "%.*s: i, m and s go behind re", STR_ARG(item->label));
}

/* The modifiers that make another kind of predicate of the values take them as they are written. */
static bool set_kind(struct item *item, bool *kind)
{
    *kind = true;
    return !item->is_changed ||
           sigma_fail(item->reader, item->key_at, 0,
                      "%.*s: its kinds of modifiers cannot stand together", STR_ARG(item->label));
}

static bool apply(struct item *item, enum modifier modifier)
{
    bool is_kind = item->is_regex || item->is_field || item->is_cidr || item->is_exists;

    switch (modifier) {
    case MOD_ALL:
        return item->is_all = true;
    case MOD_NEQ:
        return item->is_negated = true;
    case MOD_CASED:
        return item->is_cased = true;
    case MOD_I:
        return set_flag(item, PATTERN_CASELESS);
    case MOD_M:
        return set_flag(item, PATTERN_MULTILINE);
    case MOD_S:
        return set_flag(item, PATTERN_DOT_ALL);
    case MOD_CONTAINS:
        return item_add_stars(item, true, true);
    case MOD_STARTSWITH:
        return item_add_stars(item, false, true);
    case MOD_ENDSWITH:
        return item_add_stars(item, true, false);
    case MOD_MINUTE:
        return set_part(item, PART_MINUTE);
    case MOD_HOUR:
        return set_part(item, PART_HOUR);
    case MOD_DAY:
        return set_part(item, PART_DAY);
    case MOD_WEEK:
        return set_part(item, PART_WEEK);
    case MOD_MONTH:
        return set_part(item, PART_MONTH);
    case MOD_YEAR:
        return set_part(item, PART_YEAR);
    case MOD_LT:
        return set_compare(item, NUMBER_LT);
    case MOD_LTE:
        return set_compare(item, NUMBER_LTE);
    case MOD_GT:
        return set_compare(item, NUMBER_GT);
    case MOD_GTE:
        return set_compare(item, NUMBER_GTE);
    case MOD_RE:
        return set_kind(item, &item->is_regex);
    case MOD_CIDR:
        return set_kind(item, &item->is_cidr);
    case MOD_EXISTS:
        return set_kind(item, &item->is_exists);
    case MOD_FIELDREF:
        return set_kind(item, &item->is_field);
    case MOD_BASE64:
    case MOD_BASE64OFFSET:
    case MOD_EXPAND:
    case MOD_UTF16:
    case MOD_UTF16BE:
    case MOD_UTF16LE:
    case MOD_WIDE:
    case MOD_WINDASH:
        if (is_kind) {
            return set_kind(item, &item->is_changed);
        }
        break;
    case MOD_COUNT:
        break;
    }
    return modifier == MOD_BASE64         ? item_make_base64(item, false)
           : modifier == MOD_BASE64OFFSET ? item_make_base64(item, true)
           : modifier == MOD_EXPAND       ? item_expand(item)
           : modifier == MOD_WINDASH
               ? item_make_dashes(item)
               : item_make_wide(item, modifier == MOD_UTF16BE, modifier == MOD_UTF16);
}

static bool changes_text(enum modifier modifier)
{
    return modifier == MOD_CONTAINS || modifier == MOD_STARTSWITH || modifier == MOD_ENDSWITH ||
           modifier == MOD_BASE64 || modifier == MOD_BASE64OFFSET || modifier == MOD_EXPAND ||
           modifier == MOD_UTF16 || modifier == MOD_UTF16BE || modifier == MOD_UTF16LE ||
           modifier == MOD_WIDE || modifier == MOD_WINDASH;
}

static bool apply_all(struct item *item, struct str modifiers, size_t offset)
{
    struct str name;
    size_t count = 0;
    bool more = true;

    while (more) {
        enum modifier modifier = MOD_COUNT;
        more = str_cut(&modifiers, '|', &name);
        if (++count > MODIFIERS_MAX) {
            return sigma_fail(item->reader, item->key_at, 0, "%.*s: too many modifiers",
                              STR_ARG(item->label));
        }
        if (!modifier_find(name, &modifier)) {
            struct str near = {0};
            unsigned best = UINT_MAX;
            for (int i = 0; i < MOD_COUNT; i++) {
                if (str_is_near(name, modifier_names[i], &best)) {
                    near = modifier_names[i];
                }
            }
            (void)sigma_fail(item->reader, item->key_at, offset, "there is no modifier '%.*s'",
                             STR_ARG(name));
            if (near.n > 0) {
                err_hint(item->reader->err, "did you mean '%.*s'?", STR_ARG(near));
            }
            return false;
        }
        if (!apply(item, modifier)) {
            return false;
        }
        item->is_changed = item->is_changed || changes_text(modifier);
        offset += name.n + 1;
    }
    return true;
}

/* ---- predicates ----------------------------------------------------------------------------- */

static struct event_match match_of(const struct item *item, enum match_op op)
{
    return (struct event_match){.op = op, .path = item->path, .label = item->label};
}

static const struct node *text_node(const struct item *item, size_t from, size_t to)
{
    struct event_match match = match_of(item, MATCH_TEXT);
    struct text_match *texts = arena_array(item->reader->arena, to - from, sizeof *texts);

    for (size_t i = from; texts != NULL && i < to; i++) {
        if (item->values[i].kind != SCALAR_NULL &&
            !text_match_compile(item->reader->arena, item->values[i].codes, item->values[i].count,
                                item->is_cased, &texts[match.text_count++])) {
            return NULL;
        }
    }
    match.texts = texts;
    return texts == NULL ? NULL : match_node(item->reader->arena, &match);
}

/* The expression with what `startswith` and `endswith` say: a search finds it anywhere else. */
static bool regex_text(const struct item *item, const struct item_value *value, struct str *out)
{
    struct buf text;
    bool ok = false;

    buf_init(&text, 2 * (size_t)SIGMA_TEXT_MAX);
    buf_printf(&text, "%s(?:%.*s)%s", item->is_begin && !item->is_end ? "^" : "",
               STR_ARG(value->raw), item->is_end && !item->is_begin ? "$" : "");
    ok = arena_str(item->reader->arena, buf_text(&text), out);
    buf_release(&text);
    return ok || item_too_large(item);
}

static const struct node *regex_node(const struct item *item, const struct item_value *value)
{
    struct event_match match = match_of(item, MATCH_REGEX);
    struct str text = value->raw;

    if (value->kind == SCALAR_NULL) {
        (void)item_fail(item, value, "null is no regular expression");
        return NULL;
    }
    if (item->is_begin != item->is_end && !regex_text(item, value, &text)) {
        return NULL;
    }
    match.text = value->raw;
    if (!pattern_compile(item->reader->arena, text, item->regex_flags | PATTERN_UTF, &match.pattern,
                         item->reader->err)) {
        err_place(item->reader->err, item->reader->file, value->at->line, value->at->col);
        return NULL;
    }
    return match_node(item->reader->arena, &match);
}

static const struct node *field_node(const struct item *item, const struct item_value *value)
{
    struct event_match match = match_of(item, MATCH_FIELD);

    if (value->kind == SCALAR_NULL || item_has_wildcard(value)) {
        (void)item_fail(item, value, "fieldref needs the name of a field");
        return NULL;
    }
    match.is_begin = item->is_begin;
    match.is_end = item->is_end;
    match.is_cased = item->is_cased;
    if (!event_path_parse(item->reader->arena, value->raw, &match.other, item->reader->err)) {
        err_place(item->reader->err, item->reader->file, value->at->line, value->at->col);
        return NULL;
    }
    return match_node(item->reader->arena, &match);
}

static const struct node *number_node(const struct item *item, const struct item_value *value)
{
    struct event_match match = match_of(item, item->has_part ? MATCH_TIME_PART : MATCH_NUMBER);

    match.number = value->number;
    match.compare = item->has_compare ? item->compare : NUMBER_EQ;
    match.part = item->part;
    match.is_plain = !item->has_compare && !item->has_part; /* a text says it as it is written */
    if (value->kind != SCALAR_NUMBER) {
        (void)item_fail(item, value, "it is compared with a number, without quotes");
        return NULL;
    }
    return match_node(item->reader->arena, &match);
}

static const struct node *cidr_node(const struct item *item, const struct item_value *value)
{
    struct event_match match = match_of(item, MATCH_CIDR);
    int64_t unused = 0;

    match.text = value->raw;
    if (!address_host_count(value->raw, &unused)) {
        (void)item_fail(item, value, "cidr needs a block of addresses, such as 10.0.0.0/8");
        return NULL;
    }
    return match_node(item->reader->arena, &match);
}

static const struct node *exists_node(const struct item *item, const struct item_value *value)
{
    struct event_match match = match_of(item, MATCH_EXISTS);
    struct node *node = NULL;

    if (value->kind != SCALAR_BOOL || item->path.step_count == 0) {
        (void)item_fail(item, value, "exists needs a field, and true or false");
        return NULL;
    }
    node = match_node(item->reader->arena, &match);
    return value->boolean ? node : match_not(item->reader->arena, node);
}

/* A text, number or boolean as a text; a number also by its value; null by absence. */
static const struct node *plain_node(const struct item *item, size_t from, size_t to)
{
    const struct node *nodes[3];
    struct event_match null_match = match_of(item, MATCH_NULL);
    size_t count = 0, texts = 0;
    const struct item_value *number = NULL;

    for (size_t i = from; i < to; i++) {
        texts += item->values[i].kind != SCALAR_NULL;
        if (item->values[i].kind == SCALAR_NUMBER && !item->is_changed) {
            number = &item->values[i];
        }
    }
    if (texts > 0 && (nodes[count++] = text_node(item, from, to)) == NULL) {
        return NULL;
    }
    if (texts < to - from) {
        if (item->path.step_count == 0) {
            (void)item_fail(item, &item->values[from], "null is no keyword");
            return NULL;
        }
        if ((nodes[count++] = match_node(item->reader->arena, &null_match)) == NULL) {
            return NULL;
        }
    }
    if (number != NULL && to - from == 1 && (nodes[count++] = number_node(item, number)) == NULL) {
        return NULL;
    }
    return match_join(item->reader->arena, NODE_OR, nodes, count);
}

static const struct node *value_node(const struct item *item, const struct item_value *value)
{
    return item->is_regex    ? regex_node(item, value)
           : item->is_field  ? field_node(item, value)
           : item->is_cidr   ? cidr_node(item, value)
           : item->is_exists ? exists_node(item, value)
                             : number_node(item, value);
}

static bool is_about_text(const struct item *item)
{
    return !(item->is_regex || item->is_field || item->is_cidr || item->is_exists ||
             item->has_compare || item->has_part);
}

static bool has_number(const struct item *item)
{
    for (size_t i = 0; i < item->count; i++) {
        if (item->values[i].kind == SCALAR_NUMBER) {
            return true;
        }
    }
    return false;
}

/* Lists of plain texts are one predicate, however long; anything else is one for each value. */
static const struct node *item_node(const struct item *item)
{
    bool is_text = is_about_text(item);
    const struct node **nodes = NULL;
    size_t count = 0;

    if (is_text && !item->is_all && !has_number(item)) {
        return plain_node(item, 0, item->count);
    }
    nodes = arena_array(item->reader->arena, item->count, sizeof(struct node *));
    for (size_t from = 0, to = 0; nodes != NULL && from < item->count; from = to) {
        for (to = from + 1; is_text && item->is_all && to < item->count &&
                            item->values[to].origin == item->values[from].origin;) {
            to++;
        }
        nodes[count] = is_text ? plain_node(item, from, to) : value_node(item, &item->values[from]);
        if (nodes[count++] == NULL) {
            return NULL;
        }
    }
    return nodes == NULL
               ? NULL
               : match_join(item->reader->arena, item->is_all ? NODE_AND : NODE_OR, nodes, count);
}

/* Keywords stand anywhere in a value. */
static bool make_keywords(struct item *item)
{
    if (item->is_field || item->is_cidr || item->has_compare || item->has_part) {
        return sigma_fail(item->reader, item->key_at, 0, "keywords take no such modifier");
    }
    return item->is_regex || item->is_exists || item_add_stars(item, true, true);
}

const struct node *sigma_item(struct sigma_reader *reader, struct str key,
                              const struct yaml_node *key_at, const struct yaml_node *values)
{
    struct item item = {.reader = reader, .key_at = key_at, .label = key};
    struct str modifiers = key, field;
    bool has_modifiers = str_cut(&modifiers, '|', &field);
    const struct node *node = NULL;

    if (item.label.n == 0) {
        item.label = STR("keywords");
    }
    if (field.n > 0 && !event_path_parse(reader->arena, field, &item.path, reader->err)) {
        err_place(reader->err, reader->file, key_at->line, key_at->col);
        return NULL;
    }
    if (!item_read_values(&item, values) ||
        (has_modifiers && !apply_all(&item, modifiers, field.n + 1 + (key_at->is_plain ? 0 : 1)))) {
        return NULL;
    }
    if (field.n == 0 && !make_keywords(&item)) {
        return NULL;
    }
    item.is_changed = item.is_changed || field.n == 0;
    node = item_node(&item);
    if (node == NULL && reader->err->kind == ERR_NONE) {
        (void)item_too_large(&item);
    }
    return item.is_negated ? match_not(reader->arena, node) : node;
}

/* One item of a detection: a field, its modifiers and its values become predicates. */
#include "rule/address.h"
#include "rule/sigma_parts.h"

#include <limits.h>
#include <string.h>

enum { MODIFIERS_MAX = 12, DASHES_MAX = 3 };

/* A value on its way through the modifiers. Values made of one by `base64offset`, `windash` or
 * `expand` keep its number, since `all` asks for each value, not for each of its forms. */
struct item_value {
    enum sigma_scalar kind;
    bool boolean;
    uint32_t origin;
    double number;
    struct str raw; /* as written */
    const uint16_t *codes;
    size_t count;
    const struct yaml_node *at;
};

struct item {
    struct sigma_reader *reader;
    const struct yaml_node *key_at;
    struct str label;
    struct event_path path;
    struct item_value *values;
    size_t count;
    size_t origin_count;
    bool is_all, is_negated, is_cased, is_regex, is_cidr, is_exists, is_field, is_changed;
    bool is_begin, is_end; /* of FIELD and regular expressions */
    bool has_compare, has_part;
    enum number_op compare;
    enum time_part part;
    unsigned regex_flags;
};

static bool fail_at(const struct item *item, const struct item_value *value, const char *text)
{
    return sigma_fail(item->reader, value->at, 0, "%.*s: %s", STR_ARG(item->label), text);
}

static bool too_large(const struct item *item)
{
    return sigma_too_large(item->reader, item->key_at);
}

/* ---- values --------------------------------------------------------------------------------- */

/* Sigma's escapes: a backslash makes a wildcard or a backslash behind it plain, and is itself plain
 * before anything else. */
static bool read_codes(const struct item *item, struct str text, const uint16_t **codes,
                       size_t *count)
{
    uint16_t *out = arena_array(item->reader->arena, text.n, sizeof *out);
    size_t n = 0;

    if (out == NULL) {
        return too_large(item);
    }
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i], next = i + 1 < text.n ? text.p[i + 1] : '\0';
        if (c == '\\' && (next == '*' || next == '?' || next == '\\')) {
            out[n++] = (unsigned char)next;
            i++;
        } else {
            out[n++] = c == '*' ? TEXT_ANY : c == '?' ? TEXT_ONE : (unsigned char)c;
        }
    }
    *codes = out;
    *count = n;
    return true;
}

static bool read_value(struct item *item, const struct yaml_node *node)
{
    struct item_value *value = &item->values[item->count];

    if (node->kind != YAML_SCALAR) {
        return sigma_fail(item->reader, node, 0, "%.*s: a value must be a text, number, true, "
                          "false or null", STR_ARG(item->label));
    }
    if (node->text.n > SIGMA_TEXT_MAX) {
        return sigma_fail(item->reader, node, 0, "%.*s: a value has at most %d bytes",
                          STR_ARG(item->label), SIGMA_TEXT_MAX);
    }
    *value = (struct item_value){.origin = (uint32_t)item->count, .raw = node->text, .at = node};
    value->kind = sigma_scalar_kind(node, &value->number, &value->boolean);
    if (value->kind == SCALAR_BOOL) {
        value->raw = value->boolean ? STR("true") : STR("false");
    }
    item->count++;
    return read_codes(item, value->raw, &value->codes, &value->count);
}

static bool read_values(struct item *item, const struct yaml_node *values)
{
    size_t count = values->kind == YAML_SEQUENCE ? values->count : 1;

    if (values->kind == YAML_MAPPING) {
        return sigma_fail(item->reader, values, 0, "%.*s: a mapping is no value; name the inner "
                          "field with dots", STR_ARG(item->label));
    }
    if (count == 0 || count > SIGMA_VALUES_MAX) {
        return sigma_fail(item->reader, values, 0, "%.*s: a list has 1 to %d values",
                          STR_ARG(item->label), SIGMA_VALUES_MAX);
    }
    item->values = arena_array(item->reader->arena, count, sizeof *item->values);
    if (item->values == NULL) {
        return too_large(item);
    }
    if (values->kind == YAML_SCALAR) {
        item->origin_count = 1;
        return read_value(item, values);
    }
    for (const struct yaml_node *node = values->first; node != NULL; node = node->next) {
        if (!read_value(item, node)) {
            return false;
        }
    }
    item->origin_count = item->count;
    return true;
}

static bool has_wildcard(const struct item_value *value)
{
    for (size_t i = 0; i < value->count; i++) {
        if (value->codes[i] >= TEXT_ANY) {
            return true;
        }
    }
    return false;
}

/* ---- modifiers of texts --------------------------------------------------------------------- */

static bool add_stars(const struct item *item, struct item_value *value, bool before, bool behind)
{
    uint16_t *codes = arena_array(item->reader->arena, value->count + 2, sizeof *codes);
    size_t n = 0;

    if (codes == NULL) {
        return too_large(item);
    }
    if (before) {
        codes[n++] = TEXT_ANY;
    }
    if (value->count > 0) {
        memcpy(codes + n, value->codes, value->count * sizeof *codes);
    }
    n += value->count;
    if (behind) {
        codes[n++] = TEXT_ANY;
    }
    value->codes = codes;
    value->count = n;
    return true;
}

static bool apply_stars(struct item *item, bool before, bool behind)
{
    if (item->is_field || item->is_regex) {
        item->is_begin = item->is_begin || behind;
        item->is_end = item->is_end || before;
        return true;
    }
    for (size_t i = 0; i < item->count; i++) {
        if (item->values[i].kind == SCALAR_NULL) {
            return fail_at(item, &item->values[i], "null has no text to look into");
        }
        if (!add_stars(item, &item->values[i], before, behind)) {
            return false;
        }
    }
    return true;
}

/* Two bytes for each of UTF-16's units; wildcards stay what they are. */
static bool apply_wide(struct item *item, bool is_big, bool has_mark)
{
    for (size_t i = 0; i < item->count; i++) {
        struct item_value *value = &item->values[i];
        uint16_t *codes = arena_array(item->reader->arena, value->count * 2 + 2, sizeof *codes);
        size_t n = 0;
        if (codes == NULL) {
            return too_large(item);
        }
        if (has_mark) {
            codes[n++] = 0xFF;
            codes[n++] = 0xFE;
        }
        for (size_t j = 0; j < value->count; j++) {
            if (value->codes[j] >= TEXT_ANY) {
                codes[n++] = value->codes[j];
                continue;
            }
            if (value->codes[j] >= 0x80) {
                return fail_at(item, value, "only ASCII can be made UTF-16 here");
            }
            codes[n++] = is_big ? 0 : value->codes[j];
            codes[n++] = is_big ? value->codes[j] : 0;
        }
        value->codes = codes;
        value->count = n;
    }
    return true;
}

static const char base64_letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Encodes `shift` blanks and the value; of the result only what the value alone decides. Without
 * `is_part`, all of it, padding included. */
static bool encode(const struct item *item, struct item_value *value, size_t shift, bool is_part)
{
    size_t size = shift + value->count, n = 0, out_size = (size + 2) / 3 * 4;
    uint16_t *out = arena_array(item->reader->arena, out_size, sizeof *out);
    static const size_t begins[] = {0, 2, 3}, ends[] = {0, 3, 2};

    if (out == NULL) {
        return too_large(item);
    }
    for (size_t i = 0; i < size; i += 3) {
        uint32_t word = 0;
        for (size_t j = i; j < i + 3; j++) {
            uint32_t byte = j < shift ? ' ' : j < size ? value->codes[j - shift] : 0;
            word = word << 8 | byte;
        }
        for (size_t j = 0; j < 4; j++) {
            bool is_padding = i + j > size;
            out[n++] = is_padding ? '=' : (unsigned char)base64_letters[word >> (18 - 6 * j) & 63];
        }
    }
    value->codes = is_part ? out + begins[shift] : out;
    value->count = is_part ? n - begins[shift] - ends[size % 3] : n;
    return true;
}

static bool check_plain(const struct item *item)
{
    for (size_t i = 0; i < item->count; i++) {
        if (has_wildcard(&item->values[i]) || item->values[i].count == 0) {
            return fail_at(item, &item->values[i],
                           "a text with wildcards, or without anything, cannot be encoded");
        }
    }
    return true;
}

static struct item_value *values_new(const struct item *item, size_t count)
{
    struct item_value *values = NULL;

    if (count > SIGMA_VALUES_MAX) {
        (void)sigma_fail(item->reader, item->key_at, 0, "%.*s: its values have more than %d forms",
                         STR_ARG(item->label), SIGMA_VALUES_MAX);
        return NULL;
    }
    values = arena_array(item->reader->arena, count, sizeof *values);
    if (values == NULL) {
        (void)too_large(item);
    }
    return values;
}

static bool apply_base64(struct item *item, bool is_offset)
{
    size_t forms = is_offset ? 3 : 1;
    struct item_value *values = check_plain(item) ? values_new(item, item->count * forms) : NULL;

    if (values == NULL) {
        return false;
    }
    for (size_t i = 0; i < item->count; i++) {
        for (size_t shift = 0; shift < forms; shift++) {
            struct item_value *value = &values[i * forms + shift];
            *value = item->values[i];
            if (!encode(item, value, shift, is_offset)) {
                return false;
            }
        }
    }
    item->values = values;
    item->count *= forms;
    return true;
}

/* ---- dashes --------------------------------------------------------------------------------- */

static const char *const dashes[] = {"-", "/", "\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x80\x95"};
enum { DASH_FORMS = sizeof dashes / sizeof dashes[0] };

static size_t dash_size(const struct item_value *value, size_t at)
{
    for (size_t i = 0; i < DASH_FORMS; i++) {
        size_t size = strlen(dashes[i]), j = 0;
        while (j < size && at + j < value->count &&
               value->codes[at + j] == (unsigned char)dashes[i][j]) {
            j++;
        }
        if (j == size) {
            return size;
        }
    }
    return 0;
}

static bool is_word(uint16_t code)
{
    return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') ||
           (code >= 'A' && code <= 'Z') || code == '_' || (code >= 0x80 && code < TEXT_ANY);
}

/* A dash that begins an option: behind nothing or no word, before a word. */
static size_t option_dash(const struct item_value *value, size_t at)
{
    size_t size = dash_size(value, at);
    bool is_behind_word = at > 0 && is_word(value->codes[at - 1]) &&
                          !(value->codes[at - 1] >= 0x80 && at >= 3 && dash_size(value, at - 3) == 3);

    return size > 0 && !is_behind_word && at + size < value->count &&
                   is_word(value->codes[at + size]) && dash_size(value, at + size) == 0
               ? size
               : 0;
}

/* The form of a value whose option dashes are those that `choice` counts out in base five. */
static bool dash_form(const struct item *item, const struct item_value *from, size_t choice,
                      struct item_value *out)
{
    uint16_t *codes =
        arena_array(item->reader->arena, from->count + 2 * (size_t)DASHES_MAX, sizeof *codes);
    size_t n = 0;

    if (codes == NULL) {
        return too_large(item);
    }
    for (size_t i = 0; i < from->count;) {
        size_t size = option_dash(from, i);
        if (size == 0) {
            codes[n++] = from->codes[i++];
            continue;
        }
        for (const char *dash = dashes[choice % DASH_FORMS]; *dash != '\0'; dash++) {
            codes[n++] = (unsigned char)*dash;
        }
        choice /= DASH_FORMS;
        i += size;
    }
    *out = *from;
    out->codes = codes;
    out->count = n;
    return true;
}

static bool apply_windash(struct item *item)
{
    struct item_value *values = NULL;
    size_t total = 0, used = 0;

    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < item->count; i++) {
            size_t found = 0, forms = 1;
            for (size_t at = 0; at < item->values[i].count; at++) {
                found += option_dash(&item->values[i], at) > 0;
            }
            if (found > DASHES_MAX) {
                return fail_at(item, &item->values[i],
                               "windash takes at most three options in one value");
            }
            for (size_t j = 0; j < found; j++) {
                forms *= DASH_FORMS;
            }
            total += pass == 0 ? forms : 0;
            for (size_t choice = 0; pass == 1 && choice < forms; choice++) {
                if (!dash_form(item, &item->values[i], choice, &values[used++])) {
                    return false;
                }
            }
        }
        if (pass == 0 && (values = values_new(item, total)) == NULL) {
            return false;
        }
    }
    item->values = values;
    item->count = used;
    return true;
}

/* ---- placeholders --------------------------------------------------------------------------- */

struct expansion {
    struct item *item;
    struct item_value *values;
    size_t count;
};

/* Where %name% stands at or behind `at`: its first code; *end is behind it. SIZE_MAX: nowhere. */
static size_t placeholder_find(const struct item_value *value, size_t at, size_t *end)
{
    for (; at < value->count; at++) {
        if (value->codes[at] == '\\' && at + 1 < value->count && value->codes[at + 1] == '%') {
            at++;
            continue;
        }
        if (value->codes[at] != '%') {
            continue;
        }
        for (*end = at + 1; *end < value->count && value->codes[*end] < TEXT_ANY &&
                            value->codes[*end] != '%' && value->codes[*end] != '\\';) {
            ++*end;
        }
        if (*end < value->count && value->codes[*end] == '%' && *end > at + 1) {
            ++*end;
            return at;
        }
    }
    return SIZE_MAX;
}

static const struct sigma_placeholder *placeholder_of(const struct item *item, struct str name)
{
    const struct sigma_set *set = item->reader->set;

    for (size_t i = 0; i < set->placeholder_count; i++) {
        if (str_eq(set->placeholders[i].name, name)) {
            return &set->placeholders[i];
        }
    }
    return NULL;
}

/* `\%` is a plain percent sign. */
static bool unescape_percent(const struct item *item, struct item_value *value)
{
    uint16_t *codes = arena_array(item->reader->arena, value->count, sizeof *codes);
    size_t n = 0;

    if (codes == NULL) {
        return too_large(item);
    }
    for (size_t i = 0; i < value->count; i++) {
        if (value->codes[i] == '\\' && i + 1 < value->count && value->codes[i + 1] == '%') {
            i++;
        }
        codes[n++] = value->codes[i];
    }
    value->codes = codes;
    value->count = n;
    return true;
}

/* Replaces the first placeholder of a value by each of its texts and goes on behind it. A level for
 * each placeholder of one value, of which there are few: a value has a size. */
static bool expand_value(struct expansion *expansion, const struct item_value *value, size_t from,
                         unsigned depth)
{
    struct item *item = expansion->item;
    const struct sigma_placeholder *placeholder = NULL;
    char name[64];
    size_t end = 0, begin = placeholder_find(value, from, &end);

    if (begin == SIZE_MAX) {
        if (expansion->count == SIGMA_VALUES_MAX) {
            return fail_at(item, value, "its placeholders have too many values");
        }
        expansion->values[expansion->count] = *value;
        return unescape_percent(item, &expansion->values[expansion->count++]);
    }
    if (end - begin - 2 > sizeof name || depth > 8) {
        return fail_at(item, value, "its placeholders are too long or too many");
    }
    for (size_t i = begin + 1; i < end - 1; i++) {
        name[i - begin - 1] = (char)(unsigned char)value->codes[i];
    }
    placeholder = placeholder_of(item, (struct str){name, end - begin - 2});
    if (placeholder == NULL) {
        (void)sigma_fail(item->reader, value->at, 0, "nothing is known of the placeholder %%%.*s%%",
                         (int)(end - begin - 2), name);
        err_hint(item->reader->err, "give its values with --placeholders FILE");
        return false;
    }
    for (size_t i = 0; i < placeholder->values.count; i++) {
        struct item_value form = *value;
        const uint16_t *middle = NULL;
        size_t size = 0;
        if (!read_codes(item, placeholder->values.items[i], &middle, &size)) {
            return false;
        }
        uint16_t *codes = arena_array(item->reader->arena, value->count + size, sizeof *codes);
        if (codes == NULL) {
            return too_large(item);
        }
        memcpy(codes, value->codes, begin * sizeof *codes);
        if (size > 0) {
            memcpy(codes + begin, middle, size * sizeof *codes);
        }
        memcpy(codes + begin + size, value->codes + end, (value->count - end) * sizeof *codes);
        form.codes = codes;
        form.count = value->count - (end - begin) + size;
        if (!expand_value(expansion, &form, begin + size, depth + 1)) {
            return false;
        }
    }
    return true;
}

static bool apply_expand(struct item *item)
{
    struct expansion expansion = {.item = item, .values = values_new(item, SIGMA_VALUES_MAX)};

    if (expansion.values == NULL) {
        return false;
    }
    for (size_t i = 0; i < item->count; i++) {
        if (!expand_value(&expansion, &item->values[i], 0, 0)) {
            return false;
        }
    }
    item->values = expansion.values;
    item->count = expansion.count;
    return true;
}

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
        return apply_stars(item, true, true);
    case MOD_STARTSWITH:
        return apply_stars(item, false, true);
    case MOD_ENDSWITH:
        return apply_stars(item, true, false);
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
    return modifier == MOD_BASE64         ? apply_base64(item, false)
           : modifier == MOD_BASE64OFFSET ? apply_base64(item, true)
           : modifier == MOD_EXPAND       ? apply_expand(item)
           : modifier == MOD_WINDASH      ? apply_windash(item)
                                          : apply_wide(item, modifier == MOD_UTF16BE,
                                                       modifier == MOD_UTF16);
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
    return ok || too_large(item);
}

static const struct node *regex_node(const struct item *item, const struct item_value *value)
{
    struct event_match match = match_of(item, MATCH_REGEX);
    struct str text = value->raw;

    if (value->kind == SCALAR_NULL) {
        (void)fail_at(item, value, "null is no regular expression");
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

    if (value->kind == SCALAR_NULL || has_wildcard(value)) {
        (void)fail_at(item, value, "fieldref needs the name of a field");
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
        (void)fail_at(item, value, "it is compared with a number, without quotes");
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
        (void)fail_at(item, value, "cidr needs a block of addresses, such as 10.0.0.0/8");
        return NULL;
    }
    return match_node(item->reader->arena, &match);
}

static const struct node *exists_node(const struct item *item, const struct item_value *value)
{
    struct event_match match = match_of(item, MATCH_EXISTS);
    struct node *node = NULL;

    if (value->kind != SCALAR_BOOL || item->path.step_count == 0) {
        (void)fail_at(item, value, "exists needs a field, and true or false");
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
            (void)fail_at(item, &item->values[from], "null is no keyword");
            return NULL;
        }
        if ((nodes[count++] = match_node(item->reader->arena, &null_match)) == NULL) {
            return NULL;
        }
    }
    if (number != NULL && to - from == 1 &&
        (nodes[count++] = number_node(item, number)) == NULL) {
        return NULL;
    }
    return match_join(item->reader->arena, NODE_OR, nodes, count);
}

static const struct node *value_node(const struct item *item, const struct item_value *value)
{
    return item->is_regex  ? regex_node(item, value)
           : item->is_field ? field_node(item, value)
           : item->is_cidr  ? cidr_node(item, value)
           : item->is_exists ? exists_node(item, value)
                             : number_node(item, value);
}

/* Lists of plain texts are one predicate, however long; anything else is one for each value. */
static const struct node *item_node(const struct item *item)
{
    bool is_text = !(item->is_regex || item->is_field || item->is_cidr || item->is_exists ||
                     item->has_compare || item->has_part);
    const struct node **nodes = NULL;
    size_t count = 0;
    bool has_number = false;

    for (size_t i = 0; i < item->count; i++) {
        has_number = has_number || item->values[i].kind == SCALAR_NUMBER;
    }
    if (is_text && !item->is_all && !has_number) {
        return plain_node(item, 0, item->count);
    }
    nodes = arena_array(item->reader->arena, item->count, sizeof *nodes);
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
    return nodes == NULL ? NULL
                         : match_join(item->reader->arena, item->is_all ? NODE_AND : NODE_OR, nodes,
                                      count);
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
    if (!read_values(&item, values) ||
        (has_modifiers && !apply_all(&item, modifiers, field.n + 1 + (key_at->is_plain ? 0 : 1)))) {
        return NULL;
    }
    /* Keywords stand anywhere in a value. */
    if (field.n == 0 && !item.is_regex && !item.is_exists && !apply_stars(&item, true, true)) {
        return NULL;
    }
    if (field.n == 0 && (item.is_field || item.is_cidr || item.has_compare || item.has_part)) {
        (void)sigma_fail(reader, key_at, 0, "keywords take no such modifier");
        return NULL;
    }
    item.is_changed = item.is_changed || field.n == 0;
    node = item_node(&item);
    if (node == NULL && reader->err->kind == ERR_NONE) {
        (void)too_large(&item);
    }
    return item.is_negated ? match_not(reader->arena, node) : node;
}

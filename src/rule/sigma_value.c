/* The values of an item, and the modifiers that make other texts of them. */
#include "rule/sigma_item.h"

#include <string.h>

enum { DASHES_MAX = 3 };

bool item_fail(const struct item *item, const struct item_value *value, const char *text)
{
    return sigma_fail(item->reader, value->at, 0, "%.*s: %s", STR_ARG(item->label), text);
}

bool item_too_large(const struct item *item)
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
        return item_too_large(item);
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
        return sigma_fail(item->reader, node, 0,
                          "%.*s: a value must be a text, number, true, "
                          "false or null",
                          STR_ARG(item->label));
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

bool item_read_values(struct item *item, const struct yaml_node *values)
{
    size_t count = values->kind == YAML_SEQUENCE ? values->count : 1;

    if (values->kind == YAML_MAPPING) {
        return sigma_fail(item->reader, values, 0,
                          "%.*s: a mapping is no value; name the inner "
                          "field with dots",
                          STR_ARG(item->label));
    }
    if (count == 0 || count > SIGMA_VALUES_MAX) {
        return sigma_fail(item->reader, values, 0, "%.*s: a list has 1 to %d values",
                          STR_ARG(item->label), SIGMA_VALUES_MAX);
    }
    item->values = arena_array(item->reader->arena, count, sizeof *item->values);
    if (item->values == NULL) {
        return item_too_large(item);
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

bool item_has_wildcard(const struct item_value *value)
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
        return item_too_large(item);
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

bool item_add_stars(struct item *item, bool before, bool behind)
{
    if (item->is_field || item->is_regex) {
        item->is_begin = item->is_begin || behind;
        item->is_end = item->is_end || before;
        return true;
    }
    for (size_t i = 0; i < item->count; i++) {
        if (item->values[i].kind == SCALAR_NULL) {
            return item_fail(item, &item->values[i], "null has no text to look into");
        }
        if (!add_stars(item, &item->values[i], before, behind)) {
            return false;
        }
    }
    return true;
}

/* Two bytes for each of UTF-16's units; wildcards stay what they are. */
bool item_make_wide(struct item *item, bool is_big, bool has_mark)
{
    for (size_t i = 0; i < item->count; i++) {
        struct item_value *value = &item->values[i];
        uint16_t *codes = arena_array(item->reader->arena, value->count * 2 + 2, sizeof *codes);
        size_t n = 0;
        if (codes == NULL) {
            return item_too_large(item);
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
                return item_fail(item, value, "only ASCII can be made UTF-16 here");
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
        return item_too_large(item);
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
        if (item_has_wildcard(&item->values[i]) || item->values[i].count == 0) {
            return item_fail(item, &item->values[i],
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
        (void)item_too_large(item);
    }
    return values;
}

bool item_make_base64(struct item *item, bool is_offset)
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
    bool is_behind_word =
        at > 0 && is_word(value->codes[at - 1]) &&
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
        return item_too_large(item);
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

bool item_make_dashes(struct item *item)
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
                return item_fail(item, &item->values[i],
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
        return item_too_large(item);
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
            return item_fail(item, value, "its placeholders have too many values");
        }
        expansion->values[expansion->count] = *value;
        return unescape_percent(item, &expansion->values[expansion->count++]);
    }
    if (end - begin - 2 > sizeof name || depth > 8) {
        return item_fail(item, value, "its placeholders are too long or too many");
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
            return item_too_large(item);
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

bool item_expand(struct item *item)
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

#include <stdlib.h>

#include "base/instant.h"
#include "inventory/internal.h"
#include "model/arn.h"

struct json_writer *part_begin(struct reading *reading)
{
    buf_clear(&reading->text);
    reading->text.overflowed = false;
    reading->json = (struct json_writer){.out = &reading->text};
    return &reading->json;
}

void part_end(struct reading *reading, struct str kind, struct str name, struct str label)
{
    struct part *part = NULL;

    if (reading->part_count == reading->part_capacity) {
        reading->part_capacity = reading->part_capacity == 0 ? 256 : reading->part_capacity * 2;
        reading->parts =
            mem_resize(reading->parts, reading->part_capacity * sizeof *reading->parts);
    }
    part = &reading->parts[reading->part_count];
    *part = (struct part){.kind = kind, .label = label, .order = reading->part_count};
    if (reading->text.overflowed || !arena_str(reading->arena, name, &part->name) ||
        !arena_str(reading->arena, buf_text(&reading->text), &part->json)) {
        reading->is_full = true;
        return;
    }
    reading->part_count++;
}

void parts_drop(struct reading *reading, size_t count)
{
    reading->part_count = count;
}

void list_is_whole(struct reading *reading, struct str list)
{
    struct json_writer *json = part_begin(reading);

    json_key(json, list);
    json_open(json, '[');
    json_close(json, ']');
    part_end(reading, STR("AWS"), STR(""), list);
}

/* ---- names ---- */

void names_add(struct reading *reading, struct names *names, struct str name)
{
    if (names->count == names->capacity) {
        names->capacity = names->capacity == 0 ? 64 : names->capacity * 2;
        names->items = mem_resize(names->items, names->capacity * sizeof *names->items);
    }
    if (!arena_str(reading->arena, name, &names->items[names->count])) {
        reading->is_full = true;
        return;
    }
    names->count++;
}

void user_add(struct reading *reading, struct str name)
{
    if (!str_eq(name, ROOT_NAME)) {
        names_add(reading, &reading->users, name);
    }
}

static int name_compare(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

void names_sort(struct names *names)
{
    size_t kept = 0;

    if (names->count > 0) {
        qsort(names->items, names->count, sizeof *names->items, name_compare);
    }
    for (size_t i = 0; i < names->count; i++) {
        if (kept == 0 || !str_eq(names->items[kept - 1], names->items[i])) {
            names->items[kept++] = names->items[i];
        }
    }
    names->count = kept;
}

/* ---- rows ---- */

static bool is_same_row(const struct part *a, const struct part *b)
{
    return str_eq(a->kind, b->kind) && str_eq(a->name, b->name);
}

static int part_compare(const void *a, const void *b)
{
    const struct part *first = a, *second = b;
    int order = str_cmp(first->kind, second->kind);

    if (order == 0) {
        order = str_cmp(first->name, second->name);
    }
    if (order == 0) {
        order = str_cmp(first->label, second->label);
    }
    return order != 0 ? order : (first->order > second->order) - (first->order < second->order);
}

/* The parts of one row as an object. */
static void row_text(struct buf *out, const struct part *parts, size_t count)
{
    buf_clear(out);
    buf_char(out, '{');
    for (size_t i = 0; i < count; i++) {
        if (parts[i].json.n == 0 || (i > 0 && str_eq(parts[i].label, parts[i - 1].label))) {
            continue;
        }
        if (out->n > 1) {
            buf_char(out, ',');
        }
        buf_str(out, parts[i].json);
    }
    buf_char(out, '}');
}

bool rows_write(struct reading *reading, struct entity_row **rows, size_t *row_count)
{
    const struct part *parts = reading->parts;
    struct entity_row *out = NULL;
    size_t count = 0;

    if (reading->is_full) {
        return false;
    }
    if (reading->part_count > 0) {
        qsort(reading->parts, reading->part_count, sizeof *reading->parts, part_compare);
    }
    for (size_t i = 0; i < reading->part_count; i++) {
        count += i == 0 || !is_same_row(&parts[i - 1], &parts[i]);
    }
    out = arena_array(reading->arena, count, sizeof *out);
    if (out == NULL) {
        return false;
    }
    count = 0;
    for (size_t from = 0, to = 0; from < reading->part_count; from = to) {
        struct entity_row *row = &out[count++];
        while (to < reading->part_count && is_same_row(&parts[from], &parts[to])) {
            to++;
        }
        row->kind = parts[from].kind;
        row->name = parts[from].name;
        row_text(&reading->text, &parts[from], to - from);
        if (reading->text.overflowed ||
            !arena_str(reading->arena, buf_text(&reading->text), &row->json)) {
            return false;
        }
    }
    *rows = out;
    *row_count = count;
    return true;
}

/* ---- members of objects ---- */

void write_text(struct json_writer *json, struct str key, const struct tree *node, const char *path)
{
    const struct tree *found = tree_find(node, path);

    if (found != NULL && found->first == NULL) {
        json_member_text(json, key, found->text);
    }
}

/* Seconds since 1970 as a number of JSON: with a fraction, and where Java wrote it with an
 * exponent, as in 1.763764066801E9. What is below a second is dropped. */
static bool seconds_read(struct str text, int64_t *at)
{
    char digits[20];
    size_t end = 0, n = 0;
    uint64_t shift = 0, seconds = 0;
    struct str whole, fraction, exponent;

    while (end < text.n && text.p[end] != 'E' && text.p[end] != 'e') {
        end++;
    }
    fraction = str_sub(text, 0, end);
    exponent = str_sub(text, end + 1, text.n);
    (void)str_cut(&fraction, '.', &whole);
    if ((exponent.n > 0 && !str_to_u64(exponent, &shift)) || whole.n > sizeof digits ||
        shift > sizeof digits - whole.n) {
        return false;
    }
    for (; n < whole.n + shift; n++) {
        digits[n] = n < whole.n                ? whole.p[n]
                    : n - whole.n < fraction.n ? fraction.p[n - whole.n]
                                               : '0';
    }
    if (!str_to_u64((struct str){digits, n}, &seconds) || seconds > (uint64_t)INSTANT_MAX) {
        return false;
    }
    *at = (int64_t)seconds;
    return true;
}

bool instant_read(struct str text, int64_t *at)
{
    return instant_parse(text, at) || seconds_read(text, at);
}

void member_instant(struct json_writer *json, struct str key, struct str text)
{
    int64_t at = 0;

    if (instant_read(text, &at)) {
        json_member_instant(json, key, true, at);
    }
}

void write_instant(struct json_writer *json, struct str key, const struct tree *node,
                   const char *path)
{
    member_instant(json, key, tree_text(node, path));
}

void write_bool(struct json_writer *json, struct str key, const struct tree *node, const char *path)
{
    struct str text = tree_text(node, path);

    if (str_eq_nocase(text, STR("true")) || str_eq_nocase(text, STR("false"))) {
        json_key(json, key);
        json_bool(json, text.n == 4);
    }
}

void write_number(struct json_writer *json, struct str key, const struct tree *node,
                  const char *path)
{
    int64_t number = 0;

    if (str_to_i64(tree_text(node, path), &number)) {
        json_key(json, key);
        json_i64(json, number);
    }
}

void write_active(struct json_writer *json, struct str key, const struct tree *node,
                  const char *path)
{
    struct str text = tree_text(node, path);

    if (text.n > 0) {
        json_key(json, key);
        json_bool(json, str_eq(text, STR("Active")));
    }
}

void write_tag_items(struct json_writer *json, const struct tree *list)
{
    for (const struct tree *tag = list != NULL ? list->first : NULL; tag != NULL; tag = tag->next) {
        json_open(json, '{');
        write_text(json, STR("Name"), tag, "Key");
        write_text(json, STR("Value"), tag, "Value");
        json_close(json, '}');
    }
}

void write_tags(struct json_writer *json, const struct tree *list)
{
    if (list != NULL) {
        json_key(json, STR("Tags"));
        json_open(json, '[');
        write_tag_items(json, list);
        json_close(json, ']');
    }
}

bool arn_read(struct str arn, struct str *account, struct str *resource)
{
    *account = arn_part(arn, ARN_ACCOUNT);
    *resource = arn_part(arn, ARN_RESOURCE);
    return resource->n > 0;
}

#include "support/value_random.h"

#include <stdlib.h>

#include "base/instant.h"

enum { DEPTH_MAX = 5, ITEMS_MAX = 3, COLUMNS = 3 };

struct maker {
    struct arena *arena;
    struct random *random;
    bool is_known; /* no unknowns are made */
    int depth;
};

static void make_attr(struct maker *maker, const struct schema_attr *attr, struct value *out);

static void *take(struct maker *maker, size_t count, size_t size)
{
    void *p = arena_array(maker->arena, count, size);

    if (p == NULL) {
        abort();
    }
    return p;
}

static int64_t some_time(struct maker *maker)
{
    static const int64_t ages[] = {0,
                                   1,
                                   -1,
                                   10,
                                   11,
                                   SECONDS_PER_DAY,
                                   90 * SECONDS_PER_DAY,
                                   90 * SECONDS_PER_DAY + 1,
                                   400 * SECONDS_PER_DAY};

    return VALUE_RANDOM_NOW - ages[random_below(maker->random, sizeof ages / sizeof ages[0])];
}

static struct value some_string(struct maker *maker)
{
    static const struct str strings[] = {
        STR_LIT("ann"),          STR_LIT("bob"),         STR_LIT("<root_account>"),
        STR_LIT("us-east-1"),    STR_LIT("s3"),          STR_LIT(""),
        STR_LIT("10.1.2.3"),     STR_LIT("2001:db8::1"), STR_LIT("8.8.0.0/16"),
        STR_LIT("N/A"),          STR_LIT("Allow"),       STR_LIT("*"),
        STR_LIT("123456789012"), STR_LIT("ann"),         STR_LIT("*")};

    return (struct value){.kind = VALUE_STRING, .string = RANDOM_PICK(maker->random, strings)};
}

static struct value some_plain(struct maker *maker, enum rule_type type)
{
    struct value value = {.kind = VALUE_STRING};

    switch (type) {
    case TYPE_BOOL:
        return (struct value){.kind = VALUE_BOOL, .boolean = random_chance(maker->random, 50)};
    case TYPE_NUMBER:
    case TYPE_DURATION:
        value.kind = type == TYPE_NUMBER ? VALUE_NUMBER : VALUE_DURATION;
        value.number = (int64_t)random_below(maker->random, 5) - 1;
        return value;
    case TYPE_TIME:
        value.kind = random_chance(maker->random, 20) ? VALUE_NEVER : VALUE_TIME;
        value.number = value.kind == VALUE_TIME ? some_time(maker) : 0;
        return value;
    case TYPE_IP:
        value = some_string(maker);
        value.kind = VALUE_IP;
        return value;
    case TYPE_STRING:
    case TYPE_ENTITY:
        break;
    }
    return some_string(maker);
}

static void make_open(struct maker *maker, const struct schema_entity *entity, struct value *out)
{
    static const struct str names[COLUMNS] = {STR_LIT("user"), STR_LIT("mfa_active"),
                                              STR_LIT("team")};

    *out = (struct value){.kind = VALUE_STRUCT, .entity = entity, .count = COLUMNS, .names = names};
    out->items = take(maker, COLUMNS, sizeof *out->items);
    for (size_t i = 0; i < COLUMNS; i++) {
        out->items[i] = some_string(maker);
    }
}

static void make_struct(struct maker *maker, const struct schema_entity *entity, struct value *out)
{
    if (entity->is_open) {
        make_open(maker, entity, out);
        return;
    }
    *out = (struct value){.kind = VALUE_STRUCT, .entity = entity, .count = entity->attr_count};
    out->items = take(maker, entity->attr_count, sizeof *out->items);
    maker->depth++;
    for (size_t i = 0; i < entity->attr_count; i++) {
        make_attr(maker, &entity->attrs[i], &out->items[i]);
    }
    maker->depth--;
}

static void make_list(struct maker *maker, const struct schema_attr *attr, struct value *out)
{
    size_t count = maker->depth >= DEPTH_MAX ? 0 : random_below(maker->random, ITEMS_MAX + 1);

    *out = (struct value){.kind = VALUE_LIST, .count = count};
    out->items = take(maker, count, sizeof *out->items);
    for (size_t i = 0; i < count; i++) {
        if (attr->type == TYPE_ENTITY) {
            make_struct(maker, attr->entity, &out->items[i]);
        } else {
            out->items[i] = some_plain(maker, attr->type);
            if (!maker->is_known && random_chance(maker->random, 10)) {
                out->items[i].kind = VALUE_UNREADABLE;
            }
        }
        out->items[i].maybe_absent = !maker->is_known && random_chance(maker->random, 20);
    }
}

static void make_attr(struct maker *maker, const struct schema_attr *attr, struct value *out)
{
    static const enum value_kind unknowns[] = {VALUE_MISSING, VALUE_UNREADABLE,
                                               VALUE_NOT_SUPPORTED};

    if (!maker->is_known && random_chance(maker->random, 25)) {
        *out = (struct value){.kind = unknowns[random_below(maker->random, 3)]};
    } else if (random_chance(maker->random, 10) ||
               (attr->type == TYPE_ENTITY && maker->depth >= DEPTH_MAX)) {
        *out = (struct value){.kind = VALUE_NONE};
    } else if (attr->is_list) {
        make_list(maker, attr, out);
    } else if (attr->type == TYPE_ENTITY) {
        make_struct(maker, attr->entity, out);
    } else {
        *out = some_plain(maker, attr->type);
    }
}

void value_random(struct arena *arena, struct random *random, const struct schema_entity *entity,
                  struct value *out)
{
    struct maker maker = {.arena = arena, .random = random};

    make_struct(&maker, entity, out);
}

/* ---- refinement ----------------------------------------------------------------------------- */

static void refine(struct maker *maker, const struct value *value, const struct schema_attr *attr,
                   bool whole, struct value *out)
{
    bool decides = whole || random_chance(maker->random, 50);

    *out = *value;
    out->maybe_absent = value->maybe_absent && !decides;
    if (value_is_unknown(value)) {
        if (decides) {
            make_attr(maker, attr, out);
        }
        return;
    }
    if (value->kind != VALUE_LIST && (value->kind != VALUE_STRUCT || value->names != NULL)) {
        return;
    }
    out->items = take(maker, value->count, sizeof *out->items);
    out->count = 0;
    for (size_t i = 0; i < value->count; i++) {
        const struct value *item = &value->items[i];
        struct schema_attr of = value->kind == VALUE_LIST ? *attr : value->entity->attrs[i];
        if (item->maybe_absent && decides && random_chance(maker->random, 50)) {
            continue;
        }
        of.is_list = of.is_list && value->kind != VALUE_LIST; /* an element is no list */
        refine(maker, item, &of, whole, &out->items[out->count]);
        if (item->maybe_absent) {
            out->items[out->count].maybe_absent = !decides;
        }
        out->count++;
    }
}

void value_refine(struct arena *arena, struct random *random, const struct value *value, bool whole,
                  struct value *out)
{
    struct maker maker = {.arena = arena, .random = random, .is_known = true};
    struct schema_attr attr = {.type = TYPE_ENTITY, .entity = value->entity};

    refine(&maker, value, &attr, whole, out);
}

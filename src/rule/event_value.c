#include "rule/event_value.h"

#include "base/instant.h"

enum { OPEN_NAMES_MAX = 2048, OPEN_DEPTH_MAX = 16, PATH_SIZE_MAX = 512 };

struct builder {
    struct arena *arena;
    const struct event *event;
};

static bool struct_value(const struct builder *builder, const struct event_node *node,
                         const struct schema_entity *entity, struct value *out);

static const struct event_node *member_of(const struct event *event,
                                          const struct event_node *object, struct str name)
{
    const struct event_node *nodes = event->nodes;

    for (uint32_t i = (uint32_t)(object - nodes) + 1; i < object->end; i = nodes[i].end) {
        if (!nodes[i].is_shadowed && str_eq(nodes[i].key, name)) {
            return &nodes[i];
        }
    }
    return NULL;
}

/* An object's or array's text form, for texts of open structs. */
static bool text_copy(const struct builder *builder, const struct event_node *node, struct str *out)
{
    struct buf scratch;
    bool ok = false;

    buf_init(&scratch, EVENT_SIZE_MAX * 2);
    ok = arena_str(builder->arena, event_node_text(builder->event, node, &scratch), out);
    buf_release(&scratch);
    return ok;
}

static void scalar_value(const struct event_node *node, enum rule_type type, struct value *out)
{
    int64_t number = 0;

    *out = (struct value){.kind = VALUE_UNREADABLE, .string = node->text};
    out->found = node->kind == EVENT_STRING   ? VALUE_STRING
                 : node->kind == EVENT_NUMBER ? VALUE_NUMBER
                 : node->text.n > 0           ? VALUE_BOOL
                                              : VALUE_MISSING;
    out->boolean = node->kind == EVENT_TRUE;
    if (node->kind == EVENT_OBJECT || node->kind == EVENT_ARRAY) {
        return;
    }
    switch (type) {
    case TYPE_STRING:
    case TYPE_IP:
        out->kind = type == TYPE_IP ? VALUE_IP : VALUE_STRING;
        return;
    case TYPE_BOOL: /* some services write booleans as texts */
        if (str_eq_nocase(node->text, STR("true")) || str_eq_nocase(node->text, STR("false"))) {
            *out = (struct value){.kind = VALUE_BOOL,
                                  .boolean = str_eq_nocase(node->text, STR("true"))};
        }
        return;
    case TYPE_NUMBER:
        if (str_to_i64(node->text, &number)) {
            *out = (struct value){.kind = VALUE_NUMBER, .number = number};
        }
        return;
    case TYPE_TIME:
        if (instant_parse(node->text, &number)) {
            *out = (struct value){.kind = VALUE_TIME, .number = number};
        }
        return;
    case TYPE_DURATION:
    case TYPE_ENTITY:
        return;
    }
}

static bool one_value(const struct builder *builder, const struct event_node *node,
                      enum rule_type type, const struct schema_entity *entity, struct value *out)
{
    if (node->kind == EVENT_NULL) {
        *out = (struct value){.kind = VALUE_NONE};
        return true;
    }
    if (type == TYPE_ENTITY && node->kind == EVENT_OBJECT) {
        return struct_value(builder, node, entity, out);
    }
    scalar_value(node, type, out);
    return true;
}

/* A value that stands alone is a list of one. */
static bool list_value(const struct builder *builder, const struct event_node *node,
                       const struct schema_attr *attr, struct value *out)
{
    const struct event_node *nodes = builder->event->nodes;
    uint32_t begin = (uint32_t)(node - nodes);
    bool is_array = node->kind == EVENT_ARRAY;
    size_t count = is_array ? 0 : 1;

    for (uint32_t i = begin + 1; is_array && i < node->end; i = nodes[i].end) {
        count++;
    }
    *out = (struct value){.kind = VALUE_LIST};
    out->items = arena_array(builder->arena, count, sizeof *out->items);
    if (out->items == NULL) {
        return false;
    }
    for (uint32_t i = is_array ? begin + 1 : begin; out->count < count; i = nodes[i].end) {
        if (!one_value(builder, &nodes[i], attr->type, attr->entity, &out->items[out->count++])) {
            return false;
        }
    }
    return true;
}

/* ---- open structs: every path below, as text ------------------------------------------------- */

struct opener {
    const struct builder *builder;
    struct value *values; /* lists of texts */
    struct str *names;
    size_t count;
    char path[PATH_SIZE_MAX];
    bool overflowed;
};

static bool open_add(struct opener *opener, size_t path_size, const struct event_node *node)
{
    struct arena *arena = opener->builder->arena;
    struct str path = {opener->path, path_size};
    struct value *list = NULL, *items = NULL;

    for (size_t i = 0; i < opener->count && list == NULL; i++) {
        list = str_eq(opener->names[i], path) ? &opener->values[i] : NULL;
    }
    if (list == NULL) {
        if (opener->count == OPEN_NAMES_MAX) {
            opener->overflowed = true;
            return true;
        }
        if (!arena_str(arena, path, &opener->names[opener->count])) {
            return false;
        }
        list = &opener->values[opener->count++];
        *list = (struct value){.kind = VALUE_LIST};
    }
    /* Room grows where the count reaches a power of two. */
    if ((list->count & (list->count - 1)) == 0) {
        items = arena_array(arena, list->count == 0 ? 1 : list->count * 2, sizeof *items);
        if (items == NULL) {
            return false;
        }
        for (size_t i = 0; i < list->count; i++) {
            items[i] = list->items[i];
        }
        list->items = items;
    }
    list->items[list->count].kind = VALUE_STRING;
    return text_copy(opener->builder, node, &list->items[list->count++].string);
}

static bool open_walk(struct opener *opener, const struct event_node *node, size_t path_size,
                      unsigned depth)
{
    const struct event_node *nodes = opener->builder->event->nodes;

    if (node->kind == EVENT_NULL || node->is_shadowed) {
        return true;
    }
    if (node->kind != EVENT_ARRAY && path_size > 0 && !open_add(opener, path_size, node)) {
        return false;
    }
    if (node->kind != EVENT_ARRAY && node->kind != EVENT_OBJECT) {
        return true;
    }
    for (uint32_t i = (uint32_t)(node - nodes) + 1; i < node->end; i = nodes[i].end) {
        size_t size = path_size, dot = path_size > 0 ? 1 : 0;
        if (node->kind == EVENT_OBJECT) {
            if (depth == OPEN_DEPTH_MAX || nodes[i].key.n + size + dot > PATH_SIZE_MAX) {
                opener->overflowed = true;
                continue;
            }
            if (dot > 0) {
                opener->path[size++] = '.';
            }
            for (size_t j = 0; j < nodes[i].key.n; j++) {
                opener->path[size++] = nodes[i].key.p[j];
            }
        }
        if (!open_walk(opener, &nodes[i], size, depth + (node->kind == EVENT_OBJECT ? 1 : 0))) {
            return false;
        }
    }
    return true;
}

static bool open_value(const struct builder *builder, const struct event_node *node,
                       const struct schema_entity *entity, struct value *out)
{
    struct opener opener = {.builder = builder};

    opener.values = arena_array(builder->arena, OPEN_NAMES_MAX, sizeof *opener.values);
    opener.names = arena_array(builder->arena, OPEN_NAMES_MAX, sizeof *opener.names);
    if (opener.values == NULL || opener.names == NULL || !open_walk(&opener, node, 0, 0)) {
        return false;
    }
    /* What is beyond the limits might be what a rule asks for. */
    *out = (struct value){.kind = VALUE_STRUCT,
                          .entity = entity,
                          .items = opener.values,
                          .names = opener.names,
                          .count = opener.count};
    if (opener.overflowed) {
        out->kind = VALUE_UNREADABLE;
    }
    return true;
}

static bool struct_value(const struct builder *builder, const struct event_node *node,
                         const struct schema_entity *entity, struct value *out)
{
    if (entity->is_open) {
        return open_value(builder, node, entity, out);
    }
    *out = (struct value){.kind = VALUE_STRUCT, .entity = entity, .count = entity->attr_count};
    out->items = arena_array(builder->arena, entity->attr_count, sizeof *out->items);
    if (out->items == NULL) {
        return false;
    }
    for (size_t i = 0; i < entity->attr_count; i++) {
        const struct schema_attr *attr = &entity->attrs[i];
        const struct event_node *member = member_of(builder->event, node, attr->name);
        if (member == NULL || member->kind == EVENT_NULL) {
            out->items[i] = (struct value){.kind = VALUE_NONE};
        } else if (attr->is_list
                       ? !list_value(builder, member, attr, &out->items[i])
                       : !one_value(builder, member, attr->type, attr->entity, &out->items[i])) {
            return false;
        }
    }
    return true;
}

bool value_from_event(struct arena *arena, const struct event *event,
                      const struct schema_entity *entity, struct value *out)
{
    struct builder builder = {arena, event};

    return struct_value(&builder, &event->nodes[0], entity, out);
}

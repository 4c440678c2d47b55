#include "rule/value.h"

#include "base/instant.h"
#include "codec/json.h"

struct builder {
    struct arena *arena;
    struct json_reader reader;
    struct str json;
    struct err *err;
    unsigned depth;
};

enum { DEPTH_MAX = 32, LIST_MAX = 100000 };

static bool build(struct builder *builder, const struct json_token *token, enum rule_type type,
                  bool is_list, const struct schema_entity *entity, struct value *out);

static bool fail_token(struct builder *builder, const struct json_token *token, const char *text)
{
    if (builder->err->kind == ERR_NONE) {
        (void)err_set(builder->err, ERR_INPUT, "%s", text);
        err_place(builder->err, (struct str){0}, 1, (uint64_t)token->offset + 1);
    }
    return false;
}

static bool next(struct builder *builder, struct json_token *token)
{
    return json_next(&builder->reader, token, builder->err);
}

static void time_from_word(struct str word, struct value *out)
{
    *out = (struct value){.kind = VALUE_TIME, .found = VALUE_STRING, .string = word};
    if (instant_parse_human(word, &out->number)) {
        return;
    }
    out->kind = str_eq_nocase(word, STR("no_information")) || str_eq_nocase(word, STR("never"))
                    ? VALUE_NEVER
                : str_eq_nocase(word, STR("N/A"))           ? VALUE_NONE
                : str_eq_nocase(word, STR("not_supported")) ? VALUE_NOT_SUPPORTED
                                                            : VALUE_UNREADABLE;
}

static void word_value(enum rule_type type, struct str word, struct value *out)
{
    *out = (struct value){.kind = VALUE_STRING, .found = VALUE_STRING, .string = word};
    if (type == TYPE_STRING) {
        return;
    }
    if (type == TYPE_IP) {
        out->kind = VALUE_IP;
    } else if (type == TYPE_TIME) {
        time_from_word(word, out);
    } else if (type == TYPE_BOOL && str_eq_nocase(word, STR("true"))) {
        *out = (struct value){.kind = VALUE_BOOL, .boolean = true};
    } else if (type == TYPE_BOOL && str_eq_nocase(word, STR("false"))) {
        *out = (struct value){.kind = VALUE_BOOL};
    } else {
        out->kind =
            str_eq_nocase(word, STR("not_supported")) ? VALUE_NOT_SUPPORTED : VALUE_UNREADABLE;
    }
}

static bool number_value(struct builder *builder, const struct json_token *token,
                         enum rule_type type, struct value *out)
{
    *out = (struct value){.kind = VALUE_NUMBER, .found = VALUE_NUMBER, .string = token->text};
    if (!str_to_i64(token->text, &out->number)) {
        return fail_token(builder, token, "only whole numbers of 64 bits are read");
    }
    if (type == TYPE_TIME) {
        out->kind = out->number == 0 ? VALUE_NEVER : VALUE_TIME;
    } else if (type != TYPE_NUMBER) {
        out->kind = VALUE_UNREADABLE;
    }
    return true;
}

/* A struct whose members are all missing, until they are read. */
static bool struct_new(struct builder *builder, const struct schema_entity *entity,
                       struct value *out)
{
    *out = (struct value){.kind = VALUE_STRUCT, .entity = entity, .count = entity->attr_count};
    out->items = arena_array(builder->arena, entity->attr_count, sizeof *out->items);
    return out->items != NULL ||
           err_set(builder->err, ERR_INPUT, "the entity is larger than this command takes");
}

static bool build_open(struct builder *builder, const struct schema_entity *entity,
                       struct value *out)
{
    enum { COLUMNS_MAX = 256 };
    struct json_token token;
    struct str *names = arena_array(builder->arena, COLUMNS_MAX, sizeof *names);

    *out = (struct value){.kind = VALUE_STRUCT, .entity = entity};
    out->items = arena_array(builder->arena, COLUMNS_MAX, sizeof *out->items);
    out->names = names;
    if (names == NULL || out->items == NULL) {
        return err_set(builder->err, ERR_INPUT, "the entity is larger than this command takes");
    }
    for (;;) {
        if (!next(builder, &token)) {
            return false;
        }
        if (token.kind == JSON_OBJECT_END) {
            return true;
        }
        if (out->count == COLUMNS_MAX) {
            return fail_token(builder, &token, "too many columns");
        }
        if (!json_unescape(builder->arena, &token, &names[out->count]) || !next(builder, &token) ||
            !build(builder, &token, TYPE_STRING, false, NULL, &out->items[out->count])) {
            return false;
        }
        if (str_eq(out->items[out->count].string, STR("N/A"))) {
            out->items[out->count].kind = VALUE_NONE;
        }
        out->count++;
    }
}

/* The report's word N/A means here what it means there: no text; of the last use of a key that
 * exists, never. What is collected by calls says it the same way. */
static void as_in_report(const struct schema_attr *attr, struct value *value)
{
    if (attr->binding != BIND_COLUMN && attr->binding != BIND_NONE) {
        return;
    }
    if (attr->none_is_never && value->kind == VALUE_NONE) {
        value->kind = VALUE_NEVER;
    }
    if (value->kind == VALUE_STRING && str_eq(value->string, STR("N/A"))) {
        value->kind = VALUE_NONE;
    }
}

static bool build_struct(struct builder *builder, const struct schema_entity *entity,
                         struct value *out)
{
    struct json_token token, key;

    if (entity->is_open) {
        return build_open(builder, entity, out);
    }
    if (!struct_new(builder, entity, out)) {
        return false;
    }
    for (;;) {
        struct str name;
        if (!next(builder, &key)) {
            return false;
        }
        if (key.kind == JSON_OBJECT_END) {
            return true;
        }
        if (!json_unescape(builder->arena, &key, &name)) {
            return err_set(builder->err, ERR_INPUT, "the entity is larger than this command takes");
        }
        const struct schema_attr *attr = schema_attr_find(entity, name);
        if (attr == NULL) {
            struct str near = schema_attr_nearest(entity, name);
            (void)err_set(builder->err, ERR_INPUT, "%.*s has no attribute '%.*s'",
                          STR_ARG(entity->name), STR_ARG(name));
            err_place(builder->err, (struct str){0}, 1, (uint64_t)key.offset + 1);
            if (near.n > 0) {
                err_hint(builder->err, "did you mean '%.*s'?", STR_ARG(near));
            }
            return false;
        }
        struct value *value = &out->items[attr - entity->attrs];
        if (!next(builder, &token) ||
            !build(builder, &token, attr->type, attr->is_list, attr->entity, value)) {
            return false;
        }
        as_in_report(attr, value);
    }
}

static bool build_list(struct builder *builder, enum rule_type type,
                       const struct schema_entity *entity, struct value *out)
{
    size_t capacity = 0;
    struct json_token token;

    *out = (struct value){.kind = VALUE_LIST};
    for (;;) {
        if (!next(builder, &token)) {
            return false;
        }
        if (token.kind == JSON_ARRAY_END) {
            return true;
        }
        if (out->count == capacity) {
            size_t grown = capacity == 0 ? 4 : capacity * 2;
            struct value *items =
                grown > LIST_MAX ? NULL : arena_array(builder->arena, grown, sizeof *items);
            if (items == NULL) {
                return fail_token(builder, &token, "this list is too long");
            }
            for (size_t i = 0; i < out->count; i++) {
                items[i] = out->items[i];
            }
            out->items = items;
            capacity = grown;
        }
        if (!build(builder, &token, type, false, entity, &out->items[out->count])) {
            return false;
        }
        out->count++;
    }
}

/* {"value": "x"} where a plain string is wanted: the published shape of policy elements. */
static bool build_wrapped(struct builder *builder, enum rule_type type, struct value *out)
{
    struct json_token token;

    *out = (struct value){.kind = VALUE_MISSING};
    for (;;) {
        struct str name;
        if (!next(builder, &token)) {
            return false;
        }
        if (token.kind == JSON_OBJECT_END) {
            return true;
        }
        if (!json_unescape(builder->arena, &token, &name) || !str_eq_nocase(name, STR("value"))) {
            return fail_token(builder, &token, "a plain value is wanted here, not an object");
        }
        if (!next(builder, &token) || !build(builder, &token, type, false, NULL, out)) {
            return false;
        }
    }
}

static bool build_container(struct builder *builder, const struct json_token *token,
                            enum rule_type type, bool is_list, const struct schema_entity *entity,
                            struct value *out)
{
    bool ok = false;

    if (builder->depth == DEPTH_MAX) {
        return fail_token(builder, token, "the entity is nested too deeply");
    }
    builder->depth++;
    if (token->kind == JSON_ARRAY_BEGIN) {
        ok = is_list ? build_list(builder, type, entity, out)
                     : fail_token(builder, token, "a single value is wanted here, not a list");
    } else if (is_list) {
        ok = fail_token(builder, token, "a list is wanted here, not an object");
    } else if (type != TYPE_ENTITY) {
        ok = build_wrapped(builder, type, out);
    } else {
        ok = build_struct(builder, entity, out);
    }
    builder->depth--;
    return ok;
}

static bool build(struct builder *builder, const struct json_token *token, enum rule_type type,
                  bool is_list, const struct schema_entity *entity, struct value *out)
{
    struct str word;

    switch (token->kind) {
    case JSON_NULL:
        *out = (struct value){.kind = VALUE_MISSING};
        return true;
    case JSON_OBJECT_BEGIN:
    case JSON_ARRAY_BEGIN:
        return build_container(builder, token, type, is_list, entity, out);
    case JSON_TRUE:
    case JSON_FALSE:
        *out = (struct value){
            .kind = type == TYPE_BOOL && !is_list ? VALUE_BOOL : VALUE_UNREADABLE,
            .found = VALUE_BOOL,
            .boolean = token->kind == JSON_TRUE,
        };
        return true;
    case JSON_NUMBER:
        return number_value(builder, token, is_list ? TYPE_STRING : type, out);
    case JSON_STRING:
        if (!json_unescape(builder->arena, token, &word)) {
            return err_set(builder->err, ERR_INPUT, "the entity is larger than this command takes");
        }
        if (is_list && type == TYPE_STRING) { /* "Action": "s3:*" for "Action": ["s3:*"] */
            struct value *item = arena_alloc(builder->arena, sizeof *item);
            if (item == NULL) {
                return err_set(builder->err, ERR_INPUT,
                               "the entity is larger than this command takes");
            }
            word_value(type, word, item);
            *out = (struct value){.kind = VALUE_LIST, .items = item, .count = 1};
            return true;
        }
        word_value(type, word, out);
        if ((is_list || type == TYPE_ENTITY) && out->kind != VALUE_NOT_SUPPORTED) {
            out->kind = VALUE_UNREADABLE;
        }
        return true;
    case JSON_END:
    case JSON_OBJECT_END:
    case JSON_ARRAY_END:
    case JSON_KEY:
        return fail_token(builder, token, "a value is wanted here");
    }
    return false;
}

bool value_from_json(struct arena *arena, struct str json, const struct schema_entity *entity,
                     struct value *out, struct err *err)
{
    struct builder builder = {.arena = arena, .json = json, .err = err};
    struct json_token token;
    struct value value;

    json_init(&builder.reader, json);
    if (!next(&builder, &token)) {
        return false;
    }
    if (token.kind != JSON_OBJECT_BEGIN) {
        return fail_token(&builder, &token, "an entity is a JSON object");
    }
    if (!build(&builder, &token, TYPE_ENTITY, false, entity, &value) || !next(&builder, &token)) {
        return false;
    }
    *out = value;
    return true;
}

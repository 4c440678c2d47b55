#include "codec/yaml.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

enum { DEPTH_MAX = 32, NODE_COUNT_MAX = 200000, SOURCE_SIZE_MAX = 8 << 20 };

/* libyaml counts characters; places in the source are bytes. Marks of one kind (begins, ends) never
 * go back, so that one pass over the text translates them all. */
struct cursor {
    size_t index; /* in characters, as libyaml counts */
    size_t at;    /* the same place in bytes */
    size_t line_begin;
    uint32_t line; /* lines as editors count them; for libyaml, U+2028 begins one too */
};

struct level {
    struct yaml_node *node;
    struct yaml_node **link; /* where the next child goes */
    struct yaml_node *key;   /* of a mapping: read, its value is not */
};

struct reader {
    struct arena *arena;
    struct str source;
    size_t begin; /* behind a byte order mark */
    struct cursor begins, ends;
    struct level levels[DEPTH_MAX];
    size_t depth, node_count;
    struct yaml_node *root;
    struct yaml_node *last; /* document so far */
    bool takes_many, is_over;
};

static struct cursor cursor_first(const struct reader *reader)
{
    return (struct cursor){.at = reader->begin, .line_begin = reader->begin, .line = 1};
}

/* Over one character. */
static void cursor_step(struct cursor *cursor, struct str source)
{
    char c = source.p[cursor->at];

    do {
        cursor->at++;
    } while (cursor->at < source.n && ((unsigned char)source.p[cursor->at] & 0xC0) == 0x80);
    cursor->index++;
    if (c == '\n' || (c == '\r' && (cursor->at == source.n || source.p[cursor->at] != '\n'))) {
        cursor->line++;
        cursor->line_begin = cursor->at;
    }
}

static void cursor_move(const struct reader *reader, struct cursor *cursor, size_t index)
{
    if (index < cursor->index) {
        *cursor = cursor_first(reader);
    }
    while (cursor->index < index && cursor->at < reader->source.n) {
        cursor_step(cursor, reader->source);
    }
}

static uint32_t cursor_col(const struct cursor *cursor)
{
    return (uint32_t)(cursor->at - cursor->line_begin) + 1;
}

static bool fail(const struct cursor *cursor, const char *what, struct err *err)
{
    (void)err_set(err, ERR_INPUT, "YAML: %s", what);
    err_place(err, (struct str){0}, cursor->line, cursor_col(cursor));
    return false;
}

static bool fail_at(const struct reader *reader, const yaml_mark_t *mark, const char *what,
                    struct err *err)
{
    struct cursor cursor = cursor_first(reader);

    cursor_move(reader, &cursor, mark->index);
    return fail(&cursor, what, err);
}

static bool fail_parser(const struct reader *reader, const yaml_parser_t *parser, struct err *err)
{
    const char *problem = parser->problem == NULL ? "cannot be read" : parser->problem;
    struct cursor cursor = cursor_first(reader);

    if (parser->error == YAML_MEMORY_ERROR) {
        abort(); /* as every allocation of ours does */
    }
    if (parser->error != YAML_READER_ERROR) {
        return fail_at(reader, &parser->problem_mark, problem, err);
    }
    /* Of a byte that is no text libyaml knows the offset only. */
    while (cursor.at < reader->source.n && cursor.at < reader->begin + parser->problem_offset) {
        cursor_step(&cursor, reader->source);
    }
    return fail(&cursor, problem, err);
}

static struct yaml_node *node_new(struct reader *reader, const yaml_event_t *event,
                                  enum yaml_kind kind, struct err *err)
{
    struct yaml_node *node = NULL;

    if (reader->node_count == NODE_COUNT_MAX) {
        (void)fail_at(reader, &event->start_mark, "too many values in one file", err);
        return NULL;
    }
    node = arena_alloc(reader->arena, sizeof *node);
    if (node == NULL) {
        (void)fail_at(reader, &event->start_mark, "too large", err);
        return NULL;
    }
    reader->node_count++;
    cursor_move(reader, &reader->begins, event->start_mark.index);
    cursor_move(reader, &reader->ends, event->end_mark.index);
    node->kind = kind;
    node->line = reader->begins.line;
    node->col = cursor_col(&reader->begins);
    node->begin = reader->begins.at;
    node->end = reader->ends.at;
    return node;
}

/* Puts a node where it belongs: the root, an item, a key, or the value of the key before it. */
static bool node_add(struct reader *reader, struct yaml_node *node, const yaml_event_t *event,
                     struct err *err)
{
    struct level *level = NULL;

    if (reader->depth == 0) {
        *(reader->root == NULL ? &reader->root : &reader->last->next) = node;
        reader->last = node;
        return true;
    }
    level = &reader->levels[reader->depth - 1];
    if (level->node->kind == YAML_MAPPING && level->key == NULL) {
        if (node->kind != YAML_SCALAR) {
            return fail_at(reader, &event->start_mark, "a key must be plain text", err);
        }
        level->key = node;
        return true;
    }
    node->key = level->key;
    level->key = NULL;
    *level->link = node;
    level->link = &node->next;
    level->node->count++;
    return true;
}

static bool add_scalar(struct reader *reader, const yaml_event_t *event, struct err *err)
{
    const char *text = (const char *)event->data.scalar.value;
    yaml_scalar_style_t style = event->data.scalar.style;
    struct yaml_node *node = NULL;

    if (event->data.scalar.anchor != NULL) {
        return fail_at(reader, &event->start_mark, "anchors are not allowed", err);
    }
    if (event->data.scalar.tag != NULL) {
        return fail_at(reader, &event->start_mark, "tags are not allowed", err);
    }
    node = node_new(reader, event, YAML_SCALAR, err);
    if (node == NULL) {
        return false;
    }
    node->is_plain = style == YAML_PLAIN_SCALAR_STYLE;
    node->is_block = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
    if (!arena_str(reader->arena, (struct str){text, event->data.scalar.length}, &node->text)) {
        return fail_at(reader, &event->start_mark, "too large", err);
    }
    return node_add(reader, node, event, err);
}

static bool open_level(struct reader *reader, const yaml_event_t *event, struct err *err)
{
    bool is_mapping = event->type == YAML_MAPPING_START_EVENT;
    const yaml_char_t *anchor =
        is_mapping ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    const yaml_char_t *tag =
        is_mapping ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    struct yaml_node *node = NULL;

    if (anchor != NULL) {
        return fail_at(reader, &event->start_mark, "anchors are not allowed", err);
    }
    if (tag != NULL) {
        return fail_at(reader, &event->start_mark, "tags are not allowed", err);
    }
    if (reader->depth == DEPTH_MAX) {
        return fail_at(reader, &event->start_mark, "nested too deeply", err);
    }
    node = node_new(reader, event, is_mapping ? YAML_MAPPING : YAML_SEQUENCE, err);
    if (node == NULL || !node_add(reader, node, event, err)) {
        return false;
    }
    reader->levels[reader->depth++] = (struct level){.node = node, .link = &node->first};
    return true;
}

static int key_compare(const void *a, const void *b)
{
    const struct yaml_node *x = *(struct yaml_node *const *)a, *y = *(struct yaml_node *const *)b;
    int order = str_cmp(x->text, y->text);

    return order != 0 ? order : (x->begin > y->begin) - (x->begin < y->begin);
}

/* Sorting finds a repeated key in any number of them; files people did not write have many. */
static bool keys_differ(const struct yaml_node *mapping, struct err *err)
{
    struct yaml_node **keys = mem_array(mapping->count, sizeof(struct yaml_node *));
    const struct yaml_node *repeated = NULL;
    size_t count = 0;

    for (const struct yaml_node *value = mapping->first; value != NULL; value = value->next) {
        keys[count++] = value->key;
    }
    if (count > 1) {
        qsort(keys, count, sizeof(struct yaml_node *), key_compare);
    }
    for (size_t i = 1; i < count; i++) {
        if (str_eq(keys[i - 1]->text, keys[i]->text) &&
            (repeated == NULL || keys[i]->begin < repeated->begin)) {
            repeated = keys[i];
        }
    }
    mem_free(keys);
    if (repeated != NULL) {
        (void)err_set(err, ERR_INPUT, "YAML: the key '%.*s' is there twice",
                      STR_ARG(str_sub(repeated->text, 0, 100)));
        err_place(err, (struct str){0}, repeated->line, repeated->col);
    }
    return repeated == NULL;
}

static bool close_level(struct reader *reader, const yaml_event_t *event, struct err *err)
{
    struct yaml_node *node = reader->levels[--reader->depth].node;
    struct yaml_node *last = NULL;

    assert(node != NULL); /* libyaml closes only what it opened */
    last = node->first;

    if (event->end_mark.index > event->start_mark.index) {
        cursor_move(reader, &reader->ends, event->end_mark.index); /* a bracket */
        node->end = reader->ends.at;
    } else if (last != NULL) {
        /* libyaml marks a block's end where the next thing begins; ours is its last value's. */
        node->end = reader->ends.at;
    }
    return node->kind != YAML_MAPPING || keys_differ(node, err);
}

static bool take_event(struct reader *reader, const yaml_event_t *event, struct err *err)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return reader->root == NULL || reader->takes_many ||
               fail_at(reader, &event->start_mark, "a second document begins", err);
    case YAML_STREAM_END_EVENT:
        reader->is_over = true;
        return reader->root != NULL ||
               fail_at(reader, &event->start_mark, "there is nothing in it", err);
    case YAML_ALIAS_EVENT:
        return fail_at(reader, &event->start_mark, "aliases are not allowed", err);
    case YAML_SCALAR_EVENT:
        return add_scalar(reader, event, err);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return open_level(reader, event, err);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_level(reader, event, err);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    }
    return true;
}

static bool parse(struct arena *arena, struct str source, bool takes_many,
                  const struct yaml_node **out, struct err *err)
{
    struct reader reader = {.arena = arena, .source = source, .takes_many = takes_many};
    yaml_parser_t parser;
    bool ok = true;

    if (source.n > SOURCE_SIZE_MAX) {
        return err_set(err, ERR_INPUT, "YAML: larger than %d bytes", SOURCE_SIZE_MAX);
    }
    if (!yaml_parser_initialize(&parser)) {
        abort(); /* as every allocation of ours does */
    }
    reader.begin = str_starts(source, STR("\xEF\xBB\xBF")) ? 3 : 0;
    reader.begins = cursor_first(&reader);
    reader.ends = reader.begins;
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    source = source.n == 0 ? STR("") : str_sub(source, reader.begin, source.n);
    yaml_parser_set_input_string(&parser, (const unsigned char *)source.p, source.n);
    while (ok && !reader.is_over) {
        yaml_event_t event;
        if (yaml_parser_parse(&parser, &event)) {
            ok = take_event(&reader, &event, err);
            yaml_event_delete(&event);
        } else {
            ok = fail_parser(&reader, &parser, err);
        }
    }
    yaml_parser_delete(&parser);
    if (ok) {
        *out = reader.root;
    }
    return ok;
}

bool yaml_parse(struct arena *arena, struct str source, const struct yaml_node **out,
                struct err *err)
{
    return parse(arena, source, false, out, err);
}

bool yaml_parse_all(struct arena *arena, struct str source, const struct yaml_node **first,
                    struct err *err)
{
    return parse(arena, source, true, first, err);
}

const struct yaml_node *yaml_get(const struct yaml_node *mapping, struct str key)
{
    if (mapping == NULL || mapping->kind != YAML_MAPPING) {
        return NULL;
    }
    for (const struct yaml_node *value = mapping->first; value != NULL; value = value->next) {
        if (str_eq(value->key->text, key)) {
            return value;
        }
    }
    return NULL;
}

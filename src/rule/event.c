#include "rule/event.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "codec/json.h"

enum { NODE_COUNT_FIRST = 256, PAIRWISE_MAX = 24, NUMBER_SIZE_MAX = 400 };

void event_init(struct event *event)
{
    *event = (struct event){0};
    arena_init(&event->arena, EVENT_SIZE_MAX);
}

void event_release(struct event *event)
{
    mem_free(event->nodes);
    mem_free(event->sorted);
    arena_release(&event->arena);
    *event = (struct event){0};
}

/* ---- names that stand twice ----------------------------------------------------------------- */

/* Members by name, and of the same name in the order of the text. */
static bool stands_before(const struct event *event, uint32_t a, uint32_t b)
{
    int order = str_cmp(event->nodes[a].key, event->nodes[b].key);

    return order != 0 ? order < 0 : a < b;
}

static void sift_down(const struct event *event, uint32_t *heap, uint32_t at, uint32_t count)
{
    for (uint32_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && stands_before(event, heap[child], heap[child + 1])) {
            child++;
        }
        if (!stands_before(event, heap[at], heap[child])) {
            return;
        }
        uint32_t moved = heap[at];
        heap[at] = heap[child];
        heap[child] = moved;
        at = child;
    }
}

/* In place and without a worst case: the members are somebody else's input. */
static void heap_sort(const struct event *event, uint32_t *heap, uint32_t count)
{
    for (uint32_t i = count / 2; i > 0; i--) {
        sift_down(event, heap, i - 1, count);
    }
    for (uint32_t last = count; last > 1; last--) {
        uint32_t moved = heap[0];
        heap[0] = heap[last - 1];
        heap[last - 1] = moved;
        sift_down(event, heap, 0, last - 1);
    }
}

static void shadow_many(struct event *event, uint32_t object, uint32_t count)
{
    uint32_t used = 0;

    if (event->sorted_capacity < count) {
        event->sorted = mem_resize(event->sorted, count * sizeof *event->sorted);
        event->sorted_capacity = count;
    }
    for (uint32_t i = object + 1; i < event->nodes[object].end; i = event->nodes[i].end) {
        event->sorted[used++] = i;
    }
    heap_sort(event, event->sorted, used);
    for (uint32_t i = 1; i < used; i++) {
        struct event_node *earlier = &event->nodes[event->sorted[i - 1]];
        earlier->is_shadowed = str_eq(earlier->key, event->nodes[event->sorted[i]].key);
    }
}

/* Most objects have a handful of members; comparing each with each needs no scratch. */
static void shadow_members(struct event *event, uint32_t object, uint32_t count)
{
    struct event_node *nodes = event->nodes;

    if (count > PAIRWISE_MAX) {
        shadow_many(event, object, count);
        return;
    }
    for (uint32_t i = object + 1; i < nodes[object].end; i = nodes[i].end) {
        for (uint32_t j = nodes[i].end; j < nodes[object].end; j = nodes[j].end) {
            nodes[i].is_shadowed = nodes[i].is_shadowed || str_eq(nodes[i].key, nodes[j].key);
        }
    }
}

/* ---- parsing -------------------------------------------------------------------------------- */

struct parser {
    struct event *event;
    struct json_reader reader;
    struct str key; /* of the value that comes next */
    uint32_t open[JSON_DEPTH_MAX], counts[JSON_DEPTH_MAX];
    uint32_t depth;
    struct err *err;
};

static bool too_large(struct err *err)
{
    return err_set(err, ERR_INPUT, "the event has more than %d values or %d MiB",
                   EVENT_NODE_COUNT_MAX, EVENT_SIZE_MAX >> 20);
}

static struct event_node *node_add(struct parser *parser, enum event_kind kind)
{
    struct event *event = parser->event;
    struct event_node *node = NULL;

    if (event->count == EVENT_NODE_COUNT_MAX) {
        (void)too_large(parser->err);
        return NULL;
    }
    if (event->count == event->capacity) {
        uint32_t capacity = event->capacity == 0 ? NODE_COUNT_FIRST : event->capacity * 2;
        event->nodes = mem_resize(event->nodes, capacity * sizeof *event->nodes);
        event->capacity = capacity;
    }
    if (parser->depth > 0) {
        parser->counts[parser->depth - 1]++;
    }
    node = &event->nodes[event->count++];
    *node = (struct event_node){.kind = kind, .end = event->count, .key = parser->key};
    parser->key = (struct str){0};
    return node;
}

static bool scalar_add(struct parser *parser, const struct json_token *token)
{
    struct event_node *node = NULL;

    if (token->kind == JSON_STRING) {
        node = node_add(parser, EVENT_STRING);
        return node != NULL &&
               (json_unescape(&parser->event->arena, token, &node->text) || too_large(parser->err));
    }
    if (token->kind == JSON_NUMBER) {
        node = node_add(parser, EVENT_NUMBER);
        if (node != NULL) {
            node->text = token->text;
        }
        return node != NULL;
    }
    if (token->kind == JSON_NULL) {
        return node_add(parser, EVENT_NULL) != NULL;
    }
    node = node_add(parser, token->kind == JSON_TRUE ? EVENT_TRUE : EVENT_FALSE);
    if (node != NULL) {
        node->text = token->kind == JSON_TRUE ? STR("true") : STR("false");
    }
    return node != NULL;
}

static bool take_token(struct parser *parser, const struct json_token *token)
{
    struct event *event = parser->event;
    uint32_t at = event->count;

    switch (token->kind) {
    case JSON_OBJECT_BEGIN:
    case JSON_ARRAY_BEGIN:
        if (node_add(parser, token->kind == JSON_OBJECT_BEGIN ? EVENT_OBJECT : EVENT_ARRAY) ==
            NULL) {
            return false;
        }
        parser->open[parser->depth] = at;
        parser->counts[parser->depth++] = 0;
        return true;
    case JSON_OBJECT_END:
    case JSON_ARRAY_END:
        parser->depth--;
        at = parser->open[parser->depth];
        event->nodes[at].end = event->count;
        if (token->kind == JSON_OBJECT_END && parser->counts[parser->depth] > 1) {
            shadow_members(event, at, parser->counts[parser->depth]);
        }
        return true;
    case JSON_KEY:
        return json_unescape(&event->arena, token, &parser->key) || too_large(parser->err);
    case JSON_STRING:
    case JSON_NUMBER:
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL:
        return scalar_add(parser, token);
    case JSON_END:
        break;
    }
    return true;
}

bool event_parse(struct event *event, struct str json, struct err *err)
{
    struct parser parser = {.event = event, .err = err};
    struct json_token token = {.kind = JSON_NULL};

    event->count = 0;
    arena_reset(&event->arena);
    if (json.n > EVENT_SIZE_MAX) {
        return too_large(err);
    }
    json_init(&parser.reader, json);
    while (token.kind != JSON_END) {
        if (!json_next(&parser.reader, &token, err) || !take_token(&parser, &token)) {
            event->count = 0;
            return false;
        }
    }
    if (event->nodes[0].kind != EVENT_OBJECT) {
        event->count = 0;
        return err_set(err, ERR_INPUT, "an event is a JSON object");
    }
    return true;
}

/* ---- paths ---------------------------------------------------------------------------------- */

bool event_path_parse(struct arena *arena, struct str text, struct event_path *out, struct err *err)
{
    struct event_step steps[EVENT_PATH_STEPS_MAX];
    struct event_step *copy = NULL;
    struct str rest = text, name;
    uint32_t count = 0;
    bool more = true;

    while (more) {
        more = str_cut(&rest, '.', &name);
        if (name.n == 0) {
            return err_set(err, ERR_INPUT, "'%.*s' is no path: a name is missing", STR_ARG(text));
        }
        if (count == EVENT_PATH_STEPS_MAX) {
            return err_set(err, ERR_INPUT, "a path has at most %d names", EVENT_PATH_STEPS_MAX);
        }
        steps[count++] = (struct event_step){.name = name};
    }
    copy = arena_array(arena, count, sizeof *copy);
    if (copy == NULL) {
        return err_set(err, ERR_INPUT, "the rule is too large");
    }
    memcpy(copy, steps, count * sizeof *copy);
    *out = (struct event_path){.text = text, .steps = copy, .step_count = count};
    return true;
}

struct visitor {
    const struct event *event;
    const struct event_path *path;
    event_visit_fn visit;
    void *shared;
    bool is_presence; /* anything that is there counts, arrays as they are */
};

static const struct event_node *member_find(const struct event *event,
                                            const struct event_node *object, struct str name)
{
    const struct event_node *nodes = event->nodes;
    uint32_t at = (uint32_t)(object - nodes);

    for (uint32_t i = at + 1; i < object->end; i = nodes[i].end) {
        if (nodes[i].key.n == name.n && !nodes[i].is_shadowed && str_eq(nodes[i].key, name)) {
            return &nodes[i];
        }
    }
    return NULL;
}

/* Every call goes one level deeper into the record, and those have a limit. */
static bool visit_from(const struct visitor *visitor, const struct event_node *node, uint32_t step)
{
    const struct event_node *nodes = visitor->event->nodes;
    bool is_over = step == visitor->path->step_count;

    if (node->kind == EVENT_ARRAY && !(is_over && visitor->is_presence)) {
        for (uint32_t i = (uint32_t)(node - nodes) + 1; i < node->end; i = nodes[i].end) {
            if (visit_from(visitor, &nodes[i], step)) {
                return true;
            }
        }
        return false;
    }
    if (is_over) {
        return visitor->visit(visitor->shared, visitor->event, node);
    }
    if (node->kind != EVENT_OBJECT) {
        return false;
    }
    node = member_find(visitor->event, node, visitor->path->steps[step].name);
    return node != NULL && visit_from(visitor, node, step + 1);
}

static const struct event_node *element_find(const struct event *event,
                                             const struct event_node *array, uint32_t index)
{
    const struct event_node *nodes = event->nodes;

    for (uint32_t i = (uint32_t)(array - nodes) + 1; i < array->end; i = nodes[i].end) {
        if (index-- == 0) {
            return &nodes[i];
        }
    }
    return NULL;
}

/* The one node a strict path names, or NULL. */
static const struct event_node *strict_find(const struct event *event,
                                            const struct event_path *path)
{
    const struct event_node *node = &event->nodes[0];

    for (uint32_t i = 0; i < path->step_count && node != NULL; i++) {
        const struct event_step *step = &path->steps[i];
        if (step->name.n > 0) {
            node = node->kind == EVENT_OBJECT ? member_find(event, node, step->name) : NULL;
        } else {
            node = node->kind == EVENT_ARRAY ? element_find(event, node, step->index) : NULL;
        }
    }
    return node;
}

bool event_visit(const struct event *event, const struct event_path *path, event_visit_fn visit,
                 void *shared)
{
    struct visitor visitor = {event, path, visit, shared, false};

    if (path->is_strict) {
        const struct event_node *node = strict_find(event, path);
        return node != NULL && visit(shared, event, node);
    }
    return visit_from(&visitor, &event->nodes[0], 0);
}

bool event_visit_all(const struct event *event, event_visit_fn visit, void *shared)
{
    for (uint32_t i = 0; i < event->count;) {
        const struct event_node *node = &event->nodes[i];
        if (node->is_shadowed) {
            i = node->end;
            continue;
        }
        i++;
        if (node->text.p != NULL && node->kind != EVENT_NULL && visit(shared, event, node)) {
            return true;
        }
    }
    return false;
}

static bool visit_any(void *shared, const struct event *event, const struct event_node *node)
{
    (void)shared;
    (void)event;
    (void)node;
    return true;
}

bool event_has(const struct event *event, const struct event_path *path)
{
    struct visitor visitor = {event, path, visit_any, NULL, true};

    return path->is_strict ? strict_find(event, path) != NULL
                           : visit_from(&visitor, &event->nodes[0], 0);
}

struct text_search {
    struct buf *scratch;
    struct str text;
};

static bool visit_text(void *shared, const struct event *event, const struct event_node *node)
{
    struct text_search *search = shared;

    if (node->kind == EVENT_NULL) {
        return false;
    }
    search->text = event_node_text(event, node, search->scratch);
    return true;
}

bool event_text(const struct event *event, const struct event_path *path, struct buf *scratch,
                struct str *out)
{
    struct text_search search = {.scratch = scratch};

    if (!event_visit(event, path, visit_text, &search)) {
        return false;
    }
    *out = search.text;
    return true;
}

/* ---- text ----------------------------------------------------------------------------------- */

static void write_string(struct buf *out, struct str text)
{
    buf_char(out, '"');
    buf_str(out, text);
    buf_char(out, '"');
}

/* As deep as the record at most. */
static void write_node(struct buf *out, const struct event *event, const struct event_node *node)
{
    const struct event_node *nodes = event->nodes;
    bool is_object = node->kind == EVENT_OBJECT, is_first = true;

    if (node->kind == EVENT_STRING) {
        write_string(out, node->text);
        return;
    }
    if (!is_object && node->kind != EVENT_ARRAY) {
        buf_str(out, node->kind == EVENT_NULL ? STR("null") : node->text);
        return;
    }
    buf_char(out, is_object ? '{' : '[');
    for (uint32_t i = (uint32_t)(node - nodes) + 1; i < node->end; i = nodes[i].end) {
        if (nodes[i].is_shadowed) {
            continue;
        }
        buf_str(out, is_first ? STR("") : STR(","));
        is_first = false;
        if (is_object) {
            write_string(out, nodes[i].key);
            buf_char(out, ':');
        }
        write_node(out, event, &nodes[i]);
    }
    buf_char(out, is_object ? '}' : ']');
}

struct str event_node_text(const struct event *event, const struct event_node *node,
                           struct buf *scratch)
{
    if (node->kind != EVENT_OBJECT && node->kind != EVENT_ARRAY) {
        return node->text;
    }
    buf_clear(scratch);
    write_node(scratch, event, node);
    return buf_text(scratch);
}

static bool take_digits(struct str text, size_t *at)
{
    size_t begin = *at;

    while (*at < text.n && text.p[*at] >= '0' && text.p[*at] <= '9') {
        ++*at;
    }
    return *at > begin;
}

/* Shaped like a number: strtod alone would also take "inf", "0x10" and blanks. */
static bool is_number(struct str text)
{
    size_t at = text.n > 0 && text.p[0] == '-' ? 1 : 0;
    bool ok = take_digits(text, &at);

    if (ok && at < text.n && text.p[at] == '.') {
        at++;
        ok = take_digits(text, &at);
    }
    if (ok && at < text.n && (text.p[at] == 'e' || text.p[at] == 'E')) {
        at++;
        at += at < text.n && (text.p[at] == '+' || text.p[at] == '-') ? 1 : 0;
        ok = take_digits(text, &at);
    }
    return ok && at == text.n;
}

bool event_number(struct str text, double *out)
{
    char copy[NUMBER_SIZE_MAX + 1];

    if (text.n == 0 || text.n > NUMBER_SIZE_MAX || !is_number(text)) {
        return false;
    }
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    *out = strtod(copy, NULL);
    return true;
}

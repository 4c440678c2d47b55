#include "codec/tree.h"

#include <assert.h>
#include <expat.h>

#include "base/buf.h"
#include "codec/json.h"

/* ---- What both readers build with ---- */

struct tree_builder {
    struct arena *arena;
    struct tree *open[TREE_DEPTH_MAX + 1]; /* the nodes that are not closed yet */
    struct tree *last[TREE_DEPTH_MAX + 1]; /* their last children */
    struct tree *root;
    uint32_t depth;
    const char *failure; /* what went wrong, NULL while nothing did */
};

static bool builder_fail(struct tree_builder *builder, const char *failure)
{
    if (builder->failure == NULL) {
        builder->failure = failure;
    }
    return false;
}

static bool builder_open(struct tree_builder *builder, struct str name)
{
    struct tree *node = NULL;

    if (builder->depth > TREE_DEPTH_MAX) {
        return builder_fail(builder, "nested too deeply");
    }
    node = arena_alloc(builder->arena, sizeof *node);
    if (node == NULL || !arena_str(builder->arena, name, &node->name)) {
        return builder_fail(builder, "too large");
    }
    if (builder->depth == 0) {
        builder->root = node;
    } else if (builder->last[builder->depth - 1] == NULL) {
        builder->open[builder->depth - 1]->first = node;
    } else {
        builder->last[builder->depth - 1]->next = node;
    }
    if (builder->depth > 0) {
        builder->last[builder->depth - 1] = node;
    }
    builder->open[builder->depth] = node;
    builder->last[builder->depth] = NULL;
    builder->depth++;
    return true;
}

/* Only a leaf has text: blanks between elements are layout. */
static bool builder_close(struct tree_builder *builder, struct str text)
{
    struct tree *node = NULL;

    assert(builder->depth > 0 && builder->depth <= TREE_DEPTH_MAX + 1);
    node = builder->open[--builder->depth];
    if (node->first == NULL && !arena_str(builder->arena, text, &node->text)) {
        return builder_fail(builder, "too large");
    }
    return true;
}

/* ---- XML ---- */

struct xml_reader {
    struct tree_builder builder;
    struct buf characters; /* since the last tag */
    XML_Parser parser;
};

static void xml_stop(struct xml_reader *reader)
{
    (void)XML_StopParser(reader->parser, XML_FALSE);
}

static void XMLCALL xml_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    struct xml_reader *reader = data;

    (void)attributes;
    buf_clear(&reader->characters);
    if (!builder_open(&reader->builder, str_from(name))) {
        xml_stop(reader);
    }
}

static void XMLCALL xml_end(void *data, const XML_Char *name)
{
    struct xml_reader *reader = data;

    (void)name;
    if (reader->characters.overflowed) {
        (void)builder_fail(&reader->builder, "too large");
    }
    if (reader->builder.failure != NULL ||
        !builder_close(&reader->builder, buf_text(&reader->characters))) {
        xml_stop(reader);
    }
    buf_clear(&reader->characters);
}

static void XMLCALL xml_characters(void *data, const XML_Char *text, int n)
{
    struct xml_reader *reader = data;

    buf_bytes(&reader->characters, text, (size_t)n);
}

static void XMLCALL xml_doctype(void *data, const XML_Char *name, const XML_Char *system_id,
                                const XML_Char *public_id, int has_internal_subset)
{
    struct xml_reader *reader = data;

    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_internal_subset;
    (void)builder_fail(&reader->builder, "a document type, which no answer of AWS has");
    xml_stop(reader);
}

bool tree_read_xml(struct arena *arena, struct str text, const struct tree **out, struct err *err)
{
    struct xml_reader reader = {.builder = {.arena = arena}};
    bool ok = false;

    if (text.n > (size_t)INT32_MAX) {
        return err_set(err, ERR_INPUT, "XML: too large");
    }
    reader.parser = XML_ParserCreate(NULL);
    if (reader.parser == NULL) {
        return err_set(err, ERR_INPUT, "XML: no memory for a reader");
    }
    buf_init(&reader.characters, arena->size_max);
    XML_SetUserData(reader.parser, &reader);
    XML_SetElementHandler(reader.parser, xml_start, xml_end);
    XML_SetCharacterDataHandler(reader.parser, xml_characters);
    XML_SetStartDoctypeDeclHandler(reader.parser, xml_doctype);
    ok = XML_Parse(reader.parser, text.n > 0 ? text.p : "", (int)text.n, XML_TRUE) == XML_STATUS_OK;
    if (!ok) {
        (void)err_set(err, ERR_INPUT, "XML: %s",
                      reader.builder.failure != NULL
                          ? reader.builder.failure
                          : XML_ErrorString(XML_GetErrorCode(reader.parser)));
        err_place(err, (struct str){0}, XML_GetCurrentLineNumber(reader.parser),
                  XML_GetCurrentColumnNumber(reader.parser) + 1);
    } else {
        *out = reader.builder.root;
    }
    XML_ParserFree(reader.parser);
    buf_release(&reader.characters);
    return ok;
}

/* ---- JSON ---- */

/* The token's value as one more node of that name, closed if it is a leaf. */
static bool json_value(struct tree_builder *builder, const struct json_token *token,
                       struct str name)
{
    struct str text = token->text;

    if (token->kind == JSON_NULL) {
        return true;
    }
    if (!builder_open(builder, name)) {
        return false;
    }
    switch (token->kind) {
    case JSON_OBJECT_BEGIN:
    case JSON_ARRAY_BEGIN:
        return true;
    case JSON_STRING:
        if (!json_unescape(builder->arena, token, &text)) {
            return builder_fail(builder, "too large");
        }
        break;
    case JSON_TRUE:
        text = STR("true");
        break;
    case JSON_FALSE:
        text = STR("false");
        break;
    case JSON_NUMBER:
    case JSON_NULL:
    case JSON_KEY:
    case JSON_OBJECT_END:
    case JSON_ARRAY_END:
    case JSON_END:
        break;
    }
    return builder_close(builder, text);
}

bool tree_read_json(struct arena *arena, struct str text, const struct tree **out, struct err *err)
{
    struct tree_builder builder = {.arena = arena};
    struct json_reader reader;
    struct json_token token;
    struct str key = {0};
    bool has_key = false;

    json_init(&reader, text);
    while (json_next(&reader, &token, err)) {
        bool ok = true;
        if (token.kind == JSON_END) {
            *out = builder.root;
            return true;
        }
        if (token.kind == JSON_KEY) {
            ok = json_unescape(arena, &token, &key) || builder_fail(&builder, "too large");
            has_key = true;
        } else if (token.kind == JSON_OBJECT_END || token.kind == JSON_ARRAY_END) {
            ok = builder_close(&builder, (struct str){0});
        } else {
            struct str name = has_key ? key : builder.depth > 0 ? STR("member") : STR("");
            ok = json_value(&builder, &token, name);
            has_key = false;
        }
        if (!ok) {
            return err_set(err, ERR_INPUT, "JSON: %s", builder.failure);
        }
    }
    return false;
}

/* ---- Looking things up ---- */

static const struct tree *child(const struct tree *node, struct str name)
{
    const struct tree *at = node->first;

    while (at != NULL && !str_eq(at->name, name)) {
        at = at->next;
    }
    return at;
}

const struct tree *tree_find(const struct tree *node, const char *path)
{
    struct str rest = str_from(path), name;

    while (node != NULL && rest.n > 0) {
        (void)str_cut(&rest, '.', &name);
        node = child(node, name);
    }
    return node;
}

const struct tree *tree_first(const struct tree *node, const char *path)
{
    const struct tree *found = tree_find(node, path);

    return found != NULL ? found->first : NULL;
}

struct str tree_text(const struct tree *node, const char *path)
{
    const struct tree *found = tree_find(node, path);

    return found != NULL ? found->text : (struct str){0};
}

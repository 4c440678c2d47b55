/* Any bytes as XML and as JSON: an answer or an error with a place; a tree that is printed as JSON
 * reads back the same. */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "codec/tree.h"
#include "render/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Each node as {"n":name,"t":text,"c":[children]}; depth is bounded by the reader. */
static void print(struct buf *out, const struct tree *node)
{
    struct json_writer json = {.out = out};

    json_open(&json, '{');
    json_key(&json, STR("n"));
    json_text(&json, node->name);
    json_key(&json, STR("t"));
    json_text(&json, node->text);
    buf_str(out, STR(",\"c\":["));
    for (const struct tree *at = node->first; at != NULL; at = at->next) {
        print(out, at);
        buf_str(out, at->next != NULL ? STR(",") : STR(""));
    }
    buf_str(out, STR("]}"));
}

static void same(const struct tree *node, const struct tree *copy)
{
    const struct tree *other = tree_first(copy, "c");

    check(str_eq(tree_text(copy, "n"), node->name) && str_eq(tree_text(copy, "t"), node->text));
    check(node->first == NULL || node->text.n == 0);
    for (const struct tree *at = node->first; at != NULL; at = at->next) {
        if (other == NULL) {
            abort();
        }
        same(at, other);
        other = other->next;
    }
    check(other == NULL);
}

static void check_tree(const struct tree *root, bool ok, const struct err *err)
{
    struct arena arena;
    struct buf printed;
    const struct tree *copy = NULL;
    struct err none = {0};

    check(ok ? err->kind == ERR_NONE : err->kind == ERR_INPUT && err->text[0] != '\0');
    if (!ok || root == NULL) {
        return; /* the JSON text `null` is no node */
    }
    arena_init(&arena, 64 << 20);
    buf_init(&printed, 16 << 20);
    print(&printed, root);
    /* What was printed is nested twice as deep, which may be too deep. */
    if (tree_read_json(&arena, buf_text(&printed), &copy, &none)) {
        same(root, copy);
    } else {
        check(str_eq(str_from(none.text), STR("JSON: nested too deeply")) || none.line > 0);
    }
    buf_release(&printed);
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct arena arena;
    struct err err = {0};
    const struct tree *root = NULL;
    bool ok = false;

    if (size > 1 << 16) {
        return 0;
    }
    arena_init(&arena, 4 << 20);
    ok = tree_read_xml(&arena, text, &root, &err);
    check(!ok || root != NULL);
    check_tree(root, ok, &err);
    arena_reset(&arena);
    err = (struct err){0};
    root = NULL;
    ok = tree_read_json(&arena, text, &root, &err);
    check_tree(root, ok, &err);
    arena_release(&arena);
    return 0;
}

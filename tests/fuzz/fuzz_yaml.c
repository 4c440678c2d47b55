/* The tree is as its header says: places lie in the text and inside each other, lines and columns
 * agree with them, counts are true, keys differ, and nothing is deeper than 32. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codec/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_place(struct str source, const struct yaml_node *node)
{
    size_t line_begin = str_starts(source, STR("\xef\xbb\xbf")) ? 3 : 0;
    uint32_t line = 1;

    check(node->begin <= node->end && node->end <= source.n);
    for (size_t i = 0; i < node->begin; i++) {
        bool is_pair = source.p[i] == '\r' && i + 1 < source.n && source.p[i + 1] == '\n';
        if (source.p[i] == '\n' || (source.p[i] == '\r' && !is_pair)) {
            line++;
            line_begin = i + 1;
        }
    }
    check(node->line == line && node->col == node->begin - line_begin + 1);
}

static size_t check_node(struct str source, const struct yaml_node *node, int depth)
{
    size_t count = 0, total = 1;

    check(depth <= 32);
    check_place(source, node);
    if (node->kind == YAML_SCALAR) {
        check(node->first == NULL && !(node->is_plain && node->is_block));
        return 1;
    }
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        check(child->begin >= node->begin && child->end <= node->end);
        check((child->key != NULL) == (node->kind == YAML_MAPPING));
        if (child->key != NULL) {
            check_place(source, child->key);
            check(child->key->kind == YAML_SCALAR && child->key->begin <= child->begin);
            check(node->count > 100 || yaml_get(node, child->key->text) == child);
            total++;
        }
        total += check_node(source, child, depth + (child->kind == YAML_SCALAR ? 0 : 1));
        count++;
    }
    check(count == node->count);
    return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str source = {(const char *)data, size};
    const struct yaml_node *root = NULL;
    struct err err = {0};
    struct arena arena;

    if (size > 4096) {
        return 0; /* checking a place takes a pass over the text */
    }
    arena_init(&arena, 1 << 20);
    if (yaml_parse(&arena, source, &root, &err)) {
        check(check_node(source, root, root->kind == YAML_SCALAR ? 0 : 1) <= 200000);
    } else {
        check(err.kind == ERR_INPUT && root == NULL && err.line > 0 && err.col > 0);
    }
    arena_release(&arena);
    return 0;
}

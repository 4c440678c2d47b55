/* yaml.h: a YAML document as a small tree with places, through libyaml.
 *
 * For files people write: rule packs and the like. Anchors, aliases and tags are
 * refused by name (no bombs); duplicate keys in a mapping are an error; depth, node count and text
 * size have limits.
 *
 * Ownership: nodes and texts live in the arena given; `source` must outlive nothing.
 * Threads:   no shared state.
 *
 * Example:   const struct yaml_node *root;
 *            if (!yaml_parse(&arena, text, &root, &err)) { ... }
 *            const struct yaml_node *id = yaml_get(item, STR("id")); */
#ifndef CODEC_YAML_H
#define CODEC_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_node {
    enum yaml_kind kind;
    uint32_t line, col;      /* where it starts, 1-based */
    size_t begin, end;       /* byte range in the source text */
    bool is_plain;           /* scalar without quotes: may mean a number or boolean */
    bool is_block;           /* scalar written with | or > */
    struct str text;         /* scalar: its value */
    struct yaml_node *key;   /* member of a mapping: its key scalar */
    struct yaml_node *first; /* sequence items; mapping values (each with .key set) */
    struct yaml_node *next;
    size_t count;
};

MUST_USE bool yaml_parse(struct arena *arena, struct str source, const struct yaml_node **out,
                         struct err *err);
/* All documents of a file, chained by their `next`. */
MUST_USE bool yaml_parse_all(struct arena *arena, struct str source, const struct yaml_node **first,
                             struct err *err);
/* The value under `key` of a mapping; NULL when absent or not a mapping. */
const struct yaml_node *yaml_get(const struct yaml_node *mapping, struct str key);

#endif

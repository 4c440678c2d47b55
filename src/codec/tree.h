/* tree.h: an answer of a service as a tree, whether it came as XML or as JSON.
 *
 * Both kinds of answer say the same in two notations; whoever reads them should not care. A list is
 * a node with children: in JSON those of an array are named "member", as AWS's XML names them. A
 * leaf has text: characters of an element, a JSON string without its escapes, a number, `true` or
 * `false` as written; JSON's null is no node at all. Attributes of XML are left out.
 *
 * Ownership: nodes and texts live in the arena they were read into, never in the text they were
 *            read from.
 * Threads:   a tree does not change once it is read.
 *
 * Example:   const struct tree *root = NULL;
 *            if (!tree_read_xml(&arena, body, &root, &err)) { return false; }
 *            for (const struct tree *user = tree_first(root, "ListUsersResult.Users");
 *                 user != NULL; user = user->next) {
 *                struct str name = tree_text(user, "UserName");
 *            } */
#ifndef CODEC_TREE_H
#define CODEC_TREE_H

#include "base/arena.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

enum { TREE_DEPTH_MAX = 64 };

struct tree {
    struct str name; /* of the element or key; of the root of a JSON text: empty */
    struct str text; /* of a leaf */
    const struct tree *first, *next;
};

/* One document. Errors (ERR_INPUT, with line and column): not well-formed, deeper than
 * TREE_DEPTH_MAX, larger than the arena. XML with a document type is refused whole, so that no
 * entity but the five of XML itself is ever expanded. */
MUST_USE bool tree_read_xml(struct arena *arena, struct str text, const struct tree **out,
                            struct err *err);
MUST_USE bool tree_read_json(struct arena *arena, struct str text, const struct tree **out,
                             struct err *err);

/* The node that `path`, names with dots between, leads to from `node`: the first child of each
 * name. NULL when there is none; `node` may be NULL. */
const struct tree *tree_find(const struct tree *node, const char *path);
/* Its first child. */
const struct tree *tree_first(const struct tree *node, const char *path);
/* Its text; empty when there is none. */
struct str tree_text(const struct tree *node, const char *path);

#endif

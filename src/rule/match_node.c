#include "rule/match_node.h"

static struct node *node_new(struct arena *arena, enum node_kind kind, struct str text)
{
    struct node *node = arena_alloc(arena, sizeof *node);

    if (node != NULL) {
        *node = (struct node){.kind = kind, .type = TYPE_BOOL, .text = text};
    }
    return node;
}

struct node *match_node(struct arena *arena, const struct event_match *match)
{
    struct node *node = node_new(arena, NODE_MATCH, match->label);
    struct event_match *copy = arena_alloc(arena, sizeof *copy);

    if (node == NULL || copy == NULL) {
        return NULL;
    }
    *copy = *match;
    node->match = copy;
    return node;
}

struct node *match_const(struct arena *arena, bool value, struct str text)
{
    struct node *node = node_new(arena, NODE_CONST, text);

    if (node != NULL) {
        node->constant = (struct value){.kind = VALUE_BOOL, .boolean = value};
    }
    return node;
}

struct node *match_not(struct arena *arena, const struct node *a)
{
    struct node *node = a == NULL ? NULL : node_new(arena, NODE_NOT, a->text);

    if (node != NULL) {
        node->a = a;
    }
    return node;
}

const struct node *match_join(struct arena *arena, enum node_kind kind,
                              const struct node *const *nodes, size_t count)
{
    struct node *node = NULL;

    if (count <= 1) {
        return count == 1 ? nodes[0] : match_const(arena, kind == NODE_AND, (struct str){0});
    }
    node = node_new(arena, kind, (struct str){0});
    if (node == NULL) {
        return NULL;
    }
    node->a = match_join(arena, kind, nodes, count / 2);
    node->b = match_join(arena, kind, nodes + count / 2, count - count / 2);
    return node->a == NULL || node->b == NULL ? NULL : node;
}

struct rule_program match_program(struct str text, enum rule_dialect dialect,
                                  const struct node *have)
{
    return (struct rule_program){
        .text = text,
        .entity = &schema_cloudtrail_event,
        .have = have,
        .is_not = true,
        .dialect = dialect,
    };
}

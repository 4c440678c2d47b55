/* What must be collected before a rule about the account can be judged. */
#include "rule/program.h"

enum { OBTAIN_COUNT_MAX = 16, OBTAIN_STEPS_MAX = 4096 };

struct obtains {
    struct str texts[OBTAIN_COUNT_MAX];
    size_t count;
    size_t steps; /* bounds the walk over a hostile rule */
};

static void obtains_add(struct obtains *obtains, struct str text)
{
    for (size_t i = 0; i < obtains->count; i++) {
        if (str_eq(obtains->texts[i], text)) {
            return;
        }
    }
    if (text.n > 0 && obtains->count < OBTAIN_COUNT_MAX) {
        obtains->texts[obtains->count++] = text;
    }
}

/* Every link of the chain that says what it takes: a list is fetched before its elements are. */
static void add_attr(struct obtains *obtains, const struct node *attr)
{
    for (uint32_t i = 0; i < attr->chain_count; i++) {
        const struct schema_attr *link = attr->chain[i];
        if (link->entity != NULL && link->entity->is_report_row) {
            return;
        }
        obtains_add(obtains, link->obtain.n == 0 && link->entity != NULL ? link->entity->obtain
                                                                         : link->obtain);
    }
}

static void add_tree(struct obtains *obtains, const struct node *node)
{
    if (node == NULL || obtains->steps++ >= OBTAIN_STEPS_MAX) {
        return;
    }
    if (node->kind == NODE_ATTR) {
        add_attr(obtains, node);
    }
    for (uint32_t i = 0; i < node->arg_count; i++) {
        add_tree(obtains, node->args[i]);
    }
    add_tree(obtains, node->a);
    add_tree(obtains, node->b);
}

void rule_obtain_write(struct buf *out, const struct rule_program *program)
{
    struct obtains obtains = {0};

    obtains_add(&obtains, program->entity->obtain);
    add_tree(&obtains, program->where);
    add_tree(&obtains, program->have);
    for (size_t i = 0; i < obtains.count; i++) {
        buf_str(out, i == 0 ? STR("") : STR(", "));
        buf_str(out, obtains.texts[i]);
    }
}

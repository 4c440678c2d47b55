#include "audit/entity_evidence.h"

#include "base/instant.h"

enum { TEXT_SIZE_MAX = 4096, DEPTH_MAX = 64, ELEMENTS_MAX = 4, LIST_SHOWN_MAX = 5 };

void entity_evidence_add(struct entity_evidence *all, struct str name, struct str value,
                         enum gap gap)
{
    for (size_t i = 0; i < all->count; i++) {
        if (str_eq(all->items[i].name, name) && str_eq(all->items[i].value, value)) {
            return;
        }
    }
    if (all->count < EVIDENCE_COUNT_MAX) {
        all->items[all->count++] = (struct evidence){name, value, gap};
    }
    if (gap > all->gap) {
        all->gap = gap;
    }
}

/* ---- texts ---------------------------------------------------------------------------------- */

struct str entity_evidence_keep(struct entity_evidence *all, const struct buf *text)
{
    struct str kept;

    return arena_str(all->arena, buf_text(text), &kept) ? kept : STR("");
}

/* What an element is called, where it has a name. */
static struct str element_name(const struct value *element)
{
    static const struct str names[] = {STR_LIT("id"), STR_LIT("Name"), STR_LIT("SerialNumber"),
                                       STR_LIT("SSHPublicKeyId")};

    if (element->kind == VALUE_STRING) {
        return element->string;
    }
    for (size_t i = 0; element->kind == VALUE_STRUCT && i < sizeof names / sizeof names[0]; i++) {
        const struct schema_attr *attr =
            element->entity->is_open ? NULL : schema_attr_find(element->entity, names[i]);
        const struct value *value =
            attr == NULL ? NULL : &element->items[attr - element->entity->attrs];
        if (value != NULL && value->kind == VALUE_STRING) {
            return value->string;
        }
    }
    return (struct str){0};
}

static void write_list(struct buf *out, const struct value *list)
{
    size_t shown = 0;

    for (size_t i = 0; i < list->count && shown < LIST_SHOWN_MAX; i++) {
        struct str name = element_name(&list->items[i]);
        if (name.n > 0) {
            buf_str(out, shown++ > 0 ? STR(", ") : STR(""));
            buf_str(out, name);
        }
    }
    if (shown == 0) {
        buf_printf(out, "%zu", list->count);
    } else if (shown < list->count) {
        buf_printf(out, " and %zu more", list->count - shown);
    }
}

static void write_value(struct buf *out, const struct value *value)
{
    switch (value->kind) {
    case VALUE_MISSING:
        buf_str(out, STR("missing"));
        return;
    case VALUE_UNREADABLE:
        buf_str(out, value->string.n > 0 ? value->string : STR("unreadable"));
        return;
    case VALUE_NOT_SUPPORTED:
        buf_str(out, STR("not_supported"));
        return;
    case VALUE_NEVER:
        buf_str(out, STR("never"));
        return;
    case VALUE_NONE:
        buf_str(out, STR("none"));
        return;
    case VALUE_BOOL:
        buf_str(out, value->boolean ? STR("true") : STR("false"));
        return;
    case VALUE_NUMBER:
    case VALUE_DURATION:
        buf_i64(out, value->number);
        return;
    case VALUE_TIME:
        instant_write(out, value->number);
        return;
    case VALUE_STRING:
    case VALUE_IP:
        buf_str(out, value->string);
        return;
    case VALUE_LIST:
        write_list(out, value);
        return;
    case VALUE_STRUCT:
        buf_str(out, value->entity->name);
        return;
    }
}

/* ---- attributes ----------------------------------------------------------------------------- */

/* Whether the report says it, and nothing that was collected stands before it. */
static bool is_reports(const struct entity_evidence *all, const struct node *attr,
                       enum report_column *column)
{
    const struct schema_attr *last = attr->chain[attr->chain_count - 1];
    const struct value *collected = all->collected;
    const struct value *start = all->context->frames[attr->frame];

    if (all->batch == NULL || last->binding != BIND_COLUMN) {
        return false;
    }
    *column = last->column;
    if (attr->frame > 0) { /* an element of a list: of which slot? */
        int stride = last->column >= COLUMN_CERT_1_ACTIVE ? CERT_SLOT_STRIDE : KEY_SLOT_STRIDE;
        if (start->number <= 0 || start->kind != VALUE_STRUCT) {
            return false;
        }
        *column = (enum report_column)((int)last->column + (int)(start->number - 1) * stride);
        return true;
    }
    for (uint32_t i = 0; collected != NULL && i < attr->chain_count; i++) {
        const struct schema_attr *link = attr->chain[i];
        collected = collected->kind == VALUE_STRUCT && link >= collected->entity->attrs &&
                            link < collected->entity->attrs + collected->entity->attr_count
                        ? &collected->items[link - collected->entity->attrs]
                        : NULL;
    }
    return collected == NULL || collected->kind == VALUE_MISSING;
}

static void add_column(struct entity_evidence *all, enum report_column column,
                       const struct value *value)
{
    bool is_missing = all->batch->positions[column] < 0;

    entity_evidence_add(all, report_column_name(column),
                        is_missing ? STR("missing column")
                                   : user_batch_cell(all->batch, all->row, column),
                        value_is_unknown(value) || is_missing ? GAP_INPUT : GAP_NONE);
}

/* A key or certificate that only additional_credentials_info speaks of. */
static void add_unseen(struct entity_evidence *all, const struct value *element)
{
    bool is_key = schema_attr_find(element->entity, STR("LastUsedTime")) != NULL;
    char text[TEXT_SIZE_MAX];
    struct buf why = {.p = text, .capacity = sizeof text, .size_max = sizeof text};

    entity_set_why_call(all->set,
                        is_key ? STR("iam:ListAccessKeys") : STR("iam:ListSigningCertificates"),
                        all->user, &why);
    entity_evidence_add(all, report_column_name(COLUMN_ADDITIONAL_INFO),
                        user_batch_cell(all->batch, all->row, COLUMN_ADDITIONAL_INFO), GAP_NONE);
    entity_evidence_add(all, element->entity->name, entity_evidence_keep(all, &why),
                        GAP_NOT_COLLECTED);
}

/* Of an element, with what it is an element of. */
static void write_name(const struct entity_evidence *all, const struct node *attr, struct buf *out)
{
    const struct value *start = all->context->frames[attr->frame];
    const struct node *list = all->lists[attr->frame];

    if (attr->frame > 0 && start->kind != VALUE_STRUCT && list != NULL && list->chain_count > 0) {
        buf_str(out, list->chain[list->chain_count - 1]->name);
        return;
    }
    if (attr->frame > 0 && start->kind == VALUE_STRUCT) {
        buf_printf(out, "%.*s.", STR_ARG(start->entity->name));
    }
    node_attr_write(out, attr);
}

static void add_attr(struct entity_evidence *all, const struct node *attr)
{
    const struct value *start = all->context->frames[attr->frame];
    struct value value = eval_value(all->context, attr);
    char name_text[TEXT_SIZE_MAX], value_text[TEXT_SIZE_MAX];
    struct buf name = {.p = name_text, .capacity = TEXT_SIZE_MAX, .size_max = TEXT_SIZE_MAX};
    struct buf text = {.p = value_text, .capacity = TEXT_SIZE_MAX, .size_max = TEXT_SIZE_MAX};
    enum report_column column;
    enum gap gap = GAP_NONE;

    if (attr->frame > 0 && start->number == SLOT_UNSEEN) {
        add_unseen(all, start);
        return;
    }
    if (value.kind == VALUE_LIST && value.count > 0 &&
        value.items[value.count - 1].number == SLOT_UNSEEN) {
        add_unseen(all, &value.items[value.count - 1]);
        return;
    }
    if (attr->chain_count > 0 && attr->chain[attr->chain_count - 1]->binding == BIND_IS_ROOT) {
        return; /* the user's name says it */
    }
    if (attr->chain_count > 0 && is_reports(all, attr, &column)) {
        add_column(all, column, &value);
        return;
    }
    if (attr->frame > 0 && value.kind == VALUE_STRING && start->kind == VALUE_STRUCT &&
        str_eq(value.string, element_name(start))) {
        return; /* its name was told */
    }
    if (value.kind == VALUE_MISSING) {
        entity_set_why(all->set, attr, all->user, &text);
        gap = GAP_NOT_COLLECTED;
    } else {
        write_value(&text, &value);
        gap = value_is_unknown(&value) ? GAP_INPUT : GAP_NONE;
    }
    write_name(all, attr, &name);
    entity_evidence_add(all, entity_evidence_keep(all, &name), entity_evidence_keep(all, &text),
                        gap);
}

/* All that a predicate speaks of. */
static void add_attrs(struct entity_evidence *all, const struct node *node, unsigned depth)
{
    if (node == NULL || depth > DEPTH_MAX) {
        return;
    }
    if (node->kind == NODE_ATTR) {
        add_attr(all, node);
        return;
    }
    add_attrs(all, node->a, depth + 1);
    add_attrs(all, node->b, depth + 1);
    for (uint32_t i = 0; i < node->arg_count; i++) {
        add_attrs(all, node->args[i], depth + 1);
    }
}

/* ---- decisions ------------------------------------------------------------------------------ */

static void gather(struct entity_evidence *all, const struct node *node, unsigned depth);

/* How the elements must answer to be what decided. */
static enum truth wanted_of(const struct node *node, enum truth whole)
{
    if (whole == TRUTH_UNKNOWN) {
        return whole;
    }
    switch (node->op.quantifier) {
    case QUANTIFY_ANY:
    case QUANTIFY_EVERY:
        return whole;
    case QUANTIFY_NO:
        return truth_not(whole);
    case QUANTIFY_ATLEAST:
    case QUANTIFY_EXACTLY:
        break;
    }
    return TRUTH_TRUE;
}

static bool has_answer(struct entity_evidence *all, const struct node *node, uint32_t step,
                       enum truth wanted);

/* Whether some element below answers so. */
static bool element_answers(struct entity_evidence *all, const struct node *node, uint32_t step,
                            enum truth wanted)
{
    return step + 1 < node->arg_count ? has_answer(all, node, step + 1, wanted)
                                      : eval_truth(all->context, node->b) == wanted;
}

static bool has_answer(struct entity_evidence *all, const struct node *node, uint32_t step,
                       enum truth wanted)
{
    struct value list = eval_value(all->context, node->args[step]);
    const struct value *saved = all->context->frames[node->frame + step];
    size_t count = list.kind == VALUE_LIST ? list.count : 0;
    bool has = list.kind != VALUE_LIST && value_is_unknown(&list) && wanted == TRUTH_UNKNOWN;

    for (size_t i = 0; i < count && !has; i++) {
        all->context->frames[node->frame + step] = &list.items[i];
        has = element_answers(all, node, step, wanted);
    }
    all->context->frames[node->frame + step] = saved;
    return has;
}

/* Whether it takes all elements to answer so, and not one of them. */
static bool takes_all(const struct node *node, enum truth wanted)
{
    return node->op.quantifier == QUANTIFY_EVERY ? wanted == TRUTH_TRUE : wanted == TRUTH_FALSE;
}

static void gather_elements(struct entity_evidence *all, const struct node *node, uint32_t step,
                            enum truth wanted, unsigned depth)
{
    struct value list = eval_value(all->context, node->args[step]), single = list;
    const struct value *saved = all->context->frames[node->frame + step];
    struct value *items = list.kind == VALUE_LIST ? list.items : &single;
    size_t count = list.kind == VALUE_LIST ? list.count : list.kind == VALUE_NONE ? 0 : 1;
    size_t shown = 0;

    /* Of many of which none is it, their names say enough; a report's slots are few. */
    if (value_is_unknown(&list) || count == 0 ||
        (count > 1 && takes_all(node, wanted) && items[0].number == 0)) {
        add_attr(all, node->args[step]);
        return;
    }
    all->lists[node->frame + step] = node->args[step];
    for (size_t i = 0; i < count && shown < ELEMENTS_MAX; i++) {
        all->context->frames[node->frame + step] = &items[i];
        if (!element_answers(all, node, step, wanted)) {
            continue;
        }
        shown++;
        struct str name = element_name(&items[i]);
        if (name.n > 0 && items[i].kind == VALUE_STRUCT) {
            entity_evidence_add(all, items[i].entity->name, name, GAP_NONE);
        }
        if (step + 1 < node->arg_count) {
            gather_elements(all, node, step + 1, wanted, depth);
        } else {
            gather(all, node->b, depth + 1);
        }
    }
    all->context->frames[node->frame + step] = saved;
    if (shown == 0) {
        add_attr(all, node->args[step]);
    }
}

static void gather(struct entity_evidence *all, const struct node *node, unsigned depth)
{
    enum truth truth = eval_truth(all->context, node);

    if (depth > DEPTH_MAX || node->kind == NODE_CONST) {
        return;
    }
    if (node->kind == NODE_AND || node->kind == NODE_OR) {
        const struct node *children[] = {node->a, node->b};
        for (int i = 0; i < 2; i++) {
            if (eval_truth(all->context, children[i]) == truth) {
                gather(all, children[i], depth + 1);
            }
        }
    } else if (node->kind == NODE_NOT) {
        gather(all, node->a, depth + 1);
    } else if (node->kind == NODE_QUANTIFY) {
        gather_elements(all, node, 0, wanted_of(node, truth), depth);
    } else {
        add_attrs(all, node, 0);
    }
}

void entity_evidence_gather(struct entity_evidence *all, const struct rule_program *program,
                            const struct value *entity)
{
    enum truth applies = TRUTH_TRUE;
    enum truth holds = TRUTH_TRUE;

    all->context->frames[0] = entity;
    if (program->where != NULL) {
        applies = eval_truth(all->context, program->where);
        gather(all, program->where, 0);
    }
    if (applies == TRUTH_TRUE) {
        holds = eval_truth(all->context, program->have);
        gather(all, program->have, 0);
    }
    if ((applies == TRUTH_UNKNOWN || holds == TRUTH_UNKNOWN) && all->gap == GAP_NONE) {
        all->gap = GAP_INPUT; /* values are there, but make no sense together */
    }
}

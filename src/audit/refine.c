#include "audit/refine.h"

#include <string.h>

#include "audit/entity_evidence.h"

enum { ROWS_SIZE_MAX = 256 << 20, TEXTS_SIZE_MAX = 4 << 20, WALK_DEPTH_MAX = 64, UNSEEN_MAX = 8 };

struct refiner {
    const struct ruleset *rules;
    bool *asks_more;               /* per control: about what no column tells */
    bool *asks_lists;              /* per control: about all keys or certificates */
    uint64_t (*done)[BATCH_WORDS]; /* per control: rows that were answered here */
    struct eval_context context;
    struct arena rows, texts;
    bool is_needed; /* by the batch at hand */
    const struct user_batch *batch;
    struct batch_names names;
    const struct entity_set *set;
    const struct value **entities;     /* of rows, once made */
    uint64_t is_replaced[BATCH_WORDS]; /* what the report says is not all, or not true */
    uint64_t has_unseen[BATCH_WORDS];  /* more credentials than columns */
};

/* ---- life ----------------------------------------------------------------------------------- */

/* Whether a rule asks about something that no column of the report tells. */
static bool asks_more(const struct node *node, unsigned depth)
{
    bool more = false;

    if (node == NULL || depth > WALK_DEPTH_MAX) {
        return node != NULL;
    }
    for (uint32_t i = 0; node->kind == NODE_ATTR && i < node->chain_count; i++) {
        more |= node->chain[i]->binding == BIND_NONE;
    }
    for (uint32_t i = 0; i < node->arg_count; i++) {
        more |= asks_more(node->args[i], depth + 1);
    }
    return more || asks_more(node->a, depth + 1) || asks_more(node->b, depth + 1);
}

/* Whether a rule asks about all keys or certificates that there are. */
static bool asks_lists(const struct node *node, unsigned depth)
{
    bool lists = false;

    if (node == NULL || depth > WALK_DEPTH_MAX) {
        return node != NULL;
    }
    for (uint32_t i = 0; node->kind == NODE_ATTR && i < node->chain_count; i++) {
        lists |= node->chain[i]->binding == BIND_KEYS || node->chain[i]->binding == BIND_CERTS;
    }
    for (uint32_t i = 0; i < node->arg_count; i++) {
        lists |= asks_lists(node->args[i], depth + 1);
    }
    return lists || asks_lists(node->a, depth + 1) || asks_lists(node->b, depth + 1);
}

struct refiner *refiner_new(const struct ruleset *rules)
{
    struct refiner *refiner = mem_alloc(sizeof *refiner);

    refiner->rules = rules;
    refiner->asks_more = mem_array(rules->count, sizeof *refiner->asks_more);
    refiner->asks_lists = mem_array(rules->count, sizeof *refiner->asks_lists);
    for (size_t i = 0; i < rules->count; i++) {
        refiner->asks_more[i] =
            rules->plan.rules[i].is_report_row &&
            (asks_more(rules->programs[i].where, 0) || asks_more(rules->programs[i].have, 0));
        refiner->asks_lists[i] =
            asks_lists(rules->programs[i].where, 0) || asks_lists(rules->programs[i].have, 0);
    }
    eval_init(&refiner->context, 0);
    arena_init(&refiner->rows, ROWS_SIZE_MAX);
    arena_init(&refiner->texts, TEXTS_SIZE_MAX);
    return refiner;
}

void refiner_free(struct refiner *refiner)
{
    if (refiner != NULL) {
        mem_free(refiner->asks_more);
        mem_free(refiner->asks_lists);
        mem_free(refiner->done);
        mem_free(refiner->entities);
        eval_release(&refiner->context);
        arena_release(&refiner->rows);
        arena_release(&refiner->texts);
        mem_free(refiner);
    }
}

/* ---- a batch -------------------------------------------------------------------------------- */

static bool bit_at(const uint64_t *bits, size_t row)
{
    return bits[row / 64] >> (row % 64) & 1;
}

/* Rows whose additional_credentials_info says something. A report alone is judged by what its
 * columns say, and nothing is inferred from one to another; who collects could have asked. */
static void find_unseen(struct refiner *refiner)
{
    const struct user_batch *batch = refiner->batch;

    memset(refiner->has_unseen, 0, sizeof refiner->has_unseen);
    for (size_t row = 0; batch->positions[COLUMN_ADDITIONAL_INFO] >= 0 && row < batch->rows;
         row++) {
        struct str cell = user_batch_cell(batch, row, COLUMN_ADDITIONAL_INFO);
        if (cell.n > 0 && !str_eq(cell, STR("N/A"))) {
            refiner->has_unseen[row / 64] |= UINT64_C(1) << (row % 64);
        }
    }
}

bool refiner_begin(struct refiner *refiner, const struct user_batch *batch,
                   struct batch_names names, const struct entity_set *set, int64_t as_of)
{
    refiner->batch = batch;
    refiner->names = names;
    refiner->set = set;
    refiner->context.now = as_of;
    refiner->is_needed = set != NULL;
    if (!refiner->is_needed) {
        return false;
    }
    find_unseen(refiner);
    if (refiner->done == NULL) {
        refiner->done = mem_array(refiner->rules->count, sizeof *refiner->done);
        refiner->entities = mem_array(BATCH_ROWS_MAX, sizeof(struct value *));
    }
    memset(refiner->done, 0, refiner->rules->count * sizeof *refiner->done);
    memset(refiner->entities, 0, BATCH_ROWS_MAX * sizeof(struct value *));
    memset(refiner->is_replaced, 0, sizeof refiner->is_replaced);
    arena_reset(&refiner->rows);
    for (size_t row = 0; set != NULL && row < batch->rows; row++) {
        if (entity_set_user(set, user_batch_cell(batch, row, COLUMN_USER)) != NULL) {
            (void)refiner_entity(refiner, row); /* marks what it replaces */
        }
    }
    return true;
}

/* More elements of a list, of which nothing is known, not even that they are there. */
static bool add_unseen(struct refiner *refiner, struct value *entity, struct str name, size_t count)
{
    const struct schema_attr *attr = schema_attr_find(entity->entity, name);
    struct value *list = &entity->items[attr - entity->entity->attrs];
    struct value *items = arena_array(&refiner->rows, list->count + count, sizeof *items);

    if (items == NULL || list->kind != VALUE_LIST) {
        return items != NULL;
    }
    if (list->count > 0) {
        memcpy(items, list->items, list->count * sizeof *items);
    }
    list->items = items;
    for (size_t i = 0; i < count; i++) {
        struct value *item = &items[list->count++];
        *item = (struct value){.kind = VALUE_STRUCT,
                               .entity = attr->entity,
                               .count = attr->entity->attr_count,
                               .number = SLOT_UNSEEN,
                               .maybe_absent = true};
        item->items = arena_array(&refiner->rows, item->count, sizeof *item->items);
        if (item->items == NULL) {
            return false;
        }
    }
    return true;
}

/* The first number in the text, as far as it matters. */
static size_t count_in(struct str text)
{
    size_t count = 0, i = 0;

    while (i < text.n && (text.p[i] < '0' || text.p[i] > '9')) {
        i++;
    }
    for (; i < text.n && text.p[i] >= '0' && text.p[i] <= '9' && count < UNSEEN_MAX; i++) {
        count = count * 10 + (size_t)(text.p[i] - '0');
    }
    return count == 0 || count > UNSEEN_MAX ? UNSEEN_MAX : count;
}

static bool has_word(struct str text, struct str word)
{
    bool has = false;

    for (size_t i = 0; i + word.n <= text.n && !has; i++) {
        has = str_eq_nocase(str_sub(text, i, i + word.n), word);
    }
    return has;
}

/* What the column says is a number and the call that lists them: keys, certificates, or both. */
static bool add_all_unseen(struct refiner *refiner, size_t row, struct value *entity)
{
    struct str info = user_batch_cell(refiner->batch, row, COLUMN_ADDITIONAL_INFO);
    const struct value *collected =
        refiner->set == NULL
            ? NULL
            : entity_set_user(refiner->set, user_batch_cell(refiner->batch, row, COLUMN_USER));
    bool is_key = has_word(info, STR("key")), is_cert = has_word(info, STR("cert"));
    static const struct str names[] = {STR_LIT("AccessKey"), STR_LIT("SigningCertificate")};
    bool is_said[] = {is_key || !is_cert, is_cert || !is_key};
    bool ok = true;

    for (size_t i = 0; ok && i < 2; i++) {
        const struct schema_attr *attr = schema_attr_find(entity->entity, names[i]);
        bool is_known =
            collected != NULL && collected->items[attr - entity->entity->attrs].kind == VALUE_LIST;
        ok = !is_said[i] || is_known || add_unseen(refiner, entity, names[i], count_in(info));
    }
    return ok;
}

const struct value *refiner_entity(struct refiner *refiner, size_t row)
{
    struct value *entity = NULL;
    bool ok = true;

    if (refiner->entities[row] != NULL) {
        return refiner->entities[row];
    }
    entity = arena_alloc(&refiner->rows, sizeof *entity);
    if (entity == NULL ||
        !batch_row_entity(&refiner->rows, refiner->batch, refiner->names, row, entity)) {
        return NULL;
    }
    if (refiner->set != NULL &&
        entity_set_merge(refiner->set, &refiner->rows,
                         user_batch_cell(refiner->batch, row, COLUMN_USER), entity)) {
        refiner->is_replaced[row / 64] |= UINT64_C(1) << (row % 64);
    }
    if (bit_at(refiner->has_unseen, row)) {
        ok = add_all_unseen(refiner, row, entity);
    }
    refiner->entities[row] = ok ? entity : NULL;
    return refiner->entities[row];
}

/* ---- answers -------------------------------------------------------------------------------- */

static enum verdict answer_of(const struct verdict_bits *bits, size_t row)
{
    return bit_at(bits->fail, row)      ? VERDICT_FAIL
           : bit_at(bits->pass, row)    ? VERDICT_PASS
           : bit_at(bits->unknown, row) ? VERDICT_UNKNOWN
                                        : VERDICT_NOT_APPLICABLE;
}

static void set_answer(struct verdict_bits *bits, size_t row, enum verdict verdict)
{
    uint64_t bit = UINT64_C(1) << (row % 64);
    uint64_t *sets[] = {
        [VERDICT_PASS] = bits->pass,
        [VERDICT_FAIL] = bits->fail,
        [VERDICT_NOT_APPLICABLE] = bits->not_applicable,
        [VERDICT_UNKNOWN] = bits->unknown,
    };

    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        sets[i][row / 64] &= ~bit;
    }
    sets[verdict][row / 64] |= bit;
}

static void refine_row(struct refiner *refiner, uint32_t control, size_t row,
                       struct verdict_bits *bits)
{
    const struct value *entity = refiner_entity(refiner, row);
    enum verdict before = answer_of(bits, row);
    /* What is too large to be looked at is not known. */
    enum verdict verdict =
        entity == NULL ? VERDICT_UNKNOWN
                       : eval_rule(&refiner->context, &refiner->rules->programs[control], entity);

    /* An answer that stays is told as the columns tell it. */
    if (verdict == before && verdict != VERDICT_UNKNOWN && !bit_at(refiner->is_replaced, row)) {
        return;
    }
    set_answer(bits, row, verdict);
    refiner->done[control][row / 64] |= UINT64_C(1) << (row % 64);
}

void refiner_control(struct refiner *refiner, uint32_t control, struct verdict_bits *bits)
{
    bool asks_more = refiner->set != NULL && refiner->asks_more[control];

    for (size_t w = 0; refiner->is_needed && w < refiner->batch->words; w++) {
        uint64_t due = refiner->is_replaced[w] | (asks_more ? bits->unknown[w] : 0);
        due |= refiner->asks_lists[control] ? refiner->has_unseen[w] : 0;
        for (due &= refiner->batch->valid[w]; due != 0; due &= due - 1) {
            refine_row(refiner, control, w * 64 + (size_t)__builtin_ctzll(due), bits);
        }
    }
}

bool refiner_has(const struct refiner *refiner, uint32_t control, size_t row)
{
    return refiner->is_needed && bit_at(refiner->done[control], row);
}

size_t refiner_evidence(struct refiner *refiner, uint32_t control, size_t row,
                        struct evidence *evidence, enum gap *gap)
{
    struct str user = user_batch_cell(refiner->batch, row, COLUMN_USER);
    const struct value *entity = refiner_entity(refiner, row);
    struct entity_evidence all = {
        .context = &refiner->context,
        .arena = &refiner->texts,
        .set = refiner->set,
        .batch = refiner->batch,
        .row = row,
        .user = user,
        .collected = refiner->set == NULL ? NULL : entity_set_user(refiner->set, user),
        .items = evidence,
    };

    arena_reset(&refiner->texts);
    if (entity != NULL) {
        entity_evidence_gather(&all, &refiner->rules->programs[control], entity);
    }
    *gap = all.gap;
    return all.count;
}

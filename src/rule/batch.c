#include "rule/batch.h"

#include <string.h>

#include "rule/batch_kernel.h"
#include "rule/eval.h"

struct truth_bits {
    uint64_t is_true[BATCH_WORDS], is_false[BATCH_WORDS];
};

/* What kinds of no-time a number holds, as bits. */
struct number_bits {
    uint64_t is_time[BATCH_WORDS];
    uint64_t is_absent[BATCH_WORDS]; /* never or none */
};

struct batch_state {
    const struct batch_plan *plan;
    const struct batch_kernel *kernel;
    struct truth_bits *bits; /* one per operation */
    int64_t **values;        /* one per number; columns point into the batch */
    int64_t *computed;       /* memory of the others */
    struct number_bits *number_bits;
    const struct user_batch *batch;
    struct batch_names names;
    struct eval_context eval;
    struct arena row_arena; /* entities of single rows */
    struct buf texts;       /* evidence that is no cell */
};

enum { ROW_ARENA_SIZE_MAX = 8 << 20, TEXTS_SIZE_MAX = 1 << 20 };

struct batch_state *batch_state_new(const struct batch_plan *plan, enum simd_level level)
{
    struct batch_state *state = mem_alloc(sizeof *state);

    state->plan = plan;
    state->kernel = batch_kernel_choose(level);
    state->bits = mem_array(plan->op_count, sizeof *state->bits);
    state->values = mem_array(plan->number_count, sizeof *state->values);
    state->number_bits = mem_array(plan->number_count, sizeof *state->number_bits);
    state->computed =
        mem_array((size_t)plan->number_count * BATCH_ROWS_MAX, sizeof *state->computed);
    eval_init(&state->eval, 0);
    arena_init(&state->row_arena, ROW_ARENA_SIZE_MAX);
    buf_init(&state->texts, TEXTS_SIZE_MAX);
    return state;
}

void batch_state_free(struct batch_state *state)
{
    if (state == NULL) {
        return;
    }
    mem_free(state->bits);
    mem_free(state->values);
    mem_free(state->number_bits);
    mem_free(state->computed);
    eval_release(&state->eval);
    arena_release(&state->row_arena);
    buf_release(&state->texts);
    mem_free(state);
}

/* ---- numbers -------------------------------------------------------------------------------- */

static bool is_time(int64_t value)
{
    return value >= TIME_FIRST;
}

static void run_numbers(struct batch_state *state)
{
    const struct user_batch *batch = state->batch;

    for (uint32_t i = 0; i < state->plan->number_count; i++) {
        const struct batch_number *number = &state->plan->numbers[i];
        int64_t *out = state->computed + (size_t)i * BATCH_ROWS_MAX;
        state->values[i] = out;
        switch (number->kind) {
        case NUMBER_COLUMN:
            state->values[i] = batch->times[number->column];
            break;
        case NUMBER_FIRST_TIME:
            state->kernel->first_time(state->values[number->a], state->values[number->b],
                                      batch->words, out);
            break;
        case NUMBER_DIFFERENCE:
            state->kernel->difference(state->values[number->a], state->values[number->b],
                                      batch->words, out);
            break;
        case NUMBER_ABS:
            state->kernel->absolute(state->values[number->a], batch->words, out);
            break;
        }
        struct number_bits *bits = &state->number_bits[i];
        state->kernel->greater(state->values[i], TIME_FIRST - 1, batch->words, bits->is_time);
        state->kernel->greater(state->values[i], TIME_NOT_SUPPORTED, batch->words, bits->is_absent);
        for (size_t w = 0; w < batch->words; w++) {
            bits->is_absent[w] &= ~bits->is_time[w];
        }
    }
}

/* ---- operations ----------------------------------------------------------------------------- */

static void set_all(struct truth_bits *out, size_t words, enum truth truth)
{
    memset(out->is_true, truth == TRUTH_TRUE ? 0xff : 0, words * sizeof(uint64_t));
    memset(out->is_false, truth == TRUTH_FALSE ? 0xff : 0, words * sizeof(uint64_t));
}

static void set_row(struct truth_bits *out, size_t row, enum truth truth)
{
    uint64_t bit = UINT64_C(1) << (row % 64);

    out->is_true[row / 64] |= truth == TRUTH_TRUE ? bit : 0;
    out->is_false[row / 64] |= truth == TRUTH_FALSE ? bit : 0;
}

static void run_greater(struct batch_state *state, const struct batch_op *op,
                        struct truth_bits *out, int64_t now)
{
    const struct number_bits *number = &state->number_bits[op->a];
    int64_t limit = op->offset + op->now_factor * now;

    state->kernel->greater(state->values[op->a], limit, state->batch->words, out->is_true);
    for (size_t w = 0; w < state->batch->words; w++) {
        uint64_t absent = number->is_absent[w];
        uint64_t greater = out->is_true[w] & number->is_time[w];
        out->is_true[w] = greater | (op->never == TRUTH_TRUE ? absent : 0);
        out->is_false[w] =
            (number->is_time[w] & ~greater) | (op->never == TRUTH_FALSE ? absent : 0);
    }
}

static enum truth time_is_truth(const struct batch_op *op, int64_t value)
{
    bool is_unknown = value <= TIME_NOT_SUPPORTED;
    bool is_never = value == TIME_NEVER || (op->is_never_none && value == TIME_NONE);

    if (op->is_exists) {
        return is_unknown ? TRUTH_UNKNOWN : truth_of(is_time(value) || is_never);
    }
    switch (op->what) {
    case IS_NEVER:
        return is_unknown ? TRUTH_UNKNOWN : truth_of(is_never);
    case IS_UNKNOWN:
        return truth_of(value == TIME_MISSING || value == TIME_UNREADABLE);
    case IS_NOT_SUPPORTED:
        return truth_of(value == TIME_NOT_SUPPORTED);
    }
    return TRUTH_UNKNOWN;
}

/* An inactive key has a last_rotated time; without one, nothing is in the slot. */
static void run_slot_exists(const struct batch_state *state, const struct batch_op *op,
                            struct truth_bits *out)
{
    const struct user_batch *batch = state->batch;
    const struct flag_bits *active = batch->flags[op->column];
    const int64_t *rotated = batch->times[op->column + 1];
    uint64_t has_time[BATCH_WORDS], is_known[BATCH_WORDS];

    state->kernel->greater(rotated, TIME_FIRST - 1, batch->words, has_time);
    state->kernel->greater(rotated, TIME_UNREADABLE, batch->words, is_known);
    for (size_t w = 0; w < batch->words; w++) {
        out->is_true[w] = active->is_true[w] | (active->is_false[w] & has_time[w]);
        out->is_false[w] = active->is_na[w] | (active->is_false[w] & is_known[w] & ~has_time[w]);
    }
}

static struct str text_of_row(const struct batch_state *state, const struct batch_op *op,
                              size_t row, bool *is_missing)
{
    const struct user_batch *batch = state->batch;
    struct str arn;

    *is_missing = false;
    if (op->text_binding == BIND_COLUMN) {
        *is_missing = batch->positions[op->column] < 0;
        return user_batch_cell(batch, row, op->column);
    }
    if (op->text_binding == BIND_COLUMNS) {
        for (size_t i = 0; i < state->names.count; i++) {
            if (str_eq_nocase(state->names.names[i], op->open_name)) {
                return row_cell(batch->table, batch->first + row, i);
            }
        }
        *is_missing = true;
        return (struct str){0};
    }
    arn = user_batch_cell(batch, row, COLUMN_ARN);
    struct arn_parts parts = arn_split(arn);
    *is_missing = parts.account.n == 0;
    return op->text_binding == BIND_ACCOUNT     ? parts.account
           : op->text_binding == BIND_PARTITION ? parts.partition
                                                : parts.path;
}

/* Of a report's text columns only N/A says that there is nothing. */
static struct value text_value(struct str text, bool is_missing)
{
    struct value value = {.kind = is_missing ? VALUE_MISSING : VALUE_STRING, .string = text};

    if (!is_missing && str_eq(text, STR("N/A"))) {
        value.kind = VALUE_NONE;
    }
    return value;
}

static void run_text(struct batch_state *state, const struct batch_op *op, struct truth_bits *out)
{
    set_all(out, state->batch->words, TRUTH_UNKNOWN);
    for (size_t row = 0; row < state->batch->rows; row++) {
        bool is_missing = false;
        struct str text = text_of_row(state, op, row, &is_missing);
        struct value value = text_value(text, is_missing);
        enum truth truth = op->node->kind == NODE_COMPARE
                               ? value_compare(op->node->op.compare, &value, &op->node->b->constant)
                               : eval_on_value(&state->eval, op->node, &value);
        set_row(out, row, truth);
    }
}

static void run_tree(struct batch_state *state, const struct batch_op *op, struct truth_bits *out)
{
    set_all(out, state->batch->words, TRUTH_UNKNOWN);
    for (size_t row = 0; row < state->batch->rows; row++) {
        struct value entity;
        arena_reset(&state->row_arena);
        if (batch_row_entity(&state->row_arena, state->batch, state->names, row, &entity)) {
            state->eval.frames[0] = &entity;
            set_row(out, row, eval_truth(&state->eval, op->node));
        }
    }
}

static void run_flag_is(const struct batch_state *state, const struct batch_op *op,
                        struct truth_bits *out)
{
    const struct flag_bits *flag = state->batch->flags[op->column];

    for (size_t w = 0; w < state->batch->words; w++) {
        uint64_t known = flag->is_true[w] | flag->is_false[w] | flag->is_not_supported[w];
        uint64_t holds = op->what == IS_NOT_SUPPORTED ? flag->is_not_supported[w] : ~known;
        out->is_true[w] = holds;
        out->is_false[w] = ~holds;
    }
}

static void run_connective(struct batch_state *state, const struct batch_op *op,
                           struct truth_bits *out)
{
    const struct truth_bits *a = &state->bits[op->a], *b = &state->bits[op->b];
    size_t words = state->batch->words;

    if (op->kind == BATCH_AND) {
        for (size_t w = 0; w < words; w++) {
            out->is_true[w] = a->is_true[w] & b->is_true[w];
            out->is_false[w] = a->is_false[w] | b->is_false[w];
        }
    } else if (op->kind == BATCH_OR) {
        for (size_t w = 0; w < words; w++) {
            out->is_true[w] = a->is_true[w] | b->is_true[w];
            out->is_false[w] = a->is_false[w] & b->is_false[w];
        }
    } else {
        memcpy(out->is_true, a->is_false, words * sizeof(uint64_t));
        memcpy(out->is_false, a->is_true, words * sizeof(uint64_t));
    }
}

static void run_op(struct batch_state *state, const struct batch_op *op, struct truth_bits *out,
                   int64_t now)
{
    const struct user_batch *batch = state->batch;

    switch (op->kind) {
    case BATCH_CONST:
        set_all(out, batch->words, op->truth);
        return;
    case BATCH_NOT_KNOWN:
        set_all(out, batch->words, TRUTH_UNKNOWN);
        return;
    case BATCH_ROOT:
        for (size_t w = 0; w < batch->words; w++) {
            out->is_true[w] = batch->is_root[w];
            out->is_false[w] = ~batch->is_root[w];
        }
        return;
    case BATCH_FLAG:
        memcpy(out->is_true, batch->flags[op->column]->is_true, sizeof out->is_true);
        memcpy(out->is_false, batch->flags[op->column]->is_false, sizeof out->is_false);
        return;
    case BATCH_FLAG_IS:
        run_flag_is(state, op, out);
        return;
    case BATCH_SLOT_EXISTS:
        run_slot_exists(state, op, out);
        return;
    case BATCH_TIME_GREATER:
        run_greater(state, op, out, now);
        return;
    case BATCH_TIME_IS:
        set_all(out, batch->words, TRUTH_UNKNOWN);
        for (size_t row = 0; row < batch->rows; row++) {
            set_row(out, row, time_is_truth(op, state->values[op->a][row]));
        }
        return;
    case BATCH_TEXT:
        run_text(state, op, out);
        return;
    case BATCH_TREE:
        run_tree(state, op, out);
        return;
    case BATCH_AND:
    case BATCH_OR:
    case BATCH_NOT:
        run_connective(state, op, out);
        return;
    }
}

void batch_run(struct batch_state *state, const struct user_batch *batch, struct batch_names names,
               int64_t now)
{
    state->batch = batch;
    state->names = names;
    state->eval.now = now;
    buf_clear(&state->texts);
    run_numbers(state);
    for (uint32_t i = 0; i < state->plan->op_count; i++) {
        run_op(state, &state->plan->ops[i], &state->bits[i], now);
    }
}

void batch_verdicts(const struct batch_state *state, uint32_t rule, struct verdict_bits *out)
{
    const struct batch_rule *it = &state->plan->rules[rule];
    const struct truth_bits *where = &state->bits[it->where], *holds = &state->bits[it->holds];

    for (size_t w = 0; w < state->batch->words; w++) {
        uint64_t valid = state->batch->valid[w];
        uint64_t applies = where->is_true[w] & valid;
        out->not_applicable[w] = where->is_false[w] & valid;
        out->fail[w] = applies & holds->is_false[w];
        out->pass[w] = applies & holds->is_true[w];
        out->unknown[w] = valid & ~(out->not_applicable[w] | out->fail[w] | out->pass[w]);
    }
}

/* ---- evidence ------------------------------------------------------------------------------- */

struct collector {
    struct batch_state *state;
    size_t row;
    struct evidence *evidence;
    size_t count;
    enum gap gap;
    unsigned steps; /* bound on shared parts of the graph */
};

enum { COLLECT_STEPS_MAX = 4096 };

static void collect(struct collector *collector, struct evidence item)
{
    for (size_t i = 0; i < collector->count; i++) {
        if (str_eq(collector->evidence[i].name, item.name)) {
            return;
        }
    }
    if (collector->count < EVIDENCE_COUNT_MAX) {
        collector->evidence[collector->count++] = item;
    }
    if (item.gap > collector->gap) {
        collector->gap = item.gap;
    }
}

static void collect_column(struct collector *collector, enum report_column column, bool is_unknown)
{
    const struct user_batch *batch = collector->state->batch;
    bool is_missing = batch->positions[column] < 0;
    struct evidence item = {report_column_name(column),
                            is_missing ? STR("missing column")
                                       : user_batch_cell(batch, collector->row, column),
                            is_unknown || is_missing ? GAP_INPUT : GAP_NONE};

    collect(collector, item);
}

static void collect_not_known(struct collector *collector, const struct node *attr)
{
    struct buf *texts = &collector->state->texts;
    struct str obtain = node_attr_obtain(attr);
    struct evidence item = {.gap = GAP_NOT_COLLECTED};
    char *begin = buf_reserve(texts, 512);

    /* Texts must not move while they are referred to: one block of fixed size per batch. */
    if (begin == NULL || texts->capacity < TEXTS_SIZE_MAX) {
        return;
    }
    size_t from = texts->n;
    node_attr_write(texts, attr);
    item.name = (struct str){texts->p + from, texts->n - from};
    from = texts->n;
    buf_str(texts, STR("not collected"));
    if (obtain.n > 0) {
        buf_str(texts, STR(": "));
        buf_str(texts, obtain);
    }
    item.value = (struct str){texts->p + from, texts->n - from};
    size_t before = collector->count;
    collect(collector, item);
    if (collector->count == before) {
        texts->n = from - item.name.n;
    }
}

static void collect_number(struct collector *collector, uint32_t number, bool is_unknown)
{
    const struct batch_number *it = &collector->state->plan->numbers[number];

    if (it->kind == NUMBER_COLUMN) {
        bool unknown = collector->state->values[number][collector->row] < TIME_FIRST;
        collect_column(collector, it->column, is_unknown && unknown);
        return;
    }
    collect_number(collector, it->a, is_unknown);
    if (it->kind == NUMBER_FIRST_TIME) {
        int64_t first = collector->state->values[it->a][collector->row];
        if (first != TIME_NEVER && first != TIME_NONE) {
            return; /* the stand-in was not needed */
        }
    }
    if (it->kind != NUMBER_ABS) {
        collect_number(collector, it->b, is_unknown);
    }
}

static enum truth truth_at(const struct collector *collector, uint32_t op)
{
    const struct truth_bits *bits = &collector->state->bits[op];
    size_t word = collector->row / 64, bit = collector->row % 64;

    return bits->is_true[word] >> bit & 1    ? TRUTH_TRUE
           : bits->is_false[word] >> bit & 1 ? TRUTH_FALSE
                                             : TRUTH_UNKNOWN;
}

/* An inactive key is told from an empty slot by its last_rotated; an empty slot needs no proof. */
static void collect_slot(struct collector *collector, const struct batch_op *op, enum truth truth)
{
    const struct flag_bits *active = collector->state->batch->flags[op->column];
    uint64_t bit = UINT64_C(1) << (collector->row % 64);
    bool is_false = (active->is_false[collector->row / 64] & bit) != 0;
    bool is_unknown = truth == TRUTH_UNKNOWN;

    collect_column(collector, op->column, is_unknown && !is_false);
    if (is_false && truth != TRUTH_FALSE) {
        collect_column(collector, (enum report_column)(op->column + 1), is_unknown);
    }
}

static void collect_text(struct collector *collector, const struct batch_op *op, bool is_unknown)
{
    bool is_missing = false;
    struct str text = text_of_row(collector->state, op, collector->row, &is_missing);

    if (op->text_binding == BIND_COLUMN) {
        collect_column(collector, op->column, is_unknown);
    } else if (op->text_binding == BIND_COLUMNS) {
        collect(collector,
                (struct evidence){op->open_name, is_missing ? STR("missing column") : text,
                                  is_unknown ? GAP_INPUT : GAP_NONE});
    } else {
        collect_column(collector, COLUMN_ARN, is_unknown);
    }
}

static bool cell_is_known(const struct collector *collector, enum report_column column)
{
    const struct user_batch *batch = collector->state->batch;
    size_t row = collector->row;

    if (batch->times[column] != NULL) {
        return is_time(batch->times[column][row]);
    }
    return batch->flags[column] == NULL ||
           ((batch->flags[column]->is_true[row / 64] | batch->flags[column]->is_false[row / 64]) >>
                (row % 64) &
            1) != 0;
}

/* What the schema says of slot 1 holds of slot 2, which eval looks at too. */
static void collect_slots(struct collector *collector, enum report_column column, bool is_unknown)
{
    bool is_key = column >= COLUMN_KEY_1_ACTIVE && column < COLUMN_KEY_2_ACTIVE;
    bool is_cert = column >= COLUMN_CERT_1_ACTIVE && column < COLUMN_CERT_2_ACTIVE;

    collect_column(collector, column, is_unknown && !cell_is_known(collector, column));
    if (is_key || is_cert) {
        column = (enum report_column)(column + (is_key ? KEY_SLOT_STRIDE : CERT_SLOT_STRIDE));
        collect_column(collector, column, is_unknown && !cell_is_known(collector, column));
    }
}

static void collect_attr(struct collector *collector, const struct node *node, bool is_unknown)
{
    const struct schema_attr *last = node->chain[node->chain_count - 1];
    struct batch_op text = {.text_binding = BIND_COLUMNS, .open_name = node->open_name};

    switch (last->binding) {
    case BIND_NONE:
        collect_not_known(collector, node);
        return;
    case BIND_COLUMN:
        collect_slots(collector, last->column, is_unknown);
        return;
    case BIND_KEYS:
    case BIND_SLOTS:
        collect_slots(collector, COLUMN_KEY_1_ACTIVE, is_unknown);
        return;
    case BIND_CERTS:
        collect_slots(collector, COLUMN_CERT_1_ACTIVE, is_unknown);
        return;
    case BIND_ACCOUNT:
    case BIND_PARTITION:
    case BIND_PATH:
        collect_column(collector, COLUMN_ARN, is_unknown);
        return;
    case BIND_COLUMNS:
        collect_text(collector, &text, is_unknown);
        return;
    case BIND_IS_ROOT:
    case BIND_GROUP:
        return;
    }
}

/* A part that only eval can run: name the columns it speaks of. */
static void collect_tree(struct collector *collector, const struct node *node, bool is_unknown)
{
    if (node == NULL || collector->steps++ >= COLLECT_STEPS_MAX) {
        return;
    }
    if (node->kind == NODE_ATTR && node->chain_count > 0) {
        collect_attr(collector, node, is_unknown);
    }
    for (uint32_t i = 0; i < node->arg_count; i++) {
        collect_tree(collector, node->args[i], is_unknown);
    }
    collect_tree(collector, node->a, is_unknown);
    collect_tree(collector, node->b, is_unknown);
}

static void collect_op(struct collector *collector, uint32_t index);

/* The operands that made the result what it is; of a slot with nothing in it, no more than that. */
static void collect_pair(struct collector *collector, const struct batch_op *op, enum truth truth)
{
    uint32_t operands[] = {op->a, op->b};
    bool is_empty_slot = collector->state->plan->ops[op->a].kind == BATCH_SLOT_EXISTS &&
                         truth == TRUTH_FALSE && truth_at(collector, op->a) == TRUTH_FALSE;

    for (int i = 0; i < (is_empty_slot ? 1 : 2); i++) {
        if (truth_at(collector, operands[i]) == truth) {
            collect_op(collector, operands[i]);
        }
    }
}

static void collect_op(struct collector *collector, uint32_t index)
{
    const struct batch_op *op = &collector->state->plan->ops[index];
    enum truth truth = truth_at(collector, index);
    bool is_unknown = truth == TRUTH_UNKNOWN;

    if (collector->steps++ >= COLLECT_STEPS_MAX) {
        return;
    }
    switch (op->kind) {
    case BATCH_CONST:
    case BATCH_ROOT:
        return;
    case BATCH_NOT_KNOWN:
        collect_not_known(collector, op->node);
        return;
    case BATCH_FLAG:
    case BATCH_FLAG_IS:
        collect_column(collector, op->column, is_unknown);
        return;
    case BATCH_SLOT_EXISTS:
        collect_slot(collector, op, truth);
        return;
    case BATCH_TIME_GREATER:
    case BATCH_TIME_IS:
        collect_number(collector, op->a, is_unknown);
        return;
    case BATCH_TEXT:
        collect_text(collector, op, is_unknown);
        return;
    case BATCH_TREE:
        collect_tree(collector, op->node, is_unknown);
        return;
    case BATCH_AND:
    case BATCH_OR:
        collect_pair(collector, op, truth);
        return;
    case BATCH_NOT:
        collect_op(collector, op->a);
        return;
    }
}

size_t batch_evidence(struct batch_state *state, uint32_t rule, size_t row,
                      struct evidence *evidence, enum gap *gap)
{
    const struct batch_rule *it = &state->plan->rules[rule];
    struct collector collector = {.state = state, .row = row, .evidence = evidence};

    if (state->texts.capacity < TEXTS_SIZE_MAX &&
        buf_reserve(&state->texts, TEXTS_SIZE_MAX) == NULL) {
        return 0;
    }
    enum truth applies = truth_at(&collector, it->where);
    collect_op(&collector, it->where);
    if (applies == TRUTH_TRUE) {
        collect_op(&collector, it->holds);
        /* Where all was known, what made the rule apply is no gap. */
    }
    bool is_unknown = applies == TRUTH_UNKNOWN ||
                      (applies == TRUTH_TRUE && truth_at(&collector, it->holds) == TRUTH_UNKNOWN);
    /* Where values are there but make no sense together, the input is to blame. */
    *gap = is_unknown && collector.gap == GAP_NONE ? GAP_INPUT : collector.gap;
    return collector.count;
}

#include "audit/judge.h"

#include <string.h>

#include "audit/account_rule.h"
#include "audit/refine.h"
#include "audit/screen.h"
#include "audit/tier_count.h"
#include "rule/batch_kernel.h"
#include "source/report_decode.h"
#include "source/row_reader.h"

struct judge {
    const struct audit_config *config;
    uint64_t hash_seed;
    struct row_reader rows;
    struct report_decoder decoder;
    struct user_batch batch;
    struct batch_state *state;
    struct verdict_bits *bits;      /* per control */
    struct screen *screen;          /* NULL: the rules' answers are what is told */
    struct screened_bits *screened; /* per control, where there is a screen */
    struct class_bits classes;      /* of the rows, where there are classes */
    uint64_t *hashes;
    uint32_t columns;                   /* to decode: a bit for each */
    uint8_t *statuses;                  /* of a row, per control */
    const struct shared_header *header; /* whose missing columns are set in the batch */
    const struct batch_kernel *kernel;
    struct refiner *refiner;
    bool is_refining;              /* the batch at hand */
    struct account_judge *account; /* NULL: not needed yet */
    bool asks_users;               /* some rule about the account asks about all its users */
};

/* Whether a node leads from the account to its users. */
static bool node_asks_users(const struct node *node, unsigned depth)
{
    enum { DEPTH_MAX = 64 };
    bool asks = false;

    if (node == NULL || depth > DEPTH_MAX) {
        return node != NULL;
    }
    for (uint32_t i = 0; node->kind == NODE_ATTR && i < node->chain_count; i++) {
        asks |= node->chain[i]->entity != NULL && node->chain[i]->entity->is_report_row;
    }
    for (uint32_t i = 0; i < node->arg_count; i++) {
        asks |= node_asks_users(node->args[i], depth + 1);
    }
    return asks || node_asks_users(node->a, depth + 1) || node_asks_users(node->b, depth + 1);
}

static bool rules_ask_users(const struct ruleset *rules)
{
    bool asks = false;

    for (size_t i = 0; i < rules->count; i++) {
        const struct rule_program *program = &rules->programs[i];
        asks |= !program->entity->is_report_row &&
                (node_asks_users(program->where, 0) || node_asks_users(program->have, 0));
    }
    return asks;
}

/* Where something is collected beside the reports, rules may ask about any column by way of it. */
static uint32_t columns_of(const struct audit_config *config)
{
    uint32_t columns = config->rules->plan.columns | config->columns |
                       (config->tiers == NULL ? 0 : tier_columns());

    return config->archive != NULL && config->archive->has_inventories
               ? (UINT32_C(1) << COLUMN_COUNT) - 1
               : columns;
}

struct judge *judge_new(const struct audit_config *config, uint64_t hash_seed)
{
    struct judge *judge = mem_alloc(sizeof *judge);

    judge->config = config;
    judge->hash_seed = hash_seed;
    row_reader_init(&judge->rows, config->simd);
    report_decoder_init(&judge->decoder, config->simd);
    judge->columns = columns_of(config);
    user_batch_init(&judge->batch, judge->columns);
    judge->state = batch_state_new(&config->rules->plan, config->simd);
    judge->bits = mem_array(config->rules->count, sizeof *judge->bits);
    judge->screen = screen_new(config);
    if (judge->screen != NULL) {
        judge->screened = mem_array(config->rules->count, sizeof *judge->screened);
    }
    judge->hashes = mem_array(BATCH_ROWS_MAX, sizeof *judge->hashes);
    judge->statuses = mem_array(config->rules->count, sizeof *judge->statuses);
    judge->kernel = batch_kernel_choose(config->simd);
    judge->refiner = refiner_new(config->rules);
    judge->asks_users = rules_ask_users(config->rules);
    return judge;
}

void judge_begin(struct judge *judge)
{
    judge->header = NULL;
}

void judge_free(struct judge *judge)
{
    if (judge == NULL) {
        return;
    }
    row_reader_release(&judge->rows);
    user_batch_release(&judge->batch);
    batch_state_free(judge->state);
    mem_free(judge->bits);
    mem_free(judge->screened);
    screen_free(judge->screen);
    mem_free(judge->hashes);
    mem_free(judge->statuses);
    refiner_free(judge->refiner);
    account_judge_free(judge->account);
    mem_free(judge);
}

/* One piece at work. */
struct work {
    struct judge *judge;
    struct verdict *verdict;
    struct piece *piece;
    struct piece_verdict *result;
    const struct posture *posture;
    const size_t (*sampled)[STATUS_COUNT];
};

/* ---- errors of rows ------------------------------------------------------------------------- */

static struct err *error_new(struct work *work, uint32_t line)
{
    struct verdict *verdict = work->verdict;

    if (work->result->error_count++ >= PIECE_ERRORS_MAX) {
        return NULL;
    }
    if (verdict->error_count == verdict->error_capacity) {
        verdict->error_capacity = verdict->error_capacity == 0 ? 16 : verdict->error_capacity * 2;
        verdict->errors =
            mem_resize(verdict->errors, verdict->error_capacity * sizeof *verdict->errors);
    }
    struct err *err = &verdict->errors[verdict->error_count++];
    *err = (struct err){.line = line + 1};
    return err;
}

static void bad_row(void *shared, uint32_t line, size_t found, size_t expected)
{
    struct work *work = shared;
    struct err *err = error_new(work, work->piece->chunk.lines_dropped + line);

    work->result->lost_rows++;
    if (err != NULL) {
        (void)err_set(err, ERR_INPUT, "this row has %zu cell%s where the header has %zu", found,
                      found == 1 ? "" : "s", expected);
        err_hint(err, "the row was left out; the others were judged");
    }
}

static uint32_t line_of(const struct work *work, size_t row)
{
    return work->piece->chunk.lines_dropped + work->judge->rows.table.lines[row];
}

static bool cell_is_unreadable(const struct user_batch *batch, size_t row,
                               enum report_column column)
{
    return batch->times[column] != NULL
               ? batch->times[column][row] == TIME_UNREADABLE
               : report_flag_of(user_batch_cell(batch, row, column)) == FLAG_UNREADABLE;
}

/* Rows are looked at one by one only where the decoder saw something it could not read. */
static void tell_unreadable(struct work *work, uint32_t columns)
{
    const struct user_batch *batch = &work->judge->batch;

    for (size_t row = 0; row < batch->rows; row++) {
        for (int i = 0; i < COLUMN_COUNT; i++) {
            enum report_column column = (enum report_column)i;
            if ((columns >> i & 1) == 0 || !cell_is_unreadable(batch, row, column)) {
                continue;
            }
            struct err *err = error_new(work, line_of(work, row));
            if (err != NULL) {
                struct str cell = str_sub(user_batch_cell(batch, row, column), 0, 60);
                (void)err_set(err, ERR_INPUT, "%.*s is '%.*s', which is no %s",
                              STR_ARG(report_column_name(column)), STR_ARG(cell),
                              batch->times[column] != NULL ? "date" : "true or false");
                err_hint(err, "the row was judged with that value unknown");
            }
        }
    }
}

static void tell_empty_users(struct work *work)
{
    const struct user_batch *batch = &work->judge->batch;

    for (size_t row = 0; row < batch->rows; row++) {
        if (user_batch_cell(batch, row, COLUMN_USER).n == 0) {
            struct err *err = error_new(work, line_of(work, row));
            if (err != NULL) {
                (void)err_set(err, ERR_INPUT, "this row has no user name");
            }
        }
    }
}

static bool has_empty_user(const struct user_batch *batch)
{
    bool empty = false;

    for (size_t row = 0; row < batch->rows; row++) {
        empty |= user_batch_cell(batch, row, COLUMN_USER).n == 0;
    }
    return empty;
}

/* ---- findings ------------------------------------------------------------------------------- */

static bool row_has(const uint64_t *bits, size_t row)
{
    return bits[row / 64] >> (row % 64) & 1;
}

static size_t evidence_of(struct judge *judge, uint32_t control, size_t row,
                          struct evidence *evidence, enum gap *gap)
{
    return judge->is_refining && refiner_has(judge->refiner, control, row)
               ? refiner_evidence(judge->refiner, control, row, evidence, gap)
               : batch_evidence(judge->state, control, row, evidence, gap);
}

static void make_finding(struct work *work, uint32_t control, size_t row, enum status status,
                         struct evidence *evidence, struct finding *out)
{
    struct judge *judge = work->judge;
    const struct report_file *file = work->piece->file;
    const struct control *it = &judge->config->rules->controls[control];
    struct row_principal who = user_batch_principal(&judge->batch, row, file->account);
    struct arn_parts parts = arn_split(who.arn);

    *out = (struct finding){.control = it,
                            .status = status,
                            .severity = it->severity,
                            .account = who.account,
                            .user = who.user,
                            .arn = who.arn,
                            .partition = parts.account.n > 0 ? parts.partition : file->partition,
                            .path = file->path,
                            .as_of = file->as_of,
                            .evidence = evidence};
    out->evidence_count = evidence_of(judge, control, row, evidence, &out->gap);
    if (judge->screen != NULL) {
        out->was_unknown = row_has(judge->screened[control].was_unknown, row);
        screen_finding(judge->screen, control, file->as_of, out);
    }
    if (status != STATUS_UNKNOWN && !out->was_unknown) {
        out->gap = GAP_NONE;
    }
}

static void add_keys(const struct judge *judge, size_t row, struct finding *finding)
{
    static const enum report_column columns[KEY_SLOTS][2] = {
        {COLUMN_KEY_1_ACTIVE, COLUMN_KEY_1_ROTATED},
        {COLUMN_KEY_2_ACTIVE, COLUMN_KEY_2_ROTATED},
    };

    for (size_t i = 0; i < KEY_SLOTS; i++) {
        finding->keys[i].active = user_batch_cell(&judge->batch, row, columns[i][0]);
        finding->keys[i].rotated = user_batch_cell(&judge->batch, row, columns[i][1]);
    }
}

/* Keeps a copy whose texts live until the task is merged. */
static void keep_sample(struct work *work, uint32_t control, const struct finding *finding)
{
    struct verdict *verdict = work->verdict;
    struct evidence *evidence =
        arena_array(&verdict->arena, finding->evidence_count, sizeof *evidence);

    if (evidence == NULL) {
        return;
    }
    if (verdict->sample_count == verdict->sample_capacity) {
        size_t capacity = verdict->sample_capacity == 0 ? 64 : verdict->sample_capacity * 2;
        verdict->samples = mem_resize(verdict->samples, capacity * sizeof *verdict->samples);
        verdict->sample_controls =
            mem_resize(verdict->sample_controls, capacity * sizeof *verdict->sample_controls);
        verdict->sample_capacity = capacity;
    }
    for (size_t i = 0; i < finding->evidence_count; i++) {
        evidence[i].gap = finding->evidence[i].gap;
        if (!arena_str(&verdict->arena, finding->evidence[i].name, &evidence[i].name) ||
            !arena_str(&verdict->arena, finding->evidence[i].value, &evidence[i].value)) {
            return;
        }
    }
    verdict->samples[verdict->sample_count] = *finding;
    verdict->samples[verdict->sample_count].evidence = evidence;
    verdict->sample_controls[verdict->sample_count++] = control;
}

static const uint64_t *bits_of(const struct judge *judge, uint32_t control, enum status status)
{
    switch (status) {
    case STATUS_FAIL:
        return judge->bits[control].fail;
    case STATUS_UNKNOWN:
        return judge->bits[control].unknown;
    case STATUS_PASS:
        return judge->bits[control].pass;
    case STATUS_NOT_APPLICABLE:
        return judge->bits[control].not_applicable;
    case STATUS_EXCEPTED:
        break;
    }
    return judge->screened[control].excepted;
}

/* Takes out what is not told as the rule answers it. */
static void screen_control(struct work *work, uint32_t control)
{
    struct judge *judge = work->judge;
    const struct report_file *file = work->piece->file;
    const uint64_t *excepted = judge->screened[control].excepted;

    screen_rows(judge->screen, &judge->batch, file->account, control, file->as_of,
                &judge->bits[control], &judge->screened[control]);
    for (size_t w = 0; w < judge->batch.words; w++) {
        work->verdict->counts[control][STATUS_EXCEPTED] +=
            (uint64_t)__builtin_popcountll(excepted[w]);
    }
}

static void count_class(struct class_tally *tally, const struct judge *judge, uint32_t control,
                        const uint64_t *rows)
{
    const struct rule_program *program = &judge->config->rules->programs[control];

    for (size_t w = 0; w < judge->batch.words; w++) {
        uint64_t kind = (program->judges_root ? judge->batch.is_root[w] : 0) |
                        (program->judges_users ? ~judge->batch.is_root[w] : 0);
        for (int status = 0; status < STATUS_COUNT; status++) {
            uint64_t bits = bits_of(judge, control, (enum status)status)[w] & rows[w];
            bits &= status == STATUS_NOT_APPLICABLE ? kind : ~UINT64_C(0);
            tally->counts[status] += (uint64_t)__builtin_popcountll(bits);
        }
    }
}

/* Counts a control's verdicts; rows of the wrong kind are not counted, and seen only with --all. */
static void count_control(struct work *work, uint32_t control)
{
    struct judge *judge = work->judge;
    const struct rule_program *program = &judge->config->rules->programs[control];
    const struct user_batch *batch = &judge->batch;
    struct verdict_bits *bits = &judge->bits[control];
    uint64_t *counts = work->verdict->counts[control];
    uint64_t (*count_both)(const uint64_t *, const uint64_t *, size_t) = judge->kernel->count_both;
    uint64_t kind[BATCH_WORDS];

    batch_verdicts(judge->state, control, bits);
    if (judge->is_refining) {
        refiner_control(judge->refiner, control, bits);
    }
    if (judge->screen != NULL) {
        screen_control(work, control);
    }
    for (size_t w = 0; w < batch->words; w++) {
        kind[w] = (program->judges_root ? batch->is_root[w] : 0) |
                  (program->judges_users ? ~batch->is_root[w] : 0);
    }
    counts[STATUS_FAIL] += count_both(bits->fail, batch->valid, batch->words);
    counts[STATUS_UNKNOWN] += count_both(bits->unknown, batch->valid, batch->words);
    counts[STATUS_PASS] += count_both(bits->pass, batch->valid, batch->words);
    counts[STATUS_NOT_APPLICABLE] += count_both(bits->not_applicable, kind, batch->words);
    if (work->verdict->small != NULL) {
        count_class(&work->verdict->small[control], judge, control, judge->classes.small);
        count_class(&work->verdict->large[control], judge, control, judge->classes.large);
    }
}

static enum status status_at(const struct judge *judge, uint32_t control, size_t row)
{
    const struct verdict_bits *bits = &judge->bits[control];

    if (judge->screen != NULL && row_has(judge->screened[control].excepted, row)) {
        return STATUS_EXCEPTED;
    }
    return row_has(bits->fail, row)      ? STATUS_FAIL
           : row_has(bits->unknown, row) ? STATUS_UNKNOWN
           : row_has(bits->pass, row)    ? STATUS_PASS
                                         : STATUS_NOT_APPLICABLE;
}

static void tell_row(struct work *work, size_t row)
{
    const struct judge *judge = work->judge;
    const struct ruleset *rules = judge->config->rules;
    struct row_principal who = user_batch_principal(&judge->batch, row, work->piece->file->account);
    struct audit_row seen = {&judge->batch, row, who.account, judge->statuses, rules->count};

    for (uint32_t i = 0; i < rules->count; i++) {
        judge->statuses[i] = rules->plan.rules[i].is_report_row ? (uint8_t)status_at(judge, i, row)
                                                                : (uint8_t)STATUS_NOT_JUDGED;
    }
    judge->config->row(&work->verdict->out, &seen);
}

static void write_row(struct work *work, size_t row, bool has_findings)
{
    const struct audit_config *config = work->judge->config;
    struct evidence evidence[EVIDENCE_COUNT_MAX];
    struct finding finding;

    if (config->row != NULL) {
        tell_row(work, row);
    }
    for (uint32_t i = 0; has_findings && i < config->rules->count; i++) {
        if (!config->rules->plan.rules[i].is_report_row) {
            continue;
        }
        enum status status = status_at(work->judge, i, row);
        if (work->judge->screen != NULL && row_has(work->judge->screened[i].left_out, row)) {
            continue;
        }
        if (!config->show_all && (status == STATUS_PASS || status == STATUS_NOT_APPLICABLE)) {
            continue;
        }
        make_finding(work, i, row, status, evidence, &finding);
        if (config->format->wants_keys) {
            add_keys(work->judge, row, &finding);
        }
        config->format->finding(&work->verdict->out, &finding, config->options);
    }
}

/* Passes and what is not applicable differ in name only. */
static uint64_t rows_that_differ(const struct judge *judge, size_t w)
{
    const struct audit_config *config = judge->config;
    uint64_t any = 0;

    for (size_t i = 0; i < config->pair_count; i++) {
        const struct verdict_bits *ours = &judge->bits[config->pairs[i].ours];
        const struct verdict_bits *theirs = &judge->bits[config->pairs[i].theirs];
        any |= (ours->fail[w] ^ theirs->fail[w]) | (ours->unknown[w] ^ theirs->unknown[w]);
    }
    return any;
}

static uint64_t rows_to_show(const struct judge *judge, size_t w)
{
    const struct ruleset *rules = judge->config->rules;
    uint64_t any = judge->config->show_all ? judge->batch.valid[w] : 0;

    if (judge->config->pair_count > 0) {
        return rows_that_differ(judge, w);
    }
    for (uint32_t i = 0; i < rules->count && any != judge->batch.valid[w]; i++) {
        if (rules->plan.rules[i].is_report_row) {
            any |= judge->bits[i].fail[w] | judge->bits[i].unknown[w];
            any |= judge->screen != NULL ? judge->screened[i].excepted[w] : 0;
        }
    }
    return any;
}

/* Findings in report order, all controls of a row together. */
static void write_findings(struct work *work)
{
    const struct judge *judge = work->judge;

    for (size_t w = 0; w < judge->batch.words; w++) {
        uint64_t shown = rows_to_show(judge, w);
        uint64_t any = judge->config->row != NULL ? judge->batch.valid[w] : shown;
        for (; any != 0; any &= any - 1) {
            size_t row = w * 64 + (size_t)__builtin_ctzll(any);
            write_row(work, row, row_has(&shown, row % 64));
            if (work->verdict->out.n > work->verdict->out_kept_max) {
                work->verdict->hand_on(work->verdict->shared,
                                       (size_t)(work->piece - work->verdict->task.pieces));
            }
        }
    }
}

static size_t samples_of(const struct work *work, uint32_t control, enum status status)
{
    size_t count = work->sampled[control][status];

    for (size_t i = 0; i < work->verdict->sample_count; i++) {
        count += work->verdict->sample_controls[i] == control &&
                 work->verdict->samples[i].status == status;
    }
    return count;
}

/* The first findings of each control, as many as are still wanted. */
static void sample_control(struct work *work, uint32_t control, enum status status)
{
    struct judge *judge = work->judge;
    const uint64_t *bits = bits_of(judge, control, status);
    size_t sample_max = work->posture->sample_max;
    size_t count = 0;

    if (work->sampled[control][status] >= sample_max) {
        return;
    }
    count = samples_of(work, control, status);
    for (size_t w = 0; w < judge->batch.words; w++) {
        for (uint64_t left = bits[w]; left != 0 && count < sample_max; left &= left - 1) {
            struct evidence evidence[EVIDENCE_COUNT_MAX];
            struct finding finding;
            make_finding(work, control, w * 64 + (size_t)__builtin_ctzll(left), status, evidence,
                         &finding);
            keep_sample(work, control, &finding);
            count++;
        }
    }
}

static void count_gaps(struct work *work, uint32_t control)
{
    struct judge *judge = work->judge;

    for (size_t w = 0; w < judge->batch.words; w++) {
        for (uint64_t left = judge->bits[control].unknown[w]; left != 0; left &= left - 1) {
            struct evidence evidence[EVIDENCE_COUNT_MAX];
            enum gap gap = GAP_NONE;
            size_t row = w * 64 + (size_t)__builtin_ctzll(left);
            (void)evidence_of(judge, control, row, evidence, &gap);
            work->verdict->unknown_input[control] += gap == GAP_INPUT;
            if (work->verdict->small != NULL && gap == GAP_INPUT) {
                work->verdict->small[control].unknown_input += row_has(judge->classes.small, row);
                work->verdict->large[control].unknown_input += row_has(judge->classes.large, row);
            }
        }
    }
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void collect_names(struct work *work, size_t first)
{
    struct judge *judge = work->judge;
    struct verdict *verdict = work->verdict;
    const struct row_table *table = &judge->rows.table;
    size_t position = (size_t)judge->batch.positions[COLUMN_USER];

    if (verdict->name_capacity < verdict->name_count + judge->batch.rows) {
        verdict->name_capacity = (verdict->name_count + judge->batch.rows) * 2;
        verdict->names =
            mem_resize(verdict->names, verdict->name_capacity * sizeof *verdict->names);
    }
    judge->decoder.hashes(judge->hash_seed, table, first, judge->batch.rows, position,
                          judge->hashes);
    for (size_t row = 0; row < judge->batch.rows; row++) {
        struct str name = row_cell(table, first + row, position);
        verdict->names[verdict->name_count++] =
            (struct row_name){judge->hashes[row], line_of(work, first + row),
                              (uint32_t)(name.p - verdict->task.text), (uint32_t)name.n};
    }
}

static uint64_t count_late(const struct judge *judge, int64_t as_of)
{
    uint64_t late = 0;
    uint64_t greater[BATCH_WORDS];

    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (judge->batch.times[i] == NULL || judge->batch.positions[i] < 0 ||
            i == COLUMN_PASSWORD_NEXT_ROTATION) {
            continue;
        }
        judge->kernel->greater(judge->batch.times[i], as_of, judge->batch.words, greater);
        late += judge->kernel->count_both(greater, judge->batch.valid, judge->batch.words);
    }
    return late;
}

/* For rules about the account that ask about its users. */
static void keep_users(struct work *work)
{
    struct entity_set *entities = work->piece->file->entities;

    for (size_t row = 0; row < work->judge->batch.rows; row++) {
        const struct value *user = refiner_entity(work->judge->refiner, row);
        if (user == NULL) {
            entity_set_lose_user(entities);
        } else {
            entity_set_add_user(entities, user);
        }
    }
}

static void judge_batch(struct work *work)
{
    struct judge *judge = work->judge;
    const struct audit_config *config = judge->config;
    const struct ruleset *rules = config->rules;
    const struct report_header *header = &work->piece->file->header->header;
    struct batch_names names = {header->names, header->column_count};
    int64_t as_of = work->piece->file->as_of;
    uint32_t unreadable = 0;

    judge->batch.rows = judge->rows.table.rows;
    judge->batch.first = 0;
    judge->batch.table = &judge->rows.table;
    judge->batch.positions = header->positions;
    report_decode(&judge->decoder, &judge->batch, judge->columns, &unreadable);
    if (unreadable != 0) {
        tell_unreadable(work, unreadable);
    }
    if (has_empty_user(&judge->batch)) {
        tell_empty_users(work);
    }
    batch_run(judge->state, &judge->batch, names, as_of);
    judge->is_refining =
        refiner_begin(judge->refiner, &judge->batch, names, work->piece->file->entities, as_of);
    if (judge->asks_users && work->piece->file->entities != NULL) {
        keep_users(work);
    }
    if (work->verdict->small != NULL) {
        screen_classes(judge->screen, &judge->batch, work->piece->file->account, &judge->classes);
    }
    for (uint32_t i = 0; i < rules->count; i++) {
        if (!rules->plan.rules[i].is_report_row) {
            continue;
        }
        count_control(work, i);
        if (config->wants_gaps) {
            count_gaps(work, i);
        }
        if (work->posture->sample_max > 0) {
            sample_control(work, i, STATUS_FAIL);
            sample_control(work, i, STATUS_UNKNOWN);
            if (judge->screen != NULL) {
                sample_control(work, i, STATUS_EXCEPTED);
            }
        }
    }
    if (config->format->finding != NULL) {
        write_findings(work);
    }
    if (!atomic_load_explicit(&work->piece->file->skip_duplicates, memory_order_relaxed)) {
        collect_names(work, 0);
    }
    if (work->verdict->tiers.count > 0) {
        tier_count_batch(&judge->batch, as_of, &work->verdict->tiers);
    }
    work->result->late_dates += count_late(judge, as_of);
    work->result->rows += judge->batch.rows;
    work->result->roots +=
        judge->kernel->count_both(judge->batch.is_root, judge->batch.valid, judge->batch.words);
}

/* Rows of the wrong width are told while a batch is read, cells when it is judged: by line again.
 * There are at most PIECE_ERRORS_MAX of them. */
static void sort_errors(struct err *errors, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct err err = errors[i];
        size_t at = i;
        for (; at > 0 && errors[at - 1].line > err.line; at--) {
            errors[at] = errors[at - 1];
        }
        errors[at] = err;
    }
}

/* ---- the account ---------------------------------------------------------------------------- */

static void put_account_finding(struct work *work, uint32_t control, struct finding *finding)
{
    const struct audit_config *config = work->judge->config;
    struct verdict *verdict = work->verdict;
    bool is_quiet = finding->status == STATUS_PASS || finding->status == STATUS_NOT_APPLICABLE;

    verdict->counts[control][finding->status]++;
    verdict->unknown_input[control] +=
        finding->status == STATUS_UNKNOWN && finding->gap == GAP_INPUT;
    if (verdict->small != NULL && finding->asset_class != ASSET_UNKNOWN) {
        struct class_tally *tally = finding->asset_class == ASSET_SMALL ? &verdict->small[control]
                                                                        : &verdict->large[control];
        if (finding->asset_class == ASSET_SMALL || finding->asset_class == ASSET_LARGE) {
            tally->counts[finding->status]++;
        }
    }
    if (!is_quiet && samples_of(work, control, finding->status) < work->posture->sample_max) {
        keep_sample(work, control, finding);
    }
    if (config->format->finding != NULL && (config->show_all || !is_quiet)) {
        config->format->finding(&verdict->out, finding, config->options);
    }
}

static void judge_account_rule(struct work *work, uint32_t control)
{
    struct judge *judge = work->judge;
    const struct ruleset *rules = judge->config->rules;
    const struct report_file *file = work->piece->file;
    struct account_answer answer = {0};

    account_rule_answer(judge->account, file->entities, &rules->programs[control], file->as_of,
                        &answer);
    struct finding finding = {.control = &rules->controls[control],
                              .status = answer.status,
                              .severity = rules->controls[control].severity,
                              .gap = answer.gap,
                              .account = file->account,
                              .partition = file->partition,
                              .path = file->path,
                              .as_of = file->as_of,
                              .evidence = answer.evidence,
                              .evidence_count = answer.evidence_count};
    if (judge->screen == NULL || screen_single(judge->screen, control, file->as_of, &finding)) {
        put_account_finding(work, control, &finding);
    }
}

/* Rules about the account, once its report has been read to the end. */
static void judge_account(struct work *work)
{
    struct judge *judge = work->judge;
    const struct ruleset *rules = judge->config->rules;
    struct report_file *file = work->piece->file;

    if (judge->account == NULL) {
        judge->account = account_judge_new();
    }
    if (work->piece->err.kind != ERR_NONE) {
        entity_set_lose_user(file->entities);
    }
    entity_set_end_users(file->entities);
    for (uint32_t i = 0; i < rules->count; i++) {
        if (!rules->plan.rules[i].is_report_row) {
            judge_account_rule(work, i);
        }
    }
}

static void judge_rows(struct work *work)
{
    struct judge *judge = work->judge;
    struct verdict *verdict = work->verdict;
    struct piece_verdict *result = work->result;

    *result = (struct piece_verdict){.out_begin = verdict->out.n,
                                     .name_begin = verdict->name_count,
                                     .error_begin = verdict->error_count};
    if (work->piece->file != NULL && work->piece->chunk.n > 0) {
        const struct shared_header *header = work->piece->file->header;
        if (judge->header != header) {
            /* The address of a header that is gone may come again: judge_begin forgets it. */
            report_decode_missing(&judge->batch, judge->columns, header->header.missing);
            judge->header = header;
        }
        row_reader_begin(&judge->rows, &header->header, work->piece->chunk.text,
                         work->piece->chunk.n);
        while (row_reader_next(&judge->rows, bad_row, work)) {
            judge_batch(work);
        }
        result->lines = judge->rows.line;
    }
    if (work->piece->file != NULL && work->piece->file->entities != NULL) {
        if (result->lost_rows + work->piece->chunk.error_count > 0) {
            entity_set_lose_user(work->piece->file->entities);
        }
        if (work->piece->is_last) {
            judge_account(work);
        }
    }
    if (verdict->error_count > result->error_begin) {
        sort_errors(verdict->errors + result->error_begin,
                    verdict->error_count - result->error_begin);
    }
    result->lines += work->piece->chunk.lines_dropped;
    result->out_end = verdict->out.n;
    result->name_end = verdict->name_count;
    result->error_end = verdict->error_count;
}

void judge_piece(struct judge *judge, struct verdict *verdict, size_t index,
                 const struct posture *posture, const size_t (*sampled)[STATUS_COUNT])
{
    struct work work = {.judge = judge,
                        .verdict = verdict,
                        .piece = &verdict->task.pieces[index],
                        .result = &verdict->pieces[index],
                        .posture = posture,
                        .sampled = sampled};

    judge_rows(&work);
}

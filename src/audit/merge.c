#include "audit/merge.h"

#include <string.h>

#include "audit/screen.h"

enum { OUT_SIZE_MAX = 256 << 20, FLUSH_SIZE = 1 << 16, TABLE_SIZE_MIN = 256 };

/* Names seen in the report at hand: a table of hashes, never more than half full. */
struct name_table {
    uint64_t *hashes;      /* 0: free */
    size_t size, capacity; /* slots in use, a power of 2, of those there are */
    size_t count;
};

struct merger {
    const struct audit_config *config;
    struct posture *posture;
    struct buf out;
    struct name_table names;
    bool has_findings;     /* one was written: the next needs its separator */
    struct screen *screen; /* for findings made here; NULL: not needed */
};

struct merger *merger_new(const struct audit_config *config, struct posture *posture)
{
    struct merger *merger = mem_alloc(sizeof *merger);

    merger->config = config;
    merger->posture = posture;
    merger->screen = screen_new(config);
    buf_init(&merger->out, OUT_SIZE_MAX);
    return merger;
}

void merger_free(struct merger *merger)
{
    if (merger != NULL) {
        buf_release(&merger->out);
        mem_free(merger->names.hashes);
        screen_free(merger->screen);
        mem_free(merger);
    }
}

/* ---- output --------------------------------------------------------------------------------- */

static bool flush(struct merger *merger, struct err *err)
{
    bool ok = merger->out.n == 0 ||
              merger->config->write(merger->config->shared, buf_text(&merger->out), err);

    buf_clear(&merger->out);
    return ok;
}

static bool put_findings(struct merger *merger, struct str bytes, struct err *err)
{
    if (bytes.n > 0 && !merger->has_findings) {
        bytes = str_sub(bytes, merger->config->format->separator_size, bytes.n);
        merger->has_findings = true;
    }
    if (bytes.n >= FLUSH_SIZE) {
        return flush(merger, err) && merger->config->write(merger->config->shared, bytes, err);
    }
    buf_str(&merger->out, bytes);
    return merger->out.n < FLUSH_SIZE || flush(merger, err);
}

/* ---- messages ------------------------------------------------------------------------------- */

static void tell(struct merger *merger, enum audit_message kind, const struct err *err)
{
    if (merger->config->message != NULL) {
        merger->config->message(merger->config->shared, kind, err);
    }
}

static void tell_error(struct merger *merger, struct report_file *file, const struct err *error,
                       uint64_t line_base)
{
    struct err err = *error;

    err.line = err.line == 0 ? 0 : (uint32_t)(err.line + line_base);
    err_place(&err, file->path, 0, 0);
    posture_add_error(merger->posture, &err);
    file->errors++;
    if (file->errors_told < FILE_ERRORS_TOLD_MAX) {
        file->errors_told++;
        tell(merger, AUDIT_ERROR, &err);
    }
}

/* Errors that were counted but not kept. */
static void count_errors(struct merger *merger, struct report_file *file, uint64_t count)
{
    file->errors += count;
    merger->posture->error_count += count;
}

static void merge_errors(struct merger *merger, const struct verdict *verdict,
                         const struct piece *piece, const struct piece_verdict *result)
{
    struct report_file *file = piece->file;
    uint64_t base = file->header_lines + file->lines;
    uint64_t kept = result->error_end - result->error_begin;

    for (size_t i = 0; i < piece->chunk.error_count; i++) {
        tell_error(merger, file, &piece->chunk.errors[i], base);
    }
    for (size_t i = result->error_begin; i < result->error_end; i++) {
        tell_error(merger, file, &verdict->errors[i], base);
    }
    count_errors(merger, file, result->error_count - kept);
}

/* ---- begin and end -------------------------------------------------------------------------- */

static void tell_exception(struct merger *merger, const struct exception_use *use)
{
    struct err err = {0};
    struct buf text;

    buf_init(&text, sizeof err.text);
    exception_use_write(&text, use);
    (void)err_set(&err, ERR_INPUT, "%.*s", STR_ARG(buf_text(&text)));
    err_place(&err, use->exception->file, use->exception->line, 0);
    tell(merger, AUDIT_WARNING, &err);
    buf_release(&text);
}

/* What came of each exception, for the format and for who sees no more than messages. */
static void close_exceptions(struct merger *merger)
{
    struct posture *posture = merger->posture;
    size_t told = 0, wanted = 0;

    posture->has_exceptions = true;
    posture->exception_count = merger->config->exceptions->count;
    posture->exceptions = exceptions_uses(merger->config->exceptions, posture->as_of_max);
    for (size_t i = 0; i < posture->exception_count; i++) {
        if (!exception_use_is_odd(&posture->exceptions[i])) {
            continue;
        }
        wanted++;
        if (told < FILE_ERRORS_TOLD_MAX) {
            told++;
            tell_exception(merger, &posture->exceptions[i]);
        }
    }
    if (wanted > told) {
        struct err err = {0};
        (void)err_set(&err, ERR_INPUT, "%zu more exceptions have expired or cover nothing",
                      wanted - told);
        tell(merger, AUDIT_WARNING, &err);
    }
}

static void close_baseline(struct merger *merger)
{
    struct posture *posture = merger->posture;
    struct err err = {0};
    struct buf text;

    posture->baseline = baseline_totals(merger->config->baseline);
    buf_init(&text, sizeof err.text);
    baseline_totals_write(&text, &posture->baseline);
    (void)err_set(&err, ERR_INPUT, "%.*s", STR_ARG(buf_text(&text)));
    err_place(&err, posture->baseline.path, 0, 0);
    tell(merger, AUDIT_NOTE, &err);
    buf_release(&text);
}

bool merger_begin(struct merger *merger, struct err *err)
{
    const struct audit_config *config = merger->config;

    if (config->format->begin != NULL) {
        config->format->begin(&merger->out, config->options);
    }
    return flush(merger, err);
}

bool merger_end(struct merger *merger, struct err *err)
{
    const struct audit_config *config = merger->config;

    if (config->exceptions != NULL && !config->exceptions_go_on) {
        close_exceptions(merger);
    }
    if (config->baseline != NULL) {
        close_baseline(merger);
    }
    if (config->format->end != NULL) {
        config->format->end(&merger->out, merger->posture, config->options);
    }
    return flush(merger, err);
}

/* ---- duplicates ----------------------------------------------------------------------------- */

/* Makes the table empty, of that size; the memory of a larger one before it is kept. */
static void names_resize(struct name_table *names, size_t size)
{
    if (size > names->capacity) {
        mem_free(names->hashes);
        names->hashes = mem_large(size, sizeof(uint64_t));
        names->capacity = size;
    } else {
        memset(names->hashes, 0, size * sizeof(uint64_t));
    }
    names->size = size;
    names->count = 0;
}

static void names_place(struct name_table *names, uint64_t hash)
{
    size_t at = hash & (names->size - 1);

    while (names->hashes[at] != 0) {
        at = (at + 1) & (names->size - 1);
    }
    names->hashes[at] = hash;
}

static void names_grow(struct name_table *names)
{
    struct name_table grown = {0};

    names_resize(&grown, names->size * 4);
    for (size_t i = 0; i < names->size; i++) {
        if (names->hashes[i] != 0) {
            names_place(&grown, names->hashes[i]);
        }
    }
    grown.count = names->count;
    mem_free(names->hashes);
    *names = grown;
}

/* An empty table, with room for what a report of that size can hold: growing step by step in the
 * middle of a large one would keep the other workers waiting. */
static void names_reset(struct name_table *names, uint64_t report_size)
{
    enum { ROW_SIZE_USUAL = 200 };
    uint64_t rows = report_size / ROW_SIZE_USUAL;
    size_t size = TABLE_SIZE_MIN;

    rows = rows < DUPLICATE_ROWS_MAX ? rows : DUPLICATE_ROWS_MAX;
    while (size < 2 * rows) {
        size *= 2;
    }
    names_resize(names, size);
}

/* True when the hash was there. */
static bool names_add(struct name_table *names, uint64_t hash)
{
    size_t at = 0;

    hash += hash == 0;
    for (at = hash & (names->size - 1); names->hashes[at] != 0; at = (at + 1) & (names->size - 1)) {
        if (names->hashes[at] == hash) {
            return true;
        }
    }
    names->hashes[at] = hash;
    names->count++;
    if (names->count * 2 > names->size) {
        names_grow(names);
    }
    return false;
}

static void merge_names(struct merger *merger, const struct verdict *verdict,
                        const struct piece *piece, const struct piece_verdict *result)
{
    enum { AHEAD = 16 };
    struct report_file *file = piece->file;
    struct name_table *names = &merger->names;
    uint64_t base = file->header_lines + file->lines;

    if (file->lines == 0) {
        names_reset(names, file->size);
    }
    for (size_t i = result->name_begin; i < result->name_end; i++) {
        const struct row_name *row = &verdict->names[i];
        if (names->count >= DUPLICATE_ROWS_MAX) {
            atomic_store_explicit(&file->skip_duplicates, true, memory_order_relaxed);
            return;
        }
        if (i + AHEAD < result->name_end) {
            /* The table of a large report is larger than the cache. */
            __builtin_prefetch(&names->hashes[verdict->names[i + AHEAD].hash & (names->size - 1)]);
        }
        if (names_add(names, row->hash)) {
            struct err err = {.line = row->line + 1};
            struct str name = {verdict->task.text + row->offset, row->n < 80 ? row->n : 80};
            (void)err_set(&err, ERR_INPUT, "user '%.*s' comes twice in this report", STR_ARG(name));
            err_hint(&err, "both rows were judged");
            tell_error(merger, file, &err, base);
        }
    }
}

/* ---- the end of a report -------------------------------------------------------------------- */

static bool put_finding(struct merger *merger, const struct report_file *file,
                        struct finding *finding, size_t control, struct err *err)
{
    const struct audit_config *config = merger->config;
    struct buf one;
    bool ok = true;

    if (merger->screen != NULL &&
        !screen_single(merger->screen, (uint32_t)control, file->as_of, finding)) {
        return true;
    }
    posture_add(merger->posture, finding, control);
    if (config->format->finding == NULL) {
        return true;
    }
    buf_init(&one, OUT_SIZE_MAX);
    config->format->finding(&one, finding, config->options);
    ok = put_findings(merger, buf_text(&one), err);
    buf_release(&one);
    return ok;
}

/* Rules about the account answer once per report: unknown, where nothing was collected beside it;
 * else a judge has answered. */
static bool put_account_rule(struct merger *merger, const struct report_file *file, size_t control,
                             struct err *err)
{
    const struct ruleset *rules = merger->config->rules;
    const struct rule_program *program = &rules->programs[control];
    char text[1024];
    struct buf value = {.p = text, .capacity = sizeof text, .size_max = sizeof text};

    buf_str(&value, STR("not collected: "));
    rule_obtain_write(&value, program);
    struct evidence evidence = {program->entity->name, buf_text(&value), GAP_NOT_COLLECTED};
    struct finding finding = {.control = &rules->controls[control],
                              .status = STATUS_UNKNOWN,
                              .severity = rules->controls[control].severity,
                              .gap = GAP_NOT_COLLECTED,
                              .account = file->account,
                              .partition = file->partition,
                              .path = file->path,
                              .as_of = file->as_of,
                              .evidence = &evidence,
                              .evidence_count = 1};
    return put_finding(merger, file, &finding, control, err);
}

static bool put_missing_root(struct merger *merger, const struct report_file *file, size_t control,
                             struct err *err)
{
    const struct ruleset *rules = merger->config->rules;
    struct evidence evidence = {STR("user"), STR("no root row"), GAP_INPUT};
    struct finding finding = {.control = &rules->controls[control],
                              .status = STATUS_UNKNOWN,
                              .severity = rules->controls[control].severity,
                              .gap = GAP_INPUT,
                              .account = file->account,
                              .partition = file->partition,
                              .path = file->path,
                              .as_of = file->as_of,
                              .user = STR("<root_account>"),
                              .evidence = &evidence,
                              .evidence_count = 1};

    return put_finding(merger, file, &finding, control, err);
}

static void note_times(struct posture *posture, const struct report_file *file)
{
    bool is_first = posture->report_count == 0;

    if (is_first || file->taken_at < posture->taken_min) {
        posture->taken_min = file->taken_at;
    }
    if (is_first || file->taken_at > posture->taken_max) {
        posture->taken_max = file->taken_at;
    }
    posture->as_of_clock |= file->is_clock;
    if (is_first || file->as_of < posture->as_of_min) {
        posture->as_of_min = file->as_of;
    }
    if (is_first || file->as_of > posture->as_of_max) {
        posture->as_of_max = file->as_of;
    }
    if (!file->has_generated_at) {
        return;
    }
    if (!posture->age_known || file->generated_at < posture->generated_min) {
        posture->generated_min = file->generated_at;
    }
    if (!posture->age_known || file->generated_at > posture->generated_max) {
        posture->generated_max = file->generated_at;
    }
    posture->age_known = true;
    posture->generated_count++;
}

static void tell_file(struct merger *merger, struct report_file *file)
{
    struct err err = {0};

    if (file->errors > file->errors_told) {
        (void)err_set(&err, ERR_INPUT, "%llu more errors in this report",
                      (unsigned long long)(file->errors - file->errors_told));
        err_place(&err, file->path, 0, 0);
        tell(merger, AUDIT_ERROR, &err);
    }
    if (file->warning != NULL) {
        err = *file->warning;
        err_place(&err, file->path, 0, 0);
        tell(merger, AUDIT_WARNING, &err);
    }
    if (file->late_dates > 0) {
        err = (struct err){0};
        (void)err_set(&err, ERR_INPUT, "%llu date%s later than the as-of time; counted as used",
                      (unsigned long long)file->late_dates,
                      file->late_dates == 1 ? " is" : "s are");
        err_place(&err, file->path, 0, 0);
        tell(merger, AUDIT_WARNING, &err);
    }
    if (atomic_load_explicit(&file->skip_duplicates, memory_order_relaxed)) {
        err = (struct err){0};
        (void)err_set(&err, ERR_INPUT, "duplicate users were looked for among the first %d only",
                      DUPLICATE_ROWS_MAX);
        err_place(&err, file->path, 0, 0);
        tell(merger, AUDIT_NOTE, &err);
    }
}

static bool tell_end(struct merger *merger, const struct report_file *file, struct err *err)
{
    const struct audit_config *config = merger->config;
    struct audit_report report = {file->path, file->as_of, file->index, file->lost_rows};

    return config->report_end == NULL ||
           (flush(merger, err) && config->report_end(config->shared, &report, err));
}

static bool finish_file(struct merger *merger, struct report_file *file, struct err *err)
{
    const struct ruleset *rules = merger->config->rules;
    struct posture *posture = merger->posture;

    for (size_t i = 0; i < rules->count; i++) {
        const struct rule_program *program = &rules->programs[i];
        bool ok = true;
        if (!rules->plan.rules[i].is_report_row) {
            ok = file->entities != NULL || put_account_rule(merger, file, i, err);
        } else if (!file->root_seen && program->judges_root && !program->judges_users) {
            ok = put_missing_root(merger, file, i, err);
        }
        if (!ok) {
            return false;
        }
    }
    tell_file(merger, file);
    note_times(posture, file);
    posture->report_count++;
    posture->late_date_count += file->late_dates;
    return tell_end(merger, file, err);
}

/* ---- pieces --------------------------------------------------------------------------------- */

static void merge_class(struct class_tally *to, const struct class_tally *from)
{
    for (int status = 0; status < STATUS_COUNT; status++) {
        to->counts[status] += from->counts[status];
    }
    to->unknown_input += from->unknown_input;
}

static void merge_counts(struct merger *merger, const struct verdict *verdict)
{
    struct posture *posture = merger->posture;

    for (size_t i = 0; i < posture->control_count; i++) {
        for (int status = 0; status < STATUS_COUNT; status++) {
            posture->tallies[i].counts[status] += verdict->counts[i][status];
        }
        posture->tallies[i].unknown_input += verdict->unknown_input[i];
        if (verdict->small != NULL) {
            merge_class(&posture->tallies[i].small, &verdict->small[i]);
            merge_class(&posture->tallies[i].large, &verdict->large[i]);
        }
    }
    if (posture->tiers.count > 0) {
        tiers_add(&posture->tiers, &verdict->tiers);
    }
    for (size_t i = 0; i < verdict->sample_count; i++) {
        posture_sample(posture, &verdict->samples[i], verdict->sample_controls[i]);
    }
}

static void merge_problem(struct merger *merger, const struct piece *piece)
{
    if (piece->is_note) {
        tell(merger, AUDIT_NOTE, &piece->err);
    } else if (piece->is_skip) {
        merger->posture->skipped_count++;
        tell(merger, AUDIT_NOTE, &piece->err);
    } else {
        posture_add_error(merger->posture, &piece->err);
        tell(merger, AUDIT_ERROR, &piece->err);
    }
}

static bool merge_piece(struct merger *merger, const struct verdict *verdict, size_t index,
                        struct err *err)
{
    const struct piece *piece = &verdict->task.pieces[index];
    const struct piece_verdict *result = &verdict->pieces[index];
    struct report_file *file = piece->file;
    struct posture *posture = merger->posture;

    if (file == NULL) {
        merge_problem(merger, piece);
        return true;
    }
    merge_errors(merger, verdict, piece, result);
    merge_names(merger, verdict, piece, result);
    file->lines += result->lines;
    file->rows += result->rows;
    file->late_dates += result->late_dates;
    file->lost_rows += result->lost_rows + piece->chunk.error_count;
    file->root_seen |= result->roots > 0;
    posture->root_count += result->roots;
    posture->user_count += result->rows - result->roots;
    posture->byte_count += piece->chunk.n;
    if (!put_findings(merger, str_sub(buf_text(&verdict->out), result->out_begin, result->out_end),
                      err)) {
        return false;
    }
    if (!piece->is_last) {
        return true;
    }
    if (piece->err.kind != ERR_NONE) {
        file->lost_rows++;
        tell_error(merger, file, &piece->err, 0);
    }
    return finish_file(merger, file, err);
}

static bool check_overflow(const struct verdict *verdict, struct err *err)
{
    return !verdict->out.overflowed ||
           err_set(err, ERR_INPUT, "the findings of one row need more than %d MiB",
                   OUT_SIZE_MAX >> 20);
}

bool merge_part(struct merger *merger, struct verdict *verdict, size_t index, struct err *err)
{
    struct str out = buf_text(&verdict->out);

    if (!check_overflow(verdict, err)) {
        return false;
    }
    for (; verdict->merged_count < index; verdict->merged_count++) {
        if (!merge_piece(merger, verdict, verdict->merged_count, err)) {
            return false;
        }
    }
    return put_findings(merger, str_sub(out, verdict->pieces[index].out_begin, out.n), err);
}

bool merge_verdict(struct merger *merger, struct verdict *verdict, struct err *err)
{
    if (!check_overflow(verdict, err)) {
        return false;
    }
    merge_counts(merger, verdict);
    for (size_t i = verdict->merged_count; i < verdict->task.piece_count; i++) {
        if (!merge_piece(merger, verdict, i, err)) {
            return false;
        }
    }
    if (merger->config->progress != NULL) {
        merger->config->progress(merger->config->shared, merger->posture->byte_count,
                                 merger->posture->report_count);
    }
    return true;
}

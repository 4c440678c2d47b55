#include "audit/engine.h"

#include <pthread.h>
#include <string.h>

#include "audit/merge.h"
#include "codec/csv.h"
#include "os/system.h"
#include "os/worker.h"

/* Results that may be waiting for an earlier one, beside the one each worker is at. */
enum { SPARE_VERDICTS = 2 };

/* Findings that wait, of all verdicts together and of one. A row of a few bytes can come to
 * kilobytes for each control: what goes past this is written as soon as its turn comes. */
enum { OUT_KEPT_TOTAL = 12 << 20, OUT_KEPT_MAX = 2 << 20 };

struct engine {
    const struct audit_config *config;
    struct posture *posture;
    uint64_t hash_seed;

    pthread_mutex_t lock; /* all below */
    pthread_cond_t changed;
    struct feed feed;
    struct merger *merger;
    struct verdict *verdicts;
    size_t verdict_count;
    struct verdict **free; /* stack of those not in use */
    size_t free_count;
    struct verdict **waiting; /* by sequence modulo verdict_count */
    uint64_t next_sequence;
    bool is_over;    /* nothing is left to read */
    bool is_merging; /* some worker is */
    bool is_failed;
    struct err err;
    size_t (*sampled)[STATUS_COUNT]; /* of the posture, as of the last merge */
};

static void snapshot_samples(struct engine *engine)
{
    for (size_t i = 0; i < engine->posture->control_count; i++) {
        for (int status = 0; status < STATUS_COUNT; status++) {
            engine->sampled[i][status] = engine->posture->tallies[i].sample_counts[status];
        }
    }
}

static void free_files(struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->task.piece_count; i++) {
        struct piece *piece = &verdict->task.pieces[i];
        if (piece->is_last) {
            report_file_free(piece->file);
        }
    }
    verdict->task.piece_count = 0;
}

/* Merges one verdict; called and left with the lock held, which is let go meanwhile. The caller has
 * set is_merging. */
static void merge_one(struct engine *engine, struct verdict *verdict)
{
    struct err err = {0};
    bool ok = true;

    if (!engine->is_failed) {
        pthread_mutex_unlock(&engine->lock);
        ok = merge_verdict(engine->merger, verdict, &err);
        pthread_mutex_lock(&engine->lock);
    }
    if (!ok && !engine->is_failed) {
        engine->is_failed = true;
        engine->err = err;
    }
    free_files(verdict);
    snapshot_samples(engine);
}

/* Merges what is next in line, as long as there is something. */
static void merge_ready(struct engine *engine)
{
    if (engine->is_merging) {
        return;
    }
    engine->is_merging = true;
    for (;;) {
        struct verdict **slot = &engine->waiting[engine->next_sequence % engine->verdict_count];
        struct verdict *verdict = *slot;
        if (verdict == NULL) {
            break;
        }
        *slot = NULL;
        merge_one(engine, verdict);
        stream_drop(verdict->task.stream);
        verdict->task.stream = NULL;
        engine->free[engine->free_count++] = verdict;
        engine->next_sequence++;
        pthread_cond_broadcast(&engine->changed);
    }
    engine->is_merging = false;
    /* Somebody may be waiting to merge a part of the task that is next. */
    pthread_cond_broadcast(&engine->changed);
}

/* The next task, or NULL when there is none; called and left with the lock held. */
static struct verdict *take_task(struct engine *engine)
{
    struct verdict *verdict = NULL;

    while (engine->free_count == 0 && !engine->is_over && !engine->is_failed) {
        pthread_cond_wait(&engine->changed, &engine->lock);
    }
    if (engine->is_over || engine->is_failed) {
        return NULL;
    }
    verdict = engine->free[--engine->free_count];
    if (!feed_next(&engine->feed, &verdict->task)) {
        engine->free[engine->free_count++] = verdict;
        engine->is_over = true;
        pthread_cond_broadcast(&engine->changed);
        return NULL;
    }
    return verdict;
}

/* ---- one worker ----------------------------------------------------------------------------- */

struct worker {
    struct engine *engine;
    unsigned number;
    struct judge *judge;
    struct report_reader reader; /* for the files of bundles */
    struct shared_header *header;
    size_t (*sampled)[STATUS_COUNT];
    struct verdict *verdict;
};

static void copy_samples(struct worker *worker)
{
    const struct engine *engine = worker->engine;

    memcpy(worker->sampled, engine->sampled,
           engine->config->rules->count * sizeof *worker->sampled);
}

/* Merges what the task came to so far, when its turn comes, and makes room for more. */
static void flush_part(struct worker *worker)
{
    struct engine *engine = worker->engine;
    struct verdict *verdict = worker->verdict;

    pthread_mutex_lock(&engine->lock);
    while (engine->next_sequence != verdict->task.sequence || engine->is_merging) {
        pthread_cond_wait(&engine->changed, &engine->lock);
    }
    engine->is_merging = true;
    merge_one(engine, verdict);
    engine->is_merging = false;
    copy_samples(worker);
    pthread_cond_broadcast(&engine->changed);
    pthread_mutex_unlock(&engine->lock);
    verdict_reset(verdict, engine->config->rules->count);
    verdict->task.text_n = 0;
    judge_begin(worker->judge);
}

/* Writes the findings of the task so far, when its turn comes, and makes room for more. */
static void hand_on(void *shared, size_t piece)
{
    struct worker *worker = shared;
    struct engine *engine = worker->engine;
    struct verdict *verdict = worker->verdict;
    struct err err = {0};
    bool ok = true;

    pthread_mutex_lock(&engine->lock);
    while (engine->next_sequence != verdict->task.sequence || engine->is_merging) {
        pthread_cond_wait(&engine->changed, &engine->lock);
    }
    if (!engine->is_failed) {
        engine->is_merging = true;
        pthread_mutex_unlock(&engine->lock);
        ok = merge_part(engine->merger, verdict, piece, &err);
        pthread_mutex_lock(&engine->lock);
        engine->is_merging = false;
    }
    if (!ok) {
        engine->is_failed = true;
        engine->err = err;
    }
    pthread_cond_broadcast(&engine->changed);
    pthread_mutex_unlock(&engine->lock);
    buf_clear(&verdict->out);
    verdict->pieces[piece].out_begin = 0;
}

static void judge_new_pieces(struct worker *worker, size_t from)
{
    for (size_t i = from; i < worker->verdict->task.piece_count; i++) {
        judge_piece(worker->judge, worker->verdict, i, worker->engine->posture,
                    (const size_t(*)[STATUS_COUNT])(void *)worker->sampled);
    }
}

static struct piece *next_piece(struct worker *worker)
{
    struct task *task = &worker->verdict->task;

    if (task->piece_count == TASK_PIECES_MAX ||
        task->text_n + REPORT_CHUNK_SIZE + CSV_PADDING > TASK_TEXT_SIZE) {
        flush_part(worker);
    }
    return task_piece(task);
}

/* A path that came to nothing: its piece carries the error. */
static void run_problem(struct worker *worker, const struct task_path *path, const struct err *err,
                        bool is_skip)
{
    struct piece *piece = next_piece(worker);

    piece->err = *err;
    err_place(&piece->err, path->path, 0, 0);
    piece->is_skip = is_skip;
    piece->is_note = path->is_note;
    judge_new_pieces(worker, worker->verdict->task.piece_count - 1);
}

/* Judges what the worker's reader has open, and closes it. */
static void run_report(struct worker *worker, struct report_file *file)
{
    struct task *task = &worker->verdict->task;
    struct report_reader *reader = &worker->reader;
    bool is_last = false;

    while (!is_last) {
        struct piece *piece = next_piece(worker);
        piece->chunk.text = task->text + task->text_n;
        (void)report_reader_next(reader, &piece->chunk, &is_last);
        piece->file = file;
        piece->is_last = is_last;
        if (is_last) {
            piece->err = reader->failure;
        }
        task->text_n += (piece->chunk.n + CSV_PADDING + 63) / 64 * 64;
        judge_new_pieces(worker, task->piece_count - 1);
    }
    report_reader_close(reader);
}

static void run_file(struct worker *worker, const struct task_path *path)
{
    struct err err = {0};
    enum report_open opened = report_reader_open(&worker->reader, path->path, &err);

    if (opened != REPORT_OPEN_OK) {
        err.line = 0; /* a place inside the JSON wrapping means nothing to its reader */
        run_problem(worker, path, &err, opened == REPORT_OPEN_NOT_A_REPORT && !path->is_named);
        return;
    }
    run_report(worker, report_file_new(worker->engine->config, &worker->reader, path->path,
                                       &worker->header));
}

static void run_archived(struct worker *worker, size_t index)
{
    const struct audit_config *config = worker->engine->config;
    const struct report_archive *archive = config->archive;
    struct archived_report report = {0};
    struct entity_set *entities = NULL;
    struct err err = {0};

    if (!archive->read(archive->shared, worker->number, index, &report, &err) ||
        (report.inventory != NULL && !entity_set_new(report.inventory, &entities, &err)) ||
        report_reader_open_bytes(&worker->reader, report.bytes, report.name, &err) !=
            REPORT_OPEN_OK) {
        struct task_path path = {.path = report.name, .is_named = true};
        err.line = 0;
        entity_set_free(entities);
        run_problem(worker, &path, &err, false);
        return;
    }
    struct report_file *file =
        report_file_new(config, &worker->reader, report.name, &worker->header);
    report_file_archived(file, config, index, &report);
    file->entities = entities;
    run_report(worker, file);
}

static void run_stream(struct worker *worker)
{
    struct task *task = &worker->verdict->task;
    bool is_again = false;

    while (stream_cut(task, is_again)) {
        judge_new_pieces(worker, 0);
        flush_part(worker);
        is_again = true;
    }
    judge_new_pieces(worker, 0);
}

static void run_task(struct worker *worker)
{
    const struct task *task = &worker->verdict->task;

    verdict_reset(worker->verdict, worker->engine->config->rules->count);
    worker->verdict->hand_on = hand_on;
    worker->verdict->shared = worker;
    judge_begin(worker->judge);
    if (task->stream != NULL) {
        run_stream(worker);
        return;
    }
    for (size_t i = 0; i < task->archived_count; i++) {
        run_archived(worker, task->archived_first + i);
    }
    for (size_t i = 0; i < task->path_count; i++) {
        if (task->paths[i].err.kind != ERR_NONE) {
            run_problem(worker, &task->paths[i], &task->paths[i].err, false);
        } else {
            run_file(worker, &task->paths[i]);
        }
    }
}

static void work(void *shared, unsigned index)
{
    struct engine *engine = shared;
    struct worker worker = {
        .engine = engine,
        .number = index,
        .judge = judge_new(engine->config, engine->hash_seed),
        .sampled = mem_array(engine->config->rules->count, sizeof *worker.sampled),
    };

    report_reader_init(&worker.reader);
    pthread_mutex_lock(&engine->lock);
    while ((worker.verdict = take_task(engine)) != NULL) {
        copy_samples(&worker);
        pthread_mutex_unlock(&engine->lock);
        run_task(&worker);
        pthread_mutex_lock(&engine->lock);
        engine->waiting[worker.verdict->task.sequence % engine->verdict_count] = worker.verdict;
        merge_ready(engine);
    }
    pthread_mutex_unlock(&engine->lock);
    shared_header_drop(worker.header);
    report_reader_release(&worker.reader);
    mem_free(worker.sampled);
    judge_free(worker.judge);
}

static void engine_init(struct engine *engine, unsigned jobs)
{
    size_t control_count = engine->config->rules->count;

    pthread_mutex_init(&engine->lock, NULL);
    pthread_cond_init(&engine->changed, NULL);
    engine->hash_seed = system_random_u64();
    engine->merger = merger_new(engine->config, engine->posture);
    engine->verdict_count = jobs == 1 ? 1 : 2 * (size_t)jobs + SPARE_VERDICTS;
    engine->verdicts = mem_array(engine->verdict_count, sizeof *engine->verdicts);
    engine->free = mem_array(engine->verdict_count, sizeof(struct verdict *));
    engine->waiting = mem_array(engine->verdict_count, sizeof(struct verdict *));
    engine->sampled = mem_array(control_count, sizeof *engine->sampled);
    for (size_t i = 0; i < engine->verdict_count; i++) {
        verdict_init(&engine->verdicts[i], engine->config);
        engine->verdicts[i].out_kept_max = OUT_KEPT_TOTAL / engine->verdict_count < OUT_KEPT_MAX
                                               ? OUT_KEPT_TOTAL / engine->verdict_count
                                               : OUT_KEPT_MAX;
        engine->free[engine->free_count++] = &engine->verdicts[i];
    }
}

static void engine_release(struct engine *engine)
{
    feed_release(&engine->feed);
    merger_free(engine->merger);
    for (size_t i = 0; i < engine->verdict_count; i++) {
        verdict_release(&engine->verdicts[i]);
    }
    mem_free(engine->verdicts);
    mem_free(engine->free);
    mem_free(engine->waiting);
    mem_free(engine->sampled);
    pthread_cond_destroy(&engine->changed);
    pthread_mutex_destroy(&engine->lock);
}

bool audit_run(const struct audit_config *config, struct posture *posture, struct err *err)
{
    struct engine engine = {.config = config, .posture = posture};
    unsigned jobs = config->jobs == 0 ? 1 : config->jobs;
    bool ok = false;

    jobs = jobs > AUDIT_WORKERS_MAX ? AUDIT_WORKERS_MAX : jobs;
    posture->now = config->now;
    posture->as_of_given = config->has_as_of;
    posture->has_accounts = config->accounts != NULL;
    posture->archive = config->archive == NULL ? STR("") : config->archive->name;
    if (config->tiers != NULL) {
        posture->tiers = *config->tiers;
    }
    posture->as_of_min = posture->as_of_max = config->has_as_of ? config->as_of : config->now;
    engine_init(&engine, jobs);
    if (!feed_init(&engine.feed, config)) {
        (void)err_set(err, ERR_INPUT, "the inputs cannot be listed");
        goto cleanup;
    }
    if (!merger_begin(engine.merger, err)) {
        goto cleanup;
    }
    workers_run(jobs, work, &engine);
    if (engine.is_failed) {
        *err = engine.err;
        goto cleanup;
    }
    ok = merger_end(engine.merger, err);
cleanup:
    engine_release(&engine);
    return ok;
}

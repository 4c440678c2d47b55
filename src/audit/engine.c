#include "audit/engine.h"

#include <pthread.h>

#include "audit/merge.h"
#include "os/system.h"
#include "os/worker.h"

/* Results that may be waiting for an earlier one, beside the one each worker is at. */
enum { SPARE_VERDICTS = 2, JOBS_MAX = 64 };

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

static void free_files(struct engine *engine, struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->task.piece_count; i++) {
        struct piece *piece = &verdict->task.pieces[i];
        if (piece->is_last) {
            feed_file_free(&engine->feed, piece->file);
        }
    }
}

/* Merges what is next in line, as long as there is something; the lock is let go meanwhile. */
static void merge_ready(struct engine *engine)
{
    if (engine->is_merging) {
        return;
    }
    engine->is_merging = true;
    for (;;) {
        struct verdict **slot = &engine->waiting[engine->next_sequence % engine->verdict_count];
        struct verdict *verdict = *slot;
        struct err err = {0};
        bool ok = true;
        if (verdict == NULL) {
            break;
        }
        *slot = NULL;
        if (!engine->is_failed) {
            pthread_mutex_unlock(&engine->lock);
            ok = merge_verdict(engine->merger, verdict, &err);
            pthread_mutex_lock(&engine->lock);
        }
        if (!ok && !engine->is_failed) {
            engine->is_failed = true;
            engine->err = err;
        }
        free_files(engine, verdict);
        snapshot_samples(engine);
        engine->free[engine->free_count++] = verdict;
        engine->next_sequence++;
        pthread_cond_broadcast(&engine->changed);
    }
    engine->is_merging = false;
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

static void work(void *shared, unsigned index)
{
    struct engine *engine = shared;
    size_t control_count = engine->config->rules->count;
    struct judge *judge = judge_new(engine->config, engine->hash_seed);
    size_t(*sampled)[STATUS_COUNT] = mem_array(control_count, sizeof *sampled);
    struct verdict *verdict = NULL;

    (void)index;
    pthread_mutex_lock(&engine->lock);
    while ((verdict = take_task(engine)) != NULL) {
        for (size_t i = 0; i < control_count; i++) {
            for (int status = 0; status < STATUS_COUNT; status++) {
                sampled[i][status] = engine->sampled[i][status];
            }
        }
        pthread_mutex_unlock(&engine->lock);
        judge_task(judge, verdict, engine->posture, (const size_t(*)[STATUS_COUNT])(void *)sampled);
        pthread_mutex_lock(&engine->lock);
        engine->waiting[verdict->task.sequence % engine->verdict_count] = verdict;
        merge_ready(engine);
    }
    pthread_mutex_unlock(&engine->lock);
    mem_free(sampled);
    judge_free(judge);
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
        verdict_init(&engine->verdicts[i], control_count);
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

    jobs = jobs > JOBS_MAX ? JOBS_MAX : jobs;
    posture->now = config->now;
    posture->as_of_given = config->has_as_of;
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

#include "store/import.h"

#include <pthread.h>

#include "os/worker.h"
#include "store/internal_import.h"

/* Reports in work: enough that the writer never waits for one slow file, and in all no more than
 * memory allows. */
enum { RING = 256 };
#define COST_MAX (UINT64_C(24) << 20)
/* Rows and compressed bytes beside the text, and what gzip may hide. */
enum { COST_FACTOR = 6 };

struct import {
    const struct import_config *config;
    struct import_totals *totals;
    struct import_writer *writer; /* of the first worker */
    pthread_mutex_t lock;         /* of all below */
    pthread_cond_t changed;
    struct import_inputs inputs;
    struct import_job jobs[RING];
    uint64_t taken, written; /* jobs so far: in work is what lies between */
    uint64_t cost;           /* of those */
    bool are_inputs_over;
    bool is_over;
    uint64_t bytes;
    struct err err;
};

/* The next report to be read; NULL when there is none, or no room for it. */
static struct import_job *take_job(struct import *import)
{
    struct import_job *job = &import->jobs[import->taken % RING];

    if (import->are_inputs_over || import->taken - import->written == RING ||
        (import->cost > COST_MAX && import->taken > import->written)) {
        return NULL;
    }
    if (!inputs_next(&import->inputs, &job->in, &import->err)) {
        import->are_inputs_over = true;
        pthread_cond_broadcast(&import->changed);
        return NULL;
    }
    job->state = JOB_TAKEN;
    job->cost = job->in.size * COST_FACTOR;
    import->cost += job->cost;
    import->taken++;
    return job;
}

/* Runs without the lock. */
static void write_job(struct import *import, const struct import_job *job)
{
    struct err err = {0};
    bool ok = import_write(import->writer, job, &err);

    import->bytes += job->in.size;
    import->config->progress(import->config->shared, import->bytes, import->written + 1);
    pthread_mutex_lock(&import->lock);
    if (!ok) {
        import->err = err;
        import->is_over = true;
    }
    pthread_mutex_unlock(&import->lock);
}

static void run_job(struct import *import, struct import_parser *parser, struct import_job *job)
{
    pthread_mutex_unlock(&import->lock);
    import_parse(parser, job);
    pthread_mutex_lock(&import->lock);
    job->state = JOB_READY;
    pthread_cond_broadcast(&import->changed);
}

static void run_writer(struct import *import, struct import_job *job)
{
    pthread_mutex_unlock(&import->lock);
    write_job(import, job);
    pthread_mutex_lock(&import->lock);
    import->cost -= job->cost;
    import_job_reset(job);
    import->written++;
    pthread_cond_broadcast(&import->changed);
}

/* The first worker writes what is next in order, and reads while there is nothing to write. */
static void work(void *shared, unsigned index)
{
    struct import *import = shared;
    struct import_parser *parser = import_parser_new(import->config);

    pthread_mutex_lock(&import->lock);
    while (!import->is_over) {
        struct import_job *next = &import->jobs[import->written % RING], *job = NULL;
        if (index == 0 && import->written < import->taken && next->state == JOB_READY) {
            run_writer(import, next);
        } else if ((job = take_job(import)) != NULL) {
            run_job(import, parser, job);
        } else if (import->are_inputs_over && (index != 0 || import->written == import->taken)) {
            break;
        } else {
            pthread_cond_wait(&import->changed, &import->lock);
        }
    }
    pthread_cond_broadcast(&import->changed);
    pthread_mutex_unlock(&import->lock);
    import_parser_free(parser);
}

bool import_run(const struct import_config *config, struct import_totals *totals, struct err *err)
{
    struct import *import = mem_alloc(sizeof *import);
    bool ok = false;

    *totals = (struct import_totals){0};
    import->config = config;
    import->totals = totals;
    pthread_mutex_init(&import->lock, NULL);
    pthread_cond_init(&import->changed, NULL);
    for (size_t i = 0; i < RING; i++) {
        import_job_init(&import->jobs[i]);
    }
    if (inputs_init(&import->inputs, config, err) &&
        import_writer_new(&import->writer, config, totals, err)) {
        workers_run(config->jobs == 0 ? 1 : config->jobs, work, import);
        *err = import->err;
        /* A list of accounts that is wrong ends the import, not what was read before. */
        ok = !import->is_over && import_flush(import->writer, err) && err->kind == ERR_NONE;
    }
    import_writer_free(import->writer);
    for (size_t i = 0; i < RING; i++) {
        import_job_release(&import->jobs[i]);
    }
    inputs_release(&import->inputs);
    pthread_cond_destroy(&import->changed);
    pthread_mutex_destroy(&import->lock);
    mem_free(import);
    return ok;
}

#include "trail/distinct.h"

#include <pthread.h>
#include <string.h>

#include "base/arena.h"
#include "trail/sorter.h"

enum { BATCH = 1024 };

/* What a worker has seen since it last had the lock. */
struct batch {
    struct trail_record_id ids[BATCH];
    size_t count;
    uint64_t anonymous;
};

struct distinct {
    struct batch *batches;
    unsigned jobs;
    pthread_mutex_t lock;
    struct sorter sorter;
};

struct distinct *distinct_new(unsigned jobs, size_t memory_max)
{
    struct distinct *distinct = mem_alloc(sizeof *distinct);

    distinct->jobs = jobs;
    distinct->batches = mem_array(jobs, sizeof *distinct->batches);
    (void)pthread_mutex_init(&distinct->lock, NULL);
    sorter_init(&distinct->sorter, memory_max);
    return distinct;
}

void distinct_free(struct distinct *distinct)
{
    if (distinct == NULL) {
        return;
    }
    sorter_release(&distinct->sorter);
    (void)pthread_mutex_destroy(&distinct->lock);
    mem_free(distinct->batches);
    mem_free(distinct);
}

static bool flush(struct distinct *distinct, struct batch *batch, struct err *err)
{
    bool ok = true;

    (void)pthread_mutex_lock(&distinct->lock);
    for (size_t i = 0; ok && i < batch->count; i++) {
        const struct trail_record_id *id = &batch->ids[i];
        ok = sorter_add(&distinct->sorter, (struct str){(const char *)id->bytes, sizeof id->bytes},
                        err);
    }
    batch->count = 0;
    (void)pthread_mutex_unlock(&distinct->lock);
    return ok;
}

bool distinct_add(struct distinct *distinct, unsigned worker, const struct trail_record_id *id,
                  struct err *err)
{
    struct batch *batch = &distinct->batches[worker];

    if (id == NULL) {
        batch->anonymous++;
        return true;
    }
    batch->ids[batch->count++] = *id;
    return batch->count < BATCH || flush(distinct, batch, err);
}

bool distinct_count(struct distinct *distinct, uint64_t *count, struct err *err)
{
    struct str record;
    bool ok = true;

    *count = 0;
    for (unsigned i = 0; ok && i < distinct->jobs; i++) {
        *count += distinct->batches[i].anonymous;
        ok = flush(distinct, &distinct->batches[i], err);
    }
    ok = ok && sorter_begin(&distinct->sorter, err);
    while (ok && sorter_next(&distinct->sorter, &record, err)) {
        (*count)++;
    }
    return ok && err->kind == ERR_NONE;
}

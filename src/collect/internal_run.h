/* internal_run.h: what the threads of a run share.
 *
 * queue.c is the crew: it finds accounts, steps them and packs what they gave. run.c is the one
 * thread that writes. Everything below `lock` is held by it; the rest does not change meanwhile.
 *
 * Example:   while (run_work(run, true)) {
 *            } */
#ifndef COLLECT_INTERNAL_RUN_H
#define COLLECT_INTERNAL_RUN_H

#include <pthread.h>

#include "collect/run.h"

enum { PACKER_MAX = 64 };

/* An account in the run: waiting to be begun, parked, or finished and to be written. */
struct task {
    struct task *next;
    struct collect_account account;
    struct account_work *work;
    uint64_t due_ms;
    size_t size; /* of the work, as it was counted */
    /* When it is finished. */
    struct collected_packed *packed; /* NULL: it failed */
    struct account_result result;    /* without answers; the warnings are ours */
    struct collect_warning *warnings;
    struct err why;
};

struct tasks {
    struct task *first, **last;
    size_t count;
};

/* What discovery brings, in order. */
struct finding {
    struct finding *next;
    struct found_account account;
    struct task *task; /* NULL: it is skipped */
};

struct run {
    const struct collect_config *config;
    struct collected_listing *before; /* of a run that is resumed, by number */
    size_t before_count;

    pthread_mutex_t lock;
    pthread_cond_t work;    /* there is something for the crew */
    pthread_cond_t packing; /* a packer is idle */
    pthread_cond_t results; /* there is something to write */
    struct arena arena;     /* accounts and their names */
    struct tasks fresh, parked, finished;
    struct finding *findings, **last_finding;
    size_t task_count; /* in all: begun, waiting, parked, finished and not yet written */
    size_t begun_count, held_size, crew_count;
    struct collected_packer *packers[PACKER_MAX]; /* idle ones */
    size_t packer_count;
    struct asker organization; /* its answers, when discovery has ended */
    bool has_organization, is_discovering, wants_discovery, is_stopping;
    uint64_t throttled;
    struct err fatal; /* why everybody stops */
};

/* Adds an account that is to be collected; under the lock, or before the crew starts. */
MUST_USE bool run_add(struct run *run, const struct found_account *account, struct err *err);
/* Does one piece of work, and says whether there was one; `is_patient`: waits for one instead, and
 * false means that there will be none. */
bool run_work(struct run *run, bool is_patient);
/* Everybody stops as soon as can be; under the lock. */
void run_stop(struct run *run, const struct err *why);
void task_free(struct task *task); /* NULL is fine */
struct task *tasks_take(struct tasks *tasks);

#endif

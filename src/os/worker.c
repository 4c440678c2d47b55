#include "os/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>

#include "base/arena.h"

struct worker {
    pthread_t thread;
    worker_fn work;
    void *shared;
    unsigned index;
};

static void *worker_main(void *argument)
{
    struct worker *worker = argument;

    worker->work(worker->shared, worker->index);
    return NULL;
}

void workers_run(unsigned count, worker_fn work, void *shared)
{
    struct worker *crew = mem_array(count, sizeof *crew);
    unsigned started = 1;
    sigset_t all, before;

    /* Signals stay with the caller's thread, so that they interrupt what it waits for. */
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    for (; started < count; started++) {
        crew[started] = (struct worker){.work = work, .shared = shared, .index = started};
        if (pthread_create(&crew[started].thread, NULL, worker_main, &crew[started]) != 0) {
            break;
        }
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    work(shared, 0);
    for (unsigned i = 1; i < started; i++) {
        (void)pthread_join(crew[i].thread, NULL);
    }
    mem_free(crew);
}

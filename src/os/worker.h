/* worker.h: a fixed crew of threads that run one function to its end.
 *
 * Example:   workers_run(jobs, engine_work, &engine);   // returns when all have returned
 *
 * Threads: `work` runs on `count` threads at once (the caller's included), each with its own index
 *          0..count-1; sharing is the caller's business. If the system refuses a thread, fewer run:
 *          the work must not depend on the count. */
#ifndef OS_WORKER_H
#define OS_WORKER_H

typedef void (*worker_fn)(void *shared, unsigned index);

void workers_run(unsigned count, worker_fn work, void *shared);

#endif

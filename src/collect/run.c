#include "collect/run.h"

#include <string.h>
#include <time.h>

#include "collect/internal_run.h"
#include "inventory/organization.h"
#include "os/system.h"
#include "os/worker.h"

enum { ACCOUNTS_SIZE_MAX = 512 << 20, ARGUMENTS_SIZE_MAX = 64 << 20, TICK_MS = 100 };

/* ---- The store ------------------------------------------------------------------------------ */

struct writer {
    struct run *run;
    struct collected_run *store;
    struct collect_totals totals;
};

static bool begin_new(struct writer *writer, struct err *err)
{
    const struct collect_config *config = writer->run->config;
    struct collected_facts facts = {.started_at = config->started_at};
    struct buf arguments;
    bool ok = false;

    buf_init(&arguments, ARGUMENTS_SIZE_MAX);
    request_write(config->request, &arguments);
    facts.arguments = buf_text(&arguments);
    ok = collected_begin(&writer->store, config->store, &facts, err);
    buf_release(&arguments);
    return ok;
}

/* What the organization said before is known again. */
static bool organization_recall(struct writer *writer, bool *is_known, struct err *err)
{
    struct run *run = writer->run;
    struct collector *collector = run->config->collector;
    struct arena arena;
    struct answer *answers = NULL;
    struct organization organization = {0};
    size_t count = 0;
    bool ok = false;

    arena_init(&arena, ACCOUNTS_SIZE_MAX);
    ok = collected_organization_answers(writer->store, &arena, &answers, &count, err) &&
         (count == 0 || organization_read(&arena, answers, count, &organization, err));
    *is_known = count > 0;
    if (ok && count > 0) {
        ok = arena_str(&run->arena, organization.id, &collector->organization) ||
             err_set(err, ERR_INPUT, "the organization is too large");
        if (!account_number_read(organization.management_account, &collector->management)) {
            collector->management = 0;
        }
    }
    arena_release(&arena);
    return ok;
}

static bool begin_resumed(struct writer *writer, bool *knows_organization, struct err *err)
{
    struct run *run = writer->run;

    writer->store = run->config->resumed; // moved
    if (!collected_list(writer->store, &run->arena, &run->before, &run->before_count, err) ||
        !organization_recall(writer, knows_organization, err)) {
        return false;
    }
    for (size_t i = 0; i < run->before_count; i++) {
        const struct collected_listing *listing = &run->before[i];
        struct found_account account = {.number = listing->account,
                                        .name = listing->name,
                                        .unit = listing->unit,
                                        .is_active = true};
        writer->totals.before += listing->state == COLLECTED_DONE;
        if (*knows_organization && !run_add(run, &account, err)) {
            return false;
        }
    }
    return true;
}

static bool add_listed(struct run *run, struct err *err)
{
    const struct collect_request *request = run->config->request;
    struct found_account own = {.number = run->config->collector->caller, .is_active = true};

    for (size_t i = 0; i < request->account_count; i++) {
        const struct collect_account *listed = &request->accounts[i];
        struct found_account account = {.number = listed->number,
                                        .name = listed->name,
                                        .unit = listed->unit,
                                        .is_active = true};
        if (!run_add(run, &account, err)) {
            return false;
        }
    }
    return request->account_count > 0 || run_add(run, &own, err);
}

/* An organization that was not gone through to its end is gone through again. */
static bool begin(struct writer *writer, struct err *err)
{
    struct run *run = writer->run;
    bool is_organization = run->config->request->is_organization, is_known = false;

    if (!(run->config->resumed != NULL ? begin_resumed(writer, &is_known, err)
                                       : begin_new(writer, err)) ||
        (!is_organization && !add_listed(run, err))) {
        return false;
    }
    run->wants_discovery = run->is_discovering = is_organization && !is_known;
    return true;
}

/* ---- Writing -------------------------------------------------------------------------------- */

static bool write_findings(struct writer *writer, const struct finding *finding, struct err *err)
{
    const struct collect_events *events = &writer->run->config->events;

    for (; finding != NULL; finding = finding->next) {
        struct collected_listing listing = {.account = finding->account.number,
                                            .name = finding->account.name,
                                            .unit = finding->account.unit};
        if (!finding->account.is_active) {
            writer->totals.skipped++;
            events->skipped(events->shared, &finding->account);
        } else if (finding->task != NULL) {
            writer->totals.found++;
            if (!collected_accounts(writer->store, &listing, 1, err)) {
                return false;
            }
        }
    }
    return true;
}

static bool write_organization(struct writer *writer, struct asker *asker, bool is_whole,
                               struct err *err)
{
    const struct collect_events *events = &writer->run->config->events;
    bool ok = !is_whole || collected_organization(writer->store, asker->answers.items,
                                                  asker->answers.count, err);

    for (size_t i = 0; is_whole && i < asker->warning_count; i++) {
        events->warning(events->shared, 0, &asker->warnings[i]);
    }
    asker_release(asker);
    return ok;
}

static bool write_task(struct writer *writer, const struct task *task, struct err *err)
{
    return task->packed != NULL
               ? collected_account(writer->store, task->packed, err)
               : collected_failed(writer->store, task->account.number, &task->why, err);
}

/* What is on the disk is told. */
static void tell_task(struct writer *writer, const struct task *task)
{
    const struct collect_events *events = &writer->run->config->events;
    struct collect_done done = {.account = &task->account,
                                .result = task->result,
                                .failure = task->packed == NULL ? &task->why : NULL};

    writer->totals.done += task->packed != NULL;
    writer->totals.failed += task->packed == NULL;
    for (size_t i = 0; i < task->result.warning_count; i++) {
        events->warning(events->shared, task->account.number, &task->result.warnings[i]);
    }
    events->done(events->shared, &done);
}

/* What came in meanwhile, all in one commit. */
struct batch {
    struct finding *findings;
    struct tasks finished;
    struct asker organization;
    bool has_asker, is_whole, is_last;
};

static bool write_batch(struct writer *writer, struct batch *batch, struct err *err)
{
    bool ok = write_findings(writer, batch->findings, err);
    bool has_news = batch->findings != NULL || batch->finished.first != NULL || batch->has_asker;
    struct task *task = NULL;

    if (batch->has_asker) {
        ok = write_organization(writer, &batch->organization, batch->is_whole && ok, err) && ok;
    }
    for (task = batch->finished.first; ok && task != NULL; task = task->next) {
        ok = write_task(writer, task, err);
    }
    ok = ok && (!has_news || collected_commit(writer->store, err));
    while ((task = tasks_take(&batch->finished)) != NULL) {
        if (ok) {
            tell_task(writer, task);
        }
        task_free(task);
    }
    return ok;
}

static void wait_for_results(struct run *run)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += TICK_MS * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_cond_timedwait(&run->results, &run->lock, &until);
}

/* Takes what there is to write, having waited a moment for it. True when there is no crew: the
 * system may refuse threads. */
static bool batch_take(struct writer *writer, struct batch *batch)
{
    struct run *run = writer->run;
    struct collect_totals *totals = &writer->totals;
    bool is_alone = false;

    *batch = (struct batch){0};
    (void)pthread_mutex_lock(&run->lock);
    if (http_is_cancelled(run->config->collector->client->http)) {
        run_stop(run, NULL);
    }
    if (run->findings == NULL && run->finished.first == NULL && run->task_count > 0 &&
        !run->is_stopping) {
        wait_for_results(run);
    }
    batch->findings = run->findings;
    run->findings = NULL;
    run->last_finding = &run->findings;
    batch->finished = run->finished;
    run->finished = (struct tasks){0};
    run->task_count -= batch->finished.count;
    if (!run->is_discovering && run->organization.arena.size_max > 0) {
        batch->organization = run->organization; // moved
        batch->has_asker = true;
        batch->is_whole = run->has_organization;
        run->organization = (struct asker){0};
    }
    batch->is_last = run->is_stopping || (!run->is_discovering && run->task_count == 0);
    totals->waiting = run->parked.count;
    totals->throttled = run->throttled + throttle_count(&run->config->collector->sts.throttle);
    totals->is_found_all = !run->is_discovering;
    if (batch->finished.count > 0 || batch->is_last) {
        (void)pthread_cond_broadcast(&run->work); /* the writer was who they waited for */
    }
    is_alone = run->crew_count == 0 && !batch->is_last;
    (void)pthread_mutex_unlock(&run->lock);
    return is_alone;
}

static void conduct(struct writer *writer)
{
    struct run *run = writer->run;
    const struct collect_events *events = &run->config->events;
    struct batch batch = {0};

    while (!batch.is_last) {
        struct err err = {0};
        bool is_alone = batch_take(writer, &batch);
        if (!write_batch(writer, &batch, &err)) {
            (void)pthread_mutex_lock(&run->lock);
            run_stop(run, &err);
            (void)pthread_mutex_unlock(&run->lock);
        }
        events->progress(events->shared, &writer->totals);
        if (is_alone) {
            (void)run_work(run, false);
        }
    }
}

static void crew_work(void *shared, unsigned index)
{
    struct writer *writer = shared;

    if (index == 0) {
        conduct(writer);
        return;
    }
    (void)pthread_mutex_lock(&writer->run->lock);
    writer->run->crew_count++;
    (void)pthread_mutex_unlock(&writer->run->lock);
    while (run_work(writer->run, true)) {
    }
}

/* ---- Life ----------------------------------------------------------------------------------- */

static void run_init(struct run *run, const struct collect_config *config)
{
    unsigned packers = system_cpu_count() < config->jobs ? system_cpu_count() : config->jobs;
    pthread_condattr_t attributes;

    *run = (struct run){.config = config, .last_finding = &run->findings};
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&run->lock, NULL);
    (void)pthread_cond_init(&run->work, &attributes);
    (void)pthread_cond_init(&run->packing, &attributes);
    (void)pthread_cond_init(&run->results, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    arena_init(&run->arena, ACCOUNTS_SIZE_MAX);
    while (run->packer_count < packers && run->packer_count < PACKER_MAX) {
        run->packers[run->packer_count++] = collected_packer_new();
    }
}

static void tasks_free(struct tasks *tasks)
{
    struct task *task = NULL;

    while ((task = tasks_take(tasks)) != NULL) {
        task_free(task);
    }
}

static void run_release(struct run *run)
{
    tasks_free(&run->fresh);
    tasks_free(&run->parked);
    tasks_free(&run->finished);
    asker_release(&run->organization);
    for (size_t i = 0; i < run->packer_count; i++) {
        collected_packer_free(run->packers[i]);
    }
    arena_release(&run->arena);
    (void)pthread_cond_destroy(&run->results);
    (void)pthread_cond_destroy(&run->packing);
    (void)pthread_cond_destroy(&run->work);
    (void)pthread_mutex_destroy(&run->lock);
}

bool collect_run(const struct collect_config *config, struct collect_totals *totals,
                 struct err *err)
{
    struct run run;
    struct writer writer = {.run = &run};
    bool ok = false;

    run_init(&run, config);
    if (begin(&writer, err) && collected_commit(writer.store, err)) {
        workers_run(config->jobs + 1, crew_work, &writer);
        ok = run.fatal.kind == ERR_NONE;
        if (!ok) {
            *err = run.fatal;
        }
        ok = ok && collected_finish(writer.store, system_now(), err);
    }
    writer.totals.left = writer.totals.found - writer.totals.done - writer.totals.failed;
    *totals = writer.totals;
    collected_close(writer.store);
    /* The organization's id was the run's. */
    config->collector->organization = STR("");
    run_release(&run);
    return ok;
}

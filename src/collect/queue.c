/* The crew: finds accounts, steps them, packs what they gave. */
#include <string.h>
#include <time.h>

#include "collect/internal_run.h"
#include "inventory/inventory.h"

enum {
    HELD_SIZE_MAX = 32 << 20, /* of accounts that are begun; one is always let through */
    BEGUN_FACTOR = 8,         /* so many accounts may be begun for each thread */
    FINISHED_MAX = 256,       /* to be written, before the crew waits for the writer */
    WAIT_MS = 200,            /* how late a signal may be noticed */
};

/* ---- Lists ---------------------------------------------------------------------------------- */

static void tasks_add(struct tasks *tasks, struct task *task)
{
    task->next = NULL;
    if (tasks->first == NULL) {
        tasks->last = &tasks->first;
    }
    *tasks->last = task;
    tasks->last = &task->next;
    tasks->count++;
}

struct task *tasks_take(struct tasks *tasks)
{
    struct task *task = tasks->first;

    if (task != NULL) {
        tasks->first = task->next;
        tasks->count--;
    }
    return task;
}

/* The one that has been due for longest; *wait_ms is how long until the next is. */
static struct task *parked_take(struct run *run, uint64_t now_ms, uint64_t *wait_ms)
{
    struct task **best = NULL;

    for (struct task **at = &run->parked.first; *at != NULL; at = &(*at)->next) {
        if (best == NULL || (*at)->due_ms < (*best)->due_ms) {
            best = at;
        }
    }
    if (best != NULL && (*best)->due_ms <= now_ms) {
        struct task *task = *best;
        *best = task->next;
        if (task->next == NULL) {
            run->parked.last = best;
        }
        run->parked.count--;
        return task;
    }
    *wait_ms =
        best != NULL && (*best)->due_ms - now_ms < WAIT_MS ? (*best)->due_ms - now_ms : WAIT_MS;
    return NULL;
}

void task_free(struct task *task)
{
    if (task != NULL) {
        account_work_free(task->work);
        collected_packed_free(task->packed);
        mem_free(task->warnings);
        mem_free(task);
    }
}

void run_stop(struct run *run, const struct err *why)
{
    if (why != NULL && run->fatal.kind == ERR_NONE) {
        run->fatal = *why;
        http_cancel(run->config->collector->client->http); /* nobody waits for answers any more */
    }
    run->is_stopping = true;
    (void)pthread_cond_broadcast(&run->work);
    (void)pthread_cond_signal(&run->results);
}

/* ---- Finding accounts ----------------------------------------------------------------------- */

static bool was_done(const struct run *run, uint64_t account)
{
    size_t low = 0, high = run->before_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (run->before[middle].account == account) {
            return run->before[middle].state == COLLECTED_DONE;
        }
        if (run->before[middle].account < account) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

bool run_add(struct run *run, const struct found_account *account, struct err *err)
{
    const struct collect_config *config = run->config;
    struct finding *finding = arena_alloc(&run->arena, sizeof *finding);
    struct task *task = NULL;

    if (finding == NULL) {
        return err_set(err, ERR_INPUT, "there are too many accounts");
    }
    finding->account = *account;
    if (!arena_str(&run->arena, account->name, &finding->account.name) ||
        !arena_str(&run->arena, account->unit, &finding->account.unit) ||
        !arena_str(&run->arena, account->status, &finding->account.status)) {
        return err_set(err, ERR_INPUT, "there are too many accounts");
    }
    *run->last_finding = finding;
    run->last_finding = &finding->next;
    if (account->is_active && !was_done(run, account->number)) {
        task = mem_alloc(sizeof *task);
        task->account = (struct collect_account){
            .number = account->number,
            .name = finding->account.name,
            .unit = finding->account.unit,
            .entry = request_entry(config->request, account->number, config->collector->caller)};
        finding->task = task;
        run->task_count++;
        tasks_add(&run->fresh, task);
        (void)pthread_cond_signal(&run->work);
    }
    (void)pthread_cond_signal(&run->results);
    return true;
}

static void on_known(void *shared, struct str organization, uint64_t management)
{
    struct run *run = shared;
    struct collector *collector = run->config->collector;

    (void)pthread_mutex_lock(&run->lock);
    if (!arena_str(&run->arena, organization, &collector->organization)) {
        collector->organization = STR("");
    }
    collector->management = management;
    (void)pthread_mutex_unlock(&run->lock);
}

static void on_found(void *shared, const struct found_account *account)
{
    struct run *run = shared;
    struct err err = {0};

    (void)pthread_mutex_lock(&run->lock);
    if (!run_add(run, account, &err)) {
        run_stop(run, &err);
    }
    (void)pthread_mutex_unlock(&run->lock);
}

static void discover(struct run *run)
{
    const struct discovery discovery = {
        .collector = run->config->collector, .known = on_known, .found = on_found, .shared = run};
    struct asker asker;
    struct err err = {0};
    bool ok = false;

    asker_init(&asker);
    ok = organization_discover(&discovery, &asker, &err);
    (void)pthread_mutex_lock(&run->lock);
    run->is_discovering = false;
    run->organization = asker; // moved
    run->has_organization = ok;
    if (!ok) {
        run_stop(run, http_is_cancelled(run->config->collector->client->http) ? NULL : &err);
    }
    (void)pthread_cond_broadcast(&run->work);
    (void)pthread_cond_signal(&run->results);
    (void)pthread_mutex_unlock(&run->lock);
}

/* ---- Packing -------------------------------------------------------------------------------- */

/* Packing is work for a processor: more at once than there are would only take more memory. */
static struct collected_packer *packer_take(struct run *run)
{
    struct collected_packer *packer = NULL;

    (void)pthread_mutex_lock(&run->lock);
    while (run->packer_count == 0) {
        (void)pthread_cond_wait(&run->packing, &run->lock);
    }
    packer = run->packers[--run->packer_count];
    (void)pthread_mutex_unlock(&run->lock);
    return packer;
}

static void packer_give(struct run *run, struct collected_packer *packer)
{
    (void)pthread_mutex_lock(&run->lock);
    run->packers[run->packer_count++] = packer;
    (void)pthread_cond_signal(&run->packing);
    (void)pthread_mutex_unlock(&run->lock);
}

static int64_t count_of(struct inventory_count count)
{
    return count.is_known && count.count <= INT64_MAX ? (int64_t)count.count : -1;
}

static bool pack(struct run *run, struct task *task, struct err *err)
{
    const struct collector *collector = run->config->collector;
    struct account_result result = account_work_result(task->work);
    struct inventory_assets assets = {0};
    struct collected_snapshot snapshot = {
        .account = task->account.number,
        .taken_at = collector->now,
        .report = result.report,
        .has_generated_at = result.has_generated_at,
        .generated_at = result.generated_at,
        .organization = collector->organization,
        .unit = task->account.unit,
        .standing = collector->organization.n > 0 ? ACCOUNT_MEMBER : ACCOUNT_STANDING_UNKNOWN,
        .answers = result.answers,
        .answer_count = result.answer_count};
    struct collected_packer *packer = NULL;
    bool ok = inventory_assets(result.answers, result.answer_count, &assets, err);

    if (!ok) {
        return false;
    }
    snapshot.counts[0] = count_of(assets.iam_users);
    snapshot.counts[1] = count_of(assets.rds);
    snapshot.counts[2] = count_of(assets.s3);
    snapshot.counts[3] = count_of(assets.ec2);
    snapshot.counts[4] = count_of(assets.cloudtrail);
    packer = packer_take(run);
    ok = collected_pack(packer, &snapshot, &task->packed, err);
    packer_give(run, packer);
    return ok;
}

/* ---- Steps ---------------------------------------------------------------------------------- */

/* What is left of a finished account is what is to be written and said. */
static void task_settle(struct task *task)
{
    size_t count = 0;

    task->result = account_work_result(task->work);
    count = task->result.warning_count;
    task->warnings = mem_array(count, sizeof *task->warnings);
    if (count > 0) {
        memcpy(task->warnings, task->result.warnings, count * sizeof *task->warnings);
    }
    task->result.warnings = task->warnings;
    task->result.answers = NULL;
    task->result.report = STR("");
    account_work_free(task->work);
    task->work = NULL;
}

static void task_finish(struct run *run, struct task *task)
{
    run->throttled += task->result.throttled_count;
    run->held_size -= task->size;
    run->begun_count--;
    task->size = 0;
    tasks_add(&run->finished, task);
    (void)pthread_cond_signal(&run->results);
    (void)pthread_cond_signal(&run->work);
}

static void task_step(struct run *run, struct task *task)
{
    struct err why = {0};
    enum work_end end = account_work_step(task->work, &why);

    size_t size = account_work_size(task->work);

    if (end == WORK_DONE && !pack(run, task, &task->why)) {
        end = WORK_FAILED;
    } else if (end == WORK_FAILED) {
        task->why = why;
    }
    if (end == WORK_DONE || end == WORK_FAILED) {
        task_settle(task);
    }
    (void)pthread_mutex_lock(&run->lock);
    run->held_size += size - task->size;
    task->size = size;
    switch (end) {
    case WORK_PARKED:
        task->due_ms = account_work_due(task->work);
        tasks_add(&run->parked, task);
        (void)pthread_cond_signal(&run->work);
        break;
    case WORK_FAILED:
    case WORK_DONE:
        task_finish(run, task);
        break;
    case WORK_STOPPED:
        run_stop(run, http_is_cancelled(run->config->collector->client->http) ? NULL : &why);
        run->held_size -= size;
        run->begun_count--;
        run->task_count--;
        task_free(task);
        break;
    }
    (void)pthread_mutex_unlock(&run->lock);
}

/* An account that may be begun now: not more than fit into memory, not more than the writer keeps
 * up with. */
static struct task *fresh_take(struct run *run)
{
    bool is_full = run->held_size >= HELD_SIZE_MAX || run->finished.count >= FINISHED_MAX ||
                   run->begun_count >= (size_t)run->config->jobs * BEGUN_FACTOR;
    struct task *task = NULL;

    if (run->begun_count > 0 && is_full) {
        return NULL;
    }
    task = tasks_take(&run->fresh);
    if (task != NULL) {
        task->work = account_work_new(run->config->collector, &task->account);
        run->begun_count++;
    }
    return task;
}

static void wait_for(struct run *run, uint64_t ms)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    until.tv_sec += (time_t)(ms / 1000) + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_cond_timedwait(&run->work, &run->lock, &until);
}

bool run_work(struct run *run, bool is_patient)
{
    const struct net_clock *clock = &run->config->collector->client->clock;
    struct task *task = NULL;
    bool discovers = false, has_more = true;

    (void)pthread_mutex_lock(&run->lock);
    while (!run->is_stopping && task == NULL && !discovers && has_more) {
        uint64_t wait_ms = WAIT_MS;
        discovers = run->wants_discovery;
        run->wants_discovery = false;
        if (!discovers) {
            task = parked_take(run, clock->monotonic_ms(clock->context), &wait_ms);
            task = task != NULL ? task : fresh_take(run);
            has_more = run->is_discovering || run->fresh.count > 0 || run->begun_count > 0;
        }
        if (task == NULL && !discovers && has_more) {
            if (!is_patient) {
                break;
            }
            wait_for(run, wait_ms);
        }
    }
    (void)pthread_mutex_unlock(&run->lock);
    if (discovers) {
        discover(run);
    } else if (task != NULL) {
        task_step(run, task);
    }
    return discovers || task != NULL;
}

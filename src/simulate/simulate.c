#include "simulate/simulate.h"

#include <pthread.h>

#include "base/arena.h"
#include "os/file.h"
#include "os/folder.h"
#include "os/worker.h"
#include "simulate/report_text.h"

enum {
    REPORT_SIZE_MAX = 64 << 20,
    PATH_SIZE_MAX = 4096,
    TASK_ACCOUNTS = 64, /* what a worker takes at a time */
    FLUSH_SIZE = 1 << 16,
};

struct run {
    const struct simulate_config *config;
    struct plan *plan;
    struct report_text *text;
    uint64_t accounts;
    unsigned week_first; /* of the samples */
    struct folder folder, weeks[PLAN_WEEKS];
    pthread_mutex_t lock; /* holds what follows */
    uint64_t next;        /* account that nobody has taken yet */
    struct simulate_result result;
    struct err err; /* the first one; nobody takes more then */
};

/* ---- reports -------------------------------------------------------------------------------- */

struct output {
    struct account_history account;
    struct buf text;
    uint64_t reports, bytes;
};

static bool write_account(struct run *run, struct output *output, uint64_t index, struct err *err)
{
    char name_text[24];

    history_fill(&output->account, run->plan, index, run->config->users);
    for (unsigned week = run->week_first; week < PLAN_WEEKS; week++) {
        struct buf name = {
            .p = name_text, .capacity = sizeof name_text, .size_max = sizeof name_text};
        if ((output->account.slot->present & week_bit(week)) == 0) {
            continue;
        }
        buf_clear(&output->text);
        report_text_write(run->text, &output->text, &output->account, week);
        if (output->text.overflowed) {
            return err_set(err, ERR_BUG, "a report is larger than %d MiB", REPORT_SIZE_MAX >> 20);
        }
        buf_u64(&name, output->account.number);
        buf_str(&name, STR(".csv"));
        if (!folder_write(&run->weeks[week], buf_text(&name), buf_text(&output->text), err)) {
            return false;
        }
        output->reports++;
        output->bytes += output->text.n;
    }
    return true;
}

/* Adds up what was done, and takes the next accounts. */
static bool take(struct run *run, struct output *output, struct err *err, uint64_t *first)
{
    bool has_more;

    (void)pthread_mutex_lock(&run->lock);
    run->result.reports += output->reports;
    run->result.bytes += output->bytes;
    output->reports = output->bytes = 0;
    if (err->kind != ERR_NONE && run->err.kind == ERR_NONE) {
        run->err = *err;
    }
    has_more = run->err.kind == ERR_NONE && run->next < run->accounts;
    *first = run->next;
    run->next += TASK_ACCOUNTS;
    if (run->config->progress != NULL) {
        run->config->progress(run->config->shared, run->result.bytes, run->result.reports);
    }
    (void)pthread_mutex_unlock(&run->lock);
    return has_more;
}

static void write_reports(void *shared, unsigned index)
{
    struct run *run = shared;
    struct output output = {0};
    struct err err = {0};
    uint64_t first;

    (void)index;
    buf_init(&output.text, REPORT_SIZE_MAX);
    while (take(run, &output, &err, &first)) {
        uint64_t end =
            first + TASK_ACCOUNTS < run->accounts ? first + TASK_ACCOUNTS : run->accounts;
        for (uint64_t i = first; i < end && err.kind == ERR_NONE; i++) {
            if (!write_account(run, &output, i, &err)) {
                break;
            }
        }
    }
    history_release(&output.account);
    buf_release(&output.text);
}

/* ---- what stands beside them ---------------------------------------------------------------- */

static bool write_accounts(struct run *run, struct str path, struct err *err)
{
    struct file_out out = {0};
    struct buf text;
    bool ok;

    buf_init(&text, 2 * FLUSH_SIZE);
    accounts_header_write(&text);
    ok = file_out_open(&out, path, err);
    for (uint64_t i = 0; i < run->accounts && ok; i++) {
        struct account_facts facts;
        history_facts(&facts, run->plan, i, run->config->users);
        accounts_line_write(&text, run->plan, &facts);
        if (text.n >= FLUSH_SIZE) {
            ok = file_out_write(&out, buf_text(&text), err);
            buf_clear(&text);
        }
    }
    ok = ok && file_out_write(&out, buf_text(&text), err) && file_out_commit(&out, err);
    file_out_abandon(&out);
    buf_release(&text);
    return ok;
}

/* {"profile":"root-2020","seed":"7"}; the sizes too, where it is no longer the study's fleet. */
static bool write_marker(const struct run *run, struct str path, struct err *err)
{
    const struct simulate_config *config = run->config;
    bool is_scaled = config->accounts > 0 || config->users > 0 || config->samples > 0;
    struct file_out out = {0};
    struct buf text;
    bool ok;

    buf_init(&text, FLUSH_SIZE);
    buf_str(&text, STR("{\"profile\":\""));
    buf_str(&text, profile_name(config->profile));
    buf_str(&text, STR("\",\"seed\":\""));
    buf_u64(&text, config->seed);
    buf_char(&text, '"');
    if (is_scaled) {
        buf_str(&text, STR(",\"accounts\":"));
        buf_u64(&text, run->accounts);
    }
    if (config->users > 0) {
        buf_str(&text, STR(",\"users_per_account\":"));
        buf_u64(&text, config->users);
    }
    if (config->samples > 0) {
        buf_str(&text, STR(",\"samples\":"));
        buf_u64(&text, config->samples);
    }
    buf_str(&text, STR("}\n"));
    ok = file_out_open(&out, path, err) && file_out_write(&out, buf_text(&text), err) &&
         file_out_commit(&out, err);
    file_out_abandon(&out);
    buf_release(&text);
    return ok;
}

/* FOLDER/name, in `text`. */
static struct str path_of(const struct run *run, struct str name, struct buf *text)
{
    buf_clear(text);
    buf_str(text, run->config->folder);
    buf_char(text, '/');
    buf_str(text, name);
    return buf_text(text);
}

static bool make_folders(struct run *run, struct buf *path, struct err *err)
{
    char day[40];

    if (!folder_make(&run->folder, run->config->folder, err)) {
        return false;
    }
    for (unsigned week = run->week_first; week < PLAN_WEEKS; week++) {
        struct buf text = {.p = day, .capacity = sizeof day, .size_max = sizeof day};
        instant_write(&text, week_instant(week));
        struct str name = str_sub(buf_text(&text), 0, STR("2021-01-24").n);
        if (!folder_make(&run->weeks[week], path_of(run, name, path), err)) {
            return false;
        }
    }
    return true;
}

bool simulate_run(const struct simulate_config *config, struct simulate_result *result,
                  struct err *err)
{
    struct run *run = mem_alloc(sizeof *run);
    struct buf path;
    bool ok;

    buf_init(&path, PATH_SIZE_MAX);
    run->config = config;
    run->plan = plan_new(config->profile, config->seed);
    run->text = report_text_new();
    run->accounts = config->accounts > 0 ? config->accounts : run->plan->account_count;
    run->week_first = PLAN_WEEKS - (config->samples > 0 ? config->samples : run->plan->samples);
    run->result.accounts = run->accounts;
    run->result.samples = PLAN_WEEKS - run->week_first;
    (void)pthread_mutex_init(&run->lock, NULL);
    ok = make_folders(run, &path, err) &&
         write_accounts(run, path_of(run, STR("accounts.csv"), &path), err);
    if (ok) {
        workers_run(config->jobs, write_reports, run);
        ok = run->err.kind == ERR_NONE;
        *err = ok ? *err : run->err;
    }
    ok = ok && write_marker(run, path_of(run, STR("profile.json"), &path), err);
    *result = run->result;
    (void)pthread_mutex_destroy(&run->lock);
    for (unsigned week = 0; week < PLAN_WEEKS; week++) {
        folder_close(&run->weeks[week]);
    }
    folder_close(&run->folder);
    report_text_free(run->text);
    plan_free(run->plan);
    buf_release(&path);
    mem_free(run);
    return ok;
}

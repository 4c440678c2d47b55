/* What is behind a figure, as a list: the samples are read once more, and what the figure counts is
 * written in the order of accounts and time. An organization is listed once, with the sample that
 * shows it first. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "os/worker.h"
#include "render/csv.h"
#include "source/accounts.h"
#include "study/figures.h"
#include "study/format.h"
#include "study/study.h"

enum { FLUSH_SIZE = 1 << 20, TEXT_SIZE_MAX = 1 << 30, ANY_CLASS = ASSET_NONE };

enum what {
    WHAT_SAMPLES,       /* with the root facts */
    WHAT_ORGANIZATIONS, /* of these, each once */
    WHAT_WEEKLY,        /* of these, each once for each date */
    WHAT_ACCOUNTS,      /* with that many uses */
    WHAT_USES,          /* of these */
    WHAT_HALF,          /* the fewest accounts that make half of the uses */
    WHAT_ALL_USERS,     /* of all dates */
    WHAT_USERS,         /* of the set, at the date of the IAM figures */
    WHAT_OLDEST,        /* with the very date of the figure */
    WHAT_IAM_SAMPLES,   /* of that date */
};

struct listed {
    struct str figure;
    enum what what;
    uint32_t root;  /* facts that must all be there */
    uint32_t value; /* asset class, least number of uses, or user set */
    bool is_standalone;
};

static const struct listed listed[] = {
    {STR_LIT("accounts_mean"), WHAT_SAMPLES, 0, ANY_CLASS, false},
    {STR_LIT("organizations_mean"), WHAT_WEEKLY, 0, 0, false},
    {STR_LIT("users_mean"), WHAT_ALL_USERS, 0, USER_ALL, false},
    {STR_LIT("weekly_use_accounts_mean"), WHAT_SAMPLES, ROOT_USE, ANY_CLASS, false},
    {STR_LIT("weekly_use_organizations_mean"), WHAT_WEEKLY, ROOT_USE, 0, false},
    {STR_LIT("use_accounts"), WHAT_ACCOUNTS, 0, 1, false},
    {STR_LIT("use_organizations"), WHAT_ORGANIZATIONS, ROOT_USE, 0, false},
    {STR_LIT("uses"), WHAT_SAMPLES, ROOT_USE, ANY_CLASS, false},
    {STR_LIT("repeat_accounts"), WHAT_ACCOUNTS, 0, 2, false},
    {STR_LIT("repeat_uses"), WHAT_USES, 0, 2, false},
    {STR_LIT("uses_per_account"), WHAT_SAMPLES, ROOT_USE, ANY_CLASS, false},
    {STR_LIT("half_uses_accounts"), WHAT_HALF, 0, 1, false},
    {STR_LIT("uses_small"), WHAT_SAMPLES, ROOT_USE, ASSET_SMALL, false},
    {STR_LIT("uses_medium"), WHAT_SAMPLES, ROOT_USE, ASSET_MEDIUM, false},
    {STR_LIT("uses_large"), WHAT_SAMPLES, ROOT_USE, ASSET_LARGE, false},
    {STR_LIT("uses_api"), WHAT_SAMPLES, ROOT_API, ANY_CLASS, false},
    {STR_LIT("uses_api_old"), WHAT_SAMPLES, ROOT_API_OLD, ANY_CLASS, false},
    {STR_LIT("key_accounts_mean"), WHAT_SAMPLES, ROOT_KEY, ANY_CLASS, false},
    {STR_LIT("key_organizations"), WHAT_ORGANIZATIONS, ROOT_KEY, 0, false},
    {STR_LIT("key_old_accounts_mean"), WHAT_SAMPLES, ROOT_KEY_OLD, ANY_CLASS, false},
    {STR_LIT("console_uses"), WHAT_SAMPLES, ROOT_CONSOLE, ANY_CLASS, false},
    {STR_LIT("console_uses_no_mfa"), WHAT_SAMPLES, ROOT_CONSOLE_NO_MFA, ANY_CLASS, false},
    {STR_LIT("console_organizations"), WHAT_ORGANIZATIONS, ROOT_CONSOLE, 0, false},
    {STR_LIT("console_organizations_no_mfa"), WHAT_ORGANIZATIONS, ROOT_CONSOLE_NO_MFA, 0, false},
    {STR_LIT("users"), WHAT_USERS, 0, USER_ALL, false},
    {STR_LIT("accounts"), WHAT_IAM_SAMPLES, 0, 0, false},
    {STR_LIT("standalone_accounts"), WHAT_IAM_SAMPLES, 0, 0, true},
    {STR_LIT("no_mfa"), WHAT_USERS, 0, USER_NO_MFA, true},
    {STR_LIT("initial_key"), WHAT_USERS, 0, USER_INITIAL_KEY, false},
    {STR_LIT("two_keys"), WHAT_USERS, 0, USER_TWO_KEYS, false},
    {STR_LIT("not_rotated_90"), WHAT_USERS, 0, USER_NOT_ROTATED_90, false},
    {STR_LIT("not_rotated_365"), WHAT_USERS, 0, USER_NOT_ROTATED_365, false},
    {STR_LIT("not_rotated_1825"), WHAT_USERS, 0, USER_NOT_ROTATED_1825, false},
    {STR_LIT("unused_90"), WHAT_USERS, 0, USER_UNUSED_90, false},
    {STR_LIT("unused_365"), WHAT_USERS, 0, USER_UNUSED_365, false},
    {STR_LIT("users_gt_30"), WHAT_USERS, 0, USER_GT_30, false},
    {STR_LIT("users_gt_90"), WHAT_USERS, 0, USER_GT_90, false},
    {STR_LIT("users_gt_365"), WHAT_USERS, 0, USER_GT_365, false},
    {STR_LIT("two_keys_gt_30"), WHAT_USERS, 0, USER_TWO_KEYS_GT_30, false},
    {STR_LIT("two_keys_gt_90"), WHAT_USERS, 0, USER_TWO_KEYS_GT_90, false},
    {STR_LIT("two_keys_gt_365"), WHAT_USERS, 0, USER_TWO_KEYS_GT_365, false},
    {STR_LIT("oldest_active_key"), WHAT_OLDEST, 0, USER_ALL, false},
    {STR_LIT("oldest_unused_console"), WHAT_OLDEST, 0, USER_UNUSED_90, false},
    {STR_LIT("oldest_unused_key"), WHAT_OLDEST, 0, USER_UNUSED_90, false},
};

static const struct listed *find_listed(struct str figure)
{
    for (size_t i = 0; i < sizeof listed / sizeof listed[0]; i++) {
        if (str_eq(listed[i].figure, figure)) {
            return &listed[i];
        }
    }
    return NULL;
}

bool study_show_knows(struct str figure)
{
    return find_listed(figure) != NULL;
}

/* ---- shared and a worker's own -------------------------------------------------------------- */

/* A row in the worker's text, until it is its turn. */
struct line {
    size_t end;
    uint32_t organization, date;
};

struct show {
    const struct study_config *config;
    const struct listed *listed;
    uint32_t iam_date;
    bool has_figure_date;
    int64_t figure_date;
    uint64_t *half; /* accounts, sorted */
    size_t half_count;
    bool (*write)(void *shared, struct str bytes, struct err *err);
    void *shared;
    atomic_size_t next_block;
    pthread_mutex_t lock; /* all below */
    pthread_cond_t turned;
    size_t turn;
    uint64_t *written; /* organizations, or those of each date, that were */
    size_t name_words;
    struct err err;
};

struct use {
    uint32_t date, organization, unit, facts;
    int64_t used;
};

struct worker {
    struct show *show;
    struct sample_scan scan;
    struct sample sample;
    size_t block;
    struct buf text;
    struct line *lines;
    size_t line_count, line_capacity;
    struct use *uses; /* of the account at hand */
    size_t use_count, use_capacity;
};

static void pass_error(void *shared, const struct err *err)
{
    (void)shared; /* the study told it */
    (void)err;
}

/* ---- rows ----------------------------------------------------------------------------------- */

static const struct sample_provider *provider_of(const struct worker *worker)
{
    return worker->show->config->provider;
}

static void name_field(struct worker *worker, struct str name)
{
    size_t start = worker->text.n;

    buf_str(&worker->text, name);
    if (worker->show->config->csv_safe) {
        csv_field_guard(&worker->text, start);
    }
    csv_field_close(&worker->text, start);
}

/* date,account,organization,unit, and then the caller's user and detail. */
static void begin_line(struct worker *worker, uint32_t date, uint32_t organization, uint32_t unit)
{
    study_day_write(&worker->text, provider_of(worker)->dates[date]);
    buf_printf(&worker->text, ",%012llu,", (unsigned long long)worker->sample.account);
    name_field(worker, provider_of(worker)->names[organization]);
    buf_char(&worker->text, ',');
    name_field(worker, provider_of(worker)->names[unit]);
    buf_char(&worker->text, ',');
}

static void end_line(struct worker *worker, uint32_t date, uint32_t organization)
{
    buf_char(&worker->text, '\n');
    if (worker->line_count == worker->line_capacity) {
        worker->line_capacity = worker->line_capacity == 0 ? 256 : worker->line_capacity * 2;
        worker->lines = mem_resize(worker->lines, worker->line_capacity * sizeof *worker->lines);
    }
    worker->lines[worker->line_count++] = (struct line){worker->text.n, organization, date};
}

static void root_line(struct worker *worker, const struct use *use)
{
    struct buf *text = &worker->text;

    begin_line(worker, use->date, use->organization, use->unit);
    buf_char(text, ',');
    if (use->used >= TIME_FIRST) {
        buf_str(text, STR("root_last_used="));
        instant_write(text, use->used);
    }
    buf_str(text, (use->facts & ROOT_CONSOLE) != 0 ? STR("; console") : STR(""));
    buf_str(text, (use->facts & ROOT_CONSOLE_NO_MFA) != 0 ? STR(" without MFA") : STR(""));
    buf_str(text, (use->facts & ROOT_API) != 0 ? STR("; API") : STR(""));
    buf_str(text, (use->facts & ROOT_API_OLD) != 0 ? STR(" by a key over 90 days old") : STR(""));
    buf_str(text, (use->facts & ROOT_KEY) != 0 ? STR("; active key") : STR(""));
    buf_str(text, (use->facts & ROOT_KEY_OLD) != 0 ? STR(" over 90 days old") : STR(""));
    end_line(worker, use->date, use->organization);
}

static void write_member(struct buf *out, const char *name, int64_t at)
{
    if (at >= TIME_FIRST && at != INT64_MAX) {
        buf_str(out, str_from(name));
        instant_write(out, at);
    }
}

static struct str word_of(const struct flag_bits *flags, size_t row)
{
    return facts_has(flags->is_true, row)    ? STR("true")
           : facts_has(flags->is_false, row) ? STR("false")
                                             : STR("unknown");
}

static void user_line(struct worker *worker, const struct user_batch *batch,
                      const struct user_sets *sets, size_t row)
{
    struct buf *text = &worker->text;
    static const enum report_column keys[2][2] = {{COLUMN_KEY_1_ACTIVE, COLUMN_KEY_1_ROTATED},
                                                  {COLUMN_KEY_2_ACTIVE, COLUMN_KEY_2_ROTATED}};

    begin_line(worker, worker->sample.date, worker->sample.organization, worker->sample.unit);
    name_field(worker, provider_of(worker)->user_name(worker->scan.reader, row));
    buf_str(text, STR(",password_enabled="));
    buf_str(text, word_of(batch->flags[COLUMN_PASSWORD_ENABLED], row));
    buf_str(text, STR("; mfa_active="));
    buf_str(text, word_of(batch->flags[COLUMN_MFA], row));
    write_member(text, "; created=", batch->times[COLUMN_CREATED][row]);
    for (size_t i = 0; i < 2; i++) {
        if (facts_has(batch->flags[keys[i][0]]->is_true, row)) {
            write_member(text, "; active key of ", batch->times[keys[i][1]][row]);
        }
    }
    if (sets->idle_since[row] >= IDLE_FIRST) {
        write_member(text, "; idle since ", sets->idle_since[row]);
    }
    end_line(worker, worker->sample.date, worker->sample.organization);
}

static void account_line(struct worker *worker)
{
    const struct use *first = &worker->uses[0], *last = &worker->uses[worker->use_count - 1];

    begin_line(worker, last->date, last->organization, last->unit);
    buf_printf(&worker->text, ",uses=%zu; first=", worker->use_count);
    study_day_write(&worker->text, provider_of(worker)->dates[first->date]);
    end_line(worker, last->date, last->organization);
}

/* ---- turns ---------------------------------------------------------------------------------- */

/* Whether the line's organization is yet to be listed; marks it. */
static bool is_new(struct show *show, const struct line *line)
{
    size_t base = show->listed->what == WHAT_WEEKLY ? line->date * show->name_words : 0;
    uint64_t *word = &show->written[base + line->organization / 64];
    uint64_t bit = UINT64_C(1) << (line->organization % 64);
    bool is_known = (*word & bit) != 0;

    *word |= bit;
    return !is_known && line->organization != 0;
}

static void write_lines(struct worker *worker)
{
    struct show *show = worker->show;
    bool is_once = show->listed->what == WHAT_ORGANIZATIONS || show->listed->what == WHAT_WEEKLY;
    size_t from = 0;

    if (!is_once) {
        (void)show->write(show->shared, buf_text(&worker->text), &show->err);
        return;
    }
    for (size_t i = 0; i < worker->line_count && show->err.kind == ERR_NONE; i++) {
        if (is_new(show, &worker->lines[i])) {
            (void)show->write(show->shared,
                              str_sub(buf_text(&worker->text), from, worker->lines[i].end),
                              &show->err);
        }
        from = worker->lines[i].end;
    }
}

/* Writes what the block came to so far; the last time, the turn goes on to the next block. */
static void flush(struct worker *worker, bool is_last)
{
    struct show *show = worker->show;

    pthread_mutex_lock(&show->lock);
    while (show->turn != worker->block) {
        pthread_cond_wait(&show->turned, &show->lock);
    }
    if (worker->text.overflowed) {
        (void)err_set(&show->err, ERR_INPUT, "the list of one sample comes to more than %d MiB",
                      TEXT_SIZE_MAX >> 20);
    } else if (show->err.kind == ERR_NONE && worker->text.n > 0) {
        write_lines(worker);
    }
    if (is_last) {
        show->turn++;
        pthread_cond_broadcast(&show->turned);
    }
    pthread_mutex_unlock(&show->lock);
    buf_clear(&worker->text);
    worker->line_count = 0;
}

/* ---- scanning ------------------------------------------------------------------------------- */

static bool has_figure_date(const struct show *show, const struct user_batch *batch,
                            const struct user_sets *sets, size_t row)
{
    struct str figure = show->listed->figure;

    if (!show->has_figure_date) {
        return false;
    }
    if (str_eq(figure, STR("oldest_active_key"))) {
        return sets->oldest_key[row] == show->figure_date;
    }
    if (str_eq(figure, STR("oldest_unused_console"))) {
        return facts_has(batch->flags[COLUMN_PASSWORD_ENABLED]->is_true, row) &&
               facts_idle_since(batch->times[COLUMN_PASSWORD_USED][row],
                                batch->times[COLUMN_PASSWORD_CHANGED][row]) == show->figure_date;
    }
    return (facts_has(batch->flags[COLUMN_KEY_1_ACTIVE]->is_true, row) &&
            facts_idle_since(batch->times[COLUMN_KEY_1_USED][row],
                             batch->times[COLUMN_KEY_1_ROTATED][row]) == show->figure_date) ||
           (facts_has(batch->flags[COLUMN_KEY_2_ACTIVE]->is_true, row) &&
            facts_idle_since(batch->times[COLUMN_KEY_2_USED][row],
                             batch->times[COLUMN_KEY_2_ROTATED][row]) == show->figure_date);
}

static void list_users(void *shared, const struct sample_rows *rows, const struct user_sets *sets)
{
    struct worker *worker = shared;
    const struct show *show = worker->show;
    const struct listed *it = show->listed;
    const uint64_t *set = sets->rows[it->value];

    if (it->what != WHAT_ALL_USERS &&
        (worker->sample.date != show->iam_date ||
         (it->is_standalone && worker->sample.standing != ACCOUNT_STANDALONE))) {
        return;
    }
    for (size_t w = 0; w < rows->batch->words; w++) {
        for (uint64_t left = set[w]; left != 0; left &= left - 1) {
            size_t row = w * 64 + (size_t)__builtin_ctzll(left);
            if (it->what != WHAT_OLDEST || has_figure_date(show, rows->batch, sets, row)) {
                user_line(worker, rows->batch, sets, row);
            }
        }
    }
}

static void keep_use(struct worker *worker, const struct use *use)
{
    if (worker->use_count == worker->use_capacity) {
        worker->use_capacity = worker->use_capacity == 0 ? 64 : worker->use_capacity * 2;
        worker->uses = mem_resize(worker->uses, worker->use_capacity * sizeof *worker->uses);
    }
    worker->uses[worker->use_count++] = *use;
}

static void list_sample(struct worker *worker, const struct sample_facts *facts)
{
    const struct listed *it = worker->show->listed;
    const struct sample *sample = &worker->sample;
    struct use use = {sample->date, sample->organization, sample->unit, facts->root.facts,
                      facts->has_root ? facts->root.used : TIME_NONE};

    switch (it->what) {
    case WHAT_SAMPLES:
    case WHAT_ORGANIZATIONS:
    case WHAT_WEEKLY:
        if ((use.facts & it->root) == it->root &&
            (it->value == ANY_CLASS || it->value == sample->asset_class)) {
            root_line(worker, &use);
        }
        break;
    case WHAT_IAM_SAMPLES:
        if (sample->date == worker->show->iam_date &&
            (!it->is_standalone || sample->standing == ACCOUNT_STANDALONE)) {
            root_line(worker, &use);
        }
        break;
    case WHAT_ACCOUNTS:
    case WHAT_USES:
    case WHAT_HALF:
        if ((use.facts & ROOT_USE) != 0) {
            keep_use(worker, &use);
        }
        break;
    case WHAT_ALL_USERS:
    case WHAT_USERS:
    case WHAT_OLDEST:
        break;
    }
}

static bool is_of_half(const struct show *show, uint64_t account)
{
    for (size_t low = 0, high = show->half_count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (show->half[middle] == account) {
            return true;
        }
        if (show->half[middle] < account) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

static void list_account(struct worker *worker)
{
    const struct listed *it = worker->show->listed;

    if (worker->use_count >= it->value && worker->use_count > 0) {
        if (it->what == WHAT_ACCOUNTS ||
            (it->what == WHAT_HALF && is_of_half(worker->show, worker->sample.account))) {
            account_line(worker);
        }
        for (size_t i = 0; i < worker->use_count && it->what == WHAT_USES; i++) {
            root_line(worker, &worker->uses[i]);
        }
    }
    worker->use_count = 0;
}

static void list_block(struct worker *worker)
{
    const struct sample_provider *provider = provider_of(worker);
    struct sample_facts facts;
    struct sample next;
    bool has_sample = false;

    provider->block_begin(worker->scan.reader, worker->block);
    while (provider->sample_next(worker->scan.reader, &next)) {
        size_t begin = 0, line_begin = 0;
        if (has_sample && next.account != worker->sample.account) {
            list_account(worker);
        }
        worker->sample = next;
        has_sample = true;
        if (worker->text.n > FLUSH_SIZE) {
            flush(worker, false);
        }
        begin = worker->text.n;
        line_begin = worker->line_count;
        if (sample_scan_read(&worker->scan, &worker->sample, &facts)) {
            list_sample(worker, &facts);
        } else {
            worker->text.n = begin;
            worker->line_count = line_begin;
        }
    }
    if (has_sample) {
        list_account(worker);
    }
    flush(worker, true);
}

static void work(void *shared, unsigned index)
{
    struct show *show = shared;
    const struct sample_provider *provider = show->config->provider;
    struct worker *worker = mem_alloc(sizeof *worker);
    enum what what = show->listed->what;

    (void)index;
    worker->show = show;
    buf_init(&worker->text, TEXT_SIZE_MAX);
    worker->scan.provider = provider;
    worker->scan.reader = provider->reader_new(provider, pass_error, NULL);
    worker->scan.shared = worker;
    if (what == WHAT_ALL_USERS || what == WHAT_USERS || what == WHAT_OLDEST) {
        worker->scan.batch = list_users;
    }
    while ((worker->block = atomic_fetch_add(&show->next_block, 1)) < provider->block_count) {
        list_block(worker);
    }
    provider->reader_free(worker->scan.reader);
    buf_release(&worker->text);
    mem_free(worker->lines);
    mem_free(worker->uses);
    mem_free(worker);
}

/* ---- the whole ------------------------------------------------------------------------------ */

static int account_compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* Most uses first, then by account: as many as the figure says. */
static void fill_half(struct show *show, const struct study_result *result)
{
    const struct study_figure *figure = figures_find(result, STR("half_uses_accounts"));
    size_t count = figure == NULL ? 0 : (size_t)figure->sum;

    show->half = mem_array(count + 1, sizeof *show->half);
    for (size_t i = 0; i < count && i < result->offender_count; i++) {
        show->half_count += str_to_u64(result->offenders[i].account, &show->half[i]);
    }
    qsort(show->half, show->half_count, sizeof *show->half, account_compare);
}

bool study_show(const struct study_config *config, const struct study_result *result,
                struct str figure, bool (*write)(void *shared, struct str, struct err *),
                void *shared, struct err *err)
{
    const struct sample_provider *provider = config->provider;
    struct show show = {.config = config,
                        .listed = find_listed(figure),
                        .write = write,
                        .shared = shared,
                        .name_words = provider->name_count / 64 + 1};
    const struct study_figure *dated = figures_find(result, figure);

    show.iam_date = config->has_iam_date       ? config->iam_date
                    : provider->date_count > 0 ? (uint32_t)provider->date_count - 1
                                               : 0;
    show.has_figure_date = dated != NULL && dated->type == STUDY_DATE;
    show.figure_date = show.has_figure_date ? dated->date : 0;
    show.written = mem_array((provider->date_count + 1) * show.name_words, sizeof *show.written);
    fill_half(&show, result);
    pthread_mutex_init(&show.lock, NULL);
    pthread_cond_init(&show.turned, NULL);
    if (write(shared, STR("date,account,organization,unit,user,detail\n"), &show.err)) {
        workers_run(config->jobs, work, &show);
    }
    pthread_cond_destroy(&show.turned);
    pthread_mutex_destroy(&show.lock);
    mem_free(show.written);
    mem_free(show.half);
    *err = show.err;
    return show.err.kind == ERR_NONE;
}

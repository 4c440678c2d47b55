#include "study/study.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "os/worker.h"
#include "study/concentration.h"
#include "study/figures.h"
#include "study/notes.h"
#include "study/survival.h"

enum { ARENA_SIZE_MAX = 256 << 20 };
/* What both published studies rest on. */
enum { ROOT_2020_SAMPLES = 20 * 915, IAM_2021_SAMPLES = 1143 };

/* ---- one sample ----------------------------------------------------------------------------- */

static void scan_rows(struct sample_scan *scan, const struct sample_rows *rows, int64_t at,
                      struct sample_facts *facts)
{
    const struct user_batch *batch = rows->batch;

    facts_users(batch, at, &scan->sets);
    user_counts_batch(&facts->users, batch, &scan->sets, at);
    for (size_t w = 0; w < batch->words && !facts->has_root; w++) {
        uint64_t roots = batch->is_root[w] & batch->valid[w];
        if (roots != 0) {
            facts->has_root = true;
            facts_root(batch, w * 64 + (size_t)__builtin_ctzll(roots), at, &facts->root);
        }
    }
    facts->late += facts_late(batch, at);
    facts->lacks_columns |= batch->rows > 0 && batch->times[COLUMN_KEY_1_USED][0] == TIME_MISSING;
    if (rows->unreadable != 0) {
        facts->unreadable += facts_unreadable(batch, rows->unreadable);
    }
    if (scan->lives != NULL && rows->identities != NULL) {
        for (size_t row = 0; row < batch->rows; row++) {
            lives_row(scan->lives, rows->identities[row], batch, &scan->sets, row);
        }
    }
    if (scan->batch != NULL) {
        scan->batch(scan->shared, rows, &scan->sets);
    }
}

bool sample_scan_read(struct sample_scan *scan, const struct sample *sample,
                      struct sample_facts *facts)
{
    const struct sample_provider *provider = scan->provider;
    struct sample_rows rows = {0};
    enum sample_step step = SAMPLE_END;

    *facts = (struct sample_facts){0};
    user_counts_init(&facts->users);
    while ((step = provider->rows_next(scan->reader, &rows)) == SAMPLE_ROWS) {
        scan_rows(scan, &rows, sample->at, facts);
    }
    if (step == SAMPLE_BROKEN) {
        return false;
    }
    facts->rows_lost = rows.rows_lost;
    scan->bytes += rows.bytes;
    return true;
}

/* ---- workers -------------------------------------------------------------------------------- */

/* Of blocks in rising order; enough of each worker to have the first of all. */
struct worker_errors {
    struct {
        size_t block;
        struct err err;
    } list[STUDY_ERRORS_MAX];
    size_t count;
    uint64_t total;
};

struct worker {
    struct run *run;
    struct tally tally;
    size_t block;
    struct worker_errors errors;
};

struct run {
    const struct study_config *config;
    struct worker *workers[STUDY_JOBS_MAX];
    atomic_size_t next_block;
    pthread_mutex_t lock; /* the progress */
    uint64_t bytes, samples;
    uint32_t iam_date;
};

static void keep_error(void *shared, const struct err *err)
{
    struct worker *worker = shared;
    struct worker_errors *errors = &worker->errors;

    if (errors->count < STUDY_ERRORS_MAX) {
        errors->list[errors->count].block = worker->block;
        errors->list[errors->count++].err = *err;
    }
    errors->total++;
}

static void scan_block(struct worker *worker, struct sample_scan *scan)
{
    const struct sample_provider *provider = scan->provider;
    struct tally *tally = &worker->tally;
    struct sample sample;
    struct sample_facts facts;
    struct lives *lives = scan->lives;
    uint64_t account = UINT64_MAX;

    provider->block_begin(scan->reader, worker->block);
    while (provider->sample_next(scan->reader, &sample)) {
        if (sample.account != account) {
            if (account != UINT64_MAX) {
                lives_end(lives);
                tally_account_end(tally);
            }
            account = sample.account;
            tally_account_begin(tally);
            lives_begin(lives, tally->ages);
        }
        if (!sample_scan_read(scan, &sample, &facts)) {
            tally->broken++;
            lives_drop(lives);
            continue;
        }
        tally_sample(tally, &sample, &facts);
        if (!sample.is_alone) {
            lives_sample(lives, sample.at, facts.rows_lost > 0);
        }
    }
    if (account != UINT64_MAX) {
        lives_end(lives);
        tally_account_end(tally);
    }
}

static void show_progress(struct run *run, uint64_t bytes, uint64_t samples)
{
    pthread_mutex_lock(&run->lock);
    run->bytes += bytes;
    run->samples += samples;
    if (run->config->progress != NULL) {
        run->config->progress(run->config->shared, run->bytes, run->samples);
    }
    pthread_mutex_unlock(&run->lock);
}

static void work(void *shared, unsigned index)
{
    struct run *run = shared;
    const struct study_config *config = run->config;
    struct worker *worker = mem_alloc(sizeof *worker);
    struct sample_scan *scan = mem_alloc(sizeof *scan);
    size_t offender_max = config->offender_max == 0 ? STUDY_OFFENDER_MAX : config->offender_max;

    run->workers[index] = worker;
    worker->run = run;
    tally_init(&worker->tally, config->provider, run->iam_date, config->grouping, offender_max);
    worker->tally.timeline = config->timeline;
    scan->provider = config->provider;
    scan->lives = lives_new();
    scan->reader = config->provider->reader_new(config->provider, keep_error, worker);
    while ((worker->block = atomic_fetch_add(&run->next_block, 1)) <
           config->provider->block_count) {
        uint64_t bytes = scan->bytes, samples = worker->tally.samples;
        scan_block(worker, scan);
        show_progress(run, scan->bytes - bytes, worker->tally.samples - samples);
    }
    config->provider->reader_free(scan->reader);
    lives_free(scan->lives);
    mem_free(scan);
}

/* Takes the first errors of all workers in the order of blocks; a block is one worker's. */
static void gather_errors(struct run *run, struct study_errors *out)
{
    size_t at[STUDY_JOBS_MAX] = {0};

    *out = (struct study_errors){0};
    for (size_t i = 0; i < STUDY_JOBS_MAX; i++) {
        out->total += run->workers[i] == NULL ? 0 : run->workers[i]->errors.total;
    }
    while (out->count < STUDY_ERRORS_MAX) {
        size_t best = STUDY_JOBS_MAX, block = SIZE_MAX;
        for (size_t i = 0; i < STUDY_JOBS_MAX; i++) {
            const struct worker *worker = run->workers[i];
            if (worker != NULL && at[i] < worker->errors.count &&
                worker->errors.list[at[i]].block < block) {
                best = i;
                block = worker->errors.list[at[i]].block;
            }
        }
        if (best == STUDY_JOBS_MAX) {
            break;
        }
        out->list[out->count++] = run->workers[best]->errors.list[at[best]++].err;
    }
}

/* ---- the result ----------------------------------------------------------------------------- */

/* Dates of which no report could be read are no samples. */
static void fill_weeks(struct study_result *result, const struct tally *tally)
{
    size_t dates = tally->provider->date_count;
    size_t count = 0;

    result->weeks = mem_array(dates + 1, sizeof *result->weeks);
    for (size_t date = 0; date < dates; date++) {
        const struct week_tally *from = &tally->weeks[date];
        const uint64_t *sets = from->users.sets;
        size_t at = date * tally->name_words;
        if (from->accounts == 0) {
            continue;
        }
        result->weeks[count++] = (struct study_week){
            .at = tally->provider->dates[date],
            .accounts = from->accounts,
            .organizations = names_count(tally->weekly_sampled + at, tally->name_words),
            .users = sets[USER_ALL],
            .joined = from->joined,
            .left = from->left,
            .gaps = from->gaps,
            .judged = from->judged,
            .use_accounts = from->use_accounts,
            .use_organizations = names_count(tally->weekly_use + at, tally->name_words),
            .console_uses = from->console_uses,
            .console_uses_no_mfa = from->console_uses_no_mfa,
            .api_uses = from->api_uses,
            .key_accounts = from->key_accounts,
            .key_old_accounts = from->key_old_accounts,
            .first_offenders = from->first_offenders,
            .repeat_offenders = from->use_accounts - from->first_offenders,
            .no_mfa = from->no_mfa_standalone,
            .initial_key = sets[USER_INITIAL_KEY],
            .two_keys = sets[USER_TWO_KEYS],
            .not_rotated_90 = sets[USER_NOT_ROTATED_90],
            .unused_90 = sets[USER_UNUSED_90],
        };
    }
    result->week_count = count;
    if (count > 0) {
        /* Nobody joins a fleet at its first sample, or leaves it at its last. */
        result->weeks[0].joined = 0;
        result->weeks[count - 1].left = 0;
    }
}

static void fill_curves(struct study_result *result, const struct tally *tally)
{
    static const struct str names[LIFE_KIND_COUNT] = {STR_LIT("root_keys"), STR_LIT("user_keys"),
                                                      STR_LIT("unused_users")};
    static const struct str titles[LIFE_KIND_COUNT] = {
        STR_LIT("how long an active access key of root lives"),
        STR_LIT("how long an active access key of a user lives"),
        STR_LIT("how long an unused user stays unused"),
    };

    result->curve_count = LIFE_KIND_COUNT;
    result->curves = mem_array(LIFE_KIND_COUNT, sizeof *result->curves);
    for (size_t i = 0; i < LIFE_KIND_COUNT; i++) {
        result->curves[i].name = names[i];
        result->curves[i].title = titles[i];
        survival_estimate(&tally->ages[i], &result->curves[i]);
    }
}

static void fill_concentration(struct study_result *result, const struct tally *tally)
{
    struct study_concentration *to = &result->concentration;
    size_t dates = tally->provider->date_count;

    to->account_counts = mem_array(dates + 1, sizeof *to->account_counts);
    for (size_t n = 0; n <= dates; n++) {
        to->account_counts[n] = tally->uses_of_accounts[n];
        to->use_max = to->account_counts[n] > 0 ? n : to->use_max;
    }
    concentration_measure(to);
    memcpy(result->uses_by_class, tally->uses_by_class, sizeof result->uses_by_class);
}

static void fill_tiers(struct study_result *result, const struct user_counts *users)
{
    static const uint32_t two_keys_days[STUDY_TWO_KEYS_COUNT] = {0, 30, 90, 365};
    static const enum user_set older[STUDY_TWO_KEYS_COUNT] = {USER_ALL, USER_GT_30, USER_GT_90,
                                                              USER_GT_365};
    static const enum user_set two_keys[STUDY_TWO_KEYS_COUNT] = {
        USER_TWO_KEYS, USER_TWO_KEYS_GT_30, USER_TWO_KEYS_GT_90, USER_TWO_KEYS_GT_365};

    result->key_age = (struct study_tiers){.name = STR("key_age"),
                                           .title = STR("users by age of oldest active key")};
    result->idle = (struct study_tiers){.name = STR("idle"),
                                        .title = STR("users by how long every credential is idle")};
    for (size_t i = 0; i < STUDY_TIER_COUNT; i++) {
        result->key_age.tier_days[i] = result->idle.tier_days[i] = facts_tier_days[i];
        result->key_age.counts[i] = users->key_age[i];
        result->key_age.total += users->key_age[i];
        result->idle.counts[i] = users->idle[i];
        result->idle.total += users->idle[i];
    }
    for (size_t i = 0; i < STUDY_TWO_KEYS_COUNT; i++) {
        result->two_keys[i] = (struct study_two_keys){two_keys_days[i], users->sets[older[i]],
                                                      users->sets[two_keys[i]]};
    }
}

/* A group on its way into the order of the result. */
struct group_rank {
    const struct group_tally *group;
    struct str name;
    uint32_t index;
};

static int rank_compare(const void *a, const void *b)
{
    const struct group_rank *x = a, *y = b;

    if (x->group->uses != y->group->uses) {
        return x->group->uses < y->group->uses ? 1 : -1;
    }
    if (x->group->accounts != y->group->accounts) {
        return x->group->accounts < y->group->accounts ? 1 : -1;
    }
    return str_cmp(x->name, y->name);
}

/* All groups that have a sample, most uses first. */
static struct group_rank *rank_groups(const struct tally *tally, size_t *out_count)
{
    const struct sample_provider *provider = tally->provider;
    size_t count = 0;
    struct group_rank *ranks = NULL;

    for (size_t i = 0; i < provider->name_count && tally->groups != NULL; i++) {
        count += tally->groups[i].samples > 0;
    }
    ranks = mem_array(count + 1, sizeof *ranks);
    count = 0;
    for (size_t i = 0; i < provider->name_count && tally->groups != NULL; i++) {
        if (tally->groups[i].samples > 0) {
            ranks[count++] =
                (struct group_rank){&tally->groups[i], provider->names[i], (uint32_t)i};
        }
    }
    qsort(ranks, count, sizeof *ranks, rank_compare);
    *out_count = count;
    return ranks;
}

static void fill_group_weeks(struct study_group *to, const struct tally *tally, size_t name)
{
    size_t dates = tally->provider->date_count;
    size_t week = 0;

    to->weekly_accounts = mem_array(dates + 1, sizeof *to->weekly_accounts);
    to->weekly_uses = mem_array(dates + 1, sizeof *to->weekly_uses);
    for (size_t date = 0; date < dates; date++) {
        if (tally->weeks[date].accounts > 0) {
            const uint32_t *from = &tally->group_weeks[(name * dates + date) * 2];
            to->weekly_accounts[week] = from[0];
            to->weekly_uses[week++] = from[1];
        }
    }
}

static void fill_group(struct study_group *to, const struct group_tally *from)
{
    *to = (struct study_group){.accounts = from->accounts,
                               .samples = from->samples,
                               .uses = from->uses,
                               .use_accounts = from->use_accounts,
                               .console_uses = from->console_uses,
                               .console_uses_no_mfa = from->console_uses_no_mfa,
                               .api_uses = from->api_uses,
                               .key_accounts = from->key_accounts,
                               .users = from->users,
                               .no_mfa = from->no_mfa,
                               .initial_key = from->initial_key,
                               .two_keys = from->two_keys,
                               .not_rotated_90 = from->not_rotated_90,
                               .unused_90 = from->unused_90};
}

static bool fill_groups(struct study_result *result, const struct tally *tally, struct err *err)
{
    size_t count = 0;
    struct group_rank *ranks = rank_groups(tally, &count);
    bool ok = true;

    result->group_word =
        tally->grouping == STUDY_BY_UNIT ? STR("organizational unit") : STR("organization");
    result->group_total = count;
    count = count < STUDY_GROUP_MAX ? count : STUDY_GROUP_MAX;
    result->groups = mem_array(count + 1, sizeof *result->groups);
    for (size_t i = 0; i < count && ok; i++) {
        struct study_group *to = &result->groups[i];
        fill_group(to, ranks[i].group);
        ok = arena_str(&result->arena, ranks[i].name, &to->name) ||
             err_set(err, ERR_INPUT, "the names of the groups are too long");
        fill_group_weeks(to, tally, ranks[i].index);
        result->group_count++;
    }
    mem_free(ranks);
    return ok;
}

static bool fill_offenders(struct study_result *result, struct tally *tally, struct err *err)
{
    const struct sample_provider *provider = tally->provider;

    tally_sort_offenders(tally, tally->offender_max);
    result->offender_total = tally->offender_total;
    result->offenders = mem_array(tally->offender_count + 1, sizeof *result->offenders);
    for (size_t i = 0; i < tally->offender_count; i++) {
        const struct offender *from = &tally->offenders[i];
        struct study_offender *to = &result->offenders[i];
        char account[16];
        struct buf text = {.p = account, .capacity = sizeof account, .size_max = sizeof account};
        buf_printf(&text, "%012llu", (unsigned long long)from->account);
        *to = (struct study_offender){.asset_class = (enum asset_class)from->asset_class,
                                      .uses = from->uses,
                                      .console_uses = from->console_uses,
                                      .console_uses_no_mfa = from->console_uses_no_mfa,
                                      .api_uses = from->api_uses,
                                      .first_use = provider->dates[from->first_date],
                                      .last_use = provider->dates[from->last_date]};
        if (!arena_str(&result->arena, buf_text(&text), &to->account) ||
            !arena_str(&result->arena, provider->names[from->organization], &to->organization)) {
            return err_set(err, ERR_INPUT, "the names of the accounts with root use are too long");
        }
        result->offender_count++;
    }
    return true;
}

static void fill_open(struct study_result *result, const struct week_tally *week)
{
    const uint64_t *sets = week->users.sets;

    result->open = (struct study_open){.no_mfa_member = week->no_mfa_member,
                                       .no_mfa_standing_unknown = week->no_mfa_unknown,
                                       .standing_unknown = week->standing_unknown,
                                       .mfa = sets[USER_UNJUDGED_MFA],
                                       .initial_key = sets[USER_UNJUDGED_INITIAL_KEY],
                                       .two_keys = sets[USER_UNJUDGED_TWO_KEYS],
                                       .rotation = sets[USER_UNJUDGED_ROTATION],
                                       .unused = sets[USER_UNJUDGED_UNUSED]};
}

/* A part of a simulated fleet, or several in one store, has other counts than were published. */
static struct str whole_profile(struct str profile, uint64_t samples)
{
    bool is_whole = (str_eq(profile, STR("root-2020")) && samples == ROOT_2020_SAMPLES) ||
                    (str_eq(profile, STR("iam-2021")) && samples == IAM_2021_SAMPLES);

    return is_whole ? profile : STR("");
}

static bool fill_result(const struct study_config *config, struct tally *tally,
                        struct study_result *result, struct err *err)
{
    size_t iam_date = tally->iam_date;

    arena_init(&result->arena, ARENA_SIZE_MAX);
    result->kind = config->kind;
    result->source = config->source;
    result->profile = whole_profile(config->profile, tally->samples);
    result->account_count = tally->accounts;
    result->organization_count = names_count(tally->names[NAMES_SAMPLED], tally->name_words);
    if (config->provider->date_count > 0) {
        result->iam_at = config->provider->dates[iam_date];
        result->user_count = tally->weeks[iam_date].users.sets[USER_ALL];
    }
    fill_weeks(result, tally);
    result->sample_count = result->week_count;
    fill_curves(result, tally);
    fill_concentration(result, tally);
    fill_tiers(result, &tally->weeks[iam_date].users);
    fill_open(result, &tally->weeks[iam_date]);
    figures_fill(result, tally);
    trail_use_fill(result, tally);
    return fill_groups(result, tally, err) && fill_offenders(result, tally, err) &&
           notes_fill(result, tally, config, err);
}

bool study_run(const struct study_config *config, struct study_result *result,
               struct study_errors *errors, struct err *err)
{
    struct run run = {.config = config};
    struct tally *tally = NULL;
    bool ok = false;

    *result = (struct study_result){0};
    assert(config->jobs > 0 && config->jobs <= STUDY_JOBS_MAX);
    run.iam_date = config->has_iam_date               ? config->iam_date
                   : config->provider->date_count > 0 ? (uint32_t)config->provider->date_count - 1
                                                      : 0;
    pthread_mutex_init(&run.lock, NULL);
    workers_run(config->jobs, work, &run);
    gather_errors(&run, errors);
    assert(run.workers[0] != NULL); /* the caller's thread is the first worker */
    tally = &run.workers[0]->tally;
    for (size_t i = 1; i < STUDY_JOBS_MAX; i++) {
        if (run.workers[i] != NULL) {
            tally_add(tally, &run.workers[i]->tally);
            tally_release(&run.workers[i]->tally);
            mem_free(run.workers[i]);
        }
    }
    ok = fill_result(config, tally, result, err);
    tally_release(tally);
    mem_free(run.workers[0]);
    pthread_mutex_destroy(&run.lock);
    return ok;
}

void study_result_release(struct study_result *result)
{
    for (size_t i = 0; i < result->curve_count; i++) {
        mem_free(result->curves[i].steps);
    }
    for (size_t i = 0; i < result->group_count; i++) {
        mem_free(result->groups[i].weekly_accounts);
        mem_free(result->groups[i].weekly_uses);
    }
    mem_free(result->figures);
    mem_free(result->weeks);
    mem_free(result->curves);
    mem_free(result->concentration.account_counts);
    mem_free(result->groups);
    mem_free(result->offenders);
    mem_free(result->notes);
    arena_release(&result->arena);
    *result = (struct study_result){0};
}

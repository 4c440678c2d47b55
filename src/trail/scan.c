#include "trail/scan.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/arena.h"
#include "os/worker.h"
#include "trail/inflate.h"
#include "trail/matcher.h"
#include "trail/prefilter.h"
#include "trail/record_id.h"
#include "trail/records.h"
#include "trail/unwrap.h"

enum { PATH_SIZE_MAX = 64 << 10 };

struct scan {
    const struct trail_scan_config *config;
    struct prefilter *prefilter;
    atomic_bool is_stopped;

    pthread_mutex_t lock; /* all below, and the source's `next` */
    bool is_over;
    struct trail_totals totals;
    struct err err;
};

struct worker {
    struct scan *scan;
    unsigned index;
    struct inflate *inflate;
    struct records records;
    struct matcher *matcher;
    struct arena arena; /* of unwrap */
    uint64_t *rules;    /* that may match the record at hand */
    struct prefilter_scratch scratch;

    /* The file at hand. */
    struct trail_file file;
    struct err damage; /* the first thing wrong with it */
    struct err stop;   /* why the scan is to end */
    uint64_t record_count;
    bool is_insight; /* the list at hand */
    bool has_others; /* digests or Insights */
};

/* ---- records -------------------------------------------------------------------------------- */

/* By the place of its eventID, if that is beyond doubt; else it is read in full. Without the
 * prefilter it always is, but is told of only what the other way would tell. */
static bool identify(struct worker *worker, struct str record)
{
    const struct trail_scan_config *config = worker->scan->config;
    const struct prefilter_scratch *seen = &worker->scratch;
    struct trail_record_id id = {0}, parsed = {0};
    struct err unseen = {0};
    bool is_plain = seen->watched_end > 0 && !seen->watched_may_hide &&
                    record_id_glimpse(record, seen->watched_end, worker->records.find, &id);
    bool has_id = is_plain;

    if (!is_plain || unlikely(config->no_prefilter)) {
        if (matcher_identify(worker->matcher, record, &parsed, &has_id,
                             is_plain ? &unseen : &worker->damage)) {
            id = parsed;
        } else if (!is_plain) {
            return true;
        }
    }
    return config->record(config->shared, worker->index, has_id ? &id : NULL, &worker->stop);
}

/* As if there were no prefilter. But damage that it would have passed over is passed over here too,
 * so that the one way tells what the other does. */
static bool take_unfiltered(struct worker *worker, struct str record, bool is_asked)
{
    const struct scan *scan = worker->scan;
    size_t words = prefilter_words(scan->prefilter);
    struct err unseen = {0};

    memset(worker->rules, 0xFF, words * sizeof *worker->rules);
    worker->rules[words - 1] = (UINT64_C(1) << scan->config->rule_count % 64) - 1;
    return matcher_take(worker->matcher, buf_text(&worker->file.name), record, worker->rules,
                        is_asked ? &worker->damage : &unseen, &worker->stop);
}

static bool take_record(void *shared, struct str record)
{
    struct worker *worker = shared;
    const struct scan *scan = worker->scan;
    bool is_asked = prefilter_ask(scan->prefilter, &worker->scratch, record, worker->rules);

    worker->record_count++;
    if (scan->config->record != NULL && !identify(worker, record)) {
        return false;
    }
    if (unlikely(scan->config->no_prefilter)) {
        return take_unfiltered(worker, record, is_asked);
    }
    return likely(!is_asked) || matcher_take(worker->matcher, buf_text(&worker->file.name), record,
                                             worker->rules, &worker->damage, &worker->stop);
}

/* A value that is a record, or is wrapped around some. False: the scan is to end. */
static bool take_value(struct worker *worker, const struct record *value)
{
    static const struct str insight = STR_LIT("AwsCloudTrailInsight");
    bool is_digest = false, ok = true;

    if (value->list == RECORDS_DELIVERED) {
        if (value->is_first) {
            worker->is_insight =
                memmem(value->text.p, value->text.n, insight.p, insight.n) != NULL &&
                matcher_is_insight(worker->matcher, value->text);
            worker->has_others = worker->has_others || worker->is_insight;
        }
        return worker->is_insight || take_record(worker, value->text);
    }
    if (str_starts(value->text, STR("{\"eventVersion\""))) {
        return take_record(worker, value->text);
    }
    ok = unwrap(&worker->arena, value->text, take_record, worker, &is_digest, &worker->damage);
    worker->has_others = worker->has_others || is_digest;
    return ok || worker->stop.kind == ERR_NONE;
}

/* A piece of the file for who asked to see all of it; empty: there was no damage, and this is the
 * end. */
static void show_text(struct worker *worker, struct str piece)
{
    const struct trail_scan_config *config = worker->scan->config;

    if (config->text != NULL && worker->stop.kind == ERR_NONE) {
        (void)config->text(config->shared, worker->index, &worker->file, piece, &worker->stop);
    }
}

/* What stands in the file, up to its end or to the damage that ends it. */
static void read_file(struct worker *worker)
{
    struct records *records = &worker->records;
    enum records_step step = RECORDS_MORE;
    struct str text = {0};

    records_begin(records);
    while (step == RECORDS_MORE && worker->stop.kind == ERR_NONE) {
        struct record record;
        size_t dropped = records_keep(records), seen = text.n - dropped;
        bool ok = inflate_more(worker->inflate, dropped, &text, &worker->damage);
        if (text.n > seen) {
            show_text(worker, str_sub(text, seen, text.n));
        }
        /* Behind damage there is no more, but what ends early is not worth a second word. */
        records_show(records, text, ok && inflate_is_over(worker->inflate));
        while ((step = records_next(records, &record, &worker->damage)) == RECORDS_ONE) {
            if (!take_value(worker, &record)) {
                break;
            }
        }
        if (!ok) {
            break;
        }
    }
    if (step == RECORDS_END && inflate_size(worker->inflate) == 0) {
        (void)err_set(&worker->damage, ERR_INPUT, "the file is empty");
    }
}

/* ---- files ---------------------------------------------------------------------------------- */

static void run_file(struct worker *worker)
{
    const struct trail_source *source = &worker->scan->config->source;

    worker->damage = worker->file.err;
    if (worker->damage.kind == ERR_NONE &&
        source->open(source->shared, &worker->file, &worker->damage)) {
        if (inflate_begin(worker->inflate, source, &worker->file, &worker->damage)) {
            read_file(worker);
            if (worker->damage.kind == ERR_NONE) {
                show_text(worker, STR(""));
            }
        }
        source->close(source->shared, &worker->file);
    }
    if (worker->damage.kind != ERR_NONE) {
        worker->damage.line = worker->damage.col = 0; /* of one record, which says nothing */
        err_place(&worker->damage, buf_text(&worker->file.name), 0, 0);
    }
}

static bool next_file(struct worker *worker)
{
    struct scan *scan = worker->scan;
    const struct trail_source *source = &scan->config->source;
    bool ok = false;

    buf_clear(&worker->file.name);
    worker->file.err = (struct err){0};
    worker->file.size = 0;
    worker->record_count = 0;
    worker->has_others = worker->is_insight = false;
    (void)pthread_mutex_lock(&scan->lock);
    scan->is_over =
        scan->is_over || scan->is_stopped || !source->next(source->shared, &worker->file);
    ok = !scan->is_over;
    (void)pthread_mutex_unlock(&scan->lock);
    return ok;
}

static void add_file(struct worker *worker)
{
    struct scan *scan = worker->scan;
    const struct trail_scan_config *config = scan->config;
    struct trail_totals *totals = &scan->totals;

    (void)pthread_mutex_lock(&scan->lock);
    totals->files++;
    totals->records += worker->record_count;
    totals->bytes += inflate_size(worker->inflate);
    totals->compressed_bytes += inflate_compressed_size(worker->inflate);
    if (worker->damage.kind != ERR_NONE) {
        totals->bad_files++;
        if (config->bad_file != NULL) {
            config->bad_file(config->shared, &worker->damage);
        }
    } else if (worker->has_others && worker->record_count == 0) {
        totals->skipped_files++;
    }
    if (config->progress != NULL) {
        config->progress(config->shared, totals->files, totals->compressed_bytes);
    }
    if (worker->stop.kind != ERR_NONE) {
        scan->is_stopped = true;
        if (scan->err.kind == ERR_NONE) {
            scan->err = worker->stop;
        }
    }
    (void)pthread_mutex_unlock(&scan->lock);
}

static void work(void *shared, unsigned index)
{
    struct scan *scan = shared;
    struct worker *worker = mem_alloc(sizeof *worker);

    worker->scan = scan;
    worker->index = index;
    worker->inflate = inflate_new(scan->config->simd);
    worker->matcher = matcher_new(scan->config, index);
    records_init(&worker->records, scan->config->simd);
    arena_init(&worker->arena, 2 * RECORD_SIZE_MAX);
    buf_init(&worker->file.name, PATH_SIZE_MAX);
    worker->rules = mem_array(prefilter_words(scan->prefilter), sizeof *worker->rules);
    while (next_file(worker)) {
        run_file(worker);
        add_file(worker);
    }
    (void)pthread_mutex_lock(&scan->lock);
    scan->totals.parsed += matcher_parsed(worker->matcher);
    (void)pthread_mutex_unlock(&scan->lock);
    inflate_free(worker->inflate);
    matcher_free(worker->matcher);
    arena_release(&worker->arena);
    mem_free(worker->rules);
    buf_release(&worker->file.name);
    mem_free(worker);
}

bool trail_scan_run(const struct trail_scan_config *config, struct trail_totals *totals,
                    struct err *err)
{
    struct scan scan = {.config = config};

    *totals = (struct trail_totals){0};
    scan.prefilter =
        prefilter_new(config->rules, config->rule_count,
                      config->record != NULL ? RECORD_ID_NAME : STR(""), config->simd, err);
    if (scan.prefilter == NULL) {
        return false;
    }
    (void)pthread_mutex_init(&scan.lock, NULL);
    workers_run(config->jobs, work, &scan);
    prefilter_free(scan.prefilter);
    (void)pthread_mutex_destroy(&scan.lock);
    *totals = scan.totals;
    if (scan.err.kind != ERR_NONE) {
        *err = scan.err;
    }
    return scan.err.kind == ERR_NONE;
}

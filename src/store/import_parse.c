#include <string.h>

#include "base/instant.h"
#include "codec/zstd.h"
#include "source/report_reader.h"
#include "store/internal_import.h"

/* What a job keeps for the next report, so that one large report does not stay in memory. */
enum { KEPT_SIZE_MAX = 64 << 10, PATH_SIZE_MAX = 1 << 20 };

struct import_parser {
    const struct import_config *config;
    struct report_reader report;
    struct states_reader *states;
    struct zstd *zstd;
    struct buf text;
};

void import_job_init(struct import_job *job)
{
    *job = (struct import_job){0};
    buf_init(&job->in.path, PATH_SIZE_MAX);
    snapshot_draft_init(&job->draft);
    arena_init(&job->arena, STATES_ARENA_SIZE_MAX);
}

static void empty(struct buf *buf)
{
    size_t size_max = buf->size_max;

    if (buf->capacity > KEPT_SIZE_MAX) {
        buf_release(buf);
        buf_init(buf, size_max);
    }
    buf_clear(buf);
}

void import_job_reset(struct import_job *job)
{
    inputs_drop(&job->in);
    empty(&job->draft.frame);
    empty(&job->draft.packed);
    if (job->arena.used > KEPT_SIZE_MAX) {
        arena_release(&job->arena);
        arena_init(&job->arena, STATES_ARENA_SIZE_MAX);
    } else {
        arena_reset(&job->arena);
    }
    job->err = (struct err){0};
    job->in.err = (struct err){0};
    job->is_skip = false;
    job->state = JOB_EMPTY;
}

void import_job_release(struct import_job *job)
{
    inputs_drop(&job->in);
    buf_release(&job->in.path);
    snapshot_draft_release(&job->draft);
    arena_release(&job->arena);
}

struct import_parser *import_parser_new(const struct import_config *config)
{
    struct import_parser *parser = mem_alloc(sizeof *parser);

    parser->config = config;
    report_reader_init(&parser->report);
    parser->states = states_reader_new();
    parser->zstd = zstd_new();
    buf_init(&parser->text, STATES_REPORT_SIZE_MAX);
    return parser;
}

void import_parser_free(struct import_parser *parser)
{
    if (parser != NULL) {
        report_reader_release(&parser->report);
        states_reader_free(parser->states);
        zstd_free(parser->zstd);
        buf_release(&parser->text);
        mem_free(parser);
    }
}

/* The report as CSV into parser->text. */
static bool read_file(struct import_parser *parser, struct import_job *job)
{
    struct str path = buf_text(&job->in.path);
    enum report_open opened = report_reader_open(&parser->report, path, &job->err);

    if (opened != REPORT_OPEN_OK) {
        job->is_skip = opened == REPORT_OPEN_NOT_A_REPORT && !job->in.is_named;
        job->err.line = 0; /* a place inside the JSON wrapping means nothing to its reader */
        return false;
    }
    job->draft.has_generated_at = parser->report.has_generated_at;
    job->draft.generated_at = parser->report.generated_at;
    bool ok = report_reader_text(&parser->report, &parser->text, &job->err);
    report_reader_close(&parser->report);
    return ok;
}

static bool find_time(const struct import_parser *parser, struct import_job *job)
{
    if (job->in.has_day) {
        job->draft.taken_at = job->in.day;
        job->draft.taken_from = STR("folder");
    } else if (parser->config->has_at) {
        job->draft.taken_at = parser->config->at;
        job->draft.taken_from = STR("option");
    } else if (job->draft.has_generated_at) {
        job->draft.taken_at = job->draft.generated_at;
        job->draft.taken_from = STR("report");
    } else {
        (void)err_set(&job->err, ERR_INPUT, "it cannot be told when this report was made");
        err_hint(&job->err, "give --at TIME, or put it into a folder named by its day, such as "
                            "2026-11-01/");
        return false;
    }
    return true;
}

/* The list of the sample replaces the whole line of the account in the fleet's. */
static bool find_facts(struct import_job *job)
{
    const struct fleet_list *list = NULL, *lists[] = {job->in.sample, job->in.fleet};
    const struct account_record *record = NULL;

    job->draft.organization = job->draft.unit = (struct str){0};
    job->draft.standing = ACCOUNT_STANDING_UNKNOWN;
    for (size_t i = 0; i < 2 && record == NULL; i++) {
        list = lists[i];
        record = list != NULL && list->is_there
                     ? accounts_find_number(&list->accounts, job->draft.states.account)
                     : NULL;
    }
    for (int i = 0; i < ACCOUNT_COUNTS; i++) {
        bool is_known = record != NULL && record->counts[i] != ACCOUNT_COUNT_UNKNOWN;
        job->draft.counts[i] = is_known ? (int64_t)record->counts[i] : PACKED_COUNT_UNKNOWN;
    }
    if (record == NULL) {
        return true;
    }
    job->draft.standing = (enum account_standing)record->standing;
    return (state_text_clean(&job->arena, list->accounts.names[record->organization],
                             &job->draft.organization) &&
            state_text_clean(&job->arena, list->accounts.names[record->unit], &job->draft.unit)) ||
           err_set(&job->err, ERR_INPUT, "this report is too large");
}

static bool make_snapshot(struct import_parser *parser, struct import_job *job)
{
    struct str path = buf_text(&job->in.path);

    if (!read_file(parser, job) || !find_time(parser, job) ||
        !states_read(parser->states, buf_text(&parser->text), path, &job->arena, &job->draft.states,
                     &job->err) ||
        !find_facts(job)) {
        return false;
    }
    job->draft.source = path;
    return snapshot_draft_pack(&job->draft, parser->zstd, buf_text(&parser->text), &job->err);
}

void import_parse(struct import_parser *parser, struct import_job *job)
{
    empty(&parser->text);
    job->err = job->in.err;
    if (job->err.kind != ERR_NONE || !make_snapshot(parser, job)) {
        err_place(&job->err, buf_text(&job->in.path), 0, 0);
    }
}

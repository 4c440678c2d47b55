#include "cli/audit_store.h"

#include "os/file.h"
#include "report/record.h"
#include "store/exceptions.h"
#include "store/findings.h"

enum { TEXT_SIZE_MAX = 16 << 20 };

/* ---- opening -------------------------------------------------------------------------------- */

/* What is not there or empty is not made a store by judging it. */
static bool is_there(struct str path)
{
    struct file_info info = {0};

    return file_look(path, &info) && info.is_regular && info.size > 0;
}

static bool open_for_lives(struct audit_store *store, struct str path, struct err *err)
{
    if (!store_open(&store->store, path, STORE_WRITE, err)) {
        return false;
    }
    if (!store_begin(store->store, err)) {
        store_close(store->store);
        store->store = NULL;
        return false;
    }
    store->is_writing = true;
    return true;
}

bool audit_store_open(struct audit_store *store, struct str path, const int64_t *as_of,
                      bool wants_lives, struct err *warning, struct err *err)
{
    if (wants_lives && is_there(path) && !open_for_lives(store, path, warning)) {
        if (warning->kind != ERR_INPUT) {
            *err = *warning; /* damage is nothing to go on with */
            return false;
        }
        warning->hint[0] = '\0';
        err_hint(warning, "it is judged all the same, but does not learn since when findings are "
                          "there");
    }
    return (store->is_writing || store_open(&store->store, path, STORE_READ, err)) &&
           store_archive_open(&store->archive, path, as_of, err);
}

void audit_store_release(struct audit_store *store)
{
    store_archive_release(&store->archive);
    store_close(store->store);
    *store = (struct audit_store){0};
}

/* ---- exceptions ----------------------------------------------------------------------------- */

struct exception_taker {
    struct exceptions *exceptions;
    bool any;
};

/* The first error is the audit's; the text was checked when it was imported. */
static void keep_first(void *shared, bool is_error, const struct err *err)
{
    struct err *first = shared;

    if (is_error && first->kind == ERR_NONE) {
        *first = *err;
    }
}

static bool take_exceptions(void *shared, struct str name, struct str text, struct err *err)
{
    struct exception_taker *taker = shared;
    struct exception_sink sink = {keep_first, err, 0, 0};

    taker->any = true;
    return exceptions_add_text(taker->exceptions, name, text, &sink);
}

bool audit_store_exceptions(struct audit_store *store, struct exceptions *exceptions, bool *any,
                            struct err *err)
{
    struct exception_taker taker = {exceptions, false};
    bool ok = store_exceptions_each(store->store, take_exceptions, &taker, err);

    *any = taker.any;
    return ok;
}

/* ---- lives ---------------------------------------------------------------------------------- */

struct teller {
    const struct stored_reports *list;
    size_t index; /* of the snapshot at hand */
    bool is_begun;
    struct store_lives lives;
    struct buf evidence, excepted_by;
};

/* Makes that snapshot the one at hand. */
static bool begin_snapshot(struct teller *teller, size_t index, struct err *err)
{
    if (teller->is_begun && teller->index == index) {
        return true;
    }
    teller->is_begun = true;
    teller->index = index;
    return store_lives_snapshot(&teller->lives, teller->list->reports[index].snapshot, err);
}

/* Findings come in the order of the accounts, so the account is nearly always the one at hand or
 * the next. */
static bool find_snapshot(const struct teller *teller, struct str account, size_t *index,
                          struct err *err)
{
    uint64_t number = 0;

    *index = teller->is_begun ? teller->index : 0;
    if (str_to_u64(account, &number)) {
        while (*index < teller->list->count && teller->list->reports[*index].account != number) {
            (*index)++;
        }
        if (*index < teller->list->count) {
            return true;
        }
    }
    return err_set(err, ERR_STORE, "the store holds a report of account '%.*s' under another one",
                   STR_ARG(str_sub(account, 0, 20)));
}

static void excepted_by_write(struct buf *out, const struct exception *exception)
{
    buf_clear(out);
    if (exception == NULL) {
        return;
    }
    if (exception->id.n > 0) {
        buf_str(out, exception->id);
    } else {
        buf_str(out, exception->file);
        buf_printf(out, ":%u", exception->line);
    }
}

static bool see(struct teller *teller, const struct finding *finding, struct err *err)
{
    struct finding bare = *finding;
    size_t index = 0;

    bare.exception = NULL; /* who accepts it is told beside the evidence */
    buf_clear(&teller->evidence);
    report_evidence_write(&teller->evidence, &bare);
    excepted_by_write(&teller->excepted_by, finding->exception);
    struct store_verdict verdict = {
        .user = finding->user,
        .control = finding->control->id,
        .severity = severity_name(finding->severity),
        .evidence = buf_text(&teller->evidence),
        .excepted_by = buf_text(&teller->excepted_by),
        .is_unknown = finding->status == STATUS_UNKNOWN || finding->was_unknown,
    };
    return find_snapshot(teller, finding->account, &index, err) &&
           begin_snapshot(teller, index, err) && store_lives_see(&teller->lives, &verdict, err);
}

static bool see_findings(void *shared, struct str bytes, struct err *err)
{
    struct evidence evidence[EVIDENCE_COUNT_MAX];
    struct finding finding;

    while (record_read(&bytes, evidence, &finding)) {
        if (!see(shared, &finding, err)) {
            return false;
        }
    }
    return true;
}

static bool finish_report(void *shared, const struct audit_report *report, struct err *err)
{
    struct teller *teller = shared;

    return begin_snapshot(teller, report->index, err) &&
           store_lives_finish(&teller->lives, report->lost_rows == 0, err);
}

static bool judge(struct audit_store *store, const struct audit_config *as_asked,
                  struct exceptions *exceptions, struct teller *teller, struct err *err)
{
    /* Neither what a reader wants to see nor how decides what the store keeps. */
    struct audit_config config = {
        .rules = as_asked->rules,
        .archive = &store->archive.archive,
        .now = as_asked->now,
        .jobs = as_asked->jobs,
        .simd = as_asked->simd,
        .exceptions = exceptions,
        .format = &report_record,
        .options = as_asked->options,
        .write = see_findings,
        .report_end = finish_report,
        .shared = teller,
    };
    struct posture posture;
    bool ok = false;

    posture_init(&posture, config.rules->pointers, config.rules->count, 0);
    ok = audit_run(&config, &posture, err);
    posture_release(&posture);
    return ok;
}

bool audit_store_tell(struct audit_store *store, const struct audit_config *config, struct err *err)
{
    const struct ruleset *rules = config->rules;
    struct str *controls = mem_array(rules->count, sizeof *controls);
    struct teller teller = {.list = &store->archive.list};
    struct exceptions exceptions;
    bool any = false, ok = false;

    if (!store->is_writing) {
        mem_free(controls);
        return true;
    }
    exceptions_init(&exceptions);
    buf_init(&teller.evidence, TEXT_SIZE_MAX);
    buf_init(&teller.excepted_by, TEXT_SIZE_MAX);
    for (size_t i = 0; i < rules->count; i++) {
        controls[i] = rules->controls[i].id;
    }
    ok = audit_store_exceptions(store, &exceptions, &any, err) &&
         exceptions_bind(&exceptions, rules, err) &&
         store_lives_begin(&teller.lives, store->store, controls, rules->count, err) &&
         judge(store, config, any ? &exceptions : NULL, &teller, err) &&
         store_lives_commit(&teller.lives, err);
    store_lives_release(&teller.lives);
    store->is_writing = false;
    buf_release(&teller.evidence);
    buf_release(&teller.excepted_by);
    exceptions_release(&exceptions);
    mem_free(controls);
    return ok;
}

/* ---- what was known ------------------------------------------------------------------------- */

static bool add_known(void *shared, const struct store_known *known, struct err *err)
{
    static const enum status statuses[] = {STATUS_UNKNOWN, STATUS_EXCEPTED, STATUS_FAIL};
    size_t count = known->was_failing ? 3 : 2;

    for (size_t i = 0; i < count; i++) {
        if (!baseline_add(shared, known->account, known->user, known->control, statuses[i])) {
            return err_set(err, ERR_INPUT, "the store holds more than %d findings",
                           BASELINE_ENTRIES_MAX);
        }
    }
    return true;
}

bool audit_store_known(struct audit_store *store, int64_t since, struct baseline *baseline,
                       struct err *err)
{
    const struct store_archive *archive = &store->archive;
    bool is_empty = false;

    baseline->path = archive->path;
    baseline->is_since = true;
    baseline->since = since;
    if (!store_lives_known(store->store, since, archive->has_as_of ? &archive->as_of : NULL,
                           add_known, baseline, &is_empty, err)) {
        return false;
    }
    if (is_empty) {
        (void)err_set(err, ERR_INPUT,
                      "the store does not know yet since when its findings are "
                      "there");
        err_hint(err, "'keywarden audit --store' without --as-of notes it down from then on");
        err_place(err, archive->path, 0, 0);
    }
    return !is_empty;
}

#include "audit/compare.h"

#include "report/record.h"

enum { OUT_SIZE_MAX = 256 << 20, EVIDENCE_SIZE_MAX = 1 << 20 };

/* The verdicts of one row, by rule. */
struct row {
    struct finding *findings; /* control is NULL where there is none */
    struct evidence (*evidence)[EVIDENCE_COUNT_MAX];
    size_t next; /* rules before it have had their turn */
};

struct compare {
    const struct compare_job *job;
    struct comparison comparison;
    struct row row;
    struct buf out, text;
    bool has_differences;
};

static void tell(struct compare *compare, size_t index, const struct finding *ours,
                 const struct finding *theirs)
{
    const struct peer_check *check = &compare->job->peers->checks[index];
    struct difference difference = {
        .check = check,
        .check_index = index,
        .ours = ours->status,
        .theirs = theirs->status,
        .account = ours->account,
        .user = ours->user,
        .arn = ours->arn,
        .finding = ours,
        .why = difference_why(check, ours->status, theirs->status),
    };

    if (!difference_find(ours->status, theirs->status, &difference.kind)) {
        return;
    }
    buf_clear(&compare->text);
    report_evidence_write(&compare->text, ours);
    comparison_add(&compare->comparison, &difference, buf_text(&compare->text));
    if (compare->job->format->difference != NULL) {
        compare->job->format->difference(&compare->out, &difference, !compare->has_differences);
    }
    compare->has_differences = true;
}

static void row_end(struct compare *compare)
{
    const struct peers *peers = compare->job->peers;
    struct row *row = &compare->row;

    for (size_t i = 0; row->next > 0 && i < peers->count; i++) {
        const struct finding *ours = &row->findings[peers->pairs[i].ours];
        const struct finding *theirs = &row->findings[peers->pairs[i].theirs];
        if (ours->control != NULL && theirs->control != NULL) {
            tell(compare, i, ours, theirs);
        }
    }
    for (size_t i = 0; i < peers->rules.count; i++) {
        row->findings[i].control = NULL;
    }
    row->next = 0;
}

static bool flush(struct compare *compare, struct err *err)
{
    const struct audit_config *config = &compare->job->config;
    bool ok = compare->out.n == 0 || config->write(config->shared, buf_text(&compare->out), err);

    buf_clear(&compare->out);
    return ok;
}

/* Findings of a row come in the order of the rules: one that goes back begins the next row. */
static bool take_records(void *shared, struct str bytes, struct err *err)
{
    struct compare *compare = shared;
    struct row *row = &compare->row;
    struct evidence evidence[EVIDENCE_COUNT_MAX];
    struct finding finding;

    while (record_read(&bytes, evidence, &finding)) {
        size_t index = (size_t)(finding.control - compare->job->peers->rules.controls);
        if (index < row->next) {
            row_end(compare);
        }
        for (size_t i = 0; i < finding.evidence_count; i++) {
            row->evidence[index][i] = evidence[i];
        }
        row->findings[index] = finding;
        row->findings[index].evidence = row->evidence[index];
        row->next = index + 1;
    }
    row_end(compare); /* its texts are the bytes' */
    return flush(compare, err);
}

static void pass_message(void *shared, enum audit_message kind, const struct err *err)
{
    const struct compare *compare = shared;

    compare->job->config.message(compare->job->config.shared, kind, err);
}

static void pass_progress(void *shared, uint64_t bytes, uint64_t reports)
{
    const struct compare *compare = shared;

    compare->job->config.progress(compare->job->config.shared, bytes, reports);
}

bool compare_run(const struct compare_job *job, struct posture *posture, struct err *err)
{
    const struct ruleset *rules = &job->peers->rules;
    struct compare compare = {.job = job};
    struct audit_config config = job->config;
    bool ok = false;

    config.rules = rules;
    config.format = &report_record;
    config.show_all = true;
    config.pairs = job->peers->pairs;
    config.pair_count = job->peers->count;
    config.write = take_records;
    config.message = job->config.message == NULL ? NULL : pass_message;
    config.progress = job->config.progress == NULL ? NULL : pass_progress;
    config.shared = &compare;
    compare.row.findings = mem_array(rules->count, sizeof *compare.row.findings);
    compare.row.evidence = mem_array(rules->count, sizeof *compare.row.evidence);
    buf_init(&compare.out, OUT_SIZE_MAX);
    buf_init(&compare.text, EVIDENCE_SIZE_MAX);
    comparison_init(&compare.comparison, job->peers->checks, job->peers->count);
    posture_init(posture, rules->pointers, rules->count, 0);
    if (job->format->begin != NULL) {
        job->format->begin(&compare.out, config.options);
    }
    if (!flush(&compare, err) || !audit_run(&config, posture, err)) {
        goto cleanup;
    }
    if (job->format->end != NULL) {
        job->format->end(&compare.out, &compare.comparison, posture, config.options);
    }
    ok = flush(&compare, err);
cleanup:
    comparison_release(&compare.comparison);
    buf_release(&compare.out);
    buf_release(&compare.text);
    mem_free(compare.row.findings);
    mem_free(compare.row.evidence);
    return ok;
}

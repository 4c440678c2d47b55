#include "audit/compare.h"

#include "audit/namesakes.h"
#include "report/record.h"
#include "rule/eval.h"

enum {
    OUT_SIZE_MAX = 256 << 20,
    EVIDENCE_SIZE_MAX = 1 << 20,
    ASK_SIZE_MAX = 1 << 20,
    FLUSH_SIZE = 1 << 16
};
enum { TAG_ROW = 'R', TAG_FINDING = 'F' };

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
    struct namesakes namesakes;
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

/* ---- rows and findings as bytes ------------------------------------------------------------- */

static void row_write(struct buf *out, const struct audit_row *row)
{
    buf_char(out, TAG_ROW);
    namesakes_row_write(out, row);
}

static void finding_write(struct buf *out, const struct finding *finding,
                          const struct report_options *options)
{
    buf_char(out, TAG_FINDING);
    report_record.finding(out, finding, options);
}

static const struct report_format compare_bytes = {.name = STR_LIT("compare"),
                                                   .finding = finding_write};

/* Findings of a row come in the order of the rules: one that goes back begins the next row. */
static bool take_records(void *shared, struct str bytes, struct err *err)
{
    struct compare *compare = shared;
    struct row *row = &compare->row;
    struct evidence evidence[EVIDENCE_COUNT_MAX];
    struct finding finding;

    while (bytes.n > 0) {
        bool is_row = bytes.p[0] == TAG_ROW;
        bytes = str_sub(bytes, 1, bytes.n);
        if (is_row) {
            namesakes_take(&compare->namesakes, &bytes, compare->job->peers->rules.count);
            continue;
        }
        if (!record_read(&bytes, evidence, &finding)) {
            break;
        }
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

/* ---- users who are given the keys of others ------------------------------------------------- */

static enum status status_of(enum verdict verdict)
{
    static const enum status statuses[] = {[VERDICT_PASS] = STATUS_PASS,
                                           [VERDICT_FAIL] = STATUS_FAIL,
                                           [VERDICT_NOT_APPLICABLE] = STATUS_NOT_APPLICABLE,
                                           [VERDICT_UNKNOWN] = STATUS_UNKNOWN};

    return statuses[verdict];
}

/* What their rule answers about a user with that many active keys. */
static bool ask_again(const struct compare *compare, size_t key_count, int64_t as_of,
                      enum status *theirs, struct err *err)
{
    const struct peers *peers = compare->job->peers;
    const struct rule_program *program =
        &peers->rules.programs[peers->pairs[peers->joining].theirs];
    struct arena arena;
    struct buf json;
    struct value entity;
    struct eval_context context;
    bool ok = false;

    arena_init(&arena, ASK_SIZE_MAX);
    buf_init(&json, ASK_SIZE_MAX);
    buf_str(&json, STR("{\"RootUser\": false, \"Path\": \"/\", \"AccessKey\": ["));
    for (size_t i = 0; i < key_count; i++) {
        buf_str(&json, i == 0 ? STR("") : STR(", "));
        buf_str(&json, STR("{\"Active\": true}"));
    }
    buf_str(&json, STR("]}"));
    ok = value_from_json(&arena, buf_text(&json), program->entity, &entity, err);
    if (ok) {
        eval_init(&context, as_of);
        *theirs = status_of(eval_rule(&context, program, &entity));
        eval_release(&context);
    }
    buf_release(&json);
    arena_release(&arena);
    return ok;
}

/* The user's name in the ARN that its keys are given. */
static struct str name_of(struct str arn)
{
    struct str rest = arn, head;

    (void)str_cut(&rest, '/', &head);
    return rest;
}

/* The keys by their columns; those of others say whose they are. */
static bool name_keys(const struct namesakes *namesakes, size_t user,
                      const struct namesake_key *keys, size_t count, struct arena *arena,
                      struct evidence *evidence)
{
    static const enum report_column columns[KEY_SLOTS] = {COLUMN_KEY_1_ACTIVE, COLUMN_KEY_2_ACTIVE};

    for (size_t i = 0; i < count; i++) {
        struct buf name;
        bool ok = true;
        buf_init(&name, ASK_SIZE_MAX);
        buf_str(&name, report_column_name(columns[keys[i].slot]));
        if (keys[i].user != user) {
            buf_str(&name, STR(" of "));
            buf_str(&name, name_of(namesakes_arn(namesakes, keys[i].user)));
        }
        evidence[i] = (struct evidence){.value = STR("true")};
        ok = arena_str(arena, buf_text(&name), &evidence[i].name);
        buf_release(&name);
        if (!ok) {
            return false;
        }
    }
    return true;
}

static bool judge_again(struct compare *compare, size_t user, int64_t as_of, struct err *err)
{
    const struct peers *peers = compare->job->peers;
    const struct namesakes *namesakes = &compare->namesakes;
    struct str arn = namesakes_arn(namesakes, user);
    struct namesake_key keys[NAMESAKE_KEYS_MAX];
    struct evidence evidence[NAMESAKE_KEYS_MAX];
    size_t count = namesakes_keys(namesakes, user, keys);
    struct finding ours = {.control = peers->checks[peers->joining].ours,
                           .status = (enum status)namesakes->users[user].ours,
                           .severity = peers->checks[peers->joining].ours->severity,
                           .account = arn_split(arn).account,
                           .user = name_of(arn),
                           .arn = arn,
                           .evidence = evidence,
                           .evidence_count = count};
    struct finding theirs = {0};
    struct arena arena;
    bool ok = true;

    if (count == 0) {
        return true;
    }
    arena_init(&arena, ASK_SIZE_MAX);
    ok = ask_again(compare, count, as_of, &theirs.status, err);
    /* What was told with the row is not told again. */
    if (ok && theirs.status != (enum status)namesakes->users[user].theirs &&
        name_keys(namesakes, user, keys, count, &arena, evidence)) {
        tell(compare, peers->joining, &ours, &theirs);
    }
    arena_release(&arena);
    return ok;
}

static bool join_namesakes(void *shared, const struct audit_report *report, struct err *err)
{
    struct compare *compare = shared;
    struct namesakes *namesakes = &compare->namesakes;
    bool ok = true;

    namesakes_sort(namesakes);
    for (size_t i = 0; i < namesakes->count && ok; i++) {
        ok = judge_again(compare, i, report->as_of, err) &&
             (compare->out.n < FLUSH_SIZE || flush(compare, err));
    }
    if (namesakes->is_full && compare->job->config.message != NULL) {
        struct err note = {0};
        (void)err_set(&note, ERR_INPUT,
                      "users who are given the keys of others were looked for among the first %d "
                      "only",
                      NAMESAKES_MAX);
        err_place(&note, report->path, 0, 0);
        compare->job->config.message(compare->job->config.shared, AUDIT_NOTE, &note);
    }
    namesakes_clear(namesakes);
    return ok && flush(compare, err);
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
    config.format = &compare_bytes;
    config.show_all = true;
    config.pairs = job->peers->pairs;
    config.pair_count = job->peers->count;
    config.write = take_records;
    if (job->peers->joining < job->peers->count) {
        config.row = row_write;
        config.columns = namesakes_columns;
        config.report_end = join_namesakes;
        namesakes_init(&compare.namesakes, job->peers->pairs[job->peers->joining]);
    }
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
    namesakes_release(&compare.namesakes);
    buf_release(&compare.out);
    buf_release(&compare.text);
    mem_free(compare.row.findings);
    mem_free(compare.row.evidence);
    return ok;
}

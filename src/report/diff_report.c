#include "report/diff_report.h"

#include "base/instant.h"
#include "render/number.h"

enum { FLAT_PART = 4096 };

const struct diff_writer *const diff_writers[] = {
    &diff_table, &diff_json, &diff_csv, &diff_markdown, NULL,
};

const struct diff_writer *diff_writer_find(struct str name)
{
    for (size_t i = 0; diff_writers[i] != NULL; i++) {
        if (str_eq(diff_writers[i]->name, name)) {
            return diff_writers[i];
        }
    }
    return NULL;
}

size_t diff_part_end(const struct diff_writer *writer, const struct diff *diff, size_t from)
{
    size_t to = from + 1;

    if (writer->is_flat) {
        return diff->change_count - from < FLAT_PART ? diff->change_count : from + FLAT_PART;
    }
    while (to < diff->change_count &&
           str_eq(diff->changes[to].account, diff->changes[from].account)) {
        to++;
    }
    return to;
}

size_t diff_findings_end(const struct diff *diff, size_t from, size_t to)
{
    while (from < to && diff->changes[from].kind <= KIND_FINDING) {
        from++;
    }
    return from;
}

/* ---- one change in words -------------------------------------------------------------------- */

char diff_sign(const struct change *change)
{
    switch ((enum change_verb)change->verb) {
    case VERB_JOINED:
    case VERB_NEW:
    case VERB_CREATED:
    case VERB_ENABLED:
    case VERB_ACTIVATED:
        return '+';
    case VERB_LEFT:
    case VERB_CLOSED:
    case VERB_DELETED:
    case VERB_DISABLED:
    case VERB_DEACTIVATED:
        return '-';
    case VERB_CHANGED:
    case VERB_RECREATED:
    case VERB_MOVED:
    case VERB_USED:
        break;
    }
    return '~';
}

static struct str noun_of(enum change_kind kind)
{
    static const struct str nouns[KIND_COUNT] = {
        [KIND_ACCOUNT] = STR_LIT("account"),
        [KIND_FINDING] = STR_LIT("finding"),
        [KIND_USER] = STR_LIT("user"),
        [KIND_PASSWORD] = STR_LIT("password"),
        [KIND_MFA] = STR_LIT("MFA"),
        [KIND_ACCESS_KEY] = STR_LIT("access key"),
        [KIND_CERTIFICATE] = STR_LIT("certificate"),
    };

    return nouns[kind];
}

static void put_value(struct buf *out, const struct diff *diff, const char *before,
                      const struct change_value *value, const char *after)
{
    if (value->type != SIDE_NONE) {
        buf_str(out, str_from(before));
        change_value_write(out, diff, value);
        buf_str(out, str_from(after));
    }
}

/* What is worth saying behind "access key of T deleted". */
static void put_details(struct buf *out, const struct diff *diff, const struct change *change)
{
    switch ((enum change_verb)change->verb) {
    case VERB_CREATED:
        put_value(out, diff, change->kind == KIND_USER ? " " : ", ", &change->after, "");
        break;
    case VERB_DELETED:
        put_value(out, diff, change->kind == KIND_USER ? " (created " : " (was ", &change->before,
                  ")");
        break;
    case VERB_RECREATED:
        put_value(out, diff, " ", &change->after, "");
        put_value(out, diff, ", was created ", &change->before, "");
        break;
    case VERB_CHANGED:
    case VERB_USED:
        put_value(out, diff, " ", &change->after, "");
        put_value(out, diff, ", before ", &change->before, "");
        break;
    case VERB_MOVED:
        put_value(out, diff, " from ", &change->before, "");
        put_value(out, diff, " to ", &change->after, "");
        break;
    case VERB_JOINED:
        put_value(out, diff, ", with ", &change->after, " IAM users");
        break;
    case VERB_LEFT:
        put_value(out, diff, ", with ", &change->before, " IAM users");
        break;
    case VERB_NEW:
    case VERB_CLOSED:
    case VERB_ENABLED:
    case VERB_DISABLED:
    case VERB_ACTIVATED:
    case VERB_DEACTIVATED:
        break;
    }
}

/* A password or MFA that came or went with its user is no news beside that. */
static bool is_part_of_user(const struct change *change)
{
    return (change->kind == KIND_PASSWORD || change->kind == KIND_MFA) &&
           (change->verb == VERB_CREATED || change->verb == VERB_DELETED);
}

void diff_words_write(struct buf *out, const struct diff *diff, const struct change *change)
{
    bool is_slot = change->kind == KIND_ACCESS_KEY || change->kind == KIND_CERTIFICATE;

    if (is_part_of_user(change)) {
        buf_str(out, change->verb == VERB_CREATED ? STR("with ") : STR("had "));
        buf_str(out, noun_of((enum change_kind)change->kind));
        return;
    }
    buf_str(out, noun_of((enum change_kind)change->kind));
    if (is_slot) {
        put_value(out, diff, " of ", &change->item, "");
    }
    buf_char(out, ' ');
    buf_str(out, change_verb_name((enum change_verb)change->verb));
    put_details(out, diff, change);
}

void diff_course_write(struct buf *out, const struct change *change)
{
    struct str item = change_value_text(&change->item);

    if (change->before.shows_evidence) {
        buf_str(out, STR("still "));
        buf_str(out, status_name((enum status)change->after.status));
        return;
    }
    if (change->before.type == SIDE_FINDING && change->after.type == SIDE_FINDING) {
        buf_str(out, status_name((enum status)change->before.status));
        buf_str(out, STR(" → "));
        buf_str(out, status_name((enum status)change->after.status));
        return;
    }
    /* That it fails is the usual case and goes without saying. */
    const struct change_value *there =
        change->after.type == SIDE_FINDING ? &change->after : &change->before;
    if (there->status != STATUS_FAIL) {
        buf_str(out, status_name((enum status)there->status));
        buf_str(out, STR(", "));
    }
    buf_str(out, item);
}

/* The evidence of that name, or false. */
static bool find_evidence(struct str packed, uint32_t name, struct change_evidence *out)
{
    while (change_evidence_take(&packed, out)) {
        if (out->name == name) {
            return true;
        }
    }
    return false;
}

static bool is_equal(const struct change_evidence *a, const struct change_evidence *b)
{
    return a->type == b->type && a->time == b->time && str_eq(a->text, b->text);
}

static void put_one(struct buf *out, const struct change_evidence *evidence, bool only_days)
{
    enum { CLOCK_SIZE = sizeof "T00:00:00Z" - 1 };

    change_evidence_write(out, evidence);
    if (only_days && evidence->type == EVIDENCE_TIME && !out->overflowed) {
        out->n -= CLOCK_SIZE;
    }
}

/* Pairs of `packed` whose value is another on the other side, or not there. */
static void put_differences(struct buf *out, const struct diff *diff, struct str packed,
                            struct str other, bool is_after, bool only_days, struct str *separator)
{
    struct change_evidence here, there;

    while (change_evidence_take(&packed, &here)) {
        bool is_found = find_evidence(other, here.name, &there);
        /* What is on both sides is told once, from the later one. */
        if (is_found && (!is_after || is_equal(&here, &there))) {
            continue;
        }
        /* Two times of one day are told in full. */
        bool is_short = only_days && !(is_found && here.type == EVIDENCE_TIME &&
                                       here.time / SECONDS_PER_DAY == there.time / SECONDS_PER_DAY);
        buf_str(out, *separator);
        *separator = STR("; ");
        buf_str(out, is_after ? STR("") : STR("no more "));
        buf_str(out, diff->names[here.name]);
        buf_char(out, '=');
        put_one(out, &here, is_short);
        if (is_found) {
            buf_str(out, STR("; was "));
            put_one(out, &there, is_short);
        }
    }
}

/* "name=value; name=value", times as days where that is asked for. */
static void put_evidence(struct buf *out, const struct diff *diff, struct str packed,
                         bool only_days)
{
    struct str separator = STR("");
    struct change_evidence evidence;

    while (change_evidence_take(&packed, &evidence)) {
        buf_str(out, separator);
        separator = STR("; ");
        buf_str(out, diff->names[evidence.name]);
        buf_char(out, '=');
        put_one(out, &evidence, only_days);
    }
}

void diff_reason_write(struct buf *out, const struct diff *diff, const struct change *change,
                       bool only_days)
{
    struct str before = change_value_text(&change->before);
    struct str after = change_value_text(&change->after);
    struct str separator = STR("");

    if (change->before.shows_evidence) {
        put_differences(out, diff, after, before, true, only_days, &separator);
        put_differences(out, diff, before, after, false, only_days, &separator);
    } else if (change->verb != VERB_CLOSED) {
        put_evidence(out, diff, after, only_days);
    }
}

/* ---- sums ----------------------------------------------------------------------------------- */

/* "3 critical, 2 high" of the changes that `counts` says yes to. */
static void put_severities(struct buf *out, const struct diff *diff,
                           bool (*counts)(const struct change *change), unsigned lowest)
{
    uint64_t by_severity[SEVERITY_COUNT] = {0};
    struct str separator = STR("");

    for (size_t i = 0; i < diff->change_count; i++) {
        if (counts(&diff->changes[i])) {
            by_severity[diff->changes[i].severity]++;
        }
    }
    for (unsigned severity = SEVERITY_COUNT; severity-- > lowest;) {
        if (by_severity[severity] > 0) {
            buf_str(out, separator);
            number_grouped(out, by_severity[severity]);
            buf_char(out, ' ');
            buf_str(out, severity_name((enum severity)severity));
            separator = STR(", ");
        }
    }
}

static bool is_new_finding(const struct change *change)
{
    return change->kind == KIND_FINDING && change->verb == VERB_NEW;
}

void diff_findings_summary(struct buf *out, const struct diff *diff)
{
    const uint64_t *counts = diff->counts[KIND_FINDING];

    if (counts[VERB_NEW] + counts[VERB_CHANGED] + counts[VERB_CLOSED] == 0) {
        return;
    }
    number_counted(out, counts[VERB_NEW], STR("new finding"));
    if (counts[VERB_NEW] > 0) {
        buf_str(out, STR(" ("));
        put_severities(out, diff, is_new_finding, 0);
        buf_char(out, ')');
    }
    buf_str(out, STR(", "));
    number_grouped(out, counts[VERB_CHANGED]);
    buf_str(out, STR(" changed, "));
    number_grouped(out, counts[VERB_CLOSED]);
    buf_str(out, STR(" closed"));
}

void diff_credentials_summary(struct buf *out, const struct diff *diff)
{
    struct str separator = STR("");

    for (int kind = KIND_USER; kind < KIND_COUNT; kind++) {
        bool is_first = true;
        for (int verb = 0; verb < VERB_COUNT; verb++) {
            uint64_t count = diff->counts[kind][verb];
            struct change like = {.kind = (uint8_t)kind, .verb = (uint8_t)verb};
            if (count == 0 || is_part_of_user(&like)) {
                continue;
            }
            buf_str(out, separator);
            if (is_first && kind != KIND_MFA) {
                number_counted(out, count, noun_of((enum change_kind)kind));
            } else {
                buf_str(out, is_first ? STR("MFA of ") : STR(""));
                number_grouped(out, count);
            }
            buf_char(out, ' ');
            buf_str(out, change_verb_name((enum change_verb)verb));
            is_first = false;
            separator = STR(", ");
        }
        separator = separator.n > 0 && !is_first ? STR("; ") : separator;
    }
}

void diff_scope_summary(struct buf *out, const struct diff *diff)
{
    const uint64_t *counts = diff->counts[KIND_ACCOUNT];

    number_counted(out, diff->account_count, STR("account"));
    buf_str(out, STR(" on both sides"));
    if (diff->unchanged_account_count > 0) {
        buf_str(out, STR(", "));
        number_grouped(out, diff->unchanged_account_count);
        buf_str(out, STR(" unchanged"));
    }
    if (counts[VERB_JOINED] > 0) {
        buf_str(out, STR("  ·  "));
        number_grouped(out, counts[VERB_JOINED]);
        buf_str(out, STR(" joined"));
    }
    if (counts[VERB_LEFT] > 0) {
        buf_str(out, STR("  ·  "));
        number_grouped(out, counts[VERB_LEFT]);
        buf_str(out, STR(" left"));
    }
    buf_str(out, STR("  ·  "));
    number_counted(out, diff->before->user_count, STR("IAM user"));
    buf_str(out, STR(" before, "));
    number_grouped(out, diff->after->user_count);
    buf_str(out, STR(" now"));
}

void diff_verdict_write(struct buf *out, const struct diff *diff,
                        const struct report_options *options)
{
    enum severity lowest = options->fail_on_never ? SEVERITY_INFO : options->fail_on;
    uint64_t serious = 0;

    if (diff->account_count == 0) {
        buf_str(out, STR("No account is on both sides: nothing was compared."));
        return;
    }
    for (size_t i = 0; i < diff->change_count; i++) {
        serious += change_is_failure(&diff->changes[i]) && diff->changes[i].severity >= lowest;
    }
    if (diff->change_count == 0) {
        buf_str(out, STR("Nothing changed."));
    } else if (serious == 0) {
        buf_str(out, STR("Nothing new fails"));
        if (lowest > SEVERITY_INFO) {
            buf_str(out, STR(" at or above "));
            buf_str(out, severity_name(lowest));
        }
        buf_char(out, '.');
    } else {
        number_counted(out, serious, STR("finding"));
        buf_str(out, serious == 1 ? STR(" fails") : STR(" fail"));
        buf_str(out, STR(" that did not before"));
        if (lowest > SEVERITY_INFO) {
            buf_str(out, STR(", at or above "));
            buf_str(out, severity_name(lowest));
        }
        buf_char(out, '.');
    }
    uint64_t errors = diff->before->error_count + diff->after->error_count;
    if (errors > 0) {
        buf_char(out, ' ');
        number_counted(out, errors, STR("input error"));
        buf_str(out, STR(": not all was compared."));
    }
}

#include "report/outline.h"

#include <string.h>

#include "base/arena.h"
#include "base/instant.h"
#include "render/number.h"

enum { REASON_MAX = 3, WAITING_SHOWN = 4 };

const struct str outline_unknown_note =
    STR_LIT("Not a pass: what is missing could hide a failure.");

const struct str outline_accounts_note =
    STR_LIT("severities are one level higher in large accounts, one lower in small ones");

const struct str outline_gap_notes[] = {
    [GAP_NONE] = STR_LIT(""),
    [GAP_NOT_COLLECTED] =
        STR_LIT("A credential report never says this; it has to be asked of the account itself."),
    [GAP_INPUT] = STR_LIT("The report given should say this: make a new one with "
                          "aws iam generate-credential-report, then get-credential-report."),
};

size_t *outline_order_new(const struct posture *posture)
{
    size_t *order = mem_array(posture->control_count, sizeof *order);
    size_t count = 0;

    for (int severity = SEVERITY_COUNT - 1; severity >= 0; severity--) {
        for (size_t i = 0; i < posture->control_count; i++) {
            if ((int)posture->controls[i]->severity == severity) {
                order[count++] = i;
            }
        }
    }
    return order;
}

bool outline_is_root(const struct posture *posture, size_t control_index)
{
    const struct control_tally *tally = &posture->tallies[control_index];
    size_t count = tally->sample_counts[STATUS_FAIL];

    for (size_t i = 0; i < count; i++) {
        if (!str_eq(tally->samples[STATUS_FAIL][i].user, STR("<root_account>"))) {
            return false;
        }
    }
    return count > 0;
}

uint64_t outline_judged(const struct control_tally *tally)
{
    return tally->counts[STATUS_FAIL] + tally->counts[STATUS_UNKNOWN] + tally->counts[STATUS_PASS];
}

uint64_t outline_count(const struct posture *posture, enum status status)
{
    uint64_t count = 0;

    for (size_t i = 0; i < posture->control_count; i++) {
        count += posture->tallies[i].counts[status];
    }
    return count;
}

uint64_t outline_count_serious(const struct posture *posture, const struct report_options *options)
{
    uint64_t count = 0;

    for (unsigned severity = 0; severity < SEVERITY_COUNT; severity++) {
        if (options->fail_on_never || severity >= options->fail_on) {
            count += posture_count(posture, (enum severity)severity, STATUS_FAIL);
        }
    }
    return count;
}

struct str outline_as_of_source(const struct posture *posture)
{
    if (posture->report_count == 0) {
        return STR("none");
    }
    if (posture->as_of_given) {
        return STR("option");
    }
    if (posture->as_of_clock) {
        return posture->age_known ? STR("mixed") : STR("clock");
    }
    return posture->archive.n > 0 ? STR("snapshot") : STR("report");
}

void outline_as_of_write(struct buf *out, const struct posture *posture)
{
    if (posture->report_count == 0) {
        buf_str(out, STR("no time: nothing was judged"));
        return;
    }
    instant_write(out, posture->as_of_min);
    if (posture->as_of_max != posture->as_of_min) {
        buf_str(out, STR(" to "));
        instant_write(out, posture->as_of_max);
    }
    if (posture->as_of_given) {
        buf_str(out, STR(", as asked for"));
    } else if (posture->archive.n > 0) {
        buf_str(out, posture->report_count == 1 ? STR(", when the snapshot was taken")
                                                : STR(", when each snapshot was taken"));
    } else if (!posture->as_of_clock) {
        buf_str(out, posture->report_count == 1 ? STR(", when the report was made")
                                                : STR(", when the reports were made"));
    } else if (posture->age_known) {
        buf_str(out, STR(", when each report was made, or this machine's clock where it does "
                         "not say"));
    } else {
        buf_str(out, STR(", this machine's clock: the report does not say when it was made"));
    }
}

/* "3 hours before", or "2 hours after" where the clock here is behind the one there. */
static void distance_write(struct buf *out, int64_t before, bool with_direction)
{
    number_duration(out, before < 0 ? -before : before);
    if (with_direction) {
        buf_str(out, before < 0 ? STR(" after") : STR(" before"));
    }
}

void outline_archive_write(struct buf *out, const struct posture *posture)
{
    int64_t least = posture->now - posture->taken_max;
    int64_t most = posture->now - posture->taken_min;

    buf_str(out, posture->archive);
    if (posture->report_count == 0) {
        return;
    }
    buf_str(out, posture->report_count == 1 ? STR("; snapshot taken ") : STR("; snapshots taken "));
    if (least != most) {
        distance_write(out, least, (least < 0) != (most < 0));
        buf_str(out, STR(" to "));
    }
    distance_write(out, most, true);
    buf_str(out, STR(" this audit"));
}

void outline_age_write(struct buf *out, const struct posture *posture)
{
    int64_t least = posture->now - posture->generated_max;
    int64_t most = posture->now - posture->generated_min;

    if (!posture->age_known) {
        return;
    }
    if (posture->generated_count < posture->report_count) {
        number_grouped(out, posture->generated_count);
        buf_str(out, STR(" of "));
        number_counted(out, posture->report_count, STR("report"));
        buf_str(out, posture->generated_count == 1 ? STR(" says when it was made: ")
                                                   : STR(" say when they were made: "));
    } else {
        buf_str(out, STR("made "));
    }
    if (least != most) {
        distance_write(out, least, (least < 0) != (most < 0));
        buf_str(out, STR(" to "));
    }
    distance_write(out, most, true);
    buf_str(out, STR(" this audit"));
    if (least < 0) {
        buf_str(out, STR(" by this machine's clock"));
    }
    if (posture->as_of_given && posture->generated_max > posture->as_of_max) {
        buf_str(out, posture->generated_min > posture->as_of_max
                         ? STR(", after the as-of time")
                         : STR(", some after the as-of time"));
    }
    buf_str(out, STR("; AWS makes a new one every 4 hours at most"));
}

/* Whether this piece of evidence is the first of its kind among the samples up to it. */
static bool is_new_reason(const struct finding *samples, size_t sample_index, size_t item_index)
{
    const struct evidence *reason = &samples[sample_index].evidence[item_index];

    for (size_t i = 0; i <= sample_index; i++) {
        size_t count = i == sample_index ? item_index : samples[i].evidence_count;
        for (size_t k = 0; k < count; k++) {
            const struct evidence *other = &samples[i].evidence[k];
            if (other->gap == reason->gap && str_eq(other->name, reason->name) &&
                str_eq(other->value, reason->value)) {
                return false;
            }
        }
    }
    return true;
}

void outline_reasons_write(struct buf *out, const struct control_tally *tally)
{
    const struct finding *samples = tally->samples[STATUS_UNKNOWN];
    size_t reason_count = 0;

    for (size_t i = 0; i < tally->sample_counts[STATUS_UNKNOWN]; i++) {
        for (size_t k = 0; k < samples[i].evidence_count; k++) {
            const struct evidence *evidence = &samples[i].evidence[k];
            if (evidence->gap == GAP_NONE || !is_new_reason(samples, i, k)) {
                continue;
            }
            if (reason_count == REASON_MAX) {
                buf_str(out, STR("; and more"));
                return;
            }
            buf_str(out, reason_count > 0 ? STR("; ") : STR(""));
            buf_str(out, evidence->name);
            buf_str(out, STR(": "));
            buf_str(out, evidence->value);
            reason_count++;
        }
    }
    if (reason_count == 0) {
        buf_str(out, STR("no reason recorded"));
    }
}

bool outline_is_waiting(const struct control_tally *tally)
{
    return tally->counts[STATUS_UNKNOWN] > 0 && tally->unknown_input == 0 &&
           tally->counts[STATUS_FAIL] + tally->counts[STATUS_EXCEPTED] +
                   tally->counts[STATUS_PASS] ==
               0;
}

/* Packs hold controls that no report decides. Some of them among the others do no harm; more would
 * hide what was judged, so they are left to the section that says what they wait for. */
size_t outline_waiting(const struct posture *posture)
{
    size_t waiting = 0;

    for (size_t i = 0; i < posture->control_count; i++) {
        waiting += outline_is_waiting(&posture->tallies[i]);
    }
    return waiting > WAITING_SHOWN ? waiting : 0;
}

void outline_missing_write(struct buf *out, const struct control_tally *tally)
{
    const struct str prefix = STR("not collected: ");
    const struct finding *first = tally->samples[STATUS_UNKNOWN];
    size_t count = tally->sample_counts[STATUS_UNKNOWN] > 0 ? first->evidence_count : 0;
    struct str last = {0};

    for (size_t i = 0; i < count; i++) {
        struct str value = first->evidence[i].value;
        if (first->evidence[i].gap != GAP_NOT_COLLECTED || str_eq(value, last)) {
            continue;
        }
        buf_str(out, last.n > 0 ? STR(", ") : STR(""));
        buf_str(out, str_starts(value, prefix) ? str_sub(value, prefix.n, value.n) : value);
        last = value;
    }
    if (last.n == 0) {
        buf_str(out, STR("no reason recorded"));
    }
}

bool outline_has_shifted(const struct finding *findings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (findings[i].severity != findings[i].control->severity) {
            return true;
        }
    }
    return false;
}

void outline_severity_write(struct buf *out, const struct finding *finding)
{
    enum severity declared = finding->control->severity;

    buf_str(out, severity_name(finding->severity));
    if (finding->severity != declared) {
        buf_str(out, finding->severity > declared ? STR(", raised: ") : STR(", lowered: "));
        buf_str(out, asset_class_name(finding->asset_class));
        buf_str(out, STR(" account"));
    }
}

size_t outline_evidence_find(const struct finding *finding, struct str name)
{
    size_t i = 0;

    while (i < finding->evidence_count && !str_eq(finding->evidence[i].name, name)) {
        i++;
    }
    return i;
}

static bool is_plain_name(struct str name)
{
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] <= ' ' || name.p[i] > '~') {
            return false;
        }
    }
    return name.n > 0 && name.n < 40;
}

size_t outline_evidence_names(struct str *names, size_t name_max, const struct finding *findings,
                              size_t count)
{
    size_t name_count = 0;

    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < findings[i].evidence_count; k++) {
            struct str name = findings[i].evidence[k].name;
            size_t at = 0;
            while (at < name_count && !str_eq(names[at], name)) {
                at++;
            }
            if (at == name_max || outline_evidence_find(&findings[i], name) != k ||
                !is_plain_name(name)) {
                return 0;
            }
            names[at] = name;
            name_count = at == name_count ? at + 1 : name_count;
        }
    }
    return name_count;
}

static void severities_write(struct buf *out, const struct posture *posture, unsigned lowest)
{
    struct str separator = STR(": ");

    for (int severity = SEVERITY_COUNT - 1; severity >= (int)lowest; severity--) {
        uint64_t count = posture_count(posture, (enum severity)severity, STATUS_FAIL);
        if (count > 0) {
            buf_str(out, separator);
            number_grouped(out, count);
            buf_char(out, ' ');
            buf_str(out, severity_name((enum severity)severity));
            separator = STR(", ");
        }
    }
}

static void failures_write(struct buf *out, const struct posture *posture,
                           const struct report_options *options)
{
    uint64_t failed = outline_count(posture, STATUS_FAIL);
    uint64_t serious = outline_count_serious(posture, options);
    struct str limit = severity_name(options->fail_on);

    if (failed == 0) {
        buf_str(out, posture->baseline.is_given ? STR("No control fails beyond the baseline.")
                                                : STR("No control fails."));
        return;
    }
    if (options->fail_on_never || options->fail_on == SEVERITY_INFO) {
        number_counted(out, failed, STR("finding"));
        severities_write(out, posture, 0);
        buf_char(out, '.');
        return;
    }
    if (serious == 0) {
        buf_str(out, STR("No finding"));
    } else {
        number_counted(out, serious, STR("finding"));
    }
    buf_printf(out, " at or above %.*s", STR_ARG(limit));
    severities_write(out, posture, options->fail_on);
    buf_char(out, '.');
    if (failed > serious) {
        buf_char(out, ' ');
        number_grouped(out, failed - serious);
        buf_str(out, STR(" below it."));
    }
}

void outline_verdict_write(struct buf *out, const struct posture *posture,
                           const struct report_options *options)
{
    uint64_t unknown = outline_count(posture, STATUS_UNKNOWN);

    if (posture->report_count == 0) {
        buf_str(out, STR("No credential report was judged."));
    } else {
        failures_write(out, posture, options);
    }
    if (unknown > 0) {
        buf_char(out, ' ');
        number_counted(out, unknown, STR("verdict"));
        buf_str(out, unknown == 1 ? STR(" is unknown.") : STR(" are unknown."));
    }
    if (posture->error_count > 0) {
        buf_char(out, ' ');
        number_counted(out, posture->error_count, STR("input error"));
        buf_str(out, STR(": not all was judged."));
    }
}

size_t outline_odd_exceptions(const struct posture *posture)
{
    size_t count = 0;

    for (size_t i = 0; i < posture->exception_count; i++) {
        count += exception_use_is_odd(&posture->exceptions[i]);
    }
    return count;
}

void outline_exception_write(struct buf *out, const struct exception_use *use)
{
    buf_str(out, use->exception->file);
    buf_printf(out, ":%u: ", use->exception->line);
    exception_use_write(out, use);
}

void outline_error_write(struct buf *out, const struct err *err)
{
    char text[sizeof err->place + sizeof err->text + 32];

    err_format(err, text, sizeof text);
    buf_str(out, str_from(text));
}

const struct outline_tiers outline_tiers[OUTLINE_TIERS_COUNT] = {
    {STR_LIT("AGE OF ACTIVE ACCESS KEYS"),
     STR_LIT("Age of active access keys"),
     STR_LIT("up to"),
     STR_LIT("over"),
     {{TIER_KEY_AGE, STR_LIT("last rotated")}},
     1},
    {STR_LIT("IDLE TIME OF ENABLED CREDENTIALS"),
     STR_LIT("Idle time of enabled credentials"),
     STR_LIT("under"),
     STR_LIT("from"),
     {{TIER_USED, STR_LIT("last used")},
      {TIER_NEVER_USED, STR_LIT("never used, by when made")},
      {TIER_USE_UNKNOWN, STR_LIT("last use unknown")}},
     3},
};

const struct str outline_tier_who[TIER_WHO_COUNT] = {
    [TIER_ROOT] = STR_LIT("root"),
    [TIER_USERS] = STR_LIT("users"),
};

void outline_band_write(struct buf *out, const struct outline_tiers *section,
                        const struct tiers *tiers, size_t band)
{
    buf_str(out, band == 0 ? section->first : section->beyond);
    buf_char(out, ' ');
    number_grouped(out, (uint64_t)tiers->days[band == 0 ? 0 : band - 1]);
    buf_str(out, STR(" d"));
}

void outline_tier_unknown_write(struct buf *out, const struct tiers *tiers)
{
    uint64_t count = tiers->rows[TIER_ROOT][TIER_STATE_UNKNOWN].unknown +
                     tiers->rows[TIER_USERS][TIER_STATE_UNKNOWN].unknown;

    if (count > 0) {
        number_counted(out, count, STR("credential"));
        buf_str(out,
                STR(" may be enabled or not, and counted nowhere here: the report does not say."));
    }
}

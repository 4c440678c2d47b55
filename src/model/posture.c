#include "model/posture.h"

#include <assert.h>
#include <string.h>

#include "base/instant.h"

/* Samples are a courtesy to readers: a hostile report may not make them eat the memory. */
enum { SAMPLES_SIZE_MAX = 24 << 20, SAMPLE_TEXT_SIZE_MAX = 2048 };

void posture_init(struct posture *posture, const struct control *const *controls,
                  size_t control_count, size_t sample_max)
{
    *posture = (struct posture){
        .controls = controls,
        .control_count = control_count,
        .tallies = mem_array(control_count, sizeof(struct control_tally)),
        .sample_max = sample_max,
    };
    arena_init(&posture->arena, SAMPLES_SIZE_MAX);
}

void posture_release(struct posture *posture)
{
    for (size_t i = 0; posture->tallies != NULL && i < posture->control_count; i++) {
        for (unsigned status = 0; status < STATUS_COUNT; status++) {
            mem_free(posture->tallies[i].samples[status]);
        }
    }
    mem_free(posture->tallies);
    mem_free(posture->errors);
    mem_free(posture->exceptions);
    arena_release(&posture->arena);
    *posture = (struct posture){0};
}

/* Copies text, a long one only in part, with an ellipsis for the rest. */
static bool sample_text(struct arena *arena, struct str text, struct str *out)
{
    static const char ellipsis[] = "\xe2\x80\xa6";
    size_t kept = SAMPLE_TEXT_SIZE_MAX;
    char *copy = NULL;

    if (text.n <= SAMPLE_TEXT_SIZE_MAX) {
        return arena_str(arena, text, out);
    }
    while (kept > 0 && ((unsigned char)text.p[kept] & 0xc0) == 0x80) {
        kept--;
    }
    copy = arena_alloc(arena, kept + sizeof ellipsis);
    if (copy == NULL) {
        return false;
    }
    memcpy(copy, text.p, kept);
    memcpy(copy + kept, ellipsis, sizeof ellipsis);
    *out = (struct str){copy, kept + sizeof ellipsis - 1};
    return true;
}

static bool finding_copy(struct arena *arena, const struct finding *from, struct finding *to)
{
    struct evidence *evidence = arena_array(arena, from->evidence_count, sizeof *evidence);

    *to = *from;
    to->evidence = evidence;
    to->path = (struct str){0};
    memset(to->keys, 0, sizeof to->keys);
    if (evidence == NULL || !sample_text(arena, from->account, &to->account) ||
        !sample_text(arena, from->user, &to->user) || !sample_text(arena, from->arn, &to->arn) ||
        !sample_text(arena, from->partition, &to->partition)) {
        return false;
    }
    for (size_t i = 0; i < from->evidence_count; i++) {
        evidence[i].gap = from->evidence[i].gap;
        if (!sample_text(arena, from->evidence[i].name, &evidence[i].name) ||
            !sample_text(arena, from->evidence[i].value, &evidence[i].value)) {
            return false;
        }
    }
    return true;
}

static void sample_add(struct posture *posture, struct control_tally *tally,
                       const struct finding *finding)
{
    size_t count = tally->sample_counts[finding->status];
    struct finding **samples = &tally->samples[finding->status];

    if ((count & (count - 1)) == 0) {
        size_t capacity = count == 0 ? 1 : count * 2;
        *samples = mem_resize(*samples, capacity * sizeof **samples);
    }
    if (finding_copy(&posture->arena, finding, &(*samples)[count])) {
        tally->sample_counts[finding->status]++;
    }
}

static void class_add(struct class_tally *tally, const struct finding *finding)
{
    tally->counts[finding->status]++;
    tally->unknown_input += finding->status == STATUS_UNKNOWN && finding->gap == GAP_INPUT;
}

void posture_add(struct posture *posture, const struct finding *finding, size_t control_index)
{
    struct control_tally *tally = &posture->tallies[control_index];

    assert(control_index < posture->control_count);
    tally->counts[finding->status]++;
    if (finding->status == STATUS_UNKNOWN && finding->gap == GAP_INPUT) {
        tally->unknown_input++;
    }
    if (finding->asset_class == ASSET_SMALL) {
        class_add(&tally->small, finding);
    } else if (finding->asset_class == ASSET_LARGE) {
        class_add(&tally->large, finding);
    }
    posture_sample(posture, finding, control_index);
}

void posture_sample(struct posture *posture, const struct finding *finding, size_t control_index)
{
    struct control_tally *tally = &posture->tallies[control_index];

    if (finding->status != STATUS_PASS && finding->status != STATUS_NOT_APPLICABLE &&
        tally->sample_counts[finding->status] < posture->sample_max) {
        sample_add(posture, tally, finding);
    }
}

void posture_add_error(struct posture *posture, const struct err *err)
{
    if (posture->errors == NULL) {
        posture->errors = mem_array(ERROR_SAMPLE_MAX, sizeof *posture->errors);
    }
    if (posture->error_sample_count < ERROR_SAMPLE_MAX) {
        posture->errors[posture->error_sample_count++] = *err;
    }
    posture->error_count++;
}

struct class_tally control_tally_rest(const struct control_tally *tally)
{
    struct class_tally rest = {.unknown_input = tally->unknown_input - tally->small.unknown_input -
                                                tally->large.unknown_input};

    for (int status = 0; status < STATUS_COUNT; status++) {
        rest.counts[status] =
            tally->counts[status] - tally->small.counts[status] - tally->large.counts[status];
    }
    return rest;
}

uint64_t posture_count(const struct posture *posture, enum severity severity, enum status status)
{
    uint64_t count = 0;

    for (size_t i = 0; i < posture->control_count; i++) {
        enum severity declared = posture->controls[i]->severity;
        const struct control_tally *tally = &posture->tallies[i];
        struct class_tally rest = control_tally_rest(tally);
        const struct {
            enum severity severity;
            const struct class_tally *tally;
        } parts[] = {{declared, &rest},
                     {asset_severity(declared, ASSET_SMALL), &tally->small},
                     {asset_severity(declared, ASSET_LARGE), &tally->large}};
        for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++) {
            count += parts[k].severity == severity ? parts[k].tally->counts[status] : 0;
        }
    }
    return count;
}

static void count_write(struct buf *out, uint64_t count, struct str noun)
{
    buf_u64(out, count);
    buf_char(out, ' ');
    buf_str(out, noun);
    buf_str(out, count == 1 ? STR("") : STR("s"));
}

void baseline_totals_write(struct buf *out, const struct baseline_totals *totals)
{
    count_write(out, totals->known, STR("finding"));
    if (totals->is_since) {
        buf_str(out, totals->known == 1 ? STR(" was there by ") : STR(" were there by "));
        instant_write(out, totals->since);
        buf_str(out, totals->known == 1 ? STR(" and is left out") : STR(" and are left out"));
        return;
    }
    buf_str(out, totals->known == 1 ? STR(" is in the baseline and left out")
                                    : STR(" are in the baseline and left out"));
    if (totals->gone > 0) {
        buf_str(out, STR("; "));
        count_write(out, totals->gone, STR("finding"));
        buf_str(out, STR(" of it not met again: resolved, or no longer looked for"));
    }
    if (totals->changed > 0) {
        buf_str(out, STR("; "));
        count_write(out, totals->changed, STR("finding"));
        buf_str(out, STR(" of it met with another status"));
    }
}

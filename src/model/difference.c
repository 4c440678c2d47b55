#include "model/difference.h"

enum { SAMPLES_SIZE_MAX = 8 << 20, SAMPLE_TEXT_SIZE_MAX = 1024 };

struct str difference_name(enum difference_kind kind)
{
    switch (kind) {
    case DIFFERENCE_MISSED:
        return STR("missed");
    case DIFFERENCE_FALSE_ALARM:
        return STR("false-alarm");
    case DIFFERENCE_UNFOUNDED:
        return STR("unfounded");
    case DIFFERENCE_SILENT:
        return STR("silent");
    }
    return STR("");
}

static bool is_quiet(enum status status)
{
    return status == STATUS_PASS || status == STATUS_NOT_APPLICABLE;
}

bool difference_find(enum status ours, enum status theirs, enum difference_kind *kind)
{
    if (theirs == STATUS_UNKNOWN || ours == theirs) {
        return false;
    }
    if (ours == STATUS_FAIL) {
        *kind = DIFFERENCE_MISSED;
        return true;
    }
    if (ours == STATUS_UNKNOWN) {
        *kind = theirs == STATUS_NOT_APPLICABLE ? DIFFERENCE_SILENT : DIFFERENCE_UNFOUNDED;
        return true;
    }
    *kind = DIFFERENCE_FALSE_ALARM;
    return is_quiet(ours) && theirs == STATUS_FAIL;
}

struct str difference_why(const struct peer_check *check, enum status ours, enum status theirs)
{
    struct str best = {0};
    int best_score = -1;

    for (size_t i = 0; i < check->reason_count; i++) {
        const struct peer_reason *reason = &check->reasons[i];
        int score = reason->has_ours + reason->has_theirs;
        if ((!reason->has_ours || reason->ours == ours) &&
            (!reason->has_theirs || reason->theirs == theirs) && score > best_score) {
            best = reason->text;
            best_score = score;
        }
    }
    return best;
}

void comparison_init(struct comparison *comparison, const struct peer_check *checks,
                     size_t check_count)
{
    *comparison = (struct comparison){
        .checks = checks,
        .check_count = check_count,
        .tallies = mem_array(check_count, sizeof(struct difference_tally)),
    };
    arena_init(&comparison->arena, SAMPLES_SIZE_MAX);
}

void comparison_release(struct comparison *comparison)
{
    mem_free(comparison->tallies);
    arena_release(&comparison->arena);
    *comparison = (struct comparison){0};
}

static bool copy(struct comparison *comparison, struct str text, struct str *out)
{
    return arena_str(&comparison->arena, str_sub(text, 0, SAMPLE_TEXT_SIZE_MAX), out);
}

void comparison_add(struct comparison *comparison, const struct difference *difference,
                    struct str evidence)
{
    struct difference_tally *tally = &comparison->tallies[difference->check_index];
    size_t *count = &tally->sample_counts[difference->kind];
    struct difference_sample *sample = &tally->samples[difference->kind][*count];

    tally->counts[difference->kind]++;
    if (*count == DIFFERENCE_SAMPLES_MAX) {
        return;
    }
    sample->ours = difference->ours;
    sample->theirs = difference->theirs;
    sample->why = difference->why;
    if (copy(comparison, difference->account, &sample->account) &&
        copy(comparison, difference->user, &sample->user) &&
        copy(comparison, evidence, &sample->evidence)) {
        ++*count;
    }
}

#include "audit/tier_count.h"

uint32_t tier_columns(void)
{
    static const enum report_column columns[] = {
        COLUMN_PASSWORD_ENABLED, COLUMN_PASSWORD_USED, COLUMN_PASSWORD_CHANGED,
        COLUMN_KEY_1_ACTIVE,     COLUMN_KEY_1_ROTATED, COLUMN_KEY_1_USED,
        COLUMN_KEY_2_ACTIVE,     COLUMN_KEY_2_ROTATED, COLUMN_KEY_2_USED,
    };
    uint32_t bits = 0;

    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        bits |= UINT32_C(1) << columns[i];
    }
    return bits;
}

static bool row_has(const uint64_t *bits, size_t row)
{
    return bits[row / 64] >> (row % 64) & 1;
}

enum state { STATE_OFF, STATE_ON, STATE_UNKNOWN };

static enum state state_of(const struct user_batch *batch, enum report_column column, size_t row)
{
    const struct flag_bits *flags = batch->flags[column];

    if (row_has(flags->is_true, row)) {
        return STATE_ON;
    }
    if (row_has(flags->is_false, row) || row_has(flags->is_na, row)) {
        return STATE_OFF;
    }
    if (column == COLUMN_PASSWORD_ENABLED && row_has(flags->is_not_supported, row)) {
        /* Reports of old say so of root, who always has one; of a user it is no password, as in
         * the rules. */
        return row_has(batch->is_root, row) ? STATE_ON : STATE_OFF;
    }
    return STATE_UNKNOWN;
}

/* A credential that is on: since when it is idle. What was never used is idle since it was made. */
static void count_idle(const struct tiers *tiers, struct tier_row *rows, int64_t as_of,
                       int64_t used, int64_t made)
{
    struct tier_row *never = &rows[TIER_NEVER_USED];

    if (used >= TIME_FIRST) {
        rows[TIER_USED].bands[tier_band_reached(tiers, as_of - used)]++;
    } else if (used != TIME_NEVER && used != TIME_NONE) {
        rows[TIER_USE_UNKNOWN].unknown++;
    } else if (made >= TIME_FIRST) {
        never->bands[tier_band_reached(tiers, as_of - made)]++;
    } else {
        never->unknown++;
    }
}

static void count_key_age(const struct tiers *tiers, struct tier_row *row, int64_t as_of,
                          int64_t rotated)
{
    if (rotated >= TIME_FIRST) {
        row->bands[tier_band_over(tiers, as_of - rotated)]++;
    } else {
        row->unknown++;
    }
}

void tier_count_batch(const struct user_batch *batch, int64_t as_of, struct tiers *tiers)
{
    static const struct {
        enum report_column state, used, made;
        bool is_key;
    } credentials[] = {
        {COLUMN_PASSWORD_ENABLED, COLUMN_PASSWORD_USED, COLUMN_PASSWORD_CHANGED, false},
        {COLUMN_KEY_1_ACTIVE, COLUMN_KEY_1_USED, COLUMN_KEY_1_ROTATED, true},
        {COLUMN_KEY_2_ACTIVE, COLUMN_KEY_2_USED, COLUMN_KEY_2_ROTATED, true},
    };

    for (size_t i = 0; i < sizeof credentials / sizeof credentials[0]; i++) {
        const int64_t *used = batch->times[credentials[i].used];
        const int64_t *made = batch->times[credentials[i].made];
        for (size_t row = 0; row < batch->rows; row++) {
            struct tier_row *rows =
                tiers->rows[row_has(batch->is_root, row) ? TIER_ROOT : TIER_USERS];
            enum state state = state_of(batch, credentials[i].state, row);
            if (state == STATE_UNKNOWN) {
                rows[TIER_STATE_UNKNOWN].unknown++;
            } else if (state == STATE_ON) {
                count_idle(tiers, rows, as_of, used[row], made[row]);
                if (credentials[i].is_key) {
                    count_key_age(tiers, &rows[TIER_KEY_AGE], as_of, made[row]);
                }
            }
        }
    }
}

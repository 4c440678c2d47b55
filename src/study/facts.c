#include "study/facts.h"

#include <string.h>

#include "base/instant.h"
#include "study/sample.h"

enum { USE_DAYS = 7, ROOT_AGE_DAYS = 30, KEY_OLD_DAYS = 90, SETUP_SECONDS = 10 };

const uint32_t facts_tier_days[STUDY_TIER_COUNT] = {0, 30, 90, 365, 1095, 1825};

/* A key slot's three columns. */
struct slot {
    enum report_column active, rotated, used;
};
static const struct slot slots[2] = {
    {COLUMN_KEY_1_ACTIVE, COLUMN_KEY_1_ROTATED, COLUMN_KEY_1_USED},
    {COLUMN_KEY_2_ACTIVE, COLUMN_KEY_2_ROTATED, COLUMN_KEY_2_USED},
};

static bool is_time(int64_t value)
{
    return value >= TIME_FIRST;
}

static bool is_older(int64_t at, int64_t value, int64_t days)
{
    return is_time(value) && at - value > days * SECONDS_PER_DAY;
}

static bool is_within_week(int64_t at, int64_t value)
{
    return is_time(value) && value <= at && at - value <= USE_DAYS * SECONDS_PER_DAY;
}

/* ---- root ----------------------------------------------------------------------------------- */

/* What the root user's keys are, whatever the age of the account. */
static uint32_t root_keys(const struct user_batch *batch, size_t row, int64_t at)
{
    uint32_t facts = 0;

    for (size_t i = 0; i < 2; i++) {
        int64_t rotated = batch->times[slots[i].rotated][row];
        if (facts_has(batch->flags[slots[i].active]->is_true, row)) {
            facts |= ROOT_KEY | (is_older(at, rotated, KEY_OLD_DAYS) ? ROOT_KEY_OLD : 0u);
        }
    }
    return facts;
}

/* How root was used, given that it was within the week. */
static uint32_t root_ways(const struct user_batch *batch, size_t row, int64_t at)
{
    uint32_t facts = ROOT_USE;

    if (is_within_week(at, batch->times[COLUMN_PASSWORD_USED][row])) {
        facts |= ROOT_CONSOLE;
        facts |= facts_has(batch->flags[COLUMN_MFA]->is_false, row) ? ROOT_CONSOLE_NO_MFA : 0u;
    }
    for (size_t i = 0; i < 2; i++) {
        if (is_within_week(at, batch->times[slots[i].used][row])) {
            int64_t rotated = batch->times[slots[i].rotated][row];
            facts |= ROOT_API | (is_older(at, rotated, KEY_OLD_DAYS) ? ROOT_API_OLD : 0u);
        }
    }
    return facts;
}

void facts_root(const struct user_batch *batch, size_t row, int64_t at, struct root_facts *out)
{
    int64_t created = batch->times[COLUMN_CREATED][row];
    int64_t used = batch->times[COLUMN_PASSWORD_USED][row];

    for (size_t i = 0; i < 2; i++) {
        int64_t key_used = batch->times[slots[i].used][row];
        used = key_used > used ? key_used : used; /* what is no time is below all times */
    }
    *out = (struct root_facts){root_keys(batch, row, at), used};
    if (is_time(created) && at - created >= ROOT_AGE_DAYS * SECONDS_PER_DAY) {
        out->facts |= ROOT_JUDGED;
    }
    if (is_time(used) && used > at) {
        out->facts |= ROOT_LATE;
    }
    if (is_within_week(at, used)) {
        out->facts |= (out->facts & ROOT_JUDGED) != 0 ? root_ways(batch, row, at) : ROOT_YOUNG;
    }
}

/* ---- users ---------------------------------------------------------------------------------- */

/* One word of 64 rows at work: everything is a bit per row. */
struct word {
    const struct user_batch *batch;
    size_t index, first, rows;
};

/* Rows whose time is one, and before `limit`. */
static uint64_t rows_before(const struct word *word, enum report_column column, int64_t limit)
{
    const int64_t *times = word->batch->times[column] + word->first;
    uint64_t bits = 0;

    for (size_t i = 0; i < word->rows; i++) {
        bits |= (uint64_t)((times[i] >= TIME_FIRST) & (times[i] < limit)) << i;
    }
    return bits;
}

static uint64_t rows_timed(const struct word *word, enum report_column column)
{
    return rows_before(word, column, INT64_MAX);
}

static uint64_t rows_true(const struct word *word, enum report_column column)
{
    return word->batch->flags[column]->is_true[word->index];
}

static uint64_t rows_false(const struct word *word, enum report_column column)
{
    return word->batch->flags[column]->is_false[word->index];
}

/* Rows where the key was made within seconds of the user. */
static uint64_t rows_at_setup(const struct word *word, enum report_column rotated)
{
    const int64_t *made = word->batch->times[rotated] + word->first;
    const int64_t *created = word->batch->times[COLUMN_CREATED] + word->first;
    uint64_t bits = 0;

    for (size_t i = 0; i < word->rows; i++) {
        /* Times of the calendar are small: their difference is, and that of what is none is not
         * looked at. */
        bool timed = (made[i] >= TIME_FIRST) & (created[i] >= TIME_FIRST);
        int64_t span = timed ? made[i] - created[i] : INT64_MAX;
        bits |= (uint64_t)((span <= SETUP_SECONDS) & (span >= -SETUP_SECONDS)) << i;
    }
    return bits;
}

/* Practices 1 to 4, and users by age. */
static void find_practices(const struct word *word, int64_t at, struct user_sets *out)
{
    static const struct {
        enum user_set not_rotated, older, two_keys_older;
        int64_t days;
    } ages[] = {
        {USER_SET_COUNT, USER_GT_30, USER_TWO_KEYS_GT_30, 30},
        {USER_NOT_ROTATED_90, USER_GT_90, USER_TWO_KEYS_GT_90, 90},
        {USER_NOT_ROTATED_365, USER_GT_365, USER_TWO_KEYS_GT_365, 365},
        {USER_NOT_ROTATED_1825, USER_SET_COUNT, USER_SET_COUNT, 1825},
    };
    const struct user_batch *batch = word->batch;
    size_t w = word->index;
    uint64_t users = batch->valid[w] & ~batch->is_root[w];
    uint64_t on[2] = {rows_true(word, COLUMN_KEY_1_ACTIVE), rows_true(word, COLUMN_KEY_2_ACTIVE)};
    uint64_t off[2] = {rows_false(word, COLUMN_KEY_1_ACTIVE),
                       rows_false(word, COLUMN_KEY_2_ACTIVE)};
    uint64_t made[2] = {rows_timed(word, COLUMN_KEY_1_ROTATED),
                        rows_timed(word, COLUMN_KEY_2_ROTATED)};
    uint64_t password = rows_true(word, COLUMN_PASSWORD_ENABLED);
    uint64_t no_password = rows_false(word, COLUMN_PASSWORD_ENABLED);
    uint64_t mfa = rows_true(word, COLUMN_MFA), no_mfa = rows_false(word, COLUMN_MFA);
    uint64_t key_dated = (off[0] | (on[0] & made[0])) & (off[1] | (on[1] & made[1]));

    out->rows[USER_ALL][w] = users;
    out->rows[USER_NO_MFA][w] = users & password & no_mfa;
    out->rows[USER_UNJUDGED_MFA][w] = users & ~(password & no_mfa) & ~no_password & ~mfa;
    out->rows[USER_TWO_KEYS][w] = users & on[0] & on[1];
    out->rows[USER_UNJUDGED_TWO_KEYS][w] = users & ~(on[0] & on[1]) & ~off[0] & ~off[1];
    out->rows[USER_INITIAL_KEY][w] = users & ((on[0] & rows_at_setup(word, COLUMN_KEY_1_ROTATED)) |
                                              (on[1] & rows_at_setup(word, COLUMN_KEY_2_ROTATED)));
    out->rows[USER_UNJUDGED_INITIAL_KEY][w] = users & ~out->rows[USER_INITIAL_KEY][w] &
                                              ~(off[0] & off[1]) &
                                              ~(key_dated & rows_timed(word, COLUMN_CREATED));
    for (size_t i = 0; i < sizeof ages / sizeof ages[0]; i++) {
        int64_t limit = at - ages[i].days * SECONDS_PER_DAY;
        uint64_t old[2] = {on[0] & rows_before(word, COLUMN_KEY_1_ROTATED, limit),
                           on[1] & rows_before(word, COLUMN_KEY_2_ROTATED, limit)};
        if (ages[i].not_rotated != USER_SET_COUNT) {
            out->rows[ages[i].not_rotated][w] = users & (old[0] | old[1]);
        }
        if (ages[i].older != USER_SET_COUNT) {
            out->rows[ages[i].older][w] = users & rows_before(word, COLUMN_CREATED, limit);
            out->rows[ages[i].two_keys_older][w] = users & old[0] & old[1];
        }
    }
    out->rows[USER_UNJUDGED_ROTATION][w] = users & ~out->rows[USER_NOT_ROTATED_90][w] & ~key_dated;
}

int64_t facts_idle_since(int64_t used, int64_t stand_in)
{
    int64_t since = used == TIME_NEVER || used == TIME_NONE ? stand_in : used;

    return is_time(since) ? since : IDLE_UNKNOWN;
}

/* A credential as practice 5 sees it. */
struct credential {
    enum report_column enabled, used, made;
};
static const struct credential credentials[3] = {
    {COLUMN_PASSWORD_ENABLED, COLUMN_PASSWORD_USED, COLUMN_PASSWORD_CHANGED},
    {COLUMN_KEY_1_ACTIVE, COLUMN_KEY_1_USED, COLUMN_KEY_1_ROTATED},
    {COLUMN_KEY_2_ACTIVE, COLUMN_KEY_2_USED, COLUMN_KEY_2_ROTATED},
};

/* Practice 5, in three values: what is violated needs one credential that is known to be enabled,
 * and of each that may be, since when it is idle. *is_fresh: one that is known to be enabled is
 * known to be used of late. */
static int64_t user_idle_since(const struct user_batch *batch, size_t row, int64_t fresh_after,
                               bool *is_fresh)
{
    bool any_on = false, all_off = true, all_known = true;
    int64_t latest = INT64_MIN;

    *is_fresh = false;
    for (size_t i = 0; i < 3; i++) {
        const struct flag_bits *enabled = batch->flags[credentials[i].enabled];
        if (facts_has(enabled->is_false, row)) {
            continue;
        }
        bool is_on = facts_has(enabled->is_true, row);
        int64_t since = facts_idle_since(batch->times[credentials[i].used][row],
                                         batch->times[credentials[i].made][row]);
        all_off = false;
        any_on |= is_on;
        all_known &= since != IDLE_UNKNOWN;
        latest = since > latest ? since : latest;
        *is_fresh |= is_on && since != IDLE_UNKNOWN && since > fresh_after;
    }
    return all_off ? IDLE_NO_CREDENTIAL : any_on && all_known ? latest : IDLE_UNKNOWN;
}

static void find_unused(const struct word *word, int64_t at, struct user_sets *out)
{
    const struct user_batch *batch = word->batch;
    uint64_t users = batch->valid[word->index] & ~batch->is_root[word->index];
    uint64_t unused_90 = 0, unused_365 = 0, unjudged = 0;
    int64_t limit_90 = at - 90 * SECONDS_PER_DAY, limit_365 = at - 365 * SECONDS_PER_DAY;

    for (size_t i = 0; i < word->rows; i++) {
        size_t row = word->first + i;
        bool is_fresh = false;
        int64_t since = user_idle_since(batch, row, limit_90, &is_fresh);
        out->idle_since[row] = since;
        unused_90 |= (uint64_t)(since >= IDLE_FIRST && since <= limit_90) << i;
        unused_365 |= (uint64_t)(since >= IDLE_FIRST && since <= limit_365) << i;
        unjudged |= (uint64_t)(since == IDLE_UNKNOWN && !is_fresh) << i;
    }
    out->rows[USER_UNUSED_90][word->index] = users & unused_90;
    out->rows[USER_UNUSED_365][word->index] = users & unused_365;
    out->rows[USER_UNJUDGED_UNUSED][word->index] = users & unjudged;
}

static void find_oldest_keys(const struct word *word, struct user_sets *out)
{
    const struct user_batch *batch = word->batch;

    for (size_t row = word->first; row < word->first + word->rows; row++) {
        int64_t oldest = INT64_MAX;
        for (size_t i = 0; i < 2; i++) {
            int64_t rotated = batch->times[slots[i].rotated][row];
            if (facts_has(batch->flags[slots[i].active]->is_true, row) && is_time(rotated) &&
                rotated < oldest) {
                oldest = rotated;
            }
        }
        out->oldest_key[row] = oldest;
    }
}

void facts_users(const struct user_batch *batch, int64_t at, struct user_sets *out)
{
    for (size_t w = 0; w < batch->words; w++) {
        size_t first = w * 64;
        size_t rows = batch->rows - first < 64 ? batch->rows - first : 64;
        struct word word = {batch, w, first, rows};
        find_practices(&word, at, out);
        find_unused(&word, at, out);
        find_oldest_keys(&word, out);
    }
}

/* ---- counts --------------------------------------------------------------------------------- */

void user_counts_init(struct user_counts *counts)
{
    *counts = (struct user_counts){.oldest_active_key = INT64_MAX,
                                   .oldest_unused_console = INT64_MAX,
                                   .oldest_unused_key = INT64_MAX};
}

static void earliest(int64_t *to, int64_t value)
{
    *to = value < *to ? value : *to;
}

/* Keys are beyond a tier when they are older, credentials when they were idle that long. */
static void count_tiers(struct user_counts *counts, const struct user_sets *sets, size_t row,
                        int64_t at)
{
    size_t key_tier = 0, idle_tier = 0;

    for (size_t i = 1; i < STUDY_TIER_COUNT; i++) {
        int64_t limit = at - (int64_t)facts_tier_days[i] * SECONDS_PER_DAY;
        key_tier = sets->oldest_key[row] < limit ? i : key_tier;
        idle_tier = sets->idle_since[row] <= limit ? i : idle_tier;
    }
    counts->key_age[key_tier] += sets->oldest_key[row] != INT64_MAX;
    counts->idle[idle_tier] += sets->idle_since[row] >= IDLE_FIRST;
}

static void find_oldest_unused(struct user_counts *counts, const struct user_batch *batch,
                               size_t row)
{
    for (size_t i = 0; i < 3; i++) {
        int64_t since = facts_idle_since(batch->times[credentials[i].used][row],
                                         batch->times[credentials[i].made][row]);
        if (facts_has(batch->flags[credentials[i].enabled]->is_true, row) &&
            since != IDLE_UNKNOWN) {
            earliest(i == 0 ? &counts->oldest_unused_console : &counts->oldest_unused_key, since);
        }
    }
}

void user_counts_batch(struct user_counts *counts, const struct user_batch *batch,
                       const struct user_sets *sets, int64_t at)
{
    for (size_t w = 0; w < batch->words; w++) {
        for (size_t set = 0; set < USER_SET_COUNT; set++) {
            counts->sets[set] += (uint64_t)__builtin_popcountll(sets->rows[set][w]);
        }
        for (uint64_t left = sets->rows[USER_ALL][w]; left != 0; left &= left - 1) {
            size_t row = w * 64 + (size_t)__builtin_ctzll(left);
            count_tiers(counts, sets, row, at);
            earliest(&counts->oldest_active_key, sets->oldest_key[row]);
        }
        for (uint64_t left = sets->rows[USER_UNUSED_90][w]; left != 0; left &= left - 1) {
            find_oldest_unused(counts, batch, w * 64 + (size_t)__builtin_ctzll(left));
        }
    }
}

void user_counts_add(struct user_counts *to, const struct user_counts *from)
{
    for (size_t i = 0; i < USER_SET_COUNT; i++) {
        to->sets[i] += from->sets[i];
    }
    for (size_t i = 0; i < STUDY_TIER_COUNT; i++) {
        to->key_age[i] += from->key_age[i];
        to->idle[i] += from->idle[i];
    }
    earliest(&to->oldest_active_key, from->oldest_active_key);
    earliest(&to->oldest_unused_console, from->oldest_unused_console);
    earliest(&to->oldest_unused_key, from->oldest_unused_key);
}

/* ---- what is odd ---------------------------------------------------------------------------- */

uint64_t facts_late(const struct user_batch *batch, int64_t at)
{
    uint64_t late = 0;

    for (int i = 0; i < COLUMN_COUNT; i++) {
        const int64_t *times = batch->times[i];
        if ((STUDY_COLUMNS >> i & 1) == 0 || times == NULL) {
            continue;
        }
        for (size_t row = 0; row < batch->rows; row++) {
            late += times[row] > at;
        }
    }
    return late;
}

/* Which cells are no boolean and no word of the format is for the decoder to say; here, a cell of
 * such a column that has none of the four bits. */
uint64_t facts_unreadable(const struct user_batch *batch, uint32_t unreadable)
{
    uint64_t count = 0;

    for (int i = 0; i < COLUMN_COUNT; i++) {
        if ((unreadable >> i & 1) == 0) {
            continue;
        }
        for (size_t row = 0; row < batch->rows; row++) {
            const struct flag_bits *flags = batch->flags[i];
            count += flags == NULL
                         ? batch->times[i][row] == TIME_UNREADABLE
                         : !facts_has(flags->is_true, row) && !facts_has(flags->is_false, row) &&
                               !facts_has(flags->is_na, row) &&
                               !facts_has(flags->is_not_supported, row);
        }
    }
    return count;
}

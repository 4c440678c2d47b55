#include "study/lives.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/instant.h"

enum { UNUSED_DAYS = 90, ROWS_FIRST = 64 };

/* ---- ages ----------------------------------------------------------------------------------- */

void life_ages_init(struct life_ages *ages)
{
    *ages = (struct life_ages){0};
    ages->entered = mem_array(LIFE_DAYS_MAX + 1, sizeof *ages->entered);
    ages->cut_off = mem_array(LIFE_DAYS_MAX + 1, sizeof *ages->cut_off);
    ages->ended = mem_array(LIFE_DAYS_MAX + 1, sizeof *ages->ended);
}

void life_ages_release(struct life_ages *ages)
{
    mem_free(ages->entered);
    mem_free(ages->cut_off);
    mem_free(ages->ended);
    *ages = (struct life_ages){0};
}

void life_ages_add(struct life_ages *to, const struct life_ages *from)
{
    for (size_t i = 0; i <= LIFE_DAYS_MAX; i++) {
        to->entered[i] += from->entered[i];
        to->cut_off[i] += from->cut_off[i];
        to->ended[i] += from->ended[i];
    }
    to->lives += from->lives;
    to->ends += from->ends;
}

void life_ages_record(struct life_ages *ages, uint32_t from, uint32_t to, bool is_end)
{
    if (to <= from) {
        return;
    }
    assert(to <= LIFE_DAYS_MAX);
    ages->lives++;
    ages->ends += is_end;
    ages->entered[from]++;
    (is_end ? ages->ended : ages->cut_off)[to]++;
}

/* ---- one account ---------------------------------------------------------------------------- */

/* A row of the sample at hand, as far as lives go. */
struct seen {
    uint64_t identity;
    int64_t keys[2]; /* last_rotated of each active key; INT64_MAX: none, or taken */
    int64_t idle_since;
    bool is_root, is_unused, keys_unknown, is_unused_taken;
};

struct life {
    enum life_kind kind;
    uint64_t identity;
    int64_t since;
    uint32_t entered, seen; /* ages in days */
};

struct lives {
    struct life_ages *ages;
    struct seen *rows;
    size_t row_count, row_capacity;
    struct life *lives;
    size_t life_count, life_capacity;
    uint32_t *slots; /* identity -> row + 1 */
    size_t slot_count;
};

struct lives *lives_new(void)
{
    return mem_alloc(sizeof(struct lives));
}

void lives_free(struct lives *lives)
{
    if (lives != NULL) {
        mem_free(lives->rows);
        mem_free(lives->lives);
        mem_free(lives->slots);
        mem_free(lives);
    }
}

void lives_begin(struct lives *lives, struct life_ages *ages)
{
    lives->ages = ages;
    lives->row_count = 0;
    lives->life_count = 0;
}

void lives_drop(struct lives *lives)
{
    lives->row_count = 0;
}

void lives_row(struct lives *lives, uint64_t identity, const struct user_batch *batch,
               const struct user_sets *sets, size_t row)
{
    static const enum report_column active[2] = {COLUMN_KEY_1_ACTIVE, COLUMN_KEY_2_ACTIVE};
    static const enum report_column rotated[2] = {COLUMN_KEY_1_ROTATED, COLUMN_KEY_2_ROTATED};
    struct seen seen = {.identity = identity,
                        .idle_since = sets->idle_since[row],
                        .is_root = facts_has(batch->is_root, row),
                        .is_unused = facts_has(sets->rows[USER_UNUSED_90], row)};

    for (size_t i = 0; i < 2; i++) {
        const struct flag_bits *flags = batch->flags[active[i]];
        int64_t made = batch->times[rotated[i]][row];
        bool is_on = facts_has(flags->is_true, row);
        seen.keys[i] = is_on && made >= TIME_FIRST ? made : INT64_MAX;
        /* An active key that does not say when it was made may be any. */
        seen.keys_unknown |= is_on ? made < TIME_FIRST : !facts_has(flags->is_false, row);
    }
    if (lives->row_count == lives->row_capacity) {
        lives->row_capacity = lives->row_capacity == 0 ? ROWS_FIRST : lives->row_capacity * 2;
        lives->rows = mem_resize(lives->rows, lives->row_capacity * sizeof *lives->rows);
    }
    lives->rows[lives->row_count++] = seen;
}

/* The slot of the identity, or the empty one where it belongs. */
static uint32_t *slot_of(const struct lives *lives, uint64_t identity)
{
    size_t mask = lives->slot_count - 1;
    size_t at = (size_t)(identity ^ identity >> 32) & mask;

    while (lives->slots[at] != 0 && lives->rows[lives->slots[at] - 1].identity != identity) {
        at = (at + 1) & mask;
    }
    return &lives->slots[at];
}

/* Of rows with the same identity the first counts. */
static void index_rows(struct lives *lives)
{
    size_t kept = 0;

    if (lives->slot_count < lives->row_count * 2 + 2) {
        mem_free(lives->slots);
        lives->slot_count = lives->slot_count == 0 ? ROWS_FIRST : lives->slot_count;
        while (lives->slot_count < lives->row_count * 2 + 2) {
            lives->slot_count *= 2;
        }
        lives->slots = mem_array(lives->slot_count, sizeof *lives->slots);
    } else {
        memset(lives->slots, 0, lives->slot_count * sizeof *lives->slots);
    }
    for (size_t i = 0; i < lives->row_count; i++) {
        uint32_t *slot = slot_of(lives, lives->rows[i].identity);
        if (*slot == 0) {
            lives->rows[kept] = lives->rows[i];
            *slot = (uint32_t)++kept;
        }
    }
    lives->row_count = kept;
}

static uint32_t age_days(int64_t since, int64_t at)
{
    int64_t days = at > since ? (at - since) / SECONDS_PER_DAY : 0;

    return days < LIFE_DAYS_MAX ? (uint32_t)days : LIFE_DAYS_MAX;
}

static void finish(struct lives *lives, const struct life *life, uint32_t age, bool is_end)
{
    life_ages_record(&lives->ages[life->kind], life->entered, age, is_end);
}

enum fate { FATE_GOES_ON, FATE_OVER, FATE_UNTOLD };

static enum fate fate_of(const struct life *life, struct seen *seen)
{
    if (life->kind == LIFE_UNUSED_USER) {
        seen->is_unused_taken |= seen->is_unused;
        return seen->is_unused                    ? FATE_GOES_ON
               : seen->idle_since == IDLE_UNKNOWN ? FATE_UNTOLD
                                                  : FATE_OVER;
    }
    for (size_t i = 0; i < 2; i++) {
        if (seen->keys[i] == life->since) {
            seen->keys[i] = INT64_MAX; /* taken */
            return FATE_GOES_ON;
        }
    }
    return seen->keys_unknown ? FATE_UNTOLD : FATE_OVER;
}

static void begin_life(struct lives *lives, enum life_kind kind, uint64_t identity, int64_t since,
                       int64_t at)
{
    uint32_t age = age_days(since, at);

    if (lives->life_count == lives->life_capacity) {
        lives->life_capacity = lives->life_capacity == 0 ? ROWS_FIRST : lives->life_capacity * 2;
        lives->lives = mem_resize(lives->lives, lives->life_capacity * sizeof *lives->lives);
    }
    lives->lives[lives->life_count++] = (struct life){kind, identity, since, age, age};
}

/* What is new in the sample, or new to us. */
static void begin_lives(struct lives *lives, int64_t at)
{
    for (size_t i = 0; i < lives->row_count; i++) {
        const struct seen *seen = &lives->rows[i];
        for (size_t k = 0; k < 2; k++) {
            if (seen->keys[k] != INT64_MAX) {
                begin_life(lives, seen->is_root ? LIFE_ROOT_KEY : LIFE_USER_KEY, seen->identity,
                           seen->keys[k], at);
            }
        }
        if (seen->is_unused && !seen->is_unused_taken) {
            begin_life(lives, LIFE_UNUSED_USER, seen->identity,
                       seen->idle_since + UNUSED_DAYS * SECONDS_PER_DAY, at);
        }
    }
}

void lives_sample(struct lives *lives, int64_t at, bool is_partial)
{
    size_t kept = 0;

    index_rows(lives);
    for (size_t i = 0; i < lives->life_count; i++) {
        struct life *life = &lives->lives[i];
        uint32_t slot = *slot_of(lives, life->identity);
        enum fate fate = slot != 0 ? fate_of(life, &lives->rows[slot - 1])
                         /* A report without its root row knows nothing about root. */
                         : is_partial || life->kind == LIFE_ROOT_KEY ? FATE_UNTOLD
                                                                     : FATE_OVER;
        uint32_t age = age_days(life->since, at);
        if (fate == FATE_GOES_ON) {
            life->seen = age;
            lives->lives[kept++] = *life;
        } else {
            finish(lives, life, fate == FATE_OVER ? age : life->seen, fate == FATE_OVER);
        }
    }
    lives->life_count = kept;
    begin_lives(lives, at);
    lives->row_count = 0;
}

void lives_end(struct lives *lives)
{
    for (size_t i = 0; i < lives->life_count; i++) {
        finish(lives, &lives->lives[i], lives->lives[i].seen, false);
    }
    lives->life_count = 0;
}

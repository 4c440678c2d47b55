#include "study/survival.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/instant.h"
#include "study/concentration.h"
#include "study/sample.h"

static void near(double got, double expected)
{
    if (got - expected > 5e-5 || expected - got > 5e-5) {
        fail_msg("%.6f, expected %.6f", got, expected);
    }
}

/* ---- estimate ------------------------------------------------------------------------------- */

/* By hand: lives (0, 2 end), (0, 3 cut off), (1, 4 end), (3, 5 end), (4, 6 end). At 2 days three
 * are in sight, 2/3 go on; at 4 two, 1/3 is left; at 5 two, 1/6; at 6 one, none. */
static void test_delayed_entry(void **state)
{
    struct life_ages ages;
    struct study_curve curve = {0};
    static const double expected[] = {2.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0, 0.0};
    static const uint64_t at_risk[] = {3, 2, 2, 1};

    (void)state;
    life_ages_init(&ages);
    life_ages_record(&ages, 0, 2, true);
    life_ages_record(&ages, 0, 3, false);
    life_ages_record(&ages, 1, 4, true);
    life_ages_record(&ages, 3, 5, true);
    life_ages_record(&ages, 4, 6, true);
    life_ages_record(&ages, 7, 7, true); /* was never under observation */
    survival_estimate(&ages, &curve);
    assert_int_equal(curve.subjects, 5);
    assert_int_equal(curve.events, 4);
    assert_int_equal(curve.step_count, 4);
    for (size_t i = 0; i < 4; i++) {
        near(curve.steps[i].survival, expected[i]);
        assert_int_equal(curve.steps[i].at_risk, at_risk[i]);
    }
    assert_true(curve.has_median);
    assert_int_equal(curve.median_days, 4);
    /* Greenwood at 2 days: 1 / (3 * 2); log-log. */
    near(curve.steps[0].low, 0.054073);
    near(curve.steps[0].high, 0.945206);
    near(curve.steps[3].low, 0.0);
    near(curve.steps[3].high, curve.steps[2].high);
    mem_free(curve.steps);
    life_ages_release(&ages);
}

/* Half of 24 lives end, one by one: the product of all fractions is a half but for rounding. */
static void test_median_at_half(void **state)
{
    struct life_ages ages;
    struct study_curve curve = {0};

    (void)state;
    life_ages_init(&ages);
    for (uint32_t i = 1; i <= 12; i++) {
        life_ages_record(&ages, 0, 10 * i, true);
        life_ages_record(&ages, 0, 1000, false);
    }
    survival_estimate(&ages, &curve);
    assert_true(curve.has_median);
    assert_int_equal(curve.median_days, 120);
    mem_free(curve.steps);
    life_ages_release(&ages);
}

static void test_nothing(void **state)
{
    struct life_ages ages;
    struct study_curve curve = {0};

    (void)state;
    life_ages_init(&ages);
    survival_estimate(&ages, &curve);
    assert_int_equal(curve.step_count, 0);
    assert_false(curve.has_median);
    mem_free(curve.steps);
    life_ages_release(&ages);
}

/* ---- following ------------------------------------------------------------------------------ */

enum { WEEK = 7 * 86400, FIRST = 1600000000 };

static struct user_batch batch;
static struct user_sets sets;
static struct life_ages ages[LIFE_KIND_COUNT];
static struct lives *lives;

static int begin(void **state)
{
    (void)state;
    user_batch_init(&batch, STUDY_COLUMNS);
    batch.rows = 1;
    batch.words = 1;
    batch.valid[0] = 1;
    for (size_t i = 0; i < LIFE_KIND_COUNT; i++) {
        life_ages_init(&ages[i]);
    }
    lives = lives_new();
    lives_begin(lives, ages);
    return 0;
}

static int end(void **state)
{
    (void)state;
    lives_free(lives);
    for (size_t i = 0; i < LIFE_KIND_COUNT; i++) {
        life_ages_release(&ages[i]);
    }
    user_batch_release(&batch);
    return 0;
}

/* A row of the sample: a user whose first slot holds a key made then; 0: none; -1: unknown. */
static void row(uint64_t identity, int64_t made)
{
    struct flag_bits *active = batch.flags[COLUMN_KEY_1_ACTIVE];

    active->is_true[0] = made > 0;
    active->is_false[0] = made == 0;
    batch.times[COLUMN_KEY_1_ROTATED][0] = made > 0 ? made : TIME_NONE;
    batch.times[COLUMN_KEY_1_USED][0] = FIRST + 100 * (int64_t)WEEK;
    batch.flags[COLUMN_KEY_2_ACTIVE]->is_false[0] = 1;
    batch.flags[COLUMN_PASSWORD_ENABLED]->is_false[0] = 1;
    facts_users(&batch, FIRST, &sets);
    lives_row(lives, identity, &batch, &sets, 0);
}

static void assert_life(uint32_t from, uint32_t to, bool is_end)
{
    const struct life_ages *keys = &ages[LIFE_USER_KEY];

    assert_int_equal(keys->lives, 1);
    assert_int_equal(keys->ends, is_end);
    assert_int_equal(keys->entered[from], 1);
    assert_int_equal((is_end ? keys->ended : keys->cut_off)[to], 1);
}

static void test_rotated(void **state)
{
    (void)state;
    row(1, FIRST - 86400);
    lives_sample(lives, FIRST, false);
    row(1, FIRST - 86400);
    lives_sample(lives, FIRST + WEEK, false);
    row(1, FIRST + WEEK + 86400); /* another key: the first one is over */
    lives_sample(lives, FIRST + 2 * WEEK, false);
    lives_end(lives);
    assert_life(1, 15, true);
}

static void test_lasting(void **state)
{
    (void)state;
    row(1, FIRST - 86400);
    lives_sample(lives, FIRST, false);
    row(1, FIRST - 86400);
    lives_sample(lives, FIRST + 3 * WEEK, false); /* a gap in between */
    lives_end(lives);
    assert_life(1, 22, false);
}

static void test_untold(void **state)
{
    (void)state;
    row(1, FIRST - 86400);
    lives_sample(lives, FIRST, false);
    row(1, FIRST - 86400);
    lives_sample(lives, FIRST + WEEK, false);
    row(1, -1);
    lives_sample(lives, FIRST + 2 * WEEK, false);
    lives_end(lives);
    assert_life(1, 8, false);
}

static void test_user_gone(void **state)
{
    (void)state;
    row(1, FIRST - 86400);
    lives_sample(lives, FIRST, false);
    row(2, 0);
    lives_sample(lives, FIRST + WEEK, false);
    lives_end(lives);
    assert_life(1, 8, true);
}

/* Rows were lost: who is not there may still be. */
static void test_partial(void **state)
{
    (void)state;
    row(1, FIRST - 86400);
    lives_sample(lives, FIRST, false);
    row(1, FIRST - 86400);
    lives_sample(lives, FIRST + WEEK, false);
    lives_sample(lives, FIRST + 2 * WEEK, true);
    lives_end(lives);
    assert_life(1, 8, false);
}

/* ---- concentration -------------------------------------------------------------------------- */

static void test_gini(void **state)
{
    uint64_t one_has_all[] = {3, 0, 0, 0, 1}, equal[] = {0, 0, 5}, mixed[] = {2, 1, 1, 1};
    struct study_concentration concentration = {.account_counts = one_has_all, .use_max = 4};

    (void)state;
    concentration_measure(&concentration);
    near(concentration.gini, 0.0);
    near(concentration.gini_all, 0.75);
    assert_int_equal(concentration_half(&concentration), 1);
    concentration = (struct study_concentration){.account_counts = equal, .use_max = 2};
    concentration_measure(&concentration);
    near(concentration.gini, 0.0);
    assert_int_equal(concentration_half(&concentration), 3); /* 6 of 10 */
    concentration = (struct study_concentration){.account_counts = mixed, .use_max = 3};
    concentration_measure(&concentration);
    near(concentration.gini, 2.0 / 9.0);      /* 1, 2, 3 */
    near(concentration.gini_all, 8.0 / 15.0); /* 0, 0, 1, 2, 3 */
    assert_int_equal(concentration_half(&concentration), 1);
}

/* Known values of the score interval: Newcombe 1998, and the limits at none and all. */
static void test_wilson(void **state)
{
    static const struct {
        uint64_t part, whole;
        double low, high;
    } cases[] = {
        {81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0.0, 0.1611},
        {1, 29, 0.0061, 0.1718},   {20, 20, 0.8389, 1.0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double low = 0.0, high = 0.0;
        study_wilson(cases[i].part, cases[i].whole, &low, &high);
        near(low, cases[i].low);
        near(high, cases[i].high);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delayed_entry),
        cmocka_unit_test(test_median_at_half),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test_setup_teardown(test_rotated, begin, end),
        cmocka_unit_test_setup_teardown(test_lasting, begin, end),
        cmocka_unit_test_setup_teardown(test_untold, begin, end),
        cmocka_unit_test_setup_teardown(test_user_gone, begin, end),
        cmocka_unit_test_setup_teardown(test_partial, begin, end),
        cmocka_unit_test(test_gini),
        cmocka_unit_test(test_wilson),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "model/tiers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_parse(void **state)
{
    static const char *const refused[] = {
        "",   ",",   "0",   "90,",    ",90",    "90,90", "90,30",           "90,,365",
        "-1", "9 0", "9.5", "100001", "90;365", "d",     "1,2,3,4,5,6,7,8", "90, 365"};
    struct tiers tiers;
    struct err err = {0};

    (void)state;
    assert_true(tiers_parse(STR("90,365,1825"), &tiers, &err));
    assert_int_equal(tiers.count, 3);
    assert_int_equal(tiers.days[2], 1825);
    assert_true(tiers_parse(STR("1,2,3,4,5,6,100000"), &tiers, &err));
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        err = (struct err){0};
        if (tiers_parse(str_from(refused[i]), &tiers, &err)) {
            fail_msg("accepted: %s", refused[i]);
        }
        assert_int_equal(err.kind, ERR_USAGE);
    }
}

static void test_boundaries(void **state)
{
    const int64_t day = 86400;
    struct tiers tiers;
    struct err err = {0};

    (void)state;
    assert_true(tiers_parse(STR("90,365"), &tiers, &err));
    assert_int_equal(tier_band_over(&tiers, -5), 0);
    assert_int_equal(tier_band_over(&tiers, 90 * day), 0);
    assert_int_equal(tier_band_over(&tiers, 90 * day + 1), 1);
    assert_int_equal(tier_band_over(&tiers, 365 * day), 1);
    assert_int_equal(tier_band_over(&tiers, 365 * day + 1), 2);
    assert_int_equal(tier_band_over(&tiers, INT64_C(1) << 40), 2);
    assert_int_equal(tier_band_reached(&tiers, -5), 0);
    assert_int_equal(tier_band_reached(&tiers, 90 * day - 1), 0);
    assert_int_equal(tier_band_reached(&tiers, 90 * day), 1);
    assert_int_equal(tier_band_reached(&tiers, 365 * day - 1), 1);
    assert_int_equal(tier_band_reached(&tiers, 365 * day), 2);
}

static void test_sums(void **state)
{
    struct tiers one, all;
    struct err err = {0};

    (void)state;
    assert_true(tiers_parse(STR("90,365"), &one, &err));
    all = one;
    one.rows[TIER_USERS][TIER_USED].bands[0] = 3;
    one.rows[TIER_USERS][TIER_USED].bands[2] = 4;
    one.rows[TIER_USERS][TIER_USED].unknown = 5;
    tiers_add(&all, &one);
    tiers_add(&all, &one);
    assert_int_equal(tier_row_sum(&all, &all.rows[TIER_USERS][TIER_USED]), 24);
    assert_int_equal(tier_row_sum(&all, &all.rows[TIER_ROOT][TIER_USED]), 0);
    tiers_clear(&all);
    assert_int_equal(tier_row_sum(&all, &all.rows[TIER_USERS][TIER_USED]), 0);
    assert_int_equal(all.count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_boundaries),
        cmocka_unit_test(test_sums),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

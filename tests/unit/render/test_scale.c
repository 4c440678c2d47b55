#include "render/scale.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/instant.h"

/* The texts of all ticks, joined by blanks; what stands below, behind a slash. */
static void expect_ticks(const struct scale *scale, size_t tick_max, const char *wanted)
{
    struct scale_tick ticks[SCALE_TICK_MAX];
    size_t count = scale_ticks(scale, tick_max, ticks);
    struct buf out;

    buf_init(&out, 4096);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&out, "%s%s%s%s", i == 0 ? "" : " ", ticks[i].text,
                   ticks[i].below[0] == '\0' ? "" : "/", ticks[i].below);
        assert_true(i == 0 || ticks[i].at > ticks[i - 1].at);
        assert_true(ticks[i].at >= scale->low && ticks[i].at <= scale->high * (1 + 1e-9));
    }
    buf_char(&out, '\0');
    assert_string_equal(out.p, wanted);
    buf_release(&out);
}

static void expect_made(enum scale_kind kind, double high, size_t tick_max, const char *wanted)
{
    struct scale scale = scale_make(kind, high, tick_max);

    assert_true(scale.high >= high || kind == SCALE_SHARE);
    assert_true(scale.high > scale.low);
    expect_ticks(&scale, tick_max, wanted);
}

static void test_counts(void **state)
{
    (void)state;
    expect_made(SCALE_COUNT, 37, 5, "0 10 20 30 40");
    expect_made(SCALE_COUNT, 0, 5, "0 1");
    expect_made(SCALE_COUNT, 3, 6, "0 1 2 3");
    expect_made(SCALE_COUNT, 12478, 4, "0 5,000 10,000 15,000");
    expect_made(SCALE_COUNT, 1e15, 2, "0 1,000,000,000,000,000");
}

static void test_shares(void **state)
{
    (void)state;
    expect_made(SCALE_SHARE, 0.028, 5, "0% 1% 2% 3%");
    expect_made(SCALE_SHARE, 0.3, 4, "0% 10% 20% 30%");
    expect_made(SCALE_SHARE, 0, 6, "0.0% 0.2% 0.4% 0.6% 0.8% 1.0%");
    expect_made(SCALE_SHARE, 0.97, 3, "0% 50% 100%");
    expect_made(SCALE_SHARE, 1, 6, "0% 20% 40% 60% 80% 100%");
    assert_true(scale_make(SCALE_SHARE, 0.81, 3).high == 1);
}

static void test_days(void **state)
{
    (void)state;
    expect_made(SCALE_DAYS, 133, 4, "0 60 120");
    expect_made(SCALE_DAYS, 900, 4, "0 1 year 2 years");
    expect_made(SCALE_DAYS, 0, 4, "0 1");
    assert_true(scale_make(SCALE_DAYS, 133, 4).high == 133);
}

static int64_t at(int year, int month, int day)
{
    return days_from_civil(year, month, day) * SECONDS_PER_DAY;
}

static void expect_dates(int64_t first, int64_t last, size_t tick_max, const char *wanted)
{
    struct scale scale = scale_dates(first, last);

    expect_ticks(&scale, tick_max, wanted);
}

static void test_dates(void **state)
{
    (void)state;
    expect_dates(at(2020, 9, 13), at(2021, 1, 24), 5, "13 Sep/2020 11 Oct 8 Nov 6 Dec 3 Jan/2021");
    expect_dates(at(2020, 9, 13), at(2021, 7, 1), 6, "Nov/2020 Jan/2021 Mar May Jul");
    expect_dates(at(2020, 9, 13), at(2020, 10, 4), 6, "13 Sep/2020 20 Sep 27 Sep 4 Oct");
    expect_dates(at(2020, 12, 13), at(2021, 1, 10), 3, "13 Dec/2020 27 Dec 10 Jan/2021");
    expect_dates(at(2020, 9, 13), at(2030, 4, 7), 6, "2022 2024 2026 2028 2030");
    /* Alone, and not at midnight. */
    expect_dates(at(2020, 9, 13), at(2020, 9, 13), 16, "13 Sep/2020");
    expect_dates(at(2020, 9, 13) + 50000, at(2020, 9, 13) + 50000, 16, "13 Sep/2020");
}

static void test_dates_with_room(void **state)
{
    struct scale scale = scale_dates(at(2020, 9, 13), at(2020, 9, 27));

    (void)state;
    scale.low -= 300000;
    scale.high += 300000;
    expect_ticks(&scale, 4, "13 Sep/2020 20 Sep 27 Sep");
}

static void expect_percent(double part, double whole, const char *wanted)
{
    struct buf out;

    buf_init(&out, 64);
    scale_percent(&out, part, whole);
    buf_char(&out, '\0');
    assert_string_equal(out.p, wanted);
    buf_release(&out);
}

static void test_percent(void **state)
{
    (void)state;
    expect_percent(510, 18300, "2.8%");
    expect_percent(0, 3, "0.0%");
    expect_percent(3, 3, "100.0%");
    expect_percent(1, 100000, "<0.1%");
    expect_percent(99999, 100000, ">99.9%");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),  cmocka_unit_test(test_shares),
        cmocka_unit_test(test_days),    cmocka_unit_test(test_dates),
        cmocka_unit_test(test_percent), cmocka_unit_test(test_dates_with_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

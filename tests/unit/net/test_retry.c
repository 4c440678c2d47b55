#include "net/retry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net/throttle.h"
#include "os/worker.h"

static void test_waits(void **state)
{
    const struct retry_policy policy = {6, 100, 20000};

    (void)state;
    for (unsigned attempt = 1; attempt < 40; attempt++) {
        uint64_t bound = attempt < 9 ? UINT64_C(100) << (attempt - 1) : 20000;
        uint64_t most = 0, least = UINT64_MAX;
        bound = bound < 20000 ? bound : 20000;
        for (uint64_t random = 0; random < 3 * (bound + 1); random += 7) {
            uint64_t wait = retry_wait_ms(&policy, attempt, random, 0);
            most = wait > most ? wait : most;
            least = wait < least ? wait : least;
        }
        assert_true(most <= bound && most > bound - 7); /* the whole range, and no more */
        assert_true(least < 7);
        assert_int_equal(retry_wait_ms(&policy, attempt, bound + 1, 0), 0);
    }
    assert_int_equal(retry_wait_ms(&policy, 1, 50, 3000), 3050);
    assert_int_equal(retry_wait_ms(&policy, 1, 0, UINT64_MAX), 200000);
}

static void test_dates(void **state)
{
    static const char *const bad[] = {"",
                                      "Sun, 06 Nov 1994 08:49:37",
                                      "Sunday, 06-Nov-94 08:49:37 GMT",
                                      "Sun Nov  6 08:49:37 1994",
                                      "Sun, 06 Nom 1994 08:49:37 GMT",
                                      "Sun, 6 Nov 1994 08:49:37 GMT",
                                      "Sun, 06 Nov 1994 24:49:37 GMT",
                                      "Sun, 06 Nov 1994 08:49:37 CET"};
    int64_t at = 0;

    (void)state;
    assert_true(http_date_parse(STR("Sun, 06 Nov 1994 08:49:37 GMT"), &at));
    assert_int_equal(at, 784111777);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(http_date_parse(str_from(bad[i]), &at));
    }
    assert_int_equal(retry_after_ms(STR("Sun, 06 Nov 1994 08:49:37 GMT"), 784111770), 7000);
    assert_int_equal(retry_after_ms(STR("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777), 0);
    assert_int_equal(retry_after_ms(STR("12"), 0), 12000);
    assert_int_equal(retry_after_ms(STR("-1"), 0), 0);
    assert_int_equal(retry_after_ms(STR("18446744073709551615"), 0), UINT64_C(1000) * UINT32_MAX);
}

static void spend(void *shared, unsigned index)
{
    struct retry_budget *budget = shared;

    (void)index;
    while (retry_budget_take(budget, 1)) {
    }
}

static void test_budget(void **state)
{
    struct retry_budget budget;

    (void)state;
    retry_budget_init(&budget, 12);
    assert_true(retry_budget_take(&budget, 5));
    assert_true(retry_budget_take(&budget, 5));
    assert_false(retry_budget_take(&budget, 5));
    assert_true(retry_budget_take(&budget, 2));
    retry_budget_give(&budget, 1);
    assert_false(retry_budget_take(&budget, 2));
    retry_budget_give(&budget, 100);
    assert_true(retry_budget_take(&budget, 12)); /* never more than its size */
    assert_false(retry_budget_take(&budget, 1));
    retry_budget_init(&budget, 100000);
    workers_run(4, spend, &budget);
    assert_int_equal(budget.left, 0);
}

/* A service that takes `limit` requests a second: how many of ten minutes' requests it refuses, and
 * how many get through. Time is made up. */
static void play(double limit, unsigned *refused, unsigned *answered)
{
    struct throttle throttle;
    uint64_t now_ms = 1000000, end_ms = now_ms + 600000;
    double tokens = limit;

    *refused = *answered = 0;
    throttle_init(&throttle);
    while (now_ms < end_ms) {
        uint64_t wait = throttle_take(&throttle, STR("iam:GetUser"), now_ms);
        bool over = false;
        /* One caller, 5 milliseconds a request. */
        now_ms += wait + 5;
        tokens += (double)(wait + 5) / 1000 * limit;
        tokens = tokens < limit ? tokens : limit;
        over = tokens < 1;
        tokens -= over ? 0 : 1;
        *refused += over;
        *answered += !over;
        throttle_tell(&throttle, STR("iam:GetUser"), over, now_ms);
    }
    assert_int_equal(throttle_count(&throttle), *refused);
    throttle_release(&throttle);
}

static void test_throttle(void **state)
{
    static const double limits[] = {2, 10, 50, 150};
    unsigned refused = 0, answered = 0;

    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        play(limits[i], &refused, &answered);
        /* Half of what the service gives at the least, and few requests in vain. */
        assert_true(answered > limits[i] * 600 * 0.5);
        assert_true(answered <= limits[i] * 601);
        assert_true(refused < answered / 5);
    }
    play(1000, &refused, &answered);
    assert_int_equal(refused, 0);
    assert_true(answered > 119000); /* nothing slows who is never refused */
}

/* Begun with a rate: so many in the first second and what is in stock, twice as many in the
 * next. */
static void test_begun_slowly(void **state)
{
    struct throttle throttle;
    uint64_t now_ms = 1000000;
    unsigned in_second[4] = {0};

    (void)state;
    throttle_init(&throttle);
    throttle_begin(&throttle, 5);
    while (now_ms < 1004000) {
        now_ms += throttle_take(&throttle, STR("organizations:ListAccounts"), now_ms) + 1;
        in_second[now_ms < 1004000 ? (now_ms - 1000000) / 1000 : 3]++;
        throttle_tell(&throttle, STR("organizations:ListAccounts"), false, now_ms);
    }
    assert_in_range(in_second[0], 15, 30); /* ten are in stock */
    for (unsigned i = 1; i < 4; i++) {
        assert_in_range(in_second[i], in_second[i - 1], 2 * in_second[i - 1] + 2);
    }
    /* Refused, it is halved, and from then on grows as any other does. */
    throttle_tell(&throttle, STR("organizations:ListAccounts"), true, now_ms);
    in_second[0] = 0;
    for (uint64_t end_ms = now_ms + 1000; now_ms < end_ms; in_second[0]++) {
        now_ms += throttle_take(&throttle, STR("organizations:ListAccounts"), now_ms) + 1;
        throttle_tell(&throttle, STR("organizations:ListAccounts"), false, now_ms);
    }
    assert_in_range(in_second[0], in_second[3] / 3, in_second[3]);
    throttle_release(&throttle);
}

/* Sixty requests that were under way together are refused together: that is one sign, not sixty. */
static void test_refused_together(void **state)
{
    struct throttle throttle;
    uint64_t wait = 0;

    (void)state;
    throttle_init(&throttle);
    for (int i = 0; i < 60; i++) {
        assert_int_equal(throttle_take(&throttle, STR("iam:A"), 5000), 0);
    }
    for (int i = 0; i < 60; i++) {
        throttle_tell(&throttle, STR("iam:A"), true, 5100);
    }
    wait = throttle_take(&throttle, STR("iam:A"), 5100);
    assert_true(wait >= 33 && wait <= 35); /* thirty a second */
    throttle_tell(&throttle, STR("iam:A"), true, 7000);
    (void)throttle_take(&throttle, STR("iam:A"), 7000);
    wait = throttle_take(&throttle, STR("iam:A"), 7000);
    assert_true(wait >= 66 && wait <= 68);
    throttle_release(&throttle);
}

static void test_apis_are_apart(void **state)
{
    struct throttle throttle;
    char name[16] = "iam:A";

    (void)state;
    throttle_init(&throttle);
    assert_int_equal(throttle_take(&throttle, STR("iam:A"), 1000), 0);
    throttle_tell(&throttle, STR("iam:A"), true, 1000);
    assert_true(throttle_take(&throttle, STR("iam:A"), 1000) > 1000);
    assert_true(throttle_take(&throttle, STR("iam:A"), 1000) > 3000); /* behind the one before */
    assert_int_equal(throttle_take(&throttle, STR("iam:B"), 1000), 0);
    /* More APIs than buckets: some share, nothing breaks. */
    for (int c = 'A'; c < 'A' + 60; c++) {
        name[4] = (char)c;
        (void)throttle_take(&throttle, str_from(name), 1000);
        throttle_tell(&throttle, str_from(name), c % 2 == 0, 1000);
    }
    throttle_release(&throttle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_waits),          cmocka_unit_test(test_dates),
        cmocka_unit_test(test_budget),         cmocka_unit_test(test_throttle),
        cmocka_unit_test(test_begun_slowly),   cmocka_unit_test(test_refused_together),
        cmocka_unit_test(test_apis_are_apart),
    };

    return cmocka_run_group_tests_name("retry", tests, NULL, NULL);
}

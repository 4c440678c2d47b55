#include "trail/sorter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

/* Sorts the records and compares with qsort's answer, each once; says how much went to disk. */
static uint64_t expect_sorted(size_t memory, const struct str *records, size_t count)
{
    struct sorter sorter;
    struct err err = {0};
    struct str got, last = {0};
    size_t seen = 0, distinct = 0;
    uint64_t spilled = 0;

    sorter_init(&sorter, memory);
    for (size_t i = 0; i < count; i++) {
        size_t j = 0;
        while (j < i && !str_eq(records[j], records[i])) {
            j++;
        }
        distinct += j == i;
        assert_true(sorter_add(&sorter, records[i], &err));
    }
    assert_true(sorter_begin(&sorter, &err));
    while (sorter_next(&sorter, &got, &err)) {
        char copy[256];
        size_t j = 0;
        assert_true(seen == 0 || str_cmp(last, got) < 0);
        while (j < count && !str_eq(records[j], got)) {
            j++;
        }
        assert_true(j < count);
        assert_true(got.n <= sizeof copy);
        last = records[j];
        seen++;
    }
    assert_int_equal(err.kind, ERR_NONE);
    assert_int_equal(seen, distinct);
    spilled = sorter_spilled(&sorter);
    sorter_release(&sorter);
    return spilled;
}

static void test_bytes_in_order(void **state)
{
    const struct str records[] = {STR_LIT("b"),         STR_LIT(""),          STR_LIT("a\0c"),
                                  STR_LIT("a"),         STR_LIT("\xff"),      STR_LIT("b"),
                                  STR_LIT("12345678z"), STR_LIT("12345678a"), STR_LIT("a\0"),
                                  STR_LIT("12345678")};

    (void)state;
    assert_int_equal(expect_sorted(1 << 20, records, 10), 0);
    assert_true(expect_sorted(1, records, 10) > 0);
    assert_int_equal(expect_sorted(1, records, 0), 0);
    assert_int_equal(expect_sorted(1, records, 1), 0);
}

/* More runs than are merged at once, and records that stand in many of them. */
static void test_many_runs(void **state)
{
    enum { COUNT = 700 };
    static char texts[COUNT][32];
    struct str records[COUNT];

    (void)state;
    srand(7);
    for (size_t i = 0; i < COUNT; i++) {
        int n = snprintf(texts[i], sizeof texts[i], "%d", rand() % 300);
        records[i] = (struct str){texts[i], (size_t)n};
    }
    for (size_t memory = 1; memory < 100000; memory *= 10) {
        (void)expect_sorted(memory, records, COUNT);
    }
    assert_true(expect_sorted(1, records, COUNT) > 3000);
}

/* A record longer than the windows in which runs are read. */
static void test_long_records(void **state)
{
    enum { SIZE = 300000 };
    struct sorter sorter;
    struct err err = {0};
    struct str got;
    char *text = mem_alloc(SIZE);

    (void)state;
    sorter_init(&sorter, 1000);
    for (int i = 0; i < 5; i++) {
        memset(text, 'e' - i, SIZE);
        assert_true(sorter_add(&sorter, (struct str){text, SIZE}, &err));
        assert_true(sorter_add(&sorter, (struct str){text, 1}, &err));
    }
    assert_true(sorter_begin(&sorter, &err));
    for (int i = 0; i < 10; i++) {
        assert_true(sorter_next(&sorter, &got, &err));
        assert_int_equal(got.n, i % 2 == 0 ? 1 : SIZE);
        assert_int_equal(got.p[got.n - 1], 'a' + i / 2);
    }
    assert_false(sorter_next(&sorter, &got, &err));
    sorter_release(&sorter);
    mem_free(text);
}

/* A folder that is none: an error, and nothing that crashes behind it. */
static void test_no_room(void **state)
{
    struct sorter sorter;
    struct err err = {0};

    (void)state;
    (void)setenv("TMPDIR", "/nonexistent", 1);
    sorter_init(&sorter, 1);
    assert_true(sorter_add(&sorter, STR("a"), &err));
    assert_false(sorter_add(&sorter, STR("b"), &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.text, "/nonexistent"));
    sorter_release(&sorter);
    (void)unsetenv("TMPDIR");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_in_order),
        cmocka_unit_test(test_many_runs),
        cmocka_unit_test(test_long_records),
        cmocka_unit_test(test_no_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

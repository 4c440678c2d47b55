#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_memory_is_zeroed_and_aligned(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 20);
    for (int round = 0; round < 2; round++) {
        for (size_t size = 1; size < 700; size += 13) {
            unsigned char *p = arena_alloc(&arena, size);
            assert_non_null(p);
            assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++) {
                assert_int_equal(p[i], 0);
            }
            memset(p, 0xA5, size); /* what a reset must wipe */
        }
        arena_reset(&arena);
    }
    arena_release(&arena);
    arena_release(&arena);
}

static void test_cap(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 1024);
    assert_null(arena_alloc(&arena, 1025));
    assert_non_null(arena_alloc(&arena, 512));
    assert_non_null(arena_alloc(&arena, 512));
    assert_null(arena_alloc(&arena, 1));
    arena_reset(&arena);
    assert_non_null(arena_alloc(&arena, 1024));
    arena_release(&arena);
}

static void test_sizes_that_overflow(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, SIZE_MAX);
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_null(arena_alloc(&arena, SIZE_MAX - 17));
    assert_null(arena_alloc(&arena, SIZE_MAX - 64));
    assert_null(arena_array(&arena, SIZE_MAX / 2, 3));
    assert_null(arena_array(&arena, (size_t)1 << 33, (size_t)1 << 33));
    assert_non_null(arena_array(&arena, 3, 5));
    assert_non_null(arena_alloc(&arena, 0));
    arena_release(&arena);
}

static void test_large_and_small_live_together(void **state)
{
    struct arena arena;
    char *small[200];

    (void)state;
    arena_init(&arena, 64 << 20);
    for (size_t i = 0; i < 200; i++) {
        small[i] = arena_alloc(&arena, 24);
        assert_non_null(small[i]);
        memset(small[i], (int)i, 24);
        if (i % 50 == 0) {
            char *large = arena_alloc(&arena, 1 << 20);
            assert_non_null(large);
            memset(large, 0xEE, 1 << 20);
        }
    }
    for (size_t i = 0; i < 200; i++) {
        assert_int_equal((unsigned char)small[i][23], i);
    }
    arena_release(&arena);
}

static void test_str_is_copied_with_a_nul_behind(void **state)
{
    struct arena arena;
    char text[] = "abc";
    struct str copy = {0};

    (void)state;
    arena_init(&arena, 200);
    assert_true(arena_str(&arena, str_from(text), &copy));
    text[0] = 'x';
    assert_true(str_eq(copy, STR("abc")));
    assert_int_equal(copy.p[3], '\0');
    assert_true(arena_str(&arena, STR("sixteen bytes ..."), &copy));
    copy.n = 16;
    assert_true(arena_str(&arena, copy, &copy)); /* fills its room but for the NUL */
    char *behind = arena_alloc(&arena, 1);
    assert_non_null(behind);
    *behind = 'x';
    assert_int_equal(copy.p[16], '\0');
    assert_true(arena_str(&arena, (struct str){0}, &copy));
    assert_int_equal(copy.n, 0);
    assert_non_null(copy.p);
    assert_false(arena_str(&arena, (struct str){"x", 1000}, &copy));
    arena_release(&arena);
}

static void test_mem(void **state)
{
    char *p = mem_alloc(0);
    unsigned *numbers = mem_array(0, 8);

    (void)state;
    assert_non_null(p);
    assert_non_null(numbers);
    mem_free(numbers);
    p = mem_resize(p, 3);
    memcpy(p, "abc", 3);
    p = mem_resize(p, 4096);
    assert_memory_equal(p, "abc", 3);
    mem_free(p);
    mem_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_is_zeroed_and_aligned),
        cmocka_unit_test(test_cap),
        cmocka_unit_test(test_sizes_that_overflow),
        cmocka_unit_test(test_large_and_small_live_together),
        cmocka_unit_test(test_str_is_copied_with_a_nul_behind),
        cmocka_unit_test(test_mem),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

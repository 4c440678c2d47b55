#include "audit/seen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static bool add(struct seen *seen, uint64_t device, uint64_t inode, const char *name,
                const char *wanted)
{
    const struct file_info info = {.is_regular = true, .device = device, .inode = inode};
    struct str first;
    bool is_new = seen_add(seen, &info, str_from(name), &first);

    assert_true(str_eq(first, str_from(wanted)));
    return is_new;
}

static void test_device_and_inode(void **state)
{
    struct seen seen;

    (void)state;
    seen_init(&seen, 1);
    assert_true(add(&seen, 5, 7, "a", ""));
    assert_true(add(&seen, 7, 5, "b", ""));
    assert_true(add(&seen, 5, 5, "c", ""));
    assert_false(add(&seen, 5, 7, "d", "a"));
    assert_false(add(&seen, 7, 5, "d", "b"));
    assert_false(add(&seen, 5, 7, "e", "a"));
    /* What has no inode number that tells it from others is never taken for another. */
    assert_true(add(&seen, 5, 0, "x", ""));
    assert_true(add(&seen, 5, 0, "y", ""));
    assert_true(add(&seen, 5, UINT64_C(1) << 56, "x", ""));
    assert_true(add(&seen, 5, UINT64_C(1) << 56, "y", ""));
    for (uint64_t device = 1000; device < 1000 + SEEN_DEVICES_MAX; device++) {
        assert_true(add(&seen, device, 1, "z", ""));
    }
    assert_false(add(&seen, 1000, 1, "zz", "z"));
    assert_true(add(&seen, 2000, 1, "z", ""));
    assert_true(add(&seen, 2000, 1, "z", ""));
    seen_release(&seen);
}

/* More files than the first table holds, and more names than are kept. */
static void test_many(void **state)
{
    enum { COUNT = 40000, NAMES_SIZE = 8 << 20, NAME_SIZE = 300 };
    struct seen seen;
    char name[NAME_SIZE + 1];

    (void)state;
    seen_init(&seen, 99);
    for (unsigned i = 1; i <= COUNT; i++) {
        (void)snprintf(name, sizeof name, "%0*u", NAME_SIZE, i);
        assert_true(add(&seen, 1, i, name, ""));
    }
    for (unsigned i = 1; i <= COUNT; i++) {
        bool is_kept = i <= NAMES_SIZE / (NAME_SIZE + 1);
        (void)snprintf(name, sizeof name, "%0*u", NAME_SIZE, i);
        assert_false(add(&seen, 1, i, "again", is_kept ? name : ""));
    }
    seen_release(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_device_and_inode),
        cmocka_unit_test(test_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

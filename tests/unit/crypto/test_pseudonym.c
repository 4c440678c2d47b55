#include "crypto/pseudonym.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const char key_text[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";

static struct pseudonym_key key_of(const char *text)
{
    struct pseudonym_key key;

    assert_true(pseudonym_key_parse(str_from(text), &key));
    return key;
}

static void test_keys(void **state)
{
    struct pseudonym_key key;

    (void)state;
    assert_int_equal(key_of(key_text).bytes[31], 0x1f);
    assert_false(pseudonym_key_parse(STR(""), &key));
    assert_false(pseudonym_key_parse(str_sub(str_from(key_text), 0, 63), &key));
    assert_false(pseudonym_key_parse(str_sub(str_from(key_text), 1, 65), &key));
}

static struct str pseudonym(struct buf *out, enum pseudonym_kind kind, const char *text)
{
    struct pseudonym_key key = key_of(key_text);

    buf_clear(out);
    pseudonym_text(&key, kind, str_from(text), out);
    return buf_text(out);
}

/* Computed by Python's hashlib.blake2b(b"\2alice", key=bytes(range(32)), digest_size=16). */
static void test_texts(void **state)
{
    struct buf one, other;

    (void)state;
    buf_init(&one, 100);
    buf_init(&other, 100);
    assert_true(str_eq(pseudonym(&one, PSEUDONYM_USER, "alice"), STR("ypuzwpupzhelp3ob")));
    assert_true(
        str_eq(pseudonym(&one, PSEUDONYM_USER, "a"), pseudonym(&other, PSEUDONYM_USER, "a")));
    assert_false(
        str_eq(pseudonym(&one, PSEUDONYM_USER, "a"), pseudonym(&other, PSEUDONYM_TEXT, "a")));
    assert_false(
        str_eq(pseudonym(&one, PSEUDONYM_USER, "a"), pseudonym(&other, PSEUDONYM_USER, "b")));
    buf_release(&one);
    buf_release(&other);
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* 200,000 of 10^12 random numbers would meet some 0.02 times; neighbours that went through one
 * half alone would meet all the time. */
static void test_accounts(void **state)
{
    enum { COUNT = 200000 };
    struct pseudonym_key key = key_of(key_text);
    uint64_t *seen = calloc(COUNT, sizeof *seen);
    size_t kept = 0;

    (void)state;
    assert_non_null(seen);
    for (uint64_t i = 0; i < COUNT; i++) {
        uint64_t account = i % 2 == 0 ? i : 999999999999 - i * 1000003;
        seen[i] = pseudonym_account(&key, account);
        assert_true(seen[i] < 1000000000000);
        kept += seen[i] == account;
    }
    qsort(seen, COUNT, sizeof *seen, compare);
    for (size_t i = 1; i < COUNT; i++) {
        assert_true(seen[i - 1] != seen[i]);
    }
    assert_true(kept < 3);
    free(seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_accounts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

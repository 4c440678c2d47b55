#include "crypto/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "crypto/hmac.h"
#include "crypto/sha1.h"
#include "crypto/sha256.h"

static void test_hmac(void **state)
{
    unsigned char key[131], digest[SHA256_SIZE];
    char hex[SHA256_HEX_SIZE + 1];

    (void)state;
    /* RFC 4231, cases 2 and 6: a short key, and one longer than a block. */
    hmac_sha256("Jefe", 4, STR("what do ya want for nothing?"), digest);
    sha256_hex(digest, hex);
    assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    hmac_sha256(key, sizeof key, STR("Test Using Larger Than Block-Size Key - Hash Key First"),
                digest);
    sha256_hex(digest, hex);
    assert_string_equal(hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    /* In place: the digest may be the key. */
    memcpy(digest, "Jefe", 4);
    hmac_sha256(digest, 4, STR("what do ya want for nothing?"), digest);
    sha256_hex(digest, hex);
    assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void test_sha1(void **state)
{
    char hex[SHA1_HEX_SIZE + 1];

    (void)state;
    sha1_hex(STR("abc"), hex);
    assert_string_equal(hex, "a9993e364706816aba3e25717850c26c9cd0d89d");
    sha1_hex(STR(""), hex);
    assert_string_equal(hex, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

static void test_secret(void **state)
{
    struct secret secret = {0};
    struct err err = {0};
    struct buf buf;
    char *large = mem_alloc(SECRET_SIZE_MAX + 1);

    (void)state;
    assert_int_equal(secret_text(&secret).n, 0);
    assert_true(secret_set(&secret, STR("first"), &err));
    assert_true(str_eq(secret_text(&secret), STR("first")));
    assert_true(secret_set(&secret, STR("second"), &err));
    assert_true(secret_equal(secret_text(&secret), STR("second")));
    assert_false(secret_equal(secret_text(&secret), STR("seconD")));
    assert_false(secret_equal(secret_text(&secret), STR("secon")));
    assert_false(secret_set(&secret, (struct str){large, SECRET_SIZE_MAX + 1}, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_true(str_eq(secret_text(&secret), STR("second"))); /* a failure changes nothing */
    err = (struct err){0};
    assert_true(secret_set(&secret, STR(""), &err));
    assert_int_equal(secret_text(&secret).n, 0);
    secret_release(&secret);
    secret_release(&secret);

    buf_init(&buf, 100);
    buf_str(&buf, STR("hunter2"));
    secret_wipe_buf(&buf);
    assert_null(buf.p);
    secret_wipe_buf(&buf);
    mem_free(large);
}

/* What the kernel says about the page that a secret lies on: locked, and left out of core dumps. */
static void test_secret_is_locked(void **state)
{
    struct secret secret = {0};
    struct err err = {0};
    char line[512];
    unsigned long from = 0, to = 0;
    bool inside = false, locked = false, no_dump = false;
    FILE *maps = NULL;

    (void)state;
    assert_true(secret_set(&secret, STR("hunter2"), &err));
    maps = fopen("/proc/self/smaps", "r");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps) != NULL) {
        char *end = NULL;
        from = strtoul(line, &end, 16);
        if (end > line && *end == '-') {
            to = strtoul(end + 1, NULL, 16);
            inside = from <= (uintptr_t)secret.p && (uintptr_t)secret.p < to;
        }
        if (inside && strncmp(line, "VmFlags:", 8) == 0) {
            locked = strstr(line, " lo") != NULL;
            no_dump = strstr(line, " dd") != NULL;
        }
    }
    (void)fclose(maps);
    assert_true(no_dump);
#ifndef __SANITIZE_ADDRESS__ /* it makes mlock do nothing */
    assert_true(locked);
#else
    (void)locked;
#endif
    secret_release(&secret);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hmac),
        cmocka_unit_test(test_sha1),
        cmocka_unit_test(test_secret),
        cmocka_unit_test(test_secret_is_locked),
    };

    return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}

#include "crypto/sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void expect(struct str text, size_t times, size_t step, const char *wanted)
{
    struct sha256 sha;
    unsigned char digest[SHA256_SIZE];
    char hex[2 * SHA256_SIZE + 1];

    sha256_init(&sha);
    for (size_t i = 0; i < times; i++) {
        for (size_t at = 0; at < text.n; at += step) {
            sha256_add(&sha, str_sub(text, at, at + step));
        }
    }
    sha256_end(&sha, digest);
    for (size_t i = 0; i < SHA256_SIZE; i++) {
        (void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    }
    assert_string_equal(hex, wanted);
}

/* The examples of FIPS 180-4: empty, one block, two blocks, and a million letters. */
static void test_published_digests(void **state)
{
    static const struct str two =
        STR_LIT("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");

    (void)state;
    expect(STR(""), 1, 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(STR("abc"), 1, 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(two, 1, two.n, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    expect(two, 1, 7, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    expect(STR("aaaaaaaaaa"), 100000, 10,
           "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* Every way the padding can fall: against Python's hashlib. */
static void test_padding(void **state)
{
    static const struct str x = STR_LIT("x");

    (void)state;
    expect(x, 55, 1, "d5e285683cd4efc02d021a5c62014694958901005d6f71e89e0989fac77e4072");
    expect(x, 56, 1, "04c26261370ee7541549d16dee320c723e3fd14671e66a099afe0a377c16888e");
    expect(x, 63, 1, "75220b47218278e656f2013bb8f0c455a25eaf01e86c64924e9d48d89776d6f2");
    expect(x, 64, 1, "7ce100971f64e7001e8fe5a51973ecdfe1ced42befe7ee8d5fd6219506b5393c");
    expect(x, 65, 1, "9537c5fdf120482f7d58d25e9ed583f52c02b4e304ea814db1633ad565aed7e9");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_digests),
        cmocka_unit_test(test_padding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

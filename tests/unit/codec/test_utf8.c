#include "codec/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static size_t encode(uint32_t c, char *to)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xC0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xE0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3F));
        to[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    to[0] = (char)(0xF0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3F));
    to[2] = (char)(0x80 | (c >> 6 & 0x3F));
    to[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

static void test_every_code_point(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x200000; c++) {
        char text[8] = {0};
        size_t n = encode(c, text);
        uint32_t got = 0;
        bool is_valid = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
        assert_int_equal(utf8_next((struct str){text, n}, &got), is_valid ? n : 1);
        assert_int_equal(got, is_valid ? c : UTF8_INVALID);
        for (size_t cut = 1; cut < n; cut++) {
            assert_int_equal(utf8_next((struct str){text, cut}, &got), 1);
            assert_int_equal(got, UTF8_INVALID);
        }
    }
}

/* All pairs of bytes: valid are ASCII and the two-byte code points, nothing else. */
static void test_every_pair_of_bytes(void **state)
{
    (void)state;
    for (unsigned a = 0; a < 256; a++) {
        for (unsigned b = 0; b < 256; b++) {
            char text[2] = {(char)a, (char)b};
            uint32_t got = 0;
            size_t used = utf8_next((struct str){text, 2}, &got);
            bool is_pair = a >= 0xC2 && a <= 0xDF && b >= 0x80 && b <= 0xBF;
            assert_int_equal(used, is_pair ? 2 : 1);
            assert_int_equal(got, a < 0x80  ? a
                                  : is_pair ? (a & 0x1F) << 6 | (b & 0x3F)
                                            : UTF8_INVALID);
        }
    }
}

static void test_overlong_forms(void **state)
{
    static const struct str texts[] = {
        STR_LIT("\xc0\x80"),
        STR_LIT("\xc1\xbf"),
        STR_LIT("\xe0\x9f\xbf"),
        STR_LIT("\xf0\x8f\xbf\xbf"),
        STR_LIT("\xf8\x88\x80\x80\x80"),
        STR_LIT("\xff"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        uint32_t got = 0;
        assert_int_equal(utf8_next(texts[i], &got), 1);
        assert_int_equal(got, UTF8_INVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_every_pair_of_bytes),
        cmocka_unit_test(test_overlong_forms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

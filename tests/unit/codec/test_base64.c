#include "codec/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_decodes(struct str text, struct str expected)
{
    char to[64];
    size_t n = 99;
    struct err err = {0};

    assert_true(text.n / 4 * 3 + 3 <= sizeof to);
    assert_true(base64_decode(text, to, &n, &err));
    assert_true(str_eq((struct str){to, n}, expected));
}

static void test_rfc_vectors(void **state)
{
    (void)state;
    assert_decodes(STR(""), STR(""));
    assert_decodes(STR("Zg=="), STR("f"));
    assert_decodes(STR("Zm8="), STR("fo"));
    assert_decodes(STR("Zm9v"), STR("foo"));
    assert_decodes(STR("Zm9vYg=="), STR("foob"));
    assert_decodes(STR("Zm9vYmE="), STR("fooba"));
    assert_decodes(STR("Zm9vYmFy"), STR("foobar"));
    assert_decodes(STR("+/+/AAD/"), STR("\xfb\xff\xbf\0\0\xff"));
}

static void test_blanks_between_groups(void **state)
{
    (void)state;
    assert_decodes(STR(" \r\n\tZm9v\r\n\r\nYmFy\n"), STR("foobar"));
    assert_decodes(STR("Zm9v Zg==  \n"), STR("foof"));
    assert_decodes(STR("\n"), STR(""));
}

static void test_refused(void **state)
{
    static const struct {
        struct str text;
        const char *message;
    } cases[] = {
        {STR_LIT("Z"), "missing padding at offset 1"},
        {STR_LIT("Zg"), "missing padding at offset 2"},
        {STR_LIT("Zg="), "missing padding at offset 3"},
        {STR_LIT("Zm9vYmE"), "missing padding at offset 7"},
        {STR_LIT("="), "misplaced padding at offset 0"},
        {STR_LIT("===="), "misplaced padding at offset 0"},
        {STR_LIT("Z==="), "misplaced padding at offset 1"},
        {STR_LIT("Zm9v===="), "misplaced padding at offset 4"},
        {STR_LIT("Zg=A"), "misplaced padding at offset 2"},
        {STR_LIT("Zg= ="), "misplaced padding at offset 2"},
        {STR_LIT("Zh=="), "a last digit with bits too many at offset 1"},
        {STR_LIT("Zm9="), "a last digit with bits too many at offset 2"},
        {STR_LIT("Zg==Zg=="), "a byte after the padding at offset 4"},
        {STR_LIT("Zg==="), "a byte after the padding at offset 4"},
        {STR_LIT("Zm9vZm 9v"), "a blank inside a group of four at offset 6"},
        {STR_LIT("Zm9vZm9vZm9vZm-v"), "a byte that is no base64 digit at offset 14"},
        {STR_LIT("Zm9_"), "a byte that is no base64 digit at offset 3"},
        {STR_LIT("Zm9\0"), "a byte that is no base64 digit at offset 3"},
        {STR_LIT("\xc3\xa9Zg"), "a byte that is no base64 digit at offset 0"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char to[64];
        size_t n = 99;
        struct err err = {0};
        assert_false(base64_decode(cases[i].text, to, &n, &err));
        assert_non_null(strstr(err.text, cases[i].message));
        assert_int_equal(n, 99);
    }
}

/* A byte that is no digit is refused wherever it stands, but for padding at the very end. */
static void test_every_byte_at_every_place(void **state)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    (void)state;
    for (int c = 0; c < 256; c++) {
        for (size_t at = 0; at < 12; at++) {
            char text[] = "AAAAAAAAAAAA", to[16];
            size_t n = 0;
            struct err err = {0};
            bool is_right = (c != 0 && strchr(digits, c) != NULL) || (c == '=' && at == 11);
            text[at] = (char)c;
            assert_true(base64_decode((struct str){text, 12}, to, &n, &err) == is_right);
        }
    }
}

static void test_in_place(void **state)
{
    char text[] = "VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcw==\n";
    size_t n = 0;
    struct err err = {0};

    (void)state;
    assert_true(base64_decode(str_from(text), text, &n, &err));
    assert_true(str_eq((struct str){text, n}, STR("The quick brown fox jumps")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc_vectors), cmocka_unit_test(test_blanks_between_groups),
        cmocka_unit_test(test_refused),     cmocka_unit_test(test_every_byte_at_every_place),
        cmocka_unit_test(test_in_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

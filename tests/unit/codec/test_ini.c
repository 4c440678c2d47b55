#include "codec/ini.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_token(struct ini_reader *reader, enum ini_kind kind, const char *name,
                         const char *value, unsigned line, unsigned col)
{
    struct ini_token token;
    struct err err = {0};

    if (!ini_next(reader, &token, &err)) {
        fail_msg("%u:%u: %s", err.line, err.col, err.text);
    }
    assert_int_equal(token.kind, kind);
    assert_true(str_eq(token.name, str_from(name)));
    assert_true(str_eq(token.value, str_from(value)));
    assert_int_equal(token.line, line);
    assert_int_equal(token.col, col);
}

static void test_tokens(void **state)
{
    struct ini_reader reader;

    (void)state;
    ini_init(&reader, STR("\xef\xbb\xbf# first\n"
                          "color=never\r\n"
                          "\n"
                          "  ; second\n"
                          "[ rule list ]\n"
                          "\tpack \t=  a = b # c ; d \t\n"
                          "\tempty =\n"));
    assert_token(&reader, INI_KEY, "color", "never", 2, 1);
    assert_token(&reader, INI_SECTION, "rule list", "", 5, 3);
    assert_token(&reader, INI_KEY, "pack", "a = b # c ; d", 6, 2);
    assert_token(&reader, INI_KEY, "empty", "", 7, 2);
}

static void test_end(void **state)
{
    static const char *const nothing[] = {"", "\n", "# x", "; x\n\n", " \t\r\n", "\xef\xbb\xbf"};
    struct ini_reader reader;
    struct ini_token token;
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        ini_init(&reader, str_from(nothing[i]));
        for (int again = 0; again < 2; again++) {
            assert_true(ini_next(&reader, &token, &err));
            assert_int_equal(token.kind, INI_END);
        }
    }
}

static void test_errors(void **state)
{
    static const struct {
        struct str text;
        unsigned line, col;
        const char *said;
    } cases[] = {
        {STR_LIT("a"), 1, 1, "expected 'key = value' or '[section]'"},
        {STR_LIT("\n  = b"), 2, 3, "a value without a key"},
        {STR_LIT("[audit"), 1, 1, "a section ends with ']'"},
        {STR_LIT("[]"), 1, 1, "a section without a name"},
        {STR_LIT("[ \t]"), 1, 1, "a section without a name"},
        {STR_LIT("[audit] x"), 1, 8, "something stands behind the section"},
        {STR_LIT("[audit] # x"), 1, 8, "something stands behind the section"},
        {STR_LIT("[au[dit]"), 1, 4, "'[' inside the name of a section"},
        {STR_LIT("a = b\n c = d"), 2, 2, "indented deeper than the key before it"},
        {STR_LIT("a = b\n\n# x\n [c]"), 4, 2, "indented deeper than the key before it"},
        {STR_LIT("a = b\0c"), 1, 6, "a control character"},
        {STR_LIT("a = \x1b[0m"), 1, 5, "a control character"},
        {STR_LIT("# a\x7f"), 1, 4, "a control character"},
        {STR_LIT("a = b\rc = d"), 1, 6, "a control character"},
        {STR_LIT("a = b\r"), 1, 6, "a control character"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ini_reader reader;
        struct ini_token token = {.kind = INI_KEY};
        struct err err = {0};

        ini_init(&reader, cases[i].text);
        while (token.kind != INI_END && ini_next(&reader, &token, &err)) {
        }
        assert_int_equal(err.kind, ERR_INPUT);
        assert_string_equal(err.text, cases[i].said);
        assert_int_equal(err.line, cases[i].line);
        assert_int_equal(err.col, cases[i].col);
    }
}

/* Deeper than the key before it continues a value elsewhere; behind a section nothing can. */
static void test_indent(void **state)
{
    struct ini_reader reader;

    (void)state;
    ini_init(&reader, STR("    a = 1\n    b = 2\n  c = 3\n[x]\n    d = 4\n"));
    assert_token(&reader, INI_KEY, "a", "1", 1, 5);
    assert_token(&reader, INI_KEY, "b", "2", 2, 5);
    assert_token(&reader, INI_KEY, "c", "3", 3, 3);
    assert_token(&reader, INI_SECTION, "x", "", 4, 2);
    assert_token(&reader, INI_KEY, "d", "4", 5, 5);
    assert_token(&reader, INI_END, "", "", 5, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_end),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_indent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "codec/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

/* Writes the tokens of a text, one letter each with its text in parentheses; false on an error. */
static bool trace(struct str text, struct buf *out, struct err *err)
{
    static const char letters[] = "$o.a,ksntfz";
    struct json_reader reader;
    struct json_token token;

    buf_clear(out);
    json_init(&reader, text);
    do {
        if (!json_next(&reader, &token, err)) {
            struct err again = {0};
            assert_false(json_next(&reader, &token, &again)); /* spent */
            assert_int_not_equal(again.kind, ERR_NONE);
            return false;
        }
        buf_char(out, letters[token.kind]);
        if (token.kind == JSON_KEY || token.kind == JSON_STRING || token.kind == JSON_NUMBER) {
            assert_ptr_equal(token.text.p, text.p + token.offset + (token.kind != JSON_NUMBER));
            buf_printf(out, "(%.*s)", STR_ARG(token.text));
        }
    } while (token.kind != JSON_END);
    assert_true(json_next(&reader, &token, err) && token.kind == JSON_END);
    return true;
}

static void test_tokens(void **state)
{
    static const struct {
        struct str text;
        const char *trace;
    } cases[] = {
        {STR_LIT("{}"), "o.$"},
        {STR_LIT(" [ ] "), "a,$"},
        {STR_LIT("null"), "z$"},
        {STR_LIT("\t\r\n true"), "t$"},
        {STR_LIT("\"x\""), "s(x)$"},
        {STR_LIT("[1,-0,2.5e+10,0E-0,-12.75]"), "an(1)n(-0)n(2.5e+10)n(0E-0)n(-12.75),$"},
        {STR_LIT("{\"a\":{\"b\":[false,{}]},\"a\" : \"\"}"), "ok(a)ok(b)afo.,.k(a)s().$"},
        {STR_LIT("[\"a\\\"b\\\\\", \"\\u00e9\xc3\xa9\x7f\"]"),
         "as(a\\\"b\\\\)s(\\u00e9\xc3\xa9\x7f),$"},
        {STR_LIT("[[[]],[]]"), "aaa,,a,,$"},
    };
    struct buf out;

    (void)state;
    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {0};
        assert_true(trace(cases[i].text, &out, &err));
        assert_true(str_eq(buf_text(&out), str_from(cases[i].trace)));
    }
    buf_release(&out);
}

static void test_refused_with_place(void **state)
{
    static const struct {
        struct str text;
        unsigned line, col;
        const char *message;
    } cases[] = {
        {STR_LIT(""), 1, 1, "ends too early"},
        {STR_LIT("  \n "), 2, 2, "ends too early"},
        {STR_LIT("[1,]"), 1, 4, "expected a value"},
        {STR_LIT("[,1]"), 1, 2, "expected a value"},
        {STR_LIT("[1 2]"), 1, 4, "expected ',' or ']'"},
        {STR_LIT("[1}"), 1, 3, "expected ',' or ']'"},
        {STR_LIT("[1"), 1, 3, "expected ',' or ']'"},
        {STR_LIT("{\"a\":1,}"), 1, 8, "expected a key"},
        {STR_LIT("{\"a\":1]"), 1, 7, "expected ',' or '}'"},
        {STR_LIT("{\"a\" 1}"), 1, 6, "expected ':'"},
        {STR_LIT("{\"a\":}"), 1, 6, "expected a value"},
        {STR_LIT("{1:2}"), 1, 2, "expected a key"},
        {STR_LIT("{\n\n  a:2}"), 3, 3, "expected a key"},
        {STR_LIT("]"), 1, 1, "expected a value"},
        {STR_LIT("{} {}"), 1, 4, "behind the end"},
        {STR_LIT("01"), 1, 2, "behind the end"},
        {STR_LIT("[01]"), 1, 3, "expected ','"},
        {STR_LIT("-"), 1, 2, "lacks a digit"},
        {STR_LIT("1."), 1, 3, "lacks a digit"},
        {STR_LIT("1.e5"), 1, 3, "lacks a digit"},
        {STR_LIT("1e"), 1, 3, "lacks a digit"},
        {STR_LIT("1e+"), 1, 4, "lacks a digit"},
        {STR_LIT("+1"), 1, 1, "expected a value"},
        {STR_LIT(".5"), 1, 1, "expected a value"},
        {STR_LIT("NaN"), 1, 1, "expected a value"},
        {STR_LIT("-Infinity"), 1, 2, "lacks a digit"},
        {STR_LIT("True"), 1, 1, "expected a value"},
        {STR_LIT("nul"), 1, 1, "expected a value"},
        {STR_LIT("nullx"), 1, 5, "behind the end"},
        {STR_LIT("'a'"), 1, 1, "expected a value"},
        {STR_LIT("[1]//x"), 1, 4, "behind the end"},
        {STR_LIT("\xef\xbb\xbf{}"), 1, 1, "expected a value"},
        {STR_LIT("[\"abc"), 1, 2, "without an end"},
        {STR_LIT("\"a\tb\""), 1, 3, "control character"},
        {STR_LIT("\"a\0\""), 1, 3, "control character"},
        {STR_LIT("\"12345678\n\""), 1, 10, "control character"},
        {STR_LIT("\"12345678abcdef\x1fhijklmnop\""), 1, 16, "control character"},
        {STR_LIT("\"12345678abcdef\0hijklmnop\""), 1, 16, "control character"},
        {STR_LIT("\"12345678abcdef\xffhijklmnop\""), 1, 16, "not UTF-8"},
        {STR_LIT("\"\\ud800\\ue000\""), 1, 2, "wrong escape"},
        {STR_LIT("\"\\x\""), 1, 2, "wrong escape"},
        {STR_LIT("\"\\\0\""), 1, 2, "wrong escape"},
        {STR_LIT("\"\\u12g4\""), 1, 2, "wrong escape"},
        {STR_LIT("\"\\u123\""), 1, 2, "wrong escape"},
        {STR_LIT("\"\\ud800\""), 1, 2, "wrong escape"},
        {STR_LIT("\"\\udc00\""), 1, 2, "wrong escape"},
        {STR_LIT("\"\\ud800\\ud800\""), 1, 2, "wrong escape"},
        {STR_LIT("\"\\ud800xxxxxx\""), 1, 2, "wrong escape"},
        {STR_LIT("\"\\"), 1, 2, "wrong escape"},
        {STR_LIT("\"\\\""), 1, 4, "without an end"},
        {STR_LIT("\"\xff\""), 1, 2, "not UTF-8"},
        {STR_LIT("\"1234567890\xed\xa0\x80\""), 1, 12, "not UTF-8"},
        {STR_LIT("\"\xc3\""), 1, 2, "not UTF-8"},
    };
    struct buf out;

    (void)state;
    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {0};
        if (trace(cases[i].text, &out, &err)) {
            fail_msg("accepted: %.*s", STR_ARG(cases[i].text));
        }
        if (strstr(err.text, cases[i].message) == NULL || err.line != cases[i].line ||
            (err.col != cases[i].col && strcmp(cases[i].message, "without an end") != 0)) {
            fail_msg("%.*s: %u:%u: %s", STR_ARG(cases[i].text), err.line, err.col, err.text);
        }
        assert_int_equal(err.kind, ERR_INPUT);
    }
    buf_release(&out);
}

static void test_depth(void **state)
{
    struct buf text, out;
    struct err err = {0}, deep = {0};

    (void)state;
    buf_init(&text, 1 << 16);
    buf_init(&out, 1 << 16);
    for (int extra = 0; extra < 2; extra++) {
        buf_clear(&text);
        for (int i = 0; i < JSON_DEPTH_MAX + extra; i++) {
            buf_str(&text, i % 3 == 0 ? STR("[") : STR("{\"k\":"));
        }
        buf_char(&text, '7');
        for (int i = JSON_DEPTH_MAX + extra - 1; i >= 0; i--) {
            buf_char(&text, i % 3 == 0 ? ']' : '}');
        }
        if (extra == 0) {
            assert_true(trace(buf_text(&text), &out, &err));
        } else {
            assert_false(trace(buf_text(&text), &out, &deep));
            assert_non_null(strstr(deep.text, "nested too deeply"));
        }
    }
    buf_release(&text);
    buf_release(&out);
}

static void test_every_truncation_is_refused(void **state)
{
    struct str text = STR("{\"a\":[1,true,\"x\\u00e9\\ud83d\\ude00\xe2\x82\xac\",{\"b\":null}]}");
    struct buf out;

    (void)state;
    buf_init(&out, 1 << 16);
    for (size_t n = 0; n <= text.n; n++) {
        struct err err = {0};
        assert_true(trace(str_sub(text, 0, n), &out, &err) == (n == text.n));
    }
    buf_release(&out);
}

static void expect_next(struct json_reader *reader, struct json_token *token, enum json_kind kind)
{
    struct err err = {0};

    assert_true(json_next(reader, token, &err));
    assert_int_equal(token->kind, kind);
}

static void test_skip(void **state)
{
    struct json_reader reader;
    struct json_token token;
    struct err err = {0};

    (void)state;
    json_init(&reader, STR("{\"a\":[1,[2],{\"x\":{}}],\"b\":3,\"c\":{\"d\":[]},\"e\":\"z\"}"));
    expect_next(&reader, &token, JSON_OBJECT_BEGIN);
    expect_next(&reader, &token, JSON_KEY);
    expect_next(&reader, &token, JSON_ARRAY_BEGIN);
    assert_true(json_skip(&reader, &token, &err)); /* a composite value */
    expect_next(&reader, &token, JSON_KEY);
    expect_next(&reader, &token, JSON_NUMBER);
    assert_true(json_skip(&reader, &token, &err)); /* a scalar: nothing to skip */
    expect_next(&reader, &token, JSON_KEY);
    assert_true(json_skip(&reader, &token, &err)); /* a key: its value */
    expect_next(&reader, &token, JSON_KEY);
    assert_true(str_eq(token.text, STR("e")));
    assert_true(json_skip(&reader, &token, &err));
    expect_next(&reader, &token, JSON_OBJECT_END);
    expect_next(&reader, &token, JSON_END);

    json_init(&reader, STR("[[1,}]"));
    expect_next(&reader, &token, JSON_ARRAY_BEGIN);
    assert_false(json_skip(&reader, &token, &err)); /* skipping is as strict as reading */
    assert_int_equal(err.col, 5);
}

static void test_unescape(void **state)
{
    static const struct {
        struct str text, value;
    } cases[] = {
        {STR_LIT("\"plain\""), STR_LIT("plain")},
        {STR_LIT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), STR_LIT("\"\\/\b\f\n\r\t")},
        {STR_LIT("\"a\\u0000b\\u007f\\u0080\""), STR_LIT("a\0b\x7f\xc2\x80")},
        {STR_LIT("\"\\u07FF\\u0800\\uFFFF\""), STR_LIT("\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf")},
        {STR_LIT("\"\\ud83d\\uDE00\\uDBFF\\uDFFF\""), STR_LIT("\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf")},
        {STR_LIT("\"\xc3\xa9\\n\xc3\xa9\""), STR_LIT("\xc3\xa9\n\xc3\xa9")},
    };
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 16);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json_reader reader;
        struct json_token token;
        struct str value = {0};
        json_init(&reader, cases[i].text);
        expect_next(&reader, &token, JSON_STRING);
        assert_int_equal(token.is_escaped, i > 0);
        assert_true(json_unescape(&arena, &token, &value));
        assert_true(str_eq(value, cases[i].value));
    }
    arena_release(&arena);
}

static void test_unescape_borrows_or_needs_room(void **state)
{
    struct arena arena;
    struct json_reader reader;
    struct json_token token;
    struct str text = STR("[\"plain\",\"a\\nb\"]"), value = {0};

    (void)state;
    arena_init(&arena, 0);
    json_init(&reader, text);
    expect_next(&reader, &token, JSON_ARRAY_BEGIN);
    expect_next(&reader, &token, JSON_STRING);
    assert_true(json_unescape(&arena, &token, &value));
    assert_ptr_equal(value.p, text.p + 2);
    expect_next(&reader, &token, JSON_STRING);
    assert_false(json_unescape(&arena, &token, &value));
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_refused_with_place),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_every_truncation_is_refused),
        cmocka_unit_test(test_skip),
        cmocka_unit_test(test_unescape),
        cmocka_unit_test(test_unescape_borrows_or_needs_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

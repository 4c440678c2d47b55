#include "render/terminal.h"

#include "render/glyph.h"
#include "render/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(struct str text, struct str wanted)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    terminal_text(&out, text);
    assert_true(str_eq(buf_text(&out), wanted));
    buf_release(&out);
}

static void test_shows_what_hides(void **state)
{
    (void)state;
    expect(STR("plain ~"), STR("plain ~"));
    expect(STR("\x1b]0;owned\x07"), STR("\\x1b]0;owned\\x07"));
    expect(STR("a\nb\tc\rd\0"), STR("a\\x0ab\\x09c\\x0dd\\x00"));
    expect(STR("\x7f\xc2\x80\xc2\x9b"), STR("\\x7f\\x80\\x9b"));
    expect(STR("\xff\x9b"), STR("\\xff\\x9b"));
    expect(STR("\u202e\u2066\u200b\ufeff\u00ad"), STR("\\u{202e}\\u{2066}\\u{200b}\\u{feff}\\xad"));
    expect(STR("\u2028\U000e0041"), STR("\\u{2028}\\u{e0041}"));
    expect(STR("é 日本 😀 שלום"), STR("é 日本 😀 שלום"));
}

/* No code point may leave terminal_text that a terminal takes for a command or shows backwards. */
static void test_every_code_point(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0xa0; c++) {
        assert_int_equal(glyph_is_hidden(c), c < 0x20 || c >= 0x7f);
    }
    for (uint32_t c = 0x202a; c <= 0x202e; c++) {
        assert_true(glyph_is_hidden(c));
    }
    for (uint32_t c = 0x2066; c <= 0x2069; c++) {
        assert_true(glyph_is_hidden(c));
    }
    assert_true(glyph_is_hidden(0x200e) && glyph_is_hidden(0x200f) && glyph_is_hidden(0x61c));
    assert_false(glyph_is_hidden(0xa0));
}

static void test_width(void **state)
{
    (void)state;
    assert_int_equal(terminal_width(STR("")), 0);
    assert_int_equal(terminal_width(STR("abc")), 3);
    assert_int_equal(terminal_width(STR("日本")), 4);
    assert_int_equal(terminal_width(STR("e\u0301")), 1);
    assert_int_equal(terminal_width(STR("😀")), 2);
    assert_int_equal(terminal_width(STR("▏…·")), 3);
    for (size_t i = 1; i < glyph_zero_count; i++) {
        assert_true(glyph_zero[i - 1].last < glyph_zero[i].first);
    }
    for (size_t i = 1; i < glyph_wide_count; i++) {
        assert_true(glyph_wide[i - 1].last < glyph_wide[i].first);
    }
}

static void expect_cut(struct str text, size_t width, struct str wanted, size_t wanted_width)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    assert_int_equal(terminal_cut(&out, text, width), wanted_width);
    assert_true(str_eq(buf_text(&out), wanted));
    buf_release(&out);
}

static void test_cut(void **state)
{
    (void)state;
    expect_cut(STR("abcd"), 4, STR("abcd"), 4);
    expect_cut(STR("abcd"), 3, STR("ab…"), 3);
    expect_cut(STR("abcd"), 1, STR("…"), 1);
    expect_cut(STR("abcd"), 0, STR(""), 0);
    expect_cut(STR("日本語"), 5, STR("日本…"), 5);
    expect_cut(STR("日本語"), 4, STR("日…"), 3);
    expect_cut(STR("ae\u0301"), 2, STR("ae\u0301"), 2);
}

static void test_line(void **state)
{
    struct str rest = STR("  one two; three four-and-more  ");

    (void)state;
    assert_true(str_eq(terminal_line(&rest, 9, 0), STR("one two;")));
    assert_true(str_eq(terminal_line(&rest, 5, 0), STR("three")));
    assert_true(str_eq(terminal_line(&rest, 5, 0), STR("four-and-more")));
    assert_int_equal(rest.n, 0);
    rest = STR("a b; c d; e");
    assert_true(str_eq(terminal_line(&rest, 5, ';'), STR("a b;")));
    assert_true(str_eq(terminal_line(&rest, 1, ';'), STR("c d;")));
    assert_true(str_eq(terminal_line(&rest, 1, ';'), STR("e")));
}

static void test_bar(void **state)
{
    static const struct {
        uint64_t part, whole;
        struct str wanted;
    } cases[] = {
        {0, 8, STR_LIT("····")},
        {8, 8, STR_LIT("████")},
        {1, 2, STR_LIT("██··")},
        {1, 1000000, STR_LIT("▏···")},
        {999999, 1000000, STR_LIT("███▉")},
        {0, 0, STR_LIT("····")},
        {5, 32, STR_LIT("▋···")},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf out;
        buf_init(&out, 1 << 10);
        terminal_bar(&out, cases[i].part, cases[i].whole, 4);
        assert_true(str_eq(buf_text(&out), cases[i].wanted));
        buf_release(&out);
    }
}

/* However the stream is cut, what comes out is the same. */
static void test_filter(void **state)
{
    static const char text[] = "a\n\tb\x1b[0m日本😀\xc2\x9b\xe6\x97z\xf0\x9f\u202e\xff\xe2\x80";
    static const char wanted[] =
        "a\n\tb\\x1b[0m日本😀\\x9b\\xe6\\x97z\\xf0\\x9f\\u{202e}\\xff\\xe2\\x80";
    struct str all = STR(text);

    (void)state;
    for (size_t step = 1; step <= all.n; step++) {
        struct terminal_filter filter = {0};
        struct buf out;
        buf_init(&out, 1 << 10);
        for (size_t at = 0; at < all.n; at += step) {
            terminal_filter_write(&filter, &out, str_sub(all, at, at + step));
            terminal_filter_write(&filter, &out, STR(""));
        }
        terminal_filter_end(&filter, &out);
        assert_true(str_eq(buf_text(&out), STR(wanted)));
        buf_release(&out);
    }
}

static void test_numbers(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 1 << 10);
    number_grouped(&out, 0);
    buf_char(&out, ' ');
    number_grouped(&out, 999);
    buf_char(&out, ' ');
    number_grouped(&out, 1000);
    buf_char(&out, ' ');
    number_grouped(&out, UINT64_MAX);
    buf_char(&out, '|');
    number_counted(&out, 1, STR("user"));
    buf_char(&out, '|');
    number_counted(&out, 12478, STR("user"));
    buf_char(&out, '|');
    number_duration(&out, -5);
    buf_char(&out, '|');
    number_duration(&out, 119);
    buf_char(&out, '|');
    number_duration(&out, 3 * 3600 + 1);
    buf_char(&out, '|');
    number_percent(&out, 1, 1000);
    buf_char(&out, ' ');
    number_percent(&out, 999, 1000);
    buf_char(&out, ' ');
    number_percent(&out, 1, 4);
    buf_char(&out, ' ');
    number_percent(&out, 0, 0);
    assert_true(str_eq(buf_text(&out),
                       STR("0 999 1,000 18,446,744,073,709,551,615|1 user|12,478 users|0 seconds|"
                           "119 seconds|3 hours|<1% >99% 25% 0%")));
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shows_what_hides),
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_bar),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

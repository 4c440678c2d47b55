#include "render/plot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "render/svg.h"

static const struct plot_frame frame = {
    .title = STR_LIT("How many <b>?"),
    .description = STR_LIT("Twelve & more."),
    .width = 400,
    .height = 200,
    .left = 50,
    .right = 50,
    .x = {.kind = SCALE_COUNT, .low = 0, .high = 10},
    .y = {.kind = SCALE_COUNT, .low = 0, .high = 10},
};

static bool has(const struct buf *out, const char *part)
{
    return memmem(out->p, out->n, part, strlen(part)) != NULL;
}

static size_t count_of(const struct buf *out, const char *part)
{
    size_t count = 0;

    for (const char *p = out->p;
         (p = memmem(p, out->n - (size_t)(p - out->p), part, strlen(part))) != NULL; p++) {
        count++;
    }
    return count;
}

static void test_frame(void **state)
{
    struct plot plot;
    struct buf out;

    (void)state;
    buf_init(&out, 1 << 20);
    plot_open(&plot, &out, &frame);
    assert_true(plot_x(&plot, 0) == 50 && plot_x(&plot, 10) == 350);
    assert_true(plot_y(&plot, 10) == PLOT_TOP && plot_y(&plot, 0) == 200 - PLOT_BOTTOM);
    plot_close(&plot);
    assert_true(has(&out, "<svg role=\"img\" viewBox=\"0 0 400 200\">"));
    assert_true(has(&out, "<title>How many &lt;b&gt;?</title>\n<desc>Twelve &amp; more.</desc>"));
    assert_true(has(&out, "</svg>"));
    buf_release(&out);
}

static void test_gap_breaks_the_line(void **state)
{
    const struct plot_point points[] = {
        {.x = 0, .y = 1, .is_first = true}, {.x = 1, .y = 2},  {.x = 5, .y = 3, .is_first = true},
        {.x = 9, .y = 1, .is_first = true}, {.x = 10, .y = 1},
    };
    struct plot plot;
    struct buf out;

    (void)state;
    buf_init(&out, 1 << 20);
    plot_open(&plot, &out, &frame);
    buf_clear(&out);
    plot_line(&plot, STR("s1"), points, 5);
    assert_int_equal(count_of(&out, "M"), 3);
    assert_int_equal(count_of(&out, "L"), 2);
    buf_clear(&out);
    plot_band(&plot, STR("band"), points, 5);
    assert_int_equal(count_of(&out, "Z"), 3);
    buf_clear(&out);
    plot_line(&plot, STR("s1"), points, 0);
    plot_steps(&plot, STR("s1"), points, 0);
    plot_step_band(&plot, STR("s1"), points, 1);
    plot_area(&plot, STR("s1"), points, 0);
    assert_int_equal(out.n, 0);
    buf_release(&out);
}

static void test_steps_hold(void **state)
{
    const struct plot_point points[] = {{.x = 0, .y = 10}, {.x = 5, .y = 5}, {.x = 10, .y = 5}};
    struct plot plot;
    struct buf out;

    (void)state;
    buf_init(&out, 1 << 20);
    plot_open(&plot, &out, &frame);
    buf_clear(&out);
    plot_steps(&plot, STR("s1"), points, 3);
    assert_true(has(&out, "d=\"M50 26L200 26L200 92L350 92\""));
    buf_release(&out);
}

/* The baselines of all labels, in the order they are written. */
static void test_labels_keep_apart(void **state)
{
    static const double ys[] = {0, 0, 0, 10, 9.9, 0.1};
    struct plot plot;
    struct buf out;
    double before = 0;
    const char *p;

    (void)state;
    buf_init(&out, 1 << 20);
    plot_open(&plot, &out, &frame);
    for (size_t i = 0; i < sizeof ys / sizeof ys[0]; i++) {
        plot_label(&plot, STR("s1"), ys[i], STR("label"));
    }
    buf_clear(&out);
    plot_close(&plot);
    assert_int_equal(count_of(&out, "<text"), 6);
    buf_char(&out, '\0');
    p = out.p;
    for (int i = 0; i < 6; i++) {
        p = strstr(strstr(p, "<text"), " y=\"") + 4;
        double y = strtod(p, NULL);
        assert_true(i == 0 || y >= before + 16.9);
        assert_true(y >= PLOT_TOP && y <= 200 - PLOT_BOTTOM + 5);
        before = y;
    }
    buf_release(&out);
}

static void test_numbers(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 1 << 20);
    svg_line(&out, STR(""), -0.01, 1.25, 2.04, -3.96);
    assert_true(str_eq(buf_text(&out), STR("<line x1=\"0\" y1=\"1.3\" x2=\"2\" y2=\"-4\"/>\n")));
    buf_clear(&out);
    svg_rect(&out, STR("s1"), 1, 1, 0, 5);
    assert_int_equal(out.n, 0);
    buf_release(&out);
}

static void expect_fit(struct str text, double width, struct str wanted)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    svg_text_fit(&out, text, width);
    buf_char(&out, '\0');
    assert_string_equal(out.p, wanted.p);
    out.n--;
    assert_true(svg_text_width(buf_text(&out)) <= width + 1);
    buf_release(&out);
}

static void test_text_fit(void **state)
{
    (void)state;
    expect_fit(STR("short"), 200, STR("short"));
    expect_fit(STR("a name that is too long"), 80, STR("a name t\u2026"));
    expect_fit(STR("\u65e5\u672c\u8a9e\u65e5\u672c\u8a9e"), 60, STR("\u65e5\u672c\u8a9e\u2026"));
    /* A hidden character is shown as an escape, which takes room. */
    assert_true(svg_text_width(STR("\u202e")) > svg_text_width(STR("abcdefg")));
}

static void test_bars(void **state)
{
    const struct plot_bar bars[] = {
        {STR_LIT("none"), STR_LIT("0"), STR_LIT("s1"), 0},
        {STR_LIT("few"), STR_LIT("1"), STR_LIT("s1"), 0.0001},
        {STR_LIT("<all>"), STR_LIT("9,999"), STR_LIT("s1"), 1},
    };
    struct buf out;

    (void)state;
    buf_init(&out, 1 << 20);
    plot_bars(&out, STR("Q?"), STR("A."), 400, bars, 3);
    assert_int_equal(count_of(&out, "<rect"), 2);
    assert_true(has(&out, "width=\"1.5\""));
    assert_true(has(&out, "&lt;all&gt;"));
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frame),      cmocka_unit_test(test_gap_breaks_the_line),
        cmocka_unit_test(test_steps_hold), cmocka_unit_test(test_labels_keep_apart),
        cmocka_unit_test(test_numbers),    cmocka_unit_test(test_text_fit),
        cmocka_unit_test(test_bars),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "render/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(struct table *table, size_t indent, size_t width, struct str wanted)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    table_write(table, &out, indent, width);
    assert_true(str_eq(buf_text(&out), wanted));
    buf_release(&out);
    table_release(table);
}

static void test_aligns(void **state)
{
    static const struct table_column columns[] = {
        {.title = STR_LIT("NAME")},
        {.title = STR_LIT("N"), .align = TABLE_RIGHT},
        {.title = STR_LIT("")},
    };
    struct table table = {.columns = columns, .column_count = 3};

    (void)state;
    table_cell(&table, STR("alice"), STYLE_BOLD);
    table_cell_count(&table, 1234, STYLE_NONE);
    table_cell(&table, STR("x"), STYLE_NONE);
    table_cell(&table, STR("日本"), STYLE_NONE);
    table_cell_count(&table, 0, STYLE_NONE);
    table_cell(&table, STR(""), STYLE_NONE);
    expect(&table, 2, 80,
           STR("  NAME       N\n"
               "  alice  1,234  x\n"
               "  日本       ·\n"));
    expect(&table, 2, 80, STR(""));
}

static void test_shrinks_and_cuts(void **state)
{
    static const struct table_column columns[] = {
        {.shrink_to = 0},
        {.shrink_to = 4},
        {.shrink_to = 6, .wrap_after = ';'},
    };
    struct table table = {.columns = columns, .column_count = 3};

    (void)state;
    for (int round = 0; round < 2; round++) {
        table_cell(&table, STR("123456789012"), STYLE_NONE);
        table_cell(&table, STR("long-user-name"), STYLE_NONE);
        table_cell(&table, STR("a=1; bcdefgh=2; c=3"), STYLE_NONE);
        if (round == 0) {
            assert_int_equal(table_width(&table), 12 + 2 + 14 + 2 + 19);
            assert_int_equal(table_width_least(&table), 12 + 2 + 4 + 2 + 6);
            expect(&table, 0, 40,
                   STR("123456789012  long-user-n…  a=1;\n"
                       "                            bcdefgh=2;\n"
                       "                            c=3\n"));
        }
    }
    /* Narrower than it can be: the least widths hold. */
    expect(&table, 0, 5,
           STR("123456789012  lon…  a=1;\n"
               "                    bcdef…\n"
               "                    c=3\n"));
}

static void test_breaks_titles(void **state)
{
    static const struct table_column columns[] = {
        {.title = STR_LIT("access_key_1_last_used_date")},
        {.title = STR_LIT("mfa_active")},
    };
    struct table table = {.columns = columns, .column_count = 2};

    (void)state;
    table_cell(&table, STR("N/A"), STYLE_NONE);
    table_cell(&table, STR("true"), STYLE_NONE);
    expect(&table, 0, 80,
           STR("access_key_1_   mfa_active\n"
               "last_used_date\n"
               "N/A             true\n"));
    table.title_width = 6;
    table_cell(&table, STR("N/A"), STYLE_NONE);
    table_cell(&table, STR("true"), STYLE_NONE);
    expect(&table, 0, 80,
           STR("access_  mfa_\n"
               "key_1_   active\n"
               "last_\n"
               "used_\n"
               "date\n"
               "N/A      true\n"));
}

static void test_hostile_cells_and_colour(void **state)
{
    static const struct table_column columns[] = {{.title = STR_LIT("")}, {.title = STR_LIT("")}};
    struct table table = {.columns = columns, .column_count = 2, .color = true};

    (void)state;
    table_cell(&table, STR("\x1b[2J\n"), STYLE_RED);
    table_cell(&table, STR("x"), STYLE_NONE);
    expect(&table, 0, 80, STR("\x1b[1;31m\\x1b[2J\\x0a\x1b[0m  x\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_aligns),
        cmocka_unit_test(test_shrinks_and_cuts),
        cmocka_unit_test(test_breaks_titles),
        cmocka_unit_test(test_hostile_cells_and_colour),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "codec/csv_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_cell(const struct csv_rows *rows, size_t index, const char *text, uint64_t col)
{
    assert_true(str_eq(csv_rows_cell(rows, index), str_from(text)));
    assert_int_equal(csv_rows_col(rows, index), col);
}

static void rows_as_people_write_them(void **state)
{
    char text[] = "\xef\xbb\xbf"
                  "account,name\r\n\n\r\n"
                  "1,\"a \"\"b\"\",\nc\"\n"
                  "2,,\n"
                  "3";
    struct csv_rows rows;

    (void)state;
    csv_rows_init(&rows, text, sizeof text - 1);
    assert_true(csv_rows_left_max(&rows) >= 4);
    assert_true(csv_rows_next(&rows));
    assert_int_equal(rows.line, 1);
    assert_int_equal(rows.cell_count, 2);
    assert_cell(&rows, 0, "account", 1);
    assert_cell(&rows, 1, "name", 9);

    assert_true(csv_rows_next(&rows));
    assert_int_equal(rows.line, 4);
    assert_true(rows.has_quotes);
    assert_cell(&rows, 1, "a \"b\",\nc", 0);

    assert_true(csv_rows_next(&rows));
    assert_int_equal(rows.line, 6); /* a line end between quotes is one, too */
    assert_int_equal(rows.cell_count, 3);
    assert_cell(&rows, 2, "", 4);
    assert_cell(&rows, 3, "", 0);

    assert_true(csv_rows_next(&rows));
    assert_cell(&rows, 0, "3", 1);
    assert_false(csv_rows_next(&rows));
    assert_false(csv_rows_next(&rows));
    assert_cell(&rows, 0, "", 0);
}

static void nothing_has_no_rows(void **state)
{
    static const char *const nothing[] = {"", "\n", "\r\n\n", "\xef\xbb\xbf"};
    char text[8];
    struct csv_rows rows;

    (void)state;
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        memcpy(text, nothing[i], strlen(nothing[i]));
        csv_rows_init(&rows, text, strlen(nothing[i]));
        assert_false(csv_rows_next(&rows));
    }
    csv_rows_init(&rows, NULL, 0);
    assert_false(csv_rows_next(&rows));
}

/* All are counted; those behind the last that can be read are empty. */
static void a_row_may_be_too_wide(void **state)
{
    char text[2 * (CSV_CELLS_MAX + 2)];
    struct csv_rows rows;

    (void)state;
    for (size_t i = 0; i < sizeof text; i += 2) {
        memcpy(text + i, "x,", 2);
    }
    csv_rows_init(&rows, text, sizeof text - 1);
    assert_true(csv_rows_next(&rows));
    assert_int_equal(rows.cell_count, CSV_CELLS_MAX + 2);
    assert_cell(&rows, CSV_CELLS_MAX - 1, "x", 2 * CSV_CELLS_MAX - 1);
    assert_cell(&rows, CSV_CELLS_MAX, "", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_as_people_write_them),
        cmocka_unit_test(nothing_has_no_rows),
        cmocka_unit_test(a_row_may_be_too_wide),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

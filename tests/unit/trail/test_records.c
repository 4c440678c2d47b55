#include "trail/records.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

/* What a text comes to when it is shown `step` bytes at a time: the values, a line each, and how it
 * ends. */
static void read_all(struct str text, size_t step, enum simd_level simd, struct buf *out)
{
    struct records records;
    struct record record;
    struct err err = {0};
    enum records_step got = RECORDS_MORE;
    size_t shown = 0, dropped = 0;

    records_init(&records, simd);
    records_begin(&records);
    while (got == RECORDS_MORE) {
        dropped += records_keep(&records);
        shown = text.n - shown < step ? text.n : shown + step;
        records_show(&records, str_sub(text, dropped, shown), shown == text.n);
        while ((got = records_next(&records, &record, &err)) == RECORDS_ONE) {
            buf_printf(out, "%d%s %.*s\n", (int)record.list, record.is_first ? "!" : "",
                       STR_ARG(record.text));
        }
        assert_true(got != RECORDS_MORE || shown < text.n);
    }
    buf_str(out, got == RECORDS_END ? STR("end") : str_from(err.text));
}

static void check(struct str text, const char *expected)
{
    for (int level = SIMD_SCALAR; level <= (int)simd_level_detect(); level++) {
        for (size_t step = 1; step < 200; step = step * 2 + 1) {
            struct buf out;
            buf_init(&out, 1 << 20);
            read_all(text, step, (enum simd_level)level, &out);
            buf_char(&out, '\0');
            assert_string_equal(out.p, expected);
            buf_release(&out);
        }
    }
}

static void lists_of_all_kinds(void **state)
{
    (void)state;
    check(STR("{\"Records\":[{\"a\":1},{\"b\":[{}]}]}"), "2! {\"a\":1}\n2 {\"b\":[{}]}\nend");
    check(STR(" { \"Records\" : [ {} , {} ] , \"x\": [\"}\"] } \n"), "2! {}\n2 {}\nend");
    check(STR("{\"Events\":[{\"c\":\"}\"}]}"), "3! {\"c\":\"}\"}\nend");
    check(STR("[{\"a\":[1]},\n{}]\n"), "1! {\"a\":[1]}\n1 {}\nend");
    check(STR("\xEF\xBB\xBF{\"a\":1}\n{\"b\":2}{\"c\":3}"),
          "0! {\"a\":1}\n0 {\"b\":2}\n0 {\"c\":3}\nend");
    check(STR("{\"x\":1,\"Records\":[{}]}"), "0! {\"x\":1,\"Records\":[{}]}\nend");
    check(STR("{\"Records\":{}}"), "0! {\"Records\":{}}\nend");
    check(STR("{\"Records\":[]}{\"Records\":[{}]}[{}]{}"), "2! {}\n1! {}\n0! {}\nend");
    check(STR(""), "end");
    check(STR(" \n"), "end");
}

static void strings_hide_brackets(void **state)
{
    (void)state;
    check(STR("[{\"a\":\"\\\"}]{\"},{\"b\":\"\\\\\"},{\"c\":\"\\\\\\\"}\"}]"),
          "1! {\"a\":\"\\\"}]{\"}\n1 {\"b\":\"\\\\\"}\n1 {\"c\":\"\\\\\\\"}\"}\nend");
    check(STR("{\"Records\":[{\"p\":\"{\\\"Records\\\":[{}]}\"},"
              "{\"n\":[{\"eventVersion\":\"1\"},{\"eventVersion\":\"2\"}]}]}"),
          "2! {\"p\":\"{\\\"Records\\\":[{}]}\"}\n"
          "2 {\"n\":[{\"eventVersion\":\"1\"},{\"eventVersion\":\"2\"}]}\nend");
}

static void what_is_wrong_is_told_where_it_stands(void **state)
{
    (void)state;
    check(STR("{\"Records\":[{\"a\":1} {\"b\":2}]}"),
          "2! {\"a\":1}\nno record where one should be (byte 20 of the JSON)");
    check(STR("{\"Records\":[{\"a\":1},]}"),
          "2! {\"a\":1}\nno record where one should be (byte 20 of the JSON)");
    check(STR("[{},5]"), "1! {}\nno record where one should be (byte 4 of the JSON)");
    check(STR("}"), "no record where one should be (byte 0 of the JSON)");
    check(STR("not JSON"), "no record where one should be (byte 0 of the JSON)");
    check(STR("{\"Records\":[{\"a\":1},{\"b\""),
          "2! {\"a\":1}\nthe text ends early: what begins here has no end (byte 20 of the JSON)");
    check(STR("{\"Records\":[{}]"),
          "2! {}\nthe text ends early: what begins here has no end (byte 15 of the JSON)");
    check(STR("{\"Records\":[{}],"),
          "2! {}\nthe text ends early: what begins here has no end (byte 15 of the JSON)");
    check(STR("[{}"),
          "1! {}\nthe text ends early: what begins here has no end (byte 3 of the JSON)");
    check(STR("{\"Rec"), "the text ends early: what begins here has no end (byte 0 of the JSON)");
}

/* The variants of structure.h on every offset and length around a block, on a text that is nothing
 * but trouble. */
static void vectors_find_what_the_scalar_finds(void **state)
{
    static const char trouble[] = "\"\\\\{}[]x:,\"\\{\"}";
    char text[700];
    uint64_t random = 1;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        size_t n = (size_t)(random % 650), from = (size_t)(random >> 20) % 64;
        for (size_t i = 0; i < sizeof text; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            text[i] = trouble[(random >> 33) % (sizeof trouble - 1)];
        }
        from = from < n ? from : n;
        for (int level = SIMD_SCALAR; level <= (int)simd_level_detect(); level++) {
            uint32_t ends[2][1024];
            struct structure one = {.at = from, .depth = (int64_t)(random >> 40) % 4}, other = one;
            size_t count = structure_scalar(text, n, &one, ends[0], 1024);
            size_t found = 0;
            while (other.at < n) { /* a little room at a time */
                found += structure_choose((enum simd_level)level)(text, n, &other, ends[1] + found,
                                                                  STRUCTURE_BLOCK + 3);
            }
            assert_int_equal(found, count);
            assert_memory_equal(ends[0], ends[1], count * sizeof ends[0][0]);
            assert_int_equal(one.depth, other.depth);
            assert_int_equal(one.is_string, other.is_string);
            assert_int_equal(one.is_escaped, other.is_escaped);
        }
    }
}

static void a_value_has_a_largest_size(void **state)
{
    struct records records;
    struct record record;
    struct err err = {0};
    struct buf text;

    (void)state;
    buf_init(&text, 16 << 20);
    buf_str(&text, STR("[{\"a\":\""));
    buf_fill(&text, 'x', RECORD_SIZE_MAX);
    buf_str(&text, STR("\"}]"));
    records_init(&records, simd_level_detect());
    records_begin(&records);
    records_show(&records, str_sub(buf_text(&text), 0, RECORD_SIZE_MAX), false);
    assert_int_equal(records_next(&records, &record, &err), RECORDS_MORE);
    records_show(&records, str_sub(buf_text(&text), 1, text.n), true);
    assert_int_equal(records_next(&records, &record, &err), RECORDS_FAILED);
    assert_string_equal(err.text, "a record of more than 4 MiB begins here (byte 1 of the JSON)");
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_all_kinds),
        cmocka_unit_test(strings_hide_brackets),
        cmocka_unit_test(what_is_wrong_is_told_where_it_stands),
        cmocka_unit_test(vectors_find_what_the_scalar_finds),
        cmocka_unit_test(a_value_has_a_largest_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "render/csv.h"

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
    buf_str(&out, STR("before,"));
    csv_field(&out, text);
    assert_true(str_eq(str_sub(buf_text(&out), 7, out.n), wanted));
    assert_true(str_starts(buf_text(&out), STR("before,")));
    buf_release(&out);
}

static void test_quotes_only_when_needed(void **state)
{
    (void)state;
    expect(STR(""), STR(""));
    expect(STR("alice"), STR("alice"));
    expect(STR(" a b;c\t'd' =1+1"), STR(" a b;c\t'd' =1+1"));
    expect(STR("a,b"), STR("\"a,b\""));
    expect(STR("\""), STR("\"\"\"\""));
    expect(STR("say \"hi\", \"pat\""), STR("\"say \"\"hi\"\", \"\"pat\"\"\""));
    expect(STR("two\nlines"), STR("\"two\nlines\""));
    expect(STR("cr\r"), STR("\"cr\r\""));
    expect(STR("nul\0,\xff"), STR("\"nul\0,\xff\""));
}

static void test_close_takes_many_parts(void **state)
{
    struct buf out;
    size_t start = 0;

    (void)state;
    buf_init(&out, 1 << 20);
    csv_field_close(&out, 0);
    assert_int_equal(out.n, 0);
    buf_str(&out, STR("x,"));
    start = out.n;
    buf_str(&out, STR("a=1; "));
    buf_str(&out, STR("b=\"2\""));
    csv_field_close(&out, start);
    assert_true(str_eq(buf_text(&out), STR("x,\"a=1; b=\"\"2\"\"\"")));
    buf_release(&out);
}

/* Whatever goes in comes out again: unquotes the field with the few lines RFC 4180 asks for. */
static void test_round_trip(void **state)
{
    static const char alphabet[] = {'a', ',', '"', '\n', '\r', ' '};
    uint64_t seed = 7;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        char text[12], back[12];
        size_t n = (size_t)round % sizeof text, back_n = 0;
        struct buf out;
        for (size_t i = 0; i < n; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            text[i] = alphabet[(seed >> 33) % sizeof alphabet];
        }
        buf_init(&out, 1 << 10);
        csv_field(&out, (struct str){text, n});
        bool quoted = out.n > 0 && out.p[0] == '"';
        for (size_t i = quoted ? 1 : 0; i < out.n - (quoted ? 1 : 0); i++) {
            back[back_n++] = out.p[i];
            i += quoted && out.p[i] == '"' ? 1 : 0;
        }
        assert_int_equal(back_n, n);
        assert_memory_equal(back, text, n);
        buf_release(&out);
    }
}

static void test_full_buffer(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 3);
    csv_field(&out, STR("a,b"));
    assert_true(out.overflowed);
    assert_true(out.n <= 3);
    buf_release(&out);
    /* Around the capacity that a buffer starts with. */
    for (size_t n = 240; n < 270; n++) {
        static const char commas[270] = ",,";
        buf_init(&out, 1 << 10);
        csv_field(&out, (struct str){commas, n});
        assert_int_equal(out.n, n + 2);
        assert_true(out.n <= out.capacity);
        buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quotes_only_when_needed),
        cmocka_unit_test(test_close_takes_many_parts),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_full_buffer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

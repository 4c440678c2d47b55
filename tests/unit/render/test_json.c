#include "render/json.h"

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
    json_string_write(&out, text);
    assert_true(str_eq(buf_text(&out), wanted));
    buf_release(&out);
}

static void test_strings(void **state)
{
    (void)state;
    expect(STR(""), STR("\"\""));
    expect(STR("plain <b> / 'x' \x7f"), STR("\"plain <b> / 'x' \x7f\""));
    expect(STR("\"\\\n\r\t"), STR("\"\\\"\\\\\\n\\r\\t\""));
    expect(STR("\0\x1b[31m\x1f"), STR("\"\\u0000\\u001b[31m\\u001f\""));
    expect(STR("é 日本 😀"), STR("\"é 日本 😀\""));
    expect(STR("a\xe2\x80\xa8"
               "b\xe2\x80\xa9"),
           STR("\"a\\u2028b\\u2029\""));
}

static void test_not_utf8(void **state)
{
    (void)state;
    expect(STR("\xff"), STR("\"\xef\xbf\xbd\""));
    expect(STR("a\xc3"), STR("\"a\xef\xbf\xbd\""));
    expect(STR("\xed\xa0\x80"), STR("\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""));
    expect(STR("\xc0\xaf"
               "b"),
           STR("\"\xef\xbf\xbd\xef\xbf\xbd"
               "b\""));
}

static void test_commas(void **state)
{
    struct buf out;
    struct json_writer json = {.out = &out};

    (void)state;
    buf_init(&out, 1 << 20);
    json_open(&json, '{');
    json_key(&json, STR("list"));
    json_open(&json, '[');
    json_close(&json, ']');
    json_key(&json, STR("more"));
    json_open(&json, '[');
    json_u64(&json, UINT64_MAX);
    json_bool(&json, true);
    json_bool(&json, false);
    json_null(&json);
    json_open(&json, '{');
    json_close(&json, '}');
    json_close(&json, ']');
    json_key(&json, STR("text"));
    json_text(&json, STR("x"));
    json_close(&json, '}');
    assert_true(str_eq(buf_text(&out),
                       STR("{\"list\":[],\"more\":[18446744073709551615,true,false,null,{}],"
                           "\"text\":\"x\"}")));
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_not_utf8),
        cmocka_unit_test(test_commas),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

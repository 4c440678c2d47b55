#include "render/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(void (*write)(struct buf *, struct str), struct str text, struct str wanted)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    write(&out, text);
    assert_true(str_eq(buf_text(&out), wanted));
    buf_release(&out);
}

static void test_markup(void **state)
{
    (void)state;
    expect(html_text, STR(""), STR(""));
    expect(html_text, STR("<script>alert('1' & \"2\")</script>"),
           STR("&lt;script&gt;alert(&#39;1&#39; &amp; &quot;2&quot;)&lt;/script&gt;"));
    expect(html_text, STR("&lt;"), STR("&amp;lt;"));
    expect(html_text, STR("é 日本"), STR("é 日本"));
}

static void test_hidden(void **state)
{
    (void)state;
    expect(html_text, STR("a\0b\x1b[0m\x7f"), STR("a\\x00b\\x1b[0m\\x7f"));
    expect(html_text, STR("a\n\tb"), STR("a\\x0a\\x09b"));
    expect(html_prose, STR("a\n\tb\r"), STR("a\n\tb\\x0d"));
    expect(html_text, STR("abc\u202efdp\u2066\u200f\u061c"),
           STR("abc\\u{202e}fdp\\u{2066}\\u{200f}\\u{61c}"));
    expect(html_text, STR("\xff<\xc3"), STR("\\xff&lt;\\xc3"));
    expect(html_text, STR("\xc2\x9b"), STR("\\x9b"));
    /* Noncharacters, which XML 1.0 cannot hold. */
    expect(html_text, STR("\xef\xbf\xbe\xef\xbf\xbf"), STR("\\u{fffe}\\u{ffff}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_markup),
        cmocka_unit_test(test_hidden),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

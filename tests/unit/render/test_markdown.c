#include "render/markdown.h"

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
    if (!str_eq(buf_text(&out), wanted)) {
        print_error("got: %.*s\n", STR_ARG(buf_text(&out)));
    }
    assert_true(str_eq(buf_text(&out), wanted));
    buf_release(&out);
}

static void test_sentences(void **state)
{
    (void)state;
    expect(markdown_text, STR(""), STR(""));
    expect(markdown_text, STR("Read the row;\n  access_key_1 (or 2) must be = false.\n"),
           STR("Read the row;   access_key_1 (or 2) must be = false."));
    expect(markdown_text, STR("*a* _b_ `c` <d> [e](f) ~g~ h|i \\j &k #l @m $n"),
           STR("&#42;a&#42; &#95;b&#95; &#96;c&#96; &#60;d&#62; &#91;e&#93;(f) &#126;g&#126; "
               "h&#124;i &#92;j &#38;k &#35;l &#64;m &#36;n"));
    expect(markdown_text, STR("- no list"), STR("&#45; no list"));
    expect(markdown_text, STR("1. no list, 2. text"), STR("1&#46; no list, 2. text"));
    expect(markdown_text, STR("see https://x.example and www.x.example"),
           STR("see https&#58;//x.example and www&#46;x.example"));
    expect(markdown_text, STR("é \u202e\xff"), STR("é &#92;u&#123;202e&#125;&#92;xff"));
}

static void test_names(void **state)
{
    (void)state;
    expect(markdown_code, STR(""), STR(""));
    expect(markdown_code, STR("<root_account>"), STR("`<root_account>`"));
    expect(markdown_code, STR("kim,contractor=a@b"), STR("`kim,contractor=a@b`"));
    expect(markdown_code, STR("a|b"), STR("<code>a&#124;b</code>"));
    expect(markdown_code, STR("a\\|b"), STR("<code>a&#92;&#124;b</code>"));
    expect(markdown_code, STR("`x`"), STR("<code>&#96;x&#96;</code>"));
    expect(markdown_code, STR(" x"), STR("<code>&#32;x</code>"));
    expect(markdown_code, STR("a\nb|"), STR("<code>a&#92;x0ab&#124;</code>"));
}

static void expect_block(struct str text, struct str wanted)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    markdown_block(&out, STR("sh"), text);
    assert_true(str_eq(buf_text(&out), wanted));
    buf_release(&out);
}

static void test_blocks(void **state)
{
    (void)state;
    expect_block(STR("aws iam x"), STR("```sh\naws iam x\n```\n"));
    expect_block(STR("a\n```\nb\x1b"), STR("````sh\na\n```\nb\\x1b\n````\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_blocks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

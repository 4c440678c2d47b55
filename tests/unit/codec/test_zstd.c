#include "codec/zstd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_round_trip(void **state)
{
    struct zstd *zstd = zstd_new();
    struct buf frame, text;
    struct err err = {0};
    char bytes[10000];

    (void)state;
    buf_init(&frame, 1 << 20);
    buf_init(&text, sizeof bytes + 1);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (char)(i * i % 251);
    }
    for (size_t n = 0; n <= sizeof bytes; n += n < 3 ? 1 : 3332) {
        buf_clear(&frame);
        buf_clear(&text);
        zstd_compress(zstd, (struct str){bytes, n}, &frame);
        assert_true(zstd_decompress(zstd, buf_text(&frame), &text, &err));
        assert_true(str_eq(buf_text(&text), (struct str){bytes, n}));
    }
    buf_release(&frame);
    buf_release(&text);
    zstd_free(zstd);
}

static void test_refused(void **state)
{
    struct zstd *zstd = zstd_new();
    struct buf frame, text, small;
    struct err err = {0};

    (void)state;
    buf_init(&frame, 1 << 20);
    buf_init(&text, 1 << 20);
    buf_init(&small, 10);
    zstd_compress(zstd, STR("a text of some length, of some length, of some length"), &frame);
    for (size_t n = 0; n < frame.n; n++) {
        err = (struct err){0};
        assert_false(zstd_decompress(zstd, str_sub(buf_text(&frame), 0, n), &text, &err));
        assert_int_equal(err.kind, ERR_INPUT);
    }
    assert_int_equal(text.n, 0);
    assert_false(zstd_decompress(zstd, buf_text(&frame), &small, &err));
    assert_false(zstd_decompress(zstd, STR("no frame at all"), &text, &err));
    size_t n = frame.n;
    buf_str(&frame, STR("x"));
    assert_false(zstd_decompress(zstd, buf_text(&frame), &text, &err));
    frame.n = n;
    assert_true(zstd_decompress(zstd, buf_text(&frame), &text, &err));
    buf_release(&frame);
    buf_release(&text);
    buf_release(&small);
    zstd_free(zstd);
    zstd_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "trail/inflate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <libdeflate.h>

#include "base/arena.h"
#include "base/buf.h"
#include "trail/scan.h"

enum { TEXT_MAX = 600 << 20 };

/* A file in memory, handed out `step` bytes at a time. */
struct source {
    struct str rest;
    size_t step;
};

static bool source_read(void *shared, struct trail_file *file, void *to, size_t size, size_t *got,
                        struct err *err)
{
    struct source *source = shared;

    (void)file;
    (void)err;
    *got = source->rest.n < size ? source->rest.n : size;
    *got = *got < source->step ? *got : source->step;
    memcpy(to, source->rest.p, *got);
    source->rest = str_sub(source->rest, *got, source->rest.n);
    return true;
}

static void put_member(struct buf *out, struct str text)
{
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(1);
    size_t room = libdeflate_gzip_compress_bound(compressor, text.n);
    char *to = buf_reserve(out, room);

    assert_non_null(to);
    out->n += libdeflate_gzip_compress(compressor, text.p, text.n, to, room);
    libdeflate_free_compressor(compressor);
}

/* Shows all of the file, of which only the last `kept` bytes are needed at any time; puts what was
 * seen behind `seen`, unless NULL. */
static bool show(struct inflate *inflate, struct str file, size_t step, size_t kept,
                 struct buf *seen, struct err *err)
{
    struct source source = {file, step};
    const struct trail_source interface = {.read = source_read, .shared = &source};
    struct trail_file opened = {.size = step == SIZE_MAX ? file.n : 0};
    struct str text = {0};
    size_t dropped = 0;

    if (!inflate_begin(inflate, &interface, &opened, err)) {
        return false;
    }
    while (!inflate_is_over(inflate)) {
        size_t before = text.n - dropped;
        bool ok = inflate_more(inflate, dropped, &text, err);
        assert_true(text.n >= before);
        if (seen != NULL) {
            buf_str(seen, str_sub(text, before, text.n));
        }
        if (!ok) {
            return false;
        }
        dropped = text.n > kept ? text.n - kept : 0;
    }
    return true;
}

/* Whole and through windows, plain and packed: always the same text. */
static void every_way_shows_the_same(void **state)
{
    static const size_t sizes[] = {1, 1000, 32 << 10, 100000, 3 << 20, 20 << 20};
    struct inflate *inflate = inflate_new(simd_level_detect());
    struct buf text, packed, seen;

    (void)state;
    buf_init(&text, TEXT_MAX);
    buf_init(&packed, TEXT_MAX);
    buf_init(&seen, TEXT_MAX);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        buf_clear(&text);
        while (text.n < sizes[i]) {
            buf_printf(&text, "%zu,", text.n * 7);
        }
        buf_clear(&packed);
        put_member(&packed, buf_text(&text));
        for (size_t way = 0; way < 6; way++) {
            struct str file = way < 3 ? buf_text(&packed) : buf_text(&text);
            struct err err = {0};
            buf_clear(&seen);
            assert_true(show(inflate, file,
                             way % 3 == 0   ? SIZE_MAX
                             : way % 3 == 1 ? 999
                                            : 70000,
                             way % 2 == 0 ? 10 : 300000, &seen, &err));
            assert_true(str_eq(buf_text(&seen), buf_text(&text)));
            assert_int_equal(inflate_size(inflate), text.n);
            assert_int_equal(inflate_compressed_size(inflate), file.n);
        }
    }
    buf_release(&text);
    buf_release(&packed);
    buf_release(&seen);
    inflate_free(inflate);
}

static void several_members_are_one_text(void **state)
{
    struct inflate *inflate = inflate_new(simd_level_detect());
    struct buf packed, seen;
    struct err err = {0};

    (void)state;
    buf_init(&packed, TEXT_MAX);
    buf_init(&seen, TEXT_MAX);
    put_member(&packed, STR("one,"));
    put_member(&packed, STR("two,"));
    put_member(&packed, STR("a last that is longer than what the others claim"));
    assert_true(show(inflate, buf_text(&packed), SIZE_MAX, 5, &seen, &err));
    assert_true(
        str_eq(buf_text(&seen), STR("one,two,a last that is longer than what the others claim")));
    buf_release(&packed);
    buf_release(&seen);
    inflate_free(inflate);
}

/* Each byte of a file turned over once: it is seen, and what is right before it is shown. */
static void damage_is_told(void **state)
{
    struct inflate *inflate = inflate_new(simd_level_detect());
    struct buf text, packed, seen;

    (void)state;
    buf_init(&text, TEXT_MAX);
    buf_init(&packed, TEXT_MAX);
    buf_init(&seen, TEXT_MAX);
    buf_fill(&text, 'x', 300);
    buf_str(&text, STR("an end that is different"));
    put_member(&packed, buf_text(&text));
    for (size_t at = 10; at < packed.n; at++) {
        struct err err = {0};
        buf_clear(&seen);
        packed.p[at] ^= 0x10;
        assert_false(show(inflate, buf_text(&packed), SIZE_MAX, 5, &seen, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        packed.p[at] ^= 0x10;
    }
    for (size_t n = 2; n < packed.n; n++) {
        struct err err = {0};
        buf_clear(&seen);
        assert_false(show(inflate, str_sub(buf_text(&packed), 0, n), SIZE_MAX, 5, &seen, &err));
        assert_true(str_starts(buf_text(&text), buf_text(&seen)));
    }
    packed.p[packed.n - 8] ^= 1; /* the checksum alone: all of the text was shown */
    struct err err = {0};
    buf_clear(&seen);
    assert_false(show(inflate, buf_text(&packed), SIZE_MAX, 5, &seen, &err));
    assert_non_null(strstr(err.text, "wrong checksum"));
    assert_true(str_eq(buf_text(&seen), buf_text(&text)));
    buf_release(&text);
    buf_release(&packed);
    buf_release(&seen);
    inflate_free(inflate);
}

static void a_bomb_stops_at_its_limit(void **state)
{
    struct inflate *inflate = inflate_new(simd_level_detect());
    char *zeros = mem_alloc(TRAIL_INFLATED_MAX + (1 << 20));
    struct buf packed;
    struct err err = {0};

    (void)state;
    buf_init(&packed, TEXT_MAX);
    put_member(&packed, (struct str){zeros, TRAIL_INFLATED_MAX});
    assert_true(show(inflate, buf_text(&packed), SIZE_MAX, 5, NULL, &err));
    packed.n = 0;
    put_member(&packed, (struct str){zeros, TRAIL_INFLATED_MAX + (1 << 20)});
    memset(packed.p + packed.n - 4, 0, 4); /* it claims to be small */
    assert_false(show(inflate, buf_text(&packed), SIZE_MAX, 5, NULL, &err));
    assert_string_equal(err.text, "more than 500 MiB inflated");
    buf_release(&packed);
    mem_free(zeros);
    inflate_free(inflate);
}

static void too_much_that_is_compressed_is_refused(void **state)
{
    struct inflate *inflate = inflate_new(simd_level_detect());
    char *noise = mem_alloc(TRAIL_COMPRESSED_MAX);
    uint64_t random = 1;
    struct buf packed;
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < TRAIL_COMPRESSED_MAX; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        noise[i] = (char)(random >> 56);
    }
    buf_init(&packed, TEXT_MAX);
    put_member(&packed, (struct str){noise, TRAIL_COMPRESSED_MAX});
    assert_false(show(inflate, buf_text(&packed), SIZE_MAX, 5, NULL, &err));
    assert_string_equal(err.text, "more than 50 MiB compressed");
    buf_release(&packed);
    mem_free(noise);
    inflate_free(inflate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_shows_the_same),
        cmocka_unit_test(several_members_are_one_text),
        cmocka_unit_test(damage_is_told),
        cmocka_unit_test(a_bomb_stops_at_its_limit),
        cmocka_unit_test(too_much_that_is_compressed_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

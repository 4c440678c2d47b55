#include "codec/gzip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "base/buf.h"
#include "codec/deflate.h"

/* A source that hands out `step` bytes at a time. */
struct pieces {
    struct str rest;
    size_t step;
    bool fails_at_end;
};

static bool pieces_read(void *context, void *to, size_t size, size_t *got, struct err *err)
{
    struct pieces *pieces = context;
    size_t n = pieces->rest.n < size ? pieces->rest.n : size;

    if (pieces->rest.n == 0 && pieces->fails_at_end) {
        return err_set(err, ERR_REMOTE, "the line went dead");
    }
    n = n < pieces->step ? n : pieces->step;
    if (n > 0) {
        memcpy(to, pieces->rest.p, n);
    }
    pieces->rest = str_sub(pieces->rest, n, pieces->rest.n);
    *got = n;
    return true;
}

/* Inflates all of it with reads of `out_step` bytes, the first `already_n` bytes known before. */
static bool inflate_all(struct gzip *gzip, struct str packed, size_t step, size_t out_step,
                        size_t already_n, struct buf *out, struct err *err)
{
    struct pieces pieces = {.rest = str_sub(packed, already_n, packed.n), .step = step};
    struct byte_source source = {pieces_read, &pieces};
    size_t got = 0;

    buf_clear(out);
    gzip_reset(gzip, source, str_sub(packed, 0, already_n));
    do {
        char *to = buf_reserve(out, out_step);
        assert_non_null(to);
        if (!gzip_read(gzip, to, out_step, &got, err)) {
            return false;
        }
        assert_true(got <= out_step);
        out->n += got;
    } while (got > 0);
    assert_true(gzip_read(gzip, out->p, 1, &got, err)); /* the end stays the end */
    assert_int_equal(got, 0);
    return true;
}

static uint32_t crc32_of(struct str text)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < text.n; i++) {
        crc ^= (unsigned char)text.p[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (0xEDB88320 & (0U - (crc & 1)));
        }
    }
    return ~crc;
}

static void append_u32(struct buf *out, uint32_t value)
{
    for (unsigned shift = 0; shift < 32; shift += 8) {
        buf_char(out, (char)(value >> shift & 0xFF));
    }
}

/* A member that stores `text` uncompressed behind the header given. */
static void append_stored(struct buf *out, struct str header, struct str text)
{
    unsigned n = (unsigned)text.n;

    buf_str(out, header);
    buf_char(out, 1);
    append_u32(out, (~n & 0xFFFF) << 16 | n);
    buf_str(out, text);
    append_u32(out, crc32_of(text));
    append_u32(out, n);
}

#define PLAIN_HEADER STR("\x1f\x8b\x08\0\0\0\0\0\0\xff")

/* 40 lines with dynamic Huffman codes, written by zlib. */
static const unsigned char dynamic[] = {
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x8d, 0xd5, 0x4b, 0x4e, 0xc4, 0x30,
    0x10, 0x84, 0xe1, 0x3d, 0x67, 0x09, 0x9a, 0x71, 0x57, 0x9e, 0xde, 0x71, 0x01, 0xee, 0x90, 0xc5,
    0x20, 0x21, 0x01, 0x8b, 0x84, 0x88, 0xeb, 0xd3, 0xd2, 0x88, 0xc1, 0x95, 0xd5, 0x9f, 0x5d, 0xa4,
    0x2a, 0xd9, 0xb2, 0x3f, 0xb5, 0x8f, 0xfd, 0xb6, 0x3d, 0x5f, 0xf3, 0xeb, 0xd6, 0xed, 0xab, 0xae,
    0x3f, 0x7b, 0x7d, 0x5f, 0x3f, 0x6b, 0x2d, 0xa1, 0x7e, 0x18, 0xa7, 0x79, 0xb9, 0x96, 0xa8, 0x47,
    0x66, 0x2e, 0xc7, 0x23, 0xf8, 0xb6, 0x7e, 0xec, 0xb7, 0xa7, 0xbf, 0xff, 0x42, 0x8b, 0xa5, 0xfb,
    0xde, 0x8e, 0xff, 0x5e, 0xd0, 0x5e, 0x9c, 0x16, 0x14, 0x2d, 0xaa, 0x7b, 0xbd, 0xbc, 0x3c, 0x6a,
    0x3d, 0xad, 0xf5, 0xbe, 0xcf, 0x81, 0xf6, 0x06, 0xef, 0x8d, 0xb4, 0x37, 0xda, 0x36, 0x27, 0x5a,
    0x9b, 0x7c, 0xb9, 0x99, 0xf6, 0xe6, 0xd3, 0x71, 0x2e, 0xb4, 0xb8, 0xb4, 0xfb, 0x2c, 0xd4, 0x4b,
    0x06, 0xdb, 0x7d, 0x16, 0xca, 0x25, 0x83, 0xed, 0x72, 0x54, 0x4b, 0x06, 0x6d, 0x39, 0x8a, 0x25,
    0x83, 0xd6, 0xa3, 0x5a, 0x8a, 0x6b, 0x29, 0x54, 0x4b, 0x06, 0xed, 0x1a, 0x0a, 0xe5, 0x92, 0x41,
    0x2f, 0x52, 0x30, 0xc5, 0xc1, 0x14, 0x0a, 0x26, 0x83, 0xd6, 0xa3, 0x5e, 0x32, 0xd8, 0xf6, 0x82,
    0x82, 0xc9, 0x60, 0x73, 0xf1, 0x41, 0xbd, 0x64, 0xd0, 0xce, 0x25, 0xa8, 0x98, 0x70, 0x31, 0x41,
    0xc5, 0x84, 0x8d, 0x97, 0xa0, 0x60, 0xc2, 0xc1, 0x04, 0x05, 0x13, 0x3e, 0x5e, 0x82, 0x7a, 0x09,
    0x1b, 0x2f, 0x41, 0xb5, 0x64, 0xb0, 0xad, 0x51, 0x2c, 0x19, 0x6c, 0x6b, 0xd4, 0x4a, 0xb8, 0x15,
    0x51, 0x2b, 0x32, 0x2b, 0xa2, 0x56, 0x64, 0xb3, 0x45, 0x54, 0x8a, 0x4e, 0x2f, 0x91, 0x28, 0x15,
    0xf9, 0x70, 0x11, 0xb5, 0x22, 0xb7, 0x22, 0x6a, 0x45, 0x6e, 0x45, 0xd4, 0x8a, 0xcc, 0x8a, 0xa8,
    0x15, 0xf9, 0x64, 0x11, 0xc5, 0xa2, 0xd3, 0x53, 0x24, 0xca, 0x25, 0x83, 0xf7, 0xe2, 0x2f, 0xf6,
    0x2a, 0xf4, 0x73, 0xbd, 0x08, 0x00, 0x00,
};
enum { DYNAMIC_TEXT_SIZE = 2237 };
#define DYNAMIC ((struct str){(const char *)dynamic, sizeof dynamic})

struct fixture {
    struct gzip *gzip;
    struct buf out, packed;
};

static int setup(void **state)
{
    static struct fixture fixture;

    fixture = (struct fixture){.gzip = gzip_new(simd_level_detect())};
    buf_init(&fixture.out, 16 << 20);
    buf_init(&fixture.packed, 16 << 20);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    gzip_free(fixture->gzip);
    gzip_free(NULL);
    buf_release(&fixture->out);
    buf_release(&fixture->packed);
    return 0;
}

static void test_recognise(void **state)
{
    (void)state;
    assert_true(gzip_recognise(DYNAMIC));
    assert_true(gzip_recognise(STR("\x1f\x8b")));
    assert_false(gzip_recognise(STR("\x1f")));
    assert_false(gzip_recognise(STR("user,arn")));
    assert_false(gzip_recognise((struct str){0}));
}

static void test_any_piece_sizes_give_the_same_text(void **state)
{
    static const size_t steps[] = {1, 2, 3, 7, 64, 100000};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        for (size_t k = 0; k < sizeof steps / sizeof steps[0]; k++) {
            for (size_t already = 0; already <= sizeof dynamic; already += 37) {
                struct err err = {0};
                assert_true(
                    inflate_all(f->gzip, DYNAMIC, steps[i], steps[k], already, &f->out, &err));
                assert_int_equal(f->out.n, DYNAMIC_TEXT_SIZE);
                assert_int_equal(crc32_of(buf_text(&f->out)), 0x73F42AF6);
            }
        }
    }
}

static void test_every_truncation_is_an_early_end(void **state)
{
    struct fixture *f = *state;

    for (size_t n = 0; n < sizeof dynamic; n++) {
        for (size_t step = 1; step <= 64; step += 63) {
            struct err err = {0};
            assert_false(inflate_all(f->gzip, str_sub(DYNAMIC, 0, n), step, 512, 0, &f->out, &err));
            assert_int_equal(err.kind, ERR_INPUT);
            assert_non_null(strstr(err.text, "ends early"));
            assert_true(f->out.n <= DYNAMIC_TEXT_SIZE);
        }
    }
}

/* Bits that mean nothing for the text: most of the header, and what fills the last data byte. */
static void test_every_flipped_bit_is_seen(void **state)
{
    struct fixture *f = *state;
    char copy[sizeof dynamic];

    for (size_t bit = 0; bit < sizeof dynamic * 8; bit++) {
        struct err err = {0};
        bool is_free = bit / 8 >= 4 && bit / 8 < 10;
        bool is_text_flag = bit == 3 * 8;
        bool is_filler = bit / 8 == sizeof dynamic - 9 && bit % 8 >= 6;
        memcpy(copy, dynamic, sizeof copy);
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        assert_true(inflate_all(f->gzip, (struct str){copy, sizeof copy}, 1000, 1000, 0, &f->out,
                                &err) == (is_free || is_text_flag || is_filler));
    }
}

static void test_members_and_padding(void **state)
{
    struct fixture *f = *state;

    append_stored(&f->packed, PLAIN_HEADER, STR("one "));
    append_stored(&f->packed, PLAIN_HEADER, STR(""));
    append_stored(&f->packed, PLAIN_HEADER, STR("two"));
    buf_fill(&f->packed, '\0', 1000);
    for (size_t step = 1; step < 100; step += 7) {
        struct err err = {0};
        assert_true(inflate_all(f->gzip, buf_text(&f->packed), step, 2, 0, &f->out, &err));
        assert_true(str_eq(buf_text(&f->out), STR("one two")));
    }
}

static void test_other_bytes_behind_are_an_error(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};

    append_stored(&f->packed, PLAIN_HEADER, STR("text"));
    buf_str(&f->packed, STR("\0\0garbage"));
    assert_false(inflate_all(f->gzip, buf_text(&f->packed), 5, 100, 0, &f->out, &err));
    assert_non_null(strstr(err.text, "behind the last member"));
    assert_true(str_eq(buf_text(&f->out), STR("text"))); /* handed out before */
}

static void test_header_fields(void **state)
{
    /* FEXTRA of 3 bytes, FNAME, FCOMMENT; with FHCRC appended below. */
    static const struct str fields = STR_LIT("\x1f\x8b\x08\x1e\1\2\3\4\0\3\3\0abcname\0comment\0");
    struct fixture *f = *state;
    char header[64];
    struct str with_crc = {header, fields.n + 2};
    uint32_t crc = crc32_of(fields);
    struct err err = {0}, wrong = {0};

    memcpy(header, fields.p, fields.n);
    header[fields.n] = (char)(crc & 0xFF);
    header[fields.n + 1] = (char)(crc >> 8 & 0xFF);
    append_stored(&f->packed, with_crc, STR("text"));
    append_stored(&f->packed, with_crc, STR(" twice"));
    assert_true(inflate_all(f->gzip, buf_text(&f->packed), 1, 100, 0, &f->out, &err));
    assert_true(str_eq(buf_text(&f->out), STR("text twice")));
    f->packed.p[14] = 'X';
    assert_false(inflate_all(f->gzip, buf_text(&f->packed), 9, 100, 0, &f->out, &wrong));
    assert_non_null(strstr(wrong.text, "header has a wrong checksum"));
}

static void test_messages(void **state)
{
    static const struct {
        size_t at;
        char xor ;
        const char *text;
    } cases[] = {
        {0, 1, "no gzip data (offset 0)"},
        {2, 1, "unknown compression method or flag (offset 0)"},
        {3, (char)0x80, "unknown compression method or flag (offset 0)"},
        {sizeof dynamic - 8, 1, "wrong checksum (it ends at offset 295)"},
        {sizeof dynamic - 1, 1, "wrong length (it ends at offset 295)"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {0};
        buf_clear(&f->packed);
        buf_str(&f->packed, DYNAMIC);
        f->packed.p[cases[i].at] = (char)(f->packed.p[cases[i].at] ^ cases[i].xor);
        assert_false(inflate_all(f->gzip, buf_text(&f->packed), 50, 100, 10 * i, &f->out, &err));
        assert_non_null(strstr(err.text, cases[i].text));
    }
}

static void test_damage_behind_a_good_member(void **state)
{
    struct fixture *f = *state;
    struct err err = {0}, again = {0};
    size_t got = 0;

    append_stored(&f->packed, PLAIN_HEADER, STR("first"));
    buf_str(&f->packed, PLAIN_HEADER);
    buf_str(&f->packed, STR("\x07\xff\xff")); /* block type 3 does not exist */
    assert_false(inflate_all(f->gzip, buf_text(&f->packed), 100, 100, 0, &f->out, &err));
    assert_non_null(strstr(err.text, "damaged data"));
    assert_true(str_eq(buf_text(&f->out), STR("first")));
    assert_false(gzip_read(f->gzip, f->out.p, 1, &got, &again)); /* and stays failed */
    assert_string_equal(again.text, err.text);
}

static void test_source_failure_is_passed_on(void **state)
{
    struct fixture *f = *state;
    struct pieces pieces = {.rest = str_sub(DYNAMIC, 0, 100), .step = 10, .fails_at_end = true};
    struct byte_source source = {pieces_read, &pieces};
    struct err err = {0};
    char to[1000];
    size_t got = 0;
    bool ok = true;

    gzip_reset(f->gzip, source, (struct str){0});
    while (ok) {
        ok = gzip_read(f->gzip, to, sizeof to, &got, &err);
        assert_true(!ok || got > 0);
    }
    assert_int_equal(err.kind, ERR_REMOTE);
    assert_string_equal(err.text, "the line went dead");
}

/* Longer than the window and the input buffer, in members of stored blocks; all known before. */
static void test_long_streams(void **state)
{
    struct fixture *f = *state;
    struct buf text;
    struct err err = {0};

    buf_init(&text, 1 << 20);
    for (uint32_t i = 0, x = 1; i < 60000; i++, x = x * 1664525 + 1013904223) {
        buf_char(&text, (char)(x >> 24));
    }
    for (int i = 0; i < 20; i++) {
        append_stored(&f->packed, PLAIN_HEADER, buf_text(&text));
    }
    for (size_t already = 0; already <= f->packed.n; already += f->packed.n / 2) {
        assert_true(
            inflate_all(f->gzip, buf_text(&f->packed), 65537, 200000, already, &f->out, &err));
        assert_int_equal(f->out.n, 20 * text.n);
        for (size_t i = 0; i < 20; i++) {
            assert_memory_equal(f->out.p + i * text.n, text.p, text.n);
        }
    }
    buf_release(&text);
}

static void append_packed(struct buf *out, char *text, size_t n)
{
    z_stream stream = {.avail_in = (uInt)n};
    char *to = buf_reserve(out, n);

    assert_non_null(to);
    stream.next_in = (Bytef *)text;
    stream.next_out = (Bytef *)to;
    stream.avail_out = (uInt)n;
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out->n += stream.total_out;
    (void)deflateEnd(&stream);
}

/* Long matches across the end of a piece that is the last one in the window: a sanitizer sees what
 * is written behind that. */
static void test_matches_at_the_end_of_the_window(void **state)
{
    static char text[100000];
    struct fixture *f = *state;

    memset(text, 'x', sizeof text);
    for (size_t i = 1; i <= 20; i++) {
        struct err err = {0};
        append_stored(&f->packed, PLAIN_HEADER, (struct str){text, 16 << 10});
        size_t n = f->packed.n;
        append_packed(&f->packed, text, sizeof text);
        assert_true(inflate_all(f->gzip, buf_text(&f->packed), 65536, 50000, 0, &f->out, &err));
        assert_int_equal(f->out.n, (i << 14) + sizeof text);
        f->packed.n = n;
    }
}

/* One block that stores `n` letters, and one of fixed codes: a match of three, so far back. */
static void append_match(struct buf *out, size_t n, unsigned distance)
{
    char letters[DEFLATE_WINDOW + 3];
    uint64_t bits = 0x3 | 0x40 << 3; /* the last, fixed; the word of length 3 */
    unsigned count = 3 + 7, symbol = 2, extra = 0;

    buf_str(out, PLAIN_HEADER);
    buf_char(out, 0);
    append_u32(out, (uint32_t)(~n & 0xFFFF) << 16 | (uint32_t)n);
    memset(letters, 'x', sizeof letters);
    buf_str(out, (struct str){letters, n});
    for (distance--, extra = 0; distance >> extra >= 4; extra++) {
    }
    symbol = 2 * extra + (distance >> extra);
    for (unsigned bit = 5; bit-- > 0; count++) {
        bits |= (uint64_t)(symbol >> bit & 1) << count;
    }
    bits |= (uint64_t)(distance & ((1U << extra) - 1)) << count;
    count += extra + 7; /* and the end, of seven zeros */
    for (; count > 0; count -= count < 8 ? count : 8, bits >>= 8) {
        buf_char(out, (char)(bits & 0xFF));
    }
    append_u32(out, crc32_of((struct str){letters, n + 3}));
    append_u32(out, (uint32_t)n + 3);
}

/* Wherever a member begins in the window, its matches reach all of it and nothing in front. */
static void test_matches_stay_in_their_member(void **state)
{
    static const size_t sizes[] = {1, 20000, DEFLATE_WINDOW};
    struct fixture *f = *state;
    char text[16 << 10];

    memset(text, 'x', sizeof text);
    for (size_t before = 1; before < 40; before++) {
        buf_clear(&f->packed);
        for (size_t i = 0; i < before; i++) {
            append_stored(&f->packed, PLAIN_HEADER, (struct str){text, sizeof text});
        }
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            size_t n = f->packed.n;
            struct err err = {0};
            append_match(&f->packed, sizes[i], (unsigned)sizes[i]);
            assert_true(inflate_all(f->gzip, buf_text(&f->packed), 65536, 50000, 0, &f->out, &err));
            assert_int_equal(f->out.n, before * sizeof text + sizes[i] + 3);
            f->packed.n = n;
            if (sizes[i] == DEFLATE_WINDOW) {
                continue; /* nothing is further back */
            }
            append_match(&f->packed, sizes[i], (unsigned)sizes[i] + 1);
            assert_false(
                inflate_all(f->gzip, buf_text(&f->packed), 65536, 50000, 0, &f->out, &err));
            assert_non_null(strstr(err.text, "damaged data"));
            assert_int_equal(f->out.n, before * sizeof text + sizes[i]);
            f->packed.n = n;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recognise),
        cmocka_unit_test_setup_teardown(test_any_piece_sizes_give_the_same_text, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_truncation_is_an_early_end, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_flipped_bit_is_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(test_members_and_padding, setup, teardown),
        cmocka_unit_test_setup_teardown(test_other_bytes_behind_are_an_error, setup, teardown),
        cmocka_unit_test_setup_teardown(test_header_fields, setup, teardown),
        cmocka_unit_test_setup_teardown(test_messages, setup, teardown),
        cmocka_unit_test_setup_teardown(test_damage_behind_a_good_member, setup, teardown),
        cmocka_unit_test_setup_teardown(test_source_failure_is_passed_on, setup, teardown),
        cmocka_unit_test_setup_teardown(test_long_streams, setup, teardown),
        cmocka_unit_test_setup_teardown(test_matches_at_the_end_of_the_window, setup, teardown),
        cmocka_unit_test_setup_teardown(test_matches_stay_in_their_member, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

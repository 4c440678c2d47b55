#include "codec/deflate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

/* Streams that are written by hand; whole ones, and all the damage there is, are compared with
 * zlib's answers by tests/property/deflate.c and tests/fuzz/fuzz_deflate.c. */

enum { ROOM = 4096 };

/* The bits of a stream as they stand in it: words from their first bit on, numbers from their last.
 */
static size_t pack(const char *text, unsigned char *out)
{
    size_t count = 0;

    memset(out, 0, ROOM);
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '0' || *p == '1') {
            out[count / 8] |= (unsigned char)((*p - '0') << count % 8);
            count++;
        }
    }
    return (count + 7) / 8;
}

struct answer {
    enum deflate_step step;
    size_t n, left;
    unsigned char text[ROOM + DEFLATE_SLACK];
};

/* With so many bytes behind the stream, which are no part of it. */
static struct answer decode(enum simd_level simd, const char *bits, size_t behind)
{
    static unsigned char in[ROOM];
    struct deflate *deflate = deflate_new(simd);
    struct answer answer = {0};
    size_t n = pack(bits, in);
    struct deflate_io io = {
        .in = in,
        .in_end = in + n + behind,
        .in_is_all = true,
        .window = answer.text,
        .out = answer.text,
        .out_end = answer.text + ROOM,
    };

    answer.step = deflate_decode(deflate, &io);
    answer.n = (size_t)(io.out - answer.text);
    answer.left = (size_t)(io.in_end - io.in);
    if (answer.step == DEFLATE_DAMAGED) { /* who asks again may get anything, but an answer */
        assert_int_not_equal(deflate_decode(deflate, &io), DEFLATE_INPUT);
    }
    deflate_free(deflate);
    return answer;
}

/* Letters of the fixed code have 8 bits from 00110000 on, the end has 7 zeros. */
#define LETTER_A "10010001"
#define LAST_FIXED "1 10 "
#define LENGTH_3 "0000001"
#define LENGTH_258 "11000101"
#define DISTANCE_1 "00000"
#define DISTANCE_2 "00001"
#define END "0000000"

/* Each as it is and with much behind it: the loop for the middle of a stream and the one for its
 * end must say the same. */
static void check(const char *bits, enum deflate_step step, const char *text)
{
    for (enum simd_level simd = SIMD_SCALAR; simd <= simd_level_detect(); simd++) {
        for (size_t behind = 0; behind <= 100; behind += 50) {
            struct answer answer = decode(simd, bits, behind);
            if (step == DEFLATE_CUT && behind > 0) {
                continue;
            }
            assert_int_equal(answer.step, step);
            assert_int_equal(answer.n, strlen(text));
            assert_memory_equal(answer.text, text, answer.n);
            if (step == DEFLATE_END) {
                assert_int_equal(answer.left, behind);
            }
        }
    }
}

static void test_literals_and_the_end(void **state)
{
    (void)state;
    check(LAST_FIXED END, DEFLATE_END, "");
    check(LAST_FIXED LETTER_A END, DEFLATE_END, "a");
    check(LAST_FIXED LETTER_A LETTER_A LETTER_A END, DEFLATE_END, "aaa");
    check("0 10 " LETTER_A END LAST_FIXED LETTER_A END, DEFLATE_END, "aa");
}

static void test_matches(void **state)
{
    char text[260] = "";

    (void)state;
    memset(text, 'a', 259);
    check(LAST_FIXED LETTER_A LENGTH_3 DISTANCE_1 END, DEFLATE_END, "aaaa");
    check(LAST_FIXED LETTER_A LENGTH_258 DISTANCE_1 END, DEFLATE_END, text);
}

static void test_a_distance_before_the_beginning(void **state)
{
    (void)state;
    check(LAST_FIXED LENGTH_3 DISTANCE_1 END, DEFLATE_DAMAGED, "");
    check(LAST_FIXED LETTER_A LENGTH_3 DISTANCE_2 END, DEFLATE_DAMAGED, "a");
}

static void test_symbols_without_a_meaning(void **state)
{
    (void)state;
    check(LAST_FIXED LETTER_A "11000110", DEFLATE_DAMAGED, "a");       /* length 286 */
    check(LAST_FIXED LETTER_A LENGTH_3 "11110", DEFLATE_DAMAGED, "a"); /* distance 30 */
    check("1 11 ", DEFLATE_DAMAGED, "");                               /* block type 3 */
}

static void test_blocks_that_cannot_end(void **state)
{
    (void)state;
    /* The code of lengths has no word, one of one bit for 0, or two: 138 zeros and 120. */
    check("1 01 00000 00000 0000 000 000 000 000", DEFLATE_DAMAGED, "");
    check("1 01 00000 00000 0000 000 000 000 100", DEFLATE_DAMAGED, "");
    check("1 01 00000 00000 0000 000 000 100 100 1 1111111 1 1011011", DEFLATE_DAMAGED, "");
}

static void test_early_ends(void **state)
{
    (void)state;
    check("", DEFLATE_CUT, "");
    check(LAST_FIXED LETTER_A LETTER_A, DEFLATE_CUT, "aa");
    check("0 10 " LETTER_A END, DEFLATE_CUT, "a");
    check("1 00 00000 10000000 00000000 01111111", DEFLATE_CUT, ""); /* a byte of the length */
    check("1 00 00000 10100000 00000000 01011111 11111111 10000110", DEFLATE_CUT, "a");
}

static void test_stored(void **state)
{
    (void)state;
    check("1 00 00000 10000000 00000000 01111111 11111111 10000110", DEFLATE_END, "a");
    check("1 00 00000 10000000 00000000 01111111 11111110 10000110", DEFLATE_DAMAGED, "");
    check("1 00 00000 00000000 00000000 11111111 11111111", DEFLATE_END, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_literals_and_the_end),
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_a_distance_before_the_beginning),
        cmocka_unit_test(test_symbols_without_a_meaning),
        cmocka_unit_test(test_blocks_that_cannot_end),
        cmocka_unit_test(test_early_ends),
        cmocka_unit_test(test_stored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

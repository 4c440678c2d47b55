/* needles.h: where one of many short texts may stand, many bytes a step.
 *
 * Of each text a window of three bytes is looked for. Every byte says in which of eight buckets it
 * is a first, second or third; where the three agree on a bucket is a hit. There are more hits than
 * windows (the more, the more windows share a bucket), never fewer: whoever asks looks again.
 *
 * Every variant finds all windows; which other places they hit is their own affair.
 *
 * Threads:   immutable once finished; pure functions.
 *
 * Example:   struct needles needles = {0};
 *            needles_add(&needles, 0, "tNa", NEEDLE_EXACT);
 *            needles_finish(&needles);
 *            size_t count = needles_choose(simd)(&needles, text, n, hits); */
#ifndef TRAIL_NEEDLES_H
#define TRAIL_NEEDLES_H

#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"

enum {
    NEEDLE_SIZE = 3,
    NEEDLE_BUCKETS = 8,
    NEEDLES_TEXT_MAX = 4096, /* of one call */
};

/* Bit b of an entry: bucket b has a window with that byte there. */
struct needles {
    uint8_t bytes[NEEDLE_SIZE][256];
    /* The same by the low six bits; and by the low and by the high four, both of which must say
     * so: what vectors can look up. */
    uint8_t sixes[NEEDLE_SIZE][64];
    uint8_t lows[NEEDLE_SIZE][16], highs[NEEDLE_SIZE][16];
};

enum needle_case {
    NEEDLE_EXACT,
    NEEDLE_CASELESS, /* of ASCII */
    NEEDLE_TWO,      /* two bytes, and any third */
};

void needles_add(struct needles *needles, unsigned bucket, const char *window,
                 enum needle_case how);
void needles_finish(struct needles *needles);

/* Writes the offsets at which a window may begin, ascending; room for n of them. n is at most
 * NEEDLES_TEXT_MAX; the `more` bytes behind are part of the text, so that windows may reach there.
 * Nothing behind these is read. */
typedef size_t (*needles_fn)(const struct needles *needles, const char *text, size_t n, size_t more,
                             uint32_t *hits);

needles_fn needles_choose(enum simd_level level);

/* The variants. */
size_t needles_scalar(const struct needles *needles, const char *text, size_t n, size_t more,
                      uint32_t *hits);
size_t needles_avx2(const struct needles *needles, const char *text, size_t n, size_t more,
                    uint32_t *hits);
size_t needles_avx512(const struct needles *needles, const char *text, size_t n, size_t more,
                      uint32_t *hits);

#endif

/* deflate.h: decodes DEFLATE (RFC 1951), straight into the caller's window, as far as input and
 * room reach, faster than the libraries at hand on what CloudTrail writes: most of its bytes
 * repeat, and what does not is ids, whose letters are decoded two at a time.
 *
 * The window is where matches copy from: what was decoded before, 32 KiB of it or all there is,
 * stands in front of `out`. What zlib refuses is refused: codes that are over-subscribed, or
 * incomplete (but for one of a single word of one bit, or none for distances); blocks that cannot
 * end; symbols without a meaning; distances that reach before the window.
 *
 * Ownership: deflate_new/deflate_free; buffers are the caller's.
 * Threads:   one thread at a time per struct.
 *
 * Example:   deflate_begin(deflate);
 *            do {
 *                ... fill io.in, make room behind io.out ...
 *                step = deflate_decode(deflate, &io);
 *            } while (step == DEFLATE_INPUT || step == DEFLATE_ROOM); */
#ifndef CODEC_DEFLATE_H
#define CODEC_DEFLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/simd.h"

enum {
    DEFLATE_WINDOW = 32 << 10, /* what a match may reach back */
    DEFLATE_SLACK = 512,       /* what may be written behind out_end */
    DEFLATE_INPUT_MIN = 1024,  /* with so much input, a step gets on: headers have less than 300 */
};

struct deflate_io {
    const unsigned char *in, *in_end; /* never NULL, even where nothing is left */
    bool in_is_all;                   /* nothing comes behind in_end */

    unsigned char *window; /* where it begins */
    unsigned char *out;
    unsigned char *out_end; /* decoding stops when `out` is there, or up to DEFLATE_SLACK behind */
};

enum deflate_step {
    DEFLATE_INPUT, /* wants DEFLATE_INPUT_MIN bytes at least, beginning with those left, or all */
    DEFLATE_ROOM,  /* wants room */
    DEFLATE_END,   /* `in` is the first byte behind the stream */
    DEFLATE_CUT,   /* the input is over and the stream is not */
    DEFLATE_DAMAGED,
};

struct deflate;

struct deflate *deflate_new(enum simd_level simd);
void deflate_free(struct deflate *deflate);

/* Starts on another stream. */
void deflate_begin(struct deflate *deflate);

/* Moves `in` and `out`. What was decoded before damage or a cut stands in front of `out`; behind
 * either, and behind the end, only another stream can follow. */
MUST_USE enum deflate_step deflate_decode(struct deflate *deflate, struct deflate_io *io);

#endif

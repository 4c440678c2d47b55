/* inflate.h: the text of one file after another, gzip or plain, shown piece by piece.
 *
 * The text grows by a piece with each call, small enough to still be in the cache when it is looked
 * at, and what is no longer needed is let go. The checksum is taken on the way and compared at the
 * end.
 *
 * Ownership: buffers are used again for the next file; the shown text is valid until the next call.
 * Threads:   one thread at a time per struct.
 *
 * Example:   struct inflate *inflate = inflate_new(simd);
 *            if (inflate_begin(inflate, &source, &file, &err)) {
 *                struct str text = {0};
 *                size_t done = 0;
 *                while (!inflate_is_over(inflate) &&
 *                       inflate_more(inflate, done, &text, &err)) {
 *                    done = ... how much of the text's beginning is done with ...;
 *                }
 *            }
 *            inflate_free(inflate); */
#ifndef TRAIL_INFLATE_H
#define TRAIL_INFLATE_H

#include "base/compiler.h"
#include "base/simd.h"
#include "trail/source.h"

struct inflate;

struct inflate *inflate_new(enum simd_level simd);
void inflate_free(struct inflate *inflate);

/* Takes up an opened file, which must stay open until it is over or given up. */
MUST_USE bool inflate_begin(struct inflate *inflate, const struct trail_source *source,
                            struct trail_file *file, struct err *err);

/* *text is what was shown before, empty at first. Drops its first `dropped` bytes and shows more
 * behind the rest. Where reading fails, by damage or a limit, *text still has all that came
 * before. */
MUST_USE bool inflate_more(struct inflate *inflate, size_t dropped, struct str *text,
                           struct err *err);

/* Nothing comes behind what is shown. */
bool inflate_is_over(const struct inflate *inflate);

/* Of the file: what was shown, and what was read. */
uint64_t inflate_size(const struct inflate *inflate);
uint64_t inflate_compressed_size(const struct inflate *inflate);

#endif

/* inflate.h: the text of one file after another, gzip or plain, shown piece by piece.
 *
 * A small file is inflated at once, a large one window by window; either way its text grows by a
 * piece with each call, small enough to still be in the cache when it is looked at, and what is no
 * longer needed is let go. The checksum is taken on the way and compared at the end.
 *
 * Ownership: buffers are used again for the next file; the shown text is valid until the next call.
 * Threads:   one thread at a time per struct.
 *
 * Example:   struct inflate *inflate = inflate_new(jobs);
 *            if (inflate_begin(inflate, &source, &file, &err)) {
 *                struct str text = {0};
 *                size_t keep = 0;
 *                while (!inflate_is_over(inflate)) {
 *                    if (!inflate_more(inflate, keep, &text, &err)) { break; }
 *                    keep = ... how much of the text's beginning is done with ...;
 *                }
 *            }
 *            inflate_free(inflate); */
#ifndef TRAIL_INFLATE_H
#define TRAIL_INFLATE_H

#include "base/compiler.h"
#include "trail/source.h"

/* INFLATE_PADDING bytes behind the shown text may be read; they mean nothing. */
enum { INFLATE_PIECE = 32 << 10, INFLATE_PADDING = 64 };

struct inflate;

/* One of `jobs` that share the memory meant for buffers. */
struct inflate *inflate_new(unsigned jobs);
void inflate_free(struct inflate *inflate);

/* Takes up an opened file, which must stay open until it is over or given up. */
MUST_USE bool inflate_begin(struct inflate *inflate, const struct trail_source *source,
                            struct trail_file *file, struct err *err);

/* Drops the first `keep` bytes of the shown text and shows more behind the rest. At the end, and
 * where reading fails, *text is what is left. Fails on damage, on limits, and where the rest is
 * more than `size_max` would allow. */
MUST_USE bool inflate_more(struct inflate *inflate, size_t dropped, struct str *text,
                           struct err *err);

/* Nothing comes behind what is shown. */
bool inflate_is_over(const struct inflate *inflate);

/* Of the file: what was shown, and what was read. */
uint64_t inflate_size(const struct inflate *inflate);
uint64_t inflate_compressed_size(const struct inflate *inflate);

#endif

/* gzip.h: inflates a gzip stream (RFC 1952) of any length, piece by piece.
 *
 * Several members behind each other are one text, as gzip(1) reads them. Zero bytes behind the last
 * member are ignored (tapes pad); other bytes are an error, as are a bad checksum or length and an
 * early end. What was inflated before an error is handed out; only a text that was read to its end
 * is known to be right.
 *
 * The text is shown where it was inflated (gzip_more), while it is still in the cache, or copied
 * from there (gzip_read).
 *
 * Ownership: gzip_new/gzip_free; the source is borrowed.
 * Threads:   one thread at a time per struct.
 *
 * Example:   struct gzip *gzip = gzip_new(simd);
 *            gzip_reset(gzip, source, already);
 *            while (gzip_read(gzip, to, sizeof to, &got, &err) && got > 0) { ... }
 *            gzip_free(gzip); */
#ifndef CODEC_GZIP_H
#define CODEC_GZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/err.h"
#include "base/simd.h"
#include "base/str.h"

/* Where compressed bytes come from. `read` gives at most `size` bytes; *got == 0 is the end. */
struct byte_source {
    bool (*read)(void *context, void *to, size_t size, size_t *got, struct err *err);
    void *context;
};

/* So that a piece stays in the nearest cache from its checksum to the last look at it. */
enum { GZIP_PIECE = 32 << 10 };

struct gzip;

struct gzip *gzip_new(enum simd_level simd);
/* Starts over on another source; allocates only where more is known than ever before. `already` are
 * bytes read from the source before (to recognise the format); they are copied. */
void gzip_reset(struct gzip *gzip, struct byte_source source, struct str already);
void gzip_free(struct gzip *gzip);

/* True when the bytes start like a gzip member. */
bool gzip_recognise(struct str start);

/* Drops the first `dropped` bytes of the shown text and shows more behind the rest: a piece or a
 * little more; less, with true: the verified end. Where reading fails, *text still has all that
 * came before. It is valid until the next call. */
MUST_USE bool gzip_more(struct gzip *gzip, size_t dropped, struct str *text, struct err *err);

/* Fills `to` with up to `size` bytes; *got == 0 with true is the verified end. */
MUST_USE bool gzip_read(struct gzip *gzip, void *to, size_t size, size_t *got, struct err *err);

/* The checksum of what `crc` is the checksum of, with these bytes behind; 0 is that of nothing. */
uint32_t gzip_crc(uint32_t crc, struct str bytes);

#endif

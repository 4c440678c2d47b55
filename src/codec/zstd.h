/* zstd.h: small texts as Zstandard frames (RFC 8878) and back, through libzstd.
 *
 * Frames name the size of what they hold and carry no checksum: whoever keeps them keeps a digest
 * of the text.
 *
 * Ownership: zstd_new/zstd_free; texts are the caller's.
 * Threads:   one thread at a time per struct.
 *
 * Example:   zstd_compress(zstd, text, &frame);
 *            if (!zstd_decompress(zstd, buf_text(&frame), &text, &err)) { ... } */
#ifndef CODEC_ZSTD_H
#define CODEC_ZSTD_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

struct zstd;

struct zstd *zstd_new(void);
void zstd_free(struct zstd *zstd);

/* Appends the frame. */
void zstd_compress(struct zstd *zstd, struct str text, struct buf *out);

/* Appends the text of exactly one frame; what does not fit into `out` is an error. */
MUST_USE bool zstd_decompress(struct zstd *zstd, struct str frame, struct buf *out,
                              struct err *err);

#endif

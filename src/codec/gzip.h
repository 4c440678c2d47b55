/* gzip.h: inflates a gzip stream (RFC 1952) of any length, window by window, through ISA-L.
 *
 * Several members behind each other are one text, as gzip(1) reads them. Zero bytes behind the last
 * member are ignored (tapes pad); other bytes are an error, as are a bad checksum or length and an
 * early end. What was inflated before an error has been handed out, but for the last step before
 * damage; only a text that was read to its end is known to be right.
 *
 * Ownership: gzip_new/gzip_free; the source is borrowed.
 * Threads:   one thread at a time per struct.
 *
 * Example:   struct gzip *gzip = gzip_new(source);
 *            while (gzip_read(gzip, to, sizeof to, &got, &err) && got > 0) { ... }
 *            gzip_free(gzip); */
#ifndef CODEC_GZIP_H
#define CODEC_GZIP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

/* Where compressed bytes come from. `read` gives at most `size` bytes; *got == 0 is the end. */
struct byte_source {
    bool (*read)(void *context, void *to, size_t size, size_t *got, struct err *err);
    void *context;
};

struct gzip;

struct gzip *gzip_new(void);
/* Starts over on another source; costs no allocation. `already` are bytes read from the source
 * before (to recognise the format); they are copied. */
void gzip_reset(struct gzip *gzip, struct byte_source source, struct str already);
void gzip_free(struct gzip *gzip);

/* True when the bytes start like a gzip member. */
bool gzip_recognise(struct str start);

/* Fills `to` with up to `size` bytes; *got == 0 with true is the verified end. */
MUST_USE bool gzip_read(struct gzip *gzip, void *to, size_t size, size_t *got, struct err *err);

#endif

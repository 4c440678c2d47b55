/* gzip_member.h: a gzip file of one member, inflated at once in memory through libdeflate: faster
 * than windows (gzip.h), for what is small enough.
 *
 * It takes only what is plainly one whole member that fits. For everything else, damage included,
 * it says no, and gzip.h, which is exact about members, padding and damage, starts over.
 *
 * The checksum is left to the caller, who takes it of each piece when that is about to be read and
 * therefore in the cache anyway: on its own it would cost an eighth of the time.
 *
 * Ownership: gzip_member_new/gzip_member_free; texts are the caller's.
 * Threads:   one thread at a time per struct; gzip_crc is pure.
 *
 * Example:   if (gzip_member_inflate(member, file, to, capacity, &n, &wanted)) {
 *                ok = gzip_crc(0, (struct str){to, n}) == wanted;
 *            } */
#ifndef CODEC_GZIP_MEMBER_H
#define CODEC_GZIP_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/str.h"

struct gzip_member;

struct gzip_member *gzip_member_new(void);
void gzip_member_free(struct gzip_member *member);

/* The length that the last four bytes claim: a hint and no more, since it is somebody else's word
 * and that of the last member alone. */
uint32_t gzip_member_claim(struct str file);

/* *n bytes, of which the length is checked, and the checksum that they ought to have. */
MUST_USE bool gzip_member_inflate(struct gzip_member *member, struct str file, void *to,
                                  size_t capacity, size_t *n, uint32_t *crc);

/* The checksum of what `crc` is the checksum of, with these bytes behind; 0 is that of nothing. */
uint32_t gzip_crc(uint32_t crc, struct str bytes);

#endif

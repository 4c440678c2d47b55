/* structure.h: where JSON values that stand behind each other end, by brackets and quotes alone.
 *
 * Nothing is validated: braces and brackets are not told apart, and what stands between two values
 * is passed over. Whoever is given such a value and reads it in full finds out what it is worth.
 *
 * Every variant is the same function; the scalar one is what the others are tested against.
 *
 * Threads:   pure functions.
 *
 * Example:   struct structure structure = {0};
 *            size_t count = structure_choose(simd)(text, at, n, &structure, ends, ENDS_MAX); */
#ifndef TRAIL_STRUCTURE_H
#define TRAIL_STRUCTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"

/* Bytes that vectors look at in one step. */
enum { STRUCTURE_BLOCK = 64 };

/* What a place in the text is in. Begins zeroed, outside of everything. A backslash takes away the
 * meaning of a quote or backslash behind it, wherever it stands. */
struct structure {
    size_t at;       /* everything before it has been looked at */
    int64_t depth;   /* opened less closed */
    bool is_string;  /* inside of one */
    bool is_escaped; /* behind a backslash that counts */
};

/* Goes on from structure->at to `to` and writes the offset of every bracket that closes a value at
 * the outermost level, or more than was opened. Stops early where `ends` has no more room for the
 * brackets of a block. Returns the count; ends_max is at least STRUCTURE_BLOCK. */
typedef size_t (*structure_fn)(const char *text, size_t to, struct structure *structure,
                               uint32_t *ends, size_t ends_max);

structure_fn structure_choose(enum simd_level level);

/* The variants. None reads behind `to`. */
size_t structure_scalar(const char *text, size_t to, struct structure *structure, uint32_t *ends,
                        size_t ends_max);
size_t structure_avx2(const char *text, size_t to, struct structure *structure, uint32_t *ends,
                      size_t ends_max);
size_t structure_avx512(const char *text, size_t to, struct structure *structure, uint32_t *ends,
                        size_t ends_max);

#endif

/* structure_block.h: the steps that the vector variants of structure.h share, once vectors have
 * made bits of 64 bytes. Included by them alone: it uses their instructions.
 *
 * Threads:   pure functions.
 *
 * Example:   count = structure_block(&walk, bits, at, ends, count); */
#ifndef TRAIL_STRUCTURE_BLOCK_H
#define TRAIL_STRUCTURE_BLOCK_H

#include <immintrin.h>

#include "base/compiler.h"
#include "trail/structure.h"

/* A bit for each byte of a block that is such a character. */
struct structure_bits {
    uint64_t quotes, backslashes, opens, closes;
};

/* What struct structure says, in registers. */
struct structure_walk {
    uint64_t string;  /* all ones inside of one */
    uint64_t escaped; /* 1: the first byte of the block is escaped */
    int64_t depth;
};

static inline struct structure_walk structure_walk_begin(const struct structure *structure)
{
    return (struct structure_walk){structure->is_string ? ~UINT64_C(0) : 0, structure->is_escaped,
                                   structure->depth};
}

static inline void structure_walk_end(const struct structure_walk *walk,
                                      struct structure *structure)
{
    structure->is_string = walk->string != 0;
    structure->is_escaped = walk->escaped != 0;
    structure->depth = walk->depth;
}

/* The bytes behind a backslash that counts. Backslashes come in twos and threes, one at a time. */
static inline uint64_t structure_escaped(struct structure_walk *walk, uint64_t backslashes)
{
    uint64_t escaped = walk->escaped;

    backslashes &= ~escaped;
    walk->escaped = 0;
    while (backslashes != 0) {
        uint64_t behind = _blsi_u64(backslashes) << 1;
        walk->escaped = behind == 0;
        escaped |= behind;
        backslashes = _blsr_u64(backslashes) & ~behind;
    }
    return escaped;
}

/* Bit by bit, where a value may end in the block. */
static inline size_t structure_ends(struct structure_walk *walk, uint64_t opens, uint64_t closes,
                                    size_t at, uint32_t *ends, size_t count)
{
    for (uint64_t left = opens | closes; left != 0; left = _blsr_u64(left)) {
        uint64_t bit = _blsi_u64(left);
        walk->depth += (opens & bit) != 0 ? 1 : -1;
        if ((closes & bit) != 0 && walk->depth <= 0) {
            ends[count++] = (uint32_t)(at + _tzcnt_u64(bit));
        }
    }
    return count;
}

static inline size_t structure_block(struct structure_walk *walk, struct structure_bits bits,
                                     size_t at, uint32_t *ends, size_t count)
{
    uint64_t string = 0;
    int64_t closed = 0;

    if (unlikely((bits.backslashes | walk->escaped) != 0)) {
        bits.quotes &= ~structure_escaped(walk, bits.backslashes);
    }
    /* Multiplying by all ones without carry gives each bit the parity of those up to it. */
    string = (uint64_t)_mm_cvtsi128_si64(_mm_clmulepi64_si128(
                 _mm_set_epi64x(0, (int64_t)bits.quotes), _mm_set1_epi8(-1), 0)) ^
             walk->string;
    walk->string = (uint64_t)((int64_t)string >> 63);
    bits.opens &= ~string;
    bits.closes &= ~string;
    closed = (int64_t)_mm_popcnt_u64(bits.closes);
    if (unlikely(walk->depth <= closed)) {
        return structure_ends(walk, bits.opens, bits.closes, at, ends, count);
    }
    walk->depth += (int64_t)_mm_popcnt_u64(bits.opens) - closed;
    return count;
}

#endif

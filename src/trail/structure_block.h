/* structure_block.h: the steps that the vector variants of structure.h share, once vectors have
 * made bits of 64 bytes. Included by them alone: it uses their instructions.
 *
 * Threads:   pure functions.
 *
 * Example:   turns += structure_block(&walk, bits, at, &turn[turns]); */
#ifndef TRAIL_STRUCTURE_BLOCK_H
#define TRAIL_STRUCTURE_BLOCK_H

#include <immintrin.h>

#include "base/compiler.h"
#include "trail/structure.h"

/* STRETCH: blocks behind which the ends of their turns are written. AHEAD: so far in front the text
 * is fetched; what was inflated long ago has left the nearer caches. */
enum { STRUCTURE_STRETCH = 64, STRUCTURE_AHEAD = 32 << 10 };

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

/* Goes on to where a block begins in memory: one that lies across two lines of the cache costs
 * twice as much. */
static inline size_t structure_align(const char *text, size_t to, struct structure *structure,
                                     uint32_t *ends, size_t ends_max)
{
    size_t ahead = -((uintptr_t)text + structure->at) % STRUCTURE_BLOCK;

    to = to - structure->at < ahead ? to : structure->at + ahead;
    return ahead == 0 ? 0 : structure_scalar(text, to, structure, ends, ends_max);
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

/* A block in which the outermost level may be reached. */
struct structure_turn {
    uint64_t opens, closes; /* outside of strings */
    int64_t depth;          /* before it */
    size_t at;
};

/* Where values end in the block: at the first closing bracket that, of all up to it, is as many as
 * were open before and have been opened since; and so on behind it. */
static inline size_t structure_turn_ends(const struct structure_turn *turn, uint32_t *ends,
                                         size_t count)
{
    uint64_t opens = turn->opens, closes = turn->closes;
    int64_t depth = turn->depth;

    for (;;) {
        int64_t wanted = depth > 1 ? depth : 1, opened = 0, left = (int64_t)_mm_popcnt_u64(closes);
        uint64_t bit = 0;
        do {
            wanted = opened + depth > wanted ? opened + depth : wanted;
            if (wanted > left) {
                return count;
            }
            bit = _pdep_u64(UINT64_C(1) << (wanted - 1), closes);
            opened = (int64_t)_mm_popcnt_u64(opens & (bit - 1));
        } while (opened + depth > wanted);
        ends[count++] = (uint32_t)(turn->at + _tzcnt_u64(bit));
        depth += opened - wanted;
        opens &= ~(bit | (bit - 1));
        closes &= ~(bit | (bit - 1));
    }
}

/* Takes a block and fills *turn; returns 1 when it is one, 0 when it may be overwritten. Without a
 * branch: where records end is what no predictor can know. */
static inline size_t structure_block(struct structure_walk *walk, struct structure_bits bits,
                                     size_t at, struct structure_turn *turn)
{
    uint64_t string = 0;
    int64_t closed = 0, depth = walk->depth;

    if (unlikely((bits.backslashes | walk->escaped) != 0)) {
        bits.quotes &= ~structure_escaped(walk, bits.backslashes);
    }
    /* Multiplying by all ones without carry gives each bit the parity of those up to it. */
    string = (uint64_t)_mm_cvtsi128_si64(_mm_clmulepi64_si128(
                 _mm_set_epi64x(0, (int64_t)bits.quotes), _mm_set1_epi8(-1), 0)) ^
             walk->string;
    walk->string = 0 - (string >> 63);
    turn->opens = bits.opens & ~string;
    turn->closes = bits.closes & ~string;
    turn->depth = depth;
    turn->at = at;
    closed = (int64_t)_mm_popcnt_u64(turn->closes);
    walk->depth = depth + (int64_t)_mm_popcnt_u64(turn->opens) - closed;
    return depth <= closed;
}

#endif

/* deflate_parts.h: what the decoder of deflate.h holds, for it and its vector variants alone.
 *
 * An entry of a table says what the next bits mean:
 *
 *   literals   0-5 bits taken, 6-7 how many literals (1 or 2), 8-11 bits of the first alone, 16-23
 *              the first, 24-31 the second
 *   length     0-5 bits taken, with extra bits, 8-11 bits of the code alone, 16-24 base
 *   distance   0-5 bits taken, with extra bits, 8-11 bits of the code alone, 16-30 base
 *   special    bit 31; and 30: another table begins at entry 8-23, or 29: the block ends here, or
 *              neither: no code; 0-5 bits taken
 *
 * Threads:   as deflate.h.
 *
 * Example:   entry = deflate->literals[bits & deflate->literal_mask]; */
#ifndef CODEC_DEFLATE_PARTS_H
#define CODEC_DEFLATE_PARTS_H

#include <stdint.h>
#include <string.h>

#include "codec/deflate.h"

#define DEFLATE_LITERALS UINT32_C(0xC0)
#define DEFLATE_SPECIAL UINT32_C(0x80000000)
#define DEFLATE_TABLE UINT32_C(0x40000000)
#define DEFLATE_BLOCK_END UINT32_C(0x20000000)

/* Words longer than a table's index are found in second tables. A code that has such words is
 * complete, so that two of them at least share each second table: 286 or 30 symbols make 143 or 15
 * tables at most, and no entry is left over from another code. */
enum {
    CODE_BITS_MAX = 15,
    LITERAL_SYMBOLS = 288,
    DISTANCE_SYMBOLS = 32,
    PRE_SYMBOLS = 19,
    LITERAL_BITS = 11,
    DISTANCE_BITS = 8,
    LITERAL_ENTRIES = (1 << LITERAL_BITS) + 144 * (1 << (CODE_BITS_MAX - LITERAL_BITS)),
    DISTANCE_ENTRIES = (1 << DISTANCE_BITS) + 16 * (1 << (CODE_BITS_MAX - DISTANCE_BITS)),
};

enum deflate_state { DEFLATE_IS_HEADER, DEFLATE_IS_STORED, DEFLATE_IS_CODES, DEFLATE_IS_OVER };

struct deflate {
    uint64_t bits;  /* read, not taken */
    unsigned count; /* of them; fewer than 8 between calls */
    enum deflate_state state;
    bool is_last_block, is_fixed; /* the tables are the fixed ones */
    uint32_t stored_left;
    unsigned literal_second_bits, distance_second_bits; /* index of second tables */
    enum deflate_step (*fast)(struct deflate *deflate, struct deflate_io *io);
    uint32_t literal_bases[LITERAL_SYMBOLS], distance_bases[DISTANCE_SYMBOLS];
    uint32_t pre_bases[PRE_SYMBOLS];
    uint32_t literals[LITERAL_ENTRIES];
    uint32_t distances[DISTANCE_ENTRIES];
};

/* Decodes while there is input for the longest symbols and room for what they say. DEFLATE_INPUT:
 * there no longer is; DEFLATE_END: the block is over. */
enum deflate_step deflate_fast_scalar(struct deflate *deflate, struct deflate_io *io);
enum deflate_step deflate_fast_avx2(struct deflate *deflate, struct deflate_io *io);

#endif

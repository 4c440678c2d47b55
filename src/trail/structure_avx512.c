/* Sixty-four bytes a step; what is left over goes to the scalar twin. */
#include "trail/structure_block.h"

static struct structure_bits block_bits(const char *text)
{
    __m512i block = _mm512_loadu_si512(text);
    /* '[' and '{', ']' and '}' differ in this bit, and nothing else becomes one of them by it. */
    __m512i folded = _mm512_or_si512(block, _mm512_set1_epi8(0x20));

    return (struct structure_bits){
        .quotes = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8('"')),
        .backslashes = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8('\\')),
        .opens = _mm512_cmpeq_epi8_mask(folded, _mm512_set1_epi8('{')),
        .closes = _mm512_cmpeq_epi8_mask(folded, _mm512_set1_epi8('}')),
    };
}

size_t structure_avx512(const char *text, size_t to, struct structure *structure, uint32_t *ends,
                        size_t ends_max)
{
    struct structure_turn turns[STRUCTURE_STRETCH + 1];
    size_t count = structure_align(text, to, structure, ends, ends_max), at = structure->at;
    struct structure_walk walk = structure_walk_begin(structure);

    while (to - at >= STRUCTURE_BLOCK && ends_max - count >= STRUCTURE_BLOCK) {
        size_t found = 0, room = (ends_max - count) / STRUCTURE_BLOCK;
        room = room < STRUCTURE_STRETCH ? room : STRUCTURE_STRETCH;
        for (; to - at >= STRUCTURE_BLOCK && found < room; at += STRUCTURE_BLOCK) {
            _mm_prefetch(text + at + STRUCTURE_AHEAD, _MM_HINT_T1);
            found += structure_block(&walk, block_bits(text + at), at, &turns[found]);
        }
        for (size_t i = 0; i < found; i++) {
            count = structure_turn_ends(&turns[i], ends, count);
        }
    }
    structure_walk_end(&walk, structure);
    structure->at = at;
    return to - at >= STRUCTURE_BLOCK
               ? count
               : count + structure_scalar(text, to, structure, ends + count, ends_max - count);
}

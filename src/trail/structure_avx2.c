/* Sixty-four bytes a step in two halves; what is left over goes to the scalar twin. */
#include "trail/structure_block.h"

static uint64_t bits_of(__m256i low, __m256i high, char wanted)
{
    const __m256i all = _mm256_set1_epi8(wanted);
    uint32_t a = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, all));
    uint32_t b = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, all));

    return (uint64_t)a | (uint64_t)b << 32;
}

static struct structure_bits block_bits(const char *text)
{
    /* '[' and '{', ']' and '}' differ in this bit, and nothing else becomes one of them by it. */
    const __m256i fold = _mm256_set1_epi8(0x20);
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)text);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(text + 32));
    __m256i low_folded = _mm256_or_si256(low, fold), high_folded = _mm256_or_si256(high, fold);

    return (struct structure_bits){
        .quotes = bits_of(low, high, '"'),
        .backslashes = bits_of(low, high, '\\'),
        .opens = bits_of(low_folded, high_folded, '{'),
        .closes = bits_of(low_folded, high_folded, '}'),
    };
}

size_t structure_avx2(const char *text, size_t to, struct structure *structure, uint32_t *ends,
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

#include "trail/structure.h"

structure_fn structure_choose(enum simd_level level)
{
#if defined(__x86_64__)
    if (level == SIMD_AVX512) {
        return structure_avx512;
    }
    if (level == SIMD_AVX2) {
        return structure_avx2;
    }
#endif
    (void)level;
    return structure_scalar;
}

size_t structure_scalar(const char *text, size_t to, struct structure *structure, uint32_t *ends,
                        size_t ends_max)
{
    size_t count = 0, at = structure->at;

    for (; at < to && count < ends_max; at++) {
        char c = text[at];
        bool is_plain = !structure->is_escaped;
        structure->is_escaped = is_plain && c == '\\';
        if (c == '"' && is_plain) {
            structure->is_string = !structure->is_string;
        } else if (structure->is_string) {
            continue;
        } else if (c == '{' || c == '[') {
            structure->depth++;
        } else if ((c == '}' || c == ']') && --structure->depth <= 0) {
            ends[count++] = (uint32_t)at;
        }
    }
    structure->at = at;
    return count;
}

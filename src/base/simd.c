#include "base/simd.h"

static const struct str names[] = {
    [SIMD_SCALAR] = STR_LIT("scalar"),
    [SIMD_AVX2] = STR_LIT("avx2"),
    [SIMD_AVX512] = STR_LIT("avx512"),
};

enum simd_level simd_level_detect(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    /* All that src/meson.build lets those files use: virtual machines leave single ones out. */
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("pclmul") &&
                __builtin_cpu_supports("popcnt");
    if (avx2 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2")) {
        return SIMD_AVX512;
    }
    if (avx2) {
        return SIMD_AVX2;
    }
#endif
    return SIMD_SCALAR;
}

enum simd_level simd_level_parse(struct str name, enum simd_level most)
{
    for (int level = SIMD_SCALAR; level < (int)most; level++) {
        if (str_eq_nocase(name, names[level])) {
            return (enum simd_level)level;
        }
    }
    return most;
}

struct str simd_level_name(enum simd_level level)
{
    return names[level];
}

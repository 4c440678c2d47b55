/* simd.h: which vector instructions to use: chosen once at run time, never at build time.
 *
 * Every vectorised function has a scalar twin, which is the test oracle; both live in files of
 * their own, compiled with their own flags.
 *
 * Example:   enum simd_level level = simd_level_parse(simd, simd_level_detect()); */
#ifndef BASE_SIMD_H
#define BASE_SIMD_H

#include "base/str.h"

enum simd_level { SIMD_SCALAR, SIMD_AVX2, SIMD_AVX512 };

/* The best that this processor (and its operating system) offers. */
enum simd_level simd_level_detect(void);
/* "scalar", "avx2", "avx512"; anything else, or more than `most`: `most`. */
enum simd_level simd_level_parse(struct str name, enum simd_level most);
struct str simd_level_name(enum simd_level level);

#endif

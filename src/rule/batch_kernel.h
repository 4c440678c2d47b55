/* batch_kernel.h: the loops over a thousand numbers that rules need, for each kind of processor.
 *
 * Numbers are times or durations with the sentinels of user_batch.h; arrays hold whole words of 64
 * rows, of which the last may be partly rubbish.
 *
 * Threads: pure functions.
 *
 * Example:   const struct batch_kernel *kernel = batch_kernel_choose(level);
 *            kernel->greater(times, as_of, words, bits); */
#ifndef RULE_BATCH_KERNEL_H
#define RULE_BATCH_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"

struct batch_kernel {
    /* A bit for each number that is greater than the limit. */
    void (*greater)(const int64_t *numbers, int64_t limit, size_t words, uint64_t *out);
    /* b where a is never or none, else a. */
    void (*first_time)(const int64_t *a, const int64_t *b, size_t words, int64_t *out);
    /* a - b where both are times, else missing. */
    void (*difference)(const int64_t *a, const int64_t *b, size_t words, int64_t *out);
    /* |a| where a is a number, else a. */
    void (*absolute)(const int64_t *a, size_t words, int64_t *out);
    /* How many bits are set in both. */
    uint64_t (*count_both)(const uint64_t *a, const uint64_t *b, size_t words);
};

extern const struct batch_kernel batch_kernel_scalar, batch_kernel_avx2, batch_kernel_avx512;

const struct batch_kernel *batch_kernel_choose(enum simd_level level);

#endif

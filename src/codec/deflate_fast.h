/* deflate_fast.h: the loop of deflate.h where nothing is near its end, for each set of
 * instructions.
 *
 * What takes long is waiting for the tables, and for a branch that nobody could predict: whether a
 * match follows. So an entry says up to two literals; it is looked up before the bits are filled up
 * again, which then costs nothing, and the one behind a match before the match is copied; and a
 * copy is so wide that most matches take one.
 *
 * Threads:   as deflate.h.
 *
 * Example:   return deflate_fast(deflate, io, copy_avx2); */
#ifndef CODEC_DEFLATE_FAST_H
#define CODEC_DEFLATE_FAST_H

#include "base/compiler.h"
#include "codec/deflate_parts.h"

/* INPUT: what the steps of one round read at most. COPY: bytes of one copy. */
enum { FAST_INPUT = 24, FAST_COPY = 128, FAST_NEAR = 16 };

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words of input and pairs of literals");
_Static_assert(FAST_INPUT >= 7 + 7 + 8, "a round fills up three times, each 7 bytes further");
_Static_assert(5 * LITERAL_BITS <= 56, "four entries and the look-up behind them need no more");
_Static_assert(DEFLATE_SLACK >= 3 * 2 + (258 / FAST_COPY + 1) * FAST_COPY,
               "a round writes three entries and the longest match, in whole copies");

/* Copies FAST_COPY bytes from a place as far behind or further. */
typedef void (*fast_copy_fn)(unsigned char *to, const unsigned char *from);

/* What lives in registers. */
struct fast {
    uint64_t bits;
    unsigned count; /* of bits; its lowest six bits count, the others are left over */
    const unsigned char *in;
    unsigned char *out;
};

static inline uint64_t fast_load(const unsigned char *p)
{
    uint64_t word = 0;

    memcpy(&word, p, sizeof word);
    return word;
}

/* 56 bits or more. What is beyond the whole bytes is overwritten by itself next time. */
static inline void fast_fill(struct fast *fast)
{
    fast->bits |= fast_load(fast->in) << (fast->count & 63);
    fast->in += 7 - (fast->count >> 3 & 7);
    fast->count |= 56;
}

static inline void fast_take(struct fast *fast, uint32_t entry)
{
    fast->bits >>= entry & 63;
    fast->count -= entry;
}

static inline uint32_t fast_literal(const struct deflate *deflate, const struct fast *fast)
{
    return deflate->literals[fast->bits & ((1 << LITERAL_BITS) - 1)];
}

/* The entry of the second table that one of the first leads to. */
static inline uint32_t fast_second(const uint32_t *table, unsigned first_bits, unsigned second_bits,
                                   const struct fast *fast, uint32_t entry)
{
    return table[(entry >> 8 & 0xFFFF) +
                 (fast->bits >> first_bits & ((UINT64_C(1) << second_bits) - 1))];
}

/* Writes two literals, of which one may not count. */
static inline void fast_put(struct fast *fast, uint32_t entry)
{
    uint16_t pair = (uint16_t)(entry >> 16);

    memcpy(fast->out, &pair, sizeof pair);
    fast->out += entry >> 6 & 3;
    fast_take(fast, entry);
}

/* Takes a length or distance, with the extra bits behind its word. */
static inline size_t fast_value(struct fast *fast, uint32_t entry)
{
    uint64_t bits = fast->bits & ((UINT64_C(1) << (entry & 63)) - 1);

    fast_take(fast, entry);
    return (size_t)(entry >> 16) + (size_t)(bits >> (entry >> 8 & 15));
}

/* A match that reaches into what it makes, or nearly. */
static inline void fast_copy_near(unsigned char *to, const unsigned char *end, size_t distance)
{
    const unsigned char *from = to - distance;

    if (distance >= FAST_NEAR) {
        do {
            memcpy(to, from, FAST_NEAR);
            to += FAST_NEAR;
            from += FAST_NEAR;
        } while (to < end);
        return;
    }
    while (to < end) {
        *to++ = *from++;
    }
}

static inline void fast_copy(unsigned char *to, const unsigned char *end, size_t distance,
                             fast_copy_fn copy)
{
    const unsigned char *from = to - distance;

    if (unlikely(distance < FAST_COPY)) {
        fast_copy_near(to, end, distance);
        return;
    }
    do {
        copy(to, from);
        to += FAST_COPY;
        from += FAST_COPY;
    } while (unlikely(to < end));
}

/* The literals of up to four entries. True: there may be more; the bits were filled up. */
static inline bool fast_literals(const struct deflate *deflate, struct fast *fast, uint32_t *entry)
{
    for (unsigned i = 0; i < 4; i++) {
        if ((*entry & DEFLATE_LITERALS) == 0) {
            return false;
        }
        fast_put(fast, *entry);
        *entry = fast_literal(deflate, fast);
    }
    fast_fill(fast);
    return true;
}

/* Behind a length: the distance and the copy. False: there is no such distance. */
static inline bool fast_match(const struct deflate *deflate, struct fast *fast, size_t length,
                              const unsigned char *window, uint32_t *next, fast_copy_fn copy)
{
    uint32_t entry = deflate->distances[fast->bits & ((1 << DISTANCE_BITS) - 1)];
    size_t distance = 0;

    fast_fill(fast);
    if (unlikely((entry & DEFLATE_SPECIAL) != 0)) {
        if ((entry & DEFLATE_TABLE) != 0) {
            entry = fast_second(deflate->distances, DISTANCE_BITS, deflate->distance_second_bits,
                                fast, entry);
        }
        if ((entry & DEFLATE_SPECIAL) != 0) {
            return false;
        }
    }
    distance = fast_value(fast, entry);
    if (unlikely(distance > (size_t)(fast->out - window))) {
        return false;
    }
    *next = fast_literal(deflate, fast);
    fast_fill(fast);
    fast->out += length;
    fast_copy(fast->out - length, fast->out, distance, copy);
    return true;
}

static inline enum deflate_step deflate_fast(struct deflate *deflate, struct deflate_io *io,
                                             fast_copy_fn copy)
{
    struct fast fast = {deflate->bits, deflate->count, io->in, io->out};
    const unsigned char *in_stop = NULL, *out_stop = io->out_end;
    enum deflate_step step = DEFLATE_INPUT;
    uint32_t entry = 0;
    size_t length = 0;

    if (io->in_end - io->in <= FAST_INPUT) {
        return DEFLATE_INPUT;
    }
    in_stop = io->in_end - FAST_INPUT;
    fast_fill(&fast);
    entry = fast_literal(deflate, &fast);
    while (fast.in < in_stop && fast.out < out_stop) {
        if (fast_literals(deflate, &fast, &entry)) {
            continue;
        }
        fast_fill(&fast);
        if (unlikely((entry & DEFLATE_SPECIAL) != 0)) {
            if ((entry & DEFLATE_TABLE) != 0) {
                entry = fast_second(deflate->literals, LITERAL_BITS, deflate->literal_second_bits,
                                    &fast, entry);
            }
            if ((entry & DEFLATE_LITERALS) != 0) {
                fast_put(&fast, entry);
                entry = fast_literal(deflate, &fast);
                fast_fill(&fast);
                continue;
            }
            if ((entry & DEFLATE_SPECIAL) != 0) {
                fast_take(&fast, entry);
                step = (entry & DEFLATE_BLOCK_END) != 0 ? DEFLATE_END : DEFLATE_DAMAGED;
                break;
            }
        }
        length = fast_value(&fast, entry);
        if (!fast_match(deflate, &fast, length, io->window, &entry, copy)) {
            step = DEFLATE_DAMAGED;
            break;
        }
    }
    /* Whole bytes that were read and not used are given back. */
    fast.count &= 63;
    io->in = fast.in - fast.count / 8;
    io->out = fast.out;
    deflate->count = fast.count % 8;
    deflate->bits = fast.bits & ((UINT64_C(1) << deflate->count) - 1);
    return step;
}

#endif

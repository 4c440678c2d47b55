/* deflate_fast.h: the loop of deflate.h where nothing is near its end, for each set of instructions.
 *
 * Three looks for literals are made for one refill, and the entry behind a match is fetched before
 * the match is copied: what takes long is waiting for the table, not the work.
 *
 * Example:   return deflate_fast(deflate, io); */
#ifndef CODEC_DEFLATE_FAST_H
#define CODEC_DEFLATE_FAST_H

#include "codec/deflate_parts.h"

enum { FAST_INPUT = 24, FAST_COPY = 128 };

static inline uint64_t fast_load(const unsigned char *p)
{
    uint64_t word = 0;

    memcpy(&word, p, sizeof word);
    return word;
}

/* Copies as many bytes at a time as the instructions can; they may overlap by less. */
typedef void (*fast_copy_fn)(unsigned char *to, const unsigned char *from);

/* A match that reaches into what it makes. */
static inline void fast_copy_near(unsigned char *to, const unsigned char *end, size_t distance)
{
    const unsigned char *from = to - distance;

    if (distance >= 16) {
        do {
            memcpy(to, from, 16);
            to += 16;
            from += 16;
        } while (to < end);
        return;
    }
    while (to < end) {
        *to++ = *from++;
    }
}

/* Most matches are over with one step, and how many the others take cannot be predicted. */
static inline void fast_copy(unsigned char *to, const unsigned char *end, size_t distance, fast_copy_fn copy)
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

static inline enum deflate_step deflate_fast(struct deflate *deflate, struct deflate_io *io, fast_copy_fn copy)
{
    const uint32_t *literals = deflate->literals, *distances = deflate->distances;
    const unsigned char *in = io->in, *in_stop = io->in_end - FAST_INPUT;
    unsigned char *out = io->out;
    const unsigned char *out_stop = io->out_end, *window = io->window;
    enum deflate_step step = DEFLATE_INPUT;
    uint64_t bits = deflate->bits;
    unsigned count = deflate->count; /* only the low eight bits of it count */
    uint32_t entry = 0;

    if (io->in_end - io->in <= FAST_INPUT) {
        return DEFLATE_INPUT;
    }
#define REFILL()                                                                                   \
    do {                                                                                           \
        bits |= fast_load(in) << (count & 63);                                                     \
        in += 7 - (count >> 3 & 7);                                                                \
        count |= 56;                                                                               \
    } while (0)
#define TAKE(entry)                                                                                \
    do {                                                                                           \
        bits >>= (entry)&63;                                                                       \
        count -= (entry);                                                                          \
    } while (0)
#define PUT(entry)                                                                                 \
    do {                                                                                           \
        uint16_t pair = (uint16_t)((entry) >> 16);                                                  \
        memcpy(out, &pair, sizeof pair);                                                           \
        out += (entry) >> 6 & 3;                                                                   \
        TAKE(entry);                                                                               \
    } while (0)
    REFILL();
    entry = literals[bits & ((1 << LITERAL_BITS) - 1)];
    while (in < in_stop && out < out_stop) {
        uint64_t saved = 0;
        size_t length = 0, distance = 0;
        if ((entry & 0xC0) != 0) {
            PUT(entry);
            entry = literals[bits & ((1 << LITERAL_BITS) - 1)];
            if ((entry & 0xC0) != 0) {
                PUT(entry);
                entry = literals[bits & ((1 << LITERAL_BITS) - 1)];
                if ((entry & 0xC0) != 0) {
                    PUT(entry);
                    REFILL();
                    entry = literals[bits & ((1 << LITERAL_BITS) - 1)];
                    continue;
                }
            }
        }
        REFILL();
        if (unlikely((entry & DEFLATE_SPECIAL) != 0)) {
            if ((entry & DEFLATE_TABLE) != 0) {
                TAKE(entry);
                entry = literals[(entry >> 8 & 0xFFFF) +
                                 (bits & ((1u << deflate->literal_second_bits) - 1))];
                if ((entry & 0xC0) != 0) {
                    PUT(entry);
                    REFILL();
                    entry = literals[bits & ((1 << LITERAL_BITS) - 1)];
                    continue;
                }
            }
            if ((entry & DEFLATE_SPECIAL) != 0) {
                TAKE(entry);
                step = (entry & DEFLATE_BLOCK_END) != 0 ? DEFLATE_END : DEFLATE_DAMAGED;
                break;
            }
        }
        saved = bits;
        TAKE(entry);
        length = (entry >> 16) +
                 (size_t)((saved & ((UINT64_C(1) << (entry & 63)) - 1)) >> (entry >> 8 & 15));
        entry = distances[bits & ((1 << DISTANCE_BITS) - 1)];
        if (unlikely((entry & DEFLATE_SPECIAL) != 0)) {
            if ((entry & DEFLATE_TABLE) != 0) {
                TAKE(entry);
                entry = distances[(entry >> 8 & 0xFFFF) +
                                  (bits & ((1u << deflate->distance_second_bits) - 1))];
            }
            if ((entry & DEFLATE_SPECIAL) != 0) {
                step = DEFLATE_DAMAGED;
                break;
            }
        }
        saved = bits;
        TAKE(entry);
        distance = (entry >> 16) +
                   (size_t)((saved & ((UINT64_C(1) << (entry & 63)) - 1)) >> (entry >> 8 & 15));
        if (unlikely(distance > (size_t)(out - window))) {
            step = DEFLATE_DAMAGED;
            break;
        }
        REFILL();
        entry = literals[bits & ((1 << LITERAL_BITS) - 1)];
        out += length;
        fast_copy(out - length, out, distance, copy);
    }
    count &= 63;
    in -= count >> 3;
    count &= 7;
    deflate->bits = bits & ((UINT64_C(1) << count) - 1);
    deflate->count = count;
    io->in = in;
    io->out = out;
    return step;
}

#endif

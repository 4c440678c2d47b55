/* deflate_ways.h: a DEFLATE stream through zlib and through our decoder; they must say the same:
 * the same text, up to damage too, and the same verdict, however input and room are cut.
 *
 * Shared by the fuzz target and the random test of the same name, which is why it is a header.
 *
 * Example:   const char *difference = deflate_ways_differ(data, size, 1000, 5000); */
#ifndef FUZZ_DEFLATE_WAYS_H
#define FUZZ_DEFLATE_WAYS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/arena.h"
#include "codec/deflate.h"

enum { DEFLATE_TEXT_MAX = 1 << 18 };

struct deflate_way {
    enum deflate_step step; /* DEFLATE_ROOM: the text is longer than DEFLATE_TEXT_MAX */
    size_t n, taken;
    unsigned char text[DEFLATE_TEXT_MAX];
};

static inline void deflate_way_zlib(const unsigned char *data, size_t size, struct deflate_way *way)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)size};
    int code = 0;

    stream.next_out = way->text;
    stream.avail_out = DEFLATE_TEXT_MAX;
    if (inflateInit2(&stream, -15) != Z_OK) {
        abort();
    }
    code = inflate(&stream, Z_NO_FLUSH);
    way->n = DEFLATE_TEXT_MAX - stream.avail_out;
    way->taken = size - stream.avail_in;
    way->step = code == Z_STREAM_END         ? DEFLATE_END
                : code == Z_DATA_ERROR       ? DEFLATE_DAMAGED
                : way->n == DEFLATE_TEXT_MAX ? DEFLATE_ROOM
                                             : DEFLATE_CUT;
    (void)inflateEnd(&stream);
}

/* Whether zlib sees damage with some bytes more. It takes a code without words for one of zeros,
 * and sees only behind what that would stand for that the code says nothing. */
static inline bool deflate_way_is_hidden(const unsigned char *data, size_t size)
{
    enum { MORE = 64 };
    static struct deflate_way way;
    unsigned char *longer = mem_alloc(size + MORE);

    memcpy(longer, data, size);
    deflate_way_zlib(longer, size + MORE, &way);
    mem_free(longer);
    return way.step == DEFLATE_DAMAGED;
}

/* More of the input, in a buffer of exactly its size, so that a read behind it is seen. */
static inline void deflate_way_input(struct deflate_io *io, unsigned char **input,
                                     const unsigned char *data, size_t size, size_t *held,
                                     size_t step)
{
    size_t left = *input == NULL ? 0 : (size_t)(io->in_end - io->in);
    size_t more = left + step < DEFLATE_INPUT_MIN ? DEFLATE_INPUT_MIN - left : step;
    unsigned char *next = NULL;

    more = more < size - *held ? more : size - *held;
    next = mem_alloc(left + more);
    if (left > 0) {
        memcpy(next, io->in, left);
    }
    if (more > 0) {
        memcpy(next + left, data + *held, more);
    }
    mem_free(*input);
    *input = next;
    *held += more;
    io->in = next;
    io->in_end = next + left + more;
    io->in_is_all = *held == size;
}

/* Input comes `step` bytes at a time; room is made by `room`, and what is more than a window behind
 * is overwritten, as callers do. */
static inline void deflate_way_ours(struct deflate *deflate, const unsigned char *data, size_t size,
                                    size_t step, size_t room, struct deflate_way *way)
{
    unsigned char *window = mem_alloc(DEFLATE_WINDOW + room + DEFLATE_SLACK), *input = NULL;
    struct deflate_io io = {.window = window, .out = window, .out_end = window + room};
    size_t held = 0;

    way->n = 0;
    deflate_begin(deflate);
    deflate_way_input(&io, &input, data, size, &held, step);
    for (;;) {
        const unsigned char *seen = io.out;
        size_t n = 0, keep = 0;
        way->step = deflate_decode(deflate, &io);
        n = (size_t)(io.out - seen);
        if (io.out >= io.out_end + DEFLATE_SLACK ||
            (way->step == DEFLATE_INPUT &&
             (io.in_is_all || io.in_end - io.in >= DEFLATE_INPUT_MIN))) {
            abort();
        }
        n = n < DEFLATE_TEXT_MAX - way->n ? n : DEFLATE_TEXT_MAX - way->n;
        memcpy(way->text + way->n, seen, n);
        way->n += n;
        if (way->step == DEFLATE_INPUT) {
            deflate_way_input(&io, &input, data, size, &held, step);
        } else if (way->step != DEFLATE_ROOM || way->n == DEFLATE_TEXT_MAX) {
            break;
        }
        keep = (size_t)(io.out - window);
        keep = keep < DEFLATE_WINDOW ? keep : DEFLATE_WINDOW;
        memmove(window, io.out - keep, keep);
        io.out = window + keep;
        io.out_end = io.out + room;
    }
    way->taken = held - (size_t)(io.in_end - io.in);
    mem_free(input);
    mem_free(window);
}

/* NULL, or in what they differ. */
static inline const char *deflate_ways_differ(const unsigned char *data, size_t size, size_t step,
                                              size_t room)
{
    static struct deflate *levels[SIMD_AVX512 + 1];
    static struct deflate_way wanted, got;

    deflate_way_zlib(data, size, &wanted);
    for (enum simd_level level = SIMD_SCALAR; level <= simd_level_detect(); level++) {
        if (levels[level] == NULL) {
            levels[level] = deflate_new(level);
        }
        deflate_way_ours(levels[level], data, size, step, room, &got);
        if (got.n != wanted.n || memcmp(got.text, wanted.text, got.n) != 0) {
            return "the text";
        }
        /* Where the text is as long as it may be, what comes behind is not looked at in the same
         * order. */
        if (got.step != wanted.step && wanted.n < DEFLATE_TEXT_MAX &&
            !(got.step == DEFLATE_DAMAGED && wanted.step == DEFLATE_CUT &&
              deflate_way_is_hidden(data, size))) {
            return "the verdict";
        }
        if (got.step == DEFLATE_END && wanted.step == DEFLATE_END && got.taken != wanted.taken) {
            return "where the stream ends";
        }
    }
    return NULL;
}

/* The text deflated by zlib in one of its 450 ways; to be freed. */
static inline unsigned char *deflate_way_pack(const unsigned char *text, size_t n, unsigned how,
                                              size_t *size)
{
    static const int strategies[] = {Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE,
                                     Z_FIXED};
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)text, .avail_in = (uInt)n};
    unsigned char *packed = NULL;
    size_t room = 0;

    if (deflateInit2(&stream, (int)(how % 10), Z_DEFLATED, -15, (int)(how / 10 % 9) + 1,
                     strategies[how / 90 % 5]) != Z_OK) {
        abort();
    }
    room = deflateBound(&stream, n) + 64;
    packed = mem_alloc(room);
    stream.next_out = packed;
    stream.avail_out = (uInt)room;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) {
        abort();
    }
    *size = room - stream.avail_out;
    (void)deflateEnd(&stream);
    return packed;
}

#endif

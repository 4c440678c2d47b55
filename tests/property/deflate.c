/* Random DEFLATE streams, right and damaged, come to the same through zlib and through us: texts
 * that zlib deflated, and streams written here with codes that no compressor would choose, up to
 * the longest words. */
#include "fuzz/deflate_ways.h"

#include "base/buf.h"
#include "support/property.h"

enum { TEXT_MAX = 300 << 10, STREAM_MAX = 1 << 20 };

static void compare(struct property *property, const unsigned char *data, size_t size)
{
    struct random *random = &property->random;
    size_t step = 1 + random_below(random, random_chance(random, 50) ? 100 : 100000);
    size_t room = 1 + random_below(random, random_chance(random, 50) ? 1000 : 100000);
    const char *difference = deflate_ways_differ(data, size, step, room);

    if (difference != NULL) {
        property_fail(property, "zlib and we differ in %s (%zu bytes, step %zu, room %zu)",
                      difference, size, step, room);
    }
}

/* Flips a bit or cuts the end off, in every other stream. */
static size_t damage(struct random *random, unsigned char *data, size_t size)
{
    if (size > 0 && random_chance(random, 40)) {
        data[random_below(random, size)] ^= (unsigned char)(1 << random_below(random, 8));
    }
    return size > 0 && random_chance(random, 20) ? random_below(random, size) : size;
}

/* ---- of zlib -------------------------------------------------------------------------------- */

/* Pieces of what is there already, runs, and letters of a few or of all kinds. */
static void put_text(struct random *random, struct buf *text, size_t n)
{
    while (text->n < n) {
        size_t run = 1 + random_below(random, random_chance(random, 90) ? 40 : 4000);
        size_t kinds = random_chance(random, 80) ? 16 : 256;
        if (text->n > 0 && random_chance(random, 50)) {
            size_t reach = text->n < 40000 ? text->n : 40000;
            size_t distance =
                1 + random_below(random, random_chance(random, 50) ? reach : reach % 200 + 1);
            for (distance = distance < text->n ? distance : text->n; run > 0; run--) {
                buf_char(text, text->p[text->n - distance]);
            }
        }
        for (; run > 0; run--) {
            buf_char(text, (char)('0' + random_below(random, kinds)));
        }
    }
}

static void of_zlib(struct property *property)
{
    struct random *random = &property->random;
    struct buf text;
    unsigned char *packed = NULL;
    size_t size = 0;

    buf_init(&text, 2 * TEXT_MAX);
    put_text(random, &text, random_below(random, random_chance(random, 80) ? 5000 : TEXT_MAX));
    packed = deflate_way_pack((const unsigned char *)text.p, text.n,
                              (unsigned)random_below(random, 450), &size);
    compare(property, packed, damage(random, packed, size));
    mem_free(packed);
    buf_release(&text);
}

/* ---- of our own ----------------------------------------------------------------------------- */

enum { LONGEST = 15, PRE_LONGEST = 7, LITERALS = 288, DISTANCES = 32, LENGTH_SYMBOLS = 19 };

struct bits {
    struct buf *out;
    uint64_t held;
    unsigned count;
};

static void put_bits(struct bits *bits, uint64_t value, unsigned count)
{
    bits->held |= value << bits->count;
    bits->count += count;
    for (; bits->count >= 8; bits->count -= 8) {
        buf_char(bits->out, (char)(bits->held & 0xFF));
        bits->held >>= 8;
    }
}

struct words {
    uint8_t lengths[LITERALS];
    uint16_t words[LITERALS];
};

/* Lengths of a complete code: words are split until there are enough. Sometimes one is wrong. */
static void make_lengths(struct random *random, struct words *words, size_t symbols, size_t wanted,
                         uint8_t longest)
{
    uint8_t lengths[LITERALS] = {0};
    size_t count = 1;

    *words = (struct words){0};
    for (size_t tries = 0; count < wanted && tries < 10 * (size_t)LITERALS; tries++) {
        size_t i = random_chance(random, 50) ? count - 1 : random_below(random, count);
        if (lengths[i] < longest) {
            lengths[count++] = ++lengths[i];
        }
    }
    if (count == 1) {
        lengths[0] = 1;
    }
    for (size_t i = 0; i < count; i++) {
        size_t symbol = random_below(random, symbols);
        while (words->lengths[symbol] != 0) {
            symbol = (symbol + 1) % symbols;
        }
        words->lengths[symbol] = lengths[i];
    }
    if (random_chance(random, 5)) {
        words->lengths[random_below(random, symbols)] = (uint8_t)random_below(random, longest + 1u);
    }
}

/* RFC 1951, 3.2.2; words begin with their last bit here. */
static void give_words(struct words *words, size_t symbols)
{
    unsigned word = 0;

    for (unsigned length = 1; length <= LONGEST; length++, word <<= 1) {
        for (size_t i = 0; i < symbols; i++) {
            if (words->lengths[i] == length) {
                for (unsigned bit = 0; bit < length; bit++) {
                    words->words[i] |= (uint16_t)((word >> bit & 1) << (length - 1 - bit));
                }
                word++;
            }
        }
    }
}

static void put_word(struct bits *bits, const struct words *words, size_t symbol)
{
    put_bits(bits, words->words[symbol], words->lengths[symbol]);
}

/* Lengths of words: some as they are, some as repeats, of nothing or too often in a few. */
static void put_lengths(struct random *random, struct bits *bits, const uint8_t *lengths, size_t n)
{
    static const struct {
        size_t symbol, least, most;
        unsigned extra;
    } repeats[] = {{16, 3, 6, 2}, {17, 3, 10, 3}, {18, 11, 138, 7}};
    size_t wrong = random_chance(random, 90)   ? n
                   : random_chance(random, 50) ? 0
                                               : n - 1 - random_below(random, 8);
    struct words pre;

    make_lengths(random, &pre, LENGTH_SYMBOLS, LENGTH_SYMBOLS, PRE_LONGEST);
    give_words(&pre, LENGTH_SYMBOLS);
    for (size_t i = 0; i < LENGTH_SYMBOLS; i++) {
        static const uint8_t order[LENGTH_SYMBOLS] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                      11, 4,  12, 3, 13, 2, 14, 1, 15};
        put_bits(bits, pre.lengths[order[i]], 3);
    }
    for (size_t i = 0, run = 1; i < n; i += run) {
        size_t kind = random_below(random, 3), most = repeats[kind].most;
        uint8_t repeated = kind > 0 ? 0 : i > 0 ? lengths[i - 1] : UINT8_MAX;
        for (run = 0; i + run < n && run < most && lengths[i + run] == repeated; run++) {
        }
        if (i >= wrong) {
            run = repeats[kind].least + random_below(random, most - repeats[kind].least + 1);
        }
        if (run >= repeats[kind].least) {
            put_word(bits, &pre, repeats[kind].symbol);
            put_bits(bits, run - repeats[kind].least, repeats[kind].extra);
        } else {
            put_word(bits, &pre, lengths[i]);
            run = 1;
        }
    }
}

static void put_codes(struct random *random, struct bits *bits, const struct words *literals,
                      size_t literal_count, const struct words *distances, size_t distance_count)
{
    uint8_t lengths[LITERALS + DISTANCES];

    memcpy(lengths, literals->lengths, literal_count);
    memcpy(lengths + literal_count, distances->lengths, distance_count);
    put_bits(bits, literal_count - 257, 5);
    put_bits(bits, distance_count - 1, 5);
    put_bits(bits, LENGTH_SYMBOLS - 4, 4);
    put_lengths(random, bits, lengths, literal_count + distance_count);
}

/* A symbol that the code has a word for. */
static size_t pick_symbol(struct random *random, const struct words *words, size_t count)
{
    size_t symbol = random_below(random, count);

    for (size_t i = 0; i < count && words->lengths[symbol] == 0; i++) {
        symbol = (symbol + 1) % count;
    }
    return symbol;
}

static void put_symbols(struct random *random, struct bits *bits, const struct words *literals,
                        size_t literal_count, const struct words *distances, size_t distance_count)
{
    for (size_t i = random_below(random, random_chance(random, 80) ? 300 : 30000); i > 0; i--) {
        size_t symbol =
            pick_symbol(random, literals, random_chance(random, 70) ? 256 : literal_count);
        if (symbol == 256) {
            continue;
        }
        put_word(bits, literals, symbol);
        if (symbol > 256) {
            size_t n = symbol < 265 || symbol == 285 ? 0 : (symbol - 261) / 4;
            put_bits(bits, random_below(random, (size_t)1 << n), (unsigned)n);
            symbol = pick_symbol(random, distances, distance_count);
            put_word(bits, distances, symbol);
            n = symbol < 4 ? 0 : symbol / 2 - 1;
            put_bits(bits, random_below(random, (size_t)1 << n), (unsigned)n);
        }
    }
    if (random_chance(random, 95)) {
        put_word(bits, literals, 256);
    }
}

static void put_block(struct random *random, struct bits *bits)
{
    struct words literals, distances;
    size_t more = random_chance(random, 5) ? 32 : 30; /* 30 is what zlib takes */
    size_t literal_count = 257 + random_below(random, more);
    size_t distance_count = 1 + random_below(random, more);
    size_t wanted = random_chance(random, 50) ? literal_count : 2 + random_below(random, 60);

    make_lengths(random, &literals, literal_count, wanted < literal_count ? wanted : literal_count,
                 LONGEST);
    if (literals.lengths[256] == 0 && random_chance(random, 95)) {
        size_t other = pick_symbol(random, &literals, literal_count);
        literals.lengths[256] = literals.lengths[other];
        literals.lengths[other] = 0;
    }
    make_lengths(random, &distances, distance_count, 1 + random_below(random, distance_count),
                 LONGEST);
    give_words(&literals, literal_count);
    give_words(&distances, distance_count);
    put_bits(bits, 2, 2);
    put_codes(random, bits, &literals, literal_count, &distances, distance_count);
    put_symbols(random, bits, &literals, literal_count, &distances, distance_count);
}

static void of_our_own(struct property *property)
{
    struct random *random = &property->random;
    struct buf stream;
    struct bits bits = {.out = &stream};

    buf_init(&stream, STREAM_MAX);
    for (size_t left = 1 + random_below(random, 4); left > 0; left--) {
        put_bits(&bits, left == 1, 1);
        put_block(random, &bits);
    }
    put_bits(&bits, 0, 7);
    buf_str(&stream, STR("behind"));
    compare(property, (unsigned char *)stream.p,
            damage(random, (unsigned char *)stream.p, stream.n));
    buf_release(&stream);
}

int main(void)
{
    struct property property = property_begin(2000);

    property_run(&property, "what zlib deflated", 1, of_zlib);
    property_run(&property, "codes of our own", 1, of_our_own);
    return property_end(&property);
}

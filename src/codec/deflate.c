#include "codec/deflate.h"

#include <assert.h>

#include "base/arena.h"
#include "codec/deflate_fast.h"

enum { LITERAL_COUNT_MAX = 286, DISTANCE_COUNT_MAX = 30, BLOCK_END = 256, PRE_BITS = 7 };

void deflate_free(struct deflate *deflate)
{
    mem_free(deflate);
}

void deflate_begin(struct deflate *deflate)
{
    deflate->bits = 0;
    deflate->count = 0;
    deflate->state = DEFLATE_IS_HEADER;
}

static inline void copy_words(unsigned char *to, const unsigned char *from)
{
    memcpy(to, from, FAST_COPY);
}

enum deflate_step deflate_fast_scalar(struct deflate *deflate, struct deflate_io *io)
{
    return deflate_fast(deflate, io, copy_words);
}

/* ---- tables --------------------------------------------------------------------------------- */

/* RFC 1951, 3.2.5. */
static const uint16_t length_bases[] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                        15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                        67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint8_t length_extras[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                        2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};

/* What an entry says apart from the bits of its word: every bit adds ENTRY_BIT to it. */
enum { ENTRY_BIT = 0x101 };

static uint32_t literal_base(unsigned symbol)
{
    if (symbol < BLOCK_END) {
        return symbol << 16 | 1 << 6;
    }
    if (symbol == BLOCK_END) {
        return DEFLATE_SPECIAL | DEFLATE_BLOCK_END;
    }
    symbol -= BLOCK_END + 1;
    return symbol < sizeof length_extras
               ? (uint32_t)length_bases[symbol] << 16 | length_extras[symbol]
               : DEFLATE_SPECIAL;
}

static uint32_t distance_base(unsigned symbol)
{
    unsigned extra = symbol < 4 ? 0 : symbol / 2 - 1;
    uint32_t base = symbol < 4 ? symbol + 1 : ((2 + symbol % 2) << extra) + 1;

    return symbol < DISTANCE_COUNT_MAX ? base << 16 | extra : DEFLATE_SPECIAL;
}

struct deflate *deflate_new(enum simd_level simd)
{
    struct deflate *deflate = mem_alloc(sizeof *deflate);

    deflate->fast = deflate_fast_scalar;
#if defined(__x86_64__)
    if (simd != SIMD_SCALAR) {
        deflate->fast = deflate_fast_avx2;
    }
#endif
    for (unsigned i = 0; i < LITERAL_SYMBOLS; i++) {
        deflate->literal_bases[i] = literal_base(i);
    }
    for (unsigned i = 0; i < DISTANCE_SYMBOLS; i++) {
        deflate->distance_bases[i] = distance_base(i);
    }
    for (unsigned i = 0; i < PRE_SYMBOLS; i++) {
        deflate->pre_bases[i] = i << 16;
    }
    deflate_begin(deflate);
    return deflate;
}

/* A prefix code, and the table that is made of it. */
struct code {
    const uint8_t *lengths; /* of each symbol's word in bits; 0: not used */
    unsigned symbol_count;
    const uint32_t *bases; /* of its symbols' entries */
    uint32_t *table;
    unsigned table_bits;
    bool may_be_sparse; /* one word of one bit, or none at all */
    bool has_pairs;     /* of literals */

    /* By length; and the symbols in the order of their words, literals first within a length. */
    unsigned counts[CODE_BITS_MAX + 1], literal_counts[CODE_BITS_MAX + 1],
        firsts[CODE_BITS_MAX + 2];
    uint16_t symbols[LITERAL_SYMBOLS], words[LITERAL_SYMBOLS]; /* words from their last bit on */
};

/* Counts into two places in turn: equal lengths stand behind each other, and each count would wait
 * for the one before. */
static void count_lengths(const uint8_t *lengths, unsigned n, unsigned *counts)
{
    unsigned others[CODE_BITS_MAX + 1] = {0};

    for (unsigned i = 0; i + 1 < n; i += 2) {
        counts[lengths[i]]++;
        others[lengths[i + 1]]++;
    }
    if (n % 2 != 0) {
        counts[lengths[n - 1]]++;
    }
    for (unsigned bits = 0; bits <= CODE_BITS_MAX; bits++) {
        counts[bits] += others[bits];
    }
}

static bool code_sort(struct code *code)
{
    unsigned next[CODE_BITS_MAX + 1], used = 0;
    unsigned literals = code->symbol_count < BLOCK_END ? code->symbol_count : BLOCK_END;
    int left = 1;

    count_lengths(code->lengths, literals, code->counts);
    memcpy(code->literal_counts, code->counts, sizeof code->counts);
    count_lengths(code->lengths + literals, code->symbol_count - literals, code->counts);
    for (unsigned bits = 1; bits <= CODE_BITS_MAX; bits++) {
        left = left * 2 - (int)code->counts[bits]; /* words; below 0 it stays there */
        next[bits] = code->firsts[bits] = used;
        used += code->counts[bits];
    }
    code->firsts[CODE_BITS_MAX + 1] = used;
    for (unsigned i = 0; i < code->symbol_count; i++) {
        if (code->lengths[i] != 0) {
            code->symbols[next[code->lengths[i]]++] = (uint16_t)i;
        }
    }
    return left == 0 || (code->may_be_sparse && used <= 1 && used == code->counts[1]);
}

/* The word behind, in the order of words written from their first bit on. */
static uint32_t word_next(uint32_t word, unsigned bits)
{
    uint32_t zeros = ~word & ((UINT32_C(1) << bits) - 1), top = 0;

    if (zeros == 0) {
        return 0;
    }
    top = UINT32_C(1) << (31 - __builtin_clz(zeros));
    return (word & (top - 1)) | top;
}

/* Two literals whose words together have so many bits. */
static void code_add_pairs(const struct code *code, unsigned bits)
{
    for (unsigned first = 1; first < bits; first++) {
        unsigned second = bits - first;
        const uint16_t *b_words = code->words + code->firsts[second];
        const uint16_t *b_symbols = code->symbols + code->firsts[second];
        for (unsigned i = 0; i < code->literal_counts[first]; i++) {
            unsigned a = code->firsts[first] + i;
            uint32_t *table = code->table + code->words[a];
            uint32_t entry = (uint32_t)code->symbols[a] << 16 | first << 8 | 2 << 6 | bits;
            for (unsigned j = 0; j < code->literal_counts[second]; j++) {
                table[(size_t)b_words[j] << first] = entry | (uint32_t)b_symbols[j] << 24;
            }
        }
    }
}

/* Words longer than the table's index, from symbol `i` on. Returns the bits that index them. */
static unsigned code_add_tables(const struct code *code, unsigned i, uint32_t word)
{
    unsigned longest = CODE_BITS_MAX, second_bits = 0;
    uint32_t size = UINT32_C(1) << code->table_bits, at = size, prefix = size, begin = 0;

    while (code->counts[longest] == 0) {
        longest--;
    }
    second_bits = longest - code->table_bits;
    for (unsigned bits = code->table_bits + 1; bits <= longest; bits++) {
        for (; i < code->firsts[bits + 1]; i++) {
            uint32_t entry = code->bases[code->symbols[i]] + bits * ENTRY_BIT;
            if ((word & (size - 1)) != prefix) {
                prefix = word & (size - 1);
                begin = at;
                at += UINT32_C(1) << second_bits;
                code->table[prefix] =
                    DEFLATE_SPECIAL | DEFLATE_TABLE | begin << 8 | code->table_bits;
            }
            for (uint32_t j = word >> code->table_bits; j < UINT32_C(1) << second_bits;
                 j += UINT32_C(1) << (bits - code->table_bits)) {
                code->table[begin + j] = entry;
            }
            word = word_next(word, bits);
        }
    }
    return second_bits;
}

/* A table of words up to some length, twice, is the one of words up to the next length, but for the
 * words of that. Returns false for what is no prefix code. */
static bool code_make(struct code *code, unsigned *second_bits)
{
    uint32_t word = 0;
    unsigned i = 0;

    if (!code_sort(code)) {
        return false;
    }
    code->table[0] = DEFLATE_SPECIAL | 1;
    for (unsigned bits = 1; bits <= code->table_bits; bits++) {
        size_t half = (size_t)1 << (bits - 1);
        memcpy(code->table + half, code->table, half * sizeof *code->table);
        for (; i < code->firsts[bits + 1]; i++) {
            code->words[i] = (uint16_t)word;
            code->table[word] = code->bases[code->symbols[i]] + bits * ENTRY_BIT;
            word = word_next(word, bits);
        }
        if (code->has_pairs) {
            code_add_pairs(code, bits);
        }
    }
    *second_bits = i < code->firsts[CODE_BITS_MAX + 1] ? code_add_tables(code, i, word) : 0;
    return true;
}

static bool make_tables(struct deflate *deflate, const uint8_t *lengths, unsigned literal_count,
                        unsigned distance_count)
{
    struct code literals = {
        .lengths = lengths,
        .symbol_count = literal_count,
        .bases = deflate->literal_bases,
        .table = deflate->literals,
        .table_bits = LITERAL_BITS,
        .may_be_sparse = true,
        .has_pairs = true,
    };
    struct code distances = {
        .lengths = lengths + literal_count,
        .symbol_count = distance_count,
        .bases = deflate->distance_bases,
        .table = deflate->distances,
        .table_bits = DISTANCE_BITS,
        .may_be_sparse = true,
    };

    return code_make(&literals, &deflate->literal_second_bits) &&
           code_make(&distances, &deflate->distance_second_bits);
}

/* ---- bits ----------------------------------------------------------------------------------- */

/* As many whole bytes as there is room for, 56 bits at least, or all there are. */
static void bits_fill(struct deflate *deflate, struct deflate_io *io)
{
    if (likely(io->in_end - io->in >= 8)) {
        deflate->bits |= fast_load(io->in) << deflate->count;
        io->in += (63 - deflate->count) / 8;
        deflate->count |= 56;
        return;
    }
    while (deflate->count <= 56 && io->in < io->in_end) {
        deflate->bits |= (uint64_t)*io->in++ << deflate->count;
        deflate->count += 8;
    }
}

static void bits_drop(struct deflate *deflate, unsigned count)
{
    deflate->bits >>= count;
    deflate->count -= count;
}

/* False: there are not so many. */
static bool bits_take(struct deflate *deflate, struct deflate_io *io, unsigned count,
                      uint32_t *value)
{
    bits_fill(deflate, io);
    if (deflate->count < count) {
        return false;
    }
    *value = (uint32_t)(deflate->bits & ((UINT64_C(1) << count) - 1));
    bits_drop(deflate, count);
    return true;
}

static void bits_put_back(struct deflate *deflate, struct deflate_io *io)
{
    io->in -= deflate->count / 8;
    deflate->count %= 8;
    deflate->bits &= (UINT64_C(1) << deflate->count) - 1;
}

/* ---- headers of blocks ---------------------------------------------------------------------- */

/* The steps here return DEFLATE_END when they have done what they are for. */

static enum deflate_step read_stored(struct deflate *deflate, struct deflate_io *io)
{
    unsigned size = 0, inverse = 0;

    bits_put_back(deflate, io);
    deflate->bits = deflate->count = 0;
    if (io->in_end - io->in < 4) {
        return DEFLATE_CUT;
    }
    size = io->in[0] | (unsigned)io->in[1] << 8;
    inverse = io->in[2] | (unsigned)io->in[3] << 8;
    if ((size ^ inverse) != 0xFFFF) {
        return DEFLATE_DAMAGED;
    }
    io->in += 4;
    deflate->stored_left = size;
    deflate->state = DEFLATE_IS_STORED;
    return DEFLATE_END;
}

static enum deflate_step make_fixed(struct deflate *deflate)
{
    uint8_t lengths[LITERAL_SYMBOLS + DISTANCE_SYMBOLS];

    if (!deflate->is_fixed) {
        memset(lengths, 8, 144);
        memset(lengths + 144, 9, 112);
        memset(lengths + 256, 7, 24);
        memset(lengths + 280, 8, 8);
        memset(lengths + LITERAL_SYMBOLS, 5, DISTANCE_SYMBOLS);
        deflate->is_fixed = make_tables(deflate, lengths, LITERAL_SYMBOLS, DISTANCE_SYMBOLS);
        assert(deflate->is_fixed);
    }
    deflate->state = DEFLATE_IS_CODES;
    return DEFLATE_END;
}

/* The code in which the lengths of the other two are written. It must be complete, so that each
 * entry of its table is a symbol. */
static enum deflate_step read_pre_code(struct deflate *deflate, struct deflate_io *io,
                                       unsigned count, uint32_t *table)
{
    static const uint8_t order[PRE_SYMBOLS] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                               11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint8_t lengths[PRE_SYMBOLS] = {0};
    struct code code = {.lengths = lengths,
                        .symbol_count = PRE_SYMBOLS,
                        .bases = deflate->pre_bases,
                        .table_bits = PRE_BITS};
    unsigned second_bits = 0;

    code.table = table;
    for (unsigned i = 0; i < count; i++) {
        uint32_t length = 0;
        if (!bits_take(deflate, io, 3, &length)) {
            return DEFLATE_CUT;
        }
        lengths[order[i]] = (uint8_t)length;
    }
    return code_make(&code, &second_bits) ? DEFLATE_END : DEFLATE_DAMAGED;
}

/* One word: a length, or how often the last one or 0 is repeated. */
static enum deflate_step read_length(struct deflate *deflate, struct deflate_io *io,
                                     const uint32_t *table, uint8_t *lengths, unsigned *n,
                                     unsigned count)
{
    static const struct {
        uint8_t extra, base;
    } repeats[] = {{2, 3}, {3, 3}, {7, 11}};
    uint32_t entry = 0, times = 0;
    unsigned symbol = 0;
    uint8_t length = 0;

    bits_fill(deflate, io);
    entry = table[deflate->bits & ((1 << PRE_BITS) - 1)];
    if ((entry & 63) > deflate->count) {
        return DEFLATE_CUT;
    }
    bits_drop(deflate, entry & 63);
    symbol = entry >> 16;
    if (symbol < 16) {
        lengths[(*n)++] = (uint8_t)symbol;
        return DEFLATE_END;
    }
    symbol -= 16;
    if (!bits_take(deflate, io, repeats[symbol].extra, &times)) {
        return DEFLATE_CUT;
    }
    times += repeats[symbol].base;
    if (times > count - *n || (symbol == 0 && *n == 0)) {
        return DEFLATE_DAMAGED;
    }
    length = symbol == 0 ? lengths[*n - 1] : 0;
    memset(lengths + *n, length, times);
    *n += times;
    return DEFLATE_END;
}

static enum deflate_step read_codes(struct deflate *deflate, struct deflate_io *io)
{
    uint8_t lengths[LITERAL_COUNT_MAX + DISTANCE_COUNT_MAX] = {0};
    uint32_t table[1 << PRE_BITS], literal_count = 0, distance_count = 0, pre_count = 0;
    enum deflate_step step = DEFLATE_END;
    unsigned n = 0;

    if (!bits_take(deflate, io, 5, &literal_count) || !bits_take(deflate, io, 5, &distance_count) ||
        !bits_take(deflate, io, 4, &pre_count)) {
        return DEFLATE_CUT;
    }
    literal_count += 257;
    distance_count += 1;
    if (literal_count > LITERAL_COUNT_MAX || distance_count > DISTANCE_COUNT_MAX) {
        return DEFLATE_DAMAGED;
    }
    step = read_pre_code(deflate, io, pre_count + 4, table);
    while (step == DEFLATE_END && n < literal_count + distance_count) {
        step = read_length(deflate, io, table, lengths, &n, literal_count + distance_count);
    }
    if (step != DEFLATE_END) {
        return step;
    }
    deflate->is_fixed = false;
    if (lengths[BLOCK_END] == 0 || !make_tables(deflate, lengths, literal_count, distance_count)) {
        return DEFLATE_DAMAGED;
    }
    deflate->state = DEFLATE_IS_CODES;
    return DEFLATE_END;
}

static enum deflate_step read_header(struct deflate *deflate, struct deflate_io *io)
{
    uint32_t is_last = 0, type = 0;

    if (!io->in_is_all && io->in_end - io->in < DEFLATE_INPUT_MIN) {
        return DEFLATE_INPUT;
    }
    if (!bits_take(deflate, io, 1, &is_last) || !bits_take(deflate, io, 2, &type)) {
        return DEFLATE_CUT;
    }
    deflate->is_last_block = is_last != 0;
    switch (type) {
    case 0:
        return read_stored(deflate, io);
    case 1:
        return make_fixed(deflate);
    case 2:
        return read_codes(deflate, io);
    default:
        return DEFLATE_DAMAGED;
    }
}

/* ---- blocks --------------------------------------------------------------------------------- */

static enum deflate_step block_end(struct deflate *deflate)
{
    deflate->state = deflate->is_last_block ? DEFLATE_IS_OVER : DEFLATE_IS_HEADER;
    return DEFLATE_END;
}

static enum deflate_step copy_stored(struct deflate *deflate, struct deflate_io *io)
{
    size_t n = deflate->stored_left, left = (size_t)(io->in_end - io->in);
    size_t room = io->out < io->out_end ? (size_t)(io->out_end - io->out) : 0;

    n = n < left ? n : left;
    n = n < room ? n : room;
    memcpy(io->out, io->in, n);
    io->in += n;
    io->out += n;
    deflate->stored_left -= (uint32_t)n;
    if (deflate->stored_left == 0) {
        return block_end(deflate);
    }
    return n == room ? DEFLATE_ROOM : io->in_is_all ? DEFLATE_CUT : DEFLATE_INPUT;
}

/* The entry for the bits at hand. */
static uint32_t look_up(const uint32_t *table, unsigned first_bits, unsigned second_bits,
                        uint64_t bits)
{
    uint32_t entry = table[bits & ((UINT64_C(1) << first_bits) - 1)];

    if ((entry & DEFLATE_LITERALS) == 0 && (entry & DEFLATE_SPECIAL) != 0 &&
        (entry & DEFLATE_TABLE) != 0) {
        entry = table[(entry >> 8 & 0xFFFF) +
                      (bits >> first_bits & ((UINT64_C(1) << second_bits) - 1))];
    }
    return entry;
}

static size_t value_of(uint32_t entry, uint64_t bits)
{
    bits &= (UINT64_C(1) << (entry & 63)) - 1;
    return (size_t)(entry >> 16) + (size_t)(bits >> (entry >> 8 & 15));
}

/* A match whose length was looked up; nothing is taken before all of it is there. */
static enum deflate_step copy_match(struct deflate *deflate, struct deflate_io *io, uint32_t entry)
{
    size_t length = value_of(entry, deflate->bits), distance = 0;
    uint64_t bits = deflate->bits >> (entry & 63);
    unsigned taken = entry & 63;

    entry = look_up(deflate->distances, DISTANCE_BITS, deflate->distance_second_bits, bits);
    taken += entry & 63;
    if (taken > deflate->count) {
        return DEFLATE_CUT;
    }
    distance = value_of(entry, bits);
    if ((entry & DEFLATE_SPECIAL) != 0 || distance > (size_t)(io->out - io->window)) {
        return DEFLATE_DAMAGED;
    }
    bits_drop(deflate, taken);
    for (; length > 0; length--, io->out++) {
        *io->out = *(io->out - distance);
    }
    return DEFLATE_INPUT;
}

/* One symbol near the end of the input, from bits that are really there. */
static enum deflate_step decode_one(struct deflate *deflate, struct deflate_io *io)
{
    uint32_t entry = 0;
    unsigned taken = 0;

    bits_fill(deflate, io);
    entry = look_up(deflate->literals, LITERAL_BITS, deflate->literal_second_bits, deflate->bits);
    /* Of two literals only the first: the second may be of bits behind the end. */
    taken = (entry & DEFLATE_LITERALS) != 0 ? entry >> 8 & 15 : entry & 63;
    if (taken > deflate->count) {
        return DEFLATE_CUT;
    }
    if ((entry & DEFLATE_LITERALS) != 0) {
        bits_drop(deflate, taken);
        *io->out++ = (unsigned char)(entry >> 16);
        return DEFLATE_INPUT;
    }
    if ((entry & DEFLATE_SPECIAL) == 0) {
        return copy_match(deflate, io, entry);
    }
    bits_drop(deflate, taken);
    return (entry & DEFLATE_BLOCK_END) != 0 ? DEFLATE_END : DEFLATE_DAMAGED;
}

static enum deflate_step decode_codes(struct deflate *deflate, struct deflate_io *io)
{
    enum deflate_step step = deflate->fast(deflate, io);

    if (step == DEFLATE_INPUT && io->in_is_all) {
        while (step == DEFLATE_INPUT && io->out < io->out_end) {
            step = decode_one(deflate, io);
        }
        bits_put_back(deflate, io);
    }
    if (step == DEFLATE_INPUT && io->out >= io->out_end) {
        return DEFLATE_ROOM;
    }
    return step == DEFLATE_END ? block_end(deflate) : step;
}

enum deflate_step deflate_decode(struct deflate *deflate, struct deflate_io *io)
{
    enum deflate_step step = DEFLATE_END;

    while (step == DEFLATE_END) {
        switch (deflate->state) {
        case DEFLATE_IS_HEADER:
            step = read_header(deflate, io);
            bits_put_back(deflate, io);
            break;
        case DEFLATE_IS_STORED:
            step = copy_stored(deflate, io);
            break;
        case DEFLATE_IS_CODES:
            step = decode_codes(deflate, io);
            break;
        case DEFLATE_IS_OVER:
            return DEFLATE_END;
        }
    }
    return step;
}

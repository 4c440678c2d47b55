#include "store/packed.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "packed texts are little-endian");

/* How a column is written; the low half of a time's byte is an absent code. */
enum { TIME_ALL = 0x00, TIME_32 = 0x10, TIME_SPARSE = 0x20, TIME_64 = 0x30, TIME_MODE = 0xf0 };
enum { ABSENT_COUNT = 5, VARINT_SIZE_MAX = 10 };
#define ABSENT_32 UINT32_C(0xfffffff0)

/* The same order as in `struct flag_bits`. */
enum { FLAG_KINDS = 4 };

const enum report_column packed_time_columns[PACKED_TIMES] = {
    COLUMN_CREATED,    COLUMN_PASSWORD_USED, COLUMN_PASSWORD_CHANGED, COLUMN_KEY_1_ROTATED,
    COLUMN_KEY_1_USED, COLUMN_KEY_2_ROTATED, COLUMN_KEY_2_USED,
};
const enum report_column packed_flag_columns[PACKED_FLAGS] = {
    COLUMN_PASSWORD_ENABLED,
    COLUMN_MFA,
    COLUMN_KEY_1_ACTIVE,
    COLUMN_KEY_2_ACTIVE,
};

uint32_t packed_columns(void)
{
    uint32_t columns = 0;

    for (int i = 0; i < PACKED_TIMES; i++) {
        columns |= 1U << packed_time_columns[i];
    }
    for (int i = 0; i < PACKED_FLAGS; i++) {
        columns |= 1U << packed_flag_columns[i];
    }
    return columns;
}

/* ---- writing -------------------------------------------------------------------------------- */

static void write_varint(struct buf *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7) {
        buf_char(out, (char)(value | 0x80));
    }
    buf_char(out, (char)value);
}

void packed_write_head(struct buf *out, const struct sample_facts *facts,
                       const uint64_t *identities)
{
    uint64_t before = 0;

    buf_char(out, PACKED_VERSION);
    write_varint(out, facts->organization);
    write_varint(out, facts->unit);
    buf_char(out, (char)facts->standing);
    for (int i = 0; i < PACKED_COUNTS; i++) {
        write_varint(out, (uint64_t)(facts->counts[i] + 1));
    }
    write_varint(out, facts->bad_rows);
    write_varint(out, facts->row_count);
    for (uint64_t i = 0; i < facts->row_count; i++) {
        int64_t step = (int64_t)(identities[i] - before);
        write_varint(out, step < 0 ? ~((uint64_t)step << 1) : (uint64_t)step << 1);
        before = identities[i];
    }
}

static void write_bits(struct buf *out, const uint64_t *words, size_t rows)
{
    buf_bytes(out, words, (rows + 7) / 8); /* the machine is little-endian, as x86 and ARM are */
}

static bool is_value(int64_t time)
{
    return time >= TIME_FIRST;
}

static int absent_code(int64_t time)
{
    return (int)(time - INT64_MIN);
}

/* The column's times as a user_batch has them. */
static int64_t time_decode(int64_t number)
{
    if (number > 0) {
        return number;
    }
    return number == STATE_NONE || number == STATE_CREATED_NONE ? TIME_NONE
           : number == STATE_NO_INFORMATION                     ? TIME_NEVER
           : number == STATE_NOT_SUPPORTED                      ? TIME_NOT_SUPPORTED
           : number == STATE_MISSING                            ? TIME_MISSING
                                                                : TIME_UNREADABLE;
}

static void write_u32(struct buf *out, uint32_t value)
{
    buf_bytes(out, &value, sizeof value);
}

static void write_sparse(struct buf *out, const int64_t *times, size_t rows, int code)
{
    uint64_t present[BATCH_WORDS] = {0};

    buf_char(out, (char)(TIME_SPARSE + code));
    for (size_t row = 0; row < rows; row++) {
        present[row / 64] |= (uint64_t)is_value(times[row]) << (row % 64);
    }
    write_bits(out, present, rows);
    for (size_t row = 0; row < rows; row++) {
        if (is_value(times[row])) {
            write_u32(out, (uint32_t)times[row]);
        }
    }
}

static void write_times(struct buf *out, const int64_t *times, size_t rows)
{
    size_t values = 0, counts[ABSENT_COUNT] = {0};
    int64_t largest = 0;

    for (size_t row = 0; row < rows; row++) {
        if (is_value(times[row])) {
            values++;
            largest = times[row] > largest ? times[row] : largest;
        } else {
            counts[absent_code(times[row])]++;
        }
    }
    for (int code = 0; code < ABSENT_COUNT; code++) {
        if (counts[code] == rows) {
            buf_char(out, (char)(TIME_ALL + code));
            return;
        }
        if (counts[code] > 0 && counts[code] + values == rows && largest < ABSENT_32 &&
            (rows + 7) / 8 < counts[code] * 4) {
            write_sparse(out, times, rows, code);
            return;
        }
    }
    buf_char(out, largest < ABSENT_32 ? TIME_32 : TIME_64);
    for (size_t row = 0; row < rows; row++) {
        if (largest >= ABSENT_32) {
            buf_bytes(out, &times[row], sizeof times[row]);
        } else {
            write_u32(out, is_value(times[row]) ? (uint32_t)times[row]
                                                : ABSENT_32 + (uint32_t)absent_code(times[row]));
        }
    }
}

static void write_flags(struct buf *out, const struct user_row *rows, size_t count,
                        enum report_column column)
{
    static const int64_t kinds[FLAG_KINDS] = {1, 0, STATE_NONE, STATE_NOT_SUPPORTED};
    uint64_t bits[FLAG_KINDS][BATCH_WORDS] = {0};
    size_t counts[FLAG_KINDS] = {0};
    unsigned head = 0;

    for (size_t row = 0; row < count; row++) {
        int64_t value = rows[row].values[column - STATE_COLUMN_FIRST].number;
        for (int kind = 0; kind < FLAG_KINDS; kind++) {
            bits[kind][row / 64] |= (uint64_t)(value == kinds[kind]) << (row % 64);
            counts[kind] += value == kinds[kind];
        }
    }
    for (int kind = 0; kind < FLAG_KINDS; kind++) {
        head |= counts[kind] == count ? 0x10U << kind : counts[kind] > 0 ? 1U << kind : 0;
    }
    buf_char(out, (char)head);
    for (int kind = 0; kind < FLAG_KINDS; kind++) {
        if (head >> kind & 1) {
            write_bits(out, bits[kind], count);
        }
    }
}

static void write_group(struct buf *out, const struct user_row *rows, size_t count)
{
    uint64_t roots[BATCH_WORDS] = {0};
    int64_t times[BATCH_ROWS_MAX];

    for (size_t row = 0; row < count; row++) {
        roots[row / 64] |= (uint64_t)rows[row].is_root << (row % 64);
    }
    write_bits(out, roots, count);
    for (int i = 0; i < PACKED_TIMES; i++) {
        enum report_column column = packed_time_columns[i];
        for (size_t row = 0; row < count; row++) {
            times[row] = time_decode(column == COLUMN_CREATED
                                         ? rows[row].created
                                         : rows[row].values[column - STATE_COLUMN_FIRST].number);
        }
        write_times(out, times, count);
    }
    for (int i = 0; i < PACKED_FLAGS; i++) {
        write_flags(out, rows, count, packed_flag_columns[i]);
    }
}

void packed_write_rows(struct buf *out, const struct report_states *states)
{
    for (size_t row = 0; row < states->row_count; row += BATCH_ROWS_MAX) {
        size_t left = states->row_count - row;
        write_group(out, states->rows + row, left < BATCH_ROWS_MAX ? left : BATCH_ROWS_MAX);
    }
}

/* ---- reading -------------------------------------------------------------------------------- */

static bool read_varint(const unsigned char **at, const unsigned char *end, uint64_t *out)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < VARINT_SIZE_MAX && *at < end; i++) {
        unsigned char byte = *(*at)++;
        value |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte < 0x80) {
            *out = value;
            return true;
        }
    }
    return false;
}

static bool take_varint(struct packed *packed, uint64_t *out)
{
    return read_varint(&packed->at, packed->end, out);
}

/* The next n bytes; NULL when there are fewer. */
static const unsigned char *take(struct packed *packed, size_t n)
{
    const unsigned char *at = packed->at;

    if ((size_t)(packed->end - at) < n) {
        packed->is_damaged = true;
        return NULL;
    }
    packed->at += n;
    return at;
}

bool packed_open(struct packed *packed, struct str bytes, struct sample_facts *facts)
{
    const unsigned char *p = (const unsigned char *)bytes.p, *byte = NULL;
    uint64_t number = 0;

    *packed = (struct packed){.at = p, .end = p + bytes.n};
    byte = take(packed, 1);
    if (byte == NULL || *byte != PACKED_VERSION || !take_varint(packed, &facts->organization) ||
        !take_varint(packed, &facts->unit) || (byte = take(packed, 1)) == NULL) {
        return false;
    }
    facts->standing = *byte;
    for (int i = 0; i < PACKED_COUNTS; i++) {
        if (!take_varint(packed, &number)) {
            return false;
        }
        facts->counts[i] = (int64_t)number - 1;
    }
    /* Each row takes at least the byte of its identity. */
    if (!take_varint(packed, &facts->bad_rows) || !take_varint(packed, &facts->row_count) ||
        facts->row_count > (uint64_t)(packed->end - packed->at)) {
        return false;
    }
    packed->rows_left = facts->row_count;
    packed->identities = packed->at;
    for (uint64_t left = facts->row_count; left > 0; left--) {
        while (packed->at < packed->end && *packed->at >= 0x80) {
            packed->at++;
        }
        if (packed->at++ >= packed->end) {
            packed->at = packed->end;
            return false;
        }
    }
    return true;
}

static void read_bits(const unsigned char *from, size_t rows, uint64_t *words)
{
    words[(rows - 1) / 64] = 0;
    memcpy(words, from, (rows + 7) / 8);
    if (rows % 64 != 0) {
        words[rows / 64] &= (UINT64_C(1) << (rows % 64)) - 1;
    }
}

static void fill_times(int64_t *out, size_t rows, int64_t value)
{
    for (size_t row = 0; row < rows; row++) {
        out[row] = value;
    }
}

static void read_times_32(const unsigned char *from, size_t rows, int64_t *out)
{
    for (size_t row = 0; row < rows; row++) {
        uint32_t value;
        memcpy(&value, from + row * sizeof value, sizeof value);
        out[row] = value >= ABSENT_32 ? INT64_MIN + (int64_t)(value - ABSENT_32) : (int64_t)value;
    }
}

/* `out` may be NULL: the column is passed over. */
static bool read_sparse(struct packed *packed, size_t rows, int64_t absent, int64_t *out)
{
    const unsigned char *bits = take(packed, (rows + 7) / 8), *values = NULL;
    uint64_t present[BATCH_WORDS];
    size_t count = 0;

    if (bits == NULL) {
        return false;
    }
    read_bits(bits, rows, present);
    for (size_t w = 0; w * 64 < rows; w++) {
        count += (size_t)__builtin_popcountll(present[w]);
    }
    values = take(packed, count * sizeof(uint32_t));
    if (values == NULL || out == NULL) {
        return values != NULL;
    }
    fill_times(out, rows, absent);
    for (size_t w = 0; w * 64 < rows; w++) {
        for (uint64_t left = present[w]; left != 0; left &= left - 1) {
            uint32_t value;
            memcpy(&value, values, sizeof value);
            values += sizeof value;
            out[w * 64 + (size_t)__builtin_ctzll(left)] = value;
        }
    }
    return true;
}

static bool read_times(struct packed *packed, size_t rows, int64_t *out)
{
    const unsigned char *head = take(packed, 1), *from = NULL;
    int64_t absent = head == NULL ? 0 : INT64_MIN + (*head & 0xf);

    if (head == NULL || (*head & 0xf) >= ABSENT_COUNT) {
        return false;
    }
    switch (*head & TIME_MODE) {
    case TIME_ALL:
        if (out != NULL) {
            fill_times(out, rows, absent);
        }
        return true;
    case TIME_32:
        from = take(packed, rows * sizeof(uint32_t));
        if (from != NULL && out != NULL) {
            read_times_32(from, rows, out);
        }
        return from != NULL;
    case TIME_SPARSE:
        return read_sparse(packed, rows, absent, out);
    case TIME_64:
        from = take(packed, rows * sizeof(int64_t));
        if (from != NULL && out != NULL) {
            memcpy(out, from, rows * sizeof(int64_t));
        }
        return from != NULL;
    default:
        return false;
    }
}

static bool read_flags(struct packed *packed, size_t rows, struct flag_bits *out)
{
    const unsigned char *head = take(packed, 1);
    size_t words = (rows + 63) / 64;

    for (int kind = 0; head != NULL && kind < FLAG_KINDS; kind++) {
        uint64_t *bits = out == NULL ? NULL
                         : kind == 0 ? out->is_true
                         : kind == 1 ? out->is_false
                         : kind == 2 ? out->is_na
                                     : out->is_not_supported;
        if (*head >> kind & 1) {
            const unsigned char *from = take(packed, (rows + 7) / 8);
            if (from == NULL) {
                return false;
            }
            if (bits != NULL) {
                read_bits(from, rows, bits);
            }
        } else if (bits != NULL) {
            memset(bits, *head >> (kind + 4) & 1 ? 0xff : 0, words * sizeof *bits);
            if (rows % 64 != 0) {
                bits[words - 1] &= (UINT64_C(1) << (rows % 64)) - 1;
            }
        }
    }
    return head != NULL;
}

static bool read_identities(struct packed *packed, size_t rows, uint64_t *out)
{
    for (size_t row = 0; row < rows; row++) {
        uint64_t step = 0;
        if (!read_varint(&packed->identities, packed->end, &step)) {
            return false;
        }
        packed->identity += (step >> 1) ^ (0 - (step & 1));
        out[row] = packed->identity;
    }
    return true;
}

static bool read_group(struct packed *packed, struct user_batch *batch, uint64_t *identities)
{
    const unsigned char *roots = take(packed, (batch->rows + 7) / 8);
    bool ok = roots != NULL && read_identities(packed, batch->rows, identities);

    if (!ok) {
        return false;
    }
    read_bits(roots, batch->rows, batch->is_root);
    memset(batch->valid, 0xff, batch->words * sizeof batch->valid[0]);
    if (batch->rows % 64 != 0) {
        batch->valid[batch->words - 1] = (UINT64_C(1) << (batch->rows % 64)) - 1;
    }
    for (int i = 0; ok && i < PACKED_TIMES; i++) {
        ok = read_times(packed, batch->rows, batch->times[packed_time_columns[i]]);
    }
    for (int i = 0; ok && i < PACKED_FLAGS; i++) {
        ok = read_flags(packed, batch->rows, batch->flags[packed_flag_columns[i]]);
    }
    return ok;
}

bool packed_next(struct packed *packed, struct user_batch *batch, uint64_t *identities)
{
    if (packed->is_damaged || packed->rows_left == 0) {
        packed->is_damaged |= packed->at != packed->end;
        return false;
    }
    batch->rows = packed->rows_left < BATCH_ROWS_MAX ? (size_t)packed->rows_left : BATCH_ROWS_MAX;
    batch->words = (batch->rows + 63) / 64;
    packed->rows_left -= batch->rows;
    if (!read_group(packed, batch, identities)) {
        packed->is_damaged = true;
        return false;
    }
    return true;
}

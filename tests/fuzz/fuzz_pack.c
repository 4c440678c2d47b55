/* Packed samples: no text makes the reader look where it must not; what it reads is within bounds;
 * and rows made of the text come back as they were. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "store/packed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_bits(const uint64_t *bits, const struct user_batch *batch)
{
    for (size_t w = 0; w < batch->words; w++) {
        check((bits[w] & ~batch->valid[w]) == 0);
    }
}

/* Reads all there is; the count of rows. */
static uint64_t read_all(struct str bytes, uint32_t columns)
{
    static uint64_t identities[BATCH_ROWS_MAX];
    struct user_batch batch;
    struct sample_facts facts;
    struct packed packed;
    uint64_t rows = 0;

    user_batch_init(&batch, columns);
    if (packed_open(&packed, bytes, &facts)) {
        while (packed_next(&packed, &batch, identities)) {
            check(batch.rows > 0 && batch.rows <= BATCH_ROWS_MAX);
            check_bits(batch.is_root, &batch);
            for (int i = 0; i < PACKED_FLAGS; i++) {
                const struct flag_bits *flags = batch.flags[packed_flag_columns[i]];
                if (flags != NULL) {
                    check_bits(flags->is_true, &batch);
                    check_bits(flags->is_not_supported, &batch);
                }
            }
            rows += batch.rows;
        }
        check(packed.is_damaged || rows == facts.row_count);
    }
    user_batch_release(&batch);
    return rows;
}

static int64_t time_value(uint8_t byte, size_t i)
{
    static const int64_t values[] = {STATE_NONE,          STATE_NO_INFORMATION, STATE_NOT_SUPPORTED,
                                     STATE_MISSING,       STATE_UNREADABLE,     1600000000,
                                     INT64_C(0xffffffef), INT64_C(0xfffffff0)};

    return byte % 9 == 8 ? 1 + (int64_t)i * 977 : values[byte % 9];
}

static int64_t time_wanted(int64_t value)
{
    return value > 0                       ? value
           : value == STATE_NONE           ? TIME_NONE
           : value == STATE_NO_INFORMATION ? TIME_NEVER
           : value == STATE_NOT_SUPPORTED  ? TIME_NOT_SUPPORTED
           : value == STATE_MISSING        ? TIME_MISSING
                                           : TIME_UNREADABLE;
}

static bool bit(const uint64_t *bits, size_t row)
{
    return bits[row / 64] >> (row % 64) & 1;
}

static void check_batch(const struct user_batch *batch, const struct user_row *rows,
                        const uint64_t *identities, const uint64_t *wanted)
{
    for (size_t row = 0; row < batch->rows; row++) {
        check(identities[row] == wanted[row] && bit(batch->is_root, row) == rows[row].is_root);
        check(batch->times[COLUMN_CREATED][row] == time_wanted(rows[row].created));
        for (int i = 1; i < PACKED_TIMES; i++) {
            enum report_column column = packed_time_columns[i];
            check(batch->times[column][row] ==
                  time_wanted(rows[row].values[column - STATE_COLUMN_FIRST].number));
        }
        for (int i = 0; i < PACKED_FLAGS; i++) {
            const struct flag_bits *flags = batch->flags[packed_flag_columns[i]];
            int64_t value = rows[row].values[packed_flag_columns[i] - STATE_COLUMN_FIRST].number;
            check(bit(flags->is_true, row) == (value == 1));
            check(bit(flags->is_false, row) == (value == 0));
            check(bit(flags->is_na, row) == (value == STATE_NONE));
            check(bit(flags->is_not_supported, row) == (value == STATE_NOT_SUPPORTED));
        }
    }
}

/* Rows whose values follow from the input's bytes, written and read back. */
static void round_trip(const uint8_t *data, size_t size)
{
    static const int64_t flag_values[] = {1, 0, STATE_NONE, STATE_NOT_SUPPORTED, STATE_UNREADABLE};
    static uint64_t identities[BATCH_ROWS_MAX];
    size_t count = size <= 2 ? 0 : data[1] < 250 ? data[0] % 70U : 1000U + 4U * data[0];
    size_t done = 0;
    struct user_row *rows = mem_array(count + 1, sizeof *rows);
    uint64_t *wanted = mem_array(count + 1, sizeof *wanted);
    struct report_states states = {.rows = rows, .row_count = count};
    struct sample_facts facts = {.organization = 300,
                                 .counts = {-1, 0, 1, 1 << 20, -1},
                                 .bad_rows = 3,
                                 .row_count = count},
                        got;
    struct user_batch batch;
    struct packed packed;
    struct buf out;

    for (size_t i = 0; i < count; i++) {
        const uint8_t *byte = data + 2 + i * 3 % (size - 2);
        rows[i].is_root = *byte == 255;
        rows[i].created = time_value(*byte, i);
        wanted[i] = i * (*byte + 1U);
        for (int k = 0; k < STATE_COLUMNS; k++) {
            bool is_time =
                report_column_type((enum report_column)(STATE_COLUMN_FIRST + k)) == COLUMN_IS_TIME;
            uint8_t value = (uint8_t)(*byte >> (k % 8));
            rows[i].values[k].number = is_time ? time_value(value, i) : flag_values[value % 5];
        }
    }
    buf_init(&out, 1 << 24);
    user_batch_init(&batch, packed_columns());
    packed_write_head(&out, &facts, wanted);
    packed_write_rows(&out, &states);
    check(!out.overflowed && packed_open(&packed, buf_text(&out), &got));
    check(facts.organization == got.organization && facts.unit == got.unit &&
          facts.bad_rows == got.bad_rows && facts.row_count == got.row_count &&
          memcmp(facts.counts, got.counts, sizeof got.counts) == 0);
    for (; packed_next(&packed, &batch, identities); done += batch.rows) {
        check_batch(&batch, rows + done, identities, wanted + done);
    }
    check(done == count && !packed.is_damaged);
    user_batch_release(&batch);
    buf_release(&out);
    mem_free(rows);
    mem_free(wanted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A copy of exactly that size, so that a read behind it is seen. */
    char *copy = mem_alloc(size + 1);

    if (size > 0) {
        memcpy(copy + 1, data, size);
    }
    uint64_t rows = read_all((struct str){copy + 1, size}, packed_columns());
    check(read_all((struct str){copy + 1, size}, 0) == rows);
    mem_free(copy);
    round_trip(data, size);
    return 0;
}

/* The vectorised decoders of times and flags say of every cell what the scalar ones say. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/simd.h"
#include "codec/csv.h"
#include "source/report_decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STRIDE = 2, TABLE_ROWS_MAX = BATCH_ROWS_MAX, TEXT_MAX = 8192 };

static struct report_decoder decoders[SIMD_AVX512 + 1];

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_times(const struct report_decoder *decoder, const struct row_table *table,
                        size_t first, size_t rows, size_t position)
{
    int64_t *plain = mem_array(BATCH_ROWS_MAX, sizeof *plain);
    int64_t *fast = mem_array(BATCH_ROWS_MAX, sizeof *fast);
    bool unreadable = report_times_scalar(&decoder->calendar, table, first, rows, position, plain);

    check(decoder->times(&decoder->calendar, table, first, rows, position, fast) == unreadable);
    check(memcmp(plain, fast, rows * sizeof *plain) == 0);
    mem_free(plain);
    mem_free(fast);
}

static void check_flags(const struct report_decoder *decoder, const struct row_table *table,
                        size_t first, size_t rows, size_t position)
{
    struct flag_bits *plain = mem_alloc(sizeof *plain), *fast = mem_alloc(sizeof *fast);
    size_t bytes = (rows + 63) / 64 * sizeof(uint64_t);
    bool unreadable = report_flags_scalar(table, first, rows, position, plain);

    memset(fast, 0x5a, sizeof *fast);
    check(decoder->flags(table, first, rows, position, fast) == unreadable);
    check(memcmp(plain->is_true, fast->is_true, bytes) == 0);
    check(memcmp(plain->is_false, fast->is_false, bytes) == 0);
    check(memcmp(plain->is_na, fast->is_na, bytes) == 0);
    check(memcmp(plain->is_not_supported, fast->is_not_supported, bytes) == 0);
    mem_free(plain);
    mem_free(fast);
}

/* The rows of the text, a comma or line feed behind each cell. */
static size_t fill_table(struct str text, struct row_table *table, uint32_t *begins, uint32_t *ends)
{
    size_t rows = 0, at = 0;

    while (rows < TABLE_ROWS_MAX) {
        begins[rows] = (uint32_t)at;
        for (size_t i = 0; i < STRIDE; i++) {
            while (at < text.n && text.p[at] != ',' && text.p[at] != '\n') {
                at++;
            }
            if (at == text.n) {
                table->rows = rows;
                return rows;
            }
            ends[rows * STRIDE + i] = (uint32_t)at++;
        }
        rows++;
    }
    table->rows = rows;
    return rows;
}

/* The first byte says where to begin and how often to repeat, since vectors take many rows at once;
 * the rest is two cells a row, the last one ended by a line feed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf text;
    char *base = NULL;
    uint32_t *begins = NULL, *ends = NULL;
    struct row_table table = {.stride = STRIDE};
    size_t rows = 0, first = 0;

    if (size < 2) {
        return 0;
    }
    for (int level = SIMD_SCALAR; level <= (int)simd_level_detect(); level++) {
        if (decoders[level].times == NULL) {
            report_decoder_init(&decoders[level], (enum simd_level)level);
        }
    }
    buf_init(&text, TEXT_MAX + size);
    for (int i = 0; i <= data[0] % 64 && text.n < TEXT_MAX; i++) {
        buf_bytes(&text, data + 1, size - 1);
    }
    /* Exactly as large as the text and its padding, so that a read past them is seen. */
    base = mem_alloc(text.n + CSV_PADDING);
    memcpy(base, text.p, text.n);
    memset(base + text.n, data[0], CSV_PADDING);
    begins = mem_array(TABLE_ROWS_MAX + 1, sizeof *begins);
    ends = mem_array((TABLE_ROWS_MAX + 1) * STRIDE, sizeof *ends);
    table.base = base;
    table.begins = begins;
    table.ends = ends;
    rows = fill_table(buf_text(&text), &table, begins, ends);
    first = rows == 0 ? 0 : data[0] / 64 % rows;
    for (int level = SIMD_SCALAR; level <= (int)simd_level_detect() && rows > 0; level++) {
        for (size_t position = 0; position < STRIDE; position++) {
            check_times(&decoders[level], &table, first, rows - first, position);
            check_flags(&decoders[level], &table, first, rows - first, position);
        }
    }
    buf_release(&text);
    mem_free(base);
    mem_free(begins);
    mem_free(ends);
    return 0;
}

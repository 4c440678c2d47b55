#include "codec/csv.h"

#include <string.h>

size_t csv_index_scalar(const char *text, size_t from, size_t n, uint32_t *positions,
                        size_t positions_max, struct csv_span *span)
{
    size_t count = 0, at = from, feeds = 0;

    while (at < n && count + CSV_PADDING <= positions_max) {
        char c = text[at];
        if (c == '"') {
            break;
        }
        positions[count] = (uint32_t)at;
        count += c == ',' || c == '\n';
        feeds += c == '\n';
        at++;
    }
    *span = (struct csv_span){at, feeds};
    return count;
}

csv_index_fn csv_index_choose(enum simd_level level)
{
#if defined(__x86_64__)
    if (level == SIMD_AVX512) {
        return csv_index_avx512;
    }
    if (level == SIMD_AVX2) {
        return csv_index_avx2;
    }
#endif
    (void)level;
    return csv_index_scalar;
}

/* States of the exact reader. A quote opens a quoted part only at the start of a cell; elsewhere it
 * is text. Behind a closing quote, more text may follow, as Python allows. */
enum state { CELL_START, PLAIN, QUOTED, QUOTE_SEEN };

static enum state state_next(enum state state, char c)
{
    switch (state) {
    case CELL_START:
        return c == '"' ? QUOTED : c == ',' ? CELL_START : PLAIN;
    case PLAIN:
        return c == ',' ? CELL_START : PLAIN;
    case QUOTED:
        return c == '"' ? QUOTE_SEEN : QUOTED;
    case QUOTE_SEEN:
        return c == '"' ? QUOTED : c == ',' ? CELL_START : PLAIN;
    }
    return PLAIN;
}

size_t csv_row_end(const char *text, size_t n, size_t at)
{
    enum state state = CELL_START;

    for (; at < n; at++) {
        if (text[at] == '\n' && state != QUOTED) {
            return at + 1;
        }
        state = state_next(state, text[at]);
    }
    return 0;
}

size_t csv_row_split(char *text, size_t begin, size_t end, uint32_t *ends, size_t ends_max)
{
    enum state state = CELL_START;
    size_t to = begin, count = 0;

    if (end > begin && text[end - 1] == '\n') {
        end--;
    }
    if (end > begin && text[end - 1] == '\r') {
        end--; /* a CR inside quotes has its quote behind it, so this one ends the line */
    }
    if (end == begin) {
        return 0;
    }
    for (size_t at = begin; at < end; at++) {
        char c = text[at];
        enum state after = state_next(state, c);
        bool is_separator = c == ',' && state != QUOTED;
        bool is_quote = (state == CELL_START && after == QUOTED) || after == QUOTE_SEEN;
        if (is_separator) {
            if (count < ends_max) {
                ends[count] = (uint32_t)to;
            }
            count++;
            text[to++] = ',';
        } else if (!is_quote) {
            text[to++] = c;
        }
        state = after;
    }
    if (count < ends_max) {
        ends[count] = (uint32_t)to;
    }
    return count + 1;
}

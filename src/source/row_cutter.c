#include "source/row_cutter.h"

#include <string.h>

#include "base/arena.h"
#include "codec/csv.h"

void row_cutter_init(struct row_cutter *cutter)
{
    *cutter = (struct row_cutter){.carry = mem_alloc(2 * REPORT_CHUNK_SIZE + CSV_PADDING)};
}

void row_cutter_release(struct row_cutter *cutter)
{
    mem_free(cutter->carry);
    *cutter = (struct row_cutter){0};
}

size_t row_cutter_take(struct row_cutter *cutter, char *to)
{
    size_t n = cutter->carry_n;

    memcpy(to, cutter->carry, n);
    cutter->carry_n = 0;
    return n;
}

static void chunk_error(struct report_chunk *chunk, const char *text, const char *hint)
{
    if (chunk->error_count < REPORT_CHUNK_ERRORS_MAX) {
        struct err *err = &chunk->errors[chunk->error_count++];
        *err = (struct err){0};
        (void)err_set(err, ERR_INPUT, "%s", text);
        err_hint(err, "%s", hint);
        err->line = chunk->lines_dropped + 1;
    }
}

/* End of the last whole row of text[0..n), quotes respected; 0 when there is none. *bad: a row that
 * begins at the returned offset holds a quote and does not end. */
static size_t rows_end(const char *text, size_t n, bool *open_quote)
{
    size_t at = 0;

    *open_quote = false;
    for (;;) {
        const char *quote = memchr(text + at, '"', n - at);
        size_t limit = quote == NULL ? n : (size_t)(quote - text);
        const char *feed = limit == at ? NULL : memrchr(text + at, '\n', limit - at);
        if (feed != NULL) {
            at = (size_t)(feed - text) + 1;
        }
        if (quote == NULL) {
            return at;
        }
        size_t end = csv_row_end(text, n, at);
        if (end == 0) {
            *open_quote = true;
            return at;
        }
        at = end;
    }
}

/* Where a row with a line longer than REPORT_CHUNK_SIZE begins, or n. In two windows only the line
 * around the end of the first one can be that long. */
static size_t long_row_begin(const char *text, size_t n)
{
    const char *before = memrchr(text, '\n', REPORT_CHUNK_SIZE);
    const char *after = memchr(text + REPORT_CHUNK_SIZE, '\n', n - REPORT_CHUNK_SIZE);
    size_t begin = before == NULL ? 0 : (size_t)(before - text) + 1;
    size_t end = after == NULL ? n : (size_t)(after - text) + 1;
    bool is_open_quote = false;

    return end - begin > REPORT_CHUNK_SIZE ? rows_end(text, REPORT_CHUNK_SIZE, &is_open_quote) : n;
}

/* Drops bytes up to and including the next line feed; true when it came. */
static bool discard_line(char *text, size_t *n)
{
    const char *feed = memchr(text, '\n', *n);
    size_t drop = feed == NULL ? *n : (size_t)(feed - text) + 1;

    memmove(text, text + drop, *n - drop);
    *n -= drop;
    return feed != NULL;
}

/* At the end of the text: the last row may lack its line feed; a row that damage cut is dropped. */
static void end_last_row(char *text, size_t *n, bool is_damaged)
{
    const char *feed = NULL;

    if (*n == 0 || text[*n - 1] == '\n') {
        return;
    }
    if (!is_damaged) {
        text[(*n)++] = '\n';
        return;
    }
    feed = memrchr(text, '\n', *n);
    *n = feed == NULL ? 0 : (size_t)(feed - text) + 1;
}

/* The line at the start of the text is no row: says so and drops it. */
static void drop_line(struct row_cutter *cutter, struct report_chunk *chunk, char *text, size_t *n,
                      bool is_open_quote)
{
    chunk_error(chunk,
                is_open_quote ? "a quote is opened here and never closed"
                              : "this row is longer than 256 KiB",
                "the line was left out; the rows after it were judged");
    if (discard_line(text, n)) {
        chunk->lines_dropped++;
    } else {
        cutter->is_discarding = true;
    }
}

bool row_cutter_cut(struct row_cutter *cutter, char *text, size_t n, bool at_end, bool is_damaged,
                    struct report_chunk *chunk)
{
    size_t end = 0;

    chunk->text = text;
    chunk->n = 0;
    chunk->lines_dropped = 0;
    chunk->error_count = 0;
    if (cutter->is_discarding) {
        cutter->is_discarding = !discard_line(text, &n);
        chunk->lines_dropped += cutter->is_discarding ? 0 : 1;
    }
    if (at_end) {
        end_last_row(text, &n, is_damaged);
    }
    while (n > 0) {
        bool is_open_quote = false;
        size_t long_row = n > REPORT_CHUNK_SIZE ? long_row_begin(text, n) : n;
        end = long_row < n ? long_row : rows_end(text, n, &is_open_quote);
        if (end > 0 || (!at_end && n < REPORT_CHUNK_SIZE)) {
            break;
        }
        drop_line(cutter, chunk, text, &n, is_open_quote);
    }
    chunk->n = end;
    cutter->carry_n = n - end;
    memcpy(cutter->carry, text + end, cutter->carry_n);
    return cutter->carry_n >= REPORT_CHUNK_SIZE || (at_end && cutter->carry_n > 0);
}

/* report_reader.h: one input, however wrapped, as chunks of whole rows of a credential report.
 *
 * Takes CSV, gzip of any of these (by content), and the JSON that `aws iam get-credential-report`
 * prints. Reads in windows; JSON alone is held whole, up to REPORT_JSON_SIZE_MAX.
 *
 * Ownership: the reader owns its buffers and may be opened again and again; chunks are the
 *            caller's.
 * Threads:   one thread at a time per reader; chunks may be worked on elsewhere.
 *
 * Example:   if (report_reader_open(&reader, path, &err) == REPORT_OPEN_OK) {
 *                while (report_reader_next(&reader, &chunk, &err)) { ... }
 *                report_reader_close(&reader);
 *            } */
#ifndef SOURCE_REPORT_READER_H
#define SOURCE_REPORT_READER_H

#include "base/buf.h"
#include "base/err.h"
#include "codec/gzip.h"
#include "os/file.h"
#include "source/report_header.h"

enum {
    REPORT_CHUNK_SIZE = 256 * 1024, /* also the longest row that is read */
    REPORT_JSON_SIZE_MAX = 16 << 20,
    REPORT_CHUNK_ERRORS_MAX = 4,
};

/* Rows of one report. `text` has room for REPORT_CHUNK_SIZE bytes and padding. */
struct report_chunk {
    char *text;
    size_t n;
    /* Lines left out before its first row: errors[].line counts from 1 at the chunk's start. */
    uint32_t lines_dropped;
    bool is_last;
    /* Stretches that are no rows at all (an endless line, a quote never closed). */
    struct err errors[REPORT_CHUNK_ERRORS_MAX];
    size_t error_count;
};

struct report_reader {
    struct file_in file;
    struct gzip *gzip;
    bool is_gzip;
    bool is_memory; /* the rest of the text is in `memory` from `memory_at` on */
    struct buf memory;
    size_t memory_at;
    char *carry; /* read, but not handed out yet */
    size_t carry_n;
    uint32_t header_lines; /* lines before the first row */
    bool at_end;
    bool is_started; /* a chunk was handed out: an empty report still has one */
    bool discarding; /* inside an endless line */
    struct report_header header;
    bool has_generated_at;
    int64_t generated_at; /* GeneratedTime of the JSON */
    char account_text[12];
    struct str account; /* for rows whose own arn has none: of the first arn, else of the file
                               name, else empty */
    struct err failure; /* set: reading broke off; good rows were handed out before */
};

enum report_open {
    REPORT_OPEN_OK,
    REPORT_OPEN_NOT_A_REPORT, /* readable, but no credential report; err says why */
    REPORT_OPEN_FAILED,
};

void report_reader_init(struct report_reader *reader);
void report_reader_release(struct report_reader *reader);

MUST_USE enum report_open report_reader_open(struct report_reader *reader, struct str path,
                                             struct err *err);
/* The next chunk (chunk->text is the caller's buffer); the last one has is_last set and may be
 * empty. False behind the last one. When reading breaks off, the chunk with the last good rows is
 * the last and reader->failure is set. */
bool report_reader_next(struct report_reader *reader, struct report_chunk *chunk);
void report_reader_close(struct report_reader *reader);

#endif

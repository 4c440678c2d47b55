/* report_reader.h: one input, however wrapped, as chunks of whole rows of a credential report.
 *
 * Takes CSV, gzip of any of these (by content), and the JSON that `aws iam get-credential-report`
 * prints, from a file or from bytes at hand. Files are read in windows; JSON alone is held whole,
 * up to REPORT_JSON_SIZE_MAX.
 *
 * Ownership: the reader owns its buffers and may be opened again and again; chunks are the
 *            caller's, and so are bytes that were opened.
 * Threads:   one thread at a time per reader; chunks may be worked on elsewhere.
 *
 * Example:   if (report_reader_open(&reader, path, &err) == REPORT_OPEN_OK) {
 *                while (report_reader_next(&reader, &chunk, &is_last)) { ... }
 *                report_reader_close(&reader);
 *            } */
#ifndef SOURCE_REPORT_READER_H
#define SOURCE_REPORT_READER_H

#include "base/buf.h"
#include "base/err.h"
#include "codec/gzip.h"
#include "os/file.h"
#include "source/report_header.h"
#include "source/row_cutter.h"

enum { REPORT_JSON_SIZE_MAX = 16 << 20 };

struct report_reader {
    struct file_in file; /* not open: `bytes` from `bytes_at` on are read */
    struct str bytes;
    size_t bytes_at;
    struct gzip *gzip;
    bool is_gzip;
    bool is_memory;       /* the rest of the text is in `memory` from `memory_at` on */
    uint64_t text_offset; /* of the file: how much of it was read */
    struct buf memory;
    size_t memory_at;
    struct row_cutter cutter; /* read, but not handed out yet */
    bool at_end;
    bool must_cut; /* more is to be cut before more is read */
    bool is_done;
    uint32_t header_lines; /* lines before the first row */
    struct report_header header;
    bool has_generated_at;
    int64_t generated_at;  /* GeneratedTime of the JSON */
    struct err time_error; /* set: that time was unreadable; told with the first chunk */
    char account_text[12];
    struct str account; /* for rows whose own arn has none: of the first arn, else of the file
                               name, else empty */
    char partition_text[16];
    struct str partition; /* of that arn, if it was one */
    struct err failure;   /* set: reading broke off; good rows were handed out before */
};

enum report_open {
    REPORT_OPEN_OK,
    REPORT_OPEN_NOT_A_REPORT, /* readable, but no credential report; err says why */
    REPORT_OPEN_FAILED,
};

/* The 12 digits of the account that a file is named after: the first run of exactly so many in the
 * last part of the path; empty where there is none. */
struct str report_account_named(struct str path);

void report_reader_init(struct report_reader *reader);
void report_reader_release(struct report_reader *reader);

MUST_USE enum report_open report_reader_open(struct report_reader *reader, struct str path,
                                             struct err *err);
/* The same of a report that is at hand; the bytes must stay until the reader is closed. `name` is
 * what a file's path is: it may hold the account, and nothing is opened by it. */
MUST_USE enum report_open report_reader_open_bytes(struct report_reader *reader, struct str bytes,
                                                   struct str name, struct err *err);
/* The next chunk; chunk->text is the caller's buffer with room for REPORT_CHUNK_SIZE bytes and
 * padding. Every report has at least one chunk; the last may be empty. False behind the last one.
 * When reading breaks off, the chunk with the last good rows is the last and reader->failure is
 * set. */
bool report_reader_next(struct report_reader *reader, struct report_chunk *chunk, bool *is_last);

/* In place of the chunks: appends the whole text, header and all, without what was around it. False
 * when it is larger than `out` may get, or reading breaks off. */
MUST_USE bool report_reader_text(struct report_reader *reader, struct buf *out, struct err *err);

/* True when the rest of the text is the rest of a plain file, so that whoever knows an offset can
 * read it. `text_offset` is where that rest begins; what came before it is in the cutter. */
bool report_reader_is_seekable(const struct report_reader *reader);

void report_reader_close(struct report_reader *reader);

#endif

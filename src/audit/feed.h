/* feed.h: the inputs as a sequence of tasks: small reports in bundles, large ones in chunks.
 *
 * Ownership: the feed owns readers and files; a task owns its text. Files are counted references,
 *            let go when their last piece is merged.
 * Threads:   feed_next under the caller's lock; tasks belong to one worker at a time.
 *
 * Example:   while (feed_next(&feed, task)) { ... task->pieces ... } */
#ifndef AUDIT_FEED_H
#define AUDIT_FEED_H

#include <stdatomic.h>

#include "audit/engine.h"
#include "os/walk.h"
#include "source/report_reader.h"

/* A header shared by all reports that have the same one. */
struct shared_header {
    struct report_header header;
    unsigned references; /* under the feed's lock */
};

struct report_file {
    struct str path; /* of path_text, which is owned */
    char *path_text;
    int64_t as_of;
    bool is_clock; /* as_of is the clock's */
    bool has_generated_at;
    int64_t generated_at;
    char account_text[12];
    struct str account; /* fallback for rows without one */
    uint32_t header_lines;
    struct shared_header *header;
    atomic_bool skip_duplicates; /* beyond a million rows they are no longer looked for */

    /* Of the merging side. */
    uint64_t lines, rows, late_dates, errors_told, errors;
    bool root_seen;
};

struct piece {
    struct report_file *file; /* NULL: only an error, about a path */
    struct err err;           /* path that could not be read, or reading that broke off */
    bool is_skip;             /* a file in a folder that is no report */
    bool is_first, is_last;   /* of its file */
    char *text;
    size_t n;
    uint32_t lines_dropped;
    struct err errors[REPORT_CHUNK_ERRORS_MAX];
    size_t error_count;
};

enum { TASK_PIECES_MAX = 32, TASK_TEXT_SIZE = 2 * REPORT_CHUNK_SIZE + 4096 };

struct task {
    uint64_t sequence;
    char *text;
    struct piece pieces[TASK_PIECES_MAX];
    size_t piece_count;
};

struct feed {
    const struct audit_config *config;
    struct walk *walk;
    struct report_reader reader;
    struct report_file *file; /* being read */
    struct shared_header *header;
    uint64_t sequence;
    bool is_first;
};

bool feed_init(struct feed *feed, const struct audit_config *config);
void feed_release(struct feed *feed);
/* Fills the task with the next pieces; false when the inputs are over. */
bool feed_next(struct feed *feed, struct task *task);
/* Lets a file go, after its last piece. */
void feed_file_free(struct feed *feed, struct report_file *file);

#endif

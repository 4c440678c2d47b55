/* feed.h: the inputs as a sequence of tasks: bundles of small files, and blocks of large ones; or
 * bundles of the reports of an archive.
 *
 * Handing out a task is a matter of names and numbers, done under the engine's lock. The worker who
 * gets it does the opening, reading and cutting: a bundle's files by itself; of a large file, each
 * worker reads its block while others read theirs, and only the cutting into rows goes in order.
 *
 * Ownership: a task owns its text and paths; a stream is let go by whoever is last at it.
 * Threads:   feed_next and stream_drop under the engine's lock; stream_cut from any worker.
 *
 * Example:   while (feed_next(&feed, &task)) { ... run what the task names ... } */
#ifndef AUDIT_FEED_H
#define AUDIT_FEED_H

#include <pthread.h>
#include <stdatomic.h>

#include "audit/engine.h"
#include "audit/entity_set.h"
#include "audit/seen.h"
#include "os/walk.h"
#include "source/report_reader.h"

/* A header shared by all reports that have the same one. */
struct shared_header {
    struct report_header header;
    atomic_uint references;
};

/* One report, from its opening until its last piece is merged. */
struct report_file {
    struct str path; /* of path_text, which is owned */
    char *path_text;
    int64_t as_of;
    bool is_clock; /* as_of is the clock's */
    bool has_generated_at;
    int64_t generated_at;
    char account_text[12];
    struct str account; /* fallback for rows without one */
    char partition_text[16];
    struct str partition; /* likewise */
    uint32_t header_lines;
    uint64_t size;    /* of a plain file; 0: not known */
    size_t index;     /* of an archived report: its number, */
    int64_t taken_at; /* and the time it is kept under */
    struct shared_header *header;
    struct err *warning;         /* of an archived report, owned; NULL: none */
    struct entity_set *entities; /* collected beside the report, owned; NULL: nothing */
    atomic_bool skip_duplicates; /* beyond a million rows they are no longer looked for */

    /* Of the merging side. */
    uint64_t lines, rows, late_dates, lost_rows, errors_told, errors;
    bool root_seen;
};

/* Makes the file's record; *header is the last one used, and is kept up to date. */
struct report_file *report_file_new(const struct audit_config *config,
                                    const struct report_reader *reader, struct str path,
                                    struct shared_header **header);
/* What is known of an archived report beside its bytes. */
void report_file_archived(struct report_file *file, const struct audit_config *config, size_t index,
                          const struct archived_report *report);
void report_file_free(struct report_file *file);
void shared_header_drop(struct shared_header *header);

/* Whole rows of one report, or a path that came to nothing. */
struct piece {
    struct report_file *file; /* NULL: only an error, about a path */
    struct err err;           /* path that could not be read, or reading that broke off */
    bool is_skip;             /* a file in a folder that is no report */
    bool is_note;             /* err is no error: the file is judged under another name */
    bool is_last;             /* of its file */
    struct report_chunk chunk;
};

/* A large file that many read. */
struct stream {
    struct report_reader reader;
    struct report_file *file;
    bool is_seekable;
    uint64_t next_offset, next_block; /* to hand out; under the engine's lock */
    bool is_handed_out;               /* no more blocks; under the engine's lock */
    unsigned references;              /* tasks and the feed; under the engine's lock */

    pthread_mutex_t lock; /* below: whose turn it is to cut */
    pthread_cond_t turned;
    atomic_ullong turn;
    atomic_bool is_over; /* the last piece was cut */
};

enum {
    TASK_PIECES_MAX = 32,
    TASK_PATHS_MAX = 32,
    TASK_TEXT_SIZE = 2 * REPORT_CHUNK_SIZE + 4096,
};

struct task_path {
    struct str path;
    bool is_named;
    bool is_note;   /* err is no error: the file is judged under another name */
    struct err err; /* set: the path came to nothing */
};

struct task {
    uint64_t sequence;
    /* A bundle: */
    struct buf path_text;
    struct task_path paths[TASK_PATHS_MAX];
    size_t path_count;
    /* or some reports of an archive: */
    size_t archived_first, archived_count;
    /* or a block of a stream: */
    struct stream *stream;
    uint64_t block, offset;
    bool is_final; /* no block comes after it */

    char *text;
    size_t text_n;
    struct piece pieces[TASK_PIECES_MAX];
    size_t piece_count;
};

struct feed {
    const struct audit_config *config;
    struct walk *walk;     /* NULL: the inputs are an archive */
    size_t archived_next;  /* to hand out */
    struct stream *stream; /* being handed out */
    struct shared_header *header;
    uint64_t sequence;
    bool has_pending; /* a path that was taken from the walk, but not handed out yet */
    struct task_path pending;
    struct buf pending_text;
    uint64_t pending_size;
    bool is_pending_large; /* to be read as a stream */
    struct seen seen;
};

bool feed_init(struct feed *feed, const struct audit_config *config);
void feed_release(struct feed *feed);
/* Fills the task; false when the inputs are over. */
bool feed_next(struct feed *feed, struct task *task);

/* A new piece, filled with what a chunk came to; the task has room for it. */
struct piece *task_piece(struct task *task);

/* Reads the block of the task, waits for its turn and cuts. True when a piece must be taken and
 * stream_cut be called again, with an emptied task. Every block's task gets at least one piece,
 * unless the stream was over before it. */
bool stream_cut(struct task *task, bool is_again);
void stream_drop(struct stream *stream);

#endif

/* source.h: where the files of a scan come from: the disk, standard input, or whoever else can name
 * files and hand out their bytes.
 *
 * Naming is done by one worker at a time and should not wait; opening and reading is done by the
 * worker who got the name, beside the others.
 *
 * Ownership: a scan has one struct trail_file for each worker and uses it again and again; what
 *            `open` takes, `close` gives back, also when reading failed.
 * Threads:   next under the scan's lock; open, read and close from any worker, one file each.
 *
 * Example:   struct trail_files files;
 *            trail_files_init(&files, paths, path_count);
 *            struct trail_source source = trail_files_source(&files);
 *            ... trail_scan_run ...
 *            trail_files_release(&files); */
#ifndef TRAIL_SOURCE_H
#define TRAIL_SOURCE_H

#include "base/buf.h"
#include "base/err.h"
#include "os/file.h"

struct walk;

struct trail_file {
    struct buf name;   /* for messages and alerts */
    struct err err;    /* set by `next`: this one could not be looked at, and is not opened */
    uint64_t size;     /* set by `open` where it is known; else 0 */
    struct file_in in; /* of files of ours */
    void *handle;      /* of other sources */
};

struct trail_source {
    /* Names the next file; false when there are no more. The name is empty and err clear before. */
    bool (*next)(void *shared, struct trail_file *file);
    bool (*open)(void *shared, struct trail_file *file, struct err *err);
    /* At most `size` bytes; *got == 0 is the end. */
    bool (*read)(void *shared, struct trail_file *file, void *to, size_t size, size_t *got,
                 struct err *err);
    void (*close)(void *shared, struct trail_file *file);
    void *shared;
};

/* Files and folders; "-" is standard input. In folders, what ends in .json, .jsonl, .ndjson or .gz
 * counts; a file that was named is read whatever it is called. */
struct trail_files {
    struct walk *walk;
};

/* How many files and bytes there are, to say how far a scan is. False: there are more files than
 * `count_max`, or some of which nobody can tell. */
struct trail_files_total {
    uint64_t files, bytes;
};

bool trail_files_measure(const struct str *paths, size_t path_count, uint64_t count_max,
                         struct trail_files_total *total);

void trail_files_init(struct trail_files *files, const struct str *paths, size_t path_count);
struct trail_source trail_files_source(struct trail_files *files);
void trail_files_release(struct trail_files *files);

#endif

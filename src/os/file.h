/* file.h: the only module that opens files: byte streams in, whole files in, atomic files out.
 *
 * Ownership: file_in and file_out own their descriptor; file_in_close and file_out_abandon accept
 *            zeroed structs and may be called twice.
 * Threads:   one thread at a time per struct.
 *
 * Example:   struct file_out out;
 *            if (!file_out_open(&out, path, &err)) { return false; }
 *            ok = file_out_write(&out, text, &err) && file_out_commit(&out, &err);
 *            file_out_abandon(&out);              // no-op after a commit */
#ifndef OS_FILE_H
#define OS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

struct file_in {
    int fd; /* only meaningful while is_open */
    bool is_open;
    bool is_regular; /* and read from its beginning on */
    uint64_t size;   /* of a regular file, when it was opened */
};

/* Opens for reading; "-" is standard input. Errors (ERR_INPUT, no place set): missing, unreadable,
 * a directory. Tells the kernel that reading will be sequential. */
MUST_USE bool file_in_open(struct file_in *in, struct str path, struct err *err);
/* Reads at most `size` bytes, retrying interrupted calls; *got == 0 means end of file. */
MUST_USE bool file_in_read(struct file_in *in, void *to, size_t size, size_t *got, struct err *err);
/* The same from a place in a regular file; the position of file_in_read does not move. Any number
 * of threads at once. */
MUST_USE bool file_in_read_at(const struct file_in *in, void *to, size_t size, uint64_t offset,
                              size_t *got, struct err *err);
void file_in_close(struct file_in *in);

struct file_info {
    bool is_regular;
    uint64_t size; /* of a regular file */
    uint64_t device, inode;
    bool is_private; /* nobody but its owner may read or write it */
};

/* What a path leads to; "-" is standard input. False when it cannot be looked at; nothing else is
 * said about why, since opening it will. */
bool file_look(struct str path, struct file_info *info);

/* Appends the whole file to `out`; larger than `size_max` is an error that says so. On failure
 * nothing is appended. */
MUST_USE bool file_read_all(struct str path, size_t size_max, struct buf *out, struct err *err);

/* Whether it is a program that this user may run. */
bool file_may_run(struct str path);
/* Whether something stands under that name, be it a link to nothing. */
bool file_exists(struct str path);
/* As file_read_all, of a regular file that only this user and root can have put there: it (and a
 * link that leads to it) belongs to one of them, and nobody else may write to it. */
MUST_USE bool file_read_ours(struct str path, size_t size_max, struct buf *out, struct err *err);

/* Makes a new file that only its owner may read or write, with that content, on the disk when this
 * returns. An existing one is an error. */
MUST_USE bool file_create_private(struct str path, struct str content, struct err *err);

/* Makes the folder, for its owner alone, unless it is there. */
MUST_USE bool file_make_folder(struct str path, struct err *err);

struct file_out {
    int fd;
    bool is_open;
    bool is_terminal;
    bool is_stdout;
    char *path;      /* where the result goes, symbolic links resolved; NULL: standard output */
    char *temporary; /* beside it, in a registry of 8; NULL when written directly */
};

/* path "-" (or empty): standard output. A regular or new file is written to a temporary file beside
 * it (mode: that of the old file, else 0666 less umask); an existing device, FIFO or socket is
 * opened and written directly; a symbolic link is followed. At most 8 temporary files at once. */
MUST_USE bool file_out_open(struct file_out *out, struct str path, struct err *err);
/* Writes all of it, whatever the kernel takes at once. A full disk or closed pipe is an error of
 * kind ERR_INPUT whose text names the path ('standard output' for stdout). */
MUST_USE bool file_out_write(struct file_out *out, struct str bytes, struct err *err);
/* Flushes to disk (fsync) and renames into place; on failure the temporary file is gone. Without a
 * temporary file: closes. Afterwards the struct is zeroed. */
MUST_USE bool file_out_commit(struct file_out *out, struct err *err);
/* Closes and removes the temporary file, unless committed. */
void file_out_abandon(struct file_out *out);
/* Removes the temporary files of all open file_outs: async-signal-safe, for a SIGINT/SIGTERM
 * handler. */
void file_out_abandon_all(void);

#endif

/* seen.h: which files were handed out already, whatever their names: so that each is judged once.
 *
 * A file is known by its device and inode. That costs 12 bytes for a file, times the slack of a
 * table, and its name, kept for messages while all names fit into a few megabytes.
 *
 * Ownership: the set owns its memory, names included.
 * Threads:   one thread at a time.
 *
 * Example:   if (!seen_add(&seen, &info, path, &first)) { ... the same file as `first` ... } */
#ifndef AUDIT_SEEN_H
#define AUDIT_SEEN_H

#include "base/buf.h"
#include "os/file.h"

enum { SEEN_DEVICES_MAX = 255 };

struct seen {
    uint64_t seed;
    uint64_t *keys;  /* 0: free; never more than half of them are taken */
    uint32_t *names; /* offsets into `text`, 0: not kept */
    size_t size, count;
    uint64_t devices[SEEN_DEVICES_MAX];
    size_t device_count;
    struct buf text; /* names, each behind a NUL */
};

/* The seed keeps collisions from being prepared. */
void seen_init(struct seen *seen, uint64_t seed);
void seen_release(struct seen *seen);

/* True when the file is new. Else *first is its first name, empty where that was not kept, valid
 * until the next call. A file without an inode number, or on one device too many, is always new. */
MUST_USE bool seen_add(struct seen *seen, const struct file_info *info, struct str path,
                       struct str *first);

#endif

/* walk.h: the inputs a command was given, one file at a time, ordered by path.
 *
 * Named paths come as they are (and must exist); a named folder is searched, at any depth, for
 * regular files (or links to them) that end in one of the wanted suffixes. Links to folders are
 * not followed; a link to nothing comes, so that opening it says so. Names starting with '.' are
 * skipped inside folders. The order is byte order of the whole path ('-' is the path of standard
 * input). A path comes to be read once; one given again comes as a repeat. A folder that cannot be
 * listed, or lies more than 64 deep, comes as an error where its files would.
 *
 * Only the names of the folders on the way down are held, so a million files cost tens of
 * megabytes, not hundreds.
 *
 * Ownership: the walk owns everything; a path is valid until the next walk_next.
 * Threads:   one thread at a time.
 *
 * Example:   struct walk *walk = walk_new(paths, path_count, suffixes, 3);
 *            while (walk_next(walk, &entry)) { if (entry.err.kind == ERR_NONE) { ... } }
 *            walk_free(walk); */
#ifndef OS_WALK_H
#define OS_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct walk;

struct walk_entry {
    struct str path;
    bool is_named;  /* given by the user, not found in a folder */
    bool is_repeat; /* given by the user before, in the same words: nothing is to be read */
    struct err err; /* set: this path could not be looked at (missing, unreadable folder) */
};

struct walk *walk_new(const struct str *paths, size_t path_count, const struct str *suffixes,
                      size_t suffix_count);
/* False at the end. A path that cannot be read comes once, as an entry with err set. */
bool walk_next(struct walk *walk, struct walk_entry *entry);
void walk_free(struct walk *walk);

#endif

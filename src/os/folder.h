/* folder.h: folders that are filled with new files, many of them.
 *
 * Unlike file.h's atomic files, what is written here is written straight to its name: a folder of a
 * million files that a later file declares complete needs no million renames.
 *
 * Ownership: folder_make opens the folder; folder_close accepts a zeroed struct.
 * Threads:   any number of threads may write different files into one folder.
 *
 * Example:   struct folder folder = {0};
 *            ok = folder_make(&folder, path, &err) &&
 *                 folder_write(&folder, STR("a.csv"), text, &err);
 *            folder_close(&folder); */
#ifndef OS_FOLDER_H
#define OS_FOLDER_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

struct folder {
    char *path; /* NULL: not open */
    int fd;
};

/* Makes the folder, or opens one that is there and empty; one that is not empty is an error
 * (ERR_INPUT), as is any other file of that name. Its parent must be there. */
MUST_USE bool folder_make(struct folder *folder, struct str path, struct err *err);
/* Writes a file that is not there yet. Errors name it. */
MUST_USE bool folder_write(const struct folder *folder, struct str name, struct str bytes,
                           struct err *err);
void folder_close(struct folder *folder);

#endif

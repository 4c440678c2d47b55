/* scratch.h: room on disk for what outgrows memory: a file without a name, gone when it is closed.
 *
 * It is made in the folder that TMPDIR names, else in /var/tmp, which outlives a machine's memory.
 * Nobody else can open it, and nothing is left of it however the program ends.
 *
 * Ownership: scratch_close accepts a zeroed struct.
 * Threads:   one thread writes at a time; any number read what is written.
 *
 * Example:   struct scratch scratch = {0};
 *            ok = scratch_add(&scratch, run, &err) &&
 *                 scratch_read(&scratch, to, size, offset, &got, &err);
 *            scratch_close(&scratch); */
#ifndef OS_SCRATCH_H
#define OS_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

struct scratch {
    int fd; /* only meaningful while is_open */
    bool is_open;
    uint64_t size;
};

/* Appends; the first time makes the file. Errors (ERR_INPUT) name the folder. */
MUST_USE bool scratch_add(struct scratch *scratch, struct str bytes, struct err *err);
/* Reads at most `size` bytes; *got == 0 means the end. */
MUST_USE bool scratch_read(const struct scratch *scratch, void *to, size_t size, uint64_t offset,
                           size_t *got, struct err *err);
void scratch_close(struct scratch *scratch);

#endif

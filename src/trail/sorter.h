/* sorter.h: puts records of bytes in order, more of them than fit into memory.
 *
 * What does not fit is set aside on disk as sorted runs, which are merged when the records are read
 * back. The order is that of bytes; of records that are equal, one is kept.
 *
 * Memory is about `memory_max` while records are added, and a window of each run while they are
 * read; a record larger than either is held whole.
 *
 * Ownership: a record that sorter_next gives is valid until the next call.
 * Threads:   one thread at a time.
 *
 * Example:   struct sorter sorter;
 *            sorter_init(&sorter, 16 << 20);
 *            ok = sorter_add(&sorter, record, &err) && sorter_begin(&sorter, &err);
 *            while (ok && sorter_next(&sorter, &record, &err)) { ... }
 *            ok = err.kind == ERR_NONE;
 *            sorter_release(&sorter); */
#ifndef TRAIL_SORTER_H
#define TRAIL_SORTER_H

#include "base/buf.h"
#include "base/compiler.h"
#include "base/err.h"
#include "os/scratch.h"

struct sorter_item; /* a record in memory */
struct sorter_run;  /* a sorted stretch of the file */
struct sorter_head; /* a run that is being read */

struct sorter {
    /* Private. */
    size_t memory_max;
    struct buf text; /* the records in memory, one after the other */
    struct sorter_item *items;
    size_t count, capacity;
    struct scratch file;
    struct sorter_run *runs;
    size_t run_count, run_capacity;
    struct sorter_head *heads;
    size_t head_count; /* made; those that still have a record stand in `heap` */
    size_t *heap, heap_count;
    size_t at;      /* of the next item, where there are no runs */
    bool has_taken; /* the heap's first has been handed out */
};

void sorter_init(struct sorter *sorter, size_t memory_max);
void sorter_release(struct sorter *sorter);

/* Copies the record. Errors (ERR_INPUT): no room on disk. */
MUST_USE bool sorter_add(struct sorter *sorter, struct str record, struct err *err);
/* After the last one. */
MUST_USE bool sorter_begin(struct sorter *sorter, struct err *err);
/* False at the end, and with *err set when the file cannot be read back. */
bool sorter_next(struct sorter *sorter, struct str *record, struct err *err);

/* Bytes that were set aside on disk. */
uint64_t sorter_spilled(const struct sorter *sorter);

#endif

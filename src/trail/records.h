/* records.h: the JSON values that a file's text holds behind each other, one at a time, exactly.
 *
 *   {"Records":[ {..},{..} ]}   the elements; "Events" of LookupEvents likewise
 *   [ {..},{..} ]               the elements
 *   {..}{..}                    the values, with or without white space between them
 *
 * and any of these behind another. The list must be the object's first member; otherwise the object
 * is a value as a whole, and unwrap.h looks into it.
 *
 * A value is what stands between braces that belong together, quotes respected. It is not read; the
 * lists themselves are: something else than a comma between two objects is an error.
 *
 * The text grows and moves between calls: whoever owns it shows more (records_show) when told that
 * more is needed, and may let go of what lies before records_keep.
 *
 * Threads:   one thread at a time per struct.
 *
 * Example:   struct records records;
 *            records_init(&records, simd);
 *            records_begin(&records);
 *            records_show(&records, text, is_last);
 *            while (records_next(&records, &record, &err) == RECORDS_ONE) { ... } */
#ifndef TRAIL_RECORDS_H
#define TRAIL_RECORDS_H

#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"
#include "trail/structure.h"

/* Of one value. CloudTrail's own limit for an event is a quarter of a megabyte. */
enum { RECORD_SIZE_MAX = 4 << 20 };

enum records_list {
    RECORDS_VALUES, /* the text itself */
    RECORDS_ARRAY,
    RECORDS_DELIVERED, /* the array "Records" */
    RECORDS_EVENTS,    /* the array "Events" */
};

struct records {
    struct str text;
    bool is_last;
    size_t at;     /* what stands before it is done with */
    uint64_t lost; /* bytes that stood before the text */
    enum records_list list;
    uint32_t state; /* private */
    bool is_first;  /* no value of the list was handed out yet */
    structure_fn find;
    struct structure structure;
    uint32_t ends[16 * STRUCTURE_BLOCK];
    size_t end_count, end_next;
};

struct record {
    struct str text;
    size_t at; /* in the text shown */
    enum records_list list;
    bool is_first; /* of its list */
};

enum records_step { RECORDS_ONE, RECORDS_MORE, RECORDS_END, RECORDS_FAILED };

void records_init(struct records *records, enum simd_level simd);
/* Starts on another file. */
void records_begin(struct records *records);

/* How much of the beginning of the text may be let go. */
size_t records_keep(const struct records *records);
/* The text without that, and with more behind it; when records_next asked for more. */
void records_show(struct records *records, struct str text, bool is_last);

/* RECORDS_MORE: show more. RECORDS_END: the file is over, and was whole. Errors have the offset
 * in the text of the file. */
MUST_USE enum records_step records_next(struct records *records, struct record *record,
                                        struct err *err);

#endif

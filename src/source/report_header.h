/* report_header.h: the header line of a credential report: which column stands where.
 *
 * Ownership: names live in the header's arena until report_header_release.
 * Threads:   immutable once read.
 *
 * Example:   struct report_header header = {0};
 *            if (report_header_read(&header, line, &err)) { ... header.names[0] ... } */
#ifndef SOURCE_REPORT_HEADER_H
#define SOURCE_REPORT_HEADER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "model/report_column.h"

enum { REPORT_COLUMNS_MAX = 512 };

struct report_header {
    int16_t positions[COLUMN_COUNT]; /* -1: the report lacks it */
    uint32_t missing;                /* bit per column it lacks */
    uint32_t column_count;
    struct str *names; /* all columns, in file order */
    struct str line;   /* a copy of what was read */
    struct arena arena;
};

/* Reads the line (line end and byte order mark included or not). False, and *err untouched, when it
 * is no header of a credential report: `user` or `arn` is not among the columns. False, and *err
 * set, when it is one that cannot be used: a known column comes twice, or there are too many. The
 * same line again costs one comparison. */
bool report_header_read(struct report_header *header, struct str line, struct err *err);
void report_header_release(struct report_header *header);

/* True for the header of a fleet's accounts.csv, which lies beside reports and is none: `account`
 * and `organization` are among its columns. */
bool accounts_header_recognise(struct str line);

/* Position of any column by name, -1 when there is none. */
int report_header_find(const struct report_header *header, struct str name);

#endif

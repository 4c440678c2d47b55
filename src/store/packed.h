/* packed.h: what a study reads of one snapshot, as one short text.
 *
 * The format, version 1. A varint has seven bits a byte, least first, the top bit set on all bytes
 * but the last. Numbers of fixed size are little-endian.
 *
 *     byte     version: 1
 *     varint   id of the organization, of the unit; 0: not known
 *     byte     standing: 0 not known, 1 stands alone, 2 member of an AWS organization
 *     varints  the five counts, each plus one; 0: not known
 *     varint   count of rows that could not be read, and are in the report only
 *     varint   count of rows
 *     varints  ids of the users, row by row: each less the one before (the first less 0), as
 *              2n for n >= 0 and -2n-1 for n < 0
 *     groups of at most 1,024 rows, in each:
 *       bits   a bit for each row, first row lowest: is it the root user?
 *       times  user_creation_time, then the times of password and keys (packed_time_columns)
 *       flags  password_enabled, mfa_active, and whether the keys are active (packed_flag_columns)
 *
 *     a time column: a byte, then
 *       0x00 + c     nothing: every row is the absent code c
 *       0x10         32 bits a row: seconds since 1970, or 0xfffffff0 + c
 *       0x20 + c     a bit for each row, then 32 bits for each row whose bit is set; others are c
 *       0x30         64 bits a row: seconds, or INT64_MIN + c
 *     c is 0 missing, 1 unreadable, 2 not_supported, 3 no_information, 4 N/A
 *     a flag column: a byte, then a bit for each row, as many times as the low half has bits
 *       0x01 true  0x02 false  0x04 N/A  0x08 not_supported: rows of that kind are marked in bits
 *       0x10 ... 0x80: all rows are of that kind
 *
 * What is written is canonical: equal content, equal bytes.
 *
 * Ownership: the decoder points into the text, which must stay.
 * Threads:   one thread at a time per decoder.
 *
 * Example:   if (packed_open(&packed, bytes, &facts)) {
 *                while (packed_next(&packed, &batch, identities)) { ... }
 *                if (packed.is_damaged) { ... } */
#ifndef STORE_PACKED_H
#define STORE_PACKED_H

#include "base/buf.h"
#include "model/user_batch.h"
#include "store/states.h"

enum { PACKED_VERSION = 1, PACKED_COUNTS = 5, PACKED_TIMES = 7, PACKED_FLAGS = 4 };
#define PACKED_COUNT_UNKNOWN INT64_C(-1)

struct sample_facts {
    uint64_t organization, unit; /* ids; 0: not known */
    uint8_t standing;            /* enum account_standing */
    int64_t counts[PACKED_COUNTS];
    uint64_t bad_rows, row_count;
};

extern const enum report_column packed_time_columns[PACKED_TIMES];
extern const enum report_column packed_flag_columns[PACKED_FLAGS];
/* The same as a bit for each column. */
uint32_t packed_columns(void);

/* Appends all up to the groups; facts->row_count counts the identities. */
void packed_write_head(struct buf *out, const struct sample_facts *facts,
                       const uint64_t *identities);
/* Appends the groups. */
void packed_write_rows(struct buf *out, const struct report_states *states);

struct packed {
    const unsigned char *at, *end;
    const unsigned char *identities; /* where the next one stands */
    uint64_t identity;
    uint64_t rows_left;
    bool is_damaged;
};

/* Reads the facts. False when the text is damaged. */
MUST_USE bool packed_open(struct packed *packed, struct str bytes, struct sample_facts *facts);
/* The next group. Columns that the batch has no arrays for are passed over; `identities` has room
 * for BATCH_ROWS_MAX. False behind the last group, and when the text is damaged. */
bool packed_next(struct packed *packed, struct user_batch *batch, uint64_t *identities);

#endif

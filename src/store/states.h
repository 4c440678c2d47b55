/* states.h: the bytes of a report as the rows that the store keeps of it.
 *
 * One function makes the rows when a report is imported, and makes them again when the store is
 * verified: what it gives depends on the bytes alone.
 *
 * Ownership: rows and texts live in the arena that was given, until it is reset.
 * Threads:   one thread at a time per reader.
 *
 * Example:   struct report_states states;
 *            if (!states_read(reader, bytes, STR("111122223333.csv"), &arena, &states, &err)) {...}
 *            states.rows[0].name ... */
#ifndef STORE_STATES_H
#define STORE_STATES_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "model/report_column.h"

/* What stands for no value in the columns of user_states (001_snapshots.sql). */
enum {
    STATE_NO_INFORMATION = 0, /* of a time or a text */
    STATE_NOT_SUPPORTED = -1,
    STATE_MISSING = -2,
    STATE_UNREADABLE = -3,
    STATE_FLAG_NO_INFORMATION = -4,
    STATE_CREATED_NONE = -5, /* N/A where NULL cannot be: in users.created */
};
#define STATE_NONE INT64_MIN /* NULL: N/A */

/* The columns of user_states behind `arn`: those of the report, in the same order. */
enum { STATE_COLUMN_FIRST = COLUMN_PASSWORD_ENABLED, STATE_COLUMNS = COLUMN_COUNT - 3 };

struct state_value {
    const char *text; /* NULL: it is a number */
    int64_t number;   /* or the length of the text */
};

struct user_row {
    struct str name;
    struct str arn; /* empty and has_arn false: the usual one */
    bool has_arn;
    bool is_root;
    int64_t created; /* as in users.created */
    struct state_value values[STATE_COLUMNS];
};

struct report_states {
    uint64_t account;
    struct user_row *rows;
    size_t row_count, row_capacity;
    uint64_t bad_rows, bad_cells;
    struct err first_problem; /* the first of those, with its line */
};

/* The largest report that is taken: a hundred times what AWS makes of 5,000 users. */
enum { STATES_REPORT_SIZE_MAX = 32 << 20, STATES_ARENA_SIZE_MAX = 256 << 20 };

struct states_reader;

struct states_reader *states_reader_new(void);
void states_reader_free(struct states_reader *reader);

/* `name` is what a file's name is: it may hold the account where no row does. Errors are ERR_INPUT:
 * no report, rows of several accounts, no account. */
MUST_USE bool states_read(struct states_reader *reader, struct str bytes, struct str name,
                          struct arena *arena, struct report_states *out, struct err *err);

/* A time of the report as users.created and a column of user_states hold it. Before 1970 there is
 * no such time. */
int64_t state_time_encode(int64_t time);

/* Text that any reader of the database can show: U+FFFD for what is no UTF-8, and for NUL. */
MUST_USE bool state_text_clean(struct arena *arena, struct str text, struct str *out);

#endif

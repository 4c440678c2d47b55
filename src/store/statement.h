/* statement.h: SQL statements that are prepared once and bound in order, sealed on the way.
 *
 * Bound texts and blobs are not copied: they must stay until the statement was run or begun again.
 *
 * Ownership: a statement belongs to its store and must be released before that is closed.
 * Threads:   one thread at a time per store.
 *
 * Example:   statement_begin(&insert);
 *            statement_int(&insert, id);
 *            statement_text(&insert, name);
 *            statement_seal(&insert);
 *            if (!statement_run(&insert, &err)) { ... } */
#ifndef STORE_STATEMENT_H
#define STORE_STATEMENT_H

#include "store/store.h"

struct sqlite3_stmt;

struct statement {
    struct store *store;
    struct sqlite3_stmt *handle;
    struct str sealed; /* the table it inserts a sealed row into; empty: none */
    uint64_t seal;
    int next; /* parameter to bind next, from 1 */
};

/* `sealed`: the table whose rows it writes, all columns in order with the seal last; or empty. */
MUST_USE bool statement_prepare(struct statement *statement, struct store *store, struct str sealed,
                                const char *sql, struct err *err);
void statement_release(struct statement *statement); /* a zeroed one is fine */

/* Forgets rows and values: ready to be bound anew. */
void statement_begin(struct statement *statement);
void statement_null(struct statement *statement);
void statement_int(struct statement *statement, int64_t value);
void statement_int_or_null(struct statement *statement, bool has_value, int64_t value);
void statement_text(struct statement *statement, struct str text);
/* NULL where the text is empty. */
void statement_text_or_null(struct statement *statement, struct str text);
void statement_blob(struct statement *statement, struct str bytes);
/* The seal over what was bound. */
void statement_seal(struct statement *statement);

/* For a statement that has no rows. */
MUST_USE bool statement_run(struct statement *statement, struct err *err);
/* The next row; false at the end and on failure, which sets *err. */
bool statement_next(struct statement *statement, struct err *err);

enum column_kind { COLUMN_NULL, COLUMN_INT, COLUMN_TEXT, COLUMN_BLOB, COLUMN_OTHER };
enum column_kind column_kind(const struct statement *statement, int column);
int64_t column_int(const struct statement *statement, int column);
/* Bytes of a text or blob; valid until the next row. */
struct str column_bytes(const struct statement *statement, int column);
int column_count(const struct statement *statement);
struct str column_name(const struct statement *statement, int column);
/* The seal over the columns before the last, as the table's rows carry it. */
uint64_t column_seal(const struct statement *statement, struct str table);

#endif

#include "store/statement.h"

#include <sqlite3.h>

#include "store/internal.h"
#include "store/seal.h"

bool statement_prepare(struct statement *statement, struct store *store, struct str sealed,
                       const char *sql, struct err *err)
{
    *statement = (struct statement){.store = store, .sealed = sealed, .next = 1};
    statement->seal = seal_begin(sealed);
    if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement->handle,
                           NULL) != SQLITE_OK) {
        return store_fail(store, err);
    }
    return true;
}

void statement_release(struct statement *statement)
{
    (void)sqlite3_finalize(statement->handle);
    *statement = (struct statement){0};
}

void statement_begin(struct statement *statement)
{
    (void)sqlite3_reset(statement->handle); /* repeats an error that was told already */
    statement->next = 1;
    statement->seal = seal_begin(statement->sealed);
}

/* Binding fails only for want of memory or for a parameter that is not there, and then the column
 * stays NULL, which every column that must not be refuses. */
void statement_null(struct statement *statement)
{
    (void)sqlite3_bind_null(statement->handle, statement->next++);
    statement->seal = seal_null(statement->seal);
}

void statement_int(struct statement *statement, int64_t value)
{
    (void)sqlite3_bind_int64(statement->handle, statement->next++, value);
    statement->seal = seal_int(statement->seal, value);
}

void statement_int_or_null(struct statement *statement, bool has_value, int64_t value)
{
    if (has_value) {
        statement_int(statement, value);
    } else {
        statement_null(statement);
    }
}

void statement_text(struct statement *statement, struct str text)
{
    (void)sqlite3_bind_text64(statement->handle, statement->next++, text.n == 0 ? "" : text.p,
                              text.n, SQLITE_STATIC, SQLITE_UTF8);
    statement->seal = seal_text(statement->seal, text);
}

void statement_text_or_null(struct statement *statement, struct str text)
{
    if (text.n > 0) {
        statement_text(statement, text);
    } else {
        statement_null(statement);
    }
}

void statement_blob(struct statement *statement, struct str bytes)
{
    (void)sqlite3_bind_blob64(statement->handle, statement->next++, bytes.n == 0 ? "" : bytes.p,
                              bytes.n, SQLITE_STATIC);
    statement->seal = seal_blob(statement->seal, bytes);
}

void statement_seal(struct statement *statement)
{
    (void)sqlite3_bind_int64(statement->handle, statement->next++, (int64_t)statement->seal);
}

bool statement_run(struct statement *statement, struct err *err)
{
    int code = sqlite3_step(statement->handle);

    if (code != SQLITE_DONE && code != SQLITE_ROW) {
        (void)store_fail(statement->store, err);
    }
    (void)sqlite3_reset(statement->handle);
    return code == SQLITE_DONE || code == SQLITE_ROW;
}

bool statement_next(struct statement *statement, struct err *err)
{
    int code = sqlite3_step(statement->handle);

    if (code == SQLITE_ROW) {
        return true;
    }
    if (code != SQLITE_DONE) {
        (void)store_fail(statement->store, err);
    }
    (void)sqlite3_reset(statement->handle);
    return false;
}

/* ---- columns -------------------------------------------------------------------------------- */

enum column_kind column_kind(const struct statement *statement, int column)
{
    switch (sqlite3_column_type(statement->handle, column)) {
    case SQLITE_NULL:
        return COLUMN_NULL;
    case SQLITE_INTEGER:
        return COLUMN_INT;
    case SQLITE_TEXT:
        return COLUMN_TEXT;
    case SQLITE_BLOB:
        return COLUMN_BLOB;
    default:
        return COLUMN_OTHER;
    }
}

int64_t column_int(const struct statement *statement, int column)
{
    return sqlite3_column_int64(statement->handle, column);
}

struct str column_bytes(const struct statement *statement, int column)
{
    const char *p = sqlite3_column_blob(statement->handle, column);
    int n = sqlite3_column_bytes(statement->handle, column);

    return (struct str){p, p == NULL ? 0 : (size_t)n};
}

int column_count(const struct statement *statement)
{
    return sqlite3_column_count(statement->handle);
}

struct str column_name(const struct statement *statement, int column)
{
    return str_from(sqlite3_column_name(statement->handle, column));
}

uint64_t column_seal(const struct statement *statement, struct str table)
{
    uint64_t seal = seal_begin(table);
    int last = column_count(statement) - 1;

    for (int i = 0; i < last; i++) {
        switch (column_kind(statement, i)) {
        case COLUMN_NULL:
            seal = seal_null(seal);
            break;
        case COLUMN_INT:
            seal = seal_int(seal, column_int(statement, i));
            break;
        case COLUMN_TEXT:
            seal = seal_text(seal, column_bytes(statement, i));
            break;
        case COLUMN_BLOB:
            seal = seal_blob(seal, column_bytes(statement, i));
            break;
        case COLUMN_OTHER:
            return ~seal;
        }
    }
    return seal;
}

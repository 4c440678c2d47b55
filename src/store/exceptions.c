#include "store/exceptions.h"

#include "store/internal.h"
#include "store/states.h"
#include "store/statement.h"

enum { TEXT_SIZE_MAX = 64 << 20 };

/* The id that the file has, or is to get. */
static bool find_file(struct store *store, struct str name, int64_t *id, struct err *err)
{
    struct statement find = {0};
    bool ok = statement_prepare(&find, store, STR(""),
                                "SELECT ifnull((SELECT id FROM exception_files WHERE name = ?),"
                                " (SELECT ifnull(max(id), 0) + 1 FROM exception_files))",
                                err);

    if (ok) {
        statement_text(&find, name);
        ok = statement_next(&find, err);
        *id = ok ? column_int(&find, 0) : 0;
    }
    statement_release(&find);
    return ok;
}

static bool remove_file(struct store *store, int64_t id, struct err *err)
{
    struct statement remove = {0};
    bool ok =
        statement_prepare(&remove, store, STR(""), "DELETE FROM exception_files WHERE id = ?", err);

    if (ok) {
        statement_int(&remove, id);
        ok = statement_run(&remove, err);
    }
    statement_release(&remove);
    return ok;
}

static bool add_file(struct store *store, int64_t id, const struct exception_file *file,
                     struct arena *arena, struct err *err)
{
    struct statement add = {0};
    struct str name = {0}, text = {0};
    bool ok = statement_prepare(&add, store, STR("exception_files"),
                                "INSERT INTO exception_files VALUES (?, ?, ?, ?, ?)", err);

    if (ok && (!state_text_clean(arena, file->name, &name) ||
               !state_text_clean(arena, file->text, &text))) {
        ok = err_set(err, ERR_INPUT, "this file is too large to be kept");
    }
    if (ok) {
        statement_int(&add, id);
        statement_text(&add, name);
        statement_text(&add, text);
        statement_int(&add, file->imported_at);
        statement_seal(&add);
        ok = statement_run(&add, err);
    }
    statement_release(&add);
    return ok;
}

static bool add_exceptions(struct store *store, int64_t id, const struct exception_file *file,
                           struct err *err)
{
    struct statement add = {0};
    bool ok = statement_prepare(&add, store, STR("exceptions"),
                                "INSERT INTO exceptions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", err);

    for (size_t i = 0; ok && i < file->count; i++) {
        const struct exception *exception = file->exceptions[i];
        statement_begin(&add);
        statement_int(&add, id);
        statement_int(&add, (int64_t)i + 1);
        statement_text_or_null(&add, exception->id);
        statement_text(&add, exception->owner);
        statement_text(&add, exception->reason);
        statement_text_or_null(&add, exception->ticket);
        statement_int(&add, exception->expires);
        statement_seal(&add);
        ok = statement_run(&add, err);
    }
    statement_release(&add);
    return ok;
}

bool store_exceptions_put(struct store *store, const struct exception_file *file, struct err *err)
{
    struct arena arena;
    int64_t id = 0;
    bool ok = false;

    arena_init(&arena, TEXT_SIZE_MAX);
    ok = store_begin(store, err) && find_file(store, file->name, &id, err) &&
         remove_file(store, id, err) && add_file(store, id, file, &arena, err) &&
         add_exceptions(store, id, file, err) && store_commit(store, err);
    store_rollback(store);
    arena_release(&arena);
    return ok;
}

bool store_exceptions_each(struct store *store,
                           bool (*each)(void *shared, struct str name, struct str text,
                                        struct err *err),
                           void *shared, struct err *err)
{
    struct statement read = {0};
    bool ok = statement_prepare(&read, store, STR(""),
                                "SELECT name, text FROM exception_files ORDER BY id", err);

    while (ok && statement_next(&read, err)) {
        ok = each(shared, column_bytes(&read, 0), column_bytes(&read, 1), err);
    }
    statement_release(&read);
    return ok && err->kind == ERR_NONE;
}

#include "cli/store_exceptions.h"

#include "audit/exceptions.h"
#include "base/arena.h"
#include "base/buf.h"
#include "cli/message.h"
#include "os/file.h"
#include "store/exceptions.h"

enum { FILE_SIZE_MAX = 8 << 20 };

static void tell(void *shared, bool is_error, const struct err *err)
{
    struct err *first = shared;

    if (!is_error) {
        message_warning(err);
    } else if (first->kind == ERR_NONE) {
        *first = *err; /* told by whoever ends the command */
    } else {
        message_error(err);
    }
}

static bool put_file(struct store *store, struct str path, struct str text, int64_t now,
                     struct err *err)
{
    struct exceptions set;
    struct exception_sink sink = {tell, err, 0, 0};
    const struct exception **list = NULL; /* an array of pointers into the set */
    bool ok = false;

    exceptions_init(&set);
    if (exceptions_add_text(&set, path, text, &sink)) {
        list = mem_array(set.count + 1, sizeof(const struct exception *));
        for (size_t i = 0; i < set.count; i++) {
            list[i] = &set.rules[i].exception;
        }
        struct exception_file file = {path, text, list, set.count, now};
        ok = store_exceptions_put(store, &file, err);
    }
    mem_free(list);
    exceptions_release(&set);
    return ok;
}

bool store_import_exceptions(struct store *store, const struct args *args, int64_t now,
                             struct err *err)
{
    struct str path;
    bool ok = true;

    for (size_t i = 0; ok && args_nth(args, "exceptions", i, &path); i++) {
        struct buf text;
        buf_init(&text, FILE_SIZE_MAX);
        ok = file_read_all(path, FILE_SIZE_MAX, &text, err);
        if (!ok) {
            err_place(err, path, 0, 0);
        }
        ok = ok && put_file(store, path, buf_text(&text), now, err);
        buf_release(&text);
    }
    return ok;
}

#include "cli/exception_files.h"

#include "os/file.h"

enum { EXCEPTIONS_FILE_SIZE_MAX = 8 << 20 };

/* The first error is the command's; `exception lint` shows them all. */
static void keep_first(void *shared, bool is_error, const struct err *err)
{
    struct err *first = shared;

    if (is_error && first->kind == ERR_NONE) {
        *first = *err;
    }
}

static bool add_file(struct exceptions *set, struct str path, struct err *err)
{
    struct exception_sink sink = {keep_first, err, 0, 0};
    struct buf text;
    bool ok = false;

    buf_init(&text, EXCEPTIONS_FILE_SIZE_MAX);
    ok = file_read_all(path, EXCEPTIONS_FILE_SIZE_MAX, &text, err) &&
         exceptions_add_text(set, path, buf_text(&text), &sink);
    if (!ok) {
        err_place(err, path, 0, 0);
    }
    buf_release(&text);
    return ok;
}

bool exception_files_read(struct exceptions *set, const struct args *args,
                          const struct ruleset *rules, struct exceptions **given, struct err *err)
{
    struct str path;

    for (size_t i = 0; args_nth(args, "exceptions", i, &path); i++) {
        if (!add_file(set, path, err)) {
            return false;
        }
        *given = set;
    }
    return exceptions_bind(set, rules, err);
}

/* keywarden store verify: is the store what it was when it was written. */
#include <inttypes.h>

#include "base/buf.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/progress.h"
#include "store/verify.h"

enum { OUT_SIZE_MAX = 1 << 20, PROBLEMS_SHOWN = 50 };

const struct opt store_verify_opts[] = {
    {.name = "store", .arg = "FILE", .help = "the store (default keywarden.db)"},
    {.name = "quiet", .letter = 'q', .help = "say nothing where all is right"},
    {0},
};

struct verify_command {
    struct str path;
    struct progress progress;
    uint64_t shown;
};

static void show_problem(void *shared, struct str what)
{
    struct verify_command *command = shared;
    struct err err = {0};

    progress_end(&command->progress);
    if (command->shown++ < PROBLEMS_SHOWN) {
        (void)err_set(&err, ERR_STORE, "%.*s", STR_ARG(what));
        err_place(&err, command->path, 0, 0);
        message_error(&err);
    }
}

static void show_progress(void *shared, uint64_t snapshots)
{
    struct verify_command *command = shared;

    progress_show(&command->progress, 0, snapshots);
}

int cmd_store_verify(const struct command *command, const struct args *args)
{
    struct verify_command job = {.path = args_value(args, "store", STR("keywarden.db"))};
    struct verify_sink sink = {show_problem, show_progress, &job};
    struct verify_result result = {0};
    struct store *store = NULL;
    struct err err = {0};
    struct buf out;
    int code = EXIT_OK;

    (void)command;
    buf_init(&out, OUT_SIZE_MAX);
    progress_begin(&job.progress, args_has(args, "quiet"));
    bool ok = store_open(&store, job.path, STORE_VERIFY, &err) &&
              store_verify(store, &sink, &result, &err);
    progress_end(&job.progress);
    if (!ok) {
        code = message_fail(&err);
    } else if (result.problems > 0) {
        (void)err_set(&err, ERR_STORE, "the store is damaged: %" PRIu64 " problem%s",
                      result.problems, result.problems == 1 ? "" : "s");
        err_hint(&err, "restore a backup; 'keywarden store export' saves what can still be read");
        err_place(&err, job.path, 0, 0);
        code = message_fail(&err);
    } else if (!args_has(args, "quiet")) {
        buf_printf(&out, "%.*s: all is well: %" PRIu64 " snapshot%s, %" PRIu64 " rows\n",
                   STR_ARG(job.path), result.snapshots, result.snapshots == 1 ? "" : "s",
                   result.rows);
        code = output_write(buf_text(&out));
    }
    store_close(store);
    buf_release(&out);
    return code;
}

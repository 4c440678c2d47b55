/* keywarden collect: the accounts of an organization into the store. */
#include <signal.h>

#include "aws/credentials_chain.h"
#include "aws/recorder.h"
#include "cli/collect_options.h"
#include "cli/collect_print.h"
#include "cli/collect_show.h"
#include "cli/command.h"
#include "cli/message.h"
#include "collect/run.h"
#include "os/file.h"
#include "os/system.h"
#include "os/terminal.h"

enum { RESUME_SIZE_MAX = 256 << 20, SAID_SIZE_MAX = 16 << 10 };

/* ---- Signals -------------------------------------------------------------------------------- */

static struct http *volatile interrupted_http;
static volatile sig_atomic_t interrupted_by;

/* The first signal ends the run in order, so that the store can be resumed; the next ends it at
 * once, which leaves a store that can be resumed too. */
static void on_signal(int number)
{
    interrupted_by = number;
    (void)signal(number, SIG_DFL);
    if (interrupted_http != NULL) {
        http_cancel(interrupted_http); // NOLINT(bugprone-signal-handler): one atomic store
    }
}

static void signals_take(struct http *http)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

    interrupted_http = http;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        (void)signal(numbers[i], on_signal);
    }
}

/* ---- MFA ------------------------------------------------------------------------------------ */

static bool ask_code(void *context, struct str serial, struct secret *code, struct err *err)
{
    struct buf question;
    char typed[64];
    size_t n = 0;
    bool ok = false;

    (void)context;
    buf_init(&question, 1024);
    buf_printf(&question, "code of MFA device %.*s: ", STR_ARG(serial));
    ok = terminal_ask(buf_text(&question), typed, sizeof typed, &n, err) &&
         secret_set(code, str_trim((struct str){typed, n}), err);
    secret_wipe(typed, sizeof typed);
    buf_release(&question);
    if (!ok) {
        err_hint(err, "run in a terminal, which can ask for the code");
    }
    return ok;
}

/* ---- AWS ------------------------------------------------------------------------------------ */

struct connection {
    struct http *http;
    struct aws_client client;
    struct credentials_chain chain;
    struct credentials_source *credentials; /* of the chain */
    struct collector collector;
    struct recorder *recorder;
    struct replayer *replayer;
};

/* What the environment and a profile say; of a replay, what they said then. */
static bool settings_find(const struct connection *connection,
                          const struct collect_request *request, struct aws_settings *settings,
                          struct err *err)
{
    const struct aws_settings_options given = {request->profile, request->region,
                                               request->endpoint_url};
    struct profiles profiles;
    bool ok = false;

    if (connection->replayer != NULL) {
        return replayer_settings(connection->replayer, settings, err);
    }
    if (profiles_load(&profiles, err)) {
        ok = aws_settings_load(settings, &profiles, &given, err);
        profiles_release(&profiles);
    }
    return ok;
}

static bool recorder_open(struct connection *connection, const struct collect_options *options,
                          struct str said, struct err *err)
{
    const struct recorder_facts facts = {options->request.now,
                                         str_from(connection->client.settings.region), said};

    if (options->record.n > 0) {
        connection->recorder = recorder_new(options->record, &facts, err);
        if (connection->recorder == NULL) {
            return false;
        }
        recorder_attach(connection->recorder, &connection->client);
    }
    if (connection->replayer != NULL) {
        replayer_attach(connection->replayer, &connection->client);
    }
    return true;
}

/* `said` is the command's options, for a recording. */
static bool connection_open(struct connection *connection, const struct collect_options *options,
                            struct str said, struct err *err)
{
    const struct collect_request *request = &options->request;
    struct aws_settings settings;

    if (!settings_find(connection, request, &settings, err)) {
        return false;
    }
    connection->http = http_new(&(struct http_options){.connections_max = options->jobs + 4,
                                                       .ca_bundle = settings.ca_bundle},
                                err);
    if (connection->http == NULL) {
        return false;
    }
    aws_client_init(&connection->client, connection->http, net_clock_of(connection->http),
                    &settings);
    if (!recorder_open(connection, options, said, err)) {
        return false;
    }
    connection->chain = (struct credentials_chain){
        .client = &connection->client, .profile = request->profile, .prompt = ask_code};
    connection->credentials = credentials_source_new(credentials_chain_fetch, &connection->chain,
                                                     &connection->client.clock);
    connection->collector = (struct collector){
        .parts = request->parts, .now = request->now, .session_name = request->session_name};
    return collector_begin(&connection->collector, &connection->client,
                           connection->replayer != NULL ? replayer_credentials(connection->replayer)
                                                        : connection->credentials,
                           err);
}

static void connection_close(struct connection *connection)
{
    interrupted_http = NULL;
    collector_end(&connection->collector);
    credentials_source_free(connection->credentials);
    http_free(connection->http);
    recorder_free(connection->recorder);
    replayer_free(connection->replayer);
}

/* ---- The run -------------------------------------------------------------------------------- */

struct job {
    struct collect_options options;
    struct store *store;
    struct collected_run *resumed;
    struct connection connection;
    struct collect_totals totals;
    int64_t started_at;
};

static bool resume(struct job *job, struct err *err)
{
    struct collected_facts facts;
    struct str path = job->options.store;
    struct arena arena;
    bool ok = false;

    if (!file_exists(path)) {
        (void)err_set(err, ERR_INPUT, "there is no run to go on with");
        err_place(err, path, 0, 0);
        err_hint(err, "begin with 'keywarden collect' without --resume");
        return false;
    }
    arena_init(&arena, RESUME_SIZE_MAX);
    ok = store_open(&job->store, path, STORE_WRITE, err) &&
         collected_resume(&job->resumed, job->store, false, 0, &arena, &facts, err) &&
         collect_options_resume(&job->options, facts.arguments, err);
    arena_release(&arena);
    return ok;
}

static bool run(struct job *job, struct err *err)
{
    struct collect_show show;
    struct collect_config config = {.request = &job->options.request,
                                    .collector = &job->connection.collector,
                                    .store = job->store,
                                    .jobs = job->options.jobs,
                                    .started_at = job->started_at,
                                    .resumed = job->resumed};
    bool ok = false;

    job->resumed = NULL; // moved
    collect_show_init(&show, job->options.progress, job->options.is_quiet);
    config.events = collect_show_events(&show);
    ok = collect_run(&config, &job->totals, err);
    if (!collect_show_end(&show, store_path(job->store), config.collector->now, &job->totals) &&
        ok) {
        ok = err_set(err, ERR_INPUT, "standard output cannot be written");
    }
    collect_show_release(&show);
    return ok;
}

/* A store is made once there is something to put into it. */
static bool prepare(struct job *job, const struct args *args, struct err *err)
{
    struct collect_options *options = &job->options;
    struct connection *connection = &job->connection;
    struct buf said;
    bool ok = false;

    if (options->resumes && !resume(job, err)) {
        return false;
    }
    job->started_at = system_now();
    if (options->replay.n > 0) {
        connection->replayer = replayer_new(options->replay, err);
        if (connection->replayer == NULL) {
            return false;
        }
        job->started_at = replayer_facts(connection->replayer).started_at;
    }
    if (!options->request.has_now) {
        options->request.now = job->started_at;
    }
    buf_init(&said, SAID_SIZE_MAX);
    collect_options_tell(args, &said);
    ok = connection_open(connection, options, buf_text(&said), err) &&
         (job->store != NULL || store_open(&job->store, options->store, STORE_WRITE, err));
    buf_release(&said);
    return ok;
}

int cmd_collect(const struct command *command, const struct args *args)
{
    static struct job job; /* the settings in it are large */
    struct err err = {0}, record_err = {0};
    int code = EXIT_OK;

    (void)command;
    job = (struct job){0};
    system_forbid_dumps();
    if (!collect_options_read(&job.options, args, &err)) {
        code = message_fail(&err);
        goto cleanup;
    }
    if (collect_prints(args)) {
        code = collect_print(&job.options, args);
        goto cleanup;
    }
    if (!prepare(&job, args, &err)) {
        code = message_fail(&err);
        goto cleanup;
    }
    signals_take(job.connection.http);
    if (!run(&job, &err)) {
        code = message_fail(&err);
    } else if (job.totals.failed > 0) {
        code = EXIT_REMOTE;
    }
    if (job.connection.recorder != NULL && !recorder_finish(job.connection.recorder, &record_err)) {
        code = message_fail(&record_err);
    }
    if (job.totals.left > 0 || interrupted_by != 0) {
        struct err note = {0};
        (void)err_set(&note, ERR_REMOTE,
                      "the run is not done; 'keywarden collect --resume%s%.*s' "
                      "goes on with it",
                      args_has(args, "store") ? " --store " : "",
                      (int)(args_has(args, "store") ? job.options.store.n : 0),
                      job.options.store.p);
        message_note(&note);
    }
cleanup:
    collected_close(job.resumed);
    connection_close(&job.connection);
    store_close(job.store);
    collect_options_release(&job.options);
    if (interrupted_by != 0) {
        (void)signal(interrupted_by, SIG_DFL);
        (void)raise(interrupted_by);
    }
    return code;
}

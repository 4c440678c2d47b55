#include "cli/collect_options.h"

#include <string.h>

#include "cli/command.h"
#include "cli/option_read.h"
#include "collect/calls.h"
#include "os/file.h"

enum { ARENA_SIZE_MAX = 256 << 20, LIST_SIZE_MAX = 64 << 20, JOBS_DEFAULT = 64 };

const struct opt collect_opts[] = {
    {.name = "org", .help = "every account of the organization"},
    {.name = "accounts",
     .arg = "FILE",
     .help = "these accounts; with --org, how some of them are entered"},
    {.name = "role",
     .arg = "NAME",
     .help = "enter accounts with this role (default OrganizationAccountAccessRole)"},
    {.name = "external-id", .arg = "ID", .help = "the external id that the role asks for"},
    {.name = "role-session-name", .arg = "NAME", .help = "how the session is called in CloudTrail"},
    {.name = "root-session", .help = "ask the root user of member accounts itself"},
    {.name = "assets", .help = "count IAM users, databases, buckets, instances and trails"},
    {.name = "live-keys", .help = "ask when each active access key was used last"},
    {.name = "with",
     .arg = "LIST",
     .is_repeatable = true,
     .help = "more: analyzers, certificates, contacts, federation, instances, ssh-keys, trails, "
             "all"},
    {.name = "profile", .arg = "NAME", .help = "the profile of ~/.aws to begin with"},
    {.name = "region", .arg = "REGION", .help = "the region of STS"},
    {.name = "endpoint-url", .arg = "URL", .is_written = true, .help = "call this instead of AWS"},
    {.name = "store", .arg = "FILE", .help = "the store (default keywarden.db)"},
    {.name = "now", .arg = "TIME", .help = "the time of the snapshots (default the clock's)"},
    {.name = "resume", .help = "go on with the newest run, with what it was asked for"},
    {.name = "jobs", .arg = "N", .help = "accounts at once (default 64)"},
    {.name = "progress",
     .arg = "KIND",
     .help = "plain, or json: a line for each account on standard output"},
    {.name = "plan",
     .arg = "FORM",
     .is_arg_optional = true,
     .help = "collect nothing; print the calls there would be, as a table or json"},
    {.name = "plan-accounts", .arg = "N", .help = "how many accounts --plan is to reckon with"},
    {.name = "print-policy",
     .arg = "FORM",
     .is_arg_optional = true,
     .help = "collect nothing; print what must be allowed: json, role, caller, cloudformation, "
             "terraform"},
    {.name = "record",
     .arg = "FOLDER",
     .is_written = true,
     .help = "keep every answer there too, without secrets"},
    {.name = "replay", .arg = "FOLDER", .help = "take the answers from there, not from AWS"},
    {.name = "quiet", .letter = 'q', .help = "say nothing but errors"},
    {0},
};

/* What a run is asked for, which a resumed one has been asked already. */
static const char *const asking[] = {"org",       "accounts", "role",         "external-id",
                                     "assets",    "with",     "root-session", "role-session-name",
                                     "live-keys", "now"};

static bool read_extra(struct str name, unsigned *parts)
{
    bool is_known = false;

    for (const struct collect_extra *extra = collect_extras(); extra->name != NULL; extra++) {
        if (str_eq(name, STR("all")) || str_eq(name, str_from(extra->name))) {
            *parts |= extra->part;
            is_known = true;
        }
    }
    return is_known;
}

static bool read_with(const struct args *args, unsigned *parts, struct err *err)
{
    struct str list, name;

    for (size_t i = 0; args_nth(args, "with", i, &list); i++) {
        while (list.n > 0) {
            (void)str_cut(&list, ',', &name);
            if (!read_extra(str_trim(name), parts)) {
                (void)err_set(err, ERR_USAGE, "--with takes no '%.*s'", STR_ARG(name));
                err_hint(err, "use analyzers, certificates, contacts, federation, instances, "
                              "ssh-keys, trails or all");
                return false;
            }
        }
    }
    return true;
}

static bool read_parts(struct collect_request *request, const struct args *args, struct err *err)
{
    static const struct {
        const char *name;
        unsigned part;
    } switches[] = {{"org", COLLECT_ORGANIZATION},
                    {"root-session", COLLECT_ROOT_SESSION},
                    {"assets", COLLECT_ASSETS},
                    {"live-keys", COLLECT_LIVE_KEYS}};

    request->parts = COLLECT_BASE;
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++) {
        request->parts |= args_has(args, switches[i].name) ? switches[i].part : 0;
    }
    request->is_organization = args_has(args, "org");
    if (request->is_organization || args_has(args, "accounts") || args_has(args, "role")) {
        request->parts |= COLLECT_ROLE;
    }
    return read_with(args, &request->parts, err);
}

static bool read_accounts(struct collect_options *options, const struct args *args, struct err *err)
{
    struct str path = args_value(args, "accounts", STR(""));
    struct buf text;
    bool ok = true;

    if (!args_has(args, "accounts")) {
        return true;
    }
    buf_init(&text, LIST_SIZE_MAX);
    ok = file_read_all(path, LIST_SIZE_MAX, &text, err) &&
         request_read_accounts(&options->arena, path, &text, &options->request, err);
    err_place(err, path, 0, 0);
    buf_release(&text);
    return ok;
}

static bool read_progress(struct collect_options *options, const struct args *args, struct err *err)
{
    struct str kind = args_value(args, "progress", STR(""));

    options->is_quiet = args_has(args, "quiet");
    options->progress = str_eq(kind, STR("plain"))  ? PROGRESS_PLAIN
                        : str_eq(kind, STR("json")) ? PROGRESS_JSON
                                                    : PROGRESS_AUTO;
    if (args_has(args, "progress") && options->progress == PROGRESS_AUTO) {
        (void)err_set(err, ERR_USAGE, "--progress takes no '%.*s'", STR_ARG(kind));
        err_hint(err, "use plain or json");
        return false;
    }
    return true;
}

static void read_place(struct collect_request *request, const struct args *args)
{
    request->profile = args_value(args, "profile", request->profile);
    request->region = args_value(args, "region", request->region);
    request->endpoint_url = args_value(args, "endpoint-url", request->endpoint_url);
}

static bool check_resume(const struct collect_options *options, const struct args *args,
                         struct err *err)
{
    size_t count = options->resumes ? args->value_count * (sizeof asking / sizeof *asking) : 0;

    for (size_t i = 0; i < count; i++) {
        const struct arg_value *value = &args->values[i % args->value_count];
        const char *name = asking[i / args->value_count];
        /* What the configuration says is for runs that begin. */
        if (value->line == 0 && strcmp(value->opt->name, name) == 0) {
            (void)err_set(err, ERR_USAGE, "--resume goes on with what was asked for: no --%s",
                          name);
            err_hint(err, "leave out --resume to begin anew");
            return false;
        }
    }
    return true;
}

bool collect_options_read(struct collect_options *options, const struct args *args, struct err *err)
{
    struct collect_request *request = &options->request;

    *options = (struct collect_options){.jobs = JOBS_DEFAULT};
    arena_init(&options->arena, ARENA_SIZE_MAX);
    options->store = args_value(args, "store", STR("keywarden.db"));
    options->resumes = args_has(args, "resume");
    request->entry = (struct collect_entry){args_value(args, "role", STR("")),
                                            args_value(args, "external-id", STR(""))};
    request->session_name = args_value(args, "role-session-name", STR(""));
    options->record = args_value(args, "record", STR(""));
    options->replay = args_value(args, "replay", STR(""));
    if (options->record.n > 0 && options->replay.n > 0) {
        return err_set(err, ERR_USAGE, "--record and --replay exclude each other");
    }
    read_place(request, args);
    if (args->operand_count > 0) {
        return err_set(err, ERR_USAGE, "collect takes options alone, not '%.*s'",
                       STR_ARG(args->operands[0]));
    }
    return check_resume(options, args, err) && read_parts(request, args, err) &&
           read_progress(options, args, err) && option_read_jobs(args, &options->jobs, err) &&
           option_read_time(args, "now", &request->has_now, &request->now, err) &&
           read_accounts(options, args, err);
}

bool collect_options_resume(struct collect_options *options, struct str arguments, struct err *err)
{
    struct collect_request said = options->request, *request = &options->request;

    if (!request_read(&options->arena, arguments, request, err)) {
        return false;
    }
    request->profile = said.profile.n > 0 ? said.profile : request->profile;
    request->region = said.region.n > 0 ? said.region : request->region;
    request->endpoint_url = said.endpoint_url.n > 0 ? said.endpoint_url : request->endpoint_url;
    return true;
}

void collect_options_tell(const struct args *args, struct buf *out)
{
    for (size_t i = 0; i < args->value_count; i++) {
        const struct arg_value *value = &args->values[i];
        bool is_told = strcmp(value->opt->name, "external-id") != 0;
        buf_printf(out, "%s--%s", i > 0 ? " " : "", value->opt->name);
        buf_str(out, value->value.n > 0 ? STR("=") : STR(""));
        buf_str(out, is_told ? value->value : STR("REMOVED"));
    }
}

void collect_options_release(struct collect_options *options)
{
    arena_release(&options->arena);
}

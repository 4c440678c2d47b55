#include "cli/collect_print.h"

#include "aws/settings.h"
#include "cli/command.h"
#include "cli/message.h"
#include "collect/plan.h"
#include "collect/policy.h"
#include "os/system.h"
#include "render/terminal.h"

enum {
    OUT_SIZE_MAX = 16 << 20,
    STDOUT_FD = 1,
    WIDTH_LEAST = 60,
    WIDTH_MOST = 120,
    ACCOUNTS_MOST = 1000 * 1000,
};

bool collect_prints(const struct args *args)
{
    return args_has(args, "plan") || args_has(args, "print-policy");
}

/* The partition of the region that this environment names; its own partition is never asked for. */
static bool partition_find(const struct collect_request *request, const char **out, struct err *err)
{
    const struct aws_settings_options given = {request->profile, request->region,
                                               request->endpoint_url};
    struct aws_settings settings;
    struct profiles profiles;
    bool ok = false;

    if (!profiles_load(&profiles, err)) {
        return false;
    }
    ok = aws_settings_load(&settings, &profiles, &given, err);
    profiles_release(&profiles);
    *out = ok ? aws_partition_of(str_from(settings.region)) : NULL;
    if (ok && *out == NULL) {
        return err_set(err, ERR_INPUT, "'%s' is no region that is known here", settings.region);
    }
    return ok;
}

static bool print_policy(const struct collect_options *options, const struct args *args,
                         struct buf *out, struct err *err)
{
    struct str name = args_value(args, "print-policy", STR(""));
    enum policy_form form = POLICY_JSON;
    const char *partition = NULL;

    if (name.n > 0 && !policy_form_find(name, &form)) {
        (void)err_set(err, ERR_USAGE, "--print-policy takes no '%.*s'", STR_ARG(name));
        err_hint(err, "use " POLICY_FORMS);
        return false;
    }
    return partition_find(&options->request, &partition, err) &&
           policy_write(out, form, &options->request, partition, err);
}

static bool count_accounts(const struct collect_options *options, const struct args *args,
                           uint64_t *out, struct err *err)
{
    const struct collect_request *request = &options->request;
    struct str said = args_value(args, "plan-accounts", STR(""));

    if (said.n > 0) {
        if (!str_to_u64(said, out) || *out == 0 || *out > ACCOUNTS_MOST) {
            return err_set(err, ERR_USAGE, "--plan-accounts takes a number up to %d, not '%.*s'",
                           ACCOUNTS_MOST, STR_ARG(said));
        }
        return true;
    }
    if (request->is_organization) {
        (void)err_set(err, ERR_USAGE, "a plan asks nobody how many accounts there are");
        err_hint(err, "say it: --plan-accounts 500");
        return false;
    }
    *out = request->account_count > 0 ? request->account_count : 1;
    return true;
}

static bool print_plan(const struct collect_options *options, const struct args *args,
                       struct buf *out, struct err *err)
{
    struct str form = args_value(args, "plan", STR(""));
    bool is_terminal = system_is_terminal(STDOUT_FD);
    size_t width = is_terminal ? system_terminal_columns(STDOUT_FD) : WIDTH_MOST;
    struct collect_plan plan;
    uint64_t accounts = 0;

    if (form.n > 0 && !str_eq(form, STR("json")) && !str_eq(form, STR("table"))) {
        (void)err_set(err, ERR_USAGE, "--plan takes no '%.*s'", STR_ARG(form));
        err_hint(err, "use table or json");
        return false;
    }
    if (!count_accounts(options, args, &accounts, err)) {
        return false;
    }
    plan_make(&plan, &options->request, accounts, options->jobs);
    if (str_eq(form, STR("json"))) {
        plan_write_json(&plan, out);
    } else {
        plan_write_table(&plan, out, width < WIDTH_LEAST ? WIDTH_LEAST : width,
                         is_terminal && system_env("NO_COLOR").n == 0);
    }
    return true;
}

int collect_print(const struct collect_options *options, const struct args *args)
{
    struct err err = {0};
    struct buf out;
    int code = EXIT_OK;
    bool ok = true;

    buf_init(&out, OUT_SIZE_MAX);
    if (options->resumes || (args_has(args, "plan") && args_has(args, "print-policy"))) {
        ok = err_set(&err, ERR_USAGE,
                     options->resumes ? "a run that is resumed has its plan already"
                                      : "--plan and --print-policy exclude each other");
    } else if (args_has(args, "plan")) {
        ok = print_plan(options, args, &out, &err);
    } else {
        ok = print_policy(options, args, &out, &err);
    }
    code = ok ? output_write(buf_text(&out)) : message_fail(&err);
    buf_release(&out);
    return code;
}

#include "cli/option_read.h"

#include "base/instant.h"
#include "os/system.h"

enum { JOBS_MAX = 64 };

bool option_read_fail_on(const struct args *args, enum severity *out, bool *is_never,
                         struct err *err)
{
    struct str name = args_value(args, "fail-on", STR("high"));

    *is_never = str_eq(name, STR("never"));
    if (*is_never || severity_parse(name, out)) {
        return true;
    }
    (void)err_set(err, ERR_USAGE, "--fail-on takes no '%.*s'", STR_ARG(name));
    err_hint(err, "use critical, high, medium, low, info or never");
    return false;
}

bool option_read_strict(const struct args *args, bool *is_strict, bool *is_all, struct err *err)
{
    struct str value = args_value(args, "strict", STR(""));

    *is_strict = args_has(args, "strict");
    *is_all = str_eq(value, STR("all"));
    return value.n == 0 || *is_all ||
           err_set(err, ERR_USAGE, "--strict takes nothing or =all, not '%.*s'", STR_ARG(value));
}

bool option_read_time(const struct args *args, const char *name, bool *is_given, int64_t *out,
                      struct err *err)
{
    struct str value = args_value(args, name, STR(""));

    *is_given = args_has(args, name);
    if (!*is_given || instant_parse_human(value, out)) {
        return true;
    }
    (void)err_set(err, ERR_USAGE, "--%s takes no '%.*s'", name, STR_ARG(value));
    err_hint(err, "use 2026-11-01 or 2026-11-01T00:00:00Z");
    return false;
}

bool option_read_jobs(const struct args *args, unsigned *out, struct err *err)
{
    uint64_t jobs = *out;
    struct str value;

    if (args_nth(args, "jobs", 0, &value) &&
        (!str_to_u64(value, &jobs) || jobs < 1 || jobs > JOBS_MAX)) {
        return err_set(err, ERR_USAGE, "--jobs takes a number from 1 to %d, not '%.*s'", JOBS_MAX,
                       STR_ARG(value));
    }
    *out = (unsigned)jobs;
    return true;
}

bool option_read_color(const struct args *args, bool is_terminal, bool *out, struct err *err)
{
    struct str value = args_value(args, "color", STR("auto"));

    if (str_eq(value, STR("auto"))) {
        *out = is_terminal && system_env("NO_COLOR").n == 0;
        return true;
    }
    *out = str_eq(value, STR("always"));
    return *out || str_eq(value, STR("never")) ||
           err_set(err, ERR_USAGE, "--color takes auto, always or never, not '%.*s'",
                   STR_ARG(value));
}

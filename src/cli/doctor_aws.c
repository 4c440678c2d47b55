/* What the AWS CLI would find here. Names and paths only: of a variable that is no path, nothing is
 * looked at but whether it is set. Nothing is called and nothing is signed in to. */
#include "cli/doctor.h"
#include "os/file.h"
#include "os/system.h"

static void check_command(struct doctor *doctor)
{
    struct str rest = system_env("PATH"), folder;

    while (rest.n > 0) {
        struct buf path;
        bool is_there = false;

        (void)str_cut(&rest, ':', &folder);
        buf_init(&path, 1 << 16);
        buf_printf(&path, "%.*s/aws", STR_ARG(folder.n == 0 ? STR(".") : folder));
        is_there = file_may_run(buf_text(&path));
        if (is_there) {
            doctor_add(doctor, DOCTOR_OK, "command", NULL, "%.*s", STR_ARG(buf_text(&path)));
        }
        buf_release(&path);
        if (is_there) {
            return;
        }
    }
    doctor_add(doctor, DOCTOR_MISSING, "command",
               "install the AWS CLI, or download reports in the console of IAM",
               "no program 'aws' on PATH");
}

static bool is_set(const char *name)
{
    return system_env(name).n > 0;
}

/* Returns whether there is anything to sign in with. */
static bool check_environment(struct doctor *doctor)
{
    static const char *const names[] = {
        "AWS_PROFILE",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_ROLE_ARN",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_CA_BUNDLE",
        "AWS_ENDPOINT_URL",
    };
    bool has_id = is_set("AWS_ACCESS_KEY_ID"), has_secret = is_set("AWS_SECRET_ACCESS_KEY");
    struct buf found;

    buf_init(&found, 1 << 10);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (is_set(names[i])) {
            buf_printf(&found, "%s%s", found.n == 0 ? "" : ", ", names[i]);
        }
    }
    if (has_id != has_secret) {
        doctor_add(doctor, DOCTOR_WARNING, "environment", "set both, or neither",
                   "one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY without the other");
    } else if (has_id && !is_set("AWS_SESSION_TOKEN")) {
        doctor_add(doctor, DOCTOR_WARNING, "environment",
                   "a key without a session token does not expire: sign in to a role instead",
                   "%.*s", STR_ARG(buf_text(&found)));
    } else {
        doctor_add(doctor, DOCTOR_OK, "environment", NULL, "%.*s",
                   STR_ARG(found.n == 0 ? STR("none of the variables of AWS") : buf_text(&found)));
    }
    buf_release(&found);
    return (has_id && has_secret) || is_set("AWS_WEB_IDENTITY_TOKEN_FILE") ||
           is_set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") ||
           is_set("AWS_CONTAINER_CREDENTIALS_FULL_URI");
}

static bool check_file(struct doctor *doctor, const char *name, const char *variable,
                       const char *tail)
{
    struct str given = system_env(variable), home = system_env("HOME"), path;
    struct file_info info;
    struct buf text;
    bool is_there = false;

    if (given.n == 0 && home.n == 0) {
        doctor_add(doctor, DOCTOR_OK, name, NULL, "HOME is not set: none");
        return false;
    }
    buf_init(&text, 1 << 16);
    if (given.n > 0) {
        buf_str(&text, given);
    } else {
        buf_str(&text, home);
        buf_str(&text, str_from(tail));
    }
    path = buf_text(&text);
    is_there = file_look(path, &info);
    if (!is_there && given.n > 0) {
        doctor_add(doctor, DOCTOR_WARNING, name, "mend the variable, or make the file",
                   "%s names %.*s, which is not there", variable, STR_ARG(path));
    } else if (!is_there) {
        doctor_add(doctor, DOCTOR_OK, name, NULL, "none: %.*s is not there", STR_ARG(path));
    } else if (!info.is_private && str_eq(str_from(name), STR("credentials"))) {
        doctor_add(doctor, DOCTOR_WARNING, name, "chmod 600, so that only its owner can read it",
                   "%.*s, which others may read or write", STR_ARG(path));
    } else {
        doctor_add(doctor, DOCTOR_OK, name, NULL, "%.*s", STR_ARG(path));
    }
    buf_release(&text);
    return is_there;
}

void doctor_aws(struct doctor *doctor)
{
    bool has_any = false;

    doctor_group(doctor, "aws");
    check_command(doctor);
    has_any = check_environment(doctor);
    has_any |= check_file(doctor, "config", "AWS_CONFIG_FILE", "/.aws/config");
    has_any |=
        check_file(doctor, "credentials", "AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials");
    if (has_any) {
        doctor_add(doctor, DOCTOR_OK, "sign-in", NULL,
                   "there is something to try; 'doctor --online' tries it");
    } else {
        doctor_add(doctor, DOCTOR_MISSING, "sign-in",
                   "only to collect from here: aws configure sso, then aws sso login",
                   "nothing to sign in with, unless this machine has a role of its own");
    }
}

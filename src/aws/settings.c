#include "aws/settings.h"

#include <stdio.h>
#include <string.h>

#include "os/system.h"

enum { ATTEMPTS_LEGACY = 5, ATTEMPTS_STANDARD = 3, ATTEMPTS_MAX = 1000 };

/* What a variable of the environment says, or else a key of the profile. */
static struct str setting(const char *variable, const struct tree *profile, const char *key)
{
    struct str value = system_env(variable);

    return value.n > 0 ? value : tree_text(profile, key);
}

static bool is_true(const char *variable, const struct tree *profile, const char *key)
{
    return str_eq_nocase(setting(variable, profile, key), STR("true"));
}

static bool copy(char *to, size_t size_max, struct str value, const char *what, struct err *err)
{
    if (value.n > size_max) {
        return err_set(err, ERR_INPUT, "%s of %zu bytes, more than %zu", what, value.n, size_max);
    }
    if (value.n > 0) {
        memcpy(to, value.p, value.n);
    }
    to[value.n] = '\0';
    return true;
}

/* The URL that a profile's [services NAME] gives a service. */
static bool services_url(const struct profiles *profiles, const struct tree *profile,
                         const struct aws_service_info *info, struct str *url, struct err *err)
{
    const struct tree *name = tree_find(profile, "services"), *section = NULL;

    *url = (struct str){0};
    if (name == NULL) {
        return true;
    }
    section = profiles_find_services(profiles, name->text);
    if (section == NULL || section->first == NULL) {
        return err_set(err, ERR_INPUT, "the profile names services '%.*s', which no file has",
                       STR_ARG(name->text));
    }
    *url = tree_text(tree_find(section, info->setting), "endpoint_url");
    return true;
}

static bool endpoint_url(const struct profiles *profiles, const struct tree *profile,
                         const struct aws_service_info *info, struct str *url, struct err *err)
{
    char variable[64];

    *url = (struct str){0};
    if (is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", profile,
                "ignore_configured_endpoint_urls")) {
        return true;
    }
    (void)snprintf(variable, sizeof variable, "AWS_ENDPOINT_URL_%s", info->variable);
    *url = system_env(variable);
    if (url->n == 0) {
        *url = system_env("AWS_ENDPOINT_URL");
    }
    if (url->n > 0) {
        return true;
    }
    if (!services_url(profiles, profile, info, url, err)) {
        return false;
    }
    if (url->n == 0) {
        *url = tree_text(profile, "endpoint_url");
    }
    return true;
}

/* How often a call is tried: a mode has a number of its own, which a number that is said replaces.
 */
static bool retries(struct aws_settings *settings, const struct tree *profile, struct err *err)
{
    struct str mode = setting("AWS_RETRY_MODE", profile, "retry_mode");
    struct str count = setting("AWS_MAX_ATTEMPTS", profile, "max_attempts");
    uint64_t n = 0;

    if (str_eq_nocase(mode, STR("legacy"))) {
        settings->attempts_max = ATTEMPTS_LEGACY;
        settings->keeps_rate = true;
    } else if (str_eq_nocase(mode, STR("standard"))) {
        settings->attempts_max = ATTEMPTS_STANDARD;
        settings->keeps_rate = true;
    } else if (str_eq_nocase(mode, STR("adaptive"))) {
        settings->attempts_max = ATTEMPTS_STANDARD;
    } else if (mode.n > 0) {
        (void)err_set(err, ERR_INPUT, "there is no retry mode '%.*s'",
                      (int)(mode.n < 100 ? mode.n : 100), mode.p);
        err_hint(err, "AWS_RETRY_MODE and retry_mode take legacy, standard or adaptive");
        return false;
    }
    if (count.n > 0) {
        if (!str_to_u64(count, &n) || n == 0 || n > ATTEMPTS_MAX) {
            (void)err_set(err, ERR_INPUT, "'%.*s' is no number of tries",
                          (int)(count.n < 100 ? count.n : 100), count.p);
            err_hint(err, "AWS_MAX_ATTEMPTS and max_attempts take 1 to %d", ATTEMPTS_MAX);
            return false;
        }
        settings->attempts_max = (unsigned)n;
    }
    return true;
}

bool aws_settings_load(struct aws_settings *settings, const struct profiles *profiles,
                       const struct aws_settings_options *given, struct err *err)
{
    const struct tree *profile = NULL;
    struct str name = given->profile, region = given->region;
    struct str bundle = {0};

    *settings = (struct aws_settings){0};
    if (name.n == 0) {
        name = profile_name_of_environment();
    }
    profile = profiles_find(profiles, name.n > 0 ? name : STR("default"));
    if (profile == NULL && name.n > 0) {
        (void)err_set(err, ERR_INPUT, "no profile '%.*s' in AWS's configuration", STR_ARG(name));
        err_hint(err, "~/.aws/config and ~/.aws/credentials are read; `aws configure` makes them");
        return false;
    }
    if (region.n == 0) {
        region = system_env("AWS_REGION");
    }
    if (region.n == 0) {
        region = system_env("AWS_DEFAULT_REGION");
    }
    if (region.n == 0) {
        region = tree_text(profile, "region");
    }
    bundle = setting("AWS_CA_BUNDLE", profile, "ca_bundle");
    settings->use_fips = is_true("AWS_USE_FIPS_ENDPOINT", profile, "use_fips_endpoint");
    settings->use_dualstack =
        is_true("AWS_USE_DUALSTACK_ENDPOINT", profile, "use_dualstack_endpoint");
    if (!retries(settings, profile, err) ||
        !copy(settings->region, AWS_REGION_MAX, region, "a region", err) ||
        !copy(settings->ca_bundle, AWS_URL_MAX, bundle, "a path of a CA bundle", err)) {
        return false;
    }
    for (size_t i = 0; i < AWS_SERVICE_COUNT; i++) {
        struct str url = given->endpoint_url;
        if (url.n == 0 &&
            !endpoint_url(profiles, profile, aws_service_info((enum aws_service)i), &url, err)) {
            return false;
        }
        if (!copy(settings->endpoint_url[i], AWS_URL_MAX, url, "an endpoint's URL", err)) {
            return false;
        }
    }
    return true;
}

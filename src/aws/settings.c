#include "aws/settings.h"

#include <stdio.h>
#include <string.h>

#include "os/system.h"

/* What a variable of the environment says, or else a key of the profile. */
static bool is_true(const char *variable, const struct tree *profile, const char *key)
{
    struct str value = system_env(variable);

    if (value.n == 0) {
        value = tree_text(profile, key);
    }
    return str_eq_nocase(value, STR("true"));
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

bool aws_settings_load(struct aws_settings *settings, const struct profiles *profiles,
                       const struct aws_settings_options *given, struct err *err)
{
    const struct tree *profile = NULL;
    struct str name = given->profile, region = given->region;
    struct str bundle = system_env("AWS_CA_BUNDLE");

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
    if (bundle.n == 0) {
        bundle = tree_text(profile, "ca_bundle");
    }
    settings->use_fips = is_true("AWS_USE_FIPS_ENDPOINT", profile, "use_fips_endpoint");
    settings->use_dualstack =
        is_true("AWS_USE_DUALSTACK_ENDPOINT", profile, "use_dualstack_endpoint");
    if (!copy(settings->region, AWS_REGION_MAX, region, "a region", err) ||
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

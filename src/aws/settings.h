/* settings.h: what the environment and a profile say about how to reach AWS: region, endpoints, how
 * often to try.
 *
 * An option of the command line comes before the environment, that before the profile.
 *
 * Ownership: plain values, no secrets among them.
 * Threads:   does not change once loaded.
 *
 * Example:   struct aws_settings settings;
 *            const struct aws_settings_options given = {.profile = STR("audit")};
 *            if (!aws_settings_load(&settings, &profiles, &given, &err)) { return false; } */
#ifndef AWS_SETTINGS_H
#define AWS_SETTINGS_H

#include <stdbool.h>

#include "aws/profile.h"
#include "aws/service.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

enum { AWS_REGION_MAX = 63, AWS_URL_MAX = 511 };

struct aws_settings {
    char region[AWS_REGION_MAX + 1]; /* empty: none was named anywhere */
    bool use_fips, use_dualstack;
    char endpoint_url[AWS_SERVICE_COUNT][AWS_URL_MAX + 1]; /* empty: AWS's own */
    char ca_bundle[AWS_URL_MAX + 1];                       /* empty: the system's */
    unsigned attempts_max; /* tries of a call in all; 0: nobody said */
    bool keeps_rate;       /* "legacy", "standard": refused for its rate, nothing slows down */
};

struct aws_settings_options {
    struct str profile; /* empty: as the environment says, or "default" */
    struct str region;
    struct str endpoint_url;
};

/* Errors (ERR_INPUT): a profile that is named but not there, a `services` section that is not, a
 * text too long, a number of tries that is none, a retry mode nobody knows. */
MUST_USE bool aws_settings_load(struct aws_settings *settings, const struct profiles *profiles,
                                const struct aws_settings_options *given, struct err *err);

#endif

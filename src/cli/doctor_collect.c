/* What a collection would start with: where AWS is and, only if asked to look, who is let in. */
#include <stdlib.h>

#include "aws/credentials_chain.h"
#include "aws/endpoint.h"
#include "base/instant.h"
#include "cli/doctor.h"
#include "collect/collector.h"

enum { TEXT_SIZE_MAX = 1 << 16 };

static bool settings_find(struct doctor *doctor, struct aws_settings *settings)
{
    const struct aws_settings_options given = {0};
    struct profiles profiles;
    struct err err = {0};
    bool ok = profiles_load(&profiles, &err);

    if (ok) {
        ok = aws_settings_load(settings, &profiles, &given, &err);
        profiles_release(&profiles);
    }
    if (!ok) {
        doctor_add_err(doctor, DOCTOR_BROKEN, "settings", &err);
    }
    return ok;
}

static bool check_region(struct doctor *doctor, const struct aws_settings *settings)
{
    struct aws_endpoint endpoint;
    struct err err = {0};

    if (!aws_endpoint_resolve(settings, AWS_STS, STR(""), &endpoint, &err)) {
        doctor_add_err(doctor, DOCTOR_BROKEN, "region", &err);
        return false;
    }
    if (settings->region[0] == '\0') {
        doctor_add(doctor, DOCTOR_OK, "region", NULL, "none is named: %s", endpoint.signing_region);
    } else {
        doctor_add(doctor, DOCTOR_OK, "region", NULL, "%s, of partition %s", settings->region,
                   aws_partition_of(str_from(settings->region)));
    }
    return true;
}

/* Whoever answers there is believed, so it is said who. */
static void check_endpoints(struct doctor *doctor, const struct aws_settings *settings)
{
    const char *first = settings->endpoint_url[0];
    struct buf text;
    bool are_same = true;

    buf_init(&text, TEXT_SIZE_MAX);
    for (size_t i = 0; i < AWS_SERVICE_COUNT; i++) {
        const char *url = settings->endpoint_url[i];
        are_same &= str_eq(str_from(url), str_from(first));
        if (url[0] != '\0') {
            buf_printf(&text, "%s%s at %s", text.n > 0 ? ", " : "",
                       aws_service_info((enum aws_service)i)->setting, url);
        }
    }
    if (text.n == 0) {
        doctor_add(doctor, DOCTOR_OK, "endpoints", NULL, "AWS's own%s%s",
                   settings->use_fips ? ", FIPS" : "",
                   settings->use_dualstack ? ", dual-stack" : "");
    } else if (are_same) {
        doctor_add(doctor, DOCTOR_WARNING, "endpoints", "unset them, unless that is meant",
                   "all services at %s, not at AWS", first);
    } else {
        doctor_add(doctor, DOCTOR_WARNING, "endpoints", "unset them, unless that is meant", "%.*s",
                   STR_ARG(buf_text(&text)));
    }
    buf_release(&text);
}

/* ---- Online --------------------------------------------------------------------------------- */

static void check_clock(struct doctor *doctor, const struct aws_client *client)
{
    long long skew = (long long)atomic_load(&client->skew_s);

    if (skew == 0) {
        doctor_add(doctor, DOCTOR_OK, "clock", NULL, "no more than some minutes from AWS's");
    } else {
        doctor_add(doctor, DOCTOR_WARNING, "clock",
                   "set this machine's clock; collect reckons with it meanwhile",
                   "%lld seconds %s AWS's", llabs(skew), skew > 0 ? "behind" : "ahead of");
    }
}

static void check_identity(struct doctor *doctor, struct aws_client *client)
{
    struct credentials_chain chain = {.client = client};
    struct credentials_source *source =
        credentials_source_new(credentials_chain_fetch, &chain, &client->clock);
    struct collector collector = {0};
    struct err err = {0};
    const struct credentials *found = credentials_acquire(source, &err);

    if (found == NULL) {
        doctor_add_err(doctor, DOCTOR_MISSING, "credentials", &err);
    } else {
        struct buf end;
        buf_init(&end, TEXT_SIZE_MAX);
        if (found->expires_at != 0) {
            buf_str(&end, STR("; good until "));
            instant_write(&end, found->expires_at);
        }
        doctor_add(doctor, DOCTOR_OK, "credentials", NULL, "found by '%s'%.*s", found->method,
                   STR_ARG(buf_text(&end)));
        buf_release(&end);
        if (collector_begin(&collector, client, source, &err)) {
            doctor_add(doctor, DOCTOR_OK, "identity", NULL, "%s", collector.arn);
            check_clock(doctor, client);
        } else {
            doctor_add_err(doctor, DOCTOR_BROKEN, "identity", &err);
        }
        collector_end(&collector);
    }
    credentials_drop(found);
    credentials_source_free(source);
}

void doctor_collect(struct doctor *doctor, bool is_online)
{
    static struct aws_settings settings; /* large */
    struct aws_client client;
    struct http *http = NULL;
    struct err err = {0};

    doctor_group(doctor, "collect");
    if (!settings_find(doctor, &settings)) {
        return;
    }
    check_endpoints(doctor, &settings);
    if (!check_region(doctor, &settings) || !is_online) {
        return;
    }
    http = http_new(&(struct http_options){.ca_bundle = settings.ca_bundle}, &err);
    if (http == NULL) {
        doctor_add_err(doctor, DOCTOR_BROKEN, "network", &err);
        return;
    }
    aws_client_init(&client, http, net_clock_of(http), &settings);
    check_identity(doctor, &client);
    http_free(http);
}

#include "aws/endpoint.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { PLAIN, DUALSTACK, FIPS, FIPS_DUALSTACK };

struct partition {
    const char *name, *suffix, *dualstack_suffix;
    bool fips_has_plain_names; /* the plain endpoints are validated there */
    bool has_s3_fips;
};

static const struct partition partitions[] = {
    {"aws", "amazonaws.com", "api.aws", false, true},
    {"aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", false, false},
    {"aws-us-gov", "amazonaws.com", "api.aws", true, true},
};

/* The services that are one for a partition. */
static const struct global {
    enum aws_service service;
    const char *partition, *region;
    const char *hosts[4]; /* PLAIN.. */
} globals[] = {
    {AWS_IAM,
     "aws",
     "us-east-1",
     {"iam.amazonaws.com", "iam.global.api.aws", "iam-fips.amazonaws.com",
      "iam-fips.global.api.aws"}},
    {AWS_IAM,
     "aws-cn",
     "cn-north-1",
     {"iam.cn-north-1.amazonaws.com.cn", "iam.global.api.amazonwebservices.com.cn",
      "iam-fips.amazonaws.com.cn", "iam-fips.api.amazonwebservices.com.cn"}},
    {AWS_IAM,
     "aws-us-gov",
     "us-gov-west-1",
     {"iam.us-gov.amazonaws.com", "iam.us-gov.api.aws", "iam.us-gov.amazonaws.com",
      "iam.us-gov.api.aws"}},
    {AWS_ORGANIZATIONS,
     "aws",
     "us-east-1",
     {"organizations.us-east-1.amazonaws.com", "organizations.us-east-1.api.aws",
      "organizations-fips.us-east-1.amazonaws.com", "organizations-fips.us-east-1.api.aws"}},
    {AWS_ORGANIZATIONS,
     "aws-cn",
     "cn-northwest-1",
     {"organizations.cn-northwest-1.amazonaws.com.cn",
      "organizations.cn-northwest-1.api.amazonwebservices.com.cn",
      "organizations-fips.cn-northwest-1.amazonaws.com.cn",
      "organizations-fips.cn-northwest-1.api.amazonwebservices.com.cn"}},
    {AWS_ORGANIZATIONS,
     "aws-us-gov",
     "us-gov-west-1",
     {"organizations.us-gov-west-1.amazonaws.com", "organizations.us-gov-west-1.api.aws",
      "organizations.us-gov-west-1.amazonaws.com", "organizations.us-gov-west-1.api.aws"}},
};

/* A region becomes part of a host name: nothing in it may lead elsewhere. */
static bool is_label(struct str region)
{
    for (size_t i = 0; i < region.n; i++) {
        char c = region.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && i > 0))) {
            return false;
        }
    }
    return region.n > 0 && region.n <= AWS_REGION_MAX;
}

static const struct partition *partition_find(struct str region)
{
    const char *name = aws_partition_of(region);

    for (size_t i = 0; name != NULL && i < sizeof partitions / sizeof *partitions; i++) {
        if (strcmp(partitions[i].name, name) == 0) {
            return &partitions[i];
        }
    }
    return NULL;
}

static const struct global *global_find(enum aws_service service, const struct partition *partition)
{
    for (size_t i = 0; i < sizeof globals / sizeof *globals; i++) {
        if (globals[i].service == service && strcmp(globals[i].partition, partition->name) == 0) {
            return &globals[i];
        }
    }
    return NULL;
}

/* Splits a configured URL; the slash at its end goes. */
static bool url_take(struct str url, struct aws_endpoint *endpoint, struct err *err)
{
    struct str rest = url, host;
    bool plain = true;

    while (str_ends(url, STR("/"))) {
        url.n--;
    }
    rest = str_starts(url, STR("https://"))  ? str_sub(url, 8, url.n)
           : str_starts(url, STR("http://")) ? str_sub(url, 7, url.n)
                                             : STR("");
    host = str_sub(rest, 0, str_find(rest, '/'));
    for (size_t i = 0; i < rest.n; i++) {
        char c = rest.p[i];
        plain = plain && c > ' ' && c < 0x7f && c != '@' && c != '?' && c != '#' && c != '\\';
    }
    if (host.n == 0 || !plain || url.n > AWS_URL_MAX) {
        (void)err_set(err, ERR_INPUT, "an endpoint that is no URL: '%.*s'",
                      (int)(url.n < 200 ? url.n : 200), url.p);
        err_hint(err, "write http://HOST[:PORT] or https://HOST[:PORT], with a path where need be");
        return false;
    }
    (void)snprintf(endpoint->url, sizeof endpoint->url, "%.*s", STR_ARG(url));
    (void)snprintf(endpoint->path, sizeof endpoint->path, "%.*s", (int)(rest.n - host.n),
                   rest.p + host.n);
    /* The port of the scheme is not part of the header. */
    if (str_ends(host, str_starts(url, STR("https:")) ? STR(":443") : STR(":80"))) {
        host.n = str_find(host, ':');
    }
    (void)snprintf(endpoint->host, sizeof endpoint->host, "%.*s", STR_ARG(host));
    return true;
}

static void host_write(const struct aws_settings *settings, enum aws_service service,
                       const struct partition *partition, struct str region, char *host,
                       size_t size)
{
    const char *suffix = settings->use_dualstack ? partition->dualstack_suffix : partition->suffix;
    /* CloudWatch alone has plain names there in both kinds. */
    bool has_own_name = settings->use_dualstack && service != AWS_CLOUDWATCH;
    bool fips = settings->use_fips && (has_own_name || !partition->fips_has_plain_names);

    if (service == AWS_S3) {
        (void)snprintf(host, size, "s3%s%s.%.*s.%s", settings->use_fips ? "-fips" : "",
                       settings->use_dualstack ? ".dualstack" : "", STR_ARG(region),
                       partition->suffix);
    } else {
        (void)snprintf(host, size, "%s%s.%.*s.%s", aws_service_info(service)->endpoint_prefix,
                       fips ? "-fips" : "", STR_ARG(region), suffix);
    }
}

bool aws_endpoint_resolve(const struct aws_settings *settings, enum aws_service service,
                          struct str region, struct aws_endpoint *endpoint, struct err *err)
{
    struct str configured = str_from(settings->endpoint_url[service]);
    const struct partition *partition = NULL;
    const struct global *global = NULL;

    *endpoint = (struct aws_endpoint){0};
    if (region.n == 0) {
        region = settings->region[0] != '\0' ? str_from(settings->region) : STR("us-east-1");
    }
    partition = partition_find(region);
    if (!is_label(region) || partition == NULL) {
        return err_set(err, ERR_INPUT, "'%.*s' is no region that is known here",
                       (int)(region.n < 100 ? region.n : 100), region.p);
    }
    global = global_find(service, partition);
    (void)snprintf(endpoint->signing_region, sizeof endpoint->signing_region, "%.*s",
                   STR_ARG(global != NULL ? str_from(global->region) : region));
    if (configured.n > 0) {
        return url_take(configured, endpoint, err);
    }
    if (global != NULL) {
        (void)snprintf(endpoint->host, sizeof endpoint->host, "%s",
                       global->hosts[2 * settings->use_fips + settings->use_dualstack]);
    } else if (service == AWS_S3 && settings->use_fips && !partition->has_s3_fips) {
        return err_set(err, ERR_INPUT, "S3 has no FIPS endpoints in %s", partition->name);
    } else {
        host_write(settings, service, partition, region, endpoint->host, sizeof endpoint->host);
    }
    (void)snprintf(endpoint->url, sizeof endpoint->url, "https://%.*s", AWS_URL_MAX - 8,
                   endpoint->host);
    return true;
}

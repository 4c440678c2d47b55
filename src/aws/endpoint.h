/* endpoint.h: where a service is reached, and the region that its requests are signed for.
 *
 * Some services are one for a partition (IAM, Organizations): whatever region is asked for, they
 * answer at one place and are signed for one region. STS is regional always.
 *
 * Ownership: plain values.
 * Threads:   pure function.
 *
 * Example:   struct aws_endpoint endpoint;
 *            if (!aws_endpoint_resolve(&settings, AWS_IAM, STR(""), &endpoint, &err)) { ... } */
#ifndef AWS_ENDPOINT_H
#define AWS_ENDPOINT_H

#include "aws/settings.h"

struct aws_endpoint {
    char url[AWS_URL_MAX + 1];  /* scheme, host, perhaps port and path, no '/' at the end */
    char host[AWS_URL_MAX + 1]; /* as the `host` header says */
    char path[AWS_URL_MAX + 1]; /* of the URL; empty or begins with '/' */
    char signing_region[AWS_REGION_MAX + 1];
};

/* `region` empty: the settings' or, where no one said, us-east-1. Errors (ERR_INPUT): a region that
 * is no name of a host, a partition not known here, FIPS where there is none, a configured URL that
 * is not http:// or https://. */
MUST_USE bool aws_endpoint_resolve(const struct aws_settings *settings, enum aws_service service,
                                   struct str region, struct aws_endpoint *endpoint,
                                   struct err *err);

#endif

/* service.h: the services of AWS that are called, and how each is spoken to.
 *
 * Threads:   constant tables.
 *
 * Example:   const struct aws_service_info *info = aws_service_info(AWS_IAM); */
#ifndef AWS_SERVICE_H
#define AWS_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum aws_service {
    AWS_IAM,
    AWS_STS,
    AWS_ORGANIZATIONS,
    AWS_S3,
    AWS_RDS,
    AWS_EC2,
    AWS_CLOUDTRAIL,
    AWS_LOGS,
    AWS_CLOUDWATCH,
    AWS_SNS,
    AWS_SSO,
    AWS_SSO_OIDC,
    AWS_SERVICE_COUNT,
};

enum aws_protocol {
    AWS_QUERY,     /* parameters as a form, XML back */
    AWS_JSON,      /* a JSON object each way, the operation in a header */
    AWS_REST_XML,  /* method and path; XML back */
    AWS_REST_JSON, /* method and path; JSON back */
};

struct aws_service_info {
    const char *name;            /* as IAM actions begin: "iam" */
    const char *endpoint_prefix; /* of host names; what is signed is signed for it */
    const char *variable;        /* AWS_ENDPOINT_URL_<variable> */
    const char *setting;         /* in a [services] section */
    const char *version;         /* of the API; AWS_QUERY */
    const char *target;          /* before the operation; AWS_JSON */
    enum aws_protocol protocol;
    bool is_signed;
};

const struct aws_service_info *aws_service_info(enum aws_service service);

/* The partition that a region is in, as ARNs write it ("aws", "aws-cn", "aws-us-gov"); NULL for
 * partitions that are not known here. Regions nobody has heard of are in "aws", as AWS's tools have
 * it. */
const char *aws_partition_of(struct str region);

#endif

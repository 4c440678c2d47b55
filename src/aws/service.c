#include "aws/service.h"

#include <assert.h>

static const struct aws_service_info services[] = {
    [AWS_IAM] = {"iam", "iam", "IAM", "iam", "2010-05-08", NULL, AWS_QUERY, true},
    [AWS_STS] = {"sts", "sts", "STS", "sts", "2011-06-15", NULL, AWS_QUERY, true},
    [AWS_ORGANIZATIONS] = {"organizations", "organizations", "ORGANIZATIONS", "organizations", NULL,
                           "AWSOrganizationsV20161128", AWS_JSON, true},
    [AWS_S3] = {"s3", "s3", "S3", "s3", NULL, NULL, AWS_REST_XML, true},
    [AWS_RDS] = {"rds", "rds", "RDS", "rds", "2014-10-31", NULL, AWS_QUERY, true},
    [AWS_EC2] = {"ec2", "ec2", "EC2", "ec2", "2016-11-15", NULL, AWS_QUERY, true},
    [AWS_CLOUDTRAIL] = {"cloudtrail", "cloudtrail", "CLOUDTRAIL", "cloudtrail", NULL,
                        "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101", AWS_JSON, true},
    [AWS_LOGS] = {"logs", "logs", "CLOUDWATCH_LOGS", "cloudwatch_logs", NULL, "Logs_20140328",
                  AWS_JSON, true},
    [AWS_CLOUDWATCH] = {"cloudwatch", "monitoring", "CLOUDWATCH", "cloudwatch", "2010-08-01", NULL,
                        AWS_QUERY, true},
    [AWS_SNS] = {"sns", "sns", "SNS", "sns", "2010-03-31", NULL, AWS_QUERY, true},
    [AWS_SSO] = {"sso", "portal.sso", "SSO", "sso", NULL, NULL, AWS_REST_JSON, false},
    [AWS_SSO_OIDC] = {"sso-oidc", "oidc", "SSO_OIDC", "sso_oidc", NULL, NULL, AWS_REST_JSON, false},
};

const struct aws_service_info *aws_service_info(enum aws_service service)
{
    assert((size_t)service < AWS_SERVICE_COUNT);
    return &services[service];
}

const char *aws_partition_of(struct str region)
{
    static const struct {
        struct str prefix;
        const char *partition;
    } rows[] = {
        {STR_LIT("cn-"), "aws-cn"}, {STR_LIT("us-gov-"), "aws-us-gov"}, {STR_LIT("us-iso"), NULL},
        {STR_LIT("eu-iso"), NULL},  {STR_LIT("eusc-"), NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (str_starts(region, rows[i].prefix)) {
            return rows[i].partition;
        }
    }
    return "aws";
}

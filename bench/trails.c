/* trails.c: writes CloudTrail deliveries for the benchmarks, the same bytes on every machine.
 *
 *   trails DIR FILES MEAN SPREAD     FILES files below DIR, in folders as CloudTrail names them;
 *                                    inflated sizes are lognormal about MEAN, SPREAD in hundredths
 *
 * Records are like those of busy accounts: many calls of few roles, most of them reads; services
 * that act for others; requests that are nested, hold policies as text and escapes; failures. About
 * one record in forty is one that published rules have an eye on, one in five thousand is root's.
 * Files are compressed by libdeflate at level 6. */
#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    TEXT_SIZE = 64 << 20,
    RECORD_SIZE_MAX = 64 << 10,
    ACCOUNTS = 12,
    LEVEL = 6,
    SESSIONS = 48,
    SESSION_SIZE_MAX = 1024,
};

struct out {
    char *p;
    size_t n;
};

struct random {
    uint64_t state;
};

/* What one file is about. */
struct delivery {
    struct random random;
    struct out out;
    uint64_t account;
    const char *region;
    uint32_t second; /* of the day */
    uint32_t day;
    char sessions[SESSIONS][SESSION_SIZE_MAX]; /* whoever calls does so more than once */
};

/* A call as a template: % and a letter stand for something that changes (see `fill`). Weights are
 * shares of their sum. */
struct call {
    uint32_t weight;
    const char *service, *name;
    bool is_read;
    const char *request, *response;
};

#define POLICY                                                                                     \
    "{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\","        \
    "\\\"Action\\\":[\\\"s3:GetObject\\\",\\\"s3:PutObject\\\"],\\\"Resource\\\":"                 \
    "\\\"arn:aws:s3:::%b/*\\\"},{\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":{\\\"AWS\\\":"     \
    "\\\"arn:aws:iam::%a:root\\\"},\\\"Action\\\":\\\"sts:AssumeRole\\\"}]}"

static const struct call CALLS[] = {
    {1500, "s3", "GetObject", true,
     "{\"bucketName\":\"%b\",\"Host\":\"%b.s3.%R.amazonaws.com\",\"key\":\"%k\"}", "null"},
    {700, "s3", "PutObject", false,
     "{\"bucketName\":\"%b\",\"Host\":\"%b.s3.%R.amazonaws.com\",\"key\":\"%k\","
     "\"x-amz-server-side-encryption\":\"aws:kms\"}",
     "{\"x-amz-server-side-encryption\":\"aws:kms\",\"x-amz-server-side-encryption-aws-kms-key-id\""
     ":\"arn:aws:kms:%R:%a:key/%u\"}"},
    {300, "s3", "ListObjects", true,
     "{\"list-type\":\"2\",\"bucketName\":\"%b\",\"prefix\":\"%k\",\"encoding-type\":\"url\"}",
     "null"},
    {150, "s3", "GetBucketPolicy", true, "{\"bucketName\":\"%b\",\"policy\":\"\"}", "null"},
    {1300, "kms", "Decrypt", true,
     "{\"encryptionContext\":{\"aws:s3:arn\":\"arn:aws:s3:::%b/%k\"},\"encryptionAlgorithm\":"
     "\"SYMMETRIC_DEFAULT\"}",
     "null"},
    {500, "kms", "GenerateDataKey", true,
     "{\"keyId\":\"arn:aws:kms:%R:%a:key/%u\",\"keySpec\":\"AES_256\",\"encryptionContext\":"
     "{\"aws:ebs:id\":\"vol-%h\"}}",
     "null"},
    {1200, "sts", "AssumeRole", true,
     "{\"roleArn\":\"arn:aws:iam::%a:role/"
     "%r\",\"roleSessionName\":\"%h\",\"durationSeconds\":3600}",
     "{\"credentials\":{\"accessKeyId\":\"ASIA%K\",\"expiration\":\"Nov 10, 2026, 3:12:44 PM\","
     "\"sessionToken\":\"%s\"},\"assumedRoleUser\":{\"assumedRoleId\":\"AROA%K:%h\",\"arn\":"
     "\"arn:aws:sts::%a:assumed-role/%r/%h\"}}"},
    {600, "ec2", "DescribeInstances", true,
     "{\"maxResults\":1000,\"instancesSet\":{},\"filterSet\":{\"items\":[{\"name\":"
     "\"instance-state-name\",\"valueSet\":{\"items\":[{\"value\":\"running\"}]}}]}}",
     "null"},
    {350, "ec2", "DescribeNetworkInterfaces", true,
     "{\"networkInterfaceIdSet\":{\"items\":[{\"networkInterfaceId\":\"eni-%h\"}]},\"filterSet\":{}"
     "}",
     "null"},
    {250, "ec2", "DescribeTags", true,
     "{\"maxResults\":500,\"filterSet\":{\"items\":[{\"name\":\"resource-id\",\"valueSet\":"
     "{\"items\":[{\"value\":\"i-%h\"},{\"value\":\"i-%h\"},{\"value\":\"i-%h\"}]}}]}}",
     "null"},
    {120, "ec2", "RunInstances", false,
     "{\"instancesSet\":{\"items\":[{\"imageId\":\"ami-%h\",\"minCount\":1,\"maxCount\":1}]},"
     "\"instanceType\":\"m6i.large\",\"subnetId\":\"subnet-%h\",\"monitoring\":{\"enabled\":false},"
     "\"tagSpecificationSet\":{\"items\":[{\"resourceType\":\"instance\",\"tags\":[{\"key\":"
     "\"Name\",\"value\":\"%r\"}]}]}}",
     "{\"requestId\":\"%u\",\"reservationId\":\"r-%h\",\"ownerId\":\"%a\",\"instancesSet\":"
     "{\"items\":[{\"instanceId\":\"i-%h\",\"imageId\":\"ami-%h\",\"instanceState\":{\"code\":0,"
     "\"name\":\"pending\"},\"privateDnsName\":\"ip-%n-%n-%n-%n.%R.compute.internal\","
     "\"instanceType\":\"m6i.large\",\"placement\":{\"availabilityZone\":\"%Ra\",\"tenancy\":"
     "\"default\"},\"vpcId\":\"vpc-%h\",\"architecture\":\"x86_64\"}]}}"},
    {400, "logs", "CreateLogStream", false,
     "{\"logGroupName\":\"/aws/lambda/%r\",\"logStreamName\":\"2026/11/10/[$LATEST]%h%h\"}",
     "null"},
    {300, "logs", "DescribeLogGroups", true, "{\"limit\":50,\"nextToken\":\"%s\"}", "null"},
    {350, "lambda", "Invoke", false,
     "{\"functionName\":\"arn:aws:lambda:%R:%a:function:%r\",\"invocationType\":\"Event\"}",
     "null"},
    {300, "dynamodb", "DescribeTable", true, "{\"tableName\":\"%r\"}", "null"},
    {250, "ssm", "GetParameters", true,
     "{\"names\":[\"/%r/db/host\",\"/%r/db/user\",\"/%r/db/name\"],\"withDecryption\":true}",
     "null"},
    {200, "ssm", "UpdateInstanceInformation", false,
     "{\"instanceId\":\"i-%h\",\"agentVersion\":\"3.3.%n.0\",\"agentStatus\":\"Active\","
     "\"platformType\":\"Linux\",\"platformName\":\"Amazon Linux\",\"platformVersion\":\"2023\","
     "\"iPAddress\":\"%p\",\"computerName\":\"ip-%n-%n-%n-%n.%R.compute.internal\"}",
     "null"},
    {250, "secretsmanager", "GetSecretValue", true,
     "{\"secretId\":\"arn:aws:secretsmanager:%R:%a:secret:%r-%h\",\"versionStage\":\"AWSCURRENT\"}",
     "null"},
    {200, "ecr", "BatchGetImage", true,
     "{\"registryId\":\"%a\",\"repositoryName\":\"%r\",\"imageIds\":[{\"imageTag\":\"%h\"}],"
     "\"acceptedMediaTypes\":[\"application/vnd.docker.distribution.manifest.v2+json\"]}",
     "null"},
    {150, "eks", "DescribeCluster", true, "{\"name\":\"%r\"}", "null"},
    {150, "elasticloadbalancing", "DescribeTargetHealth", true,
     "{\"targetGroupArn\":\"arn:aws:elasticloadbalancing:%R:%a:targetgroup/%r/%h%h\"}", "null"},
    {150, "autoscaling", "DescribeAutoScalingGroups", true,
     "{\"maxRecords\":100,\"autoScalingGroupNames\":[\"%r-asg\"]}", "null"},
    {150, "monitoring", "PutMetricAlarm", false,
     "{\"alarmName\":\"%r-cpu\",\"metricName\":\"CPUUtilization\",\"namespace\":\"AWS/EC2\","
     "\"statistic\":\"Average\",\"period\":60,\"evaluationPeriods\":5,\"threshold\":80.0,"
     "\"dimensions\":[{\"name\":\"InstanceId\",\"value\":\"i-%h\"}]}",
     "null"},
    {150, "iam", "GetRole", true, "{\"roleName\":\"%r\"}", "null"},
    {100, "iam", "GetUser", true, "{\"userName\":\"%U\"}", "null"},
    {60, "iam", "PutRolePolicy", false,
     "{\"roleName\":\"%r\",\"policyName\":\"access\",\"policyDocument\":\"" POLICY "\"}", "null"},
    {80, "cloudformation", "DescribeStacks", true,
     "{\"stackName\":\"arn:aws:cloudformation:%R:%a:stack/%r/%u\"}", "null"},
    {60, "glue", "StartJobRun", false,
     "{\"jobName\":\"%r\",\"arguments\":{\"--query\":\"select a \\u003c b \\u0026 c\",\"--out\":"
     "\"s3://%b/%k\"}}",
     "{\"jobRunId\":\"jr_%h%h\"}"},
    /* What published rules look at. */
    {85, "ec2", "AuthorizeSecurityGroupIngress", false,
     "{\"groupId\":\"sg-%h\",\"ipPermissions\":{\"items\":[{\"ipProtocol\":\"tcp\",\"fromPort\":"
     "443,"
     "\"toPort\":443,\"groups\":{},\"ipRanges\":{\"items\":[{\"cidrIp\":\"%p/32\"}]}}]}}",
     "{\"requestId\":\"%u\",\"_return\":true}"},
    {50, "ec2", "CreateRoute", false,
     "{\"routeTableId\":\"rtb-%h\",\"destinationCidrBlock\":\"0.0.0.0/0\",\"natGatewayId\":"
     "\"nat-%h\"}",
     "{\"requestId\":\"%u\",\"_return\":true}"},
    {35, "s3", "DeleteBucket", false, "{\"bucketName\":\"%b\"}", "null"},
    {105, "ec2", "GetPasswordData", true, "{\"instanceId\":\"i-%h\"}", "null"},
    {20, "iam", "CreateAccessKey", false, "{\"userName\":\"%U\"}",
     "{\"accessKey\":{\"userName\":\"%U\",\"accessKeyId\":\"AKIA%K\",\"status\":\"Active\","
     "\"createDate\":\"Nov 10, 2026, 1:02:03 PM\"}}"},
    {25, "lambda", "UpdateFunctionConfiguration20150331v2", false,
     "{\"functionName\":\"%r\",\"layers\":[\"arn:aws:lambda:%R:%a:layer:%r:%n\"]}", "null"},
    {15, "cloudtrail", "UpdateTrail", false, "{\"name\":\"%r\",\"isMultiRegionTrail\":true}",
     "null"},
    {5, "iam", "UpdateLoginProfile", false, "{\"userName\":\"%U\"}", "null"},
};

enum { CALL_COUNT = sizeof CALLS / sizeof *CALLS };

static const char *const REGIONS[] = {"us-east-1", "us-east-1", "us-west-2",
                                      "eu-west-1", "us-east-1", "eu-central-1"};
static const char *const ROLES[] = {"payments-api",   "orders-worker",  "eks-node",   "ci-deploy",
                                    "data-pipeline",  "image-resize",   "search",     "backup",
                                    "AWSReservedSSO", "cluster-scaler", "log-shipper"};
static const char *const BUCKETS[] = {"acme-prod-data-lake", "acme-artifacts", "acme-cloud-logs",
                                      "images.example.com", "acme-backups-eu"};
static const char *const USERS[] = {"maria", "jonas", "svc-billing", "terraform", "priya"};
static const char *const AGENTS[] = {
    "Boto3/1.34.84 md/Botocore#1.34.84 ua/2.0 os/linux#6.1.112 md/arch#x86_64 lang/python#3.11.9 "
    "md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.34.84",
    "aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5 md/GOOS#linux md/GOARCH#amd64 api/s3#1.58.2",
    "APN/1.0 HashiCorp/1.0 Terraform/1.9.2 (+https://www.terraform.io) terraform-provider-aws/5.59",
    "[aws-sdk-java/2.26.22 Linux/5.10.219 OpenJDK_64-Bit_Server_VM/21.0.3 Java/21.0.3]",
    "aws-cli/2.17.13 md/awscrt#0.20.11 ua/2.0 os/linux#6.1 md/prompt#off command/s3.cp"};

static void stop(const char *what)
{
    fprintf(stderr, "trails: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* SplitMix64: equal sequences everywhere. */
static uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint32_t random_below(struct random *random, uint32_t limit)
{
    return (uint32_t)(((random_next(random) >> 32) * limit) >> 32);
}

/* ---- texts ---------------------------------------------------------------------------------- */

static void put(struct out *out, const char *text)
{
    size_t n = strlen(text);

    memcpy(out->p + out->n, text, n);
    out->n += n;
}

static void put_digits(struct out *out, const char *alphabet, uint32_t base, uint32_t count,
                       struct random *random)
{
    for (uint32_t i = 0; i < count; i++) {
        out->p[out->n++] = alphabet[random_below(random, base)];
    }
}

static void put_hex(struct delivery *delivery, uint32_t count)
{
    put_digits(&delivery->out, "0123456789abcdef", 16, count, &delivery->random);
}

static void put_uuid(struct delivery *delivery)
{
    static const uint32_t parts[] = {8, 4, 4, 4, 12};

    for (size_t i = 0; i < 5; i++) {
        if (i > 0) {
            put(&delivery->out, "-");
        }
        put_hex(delivery, parts[i]);
    }
}

static void put_number(struct out *out, uint64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    put(out, text);
}

#define PICK(random, list) (list)[random_below((random), sizeof(list) / sizeof *(list))]

static void put_address(struct delivery *delivery)
{
    put(&delivery->out, "10.");
    for (int i = 0; i < 3; i++) {
        put(&delivery->out, i > 0 ? "." : "");
        put_number(&delivery->out, random_below(&delivery->random, i == 0 ? 4 : 256));
    }
}

static void put_time(struct delivery *delivery, uint32_t before)
{
    char text[64];
    uint32_t at = delivery->second > before ? delivery->second - before : 0;

    snprintf(text, sizeof text, "2026-11-%02uT%02u:%02u:%02uZ", 4 + delivery->day % 20, at / 3600,
             at / 60 % 60, at % 60);
    put(&delivery->out, text);
}

static void put_key(struct delivery *delivery)
{
    put(&delivery->out, PICK(&delivery->random, ROLES));
    put(&delivery->out, "/year=2026/month=11/part-");
    put_hex(delivery, 8);
    put(&delivery->out, ".snappy.parquet");
}

/* %a account  %b bucket  %h 17 hexadecimal digits  %k object's key  %K end of an access key id
 * %n number  %p address  %r role  %R region  %s token  %u UUID  %U user */
static void fill(struct delivery *delivery, const char *template)
{
    struct out *out = &delivery->out;

    for (; *template != '\0'; template ++) {
        if (*template != '%') {
            out->p[out->n++] = *template;
            continue;
        }
        switch (*++template) {
        case 'a':
            put_number(out, delivery->account);
            break;
        case 'b':
            put(out, PICK(&delivery->random, BUCKETS));
            break;
        case 'h':
            put_hex(delivery, 17);
            break;
        case 'k':
            put_key(delivery);
            break;
        case 'K':
            put_digits(out, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 32, 16, &delivery->random);
            break;
        case 'n':
            put_number(out, random_below(&delivery->random, 256));
            break;
        case 'p':
            put_address(delivery);
            break;
        case 'r':
            put(out, PICK(&delivery->random, ROLES));
            break;
        case 'R':
            put(out, delivery->region);
            break;
        case 's':
            put_digits(out, "ABCDEFGHabcdefgh0123456789+/xyzw", 32, 120, &delivery->random);
            break;
        case 'u':
            put_uuid(delivery);
            break;
        case 'U':
            put(out, PICK(&delivery->random, USERS));
            break;
        default:
            errno = EINVAL;
            stop("a template");
        }
    }
}

/* ---- records -------------------------------------------------------------------------------- */

/* Who calls: kinds come in the shares of accounts that programs work in. */
static void put_identity(struct delivery *delivery, uint32_t kind)
{
    if (kind < 2) {
        fill(delivery, "{\"type\":\"Root\",\"principalId\":\"%a\",\"arn\":\"arn:aws:iam::%a:root\","
                       "\"accountId\":\"%a\",\"accessKeyId\":\"ASIA%K\",\"sessionContext\":"
                       "{\"sessionIssuer\":{},\"webIdFederationData\":{},\"attributes\":"
                       "{\"mfaAuthenticated\":\"true\",\"creationDate\":\"");
        put_time(delivery, 3000);
        put(&delivery->out, "\"}}}");
    } else if (kind < 1800) {
        put(&delivery->out,
            "{\"type\":\"AWSService\",\"invokedBy\":\"autoscaling.amazonaws.com\"}");
    } else if (kind < 2800) {
        fill(delivery, "{\"type\":\"IAMUser\",\"principalId\":\"AIDA%K\",\"arn\":\"arn:aws:iam::%a:"
                       "user/svc-billing\",\"accountId\":\"%a\",\"accessKeyId\":\"AKIA%K\","
                       "\"userName\":\"svc-billing\"}");
    } else {
        const char *role = PICK(&delivery->random, ROLES);
        fill(delivery, "{\"type\":\"AssumedRole\",\"principalId\":\"AROA%K:i-%h\",\"arn\":"
                       "\"arn:aws:sts::%a:assumed-role/");
        put(&delivery->out, role);
        fill(delivery, "/i-%h\",\"accountId\":\"%a\",\"accessKeyId\":\"ASIA%K\",\"sessionContext\":"
                       "{\"sessionIssuer\":{\"type\":\"Role\",\"principalId\":\"AROA%K\",\"arn\":"
                       "\"arn:aws:iam::%a:role/");
        put(&delivery->out, role);
        fill(delivery, "\",\"accountId\":\"%a\",\"userName\":\"");
        put(&delivery->out, role);
        put(&delivery->out, "\"},\"attributes\":{\"creationDate\":\"");
        put_time(delivery, 1800);
        put(&delivery->out, "\",\"mfaAuthenticated\":\"false\"}}}");
    }
}

static void make_sessions(struct delivery *delivery)
{
    for (size_t i = 0; i < SESSIONS; i++) {
        delivery->out.n = 0;
        put_identity(delivery, 2 + random_below(&delivery->random, 9998));
        delivery->out.p[delivery->out.n] = '\0';
        memcpy(delivery->sessions[i], delivery->out.p, delivery->out.n + 1);
    }
}

static void put_caller(struct delivery *delivery)
{
    uint32_t kind = random_below(&delivery->random, 10000);

    if (kind < 500) {
        put_identity(delivery, kind);
    } else {
        put(&delivery->out, PICK(&delivery->random, delivery->sessions));
    }
}

static const struct call *pick_call(struct random *random)
{
    uint32_t total = 0, at;

    for (size_t i = 0; i < CALL_COUNT; i++) {
        total += CALLS[i].weight;
    }
    at = random_below(random, total);
    for (size_t i = 0;; i++) {
        if (at < CALLS[i].weight) {
            return &CALLS[i];
        }
        at -= CALLS[i].weight;
    }
}

static void put_record(struct delivery *delivery)
{
    struct out *out = &delivery->out;
    const struct call *call = pick_call(&delivery->random);

    put(out, "{\"eventVersion\":\"1.10\",\"userIdentity\":");
    put_caller(delivery);
    put(out, ",\"eventTime\":\"");
    put_time(delivery, random_below(&delivery->random, 300));
    put(out, "\",\"eventSource\":\"");
    put(out, call->service);
    put(out, ".amazonaws.com\",\"eventName\":\"");
    put(out, call->name);
    fill(delivery, "\",\"awsRegion\":\"%R\",\"sourceIPAddress\":\"%p\",\"userAgent\":\"");
    put(out, PICK(&delivery->random, AGENTS));
    put(out, "\",");
    if (random_below(&delivery->random, 100) < 4) {
        fill(delivery, "\"errorCode\":\"AccessDenied\",\"errorMessage\":\"User: arn:aws:sts::%a:"
                       "assumed-role/%r/i-%h is not authorized to perform this action because no "
                       "identity-based policy allows it\",");
    }
    put(out, "\"requestParameters\":");
    fill(delivery, call->request);
    put(out, ",\"responseElements\":");
    fill(delivery, call->response);
    fill(delivery, ",\"requestID\":\"%u\",\"eventID\":\"%u\",\"readOnly\":");
    put(out, call->is_read ? "true" : "false");
    if (strcmp(call->service, "s3") == 0 || strcmp(call->service, "kms") == 0) {
        fill(delivery, ",\"resources\":[{\"accountId\":\"%a\",\"type\":\"AWS::KMS::Key\",\"ARN\":"
                       "\"arn:aws:kms:%R:%a:key/%u\"}]");
    }
    fill(delivery, ",\"eventType\":\"AwsApiCall\",\"managementEvent\":true,\"recipientAccountId\":"
                   "\"%a\",\"eventCategory\":\"Management\",\"tlsDetails\":{\"tlsVersion\":"
                   "\"TLSv1.3\",\"cipherSuite\":\"TLS_AES_128_GCM_SHA256\","
                   "\"clientProvidedHostHeader\":\"");
    put(out, call->service);
    fill(delivery, ".%R.amazonaws.com\"}}");
}

/* ---- files ---------------------------------------------------------------------------------- */

static void make_folders(char *path)
{
    for (char *at = strchr(path + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST) {
            stop(path);
        }
        *at = '/';
    }
}

static void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        stop(path);
    }
}

static double random_normal(struct random *random)
{
    double sum = 0;

    for (int i = 0; i < 12; i++) {
        sum += (double)(random_next(random) >> 11) / 9007199254740992.0;
    }
    return sum - 6;
}

static void make_file(const char *folder, uint32_t number, double mean, double spread,
                      struct delivery *delivery, struct libdeflate_compressor *compressor,
                      unsigned char *packed)
{
    char path[PATH_MAX];
    struct random *random = &delivery->random;
    double size = mean * exp(spread * random_normal(random) - spread * spread / 2);

    delivery->account = 111111111111u + 101010101u * random_below(random, ACCOUNTS);
    delivery->region = PICK(random, REGIONS);
    delivery->day = number % 10;
    delivery->second = random_below(random, 86400);
    make_sessions(delivery);
    delivery->out.n = 0;
    put(&delivery->out, "{\"Records\":[");
    do {
        put(&delivery->out, delivery->out.n > 12 ? "," : "");
        put_record(delivery);
    } while ((double)delivery->out.n < size && delivery->out.n < TEXT_SIZE - RECORD_SIZE_MAX);
    put(&delivery->out, "]}");
    snprintf(path, sizeof path,
             "%s/AWSLogs/%llu/CloudTrail/%s/2026/11/%02u/%llu_CloudTrail_%s_202611%02uT%02u%02uZ_"
             "%010u.json.gz",
             folder, (unsigned long long)delivery->account, delivery->region, 4 + delivery->day,
             (unsigned long long)delivery->account, delivery->region, 4 + delivery->day,
             delivery->second / 3600, delivery->second / 60 % 60, number);
    make_folders(path);
    write_file(
        path, packed,
        libdeflate_gzip_compress(compressor, delivery->out.p, delivery->out.n, packed, TEXT_SIZE));
}

int main(int argc, char **argv)
{
    struct delivery delivery = {.random = {42}};
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(LEVEL);
    unsigned char *packed = malloc(TEXT_SIZE);

    delivery.out.p = malloc(TEXT_SIZE);
    if (argc != 5 || compressor == NULL || packed == NULL || delivery.out.p == NULL) {
        fprintf(stderr, "usage: trails DIR FILES MEAN SPREAD\n");
        return 2;
    }
    for (uint32_t i = 0; i < strtoul(argv[2], NULL, 10); i++) {
        make_file(argv[1], i, strtod(argv[3], NULL), strtod(argv[4], NULL) / 100, &delivery,
                  compressor, packed);
    }
    free(delivery.out.p);
    free(packed);
    libdeflate_free_compressor(compressor);
    return 0;
}

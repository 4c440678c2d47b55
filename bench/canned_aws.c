/* canned_aws.c: an AWS of thousands of alike accounts that answers from memory, after a while.
 *
 *   canned_aws ACCOUNTS USERS LATENCY_MS
 *
 * Prints its port in a line. An answer leaves LATENCY_MS after its request came, however many wait;
 * connections are kept. At the end of standard input it prints how many calls it answered, the most
 * that waited at once, and the processor time it took in us, and ends.
 *
 * Accounts are 100000000000 and those after it; the first one manages the organization. The key of
 * a session names its account, so that nothing has to be remembered. Nobody looks at signatures. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTION_MAX = 4096, REQUEST_MAX = 64 << 10, EVENT_MAX = 256, UNIT_ACCOUNTS = 1000 };
#define FIRST_ACCOUNT 100000000000ULL

struct connection {
    char request[REQUEST_MAX];
    size_t size;
    char *reply; /* what is being sent, or waits to be */
    size_t reply_size, sent;
    bool is_open;
};

/* Answers leave in the order they came, since all wait alike: a ring is all the clock needs. */
struct waiting {
    int64_t due_ns;
    int file;
};

static struct connection *connections[CONNECTION_MAX];
static struct waiting ring[CONNECTION_MAX];
static size_t ring_first, ring_count, ring_most;
static uint64_t account_count, user_count, call_count;
static int64_t latency_ns;
static int poll_file;

static void stop(const char *what)
{
    fprintf(stderr, "canned_aws: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now_ns(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
}

/* ---- text that grows --------------------------------------------------------------------- */

struct text {
    char *data;
    size_t size, capacity;
};

static void text_room(struct text *text, size_t more)
{
    if (text->capacity - text->size < more) {
        text->capacity = (text->size + more) * 2;
        text->data = realloc(text->data, text->capacity);
        if (text->data == NULL) {
            stop("memory");
        }
    }
}

__attribute__((format(printf, 2, 3))) static void text_add(struct text *text, const char *format,
                                                           ...)
{
    va_list list;

    text_room(text, 4096);
    va_start(list, format);
    int size = vsnprintf(text->data + text->size, text->capacity - text->size, format, list);
    va_end(list);
    if (size < 0 || (size_t)size >= 4096) {
        stop("a line too long");
    }
    text->size += (size_t)size;
}

static void text_add_base64(struct text *text, const struct text *plain)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    text_room(text, plain->size / 3 * 4 + 8);
    for (size_t i = 0; i < plain->size; i += 3) {
        size_t left = plain->size - i;
        uint32_t group = (uint32_t)(unsigned char)plain->data[i] << 16;

        group |= left > 1 ? (uint32_t)(unsigned char)plain->data[i + 1] << 8 : 0;
        group |= left > 2 ? (uint32_t)(unsigned char)plain->data[i + 2] : 0;
        text->data[text->size++] = letters[group >> 18];
        text->data[text->size++] = letters[group >> 12 & 63];
        text->data[text->size++] = left > 1 ? letters[group >> 6 & 63] : '=';
        text->data[text->size++] = left > 2 ? letters[group & 63] : '=';
    }
}

/* ---- what is asked ----------------------------------------------------------------------- */

struct request {
    char operation[64], body[4096];
    uint64_t account; /* whose credentials sign */
};

/* The value behind a name in a form or in JSON, as a number; 0 when it is not there. */
static uint64_t number_behind(const char *body, const char *name)
{
    const char *at = strstr(body, name);

    if (at == NULL) {
        return 0;
    }
    at += strlen(name);
    at += strcspn(at, "0123456789&,}");
    return strtoull(at, NULL, 10);
}

static void copy_word(char *out, size_t size, const char *from, const char *end_of)
{
    size_t length = strcspn(from, end_of);

    length = length < size ? length : size - 1;
    memcpy(out, from, length);
    out[length] = '\0';
}

static void request_read(struct request *request, const char *head, const char *body, size_t size)
{
    const char *key = strstr(head, "Credential=ASIA");
    const char *target = strcasestr(head, "x-amz-target:");
    const char *action;

    size = size < sizeof request->body ? size : sizeof request->body - 1;
    memcpy(request->body, body, size);
    request->body[size] = '\0';
    request->account =
        key == NULL ? FIRST_ACCOUNT : strtoull(key + strlen("Credential=ASIA"), NULL, 10);
    request->operation[0] = '\0';
    action = strstr(request->body, "Action=");
    if (action != NULL) {
        copy_word(request->operation, sizeof request->operation, action + 7, "&");
    } else if (target != NULL && strchr(target, '.') != NULL) {
        copy_word(request->operation, sizeof request->operation, strchr(target, '.') + 1, "\r\n");
    }
}

/* ---- what is answered -------------------------------------------------------------------- */

static void add_credentials(struct text *out, const char *operation, uint64_t account)
{
    text_add(out,
             "<%sResponse><%sResult><Credentials><AccessKeyId>ASIA%012llu</AccessKeyId>"
             "<SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>"
             "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></%sResult></%sResponse>",
             operation, operation, (unsigned long long)account, operation, operation);
}

/* People with a password and an app, and programs with a key. */
static void add_report(struct text *out, uint64_t account)
{
    struct text csv = {0};
    unsigned long long id = account;

    text_add(&csv,
             "user,arn,user_creation_time,password_enabled,password_last_used,"
             "password_last_changed,password_next_rotation,mfa_active,access_key_1_active,"
             "access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,"
             "access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
             "access_key_2_last_used_date,access_key_2_last_used_region,"
             "access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,"
             "cert_2_last_rotated\n<root_account>,arn:aws:iam::%012llu:root,2020-01-01T00:00:00Z,"
             "true,2026-01-01T00:00:00Z,2020-01-01T00:00:00Z,not_supported,true,false,N/A,N/A,N/A,"
             "N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A",
             id);
    for (uint64_t i = 0; i < user_count; i++) {
        if (i % 2 == 0) {
            text_add(
                &csv,
                "\nuser-%llu,arn:aws:iam::%012llu:user/user-%llu,2024-01-01T00:00:00Z,true,"
                "2026-10-30T10:00:00Z,2026-01-01T00:00:00Z,N/A,true,false,N/A,N/A,N/A,N/A,false,"
                "N/A,N/A,N/A,N/A,false,N/A,false,N/A",
                (unsigned long long)i, id, (unsigned long long)i);
        } else {
            text_add(
                &csv,
                "\nuser-%llu,arn:aws:iam::%012llu:user/user-%llu,2024-01-01T00:00:00Z,false,N/A,"
                "N/A,N/A,false,true,2026-09-01T00:00:00Z,2026-10-31T00:00:00Z,eu-west-1,s3,false,"
                "N/A,N/A,N/A,N/A,false,N/A,false,N/A",
                (unsigned long long)i, id, (unsigned long long)i);
        }
    }
    text_add(out, "<GetCredentialReportResponse><GetCredentialReportResult><Content>");
    text_add_base64(out, &csv);
    text_add(out,
             "</Content><ReportFormat>text/csv</ReportFormat><GeneratedTime>2026-10-31T23:00:00Z"
             "</GeneratedTime></GetCredentialReportResult></GetCredentialReportResponse>");
    free(csv.data);
}

static void add_details(struct text *out, uint64_t account)
{
    unsigned long long id = account;
    static const char document[] =
        "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22"
        "Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3AGet%2A%22%2C%22"
        "Resource%22%3A%22%2A%22%7D%5D%7D";

    text_add(out, "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult>"
                  "<UserDetailList>");
    for (uint64_t i = 0; i < user_count; i++) {
        text_add(out,
                 "<member><Path>/</Path><UserName>user-%llu</UserName><UserId>AIDA%016llu</UserId>"
                 "<Arn>arn:aws:iam::%012llu:user/user-%llu</Arn><CreateDate>2024-01-01T00:00:00Z"
                 "</CreateDate><GroupList><member>readers</member></GroupList>"
                 "<AttachedManagedPolicies/></member>",
                 (unsigned long long)i, (unsigned long long)i, id, (unsigned long long)i);
    }
    text_add(
        out,
        "</UserDetailList><GroupDetailList><member><Path>/</Path><GroupName>readers</GroupName>"
        "<GroupId>AGPA</GroupId><Arn>arn:aws:iam::%012llu:group/readers</Arn><CreateDate>"
        "2024-01-01T00:00:00Z</CreateDate><GroupPolicyList/><AttachedManagedPolicies><member>"
        "<PolicyName>read</PolicyName><PolicyArn>arn:aws:iam::%012llu:policy/read</PolicyArn>"
        "</member></AttachedManagedPolicies></member></GroupDetailList><RoleDetailList>",
        id, id);
    for (int i = 0; i < 5; i++) {
        text_add(out,
                 "<member><Path>/</Path><RoleName>role-%d</RoleName><RoleId>AROA%d</RoleId>"
                 "<Arn>arn:aws:iam::%012llu:role/role-%d</Arn><CreateDate>2024-01-01T00:00:00Z"
                 "</CreateDate><AssumeRolePolicyDocument>%s</AssumeRolePolicyDocument>"
                 "<InstanceProfileList/><RolePolicyList/><AttachedManagedPolicies/></member>",
                 i, i, id, i, document);
    }
    text_add(
        out,
        "</RoleDetailList><Policies><member><PolicyName>read</PolicyName><PolicyId>ANPA</PolicyId>"
        "<Arn>arn:aws:iam::%012llu:policy/read</Arn><Path>/</Path><DefaultVersionId>v1"
        "</DefaultVersionId><AttachmentCount>1</AttachmentCount><PermissionsBoundaryUsageCount>0"
        "</PermissionsBoundaryUsageCount><IsAttachable>true</IsAttachable><CreateDate>"
        "2024-01-01T00:00:00Z</CreateDate><UpdateDate>2024-01-01T00:00:00Z</UpdateDate>"
        "<PolicyVersionList><member><Document>%s</Document><VersionId>v1</VersionId>"
        "<IsDefaultVersion>true</IsDefaultVersion><CreateDate>2024-01-01T00:00:00Z</CreateDate>"
        "</member></PolicyVersionList></member></Policies><IsTruncated>false</IsTruncated>"
        "</GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>",
        id, document);
}

static void add_devices(struct text *out, uint64_t account)
{
    unsigned long long id = account;

    text_add(out,
             "<ListVirtualMFADevicesResponse><ListVirtualMFADevicesResult><IsTruncated>false"
             "</IsTruncated><VirtualMFADevices><member><SerialNumber>arn:aws:iam::%012llu:mfa/root"
             "</SerialNumber><User><UserId>%012llu</UserId><Arn>arn:aws:iam::%012llu:root</Arn>"
             "<CreateDate>2020-01-01T00:00:00Z</CreateDate></User><EnableDate>2024-01-01T00:00:00Z"
             "</EnableDate></member>",
             id, id, id);
    for (uint64_t i = 0; i < user_count; i += 2) {
        text_add(
            out,
            "<member><SerialNumber>arn:aws:iam::%012llu:mfa/user-%llu</SerialNumber><User><Path>/"
            "</Path><UserName>user-%llu</UserName><UserId>AIDA%016llu</UserId><Arn>"
            "arn:aws:iam::%012llu:user/user-%llu</Arn><CreateDate>2024-01-01T00:00:00Z"
            "</CreateDate></User><EnableDate>2024-01-01T00:00:00Z</EnableDate></member>",
            id, (unsigned long long)i, (unsigned long long)i, (unsigned long long)i, id,
            (unsigned long long)i);
    }
    text_add(out,
             "</VirtualMFADevices></ListVirtualMFADevicesResult></ListVirtualMFADevicesResponse>");
}

static void add_account(struct text *out, uint64_t index)
{
    unsigned long long id = FIRST_ACCOUNT + index;

    text_add(out,
             "{\"Id\":\"%llu\",\"Arn\":\"arn:aws:organizations::%llu:account/o-canned0000/%llu\","
             "\"Email\":\"a%llu@example.com\",\"Name\":\"account-%llu\",\"Status\":\"ACTIVE\","
             "\"State\":\"ACTIVE\",\"JoinedMethod\":\"CREATED\",\"JoinedTimestamp\":1577836800}",
             id, FIRST_ACCOUNT, id, id, id);
}

/* Accounts from `first` up to `end`, twenty a page; the token is where the next page begins. */
static void add_accounts(struct text *out, const struct request *request, uint64_t first,
                         uint64_t end)
{
    uint64_t token = number_behind(request->body, "NextToken");
    uint64_t at = token > first ? token : first, page_end = at + 20 < end ? at + 20 : end;

    text_add(out, "{\"Accounts\":[");
    for (uint64_t i = at; i < page_end; i++) {
        text_add(out, "%s", i > at ? "," : "");
        add_account(out, i);
    }
    text_add(out, "]");
    if (page_end < end) {
        text_add(out, ",\"NextToken\":\"%llu\"", (unsigned long long)page_end);
    }
    text_add(out, "}");
}

/* The root has units of a thousand accounts; ou-0000-00000003 is the fourth. */
static void add_tree(struct text *out, const struct request *request)
{
    const char *unit = strstr(request->body, "ou-0000-");
    uint64_t units = (account_count + UNIT_ACCOUNTS - 1) / UNIT_ACCOUNTS;

    if (strcmp(request->operation, "ListAccountsForParent") == 0) {
        uint64_t first = unit == NULL ? 0 : strtoull(unit + 8, NULL, 10) * UNIT_ACCOUNTS;
        uint64_t end = unit == NULL ? 0 : first + UNIT_ACCOUNTS;

        add_accounts(out, request, first, end < account_count ? end : account_count);
        return;
    }
    text_add(out, "{\"OrganizationalUnits\":[");
    for (uint64_t i = 0; unit == NULL && i < units && i < 20; i++) {
        text_add(
            out,
            "%s{\"Id\":\"ou-0000-%08llu\",\"Arn\":\"arn:aws:organizations::%llu:ou/o-canned0000/"
            "ou-0000-%08llu\",\"Name\":\"Unit %llu\"}",
            i > 0 ? "," : "", (unsigned long long)i, FIRST_ACCOUNT, (unsigned long long)i,
            (unsigned long long)i);
    }
    text_add(out, "]}");
}

struct plain_answer {
    const char *operation, *body;
};
static const struct plain_answer plain_answers[] = {
    {"GenerateCredentialReport",
     "<GenerateCredentialReportResponse><GenerateCredentialReportResult><State>COMPLETE</State>"
     "</GenerateCredentialReportResult></GenerateCredentialReportResponse>"},
    {"GetAccountSummary",
     "<GetAccountSummaryResponse><GetAccountSummaryResult><SummaryMap><entry><key>AccountMFAEnabled"
     "</key><value>1</value></entry><entry><key>AccountAccessKeysPresent</key><value>0</value></"
     "entry>"
     "<entry><key>AccountPasswordPresent</key><value>1</value></entry><entry><key>Users</"
     "key><value>20"
     "</value></entry></SummaryMap></GetAccountSummaryResult></GetAccountSummaryResponse>"},
    {"GetAccountPasswordPolicy",
     "<GetAccountPasswordPolicyResponse><GetAccountPasswordPolicyResult><PasswordPolicy>"
     "<MinimumPasswordLength>14</MinimumPasswordLength><RequireSymbols>true</RequireSymbols>"
     "<RequireNumbers>true</RequireNumbers><RequireUppercaseCharacters>true"
     "</RequireUppercaseCharacters><RequireLowercaseCharacters>true</RequireLowercaseCharacters>"
     "<AllowUsersToChangePassword>true</AllowUsersToChangePassword><ExpirePasswords>false"
     "</ExpirePasswords></PasswordPolicy></GetAccountPasswordPolicyResult>"
     "</GetAccountPasswordPolicyResponse>"},
    {"ListServiceSpecificCredentials",
     "<ListServiceSpecificCredentialsResponse><ListServiceSpecificCredentialsResult>"
     "<ServiceSpecificCredentials/><IsTruncated>false</IsTruncated>"
     "</ListServiceSpecificCredentialsResult></ListServiceSpecificCredentialsResponse>"},
    {"GetCallerIdentity",
     "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::100000000000:user/a</"
     "Arn>"
     "<UserId>AIDA</UserId><Account>100000000000</Account></GetCallerIdentityResult>"
     "</GetCallerIdentityResponse>"},
    {"ListOrganizationsFeatures",
     "<ListOrganizationsFeaturesResponse><ListOrganizationsFeaturesResult><OrganizationId>"
     "o-canned0000</OrganizationId><EnabledFeatures><member>RootSessions</member></EnabledFeatures>"
     "</ListOrganizationsFeaturesResult></ListOrganizationsFeaturesResponse>"},
    {"DescribeOrganization",
     "{\"Organization\":{\"Id\":\"o-canned0000\",\"Arn\":\"arn:aws:organizations::100000000000:"
     "organization/"
     "o-canned0000\",\"FeatureSet\":\"ALL\",\"MasterAccountArn\":\"arn:aws:organizations::"
     "100000000000:account/o-canned0000/100000000000\",\"MasterAccountId\":\"100000000000\","
     "\"MasterAccountEmail\":\"m@example.com\"}}"},
    {"ListRoots", "{\"Roots\":[{\"Id\":\"r-0000\",\"Arn\":\"arn:aws:organizations::100000000000:"
                  "root/o-canned0000/"
                  "r-0000\",\"Name\":\"Root\",\"PolicyTypes\":[]}]}"},
    {"ListPolicies", "{\"Policies\":[]}"},
    {"ListDelegatedAdministrators", "{\"DelegatedAdministrators\":[]}"},
};

/* False: no such operation. */
static bool add_answer(struct text *out, const struct request *request)
{
    const char *operation = request->operation;
    const char *role = strstr(request->body, "iam%3A%3A");

    for (size_t i = 0; i < sizeof plain_answers / sizeof plain_answers[0]; i++) {
        if (strcmp(operation, plain_answers[i].operation) == 0) {
            text_add(out, "%s", plain_answers[i].body);
            return true;
        }
    }
    if (strcmp(operation, "AssumeRole") == 0 && role != NULL) {
        add_credentials(out, operation, strtoull(role + 9, NULL, 10));
    } else if (strcmp(operation, "AssumeRoot") == 0) {
        add_credentials(out, operation, number_behind(request->body, "TargetPrincipal="));
    } else if (strcmp(operation, "GetCredentialReport") == 0) {
        add_report(out, request->account);
    } else if (strcmp(operation, "GetAccountAuthorizationDetails") == 0) {
        add_details(out, request->account);
    } else if (strcmp(operation, "ListVirtualMFADevices") == 0) {
        add_devices(out, request->account);
    } else if (strcmp(operation, "ListAccounts") == 0) {
        add_accounts(out, request, 0, account_count);
    } else if (strcmp(operation, "ListAccountsForParent") == 0 ||
               strcmp(operation, "ListOrganizationalUnitsForParent") == 0) {
        add_tree(out, request);
    } else {
        fprintf(stderr, "canned_aws: nothing canned for '%s'\n", operation);
        text_add(out, "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>"
                      "nothing canned</Message></Error></ErrorResponse>");
        return false;
    }
    return true;
}

static void connection_answer(int file, const struct request *request)
{
    struct connection *connection = connections[file];
    struct text body = {0}, reply = {0};
    bool is_known = add_answer(&body, request);

    text_add(&reply,
             "HTTP/1.1 %s\r\nContent-Type: text/xml\r\nx-amzn-RequestId: canned\r\n"
             "Content-Length: %zu\r\n\r\n",
             is_known ? "200 OK" : "400 Bad Request", body.size);
    text_room(&reply, body.size);
    memcpy(reply.data + reply.size, body.data, body.size);
    connection->reply = reply.data;
    connection->reply_size = reply.size + body.size;
    connection->sent = 0;
    free(body.data);
    ring[(ring_first + ring_count) % CONNECTION_MAX] =
        (struct waiting){.due_ns = now_ns() + latency_ns, .file = file};
    ring_count++;
    ring_most = ring_count > ring_most ? ring_count : ring_most;
    call_count++;
}

/* ---- connections ------------------------------------------------------------------------- */

static void watch(int file, uint32_t events, int operation)
{
    struct epoll_event event = {.events = events, .data.fd = file};

    if (epoll_ctl(poll_file, operation, file, &event) != 0) {
        stop("epoll_ctl");
    }
}

static void connection_close(int file)
{
    connections[file]->is_open = false; /* what waits in the ring finds it so */
    free(connections[file]->reply);
    connections[file]->reply = NULL;
    connections[file]->size = 0;
    close(file);
}

static void connection_accept(int listener)
{
    int file = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), on = 1;

    if (file < 0) {
        return;
    }
    if (file >= CONNECTION_MAX) {
        close(file);
        return;
    }
    setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connections[file] == NULL) {
        connections[file] = calloc(1, sizeof *connections[file]);
        if (connections[file] == NULL) {
            stop("memory");
        }
    }
    connections[file]->is_open = true;
    watch(file, EPOLLIN, EPOLL_CTL_ADD);
}

/* One request at a time: whoever waits for an answer asks nothing. */
static void connection_read(int file)
{
    struct connection *connection = connections[file];
    ssize_t got =
        read(file, connection->request + connection->size, REQUEST_MAX - 1 - connection->size);

    if (got <= 0) {
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            connection_close(file);
        }
        return;
    }
    connection->size += (size_t)got;
    connection->request[connection->size] = '\0';
    char *end = strstr(connection->request, "\r\n\r\n");
    if (end == NULL) {
        return;
    }
    const char *length = strcasestr(connection->request, "content-length:");
    size_t body_size = length != NULL && length < end ? strtoul(length + 15, NULL, 10) : 0;
    if (connection->size < (size_t)(end + 4 - connection->request) + body_size) {
        return;
    }
    struct request request;
    *end = '\0';
    request_read(&request, connection->request, end + 4, body_size);
    connection->size = 0;
    connection_answer(file, &request);
}

static void connection_write(int file)
{
    struct connection *connection = connections[file];
    ssize_t sent = send(file, connection->reply + connection->sent,
                        connection->reply_size - connection->sent, MSG_NOSIGNAL);

    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        connection_close(file);
        return;
    }
    connection->sent += sent > 0 ? (size_t)sent : 0;
    if (connection->sent == connection->reply_size) {
        free(connection->reply);
        connection->reply = NULL;
        watch(file, EPOLLIN, EPOLL_CTL_MOD);
    } else {
        watch(file, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
    }
}

/* Sends what is due. False: nothing waits; otherwise *left is the time until the next is due. */
static bool send_due(struct timespec *left)
{
    while (ring_count > 0) {
        struct waiting next = ring[ring_first];
        int64_t left_ns = next.due_ns - now_ns();

        if (left_ns > 0) {
            *left =
                (struct timespec){.tv_sec = left_ns / 1000000000, .tv_nsec = left_ns % 1000000000};
            return true;
        }
        ring_first = (ring_first + 1) % CONNECTION_MAX;
        ring_count--;
        if (connections[next.file]->is_open && connections[next.file]->reply != NULL) {
            connection_write(next.file);
        }
    }
    return false;
}

static int start_listening(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int file = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (file < 0 || bind(file, (struct sockaddr *)&address, size) != 0 || listen(file, 1024) != 0 ||
        getsockname(file, (struct sockaddr *)&address, &size) != 0) {
        stop("cannot listen");
    }
    printf("%u\n", (unsigned)ntohs(address.sin_port));
    fflush(stdout);
    return file;
}

static void finish(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    printf("%llu %zu %lld\n", (unsigned long long)call_count, ring_most,
           (long long)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
               usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    exit(0);
}

int main(int argc, char **argv)
{
    struct epoll_event events[EVENT_MAX];
    char ignored[256];

    if (argc != 4) {
        fprintf(stderr, "usage: canned_aws ACCOUNTS USERS LATENCY_MS\n");
        return 2;
    }
    account_count = strtoull(argv[1], NULL, 10);
    user_count = strtoull(argv[2], NULL, 10);
    latency_ns = (int64_t)strtoull(argv[3], NULL, 10) * 1000000;
    poll_file = epoll_create1(EPOLL_CLOEXEC);
    int listener = start_listening();
    watch(listener, EPOLLIN, EPOLL_CTL_ADD);
    watch(0, EPOLLIN, EPOLL_CTL_ADD);
    for (;;) {
        struct timespec left;
        bool is_waiting = send_due(&left);
        int count = epoll_pwait2(poll_file, events, EVENT_MAX, is_waiting ? &left : NULL, NULL);

        for (int i = 0; i < count; i++) {
            int file = events[i].data.fd;

            if (file == listener) {
                connection_accept(listener);
            } else if (file == 0) {
                if (read(0, ignored, sizeof ignored) <= 0) {
                    finish();
                }
            } else if ((events[i].events & EPOLLOUT) != 0 && connections[file]->reply != NULL) {
                connection_write(file);
            } else {
                connection_read(file);
            }
        }
    }
}

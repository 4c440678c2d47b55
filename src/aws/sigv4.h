/* sigv4.h: AWS Signature Version 4 of a request, in its headers or in its query.
 *
 * Pure: what is signed is given, nothing is added but the signature. The caller puts `host`,
 * `x-amz-date` (sigv4_time_write) and, where there are, `x-amz-security-token` and
 * `x-amz-content-sha256` among the headers, signs, and sends exactly these.
 *
 * Path and query are given as they go over the wire, encoded once. For S3 the path is signed as it
 * is; for every other service `.`, `..` and empty segments are resolved and it is encoded a second
 * time: AWS does the same when it checks.
 *
 * Ownership: everything is borrowed for the call.
 * Threads:   pure functions.
 *
 * Example:   struct sigv4_scope scope = {
 *                .region = STR("us-east-1"), .service = STR("iam"), .at = now};
 *            if (!sigv4_sign(&key, &scope, &request, &authorization, &err)) { return false; } */
#ifndef AWS_SIGV4_H
#define AWS_SIGV4_H

#include <stdint.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"
#include "net/header.h"

enum { SIGV4_TIME_SIZE = 16, SIGV4_HEADER_MAX = 64, SIGV4_SECRET_KEY_MAX = 256 };

struct sigv4_key {
    struct str access_key_id;
    struct str secret_key;
    struct str session_token; /* empty: a long-term key. Only sigv4_presign reads it */
};

struct sigv4_scope {
    struct str region, service; /* the names that are signed */
    int64_t at;
    bool is_s3; /* the path is signed as it is */
};

struct sigv4_request {
    struct str method;
    struct str path;  /* empty means "/" */
    struct str query; /* without the question mark */
    const struct http_header *headers;
    size_t header_count;    /* all of them are signed */
    struct str body_sha256; /* in hexadecimal, or UNSIGNED-PAYLOAD */
};

/* YYYYMMDDThhmmssZ, NUL-terminated. */
void sigv4_time_write(int64_t at, char out[SIGV4_TIME_SIZE + 1]);

/* Appends the bytes outside of A-Z a-z 0-9 - _ . ~ as %XX; `keep` is one more byte that stays, '/'
 * in paths, or 0. */
void sigv4_encode(struct buf *out, struct str text, char keep);

/* Appends the canonical request. Errors (ERR_INPUT): more than SIGV4_HEADER_MAX headers, a query
 * of thousands of parameters. */
MUST_USE bool sigv4_canonical_write(struct buf *out, const struct sigv4_scope *scope,
                                    const struct sigv4_request *request, struct err *err);
/* Appends the text that is signed for that canonical request. */
void sigv4_string_to_sign_write(struct buf *out, const struct sigv4_scope *scope,
                                struct str canonical);

/* Appends the value of the `authorization` header. */
MUST_USE bool sigv4_sign(const struct sigv4_key *key, const struct sigv4_scope *scope,
                         const struct sigv4_request *request, struct buf *authorization,
                         struct err *err);

/* Appends the whole query of a link that is good for `expires_s` seconds: the request's own and the
 * signature. Only `host`, and what else the link's user is to send, stands in the headers. */
MUST_USE bool sigv4_presign(const struct sigv4_key *key, const struct sigv4_scope *scope,
                            const struct sigv4_request *request, uint32_t expires_s,
                            struct buf *query, struct err *err);

#endif

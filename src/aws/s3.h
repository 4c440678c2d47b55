/* s3.h: what is read of a bucket: its keys, page by page, and objects.
 *
 * A bucket that is in another region than was thought says so once; from then on it is asked there.
 *
 * Ownership: a bucket borrows session and name; pages and objects are the caller's to release.
 * Threads:   any number of threads may ask one bucket.
 *
 * Example:   struct s3_bucket bucket;
 *            s3_bucket_init(&bucket, &session, STR("my-trail"));
 *            struct s3_page page = {0};
 *            if (s3_list(&bucket, STR("AWSLogs/"), '/', STR(""), &page, &err)) { ... }
 *            s3_page_release(&page);
 *            s3_bucket_release(&bucket); */
#ifndef AWS_S3_H
#define AWS_S3_H

#include <pthread.h>

#include "aws/client.h"

struct s3_bucket {
    struct aws_session *session;
    struct str name;
    pthread_mutex_t lock;
    char region[AWS_REGION_MAX + 1]; /* empty: as the settings say */
};

void s3_bucket_init(struct s3_bucket *bucket, struct aws_session *session, struct str name);
void s3_bucket_release(struct s3_bucket *bucket);

struct s3_object {
    struct str key;
    uint64_t size;
};

/* What a page holds: keys, and with a delimiter the prefixes that stand for more of them. */
struct s3_page {
    struct s3_object *objects;
    size_t object_count;
    struct str *prefixes;
    size_t prefix_count;
    struct str next; /* the token of the page behind it; empty: this is the last */
    struct arena arena;
};

/* ListObjectsV2; `delimiter` 0: none, `token` empty: the first page. Errors (ERR_REMOTE). */
MUST_USE bool s3_list(struct s3_bucket *bucket, struct str prefix, char delimiter, struct str token,
                      struct s3_page *page, struct err *err);
void s3_page_release(struct s3_page *page);

/* GetObject: the body in answer->body, metadata by aws_answer_header. Errors (ERR_REMOTE), such as
 * an object larger than `size_max`. */
MUST_USE bool s3_get(struct s3_bucket *bucket, struct str key, size_t size_max,
                     struct aws_answer *answer, struct err *err);

#endif

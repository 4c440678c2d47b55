/* trail_input.h: what a scan was told to read: files and folders, or what lies in a bucket.
 *
 * Ownership: owns connection, lists and what was fetched; args and the filter are borrowed.
 * Threads:   opened and closed by one.
 *
 * Example:   struct trail_input input = {0};
 *            if (trail_input_open(&input, args, &filter, &err)) { ... input.source ... }
 *            trail_input_close(&input); */
#ifndef CLI_TRAIL_INPUT_H
#define CLI_TRAIL_INPUT_H

#include "cli/aws_connection.h"
#include "trail/bucket.h"
#include "trail/source.h"

struct trail_input {
    struct trail_source source;
    /* Private. */
    struct trail_files files;
    struct aws_connection connection;
    struct s3_bucket bucket;
    struct bucket_source *fetched; /* NULL: files */
};

/* Operands are all of the one kind, and s3://BUCKET/PREFIX is one alone. */
MUST_USE bool trail_input_open(struct trail_input *input, const struct args *args,
                               const struct layout_filter *filter, struct err *err);
/* How much there is to read; false where that takes long to find out. */
bool trail_input_measure(const struct trail_input *input, const struct args *args,
                         struct trail_files_total *total);
void trail_input_close(struct trail_input *input); /* a zeroed struct is fine */

#endif

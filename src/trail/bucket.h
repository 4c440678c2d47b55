/* bucket.h: the objects of a bucket as the files of a scan: listed, pruned by the layout of their
 * names, and fetched ahead of the workers.
 *
 * Threads of its own list and fetch; what they hold in memory at once is bounded. Objects come in
 * the order in which lists were answered. A list that fails ends the listing and comes as a file
 * that cannot be looked at, so that nobody takes what was found for all there is.
 *
 * Ownership: borrows the bucket and the filter; owns what it fetched.
 * Threads:   as trail/source.h says of sources.
 *
 * Example:   struct bucket_source *source = bucket_source_new(&bucket, prefix, &filter, 16);
 *            config.source = bucket_source_of(source);
 *            ... trail_scan_run ...
 *            bucket_source_free(source); */
#ifndef TRAIL_BUCKET_H
#define TRAIL_BUCKET_H

#include "aws/s3.h"
#include "trail/layout.h"
#include "trail/source.h"

struct bucket_source;

/* `connections` threads list and fetch from now on. NULL when none could be started. */
struct bucket_source *bucket_source_new(struct s3_bucket *bucket, struct str prefix,
                                        const struct layout_filter *filter, unsigned connections,
                                        struct err *err);
/* Ends what is under way; `bucket_source_new`'s session may be closed after it. */
void bucket_source_free(struct bucket_source *source); /* NULL is fine */

struct trail_source bucket_source_of(struct bucket_source *source);

/* The object's metadata "signature", which a digest file has; empty for others. The file is one of
 * this source's, open. */
struct str bucket_file_signature(const struct trail_file *file);

/* Calls made so far. */
uint64_t bucket_source_lists(const struct bucket_source *source);

#endif

/* digests.h: checks CloudTrail's digest files: that the log files they name are there and are what
 * was delivered, and that each digest is what the next one says it was, signed by AWS.
 *
 * The hash of a log file and of a digest is that of its inflated text. A digest's signature is over
 * its end, its place, its hash and the signature before it; it stands in the metadata of the object
 * and, of all but the newest, in the digest behind it. So a copy on disk is proved up to the newest
 * digest of each chain, and a bucket to its end.
 *
 * Names are compared without their folders and without ".gz": a copy may lie anywhere.
 *
 * Ownership: the filter is borrowed.
 * Threads:   digests_take from any worker at once; the rest from one thread.
 *
 * Example:   struct digests *digests = digests_new(jobs, 16 << 20, &filter);
 *            ... digests_take(digests, worker, name, signature, piece, &err) ...
 *            ok = digests_add_keys(digests, json, &err) &&
 *                 digests_check(digests, tell, &mine, &totals, &err);
 *            digests_free(digests); */
#ifndef TRAIL_DIGESTS_H
#define TRAIL_DIGESTS_H

#include "base/err.h"
#include "trail/layout.h"

struct digests;

struct digests *digests_new(unsigned jobs, size_t memory_max, const struct layout_filter *filter);
void digests_free(struct digests *digests); /* NULL is fine */

/* A piece of a file's text; an empty one behind the last. `signature` is what the object's metadata
 * say, in hexadecimal; empty where nobody knows. */
MUST_USE bool digests_take(struct digests *digests, unsigned worker, struct str name,
                           struct str signature, struct str piece, struct err *err);

struct digest_span {
    struct str region; /* of the trail, where its keys are */
    int64_t since, until;
};
/* The regions of the trails whose digests were seen; false behind the last one. */
bool digests_span(const struct digests *digests, size_t index, struct digest_span *out);

/* Public keys, as `aws cloudtrail list-public-keys` prints them. */
MUST_USE bool digests_add_keys(struct digests *digests, struct str json, struct err *err);

struct digest_totals {
    uint64_t digests, chains;
    uint64_t signatures;    /* that are right */
    uint64_t unsigned_ends; /* chains whose newest digest has its signature nowhere */
    uint64_t files;         /* log files that are what a digest says */
    uint64_t problems;
};

/* Something is wrong with the file that the error's place names. */
typedef void (*digest_problem_fn)(void *shared, const struct err *problem);

/* After the last file: false when it could not be checked, which is no verdict. */
MUST_USE bool digests_check(struct digests *digests, digest_problem_fn tell, void *shared,
                            struct digest_totals *totals, struct err *err);

#endif

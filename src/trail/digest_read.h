/* digest_read.h: one digest file of CloudTrail, read.
 *
 * Ownership: lives in the arena.
 * Threads:   pure functions.
 *
 * Example:   if (digest_is_text(piece) && digest_read(&arena, text, &digest, &err)) { ... } */
#ifndef TRAIL_DIGEST_READ_H
#define TRAIL_DIGEST_READ_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct digest_file {
    struct str object, hash;
};

struct digest {
    struct str start, end;      /* as written */
    struct str bucket, object;  /* where it was delivered */
    struct str fingerprint;     /* of the key that signed it */
    struct str previous_object; /* empty: the first of a chain */
    struct str previous_hash, previous_signature;
    const struct digest_file *files;
    size_t file_count;
};

/* Whether a file is a digest, told by its beginning. */
bool digest_is_text(struct str beginning);

MUST_USE bool digest_read(struct arena *arena, struct str text, struct digest *out,
                          struct err *err);

/* The name of a file without folders and ".gz". */
struct str digest_base_name(struct str path);
/* What the digests of one trail in one region have in common: the name up to its time. */
struct str digest_chain_name(struct str object);
/* The trail's region: the part of the name before its time. */
struct str digest_home_region(struct str object);

#endif

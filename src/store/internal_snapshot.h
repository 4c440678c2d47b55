/* internal_snapshot.h: one snapshot as it is written: what imports and collections have in common.
 *
 * A draft is made of a report by any thread; the writer gives out ids, so it may write only between
 * a store's begin and commit.
 *
 * Ownership: a draft owns its buffers; its texts and rows are its maker's; new and free of a
 *            writer.
 * Threads:   a draft belongs to who makes it; one writer per store.
 *
 * Example:   snapshot_draft_pack(&draft, zstd, report, &err);
 *            store_begin(store, &err) && snapshot_writer_begin(writer, &err) &&
 *                snapshot_add_import(writer, &row, &import, &err) &&
 *                snapshot_add(writer, &draft, import, &id, &err) && store_commit(store, &err); */
#ifndef STORE_INTERNAL_SNAPSHOT_H
#define STORE_INTERNAL_SNAPSHOT_H

#include "base/arena.h"
#include "base/buf.h"
#include "codec/zstd.h"
#include "crypto/sha256.h"
#include "source/accounts.h"
#include "store/packed.h"
#include "store/states.h"
#include "store/store.h"

struct snapshot_draft {
    struct report_states states;
    struct buf frame, packed;
    uint64_t size; /* of the report */
    unsigned char sha256[SHA256_SIZE];
    bool has_generated_at;
    int64_t generated_at, taken_at;
    struct str taken_from, source;
    struct str organization, unit;
    enum account_standing standing;
    int64_t counts[ACCOUNT_COUNTS]; /* PACKED_COUNT_UNKNOWN */
};

void snapshot_draft_init(struct snapshot_draft *draft);
void snapshot_draft_release(struct snapshot_draft *draft);
/* Digest, frame and packed rows of the report that `states` was read of. */
MUST_USE bool snapshot_draft_pack(struct snapshot_draft *draft, struct zstd *zstd,
                                  struct str report, struct err *err);

/* A row of `imports`. */
struct snapshot_import {
    int64_t now;        /* the clock */
    struct str source;  /* what it was given */
    struct str profile; /* empty: none */
};

struct snapshot_writer;

MUST_USE bool snapshot_writer_new(struct snapshot_writer **out, struct store *store,
                                  struct err *err);
void snapshot_writer_free(struct snapshot_writer *writer); /* NULL is fine */
/* Looks up which ids are free: once in each transaction. */
MUST_USE bool snapshot_writer_begin(struct snapshot_writer *writer, struct err *err);
MUST_USE bool snapshot_add_import(struct snapshot_writer *writer,
                                  const struct snapshot_import *import, int64_t *id,
                                  struct err *err);
/* The store must hold none of that account and instant. */
MUST_USE bool snapshot_add(struct snapshot_writer *writer, const struct snapshot_draft *draft,
                           int64_t import, int64_t *id, struct err *err);
MUST_USE bool snapshot_remove(struct snapshot_writer *writer, int64_t id, struct err *err);

#endif

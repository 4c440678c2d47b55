/* internal_collected.h: an account as its worker packed it, and how answers are written.
 *
 * Ownership: what is packed owns all it names.
 * Threads:   whoever holds it.
 *
 * Example:   for (size_t i = 0; i < packed->answer_count; i++) { ... packed->answers[i] ... } */
#ifndef STORE_INTERNAL_COLLECTED_H
#define STORE_INTERNAL_COLLECTED_H

#include "inventory/inventory.h"
#include "store/collected.h"
#include "store/internal_snapshot.h"

/* An answer whose body is a frame. */
struct packed_answer {
    struct answer answer; /* without its body */
    uint64_t size;        /* of the body */
    size_t frame_at, frame_n;
};

struct packed_answers {
    struct packed_answer *items;
    size_t count;
    struct buf frames;
};

struct collected_packed {
    struct arena arena;
    struct snapshot_draft draft;
    struct inventory inventory;
    struct packed_answers answers;
};

/* Compresses the bodies and copies the rest into the arena, as texts that any reader can show. */
MUST_USE bool packed_answers_fill(struct packed_answers *packed, struct arena *arena,
                                  struct zstd *zstd, const struct answer *answers, size_t count,
                                  struct err *err);

#endif

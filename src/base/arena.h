/* arena.h: memory that is freed all at once, with a hard cap that is an ordinary error.
 *
 * One arena per job (a pack, an entity, a file): allocate forward, reset or release at the end.
 * Running out of the machine's memory aborts; running past the cap does not: the allocation
 * returns NULL and the caller reports "too large".
 *
 * Ownership: everything returned lives until arena_reset or arena_release.
 * Threads:   one thread at a time.
 *
 * Example:   struct arena job;
 *            arena_init(&job, 1 << 20);
 *            struct node *node = arena_alloc(&job, sizeof *node);
 *            if (node == NULL) { return err_set(err, ERR_INPUT, "rule is too large"); }
 *            arena_release(&job); */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/compiler.h"
#include "base/str.h"

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first */
    size_t used;                /* bytes handed out, over all blocks */
    size_t size_max;
};

void arena_init(struct arena *arena, size_t size_max);
void arena_reset(struct arena *arena);   /* forgets all, keeps one block */
void arena_release(struct arena *arena); /* frees all; a zeroed arena is fine */
void arena_wipe(struct arena *arena);    /* the same for secrets: overwritten before it is freed */

/* Zeroed memory, aligned for any type; NULL past the cap. size 0 gives a valid pointer. */
MUST_USE void *arena_alloc(struct arena *arena, size_t size);
/* count * size with the product checked. */
MUST_USE void *arena_array(struct arena *arena, size_t count, size_t size);
/* Copies s; false past the cap. A NUL follows the copy, outside its length. */
MUST_USE bool arena_str(struct arena *arena, struct str s, struct str *out);

/* malloc family that aborts when the machine has no memory: for structures that live as long as
 * their owner says. mem_free(NULL) is fine. */
MUST_USE RETURNS_NONNULL void *mem_alloc(size_t size); /* zeroed */
MUST_USE RETURNS_NONNULL void *mem_array(size_t count, size_t size);
MUST_USE RETURNS_NONNULL void *mem_resize(void *p, size_t size); /* the grown part is not zeroed */
/* Zeroed too, and on large pages where the system has them: for tables of megabytes that are read
 * here and there, whose small pages would each cost a fault and a miss. */
MUST_USE RETURNS_NONNULL void *mem_large(size_t count, size_t size);
void mem_free(void *p);

#endif

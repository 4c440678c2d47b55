#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { BLOCK_SIZE_MIN = 4096, BLOCK_SIZE_GROWN = 1 << 18 };

struct arena_block {
    struct arena_block *older;
    size_t used, size;
    _Alignas(max_align_t) unsigned char bytes[];
};

void arena_init(struct arena *arena, size_t size_max)
{
    *arena = (struct arena){.size_max = size_max};
}

void arena_reset(struct arena *arena)
{
    struct arena_block *keep = arena->blocks;

    arena->used = 0;
    if (keep == NULL) {
        return;
    }
    for (struct arena_block *block = keep->older; block != NULL;) {
        struct arena_block *older = block->older;
        free(block);
        block = older;
    }
    memset(keep->bytes, 0, keep->used);
    keep->older = NULL;
    keep->used = 0;
}

void arena_release(struct arena *arena)
{
    for (struct arena_block *block = arena->blocks; block != NULL;) {
        struct arena_block *older = block->older;
        free(block);
        block = older;
    }
    arena->blocks = NULL;
    arena->used = 0;
}

void arena_wipe(struct arena *arena)
{
    for (struct arena_block *block = arena->blocks; block != NULL; block = block->older) {
        explicit_bzero(block->bytes, block->used);
    }
    arena_release(arena);
}

static struct arena_block *block_new(struct arena *arena, size_t size_wanted)
{
    size_t size = arena->blocks == NULL ? BLOCK_SIZE_MIN : arena->blocks->size * 2;
    struct arena_block *block = NULL;

    if (size > BLOCK_SIZE_GROWN) {
        size = BLOCK_SIZE_GROWN;
    }
    if (size < size_wanted) {
        size = size_wanted;
    }
    block = mem_alloc(sizeof *block + size);
    block->size = size;
    block->older = arena->blocks;
    arena->blocks = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    enum { ALIGN = _Alignof(max_align_t) };
    struct arena_block *block = arena->blocks;
    void *p = NULL;

    if (size > arena->size_max || arena->size_max - size < arena->used || size > SIZE_MAX / 2) {
        return NULL;
    }
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    if (block == NULL || block->size - block->used < size) {
        block = block_new(arena, size);
    }
    p = block->bytes + block->used;
    block->used += size;
    arena->used += size;
    return p;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t total = 0;

    if (__builtin_mul_overflow(count, size, &total)) {
        return NULL;
    }
    return arena_alloc(arena, total);
}

bool arena_str(struct arena *arena, struct str s, struct str *out)
{
    char *copy = arena_alloc(arena, s.n + 1);

    if (copy == NULL) {
        return false;
    }
    if (s.n > 0) {
        memcpy(copy, s.p, s.n);
    }
    *out = (struct str){copy, s.n};
    return true;
}

void *mem_alloc(size_t size)
{
    void *p = calloc(1, size == 0 ? 1 : size);

    if (p == NULL) {
        abort();
    }
    return p;
}

void *mem_array(size_t count, size_t size)
{
    void *p = calloc(count == 0 ? 1 : count, size == 0 ? 1 : size);

    if (p == NULL) {
        abort();
    }
    return p;
}

void *mem_resize(void *p, size_t size)
{
    void *grown = realloc(p, size == 0 ? 1 : size);

    if (grown == NULL) {
        abort();
    }
    return grown;
}

void *mem_large(size_t count, size_t size)
{
    const size_t page = (size_t)2 << 20;
    size_t total = 0;
    void *p = NULL;

    if (__builtin_mul_overflow(count, size, &total) || total < page || total > SIZE_MAX - page) {
        return mem_array(count, size);
    }
    total = (total + page - 1) / page * page;
    p = aligned_alloc(page, total);
    if (p == NULL) {
        abort();
    }
    (void)madvise(p, total, MADV_HUGEPAGE); /* a wish: all is well without */
    memset(p, 0, total);
    return p;
}

void mem_free(void *p)
{
    free(p);
}

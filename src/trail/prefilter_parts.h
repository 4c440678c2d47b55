/* prefilter_parts.h: a compiled prefilter, as prefilter_new.c makes it and prefilter.c uses it.
 *
 * Ownership: all of it belongs to the arena.
 * Threads:   immutable once made.
 *
 * Example:   const struct finder *finder = &prefilter->finders[i]; */
#ifndef TRAIL_PREFILTER_PARTS_H
#define TRAIL_PREFILTER_PARTS_H

#include <string.h>

#include "base/arena.h"
#include "trail/prefilter.h"

/* No finder, no value. */
#define PREFILTER_NONE UINT32_MAX

enum {
    VALUE_SIZE_MAX = 128, /* longer values of a name are looked for as texts */
    WINDOW_SLOTS = 4096,
};

enum finder_kind { FINDER_TEXT, FINDER_NAME, FINDER_WATCHED };

/* Some of prefilter->rule_lists. */
struct rule_span {
    uint32_t first, count;
};

/* Lets hardly a value through that is not one of a name's, by its first bytes alone: most records
 * have another, and this is done for each. */
struct gate {
    uint64_t mask;        /* of the bytes that even the shortest value has */
    const uint64_t *bits; /* 1 << size_log of them */
    unsigned size_log;
};

/* What a hit may be the window of. */
struct finder {
    enum finder_kind kind;
    struct str text;        /* TEXT: folded; others: with quotes, as written */
    uint32_t window;        /* where in it the window begins */
    uint32_t next;          /* with a window of the same slot, or PREFILTER_NONE */
    struct rule_span rules; /* NAME: of all its values */
    uint32_t name;          /* NAME: number, which is part of a value's hash */
    struct gate gate;       /* NAME */
};

/* A value of a name. */
struct name_value {
    struct str text; /* folded */
    uint32_t name;
    struct rule_span rules;
};

struct prefilter {
    struct arena arena;
    needles_fn find;
    struct needles needles;
    size_t words, rule_count, open_count;
    const uint64_t *open; /* the set of rules that may match anything */

    struct finder *finders;
    size_t finder_count;
    uint32_t *windows; /* of WINDOW_SLOTS: the first finder of a slot */

    struct name_value *values;
    size_t value_count;
    uint32_t *slots; /* of slot_mask + 1: the value of a hash */
    size_t slot_mask;

    uint32_t *rule_lists;
    bool alphabet[128]; /* characters of names and texts, in both cases */
    bool is_ascii;      /* none of them is beyond */
};

static inline char prefilter_fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Of NEEDLE_SIZE bytes, without case. */
static inline size_t prefilter_window_slot(const char *p)
{
    uint32_t window = (uint32_t)(unsigned char)prefilter_fold(p[0]) |
                      (uint32_t)(unsigned char)prefilter_fold(p[1]) << 8 |
                      (uint32_t)(unsigned char)prefilter_fold(p[2]) << 16;

    return (window * UINT32_C(0x9e3779b1)) >> 20;
}

/* Which bit of the gate the first 8 bytes at p lead to. More than letters are folded here, which
 * lets a few more through. */
static inline size_t prefilter_gate_bit(const struct gate *gate, const char *p)
{
    uint64_t first = 0;

    memcpy(&first, p, sizeof first);
    first = (first | UINT64_C(0x2020202020202020)) & gate->mask;
    return (size_t)(first * UINT64_C(0x9e3779b97f4a7c15) >> (64 - gate->size_log));
}

uint64_t prefilter_value_hash(uint32_t name, struct str folded);

#endif

/* seal.h: a hash over the columns of a row, by which damage to what nothing else tells is found.
 *
 * SQLite has no checksums of its own. Rows that can be made again from the reports are compared
 * with them; the others end in a column `seal` over the table's name and all columns before it.
 *
 * Threads: pure functions.
 *
 * Example:   uint64_t seal = seal_begin(STR("organizations"));
 *            seal = seal_int(seal, id);
 *            seal = seal_text(seal, name); */
#ifndef STORE_SEAL_H
#define STORE_SEAL_H

#include "base/hash.h"

static inline uint64_t seal_begin(struct str table)
{
    return hash_bytes(UINT64_C(0x6b77646e), table);
}

static inline uint64_t seal_null(uint64_t seal)
{
    return hash_mix(seal ^ UINT64_C(0xa0761d6478bd642f), UINT64_C(0xe7037ed1a0b428db));
}

static inline uint64_t seal_int(uint64_t seal, int64_t value)
{
    return hash_mix(seal ^ UINT64_C(0x8ebc6af09c88c6e3),
                    (uint64_t)value ^ UINT64_C(0x589965cc75374cc3));
}

static inline uint64_t seal_text(uint64_t seal, struct str text)
{
    return hash_bytes(seal ^ UINT64_C(0x1d8e4e27c47d124f), text);
}

static inline uint64_t seal_blob(uint64_t seal, struct str bytes)
{
    return hash_bytes(seal ^ UINT64_C(0xeb44accab455d165), bytes);
}

#endif

#include "audit/baseline.h"

#include "base/arena.h"
#include "base/hash.h"
#include "codec/formula.h"
#include "codec/utf8.h"
#include "os/system.h"

enum { SIZE_MIN = 1024 };

/* Flags of a slot: a bit for each status that was there, and one for each found again. */
enum { FLAG_SEEN_SHIFT = 3, FLAG_OTHER = 1 << 6 };

void baseline_init(struct baseline *baseline)
{
    *baseline = (struct baseline){.seed = system_random_u64()};
}

void baseline_release(struct baseline *baseline)
{
    mem_free(baseline->hashes);
    mem_free(baseline->flags);
    *baseline = (struct baseline){0};
}

/* ---- keys ----------------------------------------------------------------------------------- */

static bool is_ascii(struct str text)
{
    unsigned char all = 0;

    for (size_t i = 0; i < text.n; i++) {
        all |= (unsigned char)text.p[i];
    }
    return all < 0x80;
}

/* JSON cannot hold bytes that are no UTF-8, and a guarded CSV has an apostrophe too many: what is
 * hashed is the text as all three formats give it back. */
static uint64_t text_hash(uint64_t seed, struct str text)
{
    struct str plain = formula_unguard(text);
    uint64_t hash = seed;
    uint32_t code_point = 0;

    if (is_ascii(plain)) {
        return hash_bytes(seed, plain);
    }
    while (plain.n > 0) {
        size_t used = utf8_next(plain, &code_point);
        code_point = code_point == UTF8_INVALID ? 0xFFFD : code_point;
        hash = hash_mix(hash ^ code_point, UINT64_C(0x9e3779b97f4a7c15));
        plain = str_sub(plain, used, plain.n);
    }
    return hash;
}

static uint64_t key_hash(const struct baseline *baseline, struct str account, struct str user,
                         struct str control)
{
    uint64_t hash = text_hash(baseline->seed, account);

    hash = text_hash(hash ^ 1, user);
    hash = text_hash(hash ^ 2, control);
    return hash == 0 ? 1 : hash;
}

/* The status's bit among the flags; 0 for what no baseline holds. */
static unsigned status_bit(enum status status)
{
    switch (status) {
    case STATUS_FAIL:
        return 1;
    case STATUS_UNKNOWN:
        return 2;
    case STATUS_EXCEPTED:
        return 4;
    case STATUS_NOT_APPLICABLE:
    case STATUS_PASS:
        break;
    }
    return 0;
}

/* ---- the table ------------------------------------------------------------------------------ */

/* The slot of the hash, or the free one where it belongs. */
static size_t slot_of(const uint64_t *hashes, size_t size, uint64_t hash)
{
    size_t at = hash & (size - 1);

    while (hashes[at] != 0 && hashes[at] != hash) {
        at = (at + 1) & (size - 1);
    }
    return at;
}

static void grow(struct baseline *baseline)
{
    size_t size = baseline->size == 0 ? SIZE_MIN : baseline->size * 2;
    uint64_t *hashes = mem_array(size, sizeof *hashes);
    atomic_uchar *flags = mem_array(size, sizeof *flags);

    for (size_t i = 0; i < baseline->size; i++) {
        if (baseline->hashes[i] != 0) {
            size_t at = slot_of(hashes, size, baseline->hashes[i]);
            hashes[at] = baseline->hashes[i];
            atomic_init(&flags[at], atomic_load(&baseline->flags[i]));
        }
    }
    mem_free(baseline->hashes);
    mem_free(baseline->flags);
    baseline->hashes = hashes;
    baseline->flags = flags;
    baseline->size = size;
}

bool baseline_add(struct baseline *baseline, struct str account, struct str user,
                  struct str control, enum status status)
{
    uint64_t hash = key_hash(baseline, account, user, control);
    unsigned bit = status_bit(status);
    size_t at = 0;

    if (bit == 0) {
        return true;
    }
    if (baseline->count >= baseline->size / 4 * 3) {
        grow(baseline);
    }
    at = slot_of(baseline->hashes, baseline->size, hash);
    if (baseline->hashes[at] == 0) {
        if (baseline->count == BASELINE_ENTRIES_MAX) {
            return false;
        }
        baseline->hashes[at] = hash;
        baseline->count++;
    }
    baseline->finding_count += (atomic_load(&baseline->flags[at]) & bit) == 0;
    atomic_fetch_or(&baseline->flags[at], (unsigned char)bit);
    return true;
}

bool baseline_knows(struct baseline *baseline, struct str account, struct str user,
                    struct str control, enum status status)
{
    unsigned bit = status_bit(status), had = 0;
    size_t at = 0;

    if (baseline->size == 0 || bit == 0) {
        return false;
    }
    at = slot_of(baseline->hashes, baseline->size, key_hash(baseline, account, user, control));
    if (baseline->hashes[at] == 0) {
        return false;
    }
    had = atomic_load_explicit(&baseline->flags[at], memory_order_relaxed);
    if ((had & bit) == 0) {
        atomic_fetch_or_explicit(&baseline->flags[at], FLAG_OTHER, memory_order_relaxed);
        return false;
    }
    atomic_fetch_or_explicit(&baseline->flags[at], (unsigned char)(bit << FLAG_SEEN_SHIFT),
                             memory_order_relaxed);
    atomic_fetch_add_explicit(&baseline->known, 1, memory_order_relaxed);
    return true;
}

struct baseline_totals baseline_totals(const struct baseline *baseline)
{
    struct baseline_totals totals = {.is_given = true,
                                     .is_since = baseline->is_since,
                                     .since = baseline->since,
                                     .path = baseline->path,
                                     .findings = baseline->finding_count,
                                     .known = atomic_load(&baseline->known)};

    for (size_t i = 0; i < baseline->size; i++) {
        unsigned flags = baseline->hashes[i] == 0 ? 0 : atomic_load(&baseline->flags[i]);
        unsigned missed = flags & ~(flags >> FLAG_SEEN_SHIFT) & 7;
        uint64_t count = (uint64_t)__builtin_popcount(missed);
        if ((flags & FLAG_OTHER) != 0) {
            totals.changed += count;
        } else {
            totals.gone += count;
        }
    }
    return totals;
}

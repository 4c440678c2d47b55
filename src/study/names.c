#include "study/names.h"

#include "base/hash.h"

enum { NAMES_SIZE_MAX = 256 << 20, SLOTS_FIRST = 64 };

void names_init(struct names *names)
{
    *names = (struct names){.count = 1, .capacity = 16};
    arena_init(&names->arena, NAMES_SIZE_MAX);
    names->list = mem_array(names->capacity, sizeof *names->list);
    names->list[0] = STR("");
}

void names_release(struct names *names)
{
    mem_free(names->list);
    mem_free(names->slots);
    arena_release(&names->arena);
    *names = (struct names){0};
}

/* The slot that holds the name, or the empty one where it belongs. The lists are the user's own: a
 * hash without a secret does. */
static uint32_t *slot_of(const struct names *names, struct str name)
{
    size_t mask = names->slot_count - 1;
    size_t slot = (size_t)hash_bytes(0, name) & mask;

    while (names->slots[slot] != 0 && !str_eq(names->list[names->slots[slot]], name)) {
        slot = (slot + 1) & mask;
    }
    return &names->slots[slot];
}

static void grow_slots(struct names *names)
{
    mem_free(names->slots);
    names->slot_count = names->slot_count == 0 ? SLOTS_FIRST : names->slot_count * 2;
    names->slots = mem_array(names->slot_count, sizeof *names->slots);
    for (size_t i = 1; i < names->count; i++) {
        *slot_of(names, names->list[i]) = (uint32_t)i;
    }
}

bool names_intern(struct names *names, struct str name, uint32_t *out)
{
    struct str kept;

    if (name.n == 0) {
        *out = 0;
        return true;
    }
    if (names->count * 2 >= names->slot_count) {
        grow_slots(names);
    }
    uint32_t *slot = slot_of(names, name);
    if (*slot == 0) {
        if (!arena_str(&names->arena, name, &kept)) {
            return false;
        }
        if (names->count == names->capacity) {
            names->capacity *= 2;
            names->list = mem_resize(names->list, names->capacity * sizeof *names->list);
        }
        *slot = (uint32_t)names->count;
        names->list[names->count++] = kept;
    }
    *out = *slot;
    return true;
}

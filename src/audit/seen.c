#include "audit/seen.h"

#include "base/arena.h"
#include "base/hash.h"

enum { SIZE_MIN = 64, NAMES_SIZE_MAX = 8 << 20, INODE_BITS = 56 };

void seen_init(struct seen *seen, uint64_t seed)
{
    *seen = (struct seen){.seed = seed};
    buf_init(&seen->text, NAMES_SIZE_MAX);
}

void seen_release(struct seen *seen)
{
    mem_free(seen->keys);
    mem_free(seen->names);
    buf_release(&seen->text);
    *seen = (struct seen){0};
}

/* Device and inode in one number, or 0 when that cannot be had. */
static uint64_t key_of(struct seen *seen, const struct file_info *info)
{
    size_t at = 0;

    if (info->inode == 0 || info->inode >> INODE_BITS != 0) {
        return 0;
    }
    while (at < seen->device_count && seen->devices[at] != info->device) {
        at++;
    }
    if (at == SEEN_DEVICES_MAX) {
        return 0;
    }
    if (at == seen->device_count) {
        seen->devices[seen->device_count++] = info->device;
    }
    return (uint64_t)at << INODE_BITS | info->inode;
}

/* Where the key is, or the free slot where it belongs. */
static size_t slot_find(const struct seen *seen, uint64_t key)
{
    size_t at = hash_mix(key ^ seen->seed, UINT64_C(0x9e3779b97f4a7c15)) & (seen->size - 1);

    while (seen->keys[at] != 0 && seen->keys[at] != key) {
        at = (at + 1) & (seen->size - 1);
    }
    return at;
}

static void grow(struct seen *seen)
{
    struct seen grown = *seen;

    grown.size = seen->size == 0 ? SIZE_MIN : seen->size * 2;
    grown.keys = mem_array(grown.size, sizeof *grown.keys);
    grown.names = mem_array(grown.size, sizeof *grown.names);
    for (size_t i = 0; i < seen->size; i++) {
        if (seen->keys[i] != 0) {
            size_t at = slot_find(&grown, seen->keys[i]);
            grown.keys[at] = seen->keys[i];
            grown.names[at] = seen->names[i];
        }
    }
    mem_free(seen->keys);
    mem_free(seen->names);
    *seen = grown;
}

/* The offset of a copy of the name, or 0 when it does not fit any more. */
static uint32_t name_keep(struct buf *text, struct str path)
{
    if (text->n + path.n + 1 > NAMES_SIZE_MAX) {
        return 0;
    }
    buf_char(text, '\0');
    uint32_t at = (uint32_t)text->n;
    buf_str(text, path);
    return at;
}

static struct str name_at(const struct buf *text, uint32_t offset)
{
    struct str name = {0};

    if (offset > 0) {
        name = str_sub(buf_text(text), offset, text->n);
        name.n = str_find(name, '\0');
    }
    return name;
}

bool seen_add(struct seen *seen, const struct file_info *info, struct str path, struct str *first)
{
    uint64_t key = key_of(seen, info);
    size_t at = 0;

    *first = (struct str){0};
    if (key == 0) {
        return true;
    }
    if (seen->count * 2 >= seen->size) {
        grow(seen);
    }
    at = slot_find(seen, key);
    if (seen->keys[at] == key) {
        *first = name_at(&seen->text, seen->names[at]);
        return false;
    }
    seen->keys[at] = key;
    seen->names[at] = name_keep(&seen->text, path);
    seen->count++;
    return true;
}

#include "audit/namesakes.h"

#include <stdlib.h>
#include <string.h>

/* An IAM user's name has at most 64 characters; text of 250,000 users stays within the cap. */
/* What comes behind the user's name in the ARN of a key. The rest of the key's id, which no report
 * says, is left out. */
static const struct str key_end = STR_LIT("/accesskey/AKIA");

enum { NAME_SIZE_MAX = 128, PARTITION_SIZE_MAX = 32, TEXT_SIZE_MAX = 64 << 20 };

#define COLUMN_BIT(column) (UINT32_C(1) << (column))
const uint32_t namesakes_columns = COLUMN_BIT(COLUMN_USER) | COLUMN_BIT(COLUMN_ARN) |
                                   COLUMN_BIT(COLUMN_KEY_1_ACTIVE) |
                                   COLUMN_BIT(COLUMN_KEY_2_ACTIVE);

static const enum report_column slot_columns[KEY_SLOTS] = {COLUMN_KEY_1_ACTIVE,
                                                           COLUMN_KEY_2_ACTIVE};

/* Followed by the statuses of all rules and by the ARN. */
struct row_head {
    uint32_t arn_n;
    uint8_t active;
    bool has_path;
};

static bool has_bit(const uint64_t *bits, size_t row)
{
    return bits[row / 64] >> (row % 64) & 1;
}

void namesakes_row_write(struct buf *out, const struct audit_row *row)
{
    const struct user_batch *batch = row->batch;
    struct str name = user_batch_cell(batch, row->index, COLUMN_USER);
    struct arn_parts parts = arn_split(user_batch_cell(batch, row->index, COLUMN_ARN));
    struct row_head head;

    memset(&head, 0, sizeof head); /* padding too: it goes into the bytes */
    if (has_bit(batch->is_root, row->index) || parts.account.n == 0 || name.n == 0 ||
        name.n > NAME_SIZE_MAX || parts.partition.n > PARTITION_SIZE_MAX) {
        buf_bytes(out, &head, sizeof head);
        return;
    }
    for (unsigned slot = 0; slot < KEY_SLOTS; slot++) {
        if (has_bit(batch->flags[slot_columns[slot]]->is_true, row->index)) {
            head.active = (uint8_t)(head.active | 1U << slot);
        }
    }
    head.has_path = !str_eq(parts.path, STR("/"));
    head.arn_n = (uint32_t)(STR("arn::iam:::user/").n + parts.partition.n + parts.account.n +
                            name.n + key_end.n);
    buf_bytes(out, &head, sizeof head);
    buf_bytes(out, row->statuses, row->status_count);
    buf_str(out, STR("arn:"));
    buf_str(out, parts.partition);
    buf_str(out, STR(":iam::"));
    buf_str(out, parts.account);
    buf_str(out, STR(":user/"));
    buf_str(out, name);
    buf_str(out, key_end);
}

void namesakes_init(struct namesakes *namesakes, struct audit_pair pair)
{
    *namesakes = (struct namesakes){.pair = pair};
    buf_init(&namesakes->text, TEXT_SIZE_MAX);
}

void namesakes_release(struct namesakes *namesakes)
{
    buf_release(&namesakes->text);
    mem_free(namesakes->users);
    mem_free(namesakes->owners);
    *namesakes = (struct namesakes){0};
}

void namesakes_clear(struct namesakes *namesakes)
{
    buf_clear(&namesakes->text);
    namesakes->count = 0;
    namesakes->owner_count = 0;
    namesakes->is_full = false;
}

static void add(struct namesakes *namesakes, const struct namesake *user, struct str arn)
{
    if (namesakes->count == NAMESAKES_MAX) {
        namesakes->is_full = true;
        return;
    }
    if (namesakes->count == namesakes->capacity) {
        namesakes->capacity = namesakes->capacity == 0 ? 256 : namesakes->capacity * 2;
        namesakes->users =
            mem_resize(namesakes->users, namesakes->capacity * sizeof *namesakes->users);
    }
    buf_str(&namesakes->text, arn);
    namesakes->users[namesakes->count++] = *user;
}

void namesakes_take(struct namesakes *namesakes, struct str *bytes, size_t rule_count)
{
    struct row_head head;
    struct str statuses, arn;

    memcpy(&head, bytes->p, sizeof head);
    *bytes = str_sub(*bytes, sizeof head, bytes->n);
    if (head.arn_n == 0) {
        return;
    }
    statuses = str_sub(*bytes, 0, rule_count);
    arn = str_sub(*bytes, rule_count, rule_count + head.arn_n);
    *bytes = str_sub(*bytes, rule_count + head.arn_n, bytes->n);
    struct namesake user = {.at = (uint32_t)namesakes->text.n,
                            .n = (uint16_t)arn.n,
                            .active = head.active,
                            .has_path = head.has_path,
                            .ours = (uint8_t)statuses.p[namesakes->pair.ours],
                            .theirs = (uint8_t)statuses.p[namesakes->pair.theirs]};
    add(namesakes, &user, arn);
}

/* ---- who is given whose keys ---------------------------------------------------------------- */

static struct str key_arn(const struct namesakes *namesakes, size_t user)
{
    const struct namesake *it = &namesakes->users[user];

    return str_sub(buf_text(&namesakes->text), it->at, it->at + it->n);
}

struct str namesakes_arn(const struct namesakes *namesakes, size_t user)
{
    struct str arn = key_arn(namesakes, user);

    return str_sub(arn, 0, arn.n - key_end.n);
}

static int owner_compare(const void *a, const void *b)
{
    const struct namesake_owner *x = a, *y = b;
    int order = str_cmp(x->arn, y->arn);

    return order != 0 ? order : x->user < y->user ? -1 : x->user > y->user;
}

void namesakes_sort(struct namesakes *namesakes)
{
    size_t count = 0;

    for (size_t i = 0; i < namesakes->count; i++) {
        count += namesakes->users[i].active != 0;
    }
    namesakes->owners = mem_resize(namesakes->owners, (count + 1) * sizeof *namesakes->owners);
    namesakes->owner_count = 0;
    for (size_t i = 0; i < namesakes->count; i++) {
        if (namesakes->users[i].active != 0) {
            namesakes->owners[namesakes->owner_count++] =
                (struct namesake_owner){key_arn(namesakes, i), i};
        }
    }
    if (count > 0) {
        qsort(namesakes->owners, count, sizeof *namesakes->owners, owner_compare);
    }
}

/* The first owner at or behind `from` whose ARN is not before `arn` with `last` behind it. */
static size_t owner_seek(const struct namesakes *namesakes, size_t from, struct str arn,
                         unsigned char last)
{
    size_t end = namesakes->owner_count;

    while (from < end) {
        size_t middle = from + (end - from) / 2;
        struct str it = namesakes->owners[middle].arn;
        int order = str_cmp(str_sub(it, 0, arn.n), arn);
        if (order == 0) {
            order = it.n > arn.n && (unsigned char)it.p[arn.n] >= last ? 1 : -1;
        }
        if (order < 0) {
            from = middle + 1;
        } else {
            end = middle;
        }
    }
    return from;
}

/* Where text stops being like the pattern; the pattern's size where its front is like all of it. */
static size_t like_until(struct str pattern, struct str text)
{
    size_t at = 0;

    while (at < pattern.n && at < text.n && (pattern.p[at] == '_' || pattern.p[at] == text.p[at])) {
        at++;
    }
    return at;
}

/* The next owner behind one that is not like the pattern from `at` on, but that may be: all between
 * share what was wrong with that one. */
static size_t owner_skip(const struct namesakes *namesakes, size_t index, struct str pattern,
                         size_t at)
{
    struct str arn = namesakes->owners[index].arn;

    if (at == arn.n) {
        return index + 1;
    }
    if ((unsigned char)arn.p[at] < (unsigned char)pattern.p[at]) {
        return owner_seek(namesakes, index, str_sub(arn, 0, at), (unsigned char)pattern.p[at]);
    }
    while (at > 0) {
        at--;
        if (pattern.p[at] == '_' && (unsigned char)arn.p[at] < UINT8_MAX) {
            return owner_seek(namesakes, index, str_sub(arn, 0, at),
                              (unsigned char)((unsigned char)arn.p[at] + 1));
        }
    }
    return namesakes->owner_count;
}

static size_t give(const struct namesakes *namesakes, size_t user, size_t count,
                   struct namesake_key keys[static NAMESAKE_KEYS_MAX])
{
    for (unsigned slot = 0; slot < KEY_SLOTS && count < NAMESAKE_KEYS_MAX; slot++) {
        if ((namesakes->users[user].active >> slot & 1) != 0) {
            keys[count++] = (struct namesake_key){user, slot};
        }
    }
    return count;
}

size_t namesakes_keys(const struct namesakes *namesakes, size_t user,
                      struct namesake_key keys[static NAMESAKE_KEYS_MAX])
{
    struct str pattern = namesakes_arn(namesakes, user);
    size_t own = 0, count = 0;

    if (namesakes->users[user].has_path) {
        return 0;
    }
    own = count = give(namesakes, user, 0, keys);
    for (size_t i = 0; i < namesakes->owner_count && count < NAMESAKE_KEYS_MAX;) {
        const struct namesake_owner *owner = &namesakes->owners[i];
        size_t at = like_until(pattern, owner->arn);
        if (at < pattern.n) {
            i = owner_skip(namesakes, i, pattern, at);
            continue;
        }
        if (!str_eq(namesakes_arn(namesakes, owner->user),
                    pattern)) { /* else the user itself, or its row once more */
            count = give(namesakes, owner->user, count, keys);
        }
        i++;
    }
    return count > own ? count : 0;
}

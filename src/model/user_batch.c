#include "model/user_batch.h"

#include "base/arena.h"

void user_batch_init(struct user_batch *batch, uint32_t columns_wanted)
{
    *batch = (struct user_batch){0};
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if ((columns_wanted >> i & 1) == 0) {
            continue;
        }
        enum column_type type = report_column_type((enum report_column)i);
        if (type == COLUMN_IS_TIME) {
            batch->times[i] = mem_array(BATCH_ROWS_MAX, sizeof(int64_t));
        } else if (type == COLUMN_IS_BOOL) {
            batch->flags[i] = mem_alloc(sizeof(struct flag_bits));
        }
    }
}

void user_batch_release(struct user_batch *batch)
{
    for (int i = 0; i < COLUMN_COUNT; i++) {
        mem_free(batch->times[i]);
        mem_free(batch->flags[i]);
        batch->times[i] = NULL;
        batch->flags[i] = NULL;
    }
}

static bool is_account(struct str s)
{
    if (s.n != 12) {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') {
            return false;
        }
    }
    return true;
}

/* arn:partition:iam::account:user/path/name or ...:root */
struct arn_parts arn_split(struct str arn)
{
    struct arn_parts parts = {0};
    struct str rest = arn, head, partition, account;

    if (!str_cut(&rest, ':', &head) || !str_eq(head, STR("arn")) ||
        !str_cut(&rest, ':', &partition) || !str_cut(&rest, ':', &head) ||
        !str_eq(head, STR("iam")) || !str_cut(&rest, ':', &head) ||
        !str_cut(&rest, ':', &account) || !is_account(account)) {
        return parts;
    }
    parts.partition = partition;
    parts.account = account;
    parts.path = STR("/");
    if (str_starts(rest, STR("user/"))) {
        size_t last = rest.n;
        while (last > 0 && rest.p[last - 1] != '/') {
            last--;
        }
        parts.path = str_sub(rest, 4, last);
    }
    return parts;
}

struct row_principal user_batch_principal(const struct user_batch *batch, size_t row,
                                          struct str otherwise)
{
    struct str arn = user_batch_cell(batch, row, COLUMN_ARN);
    struct str account = arn_split(arn).account;

    return (struct row_principal){.account = account.n > 0 ? account : otherwise,
                                  .user = user_batch_cell(batch, row, COLUMN_USER),
                                  .arn = arn};
}

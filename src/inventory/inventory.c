#include "inventory/internal.h"

bool inventory_read(struct arena *arena, struct str account, const struct answer *answers,
                    size_t count, struct inventory *out, struct err *err)
{
    struct inventory inventory = {0};
    struct reading reading;
    bool ok = reading_init(&reading, arena, account, answers, count);

    if (ok) {
        authorization_read(&reading);
        account_read(&reading);
        regions_read(&reading);
        trails_read(&reading);
        users_read(&reading);
        ok = rows_write(&reading, &inventory.rows, &inventory.row_count) &&
             gaps_write(&reading, &inventory.gaps, &inventory.gap_count);
    }
    reading_release(&reading);
    if (!ok) {
        return err_set(err, ERR_INPUT, "the answers of account %.*s are larger than any account's",
                       STR_ARG(account));
    }
    *out = inventory;
    return true;
}

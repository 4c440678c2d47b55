/* Any bytes as accounts.csv: they are read or refused with a place; what is read is in order, found
 * again, and never twice. */
#include <stdint.h>
#include <stdlib.h>

#include "source/accounts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct accounts accounts;
    struct err err = {0};
    struct buf text;

    buf_init(&text, 1 << 26);
    buf_bytes(&text, data, size);
    bool ok = accounts_read(&accounts, STR("accounts.csv"), &text, &err);
    check(ok == (err.kind == ERR_NONE));
    check(ok || (err.kind == ERR_INPUT && err.text[0] != '\0' && err.line > 0));
    for (size_t i = 0; ok && i < accounts.count; i++) {
        const struct account_record *record = &accounts.records[i];
        check(record->number < 1000000000000 && record->line > 1 &&
              record->asset_class != ASSET_NONE);
        check(i == 0 || record[-1].number < record->number);
        check(accounts_find_number(&accounts, record->number) == record);
    }
    check(accounts_find(&accounts, STR("x")) == NULL);
    accounts_release(&accounts);
    buf_release(&text);
    return 0;
}

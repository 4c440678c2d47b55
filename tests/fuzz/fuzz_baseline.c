/* Any bytes as a baseline, in pieces of a size that the first byte chooses: they are read or
 * refused with a reason, and the size of the pieces changes nothing. */
#include <stdint.h>
#include <stdlib.h>

#include "audit/baseline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
    struct str rest;
    size_t step;
};

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool read_bytes(void *shared, void *to, size_t size, size_t *got, struct err *err)
{
    struct bytes *bytes = shared;
    size_t n = bytes->step < size ? bytes->step : size;

    (void)err;
    n = n < bytes->rest.n ? n : bytes->rest.n;
    if (n > 0) {
        memcpy(to, bytes->rest.p, n);
    }
    bytes->rest = str_sub(bytes->rest, n, bytes->rest.n);
    *got = n;
    return true;
}

static bool load(struct str text, size_t step, struct baseline_totals *totals, struct err *err)
{
    struct bytes bytes = {text, step};
    struct baseline baseline;

    baseline_init(&baseline);
    bool ok = baseline_read(&baseline, read_bytes, &bytes, err);
    check(ok == (err->kind == ERR_NONE));
    (void)baseline_knows(&baseline, STR("1"), STR("a"), STR("c"), STATUS_FAIL);
    *totals = baseline_totals(&baseline);
    check(totals->known + totals->gone + totals->changed == totals->findings);
    baseline_release(&baseline);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct baseline_totals first, second;
    struct err one = {0}, two = {0};

    if (size == 0) {
        return 0;
    }
    text = str_sub(text, 1, text.n);
    check(load(text, (size_t)data[0] + 1, &first, &one) == load(text, SIZE_MAX, &second, &two));
    check(first.findings == second.findings && first.known == second.known);
    check(one.line == two.line && strcmp(one.text, two.text) == 0);
    return 0;
}

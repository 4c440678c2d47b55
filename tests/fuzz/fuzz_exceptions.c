/* Any bytes as an exception file: they are read, or refused with places; what is read is matched
 * and linted without harm, and the same way twice. */
#include <stdint.h>
#include <stdlib.h>

#include "audit/exceptions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUT_MAX = 64 << 20 };

static struct ruleset rules;

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void tell(void *shared, bool is_error, const struct err *err)
{
    check(err->kind == ERR_INPUT && err->text[0] != '\0' && err->line > 0 && err->col > 0);
    buf_printf(shared, "%s:%u:%u: %d %s\n", err->place, err->line, err->col, is_error, err->text);
}

static void match_all(struct exceptions *set, struct buf *out)
{
    static const struct row_principal who[] = {
        {STR_LIT("111122223333"), STR_LIT("ada"), STR_LIT("arn:aws:iam::111122223333:user/ada")},
        {STR_LIT("111122223333"), STR_LIT("<root_account>"), STR_LIT("")},
        {STR_LIT(""), STR_LIT(""), STR_LIT("")},
    };
    struct exception_scan *scan = exception_scan_new(set);

    for (size_t i = 0; i < 2 * (sizeof who / sizeof who[0]); i++) {
        const struct exception *found =
            exceptions_match(scan, 0, &who[i / 2], i % 2 == 0 ? 0 : INT64_C(1790000000), true);
        /* Counting changes nothing. */
        check(found ==
              exceptions_match(scan, 0, &who[i / 2], i % 2 == 0 ? 0 : INT64_C(1790000000), false));
        buf_printf(out, "%u\n", found == NULL ? 0 : found->line);
    }
    exception_scan_free(scan);
    struct exception_use *uses = exceptions_uses(set, 0);
    for (size_t i = 0; i < set->count; i++) {
        check(uses[i].exception->owner.n > 0 && uses[i].exception->reason.n > 0);
        exception_use_write(out, &uses[i]);
    }
    mem_free(uses);
}

static void load(struct str text, struct buf *out)
{
    struct exception_sink sink = {tell, out, 0, 0};
    struct exceptions set;
    struct err err = {0};
    struct str id = STR("root-a");
    struct str_list ids = {&id, 1};

    exceptions_init(&set);
    bool ok = exceptions_add_text(&set, STR("e.yaml"), text, &sink);
    check(ok == (sink.error_count == 0));
    if (ok && exceptions_bind(&set, &rules, &err)) {
        match_all(&set, out);
    }
    exceptions_lint(&set, &ids, 0, &sink);
    exceptions_release(&set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct buf first, second;
    struct err err = {0};

    if (rules.count == 0) {
        ruleset_init(&rules);
        check(ruleset_add_text(&rules, STR("r.txt"), STR("IAMUser should have MFAActive\n"), &err));
        rules.controls[0].id = STR("root-a");
    }
    buf_init(&first, OUT_MAX);
    buf_init(&second, OUT_MAX);
    load(text, &first);
    load(text, &second);
    check(str_eq(buf_text(&first), buf_text(&second)));
    buf_release(&first);
    buf_release(&second);
    return 0;
}

#include "inventory/inventory.h"
/* stub: begin */
#include "inventory/organization.h"
__attribute__((weak)) bool inventory_read(struct arena *a, struct str account,
                                          const struct answer *answers, size_t count,
                                          struct inventory *out, struct err *err)
{
    (void)account;
    (void)err;
    *out = (struct inventory){0};
    out->rows = arena_array(a, count, sizeof *out->rows);
    out->gaps = arena_array(a, count, sizeof *out->gaps);
    for (size_t i = 0; i < count; i++) {
        if (answers[i].outcome >= ANSWER_DENIED) {
            out->gaps[out->gap_count++] = (struct inventory_gap){.action = answers[i].action,
                                                                 .code = answers[i].code,
                                                                 .outcome = answers[i].outcome};
        } else {
            out->rows[out->row_count++] =
                (struct entity_row){STR("IAMPasswordPolicy"), STR(""), STR("{}")};
        }
    }
    return true;
}
__attribute__((weak)) bool organization_read(struct arena *a, const struct answer *answers,
                                             size_t count, struct organization *out,
                                             struct err *err)
{
    (void)a;
    (void)answers;
    (void)count;
    (void)err;
    *out = (struct organization){.id = STR("o-abcdefghij")};
    return true;
}
__attribute__((weak)) bool organization_rows(struct arena *a,
                                             const struct organization *organization,
                                             struct str account, struct inventory *out,
                                             struct err *err)
{
    (void)a;
    (void)organization;
    (void)account;
    (void)err;
    *out = (struct inventory){0};
    return true;
}
/* stub: end */

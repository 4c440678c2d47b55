#include "model/arn.h"

struct str arn_part(struct str arn, enum arn_part part)
{
    struct str rest = arn, head = {0};
    bool has_more = str_cut(&rest, ':', &head) && str_eq(head, STR("arn"));

    for (int i = ARN_PARTITION; has_more && i < (int)part; i++) {
        has_more = str_cut(&rest, ':', &head);
    }
    if (!has_more) {
        return STR("");
    }
    if (part < ARN_RESOURCE) {
        (void)str_cut(&rest, ':', &head);
        return head;
    }
    return rest;
}

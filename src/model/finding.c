#include "model/finding.h"

struct str status_name(enum status status)
{
    static const struct str names[STATUS_COUNT] = {
        [STATUS_FAIL] = STR_LIT("fail"),
        [STATUS_UNKNOWN] = STR_LIT("unknown"),
        [STATUS_EXCEPTED] = STR_LIT("excepted"),
        [STATUS_NOT_APPLICABLE] = STR_LIT("not-applicable"),
        [STATUS_PASS] = STR_LIT("pass"),
    };

    return names[status];
}

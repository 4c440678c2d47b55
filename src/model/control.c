#include "model/control.h"

static const struct str severity_names[SEVERITY_COUNT] = {
    [SEVERITY_INFO] = STR_LIT("info"),         [SEVERITY_LOW] = STR_LIT("low"),
    [SEVERITY_MEDIUM] = STR_LIT("medium"),     [SEVERITY_HIGH] = STR_LIT("high"),
    [SEVERITY_CRITICAL] = STR_LIT("critical"),
};

struct str severity_name(enum severity severity)
{
    return severity_names[severity];
}

bool severity_parse(struct str name, enum severity *out)
{
    for (unsigned i = 0; i < SEVERITY_COUNT; i++) {
        if (str_eq(name, severity_names[i])) {
            *out = (enum severity)i;
            return true;
        }
    }
    return false;
}

#include "model/alert.h"

struct str alert_level_name(enum severity severity)
{
    return severity == SEVERITY_INFO ? STR("informational") : severity_name(severity);
}

#include "report/alert_report.h"

const struct alert_format *alert_format_find(struct str name)
{
    static const struct alert_format *const formats[] = {
        &alert_table, &alert_csv, &alert_jsonl, &alert_json, &alert_sarif, &alert_ocsf, &alert_asff,
    };

    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (str_eq(formats[i]->name, name)) {
            return formats[i];
        }
    }
    return NULL;
}

/* report_column.h: the columns of an AWS credential report, by name.
 *
 * Facts: the IAM User Guide's page on credential reports; three generations exist, of 16, 22 and 23
 * columns.
 *
 * Example:   enum report_column column;
 *            if (report_column_find(STR("mfa_active"), &column)) { ... COLUMN_MFA ... } */
#ifndef MODEL_REPORT_COLUMN_H
#define MODEL_REPORT_COLUMN_H

#include <stdbool.h>

#include "base/str.h"

enum report_column {
    COLUMN_USER,
    COLUMN_ARN,
    COLUMN_CREATED,
    COLUMN_PASSWORD_ENABLED,
    COLUMN_PASSWORD_USED,
    COLUMN_PASSWORD_CHANGED,
    COLUMN_PASSWORD_NEXT_ROTATION,
    COLUMN_MFA,
    COLUMN_KEY_1_ACTIVE, /* a key slot's five columns follow each other */
    COLUMN_KEY_1_ROTATED,
    COLUMN_KEY_1_USED,
    COLUMN_KEY_1_REGION,
    COLUMN_KEY_1_SERVICE,
    COLUMN_KEY_2_ACTIVE,
    COLUMN_KEY_2_ROTATED,
    COLUMN_KEY_2_USED,
    COLUMN_KEY_2_REGION,
    COLUMN_KEY_2_SERVICE,
    COLUMN_CERT_1_ACTIVE,
    COLUMN_CERT_1_ROTATED,
    COLUMN_CERT_2_ACTIVE,
    COLUMN_CERT_2_ROTATED,
    COLUMN_ADDITIONAL_INFO,
};
enum {
    COLUMN_COUNT = 23,
    KEY_SLOT_STRIDE = COLUMN_KEY_2_ACTIVE - COLUMN_KEY_1_ACTIVE,
    CERT_SLOT_STRIDE = COLUMN_CERT_2_ACTIVE - COLUMN_CERT_1_ACTIVE,
};

enum column_type { COLUMN_IS_TEXT, COLUMN_IS_BOOL, COLUMN_IS_TIME };

struct str report_column_name(enum report_column column);
enum column_type report_column_type(enum report_column column);
bool report_column_find(struct str name, enum report_column *out);

#endif

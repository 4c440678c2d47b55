#include "model/report_column.h"

static const struct {
    struct str name;
    enum column_type type;
} columns[COLUMN_COUNT] = {
    [COLUMN_USER] = {STR_LIT("user"), COLUMN_IS_TEXT},
    [COLUMN_ARN] = {STR_LIT("arn"), COLUMN_IS_TEXT},
    [COLUMN_CREATED] = {STR_LIT("user_creation_time"), COLUMN_IS_TIME},
    [COLUMN_PASSWORD_ENABLED] = {STR_LIT("password_enabled"), COLUMN_IS_BOOL},
    [COLUMN_PASSWORD_USED] = {STR_LIT("password_last_used"), COLUMN_IS_TIME},
    [COLUMN_PASSWORD_CHANGED] = {STR_LIT("password_last_changed"), COLUMN_IS_TIME},
    [COLUMN_PASSWORD_NEXT_ROTATION] = {STR_LIT("password_next_rotation"), COLUMN_IS_TIME},
    [COLUMN_MFA] = {STR_LIT("mfa_active"), COLUMN_IS_BOOL},
    [COLUMN_KEY_1_ACTIVE] = {STR_LIT("access_key_1_active"), COLUMN_IS_BOOL},
    [COLUMN_KEY_1_ROTATED] = {STR_LIT("access_key_1_last_rotated"), COLUMN_IS_TIME},
    [COLUMN_KEY_1_USED] = {STR_LIT("access_key_1_last_used_date"), COLUMN_IS_TIME},
    [COLUMN_KEY_1_REGION] = {STR_LIT("access_key_1_last_used_region"), COLUMN_IS_TEXT},
    [COLUMN_KEY_1_SERVICE] = {STR_LIT("access_key_1_last_used_service"), COLUMN_IS_TEXT},
    [COLUMN_KEY_2_ACTIVE] = {STR_LIT("access_key_2_active"), COLUMN_IS_BOOL},
    [COLUMN_KEY_2_ROTATED] = {STR_LIT("access_key_2_last_rotated"), COLUMN_IS_TIME},
    [COLUMN_KEY_2_USED] = {STR_LIT("access_key_2_last_used_date"), COLUMN_IS_TIME},
    [COLUMN_KEY_2_REGION] = {STR_LIT("access_key_2_last_used_region"), COLUMN_IS_TEXT},
    [COLUMN_KEY_2_SERVICE] = {STR_LIT("access_key_2_last_used_service"), COLUMN_IS_TEXT},
    [COLUMN_CERT_1_ACTIVE] = {STR_LIT("cert_1_active"), COLUMN_IS_BOOL},
    [COLUMN_CERT_1_ROTATED] = {STR_LIT("cert_1_last_rotated"), COLUMN_IS_TIME},
    [COLUMN_CERT_2_ACTIVE] = {STR_LIT("cert_2_active"), COLUMN_IS_BOOL},
    [COLUMN_CERT_2_ROTATED] = {STR_LIT("cert_2_last_rotated"), COLUMN_IS_TIME},
    [COLUMN_ADDITIONAL_INFO] = {STR_LIT("additional_credentials_info"), COLUMN_IS_TEXT},
};

struct str report_column_name(enum report_column column)
{
    return columns[column].name;
}

enum column_type report_column_type(enum report_column column)
{
    return columns[column].type;
}

bool report_column_find(struct str name, enum report_column *out)
{
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (str_eq(name, columns[i].name)) {
            *out = (enum report_column)i;
            return true;
        }
    }
    return false;
}

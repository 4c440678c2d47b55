#include "model/root_use.h"

static const struct str names[ROOT_USE_KIND_COUNT] = {
    [ROOT_SIGN_IN] = STR_LIT("sign-in"),
    [ROOT_FAILED_SIGN_IN] = STR_LIT("failed-sign-in"),
    [ROOT_CONSOLE_CALL] = STR_LIT("console-call"),
    [ROOT_KEY_CALL] = STR_LIT("key-call"),
    [ROOT_OTHER] = STR_LIT("other"),
};

struct str root_use_kind_name(enum root_use_kind kind)
{
    return names[kind];
}

bool root_use_kind_read(struct str name, enum root_use_kind *out)
{
    for (int i = 0; i < ROOT_USE_KIND_COUNT; i++) {
        if (str_eq(names[i], name)) {
            *out = (enum root_use_kind)i;
            return true;
        }
    }
    return false;
}

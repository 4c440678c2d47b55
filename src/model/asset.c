#include "model/asset.h"

struct str asset_class_name(enum asset_class asset_class)
{
    static const struct str names[] = {
        [ASSET_NONE] = STR_LIT(""),       [ASSET_UNKNOWN] = STR_LIT("unknown"),
        [ASSET_SMALL] = STR_LIT("small"), [ASSET_MEDIUM] = STR_LIT("medium"),
        [ASSET_LARGE] = STR_LIT("large"),
    };

    return names[asset_class];
}

enum asset_class asset_class_of(uint64_t sum, bool is_whole)
{
    return sum >= ASSET_LARGE_FIRST    ? ASSET_LARGE
           : !is_whole                 ? ASSET_UNKNOWN
           : sum >= ASSET_MEDIUM_FIRST ? ASSET_MEDIUM
                                       : ASSET_SMALL;
}

enum severity asset_severity(enum severity declared, enum asset_class asset_class)
{
    if (asset_class == ASSET_LARGE && declared < SEVERITY_CRITICAL) {
        return (enum severity)(declared + 1);
    }
    if (asset_class == ASSET_SMALL && declared > SEVERITY_INFO) {
        return (enum severity)(declared - 1);
    }
    return declared;
}

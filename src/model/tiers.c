#include "model/tiers.h"

#include <string.h>

#include "base/instant.h"

static bool fail(struct str text, struct err *err)
{
    (void)err_set(err, ERR_USAGE, "--tiers takes no '%.*s'", STR_ARG(str_sub(text, 0, 100)));
    err_hint(err, "write up to %d rising numbers of days: 90,365,1825", TIERS_MAX);
    return false;
}

bool tiers_parse(struct str text, struct tiers *out, struct err *err)
{
    struct tiers tiers = {.count = 0};
    struct str rest = text, word;
    bool is_more = true;

    while (is_more) {
        int64_t last = tiers.count == 0 ? 0 : tiers.days[tiers.count - 1];
        uint64_t days = 0;
        is_more = str_cut(&rest, ',', &word);
        if (tiers.count == TIERS_MAX || !str_to_u64(word, &days) || days > TIER_DAYS_MAX ||
            (int64_t)days <= last) {
            return fail(text, err);
        }
        tiers.days[tiers.count++] = (int64_t)days;
    }
    *out = tiers;
    return true;
}

size_t tier_band_over(const struct tiers *tiers, int64_t seconds)
{
    size_t band = 0;

    while (band < tiers->count && seconds > tiers->days[band] * SECONDS_PER_DAY) {
        band++;
    }
    return band;
}

size_t tier_band_reached(const struct tiers *tiers, int64_t seconds)
{
    size_t band = 0;

    while (band < tiers->count && seconds >= tiers->days[band] * SECONDS_PER_DAY) {
        band++;
    }
    return band;
}

void tiers_add(struct tiers *to, const struct tiers *from)
{
    for (size_t who = 0; who < TIER_WHO_COUNT; who++) {
        for (size_t kind = 0; kind < TIER_ROW_COUNT; kind++) {
            for (size_t band = 0; band <= TIERS_MAX; band++) {
                to->rows[who][kind].bands[band] += from->rows[who][kind].bands[band];
            }
            to->rows[who][kind].unknown += from->rows[who][kind].unknown;
        }
    }
}

void tiers_clear(struct tiers *tiers)
{
    memset(tiers->rows, 0, sizeof tiers->rows);
}

uint64_t tier_row_sum(const struct tiers *tiers, const struct tier_row *row)
{
    uint64_t sum = row->unknown;

    for (size_t band = 0; band <= tiers->count; band++) {
        sum += row->bands[band];
    }
    return sum;
}

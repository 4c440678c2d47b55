#include "trail/layout.h"

#include "base/instant.h"

enum { ACCOUNT_SIZE = 12, DAYS_NAMED_MAX = 400 };

/* How far down a name the layout is followed: what its next part would be. */
enum stage {
    STAGE_OUTSIDE, /* no AWSLogs yet */
    STAGE_ACCOUNT, /* or the organization before it */
    STAGE_SERVICE,
    STAGE_REGION,
    STAGE_YEAR,
    STAGE_MONTH,
    STAGE_DAY,
    STAGE_FILE,
    STAGE_OTHER, /* something that is no part of the layout */
};

struct place {
    enum stage stage;
    struct str account, service, region;
    int date[3]; /* year, month, day, as far as they are known */
};

static bool is_number(struct str text, size_t size, int *out)
{
    uint64_t number = 0;

    if (text.n != size || !str_to_u64(text, &number)) {
        return false;
    }
    *out = (int)(number % 10000);
    return true;
}

static enum stage part_take(struct place *place, struct str part)
{
    int ignored = 0;

    switch (place->stage) {
    case STAGE_ACCOUNT:
        if (str_starts(part, STR("o-"))) {
            return STAGE_ACCOUNT;
        }
        place->account = part;
        return is_number(part, ACCOUNT_SIZE, &ignored) ? STAGE_SERVICE : STAGE_OTHER;
    case STAGE_SERVICE:
        place->service = part;
        return STAGE_REGION;
    case STAGE_REGION:
        place->region = part;
        return STAGE_YEAR;
    case STAGE_YEAR:
        return is_number(part, 4, &place->date[0]) && place->date[0] > 0 ? STAGE_MONTH
                                                                         : STAGE_OTHER;
    case STAGE_MONTH:
        return is_number(part, 2, &place->date[1]) && place->date[1] >= 1 && place->date[1] <= 12
                   ? STAGE_DAY
                   : STAGE_OTHER;
    case STAGE_DAY:
        return is_number(part, 2, &place->date[2]) && place->date[2] >= 1 && place->date[2] <= 31
                   ? STAGE_FILE
                   : STAGE_OTHER;
    case STAGE_OUTSIDE:
    case STAGE_FILE:
    case STAGE_OTHER:
        break;
    }
    return place->stage;
}

/* Follows the folders of a name; what stands behind the last slash is no folder. */
static struct place place_of(struct str name)
{
    struct place place = {.stage = STAGE_OUTSIDE};
    struct str part;

    while (str_cut(&name, '/', &part)) {
        if (str_eq(part, STR("AWSLogs"))) {
            place = (struct place){.stage = STAGE_ACCOUNT};
        } else {
            place.stage = part_take(&place, part);
        }
    }
    return place;
}

static bool is_listed(const struct str_list *list, struct str text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (str_eq(list->items[i], text)) {
            return true;
        }
    }
    return list->count == 0 || text.n == 0;
}

static bool is_digest(const struct place *place)
{
    return str_eq(place->service, STR("CloudTrail-Digest"));
}

/* Insights are no events; what is no service of CloudTrail's are other logs in the same bucket. */
static bool is_service(const struct layout_filter *filter, const struct place *place)
{
    if (place->service.n == 0) {
        return true;
    }
    return is_digest(place) ? filter->wants_digests
                            : str_starts(place->service, STR("CloudTrail")) &&
                                  !str_starts(place->service, STR("CloudTrail-Insight")) &&
                                  !str_starts(place->service, STR("CloudTrail-Aggregated"));
}

struct days {
    int64_t first, last;
};

/* The days of delivery that are wanted. A digest is written behind what it tells of. */
static struct days days_wanted(const struct layout_filter *filter, const struct place *place)
{
    const int64_t late = is_digest(place) ? 2 : 1;
    int64_t since = filter->since - INSTANT_MIN, until = filter->until - INSTANT_MIN;

    return (struct days){since / SECONDS_PER_DAY + INSTANT_MIN / SECONDS_PER_DAY,
                         until / SECONDS_PER_DAY + INSTANT_MIN / SECONDS_PER_DAY + late};
}

/* The days that a folder of dates stands for. */
static struct days days_of(const struct place *place)
{
    const int *date = place->date;

    if (place->stage == STAGE_MONTH) {
        return (struct days){days_from_civil(date[0], 1, 1), days_from_civil(date[0], 12, 31)};
    }
    if (place->stage == STAGE_DAY) {
        int64_t first = days_from_civil(date[0], date[1], 1);
        return (struct days){first, first + 30};
    }
    int64_t day = days_from_civil(date[0], date[1], 1) + date[2] - 1;
    return (struct days){day, day};
}

static bool has_date(const struct place *place)
{
    return place->stage == STAGE_MONTH || place->stage == STAGE_DAY || place->stage == STAGE_FILE;
}

static bool has_span(const struct layout_filter *filter)
{
    return filter->since > INSTANT_MIN || filter->until < INSTANT_MAX;
}

bool layout_is_wanted(const struct layout_filter *filter, struct str key)
{
    struct place place = place_of(key);

    if (place.stage == STAGE_OTHER && place.service.n == 0) {
        return true;
    }
    if (!is_listed(&filter->accounts, place.account) || !is_service(filter, &place) ||
        !is_listed(&filter->regions, place.region)) {
        return false;
    }
    if (has_span(filter) && has_date(&place)) {
        struct days wanted = days_wanted(filter, &place), has = days_of(&place);
        return has.first <= wanted.last && has.last >= wanted.first;
    }
    return true;
}

static void name_days(struct buf *names, struct str prefix, struct days days)
{
    for (int64_t day = days.first; day <= days.last; day++) {
        struct civil date = civil_from_days(day);
        buf_printf(names, "%.*s%04d/%02d/%02d/", STR_ARG(prefix), date.year, date.month, date.day);
        buf_char(names, '\0');
    }
}

enum layout_listing layout_plan(const struct layout_filter *filter, struct str prefix,
                                struct buf *names)
{
    struct place place = place_of(prefix);
    struct days wanted = days_wanted(filter, &place);
    bool is_folder = prefix.n == 0 || str_ends(prefix, STR("/"));
    bool has_filter = filter->accounts.count > 0 || filter->regions.count > 0 || has_span(filter);

    switch (place.stage) {
    case STAGE_OUTSIDE:
        return has_filter ? LAYOUT_FOLDERS : LAYOUT_ALL;
    case STAGE_ACCOUNT:
    case STAGE_SERVICE:
        return LAYOUT_FOLDERS;
    case STAGE_REGION:
        if (filter->regions.count > 0 && is_folder) {
            for (size_t i = 0; i < filter->regions.count; i++) {
                buf_printf(names, "%.*s%.*s/", STR_ARG(prefix), STR_ARG(filter->regions.items[i]));
                buf_char(names, '\0');
            }
            return LAYOUT_NAMED;
        }
        return filter->regions.count > 0 || has_span(filter) ? LAYOUT_FOLDERS : LAYOUT_ALL;
    case STAGE_YEAR:
        if (has_span(filter) && is_folder && wanted.last - wanted.first < DAYS_NAMED_MAX) {
            name_days(names, prefix, wanted);
            return LAYOUT_NAMED;
        }
        return has_span(filter) ? LAYOUT_FOLDERS : LAYOUT_ALL;
    case STAGE_MONTH:
    case STAGE_DAY: {
        struct days has = days_of(&place);
        bool is_inside = has.first >= wanted.first && has.last <= wanted.last;
        return has_span(filter) && !is_inside ? LAYOUT_FOLDERS : LAYOUT_ALL;
    }
    case STAGE_FILE:
    case STAGE_OTHER:
        break;
    }
    return LAYOUT_ALL;
}

#include "base/instant.h"

int64_t days_from_civil(int year, int month, int day)
{
    /* Years start in March, so that the leap day is the last one of its year; eras are 400 years
     * of 146,097 days. */
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

static bool digits(const char *p, int count, int *out)
{
    int value = 0;

    for (int i = 0; i < count; i++) {
        if (p[i] < '0' || p[i] > '9') {
            return false;
        }
        value = value * 10 + (p[i] - '0');
    }
    *out = value;
    return true;
}

static bool date_parse(const char *p, int64_t *day_number)
{
    static const unsigned char lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = 0, month = 0, day = 0;

    if (!digits(p, 4, &year) || p[4] != '-' || !digits(p + 5, 2, &month) || p[7] != '-' ||
        !digits(p + 8, 2, &day)) {
        return false;
    }
    if (year < 1 || month < 1 || month > 12 || day < 1) {
        return false;
    }
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (day > lengths[month - 1] + (month == 2 && leap ? 1 : 0)) {
        return false;
    }
    *day_number = days_from_civil(year, month, day);
    return true;
}

bool instant_parse(struct str s, int64_t *out)
{
    int64_t day_number = 0;
    int hour = 0, minute = 0, second = 0;

    if (s.n < 20 || !date_parse(s.p, &day_number) || s.p[10] != 'T' ||
        !digits(s.p + 11, 2, &hour) || s.p[13] != ':' || !digits(s.p + 14, 2, &minute) ||
        s.p[16] != ':' || !digits(s.p + 17, 2, &second) || hour > 23 || minute > 59 ||
        second > 59) {
        return false;
    }
    struct str zone = str_sub(s, 19, s.n);
    if (zone.p[0] == '.') {
        size_t at = 1;
        while (at < zone.n && zone.p[at] >= '0' && zone.p[at] <= '9') {
            at++;
        }
        if (at == 1) {
            return false;
        }
        zone = str_sub(zone, at, zone.n);
    }
    if (!str_eq(zone, STR("Z")) && !str_eq(zone, STR("+00:00"))) {
        return false;
    }
    *out = day_number * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
    return true;
}

bool instant_parse_human(struct str s, int64_t *out)
{
    int64_t day_number = 0;

    if (s.n == 10 && date_parse(s.p, &day_number)) {
        *out = day_number * SECONDS_PER_DAY;
        return true;
    }
    return instant_parse(s, out);
}

struct civil civil_from_days(int64_t day_number)
{
    int64_t z = day_number + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);

    return (struct civil){(int)year, (int)month, (int)day};
}

void instant_write(struct buf *out, int64_t at)
{
    int64_t day_number = at / SECONDS_PER_DAY;
    int64_t second = at % SECONDS_PER_DAY;

    if (second < 0) {
        second += SECONDS_PER_DAY;
        day_number--;
    }
    struct civil date = civil_from_days(day_number);

    buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", date.year, date.month, date.day,
               (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
}

/* Instants: writing and reading are inverse, text orders as time does, and the calendar is the one
 * that counting day by day gives. */
#include <string.h>

#include "base/instant.h"
#include "support/property.h"

enum { TEXT_SIZE = 20 };

static int64_t some_instant(struct random *random)
{
    uint64_t span = (uint64_t)(INSTANT_MAX - INSTANT_MIN) + 1;

    switch (random_below(random, 4)) {
    case 0: /* around now */
        return INT64_C(1793491200) - (int64_t)random_below(random, 1u << 30);
    case 1: /* around a day's end */
        return (int64_t)random_below(random, 40000) * SECONDS_PER_DAY -
               (int64_t)random_below(random, 3) + 1;
    default:
        return INSTANT_MIN + (int64_t)(random_u64(random) % span);
    }
}

static void write_text(int64_t at, char *out)
{
    struct buf buf = {.p = out, .capacity = TEXT_SIZE + 1, .size_max = TEXT_SIZE + 1};

    memset(out, 0, TEXT_SIZE + 1);
    instant_write(&buf, at);
}

static void inverse(struct property *property)
{
    int64_t at = some_instant(&property->random), again = 0;
    char text[TEXT_SIZE + 1], zone[TEXT_SIZE + 12];

    write_text(at, text);
    if (strlen(text) != TEXT_SIZE || !instant_parse(str_from(text), &again) || again != at) {
        property_fail(property, "%lld is written %s, read %lld", (long long)at, text,
                      (long long)again);
    }
    memcpy(zone, text, TEXT_SIZE - 1);
    memcpy(zone + TEXT_SIZE - 1, ".9999+00:00", 12);
    if (!instant_parse(str_from(zone), &again) || again != at) {
        property_fail(property, "%s is read %lld, not %lld", zone, (long long)again, (long long)at);
    }
}

static void monotone(struct property *property)
{
    int64_t a = some_instant(&property->random), b = some_instant(&property->random);
    char text_a[TEXT_SIZE + 1], text_b[TEXT_SIZE + 1];

    if (random_chance(&property->random, 50) && a < INSTANT_MAX) {
        b = a + 1;
    }
    write_text(a, text_a);
    write_text(b, text_b);
    if ((a < b) != (strcmp(text_a, text_b) < 0) || (a == b) != (strcmp(text_a, text_b) == 0)) {
        property_fail(property, "%lld %s and %lld %s", (long long)a, text_a, (long long)b, text_b);
    }
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* A text of fields taken at random, most of them possible: read exactly if the date exists. */
static void calendar(struct property *property)
{
    struct random *random = &property->random;
    int year = 1970 + (int)random_below(random, 140), month = (int)random_below(random, 14);
    int day = (int)random_below(random, 33), hour = (int)random_below(random, 25);
    int minute = (int)random_below(random, 61), second = (int)random_below(random, 61);
    bool exists = month >= 1 && month <= 12 && day >= 1 && day <= month_days(year, month) &&
                  hour < 24 && minute < 60 && second < 60;
    int64_t days = 0, at = 0;
    char text[64];
    struct buf buf = {.p = text, .capacity = sizeof text - 1, .size_max = sizeof text - 1};

    buf_printf(&buf, "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day, hour, minute, second);
    if (instant_parse(buf_text(&buf), &at) != exists) {
        property_fail(property, "%.*s %s", STR_ARG(buf_text(&buf)),
                      exists ? "is refused" : "does not exist");
    }
    for (int y = 1970; exists && y < year; y++) {
        days += 337 + month_days(y, 2);
    }
    for (int m = 1; exists && m < month; m++) {
        days += month_days(year, m);
    }
    days += day - 1;
    if (exists && at != days * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second) {
        property_fail(property, "%.*s is read %lld", STR_ARG(buf_text(&buf)), (long long)at);
    }
}

int main(void)
{
    struct property property = property_begin(20000);

    property_run(&property, "writing and reading are inverse", 1, inverse);
    property_run(&property, "text orders as time does", 1, monotone);
    property_run(&property, "the calendar is counted right", 1, calendar);
    return property_end(&property);
}

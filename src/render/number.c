#include "render/number.h"

#include "base/instant.h"

void number_grouped(struct buf *out, uint64_t value)
{
    char digits[32];
    size_t at = sizeof digits;
    unsigned count = 0;

    do {
        if (count > 0 && count % 3 == 0) {
            digits[--at] = ',';
        }
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
        count++;
    } while (value > 0);
    buf_bytes(out, digits + at, sizeof digits - at);
}

void number_counted(struct buf *out, uint64_t value, struct str noun)
{
    number_grouped(out, value);
    buf_char(out, ' ');
    buf_str(out, noun);
    if (value != 1) {
        buf_char(out, 's');
    }
}

void number_duration(struct buf *out, int64_t seconds)
{
    static const struct {
        int64_t seconds;
        struct str noun;
    } units[] = {
        {SECONDS_PER_DAY * 365, STR_LIT("year")},
        {SECONDS_PER_DAY, STR_LIT("day")},
        {3600, STR_LIT("hour")},
        {60, STR_LIT("minute")},
        {1, STR_LIT("second")},
    };
    size_t i = 0;

    if (seconds < 0) {
        seconds = 0;
    }
    while (i + 1 < sizeof units / sizeof units[0] && seconds < 2 * units[i].seconds) {
        i++;
    }
    number_counted(out, (uint64_t)(seconds / units[i].seconds), units[i].noun);
}

void number_percent(struct buf *out, uint64_t part, uint64_t whole)
{
    double percent = whole == 0 ? 0 : 100.0 * (double)part / (double)whole;

    if (part > 0 && percent < 1) {
        buf_str(out, STR("<1%"));
    } else if (part < whole && percent > 99) {
        buf_str(out, STR(">99%"));
    } else {
        buf_printf(out, "%.0f%%", percent);
    }
}

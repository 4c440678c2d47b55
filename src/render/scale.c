#include "render/scale.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/instant.h"
#include "render/number.h"

enum { DAYS_PER_YEAR = 365 };

static const double day_steps[] = {1,   2,   5,    10,   30,   60,   90,   180,
                                   365, 730, 1095, 1825, 3650, 7300, 36500};
enum { DAY_STEP_COUNT = sizeof day_steps / sizeof day_steps[0] };

/* The smallest round step of which tick_max - 1 reach `high`. */
static double step_of(enum scale_kind kind, double high, size_t tick_max)
{
    static const double round_steps[] = {1, 2, 5};
    double parts = tick_max > 1 ? (double)(tick_max - 1) : 1;
    double unit = kind == SCALE_SHARE ? 0.001 : 1;

    if (kind == SCALE_DAYS) {
        size_t i = 0;
        while (i + 1 < DAY_STEP_COUNT && day_steps[i] * parts < high) {
            i++;
        }
        return day_steps[i];
    }
    for (int power = 0; power < 20; power++) {
        for (size_t i = 0; i < sizeof round_steps / sizeof round_steps[0]; i++) {
            /* The slack lets 0.3 be three times 0.1. */
            if (round_steps[i] * unit * parts >= high * (1 - 1e-9)) {
                return round_steps[i] * unit;
            }
        }
        unit *= 10;
    }
    return high;
}

/* The multiples of `step` that it takes to reach `value`. */
static double steps_up(double value, double step)
{
    double count = (double)(int64_t)(value / step);

    return count * step < value * (1 - 1e-9) ? count + 1 : count;
}

struct scale scale_make(enum scale_kind kind, double high, size_t tick_max)
{
    double least = kind == SCALE_SHARE ? 0.01 : 1;
    double above = high > least ? high : least;
    double step = step_of(kind, above, tick_max);
    double end = steps_up(above, step) * step;

    assert(kind != SCALE_DATE);
    if (kind == SCALE_SHARE && end > 1) {
        end = 1;
    } else if (kind == SCALE_DAYS) {
        end = above;
    }
    return (struct scale){.kind = kind, .low = 0, .high = end};
}

struct scale scale_dates(int64_t first, int64_t last)
{
    struct scale scale = {.kind = SCALE_DATE,
                          .low = (double)first,
                          .high = (double)last,
                          .first = first,
                          .last = last};

    if (last <= first) {
        scale.low = (double)first - 0.5 * (double)SECONDS_PER_DAY;
        scale.high = (double)first + 0.5 * (double)SECONDS_PER_DAY;
    }
    return scale;
}

static void text_set(char *text, size_t size, const struct buf *from)
{
    size_t n = from->n < size - 1 ? from->n : size - 1;

    memcpy(text, from->p, n);
    text[n] = '\0';
}

static void value_write(struct buf *out, enum scale_kind kind, double value, double step)
{
    if (kind == SCALE_SHARE) {
        buf_printf(out, "%.*f%%", step < 0.0099 ? 1 : 0, 100 * value);
    } else if (kind == SCALE_DAYS && step >= DAYS_PER_YEAR && value > 0) {
        number_counted(out, (uint64_t)(value / DAYS_PER_YEAR + 0.5), STR("year"));
    } else {
        number_grouped(out, (uint64_t)(value + 0.5));
    }
}

static size_t value_ticks(const struct scale *scale, size_t tick_max, struct scale_tick *ticks)
{
    double step = step_of(scale->kind, scale->high, tick_max);
    size_t count = 0;
    struct buf text;

    buf_init(&text, 64);
    while (count < tick_max && (double)count * step <= scale->high * (1 + 1e-9)) {
        struct scale_tick *tick = &ticks[count];
        *tick = (struct scale_tick){.at = (double)count * step};
        buf_clear(&text);
        value_write(&text, scale->kind, tick->at, step);
        text_set(tick->text, sizeof tick->text, &text);
        count++;
    }
    buf_release(&text);
    return count;
}

/* Steps between dates: days count from the first date, months from January. */
struct date_step {
    int days, months;
};

static const struct date_step date_steps[] = {
    {1, 0}, {7, 0},  {14, 0}, {28, 0}, {0, 1},   {0, 2},   {0, 3},
    {0, 6}, {0, 12}, {0, 24}, {0, 60}, {0, 120}, {0, 240}, {0, 1200},
};
enum { DATE_STEP_COUNT = sizeof date_steps / sizeof date_steps[0] };

static int64_t day_of(double at)
{
    return (int64_t)(at / (double)SECONDS_PER_DAY);
}

/* The first mark at or after the start, then, given the one before, the next. */
static int64_t date_first(const struct date_step *step, int64_t first)
{
    struct civil date = civil_from_days(first);

    if (step->days > 0 || (date.day == 1 && (date.month - 1) % step->months == 0 &&
                           (step->months <= 12 || date.year % (step->months / 12) == 0))) {
        return first;
    }
    int month = date.year * 12 + date.month; /* the month after, counted from 0 */
    month += (step->months - month % step->months) % step->months;
    return days_from_civil(month / 12, month % 12 + 1, 1);
}

static int64_t date_next(const struct date_step *step, int64_t day)
{
    if (step->days > 0) {
        return day + step->days;
    }
    struct civil date = civil_from_days(day);
    int month = date.year * 12 + date.month - 1 + step->months;
    return days_from_civil(month / 12, month % 12 + 1, 1);
}

static void date_text(struct scale_tick *tick, const struct date_step *step, int64_t day, int *year)
{
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil date = civil_from_days(day);
    struct buf text;

    buf_init(&text, 64);
    if (step->months >= 12) {
        buf_printf(&text, "%d", date.year);
    } else if (step->months > 0) {
        buf_printf(&text, "%s", months[date.month - 1]);
    } else {
        buf_printf(&text, "%d %s", date.day, months[date.month - 1]);
    }
    text_set(tick->text, sizeof tick->text, &text);
    if (step->months < 12 && date.year != *year) {
        buf_clear(&text);
        buf_printf(&text, "%d", date.year);
        text_set(tick->below, sizeof tick->below, &text);
        *year = date.year;
    }
    buf_release(&text);
}

static size_t date_ticks(const struct scale *scale, size_t tick_max, struct scale_tick *ticks)
{
    int64_t first = day_of((double)scale->first), last = day_of((double)scale->last);
    const struct date_step *step = date_steps;
    size_t count = 0;
    int year = 0;

    for (size_t i = 0; i < DATE_STEP_COUNT; i++) {
        step = &date_steps[i];
        int64_t width = step->days > 0 ? step->days : (int64_t)step->months * 30;
        if ((last - first) / width + 1 <= (int64_t)tick_max) {
            break;
        }
    }
    for (int64_t day = date_first(step, first); day <= last && count < tick_max;
         day = date_next(step, day)) {
        double at = (double)(day * SECONDS_PER_DAY);
        ticks[count] =
            (struct scale_tick){.at = at < (double)scale->first ? (double)scale->first : at};
        date_text(&ticks[count], step, day, &year);
        count++;
    }
    return count;
}

size_t scale_ticks(const struct scale *scale, size_t tick_max, struct scale_tick *ticks)
{
    size_t most = tick_max < SCALE_TICK_MAX ? tick_max : SCALE_TICK_MAX;

    return scale->kind == SCALE_DATE ? date_ticks(scale, most, ticks)
                                     : value_ticks(scale, most, ticks);
}

void scale_percent(struct buf *out, double part, double whole)
{
    double percent = 100 * part / whole;

    assert(whole > 0);
    if (part > 0 && percent < 0.05) {
        buf_str(out, STR("<0.1%"));
    } else if (part < whole && percent >= 99.95) {
        buf_str(out, STR(">99.9%"));
    } else {
        buf_printf(out, "%.1f%%", percent);
    }
}

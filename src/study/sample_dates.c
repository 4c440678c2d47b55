#include "study/sample_dates.h"

#include "base/arena.h"
#include "base/instant.h"

void sample_dates_make(struct sample_dates *dates, const int64_t *days, size_t day_count,
                       bool is_weekly)
{
    int64_t week = 7 * SECONDS_PER_DAY;

    *dates = (struct sample_dates){.list = mem_array(day_count + 1, sizeof *dates->list),
                                   .index = mem_array(day_count + 1, sizeof *dates->index)};
    for (size_t i = 0; i < day_count; i++) {
        int64_t newest = days[day_count - 1];
        int64_t date = is_weekly ? newest - (newest - days[i]) / week * week : days[i];
        if (dates->count == 0 || dates->list[dates->count - 1] != date) {
            dates->list[dates->count++] = date;
        }
        dates->index[i] = (uint32_t)(dates->count - 1);
    }
}

void sample_dates_release(struct sample_dates *dates)
{
    mem_free(dates->list);
    mem_free(dates->index);
    *dates = (struct sample_dates){0};
}

#include "study/page_weeks.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/instant.h"

static int span_compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

int64_t page_weeks_span(const struct study_result *result)
{
    int64_t usual = 7 * SECONDS_PER_DAY;

    if (result->week_count < 2) {
        return usual;
    }
    int64_t *spans = mem_array(result->week_count - 1, sizeof *spans);
    for (size_t i = 1; i < result->week_count; i++) {
        spans[i - 1] = result->weeks[i].at - result->weeks[i - 1].at;
    }
    qsort(spans, result->week_count - 1, sizeof *spans, span_compare);
    usual = spans[(result->week_count - 2) / 2];
    mem_free(spans);
    return usual;
}

void page_weeks_gaps_draw(const struct study_result *result, struct plot *plot)
{
    int64_t span = page_weeks_span(result);

    for (size_t i = 1; i < result->week_count; i++) {
        int64_t from = result->weeks[i - 1].at, to = result->weeks[i].at;
        if (2 * (to - from) > 3 * span) {
            plot_gap(plot, (double)from + 0.5 * (double)span, (double)to - 0.5 * (double)span,
                     STR("no samples"));
        }
    }
}

void page_weeks_gaps_tell(struct page *page)
{
    enum { TOLD_MAX = 3 };
    const struct study_result *result = page->result;
    int64_t span = page_weeks_span(result);
    size_t count = 0;
    struct buf text;

    buf_init(&text, PAGE_TEXT_MAX);
    for (size_t i = 1; i < result->week_count; i++) {
        int64_t from = result->weeks[i - 1].at, to = result->weeks[i].at;
        if (2 * (to - from) <= 3 * span) {
            continue;
        }
        if (count < TOLD_MAX) {
            buf_str(&text, count == 0 ? STR("There are no samples between ") : STR("; between "));
            page_day(&text, from);
            buf_str(&text, STR(" and "));
            page_day(&text, to);
        }
        count++;
    }
    if (count > TOLD_MAX) {
        buf_str(&text, STR("; and in "));
        page_counted(&text, count - TOLD_MAX, STR("more stretch"), STR("more stretches"));
    }
    if (count > 0) {
        buf_char(&text, '.');
        page_plot_detail(page, buf_text(&text));
    }
    buf_release(&text);
}

struct scale page_weeks_scale(const struct study_result *result)
{
    return scale_dates(result->weeks[0].at, result->weeks[result->week_count - 1].at);
}

static bool is_share(const struct page_weeks *weeks)
{
    return weeks->kind == SCALE_SHARE;
}

void page_weeks_add(struct page_weeks *weeks, const struct page *page, struct str name,
                    page_week_fn part, page_week_fn whole)
{
    const struct study_result *result = page->result;
    struct page_weeks_series *series = &weeks->series[weeks->series_count++];
    int64_t span = page_weeks_span(result), before = 0;

    assert(weeks->series_count <= PAGE_WEEKS_SERIES_MAX);
    series->name = name;
    series->points = mem_array(result->week_count + 1, sizeof *series->points);
    for (size_t i = 0; i < result->week_count; i++) {
        const struct study_week *week = &result->weeks[i];
        uint64_t all = is_share(weeks) ? whole(week) : week->accounts;
        struct plot_point *point = &series->points[series->count];
        if (all == 0) {
            continue;
        }
        *point = (struct plot_point){
            .x = (double)week->at,
            .y = (double)part(week),
            .is_first = series->count == 0 || 2 * (week->at - before) > 3 * span,
        };
        if (is_share(weeks)) {
            study_wilson(part(week), all, &point->low, &point->high);
            point->y /= (double)all;
        }
        before = week->at;
        series->count++;
    }
}

static double highest(const struct page_weeks *weeks)
{
    double high = 0;

    for (size_t k = 0; k < weeks->series_count; k++) {
        for (size_t i = 0; i < weeks->series[k].count; i++) {
            const struct plot_point *point = &weeks->series[k].points[i];
            double value = is_share(weeks) ? point->high : point->y;
            high = value > high ? value : high;
        }
    }
    return high;
}

static void draw(struct page *page, const void *context, double width)
{
    static const struct str lines[PAGE_WEEKS_SERIES_MAX] = {
        STR_LIT("s1"), STR_LIT("s2"), STR_LIT("s3"), STR_LIT("s4"), STR_LIT("s5")};
    static const struct str bands[PAGE_WEEKS_SERIES_MAX] = {STR_LIT("band s1"), STR_LIT("band s2"),
                                                            STR_LIT("band s3"), STR_LIT("band s4"),
                                                            STR_LIT("band s5")};
    const struct page_weeks *weeks = context;
    struct str names[PAGE_WEEKS_SERIES_MAX];
    struct plot plot;

    for (size_t k = 0; k < weeks->series_count; k++) {
        names[k] = weeks->series[k].name;
    }
    plot_open(&plot, page->out,
              &(struct plot_frame){
                  .title = weeks->question,
                  .description = weeks->answer,
                  .width = width,
                  .height = width < PAGE_HALF ? 260 : 300,
                  .left = 58,
                  .right = plot_label_room(names, weeks->series_count),
                  .y_title = weeks->y_title,
                  .x = page_weeks_scale(page->result),
                  .y = scale_make(weeks->kind, highest(weeks), 6),
              });
    page_weeks_gaps_draw(page->result, &plot);
    for (size_t k = 0; k < weeks->series_count && is_share(weeks); k++) {
        plot_band(&plot, bands[k], weeks->series[k].points, weeks->series[k].count);
    }
    for (size_t k = 0; k < weeks->series_count; k++) {
        const struct page_weeks_series *series = &weeks->series[k];
        plot_line(&plot, lines[k], series->points, series->count);
        if (series->count > 0) {
            plot_label(&plot, lines[k], series->points[series->count - 1].y, series->name);
        }
    }
    plot_close(&plot);
}

void page_weeks_draw(const struct page_weeks *weeks, struct page *page)
{
    page_draw_both(page, draw, weeks);
}

void page_weeks_release(struct page_weeks *weeks)
{
    for (size_t k = 0; k < weeks->series_count; k++) {
        mem_free(weeks->series[k].points);
    }
    *weeks = (struct page_weeks){0};
}

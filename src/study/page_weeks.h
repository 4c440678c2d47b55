/* page_weeks.h: plots over the weeks of a study: shares with their intervals, or counts.
 *
 * A week without a sample is a gap: the line breaks, the stretch is shaded and told.
 *
 * Ownership: page_weeks_release frees the points.
 * Threads:   one thread at a time per plot.
 *
 * Example:   struct page_weeks weeks = {.kind = SCALE_SHARE, .question = STR("..."), ...};
 *            page_weeks_add(&weeks, page, STR("accounts"), use_of, accounts_of);
 *            page_weeks_draw(&weeks, page);
 *            page_weeks_release(&weeks); */
#ifndef STUDY_PAGE_WEEKS_H
#define STUDY_PAGE_WEEKS_H

#include "study/page_parts.h"

typedef uint64_t (*page_week_fn)(const struct study_week *week);

struct page_weeks_series {
    struct str name;
    struct plot_point *points;
    size_t count;
};

enum { PAGE_WEEKS_SERIES_MAX = 5 };

struct page_weeks {
    struct str question, answer, y_title;
    enum scale_kind kind; /* SCALE_SHARE has bands, SCALE_COUNT has none */
    struct page_weeks_series series[PAGE_WEEKS_SERIES_MAX];
    size_t series_count;
};

/* A line: of shares `part` / `whole`, of which weeks without a whole are left out, or, where
 * `whole` is NULL, of counts. The study must have a week. */
void page_weeks_add(struct page_weeks *weeks, const struct page *page, struct str name,
                    page_week_fn part, page_week_fn whole);
void page_weeks_draw(const struct page_weeks *weeks, struct page *page);
void page_weeks_release(struct page_weeks *weeks);

/* The usual time between two samples; a gap is more than one and a half of it. */
int64_t page_weeks_span(const struct study_result *result);
struct scale page_weeks_scale(const struct study_result *result);
void page_weeks_gaps_draw(const struct study_result *result, struct plot *plot);
/* "There are no samples between 2020-10-11 and 2020-11-01." below an answer; nothing without a
 * gap. */
void page_weeks_gaps_tell(struct page *page);

#endif

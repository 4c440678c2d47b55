/* page_parts.h: what the sections of the study's page are put together from.
 *
 * A plot is: page_plot_open, one or more drawings, page_data_open, rows, page_data_close,
 * page_plot_close. Wide plots are drawn twice, for a screen or paper and for a phone, and the style
 * sheet shows the one that fits.
 *
 * Threads:   one thread at a time per page.
 *
 * Example:   struct page page = {.out = out, .result = result};
 *            page_use_write(&page); */
#ifndef STUDY_PAGE_PARTS_H
#define STUDY_PAGE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "render/plot.h"
#include "study/result.h"

struct page {
    struct buf *out;
    const struct study_result *result;
};

/* A drawing's width in its own units, in which text has 13. */
enum { PAGE_WIDE = 960, PAGE_HALF = 410, PAGE_PHONE = 380, PAGE_TEXT_MAX = 1 << 20 };

extern const struct str page_style[];
extern const size_t page_style_count;

/* The sections, in their order. Each is silent where its kind was not studied. */
void page_use_write(struct page *page);
void page_trail_write(struct page *page); /* silent without a timeline, too */
void page_who_write(struct page *page);
void page_trend_write(struct page *page);
void page_keys_write(struct page *page);
void page_lives_write(struct page *page);
void page_groups_write(struct page *page);
void page_offenders_write(struct page *page);
void page_figures_write(struct page *page);
void page_notes_write(struct page *page);

/* A section with its question; page_section_close ends it. */
void page_section_open(struct page *page, const char *id, struct str question);
void page_section_close(struct page *page);

/* A card with a question and its answer; an empty question where the section asked it. The answer
 * is text, escaped here. */
void page_plot_open(struct page *page, struct str question, struct str answer);
/* What else there is to say, below the answer. */
void page_plot_detail(struct page *page, struct str text);
void page_plot_close(struct page *page);

/* Draws for wide and for narrow pages. */
typedef void (*page_draw_fn)(struct page *page, const void *context, double width);
void page_draw_both(struct page *page, page_draw_fn draw, const void *context);

/* The numbers behind a plot, folded away: the caption and the column heads; a head that begins with
 * '#' is one of numbers. */
void page_data_open(struct page *page, struct str caption, const struct str *heads, size_t count);
void page_data_close(struct page *page);
/* The same without the fold. */
void page_table_open(struct page *page, struct str caption, const struct str *heads, size_t count,
                     bool is_long);
void page_table_close(struct page *page);

void page_row_open(struct page *page);
void page_row_close(struct page *page);
void page_cell_head(struct page *page, struct str text); /* names the row */
void page_cell_text(struct page *page, struct str text);
void page_cell_count(struct page *page, uint64_t count);
void page_cell_day(struct page *page, int64_t at);
/* "2.8%", or nothing of nothing as a dash. */
void page_cell_share(struct page *page, uint64_t part, uint64_t whole);
/* The share's 95 % interval: "1.9-4.1%". */
void page_cell_interval(struct page *page, uint64_t part, uint64_t whole);

/* A half-wide plot of bars, its question, its answer and its numbers. Bars share one scale; each
 * shows its count and its share of `whole`, which may differ from bar to bar. */
struct page_bar {
    struct str name, class;
    uint64_t count, whole;
    bool by_share; /* its length is the share, not the count */
};
enum { PAGE_BAR_MAX = 8 };

void page_bars_write(struct page *page, struct str question, struct str answer, struct str row_head,
                     struct str count_head, const struct page_bar *bars, size_t count);

/* Text, not escaped: "2020-09-13"; "2.8%"; "510 of 18,300 accounts (2.8%)"; "25.5". */
void page_day(struct buf *out, int64_t at);
void page_percent(struct buf *out, uint64_t part, uint64_t whole);
void page_share(struct buf *out, uint64_t part, uint64_t whole, struct str noun);
void page_mean(struct buf *out, uint64_t sum, uint64_t divisor);
/* "17 accounts", "1 account make(s)": the noun counted, then one of two verbs. */
void page_counted(struct buf *out, uint64_t count, struct str one, struct str many);

/* A title as a heading: with its first letter large. */
void page_heading(struct buf *out, struct str title);

bool page_has_root(const struct page *page);
bool page_has_iam(const struct page *page);

/* NULL where the study has no such figure. */
const struct study_figure *page_figure(const struct page *page, struct str name);

#endif

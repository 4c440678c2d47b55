/* How long do keys and unused users live: survival curves. */
#include "base/arena.h"
#include "base/buf.h"
#include "render/number.h"
#include "render/svg.h"
#include "study/page_parts.h"

enum { ROW_MAX = 400 };

/* Days as "412 days" or, from two years on, "2.3 years". */
static void span_write(struct buf *out, uint32_t days)
{
    if (days < 730) {
        page_counted(out, days, STR("day"), STR("days"));
    } else {
        page_mean(out, days, 365);
        buf_str(out, STR(" years"));
    }
}

static void curve_answer(struct buf *out, const struct study_curve *curve)
{
    if (curve->subjects == 0) {
        buf_str(out, STR("Not known: there are none in the samples."));
        return;
    }
    if (curve->has_median) {
        buf_str(out, STR("Half are gone after "));
        span_write(out, curve->median_days);
    } else {
        buf_str(out, STR("Not even half have gone"));
        if (curve->step_count > 0) {
            buf_str(out, STR(" after "));
            span_write(out, curve->steps[curve->step_count - 1].days);
        }
    }
    buf_str(out, STR(". Seen: "));
    number_grouped(out, curve->subjects);
    buf_str(out, STR(", of which "));
    page_counted(out, curve->events, STR("was"), STR("were"));
    buf_str(out, STR(" dealt with while the samples last."));
}

/* The number watched at an age: that of the first step not before it. */
static uint64_t at_risk(const struct study_curve *curve, double days)
{
    for (size_t i = 0; i < curve->step_count; i++) {
        if ((double)curve->steps[i].days >= days) {
            return curve->steps[i].at_risk;
        }
    }
    return 0;
}

static void risk_write(struct plot *plot, const struct study_curve *curve)
{
    struct scale_tick ticks[SCALE_TICK_MAX];
    size_t count = plot_x_ticks(plot, ticks);
    double y = plot->frame.height - 8;
    struct buf text;

    buf_init(&text, PAGE_TEXT_MAX);
    svg_text(plot->out, STR("tick"), 0, y - 18, SVG_START, STR("watched at that age"));
    for (size_t i = 0; i < count; i++) {
        buf_clear(&text);
        number_grouped(&text, at_risk(curve, ticks[i].at));
        svg_text(plot->out, STR("tick"), plot_x(plot, ticks[i].at), y, SVG_MIDDLE, buf_text(&text));
    }
    buf_release(&text);
}

static void curve_draw(struct page *page, const struct study_curve *curve, struct str question,
                       struct str answer)
{
    size_t count = 0;
    struct plot_point *points = mem_array(curve->step_count + 1, sizeof *points);
    struct buf note;
    struct plot plot;

    if (curve->steps[0].days > 0) {
        points[count++] = (struct plot_point){.x = 0, .y = 1, .low = 1, .high = 1};
    }
    for (size_t i = 0; i < curve->step_count; i++) {
        const struct study_step *step = &curve->steps[i];
        points[count++] = (struct plot_point){
            .x = step->days, .y = step->survival, .low = step->low, .high = step->high};
    }
    plot_open(&plot, page->out,
              &(struct plot_frame){
                  .title = question,
                  .description = answer,
                  .width = PAGE_HALF,
                  .height = 330,
                  .left = 58,
                  .right = 24,
                  .bottom = 88,
                  .x_title = points[count - 1].x >= 1000 ? STR("age") : STR("age in days"),
                  .y_title = STR("share still there; the band is the 95% interval"),
                  .x = scale_make(SCALE_DAYS, points[count - 1].x, 4),
                  .y = scale_make(SCALE_SHARE, 1, 6),
              });
    plot_step_band(&plot, STR("band s1"), points, count);
    plot_steps(&plot, STR("s1"), points, count);
    if (curve->has_median) {
        buf_init(&note, PAGE_TEXT_MAX);
        buf_str(&note, STR("half: "));
        span_write(&note, curve->median_days);
        plot_mark(&plot, curve->median_days, 0.5);
        plot_note(&plot, curve->median_days, 0.5, true, buf_text(&note));
        buf_release(&note);
    }
    risk_write(&plot, curve);
    plot_close(&plot);
    mem_free(points);
}

static void curve_rows(struct page *page, const struct study_curve *curve, struct str question)
{
    static const struct str heads[] = {STR_LIT("#Days"), STR_LIT("#Watched"),
                                       STR_LIT("#Dealt with"), STR_LIT("#Still there"),
                                       STR_LIT("#95% interval")};
    size_t every = curve->step_count / ROW_MAX + 1;
    struct buf caption;

    buf_init(&caption, PAGE_TEXT_MAX);
    buf_str(&caption, question);
    if (every > 1) {
        buf_printf(&caption, " One step of each %zu; \"dealt with\" is of that step alone.", every);
    }
    page_data_open(page, buf_text(&caption), heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < curve->step_count; i++) {
        const struct study_step *step = &curve->steps[i];
        if (i % every != 0 && i + 1 < curve->step_count) {
            continue;
        }
        page_row_open(page);
        page_cell_count(page, step->days);
        page_cell_count(page, step->at_risk);
        page_cell_count(page, step->ended);
        buf_printf(page->out, "<td class=\"n\">%.1f%%</td><td class=\"n\">%.1f\u2013%.1f%%</td>",
                   100 * step->survival, 100 * step->low, 100 * step->high);
        page_row_close(page);
    }
    page_data_close(page);
    buf_release(&caption);
}

static void curve_write(struct page *page, const struct study_curve *curve)
{
    struct buf answer, question;

    buf_init(&answer, PAGE_TEXT_MAX);
    buf_init(&question, PAGE_TEXT_MAX);
    curve_answer(&answer, curve);
    page_heading(&question, curve->title);
    page_plot_open(page, buf_text(&question), buf_text(&answer));
    if (curve->step_count > 0) {
        curve_draw(page, curve, buf_text(&question), buf_text(&answer));
        curve_rows(page, curve, buf_text(&question));
    }
    page_plot_close(page);
    buf_release(&question);
    buf_release(&answer);
}

static void legend_write(struct page *page)
{
    buf_str(
        page->out,
        STR("<div class=\"card soft\"><h3>How to read this</h3>\n<p>A life begins with the key, "
            "or with the ninetieth idle day of a user. It ends when the key is rotated, "
            "disabled or deleted, or when the user is used again, disabled or deleted. One that "
            "is older than the samples is watched from the age at which it is first seen, and "
            "one that outlasts them until the last.</p>\n<p>Each step down is lives that ended, "
            "among those watched at that age. Where few are, a step is large and the band is "
            "wide: read it with the numbers below the axis.</p></div>\n"));
}

void page_lives_write(struct page *page)
{
    bool is_drawn = false;

    if (page->result->curve_count == 0) {
        return;
    }
    page_section_open(page, "lives", STR("How long do keys and unused users live?"));
    buf_str(page->out, STR("<div class=\"pair\">\n"));
    for (size_t i = 0; i < page->result->curve_count; i++) {
        curve_write(page, &page->result->curves[i]);
        is_drawn = is_drawn || page->result->curves[i].step_count > 0;
    }
    if (is_drawn) {
        legend_write(page);
    }
    buf_str(page->out, STR("</div>\n"));
    page_section_close(page);
}

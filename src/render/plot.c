#include "render/plot.h"

#include <assert.h>

#include "render/svg.h"

enum {
    LABEL_HEIGHT = 17, /* of a line of text, with the space around it */
    TICK_ROOM = 62,    /* along the x axis */
    TICK_ROOM_DOWN = 44,
    DOT_PITCH = 12, /* points nearer than this have no dots */
    COLUMN_PITCH = 4,
    COLUMN_MOST = 48,
};

static double box_bottom(const struct plot *plot)
{
    return plot->frame.height - plot->frame.bottom;
}

static double box_width(const struct plot *plot)
{
    return plot->frame.width - plot->frame.left - plot->frame.right;
}

double plot_x(const struct plot *plot, double x)
{
    const struct scale *scale = &plot->frame.x;

    return plot->frame.left + (x - scale->low) / (scale->high - scale->low) * box_width(plot);
}

double plot_y(const struct plot *plot, double y)
{
    const struct scale *scale = &plot->frame.y;
    double height = box_bottom(plot) - plot->frame.top;

    return box_bottom(plot) - (y - scale->low) / (scale->high - scale->low) * height;
}

static size_t ticks_most(double room, double each)
{
    double count = room / each + 1;

    return count < 2 ? 2 : count > SCALE_TICK_MAX ? SCALE_TICK_MAX : (size_t)count;
}

size_t plot_x_ticks(const struct plot *plot, struct scale_tick *ticks)
{
    return scale_ticks(&plot->frame.x, ticks_most(box_width(plot) - 0.5 * TICK_ROOM, TICK_ROOM),
                       ticks);
}

static void x_axis_write(const struct plot *plot)
{
    const struct plot_frame *frame = &plot->frame;
    struct scale_tick ticks[SCALE_TICK_MAX];
    size_t count = plot_x_ticks(plot, ticks);
    double bottom = box_bottom(plot);

    svg_line(plot->out, STR("axis"), frame->left, bottom, frame->width - frame->right, bottom);
    for (size_t i = 0; i < count; i++) {
        double x = plot_x(plot, ticks[i].at);
        svg_line(plot->out, STR("axis"), x, bottom, x, bottom + 4);
        svg_text(plot->out, STR("tick"), x, bottom + 18, SVG_MIDDLE, str_from(ticks[i].text));
        if (ticks[i].below[0] != '\0') {
            svg_text(plot->out, STR("tick"), x, bottom + 34, SVG_MIDDLE, str_from(ticks[i].below));
        }
    }
    if (frame->x_title.n > 0) {
        svg_text(plot->out, STR("tick"), frame->width - frame->right, bottom + 36, SVG_END,
                 frame->x_title);
    }
}

static void y_axis_write(const struct plot *plot)
{
    const struct plot_frame *frame = &plot->frame;
    struct scale_tick ticks[SCALE_TICK_MAX];
    size_t count = scale_ticks(
        &frame->y, ticks_most(box_bottom(plot) - plot->frame.top, TICK_ROOM_DOWN), ticks);

    for (size_t i = 0; i < count; i++) {
        double y = plot_y(plot, ticks[i].at);
        svg_line(plot->out, STR("grid"), frame->left, y, frame->width - frame->right, y);
        svg_text(plot->out, STR("tick"), frame->left - 8, y + 4.5, SVG_END,
                 str_from(ticks[i].text));
    }
    if (frame->y_title.n > 0) {
        svg_text(plot->out, STR("tick"), 0, 11, SVG_START, frame->y_title);
    }
}

void plot_open(struct plot *plot, struct buf *out, const struct plot_frame *frame)
{
    *plot = (struct plot){.out = out, .frame = *frame};
    if (plot->frame.bottom == 0) {
        plot->frame.bottom = PLOT_BOTTOM;
    }
    if (plot->frame.top == 0) {
        plot->frame.top = PLOT_TOP;
    }
    svg_open(out, frame->class, frame->width, frame->height, frame->title, frame->description);
    y_axis_write(plot);
    x_axis_write(plot);
}

void plot_gap(struct plot *plot, double x1, double x2, struct str text)
{
    double left = plot_x(plot, x1), width = plot_x(plot, x2) - left;

    svg_rect(plot->out, STR("gap"), left, plot->frame.top, width,
             box_bottom(plot) - plot->frame.top);
    if (svg_text_width(text) + 8 <= width) {
        svg_text(plot->out, STR("tick"), left + width / 2, plot->frame.top + 16, SVG_MIDDLE, text);
    }
}

/* The end, exclusive, of the stretch of joined points that begins at `from`. */
static size_t stretch_end(const struct plot_point *points, size_t from, size_t count)
{
    size_t end = from + 1;

    while (end < count && !points[end].is_first) {
        end++;
    }
    return end;
}

void plot_band(struct plot *plot, struct str class, const struct plot_point *points, size_t count)
{
    struct buf *out = plot->out;

    svg_path_open(out, class);
    for (size_t from = 0, end; from < count; from = end) {
        end = stretch_end(points, from, count);
        if (end == from + 1) {
            /* A point that stands alone has a band of some width all the same. */
            double x = plot_x(plot, points[from].x);
            svg_path_move(out, x - 3, plot_y(plot, points[from].high));
            svg_path_draw(out, x + 3, plot_y(plot, points[from].high));
            svg_path_draw(out, x + 3, plot_y(plot, points[from].low));
            svg_path_draw(out, x - 3, plot_y(plot, points[from].low));
            svg_path_end(out);
            continue;
        }
        svg_path_move(out, plot_x(plot, points[from].x), plot_y(plot, points[from].high));
        for (size_t i = from + 1; i < end; i++) {
            svg_path_draw(out, plot_x(plot, points[i].x), plot_y(plot, points[i].high));
        }
        for (size_t i = end; i > from; i--) {
            svg_path_draw(out, plot_x(plot, points[i - 1].x), plot_y(plot, points[i - 1].low));
        }
        svg_path_end(out);
    }
    svg_path_close(out);
}

void plot_line(struct plot *plot, struct str class, const struct plot_point *points, size_t count)
{
    bool has_dots = count > 0 && box_width(plot) / (double)count >= DOT_PITCH;

    if (count == 0) {
        return;
    }
    svg_path_open(plot->out, class);
    for (size_t i = 0; i < count; i++) {
        double x = plot_x(plot, points[i].x), y = plot_y(plot, points[i].y);
        if (i == 0 || points[i].is_first) {
            svg_path_move(plot->out, x, y);
        } else {
            svg_path_draw(plot->out, x, y);
        }
    }
    svg_path_close(plot->out);
    for (size_t i = 0; i < count; i++) {
        bool is_alone =
            (i == 0 || points[i].is_first) && (i + 1 == count || points[i + 1].is_first);
        if (has_dots || is_alone) {
            svg_dot(plot->out, class, plot_x(plot, points[i].x), plot_y(plot, points[i].y), 3);
        }
    }
}

void plot_area(struct plot *plot, struct str class, const struct plot_point *points, size_t count)
{
    double bottom = plot_y(plot, plot->frame.y.low);

    if (count == 0) {
        return;
    }
    svg_path_open(plot->out, class);
    for (size_t from = 0, end; from < count; from = end) {
        end = stretch_end(points, from, count);
        svg_path_move(plot->out, plot_x(plot, points[from].x), bottom);
        for (size_t i = from; i < end; i++) {
            svg_path_draw(plot->out, plot_x(plot, points[i].x), plot_y(plot, points[i].y));
        }
        svg_path_draw(plot->out, plot_x(plot, points[end - 1].x), bottom);
        svg_path_end(plot->out);
    }
    svg_path_close(plot->out);
}

void plot_step_band(struct plot *plot, struct str class, const struct plot_point *points,
                    size_t count)
{
    struct buf *out = plot->out;

    if (count < 2) {
        return;
    }
    svg_path_open(out, class);
    svg_path_move(out, plot_x(plot, points[0].x), plot_y(plot, points[0].high));
    for (size_t i = 1; i < count; i++) {
        svg_path_draw(out, plot_x(plot, points[i].x), plot_y(plot, points[i - 1].high));
        svg_path_draw(out, plot_x(plot, points[i].x), plot_y(plot, points[i].high));
    }
    for (size_t i = count - 1; i > 0; i--) {
        svg_path_draw(out, plot_x(plot, points[i].x), plot_y(plot, points[i].low));
        svg_path_draw(out, plot_x(plot, points[i].x), plot_y(plot, points[i - 1].low));
    }
    svg_path_draw(out, plot_x(plot, points[0].x), plot_y(plot, points[0].low));
    svg_path_end(out);
    svg_path_close(out);
}

void plot_steps(struct plot *plot, struct str class, const struct plot_point *points, size_t count)
{
    if (count == 0) {
        return;
    }
    svg_path_open(plot->out, class);
    svg_path_move(plot->out, plot_x(plot, points[0].x), plot_y(plot, points[0].y));
    for (size_t i = 1; i < count; i++) {
        double x = plot_x(plot, points[i].x);
        svg_path_draw(plot->out, x, plot_y(plot, points[i - 1].y));
        if (points[i].y != points[i - 1].y) {
            svg_path_draw(plot->out, x, plot_y(plot, points[i].y));
        }
    }
    svg_path_close(plot->out);
}

void plot_columns(struct plot *plot, struct str class, const struct plot_point *points,
                  size_t count, double pitch)
{
    const struct scale *scale = &plot->frame.x;
    double whole = pitch / (scale->high - scale->low) * box_width(plot);
    double width = whole >= COLUMN_PITCH ? whole * 0.72 : whole;
    width = width < COLUMN_MOST ? width : COLUMN_MOST;
    double left = plot->frame.left, right = plot->frame.width - plot->frame.right;

    svg_path_open(plot->out, class);
    for (size_t i = 0; i < count; i++) {
        double x = plot_x(plot, points[i].x);
        double from = x - width / 2 > left ? x - width / 2 : left;
        double to = x + width / 2 < right ? x + width / 2 : right;
        if (points[i].high <= points[i].low) {
            continue;
        }
        svg_path_move(plot->out, from, plot_y(plot, points[i].low));
        svg_path_draw(plot->out, from, plot_y(plot, points[i].high));
        svg_path_draw(plot->out, to, plot_y(plot, points[i].high));
        svg_path_draw(plot->out, to, plot_y(plot, points[i].low));
        svg_path_end(plot->out);
    }
    svg_path_close(plot->out);
}

void plot_rule(struct plot *plot, struct str class, double x1, double y1, double x2, double y2)
{
    svg_line(plot->out, class, plot_x(plot, x1), plot_y(plot, y1), plot_x(plot, x2),
             plot_y(plot, y2));
}

void plot_mark(struct plot *plot, double x, double y)
{
    plot_rule(plot, STR("lead"), x, plot->frame.y.low, x, y);
    plot_rule(plot, STR("lead"), plot->frame.x.low, y, x, y);
    svg_dot(plot->out, STR("mark"), plot_x(plot, x), plot_y(plot, y), 4.5);
}

void plot_note(struct plot *plot, double x, double y, bool is_above, struct str text)
{
    double right = plot->frame.width - plot->frame.right;
    double at = plot_x(plot, x), down = plot_y(plot, y) + 20;
    bool fits = at + 8 + svg_text_width(text) <= right;

    if ((is_above && fits) || down > box_bottom(plot) - 6) {
        down = plot_y(plot, y) - 10;
    }
    svg_text(plot->out, STR("note"), fits ? at + 8 : at - 8, down, fits ? SVG_START : SVG_END,
             text);
}

void plot_label(struct plot *plot, struct str class, double y, struct str text)
{
    assert(plot->label_count < PLOT_LABEL_MAX);
    plot->labels[plot->label_count++] =
        (struct plot_label){.class = class, .text = text, .y = plot_y(plot, y)};
}

double plot_label_room(const struct str *texts, size_t count)
{
    double widest = 0;

    for (size_t i = 0; i < count; i++) {
        double width = svg_text_width(texts[i]);
        widest = width > widest ? width : widest;
    }
    return widest + 22;
}

/* Pushes labels apart: down from the top, then up from the bottom. */
static void labels_place(const struct plot *plot, const struct plot_label **order, double *ys)
{
    size_t count = plot->label_count;
    double floor = box_bottom(plot);

    for (size_t i = 0; i < count; i++) {
        size_t at = i;
        while (at > 0 && order[at - 1]->y > plot->labels[i].y) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = &plot->labels[i];
    }
    for (size_t i = 0; i < count; i++) {
        double least = i == 0 ? plot->frame.top : ys[i - 1] + LABEL_HEIGHT;
        ys[i] = order[i]->y > least ? order[i]->y : least;
    }
    for (size_t i = count; i > 0; i--) {
        if (ys[i - 1] <= floor) {
            break;
        }
        ys[i - 1] = floor;
        floor -= LABEL_HEIGHT;
    }
}

void plot_close(struct plot *plot)
{
    const struct plot_label *order[PLOT_LABEL_MAX];
    double ys[PLOT_LABEL_MAX];
    double x = plot->frame.width - plot->frame.right;

    labels_place(plot, order, ys);
    for (size_t i = 0; i < plot->label_count; i++) {
        if (ys[i] - order[i]->y > 3 || order[i]->y - ys[i] > 3) {
            svg_line(plot->out, STR("leader"), x + 4, order[i]->y, x + 14, ys[i]);
        }
        svg_text(plot->out, order[i]->class, x + 16, ys[i] + 4.5, SVG_START, order[i]->text);
    }
    svg_close(plot->out);
}

void plot_bars(struct buf *out, struct str title, struct str description, double width,
               const struct plot_bar *bars, size_t count)
{
    enum { ROW = 32, BAR = 18 };
    double name_room = 0, value_room = 0;
    struct buf name;

    for (size_t i = 0; i < count; i++) {
        double names = svg_text_width(bars[i].name), values = svg_text_width(bars[i].value);
        name_room = names > name_room ? names : name_room;
        value_room = values > value_room ? values : value_room;
    }
    name_room = name_room < width * 0.4 ? name_room : width * 0.4;
    double left = name_room + 12, most = width - left - value_room - 12;
    buf_init(&name, 4096);
    svg_open(out, STR("bars"), width, (double)count * ROW + 2, title, description);
    for (size_t i = 0; i < count; i++) {
        double y = (double)i * ROW + (double)(ROW - BAR) / 2;
        double length = bars[i].share * most;
        buf_clear(&name);
        svg_text_fit(&name, bars[i].name, name_room + 1);
        svg_text(out, STR("name"), left - 12, y + 14, SVG_END, buf_text(&name));
        /* What is there is seen, however small. */
        length = bars[i].share > 0 && length < 1.5 ? 1.5 : length;
        svg_rect(out, bars[i].class, left, y, length, BAR);
        svg_text(out, STR("value"), left + length + 8, y + 14, SVG_START, bars[i].value);
    }
    svg_line(out, STR("axis"), left, 0, left, (double)count * ROW + 2);
    svg_close(out);
    buf_release(&name);
}

/* plot.h: a plot with axes, drawn as SVG: bands, lines, steps, columns, marks and direct labels.
 *
 * Points are given in the units of the scales. A point that begins anew (`is_first`) is not joined
 * to the one before: what was not observed is a gap, never a line or a zero. Labels stand at the
 * right end of what they name and are pushed apart; there are no legends.
 *
 * Ownership: borrows the texts of its frame and its labels until plot_close.
 * Threads:   one thread at a time per plot.
 *
 * Example:   struct plot plot;
 *            plot_open(&plot, &out, &(struct plot_frame){.title = STR("How many?"), ...});
 *            plot_line(&plot, STR("s1"), points, count);
 *            plot_label(&plot, STR("s1"), points[count - 1].y, STR("accounts"));
 *            plot_close(&plot); */
#ifndef RENDER_PLOT_H
#define RENDER_PLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"
#include "render/scale.h"

struct plot_frame {
    struct str title, description; /* the question, and what the plot answers */
    struct str class;              /* of the drawing; may be empty */
    double width, height;
    double left, right; /* margins: for the numbers of the y axis, and for labels */
    double top, bottom; /* for the title of the y axis, for dates or numbers; 0 for the usual */
    struct str x_title, y_title;
    struct scale x, y;
};

/* The usual room above and below the box. */
enum { PLOT_TOP = 26, PLOT_BOTTOM = 42 };

enum { PLOT_LABEL_MAX = 6 };

struct plot_label {
    struct str class, text;
    double y; /* in the drawing */
};

struct plot {
    struct buf *out;
    struct plot_frame frame;
    struct plot_label labels[PLOT_LABEL_MAX];
    size_t label_count;
};

struct plot_point {
    double x, y;
    double low, high; /* of its band */
    bool is_first;    /* nothing joins it to the point before */
};

/* Writes the axes and their ticks. */
void plot_open(struct plot *plot, struct buf *out, const struct plot_frame *frame);
/* Writes the labels. */
void plot_close(struct plot *plot);

/* Where a value stands in the drawing. */
double plot_x(const struct plot *plot, double x);
double plot_y(const struct plot *plot, double y);

/* What is marked on the x axis: at most SCALE_TICK_MAX. */
size_t plot_x_ticks(const struct plot *plot, struct scale_tick *ticks);

/* A stretch of the x axis about which nothing is known; named where the text has room. */
void plot_gap(struct plot *plot, double x1, double x2, struct str text);

void plot_band(struct plot *plot, struct str class, const struct plot_point *points, size_t count);
/* With a dot at each point where they are few. */
void plot_line(struct plot *plot, struct str class, const struct plot_point *points, size_t count);

/* The same as steps: a value holds until the next point. */
void plot_step_band(struct plot *plot, struct str class, const struct plot_point *points,
                    size_t count);
void plot_steps(struct plot *plot, struct str class, const struct plot_point *points, size_t count);

/* Columns from `low` to `high` around x, `pitch` units of the x axis apart; one area where they
 * would be too thin to tell apart. */
void plot_columns(struct plot *plot, struct str class, const struct plot_point *points,
                  size_t count, double pitch);

/* The area below the line. */
void plot_area(struct plot *plot, struct str class, const struct plot_point *points, size_t count);

/* A straight line between two points. */
void plot_rule(struct plot *plot, struct str class, double x1, double y1, double x2, double y2);

/* A dot with dashed lines to both axes. */
void plot_mark(struct plot *plot, double x, double y);

/* Text right of a point, above or below it; below and left of it where the right has no room. */
void plot_note(struct plot *plot, double x, double y, bool is_above, struct str text);

/* At most PLOT_LABEL_MAX; `y` is a value. The margin `right` must have room: plot_label_room. */
void plot_label(struct plot *plot, struct str class, double y, struct str text);
double plot_label_room(const struct str *texts, size_t count);

/* Rows of bars from a common zero: a name, a bar, a value in words. */
struct plot_bar {
    struct str name, value, class;
    double share; /* of the longest bar; 0 to 1 */
};

void plot_bars(struct buf *out, struct str title, struct str description, double width,
               const struct plot_bar *bars, size_t count);

/* What the classes of a plot look like, for the page's style sheet. Takes the page's own properties
 * --ink --soft --line --card --track and, for series, --low --high --unknown --pass. */
extern const struct str plot_style[];
extern const size_t plot_style_count;

#endif

/* svg.h: the elements of a drawing inside an HTML page, and an estimate of how wide text will be.
 *
 * Coordinates are written with one decimal at most, so equal input gives equal bytes. Looks come
 * from the page's style sheet by class; texts are escaped, so names from a report are fine.
 *
 * Threads:   one thread at a time per buffer.
 *
 * Example:   svg_open(&out, STR("plot"), 400, 200, STR("How many?"), STR("Twelve."));
 *            svg_line(&out, STR("axis"), 0, 180, 400, 180);
 *            svg_close(&out); */
#ifndef RENDER_SVG_H
#define RENDER_SVG_H

#include "base/buf.h"
#include "base/str.h"

/* The size of every text in a drawing, in its own units; the style sheet says the same. */
enum { SVG_TEXT_SIZE = 13 };

enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END };

/* An image to whoever cannot see it, told by its title and its description. */
void svg_open(struct buf *out, struct str class, double width, double height, struct str title,
              struct str description);
void svg_close(struct buf *out);

void svg_line(struct buf *out, struct str class, double x1, double y1, double x2, double y2);
/* Nothing is written for a box without a size. */
void svg_rect(struct buf *out, struct str class, double x, double y, double width, double height);
void svg_dot(struct buf *out, struct str class, double x, double y, double radius);
/* y is the baseline. */
void svg_text(struct buf *out, struct str class, double x, double y, enum svg_anchor anchor,
              struct str text);

/* A path of straight lines: open, move or draw to points, close. */
void svg_path_open(struct buf *out, struct str class);
void svg_path_move(struct buf *out, double x, double y);
void svg_path_draw(struct buf *out, double x, double y);
void svg_path_end(struct buf *out); /* joins the last point to the first: an area */
void svg_path_close(struct buf *out);

/* An upper estimate that holds for wide fonts too: no font is known here. */
double svg_text_width(struct str text);

/* Appends as much of the text as fits, with an ellipsis where it was cut. Not escaped. */
void svg_text_fit(struct buf *out, struct str text, double width);

#endif

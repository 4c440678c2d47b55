/* html_style.h: the style sheet of the HTML page, in lines.
 *
 * Example:   buf_str(&out, html_style[0]); */
#ifndef REPORT_HTML_STYLE_H
#define REPORT_HTML_STYLE_H

#include <stddef.h>

#include "base/str.h"

extern const struct str html_style[];
extern const size_t html_style_count;

#endif

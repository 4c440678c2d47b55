/* Series differ in colour and, where lines may cross, in their strokes; each has its name beside
 * it. Text has a rim in the colour of its ground, so that a line below it does not cross it out. */
#include "render/plot.h"

/* clang-format off */
const struct str plot_style[] = {
    STR_LIT("svg{display:block;width:100%;height:auto;overflow:visible}\n"),
    STR_LIT("svg text{font-size:13px;fill:var(--ink);paint-order:stroke;stroke:var(--card);"
            "stroke-width:3px;stroke-linejoin:round;font-variant-numeric:tabular-nums}\n"),
    STR_LIT("svg .tick,svg .name{fill:var(--soft)}\n"),
    STR_LIT("svg .axis{stroke:var(--soft);stroke-width:1}svg .grid{stroke:var(--line);"
            "stroke-width:1}svg .leader{stroke:var(--soft);stroke-width:1}\n"),
    STR_LIT("svg .lead{stroke:var(--soft);stroke-width:1;stroke-dasharray:4 3}"
            "svg .even{stroke:var(--soft);stroke-width:1.5;stroke-dasharray:2 4}\n"),
    STR_LIT("svg .mark{fill:var(--ink);stroke:var(--card);stroke-width:1.5}"
            "svg .gap{fill:var(--track);opacity:.6}\n"),
    STR_LIT(".s1{--s:var(--low)}.s2{--s:var(--high)}.s3{--s:var(--unknown)}.s4{--s:var(--pass)}"
            ".s5{--s:var(--medium)}.s6{--s:var(--soft)}\n"),
    STR_LIT("svg path{fill:none;stroke:var(--s);stroke-width:2;stroke-linejoin:round}"
            "svg circle{fill:var(--s);stroke:none}svg text.s1,svg text.s2,svg text.s3,"
            "svg text.s4,svg text.s5{fill:var(--s);font-weight:600}\n"),
    STR_LIT("svg path.band{fill:var(--s);stroke:none;opacity:.17}"
            "svg path.fill{fill:var(--s);stroke:none}"
            "svg path.pale{fill:var(--s);stroke:none;opacity:.38}\n"),
    STR_LIT("svg path.s2:not(.band):not(.fill):not(.pale){stroke-dasharray:7 3}"
            "svg path.s3:not(.band):not(.fill):not(.pale){stroke-dasharray:2 3}"
            "svg path.s5:not(.band):not(.fill):not(.pale){stroke-dasharray:9 3 2 3}\n"),
    STR_LIT("svg rect{fill:var(--s)}\n"),
};
/* clang-format on */

const size_t plot_style_count = sizeof plot_style / sizeof plot_style[0];

/* formula.h: cells of a table that a spreadsheet would run instead of show.
 *
 * A spreadsheet that opens CSV takes what begins with = + - @ for a formula, behind blanks and
 * quotes too, and some take the full-width forms of the four as well. An apostrophe in front makes
 * a cell text, and is how `--csv-safe` guards it.
 *
 * Threads:   pure functions.
 *
 * Example:   if (formula_is(cell)) { ... write an apostrophe first ... } */
#ifndef CODEC_FORMULA_H
#define CODEC_FORMULA_H

#include <stdbool.h>

#include "base/str.h"

/* Whether a spreadsheet may take the cell for a formula; so too every cell that begins with a tab
 * or a line end, which move what is behind them. */
bool formula_is(struct str cell);

/* The cell without the apostrophes that guard it. */
struct str formula_unguard(struct str cell);

#endif

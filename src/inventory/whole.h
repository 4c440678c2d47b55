/* whole.h: whether a page is the answer to what was asked, and whether it is the last.
 *
 * Whoever asks and whoever reads go by the same: what one takes for a whole answer and the other
 * does not would be a gap that nobody is told of.
 *
 * Threads:   pure functions.
 *
 * Example:   if (result_tells(page, "Accounts") && !result_goes_on(page)) {
 *                ... all accounts are here ...
 *            } */
#ifndef INVENTORY_WHOLE_H
#define INVENTORY_WHOLE_H

#include <stdbool.h>

#include "codec/tree.h"

/* Whether it has what every answer to the question has; an empty page of IAM may leave its list
 * out. */
bool result_tells(const struct tree *result, const char *must);

/* Whether it says that another page follows. */
bool result_goes_on(const struct tree *result);

#endif

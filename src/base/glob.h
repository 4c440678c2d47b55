/* glob.h: the patterns of exception files: `*` is any run of characters, `?` is one character.
 *
 * There is nothing else: no sets, no escapes, no case folding. A pattern without `*` and `?` stands
 * for itself alone.
 *
 * Threads:   pure functions.
 *
 * Example:   if (glob_match(STR("arn:aws:iam::*:user/ci-*"), arn)) { ... } */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include <stdbool.h>

#include "base/str.h"

bool glob_match(struct str pattern, struct str text);
/* Whether the pattern stands for more than itself. */
bool glob_is_pattern(struct str pattern);
/* Whether it matches every text: nothing but stars. */
bool glob_is_all(struct str pattern);

#endif

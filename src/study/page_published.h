/* page_published.h: a figure as a study published it, read back to be held against ours.
 *
 * Read is what the sources print: "26 (2.8%)", "over 3", "50%", "58 (about 90%)", "August 2011". A
 * published number is rounded, so ours is rounded alike before the two are compared.
 *
 * Threads:   pure functions.
 *
 * Example:   struct buf text;  // "none", "+12", "share -0.1 points"
 *            bool is_same = page_published_compare(&text, &figure); */
#ifndef STUDY_PAGE_PUBLISHED_H
#define STUDY_PAGE_PUBLISHED_H

#include <stdbool.h>

#include "base/buf.h"
#include "study/result.h"

enum page_published { PUBLISHED_NOT, PUBLISHED_UNREAD, PUBLISHED_SAME, PUBLISHED_OTHER };

/* Appends the difference in words: nothing where nothing is published or what is cannot be read. */
enum page_published page_published_compare(struct buf *out, const struct study_figure *figure);

#endif

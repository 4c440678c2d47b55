/* page.h: a study as one HTML page that needs nothing else: no script, no font, no address.
 *
 * Each plot is titled by a question and answered in a sentence; the numbers behind it stand in a
 * table below it. What cannot be known is said in words and never drawn as zero. Equal results give
 * equal bytes.
 *
 * Threads:   one thread at a time per buffer.
 *
 * Example:   buf_init(&out, STUDY_PAGE_SIZE_MAX);
 *            study_page_write(&out, &result, STR("0.1.0")); */
#ifndef STUDY_PAGE_H
#define STUDY_PAGE_H

#include "base/buf.h"
#include "base/str.h"
#include "study/result.h"

enum { STUDY_PAGE_SIZE_MAX = 64 << 20 };

void study_page_write(struct buf *out, const struct study_result *result, struct str version);

#endif

/* notes.h: what was odd about the samples and how it was taken, in sentences.
 *
 * Threads:   one.
 *
 * Example:   if (!notes_fill(&result, &tally, &config, &err)) { ... } */
#ifndef STUDY_NOTES_H
#define STUDY_NOTES_H

#include "study/study.h"

MUST_USE bool notes_fill(struct study_result *result, const struct tally *tally,
                         const struct study_config *config, struct err *err);

#endif

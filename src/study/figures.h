/* figures.h: the names of the figures, what they are about, and how they come from the tallies.
 *
 * Threads:   pure functions over immutable input.
 *
 * Example:   figures_fill(&result, &tally); */
#ifndef STUDY_FIGURES_H
#define STUDY_FIGURES_H

#include "study/tally.h"

/* How many dates have samples that could be read. */
size_t figures_sample_count(const struct tally *tally);

/* Figures of the result's kind, in the order of the page. */
void figures_fill(struct study_result *result, const struct tally *tally);

/* By name; NULL when there is none. */
const struct study_figure *figures_find(const struct study_result *result, struct str name);

/* How many names are in a set. */
uint64_t names_count(const uint64_t *set, size_t words);

#endif

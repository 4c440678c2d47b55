/* concentration.h: how uses are spread over accounts, and intervals of shares.
 *
 * Threads:   pure functions.
 *
 * Example:   concentration_measure(&result->concentration);
 *            size_t few = concentration_half(&result->concentration); */
#ifndef STUDY_CONCENTRATION_H
#define STUDY_CONCENTRATION_H

#include "study/result.h"

/* Fills both Gini figures from account_counts. */
void concentration_measure(struct study_concentration *concentration);

/* The size of the smallest set of accounts that makes half of the uses or more. */
uint64_t concentration_half(const struct study_concentration *concentration);

#endif

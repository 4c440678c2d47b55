/* survival.h: how long lives last: the Kaplan-Meier estimate with delayed entry.
 *
 * At each age at which lives ended, the share that went on is multiplied by the share of those then
 * in sight that did not end. In sight at an age are lives that were first seen at a lower age and
 * last seen at that age or a higher one. The 95 % interval is Greenwood's, by the log-log
 * transformation; where the estimate is 0 there is none, and low is 0 and high that of the step
 * before.
 *
 * Ownership: the curve owns its steps (study_result).
 * Threads:   pure functions.
 *
 * Example:   survival_estimate(&ages, &curve); */
#ifndef STUDY_SURVIVAL_H
#define STUDY_SURVIVAL_H

#include "study/lives.h"
#include "study/result.h"

/* Fills steps, subjects, events and the median: the least age at which half or less is left. */
void survival_estimate(const struct life_ages *ages, struct study_curve *curve);

#endif

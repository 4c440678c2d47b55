#include "study/survival.h"

#include <math.h>

#include "base/arena.h"

/* The normal distribution's 97.5 % point. */
static const double Z = 1.959963984540054;

/* A product of fractions that is a half may come out a little above it. */
static const double HALF = 0.5 + 1e-9;

static size_t count_steps(const struct life_ages *ages)
{
    size_t count = 0;

    for (size_t day = 0; day <= LIFE_DAYS_MAX; day++) {
        count += ages->ended[day] > 0;
    }
    return count;
}

static void fill_interval(struct study_step *step, double variance, double high_before)
{
    if (step->survival <= 0.0) {
        step->low = 0.0;
        step->high = high_before;
        return;
    }
    double spread = Z * sqrt(variance) / -log(step->survival);
    step->low = pow(step->survival, exp(spread));
    step->high = pow(step->survival, exp(-spread));
}

void survival_estimate(const struct life_ages *ages, struct study_curve *curve)
{
    uint64_t in_sight = 0;
    double survival = 1.0, variance = 0.0, high = 1.0;

    curve->subjects = ages->lives;
    curve->events = ages->ends;
    curve->step_count = 0;
    curve->has_median = false;
    curve->steps = mem_array(count_steps(ages) + 1, sizeof *curve->steps);
    for (size_t day = 0; day <= LIFE_DAYS_MAX; day++) {
        uint64_t ended = ages->ended[day];
        if (ended > 0) {
            struct study_step *step = &curve->steps[curve->step_count++];
            double n = (double)in_sight, d = (double)ended;
            survival = ended == in_sight ? 0.0 : survival * (1.0 - d / n);
            variance += ended == in_sight ? 0.0 : d / (n * (n - d));
            *step = (struct study_step){
                .days = (uint32_t)day, .at_risk = in_sight, .ended = ended, .survival = survival};
            fill_interval(step, variance, high);
            high = step->high;
            if (!curve->has_median && survival <= HALF) {
                curve->has_median = true;
                curve->median_days = (uint32_t)day;
            }
        }
        in_sight += ages->entered[day];
        in_sight -= ended + ages->cut_off[day];
    }
}

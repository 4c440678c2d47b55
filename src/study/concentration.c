#include "study/concentration.h"

#include <math.h>

/* Twice the area between the Lorenz curve and the line of equality: accounts in order of uses, by
 * trapezoids, each over the accounts with equally many. */
static double gini_of(const struct study_concentration *concentration, size_t use_min)
{
    uint64_t accounts = 0, uses = 0;
    double area = 0.0, reached = 0.0;

    for (size_t n = use_min; n <= concentration->use_max; n++) {
        accounts += concentration->account_counts[n];
        uses += concentration->account_counts[n] * n;
    }
    if (uses == 0) {
        return 0.0;
    }
    for (size_t n = use_min; n <= concentration->use_max; n++) {
        double width = (double)concentration->account_counts[n];
        double rise = width * (double)n;
        area += width * (reached + rise / 2.0);
        reached += rise;
    }
    return 1.0 - 2.0 * area / ((double)accounts * (double)uses);
}

void concentration_measure(struct study_concentration *concentration)
{
    concentration->gini = gini_of(concentration, 1);
    concentration->gini_all = gini_of(concentration, 0);
}

uint64_t concentration_half(const struct study_concentration *concentration)
{
    uint64_t total = 0, reached = 0, accounts = 0;

    for (size_t n = 1; n <= concentration->use_max; n++) {
        total += concentration->account_counts[n] * n;
    }
    for (size_t n = concentration->use_max; n > 0 && 2 * reached < total; n--) {
        uint64_t wanted = total - 2 * reached;            /* twice what is still missing */
        uint64_t needed = (wanted + 2 * n - 1) / (2 * n); /* accounts with n uses */
        uint64_t taken =
            needed < concentration->account_counts[n] ? needed : concentration->account_counts[n];
        reached += taken * n;
        accounts += taken;
    }
    return accounts;
}

void study_wilson(uint64_t part, uint64_t whole, double *low, double *high)
{
    const double z = 1.959963984540054; /* the normal distribution's 97.5 % point */
    double n = (double)whole, p = (double)part / n;
    double scale = 1.0 + z * z / n;
    double centre = (p + z * z / (2.0 * n)) / scale;
    double half = z * sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n)) / scale;

    *low = part == 0 ? 0.0 : centre - half;
    *high = part == whole ? 1.0 : centre + half;
}

#include "study/result.h"

#include <assert.h>
#include <math.h>

void study_wilson(uint64_t part, uint64_t whole, double *low, double *high)
{
    const double z = 1.959963984540054;
    double n = (double)whole, share = (double)part / n, spread = z * z / n;

    assert(whole > 0 && part <= whole);
    double middle = share + spread / 2;
    double half = z * sqrt(share * (1 - share) / n + spread / (4 * n));
    double below = (middle - half) / (1 + spread), above = (middle + half) / (1 + spread);
    *low = part == 0 || below < 0 ? 0 : below;
    *high = part == whole || above > 1 ? 1 : above;
}

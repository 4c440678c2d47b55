#include "simulate/deal.h"

#include <assert.h>

static bool may_have(uint32_t traits, const struct deal *deal)
{
    return (traits & deal->with) == deal->with && (traits & deal->without) == 0;
}

/* Selection sampling: whoever comes gets it with the chance of what is left over who is left. */
void deal_one(uint32_t *traits, size_t count, struct deal deal, struct random *random)
{
    uint64_t candidates = 0, wanted;

    for (size_t i = 0; i < count; i++) {
        candidates += may_have(traits[i], &deal);
    }
    wanted = deal.first == DEAL_ALL ? candidates
                                    : (uint64_t)random_between(random, deal.first, deal.last);
    assert(wanted <= candidates);
    for (size_t i = 0; i < count && wanted > 0; i++) {
        if (!may_have(traits[i], &deal)) {
            continue;
        }
        if (random_below(random, candidates) < wanted) {
            traits[i] |= deal.gives;
            wanted--;
        }
        candidates--;
    }
}

void deal_all(uint32_t *traits, size_t count, const struct deal *deals, size_t deal_count,
              struct random *random)
{
    for (size_t i = 0; i < deal_count; i++) {
        deal_one(traits, count, deals[i], random);
    }
}

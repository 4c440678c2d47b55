/* deal.h: gives traits to exactly so many of a crowd, by lot among those who may have them.
 *
 * A published table says how many users have what. Dealt one trait after the other, each only among
 * those whom the traits before it allow, every count comes out exactly, and who it is is chance.
 *
 * Threads:   one thread at a time per crowd.
 *
 * Example:   static const struct deal deals[] = {
 *                {8001, 8001, 0, 0, AGE_365},
 *                {4931, 4931, AGE_365, 0, KEY_365},       // among the 8,001
 *                {DEAL_ALL, DEAL_ALL, AGE_365, KEY_365, NO_OLD_KEY}};
 *            deal_all(traits, 12478, deals, 3, &random); */
#ifndef SIMULATE_DEAL_H
#define SIMULATE_DEAL_H

#include <stddef.h>
#include <stdint.h>

#include "simulate/random.h"

#define DEAL_ALL UINT32_MAX /* however many may have it */

struct deal {
    uint32_t first, last; /* how many: by lot between the two */
    uint32_t with;        /* only those who have all of these traits */
    uint32_t without;     /* and none of these */
    uint32_t gives;
};

/* Those who may have a trait must be no fewer than those who get it: the deals must see to that. */
void deal_all(uint32_t *traits, size_t count, const struct deal *deals, size_t deal_count,
              struct random *random);
void deal_one(uint32_t *traits, size_t count, struct deal deal, struct random *random);

#endif

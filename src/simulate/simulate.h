/* simulate.h: writes a simulated fleet: DATE/ACCOUNT.csv files, accounts.csv, profile.json.
 *
 * Without sizes it is the fleet of a published study, with exactly its counts. With sizes it is a
 * fleet of that shape in constant memory: account after account, each made alone, by any number of
 * workers; equal options give equal bytes. profile.json comes last: a folder without it is that
 * of a run that did not end.
 *
 * Threads:   one call at a time.
 *
 * Example:   struct simulate_config config = {
 *                .profile = PROFILE_ROOT_2020, .seed = 7, .folder = STR("fleet"), .jobs = 2};
 *            if (!simulate_run(&config, &result, &err)) { ... } */
#ifndef SIMULATE_SIMULATE_H
#define SIMULATE_SIMULATE_H

#include "base/compiler.h"
#include "base/err.h"
#include "simulate/plan.h"

enum { SIMULATE_USERS_MAX = 5000 }; /* what AWS allows an account */
#define SIMULATE_ACCOUNTS_MAX UINT64_C(100000000)

struct simulate_config {
    enum profile profile;
    uint64_t seed;
    struct str folder;
    uint64_t accounts; /* 0: those of the study */
    uint32_t users;    /* in each account; 0: as in the study */
    uint32_t samples;  /* the last so many Sundays; 0: those of the study */
    unsigned jobs;
    /* Called now and then, by one thread at a time. May be NULL. */
    void (*progress)(void *shared, uint64_t bytes, uint64_t reports);
    void *shared;
};

struct simulate_result {
    uint64_t accounts, samples, reports, bytes;
};

MUST_USE bool simulate_run(const struct simulate_config *config, struct simulate_result *result,
                           struct err *err);

#endif

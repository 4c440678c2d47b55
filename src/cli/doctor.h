/* doctor.h: what `keywarden doctor` found: checks, one a line, in groups.
 *
 * Ownership: texts are copied into the doctor's arena; names are literals.
 * Threads:   one.
 *
 * Example:   doctor_add(doctor, DOCTOR_MISSING, "aws command", "install it", "not on PATH"); */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "base/arena.h"
#include "base/err.h"
#include "cli/opt.h"

enum doctor_state {
    DOCTOR_OK,
    DOCTOR_WARNING, /* works, but not as somebody may think */
    DOCTOR_MISSING, /* is not there; some work needs it */
    DOCTOR_BROKEN,  /* is configured and does not work */
};
enum { DOCTOR_STATE_COUNT = DOCTOR_BROKEN + 1, DOCTOR_CHECK_MAX = 2000 };

struct doctor_check {
    const char *group; /* set in the first check of each group */
    const char *name;
    enum doctor_state state;
    struct str found;
    struct str remedy; /* what to do about it; empty where nothing is to be done */
};

struct doctor {
    struct arena arena;
    struct doctor_check *checks;
    size_t count;
    size_t counts[DOCTOR_STATE_COUNT];
    const char *group; /* of the checks to come */
};

/* The checks that follow belong to this group. */
void doctor_group(struct doctor *doctor, const char *group);
/* `remedy` may be NULL. */
void doctor_add(struct doctor *doctor, enum doctor_state state, const char *name,
                const char *remedy, const char *format, ...) PRINTF(5, 6);
/* An error with its place as what was found, and its hint as the remedy. */
void doctor_add_err(struct doctor *doctor, enum doctor_state state, const char *name,
                    const struct err *err);

/* The groups, in this order. `args` are the doctor's own, for --config. */
void doctor_program(struct doctor *doctor);
void doctor_terminal(struct doctor *doctor);
void doctor_configuration(struct doctor *doctor, const struct args *args);
void doctor_aws(struct doctor *doctor);
/* Offline: what is configured. Online: whether AWS lets anybody in. */
void doctor_collect(struct doctor *doctor, bool is_online);

#endif

/* script.h: a plan as a script for a POSIX shell that only asks.
 *
 * Run as it is, the script asks AWS what is there now, for the account that the credentials in use
 * belong to, and changes nothing: every command that changes something is a comment.
 *
 * Ownership: everything is borrowed.
 * Threads:   one thread at a time.
 *
 * Example:   struct script_sink sink = {write_output, job};
 *            if (!script_write(&plan, &posture, &options, sink, &err)) { ... } */
#ifndef REMEDY_SCRIPT_H
#define REMEDY_SCRIPT_H

#include "model/posture.h"
#include "remedy/plan.h"

struct script_sink {
    bool (*write)(void *shared, struct str bytes, struct err *err);
    void *shared;
};

/* Of an ordered plan. False when the output could not be written. */
MUST_USE bool script_write(const struct plan *plan, const struct posture *posture,
                           const struct report_options *options, struct script_sink sink,
                           struct err *err);

#endif

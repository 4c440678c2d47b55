/* step.h: one finding as a step of a plan: what was found, the commands, how to take them back.
 *
 * A step's text is part of a script for a POSIX shell: comments, look-ups that run, and behind "#>"
 * the commands that people may run. Nothing of a report can end a comment or a command early.
 *
 * The format writes records, a struct step and then its texts, for plan.h to collect and order.
 *
 * Ownership: records are plain bytes.
 * Threads:   pure functions.
 *
 * Example:   config.format = &step_format; */
#ifndef REMEDY_STEP_H
#define REMEDY_STEP_H

#include <stdint.h>

#include "report/report.h"

/* In the order of a plan. */
enum step_kind {
    STEP_CHANGE, /* a command mends it, and another takes that back */
    STEP_PERSON, /* people have to do something that cannot be taken back, or no command can */
    STEP_UNKNOWN,
    STEP_EXCEPTED,
};
enum { STEP_KIND_COUNT = 4 };

struct step {
    uint32_t size; /* of the record: this and the texts */
    uint32_t account_size, control_size, text_size;
    enum step_kind kind;
    enum severity severity;
    bool is_root;
};

/* Internal: not among report_formats. */
extern const struct report_format step_format;

/* Appends "# LABEL  text" as comments of at most 100 columns, whatever the text holds. */
void step_comment_write(struct buf *out, struct str label, struct str text);

/* Whether a plan has commands for this account: it must be known to be guarded. */
bool step_account_is_known(struct str account);

#endif

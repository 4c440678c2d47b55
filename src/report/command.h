/* command.h: the command lines of a control, filled in for one principal.
 *
 * A template is a line for a POSIX shell, written by the author of a rule file, with placeholders:
 *
 *   {user} {account} {arn} {partition}   of the finding, quoted wherever they stand in the line
 *   {signed_in}                          a command that fails, and says so, unless the credentials
 *                                        in use belong to the finding's account; for one about
 *                                        root, to root itself
 *   {now - $days days}                   a time, 2026-08-03T00:00:00: `now` is the as-of time, or
 *   {user_creation_time + 10 seconds}    a column that decided the finding; $days is a parameter
 *                                        of the control. Without a zone, so that < and >= compare
 *                                        exactly with what AWS prints; with Z behind it, <= and >
 *
 * A line that cannot be filled in is left out whole: half a command is worse than none. So is one
 * for a name that the AWS CLI would take for an address to fetch. For root, "--user-name {user}" is
 * left out; a name that begins with a dash is joined to the option before it.
 *
 * Threads:   pure functions.
 *
 * Example:   if (command_write(&out, control->undo, &finding)) { ... } */
#ifndef REPORT_COMMAND_H
#define REPORT_COMMAND_H

#include "base/buf.h"
#include "base/compiler.h"
#include "base/err.h"
#include "model/finding.h"

/* Appends the line; false, and nothing appended, when it cannot be filled in. */
bool command_write(struct buf *out, struct str text, const struct finding *finding);

/* Whether all templates of a control name only placeholders that there are. */
MUST_USE bool command_check(const struct control *control, struct err *err);

/* A template without its `{signed_in} && `. */
struct str command_without_guard(struct str text);

/* Whether a template can only read: `aws SERVICE get-...`, list-, describe- or lookup-, piped at
 * most into `xargs aws` with one of these. {signed_in} && may stand before it. */
bool command_is_question(struct str text);

#endif

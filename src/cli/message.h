/* message.h: what goes to standard error: errors, warnings, notes; and the way to exit codes.
 *
 * Example:   return message_fail(&err);   // prints it, gives its exit code */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

#include "base/err.h"
#include "base/str.h"

/* "keywarden: error: place:line: text" and, indented, the hint. */
void message_error(const struct err *err);
void message_warning(const struct err *err);
void message_note(const struct err *err);
/* To standard error, as it is. */
void message_text(struct str text);
/* Prints the error and returns the exit code of its kind. */
int message_fail(const struct err *err);

/* Writes to standard output; an error is printed. Returns EXIT_OK or EXIT_INPUT. */
int output_write(struct str bytes);

#endif

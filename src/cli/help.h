/* help.h: help pages, made from the command table.
 *
 * Example:   return help_short(command); */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/command.h"

/* Bare `keywarden`: what it is, one example, the commands. */
int help_overview(void);
/* -h: usage, options, one example. */
int help_short(const struct command *command);
/* --help: the manual page that describes the command; help_short where none does. */
int help_long(const struct command *command);
/* `keywarden help TOPIC`: the page of a command, or of a subject such as `rules`. False when there
 * is none. */
bool help_page(struct str topic, int *code);
/* The parts of a command such as `rule`, or of its part `sub`, which may be empty; as an error when
 * one was needed. */
int help_parts(struct str name, struct str sub, bool is_error);

#endif

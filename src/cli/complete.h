/* complete.h: what a command line could go on with, for the completions of the shells.
 *
 * `keywarden __complete -- WORDS...` takes the words behind the program's name up to the cursor, the
 * last of them the one being typed (perhaps empty). It prints a candidate a line, with a tab and
 * what it is behind it, and the line ":files" where names of files fit.
 *
 * Example:   return complete_words(argc - 2, argv + 2); */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

int complete_words(int argc, char **argv);

#endif
